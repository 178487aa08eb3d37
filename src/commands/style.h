/* style - colour, where a person looks: on a terminal, and not with NO_COLOR or TERM=dumb */
#ifndef COMMANDS_STYLE_H
#define COMMANDS_STYLE_H

typedef struct Style {
	const char *bold, *good, *bad, *warning, *faint, *end; /* "" when there is no colour */
} Style;

/* For what goes to the descriptor `fd`. */
Style style_for(int fd);

#endif
