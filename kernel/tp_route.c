/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. fib:fib_table_lookup tells of each table that is asked (net/ipv4/fib_trie.c fib_table_lookup()),
 * for whatever purpose; the flow says what for. A look-up of a packet that has come in (net/ipv4/route.c
 * ip_route_input_slow()) runs in a softirq and names the device that it came through; one for a packet of this host's
 * own names the loopback device, and one for the type of an address (inet_addr_type()) none. One for the way back to a
 * source (net/ipv4/fib_frontend.c __fib_validate_source()) names the device that the packet is to leave through, or the
 * loopback one, and comes right after the one for the way there, with the addresses exchanged, and no protocol: what
 * answers (icmp_reply(), TCP, UDP) names its own, and ip_route_me_harder() has a flag. A second one names the device
 * that the packet came through as the one to leave by. arp_filter() (net/ipv4/arp.c) asks the same again, and is a step
 * of the same row. Where the packet came to more than one host the way back has no source, and can not be told from
 * fib_compute_spec_dst(), which asks the same. The way there and the way back are compared.
 *
 * Where the main table has none the default one is asked, if there is one, with the same flow: so what failed is kept
 * until the processor tells of something else. icmp_route_lookup() asks once more, as if the packet that an ICMP error
 * is about had come from the other side, right after it has asked for the error's own way: the flow is that of a way
 * back, and only what came before it tells the two apart. */
#include "kernel/tp_route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model/fib.h"

#define LOOPBACK_INDEX 1 /* include/net/flow.h LOOPBACK_IFINDEX */

struct asked {
	uint32_t ns, src, dst, iif, oif, table; /* ns: the namespace's number */
};
struct lookup { /* the last ones of a processor */
	struct obs obs;
	char ns[NSLABEL_SIZE];
	struct asked there;  /* of the last packet that came in */
	struct asked failed; /* what failed, and is not told yet: there may be another table */
	bool failing;
	struct flow received; /* what this processor has received last */
	bool input;           /* `there` is, and nothing else came since */
	bool icmp;            /* for an ICMP message, and nothing else came since */
};
struct tp_lookups {
	const struct tp_set *set;
	struct observe *o;
	struct lookup *cpu;
	unsigned n;
};

struct tp_lookups *tp_lookups_new(const struct tp_set *set, struct observe *o)
{
	struct tp_lookups *t = xcalloc(1, sizeof(*t));

	t->set = set;
	t->o = o;
	return t;
}

void tp_lookups_free(struct tp_lookups *t)
{
	if (t)
		free(t->cpu);
	free(t);
}

static struct lookup *lookup_of(struct tp_lookups *t, unsigned cpu)
{
	if (cpu >= t->n) {
		t->cpu = xrealloc(t->cpu, (cpu + 1) * sizeof(*t->cpu));
		memset(t->cpu + t->n, 0, (cpu + 1 - t->n) * sizeof(*t->cpu));
		t->n = cpu + 1;
	}
	return &t->cpu[cpu];
}

/* What was failing has failed. */
static void fails(struct tp_lookups *t, struct lookup *l)
{
	if (!l->failing)
		return;
	l->failing = false;
	l->obs.e.ns = l->ns;
	obs_add(t->o, &l->obs);
}

void tp_lookups_received(struct tp_lookups *t, const struct tp_record *r, const struct flow *f)
{
	lookup_of(t, r->cpu)->received = *f;
}

void tp_lookups_other(struct tp_lookups *t, const struct tp_record *r)
{
	struct lookup *l = lookup_of(t, r->cpu);

	fails(t, l);
	l->input = l->icmp = false;
}

void tp_lookups_end(struct tp_lookups *t)
{
	for (unsigned i = 0; i < t->n; i++)
		fails(t, &t->cpu[i]);
}

static uint32_t address(const struct tp_lookups *t, const struct tp_record *r, enum tp_field f)
{
	return ntohl((uint32_t)tp_number(t->set, r, f));
}

/* An event as the model's, of which are known: the destination; the type, device and gateway, the table, when it has
 * found something; the error. The type is that of the route that the next hop is of; 0 = of none (nexthop objects). */
static void set_route(const struct tp_lookups *t, const struct tp_record *r, struct obs *obs)
{
	int32_t error = (int32_t)tp_number(t->set, r, TF_ERROR);
	uint8_t type = (uint8_t)tp_number(t->set, r, TF_TYPE);

	obs->e.kind = EV_ROUTE;
	obs->e.dev = NULL;
	obs->e.val[0] = VAL_ADDR(ip4(address(t, r, TF_DST)));
	if (error) {
		obs->e.val[ROUTE_ERROR] = VAL_STR(strerror(error == -EAGAIN ? ENETUNREACH : -error));
		return;
	}
	obs->e.val[ROUTE_TABLE] = VAL_STR(tp_number(t->set, r, TF_TABLE) == RT_TABLE_DEFAULT ? "default" : "main");
	if (type && type < RTN_NUM_)
		obs->e.val[ROUTE_TYPE] = VAL_STR(route_type_name(type));
	if (type != RTN_LOCAL && tp_number(t->set, r, TF_NEXTHOP))
		obs->e.val[ROUTE_OUT] = VAL_STR((const char *)tp_bytes(t->set, r, TF_DEV));
	if (tp_number(t->set, r, TF_SCOPE) == RT_SCOPE_LINK && tp_number(t->set, r, TF_GATEWAY_FAMILY) == AF_INET)
		obs->e.val[ROUTE_VIA] = VAL_ADDR(ip4(address(t, r, TF_GATEWAY)));
}

static void leave_out(struct tp_lookups *t, struct obs *obs)
{
	obs->e.kind = EV_ROUTE;
	obs->e.dev = NULL;
	obs->function = TP_LOOKUP_LEFT_OUT;
	obs_add(t->o, obs);
}

/* One look-up, of which another table was asked before: arp_filter() may ask the same one again. */
static bool goes_on(const struct asked *a, const struct asked *b)
{
	return a->table != b->table && a->ns == b->ns && a->src == b->src && a->dst == b->dst && a->iif == b->iif &&
	       a->oif == b->oif;
}

/* __fib_validate_source(), right after the way there. */
static bool is_way_back(
	const struct tp_lookups *t, const struct lookup *l, const struct tp_record *r, const struct asked *a)
{
	return l->input && !l->icmp && l->there.ns == a->ns && l->there.src == a->dst && l->there.dst == a->src &&
	       a->iif && !tp_number(t->set, r, TF_FLOW_PROTOCOL) && !tp_number(t->set, r, TF_FLOW_SCOPE) &&
	       !tp_number(t->set, r, TF_FLOW_FLAGS) && (!a->oif || a->oif == l->there.iif);
}

/* What a table said, unless it has failed: then there may be another. */
static void tell(struct tp_lookups *t, const struct tp_record *r, struct obs *obs, const struct asked *a)
{
	struct lookup *l = lookup_of(t, r->cpu);

	set_route(t, r, obs);
	if (!tp_number(t->set, r, TF_ERROR)) {
		obs_add(t->o, obs);
		return;
	}
	l->failing = true;
	l->failed = *a;
	l->obs = *obs;
	str_copy(l->ns, sizeof(l->ns), obs->e.ns);
}

void tp_lookups_read(struct tp_lookups *t, const struct tp_record *r, struct obs *obs)
{
	struct lookup *l = lookup_of(t, r->cpu);
	const struct asked a = { .ns = r->ns,
		.src = address(t, r, TF_SRC),
		.dst = address(t, r, TF_DST),
		.iif = (uint32_t)tp_number(t->set, r, TF_IIF),
		.oif = (uint32_t)tp_number(t->set, r, TF_OIF),
		.table = (uint32_t)tp_number(t->set, r, TF_TABLE) };
	bool softirq = tp_number(t->set, r, TF_SOFTIRQ);

	if (!goes_on(&l->failed, &a))
		fails(t, l);
	l->failing = false;
	if (softirq && is_way_back(t, l, r, &a)) {
		if (l->received.src == a.dst)
			obs->flow = l->received;
		obs->e.stage = ST_FIB_VALIDATE_SOURCE;
		obs->e.val[ROUTE_SRC] = VAL_ADDR(ip4(a.src));
		tell(t, r, obs, &a);
		return;
	}
	if (!softirq || !a.iif || a.iif == LOOPBACK_INDEX || l->icmp) {
		l->icmp = l->icmp || tp_number(t->set, r, TF_FLOW_PROTOCOL) == IPPROTO_ICMP;
		leave_out(t, obs);
		return;
	}
	l->input = true;
	l->there = a;
	if (l->received.src == a.src)
		obs->flow = l->received;
	tell(t, r, obs, &a);
}
