/* limits - how much of a hostile message is looked at; all of it is stored */
#ifndef MESSAGE_LIMITS_H
#define MESSAGE_LIMITS_H

enum {
	/* Real header blocks stay below 100 KB (Postfix cuts at 102,400 bytes); this keeps
	 * the memory for one well below what the MTA itself needed. */
	LIMIT_HEADER_BYTES = 1024 * 1024,
	/* Below this a message is held in memory, above it in a file.  Most mail is below. */
	LIMIT_MEMORY_BYTES = 128 * 1024,
	/* Comments and groups inside one another; nothing real nests more than twice. */
	LIMIT_ADDRESS_NESTING = 32,
	/* Addresses read from one header field; what is beyond does not match. */
	LIMIT_ADDRESSES = 10000,
	/* Recipients and fields of one mailto URI: a notification goes to a person or two. */
	LIMIT_MAILTO_RECIPIENTS = 32,
	LIMIT_MAILTO_FIELDS = 32,
	/* RFC 2046 allows any depth; MTAs and readers stop at about 100. */
	LIMIT_MIME_DEPTH = 100,
	LIMIT_MIME_PARTS = 1000,
	/* Of one field, pieces of RFC 2231 counted singly; a long file name has some twenty. */
	LIMIT_PARAMETERS = 1000,
	/* A calendar object: a series with a hundred exceptions has 200 KB. */
	LIMIT_ICAL_BYTES = 1024 * 1024,
	LIMIT_ICAL_PROPERTIES = 20000,
	LIMIT_ICAL_COMPONENTS = 1000,
	/* VCALENDAR, VTIMEZONE or VEVENT, and what these hold: 3 is all there is. */
	LIMIT_ICAL_DEPTH = 8,
};

#endif
