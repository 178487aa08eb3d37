/* flags - what IMAP calls a message's flags, in the spellings of Maildir and mbox */
#include "mailbox/flags.h"

#include <string.h>

#include "base/ascii.h"

/* In the ASCII order of the Maildir letters; the mbox letters are those of c-client and Dovecot. */
static const struct {
	const char *flag;
	char maildir, status, x_status;
} known[] = {
	{ "\\Draft", 'D', 0, 'T' },    { "\\Flagged", 'F', 0, 'F' },
	{ "$Forwarded", 'P', 0, 0 }, /* a keyword as well: Dovecot does not read P */
	{ "\\Answered", 'R', 0, 'A' }, { "\\Seen", 'S', 'R', 0 },
	{ "\\Deleted", 'T', 0, 'D' },
};

enum {
	KNOWN = sizeof known / sizeof *known,
	KEYWORD_MAX = 128,
};

static bool has_flag(const char *const *flags, size_t count, const char *flag)
{
	for (size_t i = 0; i < count; i++)
		if (ascii_strings_equal_fold(flags[i], flag))
			return true;
	return false;
}

bool flags_is_keyword(const char *flag)
{
	size_t length = 0;

	while (flag[length] > ' ' && flag[length] < 127)
		length++;
	return flag[0] != '\\' && flag[length] == '\0' && length > 0 && length <= KEYWORD_MAX;
}

void flags_maildir(const char *const *flags, size_t count, Text *letters)
{
	for (size_t i = 0; i < KNOWN && count; i++)
		if (has_flag(flags, count, known[i].flag))
			text_append_char(letters, known[i].maildir);
}

const char *flags_of_letter(char letter)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].maildir == letter)
			return known[i].flag;
	return NULL;
}

static void append_keywords(const char *const *flags, size_t count, Text *fields)
{
	const char *before = "X-Keywords: ";

	for (size_t i = 0; i < count; i++) {
		if (!flags_is_keyword(flags[i]) || has_flag(flags, i, flags[i]))
			continue;
		text_append_string(fields, before);
		text_append_string(fields, flags[i]);
		before = " ";
	}
	if (*before == ' ')
		text_append_char(fields, '\n');
}

void flags_mbox(const char *const *flags, size_t count, Text *fields)
{
	static const char order[] = "AFTD"; /* as others write it */
	const char *before = "X-Status: ";

	/* "O" is old: a message that was read is not recent. */
	if (has_flag(flags, count, "\\Seen"))
		text_append_string(fields, "Status: RO\n");
	for (const char *letter = order; *letter; letter++)
		for (size_t i = 0; i < KNOWN; i++)
			if (known[i].x_status == *letter && has_flag(flags, count, known[i].flag)) {
				text_append_string(fields, before);
				text_append_char(fields, *letter);
				before = "";
			}
	if (!*before)
		text_append_char(fields, '\n');
	append_keywords(flags, count, fields);
}
