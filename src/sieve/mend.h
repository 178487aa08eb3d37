/* mend - changes of a script's source that mend a finding
 *
 * Only what cannot make a script mean something else: a script that does not compile gets what is missing and
 * is asked for by name, or a word of which there is one reading; a script that compiles the new name of what
 * it uses under an old one.  All else is left to its author.  For sieve/ alone but for sieve_mend, which is
 * in sieve.h. */
#ifndef SIEVE_MEND_H
#define SIEVE_MEND_H

#include "sieve/script.h"

enum {
	SIEVE_CHANGES_MAX = 8 /* that one finding is mended by */
};

typedef struct SieveChanges {
	SieveChange items[SIEVE_CHANGES_MAX];
	size_t count;
} SieveChanges;

/* Requires `capability`: in the last require when there is one, else at the top of the script. */
void sieve_mend_require(SieveCheck *check, const char *capability, SieveChanges *changes);

/* Writes the nearest name in place of `length` bytes at `offset`, when it is all but certainly what was
 * meant: one letter off in a word of five or more, and no other name is nearly as near. */
void sieve_mend_word(const SieveNearest *nearest, uint32_t offset, uint32_t length, Arena *arena,
		     SieveChanges *changes);

/* Adds to the findings about old names the changes that write the new ones, where all that the script uses of
 * the old extension has a word in the new one that does the same.  Called when the script is read. */
void sieve_mend_old_names(SieveCheck *check);

#endif
