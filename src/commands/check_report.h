/* check_report - findings about scripts, in order, for people or for programs */
#ifndef COMMANDS_CHECK_REPORT_H
#define COMMANDS_CHECK_REPORT_H

#include <stdio.h>

#include "sieve/sieve.h"

typedef struct CheckTally {
	size_t errors, warnings; /* shown so far, or too many to be shown */
} CheckTally;

/* Writes those of one script and its includes, in the order in which they stand there, and adds to `tally`.
 * `is_off` is by the place in sieve_warnings.  With `json` each is one line that is an object. */
bool check_report(SieveFindings *findings, const bool *is_off, bool json, FILE *to, CheckTally *tally,
		  Failure *why);

#endif
