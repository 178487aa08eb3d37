/* warn_words - what one command or test, seen alone, can hardly mean */
#include <string.h>

#include "base/ascii.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "mailbox/mutf7.h"
#include "sieve/warner.h"

enum {
	SHOWN = 100,
	LIKELY_LENGTH = 5 /* shorter names of fields are one letter from many */
};

/* ---- lost-backslash ---- */

/* Where in the quoted string a back-slash stands that quotes take away, though it was to reach the pattern;
 * 0: nowhere.  `special`: the characters that it matters for; NULL: all. */
static size_t lost_backslash(Slice quoted, const char *special)
{
	if (!quoted.length || quoted.data[0] != '"')
		return 0;
	for (size_t i = 1; i + 1 < quoted.length; i++) {
		if (quoted.data[i] != '\\')
			continue;
		if (!strchr("\\\"", quoted.data[i + 1]) && (!special || strchr(special, quoted.data[i + 1])))
			return i;
		i++;
	}
	return 0;
}

static uint32_t lines_in(Slice text)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < text.length; i++)
		lines += text.data[i] == '\n';
	return lines;
}

static void look_at_pattern(SieveWarner *warner, const SieveString *key, const char *special)
{
	Slice quoted = slice(warner->script->source.data + key->span.offset, key->span.length);
	size_t at = lost_backslash(quoted, special);
	SieveSpan span = { key->span.offset + (uint32_t)at, 2,
			   key->span.line + lines_in(slice(quoted.data, at)) };
	char c = quoted.data[at + 1];

	if (!at || (unsigned char)c >= 0x80 || ascii_is_control(c))
		return;
	sieve_warn_at(warner, "lost-backslash", span, arena_printf(warner->arena, "write '\\\\%c'", c),
		      "between quotes '\\%c' is '%c': the pattern does not get the back-slash", c, c);
}

/* The keys are the last list of strings. */
static void look_at_patterns(SieveWarner *warner, const SieveNode *node)
{
	const SieveMatching *how = node->matching;
	const SieveStrings *keys = NULL;
	bool is_regex = how && how->type && strcmp(how->type->name, "regex") == 0;

	if (!is_regex && !(how && how->type && strcmp(how->type->name, "matches") == 0))
		return;
	for (size_t i = 0; sieve_parameters(node->verb)[i].name; i++)
		if (sieve_parameters(node->verb)[i].type == SIEVE_STRING_LIST && sieve_strings(node, i))
			keys = sieve_strings(node, i);
	for (size_t i = 0; keys && i < keys->count; i++)
		look_at_pattern(warner, &keys->items[i], is_regex ? NULL : "*?");
}

/* ---- folders ---- */

/* Does `name` say something else in modified UTF-7 than it does as it stands? */
static void look_for_utf7(SieveWarner *warner, const SieveString *name)
{
	AUTO_VALUE(Text) decoded = { 0 };

	if (!memchr(name->text.data, '&', name->text.length) || !mutf7_decode(name->text, &decoded) ||
	    slice_equal(text_slice(&decoded), name->text))
		return;
	sieve_warn_at(warner, "utf7-folder", name->span,
		      arena_printf(warner->arena, "write \"%s\"", text_string(&decoded)),
		      "a script names folders in UTF-8; this is the name of \"%s\" on disk",
		      text_string(&decoded));
}

static void look_for_folder(SieveWarner *warner, const SieveNode *node, const SieveString *name)
{
	const SieveWarnSetup *setup = warner->setup;
	Failure unknown = { 0 };
	bool exists = true;
	char *folder;

	if (!setup->folder_exists || setup->autocreate || sieve_tag(node, "create") ||
	    sieve_tag(node, "specialuse") || sieve_tag(node, "mailboxid") ||
	    warner->why->kind != FAILURE_NONE)
		return;
	folder = arena_copy_bytes(warner->arena, name->text.data, name->text.length);
	if (!setup->folder_exists(setup->folders, folder, &exists, &unknown))
		*warner->why = unknown;
	else if (!exists)
		sieve_warn_at(warner, "missing-folder", name->span,
			      "add ':create' to make it, or make it by hand",
			      "there is no folder '%.*s'; such mail goes to the inbox",
			      (int)utf8_cut(name->text, SHOWN).length, name->text.data);
}

/* Where names of folders stand. */
static const struct {
	const char *verb;
	size_t parameter;
	bool is_filed_into;
} folders[] = {
	{ "fileinto", 0, true },
	{ "mailboxexists", 0, false },
	{ "metadata", 0, false },
	{ "metadataexists", 0, false },
};

static void look_at_folder(SieveWarner *warner, const SieveNode *node, const SieveString *name,
			   bool is_filed_into)
{
	if (!sieve_is_constant(name))
		return;
	look_for_utf7(warner, name);
	if (is_filed_into)
		look_for_folder(warner, node, name);
}

static void look_at_folders(SieveWarner *warner, const SieveNode *node)
{
	const SieveTagUse *fcc = sieve_tag(node, "fcc");

	if (fcc)
		look_at_folder(warner, node, fcc->value.strings.items, true);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const SieveStrings *names = sieve_is_verb(node, folders[i].verb)
						    ? sieve_strings(node, folders[i].parameter)
						    : NULL;

		for (size_t j = 0; names && j < names->count; j++)
			look_at_folder(warner, node, &names->items[j], folders[i].is_filed_into);
	}
}

/* ---- header-name ---- */

/* The fields that people write rules about (RFC 5322, 2045, 2369, 2919, 3834, 4021, 8601), and what stands
 * one letter from them and is a field all the same. */
static const char *const fields[] = {
	"Approved",
	"Archived-At",
	"Authentication-Results",
	"Auto-Submitted",
	"Comment",
	"Comments",
	"Content-Description",
	"Content-Disposition",
	"Content-ID",
	"Content-Language",
	"Content-Location",
	"Content-Transfer-Encoding",
	"Content-Type",
	"DKIM-Signature",
	"Delivered-To",
	"Disposition-Notification-To",
	"Envelope-To",
	"Errors-To",
	"Importance",
	"In-Reply-To",
	"Keyword",
	"Keywords",
	"List-Archive",
	"List-Help",
	"List-Id",
	"List-Owner",
	"List-Post",
	"List-Subscribe",
	"List-Unsubscribe",
	"List-Unsubscribe-Post",
	"MIME-Version",
	"Mailing-List",
	"Message-ID",
	"Newsgroups",
	"Organisation",
	"Organization",
	"Precedence",
	"Priority",
	"Received",
	"Received-SPF",
	"References",
	"Reply-By",
	"Reply-To",
	"Resent-Bcc",
	"Resent-Cc",
	"Resent-Date",
	"Resent-From",
	"Resent-Message-ID",
	"Resent-Sender",
	"Resent-To",
	"Return-Path",
	"Sender",
	"Sensitivity",
	"Subject",
	"User-Agent",
	NULL,
};

static const char *probable_field(Slice name)
{
	const char *nearest = NULL;

	if (name.length < LIKELY_LENGTH)
		return NULL;
	for (size_t i = 0; fields[i]; i++) {
		size_t distance = suggest_distance(name, slice_of(fields[i]), 1);

		if (distance == 0)
			return NULL;
		if (distance == 1)
			nearest = fields[i];
	}
	return nearest;
}

static void look_at_fields(SieveWarner *warner, const SieveNode *node)
{
	static const char *const verbs[] = { "header", "exists", "date", "deleteheader" };
	const SieveStrings *names = NULL;

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (sieve_is_verb(node, verbs[i]))
			names = sieve_strings(node, 0);
	for (size_t i = 0; names && i < names->count; i++) {
		const SieveString *name = &names->items[i];
		const char *field = sieve_is_constant(name) ? probable_field(name->text) : NULL;

		if (field)
			sieve_warn_at(warner, "header-name", name->span,
				      arena_printf(warner->arena, "did you mean \"%s\"?", field),
				      "mail hardly has a field '%.*s'",
				      (int)utf8_cut(name->text, SHOWN).length, name->text.data);
	}
}

/* ---- vacation-addresses ---- */

static bool is_set(const SieveWarner *warner, const char *name)
{
	const SieveSetup *setup = &warner->script->unit->setup;
	const char *value = setup->setting ? setup->setting(setup->self, name) : "?";

	return value && *value;
}

/* RFC 5230, 4.5: mail that names none of the user's addresses is not answered. */
static void look_at_vacation(SieveWarner *warner, const SieveNode *node)
{
	if (!sieve_is_verb(node, "vacation") || sieve_tag(node, "addresses") ||
	    is_set(warner, "user_email") || is_set(warner, "user_addresses"))
		return;
	sieve_warn_at(warner, "vacation-addresses", node->span, "add ':addresses [\"you@example.org\"]'",
		      "only mail to the very address that it is delivered for is answered, none to other "
		      "addresses of "
		      "yours");
}

static void look_at_node(SieveWarner *warner, const SieveNode *node)
{
	look_at_patterns(warner, node);
	look_at_folders(warner, node);
	look_at_fields(warner, node);
	look_at_vacation(warner, node);
}

void sieve_warn_of_words(SieveWarner *warner)
{
	sieve_each_node(warner, warner->script->first, look_at_node);
}
