/* What is taken out of an mbox leaves the others as they were, byte for byte, with what was appended later
 * behind them; it can be gone on with from any step that was noted; and all of it can be put back
 * (mailbox/mbox_excise.h).
 *
 * The input chooses the messages, which of them are taken, where it is killed, and what comes later; or what
 * stands in the note of how far it is. */
#include "fuzz_files.h"

#include "mailbox/mbox_excise.h"

enum {
	MESSAGES_MAX = 8
};

typedef struct Mail {
	Text before, staying; /* the mbox as it was, and as it is to be */
	MboxRegion taken[MESSAGES_MAX];
	size_t count;
} Mail;

static void choose_mail(FuzzChoices *choices, Mail *mail)
{
	size_t count = 1 + fuzz_choose(choices, MESSAGES_MAX);

	for (size_t i = 0; i < count; i++) {
		bool taken = fuzz_choose(choices, 2);
		Slice body = fuzz_bytes(choices, 60);
		size_t at = mail->before.length, repeated = 1 + fuzz_choose(choices, 3);

		for (; repeated; repeated--)
			text_append_slice(&mail->before, body);
		if (taken)
			mail->taken[mail->count++] = (MboxRegion){ (off_t)at,
								   (off_t)(mail->before.length - at) };
		else
			text_append(&mail->staying, text_string(&mail->before) + at,
				    mail->before.length - at);
	}
}

/* What comes later does not look like what was taken. */
static void append_mail(int place, size_t number, Mail *mail)
{
	auto_fd int fd = openat(place, "mbox", O_WRONLY | O_APPEND | O_CLOEXEC);
	char message[40];
	int length = snprintf(message, sizeof message, "\001later %zu\002\n", number);

	LAW(fd >= 0 && io_write(fd, message, (size_t)length));
	text_append(&mail->before, message, (size_t)length);
	text_append(&mail->staying, message, (size_t)length);
}

static Mbox open_mbox(int place)
{
	Mbox mbox = { .path = "mbox", .fd = openat(place, "mbox", O_RDWR | O_APPEND | O_CLOEXEC) };

	LAW(mbox.fd >= 0);
	return mbox;
}

static void compare_mbox(int place, const Text *expected)
{
	AUTO_VALUE(Text) found = { 0 };

	LAW(fuzz_read(place, "mbox", &found));
	LAW_SAME(text_slice(&found), text_slice(expected));
}

/* As if it had been killed before the last notes; with half of one, maybe. */
static void forget_notes(FuzzChoices *choices, int place)
{
	AUTO_VALUE(Text) state = { 0 };
	const char *end;
	size_t least;

	if (!fuzz_read(place, "cut.state", &state))
		return;
	end = memchr(state.data, '\n', state.length);
	least = (size_t)(end - state.data) + 1;
	fuzz_write(place, "cut.state",
		   slice(state.data, state.length - fuzz_choose(choices, state.length - least + 1)));
}

/* Reads what is noted of the cut, and goes on with it: excise_finish or excise_restore. */
static void go_on(int place, bool (*how)(Excise *excise, Mbox *mbox, Failure *why))
{
	Excise excise = { .dir_fd = place, .name = "cut" };
	Mbox mbox = open_mbox(place);
	Failure why = { 0 };

	LAW(excise_read(&excise, &why), "%s", why.text);
	LAW(how(&excise, &mbox, &why), "%s", why.text);
	close(mbox.fd);
	excise_clear(&excise);
}

static void take(int place, const Mail *mail, const char *path)
{
	Excise excise = { .dir_fd = place, .name = "cut" };
	Mbox mbox = open_mbox(place);
	Failure why = { 0 };

	mbox.path = (char *)(size_t)path;
	LAW(excise_begin(&excise, &mbox, mail->taken, mail->count, &why), "%s", why.text);
	if (mail->count) {
		LAW(excise_read(&excise, &why) && excise.step == EXCISE_DONE, "%s", why.text);
		LAW_SAME(text_slice(&excise.path), slice_of(path));
	}
	close(mbox.fd);
	excise_clear(&excise);
}

/* As if it had been killed while it moved what stays, or before it cut; and others append before it goes on.
 */
static void forget_work(FuzzChoices *choices, int place, Mail *mail)
{
	AUTO_VALUE(Text) state = { 0 }, torn = { 0 };
	size_t first = (size_t)mail->taken[0].offset, moved = mail->staying.length - first;
	bool written = fuzz_choose(choices, 2);

	LAW(fuzz_read(place, "cut.state", &state));
	size_t begun = strcspn(text_string(&state), "\n") + 1;
	fuzz_write(place, "cut.state", slice(state.data, written ? begun + strlen("written\n") : begun));
	moved = written ? moved : fuzz_choose(choices, moved + 1);
	text_append(&torn, text_string(&mail->staying), first + moved);
	text_append_slice(&torn, slice_from(text_slice(&mail->before), first + moved));
	fuzz_write(place, "mbox", text_slice(&torn));
	if (fuzz_choose(choices, 2))
		append_mail(place, 0, mail);
}

/* As if it had been killed before it noted that all was put back. */
static void forget_restored(FuzzChoices *choices, int place)
{
	static const size_t length = sizeof "restored";
	AUTO_VALUE(Text) state = { 0 };

	LAW(fuzz_read(place, "cut.state", &state) && state.length > length);
	fuzz_write(place, "cut.state", slice(state.data, state.length - fuzz_choose(choices, length + 1)));
}

static void take_and_put_back(FuzzChoices *choices, int place)
{
	AUTO(Arena) arena = arena_new();
	Mail mail = { 0 };
	size_t killed;

	choose_mail(choices, &mail);
	fuzz_write(place, "mbox", text_slice(&mail.before));
	take(place, &mail, fuzz_string(choices, 12, arena));
	compare_mbox(place, &mail.staying);

	killed = mail.count ? fuzz_choose(choices, 3) : 0;
	if (killed == 1)
		forget_notes(choices, place);
	else if (killed == 2)
		forget_work(choices, place, &mail);
	go_on(place, excise_finish);
	compare_mbox(place, &mail.staying);
	for (size_t later = fuzz_choose(choices, 3); later; later--)
		append_mail(place, later, &mail);
	compare_mbox(place, &mail.staying);
	go_on(place, excise_restore);
	compare_mbox(place, mail.count ? &mail.before : &mail.staying);
	if (mail.count)
		forget_restored(choices, place);
	go_on(place, excise_restore);
	compare_mbox(place, mail.count ? &mail.before : &mail.staying);
	text_clear(&mail.before);
	text_clear(&mail.staying);
}

/* A note that is not ours: what comes of it is an answer or a reason. */
static void read_any(Slice input, int place)
{
	Slice state, mbox_bytes;
	Excise excise = { .dir_fd = place, .name = "cut" };
	Failure why = { 0 };

	fuzz_halves(input, &state, &mbox_bytes);
	fuzz_write(place, "cut.state", state);
	fuzz_write(place, "mbox", mbox_bytes);
	if (excise_read(&excise, &why)) {
		LAW(excise.step <= EXCISE_RESTORED);
	} else {
		LAW(*why.text);
	}
	excise_clear(&excise);
}

static void fuzz(Slice input)
{
	FuzzChoices choices = { input };
	auto_fd int place = fuzz_directory();

	if (fuzz_choose(&choices, 2))
		read_any(choices.rest, place);
	else
		take_and_put_back(&choices, place);
}
