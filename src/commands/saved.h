/* saved - a saved message: what a delivery would have known of it, and what people want to know of it */
#ifndef COMMANDS_SAVED_H
#define COMMANDS_SAVED_H

#include <stdint.h>

#include "base/arena.h"
#include "delivery/judge.h"
#include "mailbox/source.h"
#include "message/envelope.h"
#include "message/header.h"
#include "plan/plan.h"
#include "system/config.h"
#include "system/users.h"

/* What an MTA would have set in the environment: here there is none, and what is set has another meaning. */
void saved_forget_environment(void);

/* A message that was delivered once tells what it was delivered with, unless `sender` and `recipient` (NULL:
 * not given) say so.  In `arena`. */
Envelope saved_envelope(const Config *config, const User *user, const char *sender, const char *recipient,
			const Message *message, const HeaderIndex *header, Arena *arena);

/* When it came: the time behind the last semicolon of the topmost Received field (RFC 5321, 4.4); else when
 * the mailbox had it; else `otherwise`. */
int64_t saved_time(const Sourced *it, const HeaderIndex *header, int64_t otherwise, Arena *arena);

/* The flags that it has in its mailbox; in `arena`. */
PlanFlags saved_flags(const Sourced *it, Arena *arena);

/* How `source` is judged for `user`; the caller adds what is his own. */
JudgeJob saved_job(const Config *config, const User *user, const char *script_name, Slice source,
		   Arena *arena);

/* Printable, in one line, decoded: the field called `name`, or `none`. */
const char *saved_field(const HeaderIndex *header, Slice name, const char *none, Arena *arena);

/* The sender's address alone when there is one. */
const char *saved_from(const HeaderIndex *header, Arena *arena);

/* "box, message 3": printable. */
const char *saved_name(const Sourced *it, Arena *arena);

#endif
