#include "base/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void names_add(Names *names, const char *name)
{
	MEMORY_GROW(names->items, names->count, names->capacity);
	names->items[names->count++] = memory_copy_string(name);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void names_sort(Names *names)
{
	if (names->count)
		qsort(names->items, names->count, sizeof *names->items, compare);
}

bool names_read(DIR *directory, bool (*wanted)(const char *name), size_t most, Names *names)
{
	const struct dirent *entry;

	for (errno = 0; names->count < most && (entry = readdir(directory)); errno = 0)
		if (wanted(entry->d_name))
			names_add(names, entry->d_name);
	if (errno)
		return false;
	names_sort(names);
	return true;
}

void names_clear(Names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (Names){ 0 };
}
