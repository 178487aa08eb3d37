#include "delivery/rules.h"

#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/io.h"
#include "sieve/limits.h"
#include "system/trust.h"

const char *const rules_places[] = {
	"~/.config/trommel/active.sieve",
	"~/.dovecot.sieve", /* what Dovecot's ManageSieve keeps, often a link into ~/sieve */
	"~/.sieve",
	NULL,
};

/* So that many users' directories are spread over 256 others. */
static void append_hash(Text *out, const char *name)
{
	unsigned char bytes[DIGEST_BYTES];
	Digest digest;

	digest_begin(&digest);
	digest_add(&digest, slice_of(name));
	digest_end(&digest, bytes);
	text_printf(out, "%02x", bytes[0]);
}

const char *rules_expand(const char *path, const User *user, Arena *arena)
{
	AUTO_VALUE(Text) result = { 0 };

	if (path[0] == '~' && (path[1] == '/' || !path[1])) {
		text_append_string(&result, user->home);
		path++;
	}
	for (; *path; path++) {
		if (path[0] == '%' && path[1] == 'u')
			text_append_string(&result, user->name), path++;
		else if (path[0] == '%' && path[1] == 'h')
			text_append_string(&result, user->home), path++;
		else if (path[0] == '%' && path[1] == 'H')
			append_hash(&result, user->name), path++;
		else if (path[0] == '%' && path[1] == '%')
			text_append_char(&result, *path++);
		else
			text_append_char(&result, *path);
	}
	return arena_copy_bytes(arena, text_string(&result), result.length);
}

static bool load(Rules *rules, int fd, Failure *why)
{
	struct stat status;

	if (fstat(fd, &status) == 0)
		rules->modified_s = status.st_mtim.tv_sec;
	if (io_read_file(fd, rules->path, SIEVE_LIMIT_SCRIPT_BYTES, &rules->source, why)) {
		rules->found = RULES_LOADED;
		return true;
	}
	return false;
}

/* One candidate.  True with found == NONE: it is not there. */
static bool try_path(Rules *rules, const char *path, const User *user, Arena *arena, Failure *why)
{
	Failure refusal = { 0 };
	auto_fd int fd = -1;

	rules->path = rules_expand(path, user, arena);
	switch (trusted_open(rules->path, user->uid, &fd, &refusal)) {
	case TRUST_ABSENT:
		rules->found = RULES_NONE;
		return true;
	case TRUST_REFUSED:
		rules->found = RULES_REFUSED;
		rules->why = arena_copy_string(arena, refusal.text);
		return true;
	case TRUST_UNREADABLE:
		*why = refusal;
		return false;
	case TRUST_OK:
		break;
	}
	if (load(rules, fd, &refusal))
		return true;
	if (refusal.error) {
		*why = refusal;
		return false;
	}
	rules->found = RULES_REFUSED; /* larger than any script may be */
	rules->why = arena_copy_string(arena, refusal.text);
	return true;
}

bool rules_find(Rules *rules, const char *option, const Config *config, const User *user, Arena *arena,
		Failure *why)
{
	*rules = (Rules){ 0 };
	if (option) {
		if (!try_path(rules, option, user, arena, why))
			return false;
		if (rules->found == RULES_NONE)
			return failure_retry(why, "the script '%s' named by -s does not exist", option);
		return true;
	}
	if (*config->sieve_script)
		return try_path(rules, config->sieve_script, user, arena, why);
	for (size_t i = 0; rules_places[i]; i++) {
		if (!try_path(rules, rules_places[i], user, arena, why))
			return false;
		if (rules->found != RULES_NONE)
			return true;
	}
	return true;
}

void rules_clear(Rules *rules)
{
	text_clear(&rules->source);
}
