/* extracttext - the text of the part at hand into a variable
 * RFC 5703, section 7
 *
 * What the text leaves open: HTML is reduced to what a reader sees, as "body" does; lines end in CR LF, as in
 * strings of scripts; what is no text is empty.  Bytes that mean nothing in a known charset become U+FFFD and
 * do not empty the rest: one of them would hide a text from rules that every reader shows. */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/extension.h"
#include "sieve/part_text.h"
#include "sieve/parts.h"

/* What it needs when it runs. */
typedef struct Extraction {
	SievePiece variable;
	const SieveModifier **modifiers;
} Extraction;

/* Text on its way: no more of it than is wanted. */
typedef struct Gathering {
	Text text;
	uint64_t left; /* characters */
} Gathering;

static void check_extracttext(SieveCheck *check, SieveNode *node)
{
	const SieveString *name = sieve_string(node, 0);
	Extraction *extraction = ARENA_NEW(sieve_check_arena(check), Extraction);

	sieve_check_need_mime(check);
	if (!sieve_check_loop(check))
		sieve_check_error(check, node->span, NULL,
				  "'extracttext' stands outside a loop (foreverypart)");
	sieve_check_variable(check, name->text, name->span, true, &extraction->variable);
	extraction->modifiers = sieve_check_modifiers(check, node);
	node->data = extraction;
}

/* ---- the text ---- */

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static bool gather(void *self, Slice bytes)
{
	Gathering *gathering = self;
	size_t room = SIEVE_LIMIT_VARIABLE_BYTES + 1 - gathering->text.length, length = 0;

	if (bytes.length > room)
		bytes.length = room;
	for (; length < bytes.length; length++) {
		if (is_inside(bytes.data[length]))
			continue;
		if (!gathering->left)
			break;
		gathering->left--;
	}
	text_append(&gathering->text, bytes.data, length);
	return length == bytes.length && bytes.length < room;
}

static SieveStatus read_text(SieveRun *run, const SieveNode *node, const MimeTree *tree, size_t part,
			     Slice *value)
{
	const SieveTagUse *first = sieve_tag(node, "first");
	Gathering gathering = { .left = first ? first->value.number : UINT64_MAX };
	SieveLines lines = { .sink = gather, .self = &gathering };
	SieveStatus status = sieve_check_memory(run, node->span);
	Failure why = { 0 };

	if (status == SIEVE_OK && !sieve_read_text(run, tree, part, sieve_take_lines, &lines, &why))
		status = sieve_later(run, &why);
	*value = arena_copy_slice(run->arena,
				  utf8_cut(text_slice(&gathering.text), SIEVE_LIMIT_VARIABLE_BYTES));
	text_clear(&gathering.text);
	text_clear(&lines.text);
	return status;
}

static SieveStatus extracttext(SieveRun *run, const SieveNode *node)
{
	const Extraction *extraction = node->data;
	size_t part = sieve_current_part(run);
	Slice value = SLICE("");
	bool readable = false;
	MimeTree *tree;
	SieveStatus status = sieve_mime_tree(run, &tree);

	if (status == SIEVE_OK)
		status = sieve_is_readable(run, node->span, tree, part, &readable);
	if (status == SIEVE_OK && readable && strcmp(tree->parts[part].type, "text") == 0)
		status = read_text(run, node, tree, part, &value);
	if (status == SIEVE_OK)
		status = sieve_modify(run, extraction->modifiers, &value);
	if (status == SIEVE_OK)
		sieve_variable_set(run, &extraction->variable, value);
	return status;
}

static const SieveActionInfo info = {
	.about = "puts the text of a part into a variable",
	.document = "RFC 5703, 7",
	.interactions = "sees what replace, convert and enclose have made of the message",
};

static const SieveVerb commands[] = {
	{ .name = "extracttext",
	  .parameters = SIEVE_PARAMETERS({ "name", SIEVE_STRING, .constant = true }),
	  .takes = SIEVE_TAKES_MODIFIERS,
	  .also = "variables",
	  .action = &info,
	  .check = check_extracttext,
	  .act = extracttext },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "first", .of = "extracttext", .value = SIEVE_NUMBER },
	{ 0 },
};

const SieveExtension sieve_ext_extracttext = {
	.capability = "extracttext",
	.about = "the text of a part into a variable",
	.document = "RFC 5703, 7",
	.commands = commands,
	.tags = tags,
};
