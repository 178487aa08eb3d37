/* config_shapes - what settings of text look like, as far as that shows without knowing the recipient
 *
 * A value that cannot be meant is told with its file and line when the configuration is read, for all mail
 * alike, and not by the first message that needs it. */
#ifndef SYSTEM_CONFIG_SHAPES_H
#define SYSTEM_CONFIG_SHAPES_H

#include <stdbool.h>

#include "base/slice.h"

typedef struct ConfigShape {
	bool (*fits)(Slice value); /* never asked about an empty value, which is always right */
	const char *wanted;        /* for "wants ..." */
} ConfigShape;

extern const ConfigShape config_shape_location, config_shape_delimiters, config_shape_special_use,
	config_shape_conversions, config_shape_variables, config_shape_maximum, config_shape_words,
	config_shape_lists, config_shape_address, config_shape_schemes, config_shape_fields;

#endif
