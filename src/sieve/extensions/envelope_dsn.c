/* envelope_dsn - what the sender asked of delivery reports
 * RFC 6009, section 4; RFC 3461
 *
 * Known when the MTA tells it: see delivery/caller.c. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus hand_on(const char *string, Slice *value)
{
	*value = string ? slice_of(string) : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_notify(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run->input->envelope->dsn_notify, value);
}

static SieveStatus get_orcpt(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run->input->envelope->dsn_recipient, value);
}

static SieveStatus get_ret(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run->input->envelope->dsn_return, value);
}

static SieveStatus get_envid(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run->input->envelope->dsn_id, value);
}

static const SieveItem parts[] = {
	{ "envid", .get = get_envid },
	{ "notify", .is_list = true, .get = get_notify },
	{ "orcpt", .get = get_orcpt },
	{ "ret", .get = get_ret },
	{ 0 },
};

const SieveExtension sieve_ext_envelope_dsn = {
	.capability = "envelope-dsn",
	.about = "test what the sender asked of delivery reports",
	.document = "RFC 6009, 4",
	.envelope = parts,
};
