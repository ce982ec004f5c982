/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between sim/fuzz.c (the driver), sim/fuzz_shrink.c and sim/fuzz_report.c only. */
#ifndef SIM_FUZZ_STATE_H
#define SIM_FUZZ_STATE_H

#include "sim/fuzz_lab.h"

/* A lab to be tried, of the shrinker. */
struct fuzz_try {
	const struct buf *text;
	struct fuzz_result res;
};

struct fuzz_reason { /* why labs were refused, or kernel mode failed */
	enum fuzz_verdict verdict;
	char kind[160];
	uint64_t labs;
};
struct fuzz_tally {
	uint64_t verdict[FV_NUM]; /* labs */
	uint64_t flaky;           /* of those that differ: not every time */
	struct cover_count cover;
	struct fuzz_reason *reason;
	unsigned reasons;
};
void fuzz_tally_add(struct fuzz_tally *t, const struct fuzz_result *r);
void fuzz_tally_reason(struct fuzz_tally *t, enum fuzz_verdict v, const char *kind, uint64_t labs);
void fuzz_tally_release(struct fuzz_tally *t);
enum fuzz_exit fuzz_tally_exit(const struct fuzz_tally *t);

struct fuzz;
/* Runs all of them, many at once, and waits. -1: interrupted. */
int fuzz_try(struct fuzz *f, struct fuzz_try *tries, unsigned n);

/* Makes the lab as small as it can while it shows the same kind. *text is replaced. How many tries it took. */
unsigned fuzz_shrink(struct fuzz *f, struct buf *text, const struct fuzz_result *res);

/* ---- sim/fuzz_report.c ---- */
struct fuzz_found {
	uint64_t index, seed;
	struct fuzz_result res;
	unsigned again, of; /* how often it was seen when it was run again */
	struct buf text;    /* the lab, owned */
	struct buf all;     /* what `verify --json` said of it the first time, owned */
	unsigned commands;  /* before it was shrunk */
	char *file;         /* where it was kept; NULL = nowhere; owned */
};
void fuzz_report_begin(struct buf *b, const struct fuzz_options *o);                             /* JSON */
void fuzz_report_lab(struct buf *b, uint64_t index, uint64_t seed, const struct fuzz_result *r); /* JSON */
void fuzz_report_found(struct buf *b, const struct fuzz_found *x, bool json);
void fuzz_report_file(struct buf *b, const struct fuzz_options *o, const struct fuzz_found *x); /* the lab's file */
struct fuzz_summary {
	const struct fuzz_tally *tally;
	uint64_t labs, wall, cpu; /* done; ns that it took; ns of a processor for each lab. 0 = not known */
	const char *kernel, *user;
	bool stopped;
};
void fuzz_report_summary(struct buf *b, const struct fuzz_summary *s, bool json);

#endif
