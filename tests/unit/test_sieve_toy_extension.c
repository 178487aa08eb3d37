/* An extension is a table: one that nothing in sieve/ has heard of adds commands, tests, tags to others'
 * words, a match type, a comparator, an address part, a modifier, a namespace, parts of the envelope,
 * state, loops and a say in every action. */
#include "base/ascii.h"
#include "sieve/extension.h"
#include "sieve/extensions/list.h"
#include "sieve_helper.h"

#define KEPT    "keep in the inbox [implicit keep]\n"
#define MESSAGE "From: ann@example.org\nSubject: one\nSubject: two\n\nbody\n"

extern const SieveExtension toy;

/* ---- "repeat 3 { ... }", "quit": a loop, and a way out of it ---- */

static SieveStatus repeat(SieveRun *run, const SieveNode *node)
{
	SieveStatus status = SIEVE_OK;

	for (uint64_t i = sieve_number(node, 0); i && status == SIEVE_OK; i--)
		status = sieve_run_block(run, node->block);
	return status == SIEVE_BREAK ? SIEVE_OK : status;
}

static SieveStatus quit(SieveRun *run, const SieveNode *node)
{
	(void)run;
	(void)node;
	return SIEVE_BREAK;
}

/* ---- "unless TEST { }": a command with a test, followed by "otherwise { }" ---- */

static SieveStatus unless(SieveRun *run, const SieveNode *node)
{
	bool result;
	SieveStatus status = sieve_run_test(run, node->tests, &result);

	if (status != SIEVE_OK || !result)
		return status == SIEVE_OK ? sieve_run_block(run, node->block) : status;
	return node->otherwise ? sieve_run_block(run, node->otherwise->block) : SIEVE_OK;
}

static SieveStatus nothing(SieveRun *run, const SieveNode *node)
{
	(void)run;
	(void)node;
	return SIEVE_OK;
}

/* ---- "label [WHO] TEXT": an optional argument in front, state that lasts for the run ---- */

static SieveStatus label(SieveRun *run, const SieveNode *node)
{
	Slice who = SLICE("all"), text;
	SieveStatus status = sieve_string(node, 0) ? sieve_expand(run, sieve_string(node, 0), &who)
						   : SIEVE_OK;

	if (status == SIEVE_OK)
		status = sieve_expand(run, sieve_string(node, 1), &text);
	if (status != SIEVE_OK)
		return status;
	*sieve_slot(run, &toy) = arena_printf(run->arena, "%.*s.%.*s", (int)who.length, who.data,
					      (int)text.length, text.data);
	return SIEVE_OK;
}

static SieveStatus prepare_action(SieveRun *run, Action *action)
{
	const char **names = arena_alloc(run->arena, sizeof *names);

	if (!*sieve_slot(run, &toy))
		return SIEVE_OK;
	*names = *sieve_slot(run, &toy);
	action->flags = (PlanFlags){ .set = true, .names = names, .count = 1 };
	return SIEVE_OK;
}

static void finish(SieveRun *run, Plan *plan)
{
	Action action = { 0 };

	prepare_action(run, &action);
	plan->implicit_flags = action.flags;
}

/* ---- "labelled [MATCH] KEYS": a test with match types ---- */

static SieveStatus labelled(SieveRun *run, const SieveNode *node, bool *result)
{
	const char *it = *sieve_slot(run, &toy);
	SieveMatch match;
	SieveStatus status = SIEVE_OK;

	sieve_match_begin(&match, run, node, sieve_strings(node, 0));
	if (it)
		status = sieve_match_value(&match, slice_of(it));
	return sieve_match_end(&match, status, result);
}

/* ---- tags of other extensions' words ---- */

static SieveStatus apply_shout(SieveRun *run, const SieveTagUse *use, Action *action)
{
	Slice suffix;
	SieveStatus status = sieve_expand(run, use->value.strings.items, &suffix);

	if (status != SIEVE_OK)
		return status;
	action->flags = (PlanFlags){ .set = true,
				     .names = arena_alloc(run->arena, sizeof(char *)),
				     .count = 1 };
	action->flags.names[0] = arena_copy_bytes(run->arena, suffix.data, suffix.length);
	return SIEVE_OK;
}

static SieveStatus keep_nth(SieveRun *run, const SieveNode *node, const SieveTagUse *use, SieveFields *fields)
{
	uint64_t nth = use->value.number;

	(void)run;
	if (sieve_tag(node, "backwards"))
		nth = fields->count + 1 - nth;
	if (nth < 1 || nth > fields->count) {
		fields->count = 0;
	} else {
		fields->items[0] = fields->items[nth - 1];
		fields->count = 1;
	}
	return SIEVE_OK;
}

static void check_nth(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	if (!use->value.number)
		sieve_check_error(check, use->value.span, NULL, "there is no field 0");
}

/* ---- ":begins", with a prepared key and captures; "i;even-length" ---- */

static bool prepare_begins(const SieveMatching *how, Slice key, Arena *arena, void **prepared, Failure *why)
{
	(void)how;
	if (!key.length)
		return failure_retry(why, "everything begins with nothing");
	*prepared = arena_copy_bytes(arena, key.data, key.length);
	return true;
}

static SieveStatus match_begins(SieveRun *run, const SieveMatching *how, SieveValue *value,
				const SieveKey *key, bool *result)
{
	Slice rest = slice_from(value->text, key->text.length);

	(void)how;
	*result = ascii_starts_with_fold(value->text, key->prepared);
	if (*result)
		sieve_captures(run, value->text, &rest, 1);
	return SIEVE_OK;
}

static int compare_even(Slice a, Slice b)
{
	return (int)(a.length % 2) - (int)(b.length % 2);
}

static bool part_initial(const SieveRun *run, const Address *address, Slice *value)
{
	(void)run;
	*value = slice(address->text.data, 1);
	return address->valid;
}

static SieveStatus reverse(SieveRun *run, Slice in, Slice *out)
{
	char *copy = arena_copy_bytes(run->arena, in.data, in.length);

	for (size_t i = 0; i < in.length; i++)
		copy[i] = in.data[in.length - 1 - i];
	*out = slice(copy, in.length);
	return SIEVE_OK;
}

static bool check_space(SieveCheck *check, Slice rest, SieveSpan span, bool to_be_set, SievePiece *piece)
{
	(void)piece;
	if (to_be_set)
		return sieve_check_error(check, span, NULL, "toys cannot be set");
	return slice_equal(rest, SLICE("car")) || sieve_check_error(check, span, NULL, "no such toy");
}

static SieveStatus get_space(SieveRun *run, Slice rest, Slice *value)
{
	(void)run;
	(void)rest;
	*value = SLICE("vroom");
	return SIEVE_OK;
}

static SieveStatus get_moon(SieveRun *run, Slice name, Slice *value)
{
	(void)run;
	(void)name;
	*value = SLICE("full");
	return SIEVE_OK;
}

static const SieveVerb commands[] = {
	{ .name = "label",
	  .parameters = SIEVE_PARAMETERS({ "who", SIEVE_STRING, .optional = true }, { "text", SIEVE_STRING }),
	  .act = label },
	{ .name = "otherwise", .takes = SIEVE_TAKES_BLOCK, .follows = "unless", .act = nothing },
	{ .name = "quit", .act = quit },
	{ .name = "repeat",
	  .parameters = SIEVE_PARAMETERS({ "times", SIEVE_NUMBER }),
	  .takes = SIEVE_TAKES_BLOCK,
	  .act = repeat },
	{ .name = "unless", .takes = SIEVE_TAKES_TEST | SIEVE_TAKES_BLOCK, .act = unless },
	{ 0 },
};

static const SieveVerb toy_tests[] = {
	{ .name = "labelled",
	  .parameters = SIEVE_PARAMETERS({ "keys", SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH,
	  .test = labelled },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "backwards", .of = "header address exists", .needs = "nth" },
	{ .name = "nth",
	  .of = "header address exists",
	  .value = SIEVE_NUMBER,
	  .check = check_nth,
	  .filter = keep_nth },
	{ .name = "shout", .of = "keep fileinto", .value = SIEVE_STRING, .apply = apply_shout },
	{ 0 },
};

static const SieveMatchType match_types[] = {
	{ .name = "begins", .needs = SIEVE_CAN_SUBSTRING, .prepare = prepare_begins, .match = match_begins },
	{ 0 },
};

static const SieveComparator comparators[] = {
	{ "i;even-length", SIEVE_CAN_EQUAL, NULL, compare_even },
	{ 0 },
};

static const SieveAddressPart parts[] = { { "initial", part_initial }, { 0 } };
static const SieveModifier modifiers[] = { { "reverse", 35, reverse }, { 0 } };
static const SieveNamespace spaces[] = { { "toy.box", check_space, get_space }, { 0 } };
static const SieveItem envelope[] = { { "moon", .get = get_moon }, { 0 } };
static const char *const implied[] = { "fileinto", NULL };

const SieveExtension toy = {
	.capability = "vnd.trommel.toy",
	.commands = commands,
	.tests = toy_tests,
	.tags = tags,
	.match_types = match_types,
	.comparators = comparators,
	.address_parts = parts,
	.modifiers = modifiers,
	.namespaces = spaces,
	.envelope = envelope,
	.implies = implied,
	.prepare_action = prepare_action,
	.finish = finish,
};

#define T "require [\"vnd.trommel.toy\", \"variables\", \"envelope\", \"ihave\"];\n"
#define S "require [\"vnd.trommel.toy\", \"variables\", \"envelope\"];\n"
static const struct {
	const char *script, *told;
} stories[] = {
	/* loops and blocks */
	{ S "set \"a\" \"x\"; repeat 3 { set \"a\" \"${a}o\"; } fileinto \"${a}\";",
	  "file into \"xooo\" [line 2]\n" },
	{ S "repeat 3 { set \"a\" \"${a}o\"; if string \"${a}\" \"oo\" { quit; } } fileinto \"${a}\";",
	  "file into \"oo\" [line 2]\n" },
	{ S "repeat 1000 { stop; } discard;", KEPT },
	{ S "unless true { keep; } otherwise { discard; }", "discard [line 2]\n" },
	{ S "unless false { discard; } otherwise { keep; }", "discard [line 2]\n" },
	{ S "otherwise { }", "2:1: 'otherwise' has no 'unless' before it\n" },
	{ S "if true { } otherwise { }", "2:13: 'otherwise' has no 'unless' before it\n" },
	{ S "unless true { } else { }", "2:17: 'else' has no 'if' before it\n" },
	{ S "repeat { }", "2:8: 'repeat' wants times (a number) here, found '{'\n" },
	{ S "repeat 3;", "2:9: a block in '{' and '}' is wanted here, found ';'\n" },
	{ S "repet 3 { }", "2:1: unknown command 'repet'\n" },
	/* optional arguments, state, a say in actions */
	{ S "label \"hot\"; keep;", "keep in the inbox (flag all.hot) [line 2]\n" },
	{ S "label \"ann\" \"hot\"; fileinto \"a\";", "file into \"a\" (flag ann.hot) [line 2]\n" },
	{ S "label \"hot\";", "keep in the inbox (flag all.hot) [implicit keep]\n" },
	{ S "label \"ann\" \"hot\" \"x\";", "2:19: 'label' takes no more than 2 arguments\n" },
	{ S "label;", "2:6: 'label' wants text (a string) here, found ';'\n" },
	{ S "label 5;", "2:7: text wants a string, found a number\n" },
	{ S "label \"hot\"; if labelled :matches \"ALL.*\" { label \"x\" \"${1}\"; }",
	  "keep in the inbox (flag x.hot) [implicit keep]\n" },
	{ S "if labelled \"x\" { discard; }", KEPT },
	/* tags for the words of others */
	{ S "keep :shout \"aloud\";", "keep in the inbox (flag aloud) [line 2]\n" },
	{ S "set \"v\" \"lo\"; fileinto :shout \"a${v}ud\" \"f\";",
	  "file into \"f\" (flag aloud) [line 2]\n" },
	{ S "label \"hot\"; fileinto :shout \"a\" \"f\"; fileinto \"f\";",
	  "file into \"f\" (flag all.hot) [line 2]\n" },
	{ S "redirect :shout \"x\" \"a@example.org\";", "2:10: 'redirect' has no ':shout'\n" },
	{ S "keep :shout;", "2:12: ':shout' wants a string behind it, found ';'\n" },
	{ S "keep :shout 5;", "2:13: :shout wants a string, found a number\n" },
	{ S "if header :nth 2 :is \"subject\" \"two\" { discard; }", "discard [line 2]\n" },
	{ S "if header :nth 1 \"subject\" \"two\" { discard; }", KEPT },
	{ S "if header :backwards :nth 1 [\"from\", \"subject\"] \"two\" { discard; }",
	  "discard [line 2]\n" },
	{ S "if header :nth 1 [\"from\", \"subject\"] \"ann@example.org\" { discard; }",
	  "discard [line 2]\n" },
	{ S "if exists :nth 2 \"subject\" { discard; }", "discard [line 2]\n" },
	{ S "if exists :nth 3 \"subject\" { discard; }", KEPT },
	{ S "if header :backwards \"subject\" \"two\" { }", "2:11: ':backwards' needs ':nth' too\n" },
	{ S "if header :nth 0 \"subject\" \"two\" { }", "2:16: there is no field 0\n" },
	{ S "if size :nth 1 :over 5 { }", "2:9: size wants \":over\" or \":under\", found \":nth\"\n" },
	/* matching */
	{ S "if header :begins \"subject\" \"TW\" { fileinto \"${1}\"; }", "file into \"o\" [line 2]\n" },
	{ S "if header :begins \"subject\" \"\" { }",
	  "the rules failed:\nmain:2:29: everything begins with nothing\n" KEPT },
	{ S "if header :begins \"x-none\" \"\" { }", KEPT }, /* no value, no key needed */
	{ "require [\"vnd.trommel.toy\", \"comparator-i;ascii-numeric\"];\n"
	  "if header :begins :comparator \"i;ascii-numeric\" \"subject\" \"x\" { }",
	  "2:11: ':begins' cannot use the comparator 'i;ascii-numeric'\n" },
	{ S "if header :comparator \"i;even-length\" \"subject\" \"xxxxx\" { discard; }",
	  "discard [line 2]\n" },
	{ S "if header :contains :comparator \"i;even-length\" \"subject\" \"xxxxx\" { discard; }",
	  "2:11: ':contains' cannot use the comparator 'i;even-length'\n" },
	{ S "if address :initial \"from\" \"A\" { discard; }", "discard [line 2]\n" },
	{ S "if address :initial :all \"from\" \"A\" { discard; }",
	  "2:21: ':all' cannot go with ':initial'\n" },
	/* modifiers by rank, namespaces, parts of the envelope */
	{ S "set :reverse \"a\" \"abc\"; fileinto \"${a}\";", "file into \"cba\" [line 2]\n" },
	{ S "set :upperfirst :reverse \"a\" \"abc\"; fileinto \"${a}\";", "file into \"Cba\" [line 2]\n" },
	{ S "fileinto \"${toy.box.car}\";", "file into \"vroom\" [line 2]\n" },
	{ S "fileinto \"${toy.box.doll}\";", "2:10: no such toy\n" },
	{ S "set \"toy.box.car\" \"x\";", "2:5: toys cannot be set\n" },
	{ S "if envelope \"MOON\" \"full\" { discard; }", "discard [line 2]\n" },
	/* all of it needs the require, and says so once */
	{ "repeat 1 { quit; } keep :shout \"x\";", "1:1: 'repeat' needs require \"vnd.trommel.toy\"\n" },
	{ "keep :shout \"x\"; quit;", "1:6: ':shout' needs require \"vnd.trommel.toy\"\n" },
	{ "if header :begins \"a\" \"b\" { }", "1:11: ':begins' needs require \"vnd.trommel.toy\"\n" },
	{ "if header :comparator \"i;even-length\" \"a\" \"b\" { }",
	  "1:23: 'i;even-length' needs require \"vnd.trommel.toy\"\n" },
	{ "require \"variables\"; set \"a\" \"${toy.box.car}\";",
	  "1:30: 'toy.box' needs require \"vnd.trommel.toy\"\n" },
	{ "require \"envelope\"; if envelope \"moon\" \"full\" { }", "1:33: unknown part of the envelope\n" },
	/* and ihave finds it */
	{ "require \"ihave\";\nif ihave \"vnd.trommel.toy\" { label \"hot\"; keep; }",
	  "keep in the inbox (flag all.hot) [line 2]\n" },
	{ "require \"ihave\";\nif ihave \"vnd.trommel.toy\" { label \"hot\"; }",
	  "keep in the inbox (flag all.hot) [implicit keep]\n" },
	{ "require \"ihave\";\nkeep :shout \"x\";",
	  "the rules failed:\nmain:2:1: 'keep' needs \"vnd.trommel.toy\", which no ihave has found\n" KEPT },
	{ T "if ihave \"vnd.trommel.toy\" { discard; }", "discard [line 2]\n" },
};

static const SieveExtension *extended[128];

static void extend(void)
{
	size_t count = 0;

	while (sieve_extensions[count])
		count++;
	ck_assert_uint_lt(count + 2, sizeof extended / sizeof *extended);
	memcpy(extended, sieve_extensions, count * sizeof *extended);
	extended[count] = &toy;
}

START_TEST(an_extension_that_nobody_knows_does_all_this)
{
	SieveStory story = { .script = stories[_i].script, .message = MESSAGE };

	extend();
	story.setup.extensions = extended;
	sieve_story_is(&story, stories[_i].told);
}
END_TEST

START_TEST(a_strict_check_prepares_every_constant_key)
{
	SieveStory story = { .script = S
			     "if false { if header :begins \"x-none\" [\"a\", \"\", \"${x}\"] { } }",
			     .message = MESSAGE,
			     .setup = { .strict_check = true } };

	extend();
	story.setup.extensions = extended;
	sieve_story_is(&story, "2:45: everything begins with nothing\n");
}
END_TEST

START_TEST(suggestions_know_its_words)
{
	SieveStory story = { .script = S "repet 3 { } keep :shuot \"x\";",
			     .message = MESSAGE,
			     .with_suggestions = true };

	extend();
	story.setup.extensions = extended;
	sieve_story_is(&story, "2:1: unknown command 'repet' | did you mean 'repeat'?\n"
			       "2:18: 'keep' has no ':shuot' | did you mean ':shout'?\n");
}
END_TEST

/* The order that STYLE asks for, and that no name is given twice to the same words. */
START_TEST(the_list_of_extensions_is_in_order)
{
	const char *last = NULL;

	for (const SieveExtension *const *it = sieve_extensions; *it; it++) {
		if (!(*it)->capability)
			ck_assert_ptr_null(last);
		else if (last)
			ck_assert_msg(strcmp(last, (*it)->capability) < 0, "%s behind %s", (*it)->capability,
				      last);
		last = (*it)->capability;
	}
}
END_TEST

/* What a node has room for. */
START_TEST(no_verb_takes_more_arguments_than_a_node_holds)
{
	for (const SieveExtension *const *it = sieve_extensions; *it; it++) {
		const SieveVerb *tables[] = { (*it)->commands, (*it)->tests };

		for (size_t i = 0; i < 2; i++)
			for (const SieveVerb *verb = tables[i]; verb && verb->name; verb++) {
				size_t count = 0;

				while (sieve_parameters(verb)[count].name)
					count++;
				ck_assert_msg(count <= SIEVE_LIMIT_POSITIONAL, "%s takes %zu", verb->name,
					      count);
			}
	}
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, an_extension_that_nobody_knows_does_all_this, stories);
	tcase_add_test(it, a_strict_check_prepares_every_constant_key);
	tcase_add_test(it, suggestions_know_its_words);
	tcase_add_test(it, the_list_of_extensions_is_in_order);
	tcase_add_test(it, no_verb_takes_more_arguments_than_a_node_holds);
}

int main(void)
{
	return sieve_tests("sieve toy extension", add);
}
