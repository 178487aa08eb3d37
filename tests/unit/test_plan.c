/* test_plan - plans are made, printed, compared and cross a wire */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "plan/limits.h"
#include "plan/plan.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static PlanFlags flags_of(const char *first, const char *second)
{
	PlanFlags flags = { .set = true, .count = second ? 2 : 1 };

	flags.names = arena_zeroed(arena, 2, sizeof *flags.names);
	flags.names[0] = first;
	flags.names[1] = second;
	return flags;
}

static PlanList list_of(const char *first, const char *second)
{
	PlanList list = { .count = 2, .items = arena_zeroed(arena, 2, sizeof *list.items) };

	list.items[0] = first;
	list.items[1] = second;
	return list;
}

/* What only some kinds of action hold. */
static void add_the_rest(Plan *plan)
{
	MessagePiece pieces[] = { { .bytes = "X: new\n", .length = 7 }, { .offset = 10, .length = 90 } };
	Action *action = plan_add(plan, ACTION_VACATION);

	plan->actions[0].image = plan_add_image(plan, &(MessagePieces){ pieces, 2 });
	plan->actions[0].special_use = "\\Junk";
	plan->actions[0].mailbox_id = "F12";
	plan->actions[1].dsn_notify = "NEVER";
	plan->actions[1].dsn_ret = "HDRS";
	plan->actions[1].deliver_by = "3600";
	plan->actions[1].deliver_by_mode = "NOTIFY";
	plan->actions[1].deliver_by_trace = true;
	*action = (Action){ .kind = ACTION_VACATION,
			    .script = "",
			    .copy = true,
			    .address = "a@example.org",
			    .subject = "Away",
			    .text = "I am away.\nUntil then",
			    .is_mime = true,
			    .from = "Me <me@example.org>",
			    .to = "Ann <a@example.org>",
			    .message_id = "<1@example.org>",
			    .references = "<0@example.org>",
			    .handle = "away",
			    .seconds = 604800,
			    .folder = "Sent",
			    .line = 16 };
	action = plan_add(plan, ACTION_REJECT);
	action->text = "No.\n";
	action->is_ereject = true;
	action->subject = "Rejected: hello";
	action->message_id = "<2@example.org>";
	action = plan_add(plan, ACTION_NOTIFY);
	action->address = "mailto:a@example.org,b@example.org";
	action->subject = "New";
	action->recipients = list_of("a@example.org", "b@example.org");
	action->importance = 1;
	action->arguments = list_of("a=b", "c=d");
	action = plan_add(plan, ACTION_REPORT);
	action->type = "abuse";
	action->text = "It is spam.";
	action->address = "abuse@example.org";
	action->headers_only = true;
	action = plan_add(plan, ACTION_PIPE);
	action->program = "lights";
	action->arguments = list_of("on", "");
	action->is_optional = true;
	action = plan_add(plan, ACTION_CALENDAR);
	action->text = "BEGIN:VCALENDAR\r\n";
	action->handle = "u1@example.org";
	action->calendar = "work";
	action->before = "0123abcd";
	action = plan_add(plan, ACTION_REMEMBER);
	action->handle = "id";
	action->seconds = 86400;
}

/* A plan in which everything that a plan can hold is there. */
static Plan *full_plan(void)
{
	Plan *plan = plan_new(arena);
	Action *action = plan_add(plan, ACTION_FILEINTO);

	action->folder = "Lists/K\xc3\xb6ln";
	action->create = true;
	action->flags = flags_of("\\Seen", "work");
	action->script = "lists";
	action->line = 12;
	action = plan_add(plan, ACTION_REDIRECT);
	action->address = "a@example.org";
	action->copy = true;
	action->line = 70000;
	action = plan_add(plan, ACTION_KEEP);
	action->flags.set = true;
	action->line = 14;
	plan_add(plan, ACTION_DISCARD)->line = 15;
	add_the_rest(plan);
	plan->implicit_keep = false;
	plan->implicit_flags = flags_of("\\Flagged", NULL);
	plan->implicit_image = 1;
	plan->implicit_folder = "Rest";
	plan->decided_line = 12;
	plan_warn(plan, "line %d: a folder is missing", 12);
	plan_note(plan, "main:%d:1: no reply: a list", 16);
	return plan;
}

static void assert_same_text(const Plan *a, const Plan *b)
{
	AUTO_VALUE(Text) left = { 0 };
	AUTO_VALUE(Text) right = { 0 };

	plan_print(a, &left);
	plan_print(b, &right);
	ck_assert_str_eq(text_string(&left), text_string(&right));
}

START_TEST(a_new_plan_keeps_the_message)
{
	AUTO_VALUE(Text) out = { 0 };

	plan_print(plan_new(arena), &out);
	ck_assert_str_eq(text_string(&out), "keep in the inbox [implicit keep]\n");
}
END_TEST

START_TEST(a_plan_is_printed_one_action_a_line)
{
	AUTO_VALUE(Text) out = { 0 };

	plan_print(full_plan(), &out);
	ck_assert_str_eq(
		text_string(&out),
		"warning: line 12: a folder is missing\n"
		"note: main:16:1: no reply: a list\n"
		"file into \"Lists/K\xc3\xb6ln\", or rather the folder for \"\\\\Junk\", "
		"or rather the folder with the id \"F12\", made if missing (flags \\Seen work), edited "
		"[lists, line 12]\n"
		"redirect to \"a@example.org\", report \"NEVER\", return \"HDRS\", by \"3600\", else "
		"\"NOTIFY\" "
		"[line 70000]\n"
		"keep in the inbox [line 14]\n"
		"discard [line 15]\n"
		"answer \"a@example.org\", from \"Me <me@example.org>\", subject \"Away\": \"I am "
		"away.\\x0aUntil then\", copy into "
		"\"Sent\" "
		"[line 16]\n"
		"refuse: \"No.\\x0a\"\n"
		"notify \"mailto:a@example.org,b@example.org\", subject \"New\"\n"
		"report as \"abuse\" to \"abuse@example.org\"\n"
		"pipe to \"lights\" \"on\" \"\"\n"
		"put \"u1@example.org\" into the calendar \"work\"\n"
		"remember \"id\" for 86400 s\n");
}
END_TEST

START_TEST(names_cannot_write_to_the_terminal)
{
	AUTO_VALUE(Text) out = { 0 };
	Action action = { .kind = ACTION_FILEINTO, .folder = "a\x1b[2J\"\\\xff\xc2\x9b\n" };

	plan_describe_action(&action, &out);
	ck_assert_str_eq(text_string(&out), "file into \"a\\x1b[2J\\\"\\\\\\xff\\xc2\\x9b\\x0a\"");
}
END_TEST

START_TEST(many_actions_stay_in_order)
{
	AUTO_VALUE(Text) wire = { 0 };
	Plan *plan = plan_new(arena), *again = plan_new(arena);
	Failure why = { 0 };

	for (uint32_t i = 0; i < LIMIT_ACTIONS; i++)
		plan_add(plan, ACTION_DISCARD)->line = i + 1;
	plan_encode(plan, &wire);
	ck_assert_msg(plan_decode(text_slice(&wire), again, &why), "%s", why.text);
	ck_assert_uint_eq(again->count, LIMIT_ACTIONS);
	for (uint32_t i = 0; i < LIMIT_ACTIONS; i++)
		ck_assert_uint_eq(again->actions[i].line, i + 1);
	plan_add(plan, ACTION_DISCARD);
	text_reset(&wire);
	plan_encode(plan, &wire);
	ck_assert(!plan_decode(text_slice(&wire), again, &why));
}
END_TEST

START_TEST(a_plan_comes_out_as_it_went_in)
{
	AUTO_VALUE(Text) wire = { 0 };
	Plan *plan = full_plan(), *again = plan_new(arena);
	Failure why = { 0 };

	plan_encode(plan, &wire);
	ck_assert_msg(plan_decode(text_slice(&wire), again, &why), "%s", why.text);
	ck_assert(plan_equal(plan, again));
	assert_same_text(plan, again);
	ck_assert_uint_eq(again->decided_line, 12);
	ck_assert(!again->implicit_keep);
	ck_assert_uint_eq(again->implicit_flags.count, 1);
	ck_assert(again->actions[1].copy && !again->actions[0].copy);
	ck_assert(again->actions[2].flags.set && !again->actions[3].flags.set);
}
END_TEST

START_TEST(a_failed_plan_keeps_and_says_why)
{
	AUTO_VALUE(Text) wire = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	Plan *plan = full_plan(), *again = plan_new(arena);
	Failure why = { 0 };

	plan_fail(plan, PLAN_RUN_ERROR, "main:3:1: too much\nsecond line");
	plan_encode(plan, &wire);
	ck_assert_msg(plan_decode(text_slice(&wire), again, &why), "%s", why.text);
	plan_print(again, &out);
	ck_assert_str_eq(text_string(&out), "the rules failed:\nmain:3:1: too much\nsecond line\n"
					    "warning: line 12: a folder is missing\n"
					    "keep in the inbox [implicit keep]\n");
}
END_TEST

START_TEST(what_people_read_crosses_printable_and_cut)
{
	AUTO_VALUE(Text) wire = { 0 };
	AUTO_VALUE(Text) error = { 0 };
	Plan *plan = plan_new(arena), *again = plan_new(arena);
	Failure why = { 0 };

	for (int i = 0; i < 2 * LIMIT_WARNINGS; i++)
		plan_warn(plan, "a\nb\x1b\xff");
	text_append_string(&error, "a\nb\x1b\xff ");
	while (error.length < 2 * LIMIT_ERROR_LENGTH)
		text_append_string(&error, "\xe2\x82\xac");
	plan_fail(plan, PLAN_NO_COMPILE, text_string(&error));
	plan_encode(plan, &wire);
	ck_assert_msg(plan_decode(text_slice(&wire), again, &why), "%s", why.text);
	ck_assert_uint_eq(again->warning_count, LIMIT_WARNINGS);
	ck_assert_str_eq(again->warnings[LIMIT_WARNINGS - 1], "a?b??");
	ck_assert_uint_le(strlen(again->error), LIMIT_ERROR_LENGTH);
	ck_assert_uint_gt(strlen(again->error), LIMIT_ERROR_LENGTH - 4);
	ck_assert_int_eq(strncmp(again->error, "a\nb?? \xe2\x82\xac", 9), 0);
	ck_assert(utf8_valid(slice_of(again->error)));
}
END_TEST

START_TEST(no_plan_has_a_beginning_that_is_one)
{
	AUTO_VALUE(Text) wire = { 0 };
	Plan *again = plan_new(arena);

	plan_encode(full_plan(), &wire);
	for (size_t length = 0; length < wire.length; length++) {
		/* In memory of its own, so that a sanitizer sees the first byte too many. */
		auto_free char *bytes = malloc(length + 1);
		Failure why = { 0 };

		memcpy(bytes, wire.data, length);
		bytes[length] = 1;
		ck_assert_msg(!plan_decode(slice(bytes, length), again, &why), "%zu bytes", length);
		ck_assert_int_eq(why.kind, FAILURE_RETRY);
	}
	text_append_char(&wire, '\0');
	ck_assert(!plan_decode(text_slice(&wire), again, &(Failure){ 0 }));
}
END_TEST

START_TEST(there_is_one_way_to_write_a_plan)
{
	AUTO_VALUE(Text) wire = { 0 };
	size_t decoded = 0;

	plan_encode(full_plan(), &wire);
	for (size_t at = 0; at < wire.length; at++) {
		char honest = wire.data[at];

		for (int value = 0; value < 256; value++) {
			AUTO(Arena) scratch = arena_new();
			AUTO_VALUE(Text) back = { 0 };
			Plan *again = plan_new(scratch);
			Failure why = { 0 };

			wire.data[at] = (char)value;
			if (!plan_decode(text_slice(&wire), again, &why)) {
				ck_assert_int_eq(why.kind, FAILURE_RETRY);
				continue;
			}
			decoded++;
			plan_encode(again, &back);
			/* Texts for people are changed while they are read, but never their length. */
			ck_assert_uint_eq(back.length, wire.length);
		}
		wire.data[at] = honest;
	}
	ck_assert_uint_gt(decoded, wire.length);
}
END_TEST

static Plan *plan_with(ActionKind kind, const char *name, const char *first, const char *second)
{
	Plan *plan = plan_new(arena);
	Action *action = plan_add(plan, kind);

	if (kind == ACTION_FILEINTO)
		action->folder = name;
	if (kind == ACTION_REDIRECT)
		action->address = name;
	if (first)
		action->flags = flags_of(first, second);
	return plan;
}

START_TEST(plans_are_equal_when_their_effect_is)
{
	Plan *plan = plan_with(ACTION_FILEINTO, "A", "\\Seen", "b");
	Plan *same = plan_with(ACTION_FILEINTO, "A", "B", "\\seen");

	same->actions[0].line = 99;
	plan_add(same, ACTION_DISCARD);
	ck_assert(plan_equal(plan, same));
	ck_assert(plan_equal(same, plan));
	ck_assert(!plan_equal(plan, plan_with(ACTION_FILEINTO, "B", "\\Seen", "b")));
	ck_assert(!plan_equal(plan, plan_with(ACTION_FILEINTO, "A", "\\Seen", NULL)));
	ck_assert(!plan_equal(plan, plan_with(ACTION_FILEINTO, "A", "\\Seen", "c")));
	ck_assert(!plan_equal(plan, plan_with(ACTION_KEEP, NULL, "\\Seen", "b")));
	ck_assert(!plan_equal(plan, plan_new(arena)));
	ck_assert(!plan_equal(plan_with(ACTION_REDIRECT, "a@b", NULL, NULL),
			      plan_with(ACTION_REDIRECT, "a@c", NULL, NULL)));
	same->actions[0].create = true;
	ck_assert(!plan_equal(plan, same));
}
END_TEST

START_TEST(the_implicit_keep_is_an_effect)
{
	Plan *plan = plan_with(ACTION_FILEINTO, "A", NULL, NULL);
	Plan *other = plan_with(ACTION_FILEINTO, "A", NULL, NULL);

	other->implicit_flags = flags_of("\\Seen", NULL);
	ck_assert(!plan_equal(plan, other));
	plan->implicit_keep = false;
	ck_assert(!plan_equal(plan, other));
	other->implicit_keep = false;
	ck_assert(plan_equal(plan, other));
	other->outcome = PLAN_RUN_ERROR;
	ck_assert(!plan_equal(plan, other));
}
END_TEST

static const struct {
	const char *name;
	bool valid;
} folders[] = {
	{ "INBOX", true },      { "Lists/K\xc3\xb6ln", true },
	{ "...", true },        { ".hidden", true },
	{ "a.b", true },        { "~root", true },
	{ "", false },          { "/", false },
	{ "/a", false },        { "a/", false },
	{ "a//b", false },      { ".", false },
	{ "..", false },        { "a/..", false },
	{ "../a", false },      { "a/./b", false },
	{ "a\tb", false },      { "a\nb", false },
	{ "a\x7f", false },     { "a\xc2\x85", false },
	{ "a\xc2\x80", false }, { "a\xc2\x9f", false },
	{ "a\xc2\xa0", true },  { "\xc2\xa0", true },
	{ "a\xff", false },     { "\xc0\xae\xc0\xae/a", false }, /* overlong dots */
};
START_TEST(a_folder_name_leads_nowhere_else)
{
	ck_assert_int_eq(plan_folder_valid(slice_of(folders[_i].name)), folders[_i].valid);
}
END_TEST

START_TEST(a_folder_name_fits_the_disk)
{
	char name[LIMIT_FOLDER_LENGTH + 2];

	memset(name, 'a', sizeof name);
	ck_assert(plan_folder_valid(slice(name, 255)));
	ck_assert(!plan_folder_valid(slice(name, 256)));
	for (size_t i = 200; i < sizeof name; i += 200)
		name[i] = '/';
	ck_assert(plan_folder_valid(slice(name, LIMIT_FOLDER_LENGTH)));
	ck_assert(!plan_folder_valid(slice(name, LIMIT_FOLDER_LENGTH + 1)));
	ck_assert(!plan_folder_valid(slice("a\0b", 3)));
}
END_TEST

static const struct {
	const char *name;
	bool valid;
} flags[] = {
	{ "\\Seen", true },      { "\\sEEN", true }, { "work", true },  { "$Junk", true },
	{ "caf\xc3\xa9", true }, { "", false },      { "\\", false },   { "\\Recent", false },
	{ "\\Unknown", false },  { "a b", false },   { "a(b", false },  { "a)b", false },
	{ "a{b", false },        { "a%b", false },   { "a*b", false },  { "a\"b", false },
	{ "a\\b", false },       { "a]b", false },   { "a\nb", false }, { "a\xff", false },
};
START_TEST(a_flag_is_one_that_imap_can_say)
{
	ck_assert_int_eq(plan_flag_valid(slice_of(flags[_i].name)), flags[_i].valid);
}
END_TEST

START_TEST(what_is_full_may_be_carried_out)
{
	Failure why = { 0 };

	ck_assert_msg(plan_check(full_plan(), 100, &why), "%s", why.text);
}
END_TEST

START_TEST(a_version_is_made_of_the_message_that_there_is)
{
	static const struct {
		MessagePiece pieces[2];
		bool good;
	} versions[] = {
		{ { { NULL, 0, 40 }, { NULL, 40, 60 } }, true },
		{ { { NULL, 0, 40 }, { NULL, 39, 1 } }, false },
		{ { { NULL, 50, 10 }, { NULL, 0, 10 } }, false },
		{ { { NULL, 0, 101 }, { "", 0, 0 } }, false },
		{ { { NULL, 101, 0 }, { "", 0, 0 } }, false },
		{ { { NULL, -1, 2 }, { "", 0, 0 } }, false },
		{ { { NULL, 99, INT64_MAX }, { "", 0, 0 } }, false },
		{ { { "abc", 0, 3 }, { NULL, 0, 100 } }, true },
	};

	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		Plan *plan = plan_new(arena);
		MessagePieces pieces = { (MessagePiece *)versions[i].pieces, 2 };
		Failure why = { 0 };

		plan->implicit_image = plan_add_image(plan, &pieces);
		ck_assert_msg(plan_check(plan, 100, &why) == versions[i].good, "version %zu: %s", i,
			      why.text);
		plan->implicit_image++;
		ck_assert(!plan_check(plan, 100, &why));
	}
}
END_TEST

static const struct {
	ActionKind kind;
	Action action;
} bad_actions[] = {
	{ ACTION_PIPE, { .program = NULL } },
	{ ACTION_PIPE, { .program = "../sh" } },
	{ ACTION_PIPE, { .program = "-x" } },
	{ ACTION_PIPE, { .program = "a\nb" } },
	{ ACTION_PIPE, { .program = "a", .image = 1 } },
	{ ACTION_VACATION, { .address = "a@b", .text = "t", .handle = "h", .subject = "a\nBcc: x@y" } },
	{ ACTION_VACATION, { .address = "a@b", .text = "t", .handle = "h", .from = "a\rb" } },
	{ ACTION_VACATION, { .address = "a@b", .text = "t", .handle = "h", .folder = "../x" } },
	{ ACTION_VACATION, { .address = "a@b, c@d", .text = "t", .handle = "h" } },
	{ ACTION_VACATION, { .address = "a@b", .handle = "h" } },
	{ ACTION_REJECT, { .text = "\xff" } },
	{ ACTION_REJECT, { .text = NULL } },
	{ ACTION_NOTIFY, { .address = "mailto:a b" } },
	{ ACTION_NOTIFY, { .address = "mailto:a", .importance = 4 } },
	{ ACTION_REDIRECT, { .address = "a@b", .dsn_notify = "NEVER -x" } },
	{ ACTION_REPORT, { .type = "abuse\n", .text = "t", .address = "a@b" } },
	{ ACTION_REMEMBER, { .handle = "h", .seconds = UINT64_MAX } },
	{ ACTION_FILEINTO, { .folder = "a", .special_use = "Junk" } },
	{ ACTION_CALENDAR, { .handle = "u", .calendar = "../x", .text = "t" } },
	{ ACTION_CALENDAR, { .handle = "u", .calendar = ".x", .text = "t" } },
	{ ACTION_CALENDAR, { .handle = "u", .text = "t" } },
	{ ACTION_CALENDAR, { .handle = "a\nb", .calendar = "x", .text = "t" } },
	{ ACTION_CALENDAR, { .handle = "u", .calendar = "x", .text = "\xff" } },
	{ ACTION_CALENDAR, { .calendar = "x", .text = "t" } },
};
START_TEST(an_action_holds_nothing_that_does_harm)
{
	Plan *plan = plan_new(arena);
	Action *action = plan_add(plan, bad_actions[_i].kind);
	Failure why = { 0 };

	*action = bad_actions[_i].action;
	action->kind = bad_actions[_i].kind;
	action->script = "";
	ck_assert(!plan_check(plan, 1000, &why));
}
END_TEST

/* The second change would wait for the first one's lock. */
START_TEST(a_calendar_object_is_changed_once)
{
	Plan *plan = plan_new(arena);
	Failure why = { 0 };

	for (int i = 0; i < 2; i++) {
		Action *action = plan_add(plan, ACTION_CALENDAR);

		action->handle = i ? "v" : "u";
		action->calendar = "default";
		action->text = "t";
	}
	ck_assert_msg(plan_check(plan, 1000, &why), "%s", why.text);
	plan->actions[1].handle = "u";
	ck_assert(!plan_check(plan, 1000, &why));
}
END_TEST

START_TEST(to_remember_a_message_is_not_to_keep_it)
{
	Plan *plan = plan_new(arena);
	Action *action = plan_add(plan, ACTION_REMEMBER);
	Failure why = { 0 };

	action->handle = "h";
	plan->implicit_keep = false;
	ck_assert(!plan_check(plan, 1000, &why));
	plan_add(plan, ACTION_KEEP)->copy = true;
	ck_assert(!plan_check(plan, 1000, &why));
	plan->actions[1].copy = false;
	ck_assert_msg(plan_check(plan, 1000, &why), "%s", why.text);
}
END_TEST

START_TEST(a_plan_may_not_lose_the_message_without_a_word)
{
	Plan *plan = plan_new(arena);
	Failure why = { 0 };

	ck_assert(plan_check(plan, 1000, &why));
	plan->implicit_keep = false;
	ck_assert(!plan_check(plan, 1000, &why));
	plan_add(plan, ACTION_DISCARD);
	ck_assert(plan_check(plan, 1000, &why));
}
END_TEST

START_TEST(rules_that_failed_change_nothing)
{
	MessagePiece piece = { NULL, 0, 10 };
	Plan *plan = plan_new(arena);
	Failure why = { 0 };

	plan_fail(plan, PLAN_RUN_ERROR, "main:3:1: too much");
	plan_add_image(plan, &(MessagePieces){ &piece, 1 });
	ck_assert_msg(plan_check(plan, 1000, &why), "%s", why.text);
	plan->implicit_image = 1;
	ck_assert(!plan_check(plan, 1000, &why));
	plan->implicit_image = 0;
	plan->implicit_folder = "a";
	ck_assert(!plan_check(plan, 1000, &why));
	plan->implicit_folder = NULL;
	plan_add(plan, ACTION_KEEP);
	ck_assert(!plan_check(plan, 1000, &why));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tests = tcase_create("plan");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_new_plan_keeps_the_message);
	tcase_add_test(tests, a_plan_is_printed_one_action_a_line);
	tcase_add_test(tests, names_cannot_write_to_the_terminal);
	tcase_add_test(tests, many_actions_stay_in_order);
	tcase_add_test(tests, a_plan_comes_out_as_it_went_in);
	tcase_add_test(tests, a_failed_plan_keeps_and_says_why);
	tcase_add_test(tests, what_people_read_crosses_printable_and_cut);
	tcase_add_test(tests, no_plan_has_a_beginning_that_is_one);
	tcase_add_test(tests, there_is_one_way_to_write_a_plan);
	tcase_add_test(tests, plans_are_equal_when_their_effect_is);
	tcase_add_test(tests, the_implicit_keep_is_an_effect);
	tcase_add_loop_test(tests, a_folder_name_leads_nowhere_else, 0, sizeof folders / sizeof *folders);
	tcase_add_test(tests, a_folder_name_fits_the_disk);
	tcase_add_loop_test(tests, a_flag_is_one_that_imap_can_say, 0, sizeof flags / sizeof *flags);
	tcase_add_test(tests, what_is_full_may_be_carried_out);
	tcase_add_test(tests, a_version_is_made_of_the_message_that_there_is);
	tcase_add_loop_test(tests, an_action_holds_nothing_that_does_harm, 0,
			    sizeof bad_actions / sizeof *bad_actions);
	tcase_add_test(tests, a_calendar_object_is_changed_once);
	tcase_add_test(tests, to_remember_a_message_is_not_to_keep_it);
	tcase_add_test(tests, a_plan_may_not_lose_the_message_without_a_word);
	tcase_add_test(tests, rules_that_failed_change_nothing);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
