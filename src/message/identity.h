/* identity - which addresses are the user's own, as far as the site and the MTA say
 *
 * Settings hold for all users of a machine, so they may say "%u" for the user's name, "%n" and "%d" for its
 * parts before and behind an "@". */
#ifndef MESSAGE_IDENTITY_H
#define MESSAGE_IDENTITY_H

#include "base/arena.h"
#include "base/slice.h"
#include "message/envelope.h"

/* The address that a setting such as user_email names, or NULL when it names none. */
const char *identity_address(const char *setting, const Envelope *envelope, Arena *arena);

/* The recipient with a domain: one without, which only local delivery knows, is at `host` (may be NULL). NULL
 * when that is no address either. */
const char *identity_recipient(const Envelope *envelope, const char *host, Arena *arena);

/* The same for the original recipient; NULL too when it is not known. */
const char *identity_original_recipient(const Envelope *envelope, const char *host, Arena *arena);

/* Addresses that are the user's own.  A zeroed one is empty. */
typedef struct Identity {
	const char **items;
	size_t count, capacity;
} Identity;

/* Adds `address` (may be NULL; copied). */
void identity_add(Identity *own, const char *address, Arena *arena);

/* Adds those that `setting` (may be NULL) lists, blanks or commas between them. */
void identity_add_listed(Identity *own, const char *setting, const Envelope *envelope, Arena *arena);

/* Adds the recipient, with and without its detail. */
void identity_add_recipient(Identity *own, const Envelope *envelope, const char *host, Arena *arena);

/* Is `address` one of them, in any case, or one of them with a detail behind one of the characters in
 * `delimiter` (may be NULL)? */
bool identity_has(const Identity *own, Slice address, const char *delimiter);

#endif
