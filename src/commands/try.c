/* try - say what rules would do with saved messages: `trommel try`
 *
 * A judge whose courier has no hands: the same judge, the same limits, and the plan is printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/panic.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "delivery/batch.h"
#include "delivery/caller.h"
#include "delivery/lists.h"
#include "delivery/rules.h"
#include "delivery/world_answer.h"
#include "mailbox/source.h"
#include "mailbox/store.h"
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
	const char *mail; /* where folders are looked for; NULL: every folder exists */
} Options;

typedef struct Trial {
	const Options *options;
	const User *user;
	const char *delimiter;
	JudgeJob job; /* but for the message and its envelope */
	Batch *batch;
	Store *store; /* NULL without --mail */
	Lists lists;
	bool errors_printed; /* of a script that does not compile: they are the same every time */
	int status;
} Trial;

enum {
	OPTION_SENDER = OPTION_LONG,
	OPTION_RECIPIENT,
	OPTION_NOW,
	OPTION_MAIL
};

static const Option options_of_try[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_SENDER, "sender", "ADDRESS", "envelope sender; else the message's Return-Path" },
	{ OPTION_RECIPIENT, "recipient", "ADDRESS", "envelope recipient; else the message's Delivered-To" },
	{ OPTION_NOW, "now", "DATE", "the time that rules see: 2026-11-24T08:00:00Z, or as in a Date field" },
	{ OPTION_MAIL, "mail", "LOCATION", "look here whether a folder exists; else every folder does" },
	{ 0 },
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
	while ((option = options_next(&try_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_SENDER:
			options->sender = optarg;
			break;
		case OPTION_RECIPIENT:
			options->recipient = optarg;
			break;
		case OPTION_NOW:
			options->date = optarg;
			break;
		case OPTION_MAIL:
			options->mail = optarg;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return argc - optind >= 2;
}

/* --- the envelope, as a delivery would have had it --- */

/* What an MTA would have set: here there is none, and what is set has another meaning. */
static void forget_environment(void)
{
	static const char *const names[] = { "SENDER", "RECIPIENT",  "ORIGINAL_RECIPIENT", "EXTENSION",
					     "EXT",    "LOCAL_PART", "LOCAL_PART_SUFFIX",  "DOMAIN" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
}

/* The address in the first field called `name`, or NULL. */
static const char *address_in(const HeaderIndex *header, Slice name, Arena *arena)
{
	const HeaderField *field = header_find(header, name);
	Address address;

	if (!field || !address_parse_envelope(ascii_trim(header_unfold(field, arena)), &address, arena) ||
	    !address.valid)
		return NULL;
	return arena_copy_bytes(arena, address.text.data, address.text.length);
}

/* A message that was delivered once tells what it was delivered with. */
static Envelope make_envelope(const Trial *trial, const Message *message, const HeaderIndex *header,
			      Arena *arena)
{
	Envelope envelope = { .user = trial->user->name, .home = trial->user->home };
	DeliveryRequest request = { .sender = trial->options->sender,
				    .recipient = trial->options->recipient,
				    .address = address_in(header, SLICE("X-Original-To"), arena) };

	if (!request.recipient)
		request.recipient = address_in(header, SLICE("Delivered-To"), arena);
	caller_envelope(&envelope, &request, message, header, trial->delimiter, arena);
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

static bool print_decided(void *self, BatchItem *item, Plan *plan, Failure *why)
{
	Trial *trial = self;
	AUTO_VALUE(Text) out = { 0 };

	text_append_string(&out, item->own);
	print_plan(trial, plan, &out);
	if (plan->outcome == PLAN_RETRY)
		return failure_retry(why, "%s", plan->error);
	if (fwrite(text_string(&out), 1, out.length, stdout) != out.length)
		return failure_errno(why, "write");
	return true;
}

static bool try_message(void *self, const Sourced *it, Failure *why)
{
	Trial *trial = self;
	Arena *arena = batch_arena(trial->batch);
	AUTO_VALUE(Text) title = { 0 };
	const HeaderIndex *header = header_index(it->message->header, arena);
	const Envelope envelope = make_envelope(trial, it->message, header, arena);
	BatchItem item = { .message = *it->message, .envelope = &envelope, .now = trial->job.now };

	print_title(it, header, arena, &title);
	item.own = arena_copy_string(arena, text_string(&title));
	return batch_add(trial->batch, &item, why);
}

/* --- the stage --- */

/* Without --mail every folder exists, and of all else but the lists nothing is known. */
static bool answer_rules(void *self, const BatchItem *item, const Question *question, Answer *answer,
			 Failure *why)
{
	Trial *trial = self;

	(void)item;
	if (lists_are_asked(question))
		return lists_answer(&trial->lists, question, answer, why);
	if (trial->store)
		return world_answer(trial->store, question, answer, why);
	answer->yes = question->kind == ASK_FOLDER;
	return true;
}

/* Looks for folders where --mail says. */
static bool open_mail(Trial *trial, const Config *config, Failure *why)
{
	const StoreSettings settings = { .location = trial->options->mail,
					 .user = trial->user->name,
					 .home = trial->user->home,
					 .uid = trial->user->uid,
					 .gid = trial->user->gid,
					 .hostname = config->hostname,
					 .special_use = config->special_use };

	if (!trial->options->mail)
		return true;
	trial->store = store_open(&settings, why);
	return trial->store != NULL;
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

static void make_job(Trial *trial, const Config *config, const char *script, Slice source, Arena *arena)
{
	trial->delimiter = config->recipient_delimiter;
	trial->job.script_name = script;
	trial->job.script_source = source;
	trial->job.personal_dir = rules_expand(config->sieve_dir, trial->user, arena);
	trial->job.global_dir = config->sieve_global_dir;
	trial->job.owner = trial->user->uid;
	trial->job.host = config->hostname;
	trial->job.redirect_max = config->redirect_max;
	trial->job.recipient_delimiter = config->recipient_delimiter;
	trial->job.config = config;
	trial->job.cpu_s = config->judge_cpu_s;
	trial->job.wall_s = config->judge_wall_s;
	trial->job.memory_mb = config->judge_memory_mb;
	trial->lists = (Lists){ .setting = config->lists,
				.directory = rules_expand(config->lists_dir, trial->user, arena),
				.home = trial->user->home,
				.user = trial->user->name,
				.owner = trial->user->uid,
				.arena = arena };
}

static int run(Trial *trial, int argc, char **argv, Config *config, User *user, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) source = { 0 };
	const char *script = argv[optind];
	int first = optind + 1;

	if (!settings_read(argc, argv, &try_command, trial->options->file, config, why) ||
	    !user_find_uid(user, getuid(), why) || !read_date(trial->options->date, &trial->job.now, why) ||
	    !open_mail(trial, config, why) || !settings_read_script(script, &source, why))
		return complain(why);
	make_job(trial, config, script, text_slice(&source), arena);
	trial->batch = batch_open(
		&(BatchSettings){
			.job = &trial->job, .ask = answer_rules, .decided = print_decided, .self = trial },
		why);
	if (!trial->batch)
		return complain(why);
	for (int i = first; i < argc; i++) {
		Failure unreadable = { 0 };

		if (!source_each(argv[i], try_message, trial, &unreadable))
			trial->status = complain(&unreadable);
		if (!batch_finish(trial->batch, &unreadable))
			trial->status = complain(&unreadable);
	}
	if (fflush(stdout) != 0) {
		failure_errno(why, "write");
		return complain(why);
	}
	return trial->status;
}

static int command_try(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	Options options = { 0 };
	Trial trial = { .options = &options, .user = &user };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options)) {
		return options_usage(&try_command);
	}
	forget_environment();
	trial.status = run(&trial, argc, argv, &config, &user, &why);
	batch_close(trial.batch);
	store_close(trial.store);
	return trial.status;
}

const Command try_command = {
	.name = "try",
	.run = command_try,
	.summary = "say what rules would do with saved messages; no effect",
	.synopsis = "try [-c FILE] [-o KEY=VALUE]... [--sender ADDRESS] [--recipient ADDRESS]\n"
		    "    [--now DATE] [--mail LOCATION] SCRIPT SOURCE...\n",
	.about = "Says what the rules in SCRIPT would do with saved messages.  Nothing is filed, sent or "
		 "changed.\n"
		 "A SOURCE is a file with one message, an mbox, a Maildir, or - for standard input.\n",
	.examples = "trommel try ~/.sieve message.eml\n"
		    "trommel try new.sieve ~/Maildir | grep -c 'file into \"Lists\"'\n",
	.exit_text = "0 good, 1 the rules have errors or failed, 2 could not run",
	.options = options_of_try,
	.operands = ARGUMENT_FILE,
	.page = "trommel-try(1)",
};
