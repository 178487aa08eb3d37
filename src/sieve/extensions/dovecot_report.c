/* vnd.dovecot.report - report a message as abuse
 * spec-bosch-sieve-report; RFC 5965 (the format)
 *
 * A report to the user himself would come back here as a message: it is not sent, and its owner is told. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "base/utf8.h"
#include "plan/limits.h"
#include "sieve/extension.h"
#include "sieve/outgoing.h"

enum {
	SHOWN = 100
};

#define TYPE_TEXT    "'%.*s' is no type of feedback, which is a word as \"abuse\""
#define ADDRESS_TEXT "'%.*s' is not one address to send mail to"

static void check_report(SieveCheck *check, SieveNode *node)
{
	const SieveString *type = sieve_string(node, 0), *address = sieve_string(node, 2);
	Slice spec;

	if (sieve_is_constant(type) && !plan_report_type_valid(type->text))
		sieve_check_error(check, type->span, NULL, TYPE_TEXT, (int)utf8_cut(type->text, SHOWN).length,
				  type->text.data);
	if (sieve_is_constant(address) && !address_read_named(address->text, &spec))
		sieve_check_error(check, address->span, NULL, ADDRESS_TEXT,
				  (int)utf8_cut(address->text, SHOWN).length, address->text.data);
}

static SieveStatus expand_arguments(SieveRun *run, const SieveNode *node, Slice values[3])
{
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < 3 && status == SIEVE_OK; i++)
		status = sieve_expand(run, sieve_string(node, i), &values[i]);
	if (status != SIEVE_OK)
		return status;
	if (!plan_report_type_valid(values[0]))
		return sieve_fail(run, sieve_string(node, 0)->span, TYPE_TEXT,
				  (int)utf8_cut(values[0], SHOWN).length, values[0].data);
	if (!address_read_named(values[2], &values[2]))
		return sieve_fail(run, sieve_string(node, 2)->span, ADDRESS_TEXT,
				  (int)utf8_cut(values[2], SHOWN).length, values[2].data);
	return SIEVE_OK;
}

static SieveStatus report(SieveRun *run, const SieveNode *node)
{
	const char *subject = sieve_header_text(run, run->input->header, SLICE("Subject"));
	Identity own = sieve_own_addresses(run);
	Slice values[3];
	Action action;
	SieveStatus status = expand_arguments(run, node, values);

	if (status == SIEVE_OK)
		status = sieve_action(run, node, ACTION_REPORT, &action);
	if (status != SIEVE_OK)
		return status;
	if (identity_has(&own, values[2], run->input->envelope->delimiter)) {
		sieve_warn(run, sieve_string(node, 2)->span, "no report to '%.*s', which is the user's own",
			   (int)values[2].length, values[2].data);
		return sieve_act_idly(run, node, &action);
	}
	action.type = arena_copy_bytes(run->arena, values[0].data, values[0].length);
	action.text = sieve_clean_text(run, values[1]);
	action.address = arena_copy_bytes(run->arena, values[2].data, values[2].length);
	action.headers_only = sieve_tag(node, "headers_only") != NULL;
	action.subject = sieve_make_subject(run, "Report: %{subject}", subject ? subject : "(no subject)");
	return sieve_act(run, node, &action);
}

static const SieveActionInfo info = {
	.about = "reports the message as abuse",
	.document = "spec-bosch-sieve-report, 3",
	.interactions = "the same type is reported to one address once",
	.with_imap_events = true,
};

static const SieveVerb commands[] = {
	{ .name = "report",
	  .parameters = SIEVE_PARAMETERS({ "feedback-type", SIEVE_STRING }, { "message", SIEVE_STRING },
					 { "address", SIEVE_STRING }),
	  .plans = 1u << ACTION_REPORT,
	  .action = &info,
	  .check = check_report,
	  .act = report },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "headers_only", .of = "report" },
	{ 0 },
};

const SieveExtension sieve_ext_dovecot_report = {
	.capability = "vnd.dovecot.report",
	.about = "report abuse",
	.document = "spec-bosch-sieve-report",
	.commands = commands,
	.tags = tags,
};
