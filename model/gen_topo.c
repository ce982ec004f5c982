/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: shapes, and what they are built with. */
#include <stdio.h>
#include <string.h>

#include "model/gen_lab.h"

/* ---- namespaces ---- */

int gen_ns_add(struct gen *g, const char *name)
{
	struct gen_ns *n = &g->ns[g->nses];

	if (g->nses == GEN_NSES)
		return -1;
	*n = (struct gen_ns){ .alive = true };
	str_copy(n->name, sizeof(n->name), name);
	gen_cmd(g, "ip netns add %s", name);
	return (int)g->nses++;
}

/* What packets need of each namespace; for the host too. */
static void ns_settle(struct gen *g, unsigned ns)
{
	if (gen_chance(g, 85))
		gen_ip(g, ns, "link set lo up");
	/* not icmp_ratelimit=0: each error then takes all tokens of the peer, which ip_error() counts too */
	if (!g->redirects)
		gen_run(g, ns,
			"sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 "
			"net.ipv4.icmp_ratemask=0");
}

static int ns_new(struct gen *g, const char *name)
{
	int ns = gen_ns_add(g, name);

	if (ns >= 0)
		ns_settle(g, (unsigned)ns);
	return ns;
}

static void forwards(struct gen *g, unsigned ns)
{
	g->ns[ns].router = true;
	if (gen_chance(g, 95))
		gen_run(g, ns, "sysctl -qw net.ipv4.ip_forward=1");
}

/* ---- devices ---- */

void gen_dev_timers(struct gen *g, unsigned dev)
{
	const struct {
		const char *name;
		unsigned value;
	} timers[] = { { "retrans_time_ms", g->retrans_ms }, { "mcast_solicit", g->solicits },
		{ "ucast_solicit", g->solicits }, { "locktime", 6000 }, { "delay_first_probe_time", 40 },
		{ "proxy_delay", 0 } };
	struct buf words = { 0 };

	for (unsigned i = 0; i < ARRAY_SIZE(timers); i++)
		buf_printf(&words, " net.ipv4.neigh.%s.%s=%u", g->dev[dev].name, timers[i].name, timers[i].value);
	gen_run(g, g->dev[dev].ns, "sysctl -qw%s", buf_str(&words));
	buf_release(&words);
}

static int dev_new(struct gen *g, unsigned ns, enum gen_kind kind, const char *name)
{
	struct gen_dev *d = &g->dev[g->devs];

	if (g->devs == GEN_DEVS)
		return -1;
	*d = (struct gen_dev){
		.ns = ns, .kind = kind, .alive = true, .peer = -1, .master = -1, .net = -1, .mtu = 1500
	};
	str_copy(d->name, sizeof(d->name), name);
	return (int)g->devs++;
}

bool gen_dev_named(const struct gen *g, unsigned ns, const char *name)
{
	for (unsigned i = 0; i < g->devs; i++)
		if (g->dev[i].alive && g->dev[i].ns == ns && !strcmp(g->dev[i].name, name))
			return true;
	return false;
}

/* The next name of this kind that is free there. */
void gen_dev_name(const struct gen *g, unsigned ns, const char *stem, char name[16])
{
	unsigned i = 0;

	do {
		snprintf(name, 16, "%s%u", stem, i++);
	} while (gen_dev_named(g, ns, name));
}

int gen_lo(struct gen *g, unsigned ns)
{
	for (unsigned i = 0; i < g->devs; i++)
		if (g->dev[i].alive && g->dev[i].ns == ns && g->dev[i].kind == GEN_LO)
			return (int)i;
	return dev_new(g, ns, GEN_LO, "lo");
}

unsigned gen_mac(struct gen *g, unsigned dev)
{
	struct gen_dev *d = &g->dev[dev];

	if (!d->mac && d->kind != GEN_LO) {
		d->mac = (uint8_t)++g->macs;
		gen_ip(g, d->ns, "link set %s address 02:00:00:00:00:%02x", d->name, d->mac);
	}
	return d->mac;
}

void gen_up(struct gen *g, unsigned dev)
{
	gen_ip(g, g->dev[dev].ns, "link set [|dev ]%s up", g->dev[dev].name);
	g->dev[dev].up = true;
}

bool gen_cable(struct gen *g, unsigned ns, const char *name, unsigned peer_ns, const char *peer_name, unsigned *one,
	unsigned *other)
{
	char first[16], second[16];
	int a, b;

	if (g->devs + 2 > GEN_DEVS)
		return false;
	if (name)
		str_copy(first, sizeof(first), name);
	else
		gen_dev_name(g, ns, "eth", first);
	a = dev_new(g, ns, GEN_VETH, first);
	if (peer_name)
		str_copy(second, sizeof(second), peer_name);
	else
		gen_dev_name(g, peer_ns, "eth", second);
	b = dev_new(g, peer_ns, GEN_VETH, second);
	g->dev[a].peer = b;
	g->dev[b].peer = a;
	buf_printf(g->out, "ip link add %s ", first);
	if (ns)
		buf_printf(g->out, "netns %s ", g->ns[ns].name);
	buf_printf(g->out, "type veth peer name %s", second);
	if (peer_ns)
		buf_printf(g->out, " netns %s", g->ns[peer_ns].name);
	gen_cmd(g, "%s", "");
	gen_dev_timers(g, (unsigned)a);
	gen_dev_timers(g, (unsigned)b);
	*one = (unsigned)a;
	*other = (unsigned)b;
	return true;
}

int gen_bridge(struct gen *g, unsigned ns)
{
	char name[16];
	int br;

	gen_dev_name(g, ns, "br", name);
	br = dev_new(g, ns, GEN_BRIDGE, name);
	if (br < 0)
		return -1;
	gen_ip(g, ns, "link add %s type bridge mcast_snooping 0", name);
	gen_dev_timers(g, (unsigned)br);
	if (gen_chance(g, 97))
		gen_up(g, (unsigned)br);
	return br;
}

/* ---- addresses ---- */

void gen_addr_put(struct gen *g, unsigned dev, uint32_t ip, unsigned len)
{
	if (g->addrs < GEN_ADDRS)
		g->addr[g->addrs++] = (struct gen_addr){ true, dev, ip, len };
}

int gen_net_new(struct gen *g, unsigned hosts)
{
	static const struct {
		uint32_t ip;
		unsigned len;
		uint32_t step;
	} kinds[] = { { 0x0a000100, 24, 0x100 }, { 0x0a000100, 24, 0x100 }, { 0x0a010000, 16, 0x10000 },
		{ 0xc0a80f00, 24, 0x100 }, { 0xac100000, 20, 0x1000 }, { 0x0a400000, 29, 8 }, { 0x0a500000, 30, 4 },
		{ 0x0a600000, 31, 2 } };
	struct gen_net *n = &g->net[g->nets];
	unsigned i;

	if (g->nets == GEN_NETS)
		return -1;
	do {
		i = gen_below(g, ARRAY_SIZE(kinds));
	} while (~gen_mask(kinds[i].len) < hosts + (kinds[i].len < 31) && kinds[i].len > 24);
	*n = (struct gen_net){ .ip = kinds[i].ip + g->nets * kinds[i].step, .len = kinds[i].len };
	return (int)g->nets++;
}

/* The next address of the subnet for the device, most of the time; else one that nearly fits. */
static void address(struct gen *g, unsigned dev, unsigned net)
{
	struct gen_net *n = &g->net[net];
	uint32_t ip = n->ip + (n->len < 31) + n->hosts++;
	unsigned len = n->len;
	char text[GEN_ADDRLEN];

	g->dev[dev].net = (int)net;
	if (gen_chance(g, 6)) {
		switch (gen_below(g, 6)) {
		case 0:
			return; /* forgotten */
		case 1:
			len = 32;
			break;
		case 2:
			len += len < 31 ? 1 : 0;
			break;
		case 3:
			len -= 1;
			break;
		case 4: /* somebody else's */
			ip = n->hosts > 1 ? ip - 1 : ip;
			break;
		default: /* another subnet */
			ip ^= 0x00010000;
		}
	}
	gen_addr_text(text, ip);
	if (len == 32 && gen_chance(g, 50))
		gen_ip(g, g->dev[dev].ns, "addr add %s dev %s", text, g->dev[dev].name);
	else
		gen_ip(g, g->dev[dev].ns, "addr add %s/%u [25?brd + ]dev %s", text, len, g->dev[dev].name);
	gen_addr_put(g, dev, ip, len);
}

bool gen_cable_net(struct gen *g, unsigned ns, unsigned peer_ns)
{
	int net = gen_net_new(g, 2);
	unsigned a, b;

	if (net < 0 || !gen_cable(g, ns, NULL, peer_ns, NULL, &a, &b))
		return false;
	address(g, a, (unsigned)net);
	address(g, b, (unsigned)net);
	if (gen_chance(g, 97))
		gen_up(g, a);
	if (gen_chance(g, 97))
		gen_up(g, b);
	return true;
}

/* Connects a namespace to a bridge; returns the device there, or -1. */
static int plug(struct gen *g, unsigned br, unsigned ns)
{
	char port[16];
	unsigned a, b;

	gen_dev_name(g, g->dev[br].ns, "v", port);
	if (!gen_cable(g, g->dev[br].ns, port, ns, NULL, &a, &b))
		return -1;
	gen_ip(g, g->dev[br].ns, "link set %s master %s", port, g->dev[br].name);
	g->dev[a].master = (int)br;
	if (gen_chance(g, 97))
		gen_up(g, a);
	if (gen_chance(g, 97))
		gen_up(g, b);
	return (int)b;
}

/* ---- routes ---- */

/* The device of ns on the subnet with an address there: index of the address, or -1. */
static int addr_on(const struct gen *g, unsigned ns, unsigned net)
{
	for (unsigned i = 0; i < g->addrs; i++)
		if (g->addr[i].alive && g->dev[g->addr[i].dev].ns == ns && g->dev[g->addr[i].dev].net == (int)net)
			return (int)i;
	return -1;
}

/* The first router on the way from ns to the subnet: the index of its address, or -1; breadth first. */
static int next_hop(const struct gen *g, unsigned ns, unsigned net)
{
	int via[GEN_NETS];
	unsigned queue[GEN_NETS], n = 0;

	memset(via, -1, sizeof(via));
	for (unsigned i = 0; i < g->nets; i++)
		if (addr_on(g, ns, i) >= 0) {
			via[i] = -2; /* our own */
			queue[n++] = i;
		}
	for (unsigned q = 0; q < n; q++)
		for (unsigned r = 0; r < g->nses; r++) {
			int a = g->ns[r].router && r != ns ? addr_on(g, r, queue[q]) : -1;

			for (unsigned i = 0; a >= 0 && i < g->nets; i++) {
				if (via[i] != -1 || addr_on(g, r, i) < 0)
					continue;
				via[i] = via[queue[q]] == -2 ? a : via[queue[q]];
				queue[n++] = i;
			}
		}
	return via[net];
}

void gen_routes(struct gen *g)
{
	for (unsigned ns = 0; ns < g->nses; ns++) {
		bool done = false;

		for (unsigned i = 0; i < g->nets && !done; i++) {
			int hop = next_hop(g, ns, i);
			char to[GEN_ADDRLEN], via[GEN_ADDRLEN];

			if (hop < 0 || gen_chance(g, 4))
				continue;
			gen_addr_text(to, g->net[i].ip);
			gen_addr_text(via, g->addr[hop].ip + gen_chance(g, 2));
			if (!g->ns[ns].router && gen_chance(g, 70)) {
				gen_ip(g, ns, "route add default via %s", via);
				done = true;
			} else {
				gen_ip(g, ns, "route add %s/%u via %s", to, g->net[i].len, via);
			}
		}
	}
}

/* ---- shapes ---- */

bool gen_do_two_hosts(struct gen *g)
{
	int a = ns_new(g, "a"), b = ns_new(g, "b");

	for (unsigned n = gen_chance(g, 25) ? 2 : 1; n; n--)
		gen_cable_net(g, (unsigned)a, (unsigned)b);
	return true;
}

/* The host with a cable to each of a few. */
bool gen_do_star(struct gen *g)
{
	ns_settle(g, 0);
	if (gen_chance(g, 60))
		forwards(g, 0);
	for (unsigned i = 0, n = 1 + gen_below(g, 3); i < n; i++)
		gen_cable_net(g, 0, (unsigned)ns_new(g, (const char *[]){ "a", "b", "c" }[i]));
	gen_routes(g);
	return true;
}

/* Hosts at a bridge: of the host, or of a namespace of its own; the bridge itself may have an address. */
static int lan(struct gen *g, unsigned at, const char *const *names, unsigned n)
{
	int br = gen_bridge(g, at), net = gen_net_new(g, n + 1);

	for (unsigned i = 0; i < n; i++) {
		int ns = -1, dev;

		for (unsigned j = 0; j < g->nses; j++)
			ns = g->ns[j].alive && !strcmp(g->ns[j].name, names[i]) ? (int)j : ns;
		dev = plug(g, (unsigned)br, (unsigned)(ns < 0 ? ns_new(g, names[i]) : ns));
		if (dev >= 0)
			address(g, (unsigned)dev, (unsigned)net);
	}
	if (gen_chance(g, 60))
		address(g, (unsigned)br, (unsigned)net);
	else
		g->dev[br].net = net;
	return br;
}

static const char *const hosts[] = { "a", "b", "c", "d", "e" };

bool gen_do_bridge(struct gen *g)
{
	unsigned at = gen_chance(g, 70) ? 0 : (unsigned)gen_ns_add(g, "sw");

	ns_settle(g, at);
	lan(g, at, hosts, 2 + gen_below(g, 3));
	return true;
}

/* A LAN, and beyond the machine with the bridge another network. */
bool gen_do_gateway(struct gen *g)
{
	unsigned at = gen_chance(g, 70) ? 0 : (unsigned)gen_ns_add(g, "gw");

	ns_settle(g, at);
	forwards(g, at);
	lan(g, at, hosts, 1 + gen_below(g, 3));
	gen_cable_net(g, at, (unsigned)ns_new(g, "out"));
	gen_routes(g);
	return true;
}

/* Two bridges in different machines, with a cable between them; never two cables. */
bool gen_do_two_bridges(struct gen *g)
{
	unsigned far = (unsigned)ns_new(g, "sw"), a, b;
	int one, two, net;

	ns_settle(g, 0);
	one = lan(g, 0, hosts, 1 + gen_below(g, 2));
	net = g->dev[one].net;
	two = gen_bridge(g, far);
	g->dev[two].net = net;
	for (unsigned i = 2, n = 3 + gen_below(g, 2); i < n; i++) {
		int dev = plug(g, (unsigned)two, (unsigned)ns_new(g, hosts[i]));

		address(g, (unsigned)dev, (unsigned)net);
	}
	if (!gen_cable(g, 0, "trunk", far, "trunk", &a, &b))
		return true;
	gen_ip(g, 0, "link set trunk master %s", g->dev[one].name);
	gen_ip(g, far, "link set trunk master %s", g->dev[two].name);
	g->dev[a].master = one;
	g->dev[b].master = two;
	gen_up(g, a);
	gen_up(g, b);
	return true;
}

/* Routers in a row. */
bool gen_do_chain(struct gen *g)
{
	unsigned left = (unsigned)ns_new(g, "a"), n = 1 + gen_below(g, 3);

	for (unsigned i = 0; i < n; i++) {
		unsigned r = (unsigned)ns_new(g, (const char *[]){ "r", "s", "t" }[i]);

		forwards(g, r);
		gen_cable_net(g, left, r);
		left = r;
	}
	gen_cable_net(g, left, (unsigned)ns_new(g, "b"));
	gen_routes(g);
	return true;
}

/* Two ways from a to b. */
bool gen_do_ring(struct gen *g)
{
	unsigned a = (unsigned)ns_new(g, "a"), r = (unsigned)ns_new(g, "r"), s = (unsigned)ns_new(g, "s");
	unsigned b = (unsigned)ns_new(g, "b");

	forwards(g, r);
	forwards(g, s);
	gen_cable_net(g, a, r);
	gen_cable_net(g, r, b);
	gen_cable_net(g, a, s);
	gen_cable_net(g, s, b);
	gen_routes(g);
	return true;
}

/* Hosts and two routers at one bridge; behind the second router there is more. */
bool gen_do_lan_routers(struct gen *g)
{
	static const char *const names[] = { "a", "r", "s" };
	int r = ns_new(g, "r"), s = ns_new(g, "s");

	ns_settle(g, 0);
	forwards(g, (unsigned)r);
	forwards(g, (unsigned)s);
	lan(g, 0, names, 3);
	gen_cable_net(g, (unsigned)s, (unsigned)ns_new(g, "b"));
	gen_routes(g);
	return true;
}

/* Namespaces with cables as chance has it. */
bool gen_do_tangle(struct gen *g)
{
	unsigned n = 3 + gen_below(g, 3), one;

	for (unsigned i = 0; i < n; i++) {
		unsigned ns = (unsigned)ns_new(g, hosts[i]);

		if (gen_chance(g, 50))
			forwards(g, ns);
	}
	for (unsigned i = 2; i <= n; i++)
		gen_cable_net(g, i, 1 + gen_below(g, i - 1));
	for (unsigned more = gen_below(g, 3); more; more--) {
		one = 1 + gen_below(g, n);
		gen_cable_net(g, one, 1 + gen_below(g, n));
	}
	gen_routes(g);
	return true;
}
