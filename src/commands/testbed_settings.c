/* testbed_settings - what a test sets, by the names that other engines' tests use, as settings of ours */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "commands/testbed_state.h"

/* Where ours is not theirs without "sieve_".  A key that ends in "_s" takes seconds from their time with a
 * unit without standing here. */
static const struct {
	const char *theirs, *ours;
} names[] = {
	{ "postmaster_address", "postmaster" },
	{ "sieve_max_cpu_time", "judge_cpu_s" },
	{ "sieve_max_redirects", "redirect_max" },
	{ "sieve_redirect_envelope_from", "redirect_sender" },
};

static const char *without_prefix(const char *theirs)
{
	return strncmp(theirs, "sieve_", 6) == 0 ? theirs + 6 : theirs;
}

/* The key of trommel.conf that their `name` is; a key that there is, where adding "_s" makes it one. */
static const char *our_name(const Testbed *bed, const char *theirs)
{
	const char *name = without_prefix(theirs), *in_seconds;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].theirs, theirs) == 0)
			return names[i].ours;
	in_seconds = arena_printf(bed->arena, "%s_s", name);
	return config_get(bed->options->config, in_seconds, bed->arena) ? in_seconds : name;
}

/* "1d", "30 secs", "90": seconds; the value itself when it is no time. */
static const char *in_seconds(const Testbed *bed, const char *value)
{
	static const struct {
		char letter;
		unsigned long seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	if (end == value || number > 1000000)
		return value;
	while (*end == ' ')
		end++;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (ascii_lower(*end) == units[i].letter)
			return arena_printf(bed->arena, "%lu", number * units[i].seconds);
	return value;
}

/* Who sends: their words in ours. */
static const char *our_sender(const Testbed *bed, const char *value)
{
	Slice trimmed = ascii_trim(slice_of(value));

	if (slice_equal(trimmed, SLICE("orig_recipient")))
		return "original_recipient";
	return arena_copy_bytes(bed->arena, trimmed.data, trimmed.length);
}

static const char *our_value(const Testbed *bed, const char *ours, const char *value)
{
	size_t length = strlen(ours);

	if (strcmp(ours, "redirect_sender") == 0 || strcmp(ours, "notify_mailto_envelope_from") == 0 ||
	    strcmp(ours, "report_from") == 0)
		return our_sender(bed, value);
	return length > 2 && strcmp(ours + length - 2, "_s") == 0 ? in_seconds(bed, value) : value;
}

/* ---- storing ---- */

static TestSetting *find(const TestSettings *settings, const char *name)
{
	for (size_t i = 0; i < settings->count; i++)
		if (strcmp(settings->items[i].name, name) == 0)
			return &settings->items[i];
	return NULL;
}

static void add(Testbed *bed, TestSettings *settings, TestSetting setting)
{
	if (settings->count == settings->capacity) {
		size_t capacity = settings->capacity ? settings->capacity * 2 : 8;
		TestSetting *items = arena_alloc(bed->arena, capacity * sizeof *items);

		if (settings->count)
			memcpy(items, settings->items, settings->count * sizeof *items);
		settings->items = items;
		settings->capacity = capacity;
	}
	settings->items[settings->count++] = setting;
}

static void take_out(TestSettings *settings, TestSetting *setting)
{
	size_t at = (size_t)(setting - settings->items);

	memmove(setting, setting + 1, (--settings->count - at) * sizeof *setting);
}

void testbed_configure(void *self, Slice name, Slice value)
{
	Testbed *bed = self;
	TestSetting setting = { .name = arena_copy_bytes(bed->arena, name.data, name.length) };
	TestSetting *old = find(&bed->stored, setting.name);

	if (old)
		take_out(&bed->stored, old);
	if (!value.data)
		return;
	setting.value = arena_copy_bytes(bed->arena, value.data, value.length);
	add(bed, &bed->stored, setting);
}

/* ---- what is in force ---- */

const char *testbed_their_setting(const Testbed *bed, const char *name)
{
	const TestSetting *setting = find(&bed->in_force, name);

	return setting ? setting->value : NULL;
}

static bool is_yes(const char *value)
{
	return value && (ascii_strings_equal_fold(value, "yes") || ascii_strings_equal_fold(value, "true"));
}

/* Their list of header fields, each with what is forbidden, is one list of ours for each. */
static const char *forbidden_fields(const Testbed *bed, const char *what)
{
	const char *list = testbed_their_setting(bed, "sieve_editheader_header");
	AUTO_VALUE(Text) fields = { 0 };

	while (list && *list) {
		size_t length = strcspn(list, " ");
		const char *name = arena_printf(bed->arena, "sieve_editheader_header/%.*s/%s", (int)length,
						list, what);

		if (is_yes(testbed_their_setting(bed, name)))
			text_printf(&fields, "%s%.*s", fields.length ? " " : "", (int)length, list);
		list += length + strspn(list + length, " ");
	}
	return fields.length ? arena_copy_string(bed->arena, text_string(&fields)) : NULL;
}

/* Keys of their own below "sieve_NAME/" are one list "key = value; key = value" of ours. */
static const char *joined(const Testbed *bed, const char *name)
{
	const char *prefix = arena_printf(bed->arena, "sieve_%s/", name);
	size_t length = strlen(prefix);
	AUTO_VALUE(Text) list = { 0 };

	for (size_t i = 0; i < bed->in_force.count; i++) {
		const TestSetting *setting = &bed->in_force.items[i];

		if (strncmp(setting->name, prefix, length) == 0 && !strchr(setting->name + length, '/'))
			text_printf(&list, "%s%s = %s", list.length ? "; " : "", setting->name + length,
				    setting->value);
	}
	return list.length ? arena_copy_string(bed->arena, text_string(&list)) : NULL;
}

static const char *from_lists(const Testbed *bed, const char *name)
{
	if (strcmp(name, "editheader_forbid_add") == 0)
		return forbidden_fields(bed, "forbid_add");
	if (strcmp(name, "editheader_forbid_delete") == 0)
		return forbidden_fields(bed, "forbid_delete");
	return joined(bed, name);
}

const char *testbed_setting(void *self, const char *name)
{
	Testbed *bed = self;
	const char *value = from_lists(bed, name);

	for (size_t i = bed->in_force.count; i-- > 0 && !value;) {
		const TestSetting *setting = &bed->in_force.items[i];

		if (strcmp(our_name(bed, setting->name), name) == 0)
			value = our_value(bed, name, setting->value);
	}
	return value ? value : config_get(&bed->config, name, bed->arena);
}

/* Sets the key that `setting` is of, where the configuration has it.  A value that it does not take is told,
 * and is no failure: the engine that the test was written for took it. */
static void set_key(Testbed *bed, const TestSetting *setting)
{
	const char *whole = arena_copy_bytes(bed->arena, setting->name, strcspn(setting->name, "/"));
	const char *name = our_name(bed, whole), *value;
	Failure why = { 0 };

	if (!config_get(&bed->config, name, bed->arena))
		return;
	value = testbed_setting(bed, name);
	if (!config_set(&bed->config, arena_printf(bed->arena, "%s=%s", name, value), &why))
		testbed_show(bed, "test_config_set %s: %s\n", setting->name, why.text);
}

static void copy_config(Testbed *bed)
{
	config_clear(&bed->config);
	bed->config = *bed->options->config;
	/* Its own memory, so that what is set here is not set there. */
	bed->config.memory = NULL;
	bed->config.sources = NULL;
	/* A test reads what was stored, as it was sent. */
	if (!*bed->config.postmaster)
		bed->config.postmaster = "postmaster@example.com";
	bed->config.add_return_path = bed->config.add_delivered_to = bed->config.add_original_to = false;
}

/* "4096", "4k". */
static unsigned limit_of(const Testbed *bed, const char *name, unsigned otherwise)
{
	const char *value = testbed_their_setting(bed, name);
	char *end;
	unsigned long number = value ? strtoul(value, &end, 10) : otherwise;

	if (value && ascii_lower(*end) == 'k')
		number *= 1024;
	return number < UINT_MAX ? (unsigned)number : UINT_MAX;
}

const SieveSetup *testbed_reload(void *self, Failure *why)
{
	enum {
		ACTION_MAX = 32 /* what tests of limits expect; a delivery's is more */
	};
	Testbed *bed = self;

	copy_config(bed);
	bed->in_force.count = 0;
	for (size_t i = 0; i < bed->stored.count; i++)
		add(bed, &bed->in_force, bed->stored.items[i]);
	for (size_t i = 0; i < bed->in_force.count; i++)
		set_key(bed, &bed->in_force.items[i]);
	bed->setup.action_max = limit_of(bed, "sieve_max_actions", ACTION_MAX);
	bed->setup.include_max = limit_of(bed, "sieve_include_max_includes", 0);
	bed->setup.include_depth_max = limit_of(bed, "sieve_include_max_nesting_depth", 0);
	bed->setup.variable_bytes_max = limit_of(bed, "sieve_variables_max_value_size", 0);
	bed->setup.redirect_max = sieve_redirects(bed->config.redirect_max);
	bed->setup.recipient_delimiter = bed->config.recipient_delimiter;
	if (bed->input.message)
		testbed_make_envelope(bed);
	return testbed_open_store(bed, why) ? &bed->setup : NULL;
}
