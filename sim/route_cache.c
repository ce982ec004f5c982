/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is learned about destinations, and the IP layer's memory of a namespace (net/ipv4/route.c, inetpeer.c).
 *
 * Theory of operation. An exception (struct fib_nh_exception) says of one destination that its path MTU is smaller, or
 * that its gateway is another, than the route that it was learned for says. It dies with the route, with its time, or
 * by `ip route flush cache`. A peer (struct inet_peer) counts the errors and redirects that an address was sent. */
#include <errno.h>
#include <stdlib.h>

#include "sim/ip_state.h"
#include "sim/jiffies.h"

/* ---- exceptions: path MTUs and redirects ---- */
static uint32_t exception_hash(uint32_t daddr)
{
	return hash_mix(7, daddr);
}

static void exception_free(struct ip_state *ip, struct ip_exception *e)
{
	htab_del(&ip->exception_hash, &e->by_daddr);
	list_del(&e->node);
	free(e);
}

/* fib_nhc_update_mtu(), when the exception is next used: the device's MTU has changed since. */
static void exception_update_mtu(struct ip_exception *e, uint32_t mtu)
{
	if (e->locked) {
		if (mtu <= e->pmtu) {
			e->pmtu = mtu;
			e->locked = false;
		}
	} else if (mtu < e->pmtu || e->dev_mtu == e->pmtu) {
		e->pmtu = mtu;
	}
	e->dev_mtu = mtu;
}

/* find_exception(), which also drops one that has expired. */
struct ip_exception *ip_exception_find(struct sim *s, struct ns *ns, const struct route *r, uint32_t daddr)
{
	uint32_t hash = exception_hash(daddr);
	struct ip_state *ip = ns->ip;

	if (!ip || !r->dev || list_empty(&ip->exceptions))
		return NULL;
	for (struct hnode *h = htab_first(&ip->exception_hash, hash); h; h = htab_next(h)) {
		struct ip_exception *e = container_of(h, struct ip_exception, by_daddr);

		if (e->daddr != daddr)
			continue;
		if (s->now > e->expires || e->route != r->id) {
			exception_free(ip, e);
			return NULL;
		}
		if (e->pmtu && e->dev_mtu != r->dev->mtu)
			exception_update_mtu(e, r->dev->mtu);
		return e;
	}
	return NULL;
}

/* update_or_create_fnhe() */
static void exception_update(struct sim *s, struct ns *ns, const struct route *r, uint32_t daddr, uint32_t gw,
	uint32_t pmtu, bool lock, uint64_t lifetime)
{
	struct ip_state *ip = ip_state(ns);
	struct ip_exception *e = ip_exception_find(s, ns, r, daddr);

	if (!r->dev)
		return;
	if (!e) {
		e = xcalloc(1, sizeof(*e));
		e->daddr = daddr;
		e->route = r->id;
		htab_add(&ip->exception_hash, &e->by_daddr, exception_hash(daddr));
		list_add_tail(&ip->exceptions, &e->node);
	}
	if (gw)
		e->gateway = gw;
	if (pmtu) {
		e->pmtu = pmtu;
		e->locked = lock;
		e->dev_mtu = r->dev->mtu;
	}
	e->expires = s->now + lifetime;
}

void route_exceptions_flush(struct sim *s, struct ns *ns)
{
	(void)s;
	if (!ns->ip)
		return;
	list_for_each_safe (e, &ns->ip->exceptions, struct ip_exception, node)
		exception_free(ns->ip, e);
}

static bool route_exists(const struct fib *fib, uint64_t id)
{
	for (const struct route *r = fib_next(fib, 0, NULL); r; r = fib_next(fib, 0, r))
		if (r->id == id)
			return true;
	return false;
}

void route_cache_flush(struct sim *s, struct ns *ns)
{
	(void)s;
	if (!ns->ip)
		return;
	list_for_each_safe (e, &ns->ip->exceptions, struct ip_exception, node)
		if (!route_exists(ns->fib, e->route))
			exception_free(ns->ip, e);
}

/* ---- the namespace's state ---- */
struct ip_state *ip_state(struct ns *ns)
{
	if (!ns->ip) {
		ns->ip = xcalloc(1, sizeof(*ns->ip));
		list_init(&ns->ip->peers);
		list_init(&ns->ip->exceptions);
		list_init(&ns->ip->frags);
	}
	return ns->ip;
}

struct ip_peer *ip_peer_get(struct sim *s, struct ns *ns, uint32_t addr)
{
	struct ip_state *ip = ip_state(ns);
	uint32_t hash = hash_mix(5, addr);
	struct ip_peer *peer;

	for (struct hnode *h = htab_first(&ip->peer_hash, hash); h; h = htab_next(h)) {
		peer = container_of(h, struct ip_peer, by_addr);
		if (peer->addr == addr)
			return peer;
	}
	peer = xcalloc(1, sizeof(*peer));
	peer->addr = addr;
	peer->rate_last = jiffies(s) - 60 * HZ;
	htab_add(&ip->peer_hash, &peer->by_addr, hash);
	list_add_tail(&ip->peers, &peer->node);
	return peer;
}

void ip_ns_free(struct sim *s, struct ns *ns)
{
	struct ip_state *ip = ns->ip;

	if (!ip)
		return;
	ip_frags_free(s, ip);
	route_exceptions_flush(s, ns);
	list_for_each_safe (peer, &ip->peers, struct ip_peer, node)
		free(peer);
	htab_release(&ip->peer_hash);
	htab_release(&ip->exception_hash);
	htab_release(&ip->frag_hash);
	free(ip);
	ns->ip = NULL;
}

/* ---- learned: path MTUs and redirects ---- */
/* ipv4_update_pmtu(), __ip_rt_update_pmtu() */
void ip_update_pmtu(struct sim *s, struct ns *ns, uint32_t daddr, uint32_t mtu)
{
	struct ip_flow f = { .dst = daddr };
	struct ip_exception *e;
	bool lock = false;
	struct route *r;
	struct dst d;

	if (ip_route_output_key(s, ns, &f, &d, &r) || !r || !r->dev)
		return;
	e = ip_exception_find(s, ns, r, daddr);
	if ((e && e->locked) || d.mtu < mtu)
		return;
	if (mtu < IP_MIN_PMTU) {
		lock = true;
		mtu = d.mtu < IP_MIN_PMTU ? d.mtu : IP_MIN_PMTU;
	}
	exception_update(s, ns, r, daddr, 0, mtu, lock, IP_MTU_EXPIRES);
}

/* ip_fib_check_default(): is there a default route through dev and gw? */
static bool is_default_gateway(const struct ns *ns, uint32_t gw, const struct dev *dev)
{
	struct prefix all = { .addr = ip4(0), .len = 0 };

	for (struct route *r = fib_first(ns->fib, RT_TABLE_MAIN_, &all); r; r = fib_next_prefix(ns->fib, r))
		if (r->dev == dev && r->gateway.family == IP_V4 && r->gateway.v4 == gw && !r->dead)
			return true;
	return false;
}

/* The checks of __ip_do_redirect() on what the redirect says. */
static bool redirect_acceptable(const struct dev *dev, uint32_t old_gw, uint32_t new_gw)
{
	struct ipaddr old = ip4(old_gw), new = ip4(new_gw);

	if (new_gw == old_gw || !dev_conf(dev, DEVC_ACCEPT_REDIRECTS) || ip4_is_multicast(new_gw) ||
		new_gw == UINT32_MAX || ip4_is_zeronet(new_gw))
		return false;
	if (dev_conf(dev, DEVC_SHARED_MEDIA))
		return fib_addr_type(dev->ns, &new) == RTN_UNICAST_;
	return ip_addr_onlink(dev, new_gw, &old) &&
	       !(dev_conf(dev, DEVC_SECURE_REDIRECTS) && is_default_gateway(dev->ns, new_gw, dev));
}

/* ipv4_redirect(), __ip_do_redirect() */
void ip_redirect(struct sim *s, const struct packet *p, const struct ip4_hdr *quoted, uint32_t new_gw)
{
	const struct ip4_hdr *h = packet_ip4(p);
	struct ip_flow f = { .dst = get32(quoted->daddr), .src = get32(quoted->saddr), .tos = quoted->tos };
	struct ns *ns = p->dev->ns;
	struct ipaddr gw = ip4(new_gw);
	struct neigh *n;
	struct route *r;
	struct dst d;

	if (!h || ip_route_output_key(s, ns, &f, &d, &r) || !r)
		return;
	if (d.gateway.family != IP_V4 || d.gateway.v4 != get32(h->saddr) ||
		!redirect_acceptable(p->dev, get32(h->saddr), new_gw)) {
		sim_event(s, p, EV_STEP, ST_ICMP_REDIRECT, VAL_STR("the redirect is not accepted"));
		return;
	}
	n = neigh_find(d.dev, &gw);
	if (n && (n->state & NUD_VALID_)) {
		exception_update(s, ns, r, get32(quoted->daddr), new_gw, 0, false, IP_REDIRECT_EXPIRES);
		sim_event(s, p, EV_STEP, ST_ICMP_REDIRECT, VAL_STR("the new gateway is used from now on"));
	} else {
		neigh_event_send(s, d.dev, &gw);
	}
}
