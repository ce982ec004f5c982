/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: short stories that lead to what chance hardly ever meets, each with its own probe. */
#include "model/gen_lab.h"

#define PING "ping -n -c 1 -W " GEN_WAIT " "

/* Two on one segment, who has an address and who speaks to it. False: there are none, or no time. */
static bool pair(struct gen *g, unsigned ms, unsigned *to, unsigned *from)
{
	int a = gen_addr_any(g), near = a < 0 ? -1 : gen_addr_near(g, g->addr[a].dev);

	if (near < 0 || g->redirects || !gen_has_time(g, ms) || g->dev[g->addr[a].dev].kind == GEN_LO)
		return false;
	gen_time(g, ms);
	*to = (unsigned)a;
	*from = (unsigned)near;
	return true;
}

static const struct gen_dev *dev_of(const struct gen *g, unsigned addr)
{
	return &g->dev[g->addr[addr].dev];
}

/* A source to which the way back is another one, or none. */
bool gen_do_scene_source(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN];

	if (!pair(g, 1500, &to, &from))
		return false;
	gen_addr_text(ip, g->addr[to].ip);
	gen_run(g, dev_of(g, to)->ns, "sysctl -qw net.ipv4.conf.%s.rp_filter=[1|1|2]", dev_of(g, to)->name);
	gen_ip(g, dev_of(g, from)->ns, "addr add 10.7.9.9/32 dev lo");
	gen_run(g, dev_of(g, from)->ns, PING "%s", ip);
	gen_run(g, dev_of(g, from)->ns, PING "-I 10.7.9.9 %s", ip);
	return true;
}

/* Fewer may wait for an answer than come. */
bool gen_do_scene_queue(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN];

	if (!pair(g, 600, &to, &from) || dev_of(g, to)->net < 0)
		return false;
	gen_addr_text(ip, gen_free_ip(g, (unsigned)dev_of(g, to)->net));
	gen_run(g, dev_of(g, from)->ns, "sysctl -qw net.ipv4.neigh.%s.unres_qlen_bytes=[1000|2000|5000]",
		dev_of(g, from)->name);
	gen_run(g, dev_of(g, from)->ns, "ping -n -q -c 6 -l 6 -i " GEN_AT_ONCE " -W " GEN_WAIT " [|-s 1000 ]%s", ip);
	return true;
}

/* A router's way that leads nowhere. */
bool gen_do_scene_dead_end(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN];

	if (!pair(g, 1000, &to, &from))
		return false;
	gen_ip(g, dev_of(g, from)->ns, "route replace 10.9.0.0/24 via %s", gen_addr_text(ip, g->addr[to].ip));
	gen_ip(g, dev_of(g, to)->ns,
		"route replace [blackhole|unreachable|prohibit|throw|multicast|anycast|local|broadcast] 10.9.0.0/24[| "
		"dev %s]",
		dev_of(g, to)->name);
	gen_run(g, dev_of(g, to)->ns, "sysctl -qw net.ipv4.ip_forward=[1|1|0]");
	gen_run(g, dev_of(g, from)->ns, PING "10.9.0.1");
	if (gen_chance(g, 50))
		gen_run(g, dev_of(g, to)->ns, PING "10.9.0.1");
	return true;
}

/* What is asked of one goes to its loopback address. */
bool gen_do_scene_localnet(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN];

	if (!pair(g, 500, &to, &from))
		return false;
	gen_run(g, dev_of(g, to)->ns, "iptables -t nat -A PREROUTING -d %s -j DNAT --to-destination 127.0.0.[1|1|2]",
		gen_addr_text(ip, g->addr[to].ip));
	gen_run(g, dev_of(g, to)->ns, "sysctl -qw net.ipv4.conf.%s.route_localnet=[0|0|1]", dev_of(g, to)->name);
	gen_run(g, dev_of(g, from)->ns, PING "%s", ip);
	return true;
}

/* Acknowledgements get lost: what was received comes again, 0.2 and 0.6 s later. */
bool gen_do_scene_again(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN];

	if (!pair(g, 700, &to, &from))
		return false;
	gen_run(g, dev_of(g, from)->ns, "iptables -A INPUT -p tcp --sport 5005 --tcp-flags ALL ACK -j DROP");
	gen_run(g, dev_of(g, to)->ns, "nc -l -p 5005 >/dev/null &");
	gen_cmd(g, "sleep 0.3");
	gen_run(g, dev_of(g, from)->ns, "nc %s 5005 <<X >/dev/null &\nonce more\nX", gen_addr_text(ip, g->addr[to].ip));
	gen_cmd(g, "sleep 0.3"); /* it is sent again after 0.2 s and after 0.4 s */
	gen_cmd(g, "kill $!");
	return true;
}

/* Addresses of the link layer that no bridge passes on, or that are everybody's. */
bool gen_do_scene_group(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN];

	if (!pair(g, 500, &to, &from))
		return false;
	gen_ip(g, dev_of(g, from)->ns,
		"neigh replace %s lladdr [01:80:c2:00:00:01|01:80:c2:00:00:0e|ff:ff:ff:ff:ff:ff|01:00:5e:00:00:05] dev "
		"%s",
		gen_addr_text(ip, g->addr[to].ip), dev_of(g, from)->name);
	gen_run(g, dev_of(g, from)->ns, PING "%s", ip);
	return true;
}

/* A loop of two routers: till the TTL is used up. */
bool gen_do_scene_loop(struct gen *g)
{
	unsigned to, from;
	char ip[GEN_ADDRLEN], back[GEN_ADDRLEN];

	if (!pair(g, 1000, &to, &from))
		return false;
	gen_addr_text(ip, g->addr[to].ip);
	gen_addr_text(back, g->addr[from].ip);
	gen_ip(g, dev_of(g, from)->ns, "route replace 10.9.4.0/24 via %s", ip);
	gen_ip(g, dev_of(g, to)->ns, "route replace 10.9.4.0/24 via %s", back);
	gen_run(g, dev_of(g, from)->ns, "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.%s.send_redirects=0",
		dev_of(g, from)->name);
	gen_run(g, dev_of(g, to)->ns, "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.%s.send_redirects=0",
		dev_of(g, to)->name);
	gen_run(g, dev_of(g, from)->ns, PING "-t [3|4|5|8] 10.9.4.1");
	return true;
}
