/* doctor_mta - what the mail servers on this machine are set to, and the traps in it
 *
 * Each is asked itself (postconf, exim -bP), so that includes, macros and defaults are as it sees them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "commands/doctor.h"
#include "system/child.h"

enum {
	OUTPUT_MAX = 1024 * 1024,
	TIMEOUT_S = 20,
	POSTFIX_LIMIT_S = 1000, /* command_time_limit when nobody set it */
	SENDMAIL_CF_MAX = 4 * 1024 * 1024,
};

/* ---- asking ---- */

/* Where the program is: as the caller's shell would find it, else where such programs are. */
static const char *find_program(Doctor *doctor, const char *name)
{
	const char *path = getenv("PATH");
	const char *all = arena_printf(doctor->arena, "%s:/usr/sbin:/usr/local/sbin:/sbin:/usr/bin",
				       path ? path : "");

	for (const char *at = all; *at;) {
		size_t length = strcspn(at, ":");
		const char *program = arena_printf(doctor->arena, "%.*s/%s", (int)length, at, name);

		if (*at == '/' && access(program, X_OK) == 0)
			return program;
		at += length + (at[length] == ':');
	}
	return NULL;
}

/* What it prints, or NULL. */
static const char *ask(Doctor *doctor, const char *const *argv)
{
	static const char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL };
	AUTO_VALUE(Text) output = { 0 };
	const ChildSpec spec = { .argv = argv,
				 .environment = environment,
				 .timeout_s = TIMEOUT_S,
				 .output = &output,
				 .output_max = OUTPUT_MAX };
	ChildResult result;
	Failure why = { 0 };

	if (!child_run(&spec, &result, &why)) {
		doctor_say(doctor, DOCTOR_NOTE, "%s", why.text);
		return NULL;
	}
	if (result.status != 0) {
		doctor_say(doctor, DOCTOR_NOTE, "'%s %s' ended with status %d: %s", argv[0], argv[1],
			   result.status, result.output);
		return NULL;
	}
	return arena_copy_string(doctor->arena, text_string(&output));
}

/* The value in a line "NAME = VALUE" of `lines`, blanks in front of NAME allowed; "" when there is none. */
static const char *value_of(const char *lines, const char *name, Arena *arena)
{
	const size_t length = strlen(name);

	for (const char *line = lines; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = line + strspn(line, " \t");

		if (strncmp(at, name, length) != 0)
			continue;
		at += length + strspn(at + length, " \t");
		if (*at != '=')
			continue;
		at += 1 + strspn(at + 1, " \t");
		return arena_copy_bytes(arena, at, strcspn(at, "\n"));
	}
	return "";
}

static bool has_line(const char *lines, const char *wanted)
{
	const size_t length = strlen(wanted);

	for (const char *line = lines; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = line + strspn(line, " \t");

		if (strncmp(at, wanted, length) == 0 && (!at[length] || at[length] == '\n'))
			return true;
	}
	return false;
}

/* "1000s", "1h", "5m", "1h30m": seconds. */
static long seconds_of(const char *text)
{
	long total = 0;

	while (*text) {
		char *end;
		long value = strtol(text, &end, 10);

		if (end == text || value < 0 || value > 10000000)
			return total;
		total += value * (*end == 'w'   ? 604800
				  : *end == 'd' ? 86400
				  : *end == 'h' ? 3600
				  : *end == 'm' ? 60
						: 1);
		text = end + (*end != '\0');
	}
	return total;
}

static bool is_ours(const char *command)
{
	return strstr(command, "trommel") != NULL;
}

/* ---- Postfix ---- */

static void judge_time_limit(Doctor *doctor, const char *name, const char *value)
{
	const long limit = *value ? seconds_of(value) : POSTFIX_LIMIT_S;

	if (limit > (long)doctor->config->deadline_s) {
		doctor_say(doctor, DOCTOR_GOOD, "%s is %ld s, a delivery gives up after %u s (deadline_s)",
			   name, limit, doctor->config->deadline_s);
		return;
	}
	doctor_say(doctor, DOCTOR_FINDING,
		   "%s is %ld s, but a delivery may take %u s (deadline_s): the server would kill it "
		   "and return the mail to its sender",
		   name, limit, doctor->config->deadline_s);
	doctor_mend(doctor, "deadline_s = %ld in trommel.conf", limit > 20 ? limit - 10 : 10);
}

/* The limit is on the size of every file that a command writes. */
static void judge_size_limit(Doctor *doctor, const char *value)
{
	const long long limit = strtoll(value, NULL, 10);
	const char *inbox = doctor->inbox ? doctor->inbox : "the inbox";
	struct stat status;

	if (!*value || limit == 0) {
		doctor_say(doctor, DOCTOR_GOOD, "mailbox_size_limit is 0: an mbox may grow");
	} else if (!doctor->is_mbox) {
		doctor_say(doctor, DOCTOR_NOTE,
			   "mailbox_size_limit is %lld bytes, which is for single messages in a Maildir",
			   limit);
	} else {
		doctor_say(doctor, DOCTOR_FINDING,
			   "mailbox_size_limit is %lld bytes: no mbox that a command writes can grow "
			   "beyond it, and mail is deferred then (%s has %lld)",
			   limit, inbox, stat(inbox, &status) == 0 ? (long long)status.st_size : 0LL);
		doctor_mend(doctor, "postconf -e mailbox_size_limit=0");
	}
}

static void judge_local(Doctor *doctor, const char *settings)
{
	const char *command = value_of(settings, "mailbox_command", doctor->arena);
	const char *transport = value_of(settings, "mailbox_transport", doctor->arena);
	const char *maps = value_of(settings, "mailbox_command_maps", doctor->arena);

	if (*maps)
		doctor_say(doctor, DOCTOR_NOTE,
			   "mailbox_command_maps (%s) says for some users what is called instead", maps);
	if (*transport && is_ours(command)) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "mailbox_transport is '%s', which goes before mailbox_command: trommel is "
			   "not called",
			   transport);
		doctor_mend(doctor, "postconf -X mailbox_transport");
	} else if (is_ours(command)) {
		doctor_say(doctor, DOCTOR_GOOD, "mailbox_command is '%s'", command);
		judge_time_limit(doctor, "command_time_limit",
				 value_of(settings, "command_time_limit", doctor->arena));
		judge_size_limit(doctor, value_of(settings, "mailbox_size_limit", doctor->arena));
	} else {
		doctor_say(doctor, DOCTOR_NOTE,
			   "mailbox_command is '%s': trommel is not called for local mail (see `trommel "
			   "help mta`)",
			   command);
	}
}

/* A line of master.cf that calls us through pipe(8). */
static void judge_service(Doctor *doctor, const char *postconf, const char *line)
{
	const size_t length = strcspn(line, " \t");
	const char *name = arena_copy_bytes(doctor->arena, line, length);
	const char *limit = arena_printf(doctor->arena, "%s_destination_recipient_limit", name);
	const char *time = arena_printf(doctor->arena, "%s_time_limit", name);
	const char *const argv[] = { postconf, limit, time, "command_time_limit", NULL };
	const char *settings = ask(doctor, argv), *value;

	doctor_say(doctor, DOCTOR_GOOD, "the service '%s' in master.cf calls trommel", name);
	if (!strstr(line, "null_sender=")) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "'%s' has no null_sender=: bounces come from MAILER-DAEMON, not from <>", name);
		doctor_mend(doctor, "null_sender= behind flags= in master.cf");
	}
	if (!settings)
		return;
	value = value_of(settings, limit, doctor->arena);
	if (strcmp(value, "1") != 0) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "%s is not 1: several recipients come in one call, and share its outcome", limit);
		doctor_mend(doctor, "postconf -e %s=1", limit);
	}
	/* Unless it is set, Postfix says where it comes from. */
	value = value_of(settings, time, doctor->arena);
	if (strchr(value, '$'))
		value = value_of(settings, "command_time_limit", doctor->arena);
	judge_time_limit(doctor, time, value);
}

static void ask_postfix(Doctor *doctor, const char *postconf)
{
	const char *const settings_argv[] = { postconf,
					      "mailbox_command",
					      "mailbox_command_maps",
					      "mailbox_transport",
					      "mailbox_size_limit",
					      "command_time_limit",
					      NULL };
	const char *const master_argv[] = { postconf, "-M", NULL };
	const char *settings, *services;

	doctor->area = "Postfix";
	settings = ask(doctor, settings_argv);
	if (!settings)
		return;
	judge_local(doctor, settings);
	services = ask(doctor, master_argv);
	for (const char *line = services ? services : ""; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *whole = arena_copy_bytes(doctor->arena, line, strcspn(line, "\n"));

		if (strstr(whole, " pipe") && is_ours(whole))
			judge_service(doctor, postconf, whole);
	}
}

/* ---- Exim ---- */

/* One transport, as `exim -bP transports` has it: "NAME transport:" and its options. */
static void judge_transport(Doctor *doctor, const char *name, const char *options)
{
	const char *command = value_of(options, "command", doctor->arena);
	const char *errors = value_of(options, "temp_errors", doctor->arena);
	const long timeout = seconds_of(value_of(options, "timeout", doctor->arena));

	if (strcmp(value_of(options, "driver", doctor->arena), "pipe") != 0 || !is_ours(command))
		return;
	doctor_say(doctor, DOCTOR_GOOD, "the transport '%s' calls '%s'", name, command);
	if (has_line(options, "return_output")) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "'%s' has return_output: a single word that is printed turns mail that was "
			   "delivered into a bounce",
			   name);
		doctor_mend(doctor, "return_fail_output in place of return_output");
	}
	if (timeout && timeout <= (long)doctor->config->deadline_s && !has_line(options, "timeout_defer")) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "'%s' has a timeout of %ld s, but a delivery may take %u s (deadline_s): Exim "
			   "would kill it and return the mail to its sender",
			   name, timeout, doctor->config->deadline_s);
		doctor_mend(doctor, "timeout_defer, or timeout = 1h");
	}
	if (*errors && strcmp(errors, "*") != 0 && !strstr(errors, "75")) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "'%s' has temp_errors = %s: \"not now\" (75) would return the mail to its "
			   "sender",
			   name, errors);
		doctor_mend(doctor, "temp_errors = 71 : 73 : 74 : 75");
	}
	if (!has_line(options, "return_path_add"))
		doctor_say(doctor, DOCTOR_NOTE, "'%s' has no return_path_add; trommel adds the field itself",
			   name);
}

static void ask_exim(Doctor *doctor, const char *exim)
{
	const char *const argv[] = { exim, "-bP", "transports", NULL };
	const char *transports;
	bool is_called = false;

	doctor->area = "Exim";
	transports = ask(doctor, argv);
	for (const char *at = transports; at && *at;) {
		const char *title = strstr(at, " transport:\n");
		const char *start, *next;

		if (!title)
			break;
		for (start = title; start > at && start[-1] != '\n'; start--)
			continue;
		next = strstr(title + 1, " transport:\n");
		for (; next && next > title && next[-1] != '\n'; next--)
			continue;
		{
			const char *options = title + strlen(" transport:\n");
			const size_t length = next ? (size_t)(next - options) : strlen(options);
			const char *block = arena_copy_bytes(doctor->arena, options, length);

			is_called |= is_ours(value_of(block, "command", doctor->arena));
			judge_transport(doctor,
					arena_copy_bytes(doctor->arena, start, (size_t)(title - start)),
					block);
		}
		at = next;
	}
	if (transports && !is_called)
		doctor_say(doctor, DOCTOR_NOTE, "no transport calls trommel (see `trommel help mta`)");
}

/* ---- Sendmail ---- */

/* The definition of the mailer `local`, its lines joined; NULL: there is none. */
static const char *local_mailer(const char *lines, Arena *arena)
{
	AUTO_VALUE(Text) mailer = { 0 };

	for (const char *line = lines; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const size_t length = strcspn(line, "\n");
		const bool is_more = *line == '\t' || *line == ' ';

		if (mailer.length && !is_more)
			break;
		if (mailer.length || (strncmp(line, "Mlocal", 6) == 0 && strchr(", \t", line[6])))
			text_append(&mailer, line, length);
	}
	return mailer.length ? arena_copy_string(arena, text_string(&mailer)) : NULL;
}

static void read_sendmail(Doctor *doctor, const char *path)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	AUTO_VALUE(Text) content = { 0 };
	Failure why = { 0 };
	const char *mailer;

	if (fd < 0)
		return;
	doctor->area = "Sendmail";
	if (!io_read_file(fd, path, SENDMAIL_CF_MAX, &content, &why)) {
		doctor_say(doctor, DOCTOR_NOTE, "%s", why.text);
		return;
	}
	mailer = local_mailer(text_string(&content), doctor->arena);
	if (!mailer || !is_ours(mailer)) {
		doctor_say(doctor, DOCTOR_NOTE,
			   "the mailer 'local' in %s does not call trommel (see `trommel help mta`)", path);
		return;
	}
	doctor_say(doctor, DOCTOR_GOOD, "the mailer 'local' in %s calls trommel", path);
	if (!strstr(mailer, "-d")) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "its A= has no '-d $u': as root trommel has to be told whose mail it is");
		doctor_mend(doctor, "A=trommel -Y -a $h -d $u");
	}
}

/* ---- whoever else decides before us ---- */

static void read_forward(Doctor *doctor)
{
	const char *path = arena_printf(doctor->arena, "%s/.forward", doctor->user.home);
	struct stat status;

	if (lstat(path, &status) < 0)
		return;
	doctor->area = "mail server";
	doctor_say(doctor, DOCTOR_NOTE,
		   "%s is there: Postfix, Sendmail and Exim read it before they call anything for local "
		   "mail",
		   path);
}

void doctor_mta(Doctor *doctor)
{
	const char *postconf = find_program(doctor, "postconf");
	const char *exim = find_program(doctor, "exim4");
	const size_t before = doctor->count;

	if (!exim)
		exim = find_program(doctor, "exim");
	if (postconf)
		ask_postfix(doctor, postconf);
	if (exim)
		ask_exim(doctor, exim);
	read_sendmail(doctor, "/etc/mail/sendmail.cf");
	if (doctor->count == before) {
		doctor->area = "mail server";
		doctor_say(doctor, DOCTOR_NOTE, "no Postfix, Exim or Sendmail that could be asked is here");
	}
	read_forward(doctor);
}
