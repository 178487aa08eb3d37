/* Whatever the script and the message: a run ends within its budget, what it decides may be carried out, and
 * arrives at the courier as it was.
 *
 * An input with a line "%%" is a script and, behind that, a message; any other chooses a script from the
 * tables of the extensions (script_generator.h), a message and the answers of the world. */
#include "fuzz.h"

#include <signal.h>
#include <sys/time.h>

#include "plan/limits.h"
#include "plan/plan.h"
#include "script_generator.h"
#include "sieve/sieve.h"

extern const MimeModule trommel_mime_module;

enum {
	MENDINGS = 3, /* of a script that does not compile */
	BUDGET_S = 2  /* of processor time; libFuzzer gives up much later */
};

/* ---- the world ---- */

static void answer_with(Answer *answer, FuzzChoices *choices, const char *const *texts, size_t count)
{
	answer->yes = true;
	text_append_string(&answer->bytes, texts[fuzz_choose(choices, count)]);
}

#define EVENT                                                                                          \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u1\r\n"                     \
	"DTSTAMP:20260101T120000Z\r\nDTSTART:20260201T120000Z\r\nORGANIZER:mailto:ann@example.org\r\n" \
	"ATTENDEE:mailto:user@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

/* Yes and no, as the bytes choose, and what goes with the yes. */
static bool answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	static const char *const names[] = { "Lists", "INBOX", "Junk", "a/b" };
	static const char *const values[] = { "", "a value", "two\nlines\n", "\xff" };
	static const char *const ends[] = { "+output\n", "+", "-it says no", "!", "?", "0" };
	static const char *const calendars[] = { "+personal\n" EVENT, "-personal", "!no right", "0",
						 "+personal\nx" };
	FuzzChoices *choices = self;

	if (!question_check(question, why))
		LAW(false, "a question that is none: %s", why->text);
	if (fuzz_rarely(choices, 64))
		return failure_retry(why, "the disk is away");
	if (question->kind == ASK_PROGRAM && slice_equal(question->arguments[0], SLICE("pipe")))
		answer->yes = true;
	else if (question->kind == ASK_PROGRAM)
		answer_with(answer, choices, ends, 6);
	else if (question->kind == ASK_CALENDAR)
		answer_with(answer, choices, calendars, 5);
	else if (fuzz_choose(choices, 2))
		answer->yes = false;
	else if (question->kind == ASK_SPECIAL_USE || question->kind == ASK_MAILBOX_ID)
		answer_with(answer, choices, names, 4);
	else
		answer_with(answer, choices, values, 4);
	return true;
}

static SieveLoad load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	static const struct {
		const char *name, *source;
	} scripts[] = {
		{ "one", "require \"variables\"; set \"a\" \"one\"; keep;" },
		{ "two", "require [\"include\", \"variables\"]; global \"g\"; include \"one\"; return;" },
		{ "three", "require \"fileinto\"; fileinto \"Lists\"; stop;" },
		{ "loop", "require \"include\"; include \"loop\";" },
		{ "broken", "keep" },
	};

	(void)self;
	(void)place;
	(void)why;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		if (strcmp(scripts[i].name, name) == 0) {
			text_append_string(source, scripts[i].source);
			return SIEVE_LOADED;
		}
	return SIEVE_ABSENT;
}

static const char *setting(void *self, const char *name)
{
	static const char *const settings[][2] = {
		{ "spamtest_status_header", "X-Spam: score=(-?[0-9]+)" },
		{ "spamtest_status_type", "score" },
		{ "spamtest_score_max_value", "10" },
		{ "virustest_status_header", "X-Virus" },
		{ "virustest_status_type", "text" },
		{ "virustest_text_value", "1=clean; 5=found" },
		{ "convert_programs", "image/png>image/jpeg=topng" },
		{ "environment", "x = y; z = ${a}" },
		{ "user_email", "user@example.org" },
		{ "notify_program", "tell" },
		{ "notify_schemes", "xmpp tel" },
	};

	(void)self;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (strcmp(settings[i][0], name) == 0)
			return settings[i][1];
	return NULL;
}

/* ---- the message ---- */

#define HEAD                                                                                             \
	"Received: from a by b; Fri, 16 Jan 2026 08:00:00 +0100\nFrom: Ann <ann@example.org>\n"          \
	"To: user@example.org, \"B, C\" <bob@example.net>\nSubject: =?utf-8?q?gr=C3=BCn?= and a b c\n"   \
	"Date: Fri, 16 Jan 2026 08:00:00 +0100\nMessage-ID: <1@example.org>\nX-Spam: score=7\nX-Virus: " \
	"found\n"

static const char *const messages[] = {
	HEAD "\nA body\nof two lines\n",
	HEAD
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\nprologue\n--x\n"
	"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
	"<p>gr=FCn &amp; b</p>\n--x\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner body\n--x\n"
	"Content-Type: image/png; name=\"a b.png\"\nContent-Disposition: attachment; filename*=utf-8''a%20b\n"
	"Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--x--\nepilogue\n",
	HEAD
	"Content-Type: text/calendar; "
	"method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nVERSION:2.0\nPRODID:x\n"
	"BEGIN:VEVENT\nUID:u1\nSEQUENCE:1\nDTSTAMP:20260102T120000Z\nDTSTART:20260201T120000Z\n"
	"ORGANIZER:mailto:ann@example.org\nATTENDEE:mailto:user@example.org\nEND:VEVENT\nEND:VCALENDAR\n",
	"From: <>\r\nAuto-Submitted: auto-replied\r\nList-Id: <x.example.org>\r\nContent-Type: "
	"multipart/report;\r\n"
	" boundary=\"=_1\"\r\n\r\n--=_1\r\n\r\ntext\r\n",
	"no header at all\n",
	"",
};

/* ---- the run ---- */

static volatile sig_atomic_t out_of_time;

static void note_time(int signal)
{
	(void)signal;
	out_of_time = true;
}

static void set_clock(unsigned seconds)
{
	const struct itimerval after = { .it_value = { .tv_sec = (time_t)seconds } };
	const struct sigaction action = { .sa_handler = note_time, .sa_flags = SA_RESTART };

	out_of_time = false;
	sigaction(SIGPROF, &action, NULL);
	setitimer(ITIMER_PROF, &after, NULL);
}

/* The plan crosses to the courier, who would carry it out. */
static void look_at_plan(const Plan *plan, off_t message_bytes)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) wire = { 0 }, again = { 0 }, printed = { 0 };
	Plan *read = plan_new(arena);
	Failure why = { 0 };

	LAW(plan_check(plan, message_bytes, &why), "%s", why.text);
	LAW((plan->outcome == PLAN_DECIDED) == (plan->error == NULL));
	plan_encode(plan, &wire);
	LAW(wire.length <= LIMIT_PLAN_BYTES);
	LAW(plan_decode(text_slice(&wire), read, &why), "%s", why.text);
	LAW(plan_check(read, message_bytes, &why), "%s", why.text);
	LAW(plan_equal(plan, read));
	plan_encode(read, &again);
	LAW_SAME(text_slice(&again), text_slice(&wire));
	plan_print(plan, &printed);
}

/* Every version of the message can be read to its end. */
static void look_at_images(const Plan *plan, const Message *message)
{
	for (size_t i = 0; i < plan->image_count; i++) {
		AUTO(Arena) arena = arena_new();
		AUTO_VALUE(Message) edited = { 0 };
		Failure why = { 0 };
		char byte;
		size_t got;

		LAW(message_edit(&edited, message, &plan->images[i], arena, &why), "%s", why.text);
		for (off_t at = 0; at < edited.size_bytes; at += 61)
			LAW(message_read(&edited, at, &byte, 1, &got, &why) && got == 1, "%s", why.text);
	}
}

/* For whoever repeats a find. */
static void show(Slice source, const SieveFindings *findings)
{
	AUTO_VALUE(Text) text = { 0 };

	if (!getenv("FUZZ_SHOW"))
		return;
	text_append_slice(&text, source);
	for (size_t i = 0; i < findings->count; i++)
		sieve_finding_print(&findings->items[i], &text);
	fwrite(text.data, 1, text.length, stderr);
}

static const SieveScript *compile(Slice source, SieveFindings *findings, Arena *arena)
{
	const SieveSetup setup = { .load = load, .setting = setting };
	Failure why = { 0 };

	*findings = (SieveFindings){ 0 };
	return sieve_compile("script", source, &setup, arena, findings, &why);
}

static void run(const SieveScript *script, Slice bytes, FuzzChoices *choices, Arena *arena)
{
	AUTO_VALUE(Message) message = { 0 };
	World world = { answer, choices };
	const Envelope envelope = { .sender_known = true,
				    .sender = "ann@example.org",
				    .recipient = "user+lists@example.org",
				    .detail = "lists",
				    .user = "user",
				    .home = "/home/user" };
	SieveInput input = { .message = &message,
			     .envelope = &envelope,
			     .world = &world,
			     .mime = &trommel_mime_module,
			     .now = 1794816000,
			     .host = "mx.example.org",
			     .version = "1",
			     .out_of_time = &out_of_time };
	Plan *plan = plan_new(arena);

	message_from_bytes(&message, bytes);
	input.header = header_index(message.header, arena);
	set_clock(BUDGET_S);
	sieve_run(script, &input, plan);
	set_clock(0);
	look_at_plan(plan, message.size_bytes);
	look_at_images(plan, &message);
}

/* A script that the bytes choose; NULL: nothing came of it. */
static const SieveScript *choose_script(FuzzChoices *choices, Text *source, Arena *arena)
{
	SieveFindings findings;
	const SieveScript *script;

	script_generate(choices, sieve_extensions, source);
	script = compile(arena_copy_slice(arena, text_slice(source)), &findings, arena);
	for (int i = 0; !script && i < MENDINGS; i++) {
		script_mend(source, &findings);
		script = compile(arena_copy_slice(arena, text_slice(source)), &findings, arena);
	}
	show(text_slice(source), &findings);
	return script;
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	FuzzChoices choices = { input };
	SieveFindings findings;
	const SieveScript *script;
	Slice source, bytes;

	fuzz_halves(input, &source, &bytes);
	if (source.length != input.length) {
		script = compile(source, &findings, arena);
	} else {
		bytes = slice_of(messages[fuzz_choose(&choices, sizeof messages / sizeof *messages)]);
		script = choose_script(&choices, &text, arena);
		choices.rest = input; /* so that the world does not say the same for ever */
	}
	if (script)
		run(script, bytes, &choices, arena);
}
