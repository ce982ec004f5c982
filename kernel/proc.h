/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes: the programs of model/prog.h, each in a process of its own inside real namespaces, over real
 * sockets (kernel/sys.c). The one that verifies stays single-threaded; it starts them, waits for what they write
 * on pipes, and reads from /proc which PIDs they have.
 *
 * All of them are children of the sandbox's PID namespace, which dies with the verifying process. */
#ifndef KERNEL_PROC_H
#define KERNEL_PROC_H

#include <poll.h>

#include "model/err.h"
#include "model/op.h"

struct kprocs;
struct kproc;
/* What starts them: to be made inside the sandbox, before what makes the process large, and after what it is to run,
 * for that is read from memory as it is now. NULL with *err. */
struct kprocs *kprocs_new(struct err *err);
void kprocs_free(struct kprocs *ks); /* NULL is fine; after all that it started */
/* A new process enters the network namespace, makes a PID namespace and mounts a /proc of its own when the op says so
 * (as unshare --pid --fork --mount-proc does), and runs the program of the OP_RUN until it ends. The op has been there
 * since before kprocs_new(). pid: what the program takes for its own PID. NULL with *err when the system refuses. */
struct kproc *kproc_start(struct kprocs *ks, int netns_fd, const struct op *op, int pid, struct err *err);
#define KPROC_FDS 3
/* The descriptors to wait for (POLLIN); at most KPROC_FDS. 0 when it has ended. */
unsigned kproc_poll(const struct kproc *k, struct pollfd fds[KPROC_FDS]);
/* How long it had waited for a processor when it ended (ns): what other load cost it. */
uint64_t kproc_starved(const struct kproc *k);
/* It has waited for something, or has ended: what it does at once is done, a server listens. By the last pump. */
bool kproc_waits(const struct kproc *k);
/* Takes over what it wrote, without waiting. False once it has ended and all was read: res->status is then final
 * (128 + N when signal N ended it). */
bool kproc_pump(struct kproc *k, struct result *res);
/* Of one that has ended, with what was written into `res`: 0, or -1 with *err when the machine ended it, or refused it
 * what it needs, so that its result is none of the lab's. */
int kproc_outcome(const struct kproc *k, const struct result *res, struct loc loc, struct err *err);
void kproc_kill(struct kproc *k, int sig);
int kproc_pid(const struct kproc *k); /* as the verifying process sees it; of the program itself, not of unshare */
/* NSpid of /proc/PID/status: its PID in each PID namespace, outermost (the verifying process's) first, as they
 * were when it started. How many. */
unsigned kproc_nspid(const struct kproc *k, int *pids, unsigned max);
void kproc_free(struct kproc *k); /* ends it (SIGKILL) when it runs, and reaps it */

#endif
