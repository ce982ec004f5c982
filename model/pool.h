/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work in processes of its own, many at once: what sim/fuzz.c asks of the system. kernel/pool.c is the system's side;
 * whoever has another gives other functions. */
#ifndef MODEL_POOL_H
#define MODEL_POOL_H

#include "model/buf.h"
#include "model/err.h"

struct pool;
struct pool_pipe; /* how a child tells its parent */

/* What a child does. What it told by then has arrived, also when it crashes next. */
typedef void pool_fn(const void *arg, struct pool_pipe *pipe);

struct pool_end { /* how one ended */
	void *task;
	int status;               /* exit status */
	int signal;               /* that ended it; 0 = none */
	bool overdue;             /* it took longer than it may, and was killed */
	struct buf told, said;    /* what it told; the beginning of its standard error. The receiver releases both */
	uint64_t wall, cpu, late; /* ns: its life; processor time, of those that it waited for too; how long its main
				     thread was ready to run and did not (0 where the system does not say) */
};

struct pool_ops {
	/* Starts fn(arg) in a process that ends with its parent, however that ends. limit: ns that it may take. arg
	 * need not outlive the call. 0, or -1 with *err: no more processes or descriptors to be had. */
	int (*start)(struct pool *p, pool_fn *fn, const void *arg, void *task, uint64_t limit, struct err *err);
	/* Waits at most `wait` ns for one to end. 1: *end is filled; 0: none did; -1: the user wants all of it to
	 * stop (SIGINT, SIGTERM), now and in every later call. */
	int (*next)(struct pool *p, uint64_t wait, struct pool_end *end);
	/* Ends one that runs; it is reported by next() like any other. */
	void (*cancel)(struct pool *p, const void *task);
	/* In the child. */
	void (*tell)(struct pool_pipe *pipe, const void *data, size_t size);
	uint64_t (*now)(void); /* ns of a clock that only goes forward */
};

#endif
