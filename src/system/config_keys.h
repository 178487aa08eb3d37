/* config_keys - every setting there is: one row each, and nothing is known about them elsewhere */
#ifndef SYSTEM_CONFIG_KEYS_H
#define SYSTEM_CONFIG_KEYS_H

#include "system/config.h"
#include "system/config_shapes.h"

typedef enum ConfigType {
	CONFIG_STRING,         /* of its `shape`, if it has one, or empty */
	CONFIG_PATH_OF_USER,   /* begins with / or ~/, or is empty */
	CONFIG_PATH_OF_SYSTEM, /* begins with /, or is empty where the default is */
	CONFIG_CHOICE,         /* one of `choices` */
	CONFIG_CHOICES,        /* some of them, each once, in the order given */
	CONFIG_ENDPOINT,       /* a URI of system/endpoint.h, or empty */
	CONFIG_SENDER,         /* one of `choices`, or <address> */
	CONFIG_BOOL,
	CONFIG_NUMBER, /* unsigned, from `least` to `most` */
} ConfigType;

typedef struct ConfigKey {
	const char *name;
	ConfigType type;
	size_t offset; /* in Config */
	const char *help;
	const char *const *choices; /* ends in NULL */
	const ConfigShape *shape;
	unsigned least, most;
	const char *section; /* the heading above it; NULL: that of the key before */
} ConfigKey;

enum {
	CONFIG_KEYS_MAX = 128
};
extern const ConfigKey config_keys[]; /* ends in a NULL name */
extern const Config config_defaults;

/* The field of `config` that `key` is, as text: for a person, and as the file would have it. */
void config_value_text(const Config *config, const ConfigKey *key, Text *out);

/* What a value of this type looks like, for "wants ...". */
void config_wanted_text(const ConfigKey *key, Text *out);

#endif
