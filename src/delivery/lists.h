/* lists - lists that are kept outside the rules: in files, and in databases
 * RFC 6134, section 2.5 to 2.7
 *
 * ":addrbook:NAME" (or "urn:ietf:params:sieve:addrbook:NAME") is the file NAME in the user's directory of
 * lists; the address book "default" is always there, maybe empty.  Others stand in the setting `lists`:
 * "NAME=PATH; NAME=sqlite:PATH QUERY".  A file has an entry on each line; "#" begins a comment.  A query with
 * a "?" is asked with the value that is looked for (the second one is the user); one without gives all
 * entries.
 *
 * Entries are compared without case (section 2.5), and with the recipient's rights. */
#ifndef DELIVERY_LISTS_H
#define DELIVERY_LISTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "plan/world.h"
#include "system/config.h"
#include "system/users.h"

typedef struct Lists {
	const char *setting;   /* `lists` */
	const char *directory; /* of the user's own; "" when there is none */
	const char *home, *user;
	uid_t owner;  /* he and root alone may have written what is read */
	Arena *arena; /* what was read is kept here for the next question */
	struct ListFile *files;
} Lists;

/* Those of `user`, as the settings have them. */
Lists lists_of(const Config *config, const User *user, Arena *arena);

/* Is it a question about lists? */
static inline bool lists_are_asked(const Question *question)
{
	return question->kind == ASK_LIST || question->kind == ASK_LIST_KNOWN ||
	       question->kind == ASK_LIST_ALL;
}

/* Makes the file `path`, which need not exist, one that was read and holds `entries`; both are borrowed.  For
 * a test runner. */
void lists_preload(Lists *lists, const char *path, Slice entries);

/* Answers ASK_LIST, ASK_LIST_KNOWN and ASK_LIST_ALL. */
bool lists_answer(Lists *lists, const Question *question, Answer *answer, Failure *why);

#endif
