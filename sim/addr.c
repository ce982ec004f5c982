/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses come and go (net/ipv4/devinet.c).
 *
 * Theory of operation. A device's addresses are kept in the kernel's order: primaries by scope, then secondaries (of a
 * subnet that a primary has already) as they came. Each change calls the notifier chain's work: the routes in
 * sim/fib_op.c, netfilter. A primary that goes takes its secondaries along, or, with promote_secondaries, makes the
 * first of them a primary.
 * Not modelled: addresses of limited lifetime. */
#include <errno.h>
#include <stdio.h>

#include "sim/ops.h"

static bool same_subnet(const struct ifaddr *a, const struct ifaddr *b)
{
	return a->prefixlen == b->prefixlen && ifaddr_match(a, b->peer.v4);
}

/* rtmsg_ifa(): what listeners are told of an address. */
void ifaddr_notify(struct sim *s, const struct ifaddr *a, bool gone)
{
	struct dev *dev = a->dev;
	const char *scope = route_scope_name(a->scope);
	char number[8];

	snprintf(number, sizeof(number), "%u", a->scope);
	sim_notice(s, dev->ns, dev, EV_ADDR_NOTICE, ST_RTMSG_IFA, VAL_STR(gone ? "delete" : "new"),
		VAL_PREFIX(((struct prefix){ a->local, a->prefixlen })),
		ip_eq(&a->peer, &a->local) ? VAL_NONE : VAL_ADDR(a->peer), VAL_ADDR(a->broadcast),
		VAL_STR(scope ? scope : number), VAL_STR(a->secondary ? "secondary" : NULL), VAL_STR(a->label),
		a->metric ? VAL_U32(a->metric) : VAL_NONE);
}

static void notify_gone(struct sim *s, struct ifaddr *a)
{
	ifaddr_notify(s, a, true);
	fib_del_ifaddr(s, a, NULL, false);
	a->dev->ns->addr_genid++;
	if (list_empty(&a->dev->addrs))
		fib_disable_ip(s, a->dev, true);
	else
		route_cache_flush(s, a->dev->ns);
	nf_addr_gone(s, a->dev, &a->local);
}

static void notify_new(struct sim *s, struct ifaddr *a)
{
	ifaddr_notify(s, a, false);
	fib_add_ifaddr(s, a);
	a->dev->ns->addr_genid++;
	route_cache_flush(s, a->dev->ns);
}

int ifaddr_insert(struct sim *s, struct dev *dev, const struct ifaddr_args *args)
{
	uint32_t peer = args->peer.family ? args->peer.v4 : args->local.v4;
	struct list *after = &dev->addrs;
	bool secondary = false;
	struct ifaddr *a;

	if (!args->local.v4)
		return 0; /* taken without a word, and nothing happens */
	list_for_each (other, &dev->addrs, struct ifaddr, node) {
		if (!other->secondary && args->scope <= other->scope)
			after = &other->node;
		if (other->prefixlen != args->len || !ifaddr_match(other, peer))
			continue;
		if (other->local.v4 == args->local.v4)
			return -EEXIST;
		if (other->scope != args->scope)
			return -EINVAL;
		secondary = true;
	}
	a = ifaddr_new(dev, &args->local, args->len);
	if (args->peer.family)
		a->peer = args->peer;
	a->broadcast = args->broadcast;
	a->scope = args->scope;
	a->secondary = secondary;
	a->noprefixroute = args->noprefixroute;
	a->metric = args->metric;
	if (args->label)
		str_copy(a->label, sizeof(a->label), args->label);
	if (!secondary) {
		list_del(&a->node);
		list_insert_(&a->node, after, after->next);
	}
	notify_new(s, a);
	return 0;
}

/* ---- deletion ---- */
/* The secondaries of a primary that goes: deleted, or the first of them is returned, to be promoted. *last_primary
 * becomes the last one of at least its scope, *before the address in front of the promoted one; both NULL: none. */
static struct ifaddr *secondaries_go(
	struct sim *s, struct ifaddr *a, struct ifaddr **last_primary, struct ifaddr **before)
{
	struct list *head = &a->dev->addrs;
	bool promote = dev_conf(a->dev, DEVC_PROMOTE_SECONDARIES);

	for (struct list *l = a->node.next, *next; l != head; l = next) {
		struct ifaddr *other = list_entry(l, struct ifaddr, node);

		next = l->next;
		if (!other->secondary && a->scope <= other->scope)
			*last_primary = other;
		if (!other->secondary || !same_subnet(a, other)) {
			*before = other;
			continue;
		}
		if (promote)
			return other;
		list_del(&other->node);
		notify_gone(s, other);
		ifaddr_free(other);
	}
	return NULL;
}

/* The promoted one takes its place among the primaries, and the other secondaries of its subnet follow it. */
static void promoted(struct sim *s, struct ifaddr *prom, struct ifaddr *last_primary, const struct ifaddr *before)
{
	struct list *head = &prom->dev->addrs, *rest = prom->node.next;

	if (before) {
		struct list *after = last_primary ? &last_primary->node : head;

		list_del(&prom->node);
		list_insert_(&prom->node, after, after->next);
	}
	prom->secondary = false;
	notify_new(s, prom);
	for (struct list *l = rest; l != head; l = l->next) {
		struct ifaddr *other = list_entry(l, struct ifaddr, node);

		if (same_subnet(prom, other) && other != prom)
			fib_add_ifaddr(s, other);
	}
}

void ifaddr_delete(struct sim *s, struct ifaddr *a)
{
	struct list *head = &a->dev->addrs;
	struct ifaddr *last_primary = NULL, *before = NULL, *prom = NULL;

	if (head->next != &a->node)
		last_primary = list_entry(head->next, struct ifaddr, node);
	if (!a->secondary)
		prom = secondaries_go(s, a, &last_primary, &before);
	for (struct list *l = prom ? &prom->node : head; l != head; l = l->next) {
		struct ifaddr *other = list_entry(l, struct ifaddr, node);

		if (same_subnet(a, other))
			fib_del_ifaddr(s, other, a, false);
	}
	list_del(&a->node);
	notify_gone(s, a);
	if (prom)
		promoted(s, prom, last_primary, before);
	ifaddr_free(a);
}

void ifaddr_delete_all(struct sim *s, struct dev *dev)
{
	while (!list_empty(&dev->addrs)) {
		struct ifaddr *a = list_entry(dev->addrs.next, struct ifaddr, node);

		list_del(&a->node);
		ifaddr_notify(s, a, true);
		fib_del_ifaddr(s, a, NULL, true);
		dev->ns->addr_genid++;
		nf_addr_gone(s, dev, &a->local);
		ifaddr_free(a);
	}
}

void inetdev_up(struct sim *s, struct dev *dev)
{
	const struct ifaddr_args localhost = { .local = ip4(0x7f000001), .len = 8, .scope = SCOPE_HOST };

	if (dev->kind == DEV_LO)
		ifaddr_insert(s, dev, &localhost);
	if (dev_conf(dev, DEVC_ARP_NOTIFY))
		list_for_each (a, &dev->addrs, struct ifaddr, node)
			arp_send_gratuitous(s, dev, a);
}

/* ---- operations ---- */
/* What `brd +` and `brd -` stand for: of the subnet of the peer, or of the address. */
static struct ipaddr broadcast_of(const struct op_addr *o)
{
	uint32_t base = o->peer.family ? o->peer.v4 : o->local.addr.v4, hosts = ~ip4_mask(o->local.len);

	if (o->brd == BRD_ADDR)
		return o->broadcast;
	if (o->brd == BRD_NONE || o->local.len > 30)
		return (struct ipaddr){ .family = IP_NONE };
	return ip4(o->brd == BRD_PLUS ? base | hosts : base & ~hosts);
}

static struct ifaddr *find_matching(const struct dev *dev, const struct ifaddr_args *args)
{
	uint32_t peer = args->peer.family ? args->peer.v4 : args->local.v4;

	list_for_each (a, &dev->addrs, struct ifaddr, node)
		if (a->prefixlen == args->len && ifaddr_match(a, peer) && a->local.v4 == args->local.v4)
			return a;
	return NULL;
}

/* inet_rtm_newaddr() */
static void addr_new(struct change *c, struct dev *dev)
{
	const struct op_addr *o = &c->op->addr;
	struct ifaddr_args args = { .local = o->local.addr,
		.peer = o->peer,
		.broadcast = broadcast_of(o),
		.len = o->local.len,
		.scope = o->scope,
		.noprefixroute = o->noprefixroute,
		.metric = o->metric_set ? o->metric : 0,
		.label = *o->label ? o->label : NULL };
	struct ifaddr *old;
	int err;

	dev->conf_own = dev->neigh_conf_own = UINT32_MAX; /* ipv4_devconf_setall() */
	if (!o->scope_set)
		args.scope = ip4_is_loopback(args.local.v4) ? SCOPE_HOST : SCOPE_UNIVERSE;
	old = find_matching(dev, &args);
	if (!old) {
		err = ifaddr_insert(c->s, dev, &args);
		if (err)
			change_fails(c, -err,
				err == -EINVAL ? "ipv4: Invalid scope value" : "ipv4: Address already assigned");
		return;
	}
	if (c->op->kind == OP_ADDR_ADD) {
		change_fails(c, EEXIST, "ipv4: Address already assigned");
		return;
	}
	if (old->metric != args.metric)
		fib_modify_prefix_metric(c->s, old, args.metric);
	ifaddr_notify(c->s, old, false);
}

/* inet_rtm_deladdr() */
static void addr_del(struct change *c, struct dev *dev)
{
	const struct op_addr *o = &c->op->addr;
	uint32_t peer = o->peer.family ? o->peer.v4 : o->local.addr.v4;
	/* without a length, `ip` asks for the address alone, whatever its subnet */
	bool any_subnet = !o->len_given && !o->peer.family;

	list_for_each (a, &dev->addrs, struct ifaddr, node) {
		if (a->local.v4 != o->local.addr.v4 || (*o->label && strcmp(o->label, a->label)))
			continue;
		if (!any_subnet && (a->prefixlen != o->local.len || !ifaddr_match(a, peer)))
			continue;
		ifaddr_delete(c->s, a);
		return;
	}
	change_fails(c, EADDRNOTAVAIL, "ipv4: Address not found");
}

static bool flush_wants(const struct op_addr *o, const struct ifaddr *a)
{
	if (o->dynamic && a->permanent)
		return false;
	if ((o->show_primary && a->secondary) || (o->show_secondary && !a->secondary))
		return false;
	if ((o->scope_set && a->scope != o->scope) || (*o->label && strcmp(o->label, a->label)))
		return false;
	return !o->to_set || (prefix_contains(&o->to, &a->local) && a->prefixlen >= o->to.len);
}

/* The tool deletes what a dump shows, in its order, until a dump shows nothing: secondaries that went with their
 * primary are passed over. */
static void flush_dev(struct change *c, struct dev *dev)
{
	const struct op_addr *o = &c->op->addr;

	if (o->show_up && !dev_is_up(dev))
		return;
	for (struct list *l = dev->addrs.next; l != &dev->addrs;) {
		struct ifaddr *a = list_entry(l, struct ifaddr, node);

		if (!flush_wants(o, a)) {
			l = l->next;
			continue;
		}
		ifaddr_delete(c->s, a);
		l = dev->addrs.next; /* the list may have changed anywhere */
	}
}

static void addr_flush(struct change *c)
{
	struct dev *dev;

	if (!*c->op->addr.dev) {
		list_for_each (each, &c->ns->devs, struct dev, ns_node)
			flush_dev(c, each);
		return;
	}
	dev = change_dev(c, c->op->addr.dev);
	if (dev)
		flush_dev(c, dev);
}

void addr_apply(struct change *c)
{
	struct dev *dev;

	if (c->op->kind == OP_ADDR_FLUSH) {
		addr_flush(c);
		return;
	}
	dev = change_dev(c, c->op->addr.dev);
	if (!dev)
		return;
	if (c->op->kind == OP_ADDR_DEL)
		addr_del(c, dev);
	else if (dev->mtu < IP4_MIN_MTU)
		change_fails(c, ENOBUFS, NULL); /* IP is off on it */
	else
		addr_new(c, dev);
}
