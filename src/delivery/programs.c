#include "delivery/programs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "base/io.h"
#include "delivery/rules.h"
#include "message/lines.h"
#include "plan/limits.h"
#include "system/child.h"
#include "system/trust.h"

enum {
	CHUNK_BYTES = 64 * 1024,
	ENVIRONMENT_MAX = 8
};

/* A kind of use, and what the configuration says of it. */
typedef struct Use {
	const char *how; /* as questions have it */
	const char *directory_key;
	size_t directory, timeout_s; /* in Config */
	size_t output_max;
} Use;

#define AT(member) offsetof(Config, member)

static const Use uses[] = {
	{ "pipe", "pipe_bin_dir", AT(pipe_bin_dir), AT(pipe_exec_timeout_s), 0 },
	{ "filter", "filter_bin_dir", AT(filter_bin_dir), AT(filter_exec_timeout_s), LIMIT_FILTERED_BYTES },
	{ "convert", "convert_bin_dir", AT(convert_bin_dir), AT(convert_exec_timeout_s),
	  LIMIT_FILTERED_BYTES },
	{ "execute", "execute_bin_dir", AT(execute_bin_dir), AT(execute_exec_timeout_s),
	  LIMIT_EXECUTED_BYTES },
};

/* One program on its way. */
typedef struct Job {
	const Programs *programs;
	ProgramBudget *budget;
	const Use *use;
	Slice name;
	const Slice *arguments;
	size_t argument_count;
	/* what it reads: a text, or a message; neither: nothing */
	bool reads_text;
	Slice text;
	const Message *message;
	const char *line_end; /* NULL: as the lines are */
	/* how it ended */
	ProgramEnd end;
	Text output;
	Failure reason;
	Arena *arena;
} Job;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void programs_begin(Programs *programs)
{
	const int64_t all_ms = (int64_t)programs->config->deadline_s * 1000;

	programs->asked = (ProgramBudget){ .ms = all_ms / 2, .count = LIMIT_PROGRAMS };
	programs->piped = (ProgramBudget){ .ms = all_ms / 4, .count = LIMIT_ACTIONS };
}

static bool refuse(Job *job, ProgramEnd end, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(Job *job, ProgramEnd end, const char *format, ...)
{
	va_list arguments;
	char text[FAILURE_TEXT_MAX];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	job->end = end;
	failure_retry(&job->reason, "%s", text);
	return true;
}

/* ---- may it be run? ---- */

static const Use *find_use(Slice how)
{
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		if (slice_equal(how, slice_of(uses[i].how)))
			return &uses[i];
	return NULL;
}

/* The path of the program, or NULL when the job has been refused. */
static const char *find_path(Job *job)
{
	const Config *config = job->programs->config;
	const char *directory = *(const char *const *)(const void *)((const char *)config +
								     job->use->directory);

	if (!*directory) {
		refuse(job, PROGRAM_UNKNOWN, "no program may be run: %s is empty", job->use->directory_key);
		return NULL;
	}
	if (!plan_program_valid(job->name)) {
		refuse(job, PROGRAM_UNKNOWN, "a program cannot have this name");
		return NULL;
	}
	return arena_printf(job->arena, "%s/%.*s", rules_expand(directory, job->programs->user, job->arena),
			    (int)job->name.length, job->name.data);
}

/* Looks at its file.  False (RETRY) when that could not be done just now. */
static bool look(Job *job, const char *path, Failure *why)
{
	auto_fd int fd = -1;
	Failure reason = { 0 };

	switch (trusted_open(path, job->programs->user->uid, &fd, &reason)) {
	case TRUST_OK:
		job->end = PROGRAM_DONE;
		return true;
	case TRUST_ABSENT:
		return refuse(job, PROGRAM_UNKNOWN, "there is no program '%s'", path);
	case TRUST_REFUSED:
		return refuse(job, PROGRAM_UNKNOWN, "%s", reason.text);
	case TRUST_UNREADABLE:
		break;
	}
	if (reason.error == EACCES)
		return refuse(job, PROGRAM_UNKNOWN, "%s", reason.text);
	*why = reason;
	return false;
}

/* ---- what it reads ---- */

static bool write_text(Slice text, int fd, Failure *why)
{
	return !text.length || io_write(fd, text.data, text.length) || failure_errno(why, "write its input");
}

static bool write_converted(Slice bytes, const char *line_end, char *previous, int fd, Failure *why)
{
	AUTO_VALUE(Text) converted = { 0 };

	lines_convert(bytes, slice_of(line_end), previous, &converted);
	return write_text(text_slice(&converted), fd, why);
}

static bool write_end(char *previous, int fd, Failure *why)
{
	AUTO_VALUE(Text) rest = { 0 };

	lines_convert_end(previous, &rest);
	return write_text(text_slice(&rest), fd, why);
}

static bool feed_message(const Job *job, int fd, Failure *why)
{
	const Message *message = job->message;
	MessageImage image = { .head = message_head(message),
			       .message = message,
			       .rest_offset = message->body_offset,
			       .whole_fd = -1 };
	char previous = 0, *bytes;

	if (!job->line_end)
		return image_write(&image, fd, NULL, why);
	bytes = arena_alloc(job->arena, CHUNK_BYTES);
	for (off_t offset = 0; offset < message->size_bytes;) {
		size_t got;

		if (!message_read(message, offset, bytes, CHUNK_BYTES, &got, why) ||
		    !write_converted(slice(bytes, got), job->line_end, &previous, fd, why))
			return false;
		offset += (off_t)got;
	}
	return write_end(&previous, fd, why);
}

static bool feed(void *self, int fd, Failure *why)
{
	const Job *job = self;
	char previous = 0;

	if (job->message)
		return feed_message(job, fd, why);
	if (!job->line_end)
		return io_write(fd, job->text.data, job->text.length) ||
		       failure_errno(why, "write its input");
	return write_converted(job->text, job->line_end, &previous, fd, why) && write_end(&previous, fd, why);
}

/* ---- running it ---- */

/* The envelope comes from outside: what is no line of text is left out. */
static void set(Job *job, const char **environment, size_t *count, const char *name, const char *value)
{
	if (value && plan_argument_valid(slice_of(value)))
		environment[(*count)++] = arena_printf(job->arena, "%s=%s", name, value);
}

static const char *const *make_environment(Job *job)
{
	const Envelope *envelope = job->programs->envelope;
	const char **environment = arena_zeroed(job->arena, ENVIRONMENT_MAX, sizeof *environment);
	size_t count = 0;

	environment[count++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	set(job, environment, &count, "HOME", envelope->home);
	set(job, environment, &count, "USER", envelope->user);
	set(job, environment, &count, "HOST", job->programs->host);
	set(job, environment, &count, "SENDER", envelope->sender);
	set(job, environment, &count, "RECIPIENT", envelope->recipient);
	set(job, environment, &count, "ORIG_RECIPIENT",
	    envelope->original_recipient ? envelope->original_recipient : envelope->recipient);
	return environment;
}

static const char *const *make_argv(Job *job, const char *path)
{
	const char **argv = arena_zeroed(job->arena, job->argument_count + 2, sizeof *argv);

	argv[0] = path;
	for (size_t i = 0; i < job->argument_count; i++)
		argv[i + 1] = arena_copy_bytes(job->arena, job->arguments[i].data, job->arguments[i].length);
	return argv;
}

/* Is it the program's own nature that it cannot be started, and no accident of this moment? */
static bool is_lasting(int error)
{
	switch (error) {
	case EACCES:
	case ENOENT:
	case ENOEXEC:
	case ELOOP:
	case ENOTDIR:
	case EPERM:
	case E2BIG:
	case EISDIR:
	case EINVAL:
	case ELIBBAD:
		return true;
	default:
		return false;
	}
}

static void judge_end(Job *job, const ChildResult *result, unsigned seconds)
{
	const char *colon = *result->output ? ": " : "";

	if (result->timed_out)
		refuse(job, PROGRAM_FAILED, "it took longer than %u s%s%s", seconds, colon, result->output);
	else if (result->too_long)
		refuse(job, PROGRAM_FAILED, "it wrote more than %zu bytes", job->use->output_max);
	else if (result->status < 0)
		refuse(job, PROGRAM_FAILED, "it was ended by signal %d%s%s", result->signal, colon,
		       result->output);
	else if (result->status > 0)
		refuse(job, PROGRAM_DECLINED, "it ended with status %d%s%s", result->status, colon,
		       result->output);
	else
		job->end = PROGRAM_DONE;
}

/* Its own time, or what is left of everybody's. */
static unsigned time_for(const Job *job)
{
	unsigned own = *(const unsigned *)(const void *)((const char *)job->programs->config +
							 job->use->timeout_s);
	unsigned left = (unsigned)((job->budget->ms + 999) / 1000);

	return own && own < left ? own : left;
}

static bool run(Job *job, const char *path, Failure *why)
{
	unsigned seconds = time_for(job);
	const ChildSpec spec = {
		.argv = make_argv(job, path),
		.environment = make_environment(job),
		.feed = job->reads_text || job->message ? feed : NULL,
		.self = job,
		.timeout_s = seconds,
		.output = job->use->output_max ? &job->output : NULL,
		.output_max = job->use->output_max,
	};
	ChildResult result = { 0 };
	int64_t before_ms = now_ms();
	bool ran;

	if (job->budget->ms <= 0)
		return refuse(job, PROGRAM_FAILED, "no time is left for it");
	if (!job->budget->count)
		return refuse(job, PROGRAM_FAILED, "more than %d programs (limit: programs)", LIMIT_PROGRAMS);
	job->budget->count--;
	ran = child_run(&spec, &result, why);
	job->budget->ms -= now_ms() - before_ms;
	if (!ran && is_lasting(why->error))
		return refuse(job, PROGRAM_FAILED, "%s", why->text);
	if (ran)
		judge_end(job, &result, seconds);
	return ran;
}

static bool check_arguments(Job *job)
{
	if (job->argument_count > LIMIT_ARGUMENTS)
		return false;
	for (size_t i = 0; i < job->argument_count; i++)
		if (!plan_argument_valid(job->arguments[i]))
			return false;
	return true;
}

/* Finds the program and, unless it was only to be looked for, runs it. */
static bool do_job(Job *job, bool only_look, Failure *why)
{
	const char *path = find_path(job);

	if (!path)
		return true;
	if (!look(job, path, why))
		return false;
	if (job->end != PROGRAM_DONE || only_look)
		return true;
	if (!check_arguments(job))
		return refuse(job, PROGRAM_FAILED, "it is told something that is no line of text");
	return run(job, path, why);
}

/* ---- questions ---- */

/* The version of the message that the question is about. */
static bool read_version(Job *job, Slice bytes, Failure *why)
{
	const Message *base = job->programs->message;
	MessagePieces pieces;
	Message *edited;

	job->message = base;
	if (!bytes.length)
		return true;
	if (!plan_image_decode(bytes, base->size_bytes, job->arena, &pieces, why))
		return refuse(job, PROGRAM_FAILED, "%s", why->text);
	edited = ARENA_NEW(job->arena, Message);
	job->message = edited;
	return message_edit(edited, base, &pieces, job->arena, why);
}

static bool read_input(Job *job, Slice input, Failure *why)
{
	bool converts = strcmp(job->use->how, "execute") == 0;

	if (converts)
		job->line_end = strcmp(job->programs->config->execute_input_eol, "lf") == 0 ? "\n" : "\r\n";
	switch (input.length ? (ProgramInput)input.data[0] : PROGRAM_READS_NOTHING) {
	case PROGRAM_READS_TEXT:
		job->reads_text = true;
		job->text = slice_from(input, 1);
		return true;
	case PROGRAM_READS_MESSAGE:
		return read_version(job, slice_from(input, 1), why);
	case PROGRAM_READS_NOTHING:
		break;
	}
	return true;
}

/* Ends with PROGRAM_DONE in `end` where nothing speaks against going on. */
static bool answer_job(Job *job, const Question *question, Failure *why)
{
	job->end = PROGRAM_DONE;
	if (!read_input(job, question->arguments[2], why))
		return false;
	return job->end != PROGRAM_DONE || do_job(job, strcmp(job->use->how, "pipe") == 0, why);
}

bool programs_answer(Programs *programs, const Question *question, Answer *answer, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	Job job = { .programs = programs,
		    .budget = &programs->asked,
		    .use = find_use(question->arguments[0]),
		    .name = question->arguments[1],
		    .arguments = question->arguments + 3,
		    .argument_count = question->count - 3,
		    .arena = arena };
	bool known = true;

	if (job.use)
		known = answer_job(&job, question, why);
	else
		refuse(&job, PROGRAM_UNKNOWN, "nothing is run in this way");
	answer->yes = known && job.end == PROGRAM_DONE;
	text_append_char(&answer->bytes, (char)job.end);
	text_append_slice(&answer->bytes, answer->yes ? text_slice(&job.output) : slice_of(job.reason.text));
	text_clear(&job.output);
	return known;
}

/* ---- pipe ---- */

bool programs_pipe(Programs *programs, const Action *action, const Message *version, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	Slice *arguments = arena_zeroed(arena, action->arguments.count + 1, sizeof *arguments);
	Job job = { .programs = programs,
		    .budget = &programs->piped,
		    .use = find_use(SLICE("pipe")),
		    .name = slice_of(action->program),
		    .arguments = arguments,
		    .argument_count = action->arguments.count,
		    .message = version,
		    .arena = arena };

	for (size_t i = 0; i < action->arguments.count; i++)
		arguments[i] = slice_of(action->arguments.items[i]);
	if (!do_job(&job, false, why))
		return failure_add(why, "while piping to %s", action->program);
	if (job.end == PROGRAM_DONE)
		return true;
	return failure_retry(why, "pipe to %s: %s", action->program, job.reason.text);
}
