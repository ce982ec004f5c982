/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. unshare(2) puts the process itself into its new namespaces; the PID namespace is for its
 * children, the first of which becomes PID 1 there: it does nothing but reap, and asks the kernel to be killed when
 * its parent ends (PR_SET_PDEATHSIG), which ends every process in that PID namespace. Network namespaces live as long
 * as a process or a descriptor of ours holds them. So kill -9 leaves nothing.
 * /proc/sys/net shows the namespace of whoever opens a file, so it need not be mounted anew.
 * A new network namespace takes IPv4's `all` and `default` from the machine's first one (devinet_init_net(),
 * net/ipv4/devinet.c) and has whatever the machine's policy says: kernel/sysctl.c sets what the model says. */
#include "kernel/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/sysctl.h"
#include "model/nf.h"

static int sys_err(struct err *err, const char *what)
{
	return err_set(err, (struct loc){ 0 }, "%s: %s", what, strerror(errno));
}

/* What unshare(2) refused; the limits are those of create_user_ns(), copy_net_ns() and their like. */
static int no_namespace(struct err *err, const char *what)
{
	int e = errno;

	return err_set(err, (struct loc){ 0 }, "%s: unshare: %s%s", what, strerror(e),
		e == ENOSPC ? " (limits: user.max_*_namespaces)" : "");
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* A user namespace in which this user is root. */
static int become_root(struct err *err)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER))
		return no_namespace(err, "user namespaces can not be made here, and this is not root");
	/* a gid map needs this first; kernels before 3.19 do not have it */
	if (write_file("/proc/self/setgroups", "deny") && errno != ENOENT)
		return sys_err(err, "/proc/self/setgroups");
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	if (write_file("/proc/self/uid_map", map))
		return sys_err(err, "/proc/self/uid_map");
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	if (write_file("/proc/self/gid_map", map))
		return sys_err(err, "/proc/self/gid_map");
	return 0;
}

/* alive: a pipe whose other end the parent alone holds. When it has ended before prctl() nobody sends the signal. */
static _Noreturn void init_process(const int alive[2])
{
	struct pollfd p = { .fd = alive[0], .events = POLLIN };

	close(alive[1]);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || poll(&p, 1, 0))
		_exit(1);
	prctl(PR_SET_NAME, "lab-init");
	for (;;)
		if (waitpid(-1, NULL, 0) < 0)
			pause();
}

static int start_init(struct sandbox *s, struct err *err)
{
	int alive[2];

	if (pipe2(alive, O_CLOEXEC))
		return sys_err(err, "pipe");
	s->init = fork();
	if (!s->init)
		init_process(alive);
	close(alive[0]);
	if (s->init < 0) {
		sys_err(err, "a process can not be started: fork");
		close(alive[1]);
		return -1;
	}
	s->alive = alive[1];
	return 0;
}

int sandbox_private_mounts(void)
{
	if (!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 0;
	/* in a chroot the root need not be a mount; /proc is the only one that is ever mounted over */
	return errno == EINVAL ? mount(NULL, "/proc", NULL, MS_REC | MS_PRIVATE, NULL) : -1;
}

static int raise_files(struct err *err)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r))
		return sys_err(err, "getrlimit");
	r.rlim_cur = r.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &r) ? sys_err(err, "setrlimit") : 0;
}

static uint32_t name_hash(const char *name)
{
	return hash_bytes(name, strlen(name), 0);
}

static struct kns *kns_new(struct sandbox *s, const char *name)
{
	struct kns *ns = xcalloc(1, sizeof(*ns));

	str_copy(ns->name, sizeof(ns->name), name);
	ns->fd = -1;
	htab_add(&s->by_name, &ns->by_name, name_hash(name));
	*(s->last ? &s->last->next : &s->first) = ns;
	return s->last = ns;
}

/* Takes hold of the network namespace that the thread is in. */
static int kns_hold(struct kns *ns, struct err *err)
{
	ns->fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	return ns->fd < 0 ? sys_err(err, "/proc/thread-self/ns/net") : 0;
}

int sandbox_enter(struct sandbox *s, struct err *err)
{
	struct kns *host;

	*s = (struct sandbox){ .as_root = geteuid() == 0 };
	if (raise_files(err) || (!s->as_root && become_root(err)))
		return -1;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC))
		return no_namespace(err, "namespaces can not be made here");
	if (sandbox_private_mounts())
		return sys_err(err, "mount");
	if (start_init(s, err))
		return -1;
	host = kns_new(s, "");
	if (kns_hold(host, err))
		return -1;
	s->current = host;
	return sysctl_fresh(s, host, err);
}

static void kns_free(struct kns *ns)
{
	nl_close(ns->route);
	nf_free(ns->nf);
	if (ns->ns)
		ns->ns->nf = NULL;
	net_free(ns->shadow);
	if (ns->fd >= 0)
		close(ns->fd);
	free(ns);
}

void sandbox_leave(struct sandbox *s)
{
	if (s->init > 0) {
		kill(s->init, SIGKILL);
		waitpid(s->init, NULL, 0);
		close(s->alive);
	}
	while (s->first) {
		struct kns *ns = s->first;

		s->first = ns->next;
		kns_free(ns);
	}
	htab_release(&s->by_name);
	*s = (struct sandbox){ 0 };
}

struct kns *sandbox_find(const struct sandbox *s, const char *name)
{
	for (struct hnode *n = htab_first(&s->by_name, name_hash(name)); n; n = htab_next(n)) {
		struct kns *ns = container_of(n, struct kns, by_name);

		if (!strcmp(ns->name, name))
			return ns;
	}
	return NULL;
}

struct kns *sandbox_add(struct sandbox *s, const char *name, struct err *err)
{
	struct kns *ns;

	if (unshare(CLONE_NEWNET)) {
		no_namespace(err, "a network namespace can not be made");
		return NULL;
	}
	ns = kns_new(s, name);
	s->current = ns;
	if (kns_hold(ns, err) || sysctl_fresh(s, ns, err)) {
		sandbox_go(s, s->first, NULL);
		sandbox_del(s, ns);
		return NULL;
	}
	return ns;
}

void sandbox_del(struct sandbox *s, struct kns *ns)
{
	struct kns *before = s->first; /* never ns, which is not the initial one */

	if (s->current == ns)
		sandbox_go(s, s->first, NULL);
	while (before->next != ns)
		before = before->next;
	before->next = ns->next;
	if (s->last == ns)
		s->last = before;
	htab_del(&s->by_name, &ns->by_name);
	kns_free(ns);
}

struct kns *sandbox_hold(const struct kns *ns, struct err *err)
{
	struct kns *held = xcalloc(1, sizeof(*held));

	str_copy(held->name, sizeof(held->name), ns->name);
	held->fd = fcntl(ns->fd, F_DUPFD_CLOEXEC, 0);
	if (held->fd >= 0)
		return held;
	sys_err(err, "holding a namespace");
	free(held);
	return NULL;
}

void sandbox_let_go(struct sandbox *s, struct kns *held)
{
	if (s->current == held)
		sandbox_go(s, s->first, NULL);
	kns_free(held);
}

int sandbox_go(struct sandbox *s, const struct kns *ns, struct err *err)
{
	if (s->current == ns)
		return 0;
	if (setns(ns->fd, CLONE_NEWNET))
		return sys_err(err, "setns");
	s->current = ns;
	return 0;
}

struct nl *sandbox_route(struct sandbox *s, struct kns *ns, struct err *err)
{
	if (!ns->route && !sandbox_go(s, ns, err))
		ns->route = nl_open(NETLINK_ROUTE, err);
	return ns->route;
}
