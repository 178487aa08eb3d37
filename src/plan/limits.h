/* limits - how much rules may ask for */
#ifndef PLAN_LIMITS_H
#define PLAN_LIMITS_H

enum {
	LIMIT_ACTIONS = 128,  /* in all; a real script takes one or two */
	LIMIT_REDIRECTS = 32, /* hard bound; `redirect_max` of the configuration is below */
	LIMIT_FLAGS = 64,     /* on one copy; Maildir has letters for 26 keywords */
	LIMIT_FLAG_LENGTH = 256,
	LIMIT_FOLDER_LENGTH = 1024,          /* bytes of a whole folder name; a part of it: 255 on disk */
	LIMIT_ADDRESS_LENGTH = 320,          /* RFC 5321, 4.5.3.1: 64 + 1 + 255 */
	LIMIT_PLAN_BYTES = 64 * 1024 * 1024, /* as it crosses from judge to courier, edited texts included */
	/* Versions of the message: one for each action, for the implicit keep, and what "redirect" would
	 * send. */
	LIMIT_IMAGES = LIMIT_ACTIONS + 2,
	LIMIT_PIECES = 16 * 1024,        /* of one version; each edit adds two */
	LIMIT_TEXT_LENGTH = 1024 * 1024, /* of an answer, a refusal: as long as a string of a script */
	LIMIT_SUBJECT_LENGTH = 8 * 1024,
	LIMIT_FIELD_LENGTH = 16 * 1024,          /* of a header field: a long References has 10 KB */
	LIMIT_CALENDARS = 100,                   /* of one user that are searched for an object */
	LIMIT_PROGRAM_NAME = 512,                /* 128 characters of UTF-8 (extprograms, 3) */
	LIMIT_PROGRAMS = 64,                     /* that rules run over one message; a real script runs one */
	LIMIT_FILTERED_BYTES = 32 * 1024 * 1024, /* of what a filter makes of the message */
	LIMIT_EXECUTED_BYTES = 1024 * 1024,      /* of what a program tells the rules */
	LIMIT_ARGUMENTS = 32,                    /* of a program, or options of a notification */
	LIMIT_ARGUMENT_LENGTH = 16 * 1024,
	LIMIT_QUESTIONS = 10000, /* to the world; a script of 5,000 rules may ask in each */
	/* What is told of the way that rules took (steps.h): a script of 5,000 rules has 15,000 nodes. */
	LIMIT_STEP_SCRIPTS = 256,
	LIMIT_STEP_NODES = 64 * 1024,
	LIMIT_STEP_SIGHTS = 20 * 1000,
	LIMIT_STEP_BYTES = 1024, /* of one text in them */
	LIMIT_STEPS_BYTES = 16 * 1024 * 1024,
	LIMIT_WARNINGS = 64,
	LIMIT_WARNING_LENGTH = 1024,
	LIMIT_ERROR_LENGTH = 32 * 1024, /* all findings of a script; one takes about 200 bytes */
};

#endif
