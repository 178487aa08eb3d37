/* icalendar - calendar objects: components in one another, their properties, and how they are written
 * RFC 5545, section 3
 *
 * Reading is strict about the grammar of lines and blocks and knows nothing of what they mean; what was read
 * is written again property by property, so that nothing in it is lost.  All in one pass, within limits. */
#ifndef MESSAGE_ICALENDAR_H
#define MESSAGE_ICALENDAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"

/* One unfolded content line: NAME;PARAMETERS:VALUE. */
typedef struct IcalProperty {
	Slice name;
	Slice parameters; /* with the ";" in front; empty when there are none */
	Slice value;
} IcalProperty;

typedef struct IcalComponent {
	Slice name; /* "VEVENT" */
	IcalProperty *properties;
	size_t count, capacity;
	struct IcalComponent **inner; /* components within */
	size_t inner_count, inner_capacity;
} IcalComponent;

/* Reads one VCALENDAR, in UTF-8.  Everything lives in `arena` or in `bytes`.  NULL and `why` (only its text
 * is used) when it is none: a line that is no content line, a block that is not closed, a limit. */
IcalComponent *ical_read(Slice bytes, Arena *arena, Failure *why);

/* Appends it, lines folded at 75 octets and ended by CR LF. */
void ical_write(const IcalComponent *component, Text *out);

/* Is it called this (case does not matter in names)? */
bool ical_is(const IcalComponent *component, const char *name);

/* The first property called `name`, or NULL; the next one behind `previous`. */
IcalProperty *ical_find(const IcalComponent *component, const char *name);
IcalProperty *ical_next(const IcalComponent *component, const IcalProperty *previous);

/* Its value; empty when there is no such property. */
Slice ical_value(const IcalComponent *component, const char *name);

/* A parameter's value, without quotes; NULL data when the property has none of this name. */
Slice ical_parameter(const IcalProperty *property, const char *name);

/* Do both say the same?  The order of properties and of components does not matter, nor who wrote them
 * (PRODID). */
bool ical_equal(const IcalComponent *a, const IcalComponent *b, Arena *arena);

/* ---- making and changing; strings must live as long as the component ---- */

IcalComponent *ical_new(const char *name, Arena *arena);

/* Adds a property behind the others, or an inner component. */
void ical_add(IcalComponent *component, IcalProperty property, Arena *arena);
void ical_add_inner(IcalComponent *component, IcalComponent *inner, Arena *arena);

/* Gives the first property of this name the value, and no parameters; adds it when there is none. */
void ical_set(IcalComponent *component, const char *name, Slice value, Arena *arena);

/* Gives a parameter of a property a value, which needs no quotes. */
void ical_set_parameter(IcalProperty *property, const char *name, const char *value, Arena *arena);

void ical_remove_inner(IcalComponent *component, const char *name);

/* The same component, to be changed apart from the first. */
IcalComponent *ical_copy(const IcalComponent *component, Arena *arena);

#endif
