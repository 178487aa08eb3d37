/* source_walk - what the files that read sources have in common: for source*.c alone */
#ifndef MAILBOX_SOURCE_WALK_H
#define MAILBOX_SOURCE_WALK_H

#include "base/names.h"
#include "mailbox/source.h"
#include "mailbox/source_input.h"

/* One reading of a source. */
typedef struct SourceWalk {
	const SourceOptions *options;
	SourceVisit visit;
	void *self;
	SourceInput input; /* used for one file after the other */
	off_t until;       /* nothing behind this is read of the present file; -1: all of it is */
	size_t visited;    /* messages */
	bool stopped;      /* by who is visited */
	size_t remarks;    /* on the present mbox */
	Names flags;       /* of the present message */
} SourceWalk;

/* What is known of some content besides its bytes. */
typedef struct SourcePlace {
	const char *name;
	const char *folder; /* or NULL */
	const char *path;   /* of its own file, or NULL */
	bool of_maildir;    /* the name has flags in it; it is a message whatever it looks like */
	int folder_fd;      /* then: the Maildir's directory, for the names of keywords; or -1 */
	bool is_found;      /* not named by anybody: what does not look like mail is left out */
	bool within;        /* an archive */
	bool has_time;
	int64_t time; /* of the file */
} SourcePlace;

/* Visits what the input holds, up to its end: a message, the messages of an mbox or an archive. */
bool walk_content(SourceWalk *walk, const SourcePlace *place, Failure *why);

/* The file `base` in the directory `dir`; place->name and folder are given. */
bool walk_file(SourceWalk *walk, int dir, const char *base, SourcePlace *place, Failure *why);

/* A directory: a Maildir, or one of such. */
bool walk_directory(SourceWalk *walk, const char *path, Failure *why);

/* Does it begin like a tar archive? */
bool walk_knows_tar(Slice beginning);
bool walk_tar(SourceWalk *walk, const SourcePlace *place, Failure *why);

/* The flags in the name of a Maildir's file, and those in the header of an mbox's message. */
void walk_flags_of_name(Names *flags, const char *name, int folder_fd);
void walk_flags_of_header(Names *flags, Slice header);

/* "Lists/Work" of "Lists.Work" or "&AOQ-" of "ä": a folder's name on disk as users see it; each `separator`
 * becomes "/". */
void walk_folder_name(Slice on_disk, char separator, Text *name);

#endif
