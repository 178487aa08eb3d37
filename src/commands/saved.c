#include "commands/saved.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "delivery/caller.h"
#include "delivery/rules.h"
#include "message/address.h"
#include "message/date.h"
#include "message/words.h"

enum {
	FIELD_BYTES = 200,
	NAME_BYTES = 4096
};

void saved_forget_environment(void)
{
	static const char *const names[] = { "SENDER", "RECIPIENT",  "ORIGINAL_RECIPIENT", "EXTENSION",
					     "EXT",    "LOCAL_PART", "LOCAL_PART_SUFFIX",  "DOMAIN" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
}

/* The address in the first field called `name`, or NULL. */
static const char *address_in(const HeaderIndex *header, Slice name, Arena *arena)
{
	const HeaderField *field = header_find(header, name);
	Address address;

	if (!field || !address_parse_envelope(ascii_trim(header_unfold(field, arena)), &address, arena) ||
	    !address.valid)
		return NULL;
	return arena_copy_bytes(arena, address.text.data, address.text.length);
}

Envelope saved_envelope(const Config *config, const User *user, const char *sender, const char *recipient,
			const Message *message, const HeaderIndex *header, Arena *arena)
{
	Envelope envelope = { .user = user->name, .home = user->home };
	DeliveryRequest request = { .sender = sender,
				    .recipient = recipient,
				    .address = address_in(header, SLICE("X-Original-To"), arena) };

	if (!recipient)
		request.recipient = address_in(header, SLICE("Delivered-To"), arena);
	caller_envelope(&envelope, &request, message, header, config->recipient_delimiter, arena);
	return envelope;
}

int64_t saved_time(const Sourced *it, const HeaderIndex *header, int64_t otherwise, Arena *arena)
{
	const HeaderField *field = header_find(header, SLICE("Received"));
	Slice value = field ? header_unfold(field, arena) : slice("", 0);
	const char *semicolon = value.length ? memrchr(value.data, ';', value.length) : NULL;
	MailDate date;

	if (semicolon && date_parse(slice_from(value, (size_t)(semicolon - value.data) + 1), &date))
		return date.seconds;
	return it->has_received ? it->received : otherwise;
}

PlanFlags saved_flags(const Sourced *it, Arena *arena)
{
	PlanFlags flags = { .set = it->flag_count > 0, .count = it->flag_count };

	flags.names = arena_zeroed(arena, it->flag_count + 1, sizeof *flags.names);
	for (size_t i = 0; i < it->flag_count; i++)
		flags.names[i] = arena_copy_string(arena, it->flags[i]);
	return flags;
}

JudgeJob saved_job(const Config *config, const User *user, const char *script_name, Slice source,
		   Arena *arena)
{
	return (JudgeJob){ .script_name = script_name,
			   .script_source = source,
			   .personal_dir = rules_expand(config->sieve_dir, user, arena),
			   .global_dir = config->sieve_global_dir,
			   .owner = user->uid,
			   .now = time(NULL),
			   .host = config->hostname,
			   .redirect_max = config->redirect_max,
			   .config = config,
			   .recipient_delimiter = config->recipient_delimiter,
			   .cpu_s = config->judge_cpu_s,
			   .wall_s = config->judge_wall_s,
			   .memory_mb = config->judge_memory_mb };
}

const char *saved_field(const HeaderIndex *header, Slice name, const char *none, Arena *arena)
{
	const HeaderField *field = header_find(header, name);

	return field ? printable_copy(ascii_trim(words_decode(header_unfold(field, arena), arena)),
				      FIELD_BYTES, arena)
		     : none;
}

const char *saved_from(const HeaderIndex *header, Arena *arena)
{
	const HeaderField *field = header_find(header, SLICE("From"));
	AddressList list = { 0 };

	if (field)
		list = address_parse_list(header_unfold(field, arena), arena);
	if (list.count && list.items[0].valid)
		return printable_copy(list.items[0].text, FIELD_BYTES, arena);
	return saved_field(header, SLICE("From"), "(no sender)", arena);
}

const char *saved_name(const Sourced *it, Arena *arena)
{
	const char *name = printable_copy(slice_of(it->name), NAME_BYTES, arena);

	return it->number ? arena_printf(arena, "%s, message %zu", name, it->number) : name;
}
