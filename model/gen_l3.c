/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: addresses, routes, neighbours. */
#include <stdio.h>
#include <string.h>

#include "model/gen_lab.h"

/* ---- addresses ---- */

static const char *dev_name(const struct gen *g, int dev)
{
	return g->dev[dev].name;
}

static unsigned ns_of_addr(const struct gen *g, int a)
{
	return g->dev[g->addr[a].dev].ns;
}

/* One more of the subnet that is there already. */
bool gen_do_addr_second(struct gen *g)
{
	int dev = gen_dev_l3(g);
	char text[GEN_ADDRLEN];
	uint32_t ip;
	unsigned len;

	if (dev < 0 || g->dev[dev].net < 0)
		return false;
	ip = gen_free_ip(g, (unsigned)g->dev[dev].net);
	len = gen_chance(g, 80) ? g->net[g->dev[dev].net].len : 25 + gen_below(g, 8);
	gen_ip(g, g->dev[dev].ns, "addr add %s/%u dev %s", gen_addr_text(text, ip), len, dev_name(g, dev));
	gen_addr_put(g, (unsigned)dev, ip, len);
	return true;
}

/* A second subnet on a cable, at both ends. */
bool gen_do_addr_subnet(struct gen *g)
{
	int one = gen_dev_l3(g), near = one < 0 ? -1 : gen_addr_near(g, (unsigned)one), net;
	unsigned ends[2];

	if (near < 0 || (net = gen_net_new(g, 2)) < 0)
		return false;
	ends[0] = (unsigned)one;
	ends[1] = g->addr[near].dev;
	for (unsigned i = 0; i < 2; i++) {
		uint32_t ip = g->net[net].ip + (g->net[net].len < 31) + i;
		char text[GEN_ADDRLEN];

		gen_ip(g, g->dev[ends[i]].ns, "addr add %s/%u dev %s", gen_addr_text(text, ip), g->net[net].len,
			dev_name(g, (int)ends[i]));
		gen_addr_put(g, ends[i], ip, g->net[net].len);
	}
	return true;
}

/* An address of the host itself, on lo; mostly with a way to it. */
bool gen_do_addr_lo(struct gen *g)
{
	int a = gen_addr_any(g), near, lo;
	char text[GEN_ADDRLEN], via[GEN_ADDRLEN];
	uint32_t ip = 0x0a070001 + gen_below(g, 3) * 256;

	if (a < 0 || (lo = gen_lo(g, ns_of_addr(g, a))) < 0)
		return false;
	gen_ip(g, ns_of_addr(g, a), "addr add %s/[32|32|32|24] dev lo", gen_addr_text(text, ip));
	gen_addr_put(g, (unsigned)lo, ip, 32);
	near = gen_addr_near(g, g->addr[a].dev);
	if (near >= 0 && gen_chance(g, 75))
		gen_ip(g, ns_of_addr(g, near), "route add %s/32 via %s", text, gen_addr_text(via, g->addr[a].ip));
	return true;
}

bool gen_do_addr_peer(struct gen *g)
{
	int dev = gen_dev_l3(g), near = dev < 0 ? -1 : gen_addr_near(g, (unsigned)dev);
	char text[GEN_ADDRLEN], peer[GEN_ADDRLEN];
	uint32_t ip = 0x0a080001 + gen_below(g, 250);

	if (near < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "addr add %s peer %s/[32|32|24|30] dev %s", gen_addr_text(text, ip),
		gen_addr_text(peer, g->addr[near].ip), dev_name(g, dev));
	gen_addr_put(g, (unsigned)dev, ip, 32);
	return true;
}

/* All that can be said of an address. */
bool gen_do_addr_options(struct gen *g)
{
	int dev = gen_dev_l3(g);
	char text[GEN_ADDRLEN];
	uint32_t ip;

	if (dev < 0 || g->dev[dev].net < 0)
		return false;
	ip = gen_free_ip(g, (unsigned)g->dev[dev].net);
	gen_ip(g, g->dev[dev].ns,
		"addr add %s/%u [brd +|brd -|brd 10.255.255.255|scope link|scope host|metric 50|noprefixroute|label "
		"%s:1] "
		"dev %s",
		gen_addr_text(text, ip), g->net[g->dev[dev].net].len, dev_name(g, dev), dev_name(g, dev));
	gen_addr_put(g, (unsigned)dev, ip, g->net[g->dev[dev].net].len);
	return true;
}

/* What can hardly be an address, or is one that somebody has. */
bool gen_do_addr_odd(struct gen *g)
{
	int dev = gen_dev_l3(g), a = gen_addr_any(g);
	char text[GEN_ADDRLEN];

	if (dev < 0 || a < 0)
		return false;
	gen_addr_text(text, g->addr[a].ip);
	if (gen_chance(g, 60))
		gen_ip(g, g->dev[dev].ns, "addr add %s/%u dev %s", text, g->addr[a].len, dev_name(g, dev));
	else
		gen_ip(g, g->dev[dev].ns,
			"addr add [127.0.0.2/8|224.0.0.5/24|0.0.0.0/8|255.255.255.255/32|10.1.1.0/24|10.1.1.255/24|"
			"10.1.1.1/0|10.0.1.1/33] dev %s",
			dev_name(g, dev));
	return true;
}

bool gen_do_addr_replace(struct gen *g)
{
	int a = gen_addr_any(g);
	char text[GEN_ADDRLEN];

	if (a < 0)
		return false;
	gen_ip(g, ns_of_addr(g, a), "addr [replace|change] %s/%u [||metric 70 |noprefixroute ]dev %s",
		gen_addr_text(text, g->addr[a].ip), gen_chance(g, 80) ? g->addr[a].len : 28,
		dev_name(g, (int)g->addr[a].dev));
	return true;
}

bool gen_do_addr_del(struct gen *g)
{
	int a = gen_addr_any(g);
	char text[GEN_ADDRLEN];

	if (a < 0)
		return false;
	gen_ip(g, ns_of_addr(g, a), "addr del %s/%u dev %s", gen_addr_text(text, g->addr[a].ip),
		gen_chance(g, 92) ? g->addr[a].len : 32, dev_name(g, (int)g->addr[a].dev));
	g->addr[a].alive = false;
	return true;
}

bool gen_do_addr_flush(struct gen *g)
{
	int a = gen_addr_any(g);
	unsigned dev;

	if (a < 0)
		return false;
	dev = g->addr[a].dev;
	gen_ip(g, g->dev[dev].ns, "addr flush dev %s[25? scope global]", g->dev[dev].name);
	for (unsigned i = 0; i < g->addrs; i++)
		g->addr[i].alive &= g->addr[i].dev != dev;
	return true;
}

/* ---- routes ---- */

/* A destination: a subnet of the lab, one host, all, or one that is nowhere. */
static const char *destination(struct gen *g, char text[32])
{
	char ip[GEN_ADDRLEN];
	uint32_t what = gen_below(g, 100);

	if (what < 40 && g->nets) {
		const struct gen_net *n = &g->net[gen_below(g, g->nets)];

		snprintf(text, 32, "%s/%u", gen_addr_text(ip, n->ip), n->len);
	} else if (what < 60 && g->addrs) {
		snprintf(text, 32, "%s", gen_addr_text(ip, g->addr[gen_below(g, g->addrs)].ip));
	} else if (what < 75) {
		snprintf(text, 32, "default");
	} else {
		snprintf(text, 32, "10.9.%u.0/%u", gen_below(g, 2) * 4, what < 90 ? 24u : 22u);
	}
	return text;
}

/* Where to: an address of somebody near, most of the time. */
static const char *gateway(struct gen *g, unsigned dev, char text[GEN_ADDRLEN])
{
	int near = gen_addr_near(g, dev);

	if (near >= 0 && gen_chance(g, 88))
		return gen_addr_text(text, g->addr[near].ip);
	if (g->dev[dev].net >= 0 && gen_chance(g, 60))
		return gen_addr_text(text, gen_free_ip(g, (unsigned)g->dev[dev].net));
	return gen_target_text(g, g->dev[dev].ns, text);
}

/* The device and what else can be said of a route. */
static void route_options(struct gen *g, struct buf *b, unsigned dev, bool direct)
{
	int own = gen_addr_of(g, g->dev[dev].ns);
	char text[GEN_ADDRLEN];

	if (direct || gen_chance(g, 45))
		gen_put(g, b, " dev %s[20? onlink]", g->dev[dev].name);
	if (own >= 0 && gen_chance(g, 12))
		gen_put(g, b, " src %s", gen_addr_text(text, g->addr[own].ip));
	if (gen_chance(g, 20))
		gen_put(g, b, " metric [0|10|100|200|1024]");
	if (gen_chance(g, 10))
		gen_put(g, b, " mtu [600|1000|1400|1500]");
	if (gen_chance(g, 6))
		gen_put(g, b, " scope [link|host|global]");
	if (gen_chance(g, 5))
		gen_put(g, b, " proto [static|boot|77]");
	if (gen_chance(g, 5))
		gen_put(g, b, " tos [0x10|0x08|16]");
	if (gen_chance(g, 3))
		gen_put(g, b, " table [main|local|100]");
}

static bool route(struct gen *g, const char *verb)
{
	int dev = gen_dev_l3(g);
	char dst[32], via[GEN_ADDRLEN];
	struct buf b = { 0 };
	bool direct;

	if (dev < 0)
		return false;
	gen_put(g, &b, "route %s ", verb);
	destination(g, dst);
	if (gen_chance(g, 15)) {
		gen_put(g, &b, "[blackhole|unreachable|prohibit|throw] %s[30? metric 50]", dst);
	} else if (gen_chance(g, 4)) {
		gen_put(g, &b, "[local|broadcast] %s dev [lo|lo|%s]", dst, g->dev[dev].name);
	} else {
		direct = gen_chance(g, 20);
		gen_put(g, &b, "%s", dst);
		if (!direct)
			gen_put(g, &b, " via %s", gateway(g, (unsigned)dev, via));
		route_options(g, &b, (unsigned)dev, direct);
	}
	gen_ip(g, g->dev[dev].ns, "%s", buf_str(&b));
	buf_release(&b);
	return true;
}

bool gen_do_route_add(struct gen *g)
{
	return route(g, "add");
}

bool gen_do_route_append(struct gen *g)
{
	return route(g, "append");
}

bool gen_do_route_replace(struct gen *g)
{
	return route(g, "replace");
}

bool gen_do_route_change(struct gen *g)
{
	return route(g, "change");
}

bool gen_do_route_del(struct gen *g)
{
	int ns = gen_ns_any(g);
	char dst[32];

	if (ns < 0)
		return false;
	gen_ip(g, (unsigned)ns, "route del %s", destination(g, dst));
	return true;
}

bool gen_do_route_flush(struct gen *g)
{
	int dev = gen_dev_l3(g);
	char dst[32];

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "route flush [cache|cache|dev %s|%s|scope link|proto boot|type unicast|table main]",
		dev_name(g, dev), destination(g, dst));
	return true;
}

/* ---- neighbours ---- */

/* A MAC address: the neighbour's own, which has to be a known one first; one that is nobody's; or an odd one. */
static void lladdr(struct gen *g, int near, char text[80])
{
	unsigned mac = 0x80 + gen_below(g, 4);

	if (near >= 0 && gen_chance(g, 65))
		mac = gen_mac(g, g->addr[near].dev);
	if (gen_chance(g, 96))
		snprintf(text, 80, "02:00:00:00:00:%02x", mac);
	else
		str_copy(text, 80, "[ff:ff:ff:ff:ff:ff|01:00:5e:00:00:01|00:00:00:00:00:00]");
}

static bool neigh(struct gen *g, const char *verb)
{
	static const char *const states[] = { "", "", "", "", "permanent", "stale", "reachable", "noarp", "failed",
		"none", "probe", "incomplete", "delay" };
	int dev = gen_dev_l3(g), near = dev < 0 ? -1 : gen_addr_near(g, (unsigned)dev);
	char ip[GEN_ADDRLEN], mac[80];
	const char *nud;

	if (dev < 0 || g->dev[dev].net < 0)
		return false;
	lladdr(g, near, mac);
	nud = GEN_PICK(g, states);
	if (near >= 0 && gen_chance(g, 85))
		gen_addr_text(ip, g->addr[near].ip);
	else
		gen_addr_text(ip, gen_free_ip(g, (unsigned)g->dev[dev].net));
	gen_ip(g, g->dev[dev].ns, "neigh %s %s lladdr %s%s%s dev %s", verb, ip, mac, *nud ? " nud " : "", nud,
		dev_name(g, dev));
	if (!strcmp(nud, "probe") || !strcmp(nud, "incomplete"))
		gen_sleep(g); /* till the questions are over */
	return true;
}

bool gen_do_neigh_add(struct gen *g)
{
	return neigh(g, "add");
}

bool gen_do_neigh_replace(struct gen *g)
{
	return neigh(g, "replace");
}

bool gen_do_neigh_change(struct gen *g)
{
	return neigh(g, "change");
}

bool gen_do_neigh_del(struct gen *g)
{
	int dev = gen_dev_l3(g), near = dev < 0 ? -1 : gen_addr_near(g, (unsigned)dev);
	char ip[GEN_ADDRLEN];

	if (near < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "neigh del %s dev %s", gen_addr_text(ip, g->addr[near].ip), dev_name(g, dev));
	return true;
}

bool gen_do_neigh_flush(struct gen *g)
{
	int dev = gen_dev_l3(g);

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "neigh flush [dev %s|dev %s|dev %s|all|nud stale|nud permanent]", dev_name(g, dev),
		dev_name(g, dev), dev_name(g, dev));
	return true;
}

/* The old tool. */
bool gen_do_arp_set(struct gen *g)
{
	int dev = gen_dev_l3(g), near = dev < 0 ? -1 : gen_addr_near(g, (unsigned)dev);
	unsigned mac;
	char ip[GEN_ADDRLEN];

	if (near < 0)
		return false;
	gen_addr_text(ip, g->addr[near].ip);
	mac = gen_chance(g, 60) ? gen_mac(g, g->addr[near].dev) : 0x99;
	gen_run(g, g->dev[dev].ns, "arp -i %s [-d %s|-s %s 02:00:00:00:00:%02x]", dev_name(g, dev), ip, ip, mac);
	return true;
}

/* Packets wait for an answer, when somebody takes their entry away or makes it. */
bool gen_do_neigh_waits(struct gen *g)
{
	int a = gen_addr_any(g), from = a < 0 ? -1 : gen_addr_near(g, g->addr[a].dev);
	unsigned ns, mac;
	char ip[GEN_ADDRLEN];
	const char *dev;

	if (from < 0 || !gen_has_time(g, 1100))
		return false;
	ns = ns_of_addr(g, from);
	dev = dev_name(g, (int)g->addr[from].dev);
	mac = gen_mac(g, g->addr[a].dev);
	gen_addr_text(ip, gen_free_ip(g, (unsigned)g->dev[g->addr[a].dev].net));
	gen_run(g, ns, "sysctl -qw net.ipv4.neigh.%s.retrans_time_ms=2000", dev);
	gen_run(g, ns, "ping -n -c 2 -i " GEN_AT_ONCE " -W 0.9 %s >/dev/null &", ip);
	gen_cmd(g, "sleep 0.2");
	switch (gen_below(g, 4)) {
	case 0:
		gen_ip(g, ns, "neigh replace %s lladdr 02:00:00:00:00:%02x dev %s", ip, mac, dev);
		break;
	case 1:
		gen_ip(g, ns, "neigh flush dev %s", dev);
		break;
	case 2:
		gen_ip(g, ns, "neigh del %s dev %s", ip, dev);
		break;
	default:
		gen_ip(g, ns, "link set %s down", dev);
		gen_ip(g, ns, "link set %s up", dev);
	}
	gen_cmd(g, "wait $!");
	gen_run(g, ns, "sysctl -qw net.ipv4.neigh.%s.retrans_time_ms=%u", dev, g->retrans_ms);
	gen_time(g, 1100);
	return true;
}
