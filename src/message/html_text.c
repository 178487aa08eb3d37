#include "message/html_text.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/html_entities.h"

enum {
	IN_TEXT,
	AT_TAG,         /* behind "<" */
	IN_NAME,        /* of a tag */
	IN_TAG,         /* among its attributes */
	AT_VALUE,       /* behind "=" */
	IN_VALUE,       /* in quotes */
	AT_DECLARATION, /* behind "<!" or "<!-" */
	IN_DECLARATION, /* <!doctype, <?xml */
	IN_COMMENT,
	IN_REFERENCE, /* behind "&" */
	AT_NUMBER,    /* behind "&#" */
	IN_DECIMAL,
	IN_HEX,       /* behind "&#x" */
	IN_CHARACTER, /* behind the first byte of one that may not be seen */
};

enum {
	REPLACEMENT = 0xfffd,
	COMMENT_BANG = 3, /* html->matched behind "--!" */
};

/* What the numbers from 128 to 159 mean, which are none in Unicode: Windows-1252 (HTML, 13.2.5.80). */
static const uint16_t windows[32] = {
	0x20ac, 0,      0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
	0x2039, 0x152,  0,      0x17d,  0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0,      0x17e,  0x178,
};

/* Elements that begin and end a line of their own; all others stand amid the text, so that
 * "V<b>ia</b>gra" is the word that is seen. */
static const char *const blocks[] = {
	"address", "article", "aside", "blockquote", "body", "br",    "center", "dd", "div", "dl",
	"dt",      "footer",  "form",  "h1",         "h2",   "h3",    "h4",     "h5", "h6",  "head",
	"header",  "hr",      "html",  "li",         "main", "nav",   "ol",     "p",  "pre", "section",
	"table",   "tbody",   "td",    "tfoot",      "th",   "thead", "title",  "tr", "ul",  "option",
};

/* RFC 5173 wants what a reader sees: these hold programs. */
static const char *const raw_texts[] = { "script", "style" };

static bool is_word(const HtmlText *html, const char *name)
{
	return ascii_equal_fold_string(slice(html->word, html->word_length), name);
}

static const char *find_word(const HtmlText *html, const char *const *names, size_t count)
{
	char first = html->word_length ? ascii_lower(html->word[0]) : '\0';

	for (size_t i = 0; i < count; i++)
		if (names[i][0] == first && is_word(html, names[i]))
			return names[i];
	return NULL;
}

#define FIND_WORD(html, names) find_word((html), (names), sizeof(names) / sizeof *(names))

/* Writes what is owed, then `bytes`. */
static void put(HtmlText *html, const char *bytes, size_t length, Text *out)
{
	if (html->started && (html->line || html->blank))
		text_append_char(out, html->line ? '\n' : ' ');
	html->line = html->blank = false;
	html->started = true;
	html->behind_ascii = length && (signed char)bytes[length - 1] >= 0;
	text_append(out, bytes, length);
}

/* Blanks of any width: a blank to anyone who types one in a rule. */
static bool is_blank(uint32_t character)
{
	switch (character) {
	case '\t':
	case '\n':
	case '\f':
	case '\r':
	case ' ':
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return true;
	default:
		return character >= 0x2000 && character <= 0x200a;
	}
}

/* Soft hyphens, blanks of no width and changes of direction are not seen: they only hide words from rules.
 * What joins letters or keeps them apart means something in some scripts, but not behind ASCII. */
static bool is_unseen(const HtmlText *html, uint32_t character)
{
	switch (character) {
	case 0xad:
	case 0x34f:
	case 0x180e:
	case 0x200b:
	case 0xfeff:
		return true;
	case 0x200c:
	case 0x200d:
		return html->behind_ascii;
	default:
		return character == 0x200e || character == 0x200f ||
		       (character >= 0x202a && character <= 0x202e) ||
		       (character >= 0x2060 && character <= 0x206f);
	}
}

static void put_character(HtmlText *html, uint32_t character, Text *out)
{
	char bytes[4];
	size_t length;

	if (is_blank(character)) {
		html->blank = true;
		return;
	}
	if (is_unseen(html, character))
		return;
	length = utf8_encode(character, bytes);
	put(html, bytes, length, out);
}

static void put_characters(HtmlText *html, Slice text, Text *out)
{
	while (text.length) {
		uint32_t character = 0;
		size_t length = utf8_decode(text.data, text.length, &character);

		if (length)
			put_character(html, character, out);
		else
			put(html, text.data, 1, out);
		text = slice_from(text, length ? length : 1);
	}
}

static void end_number(HtmlText *html, Text *out)
{
	uint32_t number = html->number;

	html->state = IN_TEXT;
	if (number >= 128 && number < 160 && windows[number - 128])
		number = windows[number - 128];
	if (number == 0 || number > 0x10ffff || (number >= 0xd800 && number < 0xe000))
		number = REPLACEMENT;
	put_character(html, number, out);
}

/* A reference by name is over; without its semicolon old names mean something too, and whatever stands
 * behind them. */
static void end_reference(HtmlText *html, bool has_semicolon, Text *out)
{
	Slice name = slice(html->word, html->word_length), characters = SLICE("");
	size_t used = 0;

	html->state = IN_TEXT;
	if (has_semicolon)
		characters = html_entity(name);
	if (characters.length) {
		put_characters(html, characters, out);
		return;
	}
	used = html_entity_prefix(name, &characters);
	if (used)
		put_characters(html, characters, out);
	else
		put(html, "&", 1, out);
	if (used < name.length)
		put(html, name.data + used, name.length - used, out);
	if (has_semicolon)
		put(html, ";", 1, out);
}

/* The tag's name is complete. */
static void end_name(HtmlText *html)
{
	if (html->word[0] == '/') {
		memmove(html->word, html->word + 1, --html->word_length);
		html->line |= FIND_WORD(html, blocks) != NULL;
		return;
	}
	html->line |= FIND_WORD(html, blocks) != NULL;
	html->raw_text = FIND_WORD(html, raw_texts);
}

static void begin_word(HtmlText *html, int state)
{
	html->state = state;
	html->word_length = 0;
	html->matched = 0;
}

/* Adds to the word; a longer one than any known is none. */
static bool add_to_word(HtmlText *html, char c)
{
	if (html->word_length == HTML_WORD_BYTES)
		return false;
	html->word[html->word_length++] = c;
	return true;
}

/* In a script: is this the end tag?  Then on as in any tag. */
static void skip_raw_text(HtmlText *html, char c)
{
	size_t length = strlen(html->raw_text);

	if (c == '<') {
		html->matched = 1;
	} else if (html->matched == 1 && c == '/') {
		html->matched = 2;
	} else if (html->matched >= 2 && html->matched < length + 2 &&
		   ascii_lower(c) == html->raw_text[html->matched - 2]) {
		html->matched++;
	} else if (html->matched == length + 2 && (ascii_is_space(c) || c == '>' || c == '/')) {
		html->raw_text = NULL;
		html->state = c == '>' ? IN_TEXT : IN_TAG;
	} else {
		html->matched = 0;
	}
}

static void step_tag(HtmlText *html, char c)
{
	switch (html->state) {
	case IN_TAG:
		if (c == '=')
			html->state = AT_VALUE;
		break;
	case AT_VALUE:
		if (c == '"' || c == '\'') {
			html->quote = c;
			html->state = IN_VALUE;
			return;
		}
		if (!ascii_is_space(c))
			html->state = IN_TAG;
		break;
	case IN_VALUE:
		if (c == html->quote)
			html->state = IN_TAG;
		return;
	default:
		break;
	}
	if (c == '>')
		html->state = IN_TEXT;
}

/* "<!" begins a comment when "--" follows; "<!>" is nothing. */
static void step_declaration(HtmlText *html, char c)
{
	if (html->state == AT_DECLARATION && c == '-') {
		if (++html->matched == 2)
			html->state = IN_COMMENT; /* "<!-->" is a whole one: two of "-->" are there */
	} else {
		html->state = c == '>' ? IN_TEXT : IN_DECLARATION;
	}
}

/* "--!>" ends one too. */
static void step_comment(HtmlText *html, char c)
{
	if (c == '-')
		html->matched = html->matched == 1 || html->matched == 2 ? 2 : 1;
	else if (c == '>' && html->matched >= 2)
		html->state = IN_TEXT;
	else if (c == '!' && html->matched == 2)
		html->matched = COMMENT_BANG;
	else
		html->matched = 0;
}

/* Does a character of several bytes begin with this one that is a blank, or not to be seen? */
static bool may_be_unseen(char c)
{
	return c == '\xc2' || c == '\xcd' || c == '\xe1' || c == '\xe2' || c == '\xe3' || c == '\xef';
}

static void begin_character(HtmlText *html, char c)
{
	begin_word(html, IN_CHARACTER);
	add_to_word(html, c);
}

static void step_text(HtmlText *html, char c, Text *out)
{
	if (c == '<')
		begin_word(html, AT_TAG);
	else if (c == '&')
		begin_word(html, IN_REFERENCE);
	else if (ascii_is_space(c))
		html->blank = true;
	else if (may_be_unseen(c))
		begin_character(html, c);
	else
		put(html, &c, 1, out);
}

/* Behind "<": a tag only if a letter follows, so that "a < b" stays text. */
static void step_open(HtmlText *html, char c, Text *out)
{
	if (c == '!') {
		html->state = AT_DECLARATION;
	} else if (c == '?') {
		html->state = IN_DECLARATION;
	} else if (c == '/' && html->word_length == 0) {
		add_to_word(html, c);
	} else if (ascii_is_alpha(c)) {
		add_to_word(html, c);
		html->state = IN_NAME;
	} else if (html->word_length) { /* "</3": a comment to browsers */
		html->state = c == '>' ? IN_TEXT : IN_DECLARATION;
	} else {
		put(html, "<", 1, out);
		html->state = IN_TEXT;
		step_text(html, c, out);
	}
}

static void step_name(HtmlText *html, char c)
{
	if (!ascii_is_space(c) && c != '>' && c != '/') {
		add_to_word(html, c);
		return;
	}
	end_name(html);
	html->state = c == '>' ? IN_TEXT : IN_TAG;
}

static void step_text_again(HtmlText *html, char c, Text *out)
{
	html->state = IN_TEXT;
	step_text(html, c, out);
}

static void step_reference(HtmlText *html, char c, Text *out)
{
	if (c == '#' && html->word_length == 0) {
		html->state = AT_NUMBER;
		html->number = 0;
		return;
	}
	if (ascii_is_alnum(c) && add_to_word(html, c))
		return;
	end_reference(html, c == ';', out);
	if (c != ';')
		step_text(html, c, out);
}

/* No number behind "&#" or "&#x": that is what it says. */
static void end_no_number(HtmlText *html, Text *out)
{
	put(html, "&#", 2, out);
	if (html->word_length)
		put(html, html->word, html->word_length, out);
}

static void step_number(HtmlText *html, char c, Text *out)
{
	bool is_hex = html->state == IN_HEX || html->word_length;
	int digit = ascii_hex_value(c);

	if (html->state == AT_NUMBER && !is_hex && (c == 'x' || c == 'X')) {
		add_to_word(html, c);
	} else if (digit >= 0 && (digit < 10 || is_hex)) {
		html->state = is_hex ? IN_HEX : IN_DECIMAL;
		if (html->number <= 0x10ffff)
			html->number = html->number * (is_hex ? 16 : 10) + (uint32_t)digit;
	} else if (html->state == AT_NUMBER) {
		end_no_number(html, out);
		step_text_again(html, c, out);
	} else {
		end_number(html, out);
		if (c != ';')
			step_text(html, c, out);
	}
}

/* Collects a character of two or three bytes. */
static void step_character(HtmlText *html, char c, Text *out)
{
	size_t length = (unsigned char)html->word[0] < 0xe0 ? 2 : 3;

	if (((unsigned char)c & 0xc0) != 0x80) {
		put(html, html->word, html->word_length, out);
		step_text_again(html, c, out);
		return;
	}
	add_to_word(html, c);
	if (html->word_length < length)
		return;
	html->state = IN_TEXT;
	put_characters(html, slice(html->word, length), out);
}

static void step(HtmlText *html, char c, Text *out)
{
	if (html->raw_text && html->state == IN_TEXT) {
		skip_raw_text(html, c);
		return;
	}
	switch (html->state) {
	case IN_TEXT:
		step_text(html, c, out);
		break;
	case AT_TAG:
		step_open(html, c, out);
		break;
	case IN_NAME:
		step_name(html, c);
		break;
	case AT_DECLARATION:
	case IN_DECLARATION:
		step_declaration(html, c);
		break;
	case IN_COMMENT:
		step_comment(html, c);
		break;
	case IN_REFERENCE:
		step_reference(html, c, out);
		break;
	case AT_NUMBER:
	case IN_DECIMAL:
	case IN_HEX:
		step_number(html, c, out);
		break;
	case IN_CHARACTER:
		step_character(html, c, out);
		break;
	default:
		step_tag(html, c);
	}
}

/* How many bytes from `at` are text without meaning to us: nothing to look at one by one. */
static size_t plain_run(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at != '<' && *at != '&' && !may_be_unseen(*at) && !ascii_is_space(*at))
		at++;
	return (size_t)(at - start);
}

void html_text_feed(HtmlText *html, Slice bytes, Text *out)
{
	const char *at = bytes.data, *end = at + bytes.length;

	while (at < end) {
		size_t run = html->state == IN_TEXT && !html->raw_text ? plain_run(at, end) : 0;

		if (run)
			put(html, at, run, out);
		else
			step(html, *at, out);
		at += run ? run : 1;
	}
}

void html_text_end(HtmlText *html, Text *out)
{
	switch (html->state) {
	case IN_REFERENCE:
		end_reference(html, false, out);
		break;
	case AT_NUMBER:
		end_no_number(html, out);
		break;
	case IN_DECIMAL:
	case IN_HEX:
		end_number(html, out);
		break;
	case IN_CHARACTER:
		put(html, html->word, html->word_length, out);
		break;
	case AT_TAG:
		if (html->word_length == 0)
			put(html, "<", 1, out);
		break;
	default:
		break;
	}
}
