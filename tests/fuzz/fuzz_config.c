/* A configuration that is accepted prints as one that sets the same, and one that is not names the place
 * (system/config.h). */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "fuzz.h"
#include "fuzz_json.h"
#include "system/config.h"

/* Reads `bytes` as a file. */
static bool read_bytes(Config *config, Slice bytes, Failure *why)
{
	auto_fd int fd = memfd_create("trommel.conf", MFD_CLOEXEC);
	char path[64];

	LAW(fd >= 0 && fchmod(fd, 0600) == 0 && io_write(fd, bytes.data, bytes.length));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return config_read(config, path, true, why);
}

/* The values without where they come from. */
static void print_values(const Config *config, Text *out)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) all = { 0 };

	config_describe(&all);
	for (Slice rest = text_slice(&all); rest.length;) {
		size_t name = strcspn(rest.data, "\t"), line = strcspn(rest.data, "\n");
		const char *value = config_get(config, arena_copy_bytes(arena, rest.data, name), arena);

		LAW(value != NULL);
		text_append(out, rest.data, name);
		text_append_char(out, '=');
		text_append_quoted(out, slice_of(value));
		text_append_char(out, '\n');
		rest = slice_from(rest, line + 1);
	}
}

static void look_at_printed(const Config *config)
{
	AUTO_VALUE(Config) again = { 0 };
	AUTO_VALUE(Text) printed = { 0 }, values = { 0 }, again_values = { 0 }, json = { 0 };
	Failure why = { 0 };

	config_init(&again);
	config_print(config, &printed);
	LAW(read_bytes(&again, text_slice(&printed), &why), "%s in\n%s", why.text, text_string(&printed));
	print_values(config, &values);
	print_values(&again, &again_values);
	LAW_SAME(text_slice(&again_values), text_slice(&values));
	config_print_json(config, &json);
	LAW(fuzz_json_is(text_slice(&json)), "%s", text_string(&json));
}

static void fuzz(Slice input)
{
	AUTO_VALUE(Config) config = { 0 };
	Failure why = { 0 };

	config_init(&config);
	if (read_bytes(&config, input, &why)) {
		look_at_printed(&config);
		return;
	}
	LAW(why.kind == FAILURE_RETRY && strncmp(why.text, "/proc/self/fd/", 14) == 0, "%s", why.text);
	for (const char *at = why.text; *at; at++)
		LAW(!ascii_is_control(*at), "%s", why.text);
}
