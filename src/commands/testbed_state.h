/* testbed_state - what the files testbed*.c share */
#ifndef COMMANDS_TESTBED_STATE_H
#define COMMANDS_TESTBED_STATE_H

#include "base/arena.h"
#include "commands/testbed.h"
#include "delivery/calendars.h"
#include "delivery/programs.h"
#include "delivery/submit.h"
#include "mailbox/store.h"
#include "message/header.h"
#include "plan/plan.h"
#include "plan/world.h"
#include "sieve/sieve.h"
#include "sieve/testbed.h"

/* A setting as a test names it. */
typedef struct TestSetting {
	const char *name, *value;
} TestSetting;

typedef struct TestSettings {
	TestSetting *items;
	size_t count, capacity;
} TestSettings;

/* One message to one recipient that has left. */
typedef struct TestSent {
	const char *sender, *recipient;
	Slice bytes;
} TestSent;

typedef struct Testbed {
	const TestbedOptions *options;
	const TestListener *listener;
	Arena *arena; /* of all that lives until the file is over */
	const char *directory;
	SieveTestbed table;
	SieveSetup setup;
	SieveInput input;
	World world;
	Envelope envelope;
	const char *sender, *recipient, *original_recipient, *authenticated;
	Config config;
	TestSettings stored, in_force;
	Store *store;
	TestSent *sent;
	size_t sent_count, sent_capacity;
} Testbed;

/* Tells the listener. */
void testbed_tell(const Testbed *bed, TestEvent event, uint32_t line, Slice text);
void testbed_show(const Testbed *bed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The present message becomes these bytes (borrowed); the envelope is taken from it. */
void testbed_set_message(Testbed *bed, Slice bytes);

/* The one that every file begins with. */
void testbed_set_first_message(Testbed *bed);

/* The envelope's parts, as the testbed has them, become those that rules see. */
void testbed_make_envelope(Testbed *bed);

/* ---- testbed_mail.c: the store, and what was sent ---- */

/* Opens it as the settings are now. */
bool testbed_open_store(Testbed *bed, Failure *why);
Submitter testbed_submitter(Testbed *bed);
bool testbed_take_sent(void *self, uint64_t index);
bool testbed_take_stored(void *self, Slice folder, uint64_t index, Failure *why);
void testbed_forget_sent(void *self);
bool testbed_carry_out(void *self, const Plan *plan, SieveTestErrors *errors);
bool testbed_make_folder(void *self, Slice name, Failure *why);

/* ---- testbed_settings.c ---- */

void testbed_configure(void *self, Slice name, Slice value);
const SieveSetup *testbed_reload(void *self, Failure *why);

/* What is in force for the key `name` of trommel.conf, or NULL: SieveSetup's. */
const char *testbed_setting(void *self, const char *name);

/* What is in force under the name that tests use, or NULL. */
const char *testbed_their_setting(const Testbed *bed, const char *name);

/* ---- testbed_scripts.c: what is included ---- */

SieveLoad testbed_load(void *self, SievePlace place, const char *name, Text *source, Failure *why);

/* ---- testbed_world.c ---- */

/* Those that the configuration names, for the present message. */
Programs testbed_programs(Testbed *bed);

/* The user's calendars are in the scratch directory, wherever the configuration has them. */
Calendars testbed_calendars(Testbed *bed);
bool testbed_answer(void *self, const Question *question, Answer *answer, Failure *why);
bool testbed_annotate(void *self, Slice folder, Slice annotation, Slice value, Failure *why);

#endif
