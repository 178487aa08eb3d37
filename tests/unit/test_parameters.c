/* test_parameters - parameters of MIME fields, as RFCs and mail have them */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "base/utf8.h"
#include "message/limits.h"
#include "message/parameters.h"
#include "patience.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* "value|name=value|name=value" */
static void tell(Slice field, Text *out)
{
	Parameters read = parameters_read(field, arena);

	text_append_slice(out, read.value);
	for (size_t i = 0; i < read.count; i++) {
		text_append_char(out, '|');
		text_append_slice(out, read.items[i].name);
		text_append_char(out, '=');
		text_append_slice(out, read.items[i].value);
	}
}

static const struct {
	const char *field, *told;
} fields[] = {
	/* RFC 2045, 5.1 */
	{ "text/plain; charset=us-ascii", "text/plain|charset=us-ascii" },
	{ "text/plain; charset=us-ascii (Plain text)", "text/plain|charset=us-ascii" },
	{ "text/plain; charset=\"us-ascii\"", "text/plain|charset=us-ascii" },
	{ "Text/HTML;Charset=UTF-8;x=1", "Text/HTML|Charset=UTF-8|x=1" },
	{ "text (is it) / (so to say) html ; a = b", "text/html|a=b" },
	{ "(a (nested) comment) image/png", "image/png" },
	{ "attachment", "attachment" },
	{ "attachment; filename=\"a \\\"b\\\\c\\\" d.txt\"", "attachment|filename=a \"b\\c\" d.txt" },
	{ "", "" },
	{ "   ", "" },
	{ ";", "" },
	{ "; name=x", "|name=x" },
	/* RFC 2231, 3: in pieces */
	{ "message/external-body; access-type=URL; URL*0=\"ftp://\"; "
	  "URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
	  "message/external-body|access-type=URL|URL=ftp://cs.utk.edu/pub/moore/bulk-mailer/"
	  "bulk-mailer.tar" },
	{ "a/b; x*1=two; x*0=one", "a/b|x=onetwo" },
	{ "a/b; x*10=k; x*9=j; x*8=i; x*7=h; x*6=g; x*5=f; x*4=e; x*3=d; x*2=c; x*1=b; x*0=a",
	  "a/b|x=abcdefghijk" },
	{ "a/b; x*0=one; X*1=two; x*3=four", "a/b|x=onetwo" },
	{ "a/b; x*0=one; x*0=again; x*1=two", "a/b|x=onetwo" },
	{ "a/b; x*1=one; x*2=two", "a/b|x=onetwo" }, /* some count from 1 */
	{ "a/b; x*2=one", "a/b" },
	/* RFC 2231, 4 and 4.1: charsets and percent signs */
	{ "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
	  "application/x-stuff|title=This is ***fun***" },
	{ "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; "
	  "title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
	  "application/x-stuff|title=This is even more ***fun*** isn't it!" },
	{ "a/b; x*=iso-8859-1''%E4", "a/b|x=\u00e4" },
	{ "a/b; x*0*=utf-8''%C3; x*1*=%A4", "a/b|x=\u00e4" }, /* a character over two pieces */
	{ "a/b; x*=x-unheard-of''%C3%A4", "a/b|x=\u00e4" },
	{ "a/b; x*=%C3%A4", "a/b|x=\u00e4" },
	{ "a/b; x*=utf-8''100%", "a/b|x=100%" },
	{ "a/b; x*=utf-8''%4", "a/b|x=%4" },
	{ "a/b; x*=utf-8''a%0D%0ATo:%20b%00c", "a/b|x=a  To: b c" },
	{ "a/b; x=100%25", "a/b|x=100%25" },
	{ "attachment; filename=a.txt; filename*=utf-8''b.txt", "attachment|filename=a.txt|filename=b.txt" },
	/* RFC 2047 where it may not stand, as many write it */
	{ "attachment; filename=\"=?UTF-8?Q?r=C3=A9sum=C3=A9?=.pdf\"",
	  "attachment|filename=r\u00e9sum\u00e9.pdf" },
	{ "attachment; filename==?iso-8859-1?Q?=E4.pdf?=", "attachment|filename=\u00e4.pdf" },
	{ "attachment; filename*0=\"=?UTF-8?Q?r=C3=A9\"; filename*1=\"sum=C3=A9?=\"",
	  "attachment|filename=r\u00e9sum\u00e9" },
	{ "attachment; filename=\"\xe4.pdf\"", "attachment|filename=\u00e4.pdf" }, /* raw Latin 1 */
	/* what else real mail has */
	{ "attachment; filename=my report (1).pdf; size=5", "attachment|filename=my report (1).pdf|size=5" },
	{ "attachment; filename=\"open end", "attachment|filename=open end" },
	{ "attachment; filename=\" kept \"", "attachment|filename= kept " },
	{ "text/plain charset=utf-8; format=flowed", "text/plain|format=flowed" },
	{ "text; a=b", "text|a=b" },
	{ "text/; a=b", "text|a=b" },
	{ "a/b; junk; =x; c=d;;; e=", "a/b|c=d|e=" },
	{ "a/b; x=\"1\" junk; y=2", "a/b|x=1|y=2" },
	{ "a/b; *=x; **=y; x*y=z", "a/b|*=x|*=y|x*y=z" },
	{ "a/b; x=1; X=2", "a/b|x=1|X=2" },
};

START_TEST(fields_are_read_as_readers_do)
{
	AUTO_VALUE(Text) told = { 0 };

	tell(slice_of(fields[_i].field), &told);
	ck_assert_str_eq(text_string(&told), fields[_i].told);
}
END_TEST

START_TEST(a_type_has_two_halves)
{
	Parameters read = parameters_read(SLICE("Text (c)/ HTML"), arena);

	ck_assert(slice_equal(read.type, SLICE("Text")));
	ck_assert(slice_equal(read.subtype, SLICE("HTML")));
	read = parameters_read(SLICE("text"), arena);
	ck_assert_uint_eq(read.type.length + read.subtype.length, 0);
}
END_TEST

static double seconds_to_read(const Text *field)
{
	clock_t start = clock();

	parameters_read(text_slice(field), arena);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Fields that would take for ever if anything were not linear. */
START_TEST(hostile_fields_take_no_time)
{
	static const char *const pieces[] = { "; x*1=a", ";a=\"", "((((", "; =?u?q?=", ";%%%%", "\\\\\"" };

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		AUTO_VALUE(Text) field = { 0 };

		text_append_string(&field, "a/b");
		while (field.length < 1000 * 1000)
			text_append_string(&field, pieces[i]);
		ck_assert_msg(seconds_to_read(&field) < patience(0.5), "'%s' takes %.2f s", pieces[i],
			      seconds_to_read(&field));
	}
}
END_TEST

/* Nor memory: a thousand short values in a long field. */
START_TEST(hostile_fields_take_no_memory)
{
	AUTO_VALUE(Text) field = { 0 };
	size_t before = arena_used(arena);

	text_append_string(&field, "a/b");
	for (int i = 0; i < LIMIT_PARAMETERS; i++)
		text_printf(&field, ";n%d=\"v\"", i);
	while (field.length < 1000 * 1000)
		text_append_char(&field, 'x');
	ck_assert_uint_eq(parameters_read(text_slice(&field), arena).count, LIMIT_PARAMETERS);
	ck_assert_uint_lt(arena_used(arena) - before, 4 * field.length);
}
END_TEST

START_TEST(there_is_a_limit)
{
	AUTO_VALUE(Text) field = { 0 };
	Parameters read;

	text_append_string(&field, "a/b");
	for (int i = 0; i < 2 * LIMIT_PARAMETERS; i++)
		text_printf(&field, ";n%d=v", i);
	read = parameters_read(text_slice(&field), arena);
	ck_assert_uint_eq(read.count, LIMIT_PARAMETERS);
	ck_assert(slice_equal(read.items[999].name, SLICE("n999")));
}
END_TEST

/* Whatever the bytes are, what comes of them is UTF-8 on one line. */
START_TEST(any_bytes_give_utf8)
{
	unsigned seed = 1;

	for (int round = 0; round < 3000; round++) {
		AUTO_VALUE(Text) field = { 0 };
		Parameters read;

		for (int i = 0; i < 60; i++) {
			static const char letters[] = "ab;;==**0123\"\\''%%%ceE4(?) =_/-\xc3\xa4\xff";

			seed = seed * 1103515245 + 12345;
			text_append_char(&field, letters[seed / 65536 % (sizeof letters - 1)]);
		}
		read = parameters_read(text_slice(&field), arena);
		for (size_t i = 0; i < read.count; i++) {
			ck_assert(utf8_valid(read.items[i].value));
			ck_assert(!memchr(read.items[i].value.data, '\n', read.items[i].value.length));
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("parameters");
	TCase *tests = tcase_create("parameters");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, fields_are_read_as_readers_do, 0, sizeof fields / sizeof *fields);
	tcase_add_test(tests, a_type_has_two_halves);
	tcase_add_test(tests, hostile_fields_take_no_time);
	tcase_add_test(tests, hostile_fields_take_no_memory);
	tcase_add_test(tests, there_is_a_limit);
	tcase_add_test(tests, any_bytes_give_utf8);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
