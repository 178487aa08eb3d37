/* Encoded words: what a reader would see, and never a line break that was not there. */
#include "message/words.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/text.h"
#include "base/utf8.h"

#define S(literal)                              \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static const struct {
	Slice value, decoded;
} decoding[] = {
	{ S(""), S("") },
	{ S("plain"), S("plain") },
	{ S("=?utf-8?q?hello?="), S("hello") },
	{ S("=?UTF-8?Q?hello_w=C3=B6rld=5f?="), S("hello w\xc3\xb6rld_") },
	{ S("=?utf-8?B?SGVsbG8=?="), S("Hello") },
	{ S("=?iso-8859-1?q?=E4?="), S("\xc3\xa4") },
	{ S("=?utf-8*en?q?abc?="), S("abc") },
	{ S("=?utf-8?q?\?="), S("") },
	{ S("=?utf-8?b?\?="), S("") },
	/* adjacent words: libraries cut the second base64 word, this does not */
	{ S("=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?="), S("Hello world") },
	{ S("=?utf-8?q?a?= =?utf-8?q?b?="), S("ab") },
	{ S("=?utf-8?q?a?=  \t =?utf-8?q?b?="), S("ab") },
	{ S("=?utf-8?q?a?==?utf-8?q?b?="), S("ab") },
	{ S("=?utf-8?q?a?= b =?utf-8?q?c?="), S("a b c") },
	{ S("a =?utf-8?q?b?= c"), S("a b c") },
	{ S("=?utf-8?q?a?= =?iso-8859-1?q?=E4?="), S("a\xc3\xa4") },
	/* characters split over words */
	{ S("=?utf-8?q?=E2=82?= =?utf-8?q?=AC?="), S("\xe2\x82\xac") },
	{ S("=?utf-8?b?4oI=?= =?UTF-8?q?=AC?="), S("\xe2\x82\xac") },
	{ S("=?utf-8?q?=E2=82?= x =?utf-8?q?=AC?="), S("\xef\xbf\xbd\xef\xbf\xbd x \xef\xbf\xbd") },
	/* unknown charsets stay as they stand, with their blanks */
	{ S("=?x-none?q?abc?="), S("=?x-none?q?abc?=") },
	{ S("=?utf-8?q?a?= =?x-none?q?b?= =?utf-8?q?c?="), S("a =?x-none?q?b?= c") },
	{ S("=??q?abc?= =?../../x?q?a?="), S("=??q?abc?= =?../../x?q?a?=") },
	/* broken words stay readable */
	{ S("=?utf-8?x?abc?="), S("=?utf-8?x?abc?=") },
	{ S("=?utf-8?q?abc"), S("=?utf-8?q?abc") },
	{ S("=?utf-8?q?abc?"), S("=?utf-8?q?abc?") },
	{ S("=?utf-8?q?"), S("=?utf-8?q?") },
	{ S("=?utf-8?q"), S("=?utf-8?q") },
	{ S("=?"), S("=?") },
	{ S("="), S("=") },
	{ S("=?utf-8?q?open =?utf-8?b?QUJD?="), S("=?utf-8?q?open ABC") },
	{ S("=?utf-8?q?open =?utf-8?b?QUJD =?utf-8?q? =?utf-8? =? ="),
	  S("=?utf-8?q?open =?utf-8?b?QUJD =?utf-8?q? =?utf-8? =? =") },
	{ S("=?utf-8?B?QUJ?="), S("AB") },
	{ S("=?utf-8?B?====?="), S("=?utf-8?B?====?=") },
	{ S("=?utf-8?B?Q!U*J(D?="), S("ABC") },
	{ S("=?utf-8?B?aGVs=bG8=?="), S("hello") },
	{ S("=?utf-8?Q?=?="), S("=") },
	{ S("=?utf-8?Q?=ZZ?= =?utf-8?Q?=4?="), S("=ZZ=4") },
	{ S("=?utf-8?Q?a?b?="), S("a?b") },
	{ S("=?utf-8?Q?what?\?="), S("what?") },
	/* decoded once, not twice */
	{ S("=?utf-8?q?=3D=3Futf-8=3Fq=3Fdeep=3F=3D?="), S("=?utf-8?q?deep?=") },
	/* loose: amid text, in quotes, with blanks */
	{ S("x=?utf-8?q?a?=y"), S("xay") },
	{ S("\"=?utf-8?q?a?=\""), S("\"a\"") },
	{ S("=?utf-8?q?hello world?="), S("hello world") },
	/* nothing decoded is a line end */
	{ S("=?utf-8?q?=0D=0AInjected:_x?="), S("  Injected: x") },
	{ S("=?utf-8?B?aGVsbG8KQmNjOiB4DVkA?="), S("hello Bcc: x Y ") },
	{ S("=?utf-16be?B?AA0ACgBBAAA=?="), S("  A ") },
	{ S("=?utf-8?q?a=09b=1B?="), S("a\tb\x1b") },
	/* raw bytes */
	{ S("gr\xc3\xbc\xc3\x9f"), S("gr\xc3\xbc\xc3\x9f") },
	{ S("gr\xfc\xdf"), S("gr\xc3\xbc\xc3\x9f") },
	{ S("\xfc =?utf-8?q?=C3=BC?= \xc3\xbc"), S("\xc3\xbc \xc3\xbc \xc3\xbc") },
	{ S("a\0b =?utf-8?q?c?="), S("a\0b c") },
	{ S("=?us-ascii?q?=FC?="), S("\xc3\xbc") },
	/* other charsets */
	{ S("=?iso-2022-jp?b?GyRCJCIbKEI=?="), S("\xe3\x81\x82") },
	{ S("=?utf-7?q?+ADw-b+AD4-?="), S("<b>") },
	{ S("=?utf-16?b?/v8AQQ==?="), S("A") },
	{ S("=?ks_c_5601-1987?B?x9E=?="), S("\xed\x95\x9c") },
};

START_TEST(words_are_decoded_as_readers_show_them)
{
	Slice decoded = words_decode(decoding[_i].value, arena);

	ck_assert_msg(slice_equal(decoded, decoding[_i].decoded), "'%.*s' gives '%.*s'",
		      (int)decoding[_i].value.length, decoding[_i].value.data, (int)decoded.length,
		      decoded.data);
	ck_assert(utf8_valid(decoded));
}
END_TEST

START_TEST(plain_text_is_not_copied)
{
	Slice value = SLICE("a = b ? c = d and more than eight bytes of it =");

	ck_assert_ptr_eq(words_decode(value, arena).data, value.data);
}
END_TEST

/* What hostile mail repeats; quadratic time would not end within the test's limit. */
static const char *const repeated[] = {
	"=?utf-8?q?w=C3=B6rd?= ",
	"=?utf-8?q?w=C3=B6rd?=",
	"=?",
	"=?utf-8?q?",
	"=?utf-8?q?x ",
	"=?utf-8?b?QUJD?=",
	"=?x?q?a?=",
	"=?x?q?a?= =?utf-8?q?b?= ",
	"=?koi8-r?q?a?= =?cp1251?q?b?=",
	"=",
	"?=",
	"=?utf-8?b?====?=",
	"\xff =?utf-8?q?=FF?= ",
};

START_TEST(any_number_of_words_costs_linear_time)
{
	AUTO_VALUE(Text) value = { 0 };

	while (value.length < 8 << 20)
		text_append_string(&value, repeated[_i]);
	ck_assert(utf8_valid(words_decode(text_slice(&value), arena)));
}
END_TEST

static const struct {
	const char *text;
	size_t length;
} lengths[] = {
	{ "=?utf-8?q?a?=", 13 },
	{ "=?utf-8?q?a,b?= c", 15 },
	{ "=?utf-8?q?a b?=", 0 },
	{ "=?utf-8?q?a", 0 },
	{ "", 0 },
	{ "a", 0 },
};

START_TEST(the_length_of_a_word_is_known)
{
	ck_assert_uint_eq(words_length(slice_of(lengths[_i].text)), lengths[_i].length);
}
END_TEST

static const struct {
	const char *text;
	size_t used;
	const char *encoded;
} encoding[] = {
	{ "", 0, "" },
	{ "plain text, with = and ?", 9, "plain text, with = and ?" },
	{ "gr\xc3\xbc\xc3\x9f", 9, "=?UTF-8?B?Z3LDvMOf?=" },
	{ "a word gr\xc3\xbcn and more", 9, "a word =?UTF-8?Q?gr=C3=BCn?= and more" },
	{ "\xc3\xa4 b \xc3\xb6", 9, "=?UTF-8?Q?=C3=A4_b_=C3=B6?=" },
	{ "look: =?utf-8?q?a?=", 9, "look: =?UTF-8?Q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=" },
	{ "a\r\nb", 9, "a  b" },
	{ "\xff", 9, "=?UTF-8?B?77+9?=" },
};

START_TEST(what_needs_encoding_is_encoded_and_nothing_else)
{
	Slice encoded = words_encode(slice_of(encoding[_i].text), encoding[_i].used, arena);

	ck_assert_msg(slice_equal(encoded, slice_of(encoding[_i].encoded)), "'%.*s'", (int)encoded.length,
		      encoded.data);
}
END_TEST

START_TEST(encoded_lines_are_short_whole_and_decode_again)
{
	static const char *const units[] = { "\xe2\x82\xac", "\xf0\x9f\x8e\x89 ", "abcdef\xc3\xa4 ", "=" };
	AUTO_VALUE(Text) text = { 0 }, unfolded = { 0 };
	Slice encoded;
	size_t column = (size_t)_i * 7;

	text_append_string(&text, "\xc3\xa4");
	for (int n = 0; n < 100; n++)
		text_append_string(&text, units[_i % 4]);
	encoded = words_encode(text_slice(&text), column, arena);
	for (size_t i = 0; i < encoded.length; i++) {
		column = encoded.data[i] == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 76);
		if (encoded.data[i] == '\n')
			ck_assert_int_eq(encoded.data[i + 1], ' ');
		else
			text_append_char(&unfolded, encoded.data[i]);
	}
	ck_assert(slice_equal(ascii_trim(words_decode(text_slice(&unfolded), arena)),
			      ascii_trim(text_slice(&text))));
}
END_TEST

/* At the very beginning of a line, where there is room for one more column, too: RFC 2047, 2. */
START_TEST(no_word_is_longer_than_75_characters)
{
	static const char *const units[] = { "\xe2\x82\xac", "\xc3\xa4 abcdefgh " };
	AUTO_VALUE(Text) text = { 0 };
	Slice encoded;

	for (int n = 0; n < 100; n++)
		text_append_string(&text, units[_i]);
	encoded = words_encode_phrase(text_slice(&text), 0, arena);
	for (size_t at = 0, length; at < encoded.length; at += length) {
		for (length = 0; at + length < encoded.length && encoded.data[at + length] != '\n';)
			length++;
		ck_assert_uint_le(length, 75);
		length += length == encoded.length - at ? 0 : 2; /* the fold */
	}
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof *(table))

int main(void)
{
	Suite *suite = suite_create("words");
	TCase *tests = tcase_create("words");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	LOOP(tests, words_are_decoded_as_readers_show_them, decoding);
	tcase_add_test(tests, plain_text_is_not_copied);
	LOOP(tests, any_number_of_words_costs_linear_time, repeated);
	LOOP(tests, the_length_of_a_word_is_known, lengths);
	LOOP(tests, what_needs_encoding_is_encoded_and_nothing_else, encoding);
	tcase_add_loop_test(tests, encoded_lines_are_short_whole_and_decode_again, 0, 12);
	tcase_add_loop_test(tests, no_word_is_longer_than_75_characters, 0, 2);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
