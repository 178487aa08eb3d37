/* body - match what the message says
 * RFC 5173
 *
 * What the text leaves open: ":text" is all text parts, decoded and in UTF-8, pages of HTML
 * reduced to what a reader sees (message/html_text.h); one string for each part.
 *
 * Lines end in CR LF, whatever they end in where the message is kept: so do those of strings in scripts
 * (section 4: "strings will usually contain CRLFs").
 *
 * ":contains" looks at pieces as they come, so a message of any size needs no memory; the other match
 * types need a text as a whole, and there are limits for that, which are run-time errors: a sender must
 * not choose which rules are passed over.  Texts that are small are kept for the next rule. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "base/search.h"
#include "sieve/extension.h"
#include "sieve/part_text.h"
#include "sieve/parts.h"

enum {
	/* Texts that are kept though a stream would do: below this size in the message, and all together. */
	KEPT_BYTES = 64 * 1024,
	ALL_KEPT_BYTES = 1024 * 1024,
	PIECE_BYTES = 64 * 1024,
};

/* A string to match against. */
typedef struct Item {
	enum {
		ITEM_RAW,     /* bytes of the message */
		ITEM_CONTENT, /* a part, decoded */
		ITEM_HEADER,  /* a decoded part up to its first empty line */
		ITEM_TEXT,    /* a part, decoded, mark-up removed */
		ITEM_KINDS
	} kind;
	size_t part;
	off_t offset, size; /* as it stands in the message */
} Item;

/* A text that was made as a whole. */
typedef struct Kept {
	Item item;
	SieveValue value;
	struct Kept *next;
} Kept;

/* What is remembered during one run. */
typedef struct Bodies {
	unsigned edits; /* of the message that it is remembered of */
	MimeTree *tree; /* NULL: not wanted until now */
	Kept *kept;
	size_t kept_bytes;
} Bodies;

/* A key that is looked for in pieces. */
typedef struct StreamedKey {
	Searcher searcher;
	SearchStream stream;
} StreamedKey;

/* A test under way. */
typedef struct BodyTest {
	SieveRun *run;
	const SieveNode *node;
	SieveMatch match;
	Bodies *bodies;
	bool counts, streams;
	struct StreamedKey *keys; /* when it streams; in the run's arena, but for the streams' seams */
	size_t key_count;
	bool keys_have_lines; /* only then line ends matter to a stream */
	SieveStatus status;
} BodyTest;

/* ---- from the message to a sink ---- */

static bool read_raw(const Message *message, off_t offset, off_t size, MimeSink sink, void *self,
		     Failure *why)
{
	auto_free char *buffer = memory_new(PIECE_BYTES);

	while (size > 0) {
		size_t want = size < PIECE_BYTES ? (size_t)size : PIECE_BYTES, got;

		if (!message_read(message, offset, buffer, want, &got, why))
			return false;
		if (got == 0 || !sink(self, slice(buffer, got)))
			return true;
		offset += (off_t)got;
		size -= (off_t)got;
	}
	return true;
}

/* Stops behind the first empty line, or rather: at it. */
typedef struct HeaderSink {
	MimeSink sink;
	void *self;
	char last; /* '\n' at the start of a line */
} HeaderSink;

static bool take_header(void *self, Slice bytes)
{
	HeaderSink *header = self;
	size_t length = 0;
	bool at_end = false;

	while (length < bytes.length && !at_end) {
		char c = bytes.data[length];

		at_end = c == '\n' && header->last == '\n';
		if (c != '\r')
			header->last = c;
		length += !at_end;
	}
	return (!length || header->sink(header->self, slice(bytes.data, length))) && !at_end;
}

static bool read_as_it_is(BodyTest *test, const Item *item, MimeSink sink, void *self, Failure *why)
{
	const MimeModule *mime = test->run->input->mime;
	const Message *message = test->run->message;
	const MimeTree *tree = test->bodies->tree;
	HeaderSink header = { .sink = sink, .self = self, .last = '\n' };

	switch (item->kind) {
	case ITEM_RAW:
		return read_raw(message, item->offset, item->size, sink, self, why);
	case ITEM_HEADER:
		return mime->read_part(message, tree, item->part, MIME_DECODE_TRANSFER, take_header, &header,
				       why);
	case ITEM_TEXT:
		return sieve_read_text(test->run, tree, item->part, sink, self, why);
	default:
		break;
	}
	return mime->read_part(message, tree, item->part, MIME_DECODE_UTF8, sink, self, why);
}

static bool is_text(BodyTest *test, const Item *item)
{
	return item->kind != ITEM_CONTENT || strcmp(test->bodies->tree->parts[item->part].type, "text") == 0;
}

static bool read_with_lines(BodyTest *test, const Item *item, MimeSink sink, void *self, Failure *why)
{
	SieveLines lines = { .sink = sink, .self = self };
	bool done;

	if (!is_text(test, item))
		return read_as_it_is(test, item, sink, self, why);
	done = read_as_it_is(test, item, sieve_take_lines, &lines, why);
	text_clear(&lines.text);
	return done;
}

/* ---- matching ---- */

/* True once any of the keys was found. */
static bool search_keys(BodyTest *test, Slice bytes)
{
	bool found = false;

	for (size_t i = 0; i < test->key_count && !found; i++)
		found = search_stream_feed(&test->keys[i].stream, bytes);
	return found;
}

static bool take_piece(void *self, Slice bytes)
{
	BodyTest *test = self;

	test->match.matched = search_keys(test, bytes);
	return !test->match.matched;
}

static SieveStatus begin_stream(BodyTest *test)
{
	const SieveKey *keys;
	SieveStatus status = sieve_match_keys(&test->match, &keys);
	size_t count = test->match.key_strings->count;

	if (status != SIEVE_OK)
		return status;
	test->keys = arena_alloc(test->run->arena, (count + 1) * sizeof *test->keys);
	for (size_t i = 0; i < count; i++) {
		search_init(&test->keys[i].searcher, keys[i].text, test->match.how->comparator->fold != NULL);
		search_stream_init(&test->keys[i].stream, &test->keys[i].searcher);
		test->keys_have_lines |= keys[i].text.length &&
					 memchr(keys[i].text.data, '\n', keys[i].text.length);
	}
	test->key_count = count;
	return SIEVE_OK;
}

static void end_stream(BodyTest *test)
{
	for (size_t i = 0; i < test->key_count; i++)
		search_stream_clear(&test->keys[i].stream);
}

/* Can pieces be searched, rather than texts as a whole?  search/ folds as i;ascii-casemap does. */
static bool can_stream(const SieveMatching *how)
{
	return how->type->is_substring &&
	       (!how->comparator->fold || strcmp(how->comparator->name, "i;ascii-casemap") == 0);
}

static bool read_stream(BodyTest *test, const Item *item, Failure *why)
{
	return test->keys_have_lines ? read_with_lines(test, item, take_piece, test, why)
				     : read_as_it_is(test, item, take_piece, test, why);
}

static void stream_item(BodyTest *test, const Item *item)
{
	Failure why = { 0 };

	for (size_t i = 0; i < test->key_count; i++)
		search_stream_reset(&test->keys[i].stream);
	test->match.matched = search_keys(test, SLICE("")); /* "" wants no more than that it is there */
	if (!test->match.matched && !read_stream(test, item, &why))
		test->status = sieve_later(test->run, &why);
}

typedef struct Gathering {
	Text text;
	size_t limit;
	bool too_long;
} Gathering;

static bool gather(void *self, Slice bytes)
{
	Gathering *gathering = self;

	gathering->too_long = gathering->text.length + bytes.length > gathering->limit;
	if (!gathering->too_long)
		text_append_slice(&gathering->text, bytes);
	return !gathering->too_long;
}

static Kept *find_kept(const Bodies *bodies, const Item *item)
{
	Kept *kept = bodies->kept;

	while (kept && (kept->item.kind != item->kind || kept->item.part != item->part ||
			kept->item.offset != item->offset || kept->item.size != item->size))
		kept = kept->next;
	return kept;
}

/* Makes the whole text of an item and keeps it; NULL when test->status says why not. */
static Kept *keep_item(BodyTest *test, const Item *item)
{
	Bodies *bodies = test->bodies;
	size_t left = SIEVE_LIMIT_ALL_TEXTS_BYTES - bodies->kept_bytes;
	Gathering gathering = { .limit = left < SIEVE_LIMIT_TEXT_BYTES ? left : SIEVE_LIMIT_TEXT_BYTES };
	Failure why = { 0 };
	Kept *kept = NULL;

	if (!read_with_lines(test, item, gather, &gathering, &why)) {
		test->status = sieve_later(test->run, &why);
	} else if (gathering.too_long) {
		test->status = sieve_fail(test->run, test->node->span,
					  "more text than %d MB (%d MB in all) can be matched in this way; "
					  ":contains can (limit: text)",
					  SIEVE_LIMIT_TEXT_BYTES / 1024 / 1024,
					  SIEVE_LIMIT_ALL_TEXTS_BYTES / 1024 / 1024);
	} else {
		kept = ARENA_NEW(test->run->arena, Kept);
		kept->item = *item;
		kept->value.text = arena_copy_slice(test->run->arena, text_slice(&gathering.text));
		kept->next = bodies->kept;
		bodies->kept = kept;
		bodies->kept_bytes += gathering.text.length;
	}
	text_clear(&gathering.text);
	return kept;
}

/* Matches one string, if it may still change the result. */
static void match_item(BodyTest *test, const Item *item)
{
	Kept *kept;

	if (!sieve_match_open(&test->match, test->status))
		return;
	kept = find_kept(test->bodies, item);
	if (!kept && test->streams &&
	    (item->size > KEPT_BYTES || test->bodies->kept_bytes > ALL_KEPT_BYTES)) {
		stream_item(test, item);
		return;
	}
	if (!kept)
		kept = keep_item(test, item);
	if (kept)
		test->status = sieve_match_kept(&test->match, &kept->value);
}

/* ---- which strings ---- */

static void match_raw(BodyTest *test, off_t offset, off_t size)
{
	match_item(test, &(Item){ .kind = ITEM_RAW, .offset = offset, .size = size });
}

/* What a part of a given type is to be matched by (section 5.2). */
static void match_content(BodyTest *test, size_t place)
{
	const MimeTree *tree = test->bodies->tree;
	const MimePart *part = &tree->parts[place];
	Item item = {
		.kind = ITEM_CONTENT, .part = place, .offset = part->body_offset, .size = part->body_size
	};

	if (part->is_container) {
		match_raw(test, part->body_offset, part->prologue_size);
		if (part->epilogue_offset)
			match_raw(test, part->epilogue_offset, part->epilogue_size);
	} else if (!part->is_leaf) { /* the message inside is the next part */
		match_raw(test, part[1].header_offset, (off_t)part[1].header_size);
	} else {
		if (strcmp(part->type, "message") == 0 && strcmp(part->subtype, "rfc822") == 0)
			item.kind = ITEM_HEADER;
		match_item(test, &item);
	}
}

static void match_text(BodyTest *test, size_t place)
{
	const MimePart *part = &test->bodies->tree->parts[place];

	if (part->is_leaf && strcmp(part->type, "text") == 0)
		match_item(test, &(Item){ .kind = ITEM_TEXT,
					  .part = place,
					  .offset = part->body_offset,
					  .size = part->body_size });
}

/* Is `part` of the type that `wanted` asks for: "", "text", or "text/html"? */
static bool is_of_type(const MimePart *part, Slice wanted)
{
	const char *slash = wanted.length ? memchr(wanted.data, '/', wanted.length) : NULL;
	Slice type, subtype;

	if (wanted.length == 0)
		return true;
	if (!slash)
		return ascii_equal_fold_string(wanted, part->type);
	type = slice(wanted.data, (size_t)(slash - wanted.data));
	subtype = slice_from(wanted, type.length + 1);
	return ascii_equal_fold_string(type, part->type) && ascii_equal_fold_string(subtype, part->subtype);
}

/* The types asked for, expanded. */
typedef struct Types {
	Slice *items;
	size_t count;
} Types;

static SieveStatus expand_types(SieveRun *run, const SieveStrings *strings, Types *types)
{
	SieveStatus status = SIEVE_OK;

	types->items = arena_alloc(run->arena, (strings->count + 1) * sizeof *types->items);
	types->count = strings->count;
	for (size_t i = 0; i < strings->count && status == SIEVE_OK; i++)
		status = sieve_expand(run, &strings->items[i], &types->items[i]);
	return status;
}

static bool is_wanted(const MimePart *part, const Types *types)
{
	for (size_t i = 0; i < types->count; i++)
		if (is_of_type(part, types->items[i]))
			return true;
	return false;
}

static void match_parts(BodyTest *test)
{
	const SieveTagUse *content = sieve_tag(test->node, "content");
	Types types = { 0 };
	size_t first, end;

	test->status = sieve_mime_tree(test->run, &test->bodies->tree);
	if (test->status == SIEVE_OK && content)
		test->status = expand_types(test->run, &content->value.strings, &types);
	if (test->status != SIEVE_OK)
		return;
	first = sieve_message_part(test->run);
	end = sieve_parts_end(test->bodies->tree, first);
	for (size_t i = first; i < end && sieve_match_open(&test->match, test->status); i++) {
		const MimePart *part = &test->bodies->tree->parts[i];
		bool is_leaf_text = part->is_leaf && strcmp(part->type, "text") == 0;

		if (content ? !is_wanted(part, &types) : !is_leaf_text)
			continue;
		if (test->counts)
			sieve_match_count(&test->match, 1); /* parts, not their pieces */
		else if (content)
			match_content(test, i);
		else
			match_text(test, i);
	}
}

/* ---- the test ---- */

static Bodies *bodies_of(SieveRun *run)
{
	void **slot = sieve_slot(run, &sieve_ext_body);
	Bodies *bodies = *slot;

	if (!bodies || bodies->edits != run->edits) {
		bodies = ARENA_NEW(run->arena, Bodies);
		bodies->edits = run->edits;
		*slot = bodies;
	}
	return bodies;
}

/* To a script that was included from within a loop the body is that of a part. */
static void match_raw_part(BodyTest *test)
{
	const MimePart *part;
	MimeTree *tree;

	test->status = sieve_mime_tree(test->run, &tree);
	if (test->status != SIEVE_OK)
		return;
	part = &tree->parts[sieve_message_part(test->run)];
	match_raw(test, part->body_offset, part->body_size);
}

static void match_body(BodyTest *test)
{
	const Message *message = test->run->message;

	if (!sieve_tag(test->node, "raw"))
		match_parts(test);
	else if (test->counts)
		sieve_match_count(&test->match, 1);
	else if (sieve_message_part(test->run))
		match_raw_part(test);
	else
		match_raw(test, message->body_offset, message->size_bytes - message->body_offset);
}

/* Section 4: a message that is a header only, without the empty line, has no body at all. */
static bool has_body(const Message *message)
{
	return message->body_offset > (off_t)message->header.length ||
	       message->size_bytes > message->body_offset;
}

static SieveStatus body(SieveRun *run, const SieveNode *node, bool *result)
{
	BodyTest test = { .run = run, .node = node };

	*result = false;
	if (!sieve_message_part(run) && !has_body(run->message))
		return SIEVE_OK;
	sieve_match_begin(&test.match, run, node, sieve_strings(node, 0));
	test.bodies = bodies_of(run);
	test.counts = sieve_match_only_counts(&test.match);
	test.streams = !test.counts && can_stream(test.match.how);
	if (test.streams)
		test.status = begin_stream(&test);
	if (test.status == SIEVE_OK)
		match_body(&test);
	end_stream(&test);
	return sieve_match_end(&test.match, test.status, result);
}

static void check_body(SieveCheck *check, SieveNode *node)
{
	if (!sieve_tag(node, "raw"))
		sieve_check_need_mime(check);
}

/* Section 5.2: types that match nothing are no error, but nobody means them. */
static void check_content(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveStrings *types = &use->value.strings;

	(void)node;
	for (size_t i = 0; i < types->count; i++) {
		Slice type = types->items[i].text;
		const char *slash = type.length ? memchr(type.data, '/', type.length) : NULL;

		if (!sieve_is_constant(&types->items[i]) || !slash)
			continue;
		if (slash == type.data || slash == type.data + type.length - 1 ||
		    memchr(slash + 1, '/', (size_t)(type.data + type.length - slash - 1)))
			sieve_check_warn(check, "always-false", types->items[i].span, NULL,
					 "no part has the type '%.*s': it is 'type' or 'type/subtype'",
					 (int)type.length, type.data);
	}
}

static const SieveVerb tests[] = {
	{ .name = "body",
	  .parameters = SIEVE_PARAMETERS({ .name = "keys", .type = SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH | SIEVE_SETS_NO_CAPTURES,
	  .check = check_body,
	  .test = body },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "content",
	  .of = "body",
	  .value = SIEVE_STRING_LIST,
	  .group = "transform",
	  .check = check_content },
	{ .name = "raw", .of = "body", .group = "transform" },
	{ .name = "text", .of = "body", .group = "transform" },
	{ 0 },
};

const SieveExtension sieve_ext_body = { .capability = "body",
					.about = "test the body, its parts and their texts",
					.document = "RFC 5173",
					.tests = tests,
					.tags = tags };
