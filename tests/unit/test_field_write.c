/* test_field_write - what we write into a header reads back as it was meant, and as one field */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "message/field_write.h"
#include "message/header.h"
#include "message/words.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

#define S(literal) literal, sizeof(literal) - 1
#define TEN        "0123456789"
#define HUNDRED    TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	const char *value;
	size_t length;
	const char *field;
} written[] = {
	{ S("hello"), "X-A: hello\n" },
	{ S("  hello  "), "X-A: hello\n" },
	{ S(""), "X-A:\n" },
	{ S("a  b\tc"), "X-A: a  b\tc\n" },
	{ S("a\nBcc: x@y"), "X-A: a Bcc: x@y\n" },
	{ S("a\r\n b"), "X-A: a   b\n" },
	{ S("a\0b"), "X-A: a b\n" },
	{ S("K\xc3\xb6ln"), "X-A: =?UTF-8?Q?K=C3=B6ln?=\n" },
	{ S("see K\xc3\xb6ln now"), "X-A: see =?UTF-8?Q?K=C3=B6ln?= now\n" },
	{ S(TEN TEN TEN " " TEN TEN TEN " " TEN TEN),
	  "X-A: " TEN TEN TEN " " TEN TEN TEN "\n " TEN TEN "\n" },
	{ S(HUNDRED " b"), "X-A: " HUNDRED "\n b\n" },
	{ S("=?no?word"), "X-A: =?UTF-8?Q?=3D=3Fno=3Fword?=\n" },
};
START_TEST(a_value_is_encoded_and_folded_where_it_must_be)
{
	Slice field = field_write("X-A", slice(written[_i].value, written[_i].length), "\n", arena);

	ck_assert_str_eq(arena_copy_bytes(arena, field.data, field.length), written[_i].field);
}
END_TEST

/* Of addresses only the names are encoded (RFC 2047, 5 (3)). */
static const struct {
	const char *name, *value, *field;
} addresses[] = {
	{ "To", "J\xc3\xb6rg <j@x.y>, \"a; \xc3\xbc\" <c@d.e>",
	  "To: =?UTF-8?Q?J=C3=B6rg?= <j@x.y>, =?UTF-8?Q?a=3B_=C3=BC?= <c@d.e>\n" },
	{ "To", "\"a; b\"   <c@d.e>", "To: \"a; b\"   <c@d.e>\n" },
	{ "reply-to", "J\xc3\xb6rg <j@x.y>", "reply-to: =?UTF-8?Q?J=C3=B6rg?= <j@x.y>\n" },
	{ "X-A", "J\xc3\xb6rg <j@x.y>", "X-A: =?UTF-8?Q?J=C3=B6rg?= <j@x.y>\n" },
	{ "To", "j\xc3\xb6rg@x.y", "To: =?UTF-8?Q?j=C3=B6rg=40x=2Ey?=\n" },
	{ "To", "J\xc3\xb6rg", "To: =?UTF-8?Q?J=C3=B6rg?=\n" },
};
START_TEST(addresses_stay_readable)
{
	Slice field = field_write(addresses[_i].name, slice_of(addresses[_i].value), "\n", arena);

	ck_assert_str_eq(arena_copy_bytes(arena, field.data, field.length), addresses[_i].field);
}
END_TEST

/* The value that a reader of `field` sees. */
static Slice read_back(Slice field)
{
	const HeaderIndex *index = header_index(field, arena);

	ck_assert_uint_eq(index->count, 1);
	return ascii_trim(words_decode(header_unfold(&index->fields[0], arena), arena));
}

static size_t longest_line(Slice field)
{
	size_t longest = 0, line = 0;

	for (size_t i = 0; i < field.length; i++) {
		line = field.data[i] == '\n' ? 0 : line + 1;
		longest = line > longest ? line : longest;
	}
	return longest;
}

START_TEST(long_values_come_back)
{
	for (size_t seed = 1; seed < 200; seed++) {
		AUTO_VALUE(Text) value = { 0 };
		size_t random = seed;
		Slice field, back;

		while (value.length < seed * 20) {
			random = random * 1103515245 + 12345;
			switch (random >> 16 & 31) {
			case 0:
				text_append_string(&value, "\xe2\x82\xac");
				break;
			case 1:
			case 2:
			case 3:
				text_append_string(&value, value.length ? " " : "x");
				break;
			case 4:
				for (size_t i = 0; seed % 7 == 0 && i < 100; i++)
					text_append_string(&value, TEN);
				break;
			default:
				text_append_char(&value, (char)('!' + (random >> 20) % 90));
			}
		}
		text_append_char(&value, 'z');
		field = field_write("Subject", text_slice(&value), seed % 2 ? "\r\n" : "\n", arena);
		back = read_back(field);
		ck_assert_uint_lt(longest_line(field), 998);
		ck_assert_str_eq(arena_copy_bytes(arena, back.data, back.length), text_string(&value));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("field_write");
	TCase *tests = tcase_create("field_write");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_value_is_encoded_and_folded_where_it_must_be, 0,
			    sizeof written / sizeof *written);
	tcase_add_loop_test(tests, addresses_stay_readable, 0, sizeof addresses / sizeof *addresses);
	tcase_add_test(tests, long_values_come_back);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
