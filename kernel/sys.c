/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls for programs, over real sockets.
 *
 * Theory of operation. One program, one process, one ppoll() loop. All sockets are non-blocking. What a socket may be
 * polled for depends on what the program has been told: writable only after a connect() that is under way or a send()
 * that found no room, readable not after the end of the stream, so that a level-triggered poll never spins. A raw
 * socket's IP header is cut off here, its TTL handed over. SIGINT comes by signalfd, which works for PID 1 of a PID
 * namespace too (a signal without a handler would be lost there). */
#include "kernel/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kernel/procfs.h"
#include "model/prog.h"

#define KSYS_FDS 1024
#define PACKET_SIZE 65536 /* an IP packet's, at most */

struct ksock {
	bool used, want_write, ended, idle, recverr; /* idle: TCP, neither connected nor listening */
	enum sys_sock kind;
	unsigned generation; /* grows when the number is used again */
};

struct ksys {
	struct sys sys; /* first */
	struct prog *prog;
	struct ksock sock[KSYS_FDS];
	int top;        /* one above the highest number in use */
	uint64_t alarm; /* UINT64_MAX: off */
	int verifier, pid, status;
	bool exited;
	uint8_t *packet;
	struct pollfd fds[KSYS_FDS + 1]; /* what is waited for */
};

static struct ksys *of(struct sys *s)
{
	return container_of(s, struct ksys, sys);
}

static int result_of(long n)
{
	return n < 0 ? -errno : (int)n;
}

static struct sockaddr_in to_sockaddr(const struct sys_addr *a)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(a->port) };

	sin.sin_addr.s_addr = htonl(a->ip.family == IP_V4 ? a->ip.v4 : 0);
	return sin;
}

static struct sys_addr from_sockaddr(const struct sockaddr_in *sin)
{
	return (struct sys_addr){ ip4(ntohl(sin->sin_addr.s_addr)), ntohs(sin->sin_port) };
}

/* Ends the program: errno is the machine's, and none that the lab could bring about. */
static _Noreturn void refused(const char *what)
{
	dprintf(2, KSYS_REFUSED "%s: %s\n", what, strerror(errno));
	_exit(2);
}

/* The same, when the result of a call says so; else the result. */
static int unless_refused(int rc, const char *what)
{
	if (rc != -EMFILE && rc != -ENFILE && rc != -ENOMEM)
		return rc;
	errno = -rc;
	refused(what);
}

/* ---- sockets ---- */

static int install(struct ksys *k, int fd, enum sys_sock kind, bool idle)
{
	struct ksock *s;

	if (fd >= KSYS_FDS) {
		errno = EMFILE;
		refused("a socket");
	}
	s = &k->sock[fd];
	*s = (struct ksock){ .used = true, .idle = idle, .kind = kind, .generation = s->generation + 1 };
	if (fd >= k->top)
		k->top = fd + 1;
	return fd;
}

static int sys_socket(struct sys *s, enum sys_sock kind)
{
	int type = kind == SYS_TCP ? SOCK_STREAM : kind == SYS_UDP ? SOCK_DGRAM : SOCK_RAW;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, kind == SYS_RAW_ICMP ? IPPROTO_ICMP : 0), on = 1;

	if (fd < 0)
		refused("a socket");
	if (kind == SYS_UDP)
		setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on));
	return install(of(s), fd, kind, kind == SYS_TCP);
}

static int sys_bind(struct sys *s, int fd, const struct sys_addr *a)
{
	struct sockaddr_in sin = to_sockaddr(a);

	(void)s;
	return unless_refused(result_of(bind(fd, (struct sockaddr *)&sin, sizeof(sin))), "bind");
}

static int sys_bind_device(struct sys *s, int fd, const char *dev)
{
	(void)s;
	return result_of(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev, (socklen_t)strlen(dev) + 1));
}

static int sys_connect(struct sys *s, int fd, const struct sys_addr *a)
{
	struct sockaddr_in sin = to_sockaddr(a);
	struct ksock *k = &of(s)->sock[fd];
	int err = unless_refused(result_of(connect(fd, (struct sockaddr *)&sin, sizeof(sin))), "connect");

	if (err == -EINPROGRESS)
		k->want_write = true;
	if (!err || err == -EINPROGRESS)
		k->idle = false;
	return err;
}

static int sys_listen(struct sys *s, int fd, int backlog)
{
	int err = unless_refused(result_of(listen(fd, backlog)), "listen");

	if (!err)
		of(s)->sock[fd].idle = false;
	return err;
}

static int sys_accept(struct sys *s, int fd, struct sys_addr *peer)
{
	struct sockaddr_in sin = { 0 };
	socklen_t len = sizeof(sin);
	int got = accept4(fd, (struct sockaddr *)&sin, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (got < 0)
		return unless_refused(-errno, "accept");
	if (peer)
		*peer = from_sockaddr(&sin);
	return install(of(s), got, SYS_TCP, false);
}

static int sys_sockname(struct sys *s, int fd, struct sys_addr *a)
{
	struct sockaddr_in sin = { 0 };
	socklen_t len = sizeof(sin);

	(void)s;
	if (getsockname(fd, (struct sockaddr *)&sin, &len))
		return -errno;
	*a = from_sockaddr(&sin);
	return 0;
}

static int sys_peername(struct sys *s, int fd, struct sys_addr *a)
{
	struct sockaddr_in sin = { 0 };
	socklen_t len = sizeof(sin);

	(void)s;
	if (getpeername(fd, (struct sockaddr *)&sin, &len))
		return -errno;
	*a = from_sockaddr(&sin);
	return 0;
}

static long sys_send(struct sys *s, int fd, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	struct sockaddr_in sin;
	ssize_t n;

	if (to)
		sin = to_sockaddr(to);
	n = sendto(fd, data, size, MSG_NOSIGNAL | (confirm ? MSG_CONFIRM : 0), to ? (struct sockaddr *)&sin : NULL,
		to ? sizeof(sin) : 0);
	if (n < 0)
		n = unless_refused(-errno, "sending");
	if (n == -EAGAIN || (n >= 0 && n < (ssize_t)size))
		of(s)->sock[fd].want_write = true;
	return n;
}

static void take_ttl(struct msghdr *h, struct sys_msg *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		int ttl;

		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_TTL)
			continue;
		memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
		m->ttl = (uint8_t)ttl;
	}
}

/* Cuts the IP header off. */
static long raw_data(struct ksys *k, struct sys_msg *m, long n)
{
	uint32_t head = (uint32_t)(k->packet[0] & 15) * 4, size;

	if (n < 20 || (uint32_t)n < head)
		return 0;
	m->ttl = k->packet[8];
	m->size = size = (uint32_t)n - head;
	if (size > m->cap)
		size = m->cap;
	memcpy(m->data, k->packet + head, size);
	return size;
}

static long sys_recv(struct sys *s, int fd, struct sys_msg *m)
{
	struct ksys *k = of(s);
	bool raw = k->sock[fd].kind == SYS_RAW_ICMP, tcp = k->sock[fd].kind == SYS_TCP;
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct iovec iov = { raw ? k->packet : m->data, raw ? PACKET_SIZE : m->cap };
	union {
		char room[64];
		struct cmsghdr align;
	} control;
	struct msghdr h = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	long n = recvmsg(fd, &h, tcp ? 0 : MSG_TRUNC);

	if (n < 0) {
		n = unless_refused(-errno, "receiving");
		if (tcp && n != -EAGAIN)
			k->sock[fd].ended = true;
		return n;
	}
	if (tcp && !n && m->cap)
		k->sock[fd].ended = true;
	m->from = from_sockaddr(&from);
	m->ttl = 0;
	if (raw)
		return raw_data(k, m, n);
	take_ttl(&h, m);
	m->size = (uint32_t)n;
	return n < (long)m->cap ? n : (long)m->cap;
}

static long sys_recverr(struct sys *s, int fd, struct sys_msg *m)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct iovec iov = { m->data, m->cap };
	union {
		char room[256];
		struct cmsghdr align;
	} control;
	struct msghdr h = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	long n = recvmsg(fd, &h, MSG_ERRQUEUE);

	(void)s;
	if (n < 0)
		return -errno;
	m->size = (uint32_t)n;
	m->from = from_sockaddr(&to);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c)) {
		struct {
			struct sock_extended_err ee;
			struct sockaddr_in offender;
		} e = { 0 };
		size_t len = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR)
			continue;
		memcpy(&e, CMSG_DATA(c), len < sizeof(e) ? len : sizeof(e));
		m->ee_errno = (int)e.ee.ee_errno;
		m->ee_origin = e.ee.ee_origin;
		m->ee_type = e.ee.ee_type;
		m->ee_code = e.ee.ee_code;
		m->ee_info = e.ee.ee_info;
		m->offender = ip4(ntohl(e.offender.sin_addr.s_addr));
	}
	return n;
}

static int sys_sockerr(struct sys *s, int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	(void)s;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) ? errno : err;
}

static int sys_setopt(struct sys *s, int fd, enum sys_opt opt, int value)
{
	static const struct {
		int level, name;
	} option[] = {
		[SYS_TTL] = { IPPROTO_IP, IP_TTL },
		[SYS_TOS] = { IPPROTO_IP, IP_TOS },
		[SYS_MARK] = { SOL_SOCKET, SO_MARK },
		[SYS_BROADCAST] = { SOL_SOCKET, SO_BROADCAST },
		[SYS_PMTUDISC] = { IPPROTO_IP, IP_MTU_DISCOVER },
		[SYS_RECVERR] = { IPPROTO_IP, IP_RECVERR },
		[SYS_REUSEADDR] = { SOL_SOCKET, SO_REUSEADDR },
		[SYS_RCVTOS] = { IPPROTO_IP, IP_RECVTOS },
		[SYS_REUSEPORT] = { SOL_SOCKET, SO_REUSEPORT },
		[SYS_ICMP_FILTER] = { SOL_RAW, ICMP_FILTER },
		[SYS_SNDBUF] = { SOL_SOCKET, SO_SNDBUF },
	};
	int err;

	if (opt == SYS_TTL)
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &value, sizeof(value));
	err = result_of(setsockopt(fd, option[opt].level, option[opt].name, &value, sizeof(value)));
	if (!err && opt == SYS_RECVERR)
		of(s)->sock[fd].recverr = value;
	return err;
}

static int sys_shutdown_write(struct sys *s, int fd)
{
	(void)s;
	return result_of(shutdown(fd, SHUT_WR));
}

static void sys_close(struct sys *s, int fd)
{
	struct ksock *k = fd >= 0 && fd < KSYS_FDS ? &of(s)->sock[fd] : NULL;

	if (!k || !k->used)
		return;
	k->used = false;
	close(fd);
}

/* ---- the rest ---- */

static uint64_t sys_now(struct sys *s)
{
	struct timespec t;

	(void)s;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NSEC_PER_SEC + (uint64_t)t.tv_nsec;
}

static void sys_alarm(struct sys *s, uint64_t when)
{
	of(s)->alarm = when;
}

static void sys_write(struct sys *s, int fd, const void *data, size_t size)
{
	const char *at = data;

	(void)s;
	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		at += n;
		size -= (size_t)n;
	}
}

static unsigned sys_processes(struct sys *s, struct sys_proc **list)
{
	int n = procfs_list(of(s)->verifier, list);

	if (n < 0)
		refused("/proc");
	return (unsigned)n;
}

/* The model's: ping makes an ICMP id of it, and those of a sandbox, where PIDs begin at 1, are what
 * nf_nat_l4proto_unique_tuple() tries first. */
static int sys_getpid(struct sys *s)
{
	return of(s)->pid;
}

static bool sys_dev_has_addr(struct sys *s, const char *dev, const struct ipaddr *a)
{
	struct ifaddrs *all;
	bool found = false;

	(void)s;
	if (getifaddrs(&all))
		refused("the list of addresses");
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct sockaddr_in sin;

		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || strcmp(i->ifa_name, dev))
			continue;
		memcpy(&sin, i->ifa_addr, sizeof(sin));
		found |= ntohl(sin.sin_addr.s_addr) == a->v4;
	}
	freeifaddrs(all);
	return found;
}

static void sys_exit(struct sys *s, int status)
{
	of(s)->exited = true;
	of(s)->status = status;
}

static const struct sys_ops kernel_sys = {
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

/* ---- the loop ---- */

static void tell(struct ksys *k, enum prog_event ev, int fd)
{
	if (!k->exited)
		k->prog->ops->event(k->prog, ev, fd);
}

static void tell_socket(struct ksys *k, int fd, short got)
{
	struct ksock *s = &k->sock[fd];
	unsigned generation = s->generation;

	if (s->want_write && got & (POLLOUT | POLLERR | POLLHUP)) {
		s->want_write = false;
		tell(k, PROG_WRITABLE, fd);
		if (!s->used || s->generation != generation)
			return;
		got &= ~(POLLERR | POLLHUP); /* that was it */
	}
	if (s->recverr && got & POLLERR) {
		tell(k, PROG_ERROR, fd);
		got &= ~POLLERR;
	}
	if (s->used && s->generation == generation && got & (POLLIN | POLLERR | POLLHUP))
		tell(k, PROG_READABLE, fd);
}

static unsigned poll_set(struct ksys *k, struct pollfd *fds)
{
	unsigned n = 0;

	for (int fd = 0; fd < k->top; fd++) {
		struct ksock *s = &k->sock[fd];
		short want = (short)((s->ended ? 0 : POLLIN) | (s->want_write ? POLLOUT : 0));

		if (s->used && !s->idle && want)
			fds[n++] = (struct pollfd){ .fd = fd, .events = want };
	}
	return n;
}

static int wait_events(struct ksys *k, struct pollfd *fds, unsigned n)
{
	uint64_t now = sys_now(&k->sys), left = k->alarm > now ? k->alarm - now : 0;
	struct timespec t = { .tv_sec = (time_t)(left / NSEC_PER_SEC), .tv_nsec = (long)(left % NSEC_PER_SEC) };

	return ppoll(fds, n, k->alarm == UINT64_MAX ? NULL : &t, NULL);
}

static void loop(struct ksys *k, int signals)
{
	struct pollfd *fds = k->fds;
	struct signalfd_siginfo info;

	while (!k->exited) {
		unsigned n = poll_set(k, fds), generation[KSYS_FDS];

		for (unsigned i = 0; i < n; i++)
			generation[i] = k->sock[fds[i].fd].generation;
		fds[n] = (struct pollfd){ .fd = signals, .events = POLLIN };
		if (wait_events(k, fds, n + 1) < 0 && errno != EINTR)
			refused("ppoll");
		if (fds[n].revents & POLLIN && read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
			tell(k, PROG_SIGNAL, -1);
		for (unsigned i = 0; i < n; i++) {
			const struct ksock *s = &k->sock[fds[i].fd];

			if (fds[i].revents && s->used && s->generation == generation[i])
				tell_socket(k, fds[i].fd, fds[i].revents);
		}
		if (k->alarm <= sys_now(&k->sys)) {
			k->alarm = UINT64_MAX;
			tell(k, PROG_TIMER, -1);
		}
	}
}

struct ksys *ksys_new(void)
{
	struct ksys *k = xcalloc(1, sizeof(*k));

	k->sys = (struct sys){ &kernel_sys };
	k->alarm = UINT64_MAX;
	k->packet = xmalloc(PACKET_SIZE);
	return k;
}

void ksys_free(struct ksys *k)
{
	if (!k)
		return;
	free(k->packet);
	free(k);
}

int ksys_run(struct ksys *k, const struct op_run *run, int verifier, int pid, int ready)
{
	const struct prog_ops *ops = prog_find(run->argv[0]);
	sigset_t set;
	int signals;

	if (!ops)
		return 127;
	k->verifier = verifier;
	k->pid = pid;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		refused("signalfd");
	k->prog = prog_new(ops, &k->sys, run->argc, run->argv, run->input, run->input_size);
	tell(k, PROG_START, -1);
	close(ready);
	loop(k, signals);
	prog_free(k->prog);
	return k->status;
}
