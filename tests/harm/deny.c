/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a command on a kernel that refuses some system calls, by a seccomp filter:
 *   deny ERRNO CALL[,CALL]... COMMAND [ARGUMENT]...
 * ERRNO: a number. The calls are named in the table below; without arguments they are listed. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANY (-1)
struct argument {
	int which; /* ANY: there is no such condition */
	unsigned mask, value;
};
static const struct call {
	const char *name;
	long nr;
	struct argument a, b;
} calls[] = {
#define ALWAYS                                                                                                         \
	{                                                                                                              \
		ANY, 0, 0                                                                                              \
	}
#define FLAG(which, flag)                                                                                              \
	{                                                                                                              \
		which, flag, flag                                                                                      \
	}
#define IS(which, value)                                                                                               \
	{                                                                                                              \
		which, ~0u, value                                                                                      \
	}
	{ "unshare", SYS_unshare, ALWAYS, ALWAYS },
	{ "unshare-user", SYS_unshare, FLAG(0, CLONE_NEWUSER), ALWAYS },
	{ "unshare-net", SYS_unshare, FLAG(0, CLONE_NEWNET), ALWAYS },
	{ "unshare-pid", SYS_unshare, FLAG(0, CLONE_NEWPID), ALWAYS },
	{ "setns", SYS_setns, ALWAYS, ALWAYS },
	{ "mount", SYS_mount, ALWAYS, ALWAYS },
	{ "clone", SYS_clone, ALWAYS, ALWAYS },
	{ "clone3", SYS_clone3, ALWAYS, ALWAYS },
	{ "close_range", SYS_close_range, ALWAYS, ALWAYS },
	{ "socketpair", SYS_socketpair, ALWAYS, ALWAYS },
	{ "pipe2", SYS_pipe2, ALWAYS, ALWAYS },
	{ "signalfd", SYS_signalfd4, ALWAYS, ALWAYS },
	{ "prctl", SYS_prctl, ALWAYS, ALWAYS },
	{ "setrlimit", SYS_prlimit64, ALWAYS, ALWAYS },
	{ "ioctl", SYS_ioctl, ALWAYS, ALWAYS },
	{ "bpf", SYS_bpf, ALWAYS, ALWAYS },
	{ "perf_event_open", SYS_perf_event_open, ALWAYS, ALWAYS },
	{ "mmap-shared", SYS_mmap, FLAG(3, 1), ALWAYS }, /* MAP_SHARED: rings of captures */
	{ "sendto", SYS_sendto, ALWAYS, ALWAYS },
	{ "packet", SYS_socket, IS(0, AF_PACKET), ALWAYS },
	{ "netlink-route", SYS_socket, IS(0, AF_NETLINK), IS(2, NETLINK_ROUTE) },
	{ "netlink-netfilter", SYS_socket, IS(0, AF_NETLINK), IS(2, NETLINK_NETFILTER) },
	{ "inet-dgram", SYS_socket, IS(0, AF_INET), { 1, 0xf, SOCK_DGRAM } },
	{ "inet-stream", SYS_socket, IS(0, AF_INET), { 1, 0xf, SOCK_STREAM } },
	{ "inet-raw", SYS_socket, IS(0, AF_INET), { 1, 0xf, SOCK_RAW } },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

struct program {
	struct sock_filter f[256];
	unsigned short n;
};

static void add(struct program *p, unsigned short code, unsigned k, unsigned char jt, unsigned char jf)
{
	if (p->n < 256)
		p->f[p->n++] = (struct sock_filter){ code, jt, jf, k };
}

/* The lower half of an argument, where the machine is little-endian. */
static unsigned offset(int which)
{
	return (unsigned)offsetof(struct seccomp_data, args) + 8u * (unsigned)which;
}

/* How many instructions check_argument() makes. */
static unsigned length(const struct argument *a)
{
	return a->which == ANY ? 0 : 3;
}

/* Goes on when the argument is as said, else over the next `skip` instructions. */
static void check_argument(struct program *p, const struct argument *a, unsigned skip)
{
	if (a->which == ANY)
		return;
	add(p, BPF_LD | BPF_W | BPF_ABS, offset(a->which), 0, 0);
	add(p, BPF_ALU | BPF_AND | BPF_K, a->mask, 0, 0);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, a->value, 0, (unsigned char)skip);
}

static void deny(struct program *p, const struct call *c, unsigned err)
{
	unsigned a = length(&c->a), b = length(&c->b);

	add(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)c->nr, 0, (unsigned char)(a + b + 1));
	check_argument(p, &c->a, b + 1);
	check_argument(p, &c->b, 1);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err, 0, 0);
}

static int deny_named(struct program *p, const char *name, unsigned err)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (strcmp(calls[i].name, name))
			continue;
		deny(p, &calls[i], err);
		return 0;
	}
	fprintf(stderr, "deny: no such call: %s\n", name);
	return -1;
}

int main(int argc, char **argv)
{
	struct program p = { .n = 0 };
	struct sock_fprog prog = { .filter = p.f };

	if (argc < 4) {
		for (size_t i = 0; i < CALLS; i++)
			puts(calls[i].name);
		return argc != 1;
	}
	for (char *name = strtok(argv[2], ","); name; name = strtok(NULL, ","))
		if (deny_named(&p, name, (unsigned)atoi(argv[1])))
			return 125;
	add(&p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	prog.len = p.n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) {
		perror("deny: seccomp");
		return 125;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
