/* store_metadata - annotations of folders and of the server
 * RFC 5464
 *
 * Those that IMAP clients have made stand in Dovecot's dictionary "dovecot-attributes" beside the inbox,
 * under the ids of their folders; what is not there stands in files of our own. */
#include "base/ascii.h"
#include "mailbox/dovecot_files.h"
#include "mailbox/folder_file.h"
#include "mailbox/store_facts.h"

/* The server's are kept with the inbox. */
static bool ask_dovecot(Store *store, const StoreFacts *place, const char *entry, bool of_server,
			bool *is_set, Text *value, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	AUTO_VALUE(Text) id = { 0 };
	AUTO_VALUE(Text) key = { 0 };

	if (store->location.layout == STORE_MBOX)
		return true;
	if (!store_read_side_file(store->root_fd, "dovecot-attributes", &content, why) ||
	    (content.length && !store_read_dovecot_id(place->dir_fd, &id, why)))
		return false;
	if (!id.length)
		return true;
	dovecot_attribute_key(text_slice(&id), entry, of_server, &key);
	*is_set = dovecot_attribute_find(text_slice(&content), text_slice(&key), value);
	return true;
}

static void find_in_facts(Slice content, const char *entry, bool *is_set, Text *value)
{
	Slice found;
	size_t at = 0;

	*is_set = folder_file_next(content, slice_of(entry), &at, &found);
	if (*is_set)
		folder_file_unescape(found, value);
}

/* RFC 5464, section 3: which names are names. */
bool store_annotation_valid(Slice entry)
{
	if (!ascii_starts_with_fold(entry, "/private/") && !ascii_starts_with_fold(entry, "/shared/"))
		return false;
	for (size_t i = 0; i < entry.length; i++)
		if (entry.data[i] <= ' ' || entry.data[i] > '~' || entry.data[i] == '*' ||
		    entry.data[i] == '%' ||
		    (entry.data[i] == '/' && (i + 1 == entry.length || entry.data[i + 1] == '/')))
			return false;
	return true;
}

/* The file that has the server's annotations is in the mail root. */
static bool find_server_place(Store *store, StoreFacts *place, Failure *why)
{
	if (!store_facts_place(store, "", place, why))
		return false;
	text_reset(&place->file);
	text_append_string(&place->file, FOLDER_FILE_SERVER);
	return true;
}

static bool find_annotated(Store *store, const char *folder, StoreFacts *place, bool *exists, Failure *why)
{
	FolderPlace found;
	bool good;

	*exists = true;
	if (!folder)
		return find_server_place(store, place, why);
	good = store_facts_of(store, folder, &found, place, exists, why);
	text_clear(&found.relative);
	return good;
}

static int facts_dir(const Store *store, const StoreFacts *place, bool of_server)
{
	return of_server ? store->root_fd : place->dir_fd;
}

bool store_metadata(Store *store, const char *folder, const char *entry, bool *is_set, Text *value,
		    Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	StoreFacts place;
	bool exists, good = find_annotated(store, folder, &place, &exists, why);

	*is_set = false;
	if (good && exists && store_annotation_valid(slice_of(entry))) {
		good = ask_dovecot(store, &place, entry, !folder, is_set, value, why) &&
		       (*is_set || store_read_side_file(facts_dir(store, &place, !folder),
							text_string(&place.file), &content, why));
		if (good && !*is_set)
			find_in_facts(text_slice(&content), entry, is_set, value);
	}
	store_facts_clear(&place);
	return good;
}

bool store_set_metadata(Store *store, const char *folder, const char *entry, const Slice *value, Failure *why)
{
	AUTO_VALUE(Text) escaped = { 0 };
	StoreFacts place = { .dir_fd = -1 };
	Slice line;
	bool missing, exists = false, done = store_open_root(store, true, &missing, why);

	done = done && find_annotated(store, folder, &place, &exists, why);
	if (done && (!exists || facts_dir(store, &place, !folder) < 0))
		done = failure_retry(why, "there is no folder '%s' to annotate", folder ? folder : "");
	if (done && !store_annotation_valid(slice_of(entry)))
		done = failure_retry(why, "'%s' is no name of an annotation", entry);
	if (value)
		folder_file_escape(*value, &escaped);
	line = text_slice(&escaped);
	done = done && store_change_facts(facts_dir(store, &place, !folder), text_string(&place.file),
					  slice_of(entry), value ? &line : NULL, why);
	store_facts_clear(&place);
	return done;
}
