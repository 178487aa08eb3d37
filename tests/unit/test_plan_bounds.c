/* plan_check: how much an enemy may put into a plan, kind by kind; at the bound it passes, beyond it does
 * not. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/limits.h"
#include "plan/plan.h"

enum {
	MESSAGE_BYTES = 1000
};

static Arena *arena;
static Plan *plan;

static void set_up(void)
{
	arena = arena_new();
	plan = plan_new(arena);
}

static void tear_down(void)
{
	arena_free(arena);
}

static const char **names(size_t count)
{
	const char **made = arena_alloc(arena, count * sizeof *made);

	for (size_t i = 0; i < count; i++)
		made[i] = "name";
	return made;
}

static const char *letters(size_t count)
{
	AUTO_VALUE(Text) made = { 0 };

	while (made.length < count)
		text_append_char(&made, 'x');
	return arena_copy_string(arena, text_string(&made));
}

static void flags(size_t count)
{
	Action *action = plan_add(plan, ACTION_KEEP);

	action->flags = (PlanFlags){ .set = true, .names = names(count), .count = count };
}

static void implicit_flags(size_t count)
{
	plan->implicit_flags = (PlanFlags){ .set = true, .names = names(count), .count = count };
}

static void arguments(size_t count)
{
	Action *action = plan_add(plan, ACTION_PIPE);

	action->program = "lights";
	action->arguments = (PlanList){ names(count), count };
}

static void argument_bytes(size_t count)
{
	Action *action = plan_add(plan, ACTION_PIPE);

	action->program = "lights";
	action->arguments = (PlanList){ names(1), 1 };
	action->arguments.items[0] = letters(count);
}

static void actions(size_t count)
{
	for (size_t i = 0; i < count; i++)
		plan_add(plan, ACTION_KEEP);
}

static void redirects(size_t count)
{
	for (size_t i = 0; i < count; i++)
		plan_add(plan, ACTION_REDIRECT)->address = "a@example.org";
}

static void subject_bytes(size_t count)
{
	Action *action = plan_add(plan, ACTION_REJECT);

	action->text = "No.";
	action->subject = letters(count);
}

static void kinds(size_t last)
{
	plan_add(plan, ACTION_KEEP)->kind = (ActionKind)last;
}

static void pieces(size_t count)
{
	MessagePiece *items = arena_alloc(arena, count * sizeof *items);

	for (size_t i = 0; i < count; i++)
		items[i] = (MessagePiece){ "x", 0, 1 };
	plan_add_image(plan, &(MessagePieces){ items, count });
}

static void images(size_t count)
{
	MessagePiece whole = { NULL, 0, MESSAGE_BYTES };

	for (size_t i = 0; i < count; i++)
		plan_add_image(plan, &(MessagePieces){ &whole, 1 });
}

static const struct {
	const char *what;
	void (*fill)(size_t count);
	size_t most;
	const char *refused;
} bounds[] = {
	{ "flags", flags, LIMIT_FLAGS, "flags on one copy" },
	{ "flags of the implicit keep", implicit_flags, LIMIT_FLAGS, "flags on one copy" },
	{ "arguments", arguments, LIMIT_ARGUMENTS, "of 'arguments'" },
	{ "bytes of an argument", argument_bytes, LIMIT_ARGUMENT_LENGTH, "arguments that are not allowed" },
	{ "bytes of a subject", subject_bytes, LIMIT_SUBJECT_LENGTH, "that is not allowed" },
	{ "actions", actions, LIMIT_ACTIONS, "actions, 128 are allowed" },
	{ "redirects", redirects, LIMIT_REDIRECTS, "redirects, 32 are allowed" },
	{ "pieces", pieces, LIMIT_PIECES, "a version of 16385 pieces" },
	{ "versions", images, LIMIT_IMAGES, "versions of the message" },
};

START_TEST(what_is_at_the_bound_may_be_carried_out)
{
	Failure why = { 0 };

	bounds[_i].fill(bounds[_i].most);
	ck_assert_msg(plan_check(plan, MESSAGE_BYTES, &why), "%s: %s", bounds[_i].what, why.text);
}
END_TEST

START_TEST(what_is_beyond_it_may_not)
{
	Failure why = { 0 };

	bounds[_i].fill(bounds[_i].most + 1);
	ck_assert_msg(!plan_check(plan, MESSAGE_BYTES, &why), "%s", bounds[_i].what);
	ck_assert_msg(strstr(why.text, bounds[_i].refused) != NULL, "%s: %s", bounds[_i].what, why.text);
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
}
END_TEST

START_TEST(a_kind_that_there_is_not_is_no_action)
{
	Failure why = { 0 };

	kinds(ACTION_KINDS);
	ck_assert(!plan_check(plan, MESSAGE_BYTES, &why));
	ck_assert_ptr_nonnull(strstr(why.text, "an unknown action"));
}
END_TEST

START_TEST(no_piece_is_less_than_nothing)
{
	MessagePiece items[] = { { NULL, 0, 10 }, { "x", 0, -1 } };
	Failure why = { 0 };

	plan_add_image(plan, &(MessagePieces){ items, 2 });
	ck_assert(!plan_check(plan, MESSAGE_BYTES, &why));
	ck_assert_ptr_nonnull(strstr(why.text, "less than nothing"));
}
END_TEST

START_TEST(the_implicit_keep_leaves_no_mailbox_either)
{
	Failure why = { 0 };

	plan->implicit_folder = "a/b";
	ck_assert_msg(plan_check(plan, MESSAGE_BYTES, &why), "%s", why.text);
	plan->implicit_folder = "../a";
	ck_assert(!plan_check(plan, MESSAGE_BYTES, &why));
}
END_TEST

int main(void)
{
	const int count = sizeof bounds / sizeof *bounds;
	Suite *suite = suite_create("plan_bounds");
	TCase *tests = tcase_create("plan_bounds");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, what_is_at_the_bound_may_be_carried_out, 0, count);
	tcase_add_loop_test(tests, what_is_beyond_it_may_not, 0, count);
	tcase_add_test(tests, a_kind_that_there_is_not_is_no_action);
	tcase_add_test(tests, no_piece_is_less_than_nothing);
	tcase_add_test(tests, the_implicit_keep_leaves_no_mailbox_either);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
