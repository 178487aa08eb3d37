#include "sieve/outgoing.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/charset.h"
#include "plan/limits.h"
#include "sieve/match.h"

enum {
	SUBJECT_CHARACTERS = 256,
	MESSAGE_ID_BYTES = 500,  /* a longer one would not fit on a line with another */
	REFERENCES_BYTES = 4096, /* some forty ids: as far back as threads are shown */
};

/* ---- texts ---- */

const char *sieve_clean_text(SieveRun *run, Slice value)
{
	AUTO_VALUE(Text) valid = { 0 };
	Slice cut;

	charset_to_utf8(SLICE("utf-8"), value, &valid);
	for (size_t i = 0; i < valid.length; i++)
		if (valid.data[i] == '\0')
			valid.data[i] = ' ';
	cut = utf8_cut(text_slice(&valid), LIMIT_TEXT_LENGTH);
	return arena_copy_bytes(run->arena, cut.data, cut.length);
}

const char *sieve_clean_line(SieveRun *run, Slice value, size_t limit_bytes)
{
	AUTO_VALUE(Text) valid = { 0 };
	Slice cut;

	charset_to_utf8(SLICE("utf-8"), value, &valid);
	for (size_t i = 0; i < valid.length; i++)
		if (ascii_is_control(valid.data[i]))
			valid.data[i] = ' ';
	cut = ascii_trim(utf8_cut(ascii_trim(text_slice(&valid)), limit_bytes));
	return arena_copy_bytes(run->arena, cut.data, cut.length);
}

/* The first `count` characters. */
static Slice first_characters(Slice text, size_t count)
{
	size_t length = 0;

	for (; count && length < text.length; count--) {
		size_t step = utf8_decode(text.data + length, text.length - length, NULL);

		length += step ? step : 1;
	}
	return slice(text.data, length);
}

const char *sieve_cut_subject(SieveRun *run, const char *subject)
{
	Slice whole = slice_of(subject), cut;

	if (utf8_length(whole) <= SUBJECT_CHARACTERS)
		return subject;
	cut = first_characters(whole, SUBJECT_CHARACTERS - 1);
	return arena_printf(run->arena, "%.*s\xe2\x80\xa6", (int)cut.length, cut.data);
}

const char *sieve_make_subject(SieveRun *run, const char *template, const char *subject)
{
	static const char variable[] = "%{subject}";
	AUTO_VALUE(Text) made = { 0 };

	for (const char *at; (at = strstr(template, variable)); template = at + sizeof variable - 1) {
		text_append(&made, template, (size_t)(at - template));
		text_append_string(&made, subject);
	}
	text_append_string(&made, template);
	return sieve_cut_subject(run, sieve_clean_line(run, text_slice(&made), LIMIT_SUBJECT_LENGTH));
}

/* ---- what a header says ---- */

const HeaderIndex *sieve_answered_header(const SieveRun *run)
{
	return run->enclosed ? run->enclosed_header : run->header;
}

const char *sieve_header_text(SieveRun *run, const HeaderIndex *header, Slice name)
{
	const HeaderField *field = header_find(header, name);
	const char *text;

	if (!field)
		return NULL;
	text = sieve_clean_line(run, sieve_field_value(run, field)->text, LIMIT_SUBJECT_LENGTH);
	return *text ? text : NULL;
}

/* The next "<id>" of a value that may hold anything. */
static bool next_id(Slice *rest, Slice *id)
{
	const char *start = NULL;

	for (size_t i = 0; i < rest->length; i++) {
		const char *at = rest->data + i;

		if (*at == '<') {
			start = at;
		} else if (*at == '>' && start && at - start > 1 && at - start < MESSAGE_ID_BYTES) {
			*id = slice(start, (size_t)(at + 1 - start));
			*rest = slice_from(*rest, i + 1);
			return true;
		} else if (*at <= ' ' || *at > '~') {
			start = NULL;
		}
	}
	return false;
}

static Slice first_raw(SieveRun *run, const HeaderIndex *header, Slice name)
{
	const HeaderField *field = header_find(header, name);

	return field ? sieve_field_raw(run, field) : SLICE("");
}

static size_t count_ids(Slice value)
{
	size_t count = 0;
	Slice id;

	while (next_id(&value, &id))
		count++;
	return count;
}

/* The parent's References, else its In-Reply-To when that names one message. */
static Slice references_of(SieveRun *run, const HeaderIndex *header)
{
	Slice references = first_raw(run, header, SLICE("References"));
	Slice replies_to = first_raw(run, header, SLICE("In-Reply-To"));

	if (count_ids(references))
		return references;
	return count_ids(replies_to) == 1 ? replies_to : SLICE("");
}

/* How many of the ids in `value` have to go behind the first, so that what is left is not too long. */
static size_t ids_to_drop(Slice value, Slice last)
{
	size_t length = last.length, count = 0;
	Slice rest = value, id;

	while (next_id(&rest, &id)) {
		length += id.length + 1;
		count++;
	}
	if (length <= REFERENCES_BYTES)
		return 0;
	count = 0;
	rest = value;
	next_id(&rest, &id);
	while (length > REFERENCES_BYTES && next_id(&rest, &id)) {
		length -= id.length + 1;
		count++;
	}
	return count;
}

void sieve_header_ids(SieveRun *run, const HeaderIndex *header, const char **message_id,
		      const char **references)
{
	Slice value = first_raw(run, header, SLICE("Message-ID")), rest = references_of(run, header), last,
	      id;
	size_t drop, place = 0;
	AUTO_VALUE(Text) made = { 0 };

	*message_id = *references = NULL;
	if (!next_id(&value, &last))
		return;
	drop = ids_to_drop(rest, last);
	for (; next_id(&rest, &id); place++) {
		if ((place == 0 || place > drop) && !slice_equal(id, last)) {
			text_append_slice(&made, id);
			text_append_char(&made, ' ');
		}
	}
	text_append_slice(&made, last);
	*message_id = arena_copy_bytes(run->arena, last.data, last.length);
	*references = arena_copy_string(run->arena, text_string(&made));
}

/* The keyword of an Auto-Submitted field: without comments, blanks and parameters. */
static Slice keyword_of(Slice value)
{
	unsigned depth = 0;
	size_t begin = 0, end;

	for (; begin < value.length; begin++) {
		char c = value.data[begin];

		if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (!depth && !ascii_is_space(c))
			break;
	}
	for (end = begin; end < value.length && !strchr(" \t\r\n;(", value.data[end]); end++)
		continue;
	return slice(value.data + begin, end - begin);
}

static bool says_automatic(SieveRun *run, const HeaderIndex *header, Slice *value)
{
	for (const HeaderField *field = header_find(header, SLICE("Auto-Submitted")); field;
	     field = header_next(header, field)) {
		*value = sieve_field_raw(run, field);
		if (!ascii_equal_fold(keyword_of(*value), SLICE("no")))
			return true;
	}
	return false;
}

bool sieve_is_automatic(SieveRun *run, Slice *value)
{
	return says_automatic(run, sieve_answered_header(run), value) ||
	       says_automatic(run, run->input->header, value);
}

/* ---- whose it is ---- */

bool sieve_setting_is(const SieveRun *run, const char *name, bool otherwise)
{
	const char *value = sieve_setting(run, name);

	if (!value)
		return otherwise;
	return ascii_strings_equal_fold(value, "yes") || ascii_strings_equal_fold(value, "true");
}

uint64_t sieve_setting_number(const SieveRun *run, const char *name, uint64_t otherwise)
{
	const char *value = sieve_setting(run, name);

	return value && ascii_is_digit(*value) ? strtoull(value, NULL, 10) : otherwise;
}

Identity sieve_own_addresses(SieveRun *run)
{
	const SieveInput *input = run->input;
	Identity own = { 0 };

	identity_add(&own, identity_address(sieve_setting(run, "user_email"), input->envelope, run->arena),
		     run->arena);
	identity_add_listed(&own, sieve_setting(run, "user_addresses"), input->envelope, run->arena);
	identity_add_recipient(&own, input->envelope, input->host, run->arena);
	return own;
}
