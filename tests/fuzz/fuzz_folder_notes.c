/* What is noted of a folder is read as it was set, other lines stay as they were, and a value comes back from
 * being escaped; what Dovecot wrote of it is found under its key, and an id is one word of the first line
 * (mailbox/folder_file.h, mailbox/dovecot_files.h).
 *
 * The first byte says which: even, and the rest is a file and a value, as "...%%..."; odd, and it is
 * Dovecot's. */
#include "fuzz_files.h"

#include "base/ascii.h"
#include "mailbox/dovecot_files.h"
#include "mailbox/folder_file.h"

static Slice next_line(Slice *rest)
{
	const char *end = memchr(rest->data, '\n', rest->length);
	Slice line = slice(rest->data, end ? (size_t)(end - rest->data) : rest->length);

	*rest = slice_from(*rest, line.length + 1);
	return line;
}

/* ---- ours ---- */

/* What is not about the key is there, in order. */
static void compare_others(Slice before, Slice after, Slice key)
{
	while (before.length) {
		Slice line = next_line(&before), value;
		size_t at = 0;

		if (folder_file_next(line, key, &at, &value))
			continue;
		LAW(after.length);
		LAW_SAME(next_line(&after), line);
	}
}

static void set_and_read(Slice input)
{
	static const Slice key = { "/shared/comment", 15 };
	AUTO_VALUE(Text) escaped = { 0 }, unescaped = { 0 }, set = { 0 }, unset = { 0 };
	Slice file, value, found, stored;
	size_t at = 0;

	fuzz_halves(input, &file, &value);
	folder_file_escape(value, &escaped);
	folder_file_unescape(text_slice(&escaped), &unescaped);
	LAW_SAME(text_slice(&unescaped), value);
	stored = text_slice(&escaped);
	LAW(!memchr(stored.data, '\n', stored.length));
	folder_file_set(file, key, &stored, &set);
	LAW(folder_file_next(text_slice(&set), key, &at, &found));
	LAW_SAME(found, ascii_trim(stored));
	LAW(!folder_file_next(text_slice(&set), key, &at, &found));
	compare_others(file, text_slice(&set), key);
	folder_file_set(text_slice(&set), key, NULL, &unset);
	at = 0;
	LAW(!folder_file_next(text_slice(&unset), key, &at, &found));
	compare_others(file, text_slice(&unset), key);
}

/* ---- Dovecot's ---- */

/* As its dictionaries write what cannot stand in a line. */
static void append_escaped(Slice value, Text *out)
{
	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i], letter = c == '\001' ? '1'
						 : c == '\n' ? 'n'
						 : c == '\r' ? 'r'
						 : c == '\t' ? 't'
							     : '0';

		if (letter == '0' && c) {
			text_append_char(out, c);
			continue;
		}
		text_append_char(out, '\001');
		text_append_char(out, letter);
	}
}

static void look_for(Slice input)
{
	AUTO_VALUE(Text) dictionary = { 0 }, key = { 0 }, found = { 0 }, any = { 0 };
	Slice first, value, id;

	fuzz_halves(input, &first, &value);
	id = dovecot_uidlist_id(first);
	LAW(!id.length || (fuzz_within(id, first) && id.data[-1] == 'G'));
	LAW(!memchr(id.data, ' ', id.length) && !memchr(id.data, '\n', id.length));
	dovecot_attribute_key(id, "/shared/comment", false, &key);
	dovecot_attribute_find(first, text_slice(&key), &any);
	LAW(any.length <= first.length);
	text_append_string(&dictionary, "priv/other\nvalue\n");
	text_append_slice(&dictionary, text_slice(&key));
	text_append_char(&dictionary, '\n');
	append_escaped(value, &dictionary);
	text_append_string(&dictionary, "\nshared/last\nvalue\n");
	LAW(dovecot_attribute_find(text_slice(&dictionary), text_slice(&key), &found));
	LAW_SAME(text_slice(&found), value);
}

static void fuzz(Slice input)
{
	FuzzChoices choices = { input };

	if (fuzz_choose(&choices, 2))
		look_for(choices.rest);
	else
		set_and_read(choices.rest);
}
