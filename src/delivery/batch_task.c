#include "delivery/batch_task.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* The strings of an envelope. */
static const size_t envelope_strings[] = {
	offsetof(Envelope, sender),
	offsetof(Envelope, recipient),
	offsetof(Envelope, original_recipient),
	offsetof(Envelope, authenticated),
	offsetof(Envelope, detail),
	offsetof(Envelope, delimiter),
	offsetof(Envelope, dsn_notify),
	offsetof(Envelope, dsn_recipient),
	offsetof(Envelope, dsn_return),
	offsetof(Envelope, dsn_id),
	offsetof(Envelope, user),
	offsetof(Envelope, home),
};

enum {
	ENVELOPE_STRINGS = sizeof envelope_strings / sizeof *envelope_strings
};

static const char **string_of(Envelope *envelope, size_t which)
{
	return (const char **)(void *)((char *)envelope + envelope_strings[which]);
}

void batch_task_pack(BatchTask *task, const BatchItem *item, Text *strings)
{
	*task = (BatchTask){ .message = item->message,
			     .envelope = *item->envelope,
			     .flag_count = item->flags.count,
			     .now = item->now };
	for (size_t i = 0; i < ENVELOPE_STRINGS; i++) {
		const char *string = *string_of(&task->envelope, i);

		if (string)
			text_append(strings, string, strlen(string) + 1);
	}
	for (size_t i = 0; i < item->flags.count; i++)
		text_append(strings, item->flags.names[i], strlen(item->flags.names[i]) + 1);
	task->strings_length = strings->length;
}

size_t batch_task_length(const BatchTask *task)
{
	return task->strings_length + task->message.from_line.length + task->message.memory.length;
}

/* A message's header is the beginning of its first bytes. */
static void place_message(BatchTask *task, const char *memory)
{
	const char *from_line = memory + task->offset + task->strings_length;
	Message *message = &task->message;

	message->from_line = slice(from_line, message->from_line.length);
	message->memory = slice(from_line + message->from_line.length, message->memory.length);
	message->header = slice(message->memory.data, message->header.length);
}

static char *put(char *to, Slice bytes)
{
	if (bytes.length)
		memcpy(to, bytes.data, bytes.length);
	return to + bytes.length;
}

void batch_task_write(BatchTask *task, char *memory, const Message *message, Slice strings)
{
	char *to = put(memory + task->offset, strings);

	to = put(to, message->from_line);
	put(to, slice(message->memory.data, task->message.memory.length));
	place_message(task, memory);
}

void batch_task_unpack(BatchTask *task, const char *memory, PlanFlags *flags, Arena *arena)
{
	const char *at = memory + task->offset;

	for (size_t i = 0; i < ENVELOPE_STRINGS; i++) {
		const char **string = string_of(&task->envelope, i);

		if (*string) {
			*string = at;
			at += strlen(at) + 1;
		}
	}
	*flags = (PlanFlags){ .set = task->flag_count > 0,
			      .names = arena_zeroed(arena, task->flag_count + 1, sizeof *flags->names),
			      .count = task->flag_count };
	for (size_t i = 0; i < task->flag_count; i++, at += strlen(at) + 1)
		flags->names[i] = at;
	place_message(task, memory);
}

bool batch_task_send(int socket, const BatchTask *task, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec piece = { (void *)(size_t)task, sizeof *task };
	struct msghdr packet = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t sent;

	if (fd >= 0) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = sizeof control.bytes;
		*CMSG_FIRSTHDR(&packet) = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd),
							    .cmsg_level = SOL_SOCKET,
							    .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&packet)), &fd, sizeof fd);
	}
	do
		sent = sendmsg(socket, &packet, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof *task;
}

bool batch_task_receive(int socket, BatchTask *task)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec piece = { task, sizeof *task };
	struct msghdr packet = { .msg_iov = &piece,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof control.bytes };
	ssize_t got;

	do
		got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof *task)
		return false;
	task->message.fd = -1;
	if (CMSG_FIRSTHDR(&packet) && CMSG_FIRSTHDR(&packet)->cmsg_type == SCM_RIGHTS)
		memcpy(&task->message.fd, CMSG_DATA(CMSG_FIRSTHDR(&packet)), sizeof task->message.fd);
	task->message.spool_fd = -1;
	return true;
}
