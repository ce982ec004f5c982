/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an operation to the function that applies it to the model, and from its answer to the tool's words. */
#include <errno.h>

#include "model/show.h"
#include "sim/ip_state.h"
#include "sim/ops.h"

void change_fails(struct change *c, int err, const char *ext)
{
	answer_errno(c->a, err, ext);
}

void change_not_modelled(struct change *c, const char *what)
{
	c->not_modelled = what;
}

struct dev *change_dev(struct change *c, const char *name)
{
	struct dev *dev = dev_find(c->ns, name);

	if (dev) {
		dev_peer_id(dev);
		return dev;
	}
	*c->a = (struct answer){ .kind = ANS_NO_DEV, .err = ENODEV };
	str_copy(c->a->name, sizeof(c->a->name), name);
	return NULL;
}

struct ns *change_ns(struct change *c, const char *name)
{
	struct ns *ns = ns_find(c->s->net, name);

	if (!ns) {
		*c->a = (struct answer){ .kind = ANS_NO_NS, .err = ENOENT };
		str_copy(c->a->name, sizeof(c->a->name), name);
	}
	return ns;
}

static void (*function_of(enum op_kind k))(struct change *c)
{
	switch (k) {
	case OP_NETNS_ADD:
	case OP_NETNS_DEL:
		return netns_apply;
	case OP_LINK_ADD:
	case OP_LINK_DEL:
	case OP_LINK_SET:
	case OP_BRIDGE_LINK_SET:
		return link_apply;
	case OP_ADDR_ADD:
	case OP_ADDR_REPLACE:
	case OP_ADDR_CHANGE:
	case OP_ADDR_DEL:
	case OP_ADDR_FLUSH:
		return addr_apply;
	case OP_ROUTE_ADD:
	case OP_ROUTE_APPEND:
	case OP_ROUTE_REPLACE:
	case OP_ROUTE_CHANGE:
	case OP_ROUTE_DEL:
	case OP_ROUTE_FLUSH:
		return route_apply;
	case OP_NEIGH_ADD:
	case OP_NEIGH_REPLACE:
	case OP_NEIGH_CHANGE:
	case OP_NEIGH_DEL:
	case OP_NEIGH_FLUSH:
		return neigh_apply;
	case OP_FDB_ADD:
	case OP_FDB_APPEND:
	case OP_FDB_REPLACE:
	case OP_FDB_DEL:
	case OP_FDB_FLUSH:
		return fdb_apply;
	default:
		bug("operation %s changes nothing that is applied here", op_kind_name(k));
	}
}

/* A dump of links names the namespaces of veth peers: those get their numbers now. */
static void show_notify(struct ns *ns, enum op_kind k)
{
	if (k == OP_NETNS_SHOW || k == OP_CANNED || k == OP_ARP_SHOW || k == OP_ROUTE_TABLE_SHOW)
		return;
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		dev_peer_id(dev);
}

static void no_ns(const struct op *op, struct result *res)
{
	struct answer a = { .kind = ANS_NO_NS, .err = ENOENT };

	str_copy(a.name, sizeof(a.name), op_ns(op));
	op_outcome(op, &a, res);
}

static bool is_flush(enum op_kind k)
{
	return k == OP_ADDR_FLUSH || k == OP_ROUTE_FLUSH || k == OP_NEIGH_FLUSH;
}

/* What was learned of a destination (its path's MTU, a redirect) is kept here and used by packets; `ip route show
 * cache` would print it, and the tables that it is shown from do not have it. */
static bool shows_exception(struct sim *s, const struct ns *ns, const struct op *op)
{
	if (op->kind != OP_ROUTE_SHOW || !op->route.cache || !ns->ip)
		return false;
	list_for_each (x, &ns->ip->exceptions, struct ip_exception, node)
		if (x->expires > s->now)
			return true;
	return false;
}

/* `ip route get`: the tables' answer, with what was learned beyond it (fill_route_from_fnhe(), rt_fill_info()). */
static void route_get_apply(struct sim *s, struct ns *ns, const struct op *op, struct result *res)
{
	struct show show = { .net = s->net, .ns = ns, .op = op, .now = s->now, .res = res };
	const struct ip_exception *e;
	struct route_got g;

	if (!route_get(&show, &g))
		return;
	e = g.route && g.type == RTN_UNICAST_ ? ip_exception_find(s, ns, g.route, g.dst) : NULL;
	if (e)
		g.expires = (uint32_t)((e->expires - s->now) * 100 / NSEC_PER_SEC);
	if (e && e->pmtu && g.expires) {
		g.mtu = e->pmtu;
		g.mtu_locked = e->locked;
	}
	if (e && e->gateway) {
		g.gateway = ip4(e->gateway);
		g.flags |= GET_REDIRECTED;
	}
	show_route_got(&show, &g);
}

void sim_apply(struct sim *s, const struct op *op, struct result *res)
{
	struct answer a = { 0 };
	struct change c = { .s = s, .ns = ns_find(s->net, op_ns(op)), .op = op, .a = &a };

	if (!c.ns) {
		no_ns(op, res);
	} else if (op->kind == OP_IPTABLES) {
		iptables_apply(s, c.ns, op, res);
	} else if (shows_exception(s, c.ns, op)) {
		show_not_modelled(
			&(struct show){ .op = op, .res = res }, "what was learned of a path (its MTU, a redirect)");
	} else if (op->kind == OP_ROUTE_GET) {
		show_notify(c.ns, op->kind);
		route_get_apply(s, c.ns, op, res);
	} else if (!op_kind_changes(op->kind)) {
		show_notify(c.ns, op->kind);
		op_show(s->net, op, s->now, res);
	} else if (op->kind == OP_MODULE) {
		module_apply(s, &op->module);
	} else if (op->kind == OP_SYSCTL) {
		sysctl_apply(s, c.ns, &op->sysctl, &a, res);
		if (a.kind || a.err)
			op_outcome(op, &a, res);
	} else {
		function_of(op->kind)(&c);
		if (is_flush(op->kind) && op->view.stats && !a.kind && !a.err)
			change_not_modelled(&c, "the rounds that -s tells of a flush");
		op_outcome(op, &a, res);
		if (c.not_modelled) {
			buf_printf(&res->err, "not modelled: %s\n", c.not_modelled);
			res->status = 255;
		}
	}
	linkwatch_run(s);
}
