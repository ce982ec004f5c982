/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Each piece of work is a child with two pipes: one for what it tells, one for its standard error.
 * The parent polls the pipes of all, so that none of them waits, and a signalfd: SIGCHLD says that children have
 * ended, SIGINT and SIGTERM that the user wants to stop. A child is reported when it has been waited for, with what is
 * then left in its pipes; others may hold the writing ends for longer (a lab's processes, until the kernel has
 * killed them).
 * Children ask to be killed when their parent ends (PR_SET_PDEATHSIG), and stand in a process group of their own: what
 * a terminal sends is for the parent, who then ends them. What a child made in namespaces of its own ends with it:
 * kernel/sandbox.c.
 * How long a child was ready to run without running is in its schedstat (Documentation/scheduler/sched-stats.rst). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel/cpu.h"
#include "kernel/kernel.h"

#define TOLD_MAX (64u << 20) /* bytes of what a child tells that are kept */
#define SAID_MAX 8192u       /* of its standard error */
enum { TOLD, SAID, LATE, PIPES };

struct child {
	pid_t pid;
	void *task;
	uint64_t began, limit;
	bool overdue;
	unsigned cpu;  /* cpu_keep_to() */
	int fd[PIPES]; /* reading ends; -1 = closed */
	struct buf text[PIPES];
};
struct pool {
	struct child *child;
	unsigned n, cap;
	int signals;  /* signalfd */
	sigset_t old; /* the mask before */
	bool stop;
};
struct pool_pipe {
	int fd;
};

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NSEC_PER_SEC + (uint64_t)t.tv_nsec;
}

static int failed(struct err *err, const char *what)
{
	return err_set(err, (struct loc){ 0 }, "%s: %s", what, strerror(errno));
}

struct pool *pool_new(struct err *err)
{
	struct pool *p = xcalloc(1, sizeof(*p));
	struct rlimit r;
	sigset_t set;

	if (!getrlimit(RLIMIT_NOFILE, &r)) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &p->old);
	p->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (p->signals >= 0)
		return p;
	failed(err, "signalfd");
	pool_free(p);
	return NULL;
}

static void child_release(struct child *c)
{
	for (unsigned i = 0; i < PIPES; i++) {
		if (c->fd[i] >= 0)
			close(c->fd[i]);
		buf_release(&c->text[i]);
	}
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->n; i++)
		kill(p->child[i].pid, SIGKILL);
	for (unsigned i = 0; i < p->n; i++) {
		waitpid(p->child[i].pid, NULL, 0);
		child_release(&p->child[i]);
	}
	if (p->signals >= 0)
		close(p->signals);
	sigprocmask(SIG_SETMASK, &p->old, NULL);
	free(p->child);
	free(p);
}

/* ---- in the child ---- */

static void tell(struct pool_pipe *pipe, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = write(pipe->fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(1); /* nobody reads: the parent is gone, and so will this be */
		at += n;
		size -= (size_t)n;
	}
}

/* The second number of schedstat: ns of waiting for a processor. */
static void tell_late(int fd)
{
	char text[96];
	unsigned long long late = 0;
	int from = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	ssize_t n = from < 0 ? -1 : read(from, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	if (sscanf(text, "%*u %llu", &late) == 1)
		tell(&(struct pool_pipe){ fd }, &late, sizeof(late));
}

static _Noreturn void child_main(const struct pool *p, pid_t parent, int fd[PIPES], pool_fn *fn, const void *arg)
{
	struct pool_pipe pipe_ = { fd[TOLD] };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, &p->old, NULL);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	dup2(fd[SAID], STDERR_FILENO);
	fn(arg, &pipe_);
	tell_late(fd[LATE]);
	_exit(0);
}

/* ---- in the parent ---- */

static void close_all(int fd[], unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		close(fd[i]);
}

/* The processor of the fewest children. */
static unsigned choose_cpu(const struct pool *p)
{
	unsigned n = cpu_count(), best = 0, least = UINT_MAX;

	for (unsigned cpu = 0; cpu < n; cpu++) {
		unsigned there = 0;

		for (unsigned i = 0; i < p->n; i++)
			there += p->child[i].cpu == cpu;
		if (there < least) {
			least = there;
			best = cpu;
		}
	}
	return best;
}

static int pipes(int from[PIPES], int to[PIPES])
{
	for (unsigned i = 0; i < PIPES; i++) {
		int fd[2];

		if (pipe2(fd, O_CLOEXEC)) {
			close_all(from, i);
			close_all(to, i);
			return -1;
		}
		fcntl(fd[0], F_SETFL, O_NONBLOCK);
		from[i] = fd[0];
		to[i] = fd[1];
	}
	return 0;
}

static int start(struct pool *p, pool_fn *fn, const void *arg, void *task, uint64_t limit, struct err *err)
{
	struct child c = { .task = task, .began = clock_now(), .limit = limit };
	pid_t self = getpid();
	int to[PIPES], rc = 0;

	if (pipes(c.fd, to))
		return failed(err, "pipe");
	c.cpu = choose_cpu(p);
	fflush(NULL);
	c.pid = fork();
	if (!c.pid) {
		cpu_keep_to((int)c.cpu);
		child_main(p, self, to, fn, arg);
	}
	if (c.pid < 0)
		rc = failed(err, "fork");
	close_all(to, PIPES);
	if (rc) {
		close_all(c.fd, PIPES);
		return rc;
	}
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 16;
		p->child = xrealloc(p->child, p->cap * sizeof(*p->child));
	}
	p->child[p->n++] = c;
	return 0;
}

static void cancel(struct pool *p, const void *task)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->child[i].task == task)
			kill(p->child[i].pid, SIGKILL);
}

/* Reads what there is; closes the descriptor at its end. */
static void drain(struct child *c, unsigned i)
{
	size_t max = i == TOLD ? TOLD_MAX : SAID_MAX;
	char chunk[16384];
	ssize_t n;

	while (c->fd[i] >= 0 && (n = read(c->fd[i], chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		if (c->text[i].size < max)
			buf_put(&c->text[i], chunk, (size_t)n);
	}
	if (c->fd[i] >= 0)
		close(c->fd[i]);
	c->fd[i] = -1;
}

static uint64_t of_timeval(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * NSEC_PER_SEC + (uint64_t)t->tv_usec * NSEC_PER_USEC;
}

/* Reports child i when it has ended. */
static bool reap(struct pool *p, unsigned i, struct pool_end *end)
{
	struct child *c = &p->child[i];
	struct rusage u;
	int status;

	if (wait4(c->pid, &status, WNOHANG, &u) != c->pid)
		return false;
	for (unsigned k = 0; k < PIPES; k++)
		drain(c, k);
	*end = (struct pool_end){ .task = c->task,
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.overdue = c->overdue,
		.told = c->text[TOLD],
		.said = c->text[SAID],
		.wall = clock_now() - c->began,
		.cpu = of_timeval(&u.ru_utime) + of_timeval(&u.ru_stime) };
	if (c->text[LATE].size >= sizeof(end->late))
		memcpy(&end->late, c->text[LATE].data, sizeof(end->late));
	c->text[TOLD] = c->text[SAID] = (struct buf){ 0 };
	child_release(c);
	*c = p->child[--p->n];
	return true;
}

/* Kills what is overdue; returns when the next one will be. */
static uint64_t kill_overdue(struct pool *p, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (unsigned i = 0; i < p->n; i++) {
		struct child *c = &p->child[i];

		if (c->overdue)
			continue;
		if (now - c->began < c->limit) {
			next = c->began + c->limit < next ? c->began + c->limit : next;
			continue;
		}
		c->overdue = true;
		kill(c->pid, SIGKILL);
	}
	return next;
}

static void read_signals(struct pool *p)
{
	struct signalfd_siginfo s;

	while (read(p->signals, &s, sizeof(s)) == sizeof(s))
		p->stop |= s.ssi_signo != SIGCHLD;
}

/* Waits for anything, at most until `until`, and reads it. */
static void pump(struct pool *p, uint64_t until)
{
	struct pollfd *fds = xcalloc(p->n * PIPES + 1, sizeof(*fds));
	uint64_t now = clock_now(), ms = until > now ? (until - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC : 0;
	unsigned n = 0;

	fds[n++] = (struct pollfd){ .fd = p->signals, .events = POLLIN };
	for (unsigned i = 0; i < p->n; i++)
		for (unsigned k = 0; k < PIPES; k++)
			if (p->child[i].fd[k] >= 0)
				fds[n++] = (struct pollfd){ .fd = p->child[i].fd[k], .events = POLLIN };
	poll(fds, n, ms < 60000 ? (int)ms : 60000);
	free(fds);
	for (unsigned i = 0; i < p->n; i++)
		for (unsigned k = 0; k < PIPES; k++)
			drain(&p->child[i], k);
	read_signals(p);
}

static int next(struct pool *p, uint64_t wait, struct pool_end *end)
{
	uint64_t began = clock_now(), now = began;

	for (;;) {
		uint64_t due = kill_overdue(p, now), until = due < began + wait ? due : began + wait;

		if (p->stop)
			return -1;
		for (unsigned i = 0; i < p->n; i++)
			if (reap(p, i, end))
				return 1;
		if (now - began >= wait)
			return 0;
		pump(p, until);
		now = clock_now();
	}
}

const struct pool_ops kernel_pool = { .start = start, .next = next, .cancel = cancel, .tell = tell, .now = clock_now };
