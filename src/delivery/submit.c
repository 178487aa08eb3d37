#include "delivery/submit.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "delivery/smtp_client.h"
#include "system/child.h"

enum {
	/* Words of our own and the NULL behind them. */
	OWN_ARGUMENTS_MAX = 12
};

/* Appends the words of `text` to `argv`; returns how many there are. */
static size_t add_words(const char *text, const char **argv, Arena *arena)
{
	size_t count = 0;

	for (;;) {
		size_t length = 0;

		while (ascii_is_blank(*text))
			text++;
		while (text[length] && !ascii_is_blank(text[length]))
			length++;
		if (!length)
			return count;
		argv[count++] = arena_copy_bytes(arena, text, length);
		text += length;
	}
}

static size_t add_option(const char *option, const char *value, const char **argv)
{
	if (!value)
		return 0;
	argv[0] = option;
	argv[1] = value;
	return 2;
}

static const char *const *make_argv(const Config *config, const Outgoing *mail, Arena *arena)
{
	/* a word and the blank behind it have two bytes at least */
	const size_t extra = strlen(config->sendmail_arguments) / 2 + 1;
	const char **argv = arena_zeroed(arena, mail->recipient_count + extra + OWN_ARGUMENTS_MAX,
					 sizeof *argv);
	size_t count = 0;

	argv[count++] = config->sendmail;
	argv[count++] = "-oi";
	count += add_words(config->sendmail_arguments, argv + count, arena);
	count += add_option("-f", *mail->sender ? mail->sender : "<>", argv + count);
	count += add_option("-N", mail->dsn_notify, argv + count);
	count += add_option("-R", mail->dsn_return, argv + count);
	count += add_option("-V", mail->dsn_id, argv + count);
	argv[count++] = "--";
	for (size_t i = 0; i < mail->recipient_count; i++)
		argv[count++] = mail->recipients[i];
	return argv;
}

const char *const *submit_environment(const Envelope *envelope, Arena *arena)
{
	static const char *const passed_on[] = { "MAIL_CONFIG", "TZ" };
	const size_t passed = sizeof passed_on / sizeof *passed_on;
	const char **environment = arena_zeroed(arena, passed + 4, sizeof *environment);
	size_t count = 0;

	environment[count++] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	environment[count++] = arena_printf(arena, "HOME=%s", envelope->home);
	environment[count++] = arena_printf(arena, "LOGNAME=%s", envelope->user);
	for (size_t i = 0; i < passed; i++)
		if (getenv(passed_on[i]))
			environment[count++] = arena_printf(arena, "%s=%s", passed_on[i],
							    getenv(passed_on[i]));
	return environment;
}

/* See submit_mail. */
static bool is_for_good(const ChildResult *result)
{
	return !result->signal && (result->status == EX_DATAERR || result->status == EX_NOUSER);
}

static bool has_failed(const char *program, const ChildResult *result, Failure *why)
{
	bool for_good = is_for_good(result);

	return failure_set(why, for_good ? FAILURE_REFUSED : FAILURE_RETRY, for_good ? "5.3.0" : "4.3.0",
			   "%s ended with %s %d%s%s", program, result->signal ? "signal" : "status",
			   result->signal ? result->signal : result->status, *result->output ? ": " : "",
			   result->output);
}

static bool to_sendmail(const Config *config, const Envelope *envelope, const Outgoing *mail, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	const ChildSpec spec = {
		.argv = make_argv(config, mail, arena),
		.environment = submit_environment(envelope, arena),
		.feed = mail->write,
		.self = mail->self,
		.timeout_s = config->submission_timeout_s,
	};
	ChildResult result = { 0 };

	if (outgoing_must_return(mail))
		return failure_set(why, FAILURE_REFUSED, "5.4.7", "%s cannot be told a deadline",
				   config->sendmail);
	if (!child_run(&spec, &result, why))
		return false;
	if (result.timed_out)
		return failure_retry(why, "%s took longer than %u s", config->sendmail,
				     config->submission_timeout_s);
	if (result.status != 0)
		return has_failed(config->sendmail, &result, why);
	return !result.left_input ||
	       failure_retry(why, "%s ended with status 0 before it had read the message to its end",
			     config->sendmail);
}

bool outgoing_must_return(const Outgoing *mail)
{
	return mail->deliver_by && mail->deliver_by_mode && strcmp(mail->deliver_by_mode, "RETURN") == 0;
}

bool submit_mail(const Submitter *submitter, const Config *config, const Envelope *envelope,
		 const Outgoing *mail, Failure *why)
{
	if (submitter && submitter->submit)
		return submitter->submit(submitter->self, mail, why);
	if (*config->submission)
		return smtp_submit(config, mail, why);
	return to_sendmail(config, envelope, mail, why);
}
