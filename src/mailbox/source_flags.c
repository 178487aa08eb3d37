/* source_flags - what a saved message's flags and folder were, from names and fields */
#include "mailbox/source_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "mailbox/flags.h"
#include "mailbox/keywords.h"
#include "mailbox/mutf7.h"

/* ":2,FS"; a file system without colons has ";" or "!" in its place. */
void walk_flags_of_name(Names *flags, const char *name, int folder_fd)
{
	const char *comma = strrchr(name, ',');

	if (!comma || comma - name < 2 || comma[-1] != '2' || !strchr(":;!", comma[-2]))
		return;
	for (const char *letter = comma + 1; *letter; letter++) {
		const char *flag = flags_of_letter(*letter);
		char *keyword = flag || folder_fd < 0 ? NULL : keywords_of_letter(folder_fd, *letter);

		if (flag || keyword)
			names_add(flags, flag ? flag : keyword);
		free(keyword);
	}
}

/* The letters of c-client and Dovecot; "O" only says that it is not new. */
static void add_letters(Names *flags, Slice letters, bool extended)
{
	static const struct {
		char letter;
		bool extended;
		const char *flag;
	} known[] = { { 'R', false, "\\Seen" },
		      { 'A', true, "\\Answered" },
		      { 'F', true, "\\Flagged" },
		      { 'T', true, "\\Draft" },
		      { 'D', true, "\\Deleted" } };

	for (size_t i = 0; i < letters.length; i++)
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			if (known[k].extended == extended && known[k].letter == letters.data[i])
				names_add(flags, known[k].flag);
}

static void add_words(Names *flags, Slice words)
{
	enum {
		LONGEST_WORD = 128
	};
	char word[LONGEST_WORD + 1];
	size_t length = 0;

	for (size_t i = 0; i <= words.length; i++) {
		if (i < words.length && !ascii_is_space(words.data[i])) {
			if (length <= LONGEST_WORD)
				word[length < LONGEST_WORD ? length : LONGEST_WORD] = words.data[i];
			length++;
			continue;
		}
		if (length && length <= LONGEST_WORD) {
			word[length] = '\0';
			if (flags_is_keyword(word))
				names_add(flags, word);
		}
		length = 0;
	}
}

static bool take_value(Slice line, const char *name, Slice *value)
{
	if (!ascii_starts_with_fold(line, name))
		return false;
	*value = ascii_trim(slice_from(line, strlen(name)));
	return true;
}

void walk_flags_of_header(Names *flags, Slice header)
{
	size_t at = 0;

	while (at < header.length) {
		Slice rest = slice_from(header, at), value;
		const char *end = memchr(rest.data, '\n', rest.length);
		Slice line = slice(rest.data, end ? (size_t)(end - rest.data) : rest.length);

		at += line.length + 1;
		if (!line.length || !strchr("SsXx", line.data[0]))
			continue;
		if (take_value(line, "Status:", &value))
			add_letters(flags, value, false);
		else if (take_value(line, "X-Status:", &value))
			add_letters(flags, value, true);
		else if (take_value(line, "X-Keywords:", &value))
			add_words(flags, value);
	}
}

void walk_folder_name(Slice on_disk, char separator, Text *name)
{
	size_t start = name->length;

	if (!mutf7_decode(on_disk, name)) {
		text_truncate(name, start);
		text_append_slice(name, on_disk);
	}
	for (size_t i = start; i < name->length; i++)
		if (name->data[i] == separator)
			name->data[i] = '/';
}
