#include "delivery/notice.h"

#include "delivery/compose_parts.h"

enum {
	DAY_S = 86400
};

static void write_body(const Notice *notice, Text *out)
{
	AUTO_VALUE(Text) text = { 0 };

	text_printf(&text,
		    "The rules for your mail cannot be used as they are:\n\n%s\n%s\n\n"
		    "'trommel check %s' shows what is wrong, and when nothing is any more.\n"
		    "You are told once a day.\n",
		    notice->errors, notice->instead, notice->script);
	compose_text(out, text_slice(&text));
}

static void write_notice(const Notice *notice, Text *out)
{
	const Composing *composing = &notice->composing;
	const char *owner = compose_owner(composing);
	const char *postmaster = compose_postmaster(composing);

	compose_start(composing, out);
	compose_addresses(composing, out, "From",
			  arena_printf(composing->arena, "Mail delivery <%s>", postmaster), postmaster);
	compose_addresses(composing, out, "To", owner, owner);
	compose_field(composing, out, "Subject", "Your mail rules have errors");
	text_append_string(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n");
	write_body(notice, out);
}

static bool file(const Notice *notice, Slice bytes)
{
	const FilingOptions options = { .create = true, .sender = "", .received = notice->composing.now };
	AUTO_VALUE(Message) message = { 0 };
	MessageImage image;
	bool missing = false;
	Failure why = { 0 };

	message_from_bytes(&message, bytes);
	image = message_image(&message);

	AUTO(Filing) filing = filing_prepare(notice->store, &options, &image, &missing, &why);

	if (!filing)
		return false;
	if (filing_append_all((Filing *const[]){ filing }, 1, &why) && filing_publish(filing, &why))
		return true;
	filing_undo(filing, &why);
	return false;
}

void notice_file(const Notice *notice)
{
	const StateKey key = { STATE_NOTICE,
			       memory_id(notice->memory,
					 (Slice[]){ SLICE("rules"), slice_of(notice->script) }, 2),
			       notice->script };
	AUTO_VALUE(Text) bytes = { 0 };
	AUTO_VALUE(Text) ignored = { 0 };

	if (!notice->memory->settings.directory || memory_claim(notice->memory, &key) != MEMORY_NEW)
		return;
	write_notice(notice, &bytes);
	if (!file(notice, text_slice(&bytes)))
		return;
	memory_keep(notice->memory, &key, DAY_S);
	memory_commit(notice->memory, &ignored);
}
