/* standard - descriptors 0, 1 and 2 are taken, so that no file of ours gets their numbers
 *
 * Whoever starts us may have closed one.  A mailbox that is opened as 1 would get what is printed. */
#ifndef SYSTEM_STANDARD_H
#define SYSTEM_STANDARD_H

/* Opens /dev/null for each that is closed.  A read from 0 fails then, and is not taken for an empty file; so
 * does a write to 1 with `output` O_RDONLY, and with O_WRONLY it is lost. */
void standard_hold(int output);

#endif
