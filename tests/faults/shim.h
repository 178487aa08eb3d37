/* shim - what libraries that are preloaded to catch calls have in common */
#ifndef FAULTS_SHIM_H
#define FAULTS_SHIM_H

#include <dlfcn.h>
#include <stdlib.h>

#define CAUGHT __attribute__((visibility("default")))

/* The next definition of a name behind ours. */
#define NEXT(name) ((typeof(&name))next(#name))

static void *next(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	return found;
}

#endif
