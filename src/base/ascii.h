/* ascii - character classes and case folding that no locale can change */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline bool ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Blank, CR or LF. */
static inline bool ascii_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Below blank, or DEL. */
static inline bool ascii_is_control(char c)
{
	return (unsigned char)c < 32 || c == 127;
}

/* The value of a hexadecimal digit, or -1. */
int ascii_hex_value(char c);

/* Reads decimal digits, and nothing else, up to the number `most`. */
bool ascii_read_number(Slice digits, uint64_t most, uint64_t *number);

/* Compare with A-Z folded to a-z, nothing else folded. */
bool ascii_equal_fold(Slice a, Slice b);
bool ascii_equal_fold_string(Slice a, const char *b);
bool ascii_strings_equal_fold(const char *a, const char *b);
bool ascii_starts_with_fold(Slice text, const char *prefix);

/* Writes `length` bytes to `to` with A-Z folded to a-z. */
void ascii_fold(const char *from, size_t length, char *to);

/* No byte is above 127. */
bool ascii_only(Slice it);

/* `it` without spaces (blank, tab, CR, LF) at both ends. */
Slice ascii_trim(Slice it);

#endif
