#include "base/failure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

__attribute__((format(printf, 2, 0))) static void append(Failure *why, const char *format, va_list arguments)
{
	size_t used = strlen(why->text), room = sizeof why->text - used;
	int length = vsnprintf(why->text + used, room, format, arguments);

	if (length > 0 && (size_t)length >= room)
		memcpy(why->text + sizeof why->text - 4, "...", 4);
}

__attribute__((format(printf, 2, 3))) static void append_text(Failure *why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	append(why, format, arguments);
	va_end(arguments);
}

static void start(Failure *why, FailureKind kind, const char *code, int error)
{
	why->kind = kind;
	why->error = error;
	why->text[0] = '\0';
	snprintf(why->code, sizeof why->code, "%s", code);
}

bool failure_set(Failure *why, FailureKind kind, const char *code, const char *format, ...)
{
	va_list arguments;

	start(why, kind, code, 0);
	va_start(arguments, format);
	append(why, format, arguments);
	va_end(arguments);
	return false;
}

bool failure_retry(Failure *why, const char *format, ...)
{
	va_list arguments;

	start(why, FAILURE_RETRY, "4.3.0", 0);
	va_start(arguments, format);
	append(why, format, arguments);
	va_end(arguments);
	return false;
}

/* An RFC 3463 code for an errno; never a permanent one: an errno is an accident. */
static const char *code_of(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return "4.2.2";
	default:
		return "4.3.0";
	}
}

bool failure_errno(Failure *why, const char *format, ...)
{
	int error = errno;
	va_list arguments;

	start(why, FAILURE_RETRY, code_of(error), error);
	va_start(arguments, format);
	append(why, format, arguments);
	va_end(arguments);
	append_text(why, ": %s", strerror(error));
	errno = error;
	return false;
}

bool failure_add(Failure *why, const char *format, ...)
{
	va_list arguments;

	append_text(why, ", ");
	va_start(arguments, format);
	append(why, format, arguments);
	va_end(arguments);
	return false;
}

bool failure_lasts(const Failure *why)
{
	switch (why->error) {
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case EXDEV:
	case EEXIST:
	case ENAMETOOLONG:
	case EINVAL:
		return true;
	default:
		return false;
	}
}

int failure_exit_status(const Failure *why)
{
	switch (why->kind) {
	case FAILURE_NONE:
		return EX_OK;
	case FAILURE_REFUSED:
		return EX_NOPERM;
	case FAILURE_NO_USER:
		return EX_NOUSER;
	case FAILURE_USAGE:
		return EX_USAGE;
	case FAILURE_RETRY:
		break;
	}
	return EX_TEMPFAIL;
}
