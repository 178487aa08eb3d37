#include "sieve/parts.h"

#include <string.h>

#include "message/limits.h"
#include "sieve/edit.h"
#include "sieve/script.h"

/* What is known of the parts. */
typedef struct SieveParts {
	MimeTree *tree; /* of the version of the message that `edits` edits made; NULL: not wanted yet */
	unsigned edits;
	size_t capacity;             /* of both arrays */
	const HeaderIndex **headers; /* of the parts; NULL: not wanted yet */
} SieveParts;

/* ---- while compiling ---- */

void sieve_check_enter_loop(SieveCheck *check, const SieveNode *node, Slice name)
{
	SieveLoopScope *scope = ARENA_NEW(check->unit->arena, SieveLoopScope);

	*scope = (SieveLoopScope){ .node = node, .name = name, .outer = check->loops };
	check->loops = scope;
}

void sieve_check_leave_loop(SieveCheck *check)
{
	check->loops = check->loops->outer;
}

const SieveLoopScope *sieve_check_loop(const SieveCheck *check)
{
	return check->loops;
}

/* ---- the tree ---- */

static SieveParts *parts_of(SieveRun *run)
{
	if (!run->parts)
		run->parts = ARENA_NEW(run->arena, SieveParts);
	return run->parts;
}

/* Calls `visit` for every loop under way, those of the scripts that included this one too. */
static void visit_loops(SieveRun *run, void (*visit)(SieveLoop *loop, void *self), void *self)
{
	for (SieveFrame *frame = run->frame; frame; frame = frame->outer)
		for (SieveLoop *loop = frame->loop; loop; loop = loop->outer)
			visit(loop, self);
}

/* Its parts are no longer there: the message itself is all that is left to look at. */
static void end_loop(SieveLoop *loop, void *self)
{
	(void)self;
	*loop = (SieveLoop){ .outer = loop->outer, .is_base = loop->is_base };
}

/* Finds the parts anew.  Unless there are as many as `expected`, no loop knows any longer where it was. */
static SieveStatus find_parts(SieveRun *run, SieveParts *parts, size_t expected)
{
	Failure why = { 0 };

	if (!run->input->mime->parse(run->message, run->arena, &parts->tree, &why))
		return sieve_later(run, &why);
	parts->edits = run->edits;
	parts->capacity = parts->tree->count;
	parts->headers = arena_zeroed(run->arena, parts->capacity, sizeof(const HeaderIndex *));
	if (parts->tree->count != expected)
		visit_loops(run, end_loop, NULL);
	return SIEVE_OK;
}

SieveStatus sieve_mime_tree(SieveRun *run, MimeTree **tree)
{
	SieveParts *parts = parts_of(run);
	Failure why = { 0 };

	if (!run->input->mime) {
		failure_retry(&why, "the mime module is not there");
		return sieve_later(run, &why);
	}
	if (!parts->tree || parts->edits != run->edits) {
		SieveStatus status = find_parts(run, parts, parts->tree ? parts->tree->count : 0);

		if (status != SIEVE_OK)
			return status;
	}
	*tree = parts->tree;
	return SIEVE_OK;
}

size_t sieve_parts_end(const MimeTree *tree, size_t part)
{
	size_t end = part + 1;

	while (end < tree->count && tree->parts[end].depth > tree->parts[part].depth)
		end++;
	return end;
}

SieveStatus sieve_part_header(SieveRun *run, SieveSpan span, size_t part, const HeaderIndex **header)
{
	SieveParts *parts;
	MimeTree *tree;
	SieveStatus status;
	Failure why = { 0 };

	*header = run->header;
	if (part == 0)
		return SIEVE_OK;
	status = sieve_mime_tree(run, &tree);
	if (status != SIEVE_OK)
		return status;
	/* The parts may just have been found to be others. */
	if (part >= tree->count)
		return SIEVE_OK;
	parts = parts_of(run);
	if (!parts->headers[part]) {
		status = sieve_check_memory(run, span);
		if (status != SIEVE_OK)
			return status;
		parts->headers[part] = run->input->mime->part_header(run->message, tree, part, run->arena,
								     &why);
		if (!parts->headers[part])
			return sieve_later(run, &why);
		sieve_keep_values(run, parts->headers[part]);
	}
	*header = parts->headers[part];
	return SIEVE_OK;
}

/* ---- loops ---- */

SieveLoop *sieve_loop_base(const SieveRun *run, SieveLoop *base)
{
	const SieveLoop *loop = run->frame ? run->frame->loop : NULL;

	if (!loop || loop->part == 0)
		return NULL;
	*base = (SieveLoop){
		.part = loop->part, .next = loop->part + 1, .end = loop->part + 1, .is_base = true
	};
	return base;
}

static off_t end_of(const MimePart *part)
{
	return part->body_offset + part->body_size;
}

bool sieve_in_loop(const SieveRun *run)
{
	return run->frame->loop && !run->frame->loop->is_base;
}

size_t sieve_current_part(const SieveRun *run)
{
	return run->frame->loop ? run->frame->loop->part : 0;
}

size_t sieve_message_part(const SieveRun *run)
{
	const SieveLoop *loop = run->frame->loop;

	while (loop && loop->outer)
		loop = loop->outer;
	return loop && loop->is_base ? loop->part : 0;
}

SieveStatus sieve_message_header(SieveRun *run, SieveSpan span, const HeaderIndex **header)
{
	return sieve_part_header(run, span, sieve_message_part(run), header);
}

SieveStatus sieve_loop_enter(SieveRun *run, SieveLoop *loop)
{
	SieveLoop *outer = run->frame->loop;
	MimeTree *tree;
	SieveStatus status = sieve_mime_tree(run, &tree);

	if (status != SIEVE_OK)
		return status;
	*loop = (SieveLoop){ .end = tree->count, .outer = outer };
	if (outer) {
		loop->part = outer->part;
		/* The message comes before its parts, also where a part is the message. */
		loop->next = outer->part + !outer->is_base;
		loop->end = sieve_parts_end(tree, outer->part);
	}
	run->frame->loop = loop;
	return SIEVE_OK;
}

void sieve_loop_leave(SieveRun *run, SieveLoop *loop)
{
	run->frame->loop = loop->outer;
}

SieveStatus sieve_loop_next(SieveRun *run, SieveLoop *loop, bool *more)
{
	MimeTree *tree;
	SieveStatus status = sieve_mime_tree(run, &tree); /* an edit may have changed what is left to visit */

	*more = status == SIEVE_OK && loop->next < loop->end;
	if (*more)
		loop->part = loop->next++;
	return status;
}

/* Line feeds in [offset, end) without a carriage return in front. */
static bool count_bare_line_feeds(const Message *message, off_t offset, off_t end, off_t *count, Failure *why)
{
	char bytes[4096], last = '\0';
	size_t got;

	for (*count = 0; offset < end; offset += (off_t)got) {
		size_t want = end - offset < (off_t)sizeof bytes ? (size_t)(end - offset) : sizeof bytes;

		if (!message_read(message, offset, bytes, want, &got, why))
			return false;
		if (!got)
			return true;
		for (size_t i = 0; i < got; i++) {
			*count += bytes[i] == '\n' && last != '\r';
			last = bytes[i];
		}
	}
	return true;
}

SieveStatus sieve_message_size(SieveRun *run, off_t *bytes)
{
	size_t number = sieve_message_part(run);
	const MimePart *part;
	MimeTree *tree;
	SieveStatus status;
	Failure why = { 0 };
	off_t more;

	if (!number)
		return message_crlf_size(run->message, bytes, &why) ? SIEVE_OK : sieve_later(run, &why);
	status = sieve_mime_tree(run, &tree);
	if (status != SIEVE_OK)
		return status;
	part = &tree->parts[sieve_message_part(run)];
	if (!count_bare_line_feeds(run->message, part->header_offset, end_of(part), &more, &why))
		return sieve_later(run, &why);
	*bytes = end_of(part) - part->header_offset + more;
	return SIEVE_OK;
}

/* ---- edits ---- */

/* A part that is to be replaced. */
typedef struct Change {
	const SievePartEdit *edit;
	MimeTree *entity; /* the parts of what it becomes */
	Slice line_end;   /* what a boundary behind it wants in front */
} Change;

/* A part and those in it, [from, to), have become `count` others. */
typedef struct Splice {
	size_t from, to, count;
} Splice;

/* Where `at` is now that stood in front of a part, behind one, or within those that are gone. */
static size_t moved(const Splice *splice, size_t at)
{
	if (at <= splice->from)
		return at;
	return at >= splice->to ? at - splice->to + splice->from + splice->count
				: splice->from + splice->count;
}

static void move_loop(SieveLoop *loop, void *self)
{
	const Splice *splice = self;

	if (loop->part > splice->from && loop->part < splice->to) {
		loop->part = splice->from;
		loop->next = loop->end = moved(splice, loop->end);
		return;
	}
	/* It goes on behind the part that was replaced, not within what that is made of now: else a loop
	 * might replace what it has put there. */
	loop->part = moved(splice, loop->part);
	loop->next = moved(splice, loop->next);
	loop->end = moved(splice, loop->end);
}

/* Makes room for `count` parts in place of those that are gone. */
static void make_room(SieveRun *run, SieveParts *parts, const Splice *splice)
{
	MimeTree *tree = parts->tree;
	size_t count = tree->count - (splice->to - splice->from) + splice->count;
	size_t behind = tree->count - splice->to, new_to = splice->from + splice->count;

	if (count > parts->capacity) {
		MimePart *items = arena_alloc(run->arena, 2 * count * sizeof *items);
		const HeaderIndex **headers = arena_alloc(run->arena, 2 * count * sizeof *headers);

		memcpy(items, tree->parts, tree->count * sizeof *items);
		memcpy(headers, parts->headers, tree->count * sizeof *headers);
		tree->parts = items;
		parts->headers = headers;
		parts->capacity = 2 * count;
	}
	memmove(&tree->parts[new_to], &tree->parts[splice->to], behind * sizeof *tree->parts);
	memmove(&parts->headers[new_to], &parts->headers[splice->to], behind * sizeof *parts->headers);
	tree->count = count;
}

static void shift_part(MimePart *part, off_t growth)
{
	part->header_offset += growth;
	part->body_offset += growth;
	if (part->epilogue_offset)
		part->epilogue_offset += growth;
}

/* The parts around one that ends at `end` now grow with it. */
static void grow_ancestors(MimeTree *tree, int32_t parent, off_t growth, off_t end)
{
	/* What holds a message ends where that ends; it may have had no room to end before. */
	for (; parent >= 0 && !tree->parts[parent].is_container; parent = tree->parts[parent].parent)
		tree->parts[parent].body_size = end - tree->parts[parent].body_offset;
	for (; parent >= 0; parent = tree->parts[parent].parent) {
		tree->parts[parent].body_size += growth;
		if (tree->parts[parent].epilogue_offset)
			tree->parts[parent].epilogue_offset += growth;
	}
}

/* Puts the parts of an entity that now stands at `offset` into the room made for them. */
static void graft(MimePart *at, size_t from, const MimeTree *entity, const MimePart *old, off_t offset)
{
	for (size_t i = 0; i < entity->count; i++) {
		at[i] = entity->parts[i];
		at[i].parent = i ? at[i].parent + (int32_t)from : old->parent;
		at[i].depth += old->depth;
		shift_part(&at[i], offset);
	}
}

/* A part without a body may leave the boundary behind it none of the line end that belongs to it; then there
 * is one to be added.  In `*line_end`, else empty. */
static SieveStatus find_line_end(SieveRun *run, const MimePart *part, Slice *line_end)
{
	char next = '\n';
	size_t got;
	Failure why = { 0 };

	if (part->body_size == 0 && !message_read(run->message, end_of(part), &next, 1, &got, &why))
		return sieve_later(run, &why);
	*line_end = slice_of(next == '\n' || next == '\r' ? "" : sieve_line_end(run));
	return SIEVE_OK;
}

/* The tree and the loops follow one part's replacement.  Later parts first: then the offsets of earlier
 * ones are those of the message before. */
static void follow(SieveRun *run, SieveParts *parts, const Change *change)
{
	const SievePartEdit *edit = change->edit;
	const MimeTree *entity = change->entity;
	MimeTree *tree = parts->tree;
	MimePart old = tree->parts[edit->part];
	off_t end = old.header_offset + (off_t)edit->bytes.length;
	off_t growth = end + (off_t)change->line_end.length - end_of(&old);
	Splice splice = { edit->part, sieve_parts_end(tree, edit->part), entity->count };

	make_room(run, parts, &splice);
	for (size_t i = splice.from + splice.count; i < tree->count; i++) {
		shift_part(&tree->parts[i], growth);
		if (tree->parts[i].parent > (int32_t)splice.from)
			tree->parts[i].parent = (int32_t)moved(&splice, (size_t)tree->parts[i].parent);
	}
	grow_ancestors(tree, old.parent, growth, end);
	graft(&tree->parts[splice.from], splice.from, entity, &old, old.header_offset);
	memset(&parts->headers[splice.from], 0, splice.count * sizeof *parts->headers);
	visit_loops(run, move_loop, &splice);
}

static SieveStatus prepare(SieveRun *run, const MimeTree *tree, const SievePartEdit *edit, Change *change)
{
	Message *message = ARENA_NEW(run->arena, Message);
	Failure why = { 0 };

	change->edit = edit;
	message_from_bytes(message, edit->bytes);
	if (!run->input->mime->parse(message, run->arena, &change->entity, &why))
		return sieve_later(run, &why);
	return find_line_end(run, &tree->parts[edit->part], &change->line_end);
}

static MessagePiece literal(Slice bytes)
{
	return (MessagePiece){ .bytes = bytes.data, .length = (off_t)bytes.length };
}

/* What the message is made of with these parts replaced. */
static MessagePieces pieces_of(SieveRun *run, const MimeTree *tree, const Change *changes, size_t count)
{
	MessagePieces pieces = { .items = arena_alloc(run->arena, (3 * count + 1) * sizeof *pieces.items) };
	off_t done = 0;

	for (size_t i = 0; i < count; i++) {
		const MimePart *part = &tree->parts[changes[i].edit->part];

		pieces.items[pieces.count++] = (MessagePiece){ .offset = done,
							       .length = part->header_offset - done };
		pieces.items[pieces.count++] = literal(changes[i].edit->bytes);
		pieces.items[pieces.count++] = literal(changes[i].line_end);
		done = end_of(part);
	}
	pieces.items[pieces.count++] = (MessagePiece){ .offset = done,
						       .length = run->message->size_bytes - done };
	return pieces;
}

/* Do the new parts fit into the limit, and are none of the old ones beyond it? */
static SieveStatus check_room(SieveRun *run, SieveSpan span, const MimeTree *tree, const Change *changes,
			      size_t count)
{
	size_t parts = tree->count;

	for (size_t i = 0; i < count; i++) {
		size_t part = changes[i].edit->part;

		parts += changes[i].entity->count;
		parts -= sieve_parts_end(tree, part) - part;
		if (tree->cut && part == tree->count - 1)
			return sieve_fail(
				run, span,
				"what is beyond the part number %d cannot be replaced (limit: parts)",
				LIMIT_MIME_PARTS);
	}
	if (parts > LIMIT_MIME_PARTS)
		return sieve_fail(run, span, "the message gets more than %d parts (limit: parts)",
				  LIMIT_MIME_PARTS);
	return SIEVE_OK;
}

SieveStatus sieve_parts_replace(SieveRun *run, SieveSpan span, const SievePartEdit *edits, size_t count)
{
	Change *changes = arena_alloc(run->arena, (count + 1) * sizeof *changes);
	MimeTree *tree;
	SieveStatus status = sieve_mime_tree(run, &tree);
	MessagePieces pieces;

	for (size_t i = 0; i < count && status == SIEVE_OK; i++)
		status = prepare(run, tree, &edits[i], &changes[i]);
	if (status == SIEVE_OK)
		status = check_room(run, span, tree, changes, count);
	if (status != SIEVE_OK)
		return status;
	pieces = pieces_of(run, tree, changes, count);
	status = sieve_edit(run, span, &pieces);
	if (status != SIEVE_OK)
		return status;
	for (size_t i = count; i-- > 0;)
		follow(run, run->parts, &changes[i]);
	run->parts->edits = run->edits;
	return SIEVE_OK;
}

static void note_loop(SieveLoop *loop, void *self)
{
	(void)loop;
	*(bool *)self = true;
}

/* Is a loop under way, in this script or in one that included it? */
static bool any_loop(SieveRun *run)
{
	bool any = false;

	visit_loops(run, note_loop, &any);
	return any;
}

SieveStatus sieve_parts_replace_all(SieveRun *run, SieveSpan span, Slice bytes)
{
	const SievePartEdit edit = { .part = 0, .bytes = bytes };

	/* Without a loop nobody may have wanted to know of parts. */
	if (any_loop(run))
		return sieve_parts_replace(run, span, &edit, 1);
	return sieve_edit_range(run, span, 0, run->message->size_bytes, bytes);
}

/* Is the field of this name the same in both? */
static bool same_field(const HeaderIndex *before, const HeaderIndex *after, Slice name)
{
	const HeaderField *a = header_find(before, name), *b = header_find(after, name);

	return (!a && !b) || (a && b && slice_equal(a->raw, b->raw));
}

void sieve_parts_header_edited(SieveRun *run, const HeaderIndex *before, off_t growth)
{
	SieveParts *parts = run->parts;
	MimeTree *tree = parts ? parts->tree : NULL;

	/* Where the empty line is missing a part may begin amid the header; then it is looked for anew. */
	if (!tree || parts->edits + 1 != run->edits ||
	    !same_field(before, run->header, SLICE("content-type")) ||
	    !same_field(before, run->header, SLICE("content-transfer-encoding")) ||
	    (tree->count > 1 && tree->parts[1].header_offset < tree->parts[0].body_offset) ||
	    run->message->size_bytes - run->message->body_offset != tree->parts[0].body_size)
		return;
	for (size_t i = 1; i < tree->count; i++)
		shift_part(&tree->parts[i], growth);
	shift_part(&tree->parts[0], growth);
	tree->parts[0].header_offset = 0;
	tree->parts[0].header_size = run->message->header.length;
	tree->parts[0].body_offset = run->message->body_offset;
	parts->edits = run->edits;
}

static void enclose_loop(SieveLoop *loop, void *self)
{
	(void)self;
	loop->part += 3;
	loop->next += 3;
	loop->end += 3;
}

SieveStatus sieve_parts_enclosed(SieveRun *run)
{
	SieveParts *parts = run->parts;
	size_t expected;
	SieveStatus status;

	if (!any_loop(run))
		return SIEVE_OK;
	expected = parts->tree->count + 3;
	status = find_parts(run, parts, expected);
	if (status == SIEVE_OK && parts->tree->count == expected)
		visit_loops(run, enclose_loop, NULL);
	return status;
}
