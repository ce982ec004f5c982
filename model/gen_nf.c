/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: iptables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/gen_lab.h"

enum hook { PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING };
static const char *const hook_names[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };
static const struct table {
	const char *name;
	const char *hooks; /* as letters: P I F O Q */
} tables[] = { { "filter", "IIFFFO" }, { "nat", "PPQQQOI" }, { "mangle", "PIFOQ" }, { "raw", "PPO" } };

static unsigned hook_of(struct gen *g, const char *letters)
{
	return (unsigned)(strchr("PIFOQ", letters[gen_below(g, (uint32_t)strlen(letters))]) - "PIFOQ");
}

/* ---- matches ---- */

static void network(struct gen *g, struct buf *b)
{
	char ip[GEN_ADDRLEN];

	if (g->nets && gen_chance(g, 50)) {
		const struct gen_net *n = &g->net[gen_below(g, g->nets)];

		gen_put(g, b, "%s/%u", gen_addr_text(ip, n->ip), n->len);
	} else if (g->addrs && gen_chance(g, 85)) {
		gen_put(g, b, "%s", gen_addr_text(ip, g->addr[gen_below(g, g->addrs)].ip));
	} else {
		gen_put(g, b, "[10.0.0.0/8|128.0.0.0/1|10.9.0.0/16|192.168.0.0/16|255.255.255.255]");
	}
}

static void addresses(struct gen *g, struct buf *b)
{
	for (unsigned i = 0; i < 2; i++) {
		if (gen_chance(g, 75))
			continue;
		gen_put(g, b, "[12? !] -%c ", i ? 'd' : 's');
		network(g, b);
	}
}

static void devices(struct gen *g, struct buf *b, unsigned ns, unsigned hook)
{
	int dev = gen_dev_of(g, ns);
	bool out = hook == OUTPUT || hook == POSTROUTING || (hook == FORWARD && gen_chance(g, 50));

	if (dev < 0 || gen_chance(g, 75))
		return;
	gen_put(g, b, "[12? !] -%c [%s|%s|%s|eth+|br+|lo]", out ? 'o' : 'i', g->dev[dev].name, g->dev[dev].name,
		g->dev[dev].name);
}

#define PORTS "[80|80|8080|5000|5001|5000|80:90|1:1023|http|1024:|4999:5001]"

/* Returns the letter of the protocol, or 0. */
static char protocol(struct gen *g, struct buf *b)
{
	static const char *const names[] = { "icmp", "icmp", "icmp", "tcp", "tcp", "udp", "", "", "", "47" };
	const char *p = GEN_PICK(g, names);
	bool ports = *p == 't' || *p == 'u';

	if (!*p)
		return 0;
	gen_put(g, b, " -p %s", p);
	if (*p == 'i' && gen_chance(g, 40))
		gen_put(g, b, "[15? !] --icmp-type [echo-request|echo-reply|3|3/1|11|time-exceeded|redirect|8]");
	if (ports && gen_chance(g, 55))
		gen_put(g, b, "[10? !] [--dport|--dport|--dport|--sport] " PORTS);
	else if (ports && gen_chance(g, 30))
		gen_put(g, b, " -m multiport --[dports|sports|dports] [80,8080|5000:5001,80|22|80,443,5000,5001]");
	if (*p == 't' && gen_chance(g, 20))
		gen_put(g, b, " [--syn|! --syn|--tcp-flags SYN,RST,ACK SYN|--tcp-flags ALL ACK|--tcp-flags FIN FIN]");
	return *p;
}

static void more(struct gen *g, struct buf *b, const struct table *t)
{
	if (*t->name != 'r' && gen_chance(g, 22))
		gen_put(g, b,
			" -m [conntrack --ctstate|conntrack --ctstate|state --state|conntrack ! --ctstate] "
			"[NEW|ESTABLISHED|ESTABLISHED,RELATED|RELATED|INVALID|UNTRACKED]");
	gen_put(g, b, "[7? -m mark --mark 1][3? -m mark ! --mark 0x1/0xf][3? -m mark --mark 0]");
	if (gen_chance(g, 6))
		gen_put(g, b, " -m addrtype [--dst|--dst|--src]-type [LOCAL|UNICAST|BROADCAST|MULTICAST|LOCAL]");
	gen_put(g, b, "[6? -m limit --limit 1/hour --limit-burst 2][2? -m limit --limit 2/day --limit-burst 1]");
	gen_put(g, b, "[4? -m comment --comment \"the rest\"]");
}

/* ---- targets ---- */

/* An address for translation: own, a neighbour's, or nobody's. */
static const char *translated(struct gen *g, unsigned ns, bool source, char text[GEN_ADDRLEN])
{
	int own = gen_addr_of(g, ns), other = gen_addr_elsewhere(g, ns);
	int a = gen_chance(g, source ? 70 : 15) ? own : other;

	if (a >= 0 && gen_chance(g, 90))
		return gen_addr_text(text, g->addr[a].ip);
	return gen_target_text(g, ns, text);
}

static void nat_target(struct gen *g, struct buf *b, unsigned ns, unsigned hook, char p)
{
	bool ports = (p == 't' || p == 'u') && gen_chance(g, 50), source = hook == POSTROUTING || hook == INPUT;
	char text[GEN_ADDRLEN];

	if (gen_chance(g, 10))
		gen_put(g, b, " -j [ACCEPT|RETURN]");
	else if (hook == POSTROUTING && gen_chance(g, 50))
		gen_put(g, b, " -j MASQUERADE%s", ports ? " --to-ports 40000-40010" : "");
	else if (source)
		gen_put(g, b, " -j SNAT --to-source %s%s", translated(g, ns, true, text), ports ? ":1024-2000" : "");
	else if (gen_chance(g, 25))
		gen_put(g, b, " -j REDIRECT%s", ports ? " --to-ports 5000" : "");
	else
		gen_put(g, b, " -j DNAT --to-destination %s%s", translated(g, ns, false, text),
			ports ? "[:80|:80|:5000|:5000-5001]" : "");
}

static void reject(struct gen *g, struct buf *b, char p)
{
	if (p == 't' && gen_chance(g, 50))
		gen_put(g, b, " -j REJECT --reject-with tcp-reset");
	else
		gen_put(g, b,
			" -j REJECT[| --reject-with icmp-net-unreachable| --reject-with icmp-host-unreachable| "
			"--reject-with "
			"icmp-proto-unreachable| --reject-with icmp-port-unreachable| --reject-with "
			"icmp-net-prohibited| "
			"--reject-with icmp-host-prohibited| --reject-with icmp-admin-prohibited]");
}

static void target(struct gen *g, struct buf *b, unsigned ns, const struct table *t, unsigned hook, char p)
{
	switch (*t->name) {
	case 'n':
		nat_target(g, b, ns, hook, p);
		return;
	case 'm':
		if (gen_chance(g, 80))
			gen_put(g, b, " -j MARK --[set|set|set|or|and|xor]-mark [1|1|2|0x17]");
		else
			gen_put(g, b, " -j [ACCEPT|DROP|RETURN]");
		return;
	case 'r':
		gen_put(g, b, " -j [NOTRACK|NOTRACK|CT --notrack|DROP]");
		return;
	default:
		if (gen_chance(g, 25))
			reject(g, b, p);
		else
			gen_put(g, b, "[ -j ACCEPT| -j ACCEPT| -j ACCEPT| -j DROP| -j DROP| -j RETURN|]");
	}
}

/* ---- rules ---- */

static void remember(struct gen *g, unsigned ns, const char *table, const char *chain, const char *spec)
{
	struct gen_rule *r = &g->rule[g->rules < GEN_RULES ? g->rules++ : gen_below(g, GEN_RULES)];

	free(r->spec);
	*r = (struct gen_rule){ .ns = ns, .table = table, .spec = xstrdup(spec) };
	str_copy(r->chain, sizeof(r->chain), chain);
}

static void append(struct gen *g, unsigned ns, const char *table, const char *chain, const char *spec)
{
	bool filter = !strcmp(table, "filter");

	gen_run(g, ns, "iptables %s%s%s-[A|A|A|I] %s%s", filter ? "" : "-t ", filter ? "" : table, filter ? "" : " ",
		chain, spec);
	remember(g, ns, table, chain, spec);
}

/* A namespace with a firewall to be: mostly one that forwards. */
static int guard(struct gen *g)
{
	int ns = gen_chance(g, 60) ? gen_ns_router(g) : -1;

	if (ns < 0 && g->focus >= 0 && g->addr[g->focus].alive && gen_chance(g, 50))
		ns = (int)g->dev[g->addr[g->focus].dev].ns;
	return ns < 0 ? gen_asker(g) : ns;
}

static bool rule(struct gen *g, unsigned t)
{
	unsigned hook = hook_of(g, tables[t].hooks);
	int ns = guard(g);
	struct buf b = { 0 };
	char p;

	if (ns < 0)
		return false;
	p = protocol(g, &b);
	addresses(g, &b);
	devices(g, &b, (unsigned)ns, hook);
	more(g, &b, &tables[t]);
	target(g, &b, (unsigned)ns, &tables[t], hook, p);
	append(g, (unsigned)ns, tables[t].name, hook_names[hook], buf_str(&b));
	buf_release(&b);
	return true;
}

bool gen_do_ipt_filter(struct gen *g)
{
	return rule(g, 0);
}

bool gen_do_ipt_nat(struct gen *g)
{
	return rule(g, 1);
}

bool gen_do_ipt_mangle(struct gen *g)
{
	return rule(g, 2);
}

bool gen_do_ipt_raw(struct gen *g)
{
	return rule(g, 3);
}

/* The private network goes out with the router's address. */
bool gen_do_ipt_masquerade(struct gen *g)
{
	int ns = gen_ns_router(g), dev = ns < 0 ? -1 : gen_dev_of(g, (unsigned)ns);
	struct buf b = { 0 };

	if (dev < 0)
		return false;
	if (gen_chance(g, 50)) {
		buf_puts(&b, " -s ");
		network(g, &b);
	}
	buf_printf(&b, " -o %s -j MASQUERADE", g->dev[dev].name);
	append(g, (unsigned)ns, "nat", "POSTROUTING", buf_str(&b));
	buf_release(&b);
	return true;
}

/* A published port of somebody behind the router. */
bool gen_do_ipt_publish(struct gen *g)
{
	int ns = gen_ns_router(g), a = ns < 0 ? -1 : gen_addr_elsewhere(g, (unsigned)ns);
	char text[GEN_ADDRLEN], spec[120];
	bool udp = gen_chance(g, 25);

	if (a < 0)
		return false;
	snprintf(spec, sizeof(spec), " -p %s --dport %u -j DNAT --to-destination %s:%s", udp ? "udp" : "tcp",
		udp ? 5000u : 80u, gen_addr_text(text, g->addr[a].ip), udp ? "5000" : "80");
	append(g, (unsigned)ns, "nat", "PREROUTING", spec);
	if (gen_chance(g, 30))
		append(g, (unsigned)ns, "nat", "OUTPUT", spec);
	return true;
}

/* What belongs to something allowed may pass. */
bool gen_do_ipt_stateful(struct gen *g)
{
	int ns = guard(g);
	const char *chain = gen_chance(g, 50) ? "INPUT" : "FORWARD";

	if (ns < 0)
		return false;
	gen_run(g, (unsigned)ns, "iptables -P %s DROP", chain);
	append(g, (unsigned)ns, "filter", chain, " -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT");
	if (gen_chance(g, 60))
		append(g, (unsigned)ns, "filter", chain, " -p icmp -m conntrack --ctstate NEW -j ACCEPT");
	if (gen_chance(g, 40))
		append(g, (unsigned)ns, "filter", chain, " -p tcp --dport 80 -j ACCEPT");
	return true;
}

bool gen_do_ipt_policy(struct gen *g)
{
	int ns = guard(g);

	if (ns < 0)
		return false;
	gen_run(g, (unsigned)ns, "iptables -P [INPUT|FORWARD|OUTPUT] [ACCEPT|DROP]");
	return true;
}

bool gen_do_ipt_chain(struct gen *g)
{
	int ns = guard(g);
	char chain[16];
	struct buf b = { 0 };
	char p;

	if (ns < 0)
		return false;
	snprintf(chain, sizeof(chain), "user%u", g->chains++);
	gen_run(g, (unsigned)ns, "iptables -N %s", chain);
	for (unsigned n = 1 + gen_below(g, 3); n; n--) {
		buf_clear(&b);
		p = protocol(g, &b);
		addresses(g, &b);
		target(g, &b, (unsigned)ns, &tables[0], INPUT, p);
		append(g, (unsigned)ns, "filter", chain, buf_str(&b));
	}
	buf_clear(&b);
	gen_put(g, &b, "[40? -p icmp] -[j|j|j|g] %s", chain);
	append(g, (unsigned)ns, "filter", hook_names[hook_of(g, tables[0].hooks)], buf_str(&b));
	buf_release(&b);
	return true;
}

/* Rules that are there are taken away, replaced, asked for. */
bool gen_do_ipt_edit(struct gen *g)
{
	const struct gen_rule *r = g->rules ? &g->rule[gen_below(g, g->rules)] : NULL;

	if (!r || !g->ns[r->ns].alive)
		return false;
	if (gen_chance(g, 30))
		gen_run(g, r->ns, "iptables -t %s -D %s [1|2]", r->table, r->chain);
	else
		gen_run(g, r->ns, "iptables -t %s -[C|D|D|I|A] %s%s", r->table, r->chain, r->spec);
	if (gen_chance(g, 15))
		gen_run(g, r->ns, "iptables -t %s -[R|I] %s [1|2]%s", r->table, r->chain, r->spec);
	return true;
}

bool gen_do_ipt_flush(struct gen *g)
{
	const struct gen_rule *r = g->rules ? &g->rule[gen_below(g, g->rules)] : NULL;

	if (!r || !g->ns[r->ns].alive)
		return false;
	if (*r->chain == 'u' && gen_chance(g, 40))
		gen_run(g, r->ns, "iptables [-X %s|-E %s renamed|-F %s]", r->chain, r->chain, r->chain);
	else
		gen_run(g, r->ns, "iptables -t %s [-Z|-Z|-F %s|-F|-X]", r->table, r->chain);
	return true;
}

bool gen_do_show_iptables(struct gen *g)
{
	static const char *const how[] = { "-L -n -v", "-S", "-L -n", "-L -n -v --line-numbers", "-L -n -v -x", "-vS" };
	const struct gen_rule *r = g->rules ? &g->rule[gen_below(g, g->rules)] : NULL;

	if (!r || !g->ns[r->ns].alive)
		return false;
	gen_run(g, r->ns, "iptables -t %s %s", r->table, GEN_PICK(g, how));
	return true;
}
