#include "sieve/foreign.h"

#include "base/ascii.h"

/* Prefixes of capabilities; the first that fits counts. */
static const struct {
	const char *prefix, *owner;
} owners[] = {
	{ "vnd.proton.", "Proton Mail" },         { "vnd.stalwart.", "Stalwart" },
	{ "vnd.cyrus.", "Cyrus IMAP" },           { "snooze", "Cyrus IMAP" },
	{ "vnd.dovecot.", "Dovecot Pigeonhole" }, { "vnd.oracle.", "Oracle" },
	{ "vnd.opentext.", "OpenText" },          { "test-", "GNU Mailutils" },
	{ "action-", "GNU Mailutils" },
};

static const struct {
	const char *verb, *capability;
} verbs[] = {
	{ "expire", "vnd.proton.expire" },
	{ "unexpire", "vnd.proton.expire" },
	{ "expiration", "vnd.proton.expire" },
	{ "hasexpiration", "vnd.proton.expire" },
	{ "eval", "vnd.stalwart.expressions" },
	{ "let", "vnd.stalwart.expressions" },
	{ "while", "vnd.stalwart.while" },
	{ "continue", "vnd.stalwart.while" },
	{ "snooze", "vnd.cyrus.snooze" },
	{ "jmapquery", "vnd.cyrus.jmapquery" },
	{ "processimip", "vnd.cyrus.imip" },
	{ "moderator", "action-moderator" },
	{ "spamd", "test-spamd" },
	{ "timestamp", "test-timestamp" },
	{ "numaddr", "test-numaddr" },
};

const char *sieve_foreign_owner(Slice capability)
{
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		if (ascii_starts_with_fold(capability, owners[i].prefix))
			return owners[i].owner;
	return NULL;
}

bool sieve_foreign_verb(Slice name, const char **capability, const char **owner)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (ascii_equal_fold_string(name, verbs[i].verb)) {
			*capability = verbs[i].capability;
			*owner = sieve_foreign_owner(slice_of(*capability));
			return true;
		}
	return false;
}
