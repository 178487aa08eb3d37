/* batch_child - the judge of many messages itself: as judge_child.c, once for all and then once for each */
#include <unistd.h>

#include "delivery/batch_task.h"
#include "delivery/judge_internal.h"

/* Judges one and hands the plan over. */
static void judge_task(int socket, const JudgeJob *common, const SieveScript *script, const MimeModule *mime,
		       const char *memory, BatchTask *task)
{
	AUTO(Arena) arena = arena_new();
	JudgeJob job = *common;
	Plan *plan = plan_new(arena);

	batch_task_unpack(task, memory, &job.flags, arena);
	job.message = &task->message;
	job.envelope = &task->envelope;
	job.now = task->now;
	judge_decide(socket, &job, script, mime, plan);
	if (!judge_send_plan(socket, &job, plan))
		_exit(0); /* nobody is left to judge for */
	cleanup_fd(&task->message.fd);
}

void batch_judge(int socket, int tasks, const char *memory, const JudgeJob *job)
{
	/* The script's, as long as the process lives. */
	Plan *plan = plan_new(arena_new());
	const MimeModule *mime = NULL;
	SieveScript *script;
	BatchTask task;

	if (!judge_prepare(socket, job, plan, &script, &mime)) {
		judge_send_plan(socket, job, plan);
		_exit(0);
	}
	frame_send_compiled(socket, sieve_plans(script));
	while (batch_task_receive(tasks, &task))
		judge_task(socket, job, script, mime, memory, &task);
	_exit(0);
}
