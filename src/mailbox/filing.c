/* filing - one copy on its way into one folder, whatever the folder is on disk */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/panic.h"
#include "mailbox/beneath.h"
#include "mailbox/folder_name.h"
#include "mailbox/maildir.h"
#include "mailbox/mbox.h"
#include "mailbox/mbox_record.h"
#include "mailbox/store.h"
#include "mailbox/store_internal.h"

struct Filing {
	Store *store;
	char *folder; /* as the rules called it; "INBOX" */
	char *path;
	bool is_mbox;
	MaildirCopy maildir;
	Mbox mbox;
	MboxRecord record;
};

/* The directory of an existing or new Maildir.  -1 and `why`. */
static int open_maildir(Store *store, const FolderPlace *place, const char *path, Failure *why)
{
	int fd = place->inbox ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)
			      : beneath_open_directory(store->root_fd, text_string(&place->relative));

	if (fd < 0)
		failure_errno(why, "open the Maildir '%s'", path);
	return fd;
}

/* Folders of Maildir++ carry a mark that tells them from the root. */
static bool mark_folder(int dir_fd, Failure *why)
{
	auto_fd int mark = openat(dir_fd, "maildirfolder", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return mark >= 0 || failure_errno(why, "make 'maildirfolder'");
}

static int make_maildir(Store *store, const FolderPlace *place, const char *path, Failure *why)
{
	auto_fd int fd = -1;
	bool missing;

	if (place->inbox) {
		fd = directory_make(path, store->settings.home, why);
	} else {
		if (!store_open_root(store, true, &missing, why))
			return -1;
		if (!beneath_make_directories(store->root_fd, text_string(&place->relative))) {
			failure_errno(why, "make the folder '%s'", path);
			return -1;
		}
		fd = open_maildir(store, place, path, why);
	}
	if (fd < 0 || !maildir_make(fd, why))
		return -1;
	if (!place->inbox && store->location.layout == STORE_MAILDIR && !mark_folder(fd, why))
		return -1;
	if (!place->inbox)
		store_subscribe(store, text_string(&place->relative));
	return TAKE_FD(fd);
}

static bool is_whole_maildir(int dir_fd)
{
	return faccessat(dir_fd, "tmp", F_OK, 0) == 0 && faccessat(dir_fd, "new", F_OK, 0) == 0 &&
	       faccessat(dir_fd, "cur", F_OK, 0) == 0;
}

static bool prepare_maildir_in(Filing *filing, const FilingOptions *options, const FolderPlace *place, int fd,
			       const MessageImage *image, Failure *why)
{
	const StoreSettings *settings = &filing->store->settings;

	(void)place;
	return maildir_prepare(&filing->maildir, fd, filing->path, settings->uid, settings->hostname, image,
			       options->flags, options->flag_count, options->received, why);
}

/* The usual Maildir is whole, and found to be so by delivering into it; one with a part missing is made
 * whole and tried once more. */
static bool prepare_maildir(Filing *filing, const FilingOptions *options, const FolderPlace *place,
			    const MessageImage *image, Failure *why)
{
	bool may_make = options->create || place->inbox || place->exists;
	int fd = place->exists ? open_maildir(filing->store, place, filing->path, why) : -1;

	if (fd >= 0) {
		if (prepare_maildir_in(filing, options, place, fd, image, why))
			return true;
		if (why->error != ENOENT || is_whole_maildir(filing->maildir.dir_fd))
			return false;
		maildir_clear(&filing->maildir);
	} else if (place->exists && why->error != ENOENT) {
		return false;
	}
	if (!may_make)
		return false;
	fd = make_maildir(filing->store, place, filing->path, why);
	return fd >= 0 && prepare_maildir_in(filing, options, place, fd, image, why);
}

static bool prepare_mbox(Filing *filing, const FilingOptions *options, const FolderPlace *place,
			 const MessageImage *image, Failure *why)
{
	const MboxRecordOptions how = { .sender = options->sender,
					.received = options->received ? options->received : time(NULL),
					.flags = options->flags,
					.flag_count = options->flag_count,
					.mboxo = filing->store->settings.mboxo };
	auto_free char *directory = memory_copy_string(filing->path);
	bool missing;
	int fd;

	*strrchr(directory, '/') = '\0';
	if (place->inbox) {
		fd = directory_open(*directory ? directory : "/", why);
		if (fd < 0 && why->error == ENOENT)
			fd = directory_make(directory, filing->store->settings.home, why);
	} else {
		char *relative;

		if (!store_open_root(filing->store, true, &missing, why))
			return false;
		relative = directory + strlen(filing->store->location.root);
		relative += *relative == '/';
		if (*relative && !beneath_make_directories(filing->store->root_fd, relative))
			return failure_errno(why, "make the directory '%s'", directory);
		fd = beneath_open_directory(filing->store->root_fd, *relative ? relative : ".");
		if (fd < 0)
			failure_errno(why, "open the directory '%s'", directory);
	}
	if (fd < 0)
		return false;
	if (!mbox_init(&filing->mbox, filing->store, fd, filing->path, why) ||
	    !mbox_record_prepare(&filing->record, image, &how, why))
		return false;
	if (!place->inbox && !place->exists)
		store_subscribe(filing->store, text_string(&place->relative));
	return true;
}

Filing *filing_prepare(Store *store, const FilingOptions *options, const MessageImage *image, bool *missing,
		       Failure *why)
{
	AUTO(Filing) filing = memory_zeroed(1, sizeof *filing);
	FolderPlace place;
	bool ready;

	*missing = false;
	filing->store = store;
	filing->is_mbox = store->location.layout == STORE_MBOX;
	filing->maildir = (MaildirCopy){ .dir_fd = -1, .target_fd = -1, .tmp_fd = -1, .file_fd = -1 };
	filing->mbox = (Mbox){ .dir_fd = -1, .fd = -1 };
	if (!store_find(store, options->folder, &place, why))
		return NULL;
	if (!place.exists && (!place.relative.length || !options->create)) {
		*missing = true;
		text_clear(&place.relative);
		return NULL;
	}
	*why = (Failure){ 0 };
	filing->folder = memory_copy_string(place.inbox ? "INBOX" : options->folder);
	filing->path = store_path(store, &place);
	ready = filing->is_mbox ? prepare_mbox(filing, options, &place, image, why)
				: prepare_maildir(filing, options, &place, image, why);
	text_clear(&place.relative);
	if (!ready)
		return NULL;
	*why = (Failure){ 0 };
	return TAKE(filing);
}

bool filing_append_all(Filing *const *filings, size_t count, Failure *why)
{
	auto_free Mbox **boxes = memory_zeroed(count, sizeof(Mbox *));
	size_t box_count = 0;

	for (size_t i = 0; i < count; i++)
		if (filings[i]->is_mbox)
			boxes[box_count++] = &filings[i]->mbox;
	if (!mbox_lock_all(boxes, box_count, why))
		return false;
	for (size_t i = 0; i < count; i++)
		if (filings[i]->is_mbox && !mbox_append(&filings[i]->mbox, &filings[i]->record, why))
			return false; /* the others are taken back by filing_undo */
	return true;
}

bool filing_publish(Filing *filing, Failure *why)
{
	return filing->is_mbox ? mbox_commit(&filing->mbox, why) : maildir_publish(&filing->maildir, why);
}

bool filing_undo(Filing *filing, Failure *why)
{
	int error = errno;
	bool done = filing->is_mbox ? mbox_take_back(&filing->mbox, why)
				    : maildir_undo(&filing->maildir, why);

	errno = error;
	return done;
}

void filing_free(Filing *filing)
{
	if (!filing)
		return;
	maildir_clear(&filing->maildir);
	mbox_clear(&filing->mbox);
	mbox_record_clear(&filing->record);
	free(filing->folder);
	free(filing->path);
	free(filing);
}

const char *filing_folder(const Filing *filing)
{
	return filing->folder;
}

const char *filing_path(const Filing *filing)
{
	return filing->path;
}
