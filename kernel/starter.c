/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A request is one message of a socket pair: a pointer, and descriptors (SCM_RIGHTS). The starter
 * calls clone(2) with CLONE_PARENT, so that the new process is its sibling: who asked for it waits for it, and is the
 * parent whose end PR_SET_PDEATHSIG tells of. The answer is an errno, and the PID as credentials (SCM_CREDENTIALS): the
 * kernel turns it into what the receiver's PID namespace calls it (net/core/scm.c). The starter has closed the
 * descriptors before it answers, so it keeps none of them open. */
#include "kernel/starter.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/base.h"

struct starter {
	pid_t pid;
	int sock;
};
/* Room for one control message, and where it begins. */
union control {
	struct cmsghdr align;
	char fds[CMSG_SPACE(STARTER_FDS * sizeof(int))];
	char creds[CMSG_SPACE(sizeof(struct ucred))];
};

static void put_control(struct msghdr *m, union control *c, int type, const void *data, size_t size)
{
	memset(c, 0, sizeof(*c));
	m->msg_control = c;
	m->msg_controllen = CMSG_SPACE(size);
	*CMSG_FIRSTHDR(m) = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = type, .cmsg_len = CMSG_LEN(size) };
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(m)), data, size);
}

/* The data of the message's control message of this type and size; false = it has none. */
static bool get_control(struct msghdr *m, int type, void *data, size_t size)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != type || h->cmsg_len != CMSG_LEN(size))
			continue;
		memcpy(data, CMSG_DATA(h), size);
		return true;
	}
	return false;
}

static ssize_t send_message(int sock, const struct msghdr *m)
{
	ssize_t n;

	do {
		n = sendmsg(sock, m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n;
}

static ssize_t receive_message(int sock, struct msghdr *m)
{
	ssize_t n;

	do {
		n = recvmsg(sock, m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* ---- in the starter ---- */

static void answer(int sock, pid_t pid, int error)
{
	struct ucred who = { .pid = pid, .uid = getuid(), .gid = getgid() };
	struct iovec iov = { &error, sizeof(error) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control c;

	if (pid > 0)
		put_control(&m, &c, SCM_CREDENTIALS, &who, sizeof(who));
	if (send_message(sock, &m) < 0)
		_exit(1);
}

static void serve_one(int sock, starter_fn *fn, void *ctx)
{
	const void *arg;
	union control c;
	struct iovec iov = { &arg, sizeof(arg) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c) };
	int fd[STARTER_FDS];
	long pid;

	if (receive_message(sock, &m) != (ssize_t)sizeof(arg))
		_exit(0);                                   /* nobody is there any more */
	if (!get_control(&m, SCM_RIGHTS, fd, sizeof(fd))) { /* no room for more: unix(7) */
		answer(sock, 0, EMFILE);
		return;
	}
	pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid) {
		fn(ctx, arg, fd);
		_exit(126);
	}
	for (unsigned i = 0; i < STARTER_FDS; i++)
		close(fd[i]);
	answer(sock, (pid_t)pid, pid < 0 ? errno : 0);
}

/* What a terminal sends is for the one that asks: this ends with it, by its signal or by the socket's end. */
static _Noreturn void serve(int sock, starter_fn *fn, void *ctx)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sock = dup2(sock, STDERR_FILENO + 1);
	if (sock < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) || close_range((unsigned)sock + 1, ~0U, 0))
		_exit(1);
	prctl(PR_SET_NAME, "lab-starter");
	for (;;)
		serve_one(sock, fn, ctx);
}

/* ---- in the one that asks ---- */

struct starter *starter_new(starter_fn *fn, void *ctx, struct err *err)
{
	struct starter *s = xcalloc(1, sizeof(*s));
	int fd[2] = { -1, -1 }, on = 1;

	if (!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) &&
		!setsockopt(fd[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		s->pid = fork();
	else
		s->pid = -1;
	if (!s->pid)
		serve(fd[1], fn, ctx);
	if (s->pid < 0)
		err_set(err, (struct loc){ 0 }, "a process can not be started: %s", strerror(errno));
	if (fd[1] >= 0)
		close(fd[1]);
	s->sock = fd[0];
	if (s->pid > 0)
		return s;
	if (s->sock >= 0)
		close(s->sock);
	free(s);
	return NULL;
}

pid_t starter_start(struct starter *s, const void *arg, const int fd[STARTER_FDS])
{
	int error = 0;
	struct iovec iov = { &arg, sizeof(arg) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct ucred who = { 0 };
	union control c;
	ssize_t n;

	put_control(&m, &c, SCM_RIGHTS, fd, STARTER_FDS * sizeof(*fd));
	if (send_message(s->sock, &m) < 0)
		return -1;
	iov = (struct iovec){ &error, sizeof(error) };
	m = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c) };
	n = receive_message(s->sock, &m);
	if (n == (ssize_t)sizeof(error) && !error && get_control(&m, SCM_CREDENTIALS, &who, sizeof(who)) && who.pid > 0)
		return who.pid;
	if (n >= 0)
		errno = n && error ? error : ESRCH;
	return -1;
}

void starter_free(struct starter *s)
{
	if (!s)
		return;
	close(s->sock);
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(s);
}
