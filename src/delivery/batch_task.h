/* batch_task - a message as it is handed to a judge: a few numbers through a socket, the bytes in shared
 * memory
 *
 * The courier writes that memory, a judge can only read it. */
#ifndef DELIVERY_BATCH_TASK_H
#define DELIVERY_BATCH_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "delivery/batch.h"

/* Pointers in it are nothing until batch_task_unpack has set them: it is for the same program on the other
 * side of a fork. */
typedef struct BatchTask {
	Message message;
	Envelope envelope;
	size_t flag_count;
	int64_t now;
	size_t offset;         /* in the shared memory: strings, the From_ line, the first bytes */
	size_t strings_length; /* of the envelope and of the flags */
} BatchTask;

/* Makes the task of an item, and its strings. */
void batch_task_pack(BatchTask *task, const BatchItem *item, Text *strings);

/* How much of the shared memory it takes. */
size_t batch_task_length(const BatchTask *task);

/* Puts the bytes of `message` and the strings where they belong, and makes the task's own message point to
 * them. */
void batch_task_write(BatchTask *task, char *memory, const Message *message, Slice strings);

/* Makes everything point into `memory`; the flags are in `arena`. */
void batch_task_unpack(BatchTask *task, const char *memory, PlanFlags *flags, Arena *arena);

/* Sends it, with its file unless `fd` is -1; and takes it.  False and errno; to take none is the end. */
bool batch_task_send(int socket, const BatchTask *task, int fd);
bool batch_task_receive(int socket, BatchTask *task);

/* The life of a judge of many, in the child: tasks come from `tasks`. */
_Noreturn void batch_judge(int socket, int tasks, const char *memory, const JudgeJob *job);

#endif
