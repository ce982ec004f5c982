/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations against the model, by the commands that make them, and what the tools then say and show. Every expectation
 * here is what the real tools printed on Linux 6.18. */
#include <stdlib.h>

#include "model/cmd.h"
#include "sim/sim.h"
#include "tests/unit/check.h"

/* Runs one command line (words at blanks) and returns what it printed, standard output first; valid until the next. */
static const char *run(struct sim *s, const char *text, int *status)
{
	static struct buf all;
	struct word w[40];
	char copy[512], *save = NULL;
	struct cmd c = { .w = w };
	struct err err;
	struct op op;

	buf_clear(&all);
	str_copy(copy, sizeof(copy), text);
	for (char *t = strtok_r(copy, " ", &save); t && c.n < ARRAY_SIZE(w); t = strtok_r(NULL, " ", &save))
		w[c.n++] = (struct word){ .text = t };
	if (cmd_parse(&c, &op, &err)) {
		buf_printf(&all, "%s", err.msg);
		*status = -1;
		return buf_str(&all);
	}
	*status = 0;
	for (const struct op *o = &op; o; o = o->next) {
		struct result res = { 0 };

		if (o->kind == OP_CANNED)
			op_show(s->net, o, s->now, &res);
		else
			sim_apply(s, o, &res);
		buf_puts(&all, buf_str(&res.out));
		buf_puts(&all, buf_str(&res.err));
		*status = res.status ? res.status : *status;
		result_release(&res);
	}
	op_release(&op);
	return buf_str(&all);
}

struct step {
	const char *command;
	int status;
	const char *prints; /* NULL: nothing */
};

static void steps(struct sim *s, const struct step *st, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int status;
		const char *got = run(s, st[i].command, &status);

		if (!CHECK_STR(got, st[i].prints ? st[i].prints : "") || !CHECK(status == st[i].status))
			fprintf(stderr, "  after: %s (status %d)\n", st[i].command, status);
	}
}

static void table(const struct step *st, size_t n)
{
	struct sim *s = sim_new(1, false);

	steps(s, st, n);
	sim_free(s);
}
#define TABLE(st) table(st, ARRAY_SIZE(st))

#define TWO "ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02"
#define HEAD(flags, qdisc, state)                                                                                      \
	"3: v0@v1: <" flags "> mtu 1500 qdisc " qdisc " state " state " mode DEFAULT group default "                   \
	"qlen 1000\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"

static void links(void)
{
	static const struct step st[] = {
		{ TWO, 0, NULL },
		{ TWO, 2, "RTNETLINK answers: File exists\n" },
		{ "ip link show v0", 0, HEAD("BROADCAST,MULTICAST,M-DOWN", "noop", "DOWN") },
		{ "ip link set v0 up", 0, NULL },
		{ "ip link show v0", 0, HEAD("NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN", "noqueue", "LOWERLAYERDOWN") },
		{ "ip link set v1 up", 0, NULL },
		{ "ip link show v0", 0, HEAD("BROADCAST,MULTICAST,UP,LOWER_UP", "noqueue", "UP") },
		{ "ip -br link show v0", 0,
			"v0@v1            UP             02:00:00:00:00:01 <BROADCAST,MULTICAST,UP,LOWER_UP> \n" },
		{ "ip link set v1 down", 0, NULL },
		{ "ip link show v0", 0, HEAD("NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN", "noqueue", "LOWERLAYERDOWN") },
		{ "ip link set v0 mtu 67", 2, "Error: mtu less than device minimum.\n" },
		{ "ip link set v0 mtu 65536", 2, "Error: mtu greater than device maximum.\n" },
		{ "ip link set v0 address 01:00:00:00:00:01", 2,
			"RTNETLINK answers: Cannot assign requested address\n" },
		{ "ip link set v0 name v1", 2, "RTNETLINK answers: File exists\n" },
		{ "ip link set lo master v0", 2, "RTNETLINK answers: Operation not supported\n" },
		{ "ip link del lo", 2, "RTNETLINK answers: Operation not supported\n" },
		{ "ip link show nope", 1, "Device \"nope\" does not exist.\n" },
		{ "ip link set nope up", 1, "Cannot find device \"nope\"\n" },
		{ "ip link add br0 type bridge", 0, NULL },
		{ "ip link set br0 master br0", 2, "Error: Can not enslave a bridge to a bridge.\n" },
		{ "ip link del v1", 0, NULL },
		{ "ip link del br0", 0, NULL },
		{ "ip -br link", 0, "lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \n" },
	};

	TABLE(st);
}

static void namespaces(void)
{
	static const struct step st[] = {
		{ "ip netns add red", 0, NULL },
		{ "ip netns add blue", 0, NULL },
		{ "ip netns add red", 1, "Cannot create namespace file \"/run/netns/red\": File exists\n" },
		{ "ip netns", 0, "blue\nred\n" },
		{ TWO, 0, NULL },
		{ "ip link set v1 netns red", 0, NULL },
		{ "ip netns", 0, "blue\nred (id: 0)\n" },
		{ "ip -n red link show v1", 0,
			"2: v1@if3: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group "
			"default qlen 1000\n    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0\n" },
		{ "ip link show v0", 0,
			"3: v0@if2: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group "
			"default qlen 1000\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns red\n" },
		{ "ip link set lo netns red", 2, "Error: The interface netns is immutable.\n" },
		{ "ip netns exec nope ip link", 255,
			"Cannot open network namespace \"nope\": No such file or directory\n" },
		{ "ip netns del red", 0, NULL },
		{ "ip link show v0", 1, "Device \"v0\" does not exist.\n" },
		{ "ip netns del red", 1,
			"Cannot remove namespace file \"/run/netns/red\": No such file or directory\n" },
	};

	TABLE(st);
}

static void addresses(void)
{
	static const struct step st[] = {
		{ TWO, 0, NULL },
		{ "ip addr add 10.0.0.1/24 dev v0", 0, NULL },
		{ "ip addr add 10.0.0.1/24 dev v0", 2, "Error: ipv4: Address already assigned.\n" },
		{ "ip route show table local", 0,
			"local 10.0.0.1 dev v0 proto kernel scope host src 10.0.0.1 \n"
			"local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1 \n"
			"local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1 \n"
			"broadcast 127.255.255.255 dev lo proto kernel scope link src 127.0.0.1 \n" },
		{ "ip route", 0, NULL },
		{ "ip link set v0 up", 0, NULL },
		{ "ip route", 0, "10.0.0.0/24 dev v0 proto kernel scope link src 10.0.0.1 linkdown \n" },
		{ "ip link set v1 up", 0, NULL },
		{ "ip route", 0, "10.0.0.0/24 dev v0 proto kernel scope link src 10.0.0.1 \n" },
		{ "ip addr add 10.0.0.2/24 brd + dev v0", 0, NULL },
		{ "ip addr add 10.0.1.1/32 dev v0", 0, NULL },
		{ "ip -4 addr show v0", 0,
			"3: v0@v1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default "
			"qlen 1000\n    inet 10.0.0.1/24 scope global v0\n       valid_lft forever preferred_lft "
			"forever\n"
			"    inet 10.0.1.1/32 scope global v0\n       valid_lft forever preferred_lft forever\n"
			"    inet 10.0.0.2/24 brd 10.0.0.255 scope global secondary v0\n"
			"       valid_lft forever preferred_lft forever\n" },
		{ "ip -br addr show v0", 0, "v0@v1            UP             10.0.0.1/24 10.0.1.1/32 10.0.0.2/24 \n" },
		{ "ip addr del 10.0.0.1/24 dev v0", 0, NULL },
		{ "ip -br addr show v0", 0, "v0@v1            UP             10.0.1.1/32 \n" },
		{ "ip route", 0, NULL },
		{ "ip addr del 10.0.0.2/24 dev v0", 2, "Error: ipv4: Address not found.\n" },
		{ "ip addr flush dev v0", 0, NULL },
		{ "ip -o addr show v0", 0, NULL },
		{ "sysctl -q -w net.ipv4.conf.v0.promote_secondaries=1", 0, NULL },
		{ "ip addr add 10.0.0.1/24 dev v0", 0, NULL },
		{ "ip addr add 10.0.0.2/24 dev v0", 0, NULL },
		{ "ip addr add 10.0.0.3/24 dev v0", 0, NULL },
		{ "ip addr del 10.0.0.1/24 dev v0", 0, NULL },
		{ "ip route show table all dev v0", 0,
			"10.0.0.0/24 proto kernel scope link src 10.0.0.2 \n"
			"local 10.0.0.2 table local proto kernel scope host src 10.0.0.2 \n"
			"local 10.0.0.3 table local proto kernel scope host src 10.0.0.2 \n"
			"broadcast 10.0.0.255 table local proto kernel scope link src 10.0.0.2 \n" },
	};

	TABLE(st);
}

static void routes(void)
{
	static const struct step st[] = {
		{ TWO, 0, NULL },
		{ "ip addr add 10.0.0.1/24 dev v0", 0, NULL },
		{ "ip route add 10.2.0.0/16 dev v0", 2, "Error: Device for nexthop is not up.\n" },
		{ "ip route add 10.2.0.0/16 via 10.0.0.2", 2, "Error: Nexthop has invalid gateway.\n" },
		{ "ip link set v0 up", 0, NULL },
		{ "ip link set v1 up", 0, NULL },
		{ "ip route add 10.2.0.0/16 via 10.0.0.2", 0, NULL },
		{ "ip route add 10.2.0.0/16 via 10.0.0.3", 2, "RTNETLINK answers: File exists\n" },
		{ "ip route append 10.2.0.0/16 via 10.0.0.3", 0, NULL },
		{ "ip route replace 10.2.0.0/16 via 10.0.0.3", 2, "RTNETLINK answers: File exists\n" },
		{ "ip route replace 10.2.0.0/16 via 10.0.0.4", 0, NULL },
		{ "ip route show 10.2.0.0/16", 0,
			"10.2.0.0/16 via 10.0.0.4 dev v0 \n10.2.0.0/16 via 10.0.0.3 dev v0 \n" },
		{ "ip route change 10.7.0.0/16 via 10.0.0.4", 2, "RTNETLINK answers: No such file or directory\n" },
		{ "ip route del 10.2.0.0/16 via 10.0.0.9", 2, "RTNETLINK answers: No such process\n" },
		{ "ip route del 10.2.0.0/16", 0, NULL },
		{ "ip route add 10.3.0.1/16 dev v0", 2, "Error: Invalid prefix for given prefix length.\n" },
		{ "ip route add 10.3.0.0/16", 2, "RTNETLINK answers: No such device\n" },
		{ "ip route add 10.3.0.0/16 dev v0 src 9.9.9.9", 2, "Error: Invalid prefsrc address.\n" },
		{ "ip route add 10.3.0.0/16 via 9.9.9.9 onlink", 2, "Error: Nexthop device required for onlink.\n" },
		{ "ip route add 10.3.0.0/16 via 9.9.9.9 dev v0 onlink", 0, NULL },
		{ "ip route add unreachable 10.4.0.0/16", 0, NULL },
		{ "ip route add default via 10.0.0.2 metric 100", 0, NULL },
		{ "ip route", 0,
			"default via 10.0.0.2 dev v0 metric 100 \n10.0.0.0/24 dev v0 proto kernel scope link src "
			"10.0.0.1 \n"
			"10.2.0.0/16 via 10.0.0.3 dev v0 \n10.3.0.0/16 via 9.9.9.9 dev v0 onlink \nunreachable "
			"10.4.0.0/16 \n" },
		{ "route -n", 0,
			"Kernel IP routing table\n"
			"Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"
			"0.0.0.0         10.0.0.2        0.0.0.0         UG    100    0        0 v0\n"
			"10.0.0.0        0.0.0.0         255.255.255.0   U     0      0        0 v0\n"
			"10.2.0.0        10.0.0.3        255.255.0.0     UG    0      0        0 v0\n"
			"10.3.0.0        9.9.9.9         255.255.0.0     UG    0      0        0 v0\n"
			"10.4.0.0        -               255.255.0.0     !     0      -        0 -\n" },
		{ "ip route get 8.8.8.8", 0, "8.8.8.8 via 10.0.0.2 dev v0 src 10.0.0.1 uid 0 \n    cache \n" },
		{ "ip route get 10.0.0.1", 0, "local 10.0.0.1 dev lo src 10.0.0.1 uid 0 \n    cache <local> \n" },
		{ "ip route get 10.0.0.255", 0,
			"broadcast 10.0.0.255 dev v0 src 10.0.0.1 uid 0 \n    cache <local,brd> \n" },
		{ "ip route get 10.4.0.1", 2, "RTNETLINK answers: No route to host\n" },
		{ "ip link set v0 down", 0, NULL },
		{ "ip route", 0, "unreachable 10.4.0.0/16 \n" },
		{ "ip route get 10.0.0.1", 0, "local 10.0.0.1 dev lo src 10.0.0.1 uid 0 \n    cache <local> \n" },
		{ "ip route get 8.8.8.8", 2, "RTNETLINK answers: Network is unreachable\n" },
		{ "ip route show table 77", 2, "Error: ipv4: FIB table does not exist.\nDump terminated\n" },
	};

	TABLE(st);
}

static void neighbours(void)
{
	static const struct step st[] = {
		{ TWO, 0, NULL },
		{ "ip link set v0 up", 0, NULL },
		{ "ip link set v1 up", 0, NULL },
		{ "ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev v0", 0, NULL },
		{ "ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev v0", 2, "RTNETLINK answers: File exists\n" },
		{ "ip neigh add 10.0.0.7 dev v0", 2, "Error: No link layer address given.\n" },
		{ "ip neigh change 10.0.0.8 lladdr 02:00:00:00:00:05 dev v0", 2,
			"RTNETLINK answers: No such file or directory\n" },
		{ "ip neigh", 0, "10.0.0.5 dev v0 lladdr 02:00:00:00:00:05 PERMANENT \n" },
		{ "arp -n", 0,
			"Address                  HWtype  HWaddress           Flags Mask            Iface\n"
			"10.0.0.5                 ether   02:00:00:00:00:05   CM                    v0\n" },
		{ "ip neigh flush dev v0", 0, NULL },
		{ "ip neigh show dev v0", 0, "10.0.0.5 lladdr 02:00:00:00:00:05 PERMANENT \n" },
		{ "ip link set v0 down", 0, NULL },
		{ "ip neigh", 0, NULL },
		{ "arp", 0, NULL },
	};

	TABLE(st);
}

static void sysctls(void)
{
	static const struct step st[] = {
		{ TWO, 0, NULL },
		{ "ip addr add 10.0.0.1/24 dev v0", 0, NULL },
		{ "sysctl -w net.ipv4.ip_forward=1", 0, "net.ipv4.ip_forward = 1\n" },
		{ "sysctl -n net.ipv4.conf.v0.forwarding", 0, "1\n" },
		{ "sysctl -n net.ipv4.conf.default.forwarding", 0, "1\n" },
		{ "sysctl -n net.ipv4.conf.all.accept_redirects", 0, "0\n" },
		{ "sysctl net.ipv4.ip_forward=x", 1,
			"sysctl: setting key \"net.ipv4.ip_forward\": Invalid argument\n" },
		{ "sysctl net.ipv4.ip_forward=010", 0, "net.ipv4.ip_forward = 010\n" },
		{ "sysctl net.ipv4.ip_forward", 0, "net.ipv4.ip_forward = 8\n" },
		{ "sysctl -q -w net.ipv4.conf.default.rp_filter=1", 0, NULL },
		{ "sysctl -n net.ipv4.conf.v0.rp_filter", 0, "0\n" }, /* it has an address */
		{ "sysctl -n net.ipv4.conf.v1.rp_filter", 0, "1\n" },
		{ "sysctl net.ipv4.conf.nope.rp_filter", 1,
			"sysctl: cannot stat /proc/sys/net/ipv4/conf/nope/rp_filter: No such file or directory\n" },
		{ "sysctl net.bridge.bridge-nf-call-iptables", 1,
			"sysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or "
			"directory\n" },
		{ "modprobe br_netfilter", 0, NULL },
		{ "sysctl net.bridge.bridge-nf-call-iptables=2", 0, "net.bridge.bridge-nf-call-iptables = 2\n" },
		{ "sysctl -n net.bridge.bridge-nf-call-iptables", 0, "1\n" },
	};

	TABLE(st);
}

static void bridges(void)
{
	static const struct step st[] = {
		{ TWO, 0, NULL },
		{ "ip link add br0 address 02:00:00:00:00:aa type bridge", 0, NULL },
		{ "bridge fdb show br br0", 0,
			"33:33:00:00:00:01 dev br0 self permanent\n02:00:00:00:00:aa dev br0 master br0 permanent\n" },
		{ "ip link set v0 type bridge_slave hairpin on", 2, "RTNETLINK answers: Operation not supported\n" },
		{ "ip link set v0 master br0", 0, NULL },
		{ "bridge link set dev v0 state 3", 255, "RTNETLINK answers: Network is down\n" },
		{ "ip link set br0 up", 0, NULL },
		{ "ip link set v0 up", 0, NULL },
		{ "ip link set v1 up", 0, NULL },
		{ "bridge link", 0,
			"3: v0@v1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state forwarding priority 32 "
			"cost 2 \n" },
		{ "bridge fdb add 02:00:00:00:00:09 dev v0 master static", 0, NULL },
		{ "bridge fdb add 02:00:00:00:00:09 dev v0 master static", 255, "RTNETLINK answers: File exists\n" },
		{ "bridge fdb add 02:00:00:00:00:09 dev v1 master", 255,
			"RTNETLINK answers: Operation not supported\n" },
		{ "bridge fdb show dev v0", 0,
			"02:00:00:00:00:09 master br0 static\n02:00:00:00:00:01 master br0 permanent\n"
			"33:33:00:00:00:01 self permanent\n01:00:5e:00:00:01 self permanent\n" },
		{ "bridge fdb del 02:00:00:00:00:07 dev v0 master", 255,
			"RTNETLINK answers: No such file or directory\n" },
		{ "ip link set v0 mtu 1400", 0, NULL },
		{ "ip link show br0", 0,
			"4: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP mode DEFAULT group "
			"default qlen 1000\n    link/ether 02:00:00:00:00:aa brd ff:ff:ff:ff:ff:ff\n" },
		{ "ip link set v1 down", 0, NULL },
		{ "bridge link", 0,
			"3: v0@v1: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1400 master br0 state disabled "
			"priority "
			"32 cost 2 \n" },
	};

	TABLE(st);
}

int main(void)
{
	links();
	namespaces();
	addresses();
	routes();
	neighbours();
	sysctls();
	bridges();
	return check_end();
}
