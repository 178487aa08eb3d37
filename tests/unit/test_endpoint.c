/* Where a server listens, as the configuration writes it. */
#include <check.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "system/endpoint.h"

static const struct {
	const char *uri;
	EndpointProtocol protocol;
	const char *host, *port, *path;
} endpoints[] = {
	{ "smtp://localhost", ENDPOINT_SMTP, "localhost", "25", "" },
	{ "smtp://mx.example.net:587", ENDPOINT_SMTP, "mx.example.net", "587", "" },
	{ "SMTP://192.0.2.1:65535", ENDPOINT_SMTP, "192.0.2.1", "65535", "" },
	{ "smtp://[2001:db8::1]", ENDPOINT_SMTP, "2001:db8::1", "25", "" },
	{ "smtp://[::1]:2525", ENDPOINT_SMTP, "::1", "2525", "" },
	{ "lmtp://store_1", ENDPOINT_LMTP, "store_1", "24", "" },
	{ "lmtp:///run/dovecot/lmtp", ENDPOINT_LMTP, "", "24", "/run/dovecot/lmtp" },
};
START_TEST(an_endpoint_is_read)
{
	Endpoint endpoint;

	ck_assert(endpoint_parse(slice_of(endpoints[_i].uri), &endpoint));
	ck_assert_int_eq(endpoint.protocol, endpoints[_i].protocol);
	ck_assert_str_eq(endpoint.host, endpoints[_i].host);
	ck_assert_str_eq(endpoint.port, endpoints[_i].port);
	ck_assert_str_eq(endpoint.path, endpoints[_i].path);
}
END_TEST

static const char *const mistakes[] = {
	"",
	"localhost",
	"smtp:localhost",
	"smtps://localhost",
	"smtp://",
	"smtp://:25",
	"smtp:///run/socket",
	"lmtp:///",
	"smtp://localhost/",
	"smtp://user@localhost",
	"smtp://local host",
	"smtp://-oq",
	"smtp://localhost:",
	"smtp://localhost:0",
	"smtp://localhost:65536",
	"smtp://localhost:000000025",
	"smtp://localhost:25x",
	"smtp://::1",
	"smtp://[::1",
	"smtp://[::1]25",
	"smtp://[]",
	"smtp://[localhost]",
};
START_TEST(what_is_none_is_none)
{
	ck_assert(!endpoint_parse(slice_of(mistakes[_i]), &(Endpoint){ 0 }));
}
END_TEST

static bool parses(const char *prefix, size_t length)
{
	AUTO_VALUE(Text) uri = { 0 };

	text_append_string(&uri, prefix);
	for (size_t i = 0; i < length; i++)
		text_append_char(&uri, 'x');
	return endpoint_parse(text_slice(&uri), &(Endpoint){ 0 });
}

START_TEST(names_and_paths_have_their_limits)
{
	ck_assert(parses("smtp://", ENDPOINT_HOST_MAX));
	ck_assert(!parses("smtp://", ENDPOINT_HOST_MAX + 1));
	ck_assert(parses("lmtp:///", ENDPOINT_PATH_MAX - 1));
	ck_assert(!parses("lmtp:///", ENDPOINT_PATH_MAX));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("endpoint");
	TCase *tests = tcase_create("endpoint");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, an_endpoint_is_read, 0, sizeof endpoints / sizeof *endpoints);
	tcase_add_loop_test(tests, what_is_none_is_none, 0, sizeof mistakes / sizeof *mistakes);
	tcase_add_test(tests, names_and_paths_have_their_limits);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
