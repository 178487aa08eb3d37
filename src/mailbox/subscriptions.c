/* subscriptions - the list of folders that IMAP clients show, in Dovecot's file
 *
 * Version 2 begins with "V<TAB>2" and an empty line and separates the levels of a name by TAB; version 1
 * has no beginning, and the layout's own separator.  Both are kept as they are; a new file is version 2. */
#include "mailbox/subscriptions.h"

#include <string.h>

#include "base/text.h"
#include "mailbox/side_file.h"

static const char version_2[] = "V\t2\n\n";

static bool is_version_2(const Text *content)
{
	return content->length >= sizeof version_2 - 1 &&
	       memcmp(content->data, version_2, sizeof version_2 - 1) == 0;
}

/* The folder's line, with its newline. */
static void make_line(StoreLayout layout, const char *relative, bool tabs, Text *line)
{
	char separator = layout == STORE_MAILDIR ? '.' : '/';

	for (const char *c = relative + (layout == STORE_MAILDIR); *c; c++)
		text_append_char(line, tabs && *c == separator ? '\t' : *c);
	text_append_char(line, '\n');
}

static bool has_line(const Text *content, Slice line)
{
	const char *at = content->data, *end = at + content->length;

	while (at && (at = memmem(at, (size_t)(end - at), line.data, line.length)) != NULL) {
		if (at == content->data || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

static bool add_locked(SideFile *file, StoreLayout layout, const char *relative, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	AUTO_VALUE(Text) line = { 0 };

	if (!side_file_read(file->lock.dir_fd, file->name, &content, why))
		return false;
	if (content.length == 0)
		text_append_string(&content, version_2);
	if (content.data[content.length - 1] != '\n')
		text_append_char(&content, '\n');
	make_line(layout, relative, is_version_2(&content), &line);
	if (has_line(&content, text_slice(&line)))
		return true;
	text_append_slice(&content, text_slice(&line));
	return side_file_replace(file, text_slice(&content), why);
}

bool subscriptions_add(int root_fd, StoreLayout layout, const char *relative, unsigned patience_s,
		       Failure *why)
{
	SideFile file;
	bool done;

	if (!side_file_lock(&file, root_fd, layout == STORE_MBOX ? ".subscriptions" : "subscriptions",
			    patience_s, why))
		return false;
	done = add_locked(&file, layout, relative, why);
	side_file_unlock(&file);
	return done;
}
