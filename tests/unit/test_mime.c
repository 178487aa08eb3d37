/* test_mime - the parts of messages, whole and broken, as the mime module gives them */
#include <check.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "message/limits.h"
#include "message/mime.h"

static const MimeModule *mime;
static Arena *arena;

static void set_up(void)
{
	const char *build = getenv("BUILD");
	AUTO_VALUE(Text) path = { 0 };
	void *module;

	text_printf(&path, "%s/modules/mime.so", build ? build : "build");
	module = dlopen(text_string(&path), RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(module != NULL, "%s", dlerror());
	mime = dlsym(module, MIME_MODULE_SYMBOL);
	ck_assert_ptr_nonnull(mime);
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static MimeTree *parse(const Message *message)
{
	MimeTree *tree = NULL;
	Failure why = { 0 };

	ck_assert_msg(mime->parse(message, arena, &tree, &why), "%s", why.text);
	return tree;
}

static bool collect(void *self, Slice bytes)
{
	ck_assert_uint_gt(bytes.length, 0);
	text_append_slice(self, bytes);
	return true;
}

static void read_into(const Message *message, const MimeTree *tree, size_t part, MimeDecode how, Text *out)
{
	Failure why = { 0 };

	ck_assert_msg(mime->read_part(message, tree, part, how, collect, out, &why), "%s", why.text);
}

/* "mixed[pre{plain:text}{html:text}epi]": subtypes, nesting, and what is in the parts. */
static void describe(const Message *message, const MimeTree *tree, size_t part, Text *out)
{
	const MimePart *it = &tree->parts[part];

	text_printf(out, "{%s", it->subtype);
	if (it->is_leaf || it->is_container) {
		text_append_char(out, ':');
		read_into(message, tree, part, MIME_DECODE_UTF8, out);
	}
	for (size_t i = part + 1; i < tree->count; i++)
		if (tree->parts[i].parent == (int32_t)part)
			describe(message, tree, i, out);
	text_append_char(out, '}');
}

static const struct {
	const char *message, *parts;
} structures[] = {
	/* No MIME at all. */
	{ "Subject: x\n\nhello\n", "{plain:hello\n}" },
	{ "\nhello\n", "{plain:hello\n}" },
	{ "Subject: x\n", "{plain:}" },
	{ "Subject: x\n\n", "{plain:}" },
	/* RFC 2046, section 5.1.1; the line end before a boundary is the boundary's. */
	{ "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: "
	  "text/html\n\ntwo\n\n--b--\nepi\n",
	  "{mixed:preepi\n{plain:one}{html:two\n}}" },
	{ "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\npre\r\n--b\r\n\r\none\r\n--b--\r\nepi\r\n",
	  "{mixed:preepi\r\n{plain:one}}" },
	{ "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b\n\n\n--b\nX: y\n--b--\n",
	  "{mixed:{plain:}{plain:}{plain:}}" },
	/* Blanks behind a boundary, and a line that only begins like one. */
	{ "Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\n--bc\n--b-\n--b--x\n -b\n--b-- \nend",
	  "{mixed:end{plain:--bc\n--b-\n--b--x\n -b}}" },
	/* No final boundary; none at all. */
	{ "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n", "{mixed:{plain:one\n}}" },
	{ "Content-Type: multipart/mixed; boundary=b\n\nno parts\n", "{mixed:no parts\n}" },
	{ "Content-Type: multipart/mixed\n\n--b\n\none\n", "{mixed:--b\n\none\n}" },
	/* One boundary is the prefix of another, in either order. */
	{ "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; "
	  "boundary=bb\n\n--bb\n\none\n--bb--\nepi\n--b\n\ntwo\n--b--\n",
	  "{mixed:{alternative:epi{plain:one}}{plain:two}}" },
	{ "Content-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: multipart/alternative; "
	  "boundary=b\n\n--b\n\none\n--b--\n--bb\n\ntwo\n--bb--\n",
	  "{mixed:{alternative:{plain:one}}{plain:two}}" },
	/* The outer boundary ends the inner multipart that forgot its own. */
	{ "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related; "
	  "boundary=i\n\n--i\n\none\n--o\n\ntwo\n--o--\n",
	  "{mixed:{related:{plain:one}}{plain:two}}" },
	/* A boundary that is closed does not open again; inner ones may be reused. */
	{ "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n",
	  "{mixed:--b\n\ntwo\n{plain:one}}" },
	/* A header that a boundary cuts off, and a part without any. */
	{ "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\nno header "
	  "here\n\nmore\n--b--\n",
	  "{mixed:{html:}{plain:no header here\n\nmore}}" },
	/* The first boundary stands amid the header: the empty line has a blank in it. */
	{ "Content-Type: multipart/mixed; boundary=b\nSubject:\n \n--b\nContent-Type: "
	  "text/html\n\nhi\n--b--\n",
	  "{mixed:{html:hi}}" },
	/* So do the others, and the first part is nothing but a header that they cut off. */
	{ "Content-Type: multipart/mixed; boundary=b\nSubject: x\n--b\nContent-Type: "
	  "text/html\n--b\nContent-Type: "
	  "text/plain\n\ntwo\n--b--\n",
	  "{mixed:{html:}{plain:two}}" },
	/* Two types: the first counts. */
	{ "Content-Type: multipart/related; boundary=b\nContent-Type: multipart/mixed; "
	  "boundary=x\n\n--b\n\nhi\n--b--\n",
	  "{related:{plain:hi}}" },
	/* Messages in messages, and digests. */
	{ "Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/html\n\nhi\n",
	  "{rfc822{html:hi\n}}" },
	{ "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nfirst\n--b\nContent-Type: "
	  "text/plain\n\nplain\n--b--\n",
	  "{digest:{rfc822{plain:first}}{plain:plain}}" },
	{ "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\naGk=\n", "{rfc822:hi}" },
	{ "Content-Type: message/rfc822\n\nFrom joe Mon Jan  1 00:00:00 2024\nContent-Type: "
	  "text/html\n\nhi\n",
	  "{rfc822{html:hi\n}}" },
	{ "Content-Type: message/rfc822\n\n", "{rfc822{plain:}}" },
	/* RFC 2045, section 5.2: what is no type is text; and real ones in odd clothes. */
	{ "Content-Type: text\n\nx", "{plain:x}" },
	{ "Content-Type: \n\nx", "{plain:x}" },
	{ "Content-Type: /html\n\nx", "{plain:x}" },
	{ "Content-Type: text/\n\nx", "{plain:x}" },
	{ "Content-Type: TEXT/HTML; charset=x\n\nx", "{html:x}" },
	{ "content-type:text/html\n\nx", "{html:x}" },
	{ "Content-Type: text/html (comment); x=y\n\nx", "{html:x}" },
	/* Boundaries: quoted, in pieces (RFC 2231), folded, like an encoded word, 8-bit. */
	{ "Content-Type: multipart/mixed; boundary=\"a b:c\"\n\n--a b:c\n\none\n--a b:c--\n",
	  "{mixed:{plain:one}}" },
	{ "Content-Type: multipart/mixed; boundary*0=\"ab\"; boundary*1=cd\n\n--abcd\n\none\n--abcd--\n",
	  "{mixed:{plain:one}}" },
	{ "Content-Type: multipart/mixed;\n\tboundary=\"ab\"\n\n--ab\n\none\n--ab--\n",
	  "{mixed:{plain:one}}" },
	{ "Content-Type: multipart/mixed; boundary=\"=?us-ascii?q?a?=\"\n\n--=?us-ascii?q?a?=\n\none\n",
	  "{mixed:{plain:one\n}}" },
	{ "Content-Type: multipart/mixed; boundary=\"a\\\"b\"\n\n--a\"b\n\none\n", "{mixed:{plain:one\n}}" },
};
START_TEST(the_structure_is_what_readers_show)
{
	Message message = { 0 };
	AUTO_VALUE(Text) found = { 0 };

	message_from_bytes(&message, slice_of(structures[_i].message));
	describe(&message, parse(&message), 0, &found);
	ck_assert_str_eq(text_string(&found), structures[_i].parts);
	message_clear(&message);
}
END_TEST

static const struct {
	const char *header, *body, *text;
} encodings[] = {
	{ "Content-Transfer-Encoding: base64\n", "aGVsbG8=\nd29ybGQhIQ==\n", "helloworld!!" },
	{ "Content-Transfer-Encoding: BASE64 (really)\n", "aGVs\r\nbG8", "hello" },
	{ "Content-Transfer-Encoding: base64\n", "a!G*V-s bG8=", "hello" },
	{ "Content-Transfer-Encoding: base64\n", "aGVsbG8====\n", "hello" },
	{ "Content-Transfer-Encoding: base64\n", "", "" },
	{ "Content-Transfer-Encoding: quoted-printable\n", "a=3Db=\nc =\n", "a=bc " },
	{ "Content-Transfer-Encoding: quoted-printable\n", "50=XY =", "50=XY " },
	{ "Content-Transfer-Encoding: x-uuencode\n", "begin 644 x\n%:&5L;&\\`\n`\nend\n", "hello" },
	{ "Content-Transfer-Encoding: 8bit\n", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "Content-Transfer-Encoding: unheard-of\n", "as it is", "as it is" },
	{ "Content-Type: text/plain; charset=iso-8859-1\n", "gr\xfc\xdf", "gr\xc3\xbc\xc3\x9f" },
	{ "Content-Type: text/plain; charset=\"UTF-8\"\n", "a\xff\x62", "a\xef\xbf\xbd\x62" },
	{ "Content-Type: text/plain\n", "gr\xfc\xdf", "gr\xc3\xbc\xc3\x9f" },
	{ "Content-Type: text/plain; charset=us-ascii\n", "gr\xfc\xdf", "gr\xc3\xbc\xc3\x9f" },
	{ "Content-Type: text/plain; charset=unheard-of\n", "gr\xc3\xbc", "gr\xc3\xbc" },
	{ "Content-Type: text/plain; charset*=us-ascii'en'iso-8859-1\n", "\xe4", "\xc3\xa4" },
	{ "Content-Type: text/plain; charset=iso-2022-jp\n", "\x1b$B$3\x1b(B!", "\xe3\x81\x93!" },
	{ "Content-Type: application/x\n", "gr\xfc\xdf", "gr\xfc\xdf" },
};
START_TEST(transfer_encodings_and_charsets_are_undone)
{
	AUTO_VALUE(Text) bytes = { 0 };
	AUTO_VALUE(Text) found = { 0 };
	Message message = { 0 };

	text_printf(&bytes, "%s\n%s", encodings[_i].header, encodings[_i].body);
	message_from_bytes(&message, text_slice(&bytes));
	read_into(&message, parse(&message), 0, MIME_DECODE_UTF8, &found);
	ck_assert_str_eq(text_string(&found), encodings[_i].text);
	message_clear(&message);
}
END_TEST

/* A message in a file that no piece of a walk holds as a whole. */
static void large_message(Message *message, const Text *bytes)
{
	FILE *file = tmpfile();
	Failure why = { 0 };

	ck_assert_ptr_nonnull(file);
	ck_assert(io_write(fileno(file), bytes->data, bytes->length));
	ck_assert_int_eq(lseek(fileno(file), 0, SEEK_SET), 0);
	ck_assert_msg(message_receive(message, fileno(file), NULL, &why), "%s", why.text);
	/* Kept open until the test's process ends. */
}

/* Boundaries at every place relative to the edges of the pieces that are read. */
START_TEST(no_boundary_is_lost_between_two_pieces)
{
	const size_t edge = 64 * 1024, end = 200 * 1024;

	for (size_t at = edge - 30; at < edge + 130; at++) {
		AUTO_VALUE(Text) bytes = { 0 };
		Message message = { 0 };
		MimeTree *tree;

		text_append_string(&bytes,
				   "Content-Type: multipart/mixed; boundary=boundary\n\n--boundary\n\n");
		while (bytes.length < at)
			text_append_char(&bytes, bytes.length % 80 ? 'x' : '\n');
		text_append_string(&bytes, "\r\n--boundary\nContent-Type: text/html\n\n");
		while (bytes.length < end)
			text_append_char(&bytes, '-');
		text_append_string(&bytes, "\n--boundary--\nepilogue");
		large_message(&message, &bytes);
		tree = parse(&message);
		ck_assert_uint_eq(tree->count, 3);
		ck_assert_int_eq(tree->parts[1].body_offset + tree->parts[1].body_size, (off_t)at);
		ck_assert_int_eq(tree->parts[2].body_offset + tree->parts[2].body_size, (off_t)end);
		ck_assert_int_eq(tree->parts[0].epilogue_size, 8);
		message_clear(&message);
	}
}
END_TEST

/* Characters of several bytes, in units that fit no piece, so that each edge cuts another place. */
static const struct {
	const char *charset;
	Slice unit;
	const char *text;
} cut[] = {
	{ "utf-8", { "a\xe3\x81\x93", 4 }, "a\xe3\x81\x93" },
	{ "utf-8", { "\xe3\x81\x93", 3 }, "\xe3\x81\x93" },
	{ "utf-16be", { "\x30\x53\xd8\x3d\xde\x00", 6 }, "\xe3\x81\x93\xf0\x9f\x98\x80" },
	{ "shift_jis", { "a\x82\xb1", 3 }, "a\xe3\x81\x93" },
	{ "iso-2022-jp", { "a\x1b$B$3\x1b(B", 9 }, "a\xe3\x81\x93" },
	{ "gb2312", { "a\xc4\xe3", 3 }, "a\xe4\xbd\xa0" },
};
START_TEST(no_character_is_lost_between_two_pieces)
{
	AUTO_VALUE(Text) bytes = { 0 };
	AUTO_VALUE(Text) found = { 0 };
	Message message = { 0 };
	const size_t count = 50000, length = strlen(cut[_i].text);

	text_printf(&bytes, "Content-Type: text/plain; charset=%s\n\n", cut[_i].charset);
	for (size_t i = 0; i < count; i++)
		text_append_slice(&bytes, cut[_i].unit);
	large_message(&message, &bytes);
	read_into(&message, parse(&message), 0, MIME_DECODE_UTF8, &found);
	ck_assert_uint_eq(found.length, length * count);
	for (size_t i = 0; i < count; i++)
		ck_assert(memcmp(found.data + length * i, cut[_i].text, length) == 0);
	message_clear(&message);
}
END_TEST

START_TEST(encoded_text_survives_pieces_of_any_size)
{
	static const char *const names[] = { "base64", "quoted-printable" };
	static const char *const lines[] = { "aGVsbG8s\nIHdvcmxkIQ==\n", "hello,=20wor=\nld=21" };
	AUTO_VALUE(Text) bytes = { 0 };
	AUTO_VALUE(Text) found = { 0 };
	Message message = { 0 };

	text_printf(&bytes, "Content-Transfer-Encoding: %s\n\n", names[_i]);
	for (int i = 0; i < 20000; i++)
		text_append_string(&bytes, lines[_i]);
	large_message(&message, &bytes);
	read_into(&message, parse(&message), 0, MIME_DECODE_TRANSFER, &found);
	ck_assert_uint_eq(found.length, 13 * 20000);
	for (size_t i = 0; i < 20000; i++)
		ck_assert(memcmp(found.data + 13 * i, "hello, world!", 13) == 0);
	message_clear(&message);
}
END_TEST

START_TEST(a_hundred_levels_are_looked_into_and_no_more)
{
	AUTO_VALUE(Text) bytes = { 0 };
	AUTO_VALUE(Text) found = { 0 };
	Message message = { 0 };
	MimeTree *tree;
	int levels = _i ? 5000 : LIMIT_MIME_DEPTH;

	for (int i = 0; i < levels; i++)
		text_printf(&bytes, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	text_append_string(&bytes, "\ndeep inside");
	message_from_bytes(&message, text_slice(&bytes));
	tree = parse(&message);
	ck_assert_uint_eq(tree->count, LIMIT_MIME_DEPTH + 1);
	ck_assert_int_eq(tree->cut, _i);
	read_into(&message, tree, LIMIT_MIME_DEPTH, MIME_DECODE_UTF8, &found);
	ck_assert_ptr_nonnull(strstr(text_string(&found), "deep inside"));
	message_clear(&message);
}
END_TEST

START_TEST(messages_nest_only_so_deep)
{
	AUTO_VALUE(Text) bytes = { 0 };
	Message message = { 0 };
	MimeTree *tree;

	for (int i = 0; i < 100000; i++)
		text_append_string(&bytes, "Content-Type: message/rfc822\n\n");
	message_from_bytes(&message, text_slice(&bytes));
	tree = parse(&message);
	ck_assert_uint_eq(tree->count, LIMIT_MIME_DEPTH + 1);
	ck_assert(tree->cut);
	ck_assert(tree->parts[LIMIT_MIME_DEPTH].is_leaf);
	message_clear(&message);
}
END_TEST

START_TEST(beyond_a_thousand_parts_the_rest_is_one)
{
	AUTO_VALUE(Text) bytes = { 0 };
	Message message = { 0 };
	MimeTree *tree;
	const MimePart *last;

	text_append_string(&bytes, "Content-Type: multipart/mixed; boundary=b\n");
	for (int i = 0; i < 300000; i++)
		text_append_string(&bytes, "\n--b\n\nx");
	message_from_bytes(&message, text_slice(&bytes));
	tree = parse(&message);
	ck_assert_uint_eq(tree->count, LIMIT_MIME_PARTS);
	ck_assert(tree->cut);
	last = &tree->parts[tree->count - 1];
	ck_assert_str_eq(last->type, "application");
	ck_assert_int_eq(last->body_offset + last->body_size, (off_t)bytes.length);
	ck_assert_uint_lt(arena_used(arena), 4 * 1024 * 1024);
	message_clear(&message);
}
END_TEST

START_TEST(a_part_has_its_own_header)
{
	Message message = { 0 };
	Failure why = { 0 };
	const HeaderIndex *header;

	message_from_bytes(&message, SLICE("Content-Type: multipart/mixed; boundary=b\n\n--b\nX-One: "
					   "1\nContent-Id: <x>\n\nbody\n--b--\n"));
	header = mime->part_header(&message, parse(&message), 1, arena, &why);
	ck_assert_ptr_nonnull(header);
	ck_assert_uint_eq(header->count, 2);
	ck_assert(slice_equal(header_find(header, SLICE("content-id"))->value, SLICE(" <x>")));
	message_clear(&message);
}
END_TEST

static bool stop_at_once(void *self, Slice bytes)
{
	*(size_t *)self += bytes.length;
	return false;
}

START_TEST(a_sink_that_has_enough_is_not_asked_again)
{
	AUTO_VALUE(Text) bytes = { 0 };
	Message message = { 0 };
	Failure why = { 0 };
	size_t seen = 0;

	text_append_char(&bytes, '\n');
	for (int i = 0; i < 500000; i++)
		text_append_char(&bytes, 'x');
	message_from_bytes(&message, text_slice(&bytes));
	ck_assert(mime->read_part(&message, parse(&message), 0, MIME_DECODE_UTF8, stop_at_once, &seen, &why));
	ck_assert_uint_gt(seen, 0);
	ck_assert_uint_lt(seen, 100000);
	message_clear(&message);
}
END_TEST

/* One header line that makes g_mime_multipart_get_boundary run for ever. */
START_TEST(a_parameter_name_of_seventy_bytes_does_not_hang)
{
	for (int length = 60; length < 90; length++) {
		AUTO_VALUE(Text) bytes = { 0 };
		Message message = { 0 };

		text_append_string(&bytes, "Content-Type: multipart/mixed; ");
		for (int i = 0; i < length; i++)
			text_append_char(&bytes, 'n');
		text_append_string(&bytes, "=\"\xe4\xf6\xfc\"\n\nbody\n");
		message_from_bytes(&message, text_slice(&bytes));
		ck_assert_uint_eq(parse(&message)->count, 1);
		message_clear(&message);
	}
}
END_TEST

START_TEST(a_header_of_a_megabyte_is_cheap)
{
	static const char *const units[] = {
		"a*1*=x; ", "(", "\"", ";a=b", "\xff", "=?utf-8?q?a?= ", "\t\n "
	};
	AUTO_VALUE(Text) bytes = { 0 };
	Message message = { 0 };

	text_append_string(&bytes, "Content-Type: multipart/mixed; ");
	while (bytes.length < 1000000)
		text_append_string(&bytes, units[_i]);
	text_append_string(&bytes, "\n\nbody\n");
	message_from_bytes(&message, text_slice(&bytes));
	ck_assert_uint_eq(parse(&message)->count, 1);
	message_clear(&message);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mime");
	TCase *tests = tcase_create("mime");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_loop_test(tests, the_structure_is_what_readers_show, 0,
			    sizeof structures / sizeof *structures);
	tcase_add_loop_test(tests, transfer_encodings_and_charsets_are_undone, 0,
			    sizeof encodings / sizeof *encodings);
	tcase_add_test(tests, no_boundary_is_lost_between_two_pieces);
	tcase_add_loop_test(tests, no_character_is_lost_between_two_pieces, 0, sizeof cut / sizeof *cut);
	tcase_add_loop_test(tests, encoded_text_survives_pieces_of_any_size, 0, 2);
	tcase_add_loop_test(tests, a_hundred_levels_are_looked_into_and_no_more, 0, 2);
	tcase_add_test(tests, messages_nest_only_so_deep);
	tcase_add_test(tests, beyond_a_thousand_parts_the_rest_is_one);
	tcase_add_test(tests, a_part_has_its_own_header);
	tcase_add_test(tests, a_sink_that_has_enough_is_not_asked_again);
	tcase_add_test(tests, a_parameter_name_of_seventy_bytes_does_not_hang);
	tcase_add_loop_test(tests, a_header_of_a_megabyte_is_cheap, 0, 7);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
