/* doctor - what would become of a user's mail, and what stands in its way: `trommel doctor` */
#include "commands/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/panic.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "commands/style.h"
#include "delivery/user_store.h"
#include "system/host.h"
#include "system/privileges.h"

enum {
	GOOD = 0,
	HAS_FINDINGS = 1,
	COULD_NOT_RUN = 2,
	LINE_BYTES = 2000,
	OPTION_JSON = OPTION_LONG,
};

typedef struct Options {
	const char *file; /* of the configuration; NULL: the usual one */
	const char *user; /* NULL: who runs this */
	bool json;
} Options;

static const Option options_of_doctor[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_JSON, "json", NULL, "an array with an object for each line" },
	{ 0 },
};

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&doctor_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	options->user = argv[optind];
	return options_no_more(&doctor_command, argc, argv, 1);
}

/* ---- what is found ---- */

void doctor_say(Doctor *doctor, DoctorLevel level, const char *format, ...)
{
	AUTO_VALUE(Text) safe = { 0 };
	char text[LINE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	printable_append(&safe, slice_of(text), LINE_BYTES);
	MEMORY_GROW(doctor->lines, doctor->count, doctor->capacity);
	doctor->lines[doctor->count++] = (DoctorLine){ .level = level,
						       .area = doctor->area,
						       .text = arena_copy_string(doctor->arena,
										 text_string(&safe)) };
	doctor->findings += level == DOCTOR_FINDING;
}

void doctor_mend(Doctor *doctor, const char *format, ...)
{
	AUTO_VALUE(Text) safe = { 0 };
	char text[LINE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	printable_append(&safe, slice_of(text), LINE_BYTES);
	doctor->lines[doctor->count - 1].mend = arena_copy_string(doctor->arena, text_string(&safe));
}

static const char *const level_names[] = { "good", "note", "finding" };

static void print_lines(const Doctor *doctor, Text *out)
{
	const Style style = style_for(STDOUT_FILENO);
	const char *const marks[] = { "ok  ", "    ", "!!  " };
	const char *const colours[] = { style.good, "", style.bad };
	const char *area = "";

	for (const DoctorLine *it = doctor->lines; it < doctor->lines + doctor->count; it++) {
		if (strcmp(area, it->area) != 0)
			text_printf(out, "%s%s%s%s\n", *area ? "\n" : "", style.bold, it->area, style.end);
		area = it->area;
		text_printf(out, "  %s%s%s%s\n", colours[it->level], marks[it->level], style.end, it->text);
		if (it->mend)
			text_printf(out, "      mend it: %s%s%s\n", style.bold, it->mend, style.end);
	}
	if (doctor->findings)
		text_printf(out, "\n%zu %s\n", doctor->findings,
			    doctor->findings == 1 ? "finding" : "findings");
	else
		text_append_string(out, "\nnothing stands in the way\n");
}

static void print_json(const Doctor *doctor, Text *out)
{
	text_append_char(out, '[');
	for (const DoctorLine *it = doctor->lines; it < doctor->lines + doctor->count; it++) {
		text_append_string(out, it == doctor->lines ? "\n {" : ",\n {");
		json_field_string(out, "area", it->area);
		json_field_string(out, "level", level_names[it->level]);
		json_field_string(out, "text", it->text);
		json_field_string(out, "mend", it->mend);
		text_append_char(out, '}');
	}
	text_append_string(out, "\n]\n");
}

/* ---- on whom ---- */

static bool find_user(const Options *options, User *user, Failure *why)
{
	if (!options->user && geteuid() == 0)
		return failure_set(why, FAILURE_USAGE, "5.6.0",
				   "as root, name the user whose mail it is about");
	if (options->user ? !user_find_name(user, options->user, why) : !user_find_uid(user, geteuid(), why))
		return false;
	if (geteuid() != 0 && user->uid != geteuid())
		return failure_retry(why, "only root may look at the mail of '%s'", user->name);
	return true;
}

/* As a delivery does it. */
static bool become(Doctor *doctor, Failure *why)
{
	if (!privileges_become(&doctor->user, store_spool_group(&doctor->store_settings), why))
		return false;
	if (chdir(doctor->user.home) < 0) {
		doctor->area = "user";
		doctor_say(doctor, DOCTOR_FINDING, "the home directory '%s' cannot be entered",
			   doctor->user.home);
		return chdir("/") == 0 || failure_errno(why, "change to the directory '/'");
	}
	return true;
}

static void look(Doctor *doctor)
{
	doctor_mail(doctor);
	doctor_rules(doctor);
	doctor_locks(doctor);
	doctor_litter(doctor);
	doctor_modules(doctor);
	doctor_state(doctor);
}

static int report(const Doctor *doctor, bool json)
{
	AUTO_VALUE(Text) out = { 0 };

	if (json)
		print_json(doctor, &out);
	else
		print_lines(doctor, &out);
	if (fwrite(text_string(&out), 1, out.length, stdout) != out.length || fflush(stdout) != 0) {
		perror("trommel doctor: write");
		return COULD_NOT_RUN;
	}
	return doctor->findings ? HAS_FINDINGS : GOOD;
}

static int run(Doctor *doctor, const Options *options)
{
	const Config *config = doctor->config;
	const Host host = host_find(config);
	Failure why = { 0 };

	doctor->machine = host.machine;
	doctor->hostname = host_in_mail(&host);
	doctor->now = (int64_t)time(NULL);
	if (!find_user(options, &doctor->user, &why))
		return options_complain(&doctor_command, why.text);
	doctor->store_settings = user_store_settings(config, &doctor->user, doctor->hostname,
						     doctor->machine);
	doctor_place(doctor);
	doctor_mta(doctor);
	if (!become(doctor, &why))
		return options_complain(&doctor_command, why.text);
	look(doctor);
	return report(doctor, options->json);
}

static int command_doctor(int argc, char **argv)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Config) config = { 0 };
	Doctor doctor = { .config = &config, .arena = arena };
	Options options = { 0 };
	Failure why = { 0 };
	int status;

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options))
		return options_usage(&doctor_command);
	if (!settings_read(argc, argv, &doctor_command, options.file, &config, &why))
		return options_complain(&doctor_command, why.text);
	status = run(&doctor, &options);
	user_clear(&doctor.user);
	cleanup_free(&doctor.lines);
	return status;
}

const Command doctor_command = {
	.name = "doctor",
	.run = command_doctor,
	.summary = "say what would become of a user's mail, and what stands in its way",
	.synopsis = "doctor [-c FILE] [-o KEY=VALUE]... [--json] [USER]\n",
	.about = "Looks at all that decides about a user's mail, by the same code that delivers: which rules "
		 "would run\n"
		 "and why not others, owners and modes, locks, what the mail server is set to, what was left "
		 "behind.\n"
		 "Nothing is changed; what mends a finding is shown.\n",
	.examples = "trommel doctor\n"
		    "sudo trommel doctor alice\n",
	.exit_text = "0 nothing stands in the way, 1 findings, 2 could not run",
	.options = options_of_doctor,
	.operands = ARGUMENT_USER,
	.page = "trommel-doctor(1)",
};
