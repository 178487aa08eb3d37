/* edit - change the message that the rules look at and that their actions store or send
 * RFC 5293 (editheader), RFC 5703 (replace, enclose), RFC 6558 (convert)
 *
 * Nothing is copied or written: an edited message is pieces of the one that arrived with new bytes between
 * them (message/message.h), and an action takes along the number of the version that it was given.  Tests see
 * the message as it is now; what refuses it looks at the one that arrived (run->input). */
#ifndef SIEVE_EDIT_H
#define SIEVE_EDIT_H

#include "sieve/run.h"

/* The message becomes `pieces` of what it is now: ranges in order, none twice; literal bytes must live as
 * long as the run.  A limit on edits is a run-time error at `span`. */
SieveStatus sieve_edit(SieveRun *run, SieveSpan span, const MessagePieces *pieces);

/* `length` bytes from `offset` become `bytes`. */
SieveStatus sieve_edit_range(SieveRun *run, SieveSpan span, off_t offset, off_t length, Slice bytes);

/* The header block becomes `block`: whole lines, without the empty line behind it, which is made where the
 * message had none. */
SieveStatus sieve_edit_header(SieveRun *run, SieveSpan span, Slice block);

/* How lines end in this message: "\n" or "\r\n". */
const char *sieve_line_end(const SieveRun *run);

/* What "replace" keeps of the fields that it changes, for the reader: rules neither add nor delete a field
 * of such a name (RFC 5703, 5). */
bool sieve_edit_protects(Slice name);

/* Back to the message that arrived, or to another one that input->message has become: for a test runner. */
void sieve_edit_forget(SieveRun *run);

#endif
