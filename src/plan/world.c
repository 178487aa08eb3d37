#include "plan/world.h"

#include "plan/limits.h"
#include "plan/wire.h"

/* What a kind's arguments may be. */
static const struct {
	const char *name;
	size_t least, most;
	size_t limit; /* bytes of one */
} kinds[QUESTION_KINDS] = {
	[ASK_FOLDER] = { "a folder", 1, 1, LIMIT_FOLDER_LENGTH },
	[ASK_SPECIAL_USE] = { "a special use", 2, 2, LIMIT_FOLDER_LENGTH },
	[ASK_MAILBOX_ID] = { "a mailbox id", 1, 1, LIMIT_FLAG_LENGTH },
	[ASK_METADATA] = { "metadata", 2, 2, LIMIT_FOLDER_LENGTH },
	[ASK_LIST] = { "a list", 2, 2, LIMIT_FIELD_LENGTH },
	[ASK_LIST_KNOWN] = { "a list", 1, 1, LIMIT_FIELD_LENGTH },
	[ASK_LIST_ALL] = { "a list", 1, 1, LIMIT_FIELD_LENGTH },
	[ASK_SEEN] = { "what was seen", 1, 1, LIMIT_ARGUMENT_LENGTH },
	[ASK_CALENDAR] = { "a calendar object", 2, 2, LIMIT_ARGUMENT_LENGTH },
	[ASK_PROGRAM] = { "a program", 3, QUESTION_ARGUMENTS, LIMIT_PLAN_BYTES },
};

bool question_check(const Question *question, Failure *why)
{
	if (question->kind >= QUESTION_KINDS)
		return failure_retry(why, "a question that there is not");
	if (question->count < kinds[question->kind].least || question->count > kinds[question->kind].most)
		return failure_retry(why, "a question about %s with %zu arguments",
				     kinds[question->kind].name, question->count);
	for (size_t i = 0; i < question->count; i++)
		if (question->arguments[i].length > kinds[question->kind].limit)
			return failure_retry(why, "a question about %s that is too long",
					     kinds[question->kind].name);
	return true;
}

size_t question_limit(void)
{
	return LIMIT_PLAN_BYTES + 64 * 1024;
}

size_t answer_limit(void)
{
	return LIMIT_PLAN_BYTES;
}

void question_encode(const Question *question, Text *out)
{
	wire_put_byte(out, question->kind);
	wire_put_byte(out, (unsigned)question->count);
	for (size_t i = 0; i < question->count; i++)
		wire_put_bytes(out, question->arguments[i]);
}

bool question_decode(Slice bytes, Question *question, Failure *why)
{
	WireReader reader = { .rest = bytes };

	question->kind = (QuestionKind)wire_get_byte(&reader, QUESTION_KINDS - 1);
	question->count = wire_get_byte(&reader, QUESTION_ARGUMENTS);
	for (size_t i = 0; i < question->count; i++)
		question->arguments[i] = wire_get_bytes(&reader, LIMIT_PLAN_BYTES);
	if (reader.rest.length)
		wire_wrong(&reader, "something follows its end");
	if (reader.wrong)
		return failure_retry(why, "a question that is none: %s", reader.wrong);
	return question_check(question, why);
}

bool world_ask(const World *world, QuestionKind kind, Slice first, Slice second, Answer *answer, Failure *why)
{
	Question question = { .kind = kind, .count = kinds[kind].least };
	Failure wrong;

	question.arguments[0] = first;
	question.arguments[1] = second;
	*answer = (Answer){ 0 };
	/* What is too long to be a name names nothing. */
	if (!world || !question_check(&question, &wrong))
		return true;
	return world->ask(world->self, &question, answer, why);
}

bool world_ask_question(const World *world, const Question *question, Answer *answer, Failure *why)
{
	*answer = (Answer){ 0 };
	if (!question_check(question, why))
		return false;
	return !world || world->ask(world->self, question, answer, why);
}
