/* warner - what the passes over a compiled script share: for warnings.c and its passes alone */
#ifndef SIEVE_WARNER_H
#define SIEVE_WARNER_H

#include "sieve/script.h"
#include "sieve/warnings.h"

typedef struct SieveWarner {
	SieveScript *script;
	const SieveWarnSetup *setup;
	SieveFindings *findings;
	Arena *arena;
	Failure *why; /* its kind says whether something could not be looked at */
} SieveWarner;

/* As sieve_check_warn. */
#define sieve_warn_at(warner, warning, where, advice, ...)                                                   \
	sieve_report(                                                                                        \
		(warner)->findings, (warner)->script,                                                        \
		&(SieveReport){ SIEVE_WARNING, .name = (warning), .span = (where), .suggestion = (advice) }, \
		__VA_ARGS__)

static inline bool sieve_is_verb(const SieveNode *node, const char *name)
{
	return node->verb && strcmp(node->verb->name, name) == 0;
}

/* Calls `visit` for every command and test behind `node`, in it and in what hangs on it, in their order. */
void sieve_each_node(SieveWarner *warner, const SieveNode *node,
		     void (*visit)(SieveWarner *warner, const SieveNode *node));

/* The passes. */
void sieve_warn_of_reach(SieveWarner *warner);
void sieve_warn_of_lost_mail(SieveWarner *warner);
void sieve_warn_of_words(SieveWarner *warner);
void sieve_warn_of_variables(SieveWarner *warner);

#endif
