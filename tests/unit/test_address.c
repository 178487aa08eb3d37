/* Addresses: one broken one hides no other, and nothing nests us to death. */
#include "message/address.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "message/limits.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* What a list holds, one line: "name|local|domain|text; ..." with "!" before what is invalid. */
static const char *describe(const AddressList *list)
{
	AUTO_VALUE(Text) out = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		const Address *it = &list->items[i];

		text_append_string(&out, i ? "; " : "");
		text_append_string(&out, it->valid ? "" : "!");
		text_append_slice(&out, it->name);
		text_append_string(&out, "|");
		text_append_slice(&out, it->local_part);
		text_append_string(&out, "|");
		text_append_slice(&out, it->domain);
		text_append_string(&out, "|");
		text_append_slice(&out, it->text);
	}
	return arena_copy_string(arena, text_string(&out));
}

static const struct {
	const char *value, *list;
} lists[] = {
	{ "", "" },
	{ " ", "" },
	{ "a@b.c", "|a|b.c|a@b.c" },
	{ "<a@b.c>", "|a|b.c|a@b.c" },
	{ "Alice <a@b.c>", "Alice|a|b.c|a@b.c" },
	{ "Alice B. Example <a@b.c>", "Alice B. Example|a|b.c|a@b.c" },
	{ "\"Alice \\\"B\\\" Example\" <a@b.c>", "Alice \"B\" Example|a|b.c|a@b.c" },
	{ "Alice \"B\" Example <a@b.c>", "Alice B Example|a|b.c|a@b.c" },
	{ "a@b.c, d@e.f,g@h.i", "|a|b.c|a@b.c; |d|e.f|d@e.f; |g|h.i|g@h.i" },
	{ "a@b.c (Alice (B) Example)", "Alice (B) Example|a|b.c|a@b.c" },
	{ "<a@b.c> (Alice)", "Alice|a|b.c|a@b.c" },
	{ "Alice <a@b.c> (not Bob), d@e (Dora)", "Alice|a|b.c|a@b.c; Dora|d|e|d@e" },
	/* dots where the RFC has none */
	{ "a..b@x.org", "|a..b|x.org|a..b@x.org" },
	{ ".a@x.org", "|.a|x.org|.a@x.org" },
	{ "u.@docomo.ne.jp", "|u.|docomo.ne.jp|u.@docomo.ne.jp" },
	{ "x@y, a..b@x.org, z@y", "|x|y|x@y; |a..b|x.org|a..b@x.org; |z|y|z@y" },
	/* signs left out */
	{ "\"Foo\" a@b.c", "Foo|a|b.c|a@b.c" },
	{ "\"Foo\"a@b.c", "Foo|a|b.c|a@b.c" },
	{ "Foo Bar a@b.c", "Foo Bar|a|b.c|a@b.c" },
	{ "a@b.c; d@e.f", "|a|b.c|a@b.c; |d|e.f|d@e.f" },
	{ "a@b.c; D <d@e.f>;", "|a|b.c|a@b.c; D|d|e.f|d@e.f" },
	{ "a@b c@d", "|a|b|a@b; |c|d|c@d" },
	{ "<a@b> <c@d>", "|a|b|a@b; |c|d|c@d" },
	{ "<a@b", "|a|b|a@b" },
	{ "A <a@b, c@d", "A|a|b|a@b; |c|d|c@d" },
	{ "a@b>", "|a|b|a@b" },
	{ "<<<a@b>>>", "|a|b|a@b" },
	{ "<a@b> trimmings, c@d", "|a|b|a@b; |c|d|c@d" },
	{ "< a @ b . c >", "|a|b.c|a@b.c" },
	{ "<john smith@x.org>", "|john smith|x.org|john smith@x.org" },
	/* the last @ splits */
	{ "a@b@c", "|a@b|c|a@b@c" },
	{ "<a@b@c>", "|a@b|c|a@b@c" },
	{ "a@b <c@d>", "a@b|c|d|c@d" },
	/* commas in names */
	{ "Doe, John <j@x>", "Doe, John|j|x|j@x" },
	{ "a@b, Doe, John <j@x>, c@d", "|a|b|a@b; Doe, John|j|x|j@x; |c|d|c@d" },
	{ "root, a@b", "!|root||root; |a|b|a@b" },
	{ "root, staff", "!|root||root; !|staff||staff" },
	{ ", ,a@b,,", "|a|b|a@b" },
	/* quoted local parts, literals, routes, comments */
	{ "\"quoted local\"@d", "|quoted local|d|quoted local@d" },
	{ "\"a\\\"b\"@d", "|a\"b|d|a\"b@d" },
	{ "\"a@b\"@d", "|a@b|d|a@b@d" },
	{ "\"\"@d", "||d|@d" },
	{ "a.\"b c\".d@e", "|a.b c.d|e|a.b c.d@e" },
	{ "<@r1,@r2:u@d>", "|u|d|u@d" },
	{ "R <@r1 , @r2 : u@d>, x@y", "R|u|d|u@d; |x|y|x@y" },
	{ "<@r1,u@d", "!|||<@r1; |u|d|u@d" },
	{ "u@[192.0.2.1]", "|u|[192.0.2.1]|u@[192.0.2.1]" },
	{ "u@[IPv6:2001:db8::1]", "|u|[IPv6:2001:db8::1]|u@[IPv6:2001:db8::1]" },
	{ "pete(his account)@silly.test(his host)", "his host|pete|silly.test|pete@silly.test" },
	{ "john . doe @ x . y", "|john.doe|x.y|john.doe@x.y" },
	{ "(a, b) c@d", "a, b|c|d|c@d" },
	{ "Al(ice)ce <a@b>", "Alce|a|b|a@b" },
	{ "\"a <b@c>, d\" <e@f>", "a <b@c>, d|e|f|e@f" },
	/* groups */
	{ "undisclosed-recipients:;", "" },
	{ "undisclosed recipients: ;", "" },
	{ "Group: a@b, C <c@d>;", "|a|b|a@b; C|c|d|c@d" },
	{ "G: a@b;, H:;, c@d", "|a|b|a@b; |c|d|c@d" },
	{ "G: H: a@b;, c@d;, e@f", "|a|b|a@b; |c|d|c@d; |e|f|e@f" },
	{ "x@y, G: a@b", "|x|y|x@y; |a|b|a@b" },
	{ "root, G: a@b", "!|root||root; |a|b|a@b" },
	{ "G: a@b; c@d", "|a|b|a@b; |c|d|c@d" },
	/* UTF-8 and IDN */
	{ "J\xc3\xbcrgen <j\xc3\xbcrgen@ex\xc3\xa4mple.org>",
	  "J\xc3\xbcrgen|j\xc3\xbcrgen|ex\xc3\xa4mple.org|j\xc3\xbcrgen@ex\xc3\xa4mple.org" },
	{ "a@xn--bcher-kva.de", "|a|xn--bcher-kva.de|a@xn--bcher-kva.de" },
	{ "J\xfcrgen <a@b>", "J\xfcrgen|a|b|a@b" },
	/* encoded words are left alone, whatever they would decode to */
	{ "=?utf-8?q?boss=40example=2Eorg=3E?= <a@b>", "=?utf-8?q?boss=40example=2Eorg=3E?=|a|b|a@b" },
	{ "=?utf-8?q?Doe,_John?= <a@b>", "=?utf-8?q?Doe,_John?=|a|b|a@b" },
	{ "=?utf-8?q?a@b?= <c@d>", "=?utf-8?q?a@b?=|c|d|c@d" },
	{ "=?utf-8?q?x=2C_v=40e?=@b", "|=?utf-8?q?x=2C_v=40e?=|b|=?utf-8?q?x=2C_v=40e?=@b" },
	/* no domain, no address */
	{ "root", "!|root||root" },
	{ "Charlie Root <root>", "!Charlie Root|root||root" },
	{ "MAILER-DAEMON (Mail Delivery System)", "!Mail Delivery System|MAILER-DAEMON||MAILER-DAEMON" },
	{ "a b c", "!|||a b c" },
	{ "alice at example.org (Alice)", "!Alice|||alice at example.org" },
	{ "<>", "!|||<>" },
	{ "@", "!|||@" },
	{ "a@", "!|||a@" },
	{ "@b", "!|||@b" },
	{ "A <a@>, c@d", "!A|||A <a@>; |c|d|c@d" },
	{ "a@[, c@d", "!|||a@[; |c|d|c@d" },
	{ "a@[1.2.3, c@d", "!|||a@[1.2.3; |c|d|c@d" },
	{ "a@b:25", "!|||a@b:25" },
	/* signs that no local part has without quotes */
	{ "<undisclosed:@b;>", "!|||<undisclosed:@b" },
	{ "A <mailto:a@b>, c@d", "!A|||A <mailto:a@b>; |c|d|c@d" },
	{ "[a]@b, [a@b", "!|||[a]@b; !|||[a@b" },
	{ "\"[a:b]\"@c", "|[a:b]|c|[a:b]@c" },
	/* opened and never closed */
	{ "\"Alice <a@b>", "Alice|a|b|a@b" },
	{ "(Alice <a@b>", "Alice|a|b|a@b" },
	{ "\"a\\", "!|a\\||a\\" },
	{ "(a\\", "!|a\\||a\\" },
	{ "a\\", "!|a\\||a\\" },
	{ ") a@b (", "|a|b|a@b" },
	{ "\"\\\\\\\" <a@b>", "\\\\\\\"|a|b|a@b" },
};

START_TEST(a_list_gives_what_can_be_had_of_it)
{
	AddressList list = address_parse_list(slice_of(lists[_i].value), arena);

	ck_assert_msg(strcmp(describe(&list), lists[_i].list) == 0, "%s\n gives %s\n  not  %s",
		      lists[_i].value, describe(&list), lists[_i].list);
	ck_assert(!list.cut);
}
END_TEST

START_TEST(a_plain_address_is_borrowed)
{
	Slice value = SLICE("Alice <a@b>, c@d");
	size_t before = arena_used(arena);
	AddressList list = address_parse_list(value, arena);

	ck_assert_ptr_eq(list.items[0].text.data, value.data + 7);
	ck_assert_ptr_eq(list.items[1].domain.data, value.data + 15);
	ck_assert_uint_le(arena_used(arena) - before, 4 * sizeof(Address) + 16);
}
END_TEST

START_TEST(a_nul_in_an_address_stays_in_it)
{
	AddressList list = address_parse_list(SLICE("a\0b@c\0d"), arena);

	ck_assert_uint_eq(list.count, 1);
	ck_assert(slice_equal(list.items[0].text, SLICE("a\0b@c\0d")));
}
END_TEST

/* Hostile repetitions: any recursion would overflow the stack, anything quadratic take minutes. */
static const char *const repeated[] = {
	"a:",
	"(",
	"()",
	"(()",
	"<",
	">",
	"\"",
	"\\\"",
	"[",
	"[]",
	"@",
	"@a,",
	",",
	";",
	"a,",
	"a ",
	".",
	"a@b,",
	"a@b ",
	"<a@b>",
	"<@a,",
	"=?",
	"=?u?q? ",
	"=?u?q?,?=",
	"(a\\",
	"\"a\" ",
	"A <a@b>,",
	"a: b@c;",
	"(((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))",
};

START_TEST(any_repetition_costs_linear_time)
{
	for (int end = 0; end < 3; end++) {
		AUTO_VALUE(Text) value = { 0 };
		AddressList list;

		while (value.length < 1 << 20)
			text_append_string(&value, repeated[_i]);
		text_append_string(&value, end == 0 ? "" : end == 1 ? " z@z" : ")\">;");
		list = address_parse_list(text_slice(&value), arena);
		ck_assert_uint_le(list.count, LIMIT_ADDRESSES);
		ck_assert_uint_lt(arena_used(arena), 64 << 20);
	}
}
END_TEST

START_TEST(comments_beyond_the_limit_hide_no_address)
{
	AUTO_VALUE(Text) value = { 0 };
	AddressList list;

	for (int i = 0; i < 3000; i++)
		text_append_char(&value, '(');
	text_append_char(&value, 'x');
	for (int i = 0; i < 3000; i++)
		text_append_char(&value, ')');
	text_append_string(&value, " alice@example.org");
	list = address_parse_list(text_slice(&value), arena);
	ck_assert_uint_eq(list.count, 1);
	ck_assert(slice_equal(list.items[0].text, SLICE("alice@example.org")));
}
END_TEST

START_TEST(more_addresses_than_the_limit_are_cut_and_said_to_be)
{
	AUTO_VALUE(Text) value = { 0 };
	AddressList list;

	for (int i = 0; i < LIMIT_ADDRESSES; i++)
		text_append_string(&value, i ? ", a@b" : "a@b");
	list = address_parse_list(text_slice(&value), arena);
	ck_assert(list.count == LIMIT_ADDRESSES && !list.cut);
	text_append_string(&value, ", a@b");
	list = address_parse_list(text_slice(&value), arena);
	ck_assert(list.count == LIMIT_ADDRESSES && list.cut);
}
END_TEST

static const struct {
	const char *value, *address; /* NULL: none */
} envelopes[] = {
	{ "", "|||" },
	{ "<>", "|||" },
	{ " <> ", "|||" },
	{ "a@b", "|a|b|a@b" },
	{ "<a@b>", "|a|b|a@b" },
	{ "<@r1,@r2:a@b>", "|a|b|a@b" },
	{ "@r1:a@b", "|a|b|a@b" },
	{ "\"a b\"@c", "|a b|c|a b@c" },
	{ "a+detail@[192.0.2.1]", "|a+detail|[192.0.2.1]|a+detail@[192.0.2.1]" },
	{ "a..b@c", "|a..b|c|a..b@c" },
	{ "j\xc3\xbcrgen@b", "|j\xc3\xbcrgen|b|j\xc3\xbcrgen@b" },
	{ "root", "|root||root" },
	{ "a@", NULL },
	{ "@b", NULL },
	{ "@r1,@r2", NULL },
	{ "a b@c", NULL },
	{ "a@b c", NULL },
	{ "a@b, c@d", NULL },
	{ "A <a@b>", NULL },
	{ "<a@b", NULL },
	{ "<<a@b>>", NULL },
	{ "a@b\nX: y", NULL },
	{ "a\x01@b", NULL },
	{ "a(c)@b", NULL },
};

START_TEST(an_envelope_address_is_one_path)
{
	Address address = { .valid = false };
	bool read = address_parse_envelope(slice_of(envelopes[_i].value), &address, arena);
	AddressList list = { &address, 1, false };

	ck_assert_msg(read == (envelopes[_i].address != NULL), "%s", envelopes[_i].value);
	if (read)
		ck_assert_str_eq(describe(&list), envelopes[_i].address);
}
END_TEST

static const struct {
	const char *text;
	bool safe;
} safety[] = {
	{ "a@b", true },
	{ "a.b+c=d@example.org", true },
	{ "\"a b\"@c", true },
	{ "a@[192.0.2.1]", true },
	{ "a@[IPv6:2001:db8::1]", true },
	{ "j\xc3\xbc@ex\xc3\xa4.org", true },
	{ "a@my_host.x", true },
	{ "a/b@c", true },
	{ "", false },
	{ "a", false },
	{ "a@", false },
	{ "@b", false },
	{ "a@b@c", false },
	{ "-oQ/tmp@x", false },
	{ "a@-b", false },
	{ "a@b.", false },
	{ "a@.b", false },
	{ "a@b..c", false },
	{ ".a@b", false },
	{ "a.@b", false },
	{ "a..b@c", false },
	{ "A <a@b>", false },
	{ "<a@b>", false },
	{ "a@b, c@d", false },
	{ "a@b c", false },
	{ "a b@c", false },
	{ "a@b\n", false },
	{ "a\n@b", false },
	{ "\"a\rb\"@c", false },
	{ "\"a@c", false },
	{ "\"a\\", false },
	{ "a(c)@b", false },
	{ "a@b(c)", false },
	{ "a@[1.2.3", false },
	{ "a@[]", false },
	{ "a@[x y]", false },
	{ "a;b@c", false },
	{ "a@b;c", false },
	{ "a@$(id)", false },
	{ "\xff@b", false },
	{ "a@b|c", false },
	{ "|/bin/sh@b", true },
};

/* RFC 5228, 2.4.2.3; NULL: it is none */
static const struct {
	const char *text, *spec;
} named[] = {
	{ "ann@example.org", "ann@example.org" },
	{ "Ann <ann@example.org>", "ann@example.org" },
	{ "Ann<ann@example.org>", "ann@example.org" },
	{ "\"Last, First\" <ann@example.org>", "ann@example.org" },
	{ "Ann B. \xc3\x9c"
	  "ber <ann@example.org>",
	  "ann@example.org" },
	{ "Ann <\"a b\"@example.org>", "\"a b\"@example.org" },
	{ "<ann@example.org>", NULL },
	{ " <ann@example.org>", NULL },
	{ "Ann <ann>", NULL },
	{ "Ann <>", NULL },
	{ "Ann <-x@example.org>", NULL },
	{ "Ann <ann@example.org", NULL },
	{ "Ann ann@example.org>", NULL },
	{ "Ann <ann@example.org> ", NULL },
	{ "Ann <@a,@b:ann@example.org>", NULL },
	{ "Friends: Ann <ann@example.org>", NULL },
	{ "Friends: Ann <ann@example.org>;", NULL },
	{ "Ann <a@example.org>, Bob <b@example.org>", NULL },
	{ "a@example.org, Bob <b@example.org>", NULL },
	{ "\"Ann <ann@example.org>", NULL },
	{ "Ann\n <ann@example.org>", NULL },
	{ "\"Ann\n\" <ann@example.org>", NULL },
	{ "\xff <ann@example.org>", NULL },
	{ ">", NULL },
	{ "", NULL },
};
START_TEST(a_name_may_stand_in_front_of_an_address_of_rules)
{
	Slice spec = SLICE("untouched");
	bool good = address_read_named(slice_of(named[_i].text), &spec);

	ck_assert_msg(good == (named[_i].spec != NULL), "%s", named[_i].text);
	ck_assert_msg(slice_equal(spec, slice_of(good ? named[_i].spec : "untouched")), "%s", named[_i].text);
}
END_TEST

/* RFC 5321, section 4.5.3.1.2; a literal's too */
START_TEST(no_safe_domain_is_longer_than_255_bytes)
{
	AUTO_VALUE(Text) address = { 0 };

	text_append_string(&address, "a@[");
	for (int i = 0; i < 253; i++)
		text_append_char(&address, '1');
	text_append_char(&address, ']');
	ck_assert(address_is_safe(text_slice(&address)));
	text_truncate(&address, address.length - 1);
	text_append_string(&address, "1]");
	ck_assert(!address_is_safe(text_slice(&address)));
}
END_TEST

START_TEST(only_one_strict_address_is_safe)
{
	ck_assert_msg(address_is_safe(slice_of(safety[_i].text)) == safety[_i].safe, "%s", safety[_i].text);
}
END_TEST

START_TEST(what_has_a_nul_or_is_too_long_is_not_safe)
{
	AUTO_VALUE(Text) text = { 0 };

	ck_assert(!address_is_safe(SLICE("a\0@b")));
	ck_assert(!address_is_safe(SLICE("a@b\0")));
	while (text.length < 318)
		text_append_char(&text, 'a');
	text_append_string(&text, "@b");
	ck_assert(address_is_safe(text_slice(&text)));
	text_append_string(&text, "b");
	ck_assert(!address_is_safe(text_slice(&text)));
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof *(table))

int main(void)
{
	Suite *suite = suite_create("address");
	TCase *tests = tcase_create("address");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	LOOP(tests, a_list_gives_what_can_be_had_of_it, lists);
	tcase_add_test(tests, a_plain_address_is_borrowed);
	tcase_add_test(tests, a_nul_in_an_address_stays_in_it);
	LOOP(tests, any_repetition_costs_linear_time, repeated);
	tcase_add_test(tests, comments_beyond_the_limit_hide_no_address);
	tcase_add_test(tests, more_addresses_than_the_limit_are_cut_and_said_to_be);
	LOOP(tests, an_envelope_address_is_one_path, envelopes);
	LOOP(tests, only_one_strict_address_is_safe, safety);
	LOOP(tests, a_name_may_stand_in_front_of_an_address_of_rules, named);
	tcase_add_test(tests, no_safe_domain_is_longer_than_255_bytes);
	tcase_add_test(tests, what_has_a_nul_or_is_too_long_is_not_safe);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
