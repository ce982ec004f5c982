/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of the model a lab has reached: a set of items, which are the rows of the model's own lists. */
#ifndef SIM_FUZZ_COVER_H
#define SIM_FUZZ_COVER_H

#include "model/run.h"

enum cover_group {
	COVER_OP,      /* operations that were done */
	COVER_REFUSED, /* operations that failed */
	COVER_PROGRAM,
	COVER_EVENT,
	COVER_STAGE,
	COVER_DROP,
	COVER_SYSCTL, /* written */
	COVER_MATCH,  /* of iptables, used in a rule */
	COVER_TARGET,
	COVER_GROUPS
};
#define COVER_MAX 512
struct cover { /* a set */
	uint8_t bit[COVER_MAX / 8];
};
struct cover_count { /* of how many labs each item was reached; {0} to begin with */
	uint64_t labs[COVER_MAX];
};
const char *cover_group_name(enum cover_group g);
unsigned cover_size(enum cover_group g);
unsigned cover_first(enum cover_group g); /* the group's items are numbered from here */
const char *cover_name(enum cover_group g, unsigned i);
/* The item by names; -1 = none. */
int cover_find(const char *group, const char *name);

/* What the run has reached. */
void cover_run(struct cover *c, const struct run *run);
bool cover_has(const struct cover *c, unsigned item);
void cover_add(struct cover_count *n, const struct cover *c);
/* How much it is worth to run a lab that reaches this: the rarer its items have been so far, the more. */
uint64_t cover_worth(const struct cover_count *n, const struct cover *c);

#endif
