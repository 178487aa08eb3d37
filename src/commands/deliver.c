/* deliver - standard input becomes a stored message: what an MTA calls
 *
 * Nothing is said on success: Exim bounces a delivered message whose command printed anything.  On failure
 * one line "D.S.N text" goes to standard error, which Postfix, Exim and OpenSMTPD show in their logs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "base/sanitized.h"
#include "commands/commands.h"
#include "commands/tools.h"
#include "delivery/courier.h"
#include "system/config.h"
#include "system/crash_guard.h"
#include "system/log.h"
#include "system/privileges.h"

enum {
	ANSWER_MAX = 220
}; /* OpenSMTPD shows about 250 characters of the last line */

static bool usage(Failure *why, const char *what)
{
	return failure_set(why, FAILURE_USAGE, "4.3.5", "%s; see trommel --help", what);
}

/* -a carries the original recipient for some MTAs and the detail for others. */
static void set_address_or_detail(DeliveryRequest *request, const char *value)
{
	if (strchr(value, '@'))
		request->address = value;
	else
		request->detail = value;
}

/* A relative -s is relative to where we were started, which we are about to leave. */
static const char *absolute_path(const char *path, Arena *arena)
{
	char here[4096];

	if (path[0] == '/' || !getcwd(here, sizeof here))
		return path;
	return arena_printf(arena, "%s/%s", here, path);
}

typedef struct Options {
	DeliveryRequest request;
	const char *config_path;
	const char **settings; /* -o, in order */
	size_t setting_count;
} Options;

static const Option options_of_deliver[] = {
	{ 'd', NULL, "USER", "whose mail this is (root may name anybody)", ARGUMENT_USER },
	{ 'f', NULL, "SENDER", "envelope sender; '' is the null sender" },
	{ 'r', NULL, "RECIPIENT", "envelope recipient" },
	{ 'a', NULL, "DETAIL",
	  "what stands behind the '+' of the recipient; with an @: the original recipient" },
	{ 'm', NULL, "FOLDER", "instead of the inbox, when the rules keep the message" },
	{ 's', NULL, "SCRIPT", "these rules instead of the user's", ARGUMENT_FILE },
	OPTIONS_OF_SETTINGS,
	/* What procmail's and dovecot-lda's stanzas carry: always so here, or without meaning, so that an
	 * administrator may change the path alone. */
	{ 't' },
	{ 'Y' },
	{ 'e' },
	{ 'k' },
	{ 0 },
};

/* Most often the name of a command with a mistake in it. */
static bool unexpected(const char *word, Failure *why, Arena *arena)
{
	Failure missing;
	const Tools *tools = tools_open(&missing);
	const char *meant = tools ? tools->nearest(word) : NULL;

	if (!tools)
		return usage(why,
			     arena_printf(arena, "unexpected argument '%s', and no command can be run: %s",
					  word, missing.text));
	return usage(why, arena_printf(arena, "unexpected argument '%s'%s%s%s", word,
				       meant ? ", did you mean 'trommel " : "", meant ? meant : "",
				       meant ? "'" : ""));
}

static bool parse(int argc, char **argv, Options *options, Arena *arena, Failure *why)
{
	DeliveryRequest *request = &options->request;
	int option;

	options->settings = arena_zeroed(arena, (size_t)argc, sizeof *options->settings);
	while ((option = options_next_silently(&deliver_command, argc, argv)) != -1)
		switch (option) {
		case 'd':
			request->user = optarg;
			break;
		case 'f':
			request->sender = optarg;
			break;
		case 'a':
			set_address_or_detail(request, optarg);
			break;
		case 'r':
			request->recipient = optarg;
			break;
		case 'm':
			request->folder = optarg;
			break;
		case 's':
			request->script = *optarg ? absolute_path(optarg, arena) : NULL;
			break;
		case 'c':
			options->config_path = *optarg ? optarg : NULL;
			break;
		case 'o':
			options->settings[options->setting_count++] = optarg;
			break;
		case 't':
		case 'Y':
		case 'e':
		case 'k':
			break;
		case ':':
			return usage(why, arena_printf(arena, "option -%c wants a value", optopt));
		default:
			return optopt ? usage(why, arena_printf(arena, "unknown option -%c", optopt))
				      : usage(why,
					      arena_printf(arena, "unknown option %s", argv[optind - 1]));
		}
	if (optind < argc)
		return unexpected(argv[optind], why, arena);
	return true;
}

static bool configure(const Options *options, Config *config, Failure *why)
{
	config_init(config);
	if (!config_read(config, options->config_path ? options->config_path : CONFIG_PATH,
			 options->config_path != NULL, why))
		return false;
	for (size_t i = 0; i < options->setting_count; i++)
		if (!config_set(config, options->settings[i], why))
			return false;
	return true;
}

/* Who names files and places himself, in a program with a set-gid bit, has no group for it: he could make
 * another's mailbox, or read one. */
static bool trust_caller(const Options *options, Failure *why)
{
	return privileges_put_set_gid_aside(options->config_path || options->setting_count, why);
}

/* One line, printable ASCII, one write; whoever reads it slowly (EAGAIN) does without. */
static void answer(const Failure *why)
{
	char line[ANSWER_MAX + 2];
	int length = snprintf(line, ANSWER_MAX + 1, "%s %s", why->code, why->text);
	size_t end = length < ANSWER_MAX ? (size_t)length : ANSWER_MAX;

	for (size_t i = 0; i < end; i++)
		if (ascii_is_control(line[i]) || (unsigned char)line[i] > 126)
			line[i] = '?';
	line[end++] = '\n';
	(void)!write(STDERR_FILENO, line, end);
}

/* A wrong command line is 64 for a person; in an MTA's configuration a typing mistake must not bounce a
 * site's mail. */
static int exit_status(const Failure *why)
{
	if (why->kind == FAILURE_USAGE && !isatty(STDERR_FILENO))
		return 75;
	return failure_exit_status(why);
}

static int command_deliver(int argc, char **argv)
{
	Failure why = { 0 };
	Options options = { 0 };
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Config) config = { 0 };

	crash_guard_install(); /* first: from here on every way out is a known one */
	if (parse(argc, argv, &options, arena, &why) && trust_caller(&options, &why) &&
	    configure(&options, &config, &why)) {
		crash_guard_deadline(config.deadline_s);
		log_open(config.log_facility, config.log_json);
		(void)courier_deliver(&options.request, &config, &why);
	}
	if (why.kind != FAILURE_NONE)
		answer(&why);
	/* To give memory back, and what libc does at an exit in order, would touch many pages for nothing: no
	 * stream was written to.  Sanitizers look for leaks then. */
	if (!IS_SANITIZED)
		_exit(exit_status(&why));
	return exit_status(&why);
}

const Command deliver_command = {
	.name = "deliver",
	.run = command_deliver,
	.summary = "deliver standard input; what an MTA calls (the default)",
	.synopsis = "[-d USER] [-f SENDER] [-a DETAIL|ADDRESS] [-r RECIPIENT] [-m FOLDER]\n"
		    "        [-s SCRIPT] [-c FILE] [-o KEY=VALUE]...  <MESSAGE\n",
	.about = "Delivers the message on standard input by the recipient's rules.  An MTA calls this; an "
		 "option may\n"
		 "be joined to its value or not, and the value may be empty.\n",
	.examples = "trommel -o mail_location=maildir:/tmp/M <message.eml     into a Maildir of its own\n"
		    "trommel -s new.sieve -f me@example.org <message.eml      with other rules\n",
	.exit_text = "`trommel help exit`",
	.options = options_of_deliver,
	.operands = ARGUMENT_TEXT,
	.page = "trommel(1)",
	.options_first = true,
};
