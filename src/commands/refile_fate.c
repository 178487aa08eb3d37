/* refile_fate - what becomes of a message, by its plan and by where it lies */
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "commands/refile.h"
#include "delivery/compose.h"
#include "delivery/target.h"

static bool same_folder(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

/* The last action that names a folder decides flags and version, as in a delivery. */
static void add_copy(RefileFate *fate, RefileCopy copy)
{
	if (copy.folder && ascii_strings_equal_fold(copy.folder, "INBOX"))
		copy.folder = NULL;
	for (size_t i = 0; i < fate->count; i++)
		if (same_folder(fate->copies[i].folder, copy.folder)) {
			fate->copies[i] = copy;
			return;
		}
	fate->copies[fate->count++] = copy;
}

static bool add_filed(Refile *refile, const BatchItem *item, const Action *action, RefileFate *fate,
		      Failure *why)
{
	Target target;

	if (!target_find(refile->store, action, item->arena, &target, why))
		return false;
	add_copy(fate, (RefileCopy){ target.folder, target.special_use, action->flags, action->image });
	return true;
}

/* Answers and notifications do not stand for the message: it needs no other place because they are not sent.
 */
static void note_outgoing(const Refile *refile, ActionKind kind, RefileFate *fate)
{
	if (refile->options->allow_outgoing)
		fate->leaving = true;
	else if (kind == ACTION_REDIRECT || kind == ACTION_REJECT || kind == ACTION_REPORT)
		fate->withheld = true;
}

static bool collect(Refile *refile, const BatchItem *item, const Plan *plan, RefileFate *fate, Failure *why)
{
	fate->copies = arena_zeroed(item->arena, plan->count + 1, sizeof *fate->copies);
	for (size_t i = 0; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		if (action->kind == ACTION_KEEP)
			add_copy(fate, (RefileCopy){ NULL, NULL, action->flags, action->image });
		else if (action->kind == ACTION_FILEINTO && !add_filed(refile, item, action, fate, why))
			return false;
		else if (action->kind == ACTION_DISCARD)
			fate->discarded = true;
		else if (action->kind == ACTION_PIPE)
			fate->withheld = true;
		else if (action->kind == ACTION_REDIRECT || compose_is_for(action->kind))
			note_outgoing(refile, action->kind, fate);
	}
	if (plan->implicit_keep)
		add_copy(fate, (RefileCopy){ plan->implicit_folder, NULL, plan->implicit_flags,
					     plan->implicit_image });
	return true;
}

/* Where the folder is or would be; NULL: who files will find out. */
static const char *place_of(Refile *refile, const char *folder, Arena *arena)
{
	AUTO_VALUE(Text) place = { 0 };
	Failure ignored;

	if (!store_folder_place(refile->store, folder ? folder : "INBOX", &place, &ignored) || !place.length)
		return NULL;
	return arena_copy_string(arena, text_string(&place));
}

/* One copy for each folder, by whatever names; the last decides, as in a delivery. */
static void merge(Refile *refile, RefileFate *fate, Arena *arena)
{
	const char **places = arena_zeroed(arena, fate->count + 1, sizeof *places);
	size_t kept = 0;

	for (size_t i = 0; i < fate->count && fate->count > 1; i++) {
		const char *place = place_of(refile, fate->copies[i].folder, arena);
		size_t at = 0;

		while (at < kept && !(place && places[at] && strcmp(places[at], place) == 0))
			at++;
		fate->copies[at] = fate->copies[i];
		places[at] = place;
		kept += at == kept;
	}
	if (fate->count > 1)
		fate->count = kept;
}

bool refile_lies_in(Refile *refile, const RefileOwn *own, const char *folder)
{
	AUTO_VALUE(Text) path = { 0 };
	Failure ignored;
	struct stat there;

	return store_folder_path(refile->store, folder ? folder : "INBOX", &path, &ignored) &&
	       stat(text_string(&path), &there) == 0 && there.st_dev == own->device &&
	       there.st_ino == own->inode;
}

/* The copy that lies there already is not made again, and not taken away. */
static void drop_staying(Refile *refile, const RefileOwn *own, RefileFate *fate)
{
	size_t kept = 0;

	for (size_t i = 0; i < fate->count; i++)
		if (own->inode && refile_lies_in(refile, own, fate->copies[i].folder))
			fate->staying = true;
		else
			fate->copies[kept++] = fate->copies[i];
	fate->count = kept;
}

/* Flags that rules say nothing about are those that the message has. */
static void keep_flags(const BatchItem *item, RefileFate *fate)
{
	for (size_t i = 0; i < fate->count; i++)
		if (!fate->copies[i].flags.set)
			fate->copies[i].flags = item->flags;
}

bool refile_decide(Refile *refile, const BatchItem *item, const Plan *plan, RefileFate *fate, Failure *why)
{
	*fate = (RefileFate){ 0 };
	if (plan->outcome == PLAN_RETRY)
		return failure_retry(why, "%s", plan->error);
	if (plan->outcome != PLAN_DECIDED)
		return true; /* it stays where it is */
	if (!collect(refile, item, plan, fate, why))
		return false;
	merge(refile, fate, item->arena);
	drop_staying(refile, item->own, fate);
	keep_flags(item, fate);
	fate->withheld = fate->withheld && fate->count == 0 && !fate->staying;
	fate->discarded = fate->count == 0 && !fate->staying && !fate->withheld && !fate->leaving;
	fate->taken = !fate->staying && !fate->withheld;
	return true;
}
