/* keywords - the letters that stand for keywords in the names of a Maildir's messages
 *
 * Dovecot keeps them for each folder in "dovecot-keywords": lines "0 name", 0 for the letter a, at most 26.
 */
#ifndef MAILBOX_KEYWORDS_H
#define MAILBOX_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "base/text.h"

/* What is needed besides the folder. */
typedef struct KeywordsContext {
	const char *machine; /* for the lock */
	unsigned patience_s;
} KeywordsContext;

/* Appends the letters, in order, of the keywords among `flags`, and enters those that are new.  False and
 * `why` when one could not be kept (they are locked; a folder has no letter for a twenty-seventh): the
 * letters of the others are appended all the same. */
bool keywords_letters(int folder_fd, const char *const *flags, size_t count, const KeywordsContext *context,
		      Text *letters, Failure *why);

/* The keyword that `letter` stands for in this folder, owned by the caller; NULL: none. */
char *keywords_of_letter(int folder_fd, char letter);

#endif
