/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of packets: the events of the model's trace against what the kernel told of its own. */
#ifndef KERNEL_STEPS_H
#define KERNEL_STEPS_H

#include "kernel/observe.h"
#include "kernel/vars.h"
#include "model/report.h"
#include "model/run.h"

/* Compares each event of the trace that some source of `o` must have seen with what it saw, one by one, and the other
 * way round; adds a record to the report for each, in the order of the model's steps, and what was not observed here.
 * `vars`: as bound by the comparison of frames. `began`: when a run that keeps the machine's pace began in the kernel
 * (ns, monotonic clock); 0 = it does not. The trace must have kept flows. */
void compare_steps(const struct run *run, uint64_t began, struct observe *o, struct vars *vars, struct report *report);

#endif
