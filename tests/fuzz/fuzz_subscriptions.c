/* Whatever stands in a list of subscriptions stays, a folder that is added is on it once, and to add it again
 * changes nothing (mailbox/subscriptions.h). */
#include "fuzz_files.h"

#include "mailbox/subscriptions.h"

static size_t count_lines(Slice file, Slice line)
{
	size_t count = 0;

	while (file.length) {
		const char *end = memchr(file.data, '\n', file.length);
		size_t length = end ? (size_t)(end - file.data) : file.length;

		count += slice_equal(slice(file.data, length), line);
		file = slice_from(file, length + 1);
	}
	return count;
}

static void add(int directory, StoreLayout layout, const char *folder, const char *name, Text *file)
{
	Failure why = { 0 };

	LAW(subscriptions_add(directory, layout, folder, 1, &why), "%s", why.text);
	LAW(fuzz_read(directory, name, file));
}

static void fuzz(Slice input)
{
	static const struct {
		StoreLayout layout;
		const char *file, *folder, *line, *tabs;
	} cases[] = {
		{ STORE_MAILDIR, "subscriptions", ".Lists.Work", "Lists.Work", "Lists\tWork" },
		{ STORE_MAILDIR_FS, "subscriptions", "Lists/a.b", "Lists/a.b", "Lists\ta.b" },
		{ STORE_MBOX, ".subscriptions", "Lists/Work", "Lists/Work", "Lists\tWork" },
	};
	AUTO_VALUE(Text) before = { 0 }, after = { 0 }, again = { 0 };
	auto_fd int directory = fuzz_directory();
	FuzzChoices choices = { input };
	size_t which = fuzz_choose(&choices, 3);
	const char *line;
	size_t had;

	text_append_slice(&before, choices.rest);
	fuzz_write(directory, cases[which].file, text_slice(&before));
	add(directory, cases[which].layout, cases[which].folder, cases[which].file, &after);
	line = memmem(text_string(&after), after.length, "V\t2\n\n", 5) == after.data ? cases[which].tabs
										      : cases[which].line;
	LAW(before.length <= after.length);
	LAW_SAME(slice(after.data, before.length), text_slice(&before));
	had = count_lines(text_slice(&before), slice_of(line));
	LAW(count_lines(text_slice(&after), slice_of(line)) == (had ? had : 1));
	add(directory, cases[which].layout, cases[which].folder, cases[which].file, &again);
	LAW_SAME(text_slice(&again), text_slice(&after));
}
