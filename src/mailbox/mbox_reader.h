/* mbox_reader - the messages of an mbox, one after the other
 * RFC 4155, appendix A; mboxo, mboxrd, mboxcl, mboxcl2
 *
 * A message begins at a From_ line (from_line.h) that is the first line or follows an empty one.  One that is
 * odd begins a message only when a header follows it.  A Content-Length is believed when what it leads to is
 * the end of the mailbox or another From_ line, as in mboxcl and mboxcl2: what it spans is one message.
 *
 * One ">" is taken off quoted lines: right for mboxrd, as we write it, and for mboxo and mboxcl as far as it
 * can be known.  In mboxcl2 nothing is quoted, and nothing taken off: a message is of it whose Content-Length
 * spans lines that begin with "From ", and so is what follows it.
 *
 * Nothing is locked: this is for looking, not for changing. */
#ifndef MAILBOX_MBOX_READER_H
#define MAILBOX_MBOX_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/text.h"
#include "mailbox/from_line.h"
#include "mailbox/source_input.h"
#include "message/message.h"

/* What was seen of how a mailbox is quoted. */
typedef enum MboxForm {
	MBOX_PLAIN, /* nothing that would tell */
	MBOX_O,     /* ">From ", and never more of ">" */
	MBOX_RD,    /* ">>From " */
	MBOX_CL,    /* a Content-Length that is right */
	MBOX_CL2    /* and "From " unquoted within it */
} MboxForm;

/* "mboxrd"; "mbox" of a plain one. */
const char *mbox_form_name(MboxForm form);

/* A From_ line of which another reader may think otherwise. */
typedef struct MboxDoubt {
	off_t offset;
	bool is_separator; /* as we see it */
	const char *why;   /* "no empty line is in front of it" */
	Slice line;        /* its beginning, without its end */
} MboxDoubt;

typedef struct MboxReader {
	SourceInput *input; /* borrowed */
	/* Called for each of them; may be NULL. */
	void (*doubt)(void *self, const MboxDoubt *doubt);
	void *self;
	MboxForm form; /* as seen so far */
	/* The message that is read: */
	Message message;
	Text bytes; /* of it, while it is small */
	int spool; /* else what they were written to, or -1: they are in the input's file as they should be */
	bool large;
	bool altered;     /* a ">" was taken off */
	bool unquote;     /* is one to be? */
	off_t size;       /* so far */
	char tail[4];     /* the last bytes of it */
	off_t body_end;   /* by Content-Length; -1: to be found */
	bool within_line; /* the window begins amid a line, */
	bool after_empty; /* or behind an empty one */
} MboxReader;

/* One message; borrowed until the next call. */
typedef struct MboxItem {
	Message *message;     /* its From_ line is message->from_line */
	off_t offset, length; /* of all that is the message's in the mailbox: From_ line to next From_ line */
} MboxItem;

/* Does a file that begins with these bytes look like an mbox? */
bool mbox_reader_knows(Slice beginning);

/* Begins at the input's place. */
void mbox_reader_init(MboxReader *reader, SourceInput *input);
void mbox_reader_clear(MboxReader *reader);

/* Reads the next message, without the empty line that ends a record.  `*found` is false when there is none.
 */
bool mbox_reader_next(MboxReader *reader, MboxItem *item, bool *found, Failure *why);

DEFINE_AUTO_VALUE(MboxReader, mbox_reader_clear)

#endif
