#include "commands/testbed.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/ascii.h"
#include "base/text.h"
#include "commands/settings.h"
#include "commands/testbed_state.h"
#include "delivery/caller.h"
#include "delivery/mime_module.h"
#include "message/address.h"
#include "plan/limits.h"
#include "sieve/extensions/testsuite.h"

/* The message that every file begins with. */
#define FIRST_MESSAGE                   \
	"From: sender@example.com\r\n"  \
	"To: recipient@example.org\r\n" \
	"Subject: Frop!\r\n"            \
	"\r\n"                          \
	"Friep!\r\n"

void testbed_tell(const Testbed *bed, TestEvent event, uint32_t line, Slice text)
{
	bed->listener->hear(bed->listener->self, event, line, text);
}

void testbed_show(const Testbed *bed, const char *format, ...)
{
	char text[FAILURE_TEXT_MAX + 200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	testbed_tell(bed, TEST_SHOWN, 0, slice_of(text));
}

/* ---- the message and its envelope ---- */

/* The first address in the first of the fields that has one; else `otherwise`. */
static const char *first_address(const Testbed *bed, const char *const *names, const char *otherwise)
{
	for (; *names; names++) {
		const HeaderField *field = header_find(bed->input.header, slice_of(*names));
		AddressList list;

		if (!field)
			continue;
		list = address_parse_list(header_unfold(field, bed->arena), bed->arena);
		if (list.count && list.items[0].valid)
			return arena_copy_bytes(bed->arena, list.items[0].text.data,
						list.items[0].text.length);
	}
	return otherwise;
}

void testbed_make_envelope(Testbed *bed)
{
	DeliveryRequest request = { .sender = bed->sender,
				    .recipient = bed->recipient,
				    .address = bed->original_recipient };

	bed->envelope = (Envelope){ .user = bed->options->user->name, .home = bed->options->scratch };
	caller_envelope(&bed->envelope, &request, bed->input.message, bed->input.header,
			bed->config.recipient_delimiter, bed->arena);
	bed->envelope.sender_known = bed->sender != NULL;
	bed->envelope.original_recipient = bed->original_recipient;
	bed->envelope.authenticated = bed->authenticated;
	bed->input.envelope = &bed->envelope;
}

void testbed_set_message(Testbed *bed, Slice bytes)
{
	static const char *const senders[] = { "Return-Path", "Sender", "From", NULL };
	static const char *const recipients[] = { "Envelope-To", "To", NULL };
	Message *message = ARENA_NEW(bed->arena, Message);

	message_from_bytes(message, bytes);
	bed->input.message = message;
	bed->input.header = header_index(message->header, bed->arena);
	bed->input.flags = (PlanFlags){ 0 };
	bed->sender = first_address(bed, senders, "sender@example.com");
	bed->recipient = first_address(bed, recipients, "recipient@example.com");
	bed->original_recipient = bed->recipient;
	bed->authenticated = bed->options->user->name;
	testbed_make_envelope(bed);
}

void testbed_set_first_message(Testbed *bed)
{
	testbed_set_message(bed, SLICE(FIRST_MESSAGE));
}

/* An address as SMTP has it, brackets or not; NULL and a remark when it is none. */
static const char *read_address(const Testbed *bed, Slice value)
{
	Address address;

	if (address_parse_envelope(ascii_trim(value), &address, bed->arena))
		return arena_copy_bytes(bed->arena, address.text.data, address.text.length);
	testbed_show(bed, "test_set: '%.*s' is no address\n", (int)(value.length < 200 ? value.length : 200),
		     value.data);
	return NULL;
}

/* What an MTA hands over in the environment. */
static void set_variable(const Testbed *bed, SieveTestObject object, Slice value)
{
	static const char *const names[] = { [SIEVE_TEST_DSN_NOTIFY] = "DSN_NOTIFY",
					     [SIEVE_TEST_DSN_ORCPT] = "DSN_ORCPT",
					     [SIEVE_TEST_DSN_RET] = "DSN_RET",
					     [SIEVE_TEST_DSN_ENVID] = "DSN_ENVID",
					     [SIEVE_TEST_DELIVER_BY] = "DELIVER_BY" };

	setenv(names[object], arena_copy_bytes(bed->arena, value.data, value.length), 1);
}

static void set(void *self, SieveTestObject object, Slice value)
{
	Testbed *bed = self;

	switch (object) {
	case SIEVE_TEST_MESSAGE:
		testbed_set_message(bed, arena_copy_slice(bed->arena, value));
		return;
	case SIEVE_TEST_FROM:
		bed->sender = read_address(bed, value);
		break;
	case SIEVE_TEST_TO:
		bed->recipient = bed->original_recipient = read_address(bed, value);
		break;
	case SIEVE_TEST_ORIGINAL_TO:
		bed->original_recipient = read_address(bed, value);
		break;
	case SIEVE_TEST_DSN_NOTIFY:
	case SIEVE_TEST_DSN_ORCPT:
	case SIEVE_TEST_DSN_RET:
	case SIEVE_TEST_DSN_ENVID:
	case SIEVE_TEST_DELIVER_BY:
		set_variable(bed, object, value);
		break;
	case SIEVE_TEST_AUTH:
		bed->authenticated = arena_copy_bytes(bed->arena, value.data, value.length);
		break;
	}
	testbed_make_envelope(bed);
}

/* ---- scripts ---- */

/* Every extension there is, and the one that the tests are written in. */
static const SieveExtension *const *all_extensions(Arena *arena)
{
	const SieveExtension **all;
	size_t count = 0;

	while (sieve_extensions[count])
		count++;
	all = arena_zeroed(arena, count + 2, sizeof *all);
	memcpy(all, sieve_extensions, count * sizeof *all);
	all[count] = &sieve_ext_testsuite;
	return all;
}

/* What a script needs besides its text. */
static bool fetch(Testbed *bed, const SieveScript *script, Failure *why)
{
	if (sieve_needs_zone(script))
		tzset();
	return bed->input.mime || !sieve_needs_mime(script) || mime_module_open(&bed->input.mime, why);
}

static const SieveScript *compile_file(Testbed *bed, const char *path, SieveFindings *findings, Failure *why)
{
	AUTO_VALUE(Text) source = { 0 };
	SieveScript *script;

	if (!settings_read_script(path, &source, why))
		return NULL;
	script = sieve_compile(path, arena_copy_slice(bed->arena, text_slice(&source)), &bed->setup,
			       bed->arena, findings, why);
	return script && fetch(bed, script, why) ? script : NULL;
}

static bool has_syntax_errors(const SieveFindings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].is_syntax)
			return true;
	return false;
}

/* A word that is unknown is told of where it first stands: other engines do so, and their tests count. */
static bool was_told(const SieveFindings *findings, size_t place)
{
	const char *text = findings->items[place].text;

	if (strncmp(text, "unknown ", strlen("unknown ")) != 0)
		return false;
	for (size_t i = 0; i < place; i++)
		if (strcmp(findings->items[i].text, text) == 0)
			return true;
	return false;
}

/* While the grammar is not kept, nobody asks what the words mean. */
static void add_findings(const Testbed *bed, const SieveFindings *findings, SieveTestErrors *errors)
{
	bool syntax = has_syntax_errors(findings);

	for (size_t i = 0; i < findings->count; i++) {
		const SieveFinding *it = &findings->items[i];
		const char *place;

		if (it->severity != SIEVE_ERROR || it->is_syntax != syntax || was_told(findings, i))
			continue;
		place = arena_printf(bed->arena, "%s:%u:%u: ", it->file, it->line, it->column);
		sieve_test_error(errors, slice_of(place), it->text);
		if (it->spoils)
			sieve_test_error(errors, slice_of(place), "the command around it makes no sense");
	}
}

static const SieveScript *compile(void *self, Slice path, SieveTestErrors *errors)
{
	Testbed *bed = self;
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	const char *full = path.length && *path.data == '/'
				   ? arena_copy_bytes(bed->arena, path.data, path.length)
				   : arena_printf(bed->arena, "%s/%.*s", bed->directory, (int)path.length,
						  path.data);
	const SieveScript *script = compile_file(bed, full, &findings, &why);

	add_findings(bed, &findings, errors);
	if (why.kind != FAILURE_NONE)
		sieve_test_error(errors, SLICE(""), why.text);
	else if (!script)
		sieve_test_error(errors, SLICE(""),
				 has_syntax_errors(&findings) ? "parse failed" : "validation failed");
	return script;
}

/* ---- blocks ---- */

static void begin(void *self, Slice name, uint32_t line)
{
	testbed_tell(self, TEST_BEGINS, line, name);
}

static void end(void *self)
{
	testbed_tell(self, TEST_PASSED, 0, SLICE(""));
}

static void fail(void *self, Slice reason, uint32_t line)
{
	testbed_tell(self, TEST_FAILED, line, reason);
}

static void show(void *self, Slice text)
{
	testbed_tell(self, TEST_SHOWN, 0, text);
}

/* ---- the clock ---- */

static volatile sig_atomic_t out_of_time;

static void note_time(int signal)
{
	(void)signal;
	out_of_time = true;
}

static void set_clock(unsigned seconds)
{
	const struct itimerval after = { .it_value = { .tv_sec = (time_t)seconds } };

	setitimer(ITIMER_PROF, &after, NULL);
}

static void start_clock(void *self)
{
	const Testbed *bed = self;
	const struct sigaction action = { .sa_handler = note_time, .sa_flags = SA_RESTART };

	out_of_time = false;
	sigaction(SIGPROF, &action, NULL);
	set_clock(bed->config.judge_cpu_s);
}

static void stop_clock(void *self)
{
	(void)self;
	set_clock(0);
	out_of_time = false;
}

/* ---- the file ---- */

static const SieveTestbed functions = {
	.begin = begin,
	.end = end,
	.fail = fail,
	.show = show,
	.set = set,
	.take_sent = testbed_take_sent,
	.take_stored = testbed_take_stored,
	.forget_sent = testbed_forget_sent,
	.compile = compile,
	.start_clock = start_clock,
	.stop_clock = stop_clock,
	.carry_out = testbed_carry_out,
	.make_folder = testbed_make_folder,
	.annotate = testbed_annotate,
	.configure = testbed_configure,
	.reload = testbed_reload,
};

static const char *directory_of(const char *file, Arena *arena)
{
	char path[PATH_MAX];
	const char *slash;

	if (!realpath(file, path))
		return ".";
	slash = strrchr(path, '/');
	return arena_copy_bytes(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

static void set_up(Testbed *bed, const char *file)
{
	bed->directory = directory_of(file, bed->arena);
	bed->table = functions;
	bed->table.self = bed;
	bed->table.directory = bed->directory;
	bed->world = (World){ testbed_answer, bed };
	bed->setup = (SieveSetup){ .load = testbed_load,
				   .setting = testbed_setting,
				   .self = bed,
				   .strict_require = true,
				   .extensions = all_extensions(bed->arena) };
	bed->input = (SieveInput){ .world = &bed->world,
				   .now = time(NULL),
				   .host = "localhost",
				   .version = TROMMEL_VERSION,
				   .location = "MS",
				   .phase = "post",
				   .out_of_time = &out_of_time,
				   .testbed = &bed->table };
}

static void tell_findings(const Testbed *bed, const SieveFindings *findings, const Failure *why)
{
	AUTO_VALUE(Text) text = { 0 };
	uint32_t line = 0;

	for (size_t i = 0; i < findings->count && text.length < LIMIT_ERROR_LENGTH; i++)
		if (findings->items[i].severity == SIEVE_ERROR) {
			line = line ? line : findings->items[i].line;
			sieve_finding_print(&findings->items[i], &text);
		}
	if (!text.length)
		text_append_string(&text, why->text);
	testbed_tell(bed, TEST_FILE_FAILED, line, text_slice(&text));
}

static void run(Testbed *bed, const char *file)
{
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	const SieveScript *script;
	Plan *plan;

	if (!testbed_reload(bed, &why)) {
		testbed_tell(bed, TEST_FILE_FAILED, 0, slice_of(why.text));
		return;
	}
	testbed_set_first_message(bed);
	script = compile_file(bed, file, &findings, &why);
	if (!script) {
		tell_findings(bed, &findings, &why);
		return;
	}
	plan = plan_new(bed->arena);
	sieve_run(script, &bed->input, plan);
	if (plan->outcome != PLAN_DECIDED)
		testbed_tell(bed, TEST_FILE_FAILED, 0, slice_of(plan->error));
}

void testbed_run(const char *file, const TestbedOptions *options, const TestListener *listener)
{
	Testbed bed = { .options = options, .listener = listener, .arena = arena_new() };

	set_up(&bed, file);
	run(&bed, file);
	testbed_tell(&bed, TEST_ENDED, 0, SLICE(""));
	store_close(bed.store);
	config_clear(&bed.config);
	arena_free(bed.arena);
}
