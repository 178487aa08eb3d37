/* test_mailto - URIs of notifications are read strictly: what is not exactly one is refused with its reason
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "message/limits.h"
#include "message/mailto.h"
#include "message/uri.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* What a URI says, as one string; or why it says nothing. */
static const char *tell(const char *uri)
{
	static const char *const kinds[] = { "to ", "cc ", "bcc " };
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };
	Slice scheme, rest;
	Mailto mailto;

	if (!uri_split(slice_of(uri), &scheme, &rest))
		return "no URI";
	if (!mailto_parse(rest, &mailto, arena, &why))
		return arena_copy_string(arena, why.text);
	for (size_t i = 0; i < mailto.recipient_count; i++)
		text_printf(&out, "%s%s; ", kinds[mailto.recipients[i].kind], mailto.recipients[i].address);
	if (mailto.subject.data)
		text_printf(&out, "subject %.*s; ", (int)mailto.subject.length, mailto.subject.data);
	for (size_t i = 0; i < mailto.field_count; i++)
		text_printf(&out, "%s: %.*s; ", mailto.fields[i].name, (int)mailto.fields[i].value.length,
			    mailto.fields[i].value.data);
	if (mailto.body.data)
		text_printf(&out, "body %.*s; ", (int)mailto.body.length, mailto.body.data);
	return arena_copy_string(arena, text_string(&out));
}

static const struct {
	const char *uri, *says;
} uris[] = {
	{ "mailto:", "" },
	{ "MAILTO:chris@example.com", "to chris@example.com; " },
	/* RFC 6068, section 6.1 */
	{ "mailto:infobot@example.com?subject=current-issue",
	  "to infobot@example.com; subject current-issue; " },
	{ "mailto:infobot@example.com?body=send%20current-issue",
	  "to infobot@example.com; body send current-issue; " },
	{ "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index",
	  "to infobot@example.com; body send current-issue\r\nsend index; " },
	{ "mailto:list@example.org?In-Reply-To=%3C3469A91.D10AF4C@example.com%3E",
	  "to list@example.org; In-Reply-To: <3469A91.D10AF4C@example.com>; " },
	{ "mailto:majordomo@example.com?body=subscribe%20bamboo-l",
	  "to majordomo@example.com; body subscribe bamboo-l; " },
	{ "mailto:joe@example.com?cc=bob@example.com&body=hello",
	  "to joe@example.com; cc bob@example.com; body hello; " },
	{ "mailto:gorby%25kremvax@example.com", "to gorby%kremvax@example.com; " },
	{ "mailto:unlikely%3Faddress@example.com?blat=foop",
	  "to unlikely?address@example.com; Blat: foop; " },
	{ "mailto:Mike%26family@example.org", "to Mike&family@example.org; " },
	/* 6.2 */
	{ "mailto:%22not%40me%22@example.org", "to \"not@me\"@example.org; " },
	{ "mailto:%22oh%5C%5Cno%22@example.org", "to \"oh\\\\no\"@example.org; " },
	{ "mailto:%22%5C%5C%5C%22it's%5C%20ugly%5C%5C%5C%22%22@example.org",
	  "to \"\\\\\\\"it's\\ ugly\\\\\\\"\"@example.org; " },
	/* 6.3 */
	{ "mailto:user@example.org?subject=caf%C3%A9", "to user@example.org; subject caf\xc3\xa9; " },
	{ "mailto:user@%E7%B4%8D%E8%B1%86.example.org?subject=Test",
	  "to user@\xe7\xb4\x8d\xe8\xb1\x86.example.org; subject Test; " },
	/* section 2: "to" in both places, commas that are part of an address */
	{ "mailto:addr1@an.example,addr2@an.example", "to addr1@an.example; to addr2@an.example; " },
	{ "mailto:?to=addr1@an.example,addr2@an.example", "to addr1@an.example; to addr2@an.example; " },
	{ "mailto:addr1@an.example?to=addr2@an.example", "to addr1@an.example; to addr2@an.example; " },
	{ "mailto:%22a%2Cb%22@x.org,c@x.org", "to \"a,b\"@x.org; to c@x.org; " },
	{ "mailto:a@x.org?cc=%22Doe,%20J%22%20%3Cj@x.org%3E&bcc=b@x.org",
	  "to a@x.org; cc j@x.org; bcc b@x.org; " },
	{ "mailto:a@x.org?to=&cc=", "to a@x.org; " },
	/* each address once */
	{ "mailto:a@x.org,a@X.ORG?cc=a@x.org,A@x.org", "to a@x.org; cc A@x.org; " },
	/* RFC 5436, 2.7: ignored */
	{ "mailto:a@x.org?From=e@x.org&AUTO-SUBMITTED=no&received=x&message-id=x&date=x&content-type=x"
	  "&resent-to=x&Return-Path=x&MIME-Version=x&x-Good=y",
	  "to a@x.org; X-Good: y; " },
	{ "mailto:a@x.org?subject=a/b?c", "to a@x.org; subject a/b?c; " },
	/* what is none */
	{ "mailto", "no URI" },
	{ ":a@x.org", "no URI" },
	{ "1mail:a@x.org", "no URI" },
	{ "mailto:a b@x.org", "no URI" },
	{ "mailto:a@x.org?subject=100%", "no URI" },
	{ "mailto:a@x.org?subject=%zz", "no URI" },
	{ "mailto:K\xc3\xb6ln@x.org", "no URI" },
	{ "mailto:<a@x.org>", "no URI" },
	{ "mailto:a@x.org#b", "characters that must be percent-encoded in 'a@x.org#b' of a mailto URI" },
	{ "mailto:a@x.org?subject=[b]",
	  "characters that must be percent-encoded in 'subject=[b]' of a mailto URI" },
	{ "mailto:a@x.org?a=b=c", "characters that must be percent-encoded in 'a=b=c' of a mailto URI" },
	{ "mailto:a", "cannot send mail to the address 'a' of a mailto URI" },
	{ "mailto:-f@x.org", "cannot send mail to the address '-f@x.org' of a mailto URI" },
	{ "mailto:a@x.org,", "nothing behind the last comma of 'a@x.org,' of a mailto URI" },
	{ "mailto:,a@x.org", "cannot send mail to the address '' of a mailto URI" },
	{ "mailto:a@x.org%0ABcc:b@x.org",
	  "cannot send mail to the address 'a@x.org%0ABcc:b@x.org' of a mailto URI" },
	{ "mailto:a@x.org?cc=b", "cannot send mail to the address 'b' of a mailto URI" },
	{ "mailto:a@x.org?subject", "no '=' in the field 'subject' of a mailto URI" },
	{ "mailto:a@x.org?subject=a&&b=c", "no '=' in the field '' of a mailto URI" },
	{ "mailto:a@x.org?=b", "no name of a field: '' of a mailto URI" },
	{ "mailto:a@x.org?X%0AY=b", "no name of a field: 'X\nY' of a mailto URI" },
	{ "mailto:a@x.org?subject=a%0D%0ABcc:%20b@x.org",
	  "more than one line in the field 'subject' of a mailto URI" },
	{ "mailto:a@x.org?X-A=a%00b", "what is encoded is no UTF-8 text in 'a%00b' of a mailto URI" },
	{ "mailto:a@x.org?body=%FF", "what is encoded is no UTF-8 text in '%FF' of a mailto URI" },
};
START_TEST(a_uri_says_what_rfc_6068_says)
{
	ck_assert_str_eq(tell(uris[_i].uri), uris[_i].says);
}
END_TEST

START_TEST(a_notification_goes_to_a_few)
{
	AUTO_VALUE(Text) uri = { 0 };

	text_append_string(&uri, "mailto:");
	for (int i = 0; i < LIMIT_MAILTO_RECIPIENTS; i++)
		text_printf(&uri, "%sa%d@x.org", i ? "," : "", i);
	ck_assert_ptr_nonnull(strstr(tell(text_string(&uri)), "to a31@x.org; "));
	text_append_string(&uri, ",one@too.many");
	ck_assert_str_eq(tell(text_string(&uri)), "more than 32 recipients (limit: mailto recipients)");
	text_reset(&uri);
	text_append_string(&uri, "mailto:?a=b");
	for (int i = 0; i < LIMIT_MAILTO_FIELDS; i++)
		text_append_string(&uri, "&a=b");
	ck_assert_str_eq(tell(text_string(&uri)), "more than 32 fields (limit: mailto fields)");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mailto");
	TCase *tests = tcase_create("mailto");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_uri_says_what_rfc_6068_says, 0, sizeof uris / sizeof *uris);
	tcase_add_test(tests, a_notification_goes_to_a_few);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
