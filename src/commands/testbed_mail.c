/* testbed_mail - the mail-store of a test, and the mail that it sent */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "commands/testbed_state.h"
#include "delivery/carry_out.h"
#include "mailbox/flags.h"
#include "mailbox/keywords.h"
#include "plan/limits.h"
#include "system/undo.h"

enum {
	MESSAGE_BYTES_MAX = 256 * 1024 * 1024 /* that is read back */
};

bool testbed_open_store(Testbed *bed, Failure *why)
{
	const char *location = arena_printf(bed->arena, "maildir:%s/mail:LAYOUT=fs", bed->options->scratch);

	store_close(bed->store);
	bed->store = store_open(&(StoreSettings){ .location = location,
						  .user = bed->options->user->name,
						  .home = bed->options->scratch,
						  .uid = bed->options->user->uid,
						  .gid = bed->options->user->gid,
						  .hostname = "localhost",
						  .lock_timeout_s = 5,
						  .lock_stale_s = 60,
						  .special_use = bed->config.special_use },
				why);
	return bed->store != NULL;
}

bool testbed_make_folder(void *self, Slice name, Failure *why)
{
	Testbed *bed = self;

	return store_make_folder(bed->store, arena_copy_bytes(bed->arena, name.data, name.length), why);
}

/* ---- what was sent ---- */

static void add_sent(Testbed *bed, const Outgoing *mail, const char *recipient, Slice bytes)
{
	if (bed->sent_count == bed->sent_capacity) {
		size_t capacity = bed->sent_capacity ? bed->sent_capacity * 2 : 8;
		TestSent *sent = arena_alloc(bed->arena, capacity * sizeof *sent);

		if (bed->sent_count)
			memcpy(sent, bed->sent, bed->sent_count * sizeof *sent);
		bed->sent = sent;
		bed->sent_capacity = capacity;
	}
	bed->sent[bed->sent_count++] = (TestSent){ .sender = arena_copy_string(bed->arena, mail->sender),
						   .recipient = arena_copy_string(bed->arena, recipient),
						   .bytes = bytes };
}

/* Takes the message instead of sendmail(1). */
static bool capture(void *self, const Outgoing *mail, Failure *why)
{
	Testbed *bed = self;
	auto_fd int fd = memfd_create("trommel-test", MFD_CLOEXEC);
	AUTO_VALUE(Text) bytes = { 0 };
	Slice kept;

	if (fd < 0)
		return failure_errno(why, "keep a message");
	if (!mail->write(mail->self, fd, why))
		return false;
	if (lseek(fd, 0, SEEK_SET) < 0 || !io_read_file(fd, "a message", MESSAGE_BYTES_MAX, &bytes, why))
		return false;
	kept = arena_copy_slice(bed->arena, text_slice(&bytes));
	for (size_t i = 0; i < mail->recipient_count; i++)
		add_sent(bed, mail, mail->recipients[i], kept);
	return true;
}

Submitter testbed_submitter(Testbed *bed)
{
	return (Submitter){ capture, bed };
}

bool testbed_take_sent(void *self, uint64_t index)
{
	Testbed *bed = self;
	const TestSent *sent;

	if (index >= bed->sent_count)
		return false;
	sent = &bed->sent[index];
	testbed_set_message(bed, sent->bytes);
	bed->sender = sent->sender;
	bed->recipient = bed->original_recipient = sent->recipient;
	testbed_make_envelope(bed);
	return true;
}

void testbed_forget_sent(void *self)
{
	Testbed *bed = self;

	bed->sent_count = 0;
}

/* ---- what was stored ---- */

/* A message in a Maildir folder. */
typedef struct Stored {
	char *path, *letters;
	uint64_t key[3]; /* seconds, microseconds, number: from its name, in the order of deliveries */
} Stored;

typedef struct Folder {
	Stored *items;
	size_t count, capacity;
} Folder;

static void folder_clear(Folder *folder)
{
	for (size_t i = 0; i < folder->count; i++) {
		free(folder->items[i].path);
		free(folder->items[i].letters);
	}
	free(folder->items);
}

DEFINE_AUTO_VALUE(Folder, folder_clear)

static uint64_t number_behind(const char *name, char mark)
{
	const char *at = mark ? strchr(name, mark) : name;

	if (!at)
		return 0;
	return strtoull(mark ? at + 1 : at, NULL, 10) + (mark == 'Q');
}

static void add_stored(Folder *folder, const char *directory, const char *name)
{
	AUTO_VALUE(Text) path = { 0 };
	const char *letters = strstr(name, ":2,"), *dot = strchr(name, '.');
	Stored *stored;

	MEMORY_GROW(folder->items, folder->count, folder->capacity);
	stored = &folder->items[folder->count++];
	text_printf(&path, "%s/%s", directory, name);
	stored->path = text_take(&path);
	stored->letters = memory_copy_string(letters ? letters + 3 : "");
	stored->key[0] = number_behind(name, 0);
	stored->key[1] = dot ? number_behind(dot, 'M') : 0;
	stored->key[2] = dot ? number_behind(dot, 'Q') : 0;
}

static int compare_stored(const void *a, const void *b)
{
	const Stored *left = a, *right = b;

	for (size_t i = 0; i < 3; i++)
		if (left->key[i] != right->key[i])
			return left->key[i] < right->key[i] ? -1 : 1;
	return 0;
}

static bool list_part(Folder *folder, const char *maildir, const char *part, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	struct dirent *entry;
	DIR *listing;
	bool good;

	text_printf(&path, "%s/%s", maildir, part);
	listing = opendir(text_string(&path));
	if (!listing)
		return errno == ENOENT || failure_errno(why, "list '%s'", text_string(&path));
	for (errno = 0; (entry = readdir(listing)); errno = 0)
		if (entry->d_name[0] != '.')
			add_stored(folder, text_string(&path), entry->d_name);
	good = !errno || failure_errno(why, "list '%s'", text_string(&path));
	closedir(listing);
	return good;
}

static void add_flag(PlanFlags *flags, const char *flag)
{
	flags->set = true;
	flags->names[flags->count++] = flag;
}

/* The flags that `letters` stand for in the folder at `maildir`. */
static PlanFlags read_flags(const Testbed *bed, const char *maildir, const char *letters)
{
	auto_fd int fd = open(maildir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	PlanFlags flags = { .names = arena_alloc(bed->arena, (strlen(letters) + 1) * sizeof *flags.names) };

	for (; *letters; letters++) {
		const char *flag = flags_of_letter(*letters);
		auto_free char *keyword = flag ? NULL : keywords_of_letter(fd, *letters);

		if (flag)
			add_flag(&flags, flag);
		else if (keyword)
			add_flag(&flags, arena_copy_string(bed->arena, keyword));
	}
	return flags;
}

static bool read_stored(Testbed *bed, const char *maildir, const Stored *stored, Failure *why)
{
	auto_fd int fd = open(stored->path, O_RDONLY | O_CLOEXEC);
	AUTO_VALUE(Text) bytes = { 0 };

	if (fd < 0)
		return failure_errno(why, "read '%s'", stored->path);
	if (!io_read_file(fd, stored->path, MESSAGE_BYTES_MAX, &bytes, why))
		return false;
	testbed_set_message(bed, arena_copy_slice(bed->arena, text_slice(&bytes)));
	bed->input.flags = read_flags(bed, maildir, stored->letters);
	return true;
}

bool testbed_take_stored(void *self, Slice name, uint64_t index, Failure *why)
{
	Testbed *bed = self;
	AUTO_VALUE(Text) maildir = { 0 };
	AUTO_VALUE(Folder) folder = { 0 };
	Failure missing = { 0 };

	if (!store_folder_path(bed->store, arena_copy_bytes(bed->arena, name.data, name.length), &maildir,
			       &missing)) {
		testbed_set_first_message(bed);
		return false;
	}
	if (!list_part(&folder, text_string(&maildir), "new", why) ||
	    !list_part(&folder, text_string(&maildir), "cur", why))
		return false;
	if (folder.count)
		qsort(folder.items, folder.count, sizeof *folder.items, compare_stored);
	return index < folder.count && read_stored(bed, text_string(&maildir), &folder.items[index], why);
}

/* ---- carrying out ---- */

static void add_lines(SieveTestErrors *errors, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");
		auto_free char *line = memory_copy_bytes(lines, length);

		sieve_test_error(errors, SLICE(""), line);
		lines += length + (lines[length] == '\n');
	}
}

/* False: not all of it could be done.  Then `*kept` tells whether the message is in the inbox all the same.
 */
static bool carry_out_once(Testbed *bed, const Plan *plan, SieveTestErrors *errors, bool *kept)
{
	AUTO_VALUE(Versions) versions = { 0 };
	Programs programs = testbed_programs(bed);
	Memory memory = { .arena = bed->arena };
	Carrying carrying = {
		.config = &bed->config,
		.envelope = &bed->envelope,
		.message = bed->input.message,
		.header = bed->input.header,
		.host = bed->input.host,
		.arena = bed->arena,
		.submitter = testbed_submitter(bed),
		.store = bed->store,
		.plan = plan,
		.versions = &versions,
		.programs = &programs,
		.memory = &memory,
		.journal = { .now = bed->input.now },
		.calendars = testbed_calendars(bed),
		.folder_autocreate = bed->config.folder_autocreate,
		.now = bed->input.now,
	};
	Failure why = { 0 };
	bool done = versions_make(&versions, &bed->config, &bed->envelope, bed->input.message,
				  bed->input.header, plan, bed->arena, &why) &&
		    carry_out(&carrying, &why);

	journal_finish(carrying.journal_left);
	if (done)
		undo_release_signals(); /* which a delivery holds to its end */
	else
		sieve_test_error(errors, SLICE(""), why.text);
	if (done && carrying.notes.length)
		testbed_show(bed, "%s", text_string(&carrying.notes));
	if (done && carrying.fell_back)
		add_lines(errors, text_string(&carrying.notes));
	*kept = done;
	done &= !carrying.fell_back;
	text_clear(&carrying.outcome);
	text_clear(&carrying.notes);
	return done;
}

/* What the courier of a delivery asks of a plan, but that it says where the message goes: that may have been
 * done already. */
static bool is_sound(const Testbed *bed, const Plan *plan, Failure *why)
{
	Plan asked = *plan;

	asked.implicit_keep = true;
	return plan_check(&asked, bed->input.message->size_bytes, why);
}

/* The plan without what would be remembered for messages to come: a test has no memory, and the user's own is
 * not to be touched. */
static Plan without_memory(const Testbed *bed, const Plan *plan)
{
	Plan rest = *plan;

	rest.actions = arena_alloc(bed->arena, (plan->count + 1) * sizeof *rest.actions);
	rest.count = 0;
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->actions[i].kind == ACTION_REMEMBER)
			continue;
		rest.actions[rest.count] = plan->actions[i];
		rest.actions[rest.count++].seconds = 0;
	}
	return rest;
}

bool testbed_carry_out(void *self, const Plan *whole, SieveTestErrors *errors)
{
	Testbed *bed = self;
	const Plan rest = without_memory(bed, whole), *plan = &rest;
	Failure why = { 0 };
	bool kept = false;

	if (!plan->count && !plan->implicit_keep)
		return true;
	if (!is_sound(bed, plan, &why))
		sieve_test_error(errors, SLICE(""), why.text);
	else if (carry_out_once(bed, plan, errors, &kept))
		return true;
	/* What cannot be done leaves the message in the inbox. */
	if (!kept)
		carry_out_once(bed, plan_new(bed->arena), errors, &kept);
	return false;
}
