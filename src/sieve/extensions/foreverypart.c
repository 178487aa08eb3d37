/* foreverypart - loops over the parts of a message
 * RFC 5703, section 3
 *
 * The message itself is the first part; its parts follow depth first, those of an enclosed message too.  A
 * loop within another one goes over all that the part at hand contains, not only over its children. */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/extension.h"
#include "sieve/parts.h"

enum {
	SHOWN = 100
};

static Slice name_of(const SieveNode *node)
{
	const SieveTagUse *name = sieve_tag(node, "name");

	return name && name->value.type == SIEVE_STRING ? name->value.strings.items->text : SLICE("");
}

/* ---- foreverypart ---- */

static void enter_block(SieveCheck *check, SieveNode *node, bool entering)
{
	if (entering)
		sieve_check_enter_loop(check, node, name_of(node));
	else
		sieve_check_leave_loop(check);
}

static void check_foreverypart(SieveCheck *check, SieveNode *node)
{
	(void)node;
	sieve_check_need_mime(check);
}

/* Where the "break" that is under way leads to. */
static const SieveNode **target(SieveRun *run)
{
	return (const SieveNode **)sieve_slot(run, &sieve_ext_foreverypart);
}

static SieveStatus run_once(SieveRun *run, const SieveNode *node)
{
	if (++run->iterations > SIEVE_LIMIT_ITERATIONS)
		return sieve_fail(run, node->span, "loops came by more than %d parts (limit: iterations)",
				  SIEVE_LIMIT_ITERATIONS);
	return sieve_run_block(run, node->block);
}

static SieveStatus foreverypart(SieveRun *run, const SieveNode *node)
{
	SieveLoop loop;
	bool more = false;
	SieveStatus status = sieve_loop_enter(run, &loop);

	if (status != SIEVE_OK)
		return status;
	status = sieve_loop_next(run, &loop, &more);
	while (status == SIEVE_OK && more) {
		status = run_once(run, node);
		if (status == SIEVE_OK)
			status = sieve_loop_next(run, &loop, &more);
	}
	sieve_loop_leave(run, &loop);
	return status == SIEVE_BREAK && *target(run) == node ? SIEVE_OK : status;
}

/* ---- break ---- */

/* Finds the loop that it ends. */
static void check_break(SieveCheck *check, SieveNode *node)
{
	const SieveTagUse *tag = sieve_tag(node, "name");
	const SieveLoopScope *loop = sieve_check_loop(check);
	Slice name = name_of(node);

	if (!loop) {
		sieve_check_error(check, node->span, NULL, "'break' stands outside a loop");
		return;
	}
	while (loop && tag && !(loop->name.length && slice_equal(loop->name, name)))
		loop = loop->outer;
	if (loop)
		node->data = (void *)loop->node;
	else
		sieve_check_error(check, tag->value.span, NULL, "no loop around this one is called '%.*s'",
				  (int)utf8_cut(name, SHOWN).length, name.data);
}

static SieveStatus run_break(SieveRun *run, const SieveNode *node)
{
	*target(run) = node->data;
	return SIEVE_BREAK;
}

/* No loop is called "": it could not be told from one that has no name. */
static void check_name(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	if (!use->value.strings.items->text.length)
		sieve_check_error(check, use->value.span, NULL, "a loop's name is not empty");
}

static const SieveVerb commands[] = {
	{ .name = "break", .check = check_break, .act = run_break },
	{ .name = "foreverypart",
	  .takes = SIEVE_TAKES_BLOCK,
	  .check = check_foreverypart,
	  .block = enter_block,
	  .act = foreverypart },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "name",
	  .of = "break foreverypart",
	  .value = SIEVE_STRING,
	  .constant = true,
	  .check = check_name },
	{ 0 },
};

const SieveExtension sieve_ext_foreverypart = {
	.capability = "foreverypart",
	.about = "loop over the parts of a message",
	.document = "RFC 5703, 3",
	.commands = commands,
	.tags = tags,
};
