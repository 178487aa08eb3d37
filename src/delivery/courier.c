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
#include "delivery/last_rules.h"
#include "delivery/lists.h"
#include "delivery/memory.h"
#include "delivery/notice.h"
#include "delivery/poison.h"
#include "delivery/programs.h"
#include "delivery/rules.h"
#include "delivery/seclusion.h"
#include "delivery/trace.h"
#include "delivery/user_log.h"
#include "delivery/user_state.h"
#include "delivery/user_store.h"
#include "delivery/world_answer.h"
#include "mailbox/store.h"
#include "message/date.h"
#include "system/confine.h"
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
	Slice judged; /* the text of the rules that decided */
	Programs programs;
	Calendars calendars;
	Memory memory;
	Plan *plan;
	Text outcome, notes;
	const char *refusal;
	Journal *journal;     /* of a delivery that is complete */
	bool is_poison;       /* it has stopped its delivery before: the rules are not asked */
	int log_fd;           /* of the owner's log, when it is open already; else -1 */
	unsigned lacks;       /* what the judge could not give up */
	const char *broken;   /* what is wrong with the script, when others decided in its place: */
	int64_t last_rules_s; /* those of this time */
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

static StoreSettings store_settings(const Courier *courier)
{
	return user_store_settings(courier->config, &courier->user, courier->hostname, courier->machine);
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
	if (question->kind == ASK_SEEN)
		return memory_answer(&courier->memory, question, answer, why);
	if (question->kind == ASK_PROGRAM)
		return programs_answer(&courier->programs, question, answer, why);
	return world_answer(courier->store, question, answer, why);
}

/* The message's own id, for people who look at what is remembered. */
static const char *about_message(const Courier *courier)
{
	const HeaderField *field = header_find(courier->header, SLICE("message-id"));
	const Slice id = field ? header_unfold(field, courier->arena) : SLICE("a message without an id");

	return arena_copy_bytes(courier->arena, id.data, id.length);
}

static void prepare_memory(Courier *courier)
{
	courier->memory = (Memory){ .settings = user_state_settings(courier->config, &courier->user,
								    courier->machine, courier->arena),
				    .now = courier->now,
				    .patience_s = courier->config->deadline_s / 8,
				    .about = about_message(courier),
				    .arena = courier->arena };
}

static void prepare_surroundings(Courier *courier)
{
	prepare_memory(courier);
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

static const char *user_log_path(const Courier *courier)
{
	return rules_expand(courier->config->user_log, &courier->user, courier->arena);
}

/* What the rules cannot plan is not needed any more. */
static void seclude(void *self, unsigned plans)
{
	Courier *courier = self;
	const Seclusion seclusion = { .store = courier->store,
				      .state = courier->memory.settings.directory,
				      .log = user_log_path(courier),
				      .owner = courier->user.uid };

	if (seclusion_suits(plans))
		seclusion_begin(&seclusion, &courier->log_fd);
}

static JudgeJob make_job(Courier *courier)
{
	const Config *config = courier->config;

	return (JudgeJob){
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
}

/* Keeps rules that compiled, when they are others than were kept. */
static void keep_rules(Courier *courier, const char *path, const JudgeFound *found)
{
	Failure why = { 0 };

	if (!found->compiled || (!found->changed && last_rules_are_of(path, courier->rules.modified_s)))
		return;
	if (!last_rules_keep(path, courier->user.home, text_slice(&courier->rules.source), &found->included,
			     courier->rules.modified_s, &why))
		log_line(LOG_LEVEL_WARNING, "%s: %s", courier->user.name, why.text);
}

/* The script has errors: the last that had none decides, when there is one.  What is wrong now stays the
 * owner's to know. */
static bool ask_with_last_rules(Courier *courier, JudgeJob job, const World *world, Failure *why)
{
	Plan *failed = courier->plan, *plan;
	RuleSources includes = { 0 };
	JudgeFound found = { 0 };
	int64_t modified_s;

	if (!last_rules_read(job.last_rules, job.owner, &job.script_source, &includes, &modified_s,
			     courier->arena))
		return true;
	job.instead = &includes;
	job.last_rules = NULL;
	job.found = &found;
	job.on_compiled = NULL; /* word of it may have to be remembered */
	if (!judge_ask(&job, world, courier->arena, &plan, why))
		return false;
	if (!found.compiled)
		return true;
	courier->plan = plan;
	courier->judged = job.script_source;
	courier->broken = failed->error;
	courier->last_rules_s = modified_s;
	return true;
}

static bool ask_judge(Courier *courier, Failure *why)
{
	const World world = { .ask = answer_rules, .self = courier };
	JudgeFound found = { 0 };
	JudgeJob job = make_job(courier);

	courier->lists = lists_of(courier->config, &courier->user, courier->arena);
	job.found = &found;
	job.on_compiled = seclude;
	job.self = courier;
	if (courier->memory.settings.directory)
		job.last_rules = last_rules_path(courier->memory.settings.directory, courier->rules.path,
						 courier->arena);
	if (!judge_ask(&job, &world, courier->arena, &courier->plan, why))
		return false;
	if (courier->plan->outcome == PLAN_NO_COMPILE && job.last_rules &&
	    !ask_with_last_rules(courier, job, &world, why))
		return false;
	courier->lacks = found.lacks;
	if (job.last_rules)
		keep_rules(courier, job.last_rules, &found);
	/* Not known just now what the owner wants, or whether a folder is there: the MTA tries again. */
	return courier->plan->outcome != PLAN_RETRY || failure_retry(why, "%s", courier->plan->error);
}

/* What the rules want; without rules, or with rules that cannot be believed, the implicit keep. */
static bool decide(Courier *courier, Failure *why)
{
	if (!rules_find(&courier->rules, courier->request->script, courier->config, &courier->user,
			courier->arena, why))
		return false;
	if (courier->rules.found != RULES_NONE)
		prepare_surroundings(courier);
	courier->judged = text_slice(&courier->rules.source);
	if (courier->rules.found == RULES_LOADED) {
		poison_watch(courier->memory.settings.directory, courier->user.home, &courier->message,
			     courier->header);
		courier->is_poison = poison_count() == POISON_MARKS;
	}
	if (courier->rules.found == RULES_LOADED && !courier->is_poison && !ask_judge(courier, why))
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
		.config = courier->config,
		.envelope = &courier->envelope,
		.message = &courier->message,
		.header = courier->header,
		.host = courier->hostname,
		.arena = courier->arena,
		.store = courier->store,
		.plan = courier->plan,
		.versions = &versions,
		.programs = &courier->programs,
		.memory = &courier->memory,
		.journal = { .directory = courier->memory.settings.directory,
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
	courier->journal = carrying.journal_left;
	return done;
}

static void append_lines(Text *lines, const char *text)
{
	const size_t length = strlen(text);

	text_printf(lines, "%s%s", text, length && text[length - 1] == '\n' ? "" : "\n");
}

static void tell_broken(const Courier *courier, Text *lines)
{
	append_lines(lines, courier->broken);
	text_append_string(lines, "the last rules without errors were used, those of ");
	date_write_rfc5322(courier->last_rules_s, 0, lines);
	text_append_char(lines, '\n');
}

/* What the owner of the rules should know: errors, warnings, and what could not be done as they said. */
static void tell_owner(Courier *courier)
{
	const Plan *plan = courier->plan;
	AUTO_VALUE(Text) lines = { 0 };

	if (courier->is_poison)
		text_append_string(&lines, "a message has stopped its own delivery, by a bug in trommel, and "
					   "was filed without the rules\n");
	if (courier->broken)
		tell_broken(courier, &lines);
	if (plan->error)
		append_lines(&lines, plan->error);
	for (size_t i = 0; i < plan->warning_count; i++)
		text_printf(&lines, "%s\n", plan->warnings[i]);
	text_append_slice(&lines, text_slice(&courier->notes));
	if (!lines.length)
		return;
	log_line(LOG_LEVEL_WARNING, "%s: %s", courier->user.name, text_string(&lines));
	if (plan->error)
		text_append_string(&lines, "the message was kept\n");
	if (courier->log_fd >= 0)
		user_log_append_to(courier->log_fd, courier->now, text_string(&lines));
	else if (*courier->config->user_log)
		user_log_append(user_log_path(courier), courier->user.uid, courier->now, text_string(&lines));
}

/* Who does not look into his log finds it in his inbox. */
static void give_notice(Courier *courier)
{
	const char *errors = courier->broken ? courier->broken : courier->plan->error;
	const Notice notice = {
		.composing = { .config = courier->config,
			       .envelope = &courier->envelope,
			       .message = &courier->message,
			       .host = courier->hostname,
			       .now = courier->now,
			       .token = compose_token(courier->now, courier->arena),
			       .arena = courier->arena },
		.store = courier->store,
		.memory = &courier->memory,
		.script = courier->rules.path,
		.errors = errors,
		.instead = courier->broken
				   ? "Until then the last rules without errors are used in their place."
				   : "Until then all mail goes into the inbox.",
	};

	notice_file(&notice);
}

static bool rules_do_not_compile(const Courier *courier)
{
	return courier->broken || courier->plan->outcome == PLAN_NO_COMPILE;
}

static bool deliver(Courier *courier, Failure *why)
{
	bool done = find_user(courier, why) && become_recipient(courier, why) && receive(courier, why) &&
		    check_loop(courier, why) && decide(courier, why) && carry(courier, why);

	if (done) {
		*why = (Failure){ 0 }; /* what went wrong on the way was mended */
		if (courier->rules.found == RULES_LOADED)
			poison_forget(courier->now - (int64_t)JOURNAL_DAYS * 86400);
		tell_owner(courier);
		if (courier->config->rules_notice && rules_do_not_compile(courier))
			give_notice(courier);
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
		.unconfined = confine_describe_lacks(courier->lacks),
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
		.log_fd = -1,
		.now = (int64_t)(clock_us(CLOCK_REALTIME) / 1000000),
	};
	bool done = deliver(&courier, why);

	if (!courier.received && (why->kind == FAILURE_REFUSED || why->kind == FAILURE_NO_USER))
		read_the_rest();
	write_log(&courier, started_us, clock_us(CLOCK_MONOTONIC), why);
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
