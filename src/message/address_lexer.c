/* address_lexer - the words and signs of an address list
 *
 * Every search for an end is bounded, or is not repeated once it failed: time is linear
 * in the value whatever it is. */
#include "message/address_lexer.h"

#include "base/ascii.h"
#include "message/limits.h"
#include "message/words.h"

enum {
	/* A domain is not longer (RFC 5321, 4.5.3.1.2). */
	LITERAL_MAX_BYTES = 255
};

/* What ends an atom. */
static const char atom_end[256] = {
	['('] = 1, [')'] = 1, ['<'] = 1, ['>'] = 1, ['@'] = 1,  [','] = 1,  [';'] = 1,  [':'] = 1,
	['"'] = 1, ['['] = 1, [']'] = 1, [' '] = 1, ['\t'] = 1, ['\r'] = 1, ['\n'] = 1,
};

/* The offset of the quote that closes the one at `at`, or 0. */
static size_t find_quote(Slice value, size_t at)
{
	for (size_t i = at + 1; i < value.length; i++) {
		if (value.data[i] == '"')
			return i;
		if (value.data[i] == '\\')
			i++;
	}
	return 0;
}

/* The offset of the parenthesis that closes the one at `at`, or 0.  The limit on nesting bounds
 * how often a byte is looked at while nothing is found. */
static size_t find_parenthesis(Slice value, size_t at)
{
	unsigned depth = 0;

	for (size_t i = at; i < value.length && depth <= LIMIT_ADDRESS_NESTING; i++) {
		if (value.data[i] == '(')
			depth++;
		else if (value.data[i] == ')' && --depth == 0)
			return i;
		else if (value.data[i] == '\\')
			i++;
	}
	return 0;
}

static size_t find_bracket(Slice value, size_t at)
{
	size_t end = value.length - at > LITERAL_MAX_BYTES ? at + LITERAL_MAX_BYTES : value.length;

	for (size_t i = at + 1; i < end && value.data[i] != '['; i++)
		if (value.data[i] == ']')
			return i;
	return 0;
}

static Token delimited(AddressLexer *lexer, TokenKind kind, size_t end)
{
	size_t from = lexer->at, border = kind == TOKEN_LITERAL ? 0 : 1;

	lexer->at = end + 1;
	return (Token){ .kind = kind,
			.text = slice(lexer->value.data + from + border, end + 1 - from - 2 * border),
			.from = (uint32_t)from,
			.to = (uint32_t)lexer->at };
}

/* How long the atom is that `text` begins with; one character at least.  A delimiter that a
 * backslash keeps from opening anything in a comment opens nothing here either, or every
 * one of them would be searched for its end anew. */
static size_t atom_length(Slice text)
{
	size_t i = 0;

	do {
		if (text.data[i] == '\\' && i + 1 < text.length && text.data[i + 1] != '\0' &&
		    strchr("\\\"()", text.data[i + 1]))
			i++;
		i++;
	} while (i < text.length && !atom_end[(unsigned char)text.data[i]]);
	return i;
}

/* An atom, or the bracket at its beginning that opens or closes nothing. */
static Token read_atom(AddressLexer *lexer)
{
	Slice rest = slice_from(lexer->value, lexer->at);
	size_t length = rest.data[0] == '=' ? words_length(rest) : 0, from = lexer->at;

	if (!length)
		length = atom_length(rest);
	lexer->at += length;
	return (Token){ .kind = TOKEN_ATOM,
			.text = slice(rest.data, length),
			.from = (uint32_t)from,
			.to = (uint32_t)lexer->at };
}

static Token sign(AddressLexer *lexer, TokenKind kind)
{
	Token token = { .kind = kind,
			.text = slice(lexer->value.data + lexer->at, 1),
			.from = (uint32_t)lexer->at,
			.to = (uint32_t)lexer->at + 1 };

	lexer->at++;
	return token;
}

/* Reads what is at `at`, which is not the end of the value.  TOKEN_END: pass it over. */
static Token read_token(AddressLexer *lexer)
{
	size_t end = 0;

	switch (lexer->value.data[lexer->at]) {
	case '"':
		if (!lexer->no_quote)
			end = find_quote(lexer->value, lexer->at);
		lexer->no_quote = end == 0;
		return end ? delimited(lexer, TOKEN_QUOTED, end) : sign(lexer, TOKEN_END);
	case '(':
		end = find_parenthesis(lexer->value, lexer->at);
		return end ? delimited(lexer, TOKEN_COMMENT, end) : sign(lexer, TOKEN_END);
	case '[':
		end = find_bracket(lexer->value, lexer->at);
		return end ? delimited(lexer, TOKEN_LITERAL, end) : read_atom(lexer);
	case '@':
		return sign(lexer, TOKEN_AT);
	case '<':
		return sign(lexer, TOKEN_LESS);
	case '>':
		return sign(lexer, TOKEN_GREATER);
	case ',':
		return sign(lexer, TOKEN_COMMA);
	case ';':
		return sign(lexer, TOKEN_SEMICOLON);
	case ':':
		return sign(lexer, TOKEN_COLON);
	case ')':
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return sign(lexer, TOKEN_END);
	default:
		return read_atom(lexer);
	}
}

Token address_lexer_next(AddressLexer *lexer)
{
	bool spaced = false;

	while (lexer->at < lexer->value.length) {
		Token token = read_token(lexer);

		token.spaced = spaced;
		if (token.kind != TOKEN_END)
			return token;
		spaced = true;
	}
	return (Token){ .kind = TOKEN_END,
			.spaced = spaced,
			.text = slice_from(lexer->value, lexer->at),
			.from = (uint32_t)lexer->at,
			.to = (uint32_t)lexer->at };
}
