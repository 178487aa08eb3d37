/* patience - how long what is measured may take: longer where a sanitizer looks at every access */
#ifndef TESTS_PATIENCE_H
#define TESTS_PATIENCE_H

#include "base/sanitized.h"

static inline double patience(double seconds)
{
	return IS_SANITIZED ? 15 * seconds : seconds;
}

#endif
