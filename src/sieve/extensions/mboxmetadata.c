/* mboxmetadata - annotations of folders, which IMAP clients make
 * RFC 5490, sections 3.3 and 3.4; RFC 5464 (what they are) */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/folders.h"

static void check_metadata(SieveCheck *check, SieveNode *node)
{
	sieve_check_annotation(check, sieve_string(node, 1));
}

static void check_exists(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 1);

	for (size_t i = 0; i < names->count; i++)
		sieve_check_annotation(check, &names->items[i]);
}

static SieveStatus metadata(SieveRun *run, const SieveNode *node, bool *result)
{
	return sieve_annotation_matches(run, node, sieve_string(node, 0), sieve_string(node, 1),
					sieve_strings(node, 2), result);
}

static SieveStatus metadataexists(SieveRun *run, const SieveNode *node, bool *result)
{
	return sieve_annotations_exist(run, sieve_string(node, 0), sieve_strings(node, 1), result);
}

const SieveExtension sieve_ext_mboxmetadata = {
	.capability = "mboxmetadata",
	.about = "test annotations of folders",
	.document = "RFC 5490, 3",
	.tests =
		(const SieveVerb[]){
			{ .name = "metadata",
			  .parameters = SIEVE_PARAMETERS({ "mailbox", SIEVE_STRING },
							 { "annotation-name", SIEVE_STRING },
							 { "key-list", SIEVE_STRING_LIST }),
			  .takes = SIEVE_TAKES_MATCH,
			  .check = check_metadata,
			  .test = metadata },
			{ .name = "metadataexists",
			  .parameters = SIEVE_PARAMETERS({ "mailbox", SIEVE_STRING },
							 { "annotation-names", SIEVE_STRING_LIST }),
			  .check = check_exists,
			  .test = metadataexists },
			{ 0 },
		},
};
