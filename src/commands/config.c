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

static const char usage[] = "usage: trommel config [-c FILE] [-o KEY=VALUE]... [--json] [--describe]\n";
static const char short_options[] = "c:o:";
static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "describe", no_argument, NULL, 'd' },
	{ NULL, 0, NULL, 0 },
};

static int complain(const Failure *why)
{
	fprintf(stderr, "trommel config: %s\n", why->text);
	return WRONG_SETTINGS;
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case 'j':
			options->json = true;
			break;
		case 'd':
			options->describe = true;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return optind == argc;
}

static int print(const Text *out)
{
	if (fwrite(text_string(out), 1, out->length, stdout) == out->length && fflush(stdout) == 0)
		return GOOD;
	perror("trommel config: write");
	return COULD_NOT_RUN;
}

int command_config(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	Options options = { 0 };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options)) {
		fputs(usage, stderr);
		return COULD_NOT_RUN;
	}
	if (options.describe) {
		config_describe(&out);
		return print(&out);
	}
	if (!settings_read(argc, argv, short_options, long_options, options.file, &config, &why))
		return complain(&why);
	if (options.json)
		config_print_json(&config, &out);
	else
		config_print(&config, &out);
	return print(&out);
}
