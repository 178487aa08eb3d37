#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/printable.h"
#include "system/syslog_socket.h"

enum {
	LINE_BYTES_MAX = 960, /* with its head below RFC 3164's 1024 */
	FIELD_BYTES_MAX = 200,
	JSON_FIELD_BYTES_MAX = 1000
};

static SyslogSocket syslog_daemon = { .path = "/dev/log", .fd = -1 };
static int facility_code = -1; /* -1: no syslog */
static int json_fd = -1;

static int facility_of(const char *name)
{
	static const struct {
		const char *name;
		int code;
	} facilities[] = {
		{ "mail", LOG_MAIL },     { "daemon", LOG_DAEMON },     { "user", LOG_USER },
		{ "auth", LOG_AUTH },     { "authpriv", LOG_AUTHPRIV }, { "local0", LOG_LOCAL0 },
		{ "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },     { "local3", LOG_LOCAL3 },
		{ "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },     { "local6", LOG_LOCAL6 },
		{ "local7", LOG_LOCAL7 },
	};

	for (size_t i = 0; i < sizeof facilities / sizeof facilities[0]; i++)
		if (strcmp(name, facilities[i].name) == 0)
			return facilities[i].code;
	return name[0] ? LOG_MAIL : -1;
}

static int severity_of(LogLevel level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return LOG_ERR;
	case LOG_LEVEL_WARNING:
		return LOG_WARNING;
	case LOG_LEVEL_INFO:
		break;
	}
	return LOG_INFO;
}

static void to_syslog(LogLevel level, Slice line)
{
	AUTO_VALUE(Text) safe = { 0 };

	if (facility_code < 0)
		return;
	printable_append(&safe, line, LINE_BYTES_MAX);
	syslog_socket_send(&syslog_daemon, facility_code | severity_of(level), text_slice(&safe));
}

/* As root we may be led to append to somebody's file: only a file with one name, which is no link. */
static bool is_plain_file(int fd)
{
	struct stat file;

	return fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_nlink == 1;
}

static void open_json(const char *path)
{
	json_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
		       0600);
	if (json_fd < 0) {
		log_line(LOG_LEVEL_WARNING, "cannot open log_json '%s': %s", path, strerror(errno));
	} else if (!is_plain_file(json_fd)) {
		log_line(LOG_LEVEL_WARNING, "log_json '%s' is not a plain file with one name", path);
		close(json_fd);
		json_fd = -1;
	}
}

void log_open(const char *facility, const char *json_path)
{
	int saved = errno;

	log_close();
	facility_code = facility_of(facility);
	if (json_path[0])
		open_json(json_path);
	errno = saved;
}

void log_close(void)
{
	syslog_socket_close(&syslog_daemon);
	if (json_fd >= 0)
		close(json_fd);
	json_fd = -1;
	facility_code = -1;
}

void log_hold(void)
{
	if (facility_code >= 0)
		syslog_socket_open(&syslog_daemon);
}

void log_set_syslog_socket(const char *path)
{
	syslog_socket_close(&syslog_daemon);
	syslog_daemon.path = path;
}

void log_line(LogLevel level, const char *format, ...)
{
	char line[LINE_BYTES_MAX + 8]; /* longer ones are cut, and say so */
	va_list arguments;
	int length, saved = errno;

	if (facility_code < 0)
		return;
	va_start(arguments, format);
	length = vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	if (length >= 0)
		to_syslog(level, slice(line, strlen(line)));
	errno = saved;
}

/* -- One delivery -------------------------------------------------------------------------------------- */

static Slice slice_or_empty(const char *string)
{
	return string ? slice_of(string) : SLICE("");
}

/* `, key=value`; with quotes when the value could be taken for more than one. */
static void append_field(Text *out, const char *key, Slice value)
{
	AUTO_VALUE(Text) safe = { 0 };

	printable_append(&safe, value, FIELD_BYTES_MAX);
	if (out->length)
		text_append_string(out, ", ");
	text_append_string(out, key);
	text_append_char(out, '=');
	if (safe.length && !strpbrk(text_string(&safe), " ,\"\\"))
		text_append_slice(out, text_slice(&safe));
	else
		text_append_quoted(out, text_slice(&safe));
}

static void delivery_to_syslog(const LogDelivery *delivery)
{
	AUTO_VALUE(Text) line = { 0 };

	if (facility_code < 0)
		return;
	append_field(&line, "user", slice_or_empty(delivery->user));
	append_field(&line, "msgid", delivery->message_id);
	text_printf(&line, ", size=%lld", (long long)delivery->size_bytes);
	append_field(&line, "from", slice_or_empty(delivery->sender));
	append_field(&line, "to", slice_or_empty(delivery->recipient));
	if (delivery->script) {
		append_field(&line, "script", slice_of(delivery->script));
		text_printf(&line, ", line=%u", (unsigned)delivery->line);
	}
	if (delivery->unconfined)
		append_field(&line, "unconfined", slice_of(delivery->unconfined));
	if (delivery->folder)
		append_field(&line, "folder", slice_of(delivery->folder));
	if (delivery->dotlock)
		append_field(&line, "dotlock", slice_of(delivery->dotlock));
	text_printf(&line, ", ms=%llu.%03llu", (unsigned long long)delivery->duration_us / 1000,
		    (unsigned long long)delivery->duration_us % 1000);
	append_field(&line, "result", slice_or_empty(delivery->result));
	if (delivery->status)
		text_printf(&line, ", status=%d", delivery->status);
	if (delivery->reason)
		append_field(&line, "reason", slice_of(delivery->reason));
	to_syslog(delivery->status ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, text_slice(&line));
}

/* gmtime(3) would read the time zone file first.  Days to a date after H. Hinnant's "days from civil": years
 * begin in March, so that the leap day is the last. */
static void append_time(Text *out)
{
	struct timespec now;
	long days, second, era, day_of_era, year, day, month;

	clock_gettime(CLOCK_REALTIME, &now);
	days = (long)(now.tv_sec / 86400) + 719468;
	second = (long)(now.tv_sec % 86400);
	era = days / 146097;
	day_of_era = days % 146097;
	year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day = day_of_era - (365 * year + year / 4 - year / 100);
	month = (5 * day + 2) / 153;
	day = day - (153 * month + 2) / 5 + 1;
	month = month < 10 ? month + 3 : month - 9;
	text_printf(out, "\"%04ld-%02ld-%02ldT%02ld:%02ld:%02ld.%03ldZ\"", year + era * 400 + (month <= 2),
		    month, day, second / 3600, second / 60 % 60, second % 60, now.tv_nsec / 1000000);
}

static Slice shortened(Slice value)
{
	return slice(value.data, value.length < JSON_FIELD_BYTES_MAX ? value.length : JSON_FIELD_BYTES_MAX);
}

/* NULL is null. */
static void append_json_text(Text *out, const char *name, const char *value)
{
	if (value)
		json_field_slice(out, name, shortened(slice_of(value)));
	else
		json_field_string(out, name, NULL);
}

static void delivery_to_json(const LogDelivery *delivery)
{
	AUTO_VALUE(Text) line = { 0 };

	if (json_fd < 0)
		return;
	text_append_char(&line, '{');
	json_name(&line, "time");
	append_time(&line);
	json_field_number(&line, "pid", getpid());
	append_json_text(&line, "user", delivery->user);
	json_field_slice(&line, "message_id", shortened(delivery->message_id));
	json_field_number(&line, "size_bytes", delivery->size_bytes);
	append_json_text(&line, "sender", delivery->sender);
	append_json_text(&line, "recipient", delivery->recipient);
	append_json_text(&line, "script", delivery->script);
	json_field_number(&line, "line", delivery->line);
	append_json_text(&line, "unconfined", delivery->unconfined);
	append_json_text(&line, "folder", delivery->folder);
	append_json_text(&line, "dotlock", delivery->dotlock);
	json_field_number(&line, "duration_us", (int64_t)delivery->duration_us);
	append_json_text(&line, "result", delivery->result);
	append_json_text(&line, "reason", delivery->reason);
	json_field_number(&line, "status", delivery->status);
	text_append_string(&line, "}\n");
	/* One write, so that lines of two deliveries do not mix. */
	if (write(json_fd, line.data, line.length) < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write log_json: %s", strerror(errno));
}

void log_delivery(const LogDelivery *delivery)
{
	int saved = errno;

	delivery_to_syslog(delivery);
	delivery_to_json(delivery);
	errno = saved;
}
