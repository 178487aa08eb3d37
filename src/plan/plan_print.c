/* plan_print - a plan in words for people */
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "plan/plan.h"

/* A name that rules may have taken from a message goes to a terminal: quotes, controls (those
 * of C1 too) and bytes that are no UTF-8 are escaped. */
static void append_quoted(Slice rest, Text *out)
{
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

static const char *const names[ACTION_KINDS] = {
	[ACTION_KEEP] = "keep",         [ACTION_FILEINTO] = "fileinto", [ACTION_REDIRECT] = "redirect",
	[ACTION_DISCARD] = "discard",   [ACTION_REJECT] = "reject",     [ACTION_VACATION] = "vacation",
	[ACTION_NOTIFY] = "notify",     [ACTION_REPORT] = "report",     [ACTION_PIPE] = "pipe",
	[ACTION_CALENDAR] = "calendar", [ACTION_REMEMBER] = "remember",
};

const char *plan_action_name(ActionKind kind)
{
	return names[kind];
}

enum {
	SHOWN = 60 /* bytes of a text */
};

/* The beginning of a text, with what led up to it. */
static void append_text(const char *before, const char *text, Text *out)
{
	Slice cut;

	if (!text)
		return;
	cut = utf8_cut(slice_of(text), SHOWN);
	text_append_string(out, before);
	append_quoted(cut, out);
	if (cut.length < strlen(text))
		text_append_string(out, "...");
}

static void append_name(const char *before, const char *name, Text *out)
{
	if (!name)
		return;
	text_append_string(out, before);
	append_quoted(slice_of(name), out);
}

static void append_folder(const Action *action, Text *out)
{
	append_quoted(slice_of(action->folder), out);
	append_name(", or rather the folder for ", action->special_use, out);
	append_name(", or rather the folder with the id ", action->mailbox_id, out);
	if (action->create)
		text_append_string(out, ", made if missing");
	append_flags(&action->flags, out);
}

/* ":fcc" of what is sent. */
static void append_copy(const Action *action, Text *out)
{
	if (!action->folder)
		return;
	text_append_string(out, ", copy into ");
	append_folder(action, out);
}

static void append_arguments(const PlanList *arguments, Text *out)
{
	for (size_t i = 0; i < arguments->count; i++)
		append_text(" ", arguments->items[i], out);
}

static void append_redirect(const Action *action, Text *out)
{
	append_name("redirect to ", action->address, out);
	append_name(", report ", action->dsn_notify, out);
	append_name(", return ", action->dsn_ret, out);
	append_name(", by ", action->deliver_by, out);
	append_name(", else ", action->deliver_by_mode, out);
}

static void append_vacation(const Action *action, Text *out)
{
	append_name("answer ", action->address, out);
	append_text(", from ", action->from, out);
	append_text(", subject ", action->subject, out);
	append_text(": ", action->text, out);
	append_copy(action, out);
}

static void append_what(const Action *action, Text *out)
{
	switch (action->kind) {
	case ACTION_KEEP:
		text_append_string(out, "keep in the inbox");
		append_flags(&action->flags, out);
		break;
	case ACTION_FILEINTO:
		text_append_string(out, "file into ");
		append_folder(action, out);
		break;
	case ACTION_REDIRECT:
		append_redirect(action, out);
		break;
	case ACTION_DISCARD:
		text_append_string(out, "discard");
		break;
	case ACTION_REJECT:
		append_text(action->is_ereject ? "refuse: " : "reject: ", action->text, out);
		break;
	case ACTION_VACATION:
		append_vacation(action, out);
		break;
	case ACTION_NOTIFY:
		append_text("notify ", action->address, out);
		append_text(", subject ", action->subject, out);
		append_text(": ", action->text, out);
		append_copy(action, out);
		break;
	case ACTION_REPORT:
		append_name("report as ", action->type, out);
		append_name(" to ", action->address, out);
		break;
	case ACTION_PIPE:
		append_name("pipe to ", action->program, out);
		append_arguments(&action->arguments, out);
		break;
	case ACTION_CALENDAR:
		append_text(action->removes ? "remove " : "put ", action->handle, out);
		append_name(action->removes ? " from the calendar " : " into the calendar ", action->calendar,
			    out);
		break;
	case ACTION_REMEMBER:
		append_text("remember ", action->handle, out);
		text_printf(out, " for %llu s", (unsigned long long)action->seconds);
		break;
	case ACTION_KINDS:
		break;
	}
}

void plan_describe_action(const Action *action, Text *out)
{
	append_what(action, out);
	if (action->image)
		text_append_string(out, ", edited");
	append_place(action->script, action->line, out);
}

static const char *const outcomes[] = {
	[PLAN_DECIDED] = NULL,
	[PLAN_NO_COMPILE] = "the rules have errors",
	[PLAN_RUN_ERROR] = "the rules failed",
	[PLAN_RETRY] = "the rules could not be read just now",
};

static void append_lines(const char *text, Text *out)
{
	text_append_string(out, text);
	if (out->length && out->data[out->length - 1] != '\n')
		text_append_char(out, '\n');
}

static void append_list(const char *before, const char *const *lines, size_t count, Text *out)
{
	for (size_t i = 0; i < count; i++) {
		text_append_string(out, before);
		append_lines(lines[i], out);
	}
}

void plan_print(const Plan *plan, Text *out)
{
	if (outcomes[plan->outcome]) {
		text_printf(out, "%s%s\n", outcomes[plan->outcome], plan->error ? ":" : "");
		if (plan->error)
			append_lines(plan->error, out);
	}
	append_list("warning: ", plan->warnings, plan->warning_count, out);
	append_list("note: ", plan->notes, plan->note_count, out);
	if (plan->outcome == PLAN_RETRY) {
		text_append_string(out, "deliver it later\n");
		return;
	}
	for (size_t i = 0; i < plan->count; i++) {
		plan_describe_action(&plan->actions[i], out);
		text_append_char(out, '\n');
	}
	if (plan->implicit_keep) {
		text_append_string(out, plan->implicit_folder ? "keep in " : "keep in the inbox");
		append_name("", plan->implicit_folder, out);
		append_flags(&plan->implicit_flags, out);
		text_append_string(out, plan->implicit_image ? ", edited [implicit keep]\n"
							     : " [implicit keep]\n");
	}
}
