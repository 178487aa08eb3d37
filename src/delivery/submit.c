#include "delivery/submit.h"

#include <stdlib.h>

#include "base/arena.h"
#include "system/child.h"

/* An MTA that takes longer than this for one message is not well. */
enum {
	SENDMAIL_TIMEOUT_S = 120
};

static const char *const *make_argv(const Config *config, const Outgoing *mail, Arena *arena)
{
	const char **argv = arena_zeroed(arena, mail->recipient_count + 10, sizeof *argv);
	size_t count = 0;

	argv[count++] = config->sendmail;
	argv[count++] = "-oi";
	argv[count++] = "-f";
	argv[count++] = *mail->sender ? mail->sender : "<>";
	if (mail->dsn_notify) {
		argv[count++] = "-N";
		argv[count++] = mail->dsn_notify;
	}
	if (mail->dsn_return) {
		argv[count++] = "-R";
		argv[count++] = mail->dsn_return;
	}
	argv[count++] = "--";
	for (size_t i = 0; i < mail->recipient_count; i++)
		argv[count++] = mail->recipients[i];
	return argv;
}

static const char *const *make_environment(const Envelope *envelope, Arena *arena)
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

static bool to_sendmail(const Config *config, const Envelope *envelope, const Outgoing *mail, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	const ChildSpec spec = {
		.argv = make_argv(config, mail, arena),
		.environment = make_environment(envelope, arena),
		.feed = mail->write,
		.self = mail->self,
		.timeout_s = SENDMAIL_TIMEOUT_S,
	};
	ChildResult result = { 0 };

	if (!child_run(&spec, &result, why))
		return false;
	if (result.status == 0)
		return true;
	if (result.timed_out)
		return failure_retry(why, "%s took longer than %d s", config->sendmail, SENDMAIL_TIMEOUT_S);
	return failure_retry(
		why, "%s ended with %s %d%s%s", config->sendmail, result.signal ? "signal" : "status",
		result.signal ? result.signal : result.status, *result.output ? ": " : "", result.output);
}

bool submit_mail(const Submitter *submitter, const Config *config, const Envelope *envelope,
		 const Outgoing *mail, Failure *why)
{
	if (submitter && submitter->submit)
		return submitter->submit(submitter->self, mail, why);
	return to_sendmail(config, envelope, mail, why);
}
