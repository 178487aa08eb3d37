/* names - a list of names, such as those in a directory */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* A zeroed one is empty and ready. */
typedef struct Names {
	char **items;
	size_t count, capacity;
} Names;

/* Adds a copy of `name`. */
void names_add(Names *names, const char *name);

/* In the order of their bytes. */
void names_sort(Names *names);

/* Adds the entries of `directory` that are `wanted`, at most `most` of them, and sorts the list.  False and
 * errno when the directory cannot be read to its end. */
bool names_read(DIR *directory, bool (*wanted)(const char *name), size_t most, Names *names);

void names_clear(Names *names);

DEFINE_AUTO_VALUE(Names, names_clear)

#endif
