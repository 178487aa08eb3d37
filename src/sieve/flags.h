/* flags - the flags that the implicit keep, and copies without flags of their own, are filed with
 * RFC 5232, section 2: the internal variable */
#ifndef SIEVE_FLAGS_H
#define SIEVE_FLAGS_H

#include "sieve/run.h"

/* Words that are no flags are ignored. */
void sieve_flags_add(SieveRun *run, Slice words);
void sieve_flags_remove(SieveRun *run, Slice words);

#endif
