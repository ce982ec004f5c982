/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes of a lab.
 *
 * Theory of operation. kproc_start() has a starter fork (kernel/starter.c). The child enters the network namespace,
 * closes every descriptor but its standard ones (a descriptor of a namespace would keep that alive after `ip netns
 * del`), and runs the program. For `unshare --pid --fork` there is one process more, as there is with the real tool:
 * the child makes the PID namespace, forks the program as its PID 1, waits for it and passes its status on. Over a
 * socket pair the program says that it is there, or what the system refused; it waits for leave, so that the parent can
 * look at its PIDs however soon it ends. It closes its end when it waits for the first time: from then on it is where
 * the model's program is at once.
 *
 * PID 1 of a namespace does not die of a signal that it has no handler for; the model ends a program all the same, and
 * so does kproc_kill(): by SIGKILL, and the status says which signal was meant. */
#include "kernel/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/procfs.h"
#include "kernel/sandbox.h"
#include "kernel/starter.h"
#include "kernel/sys.h"

struct kprocs {
	struct starter *starter;
	struct procfs_title title;
	struct ksys *sys; /* each program has a copy of it, by fork() */
	int verifier;
};
struct kproc {
	pid_t child; /* ours to reap: the program, or the one that waits for it */
	pid_t program;
	bool own_pid_ns, ended;
	int pids[8]; /* of the program, outermost first */
	unsigned n_pids;
	int sent;         /* the signal that kproc_kill() meant; 0: none */
	bool masked;      /* another was sent in its place */
	int fd[2];        /* standard output, standard error; -1: ended */
	int words;        /* from the program; -1: it has come as far as it goes at once */
	uint64_t starved; /* ns that it waited for a processor, when it has ended */
};

#define SAY_FD 3 /* of a child: the first behind its standard ones */

/* What a child says to the one that started it. */
struct word {
	enum { WORD_FORKED, WORD_RUNS, WORD_FAILED } what;
	int value; /* errno */
	char where[48];
};

static void say(int fd, int what, int value, const char *where)
{
	struct word w;

	memset(&w, 0, sizeof(w));
	w.what = what;
	w.value = value;
	str_copy(w.where, sizeof(w.where), where);
	if (write(fd, &w, sizeof(w)) != (ssize_t)sizeof(w))
		_exit(126);
}

static _Noreturn void failed(int fd, const char *where)
{
	say(fd, WORD_FAILED, errno, where);
	_exit(126);
}

/* ---- in the child ---- */

static void title(const struct procfs_title *t, const struct op_run *run, bool outside)
{
	struct buf b = { 0 };

	if (outside)
		buf_printf(&b, "unshare%s%s%s", run->new_pid_ns ? " --pid" : "", run->forked ? " --fork" : "",
			run->mount_proc ? " --mount-proc" : "");
	for (unsigned i = 0; i < run->argc; i++)
		buf_printf(&b, "%s%s", b.size ? " " : "", run->argv[i]);
	procfs_title_set(t, buf_str(&b));
	buf_release(&b);
}

static void mount_proc(int say_fd)
{
	if (unshare(CLONE_NEWNS))
		failed(say_fd, "unshare");
	if (sandbox_private_mounts())
		failed(say_fd, "mount");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		failed(say_fd, "mount: /proc");
}

static _Noreturn void program(const struct kprocs *ks, const struct op_run *run, int say_fd)
{
	int pid;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		failed(say_fd, "prctl");
	if (run->mount_proc)
		mount_proc(say_fd);
	title(&ks->title, run, false);
	say(say_fd, WORD_RUNS, 0, "");
	if (read(say_fd, &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
		_exit(126);
	_exit(ksys_run(ks->sys, run, run->new_pid_ns && run->mount_proc ? 0 : ks->verifier, pid, say_fd));
}

/* Does what unshare --pid --fork does: waits, deaf to SIGINT and SIGTERM. */
static _Noreturn void outside(const struct kprocs *ks, const struct op_run *run, int say_fd)
{
	int status;
	pid_t inner;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	if (unshare(CLONE_NEWPID))
		failed(say_fd, "unshare");
	title(&ks->title, run, true);
	inner = fork();
	if (inner < 0)
		failed(say_fd, "fork");
	if (!inner) {
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		program(ks, run, say_fd);
	}
	say(say_fd, WORD_FORKED, 0, "");
	for (int fd = 0; fd <= SAY_FD; fd++)
		close(fd); /* what it writes ends with the program */
	while (waitpid(inner, &status, 0) < 0)
		if (errno != EINTR)
			_exit(1);
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/* Puts the pipes where they belong and closes everything else; what is to be said goes to SAY_FD then. */
static void take_descriptors(int out, int err, int say_fd)
{
	int from[SAY_FD + 1] = { open("/dev/null", O_RDONLY), out, err, say_fd };

	if (from[0] < 0)
		failed(say_fd, "/dev/null");
	for (int i = 0; i <= SAY_FD; i++) {
		from[i] = fcntl(from[i], F_DUPFD, SAY_FD + 1); /* out of the way of what is put there */
		if (from[i] < 0)
			failed(say_fd, "descriptors");
	}
	for (int i = 0; i <= SAY_FD; i++)
		dup2(from[i], i);
	if (close_range(SAY_FD + 1, ~0U, 0))
		failed(SAY_FD, "close_range");
}

/* The descriptors that go to the starter. */
enum { PASS_NETNS, PASS_OUT, PASS_ERR, PASS_SAY };

static void child(void *ctx, const void *arg, const int fd[STARTER_FDS])
{
	const struct kprocs *ks = ctx;
	const struct op_run *run = arg;
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		failed(fd[PASS_SAY], "prctl");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (setns(fd[PASS_NETNS], CLONE_NEWNET))
		failed(fd[PASS_SAY], "setns");
	take_descriptors(fd[PASS_OUT], fd[PASS_ERR], fd[PASS_SAY]);
	if (run->new_pid_ns)
		outside(ks, run, SAY_FD);
	say(SAY_FD, WORD_FORKED, 0, "");
	program(ks, run, SAY_FD);
}

/* ---- in the parent ---- */

/* Listens until the program is ready to run or something was refused, and lets it, with what it takes for its PID. */
static int listen_to(struct kproc *k, int fd, int pid, struct loc loc, struct err *err)
{
	bool known = false, runs = false;
	struct word w;

	while (!known || !runs) {
		ssize_t n = read(fd, &w, sizeof(w));

		if (n < 0 && errno == EINTR)
			continue;
		if (n != (ssize_t)sizeof(w))
			return err_set(err, loc, "a process has ended before its program ran");
		if (w.what == WORD_FAILED)
			return err_set(err, loc, "a process can not be started: %s: %s", w.where, strerror(w.value));
		runs |= w.what == WORD_RUNS;
		known |= w.what == WORD_FORKED;
	}
	/* its number in the PID namespace of the one that forked it would not help here */
	k->program = k->own_pid_ns ? procfs_child(k->child) : k->child;
	k->n_pids = procfs_nspid(k->program, k->pids, ARRAY_SIZE(k->pids));
	if (!k->program || write(fd, &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
		return err_set(err, loc, "a process has ended before its program ran");
	return 0;
}

static int nonblocking_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC))
		return -1;
	return fcntl(fd[0], F_SETFL, O_NONBLOCK);
}

static void close_all(const int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

struct kprocs *kprocs_new(struct err *err)
{
	struct kprocs *ks = xcalloc(1, sizeof(*ks));

	ks->title = procfs_title_find();
	ks->verifier = getpid();
	ks->sys = ksys_new();
	ks->starter = starter_new(child, ks, err);
	if (ks->starter)
		return ks;
	kprocs_free(ks);
	return NULL;
}

void kprocs_free(struct kprocs *ks)
{
	if (!ks)
		return;
	starter_free(ks->starter);
	ksys_free(ks->sys);
	free(ks);
}

struct kproc *kproc_start(struct kprocs *ks, int netns_fd, const struct op *op, int pid, struct err *err)
{
	int fd[6] = { -1, -1, -1, -1, -1, -1 }, rc; /* output, errors, words */
	struct kproc *k = xcalloc(1, sizeof(*k));

	*k = (struct kproc){ .own_pid_ns = op->run.new_pid_ns, .fd = { -1, -1 }, .words = -1 };
	if (nonblocking_pipe(fd) || nonblocking_pipe(fd + 2) ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd + 4) ||
		(k->child = starter_start(
			 ks->starter, &op->run, (const int[]){ [PASS_NETNS] = netns_fd, fd[1], fd[3], fd[5] })) < 0) {
		err_set(err, op->loc, "a process can not be started: %s", strerror(errno));
		close_all(fd, 6);
		free(k);
		return NULL;
	}
	close_all((const int[]){ fd[1], fd[3], fd[5] }, 3);
	k->program = k->child;
	k->fd[0] = fd[0];
	k->fd[1] = fd[2];
	k->words = fd[4];
	rc = listen_to(k, k->words, pid, op->loc, err);
	if (!rc)
		return k;
	kproc_free(k);
	return NULL;
}

unsigned kproc_poll(const struct kproc *k, struct pollfd fds[KPROC_FDS])
{
	unsigned n = 0;

	if (k->words >= 0)
		fds[n++] = (struct pollfd){ .fd = k->words, .events = POLLIN };
	for (unsigned i = 0; i < 2; i++)
		if (k->fd[i] >= 0)
			fds[n++] = (struct pollfd){ .fd = k->fd[i], .events = POLLIN };
	return n;
}

static void take(struct kproc *k, unsigned i, struct buf *to)
{
	char data[4096];

	while (k->fd[i] >= 0) {
		ssize_t n = read(k->fd[i], data, sizeof(data));

		if (n > 0) {
			buf_put(to, data, (size_t)n);
		} else if (!n) {
			close(k->fd[i]);
			k->fd[i] = -1;
		} else if (errno != EINTR) {
			return;
		}
	}
}

static int reap(struct kproc *k)
{
	int status;

	k->starved = procfs_starved(k->program);
	while (waitpid(k->child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	k->ended = true;
	if (k->masked)
		return 128 + k->sent;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* It says nothing more, but closes its end. */
static void hear(struct kproc *k)
{
	char c;

	if (k->words < 0 || (recv(k->words, &c, 1, MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	close(k->words);
	k->words = -1;
}

uint64_t kproc_starved(const struct kproc *k)
{
	return k->starved;
}

bool kproc_waits(const struct kproc *k)
{
	return k->words < 0;
}

bool kproc_pump(struct kproc *k, struct result *res)
{
	if (k->ended)
		return false;
	hear(k);
	take(k, 0, &res->out);
	take(k, 1, &res->err);
	if (k->fd[0] >= 0 || k->fd[1] >= 0)
		return true;
	res->status = reap(k);
	return false;
}

void kproc_kill(struct kproc *k, int sig)
{
	if (k->ended)
		return;
	k->sent = sig;
	if (k->own_pid_ns && sig != SIGINT) {
		k->masked = true;
		sig = SIGKILL;
	}
	kill(k->program, sig);
}

/* The last line of what it wrote. */
static const char *last_line(const struct buf *b)
{
	const char *text = buf_str(b), *at = text + b->size;

	if (at > text)
		at--; /* its newline */
	while (at > text && at[-1] != '\n')
		at--;
	return at;
}

int kproc_outcome(const struct kproc *k, const struct result *res, struct loc loc, struct err *err)
{
	const char *line = last_line(&res->err);

	/* no program ends so on its own: it was killed by the kernel, for want of memory, or by a seccomp filter */
	if (res->status > 128 && !k->sent)
		return err_set(err, loc, "a process of the lab was ended by signal %d", res->status - 128);
	if (res->status == 2 && !strncmp(line, KSYS_REFUSED, strlen(KSYS_REFUSED)))
		return err_set(err, loc, "%.*s", (int)strcspn(line, "\n") - 9, line + strlen("pktwalk: "));
	if (res->status == 2 && !strcmp(line, OUT_OF_MEMORY))
		return err_set(err, loc, "a process of the lab: out of memory");
	return 0;
}

int kproc_pid(const struct kproc *k)
{
	return k->program;
}

unsigned kproc_nspid(const struct kproc *k, int *pids, unsigned max)
{
	unsigned n = k->n_pids < max ? k->n_pids : max;

	memcpy(pids, k->pids, n * sizeof(*pids));
	return n;
}

void kproc_free(struct kproc *k)
{
	if (!k)
		return;
	if (!k->ended) {
		if (k->program > 0 && k->program != k->child)
			kill(k->program, SIGKILL);
		kill(k->child, SIGKILL);
		reap(k);
	}
	close_all(k->fd, 2);
	close_all(&k->words, 1);
	free(k);
}
