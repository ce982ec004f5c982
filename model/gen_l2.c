/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: links, namespaces, bridges. */
#include <stdio.h>
#include <string.h>

#include "model/gen_lab.h"

/* ---- links ---- */

static int cable_end(struct gen *g)
{
	return gen_dev_any(g, gen_chance(g, 85) ? GEN_VETH : GEN_BRIDGE);
}

bool gen_do_link_down(struct gen *g)
{
	int dev = cable_end(g);

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "link set %s down", g->dev[dev].name);
	g->dev[dev].up = false;
	return true;
}

static bool dev_down(const struct gen *g, unsigned dev)
{
	return g->dev[dev].alive && !g->dev[dev].up && g->dev[dev].kind != GEN_LO;
}

bool gen_do_link_up(struct gen *g)
{
	for (unsigned i = 0, at = gen_below(g, g->devs + 1); i < g->devs; i++) {
		unsigned dev = (at + i) % g->devs;

		if (!dev_down(g, dev))
			continue;
		gen_up(g, dev);
		return true;
	}
	return false;
}

bool gen_do_link_flap(struct gen *g)
{
	int dev = cable_end(g);

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "link set %s down", g->dev[dev].name);
	if (gen_chance(g, 20))
		gen_ip(g, g->dev[dev].ns, "route");
	gen_up(g, (unsigned)dev);
	return true;
}

bool gen_do_link_mtu(struct gen *g)
{
	static const unsigned mtus[] = { 1400, 1000, 600, 1500, 1500, 576, 9000, 68, 60 };
	int dev = cable_end(g);
	unsigned mtu = GEN_PICK(g, mtus);

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "link set %s mtu %u", g->dev[dev].name, mtu);
	if (g->dev[dev].peer >= 0 && gen_chance(g, 60))
		gen_ip(g, g->dev[g->dev[dev].peer].ns, "link set dev %s mtu %u", g->dev[g->dev[dev].peer].name, mtu);
	return true;
}

bool gen_do_link_address(struct gen *g)
{
	int dev = cable_end(g);

	if (dev < 0)
		return false;
	if (gen_chance(g, 90)) {
		g->dev[dev].mac = (uint8_t)++g->macs;
		gen_ip(g, g->dev[dev].ns, "link set %s address 02:00:00:00:00:%02x", g->dev[dev].name, g->dev[dev].mac);
	} else {
		gen_ip(g, g->dev[dev].ns, "link set %s address [01:00:00:00:00:01|00:00:00:00:00:00|ff:ff:ff:ff:ff:ff]",
			g->dev[dev].name);
	}
	return true;
}

bool gen_do_link_rename(struct gen *g)
{
	int dev = gen_dev_any(g, gen_chance(g, 80) ? GEN_VETH : GEN_BRIDGE);
	char name[16];

	if (dev < 0)
		return false;
	gen_dev_name(g, g->dev[dev].ns, "lan", name);
	gen_ip(g, g->dev[dev].ns, "link set %s name %s", g->dev[dev].name, name);
	str_copy(g->dev[dev].name, sizeof(g->dev[dev].name), name);
	return true;
}

static void forget_addrs(struct gen *g, unsigned dev)
{
	for (unsigned i = 0; i < g->addrs; i++)
		g->addr[i].alive &= g->addr[i].dev != dev;
}

bool gen_do_link_move(struct gen *g)
{
	int dev = gen_dev_any(g, GEN_VETH), ns = gen_ns_any(g), a;

	if (dev < 0 || ns < 0 || g->dev[dev].ns == (unsigned)ns || gen_dev_named(g, (unsigned)ns, g->dev[dev].name))
		return false;
	if (ns)
		gen_ip(g, g->dev[dev].ns, "link set %s netns %s", g->dev[dev].name, g->ns[ns].name);
	else
		return false;
	forget_addrs(g, (unsigned)dev);
	g->dev[dev].ns = (unsigned)ns;
	g->dev[dev].master = -1;
	g->dev[dev].up = false;
	gen_dev_timers(g, (unsigned)dev);
	a = gen_addr_near(g, (unsigned)dev);
	if (a >= 0 && gen_chance(g, 70)) {
		uint32_t ip = gen_free_ip(g, (unsigned)g->dev[dev].net);
		char text[GEN_ADDRLEN];

		gen_ip(g, (unsigned)ns, "addr add %s/%u dev %s", gen_addr_text(text, ip), g->addr[a].len,
			g->dev[dev].name);
		gen_addr_put(g, (unsigned)dev, ip, g->addr[a].len);
	}
	gen_up(g, (unsigned)dev);
	return true;
}

static void forget_dev(struct gen *g, unsigned dev)
{
	g->dev[dev].alive = false;
	forget_addrs(g, dev);
	for (unsigned i = 0; i < g->devs; i++)
		if (g->dev[i].master == (int)dev)
			g->dev[i].master = -1;
	if (g->dev[dev].peer >= 0 && g->dev[g->dev[dev].peer].alive)
		forget_dev(g, (unsigned)g->dev[dev].peer);
}

bool gen_do_link_del(struct gen *g)
{
	int dev = cable_end(g);

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "link del %s", g->dev[dev].name);
	forget_dev(g, (unsigned)dev);
	return true;
}

bool gen_do_link_options(struct gen *g)
{
	int dev = cable_end(g);

	if (dev < 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "link set %s [arp off|arp off|arp on|txqueuelen 500]", g->dev[dev].name);
	return true;
}

/* One more cable with a subnet of its own; sometimes to a new namespace. */
bool gen_do_link_add(struct gen *g)
{
	int ns = gen_ns_any(g), other = gen_chance(g, 40) ? gen_ns_any(g) : -1;
	char name[12];

	if (ns < 0 || g->devs + 2 > GEN_DEVS || g->nets == GEN_NETS)
		return false;
	if (other < 0) {
		snprintf(name, sizeof(name), "n%u", g->nses);
		other = gen_ns_add(g, name);
	}
	if (other < 0)
		return false;
	gen_cable_net(g, (unsigned)ns, (unsigned)other);
	return true;
}

bool gen_do_netns_del(struct gen *g)
{
	int ns = gen_ns_any(g);

	if (ns <= 0)
		return false;
	for (unsigned i = 0; i < g->servers; i++) /* a process would keep it alive */
		if (g->server[i].ns == (unsigned)ns)
			return false;
	gen_cmd(g, "ip netns del %s", g->ns[ns].name);
	g->ns[ns].alive = false;
	for (unsigned i = 0; i < g->devs; i++)
		if (g->dev[i].alive && g->dev[i].ns == (unsigned)ns)
			forget_dev(g, i);
	return true;
}

/* ---- bridges ---- */

bool gen_do_port_flag(struct gen *g)
{
	static const char *const flags[] = {
#define BR_FLAG(id, word, on) word,
#include "model/br_flag.def"
	};
	int port = gen_port_any(g);
	const char *flag = GEN_PICK(g, flags), *value = "[on|off|off]";
	bool trunk;

	if (port < 0)
		return false;
	/* hairpin towards another bridge would be a ring; neigh_suppress is not modelled */
	trunk = g->dev[port].peer >= 0 && g->dev[g->dev[port].peer].master >= 0;
	if (!strcmp(flag, "neigh_suppress") || (!strcmp(flag, "hairpin") && trunk))
		value = "off";
	else if (!strcmp(flag, "hairpin") || !strcmp(flag, "isolated"))
		value = "[on|on|on|off]";
	if (gen_chance(g, 60))
		gen_run(g, g->dev[port].ns, "bridge link set dev %s %s %s", g->dev[port].name, flag, value);
	else
		gen_ip(g, g->dev[port].ns, "link set %s type bridge_slave %s %s", g->dev[port].name, flag, value);
	return true;
}

bool gen_do_port_state(struct gen *g)
{
	int port = gen_port_any(g);

	if (port < 0)
		return false;
	if (gen_chance(g, 25))
		gen_ip(g, g->dev[port].ns, "link set %s type bridge_slave [priority|cost] [1|8|32|63|64]",
			g->dev[port].name);
	else
		gen_run(g, g->dev[port].ns, "bridge link set dev %s state [0|1|2|3|4|blocking]", g->dev[port].name);
	return true;
}

/* A station that is, or is not, behind the port. */
static unsigned station(struct gen *g, unsigned port)
{
	int dev = gen_chance(g, 70) ? g->dev[port].peer : gen_dev_any(g, GEN_VETH);

	return dev >= 0 && gen_chance(g, 90) ? gen_mac(g, (unsigned)dev) : 0x90 + gen_below(g, 4);
}

static bool fdb(struct gen *g, const char *verb, const char *kinds)
{
	int port = gen_port_any(g);
	unsigned mac;

	if (port < 0)
		return false;
	mac = station(g, (unsigned)port);
	gen_run(g, g->dev[port].ns, "bridge fdb %s 02:00:00:00:00:%02x dev %s master%s", verb, mac, g->dev[port].name,
		kinds);
	return true;
}

#define FDB_KINDS " [static|static|dynamic|local|permanent|static sticky]"

bool gen_do_fdb_add(struct gen *g)
{
	return fdb(g, "add", FDB_KINDS);
}

bool gen_do_fdb_append(struct gen *g)
{
	return fdb(g, "append", FDB_KINDS);
}

bool gen_do_fdb_replace(struct gen *g)
{
	return fdb(g, "replace", FDB_KINDS);
}

bool gen_do_fdb_del(struct gen *g)
{
	return fdb(g, "del", "");
}

/* An entry of the bridge itself. */
bool gen_do_fdb_self(struct gen *g)
{
	int br = gen_dev_any(g, GEN_BRIDGE);

	if (br < 0)
		return false;
	gen_run(g, g->dev[br].ns, "bridge fdb [add|add|del|replace] 02:00:00:00:00:9[0|1|2] dev %s [self|self|local]",
		g->dev[br].name);
	return true;
}

bool gen_do_fdb_flush(struct gen *g)
{
	int port = gen_port_any(g);

	if (port < 0)
		return false;
	gen_run(g, g->dev[port].ns,
		"bridge fdb flush dev %s[50? brport %s][| dynamic| static| permanent| master| self]",
		g->dev[g->dev[port].master].name, g->dev[port].name);
	return true;
}

bool gen_do_port_leave(struct gen *g)
{
	int port = gen_port_any(g);

	if (port < 0)
		return false;
	gen_ip(g, g->dev[port].ns, "link set %s nomaster", g->dev[port].name);
	g->dev[port].master = -1;
	return true;
}

/* Ends of cables become ports: never both ends of one. */
bool gen_do_port_join(struct gen *g)
{
	int br = gen_dev_any(g, GEN_BRIDGE), dev = br < 0 ? -1 : gen_dev_of(g, g->dev[br].ns);

	if (dev < 0 || dev == br || g->dev[dev].kind != GEN_VETH || g->dev[g->dev[dev].peer].master >= 0)
		return false;
	gen_ip(g, g->dev[dev].ns, "link set %s master %s", g->dev[dev].name, g->dev[br].name);
	g->dev[dev].master = br;
	return true;
}

/* A bridge that is new, between what is there. */
bool gen_do_bridge_add(struct gen *g)
{
	int ns = gen_ns_any(g), br, dev;

	if (ns < 0 || (dev = gen_dev_of(g, (unsigned)ns)) < 0 || g->dev[dev].kind != GEN_VETH ||
		g->dev[g->dev[dev].peer].master >= 0 || (br = gen_bridge(g, (unsigned)ns)) < 0)
		return false;
	gen_ip(g, (unsigned)ns, "link set %s master %s", g->dev[dev].name, g->dev[br].name);
	g->dev[dev].master = br;
	g->dev[br].net = g->dev[dev].net;
	return true;
}

bool gen_do_bridge_options(struct gen *g)
{
	static const char *const options[] = { "ageing_time 30000", "ageing_time 0", "nf_call_iptables 1",
		"nf_call_iptables 0", "forward_delay 400", "stp_state 0" };
	int br = gen_dev_any(g, GEN_BRIDGE);

	if (br < 0)
		return false;
	gen_ip(g, g->dev[br].ns, "link set %s type bridge %s", g->dev[br].name, GEN_PICK(g, options));
	return true;
}

bool gen_do_br_netfilter(struct gen *g)
{
	int br = gen_dev_any(g, GEN_BRIDGE);

	if (br < 0)
		return false;
	if (!g->br_nf)
		gen_cmd(g, "modprobe br_netfilter");
	else
		gen_run(g, g->dev[br].ns, "sysctl -qw net.bridge.bridge-nf-call-iptables=%u", gen_below(g, 2));
	g->br_nf = true;
	return true;
}
