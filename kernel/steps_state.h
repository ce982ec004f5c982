/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the comparison of steps is made of: kernel/steps.c puts it together, kernel/blind.c takes out what tracepoints
 * were blind for, kernel/steps_report.c tells. */
#ifndef KERNEL_STEPS_STATE_H
#define KERNEL_STEPS_STATE_H

#include "kernel/observe.h"
#include "kernel/tp_steps.h"
#include "kernel/vars.h"
#include "model/htab.h"
#include "model/report.h"
#include "model/run.h"

struct witness;
struct side { /* indices: seqs of the trace, or places in the list of observations */
	uint64_t *v;
	unsigned n;
};
struct row {
	struct hnode node;
	const struct witness *w;
	char *key;
	struct side model, kernel;
	struct row *next; /* in order of birth */
};
struct step { /* a pair, or what has no partner */
	const struct row *row;
	uint64_t seq;
	const struct obs *obs;
	const char *field; /* NULL: they agree */
	enum obs_source source;
	bool blind; /* tracepoints were blind for it: not compared */
};
struct steps {
	const struct run *run;
	uint64_t began; /* when the run began in the kernel (ns, monotonic clock), which it keeps pace with; 0 = not so
			 */
	struct vars *vars;
	struct observe *o;
	struct report *report;
	struct htab by_key;
	struct row *first, **last;
	struct step *step;
	unsigned n, cap, late, noise, own_time, acks, untold;
	unsigned left_out[TP_LEFT_OUT];
};

/* Marks the steps that tracepoints may not have told of since no program was run then; how many. */
unsigned steps_mark_blind(struct steps *t);
/* Adds a comparison to t->report for each step, what was observed and what was not. */
void steps_report(struct steps *t);

#endif
