/* Modules come from where the program lies, and only from as safe a place.  The program here is a copy of
 * this test in a tree of its own, which says what it found. */
#include "system/module.h"

#include <stdbool.h>
#include <sys/stat.h>

#include "forked.h"

static bool copy_file(const char *from, const char *to, mode_t mode)
{
	char block[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	ssize_t got = -1;

	while (in >= 0 && out >= 0 && (got = read(in, block, sizeof block)) > 0)
		if (write(out, block, (size_t)got) != got)
			break;
	if (out >= 0 && fchmod(out, mode) < 0)
		got = -1;
	close(in);
	close(out);
	return got == 0;
}

/* A module that needs no compiler: the C library's own, under our name. */
static const char *a_library(void)
{
	static const char *const places[] = { "/lib/x86_64-linux-gnu/libm.so.6",
					      "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6",
					      "/lib/libm.so.6", NULL };
	const char *const *place = places;

	while (*place && access(*place, R_OK) < 0)
		place++;
	return *place;
}

/* tree/prog and tree/tests/prog, with tree/modules/arith.so. */
static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(chmod(scratch, 0755), 0);
	ck_assert_int_eq(mkdir(in_scratch("tree"), 0755), 0);
	ck_assert_int_eq(mkdir(in_scratch("tree/tests"), 0755), 0);
	ck_assert_int_eq(mkdir(in_scratch("tree/modules"), 0755), 0);
	ck_assert(copy_file("/proc/self/exe", in_scratch("tree/prog"), 0755));
	ck_assert(copy_file("/proc/self/exe", in_scratch("tree/tests/prog"), 0755));
	ck_assert_ptr_nonnull(a_library());
	ck_assert(copy_file(a_library(), in_scratch("tree/modules/arith.so"), 0755));
}

typedef struct Call {
	const char *program, *symbol;
	uid_t uid;
} Call;

static void exec_program(void *with)
{
	const Call *call = with;

	if (call->uid && setresuid(call->uid, call->uid, call->uid) < 0)
		_exit(99);
	execl(call->program, "prog", "--open", "arith", call->symbol, NULL);
	_exit(98);
}

static Outcome open_from(const char *program, const char *symbol, uid_t uid)
{
	Call call = { in_scratch(program), symbol, uid };

	return forked(exec_program, &call);
}

START_TEST(a_module_is_found_in_the_tree_of_the_program)
{
	Outcome end = open_from("tree/prog", "cos", 0);

	ck_assert_msg(end.status == 0, "%d %s", end.status, end.said);
	end = open_from("tree/tests/prog", "cos", 0);
	ck_assert_msg(end.status == 0, "%d %s", end.status, end.said);
}
END_TEST

START_TEST(a_module_without_the_table_is_a_retry)
{
	Outcome end = open_from("tree/prog", "trommel_none", 0);

	ck_assert_int_eq(end.status, 75);
	ck_assert_ptr_nonnull(strstr(end.said, "modules/arith.so' has no 'trommel_none'"));
}
END_TEST

static void ck_not_from_the_tree(uid_t uid)
{
	Outcome end = open_from("tree/prog", "cos", uid);

	/* The installed directory has no such module. */
	ck_assert_int_eq(end.status, 75);
	ck_assert_msg(strstr(end.said, TROMMEL_MODULE_DIR "/arith.so") != NULL, "%s", end.said);
}

START_TEST(without_a_tree_it_is_the_installed_directory)
{
	ck_assert_int_eq(unlink(in_scratch("tree/modules/arith.so")), 0);
	ck_not_from_the_tree(0);
}
END_TEST

START_TEST(what_others_could_have_put_there_does_not_count)
{
	static const mode_t loose[] = { 0775, 0757 };

	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(chmod(in_scratch("tree/modules"), loose[i]), 0);
		ck_not_from_the_tree(0);
		ck_assert_int_eq(chmod(in_scratch("tree/modules"), 0755), 0);
		ck_assert_int_eq(chmod(in_scratch("tree/modules/arith.so"), loose[i]), 0);
		ck_not_from_the_tree(0);
		ck_assert_int_eq(chmod(in_scratch("tree/modules/arith.so"), 0755), 0);
	}
	ck_assert_int_eq(open_from("tree/prog", "cos", 0).status, 0);
}
END_TEST

START_TEST(a_tree_that_a_group_shares_is_as_safe_as_its_program)
{
	ck_assert_int_eq(chmod(in_scratch("tree"), 0775), 0);
	ck_assert_int_eq(chmod(in_scratch("tree/modules"), 0775), 0);
	ck_assert_int_eq(chmod(in_scratch("tree/modules/arith.so"), 0775), 0);
	ck_assert_int_eq(open_from("tree/prog", "cos", 0).status, 0);
}
END_TEST

START_TEST(the_owner_is_root_oneself_or_the_programs)
{
	if (geteuid() != 0) {
		printf("skipped: only root can give files away\n");
		return;
	}
	/* As others see root's tree. */
	ck_assert_int_eq(open_from("tree/prog", "cos", 54321).status, 0);
	ck_assert_int_eq(chown(in_scratch("tree/modules/arith.so"), 54321, 0), 0);
	ck_not_from_the_tree(0);
	ck_not_from_the_tree(54322);
	ck_assert_int_eq(open_from("tree/prog", "cos", 54321).status, 0);
	ck_assert_int_eq(chown(in_scratch("tree/prog"), 54321, 0), 0);
	ck_assert_int_eq(open_from("tree/prog", "cos", 0).status, 0);
}
END_TEST

static int open_and_tell(const char *name, const char *symbol)
{
	Failure why = { 0 };

	if (module_open(name, symbol, &why))
		return 0;
	fputs(why.text, stderr);
	return failure_exit_status(&why);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--open") == 0)
		return open_and_tell(argv[2], argv[3]);

	Suite *suite = suite_create("module");
	TCase *trees = tcase_create("trees");

	tcase_add_checked_fixture(trees, setup, scratch_remove);
	tcase_add_test(trees, a_module_is_found_in_the_tree_of_the_program);
	tcase_add_test(trees, a_module_without_the_table_is_a_retry);
	tcase_add_test(trees, without_a_tree_it_is_the_installed_directory);
	tcase_add_test(trees, what_others_could_have_put_there_does_not_count);
	tcase_add_test(trees, a_tree_that_a_group_shares_is_as_safe_as_its_program);
	tcase_add_test(trees, the_owner_is_root_oneself_or_the_programs);
	suite_add_tcase(suite, trees);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
