/* A value is on a list when, and only when, it is one of its lines that are no comment; all of them are the
 * lines; and whatever stands in the setting or is asked for, there is an answer or a reason (RFC 6134;
 * delivery/lists.h).
 *
 * The input is the file, "%%", the setting, "%%", and what is asked for. */
#include "fuzz_files.h"

#include "base/ascii.h"
#include "delivery/lists.h"
#include "plan/limits.h"

static bool ask(Lists *lists, QuestionKind kind, Slice name, Slice value, Answer *answer)
{
	Question question = { .kind = kind, .arguments = { name, value }, .count = kind == ASK_LIST ? 2 : 1 };
	Failure why = { 0 };
	bool answered = lists_answer(lists, &question, answer, &why);

	LAW(answered || *why.text);
	return answered;
}

/* The lines as they are to be read. */
static bool is_on(Slice file, Slice value, Text *all)
{
	bool found = false;

	while (file.length) {
		const char *end = memchr(file.data, '\n', file.length);
		Slice line = slice(file.data, end ? (size_t)(end - file.data) : file.length);

		file = slice_from(file, line.length + 1);
		line = ascii_trim(line);
		if (!line.length || *line.data == '#')
			continue;
		text_append_slice(all, line);
		text_append_char(all, '\n');
		found |= ascii_equal_fold(line, value);
	}
	return found;
}

static void fuzz(Slice input)
{
	static const Slice book = { ":addrbook:work", 14 };
	AUTO(Arena) arena = arena_new();
	auto_fd int directory = fuzz_directory();
	AUTO_VALUE(Text) wanted = { 0 };
	Answer one = { 0 }, all = { 0 }, any = { 0 };
	Slice file, rest, setting, value;
	bool expected;

	fuzz_halves(input, &file, &rest);
	fuzz_halves(rest, &setting, &value);
	Lists lists = { .setting = "",
			.directory = fuzz_place(),
			.home = fuzz_place(),
			.user = "ann",
			.owner = geteuid(),
			.arena = arena };
	fuzz_write(directory, "work", file);
	expected = is_on(file, ascii_trim(value), &wanted);
	LAW(ask(&lists, ASK_LIST, book, value, &one) && one.yes == expected);
	if (one.yes)
		LAW(ascii_equal_fold(text_slice(&one.bytes), ascii_trim(value)));
	LAW(ask(&lists, ASK_LIST_ALL, book, SLICE(""), &all));
	LAW(all.yes);
	LAW_SAME(text_slice(&all.bytes), text_slice(&wanted));

	Lists others = lists;
	others.setting = arena_copy_bytes(arena, setting.data, strnlen(setting.data, setting.length));
	ask(&others, ASK_LIST_KNOWN, value, SLICE(""), &any);
	text_clear(&one.bytes);
	text_clear(&all.bytes);
	text_clear(&any.bytes);
}
