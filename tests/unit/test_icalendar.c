/* test_icalendar - calendar objects read and written: RFC 5545, section 3 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "message/icalendar.h"
#include "message/limits.h"

#define CALENDAR(content) "BEGIN:VCALENDAR\r\n" content "END:VCALENDAR\r\n"

/* What is written again, or why it is none. */
static const struct {
	const char *read, *written;
} objects[] = {
	{ CALENDAR("VERSION:2.0\r\n"), CALENDAR("VERSION:2.0\r\n") },
	/* 3.1: lines may end in LF alone, and be folded anywhere */
	{ "begin:vcalendar\nSUM\n MARY:a\n\tb c\nEND:VCALENDAR\n",
	  "BEGIN:vcalendar\r\nSUMMARY:ab c\r\nEND:vcalendar\r\n" },
	{ "\xef\xbb\xbf" CALENDAR(""), CALENDAR("") },
	{ "\r\n" CALENDAR("\r\nX-A:1\r\n") "\r\n", CALENDAR("X-A:1\r\n") },
	/* 3.2: quotes in parameters hide what separates */
	{ CALENDAR("A;B=\"x;y:z\";C=d,\"e\":v:w\r\n"), CALENDAR("A;B=\"x;y:z\";C=d,\"e\":v:w\r\n") },
	{ CALENDAR("A:\r\n"), CALENDAR("A:\r\n") },
	/* 3.6: components in order, properties before them */
	{ CALENDAR("BEGIN:VEVENT\r\nUID:1\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\nX-B:2\r\n"),
	  CALENDAR("X-B:2\r\nBEGIN:VEVENT\r\nUID:1\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n") },
	/* what is none */
	{ "", "its end is missing" },
	{ "BEGIN:VCALENDAR\r\n", "its end is missing" },
	{ "VERSION:2.0\r\n", "it does not begin with BEGIN:VCALENDAR" },
	{ "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "it does not begin with BEGIN:VCALENDAR" },
	{ CALENDAR("") "X", "something follows its end" },
	{ CALENDAR("BEGIN:VEVENT\r\n"), "an END that does not belong to its BEGIN" },
	{ CALENDAR("no colon\r\n"), "a line that is no content line" },
	{ CALENDAR(":no name\r\n"), "a line that is no content line" },
	{ CALENDAR("A;B:c\r\n"), "a line that is no content line" },
	{ CALENDAR("A;=b:c\r\n"), "a line that is no content line" },
	{ CALENDAR("A;B=\"c:d\r\n"), "a line that is no content line" },
	{ CALENDAR("A:b\001\r\n"), "a line that is no content line" },
	{ CALENDAR("A:b\rc\r\n"), "a line that is no content line" },
	{ CALENDAR("A:\xff\r\n"), "a line that is no content line" },
	{ CALENDAR("A\xc3\xa4:b\r\n"), "a line that is no content line" },
	{ " A:b\r\n" CALENDAR(""), "a line that is no content line" },
};
START_TEST(what_is_read_is_written_again)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) written = { 0 };
	Failure why = { 0 };
	IcalComponent *calendar = ical_read(slice_of(objects[_i].read), arena, &why);

	if (calendar)
		ical_write(calendar, &written);
	else
		text_append_string(&written, why.text);
	ck_assert_str_eq(text_string(&written), objects[_i].written);
}
END_TEST

/* 3.1: no line of more than 75 octets, no character cut, nothing lost. */
START_TEST(long_lines_are_folded_between_characters)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) source = { 0 };
	AUTO_VALUE(Text) written = { 0 };
	Failure why = { 0 };
	IcalComponent *calendar, *again;

	text_append_string(&source, "BEGIN:VCALENDAR\r\nSUMMARY:");
	for (int i = 0; i < 100; i++)
		text_append_string(&source, "\xe2\x82\xac");
	text_append_string(&source, "\r\nEND:VCALENDAR\r\n");
	calendar = ical_read(text_slice(&source), arena, &why);
	ck_assert_ptr_nonnull(calendar);
	ical_write(calendar, &written);
	for (const char *line = text_string(&written); *line; line += strcspn(line, "\n") + 1) {
		ck_assert_uint_le(strcspn(line, "\r"), 75);
		ck_assert_int_ne((unsigned char)line[1] & 0xc0, 0x80);
	}
	again = ical_read(text_slice(&written), arena, &why);
	ck_assert_ptr_nonnull(again);
	ck_assert(ical_equal(calendar, again, arena));
	ck_assert_uint_eq(ical_value(again, "summary").length, 300);
}
END_TEST

START_TEST(properties_and_parameters_are_found_without_case)
{
	AUTO(Arena) arena = arena_new();
	Failure why = { 0 };
	IcalComponent *calendar = ical_read(
		SLICE(CALENDAR("ATTENDEE;PARTSTAT=ACCEPTED;CN=\"a;b\":mailto:x\r\nATTENDEE:mailto:y\r\n")),
		arena, &why);
	IcalProperty *attendee = ical_find(calendar, "attendee");

	ck_assert(slice_equal(attendee->value, SLICE("mailto:x")));
	ck_assert(slice_equal(ical_parameter(attendee, "partstat"), SLICE("ACCEPTED")));
	ck_assert(slice_equal(ical_parameter(attendee, "cn"), SLICE("a;b")));
	ck_assert_ptr_null(ical_parameter(attendee, "role").data);
	ical_set_parameter(attendee, "PARTSTAT", "DECLINED", arena);
	ck_assert(slice_equal(attendee->parameters, SLICE(";CN=\"a;b\";PARTSTAT=DECLINED")));
	attendee = ical_next(calendar, attendee);
	ck_assert(slice_equal(attendee->value, SLICE("mailto:y")));
	ck_assert_ptr_null(ical_next(calendar, attendee));
}
END_TEST

static const struct {
	const char *a, *b;
	bool equal;
} pairs[] = {
	{ CALENDAR("A:1\r\nB:2\r\n"), CALENDAR("B:2\r\nA:1\r\n"), true },
	{ CALENDAR("PRODID:x\r\nA:1\r\n"), CALENDAR("A:1\r\nPRODID:y\r\n"), true },
	{ CALENDAR("A:1\r\n"), CALENDAR("A:2\r\n"), false },
	{ CALENDAR("A:1\r\nA:1\r\n"), CALENDAR("A:1\r\n"), false },
	{ CALENDAR("BEGIN:X\r\nEND:X\r\nBEGIN:Y\r\nEND:Y\r\n"),
	  CALENDAR("BEGIN:Y\r\nEND:Y\r\nBEGIN:X\r\nEND:X\r\n"), true },
	{ CALENDAR("BEGIN:X\r\nA:1\r\nEND:X\r\n"), CALENDAR("A:1\r\nBEGIN:X\r\nEND:X\r\n"), false },
};
START_TEST(objects_that_say_the_same_are_equal)
{
	AUTO(Arena) arena = arena_new();
	Failure why = { 0 };
	IcalComponent *a = ical_read(slice_of(pairs[_i].a), arena, &why);
	IcalComponent *b = ical_read(slice_of(pairs[_i].b), arena, &why);

	ck_assert_int_eq(ical_equal(a, b, arena), pairs[_i].equal);
}
END_TEST

/* Each limit, met and passed. */
static const struct {
	const char *before, *repeated, *after;
	int times;
	const char *why; /* NULL: it is let pass */
} limits[] = {
	{ "BEGIN:VCALENDAR\n", "A:1\n", "END:VCALENDAR\n", LIMIT_ICAL_PROPERTIES, NULL },
	{ "BEGIN:VCALENDAR\n", "A:1\n", "END:VCALENDAR\n", LIMIT_ICAL_PROPERTIES + 1,
	  "more than 20000 properties" },
	{ "BEGIN:VCALENDAR\n", "BEGIN:X\nEND:X\n", "END:VCALENDAR\n", LIMIT_ICAL_COMPONENTS - 1, NULL },
	{ "BEGIN:VCALENDAR\n", "BEGIN:X\nEND:X\n", "END:VCALENDAR\n", LIMIT_ICAL_COMPONENTS,
	  "more than 1000 components" },
	{ "", "BEGIN:VCALENDAR\n", "", LIMIT_ICAL_DEPTH + 1, "more than 8 components inside one another" },
	{ "BEGIN:VCALENDAR\nA:", "1234567890123456", "\nEND:VCALENDAR\n", LIMIT_ICAL_BYTES / 16,
	  "more than 1048576 bytes" },
	{ "BEGIN:VCALENDAR\nA:", "1\n ", "\nEND:VCALENDAR\n", 300000, NULL },
};
START_TEST(what_is_too_much_is_none)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) source = { 0 };
	Failure why = { 0 };

	text_append_string(&source, limits[_i].before);
	for (int i = 0; i < limits[_i].times; i++)
		text_append_string(&source, limits[_i].repeated);
	text_append_string(&source, limits[_i].after);
	ck_assert_int_eq(ical_read(text_slice(&source), arena, &why) != NULL, limits[_i].why == NULL);
	if (limits[_i].why)
		ck_assert_str_eq(why.text, limits[_i].why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("icalendar");
	TCase *tests = tcase_create("icalendar");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, what_is_read_is_written_again, 0, sizeof objects / sizeof *objects);
	tcase_add_test(tests, long_lines_are_folded_between_characters);
	tcase_add_test(tests, properties_and_parameters_are_found_without_case);
	tcase_add_loop_test(tests, objects_that_say_the_same_are_equal, 0, sizeof pairs / sizeof *pairs);
	tcase_add_loop_test(tests, what_is_too_much_is_none, 0, sizeof limits / sizeof *limits);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
