/* comparator_ascii_numeric - i;ascii-numeric: the number that a string begins with
 * RFC 4790, section 9.1
 *
 * A string that begins with no digit is infinity, which is more than any number and equal to itself.
 * Numbers are as long as they are: they are compared as digits. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

/* The digits that count: without leading zeros; data NULL for infinity. */
static Slice digits(Slice it)
{
	size_t length = 0;

	while (length < it.length && ascii_is_digit(it.data[length]))
		length++;
	if (!length)
		return (Slice){ NULL, 0 };
	it.length = length;
	while (it.length && it.data[0] == '0')
		it = slice_from(it, 1);
	return it;
}

static int compare(Slice a, Slice b)
{
	Slice x = digits(a), y = digits(b);

	if (!x.data || !y.data)
		return (x.data == NULL) - (y.data == NULL);
	if (x.length != y.length)
		return x.length < y.length ? -1 : 1;
	return memcmp(x.data, y.data, x.length);
}

static const SieveComparator comparators[] = {
	{ "i;ascii-numeric", SIEVE_CAN_EQUAL | SIEVE_CAN_ORDER, NULL, compare },
	{ 0 },
};

const SieveExtension sieve_ext_comparator_ascii_numeric = {
	.capability = "comparator-i;ascii-numeric",
	.about = "compare numbers that begin a text",
	.document = "RFC 4790, 9.1",
	.comparators = comparators,
};
