/* help - `trommel help [TOPIC|COMMAND]`, `--help` and `--version`
 *
 * Short, with examples that can be pasted; the whole truth is in the manual pages. */
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "base/suggest.h"
#include "commands/commands.h"
#include "sieve/extension.h"
#include "system/confine.h"

enum {
	GOOD = 0,
	COULD_NOT_RUN = 2
};

typedef struct Topic {
	const char *name;
	const char *summary; /* NULL for commands, which have theirs in the command table */
	const char *text;
	void (*print)(void); /* in place of `text` */
} Topic;

static void print_extensions(void);
static void print_actions(void);

static const Topic topics[] = {
	{ "deliver", NULL,
	  "trommel [-d USER] [-f SENDER] [-a DETAIL|ADDRESS] [-r RECIPIENT] [-m FOLDER]\n"
	  "        [-s SCRIPT] [-c CONFIG] [-o KEY=VALUE]...  <MESSAGE\n\n"
	  "Delivers the message on standard input by the recipient's rules.  An MTA calls this; an option "
	  "may\n"
	  "be joined to its value or not, and the value may be empty.\n\n"
	  "  -d USER       whose mail this is (root may name anybody)\n"
	  "  -f SENDER     envelope sender; '' is the null sender\n"
	  "  -r RECIPIENT  envelope recipient\n"
	  "  -a DETAIL     what stands behind the '+' of the recipient; with an @: the original recipient\n"
	  "  -m FOLDER     instead of the inbox, when the rules keep the message\n"
	  "  -s SCRIPT     these rules instead of the user's\n"
	  "  -c CONFIG     this file instead of the site's configuration\n"
	  "  -o KEY=VALUE  one setting (see trommel.conf(5), or `trommel config`)\n\n"
	  "Examples:\n"
	  "  trommel -o mail_location=maildir:/tmp/M <message.eml     into a Maildir of its own\n"
	  "  trommel -s new.sieve -f me@example.org <message.eml      with other rules\n" },
	{ "check", NULL,
	  "trommel check SCRIPT...\n\n"
	  "Compiles scripts and shows every error with its line, a caret and a suggestion.\n"
	  "Exit status: 0 good, 1 there are errors, 2 could not run.\n\n"
	  "Example:\n"
	  "  trommel check ~/.sieve\n" },
	{ "try", NULL,
	  "trommel try [-c CONFIG] [-o KEY=VALUE]... [--sender ADDRESS] [--recipient ADDRESS] [--now DATE]\n"
	  "            [--mail LOCATION] SCRIPT SOURCE...\n\n"
	  "Says what the rules in SCRIPT would do with saved messages.  Nothing is filed, sent or changed.\n"
	  "A SOURCE is a file with one message, an mbox, a Maildir, or - for standard input.\n\n"
	  "  --sender ADDRESS     envelope sender; else the message's Return-Path\n"
	  "  --recipient ADDRESS  envelope recipient; else the message's Delivered-To\n"
	  "  --now DATE           the time that rules see, as in a Date field or 2026-11-24T08:00:00Z\n"
	  "  --mail LOCATION      look here whether a folder exists; else every folder does\n\n"
	  "Exit status: 0 good, 1 the rules have errors or failed, 2 could not run.\n\n"
	  "Examples:\n"
	  "  trommel try ~/.sieve message.eml\n"
	  "  trommel try new.sieve ~/Maildir | grep -c 'file into \"Lists\"'\n" },
	{ "test", NULL,
	  "trommel test [-Fv] [-c CONFIG] [-o KEY=VALUE]... [--junit FILE] [--tap] [--keep DIR]\n"
	  "             [--timeout SECONDS] FILE|DIR...\n\n"
	  "Runs tests of rules: files NAME.svtest, written in Sieve, or all that are below a directory.\n"
	  "Mail is stored in a scratch directory, and nothing is sent.\n\n"
	  "  -v                every test by its name, not those that fail alone\n"
	  "  -F                tests are expected to fail\n"
	  "  --junit FILE      a report in JUnit's XML\n"
	  "  --tap             TAP instead of sentences\n"
	  "  --keep DIR        leave what was stored below DIR\n"
	  "  --timeout SECONDS for each file (60)\n\n"
	  "Exit status: 0 all passed, 1 some failed, 2 could not run.\n\n"
	  "Example:\n"
	  "  trommel test ~/sieve/tests\n" },
	{ "state", NULL,
	  "trommel state list [--use USE] [--json] [USER]\n"
	  "trommel state show [--use USE] [--json] [-d USER] ID...\n"
	  "trommel state forget [--use USE] [-d USER] ID...\n"
	  "trommel state forget --use USE|--all [--yes] [-d USER]\n"
	  "trommel state prune [USER]\n\n"
	  "Shows and forgets what is remembered from one message to the next: duplicates, whom was "
	  "answered,\n"
	  "what was passed on.  Only root may name another USER; -c and -o as for a delivery.\n\n"
	  "  --use USE  duplicate, vacation, redirect or notice\n"
	  "  --json     an object in a line for each entry\n"
	  "  --yes      do not ask\n\n"
	  "Exit status: 0 good, 1 nothing was found, 2 could not run.\n\n"
	  "Examples:\n"
	  "  trommel state list --use vacation\n"
	  "  trommel state forget --use vacation      everybody is answered again\n" },
	{ "config", NULL,
	  "trommel config [-c CONFIG] [-o KEY=VALUE]... [--json] [--describe]\n\n"
	  "Shows every setting in force and where it came from; with --describe what there is to set.\n\n"
	  "Example:\n"
	  "  trommel config -o mail_location=mbox:~/mail\n" },
	{ "help", NULL, "trommel help [COMMAND|TOPIC]\n" },
	{ "rules", "where rules are looked for, and what happens when they are wrong",
	  "The first of these is used: -s, the setting sieve_script, ~/.config/trommel/active.sieve,\n"
	  "~/.dovecot.sieve, ~/.sieve.  Without rules everything goes to the inbox.\n\n"
	  "Rules that do not compile, fail while they run, or could have been written by others keep the\n"
	  "message in the inbox, and ~/.sieve.log says why.  Rules that cannot be read just now defer it.\n\n"
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
	TOPICS = sizeof topics / sizeof *topics
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
	fputs("trommel " TROMMEL_VERSION
	      ", delivers mail into the recipient's mailboxes by the recipient's rules\n\n"
	      "usage: trommel [OPTION]... <MESSAGE        what an MTA calls\n"
	      "       trommel COMMAND [ARGUMENT]...\n\n",
	      stdout);
	for (const Command *command = commands; command->name; command++)
		if (command->summary)
			printf("  %-10s %s\n", command->name, command->summary);
	puts("\nTopics:");
	for (size_t i = 0; i < TOPICS; i++)
		if (topics[i].summary)
			printf("  %-10s %s\n", topics[i].name, topics[i].summary);
	fputs("\nExamples:\n"
	      "  trommel try ~/.sieve message.eml      what would my rules do with this one?\n"
	      "  trommel help mta                      how does my mail server call it?\n\n"
	      "More: `trommel help COMMAND`, trommel(1), trommel-sieve(7), trommel.conf(5)\n",
	      stdout);
}

/* Output that does not arrive (a full disk behind a redirection) is no help. */
static int finish(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return GOOD;
	perror("trommel help: write");
	return COULD_NOT_RUN;
}

static int complain(const char *name)
{
	const char *names[TOPICS + 1] = { NULL };
	const char *meant;

	for (size_t i = 0; i < TOPICS; i++)
		names[i] = topics[i].name;
	meant = suggest_nearest(slice_of(name), names);
	fprintf(stderr, "trommel help: nothing is known about '%s'", name);
	if (meant)
		fprintf(stderr, "; did you mean '%s'?", meant);
	fputs("\n", stderr);
	return COULD_NOT_RUN;
}

int command_help(int argc, char **argv)
{
	const Topic *topic;

	if (argc < 2) {
		print_overview();
		return finish();
	}
	topic = find_topic(argv[1]);
	if (!topic)
		return complain(argv[1]);
	if (topic->print)
		topic->print();
	else
		fputs(topic->text, stdout);
	return finish();
}

int command_version(int argc, char **argv)
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
