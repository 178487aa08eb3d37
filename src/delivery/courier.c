#include "delivery/courier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "delivery/calendars.h"
#include "delivery/caller.h"
#include "delivery/carry_out.h"
#include "delivery/judge.h"
#include "delivery/lists.h"
#include "delivery/programs.h"
#include "delivery/rules.h"
#include "delivery/trace.h"
#include "delivery/user_log.h"
#include "delivery/world_answer.h"
#include "mailbox/store.h"
#include "system/log.h"
#include "system/privileges.h"

/* One delivery on its way. */
typedef struct Courier {
	const DeliveryRequest *request;
	const Config *config;
	Arena *arena;
	User user;
	const char *machine;  /* this host's own name */
	const char *hostname; /* and the one that it has in mail */
	Store *store;
	Lists lists;
	Message message;
	HeaderIndex *header;
	Envelope envelope;
	Rules rules;
	Programs programs;
	Calendars calendars;
	Plan *plan;
	Text outcome, notes;
	int64_t now;
	bool received;
} Courier;

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

static bool has_lock(const char *locks, const char *name)
{
	const char *found = strstr(locks, name);
	size_t length = strlen(name);

	return found && (found == locks || found[-1] == ' ') && (!found[length] || found[length] == ' ');
}

static StoreSettings store_settings(const Courier *courier)
{
	const Config *config = courier->config;

	return (StoreSettings){
		.location = config->mail_location,
		.user = courier->user.name,
		.home = courier->user.home,
		.uid = courier->user.uid,
		.gid = courier->user.gid,
		.hostname = courier->hostname,
		.machine = courier->machine,
		.mboxo = strcmp(config->mbox_format, "mboxo") == 0,
		.lock_dotlock = has_lock(config->mbox_locks, "dotlock"),
		.lock_fcntl = has_lock(config->mbox_locks, "fcntl"),
		.lock_flock = has_lock(config->mbox_locks, "flock"),
		.dotlock_required = config->mbox_dotlock_required,
		.lock_timeout_s = config->lock_timeout_s,
		.lock_stale_s = config->lock_stale_s,
		.subscribe_created = config->subscribe_created,
		.special_use = config->special_use,
	};
}

static const char *machine_name(Arena *arena)
{
	struct utsname name;

	return uname(&name) == 0 ? arena_copy_string(arena, name.nodename) : "localhost";
}

/* From here on everything happens with the recipient's rights. */
static bool become_recipient(Courier *courier, Failure *why)
{
	StoreSettings settings = store_settings(courier);

	if (!privileges_become(&courier->user, store_spool_group(&settings), why))
		return false;
	if (chdir(courier->user.home) < 0 && chdir("/") < 0)
		return failure_errno(why, "change to the directory '/'");
	courier->store = store_open(&settings, why);
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

/* Answers what the rules ask, with the recipient's rights. */
static bool answer_rules(void *self, const Question *question, Answer *answer, Failure *why)
{
	Courier *courier = self;

	if (lists_are_asked(question))
		return lists_answer(&courier->lists, question, answer, why);
	if (question->kind == ASK_CALENDAR)
		return calendars_answer(&courier->calendars, question, answer, why);
	if (question->kind == ASK_PROGRAM)
		return programs_answer(&courier->programs, question, answer, why);
	return world_answer(courier->store, question, answer, why);
}

static Lists user_lists(const Courier *courier)
{
	return (Lists){ .setting = courier->config->lists,
			.directory = rules_expand(courier->config->lists_dir, &courier->user, courier->arena),
			.home = courier->user.home,
			.user = courier->user.name,
			.owner = courier->user.uid,
			.arena = courier->arena };
}

static void prepare_surroundings(Courier *courier)
{
	courier->programs = (Programs){ .config = courier->config,
					.user = &courier->user,
					.envelope = &courier->envelope,
					.host = courier->hostname,
					.message = &courier->message };
	programs_begin(&courier->programs);
	courier->calendars = (Calendars){
		.directory = rules_expand(courier->config->calendar_dir, &courier->user, courier->arena),
		.home = courier->user.home,
		.owner = courier->user.uid,
	};
}

static bool ask_judge(Courier *courier, Failure *why)
{
	const Config *config = courier->config;
	const World world = { .ask = answer_rules, .self = courier };
	const JudgeJob job = {
		.script_name = courier->rules.path,
		.script_source = text_slice(&courier->rules.source),
		.personal_dir = rules_expand(config->sieve_dir, &courier->user, courier->arena),
		.global_dir = config->sieve_global_dir,
		.owner = courier->user.uid,
		.message = &courier->message,
		.envelope = &courier->envelope,
		.now = courier->now,
		.host = courier->hostname,
		.default_folder = courier->request->folder && *courier->request->folder
					  ? courier->request->folder
					  : NULL,
		.redirect_max = config->redirect_max,
		.plans = carry_out_plans(),
		.config = config,
		.recipient_delimiter = courier->envelope.delimiter,
		.cpu_s = config->judge_cpu_s,
		.wall_s = config->judge_wall_s,
		.memory_mb = config->judge_memory_mb,
	};

	courier->lists = user_lists(courier);
	if (!judge_ask(&job, &world, courier->arena, &courier->plan, why))
		return false;
	/* Not known just now what the owner wants, or whether a folder is there: the MTA tries again. */
	return courier->plan->outcome != PLAN_RETRY || failure_retry(why, "%s", courier->plan->error);
}

/* What the rules want; without rules, or with rules that cannot be believed, the implicit keep. */
static bool decide(Courier *courier, Failure *why)
{
	if (!rules_find(&courier->rules, courier->request->script, courier->config, &courier->user,
			courier->arena, why))
		return false;
	prepare_surroundings(courier);
	if (courier->rules.found == RULES_LOADED && !ask_judge(courier, why))
		return false;
	if (!courier->plan)
		courier->plan = plan_new(courier->arena);
	if (courier->rules.found == RULES_REFUSED) {
		courier->plan->outcome = PLAN_NO_COMPILE;
		courier->plan->error = courier->rules.why;
	}
	return true;
}

static bool carry(Courier *courier, Failure *why)
{
	AUTO_VALUE(Versions) versions = { 0 };
	const char *folder = courier->request->folder;
	Carrying carrying = {
		.store = courier->store,
		.plan = courier->plan,
		.versions = &versions,
		.programs = &courier->programs,
		.calendars = courier->calendars,
		.redirection = { .config = courier->config,
				 .envelope = &courier->envelope,
				 .header = courier->header,
				 .arena = courier->arena },
		.inbox = folder && *folder ? folder : NULL,
		.folder_autocreate = courier->config->folder_autocreate,
		.now = courier->now,
	};
	bool done = versions_make(&versions, courier->config, &courier->envelope, &courier->message,
				  courier->header, courier->plan, courier->arena, why) &&
		    carry_out(&carrying, why);

	courier->outcome = carrying.outcome;
	courier->notes = carrying.notes;
	return done;
}

/* What the owner of the rules should know: errors, warnings, and what could not be done as they said. */
static void tell_owner(Courier *courier)
{
	const Plan *plan = courier->plan;
	AUTO_VALUE(Text) lines = { 0 };

	if (plan->error)
		text_printf(&lines, "%s%s", plan->error,
			    plan->error[0] && plan->error[strlen(plan->error) - 1] == '\n' ? "" : "\n");
	for (size_t i = 0; i < plan->warning_count; i++)
		text_printf(&lines, "%s\n", plan->warnings[i]);
	text_append_slice(&lines, text_slice(&courier->notes));
	if (!lines.length)
		return;
	log_line(LOG_LEVEL_WARNING, "%s: %s", courier->user.name, text_string(&lines));
	if (plan->error)
		text_append_string(&lines, "the message was kept\n");
	if (*courier->config->user_log)
		user_log_append(rules_expand(courier->config->user_log, &courier->user, courier->arena),
				courier->user.uid, courier->now, text_string(&lines));
}

static bool deliver(Courier *courier, Failure *why)
{
	bool done = find_user(courier, why) && become_recipient(courier, why) && receive(courier, why) &&
		    check_loop(courier, why) && decide(courier, why) && carry(courier, why);

	if (done) {
		*why = (Failure){ 0 }; /* what went wrong on the way was mended */
		tell_owner(courier);
	}
	return done;
}

/* A refusal is for good: an MTA that minds unread input (OpenSMTPD) must not turn it into a retry. */
static void read_the_rest(void)
{
	char buffer[65536];

	while (io_read(STDIN_FILENO, buffer, sizeof buffer) == (ssize_t)sizeof buffer)
		continue;
}

static const char *result_word(const Courier *courier, const Failure *why)
{
	if (why->kind == FAILURE_NONE)
		return strcmp(text_string(&courier->outcome), "discarded") == 0 ? "discarded" : "stored";
	return why->kind == FAILURE_RETRY || why->kind == FAILURE_USAGE ? "deferred" : "refused";
}

static void write_log(const Courier *courier, uint64_t started_us, uint64_t ended_us, const Failure *why)
{
	const HeaderField *id = courier->header ? header_find(courier->header, SLICE("message-id")) : NULL;

	log_delivery(&(LogDelivery){
		.user = courier->user.name ? courier->user.name : courier->request->user,
		.message_id = id ? header_unfold(id, courier->arena) : SLICE(""),
		.size_bytes = courier->message.size_bytes,
		.sender = courier->envelope.sender,
		.recipient = courier->envelope.recipient,
		.script = courier->rules.found == RULES_LOADED ? courier->rules.path : NULL,
		.line = courier->plan ? courier->plan->decided_line : 0,
		.folder = text_string(&courier->outcome),
		.duration_us = ended_us - started_us,
		.result = result_word(courier, why),
		.reason = why->kind != FAILURE_NONE ? why->text : NULL,
		.status = failure_exit_status(why),
	});
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
	const char *machine = machine_name(arena);
	Courier courier = {
		.request = request,
		.config = config,
		.arena = arena,
		.machine = machine,
		.hostname = *config->hostname ? config->hostname : machine,
		.now = (int64_t)(clock_us(CLOCK_REALTIME) / 1000000),
	};
	bool done = deliver(&courier, why);

	if (!courier.received && (why->kind == FAILURE_REFUSED || why->kind == FAILURE_NO_USER))
		read_the_rest();
	write_log(&courier, started_us, clock_us(CLOCK_MONOTONIC), why);
	store_close(courier.store);
	message_clear(&courier.message);
	rules_clear(&courier.rules);
	text_clear(&courier.outcome);
	text_clear(&courier.notes);
	user_clear(&courier.user);
	return done;
}
