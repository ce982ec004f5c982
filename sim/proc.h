/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulated processes: the programs of model/prog.h running in a namespace of the model. */
#ifndef SIM_PROC_H
#define SIM_PROC_H

#include "model/op.h"
#include "sim/sim.h"

/* Starts the program of an OP_RUN in ns; it gets PROG_START at once. What it writes goes to *sink, and when it ends
 * its status; sink must live until then (or until procs_free). Returns its id, never 0. The op is borrowed only
 * for the call. */
uint32_t proc_start(struct sim *s, struct ns *ns, const struct op *op, struct result *sink);
bool proc_running(const struct sim *s, uint32_t id);
/* Its PID as the host's PID namespace sees it: what a shell's $! says. Also known after its end. */
int proc_pid(const struct sim *s, uint32_t id);
/* Its PIDs: as the host's PID namespace sees it, then in a PID namespace of its own when it has one. How many (1 or 2);
 * also known after its end. */
unsigned proc_pids(const struct sim *s, uint32_t id, int pids[2]);
/* Ends it at once as signal `sig` does, status 128 + sig; nothing when it is not running. */
void proc_kill(struct sim *s, uint32_t id, int sig);
bool procs_in_ns(const struct sim *s, const struct ns *ns); /* does one run there? */
void netns_reap(struct sim *s); /* sim/netns.c: namespaces without a name whose last process has ended go */
void procs_free(struct sim *s); /* ends and frees all; NULL s->procs is fine */

#endif
