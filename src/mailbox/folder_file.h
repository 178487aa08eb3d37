/* folder_file - the file in which what is known of a folder, besides its messages, is noted
 *
 * "trommel-folder" in a Maildir, ".NAME.trommel-folder" beside an mbox, "trommel-server" for the server's
 * annotations: lines of a key, a blank and a value.  That of an annotation has "\n", "\r" and "\\" for
 * what cannot stand in a line.  Keys compare without case; "#" begins a comment.  trommel-folders(5) has it
 * for people. */
#ifndef MAILBOX_FOLDER_FILE_H
#define MAILBOX_FOLDER_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "base/text.h"

#define FOLDER_FILE        "trommel-folder"
#define FOLDER_FILE_SERVER "trommel-server"

/* The value of `key` in the first line of it that begins at `*at` or behind; `*at` moves behind that line. As
 * it stands there, see folder_file_unescape. */
bool folder_file_next(Slice content, Slice key, size_t *at, Slice *value);

/* Appends an annotation's value with what cannot stand in a line escaped; and the other way. */
void folder_file_escape(Slice value, Text *out);
void folder_file_unescape(Slice value, Text *out);

/* Appends the content with `value` for `key` in place of what it has for it, or without it when NULL. */
void folder_file_set(Slice content, Slice key, const Slice *value, Text *out);

#endif
