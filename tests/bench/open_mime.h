/* open_mime - the mime module of a build tree, for programs that measure */
#ifndef BENCH_OPEN_MIME_H
#define BENCH_OPEN_MIME_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "message/mime.h"

/* Ends the program when it is not there: what measures without it measures something else. */
static const MimeModule *open_mime(const char *build)
{
	char path[4096];
	void *module;
	const MimeModule *mime;

	snprintf(path, sizeof path, "%s/modules/mime.so", build);
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	mime = module ? dlsym(module, MIME_MODULE_SYMBOL) : NULL;
	if (!mime) {
		fprintf(stderr, "no %s\n", path);
		exit(1);
	}
	return mime;
}

#endif
