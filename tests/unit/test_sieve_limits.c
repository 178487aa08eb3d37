/* test_sieve_limits - what one too many of everything is told: the limit by its name, and the message is kept
 *
 * Each limit is met exactly, which is no error, and passed by one.  Those that the compiler finds beside a
 * rule of the language have their tests there. */
#include "mime_helper.h"

#include "message/limits.h"
#include "plan/limits.h"
#include "sieve/limits.h"

#define KEPT "keep in the inbox [implicit keep]"

/* "head unit unit … tail", the unit `count` times; "%" in it is the number of the unit. */
typedef struct Repeated {
	const char *head, *unit, *tail;
	int count;
} Repeated;

static void append_repeated(Text *out, const Repeated *of)
{
	text_append_string(out, of->head ? of->head : "");
	for (int i = 0; i < of->count; i++) {
		const char *number = strchr(of->unit, '%');

		if (number)
			text_printf(out, "%.*s%d%s", (int)(number - of->unit), of->unit, i, number + 1);
		else
			text_append_string(out, of->unit);
	}
	text_append_string(out, of->tail ? of->tail : "");
}

static bool program_answers(void *self, const Question *question, Answer *answer, Failure *why)
{
	(void)self;
	(void)question;
	(void)why;
	answer->yes = true;
	return true;
}

static void tell(const Repeated *script, const Repeated *message, Text *told)
{
	AUTO_VALUE(Text) source = { 0 };
	AUTO_VALUE(Text) bytes = { 0 };
	SieveStory story = { .mime = mime, .answer = program_answers };

	append_repeated(&source, script);
	append_repeated(&bytes, message);
	story.source = text_slice(&source);
	story.bytes = text_slice(&bytes);
	sieve_story(&story, told);
}

#define EDIT      "require \"editheader\";\n"
#define LOOP      "require [\"foreverypart\", \"mime\", \"replace\", \"fileinto\"];\nforeverypart {\n"
#define MULTIPART "Content-Type: multipart/mixed; boundary=b\n\n"
#define MEGABYTE  (1024 * 1024)

/* Each time `script` and `message` are within the limit; one more unit in the one that has `more` is not. */
static const struct {
	const char *name;
	Repeated script, message;
	int more_script, more_message;
	const char *told;
} counted[] = {
	{ "edits",
	  { EDIT, "addheader \"X\" \"%\"; deleteheader \"X\";\n", "", SIEVE_LIMIT_EDITS / 2 },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "main:1002:1: the message is edited more than 2000 times (limit: edits)\n" KEPT },
	{ "questions",
	  { "require \"mailbox\";\n", "if mailboxexists \"a%\" { keep; }\n", "", LIMIT_QUESTIONS },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "main:10002:18: more than 10000 questions about folders, lists and other surroundings (limit: "
	  "questions)\n" KEPT },
	{ "pattern",
	  { "require \"regex\"; if header :regex \"subject\" \"", "a", "\" { discard; }\n",
	    SIEVE_LIMIT_PATTERN_BYTES },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "1:45: bad regular expression: longer than 16 KB (limit: pattern)\n" },
	{ "parts, new ones",
	  { LOOP "if header :mime :type \"content-type\" \"image\" {\n"
		 "replace :mime \"Content-Type: multipart/mixed; "
		 "boundary=c\n\n--c\n\none\n--c\n\ntwo\n--c--\n\";\n"
		 "break; }\n}\n",
	    "", "", 0 },
	  { MULTIPART "--b\nContent-Type: image/png\n\nx\n", "--b\n\nnumber %\n", "--b--\n",
	    LIMIT_MIME_PARTS - 4 },
	  0,
	  1,
	  "main:4:1: the message gets more than 1000 parts (limit: parts)\n" KEPT },
	{ "parts, the last of many",
	  { LOOP "if not header :mime :contains \"x-number\" \"\" {\n"
		 "if not header :mime :type \"content-type\" \"multipart\" { replace \"short\"; } }\n}\n",
	    "", "", 0 },
	  { MULTIPART, "--b\nX-Number: %\n\nbody\n", "--b--\n", LIMIT_MIME_PARTS - 2 },
	  0,
	  1,
	  "main:4:56: what is beyond the part number 1000 cannot be replaced (limit: parts)\n" KEPT },
	{ "text",
	  { "require \"body\"; if body :raw :matches \"*y\" { discard; }\n", "", "", 0 },
	  { "Subject: x\n\n", "0123456789abcd\r\n", "", SIEVE_LIMIT_TEXT_BYTES / 16 },
	  0,
	  1,
	  "main:1:20: more text than 4 MB (16 MB in all) can be matched in this way; :contains can "
	  "(limit: text)\n" KEPT },
	{ "conversion",
	  { "require \"convert\"; convert \"text/html\" \"text/plain\" \"\";\n", "", "", 0 },
	  { "Content-Type: text/html\n\n", "0123456789abcde ", "", SIEVE_LIMIT_CONVERTED_BYTES / 16 - 8 },
	  0,
	  16,
	  "it is larger than 16 MB (limit: conversion)\n" KEPT },
	{ "arguments of a program",
	  { "require \"vnd.dovecot.execute\"; if execute \"a\" [\"\"", ", \"%\"", "] { discard; }\n",
	    LIMIT_ARGUMENTS - 1 },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "1:35: more than 32 arguments (limit: arguments)\n" },
	{ "argument of a program",
	  { "require [\"vnd.dovecot.execute\", \"variables\"];\nset \"a\" \"x\";\nif execute \"a\" \"", "y",
	    "${a}\" { discard; }\n", LIMIT_ARGUMENT_LENGTH - 1 },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "main:3:16: an argument of 16385 bytes; 16384 are allowed (limit: argument)\n" KEPT },
	{ "options of a notification",
	  { "require \"enotify\"; notify :options [\"a=0\"", ", \"a%=1\"", "] \"mailto:a@example.org\";\n",
	    LIMIT_ARGUMENTS - 1 },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "1:27: more than 32 options (limit: arguments)\n" },
	{ "header of a message that is replaced",
	  { "require \"replace\"; replace \"new\";\n", "", "", 0 },
	  { "Subject: x\nX: ", "0123456789abcdef", "\n\nbody\n", LIMIT_HEADER_BYTES / 16 - 1 },
	  0,
	  1,
	  "main:1:20: a message with more than 1 MB of header cannot be replaced (limit: header "
	  "bytes)\n" KEPT },
	{ "editheader_max_header_size",
	  { EDIT "addheader \"X-Long\" \"", "y", "\";\n", 2048 },
	  { "Subject: x\n\n", "", "", 0 },
	  1,
	  0,
	  "main:2:20: a header field of 2049 bytes; 2048 are allowed (limit: "
	  "editheader_max_header_size)\n" KEPT },
};
START_TEST(one_too_many_is_told_by_the_name_of_its_limit)
{
	Repeated script = counted[_i].script, message = counted[_i].message;
	AUTO_VALUE(Text) within = { 0 };
	AUTO_VALUE(Text) beyond = { 0 };

	tell(&script, &message, &within);
	ck_assert_msg(!strstr(text_string(&within), "limit: "), "%s: within:\n%.2000s", counted[_i].name,
		      text_string(&within));
	script.count += counted[_i].more_script;
	message.count += counted[_i].more_message;
	tell(&script, &message, &beyond);
	ck_assert_msg(strstr(text_string(&beyond), counted[_i].told) != NULL, "%s: beyond:\n%.2000s",
		      counted[_i].name, text_string(&beyond));
}
END_TEST

/* Rows of parts behind one another, of which the header says each time by another boundary that they are the
 * message's: no edit is more than any other, and the places of all of them add up. */
static void convert_rows(int rows, Text *told)
{
	AUTO_VALUE(Text) source = { 0 };
	AUTO_VALUE(Text) bytes = { 0 };
	SieveStory story = { .mime = mime };

	text_append_string(&source, "require [\"convert\", \"editheader\"];\n");
	text_append_string(&bytes, "Subject: x\n\n");
	for (int row = 0; row < rows; row++) {
		text_printf(&source,
			    "deleteheader \"Content-Type\"; addheader \"Content-Type\" "
			    "\"multipart/mixed; boundary=b%d\"; convert \"text/html\" \"text/plain\" \"\";\n",
			    row);
		for (int part = 0; part < LIMIT_MIME_PARTS - 2; part++)
			text_printf(&bytes, "--b%d\nContent-Type: text/html\n\n<b>%d</b>\n", row, part);
		text_printf(&bytes, "--b%d--\n", row);
	}
	story.source = text_slice(&source);
	story.bytes = text_slice(&bytes);
	sieve_story(&story, told);
}

START_TEST(edits_in_too_many_places_are_told_by_the_name_of_their_limit)
{
	const int most = LIMIT_PIECES / (2 * LIMIT_MIME_PARTS);
	AUTO_VALUE(Text) within = { 0 };
	AUTO_VALUE(Text) beyond = { 0 };

	convert_rows(most, &within);
	ck_assert_str_eq(text_string(&within), "keep in the inbox, edited [implicit keep]\n");
	convert_rows(most + 1, &beyond);
	ck_assert_str_eq(text_string(&beyond),
			 "the rules failed:\n"
			 "main:10:87: the message is edited in more than 16384 places (limit: edits)\n" KEPT
			 "\n");
}
END_TEST

/* Each takes more and more of one thing; neither an answer nor a death is right. */
static const struct {
	const char *pattern, *unit, *tail, *told;
	int count;
} patterns[] = {
	{ "(.*)(.*)(.*)(.*)(.*)[^a]$", "a", "",
	  "main:1:32: the regular expression '(.*)(.*)(.*)(.*)(.*)[^a]$' takes too long (limit: "
	  "steps)\n" KEPT,
	  3000 },
	/* Without the last letter of the pattern in it a value would be none at first sight. */
	{ "^((a)|(b))*z$", "ab", "!z",
	  "main:1:32: the regular expression '^((a)|(b))*z$' takes too much memory (limit: heap)\n" KEPT,
	  50000 },
};
START_TEST(a_pattern_that_costs_too_much_is_told_by_the_name_of_its_limit)
{
	Repeated script = { "require \"regex\"; if not header :regex \"subject\" \"", patterns[_i].pattern,
			    "\" { discard; }\n", 1 };
	Repeated message = { "Subject: ", patterns[_i].unit, patterns[_i].tail, patterns[_i].count };
	AUTO_VALUE(Text) told = { 0 };

	tell(&script, &message, &told);
	ck_assert_msg(strstr(text_string(&told), patterns[_i].told) != NULL, "%.2000s", text_string(&told));
}
END_TEST

static void add(TCase *tests)
{
	tcase_set_timeout(tests, 60);
	tcase_add_unchecked_fixture(tests, open_mime, NULL);
	SIEVE_LOOP(tests, one_too_many_is_told_by_the_name_of_its_limit, counted);
	tcase_add_test(tests, edits_in_too_many_places_are_told_by_the_name_of_their_limit);
	SIEVE_LOOP(tests, a_pattern_that_costs_too_much_is_told_by_the_name_of_its_limit, patterns);
}

int main(void)
{
	return sieve_tests("sieve limits", add);
}
