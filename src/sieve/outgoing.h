/* outgoing - what the actions that write mail have in common: clean texts, and what is known of the message
 * that they are about
 *
 * What disposes of the message is about the one that arrived (run->input->header), whatever rules made of it
 * since; vacation and notify are about the message as it is now (RFC 5293, 7), or was when it was enclosed.
 */
#ifndef SIEVE_OUTGOING_H
#define SIEVE_OUTGOING_H

#include "message/identity.h"
#include "sieve/run.h"

/* `value` as texts of an action are: valid UTF-8 without NULs, of bounded length. */
const char *sieve_clean_text(SieveRun *run, Slice value);

/* The same on one line of at most `limit_bytes`. */
const char *sieve_clean_line(SieveRun *run, Slice value, size_t limit_bytes);

/* As many characters of a subject as readers show; what was cut is told by an ellipsis. */
const char *sieve_cut_subject(SieveRun *run, const char *subject);

/* `template` with `subject` in place of "%{subject}", cut. */
const char *sieve_make_subject(SieveRun *run, const char *template, const char *subject);

/* The header of what is answered, or told of. */
const HeaderIndex *sieve_answered_header(const SieveRun *run);

/* The first field of `header` called `name`, decoded and trimmed; NULL when there is none or nothing in it.
 */
const char *sieve_header_text(SieveRun *run, const HeaderIndex *header, Slice name);

/* The message id in `header`, and what an answer's References say (RFC 5322, 3.6.4): that of the message
 * behind those it refers to, of which the newest are left when they are many.  NULL when it has no id. */
void sieve_header_ids(SieveRun *run, const HeaderIndex *header, const char **message_id,
		      const char **references);

/* Was the message made by a program (RFC 3834, 5)?  Then *value is what its field says.  One that was when it
 * arrived stays one, whatever it was enclosed in or replaced by. */
bool sieve_is_automatic(SieveRun *run, Slice *value);

/* The user's own addresses: what the site says, and the recipient. */
Identity sieve_own_addresses(SieveRun *run);

/* Settings as booleans and numbers; `otherwise` when nothing is set. */
bool sieve_setting_is(const SieveRun *run, const char *name, bool otherwise);
uint64_t sieve_setting_number(const SieveRun *run, const char *name, uint64_t otherwise);

#endif
