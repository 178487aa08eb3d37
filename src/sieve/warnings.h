/* warnings - what compiles and is hardly what was meant
 *
 * Looked for when somebody checks a script, never when one is delivered by.  A warning must not be wrong:
 * what might be meant is not told.  The sentences are those of the passes: reach.c (rules that can never
 * run), lost_mail.c (mail that ends up nowhere), warn_words.c (single strings and commands),
 * warn_variables.c. */
#ifndef SIEVE_WARNINGS_H
#define SIEVE_WARNINGS_H

#include "sieve/sieve.h"

typedef struct SieveWarning {
	const char *name; /* by which it is known and switched off */
	const char *about;
} SieveWarning;

enum {
	SIEVE_WARNINGS = 18
};

/* All there are, those of the compiler too, by name. */
extern const SieveWarning sieve_warnings[SIEVE_WARNINGS];

typedef struct SieveWarnSetup {
	/* Is there a folder of this name?  NULL: nobody knows. */
	bool (*folder_exists)(void *folders, const char *folder, bool *exists, Failure *why);
	void *folders;
	bool autocreate; /* deliveries make what is missing */
} SieveWarnSetup;

/* Adds what there is to say of a script that compiled, and of all it includes.  False and `why` when it could
 * not be seen whether a folder exists. */
bool sieve_find_warnings(SieveScript *script, const SieveWarnSetup *setup, SieveFindings *findings,
			 Failure *why);

#endif
