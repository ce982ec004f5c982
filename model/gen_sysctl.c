/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: sysctls. Every one of model/sysctl.def is written, with 0, 1 and its default, or with
 * the values that are said to be worth it here. */
#include <string.h>

#include "model/gen_lab.h"

/* Instead of 0, 1 and the default; "" = the value belongs to the rules for times (gen_lab.h), and is left alone. */
static const struct {
	const char *name, *values;
} special[] = {
	{ "net/ipv4/ip_default_ttl", "[1|2|3|64|255]" },
	{ "net/ipv4/icmp_ratelimit", "" },
	{ "net/ipv4/icmp_ratemask", "" },
	{ "net/ipv4/icmp_msgs_per_sec", "" },
	{ "net/ipv4/icmp_msgs_burst", "" },
	{ "net/ipv4/ip_no_pmtu_disc", "[0|1|2|3]" },
	{ "net/ipv4/tcp_timestamps", "[0|1|2]" },
	{ "net/ipv4/tcp_syn_retries", "[1|6]" },
	{ "rp_filter", "[0|1|1|2]" },
	{ "arp_ignore", "[0|1|2|3|8]" },
	{ "arp_announce", "[0|1|2]" },
	{ "arp_accept", "[0|1|2]" },
	{ "send_redirects", "" },
	{ "mcast_solicit", "[0|1|2|3]" },
	{ "ucast_solicit", "[0|1|3]" },
	{ "app_solicit", "[0|1]" },
	{ "mcast_resolicit", "[0|1]" },
	{ "retrans_time_ms", "[40|50]" },
	{ "base_reachable_time_ms", "[60000|120000]" },
	{ "delay_first_probe_time", "[40|100]" },
	{ "gc_stale_time", "[60|120]" },
	{ "unres_qlen_bytes", "[0|1000|2000|212992]" },
	{ "locktime", "6000" },
	{ "proxy_delay", "0" },
};

/* NULL: is left alone. */
static const char *values(const char *name, const char *usual)
{
	for (unsigned i = 0; i < ARRAY_SIZE(special); i++)
		if (!strcmp(special[i].name, name))
			return *special[i].values ? special[i].values : NULL;
	return usual;
}

/* Written in one of the ways that there are; v in the language of gen_put(). */
static void write_it(struct gen *g, unsigned ns, const char *path, const char *v)
{
	char dots[128];

	str_copy(dots, sizeof(dots), path);
	for (char *s = dots; *s; s++)
		*s = *s == '/' ? '.' : *s;
	if (!ns && gen_chance(g, 20))
		gen_cmd(g, "echo %s > /proc/sys/%s", v, path);
	else
		gen_run(g, ns, "sysctl [-w|-qw|-qw] %s=%s", dots, v);
	if (gen_chance(g, 10))
		gen_run(g, ns, "sysctl [|-n ]%s", dots);
}

bool gen_do_sysctl_ns(struct gen *g)
{
	static const struct {
		const char *path, *usual;
	} rows[] = {
#define NS_SYSCTL(id, path, how, def, min, max) { path, "[0|1|" #def "]" },
#include "model/sysctl.def"
	};
	unsigned i = gen_below(g, ARRAY_SIZE(rows));
	int ns = gen_ns_any(g);
	const char *v = values(rows[i].path, rows[i].usual);

	if (ns < 0 || !v || (strstr(rows[i].path, "bridge") && !g->br_nf))
		return false;
	write_it(g, (unsigned)ns, rows[i].path, v);
	return true;
}

bool gen_do_sysctl_dev(struct gen *g)
{
	static const char *const names[] = {
#define DEV_SYSCTL(id, name, def, min, max) name,
#include "model/sysctl.def"
	};
	const char *name = GEN_PICK(g, names), *v = values(name, "[0|1|1]"), *scope;
	int dev = gen_dev_l3(g);
	struct buf path = { 0 };

	if (dev < 0 || !v)
		return false;
	scope = gen_chance(g, 60) ? g->dev[dev].name : gen_chance(g, 75) ? "all" : "default";
	buf_printf(&path, "net/ipv4/conf/%s/%s", scope, name);
	write_it(g, g->dev[dev].ns, buf_str(&path), v);
	buf_release(&path);
	return true;
}

bool gen_do_sysctl_neigh(struct gen *g)
{
	static const char *const names[] = {
#define NEIGH_SYSCTL(id, name, how, def, min, max) name,
#include "model/sysctl.def"
	};
	const char *name = GEN_PICK(g, names), *v = values(name, "[0|1]");
	int dev = gen_dev_l3(g);
	struct buf path = { 0 };

	if (dev < 0 || !v)
		return false;
	buf_printf(&path, "net/ipv4/neigh/%s/%s", g->dev[dev].name, name);
	write_it(g, g->dev[dev].ns, buf_str(&path), v);
	buf_release(&path);
	return true;
}

/* A router that answers for what is behind it, and somebody who asks on the cable for what is not there. */
bool gen_do_proxy_arp(struct gen *g)
{
	int r = gen_ns_router(g), dev = r < 0 ? -1 : gen_dev_of(g, (unsigned)r), near, far;
	char to[GEN_ADDRLEN];

	if (dev < 0 || (near = gen_addr_near(g, (unsigned)dev)) < 0 || !gen_has_time(g, 500))
		return false;
	gen_run(g, (unsigned)r, "sysctl -qw net.ipv4.conf.%s.proxy_arp=1", g->dev[dev].name);
	far = gen_addr_elsewhere(g, (unsigned)r);
	gen_addr_text(to, far >= 0 ? g->addr[far].ip : 0x0a090001);
	gen_ip(g, g->dev[g->addr[near].dev].ns, "route replace %s dev %s", to, g->dev[g->addr[near].dev].name);
	gen_run(g, g->dev[g->addr[near].dev].ns, "ping -n -c 1 -W " GEN_WAIT " %s", to);
	gen_time(g, 500);
	return true;
}
