/* filing - one copy of a message on its way into a folder, whatever the folder is */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/panic.h"
#include "mailbox/beneath.h"
#include "mailbox/filing_internal.h"
#include "mailbox/flags.h"
#include "mailbox/keywords.h"
#include "mailbox/store.h"
#include "mailbox/store_internal.h"
#include "system/trust.h"
#include "system/undo.h"

enum {
	KEYWORDS_PATIENCE_S = 5,
};

/* ---- Maildir ---- */

/* A new folder: ".Lists.Work" with its mark, or nested directories.  Its use is noted before it looks like a
 * folder to anybody. */
static bool make_maildir_folder(Store *store, const char *relative, const char *path, const char *use,
				Failure *why)
{
	auto_fd int fd = -1;

	if (!beneath_make_directories(store->root_fd, relative))
		return failure_errno(why, "make the folder '%s'", path);
	fd = beneath_open_directory(store->root_fd, relative);
	if (fd < 0)
		return failure_errno(why, "open the folder '%s'", path);
	if (use && !store_mark_use(store, relative, use, why))
		return false;
	if (store->location.layout == STORE_MAILDIR) {
		auto_fd int mark = openat(fd, "maildirfolder",
					  O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

		if (mark < 0)
			return failure_errno(why, "make '%s/maildirfolder'", path);
	}
	if (!maildir_make(fd, path, why))
		return false;
	store_subscribe(store, relative);
	return true;
}

static int open_maildir(Store *store, const FolderPlace *place, const char *path, bool *missing, Failure *why)
{
	int fd;

	if (place->inbox)
		return store_open_inbox(store, why);
	fd = beneath_open_directory(store->root_fd, text_string(&place->relative));
	if (fd < 0) {
		*missing = store_error_means_missing(errno);
		failure_errno(why, "open the folder '%s'", path);
	}
	return fd;
}

/* A keyword that cannot be kept is no reason to keep the message waiting (RFC 5232, section 2). */
static void make_letters(Filing *filing, int folder_fd, const FilingOptions *options, Text *letters)
{
	const KeywordsContext context = { filing->store->settings.machine, KEYWORDS_PATIENCE_S };
	Failure why;

	flags_maildir(options->flags, options->flag_count, letters);
	if (!keywords_letters(folder_fd, options->flags, options->flag_count, &context, letters, &why))
		filing->note = memory_copy_string(why.text);
}

/* A folder that never can take it must not keep the message waiting: the inbox does. */
static bool may_be_published(const Filing *filing, Failure *why)
{
	const MaildirDraft *draft = &filing->draft;

	return faccessat(draft->target_fd, ".", W_OK | X_OK, 0) == 0 || (errno != EACCES && errno != EROFS) ||
	       failure_errno(why, "file into '%s/%s'", filing->path, draft->target);
}

static bool prepare_maildir(Filing *filing, const FolderPlace *place, const FilingOptions *options,
			    bool *missing, Failure *why)
{
	AUTO_VALUE(Text) letters = { 0 };
	int folder_fd = open_maildir(filing->store, place, filing->path, missing, why);

	if (folder_fd < 0)
		return false;
	if (options->flag_count)
		make_letters(filing, folder_fd, options, &letters);
	return maildir_prepare(&filing->draft, filing->store, folder_fd, filing->path, &filing->image,
			       text_slice(&letters), options->received, why) &&
	       (place->inbox || may_be_published(filing, why));
}

/* ---- mbox ---- */

/* Where the last slash of a relative name is: what is before it are directories. */
static size_t directories_length(const char *relative)
{
	const char *slash = strrchr(relative, '/');

	return slash ? (size_t)(slash - relative) : 0;
}

static bool make_mbox_directories(Store *store, const char *relative, const char *path, const char *use,
				  Failure *why)
{
	auto_free char *directories = memory_copy_bytes(relative, directories_length(relative));

	if (*directories && !beneath_make_directories(store->root_fd, directories)) {
		failure_errno(why, "make the directories of '%s'", path);
		return why->error == ENOTDIR ? failure_add(why, "an mbox can have no folders in it") : false;
	}
	return !use || store_mark_use(store, relative, use, why);
}

/* Whose a directory is can take away what is in it, whoever owns that: a spool is root's, the recipient's, or
 * of one whom the site has let have it. */
static bool check_spool(const Store *store, int fd, const char *directory, Failure *why)
{
	const StoreSettings *settings = &store->settings;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return failure_errno(why, "look at '%s'", directory);
	return status.st_uid == 0 || status.st_uid == settings->uid ||
	       trusted_place(directory, fd, settings->uid, settings->gid, why);
}

static int open_spool(const Store *store, const char *directory, Failure *why)
{
	auto_fd int fd = directory_open(directory, why);

	if (fd < 0 && errno == ENOENT)
		fd = directory_make(directory, store->settings.home, why);
	return fd >= 0 && check_spool(store, fd, directory, why) ? TAKE_FD(fd) : -1;
}

static int open_mbox_directory(Store *store, const FolderPlace *place, const char *path, bool *missing,
			       Failure *why)
{
	const char *relative = text_string(&place->relative);
	auto_free char *directory = NULL;
	int fd;

	if (place->inbox) {
		directory = memory_copy_bytes(path, (size_t)(strrchr(path, '/') - path));
		return open_spool(store, *directory ? directory : "/", why);
	}
	directory = memory_copy_bytes(relative, directories_length(relative));
	fd = beneath_open_directory(store->root_fd, *directory ? directory : ".");
	if (fd < 0) {
		*missing = store_error_means_missing(errno);
		failure_errno(why, "open the directory of '%s'", path);
	}
	return fd;
}

static bool prepare_mbox(Filing *filing, const FolderPlace *place, const FilingOptions *options,
			 bool *missing, Failure *why)
{
	const MboxRecordOptions wanted = {
		.sender = options->sender,
		.received = options->received ? options->received : time(NULL),
		.flags = options->flags,
		.flag_count = options->flag_count,
		.mboxo = filing->store->settings.mboxo,
	};
	int fd = open_mbox_directory(filing->store, place, filing->path, missing, why);

	filing->is_mbox = true;
	if (fd < 0 || !mbox_init(&filing->mbox, filing->store, fd, filing->path, why))
		return false;
	/* A folder that never can be appended to must not keep the message waiting: the inbox takes it. */
	if (!place->inbox && !mbox_is_usable(&filing->mbox, why)) {
		*missing = true;
		return false;
	}
	return mbox_record_prepare(&filing->record, &filing->image, &wanted, why);
}

/* ---- either ---- */

static bool make_folder(Store *store, const FolderPlace *place, const char *path, const char *use,
			bool *missing, Failure *why)
{
	const char *relative = text_string(&place->relative);
	bool no_root, made;

	if (!store_open_root(store, true, &no_root, why))
		return false;
	made = store->location.layout == STORE_MBOX ? make_mbox_directories(store, relative, path, use, why)
						    : make_maildir_folder(store, relative, path, use, why);
	*missing = !made && store_error_means_missing(why->error);
	/* The file itself is made under its locks; readers may list it before. */
	if (made && store->location.layout == STORE_MBOX)
		store_subscribe(store, relative);
	return made;
}

bool store_make_folder(Store *store, const char *folder, Failure *why)
{
	FolderPlace place;
	bool done = store_find(store, folder, &place, why), missing;

	if (done && !place.exists) {
		auto_free char *path = store_path(store, &place);

		done = place.relative.length > 0 && make_folder(store, &place, path, NULL, &missing, why);
		if (done)
			*why = (Failure){ 0 };
	}
	text_clear(&place.relative);
	return done;
}

/* Finds the folder, or makes it. */
static bool place_filing(Filing *filing, const FilingOptions *options, FolderPlace *place, bool *missing,
			 Failure *why)
{
	if (!store_find(filing->store, options->folder, place, why))
		return false;
	if (!place->exists && (!options->create || place->relative.length == 0)) {
		*missing = true;
		return false;
	}
	filing->path = store_path(filing->store, place);
	return place->exists ||
	       make_folder(filing->store, place, filing->path, options->special_use, missing, why);
}

Filing *filing_prepare(Store *store, const FilingOptions *options, const MessageImage *image, bool *missing,
		       Failure *why)
{
	AUTO(Filing) filing = memory_zeroed(1, sizeof *filing);
	FolderPlace place = { 0 };
	bool done;

	*missing = false;
	filing->store = store;
	filing->image = *image;
	filing->folder = memory_copy_string(options->folder && *options->folder ? options->folder : "INBOX");
	done = place_filing(filing, options, &place, missing, why);
	if (done && store->location.layout == STORE_MBOX)
		done = prepare_mbox(filing, &place, options, missing, why);
	else if (done)
		done = prepare_maildir(filing, &place, options, missing, why);
	text_clear(&place.relative);
	return done ? TAKE(filing) : NULL;
}

bool filing_is_usable(const Filing *filing, Failure *why)
{
	return !filing->is_mbox || filing->state != FILING_PREPARED || mbox_is_usable(&filing->mbox, why);
}

/* Who among those before it goes into the same file? */
static Filing *find_leader(Filing *const *filings, size_t before, const Filing *filing)
{
	for (size_t i = 0; i < before; i++)
		if (filings[i]->is_mbox && strcmp(filings[i]->path, filing->path) == 0)
			return filings[i];
	return NULL;
}

static bool append_one(Filing *filing, Failure *why)
{
	Filing *holder = filing->leader ? filing->leader : filing;

	if (!mbox_append(&holder->mbox, &filing->record, why))
		return false;
	filing->state = FILING_APPENDED;
	return true;
}

static void release_all(Filing *const *filings, size_t count, Failure *why)
{
	Failure second;

	for (size_t i = 0; i < count; i++)
		if (filings[i]->is_mbox && !mbox_take_back(&filings[i]->mbox, &second))
			failure_add(why, "and then %s", second.text);
	for (size_t i = 0; i < count; i++) {
		const Filing *holder = filings[i]->leader ? filings[i]->leader : filings[i];

		if (filings[i]->is_mbox)
			filings[i]->state = filings[i]->state == FILING_APPENDED && mbox_stays(&holder->mbox)
						    ? FILING_PUBLISHED
						    : FILING_PREPARED;
	}
}

/* All mboxes are settled, and nothing can fail any more. */
static void tell_of_standing(Filing *const *filings, size_t count, FilingStands stands, void *self)
{
	for (size_t i = 0; i < count; i++)
		if (filings[i]->is_mbox && !filings[i]->leader)
			mbox_stand(&filings[i]->mbox);
	for (size_t i = 0; i < count; i++)
		if (filings[i]->is_mbox)
			stands(self, filings[i]);
}

/* From the first that is settled on, nothing takes it back any more once this process is gone: a signal must
 * find all of them settled and told of, or taken back. */
static bool settle_all(Mbox *const *boxes, size_t count, Failure *why)
{
	for (size_t i = 0; i < count; i++)
		if (!mbox_settle(boxes[i], why))
			return false;
	return true;
}

bool filing_append_all(Filing *const *filings, size_t count, Failure *why)
{
	return filing_append_telling(filings, count, NULL, NULL, why);
}

bool filing_append_telling(Filing *const *filings, size_t count, FilingStands stands, void *self,
			   Failure *why)
{
	auto_free Mbox **boxes = memory_new((count + 1) * sizeof *boxes);
	size_t box_count = 0;
	bool done;

	for (size_t i = 0; i < count; i++) {
		if (!filings[i]->is_mbox)
			continue;
		filings[i]->leader = find_leader(filings, i, filings[i]);
		if (!filings[i]->leader)
			boxes[box_count++] = &filings[i]->mbox;
	}
	if (box_count == 0)
		return true;
	done = mbox_lock_all(boxes, box_count, why);
	for (size_t i = 0; i < count && done; i++)
		done = !filings[i]->is_mbox || append_one(filings[i], why);
	undo_hold_signals();
	done = done && settle_all(boxes, box_count, why);
	if (done && stands)
		tell_of_standing(filings, count, stands, self);
	if (!done)
		release_all(filings, count, why);
	undo_release_signals();
	return done;
}

bool filing_publish(Filing *filing, Failure *why)
{
	bool done = true;

	if (filing->state == FILING_PUBLISHED)
		return true;
	BUG_IF(filing->is_mbox && filing->state != FILING_APPENDED);
	if (!filing->is_mbox)
		done = maildir_publish(&filing->draft, why);
	else if (filing->leader)
		done = filing_publish(filing->leader, why);
	else
		mbox_commit(&filing->mbox);
	if (done)
		filing->state = FILING_PUBLISHED;
	return done;
}

void filing_stand(Filing *filing)
{
	if (!filing->is_mbox && filing->state == FILING_PUBLISHED)
		maildir_stand(&filing->draft);
}

bool filing_undo(Filing *filing, Failure *why)
{
	int error = errno;
	bool done;

	if (!filing->is_mbox)
		done = maildir_take_back(&filing->draft, why);
	else if (filing->state == FILING_PUBLISHED)
		done = failure_retry(why, "what is in '%s' is there for others too, and stays", filing->path);
	else
		done = filing->leader ? filing_undo(filing->leader, why) : mbox_take_back(&filing->mbox, why);
	if (done)
		filing->state = FILING_UNDONE;
	errno = error;
	return done;
}

void filing_break_stale(Store *store, const char *folder)
{
	Mbox mbox = { .fd = -1, .dir_fd = -1 };
	auto_free char *path = NULL;
	FolderPlace place = { 0 };
	Failure ignored = { 0 };
	bool missing;
	int fd = -1;

	if (store->location.layout == STORE_MBOX && store_find(store, folder, &place, &ignored)) {
		path = store_path(store, &place);
		fd = open_mbox_directory(store, &place, path, &missing, &ignored);
	}
	if (fd >= 0 && mbox_init(&mbox, store, fd, path, &ignored))
		(void)mbox_break_stale(&mbox, &ignored);
	mbox_clear(&mbox);
	text_clear(&place.relative);
}

void filing_free(Filing *filing)
{
	if (!filing)
		return;
	maildir_clear(&filing->draft);
	mbox_clear(&filing->mbox);
	mbox_record_clear(&filing->record);
	free(filing->folder);
	free(filing->path);
	free(filing->note);
	free(filing);
}

bool filing_is_published(const Filing *filing)
{
	return filing->state == FILING_PUBLISHED;
}

const char *filing_folder(const Filing *filing)
{
	return filing->folder;
}

const char *filing_note(const Filing *filing)
{
	return filing->note;
}

bool filing_lacks_dotlock(const Filing *filing)
{
	return filing->is_mbox && filing->store->settings.lock_dotlock && filing->mbox.no_dotlock;
}
