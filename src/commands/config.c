/* config - what is in force, and where it came from: `trommel config` */
#include <stdio.h>
#include <unistd.h>

#include "base/panic.h"
#include "commands/commands.h"
#include "commands/settings.h"

enum {
	GOOD = 0,
	WRONG_SETTINGS = 1,
	COULD_NOT_RUN = 2
};

typedef struct Options {
	const char *file; /* NULL: the usual one, which may be missing */
	bool json, describe;
} Options;

enum {
	OPTION_JSON = OPTION_LONG,
	OPTION_DESCRIBE
};

static const Option options_of_config[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_JSON, "json", NULL, "an array with an object for each" },
	{ OPTION_DESCRIBE, "describe", NULL, "what there is to set, with defaults" },
	{ 0 },
};

static int complain(const Failure *why)
{
	options_complain(&config_command, why->text);
	return WRONG_SETTINGS;
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&config_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case OPTION_DESCRIBE:
			options->describe = true;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return options_no_more(&config_command, argc, argv, 0);
}

static int print(const Text *out)
{
	if (fwrite(text_string(out), 1, out->length, stdout) == out->length && fflush(stdout) == 0)
		return GOOD;
	perror("trommel config: write");
	return COULD_NOT_RUN;
}

static int command_config(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	Options options = { 0 };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options)) {
		return options_usage(&config_command);
	}
	if (options.describe) {
		config_describe(&out);
		return print(&out);
	}
	if (!settings_read(argc, argv, &config_command, options.file, &config, &why))
		return complain(&why);
	if (options.json)
		config_print_json(&config, &out);
	else
		config_print(&config, &out);
	return print(&out);
}

const Command config_command = {
	.name = "config",
	.run = command_config,
	.summary = "show the settings in force and where each came from",
	.synopsis = "config [-c FILE] [-o KEY=VALUE]... [--json] [--describe]\n",
	.about = "Shows every setting in force and where it came from; with --describe what there is to "
		 "set.\n",
	.examples = "trommel config\n"
		    "trommel config -o mail_location=mbox:~/mail\n",
	.exit_text = "0 good, 1 a setting, or the file, is wrong, 2 could not run",
	.options = options_of_config,
	.operands = ARGUMENT_TEXT,
	.page = "trommel.conf(5)",
};
