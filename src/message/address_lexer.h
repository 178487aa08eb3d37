/* address_lexer - the words and signs of an address list
 * RFC 5322, section 3.2 and 4.1; RFC 6532 (8-bit characters are atom text)
 *
 * Nothing is an error.  What is opened and never closed is passed over as if it were a
 * blank, so that what follows is read; comments nest to LIMIT_ADDRESS_NESTING. */
#ifndef MESSAGE_ADDRESS_LEXER_H
#define MESSAGE_ADDRESS_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef enum TokenKind {
	TOKEN_ATOM,    /* an encoded word (RFC 2047) is one, whatever is in it */
	TOKEN_QUOTED,  /* the slice is what stands between the quotes */
	TOKEN_LITERAL, /* "[...]" with its brackets */
	TOKEN_COMMENT, /* the slice is what stands between the parentheses */
	TOKEN_AT,
	TOKEN_LESS,
	TOKEN_GREATER,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
	TOKEN_COLON,
	TOKEN_END,
} TokenKind;

typedef struct Token {
	TokenKind kind;
	bool spaced; /* something was passed over in front of it */
	Slice text;
	uint32_t from, to; /* offsets in the value, delimiters included */
} Token;

typedef struct AddressLexer {
	Slice value;
	size_t at;
	bool no_quote; /* no quotation that opens behind `at` is closed */
} AddressLexer;

Token address_lexer_next(AddressLexer *lexer);

#endif
