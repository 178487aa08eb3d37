/* test_sieve_flags - imap4flags: what is set is stored, and what is no flag is ignored */
#include "sieve_truth.h"

#define REQUIRE                                                                  \
	"require [\"imap4flags\", \"fileinto\", \"variables\", \"relational\", " \
	"\"comparator-i;ascii-numeric\", \"copy\"];\n"

static const struct {
	const char *script, *told;
} stories[] = {
	{ "", "keep in the inbox [implicit keep]\n" },
	{ "setflag \"\\\\Seen\";", "keep in the inbox (flag \\Seen) [implicit keep]\n" },
	{ "setflag [\"\\\\Seen\", \"work\"];", "keep in the inbox (flags \\Seen work) [implicit keep]\n" },
	{ "setflag \"\\\\Seen work\";", "keep in the inbox (flags \\Seen work) [implicit keep]\n" },
	{ "addflag \"\\\\Seen\"; addflag \"work\";",
	  "keep in the inbox (flags \\Seen work) [implicit keep]\n" },
	{ "setflag \"a\"; setflag \"b\";", "keep in the inbox (flag b) [implicit keep]\n" },
	{ "setflag \"a b c\"; removeflag \"B\";", "keep in the inbox (flags a c) [implicit keep]\n" },
	{ "setflag \"a b c\"; removeflag [\"a\", \"c x\"];", "keep in the inbox (flag b) [implicit keep]\n" },
	{ "setflag \"a\"; setflag \"\";", "keep in the inbox [implicit keep]\n" },
	/* Section 2: blanks, empty strings, case, what is no flag. */
	{ "setflag [\"\", \"  a   b \", \"\"];", "keep in the inbox (flags a b) [implicit keep]\n" },
	{ "addflag [\"Work\", \"work\", \"WORK \\\\seen \\\\SEEN\"];",
	  "keep in the inbox (flags Work \\Seen) [implicit keep]\n" },
	{ "setflag \"\\\\Recent \\\\Bogus \\\\\";", "keep in the inbox [implicit keep]\n" },
	{ "setflag \"a(b a)b a{b a%b a*b a]b gr\xc3\xbcn ok $Junk [x\";",
	  "keep in the inbox (flags ok $Junk [x) [implicit keep]\n" },
	{ "setflag \"\\\\answered \\\\DELETED \\\\draft \\\\flagged\";",
	  "keep in the inbox (flags \\Answered \\Deleted \\Draft \\Flagged) [implicit keep]\n" },
	/* On actions: the internal variable, or the tag. */
	{ "setflag \"a\"; keep;", "keep in the inbox (flag a) [line 2]\n" },
	{ "setflag \"a\"; fileinto \"X\"; setflag \"b\"; fileinto \"Y\";",
	  "file into \"X\" (flag a) [line 2]\nfile into \"Y\" (flag b) [line 2]\n" },
	{ "setflag \"a\"; keep :flags \"b c\";", "keep in the inbox (flags b c) [line 2]\n" },
	{ "setflag \"a\"; keep :flags \"\";", "keep in the inbox [line 2]\n" },
	{ "fileinto :flags [\"\\\\Seen\", \"x\"] \"X\"; keep;",
	  "file into \"X\" (flags \\Seen x) [line 2]\nkeep in the inbox [line 2]\n" },
	{ "setflag \"a\"; fileinto :copy \"X\"; setflag \"b\";",
	  "file into \"X\" (flag a) [line 2]\nkeep in the inbox (flag b) [implicit keep]\n" },
	/* The same folder twice: the last flags win (section 3). */
	{ "keep :flags \"a\"; keep :flags \"b\";", "keep in the inbox (flag b) [line 2]\n" },
	{ "keep :flags \"a\"; keep;", "keep in the inbox [line 2]\n" },
	/* Variables. */
	{ "setflag \"v\" \"\\\\Deleted\"; addflag \"v\" \"x X\"; fileinto :flags \"${v}\" \"F\";",
	  "file into \"F\" (flags \\Deleted x) [line 2]\n" },
	{ "set \"v\" \"a  b a\"; addflag \"v\" \"c\"; fileinto \"${v}\";", "file into \"a b c\" [line 2]\n" },
	{ "setflag \"v\" \"a b\"; removeflag \"v\" \"A\"; fileinto \"${v}\";", "file into \"b\" [line 2]\n" },
	{ "setflag \"v\" \"a\"; keep;", "keep in the inbox [line 2]\n" },
	{ "set \"x\" \"b\"; setflag \"a ${x}\";", "keep in the inbox (flags a b) [implicit keep]\n" },
	{ "set \"Name\" \"x\"; addflag \"NAME\" \"y\"; fileinto \"${name}\";",
	  "file into \"x y\" [line 2]\n" },
};
START_TEST(flags_end_on_the_copies)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(&script, "%s%s", REQUIRE, stories[_i].script);
	sieve_told(text_string(&script), "\n", stories[_i].told);
}
END_TEST

static const struct {
	const char *test;
	bool answer;
} tests_of_flags[] = {
	/* The internal variable holds "A B". */
	{ "hasflag \"b\"", true },
	{ "hasflag \"b A\"", true },
	{ "hasflag [\"x\", \"a\"]", true },
	{ "hasflag \"x\"", false },
	{ "hasflag \"\"", false },
	{ "hasflag :contains \"\"", false },
	{ "hasflag :comparator \"i;octet\" \"a\"", false },
	{ "hasflag :matches \"?\"", true },
	{ "hasflag :matches \"a?\"", false },
	{ "hasflag :count \"eq\" :comparator \"i;ascii-numeric\" \"2\"", true },
	/* Variables: "v" holds the RFC's list, "w" is "A B a". */
	{ "hasflag :contains \"v\" \"Junk\"", true },
	{ "hasflag :contains \"v\" \"forward\"", true },
	{ "hasflag :contains \"v\" [\"label\", \"forward\"]", true },
	{ "hasflag :contains \"v\" \"junk forward\"", true },
	{ "hasflag :contains \"v\" \"label\"", false },
	{ "hasflag :contains \"v\" [\"label1\", \"label2\"]", false },
	{ "hasflag \"v\" \"nonjunk\"", true },
	{ "hasflag :count \"ge\" :comparator \"i;ascii-numeric\" \"w\" \"2\"", true },
	{ "hasflag :count \"gt\" :comparator \"i;ascii-numeric\" \"w\" \"2\"", false },
	{ "hasflag :count \"eq\" :comparator \"i;ascii-numeric\" [\"v\", \"w\"] \"10\"", true },
	{ "hasflag [\"w\", \"v\"] \"$junk\"", true },
	{ "hasflag \"unset\" \"a\"", false },
	{ "hasflag :count \"eq\" \"unset\" \"0\"", true },
	{ "hasflag \"v\" \"${key}\"", true },
};
START_TEST(hasflag_sees_flags_one_by_one)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(
		&script,
		REQUIRE
		"setflag \"A B\";\n"
		"set \"v\" \"NonJunk Junk gnus-forward $Forwarded NotJunk JunkRecorded $Junk $NotJunk\";\n"
		"set \"w\" \"A B a\"; set \"key\" \"x junk\";\n"
		"if %s { discard; stop; } setflag \"\";\n",
		tests_of_flags[_i].test);
	sieve_told(text_string(&script), "\n",
		   tests_of_flags[_i].answer ? "discard [line 5]\n" : "keep in the inbox [implicit keep]\n");
}
END_TEST

START_TEST(a_variable_needs_variables)
{
	sieve_told("require \"imap4flags\";\nsetflag \"v\" \"a\";\n", "\n",
		   "2:9: naming a variable needs require \"variables\"\n");
	sieve_told("require \"imap4flags\";\nif hasflag [\"v\", \"w\"] \"a\" { }\n", "\n",
		   "2:12: naming a variable needs require \"variables\"\n");
	sieve_told("require [\"imap4flags\", \"variables\"];\nsetflag \"1x\" \"a\";\n", "\n",
		   "2:9: '1x' is no name for a variable\n");
}
END_TEST

START_TEST(the_tag_needs_imap4flags)
{
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { .script = "keep :flags \"a\";", .message = "\n" };

	sieve_story(&story, &told);
	ck_assert_msg(strstr(text_string(&told), "imap4flags") != NULL, "%s", text_string(&told));
}
END_TEST

START_TEST(too_many_flags_cost_no_message)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { .message = "\n" };

	text_append_string(&script, REQUIRE);
	for (int i = 0; i < 100; i++)
		text_printf(&script, "addflag \"f%d\";\n", i);
	story.script = text_string(&script);
	sieve_story(&story, &told);
	ck_assert_ptr_nonnull(strstr(text_string(&told), "(limit: flags)"));
	ck_assert_ptr_nonnull(strstr(text_string(&told), " f63) [implicit keep]"));
}
END_TEST

START_TEST(an_included_script_changes_the_same_flags)
{
	static const SieveStoryScript scripts[] = {
		{ "personal/inner", "require \"imap4flags\"; addflag \"inner\";" },
		{ NULL, NULL },
	};
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { .message = "\n",
			     .scripts = scripts,
			     .script = "require [\"imap4flags\", \"include\"];\n"
				       "setflag \"outer\"; include \"inner\";\n" };

	sieve_story(&story, &told);
	ck_assert_str_eq(text_string(&told), "keep in the inbox (flags outer inner) [implicit keep]\n");
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_loop_test(tests, flags_end_on_the_copies, 0, sizeof stories / sizeof *stories);
	tcase_add_loop_test(tests, hasflag_sees_flags_one_by_one, 0,
			    sizeof tests_of_flags / sizeof *tests_of_flags);
	tcase_add_test(tests, a_variable_needs_variables);
	tcase_add_test(tests, the_tag_needs_imap4flags);
	tcase_add_test(tests, too_many_flags_cost_no_message);
	tcase_add_test(tests, an_included_script_changes_the_same_flags);
}

int main(void)
{
	return sieve_suite("sieve_flags", add);
}
