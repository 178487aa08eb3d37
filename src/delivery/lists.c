#include "delivery/lists.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/io.h"
#include "delivery/rules.h"
#include "plan/limits.h"
#include "plan/plan.h"
#include "state/sqlite.h"
#include "system/module.h"
#include "system/trust.h"

enum {
	LIST_BYTES_MAX = 64 * 1024 * 1024,
	/* Looks from the beginning to the end: a message with thousands of addresses asks for each of them.
	 */
	LOOKS_MAX = 8
};

#define URN      "urn:ietf:params:sieve:"
#define ADDRBOOK "addrbook:"

/* A file that was read. */
typedef struct ListFile {
	const char *path;
	Slice bytes;
	bool absent;
	unsigned looks;
	/* Made when it is looked for too often: of each entry where it stands, and one more, by its hash; 0
	 * is none. */
	uint32_t *places;
	size_t mask;
	struct ListFile *next;
} ListFile;

/* Where a list is kept. */
typedef struct Source {
	enum {
		SOURCE_NONE,
		SOURCE_EMPTY, /* the address book "default" of a user who has none */
		SOURCE_FILE,
		SOURCE_DATABASE
	} kind;
	const char *path, *query;
} Source;

/* ---- names ---- */

static int hex_pair(const char *at)
{
	int high = ascii_hex_value(at[0]), low = high < 0 ? -1 : ascii_hex_value(at[1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* Without percent encoding and with the URN's prefix in place of a colon; "" for what is no name. */
static const char *normal_name(Slice name, Arena *arena)
{
	bool is_short = name.length && name.data[0] == ':';
	AUTO_VALUE(Text) out = { 0 };

	if (is_short) {
		text_append_string(&out, URN);
		name = slice_from(name, 1);
	}
	for (size_t i = 0; i < name.length; i++) {
		int byte = name.data[i] == '%' && i + 2 < name.length ? hex_pair(name.data + i + 1) : -1;

		text_append_char(&out, byte >= 0 ? (char)byte : name.data[i]);
		i += byte >= 0 ? 2 : 0;
	}
	return out.length && !memchr(out.data, '\0', out.length) ? arena_copy_string(arena, out.data) : "";
}

/* The part of `name` that names an address book, or NULL. */
static const char *address_book(const char *name)
{
	if (!ascii_starts_with_fold(slice_of(name), URN ADDRBOOK))
		return NULL;
	return name + strlen(URN ADDRBOOK);
}

static bool same_name(const char *a, const char *b)
{
	const char *book = address_book(a), *other = address_book(b);

	if (!book || !other)
		return strcmp(a, b) == 0;
	return strcmp(book, other) == 0 ||
	       (ascii_strings_equal_fold(book, "default") && ascii_strings_equal_fold(other, "default"));
}

/* ---- where lists are kept ---- */

static const char *expand_path(const Lists *lists, Slice path)
{
	path = ascii_trim(path);
	if (path.length > 1 && path.data[0] == '~' && path.data[1] == '/')
		return arena_printf(lists->arena, "%s%.*s", lists->home, (int)path.length - 1, path.data + 1);
	return arena_copy_bytes(lists->arena, path.data, path.length);
}

static Source read_source(const Lists *lists, Slice text)
{
	Slice rest;
	const char *blank;

	text = ascii_trim(text);
	if (!ascii_starts_with_fold(text, "sqlite:"))
		return (Source){ SOURCE_FILE, expand_path(lists, text), NULL };
	rest = slice_from(text, strlen("sqlite:"));
	blank = memchr(rest.data, ' ', rest.length);
	if (!blank)
		return (Source){ SOURCE_NONE, NULL, NULL };
	return (Source){ SOURCE_DATABASE, expand_path(lists, slice(rest.data, (size_t)(blank - rest.data))),
			 arena_copy_slice(lists->arena, slice_from(rest, (size_t)(blank - rest.data))).data };
}

/* What the setting says of `name`. */
static Source find_setting(const Lists *lists, const char *name)
{
	Slice rest = slice_of(lists->setting);

	while (rest.length) {
		const char *end = memchr(rest.data, ';', rest.length);
		Slice entry = end ? slice(rest.data, (size_t)(end - rest.data)) : rest;
		const char *equals = memchr(entry.data, '=', entry.length);

		if (equals &&
		    same_name(normal_name(ascii_trim(slice(entry.data, (size_t)(equals - entry.data))),
					  lists->arena),
			      name))
			return read_source(lists, slice_from(entry, (size_t)(equals - entry.data) + 1));
		rest = slice_from(rest, entry.length + (end != NULL));
	}
	return (Source){ SOURCE_NONE, NULL, NULL };
}

/* Reads a file once; NULL and `why` when it cannot be read just now. */
static ListFile *read_list(Lists *lists, const char *path, Failure *why)
{
	AUTO_VALUE(Text) bytes = { 0 };
	auto_fd int fd = -1;
	ListFile *file = lists->files;

	while (file && strcmp(file->path, path) != 0)
		file = file->next;
	if (file)
		return file;
	file = ARENA_NEW(lists->arena, ListFile);
	file->path = path;
	switch (trusted_open(path, lists->owner, &fd, why)) {
	case TRUST_OK:
		if (!io_read_file(fd, path, LIST_BYTES_MAX, &bytes, why))
			return NULL;
		break;
	case TRUST_ABSENT:
		file->absent = true;
		break;
	case TRUST_REFUSED:
	case TRUST_UNREADABLE:
		return NULL;
	}
	file->bytes = arena_copy_slice(lists->arena, text_slice(&bytes));
	file->next = lists->files;
	return lists->files = file;
}

/* A file of the user's own. */
static bool find_book(Lists *lists, const char *book, Source *source, Failure *why)
{
	bool is_default = ascii_strings_equal_fold(book, "default");
	const ListFile *file;

	if (is_default)
		book = "default";
	*source = (Source){ .kind = is_default ? SOURCE_EMPTY : SOURCE_NONE };
	if (!*lists->directory || !plan_folder_valid(slice_of(book)) || strchr(book, '/'))
		return true;
	source->path = arena_printf(lists->arena, "%s/%s", lists->directory, book);
	file = read_list(lists, source->path, why);
	if (file && !file->absent)
		source->kind = SOURCE_FILE;
	return file != NULL;
}

static bool find_source(Lists *lists, Slice name, Source *source, Failure *why)
{
	const char *normal = normal_name(name, lists->arena);
	const char *book = address_book(normal);

	*source = find_setting(lists, normal);
	return source->kind != SOURCE_NONE || !book || find_book(lists, book, source, why);
}

/* ---- what is on them ---- */

/* The next entry of a file; false at its end. */
static bool next_entry(Slice *rest, Slice *entry)
{
	while (rest->length) {
		const char *end = memchr(rest->data, '\n', rest->length);
		size_t length = end ? (size_t)(end - rest->data) : rest->length;

		*entry = ascii_trim(slice(rest->data, length));
		*rest = slice_from(*rest, length + (end != NULL));
		if (entry->length && entry->data[0] != '#')
			return true;
	}
	return false;
}

/* What is looked for, or gathered. */
typedef struct Looking {
	Slice value; /* data NULL: every entry is wanted, a line each */
	Answer *answer;
	bool too_many;
} Looking;

static bool take_entry(void *self, Slice entry)
{
	Looking *looking = self;
	Text *bytes = &looking->answer->bytes;

	if (looking->value.data) {
		if (entry.length != looking->value.length || !ascii_equal_fold(entry, looking->value))
			return true;
		looking->answer->yes = true;
		text_append_slice(bytes, entry);
		return false;
	}
	looking->too_many = bytes->length + entry.length + 1 > LIMIT_TEXT_LENGTH;
	if (looking->too_many)
		return false;
	text_append_slice(bytes, entry);
	text_append_char(bytes, '\n');
	return true;
}

static size_t hash_of(Slice entry)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < entry.length; i++)
		hash = (hash ^ (unsigned char)ascii_lower(entry.data[i])) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

static Slice entry_at(const ListFile *file, size_t at)
{
	Slice rest = slice_from(file->bytes, file->places[at] - 1), entry = { 0 };

	next_entry(&rest, &entry);
	return entry;
}

/* Where `entry`, or one that is alike, has its place, or would have it. */
static size_t place_of(const ListFile *file, Slice entry)
{
	size_t at = hash_of(entry) & file->mask;

	while (file->places[at] && !ascii_equal_fold(entry_at(file, at), entry))
		at = (at + 1) & file->mask;
	return at;
}

/* Of those that are alike the first has a place: a list may hold one thing many times. */
static void make_places(ListFile *file, Arena *arena)
{
	Slice rest = file->bytes, entry;
	size_t count = 0, size = 16;

	while (next_entry(&rest, &entry))
		count++;
	while (size < 2 * count)
		size *= 2;
	file->places = arena_zeroed(arena, size, sizeof *file->places);
	file->mask = size - 1;
	for (rest = file->bytes; next_entry(&rest, &entry);) {
		size_t at = place_of(file, entry);

		if (!file->places[at])
			file->places[at] = (uint32_t)(entry.data - file->bytes.data) + 1;
	}
}

static void look_at_places(const ListFile *file, Looking *looking)
{
	size_t at = place_of(file, looking->value);

	if (file->places[at])
		take_entry(looking, entry_at(file, at));
}

static void look_at_all(const ListFile *file, Looking *looking)
{
	Slice rest = file->bytes, entry;

	while (next_entry(&rest, &entry) && take_entry(looking, entry))
		continue;
}

static bool look_in_file(Lists *lists, const char *path, Looking *looking, Failure *why)
{
	ListFile *file = read_list(lists, path, why);

	if (!file)
		return false;
	if (file->absent)
		return failure_retry(why, "the list '%s' is not there", path);
	if (looking->value.data && !file->places && ++file->looks > LOOKS_MAX)
		make_places(file, lists->arena);
	if (looking->value.data && file->places)
		look_at_places(file, looking);
	else
		look_at_all(file, looking);
	return true;
}

static const SqliteModule *open_module(Failure *why)
{
	const SqliteModule *module = module_open("sqlite", SQLITE_MODULE_SYMBOL, why);

	if (module && module->version != SQLITE_MODULE_VERSION) {
		failure_retry(why, "the sqlite module is of another version than this program");
		return NULL;
	}
	return module;
}

/* The rows of a query that was asked with the value are the list's entries for it. */
static bool take_row(void *self, Slice row)
{
	Looking *looking = self;

	looking->answer->yes = true;
	text_append_slice(&looking->answer->bytes, row);
	return false;
}

static bool look_in_database(const Lists *lists, const Source *source, Looking *looking, Failure *why)
{
	const SqliteModule *module = open_module(why);
	const Slice values[] = { looking->value, slice_of(lists->user) };
	size_t count;

	if (!module || !module->parameters(source->path, source->query, &count, why))
		return false;
	if (count == 0)
		return module->select(source->path, source->query, NULL, 0, take_entry, looking, why);
	if (!looking->value.data) {
		looking->too_many = true; /* it can be asked for one value, not for all */
		return true;
	}
	return module->select(source->path, source->query, values, count < 2 ? count : 2, take_row, looking,
			      why);
}

static bool look(Lists *lists, const Source *source, Looking *looking, Failure *why)
{
	switch (source->kind) {
	case SOURCE_FILE:
		return look_in_file(lists, source->path, looking, why);
	case SOURCE_DATABASE:
		return look_in_database(lists, source, looking, why);
	default:
		return true;
	}
}

void lists_preload(Lists *lists, const char *path, Slice entries)
{
	ListFile *file = ARENA_NEW(lists->arena, ListFile);

	*file = (ListFile){ .path = path, .bytes = entries, .next = lists->files };
	lists->files = file;
}

Lists lists_of(const Config *config, const User *user, Arena *arena)
{
	return (Lists){ .setting = config->lists,
			.directory = rules_expand(config->lists_dir, user, arena),
			.home = user->home,
			.user = user->name,
			.owner = user->uid,
			.arena = arena };
}

bool lists_answer(Lists *lists, const Question *question, Answer *answer, Failure *why)
{
	Looking looking = { .answer = answer };
	Source source;

	if (!find_source(lists, question->arguments[0], &source, why))
		return false;
	if (question->kind == ASK_LIST_KNOWN) {
		answer->yes = source.kind != SOURCE_NONE;
		return true;
	}
	if (question->kind == ASK_LIST)
		looking.value = ascii_trim(question->arguments[1]);
	if (!look(lists, &source, &looking, why))
		return false;
	if (question->kind == ASK_LIST_ALL)
		answer->yes = source.kind != SOURCE_NONE && !looking.too_many;
	return true;
}
