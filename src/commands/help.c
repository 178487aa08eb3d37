/* help - `trommel help [TOPIC|COMMAND]`, `--help` and `--version`
 *
 * Short, examples that can be pasted first; the whole truth is in the manual pages. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/suggest.h"
#include "commands/commands.h"
#include "commands/complete.h"
#include "commands/style.h"
#include "sieve/extension.h"
#include "system/confine.h"

enum {
	GOOD = 0,
	COULD_NOT_RUN = 2
};

typedef struct Topic {
	const char *name;
	const char *summary;
	const char *text;
	void (*print)(void); /* in place of `text` */
} Topic;

static void print_extensions(void);
static void print_actions(void);

static const Topic topics[] = {
	{ "rules", "where rules are looked for, and what happens when they are wrong",
	  "Those of -s, else those that the setting sieve_script names; where there is neither, the first\n"
	  "of these that exists: ~/.config/trommel/active.sieve, ~/.dovecot.sieve, ~/.sieve.\n"
	  "Without rules everything goes to the inbox.\n\n"
	  "Rules that do not compile are replaced by the last that did.  Where there are none, and when\n"
	  "rules fail while they run or could have been written by others, the message is kept in the\n"
	  "inbox.  ~/.sieve.log says why.  Rules that cannot be read just now defer it.\n\n"
	  "To begin with:\n"
	  "  require [\"fileinto\", \"mailbox\"];\n"
	  "  if header :contains \"list-id\" \"example\" { fileinto :create \"Lists\"; }\n\n"
	  "The language: trommel-sieve(7).\n" },
	{ "mta", "how to put trommel behind a mail server",
	  "Postfix, main.cf:\n"
	  "  mailbox_command = /usr/local/bin/trommel\n"
	  "Sendmail, sendmail.mc, before MAILER(local):\n"
	  "  FEATURE(`local_procmail', `/usr/local/bin/trommel', `trommel -Y -a $h -d $u')\n"
	  "Exim, a transport, reached by a router with check_local_user:\n"
	  "  trommel:\n"
	  "    driver = pipe\n"
	  "    command = /usr/local/bin/trommel\n"
	  "    return_path_add\n"
	  "    message_prefix =\n"
	  "    message_suffix =\n"
	  "OpenSMTPD, smtpd.conf:\n"
	  "  action \"local\" mda \"/usr/local/bin/trommel\"\n"
	  "qmail, ~/.qmail:\n"
	  "  |/usr/local/bin/trommel\n\n"
	  "More: trommel(1), EXAMPLES.\n" },
	{ "extensions", "what of Sieve there is, extension by extension", NULL, print_extensions },
	{ "actions", "what rules can do, and how that goes together", NULL, print_actions },
	{ "exit", "what the exit statuses of a delivery mean",
	  "  0   done: on stable storage, exactly once in each folder (or sent on, or discarded by the "
	  "rules)\n"
	  "  75  not now: nothing was left behind, the MTA keeps the message and tries again\n"
	  "  77  refused for good, by the rules or the site\n"
	  "  67  there is no such user\n"
	  "  64  a wrong command line, when a person typed it (an MTA gets 75)\n\n"
	  "Other commands: 0 good, 1 findings, 2 could not run.\n" },
};

/* ---- what the tables of the language say ---- */

/* The longest of the names, for a column. */
static int width_of_capabilities(void)
{
	size_t width = 0;

	for (const SieveExtension *const *it = sieve_extensions; *it; it++)
		if ((*it)->capability && strlen((*it)->capability) > width)
			width = strlen((*it)->capability);
	return (int)width;
}

static void print_verbs(const char *title, const SieveVerb *verbs)
{
	for (const SieveVerb *it = verbs; it && it->name; it++)
		printf("%s%s", it == verbs ? title : " ", it->name);
}

static void print_extensions(void)
{
	int width = width_of_capabilities();

	for (const SieveExtension *const *it = sieve_extensions; *it; it++) {
		if (!(*it)->capability)
			continue;
		printf("%-*s  %-27s  %s", width, (*it)->capability, (*it)->document, (*it)->about);
		print_verbs("; commands ", (*it)->commands);
		print_verbs("; tests ", (*it)->tests);
		putchar('\n');
	}
}

/* The columns of RFC 9122, section 4.2. */
static void print_action(const SieveExtension *extension, const SieveVerb *verb)
{
	const SieveActionInfo *info = verb->action;

	printf("%-20s  %s\n%20s  %s; needs %s; %s the implicit keep; %s\n", verb->name, info->about, "",
	       info->document, extension->capability ? extension->capability : "nothing",
	       info->cancels_keep ? "cancels" : "leaves alone",
	       info->with_imap_events ? "also for IMAP events" : "not for IMAP events");
	if (info->interactions)
		printf("%20s  %s\n", "", info->interactions);
}

static void print_actions(void)
{
	for (const SieveExtension *const *it = sieve_extensions; *it; it++)
		for (const SieveVerb *verb = (*it)->commands; verb && verb->name; verb++)
			if (verb->action)
				print_action(*it, verb);
}

enum {
	TOPICS = sizeof topics / sizeof *topics,
	COMMANDS_MAX = 64,
};

static const Topic *find_topic(const char *name)
{
	for (size_t i = 0; i < TOPICS; i++)
		if (strcmp(topics[i].name, name) == 0)
			return &topics[i];
	return NULL;
}

static void print_overview(void)
{
	const Style style = style_for(STDOUT_FILENO);

	printf("%strommel %s%s, delivers mail into the recipient's mailboxes by the recipient's rules\n\n",
	       style.bold, TROMMEL_VERSION, style.end);
	fputs("usage: trommel [OPTION]... <MESSAGE        what an MTA calls\n"
	      "       trommel COMMAND [ARGUMENT]...\n\n",
	      stdout);
	for (const Command *const *it = commands; *it; it++)
		if ((*it)->summary)
			printf("  %s%-10s%s %s\n", style.bold, (*it)->name, style.end, (*it)->summary);
	printf("\n%sTopics:%s\n", style.bold, style.end);
	for (size_t i = 0; i < TOPICS; i++)
		printf("  %-10s %s\n", topics[i].name, topics[i].summary);
	printf("\n%sExamples:%s\n", style.bold, style.end);
	fputs("  trommel try ~/.sieve message.eml      what would my rules do with this one?\n"
	      "  trommel help mta                      how does my mail server call it?\n\n"
	      "More: `trommel help COMMAND`, trommel(1), trommel-sieve(7), trommel.conf(5)\n",
	      stdout);
}

/* ---- a command, as its row has it ---- */

static void print_indented(const char *indent, const char *lines)
{
	for (const char *line = lines; line && *line;) {
		int length = (int)strcspn(line, "\n");

		printf("%s%.*s\n", indent, length, line);
		line += length + (line[length] == '\n');
	}
}

/* "  -v, --verbose" */
static void spell_option(const Option *option, Text *out)
{
	text_append_string(out, "  ");
	if (option->code < OPTION_LONG)
		text_printf(out, "-%c%s", option->code, option->name ? ", " : "");
	else
		text_append_string(out, "    ");
	if (option->name)
		text_printf(out, "--%s", option->name);
	if (option->argument)
		text_printf(out, " %s", option->argument);
}

static void print_options(const Option *options)
{
	size_t width = 0;

	for (int pass = 0; pass < 2; pass++)
		for (const Option *it = options; it->code; it++) {
			AUTO_VALUE(Text) spelling = { 0 };

			if (!it->about)
				continue;
			spell_option(it, &spelling);
			if (pass == 1)
				printf("%-*s  %s\n", (int)width, text_string(&spelling), it->about);
			else if (spelling.length > width)
				width = spelling.length;
		}
}

static void print_synopsis(const char *lines)
{
	for (const char *line = lines; line && *line;) {
		int length = (int)strcspn(line, "\n");

		printf(*line == ' ' ? "          %.*s\n" : "  trommel %.*s\n", length, line);
		line += length + (line[length] == '\n');
	}
}

static void print_command(const Command *command)
{
	const Style style = style_for(STDOUT_FILENO);

	printf("%strommel %s%s - %s\n\n", style.bold, command->name, style.end, command->summary);
	if (command->examples) {
		printf("%sExamples:%s\n", style.bold, style.end);
		print_indented("  ", command->examples);
		fputs("\n", stdout);
	}
	printf("%sUsage:%s\n", style.bold, style.end);
	print_synopsis(command->synopsis);
	if (command->about)
		printf("\n%s", command->about);
	if (command->options) {
		printf("\n%sOptions:%s\n", style.bold, style.end);
		print_options(command->options);
	}
	printf("\nExit status: %s\n",
	       command->exit_text ? command->exit_text : "0 good, 1 findings, 2 could not run");
	printf("More: %s\n", command->page);
}

/* Output that does not arrive (a full disk behind a redirection) is no help. */
static int finish(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return GOOD;
	perror("trommel help: write");
	return COULD_NOT_RUN;
}

/* The names of those that people are told of, and how many. */
static size_t name_commands(const char **names)
{
	size_t known = 0;

	for (const Command *const *it = commands; *it && known < COMMANDS_MAX; it++)
		if ((*it)->summary)
			names[known++] = (*it)->name;
	return known;
}

static int complain(const char *name)
{
	const char *names[TOPICS + COMMANDS_MAX + 1] = { NULL };
	size_t known = name_commands(names);
	const char *meant;

	for (size_t i = 0; i < TOPICS; i++)
		names[known++] = topics[i].name;
	meant = suggest_nearest(slice_of(name), names);
	fprintf(stderr, "trommel help: nothing is known about '%s'", name);
	if (meant)
		fprintf(stderr, "; did you mean '%s'?", meant);
	fputs("\n", stderr);
	return COULD_NOT_RUN;
}

/* For `make tables`, and for a shell that would have it fresh. */
static int print_completion(const char *shell)
{
	AUTO_VALUE(Text) out = { 0 };
	AUTO_VALUE(Text) words = { 0 };

	for (size_t i = 0; i < TOPICS; i++)
		text_printf(&words, " %s", topics[i].name);
	if (!complete_write(shell, text_string(&words), &out)) {
		fputs("usage: trommel help completion bash|zsh|fish\n", stderr);
		return COULD_NOT_RUN;
	}
	fputs(text_string(&out), stdout);
	return finish();
}

static int command_help(int argc, char **argv)
{
	const Command *command;
	const Topic *topic;

	if (argc < 2) {
		print_overview();
		return finish();
	}
	if (strcmp(argv[1], "completion") == 0)
		return print_completion(argc > 2 ? argv[2] : "");
	command = command_find(argv[1]);
	topic = find_topic(argv[1]);
	if (command && command->summary)
		print_command(command);
	else if (!topic)
		return complain(argv[1]);
	else if (topic->print)
		topic->print();
	else
		fputs(topic->text, stdout);
	return finish();
}

const Command *command_find(const char *name)
{
	for (const Command *const *it = commands; *it; it++)
		if (strcmp((*it)->name, name) == 0)
			return *it;
	if (strcmp(name, "--help") == 0)
		return &help_command;
	return NULL;
}

const char *command_nearest(const char *wrong)
{
	const char *names[COMMANDS_MAX + 1] = { NULL };

	name_commands(names);
	return suggest_nearest(slice_of(wrong), names);
}

/* Nothing was delivered, which a status of 0 would claim. */
int command_overview(void)
{
	print_overview();
	return finish() == GOOD ? 64 : COULD_NOT_RUN;
}

static int command_version(int argc, char **argv)
{
	ConfineKernel kernel = confine_kernel();

	(void)argc;
	(void)argv;
	puts("trommel " TROMMEL_VERSION);
	if (kernel.landlock_abi)
		printf("rules run confined by: process limits, Landlock (ABI %d)%s\n", kernel.landlock_abi,
		       kernel.has_seccomp ? ", seccomp" : "");
	else
		printf("rules run confined by: process limits%s; this kernel has no Landlock\n",
		       kernel.has_seccomp ? ", seccomp" : "");
	puts("modules: " TROMMEL_MODULE_DIR);
	return finish();
}

const Command help_command = {
	.name = "help",
	.run = command_help,
	.summary = "explain a command or a topic",
	.synopsis = "help [COMMAND|TOPIC]\n"
		    "help completion bash|zsh|fish\n",
	.about = "Explains a command or a topic, or prints what makes a shell complete command lines.\n",
	.examples = "trommel help try\n"
		    "trommel help mta\n"
		    "source <(trommel help completion bash)\n",
	.exit_text = "0 good, 2 nothing is known about that",
	.operands = ARGUMENT_WORDS,
	.page = "trommel(1)",
};

const Command version_command = { .name = "--version", .run = command_version };
