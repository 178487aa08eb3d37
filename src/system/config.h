/* config - the settings in force and where each came from
 *
 * One table (config_keys.c) holds every key with its type, default and one line of help: what
 * `trommel config` prints is made from it, and the man page is compared with it. */
#ifndef SYSTEM_CONFIG_H
#define SYSTEM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/failure.h"
#include "base/text.h"

typedef struct Config {
	/* where mail goes */
	const char *mail_location;  /* Dovecot's notation, or "auto" */
	bool folder_autocreate;     /* every folder that rules file into is made: false */
	const char *mbox_format;    /* "mboxrd" or "mboxo" */
	const char *mbox_locks;     /* "dotlock fcntl": any of dotlock fcntl flock, in that order */
	bool mbox_dotlock_required; /* false: go on with kernel locks where the directory refuses */
	unsigned lock_timeout_s;    /* how long to wait for a mailbox: 60 */
	unsigned lock_stale_s;      /* age of an abandoned dotlock: 600 */
	bool subscribe_created;     /* folders that rules make are subscribed */
	const char *special_use;    /* "\\Junk=Junk \\Sent=Sent" */
	/* the rules */
	const char *sieve_script;             /* path, ~ allowed; "" for the usual search */
	bool require_home;                    /* no home, no delivery: false */
	bool rules_notice;                    /* rules with errors are told of in the inbox */
	const char *sieve_dir;                /* of :personal includes: ~/sieve */
	const char *sieve_global_dir;         /* of :global includes: /etc/trommel/sieve */
	const char *recipient_delimiter;      /* "+" */
	unsigned redirect_max;                /* 4 */
	const char *editheader_forbid_add;    /* names of header fields; "" */
	const char *editheader_forbid_delete; /* the same */
	unsigned editheader_max_header_size;  /* 2048 */
	const char *pipe_bin_dir, *filter_bin_dir, *execute_bin_dir, *convert_bin_dir; /* "": none is run */
	unsigned pipe_exec_timeout_s, filter_exec_timeout_s, execute_exec_timeout_s,
		convert_exec_timeout_s;        /* 10; 0: none of its own */
	const char *convert_programs;          /* "image/png>image/jpeg=NAME ..."; "" */
	const char *execute_input_eol;         /* "crlf", "lf" */
	const char *calendar_dir;              /* of the user's calendars; "": there are none */
	const char *environment;               /* "key = value; ...", for scripts to ask for; "" */
	const char *spamtest_status_header;    /* "Name" or "Name: pattern"; "" */
	const char *spamtest_status_type;      /* "score", "strlen" or "text" */
	const char *spamtest_score_max_value;  /* what counts as full; "" */
	const char *spamtest_score_max_header; /* or where it stands; "" */
	const char *spamtest_text_value;       /* "1=clean; 10=spam"; "" */
	const char *virustest_status_header;   /* the same for virustest */
	const char *virustest_status_type;
	const char *virustest_score_max_value;
	const char *virustest_score_max_header;
	const char *virustest_text_value;
	const char *lists;                   /* "NAME=PATH; NAME=sqlite:PATH QUERY"; "" */
	const char *lists_dir;               /* of the user's own: ~/.config/trommel/lists */
	unsigned duplicate_default_period_s; /* 7 days */
	unsigned duplicate_max_period_s;     /* 90 days */
	unsigned judge_cpu_s;                /* 5 */
	unsigned judge_wall_s;               /* 10 */
	unsigned judge_memory_mb;            /* 512 */
	/* outgoing */
	const char *sendmail;                /* /usr/sbin/sendmail */
	const char *sendmail_arguments;      /* more of them, blanks between; "" */
	const char *submission;              /* "smtp://host", "lmtp:///path"; "": through sendmail */
	unsigned submission_timeout_s;       /* for one message, to either: 120 */
	const char *redirect_sender;         /* "sender", "recipient", ..., or "<address>" */
	const char *redirect_sender_program; /* for "program"; "" */
	unsigned redirect_rate_max;          /* 0: no limit */
	unsigned redirect_rate_period_s;     /* 3600 */
	const char *reject_by;               /* "mta" or "mail" */
	unsigned hop_limit;                  /* Received lines beyond which nothing is redirected: 25 */
	/* what rules send */
	const char *user_email;               /* "" for the recipient's address; %u, %n, %d allowed */
	const char *user_addresses;           /* more that are the user's own; "" */
	unsigned vacation_min_period_s;       /* 86400 */
	unsigned vacation_max_period_s;       /* 5184000 */
	unsigned vacation_default_period_s;   /* 604800 */
	const char *vacation_default_subject; /* of an answer to a message without one */
	const char *vacation_default_subject_template; /* %{subject} in it */
	bool vacation_check_recipient;                 /* true: only when an own address is in To, Cc, ... */
	bool vacation_use_original_recipient;          /* false */
	bool vacation_to_header_ignore_envelope;       /* false */
	bool vacation_send_from_recipient;             /* false: from the null sender */
	const char *notify_mailto_envelope_from;       /* "" as RFC 5436 has it */
	unsigned notify_max_notifications;             /* 10; 0: none */
	const char *notify_program;                    /* for other methods than mail; "" for none */
	const char *notify_schemes;                    /* the URIs that it takes */
	const char *report_from;                       /* "postmaster" */
	/* trace */
	bool add_return_path;  /* true */
	bool add_delivered_to; /* false; with it the loop check */
	bool add_original_to;  /* false */
	/* what is remembered */
	const char *state_dir;    /* of the user: ~/.local/state/trommel */
	const char *state_engine; /* "auto", "sqlite", "files" */
	/* the rest */
	const char *hostname;     /* "" for the system's */
	unsigned deadline_s;      /* 240 */
	const char *log_json;     /* file for JSON lines; "" for none */
	const char *log_facility; /* "mail" */
	const char *user_log;     /* ~/.sieve.log; "" for none */
	const char *postmaster;   /* "" for postmaster@HOST */
	/* for config.c */
	Arena *memory;                /* holds what was set; NULL while all is built in */
	struct ConfigSource *sources; /* where each key was set; NULL likewise */
} Config;

/* Where the configuration is looked for. */
#ifndef TROMMEL_CONFIG_DIR
#define TROMMEL_CONFIG_DIR "/etc/trommel"
#endif
#define CONFIG_PATH TROMMEL_CONFIG_DIR "/trommel.conf"

/* The built-in defaults: a copy, no allocation. */
void config_init(Config *config);
void config_clear(Config *config);

/* Reads `path`.  A missing file is fine unless `required`; a file that somebody other than root and the
 * caller could have written, and anything wrong in it, is a failure (RETRY) that names file, line and column,
 * what was found and what was expected.  After a failure part of it may be in force. */
bool config_read(Config *config, const char *path, bool required, Failure *why);

/* Sets one "KEY=VALUE" from the command line; a failure is one of usage. */
bool config_set(Config *config, const char *assignment, Failure *why);

/* The value of the key `name` without quotes, "yes" or "no" for a boolean; borrowed, or in `arena`.  NULL:
 * there is no such key. */
const char *config_get(const Config *config, const char *name, Arena *arena);

/* Appends where the key `name`, which there is, was set: "FILE:LINE", "-o" or "built in". */
void config_origin(const Config *config, const char *name, Text *out);

/* Prints every key with its value, in the file's own notation, and origin.  As JSON: an array of objects with
 * key, value, origin and, when set in a file, line. */
void config_print(const Config *config, Text *out);
void config_print_json(const Config *config, Text *out);

/* Prints what there is to set, one key per line, tab between: key, type, default, section, help. */
void config_describe(Text *out);

DEFINE_AUTO_VALUE(Config, config_clear)

#endif
