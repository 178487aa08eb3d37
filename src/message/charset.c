/* charset - from the charsets of mail to UTF-8
 *
 * Names are compared squeezed: lower case, letters and digits only.  What mail calls a
 * charset is often the name of a smaller one, and a superset is meant and harmless to
 * assume: Windows-1252 for ISO-8859-1, GB18030 for GB2312, UHC for KS C 5601. */
#include "message/charset.h"

#include <errno.h>
#include <pthread.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/utf8.h"

enum {
	/* No registered name is longer (RFC 2978, 2.3, asks for at most 40). */
	NAME_MAX_BYTES = 40,
	REPLACEMENT_BYTES = 3,
	BUCKETS = 64,
};

#define REPLACEMENT "\xef\xbf\xbd"

typedef struct Charset {
	CharsetKind kind;
	char name[NAME_MAX_BYTES + 8]; /* what iconv calls it */
} Charset;

/* One that was opened.  It stays: a header may name another charset in each word, and to close the last of a
 * kind and open it again loads a library.  iconv knows some 1,200 names in all. */
typedef struct Converter {
	struct Converter *next;
	iconv_t iconv;
	char name[NAME_MAX_BYTES + 8];
} Converter;

static Converter *converters[BUCKETS];
static pthread_mutex_t converters_guard = PTHREAD_MUTEX_INITIALIZER;

static const struct {
	const char *squeezed;
	CharsetKind kind;
	const char *name;
} aliases[] = {
	{ "utf8", CHARSET_UTF8, "" },
	{ "unicode11utf8", CHARSET_UTF8, "" },
	{ "cp65001", CHARSET_UTF8, "" },
	{ "usascii", CHARSET_GUESS, "" },
	{ "ascii", CHARSET_GUESS, "" },
	{ "ansix341968", CHARSET_GUESS, "" },
	{ "iso646us", CHARSET_GUESS, "" },
	{ "unknown8bit", CHARSET_GUESS, "" },
	{ "xunknown", CHARSET_GUESS, "" },
	{ "xuserdefined", CHARSET_GUESS, "" },
	{ "8bit", CHARSET_GUESS, "" },
	{ "iso88591", CHARSET_WINDOWS_1252, "" },
	{ "88591", CHARSET_WINDOWS_1252, "" },
	{ "latin1", CHARSET_WINDOWS_1252, "" },
	{ "l1", CHARSET_WINDOWS_1252, "" },
	{ "cp819", CHARSET_WINDOWS_1252, "" },
	{ "cp1252", CHARSET_WINDOWS_1252, "" },
	{ "iso88599", CHARSET_ICONV, "CP1254" },
	{ "latin5", CHARSET_ICONV, "CP1254" },
	{ "iso885911", CHARSET_ICONV, "CP874" },
	{ "tis620", CHARSET_ICONV, "CP874" },
	{ "iso88598i", CHARSET_ICONV, "ISO-8859-8" },
	{ "iso88598e", CHARSET_ICONV, "ISO-8859-8" },
	{ "iso88596i", CHARSET_ICONV, "ISO-8859-6" },
	{ "iso88596e", CHARSET_ICONV, "ISO-8859-6" },
	{ "latin2", CHARSET_ICONV, "ISO-8859-2" },
	{ "latin9", CHARSET_ICONV, "ISO-8859-15" },
	{ "koi8", CHARSET_ICONV, "KOI8-R" },
	{ "koi8r", CHARSET_ICONV, "KOI8-R" },
	{ "koi8u", CHARSET_ICONV, "KOI8-U" },
	{ "koi8ru", CHARSET_ICONV, "KOI8-U" },
	{ "shiftjis", CHARSET_ICONV, "CP932" },
	{ "sjis", CHARSET_ICONV, "CP932" },
	{ "xsjis", CHARSET_ICONV, "CP932" },
	{ "mskanji", CHARSET_ICONV, "CP932" },
	{ "cp31j", CHARSET_ICONV, "CP932" },
	{ "eucjp", CHARSET_ICONV, "EUC-JP-MS" },
	{ "xeucjp", CHARSET_ICONV, "EUC-JP-MS" },
	{ "ksc56011987", CHARSET_ICONV, "UHC" },
	{ "ksc56011989", CHARSET_ICONV, "UHC" },
	{ "ksc5601", CHARSET_ICONV, "UHC" },
	{ "euckr", CHARSET_ICONV, "UHC" },
	{ "korean", CHARSET_ICONV, "UHC" },
	{ "cp949", CHARSET_ICONV, "UHC" },
	{ "gb2312", CHARSET_ICONV, "GB18030" },
	{ "gb231280", CHARSET_ICONV, "GB18030" },
	{ "xgb2312", CHARSET_ICONV, "GB18030" },
	{ "gbk", CHARSET_ICONV, "GB18030" },
	{ "xgbk", CHARSET_ICONV, "GB18030" },
	{ "cp936", CHARSET_ICONV, "GB18030" },
	{ "euccn", CHARSET_ICONV, "GB18030" },
	{ "big5", CHARSET_ICONV, "BIG5" },
	{ "xxbig5", CHARSET_ICONV, "BIG5" },
	{ "cnbig5", CHARSET_ICONV, "BIG5" },
	{ "macintosh", CHARSET_ICONV, "MACINTOSH" },
	{ "macroman", CHARSET_ICONV, "MACINTOSH" },
	{ "xmacroman", CHARSET_ICONV, "MACINTOSH" },
	{ "unicode11utf7", CHARSET_ICONV, "UTF-7" },
	{ "utf7", CHARSET_ICONV, "UTF-7" },
	/* The host's own byte order and width: not meant by any mail. */
	{ "internal", CHARSET_UNKNOWN, "" },
	{ "wchart", CHARSET_UNKNOWN, "" },
	{ "unicode", CHARSET_ICONV, "UTF-16" },
	{ "utf16", CHARSET_ICONV, "UTF-16" },
};

/* Families of numbered charsets: "windows-1251", "x-cp1251", "ibm850", "ISO_8859-15". */
static const struct {
	const char *prefix, *name;
} families[] = {
	{ "windows", "CP" },     { "win", "CP" }, { "xcp", "CP" }, { "cp", "CP" },
	{ "ibm", "CP" },         { "ms", "CP" },  { "dos", "CP" }, { "iso8859", "ISO-8859-" },
	{ "8859", "ISO-8859-" },
};

/* U+0080 to U+009F of Windows-1252; what it leaves open stays a C1 control. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
	0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
};

/* The name without what RFC 2231 puts behind it. */
static Slice without_language(Slice name)
{
	const char *star = name.length ? memchr(name.data, '*', name.length) : NULL;

	return ascii_trim(star ? slice(name.data, (size_t)(star - name.data)) : name);
}

/* Fills `squeezed`; false when `name` cannot be that of a charset. */
static bool squeeze(Slice name, char squeezed[NAME_MAX_BYTES + 1])
{
	size_t length = 0;

	if (name.length == 0 || name.length > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < name.length; i++) {
		char c = ascii_lower(name.data[i]);

		/* iconv would take "/" and "," for options of its own. */
		if (ascii_is_alnum(c))
			squeezed[length++] = c;
		else if (!strchr("-_.:+ ()", c) || c == '\0')
			return false;
	}
	squeezed[length] = '\0';
	return length > 0;
}

static bool all_digits(const char *text)
{
	while (ascii_is_digit(*text))
		text++;
	return *text == '\0';
}

static void set_name(Charset *charset, const char *first, const char *second)
{
	Slice one = slice_of(first), two = slice_of(second);

	charset->kind = CHARSET_ICONV;
	memcpy(charset->name, one.data, one.length);
	memcpy(charset->name + one.length, two.data, two.length);
	charset->name[one.length + two.length] = '\0';
}

static bool find_alias(const char *squeezed, Charset *charset)
{
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (strcmp(squeezed, aliases[i].squeezed) == 0) {
			set_name(charset, aliases[i].name, "");
			charset->kind = aliases[i].kind;
			return true;
		}
	return false;
}

/* Sets the charset's name by its family; `squeezed` becomes the family's spelling. */
static bool find_family(char squeezed[NAME_MAX_BYTES + 1], Charset *charset)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		size_t length = strlen(families[i].prefix);
		const char *number = squeezed + length;

		if (strncmp(squeezed, families[i].prefix, length) != 0 || !*number || !all_digits(number))
			continue;
		set_name(charset, families[i].name, number);
		return true;
	}
	return false;
}

static Charset find_charset(Slice name)
{
	Charset charset = { .kind = CHARSET_UNKNOWN };
	char squeezed[NAME_MAX_BYTES + 1];

	name = without_language(name);
	if (!squeeze(name, squeezed) || find_alias(squeezed, &charset))
		return charset;
	if (find_family(squeezed, &charset)) {
		/* "windows-1252" is "cp1252" by now, and that may be an alias. */
		if (squeeze(slice_of(charset.name), squeezed))
			find_alias(squeezed, &charset);
		return charset;
	}
	charset.kind = CHARSET_ICONV;
	memcpy(charset.name, name.data, name.length);
	charset.name[name.length] = '\0';
	return charset;
}

/* One that reads a byte order mark: glibc's remember what the last text's mark said when they are told to
 * begin again. */
static bool keeps_byte_order(const char *name)
{
	return ascii_starts_with_fold(slice_of(name), "utf") ||
	       ascii_starts_with_fold(slice_of(name), "unicode");
}

static Converter **bucket_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)ascii_lower(*name)) * 16777619u;
	return &converters[(hash ^ hash >> 16) % BUCKETS];
}

/* Opened, or one that was: `converters_guard` is held until it has been used. */
static iconv_t open_converter(const char *name)
{
	Converter **bucket = bucket_of(name), *it = *bucket;
	iconv_t opened;

	while (it && !ascii_strings_equal_fold(it->name, name))
		it = it->next;
	if (it && !keeps_byte_order(name)) {
		iconv(it->iconv, NULL, NULL, NULL, NULL);
		return it->iconv;
	}
	opened = iconv_open("UTF-8", name);
	if (opened == (iconv_t)-1)
		return opened;
	if (it) {
		iconv_close(it->iconv);
	} else {
		it = memory_new(sizeof *it);
		memcpy(it->name, name, strlen(name) + 1);
		it->next = *bucket;
		*bucket = it;
	}
	it->iconv = opened;
	return opened;
}

static void append_character(Text *out, uint32_t code_point)
{
	char bytes[4];
	size_t length = utf8_encode(code_point, bytes);

	if (length)
		text_append(out, bytes, length);
	else
		text_append_string(out, REPLACEMENT);
}

static void append_windows_1252(Slice bytes, Text *out)
{
	for (size_t i = 0; i < bytes.length; i++) {
		unsigned char byte = (unsigned char)bytes.data[i];

		append_character(out, byte >= 0x80 && byte < 0xa0 ? windows_1252[byte - 0x80] : byte);
	}
}

static void append_utf8(Slice bytes, Text *out)
{
	size_t good = 0;

	for (size_t i = 0; i < bytes.length;) {
		size_t length = utf8_decode(bytes.data + i, bytes.length - i, NULL);

		if (!length) {
			text_append(out, bytes.data + good, i - good);
			text_append_string(out, REPLACEMENT);
			good = ++i;
		}
		i += length;
	}
	text_append(out, bytes.data + good, bytes.length - good);
}

void charset_guess_to_utf8(Slice bytes, Text *out)
{
	if (utf8_valid(bytes))
		text_append_slice(out, bytes);
	else
		append_windows_1252(bytes, out);
}

/* One call of iconv, with room for what it makes of short inputs; returns its errno. */
static int convert_some(iconv_t converter, char **from, size_t *left, Text *out)
{
	size_t room = *left + *left / 2 + 32, free_bytes = room;
	char *to = text_reserve(out, room);
	size_t result = iconv(converter, from, left, &to, &free_bytes);

	out->length += room - free_bytes;
	out->data[out->length] = '\0';
	return result == (size_t)-1 ? errno : 0;
}

static void append_converted(iconv_t converter, Slice bytes, Text *out)
{
	char *from = (char *)(size_t)bytes.data;
	size_t left = bytes.length, none = 0;

	while (left) {
		int error = convert_some(converter, &from, &left, out);

		if (error != EILSEQ && error != EINVAL)
			continue; /* no error, or a full buffer */
		/* A byte that means nothing, or a character that is cut off. */
		text_append(out, REPLACEMENT, REPLACEMENT_BYTES);
		from++;
		left = error == EINVAL ? 0 : left - 1;
	}
	convert_some(converter, NULL, &none, out);
}

/* UTF-16 without a byte order mark ought to be big-endian (RFC 2781, 4.3); what is sent is
 * little-endian, and readers take it so.  A first character of ASCII or Latin-1 tells. */
static const char *with_byte_order(const char *name, Slice bytes)
{
	if (strcmp(name, "UTF-16") != 0 || bytes.length < 2 || memcmp(bytes.data, "\xfe\xff", 2) == 0 ||
	    memcmp(bytes.data, "\xff\xfe", 2) == 0)
		return name;
	return bytes.data[0] == '\0' && bytes.data[1] != '\0' ? "UTF-16BE" : "UTF-16LE";
}

static bool convert(const char *name, Slice bytes, Text *converted)
{
	iconv_t converter;

	pthread_mutex_lock(&converters_guard);
	converter = open_converter(with_byte_order(name, bytes));
	if (converter != (iconv_t)-1)
		append_converted(converter, bytes, converted);
	pthread_mutex_unlock(&converters_guard);
	return converter != (iconv_t)-1;
}

static bool append_by_iconv(const char *name, Slice bytes, Text *out)
{
	AUTO_VALUE(Text) converted = { 0 };

	if (!convert(name, bytes, &converted))
		return false;
	/* Not taken on trust: everything behind this relies on it. */
	append_utf8(text_slice(&converted), out);
	return true;
}

static bool can_be_opened(const char *name)
{
	bool can;

	pthread_mutex_lock(&converters_guard);
	can = open_converter(name) != (iconv_t)-1;
	pthread_mutex_unlock(&converters_guard);
	return can;
}

bool charset_to_utf8(Slice charset, Slice bytes, Text *out)
{
	Charset found = find_charset(charset);

	switch (found.kind) {
	case CHARSET_UNKNOWN:
		return false;
	case CHARSET_GUESS:
		charset_guess_to_utf8(bytes, out);
		return true;
	case CHARSET_UTF8:
		append_utf8(bytes, out);
		return true;
	case CHARSET_WINDOWS_1252:
		append_windows_1252(bytes, out);
		return true;
	case CHARSET_ICONV:
		break;
	}
	return append_by_iconv(found.name, bytes, out);
}

CharsetKind charset_open(Slice charset, Slice first, iconv_t *converter)
{
	Charset found = find_charset(charset);

	if (found.kind != CHARSET_ICONV)
		return found.kind;
	*converter = iconv_open("UTF-8", with_byte_order(found.name, first));
	return *converter == (iconv_t)-1 ? CHARSET_UNKNOWN : CHARSET_ICONV;
}

bool charset_is_known(Slice charset)
{
	Charset found = find_charset(charset);

	return found.kind != CHARSET_UNKNOWN && (found.kind != CHARSET_ICONV || can_be_opened(found.name));
}

bool charset_same(Slice a, Slice b)
{
	return ascii_equal_fold(without_language(a), without_language(b));
}
