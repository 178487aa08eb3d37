/* Charsets: whatever the bytes and the name, what comes out is UTF-8. */
#include "message/charset.h"
#include "message/charset_reader.h"
#include "message/charset_write.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/utf8.h"
#include "patience.h"

#define S(literal)                              \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

static const struct {
	const char *charset;
	Slice bytes, utf8;
} conversions[] = {
	{ "utf-8", S("gr\xc3\xbc\xc3\x9f"), S("gr\xc3\xbc\xc3\x9f") },
	{ "UTF8",
	  S("a\xff"
	    "b\xc3"),
	  S("a\xef\xbf\xbd"
	    "b\xef\xbf\xbd") },
	{ "utf-8", S("\xc0\xaf\xed\xa0\x80"),
	  S("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") },
	{ "us-ascii", S("plain\0nul"), S("plain\0nul") },
	{ "US-ASCII", S("gr\xfc\xdf"), S("gr\xc3\xbc\xc3\x9f") },
	{ "ascii", S("gr\xc3\xbc"), S("gr\xc3\xbc") },
	{ "unknown-8bit", S("\xe4"), S("\xc3\xa4") },
	{ "iso-8859-1", S("\xe4\xf6\x80"), S("\xc3\xa4\xc3\xb6\xe2\x82\xac") },
	{ "ISO_8859-1", S("\xe4"), S("\xc3\xa4") },
	{ "iso8859-1", S("\xe4"), S("\xc3\xa4") },
	{ "latin1", S("\xe4"), S("\xc3\xa4") },
	{ "windows-1252", S("\x93q\x94\x81"), S("\xe2\x80\x9cq\xe2\x80\x9d\xc2\x81") },
	{ "cp-1252", S("\x9f"), S("\xc5\xb8") },
	{ "x-cp1252", S("\x80"), S("\xe2\x82\xac") },
	{ "iso-8859-15", S("\xa4"), S("\xe2\x82\xac") },
	{ "ISO8859_15", S("\xa4"), S("\xe2\x82\xac") },
	{ "iso-8859-2", S("\xb3"), S("\xc5\x82") },
	{ "windows-1251", S("\xcf\xf0"), S("\xd0\x9f\xd1\x80") },
	{ "cp1251", S("\xcf"), S("\xd0\x9f") },
	{ "win-1251", S("\xcf"), S("\xd0\x9f") },
	{ "cp-850", S("\x81"), S("\xc3\xbc") },
	{ "ibm850", S("\x81"), S("\xc3\xbc") },
	{ "koi8-r", S("\xf0"), S("\xd0\x9f") },
	{ "KOI8-R*ru", S("\xf0"), S("\xd0\x9f") },
	{ "x-sjis", S("\x83\x65"), S("\xe3\x83\x86") },
	{ "Shift_JIS", S("\x87\x40"), S("\xe2\x91\xa0") },
	{ "iso-2022-jp", S("\x1b$B$\"\x1b(B!"), S("\xe3\x81\x82!") },
	{ "euc-jp", S("\xa4\xa2"), S("\xe3\x81\x82") },
	{ "ks_c_5601-1987", S("\xc7\xd1"), S("\xed\x95\x9c") },
	{ "euc-kr", S("\xc7\xd1"), S("\xed\x95\x9c") },
	{ "gb2312", S("\xd6\xd0"), S("\xe4\xb8\xad") },
	{ "x-gbk", S("\xd6\xd0\x84\x31\xa4\x37"), S("\xe4\xb8\xad\xef\xbf\xbd") },
	{ "gb18030", S("\xd6\xd0"), S("\xe4\xb8\xad") },
	{ "big5", S("\xa4\xa4"), S("\xe4\xb8\xad") },
	{ "utf-7", S("+ADw-b+AD4-"), S("<b>") },
	{ "utf-16", S("\xfe\xff\0A"), S("A") },
	{ "utf-16",
	  S("\xff\xfe"
	    "A\0"),
	  S("A") },
	{ "utf-16", S("\0A\0B"), S("AB") },
	{ "utf-16", S("A\0B\0"), S("AB") },
	{ "utf-16le", S("A\0\xd8\xd8"), S("A\xef\xbf\xbd") },
	{ "utf-32be", S("\0\0\0A"), S("A") },
	{ "iso-8859-8-i", S("\xe0"), S("\xd7\x90") },
	{ "iso-8859-9", S("\xfd"), S("\xc4\xb1") },
	{ "tis-620", S("\xa1"), S("\xe0\xb8\x81") },
	{ "macintosh", S("\x8a"), S("\xc3\xa4") },
	{ "windows-1251", S("\x98"), S("\xef\xbf\xbd") },
	{ "euc-kr", S("\xc7"), S("\xef\xbf\xbd") },
	{ "koi8-r", S(""), S("") },
};

START_TEST(bytes_become_utf8)
{
	AUTO_VALUE(Text) out = { 0 };

	text_append_string(&out, "before:");
	ck_assert_msg(charset_to_utf8(slice_of(conversions[_i].charset), conversions[_i].bytes, &out), "%s",
		      conversions[_i].charset);
	ck_assert_msg(slice_equal(slice_from(text_slice(&out), 7), conversions[_i].utf8), "%s gives '%s'",
		      conversions[_i].charset, text_string(&out));
	ck_assert(charset_is_known(slice_of(conversions[_i].charset)));
}
END_TEST

static const char *const unknown[] = {
	"",
	"x-none",
	"utf-9",
	"../../x",
	"utf-8//TRANSLIT",
	"a,b",
	"-",
	"INTERNAL",
	"WCHAR_T",
	"*en",
	"%s%n",
	"utf\xff-8",
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
	"cp99999",
	"cp",
	"iso-8859-99999999999999999999999999999999",
};

START_TEST(an_unknown_charset_appends_nothing)
{
	AUTO_VALUE(Text) out = { 0 };

	ck_assert_msg(!charset_to_utf8(slice_of(unknown[_i]), SLICE("abc"), &out), "%s", unknown[_i]);
	ck_assert_uint_eq(out.length, 0);
	ck_assert(!charset_is_known(slice_of(unknown[_i])));
}
END_TEST

/* All byte values in all pairs, as every charset in the table above. */
START_TEST(what_comes_out_is_always_valid)
{
	AUTO_VALUE(Text) all = { 0 }, out = { 0 };

	for (int i = 0; i < 256; i++)
		for (int j = 0; j < 256; j += 7) {
			text_append_char(&all, (char)i);
			text_append_char(&all, (char)j);
		}
	ck_assert(charset_to_utf8(slice_of(conversions[_i].charset), text_slice(&all), &out));
	ck_assert(utf8_valid(text_slice(&out)));
	text_reset(&out);
	charset_guess_to_utf8(text_slice(&all), &out);
	ck_assert(utf8_valid(text_slice(&out)));
}
END_TEST

START_TEST(a_charset_is_the_same_in_any_case_and_language)
{
	ck_assert(charset_same(SLICE("UTF-8"), SLICE("utf-8*en")));
	ck_assert(!charset_same(SLICE("UTF-8"), SLICE("utf-7")));
}
END_TEST

/* RFC 2231, section 5: how long a language may be is said nowhere. */
START_TEST(nothing_long_around_a_charset_hides_it_from_a_reader)
{
	AUTO_VALUE(Text) name = { 0 }, out = { 0 };
	AUTO(CharsetReader) reader = NULL;

	text_printf(&name, "%100s*", "iso-8859-2");
	for (int i = 0; i < 20; i++)
		text_append_string(&name, "en-us");
	reader = charset_reader_new(text_slice(&name));
	ck_assert(slice_equal(charset_read(reader, SLICE("\xfe"), true, &out), SLICE("\xc5\xa3")));
}
END_TEST

/* A converter keeps the last letter back until it knows that no accent follows. */
START_TEST(the_last_letter_of_a_text_in_pieces_is_not_lost)
{
	for (int with_end = 0; with_end < 2; with_end++) {
		AUTO_VALUE(Text) out = { 0 };
		AUTO(CharsetReader) reader = charset_reader_new(SLICE("windows-1258"));

		charset_read(reader, SLICE("\xf2 "), false, &out);
		charset_read(reader,
			     SLICE("a\xcc"
				   "e"),
			     with_end, &out);
		if (!with_end)
			charset_read(reader, SLICE(""), true, &out);
		charset_read(reader, SLICE(""), true, &out);
		ck_assert_str_eq(text_string(&out), "\u0323 \u00e0e");
	}
}
END_TEST

START_TEST(a_converter_forgets_the_state_of_the_text_before)
{
	AUTO_VALUE(Text) out = { 0 };

	ck_assert(charset_to_utf8(SLICE("iso-2022-jp"), SLICE("\x1b$B$\""), &out));
	text_reset(&out);
	ck_assert(charset_to_utf8(SLICE("iso-2022-jp"), SLICE("$\""), &out));
	ck_assert_str_eq(text_string(&out), "$\"");
}
END_TEST

/* RFC 2781, 3.2 and 4.3: the mark of each text decides for that text. */
START_TEST(a_byte_order_mark_is_for_its_text_alone)
{
	static const struct {
		const char *charset;
		Slice big, little;
	} texts[] = {
		{ "utf-16", S("\xfe\xff\0A"), S("\xff\xfe\x41\0") },
		{ "utf-32", S("\0\0\xfe\xff\0\0\0A"), S("\xff\xfe\0\0\x41\0\0\0") },
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (int turn = 0; turn < 4; turn++) {
			AUTO_VALUE(Text) out = { 0 };

			ck_assert(charset_to_utf8(slice_of(texts[i].charset),
						  turn % 2 ? texts[i].little : texts[i].big, &out));
			ck_assert_str_eq(text_string(&out), "A");
		}
}
END_TEST

/* To open a converter may load a library: many in turn must not be opened anew each time. */
START_TEST(another_charset_in_each_word_takes_no_time)
{
	static const char *const names[] = { "iso-8859-2", "iso-8859-3", "koi8-r",      "windows-1251",
					     "big5",       "euc-jp",     "iso-2022-jp", "gb2312",
					     "tis-620",    "cp850",      "utf-16",      "utf-7" };
	AUTO_VALUE(Text) out = { 0 };
	clock_t start = clock();

	for (size_t i = 0; i < 12000; i++)
		ck_assert(charset_to_utf8(slice_of(names[i % 12]), SLICE("ab"), &out));
	ck_assert_msg((double)(clock() - start) < patience(1) * CLOCKS_PER_SEC, "%.1f s",
		      (double)(clock() - start) / CLOCKS_PER_SEC);
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof *(table))

static const struct {
	const char *charset, *utf8, *replacement;
	Slice bytes;
} written[] = {
	{ "utf-8", "\u00e4\u0416", "?", SLICE("\xc3\xa4\xd0\x96") },
	{ "us-ascii", "a\u00e4b", "?", SLICE("a?b") },
	{ "ISO-8859-1", "\u00e4\u20ac", "EUR",
	  SLICE("\xe4"
		"EUR") },
	{ "iso-8859-1", "\u20ac\u20ac", "", SLICE("") },
	{ "iso-8859-1", "\u20ac", "\u0416", SLICE("?") }, /* the replacement has no place there either */
	{ "windows-1252", "\u20ac", "?", SLICE("\x80") },
	{ "koi8-r", "\u041f", "?", SLICE("\xf0") },
	{ "iso-2022-jp", "\u3042", "?", SLICE("\x1b$B$\"\x1b(B") },
	{ "utf-16be", "a\u00e4", "?", SLICE("\0a\0\xe4") },
	{ "us-ascii", "\xff\xfe", "?", SLICE("??") },
};

START_TEST(utf8_becomes_bytes)
{
	AUTO_VALUE(Text) out = { 0 };

	ck_assert(charset_from_utf8(slice_of(written[_i].charset), slice_of(written[_i].utf8),
				    slice_of(written[_i].replacement), &out));
	ck_assert_msg(slice_equal(text_slice(&out), written[_i].bytes), "%s: %s", written[_i].charset,
		      text_string(&out));
}
END_TEST

START_TEST(what_is_no_charset_is_not_written)
{
	static const char *const names[] = { "x-nobody", "", "wchar_t", "internal", "utf-8//IGNORE", "a,b" };
	AUTO_VALUE(Text) out = { 0 };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_msg(!charset_from_utf8(slice_of(names[i]), SLICE("a"), SLICE("?"), &out), "%s",
			      names[i]);
	ck_assert_uint_eq(out.length, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("charset");
	TCase *tests = tcase_create("charset");
	SRunner *runner;
	int failed;

	LOOP(tests, bytes_become_utf8, conversions);
	LOOP(tests, an_unknown_charset_appends_nothing, unknown);
	LOOP(tests, what_comes_out_is_always_valid, conversions);
	LOOP(tests, utf8_becomes_bytes, written);
	tcase_add_test(tests, what_is_no_charset_is_not_written);
	tcase_add_test(tests, a_charset_is_the_same_in_any_case_and_language);
	tcase_add_test(tests, nothing_long_around_a_charset_hides_it_from_a_reader);
	tcase_add_test(tests, the_last_letter_of_a_text_in_pieces_is_not_lost);
	tcase_add_test(tests, a_converter_forgets_the_state_of_the_text_before);
	tcase_add_test(tests, a_byte_order_mark_is_for_its_text_alone);
	tcase_add_test(tests, another_charset_in_each_word_takes_no_time);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
