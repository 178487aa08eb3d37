/* judge_wire - frames between courier and judge: a kind, a length, that many bytes
 *
 * The judge's side blocks.  The courier's never does for longer than its deadline, and
 * takes no frame that is longer than its kind may be. */
#ifndef DELIVERY_JUDGE_WIRE_H
#define DELIVERY_JUDGE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/text.h"

enum {
	FRAME_NUMBER_BYTES = 4,                     /* least significant byte first */
	FRAME_HEADER_BYTES = 1 + FRAME_NUMBER_BYTES /* the kind, then the length */
};

typedef enum FrameKind {
	/* from the judge */
	FRAME_SOURCE = 'S',   /* last_rules_write's bytes: an included script, before FRAME_COMPILED */
	FRAME_CHANGED = 'D',  /* empty: they are others than were kept; likewise */
	FRAME_LACKS = 'L',    /* what it could not give up, as numbers are written; likewise, when it is
			       * anything */
	FRAME_COMPILED = 'C', /* what the rules can plan, as numbers are written; before the judge looks at
			       * the message */
	FRAME_ASK = 'Q',      /* question_encode's bytes */
	FRAME_STEPS = 'T',    /* steps_encode's bytes, before the plan, when they were asked for */
	FRAME_PLAN = 'P',     /* plan_encode's bytes: the last thing that is listened to */
	FRAME_GAVE_UP = 'X',  /* a text: no memory, or a bug */
	/* from the courier */
	FRAME_ANSWER =
		'A', /* '0' or '1' and what the answer gives; or '!' and a text: not to be known just now */
} FrameKind;

typedef struct Frame {
	FrameKind kind;
	Slice body; /* until the next one is read */
} Frame;

/* Sends a frame, waiting as long as it takes.  False and errno. */
bool frame_send(int socket, FrameKind kind, Slice body);

/* The same until `deadline_ms` at most: false with EAGAIN when the other side does not read until then. */
bool frame_send_until(int socket, FrameKind kind, Slice body, int64_t deadline_ms);

/* Says what could not be given up (confine_close). */
bool frame_send_lacks(int socket, unsigned lacks);

/* Says that the rules have been compiled, and that they can plan no more than `plans` (sieve_plans). */
bool frame_send_compiled(int socket, unsigned plans);

/* What a FRAME_COMPILED or a FRAME_LACKS says. */
unsigned frame_number(const Frame *frame);

/* Waits for an answer and puts it into `body`.  False: the courier is gone. */
bool frame_read_answer(int socket, Text *body);

/* The courier's ear. */
typedef struct FrameReader {
	int socket;
	int64_t deadline_ms; /* on frame_clock_ms */
	Text bytes;          /* received and not yet thrown away */
	size_t used;         /* of them */
} FrameReader;

typedef enum FrameResult {
	FRAME_READ,
	FRAME_END,  /* the other side closed, between frames or within one */
	FRAME_LATE, /* the deadline is over */
	FRAME_BAD,  /* a kind that there is not, or a length beyond it */
	FRAME_DEAF, /* a call of our own failed, for errno: it says nothing of the other side */
} FrameResult;

/* A clock that nobody sets, in milliseconds. */
int64_t frame_clock_ms(void);

/* The judge's next frame. */
FrameResult frame_read(FrameReader *reader, Frame *frame);

/* Has all of the next one (or the beginning of a bad one) been received, so that nothing is waited for? */
bool frame_is_there(const FrameReader *reader);

#endif
