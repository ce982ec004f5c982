/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: choosing from the picture. */
#include <stdio.h>

#include "model/gen_lab.h"

const char *gen_addr_text(char buf[GEN_ADDRLEN], uint32_t ip)
{
	snprintf(buf, GEN_ADDRLEN, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
	return buf;
}

uint32_t gen_mask(unsigned len)
{
	return len ? ~0u << (32 - len) : 0;
}

/* One of the n things that fit, each as likely as the others; -1: none does. */
static int choose(struct gen *g, unsigned n, bool (*fits)(const struct gen *g, unsigned i, unsigned arg), unsigned arg)
{
	unsigned count = 0, at;

	for (unsigned i = 0; i < n; i++)
		count += fits(g, i, arg);
	if (!count)
		return -1;
	at = gen_below(g, count);
	for (unsigned i = 0; i < n; i++)
		if (fits(g, i, arg) && !at--)
			return (int)i;
	return -1;
}

/* ---- namespaces ---- */

static bool has_device(const struct gen *g, unsigned ns)
{
	for (unsigned i = 0; i < g->devs; i++)
		if (g->dev[i].alive && g->dev[i].ns == ns && g->dev[i].kind != GEN_LO)
			return true;
	return false;
}

static bool ns_fits(const struct gen *g, unsigned i, unsigned router)
{
	return g->ns[i].alive && (i || has_device(g, 0)) && (!router || g->ns[i].router);
}

int gen_ns_any(struct gen *g)
{
	return choose(g, g->nses, ns_fits, false);
}

int gen_ns_router(struct gen *g)
{
	return choose(g, g->nses, ns_fits, true);
}

/* ---- devices ---- */

static bool dev_is(const struct gen *g, unsigned i, unsigned kind)
{
	return g->dev[i].alive && g->dev[i].kind == kind;
}

int gen_dev_any(struct gen *g, enum gen_kind k)
{
	return choose(g, g->devs, dev_is, k);
}

static bool dev_in(const struct gen *g, unsigned i, unsigned ns)
{
	return g->dev[i].alive && g->dev[i].ns == ns && g->dev[i].kind != GEN_LO && g->dev[i].master < 0;
}

int gen_dev_of(struct gen *g, unsigned ns)
{
	return choose(g, g->devs, dev_in, ns);
}

static bool dev_l3(const struct gen *g, unsigned i, unsigned arg)
{
	(void)arg;
	return g->dev[i].alive && g->dev[i].kind != GEN_LO && g->dev[i].master < 0;
}

int gen_dev_l3(struct gen *g)
{
	return choose(g, g->devs, dev_l3, 0);
}

static bool is_port(const struct gen *g, unsigned i, unsigned arg)
{
	(void)arg;
	return g->dev[i].alive && g->dev[i].master >= 0;
}

int gen_port_any(struct gen *g)
{
	return choose(g, g->devs, is_port, 0);
}

bool gen_same_segment(const struct gen *g, unsigned dev, unsigned other)
{
	return g->dev[dev].net >= 0 && g->dev[dev].net == g->dev[other].net;
}

/* ---- addresses ---- */

static bool addr_fits(const struct gen *g, unsigned i, unsigned ns)
{
	return g->addr[i].alive && g->dev[g->addr[i].dev].alive &&
	       (ns == UINT32_MAX || g->dev[g->addr[i].dev].ns == ns);
}

int gen_addr_any(struct gen *g)
{
	return choose(g, g->addrs, addr_fits, UINT32_MAX);
}

int gen_addr_of(struct gen *g, unsigned ns)
{
	return choose(g, g->addrs, addr_fits, ns);
}

static bool addr_elsewhere(const struct gen *g, unsigned i, unsigned ns)
{
	return addr_fits(g, i, UINT32_MAX) && g->dev[g->addr[i].dev].ns != ns;
}

int gen_addr_elsewhere(struct gen *g, unsigned ns)
{
	return choose(g, g->addrs, addr_elsewhere, ns);
}

static bool addr_near(const struct gen *g, unsigned i, unsigned dev)
{
	return addr_fits(g, i, UINT32_MAX) && g->addr[i].dev != dev && gen_same_segment(g, g->addr[i].dev, dev);
}

int gen_addr_near(struct gen *g, unsigned dev)
{
	return choose(g, g->addrs, addr_near, dev);
}

static bool somebody_has(const struct gen *g, uint32_t ip)
{
	for (unsigned i = 0; i < g->addrs; i++)
		if (g->addr[i].alive && g->addr[i].ip == ip)
			return true;
	return false;
}

uint32_t gen_free_ip(struct gen *g, unsigned net)
{
	const struct gen_net *n = &g->net[net];
	uint32_t room = ~gen_mask(n->len), ip = n->ip + 1;

	for (unsigned tries = 0; tries < 8; tries++) {
		ip = n->ip + 1 + gen_below(g, room > 2 ? (room < 254 ? room - 1 : 253) : 1);
		if (!somebody_has(g, ip))
			break;
	}
	return ip;
}

const char *gen_target_text(struct gen *g, unsigned ns, char buf[GEN_ADDRLEN])
{
	return gen_addr_text(buf, gen_target(g, ns));
}

void gen_focus(struct gen *g)
{
	int ns, a;

	g->focus = -1;
	for (unsigned tries = 0; tries < 6; tries++) {
		ns = gen_ns_any(g);
		a = ns < 0 || gen_addr_of(g, (unsigned)ns) < 0 ? -1 : gen_addr_elsewhere(g, (unsigned)ns);
		if (a < 0)
			continue;
		g->focus_ns = (unsigned)ns;
		g->focus = a;
		if (gen_addr_near(g, g->addr[a].dev) < 0 || !gen_chance(g, 50))
			break;
	}
}

int gen_asker(struct gen *g)
{
	if (g->focus >= 0 && g->ns[g->focus_ns].alive && gen_chance(g, 50))
		return (int)g->focus_ns;
	if (g->focus >= 0 && g->addr[g->focus].alive && gen_chance(g, 20))
		return (int)g->dev[g->addr[g->focus].dev].ns;
	return gen_ns_any(g);
}

uint32_t gen_target(struct gen *g, unsigned ns)
{
	uint32_t what = gen_below(g, 100);
	int a;

	if (g->focus >= 0 && ns == g->focus_ns && gen_chance(g, 60))
		return g->addr[g->focus].ip;
	a = what < 80 ? gen_addr_elsewhere(g, ns) : what < 88 ? gen_addr_of(g, ns) : -1;
	if (a >= 0)
		return g->addr[a].ip;
	if (what < 96 && g->nets)
		return gen_free_ip(g, gen_below(g, g->nets));
	return what < 98 ? 0x0a090000u + gen_below(g, 1024) : what < 99 ? 0x7f000001 : 0x08080808;
}
