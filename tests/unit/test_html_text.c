/* test_html_text - what a reader of a page sees, in one pass */
#include <check.h>
#include <stdlib.h>

#include "message/html_text.h"

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
	{ "&unknown; &; & &#; &#xffffffff; &#0;", "&unknown; &; & &#; &#xffffffff; &#0;" },
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
START_TEST(hostile_pages_cost_a_pass)
{
	static const char *const units[] = { "<div>", "<b ", "<!--", "&",      "<script>",
					     "\"'<",  "&#x", "</",   "<a x=\"" };
	AUTO_VALUE(Text) page = { 0 };
	AUTO_VALUE(Text) out = { 0 };

	while (page.length < 8 * 1024 * 1024)
		text_append_string(&page, units[_i]);
	feed(text_string(&page), 4096, &out);
	ck_assert_uint_le(out.length, page.length);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("html_text");
	TCase *tests = tcase_create("html_text");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, mark_up_goes_and_what_is_seen_stays, 0, sizeof pages / sizeof *pages);
	tcase_add_loop_test(tests, hostile_pages_cost_a_pass, 0, 9);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
