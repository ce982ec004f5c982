/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only header of kernel/ that sim/main.c sees. With KERNEL=0 kernel/stub.c stands in for all of it. */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "model/pool.h"
#include "model/report.h"
#include "model/run.h"

struct kernel_shared;
enum kernel_fault { /* for the tests */
	FAULT_NONE,
	FAULT_ALTER, /* one captured frame */
	FAULT_LOSE,
	FAULT_ADD,
	FAULT_LOST,            /* lose one and say that one was lost */
	FAULT_ONLY_SAID,       /* say so and lose none */
	FAULT_LOST_AND_RESULT, /* as FAULT_LOST, with a result that differs */
	FAULT_SLOW,            /* a machine that is 60 ms late before each command */
};
struct kernel_options {
	const char *save_dir; /* predicted.pcapng is main's; captured frames go to DIR/captured.pcapng; NULL = none */
	void (*progress)(void *ctx, const struct command *cmd, unsigned index, unsigned n); /* may be NULL */
	void *ctx;
	/* The model's run once more, at the pace at which this machine carried out the commands (struct run, n of them;
	 * sim/lab.h, lab_run_again()). NULL when it can not be done. May be NULL itself. */
	const struct run *(*again)(void *ctx, const struct pace *pace);
	void *again_ctx;
	enum kernel_fault fault;
	const struct kernel_shared *shared; /* kernel_share(); NULL = this lab is alone */
};
/* Builds the lab of `run` in namespaces of its own, runs the commands and the probes, captures, compares.
 * Root and plain user alike. Returns 0 when the comparison took place (its result is in *report), -1 with
 * *err when it could not (not built in, no user namespaces, ...). Leaves nothing behind, kill -9 included.
 * Where they differ at the model's own pace, in which commands take no time, and o->again is there, the comparison is
 * made with that run; then report->again says that it is what *report is of. */
int kernel_verify(const struct run *run, const struct kernel_options *o, struct report *report, struct err *err);

/* For a driver that forks a process per lab, before it forks: what costs more than a lab, and that all of them can use
 * (the programs at tracepoints), is set up once. labs: how many run at once, at most. Children inherit it, and need not
 * let go of it; without root there is nothing to share, and each lab's report says why. Never NULL. */
struct kernel_shared *kernel_share(unsigned labs);
void kernel_unshare(struct kernel_shared *s); /* NULL is fine */
/* How many neighbours the kernel has, of all namespaces together. From *most on (gc_thresh1) it throws out those that
 * failed or that nobody uses (net/core/neighbour.c neigh_periodic_work()), whose lab then differs. -1: that can not be
 * seen from here, which is in another network namespace than the machine's first. */
long kernel_neighbours(long *most);

struct capture_file {
	const char *ns, *dev, *path; /* from --capture NS:DEV=FILE */
};
/* Compares the run's predicted frames with captures taken elsewhere (pcap or pcapng). */
int kernel_compare(
	const struct run *run, const struct capture_file *files, unsigned n, struct report *report, struct err *err);
/* Loads what every kernel_verify() needs, so that processes which are forked off find it there. */
void kernel_prepare(void);
/* Which libraries it is built with, or "not built in": a line for --version. */
const char *kernel_about(void);

/* Work in processes (model/pool.h). While there is a pool SIGINT and SIGTERM do nothing but make next() say so. NULL
 * with *err. */
struct pool *pool_new(struct err *err);
void pool_free(struct pool *p); /* ends what runs; NULL is fine */
extern const struct pool_ops kernel_pool;

#endif
