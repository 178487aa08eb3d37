/* try - say what rules would do with saved messages: `trommel try`
 *
 * A judge whose courier has no hands: the same judge, the same limits, and the plan is printed. */
#include "commands/try.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/panic.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/saved.h"
#include "commands/settings.h"
#include "commands/style.h"
#include "delivery/batch.h"
#include "delivery/lists.h"
#include "delivery/world_answer.h"
#include "mailbox/source.h"
#include "mailbox/store.h"
#include "message/date.h"
#include "message/header.h"
#include "system/users.h"

enum {
	GOOD = 0,
	RULES_FAILED = 1,
	COULD_NOT_RUN = 2,
	NAME_BYTES = 4096
};

typedef struct Options {
	const char *file; /* of the configuration; NULL: the usual one */
	const char *sender, *recipient;
	const char *date;
	const char *mail; /* where folders are looked for; NULL: every folder exists */
	const char *old;  /* the rules that the new ones are compared with, or NULL */
	const char *html; /* the page to write, or NULL */
	bool verbose, trace, json;
	unsigned judges; /* 0: one for each core */
} Options;

typedef struct Trial Trial;

/* The rules, or the old ones of --diff. */
typedef struct Side {
	Trial *trial;
	bool is_old;
	JudgeJob job; /* but for the message and its envelope */
	Text source;
	Batch *batch;
	bool errors_printed; /* when they do not compile: they are the same every time */
} Side;

struct Trial {
	const Options *options;
	const User *user;
	int64_t now;
	Side rules, old_rules;
	Style style;  /* of standard output */
	Store *store; /* NULL without --mail */
	Lists lists;
	TryScripts scripts;
	TrySummary summary;
	TryDiff *diff; /* NULL without --diff */
	TryHtml *html; /* NULL without --html */
	int status;
};

enum {
	OPTION_SENDER = OPTION_LONG,
	OPTION_RECIPIENT,
	OPTION_NOW,
	OPTION_MAIL,
	OPTION_TRACE,
	OPTION_DIFF,
	OPTION_JSON,
	OPTION_HTML
};

static const Option options_of_try[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_SENDER, "sender", "ADDRESS", "envelope sender; else the message's Return-Path" },
	{ OPTION_RECIPIENT, "recipient", "ADDRESS", "envelope recipient; else the message's Delivered-To" },
	{ OPTION_NOW, "now", "DATE",
	  "the time that rules see: 2026-11-24T08:00:00Z; else when the message came" },
	{ OPTION_MAIL, "mail", "LOCATION", "look here whether a folder exists; else every folder does" },
	{ 'v', "verbose", NULL, "a line for each action, and why others were not done" },
	{ OPTION_TRACE, "trace", NULL,
	  "the script's own text, lines with + taken, - not, . not reached, and what tests saw" },
	{ OPTION_DIFF, "diff", "OLD", "only messages that these rules would treat otherwise", ARGUMENT_FILE },
	{ OPTION_JSON, "json", NULL, "an object for each message" },
	{ OPTION_HTML, "html", "FILE", "write a page with all of it", ARGUMENT_FILE },
	{ 'j', NULL, "COUNT", "so many judges; else one for each core" },
	{ 0 },
};

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
		case OPTION_TRACE:
			options->trace = true;
			break;
		case OPTION_DIFF:
			options->old = optarg;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case OPTION_HTML:
			options->html = optarg;
			break;
		case 'v':
			options->verbose = true;
			break;
		case 'j':
			if (!options_count(&try_command, "-j", optarg, BATCH_JUDGES_MAX, &options->judges))
				return false;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	/* What differs is shown, and nothing else. */
	if (options->old && (options->trace || options->html))
		return options_exclude(&try_command, "--diff", options->trace ? "--trace" : "--html");
	return options_enough(&try_command, argc, argv, 2, "a script, and behind it saved messages");
}

/* --- the reports --- */

static Tried *make_tried(const Sourced *it, const HeaderIndex *header, const BatchItem *item, Arena *arena)
{
	Tried *tried = ARENA_NEW(arena, Tried);

	tried->name = saved_name(it, arena);
	tried->from = saved_from(header, arena);
	tried->subject = saved_field(header, SLICE("Subject"), "(no subject)", arena);
	tried->message_id = saved_field(header, SLICE("Message-ID"), "", arena);
	tried->folder = it->folder ? printable_copy(slice_of(it->folder), NAME_BYTES, arena) : "";
	tried->sender = printable_copy(slice_of(item->envelope->sender), NAME_BYTES, arena);
	tried->recipient = printable_copy(slice_of(item->envelope->recipient), NAME_BYTES, arena);
	tried->now = item->now;
	return tried;
}

/* The mistakes of rules that do not compile go to standard error, once. */
static void note_outcome(Side *side, Plan *plan)
{
	if (plan->outcome != PLAN_DECIDED && side->trial->status == GOOD)
		side->trial->status = RULES_FAILED;
	if (plan->outcome != PLAN_NO_COMPILE)
		return;
	if (!side->errors_printed)
		fputs(plan->error, stderr);
	side->errors_printed = true;
	if (!side->trial->options->json || side->trial->diff)
		plan->error = NULL;
}

static void report(Trial *trial, const Tried *it, const Plan *plan, Text *out)
{
	const Options *options = trial->options;

	try_summary_add(&trial->summary, plan);
	if (options->json)
		try_json(it, plan, out);
	else if (options->verbose || options->trace)
		try_lines(it, plan, &trial->style, out);
	else
		try_line(it, plan, &trial->style, out);
	if (options->trace && !options->json)
		try_trace(&trial->scripts, plan, &trial->style, out);
}

static bool write_out(const Text *out, Failure *why)
{
	return fwrite(text_string(out), 1, out->length, stdout) == out->length || failure_errno(why, "write");
}

static bool take_decided(void *self, BatchItem *item, Plan *plan, Failure *why)
{
	Side *side = self;
	Trial *trial = side->trial;
	AUTO_VALUE(Text) out = { 0 };

	note_outcome(side, plan);
	if (trial->diff)
		try_diff_add(trial->diff, side->is_old, item->own, plan, &out);
	else
		report(trial, item->own, plan, &out);
	if (plan->outcome == PLAN_RETRY)
		return failure_retry(why, "%s", plan->error);
	if (trial->html && !try_html_add(trial->html, item->own, plan, &trial->scripts, why))
		return false;
	return write_out(&out, why);
}

static bool give(Side *side, const Sourced *it, Failure *why)
{
	Trial *trial = side->trial;
	Arena *arena = batch_arena(side->batch);
	const HeaderIndex *header = header_index(it->message->header, arena);
	const Envelope envelope = saved_envelope(trial->rules.job.config, trial->user, trial->options->sender,
						 trial->options->recipient, it->message, header, arena);
	BatchItem item = { .message = *it->message,
			   .envelope = &envelope,
			   .now = trial->options->date ? trial->now
						       : saved_time(it, header, trial->now, arena) };

	item.own = make_tried(it, header, &item, arena);
	return batch_add(side->batch, &item, why);
}

static bool try_message(void *self, const Sourced *it, Failure *why)
{
	Trial *trial = self;

	return give(&trial->rules, it, why) && (!trial->diff || give(&trial->old_rules, it, why));
}

static void print_remark(void *self, const char *text)
{
	(void)self;
	fprintf(stderr, "trommel try: %s\n", text);
}

/* --- the stage --- */

/* Without --mail every folder exists, and of all else but the lists nothing is known. */
static bool answer_rules(void *self, const BatchItem *item, const Question *question, Answer *answer,
			 Failure *why)
{
	const Side *side = self;
	Trial *trial = side->trial;

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

static void make_job(Side *side, const Config *config, const char *script, Arena *arena)
{
	Trial *trial = side->trial;

	side->job = saved_job(config, trial->user, script, text_slice(&side->source), arena);
	side->job.trace = trial->options->trace || trial->options->html;
}

static void set_stage(Trial *trial, const Config *config, Arena *arena)
{
	trial->style = style_for(STDOUT_FILENO);
	trial->lists = lists_of(config, trial->user, arena);
	trial->scripts = (TryScripts){ .main = text_slice(&trial->rules.source),
				       .includes = { trial->rules.job.personal_dir, config->sieve_global_dir,
						     trial->user->uid },
				       .arena = arena };
}

/* Reads the rules and starts judges for them. */
static bool open_side(Side *side, Trial *trial, const Config *config, const char *script, Arena *arena,
		      Failure *why)
{
	side->trial = trial;
	if (!settings_read_script(script, &side->source, why))
		return false;
	make_job(side, config, script, arena);
	side->batch = batch_open(&(BatchSettings){ .job = &side->job,
						   .judges = trial->options->judges,
						   .ask = answer_rules,
						   .decided = take_decided,
						   .self = side },
				 why);
	return side->batch != NULL;
}

static void close_side(Side *side)
{
	batch_close(side->batch);
	text_clear(&side->source);
}

static bool open_reports(Trial *trial, const Config *config, Arena *arena, Failure *why)
{
	const Options *options = trial->options;

	if (options->old) {
		trial->old_rules.is_old = true;
		trial->diff = try_diff_new(&trial->style, options->json, &trial->summary);
		if (!open_side(&trial->old_rules, trial, config, options->old, arena, why))
			return false;
	}
	if (options->html)
		trial->html = try_html_open(options->html, why);
	return !options->html || trial->html;
}

static bool finish(Trial *trial, Failure *why)
{
	return batch_finish(trial->rules.batch, why) &&
	       (!trial->diff || batch_finish(trial->old_rules.batch, why));
}

static bool print_end(Trial *trial, Failure *why)
{
	AUTO_VALUE(Text) out = { 0 };

	if (trial->diff && !trial->options->json)
		text_printf(&out, "%zu of %zu messages change\n", trial->summary.changed,
			    trial->summary.messages);
	else if (!trial->options->json && trial->summary.messages > 1)
		try_summary_print(&trial->summary, &trial->style, &out);
	if (!write_out(&out, why))
		return false;
	if (fflush(stdout) != 0)
		return failure_errno(why, "write");
	return !trial->html || try_html_finish(trial->html, trial->rules.job.script_name, &trial->scripts,
					       &trial->summary, why);
}

static void hear_unreadable(void *self, const Failure *why)
{
	Trial *trial = self;

	trial->status = options_complain(&try_command, why->text);
}

static int run(Trial *trial, int argc, char **argv, Config *config, User *user, Arena *arena, Failure *why)
{
	static const SourceOptions remarking = { .remark = print_remark, .unreadable = hear_unreadable };
	int first = optind + 1;
	const char *script = argv[optind];

	if (!settings_read(argc, argv, &try_command, trial->options->file, config, why) ||
	    !user_find_uid(user, getuid(), why) || !read_date(trial->options->date, &trial->now, why) ||
	    !open_mail(trial, config, why) || !open_side(&trial->rules, trial, config, script, arena, why))
		return options_complain(&try_command, why->text);
	set_stage(trial, config, arena);
	if (!open_reports(trial, config, arena, why))
		return options_complain(&try_command, why->text);
	for (int i = first; i < argc; i++) {
		Failure unreadable = { 0 };
		const bool was_read = source_read(argv[i], &remarking, try_message, trial, &unreadable);

		if (!finish(trial, why))
			return options_complain(&try_command, why->text);
		if (!was_read)
			hear_unreadable(trial, &unreadable);
	}
	return print_end(trial, why) ? trial->status : options_complain(&try_command, why->text);
}

static int command_try(int argc, char **argv)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	Options options = { 0 };
	Trial trial = { .options = &options, .user = &user };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options))
		return options_usage(&try_command);
	saved_forget_environment();
	trial.status = run(&trial, argc, argv, &config, &user, arena, &why);
	close_side(&trial.rules);
	close_side(&trial.old_rules);
	try_diff_free(trial.diff);
	try_html_close(trial.html);
	try_summary_clear(&trial.summary);
	store_close(trial.store);
	return trial.status;
}

const Command try_command = {
	.name = "try",
	.run = command_try,
	.summary = "say what rules would do with saved messages; no effect",
	.synopsis = "try [-c FILE] [-o KEY=VALUE]... [--sender ADDRESS] [--recipient ADDRESS]\n"
		    "    [--now DATE] [--mail LOCATION] [-v | --trace] [--json] [--html FILE] [-j COUNT]\n"
		    "    SCRIPT SOURCE...\n"
		    "try [OPTION]... --diff OLD SCRIPT SOURCE...\n",
	.about = "Says what the rules in SCRIPT would do with saved messages.  Nothing is filed, sent or "
		 "changed.\n"
		 "A SOURCE is a file with one message, an mbox, a Maildir, a directory or a tar archive of "
		 "such,\n"
		 "or - for standard input.\n",
	.examples = "trommel try ~/.sieve ~/Maildir\n"
		    "trommel try --trace ~/.sieve message.eml\n"
		    "trommel try --diff ~/.sieve new.sieve ~/Maildir\n"
		    "trommel try --html page.html ~/.sieve old-mail.tar\n",
	.exit_text = "0 good, 1 the rules have errors or failed, 2 could not run",
	.options = options_of_try,
	.operands = ARGUMENT_FILE,
	.page = "trommel-try(1)",
};
