/* address - the addresses of a header field
 * RFC 5322, section 3.4 and 4.4; RFC 6532
 *
 * Tokens are collected until a sign tells what they are: "<" makes them a display name, ":"
 * the name of a group, a separator one or more addresses.  There is no recursion; a
 * group is only a count.  What the RFCs leave to us, or real mail does against them:
 *
 * - A local part is whatever stands before the last "@": dots anywhere ("a..b@x", ".a@x",
 *   "u.@docomo.ne.jp"), more "@"s.
 * - A comma whose left side has no "@" belongs to the display name when an address in angle
 *   brackets follows: "Doe, John <j@x>" is one person.
 * - ";" separates outside of groups too, as Outlook writes it.
 * - "name a@b" is an address with a name; "a@b c@d" are two; "<a@b" ends at the comma.
 * - A comment is the display name when there is no other: "a@b (Alice)". */
#include "message/address.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/text.h"
#include "message/address_lexer.h"
#include "message/address_spec.h"
#include "message/limits.h"

enum {
	FEW_TOKENS = 32
};

typedef struct Parser {
	AddressLexer lexer;
	Token few[FEW_TOKENS];
	Token *tokens; /* `few`, or from the heap when there are more */
	size_t count, capacity;
	size_t piece; /* the first token behind the last comma that was kept */
	bool has_at;  /* there is an "@" in the piece */
	bool after_angle;
	Token comment; /* the last one seen in the piece; TOKEN_END when there is none */
	unsigned groups;
	Arena *arena;
	AddressList list;
	size_t list_capacity;
} Parser;

static void push(Parser *parser, Token token)
{
	if (parser->count == parser->capacity) {
		bool heap = parser->tokens != parser->few;

		parser->capacity *= 2;
		parser->tokens = memory_resize(heap ? parser->tokens : NULL, parser->capacity,
					       sizeof *parser->tokens);
		if (!heap)
			memcpy(parser->tokens, parser->few, sizeof parser->few);
	}
	if (token.kind == TOKEN_AT)
		parser->has_at = true;
	parser->tokens[parser->count++] = token;
}

static void start_piece(Parser *parser)
{
	parser->piece = parser->count;
	parser->has_at = false;
	parser->comment = (Token){ .kind = TOKEN_END };
}

static void start_over(Parser *parser)
{
	parser->count = 0;
	start_piece(parser);
}

static Address *add(Parser *parser, Address address)
{
	if (parser->list.count == LIMIT_ADDRESSES) {
		parser->list.cut = true;
		return NULL;
	}
	if (parser->list.count == parser->list_capacity) {
		size_t capacity = parser->list_capacity ? parser->list_capacity * 2 : 4;
		Address *larger = arena_alloc(parser->arena, capacity * sizeof *larger);

		if (parser->list.count)
			memcpy(larger, parser->list.items, parser->list.count * sizeof *larger);
		parser->list.items = larger;
		parser->list_capacity = capacity;
	}
	parser->list.items[parser->list.count] = address;
	return &parser->list.items[parser->list.count++];
}

static Slice raw_text(const Parser *parser, size_t from, size_t to)
{
	return ascii_trim(slice(parser->lexer.value.data + from, to - from));
}

/* The display name that `count` tokens make, or else the comment. */
static Slice name_of(const Parser *parser, const Token *tokens, size_t count)
{
	if (count)
		return address_phrase(parser->lexer.value, tokens, count, parser->arena);
	if (parser->comment.kind == TOKEN_COMMENT)
		return ascii_trim(address_unescape(parser->comment.text, parser->arena));
	return slice("", 0);
}

/* True when `next` belongs to the same address as `token` before it: no blank between
 * them, or a dot or "@" (RFC 5322, 4.4).  What directly follows a quotation, and is
 * no dot, does not: "Foo"a@b is a name and an address. */
static bool is_joined(const Token *token, const Token *next)
{
	if (token->kind == TOKEN_AT || next->kind == TOKEN_AT || address_is_dot(token) ||
	    address_is_dot(next))
		return true;
	return !next->spaced && (token->kind != TOKEN_QUOTED || next->text.data[0] == '.');
}

/* Reads one or more addresses without angle brackets; a single word or none at all counts. */
static void add_plain(Parser *parser, const Token *tokens, size_t count)
{
	size_t name = 0, found = parser->list.count, from = 0;
	Slice raw = raw_text(parser, tokens[0].from, tokens[count - 1].to);

	while (from < count) {
		size_t to = from + 1;
		bool has_at = tokens[from].kind == TOKEN_AT;

		for (; to < count && is_joined(&tokens[to - 1], &tokens[to]); to++)
			has_at = has_at || tokens[to].kind == TOKEN_AT;
		if (has_at) {
			Address address = address_from_tokens(
				&tokens[from], to - from,
				raw_text(parser, tokens[from].from, tokens[to - 1].to), parser->arena);

			address.name = name_of(parser, &tokens[name], from - name);
			add(parser, address);
			name = to;
		}
		from = to;
	}
	if (parser->list.count == found && !parser->list.cut) {
		Address address = address_from_tokens(tokens, count, raw, parser->arena);

		address.name = name_of(parser, NULL, 0);
		add(parser, address);
	}
}

/* Reads what was collected up to token `end` as plain addresses. */
static void add_pieces(Parser *parser, size_t end)
{
	for (size_t from = 0; from < end;) {
		size_t to = from;

		while (to < end && parser->tokens[to].kind != TOKEN_COMMA)
			to++;
		if (to > from)
			add_plain(parser, &parser->tokens[from], to - from);
		from = to + 1;
	}
}

/* A separator, or the end.  Words behind "<a@b>" that are no address are its trimmings. */
static void end_pieces(Parser *parser)
{
	Address *last = parser->list.count ? &parser->list.items[parser->list.count - 1] : NULL;

	if (parser->after_angle && last && !last->name.length)
		last->name = name_of(parser, NULL, 0);
	if (!parser->after_angle || parser->has_at)
		add_pieces(parser, parser->count);
	parser->after_angle = false;
	start_over(parser);
}

static void at_comma(Parser *parser, Token comma)
{
	if (parser->has_at || parser->after_angle) {
		end_pieces(parser);
	} else if (parser->count > parser->piece) {
		push(parser, comma);
		start_piece(parser);
	}
}

/* "name:" begins a group, which may have been forgotten to end, or lie in another. */
static void at_colon(Parser *parser, Token colon)
{
	if (parser->has_at) {
		colon.kind = TOKEN_ATOM;
		push(parser, colon);
		return;
	}
	if (!parser->after_angle)
		add_pieces(parser, parser->piece);
	parser->after_angle = false;
	parser->groups++;
	start_over(parser);
}

/* True when a route goes on behind this comma: "<@a,@b:c@d>". */
static bool next_is_at(AddressLexer lexer)
{
	return address_lexer_next(&lexer).kind == TOKEN_AT;
}

/* Collects what is in angle brackets, from token `mark` on, without the source route.  Returns
 * the offset behind it. */
static size_t read_angle(Parser *parser, size_t mark)
{
	bool route = next_is_at(parser->lexer);

	for (;;) {
		AddressLexer before = parser->lexer;
		Token token = address_lexer_next(&parser->lexer);

		switch (token.kind) {
		case TOKEN_GREATER:
			return token.to;
		case TOKEN_COLON:
			token.kind = TOKEN_ATOM;
			if (route)
				parser->count = mark;
			else
				push(parser, token);
			route = false;
			break;
		case TOKEN_COMMA:
			if (route && next_is_at(parser->lexer))
				break;
			__attribute__((fallthrough));
		case TOKEN_SEMICOLON:
		case TOKEN_END: /* nobody closed it */
			parser->lexer = before;
			return token.from;
		case TOKEN_COMMENT:
			parser->comment = token;
			break;
		case TOKEN_LESS:
			break;
		default:
			push(parser, token);
		}
	}
}

static void at_angle(Parser *parser, Token less)
{
	size_t phrase = 0, mark, end;
	Address address;

	if (parser->has_at) {
		add_pieces(parser, parser->piece);
		phrase = parser->piece;
	}
	mark = parser->count;
	end = read_angle(parser, mark);
	address = address_from_tokens(
		&parser->tokens[mark], parser->count - mark,
		raw_text(parser, mark > phrase ? parser->tokens[phrase].from : less.from, end),
		parser->arena);
	address.name = name_of(parser, &parser->tokens[phrase], mark - phrase);
	add(parser, address);
	parser->after_angle = true;
	start_over(parser);
}

static void take_token(Parser *parser, Token token)
{
	switch (token.kind) {
	case TOKEN_COMMA:
		at_comma(parser, token);
		break;
	case TOKEN_COLON:
		at_colon(parser, token);
		break;
	case TOKEN_SEMICOLON:
		end_pieces(parser);
		break;
	case TOKEN_LESS:
		at_angle(parser, token);
		break;
	case TOKEN_COMMENT:
		parser->comment = token;
		break;
	case TOKEN_GREATER:
	case TOKEN_END:
		break;
	default:
		push(parser, token);
	}
}

AddressList address_parse_list(Slice value, Arena *arena)
{
	Parser parser = { .lexer = { .value = value }, .capacity = FEW_TOKENS, .arena = arena };
	Token token;

	parser.tokens = parser.few;
	start_over(&parser);
	do {
		token = address_lexer_next(&parser.lexer);
		take_token(&parser, token);
	} while (token.kind != TOKEN_END && !parser.list.cut);
	end_pieces(&parser);
	if (parser.tokens != parser.few)
		free(parser.tokens);
	return parser.list;
}

/* ---- fields ---- */

const char *const address_fields[] = {
	"apparently-to",
	"bcc",
	"cc",
	"delivered-to",
	"disposition-notification-to",
	"envelope-to",
	"errors-to",
	"from",
	"mail-followup-to",
	"mail-reply-to",
	"original-from",
	"original-recipient",
	"reply-to",
	"resent-bcc",
	"resent-cc",
	"resent-from",
	"resent-reply-to",
	"resent-sender",
	"resent-to",
	"return-path",
	"return-receipt-to",
	"sender",
	"to",
	"x-envelope-from",
	"x-envelope-to",
	"x-forwarded-for",
	"x-forwarded-to",
	"x-original-from",
	"x-original-sender",
	"x-original-to",
	NULL,
};

bool address_is_field(Slice name)
{
	for (const char *const *known = address_fields; *known; known++)
		if (ascii_equal_fold_string(name, *known))
			return true;
	return false;
}
