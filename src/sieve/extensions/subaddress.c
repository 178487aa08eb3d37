/* subaddress - ":user" and ":detail" of an address
 * RFC 5233
 *
 * The detail begins behind the first of the characters that the site's MTA separates with
 * (recipient_delimiter, as in Postfix), unless that is the first of the local part. */
#include "sieve/extensions/list.h"

#include "sieve/script.h"

/* Where in `local` the separator is; its length when there is none. */
static size_t separator(const SieveRun *run, Slice local)
{
	const char *delimiters = run->main->unit->setup.recipient_delimiter;

	delimiters = delimiters ? delimiters : "+";
	for (size_t i = 1; i < local.length; i++)
		if (local.data[i] && strchr(delimiters, local.data[i]))
			return i;
	return local.length;
}

static bool part_user(const SieveRun *run, const Address *address, Slice *value)
{
	*value = slice(address->local_part.data, separator(run, address->local_part));
	return address->valid;
}

/* Without a separator there is no detail, which is not an empty one (section 4). */
static bool part_detail(const SieveRun *run, const Address *address, Slice *value)
{
	Slice local = address->local_part;
	size_t at = address->valid ? separator(run, local) : 0;

	if (!address->valid || at == local.length)
		/* The null sender is "" in every part. */
		return *value = SLICE(""), address->valid && !local.length;
	*value = slice_from(local, at + 1);
	return true;
}

static const SieveAddressPart address_parts[] = {
	{ "detail", part_detail },
	{ "user", part_user },
	{ 0 },
};

const SieveExtension sieve_ext_subaddress = { .capability = "subaddress",
					      .about = "test the detail of user+detail",
					      .document = "RFC 5233",
					      .address_parts = address_parts };
