/* plan_print - a plan in words for people */
#include <stddef.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "plan/plan.h"

/* A name that rules may have taken from a message goes to a terminal: quotes, controls (those
 * of C1 too) and bytes that are no UTF-8 are escaped. */
static void append_quoted(const char *name, Text *out)
{
	Slice rest = slice_of(name);

	text_append_char(out, '"');
	while (rest.length) {
		uint32_t code_point = 0;
		size_t length = utf8_decode(rest.data, rest.length, &code_point);

		if (length == 0 || code_point < 32 || (code_point >= 127 && code_point < 160)) {
			length = length ? length : 1;
			for (size_t i = 0; i < length; i++)
				text_printf(out, "\\x%02x", (unsigned char)rest.data[i]);
		} else {
			if (code_point == '"' || code_point == '\\')
				text_append_char(out, '\\');
			text_append(out, rest.data, length);
		}
		rest = slice_from(rest, length);
	}
	text_append_char(out, '"');
}

static void append_flags(const PlanFlags *flags, Text *out)
{
	if (!flags->count)
		return;
	text_append_string(out, flags->count > 1 ? " (flags" : " (flag");
	for (size_t i = 0; i < flags->count; i++) {
		text_append_char(out, ' ');
		text_append_string(out, flags->names[i]);
	}
	text_append_char(out, ')');
}

static void append_place(const char *script, uint32_t line, Text *out)
{
	if (!line)
		return;
	if (script && *script)
		text_printf(out, " [%s, line %u]", script, line);
	else
		text_printf(out, " [line %u]", line);
}

void plan_describe_action(const Action *action, Text *out)
{
	switch (action->kind) {
	case ACTION_KEEP:
		text_append_string(out, "keep in the inbox");
		append_flags(&action->flags, out);
		break;
	case ACTION_FILEINTO:
		text_append_string(out, "file into ");
		append_quoted(action->folder, out);
		if (action->create)
			text_append_string(out, ", made if missing");
		append_flags(&action->flags, out);
		break;
	case ACTION_REDIRECT:
		text_append_string(out, "redirect to ");
		append_quoted(action->address, out);
		break;
	case ACTION_DISCARD:
		text_append_string(out, "discard");
		break;
	}
	append_place(action->script, action->line, out);
}

static const char *const outcomes[] = {
	[PLAN_DECIDED] = NULL,
	[PLAN_NO_COMPILE] = "the rules have errors:",
	[PLAN_RUN_ERROR] = "the rules failed:",
	[PLAN_RETRY] = "the rules could not be read just now:",
};

static void append_lines(const char *text, Text *out)
{
	text_append_string(out, text);
	if (out->length && out->data[out->length - 1] != '\n')
		text_append_char(out, '\n');
}

void plan_print(const Plan *plan, Text *out)
{
	if (outcomes[plan->outcome]) {
		append_lines(outcomes[plan->outcome], out);
		append_lines(plan->error ? plan->error : "", out);
	}
	for (size_t i = 0; i < plan->warning_count; i++) {
		text_append_string(out, "warning: ");
		append_lines(plan->warnings[i], out);
	}
	if (plan->outcome == PLAN_RETRY) {
		text_append_string(out, "deliver it later\n");
		return;
	}
	for (size_t i = 0; i < plan->count; i++) {
		plan_describe_action(&plan->actions[i], out);
		text_append_char(out, '\n');
	}
	if (plan->implicit_keep) {
		text_append_string(out, "keep in the inbox");
		append_flags(&plan->implicit_flags, out);
		text_append_string(out, " [implicit keep]\n");
	}
}
