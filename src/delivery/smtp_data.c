#include "delivery/smtp_data.h"

#include "base/ascii.h"
#include "base/utf8.h"

/* What the header is made of decides whether it needs RFC 6532. */
static void look_at(SmtpData *data, Slice line)
{
	bool is_plain = ascii_only(line);

	data->size_bytes += line.length + 2;
	data->has_eight_bit |= !is_plain;
	if (data->is_in_body)
		return;
	data->is_in_body = line.length == 0;
	if (!is_plain) {
		data->header_is_broken |= !utf8_valid(line);
		data->header_is_utf8 = !data->header_is_broken;
	}
}

static void end_line(SmtpData *data, Text *out)
{
	Slice line = slice(data->line, data->length);

	look_at(data, line);
	if (out) {
		if (line.length && line.data[0] == '.')
			text_append_char(out, '.');
		text_append_slice(out, line);
		text_append_string(out, "\r\n");
	}
	data->length = 0;
}

/* How many bytes the character has that `c` begins. */
static size_t character_length(char c)
{
	unsigned char first = (unsigned char)c;

	return first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static void put(SmtpData *data, char c, Text *out)
{
	if (data->length + character_length(c) > SMTP_LINE_MAX) {
		end_line(data, out);
		data->line[data->length++] = ' ';
	}
	data->line[data->length++] = c;
}

void smtp_data_add(SmtpData *data, Slice piece, Text *out)
{
	for (size_t i = 0; i < piece.length; i++) {
		char c = piece.data[i];

		if (data->had_cr && c != '\n')
			put(data, ' ', out);
		data->had_cr = c == '\r';
		if (c == '\n')
			end_line(data, out);
		else if (c != '\r')
			put(data, c ? c : ' ', out);
	}
}

void smtp_data_end(SmtpData *data, Text *out)
{
	if (data->had_cr)
		put(data, ' ', out);
	data->had_cr = false;
	if (data->length)
		end_line(data, out);
}
