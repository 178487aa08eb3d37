/* limits - how much is remembered for one user */
#ifndef STATE_LIMITS_H
#define STATE_LIMITS_H

enum {
	/* Entries of one use that are committed; beyond these the oldest go.  Of 1,400 messages a day
	 * "duplicate" has a week's, its usual time; of senders RFC 5230 asks for 1,000. */
	STATE_LIMIT_ENTRIES = 10000,
	/* So many go at once, as all of them are looked at to find the oldest. */
	STATE_LIMIT_SHED = STATE_LIMIT_ENTRIES / 16,
	/* Commits, one of which counts: for so many more there may be. */
	STATE_LIMIT_COUNT_EVERY = 64,
	/* A commit's: the pages of the log that it changes, or a file and its place in a directory. */
	STATE_ROOM_BYTES = 64 * 1024,
};

#endif
