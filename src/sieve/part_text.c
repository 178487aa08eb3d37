#include "sieve/part_text.h"

#include "base/ascii.h"
#include "message/charset.h"
#include "message/html_text.h"
#include "sieve/parts.h"

/* Takes the mark-up out on the way to another sink. */
typedef struct HtmlSink {
	HtmlText html;
	Text text;
	MimeSink sink;
	void *self;
	bool full;
} HtmlSink;

static bool hand_on_text(HtmlSink *html)
{
	html->full = html->full || (html->text.length && !html->sink(html->self, text_slice(&html->text)));
	text_reset(&html->text);
	return !html->full;
}

static bool take_html(void *self, Slice bytes)
{
	HtmlSink *html = self;

	html_text_feed(&html->html, bytes, &html->text);
	return hand_on_text(html);
}

bool sieve_read_text(const SieveRun *run, const MimeTree *tree, size_t part, MimeSink sink, void *self,
		     Failure *why)
{
	const MimeModule *mime = run->input->mime;
	HtmlSink html = { .sink = sink, .self = self };
	bool done;

	if (strcmp(tree->parts[part].subtype, "html") != 0)
		return mime->read_part(run->message, tree, part, MIME_DECODE_UTF8, sink, self, why);
	done = mime->read_part(run->message, tree, part, MIME_DECODE_UTF8, take_html, &html, why);
	html_text_end(&html.html, &html.text);
	hand_on_text(&html);
	text_clear(&html.text);
	return done;
}

bool sieve_take_lines(void *self, Slice bytes)
{
	SieveLines *lines = self;

	text_reset(&lines->text);
	while (bytes.length) {
		const char *end = memchr(bytes.data, '\n', bytes.length);
		size_t length = end ? (size_t)(end - bytes.data) : bytes.length;

		text_append(&lines->text, bytes.data, length);
		if (length)
			lines->last = bytes.data[length - 1];
		if (end) {
			text_append_string(&lines->text, lines->last == '\r' ? "\n" : "\r\n");
			lines->last = '\n';
		}
		bytes = slice_from(bytes, length + (end != NULL));
	}
	return lines->sink(lines->self, text_slice(&lines->text));
}

static bool is_known_encoding(Slice word)
{
	static const char *const known[] = {
		"7bit", "8bit", "binary", "base64", "quoted-printable", "uuencode", "x-uuencode", "x-uue",
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (ascii_equal_fold_string(word, known[i]))
			return true;
	return false;
}

static Slice first_word(Slice value)
{
	size_t length = 0;

	value = ascii_trim(value);
	while (length < value.length && (ascii_is_alnum(value.data[length]) || value.data[length] == '-'))
		length++;
	return slice(value.data, length);
}

SieveStatus sieve_is_readable(SieveRun *run, SieveSpan span, const MimeTree *tree, size_t place, bool *result)
{
	const MimePart *part = &tree->parts[place];
	const HeaderIndex *header;
	const HeaderField *encoding;
	SieveStatus status = sieve_part_header(run, span, place, &header);

	if (status != SIEVE_OK)
		return status;
	encoding = header_find(header, SLICE("content-transfer-encoding"));
	*result = part->is_leaf &&
		  (strcmp(part->type, "text") != 0 || !part->charset.length ||
		   charset_is_known(part->charset)) &&
		  (!encoding || is_known_encoding(first_word(sieve_field_raw(run, encoding))));
	return SIEVE_OK;
}
