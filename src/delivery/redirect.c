#include "delivery/redirect.h"

#include <string.h>

#include "base/ascii.h"
#include "delivery/trace.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/identity.h"
#include "plan/limits.h"
#include "system/child.h"

enum {
	PROGRAM_TIMEOUT_S = 20
};

const char *redirect_guard(const Redirection *redirection, const Action *action)
{
	const char *address = action->address;
	const Envelope *envelope = redirection->envelope;

	if (ascii_strings_equal_fold(address, envelope->recipient) ||
	    ascii_strings_equal_fold(address, envelope->user) ||
	    (envelope->original_recipient && ascii_strings_equal_fold(address, envelope->original_recipient)))
		return "it is the recipient's own address";
	if (trace_redirected_before(redirection->header, envelope->recipient, redirection->arena))
		return "this message was redirected from here before";
	if (trace_redirected_before(redirection->header, address, redirection->arena))
		return "this message was redirected from there before";
	if (trace_delivered_before(redirection->header, address, redirection->arena))
		return "the message has been at that address already";
	if (trace_hops(redirection->header) > redirection->config->hop_limit)
		return "it has more Received fields than hop_limit allows";
	/* sendmail(1) cannot be told, and such a message must not go where nobody minds it (RFC 2852, 4.1.4);
	 * a server says what it can */
	if (!*redirection->config->submission && action->deliver_by &&
	    strcmp(action->deliver_by_mode, "RETURN") == 0)
		return "its deadline cannot be handed over";
	return NULL;
}

static const char *postmaster(const Redirection *redirection)
{
	const Config *config = redirection->config;

	return *config->postmaster ? config->postmaster : "postmaster";
}

/* Who gets the bounces, as the configuration says; NULL where it names nobody that there is. */
static const char *configured_sender(const Redirection *redirection)
{
	const Envelope *envelope = redirection->envelope;
	const char *how = redirection->config->redirect_sender;
	size_t length = strlen(how);

	if (strcmp(how, "recipient") == 0)
		return envelope->recipient;
	if (strcmp(how, "original_recipient") == 0)
		return envelope->original_recipient;
	if (strcmp(how, "user_email") == 0)
		return identity_address(config_get(redirection->config, "user_email", redirection->arena),
					envelope, redirection->arena);
	if (strcmp(how, "user") == 0)
		return envelope->user;
	if (strcmp(how, "postmaster") == 0)
		return postmaster(redirection);
	return *how == '<' ? arena_copy_bytes(redirection->arena, how + 1, length - 2) : NULL;
}

/* Names that only local delivery knows are for sendmail(1) to complete. */
static bool is_local(const Redirection *redirection, const char *sender)
{
	return strcmp(sender, redirection->envelope->user) == 0 || strcmp(sender, "postmaster") == 0;
}

/* Asks the site's program (SRS): what it prints is an address, or the message has to wait. */
static bool ask_program(const Redirection *redirection, const char **sender, Failure *why)
{
	const char *program = redirection->config->redirect_sender_program;
	AUTO_VALUE(Text) output = { 0 };
	const ChildSpec spec = {
		.argv = (const char *const[]){ program, redirection->envelope->sender, NULL },
		.environment = submit_environment(redirection->envelope, redirection->arena),
		.timeout_s = PROGRAM_TIMEOUT_S,
		.output = &output,
		.output_max = LIMIT_ADDRESS_LENGTH + 2,
	};
	ChildResult result = { 0 };
	Slice address;

	if (!*program)
		return failure_set(why, FAILURE_RETRY, "4.3.5",
				   "redirect_sender is 'program', and redirect_sender_program is not set");
	if (!child_run(&spec, &result, why))
		return false;
	address = ascii_trim(text_slice(&output));
	*sender = arena_copy_bytes(redirection->arena, address.data, address.length);
	return (result.status == 0 && address_is_safe(address)) ||
	       failure_retry(why, "%s, asked for the sender to redirect from, gave no address%s%s", program,
			     *result.output ? ": " : "", result.output);
}

/* A null sender stays null: no bounce path is made where there was none. */
static bool find_sender(const Redirection *redirection, const char **sender, Failure *why)
{
	const Envelope *envelope = redirection->envelope;

	*sender = "";
	if (!envelope->sender_known || !*envelope->sender)
		return true;
	if (strcmp(redirection->config->redirect_sender, "program") == 0)
		return !address_is_safe(slice_of(envelope->sender)) || ask_program(redirection, sender, why);
	*sender = configured_sender(redirection);
	if (!*sender)
		*sender = envelope->sender;
	/* what cannot be an address must not look like an option or a second word to anybody */
	if (!address_is_safe(slice_of(*sender)) && !is_local(redirection, *sender))
		*sender = "";
	return true;
}

/* Who gets the reports that the rules asked for (RFC 6009, 6.1 and 7.1). */
static const char *owner_of(const Redirection *redirection)
{
	const Envelope *envelope = redirection->envelope;

	if (!envelope->sender_known || !*envelope->sender)
		return "";
	return address_is_safe(slice_of(envelope->recipient)) ? envelope->recipient : envelope->user;
}

static bool write_image(void *self, int fd, Failure *why)
{
	return image_write(self, fd, NULL, why);
}

/* The message, with our mark in front and without the Return-Path of the last hop. */
static void make_head(const Redirection *redirection, const Version *version, Text *head)
{
	text_printf(head, "%s: %s%s", TRACE_REDIRECT_FIELD,
		    address_in_field(redirection->envelope->recipient, redirection->arena),
		    version->message->crlf ? "\r\n" : "\n");
	trace_make_head_to_pass_on(version->message, version->header, head);
}

bool redirect_send(const Redirection *redirection, const Action *action, const Version *version, Failure *why)
{
	AUTO_VALUE(Text) head = { 0 };
	MessageImage image = { .message = version->message,
			       .rest_offset = version->message->body_offset,
			       .whole_fd = -1 };
	const Envelope *envelope = redirection->envelope;
	const bool asks = action->dsn_notify || action->dsn_ret || action->deliver_by;
	Outgoing mail = { .sender = owner_of(redirection),
			  .recipients = (const char *const[]){ action->address },
			  .recipient_count = 1,
			  .dsn_notify = action->dsn_notify,
			  .dsn_return = action->dsn_ret,
			  .deliver_by = action->deliver_by,
			  .deliver_by_mode = action->deliver_by_mode,
			  .deliver_by_trace = action->deliver_by_trace,
			  .write = write_image,
			  .self = &image };

	if (!asks && !find_sender(redirection, &mail.sender, why))
		return false;
	/* who still is the sender gets the reports that he asked for (RFC 3461, 5.2.1 and 5.2.7) */
	if (!asks && envelope->sender_known && strcmp(mail.sender, envelope->sender) == 0) {
		mail.dsn_notify = envelope->dsn_notify;
		mail.dsn_return = envelope->dsn_return;
		mail.dsn_id = envelope->dsn_id;
		mail.dsn_recipient = envelope->dsn_recipient;
	}
	make_head(redirection, version, &head);
	image.head = text_slice(&head);
	return submit_mail(&redirection->submitter, redirection->config, redirection->envelope, &mail, why) ||
	       failure_add(why, "while redirecting to %s", action->address);
}
