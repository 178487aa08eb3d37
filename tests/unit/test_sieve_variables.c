/* Variables (RFC 5229). */
#include "sieve_helper.h"

#define KEPT "keep in the inbox [implicit keep]\n"
#define MESSAGE                                                                        \
	"From: ann@example.org\nSubject: [acme-users] foo-bar-baz\nList-Id: The list " \
	"<dev.example.org>\n\nbody\n"

/* What the folder is called at the end. */
static const struct {
	const char *script, *folder;
} values[] = {
	/* what is a reference, and what is not (section 3) */
	{ "set \"company\" \"ACME\"; fileinto \"&%${}!\";", "&%${}!" },
	{ "fileinto \"x${doh!}\";", "x${doh!}" },
	{ "fileinto \"x${full}\";", "x" },
	{ "set \"company\" \"ACME\"; fileinto \"${company}\";", "ACME" },
	{ "set \"company\" \"ACME\"; fileinto \"${BAD${Company}\";", "${BADACME" },
	{ "set \"company\" \"ACME\"; fileinto \"${President, ${Company} Inc.}\";",
	  "${President, ACME Inc.}" },
	{ "set \"Name\" \"a\"; set \"nAME\" \"${name}b\"; fileinto \"${NAME}\";", "ab" },
	{ "fileinto \"${a-b}\";", "${a-b}" },
	{ "fileinto \"${1a}\";", "${1a}" },
	{ "fileinto \"${\";", "${" },
	{ "fileinto \"$\";", "$" },
	{ "fileinto \"$${x}{y}\";", "${y}" },
	{ "set \"x\" \"$\"; fileinto \"${x}{x}\";", "${x}" }, /* what comes out is not looked at again */
	{ "set \"foo\" \"v\"; fileinto \"${fo\\o}\";", "v" },
	{ "set \"foo\" \"v\"; fileinto \"\\${foo}\";", "v" },
	{ "set \"foo\" \"v\"; fileinto \"${fo\\\\o}\";",
	  "${fo\\\\o}" }, /* plan_print doubles the back-slash */
	{ "set \"a\" \"1\"; set \"b\" \"2\"; fileinto \"x${a}y${b}${a}z\";", "x1y21z" },
	{ "set \"_a1\" \"v\"; fileinto \"${_A1}\";", "v" },
	{ "set \"a\" \"1\"; set \"a\" \"\"; fileinto \"x${a}\";", "x" },
	{ "set \"dollar\" \"$\"; set \"text\" \"regarding ${dollar}{beep}\"; fileinto \"${text}\";",
	  "regarding ${beep}" },
	/* modifiers (4.1) */
	{ "set \"a\" \"juMBlEd lETteRS\"; fileinto \"${a}\";", "juMBlEd lETteRS" },
	{ "set \"a\" \"juMBlEd lETteRS\"; set :length \"b\" \"${a}\"; fileinto \"${b}\";", "15" },
	{ "set \"a\" \"juMBlEd lETteRS\"; set :lower \"b\" \"${a}\"; fileinto \"${b}\";", "jumbled letters" },
	{ "set \"a\" \"juMBlEd lETteRS\"; set :upperfirst \"b\" \"${a}\"; fileinto \"${b}\";",
	  "JuMBlEd lETteRS" },
	{ "set \"a\" \"juMBlEd lETteRS\"; set :upperfirst :lower \"b\" \"${a}\"; fileinto \"${b}\";",
	  "Jumbled letters" },
	{ "set \"a\" \"juMBlEd\"; set :lower :upperfirst \"b\" \"${a}\"; fileinto \"${b}\";", "Jumbled" },
	{ "set \"a\" \"juMBlEd\"; set :upper :lowerfirst \"b\" \"${a}\"; fileinto \"${b}\";", "jUMBLED" },
	{ "set :quotewildcard \"b\" \"Rock*\"; fileinto \"${b}\";", "Rock\\\\*" },
	{ "set :quotewildcard \"b\" \"a?b\\\\c\"; fileinto \"${b}\";", "a\\\\?b\\\\\\\\c" },
	{ "set :length :quotewildcard \"b\" \"Rock*\"; fileinto \"${b}\";", "6" },
	{ "set :upper \"b\" \"gr\xc3\xbc\xc3\x9f\"; fileinto \"${b}\";", "GR\xc3\xbc\xc3\x9f" },
	{ "set :length \"b\" \"gr\xc3\xbc\xc3\x9f\"; fileinto \"${b}\";", "4" },
	{ "set :length \"b\" \"\"; fileinto \"${b}\";", "0" },
	{ "set :upperfirst \"b\" \"\xc3\xbc"
	  "a\"; fileinto \"${b}\";",
	  "\xc3\xbc"
	  "a" },
	/* match variables (3.2) */
	{ "if header :matches \"subject\" \"*foo-*-*\" { fileinto \"${1}|${2}|${3}|${4}|${0}\"; }",
	  "[acme-users] |bar|baz||[acme-users] foo-bar-baz" },
	{ "if header :matches \"subject\" \"[*] *\" { fileinto \"${01}.${0002}\"; }",
	  "acme-users.foo-bar-baz" },
	{ "if header :matches \"list-id\" \"*<*.*\" { fileinto \"INBOX.lists.${2}\"; }", "INBOX.lists.dev" },
	{ "fileinto \"x${1}\";", "x" },
	{ "if string :matches \"abc\" \"a?c\" { } if string :matches \"xyz\" \"a*\" { } fileinto \"${1}\";",
	  "b" },
	{ "if string :matches \"abc\" \"a?c\" { } if string :is \"xyz\" \"xyz\" { } fileinto \"${1}\";",
	  "b" },
	{ "if string :matches \"abc\" \"a?c\" { } if string :matches \"x\" \"x\" { } fileinto \"x${1}${0}\";",
	  "xx" },
	{ "if string :matches \"a*c\" \"a\\\\*?\" { fileinto \"${1}${2}\"; }", "c" },
	{ "if string :matches \"ABC\" \"a?c\" { fileinto \"${0}${1}\"; }", "ABCB" },
	/* tests that are not needed are not done */
	{ "if anyof (true, string :matches \"abc\" \"*\") { } fileinto \"x${1}\";", "x" },
	{ "if allof (false, string :matches \"abc\" \"*\") { } fileinto \"x${1}\";", "x" },
	{ "if true { } elsif string :matches \"abc\" \"*\" { } fileinto \"x${1}\";", "x" },
	{ "if anyof (string :matches \"abc\" \"*\", string :matches \"def\" \"*\") { } fileinto \"${1}\";",
	  "abc" },
	{ "if allof (string :matches \"abc\" \"*\", string :matches \"def\" \"*\") { } fileinto \"${1}\";",
	  "def" },
	/* a capture can be used in what sets the next */
	{ "if string :matches \"a-b\" \"*-*\" { if string :matches \"${2}-${1}\" \"*-*\" { fileinto "
	  "\"${1}${2}\"; } }",
	  "ba" },
	/* header names and keys with variables */
	{ "set \"h\" \"subj\"; if header :contains \"${h}ect\" \"foo\" { fileinto \"yes\"; }", "yes" },
	{ "set \"k\" \"foo\"; if header :contains \"subject\" [\"zzz\", \"${k}-bar\"] { fileinto \"yes\"; }",
	  "yes" },
	{ "set \"k\" \"foo\"; if header :matches \"subject\" \"*${k}*\" { fileinto \"yes${2}\"; }",
	  "yes-bar-baz" },
	/* encoded-character first, and its result may be a reference */
	{ "set \"name\" \"Ethelbert\"; fileinto \"dear${hex:20 24 7b 4e}ame}\";", "dear Ethelbert" },
};

START_TEST(variables_have_these_values)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };

	text_printf(&script, "require [\"variables\", \"fileinto\", \"encoded-character\"]; %s",
		    values[_i].script);
	text_printf(&told, "file into \"%s\" [line 1]\n", values[_i].folder);
	sieve_told(text_string(&script), MESSAGE, text_string(&told));
}
END_TEST

static const struct {
	const char *script, *findings;
} bad[] = {
	{ "set \"1\" \"x\";", "'1' is a match variable and cannot be set" },
	{ "set \"\" \"x\";", "'' is no name for a variable" },
	{ "set \"a b\" \"x\";", "'a b' is no name for a variable" },
	{ "set \"a-b\" \"x\";", "'a-b' is no name for a variable" },
	{ "set \"1a\" \"x\";", "'1a' is no name for a variable" },
	{ "set \"a${b}\" \"x\";", "name wants a constant string, without variables" },
	{ "set \"wibble.x\" \"y\";", "nothing is known of variables 'wibble.x'" },
	{ "keep; redirect \"${wibble.x}@example.org\";", "nothing is known of variables 'wibble.x'" },
	{ "set \"global.x\" \"y\";", "'global' needs require \"include\"" },
	{ "set :lower :upper \"a\" \"b\";", "':upper' cannot go with ':lower'" },
	{ "set :upper :length :lower \"a\" \"b\";", "':lower' cannot go with ':upper'" },
	{ "set :upperfirst :lowerfirst \"a\" \"b\";", "':lowerfirst' cannot go with ':upperfirst'" },
	{ "set :lower :lower \"a\" \"b\";", "':lower' is given twice" },
	{ "set :wibble \"a\" \"b\";", "'set' has no ':wibble'" },
	{ "set \"a\" \"${33}\";", "match variables go up to ${32} (limit: match variables)" },
	{ "set \"a\" \"${99999999999999999999}\";",
	  "match variables go up to ${32} (limit: match variables)" },
	{ "set \"a123456789012345678901234567890123456789012345678901234567890abcd\" \"\";",
	  "a variable's name has at most 64 letters (limit: variable name)" },
};

START_TEST(a_bad_name_or_modifier_is_an_error)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { 0 };

	text_printf(&script, "require \"variables\"; %s", bad[_i].script);
	story.script = text_string(&script);
	sieve_story(&story, &told);
	ck_assert_msg(strstr(text_string(&told), bad[_i].findings) &&
			      strncmp(text_string(&told), "1:", 2) == 0 &&
			      !strchr(strchr(text_string(&told), '\n') + 1, '\n'),
		      "%s tells\n%s", bad[_i].script, text_string(&told));
}
END_TEST

START_TEST(thirty_two_wildcards_are_captured_and_more_match_all_the_same)
{
	AUTO_VALUE(Text) script = { 0 };

	text_append_string(&script, "require [\"variables\", \"fileinto\"]; if string :matches \"");
	for (int i = 0; i < 40; i++)
		text_printf(&script, "%c", 'a' + i % 26);
	text_append_string(&script, "\" \"");
	for (int i = 0; i < 40; i++)
		text_append_char(&script, '?');
	text_append_string(&script, "\" { fileinto \"${1}${26}${32}\"; }");
	sieve_told(text_string(&script), MESSAGE, "file into \"azf\" [line 1]\n");
}
END_TEST

START_TEST(a_thousand_variables_and_no_more)
{
	AUTO_VALUE(Text) script = { 0 };
	SieveStory story = { .message = MESSAGE };

	text_append_string(&script, "require [\"variables\", \"fileinto\"];\n");
	for (int i = 0; i < 1024; i++)
		text_printf(&script, "set \"a_name_of_thirty_two_characters_%d\" \"value %d\";\n", i, i);
	text_append_string(&script, "fileinto \"${a_name_of_thirty_two_characters_0}, "
				    "${a_name_of_thirty_two_characters_1023}\";\n");
	story.source = text_slice(&script);
	sieve_story_is(&story, "file into \"value 0, value 1023\" [line 1026]\n");
	text_append_string(&script, "set \"onemore\" \"x\";\n");
	story.source = text_slice(&script);
	sieve_story_is(&story, "1027:5: more than 1024 variables (limit: variables)\n");
}
END_TEST

START_TEST(a_value_holds_four_thousand_characters_and_is_cut_between_two)
{
	AUTO_VALUE(Text) script = { 0 };

	/* 4,096 times four bytes fit; then one byte and three make the next. */
	text_append_string(&script, "require [\"variables\", \"fileinto\"];\nset \"a\" \"");
	for (int i = 0; i < 4000; i++)
		text_append_string(&script, "\xf0\x9f\x98\x80");
	text_append_string(
		&script,
		"\"; set :length \"n\" \"${a}\"; set \"b\" \"x${a}${a}\"; set :length \"m\" \"${b}\";"
		"if string :matches \"${b}\" \"x*\" { set :length \"o\" \"${1}\"; } fileinto \"${n} ${m} "
		"${o}\";");
	sieve_told(text_string(&script), MESSAGE, "file into \"4000 4096 4095\" [line 2]\n");
}
END_TEST

START_TEST(a_constant_that_is_too_long_is_an_error_at_once)
{
	AUTO_VALUE(Text) script = { 0 };

	text_append_string(&script, "require \"variables\"; set \"a\" \"");
	for (int i = 0; i < 16 * 1024 + 1; i++)
		text_append_char(&script, 'x');
	text_append_string(&script, "\";");
	sieve_told(text_string(&script), MESSAGE,
		   "1:30: a variable holds at most 16384 bytes (limit: variable bytes)\n");
}
END_TEST

START_TEST(a_string_that_grows_and_grows_meets_a_limit)
{
	AUTO_VALUE(Text) script = { 0 };
	SieveStory story = { .message = MESSAGE };

	text_append_string(&script, "require \"variables\"; set \"a\" \"0123456789\";\n");
	for (int i = 0; i < 12; i++)
		text_append_string(&script, "set \"a\" \"${a}${a}\";\n");
	text_append_string(&script, "if string \"");
	for (int i = 0; i < 70; i++)
		text_append_string(&script, "${a}");
	text_append_string(&script, "\" \"x\" { }");
	story.source = text_slice(&script);
	sieve_story_is(&story,
		       "the rules failed:\nmain:14:11: with its variables this string is longer than 1048576 "
		       "bytes (limit: string bytes)\n" KEPT);
}
END_TEST

START_TEST(a_run_that_needs_all_memory_meets_a_limit)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { .message = MESSAGE };

	text_append_string(&script, "require \"variables\"; set \"a\" \"0123456789\";\n");
	for (int i = 0; i < 12; i++)
		text_append_string(&script, "set \"a\" \"${a}${a}\";\n");
	for (int i = 0; i < 200; i++) {
		text_append_string(&script, "if string \"");
		for (int j = 0; j < 60; j++)
			text_append_string(&script, "${a}");
		text_append_string(&script, "\" \"x\" { }\n");
	}
	story.source = text_slice(&script);
	sieve_story(&story, &told);
	ck_assert_msg(
		strstr(text_string(&told), "the script needs more than 128 MB of memory (limit: run bytes)"),
		"%s", text_string(&told));
}
END_TEST

START_TEST(quoting_wildcards_cuts_no_star_from_its_back_slash)
{
	AUTO_VALUE(Text) script = { 0 };

	text_append_string(&script, "require [\"variables\", \"fileinto\"];\nset :quotewildcard \"a\" \"x");
	for (int i = 0; i < 16000; i++)
		text_append_char(&script, '*');
	text_append_string(
		&script,
		"\"; if string :matches \"x***\" \"${a}\" { stop; }\n"
		"if string :matches \"${a}\" \"*\\\\\" { fileinto \"cut\"; } else { fileinto \"whole\"; }");
	sieve_told(text_string(&script), MESSAGE, "file into \"whole\" [line 3]\n");
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, variables_have_these_values, values);
	SIEVE_LOOP(it, a_bad_name_or_modifier_is_an_error, bad);
	tcase_add_test(it, thirty_two_wildcards_are_captured_and_more_match_all_the_same);
	tcase_add_test(it, a_thousand_variables_and_no_more);
	tcase_add_test(it, a_value_holds_four_thousand_characters_and_is_cut_between_two);
	tcase_add_test(it, a_constant_that_is_too_long_is_an_error_at_once);
	tcase_add_test(it, a_string_that_grows_and_grows_meets_a_limit);
	tcase_add_test(it, a_run_that_needs_all_memory_meets_a_limit);
	tcase_add_test(it, quoting_wildcards_cuts_no_star_from_its_back_slash);
}

int main(void)
{
	return sieve_tests("sieve variables", add);
}
