#include "delivery/courier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "delivery/caller.h"
#include "delivery/carry_out.h"
#include "delivery/courier_internal.h"
#include "delivery/poison.h"
#include "delivery/trace.h"
#include "delivery/user_state.h"
#include "delivery/user_store.h"
#include "system/privileges.h"

/* Mail for root that Postfix hands to a command comes with the rights of default_privs ("nobody"). */
static bool is_mail_for_root_as_nobody(void)
{
	const char *user = getenv("USER");

	return user && strcmp(user, "root") == 0 && getenv("RECIPIENT") && geteuid() != 0;
}

/* The account called `name`, or by the part before the @ of an address. */
static bool find_by_name(User *user, const char *name, Arena *arena, Failure *why)
{
	const char *at = strchr(name, '@');

	if (user_find_name(user, name, why))
		return true;
	if (why->kind != FAILURE_NO_USER || !at || at == name)
		return false;
	return user_find_name(user, arena_copy_bytes(arena, name, (size_t)(at - name)), why);
}

static bool find_user(Courier *courier, Failure *why)
{
	const char *name = courier->request->user;

	if (name && *name)
		return find_by_name(&courier->user, name, courier->arena, why);
	if (is_mail_for_root_as_nobody())
		return failure_retry(why,
				     "mail for root is not delivered with the rights of another account: "
				     "alias root to a person in /etc/aliases");
	if (geteuid() == 0)
		return failure_set(why, FAILURE_USAGE, "4.3.5",
				   "started as root without a user: name the recipient with -d USER");
	return user_find_uid(&courier->user, geteuid(), why);
}

static StoreSettings store_settings(const Courier *courier)
{
	return user_store_settings(courier->config, &courier->user, host_in_mail(&courier->host),
				   courier->host.machine);
}

/* A location that nobody understands is found when its user is known: says where it was set, as the reader of
 * the configuration does of all that it sees. */
static void tell_origin(const Courier *courier, Failure *why)
{
	const Failure what = *why;
	AUTO_VALUE(Text) origin = { 0 };

	if (strcmp(what.code, STORE_WRONG_SETTING) != 0)
		return;
	config_origin(courier->config, "mail_location", &origin);
	failure_set(why, what.kind, what.code, "%s: %s", text_string(&origin), what.text);
}

static bool has_mail_at_home(const Courier *courier)
{
	const char *location = courier->config->mail_location;

	return !*location || strcmp(location, "auto") == 0 || strchr(location, '~') || strstr(location, "%h");
}

/* Rules that are looked for in a home that is not mounted are not known to be none: where homes may be away
 * the site says so. */
static bool go_home(const Courier *courier, Failure *why)
{
	if (chdir(courier->user.home) == 0)
		return true;
	if (errno == ENOENT && (has_mail_at_home(courier) || courier->config->require_home))
		return user_lacks_home(courier->user.name, courier->user.home, why);
	return chdir("/") == 0 || failure_errno(why, "change to the directory '/'");
}

/* From here on everything happens with the recipient's rights. */
static bool become_recipient(Courier *courier, Failure *why)
{
	StoreSettings settings = store_settings(courier);

	if (!privileges_become(&courier->user, store_spool_group(&settings), why))
		return false;
	if (!go_home(courier, why))
		return false;
	courier->state = user_state_settings(courier->config, &courier->user, courier->host.machine,
					     courier->arena);
	courier->store = store_open(&settings, why);
	if (!courier->store)
		tell_origin(courier, why);
	return courier->store != NULL;
}

static int open_spool(void *self, Failure *why)
{
	Courier *courier = self;

	return store_spool(courier->store, why);
}

static void learn_envelope(Courier *courier, const Message *message)
{
	courier->header = header_index(message->header, courier->arena);
	caller_envelope(&courier->envelope, courier->request, message, courier->header,
			courier->config->recipient_delimiter, courier->arena);
}

static void make_head(void *self, const Message *message, Text *head)
{
	Courier *courier = self;

	learn_envelope(courier, message);
	trace_make_head(courier->config, &courier->envelope, message, courier->header, head);
}

static bool receive(Courier *courier, Failure *why)
{
	const MessageIntake intake = {
		.open_spool = open_spool,
		.make_head = make_head,
		.self = courier,
		.drop_suffix_newline = caller_is_exim(),
	};

	courier->envelope.user = courier->user.name;
	courier->envelope.home = courier->user.home;
	if (!message_receive(&courier->message, STDIN_FILENO, &intake, why))
		return false;
	courier->received = true;
	return true;
}

/* A loop that shows in our own trace lines is the one thing a delivery may refuse by itself. */
static bool check_loop(Courier *courier, Failure *why)
{
	if (!courier->config->add_delivered_to ||
	    !trace_delivered_before(courier->header, courier->envelope.recipient, courier->arena))
		return true;
	return failure_set(why, FAILURE_REFUSED, "5.4.6", "mail forwarding loop for %s",
			   courier->envelope.recipient);
}

static bool carry(Courier *courier, Failure *why)
{
	AUTO_VALUE(Versions) versions = { 0 };
	const char *folder = courier->request->folder;
	Carrying carrying = {
		.config = courier->config,
		.envelope = &courier->envelope,
		.message = &courier->message,
		.header = courier->header,
		.host = host_in_mail(&courier->host),
		.arena = courier->arena,
		.store = courier->store,
		.plan = courier->plan,
		.versions = &versions,
		.programs = &courier->programs,
		.memory = &courier->memory,
		.journal = { .directory = courier->state.directory,
			     .home = courier->user.home,
			     .owner = courier->user.uid,
			     .message = &courier->message,
			     .header = courier->header,
			     .recipient = courier->envelope.recipient,
			     .script = courier->judged,
			     .now = courier->now },
		.calendars = courier->calendars,
		.may_refuse = true,
		.inbox = folder && *folder ? folder : NULL,
		.folder_autocreate = courier->config->folder_autocreate,
		.now = courier->now,
	};
	bool done = versions_make(&versions, courier->config, &courier->envelope, &courier->message,
				  courier->header, courier->plan, courier->arena, why) &&
		    carry_out(&carrying, why);

	courier->outcome = carrying.outcome;
	courier->notes = carrying.notes;
	courier->refusal = carrying.refusal;
	courier->lacks_dotlock = carrying.lacks_dotlock;
	courier->journal = carrying.journal_left;
	return done;
}

static bool deliver(Courier *courier, Failure *why)
{
	bool done = find_user(courier, why) && become_recipient(courier, why) && receive(courier, why) &&
		    check_loop(courier, why) && courier_decide(courier, why) && carry(courier, why);

	if (done) {
		*why = (Failure){ 0 }; /* what went wrong on the way was mended */
		if (courier->rules.found == RULES_LOADED)
			poison_forget(courier->now - (int64_t)JOURNAL_DAYS * 86400);
		courier_tell_owner(courier);
	}
	if (done && courier->refusal) /* "5.7.1 text" */
		return failure_set(why, FAILURE_REFUSED, "5.7.1", "%s", courier->refusal + strlen("5.7.1 "));
	return done;
}

/* A refusal is for good: an MTA that minds unread input (OpenSMTPD) must not turn it into a retry. */
static void read_the_rest(void)
{
	char buffer[65536];

	while (io_read(STDIN_FILENO, buffer, sizeof buffer) == (ssize_t)sizeof buffer)
		continue;
}

static uint64_t clock_us(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

bool courier_deliver(const DeliveryRequest *request, const Config *config, Failure *why)
{
	uint64_t started_us = clock_us(CLOCK_MONOTONIC);
	AUTO(Arena) arena = arena_new();
	Courier courier = {
		.request = request,
		.config = config,
		.arena = arena,
		.host = host_find(config),
		.log_fd = -1,
		.now = (int64_t)(clock_us(CLOCK_REALTIME) / 1000000),
	};
	bool done = deliver(&courier, why);

	if (!courier.received && (why->kind == FAILURE_REFUSED || why->kind == FAILURE_NO_USER))
		read_the_rest();
	courier_write_log(&courier, started_us, clock_us(CLOCK_MONOTONIC), why);
	cleanup_fd(&courier.log_fd);
	memory_close(&courier.memory);
	store_close(courier.store);
	message_clear(&courier.message);
	rules_clear(&courier.rules);
	text_clear(&courier.outcome);
	text_clear(&courier.notes);
	user_clear(&courier.user);
	/* Last: a kill -9 before this finds everything done, and does nothing again. */
	journal_finish(courier.journal);
	return done;
}
