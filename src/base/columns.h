/* columns - how much room a character takes on a terminal
 * Unicode 14.0.0, categories Mn and Me (none) and East_Asian_Width W and F (two) */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include <stdint.h>

/* 0 for what stands upon the character before it, 2 for the wide ones of East Asia and emoji, else 1. */
unsigned columns_of(uint32_t code_point);

#endif
