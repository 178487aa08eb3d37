/* report - what became of the mail, from the log of deliveries: `trommel report` */
#include "commands/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/panic.h"
#include "commands/commands.h"
#include "commands/log_line.h"
#include "commands/settings.h"
#include "sieve/limits.h"

enum {
	GOOD = 0,
	NOTHING_FOUND = 1,
	COULD_NOT_RUN = 2,
	LINE_BYTES_MAX = 64 * 1024, /* longer ones are none of ours */
	OPTION_SCRIPT = OPTION_LONG,
	OPTION_JSON,
	OPTION_HTML,
	OPTION_USER,
};

typedef struct Options {
	const char *script, *html, *user;
	bool json;
} Options;

/* While logs are read. */
typedef struct Reader {
	const Options *options;
	Report *report;
	Arena *line_arena;   /* of the line that is read */
	bool script_is_seen; /* some delivery was decided by the script of --script, by its path */
	char *script_path;   /* that */
	Tally lines;         /* "PATH\nLINE" of what decided, and how often */
	int64_t now;
} Reader;

static const Option options_of_report[] = {
	{ OPTION_SCRIPT, "script", "FILE", "the rules: names, and which never hit", ARGUMENT_FILE },
	{ OPTION_USER, "user", "USER", "of this user's mail alone", ARGUMENT_USER },
	{ OPTION_JSON, "json", NULL, "one object" },
	{ OPTION_HTML, "html", "FILE", "a page with charts, complete in itself; - for standard output",
	  ARGUMENT_FILE },
	{ 0 },
};

static int complain(const Failure *why)
{
	return options_complain(&report_command, why->text);
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&report_command, argc, argv)) != -1)
		switch (option) {
		case OPTION_SCRIPT:
			options->script = optarg;
			break;
		case OPTION_USER:
			options->user = optarg;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case OPTION_HTML:
			options->html = optarg;
			break;
		default:
			return false;
		}
	if (options->json && options->html)
		return options_exclude(&report_command, "--json", "--html");
	return options_enough(&report_command, argc, argv, 1, "a log");
}

/* ---- the sums ---- */

/* "Lists, Work": each is a copy. */
static void add_folders(Report *report, const LogLine *it)
{
	const char *at = it->folder;

	if (strcmp(it->result, "stored") != 0 && strcmp(it->result, "discarded") != 0)
		return;
	while (*at) {
		const char *comma = strstr(at, ", ");
		const size_t length = comma ? (size_t)(comma - at) : strlen(at);

		tally_add(&report->folders, slice(at, length), it->size_bytes);
		at += length + (comma ? 2 : 0);
	}
}

static void add(Reader *reader, const LogLine *it)
{
	Report *report = reader->report;

	if (reader->options->user && strcmp(reader->options->user, it->user) != 0)
		return;
	report->deliveries++;
	report->bytes += it->size_bytes;
	report->duration_us += it->duration_us;
	if (it->duration_us > report->slowest_us)
		report->slowest_us = it->duration_us;
	tally_add(&report->results, slice_of(it->result), it->size_bytes);
	tally_add(&report->days, slice_of(*it->day ? it->day : "unknown"), it->size_bytes);
	add_folders(report, it);
	if (!*it->script || strcmp(it->result, "deferred") == 0)
		return;
	if (reader->script_path && strcmp(reader->script_path, it->script) == 0)
		reader->script_is_seen = true;
	tally_add(&reader->lines,
		  slice_of(arena_printf(reader->line_arena, "%s\n%u", it->script, (unsigned)it->line)),
		  it->size_bytes);
}

static bool read_log(Reader *reader, const char *name, Failure *why)
{
	FILE *file = strcmp(name, "-") == 0 ? fdopen(dup(STDIN_FILENO), "r") : fopen(name, "re");
	auto_free char *line = NULL;
	size_t room = 0;
	ssize_t length;
	bool done;

	if (!file)
		return failure_errno(why, "read '%s'", name);
	while ((length = getline(&line, &room, file)) > 0) {
		AUTO(Arena) arena = arena_new();
		LogLine read = { 0 };

		reader->line_arena = arena;
		if (length <= LINE_BYTES_MAX &&
		    log_line_read(slice(line, (size_t)length), reader->now, arena, &read))
			add(reader, &read);
		else
			reader->report->other_lines++;
	}
	done = !ferror(file) || failure_errno(why, "read '%s'", name);
	fclose(file);
	return done;
}

/* ---- the rules ---- */

static bool read_rules(const char *path, RuleNames *rules, Arena *arena, Failure *why)
{
	AUTO_VALUE(Text) source = { 0 };

	if (!settings_read_script(path, &source, why))
		return false;
	*rules = rule_names_read(arena_copy_slice(arena, text_slice(&source)), arena);
	return true;
}

/* The log may be a stranger's, and what is at the path by now anything. */
static void read_rules_of_log(const char *path, RuleNames *rules, Arena *arena)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	AUTO_VALUE(Text) source = { 0 };
	Failure ignored;
	struct stat it;

	if (fd >= 0 && fstat(fd, &it) == 0 && S_ISREG(it.st_mode) &&
	    io_read_file(fd, path, SIEVE_LIMIT_SCRIPT_BYTES, &source, &ignored))
		*rules = rule_names_read(arena_copy_slice(arena, text_slice(&source)), arena);
}

static void add_hits(Report *report, const char *path, const char *line, const RuleNames *rules,
		     uint64_t count)
{
	const unsigned number = (unsigned)strtoul(line, NULL, 10);
	const RuleName *rule = number ? rule_names_find(rules, number) : NULL;
	const char *name = !number ? "no rule: kept"
			   : rule  ? rule->name
				   : arena_printf(report->arena, "line %u", number);
	const char *slash = strrchr(path, '/');
	const char *whole = arena_printf(report->arena, "%s (%s%s%s)", name, slash ? slash + 1 : path,
					 number ? ":" : "", number ? line : "");

	if (rule && report->hits)
		report->hits[rule - rules->items] += count;
	tally_add_many(&report->rules, slice_of(whole), count, 0);
}

/* The names of a script's rules, which several lines are of, one behind the other. */
typedef struct ScriptNames {
	const char *path; /* NULL: none was read yet */
	RuleNames rules;
	Arena *arena;
} ScriptNames;

static const RuleNames *names_of(ScriptNames *names, const char *path)
{
	if (names->path && strcmp(names->path, path) == 0)
		return &names->rules;
	arena_free(names->arena);
	*names = (ScriptNames){ .path = path, .arena = arena_new() };
	read_rules_of_log(path, &names->rules, names->arena);
	return &names->rules;
}

/* Names what decided.  With --script that is the rules' text for deliveries by that path or, when there are
 * none (it is a copy), for all of them; else each script is read as it is now, if it may be. */
static void name_rules(Reader *reader)
{
	Report *report = reader->report;
	ScriptNames names = { 0 };

	tally_sort(&reader->lines, true);
	for (size_t i = 0; i < reader->lines.count; i++) {
		const TallyItem *it = &reader->lines.items[i];
		const char *end = strchr(it->name, '\n');
		const char *path = arena_copy_bytes(report->arena, it->name, (size_t)(end - it->name));

		if (report->script && reader->script_is_seen && strcmp(path, reader->script_path) != 0)
			continue;
		add_hits(report, path, end + 1, report->script ? &report->names : names_of(&names, path),
			 it->count);
	}
	arena_free(names.arena);
}

/* ---- the report ---- */

static bool write_file(const char *path, const Text *out, Failure *why)
{
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);

	return (fd >= 0 && io_write(fd, text_string(out), out->length) && close_checked(&fd)) ||
	       failure_errno(why, "write '%s'", path);
}

static bool print(const Options *options, const Report *report, Failure *why)
{
	AUTO_VALUE(Text) out = { 0 };

	if (options->html) {
		report_html(report, &out);
		if (strcmp(options->html, "-") != 0)
			return write_file(options->html, &out, why);
	} else if (options->json) {
		report_json(report, &out);
	} else {
		report_table(report, &out);
	}
	if (fwrite(text_string(&out), 1, out.length, stdout) == out.length && fflush(stdout) == 0)
		return true;
	return failure_errno(why, "write");
}

static void sort(Report *report)
{
	tally_sort(&report->days, true);
	tally_sort(&report->folders, false);
	tally_sort(&report->results, false);
	tally_sort(&report->rules, false);
}

static int run(Reader *reader, int argc, char **argv)
{
	Report *report = reader->report;
	Failure why = { 0 };

	if (reader->options->script) {
		if (!read_rules(reader->options->script, &report->names, report->arena, &why))
			return complain(&why);
		report->script = reader->options->script;
		report->hits = arena_zeroed(report->arena, report->names.count + 1, sizeof *report->hits);
		reader->script_path = realpath(report->script, NULL);
	}
	for (int i = optind; i < argc; i++)
		if (!read_log(reader, argv[i], &why))
			return complain(&why);
	name_rules(reader);
	sort(report);
	if (!print(reader->options, report, &why))
		return complain(&why);
	if (report->deliveries)
		return GOOD;
	fputs("trommel report: no delivery is told of there\n", stderr);
	return NOTHING_FOUND;
}

static int command_report(int argc, char **argv)
{
	AUTO(Arena) arena = arena_new();
	Options options = { 0 };
	Report report = { .arena = arena,
			  .days = { .arena = arena },
			  .folders = { .arena = arena },
			  .results = { .arena = arena },
			  .rules = { .arena = arena } };
	Reader reader = { .options = &options,
			  .report = &report,
			  .lines = { .arena = arena },
			  .now = (int64_t)time(NULL) };
	int status;

	panic_set_status(COULD_NOT_RUN);
	if (!read_options(argc, argv, &options))
		return options_usage(&report_command);
	status = run(&reader, argc, argv);
	tally_clear(&report.days);
	tally_clear(&report.folders);
	tally_clear(&report.results);
	tally_clear(&report.rules);
	tally_clear(&reader.lines);
	free(reader.script_path);
	return status;
}

const Command report_command = {
	.name = "report",
	.run = command_report,
	.summary = "count what became of the mail, from the log: folders, rules, days",
	.synopsis = "report [--script FILE] [--user USER] [--json | --html FILE] LOG...\n",
	.about = "Reads what deliveries have logged, as JSON lines (the setting log_json) or in syslog, and "
		 "counts\n"
		 "by folder, by rule and by day; with --script also which rules never hit.  - is standard "
		 "input.\n",
	.examples = "trommel report --script ~/.sieve /var/log/trommel.json\n"
		    "journalctl -t trommel -o short-iso | trommel report -\n"
		    "zcat /var/log/mail.log.*.gz | trommel report --html mail.html -\n",
	.exit_text = "0 good, 1 no delivery is told of there, 2 could not run",
	.options = options_of_report,
	.operands = ARGUMENT_FILE,
	.page = "trommel-report(1)",
};
