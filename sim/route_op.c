/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip route`: routes by the user, with the kernel's checks (net/ipv4/fib_frontend.c, fib_semantics.c
 * fib_create_info(), fib_check_nh(); fib_trie.c fib_table_insert(), fib_table_delete()).
 *
 * Theory of operation. A request becomes a struct route_cfg. To be inserted it must make sense as such, its next hop
 * must be reachable on-link at this moment (nothing looks again later), its preferred source must be an own address;
 * then the flags of the request say what happens with routes of the same prefix, TOS and metric.
 * Not modelled: multipath, nexthop objects, encapsulation. */
#include <errno.h>
#include <stdio.h>

#include "sim/ops.h"

/* fib_props[]: the widest scope that a route of each type may have. */
static uint8_t type_scope(uint8_t type)
{
	switch (type) {
	case RTN_LOCAL_:
		return SCOPE_HOST;
	case RTN_BROADCAST_:
	case RTN_ANYCAST_:
		return SCOPE_LINK;
	case RTN_UNSPEC_:
		return SCOPE_NOWHERE;
	default:
		return type < RTN_NUM_ ? SCOPE_UNIVERSE : SCOPE_NOWHERE;
	}
}

static bool is_error(uint8_t type)
{
	return type == RTN_BLACKHOLE_ || type == RTN_UNREACHABLE_ || type == RTN_PROHIBIT_ || type == RTN_THROW_;
}

static int fail(const char **ext, int err, const char *text)
{
	if (ext)
		*ext = text;
	return -err;
}

/* ---- the next hop ---- */
/* fib_check_nh_v4_gw() with RTNH_F_ONLINK */
static int check_onlink(struct ns *ns, const struct route_cfg *cfg, struct route *r, const char **ext)
{
	if (cfg->scope >= SCOPE_LINK)
		return fail(ext, EINVAL, "Nexthop has invalid scope");
	if (!cfg->dev)
		return fail(ext, ENODEV, "Nexthop device required for onlink");
	if (!dev_is_up(cfg->dev))
		return fail(ext, ENETDOWN, "Nexthop device is not up");
	if (fib_addr_type(ns, &cfg->gateway) != RTN_UNICAST_)
		return fail(ext, EINVAL, "Nexthop has invalid gateway");
	r->linkdown = !cfg->dev->carrier;
	r->nh_scope = SCOPE_LINK;
	return 0;
}

/* fib_check_nh_v4_gw(): the gateway must be found on-link by a look-up of now. */
static int check_gateway(struct ns *ns, const struct route_cfg *cfg, struct route *r, const char **ext)
{
	struct fib_query q = { .dst = cfg->gateway, .oif = cfg->dev, .any_linkstate = true };
	struct route *found = NULL;
	int err = -1;

	if (cfg->onlink)
		return check_onlink(ns, cfg, r, ext);
	q.scope = cfg->scope + 1 < SCOPE_LINK ? SCOPE_LINK
		  : cfg->scope == UINT8_MAX   ? UINT8_MAX
					      : (uint8_t)(cfg->scope + 1);
	if (cfg->table != RT_TABLE_MAIN_)
		err = fib_table_lookup(ns, cfg->table, &q, &found);
	if (err)
		err = fib_lookup(ns, &q, &found);
	if (err)
		return fail(ext, -err, "Nexthop has invalid gateway");
	if (found->type != RTN_UNICAST_ && found->type != RTN_LOCAL_)
		return fail(ext, EINVAL, "Nexthop has invalid gateway");
	if (!found->dev)
		return fail(ext, EINVAL, "No egress device for nexthop");
	r->dev = found->dev;
	r->nh_scope = found->scope;
	r->linkdown = !found->dev->carrier;
	return dev_is_up(found->dev) ? 0 : -ENETDOWN;
}

/* fib_check_nh_nongw() */
static int check_device(const struct route_cfg *cfg, struct route *r, const char **ext)
{
	if (cfg->onlink)
		return fail(ext, EINVAL, "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set");
	if (!cfg->dev)
		return -ENODEV;
	if (!dev_is_up(cfg->dev))
		return fail(ext, ENETDOWN, "Device for nexthop is not up");
	r->nh_scope = SCOPE_HOST;
	r->linkdown = !cfg->dev->carrier;
	return 0;
}

static int check_next_hop(struct ns *ns, const struct route_cfg *cfg, struct route *r, const char **ext)
{
	bool gateway = cfg->gateway.family != IP_NONE;

	if (cfg->scope != SCOPE_HOST)
		return gateway ? check_gateway(ns, cfg, r, ext) : check_device(cfg, r, ext);
	if (gateway)
		return fail(ext, EINVAL, "Route with host scope can not have a gateway");
	if (!cfg->dev)
		return -ENODEV;
	r->nh_scope = SCOPE_NOWHERE;
	return 0;
}

/* fib_valid_prefsrc(): an own address, or the very one that is being added. */
static bool valid_prefsrc(struct ns *ns, const struct route_cfg *cfg)
{
	if (cfg->type == RTN_LOCAL_ && cfg->dst.addr.v4 && ip_eq(&cfg->prefsrc, &cfg->dst.addr))
		return true;
	return fib_addr_type(ns, &cfg->prefsrc) == RTN_LOCAL_;
}

/* ip_metrics_convert() */
static uint32_t valid_mtu(uint32_t mtu)
{
	return mtu > 65535 - 15 ? 65535 - 15 : mtu;
}

/* fib_create_info(): *r becomes the route, or an errno. */
static int create(struct ns *ns, const struct route_cfg *cfg, struct route *r, const char **ext)
{
	int err;

	*r = (struct route){ .dst = cfg->dst,
		.table = cfg->table,
		.tos = cfg->tos,
		.type = cfg->type,
		.scope = cfg->scope,
		.protocol = cfg->protocol,
		.metric = cfg->metric,
		.gateway = cfg->gateway,
		.dev = cfg->dev,
		.prefsrc = cfg->prefsrc,
		.onlink = cfg->onlink,
		.mtu = valid_mtu(cfg->mtu) };
	if (type_scope(cfg->type) > cfg->scope)
		return fail(ext, EINVAL, "Invalid scope");
	if (is_error(cfg->type)) {
		if (cfg->gateway.family || cfg->dev)
			return fail(
				ext, EINVAL, "Gateway, device and multipath can not be specified for this route type");
		return 0;
	}
	if (cfg->type == RTN_UNSPEC_ || cfg->type >= RTN_NUM_)
		return fail(ext, EINVAL, "Invalid route type");
	if (cfg->scope > SCOPE_HOST)
		return fail(ext, EINVAL, "Invalid scope");
	err = check_next_hop(ns, cfg, r, ext);
	if (err)
		return err;
	if (cfg->prefsrc.family && !valid_prefsrc(ns, cfg))
		return fail(ext, EINVAL, "Invalid prefsrc address");
	return 0;
}

/* ---- insertion and deletion ---- */
/* The same fib_info and type? */
static bool same_route(const struct route *a, const struct route *b)
{
	return a->type == b->type && a->scope == b->scope && a->protocol == b->protocol && a->dev == b->dev &&
	       ip_eq(&a->gateway, &b->gateway) && ip_eq(&a->prefsrc, &b->prefsrc) && a->onlink == b->onlink &&
	       a->mtu == b->mtu;
}

static struct route *same_among(const struct fib *fib, struct route *first, const struct route *r)
{
	for (; first; first = fib_next_same(fib, first))
		if (same_route(first, r))
			return first;
	return NULL;
}

/* rtmsg_fib(): what listeners are told of a route. Those that go with a device that goes down are not told of. */
static void route_notify(struct sim *s, struct ns *ns, const struct route *r, const char *what)
{
	const char *scope = route_scope_name(r->scope);
	char number[8];

	snprintf(number, sizeof(number), "%u", r->scope);
	sim_notice(s, ns, NULL, EV_ROUTE_NOTICE, ST_RTMSG_FIB, VAL_STR(what), VAL_STR(route_type_name(r->type)),
		VAL_PREFIX(r->dst), VAL_ADDR(r->gateway), VAL_STR(r->dev ? r->dev->name : NULL), VAL_U32(r->table),
		VAL_U32(r->protocol), VAL_STR(scope ? scope : number), VAL_ADDR(r->prefsrc),
		r->metric ? VAL_U32(r->metric) : VAL_NONE, r->tos ? VAL_U32(r->tos) : VAL_NONE,
		r->mtu ? VAL_U32(r->mtu) : VAL_NONE,
		VAL_STR(r->linkdown ? r->onlink ? "linkdown onlink" : "linkdown"
			: r->onlink ? "onlink"
				    : NULL));
}

void route_remove(struct sim *s, struct ns *ns, struct route *r)
{
	route_notify(s, ns, r, "delete");
	fib_remove(ns->fib, r);
}

int route_insert(struct sim *s, struct ns *ns, const struct route_cfg *cfg, unsigned flags, const char **ext)
{
	struct route r, *first, *same;
	int err;

	if (cfg->dst.addr.v4 & ~ip4_mask(cfg->dst.len))
		return fail(ext, EINVAL, "Invalid prefix for given prefix length");
	err = create(ns, cfg, &r, ext);
	if (err)
		return err;
	first = fib_find(ns->fib, r.table, &r.dst, r.tos, r.metric);
	if (first) {
		if (flags & ROUTE_EXCL)
			return -EEXIST;
		same = same_among(ns->fib, first, &r);
		if (flags & ROUTE_REPLACE) {
			if (same)
				return same == first ? 0 : -EEXIST;
			fib_insert(ns->fib, &r, false);
			fib_remove(ns->fib, first);
			route_notify(s, ns, &r, "replace");
			route_cache_flush(s, ns);
			return 0;
		}
		if (same)
			return -EEXIST;
	}
	if (!(flags & ROUTE_CREATE))
		return -ENOENT;
	fib_insert(ns->fib, &r, flags & ROUTE_APPEND);
	route_notify(s, ns, &r, first && flags & ROUTE_APPEND ? "append" : "new");
	route_cache_flush(s, ns);
	return 0;
}

/* fib_nh_match(), fib_metrics_match() and what fib_table_delete() itself compares. */
static bool delete_matches(const struct route_cfg *cfg, const struct route *r)
{
	if (cfg->type && cfg->type != r->type)
		return false;
	if (cfg->scope != SCOPE_NOWHERE && cfg->scope != r->scope)
		return false;
	if ((cfg->prefsrc.family && !ip_eq(&cfg->prefsrc, &r->prefsrc)) ||
		(cfg->protocol && cfg->protocol != r->protocol))
		return false;
	if (cfg->metric && cfg->metric != r->metric)
		return false;
	if ((cfg->dev && cfg->dev != r->dev) || (cfg->gateway.family && !ip_eq(&cfg->gateway, &r->gateway)))
		return false;
	return !cfg->mtu || cfg->mtu == r->mtu;
}

int route_delete(struct sim *s, struct ns *ns, const struct route_cfg *cfg)
{
	for (struct route *r = fib_first(ns->fib, cfg->table, &cfg->dst); r; r = fib_next_prefix(ns->fib, r)) {
		if (r->tos != cfg->tos || !delete_matches(cfg, r))
			continue;
		route_remove(s, ns, r);
		route_cache_flush(s, ns);
		return 0;
	}
	return -ESRCH;
}

/* ---- operations ---- */

static bool config(struct change *c, struct route_cfg *cfg)
{
	const struct op_route *o = &c->op->route;

	*cfg = (struct route_cfg){ .dst = o->dst,
		.table = o->table ? o->table : RT_TABLE_MAIN_,
		.type = o->type,
		.scope = o->scope,
		.protocol = o->protocol,
		.tos = o->tos_set ? o->tos : 0,
		.metric = o->metric,
		.mtu = o->mtu,
		.gateway = o->via,
		.prefsrc = o->src,
		.onlink = o->onlink };
	if (!cfg->dst.addr.family)
		cfg->dst.addr = ip4(0);
	if (cfg->gateway.family && !cfg->gateway.v4)
		cfg->gateway.family = IP_NONE; /* `via 0.0.0.0` is none */
	if (!*o->dev)
		return true;
	cfg->dev = change_dev(c, o->dev);
	return cfg->dev;
}

/* inet_rtm_newroute() */
static int add(struct change *c, const struct route_cfg *cfg, const char **ext)
{
	static const unsigned flags[OP_NUM] = {
		[OP_ROUTE_ADD] = ROUTE_CREATE | ROUTE_EXCL,
		[OP_ROUTE_APPEND] = ROUTE_CREATE | ROUTE_APPEND,
		[OP_ROUTE_REPLACE] = ROUTE_CREATE | ROUTE_REPLACE,
		[OP_ROUTE_CHANGE] = ROUTE_REPLACE,
	};

	fib_table_make(c->ns->fib, cfg->table);
	return route_insert(c->s, c->ns, cfg, flags[c->op->kind], ext);
}

/* inet_rtm_delroute() */
static int del(struct change *c, const struct route_cfg *cfg, const char **ext)
{
	if (!fib_table_exists(c->ns->fib, cfg->table))
		return fail(ext, ESRCH, "FIB table does not exist");
	if (cfg->dst.addr.v4 & ~ip4_mask(cfg->dst.len))
		return fail(ext, EINVAL, "Invalid prefix for given prefix length");
	return route_delete(c->s, c->ns, cfg);
}

static void modify(struct change *c)
{
	struct route_cfg cfg;
	const char *ext = NULL;
	int err;

	if (!config(c, &cfg))
		return;
	if (cfg.tos & 3) /* inet_validate_dscp(), of rtm_to_fib_config() */
		err = fail(&ext, EINVAL, "Invalid dsfield (tos): ECN bits must be 0");
	else
		err = c->op->kind == OP_ROUTE_DEL ? del(c, &cfg, &ext) : add(c, &cfg, &ext);
	if (err)
		change_fails(c, -err, ext);
}

static bool flush_wants(const struct op_route *o, const struct route *r, const struct dev *dev)
{
	uint32_t table = o->table_set ? o->table : RT_TABLE_MAIN_;

	if ((table && r->table != table) || (dev && r->dev != dev))
		return false;
	if ((o->type_set && r->type != o->type) || (o->proto_set && r->protocol != o->protocol) ||
		(o->scope_set && r->scope != o->scope) || (o->tos_set && r->tos != o->tos) ||
		(o->metric_set && r->metric != o->metric))
		return false;
	if ((o->via.family && !ip_eq(&o->via, &r->gateway)) || (o->src.family && !ip_eq(&o->src, &r->prefsrc)))
		return false;
	if (!o->dst_set)
		return true;
	if (o->match)
		return prefix_contains(&r->dst, &o->dst.addr) && r->dst.len <= o->dst.len;
	if (o->root)
		return prefix_contains(&o->dst, &r->dst.addr) && r->dst.len >= o->dst.len;
	return r->dst.len == o->dst.len && ip_eq(&r->dst.addr, &o->dst.addr);
}

static void flush(struct change *c)
{
	const struct op_route *o = &c->op->route;
	uint32_t table = o->table_set ? o->table : RT_TABLE_MAIN_;
	const struct dev *dev = *o->dev ? change_dev(c, o->dev) : NULL;
	struct route *next;

	if (*o->dev && !dev)
		return;
	if (!o->cache && table && !fib_table_exists(c->ns->fib, table)) {
		change_fails(c, ENOENT, "ipv4: FIB table does not exist");
		return;
	}
	for (struct route *r = o->cache ? NULL : fib_next(c->ns->fib, 0, NULL); r; r = next) {
		next = fib_next(c->ns->fib, 0, r);
		if (flush_wants(o, r, dev))
			route_remove(c->s, c->ns, r);
	}
	if (o->cache)
		route_exceptions_flush(c->s, c->ns);
	route_cache_flush(c->s, c->ns);
}

void route_apply(struct change *c)
{
	if (c->op->kind == OP_ROUTE_FLUSH)
		flush(c);
	else
		modify(c);
}
