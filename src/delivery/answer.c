#include "delivery/answer.h"

#include "delivery/target.h"

static bool file_into(Answering *answering, const Action *action, const char *folder, const char *special_use,
		      const MessageImage *image, Failure *why)
{
	const FilingOptions options = {
		.folder = folder,
		.create = !folder || action->create || answering->composing.config->folder_autocreate,
		.special_use = special_use,
		.flags = action->flags.names,
		.flag_count = action->flags.count,
		.sender = "",
		.received = answering->composing.now,
	};
	bool missing = false;
	AUTO(Filing) filing = filing_prepare(answering->store, &options, image, &missing, why);

	if (filing && filing_append_all((Filing *const[]){ filing }, 1, why) && filing_publish(filing, why))
		return true;
	if (filing)
		filing_undo(filing, &(Failure){ 0 });
	return false;
}

static void file_copy(Answering *answering, const Action *action, const Composed *mail)
{
	AUTO_VALUE(Message) message = { 0 };
	MessageImage image;
	Target target;
	Failure why = { 0 };

	composed_message(mail, &message);
	image = message_image(&message);
	if (target_find(answering->store, action, answering->composing.arena, &target, &why) &&
	    file_into(answering, action, target.folder, target.special_use, &image, &why))
		return;
	text_printf(&answering->notes, "cannot file what was sent into \"%s\": %s\n", action->folder,
		    why.text);
	why = (Failure){ 0 };
	if (!file_into(answering, action, NULL, NULL, &image, &why))
		text_printf(&answering->notes, "nor into the inbox: %s\n", why.text);
}

bool answer_send(Answering *answering, const Action *action, unsigned number, Failure *why)
{
	Composing composing = answering->composing;
	const char *why_not;
	Composed mail;
	Outgoing outgoing;

	composing.token = arena_printf(composing.arena, "%s.%u", composing.token, number);
	why_not = compose(&composing, action, &mail);
	if (why_not) {
		text_printf(&answering->notes, "%s of line %u sends nothing: %s\n",
			    plan_action_name(action->kind), action->line, why_not);
		return true;
	}
	outgoing = composed_outgoing(&mail);
	if (!submit_mail(&answering->submitter, composing.config, composing.envelope, &outgoing, why))
		return failure_add(why, "while sending what %s wrote", plan_action_name(action->kind));
	if (action->folder)
		file_copy(answering, action, &mail);
	return true;
}
