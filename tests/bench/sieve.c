/* sieve - what each test of the language costs, and that none costs more than in proportion to its input
 *
 * A script of many equal tests that are false is run over a message; the time of one test is what is printed,
 * with the subject, or the body, short and sixteen times as long.  Then a script of 5,000 keys, and what
 * compiling costs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "message/header.h"
#include "message/message.h"
#include "open_mime.h"
#include "sieve/sieve.h"

enum {
	TESTS = 1000, /* in one script */
	SHORT = 200,  /* bytes of the subject, and of the body in tens */
	TIMES = 16
};

static const MimeModule *mime;

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A message with a subject of so many bytes, ten times as long a body, and 30 other fields. */
static void make_message(size_t size, Text *out)
{
	text_append_string(
		out, "From: Ann <ann@example.org>\nTo: bob+lists@example.net, carol@example.com\n"
		     "Date: Thu, 1 Jan 2026 10:00:00 +0100\nMIME-Version: 1.0\nContent-Type: text/plain\n"
		     "Message-ID: <1@example.org>\nSubject: ");
	for (size_t i = 0; i < size; i++)
		text_append_char(out, "a quick brown fox "[i % 18]);
	text_append_char(out, '\n');
	for (int i = 0; i < 30; i++)
		text_printf(out, "X-Field-%d: a value of some length, as such fields have it\n", i);
	text_append_char(out, '\n');
	for (size_t i = 0; i < size; i++)
		text_append_string(out, "some text\n");
}

/* Nanoseconds for one run of `source` over the message; -1 when it does not compile. */
static double run_ns(const char *source, Slice bytes, unsigned rounds)
{
	AUTO(Arena) arena = arena_new();
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	SieveScript *script = sieve_compile("bench", slice_of(source), NULL, arena, &findings, &why);
	Envelope envelope = { .sender_known = true,
			      .sender = "ann@example.org",
			      .recipient = "bob@example.net",
			      .user = "bob",
			      .home = "/" };
	Message message;
	double best = 1e9;

	if (!script) {
		for (size_t i = 0; i < findings.count && i < 1; i++)
			fprintf(stderr, "%s\n%.200s\n", findings.items[i].text, source);
		return -1;
	}
	message_from_bytes(&message, bytes);
	for (unsigned i = 0; i < rounds; i++) {
		AUTO(Arena) of_run = arena_new();
		SieveInput input = { .message = &message,
				     .envelope = &envelope,
				     .mime = mime,
				     .now = 1767258000,
				     .host = "mx.example.net",
				     .version = "1" };
		double start = seconds(), took;

		input.header = header_index(message.header, of_run);
		sieve_run(script, &input, plan_new(of_run));
		took = seconds() - start;
		best = took < best ? took : best;
	}
	return best * 1e9;
}

static const struct {
	const char *name, *require, *test;
} kinds[] = {
	{ "true", "\"body\"", "false" },
	{ "not true", "\"body\"", "not true" },
	{ "exists", "\"body\"", "exists \"x-nothing\"" },
	{ "size", "\"body\"", "size :over 100M" },
	{ "header :is", "\"body\"", "header :is \"subject\" \"nothing %d\"" },
	{ "header :contains", "\"body\"", "header :contains \"subject\" \"nothing %d\"" },
	{ "header :matches", "\"body\"", "header :matches \"subject\" \"*nothing*%d\"" },
	{ "header :regex", "\"regex\"", "header :regex \"subject\" \"noth[i]ng %d\"" },
	{ "header :regex, tried", "\"regex\"", "header :regex \"subject\" \"[xyz]+ [pqr]+%d\"" },
	{ "header :value", "\"relational\"", "header :value \"lt\" \"subject\" \"A%d\"" },
	{ "header :count", "[\"relational\", \"comparator-i;ascii-numeric\"]",
	  "header :count \"gt\" :comparator \"i;ascii-numeric\" \"subject\" \"%d00\"" },
	{ "header, unicode", "\"comparator-i;unicode-casemap\"",
	  "header :contains :comparator \"i;unicode-casemap\" \"subject\" \"nothing %d\"" },
	{ "header :index", "\"index\"", "header :index 2 :contains \"subject\" \"nothing %d\"" },
	{ "header :mime", "\"mime\"", "header :mime :type \"content-type\" \"nothing%d\"" },
	{ "address :domain", "\"body\"", "address :domain \"to\" \"example%d.org\"" },
	{ "address :detail", "\"subaddress\"", "address :detail \"to\" \"nothing%d\"" },
	{ "envelope", "\"envelope\"", "envelope \"from\" \"nobody%d@example.org\"" },
	{ "string", "\"variables\"", "string \"${x}a\" \"nothing %d\"" },
	{ "hasflag", "\"imap4flags\"", "hasflag \"nothing%d\"" },
	{ "date", "\"date\"", "date :zone \"+0000\" \"date\" \"year\" \"1%d\"" },
	{ "currentdate", "\"date\"", "currentdate :zone \"+0000\" \"weekday\" \"9%d\"" },
	{ "environment", "\"environment\"", "environment \"host\" \"nothing%d\"" },
	{ "mailboxexists", "\"mailbox\"", "mailboxexists \"nothing%d\"" },
	{ "spamtest", "\"spamtest\"", "spamtest \"9%d\"" },
	{ "body :raw", "\"body\"", "body :raw :contains \"nothing %d\"" },
	{ "body :text", "\"body\"", "body :text :contains \"nothing %d\"" },
	{ "body :content", "\"body\"", "body :content \"text\" :matches \"*nothing*%d*\"" },
};

static void make_script(const char *require, const char *test, Text *script)
{
	text_printf(script, "require %s;\n", require);
	for (int i = 0; i < TESTS; i++) {
		text_append_string(script, "if ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		text_printf(script, test, i);
#pragma GCC diagnostic pop
		text_append_string(script, " { discard; }\n");
	}
}

static void print_kinds(void)
{
	AUTO_VALUE(Text) small = { 0 }, large = { 0 };
	double empty;

	make_message(SHORT, &small);
	make_message((size_t)SHORT * TIMES, &large);
	empty = run_ns("", text_slice(&small), 50);
	printf("\n## One test, in ns (%d different ones in a script; subject %d bytes, body %d; then %d "
	       "times that)\n\n"
	       "| test | ns | ns, x%d | ratio |\n|---|---:|---:|---:|\n",
	       TESTS, SHORT, SHORT * 10, TIMES, TIMES);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		AUTO_VALUE(Text) script = { 0 };
		double one, other;

		make_script(kinds[i].require, kinds[i].test, &script);
		one = (run_ns(text_string(&script), text_slice(&small), 10) - empty) / TESTS;
		other = (run_ns(text_string(&script), text_slice(&large), 3) - empty) / TESTS;
		printf("| %s | %.0f | %.0f | %.1f%s |\n", kinds[i].name, one, other, other / one,
		       other / one > 2 * TIMES ? " MORE THAN LINEAR" : "");
	}
}

static void print_many_keys(void)
{
	AUTO_VALUE(Text) script = { 0 }, message = { 0 };
	double ms;

	for (int i = 0; i < 150; i++)
		text_printf(&message,
			    "X-Field-%d: a value of some length, as such fields have it, and more\n", i);
	text_append_string(&message, "Subject: hello\n\nbody\n");
	text_append_string(&script, "if header :contains \"subject\" [");
	for (int i = 0; i < 5000; i++)
		text_printf(&script, "%s\"nothing %d\"", i ? "," : "", i);
	text_append_string(&script, "] { discard; }\n");
	ms = run_ns(text_string(&script), text_slice(&message), 20) / 1e6;
	printf("\n5,000 keys of header :contains on a header of %zu bytes: %.3f ms (goal 2)\n",
	       message.length - 5, ms);
}

static void print_compiling(void)
{
	AUTO_VALUE(Text) script = { 0 };
	double best = 1e9;

	for (int i = 0; script.length < 1000000; i++)
		text_printf(
			&script,
			"if anyof(header :contains [\"to\", \"cc\"] \"list-%d@example.org\", address :domain "
			"\"from\" \"d%d.example.org\") { keep; stop; }\n",
			i, i);
	for (int i = 0; i < 5; i++) {
		AUTO(Arena) arena = arena_new();
		SieveFindings findings = { 0 };
		Failure why = { 0 };
		double start = seconds(), took;

		if (!sieve_compile("bench", text_slice(&script), NULL, arena, &findings, &why))
			printf("a large script does not compile: %s\n", findings.items[0].text);
		took = seconds() - start;
		best = took < best ? took : best;
	}
	printf("compiling a script of %zu bytes: %.1f ms (goal 50)\n", script.length, best * 1e3);
}

int main(int argc, char **argv)
{
	mime = open_mime(argc > 1 ? argv[1] : "build");
	print_kinds();
	print_many_keys();
	print_compiling();
	return 0;
}
