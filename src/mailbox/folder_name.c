/* folder_name - the folders that users and rules name, and where they are below the mail root */
#include "mailbox/folder_name.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "mailbox/mutf7.h"

enum {
	PART_MAX = 255,    /* NAME_MAX of every file system in use */
	NAME_LIMIT = 1024, /* keeps the whole path below PATH_MAX; IMAP servers stop earlier */
};

bool folder_name_is_inbox(const char *folder)
{
	return !folder || !*folder || ascii_strings_equal_fold(folder, "INBOX");
}

static bool is_separator(StoreLayout layout, char c)
{
	return c == '/' || (c == '.' && layout == STORE_MAILDIR);
}

const char *folder_name_below_inbox(StoreLayout layout, const char *folder)
{
	if (ascii_starts_with_fold(slice_of(folder), "INBOX") && is_separator(layout, folder[5]))
		return folder + 6;
	return NULL;
}

static bool refuse(const char *folder, const char *reason, Failure *why)
{
	AUTO_VALUE(Text) shown = { 0 };

	for (const char *c = folder; *c && shown.length < 100; c++)
		text_append_char(&shown, ascii_is_control(*c) ? '?' : *c);
	return failure_retry(why, "the folder name '%s' %s", text_string(&shown), reason);
}

/* Controls (C1 too) and the line separators would break every file that lists folders. */
static const char *bad_character(Slice name)
{
	for (size_t i = 0; i < name.length;) {
		uint32_t code_point;
		size_t length = utf8_decode(name.data + i, name.length - i, &code_point);

		if (length == 0)
			return "is not valid UTF-8";
		if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x2028 ||
		    code_point == 0x2029)
			return "has a control character";
		i += length;
	}
	return NULL;
}

/* Names that the layout keeps for itself. */
static const char *reserved(StoreLayout layout, Slice part)
{
	static const char lock[] = ".lock";

	if (layout == STORE_MAILDIR_FS &&
	    (slice_equal(part, SLICE("cur")) || slice_equal(part, SLICE("new")) ||
	     slice_equal(part, SLICE("tmp"))))
		return "has a part that Maildir keeps for itself";
	if (layout == STORE_MBOX && part.length >= sizeof lock - 1 &&
	    memcmp(part.data + part.length - (sizeof lock - 1), lock, sizeof lock - 1) == 0)
		return "ends like a lock file";
	return NULL;
}

static const char *append_part(StoreLayout layout, Slice part, Text *relative)
{
	size_t before = relative->length;

	if (part.length == 0)
		return "has an empty part";
	if (part.data[0] == '.')
		return "has a part that begins with a dot";
	if (reserved(layout, part))
		return reserved(layout, part);
	if (!mutf7_encode(part, relative))
		return "is not valid UTF-8";
	if (relative->length - before > PART_MAX)
		return "has a part that is too long";
	return NULL;
}

bool folder_name_on_disk(StoreLayout layout, const char *folder, Text *relative, Failure *why)
{
	Slice rest = slice_of(folder);
	size_t start = relative->length;
	const char *wrong = NULL;

	if (rest.length > NAME_LIMIT)
		wrong = "is too long";
	else if (folder[0] == '~')
		wrong = "begins with a tilde";
	else if (*folder && folder_name_is_inbox(folder))
		wrong = "is that of the inbox"; /* readers show nothing else under it */
	else
		wrong = bad_character(rest);
	for (bool more = true; more && !wrong;) {
		size_t length = 0;

		while (length < rest.length && !is_separator(layout, rest.data[length]))
			length++;
		more = length < rest.length;
		if (layout == STORE_MAILDIR)
			text_append_char(relative, '.');
		else if (relative->length > start)
			text_append_char(relative, '/');
		wrong = append_part(layout, slice(rest.data, length), relative);
		rest = slice_from(rest, length + 1);
	}
	if (!wrong && layout == STORE_MAILDIR && relative->length - start > PART_MAX)
		wrong = "is too long";
	if (!wrong && relative->length - start > NAME_LIMIT)
		wrong = "is too long";
	return wrong ? refuse(folder, wrong, why) : true;
}
