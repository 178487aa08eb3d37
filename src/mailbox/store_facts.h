/* store_facts - where what is known of a folder stands: for store_facts.c and store_metadata.c */
#ifndef MAILBOX_STORE_FACTS_H
#define MAILBOX_STORE_FACTS_H

#include "base/text.h"
#include "mailbox/store_internal.h"

/* A folder's directory, or the one that its mbox lies in, and what the file of facts is called there. */
typedef struct StoreFacts {
	int dir_fd; /* -1: there is none */
	Text file;
} StoreFacts;

void store_facts_clear(StoreFacts *place);

/* Where the facts of the folder at `relative` are; empty: the inbox.  False only when the look failed. */
bool store_facts_place(Store *store, const char *relative, StoreFacts *place, Failure *why);

/* Finds a folder by its name, and its facts; *exists false: there is no such folder. */
bool store_facts_of(Store *store, const char *folder, FolderPlace *found, StoreFacts *place, bool *exists,
		    Failure *why);

/* Reads a small file; one that is not there, or will be as unreadable tomorrow, is empty. */
bool store_read_side_file(int dir_fd, const char *name, Text *content, Failure *why);

/* The id that Dovecot gave the folder; empty when it gave none. */
bool store_read_dovecot_id(int dir_fd, Text *id, Failure *why);

/* Puts `value` (NULL: nothing) in the place of what the file has for `key`. */
bool store_change_facts(int dir_fd, const char *name, Slice key, const Slice *value, Failure *why);

#endif
