#include "message/charset_write.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/charset.h"

enum {
	NAME_BYTES = 64
};

/* Reading and writing are asked for by the same names; what is no charset of mail is not opened. */
static iconv_t open_writer(Slice charset)
{
	char name[NAME_BYTES];

	charset = ascii_trim(charset);
	if (charset.length >= sizeof name || !charset_is_known(charset))
		return (iconv_t)-1;
	memcpy(name, charset.data, charset.length);
	name[charset.length] = '\0';
	return iconv_open(name, "UTF-8");
}

/* Converts up to the end, or to what cannot be; returns errno. */
static int write_some(iconv_t writer, Slice *rest, Text *out)
{
	size_t room = rest->length * 2 + 64, left = room, length = rest->length;
	char *from = (char *)(size_t)rest->data, *to = text_reserve(out, room);
	size_t result = iconv(writer, &from, &length, &to, &left);

	out->length += room - left;
	out->data[out->length] = '\0';
	*rest = slice(from, length);
	return result == (size_t)-1 ? errno : 0;
}

static bool write_replacement(iconv_t writer, Slice replacement, Text *out)
{
	size_t before = out->length;

	while (replacement.length) {
		int error = write_some(writer, &replacement, out);

		if (error == EILSEQ || error == EINVAL) {
			text_truncate(out, before);
			return false;
		}
	}
	return true;
}

static void write_all(iconv_t writer, Slice rest, Slice replacement, Text *out)
{
	while (rest.length) {
		int error = write_some(writer, &rest, out);
		size_t length;

		if (error != EILSEQ && error != EINVAL)
			continue; /* no error, or a full buffer */
		if (!write_replacement(writer, replacement, out))
			write_replacement(writer, SLICE("?"), out);
		length = utf8_decode(rest.data, rest.length, NULL);
		rest = slice_from(rest, length ? length : 1);
	}
}

bool charset_from_utf8(Slice charset, Slice utf8, Slice replacement, Text *out)
{
	iconv_t writer = open_writer(charset);
	char *to;
	size_t room = 64;

	if (writer == (iconv_t)-1)
		return false;
	write_all(writer, utf8, replacement, out);
	/* Charsets with shifts end in their first one. */
	to = text_reserve(out, room);
	iconv(writer, NULL, NULL, &to, &room);
	out->length += 64 - room;
	text_append(out, "", 0);
	iconv_close(writer);
	return true;
}
