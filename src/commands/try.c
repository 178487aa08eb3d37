/* try - say what rules would do with saved messages: `trommel try`
 *
 * A judge whose courier has no hands: the same judge, the same limits, and the plan is printed. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/panic.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "delivery/judge.h"
#include "mailbox/source.h"
#include "message/address.h"
#include "message/date.h"
#include "message/header.h"
#include "message/words.h"
#include "system/users.h"

enum {
	GOOD = 0,
	RULES_FAILED = 1,
	COULD_NOT_RUN = 2,
	SUBJECT_BYTES = 200,
	NAME_BYTES = 4096
};

typedef struct Options {
	const char *file; /* of the configuration; NULL: the usual one */
	const char *sender, *recipient;
	const char *date;
} Options;

typedef struct Trial {
	const Options *options;
	const User *user;
	JudgeJob job; /* but for the message and its envelope */
	World world;
	bool errors_printed; /* of a script that does not compile: they are the same every time */
	int status;
} Trial;

static const char usage[] = "usage: trommel try [-c FILE] [-o KEY=VALUE]... [--sender ADDRESS] [--recipient "
			    "ADDRESS] [--now DATE]\n"
			    "                   SCRIPT SOURCE...\n";
static const char short_options[] = "+c:o:";
static const struct option long_options[] = {
	{ "sender", required_argument, NULL, 's' },
	{ "recipient", required_argument, NULL, 'r' },
	{ "now", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

static int complain(const Failure *why)
{
	fprintf(stderr, "trommel try: %s\n", why->text);
	return COULD_NOT_RUN;
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case 's':
			options->sender = optarg;
			break;
		case 'r':
			options->recipient = optarg;
			break;
		case 'n':
			options->date = optarg;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return argc - optind >= 2;
}

/* --- the envelope, as a delivery would have had it --- */

/* The address in the first field called `name`, or NULL. */
static const char *address_in(const HeaderIndex *header, Slice name, Arena *arena)
{
	const HeaderField *field = header_find(header, name);
	Address address;

	if (!field || !address_parse_envelope(ascii_trim(header_unfold(field, arena)), &address, arena))
		return NULL;
	return arena_copy_bytes(arena, address.text.data, address.text.length);
}

/* What stands behind the first delimiter of the local part. */
static const char *detail_of(const char *recipient, const char *delimiters, Arena *arena)
{
	size_t local = strcspn(recipient, "@"), at = strcspn(recipient, delimiters);

	return at < local ? arena_copy_bytes(arena, recipient + at + 1, local - at - 1) : NULL;
}

static Envelope make_envelope(const Trial *trial, const HeaderIndex *header, Arena *arena)
{
	Envelope envelope = { .sender = trial->options->sender,
			      .recipient = trial->options->recipient,
			      .user = trial->user->name,
			      .home = trial->user->home };

	if (!envelope.sender)
		envelope.sender = address_in(header, SLICE("Return-Path"), arena);
	if (!envelope.recipient)
		envelope.recipient = address_in(header, SLICE("Delivered-To"), arena);
	if (!envelope.recipient)
		envelope.recipient = trial->user->name;
	envelope.sender_known = envelope.sender != NULL;
	envelope.original_recipient = address_in(header, SLICE("X-Original-To"), arena);
	envelope.detail = detail_of(envelope.recipient, trial->job.recipient_delimiter, arena);
	return envelope;
}

/* --- the report --- */

static void print_title(const Sourced *it, const HeaderIndex *header, Arena *arena, Text *out)
{
	const HeaderField *subject = header_find(header, SLICE("Subject"));

	printable_append(out, slice_of(it->name), NAME_BYTES);
	if (it->number)
		text_printf(out, ", message %zu", it->number);
	text_append_string(out, ": ");
	if (subject)
		printable_append(out, words_decode(header_unfold(subject, arena), arena), SUBJECT_BYTES);
	else
		text_append_string(out, "(no subject)");
	text_append_char(out, '\n');
}

static void print_indented(const char *lines, Text *out)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		text_append_string(out, "    ");
		text_append(out, lines, length);
		text_append_char(out, '\n');
		lines += length + (lines[length] == '\n');
	}
}

static void print_plan(Trial *trial, Plan *plan, Text *out)
{
	AUTO_VALUE(Text) lines = { 0 };

	if (plan->outcome != PLAN_DECIDED && trial->status == GOOD)
		trial->status = RULES_FAILED;
	if (plan->outcome == PLAN_NO_COMPILE && !trial->errors_printed)
		fputs(plan->error, stderr);
	if (plan->outcome == PLAN_NO_COMPILE) {
		trial->errors_printed = true;
		plan->error = "see above";
	}
	plan_print(plan, &lines);
	print_indented(text_string(&lines), out);
}

static bool try_message(void *self, const Sourced *it, Failure *why)
{
	Trial *trial = self;
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) out = { 0 };
	const HeaderIndex *header = header_index(it->message->header, arena);
	const Envelope envelope = make_envelope(trial, header, arena);
	Plan *plan;

	trial->job.message = it->message;
	trial->job.envelope = &envelope;
	if (!judge_ask(&trial->job, &trial->world, arena, &plan, why))
		return false;
	print_title(it, header, arena, &out);
	print_plan(trial, plan, &out);
	if (plan->outcome == PLAN_RETRY)
		return failure_retry(why, "%s", plan->error);
	if (fwrite(text_string(&out), 1, out.length, stdout) != out.length || fflush(stdout) != 0)
		return failure_errno(why, "write");
	return true;
}

/* --- */

static bool every_folder_exists(void *self, const char *folder, bool *exists, Failure *why)
{
	(void)self;
	(void)folder;
	(void)why;
	*exists = true;
	return true;
}

static bool read_date(const char *date, int64_t *now, Failure *why)
{
	MailDate read;

	*now = time(NULL);
	if (!date)
		return true;
	if (!date_parse(slice_of(date), &read))
		return failure_set(why, FAILURE_USAGE, "5.6.0",
				   "'%s' is no date; write one as 2026-11-24T08:00:00Z", date);
	*now = read.seconds;
	return true;
}

static bool prepare(int argc, char **argv, const Options *options, Config *config, User *user, Failure *why)
{
	return settings_read(argc, argv, short_options, long_options, options->file, config, why) &&
	       user_find_uid(user, getuid(), why);
}

int command_try(int argc, char **argv)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	AUTO_VALUE(Text) source = { 0 };
	Options options = { 0 };
	Trial trial = { .options = &options, .user = &user, .world = { every_folder_exists, NULL } };
	Failure why = { 0 };
	int first;

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options)) {
		fputs(usage, stderr);
		return COULD_NOT_RUN;
	}
	first = optind;
	if (!prepare(argc, argv, &options, &config, &user, &why) ||
	    !read_date(options.date, &trial.job.now, &why) ||
	    !settings_read_script(argv[first], &source, &why))
		return complain(&why);
	trial.job.script_name = argv[first];
	trial.job.script_source = text_slice(&source);
	trial.job.personal_dir = settings_path(config.sieve_dir, user.home, arena);
	trial.job.global_dir = settings_path(config.sieve_global_dir, user.home, arena);
	trial.job.owner = user.uid;
	trial.job.host = config.hostname;
	trial.job.redirect_max = config.redirect_max;
	trial.job.recipient_delimiter = config.recipient_delimiter;
	trial.job.cpu_s = config.judge_cpu_s;
	trial.job.wall_s = config.judge_wall_s;
	trial.job.memory_mb = config.judge_memory_mb;
	for (int i = first + 1; i < argc; i++) {
		Failure unreadable = { 0 };

		if (!source_each(argv[i], try_message, &trial, &unreadable))
			trial.status = complain(&unreadable);
	}
	return trial.status;
}
