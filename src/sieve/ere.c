#include "sieve/ere.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/utf8.h"

enum {
	/* PCRE2 itself stops at 250. */
	LIMIT_GROUP_DEPTH = 200,
	/* POSIX guarantees 255; larger ones nested make programs of megabytes. */
	LIMIT_REPEAT = 1000,
	NO_LIMIT = -1,
};

/* Where the translation has come to. */
typedef struct Ere {
	Slice in;
	size_t at;
	Text *out;
	bool fold, ascii; /* the flags */
	EreInfo *info;
	EreError *error;
	unsigned depth; /* open groups */
	/* The number of each open group, and which numbers are closed: for back references. */
	unsigned open[LIMIT_GROUP_DEPTH];
	uint32_t closed;   /* bit n: group n, for n in 1..9 */
	bool has_atom;     /* something stands before here that can be repeated */
	bool repeated;     /* and it is repeated already, */
	int min, max;      /* so often */
	size_t quantifier; /* from this place in `out` on */
	size_t last_size;  /* bytes of the literal character just read; 0: it was something else */
	/* The literal under way, in info->bytes. */
	size_t literal_start, literal_length;
	bool no_literals; /* there are alternatives at the top */
} Ere;

static bool fail(Ere *ere, size_t offset, const char *text)
{
	ere->error->text = text;
	ere->error->offset = offset;
	return false;
}

static bool at_end(const Ere *ere)
{
	return ere->at >= ere->in.length;
}

/* The byte `ahead` of the present place, or NUL behind the end. */
static char peek(const Ere *ere, size_t ahead)
{
	return ere->at + ahead < ere->in.length ? ere->in.data[ere->at + ahead] : '\0';
}

static void emit(Ere *ere, const char *text)
{
	if (ere->out)
		text_append_string(ere->out, text);
}

static void emit_bytes(Ere *ere, Slice bytes)
{
	if (ere->out)
		text_append_slice(ere->out, bytes);
}

/* ---- the literals that every match contains ---- */

static void end_literal(Ere *ere)
{
	EreInfo *info = ere->info;

	if (ere->literal_length && info->literal_count < ERE_MAX_LITERALS) {
		info->literals[info->literal_count].start = (unsigned char)ere->literal_start;
		info->literals[info->literal_count].length = (unsigned char)ere->literal_length;
		info->literal_count++;
		ere->literal_start += ere->literal_length;
	}
	ere->literal_length = 0;
}

static void add_literal(Ere *ere, Slice character)
{
	if (ere->depth || ere->no_literals)
		return;
	if (ere->literal_start + ere->literal_length + character.length > ERE_LITERAL_BYTES) {
		end_literal(ere);
		ere->no_literals = true; /* no room for more; those before hold good */
		return;
	}
	for (size_t i = 0; i < character.length; i++)
		ere->info->bytes[ere->literal_start + ere->literal_length++] =
			ere->fold ? ascii_lower(character.data[i]) : character.data[i];
}

/* ---- atoms ---- */

/* Behind something that can be repeated; `size` as in last_size. */
static bool end_atom(Ere *ere, size_t size)
{
	ere->has_atom = true;
	ere->repeated = false;
	ere->last_size = size;
	if (!size && !ere->depth)
		end_literal(ere);
	return true;
}

/* Behind something that cannot. */
static bool end_assertion(Ere *ere)
{
	ere->has_atom = false;
	if (!ere->depth)
		end_literal(ere);
	return true;
}

/* A character that stands for itself: `bytes` is one character of UTF-8, or one stray byte. */
static bool put_literal(Ere *ere, Slice bytes)
{
	char c = bytes.data[0];

	add_literal(ere, bytes);
	if (ere->fold && ascii_is_alpha(c)) {
		const char both[] = { '[', ascii_lower(c), ascii_upper(c), ']' };

		emit_bytes(ere, slice(both, sizeof both));
	} else {
		if (memchr("\\^$.[|()?*+{", c, sizeof "\\^$.[|()?*+{" - 1))
			emit(ere, "\\");
		emit_bytes(ere, bytes);
	}
	return end_atom(ere, bytes.length);
}

/* Whether a byte stands for itself wherever it stands; not those beyond ASCII, which stand with others. */
static bool is_plain(char c)
{
	static const bool has_meaning[128] = {
		['\0'] = true, ['\\'] = true, ['^'] = true, ['$'] = true, ['.'] = true,
		['['] = true,  ['|'] = true,  ['('] = true, [')'] = true, ['?'] = true,
		['*'] = true,  ['+'] = true,  ['{'] = true,
	};

	return (unsigned char)c < 128 && !has_meaning[(unsigned char)c];
}

static bool is_repetition(char c)
{
	return c == '*' || c == '+' || c == '?' || c == '{';
}

/* Most of most patterns is plain text: takes all of it that is not to be repeated at once, as
 * read_literal would one by one.  Returns how much that was. */
static size_t read_plain(Ere *ere)
{
	size_t length = 0;
	EreInfo *info = ere->info;

	while (is_plain(peek(ere, length)))
		length++;
	if (length && is_repetition(peek(ere, length)))
		length--;
	if (!length || ere->out)
		return 0;
	if (!ere->depth && !ere->no_literals) {
		char *to = info->bytes + ere->literal_start + ere->literal_length;

		if (ere->literal_start + ere->literal_length + length > ERE_LITERAL_BYTES)
			return 0;
		if (ere->fold)
			ascii_fold(ere->in.data + ere->at, length, to);
		else
			memcpy(to, ere->in.data + ere->at, length);
		ere->literal_length += length;
	}
	ere->at += length;
	end_atom(ere, 1);
	return length;
}

static bool read_literal(Ere *ere)
{
	size_t length = utf8_decode(ere->in.data + ere->at, ere->in.length - ere->at, NULL);
	Slice bytes = slice(ere->in.data + ere->at, length ? length : 1);

	ere->at += bytes.length;
	return put_literal(ere, bytes);
}

/* ---- bracket expressions ---- */

/* The members: ASCII as a set, so that case folds and classes join in; the rest as ranges, in `rest`. */
typedef struct Bracket {
	bool ascii[128];
	Text rest;
} Bracket;

static bool is_word(int c)
{
	return ascii_is_alnum((char)c) || c == '_';
}
static bool is_alpha(int c)
{
	return ascii_is_alpha((char)c);
}
static bool is_alnum(int c)
{
	return ascii_is_alnum((char)c);
}
static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}
static bool is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}
static bool is_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}
static bool is_space(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}
static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}
static bool is_control(int c)
{
	return c < 32 || c == 127;
}
static bool is_graph(int c)
{
	return c > 32 && c < 127;
}
static bool is_print(int c)
{
	return c >= 32 && c < 127;
}
static bool is_punct(int c)
{
	return is_graph(c) && !is_alnum(c);
}
static bool is_hex(int c)
{
	return ascii_hex_value((char)c) >= 0;
}

/* The classes of POSIX, in its own locale: no other can be meant by a script that others run, too. */
static const struct {
	const char *name;
	bool (*has)(int c);
} classes[] = {
	{ "alnum", is_alnum }, { "alpha", is_alpha }, { "blank", is_blank }, { "cntrl", is_control },
	{ "digit", is_digit }, { "graph", is_graph }, { "lower", is_lower }, { "print", is_print },
	{ "punct", is_punct }, { "space", is_space }, { "upper", is_upper }, { "xdigit", is_hex },
};

/* Collating symbols by name (XBD 6.1), as far as anybody writes them. */
static const struct {
	const char *name;
	char character;
} symbols[] = {
	{ "space", ' ' },
	{ "tab", '\t' },
	{ "hyphen", '-' },
	{ "hyphen-minus", '-' },
	{ "period", '.' },
	{ "full-stop", '.' },
	{ "comma", ',' },
	{ "slash", '/' },
	{ "solidus", '/' },
	{ "backslash", '\\' },
	{ "reverse-solidus", '\\' },
	{ "underscore", '_' },
	{ "low-line", '_' },
	{ "left-square-bracket", '[' },
	{ "right-square-bracket", ']' },
	{ "circumflex", '^' },
	{ "circumflex-accent", '^' },
	{ "dollar-sign", '$' },
	{ "commercial-at", '@' },
	{ "colon", ':' },
	{ "equals-sign", '=' },
};

static void add_range(Bracket *bracket, uint32_t from, uint32_t to)
{
	for (uint32_t c = from; c <= to && c < 128; c++)
		bracket->ascii[c] = true;
	if (to >= 128)
		text_printf(&bracket->rest, "\\x{%x}-\\x{%x}", from < 128 ? 128 : from, to);
}

static void add_class(Bracket *bracket, bool (*has)(int c), bool negated)
{
	for (int c = 0; c < 128; c++)
		bracket->ascii[c] |= has(c) != negated;
	if (negated)
		text_append_string(&bracket->rest, "\\x{80}-\\x{10ffff}");
}

static bool find_class(Slice name, bool (**has)(int c))
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (slice_equal(name, slice_of(classes[i].name))) {
			*has = classes[i].has;
			return true;
		}
	}
	return false;
}

/* The one character that "[.x.]" or "[=x=]" holds. */
static bool find_symbol(Slice name, uint32_t *character)
{
	size_t length = utf8_decode(name.data, name.length, character);

	if (length && length == name.length)
		return true;
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		if (slice_equal(name, slice_of(symbols[i].name))) {
			*character = (unsigned char)symbols[i].character;
			return true;
		}
	}
	return false;
}

/* At "[:", "[." or "[=": its inside; `at` goes behind it. */
static bool read_inside(Ere *ere, Slice *inside)
{
	const char end[] = { peek(ere, 1), ']' };
	size_t start = ere->at + 2;
	/* "[.].]" and "[=]=]" hold what would end them: look behind the first character. */
	const char *found = start + 1 < ere->in.length
				    ? memmem(ere->in.data + start + 1, ere->in.length - start - 1, end, 2)
				    : NULL;

	if (!found)
		return fail(ere, ere->at, "this class in brackets does not end");
	*inside = slice(ere->in.data + start, (size_t)(found - ere->in.data) - start);
	ere->at = start + inside->length + 2;
	return true;
}

/* One character of a bracket expression, which may be the end of a range. */
static bool read_member(Ere *ere, uint32_t *character)
{
	size_t start = ere->at, length;
	Slice inside;

	if (peek(ere, 0) == '[' && (peek(ere, 1) == '.' || peek(ere, 1) == '=')) {
		if (!read_inside(ere, &inside))
			return false;
		return find_symbol(inside, character) ||
		       fail(ere, start, "unknown character name in brackets");
	}
	length = utf8_decode(ere->in.data + start, ere->in.length - start, character);
	if (!length)
		return fail(ere, start, "not UTF-8");
	ere->at += length;
	return true;
}

/* \d \D \w \W \s \S: 0 when it is none of these. */
static char class_letter(const Ere *ere)
{
	char c = peek(ere, 1);

	return peek(ere, 0) == '\\' && c && strchr("dDwWsS", c) ? c : '\0';
}

static void add_class_letter(Bracket *bracket, char letter)
{
	char lower = ascii_lower(letter);

	add_class(bracket, lower == 'd' ? is_digit : lower == 'w' ? is_word : is_space, letter != lower);
}

static bool read_range(Ere *ere, Bracket *bracket)
{
	size_t start = ere->at;
	uint32_t from, to;

	if (!read_member(ere, &from))
		return false;
	to = from;
	if (peek(ere, 0) == '-' && peek(ere, 1) != ']' && ere->at + 1 < ere->in.length) {
		ere->at++;
		if (peek(ere, 0) == '[' && peek(ere, 1) == ':')
			return fail(ere, start, "a range cannot end in a class");
		if (!read_member(ere, &to))
			return false;
	}
	if (to < from)
		return fail(ere, start, "this range runs backwards");
	add_range(bracket, from, to);
	return true;
}

static bool read_element(Ere *ere, Bracket *bracket)
{
	size_t start = ere->at;
	bool (*has)(int c);
	Slice inside;

	if (peek(ere, 0) == '[' && peek(ere, 1) == ':') {
		if (!read_inside(ere, &inside))
			return false;
		if (!find_class(inside, &has))
			return fail(ere, start, "unknown character class");
		add_class(bracket, has, false);
		return true;
	}
	if (class_letter(ere)) {
		add_class_letter(bracket, peek(ere, 1));
		ere->at += 2;
		return true;
	}
	return read_range(ere, bracket);
}

static void fold_bracket(Bracket *bracket)
{
	for (char c = 'a'; c <= 'z'; c++) {
		bool either = bracket->ascii[(int)c] || bracket->ascii[(int)ascii_upper(c)];

		bracket->ascii[(int)c] = bracket->ascii[(int)ascii_upper(c)] = either;
	}
}

static void emit_member(Ere *ere, int c)
{
	if (is_word(c))
		emit_bytes(ere, slice(&(const char){ (char)c }, 1));
	else if (ere->out)
		text_printf(ere->out, "\\x{%x}", (unsigned)c);
}

static void emit_bracket(Ere *ere, const Bracket *bracket, bool negated)
{
	bool is_empty = bracket->rest.length == 0;

	for (int c = 0; c < 128; c++)
		is_empty &= !bracket->ascii[c];
	if (is_empty) { /* cannot be written, but nothing cannot be asked for either */
		emit(ere, negated ? "[\\s\\S]" : "(?!)");
		return;
	}
	emit(ere, negated ? "[^" : "[");
	for (int c = 0; c < 128; c++) {
		int from = c;

		if (!bracket->ascii[c])
			continue;
		while (c < 127 && bracket->ascii[c + 1])
			c++;
		emit_member(ere, from);
		if (c > from) {
			emit(ere, "-");
			emit_member(ere, c);
		}
	}
	emit_bytes(ere, text_slice(&bracket->rest));
	emit(ere, "]");
}

static bool read_bracket(Ere *ere)
{
	Bracket bracket = { .rest = { 0 } };
	size_t start = ere->at++;
	bool negated = peek(ere, 0) == '^', is_first = true, good = true;

	ere->at += negated;
	for (; good && !at_end(ere) && (is_first || peek(ere, 0) != ']'); is_first = false)
		good = read_element(ere, &bracket);
	if (good && at_end(ere))
		good = fail(ere, start, "'[' without its ']'");
	if (good) {
		ere->at++;
		if (ere->fold && ere->out)
			fold_bracket(&bracket);
		if (ere->ascii)
			text_reset(&bracket.rest);
		if (ere->out)
			emit_bracket(ere, &bracket, negated);
		end_atom(ere, 0);
	}
	text_clear(&bracket.rest);
	return good;
}

/* ---- backslashes ---- */

static bool read_back_reference(Ere *ere)
{
	unsigned number = (unsigned)(peek(ere, 1) - '0');

	if (!(ere->closed >> number & 1))
		return fail(ere, ere->at, "a back reference to a group that is not there");
	if (ere->out)
		text_printf(ere->out, ere->fold ? "(?i:\\g{%u})" : "\\g{%u}", number);
	ere->at += 2;
	return end_atom(ere, 0);
}

static bool read_backslash(Ere *ere)
{
	static const struct {
		char letter;
		bool is_assertion;
		const char *meaning;
	} escapes[] = {
		{ 'd', false, "[0-9]" },
		{ 'D', false, "[^0-9]" },
		{ 'w', false, "[0-9A-Za-z_]" },
		{ 'W', false, "[^0-9A-Za-z_]" },
		{ 's', false, "[\\x{9}-\\x{d} ]" },
		{ 'S', false, "[^\\x{9}-\\x{d} ]" },
		{ 'b', true, "\\b" },
		{ 'B', true, "\\B" },
		{ '<', true, "\\b(?=\\w)" },
		{ '>', true, "\\b(?<=\\w)" },
		{ '`', true, "\\A" },
		{ '\'', true, "\\z" },
		{ 'n', false, "\\n" },
		{ 'r', false, "\\r" },
		{ 't', false, "\\t" },
	};
	char c = peek(ere, 1);

	if (ere->at + 1 >= ere->in.length)
		return fail(ere, ere->at, "a backslash at the end");
	if (c == '.' || c == '-' || c == '@') { /* what most of them are */
		ere->at++;
		return read_literal(ere);
	}
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		if (escapes[i].letter != c)
			continue;
		emit(ere, escapes[i].meaning);
		ere->at += 2;
		return escapes[i].is_assertion ? end_assertion(ere) : end_atom(ere, 0);
	}
	if (c >= '1' && c <= '9')
		return read_back_reference(ere);
	if (ascii_is_alnum(c))
		return fail(ere, ere->at, "a backslash before this letter means nothing");
	ere->at++;
	return read_literal(ere);
}

/* ---- repetition ---- */

/* "{n}", "{n,}", "{n,m}" and GNU's "{,m}". */
static bool read_interval(Ere *ere, int *min, int *max)
{
	size_t start = ere->at++;
	int *number = min;
	bool has_digit[2] = { false, false }, has_comma = false;

	*min = *max = 0;
	for (; !at_end(ere) && peek(ere, 0) != '}'; ere->at++) {
		char c = peek(ere, 0);

		if (c == ',' && !has_comma) {
			has_comma = true;
			number = max;
			continue;
		}
		if (!ascii_is_digit(c))
			return fail(ere, start,
				    "in '{' and '}' stand one or two numbers; a literal '{' is '\\{'");
		has_digit[has_comma] = true;
		*number = *number * 10 + (c - '0');
		if (*number > LIMIT_REPEAT)
			return fail(ere, start, "more than 1000 repetitions");
	}
	if (at_end(ere) || (!has_digit[0] && !has_digit[1]))
		return fail(ere, start, "in '{' and '}' stand one or two numbers; a literal '{' is '\\{'");
	ere->at++;
	if (!has_digit[1])
		*max = has_comma ? NO_LIMIT : *min;
	if (*max != NO_LIMIT && *max < *min)
		return fail(ere, start, "this repetition runs backwards");
	return true;
}

static bool read_counts(Ere *ere, int *min, int *max)
{
	switch (peek(ere, 0)) {
	case '{':
		return read_interval(ere, min, max);
	case '*':
		*min = 0, *max = NO_LIMIT;
		break;
	case '+':
		*min = 1, *max = NO_LIMIT;
		break;
	default:
		*min = 0, *max = 1;
	}
	ere->at++;
	return true;
}

static bool is_simple(int min, int max)
{
	return min <= 1 && (max == NO_LIMIT || (min == 0 && max == 1));
}

/* "a+*" is "(a+)*"; PCRE2 would take a second sign for "possessive" or "lazy". */
static bool join_counts(Ere *ere, size_t start, int *min, int *max)
{
	if (!is_simple(*min, *max) || !is_simple(ere->min, ere->max))
		return fail(ere, start, "a repetition of a repetition needs parentheses");
	*min *= ere->min;
	*max = *max == NO_LIMIT || ere->max == NO_LIMIT ? NO_LIMIT : 1;
	if (ere->out)
		text_truncate(ere->out, ere->quantifier);
	return true;
}

static void emit_counts(Ere *ere, int min, int max)
{
	if (!ere->out)
		return;
	ere->quantifier = ere->out->length;
	if (is_simple(min, max))
		text_append_char(ere->out, min ? '+' : max == NO_LIMIT ? '*' : '?');
	else if (max == NO_LIMIT)
		text_printf(ere->out, "{%d,}", min);
	else
		text_printf(ere->out, "{%d,%d}", min, max);
}

static bool read_repetition(Ere *ere)
{
	size_t start = ere->at;
	int min, max;

	if (!ere->has_atom && peek(ere, 0) == '{')
		return fail(ere, start, "'{' repeats nothing; a literal one is '\\{'");
	if (!read_counts(ere, &min, &max))
		return false;
	if (!ere->has_atom) {
		ere->info->repeats_nothing = true;
		return true;
	}
	if (ere->repeated && !join_counts(ere, start, &min, &max))
		return false;
	/* What may be missing is no literal; nor is what another repetition may take back. */
	if (!ere->depth && !ere->no_literals && (min == 0 || is_repetition(peek(ere, 0))) &&
	    ere->last_size <= ere->literal_length)
		ere->literal_length -= ere->last_size;
	if (!ere->depth)
		end_literal(ere);
	ere->last_size = 0;
	ere->info->repeats |= max != 1;
	emit_counts(ere, min, max);
	ere->repeated = true;
	ere->min = min;
	ere->max = max;
	return true;
}

/* ---- groups ---- */

static bool open_group(Ere *ere)
{
	if (peek(ere, 1) == '?')
		return fail(ere, ere->at, "'(?' is Perl's; POSIX has groups to capture only");
	if (ere->depth == LIMIT_GROUP_DEPTH)
		return fail(ere, ere->at, "more than 200 groups inside one another");
	end_assertion(ere);
	ere->open[ere->depth++] = ++ere->info->groups;
	emit(ere, "(");
	ere->at++;
	return true;
}

static bool close_group(Ere *ere)
{
	unsigned number;

	if (!ere->depth)
		return fail(ere, ere->at, "')' without its '('");
	number = ere->open[--ere->depth];
	if (number <= 9)
		ere->closed |= 1U << number;
	emit(ere, ")");
	ere->at++;
	return end_atom(ere, 0);
}

static bool read_alternative(Ere *ere)
{
	if (!ere->depth) {
		ere->no_literals = true;
		ere->literal_length = ere->info->literal_count = 0;
	}
	emit(ere, "|");
	ere->at++;
	ere->has_atom = false;
	return true;
}

static bool read_one(Ere *ere)
{
	switch (peek(ere, 0)) {
	case '\\':
		return read_backslash(ere);
	case '[':
		return read_bracket(ere);
	case '(':
		return open_group(ere);
	case ')':
		return close_group(ere);
	case '|':
		return read_alternative(ere);
	case '*':
	case '+':
	case '?':
	case '{':
		return read_repetition(ere);
	case '^':
	case '$':
		emit_bytes(ere, slice(ere->in.data + ere->at++, 1));
		return end_assertion(ere);
	case '.':
		emit(ere, ".");
		ere->at++;
		return end_atom(ere, 0);
	default:
		return read_literal(ere);
	}
}

static bool all_ascii(Slice text)
{
	unsigned char all = 0;

	for (size_t i = 0; i < text.length; i++)
		all |= (unsigned char)text.data[i];
	return all < 128;
}

bool ere_translate(Slice pattern, unsigned flags, Text *out, EreInfo *info, EreError *error)
{
	Ere ere = {
		.in = pattern,
		.out = out,
		.fold = flags & ERE_FOLD,
		.ascii = flags & ERE_ASCII,
		.info = info,
		.error = error,
	};

	*info = (EreInfo){ .is_ascii = all_ascii(pattern) };
	while (!at_end(&ere))
		if (!read_plain(&ere) && !read_one(&ere))
			return false;
	if (ere.depth)
		return fail(&ere, pattern.length, "'(' without its ')'");
	if (!ere.no_literals)
		end_literal(&ere);
	return true;
}

Slice ere_literal(const EreInfo *info, size_t index)
{
	return slice(info->bytes + info->literals[index].start, info->literals[index].length);
}

bool ere_may_match(const EreInfo *info, Slice subject)
{
	for (size_t i = 0; i < info->literal_count; i++) {
		Slice literal = ere_literal(info, i);
		const char *found;

		/* memmem would first build a table: too dear for a header field. */
		for (;;) {
			found = subject.length < literal.length ? NULL
								: memchr(subject.data, literal.data[0],
									 subject.length - literal.length + 1);
			if (!found)
				return false;
			subject = slice_from(subject, (size_t)(found - subject.data) + 1);
			if (memcmp(found, literal.data, literal.length) == 0)
				break;
		}
		subject = slice_from(subject, literal.length - 1);
	}
	return true;
}
