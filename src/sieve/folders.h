/* folders - what names a folder otherwise than by its name, and annotations
 * RFC 8579 (special uses), RFC 9042 (ids), RFC 5490 (annotations) */
#ifndef SIEVE_FOLDERS_H
#define SIEVE_FOLDERS_H

#include "sieve/check.h"
#include "sieve/run.h"

/* Is `value` a special use: "\" and an atom (RFC 6154, 6)? */
bool sieve_special_use_valid(Slice value);

/* Is it an id: 1 to 255 letters, digits, "-" and "_" (RFC 8474, 7)? */
bool sieve_mailbox_id_valid(Slice value);

/* Warns of a constant that is no name of an annotation. */
void sieve_check_annotation(SieveCheck *check, const SieveString *entry);

/* What "metadata" and "servermetadata" do, and "metadataexists" and its brother: `folder` is NULL for the
 * server. */
SieveStatus sieve_annotation_matches(SieveRun *run, const SieveNode *node, const SieveString *folder,
				     const SieveString *entry, const SieveStrings *keys, bool *result);
SieveStatus sieve_annotations_exist(SieveRun *run, const SieveString *folder, const SieveStrings *entries,
				    bool *result);

#endif
