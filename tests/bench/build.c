/* SPDX-License-Identifier: GPL-2.0-or-later */
/* N hosts on one bridge, built for real: by pktwalk's own back end, and, as the floor, a bare loop of the system calls
 * that it takes at least. Each run is a process of its own, which ends with all that it made; the time is until then.
 *   build pktwalk N [REPS]     the operations of the lab, through kernel/
 *   build floor N [REPS]       unshare, setns, IPv6 off, and the rtnetlink requests
 *   build lab N                prints the lab
 * Prints "build_KIND_N_s SECONDS" for each repetition. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel/apply.h"
#include "sim/lab.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "build: %s: %s\n", what, why);
	return 1;
}

static void lab_text(struct buf *b, unsigned n)
{
	buf_puts(b, "ip link add br0 type bridge\nip link set br0 up\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(b,
			"ip netns add n%u\nip link add v%u type veth peer name eth0 netns n%u\nip link set v%u master "
			"br0 up\n"
			"ip -n n%u addr add 10.%u.%u.%u/8 dev eth0\nip -n n%u link set eth0 up\n",
			i, i, i, i, i, i >> 16, i >> 8 & 255, i & 255, i);
}

static int build_lab(unsigned n)
{
	struct buf lab = { 0 };

	lab_text(&lab, n);
	fputs(buf_str(&lab), stdout);
	buf_release(&lab);
	return 0;
}

static int predict(unsigned n, struct run *run)
{
	struct buf lab = { 0 };
	struct err err = { 0 };

	lab_text(&lab, n);
	*run = (struct run){ .path = "bench" };
	return lab_run(sim_new(1, false), "bench", buf_str(&lab), lab.size, run, &err) ? fail("lab", err.msg) : 0;
}

static int build_pktwalk(unsigned n, const struct run *run)
{
	struct sandbox s;
	struct err err = { 0 };

	(void)n;
	if (sandbox_enter(&s, &err))
		return fail("sandbox", err.msg);
	for (unsigned i = 0; i < run->n; i++) {
		struct answer a;

		if (kernel_apply(&s, &run->cmd[i].op, &a, &err))
			return fail(run->cmd[i].text, err.msg);
		if (a.err || a.kind)
			return fail(run->cmd[i].text, a.ext[0] ? a.ext : strerror(a.err));
	}
	return 0;
}

/* ---- the floor ---- */

static int index_of(struct nl *nl, const char *name)
{
	struct answer a;
	struct apply x = { .nl = nl, .a = &a };

	return apply_dev(&x, name);
}

static int set_up(struct nl *nl, const char *name, int master)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_NEWLINK, 0, sizeof(struct ifinfomsg));

	*(struct ifinfomsg *)nl_extra(h) =
		(struct ifinfomsg){ .ifi_index = index_of(nl, name), .ifi_flags = 1, .ifi_change = 1 };
	if (master)
		mnl_attr_put_u32(h, IFLA_MASTER, (uint32_t)master);
	return nl_ask(nl, h, NULL, NULL);
}

static struct nlattr *put_kind(struct nlmsghdr *h, const char *name, const char *kind)
{
	struct nlattr *info;

	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_str(h, IFLA_INFO_KIND, kind);
	return info;
}

static int add_bridge(struct nl *nl)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));

	mnl_attr_nest_end(h, put_kind(h, "br0", "bridge"));
	return nl_ask(nl, h, NULL, NULL) ? -1 : set_up(nl, "br0", 0);
}

static int add_veth(struct nl *nl, const char *name, int ns)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
	struct nlattr *info = put_kind(h, name, "veth"), *data = mnl_attr_nest_start(h, IFLA_INFO_DATA),
		      *peer = mnl_attr_nest_start(h, VETH_INFO_PEER);

	mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(h, IFLA_IFNAME, "eth0");
	mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)ns);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	return nl_ask(nl, h, NULL, NULL);
}

static int add_addr(struct nl *nl, uint32_t addr)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifaddrmsg));
	struct ipaddr a = ip4(addr);

	*(struct ifaddrmsg *)nl_extra(h) = (struct ifaddrmsg){
		.ifa_family = AF_INET, .ifa_prefixlen = 8, .ifa_index = (uint32_t)index_of(nl, "eth0")
	};
	put_addr(h, IFA_LOCAL, &a);
	put_addr(h, IFA_ADDRESS, &a);
	return nl_ask(nl, h, NULL, NULL);
}

/* Which would send on its own. */
static int ipv6_off(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 1 : write(fd, "1", 1);

	if (fd >= 0)
		close(fd);
	return n == 1 ? 0 : -1;
}

static int add_host(struct nl *nl, unsigned i, int bridge, int home)
{
	char name[16];
	struct nl *in;
	int ns;

	snprintf(name, sizeof(name), "v%u", i);
	if (unshare(CLONE_NEWNET) || ipv6_off())
		return -1;
	ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	in = nl_open(NETLINK_ROUTE, NULL);
	if (ns < 0 || !in || setns(home, CLONE_NEWNET))
		return -1;
	return add_veth(nl, name, ns) || set_up(nl, name, bridge) || add_addr(in, 0x0a000000 + i) ||
	       set_up(in, "eth0", 0);
}

static int build_floor(unsigned n, const struct run *run)
{
	struct rlimit r;
	struct nl *nl;
	int home, bridge;

	(void)run;
	if (!getrlimit(RLIMIT_NOFILE, &r)) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	if (unshare(CLONE_NEWNET) || ipv6_off())
		return fail("unshare", strerror(errno));
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	nl = nl_open(NETLINK_ROUTE, NULL);
	if (home < 0 || !nl || add_bridge(nl))
		return fail("bridge", nl ? strerror(nl->errnum) : strerror(errno));
	bridge = index_of(nl, "br0");
	for (unsigned i = 0; i < n; i++)
		if (add_host(nl, i, bridge, home))
			return fail("host", strerror(nl->errnum ? nl->errnum : errno));
	return 0;
}

/* ---- a process per run ---- */

static int measure(const char *kind, unsigned n, unsigned reps)
{
	bool ours = !strcmp(kind, "pktwalk");
	struct run run = { 0 };

	if (ours && predict(n, &run))
		return 1;
	for (unsigned i = 0; i < reps; i++) {
		double t = now();
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(ours ? build_pktwalk(n, &run) : build_floor(n, &run));
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
			return fail(kind, "the run failed");
		printf("build_%s_%u_s %.4f\n", kind, n, now() - t);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 2 ? (unsigned)atoi(argv[2]) : 0, reps = argc > 3 ? (unsigned)atoi(argv[3]) : 1;

	if (argc == 3 && !strcmp(argv[1], "lab"))
		return build_lab(n);
	if (n && (!strcmp(argv[1], "pktwalk") || !strcmp(argv[1], "floor")))
		return measure(argv[1], n, reps);
	fprintf(stderr, "usage: build pktwalk|floor N [REPS] | build lab N\n");
	return 2;
}
