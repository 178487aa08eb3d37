/* test_html_text - what a reader of a page sees, in one pass */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "message/html_charset.h"
#include "message/html_entities.h"
#include "message/html_text.h"
#include "patience.h"

static const struct {
	const char *page, *text;
} pages[] = {
	{ "plain text", "plain text" },
	{ "<html><body><p>Hello</p></body></html>", "Hello" },
	{ "V<b>ia</b>gra", "Viagra" },
	{ "one<br>two<BR/>three", "one\ntwo\nthree" },
	{ "<p>one</p>\n<p>two</p>", "one\ntwo" },
	{ "<td>a</td><td>b</td>", "a\nb" },
	{ "project\r\n   schedule", "project schedule" },
	{ "  lead and trail  ", "lead and trail" },
	{ "<a href=\"http://x/?a>b\">link</a>", "link" },
	{ "<a title='a \" > b'>link</a>", "link" },
	{ "<a href=x>link</a>", "link" },
	{ "a<!-- hidden > -- -->b", "ab" },
	{ "a<!-->b", "ab" },
	{ "a<!--->b", "ab" },
	{ "a<!doctype html>b<?xml version='1'?>c", "abc" },
	{ "a<script>if (x < 1) y = '</b>';</script>b", "ab" },
	{ "a<SCRIPT type=x>hidden</Script >b", "ab" },
	{ "a<style>p { x }</style>b", "ab" },
	{ "a<script>x</scripty></script>b", "ab" },
	{ "a<script>never closed", "a" },
	{ "a<b", "a" },
	{ "a < b and c > d", "a < b and c > d" },
	{ "1<2", "1<2" },
	{ "a</3>b", "ab" },
	{ "fish &amp; chips &lt;x&gt;", "fish & chips <x>" },
	{ "&#72;&#x65;&#X6C;lo", "Hello" },
	{ "caf&eacute; &Auml; &euro; &hellip;", "caf\xc3\xa9 \xc3\x84 \xe2\x82\xac \xe2\x80\xa6" },
	{ "a&nbsp;b\xc2\xa0\x63", "a b c" },
	{ "Vi&shy;ag\xc2\xadra &ZeroWidthSpace;", "Viagra" },
	{ "a\xc2\xb5z", "a\xc2\xb5z" },
	{ "&unknown; &; & &#; &#x; &#xg; &#y", "&unknown; &; & &#; &#x; &#xg; &#y" },
	/* HTML, 13.2.5.80: numbers that are no characters, and those that mean Windows-1252 */
	{ "&#0; &#xffffffff; &#xd800; &#99999999999999;", "\ufffd \ufffd \ufffd \ufffd" },
	{ "&#128;&#x99;&#150;&#0000000000000000000000000000000000000065;", "\u20ac\u2122\u2013A" },
	{ "&#65B &#x41g &#65", "AB Ag A" },
	{ "&#x1F600;", "\U0001f600" },
	/* named: all of HTML's; old ones without semicolon, whatever stands behind them (13.2.5.73) */
	{ "&zcaron;&CounterClockwiseContourIntegral;&NotEqualTilde;&fflig;",
	  "\u017e\u2233\u2242\u0338\ufb00" },
	{ "&copy2026 &notit; &notin; &eacutex &ampamp;", "\u00a92026 \u00acit; \u2209 \u00e9x &amp;" },
	{ "&euro 5 &hellipx", "&euro 5 &hellipx" }, /* new ones want it */
	{ "&Aacute;&aacute;&AMP;&AMP&lt&gt", "\u00c1\u00e1&&<>" },
	{ "a&Tab;b&NewLine;c", "a b c" },
	/* blanks of any width, and of none */
	{ "a&emsp;b&thinsp;c\u3000d\u2009\u2009e\u202ff", "a b c d e f" },
	{ "V\u200bi&zwnj;a\u2060g\ufeffr&#847;a\u200e!", "Viagra!" },
	{ "\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e" }, /* Persian needs it */
	{ "\u201cquoted\u201d \u3042\u2014\u00b5", "\u201cquoted\u201d \u3042\u2014\u00b5" },
	{ "\xe2\x80", "\xe2\x80" },
	{ "a\xe2<b>c", "a\xe2\x63" },
	{ "a<!-- x --!>b<!-- y --! > -- > -->c", "abc" },
	{ "AT&T", "AT&T" },
	{ "&amp", "&" },
	{ "&amp<b>x</b>", "&x" },
	{ "&averyveryverylongwordthatisnoreferenceatall;", "&averyveryverylongwordthatisnoreferenceatall;" },
	{ "", "" },
	{ "<", "<" },
	{ "&", "&" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
};

static void feed(const char *page, size_t piece, Text *out)
{
	HtmlText html = { 0 };
	Slice rest = slice_of(page);

	while (rest.length) {
		size_t length = rest.length < piece ? rest.length : piece;

		html_text_feed(&html, slice(rest.data, length), out);
		rest = slice_from(rest, length);
	}
	html_text_end(&html, out);
}

START_TEST(mark_up_goes_and_what_is_seen_stays)
{
	for (size_t piece = 1; piece < 100; piece += piece < 4 ? 1 : 95) {
		AUTO_VALUE(Text) out = { 0 };

		feed(pages[_i].page, piece, &out);
		ck_assert_str_eq(text_string(&out), pages[_i].text);
	}
}
END_TEST

/* Anything that remembers each of them would need gigabytes, or minutes. */
static const char *const units[] = { "<div>",    "<b ",     "<!--",     "&",       "<script>", "\"'<",
				     "&#x",      "</",      "<",        "&aaaaaa", "&NotEq",   "\u200b",
				     "\xe2\xe2", "<a x=\"", "<!-- --!", "&ampx" };

START_TEST(hostile_pages_cost_a_pass)
{
	AUTO_VALUE(Text) page = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	clock_t start;
	double took;

	while (page.length < 5 * 1024 * 1024)
		text_append_string(&page, units[_i]);
	start = clock();
	feed(text_string(&page), 4096, &out);
	took = (double)(clock() - start) / CLOCKS_PER_SEC;
	ck_assert_uint_le(out.length, page.length);
	ck_assert_msg(took < patience(0.7), "5 MB of '%s' take %.2f s", units[_i], took);
}
END_TEST

START_TEST(elements_nest_without_end)
{
	AUTO_VALUE(Text) page = { 0 };
	AUTO_VALUE(Text) out = { 0 };

	for (int i = 0; i < 10000; i++)
		text_append_string(&page, "<div><b>");
	text_append_string(&page, "deep");
	for (int i = 0; i < 10000; i++)
		text_append_string(&page, "</b></div>");
	feed(text_string(&page), 4096, &out);
	ck_assert_str_eq(text_string(&out), "deep");
}
END_TEST

START_TEST(names_are_found_from_the_first_to_the_last)
{
	static const char *const names[] = { "AElig", "AMP", "Aacute", "zwnj", "zwj", "zscr", "nbsp",
					     "m",     "Zzz", "",       "A",    "zz",  "amp",  "quot" };
	size_t known = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		known += html_entity(slice_of(names[i])).length > 0;
	ck_assert_uint_eq(known, 9);
}
END_TEST

static const struct {
	const char *page, *charset;
} charsets[] = {
	{ "<meta charset=windows-1251>", "windows-1251" },
	{ "<html><head><META CharSet = 'KOI8-R' />", "KOI8-R" },
	{ "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-2\">", "iso-8859-2" },
	{ "<meta content=\"text/html;charset=big5\" http-equiv=content-type>", "big5" },
	{ "<meta content=\"text/html;charset=big5\">", "" }, /* that is no Content-Type */
	{ "<!-- <meta charset=x> --><meta charset=y>", "y" },
	{ "<metadata charset=x>", "" },
	{ "<p charset=x>", "" },
	{ "<meta name=x content='charset=y'><meta charset=\"z\">", "z" },
	{ "\xef\xbb\xbf<meta charset=x>", "utf-8" },
	{ "\xfe\xff<meta charset=x>", "utf-16be" },
	{ "\xff\xfe<meta charset=x>", "utf-16le" },
	{ "<meta =x charset=y>", "y" }, /* a name that is none is gone over */
	{ "<meta http-equiv=content-type content=\"text/html; charset\">", "" },
	{ "<meta charset=utf-16>", "utf-8" }, /* it has been read so far */
	{ "<meta charset=", "" },
	{ "<meta charset=\"open", "open" },
	{ "<meta charset", "" },
	{ "<", "" },
	{ "", "" },
};

START_TEST(pages_say_in_which_charset_they_are)
{
	Slice charset = html_charset(slice_of(charsets[_i].page));

	ck_assert_msg(slice_equal(charset, slice_of(charsets[_i].charset)), "'%s' is in '%.*s'",
		      charsets[_i].page, (int)charset.length, charset.data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("html_text");
	TCase *tests = tcase_create("html_text");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, mark_up_goes_and_what_is_seen_stays, 0, sizeof pages / sizeof *pages);
	tcase_add_loop_test(tests, hostile_pages_cost_a_pass, 0, sizeof units / sizeof *units);
	tcase_add_test(tests, elements_nest_without_end);
	tcase_add_test(tests, names_are_found_from_the_first_to_the_last);
	tcase_add_loop_test(tests, pages_say_in_which_charset_they_are, 0,
			    sizeof charsets / sizeof *charsets);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
