/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routing tables: the longest prefix against a search through all routes, with random tables; the source addresses
 * that routes choose. */
#include <errno.h>
#include <stdlib.h>

#include "model/fib.h"
#include "tests/unit/check.h"

#define ROUTES 300

struct plain { /* a route of the plain model */
	struct route r;
	unsigned order;
	struct route *real;
};

static struct plain table[ROUTES];
static unsigned n_table, orders;

static uint32_t rnd(struct net *net, uint32_t below)
{
	return (uint32_t)(net_random(net) % below);
}

/* Few distinct bits, so that prefixes nest and collide. */
static uint32_t random_addr(struct net *net)
{
	static const uint32_t bases[] = { 0x0a000000, 0x0a010000, 0x0a010100, 0xc0a80000, 0xc0a80f00 };

	return bases[rnd(net, ARRAY_SIZE(bases))] + rnd(net, 4) * 64 + rnd(net, 4);
}

static struct route random_route(struct net *net, struct dev **dev)
{
	static const uint8_t lens[] = { 0, 8, 16, 24, 25, 26, 30, 32 };
	static const uint8_t types[] = { RTN_UNICAST_, RTN_UNICAST_, RTN_UNICAST_, RTN_UNREACHABLE_, RTN_PROHIBIT_,
		RTN_BLACKHOLE_, RTN_THROW_, RTN_LOCAL_ };
	static const uint32_t tables[] = { RT_TABLE_LOCAL_, RT_TABLE_MAIN_, RT_TABLE_MAIN_, RT_TABLE_DEFAULT_ };
	uint8_t len = lens[rnd(net, ARRAY_SIZE(lens))];
	struct route r = { .dst = { ip4(random_addr(net) & ip4_mask(len)), len },
		.type = types[rnd(net, ARRAY_SIZE(types))],
		.table = tables[rnd(net, ARRAY_SIZE(tables))],
		.metric = rnd(net, 3),
		.tos = rnd(net, 4) ? 0 : 0x10,
		.scope = rnd(net, 2) ? SCOPE_LINK : SCOPE_UNIVERSE,
		.protocol = RTPROT_BOOT_ };

	if (r.type == RTN_UNICAST_ || r.type == RTN_LOCAL_) {
		r.dev = dev[rnd(net, 3)];
		r.linkdown = !rnd(net, 8);
		r.dead = !rnd(net, 16);
	}
	return r;
}

/* Would fib_table_lookup() try a before b, both matching? Longer prefix, local before main, TOS, metric, order. */
static bool goes_before(const struct plain *a, const struct plain *b)
{
	if (a->r.dst.len != b->r.dst.len)
		return a->r.dst.len > b->r.dst.len;
	if (a->r.table != b->r.table)
		return a->r.table > b->r.table;
	if (a->r.tos != b->r.tos)
		return a->r.tos > b->r.tos;
	if (a->r.metric != b->r.metric)
		return a->r.metric < b->r.metric;
	return a->order < b->order;
}

static bool usable(const struct plain *x, const struct fib_query *q)
{
	const struct route *r = &x->r;

	if (!prefix_contains(&r->dst, &q->dst) || (r->tos && r->tos != (q->tos & 0x1c)) || r->scope < q->scope)
		return false;
	if (r->type != RTN_UNICAST_ && r->type != RTN_LOCAL_)
		return true;
	return !r->dead && (!q->oif || r->dev == q->oif) && !(r->linkdown && q->ignore_linkdown);
}

/* The best of local and main (or of default); NULL when nothing matches. */
static const struct plain *best(const struct fib_query *q, bool of_default)
{
	const struct plain *found = NULL;

	for (unsigned i = 0; i < n_table; i++)
		if ((table[i].r.table == RT_TABLE_DEFAULT_) == of_default && usable(&table[i], q) &&
			(!found || goes_before(&table[i], found)))
			found = &table[i];
	return found;
}

static int error_of(const struct plain *x)
{
	switch (x ? x->r.type : RTN_THROW_) {
	case RTN_UNREACHABLE_:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT_:
		return -EACCES;
	case RTN_BLACKHOLE_:
		return -EINVAL;
	case RTN_THROW_:
		return -EAGAIN;
	default:
		return 0;
	}
}

static bool has_default(void)
{
	for (unsigned i = 0; i < n_table; i++)
		if (table[i].r.table == RT_TABLE_DEFAULT_)
			return true;
	return false;
}

/* fib_lookup() without rules of one's own: after any error the default table has the word, if there is one. */
static int plain_lookup(const struct fib_query *q, const struct plain **out)
{
	int err;

	*out = best(q, false);
	err = error_of(*out);
	if (err && has_default()) {
		*out = best(q, true);
		err = error_of(*out);
	}
	return err == -EAGAIN ? -ENETUNREACH : err;
}

static void change_something(struct net *net, struct fib *fib, struct dev **dev)
{
	unsigned i;

	if (n_table < ROUTES && rnd(net, 3)) {
		table[n_table].r = random_route(net, dev);
		table[n_table].order = ++orders;
		table[n_table].real = fib_insert(fib, &table[n_table].r, true);
		n_table++;
	} else if (n_table) {
		i = rnd(net, n_table);
		fib_remove(fib, table[i].real);
		table[i] = table[--n_table];
	}
}

static void look_up_something(struct net *net, struct ns *ns, struct dev **dev)
{
	struct fib_query q = { .dst = ip4(random_addr(net)),
		.tos = rnd(net, 3) ? 0 : 0x10,
		.oif = rnd(net, 3) ? NULL : dev[rnd(net, 3)],
		.ignore_linkdown = rnd(net, 2),
		.scope = rnd(net, 4) ? SCOPE_UNIVERSE : SCOPE_LINK };
	const struct plain *want;
	struct route *got;
	int want_err = plain_lookup(&q, &want), err = fib_lookup(ns, &q, &got);

	CHECK(err == want_err);
	if (!err && !want_err)
		CHECK(got == want->real);
}

static void t_longest_prefix(uint64_t seed)
{
	struct net *net = net_new(seed);
	struct ns *ns = ns_new(net, "x");
	struct dev *dev[] = { dev_new(ns, DEV_BRIDGE, "a", 0), dev_new(ns, DEV_BRIDGE, "b", 0),
		dev_new(ns, DEV_BRIDGE, "c", 0) };

	n_table = 0;
	for (unsigned i = 0; i < 1500; i++) {
		change_something(net, ns->fib, dev);
		look_up_something(net, ns, dev);
	}
	CHECK(fib_count(ns->fib) == n_table);
	while (n_table)
		fib_remove(ns->fib, table[--n_table].real);
	net_free(net);
}

static void t_source_addresses(void)
{
	struct net *net = net_new(1);
	struct ns *ns = net->init;
	struct dev *a = dev_new(ns, DEV_BRIDGE, "a", 0), *b = dev_new(ns, DEV_BRIDGE, "b", 0);
	struct ipaddr one = ip4(0x0a000001), two = ip4(0x0a000101), near = ip4(0x0a000105), far = ip4(0x08080808);
	struct ipaddr linkonly = ip4(0xa9fe0001);

	CHECK(fib_select_addr(ns, a, &far, SCOPE_UNIVERSE).family == IP_NONE);
	ifaddr_new(a, &one, 24);
	ifaddr_new(a, &two, 24);
	CHECK(fib_select_addr(ns, a, &far, SCOPE_UNIVERSE).v4 == one.v4);
	CHECK(fib_select_addr(ns, a, &near, SCOPE_UNIVERSE).v4 == two.v4);
	CHECK(fib_select_addr(ns, b, &far, SCOPE_UNIVERSE).v4 == one.v4); /* another device's */
	ifaddr_new(b, &linkonly, 16)->scope = SCOPE_LINK;
	CHECK(fib_select_addr(ns, b, &far, SCOPE_UNIVERSE).v4 == one.v4);
	CHECK(fib_select_addr(ns, b, &far, SCOPE_LINK).v4 == linkonly.v4);
	CHECK(fib_addr_type(ns, &one) == RTN_BROADCAST_); /* no table yet */
	fib_table_make(ns->fib, RT_TABLE_LOCAL_);
	CHECK(fib_addr_type(ns, &one) == RTN_UNICAST_); /* the local table says what is local, and it is empty */
	net_free(net);
}

int main(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++)
		t_longest_prefix(seed);
	t_source_addresses();
	return check_end();
}
