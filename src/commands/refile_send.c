/* refile_send - what leaves, with --allow-outgoing
 *
 * The guards, the memory and the way out are those of a delivery (sending.h), but that a message is safe
 * where it lies: so each thing is sent at most once, and what a run that was killed may have sent is kept
 * instead. The journal is of this run and of this message of it, however many there are like it; it lies in
 * the run's directory, since no delivery that sweeps its own knows how long a run waits to be resumed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/printable.h"
#include "commands/refile.h"
#include "delivery/sending.h"
#include "delivery/user_state.h"
#include "system/host.h"

enum {
	NAME_BYTES = 300,
	NOTE_BYTES = 1000,
	PATIENCE_S = 30 /* for another process that is at the same message */
};

/* The how manieth of those that are alike is it?  The same when the run is resumed. */
static size_t find_turn(const Refile *refile, uint64_t key)
{
	size_t turn = 0;

	for (size_t i = 0; i < refile->done_count; i++)
		turn += refile->done[i] == key;
	for (size_t i = 0; i < refile->sent_count; i++)
		turn += refile->sent[i] == key;
	return turn;
}

static const char *about_message(const RefileOwn *own, Arena *arena)
{
	const HeaderField *field = header_find(own->header, SLICE("message-id"));
	const Slice id = field ? header_unfold(field, arena) : SLICE("a message without an id");

	return arena_copy_bytes(arena, id.data, id.length);
}

static void tell_notes(const RefileOwn *own, const Text *notes)
{
	Slice rest = text_slice(notes);

	while (rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		const size_t length = end ? (size_t)(end - rest.data) : rest.length;
		AUTO_VALUE(Text) line = { 0 };

		printable_append(&line, slice_of(own->name), NAME_BYTES);
		text_append_string(&line, ": ");
		printable_append(&line, slice(rest.data, length), NOTE_BYTES);
		fprintf(stderr, "trommel refile: %s\n", text_string(&line));
		rest = slice_from(rest, end ? length + 1 : length);
	}
}

/* What the rules wanted filed, as the sendings see it. */
static void begin_copies(Copies *copies, const Versions *versions, const RefileFate *fate)
{
	for (size_t i = 0; i < fate->count; i++) {
		const RefileCopy *copy = &fate->copies[i];

		copies->items[copies->count++] = (Copy){ .folder = copy->folder,
							 .meant = copy->folder,
							 .create = true,
							 .special_use = copy->special_use,
							 .flags = copy->flags,
							 .version = copy->image,
							 .image = &versions->items[copy->image].image };
	}
}

/* What was added: kept because it could not be sent, or a copy of what was. */
static bool prepare_added(Refile *refile, const BatchItem *item, const Copies *copies, RefileFate *fate,
			  Failure *why)
{
	for (size_t i = fate->count; i < copies->count; i++) {
		const Copy *added = &copies->items[i];
		const RefileCopy copy = { .folder = added->folder,
					  .special_use = added->special_use,
					  .flags = added->flags.set || added->of_action ? added->flags
											: item->flags };

		if (added->given_up)
			continue;
		if (!added->of_action && refile_lies_in(refile, item->own, added->folder)) {
			fate->staying = true;
			fate->taken = false;
			continue;
		}
		if (!refile_prepare(refile, item, &copy, added->image, why))
			return false;
	}
	return true;
}

/* A run of which something may have left is not forgotten. */
static bool note_sending(Refile *refile, const BatchItem *item, Failure *why)
{
	const RefileOwn *own = item->own;
	char key[24];

	snprintf(key, sizeof key, "%016" PRIx64, own->key);
	refile_log_add(&refile->log, 'o', (const char *const[]){ key, NULL });
	return refile_log_flush(&refile->log, why);
}

static bool send_all(Refile *refile, const BatchItem *item, Sendings *sendings, RefileFate *fate,
		     Failure *why)
{
	return sendings_decide(sendings, why) && sendings_keep_journal(sendings, why) &&
	       note_sending(refile, item, why) && sendings_send(sendings, why) &&
	       prepare_added(refile, item, sendings->copies, fate, why);
}

static void note_sent(Refile *refile, uint64_t key)
{
	MEMORY_GROW(refile->sent, refile->sent_count, refile->sent_capacity);
	refile->sent[refile->sent_count++] = key;
}

bool refile_send(Refile *refile, const BatchItem *item, const Plan *plan, const Versions *versions,
		 RefileFate *fate, Journal **journal, size_t *sent, Failure *why)
{
	const Config *config = refile->config;
	const RefileOwn *own = item->own;
	const Host host = host_find(config);
	Arena *arena = item->arena;
	Memory memory = { .settings = user_state_settings(config, refile->user, host.machine, arena),
			  .now = item->now,
			  .patience_s = PATIENCE_S,
			  .about = about_message(own, arena),
			  .arena = arena };
	Carrying carrying = { .config = config,
			      .envelope = item->envelope,
			      .message = &item->message,
			      .header = own->header,
			      .host = host_in_mail(&host),
			      .arena = arena,
			      .store = refile->store,
			      .plan = plan,
			      .versions = versions,
			      .memory = &memory,
			      .journal = { .directory = text_string(&refile->log.path),
					   .home = refile->user->home,
					   .owner = refile->user->uid,
					   .message = &item->message,
					   .header = own->header,
					   .recipient = arena_printf(arena, "refile %s %zu", refile->log.id,
								     find_turn(refile, own->key)),
					   .script = refile->job.script_source,
					   .now = item->now },
			      .folder_autocreate = true,
			      .now = item->now };
	Copies copies = { .store = refile->store,
			  .notes = &carrying.notes,
			  .items = arena_zeroed(arena, fate->count + plan->count + COPIES_BESIDES,
						sizeof *copies.items) };
	Sendings sendings = { .carrying = &carrying, .copies = &copies, .at_most_once = true };
	bool done;

	*why = (Failure){ 0 }; /* what went wrong on the way was mended */
	begin_copies(&copies, versions, fate);
	done = send_all(refile, item, &sendings, fate, why);
	memory_tell(&memory, &carrying.notes);
	memory_close(&memory);
	tell_notes(own, &carrying.notes);
	text_clear(&carrying.notes);
	text_clear(&carrying.outcome);
	*journal = sendings.journal;
	*sent = sendings_done(&sendings);
	note_sent(refile, own->key);
	return done;
}
