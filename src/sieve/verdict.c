#include "sieve/verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "sieve/match.h"
#include "sieve/regex.h"

typedef struct Scanner {
	SieveRun *run;
	SieveSpan span;
	const char *prefix;
} Scanner;

static const char *setting(const Scanner *scanner, const char *name)
{
	char key[64];
	const char *value;

	snprintf(key, sizeof key, "%s_%s", scanner->prefix, name);
	value = sieve_setting(scanner->run, key);
	return value && *value ? value : NULL;
}

/* The part of `value` that the pattern of a setting picks out. */
static SieveStatus pick(const Scanner *scanner, Slice pattern, Slice *value, bool *found)
{
	EreError error;
	SieveRegex *regex = sieve_regex_new(pattern, SIEVE_REGEX_ASCII, scanner->run->arena, &error);
	SieveRegexMatch match;
	SieveStatus status;

	if (!regex)
		return sieve_fail(scanner->run, scanner->span,
				  "a setting of %s has a bad regular expression: %s", scanner->prefix,
				  error.text);
	status = sieve_regex_match(scanner->run, scanner->span, regex, *value, &match, found);
	if (*found)
		*value = match.groups[match.count > 1];
	*found = *found && value->data;
	return status;
}

/* What "Name" or "Name: pattern" says of the message. */
static SieveStatus read_header(const Scanner *scanner, const char *spec, Slice *value, bool *found)
{
	Slice name = ascii_trim(slice(spec, strcspn(spec, ":")));
	Slice pattern = ascii_trim(slice_of(spec + strcspn(spec, ":")));
	const HeaderField *field = header_find(scanner->run->header, name);

	*found = field != NULL;
	if (!field)
		return SIEVE_OK;
	*value = sieve_field_raw(scanner->run, field);
	if (pattern.length)
		pattern = ascii_trim(slice_from(pattern, 1));
	return pattern.length ? pick(scanner, pattern, value, found) : SIEVE_OK;
}

/* A decimal number that `value` begins with. */
static bool read_number(const Scanner *scanner, Slice value, double *number)
{
	const char *text = arena_copy_bytes(scanner->run->arena, value.data, value.length);
	char *end;

	*number = strtod(text, &end);
	return end != text && isfinite(*number);
}

static SieveStatus read_maximum(const Scanner *scanner, double *maximum, bool *known)
{
	const char *value = setting(scanner, "score_max_value"),
		   *header = setting(scanner, "score_max_header");
	SieveStatus status = SIEVE_OK;
	Slice found = value ? slice_of(value) : SLICE("");

	*known = value != NULL;
	if (!value && header)
		status = read_header(scanner, header, &found, known);
	*known = *known && read_number(scanner, found, maximum) && *maximum > 0;
	return status;
}

/* The number that a text stands for, in "1=clean; 10=spam" or in a setting of its own for each number. */
static bool text_value(const Scanner *scanner, Slice text, unsigned full, double *number)
{
	const char *list = setting(scanner, "text_value");

	for (unsigned i = 0; i <= full; i++) {
		char name[32];
		const char *value;

		snprintf(name, sizeof name, "text_value/%u", i);
		value = setting(scanner, name);
		*number = i;
		if (value && ascii_equal_fold(text, ascii_trim(slice_of(value))))
			return true;
	}
	while (list && *list) {
		size_t length = strcspn(list, ";");
		const char *equals = memchr(list, '=', length);

		if (equals && ascii_equal_fold(text, ascii_trim(slice(equals + 1,
								      (size_t)(list + length - equals - 1)))))
			return read_number(scanner, slice(list, (size_t)(equals - list)), number);
		list += length + (list[length] != '\0');
	}
	return false;
}

static SieveStatus weigh(const Scanner *scanner, Slice value, unsigned full, Verdict *verdict)
{
	const char *type = setting(scanner, "status_type");
	double number = 0, maximum = full;
	bool known = true;
	SieveStatus status = SIEVE_OK;

	if (type && strcmp(type, "text") == 0) {
		verdict->tested = text_value(scanner, value, full, &number);
	} else if (type && strcmp(type, "strlen") == 0) {
		number = (double)value.length;
		verdict->tested = true;
		status = read_maximum(scanner, &maximum, &known);
	} else {
		verdict->tested = read_number(scanner, value, &number);
		status = read_maximum(scanner, &maximum, &known);
	}
	verdict->tested = verdict->tested && known;
	verdict->ratio = number < 0 ? 0 : number > maximum ? 1 : number / maximum;
	return status;
}

SieveStatus sieve_verdict(SieveRun *run, SieveSpan span, const char *prefix, unsigned full, Verdict *verdict)
{
	const Scanner scanner = { run, span, prefix };
	const char *header = setting(&scanner, "status_header");
	SieveStatus status;
	Slice value;
	bool found;

	*verdict = (Verdict){ 0 };
	if (!header)
		return SIEVE_OK;
	status = read_header(&scanner, header, &value, &found);
	return status == SIEVE_OK && found ? weigh(&scanner, value, full, verdict) : status;
}

SieveStatus sieve_verdict_match(SieveRun *run, const SieveNode *node, const Verdict *verdict, unsigned least,
				unsigned most, bool *result)
{
	SieveMatch match;
	SieveStatus status = SIEVE_OK;
	char digits[16];

	/* A little more than the score, so that what is not exact in binary does not fall short; the rest is
	 * cut off. */
	snprintf(digits, sizeof digits, "%u",
		 verdict->tested ? (unsigned)((most - least) * verdict->ratio + least + 0.001) : 0);
	sieve_match_begin(&match, run, node, sieve_strings(node, 0));
	if (sieve_match_only_counts(&match))
		sieve_match_count(&match, verdict->tested);
	else
		status = sieve_match_value(&match, slice_of(digits));
	return sieve_match_end(&match, status, result);
}
