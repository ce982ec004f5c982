/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison: what the model predicted against what the kernel did. Each compared thing becomes one record of
 * the report. */
#ifndef KERNEL_COMPARE_H
#define KERNEL_COMPARE_H

#include "kernel/capture.h"
#include "kernel/replay.h"
#include "kernel/vars.h"
#include "model/report.h"
#include "model/run.h"

/* A device whose frames are compared, by its names; and which of the kernel's frames are its. */
struct compare_device {
	const char *ns, *dev;
};
/* Compares the predicted frames with the captured ones, per device and direction, in order. `only` (n of them)
 * restricts it to these devices, NULL = every one. Captures without directions (DIR_UNKNOWN) are compared with both,
 * interleaved. */
void compare_frames(const struct run *run, struct frames *captured, struct vars *vars,
	const struct compare_device *only, unsigned n, struct report *report);
/* Each command's status and output; the processes' PIDs. */
void compare_results(const struct replay *r, struct report *report);
/* Of a `ps`: the heading and the lab's own processes as each side printed them, without what differs from machine to
 * machine (kernel/ps.c). The caller frees both. */
void ps_lab_lines(const struct replay *r, unsigned index, char **model, char **kernel);
/* Links, addresses, routes and bridge ports between commands, where the model's run looked at them. */
void compare_looks(const struct run *run, const struct looks *kernel, struct vars *vars, struct report *report);
/* Addresses, routes, neighbours, fdb, links, connection tracking entries of every namespace after the last command. */
void compare_tables(const struct run *run, const struct net *kernel, struct vars *vars, struct report *report);

#endif
