/* enclose - the message as an attachment of a new one
 * RFC 5703, section 6
 *
 * What the text leaves open: the new message has the fields that ":headers" names, in the order in which they
 * stood, but for those of MIME, which would be about another body, and for Subject where ":subject" says what
 * it is; From is the user's address, or the recipient of this delivery; no Message-ID is made up.  A loop
 * goes on with the parts of the enclosed message. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "base/ascii.h"
#include "message/boundary.h"
#include "message/date.h"
#include "message/field_write.h"
#include "message/identity.h"
#include "sieve/edit.h"
#include "sieve/extension.h"
#include "sieve/part_make.h"
#include "sieve/parts.h"

/* ---- while compiling ---- */

static void check_headers(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveStrings *names = &use->value.strings;

	for (size_t i = 0; i < names->count; i++) {
		const SieveString *name = &names->items[i];

		if (!sieve_is_constant(name))
			continue;
		if (!header_is_name(name->text))
			sieve_check_error(check, name->span,
					  name->text.length && name->text.data[name->text.length - 1] == ':'
						  ? "leave the ':' out"
						  : NULL,
					  "this is no name of a header field");
		else if (sieve_is_mime_field(name->text))
			sieve_check_warn(check, "no-effect", name->span, NULL,
					 "this field is about the old body and is not copied");
		else if (ascii_equal_fold(name->text, SLICE("subject")) && sieve_tag(node, "subject"))
			sieve_check_warn(check, "no-effect", name->span, NULL,
					 "':subject' gives another one, so it is not copied");
	}
}

static void check_enclose(SieveCheck *check, SieveNode *node)
{
	(void)node;
	sieve_check_need_zone(check);
}

/* ---- the new header ---- */

/* The names that ":headers" lists. */
typedef struct Listed {
	Slice *names;
	size_t count;
} Listed;

static SieveStatus expand_listed(SieveRun *run, const SieveNode *node, Listed *listed)
{
	const SieveTagUse *use = sieve_tag(node, "headers");
	const SieveStrings *names = use ? &use->value.strings : NULL;
	SieveStatus status = SIEVE_OK;

	listed->count = names ? names->count : 0;
	listed->names = arena_alloc(run->arena, (listed->count + 1) * sizeof *listed->names);
	for (size_t i = 0; i < listed->count && status == SIEVE_OK; i++)
		status = sieve_expand(run, &names->items[i], &listed->names[i]);
	return status;
}

static bool is_listed(const Listed *listed, Slice name)
{
	for (size_t i = 0; i < listed->count; i++)
		if (ascii_equal_fold(listed->names[i], name))
			return true;
	return false;
}

/* One field of the old header, if it is wanted. */
static void copy_field(SieveRun *run, const HeaderField *field, Text *out)
{
	text_append_slice(out, field->raw);
	if (field->raw.data[field->raw.length - 1] != '\n')
		text_append_string(out, sieve_line_end(run));
}

static void copy_listed(SieveRun *run, const Listed *listed, bool has_subject, Text *out)
{
	for (size_t i = 0; i < run->header->count; i++) {
		const HeaderField *field = &run->header->fields[i];
		bool is_subject = ascii_equal_fold(field->name, SLICE("subject"));

		/* The old subject is the new one's too, unless it is told (section 6). */
		if (is_subject ? has_subject
			       : !is_listed(listed, field->name) || sieve_is_mime_field(field->name))
			continue;
		copy_field(run, field, out);
	}
}

/* Was a field of this name copied? */
static bool is_copied(SieveRun *run, const Listed *listed, Slice name)
{
	return is_listed(listed, name) && header_find(run->header, name);
}

static void write_from(SieveRun *run, Text *out)
{
	const Envelope *envelope = run->input->envelope;
	const char *address = identity_address(sieve_setting(run, "user_email"), envelope, run->arena);

	if (!address)
		address = identity_recipient(envelope, run->input->host, run->arena);
	if (!address)
		address = envelope->recipient;
	text_append_slice(out,
			  field_write_folded("From", slice_of(address), sieve_line_end(run), run->arena));
}

static void write_date(SieveRun *run, Text *out)
{
	text_append_string(out, "Date: ");
	date_write_rfc5322(run->input->now, date_local_zone(run->input->now), out);
	text_append_string(out, sieve_line_end(run));
}

static SieveStatus write_subject(SieveRun *run, const SieveTagUse *use, Text *out)
{
	Slice subject;
	SieveStatus status = sieve_expand(run, use->value.strings.items, &subject);

	if (status == SIEVE_OK)
		text_append_slice(out, field_write("Subject", subject, sieve_line_end(run), run->arena));
	return status;
}

static SieveStatus write_header(SieveRun *run, const SieveNode *node, Text *out)
{
	const SieveTagUse *subject = sieve_tag(node, "subject");
	Listed listed;
	SieveStatus status = expand_listed(run, node, &listed);

	if (status != SIEVE_OK)
		return status;
	copy_listed(run, &listed, subject != NULL, out);
	if (!is_copied(run, &listed, SLICE("from")))
		write_from(run, out);
	if (!is_copied(run, &listed, SLICE("date")))
		write_date(run, out);
	return subject ? write_subject(run, subject, out) : SIEVE_OK;
}

/* ---- the new body ---- */

/* What stands before the old message, and behind it. */
typedef struct Wrapping {
	Text before, behind;
	bool has_8bit; /* the old message has */
} Wrapping;

/* RFC 2045, 6.4: what is around says so too. */
static void write_encoding(const Wrapping *wrapping, const char *line_end, Text *out)
{
	if (wrapping->has_8bit)
		text_printf(out, "Content-Transfer-Encoding: 8bit%s", line_end);
}

static void write_body(SieveRun *run, Slice text, const char *boundary, Wrapping *wrapping)
{
	const char *line_end = sieve_line_end(run);
	SieveEntity entity = sieve_make_text(run, text);
	Text *out = &wrapping->before;

	text_printf(out, "MIME-Version: 1.0%s", line_end);
	text_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"%s", boundary, line_end);
	write_encoding(wrapping, line_end, out);
	text_printf(out, "%s--%s%s", line_end, boundary, line_end);
	text_append_slice(out, sieve_join_part(run, &entity));
	text_printf(out, "%s--%s%sContent-Type: message/rfc822%s", line_end, boundary, line_end, line_end);
	write_encoding(wrapping, line_end, out);
	text_append_string(out, line_end);
	text_printf(&wrapping->behind, "%s--%s--%s", line_end, boundary, line_end);
}

static SieveStatus wrap(SieveRun *run, const SieveNode *node, Wrapping *wrapping)
{
	AUTO_VALUE(Text) boundary = { 0 };
	SieveStatus status;
	Slice text;
	Failure why = { 0 };

	if (!boundary_choose(run->message, &boundary, &wrapping->has_8bit, &why))
		return sieve_later(run, &why);
	status = write_header(run, node, &wrapping->before);
	if (status == SIEVE_OK)
		status = sieve_expand(run, sieve_string(node, 0), &text);
	if (status == SIEVE_OK)
		write_body(run, text, text_string(&boundary), wrapping);
	return status;
}

static MessagePiece literal(SieveRun *run, const Text *text)
{
	Slice bytes = arena_copy_slice(run->arena, text_slice(text));

	return (MessagePiece){ .bytes = bytes.data, .length = (off_t)bytes.length };
}

static SieveStatus put_around(SieveRun *run, const SieveNode *node, const Wrapping *wrapping)
{
	MessagePiece items[] = {
		literal(run, &wrapping->before),
		{ .offset = 0, .length = run->message->size_bytes },
		literal(run, &wrapping->behind),
	};
	SieveStatus status = sieve_edit(run, node->span,
					&(MessagePieces){ items, sizeof items / sizeof *items });

	return status == SIEVE_OK ? sieve_parts_enclosed(run) : status;
}

static SieveStatus enclose(SieveRun *run, const SieveNode *node)
{
	Wrapping wrapping = { 0 };
	SieveStatus status;

	/* "redirect" goes on sending what there was before (section 6), and that is what wants an answer. */
	if (!run->enclosed) {
		run->redirect_image = sieve_current_image(run);
		run->enclosed_header = run->header;
		run->enclosed = true;
	}
	if (++run->enclosures > SIEVE_LIMIT_ENCLOSURES)
		return sieve_fail(run, node->span,
				  "the message is enclosed more than %d times (limit: "
				  "enclosures)",
				  SIEVE_LIMIT_ENCLOSURES);
	status = wrap(run, node, &wrapping);
	if (status == SIEVE_OK)
		status = put_around(run, node, &wrapping);
	text_clear(&wrapping.before);
	text_clear(&wrapping.behind);
	return status;
}

static const SieveActionInfo info = {
	.about = "makes the message an attachment of a new one",
	.document = "RFC 5703, 6",
	.interactions =
		"later tests and actions see the new message; redirect still sends the old one, and reject "
		"and vacation answer it",
};

static const SieveVerb commands[] = {
	{ .name = "enclose",
	  .parameters = SIEVE_PARAMETERS({ "text", SIEVE_STRING }),
	  .plans = SIEVE_PLANS_EDITS,
	  .action = &info,
	  .check = check_enclose,
	  .act = enclose },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "headers", .of = "enclose", .value = SIEVE_STRING_LIST, .check = check_headers },
	{ .name = "subject", .of = "enclose", .value = SIEVE_STRING },
	{ 0 },
};

const SieveExtension sieve_ext_enclose = {
	.capability = "enclose",
	.about = "make the message an attachment of a new one",
	.document = "RFC 5703, 6",
	.commands = commands,
	.tags = tags,
};
