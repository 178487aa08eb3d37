/* GMime has a parser of its own.  It takes 185 times the size of a message of many small parts, has
 * no limit for them, returns nothing at all for some messages, and looks at each line: this walk
 * looks only at lines that begin with "--", once, without recursion, and allocates for parts alone. */
#include "modules/mime/walk.h"

#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "message/limits.h"
#include "modules/mime/type.h"
#include "modules/mime/window.h"

enum {
	/* Looked at of a part's header; the fields of interest stand in front of what is longer. */
	HEADER_BYTES = 64 * 1024,
	/* A line of a boundary with its blanks; longer lines are no boundaries. */
	LINE_BYTES = 1200,
};

/* A multipart whose end has not been seen. */
typedef struct Level {
	Slice boundary;
	uint32_t hash;
	size_t part;
	bool is_digest;
} Level;

typedef struct Walk {
	Window window;
	MimeTree *tree;
	size_t capacity;
	Arena *arena;
	Level levels[LIMIT_MIME_DEPTH];
	size_t depth; /* levels in use */
	size_t part;  /* the part that the bytes belong to now */
} Walk;

/* A boundary line that was found. */
typedef struct Boundary {
	size_t level;
	bool is_final;
	off_t line, next; /* the line, and the one after it */
} Boundary;

static MimePart *part_at(Walk *walk, size_t index)
{
	return &walk->tree->parts[index];
}

static bool is_type(const MimePart *part, const char *type, const char *subtype)
{
	return strcmp(part->type, type) == 0 && (!subtype || strcmp(part->subtype, subtype) == 0);
}

/* FNV-1a.  Only to leave out comparisons; equal hashes cost one. */
static uint32_t hash_of(Slice bytes)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < bytes.length; i++)
		hash = (hash ^ (unsigned char)bytes.data[i]) * 16777619u;
	return hash;
}

static bool find_level(const Walk *walk, Slice text, size_t *level)
{
	uint32_t hash = hash_of(text);

	for (size_t i = walk->depth; i-- > 0;) {
		if (walk->levels[i].hash == hash && slice_equal(walk->levels[i].boundary, text)) {
			*level = i;
			return true;
		}
	}
	return false;
}

/* Is the line at `at`, which begins with "--", a boundary of an open multipart?  The whole line
 * must be one, blanks behind it apart: RFC 2046 would let a mere prefix pass, and then an outer
 * boundary "x" would take every line of an inner "xy".  An outer boundary closes all inside. */
static bool read_boundary(Walk *walk, off_t at, Boundary *boundary)
{
	Slice line = window_peek(&walk->window, at, LINE_BYTES);
	const char *end = memchr(line.data, '\n', line.length < LINE_BYTES ? line.length : LINE_BYTES);
	Slice text;

	if (!end && line.length > LINE_BYTES)
		return false;
	boundary->line = at;
	boundary->next = at + (off_t)(end ? (size_t)(end - line.data) + 1 : line.length);
	text = slice(line.data + 2, (end ? (size_t)(end - line.data) : line.length) - 2);
	while (text.length && ascii_is_space(text.data[text.length - 1]))
		text.length--;
	boundary->is_final = false;
	if (find_level(walk, text, &boundary->level))
		return true;
	if (text.length < 2 || memcmp(text.data + text.length - 2, "--", 2) != 0)
		return false;
	boundary->is_final = true;
	return find_level(walk, slice(text.data, text.length - 2), &boundary->level);
}

/* The next boundary line from `at`, the start of a line.  False: there is none. */
static bool next_boundary(Walk *walk, off_t at, Boundary *boundary)
{
	off_t end = walk->window.message->size_bytes;

	while (walk->depth && (at = window_next_dashes(&walk->window, at)) < end) {
		if (read_boundary(walk, at, boundary))
			return true;
		at = window_next_line(&walk->window, at);
	}
	return false;
}

/* The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1). */
static off_t before_line_end(Walk *walk, off_t line, off_t start)
{
	char last[2];
	size_t got = 0;

	if (line - start < 1)
		return start;
	if (line - start < 2)
		return line - 1;
	/* Usually in the window still; a second look at the file is for the rare edge. */
	if (line - 2 >= walk->window.start && line <= walk->window.start + (off_t)walk->window.length) {
		memcpy(last, walk->window.bytes + (line - 2 - walk->window.start), 2);
	} else if (!message_read(walk->window.message, line - 2, last, 2, &got, walk->window.why)) {
		walk->window.failed = true;
		return start;
	}
	return last[0] == '\r' ? line - 2 : line - 1;
}

/* Can a header begin with this line?  A part that begins with anything else has no header, and its
 * text is not to be taken for one. */
static bool begins_header(Slice line)
{
	size_t i = 0;

	if (ascii_starts_with_fold(line, "From ") || ascii_starts_with_fold(line, ">From "))
		return true; /* an mbox separator that was forwarded with the message */
	while (i < line.length && line.data[i] > ' ' && line.data[i] < 127 && line.data[i] != ':')
		i++;
	if (i == 0)
		return false;
	while (i < line.length && ascii_is_blank(line.data[i]))
		i++;
	/* A name too long for one look is one all the same. */
	return i == line.length || line.data[i] == ':';
}

/* Finds where the header that begins at `at` ends; sets the part's offsets.  It ends at an empty
 * line, at a boundary, or with the message. */
static void find_header_end(Walk *walk, MimePart *part, off_t at)
{
	Window *window = &walk->window;
	off_t line = at;
	Boundary boundary;

	part->header_offset = at;
	for (;;) {
		Slice bytes = window_peek(window, line, LINE_BYTES);
		bool is_empty = bytes.length && bytes.data[0] == '\n';
		bool is_empty_crlf = bytes.length > 1 && bytes.data[0] == '\r' && bytes.data[1] == '\n';

		part->header_size = (size_t)(line - at);
		part->body_offset = line + (is_empty ? 1 : is_empty_crlf ? 2 : 0);
		if (bytes.length == 0 || is_empty || is_empty_crlf)
			return;
		if (bytes.length >= 2 && memcmp(bytes.data, "--", 2) == 0 &&
		    read_boundary(walk, line, &boundary))
			return;
		if (line == at && !begins_header(bytes))
			return;
		line = window_next_line(window, line);
	}
}

/* The header's first bytes, in `scratch`. */
static Slice read_header(Walk *walk, const MimePart *part, Text *scratch)
{
	size_t size = part->header_size < HEADER_BYTES ? part->header_size : HEADER_BYTES, got = 0;

	if (!message_read(walk->window.message, part->header_offset, text_reserve(scratch, size), size, &got,
			  walk->window.why))
		walk->window.failed = true;
	scratch->length = got;
	return text_slice(scratch);
}

static void set_type(Walk *walk, MimePart *part, Slice header, bool is_digest, Slice *boundary)
{
	PartType type = part_type_read(header, is_digest, walk->arena);

	part->type = type.type;
	part->subtype = type.subtype;
	part->charset = type.charset;
	part->encoding = type.encoding;
	*boundary = type.boundary;
}

/* The limit's last place is kept for what is beyond it. */
static bool is_full(const Walk *walk)
{
	return walk->tree->count == LIMIT_MIME_PARTS - 1;
}

/* Adds a part inside `parent`, unknown and empty as yet. */
static void add_part(Walk *walk, int32_t parent)
{
	MimeTree *tree = walk->tree;

	MEMORY_GROW(tree->parts, tree->count, walk->capacity);
	tree->parts[tree->count] = (MimePart){
		.type = "application",
		.subtype = "octet-stream",
		.charset = SLICE(""),
		.parent = parent,
		.depth = parent < 0 ? 0 : tree->parts[parent].depth + 1,
		.is_leaf = true,
	};
	walk->part = tree->count++;
}

static void open_level(Walk *walk, Slice boundary)
{
	MimePart *part = part_at(walk, walk->part);

	part->is_container = true;
	part->prologue_size = -1; /* not ended */
	walk->levels[walk->depth++] = (Level){
		.boundary = boundary,
		.hash = hash_of(boundary),
		.part = walk->part,
		.is_digest = is_type(part, "multipart", "digest"),
	};
}

/* Whether the part just read holds a message that is to be looked into.  RFC 2046, section 5.2.1,
 * forbids to encode one; what is encoded is a leaf. */
static bool holds_message(const MimePart *part)
{
	return part->encoding == MIME_IDENTITY &&
	       (is_type(part, "message", "rfc822") || is_type(part, "message", "global"));
}

/* Reads the type of the part just added and goes one step into what it holds: opens a level for a
 * multipart, adds the message in a message/rfc822.  True when that message's header comes next. */
static bool open_part(Walk *walk, Slice header, bool is_digest)
{
	MimePart *part = part_at(walk, walk->part);
	Slice boundary;

	set_type(walk, part, header, is_digest, &boundary);
	if (!boundary.length && !holds_message(part))
		return false;
	if (part->depth >= LIMIT_MIME_DEPTH || is_full(walk)) {
		walk->tree->cut = true;
		return false;
	}
	part->is_leaf = false;
	if (boundary.length)
		open_level(walk, boundary);
	else
		add_part(walk, (int32_t)walk->part);
	return !boundary.length;
}

/* Where boundaries of the present part may begin.  In a multipart that is its header: where the empty
 * line is missing, or has a blank in it, the first boundary is taken for a line of the header, and most
 * readers show the parts all the same. */
static off_t first_line(Walk *walk)
{
	const MimePart *part = part_at(walk, walk->part);

	return part->is_container ? part->header_offset : part->body_offset;
}

/* Reads the header of the part just added, which begins at `at`, and those of the messages in it.
 * Returns where the bytes begin that no part has claimed. */
static off_t enter_part(Walk *walk, off_t at, bool is_digest)
{
	bool goes_on = true;

	while (goes_on) {
		MimePart *part = part_at(walk, walk->part);
		AUTO_VALUE(Text) header = { 0 };

		find_header_end(walk, part, at);
		at = part->body_offset;
		goes_on = open_part(walk, read_header(walk, part, &header), is_digest);
		is_digest = false;
	}
	return first_line(walk);
}

/* The root's header is in memory already, and where it ends was decided when it was received. */
static off_t enter_root(Walk *walk)
{
	const Message *message = walk->window.message;

	add_part(walk, -1);
	part_at(walk, 0)->header_size = message->header.length;
	part_at(walk, 0)->body_offset = message->body_offset;
	if (open_part(walk, message->header, false))
		return enter_part(walk, message->body_offset, false);
	return first_line(walk);
}

/* The bytes of `part` end at `end`. */
static void finish_part(MimePart *part, off_t end)
{
	part->body_size = end > part->body_offset ? end - part->body_offset : 0;
	if (!part->is_container)
		return;
	if (part->prologue_size < 0)
		part->prologue_size = part->body_size;
	if (part->epilogue_offset)
		part->epilogue_size = end > part->epilogue_offset ? end - part->epilogue_offset : 0;
}

/* Ends the parts from the present one up to, not including, `last`. */
static void finish_up_to(Walk *walk, int32_t last, off_t end)
{
	int32_t at = (int32_t)walk->part;

	for (; at != last && at >= 0; at = part_at(walk, (size_t)at)->parent)
		finish_part(part_at(walk, (size_t)at), end);
	walk->part = at < 0 ? 0 : (size_t)at;
}

/* Takes in a boundary line; returns where to go on.  What is beyond the limit of parts is one part
 * that is not looked into. */
static off_t cross_boundary(Walk *walk, const Boundary *boundary)
{
	Level *level = &walk->levels[boundary->level];
	MimePart *around = part_at(walk, level->part);
	off_t end = before_line_end(walk, boundary->line, around->header_offset);

	finish_up_to(walk, (int32_t)level->part, end);
	if (around->prologue_size < 0) /* none before one amid the header */
		around->prologue_size = end > around->body_offset ? end - around->body_offset : 0;
	walk->depth = boundary->level + !boundary->is_final;
	if (boundary->is_final) {
		around->epilogue_offset = boundary->next;
		return boundary->next;
	}
	add_part(walk, (int32_t)level->part);
	if (walk->tree->count < LIMIT_MIME_PARTS)
		return enter_part(walk, boundary->next, level->is_digest);
	part_at(walk, walk->part)->header_offset = boundary->next;
	part_at(walk, walk->part)->body_offset = boundary->next;
	walk->tree->cut = true;
	walk->depth = 0; /* no boundary counts from here on */
	return walk->window.message->size_bytes;
}

bool walk_parse(const Message *message, Arena *arena, MimeTree **tree, Failure *why)
{
	auto_free Walk *walk = memory_zeroed(1, sizeof *walk);
	auto_free char *bytes = memory_new(WINDOW_BYTES);
	auto_free MimePart *parts = NULL;
	Boundary boundary;
	off_t at;

	walk->window = (Window){ .message = message, .bytes = bytes, .why = why };
	walk->tree = ARENA_NEW(arena, MimeTree);
	walk->arena = arena;
	at = enter_root(walk);
	while (next_boundary(walk, at, &boundary))
		at = cross_boundary(walk, &boundary);
	finish_up_to(walk, -1, message->size_bytes);
	parts = walk->tree->parts;
	if (walk->window.failed)
		return false;
	walk->tree->parts = arena_alloc(arena, walk->tree->count * sizeof *parts);
	memcpy(walk->tree->parts, parts, walk->tree->count * sizeof *parts);
	*tree = walk->tree;
	return true;
}
