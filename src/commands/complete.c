#include "commands/complete.h"

#include <string.h>

#include "commands/commands.h"

static const char generated[] =
	"# Written by `make tables` from the program's own table: `trommel help completion %s`\n";

static void append_names(Text *out)
{
	const char *lead = "";

	for (const Command *const *it = commands; *it; it++)
		if ((*it)->summary) {
			text_printf(out, "%s%s", lead, (*it)->name);
			lead = " ";
		}
}

/* Inside single quotes, for shells that have no escape there. */
static void append_quoted(const char *string, Text *out)
{
	for (; *string; string++)
		if (*string == '\'')
			text_append_string(out, "'\\''");
		else
			text_append_char(out, *string);
}

static bool is_letter(const Option *option)
{
	return option->code < OPTION_LONG;
}

/* ---- bash ---- */

static const char bash_begin[] =
	"_trommel_files() { mapfile -t COMPREPLY < <(compgen -f -- \"$1\"); }\n"
	"_trommel_directories() { mapfile -t COMPREPLY < <(compgen -d -- \"$1\"); }\n"
	"_trommel_users() { mapfile -t COMPREPLY < <(compgen -u -- \"$1\"); }\n"
	"_trommel_words() { mapfile -t COMPREPLY < <(compgen -W \"$2\" -- \"$1\"); }\n\n"
	"# The names of the settings, as the program knows them.\n"
	"_trommel_settings()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(compgen -S = -W \"$(trommel config --describe 2>/dev/null | cut -f 1)\" "
	"-- \"$1\")\n"
	"\tcompopt -o nospace\n"
	"}\n\n"
	"_trommel_runs()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$(trommel undo 2>/dev/null | sed -n "
	"'s/^\\([0-9][0-9-]*\\)  .*/\\1/p')\" -- \"$1\")\n"
	"}\n\n"
	"_trommel()\n"
	"{\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} "
	"command=${COMP_WORDS[1]}\n\n";

static void bash_argument(ArgumentKind kind, const char *words, Text *out)
{
	static const char *const functions[] = {
		[ARGUMENT_FILE] = "files", [ARGUMENT_DIRECTORY] = "directories",
		[ARGUMENT_USER] = "users", [ARGUMENT_SETTING] = "settings",
		[ARGUMENT_RUN] = "runs",
	};

	if (kind == ARGUMENT_WORDS)
		text_printf(out, "_trommel_words \"$word\" '%s'", words);
	else if (functions[kind])
		text_printf(out, "_trommel_%s \"$word\"", functions[kind]);
	else
		text_append_string(out, ":");
}

/* What stands behind an option that takes a value. */
static void bash_values(const Command *command, Text *out)
{
	text_append_string(out, "\t\tcase $before in\n");
	for (const Option *it = command->options; it && it->code; it++) {
		if (!it->about || !it->argument)
			continue;
		text_append_string(out, "\t\t");
		if (is_letter(it))
			text_printf(out, "-%c%s", it->code, it->name ? " | " : "");
		if (it->name)
			text_printf(out, "--%s", it->name);
		text_append_string(out, ") ");
		bash_argument(it->kind, it->words, out);
		text_append_string(out, "; return ;;\n");
	}
	text_append_string(out, "\t\tesac\n");
}

static void bash_options(const Command *command, Text *out)
{
	text_append_string(out, "\t\t[[ $word == -* ]] && _trommel_words \"$word\" '");
	for (const Option *it = command->options; it && it->code; it++) {
		if (!it->about)
			continue;
		if (is_letter(it))
			text_printf(out, "-%c ", it->code);
		if (it->name)
			text_printf(out, "--%s ", it->name);
	}
	text_append_string(out, "' && return\n");
}

static void bash_operands(const Command *command, const char *topics, Text *out)
{
	if (command == &help_command) {
		text_append_string(out, "\t\t_trommel_words \"$word\" '");
		append_names(out);
		text_printf(out, "%s'\n", topics);
		return;
	}
	if (command->words)
		text_printf(out, "\t\t[[ $COMP_CWORD -eq 2 ]] && _trommel_words \"$word\" '%s' && return\n",
			    command->words);
	text_append_string(out, "\t\t");
	bash_argument(command->operands, command->words, out);
	text_append_string(out, "\n");
}

static void write_bash(const char *topics, Text *out)
{
	text_append_string(out, "# bash completion for trommel(1)\n");
	text_printf(out, generated, "bash");
	text_append_string(out, "# shellcheck shell=bash\n\n");
	text_append_string(out, bash_begin);
	text_append_string(
		out, "\tif [[ $COMP_CWORD -eq 1 && $word != -* ]]; then\n\t\t_trommel_words \"$word\" '");
	append_names(out);
	text_append_string(
		out, "'\n\t\treturn\n\tfi\n\t[[ $command == -* ]] && command=deliver\n\tcase $command in\n");
	for (const Command *const *it = commands; *it; it++) {
		if (!(*it)->summary)
			continue;
		text_printf(out, "\t%s)\n", (*it)->name);
		if ((*it)->options) {
			bash_values(*it, out);
			bash_options(*it, out);
		}
		bash_operands(*it, topics, out);
		text_append_string(out, "\t\t;;\n");
	}
	text_append_string(out, "\tesac\n}\n\ncomplete -o filenames -F _trommel trommel\n");
}

/* ---- zsh ---- */

/* In a specification of _arguments, between single quotes. */
static void zsh_text(const char *string, Text *out)
{
	for (; *string; string++) {
		if (strchr("[]:\\", *string))
			text_append_char(out, '\\');
		if (*string == '\'')
			text_append_string(out, "'\\''");
		else
			text_append_char(out, *string);
	}
}

static void zsh_argument(ArgumentKind kind, const char *words, Text *out)
{
	static const char *const functions[] = {
		[ARGUMENT_FILE] = "_files",       [ARGUMENT_DIRECTORY] = "_files -/",
		[ARGUMENT_USER] = "_users",       [ARGUMENT_SETTING] = "_trommel_settings",
		[ARGUMENT_RUN] = "_trommel_runs",
	};

	if (kind == ARGUMENT_WORDS)
		text_printf(out, "(%s)", words);
	else if (functions[kind])
		text_append_string(out, functions[kind]);
}

static void zsh_option(const Option *option, Text *out)
{
	/* An option may come again; -o often does. */
	text_append_string(out, "\t\t'*'");
	if (is_letter(option) && option->name)
		text_printf(out, "{-%c,--%s}", option->code, option->name);
	else if (option->name)
		text_printf(out, "--%s", option->name);
	else
		text_printf(out, "-%c", option->code);
	text_append_string(out, "'[");
	zsh_text(option->about, out);
	text_append_string(out, "]");
	if (option->argument) {
		text_append_string(out, ":");
		zsh_text(option->argument, out);
		text_append_string(out, ":");
		zsh_argument(option->kind, option->words, out);
	}
	text_append_string(out, "' \\\n");
}

static void zsh_operands(const Command *command, const char *topics, Text *out)
{
	if (command == &help_command) {
		text_append_string(out, "\t\t'1:command or topic:(");
		append_names(out);
		text_printf(out, "%s)'\n", topics);
		return;
	}
	if (command->words)
		text_printf(out, "\t\t'1:word:(%s)' \\\n", command->words);
	text_append_string(out, "\t\t'*:operand:");
	zsh_argument(command->operands, command->words, out);
	text_append_string(out, "'\n");
}

static void write_zsh(const char *topics, Text *out)
{
	text_append_string(out, "#compdef trommel\n# zsh completion for trommel(1)\n");
	text_printf(out, generated, "zsh");
	text_append_string(out, "\n_trommel_settings() {\n\tlocal -a keys\n"
				"\tkeys=(${(f)\"$(trommel config --describe 2>/dev/null | cut -f 1)\"})\n"
				"\tcompadd -S = -a keys\n}\n\n_trommel_runs() {\n\tlocal -a runs\n"
				"\truns=(${(f)\"$(trommel undo 2>/dev/null)\"})\n"
				"\truns=(${${(M)runs:#[0-9]*}%% *})\n"
				"\tcompadd -a runs\n}\n\nlocal -a trommel_commands\ntrommel_commands=(\n");
	for (const Command *const *it = commands; *it; it++)
		if ((*it)->summary) {
			text_printf(out, "\t'%s:", (*it)->name);
			append_quoted((*it)->summary, out);
			text_append_string(out, "'\n");
		}
	text_append_string(out, ")\n\nif (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
				"\t_describe command trommel_commands\n\treturn\nfi\n"
				"local trommel_command=$words[2]\n"
				"if [[ $trommel_command == -* ]]; then\n\ttrommel_command=deliver\nelse\n"
				"\tshift words\n\t((CURRENT--))\nfi\n"
				"case $trommel_command in\n");
	for (const Command *const *it = commands; *it; it++) {
		if (!(*it)->summary)
			continue;
		text_printf(out, "%s)\n\t_arguments -s \\\n", (*it)->name);
		for (const Option *option = (*it)->options; option && option->code; option++)
			if (option->about)
				zsh_option(option, out);
		zsh_operands(*it, topics, out);
		text_append_string(out, "\t;;\n");
	}
	text_append_string(out, "esac\n");
}

/* ---- fish ---- */

static void fish_argument(ArgumentKind kind, const char *words, Text *out)
{
	if (kind == ARGUMENT_WORDS)
		text_printf(out, " -x -a '%s'", words);
	else if (kind == ARGUMENT_USER)
		text_append_string(out, " -x -a '(__fish_complete_users)'");
	else if (kind == ARGUMENT_SETTING)
		text_append_string(out, " -x -a '(__trommel_settings)'");
	else if (kind == ARGUMENT_RUN)
		text_append_string(out, " -x -a '(__trommel_runs)'");
	else if (kind == ARGUMENT_DIRECTORY)
		text_append_string(out, " -x -a '(__fish_complete_directories)'");
	else
		text_append_string(out, kind == ARGUMENT_FILE ? " -r" : " -x");
}

/* In single quotes fish knows \' and \\. */
static void fish_text(const char *string, Text *out)
{
	for (; *string; string++) {
		if (*string == '\'' || *string == '\\')
			text_append_char(out, '\\');
		text_append_char(out, *string);
	}
}

static void fish_option(const Option *option, Text *out)
{
	text_append_string(out, "complete -c trommel -n $seen");
	if (is_letter(option))
		text_printf(out, " -s %c", option->code);
	if (option->name)
		text_printf(out, " -l %s", option->name);
	if (option->argument)
		fish_argument(option->kind, option->words, out);
	text_append_string(out, " -d '");
	fish_text(option->about, out);
	text_append_string(out, "'\n");
}

static void fish_operands(const Command *command, const char *topics, Text *out)
{
	if (command == &help_command) {
		text_append_string(out, "complete -c trommel -n $seen -f -a '");
		append_names(out);
		text_printf(out, "%s'\n", topics);
		return;
	}
	/* What stands behind one of the words that come first. */
	if (command->words)
		text_printf(out,
			    "complete -c trommel -n \"$seen; and not __fish_seen_subcommand_from %s\" -f -a "
			    "'%s'\nset -l seen \"$seen; and __fish_seen_subcommand_from %s\"\n",
			    command->words, command->words, command->words);
	if (command->operands == ARGUMENT_FILE || command->operands == ARGUMENT_DIRECTORY)
		text_append_string(out, "complete -c trommel -n $seen -F\n");
	else if (command->operands == ARGUMENT_USER)
		text_append_string(out, "complete -c trommel -n $seen -f -a '(__fish_complete_users)'\n");
	else if (command->operands == ARGUMENT_RUN)
		text_append_string(out, "complete -c trommel -n $seen -f -a '(__trommel_runs)'\n");
}

static void write_fish(const char *topics, Text *out)
{
	text_append_string(out, "# fish completion for trommel(1)\n");
	text_printf(out, generated, "fish");
	text_append_string(
		out,
		"\nfunction __trommel_settings\n    trommel config --describe 2>/dev/null | string replace "
		"-r '\\t.*' '='\nend\n\nfunction __trommel_runs\n    trommel undo 2>/dev/null | string match "
		"-r "
		"'^[0-9-]+(?=  )'\nend\n\nset -l commands ");
	append_names(out);
	text_append_string(out, "\ncomplete -c trommel -f\n");
	for (const Command *const *it = commands; *it; it++) {
		if (!(*it)->summary)
			continue;
		text_printf(
			out,
			"\ncomplete -c trommel -n \"not __fish_seen_subcommand_from $commands\" -a %s -d '",
			(*it)->name);
		fish_text((*it)->summary, out);
		text_append_string(out, "'\n");
		/* Options alone are a delivery. */
		text_printf(out,
			    *it == &deliver_command
				    ? "set -l others (string match -v %s $commands)\n"
				      "set -l seen \"not __fish_seen_subcommand_from $others\"\n"
				    : "set -l seen \"__fish_seen_subcommand_from %s\"\n",
			    (*it)->name);
		for (const Option *option = (*it)->options; option && option->code; option++)
			if (option->about)
				fish_option(option, out);
		fish_operands(*it, topics, out);
	}
}

bool complete_write(const char *shell, const char *topics, Text *out)
{
	if (strcmp(shell, "bash") == 0)
		write_bash(topics, out);
	else if (strcmp(shell, "zsh") == 0)
		write_zsh(topics, out);
	else if (strcmp(shell, "fish") == 0)
		write_fish(topics, out);
	else
		return false;
	return true;
}
