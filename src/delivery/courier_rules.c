/* courier_rules - what the rules want: the courier's talk with the judge */
#include "base/text.h"
#include "delivery/carry_out.h"
#include "delivery/courier_internal.h"
#include "delivery/judge.h"
#include "delivery/last_rules.h"
#include "delivery/poison.h"
#include "delivery/seclusion.h"
#include "delivery/world_answer.h"
#include "system/log.h"

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
	courier->memory = (Memory){ .settings = courier->state,
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
					.host = host_in_mail(&courier->host),
					.message = &courier->message };
	programs_begin(&courier->programs);
	courier->calendars = (Calendars){
		.directory = rules_expand(courier->config->calendar_dir, &courier->user, courier->arena),
		.home = courier->user.home,
		.owner = courier->user.uid,
	};
}

/* What the rules cannot plan is not needed any more. */
static void seclude(void *self, unsigned plans)
{
	Courier *courier = self;
	const Seclusion seclusion = { .store = courier->store,
				      .state = courier->memory.settings.directory,
				      .log = courier_user_log(courier),
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
		.host = host_in_mail(&courier->host),
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

bool courier_decide(Courier *courier, Failure *why)
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
