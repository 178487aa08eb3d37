/* test_steps - what a judge tells of the way it took is taken as it was sent, or not at all */
#include <check.h>
#include <stdlib.h>

#include "plan/limits.h"
#include "plan/steps.h"
#include "plan/wire.h"

static StepNode nodes[] = {
	{ STEP_BRANCH, 0, 1, 0, 2, 30, 1, 1 },
	{ STEP_TEST, 0, 1, 3, 6, 30, 1, 1 },
	{ STEP_COMMAND, 1, 7, 50, 4, 55, 0, 0 },
};
static StepScript scripts[] = { { "", false }, { "included", true } };

static Steps make_steps(StepSight *sight)
{
	*sight = (StepSight){ .node = 1,
			      .hit = true,
			      .field = SLICE("Subject"),
			      .value = SLICE("a\0list"),
			      .value_from = 5,
			      .value_all = 40,
			      .has_raw = true,
			      .raw = SLICE("=?x?"),
			      .key = SLICE("list"),
			      .key_line = 2,
			      .match_from = 2,
			      .match_size = 4 };
	return (Steps){ scripts, 2, nodes, 3, sight, 1, true };
}

START_TEST(what_is_sent_is_what_comes)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) bytes = { 0 };
	AUTO_VALUE(Text) again = { 0 };
	StepSight sight;
	Steps steps = make_steps(&sight), read;
	Failure why = { 0 };

	steps_encode(&steps, &bytes);
	ck_assert_msg(steps_decode(text_slice(&bytes), &read, arena, &why), "%s", why.text);
	steps_encode(&read, &again);
	ck_assert(slice_equal(text_slice(&bytes), text_slice(&again)));
	ck_assert(slice_equal(read.sights[0].value, sight.value));
}
END_TEST

/* Cut anywhere, with something behind it, with any byte changed: refused, or steps that lead nowhere else. */
START_TEST(what_is_damaged_leads_nowhere)
{
	AUTO_VALUE(Text) bytes = { 0 };
	StepSight sight;
	Steps steps = make_steps(&sight);

	steps_encode(&steps, &bytes);
	for (size_t i = 0; i < bytes.length; i++) {
		AUTO(Arena) arena = arena_new();
		Failure why = { 0 };
		Steps read;

		ck_assert(!steps_decode(slice(bytes.data, i), &read, arena, &why));
		for (int bit = 0; bit < 8; bit++) {
			bytes.data[i] ^= (char)(1 << bit);
			if (steps_decode(text_slice(&bytes), &read, arena, &why))
				for (size_t k = 0; k < read.sight_count; k++) {
					ck_assert(read.sights[k].node < read.node_count);
					ck_assert(read.sights[k].match_from + read.sights[k].match_size <=
						  read.sights[k].value.length);
				}
			bytes.data[i] ^= (char)(1 << bit);
		}
	}
	text_append_char(&bytes, 0);
	{
		AUTO(Arena) arena = arena_new();
		Failure why = { 0 };
		Steps read;

		ck_assert(!steps_decode(text_slice(&bytes), &read, arena, &why));
	}
}
END_TEST

static void refuse(void (*spoil)(Steps *steps), const char *what)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) bytes = { 0 };
	StepSight sight;
	StepNode own[3];
	Steps steps = make_steps(&sight), read;
	Failure why = { 0 };

	memcpy(own, nodes, sizeof own);
	steps.nodes = own;
	spoil(&steps);
	steps_encode(&steps, &bytes);
	ck_assert_msg(!steps_decode(text_slice(&bytes), &read, arena, &why), "%s", what);
}

static void spoil_node(Steps *steps)
{
	steps->sights[0].node = 3;
}

static void spoil_script(Steps *steps)
{
	steps->nodes[2].script = 2;
}

static StepScript nameless[] = { { "", false }, { NULL, true } };

static void spoil_name(Steps *steps)
{
	steps->scripts = nameless;
}

static void spoil_match(Steps *steps)
{
	steps->sights[0].match_size = 5;
}

static void spoil_count(Steps *steps)
{
	steps->nodes[0].held = 2;
}

static void spoil_end(Steps *steps)
{
	steps->nodes[2].end = 49;
}

START_TEST(places_that_are_not_there_are_refused)
{
	refuse(spoil_node, "a value of no test");
	refuse(spoil_script, "a step of no script");
	refuse(spoil_name, "a script without a name");
	refuse(spoil_match, "a match beyond the value");
	refuse(spoil_count, "held more often than reached");
	refuse(spoil_end, "an end before the beginning");
}
END_TEST

START_TEST(no_more_is_read_than_may_be_sent)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) bytes = { 0 };
	Failure why = { 0 };
	Steps read;

	wire_put_number(&bytes, LIMIT_STEP_SCRIPTS + 1);
	ck_assert(!steps_decode(text_slice(&bytes), &read, arena, &why));
	text_reset(&bytes);
	wire_put_number(&bytes, 0);
	wire_put_number(&bytes, LIMIT_STEP_NODES + 1);
	ck_assert(!steps_decode(text_slice(&bytes), &read, arena, &why));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("steps");
	TCase *tests = tcase_create("steps");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, what_is_sent_is_what_comes);
	tcase_add_test(tests, what_is_damaged_leads_nowhere);
	tcase_add_test(tests, places_that_are_not_there_are_refused);
	tcase_add_test(tests, no_more_is_read_than_may_be_sent);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
