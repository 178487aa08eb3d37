#include "system/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/panic.h"

/* Whose program this is, and who else may write to where it lies. */
typedef struct Program {
	char directory[PATH_MAX];
	uid_t owner;
	mode_t others_write; /* S_IWGRP, S_IWOTH */
} Program;

/* False when it cannot be known, or must not count: a set-gid program has more rights than its caller, who
 * may have linked it to anywhere. */
static bool find_program(Program *program)
{
	ssize_t length = readlink("/proc/self/exe", program->directory, sizeof program->directory - 1);
	struct stat file, directory;
	char *slash;

	if (length <= 0 || getauxval(AT_SECURE) || stat("/proc/self/exe", &file) < 0)
		return false;
	program->directory[length] = '\0';
	slash = strrchr(program->directory, '/');
	if (!slash)
		return false;
	*slash = '\0';
	if (stat(program->directory, &directory) < 0)
		return false;
	program->owner = file.st_uid;
	program->others_write = directory.st_mode & (S_IWGRP | S_IWOTH);
	return true;
}

static bool is_as_safe(const Program *program, const char *path)
{
	struct stat it;

	return stat(path, &it) == 0 &&
	       (it.st_uid == 0 || it.st_uid == geteuid() || it.st_uid == program->owner) &&
	       (it.st_mode & (S_IWGRP | S_IWOTH) & ~program->others_write) == 0;
}

/* Whether the module `name` lies in the build tree, `up` levels above the program; `path` gets where. */
static bool find_in_tree(const Program *program, const char *up, const char *name, char path[PATH_MAX])
{
	char directory[PATH_MAX];

	if (snprintf(directory, sizeof directory, "%s%s/modules", program->directory, up) >= PATH_MAX ||
	    snprintf(path, PATH_MAX, "%s/%s.so", directory, name) >= PATH_MAX)
		return false;
	return is_as_safe(program, directory) && is_as_safe(program, path);
}

static void find_module(const char *name, char path[PATH_MAX])
{
	Program program;

	if (find_program(&program) &&
	    (find_in_tree(&program, "", name, path) || find_in_tree(&program, "/..", name, path)))
		return;
	snprintf(path, PATH_MAX, "%s/%s.so", TROMMEL_MODULE_DIR, name);
}

const void *module_open(const char *name, const char *symbol, Failure *why)
{
	char path[PATH_MAX];
	const void *table;
	void *module;

	BUG_IF(strchr(name, '/') || name[0] == '.' || strlen(name) > 40);
	find_module(name, path);
	/* All symbols now: one that is missing is an error here, and the end of the process later. */
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!module) {
		failure_retry(why, "open the module '%s': %s", name, dlerror());
		return NULL;
	}
	table = dlsym(module, symbol);
	if (!table) {
		failure_retry(why, "the module '%s' has no '%s'", path, symbol);
		dlclose(module);
	}
	return table;
}
