#include "plan/plan_fields.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "plan/limits.h"

/* What becomes part of a header, or of a command line, is one line without controls in UTF-8. */
static bool is_line(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (ascii_is_control(value.data[i]) && value.data[i] != '\t')
			return false;
	return utf8_valid(value);
}

bool plan_argument_valid(Slice argument)
{
	return argument.length <= LIMIT_ARGUMENT_LENGTH && is_line(argument);
}

/* Controls of C1 and separators of lines and paragraphs, which are two and three bytes long. */
static bool has_odd_controls(Slice value)
{
	for (size_t i = 0; i + 1 < value.length; i++) {
		const unsigned char *at = (const unsigned char *)value.data + i;

		if (at[0] == 0xc2 && at[1] < 0xa0)
			return true;
		if (i + 2 < value.length && at[0] == 0xe2 && at[1] == 0x80 &&
		    (at[2] == 0xa8 || at[2] == 0xa9))
			return true;
	}
	return false;
}

bool plan_program_valid(Slice name)
{
	if (name.length == 0 || name.length > LIMIT_PROGRAM_NAME || name.data[0] == '.' ||
	    name.data[0] == '-')
		return false;
	return is_line(name) && !has_odd_controls(name) && !memchr(name.data, '/', name.length) &&
	       !memchr(name.data, '\t', name.length);
}

static bool is_word(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (value.data[i] <= ' ' || value.data[i] > '~')
			return false;
	return value.length > 0;
}

static bool is_special_use(Slice value)
{
	return is_word(value) && value.data[0] == '\\';
}

#define KIND(kind) (1u << ACTION_##kind)

enum {
	ANSWERS = KIND(VACATION) | KIND(NOTIFY),
	FILES = KIND(FILEINTO) | ANSWERS,
	SENDS = KIND(REDIRECT) | KIND(REPORT) | KIND(VACATION),
	ABOUT = KIND(REJECT) | KIND(VACATION) | KIND(NOTIFY) | KIND(REPORT),
	REPLIES = KIND(REJECT) | KIND(VACATION),
	SAYS = KIND(REJECT) | KIND(VACATION) | KIND(NOTIFY) | KIND(REPORT) | KIND(CALENDAR),
	HAS_IMAGE = KIND(KEEP) | KIND(FILEINTO) | KIND(REDIRECT) | KIND(PIPE),
	REMEMBERS = KIND(VACATION) | KIND(REMEMBER),
};

#define STRING     FIELD_STRING
#define AT(member) offsetof(Action, member)

/* An address and a URI of a method are two entries of the same member. */
const PlanField plan_fields[] = {
	{ "a version of the message", HAS_IMAGE, FIELD_UNSIGNED, AT(image), LIMIT_IMAGES },
	{ "a folder name", FILES, STRING, AT(folder), LIMIT_FOLDER_LENGTH, KIND(FILEINTO),
	  plan_folder_valid },
	{ "a special use", FILES, STRING, AT(special_use), LIMIT_FLAG_LENGTH, 0, is_special_use },
	{ "a mailbox id", FILES, STRING, AT(mailbox_id), LIMIT_FLAG_LENGTH, 0, is_word },
	{ "whether the folder is made", FILES, FIELD_BOOL, AT(create) },
	{ "flags", FILES | KIND(KEEP), FIELD_FLAGS, AT(flags) },
	{ "an address", SENDS, STRING, AT(address), LIMIT_ADDRESS_LENGTH, SENDS, address_is_safe },
	{ "a method", KIND(NOTIFY), STRING, AT(address), LIMIT_FIELD_LENGTH, KIND(NOTIFY), is_word },
	{ "a sender", ANSWERS, STRING, AT(from), LIMIT_FIELD_LENGTH, 0, is_line },
	{ "a name and address", KIND(VACATION), STRING, AT(to), LIMIT_FIELD_LENGTH, 0, is_line },
	{ "recipients", KIND(NOTIFY), FIELD_LIST, AT(recipients), LIMIT_ADDRESS_LENGTH, 0, address_is_safe },
	{ "a subject", ABOUT, STRING, AT(subject), LIMIT_SUBJECT_LENGTH, 0, is_line },
	{ "a text", SAYS, STRING, AT(text), LIMIT_TEXT_LENGTH, SAYS & ~KIND(NOTIFY), utf8_valid },
	{ "whether it is MIME", KIND(VACATION), FIELD_BOOL, AT(is_mime) },
	{ "a message id", REPLIES, STRING, AT(message_id), LIMIT_FIELD_LENGTH, 0, is_line },
	{ "references", REPLIES, STRING, AT(references), LIMIT_FIELD_LENGTH, 0, is_line },
	{ "a handle", REMEMBERS, STRING, AT(handle), LIMIT_ARGUMENT_LENGTH, REMEMBERS, utf8_valid },
	{ "a UID", KIND(CALENDAR), STRING, AT(handle), LIMIT_ARGUMENT_LENGTH, KIND(CALENDAR), is_line },
	{ "a calendar", KIND(CALENDAR), STRING, AT(calendar), 255, KIND(CALENDAR), plan_program_valid },
	{ "whether it is removed", KIND(CALENDAR), FIELD_BOOL, AT(removes) },
	{ "a digest", KIND(CALENDAR), STRING, AT(before), LIMIT_FLAG_LENGTH, 0, is_word },
	{ "a time", REMEMBERS, FIELD_NUMBER, AT(seconds), UINT32_MAX },
	{ "how it is rejected", KIND(REJECT), FIELD_BOOL, AT(is_ereject) },
	{ "an importance", KIND(NOTIFY), FIELD_UNSIGNED, AT(importance), 3 },
	{ "a type of report", KIND(REPORT), STRING, AT(type), LIMIT_FLAG_LENGTH, KIND(REPORT),
	  plan_report_type_valid },
	{ "what is reported", KIND(REPORT), FIELD_BOOL, AT(headers_only) },
	{ "a program", KIND(PIPE), STRING, AT(program), LIMIT_PROGRAM_NAME, KIND(PIPE), plan_program_valid },
	{ "arguments", KIND(PIPE) | KIND(NOTIFY), FIELD_LIST, AT(arguments), LIMIT_ARGUMENT_LENGTH, 0,
	  is_line },
	{ "whether it must succeed", KIND(PIPE), FIELD_BOOL, AT(is_optional) },
	{ "when to report", KIND(REDIRECT), STRING, AT(dsn_notify), LIMIT_FLAG_LENGTH, 0, is_word },
	{ "what to return", KIND(REDIRECT), STRING, AT(dsn_ret), LIMIT_FLAG_LENGTH, 0, is_word },
	{ "a deadline", KIND(REDIRECT), STRING, AT(deliver_by), LIMIT_FLAG_LENGTH, 0, is_word },
	{ "what follows a deadline", KIND(REDIRECT), STRING, AT(deliver_by_mode), LIMIT_FLAG_LENGTH, 0,
	  is_word },
	{ "whether a deadline is traced", KIND(REDIRECT), FIELD_BOOL, AT(deliver_by_trace) },
	{ NULL },
};
