/* The text of a page is valid UTF-8, no longer than the page allows, and the same however the page was cut
 * into pieces. */
#include "fuzz.h"

#include "base/utf8.h"
#include "message/charset.h"
#include "message/html_charset.h"
#include "message/html_text.h"

enum {
	LONGEST_PER_BYTE = 4 /* "&nGt;" is two characters of three bytes */
};

/* In pieces as long as the bytes of `lengths` say, cut between characters. */
static void feed_in_pieces(Slice page, Slice lengths, Text *out)
{
	HtmlText html = { 0 };
	size_t turn = 0;

	while (page.length) {
		size_t wanted = lengths.length ? (unsigned char)lengths.data[turn++ % lengths.length] % 16
					       : 0;
		Slice piece = utf8_cut(page, wanted < 4 ? 4 : wanted);

		html_text_feed(&html, piece, out);
		page = slice_from(page, piece.length);
	}
	html_text_end(&html, out);
}

static void fuzz(Slice input)
{
	AUTO_VALUE(Text) page = { 0 }, whole = { 0 }, pieces = { 0 };
	HtmlText html = { 0 };
	Slice charset = html_charset(input);

	LAW(charset.length <= input.length + 16);
	charset_guess_to_utf8(input, &page);
	html_text_feed(&html, text_slice(&page), &whole);
	html_text_end(&html, &whole);
	LAW(utf8_valid(text_slice(&whole)));
	LAW(whole.length <= page.length * LONGEST_PER_BYTE);
	feed_in_pieces(text_slice(&page), input, &pieces);
	LAW_SAME(text_slice(&pieces), text_slice(&whole));
}
