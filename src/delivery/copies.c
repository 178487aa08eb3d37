#include "delivery/copies.h"

#include <string.h>

#include "base/ascii.h"
#include "system/undo.h"

static bool is_inbox(const char *folder)
{
	return !folder || ascii_strings_equal_fold(folder, "INBOX");
}

static bool same_folder(const char *a, const char *b)
{
	return is_inbox(a) ? is_inbox(b) : !is_inbox(b) && strcmp(a, b) == 0;
}

/* One that is on disk already stays what it is. */
static void join(Copy *copy, const Copy *again)
{
	if (copy->filing)
		return;
	copy->create |= again->create;
	copy->version = again->version;
	copy->image = again->image;
	if (again->flags.set)
		copy->flags = again->flags;
}

size_t copies_add(Copies *copies, Copy copy)
{
	if (is_inbox(copy.folder))
		copy.folder = NULL;
	copy.meant = copy.folder;
	for (size_t i = 0; i < copies->count && !copy.of_action; i++)
		if (!copies->items[i].of_action && same_folder(copies->items[i].folder, copy.folder)) {
			join(&copies->items[i], &copy);
			return i;
		}
	copies->items[copies->count] = copy;
	return copies->count++;
}

void copies_drop(Copies *copies, size_t place)
{
	Copy *copy = &copies->items[place];
	Failure ignored = { 0 };

	copy->given_up = true;
	if (copy->filing)
		filing_undo(copy->filing, &ignored); /* a draft; the end of the process removes it, too */
	filing_free(copy->filing);
	copy->filing = NULL;
}

/* ---- one folder by several names ---- */

static bool is_wanted(const Copy *copy)
{
	return !copy->of_action && !copy->given_up;
}

/* The two go into one place: the first stands for both, unless an earlier try has filed the second. */
static void merge_two(Copy *first, Copy *second)
{
	const bool second_is_there = second->published && !first->published && !first->filing;

	if (!second_is_there)
		join(first, second);
	(second_is_there ? first : second)->given_up = true;
}

/* More than one, and one whose place has not been looked for. */
static bool may_meet(const Copies *copies)
{
	size_t wanted = 0, new = 0;

	for (size_t i = 0; i < copies->count; i++) {
		const Copy *copy = &copies->items[i];

		wanted += is_wanted(copy);
		new += is_wanted(copy) && !copy->filing && !copy->published;
	}
	return wanted > 1 && new > 0;
}

/* "Lists.x", "Lists/x" and "INBOX/Lists/x" may be one folder; that shows where the mail lies.  A look that
 * fails tells nothing: whoever prepares the copy will find out what that means. */
static void merge(Copies *copies)
{
	Text places[LIMIT_ACTIONS + COPIES_BESIDES] = { 0 };

	for (size_t i = 0; i < copies->count; i++) {
		Copy *copy = &copies->items[i];
		Failure ignored = { 0 };

		if (!is_wanted(copy) ||
		    !store_folder_place(copies->store, copy->folder ? copy->folder : "INBOX", &places[i],
					&ignored))
			continue;
		for (size_t j = 0; j < i && is_wanted(copy) && places[i].length; j++)
			if (is_wanted(&copies->items[j]) &&
			    slice_equal(text_slice(&places[j]), text_slice(&places[i])))
				merge_two(&copies->items[j], copy);
	}
	for (size_t i = 0; i < copies->count; i++)
		text_clear(&places[i]);
}

/* ---- preparing ---- */

static bool prepare(const Copies *copies, Copy *copy, bool *missing, Failure *why)
{
	const FilingOptions options = {
		.folder = copy->folder,
		.create = copy->create || !copy->folder,
		.special_use = copy->special_use,
		.flags = copy->flags.names,
		.flag_count = copy->flags.count,
		.sender = copy->sender,
		.received = copies->received,
	};

	copy->filing = filing_prepare(copies->store, &options, copy->image, missing, why);
	if (copy->filing && filing_note(copy->filing))
		text_printf(copies->notes, "a keyword is not kept in \"%s\": %s\n",
			    filing_folder(copy->filing), filing_note(copy->filing));
	return copy->filing != NULL;
}

/* Does the inbox get this message anyway? */
static bool inbox_stands_for(const Copies *copies, const Copy *copy)
{
	for (size_t i = 0; i < copies->count && !copy->of_action; i++)
		if (!copies->items[i].folder && !copies->items[i].of_action)
			return true;
	return false;
}

/* A folder that cannot be had is replaced by the inbox, once, and a note says so. */
static bool fall_back(Copies *copies, Copy *copy, Failure *why)
{
	bool missing = false;

	if (!copy->may_fall_back || !copy->folder)
		return false;
	copies->fell_back |= !copy->of_action;
	text_printf(copies->notes, "cannot file into \"%s\", into the inbox instead: %s\n", copy->folder,
		    why->text);
	*why = (Failure){ 0 };
	if (inbox_stands_for(copies, copy))
		return copy->given_up = true;
	copy->folder = NULL;
	return prepare(copies, copy, &missing, why);
}

static bool prepare_or_fall_back(Copies *copies, Copy *copy, Failure *why)
{
	bool missing = false;

	if (prepare(copies, copy, &missing, why))
		return true;
	return (missing || failure_lasts(why)) && fall_back(copies, copy, why);
}

/* Where an mbox "A" was to be there may be a directory by now, in which "A/B" will be. */
static bool look_again(Copies *copies, Copy *copy, Failure *why)
{
	if (!copy->filing || !copy->folder || copy->published || filing_is_usable(copy->filing, why))
		return true;
	filing_free(TAKE(copy->filing));
	return fall_back(copies, copy, why);
}

bool copies_prepare(Copies *copies, Failure *why)
{
	if (may_meet(copies))
		merge(copies);
	for (size_t i = 0; i < copies->count; i++) {
		Copy *copy = &copies->items[i];

		if (!copy->filing && !copy->given_up && !copy->published &&
		    !prepare_or_fall_back(copies, copy, why))
			return false;
	}
	for (size_t i = 0; i < copies->count && copies->count > 1; i++)
		if (!look_again(copies, &copies->items[i], why))
			return false;
	return true;
}

/* ---- committing ---- */

static void tell(void *self, const Filing *filing)
{
	const Copies *copies = self;

	for (size_t i = 0; i < copies->count; i++)
		if (copies->items[i].filing == filing)
			copies->stands(copies->self, &copies->items[i]);
}

bool copies_append(Copies *copies, Failure *why)
{
	Filing *filings[LIMIT_ACTIONS + COPIES_BESIDES];
	size_t count = 0;

	for (size_t i = 0; i < copies->count; i++)
		if (copies->items[i].filing)
			filings[count++] = copies->items[i].filing;
	if (filing_append_telling(filings, count, copies->stands ? tell : NULL, copies, why))
		return true;
	for (size_t i = 0; i < copies->count; i++)
		if (copies->items[i].filing && filing_is_published(copies->items[i].filing))
			copies->items[i].published = true;
	return false;
}

bool copies_publish(Copies *copies, Copy *copy, Failure *why)
{
	if (!copy->filing || copy->published)
		return true;
	copy->published = filing_publish(copy->filing, why);
	if (copy->published && copies->stands) {
		filing_stand(copy->filing);
		copies->stands(copies->self, copy);
	}
	return copy->published;
}

void copies_take_back(Copy *copy, Failure *why)
{
	Failure undo = { 0 };

	copy->published = !filing_undo(copy->filing, &undo);
	if (!copy->published)
		return;
	failure_add(why, "and %s", undo.text);
	filing_stand(copy->filing);
}

void copies_clear(Copies *copies)
{
	for (size_t i = 0; i < copies->count; i++)
		filing_free(copies->items[i].filing);
	copies->count = 0;
}

void copies_effect(const Copy *copy, char effect[DIGEST_HEX])
{
	const Slice number = slice((const char *)&copy->of_action, sizeof copy->of_action);

	digest_of((Slice[]){ SLICE("file"), slice_of(copy->meant ? copy->meant : "INBOX"), number }, 3,
		  effect);
}
