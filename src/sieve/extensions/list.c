/* list - every extension, in alphabetical order behind the core
 *
 * This and list.h are the one place that names them all; a new one is a file and a line in each. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

const SieveExtension *const sieve_extensions[] = {
	&sieve_ext_core_control,
	&sieve_ext_core_actions,
	&sieve_ext_core_tests,
	&sieve_ext_core_header,
	&sieve_ext_core_match,
	&sieve_ext_body,
	&sieve_ext_comparator_ascii_casemap,
	&sieve_ext_comparator_ascii_numeric,
	&sieve_ext_comparator_octet,
	&sieve_ext_comparator_unicode_casemap,
	&sieve_ext_copy,
	&sieve_ext_date,
	&sieve_ext_editheader,
	&sieve_ext_encoded_character,
	&sieve_ext_envelope,
	&sieve_ext_environment,
	&sieve_ext_extracttext,
	&sieve_ext_fileinto,
	&sieve_ext_foreverypart,
	&sieve_ext_ihave,
	&sieve_ext_imap4flags,
	&sieve_ext_imapsieve,
	&sieve_ext_include,
	&sieve_ext_index,
	&sieve_ext_mailbox,
	&sieve_ext_mime,
	&sieve_ext_regex,
	&sieve_ext_relational,
	&sieve_ext_spamtest,
	&sieve_ext_spamtestplus,
	&sieve_ext_subaddress,
	&sieve_ext_variables,
	&sieve_ext_virustest,
	&sieve_ext_cyrus_implicit_keep_target,
	&sieve_ext_cyrus_log,
	&sieve_ext_dovecot_debug,
	&sieve_ext_environment_dovecot,
	&sieve_ext_imapsieve_dovecot,
	NULL,
};
