/* comparator_ascii_casemap - i;ascii-casemap: octets, with a-z folded to A-Z and nothing else
 * RFC 4790, section 9.2; always there (RFC 5228, 2.7.3) */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

static int compare(Slice a, Slice b)
{
	size_t common = a.length < b.length ? a.length : b.length;

	for (size_t i = 0; i < common; i++) {
		unsigned char x = (unsigned char)ascii_upper(a.data[i]);
		unsigned char y = (unsigned char)ascii_upper(b.data[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

static const SieveComparator comparators[] = {
	{ "i;ascii-casemap", SIEVE_CAN_EQUAL | SIEVE_CAN_SUBSTRING | SIEVE_CAN_ORDER, ascii_fold, compare },
	{ 0 },
};

const SieveExtension sieve_ext_comparator_ascii_casemap = {
	.capability = "comparator-i;ascii-casemap",
	.about = "compare A-Z without case; always there",
	.document = "RFC 5228, 2.7.3",
	.always = true,
	.comparators = comparators,
};
