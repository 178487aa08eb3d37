/* Whatever stands in a "dovecot-keywords", a keyword that gets a letter is what that letter stands for,
 * letters that others gave stand for what they did, and what is known is asked for without a change
 * (mailbox/keywords.h). */
#include "fuzz_files.h"

#include "base/ascii.h"
#include "mailbox/flags.h"
#include "mailbox/keywords.h"

enum {
	FLAGS_MAX = 4,
	LETTERS = 26
};

static const KeywordsContext context = { .machine = "host", .patience_s = 1 };

static void read_letters(int directory, char *names[LETTERS])
{
	for (int i = 0; i < LETTERS; i++)
		names[i] = keywords_of_letter(directory, (char)('a' + i));
}

static bool is_among(const char *name, const char *const *flags, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ascii_strings_equal_fold(name, flags[i]))
			return true;
	return false;
}

static void look_at_letters(const char *letters, char *const before[LETTERS], char *const after[LETTERS],
			    const char *const *flags, size_t count)
{
	for (const char *at = letters; *at; at++) {
		LAW(*at >= 'a' && *at <= 'z' && (at == letters || at[-1] < *at), "%s", letters);
		LAW(after[*at - 'a'] && is_among(after[*at - 'a'], flags, count), "%c", *at);
	}
	for (int i = 0; i < LETTERS; i++)
		LAW(!before[i] || (after[i] && strcmp(before[i], after[i]) == 0), "%c", 'a' + i);
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) letters = { 0 }, again = { 0 }, file = { 0 }, unchanged = { 0 };
	auto_fd int directory = fuzz_directory();
	FuzzChoices choices = { input };
	const char *flags[FLAGS_MAX];
	char *before[LETTERS], *after[LETTERS];
	size_t count = fuzz_choose(&choices, FLAGS_MAX + 1), known = 0;
	Failure why = { 0 };
	bool kept;

	for (size_t i = 0; i < count; i++)
		flags[i] = fuzz_string(&choices, 6, arena);
	fuzz_write(directory, "dovecot-keywords", choices.rest);
	read_letters(directory, before);
	kept = keywords_letters(directory, flags, count, &context, &letters, &why);
	read_letters(directory, after);
	look_at_letters(text_string(&letters), before, after, flags, count);
	for (int i = 0; i < LETTERS; i++)
		known += after[i] != NULL;
	LAW(kept || known == LETTERS, "%s", why.text);
	for (size_t i = 0; i < count && known < LETTERS; i++)
		if (flags_is_keyword(flags[i]))
			LAW(is_among(flags[i], (const char *const *)after, 0) || *text_string(&letters));
	fuzz_read(directory, "dovecot-keywords", &file);
	LAW(keywords_letters(directory, flags, count, &context, &again, &why) == kept, "%s", why.text);
	LAW_SAME(text_slice(&again), text_slice(&letters));
	fuzz_read(directory, "dovecot-keywords", &unchanged);
	LAW_SAME(text_slice(&unchanged), text_slice(&file));
	for (int i = 0; i < LETTERS; i++) {
		free(before[i]);
		free(after[i]);
	}
}
