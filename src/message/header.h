/* header - the index of a header block: every field, found by name in no time
 * RFC 5322, section 2.2 and 4.5 (obsolete: blanks before the colon)
 *
 * The index points into the block and changes nothing: the raw bytes of all
 * fields, in order, are the block again.  A line that is neither a field nor a
 * continuation (no colon, nothing before it, or a blank inside the name) is kept as
 * a field without a name, with the continuation lines behind it, and the header
 * goes on: sendmail and Postfix would begin the body there, but they have made their
 * choice, and inserted an empty line, before a delivery agent sees the message; Dovecot,
 * which reads what we store, goes on; and what follows a broken line, such as the
 * verdict of a spam filter, ought not to be hidden by it. */
#ifndef MESSAGE_HEADER_H
#define MESSAGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct HeaderField {
	Slice name;        /* without blanks before the colon; empty for a line that is no field */
	Slice raw;         /* the whole field: name, colon, value, line ends */
	Slice value;       /* raw, from behind the colon to before the last line end */
	uint32_t line;     /* of the block, from 1 */
	uint32_t hash;     /* of the folded name, for header/ alone */
	int32_t next_same; /* index of the next field of this name, or -1 */
} HeaderField;

typedef struct HeaderIndex {
	HeaderField *fields;
	size_t count;
	int32_t *buckets; /* for header/ alone */
	size_t bucket_count;
} HeaderIndex;

/* Finds the empty line (LF or CR LF) that ends the header at the beginning of `bytes`: it
 * begins at `*header_length`, and the body at `*body_offset`.  False when it is not there. */
bool header_find_end(Slice bytes, size_t *header_length, size_t *body_offset);

/* How long the name is, when `line` is the first line of a field; else 0. */
size_t header_name_length(Slice line);

/* May a field be called `name` (RFC 5322, 3.6.8)? */
bool header_is_name(Slice name);

/* Indexes `block` (borrowed) into `arena`. */
HeaderIndex *header_index(Slice block, Arena *arena);

/* The first field called `name` (any case), or NULL. */
const HeaderField *header_find(const HeaderIndex *index, Slice name);

/* The field of the same name after `field`, or NULL. */
const HeaderField *header_next(const HeaderIndex *index, const HeaderField *field);

/* A field that only mailing lists write: "List-..." (RFC 2369, RFC 2919), or NULL. */
const HeaderField *header_list_field(const HeaderIndex *index);

/* The value on one line: line ends of folds taken out (RFC 5322, 2.2.3: the blanks after
 * them stay), blanks at both ends trimmed.  Borrowed when nothing had to be removed. */
Slice header_unfold(const HeaderField *field, Arena *arena);

#endif
