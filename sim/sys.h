/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sim/proc.c and sim/sys.c share: a process, and the system calls over model sockets. */
#ifndef SIM_SYS_H
#define SIM_SYS_H

#include "model/op.h"
#include "model/prog.h"
#include "sim/sock.h"

struct proc_fd {
	struct sock *sk; /* NULL = closed */
	uint8_t pending; /* 1 << enum prog_event, not yet told */
};
struct proc {
	struct sys sys; /* first: what programs hold */
	struct sim *s;
	uint32_t id, command;
	struct ns *ns; /* NULL: it is gone, and every call fails */
	struct prog *prog;
	struct op op; /* its own copy: argv, input */
	struct result *sink;
	int pid, parent_pid;   /* as the host sees them; parent: of unshare, 0 = none */
	bool inside, own_proc; /* PID 1 of a PID namespace of its own; with a /proc of that */
	bool exited, busy, woken;
	struct timer wake, alarm;
	struct proc_fd *fd; /* number FD_FIRST + index */
	unsigned fds;
	uint64_t started;
	struct proc *next; /* those that run, by creation */
};
struct procs {
	struct proc *running, *last;
	struct proc **by_id; /* id - 1; NULL = ended */
	int *pid;            /* likewise, kept; negative: PID 1 of a namespace of its own as well */
	uint32_t n, cap;
};

extern const struct sys_ops sim_sys;
void sys_close_all(struct proc *p);
/* The namespace is no more: every call of its processes fails from now on. */
void procs_ns_gone(struct sim *s, const struct ns *ns);

#endif
