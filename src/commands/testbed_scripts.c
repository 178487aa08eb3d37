/* testbed_scripts - where the scripts that are included come from
 *
 * Beside the tests, unless a test says where: settings "sieve_script/NAME/..." make NAME a place of personal
 * or global scripts, which is a directory, or a file with a script on a line. */
#include <string.h>

#include "commands/settings.h"
#include "commands/testbed_state.h"
#include "delivery/rules.h"

/* ---- the places of a test's own ---- */

static const char prefix[] = "sieve_script/";

/* The part of a setting's name behind "sieve_script/NAME/", or NULL; `*name` is NAME. */
static const char *setting_of_place(const char *setting, Slice *name)
{
	const char *slash;

	if (strncmp(setting, prefix, sizeof prefix - 1) != 0)
		return NULL;
	setting += sizeof prefix - 1;
	slash = strchr(setting, '/');
	*name = slice(setting, slash ? (size_t)(slash - setting) : 0);
	return slash ? slash + 1 : NULL;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static SievePlace place_called(const Testbed *bed, Slice name)
{
	const char *type = testbed_their_setting(
		bed, arena_printf(bed->arena, "%s%.*s/type", prefix, (int)name.length, name.data));

	if (type)
		return strcmp(type, "global") == 0 ? SIEVE_GLOBAL : SIEVE_PERSONAL;
	return name.length >= 6 && memcmp(name.data + name.length - 6, "global", 6) == 0 ? SIEVE_GLOBAL
											 : SIEVE_PERSONAL;
}

/* The setting in force that says where scripts of this kind are; NULL: none. */
static const TestSetting *find_place(const Testbed *bed, SievePlace place)
{
	for (size_t i = bed->in_force.count; i-- > 0;) {
		const TestSetting *setting = &bed->in_force.items[i];
		Slice name;
		const char *rest = setting_of_place(setting->name, &name);

		if (rest && ends_with(rest, "path") && place_called(bed, name) == place)
			return setting;
	}
	return NULL;
}

static const char *absolute(const Testbed *bed, const char *path)
{
	return *path == '/' ? path : arena_printf(bed->arena, "%s/%s", bed->directory, path);
}

/* ---- a file of keys and values ---- */

static Slice next_line(Slice *rest)
{
	const char *end = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	Slice line = slice(rest->data, end ? (size_t)(end - rest->data) : rest->length);

	*rest = slice_from(*rest, line.length + 1);
	return line;
}

/* The value of `key`: lines with keys and with values take turns. */
static bool find_value(Slice lines, const char *key, Slice *value)
{
	while (lines.length) {
		Slice found = next_line(&lines);

		*value = next_line(&lines);
		if (slice_equal(found, slice_of(key)))
			return true;
	}
	return false;
}

/* In a value a line end is written as two characters. */
static void append_value(Slice value, Text *out)
{
	for (size_t i = 0; i < value.length; i++) {
		bool escape = value.data[i] == '\1' && i + 1 < value.length;
		char c = escape ? value.data[++i] : value.data[i];

		if (escape)
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : '\1';
		text_append_char(out, c);
	}
}

/* The name leads to a number, and the number to the script. */
static SieveLoad load_from_file(const Testbed *bed, const char *path, const char *name, Text *source,
				Failure *why)
{
	AUTO_VALUE(Text) lines = { 0 };
	Slice id, script;

	if (!settings_read_script(path, &lines, why))
		return SIEVE_ABSENT;
	if (!find_value(text_slice(&lines), arena_printf(bed->arena, "priv/sieve/name/%s", name), &id) ||
	    !find_value(text_slice(&lines),
			arena_printf(bed->arena, "priv/sieve/data/%.*s", (int)id.length, id.data), &script))
		return SIEVE_ABSENT;
	append_value(script, source);
	return SIEVE_LOADED;
}

/* ---- directories ---- */

static bool read_from(const Testbed *bed, const char *directory, const char *name, Text *source)
{
	Failure unreadable = { 0 };

	return settings_read_script(arena_printf(bed->arena, "%s/%s.sieve", directory, name), source,
				    &unreadable);
}

/* Beside the tests, in a directory for it or not; then where the configuration says. */
static bool read_usual(const Testbed *bed, SievePlace place, const char *name, Text *source)
{
	bool global = place == SIEVE_GLOBAL;
	const char *own = global ? "included-global" : "included";
	const char *configured = global ? bed->config.sieve_global_dir
					: rules_expand(bed->config.sieve_dir, bed->options->user, bed->arena);

	return read_from(bed, arena_printf(bed->arena, "%s/%s", bed->directory, own), name, source) ||
	       read_from(bed, bed->directory, name, source) || read_from(bed, configured, name, source);
}

SieveLoad testbed_load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	const Testbed *bed = self;
	const TestSetting *setting = find_place(bed, place);

	if (!plan_folder_valid(slice_of(name))) {
		failure_retry(why, "a script cannot have this name");
		return SIEVE_REFUSED;
	}
	if (setting && strstr(setting->name, "/dict/"))
		return load_from_file(bed, absolute(bed, setting->value), name, source, why);
	if (setting ? read_from(bed, absolute(bed, setting->value), name, source)
		    : read_usual(bed, place, name, source))
		return SIEVE_LOADED;
	return SIEVE_ABSENT;
}
