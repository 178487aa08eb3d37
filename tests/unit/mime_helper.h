/* mime_helper - the mime module, for tests of what needs it */
#ifndef TESTS_MIME_HELPER_H
#define TESTS_MIME_HELPER_H

#include <dlfcn.h>

#include "sieve_helper.h"

static const MimeModule *mime;

static void open_mime(void)
{
	const char *build = getenv("BUILD");
	AUTO_VALUE(Text) path = { 0 };
	void *module;

	text_printf(&path, "%s/modules/mime.so", build ? build : "build");
	module = dlopen(text_string(&path), RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(module != NULL, "%s", dlerror());
	mime = dlsym(module, MIME_MODULE_SYMBOL);
	ck_assert_ptr_nonnull(mime);
}

#endif
