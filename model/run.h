/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of one run of a lab in the model: each command as it was executed (loops unrolled, variables
 * expanded), with its operation and what it returned; the trace; the final state. Renderers read it, and the
 * kernel back end replays it and compares. */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include "model/look.h"
#include "model/op.h"
#include "model/trace.h"

struct expect {                /* a `#: expect` comment; see docs/lab-language.md */
	bool given;            /* false: everything else is 0 */
	bool status_set, fail; /* fail: any status but 0 */
	int status;
	char **text;
	unsigned texts; /* must be in the output */
	char **no_text;
	unsigned no_texts; /* must not be */
	struct loc loc;
};
void expect_copy(struct expect *to, const struct expect *from); /* deep */
void expect_release(struct expect *e);
struct command {
	struct loc loc;
	char *text; /* as written after expansion, one line */
	struct op op;
	struct result res;
	bool out_null, err_null; /* redirected to /dev/null: captured, not shown */
	bool err_to_out;         /* 2>&1; with out_null: the error output alone goes to where the output went before */
	bool out_to_err;         /* >&2 */
	bool background;         /* started with & */
	bool tested;             /* in a condition: its failure is no failure of the lab */
	bool storm;              /* packets went round without end meanwhile: cut off (DROP_SIM_LIMIT) */
	struct expect expect;
	char *hint;          /* of `#: hint`; NULL = none */
	bool expect_met;     /* true when there is none and it succeeded (or was only tested) */
	char *why;           /* when not met: what was expected, what came; owned; NULL when met */
	uint64_t start, end; /* ns */
	uint64_t events;     /* of the trace, when the shell went on to the next command */
	uint32_t process;    /* of OP_RUN; 0 = none */
	int pid[2];          /* of OP_RUN: as the host's PID namespace sees it; then in its own, when it has one */
	unsigned pids;
};
struct pace {         /* that of a machine on which the lab ran */
	uint64_t *at; /* when each command may begin at the soonest (ns since the beginning), and the end: n in all */
	uint32_t n;
	/* The beginning by the machine's CLOCK_MONOTONIC, whose whole multiples of a tick its ticks come at
	 * (kernel/time/tick-sched.c); how many ticks it had counted (jiffies) where that clock begins. 0 = not known.
	 */
	uint64_t began, jiffies;
};
struct run {
	const char *path; /* of the lab */
	struct command *cmd;
	unsigned n, cap;
	struct trace *trace;
	struct net *net;         /* as it stood at the end; owned by the simulator while it lives */
	uint64_t now;            /* ns, at the end */
	struct looks *looks;     /* at the tables between commands, owned; NULL: none are made */
	bool stopped;            /* `set -e` or `exit` ended it early */
	const struct pace *pace; /* borrowed; NULL: commands take no time of their own */
	int status;              /* of the last command, or of exit */
};
void run_release(struct run *r); /* commands and trace; not net */
/* Appends an empty command and returns it (pointer valid until the next append). */
struct command *run_add(struct run *r);

#endif
