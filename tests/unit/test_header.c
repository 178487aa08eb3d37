/* The header index: every byte is kept, every field is found, in linear time. */
#include "message/header.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "message/limits.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static void assert_slice(Slice it, const char *expected)
{
	ck_assert_msg(slice_equal(it, slice_of(expected)), "'%.*s' is not '%s'", (int)it.length, it.data,
		      expected);
}

/* The property behind "not a byte is lost".  (An assertion per field would cost more than the
 * index.) */
static bool is_whole(const HeaderIndex *index, Slice block)
{
	const char *at = block.data;

	for (size_t i = 0; i < index->count; i++) {
		if (index->fields[i].raw.data != at || !index->fields[i].raw.length)
			return false;
		at += index->fields[i].raw.length;
	}
	return at == block.data + block.length;
}

static HeaderIndex *index_of(Slice block)
{
	HeaderIndex *index = header_index(block, arena);

	ck_assert(is_whole(index, block));
	return index;
}

/* NULs are written as '0' digits behind a backslash by the compiler: lengths are counted. */
static const struct {
	const char *block;
	size_t length;
	const char *name, *value;
	size_t value_length;
} fields[] = {
#define FIELD(block, name, value)                                        \
	{                                                                \
		block, sizeof(block) - 1, name, value, sizeof(value) - 1 \
	}
	FIELD("Subject: hello\n", "Subject", " hello"),
	FIELD("Subject: hello\r\n", "Subject", " hello"),
	FIELD("Subject: hello", "Subject", " hello"),
	FIELD("Subject: hello\r", "Subject", " hello\r"),
	FIELD("Subject:", "Subject", ""),
	FIELD("Subject:\n", "Subject", ""),
	FIELD("Subject:\r\n", "Subject", ""),
	FIELD("Subject \t: spaced\n", "Subject", " spaced"),
	FIELD("Subject: a\n b\n\tc\n", "Subject", " a\n b\n\tc"),
	FIELD("Subject: a\r\n b\r\n", "Subject", " a\r\n b"),
	FIELD("Subject: a\n   \n b\n", "Subject", " a\n   \n b"),
	FIELD("Subject: a:b\n", "Subject", " a:b"),
	FIELD("Subject: a\0b\n", "Subject", " a\0b"),
	FIELD("Subject: a\rb: c\n", "Subject", " a\rb: c"),
	FIELD("X-\xe4\xff: v\n", "X-\xe4\xff", " v"),
	FIELD("no field\n", "", "no field"),
	FIELD("no field: it has a blank in its name\n", "", "no field: it has a blank in its name"),
	FIELD(": no name\n", "", ": no name"),
	FIELD(" : no name\n", "", " : no name"),
	FIELD(" folded from nothing\n", "", " folded from nothing"),
	FIELD("Name\n : value\n", "", "Name\n : value"),
	FIELD("\r", "", "\r"),
#undef FIELD
};

START_TEST(a_field_is_its_name_and_its_raw_value)
{
	Slice block = slice(fields[_i].block, fields[_i].length);
	HeaderIndex *index = index_of(block);

	ck_assert_uint_eq(index->count, 1);
	assert_slice(index->fields[0].name, fields[_i].name);
	ck_assert(slice_equal(index->fields[0].value, slice(fields[_i].value, fields[_i].value_length)));
}
END_TEST

START_TEST(an_empty_block_has_no_fields)
{
	HeaderIndex *index = index_of(SLICE(""));

	ck_assert_uint_eq(index->count, 0);
	ck_assert_ptr_null(header_find(index, SLICE("Subject")));
	ck_assert_ptr_null(header_find(index, SLICE("")));
}
END_TEST

START_TEST(a_broken_line_hides_no_field_behind_it)
{
	HeaderIndex *index = index_of(SLICE("Subject: one\nno header line\n and more of it\nFrom: a@b\n"));

	ck_assert_uint_eq(index->count, 3);
	assert_slice(index->fields[1].raw, "no header line\n and more of it\n");
	ck_assert_ptr_eq(header_find(index, SLICE("from")), &index->fields[2]);
	ck_assert_ptr_null(header_find(index, SLICE("")));
}
END_TEST

START_TEST(names_are_found_in_any_case_and_nothing_like_them_is)
{
	HeaderIndex *index = index_of(
		SLICE("MESSAGE-id: <a>\nX_Y: 1\nX\x7fY: 2\nx-LongerThanEightBytes: 3\n"));

	ck_assert_ptr_eq(header_find(index, SLICE("Message-ID")), &index->fields[0]);
	ck_assert_ptr_eq(header_find(index, SLICE("x_y")), &index->fields[1]);
	ck_assert_ptr_eq(header_find(index, SLICE("X-longerthaneightbytes")), &index->fields[3]);
	ck_assert_ptr_null(header_find(index, SLICE("X-longerthaneightbyte")));
	ck_assert_ptr_null(header_find(index, SLICE("Message-ID ")));
	ck_assert_ptr_null(header_find(index, SLICE("Message\rID")));
	ck_assert_ptr_null(header_find(index, SLICE("Message-I")));
}
END_TEST

START_TEST(fields_of_one_name_come_in_the_order_of_the_message)
{
	HeaderIndex *index = index_of(SLICE("A: 1\nB: 1\na: 2\nb : 2\nA: 3\n"));
	const HeaderField *field = header_find(index, SLICE("A"));

	assert_slice(field->value, " 1");
	assert_slice((field = header_next(index, field))->value, " 2");
	assert_slice((field = header_next(index, field))->value, " 3");
	ck_assert_ptr_null(header_next(index, field));
	field = header_find(index, SLICE("b"));
	assert_slice(header_next(index, field)->value, " 2");
}
END_TEST

START_TEST(fields_know_the_line_they_begin_in)
{
	HeaderIndex *index = index_of(SLICE("A: 1\n 2\n 3\r\nB: 4\nbroken\nC: 6\n"));

	ck_assert_uint_eq(index->fields[0].line, 1);
	ck_assert_uint_eq(index->fields[1].line, 4);
	ck_assert_uint_eq(index->fields[2].line, 5);
	ck_assert_uint_eq(index->fields[3].line, 6);
}
END_TEST

static const struct {
	const char *block, *line;
} unfolding[] = {
	{ "S: plain \t\n", "plain" },
	{ "S: a\n b\n", "a b" },
	{ "S: a\r\n\tb\r\n", "a\tb" },
	{ "S: a \n  b\n", "a   b" },
	{ "S:\n a\n", "a" },
	{ "S:\n \n\t\n", "" },
	{ "S: a\n \n \n b\n", "a   b" },
	{ "S: a\r\r\n b\r\r\n", "a b" },
	{ "S: a\rb\n c", "a\rb c" },
	{ "S: =?utf-8?q?a?=\n =?utf-8?q?b?=\n", "=?utf-8?q?a?= =?utf-8?q?b?=" },
};

START_TEST(unfolding_takes_out_line_ends_and_nothing_else)
{
	HeaderIndex *index = index_of(slice_of(unfolding[_i].block));

	assert_slice(header_unfold(&index->fields[0], arena), unfolding[_i].line);
}
END_TEST

START_TEST(a_value_on_one_line_is_not_copied)
{
	HeaderIndex *index = index_of(SLICE("Subject: hello\r\n"));

	ck_assert_ptr_eq(header_unfold(&index->fields[0], arena).data, index->fields[0].value.data + 1);
}
END_TEST

static const struct {
	const char *bytes;
	int header_length, body_offset; /* -1: no end */
} ends[] = {
	{ "A: b\n\nbody", 5, 6 },
	{ "A: b\r\n\r\nbody", 6, 8 },
	{ "A: b\n\r\nbody", 5, 7 },
	{ "A: b\r\n\nbody", 6, 7 },
	{ "\nbody", 0, 1 },
	{ "\r\nbody", 0, 2 },
	{ "A: b\n \nC: d\n", -1, 0 },
	{ "A: b\n\r", -1, 0 },
	{ "A: b\r\r", -1, 0 },
	{ "A: b\n", -1, 0 },
	{ "", -1, 0 },
	{ "A: b\n\rx\n\n", 8, 9 },
};

START_TEST(only_an_empty_line_ends_a_header)
{
	size_t header_length = 0, body_offset = 0;
	bool found = header_find_end(slice_of(ends[_i].bytes), &header_length, &body_offset);

	ck_assert_int_eq(found, ends[_i].header_length >= 0);
	if (found) {
		ck_assert_uint_eq(header_length, (size_t)ends[_i].header_length);
		ck_assert_uint_eq(body_offset, (size_t)ends[_i].body_offset);
	}
}
END_TEST

/* The shortest fields there are, as many as a header may hold, all alike or all different:
 * were anything quadratic in there, the test's time limit would end it. */
START_TEST(as_many_fields_as_fit_cost_linear_time_and_bounded_memory)
{
	AUTO_VALUE(Text) block = { 0 };
	HeaderIndex *index;
	size_t count = 0;

	while (block.length + 16 < LIMIT_HEADER_BYTES) {
		if (_i == 0)
			text_append_string(&block, "a:\n");
		else if (_i == 1)
			text_printf(&block, "%zx:\n", count);
		else
			text_append_string(&block, "x\n");
		count++;
	}
	index = index_of(text_slice(&block));
	ck_assert_uint_eq(index->count, count);
	ck_assert_uint_lt(arena_used(arena), 64 << 20);
	if (_i == 0) {
		size_t same = 0;

		for (const HeaderField *field = header_find(index, SLICE("A")); field;
		     field = header_next(index, field))
			same++;
		ck_assert_uint_eq(same, count);
	}
	if (_i == 1)
		ck_assert_ptr_eq(header_find(index, SLICE("1F00")), &index->fields[0x1f00]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("header");
	TCase *tests = tcase_create("header");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_field_is_its_name_and_its_raw_value, 0, sizeof fields / sizeof *fields);
	tcase_add_test(tests, an_empty_block_has_no_fields);
	tcase_add_test(tests, a_broken_line_hides_no_field_behind_it);
	tcase_add_test(tests, names_are_found_in_any_case_and_nothing_like_them_is);
	tcase_add_test(tests, fields_of_one_name_come_in_the_order_of_the_message);
	tcase_add_test(tests, fields_know_the_line_they_begin_in);
	tcase_add_loop_test(tests, unfolding_takes_out_line_ends_and_nothing_else, 0,
			    sizeof unfolding / sizeof *unfolding);
	tcase_add_test(tests, a_value_on_one_line_is_not_copied);
	tcase_add_loop_test(tests, only_an_empty_line_ends_a_header, 0, sizeof ends / sizeof *ends);
	tcase_add_loop_test(tests, as_many_fields_as_fit_cost_linear_time_and_bounded_memory, 0, 3);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
