#include "sieve/part_make.h"

#include "base/ascii.h"
#include "message/charset.h"
#include "message/part_write.h"
#include "sieve/edit.h"

SieveEntity sieve_make_text(SieveRun *run, Slice text)
{
	const char *line_end = sieve_line_end(run);
	AUTO_VALUE(Text) valid = { 0 };
	PartBody body;

	charset_to_utf8(SLICE("utf-8"), text, &valid);
	body = part_write_text(text_slice(&valid), line_end, run->arena);
	return (SieveEntity){
		.fields = slice_of(arena_printf(run->arena,
						"Content-Type: text/plain; charset=utf-8%s"
						"Content-Transfer-Encoding: %s%s",
						line_end, body.encoding, line_end)),
		.others = SLICE(""),
		.body = body.bytes,
	};
}

bool sieve_is_mime_field(Slice name)
{
	return ascii_starts_with_fold(name, "content-") || ascii_equal_fold(name, SLICE("mime-version"));
}

void sieve_copy_fields(SieveRun *run, const HeaderIndex *header, bool (*drops)(Slice name), Text *out)
{
	for (size_t i = 0; i < header->count; i++) {
		Slice raw = header->fields[i].raw;

		if (drops(header->fields[i].name))
			continue;
		text_append_slice(out, raw);
		if (!raw.length || raw.data[raw.length - 1] != '\n')
			text_append_string(out, sieve_line_end(run));
	}
}

bool sieve_is_message(const MimeTree *tree, size_t part)
{
	int32_t parent = tree->parts[part].parent;

	return parent < 0 || !tree->parts[parent].is_container;
}

static Slice join(SieveRun *run, const Slice *pieces, size_t count)
{
	AUTO_VALUE(Text) bytes = { 0 };

	for (size_t i = 0; i < count; i++)
		text_append_slice(&bytes, pieces[i]);
	return arena_copy_slice(run->arena, text_slice(&bytes));
}

Slice sieve_join_part(SieveRun *run, const SieveEntity *entity)
{
	const Slice pieces[] = { entity->others, entity->fields, slice_of(sieve_line_end(run)),
				 entity->body };

	return join(run, pieces, sizeof pieces / sizeof *pieces);
}

Slice sieve_join_message(SieveRun *run, Slice fields, const SieveEntity *entity)
{
	Slice line_end = slice_of(sieve_line_end(run));
	const Slice pieces[] = { fields,      SLICE("MIME-Version: 1.0"), line_end, entity->fields, line_end,
				 entity->body };

	return join(run, pieces, sizeof pieces / sizeof *pieces);
}
