/* doctor_rules - which rules would run, and why not the others */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "commands/doctor.h"
#include "delivery/carry_out.h"
#include "delivery/includes.h"
#include "delivery/last_rules.h"
#include "delivery/rules.h"
#include "delivery/user_state.h"
#include "message/date.h"
#include "sieve/sieve.h"
#include "system/confine.h"
#include "system/trust.h"

/* Something on the way to a file. */
static void see(void *self, const char *path, const struct stat *entry, const char *wrong)
{
	Doctor *doctor = self;
	const char *kind = S_ISDIR(entry->st_mode) ? "directory" : S_ISLNK(entry->st_mode) ? "link" : "file";
	const char *mend = wrong ? strstr(wrong, "; '") : NULL;

	if (!wrong) {
		doctor_say(doctor, DOCTOR_NOTE, "  %s %s, uid %lu, mode %04o", kind, path,
			   (unsigned long)entry->st_uid, (unsigned)entry->st_mode & 07777);
		return;
	}
	doctor_say(doctor, DOCTOR_FINDING, "%.*s (mode %04o)",
		   (int)(mend ? (size_t)(mend - wrong) : strlen(wrong)), wrong,
		   (unsigned)entry->st_mode & 07777);
	if (mend) {
		size_t length = strcspn(mend + 3, "'");
		const char *command = arena_copy_bytes(doctor->arena, mend + 3, length);

		/* For the file itself the text names it once, in front. */
		doctor_mend(doctor, strstr(command, path) ? "%s" : "%s %s", command, path);
	}
}

/* Where one of the places stands beside the script that was found. */
static void judge_place(Doctor *doctor, const char *place, const Rules *rules, bool *is_decided)
{
	const char *path = rules_expand(place, &doctor->user, doctor->arena);
	Failure why = { 0 };
	int fd = -1;
	const bool is_it = rules->found != RULES_NONE && strcmp(path, rules->path) == 0;
	const Trust trust = trusted_open(path, doctor->user.uid, &fd, &why);

	cleanup_fd(&fd);
	if (is_it)
		*is_decided = true;
	else if (trust == TRUST_ABSENT)
		doctor_say(doctor, DOCTOR_NOTE, "%s: not there", path);
	else if (*is_decided)
		doctor_say(doctor, DOCTOR_NOTE, "%s: not used, since %s is there", path, rules->path);
}

static void list_places(Doctor *doctor, const Rules *rules)
{
	bool is_decided = false;

	if (*doctor->config->sieve_script) {
		for (size_t i = 0; rules_places[i]; i++)
			doctor_say(doctor, DOCTOR_NOTE, "%s: not looked for, since sieve_script is set",
				   rules_expand(rules_places[i], &doctor->user, doctor->arena));
		return;
	}
	for (size_t i = 0; rules_places[i]; i++)
		judge_place(doctor, rules_places[i], rules, &is_decided);
}

/* ---- does it compile, and what if it does not ---- */

typedef struct Compiling {
	Includes includes;
	Doctor *doctor;
} Compiling;

static SieveLoad load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	Compiling *it = self;

	return includes_load(&it->includes, place, name, source, why);
}

static const char *setting(void *self, const char *name)
{
	const Compiling *it = self;

	return config_get(it->doctor->config, name, it->doctor->arena);
}

static void tell_last_rules(Doctor *doctor, const Rules *rules)
{
	StateSettings state = user_state_settings(doctor->config, &doctor->user, doctor->machine,
						  doctor->arena);
	RuleSources includes = { 0 };
	AUTO_VALUE(Text) date = { 0 };
	Slice script;
	int64_t modified_s;

	if (!state.directory ||
	    !last_rules_read(last_rules_path(state.directory, rules->path, doctor->arena), doctor->user.uid,
			     &script, &includes, &modified_s, doctor->arena)) {
		doctor_say(doctor, DOCTOR_NOTE,
			   "no rules that compiled are kept: until it is mended, all mail is kept "
			   "in the inbox");
		return;
	}
	date_write_rfc5322(modified_s, 0, &date);
	doctor_say(doctor, DOCTOR_NOTE,
		   "until it is mended, the last rules without errors decide, those of %s",
		   text_string(&date));
}

static void compile(Doctor *doctor, const Rules *rules)
{
	const Config *config = doctor->config;
	Compiling self = { .includes = { .personal_dir = rules_expand(config->sieve_dir, &doctor->user,
								      doctor->arena),
					 .global_dir = config->sieve_global_dir,
					 .owner = doctor->user.uid },
			   .doctor = doctor };
	const SieveSetup setup = { .load = load,
				   .setting = setting,
				   .self = &self,
				   .plans = carry_out_plans(),
				   .redirect_max = sieve_redirects(config->redirect_max),
				   .recipient_delimiter = config->recipient_delimiter };
	SieveFindings findings = { 0 };
	Failure why = { 0 };

	if (sieve_compile(rules->path, text_slice(&rules->source), &setup, doctor->arena, &findings, &why)) {
		doctor_say(doctor, DOCTOR_GOOD, "it has no errors");
		return;
	}
	if (why.kind != FAILURE_NONE)
		doctor_say(doctor, DOCTOR_FINDING, "it cannot be compiled: %s", why.text);
	else
		doctor_say(doctor, DOCTOR_FINDING, "it has %zu %s, the first in line %u: %s", findings.errors,
			   findings.errors == 1 ? "error" : "errors",
			   findings.count ? findings.items[0].line : 0,
			   findings.count ? findings.items[0].text : "");
	doctor_mend(doctor, "trommel check %s", rules->path);
	tell_last_rules(doctor, rules);
}

/* No finding: the user can mend none of it, and mail goes on. */
static void tell_confinement(Doctor *doctor)
{
	const char *lacks = confine_describe_lacks(confine_kernel_lacks());

	if (lacks)
		doctor_say(doctor, DOCTOR_NOTE,
			   "this kernel has nothing of %s: rules run within process limits and without open "
			   "files all the same",
			   lacks);
	else
		doctor_say(doctor, DOCTOR_GOOD, "they run confined by process limits, Landlock and seccomp");
}

void doctor_rules(Doctor *doctor)
{
	AUTO_VALUE(Rules) rules = { 0 };
	Failure why = { 0 }, ignored = { 0 };

	doctor->area = "rules";
	if (!rules_find(&rules, NULL, doctor->config, &doctor->user, doctor->arena, &why)) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "mail is deferred, since it is not known what the rules are: %s", why.text);
		return;
	}
	if (rules.found == RULES_NONE) {
		doctor_say(doctor, DOCTOR_GOOD, "there are none: all mail goes to the inbox");
		if (*doctor->config->sieve_script)
			doctor_say(doctor, DOCTOR_FINDING, "sieve_script names %s, which is not there",
				   rules.path);
		list_places(doctor, &rules);
		return;
	}
	if (rules.found == RULES_LOADED) {
		doctor_say(doctor, DOCTOR_GOOD, "%s is what would run", rules.path);
		doctor->script = rules.path;
	} else {
		doctor_say(doctor, DOCTOR_NOTE, "%s is there, but is not run: all mail goes to the inbox",
			   rules.path);
	}
	if (trusted_look(rules.path, doctor->user.uid, see, doctor, &ignored) == TRUST_OK &&
	    rules.found == RULES_REFUSED)
		doctor_say(doctor, DOCTOR_FINDING, "%s", rules.why);
	list_places(doctor, &rules);
	if (rules.found == RULES_LOADED) {
		compile(doctor, &rules);
		tell_confinement(doctor);
	}
}
