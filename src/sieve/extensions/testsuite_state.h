/* testsuite_state - what the files testsuite*.c share */
#ifndef SIEVE_EXTENSIONS_TESTSUITE_STATE_H
#define SIEVE_EXTENSIONS_TESTSUITE_STATE_H

#include "sieve/match.h"
#include "sieve/script.h"
#include "sieve/testbed.h"

/* A compiled script under a name. */
typedef struct Saved {
	Slice name;
	const SieveScript *script;
	struct Saved *next;
} Saved;

/* What one file of tests has, from its beginning to its end. */
typedef struct Suite {
	const SieveTestbed *bed;
	SieveTestErrors errors;
	const SieveScript *script; /* the one under test; NULL: none yet */
	Saved *saved;
	bool in_block;
	bool failing;        /* the open block has failed and is being left */
	bool script_failing; /* the script under test, which is a test itself, has failed */
	SieveCompared compared;
} Suite;

/* That of the file, whichever script runs. */
Suite *suite_of(SieveRun *run);

/* The file is over: something in it makes no sense. */
SieveStatus suite_give_up(SieveRun *run, const SieveNode *node, const char *text);

/* The open block fails, and is left as "stop" would leave it; so is a script under test that is a test
 * itself. */
SieveStatus suite_fail(SieveRun *run, const SieveNode *node, Slice reason);

/* run->input->message has become another, or edits of it are void: what was made of it is forgotten, and what
 * was decided and not yet carried out is about the message that is there now. */
void suite_change_message(SieveRun *run);

/* ---- testsuite_result.c: scripts under test, and what they decide ---- */

SieveStatus suite_result_reset(SieveRun *run, const SieveNode *node);
SieveStatus suite_result_execute(SieveRun *run, const SieveNode *node, bool *result);
SieveStatus suite_result_action(SieveRun *run, const SieveNode *node, bool *result);
SieveStatus suite_result_print(SieveRun *run, const SieveNode *node);
SieveStatus suite_script_compile(SieveRun *run, const SieveNode *node, bool *result);
SieveStatus suite_script_run(SieveRun *run, const SieveNode *node, bool *result);
SieveStatus suite_multiscript(SieveRun *run, const SieveNode *node, bool *result);
SieveStatus suite_binary_save(SieveRun *run, const SieveNode *node);
SieveStatus suite_binary_load(SieveRun *run, const SieveNode *node);
SieveStatus suite_error(SieveRun *run, const SieveNode *node, bool *result);

/* ---- testsuite_world.c: the message, the mail-store, the settings ---- */

void suite_check_set(SieveCheck *check, SieveNode *node);
void suite_check_folder(SieveCheck *check, SieveNode *node, SieveTagUse *use);
SieveStatus suite_is_message(SieveRun *run, const SieveNode *node, bool *result);
SieveStatus suite_set(SieveRun *run, const SieveNode *node);
SieveStatus suite_message(SieveRun *run, const SieveNode *node);
SieveStatus suite_message_print(SieveRun *run, const SieveNode *node);
SieveStatus suite_mailbox_create(SieveRun *run, const SieveNode *node);
SieveStatus suite_mailbox_delete(SieveRun *run, const SieveNode *node);
SieveStatus suite_imap_metadata_set(SieveRun *run, const SieveNode *node);
SieveStatus suite_config_set(SieveRun *run, const SieveNode *node);
SieveStatus suite_config_unset(SieveRun *run, const SieveNode *node);
SieveStatus suite_config_reload(SieveRun *run, const SieveNode *node);

#endif
