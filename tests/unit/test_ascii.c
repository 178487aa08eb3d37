/* ascii: what no locale changes. */
#include "base/ascii.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	const char *text;
	uint64_t most;
	bool is_number;
	uint64_t number;
} numbers[] = {
	{ "0", 0, true, 0 },
	{ "007", 7, true, 7 },
	{ "65535", 65535, true, 65535 },
	{ "65536", 65535, false, 0 },
	{ "70000", 65535, false, 0 },
	{ "655350", 65535, false, 0 },
	{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, false, 0 },
	{ "99999999999999999999999", UINT64_MAX, false, 0 },
	{ "", 9, false, 0 },
	{ "-1", 9, false, 0 },
	{ "+1", 9, false, 0 },
	{ " 1", 9, false, 0 },
	{ "1 ", 9, false, 0 },
	{ "1a", 99, false, 0 },
	{ "0x1", 99, false, 0 },
};

START_TEST(a_number_is_digits_alone_and_below_its_bound)
{
	uint64_t number = 0;

	ck_assert(ascii_read_number(slice_of(numbers[_i].text), numbers[_i].most, &number) ==
		  numbers[_i].is_number);
	if (numbers[_i].is_number)
		ck_assert_uint_eq(number, numbers[_i].number);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ascii");
	TCase *tests = tcase_create("ascii");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_number_is_digits_alone_and_below_its_bound, 0,
			    sizeof numbers / sizeof *numbers);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
