/* test_part_write - bodies of ours: what they look like, and that they are what was said */
#include <check.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/text.h"
#include "message/part_write.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

#define TEN(x) x x x x x x x x x x

static const struct {
	const char *text, *encoding, *bytes;
} texts[] = {
	{ "", "7bit", "" },
	{ "one\ntwo\n", "7bit", "one\ntwo\n" },
	{ "one\r\ntwo", "7bit", "one\ntwo" },
	{ "a\tb -- c = d \n", "7bit", "a\tb -- c = d \n" },
	{ "From here\n.\n", "7bit", "From here\n.\n" },
	/* nothing that looks like a boundary begins a line */
	{ "--b\n", "quoted-printable", "=2D-b\n" },
	{ "a\n--\n", "quoted-printable", "a\n=2D-\n" },
	/* RFC 2045, 6.7 */
	{ "\u00e4 = x\n", "quoted-printable", "=C3=A4 =3D x\n" },
	{ "text that is \u00fc\nFrom here\n.\nblank \ntab\t\n", "quoted-printable",
	  "text that is =C3=BC\n=46rom here\n=2E\nblank=20\ntab=09\n" },
	{ "a lone \r in it and a \x01 too", "quoted-printable", "a lone =0D in it and a =01 too" },
	{ TEN("1234567") "123456\u00e4 and more of it, which makes it long enough to be cut once again\n",
	  "quoted-printable",
	  TEN("1234567") "12345=\n6=C3=A4 and more of it, which makes it long enough to be cut once "
			 "again\n" },
	{ TEN("1234567") "12345--b\u00e4\n", "quoted-printable", TEN("1234567") "12345=\n=2D-b=C3=A4\n" },
	/* hardly ASCII */
	{ "\u043f\u0440\u0438\u0432\u0435\u0442\n", "base64", "0L/RgNC40LLQtdGCDQo=\n" },
};

START_TEST(texts_are_encoded_as_they_must_be)
{
	PartBody body = part_write_text(slice_of(texts[_i].text), "\n", arena);
	AUTO_VALUE(Text) bytes = { 0 };

	text_append_slice(&bytes, body.bytes);
	ck_assert_str_eq(body.encoding, texts[_i].encoding);
	ck_assert_str_eq(text_string(&bytes), texts[_i].bytes);
}
END_TEST

START_TEST(long_lines_are_cut)
{
	AUTO_VALUE(Text) text = { 0 };
	PartBody body;
	size_t column = 0;

	for (int i = 0; i < 999; i++)
		text_append_char(&text, 'x');
	body = part_write_text(text_slice(&text), "\r\n", arena);
	ck_assert_str_eq(body.encoding, "quoted-printable");
	for (size_t i = 0; i < body.bytes.length; i++) {
		column = body.bytes.data[i] == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 77); /* with its CR */
	}
	text_truncate(&text, 998);
	ck_assert_str_eq(part_write_text(text_slice(&text), "\n", arena).encoding, "7bit");
}
END_TEST

START_TEST(line_ends_are_those_of_the_message)
{
	PartBody body = part_write_text(SLICE("one\ntwo\r\n\xc3\xa4\n"), "\r\n", arena);

	ck_assert(slice_equal(body.bytes, SLICE("one\r\ntwo\r\n=C3=A4\r\n")));
}
END_TEST

START_TEST(bytes_are_letters)
{
	static const struct {
		const char *bytes, *letters; /* RFC 4648, 10 */
	} pairs[] = { { "", "" },
		      { "f", "Zg==" },
		      { "fo", "Zm8=" },
		      { "foo", "Zm9v" },
		      { "foob", "Zm9vYg==" },
		      { "fooba", "Zm9vYmE=" },
		      { "foobar", "Zm9vYmFy" } };
	PartBody body;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		AUTO_VALUE(Text) out = { 0 };

		base64_append(slice_of(pairs[i].bytes), &out);
		ck_assert_str_eq(text_string(&out), pairs[i].letters);
	}
	body = part_write_bytes(SLICE(TEN("foobar")), "\r\n", arena);
	ck_assert(slice_equal(body.bytes,
			      SLICE("Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFy"
				    "Zm9vYmFyZm9v\r\nYmFy\r\n")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("part_write");
	TCase *tests = tcase_create("part_write");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, texts_are_encoded_as_they_must_be, 0, sizeof texts / sizeof *texts);
	tcase_add_test(tests, long_lines_are_cut);
	tcase_add_test(tests, line_ends_are_those_of_the_message);
	tcase_add_test(tests, bytes_are_letters);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
