/* The examples that the RFCs give, with the results that they state. */
#include "sieve_helper.h"

#define KEPT "keep in the inbox [implicit keep]\n"

/* RFC 5228, 1.2 */
#define A                                              \
	"Date: Tue, 1 Apr 1997 09:06:31 -0800 (PST)\n" \
	"From: coyote@desert.example.org\n"            \
	"To: roadrunner@acme.example.com\n"            \
	"Subject: I have a present for you\n\nLook, I'm sorry about the whole anvil thing.\n"
#define B                                                                                           \
	"From: youcouldberich!@reply-by-postal-mail.invalid\n"                                      \
	"Sender: b1ff@de.res.example.com\n"                                                         \
	"To: rube@landru.example.com\n"                                                             \
	"Date:  Mon, 31 Mar 1997 18:26:10 -0800\n"                                                  \
	"Subject: $$$ YOU, TOO, CAN BE A MILLIONAIRE! $$$\n\nYOU MAY HAVE ALREADY WON TEN MILLION " \
	"DOLLARS.\n"
#define LIST "From: x@example.net\nSender: owner-ietf-mta-filters@imc.org\nTo: l@imc.org\n\n"
#define BOSS "From: Boss <BOSS@Example.COM>\nTo: me@example.com\nSubject: s\n\n"

#define DROPS                                                                                     \
	"require \"fileinto\";\nif header :contains \"from\" \"coyote\" {\n   discard;\n"         \
	"} elsif header :contains [\"subject\"] [\"$$$\"] {\n   discard;\n} else {\n   fileinto " \
	"\"INBOX\";\n}\n"
#define REDIRECTS                                                                                          \
	"if header :contains [\"From\"] [\"coyote\"] {\n   redirect \"acm@example.com\";\n"                \
	"} elsif header :contains \"Subject\" \"$$$\" {\n   redirect \"postmaster@example.com\";\n} else " \
	"{\n"                                                                                              \
	"   redirect \"field@example.com\";\n}\n"
#define EXTENDED                                                                                       \
	"#\n# Example Sieve Filter\n#\nrequire [\"fileinto\"];\n"                                      \
	"if header :is \"Sender\" \"owner-ietf-mta-filters@imc.org\"\n\t{\n\tfileinto \"filter\";  # " \
	"move\n\t}\n"                                                                                  \
	"elsif address :DOMAIN :is [\"From\", \"To\"] \"example.com\"\n\t{\n\tkeep;\n\t}\n"            \
	"elsif anyof (NOT address :all :contains\n [\"To\", \"Cc\", \"Bcc\"] \"me@example.com\",\n"    \
	" header :matches \"subject\"\n [\"*make*money*fast*\", \"*university*dipl*mas*\"])\n"         \
	"\t{\n\tfileinto \"spam\";\n\t}\nelse\n\t{\n\tfileinto \"personal\";\n\t}\n"
#define MONEY "if header :contains :comparator \"i;octet\" \"Subject\" \"MAKE MONEY FAST\" { discard; }"
#define RELATIONAL                                                                                           \
	"require [\"relational\", \"comparator-i;ascii-numeric\", \"fileinto\"];\n"                          \
	"if header :value \"lt\" :comparator \"i;ascii-numeric\" [\"x-priority\"] [\"3\"] { fileinto "       \
	"\"Priority\"; }\n"                                                                                  \
	"elsif address :count \"gt\" :comparator \"i;ascii-numeric\" [\"to\"] [\"5\"] { fileinto \"SPAM\"; " \
	"}\n"                                                                                                \
	"elsif address :value \"gt\" :all :comparator \"i;ascii-casemap\" [\"from\"] [\"M\"] { fileinto "    \
	"\"From N-Z\"; }\n"                                                                                  \
	"else { fileinto \"From A-M\"; }\n"

static const struct {
	const char *script, *message, *plan;
} examples[] = {
	/* RFC 5228, 2.3 */
	{ "if size :over 100k { # this is a comment\n discard; }", A, KEPT },
	{ "if size :over 100K { /* this is a comment\n this is still a comment */ discard /* this is a "
	  "comment\n */ ; }",
	  A, KEPT },
	/* 2.4.2.4 */
	{ "require \"encoded-character\"; if header :contains \"Subject\" \"$${hex:24 24}\" { discard; }", B,
	  "discard [line 1]\n" },
	{ "require \"encoded-character\"; if header :contains \"Subject\" \"$${hex:24 24}\" { discard; }", A,
	  KEPT },
	/* 2.5.1 */
	{ "if anyof (not exists [\"From\", \"Date\"],\n header :contains \"from\" \"fool@example.com\") { "
	  "discard; }",
	  A, KEPT },
	{ "if anyof (not exists [\"From\", \"Date\"],\n header :contains \"from\" \"fool@example.com\") { "
	  "discard; }",
	  LIST, "discard [line 2]\n" },
	/* 2.7.3 */
	{ MONEY, "Subject: You can MAKE MONEY FAST\n\n", "discard [line 1]\n" },
	{ MONEY, "Subject: You can Make Money Fast\n\n", KEPT },
	/* 3.1 */
	{ DROPS, A, "discard [line 3]\n" },
	{ DROPS, B, "discard [line 5]\n" },
	{ DROPS, LIST, "file into \"INBOX\" [line 7]\n" },
	{ REDIRECTS, A, "redirect to \"acm@example.com\" [line 2]\n" },
	{ REDIRECTS, B, "redirect to \"postmaster@example.com\" [line 4]\n" },
	{ REDIRECTS, LIST, "redirect to \"field@example.com\" [line 6]\n" },
	/* 4.1 to 5.9 */
	{ "require \"fileinto\"; if header :contains [\"from\"] \"coyote\" { fileinto \"INBOX.harassment\"; "
	  "}",
	  A, "file into \"INBOX.harassment\" [line 1]\n" },
	{ "if size :under 1M { keep; } else { discard; }", A, "keep in the inbox [line 1]\n" },
	{ "if not size :under 1M { discard; }", A, KEPT },
	{ "if address :is :all \"from\" \"tim@example.com\" { discard; }", "From: Tim <TIM@example.com>\n\n",
	  "discard [line 1]\n" },
	{ "if not exists [\"From\",\"Date\"] { discard; }", LIST, "discard [line 1]\n" },
	/* section 5.7: "X-Caffeine: C8H10N4O2" */
	{ "if header :is [\"X-Caffeine\"] [\"\"] { discard; }", "X-Caffeine: C8H10N4O2\n\n", KEPT },
	{ "if header :contains [\"X-Caffeine\"] [\"\"] { discard; }", "X-Caffeine: C8H10N4O2\n\n",
	  "discard [line 1]\n" },
	/* section 9 */
	{ EXTENDED, LIST, "file into \"filter\" [line 7]\n" },
	{ EXTENDED, BOSS, "keep in the inbox [line 11]\n" },
	{ EXTENDED, A, "file into \"spam\" [line 18]\n" },
	{ EXTENDED, "From: x@example.net\nTo: me@example.com\nSubject: x\n\n",
	  "keep in the inbox [line 11]\n" },
	{ EXTENDED, "From: x@example.net\nCc: me@example.com\nSubject: x\n\n",
	  "file into \"personal\" [line 22]\n" },
	{ EXTENDED, "From: x@example.net\nCc: me@example.com\nSubject: Make the Money Fast!\n\n",
	  "file into \"spam\" [line 18]\n" },
	/* RFC 5229, 3.1 and 5 */
	{ "require [\"encoded-character\", \"variables\"]; set \"name\" \"Ethelbert\";\n"
	  "if header :contains \"Subject\" \"dear${hex:20 24 7b 4e}ame}\" { discard; }",
	  "Subject: Oh dear Ethelbert\n\n", "discard [line 2]\n" },
	{ "require \"variables\"; set \"state\" \"${state} pending\";\n"
	  "if string :matches \" ${state} \" \"* pending *\" { discard; }",
	  A, "discard [line 2]\n" },
	{ "require [\"variables\", \"fileinto\"];\n"
	  "if address :matches [\"To\", \"Cc\"] [\"coyote@**.com\", \"wile@**.com\"] { fileinto "
	  "\"INBOX.business.${2}\"; stop; }",
	  "To: coyote@ACME.Example.COM\n\n", "file into \"INBOX.business.ACME.Example\" [line 2]\n" },
	/* RFC 5231, 7 */
	{ RELATIONAL, "X-Priority: 1\nFrom: a@x.org\n\n", "file into \"Priority\" [line 2]\n" },
	{ RELATIONAL, "From: a@x.org\nTo: 1@x.org, 2@x.org, 3@x.org, 4@x.org, 5@x.org, 6@x.org\n\n",
	  "file into \"SPAM\" [line 3]\n" },
	{ RELATIONAL, "From: zoe@x.org\n\n", "file into \"From N-Z\" [line 4]\n" },
	{ RELATIONAL, "From: bob@x.org\n\n", "file into \"From A-M\" [line 5]\n" },
	/* RFC 5463, 4: what may be done without is asked for first */
	{ "require [\"ihave\"];\nif ihave \"fileinto\" { fileinto \"a\"; } else { keep; }", A,
	  "file into \"a\" [line 2]\n" },
};

START_TEST(an_example_does_what_its_rfc_says)
{
	sieve_told(examples[_i].script, examples[_i].message, examples[_i].plan);
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, an_example_does_what_its_rfc_says, examples);
}

int main(void)
{
	return sieve_tests("sieve examples", add);
}
