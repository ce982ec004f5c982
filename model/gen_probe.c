/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: programs that send packets, and those that wait for them. */
#include <stdio.h>
#include <string.h>

#include "model/gen_lab.h"

#define PING "ping -n -c 1 -W " GEN_WAIT " "

/* The namespace of a program that may wait for nothing so long; -1: there is no time or place for one. */
static int from(struct gen *g, unsigned ms)
{
	int ns = gen_asker(g);

	if (ns < 0 || !gen_has_time(g, ms) || gen_addr_of(g, (unsigned)ns) < 0 || (g->redirects && g->probes >= 4))
		return -1;
	gen_time(g, ms);
	if (g->redirects && g->probes++)
		gen_sleep(g);
	return ns;
}

/* ---- ping ---- */

bool gen_do_ping(struct gen *g)
{
	int ns = from(g, 500);
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	gen_target_text(g, (unsigned)ns, to);
	if (g->redirects || gen_chance(g, 70))
		gen_run(g, (unsigned)ns, PING "%s", to);
	else
		gen_run(g, (unsigned)ns, "ping -n -c [2|3] -i " GEN_AT_ONCE " -W " GEN_WAIT " %s", to);
	return true;
}

/* Large, and whether it may be cut. */
bool gen_do_ping_size(struct gen *g)
{
	int ns = from(g, 900);
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	g->learned = true;
	gen_run(g, (unsigned)ns,
		"ping -n -c [1|1|1|2] -i " GEN_APART " -W " GEN_WAIT " [||-M do |-M dont |-M want ]"
		"-s [0|8|16|500|1000|1372|1400|1472|1473|2000|4000|9000|20000|65507|65508] %s",
		gen_target_text(g, (unsigned)ns, to));
	return true;
}

bool gen_do_ping_ttl(struct gen *g)
{
	int ns = from(g, 500);
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	gen_run(g, (unsigned)ns, PING "-t [0|1|1|2|2|3|4|64] %s", gen_target_text(g, (unsigned)ns, to));
	return true;
}

bool gen_do_ping_from(struct gen *g)
{
	int ns = from(g, 500), a, dev;
	char to[GEN_ADDRLEN], own[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	a = gen_addr_of(g, (unsigned)ns);
	dev = gen_dev_of(g, (unsigned)ns);
	gen_addr_text(own, g->addr[a].ip);
	gen_target_text(g, (unsigned)ns, to);
	if (dev >= 0 && gen_chance(g, 40))
		gen_run(g, (unsigned)ns, PING "-I %s %s", g->dev[dev].name, to);
	else
		gen_run(g, (unsigned)ns, PING "-I [%s|%s|%s|%s|10.0.99.1] %s", own, own, own, own, to);
	return true;
}

bool gen_do_ping_options(struct gen *g)
{
	int ns = from(g, 600);
	char to[GEN_ADDRLEN];

	if (ns < 0 || g->redirects)
		return false;
	gen_run(g, (unsigned)ns,
		PING "-i " GEN_AT_ONCE " [-q|-l 3 -c 3|-e 77|-e 77|-p ff00|-m 1|-m 0x17|-Q 0x10|-Q 46|-O|-U|-a|-A -c 3|"
		     "-f -c 5|-D -q|-4 -d|-B] %s",
		gen_target_text(g, (unsigned)ns, to));
	return true;
}

/* To all of a subnet; the hosts may have been told to answer. */
bool gen_do_ping_broadcast(struct gen *g)
{
	int ns = from(g, 500), a, near;
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	a = gen_addr_of(g, (unsigned)ns);
	near = gen_addr_near(g, g->addr[a].dev);
	if (near >= 0 && gen_chance(g, 50))
		gen_run(g, g->dev[g->addr[near].dev].ns, "sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0");
	gen_addr_text(to, gen_chance(g, 90) ? g->addr[a].ip | ~gen_mask(g->addr[a].len) : 0xffffffff);
	gen_run(g, (unsigned)ns, PING "[85?-b ]%s", to);
	return true;
}

/* More packets than may wait for an answer. */
bool gen_do_ping_many(struct gen *g)
{
	int ns = from(g, 600);
	char to[GEN_ADDRLEN];

	if (ns < 0 || g->redirects)
		return false;
	gen_run(g, (unsigned)ns, "ping -n -q -c 6 -l 6 -i " GEN_AT_ONCE " -W " GEN_WAIT " [30?-s 1000 ]%s",
		gen_target_text(g, (unsigned)ns, to));
	return true;
}

/* Between two of its packets something changes. */
bool gen_do_ping_while(struct gen *g)
{
	static bool (*const edits[])(struct gen * g) = { gen_do_link_down, gen_do_link_up, gen_do_addr_del,
		gen_do_route_del, gen_do_route_add, gen_do_ipt_filter, gen_do_neigh_flush, gen_do_ipt_flush,
		gen_do_addr_second };
	int ns = from(g, 1400);
	char to[GEN_ADDRLEN];

	if (ns < 0 || g->redirects)
		return false;
	gen_run(g, (unsigned)ns, "ping -n -c 2 -i 0.8 -W " GEN_WAIT " %s &", gen_target_text(g, (unsigned)ns, to));
	gen_cmd(g, "sleep 0.4");
	GEN_PICK(g, edits)(g);
	gen_cmd(g, "wait $!");
	return true;
}

/* ---- servers ---- */

/* Two nc at one port share it (SO_REUSEPORT): the kernel decides by a hash of its own which of them is asked. */
static bool shared(const struct gen *g, unsigned ns, char proto, unsigned port)
{
	for (unsigned i = 0; i < g->servers; i++)
		if (g->server[i].ns == ns && g->server[i].proto == proto && g->server[i].port == port)
			return proto != 'h';
	return false;
}

/* A namespace where one more server fits, which is noted; -1: none. */
static int place(struct gen *g, char proto, unsigned port)
{
	int ns = gen_asker(g);

	if (g->focus >= 0 && g->addr[g->focus].alive && gen_chance(g, 60))
		ns = (int)g->dev[g->addr[g->focus].dev].ns;
	if (ns < 0 || gen_addr_of(g, (unsigned)ns) < 0 || g->servers == GEN_SERVERS ||
		shared(g, (unsigned)ns, proto, port) || !gen_has_time(g, 300))
		return -1;
	g->server[g->servers++] = (struct gen_server){ .ns = (unsigned)ns, .proto = proto, .port = port };
	gen_time(g, 300);
	return ns;
}

bool gen_do_serve_http(struct gen *g)
{
	unsigned port = gen_chance(g, 75) ? 80 : 8080;
	int ns = place(g, 'h', port);

	if (ns < 0)
		return false;
	gen_run(g, (unsigned)ns, "python3 -m http.server %u >/dev/null 2>&1 &", port);
	gen_cmd(g, "sleep 0.3");
	return true;
}

bool gen_do_serve_nginx(struct gen *g)
{
	int ns = place(g, 'h', 80);

	if (ns < 0)
		return false;
	gen_run(g, (unsigned)ns, "nginx -g 'daemon off;' &");
	gen_cmd(g, "sleep 0.3");
	return true;
}

/* Only one of the two speaks, or ends (-N: with nothing to say it does so at once): when both do at once, who is first
 * is chance. */
static void serve(struct gen *g, unsigned ns, const char *server, bool may_end)
{
	struct gen_server *s = &g->server[g->servers - 1];
	bool says = gen_chance(g, 35), ends = may_end && gen_chance(g, 20);

	s->talks = says || ends;
	gen_run(g, ns, "%s %s-p 5000 %s", server, ends ? "-N " : "[30?-k ]",
		says ? "<<X >/dev/null &\nfrom the server\nX" : ">/dev/null &");
	gen_cmd(g, "sleep 0.3");
}

bool gen_do_serve_tcp(struct gen *g)
{
	int ns = place(g, 't', 5000);

	if (ns < 0)
		return false;
	serve(g, (unsigned)ns, "nc -l", true);
	return true;
}

bool gen_do_serve_udp(struct gen *g)
{
	int ns = place(g, 'u', 5000);

	if (ns < 0)
		return false;
	serve(g, (unsigned)ns, "nc -u -l", false);
	return true;
}

/* ---- clients ---- */

/* Whether somebody at this port speaks first; NAT may lead there from anywhere. */
static bool talks_there(const struct gen *g, unsigned port)
{
	for (unsigned i = 0; i < g->servers; i++)
		if (g->server[i].talks && g->server[i].proto == 't' && g->server[i].port == port)
			return true;
	return false;
}

/* Where somebody listens with one of these, most of the time. True: it is one that speaks first. */
static bool service(struct gen *g, unsigned ns, const char *protos, char to[GEN_ADDRLEN], unsigned *port)
{
	for (unsigned i = 0, at = gen_below(g, g->servers + 1); i < g->servers; i++) {
		const struct gen_server *s = &g->server[(at + i) % g->servers];
		int a = gen_addr_of(g, s->ns);

		if (!strchr(protos, s->proto) || a < 0 || gen_chance(g, 15))
			continue;
		*port = s->port + gen_chance(g, 8);
		gen_addr_text(to, g->addr[a].ip);
		return s->talks && *port == s->port;
	}
	gen_target_text(g, ns, to);
	return talks_there(g, *port);
}

bool gen_do_curl(struct gen *g)
{
	static const char *const how[] = { "-o /dev/null -w '%{http_code}\\n' ", "", "-I ", "-o /dev/null -i ",
		"-f -o /dev/null ", "-S -o /dev/null " };
	int ns = from(g, 400);
	unsigned port = gen_chance(g, 70) ? 80 : 8080;
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	service(g, (unsigned)ns, "h", to, &port);
	gen_run(g, (unsigned)ns, "curl -s -m 0.4 %shttp://%s:%u/[20?none]", GEN_PICK(g, how), to, port);
	return true;
}

/* One that may never end: it gets time, and is ended. */
static void end_it(struct gen *g)
{
	gen_sleep(g);
	gen_cmd(g, "kill $!");
}

#define CLIENT_SAYS " <<X >/dev/null &\nfrom the client\nX"

bool gen_do_talk_tcp(struct gen *g)
{
	int ns = from(g, 400);
	unsigned port = 5000;
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	if (service(g, (unsigned)ns, "t", to, &port))
		gen_run(g, (unsigned)ns, "nc -d %s %u >/dev/null &", to, port);
	else
		gen_run(g, (unsigned)ns, "nc [-N |-N |-N |-q 0 ][12?-M 1 ]%s %u" CLIENT_SAYS, to, port);
	end_it(g);
	return true;
}

bool gen_do_scan_tcp(struct gen *g)
{
	int ns = from(g, 400);
	unsigned port = 5000;
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	service(g, (unsigned)ns, "ht", to, &port);
	if (talks_there(g, port)) /* it hangs up at once: before or after what it is told is chance */
		return false;
	gen_run(g, (unsigned)ns, "nc -z -v -n %s %u &", to, port);
	end_it(g);
	return true;
}

bool gen_do_talk_udp(struct gen *g)
{
	int ns = from(g, 400);
	unsigned port = 5000;
	char to[GEN_ADDRLEN], own[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	gen_addr_text(own, g->addr[gen_addr_of(g, (unsigned)ns)].ip);
	service(g, (unsigned)ns, "u", to, &port);
	gen_run(g, (unsigned)ns, "nc -u [30?-p 40000 ][12?-s %s ]%s %u" CLIENT_SAYS, own, to, port);
	end_it(g);
	return true;
}

/* A closed port, most likely. */
bool gen_do_scan_udp(struct gen *g)
{
	int ns = from(g, 1400);
	char to[GEN_ADDRLEN];

	if (ns < 0)
		return false;
	gen_run(g, (unsigned)ns, "nc -u -z -v -n -w 1 %s 5001", gen_target_text(g, (unsigned)ns, to));
	gen_sleep(g); /* the last of what it sends it does not wait for */
	return true;
}
