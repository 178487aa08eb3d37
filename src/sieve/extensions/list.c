/* list - every extension, in alphabetical order behind the core
 *
 * This is the one place that names them all; a new one is a file and its two lines here. */
#include "sieve/extension.h"

const SieveExtension *const sieve_extensions[] = {
	NULL,
};
