/* world - the questions that rules may ask about the world
 *
 * The judge answers them by asking its courier, `try` without effect, a test runner from its scratch store.
 * All go through one function, so that a question is one entry here, one function that asks it, and one
 * answer by whoever plays the world.  An answer never changes anything that mail depends on. */
#ifndef PLAN_WORLD_H
#define PLAN_WORLD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"

typedef enum QuestionKind {
	ASK_FOLDER,      /* folder: is there one that mail can be filed into? */
	ASK_SPECIAL_USE, /* use, folder or "": has that folder (any) the use?  Gives its name */
	ASK_MAILBOX_ID,  /* id: is there a folder with it?  Gives its name */
	ASK_METADATA,    /* folder or "" for the server, entry: is it set?  Gives its value */
	ASK_LIST,        /* list, value: is it on the list?  Gives the entry's value */
	ASK_LIST_KNOWN,  /* list: is there one? */
	ASK_LIST_ALL,    /* list: gives its entries, a line each, for those that can be told */
	ASK_SEEN,        /* handle: was it committed, and has not expired? */
	ASK_PROGRAM,  /* how ("pipe": may it be run?  "filter", "execute", "convert"), program, input (a byte
		       * that is a ProgramInput, and what goes with it), arguments...: ran it, and it
		       * succeeded?  Gives a ProgramEnd and what belongs to it */
	ASK_CALENDAR, /* UID, calendar or "": is there an object with it in any calendar?  Gives a
		       * CalendarState and what belongs to it */
	QUESTION_KINDS
} QuestionKind;

/* What there is for a UID. */
typedef enum CalendarState {
	CALENDAR_HAS = '+',     /* the name of the calendar, a line feed, the object */
	CALENDAR_HAS_NOT = '-', /* the name of the calendar that it may be put into */
	CALENDAR_REFUSES = '!', /* it may not be put there; words about it */
	CALENDAR_NONE = '0',    /* there are no calendars */
} CalendarState;

/* What a program reads. */
typedef enum ProgramInput {
	PROGRAM_READS_NOTHING = '-',
	PROGRAM_READS_TEXT = 't',
	PROGRAM_READS_MESSAGE = 'm', /* and nothing, or plan_image_encode's bytes: a version of it */
} ProgramInput;

/* How it ended. */
typedef enum ProgramEnd {
	PROGRAM_DONE = '+',     /* status 0; its output */
	PROGRAM_DECLINED = '-', /* another status; words about it, as below */
	PROGRAM_FAILED = '!',   /* killed, too late, wrote too much, could not be started */
	PROGRAM_UNKNOWN = '?',  /* there is none of this name that may be run */
	PROGRAM_NOT_RUN = '0',  /* in this world none is run */
} ProgramEnd;

enum {
	QUESTION_ARGUMENTS = 40 /* of one question */
};

typedef struct Question {
	QuestionKind kind;
	Slice arguments[QUESTION_ARGUMENTS];
	size_t count;
} Question;

typedef struct Answer {
	bool yes;
	Text bytes; /* what it gives besides; the asker's to clear */
} Answer;

typedef struct World {
	/* Answers into `answer`, which is cleared.  False and `why`: not to be known just now.  A kind that
	 * this world knows nothing about is answered "no". */
	bool (*ask)(void *self, const Question *question, Answer *answer, Failure *why);
	void *self;
} World;

/* What the asker and the one who answers agree about: how many arguments a kind has, and how long they may
 * be. False and `why` (only its text is used) when it is no question. */
bool question_check(const Question *question, Failure *why);

/* To bytes and back; the slices of what was read point into `bytes`.  Nothing is believed. */
void question_encode(const Question *question, Text *out);
bool question_decode(Slice bytes, Question *question, Failure *why);

/* How long what a question or an answer carries may be. */
size_t question_limit(void);
size_t answer_limit(void);

/* A question with one or two arguments; NULL `world`: everything is answered "no". */
bool world_ask(const World *world, QuestionKind kind, Slice first, Slice second, Answer *answer,
	       Failure *why);

/* The same with as many arguments as there are, which have been checked. */
bool world_ask_question(const World *world, const Question *question, Answer *answer, Failure *why);

#endif
