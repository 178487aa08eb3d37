/* linear - rules and messages of a size and of four times that, for tests/linear.sh, which counts what each
 * costs
 *
 * Every piece of work is done by one call of `measured`, which is what callgrind counts, and told in a line:
 * "test" (of the language), "script" (that runs), or "compile", the size, what it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "message/header.h"
#include "message/message.h"
#include "open_mime.h"
#include "sieve/sieve.h"

enum {
	SIZE = 800,
	TIMES = 4
};

static const MimeModule *mime;

/* There is every list, and nothing on it, and nothing else. */
static bool answers(void *self, const Question *question, Answer *answer, Failure *why)
{
	(void)self;
	(void)why;
	answer->yes = question->kind == ASK_LIST_KNOWN;
	return true;
}

typedef struct Work {
	Slice source;
	const SieveScript *script; /* NULL: compiling is the work */
	const SieveInput *input;
	Plan *plan;
	Arena *arena;
	SieveFindings findings;
	bool done;
} Work;

__attribute__((noinline)) void measured(Work *work);
void measured(Work *work)
{
	Failure why = { 0 };

	if (!work->script) {
		work->done = sieve_compile("main", work->source, NULL, work->arena, &work->findings, &why) !=
			     NULL;
		return;
	}
	sieve_run(work->script, work->input, work->plan);
	work->done = work->plan->outcome == PLAN_DECIDED;
}

static void must(const Work *work, const char *what)
{
	if (work->done)
		return;
	fprintf(stderr, "%s: %s\n", what,
		work->findings.count ? work->findings.items[0].text
		: work->plan->error  ? work->plan->error
				     : "it cannot be done");
	exit(1);
}

static void measure(const char *kind, const char *what, int size, Slice source, Slice bytes)
{
	AUTO(Arena) arena = arena_new();
	Message message;
	Envelope envelope = { .sender_known = true,
			      .sender = "ann@example.org",
			      .recipient = "user@example.org",
			      .user = "user",
			      .home = "/home/user" };
	World world = { .ask = answers };
	SieveInput input = { .message = &message,
			     .envelope = &envelope,
			     .world = &world,
			     .mime = mime,
			     .now = 1767258000,
			     .host = "mx.example.org",
			     .version = "1" };
	Work work = { .source = source, .input = &input, .plan = plan_new(arena), .arena = arena };
	Failure why = { 0 };

	message_from_bytes(&message, bytes);
	input.header = header_index(message.header, arena);
	if (strcmp(kind, "compile") != 0) {
		work.script = sieve_compile("main", source, NULL, arena, &work.findings, &why);
		work.done = work.script != NULL;
		must(&work, what);
	}
	measured(&work);
	must(&work, what);
	printf("%s %d %s\n", kind, size, what);
	message_clear(&message);
}

/* ---- a test of the language, on a message that grows ---- */

static void make_message(int size, Text *out)
{
	text_append_string(out, "From: ann@example.org\nDate: Thu, 1 Jan 2026 10:00:00 +0100\nTo: ");
	for (int i = 0; i < size / 10; i++)
		text_printf(out, "%s\"Number %d\" <n%d+detail@example.net>", i ? ",\n " : "", i, i);
	text_append_string(out, "\nSubject: ");
	for (int i = 0; i < size; i++)
		text_append_char(out, "a quick brown fox "[i % 18]);
	for (int i = 0; i < size / 10; i++)
		text_printf(out, "\nX-Many: a value of some length %d; at=\"%d\"", i, i);
	text_append_string(out, "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b");
	for (int i = 0; i < size / 10; i++)
		text_printf(out, "; p%d=\"value %d\"", i, i);
	text_append_string(out, "\n\n");
	for (int i = 0; i < size / 20; i++)
		text_printf(out,
			    "--b\nContent-Type: text/%s; name=\"part %d\"\n\n"
			    "<p>some text\nand <b>some more</b> of it</p>\n",
			    i % 2 ? "html" : "plain", i);
	text_append_string(out, "--b--\n");
}

static const struct {
	const char *require, *test;
} kinds[] = {
	{ "\"fileinto\"", "exists \"x-nothing\"" },
	{ "\"fileinto\"", "size :over 100M" },
	{ "\"fileinto\"", "header :is \"subject\" \"nothing\"" },
	{ "\"fileinto\"", "header :contains [\"subject\", \"x-many\"] \"nothing\"" },
	{ "\"fileinto\"", "header :matches [\"subject\", \"x-many\"] \"*nothing*of*it*\"" },
	{ "\"fileinto\"", "header :matches [\"subject\", \"x-many\"] \"*a*a*a*a*a*a*a*a*nothing\"" },
	{ "\"variables\"", "header :matches \"subject\" \"*a*q*fox*nothing\"" },
	{ "\"regex\"", "header :regex [\"subject\", \"x-many\"] \"noth[i]ng\"" },
	{ "\"regex\"", "header :regex [\"subject\", \"x-many\"] \"[xyz]+ [pqr]+\"" },
	{ "\"relational\"", "header :value \"lt\" [\"subject\", \"x-many\"] \"A\"" },
	{ "\"relational\", \"comparator-i;ascii-numeric\"",
	  "header :count \"gt\" :comparator \"i;ascii-numeric\" \"x-many\" \"100000\"" },
	{ "\"comparator-i;unicode-casemap\"",
	  "header :contains :comparator \"i;unicode-casemap\" [\"subject\", \"x-many\"] \"nothing\"" },
	{ "\"index\"", "header :index 2 :last :contains \"x-many\" \"nothing\"" },
	{ "\"mime\"", "header :mime :anychild :contenttype \"content-type\" \"image/png\"" },
	{ "\"mime\"", "header :mime :anychild :param \"name\" :contains \"content-type\" \"nothing\"" },
	{ "\"mime\"", "header :mime :param [\"p1\", \"p2\", \"nothing\"] \"content-type\" \"nothing\"" },
	{ "\"mime\"", "exists :mime :anychild \"x-nothing\"" },
	{ "\"fileinto\"", "address :domain [\"to\", \"cc\"] \"example.com\"" },
	{ "\"subaddress\"", "address :detail :contains \"to\" \"nothing\"" },
	{ "\"relational\", \"comparator-i;ascii-numeric\"",
	  "address :count \"gt\" :comparator \"i;ascii-numeric\" \"to\" \"100000\"" },
	{ "\"envelope\"", "envelope \"from\" \"nobody@example.org\"" },
	{ "\"date\"", "date :zone \"+0000\" \"date\" \"year\" \"1999\"" },
	{ "\"date\"", "currentdate :zone \"+0000\" \"weekday\" \"9\"" },
	{ "\"environment\"", "environment \"host\" \"nothing\"" },
	{ "\"mailbox\"", "mailboxexists \"nothing\"" },
	{ "\"extlists\"", "header :list \"x-many\" \":addrbook:default\"" },
	{ "\"duplicate\"", "duplicate" },
	{ "\"body\"", "body :raw :contains \"nothing\"" },
	{ "\"body\"", "body :raw :matches \"*nothing*of*it*\"" },
	{ "\"body\"", "body :text :contains \"nothing\"" },
	{ "\"body\", \"regex\"", "body :text :regex \"noth[i]ng\"" },
	{ "\"body\"", "body :content \"text\" :contains \"nothing\"" },
	{ "\"body\"", "body :content \"image\" :contains \"nothing\"" },
};

static void measure_tests(int size)
{
	AUTO_VALUE(Text) message = { 0 };

	make_message(size, &message);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		AUTO_VALUE(Text) script = { 0 };

		text_printf(&script, "require [%s];\nif %s { discard; }\n", kinds[i].require, kinds[i].test);
		measure("test", kinds[i].test, size, text_slice(&script), text_slice(&message));
	}
}

/* ---- scripts that grow ---- */

static const struct {
	const char *name, *head, *unit, *tail;
	bool compiles;
} scripts[] = {
	{ "keys of :contains", "if header :contains \"subject\" [\"x\"", ", \"nothing %d\"",
	  "] { discard; }\n" },
	{ "keys of :is", "if header :is \"subject\" [\"x\"", ", \"nothing %d\"", "] { discard; }\n" },
	{ "keys of :matches", "if header :matches \"subject\" [\"x\"", ", \"*nothing*%d*\"",
	  "] { discard; }\n" },
	{ "keys of :regex", "require \"regex\"; if header :regex \"subject\" [\"x\"", ", \"n[o]thing %d\"",
	  "] { discard; }\n" },
	{ "keys of address", "if address :domain \"to\" [\"x\"", ", \"d%d.example.org\"",
	  "] { discard; }\n" },
	{ "keys of body", "require \"body\"; if body :raw :contains [\"xyz\"", ", \"nothing %d\"",
	  "] { discard; }\n" },
	{ "names of fields", "if header :contains [\"x\"", ", \"x-%d\"", "] \"nothing\" { discard; }\n" },
	{ "sets", "require \"variables\";\n", "set \"v\" \"value %d of ${x}\";\n", "" },
	{ "tests of flags", "require \"imap4flags\"; setflag \"a\";\n", "if hasflag \"f%d\" { discard; }\n",
	  "" },
	{ "rules", "", "if header :contains \"subject\" \"nothing %d\" { discard; stop; }\n", "" },
	{ "tests of anyof", "if anyof (false", ", header :contains \"subject\" \"nothing %d\"",
	  ") { discard; }\n" },
	{ "rules", "", "if header :contains [\"to\", \"cc\"] \"list-%d@example.org\" { keep; stop; }\n", "",
	  true },
	{ "elsifs", "if true { keep; }\n", "elsif header :contains \"subject\" \"nothing %d\" { discard; }\n",
	  "", true },
	{ "capabilities", "require [\"fileinto\"", ", \"fileinto\"", "];\n", true },
	{ "variables in strings", "require \"variables\";\n", "set \"v\" \"value %d and ${v1} ${unset}\";\n",
	  "", true },
	{ "a long string", "if header \"subject\" \"", "some text ", "\" { keep; }\n", true },
	{ "a long text", "if header \"subject\" text:\n", "some text\n", ".\n { keep; }\n", true },
	{ "comments", "", "# a comment\n", "", true },
};

static void append_units(const char *unit, int count, Text *out)
{
	const char *number = strstr(unit, "%d");

	for (int i = 0; i < count; i++) {
		if (number)
			text_printf(out, "%.*s%d%s", (int)(number - unit), unit, i, number + 2);
		else
			text_append_string(out, unit);
	}
}

static void measure_scripts(int size)
{
	AUTO_VALUE(Text) message = { 0 };

	make_message(SIZE, &message);
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		AUTO_VALUE(Text) script = { 0 };

		text_append_string(&script, scripts[i].head);
		append_units(scripts[i].unit, size, &script);
		text_append_string(&script, scripts[i].tail);
		measure(scripts[i].compiles ? "compile" : "script", scripts[i].name, size,
			text_slice(&script), text_slice(&message));
	}
}

/* ---- two that have a goal ---- */

static void measure_goals(void)
{
	AUTO_VALUE(Text) keys = { 0 }, large = { 0 }, message = { 0 };

	text_append_string(&message, "Subject: hello\n");
	append_units("X-Field-%d: a value of some length, as such fields have it, and more\n", 150, &message);
	text_append_string(&message, "\nbody\n");
	text_append_string(&keys, "if header :contains \"subject\" [\"x\"");
	append_units(", \"nothing %d\"", 5000, &keys);
	text_append_string(&keys, "] { discard; }\n");
	append_units("if anyof(header :contains [\"to\", \"cc\"] \"list-%d@example.org\", address :domain "
		     "\"from\" "
		     "\"example.org\") { keep; stop; }\n",
		     8800, &large);
	measure("script", "5,000 keys", (int)keys.length, text_slice(&keys), text_slice(&message));
	measure("compile", "a megabyte", (int)large.length, text_slice(&large), text_slice(&message));
}

int main(int argc, char **argv)
{
	mime = open_mime(argc > 1 ? argv[1] : "build");
	measure_tests(SIZE);
	measure_tests(SIZE * TIMES);
	measure_scripts(SIZE);
	measure_scripts(SIZE * TIMES);
	measure_goals();
	return 0;
}
