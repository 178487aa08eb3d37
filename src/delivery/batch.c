#include "delivery/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/panic.h"
#include "delivery/batch_task.h"
#include "delivery/judge_internal.h"
#include "message/limits.h"
#include "system/confine.h"
#include "system/crash_guard.h"

enum {
	/* What the judges read from: some 400 messages of the usual size. */
	SHARED_BYTES = 4 * 1024 * 1024,
	/* The most of one message: a header as long as is looked at, and what else is in memory then.  More
	 * than two of these must fit. */
	LARGEST_PART = LIMIT_HEADER_BYTES + LIMIT_MEMORY_BYTES,
	/* Handed to one judge in advance, so that neither waits for the other at every message. */
	IN_ADVANCE = 32,
	/* Under way for each judge: what the others may do while one takes long. */
	WINDOW = 4 * IN_ADVANCE,
	/* What a judge leaks, or was made to become, ends with it. */
	JUDGED_MAX = 4096,
	LOOK_EVERY = 8 /* messages added: somebody may have a question */
};

typedef struct Slot {
	BatchItem item;
	BatchTask task;
	Plan *plan;   /* NULL: it is being judged */
	size_t after; /* where the shared memory is used up to with it */
} Slot;

typedef struct Judge {
	pid_t pid; /* 0: there is none */
	int socket, tasks;
	size_t queue[IN_ADVANCE]; /* numbers of messages, the present one first */
	size_t queued;
	size_t judged; /* since it was started */
	JudgeJob job;  /* with the present message */
	World world;
	Batch *batch;
	Hearing hearing;
	ConfineCpu cpu;
} Judge;

struct Batch {
	BatchSettings settings;
	int memory_fd;
	char *memory;
	size_t used_from, used_to;  /* of the memory: a ring, empty when both are 0 */
	Slot *slots;                /* a ring: message `number` is in slots[number % window] */
	size_t window, first, next; /* numbers of the messages that are under way */
	Arena *arena;               /* of the next one */
	Judge *judges;
	size_t judge_count;
	int64_t left_ms;   /* when nobody listened any more */
	Text no_judgement; /* the plan for all of them, when the rules cannot be used */
	bool broken;       /* something has failed: what is under way stays there */
	Failure failed;    /* and why */
};

static Slot *slot_of(const Batch *batch, size_t number)
{
	return &batch->slots[number % batch->window];
}

/* --- one judge --- */

/* Its present message, or NULL. */
static Slot *present(const Judge *judge)
{
	return judge->queued ? slot_of(judge->batch, judge->queue[0]) : NULL;
}

static bool ask(void *self, const Question *question, Answer *answer, Failure *why)
{
	const Judge *judge = self;
	const BatchSettings *settings = &judge->batch->settings;
	const Slot *slot = present(judge);

	if (!slot)
		return failure_retry(why, "nothing is judged");
	return settings->ask(settings->self, &slot->item, question, answer, why);
}

/* From now on it has the time that one message may take. */
static void begin_present(Judge *judge)
{
	Slot *slot = present(judge);
	Hearing *hearing = &judge->hearing;

	if (!slot)
		return;
	judge->job.message = &slot->item.message;
	hearing->frames = 0;
	hearing->steps = NULL;
	hearing->world_failed = hearing->wrong = (Failure){ 0 };
	hearing->reader.deadline_ms = frame_clock_ms() + (int64_t)judge->job.wall_s * 1000;
	confine_renew_cpu(judge->pid, judge->job.cpu_s, &judge->cpu);
}

/* One that is dead already will be found out by the next read; one that lives, and did not get this message,
 * would have its plan for the next one taken for this one's. */
static bool hand_over(Judge *judge, size_t number, Failure *why)
{
	const Slot *slot = slot_of(judge->batch, number);

	return batch_task_send(judge->tasks, &slot->task, slot->item.message.fd) || errno == EPIPE ||
	       errno == ECONNRESET || failure_errno(why, "give a message to a judge, which runs the rules");
}

/* In the child.  The memory is mapped anew, for reading: the courier's own mapping is not inherited. */
_Noreturn static void be_judge(Judge *judge, int socket, int tasks)
{
	int fd = judge_open_for_reading(judge->batch->memory_fd);
	void *memory = mmap(NULL, SHARED_BYTES, PROT_READ, MAP_SHARED, fd, 0);

	socket = judge_become(socket, tasks, &judge->job, true);
	if (memory == MAP_FAILED)
		panic("the messages cannot be read: %s", strerror(errno));
	batch_judge(socket, tasks, memory, &judge->job);
}

static bool start_judge(Judge *judge, Failure *why)
{
	int talk[2], tasks[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk) < 0)
		return failure_errno(why, "open a socket to the judge");
	auto_fd int socket = talk[0];
	auto_fd int its_socket = talk[1];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, tasks) < 0)
		return failure_errno(why, "open a socket to the judge");
	auto_fd int its_tasks = tasks[1];

	judge->pid = crash_guard_fork();
	if (judge->pid == 0)
		be_judge(judge, its_socket, its_tasks);
	if (judge->pid < 0) {
		close(tasks[0]);
		judge->pid = 0;
		return failure_errno(why, "start a judge");
	}
	judge->socket = TAKE_FD(socket);
	judge->tasks = tasks[0];
	judge->judged = 0;
	judge->cpu = (ConfineCpu){ 0 };
	judge->hearing = (Hearing){ .job = &judge->job,
				    .world = &judge->world,
				    .reader = { .socket = judge->socket } };
	judge->hearing.reader.deadline_ms = frame_clock_ms() + (int64_t)judge->job.wall_s * 1000;
	begin_present(judge);
	for (size_t i = 0; i < judge->queued; i++)
		if (!hand_over(judge, judge->queue[i], why))
			return false;
	return true;
}

static void end_judge(Judge *judge, int *status)
{
	if (!judge->pid)
		return;
	judge_end(judge->pid, status);
	judge->pid = 0;
	cleanup_fd(&judge->socket);
	cleanup_fd(&judge->tasks);
	text_clear(&judge->hearing.reader.bytes);
}

/* The present message has its plan. */
static void take_plan(Judge *judge, Plan *plan)
{
	present(judge)->plan = plan;
	judge->judged++;
	memmove(judge->queue, judge->queue + 1, --judge->queued * sizeof *judge->queue);
	begin_present(judge);
}

/* It is of no use any more: `hearing.wrong` says why, or how it ended does.  What it was at is judged by a
 * fresh one if it was not fresh itself. */
static bool replace_judge(Judge *judge, Failure *why)
{
	Slot *slot = present(judge);
	int status = 0;

	end_judge(judge, &status);
	if (judge->hearing.ours.kind != FAILURE_NONE)
		return failure_retry(why, "%s", judge->hearing.ours.text);
	if (slot && judge->judged == 0) {
		if (judge->hearing.wrong.kind == FAILURE_NONE)
			judge_describe_end(&judge->job, status, &judge->hearing.wrong);
		take_plan(judge, judge_no_plan(&judge->job, &judge->hearing.wrong, slot->item.arena));
	}
	/* None is started for nothing. */
	return judge->queued == 0 || start_judge(judge, why);
}

/* One frame.  False: it is of no use any more. */
static bool hear_frame(Judge *judge, const Frame *frame)
{
	Slot *slot = present(judge);
	Plan *plan = NULL;

	if (!slot && frame->kind == FRAME_COMPILED)
		return judge_hear_compiled(&judge->hearing, frame);
	if (!slot)
		return false;
	if (judge_hear_frame(&judge->hearing, frame, slot->item.arena, &plan))
		return true;
	if (!plan)
		return false;
	take_plan(judge, plan);
	return true;
}

/* Everything that it has said. */
static bool hear_judge(Judge *judge, Failure *why)
{
	Frame frame;

	do {
		switch (frame_read(&judge->hearing.reader, &frame)) {
		case FRAME_READ:
			if (!hear_frame(judge, &frame))
				return replace_judge(judge, why);
			break;
		case FRAME_LATE:
			failure_retry(&judge->hearing.wrong,
				      "the judge came to no end within %u s (judge_wall_s)",
				      judge->job.wall_s);
			return replace_judge(judge, why);
		case FRAME_BAD:
			failure_retry(&judge->hearing.wrong, "the judge talks nonsense");
			return replace_judge(judge, why);
		case FRAME_DEAF:
			return failure_errno(why, "listen to a judge, which runs the rules");
		case FRAME_END:
			return replace_judge(judge, why);
		}
	} while (frame_is_there(&judge->hearing.reader));
	return true;
}

/* --- all of them --- */

/* What the courier did meanwhile is none of their time. */
static void give_back_time(Batch *batch)
{
	int64_t away_ms = frame_clock_ms() - batch->left_ms;

	for (size_t i = 0; i < batch->judge_count && away_ms > 0; i++)
		batch->judges[i].hearing.reader.deadline_ms += away_ms;
}

static int next_deadline_ms(const Batch *batch)
{
	int64_t now_ms = frame_clock_ms(), least = INT32_MAX;

	for (size_t i = 0; i < batch->judge_count; i++) {
		int64_t left_ms = batch->judges[i].hearing.reader.deadline_ms - now_ms;

		if (batch->judges[i].queued && left_ms < least)
			least = left_ms;
	}
	return least < 0 ? 0 : (int)least;
}

/* Listens to those that have something to say, and replaces those that are late; `wait`s until there is one.
 */
static bool listen_to_judges(Batch *batch, bool wait, Failure *why)
{
	struct pollfd ready[BATCH_JUDGES_MAX];
	bool good = true;

	give_back_time(batch);
	for (size_t i = 0; i < batch->judge_count; i++)
		ready[i] = (struct pollfd){ .fd = batch->judges[i].queued ? batch->judges[i].socket : -1,
					    .events = POLLIN };
	if (poll(ready, batch->judge_count, wait ? next_deadline_ms(batch) : 0) < 0)
		return errno == EINTR || failure_errno(why, "listen to the judges");
	for (size_t i = 0; i < batch->judge_count && good; i++) {
		Judge *judge = &batch->judges[i];

		if (judge->queued &&
		    (ready[i].revents || frame_clock_ms() >= judge->hearing.reader.deadline_ms))
			good = hear_judge(judge, why);
	}
	batch->left_ms = frame_clock_ms();
	return good;
}

static void forget_slot(Slot *slot)
{
	cleanup_fd(&slot->item.message.fd);
	arena_free(slot->item.arena);
	*slot = (Slot){ .item.message.fd = -1 };
}

/* Passes on what is decided, in order. */
static bool deliver(Batch *batch, Failure *why)
{
	while (batch->first < batch->next && slot_of(batch, batch->first)->plan) {
		Slot *slot = slot_of(batch, batch->first);
		bool good = batch->settings.decided(batch->settings.self, &slot->item, slot->plan, why);

		batch->used_from = slot->after;
		forget_slot(slot);
		batch->first++;
		if (batch->first == batch->next)
			batch->used_from = batch->used_to = 0;
		if (!good)
			return false;
	}
	return true;
}

/* There is no going on: a message may be under way that nobody was given. */
static bool broken(Batch *batch, const Failure *why)
{
	if (!batch->broken)
		batch->failed = *why;
	batch->broken = true;
	return false;
}

static bool broken_before(const Batch *batch, Failure *why)
{
	*why = batch->failed;
	return false;
}

static bool turn(Batch *batch, bool wait, Failure *why)
{
	return (listen_to_judges(batch, wait, why) && deliver(batch, why)) || broken(batch, why);
}

/* --- adding --- */

/* A place of `length` bytes in the ring, when there is one now. */
static bool find_room(Batch *batch, size_t length, size_t *offset)
{
	bool wrapped = batch->used_to < batch->used_from;

	if (!wrapped && SHARED_BYTES - batch->used_to >= length)
		*offset = batch->used_to;
	else if (!wrapped && length < batch->used_from)
		*offset = 0;
	else if (wrapped && length < batch->used_from - batch->used_to)
		*offset = batch->used_to;
	else
		return false;
	batch->used_to = *offset + length;
	return true;
}

/* One that has room for more, and the fewest; NULL: none has. */
static Judge *find_judge(Batch *batch)
{
	Judge *best = NULL;

	for (size_t i = 0; i < batch->judge_count; i++) {
		Judge *judge = &batch->judges[i];

		if (judge->queued == IN_ADVANCE || (judge->judged >= JUDGED_MAX && judge->queued))
			continue;
		if (!best || judge->queued < best->queued)
			best = judge;
	}
	return best;
}

static bool give_to(Judge *judge, size_t number, Failure *why)
{
	int status;

	if (judge->judged >= JUDGED_MAX)
		end_judge(judge, &status);
	judge->queue[judge->queued++] = number;
	if (!judge->pid)
		return start_judge(judge, why);
	if (judge->queued == 1)
		begin_present(judge);
	return hand_over(judge, number, why);
}

/* A file with what is too long for the memory.  The first bytes are in the memory all the same. */
static int make_file(const Message *message, Failure *why)
{
	auto_fd int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd < 0 || !io_write(fd, message->memory.data, message->memory.length)) {
		failure_errno(why, "keep a large message");
		return -1;
	}
	return TAKE_FD(fd);
}

/* The descriptor that goes with it, read-only, and how much of it stays in memory. */
static bool take_file(Slot *slot, const Message *message, Failure *why)
{
	Message *own = &slot->task.message;

	slot->item.message.fd = -1;
	if (message->fd < 0 && message->memory.length <= LARGEST_PART)
		return true;
	if (message->fd < 0) {
		auto_fd int file = make_file(message, why);

		if (file < 0)
			return false;
		slot->item.message.fd = judge_open_for_reading(file);
		own->fd_offset = 0;
	} else {
		slot->item.message.fd = judge_open_for_reading(message->fd);
	}
	if (own->memory.length > LARGEST_PART)
		own->memory.length = LARGEST_PART;
	return slot->item.message.fd >= 0 || failure_errno(why, "read a large message again");
}

/* All of it that the item keeps is the batch's now. */
static void own_message(Slot *slot)
{
	int fd = slot->item.message.fd;

	slot->item.message = slot->task.message;
	slot->item.message.fd = fd;
	slot->item.message.spool_fd = -1;
	slot->item.message.stored_head = (Text){ 0 };
	slot->item.message.buffer = NULL;
}

static bool place(Batch *batch, Slot *slot, const BatchItem *item, Failure *why)
{
	AUTO_VALUE(Text) strings = { 0 };

	slot->item = *item;
	slot->item.arena = TAKE(batch->arena);
	batch_task_pack(&slot->task, item, &strings);
	if (!take_file(slot, &item->message, why))
		return false;
	if (batch_task_length(&slot->task) > SHARED_BYTES / 2)
		return failure_retry(why, "an envelope of %zu bytes is too long", strings.length);
	while (!find_room(batch, batch_task_length(&slot->task), &slot->task.offset))
		if (!turn(batch, true, why))
			return false;
	slot->after = batch->used_to;
	batch_task_write(&slot->task, batch->memory, &item->message, text_slice(&strings));
	own_message(slot);
	return true;
}

/* The rules cannot be used, and it is known what comes of that. */
static bool decide_without(Batch *batch, Slot *slot, Failure *why)
{
	slot->plan = plan_new(slot->item.arena);
	return plan_decode(text_slice(&batch->no_judgement), slot->plan, why) &&
	       plan_check(slot->plan, slot->item.message.size_bytes, why);
}

static bool add(Batch *batch, const BatchItem *item, Failure *why)
{
	Slot *slot;
	Judge *judge;

	while (batch->next - batch->first == batch->window)
		if (!turn(batch, true, why))
			return false;
	slot = slot_of(batch, batch->next);
	if (!place(batch, slot, item, why)) {
		forget_slot(slot);
		return false;
	}
	batch->next++;
	if (batch->no_judgement.length)
		return decide_without(batch, slot, why) && deliver(batch, why);
	while (!(judge = find_judge(batch)))
		if (!turn(batch, true, why))
			return false;
	return give_to(judge, batch->next - 1, why) && (batch->next % LOOK_EVERY || turn(batch, false, why));
}

bool batch_add(Batch *batch, const BatchItem *item, Failure *why)
{
	const size_t before = batch->next;

	BUG_IF(!batch->arena || item->message.base);
	if (batch->broken)
		return broken_before(batch, why);
	return add(batch, item, why) || (batch->next != before && broken(batch, why));
}

Arena *batch_arena(Batch *batch)
{
	if (!batch->arena)
		batch->arena = arena_new();
	return batch->arena;
}

bool batch_finish(Batch *batch, Failure *why)
{
	if (batch->broken)
		return broken_before(batch, why);
	while (batch->first < batch->next)
		if (!turn(batch, true, why))
			return false;
	return true;
}

/* --- beginning and end --- */

static size_t count_cores(void)
{
	cpu_set_t cores;

	return sched_getaffinity(0, sizeof cores, &cores) == 0 ? (size_t)CPU_COUNT(&cores) : 1;
}

/* Memory that a forked child does not inherit; it maps the file itself, for reading. */
static bool make_memory(Batch *batch, Failure *why)
{
	batch->memory_fd = memfd_create("messages", MFD_CLOEXEC);
	if (batch->memory_fd < 0 || ftruncate(batch->memory_fd, SHARED_BYTES) < 0)
		return failure_errno(why, "make room for messages");
	batch->memory = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, batch->memory_fd, 0);
	if (batch->memory == MAP_FAILED || madvise(batch->memory, SHARED_BYTES, MADV_DONTFORK) < 0)
		return failure_errno(why, "make room for messages");
	return true;
}

/* Waits until the first one has compiled the rules, or said what comes of them. */
static bool try_rules(Batch *batch, Failure *why)
{
	Judge *judge = &batch->judges[0];
	FrameResult result;
	Frame frame;

	if (!start_judge(judge, why))
		return false;
	do
		result = frame_read(&judge->hearing.reader, &frame);
	while (result == FRAME_READ && (frame.kind == FRAME_SOURCE || frame.kind == FRAME_CHANGED));
	if (result == FRAME_READ && frame.kind == FRAME_PLAN)
		text_append_slice(&batch->no_judgement, frame.body);
	/* What else it may have done is found out, and told, with the first message. */
	if (result != FRAME_READ || frame.kind != FRAME_COMPILED ||
	    !judge_hear_compiled(&judge->hearing, &frame))
		end_judge(judge, &(int){ 0 });
	return true;
}

Batch *batch_open(const BatchSettings *settings, Failure *why)
{
	AUTO(Batch) batch = memory_zeroed(1, sizeof *batch);

	batch->settings = *settings;
	batch->memory = MAP_FAILED;
	batch->judge_count = settings->judges ? settings->judges : count_cores();
	if (batch->judge_count > BATCH_JUDGES_MAX)
		batch->judge_count = BATCH_JUDGES_MAX;
	batch->window = batch->judge_count * WINDOW;
	batch->slots = memory_zeroed(batch->window, sizeof *batch->slots);
	for (size_t i = 0; i < batch->window; i++)
		batch->slots[i].item.message.fd = -1;
	batch->judges = memory_zeroed(batch->judge_count, sizeof *batch->judges);
	for (size_t i = 0; i < batch->judge_count; i++) {
		Judge *judge = &batch->judges[i];

		*judge = (Judge){ .socket = -1, .tasks = -1, .batch = batch, .job = *settings->job };
		judge->world = (World){ ask, judge };
	}
	batch->left_ms = frame_clock_ms();
	if (!make_memory(batch, why) || !try_rules(batch, why))
		return NULL;
	return TAKE(batch);
}

void batch_close(Batch *batch)
{
	if (!batch)
		return;
	for (size_t i = 0; i < batch->judge_count; i++)
		end_judge(&batch->judges[i], &(int){ 0 });
	while (batch->first < batch->next)
		forget_slot(slot_of(batch, batch->first++));
	if (batch->memory != MAP_FAILED)
		munmap(batch->memory, SHARED_BYTES);
	cleanup_fd(&batch->memory_fd);
	arena_free(batch->arena);
	text_clear(&batch->no_judgement);
	free(batch->judges);
	free(batch->slots);
	free(batch);
}
