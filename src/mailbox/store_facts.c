/* store_facts - what is known of folders besides their messages: ids and special uses
 * RFC 8474 (ids), RFC 6154 (special uses)
 *
 * What an IMAP server shows is what counts: Dovecot notes a folder's id in "dovecot-uidlist", and has special
 * uses from its configuration, as we have them from ours.  What it does not know stands in files of our own
 * (folder_file.h). */
#include "mailbox/store_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"
#include "mailbox/beneath.h"
#include "mailbox/dovecot_files.h"
#include "mailbox/folder_file.h"
#include "mailbox/folder_list.h"
#include "mailbox/folder_name.h"
#include "mailbox/side_file.h"

enum {
	PATIENCE_S = 5,
	UIDLIST_HEADER_BYTES = 512,
};

void store_facts_clear(StoreFacts *place)
{
	if (place->dir_fd >= 0)
		close(place->dir_fd);
	text_clear(&place->file);
}

/* ---- where the files are ---- */

static int open_beneath(Store *store, const char *relative, Failure *why)
{
	int fd = beneath_open_directory(store->root_fd, *relative ? relative : ".");

	if (fd < 0 && !store_error_means_missing(errno))
		failure_errno(why, "open '%s/%s'", store->location.root, relative);
	return fd;
}

static bool find_mbox_place(Store *store, const char *relative, StoreFacts *place, Failure *why)
{
	const char *slash = strrchr(relative, '/');
	auto_free char *directory = memory_copy_bytes(relative, slash ? (size_t)(slash - relative) : 0);

	place->dir_fd = open_beneath(store, directory, why);
	text_printf(&place->file, ".%s.%s", slash ? slash + 1 : relative, FOLDER_FILE);
	return why->kind == FAILURE_NONE;
}

bool store_facts_place(Store *store, const char *relative, StoreFacts *place, Failure *why)
{
	Failure ignored;
	bool missing;

	*place = (StoreFacts){ .dir_fd = -1 };
	*why = (Failure){ 0 };
	if (!store_open_root(store, false, &missing, why)) {
		if (missing)
			*why = (Failure){ 0 };
		return missing;
	}
	if (store->location.layout == STORE_MBOX)
		return find_mbox_place(store, *relative ? relative : "INBOX", place, why);
	text_append_string(&place->file, FOLDER_FILE);
	if (*relative || strcmp(store->location.inbox, store->location.root) == 0)
		place->dir_fd = open_beneath(store, relative, why);
	else
		place->dir_fd = directory_open(store->location.inbox, &ignored);
	return why->kind == FAILURE_NONE;
}

bool store_facts_of(Store *store, const char *folder, FolderPlace *found, StoreFacts *place, bool *exists,
		    Failure *why)
{
	bool asked = store_find(store, folder, found, why);

	*place = (StoreFacts){ .dir_fd = -1 };
	*exists = asked && found->exists;
	if (!*exists)
		return asked;
	return store_facts_place(store, text_string(&found->relative), place, why);
}

/* What will be as unreadable tomorrow says nothing: a link, a name that the file system cannot have, a
 * directory that may not be entered, what is no file. */
static bool is_lasting(int error)
{
	return error == EACCES || error == ENXIO || store_error_means_missing(error);
}

bool store_read_side_file(int dir_fd, const char *name, Text *content, Failure *why)
{
	if (dir_fd < 0 || side_file_read(dir_fd, name, content, why))
		return true;
	return is_lasting(why->error);
}

static bool read_facts(const StoreFacts *place, Text *content, Failure *why)
{
	return store_read_side_file(place->dir_fd, text_string(&place->file), content, why);
}

/* ---- special uses ---- */

/* The next "\Use=Folder" of the setting: the folder's name goes up to the next blank with a "\" behind it.
 * False at the end. */
static bool next_setting(Slice *rest, Slice *use, Slice *folder)
{
	const char *equals;
	size_t end = 0;

	*rest = ascii_trim(*rest);
	equals = rest->length ? memchr(rest->data, '=', rest->length) : NULL;
	if (!equals)
		return false;
	end = (size_t)(equals - rest->data) + 1;
	*use = ascii_trim(slice(rest->data, end - 1));
	while (end < rest->length && !(ascii_is_blank(rest->data[end - 1]) && rest->data[end] == '\\'))
		end++;
	*folder = ascii_trim(slice(equals + 1, end - (size_t)(equals + 1 - rest->data)));
	*rest = slice_from(*rest, end);
	return true;
}

bool store_check_special_use(const char *setting, Failure *why)
{
	Slice rest = slice_of(setting), use, folder;

	while (next_setting(&rest, &use, &folder))
		if (use.length < 2 || use.data[0] != '\\' || !folder.length)
			return failure_retry(why,
					     "special_use wants '\\Use=Folder \\Use=Folder ...', found '%s'",
					     setting);
	return !rest.length || failure_retry(why, "special_use wants '\\Use=Folder', found '%.*s'",
					     (int)rest.length, rest.data);
}

static bool same_folder(Store *store, const char *a, const FolderPlace *place, bool *same, Failure *why)
{
	FolderPlace other;
	bool asked = store_find(store, a, &other, why);

	*same = asked && other.exists && other.inbox == place->inbox &&
		strcmp(text_string(&other.relative), text_string(&place->relative)) == 0;
	text_clear(&other.relative);
	return asked;
}

/* Is one of its lines "use `use`"? */
static bool is_marked(Slice content, Slice use)
{
	size_t at = 0;
	Slice value;

	while (folder_file_next(content, SLICE("use"), &at, &value))
		if (ascii_equal_fold(value, use))
			return true;
	return false;
}

static bool has_use(Store *store, Slice use, const char *folder, bool *has, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	Slice rest = slice_of(store->settings.special_use), name, of;
	FolderPlace found;
	StoreFacts place;
	bool exists, good = store_facts_of(store, folder, &found, &place, &exists, why);

	*has = false;
	while (good && exists && !*has && next_setting(&rest, &of, &name)) {
		auto_free char *set = memory_copy_bytes(name.data, name.length);

		if (ascii_equal_fold(of, use))
			good = same_folder(store, set, &found, has, why);
	}
	if (good && exists && !*has && (good = read_facts(&place, &content, why)))
		*has = is_marked(text_slice(&content), use);
	store_facts_clear(&place);
	text_clear(&found.relative);
	return good;
}

/* The first folder of the setting that exists. */
static bool find_set_use(Store *store, Slice use, Text *name, Failure *why)
{
	Slice rest = slice_of(store->settings.special_use), folder, of;

	while (!name->length && next_setting(&rest, &of, &folder)) {
		auto_free char *set = memory_copy_bytes(folder.data, folder.length);
		bool exists;

		if (!ascii_equal_fold(of, use))
			continue;
		if (!store_folder_exists(store, set, &exists, why))
			return false;
		if (exists)
			text_append_string(name, set);
	}
	return true;
}

/* What is looked for in all folders, one after the other. */
typedef struct Search {
	Slice wanted;
	/* Is it the folder whose files are at `place`? */
	bool (*is_it)(const StoreFacts *place, Slice wanted, bool *found, Failure *why);
} Search;

static bool look_at(Store *store, const char *folder, const Search *search, bool *found, Failure *why)
{
	FolderPlace where;
	StoreFacts place;
	bool exists, good = store_facts_of(store, folder, &where, &place, &exists, why);

	*found = false;
	if (good && exists)
		good = search->is_it(&place, search->wanted, found, why);
	store_facts_clear(&place);
	text_clear(&where.relative);
	return good;
}

static bool search_all(Store *store, const Search *search, Text *name, Failure *why)
{
	AUTO_VALUE(FolderList) list = { 0 };
	bool found;

	if (!look_at(store, "INBOX", search, &found, why))
		return false;
	if (found) {
		text_append_string(name, "INBOX");
		return true;
	}
	if (!folder_list_read(&list, store, why))
		return false;
	for (size_t i = 0; i < list.count && !name->length; i++) {
		if (!look_at(store, list.names[i], search, &found, why))
			return false;
		if (found)
			text_append_string(name, list.names[i]);
	}
	return true;
}

static bool is_marked_place(const StoreFacts *place, Slice use, bool *found, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };

	if (!read_facts(place, &content, why))
		return false;
	*found = is_marked(text_slice(&content), use);
	return true;
}

bool store_special_use(Store *store, const char *use, const char *folder, bool *has, Text *name, Failure *why)
{
	const Search search = { slice_of(use), is_marked_place };
	bool good;

	if (folder) {
		good = has_use(store, slice_of(use), folder, has, why);
		if (good && *has)
			text_append_string(name, folder);
		return good;
	}
	good = find_set_use(store, slice_of(use), name, why) &&
	       (name->length || search_all(store, &search, name, why));
	*has = good && name->length;
	return good;
}

/* ---- ids ---- */

bool store_read_dovecot_id(int dir_fd, Text *id, Failure *why)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	char header[UIDLIST_HEADER_BYTES];
	auto_fd int fd = dir_fd < 0 ? -1 : openat(dir_fd, "dovecot-uidlist", flags);
	ssize_t got;

	if (fd < 0)
		return dir_fd < 0 || is_lasting(errno) || failure_errno(why, "open 'dovecot-uidlist'");
	got = io_read(fd, header, sizeof header);
	if (got < 0)
		return failure_errno(why, "read 'dovecot-uidlist'");
	text_append_slice(id, dovecot_uidlist_id(slice(header, (size_t)got)));
	return true;
}

/* The folder's id; empty when nobody gave it one. */
static bool read_id(const StoreFacts *place, Text *id, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	size_t at = 0;
	Slice value;

	if (strcmp(text_string(&place->file), FOLDER_FILE) == 0 &&
	    !store_read_dovecot_id(place->dir_fd, id, why))
		return false;
	if (id->length)
		return true;
	if (!read_facts(place, &content, why))
		return false;
	if (folder_file_next(text_slice(&content), SLICE("id"), &at, &value))
		text_append_slice(id, value);
	return true;
}

static bool has_id(const StoreFacts *place, Slice wanted, bool *found, Failure *why)
{
	AUTO_VALUE(Text) id = { 0 };

	if (!read_id(place, &id, why))
		return false;
	*found = slice_equal(text_slice(&id), wanted);
	return true;
}

bool store_mailbox_id(Store *store, const char *id, Text *name, Failure *why)
{
	const Search search = { slice_of(id), has_id };

	return !*id || search_all(store, &search, name, why);
}

/* ---- writing ---- */

bool store_change_facts(int dir_fd, const char *name, Slice key, const Slice *value, Failure *why)
{
	AUTO_VALUE(Text) old = { 0 };
	AUTO_VALUE(Text) new = { 0 };
	SideFile file;
	bool done;

	if (!side_file_lock(&file, dir_fd, name, PATIENCE_S, why))
		return false;
	done = side_file_read(dir_fd, name, &old, why);
	if (done)
		folder_file_set(text_slice(&old), key, value, &new);
	done = done && side_file_replace(&file, text_slice(&new), why);
	side_file_unlock(&file);
	return done;
}

bool store_mark_use(Store *store, const char *relative, const char *use, Failure *why)
{
	const Slice value = slice_of(use);
	StoreFacts place;
	bool done = store_facts_place(store, relative, &place, why);

	if (done && place.dir_fd < 0)
		done = failure_retry(why, "the folder '%s' is not there to be marked", relative);
	done = done && store_change_facts(place.dir_fd, text_string(&place.file), SLICE("use"), &value, why);
	store_facts_clear(&place);
	return done;
}
