#include "sieve/reject.h"

#include "sieve/outgoing.h"

SieveStatus sieve_reject(SieveRun *run, const SieveNode *node, bool in_protocol)
{
	const char *subject = sieve_header_text(run, run->input->header, SLICE("Subject"));
	Action action;
	Slice reason;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &reason);

	if (status == SIEVE_OK)
		status = sieve_action(run, node, ACTION_REJECT, &action);
	if (status != SIEVE_OK)
		return status;
	action.text = sieve_clean_text(run, reason);
	action.is_ereject = in_protocol;
	if (subject)
		action.subject = sieve_make_subject(run, "Rejected: %{subject}", subject);
	sieve_header_ids(run, run->input->header, &action.message_id, &action.references);
	return sieve_act(run, node, &action);
}
