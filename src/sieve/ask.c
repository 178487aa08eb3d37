#include "sieve/ask.h"

#include <string.h>

#include "plan/limits.h"

static SieveStatus count_question(SieveRun *run, SieveSpan span)
{
	if (++run->questions <= LIMIT_QUESTIONS)
		return SIEVE_OK;
	return sieve_fail(
		run, span,
		"more than %d questions about folders, lists and other surroundings (limit: questions)",
		LIMIT_QUESTIONS);
}

SieveStatus sieve_ask_question(SieveRun *run, SieveSpan span, const Question *question, Answer *answer)
{
	Failure why = { 0 };
	SieveStatus status = count_question(run, span);

	*answer = (Answer){ 0 };
	if (status != SIEVE_OK)
		return status;
	return world_ask_question(run->input->world, question, answer, &why) ? SIEVE_OK
									     : sieve_later(run, &why);
}

SieveStatus sieve_ask_answer(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
			     Answer *answer)
{
	Failure why = { 0 };
	SieveStatus status = count_question(run, span);

	*answer = (Answer){ 0 };
	if (status != SIEVE_OK)
		return status;
	return world_ask(run->input->world, kind, first, second, answer, &why) ? SIEVE_OK
									       : sieve_later(run, &why);
}

SieveStatus sieve_ask_whether(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
			      bool *yes)
{
	Answer answer;
	SieveStatus status = sieve_ask_answer(run, span, kind, first, second, &answer);

	*yes = status == SIEVE_OK && answer.yes;
	text_clear(&answer.bytes);
	return status;
}

static bool has_nul(Slice text)
{
	return text.length && memchr(text.data, '\0', text.length);
}

static SieveStatus ask(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second, bool *yes,
		       Slice *value)
{
	Answer answer = { 0 };
	SieveStatus status = SIEVE_OK;

	if (!has_nul(first) && !has_nul(second))
		status = sieve_ask_answer(run, span, kind, first, second, &answer);
	*yes = answer.yes;
	*value = arena_copy_slice(run->arena, text_slice(&answer.bytes));
	text_clear(&answer.bytes);
	return status;
}

SieveStatus sieve_ask(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
		      Slice *value)
{
	bool yes;
	SieveStatus status = ask(run, span, kind, first, second, &yes, value);

	if (status != SIEVE_OK || !yes)
		*value = (Slice){ 0 };
	return status;
}

SieveStatus sieve_ask_bytes(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
			    Slice *value)
{
	bool yes;

	return ask(run, span, kind, first, second, &yes, value);
}
