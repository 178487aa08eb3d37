/* test_sieve_part_edits - whatever is edited in whatever loop, the tree of parts that followed the edits is
 * the one that would be found RFC 5703, section 5: "the change takes effect immediately" */
#include "mime_helper.h"
#include "sieve/extension.h"
#include "sieve/parts.h"

/* ---- "verify": are the parts that were followed through all edits those that are there? ---- */

static bool same_part(const MimePart *a, const MimePart *b)
{
	return strcmp(a->type, b->type) == 0 && strcmp(a->subtype, b->subtype) == 0 &&
	       slice_equal(a->charset, b->charset) && a->encoding == b->encoding && a->parent == b->parent &&
	       a->depth == b->depth && a->header_offset == b->header_offset &&
	       a->header_size == b->header_size && a->body_offset == b->body_offset &&
	       a->body_size == b->body_size && a->is_leaf == b->is_leaf &&
	       a->is_container == b->is_container && a->prologue_size == b->prologue_size &&
	       a->epilogue_offset == b->epilogue_offset && a->epilogue_size == b->epilogue_size;
}

static const char *describe(SieveRun *run, const MimePart *part)
{
	return arena_printf(run->arena, "%s in %d (%u) at %ld+%zu, %ld+%ld, prologue %ld, epilogue %ld+%ld",
			    part->subtype, part->parent, part->depth, (long)part->header_offset,
			    part->header_size, (long)part->body_offset, (long)part->body_size,
			    (long)part->prologue_size, (long)part->epilogue_offset,
			    (long)part->epilogue_size);
}

static SieveStatus verify_part(SieveRun *run, const SieveNode *node, size_t part, const MimePart *a,
			       const MimePart *b)
{
	const HeaderIndex *header;
	SieveStatus status;

	if (!same_part(a, b))
		return sieve_fail(run, node->span, "WRONG: part %zu: %s, not %s", part, describe(run, a),
				  describe(run, b));
	status = sieve_part_header(run, node->span, part, &header);
	if (status == SIEVE_OK && part && header->count &&
	    (size_t)(header->fields[header->count - 1].raw.data - header->fields[0].raw.data) >
		    b->header_size)
		return sieve_fail(run, node->span, "WRONG: part %zu has another header", part);
	return status;
}

static SieveStatus verify(SieveRun *run, const SieveNode *node)
{
	MimeTree *followed, *found;
	SieveStatus status = sieve_mime_tree(run, &followed);
	Failure why = { 0 };

	if (status != SIEVE_OK)
		return status;
	if (!run->input->mime->parse(run->message, run->arena, &found, &why))
		return sieve_later(run, &why);
	if (followed->count != found->count)
		return sieve_fail(run, node->span, "WRONG: %zu parts, not %zu", followed->count,
				  found->count);
	for (size_t i = 0; i < found->count && status == SIEVE_OK; i++)
		status = verify_part(run, node, i, &followed->parts[i], &found->parts[i]);
	return status;
}

static const SieveExtension verifying = {
	.capability = "verify",
	.commands = (const SieveVerb[]){ { .name = "verify", .act = verify }, { 0 } },
};

static const SieveExtension *with_verify[256];

static void add_verify(void)
{
	size_t count = 0;

	for (; sieve_extensions[count]; count++)
		with_verify[count] = sieve_extensions[count];
	with_verify[count] = &verifying;
	open_mime();
}

/* ---- messages and scripts by chance ---- */

static unsigned seed;

static unsigned pick(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return seed / 65536 % below;
}

/* A part, with parts in it while `depth` allows. */
static void write_part(Text *out, unsigned depth, unsigned *number)
{
	unsigned mine = ++*number, kind = depth ? pick(4) : 3;

	text_printf(out, "X-N: %u\n", mine);
	if (kind < 2) {
		text_printf(out, "Content-Type: multipart/%s; boundary=\"b%u\"\n\n%s",
			    pick(4) ? "mixed" : "digest", mine, pick(2) ? "prologue\n" : "");
		for (unsigned i = pick(4); i; i--) {
			text_printf(out, "%s--b%u\n", pick(3) ? "" : "\n", mine);
			write_part(out, depth - 1, number);
		}
		if (pick(5))
			text_printf(out, "--b%u--\n%s", mine, pick(2) ? "epilogue\n" : "");
	} else if (kind == 2) {
		text_append_string(out, "Content-Type: message/rfc822\n\n");
		write_part(out, depth - 1, number);
	} else {
		text_printf(out, "Content-Type: text/plain\n%stext %u\n", pick(6) ? "\n" : "", mine);
	}
}

static const char *const edits[] = {
	"replace \"a text\";",
	"replace \"\u00e4 --b1\";",
	"replace \"\";",
	"replace :mime \"Content-Type: multipart/mixed; boundary=new\n\n--new\nX-N: 3\n\nx\n--new--\n\";",
	"replace :mime \"\nno header\";",
	"replace :mime \"Content-Type: message/rfc822\n\nSubject: x\n\ntext\";",
	"addheader \"X-New\" \"at the top\";",
	"addheader :last \"X-New\" \"at the end\";",
	"deleteheader \"X-N\";",
	"deleteheader \"Content-Type\";",
	"enclose \"around it\";",
	"include \"inner\";",
};

static void write_edit(Text *out)
{
	text_printf(out, "if header :mime \"X-N\" [\"%u\", \"%u\"] { %s }\nverify;\n", pick(8), pick(20),
		    edits[pick(sizeof edits / sizeof *edits)]);
}

static void write_script(Text *out)
{
	text_append_string(out,
			   "require [\"foreverypart\", \"mime\", \"replace\", \"enclose\", \"editheader\", "
			   "\"include\", \"verify\"];\nforeverypart {\n");
	for (unsigned i = 1 + pick(4); i; i--)
		write_edit(out);
	text_append_string(out, "foreverypart {\n");
	write_edit(out);
	text_append_string(out, "}\nverify;\n}\nverify;\n");
}

static const SieveStoryScript inner[] = {
	{ "personal/inner", "require [\"replace\", \"foreverypart\", \"mime\", \"verify\"];\nverify;\n"
			    "foreverypart { if header :mime \"X-N\" [\"1\", \"5\"] { replace \"five\"; } "
			    "verify; }\nverify;\n" },
	{ NULL, NULL },
};

START_TEST(the_tree_follows_all_edits)
{
	for (unsigned round = 0; round < 400; round++) {
		AUTO_VALUE(Text) message = { 0 }, script = { 0 }, told = { 0 };
		unsigned number = 0;
		SieveStory story = { .scripts = inner, .mime = mime, .setup.extensions = with_verify };

		seed = round;
		if (pick(4))
			text_append_string(&message, "Subject: s\n");
		write_part(&message, 4, &number);
		write_script(&script);
		story.script = text_string(&script);
		story.bytes = text_slice(&message);
		sieve_story(&story, &told);
		/* An entity that would end what is around it is refused, and enclosing has its limit. */
		if (strstr(text_string(&told), "main:") && !strstr(text_string(&told), "limit: enclosures") &&
		    !strstr(text_string(&told), "ends the multipart around it"))
			ck_abort_msg("round %u\n%s\n%s\n%s", round, text_string(&told), text_string(&script),
				     text_string(&message));
	}
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, add_verify, NULL);
	tcase_add_test(tests, the_tree_follows_all_edits);
	tcase_set_timeout(tests, 60);
}

int main(void)
{
	return sieve_tests("sieve_part_edits", add);
}
