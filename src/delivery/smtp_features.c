#include "delivery/smtp_features.h"

#include "base/ascii.h"

enum {
	DIGITS_MAX = 18
};

typedef struct Keyword {
	const char *name;
	size_t is_offered; /* a bool of SmtpFeatures */
	size_t number;     /* a uint64_t of it, that the keyword's parameter sets */
} Keyword;

#define OFFERED(field) offsetof(SmtpFeatures, field)
#define NO_NUMBER      ((size_t)-1)

static const Keyword keywords[] = {
	{ "SIZE", OFFERED(size), OFFERED(size_max) },
	{ "8BITMIME", OFFERED(eight_bit), NO_NUMBER },
	{ "SMTPUTF8", OFFERED(utf8), NO_NUMBER },
	{ "DSN", OFFERED(dsn), NO_NUMBER },
	{ "DELIVERBY", OFFERED(deliver_by), OFFERED(deliver_by_min) },
};

/* The number that `text` begins with; one that no server means is none. */
static uint64_t read_number(Slice text)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < text.length && ascii_is_digit(text.data[i]); i++) {
		if (i == DIGITS_MAX)
			return 0;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	return number;
}

static void read_keyword(Slice line, SmtpFeatures *features)
{
	const char *blank = memchr(line.data, ' ', line.length);
	Slice name = slice(line.data, blank ? (size_t)(blank - line.data) : line.length);

	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
		const Keyword *keyword = &keywords[i];

		if (!ascii_equal_fold_string(name, keyword->name))
			continue;
		*(bool *)((char *)features + keyword->is_offered) = true;
		if (keyword->number != NO_NUMBER)
			*(uint64_t *)(void *)((char *)features + keyword->number) = read_number(
				ascii_trim(slice_from(line, name.length)));
	}
}

SmtpFeatures smtp_features_read(const SmtpReply *reply)
{
	SmtpFeatures features = { 0 };
	Slice rest = text_slice(&reply->lines);
	bool greets = true;

	while (rest.length) {
		const char *feed = memchr(rest.data, '\n', rest.length);
		Slice line = slice(rest.data, feed ? (size_t)(feed - rest.data) : rest.length);

		if (!greets)
			read_keyword(line, &features);
		greets = false;
		rest = slice_from(rest, line.length + 1);
	}
	return features;
}
