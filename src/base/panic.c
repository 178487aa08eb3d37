#include "base/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static void (*panic_hook)(const char *text);
static int panic_status = EX_TEMPFAIL;

void panic_set_hook(void (*hook)(const char *text))
{
	panic_hook = hook;
}

void panic_set_status(int status)
{
	panic_status = status;
}

void panic(const char *format, ...)
{
	char line[400] = "4.3.0 ";
	va_list arguments;
	size_t length;

	va_start(arguments, format);
	vsnprintf(line + 6, sizeof line - 8, format, arguments);
	va_end(arguments);
	if (panic_hook) {
		void (*hook)(const char *) = panic_hook;

		panic_hook = NULL; /* a panic inside the hook must not come back here */
		hook(line + 6);
	}
	length = strlen(line);
	line[length++] = '\n';
	(void)!write(STDERR_FILENO, line, length); /* best effort: we are leaving */
	_exit(panic_status);
}
