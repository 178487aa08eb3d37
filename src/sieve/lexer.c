/* lexer - a script's bytes as tokens
 * RFC 5228, section 8.1
 *
 * Lines may end in LF too; in strings every line end becomes CR LF, so that a script means the same
 * however it was saved.  Strings are valid UTF-8 (2.1); in comments any byte but NUL will do. */
#include "sieve/lexer.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

/* Not put into the hottest function of all, which would save and restore registers for them. */
#define SELDOM __attribute__((noinline, cold))
#define APART  __attribute__((noinline))

enum {
	PLAIN_IN_STRING = 1, /* needs no look inside a quoted string */
	IN_NAME = 2,         /* of an identifier, not as its first */
	FIRST_IN_NAME = 4,
	BLANK = 8, /* a line end too */
	PUNCTUATION = 16,
};

/* What each byte is; everything not named is 0. */
#define LETTER (PLAIN_IN_STRING | IN_NAME | FIRST_IN_NAME)
#define DIGIT  (PLAIN_IN_STRING | IN_NAME)
static const unsigned char classes[256] = {
	['\t'] = BLANK | PLAIN_IN_STRING,
	[' '] = BLANK | PLAIN_IN_STRING,
	['\r'] = BLANK,
	['\n'] = BLANK,
	['!'] = PLAIN_IN_STRING,
	['#'] = PLAIN_IN_STRING,
	['%' ... '\''] = PLAIN_IN_STRING,
	['(' ... ')'] = PLAIN_IN_STRING | PUNCTUATION,
	['*' ... '+'] = PLAIN_IN_STRING,
	[','] = PLAIN_IN_STRING | PUNCTUATION,
	['-' ... '/'] = PLAIN_IN_STRING,
	['0' ... '9'] = DIGIT,
	[':'] = PLAIN_IN_STRING,
	[';'] = PLAIN_IN_STRING | PUNCTUATION,
	['<' ... '@'] = PLAIN_IN_STRING,
	['A' ... 'Z'] = LETTER,
	['['] = PLAIN_IN_STRING | PUNCTUATION,
	[']'] = PLAIN_IN_STRING | PUNCTUATION,
	['^'] = PLAIN_IN_STRING,
	['_'] = LETTER,
	['`'] = PLAIN_IN_STRING,
	['a' ... 'z'] = LETTER,
	['{'] = PLAIN_IN_STRING | PUNCTUATION,
	['|'] = PLAIN_IN_STRING,
	['}'] = PLAIN_IN_STRING | PUNCTUATION,
	['~'] = PLAIN_IN_STRING,
};

static bool is(char c, unsigned char class)
{
	return classes[(unsigned char)c] & class;
}

void sieve_lexer_start(SieveLexer *lexer, Slice source)
{
	lexer->start = lexer->at = source.data;
	lexer->end = source.data + source.length;
	lexer->line = 1;
	/* Editors that mark UTF-8 at the beginning mean well. */
	lexer->at += sieve_mark_length(source);
}

static SieveSpan span_from(const SieveLexer *lexer, const char *from, uint32_t line)
{
	return (SieveSpan){ (uint32_t)(from - lexer->start), (uint32_t)(lexer->at - from), line };
}

static SELDOM void report(SieveLexer *lexer, const char *from, size_t length, uint32_t line, const char *text)
{
	lexer->report(lexer->self, (SieveSpan){ (uint32_t)(from - lexer->start), (uint32_t)length, line },
		      text, false);
}

static void skip_line(SieveLexer *lexer)
{
	const char *newline = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));

	lexer->at = newline ? newline : lexer->end;
}

/* Comments do not nest (2.3). */
static SELDOM void skip_comment(SieveLexer *lexer)
{
	const char *from = lexer->at;
	uint32_t line = lexer->line;

	for (lexer->at += 2; lexer->at < lexer->end; lexer->at++) {
		if (*lexer->at == '\n')
			lexer->line++;
		if (*lexer->at == '/' && lexer->at[-1] == '*' && lexer->at - from > 2) {
			lexer->at++;
			return;
		}
	}
	report(lexer, from, 2, line, "this comment has no end: '*/' is missing");
}

/* Moves behind a name and returns its hash. */
static uint32_t read_name(SieveLexer *lexer)
{
	uint32_t hash = SIEVE_HASH_START;
	const char *at = lexer->at, *end = lexer->end;

	for (; at < end && is(*at, IN_NAME); at++)
		hash = sieve_hash_letter(hash, *at);
	lexer->at = at;
	return hash;
}

/* Digits with K, M or G (2^10, 2^20, 2^30).  What does not fit is refused, never wrapped. */
static SELDOM void read_number(SieveLexer *lexer, SieveToken *token)
{
	const char *from = lexer->at;
	bool fits = true;
	unsigned shift = 0;

	token->kind = SIEVE_TOKEN_NUMBER;
	token->number = 0;
	for (; lexer->at < lexer->end && ascii_is_digit(*lexer->at); lexer->at++)
		fits &= !__builtin_mul_overflow(token->number, 10U, &token->number) &&
			!__builtin_add_overflow(token->number, (unsigned)(*lexer->at - '0'), &token->number);
	if (lexer->at < lexer->end && is(*lexer->at, FIRST_IN_NAME)) {
		char suffix = ascii_lower(*lexer->at);

		shift = suffix == 'k' ? 10 : suffix == 'm' ? 20 : suffix == 'g' ? 30 : 0;
		read_name(lexer);
		if (!shift || is(lexer->at[-2], FIRST_IN_NAME))
			report(lexer, from, (size_t)(lexer->at - from), lexer->line,
			       "a number ends in a digit or in one of K, M and G, as 100K, which is 100 "
			       "times "
			       "1024");
	}
	if (!fits || token->number > UINT64_MAX >> shift)
		report(lexer, from, (size_t)(lexer->at - from), lexer->line,
		       "this number is larger than 18446744073709551615");
	token->number <<= shift;
	token->span = span_from(lexer, from, lexer->line);
}

/* A string's bytes while they are collected: borrowed from the source until they differ. */
typedef struct Collector {
	SieveLexer *lexer;
	const char *from; /* of the bytes not yet copied */
	char *copy;       /* NULL: all is as it stands in the source */
	size_t length, capacity;
} Collector;

/* Takes over the bytes up to `to`, and makes room for one more. */
static SELDOM void collect(Collector *it, const char *to)
{
	size_t more = (size_t)(to - it->from);

	if (it->capacity - it->length < more + 2) {
		char *copy;

		it->capacity = (it->length + more) * 2 + 64;
		copy = arena_alloc(it->lexer->arena, it->capacity);
		if (it->length)
			memcpy(copy, it->copy, it->length);
		it->copy = copy;
	}
	memcpy(it->copy + it->length, it->from, more);
	it->length += more;
	it->from = to;
}

static Slice collected(Collector *it, const char *to)
{
	if (!it->copy)
		return slice(it->from, (size_t)(to - it->from));
	collect(it, to);
	it->copy[it->length] = '\0';
	return slice(it->copy, it->length);
}

/* A character beyond ASCII, a control or a line end, at lexer->at.  Leaves `at` behind it. */
static SELDOM void read_unusual(SieveLexer *lexer, Collector *it)
{
	const char *at = lexer->at;
	size_t length;

	if (*at == '\n') {
		collect(it, at);
		it->copy[it->length++] = '\r';
		lexer->line++;
		lexer->at++;
	} else if (*at == '\r') {
		if (lexer->end - at > 1 && at[1] == '\n') {
			lexer->line++;
			lexer->at += 2;
			return;
		}
		report(lexer, at, 1, lexer->line, "a carriage return without a line feed in a string");
		lexer->at++;
	} else if (!*at) {
		/* Reported once for the whole script (sieve_compile). */
		lexer->at++;
	} else if ((length = utf8_decode(at, (size_t)(lexer->end - at), NULL)) > 0) {
		lexer->at += length;
	} else {
		report(lexer, at, 1, lexer->line, "a byte that is not UTF-8 in a string");
		lexer->at++;
	}
}

/* Moves over what needs no look. */
static void skip_plain(SieveLexer *lexer)
{
	const char *at = lexer->at, *end = lexer->end;

	while (at < end && is(*at, PLAIN_IN_STRING))
		at++;
	lexer->at = at;
}

static APART void read_quoted(SieveLexer *lexer, SieveToken *token)
{
	const char *from = lexer->at++;
	uint32_t line = lexer->line;
	Collector it = { .lexer = lexer, .from = lexer->at };

	token->kind = SIEVE_TOKEN_STRING;
	token->dollar = false;
	for (skip_plain(lexer); lexer->at < lexer->end && *lexer->at != '"'; skip_plain(lexer)) {
		if (*lexer->at == '$') {
			token->dollar = true;
			lexer->at++;
		} else if (*lexer->at == '\\' && lexer->end - lexer->at > 1) {
			collect(&it, lexer->at);
			it.from = ++lexer->at;
			if (is(*lexer->at, PLAIN_IN_STRING) || *lexer->at == '"' || *lexer->at == '\\')
				lexer->at++;
		} else {
			read_unusual(lexer, &it);
		}
	}
	token->text = collected(&it, lexer->at);
	if (lexer->at == lexer->end)
		report(lexer, from, 1, line, "this string has no end: '\"' is missing");
	else
		lexer->at++;
	token->span = span_from(lexer, from, line);
}

/* The end of the line that holds a string's "text:" must be blank, but for a comment. */
static void read_text_head(SieveLexer *lexer)
{
	while (lexer->at < lexer->end && *lexer->at != '\n' && is(*lexer->at, BLANK))
		lexer->at++;
	if (lexer->at < lexer->end && *lexer->at == '#')
		skip_line(lexer);
	if (lexer->at < lexer->end && *lexer->at != '\n') {
		report(lexer, lexer->at, 1, lexer->line, "the text begins on the line after 'text:'");
		skip_line(lexer);
	}
	if (lexer->at < lexer->end) {
		lexer->at++;
		lexer->line++;
	}
}

/* Is there a "." alone on the line at `at`? */
static bool is_last_line(const SieveLexer *lexer)
{
	size_t left = (size_t)(lexer->end - lexer->at);

	if (!left || *lexer->at != '.')
		return false;
	return left == 1 || lexer->at[1] == '\n' ||
	       (left > 2 && lexer->at[1] == '\r' && lexer->at[2] == '\n') ||
	       (left == 2 && lexer->at[1] == '\r');
}

static void read_text_line(SieveLexer *lexer, SieveToken *token, Collector *it)
{
	const char *newline = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));
	const char *end = newline ? newline + 1 : lexer->end;

	while (lexer->at < end) {
		char c = *lexer->at;

		if (c == '$')
			token->dollar = true;
		if (c == '$' || c == '"' || c == '\\' || is(c, PLAIN_IN_STRING))
			lexer->at++;
		else
			read_unusual(lexer, it);
	}
}

/* "text:", lines, and a line with a dot alone; of a line that begins with two dots one goes, a single one is
 * the writer's own (2.4.2). */
static SELDOM void read_text(SieveLexer *lexer, SieveToken *token)
{
	const char *from = lexer->at - strlen("text");
	uint32_t line = lexer->line;
	Collector it = { .lexer = lexer };

	lexer->at++;
	token->kind = SIEVE_TOKEN_STRING;
	token->dollar = false;
	token->span = span_from(lexer, from, line);
	read_text_head(lexer);
	it.from = lexer->at;
	while (lexer->at < lexer->end && !is_last_line(lexer)) {
		if (lexer->end - lexer->at > 1 && lexer->at[0] == '.' && lexer->at[1] == '.') {
			collect(&it, lexer->at);
			it.from = ++lexer->at;
		}
		read_text_line(lexer, token, &it);
	}
	token->text = collected(&it, lexer->at);
	if (lexer->at == lexer->end)
		report(lexer, from, 5, line, "this text has no end: a line with '.' alone is missing");
	else
		lexer->at++;
}

static APART void read_word(SieveLexer *lexer, SieveToken *token)
{
	const char *from = lexer->at;

	token->hash = read_name(lexer);
	token->kind = SIEVE_TOKEN_IDENTIFIER;
	token->span = span_from(lexer, from, lexer->line);
	token->text = slice(from, (size_t)(lexer->at - from));
	if (lexer->at < lexer->end && *lexer->at == ':' && ascii_equal_fold(token->text, SLICE("text")))
		read_text(lexer, token);
}

/* ":0" at the beginning of a line: another language, of which no line means anything here. */
static SELDOM bool skip_recipe(SieveLexer *lexer, const char *from)
{
	if (lexer->at == lexer->end || *lexer->at != '0' || (from > lexer->start && from[-1] != '\n'))
		return false;
	report(lexer, from, 2, lexer->line,
	       "a recipe of procmail begins here, and is not read: a rule of Sieve is 'if TEST { COMMANDS "
	       "}'");
	lexer->at = lexer->end;
	return true;
}

/* The name that stands apart from its colon, or nothing. */
static SELDOM Slice find_name(const SieveLexer *lexer)
{
	const char *from = lexer->at, *at;

	while (from < lexer->end && *from == ' ')
		from++;
	at = from;
	while (at < lexer->end && is(*at, IN_NAME) && is(*from, FIRST_IN_NAME) && at - from < 30)
		at++;
	return slice(from, (size_t)(at - from));
}

static SELDOM void tell_no_tag(SieveLexer *lexer, const char *from)
{
	Slice name = find_name(lexer);
	char text[100] = "a tag's name follows its ':' at once";

	if (skip_recipe(lexer, from))
		return;
	if (name.length)
		snprintf(text, sizeof text, "a tag's name follows its ':' at once: write ':%.*s'",
			 (int)name.length, name.data);
	report(lexer, from, 1, lexer->line, text);
}

/* A colon and a name.  Anything else is no tag: reported, and false. */
static APART bool read_tag(SieveLexer *lexer, SieveToken *token)
{
	const char *from = lexer->at++;

	if (lexer->at == lexer->end || !is(*lexer->at, FIRST_IN_NAME)) {
		tell_no_tag(lexer, from);
		return false;
	}
	token->hash = read_name(lexer);
	token->kind = SIEVE_TOKEN_TAG;
	token->span = span_from(lexer, from, lexer->line);
	token->text = slice(from + 1, (size_t)(lexer->at - from - 1));
	return true;
}

/* Does a name follow the character at once, as in ".Junk"? */
static bool begins_word(const SieveLexer *lexer, size_t length)
{
	return (size_t)(lexer->end - lexer->at) > length && is(lexer->at[length], FIRST_IN_NAME);
}

static SELDOM void skip_stray(SieveLexer *lexer)
{
	size_t length = utf8_decode(lexer->at, (size_t)(lexer->end - lexer->at), NULL);
	char text[100];

	if (*lexer->at == '-' && lexer->end - lexer->at > 1 && ascii_is_digit(lexer->at[1]))
		snprintf(text, sizeof text, "a number has no sign");
	else if (length && !ascii_is_control(*lexer->at))
		snprintf(text, sizeof text, "'%.*s' means nothing here%s", (int)length, lexer->at,
			 begins_word(lexer, length) ? ": a string stands between double quotes" : "");
	else
		snprintf(text, sizeof text, "byte %02x means nothing here",
			 (unsigned)(unsigned char)*lexer->at);
	lexer->report(lexer->self,
		      (SieveSpan){ (uint32_t)(lexer->at - lexer->start), length ? (uint32_t)length : 1,
				   lexer->line },
		      text, true);
	/* One report for a run of them is enough. */
	do
		lexer->at++;
	while (lexer->at < lexer->end && (*lexer->at < ' ' || *lexer->at > '~') && *lexer->at != '\n');
}

/* Other quotes than '"', and how long each is. */
static size_t other_quote(const char *at, size_t left)
{
	uint32_t c = 0;
	size_t length = utf8_decode(at, left, &c);

	if (c == '\'' || c == '`' || c == 0xAB || c == 0xBB || (c >= 0x2018 && c <= 0x201F))
		return length;
	return 0;
}

/* A string in other quotes, on one line: it is read as what it was meant to be. */
static SELDOM bool read_other_quotes(SieveLexer *lexer, SieveToken *token)
{
	const char *from = lexer->at, *text, *at;
	size_t length = other_quote(from, (size_t)(lexer->end - from)), closing = 0;

	if (!length)
		return false;
	text = from + length;
	for (at = text; at < lexer->end && *at != '\n'; at++)
		if ((closing = other_quote(at, (size_t)(lexer->end - at))) > 0)
			break;
	if (!closing)
		return false;
	lexer->at = at + closing;
	lexer->report(
		lexer->self,
		(SieveSpan){ (uint32_t)(from - lexer->start), (uint32_t)(lexer->at - from), lexer->line },
		"strings stand between double quotes: '\"'", true);
	token->kind = SIEVE_TOKEN_STRING;
	token->dollar = false;
	token->text = slice(text, (size_t)(at - text));
	token->span = span_from(lexer, from, lexer->line);
	return true;
}

/* What other languages write, and how it is written here. */
static const struct {
	const char *written, *text;
	bool is_comment;
} foreign[] = {
	{ "//", "a comment begins with '#', or stands between '/*' and '*/'", true },
	{ "&&", "'&&' means nothing here: 'allof (TEST, TEST)' is true when all of its tests are", false },
	{ "||", "'||' means nothing here: 'anyof (TEST, TEST)' is true when one of its tests is", false },
	{ "==", "'==' means nothing here: a test says how it compares by a tag, like ':is'", false },
	{ "=", "'=' means nothing here: a test says how it compares by a tag, like ':is'", false },
	{ ">", "'>' means nothing here: a test says how it compares by a tag, like ':over'", false },
	{ "< ", "'<' means nothing here: a test says how it compares by a tag, like ':under'", false },
	{ "!", "'!' means nothing here: 'not TEST' is true when TEST is not", false },
};

static SELDOM bool skip_foreign(SieveLexer *lexer)
{
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		const char *from = lexer->at;
		size_t length = strlen(foreign[i].written);

		if ((size_t)(lexer->end - from) < length || memcmp(from, foreign[i].written, length) != 0)
			continue;
		length -= from[length - 1] == ' ';
		lexer->at += length;
		lexer->report(lexer->self,
			      (SieveSpan){ (uint32_t)(from - lexer->start), (uint32_t)length, lexer->line },
			      foreign[i].text, true);
		if (foreign[i].is_comment)
			skip_line(lexer);
		return true;
	}
	return false;
}

static SELDOM void read_end(SieveLexer *lexer, SieveToken *token)
{
	token->kind = SIEVE_TOKEN_END;
	token->span = span_from(lexer, lexer->at, lexer->line);
}

/* What is neither a blank, a name, a string nor punctuation.  False when it gave no token. */
static SELDOM bool read_unusual_token(SieveLexer *lexer, SieveToken *token)
{
	char c = *lexer->at;

	if (c == '#') {
		skip_line(lexer);
	} else if (c == '/' && lexer->end - lexer->at > 1 && lexer->at[1] == '*') {
		skip_comment(lexer);
	} else if (ascii_is_digit(c)) {
		read_number(lexer, token);
		return true;
	} else if (read_other_quotes(lexer, token)) {
		return true;
	} else if (!skip_foreign(lexer)) {
		skip_stray(lexer);
	}
	return false;
}

/* The hottest of all: everything but blanks and punctuation is another function's. */
void sieve_lexer_next(SieveLexer *lexer, SieveToken *token)
{
	for (;;) {
		const char *at = lexer->at, *end = lexer->end;
		uint32_t line = lexer->line;

		for (; at < end && is(*at, BLANK); at++)
			line += *at == '\n';
		lexer->at = at;
		lexer->line = line;
		if (at == end) {
			read_end(lexer, token);
			return;
		}
		if (is(*at, FIRST_IN_NAME)) {
			read_word(lexer, token);
			return;
		}
		if (*at == '"') {
			read_quoted(lexer, token);
			return;
		}
		if (is(*at, PUNCTUATION)) {
			token->kind = SIEVE_TOKEN_PUNCTUATION;
			token->punctuation = *at;
			token->span = (SieveSpan){ (uint32_t)(at - lexer->start), 1, lexer->line };
			lexer->at++;
			return;
		}
		if (*at == ':' ? read_tag(lexer, token) : read_unusual_token(lexer, token))
			return;
	}
}
