/* Whatever stands in a delivery's journal, it is opened or there is a reason; what is noted in it then and
 * not taken back is what the next try finds, along with what was noted before, and nothing else
 * (delivery/journal.h).
 *
 * The input chooses the file: whole records, halves of them, NULs and any bytes; then what is noted. */
#include "fuzz_files.h"

#include "base/ascii.h"
#include "delivery/journal.h"

enum {
	EFFECTS = 5,
	PIECES_MAX = 20,
	NOTES_MAX = 10
};

static const char *const effects[EFFECTS] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"1111111111111111111111111111111111111111111111111111111111111111",
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"0000000000000000000000000000000000000000000000000000000000000001",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static Journal *open_journal(Arena *arena)
{
	static const Slice bytes = { "Subject: one\n\nbody\n", 19 };
	AUTO_VALUE(Message) message = { 0 };
	Journal *journal = NULL;
	Failure why = { 0 };

	message_from_bytes(&message, bytes);
	JournalSettings settings = {
		.directory = fuzz_place(),
		.home = fuzz_place(),
		.owner = geteuid(),
		.message = &message,
		.header = header_index(slice(bytes.data, 14), arena),
		.recipient = "ann",
		.script = SLICE("keep;"),
		.now = 1794816000,
	};
	bool kept;

	LAW(journal_open(&settings, &journal, &why), "%s", why.text);
	LAW(journal_keep(journal, EFFECTS, &kept, &why) && kept, "%s", why.text);
	return journal;
}

/* What a delivery may have left there. */
static void choose_file(FuzzChoices *choices, Text *file)
{
	static const char *const words[] = { "trommel journal 1\n", "1794816000 token\n", "+", "-", "\n" };
	size_t count = fuzz_choose(choices, PIECES_MAX);

	for (size_t i = 0; i < count; i++) {
		size_t which = fuzz_choose(choices, 4), number = fuzz_choose(choices, EFFECTS);

		if (which == 0)
			text_append_string(file, words[number]);
		else if (which == 1)
			text_printf(file, "%c%s\n", fuzz_rarely(choices, 3) ? '-' : '+', effects[number]);
		else if (which == 2)
			text_append_slice(file, fuzz_bytes(choices, 70));
		else
			text_truncate(file, file->length - fuzz_choose(choices, file->length + 1));
	}
}

static void look_at_token(Journal *journal)
{
	const char *token = journal_token(journal);

	LAW(*token);
	for (; *token; token++)
		LAW(ascii_is_alnum(*token), "%s", token);
}

/* Some are noted, some taken back. */
static void change(FuzzChoices *choices, Journal *journal, bool stands[EFFECTS])
{
	Failure why = { 0 };

	for (size_t i = 0; i < EFFECTS; i++)
		stands[i] = journal_has(journal, effects[i]);
	for (size_t left = fuzz_choose(choices, NOTES_MAX); left; left--) {
		size_t which = fuzz_choose(choices, EFFECTS);
		bool takes_back = fuzz_rarely(choices, 3);

		LAW(takes_back ? journal_take_back(journal, effects[which], &why)
			       : journal_note(journal, effects[which], true, &why),
		    "%s", why.text);
		stands[which] = !takes_back;
		LAW(journal_has(journal, effects[which]) == stands[which]);
	}
}

static void fuzz(Slice input)
{
	static char name[NAME_MAX + 1];
	FuzzChoices choices = { input };
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) file = { 0 };
	auto_fd int place = fuzz_directory();
	LAW(mkdirat(place, JOURNAL_DIRECTORY, 0700) == 0);
	auto_fd int directory = openat(place, JOURNAL_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool stands[EFFECTS];

	if (!*name) {
		Journal *first = open_journal(arena);

		fuzz_only_name(directory, name);
		journal_note(first, effects[0], false, &(Failure){ 0 });
		journal_close(first);
	}
	choose_file(&choices, &file);
	fuzz_write(directory, name, text_slice(&file));

	Journal *journal = open_journal(arena);
	look_at_token(journal);
	auto_free char *token = strdup(journal_token(journal));
	int64_t begun = journal_begun(journal);
	change(&choices, journal, stands);
	bool any = false;
	for (size_t i = 0; i < EFFECTS; i++)
		any |= stands[i];
	journal_close(journal);

	journal = open_journal(arena);
	for (size_t i = 0; i < EFFECTS; i++)
		LAW(journal_has(journal, effects[i]) == stands[i], "effect %zu", i);
	LAW(!any || (strcmp(journal_token(journal), token) == 0 && journal_begun(journal) == begun), "%s, %s",
	    journal_token(journal), token);
	journal_finish(journal);
	LAW(faccessat(place, JOURNAL_DIRECTORY, F_OK, 0) < 0);
}
