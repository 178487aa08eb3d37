/* imap4flags - flags and keywords on the copies that are stored
 * RFC 5232: setflag, addflag, removeflag, hasflag, the tag ":flags"
 *
 * Flags live in the internal variable of the run, or, as words with blanks between them, in variables of
 * the script.  What is no flag that a client could set is ignored, as section 2 says. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "plan/limits.h"
#include "sieve/extension.h"
#include "sieve/flags.h"

/* RFC 3501, section 2.3.2; "\Recent" is the server's own. */
static const char *const system_flags[] = { "\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen" };

typedef struct Flags {
	const char **names; /* no two are the same */
	size_t count;
} Flags;

/* ---- words ---- */

/* The next word of `text`, which goes behind it; false at its end. */
static bool next_word(Slice *text, Slice *word)
{
	size_t length = 0;

	while (text->length && ascii_is_space(*text->data))
		*text = slice_from(*text, 1);
	while (length < text->length && !ascii_is_space(text->data[length]))
		length++;
	*word = slice(text->data, length);
	*text = slice_from(*text, length);
	return length > 0;
}

/* RFC 3501, section 9: an atom. */
static bool is_keyword(Slice word)
{
	if (word.length > LIMIT_FLAG_LENGTH)
		return false;
	for (size_t i = 0; i < word.length; i++)
		if (word.data[i] <= ' ' || word.data[i] > '~' || strchr("(){%*\"\\]", word.data[i]))
			return false;
	return word.length > 0;
}

/* The flag that `word` names, in `arena` and the usual spelling; NULL when it is none. */
static const char *flag_of(Slice word, Arena *arena)
{
	for (size_t i = 0; i < sizeof system_flags / sizeof *system_flags; i++)
		if (ascii_equal_fold_string(word, system_flags[i]))
			return system_flags[i];
	return is_keyword(word) ? arena_copy_bytes(arena, word.data, word.length) : NULL;
}

/* ---- sets ---- */

static size_t find_flag(const Flags *flags, Slice word)
{
	size_t at = 0;

	while (at < flags->count && !ascii_equal_fold_string(word, flags->names[at]))
		at++;
	return at;
}

static void add_word(SieveRun *run, Flags *flags, Slice word)
{
	const char *flag;

	if (find_flag(flags, word) < flags->count)
		return;
	flag = flag_of(word, run->arena);
	if (!flag)
		return;
	/* Section 5: flags that cannot be stored are no error. */
	if (flags->count == LIMIT_FLAGS) {
		sieve_warn(run, (SieveSpan){ 0 }, "more than %d flags: '%s' is left out (limit: flags)",
			   LIMIT_FLAGS, flag);
		return;
	}
	flags->names[flags->count++] = flag;
}

static void remove_word(SieveRun *run, Flags *flags, Slice word)
{
	size_t at = find_flag(flags, word);

	(void)run;
	if (at < flags->count)
		memmove(flags->names + at, flags->names + at + 1,
			(--flags->count - at) * sizeof *flags->names);
}

typedef void ChangeFlags(SieveRun *run, Flags *flags, Slice word);

static void change_words(SieveRun *run, Flags *flags, Slice words, ChangeFlags *change)
{
	Slice word;

	while (next_word(&words, &word))
		change(run, flags, word);
}

static SieveStatus change_list(SieveRun *run, Flags *flags, const SieveStrings *list, ChangeFlags *change)
{
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < list->count && status == SIEVE_OK; i++) {
		Slice words;

		status = sieve_expand(run, &list->items[i], &words);
		if (status == SIEVE_OK)
			change_words(run, flags, words, change);
	}
	return status;
}

static Flags no_flags(SieveRun *run)
{
	return (Flags){ .names = arena_alloc(run->arena, LIMIT_FLAGS * sizeof(char *)) };
}

/* ---- where they are kept ---- */

static Flags *internal_flags(SieveRun *run)
{
	void **slot = sieve_slot(run, &sieve_ext_imap4flags);

	if (!*slot) {
		Flags *flags = ARENA_NEW(run->arena, Flags);

		*flags = no_flags(run);
		for (size_t i = 0; i < run->input->flags.count; i++)
			add_word(run, flags, slice_of(run->input->flags.names[i]));
		*slot = flags;
	}
	return *slot;
}

/* The flags in a variable, or in the internal one when it is NULL. */
static Flags get_flags(SieveRun *run, const SievePiece *variable)
{
	Flags flags;

	if (!variable)
		return *internal_flags(run);
	flags = no_flags(run);
	change_words(run, &flags, sieve_variable_get(run, variable), add_word);
	return flags;
}

static void put_flags(SieveRun *run, const SievePiece *variable, const Flags *flags)
{
	AUTO_VALUE(Text) text = { 0 };

	if (!variable) {
		*internal_flags(run) = *flags;
		return;
	}
	for (size_t i = 0; i < flags->count; i++) {
		if (i)
			text_append_char(&text, ' ');
		text_append_string(&text, flags->names[i]);
	}
	sieve_variable_set(run, variable, text_slice(&text));
}

/* A copy that later changes of the variable leave alone. */
static PlanFlags plan_flags(SieveRun *run, const Flags *flags)
{
	PlanFlags result = { .set = true, .count = flags->count };

	result.names = arena_alloc(run->arena, (flags->count + 1) * sizeof *result.names);
	memcpy(result.names, flags->names, flags->count * sizeof *result.names);
	return result;
}

void sieve_flags_add(SieveRun *run, Slice words)
{
	change_words(run, internal_flags(run), words, add_word);
}

void sieve_flags_remove(SieveRun *run, Slice words)
{
	change_words(run, internal_flags(run), words, remove_word);
}

/* ---- commands ---- */

/* Binds the variables named by the first argument, if it is there: an array in node->data. */
static void check_variables(SieveCheck *check, SieveNode *node, bool to_be_set)
{
	const SieveStrings *names = sieve_strings(node, 0);
	SievePiece *variables;

	if (!names)
		return;
	if (!sieve_check_has(check, "variables")) {
		sieve_check_error(check, node->arguments[0].span,
				  "add 'require \"variables\";' at the top of the script",
				  "naming a variable needs require \"variables\"");
		return;
	}
	variables = arena_zeroed(sieve_check_arena(check), names->count, sizeof *variables);
	for (size_t i = 0; i < names->count; i++)
		sieve_check_variable(check, names->items[i].text, names->items[i].span, to_be_set,
				     &variables[i]);
	node->data = variables;
}

static void check_change(SieveCheck *check, SieveNode *node)
{
	check_variables(check, node, true);
}

static SieveStatus change(SieveRun *run, const SieveNode *node, ChangeFlags *how, bool afresh)
{
	const SievePiece *variable = node->data;
	Flags flags = afresh ? no_flags(run) : get_flags(run, variable);
	SieveStatus status = change_list(run, &flags, sieve_strings(node, 1), how);

	if (status == SIEVE_OK)
		put_flags(run, variable, &flags);
	return status;
}

static SieveStatus setflag(SieveRun *run, const SieveNode *node)
{
	return change(run, node, add_word, true);
}

static SieveStatus addflag(SieveRun *run, const SieveNode *node)
{
	return change(run, node, add_word, false);
}

static SieveStatus removeflag(SieveRun *run, const SieveNode *node)
{
	return change(run, node, remove_word, false);
}

/* ---- hasflag ---- */

/* Section 4: a key is a list of flags too, so its words are keys of their own. */
static void split_keys(const SieveStrings *keys, const Slice *texts, Arena *arena, SieveStrings *words)
{
	size_t room = 0;
	Slice word;

	for (size_t i = 0; i < keys->count; i++)
		room += texts[i].length / 2 + 1;
	words->items = arena_zeroed(arena, room, sizeof *words->items);
	words->count = 0;
	for (size_t i = 0; i < keys->count; i++) {
		Slice rest = texts[i];

		while (next_word(&rest, &word))
			words->items[words->count++] = (SieveString){
				.text = slice(arena_copy_bytes(arena, word.data, word.length), word.length),
				.span = keys->items[i].span,
			};
	}
}

static SieveStatus key_words(SieveRun *run, const SieveStrings *keys, SieveStrings *words)
{
	Slice *texts = arena_alloc(run->arena, (keys->count + 1) * sizeof *texts);
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < keys->count && status == SIEVE_OK; i++)
		status = sieve_expand(run, &keys->items[i], &texts[i]);
	if (status == SIEVE_OK)
		split_keys(keys, texts, run->arena, words);
	return status;
}

/* Keys that are constants are split once. */
static void check_hasflag(SieveCheck *check, SieveNode *node)
{
	SieveStrings *keys = &node->arguments[1].strings;
	Slice *texts = arena_alloc(sieve_check_arena(check), (keys->count + 1) * sizeof *texts);
	bool constant = true, split = false;

	check_variables(check, node, false);
	for (size_t i = 0; i < keys->count; i++) {
		texts[i] = keys->items[i].text;
		constant &= sieve_is_constant(&keys->items[i]);
		for (size_t at = 0; at < texts[i].length; at++)
			split |= ascii_is_space(texts[i].data[at]);
		split |= texts[i].length == 0;
	}
	if (constant && split) {
		SieveStrings words;

		split_keys(keys, texts, sieve_check_arena(check), &words);
		*keys = words;
	}
}

static SieveStatus match_flags(SieveRun *run, SieveMatch *match, const SievePiece *variable)
{
	Flags flags = get_flags(run, variable);
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < flags.count && sieve_match_open(match, status); i++)
		status = sieve_match_value(match, slice_of(flags.names[i]));
	return status;
}

static bool all_constant(const SieveStrings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		if (!sieve_is_constant(&strings->items[i]))
			return false;
	return true;
}

static SieveStatus hasflag(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *names = sieve_strings(node, 0), *keys = sieve_strings(node, 1);
	const SievePiece *variables = node->data;
	SieveStatus status = SIEVE_OK;
	SieveStrings words;
	SieveMatch match;

	if (!all_constant(keys)) {
		status = key_words(run, keys, &words);
		keys = &words;
	}
	if (status != SIEVE_OK)
		return status;
	*result = false;
	if (keys->count == 0)
		return SIEVE_OK;
	sieve_match_begin(&match, run, node, keys);
	for (size_t i = 0; i < (names ? names->count : 1) && sieve_match_open(&match, status); i++)
		status = match_flags(run, &match, names ? &variables[i] : NULL);
	return sieve_match_end(&match, status, result);
}

/* ---- on actions ---- */

static SieveStatus apply_flags(SieveRun *run, const SieveTagUse *use, Action *action)
{
	Flags flags = no_flags(run);
	SieveStatus status = change_list(run, &flags, &use->value.strings, add_word);

	action->flags = plan_flags(run, &flags);
	return status;
}

/* Without ":flags" the internal variable counts (section 5). */
static SieveStatus prepare_action(SieveRun *run, Action *action)
{
	if (action->kind == ACTION_KEEP || action->kind == ACTION_FILEINTO)
		action->flags = plan_flags(run, internal_flags(run));
	return SIEVE_OK;
}

static void finish(SieveRun *run, Plan *plan)
{
	plan->implicit_flags = plan_flags(run, internal_flags(run));
}

#define FLAG_LIST                                                                                      \
	SIEVE_PARAMETERS(                                                                              \
		{ .name = "variable-name", .type = SIEVE_STRING, .optional = true, .constant = true }, \
		{ .name = "list-of-flags", .type = SIEVE_STRING_LIST })

static const SieveActionInfo info = {
	.about = "changes the flags of copies that are filed from then on",
	.document = "RFC 5232, 3",
	.interactions = "with keep and fileinto that have no flags of their own, and with the implicit keep",
	.with_imap_events = true,
};

static const SieveVerb commands[] = {
	{ .name = "addflag",
	  .action = &info,
	  .parameters = FLAG_LIST,
	  .check = check_change,
	  .act = addflag },
	{ .name = "removeflag",
	  .action = &info,
	  .parameters = FLAG_LIST,
	  .check = check_change,
	  .act = removeflag },
	{ .name = "setflag",
	  .action = &info,
	  .parameters = FLAG_LIST,
	  .check = check_change,
	  .act = setflag },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "hasflag",
	  .parameters = SIEVE_PARAMETERS(
		  { .name = "variable-list", .type = SIEVE_STRING_LIST, .optional = true, .constant = true },
		  { .name = "list-of-flags", .type = SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH,
	  .check = check_hasflag,
	  .test = hasflag },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "flags", .of = "fileinto keep", .value = SIEVE_STRING_LIST, .apply = apply_flags },
	/* of a copy of what is sent (RFC 8580, 3.1) */
	{ .name = "flags",
	  .of = "vacation notify",
	  .value = SIEVE_STRING_LIST,
	  .needs = "fcc",
	  .apply = apply_flags },
	{ 0 },
};

const SieveExtension sieve_ext_imap4flags = {
	.capability = "imap4flags",
	.about = "set flags and keywords on copies",
	.document = "RFC 5232",
	.of_message = true,
	.commands = commands,
	.tests = tests,
	.tags = tags,
	.prepare_action = prepare_action,
	.finish = finish,
};
