/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Route decisions (net/ipv4/route.c): for packets of this host's own, and for packets received.
 *
 * Theory of operation. The kernel's struct rtable is a value here (struct dst), made anew by each look-up: the
 * caches that route.c keeps on next hops change how fast it is, not what it says. What it remembers beyond the
 * tables, path MTUs and redirects (struct fib_nh_exception), is in the namespace's struct ip_state by destination,
 * tied to the route that it was learned for.
 * Not modelled: multicast memberships but 224.0.0.1. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/ip_state.h"

#define DSCP_MASK 0xfc /* INET_DSCP_MASK */
#define ALL_HOSTS 0xe0000001U
#define LOOPBACK 0x7f000001U

static const struct ipaddr no_addr = { .family = IP_NONE };

static struct ipaddr addr_or_none(uint32_t a)
{
	return a ? ip4(a) : no_addr;
}

/* ---- events ---- */
static const char *table_name(char *buf, size_t size, uint32_t table)
{
	switch (table) {
	case RT_TABLE_LOCAL_:
		return "local";
	case RT_TABLE_MAIN_:
		return "main";
	case RT_TABLE_DEFAULT_:
		return "default";
	default:
		snprintf(buf, size, "%u", table);
		return buf;
	}
}

static void route_event(struct sim *s, const struct packet *p, struct ns *ns, enum stage st, uint32_t dst, uint32_t src,
	const struct dst *d, const struct route *r, const char *error)
{
	char table[16];
	const char *none = fib_table_exists(ns->fib, RT_TABLE_MAIN_) ? "no route" : "no route table";
	const char *type = d ? route_type_name(d->type) : r ? route_type_name(r->type) : none;

	sim_event_at(s, p, ns, p->dev, EV_ROUTE, st, VAL_ADDR(ip4(dst)), VAL_ADDR(addr_or_none(src)), VAL_STR(type),
		r ? VAL_PREFIX(r->dst) : VAL_NONE, d ? VAL_ADDR(d->gateway) : VAL_NONE,
		d && d->dev ? VAL_STR(d->dev->name) : VAL_NONE, d && !src ? VAL_ADDR(d->prefsrc) : VAL_NONE,
		r ? VAL_STR(table_name(table, sizeof(table), r->table)) : VAL_NONE, VAL_STR(error));
}

void ip_route_event(struct sim *s, const struct packet *p, struct ns *ns, enum stage st, uint32_t dst, uint32_t src,
	const struct dst *d, const struct route *r, int err)
{
	if (p && s->tracing)
		route_event(s, p, ns, st, dst, src, d, r, err ? strerror(err < 0 ? -err : err) : NULL);
}

/* ---- what a route makes of a packet ---- */
/* ip_dst_mtu_maybe_forward() */
static uint32_t dst_mtu(const struct dst *d, const struct route *r, const struct ip_exception *e, bool forwarding)
{
	bool locked = e && e->locked;
	uint32_t mtu;

	if (e && e->pmtu && (!forwarding || locked || d->dev->ns->sysctl[NSC_IP_FORWARD_USE_PMTU]))
		mtu = e->pmtu;
	else if (r && r->mtu)
		mtu = r->mtu;
	else if (locked && d->gateway.family != IP_NONE && d->dev->mtu > 576)
		mtu = 576;
	else
		mtu = d->dev->mtu;
	return mtu < IP_MAX_MTU ? mtu : IP_MAX_MTU;
}

/* rt_set_nexthop(); r NULL: the destination is on the link. */
static void set_nexthop(
	struct sim *s, struct ns *ns, struct dst *d, const struct route *r, uint32_t daddr, bool forwarding)
{
	const struct ip_exception *e = r ? ip_exception_find(s, ns, r, daddr) : NULL;

	d->gateway = no_addr;
	if (r && r->gateway.family != IP_NONE && fib_nh_scope(r) == SCOPE_LINK)
		d->gateway = r->gateway;
	if (e && e->gateway)
		d->gateway = ip4(e->gateway);
	d->mtu = dst_mtu(d, r, e, forwarding);
	d->mtu_locked = e && e->locked;
}

/* ip_check_mc_rcu(): every device that is up is a member of 224.0.0.1. */
static bool mc_member(const struct dev *dev, uint32_t daddr)
{
	return daddr == ALL_HOSTS && (dev->flags & DEVF_UP);
}

/* ---- output ---- */
/* __ip_dev_find() */
static bool is_own_address(const struct ns *ns, uint32_t addr)
{
	struct ipaddr a = ip4(addr);
	struct fib_query q = { .dst = a };
	struct route *r;

	if (ifaddr_find_local(ns, &a))
		return true;
	return !fib_table_lookup(ns, RT_TABLE_LOCAL_, &q, &r) && r->type == RTN_LOCAL_;
}

static uint32_t select_addr(const struct ns *ns, const struct dev *dev, uint8_t scope)
{
	struct ipaddr a = fib_select_addr(ns, dev, NULL, scope);

	return a.family == IP_NONE ? 0 : a.v4;
}

/* __mkroute_output() */
static int mkroute_output(struct sim *s, struct ns *ns, struct ip_flow *f, struct dev *out, uint8_t type,
	const struct route *r, struct dst *d)
{
	if (ip4_is_loopback(f->src) && !(out->flags & DEVF_LOOPBACK) && !dev_conf(out, DEVC_ROUTE_LOCALNET))
		return -EINVAL;
	if (f->dst == UINT32_MAX) {
		type = RTN_BROADCAST_;
		r = NULL;
	} else if (ip4_is_multicast(f->dst)) {
		type = RTN_MULTICAST_;
		if (r && r->dst.len < 4)
			r = NULL;
	} else if (ip4_is_zeronet(f->dst)) {
		return -EINVAL;
	}
	*d = (struct dst){ .input = DST_OUTPUT, .type = type, .dev = out, .prefsrc = addr_or_none(f->src) };
	/* of what is delivered here, the device that has the address, though lo carries it */
	if (type == RTN_LOCAL_ && r)
		d->iif = r->dev->ifindex;
	else if (f->oif)
		d->iif = f->oif->ifindex;
	if (type == RTN_BROADCAST_)
		d->input = DST_BROADCAST;
	else if (type == RTN_MULTICAST_)
		d->input = mc_member(out, f->dst) ? DST_MULTICAST : DST_OUTPUT;
	else if (out->flags & DEVF_LOOPBACK)
		d->input = DST_LOCAL;
	set_nexthop(s, ns, d, r, f->dst, false);
	return 0;
}

/* The first part of ip_route_output_key_hash_rcu(): is the source one? *out: the device that it names for multicasts.
 */
static int check_source(const struct ns *ns, const struct ip_flow *f, struct dev **out)
{
	struct ipaddr a = ip4(f->src);
	struct ifaddr *ifa;

	if (!f->src)
		return 0;
	if (ip4_is_multicast(f->src) || f->src == UINT32_MAX)
		return -EINVAL;
	if (!f->oif && (ip4_is_multicast(f->dst) || f->dst == UINT32_MAX)) {
		ifa = ifaddr_find_local(ns, &a);
		if (ifa)
			*out = ifa->dev;
		else if (is_own_address(ns, f->src))
			*out = ns->lo;
		return *out ? 0 : -ENETUNREACH;
	}
	return f->anysrc || is_own_address(ns, f->src) ? 0 : -ENETUNREACH;
}

/* The second part: the device that was asked for. True: no look-up is needed. */
static bool bound_to_device(const struct ns *ns, struct ip_flow *f)
{
	if ((f->dst >> 8) == (0xe0000000U >> 8) || f->dst == UINT32_MAX) {
		if (!f->src)
			f->src = select_addr(ns, f->oif, SCOPE_LINK);
		return true;
	}
	if (!f->src && ip4_is_multicast(f->dst))
		f->src = select_addr(ns, f->oif, SCOPE_UNIVERSE);
	else if (!f->src && !f->dst)
		f->src = select_addr(ns, f->oif, SCOPE_HOST);
	return false;
}

/* fib_detect_death(): is this one of several default routes out of the question? */
struct default_choice {
	struct route *last;
	int last_order, preferred;
};

static bool detect_death(const struct route *r, int order, struct default_choice *c)
{
	const struct neigh *n = neigh_find(r->dev, &r->gateway);
	uint8_t state = n ? n->state : NUD_NONE_;

	if (!n || state == NUD_REACHABLE_ || ((state & NUD_VALID_) && order != c->preferred))
		return false;
	if ((state & NUD_VALID_) || (c->last_order < 0 && order > c->preferred && state != NUD_INCOMPLETE_)) {
		c->last = (struct route *)r;
		c->last_order = order;
	}
	return true;
}

/* Is r one of those that fib_select_default() chooses among? */
static bool is_choice(const struct route *r, const struct route *res)
{
	return r->scope == res->scope && r->type == RTN_UNICAST_ && r->gateway.family != IP_NONE &&
	       fib_nh_scope(r) == SCOPE_LINK && !r->dead;
}

/* fib_select_default(): between default routes of one metric and TOS, the first whose gateway seems alive. */
static struct route *select_default(const struct ns *ns, struct route *res)
{
	struct default_choice c = { .last_order = -1, .preferred = res->fa_default };
	struct route *current = NULL;
	int order = -1;

	if (res->dst.len || res->type != RTN_UNICAST_ || !fib_next_same(ns->fib, res) || !is_choice(res, res))
		return res;
	for (struct route *r = res; r; r = fib_next_same(ns->fib, r)) {
		if (!is_choice(r, res))
			continue;
		if (current && !detect_death(current, order, &c)) {
			res->fa_default = order;
			return current;
		}
		current = r;
		order++;
	}
	if (order <= 0) {
		res->fa_default = -1;
		return res;
	}
	if (!detect_death(current, order, &c)) {
		res->fa_default = order;
		return current;
	}
	res->fa_default = c.last_order;
	return c.last_order >= 0 ? c.last : res;
}

/* No route, but a device: "assume that the destination is on link". */
static int route_on_link(struct sim *s, struct ns *ns, struct ip_flow *f, struct dst *d)
{
	if (!f->src)
		f->src = select_addr(ns, f->oif, SCOPE_LINK);
	return mkroute_output(s, ns, f, f->oif, RTN_UNICAST_, NULL, d);
}

int ip_route_output_key(struct sim *s, struct ns *ns, struct ip_flow *f, struct dst *d, struct route **r)
{
	struct dev *out = NULL;
	struct fib_query q;
	int err = check_source(ns, f, &out);

	*r = NULL;
	if (err)
		return err;
	if (out)
		return mkroute_output(s, ns, f, out, RTN_UNICAST_, NULL, d);
	if (f->oif) {
		if (!(f->oif->flags & DEVF_UP))
			return -ENETUNREACH;
		if (bound_to_device(ns, f))
			return mkroute_output(s, ns, f, f->oif, RTN_UNICAST_, NULL, d);
	}
	if (!f->dst) {
		f->dst = f->src ? f->src : LOOPBACK;
		f->src = f->dst;
		return mkroute_output(s, ns, f, ns->lo, RTN_LOCAL_, NULL, d);
	}
	q = (struct fib_query){ .dst = ip4(f->dst),
		.src = addr_or_none(f->src),
		.oif = f->oif,
		.tos = f->tos & DSCP_MASK,
		.mark = f->mark };
	err = fib_lookup(ns, &q, r);
	if (err)
		return f->oif ? route_on_link(s, ns, f, d) : err;
	if ((*r)->type == RTN_LOCAL_) {
		if (!f->src)
			f->src = (*r)->prefsrc.family != IP_NONE ? (*r)->prefsrc.v4 : f->dst;
		return mkroute_output(s, ns, f, ns->lo, RTN_LOCAL_, *r, d);
	}
	if (!f->oif)
		*r = select_default(ns, *r);
	if (!f->src)
		f->src = fib_route_prefsrc(ns, *r).v4;
	return mkroute_output(s, ns, f, (*r)->dev, (*r)->type, *r, d);
}

static int route_output(struct sim *s, struct ns *ns, const struct packet *p, struct ip_flow *f, struct dst *d)
{
	uint32_t src = f->src, dst = f->dst;
	struct route *r;
	int err = ip_route_output_key(s, ns, f, d, &r);

	ip_route_event(s, p, ns, ST_IP_ROUTE_OUTPUT, dst, src, err ? NULL : d, r, err);
	return err;
}

int ip_route_output(struct sim *s, struct ns *ns, const struct packet *p, const struct ipaddr *dst,
	const struct ipaddr *src, struct dev *oif, uint8_t tos, uint32_t mark, struct dst *d)
{
	struct ip_flow f = {
		.dst = dst->v4, .src = src && src->family == IP_V4 ? src->v4 : 0, .oif = oif, .tos = tos, .mark = mark
	};

	return route_output(s, ns, p, &f, d);
}

int ip_route_output_anysrc(struct sim *s, struct ns *ns, const struct packet *p, const struct ipaddr *dst,
	const struct ipaddr *src, struct dev *oif, uint8_t tos, uint32_t mark, struct dst *d)
{
	struct ip_flow f = { .dst = dst->v4,
		.src = src && src->family == IP_V4 ? src->v4 : 0,
		.oif = oif,
		.tos = tos,
		.mark = mark,
		.anysrc = true };

	return route_output(s, ns, p, &f, d);
}

/* ---- input ---- */
static int source_event(struct sim *s, const struct packet *p, const struct dev *dev, uint32_t src, const char *verdict,
	int32_t rpf, int ret)
{
	sim_event_at(s, p, dev->ns, dev, EV_SOURCE, ST_FIB_VALIDATE_SOURCE, VAL_ADDR(ip4(src)), VAL_STR(verdict),
		VAL_U32((uint32_t)rpf));
	return ret;
}

/* What fib_validate_source() is asked about: a packet from src to dst (0: to more than one host), which came through
 * dev and is to leave through oif (NULL: not forwarded). */
struct source {
	uint32_t src, dst;
	uint8_t tos;
	struct dev *dev;
	const struct dev *oif;
};

/* A look-up for the way back, and its event. */
static int way_back(
	struct sim *s, const struct packet *p, const struct source *c, const struct fib_query *q, struct route **r)
{
	struct ns *ns = c->dev->ns;
	int err = fib_lookup(ns, q, r);
	struct dst d = { 0 };

	if (!err) {
		d.type = (*r)->type;
		d.dev = (*r)->dev;
		d.gateway = fib_nh_scope(*r) == SCOPE_LINK ? (*r)->gateway : no_addr;
	}
	ip_route_event(s, p, ns, ST_FIB_VALIDATE_SOURCE, c->src, c->dst, err ? NULL : &d, *r, err);
	return err;
}

/* __fib_validate_source(): 1 when the source is on the link of dev, 0 when not, or a negative errno with *why. */
static int validate_source_fully(struct sim *s, struct packet *p, const struct source *c, int32_t rpf, enum drop *why)
{
	struct dev *dev = c->dev;
	struct fib_query q = { .dst = ip4(c->src), .src = addr_or_none(c->dst), .tos = c->tos & DSCP_MASK };
	struct route *r;
	bool ours;

	if (way_back(s, p, c, &q, &r)) {
		*why = DROP_IP_RPFILTER;
		return rpf ? source_event(s, p, dev, c->src, "no route back", rpf, -EXDEV)
			   : source_event(s, p, dev, c->src, "accepted", rpf, 0);
	}
	if (r->type != RTN_UNICAST_ && r->type != RTN_LOCAL_) {
		*why = DROP_IP_INVALID_SOURCE;
		return source_event(s, p, dev, c->src, "not the address of a host", rpf, -EINVAL);
	}
	if (r->type == RTN_LOCAL_ && !dev_conf(dev, DEVC_ACCEPT_LOCAL)) {
		*why = DROP_IP_LOCAL_SOURCE;
		return source_event(s, p, dev, c->src, "an own address", rpf, -EINVAL);
	}
	ours = r->dev == dev || (r->type == RTN_LOCAL_ && dev == dev->ns->lo);
	if (ours)
		return source_event(s, p, dev, c->src, "accepted", rpf, fib_nh_scope(r) >= SCOPE_HOST);
	if (rpf == 1 || (rpf && list_empty(&dev->addrs))) {
		*why = DROP_IP_RPFILTER;
		return source_event(s, p, dev, c->src, "the way back is through another device", rpf, -EXDEV);
	}
	source_event(s, p, dev, c->src, "accepted", rpf, 0);
	if (list_empty(&dev->addrs))
		return 0;
	q.oif = dev;
	q.any_linkstate = true;
	return !way_back(s, p, c, &q, &r) && r->type == RTN_UNICAST_ && fib_nh_scope(r) >= SCOPE_HOST;
}

/* fib_validate_source() */
static int fib_validate_source(struct sim *s, struct packet *p, const struct source *c, enum drop *why)
{
	struct dev *dev = c->dev;
	int32_t rpf = dev_conf(dev, DEVC_RP_FILTER);
	struct ipaddr a = ip4(c->src);

	if (rpf || (dev == c->oif && dev_conf(dev, DEVC_SEND_REDIRECTS)))
		return validate_source_fully(s, p, c, rpf, why);
	if (!dev_conf(dev, DEVC_ACCEPT_LOCAL)) {
		if (fib_has_custom_local(dev->ns->fib))
			return validate_source_fully(s, p, c, rpf, why);
		if (ifaddr_find_local(dev->ns, &a)) {
			*why = DROP_IP_LOCAL_SOURCE;
			return source_event(s, p, dev, c->src, "an own address", rpf, -EINVAL);
		}
	}
	return source_event(s, p, dev, c->src, "accepted", rpf, 0);
}

static int refuse(enum drop *why, enum drop reason)
{
	*why = reason;
	return -EINVAL;
}

/* local_input: a route decision for this host itself; it is validated afterwards, as its events show. */
static void set_input_local(struct sim *s, struct packet *p, struct dev *dev, uint32_t daddr, enum dst_input input,
	uint8_t type, const struct route *r)
{
	p->dst = (struct dst){ .input = (uint8_t)input, .type = type, .dev = dev->ns->lo, .mtu = dev->ns->lo->mtu };
	ip_route_event(s, p, dev->ns, ST_IP_ROUTE_INPUT, daddr, 0, &p->dst, r, 0);
}

static int input_local(struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos, struct dev *dev,
	const struct route *r, enum drop *why)
{
	const struct source c = { .src = saddr, .dst = daddr, .tos = tos, .dev = dev };
	int err;

	set_input_local(s, p, dev, daddr, DST_LOCAL, RTN_LOCAL_, r);
	err = fib_validate_source(s, p, &c, why);
	return err < 0 ? err : 0;
}

/* ip_route_input_mc(), and the choice whether it is ours */
static int input_multicast(
	struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos, struct dev *dev, enum drop *why)
{
	const struct source c = { .src = saddr, .tos = tos, .dev = dev };
	const struct ip4_hdr *h = packet_ip4(p);
	int err = 0;

	if (!mc_member(dev, daddr))
		return refuse(why, DROP_NOT_SPECIFIED);
	if (ip4_is_multicast(saddr) || saddr == UINT32_MAX)
		return refuse(why, DROP_IP_INVALID_SOURCE);
	if (p->protocol != ETH_P_IP_)
		return refuse(why, DROP_INVALID_PROTO);
	if (ip4_is_loopback(saddr) && !dev_conf(dev, DEVC_ROUTE_LOCALNET))
		return refuse(why, DROP_IP_LOCALNET);
	if (ip4_is_zeronet(saddr) && (daddr >> 8) != (0xe0000000U >> 8) && (!h || h->protocol != IPPROTO_IGMP_))
		return refuse(why, DROP_IP_INVALID_SOURCE);
	set_input_local(s, p, dev, daddr, DST_MULTICAST, RTN_MULTICAST_, NULL);
	if (!ip4_is_zeronet(saddr))
		err = fib_validate_source(s, p, &c, why);
	return err < 0 ? err : 0;
}

/* brd_input */
static int input_broadcast(struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos,
	struct dev *dev, const struct route *r, enum drop *why)
{
	const struct source c = { .src = saddr, .tos = tos, .dev = dev };
	int err = 0;

	if (p->protocol != ETH_P_IP_) {
		if (r)
			ip_route_event(s, p, dev->ns, ST_IP_ROUTE_INPUT, daddr, 0, NULL, r, -EINVAL);
		return refuse(why, DROP_INVALID_PROTO);
	}
	set_input_local(s, p, dev, daddr, DST_BROADCAST, RTN_BROADCAST_, r);
	if (!ip4_is_zeronet(saddr))
		err = fib_validate_source(s, p, &c, why);
	return err < 0 ? err : 0;
}

/* no_route: what ip_error() will answer to. Without forwarding that is always "host unreachable". */
static int input_error(struct sim *s, struct packet *p, struct dev *dev, uint32_t daddr, const struct route *r, int err)
{
	bool forwarding = dev_conf(dev, DEVC_FORWARDING);
	const char *error = forwarding ? strerror(-err) : "not for this host, and forwarding is off";

	if (p->protocol != ETH_P_IP_)
		error = NULL; /* ARP asks whether the address is this host's: no is an answer */
	p->dst =
		(struct dst){ .input = DST_ERROR, .type = RTN_UNREACHABLE_, .error = EHOSTUNREACH, .dev = dev->ns->lo };
	if (forwarding)
		p->dst.error = (int16_t)-err;
	if (s->tracing)
		route_event(s, p, dev->ns, ST_IP_ROUTE_INPUT, daddr, 0, NULL, r, error);
	return 0;
}

/* inet_addr_onlink() */
bool ip_addr_onlink(const struct dev *dev, uint32_t a, const struct ipaddr *b)
{
	list_for_each (ifa, &dev->addrs, struct ifaddr, node) {
		uint32_t mask = ip4_mask(ifa->prefixlen);

		if (ifa->local.family == IP_V4 && !((a ^ ifa->peer.v4) & mask) &&
			(b->family == IP_NONE || !((b->v4 ^ ifa->peer.v4) & mask)))
			return true;
	}
	return false;
}

/* __mkroute_input() */
static int input_forward(struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos, struct dev *dev,
	const struct route *r, enum drop *why)
{
	struct dev *out = r->dev;
	const struct source c = { .src = saddr, .dst = daddr, .tos = tos, .dev = dev, .oif = out };
	int on_link;

	p->dst = (struct dst){ .input = DST_FORWARD, .type = r->type, .dev = out };
	set_nexthop(s, dev->ns, &p->dst, r, daddr, true);
	ip_route_event(s, p, dev->ns, ST_IP_ROUTE_INPUT, daddr, 0, &p->dst, r, 0);
	on_link = fib_validate_source(s, p, &c, why);
	if (on_link < 0)
		return on_link;
	if (p->protocol != ETH_P_IP_) /* ARP asks for a proxy */
		return out == dev ? refuse(why, DROP_NOT_SPECIFIED) : 0;
	p->dst.redirect = out == dev && on_link && dev_conf(out, DEVC_SEND_REDIRECTS) &&
			  (dev_conf(out, DEVC_SHARED_MEDIA) || ip_addr_onlink(out, saddr, &r->gateway));
	return 0;
}

/* ip_route_input_slow() */
static int input_slow(
	struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos, struct dev *dev, enum drop *why)
{
	struct fib_query q;
	struct route *r;
	int err;

	if (ip4_is_multicast(saddr) || saddr == UINT32_MAX)
		return refuse(why, DROP_IP_INVALID_SOURCE);
	if (daddr == UINT32_MAX || (!saddr && !daddr))
		return input_broadcast(s, p, daddr, saddr, tos, dev, NULL, why);
	if (ip4_is_zeronet(saddr))
		return refuse(why, DROP_IP_INVALID_SOURCE);
	if (ip4_is_zeronet(daddr))
		return refuse(why, DROP_IP_INVALID_DEST);
	if ((ip4_is_loopback(daddr) || ip4_is_loopback(saddr)) && !dev_conf(dev, DEVC_ROUTE_LOCALNET))
		return refuse(why, DROP_IP_LOCALNET);
	q = (struct fib_query){
		.dst = ip4(daddr), .src = ip4(saddr), .iif = dev, .tos = tos & DSCP_MASK, .mark = p->mark
	};
	err = fib_lookup(dev->ns, &q, &r);
	if (err)
		return input_error(s, p, dev, daddr, r, err);
	if (r->type == RTN_BROADCAST_)
		return input_broadcast(s, p, daddr, saddr, tos, dev, r, why);
	if (r->type == RTN_LOCAL_)
		return input_local(s, p, daddr, saddr, tos, dev, r, why);
	if (!dev_conf(dev, DEVC_FORWARDING))
		return input_error(s, p, dev, daddr, r, -EHOSTUNREACH);
	if (r->type != RTN_UNICAST_) {
		ip_route_event(s, p, dev->ns, ST_IP_ROUTE_INPUT, daddr, 0, NULL, r, -EINVAL);
		return refuse(why, DROP_IP_INVALID_DEST);
	}
	return input_forward(s, p, daddr, saddr, tos, dev, r, why);
}

int ip_route_input(
	struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos, struct dev *dev, enum drop *why)
{
	p->dst = (struct dst){ 0 };
	*why = DROP_NOT_SPECIFIED;
	if (ip4_is_multicast(daddr))
		return input_multicast(s, p, daddr, saddr, tos, dev, why);
	return input_slow(s, p, daddr, saddr, tos, dev, why);
}
