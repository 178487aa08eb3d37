/* Dates: the ones people send, read alike; the ones that never were, refused. */
#include "message/date.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define UNKNOWN (-10000)

static const struct {
	const char *value;
	int64_t seconds;
	int zone; /* minutes, or UNKNOWN */
} dates[] = {
	{ "Tue, 24 Nov 2026 08:11:22 +0000", 1795507882, 0 },
	{ "Thu, 01 Jan 1970 00:00:00 +0000", 0, 0 },
	{ "Wed, 31 Dec 1969 23:59:59 +0000", -1, 0 },
	{ "1 Jan 1970 00:00 +0000", 0, 0 },
	{ "Tue, 19 Jan 2038 03:14:08 +0000", 2147483648, 0 },
	{ "Fri, 31 Dec 9999 23:59:59 +0000", 253402300799, 0 },
	{ "Mon, 29 Feb 2016 00:00:00 +0000", 1456704000, 0 },
	{ "Tue, 29 Feb 2000 00:00:00 +0000", 951782400, 0 },
	{ "Thu, 1 Jan 2026 12:00:00 +0530", 1767249000, 330 },
	{ "Thu, 1 Jan 2026 12:00:00 -0830", 1767299400, -510 },
	/* zones */
	{ "Thu, 1 Jan 2026 12:00:00 -0000", 1767268800, UNKNOWN },
	{ "Thu, 1 Jan 2026 12:00:00", 1767268800, UNKNOWN },
	{ "Thu, 1 Jan 2026 12:00:00 EST", 1767286800, -300 },
	{ "Thu, 1 Jan 2026 12:00:00 pdt", 1767294000, -420 },
	{ "Thu, 1 Jan 2026 12:00:00 Z", 1767268800, 0 },
	{ "Thu, 1 Jan 2026 12:00:00 GMT", 1767268800, 0 },
	{ "Thu, 1 Jan 2026 12:00:00 UT", 1767268800, 0 },
	{ "Thu, 1 Jan 2026 12:00:00 A", 1767268800, UNKNOWN },
	{ "Thu, 1 Jan 2026 12:00:00 CEST", 1767268800, UNKNOWN },
	{ "Thu, 1 Jan 2026 12:00:00 GMT+0200", 1767261600, 120 },
	{ "Thu, 1 Jan 2026 12:00:00 +02:00", 1767261600, 120 },
	{ "Thu, 1 Jan 2026 12:00:00 +2", 1767261600, 120 },
	{ "Thu, 1 Jan 2026 12:00:00 +200", 1767261600, 120 },
	{ "Thu, 1 Jan 2026 12:00:00 -2400", 1767355200, -1440 },
	{ "Thu, 1 Jan 2026 12:00:00 -0800 (PST)", 1767297600, -480 },
	{ "Thu, 1 Jan 2026 12:00:00 +0000 and more", 1767268800, 0 },
	/* what GMime refuses or reads wrongly */
	{ "Mon, 1 Jan 2024 10:00:60 +0000", 1704103259, 0 },
	{ "Thu, 31 Dec 1998 23:59:60 +0000", 915148799, 0 },
	{ "Mon, 1 Jan 2024 10 : 00 : 00 +0530", 1704083400, 330 },
	{ "Mon, 1 Jan 2024 24:00:00 +0000", 1704153600, 0 },
	{ "2024-01-01T10:00:00Z", 1704103200, 0 },
	{ "2024-01-01t10:00:00.123+05:30", 1704083400, 330 },
	{ "2024-01-01 10:00:00 -0800", 1704132000, -480 },
	{ "2024-01-01T10:00:00", 1704103200, UNKNOWN },
	/* the obsolete syntax */
	{ "Thu, 01 Jan 26 12:00:00 EST", 1767286800, -300 },
	{ "1 Jan 49 00:00 Z", 2493072000, 0 },
	{ "1 Jan 50 00:00 Z", -631152000, 0 },
	{ "1 Jan 126 12:00 Z", 1767268800, 0 },
	{ "01 Jan 2026 12:00:00 +0000", 1767268800, 0 },
	{ "Thu(a),(b(c))01(d)Jan(e)2026(f)12(g):(h)00:00(i)+0000(j)", 1767268800, 0 },
	{ "(\\)) 1 Jan 2026 12:00 Z", 1767268800, 0 },
	{ "Thu,\r\n 01\r\n Jan\r\n 2026\r\n 12:00:00\r\n +0000", 1767268800, 0 },
	{ "Thu,01 Jan 2026 12:00:00+0000", 1767268800, 0 },
	/* the merely common */
	{ "Thu 1 Jan 2026 12:00:00 +0000", 1767268800, 0 },
	{ "Thursday, 01-Jan-26 12:00:00 GMT", 1767268800, 0 },
	{ "Thu, 1-Jan-2026 12:00:00 GMT", 1767268800, 0 },
	{ "thu, 1 january 2026 12:00:00 gmt", 1767268800, 0 },
	{ "1 Sept 2026 12:00:00 +0000", 1788264000, 0 },
	{ "Do, 1 Jan 2026 12:00:00 +0000", 1767268800, 0 },
	{ "Fri, 1 Jan 2026 12:00:00 +0000", 1767268800, 0 },
	{ "Thu, 1 Jan 2026 1:2:3 +0000", 1767229323, 0 },
	{ "Wed 29 May 2019 06:09:22 PM EDT", 1559167762, -240 },
	{ "Thu, 1 Jan 2026 12:00 AM +0000", 1767225600, 0 },
	{ "Thu, 1 Jan 2026 12:00:00 pm +0000", 1767268800, 0 },
	/* asctime */
	{ "Thu Jan  1 12:00:00 2026", 1767268800, UNKNOWN },
	{ "Thu Jan  1 12:00 2026", 1767268800, UNKNOWN },
	{ "Thu Jan  1 12:00:00 EST 2026", 1767286800, -300 },
	{ "Thu Jan  1 12:00:00 2026 +0530", 1767249000, 330 },
	{ "Thu Jan  1 12:00:00 2026 remote from host", 1767268800, UNKNOWN },
};

START_TEST(a_date_is_a_moment_and_a_zone)
{
	MailDate date = { 0 };

	ck_assert_msg(date_parse(slice_of(dates[_i].value), &date), "%s", dates[_i].value);
	ck_assert_msg(date.seconds == dates[_i].seconds, "%s: %lld, not %lld", dates[_i].value,
		      (long long)date.seconds, (long long)dates[_i].seconds);
	ck_assert_int_eq(date.zone_unknown, dates[_i].zone == UNKNOWN);
	ck_assert_int_eq(date.zone_minutes, dates[_i].zone == UNKNOWN ? 0 : dates[_i].zone);
}
END_TEST

static const char *const none[] = {
	"",
	" ",
	"yesterday",
	"Thu",
	"Thu,",
	"1",
	"1 Jan",
	"1 Jan 2026",
	"2026-01-01",
	"1 Jan 2026 12",
	"1 Jan 2026 12:",
	"1 Jan 2026 12:00:",
	"1 Jan 6 12:00 Z",
	"1 Foo 2026 12:00 Z",
	"Mon, 00 Xxx 0000 25:61:61 +9999",
	"0 Jan 2026 12:00 Z",
	"32 Jan 2026 12:00 Z",
	"29 Feb 1900 00:00:00 +0000",
	"29 Feb 2026 00:00:00 +0000",
	"31 Apr 2026 00:00:00 +0000",
	"1 Jan 2026 25:00 Z",
	"1 Jan 2026 13:00 PM Z",
	"1 Jan 2026 00:00 AM Z",
	"1 Jan 2026 24:01 Z",
	"1 Jan 2026 12:60 Z",
	"1 Jan 2026 12:00:61 Z",
	"1 Jan 0000 12:00 Z",
	"1 Jan 1899 12:00 Z",
	"1 Jan 99999 00:00:00 +0000",
	"31 Dec 9999 24:00:00 +0000",
	"1 Jan 292277026597 00:00:00 +0000",
	"1 Jan 2026 12:00:00 +9999",
	"1 Jan 2026 12:00:00 +0060",
	"1 Jan 2026 12:00:00 +999999999999",
	"1 Jan 2026 12:00:00 +",
	"1 Jan 2026 12:00:00 +05:3",
	"-1 Jan -2026 -1:-1:-1",
	"2026-13-01T00:00:00Z",
	"2026-1-1T00:00:00Z",
	"Thu, (((( 01 Jan 2026 12:00:00 +0000",
	"(\\",
	"Thu Jan 1 12:00:00",
	"Thu Jan 1",
};

START_TEST(what_is_no_date_is_refused)
{
	MailDate date = { .seconds = 42 };

	ck_assert_msg(!date_parse(slice_of(none[_i]), &date), "%s", none[_i]);
	ck_assert_int_eq(date.seconds, 42);
}
END_TEST

START_TEST(no_beginning_of_a_date_is_read_past_its_end)
{
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
		for (size_t length = strlen(dates[i].value) + 1; length-- > 0;) {
			char *copy = length ? malloc(length) : NULL; /* so that a sanitizer sees it */
			MailDate date;

			if (length)
				memcpy(copy, dates[i].value, length);
			date_parse(slice(copy ? copy : "", length), &date);
			free(copy);
		}
}
END_TEST

START_TEST(long_nonsense_costs_linear_time)
{
	static const char *const units[] = { "9", "(", "()", " ", "Thu, ", ":", "(\\" };
	AUTO_VALUE(Text) value = { 0 };
	MailDate date;

	text_append_string(&value, _i % 2 ? "Thu, 1 Jan 2026 12:00" : "");
	while (value.length < 8 << 20)
		text_append_string(&value, units[_i / 2]);
	date_parse(text_slice(&value), &date);
}
END_TEST

START_TEST(days_and_seconds_are_each_others_inverse)
{
	for (int64_t day = -800000; day < 3000000; day += 97) {
		CivilTime civil = date_civil(day * 86400 + 86399, 0);

		ck_assert_int_eq(date_seconds(&civil, 0), day * 86400 + 86399);
		ck_assert_int_eq(civil.weekday, (int)(((day + 4) % 7 + 7) % 7));
		ck_assert(civil.hour == 23 && civil.minute == 59 && civil.second == 59);
	}
}
END_TEST

START_TEST(a_zone_moves_the_clock_and_the_day)
{
	CivilTime civil = date_civil(1767268800, 13 * 60);

	ck_assert(civil.year == 2026 && civil.month == 1 && civil.day == 2 && civil.hour == 1);
	ck_assert_int_eq(civil.weekday, 5);
	ck_assert_int_eq(date_seconds(&civil, 13 * 60), 1767268800);
	civil = date_civil(0, -1);
	ck_assert(civil.year == 1969 && civil.month == 12 && civil.day == 31 && civil.minute == 59);
}
END_TEST

START_TEST(dates_are_written_as_the_rfcs_have_them)
{
	AUTO_VALUE(Text) out = { 0 };

	date_write_rfc5322(1795507882, 0, &out);
	ck_assert_str_eq(text_string(&out), "Tue, 24 Nov 2026 08:11:22 +0000");
	text_reset(&out);
	date_write_rfc5322(1767268800, -510, &out);
	ck_assert_str_eq(text_string(&out), "Thu, 01 Jan 2026 03:30:00 -0830");
	text_reset(&out);
	date_write_rfc5322(1767268800, -30, &out);
	ck_assert_str_eq(text_string(&out), "Thu, 01 Jan 2026 11:30:00 -0030");
	text_reset(&out);
	date_write_asctime(1767268800, &out);
	ck_assert_str_eq(text_string(&out), "Thu Jan  1 12:00:00 2026");
}
END_TEST

START_TEST(the_local_zone_knows_summer_time)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	ck_assert_int_eq(date_local_zone(1767268800), 60);
	ck_assert_int_eq(date_local_zone(1782907200), 120);
	setenv("TZ", "XXX3:30", 1);
	ck_assert_int_eq(date_local_zone(1767268800), -210);
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof *(table))

int main(void)
{
	Suite *suite = suite_create("date");
	TCase *tests = tcase_create("date");
	SRunner *runner;
	int failed;

	LOOP(tests, a_date_is_a_moment_and_a_zone, dates);
	LOOP(tests, what_is_no_date_is_refused, none);
	tcase_add_test(tests, no_beginning_of_a_date_is_read_past_its_end);
	tcase_add_loop_test(tests, long_nonsense_costs_linear_time, 0, 14);
	tcase_add_test(tests, days_and_seconds_are_each_others_inverse);
	tcase_add_test(tests, a_zone_moves_the_clock_and_the_day);
	tcase_add_test(tests, dates_are_written_as_the_rfcs_have_them);
	tcase_add_test(tests, the_local_zone_knows_summer_time);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
