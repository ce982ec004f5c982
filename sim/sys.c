/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls of model/prog.h over model sockets.
 *
 * Theory of operation. A call runs in process context (sim/sim.h): the receive side of a veth or of lo runs in the
 * softirq behind each packet that it sends. So an acknowledgement is under way before the program that sent goes on to
 * close. Programs woken by it run afterwards, from a timer that is due at once (sim/proc.c). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sys.h"

#define FD_FIRST 3

static struct proc *proc_of(struct sys *sys)
{
	return container_of(sys, struct proc, sys);
}

static struct sock *sock_of(struct sys *sys, int fd)
{
	struct proc *p = proc_of(sys);

	return fd >= FD_FIRST && (unsigned)(fd - FD_FIRST) < p->fds ? p->fd[fd - FD_FIRST].sk : NULL;
}

static void sys_wake(struct sim *s, struct sock *sk, enum prog_event ev)
{
	struct proc *p = sk->owner;

	p->fd[sk->fd - FD_FIRST].pending |= (uint8_t)(1u << ev);
	if (!p->woken && !p->exited) {
		p->woken = true;
		timer_set(&s->net->timers, &p->wake, s->now);
	}
}

static void sys_gone(struct sock *sk)
{
	struct proc *p = sk->owner;

	p->fd[sk->fd - FD_FIRST] = (struct proc_fd){ 0 };
}

static int install(struct proc *p, struct sock *sk)
{
	unsigned i = 0;

	while (i < p->fds && p->fd[i].sk)
		i++;
	if (i == p->fds) {
		p->fds = p->fds ? p->fds * 2 : 4;
		p->fd = xrealloc(p->fd, p->fds * sizeof(*p->fd));
		memset(p->fd + i, 0, (p->fds - i) * sizeof(*p->fd));
	}
	p->fd[i] = (struct proc_fd){ .sk = sk };
	sk->owner = p;
	sk->wake = sys_wake;
	sk->gone = sys_gone;
	sk->fd = (int)i + FD_FIRST;
	str_copy(sk->program, sizeof(sk->program), p->prog->ops->name);
	return sk->fd;
}

static int sys_socket(struct sys *sys, enum sys_sock kind)
{
	struct proc *p = proc_of(sys);

	if (!p->ns)
		return -ENETDOWN;
	return install(p, sock_new(p->s, p->ns, kind));
}

static int sys_bind(struct sys *sys, int fd, const struct sys_addr *a)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_bind(proc_of(sys)->s, sk, a) : -EBADF;
}

static int sys_bind_device(struct sys *sys, int fd, const char *dev)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_bind_device(sk, dev) : -EBADF;
}

static int sys_connect(struct sys *sys, int fd, const struct sys_addr *a)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_connect(proc_of(sys)->s, sk, a) : -EBADF;
}

static int sys_listen(struct sys *sys, int fd, int backlog)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? tcp_listen(proc_of(sys)->s, sk, backlog) : -EBADF;
}

static int sys_accept(struct sys *sys, int fd, struct sys_addr *peer)
{
	struct proc *p = proc_of(sys);
	struct sock *sk = sock_of(sys, fd), *child;

	if (!sk)
		return -EBADF;
	if (!tcp_is_listening(sk))
		return -EINVAL;
	child = tcp_accept(p->s, sk);
	if (!child)
		return -EAGAIN;
	if (peer)
		*peer = (struct sys_addr){ ip4(child->daddr), child->dport };
	fd = install(p, child);
	/* what came before there was anybody to tell */
	sys_wake(p->s, child, PROG_READABLE);
	return fd;
}

static int sys_sockname(struct sys *sys, int fd, struct sys_addr *a)
{
	struct sock *sk = sock_of(sys, fd);

	if (!sk)
		return -EBADF;
	*a = (struct sys_addr){ ip4(sk->saddr ? sk->saddr : sk->rcv_saddr), sk->sport };
	return 0;
}

static int sys_peername(struct sys *sys, int fd, struct sys_addr *a)
{
	struct sock *sk = sock_of(sys, fd);

	if (!sk)
		return -EBADF;
	if (sk->proto == &proto_tcp ? !tcp_is_connected(sk) : !sk->connected)
		return -ENOTCONN;
	*a = (struct sys_addr){ ip4(sk->daddr), sk->dport };
	return 0;
}

static long sys_send(struct sys *sys, int fd, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_send(proc_of(sys)->s, sk, data, size, to, confirm) : -EBADF;
}

static long sys_recv(struct sys *sys, int fd, struct sys_msg *m)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_recv(proc_of(sys)->s, sk, m) : -EBADF;
}

static long sys_recverr(struct sys *sys, int fd, struct sys_msg *m)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_recverr(proc_of(sys)->s, sk, m) : -EBADF;
}

static int sys_sockerr(struct sys *sys, int fd)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_take_error(sk) : EBADF;
}

static int sys_setopt(struct sys *sys, int fd, enum sys_opt opt, int value)
{
	struct sock *sk = sock_of(sys, fd);

	return sk ? sock_setopt(sk, opt, value) : -EBADF;
}

static int sys_shutdown_write(struct sys *sys, int fd)
{
	struct sock *sk = sock_of(sys, fd);

	if (!sk)
		return -EBADF;
	return sk->proto == &proto_tcp ? tcp_shutdown(proc_of(sys)->s, sk) : sk->connected ? 0 : -ENOTCONN;
}

static void sys_close(struct sys *sys, int fd)
{
	struct proc *p = proc_of(sys);
	struct sock *sk = sock_of(sys, fd);

	if (!sk)
		return;
	p->fd[fd - FD_FIRST] = (struct proc_fd){ 0 };
	sock_close(p->s, sk);
}

void sys_close_all(struct proc *p)
{
	for (unsigned i = 0; i < p->fds; i++)
		sys_close(&p->sys, (int)i + FD_FIRST);
	free(p->fd);
	p->fd = NULL;
	p->fds = 0;
}

static uint64_t sys_now(struct sys *sys)
{
	return proc_of(sys)->s->now;
}

static void sys_alarm(struct sys *sys, uint64_t when)
{
	struct proc *p = proc_of(sys);

	if (when == UINT64_MAX || p->exited)
		timer_cancel(&p->s->net->timers, &p->alarm);
	else
		timer_set(&p->s->net->timers, &p->alarm, when < p->s->now ? p->s->now : when);
}

static void sys_write(struct sys *sys, int fd, const void *data, size_t size)
{
	struct result *sink = proc_of(sys)->sink;

	buf_put(fd == 2 ? &sink->err : &sink->out, data, size);
}

static int sys_getpid(struct sys *sys)
{
	const struct proc *p = proc_of(sys);

	return p->inside ? 1 : p->pid;
}

/* ---- ps ---- */

/* What a Debian host runs when someone has just logged in to it over ssh and started the lab. */
static const struct {
	int pid;
	const char *user, *stat, *comm;
} machine[] = {
	{ 1, "root", "Ss", "/sbin/init" },
	{ 2, "root", "S", "[kthreadd]" },
	{ 268, "root", "Ss", "/lib/systemd/systemd-journald" },
	{ 289, "root", "Ss", "/lib/systemd/systemd-udevd" },
	{ 527, "root", "Ss", "/lib/systemd/systemd-logind" },
	{ 594, "root", "Ss", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups" },
	{ 3702, "root", "Ss", "sshd: root@pts/0" },
	{ 3721, "root", "Ss", "-bash" },
	{ 3801, "root", "S+", "bash lab.sh" },
};

static void command_line(const struct proc *p, char *to, size_t size, const char *before)
{
	size_t n = (size_t)snprintf(to, size, "%s", before);

	for (unsigned i = 0; i < p->op.run.argc && n < size; i++)
		n += (size_t)snprintf(to + n, size - n, "%s%s", n ? " " : "", p->op.run.argv[i]);
}

static void ps_add(struct sys_proc *e, int pid, bool lab, const char *user, const char *stat, uint64_t started)
{
	*e = (struct sys_proc){ .pid = pid, .lab = lab, .started = started };
	str_copy(e->user, sizeof(e->user), user);
	str_copy(e->stat, sizeof(e->stat), stat);
}

static void unshare_line(const struct proc *p, struct sys_proc *e)
{
	char words[64];

	snprintf(words, sizeof(words), "unshare%s%s%s", p->op.run.new_pid_ns ? " --pid" : "",
		p->op.run.forked ? " --fork" : "", p->op.run.mount_proc ? " --mount-proc" : "");
	ps_add(e, p->parent_pid, true, "root", "S", p->started);
	command_line(p, e->comm, sizeof(e->comm), words);
}

/* As /proc shows them that the process sees: its own PID namespace's when it has mounted that, else the host's. */
static unsigned sys_processes(struct sys *sys, struct sys_proc **list)
{
	struct proc *self = proc_of(sys);
	unsigned n = 0, all = ARRAY_SIZE(machine);

	for (struct proc *p = self->s->procs->running; p; p = p->next)
		all += 2;
	*list = xcalloc(all, sizeof(**list));
	if (self->own_proc) {
		ps_add(*list, 1, true, "root", "R", self->started);
		command_line(self, (*list)->comm, sizeof((*list)->comm), "");
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(machine); i++) {
		ps_add(*list + n, machine[i].pid, false, machine[i].user, machine[i].stat, 0);
		str_copy((*list)[n].comm, sizeof((*list)->comm), machine[i].comm);
		n++;
	}
	for (struct proc *p = self->s->procs->running; p; p = p->next) {
		if (p->parent_pid)
			unshare_line(p, *list + n++);
		ps_add(*list + n, p->pid, true, "root", p == self ? "R+" : "S", p->started);
		command_line(p, (*list)[n].comm, sizeof((*list)->comm), "");
		n++;
	}
	return n;
}

/* getifaddrs() names addresses by their labels */
static bool sys_dev_has_addr(struct sys *sys, const char *dev, const struct ipaddr *a)
{
	struct proc *p = proc_of(sys);

	if (!p->ns)
		return false;
	list_for_each (d, &p->ns->devs, struct dev, ns_node)
		list_for_each (ifa, &d->addrs, struct ifaddr, node)
			if (ip_eq(&ifa->local, a) && !strcmp(ifa->label, dev))
				return true;
	return false;
}

static void sys_exit(struct sys *sys, int status)
{
	struct proc *p = proc_of(sys);

	if (p->exited)
		return;
	p->exited = true;
	p->sink->status = status;
}

const struct sys_ops sim_sys = {
	.socket = sys_socket,
	.bind = sys_bind,
	.bind_device = sys_bind_device,
	.connect = sys_connect,
	.listen = sys_listen,
	.accept = sys_accept,
	.sockname = sys_sockname,
	.peername = sys_peername,
	.send = sys_send,
	.recv = sys_recv,
	.recverr = sys_recverr,
	.sockerr = sys_sockerr,
	.setopt = sys_setopt,
	.shutdown_write = sys_shutdown_write,
	.close = sys_close,
	.now = sys_now,
	.alarm = sys_alarm,
	.write = sys_write,
	.processes = sys_processes,
	.getpid = sys_getpid,
	.dev_has_addr = sys_dev_has_addr,
	.exit = sys_exit,
};
