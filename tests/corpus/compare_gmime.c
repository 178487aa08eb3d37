/* compare_gmime - where our reading of real mail differs from GMime's
 *
 *   compare_gmime [-v] [-b] [-s PREFIX] FILE...
 *
 * Prints one line "file<TAB>field<TAB>what" for each difference; `what` names the kind and
 * holds a hash of both readings, so that a change of either shows, without quoting the
 * mail.  -v adds both readings for a person to judge; -b compares nothing and only
 * looks at what must hold for any message (status 1 when it does not); -s takes a
 * prefix off the names printed.  Names that end in ".mbox" hold many messages.
 *
 * Not called differences: CR LF for LF, runs of blanks for one, blanks at the ends. */
#include <gmime/gmime.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "message/address.h"
#include "message/date.h"
#include "message/header.h"
#include "message/message.h"
#include "message/words.h"

static bool verbose, bytes_only;
static const char *prefix = "";
static int broken;

/* One message under both readings. */
typedef struct Pair {
	const char *name;
	Arena *arena;
	HeaderIndex *index;
	GMimeMessage *message;
} Pair;

static uint32_t hash_of(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619U;
	return (hash ^ '\n') * 16777619U;
}

static void print_escaped(const char *text)
{
	for (; *text; text++)
		printf((unsigned char)*text < 32 ? "\\x%02x" : "%c", *text);
}

static void report(const Pair *pair, const char *field, const char *what, const char *ours,
		   const char *theirs)
{
	const char *name = pair->name;

	if (strncmp(name, prefix, strlen(prefix)) == 0)
		name += strlen(prefix);
	printf("%s\t%s\t%s %08x\n", name, field, what, hash_of(hash_of(2166136261U, ours), theirs));
	if (!verbose)
		return;
	printf("    ours   '");
	print_escaped(ours);
	printf("'\n    theirs '");
	print_escaped(theirs);
	printf("'\n");
}

static void compare(const Pair *pair, const char *field, const char *what, const char *ours,
		    const char *theirs)
{
	if (strcmp(ours, theirs) != 0)
		report(pair, field, what, ours, theirs);
}

/* `text` with every run of blanks and line ends as one blank, and none at its ends. */
static char *squeezed(const Pair *pair, Slice text)
{
	char *out = arena_alloc(pair->arena, text.length + 1);
	size_t length = 0;

	text = ascii_trim(text);
	for (size_t i = 0; i < text.length; i++)
		if (!ascii_is_space(text.data[i]))
			out[length++] = text.data[i];
		else if (length && out[length - 1] != ' ')
			out[length++] = ' ';
	out[length] = '\0';
	return out;
}

static char *squeezed_string(const Pair *pair, const char *text)
{
	return squeezed(pair, slice_of(text ? text : ""));
}

/* ---- all fields: how many there are of each name, and their raw values */

typedef struct TheirFields {
	GMimeHeader *items[4096];
	int count;
} TheirFields;

static void collect(TheirFields *fields, GMimeObject *object)
{
	GMimeHeaderList *list = object ? g_mime_object_get_header_list(object) : NULL;

	for (int i = 0; list && i < g_mime_header_list_get_count(list) && fields->count < 4096; i++)
		fields->items[fields->count++] = g_mime_header_list_get_header_at(list, i);
}

/* GMime keeps the Content-* fields with the part; there may also be two lists of one name. */
static GMimeHeader *take_theirs(TheirFields *fields, Slice name)
{
	for (int i = 0; i < fields->count; i++) {
		GMimeHeader *header = fields->items[i];

		if (header && ascii_equal_fold_string(name, g_mime_header_get_name(header))) {
			fields->items[i] = NULL;
			return header;
		}
	}
	return NULL;
}

static void compare_fields(const Pair *pair)
{
	TheirFields *theirs = arena_zeroed(pair->arena, 1, sizeof *theirs);
	AUTO_VALUE(Text) missing = { 0 }, more = { 0 };

	collect(theirs, GMIME_OBJECT(pair->message));
	collect(theirs, g_mime_message_get_mime_part(pair->message));
	for (size_t i = 0; i < pair->index->count; i++) {
		const HeaderField *field = &pair->index->fields[i];
		GMimeHeader *header = field->name.length ? take_theirs(theirs, field->name) : NULL;

		if (header)
			compare(pair, arena_copy_bytes(pair->arena, field->name.data, field->name.length),
				"raw", squeezed(pair, field->value),
				squeezed_string(pair, g_mime_header_get_raw_value(header)));
		else if (field->name.length)
			text_append_slice(&missing, field->name), text_append_char(&missing, ' ');
		else
			text_append_string(&missing, "(no field) ");
	}
	for (int i = 0; i < theirs->count; i++)
		if (theirs->items[i])
			text_printf(&more, "%s ", g_mime_header_get_name(theirs->items[i]));
	compare(pair, "*", "names", text_string(&missing), text_string(&more));
}

/* ---- words */

static void compare_words(const Pair *pair, const char *name)
{
	for (const HeaderField *field = header_find(pair->index, slice_of(name)); field;
	     field = header_next(pair->index, field)) {
		Slice line = header_unfold(field, pair->arena);
		const char *raw = arena_copy_bytes(pair->arena, line.data, line.length);
		char *theirs = g_mime_utils_header_decode_text(NULL, raw);

		compare(pair, name, "words", squeezed(pair, words_decode(line, pair->arena)),
			squeezed_string(pair, theirs));
		g_free(theirs);
	}
}

/* ---- addresses */

static void describe_ours(const Pair *pair, AddressList list, Text *addresses, Text *names)
{
	for (size_t i = 0; i < list.count; i++) {
		text_append_slice(addresses, list.items[i].text);
		text_append_string(addresses, "\n");
		text_append_string(names, squeezed(pair, words_decode(list.items[i].name, pair->arena)));
		text_append_string(names, "\n");
	}
}

static void describe_theirs(const Pair *pair, InternetAddressList *list, Text *addresses, Text *names)
{
	for (int i = 0; list && i < internet_address_list_length(list); i++) {
		InternetAddress *it = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_GROUP(it)) {
			InternetAddressGroup *group = INTERNET_ADDRESS_GROUP(it);

			describe_theirs(pair, internet_address_group_get_members(group), addresses, names);
			continue;
		}
		text_append_string(addresses,
				   internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(it)));
		text_append_string(addresses, "\n");
		text_append_string(names, squeezed_string(pair, internet_address_get_name(it)));
		text_append_string(names, "\n");
	}
}

static void compare_addresses(const Pair *pair, const char *name)
{
	for (const HeaderField *field = header_find(pair->index, slice_of(name)); field;
	     field = header_next(pair->index, field)) {
		AUTO_VALUE(Text)
		addresses = { 0 }, names = { 0 }, their_addresses = { 0 }, their_names = { 0 };
		Slice line = header_unfold(field, pair->arena);
		InternetAddressList *list = internet_address_list_parse(
			NULL, arena_copy_bytes(pair->arena, line.data, line.length));

		describe_ours(pair, address_parse_list(line, pair->arena), &addresses, &names);
		describe_theirs(pair, list, &their_addresses, &their_names);
		/* Names of other addresses are no news. */
		if (strcmp(text_string(&addresses), text_string(&their_addresses)) != 0)
			report(pair, name, "addresses", text_string(&addresses),
			       text_string(&their_addresses));
		else
			compare(pair, name, "names", text_string(&names), text_string(&their_names));
		if (list)
			g_object_unref(list);
	}
}

/* ---- dates */

static const char *describe_date(const Pair *pair, bool good, int64_t seconds, int zone_minutes)
{
	return good ? arena_printf(pair->arena, "%lld %d", (long long)seconds, zone_minutes) : "none";
}

static void compare_date(const Pair *pair)
{
	for (const HeaderField *field = header_find(pair->index, SLICE("Date")); field;
	     field = header_next(pair->index, field)) {
		Slice line = header_unfold(field, pair->arena);
		GDateTime *theirs = g_mime_utils_header_decode_date(
			arena_copy_bytes(pair->arena, line.data, line.length));
		MailDate ours;
		bool good = date_parse(line, &ours);
		int64_t seconds = theirs ? g_date_time_to_unix(theirs) : 0;
		int zone = theirs ? (int)(g_date_time_get_utc_offset(theirs) / 60000000) : 0;

		compare(pair, "Date", "date",
			describe_date(pair, good, good ? ours.seconds : 0, good ? ours.zone_minutes : 0),
			describe_date(pair, theirs != NULL, seconds, zone));
		if (theirs)
			g_date_time_unref(theirs);
	}
}

/* ---- messages */

/* What must hold whatever the bytes are. */
static void check_bytes(const Pair *pair, const Message *message, Slice bytes)
{
	const char *at = message->header.data;
	off_t stripped = (off_t)bytes.length - message->size_bytes;

	for (size_t i = 0; i < pair->index->count; i++) {
		if (pair->index->fields[i].raw.data != at)
			break;
		at += pair->index->fields[i].raw.length;
	}
	if (at == message->header.data + message->header.length && stripped >= 0 &&
	    message->header.data == bytes.data + stripped && message->body_offset <= message->size_bytes &&
	    (size_t)message->body_offset >= message->header.length)
		return;
	fprintf(stderr, "%s: the fields are not the header\n", pair->name);
	broken = 1;
}

/* Reads everything there is to read, for what a sanitizer or the clock may say about it. */
static void read_all(const Pair *pair)
{
	for (size_t i = 0; i < pair->index->count; i++) {
		Slice line = header_unfold(&pair->index->fields[i], pair->arena);
		MailDate date;

		words_decode(line, pair->arena);
		address_parse_list(line, pair->arena);
		date_parse(line, &date);
	}
}

static void compare_message(Pair *pair, const Message *message)
{
	static const char *const fields_compared[] = { "From", "Sender", "Reply-To", "To", "Cc" };
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(message->memory.data, message->memory.length);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	pair->message = g_mime_parser_construct_message(parser, NULL);
	if (pair->message) {
		compare_fields(pair);
		g_object_unref(pair->message);
	} else {
		report(pair, "*", "message", "", "none");
	}
	g_object_unref(parser);
	g_object_unref(stream);
	compare_words(pair, "Subject");
	compare_words(pair, "From");
	for (size_t i = 0; i < sizeof fields_compared / sizeof *fields_compared; i++)
		compare_addresses(pair, fields_compared[i]);
	compare_date(pair);
}

static void look_at(const char *name, Slice bytes)
{
	AUTO(Arena) arena = arena_new();
	Message message;
	Pair pair = { .name = name, .arena = arena };

	message_from_bytes(&message, bytes);
	pair.index = header_index(message.header, arena);
	check_bytes(&pair, &message, bytes);
	read_all(&pair);
	if (!bytes_only)
		compare_message(&pair, &message);
	message_clear(&message);
}

/* The length of the first message of an mbox: up to a From_ line behind an empty one. */
static size_t first_message(Slice mbox)
{
	const char *next = memmem(mbox.data, mbox.length, "\n\nFrom ", 7);

	return next ? (size_t)(next + 2 - mbox.data) : mbox.length;
}

static void look_at_file(const char *name)
{
	AUTO_VALUE(Text) text = { 0 };
	auto_fd int fd = open(name, O_RDONLY | O_CLOEXEC);
	size_t length = strlen(name);
	Failure why = { 0 };
	Slice rest;

	if (fd < 0 || !io_read_file(fd, name, (size_t)1 << 30, &text, &why)) {
		fprintf(stderr, "%s: cannot be read\n", name);
		broken = 2;
		return;
	}
	rest = text_slice(&text);
	if (length < 5 || strcmp(name + length - 5, ".mbox") != 0) {
		look_at(name, rest);
		return;
	}
	for (int number = 1; rest.length; number++) {
		size_t size = first_message(rest);
		char numbered[4096];

		snprintf(numbered, sizeof numbered, "%s:%d", name, number);
		look_at(numbered, slice(rest.data, size));
		rest = slice_from(rest, size);
	}
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "vbs:")) != -1)
		if (option == 'v')
			verbose = true;
		else if (option == 'b')
			bytes_only = true;
		else if (option == 's')
			prefix = optarg;
		else
			return 2;
	g_mime_init();
	for (int i = optind; i < argc; i++)
		look_at_file(argv[i]);
	return broken;
}
