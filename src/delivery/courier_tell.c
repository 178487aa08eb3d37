/* courier_tell - what is said of a delivery: to the owner of the rules, and in the log */
#include <string.h>

#include "delivery/compose.h"
#include "delivery/courier_internal.h"
#include "delivery/notice.h"
#include "delivery/user_log.h"
#include "message/date.h"
#include "system/confine.h"
#include "system/log.h"

const char *courier_user_log(const Courier *courier)
{
	return rules_expand(courier->config->user_log, &courier->user, courier->arena);
}

static void append_lines(Text *lines, const char *text)
{
	const size_t length = strlen(text);

	text_printf(lines, "%s%s", text, length && text[length - 1] == '\n' ? "" : "\n");
}

static void tell_broken(const Courier *courier, Text *lines)
{
	append_lines(lines, courier->broken);
	text_append_string(lines, "the last rules without errors were used, those of ");
	date_write_rfc5322(courier->last_rules_s, 0, lines);
	text_append_char(lines, '\n');
}

/* What the owner of the rules should know: errors, warnings, and what could not be done as they said. */
static void tell_in_logs(Courier *courier)
{
	const Plan *plan = courier->plan;
	AUTO_VALUE(Text) lines = { 0 };

	if (courier->is_poison)
		text_append_string(&lines, "a message has stopped its own delivery, by a bug in trommel, and "
					   "was filed without the rules\n");
	if (courier->broken)
		tell_broken(courier, &lines);
	if (plan->error)
		append_lines(&lines, plan->error);
	for (size_t i = 0; i < plan->warning_count; i++)
		text_printf(&lines, "%s\n", plan->warnings[i]);
	text_append_slice(&lines, text_slice(&courier->notes));
	if (!lines.length)
		return;
	log_line(LOG_LEVEL_WARNING, "%s: %s", courier->user.name, text_string(&lines));
	if (plan->error)
		text_append_string(&lines, "the message was kept\n");
	if (courier->log_fd >= 0)
		user_log_append_to(courier->log_fd, courier->now, text_string(&lines));
	else if (*courier->config->user_log)
		user_log_append(courier_user_log(courier), courier->user.uid, courier->now,
				text_string(&lines));
}

/* Who does not look into his log finds it in his inbox. */
static void give_notice(Courier *courier)
{
	const char *errors = courier->broken ? courier->broken : courier->plan->error;
	const Notice notice = {
		.composing = { .config = courier->config,
			       .envelope = &courier->envelope,
			       .message = &courier->message,
			       .host = host_in_mail(&courier->host),
			       .now = courier->now,
			       .token = compose_token(courier->now, courier->arena),
			       .arena = courier->arena },
		.store = courier->store,
		.memory = &courier->memory,
		.script = courier->rules.path,
		.errors = errors,
		.instead = courier->broken
				   ? "Until then the last rules without errors are used in their place."
				   : "Until then all mail goes into the inbox.",
	};

	notice_file(&notice);
}

static bool rules_do_not_compile(const Courier *courier)
{
	return courier->broken || courier->plan->outcome == PLAN_NO_COMPILE;
}

void courier_tell_owner(Courier *courier)
{
	tell_in_logs(courier);
	if (courier->config->rules_notice && rules_do_not_compile(courier))
		give_notice(courier);
}

static const char *result_word(const Courier *courier, const Failure *why)
{
	if (why->kind == FAILURE_NONE)
		return strcmp(text_string(&courier->outcome), "discarded") == 0 ? "discarded" : "stored";
	return why->kind == FAILURE_RETRY || why->kind == FAILURE_USAGE ? "deferred" : "refused";
}

void courier_write_log(const Courier *courier, uint64_t started_us, uint64_t ended_us, const Failure *why)
{
	const HeaderField *id = courier->header ? header_find(courier->header, SLICE("message-id")) : NULL;

	log_delivery(&(LogDelivery){
		.user = courier->user.name ? courier->user.name : courier->request->user,
		.message_id = id ? header_unfold(id, courier->arena) : SLICE(""),
		.size_bytes = courier->message.size_bytes,
		.sender = courier->envelope.sender,
		.recipient = courier->envelope.recipient,
		.script = courier->rules.found == RULES_LOADED ? courier->rules.path : NULL,
		.line = courier->plan ? courier->plan->decided_line : 0,
		.unconfined = confine_describe_lacks(courier->lacks),
		.folder = text_string(&courier->outcome),
		.dotlock = courier->lacks_dotlock ? "refused" : NULL,
		.duration_us = ended_us - started_us,
		.result = result_word(courier, why),
		.reason = why->kind != FAILURE_NONE ? why->text : NULL,
		.status = failure_exit_status(why),
	});
}
