/* test_sieve_programs - pipe, filter and execute: what they ask, and what they make of the answer
 * spec-bosch-sieve-extprograms */
#include "plan/plan.h"
#include "sieve_truth.h"

#define MESSAGE "Subject: one\n\nbody\n"

/* What the last question was, for people. */
static char asked[500];

static void note_question(const Question *question)
{
	size_t length = 0;

	asked[0] = '\0';
	for (size_t i = 0; i < question->count && length < sizeof asked; i++)
		length += (size_t)snprintf(asked + length, sizeof asked - length, "%s%.*s", i ? "|" : "",
					   (int)question->arguments[i].length, question->arguments[i].data);
}

/* A world in which programs are called what they answer. */
static bool answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	static const struct {
		const char *program, *bytes;
	} ends[] = {
		{ "well", "+" },
		{ "says", "+something" },
		{ "no", "-it ended with status 1" },
		{ "fails", "!it failed" },
		{ "none", "?there is no program" },
		{ "idle", "0" },
		{ "other", "+Subject: two\n\nelse\n" },
	};

	(void)self;
	if (question->kind != ASK_PROGRAM)
		return true;
	note_question(question);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (slice_equal(question->arguments[1], slice_of(ends[i].program))) {
			answer->yes = ends[i].bytes[0] == '+';
			text_append_string(&answer->bytes, ends[i].bytes);
			return true;
		}
	return failure_retry(why, "not just now");
}

#define REQUIRES                                                                                           \
	"\"vnd.dovecot.pipe\", \"vnd.dovecot.filter\", \"vnd.dovecot.execute\", \"variables\", \"copy\", " \
	"\"fileinto\""
#define KEPT "keep in the inbox [implicit keep]\n"

static const struct {
	const char *script, *plan;
} stories[] = {
	/* 5 */
	{ "pipe \"well\" [\"a\", \"b c\"];", "pipe to \"well\" \"a\" \"b c\" [line 2]\n" },
	{ "pipe :copy \"well\";", "pipe to \"well\" [line 2]\n" KEPT },
	{ "pipe :try \"well\";", "pipe to \"well\" [line 2]\n" },
	{ "pipe \"idle\";", "pipe to \"idle\" [line 2]\n" },
	{ "pipe \"none\";", "the rules failed:\nmain:2:6: pipe \"none\": there is no program\n" KEPT },
	{ "pipe :try \"none\";", "warning: main:2:11: pipe \"none\": there is no program\n" KEPT },
	{ "pipe \"well\"; pipe \"well\";",
	  "the rules failed:\nmain:2:14: the message is piped to \"well\" already\n" KEPT },
	{ "pipe \"later\";", "the rules could not be read just now:\nnot just now\ndeliver it later\n" },
	/* 6 */
	{ "filter \"other\";", "keep in the inbox, edited [implicit keep]\n" },
	{ "filter \"well\";", "warning: main:2:8: filter \"well\": it wrote no message\n" KEPT },
	{ "filter \"no\";", "warning: main:2:8: filter \"no\": it ended with status 1\n" KEPT },
	{ "filter \"fails\";", "warning: main:2:8: filter \"fails\": it failed\n" KEPT },
	{ "filter \"none\";", "the rules failed:\nmain:2:8: filter \"none\": there is no program\n" KEPT },
	{ "filter \"idle\";", "warning: main:2:8: filter \"idle\": no program is run here\n" KEPT },
	{ "if header \"subject\" \"one\" { filter \"other\"; if header \"subject\" \"two\" { fileinto \"x\"; "
	  "} }",
	  "file into \"x\", edited [line 2]\n" },
	/* 8 */
	{ "if filter \"no\" { discard; }", KEPT },
	{ "if filter \"none\" { discard; }",
	  "warning: main:2:11: filter \"none\": there is no program\n" KEPT },
	{ "if filter \"other\" { fileinto \"x\"; }", "file into \"x\", edited [line 2]\n" },
	{ "if execute \"well\" { discard; }", "discard [line 2]\n" },
	{ "if execute \"no\" { discard; }", KEPT },
	{ "if execute \"idle\" { discard; }",
	  "warning: main:2:12: execute \"idle\": no program is run here\n" KEPT },
	/* 7 */
	{ "execute :output \"x\" \"says\"; fileinto \"${x}\";", "file into \"something\" [line 2]\n" },
	{ "set \"x\" \"old\"; execute :output \"x\" \"no\"; fileinto \"${x}\";",
	  "warning: main:2:36: execute \"no\": it ended with status 1\nfile into \"old\" [line 2]\n" },
	{ "execute \"none\";", "the rules failed:\nmain:2:9: execute \"none\": there is no program\n" KEPT },
	{ "execute :input \"x\" :pipe \"well\";", "2:20: ':pipe' cannot go with ':input'\n" },
	/* 3 */
	{ "execute \"a/b\";", "2:9: a program's name is that of a file, without directories, and does not "
			      "begin with '.' or '-'\n" },
	{ "execute \"a\xe2\x80\xa8z\";", "2:9: a program's name is that of a file, without directories, and "
					 "does not begin with '.' or '-'\n" },
};
START_TEST(a_program_is_asked_for_and_its_end_counts)
{
	AUTO_VALUE(Text) script = { 0 };
	SieveStory story = { .message = MESSAGE, .answer = answer, .with_warnings = true };

	text_printf(&script, "require [" REQUIRES "];\n%s\n", stories[_i].script);
	story.script = text_string(&script);
	sieve_story_is(&story, stories[_i].plan);
}
END_TEST

static const struct {
	const char *command, *question;
} questions[] = {
	{ "execute \"well\" \"a\"", "execute|well|-|a" },
	{ "execute :input \"te${x}xt\" \"well\" [\"a\", \"b\"]", "execute|well|ttext|a|b" },
	{ "execute :pipe \"well\"", "execute|well|m" },
	{ "filter \"well\"", "filter|well|m" },
	{ "pipe \"well\" \"a\"", "pipe|well|-|a" },
};
START_TEST(the_question_says_how_and_what_it_reads)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { .message = MESSAGE, .answer = answer };

	text_printf(&script, "require [" REQUIRES "];\n%s;\n", questions[_i].command);
	story.script = text_string(&script);
	sieve_story(&story, &told);
	ck_assert_str_eq(asked, questions[_i].question);
}
END_TEST

/* Where nobody plays the world no program is run. */
START_TEST(without_a_world_nothing_is_run)
{
	SieveStory story = {
		.message = MESSAGE,
		.script = "require [\"vnd.dovecot.execute\"];\nif not execute \"x\" { discard; }\n"
	};

	sieve_story_is(&story,
		       "warning: main:2:16: execute \"x\": no program is run here\ndiscard [line 2]\n");
}
END_TEST

/* A version crosses with a question as it does with a plan, and is believed as little. */
START_TEST(a_version_is_read_as_it_was_written)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) bytes = { 0 };
	MessagePiece pieces[] = { { .offset = 0, .length = 4 },
				  { .bytes = "new", .length = 3 },
				  { .offset = 6, .length = 4 } };
	MessagePieces image = { pieces, 3 }, again;
	Failure why = { 0 };

	plan_image_encode(&image, &bytes);
	ck_assert_msg(plan_image_decode(text_slice(&bytes), 10, arena, &again, &why), "%s", why.text);
	ck_assert_uint_eq(again.count, 3);
	ck_assert_int_eq(memcmp(again.items[1].bytes, "new", 3), 0);
	ck_assert_int_eq(again.items[2].offset, 6);
	ck_assert(!plan_image_decode(text_slice(&bytes), 9, arena, &again, &why));
	text_append_char(&bytes, 'x');
	ck_assert(!plan_image_decode(text_slice(&bytes), 10, arena, &again, &why));
	ck_assert(!plan_image_decode(SLICE("\001"), 10, arena, &again, &why));
}
END_TEST

static void add(TCase *tests)
{
	SIEVE_LOOP(tests, a_program_is_asked_for_and_its_end_counts, stories);
	SIEVE_LOOP(tests, the_question_says_how_and_what_it_reads, questions);
	tcase_add_test(tests, without_a_world_nothing_is_run);
	tcase_add_test(tests, a_version_is_read_as_it_was_written);
}

int main(void)
{
	return sieve_suite("sieve_programs", add);
}
