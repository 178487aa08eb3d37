/* doctor - what the files doctor*.c share: what was found, and on whom they look */
#ifndef COMMANDS_DOCTOR_H
#define COMMANDS_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "mailbox/store.h"
#include "system/config.h"
#include "system/users.h"

typedef enum DoctorLevel {
	DOCTOR_GOOD,
	DOCTOR_NOTE,    /* nobody has to do anything */
	DOCTOR_FINDING, /* somebody has to */
} DoctorLevel;

typedef struct DoctorLine {
	DoctorLevel level;
	const char *area, *text;
	const char *mend; /* what could be typed; NULL: nothing that we know */
} DoctorLine;

typedef struct Doctor {
	const Config *config;
	User user;
	const char *machine, *hostname;
	StoreSettings store_settings;
	int64_t now;
	Arena *arena;
	const char *script; /* that would run; NULL: none */
	bool is_mbox;       /* the inbox */
	const char *inbox;  /* its path */
	const char *area;   /* of the lines that are said now */
	DoctorLine *lines;
	size_t count, capacity;
	size_t findings;
} Doctor;

/* Says one line. */
void doctor_say(Doctor *doctor, DoctorLevel level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What mends the last of them. */
void doctor_mend(Doctor *doctor, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Learns where the inbox is, and says nothing. */
void doctor_place(Doctor *doctor);

/* The parts.  The first runs with the rights of who called, the others with the user's. */
void doctor_mta(Doctor *doctor);
void doctor_mail(Doctor *doctor);
void doctor_rules(Doctor *doctor);
void doctor_locks(Doctor *doctor);
void doctor_litter(Doctor *doctor);
void doctor_modules(Doctor *doctor);
void doctor_state(Doctor *doctor);

#endif
