/* comparator_octet - i;octet: the bytes as they are
 * RFC 4790, section 9.3; always there (RFC 5228, 2.7.3) */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static int compare(Slice a, Slice b)
{
	int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);

	return order ? order : a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

static const SieveComparator comparators[] = {
	{ "i;octet", SIEVE_CAN_EQUAL | SIEVE_CAN_SUBSTRING | SIEVE_CAN_ORDER, NULL, compare },
	{ 0 },
};

const SieveExtension sieve_ext_comparator_octet = {
	.capability = "comparator-i;octet",
	.about = "compare octets; always there",
	.document = "RFC 5228, 2.7.3",
	.always = true,
	.comparators = comparators,
};
