/* pieces - a script's tokens with the comments between them: for format.c */
#ifndef SIEVE_PIECES_H
#define SIEVE_PIECES_H

#include "sieve/lexer.h"

typedef enum SievePieceOf {
	SIEVE_OF_TOKEN,
	SIEVE_OF_LINE_COMMENT,    /* from '#' to the end of its line, blanks there apart */
	SIEVE_OF_BRACKET_COMMENT, /* with its brackets */
} SievePieceOf;

typedef struct SieveSourcePiece {
	SievePieceOf of;
	SieveTokenKind kind; /* of a token */
	char punctuation;    /* '\0' for all else */
	Slice raw;           /* as it stands in the source */
	Slice text;          /* of a token: what it means */
	uint64_t number;
	uint32_t lines; /* line ends between it and the piece before it */
	size_t partner; /* of a bracket: the place of the other one */
} SieveSourcePiece;

typedef struct SievePieces {
	SieveSourcePiece *items;
	size_t count, capacity;
} SievePieces;

/* Reads them all; false when a byte is wrong, or a bracket has no partner. */
bool sieve_pieces_read(Slice source, Arena *arena, SievePieces *pieces);

/* Are the tokens the same, whatever the case of their names, and are there as many comments? */
bool sieve_pieces_equal(const SievePieces *a, const SievePieces *b);

#endif
