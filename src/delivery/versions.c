#include "delivery/versions.h"

#include "delivery/trace.h"

typedef struct Making {
	const Config *config;
	const Envelope *envelope;
	const Message *message;
	Arena *arena;
} Making;

static bool make_edited(const Making *making, const MessagePieces *pieces, Version *version, Failure *why)
{
	Message *edited = &version->edited;

	if (!message_edit(edited, making->message, pieces, making->arena, why))
		return false;
	version->message = edited;
	version->header = header_index(edited->header, making->arena);
	edited->crlf = making->message->crlf;
	trace_make_head(making->config, making->envelope, edited, version->header, &edited->stored_head);
	version->image = message_image(edited);
	return true;
}

bool versions_make(Versions *versions, const Config *config, const Envelope *envelope, const Message *message,
		   const HeaderIndex *header, const Plan *plan, Arena *arena, Failure *why)
{
	const Making making = { config, envelope, message, arena };

	versions->items = arena_zeroed(arena, plan->image_count + 1, sizeof *versions->items);
	versions->count = plan->image_count + 1;
	versions->items[0] = (Version){ .message = message,
					.header = header,
					.image = message_image(message) };
	for (size_t i = 0; i < plan->image_count; i++)
		if (!make_edited(&making, &plan->images[i], &versions->items[i + 1], why))
			return false;
	return true;
}

void versions_clear(Versions *versions)
{
	for (size_t i = 1; i < versions->count; i++)
		message_clear(&versions->items[i].edited);
	versions->count = 0;
}
