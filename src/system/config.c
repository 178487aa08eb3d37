#include "system/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/suggest.h"
#include "system/config_keys.h"
#include "system/endpoint.h"

enum {
	FILE_BYTES_MAX = 1024 * 1024,
	FOUND_BYTES_MAX = 60 /* of a wrong value, in an error */
};

struct ConfigSource {
	const char *file; /* NULL: built in, or the command line */
	unsigned line;    /* 0: the command line */
	bool is_set;
};

/* Where we are reading: in a line of a file, or on the command line (file is NULL). */
typedef struct Place {
	const char *file;
	unsigned line;
	const char *line_start;
} Place;

void config_init(Config *config)
{
	*config = config_defaults;
}

void config_clear(Config *config)
{
	arena_free(config->memory);
	*config = (Config){ 0 };
}

/* -- Errors -------------------------------------------------------------------------------------------- */

/* "file:line:column: ", or "-o: ".  A wrong command line is the caller's mistake, a wrong file the
 * system's. */
static bool wrong(const Place *place, const char *at, const Text *what, Failure *why)
{
	if (!place->file)
		return failure_set(why, FAILURE_USAGE, "4.3.5", "-o: %s", text_string(what));
	return failure_set(why, FAILURE_RETRY, "4.3.5", "%s:%u:%zu: %s", place->file, place->line,
			   (size_t)(at - place->line_start) + 1, text_string(what));
}

static void append_found(Text *out, Slice found)
{
	text_append_char(out, '\'');
	printable_append(out, found, FOUND_BYTES_MAX);
	text_append_char(out, '\'');
}

static bool wrong_value(const Place *place, const ConfigKey *key, Slice found, Failure *why)
{
	AUTO_VALUE(Text) what = { 0 };

	text_printf(&what, "%s wants ", key->name);
	config_wanted_text(key, &what);
	text_append_string(&what, ", found ");
	append_found(&what, found);
	return wrong(place, found.data, &what, why);
}

static bool unknown_key(const Place *place, Slice found, Failure *why)
{
	const char *names[CONFIG_KEYS_MAX] = { NULL }, *nearest;
	AUTO_VALUE(Text) what = { 0 };

	for (size_t i = 0; config_keys[i].name; i++)
		names[i] = config_keys[i].name;
	text_append_string(&what, "unknown setting ");
	append_found(&what, found);
	nearest = suggest_nearest(found, names);
	if (nearest)
		text_printf(&what, ", did you mean '%s'?", nearest);
	return wrong(place, found.data, &what, why);
}

static bool wrong_text(const Place *place, const char *at, const char *text, Failure *why)
{
	AUTO_VALUE(Text) what = { 0 };

	text_append_string(&what, text);
	return wrong(place, at, &what, why);
}

/* -- Values -------------------------------------------------------------------------------------------- */

static bool read_number(Slice digits, const ConfigKey *key, unsigned *number)
{
	uint64_t value;

	if (!ascii_read_number(digits, key->most, &value) || value < key->least)
		return false;
	*number = (unsigned)value;
	return true;
}

static bool read_bool(Slice word, bool *value)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "yes", true }, { "no", false },  { "true", true }, { "false", false },
		      { "on", true },  { "off", false }, { "1", true },    { "0", false } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (ascii_equal_fold_string(word, words[i].word)) {
			*value = words[i].value;
			return true;
		}
	return false;
}

/* The position of `word` among the choices, or -1. */
static int choice_of(const ConfigKey *key, Slice word)
{
	for (int i = 0; key->choices[i]; i++)
		if (slice_equal(word, slice_of(key->choices[i])))
			return i;
	return -1;
}

static bool are_choices(const ConfigKey *key, Slice words)
{
	unsigned seen = 0;

	while ((words = ascii_trim(words)).length) {
		Slice word = words;
		int choice;

		word.length = 0;
		while (word.length < words.length && !ascii_is_space(word.data[word.length]))
			word.length++;
		choice = choice_of(key, word);
		if (choice < 0 || (seen & 1U << choice))
			return false;
		seen |= 1U << choice;
		words = slice_from(words, word.length);
	}
	return seen != 0;
}

/* "<a@example.org>": whether that is an address is seen where mail is sent. */
static bool is_bracketed(Slice value)
{
	const char *at = value.length > 2 ? memchr(value.data, '@', value.length) : NULL;

	for (size_t i = 0; i < value.length; i++)
		if (ascii_is_space(value.data[i]))
			return false;
	return at && value.data[0] == '<' && value.data[value.length - 1] == '>';
}

/* The rest is read where it is used: "~" and "%u" depend on the recipient. */
static bool is_good_text(const ConfigKey *key, Slice value)
{
	switch (key->type) {
	case CONFIG_STRING:
		return !key->shape || value.length == 0 || key->shape->fits(value);
	case CONFIG_CHOICE:
		return choice_of(key, value) >= 0;
	case CONFIG_SENDER:
		return choice_of(key, value) >= 0 || is_bracketed(value);
	case CONFIG_ENDPOINT:
		return value.length == 0 || endpoint_parse(value, &(Endpoint){ 0 });
	case CONFIG_CHOICES:
		return are_choices(key, value);
	case CONFIG_PATH_OF_USER:
		return value.length == 0 || value.data[0] == '/' || slice_equal(value, SLICE("~")) ||
		       (value.length > 1 && memcmp(value.data, "~/", 2) == 0);
	case CONFIG_PATH_OF_SYSTEM:
		return value.length ? value.data[0] == '/' : true;
	default:
		return true;
	}
}

static bool store(Config *config, const ConfigKey *key, Slice value)
{
	char *field = (char *)config + key->offset;

	if (key->type == CONFIG_BOOL)
		return read_bool(value, (bool *)field);
	if (key->type == CONFIG_NUMBER) {
		unsigned number;

		if (!read_number(value, key, &number))
			return false;
		*(unsigned *)(void *)field = number;
		return true;
	}
	if (!is_good_text(key, value))
		return false;
	*(const char **)(void *)field = arena_copy_bytes(config->memory, value.data, value.length);
	return true;
}

/* -- Lines --------------------------------------------------------------------------------------------- */

static const ConfigKey *find_key(Slice name)
{
	for (const ConfigKey *key = config_keys; key->name; key++)
		if (slice_equal(name, slice_of(key->name)))
			return key;
	return NULL;
}

static void prepare(Config *config)
{
	if (config->memory)
		return;
	config->memory = arena_new();
	config->sources = arena_zeroed(config->memory, CONFIG_KEYS_MAX, sizeof *config->sources);
}

/* A setting that stands twice in one file: which one was meant, nobody can know. */
static bool is_repeated(const struct ConfigSource *source, const Place *place, const ConfigKey *key,
			const char *at, Failure *why)
{
	AUTO_VALUE(Text) what = { 0 };

	if (!place->file || source->file != place->file)
		return false;
	text_printf(&what, "%s is set in line %u already", key->name, source->line);
	wrong(place, at, &what, why);
	return true;
}

static bool set(Config *config, const Place *place, Slice name, Slice value, Slice found, Failure *why)
{
	const ConfigKey *key = find_key(name);
	struct ConfigSource *source;

	if (!key)
		return unknown_key(place, name, why);
	prepare(config);
	source = &config->sources[key - config_keys];
	if (is_repeated(source, place, key, name.data, why))
		return false;
	if (!store(config, key, value))
		return wrong_value(place, key, found, why);
	*source = (struct ConfigSource){ place->file, place->line, true };
	return true;
}

/* Undoes the quotes of `raw` (which begins with one) into `value`.  Behind them may stand a comment. */
static bool unquote(const Place *place, Slice raw, Text *value, Failure *why)
{
	Slice rest;
	size_t i;

	for (i = 1; i < raw.length && raw.data[i] != '"'; i++) {
		if (raw.data[i] == '\\' && i + 1 < raw.length)
			i++;
		text_append_char(value, raw.data[i]);
	}
	if (i >= raw.length)
		return wrong_text(place, raw.data, "the quote is never closed", why);
	rest = ascii_trim(slice_from(raw, i + 1));
	if (rest.length && rest.data[0] != '#')
		return wrong_text(place, rest.data, "nothing but a comment may follow the closing quote",
				  why);
	return true;
}

/* A "#" behind a blank begins a comment; within a word it is none. */
static Slice without_comment(Slice raw)
{
	for (size_t i = 0; i < raw.length; i++)
		if (raw.data[i] == '#' && (i == 0 || ascii_is_blank(raw.data[i - 1])))
			return ascii_trim(slice(raw.data, i));
	return raw;
}

static bool is_unprintable(Slice line, size_t *at)
{
	for (*at = 0; *at < line.length; ++*at)
		if (ascii_is_control(line.data[*at]) && line.data[*at] != '\t')
			return true;
	return false;
}

static bool read_line(Config *config, const Place *place, Slice line, Failure *why)
{
	AUTO_VALUE(Text) unquoted = { 0 };
	const char *equals;
	Slice name, raw;
	size_t at;

	line = ascii_trim(line);
	if (line.length == 0 || line.data[0] == '#')
		return true;
	if (is_unprintable(line, &at))
		return wrong_text(place, line.data + at, "a control character stands here", why);
	equals = memchr(line.data, '=', line.length);
	if (!equals)
		return wrong_text(place, line.data + line.length, "'=' is missing: a line is 'key = value'",
				  why);
	name = ascii_trim(slice(line.data, (size_t)(equals - line.data)));
	raw = ascii_trim(slice_from(line, (size_t)(equals - line.data) + 1));
	if (raw.length && raw.data[0] == '"') {
		if (!unquote(place, raw, &unquoted, why))
			return false;
		return set(config, place, name, text_slice(&unquoted), raw, why);
	}
	raw = without_comment(raw);
	return set(config, place, name, raw, raw, why);
}

static bool read_lines(Config *config, const char *file, Slice bytes, Failure *why)
{
	Place place = { .file = file };

	while (bytes.length) {
		const char *end = memchr(bytes.data, '\n', bytes.length);
		Slice line = slice(bytes.data, end ? (size_t)(end - bytes.data) : bytes.length);

		place.line++;
		place.line_start = line.data;
		if (!read_line(config, &place, line, why))
			return false;
		bytes = slice_from(bytes, line.length + 1);
	}
	return true;
}

/* -- The file ------------------------------------------------------------------------------------------ */

/* Whoever can write it decides about everybody's mail. */
static bool is_trusted(int fd, const char *path, Failure *why)
{
	struct stat file;

	if (fstat(fd, &file) < 0)
		return failure_errno(why, "read '%s'", path);
	if (!S_ISREG(file.st_mode))
		return failure_retry(why, "'%s' is not a file", path);
	if (file.st_uid != 0 && file.st_uid != geteuid())
		return failure_retry(why, "'%s' belongs to uid %lu; 'chown root %s' mends it", path,
				     (unsigned long)file.st_uid, path);
	if (file.st_mode & (S_IWGRP | S_IWOTH))
		return failure_retry(why, "'%s' can be written by others; 'chmod go-w %s' mends it", path,
				     path);
	return true;
}

bool config_read(Config *config, const char *path, bool required, Failure *why)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	AUTO_VALUE(Text) bytes = { 0 };

	if (fd < 0 && errno == ENOENT && !required)
		return true;
	if (fd < 0)
		return failure_errno(why, "open the configuration '%s'", path);
	if (!is_trusted(fd, path, why) || !io_read_file(fd, path, FILE_BYTES_MAX, &bytes, why))
		return false;
	prepare(config);
	return read_lines(config, arena_copy_string(config->memory, path), text_slice(&bytes), why);
}

bool config_set(Config *config, const char *assignment, Failure *why)
{
	const char *equals = strchr(assignment, '=');
	Place place = { .line_start = assignment };
	AUTO_VALUE(Text) what = { 0 };
	Slice name, value;

	if (!equals) {
		append_found(&what, slice_of(assignment));
		text_append_string(&what, " is not KEY=VALUE");
		return wrong(&place, assignment, &what, why);
	}
	name = ascii_trim(slice(assignment, (size_t)(equals - assignment)));
	value = ascii_trim(slice_of(equals + 1));
	return set(config, &place, name, value, value, why);
}

/* -- What is in force ---------------------------------------------------------------------------------- */

static const struct ConfigSource *source_of(const Config *config, const ConfigKey *key)
{
	static const struct ConfigSource built_in;

	return config->sources ? &config->sources[key - config_keys] : &built_in;
}

static void append_origin(Text *out, const struct ConfigSource *source)
{
	if (source->file)
		text_printf(out, "%s:%u", source->file, source->line);
	else
		text_append_string(out, source->is_set ? "-o" : "built in");
}

void config_origin(const Config *config, const char *name, Text *out)
{
	append_origin(out, source_of(config, find_key(slice_of(name))));
}

const char *config_get(const Config *config, const char *name, Arena *arena)
{
	const ConfigKey *key = find_key(slice_of(name));
	const char *field = key ? (const char *)config + key->offset : NULL;

	if (!key)
		return NULL;
	if (key->type == CONFIG_BOOL)
		return *(const bool *)field ? "yes" : "no";
	if (key->type == CONFIG_NUMBER)
		return arena_printf(arena, "%u", *(const unsigned *)(const void *)field);
	return *(const char *const *)(const void *)field;
}

void config_print(const Config *config, Text *out)
{
	for (const ConfigKey *key = config_keys; key->name; key++) {
		size_t start = out->length;

		if (key->section)
			text_printf(out, "%s# %s\n", start ? "\n" : "", key->section);
		start = out->length;
		text_printf(out, "%s = ", key->name);
		config_value_text(config, key, out);
		/* Comments in one column, as far as the values let them. */
		do
			text_append_char(out, ' ');
		while (out->length - start < 44);
		text_append_string(out, "# ");
		append_origin(out, source_of(config, key));
		text_append_char(out, '\n');
	}
}

static void print_json_value(const Config *config, const ConfigKey *key, Text *out)
{
	const char *field = (const char *)config + key->offset;

	if (key->type == CONFIG_BOOL)
		json_field_bool(out, "value", *(const bool *)field);
	else if (key->type == CONFIG_NUMBER)
		json_field_number(out, "value", *(const unsigned *)(const void *)field);
	else
		json_field_string(out, "value", *(const char *const *)(const void *)field);
}

void config_print_json(const Config *config, Text *out)
{
	text_append_char(out, '[');
	for (const ConfigKey *key = config_keys; key->name; key++) {
		const struct ConfigSource *source = source_of(config, key);

		text_append_string(out, key == config_keys ? "\n  {" : ",\n  {");
		json_field_string(out, "key", key->name);
		print_json_value(config, key, out);
		json_field_string(out, "origin",
				  source->file     ? source->file
				  : source->is_set ? "-o"
						   : "built in");
		if (source->file)
			json_field_number(out, "line", source->line);
		text_append_char(out, '}');
	}
	text_append_string(out, "\n]\n");
}

void config_describe(Text *out)
{
	const char *section = "";

	for (const ConfigKey *key = config_keys; key->name; key++) {
		section = key->section ? key->section : section;
		text_printf(out, "%s\t", key->name);
		config_wanted_text(key, out);
		text_append_char(out, '\t');
		config_value_text(&config_defaults, key, out);
		text_printf(out, "\t%s\t%s\n", section, key->help);
	}
}
