/* Binding: words, arguments and tags against the tables of the extensions (RFC 5228, 2.6, 2.7, 3.2). */
#include "sieve_helper.h"

#define MESSAGE "From: ann@example.org\nSubject: hello\n\nbody\n"
#define KEPT    "keep in the inbox [implicit keep]\n"

static const struct {
	const char *script, *findings;
} bad[] = {
	/* arguments: how many, of which type, in which order */
	{ "redirect;", "1:9: 'redirect' wants address (a string) here, found ';'\n" },
	{ "redirect 5;", "1:10: address wants a string, found a number\n" },
	{ "redirect [\"a@example.org\"];", "1:10: address wants a string, found a list of strings\n" },
	{ "redirect \"a@example.org\" \"b@example.org\";",
	  "1:26: 'redirect' takes no more than 1 argument\n" },
	{ "if header \"subject\" { }", "1:21: 'header' wants keys (a list of strings) here, found '{'\n" },
	{ "if header 5 \"a\" { }", "1:11: header-names wants a list of strings, found a number\n" },
	{ "if header \"a\" \"b\" \"c\" { }", "1:19: 'header' takes no more than 2 arguments\n" },
	{ "if size :over \"5\" { }", "1:15: limit wants a number, found a string\n" },
	{ "if true 5 { }", "1:9: 'true' takes no arguments\n" },
	{ "if header \"a\" :is \"b\" { }", "1:15: tags stand before the other arguments\n" },
	/* tags */
	{ "if size 5 { }", "1:4: size wants \":over\" or \":under\"\n" },
	{ "if size :is 5 { }", "1:9: size wants \":over\" or \":under\", found \":is\"\n" },
	{ "if size :over :under 5 { }", "1:15: ':under' cannot go with ':over'\n" },
	{ "if size :over :over 5 { }", "1:15: ':over' is given twice\n" },
	{ "if header :is :is \"a\" \"b\" { }", "1:15: ':is' is given twice\n" },
	{ "if header :is :contains \"a\" \"b\" { }", "1:15: ':contains' cannot go with ':is'\n" },
	{ "if address :all :domain \"from\" \"b\" { }", "1:17: ':domain' cannot go with ':all'\n" },
	{ "if header :domain \"from\" \"b\" { }", "1:11: 'header' has no ':domain'\n" },
	{ "keep :is;", "1:6: 'keep' has no ':is'\n" },
	{ "if true :x { }", "1:9: 'true' has no ':x'\n" },
	{ "if header :comparator { }", "1:23: ':comparator' wants a string behind it, found '{'\n" },
	{ "require \"date\"; if date :zone 2 \"date\" \"hour\" \"1\" { }",
	  "1:31: :zone wants a string, found a number\n" },
	{ "if header :comparator 5 \"a\" \"b\" { }", "1:23: :comparator wants a string, found a number\n" },
	{ "if header :comparator :is \"a\" \"b\" { }",
	  "1:23: ':comparator' wants a string behind it, found ':is'\n" },
	{ "if header :comparator \"i;octet\" :comparator \"i;octet\" \"a\" \"b\" { }",
	  "1:33: ':comparator' is given twice\n" },
	{ "if header :comparator \"i;klingon\" \"a\" \"b\" { }", "1:23: unknown comparator 'i;klingon'\n" },
	{ "if exists :comparator \"i;octet\" \"a\" { }", "1:11: 'exists' has no ':comparator'\n" },
	/* require */
	{ "keep; require \"copy\";", "1:7: 'require' must come before all other commands\n" },
	{ "if true { require \"copy\"; }", "1:11: 'require' must come before all other commands\n" },
	{ "require [\"nonsense\", \"copy\", \"rubbish\"]; frobnicate;",
	  "1:10: unknown extension 'nonsense'\n1:30: unknown extension 'rubbish'\n"
	  "1:42: unknown command 'frobnicate'\n" },
	{ "require \"vnd.proton.expire\"; expire \"day\" \"30\";",
	  "1:9: 'vnd.proton.expire' is an extension of Proton Mail\n"
	  "1:30: the command 'expire' is of \"vnd.proton.expire\", an extension of Proton Mail\n" },
	{ "fileinto \"a\"; fileinto \"b\"; fileinto :copy \"c\";",
	  "1:1: 'fileinto' needs require \"fileinto\"\n1:38: ':copy' needs require \"copy\"\n" },
	{ "if envelope \"from\" \"a\" { }", "1:4: 'envelope' needs require \"envelope\"\n" },
	{ "if header :value \"gt\" \"a\" \"1\" { }", "1:11: ':value' needs require \"relational\"\n" },
	{ "if header :comparator \"i;ascii-numeric\" \"a\" \"1\" { }",
	  "1:23: 'i;ascii-numeric' needs require \"comparator-i;ascii-numeric\"\n" },
	{ "require \"comparator-i;ascii-numeric\";\nif header :contains :comparator \"i;ascii-numeric\" "
	  "\"a\" \"1\" { }",
	  "2:11: ':contains' cannot use the comparator 'i;ascii-numeric'\n" },
	{ "require \"comparator-i;ascii-numeric\";\nif header :matches :comparator \"i;ascii-numeric\" \"a\" "
	  "\"1\" { }",
	  "2:11: ':matches' cannot use the comparator 'i;ascii-numeric'\n" },
	/* constants that can be seen to be wrong */
	{ "redirect \"<ann@example.org>\";",
	  "1:10: '<ann@example.org>' is not one address to send mail to\n" },
	{ "redirect \"a@example.org, b@example.org\";",
	  "1:10: 'a@example.org, b@example.org' is not one address to send mail to\n" },
	{ "redirect \"\";", "1:10: '' is not one address to send mail to\n" },
	{ "require \"fileinto\"; fileinto \"../x\";", "1:30: '../x' cannot be the name of a folder\n" },
	{ "require \"fileinto\"; fileinto \"\";", "1:30: '' cannot be the name of a folder\n" },
	{ "require \"fileinto\"; fileinto \"/etc\";", "1:30: '/etc' cannot be the name of a folder\n" },
	{ "require \"envelope\"; if envelope \"cc\" \"x\" { }", "1:33: unknown part of the envelope\n" },
	{ "require \"envelope\"; if envelope [\"TO\", \"bcc\"] \"x\" { }",
	  "1:40: unknown part of the envelope\n" },
};

START_TEST(a_wrong_word_is_told_with_its_place)
{
	sieve_told(bad[_i].script, MESSAGE, bad[_i].findings);
}
END_TEST

static const struct {
	const char *script, *findings;
} suggested[] = {
	{ "kepe;", "1:1: unknown command 'kepe' | did you mean 'keep'?\n" },
	{ "if adress \"from\" \"x\" { }", "1:4: unknown test 'adress' | did you mean 'address'?\n" },
	{ "if header :contain \"a\" \"b\" { }",
	  "1:11: 'header' has no ':contain' | did you mean ':contains'?\n" },
	{ "redirect :cpoy \"a@example.org\";", "1:10: 'redirect' has no ':cpoy' | did you mean ':copy'?\n" },
	{ "require \"varaibles\"; varaible;",
	  "1:9: unknown extension 'varaibles' | did you mean 'variables'?\n"
	  "1:22: unknown command 'varaible'\n" },
	{ "require \"varaibles\";",
	  "1:9: warning: unknown extension 'varaibles'; the script does not use it | did you mean "
	  "'variables'?\n" KEPT },
	{ "require \"vnd.stalwart.while\";", "1:9: warning: 'vnd.stalwart.while' is an extension of "
					     "Stalwart; the script does not use it | leave it "
					     "out\n" KEPT },
	{ "if header :comparator \"i;octets\" \"a\" \"b\" { }",
	  "1:23: unknown comparator 'i;octets' | did you mean 'i;octet'?\n" },
	{ "require \"envelope\"; if envelope \"form\" \"x\" { }",
	  "1:33: unknown part of the envelope | did you mean \"from\"?\n" },
	{ "fileino \"a\";", "1:1: unknown command 'fileino' | did you mean 'fileinto'?\n" },
	{ "fileinto \"a\";", "1:1: 'fileinto' needs require \"fileinto\" | add 'require \"fileinto\";' at "
			     "the top of the script\n" },
	{ "wibblewobble;", "1:1: unknown command 'wibblewobble'\n" },
	/* warnings: the script is run all the same */
	{ "if address \"subject\" \"x\" { }", "1:12: warning: this field holds no addresses, so the test is "
					      "always false | use 'header' for other fields\n" KEPT },
	{ "if address \"sendr\" \"x\" { }", "1:12: warning: this field holds no addresses, so the test is "
					    "always false | did you mean 'sender'?\n" KEPT },
	{ "if header \"Subject:\" \"x\" { }", "1:11: warning: no header field can have this name, so the "
					      "test is always false | leave the ':' out\n" KEPT },
	{ "if header \"a b\" \"x\" { }",
	  "1:11: warning: no header field can have this name, so the test is always false\n" KEPT },
};

START_TEST(what_was_probably_meant_is_suggested)
{
	SieveStory story = { .script = suggested[_i].script,
			     .message = MESSAGE,
			     .with_suggestions = true,
			     .with_warnings = true };

	sieve_story_is(&story, suggested[_i].findings);
}
END_TEST

START_TEST(who_asks_for_it_has_every_require_kept)
{
	SieveStory story = { .script = "require \"Copy\"; keep;", .setup = { .strict_require = true } };

	sieve_story_is(&story, "1:9: unknown extension 'Copy'\n");
}
END_TEST

START_TEST(a_thousand_mistakes_are_counted_and_the_first_hundred_told)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO(Arena) arena = arena_new();
	SieveFindings findings = { 0 };
	Failure why = { 0 };

	for (int i = 0; i < 1000; i++)
		text_append_string(&script, "bogus;\n");
	ck_assert_ptr_null(sieve_compile("main", text_slice(&script), NULL, arena, &findings, &why));
	ck_assert_uint_eq(findings.errors, 1000);
	ck_assert_uint_eq(findings.count, 100);
	ck_assert_int_eq(why.kind, FAILURE_NONE);
}
END_TEST

/* RFC 5463: what is unknown is an error when it is reached, and an extension may be used once found. */
#define IHAVE "require \"ihave\";\n"
static const struct {
	const char *script, *told;
} found[] = {
	{ IHAVE "if ihave \"fileinto\" { fileinto \"a\"; }", "file into \"a\" [line 2]\n" },
	{ IHAVE "if ihave [\"fileinto\", \"copy\"] { fileinto :copy \"a\"; }",
	  "file into \"a\" [line 2]\n" KEPT },
	{ IHAVE "if ihave \"wibble\" { wibble :wobble 5 \"x\" { keep; } } else { discard; }",
	  "discard [line 2]\n" },
	{ IHAVE "if allof (ihave \"wibble\", wibble 5) { keep; } else { discard; }", "discard [line 2]\n" },
	{ IHAVE "if anyof (not ihave \"wibble\", wibble 5) { discard; }", "discard [line 2]\n" },
	{ IHAVE "if ihave [\"fileinto\", \"wibble\"] { stop; }\nfileinto \"a\";",
	  "the rules failed:\nmain:3:1: 'fileinto' needs \"fileinto\", which no ihave has found\n" KEPT },
	{ IHAVE "if not ihave \"fileinto\" { stop; }\nfileinto \"a\";", "file into \"a\" [line 3]\n" },
	{ IHAVE "fileinto \"a\";",
	  "the rules failed:\nmain:2:1: 'fileinto' needs \"fileinto\", which no ihave has found\n" KEPT },
	{ IHAVE "redirect :copy \"a@example.org\";",
	  "the rules failed:\nmain:2:1: 'redirect' needs \"copy\", which no ihave has found\n" KEPT },
	{ IHAVE "discard; wibble;", "the rules failed:\nmain:2:10: unknown command 'wibble'\n" KEPT },
	{ IHAVE "if wibble { }", "the rules failed:\nmain:2:4: unknown test 'wibble'\n" KEPT },
	{ IHAVE "keep :wibble;", "the rules failed:\nmain:2:1: 'keep' has no ':wibble'\n" KEPT },
	{ IHAVE "if header :comparator \"i;wibble\" \"a\" \"b\" { }",
	  "the rules failed:\nmain:2:4: unknown comparator 'i;wibble'\n" KEPT },
	{ IHAVE "if ihave \"comparator-i;ascii-numeric\" { if header :comparator \"i;ascii-numeric\" \"a\" "
		"\"1\" { } }",
	  KEPT },
	/* what changes how a script is read comes too late */
	{ IHAVE "if ihave \"variables\" { discard; }", KEPT },
	{ IHAVE "if ihave \"encoded-character\" { discard; }", KEPT },
	{ IHAVE "set \"a\" \"b\";", "the rules failed:\nmain:2:1: 'set' needs require \"variables\"\n" KEPT },
	{ "require [\"ihave\", \"variables\"];\nif ihave \"variables\" { set \"a\" \"b\"; discard; }",
	  "discard [line 2]\n" },
	{ IHAVE "if ihave [] { }", "2:11: a list has strings in it, found ']'\n" },
	{ IHAVE "keep 5;", "2:6: 'keep' takes no arguments\n" },
	{ IHAVE "if ihave \"wibble\" { wibble { } else { } }", KEPT },
	{ IHAVE "if ihave \"wibble\" { wibble wobble :tag \"a\"; }", KEPT },
	{ IHAVE "if ihave \"wibble\" { wibble\nwobble :tag \"a\"; }", KEPT },
	{ IHAVE "if :wibble true { } elsif true { } else { }",
	  "the rules failed:\nmain:2:1: 'if' has no ':wibble'\n" KEPT },
	/* error */
	{ IHAVE "error \"a\nb\x1b[2J\";", "the rules failed:\nmain:2:1: error: a??b?[2J\n" KEPT },
	{ IHAVE "discard; error \"no \xe2\x82\xac\";",
	  "the rules failed:\nmain:2:10: error: no \xe2\x82\xac\n" KEPT },
	{ "if ihave \"fileinto\" { }", "1:4: 'ihave' needs require \"ihave\"\n" },
};

START_TEST(what_an_ihave_finds_may_be_used)
{
	sieve_told(found[_i].script, MESSAGE, found[_i].told);
}
END_TEST

static void add(TCase *tests)
{
	SIEVE_LOOP(tests, a_wrong_word_is_told_with_its_place, bad);
	SIEVE_LOOP(tests, what_was_probably_meant_is_suggested, suggested);
	tcase_add_test(tests, who_asks_for_it_has_every_require_kept);
	tcase_add_test(tests, a_thousand_mistakes_are_counted_and_the_first_hundred_told);
	SIEVE_LOOP(tests, what_an_ihave_finds_may_be_used, found);
}

int main(void)
{
	return sieve_tests("sieve check", add);
}
