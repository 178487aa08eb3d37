/* list - the descriptors of all extensions */
#ifndef SIEVE_EXTENSIONS_LIST_H
#define SIEVE_EXTENSIONS_LIST_H

#include "sieve/tree.h"

extern const SieveExtension sieve_ext_body;
extern const SieveExtension sieve_ext_comparator_ascii_casemap;
extern const SieveExtension sieve_ext_comparator_ascii_numeric;
extern const SieveExtension sieve_ext_comparator_octet;
extern const SieveExtension sieve_ext_comparator_unicode_casemap;
extern const SieveExtension sieve_ext_convert;
extern const SieveExtension sieve_ext_copy;
extern const SieveExtension sieve_ext_core_actions;
extern const SieveExtension sieve_ext_core_control;
extern const SieveExtension sieve_ext_core_header;
extern const SieveExtension sieve_ext_core_match;
extern const SieveExtension sieve_ext_core_tests;
extern const SieveExtension sieve_ext_cyrus_implicit_keep_target;
extern const SieveExtension sieve_ext_cyrus_log;
extern const SieveExtension sieve_ext_cyrus_redirect_multiple;
extern const SieveExtension sieve_ext_date;
extern const SieveExtension sieve_ext_dovecot_debug;
extern const SieveExtension sieve_ext_dovecot_duplicate;
extern const SieveExtension sieve_ext_dovecot_environment;
extern const SieveExtension sieve_ext_dovecot_execute;
extern const SieveExtension sieve_ext_dovecot_filter;
extern const SieveExtension sieve_ext_dovecot_imapsieve;
extern const SieveExtension sieve_ext_dovecot_pipe;
extern const SieveExtension sieve_ext_dovecot_report;
extern const SieveExtension sieve_ext_duplicate;
extern const SieveExtension sieve_ext_editheader;
extern const SieveExtension sieve_ext_enclose;
extern const SieveExtension sieve_ext_encoded_character;
extern const SieveExtension sieve_ext_enotify;
extern const SieveExtension sieve_ext_envelope;
extern const SieveExtension sieve_ext_envelope_deliverby;
extern const SieveExtension sieve_ext_envelope_dsn;
extern const SieveExtension sieve_ext_environment;
extern const SieveExtension sieve_ext_ereject;
extern const SieveExtension sieve_ext_extlists;
extern const SieveExtension sieve_ext_extracttext;
extern const SieveExtension sieve_ext_fcc;
extern const SieveExtension sieve_ext_fileinto;
extern const SieveExtension sieve_ext_foreverypart;
extern const SieveExtension sieve_ext_ihave;
extern const SieveExtension sieve_ext_imap4flags;
extern const SieveExtension sieve_ext_imapflags;
extern const SieveExtension sieve_ext_imapsieve;
extern const SieveExtension sieve_ext_include;
extern const SieveExtension sieve_ext_index;
extern const SieveExtension sieve_ext_mailbox;
extern const SieveExtension sieve_ext_mailboxid;
extern const SieveExtension sieve_ext_mboxmetadata;
extern const SieveExtension sieve_ext_mime;
extern const SieveExtension sieve_ext_notify;
extern const SieveExtension sieve_ext_processcalendar;
extern const SieveExtension sieve_ext_redirect_deliverby;
extern const SieveExtension sieve_ext_redirect_dsn;
extern const SieveExtension sieve_ext_regex;
extern const SieveExtension sieve_ext_reject;
extern const SieveExtension sieve_ext_relational;
extern const SieveExtension sieve_ext_replace;
extern const SieveExtension sieve_ext_servermetadata;
extern const SieveExtension sieve_ext_spamtest;
extern const SieveExtension sieve_ext_spamtestplus;
extern const SieveExtension sieve_ext_special_use;
extern const SieveExtension sieve_ext_subaddress;
extern const SieveExtension sieve_ext_vacation;
extern const SieveExtension sieve_ext_vacation_seconds;
extern const SieveExtension sieve_ext_variables;
extern const SieveExtension sieve_ext_virustest;

#endif
