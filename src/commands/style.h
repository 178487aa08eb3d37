/* style - colour and width, where a person looks: on a terminal, colour not with NO_COLOR or TERM=dumb */
#ifndef COMMANDS_STYLE_H
#define COMMANDS_STYLE_H

#include <stddef.h>

typedef struct Style {
	const char *bold, *good, *bad, *warning, *faint, *end; /* "" when there is no colour */
} Style;

/* For what goes to the descriptor `fd`. */
Style style_for(int fd);

/* How many columns the terminal at `fd` has at this moment; SIZE_MAX when it is none. */
size_t style_columns(int fd);

#endif
