/* test_digest - SHA-256 by the examples of FIPS 180-4, however the bytes come */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

static void hex_of(const unsigned char *bytes, char *hex)
{
	for (unsigned i = 0; i < DIGEST_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static const struct {
	const char *text, *hex;
} examples[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
	  "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};
START_TEST(the_examples_come_out)
{
	Slice text = slice_of(examples[_i].text);

	for (size_t step = 1; step < 70; step++) {
		unsigned char result[DIGEST_BYTES];
		char hex[DIGEST_HEX];
		Digest digest;

		digest_begin(&digest);
		for (size_t at = 0; at < text.length; at += step) {
			Slice rest = slice_from(text, at);

			digest_add(&digest, slice(rest.data, rest.length < step ? rest.length : step));
		}
		digest_end(&digest, result);
		hex_of(result, hex);
		ck_assert_str_eq(hex, examples[_i].hex);
	}
}
END_TEST

START_TEST(where_strings_end_makes_a_difference)
{
	char one[DIGEST_HEX], other[DIGEST_HEX];

	digest_of((Slice[]){ SLICE("ab"), SLICE("c") }, 2, one);
	digest_of((Slice[]){ SLICE("a"), SLICE("bc") }, 2, other);
	ck_assert_str_ne(one, other);
	ck_assert_uint_eq(strlen(one), DIGEST_HEX - 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("digest");
	TCase *tests = tcase_create("digest");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, the_examples_come_out, 0, sizeof examples / sizeof *examples);
	tcase_add_test(tests, where_strings_end_makes_a_difference);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
