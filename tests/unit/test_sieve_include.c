/* Included scripts (RFC 6609). */
#include "sieve_helper.h"

#define KEPT    "keep in the inbox [implicit keep]\n"
#define MESSAGE "From: ann@example.org\nSubject: hello\n\nbody\n"
#define I       "require [\"include\"]; "
#define IF      "require [\"include\", \"fileinto\"]; "
#define IV      "require [\"include\", \"fileinto\", \"variables\"]; "

static const SieveStoryScript scripts[] = {
	{ "personal/discards", "\ndiscard;" },
	{ "global/discards", "redirect \"site@example.org\";" },
	{ "personal/stops", "stop;" },
	{ "personal/returns", I "return; discard;" },
	{ "personal/returns-deep", I "if true { if true { return; } } discard;" },
	{ "personal/files", "require \"fileinto\"; fileinto \"a\";" },
	{ "personal/no-require", "fileinto \"a\";" },
	{ "personal/self", I "include \"self\";" },
	{ "personal/self-once", I "include :once \"self-once\"; discard;" },
	{ "personal/ping", I "include \"pong\";" },
	{ "personal/pong", I "include \"ping\";" },
	{ "personal/broken", "if { }\nwibble;" },
	{ "personal/fails", "require [\"fileinto\", \"variables\"]; discard;\n  fileinto \"${x}\";" },
	{ "personal/unreadable", "?" },
	{ "personal/refused", "!" },
	{ "personal/includes-missing", I "include \"nowhere\";" },
	{ "personal/with space", "discard;" },
	/* variables */
	{ "personal/sets-x", "require \"variables\"; set \"x\" \"theirs\";" },
	{ "personal/sets-global", IV "global \"x\"; set \"x\" \"shared\";" },
	{ "personal/sets-namespace", IV "set \"global.x\" \"shared\";" },
	{ "personal/files-x", IV "fileinto \"<${x}>\";" },
	{ "personal/files-global", IV "global \"x\"; fileinto \"<${x}>\";" },
	{ "personal/matches", "require \"variables\"; if string :matches \"theirs\" \"*\" { }" },
	{ "personal/counts",
	  "require [\"include\", \"fileinto\", \"variables\", \"copy\"];\n"
	  "global \"n\"; set \"n\" \"${n}+\"; set \"own\" \"${own}x\"; fileinto :copy \"${own}\";" },
	{ "personal/subject_tests",
	  "require [\"include\", \"variables\"]; global [\"test\", \"test_mailbox\"];\n"
	  "if header :contains \"Subject\" \"${test}\" { set \"test_mailbox\" \"spam-${test}\"; }" },
	{ NULL, NULL },
};

static const struct {
	const char *script, *told;
} stories[] = {
	{ I "include \"discards\";", "discard [discards, line 2]\n" },
	{ I "include :personal \"discards\";", "discard [discards, line 2]\n" },
	{ I "include :global \"discards\";", "redirect to \"site@example.org\" [discards, line 1]\n" },
	{ I "include \"with space\";", "discard [with space, line 1]\n" },
	{ I "if false { include \"discards\"; }", KEPT },
	{ I "if true { include \"discards\"; }", "discard [discards, line 2]\n" },
	{ IF "include \"files\"; fileinto \"b\";",
	  "file into \"a\" [files, line 1]\nfile into \"b\" [line 1]\n" },
	/* stop ends everything, return the included script, at the top it is a stop */
	{ I "include \"stops\"; discard;", KEPT },
	{ I "include \"returns\"; discard;", "discard [line 1]\n" },
	{ I "include \"returns-deep\"; discard;", "discard [line 1]\n" },
	{ I "return; discard;", KEPT },
	{ IF "fileinto \"a\"; return; discard;", "file into \"a\" [line 1]\n" },
	/* once, optional, missing */
	{ IF "include \"files\"; include :once \"files\"; include :once \"discards\"; include :once "
	     "\"discards\";",
	  "file into \"a\" [files, line 1]\ndiscard [discards, line 2]\n" },
	{ I "include :once \"discards\"; include :once :global \"discards\";",
	  "discard [discards, line 2]\nredirect to \"site@example.org\" [discards, line 1]\n" },
	{ I "include :optional \"nowhere\"; discard;", "discard [line 1]\n" },
	{ I "discard; include \"nowhere\";",
	  "the rules failed:\nmain:1:39: there is no script 'nowhere'\n" KEPT },
	{ I "discard; include :global \"nowhere\";",
	  "the rules failed:\nmain:1:47: there is no script 'global/nowhere'\n" KEPT },
	{ I "if false { include \"nowhere\"; } discard;", "discard [line 1]\n" },
	{ I "include \"includes-missing\";",
	  "the rules failed:\nincludes-missing:1:30: there is no script 'nowhere'\n" KEPT },
	/* recursion is an error when it is reached, but not with :once */
	{ I "include \"self\";", "the rules failed:\nself:1:22: the script 'self' includes itself\n" KEPT },
	{ I "include \"ping\";", "the rules failed:\npong:1:22: the script 'ping' includes itself\n" KEPT },
	{ I "if false { include \"self\"; }", KEPT },
	{ I "include \"self-once\";", "discard [self-once, line 1]\n" },
	{ I "include :optional \"self\";",
	  "the rules failed:\nself:1:22: the script 'self' includes itself\n" KEPT },
	/* errors name the script that they are in */
	{ I "include \"broken\";",
	  "broken:1:4: a test is wanted here, found '{'\nbroken:2:1: unknown command 'wibble'\n" },
	{ I "include \"fails\";", "the rules failed:\nfails:2:12: '' cannot be the name of a folder\n" KEPT },
	{ I "include \"unreadable\";", "later: read 'personal/unreadable'\n" },
	{ I "if false { include :optional \"unreadable\"; }", "later: read 'personal/unreadable'\n" },
	{ I "include :optional \"refused\";", "the rules failed:\nmain:1:40: the script 'refused' is "
					      "refused: others may write 'personal/refused'\n" KEPT },
	/* each script requires for itself */
	{ IF "include \"no-require\";", "no-require:1:1: 'fileinto' needs require \"fileinto\"\n" },
	{ I "include \"files\"; fileinto \"b\";", "1:39: 'fileinto' needs require \"fileinto\"\n" },
	/* names */
	{ I "include \"../x\";", "1:30: '../x' cannot be the name of a script\n" },
	{ I "include \"a/b\";", "1:30: 'a/b' cannot be the name of a script\n" },
	{ I "include \".x\";", "1:30: '.x' cannot be the name of a script\n" },
	{ I "include \"\";", "1:30: '' cannot be the name of a script\n" },
	{ I "include \"a\nb\";", "1:30: 'a??b' cannot be the name of a script\n" },
	{ I "include \"a\xe2\x80\xa8"
	    "b\";",
	  "1:30: 'a?b' cannot be the name of a script\n" },
	{ IV "include \"x${y}\";", "1:55: script wants a constant string, without variables\n" },
	{ I "include :personal :global \"x\";", "1:40: ':global' cannot go with ':personal'\n" },
	{ I "include :once :once \"discards\";", "1:36: ':once' is given twice\n" },
	/* variables are a script's own unless they are declared global */
	{ IV "set \"x\" \"mine\"; include \"sets-x\"; fileinto \"${x}\";", "file into \"mine\" [line 1]\n" },
	{ IV "set \"x\" \"mine\"; include \"files-x\";", "file into \"<>\" [files-x, line 1]\n" },
	{ IV "global \"x\"; set \"x\" \"mine\"; include \"files-x\"; include \"files-global\";",
	  "file into \"<>\" [files-x, line 1]\nfile into \"<mine>\" [files-global, line 1]\n" },
	{ IV "global \"x\"; include \"sets-global\"; fileinto \"${x}\";", "file into \"shared\" [line 1]\n" },
	{ IV "global \"X\"; include \"sets-namespace\"; fileinto \"${x}${Global.X}\";",
	  "file into \"sharedshared\" [line 1]\n" },
	{ IV "set \"x\" \"mine\"; include \"sets-global\"; fileinto \"${x}-${global.x}\";",
	  "file into \"mine-shared\" [line 1]\n" },
	{ IV "fileinto \"x${global.never}\";", "file into \"x\" [line 1]\n" },
	{ IV "global [\"a\", \"b\"]; set \"b\" \"1\"; fileinto \"${a}${b}${global.b}\";",
	  "file into \"11\" [line 1]\n" },
	{ IV "if string :matches \"mine\" \"*\" { include \"matches\"; fileinto \"${1}\"; }",
	  "file into \"mine\" [line 1]\n" },
	/* each time it is included a script begins anew; what is global stays */
	{ IV "global \"n\"; include \"counts\"; include \"counts\"; fileinto \"${n}\";",
	  "file into \"x\" [counts, line 2]\nfile into \"++\" [line 1]\n" },
	{ IV "global \"test\"; global \"test_mailbox\"; set \"test\" \"$$\"; include \"subject_tests\";\n"
	     "set \"test\" \"hell\"; include \"subject_tests\"; fileinto \"${test_mailbox}\";",
	  "file into \"spam-hell\" [line 2]\n" },
	{ I "global \"x\";", "1:22: 'global' needs require \"variables\"\n" },
	{ "require \"variables\"; global \"x\";", "1:22: 'global' needs require \"include\"\n" },
	{ "require \"variables\"; set \"a\" \"${global.x}\";", "1:30: 'global' needs require \"include\"\n" },
	{ IV "set \"x\" \"y\"; global \"x\";", "1:67: 'x' was set before it is declared global\n" },
	{ IV "global \"x\"; global \"x\"; set \"x\" \"y\"; global \"x\"; fileinto \"${x}\";",
	  "file into \"y\" [line 1]\n" },
	{ IV "global \"1\";", "1:54: '1' is no name for a variable\n" },
	{ IV "global \"global.x\";", "1:54: 'global.x' is no name for a variable\n" },
	{ IV "global \"a${b}\";", "1:54: names wants a constant string, without variables\n" },
	{ IV "set \"global.12\" \"x\";", "1:51: 'global.12' is no name for a variable\n" },
	{ IV "set \"global.a.b\" \"x\";", "1:51: 'global.a.b' is no name for a variable\n" },
};

START_TEST(included_scripts_do_this)
{
	SieveStory story = { .script = stories[_i].script, .message = MESSAGE, .scripts = scripts };

	sieve_story_is(&story, stories[_i].told);
}
END_TEST

/* ---- limits ---- */

/* Script "N" includes "N+1" `times` times, up to `last`, which does `end`. */
typedef struct Chain {
	unsigned last, times;
	const char *end;
	unsigned loaded;
} Chain;

static SieveLoad load_chain(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	Chain *chain = self;
	unsigned number = (unsigned)strtoul(name, NULL, 10);

	(void)place;
	(void)why;
	chain->loaded++;
	text_append_string(source, I);
	for (unsigned i = 0; number < chain->last && i < chain->times; i++)
		text_printf(source, "include \"%u\"; ", number + 1);
	text_append_string(source, number < chain->last ? "" : chain->end);
	return SIEVE_LOADED;
}

static void chain_tells(Chain *chain, const char *script, const char *told)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	SieveSetup setup = { .load = load_chain, .self = chain };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	SieveScript *compiled = sieve_compile("main", slice_of(script), &setup, arena, &findings, &why);
	SieveInput input = { .header = header_index(SLICE(""), arena) };
	Plan *plan = plan_new(arena);

	if (compiled) {
		sieve_run(compiled, &input, plan);
		plan_print(plan, &text);
	}
	for (size_t i = 0; i < findings.count; i++)
		text_printf(&text, "%s:%u: %s\n", findings.items[i].file, findings.items[i].line,
			    findings.items[i].text);
	ck_assert_str_eq(text_string(&text), told);
}

START_TEST(ten_scripts_may_be_within_one_another)
{
	Chain chain = { .last = 10, .times = 1, .end = "discard;" };

	chain_tells(&chain, I "include \"1\";", "discard [10, line 1]\n");
	chain.last = 11;
	chain_tells(&chain, I "include \"1\";",
		    "10:1: scripts include one another more than 10 deep (limit: include depth)\n");
}
END_TEST

START_TEST(a_script_is_loaded_once_however_often_it_is_included)
{
	Chain chain = { .last = 3, .times = 5, .end = "" };

	chain_tells(&chain, I "include \"1\"; include \"1\"; include :once \"3\";", KEPT);
	ck_assert_uint_eq(chain.loaded, 3);
}
END_TEST

START_TEST(ten_scripts_that_include_the_next_a_hundred_times_come_to_an_end)
{
	Chain chain = { .last = 10, .times = 100, .end = "" };

	chain_tells(
		&chain, I "include \"1\";",
		"the rules failed:\n9:1:638: more than 255 scripts were included (limit: includes)\n" KEPT);
}
END_TEST

START_TEST(two_hundred_and_fifty_five_scripts_may_be_loaded)
{
	AUTO_VALUE(Text) script = { 0 };
	Chain chain = { .last = 0, .times = 0, .end = "" };

	text_append_string(&script, I);
	for (int i = 1; i <= 255; i++)
		text_printf(&script, "include \"%d\";\n", i);
	chain_tells(&chain, text_string(&script), KEPT);
	ck_assert_uint_eq(chain.loaded, 255);
	text_append_string(&script, "include \"256\";");
	chain_tells(&chain, text_string(&script),
		    "main:256: more than 255 scripts are included (limit: includes)\n");
}
END_TEST

START_TEST(without_a_loader_no_script_is_there)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	SieveScript *script = sieve_compile("main", SLICE(I "include \"x\";"), NULL, arena, &findings, &why);
	SieveInput input = { .header = header_index(SLICE(""), arena) };
	Plan *plan = plan_new(arena);

	ck_assert_ptr_nonnull(script);
	sieve_run(script, &input, plan);
	plan_print(plan, &text);
	ck_assert_str_eq(text_string(&text), "the rules failed:\nmain:1:30: there is no script 'x'\n" KEPT);
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, included_scripts_do_this, stories);
	tcase_add_test(it, ten_scripts_may_be_within_one_another);
	tcase_add_test(it, a_script_is_loaded_once_however_often_it_is_included);
	tcase_add_test(it, ten_scripts_that_include_the_next_a_hundred_times_come_to_an_end);
	tcase_add_test(it, two_hundred_and_fifty_five_scripts_may_be_loaded);
	tcase_add_test(it, without_a_loader_no_script_is_there);
}

int main(void)
{
	return sieve_tests("sieve include", add);
}
