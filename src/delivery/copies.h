/* copies - what a plan files: which folders, prepared, appended, published, or taken back
 *
 * Copies of the message, each folder once, and copies of what is sent (":fcc", RFC 8580).  A folder that
 * cannot be had is replaced by the inbox. */
#ifndef DELIVERY_COPIES_H
#define DELIVERY_COPIES_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/text.h"
#include "mailbox/store.h"
#include "plan/limits.h"
#include "plan/plan.h"

typedef struct Copy {
	const char *folder; /* NULL: the inbox */
	const char *meant;  /* the same, before it was replaced by the inbox: for copies.c alone */
	bool create;
	const char *special_use; /* for a folder that is made */
	bool may_fall_back;      /* to the inbox, when the folder cannot be had */
	PlanFlags flags;
	uint32_t version;          /* of the message: its number */
	const MessageImage *image; /* its bytes; lives as long as the copies */
	const char *sender;        /* for a From_ line */
	unsigned of_action; /* what an action has sent: its place in the plan, from 1; 0: the message */
	/* what became of it: for copies.c alone */
	bool given_up;  /* the inbox's own copy stands for it, or it is not wanted any more */
	bool published; /* it is visible, maybe since an earlier try */
	Filing *filing;
} Copy;

enum {
	COPIES_BESIDES = 3 /* the actions' own: the implicit keep, and what a guard keeps */
};

typedef struct Copies {
	Store *store;
	int64_t received;
	/* Hears of each copy that stands even after a crash, as soon as it does; may be NULL. */
	void (*stands)(void *self, const Copy *copy);
	void *self;
	Text *notes;    /* lines for the log and the owner */
	bool fell_back; /* out: a folder could not be had */
	Copy *items;    /* room for one for each action, and COPIES_BESIDES */
	size_t count;
} Copies;

/* Adds a copy, and returns its place.  The message goes into one folder once, however often the rules say so
 * (RFC 5228, 2.10.3); the last action that names a folder decides flags (RFC 5232, 4) and version. */
size_t copies_add(Copies *copies, Copy copy);

/* Gives up the one at `place`. */
void copies_drop(Copies *copies, size_t place);

/* Writes and flushes, invisibly, all that has not been yet. */
bool copies_prepare(Copies *copies, Failure *why);

/* Locks and appends, all or none; one that could not be taken back stays `published`. */
bool copies_append(Copies *copies, Failure *why);

/* Makes one visible. */
bool copies_publish(Copies *copies, Copy *copy, Failure *why);

/* Takes back one that is visible.  One that cannot be stays `published`, and nothing tries again. */
void copies_take_back(Copy *copy, Failure *why);

/* Frees them; what is not visible goes. */
void copies_clear(Copies *copies);

/* What tells this copy from the others of a plan, in every try of one delivery. */
void copies_effect(const Copy *copy, char effect[DIGEST_HEX]);

#endif
