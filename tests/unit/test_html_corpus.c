/* test_html_corpus - the HTML of real mail: what comes of it is text, and it is the same in pieces of any
 * size
 *
 * The mail is where TROMMEL_CORPUS says; without it there is nothing to test. */
#include <ftw.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "mailbox/source.h"
#include "message/html_text.h"
#include "mime_helper.h"
#include "patience.h"

static size_t pages, bytes_in, bytes_out;
static clock_t spent;

static bool append(void *self, Slice bytes)
{
	text_append_slice(self, bytes);
	return true;
}

static void reduce(Slice page, size_t piece, Text *out)
{
	HtmlText html = { 0 };

	for (Slice rest = page; rest.length;) {
		size_t length = rest.length < piece ? rest.length : piece;

		html_text_feed(&html, slice(rest.data, length), out);
		rest = slice_from(rest, length);
	}
	html_text_end(&html, out);
}

static void look_at(const char *name, Slice page)
{
	AUTO_VALUE(Text) whole = { 0 }, pieces = { 0 };
	clock_t start = clock();

	reduce(page, page.length, &whole);
	spent += clock() - start;
	reduce(page, 7, &pieces);
	ck_assert_msg(slice_equal(text_slice(&whole), text_slice(&pieces)), "%s: pieces make another text",
		      name);
	ck_assert_msg(utf8_valid(page), "%s: the module gives no UTF-8", name);
	ck_assert_msg(utf8_valid(text_slice(&whole)), "%s: no UTF-8", name);
	ck_assert_msg(!strstr(text_string(&whole), "</td>") && !strstr(text_string(&whole), "<br>") &&
			      !strstr(text_string(&whole), "&nbsp;"),
		      "%s: mark-up is left:\n%s", name, text_string(&whole));
	pages++;
	bytes_in += page.length;
	bytes_out += whole.length;
}

static bool visit(void *self, const Sourced *it, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	MimeTree *tree;

	(void)self;
	ck_assert_msg(mime->parse(it->message, arena, &tree, why), "%s: %s", it->name, why->text);
	for (size_t i = 0; i < tree->count; i++) {
		AUTO_VALUE(Text) page = { 0 };

		if (strcmp(tree->parts[i].type, "text") != 0 || strcmp(tree->parts[i].subtype, "html") != 0)
			continue;
		ck_assert(mime->read_part(it->message, tree, i, MIME_DECODE_UTF8, append, &page, why));
		look_at(it->name, text_slice(&page));
	}
	return true;
}

static int look_into(const char *path, const struct stat *status, int type, struct FTW *place)
{
	const char *end = strrchr(path, '.');
	Failure why = { 0 };

	(void)status;
	(void)place;
	if (type == FTW_F && end && (strcmp(end, ".eml") == 0 || strcmp(end, ".mbox") == 0))
		ck_assert_msg(source_each(path, visit, NULL, &why), "%s: %s", path, why.text);
	return 0;
}

START_TEST(real_pages_become_text)
{
	const char *corpus = getenv("TROMMEL_CORPUS");
	AUTO_VALUE(Text) path = { 0 };

	text_printf(&path, "%s/mail", corpus ? corpus : "../shared/corpus");
	if (access(text_string(&path), R_OK) != 0) {
		printf("no mail in %s (TROMMEL_CORPUS says where it is): nothing tested\n",
		       text_string(&path));
		return;
	}
	ck_assert_int_eq(nftw(text_string(&path), look_into, 16, 0), 0);
	printf("%zu pages of %zu KB become %zu KB in %.0f ms\n", pages, bytes_in / 1024, bytes_out / 1024,
	       (double)spent * 1000 / CLOCKS_PER_SEC);
	ck_assert_uint_gt(pages, 50);
	ck_assert_uint_gt(bytes_out, bytes_in / 20);
	ck_assert((double)spent / CLOCKS_PER_SEC < patience(1));
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, open_mime, NULL);
	tcase_add_test(tests, real_pages_become_text);
	tcase_set_timeout(tests, 60);
}

int main(void)
{
	return sieve_tests("html_corpus", add);
}
