/* entry_file - one entry of the engine "files": a small file that is there whole or not at all
 *
 * Written under a name of its own first, then linked (which fails where a file of that name is) or renamed.
 * Over NFS the reply to either may be lost, and then it is reported as a failure though it was done: what is
 * there afterwards is looked at. */
#ifndef STATE_ENTRY_FILE_H
#define STATE_ENTRY_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/failure.h"
#include "base/text.h"
#include "state/holder.h"
#include "state/state.h"

enum {
	ENTRY_TOKEN_BYTES = 40,
	ENTRY_NAME_BYTES = STATE_ID_BYTES + 8,
};

/* What stands in one. */
typedef struct EntryFile {
	int64_t changed, expires;
	char token[ENTRY_TOKEN_BYTES];   /* of this file alone, whenever and wherever it was written */
	char holder[STATE_HOLDER_BYTES]; /* "": it is no claim */
	char about[STATE_ABOUT_BYTES + 4];
} EntryFile;

typedef enum EntryFound {
	ENTRY_THERE,
	ENTRY_ABSENT,
	ENTRY_BROKEN, /* a machine fell while it was written; `changed` is when, `token` its own */
	ENTRY_FAILED
} EntryFound;

/* Reads the file `name` of the directory `dir_fd`.  `why` is set for BROKEN (which a claim may be) and
 * FAILED.
 */
EntryFound entry_file_read(int dir_fd, const char *name, EntryFile *entry, Failure *why);

/* One that is written and has no name yet but one of its own. */
typedef struct EntryDraft {
	int dir_fd;
	char name[ENTRY_TOKEN_BYTES + 4]; /* "" when there is none */
	ino_t inode;
	Text content;
} EntryDraft;

/* A token that no other file has. */
bool entry_token_make(char token[ENTRY_TOKEN_BYTES], Failure *why);

/* Writes it; with `flush` it is on stable storage when this answers. */
bool entry_draft_write(EntryDraft *draft, int dir_fd, const EntryFile *entry, bool flush, Failure *why);

/* Gives it `name`, where no file of that name is.  False without a failure: there is one. */
bool entry_draft_link(EntryDraft *draft, const char *name, Failure *why);

/* Gives it `name`, in the place of what had it. */
bool entry_draft_rename(EntryDraft *draft, const char *name, Failure *why);

/* Removes the name of its own. */
void entry_draft_clear(EntryDraft *draft);

DEFINE_AUTO_VALUE(EntryDraft, entry_draft_clear)

#endif
