/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `pktwalk fuzz`: random labs, each run in the model and in the kernel and compared. */
#ifndef SIM_FUZZ_H
#define SIM_FUZZ_H

#include "model/pool.h"
#include "model/report.h"
#include "model/run.h"
#include "sim/lab.h"

/* What it needs of whoever calls: processes, the kernel, somewhere to write. */
struct fuzz_host {
	const struct pool_ops *ops;
	struct pool *pool;
	/* The run done again in the kernel, in the calling process, which it may spoil for anything else. 0, or -1
	 * with *err: the comparison could not take place. again: for a run at the machine's pace, which *report is of
	 * when it says so. NULL: the model alone. */
	int (*verify)(const void *ctx, const struct run *run, struct lab_again *again, struct report *report,
		struct err *err);
	const void *ctx;                    /* verify's */
	void (*out)(const struct buf *b);   /* standard output, at once */
	void (*progress)(const char *line); /* a line that overwrites itself; "" = none; NULL: not wanted */
	/* Writes a file, making the folder: 0, or -1 with *err. */
	int (*write)(const char *dir, const char *name, const struct buf *text, struct err *err);
	/* How many neighbour entries the kernel has, of all namespaces; *most: with how many it begins to collect old
	 * ones, which a lab sees. -1: not known here. NULL: labs never meet. */
	long (*neighbours)(long *most);
	unsigned cpus;
};
struct fuzz_options {
	uint64_t seed;          /* of the whole run */
	uint64_t labs;          /* of all shards together */
	uint64_t shard, shards; /* this one (from 1) of so many: the labs whose index % shards is shard - 1 */
	unsigned jobs;          /* labs at once, at most; 0 = as many as suit the machine */
	uint64_t findings;      /* stop after so many; 0 = never */
	const char *keep;       /* folder for what is found */
	bool json;
};
enum fuzz_exit { FUZZ_AGREES = 0, FUZZ_DIFFERS = 1, FUZZ_UNUSABLE = 2, FUZZ_UNCERTAIN = 3 };
#define FUZZ_SEED_MAX ((1ull << 48) - 1) /* of a lab: JSON readers keep it exactly */

/* How many labs may run at once. */
unsigned fuzz_jobs_max(const struct fuzz_options *o, unsigned cpus);
/* Runs them and reports. The exit status; FUZZ_UNUSABLE with *err: labs can't be verified here. */
int fuzz_run(const struct fuzz_options *o, const struct fuzz_host *h, struct err *err);
/* Appends the lab of a lab's own seed. */
void fuzz_print(uint64_t lab_seed, struct buf *out);

/* Several outputs of --json put together, which are those of the shards of one run, or of several runs. */
struct fuzz_merge;
struct fuzz_merge *fuzz_merge_new(void);
/* One file's whole text. 0, or -1 with *err: it is no such output, or not whole, or has labs that came before. */
int fuzz_merge_add(struct fuzz_merge *m, const char *path, const char *text, size_t size, struct err *err);
/* The summary of all, in words or as JSON; the exit status. Frees m. */
int fuzz_merge_end(struct fuzz_merge *m, bool json, struct buf *out);

#endif
