/* A message as it goes over the wire: RFC 5321, 2.3.8, 4.5.2 and 4.5.3.1.6. */
#include "delivery/smtp_data.h"

#include <check.h>
#include <stdlib.h>

#include "base/utf8.h"

static void convert(Slice message, size_t cut, SmtpData *data, Text *out)
{
	smtp_data_add(data, slice(message.data, cut), out);
	smtp_data_add(data, slice_from(message, cut), out);
	smtp_data_end(data, out);
}

static const struct {
	Slice message, wire;
} messages[] = {
	{ SLICE("a\nb\n"), SLICE("a\r\nb\r\n") },
	{ SLICE("a\r\nb\r\n"), SLICE("a\r\nb\r\n") },
	{ SLICE("a"), SLICE("a\r\n") },
	{ SLICE(""), SLICE("") },
	{ SLICE("\n\n"), SLICE("\r\n\r\n") },
	{ SLICE(".\n..\n.a\na.\n"), SLICE("..\r\n...\r\n..a\r\na.\r\n") },
	{ SLICE("."), SLICE("..\r\n") },
	/* what would end the message for a server that is less strict */
	{ SLICE("\n.\n"), SLICE("\r\n..\r\n") },
	{ SLICE("\r\n.\r\n"), SLICE("\r\n..\r\n") },
	{ SLICE("\r.\r"), SLICE(" . \r\n") },
	{ SLICE("a\r.\r\n"), SLICE("a .\r\n") },
	{ SLICE("a\r\n.\rb"), SLICE("a\r\n.. b\r\n") },
	{ SLICE("\r\r\n.\r\r\n"), SLICE(" \r\n.. \r\n") },
	{ SLICE("a\r"), SLICE("a \r\n") },
	{ SLICE("a\0b\n\0.\n"), SLICE("a b\r\n .\r\n") },
};
START_TEST(the_wire_is_legal_however_the_pieces_are_cut)
{
	Slice message = messages[_i].message, wire = messages[_i].wire;
	size_t dots = 0;

	for (size_t i = 0; i < wire.length; i++)
		dots += wire.data[i] == '.' && (!i || wire.data[i - 1] == '\n');
	for (size_t cut = 0; cut <= message.length; cut++) {
		AUTO_VALUE(Text) out = { 0 };
		SmtpData data = { 0 };

		convert(message, cut, &data, &out);
		ck_assert_uint_eq(out.length, wire.length);
		ck_assert_mem_eq(text_string(&out), wire.data, wire.length);
		ck_assert_uint_eq(data.size_bytes, wire.length - dots);
	}
}
END_TEST

/* `unit` over and over, `count` times in one line. */
static void make_line(const char *unit, size_t count, Text *line)
{
	while (count--)
		text_append_string(line, unit);
	text_append_char(line, '\n');
}

static const struct {
	const char *unit;
	size_t count;
	unsigned lines;
} long_lines[] = {
	{ "x", 998, 1 },        { "x", 999, 2 },        { "x", 998 + 997, 2 },          { "x", 998 + 998, 3 },
	{ "\xC3\xA9", 499, 1 }, { "\xC3\xA9", 500, 2 }, { "\xF0\x9F\x98\x80", 600, 3 }, { "\x80", 999, 2 },
};
START_TEST(no_line_is_too_long_and_no_character_is_cut)
{
	AUTO_VALUE(Text) message = { 0 }, out = { 0 };
	SmtpData data = { 0 };
	unsigned lines = 0;
	bool whole = utf8_valid(slice_of(long_lines[_i].unit));

	make_line(long_lines[_i].unit, long_lines[_i].count, &message);
	convert(text_slice(&message), message.length / 2, &data, &out);
	for (Slice rest = text_slice(&out); rest.length; lines++) {
		size_t length = (size_t)((const char *)memchr(rest.data, '\r', rest.length) - rest.data);

		ck_assert_uint_le(length, SMTP_LINE_MAX);
		ck_assert(!whole || utf8_valid(slice(rest.data, length)));
		ck_assert(lines == 0 || rest.data[0] == ' ');
		rest = slice_from(rest, length + 2);
	}
	ck_assert_uint_eq(lines, long_lines[_i].lines);
}
END_TEST

static const struct {
	const char *message;
	bool eight_bit, utf8, broken;
} kinds[] = {
	{ "A: b\n\nc\n", false, false, false },
	{ "A: b\n\n\xC3\xA9\n", true, false, false },
	{ "A: \xC3\xA9\n\nc\n", true, true, false },
	{ "A: \xC3\xA9\nB: \xE9\n\nc\n", true, false, true },
	{ "A: \xE9\nB: \xC3\xA9\n\nc\n", true, false, true },
	{ "A: b\r\n\r\n\xE9\r\n", true, false, false },
};
START_TEST(it_is_known_what_bytes_there_are)
{
	SmtpData data = { 0 };

	convert(slice_of(kinds[_i].message), 3, &data, NULL);
	ck_assert_int_eq(data.has_eight_bit, kinds[_i].eight_bit);
	ck_assert_int_eq(data.header_is_utf8, kinds[_i].utf8);
	ck_assert_int_eq(data.header_is_broken, kinds[_i].broken);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("smtp_data");
	TCase *tests = tcase_create("smtp_data");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, the_wire_is_legal_however_the_pieces_are_cut, 0,
			    sizeof messages / sizeof *messages);
	tcase_add_loop_test(tests, no_line_is_too_long_and_no_character_is_cut, 0,
			    sizeof long_lines / sizeof *long_lines);
	tcase_add_loop_test(tests, it_is_known_what_bytes_there_are, 0, sizeof kinds / sizeof *kinds);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
