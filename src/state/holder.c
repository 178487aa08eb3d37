#include "state/holder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "system/process.h"

void state_holder_name(const char *host, char holder[STATE_HOLDER_BYTES])
{
	char machine[PROCESS_MACHINE_BYTES];
	ProcessFacts facts;
	int64_t start_ns = process_look(getpid(), &facts) ? facts.start_ns : -1;

	process_machine(machine);
	snprintf(holder, STATE_HOLDER_BYTES, "%ld %lld %s %.255s", (long)getpid(), (long long)start_ns,
		 machine[0] ? machine : "-", host);
	for (char *at = holder; *at; at++)
		if (ascii_is_control(*at))
			*at = '?';
}

/* Takes "PID START " apart; what is left is where that is a process.  NULL: this is no holder. */
static const char *parse(const char *holder, long *pid, long long *start_ns)
{
	char *end;

	*pid = strtol(holder, &end, 10);
	if (*end != ' ' || *pid <= 0)
		return NULL;
	*start_ns = strtoll(end + 1, &end, 10);
	return *end == ' ' ? end + 1 : NULL;
}

bool state_holder_is_dead(const char *holder, const char *mine)
{
	long pid, own_pid;
	long long start_ns, own_start_ns;
	const char *there = parse(holder, &pid, &start_ns), *here = parse(mine, &own_pid, &own_start_ns);
	ProcessFacts facts;

	if (!there || !here || here[0] == '-' || strcmp(there, here) != 0)
		return false;
	if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
		return true;
	return start_ns >= 0 && process_look((pid_t)pid, &facts) &&
	       (facts.has_ended || facts.start_ns != start_ns);
}
