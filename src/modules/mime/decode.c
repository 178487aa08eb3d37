/* Three stages that hand bytes on: raw pieces of the message, transfer decoding, UTF-8.  Each holds a
 * piece at a time, so that a part of any size needs the same memory. */
#include "modules/mime/decode.h"

#include <gmime/gmime.h>

#include "base/memory.h"
#include "message/charset_reader.h"
#include "message/html_charset.h"
#include "modules/mime/base64.h"

enum {
	PIECE_BYTES = 32 * 1024
};

typedef struct Stages {
	const MimePart *part;
	MimeSink sink;
	void *self;
	bool stopped;          /* the sink has seen enough */
	Base64 base64;         /* for MIME_BASE64 */
	GMimeFilter *filter;   /* for quoted-printable and uuencode */
	Text decoded;          /* a piece of base64 undone */
	CharsetReader *reader; /* NULL: no conversion */
	bool asks_page;        /* the first piece is to say in which charset it is */
	Text utf8;             /* a piece converted */
} Stages;

static void hand_on(Stages *stages, Slice bytes)
{
	if (bytes.length && !stages->stopped)
		stages->stopped = !stages->sink(stages->self, bytes);
}

static void to_charset(Stages *stages, Slice bytes, bool is_last)
{
	if (stages->asks_page && bytes.length) {
		stages->reader = charset_reader_new(html_charset(bytes));
		stages->asks_page = false;
	}
	if (!stages->reader) {
		hand_on(stages, bytes);
		return;
	}
	text_reset(&stages->utf8);
	hand_on(stages, charset_read(stages->reader, bytes, is_last, &stages->utf8));
}

static Slice decode_base64(Stages *stages, Slice bytes, bool is_last)
{
	Text *out = &stages->decoded;

	text_reset(out);
	out->length = base64_decode(&stages->base64, bytes, text_reserve(out, bytes.length + 4));
	if (is_last)
		out->length += base64_finish(&stages->base64, out->data + out->length);
	return text_slice(out);
}

static Slice decode_filtered(Stages *stages, Slice bytes)
{
	char *out = NULL, *in = (char *)(size_t)bytes.data; /* it does not write there */
	size_t length = 0, before = 0;

	/* It looks for uuencode's "begin" in the one, but not in the other. */
	if (bytes.length)
		g_mime_filter_filter(stages->filter, in, bytes.length, 0, &out, &length, &before);
	else
		g_mime_filter_complete(stages->filter, in, 0, 0, &out, &length, &before);
	return slice(out ? out : "", length);
}

static Slice decode_piece(Stages *stages, Slice bytes, bool is_last)
{
	if (stages->filter)
		return decode_filtered(stages, bytes);
	/* A multipart cannot be encoded (RFC 2045, 6.4), whatever its header says. */
	if (stages->part->encoding != MIME_BASE64 || stages->part->is_container)
		return bytes;
	return decode_base64(stages, bytes, is_last);
}

/* Sends the bytes from `offset` on through the stages, then an empty piece as the last. */
static bool read_range(Stages *stages, const Message *message, off_t offset, off_t size, Failure *why)
{
	auto_free char *buffer = memory_new(PIECE_BYTES);

	while (size > 0 && !stages->stopped) {
		size_t want = size < PIECE_BYTES ? (size_t)size : PIECE_BYTES, got = 0;

		if (!message_read(message, offset, buffer, want, &got, why))
			return false;
		offset += (off_t)got;
		size = got < want ? 0 : size - (off_t)got;
		to_charset(stages, decode_piece(stages, slice(buffer, got), false), false);
	}
	to_charset(stages, decode_piece(stages, slice("", 0), true), true);
	return true;
}

static bool read_container(Stages *stages, const Message *message, Failure *why)
{
	const MimePart *part = stages->part;

	return read_range(stages, message, part->body_offset, part->prologue_size, why) &&
	       read_range(stages, message, part->epilogue_offset, part->epilogue_size, why);
}

static GMimeFilter *filter_for(MimeEncoding encoding)
{
	switch (encoding) {
	case MIME_QUOTED_PRINTABLE:
		return g_mime_filter_basic_new(GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, FALSE);
	case MIME_UUENCODE:
		return g_mime_filter_basic_new(GMIME_CONTENT_ENCODING_UUENCODE, FALSE);
	case MIME_IDENTITY:
	case MIME_BASE64:
		break;
	}
	return NULL;
}

static bool read_leaf(Stages *stages, const Message *message, MimeDecode how, Failure *why)
{
	const MimePart *part = stages->part;
	bool done;

	stages->filter = filter_for(part->encoding);
	if (how == MIME_DECODE_UTF8 && strcmp(part->type, "text") == 0) {
		stages->asks_page = !part->charset.length && strcmp(part->subtype, "html") == 0;
		if (!stages->asks_page)
			stages->reader = charset_reader_new(part->charset);
	}
	done = read_range(stages, message, part->body_offset, part->body_size, why);
	g_clear_object(&stages->filter);
	charset_reader_free(stages->reader);
	return done;
}

bool decode_part(const Message *message, const MimeTree *tree, size_t index, MimeDecode how, MimeSink sink,
		 void *self, Failure *why)
{
	const MimePart *part = &tree->parts[index];
	Stages stages = { .part = part, .sink = sink, .self = self };
	bool done = part->is_container ? read_container(&stages, message, why)
				       : read_leaf(&stages, message, how, why);

	text_clear(&stages.decoded);
	text_clear(&stages.utf8);
	return done;
}
