/* options - the options of a command: one table, from which parsing, help and completions come */
#ifndef COMMANDS_OPTIONS_H
#define COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* What the value of an option, or what stands behind the options, is: completions offer that. */
typedef enum ArgumentKind {
	ARGUMENT_TEXT, /* nothing that could be offered */
	ARGUMENT_FILE,
	ARGUMENT_DIRECTORY,
	ARGUMENT_USER,
	ARGUMENT_SETTING, /* KEY=VALUE of trommel.conf */
	ARGUMENT_RUN,     /* of refile, as undo lists them */
	ARGUMENT_WORDS,   /* one of those in `words` */
} ArgumentKind;

/* The codes of options that have no letter begin here; those below are letters. */
enum {
	OPTION_LONG = 256
};

/* A table of them ends in a zeroed row. */
typedef struct Option {
	int code;         /* what options_next returns; what can be typed behind one "-" if it is a letter */
	const char *name; /* behind "--"; NULL: the letter alone */
	const char *argument; /* what people call its value; NULL: it takes none */
	const char *about;    /* half a line; NULL: taken, but not shown */
	ArgumentKind kind;
	const char *words; /* with ARGUMENT_WORDS: between blanks */
} Option;

/* The two rows of every command that reads the configuration (settings.h). */
#define OPTIONS_OF_SETTINGS                                                                    \
	{ 'c', NULL, "FILE", "this file instead of the site's configuration", ARGUMENT_FILE }, \
	{                                                                                      \
		'o', NULL, "KEY=VALUE", "one setting (see trommel.conf(5))", ARGUMENT_SETTING  \
	}

/* A row of the table in modules/tools.  What a person is told about a command comes from here, examples
 * first. */
typedef struct Command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;   /* half a line; NULL: not listed */
	const char *synopsis;  /* lines without "trommel", each with a newline */
	const char *about;     /* paragraphs */
	const char *examples;  /* lines that can be pasted */
	const char *exit_text; /* what the exit statuses mean, in one line; NULL: as everywhere */
	const Option *options; /* NULL: none */
	ArgumentKind operands; /* what stands behind the options */
	const char *words;  /* with ARGUMENT_WORDS, or first with another kind of operands: between blanks */
	const char *page;   /* the manual page, as "trommel-try(1)" */
	bool options_first; /* what begins with "-" behind the first operand is not ours */
} Command;

/* The next option, as getopt(3): its code, with optarg; -1 at the end, with optind at the first operand; '?'
 * when it is wrong, which standard error was told, with a suggestion.  Begin with optind = 1. */
int options_next(const Command *command, int argc, char **argv);

/* The same when nothing is said: optopt is the letter. ':' when a value is missing. */
int options_next_silently(const Command *command, int argc, char **argv);

/* The value of `option` ("-j"): how many, from 1 to `most`.  Says so on standard error when it is not. */
bool options_count(const Command *command, const char *option, const char *value, unsigned most,
		   unsigned *count);

/* Are there at least `least` operands?  Else says that `wanted` ("a script") is missing. */
bool options_enough(const Command *command, int argc, char **argv, int least, const char *wanted);

/* Are there no more than `most`?  Else says which is one too many. */
bool options_no_more(const Command *command, int argc, char **argv, int most);

/* Says that these two options exclude one another; false. */
bool options_exclude(const Command *command, const char *one, const char *other);

/* Says how the command is used, on standard error; returns 2, for the exit. */
int options_usage(const Command *command);

/* Says why the command could not run, on standard error; returns 2, likewise. */
int options_complain(const Command *command, const char *why);

/* All is printed: returns `status`, or complains that it could not be written. */
int options_written(const Command *command, int status);

#endif
