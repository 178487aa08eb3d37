/* testsuite - the extension that files of tests are written in; not in the list of those that rules may use
 */
#ifndef SIEVE_EXTENSIONS_TESTSUITE_H
#define SIEVE_EXTENSIONS_TESTSUITE_H

#include "sieve/extension.h"

extern const SieveExtension sieve_ext_testsuite;

#endif
