/* test_sieve_folders - folders by use and by id, and annotations: what rules ask and what they plan
 * RFC 8579, RFC 9042, RFC 5490 */
#include "sieve_truth.h"

/* A world with three folders: Junk for \Junk, Post for \Archive and \Sent, and the inbox with the id F1. */
static bool answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	static const char *const known[][3] = {
		{ "\\Junk", "Junk", "Junk" },    { "\\Junk", "", "Junk" },     { "\\Archive", "", "Post" },
		{ "\\Archive", "Post", "Post" }, { "\\Sent", "Post", "Post" }, { "\\Sent", "", "Post" },
		{ "F1", NULL, "INBOX" },         { "F2", NULL, "Post" },       { "Post", "/private/a", "on" },
		{ "Post", "/shared/b", "" },     { "", "/private/s", "yes" },
	};
	(void)self;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_equal(question->arguments[0], slice_of(known[i][0])) &&
		    (question->count < 2 || slice_equal(question->arguments[1], slice_of(known[i][1])))) {
			answer->yes = true;
			text_append_string(&answer->bytes, known[i][2]);
		}
	return !slice_equal(question->arguments[0], SLICE("\\Later")) || failure_retry(why, "not just now");
}

#define REQUIRES                                                                                \
	"\"special-use\", \"mailboxid\", \"mboxmetadata\", \"servermetadata\", \"variables\", " \
	"\"relational\", \"encoded-character\""

static const struct {
	const char *test, *answer;
} truths[] = {
	/* RFC 8579, 3: without a folder each use may be another's */
	{ "specialuse_exists \"\\\\Junk\"", "true" },
	{ "specialuse_exists [\"\\\\Junk\", \"\\\\Sent\"]", "true" },
	{ "specialuse_exists [\"\\\\Junk\", \"\\\\Trash\"]", "false" },
	/* with one, it must have all */
	{ "specialuse_exists \"Post\" [\"\\\\Sent\", \"\\\\Archive\"]", "true" },
	{ "specialuse_exists \"Junk\" [\"\\\\Junk\", \"\\\\Sent\"]", "false" },
	{ "specialuse_exists \"Nowhere\" \"\\\\Junk\"", "false" },
	{ "specialuse_exists \"\" \"\\\\Junk\"", "false" },
	{ "specialuse_exists \"Ju${x}nk\" \"\\\\Ju${x}nk\"", "true" },
	{ "specialuse_exists \"J${hex:00}\" \"\\\\Junk\"", "false" },
	{ "specialuse_exists \"${x}Junk\"", "false" },
	{ "specialuse_exists \"Junk\"", "2:22: a special use is a word behind a '\\'" },
	{ "specialuse_exists \"\\\\\"", "2:22: a special use is a word" },
	{ "specialuse_exists \"\\\\a b\"", "2:22: a special use is a word" },
	{ "specialuse_exists \"\\\\Later\"", "the rules could not be read just now:\nnot just now\n" },
	/* RFC 9042, 6 */
	{ "mailboxidexists \"F1\"", "true" },
	{ "mailboxidexists [\"F1\", \"F2\"]", "true" },
	{ "mailboxidexists [\"F1\", \"F3\"]", "false" },
	{ "mailboxidexists \"f1\"", "false" },
	{ "mailboxidexists \"F 1\"", "false" },
	{ "mailboxidexists \"\"", "false" },
	/* RFC 5490, 3.3 */
	{ "metadata \"Post\" \"/private/a\" \"on\"", "true" },
	{ "metadata \"Post\" \"/private/a\" \"ON\"", "true" },
	{ "metadata :comparator \"i;octet\" \"Post\" \"/private/a\" \"ON\"", "false" },
	{ "metadata :matches \"Post\" \"/private/a\" \"o*\"", "true" },
	{ "metadata \"Post\" \"/private/a\" [\"x\", \"on\"]", "true" },
	{ "metadata :contains \"Post\" \"/private/none\" \"\"", "false" },
	{ "metadata :contains \"Nowhere\" \"/private/a\" \"\"", "false" },
	{ "metadata \"Post\" \"/shared/b\" \"\"", "true" },
	{ "metadata :count \"eq\" \"Post\" \"/private/a\" \"1\"", "true" },
	/* "exists and its value matches": a count of none is no match */
	{ "metadata :count \"eq\" \"Post\" \"/private/none\" \"0\"", "false" },
	{ "servermetadata :count \"eq\" \"/private/none\" \"0\"", "false" },
	{ "metadata :contains \"Post\" \"comment\" \"\"", "false" },
	{ "metadata :contains \"\" \"/private/s\" \"\"", "false" }, /* no name is not the server */
	/* 3.4 */
	{ "metadataexists \"Post\" [\"/private/a\", \"/shared/b\"]", "true" },
	{ "metadataexists \"Post\" [\"/private/a\", \"/shared/c\"]", "false" },
	{ "metadataexists \"Nowhere\" \"/private/a\"", "false" },
	/* 4.1, 4.2 */
	{ "servermetadata \"/private/s\" \"yes\"", "true" },
	{ "servermetadata :matches \"/private/s\" \"y?s\"", "true" },
	{ "servermetadata :contains \"/private/t\" \"\"", "false" },
	{ "servermetadataexists \"/private/s\"", "true" },
	{ "servermetadataexists [\"/private/s\", \"/private/t\"]", "false" },
	{ "servermetadataexists \"/private/${x}s\"", "true" },
	{ "servermetadataexists \"/private/*\"", "false" },
};
START_TEST(a_test_says_what_the_world_says)
{
	sieve_answers((SieveStory){ .message = "\n", .answer = answer }, REQUIRES, truths[_i].test,
		      truths[_i].answer);
}
END_TEST

static const struct {
	const char *script, *plan;
} plans[] = {
	{ "fileinto :specialuse \"\\\\Junk\" \"Spam\";",
	  "file into \"Spam\", or rather the folder for \"\\\\Junk\" [line 2]\n" },
	{ "fileinto :specialuse \"\\\\Junk\" :create \"Spam\";",
	  "file into \"Spam\", or rather the folder for \"\\\\Junk\", made if missing [line 2]\n" },
	{ "fileinto :mailboxid \"F1\" \"Spam\";",
	  "file into \"Spam\", or rather the folder with the id \"F1\" [line 2]\n" },
	/* RFC 9042, 4: what is no id is that of no folder */
	{ "fileinto :mailboxid \"F 1\" \"Spam\";", "file into \"Spam\" [line 2]\n" },
	/* the same name meant in two ways may be two folders */
	{ "fileinto :specialuse \"\\\\Junk\" \"Spam\"; fileinto \"Spam\";",
	  "file into \"Spam\", or rather the folder for \"\\\\Junk\" [line 2]\nfile into \"Spam\" [line "
	  "2]\n" },
	{ "fileinto :specialuse \"\\\\Junk\" \"Spam\"; fileinto :specialuse \"\\\\Junk\" \"Spam\";",
	  "file into \"Spam\", or rather the folder for \"\\\\Junk\" [line 2]\n" },
	/* the inbox is only the folder that is used when there is no other */
	{ "fileinto :copy :specialuse \"\\\\Junk\" \"INBOX\";",
	  "file into \"INBOX\", or rather the folder for \"\\\\Junk\" [line 2]\n"
	  "keep in the inbox [implicit keep]\n" },
	{ "fileinto :specialuse \"Junk\" \"Spam\";",
	  "2:22: a special use is a word behind a '\\', as \"\\\\Junk\"\n" },
	{ "set \"x\" \"Junk\"; fileinto :specialuse \"${x}\" \"Spam\";",
	  "the rules failed:\nmain:2:38: a special use is a word behind a '\\', as \"\\\\Junk\"\n"
	  "keep in the inbox [implicit keep]\n" },
	/* RFC 9042, 4.2 */
	{ "fileinto :specialuse \"\\\\Junk\" :mailboxid \"F1\" \"Spam\";",
	  "2:31: ':mailboxid' cannot go with ':specialuse'\n" },
	{ "keep :specialuse \"\\\\Junk\";", "2:6: 'keep' has no ':specialuse'\n" },
};
START_TEST(a_copy_takes_along_how_its_folder_is_found)
{
	AUTO_VALUE(Text) script = { 0 };
	SieveStory story = { .message = "\n", .answer = answer };

	text_printf(&script, "require [" REQUIRES ", \"fileinto\", \"mailbox\", \"copy\"];\n%s\n",
		    plans[_i].script);
	story.script = text_string(&script);
	sieve_story_is(&story, plans[_i].plan);
}
END_TEST

static void add(TCase *tests)
{
	SIEVE_LOOP(tests, a_test_says_what_the_world_says, truths);
	SIEVE_LOOP(tests, a_copy_takes_along_how_its_folder_is_found, plans);
}

int main(void)
{
	return sieve_suite("sieve_folders", add);
}
