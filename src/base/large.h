/* large - where static memory lies of which a delivery touches little
 *
 * A page that is touched costs as much as a system call, in the courier and again in the judge: what is small
 * stands together, on one page, and what is large behind it.  There linkers put what is "common", which needs
 * a name that no other has. */
#ifndef BASE_LARGE_H
#define BASE_LARGE_H

#define LAST_IN_MEMORY __attribute__((common))

#endif
