/* mbox_excise - take messages out of an mbox, so that a kill can be recovered from and all can be put back
 *
 * An mbox is changed in place: others hold it open, and wait for its locks.  So what stands from the first
 * message taken on is saved first ("NAME.old"), with what is taken of it ("NAME.map"); then what stays is
 * moved up; then the file is cut.  "NAME.state" says how far that is: after any kill excise_finish goes on
 * from there.  Mail that others append meanwhile or later stands behind and stays.
 *
 *	NAME.state	begun OLD-SIZE NEW-SIZE FIRST PATH	saved, and being moved
 *			written					moved, and being cut
 *			late BYTES				what others appended meanwhile ("NAME.late")
 *			done
 *			restoring ARRIVED			what came since ("NAME.new"), going behind
 *			restored
 *
 * In PATH what would end the line is written as %XX.
 */
#ifndef MAILBOX_MBOX_EXCISE_H
#define MAILBOX_MBOX_EXCISE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/failure.h"
#include "base/text.h"
#include "mailbox/mbox.h"

typedef struct MboxRegion {
	off_t offset, length;
} MboxRegion;

/* `items` is the caller's to free. */
typedef struct MboxRegions {
	MboxRegion *items;
	size_t count, capacity;
} MboxRegions;

/* Those that stand side by side, as most do, are one. */
void mbox_regions_add(MboxRegions *regions, off_t offset, off_t length);

typedef enum ExciseStep {
	EXCISE_NONE, /* nothing was begun */
	EXCISE_BEGUN,
	EXCISE_WRITTEN,
	EXCISE_DONE,
	EXCISE_RESTORING,
	EXCISE_RESTORED
} ExciseStep;

/* Which files, in a directory that is the caller's alone. */
typedef struct Excise {
	int dir_fd;
	const char *name;
	/* as excise_read found them */
	ExciseStep step;
	off_t old_size, new_size, first, arrived, late;
	off_t noted; /* bytes of the state that are whole lines */
	Text path;   /* of the mbox */
} Excise;

/* How far is it? */
bool excise_read(Excise *excise, Failure *why);
void excise_clear(Excise *excise);

/* Takes the regions, in order and apart, out of the locked mailbox. */
bool excise_begin(Excise *excise, Mbox *mbox, const MboxRegion *regions, size_t count, Failure *why);

/* Goes on with what was begun. */
bool excise_finish(Excise *excise, Mbox *mbox, Failure *why);

/* Puts everything back, in front of what came since.  False when what stayed is not as it was left, and for
 * accidents. */
bool excise_restore(Excise *excise, Mbox *mbox, Failure *why);

#endif
