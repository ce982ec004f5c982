/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One random lab in a process of its own: what the child does, and what the parent learns of it. */
#ifndef SIM_FUZZ_LAB_H
#define SIM_FUZZ_LAB_H

#include "sim/fuzz.h"
#include "sim/fuzz_cover.h"

enum fuzz_verdict {
	FV_NONE,      /* not there yet */
	FV_PREDICTED, /* run in the model alone, as was asked for */
	FV_AGREES,
	FV_DIFFERS,
	FV_UNCERTAIN, /* the comparison says that it can't say */
	FV_REFUSED,   /* by the model: not modelled, or a storm */
	FV_FAILED,    /* kernel mode could not do it */
	FV_CRASHED,
	FV_HUNG, /* killed after its time */
	FV_NUM
};
const char *fuzz_verdict_name(enum fuzz_verdict v); /* "agrees", "differs", ... */
bool fuzz_verdict_finding(enum fuzz_verdict v);     /* a mistake of pktwalk's, somewhere */
/* What a child tells, as it is: once after the model, once after the kernel. */
struct fuzz_result {
	enum fuzz_verdict verdict;
	struct cover cover; /* in the model */
	uint64_t now;       /* ns of virtual time that the lab takes */
	uint32_t commands, line;
	uint32_t neighbours; /* the most entries that its namespaces have at a time */
	char kind[160];      /* of the difference, the crash, the refusal: what is one and the same has one name */
	char text[3000];     /* what there is to say: the first difference, both sides */
	char kernel[64], user[48];
};

#define FUZZ_SEEDS 16 /* that one child draws labs from, at most */

/* What a child is to do: its struct is the arg of the pool_fn. */
struct fuzz_work {
	const struct fuzz_host *host;
	const char *text; /* of fuzz_lab_child() */
	size_t size;
	uint64_t longest;          /* ns of virtual time: a lab that takes longer is refused. 0: none is */
	uint64_t seed[FUZZ_SEEDS]; /* of fuzz_candidates_child() */
	unsigned n;
};
void fuzz_lab_child(const void *work, struct pool_pipe *pipe);        /* model and kernel */
void fuzz_candidates_child(const void *work, struct pool_pipe *pipe); /* the model alone: a result for each seed */
/* From what a child of fuzz_lab_child() told, how it ended; *r gets the verdict, and *all (may be NULL) behind what it
 * has what `verify --json` says of a lab that differs. */
void fuzz_lab_result(const struct pool_end *end, struct fuzz_result *r, struct buf *all);
/* Of fuzz_candidates_child(): r[n] are filled. The one that it crashed or hung at is the last that is; how many are. */
unsigned fuzz_candidates_result(const struct pool_end *end, struct fuzz_result *r, unsigned n);

#endif
