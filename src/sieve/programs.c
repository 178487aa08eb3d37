#include "sieve/programs.h"

#include "plan/limits.h"
#include "plan/plan.h"
#include "sieve/ask.h"
#include "sieve/extension.h"

void sieve_check_program(SieveCheck *check, SieveNode *node)
{
	const SieveString *name = sieve_string(node, 0);
	const SieveStrings *arguments = sieve_strings(node, 1);

	if (!plan_program_valid(name->text))
		sieve_check_error(
			check, name->span, NULL,
			"a program's name is that of a file, without directories, and does not begin "
			"with '.' or '-'");
	if (arguments && arguments->count > LIMIT_ARGUMENTS)
		sieve_check_error(check, node->span, NULL, "more than %d arguments (limit: arguments)",
				  LIMIT_ARGUMENTS);
}

static SieveStatus expand_argument(SieveRun *run, const SieveString *string, Slice *value)
{
	SieveStatus status = sieve_expand(run, string, value);

	if (status != SIEVE_OK || plan_argument_valid(*value))
		return status;
	if (value->length > LIMIT_ARGUMENT_LENGTH)
		return sieve_fail(run, string->span,
				  "an argument of %zu bytes; %d are allowed (limit: argument)", value->length,
				  LIMIT_ARGUMENT_LENGTH);
	return sieve_fail(run, string->span, "an argument is one line of UTF-8 without control characters");
}

SieveStatus sieve_program_arguments(SieveRun *run, const SieveNode *node, PlanList *list)
{
	const SieveStrings *arguments = sieve_strings(node, 1);
	SieveStatus status = SIEVE_OK;

	*list = (PlanList){ 0 };
	if (!arguments)
		return SIEVE_OK;
	list->items = arena_zeroed(run->arena, arguments->count, sizeof *list->items);
	for (size_t i = 0; i < arguments->count && status == SIEVE_OK; i++) {
		Slice value;

		status = expand_argument(run, &arguments->items[i], &value);
		if (status == SIEVE_OK)
			list->items[list->count++] = arena_copy_bytes(run->arena, value.data, value.length);
	}
	return status;
}

/* What it reads, as a question has it.  The message as it came is named by no bytes. */
static void put_input(const SieveRun *run, ProgramInput reads, Slice text, Text *out)
{
	text_append_char(out, (char)reads);
	if (reads == PROGRAM_READS_TEXT)
		text_append_slice(out, text);
	else if (reads == PROGRAM_READS_MESSAGE && run->message->base)
		plan_image_encode(&run->message->pieces, out);
}

static void read_answer(SieveRun *run, const Answer *answer, SieveProgramEnd *result)
{
	Slice bytes = text_slice(&answer->bytes);

	/* A world that knows nothing of programs runs none. */
	*result = (SieveProgramEnd){ PROGRAM_NOT_RUN, SLICE("") };
	if (!bytes.length)
		return;
	result->end = (ProgramEnd)bytes.data[0];
	result->bytes = arena_copy_slice(run->arena, slice_from(bytes, 1));
}

SieveStatus sieve_ask_program(SieveRun *run, SieveSpan span, const char *how, Slice name,
			      const PlanList *arguments, ProgramInput reads, Slice text,
			      SieveProgramEnd *result)
{
	AUTO_VALUE(Text) input = { 0 };
	Question question = { .kind = ASK_PROGRAM, .count = 3 };
	SieveStatus status;
	Answer answer;

	put_input(run, reads, text, &input);
	question.arguments[0] = slice_of(how);
	question.arguments[1] = name;
	question.arguments[2] = text_slice(&input);
	for (size_t i = 0; i < arguments->count; i++)
		question.arguments[question.count++] = slice_of(arguments->items[i]);
	status = sieve_ask_question(run, span, &question, &answer);
	if (status == SIEVE_OK)
		read_answer(run, &answer, result);
	text_clear(&answer.bytes);
	return status;
}

SieveStatus sieve_run_program(SieveRun *run, const SieveNode *node, const char *how, ProgramInput reads,
			      Slice text, SieveProgramEnd *result)
{
	PlanList arguments;
	SieveStatus status = sieve_program_arguments(run, node, &arguments);

	if (status != SIEVE_OK)
		return status;
	return sieve_ask_program(run, node->span, how, sieve_string(node, 0)->text, &arguments, reads, text,
				 result);
}

SieveStatus sieve_tell_program(SieveRun *run, const SieveNode *node, const SieveProgramEnd *result,
			       bool is_test)
{
	const SieveString *name = sieve_string(node, 0);
	int length = (int)(result->bytes.length < FAILURE_TEXT_MAX ? result->bytes.length : FAILURE_TEXT_MAX);

	switch (result->end) {
	case PROGRAM_DONE:
		break;
	case PROGRAM_DECLINED:
		if (is_test)
			break;
		/* fall through */
	case PROGRAM_FAILED:
		sieve_warn(run, name->span, "%s \"%.*s\": %.*s", node->verb->name, (int)name->text.length,
			   name->text.data, length, result->bytes.data);
		break;
	case PROGRAM_UNKNOWN:
		if (!is_test)
			return sieve_fail(run, name->span, "%s \"%.*s\": %.*s", node->verb->name,
					  (int)name->text.length, name->text.data, length,
					  result->bytes.data);
		sieve_warn(run, name->span, "%s \"%.*s\": %.*s", node->verb->name, (int)name->text.length,
			   name->text.data, length, result->bytes.data);
		break;
	case PROGRAM_NOT_RUN:
		sieve_warn(run, name->span, "%s \"%.*s\": no program is run here", node->verb->name,
			   (int)name->text.length, name->text.data);
		break;
	}
	return SIEVE_OK;
}
