#include "system/config_keys.h"

#include <string.h>

#include "base/ascii.h"
#include "system/endpoint.h"

static const char *const mbox_formats[] = { "mboxrd", "mboxo", NULL };
static const char *const lock_kinds[] = { "dotlock", "fcntl", "flock", NULL };
static const char *const verdict_types[] = { "score", "strlen", "text", NULL };
static const char *const redirect_senders[] = { "sender",     "recipient", "original_recipient",
						"user_email", "user",      "postmaster",
						"program",    NULL };
static const char *const refusers[] = { "mta", "mail", NULL };
static const char *const line_ends[] = { "crlf", "lf", NULL };
static const char *const notify_senders[] = { "",           "sender", "recipient",  "original_recipient",
					      "user_email", "user",   "postmaster", NULL };
static const char *const reporters[] = { "postmaster", "sender", "recipient", "original_recipient",
					 "user_email", "user",   NULL };
static const char *const state_engines[] = { "auto", "sqlite", "files", NULL };
static const char *const facilities[] = { "mail",   "daemon", "user",   "auth",   "authpriv",
					  "local0", "local1", "local2", "local3", "local4",
					  "local5", "local6", "local7", "",       NULL };

const Config config_defaults = {
	.mail_location = "auto",
	.folder_autocreate = false,
	.mbox_format = "mboxrd",
	.mbox_locks = "dotlock fcntl",
	.mbox_dotlock_required = false,
	.lock_timeout_s = 60,
	.lock_stale_s = 600,
	.subscribe_created = false,
	.special_use = "\\Drafts=Drafts \\Junk=Junk \\Trash=Trash \\Sent=Sent \\Sent=Sent Messages",
	.sieve_script = "",
	.require_home = false,
	.rules_notice = true,
	.sieve_dir = "~/sieve",
	.sieve_global_dir = TROMMEL_CONFIG_DIR "/sieve",
	.recipient_delimiter = "+",
	.redirect_max = 4,
	.editheader_forbid_add = "",
	.editheader_forbid_delete = "",
	.editheader_max_header_size = 2048,
	.pipe_bin_dir = "",
	.pipe_exec_timeout_s = 10,
	.filter_bin_dir = "",
	.filter_exec_timeout_s = 10,
	.execute_bin_dir = "",
	.execute_exec_timeout_s = 10,
	.execute_input_eol = "crlf",
	.convert_bin_dir = "",
	.convert_exec_timeout_s = 10,
	.convert_programs = "",
	.calendar_dir = "",
	.environment = "",
	.spamtest_status_header = "",
	.spamtest_status_type = "score",
	.spamtest_score_max_value = "",
	.spamtest_score_max_header = "",
	.spamtest_text_value = "",
	.virustest_status_header = "",
	.virustest_status_type = "score",
	.virustest_score_max_value = "",
	.virustest_score_max_header = "",
	.virustest_text_value = "",
	.lists = "",
	.lists_dir = "~/.config/trommel/lists",
	.duplicate_default_period_s = 604800,
	.duplicate_max_period_s = 7776000,
	.judge_cpu_s = 5,
	.judge_wall_s = 10,
	.judge_memory_mb = 512,
	.sendmail = "/usr/sbin/sendmail",
	.sendmail_arguments = "",
	.submission = "",
	.submission_timeout_s = 120,
	.redirect_sender = "sender",
	.redirect_sender_program = "",
	.redirect_rate_max = 0,
	.redirect_rate_period_s = 3600,
	.reject_by = "mta",
	.hop_limit = 25,
	.postmaster = "",
	.user_email = "",
	.user_addresses = "",
	.vacation_min_period_s = 86400,
	.vacation_max_period_s = 60 * 86400,
	.vacation_default_period_s = 7 * 86400,
	.vacation_default_subject = "Automated reply",
	.vacation_default_subject_template = "Auto: %{subject}",
	.vacation_check_recipient = true,
	.vacation_use_original_recipient = false,
	.vacation_to_header_ignore_envelope = false,
	.vacation_send_from_recipient = false,
	.notify_mailto_envelope_from = "",
	.notify_max_notifications = 10,
	.notify_program = "",
	.notify_schemes = "xmpp sip sips tel",
	.report_from = "postmaster",
	.add_return_path = true,
	.add_delivered_to = false,
	.add_original_to = false,
	.state_dir = "~/.local/state/trommel",
	.state_engine = "auto",
	.hostname = "",
	.deadline_s = 240,
	.log_facility = "mail",
	.log_json = "",
	.user_log = "~/.sieve.log",
};

#define AT(field)        .name = #field, .offset = offsetof(Config, field)
#define RANGE(low, high) .type = CONFIG_NUMBER, .least = (low), .most = (high)

const ConfigKey config_keys[] = {
	{ AT(mail_location), .type = CONFIG_STRING, .shape = &config_shape_location,
	  .section = "Where mail goes",
	  .help = "the user's mail in Dovecot's notation, such as maildir:~/Maildir; auto looks for what "
		  "there is" },
	{ AT(folder_autocreate), .type = CONFIG_BOOL, .help = "make every folder that rules file into" },
	{ AT(mbox_format), .type = CONFIG_CHOICE, .choices = mbox_formats,
	  .help = "how lines that look like the beginning of a message are quoted" },
	{ AT(mbox_locks), .type = CONFIG_CHOICES, .choices = lock_kinds,
	  .help = "the locks to take on an mbox, in this order" },
	{ AT(mbox_dotlock_required), .type = CONFIG_BOOL,
	  .help = "no: go on with kernel locks where the directory refuses a dotlock" },
	/* Postfix waits 20 s, Dovecot 5 min; more than our own deadline would never be waited for. */
	{ AT(lock_timeout_s), RANGE(0, 200), .help = "seconds to wait for a mailbox that is locked" },
	/* Postfix breaks locks at 500 s. */
	{ AT(lock_stale_s), RANGE(1, 86400), .help = "seconds until a dotlock counts as abandoned" },
	{ AT(subscribe_created), .type = CONFIG_BOOL, .help = "subscribe to folders that rules make" },
	/* As Debian configures Dovecot. */
	{ AT(special_use), .type = CONFIG_STRING, .shape = &config_shape_special_use,
	  .help = "folders by what they are for: \\Use=Folder ..." },

	{ AT(sieve_script), .type = CONFIG_PATH_OF_USER, .section = "The rules",
	  .help = "the user's script; empty for the usual search" },
	{ AT(require_home), .type = CONFIG_BOOL,
	  .help = "put mail off while the home, where its rules may be, does not exist" },
	{ AT(rules_notice), .type = CONFIG_BOOL,
	  .help = "tell the owner of rules with errors by a message in his inbox, once a day" },
	{ AT(sieve_dir), .type = CONFIG_PATH_OF_USER, .help = "where include :personal finds scripts" },
	{ AT(sieve_global_dir), .type = CONFIG_PATH_OF_SYSTEM,
	  .help = "where include :global finds scripts" },
	{ AT(recipient_delimiter), .type = CONFIG_STRING, .shape = &config_shape_delimiters,
	  .help = "characters that may begin the detail of an address" },
	{ AT(redirect_max), RANGE(0, 32), .help = "redirects that one message may cause" },
	{ AT(editheader_forbid_add), .type = CONFIG_STRING, .shape = &config_shape_fields,
	  .help = "header fields that rules do not add, blanks between them" },
	{ AT(editheader_forbid_delete), .type = CONFIG_STRING, .shape = &config_shape_fields,
	  .help = "header fields that rules do not delete, besides those that are never deleted" },
	{ AT(editheader_max_header_size), RANGE(1024, 65536),
	  .help = "bytes of a header field that rules add" },
	{ AT(pipe_bin_dir), .type = CONFIG_PATH_OF_USER,
	  .help = "the programs that pipe may run; empty for none" },
	{ AT(pipe_exec_timeout_s), RANGE(0, 200),
	  .help = "seconds that one may take; 0 for as long as the delivery may" },
	{ AT(filter_bin_dir), .type = CONFIG_PATH_OF_USER,
	  .help = "the programs that filter may run; empty for none" },
	{ AT(filter_exec_timeout_s), RANGE(0, 200),
	  .help = "seconds that one may take; 0 for as long as the delivery may" },
	{ AT(execute_bin_dir), .type = CONFIG_PATH_OF_USER,
	  .help = "the programs that execute may run; empty for none" },
	{ AT(execute_exec_timeout_s), RANGE(0, 200),
	  .help = "seconds that one may take; 0 for as long as the delivery may" },
	{ AT(execute_input_eol), .type = CONFIG_CHOICE, .choices = line_ends,
	  .help = "how lines end in what execute feeds a program" },
	{ AT(convert_bin_dir), .type = CONFIG_PATH_OF_USER,
	  .help = "the programs that convert may run; empty for none" },
	{ AT(convert_exec_timeout_s), RANGE(0, 200),
	  .help = "seconds that one may take; 0 for as long as the delivery may" },
	{ AT(convert_programs), .type = CONFIG_STRING, .shape = &config_shape_conversions,
	  .help = "which of them makes what of what: image/png>image/jpeg=NAME, blanks between them" },
	{ AT(calendar_dir), .type = CONFIG_PATH_OF_USER,
	  .help = "the user's calendars, each a directory in it; empty for none" },
	{ AT(environment), .type = CONFIG_STRING, .shape = &config_shape_variables,
	  .help = "what scripts may ask for as vnd.dovecot.config.KEY: key = value; key = value" },
	{ AT(spamtest_status_header), .type = CONFIG_STRING,
	  .help = "the header field of a spam filter, and behind a colon a pattern whose group is its "
		  "verdict" },
	{ AT(spamtest_status_type), .type = CONFIG_CHOICE, .choices = verdict_types,
	  .help = "how the verdict is written: a number, by its length, or in words" },
	{ AT(spamtest_score_max_value), .type = CONFIG_STRING, .shape = &config_shape_maximum,
	  .help = "the score that is certainly spam" },
	{ AT(spamtest_score_max_header), .type = CONFIG_STRING,
	  .help = "the header field that has this score, written as spamtest_status_header" },
	{ AT(spamtest_text_value), .type = CONFIG_STRING, .shape = &config_shape_words,
	  .help = "what the words mean, such as 1=clean; 10=spam" },
	{ AT(virustest_status_header), .type = CONFIG_STRING,
	  .help = "the header field of a virus scanner, as spamtest_status_header" },
	{ AT(virustest_status_type), .type = CONFIG_CHOICE, .choices = verdict_types,
	  .help = "how its verdict is written" },
	{ AT(virustest_score_max_value), .type = CONFIG_STRING, .shape = &config_shape_maximum,
	  .help = "the score that is certainly a virus" },
	{ AT(virustest_score_max_header), .type = CONFIG_STRING,
	  .help = "the header field that has this score" },
	{ AT(virustest_text_value), .type = CONFIG_STRING, .shape = &config_shape_words,
	  .help = "what the words mean, such as 1=clean; 5=infected" },
	{ AT(lists), .type = CONFIG_STRING, .shape = &config_shape_lists,
	  .help = "lists outside the rules: NAME=PATH; NAME=sqlite:PATH QUERY" },
	{ AT(lists_dir), .type = CONFIG_PATH_OF_USER, .help = "where the user's own lists are" },
	{ AT(duplicate_default_period_s), RANGE(1, 31536000),
	  .help = "seconds for which duplicate remembers what it saw" },
	{ AT(duplicate_max_period_s), RANGE(1, 31536000), .help = "the most that a script may ask for" },
	{ AT(judge_cpu_s), RANGE(1, 120), .help = "CPU seconds for the rules on one message" },
	{ AT(judge_wall_s), RANGE(1, 200), .help = "the same, by the clock on the wall" },
	{ AT(judge_memory_mb), RANGE(16, 65536), .help = "memory for the rules on one message, in MB" },

	{ AT(sendmail), .type = CONFIG_PATH_OF_SYSTEM, .section = "Outgoing mail",
	  .help = "the program that takes redirected messages" },
	{ AT(sendmail_arguments), .type = CONFIG_STRING,
	  .help = "arguments that it gets besides, blanks between them" },
	{ AT(submission), .type = CONFIG_ENDPOINT,
	  .help = "the server that takes them instead, such as smtp://localhost; empty for none" },
	/* An MTA that takes longer than the default for one message is not well. */
	{ AT(submission_timeout_s), RANGE(1, 280), .help = "seconds that handing over one message may take" },
	{ AT(redirect_sender), .type = CONFIG_SENDER, .choices = redirect_senders,
	  .help = "the envelope sender of redirected messages" },
	{ AT(redirect_sender_program), .type = CONFIG_PATH_OF_SYSTEM,
	  .help = "the program that rewrites envelope senders, for redirect_sender = program (SRS)" },
	/* below what is remembered of one use: state/limits.h */
	{ AT(redirect_rate_max), RANGE(0, 5000),
	  .help = "redirects of one user in redirect_rate_period_s; 0 for no limit" },
	{ AT(redirect_rate_period_s), RANGE(1, 86400 * 31), .help = "seconds for which they are counted" },
	{ AT(reject_by), .type = CONFIG_CHOICE, .choices = refusers,
	  .help = "how messages are refused: by the MTA, where that can be, or always by mail" },
	{ AT(hop_limit), RANGE(1, 1000), .help = "a message with more Received fields is not redirected" },
	{ AT(postmaster), .type = CONFIG_STRING, .shape = &config_shape_address,
	  .help = "the address of the postmaster; empty for postmaster at the host's name" },

	{ AT(user_email), .type = CONFIG_STRING, .shape = &config_shape_address,
	  .section = "Mail that rules write",
	  .help = "the user's address, with %u for the user's name; empty for the recipient's" },
	{ AT(user_addresses), .type = CONFIG_STRING,
	  .help = "more addresses that are the user's own, blanks between them" },
	/* RFC 5230, 4.1 and RFC 6131, 2: the maximum is at least a day, and should be above 30 of them. */
	{ AT(vacation_min_period_s), RANGE(0, 86400 * 365),
	  .help = "seconds for which a sender is not answered again, at the least" },
	{ AT(vacation_max_period_s), RANGE(86400, 86400 * 365), .help = "the same at the most" },
	{ AT(vacation_default_period_s), RANGE(0, 86400 * 365),
	  .help = "the same when the rules do not say how long" },
	{ AT(vacation_default_subject), .type = CONFIG_STRING,
	  .help = "the subject of an answer to a message without one" },
	{ AT(vacation_default_subject_template), .type = CONFIG_STRING,
	  .help = "that of an answer to one with a subject, which is %{subject}" },
	{ AT(vacation_check_recipient), .type = CONFIG_BOOL,
	  .help = "answer only messages with an address of the user's in To, Cc, Bcc or their Resent "
		  "fields" },
	{ AT(vacation_use_original_recipient), .type = CONFIG_BOOL,
	  .help = "count the original recipient among the user's addresses" },
	{ AT(vacation_to_header_ignore_envelope), .type = CONFIG_BOOL,
	  .help = "write an answer's To field from the message's header, whatever the envelope says" },
	{ AT(vacation_send_from_recipient), .type = CONFIG_BOOL,
	  .help = "send answers with the recipient as envelope sender, rather than with none" },
	{ AT(notify_mailto_envelope_from), .type = CONFIG_SENDER, .choices = notify_senders,
	  .help = "the envelope sender of notifications; empty for what :from says, else the recipient" },
	{ AT(notify_max_notifications), RANGE(0, 32), .help = "notifications that one message may cause" },
	{ AT(notify_program), .type = CONFIG_PATH_OF_SYSTEM,
	  .help = "the program that notifies by other means than mail; empty for none" },
	{ AT(notify_schemes), .type = CONFIG_STRING, .shape = &config_shape_schemes,
	  .help = "the schemes of the URIs that it takes" },
	{ AT(report_from), .type = CONFIG_SENDER, .choices = reporters,
	  .help = "who reports, and gets what bounces" },

	{ AT(add_return_path), .type = CONFIG_BOOL, .section = "Trace fields",
	  .help = "put the envelope sender into a Return-Path field and remove others" },
	{ AT(add_delivered_to), .type = CONFIG_BOOL,
	  .help = "put the recipient into a Delivered-To field and refuse a message that has it" },
	{ AT(add_original_to), .type = CONFIG_BOOL,
	  .help = "put the original recipient into an X-Original-To field" },

	{ AT(state_dir), .type = CONFIG_PATH_OF_USER, .section = "What is remembered",
	  .help = "where it is remembered what a user's rules have seen, answered and sent" },
	{ AT(state_engine), .type = CONFIG_CHOICE, .choices = state_engines,
	  .help = "how: a database, a file for each entry where machines share the file system, or auto" },

	{ AT(hostname), .type = CONFIG_STRING, .section = "The rest",
	  .help = "the name of this host; empty for the system's" },
	/* OpenSMTPD kills after 300 s; Postfix bounces after 1000 s. */
	{ AT(deadline_s), RANGE(1, 290),
	  .help = "seconds after which a delivery undoes all and ends with 75" },
	{ AT(log_facility), .type = CONFIG_CHOICE, .choices = facilities,
	  .help = "the facility of syslog; empty for no syslog" },
	{ AT(log_json), .type = CONFIG_PATH_OF_SYSTEM, .help = "a file for one JSON object per delivery" },
	{ AT(user_log), .type = CONFIG_PATH_OF_USER,
	  .help = "where the owner of rules is told of their errors" },
	{ .name = NULL },
};
_Static_assert(sizeof config_keys / sizeof config_keys[0] <= CONFIG_KEYS_MAX, "more keys than places");

static void append_quoted(Text *out, const char *value)
{
	text_append_char(out, '"');
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			text_append_char(out, '\\');
		text_append_char(out, *value);
	}
	text_append_char(out, '"');
}

static bool needs_quotes(const char *value)
{
	Slice whole = slice_of(value);

	return whole.length == 0 || ascii_trim(whole).length != whole.length || value[0] == '"' ||
	       strchr(value, '#');
}

void config_value_text(const Config *config, const ConfigKey *key, Text *out)
{
	const char *field = (const char *)config + key->offset;
	const char *value;

	switch (key->type) {
	case CONFIG_BOOL:
		text_append_string(out, *(const bool *)field ? "yes" : "no");
		return;
	case CONFIG_NUMBER:
		text_printf(out, "%u", *(const unsigned *)(const void *)field);
		return;
	default:
		value = *(const char *const *)(const void *)field;
		if (needs_quotes(value))
			append_quoted(out, value);
		else
			text_append_string(out, value);
	}
}

static void append_choices(const ConfigKey *key, Text *out)
{
	for (size_t i = 0; key->choices[i]; i++) {
		if (i)
			text_append_string(out, key->choices[i + 1] ? ", " : " or ");
		text_append_string(out, key->choices[i][0] ? key->choices[i] : "\"\"");
	}
}

void config_wanted_text(const ConfigKey *key, Text *out)
{
	switch (key->type) {
	case CONFIG_STRING:
		text_append_string(out, key->shape ? key->shape->wanted : "text");
		break;
	case CONFIG_PATH_OF_USER:
		text_append_string(out, "a path that begins with / or ~/");
		break;
	case CONFIG_PATH_OF_SYSTEM:
		text_append_string(out, "a path that begins with /");
		break;
	case CONFIG_CHOICES:
		text_append_string(out, "one or more of ");
		append_choices(key, out);
		break;
	case CONFIG_CHOICE:
		append_choices(key, out);
		break;
	case CONFIG_SENDER:
		append_choices(key, out);
		text_append_string(out, ", or <address>");
		break;
	case CONFIG_ENDPOINT:
		text_append_string(out, ENDPOINT_WANTED);
		break;
	case CONFIG_BOOL:
		text_append_string(out, "yes or no");
		break;
	case CONFIG_NUMBER:
		text_printf(out, "a number from %u to %u", key->least, key->most);
		break;
	}
}
