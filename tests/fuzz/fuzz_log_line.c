/* A delivery that was logged, in JSON or by syslog, is read back as it was; and whatever a line is, what is
 * read of it can be shown on a terminal, with a day that is one or none (system/log.h, commands/log_line.h).
 *
 * The first byte says which: even, and the rest chooses a delivery; odd, and it is the line. */
#include "fuzz_files.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "commands/log_line.h"
#include "system/log.h"

enum {
	FIELD_MAX = 60
};

static const int64_t now = 1794816000; /* 2026-11-16 */

static void look_at_string(const char *string)
{
	AUTO(Arena) arena = arena_new();

	LAW_SAME(slice_of(string), slice_of(printable_copy(slice_of(string), strlen(string), arena)));
}

static void look_at_any(Slice line)
{
	static const char shape[] = "dddd-dd-dd";
	AUTO(Arena) arena = arena_new();
	LogLine read;

	if (!log_line_read(line, now, arena, &read))
		return;
	LAW(*read.result);
	look_at_string(read.user);
	look_at_string(read.script);
	look_at_string(read.folder);
	look_at_string(read.result);
	LAW(!*read.day || strlen(read.day) == sizeof shape - 1);
	for (size_t i = 0; read.day[i]; i++)
		LAW(shape[i] == 'd' ? ascii_is_digit(read.day[i]) : read.day[i] == shape[i], "%s", read.day);
}

/* ---- what was logged ---- */

static void compare(const LogLine *read, const LogDelivery *logged)
{
	const struct {
		const char *read, *logged;
	} strings[] = {
		{ read->user, logged->user },
		{ read->script, logged->script },
		{ read->folder, logged->folder },
		{ read->result, logged->result },
	};

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		const char *wanted = strings[i].logged ? strings[i].logged : "";

		LAW_SAME(slice_of(strings[i].read), slice_of(wanted));
	}
	LAW(!*read->script || read->line == logged->line);
	LAW(read->size_bytes == (uint64_t)logged->size_bytes);
	LAW(read->duration_us == logged->duration_us);
}

static int listen_for_syslog(char *path, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	LAW(snprintf(path, size, "%s/syslog", fuzz_place()) < (int)sizeof address.sun_path);
	strcpy(address.sun_path, path);
	LAW(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
	return fd;
}

static void look_at_logged(Slice line, const LogDelivery *logged, Arena *arena)
{
	LogLine read;

	LAW(log_line_read(line, now, arena, &read), "%.*s", (int)line.length, line.data);
	compare(&read, logged);
}

/* What can be shown, since each log has its own way with what cannot. */
static const char *choose_string(FuzzChoices *choices, Arena *arena)
{
	return printable_copy(fuzz_bytes(choices, FIELD_MAX), FIELD_MAX, arena);
}

static void log_and_read(FuzzChoices *choices, Arena *arena)
{
	auto_fd int place = fuzz_directory();
	AUTO_VALUE(Text) json = { 0 };
	char socket_path[300], json_path[300], datagram[2000];
	auto_fd int syslog = listen_for_syslog(socket_path, sizeof socket_path);
	LogDelivery logged = {
		.user = choose_string(choices, arena),
		.message_id = fuzz_bytes(choices, FIELD_MAX),
		.size_bytes = (off_t)fuzz_choose(choices, 1000000),
		.sender = fuzz_string(choices, FIELD_MAX, arena),
		.recipient = fuzz_string(choices, FIELD_MAX, arena),
		.script = fuzz_choose(choices, 2) ? choose_string(choices, arena) : NULL,
		.line = (uint32_t)fuzz_choose(choices, 70000),
		.folder = fuzz_choose(choices, 2) ? choose_string(choices, arena) : NULL,
		.duration_us = fuzz_choose(choices, 10000000),
		.result = "stored",
		.reason = fuzz_choose(choices, 2) ? fuzz_string(choices, FIELD_MAX, arena) : NULL,
	};
	ssize_t got;

	snprintf(json_path, sizeof json_path, "%s/log", fuzz_place());
	log_set_syslog_socket(socket_path);
	log_open("mail", json_path);
	log_delivery(&logged);
	log_close();
	got = recv(syslog, datagram, sizeof datagram, 0);
	LAW(got > 0);
	look_at_logged(slice(datagram, (size_t)got), &logged, arena);
	fuzz_read(place, "log", &json);
	look_at_logged(text_slice(&json), &logged, arena);
}

static void fuzz(Slice input)
{
	FuzzChoices choices = { input };
	AUTO(Arena) arena = arena_new();

	if (fuzz_choose(&choices, 2))
		look_at_any(choices.rest);
	else
		log_and_read(&choices, arena);
}
