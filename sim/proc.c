/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulated processes.
 *
 * Theory of operation. A process is a program's state machine and its open sockets. What happens to a socket marks its
 * descriptor and sets a timer that is due at once; when that fires, with the engine at rest, the program is told of
 * all that is marked, lowest descriptor first. So no program runs inside a packet's handling or inside another
 * program's call, as on a machine where a woken process runs once the softirq is done.
 * What a program sends has no cause but itself, and belongs to the command that started it.
 * PID namespaces are two views only: the host's, and the one of a program behind `unshare --pid --fork`, where it is
 * alone and PID 1. */
#include "sim/proc.h"

#include <stdlib.h>
#include <string.h>

#include "sim/sys.h"

#define FIRST_PID 3816
#define PID_STEP 2 /* between two of the lab's processes something else was started, if only unshare */
enum { SIG_INT = 2, EXIT_BY_SIGNAL = 128 };

static struct proc *proc_get(const struct sim *s, uint32_t id)
{
	return s->procs && id && id <= s->procs->n ? s->procs->by_id[id - 1] : NULL;
}

/* Process context: what runs is the program's, whoever woke it, and softirqs run behind what it sends. */
struct context {
	uint32_t cause, command, bh_off;
	bool in_timer;
};

static struct context enter(struct sim *s, uint32_t command)
{
	struct context c = { s->cause, s->command, s->bh_off, s->in_timer };

	s->cause = 0;
	s->command = command;
	s->bh_off = 0;
	s->in_timer = false;
	return c;
}

static void leave(struct sim *s, const struct context *c)
{
	s->cause = c->cause;
	s->command = c->command;
	s->bh_off = c->bh_off;
	s->in_timer = c->in_timer;
}

static void proc_free(struct proc *p)
{
	struct timers *ts = &p->s->net->timers;
	struct context c = enter(p->s, p->s->command);

	sys_close_all(p);
	leave(p->s, &c);
	timer_cancel(ts, &p->wake);
	timer_cancel(ts, &p->alarm);
	prog_free(p->prog);
	op_release(&p->op);
	free(p);
}

/* Out of the list of those that run, and gone. */
static void proc_end(struct proc *p)
{
	struct procs *ps = p->s->procs;
	struct proc **at = &ps->running, *before = NULL;

	while (*at != p) {
		before = *at;
		at = &before->next;
	}
	*at = p->next;
	if (ps->last == p)
		ps->last = before;
	ps->by_id[p->id - 1] = NULL;
	proc_free(p);
}

static void tell(struct proc *p, enum prog_event ev, int fd)
{
	struct context c = enter(p->s, p->command);

	p->busy = true;
	p->prog->ops->event(p->prog, ev, fd);
	p->busy = false;
	leave(p->s, &c);
}

/* One event by itself; the process may be gone afterwards. */
static void tell_one(struct proc *p, enum prog_event ev)
{
	tell(p, ev, -1);
	if (p->exited)
		proc_end(p);
}

static void on_alarm(void *ctx, struct timer *t)
{
	(void)ctx;
	tell_one(container_of(t, struct proc, alarm), PROG_TIMER);
}

static void on_wake(void *ctx, struct timer *t)
{
	static const enum prog_event order[] = { PROG_ERROR, PROG_READABLE, PROG_WRITABLE };
	struct proc *p = container_of(t, struct proc, wake);

	(void)ctx;
	p->woken = false;
	for (unsigned i = 0; i < p->fds && !p->exited; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(order) && !p->exited; j++) {
			struct proc_fd *f = &p->fd[i]; /* may have moved */

			if (!f->sk || !(f->pending & 1u << order[j]))
				continue;
			f->pending &= (uint8_t) ~(1u << order[j]);
			tell(p, order[j], f->sk->fd);
		}
	}
	if (p->exited)
		proc_end(p);
}

static struct procs *procs_of(struct sim *s)
{
	if (!s->procs)
		s->procs = xcalloc(1, sizeof(*s->procs));
	return s->procs;
}

static uint32_t number(struct procs *ps, struct proc *p)
{
	if (ps->n == ps->cap) {
		ps->cap = ps->cap ? ps->cap * 2 : 16;
		ps->by_id = xrealloc(ps->by_id, ps->cap * sizeof(*ps->by_id));
		ps->pid = xrealloc(ps->pid, ps->cap * sizeof(*ps->pid));
	}
	ps->by_id[ps->n] = p;
	ps->pid[ps->n] = p->inside ? -p->pid : p->pid;
	if (ps->last)
		ps->last->next = p;
	else
		ps->running = p;
	ps->last = p;
	return ++ps->n;
}

uint32_t proc_start(struct sim *s, struct ns *ns, const struct op *op, struct result *sink)
{
	struct procs *ps = procs_of(s);
	const struct prog_ops *ops = prog_find(op->run.argv[0]);
	struct proc *p = xcalloc(1, sizeof(*p));
	uint32_t id;

	if (!ops)
		bug("no program %s", op->run.argv[0]);
	p->sys.ops = &sim_sys;
	p->s = s;
	p->ns = ns;
	op_copy(&p->op, op);
	p->command = s->command;
	p->sink = sink;
	p->pid = FIRST_PID + PID_STEP * (int)ps->n;
	p->parent_pid = p->op.run.forked ? p->pid - 1 : 0;
	p->inside = p->op.run.new_pid_ns && p->op.run.forked;
	p->own_proc = p->inside && p->op.run.mount_proc;
	p->started = s->now;
	p->wake.fn = on_wake;
	p->alarm.fn = on_alarm;
	p->prog = prog_new(ops, &p->sys, p->op.run.argc, p->op.run.argv, p->op.run.input, p->op.run.input_size);
	p->id = id = number(ps, p);
	tell_one(p, PROG_START);
	return id;
}

bool proc_running(const struct sim *s, uint32_t id)
{
	return proc_get(s, id) != NULL;
}

unsigned proc_pids(const struct sim *s, uint32_t id, int pids[2])
{
	int pid = s->procs && id && id <= s->procs->n ? s->procs->pid[id - 1] : 0;

	pids[0] = pid < 0 ? -pid : pid;
	pids[1] = 1;
	return pid < 0 ? 2 : pid ? 1 : 0;
}

int proc_pid(const struct sim *s, uint32_t id)
{
	int pids[2];

	return proc_pids(s, id, pids) ? pids[0] : 0;
}

void proc_kill(struct sim *s, uint32_t id, int sig)
{
	struct proc *p = proc_get(s, id);

	if (!p)
		return;
	if (p->busy)
		bug("a process is ended from inside itself");
	if (sig == SIG_INT) {
		tell_one(p, PROG_SIGNAL);
		return;
	}
	p->exited = true;
	p->sink->status = EXIT_BY_SIGNAL + sig;
	proc_end(p);
}

bool procs_in_ns(const struct sim *s, const struct ns *ns)
{
	for (const struct proc *p = s->procs ? s->procs->running : NULL; p; p = p->next)
		if (p->ns == ns)
			return true;
	return false;
}

void procs_ns_gone(struct sim *s, const struct ns *ns)
{
	for (struct proc *p = s->procs ? s->procs->running : NULL; p; p = p->next)
		if (p->ns == ns)
			p->ns = NULL;
}

void procs_free(struct sim *s)
{
	struct procs *ps = s->procs;

	if (!ps)
		return;
	for (struct proc *p = ps->running, *next; p; p = next) {
		next = p->next;
		p->exited = true;
		proc_end(p);
	}
	free(ps->by_id);
	free(ps->pid);
	free(ps);
	s->procs = NULL;
}
