/* keywords - the letters that stand for keywords in the names of a Maildir's messages
 *
 * The file is read without a lock, and changed only while "dovecot-uidlist" is locked too: so does Dovecot.
 */
#include "mailbox/keywords.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "mailbox/dotlock.h"
#include "mailbox/flags.h"
#include "mailbox/side_file.h"
#include "system/privileges.h"

enum {
	LETTERS = 26,
};

typedef struct Keywords {
	char *name[LETTERS];
} Keywords;

static const char file_name[] = "dovecot-keywords";

static void keywords_clear(Keywords *keywords)
{
	for (int i = 0; i < LETTERS; i++)
		free(keywords->name[i]);
	*keywords = (Keywords){ 0 };
}

DEFINE_AUTO_VALUE(Keywords, keywords_clear)

static void read_line(Keywords *keywords, Slice line)
{
	size_t number = 0, digits = 0;

	while (digits < line.length && digits < 3 && ascii_is_digit(line.data[digits]))
		number = number * 10 + (size_t)(line.data[digits++] - '0');
	if (digits == 0 || digits >= line.length || line.data[digits] != ' ' || number >= LETTERS ||
	    keywords->name[number])
		return;
	keywords->name[number] = memory_copy_bytes(line.data + digits + 1, line.length - digits - 1);
}

static bool read_keywords(Keywords *keywords, int folder_fd, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	Slice rest;

	keywords_clear(keywords);
	if (!side_file_read(folder_fd, file_name, &content, why))
		return false;
	rest = text_slice(&content);
	while (rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		size_t length = end ? (size_t)(end - rest.data) : rest.length;

		read_line(keywords, slice(rest.data, length));
		rest = slice_from(rest, length + 1);
	}
	return true;
}

char *keywords_of_letter(int folder_fd, char letter)
{
	AUTO_VALUE(Keywords) keywords = { 0 };
	Failure ignored;

	if (letter < 'a' || letter > 'z' || !read_keywords(&keywords, folder_fd, &ignored))
		return NULL;
	return TAKE(keywords.name[letter - 'a']);
}

static int find(const Keywords *keywords, const char *keyword)
{
	for (int i = 0; i < LETTERS; i++)
		if (keywords->name[i] && ascii_strings_equal_fold(keywords->name[i], keyword))
			return i;
	return -1;
}

/* Enters what is missing, as long as there are letters.  Returns whether anything was entered. */
static bool enter(Keywords *keywords, const char *const *flags, size_t count)
{
	bool changed = false;

	for (size_t i = 0; i < count; i++) {
		int free_letter = 0;

		if (!flags_is_keyword(flags[i]) || find(keywords, flags[i]) >= 0)
			continue;
		while (free_letter < LETTERS && keywords->name[free_letter])
			free_letter++;
		if (free_letter == LETTERS)
			break;
		keywords->name[free_letter] = memory_copy_string(flags[i]);
		changed = true;
	}
	return changed;
}

static bool rewrite(Keywords *keywords, int folder_fd, const char *const *flags, size_t count,
		    unsigned patience_s, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	SideFile file;

	if (!side_file_lock(&file, folder_fd, file_name, patience_s, why))
		return false;
	if (!read_keywords(keywords, folder_fd, why)) {
		side_file_unlock(&file);
		return false;
	}
	if (!enter(keywords, flags, count)) {
		side_file_unlock(&file);
		return true;
	}
	for (int i = 0; i < LETTERS; i++)
		if (keywords->name[i])
			text_printf(&content, "%d %s\n", i, keywords->name[i]);
	return side_file_replace(&file, text_slice(&content), why);
}

static bool enter_locked(Keywords *keywords, int folder_fd, const char *const *flags, size_t count,
			 const KeywordsContext *context, Failure *why)
{
	Dotlock lock;
	bool done;

	if (!dotlock_init(&lock, folder_fd, "dovecot-uidlist", context->machine, NO_GROUP, why) ||
	    !dotlock_acquire(&lock, context->patience_s, SIDE_FILE_STALE_S, why))
		return false;
	done = rewrite(keywords, folder_fd, flags, count, context->patience_s, why);
	dotlock_release(&lock);
	return done;
}

/* Reads them, and enters what is missing; when that cannot be, what is known is there all the same. */
static bool look_up(Keywords *keywords, int folder_fd, const char *const *flags, size_t count,
		    const KeywordsContext *context, Failure *why)
{
	Failure ignored;

	if (!read_keywords(keywords, folder_fd, why))
		return false;
	/* On a copy in memory first: nearly always all are known and nothing need be locked. */
	if (!enter(keywords, flags, count) || enter_locked(keywords, folder_fd, flags, count, context, why))
		return true;
	read_keywords(keywords, folder_fd, &ignored);
	return false;
}

/* The letters of those that have one; the first that has none, or NULL. */
static const char *append_letters(const Keywords *keywords, const char *const *flags, size_t count,
				  Text *letters)
{
	const char *without = NULL;
	bool used[LETTERS] = { false };

	for (size_t i = 0; i < count; i++) {
		int letter = flags_is_keyword(flags[i]) ? find(keywords, flags[i]) : -1;

		if (letter >= 0)
			used[letter] = true;
		else if (flags_is_keyword(flags[i]) && !without)
			without = flags[i];
	}
	for (int i = 0; i < LETTERS; i++)
		if (used[i])
			text_append_char(letters, (char)('a' + i));
	return without;
}

bool keywords_letters(int folder_fd, const char *const *flags, size_t count, const KeywordsContext *context,
		      Text *letters, Failure *why)
{
	AUTO_VALUE(Keywords) keywords = { 0 };
	const char *without;
	bool any = false;

	for (size_t i = 0; i < count; i++)
		any = any || flags_is_keyword(flags[i]);
	if (!any)
		return true;
	if (!look_up(&keywords, folder_fd, flags, count, context, why)) {
		append_letters(&keywords, flags, count, letters);
		return false;
	}
	without = append_letters(&keywords, flags, count, letters);
	return !without || failure_retry(why,
					 "the folder has %d keywords, which is all there can be, and '%s' "
					 "is none of them",
					 LETTERS, without);
}
