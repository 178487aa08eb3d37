#include "delivery/user_state.h"

#include "delivery/rules.h"

enum {
	WAIT_S = 10,       /* others write for milliseconds, or as long as a busy disk takes to flush */
	LEASE_MORE_S = 60, /* a delivery that has met its deadline undoes, and clocks differ */
};

StateSettings user_state_settings(const Config *config, const User *user, const char *machine, Arena *arena)
{
	return (StateSettings){
		.directory = *config->state_dir ? rules_expand(config->state_dir, user, arena) : NULL,
		.owner = user->uid,
		.host = machine,
		.engine = config->state_engine,
		.lease_s = config->deadline_s + LEASE_MORE_S,
		.wait_s = WAIT_S,
	};
}

State *user_state_open(const Config *config, const User *user, const char *machine, Arena *arena,
		       Failure *why)
{
	const StateSettings settings = user_state_settings(config, user, machine, arena);

	if (settings.directory)
		return state_open(&settings, why);
	failure_retry(why, "nothing is remembered here: state_dir is empty");
	return NULL;
}
