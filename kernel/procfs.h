/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc says of processes. */
#ifndef KERNEL_PROCFS_H
#define KERNEL_PROCFS_H

#include "model/prog.h"

/* The lab's of the processes that the mounted /proc shows, as sys_ops.processes: those that descend from `verifier`; 0:
 * all. How many, or -1 with errno. */
int procfs_list(int verifier, struct sys_proc **list);
/* A process that `parent` has forked; 0: there is none, or /proc does not say. */
int procfs_child(int parent);
/* NSpid of /proc/PID/status. How many; 0 when there is no such process. */
unsigned procfs_nspid(int pid, int *pids, unsigned max);
/* How long it has waited for a processor so far (ns), by /proc/PID/schedstat; 0 where that does not exist. */
uint64_t procfs_starved(int pid);
/* Where the calling process's command line and environment lie, one behind the other: {0} when /proc does not say. */
struct procfs_title {
	char *at;
	size_t size;
};
struct procfs_title procfs_title_find(void);
/* Writes what ps is to show of this process over both; its name is the first word's last part. */
void procfs_title_set(const struct procfs_title *t, const char *line);

#endif
