/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip route get`: the kernel's look-up (net/ipv4/route.c ip_route_output_key_hash_rcu(), ip_route_input_rcu(),
 * inet_rtm_getroute()) over the tables alone, and what iproute2 6.1 prints of it. What was learned of a destination
 * (path MTU, redirects) the simulator adds.
 * Not modelled: multicast memberships beyond 224.0.0.1. */
#include <errno.h>

#include "model/show.h"

static bool bad_source(uint32_t a)
{
	return ip4_is_multicast(a) || a == UINT32_MAX || ip4_is_zeronet(a);
}

static uint32_t select_addr(const struct ns *ns, const struct dev *dev, uint8_t scope)
{
	struct ipaddr a = fib_select_addr(ns, dev, NULL, scope);

	return a.family ? a.v4 : 0;
}

/* fib_select_default(): among equals by metric and TOS the first one will do here, as none is known to be dead. */
static void from_route(const struct ns *ns, const struct route *r, struct route_got *g)
{
	struct ipaddr src;

	g->type = r->type;
	g->route = r;
	g->dev = r->dev;
	g->mtu = r->mtu;
	if (r->gateway.family && r->nh_scope == SCOPE_LINK)
		g->gateway = r->gateway;
	if (r->type == RTN_LOCAL_) {
		g->dev = ns->lo;
		g->flags |= GET_LOCAL;
		if (!g->src)
			g->src = r->prefsrc.family ? r->prefsrc.v4 : g->dst;
		return;
	}
	src = fib_route_prefsrc(ns, r);
	if (!g->src && src.family)
		g->src = src.v4;
}

/* __mkroute_output(): what the destination's value makes of it. */
static int make_output(struct route_got *g, const struct route *r)
{
	if (g->dst == UINT32_MAX)
		g->type = RTN_BROADCAST_;
	else if (ip4_is_multicast(g->dst))
		g->type = RTN_MULTICAST_;
	else if (ip4_is_zeronet(g->dst))
		return -EINVAL;
	if (g->dev->flags & DEVF_LOOPBACK)
		g->flags |= GET_LOCAL;
	if (g->type == RTN_BROADCAST_) {
		g->flags |= GET_BROADCAST | GET_LOCAL;
	} else if (g->type == RTN_MULTICAST_) {
		g->flags |= GET_MULTICAST;
		if (g->dst == 0xe0000001)
			g->flags |= GET_LOCAL;
	}
	if (g->dst == UINT32_MAX || (g->type == RTN_MULTICAST_ && (!r || r->dst.len < 4))) {
		g->gateway.family = IP_NONE; /* the route's own says nothing */
		g->mtu = 0;
	}
	return 0;
}

static bool link_only(uint32_t dst)
{
	return dst == UINT32_MAX || dst >> 8 == 0xe00000; /* 255.255.255.255, 224.0.0.0/24 */
}

static int to_nowhere(const struct ns *ns, struct route_got *g)
{
	g->dst = g->src ? g->src : 0x7f000001;
	g->src = g->src ? g->src : 0x7f000001;
	g->dev = ns->lo;
	g->type = RTN_LOCAL_;
	g->flags |= GET_LOCAL;
	return 0;
}

static int on_link(const struct ns *ns, const struct dev *oif, struct route_got *g)
{
	g->dev = oif;
	g->type = RTN_UNICAST_;
	if (!g->src)
		g->src = select_addr(ns, oif, SCOPE_LINK);
	return make_output(g, NULL);
}

static int get_output(const struct ns *ns, const struct op_route *o, struct dev *oif, struct route_got *g)
{
	struct fib_query q = { .oif = oif, .tos = o->tos_set ? o->tos : 0, .mark = o->mark };
	struct ipaddr src = ip4(g->src);
	struct route *r;
	int err;

	if (g->src && bad_source(g->src))
		return -EINVAL;
	if (g->src && !ifaddr_find_local(ns, &src) && fib_addr_type(ns, &src) != RTN_LOCAL_)
		return -ENETUNREACH;
	if (oif && !dev_is_up(oif))
		return -ENETUNREACH;
	if (oif && link_only(g->dst))
		return on_link(ns, oif, g);
	if (oif && !g->src && ip4_is_multicast(g->dst))
		g->src = select_addr(ns, oif, SCOPE_UNIVERSE);
	if (!g->dst)
		return to_nowhere(ns, g);
	q.dst = ip4(g->dst);
	q.src = ip4(g->src);
	err = fib_lookup(ns, &q, &r);
	if (err && oif)
		return on_link(ns, oif, g);
	if (err)
		return err;
	from_route(ns, r, g);
	return make_output(g, r);
}

/* ---- as for a packet that came in ---- */

static int validate_source(const struct ns *ns, const struct dev *iif, const struct route_got *g)
{
	struct fib_query q = { .dst = ip4(g->src), .any_linkstate = true };
	int32_t mode = dev_conf(iif, DEVC_RP_FILTER);
	struct route *r;
	int err = fib_lookup(ns, &q, &r);

	if (!err && r->type == RTN_LOCAL_ && !dev_conf(iif, DEVC_ACCEPT_LOCAL))
		return -EINVAL;
	if (!mode)
		return 0;
	if (err)
		return -EINVAL;
	return mode == 1 && r->dev != iif ? -EINVAL : 0;
}

static int input_special(const struct ns *ns, const struct dev *iif, struct route_got *g, uint8_t type)
{
	int err = ip4_is_zeronet(g->src) ? 0 : validate_source(ns, iif, g);

	g->type = type;
	g->dev = ns->lo;
	g->flags = GET_LOCAL | (type == RTN_BROADCAST_ ? GET_BROADCAST : type == RTN_MULTICAST_ ? GET_MULTICAST : 0);
	return err;
}

static int forward(const struct ns *ns, const struct dev *iif, struct route_got *g, const struct route *r)
{
	uint32_t src = g->src;

	if (r->type != RTN_UNICAST_ || validate_source(ns, iif, g))
		return -EINVAL;
	g->src = 0;
	from_route(ns, r, g);
	g->src = src;
	if (g->dev == iif && dev_conf(iif, DEVC_SEND_REDIRECTS) && dev_conf(iif, DEVC_SHARED_MEDIA))
		g->flags |= GET_REDIRECT;
	return 0;
}

static int get_input(const struct ns *ns, const struct op_route *o, struct dev *iif, struct route_got *g)
{
	struct fib_query q = {
		.dst = ip4(g->dst), .src = ip4(g->src), .iif = iif, .tos = o->tos_set ? o->tos : 0, .mark = o->mark
	};
	bool localnet = dev_conf(iif, DEVC_ROUTE_LOCALNET);
	struct route *r;
	int err;

	if (ip4_is_multicast(g->dst))
		return g->dst == 0xe0000001 ? input_special(ns, iif, g, RTN_MULTICAST_) : -EINVAL;
	if (ip4_is_multicast(g->src) || g->src == UINT32_MAX)
		return -EINVAL;
	if (g->dst == UINT32_MAX || (!g->src && !g->dst))
		return input_special(ns, iif, g, RTN_BROADCAST_);
	if (ip4_is_zeronet(g->src) || ip4_is_zeronet(g->dst))
		return -EINVAL;
	if ((ip4_is_loopback(g->src) || ip4_is_loopback(g->dst)) && !localnet)
		return -EINVAL;
	err = fib_lookup(ns, &q, &r);
	if (err)
		return iif->conf[DEVC_FORWARDING] ? err : -EHOSTUNREACH;
	if (r->type == RTN_BROADCAST_ || r->type == RTN_LOCAL_)
		return input_special(ns, iif, g, r->type);
	if (!iif->conf[DEVC_FORWARDING])
		return -EHOSTUNREACH;
	return forward(ns, iif, g, r);
}

/* ---- printing ---- */

static void print_cache(struct show *s, const struct route_got *g)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = { { GET_LOCAL, "local" }, { GET_REDIRECTED, "redirected" }, { GET_REDIRECT, "redirect" },
		{ GET_BROADCAST, "brd" }, { GET_MULTICAST, "mc" } };
	struct buf *b = &s->res->out;
	const char *open = "<";

	show_break(s);
	buf_puts(b, "    cache ");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(g->flags & names[i].flag))
			continue;
		buf_printf(b, "%s%s", open, names[i].name);
		open = ",";
	}
	if (g->flags)
		buf_puts(b, "> ");
	if (g->expires)
		buf_printf(b, "expires %usec ", g->expires / 100);
	if (g->mtu)
		buf_printf(b, "mtu %s%u ", g->mtu_locked ? "lock " : "", g->mtu);
	if (*s->op->route.iif)
		buf_printf(b, "iif %s ", s->op->route.iif);
	buf_putc(b, '\n');
}

void show_route_got(struct show *s, const struct route_got *g)
{
	const struct op_route *o = &s->op->route;
	struct buf *b = &s->res->out;
	const struct ipaddr src = ip4(g->src);
	char text[IPADDR_STRLEN];

	if (g->type != RTN_UNICAST_ || s->op->view.details)
		buf_printf(b, "%s ", route_type_name(g->type));
	buf_printf(b, "%s ", ip_format(text, &o->dst.addr));
	if (o->src.family)
		buf_printf(b, "from %s ", ip_format(text, &o->src));
	if (o->tos_set && o->tos)
		buf_printf(b, "tos 0x%02x ", o->tos);
	if (g->gateway.family)
		buf_printf(b, "via %s ", ip_format(text, &g->gateway));
	buf_printf(b, "dev %s ", g->dev->name);
	if (s->op->view.details)
		buf_puts(b, "table main ");
	if (!o->src.family && !*o->iif && g->src)
		buf_printf(b, "src %s ", ip_format(text, &src));
	if (g->type == RTN_MULTICAST_)
		buf_puts(b, "rt_offload_failed "); /* the tool's name for the kernel's RTCF_MULTICAST */
	if (o->mark)
		buf_printf(b, o->mark >= 16 ? "mark 0x%x " : "mark %u ", o->mark);
	if (!*o->iif)
		buf_puts(b, "uid 0 ");
	print_cache(s, g);
}

bool show_route_get_failed(struct show *s, int err)
{
	static const struct {
		int err;
		const char *text;
	} names[] = {
		{ ENETUNREACH, "Network is unreachable" },
		{ EHOSTUNREACH, "No route to host" },
		{ EACCES, "Permission denied" },
		{ EINVAL, "Invalid argument" },
		{ ENODEV, "No such device" },
	};
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].err == err)
			text = names[i].text;
	if (!text)
		return false;
	buf_printf(&s->res->err, "RTNETLINK answers: %s\n", text);
	s->res->status = 2;
	return true;
}

static bool find_dev(struct show *s, const char *name, struct dev **dev)
{
	*dev = *name ? dev_find(s->ns, name) : NULL;
	if (!*name || *dev)
		return true;
	buf_printf(&s->res->err, "Cannot find device \"%s\"\n", name);
	s->res->status = 1;
	return false;
}

bool route_get(struct show *s, struct route_got *g)
{
	const struct op_route *o = &s->op->route;
	struct dev *oif, *iif;
	int err;

	*g = (struct route_got){ .dst = o->dst.addr.family ? o->dst.addr.v4 : 0, .src = o->src.family ? o->src.v4 : 0 };
	if (!find_dev(s, o->dev, &oif) || !find_dev(s, o->iif, &iif))
		return false;
	err = iif ? get_input(s->ns, o, iif, g) : get_output(s->ns, o, oif, g);
	if (err)
		show_route_get_failed(s, -err);
	return !err;
}

void show_route_get(struct show *s)
{
	struct route_got g;

	if (route_get(s, &g))
		show_route_got(s, &g);
}
