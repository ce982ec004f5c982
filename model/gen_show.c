/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: commands that show, and what else a shell says. */
#include "model/gen_lab.h"

/* How each thing is shown; %s is a device of the namespace. */
static const struct show {
	const char *what;
	bool run; /* not a word of `ip` */
} shows[] = {
	{ "neigh", false },
	{ "neigh", false },
	{ "neigh show dev %s", false },
	{ "neigh show nud permanent", false },
	{ "route", false },
	{ "route", false },
	{ "route show table all", false },
	{ "route show table local", false },
	{ "route show dev %s", false },
	{ "route show match 10.0.1.1", false },
	{ "addr", false },
	{ "addr show dev %s", false },
	{ "-br addr", false },
	{ "link", false },
	{ "link show dev %s", false },
	{ "-br link", false },
	{ "arp -n", true },
	{ "route -n", true },
	{ "bridge fdb", true },
	{ "bridge link", true },
	{ "bridge -d link", true },
	{ "bridge fdb show dev %s", true },
	{ "sysctl net.ipv4.ip_forward", true },
	{ "cat /proc/sys/net/ipv4/conf/%s/rp_filter", true },
	{ "ip netns", true },
};

bool gen_do_show(struct gen *g)
{
	const struct show *s = &GEN_PICK(g, shows);
	int ns = gen_ns_any(g), dev = ns < 0 ? -1 : gen_dev_of(g, (unsigned)ns);
	struct buf b = { 0 };

	if (dev < 0)
		return false;
	for (const char *c = s->what; *c; c++)
		if (*c == '%')
			buf_puts(&b, g->dev[dev].name), c++;
		else
			buf_putc(&b, *c);
	if (s->run)
		gen_run(g, (unsigned)ns, "%s", buf_str(&b));
	else
		gen_ip(g, (unsigned)ns, "%s", buf_str(&b));
	buf_release(&b);
	return true;
}

bool gen_do_show_bridge(struct gen *g)
{
	int br = gen_dev_any(g, GEN_BRIDGE), port = gen_port_any(g);

	if (br < 0)
		return false;
	if (port < 0 || gen_chance(g, 40))
		gen_run(g, g->dev[br].ns, "bridge fdb show br %s[30? dynamic]", g->dev[br].name);
	else if (gen_chance(g, 50))
		gen_run(g, g->dev[port].ns, "bridge fdb show br %s brport %s", g->dev[g->dev[port].master].name,
			g->dev[port].name);
	else
		gen_run(g, g->dev[port].ns, "bridge -d link show dev %s", g->dev[port].name);
	return true;
}

bool gen_do_route_get(struct gen *g)
{
	int ns = gen_ns_any(g), dev = ns < 0 ? -1 : gen_dev_of(g, (unsigned)ns), from;
	char to[GEN_ADDRLEN], text[GEN_ADDRLEN];

	if (dev < 0 || g->learned || g->redirects)
		return false;
	gen_addr_text(to, gen_target(g, (unsigned)ns));
	from = gen_addr_of(g, (unsigned)ns);
	switch (gen_below(g, 6)) {
	case 0:
		gen_ip(g, (unsigned)ns, "route get %s oif %s", to, g->dev[dev].name);
		break;
	case 1:
		from = gen_addr_near(g, (unsigned)dev);
		if (from < 0)
			return false;
		gen_ip(g, (unsigned)ns, "route get %s from %s iif %s", to, gen_addr_text(text, g->addr[from].ip),
			g->dev[dev].name);
		break;
	case 2:
		if (from < 0)
			return false;
		gen_ip(g, (unsigned)ns, "route get %s from %s", to, gen_addr_text(text, g->addr[from].ip));
		break;
	case 3:
		gen_ip(g, (unsigned)ns, "route get %s [tos 0x10|mark 1]", to);
		break;
	default:
		gen_ip(g, (unsigned)ns, "route get %s", to);
	}
	return true;
}

/* What is not there, or was not meant so. */
bool gen_do_slip(struct gen *g)
{
	static const char *const slips[] = { "ip link set nodev up", "ip addr add 10.0.0.1/24 dev nodev",
		"ip netns add a", "ip netns del nothere", "ip -n nothere link",
		"ip route add 10.0.0.0/24 via 10.0.0.300", "ip link add eth0 type veth peer name eth0",
		"ip route del 10.99.0.0/16", "ip neigh add 10.0.0.1", "bridge fdb add 02:00:00:00:00:01 dev lo master",
		"sysctl -w net.ipv4.ip_forward=x", "ping -c 0 10.0.0.1", "ip link set lo down", "ip link set lo up",
		"iptables -D INPUT 7", "iptables -A NOCHAIN -j ACCEPT", "iptables -t nat -A INPUT -j MASQUERADE",
		"ip addr add 10.0.0.1/33 dev lo", "nc -z 10.0.0.1", "ip link del lo", "ip neigh flush", "ip addr flush",
		"echo done", "true", "false || true", "modprobe br_netfilters",
		"ip netns exec nothere ping -c 1 10.0.0.1", "kill %9", "ps aux", "wait %9" };

	gen_cmd(g, "%s", GEN_PICK(g, slips));
	return true;
}
