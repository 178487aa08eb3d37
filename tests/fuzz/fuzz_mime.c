/* The parts of any message lie within it, in order and in one another, as far as the limits go, and each can
 * be read (message/mime.h, through the module's table). */
#include "fuzz.h"

#include "base/utf8.h"
#include "message/limits.h"
#include "message/mime.h"

extern const MimeModule trommel_mime_module;
static const MimeModule *const mime = &trommel_mime_module;

/* Decoded, uuencoded and quoted text is no longer than it was; UTF-8 of one byte is three at most. */
enum {
	LONGEST_PER_BYTE = 3,
	REPLACEMENT_BYTES = 16,
	LINE_END = 2
};

static bool append(void *self, Slice bytes)
{
	LAW(bytes.length > 0);
	text_append_slice(self, bytes);
	return true;
}

/* What stands in the message there. */
static Slice raw_bytes(const Message *message, off_t offset, off_t size)
{
	LAW(offset >= 0 && size >= 0 && offset + size <= message->size_bytes);
	return slice(message->memory.data + offset, (size_t)size);
}

static void look_at_place(const MimeTree *tree, size_t index)
{
	const MimePart *part = &tree->parts[index];
	off_t body_end = part->body_offset + part->body_size;

	LAW(*part->type && *part->subtype);
	LAW(part->header_offset + (off_t)part->header_size <= part->body_offset);
	LAW(part->depth <= LIMIT_MIME_DEPTH);
	LAW((index == 0) == (part->parent < 0) && part->parent < (int32_t)index);
	if (part->is_container) {
		LAW(!part->is_leaf);
		LAW(part->prologue_size >= 0 && part->prologue_size <= part->body_size);
		LAW(part->epilogue_size >= 0);
		LAW(part->epilogue_size == 0 || (part->epilogue_offset >= part->header_offset &&
						 part->epilogue_offset + part->epilogue_size <= body_end));
	}
	if (part->parent >= 0) {
		const MimePart *outer = &tree->parts[part->parent];

		LAW(part->depth == outer->depth + 1);
		LAW(!outer->is_leaf);
		/* A boundary counts even in the header of its multipart, where the empty line is missing. */
		LAW(part->header_offset >= (outer->is_container ? outer->header_offset : outer->body_offset));
		/* Where a boundary ends a header, the line end before it belongs to both. */
		LAW(body_end - (part->body_size ? 0 : LINE_END) <= outer->body_offset + outer->body_size);
	}
	if (index > 0 && tree->parts[index - 1].depth >= part->depth)
		LAW(tree->parts[index - 1].body_offset + tree->parts[index - 1].body_size <=
		    part->header_offset);
}

static void look_at_content(const Message *message, const MimeTree *tree, size_t index)
{
	const MimePart *part = &tree->parts[index];
	AUTO_VALUE(Text) decoded = { 0 }, utf8 = { 0 };
	Slice raw = raw_bytes(message, part->body_offset, part->body_size);
	Failure why = { 0 };

	LAW(mime->read_part(message, tree, index, MIME_DECODE_TRANSFER, append, &decoded, &why), "%s",
	    why.text);
	LAW(mime->read_part(message, tree, index, MIME_DECODE_UTF8, append, &utf8, &why), "%s", why.text);
	LAW(!part->is_leaf || decoded.length <= raw.length);
	if (part->is_leaf && part->encoding == MIME_IDENTITY)
		LAW_SAME(text_slice(&decoded), raw);
	if (part->is_leaf && strcmp(part->type, "text") == 0) {
		LAW(utf8_valid(text_slice(&utf8)));
		LAW(utf8.length <= decoded.length * LONGEST_PER_BYTE + REPLACEMENT_BYTES);
	}
	if (part->is_container) {
		AUTO_VALUE(Text) both = { 0 };

		text_append_slice(&both, raw_bytes(message, part->body_offset, part->prologue_size));
		if (part->epilogue_size)
			text_append_slice(&both,
					  raw_bytes(message, part->epilogue_offset, part->epilogue_size));
		LAW_SAME(text_slice(&decoded), text_slice(&both));
	}
}

static void look_at_header(const Message *message, const MimeTree *tree, size_t index, Arena *arena)
{
	Failure why = { 0 };
	const HeaderIndex *header = mime->part_header(message, tree, index, arena, &why);
	size_t length = 0;

	LAW(header != NULL, "%s", why.text);
	for (size_t i = 0; i < header->count; i++)
		length += header->fields[i].raw.length;
	LAW(length == tree->parts[index].header_size);
}

static void look_at_casemap(Slice input)
{
	AUTO_VALUE(Text) folded = { 0 }, starts = { 0 }, again = { 0 }, third = { 0 };

	mime->casemap(input, &folded, &starts);
	LAW(folded.length == starts.length);
	mime->casemap(text_slice(&folded), &again, NULL);
	/* RFC 5051 takes apart behind the title case: a small letter may come out once, a second time it is
	 * none. */
	mime->casemap(text_slice(&again), &third, NULL);
	if (utf8_valid(input))
		LAW_SAME(text_slice(&third), text_slice(&again));
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Message) message = { 0 };
	Failure why = { 0 };
	MimeTree *tree;

	message_from_bytes(&message, input);
	LAW(mime->parse(&message, arena, &tree, &why), "%s", why.text);
	LAW(tree->count > 0 && tree->count <= LIMIT_MIME_PARTS);
	for (size_t i = 0; i < tree->count; i++) {
		look_at_place(tree, i);
		look_at_content(&message, tree, i);
		look_at_header(&message, tree, i, arena);
	}
	look_at_casemap(input);
}
