/* module - the one thing that the mime module shows: its table of functions
 *
 * GLib lives here and nowhere else: opening this costs several times what all the rest of a
 * delivery does.  It works for the judge, in a process that may die of it (GLib ends the
 * process when memory runs out). */
#include <gmime/gmime.h>

#include "base/text.h"
#include "message/limits.h"
#include "message/mime.h"
#include "modules/mime/casemap.h"
#include "modules/mime/decode.h"
#include "modules/mime/walk.h"

/* Once, and whole before another thread goes on; GMime registers its types without a lock. */
static void begin(void)
{
	static gsize begun;

	if (!g_once_init_enter(&begun))
		return;
	g_mime_init();
	g_type_ensure(GMIME_TYPE_CONTENT_TYPE);
	g_type_ensure(GMIME_TYPE_PARAM_LIST);
	g_type_ensure(GMIME_TYPE_PARAM);
	g_type_ensure(GMIME_TYPE_FILTER_BASIC);
	g_once_init_leave(&begun, 1);
}

static bool parse(const Message *message, Arena *arena, MimeTree **tree, Failure *why)
{
	begin();
	return walk_parse(message, arena, tree, why);
}

static HeaderIndex *part_header(const Message *message, const MimeTree *tree, size_t index, Arena *arena,
				Failure *why)
{
	const MimePart *part = &tree->parts[index];
	size_t size = part->header_size < LIMIT_HEADER_BYTES ? part->header_size : LIMIT_HEADER_BYTES;
	char *bytes = arena_alloc(arena, size + 1);

	if (!message_read(message, part->header_offset, bytes, size, &size, why))
		return NULL;
	return header_index(slice(bytes, size), arena);
}

__attribute__((visibility("default"))) extern const MimeModule trommel_mime_module;
const MimeModule trommel_mime_module = {
	.version = MIME_MODULE_VERSION,
	.parse = parse,
	.read_part = decode_part,
	.part_header = part_header,
	.casemap = casemap,
};
