/* wire - how plans and questions are written as bytes between judge and courier: for plan/ alone
 *
 * Numbers are eight bytes, least significant first; a string is a byte that says whether there is one (0:
 * NULL), its length and its bytes; a boolean is one byte, 0 or 1. */
#ifndef PLAN_WIRE_H
#define PLAN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/text.h"

void wire_put_byte(Text *out, unsigned value);
void wire_put_number(Text *out, uint64_t value);
void wire_put_bytes(Text *out, Slice bytes);

/* `string` may be NULL. */
void wire_put_string(Text *out, const char *string);

/* What people read: NULL is "", and it is cut between characters. */
void wire_put_text(Text *out, const char *text, size_t limit);

/* What is left to read.  The first thing that is wrong sets `wrong`; from then on every
 * getter gives nothing, so that it is enough to ask once, at the end. */
typedef struct WireReader {
	Slice rest;
	Arena *arena;
	const char *wrong;
} WireReader;

/* Something is wrong; gives 0. */
unsigned wire_wrong(WireReader *reader, const char *wrong);

/* A byte of 0 to `most`; a number of 0 to `most`. */
unsigned wire_get_byte(WireReader *reader, unsigned most);
bool wire_get_bool(WireReader *reader);
uint64_t wire_get_number(WireReader *reader, uint64_t most);

/* Bytes, borrowed from what is read. */
Slice wire_get_bytes(WireReader *reader, size_t limit);

/* A copy in the arena, or NULL where there was none; a NUL in it is wrong. */
char *wire_get_string(WireReader *reader, size_t limit);

/* A text for people: an enemy's may reach a terminal, so what is no valid UTF-8, and controls, become
 * '?'; line ends stay when `lines`. */
const char *wire_get_text(WireReader *reader, size_t limit, bool lines);

#endif
