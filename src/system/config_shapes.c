#include "system/config_shapes.h"

#include <string.h>

#include "base/ascii.h"

/* ---- pieces ---- */

typedef bool Piece(Slice piece);

/* Do all pieces between these fit?  Empty ones do not count; there has to be another. */
static bool all_between(char separator, Slice value, Piece *fits)
{
	bool any = false;

	while (value.length) {
		const char *end = memchr(value.data, separator, value.length);
		Slice piece = end ? slice(value.data, (size_t)(end - value.data)) : value;
		Slice trimmed = ascii_trim(piece);

		if (trimmed.length && !fits(trimmed))
			return false;
		any |= trimmed.length != 0;
		value = slice_from(value, piece.length + (end != NULL));
	}
	return any;
}

/* Cuts "LEFT=RIGHT" at the first `at`; both trimmed and not empty. */
static bool cut(Slice text, char at, Slice *left, Slice *right)
{
	const char *sign = memchr(text.data, at, text.length);

	if (!sign)
		return false;
	*left = ascii_trim(slice(text.data, (size_t)(sign - text.data)));
	*right = ascii_trim(slice_from(text, (size_t)(sign - text.data) + 1));
	return left->length && right->length;
}

static bool is_number(Slice text)
{
	size_t digits = 0, points = 0;

	for (size_t i = 0; i < text.length; i++) {
		digits += ascii_is_digit(text.data[i]);
		points += text.data[i] == '.';
	}
	return digits && points <= 1 && digits + points == text.length;
}

/* Absolute, or the recipient's. */
static bool is_path(Slice text)
{
	return text.length && (text.data[0] == '/' || (text.length > 1 && memcmp(text.data, "~/", 2) == 0));
}

/* ---- where mail goes ---- */

static bool fits_location(Slice value)
{
	Slice path;

	if (slice_equal(value, SLICE("auto")))
		return true;
	if (value.length > 8 && memcmp(value.data, "maildir:", 8) == 0)
		path = slice_from(value, 8);
	else if (value.length > 5 && memcmp(value.data, "mbox:", 5) == 0)
		path = slice_from(value, 5);
	else
		return false;
	return strchr("/~%", path.data[0]) != NULL;
}

const ConfigShape config_shape_location = { fits_location, "auto, maildir:PATH or mbox:PATH" };

static bool fits_special_use(Slice value)
{
	Slice use, folder;

	return value.length > 1 && value.data[0] == '\\' && value.data[1] != '=' &&
	       cut(value, '=', &use, &folder);
}

const ConfigShape config_shape_special_use = { fits_special_use, "\\Use=Folder \\Use=Folder ..." };

/* ---- the rules ---- */

static bool fits_delimiters(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (value.data[i] == '@' || ascii_is_alnum(value.data[i]) || ascii_is_space(value.data[i]))
			return false;
	return true;
}

const ConfigShape config_shape_delimiters = { fits_delimiters, "signs such as +-, but not @" };

static bool is_field_name(Slice word)
{
	for (size_t i = 0; i < word.length; i++)
		if (word.data[i] <= ' ' || word.data[i] > 126 || word.data[i] == ':')
			return false;
	return true;
}

static bool fits_fields(Slice value)
{
	return all_between(' ', value, is_field_name);
}

const ConfigShape config_shape_fields = { fits_fields, "names of header fields with blanks between them" };

static bool is_conversion(Slice word)
{
	Slice from, to, types, program;

	return cut(word, '=', &types, &program) && cut(types, '>', &from, &to) &&
	       memchr(from.data, '/', from.length) && memchr(to.data, '/', to.length);
}

static bool fits_conversions(Slice value)
{
	return all_between(' ', value, is_conversion);
}

const ConfigShape config_shape_conversions = { fits_conversions,
					       "TYPE/SUBTYPE>TYPE/SUBTYPE=PROGRAM with blanks between them" };

static bool is_variable(Slice piece)
{
	const char *equals = memchr(piece.data, '=', piece.length);

	return equals && equals != piece.data;
}

static bool fits_variables(Slice value)
{
	return all_between(';', value, is_variable);
}

const ConfigShape config_shape_variables = { fits_variables, "KEY = VALUE with semicolons between them" };

static bool fits_maximum(Slice value)
{
	return is_number(value);
}

const ConfigShape config_shape_maximum = { fits_maximum, "a decimal number" };

static bool is_word_of_number(Slice piece)
{
	Slice number, word;

	return cut(piece, '=', &number, &word) && is_number(number);
}

static bool fits_words(Slice value)
{
	return all_between(';', value, is_word_of_number);
}

const ConfigShape config_shape_words = { fits_words, "NUMBER=WORD with semicolons between them" };

static bool is_list(Slice piece)
{
	Slice name, source, path, query;

	if (!cut(piece, '=', &name, &source))
		return false;
	if (!ascii_starts_with_fold(source, "sqlite:"))
		return is_path(source);
	return cut(slice_from(source, strlen("sqlite:")), ' ', &path, &query) && is_path(path);
}

static bool fits_lists(Slice value)
{
	return all_between(';', value, is_list);
}

const ConfigShape config_shape_lists = {
	fits_lists, "NAME=/PATH or NAME=sqlite:/PATH QUERY with semicolons between them"
};

/* ---- what is sent ---- */

/* With a domain, unless the name of the user brings one.  More is seen where mail is sent. */
static bool fits_address(Slice value)
{
	bool has_variable = false;
	Slice local, domain;

	for (size_t i = 0; i < value.length; i++) {
		if (ascii_is_space(value.data[i]) || strchr("<>,", value.data[i]))
			return false;
		has_variable |= value.data[i] == '%';
	}
	return has_variable || (cut(value, '@', &local, &domain) && domain.data[0] != '@');
}

const ConfigShape config_shape_address = { fits_address, "an address such as bob@example.net" };

static bool is_scheme(Slice word)
{
	for (size_t i = 0; i < word.length; i++)
		if (!ascii_is_alnum(word.data[i]) && !strchr("+-.", word.data[i]))
			return false;
	return ascii_is_alpha(word.data[0]);
}

static bool fits_schemes(Slice value)
{
	return all_between(' ', value, is_scheme);
}

const ConfigShape config_shape_schemes = { fits_schemes, "schemes such as xmpp with blanks between them" };
