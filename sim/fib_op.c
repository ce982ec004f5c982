/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes that come and go with addresses and devices (net/ipv4/fib_frontend.c fib_add_ifaddr(), fib_del_ifaddr(),
 * fib_disable_ip(); fib_semantics.c fib_sync_down_dev(), fib_sync_down_addr()).
 *
 * Theory of operation. An address brings a `local` route at once, and on a device that is up the route to its subnet
 * and to its broadcast addresses; when it goes, what no other address of the device still stands for goes with it,
 * and so do routes that name it as their source. A device that goes down takes all routes along but those to local
 * addresses; one without carrier keeps them, marked linkdown. */
#include "sim/ops.h"

struct ifaddr *ifaddr_byprefix(const struct dev *dev, uint32_t addr, uint8_t len)
{
	list_for_each (a, &dev->addrs, struct ifaddr, node)
		if (!a->secondary && a->prefixlen == len && ifaddr_match(a, addr))
			return a;
	return NULL;
}

/* fib_magic(): a route of the kernel's own. */
static void magic(
	struct sim *s, bool add, uint8_t type, uint32_t addr, uint8_t len, const struct ifaddr *a, uint32_t metric)
{
	struct dev *dev = a->dev;
	const struct route_cfg cfg = { .dst = { ip4(addr), len },
		.type = type,
		.protocol = RTPROT_KERNEL_,
		.metric = metric,
		.table = type == RTN_UNICAST_ ? RT_TABLE_MAIN_ : RT_TABLE_LOCAL_,
		.prefsrc = a->local,
		.dev = dev,
		.scope = type == RTN_LOCAL_ ? SCOPE_HOST : SCOPE_LINK };

	if (add)
		route_insert(s, dev->ns, &cfg, ROUTE_CREATE | ROUTE_APPEND, NULL);
	else
		route_delete(s, dev->ns, &cfg);
}

static uint8_t subnet_type(const struct dev *dev)
{
	return dev->flags & DEVF_LOOPBACK ? RTN_LOCAL_ : RTN_UNICAST_;
}

/* Does the address stand for a subnet that gets a route? */
static bool has_subnet(const struct ifaddr *a)
{
	uint32_t prefix = a->peer.v4 & ip4_mask(a->prefixlen);

	return !ip4_is_zeronet(prefix) && !a->secondary && (prefix != a->local.v4 || a->prefixlen < 32);
}

/* The primary whose address the routes of `a` have as their source. */
static const struct ifaddr *primary_of(const struct ifaddr *a)
{
	return a->secondary ? ifaddr_byprefix(a->dev, a->peer.v4, a->prefixlen) : a;
}

static void broadcast_address(struct sim *s, const struct ifaddr *prim, uint32_t addr)
{
	magic(s, true, RTN_BROADCAST_, addr, 32, prim, 0);
	arp_invalidate(s, prim->dev, addr);
}

void fib_add_ifaddr(struct sim *s, struct ifaddr *a)
{
	const struct ifaddr *prim = primary_of(a);
	uint32_t mask = ip4_mask(a->prefixlen), prefix = a->peer.v4 & mask;

	if (!prim || a->local.family != IP_V4)
		return;
	magic(s, true, RTN_LOCAL_, a->local.v4, 32, prim, 0);
	if (!dev_is_up(a->dev))
		return;
	if (a->broadcast.family && a->broadcast.v4 && a->broadcast.v4 != UINT32_MAX)
		broadcast_address(s, prim, a->broadcast.v4);
	if (!has_subnet(a) || ip4_is_multicast(prefix))
		return;
	if (!a->noprefixroute)
		magic(s, true, subnet_type(a->dev), prefix, a->prefixlen, prim, a->metric);
	if (a->prefixlen < 31)
		broadcast_address(s, prim, prefix | ~mask);
}

/* ---- an address goes ---- */
/* What other addresses of the device still stand for. */
struct kept {
	bool self, local, brd, brd0, brd1; /* self: the address itself is still there, it is only promoted */
};

/* Which primary the routes of `other` belong to, when that is the same source address as prim's; else NULL.
 * *state keeps what was found among the primaries, which come first. */
struct scan {
	const struct ifaddr *prim1;
	bool same_prefsrc;
};

static bool same_source(const struct ifaddr *other, const struct ifaddr *prim, struct scan *state)
{
	if (!other->secondary) {
		if (prim->local.v4 != other->local.v4)
			return false;
		state->prim1 = other;
		state->same_prefsrc |= prim != other;
		return true;
	}
	if (other->prefixlen == prim->prefixlen && ifaddr_match(prim, other->peer.v4)) {
		state->prim1 = prim;
		return true;
	}
	if (!state->same_prefsrc)
		return false;
	if (!state->prim1 || other->prefixlen != state->prim1->prefixlen || !ifaddr_match(state->prim1, other->peer.v4))
		state->prim1 = ifaddr_byprefix(other->dev, other->peer.v4, other->prefixlen);
	return state->prim1 && state->prim1->local.v4 == prim->local.v4;
}

static uint32_t broadcast(const struct ifaddr *a)
{
	return a->broadcast.family ? a->broadcast.v4 : 0;
}

static void keep_for(struct kept *k, const struct ifaddr *a, const struct ifaddr *other, const struct ifaddr *prim1)
{
	uint32_t mask = ip4_mask(a->prefixlen), brd = a->peer.v4 | ~mask, any = a->peer.v4 & mask;
	uint32_t mask1 = ip4_mask(other->prefixlen), brd1 = other->peer.v4 | ~mask1, any1 = other->peer.v4 & mask1;

	k->local |= a->local.v4 == other->local.v4;
	k->brd |= broadcast(a) == broadcast(other);
	k->brd1 |= brd == broadcast(other);
	k->brd0 |= any == broadcast(other);
	if (prim1 != other || other->prefixlen >= 31 || ip4_is_zeronet(any1))
		return;
	k->brd |= broadcast(a) == brd1 || broadcast(a) == any1;
	k->brd1 |= brd == brd1 || brd == any1;
	k->brd0 |= any == brd1 || any == any1;
}

static struct kept what_stays(const struct ifaddr *a, const struct ifaddr *prim, const struct ifaddr *iprim)
{
	struct scan state = { 0 };
	struct kept k = { 0 };

	list_for_each (other, &a->dev->addrs, struct ifaddr, node) {
		if (other == a) {
			k.self = true;
			continue;
		}
		if (iprim && other->prefixlen == iprim->prefixlen && ifaddr_match(iprim, other->peer.v4))
			continue;
		if (same_source(other, prim, &state))
			keep_for(&k, a, other, state.prim1);
	}
	return k;
}

/* fib_sync_down_addr() and fib_flush(): routes of the main table that name the address as their source. Of these, and
 * of no others that are flushed, listeners are told (fib_table_flush(), fi->pfsrc_removed). */
static void flush_prefsrc(struct sim *s, struct ns *ns, const struct ipaddr *addr)
{
	struct route *next;
	bool any = false;

	for (struct route *r = fib_next(ns->fib, RT_TABLE_MAIN_, NULL); r; r = next) {
		next = fib_next(ns->fib, RT_TABLE_MAIN_, r);
		if (!ip_eq(&r->prefsrc, addr))
			continue;
		route_remove(s, ns, r);
		any = true;
	}
	if (any)
		route_cache_flush(s, ns);
}

void fib_del_ifaddr(struct sim *s, struct ifaddr *a, const struct ifaddr *iprim, bool dead)
{
	const struct ifaddr *prim = primary_of(a);
	uint32_t mask = ip4_mask(a->prefixlen), brd = a->peer.v4 | ~mask, any = a->peer.v4 & mask;
	bool subnet = has_subnet(a);
	struct kept k = { 0 };

	if (a->local.family != IP_V4 || !prim || (iprim && a->secondary && iprim != prim))
		return;
	if (subnet && !a->noprefixroute)
		magic(s, false, subnet_type(a->dev), any, a->prefixlen, prim, 0);
	if (!dead)
		k = what_stays(a, prim, iprim);
	if (!k.brd)
		magic(s, false, RTN_BROADCAST_, broadcast(a), 32, prim, 0);
	if (subnet && a->prefixlen < 31 && !k.brd1)
		magic(s, false, RTN_BROADCAST_, brd, 32, prim, 0);
	if (subnet && a->prefixlen < 31 && !k.brd0)
		magic(s, false, RTN_BROADCAST_, any, 32, prim, 0);
	if (k.local)
		return;
	magic(s, false, RTN_LOCAL_, a->local.v4, 32, prim, 0);
	if (!k.self && fib_addr_type(a->dev->ns, &a->local) != RTN_LOCAL_)
		flush_prefsrc(s, a->dev->ns, &a->local);
}

void fib_modify_prefix_metric(struct sim *s, struct ifaddr *a, uint32_t metric)
{
	uint32_t prefix = a->peer.v4 & ip4_mask(a->prefixlen);

	if (dev_is_up(a->dev) && !a->secondary && !a->noprefixroute && !ip4_is_zeronet(prefix) &&
		(prefix != a->local.v4 || a->prefixlen < 32)) {
		magic(s, true, subnet_type(a->dev), prefix, a->prefixlen, a, metric);
		magic(s, false, subnet_type(a->dev), prefix, a->prefixlen, a, a->metric);
	}
	a->metric = metric;
}

/* ---- a device goes down, or its carrier changes ---- */

void fib_disable_ip(struct sim *s, struct dev *dev, bool force)
{
	list_for_each_safe (r, &dev->routes, struct route, dev_node)
		if (force || r->nh_scope != SCOPE_NOWHERE)
			fib_remove(dev->ns->fib, r);
	route_cache_flush(s, dev->ns);
	neigh_ifdown(s, dev);
}

void fib_linkstate(struct dev *dev)
{
	bool down = !dev->carrier;

	list_for_each (r, &dev->routes, struct route, dev_node)
		if (!down || r->nh_scope != SCOPE_NOWHERE)
			r->linkdown = down;
}
