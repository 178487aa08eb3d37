#include "commands/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/failure.h"
#include "base/panic.h"
#include "base/printable.h"
#include "base/suggest.h"

enum {
	OPTIONS_MAX = 48, /* of one command */
	WHY_BYTES = 4096
};

typedef struct Parser {
	char letters[2 * OPTIONS_MAX + 3];
	struct option names[OPTIONS_MAX + 1];
} Parser;

static size_t count(const Option *options)
{
	size_t length = 0;

	while (options && options[length].code)
		length++;
	return length;
}

/* In getopt's own words. */
static void prepare(const Command *command, Parser *parser)
{
	char *letter = parser->letters;
	struct option *name = parser->names;

	BUG_IF(count(command->options) > OPTIONS_MAX);
	if (command->options_first)
		*letter++ = '+';
	*letter++ = ':';
	for (const Option *it = command->options; it && it->code; it++) {
		if (it->code < OPTION_LONG) {
			*letter++ = (char)it->code;
			if (it->argument)
				*letter++ = ':';
		}
		if (it->name)
			*name++ = (struct option){ it->name, it->argument ? required_argument : no_argument,
						   NULL, it->code };
	}
	*letter = '\0';
	*name = (struct option){ 0 };
}

int options_next_silently(const Command *command, int argc, char **argv)
{
	Parser parser = { 0 };

	prepare(command, &parser);
	opterr = 0;
	return getopt_long(argc, argv, parser.letters, parser.names, NULL);
}

/* The long option that may have been meant. */
static const char *nearest(const Command *command, Slice wrong)
{
	const char *names[OPTIONS_MAX + 1] = { NULL };
	size_t known = 0;

	for (const Option *it = command->options; it && it->code; it++)
		if (it->name && it->about)
			names[known++] = it->name;
	return suggest_nearest(wrong, names);
}

static const Option *find(const Command *command, int code)
{
	for (const Option *it = command->options; it && it->code; it++)
		if (it->code == code)
			return it;
	return NULL;
}

static void print_option(const Option *option)
{
	if (option->name)
		fprintf(stderr, "--%s", option->name);
	else
		fprintf(stderr, "-%c", option->code);
}

/* The argument that getopt has just found to be wrong.  It still stands at optind when letters of it are
 * left. */
static const char *wrong_word(char **argv)
{
	const char *before = argv[optind - 1];
	bool is_letters = optopt && before[0] == '-' && before[1] != '-';

	if (strncmp(before, "--", 2) == 0 || (is_letters && before[strlen(before) - 1] == optopt) ||
	    !argv[optind])
		return before;
	return argv[optind];
}

/* `word` is the argument that getopt stopped at. */
static void complain_unknown(const Command *command, const char *word)
{
	const Option *known = optopt ? find(command, optopt) : NULL;
	Slice name = slice_of(word + 2);
	const char *meant;

	fprintf(stderr, "trommel %s: ", command->name);
	if (known) {
		print_option(known);
		fputs(" takes no value\n", stderr);
		return;
	}
	if (optopt && strncmp(word, "--", 2) != 0) {
		fprintf(stderr, "there is no option -%c", optopt);
		name = slice_of(word + 1); /* "-json" */
	} else {
		name.length = strcspn(name.data, "=");
		fprintf(stderr, "there is no option --%.*s", (int)name.length, name.data);
	}
	meant = name.length > 1 ? nearest(command, name) : NULL;
	if (meant)
		fprintf(stderr, "; did you mean --%s?", meant);
	fputs("\n", stderr);
}

static void complain_missing(const Command *command)
{
	const Option *option = find(command, optopt);

	fprintf(stderr, "trommel %s: ", command->name);
	if (option) {
		print_option(option);
		fprintf(stderr, " wants a value: %s\n", option->argument);
	} else {
		fputs("an option wants a value\n", stderr);
	}
}

int options_next(const Command *command, int argc, char **argv)
{
	int option = options_next_silently(command, argc, argv);

	if (option == ':') {
		complain_missing(command);
		return '?';
	}
	if (option == '?')
		complain_unknown(command, wrong_word(argv));
	return option;
}

bool options_enough(const Command *command, int argc, char **argv, int least, const char *wanted)
{
	if (argc - optind >= least)
		return true;
	fprintf(stderr, "trommel %s: wanted is %s", command->name, wanted);
	if (optind < argc)
		fprintf(stderr, "; nothing stands behind '%s'\n", argv[argc - 1]);
	else
		fputs("; nothing was given\n", stderr);
	return false;
}

bool options_no_more(const Command *command, int argc, char **argv, int most)
{
	if (argc - optind <= most)
		return true;
	fprintf(stderr, "trommel %s: '%s' is one word too many\n", command->name, argv[optind + most]);
	return false;
}

bool options_exclude(const Command *command, const char *one, const char *other)
{
	fprintf(stderr, "trommel %s: %s and %s cannot go together\n", command->name, one, other);
	return false;
}

int options_usage(const Command *command)
{
	const char *lead = "usage: ";

	for (const char *line = command->synopsis; line && *line;) {
		int length = (int)strcspn(line, "\n");

		/* What goes on from the line above is indented already. */
		if (*line == ' ')
			fprintf(stderr, "               %.*s\n", length, line);
		else
			fprintf(stderr, "%strommel %.*s\n", lead, length, line);
		lead = "       ";
		line += length + (line[length] == '\n');
	}
	fprintf(stderr, "More: trommel help %s\n", command->name);
	return 2;
}

/* It names files, and what they are called is anybody's wish. */
int options_complain(const Command *command, const char *why)
{
	AUTO_VALUE(Text) lines = { 0 };

	for (bool more = true; more; why++) {
		size_t length = strcspn(why, "\n");

		printable_append(&lines, slice(why, length), WHY_BYTES);
		text_append_char(&lines, '\n');
		why += length;
		more = *why && why[1]; /* an end of line at the end is none */
	}
	fprintf(stderr, "trommel %s: %s", command->name, text_string(&lines));
	return 2;
}

int options_written(const Command *command, int status)
{
	Failure why;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	failure_errno(&why, "write");
	return options_complain(command, why.text);
}

bool options_count(const Command *command, const char *option, const char *value, unsigned most,
		   unsigned *count)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	if (ascii_is_digit(*value) && !*end && number > 0 && number <= most) {
		*count = (unsigned)number;
		return true;
	}
	fprintf(stderr, "trommel %s: %s takes a number from 1 to %u, not '%s'\n", command->name, option, most,
		value);
	return false;
}
