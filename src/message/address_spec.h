/* address_spec - an address and a display name from their tokens */
#ifndef MESSAGE_ADDRESS_SPEC_H
#define MESSAGE_ADDRESS_SPEC_H

#include "base/arena.h"
#include "message/address.h"
#include "message/address_lexer.h"

/* True for an atom that is one dot. */
bool address_is_dot(const Token *token);

/* What stood between quotes or parentheses, without its backslashes.  Borrowed when it has none. */
Slice address_unescape(Slice text, Arena *arena);

/* The words of a display name in `value` as one string; comments and quotes taken out. */
Slice address_phrase(Slice value, const Token *tokens, size_t count, Arena *arena);

/* Reads an addr-spec, without name, from the tokens between two separators or angle
 * brackets.  A single word is a local part without domain; `raw` becomes the text
 * of what is no address. */
Address address_from_tokens(const Token *tokens, size_t count, Slice raw, Arena *arena);

#endif
