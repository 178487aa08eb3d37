/* location - where a user's mail is, in Dovecot's notation */
#include "mailbox/location.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/text.h"
#include "system/users.h"

static const char automatic_maildir[] = "maildir:~/Maildir";
static const char automatic_mbox[] = "mbox:~/mail:INBOX=/var/mail/%u";

void location_clear(Location *location)
{
	free(location->root);
	free(location->inbox);
	*location = (Location){ 0 };
}

/* What a user name brings into a path is one part of it, never a way to another place. */
static bool append_part(Slice part, char variable, Text *out, Failure *why)
{
	if (part.length == 0 || part.data[0] == '.' || memchr(part.data, '/', part.length))
		return failure_set(
			why, FAILURE_RETRY, STORE_WRONG_SETTING,
			"%%%c of the mail location would be '%.*s', which is not allowed in a path", variable,
			(int)part.length, part.data);
	text_append_slice(out, part);
	return true;
}

static bool append_variable(char variable, const StoreSettings *settings, Text *out, Failure *why)
{
	Slice user = slice_of(settings->user);
	const char *at = memchr(user.data, '@', user.length);
	size_t name_length = at ? (size_t)(at - user.data) : user.length;

	switch (variable) {
	case 'u':
		return append_part(user, variable, out, why);
	case 'n':
		return append_part(slice(user.data, name_length), variable, out, why);
	case 'd':
		return append_part(slice_from(user, name_length + 1), variable, out, why);
	case 'h':
		text_append_string(out, settings->home);
		return true;
	case '%':
		text_append_char(out, '%');
		return true;
	default:
		return failure_set(
			why, FAILURE_RETRY, STORE_WRONG_SETTING,
			"the mail location '%s' has the unknown variable '%%%.1s'; known are %%u %%n "
			"%%d %%h",
			settings->location, variable ? &variable : "");
	}
}

/* Expands a path of the location and makes sure that it is absolute. */
static char *expand_path(Slice text, const StoreSettings *settings, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };

	for (size_t i = 0; i < text.length; i++) {
		char next = i + 1 < text.length ? text.data[i + 1] : '\0';

		if (text.data[i] == '~' && i == 0 && (next == '/' || next == '\0')) {
			text_append_string(&path, settings->home);
		} else if (text.data[i] == '%') {
			if (!append_variable(next, settings, &path, why))
				return NULL;
			i++;
		} else {
			text_append_char(&path, text.data[i]);
			i += text.data[i] == ':'; /* "::" */
		}
	}
	while (path.length > 1 && path.data[path.length - 1] == '/')
		text_truncate(&path, path.length - 1);
	if (path.length < 2 || path.data[0] != '/' || memchr(path.data, '\0', path.length)) {
		failure_set(why, FAILURE_RETRY, STORE_WRONG_SETTING,
			    "the mail location '%s' names '%s', which is not an absolute path",
			    settings->location, text_string(&path));
		return NULL;
	}
	return text_take(&path);
}

/* Cuts the piece before the next single colon off `*rest`. */
static Slice next_piece(Slice *rest)
{
	size_t length = 0;
	Slice piece;

	while (length < rest->length) {
		bool colon = rest->data[length] == ':';

		if (colon && (length + 1 == rest->length || rest->data[length + 1] != ':'))
			break;
		length += colon ? 2 : 1;
	}
	piece = slice(rest->data, length);
	*rest = slice_from(*rest, length + 1);
	return piece;
}

static bool read_option(Location *location, Slice option, const StoreSettings *settings, Failure *why)
{
	const char *equals = memchr(option.data, '=', option.length);
	Slice name = equals ? slice(option.data, (size_t)(equals - option.data)) : option;
	Slice value = equals ? slice_from(option, name.length + 1) : slice("", 0);

	if (ascii_equal_fold(name, SLICE("INBOX"))) {
		free(location->inbox);
		location->inbox = expand_path(value, settings, why);
		return location->inbox != NULL;
	}
	if (ascii_equal_fold(name, SLICE("LAYOUT")) && ascii_equal_fold(value, SLICE("fs"))) {
		if (location->layout == STORE_MAILDIR)
			location->layout = STORE_MAILDIR_FS;
		return true;
	}
	if (ascii_equal_fold(name, SLICE("LAYOUT")) && ascii_equal_fold(value, SLICE("Maildir++")) &&
	    location->layout != STORE_MBOX) {
		location->layout = STORE_MAILDIR;
		return true;
	}
	if (ascii_equal_fold(name, SLICE("INDEX")) || ascii_equal_fold(name, SLICE("VOLATILEDIR")))
		return true;
	return failure_set(why, FAILURE_RETRY, STORE_WRONG_SETTING,
			   "the mail location '%s' has the unknown option '%.*s'; known are INBOX= LAYOUT=fs "
			   "LAYOUT=Maildir++ INDEX= VOLATILEDIR=",
			   settings->location, (int)option.length, option.data);
}

static bool read_driver(Location *location, Slice driver, const StoreSettings *settings, Failure *why)
{
	if (slice_equal(driver, SLICE("maildir")))
		location->layout = STORE_MAILDIR;
	else if (slice_equal(driver, SLICE("mbox")))
		location->layout = STORE_MBOX;
	else
		return failure_set(why, FAILURE_RETRY, STORE_WRONG_SETTING,
				   "the mail location '%s' begins with '%.*s'; known are maildir: mbox: auto",
				   settings->location, (int)driver.length, driver.data);
	return true;
}

/* Dovecot's defaults: a Maildir is the inbox itself, an mbox root has a file "inbox". */
static void default_inbox(Location *location)
{
	AUTO_VALUE(Text) path = { 0 };

	if (location->inbox)
		return;
	text_append_string(&path, location->root);
	if (location->layout == STORE_MBOX)
		text_append_string(&path, "/inbox");
	location->inbox = text_take(&path);
}

static bool read_location(Location *location, const StoreSettings *settings, Failure *why)
{
	Slice rest = slice_of(settings->location);

	if (!read_driver(location, next_piece(&rest), settings, why))
		return false;
	location->root = expand_path(next_piece(&rest), settings, why);
	if (!location->root)
		return false;
	while (rest.length)
		if (!read_option(location, next_piece(&rest), settings, why))
			return false;
	default_inbox(location);
	return true;
}

/* The location that "auto" stands for.  NULL and `why` when the look failed: it is not known then where the
 * mail of this user is. */
static const char *choose(const StoreSettings *settings, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	struct stat status;

	text_printf(&path, "%s/Maildir", settings->home);
	if (stat(text_string(&path), &status) == 0)
		return S_ISDIR(status.st_mode) ? automatic_maildir : automatic_mbox;
	/* a home that is not there just now (an automounter asleep) may hold a Maildir */
	if (errno == ENOENT && stat(settings->home, &status) == 0)
		return automatic_mbox;
	if (errno == ENOENT)
		user_lacks_home(settings->user, settings->home, why);
	else
		failure_errno(why, "look for '%s'", text_string(&path));
	return NULL;
}

bool location_parse(Location *location, const StoreSettings *settings, Failure *why)
{
	StoreSettings chosen = *settings;

	*location = (Location){ 0 };
	if (settings->home[0] != '/')
		return user_lacks_home(settings->user, settings->home, why);
	if (!chosen.location || !*chosen.location || strcmp(chosen.location, "auto") == 0)
		chosen.location = choose(settings, why);
	if (chosen.location && read_location(location, &chosen, why))
		return true;
	location_clear(location);
	return false;
}
