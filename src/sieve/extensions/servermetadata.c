/* servermetadata - annotations of the server, which IMAP clients make
 * RFC 5490, section 4; RFC 5464 (what they are) */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/folders.h"

static void check_metadata(SieveCheck *check, SieveNode *node)
{
	sieve_check_annotation(check, sieve_string(node, 0));
}

static void check_exists(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 0);

	for (size_t i = 0; i < names->count; i++)
		sieve_check_annotation(check, &names->items[i]);
}

static SieveStatus servermetadata(SieveRun *run, const SieveNode *node, bool *result)
{
	return sieve_annotation_matches(run, node, NULL, sieve_string(node, 0), sieve_strings(node, 1),
					result);
}

static SieveStatus servermetadataexists(SieveRun *run, const SieveNode *node, bool *result)
{
	return sieve_annotations_exist(run, NULL, sieve_strings(node, 0), result);
}

const SieveExtension sieve_ext_servermetadata = {
	.capability = "servermetadata",
	.about = "test annotations of the server",
	.document = "RFC 5490, 4",
	.tests =
		(const SieveVerb[]){
			{ .name = "servermetadata",
			  .parameters = SIEVE_PARAMETERS({ "annotation-name", SIEVE_STRING },
							 { "key-list", SIEVE_STRING_LIST }),
			  .takes = SIEVE_TAKES_MATCH,
			  .check = check_metadata,
			  .test = servermetadata },
			{ .name = "servermetadataexists",
			  .parameters = SIEVE_PARAMETERS({ "annotation-names", SIEVE_STRING_LIST }),
			  .check = check_exists,
			  .test = servermetadataexists },
			{ 0 },
		},
};
