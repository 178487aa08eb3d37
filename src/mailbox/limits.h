/* limits - how many folders are looked at when one is not asked for by its name */
#ifndef MAILBOX_LIMITS_H
#define MAILBOX_LIMITS_H

enum {
	/* Entries of the directories of folders.  People have some hundred; a scan of these takes 0.1 s. */
	LIMIT_FOLDERS = 10000,
	/* Levels of folders inside one another. */
	LIMIT_FOLDER_DEPTH = 32,
};

#endif
