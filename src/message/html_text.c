#include "message/html_text.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/utf8.h"

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
	IN_LATIN,     /* behind the first byte of U+0080 to U+00BF in UTF-8 */
};

/* The HTML 4 references of Latin 1, in the order of their numbers from 160 on. */
static const char *const latin[] = {
	"nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",
	"ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",
	"acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12",
	"frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil",
	"Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde",
	"Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",
	"Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",
	"aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",
	"eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
	"uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

static const struct {
	const char *name;
	uint32_t character;
} others[] = {
	{ "quot", '"' },
	{ "amp", '&' },
	{ "lt", '<' },
	{ "gt", '>' },
	{ "apos", '\'' },
	{ "QUOT", '"' },
	{ "AMP", '&' },
	{ "LT", '<' },
	{ "GT", '>' },
	{ "euro", 0x20ac },
	{ "ndash", 0x2013 },
	{ "mdash", 0x2014 },
	{ "lsquo", 0x2018 },
	{ "rsquo", 0x2019 },
	{ "sbquo", 0x201a },
	{ "ldquo", 0x201c },
	{ "rdquo", 0x201d },
	{ "bdquo", 0x201e },
	{ "bull", 0x2022 },
	{ "hellip", 0x2026 },
	{ "trade", 0x2122 },
	{ "lsaquo", 0x2039 },
	{ "rsaquo", 0x203a },
	{ "OElig", 0x152 },
	{ "oelig", 0x153 },
	{ "Scaron", 0x160 },
	{ "scaron", 0x161 },
	{ "Yuml", 0x178 },
	{ "fnof", 0x192 },
	{ "circ", 0x2c6 },
	{ "tilde", 0x2dc },
	{ "ensp", 0x2002 },
	{ "emsp", 0x2003 },
	{ "thinsp", 0x2009 },
	{ "zwnj", 0x200c },
	{ "zwj", 0x200d },
	{ "lrm", 0x200e },
	{ "rlm", 0x200f },
	{ "dagger", 0x2020 },
	{ "Dagger", 0x2021 },
	{ "permil", 0x2030 },
	{ "larr", 0x2190 },
	{ "uarr", 0x2191 },
	{ "rarr", 0x2192 },
	{ "darr", 0x2193 },
	{ "minus", 0x2212 },
	{ "infin", 0x221e },
	{ "ne", 0x2260 },
	{ "le", 0x2264 },
	{ "ge", 0x2265 },
	{ "hearts", 0x2665 },
	{ "Tab", '\t' },
	{ "NewLine", '\n' },
	{ "colon", ':' },
	{ "period", '.' },
	{ "comma", ',' },
	{ "commat", '@' },
	{ "excl", '!' },
	{ "num", '#' },
	{ "dollar", '$' },
	{ "percnt", '%' },
	{ "lpar", '(' },
	{ "rpar", ')' },
	{ "sol", '/' },
	{ "lowbar", '_' },
	{ "check", 0x2713 },
	{ "ZeroWidthSpace", 0x200b },
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
	text_append(out, bytes, length);
}

static void put_character(HtmlText *html, uint32_t character, Text *out)
{
	char bytes[4];
	size_t length;

	switch (character) {
	case '\t':
	case '\n':
	case '\r':
	case ' ':
	case 0xa0: /* a blank to anyone who types one in a rule */
		html->blank = true;
		return;
	case 0xad:   /* soft hyphens and */
	case 0x200b: /* blanks of no width are not seen: they only hide words from rules */
		return;
	default:
		break;
	}
	length = utf8_encode(character, bytes);
	if (length && character)
		put(html, bytes, length, out);
}

/* "#38" and "#x26"; 0 for what is none. */
static uint32_t number_of(const HtmlText *html)
{
	bool is_hex = html->word_length > 1 && (html->word[1] == 'x' || html->word[1] == 'X');
	uint32_t number = 0;

	for (size_t i = is_hex ? 2 : 1; i < html->word_length; i++) {
		int digit = ascii_hex_value(html->word[i]);

		if (digit < 0 || (digit > 9 && !is_hex) || number > 0x10ffff)
			return 0;
		number = number * (is_hex ? 16 : 10) + (uint32_t)digit;
	}
	return number;
}

static bool is_reference(const HtmlText *html, const char *name)
{
	return slice_equal(slice(html->word, html->word_length), slice_of(name));
}

/* The character that the reference under way means; 0: none. */
static uint32_t character_of(const HtmlText *html)
{
	char first = html->word_length ? html->word[0] : '\0';

	if (first == '#')
		return number_of(html);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].name[0] == first && is_reference(html, others[i].name))
			return others[i].character;
	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		if (latin[i][0] == first && is_reference(html, latin[i]))
			return (uint32_t)(160 + i);
	return 0;
}

static void end_reference(HtmlText *html, bool has_semicolon, Text *out)
{
	uint32_t character = character_of(html);

	html->state = IN_TEXT;
	if (character) {
		put_character(html, character, out);
		return;
	}
	put(html, "&", 1, out);
	if (html->word_length)
		put(html, html->word, html->word_length, out);
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

static void step_comment(HtmlText *html, char c)
{
	if (c == '-')
		html->matched++;
	else if (c == '>' && html->matched >= 2)
		html->state = IN_TEXT;
	else
		html->matched = 0;
}

static void step_text(HtmlText *html, char c, Text *out)
{
	if (c == '<')
		begin_word(html, AT_TAG);
	else if (c == '&')
		begin_word(html, IN_REFERENCE);
	else if (ascii_is_space(c))
		html->blank = true;
	else if (c == '\xc2')
		html->state = IN_LATIN;
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

static void step_reference(HtmlText *html, char c, Text *out)
{
	if ((ascii_is_alnum(c) || (c == '#' && html->word_length == 0)) && add_to_word(html, c))
		return;
	end_reference(html, c == ';', out);
	if (c != ';')
		step_text(html, c, out);
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
	case IN_LATIN:
		html->state = IN_TEXT;
		put_character(html, (unsigned char)c, out);
		break;
	default:
		step_tag(html, c);
	}
}

/* How many bytes from `at` are text without meaning to us: nothing to look at one by one. */
static size_t plain_run(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at != '<' && *at != '&' && *at != '\xc2' && !ascii_is_space(*at))
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
	if (html->state == IN_REFERENCE)
		end_reference(html, false, out);
	else if (html->state == AT_TAG && html->word_length == 0)
		put(html, "<", 1, out);
}
