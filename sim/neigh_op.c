/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip neigh`: entries by the user (net/core/neighbour.c neigh_add(), neigh_delete()). What an entry then does is
 * sim/neigh.c. Not modelled: proxy entries. */
#include <errno.h>

#include "model/neigh.h"
#include "sim/ops.h"

static const char no_lladdr[] = "No link layer address given";

/* arp_constructor(): on lo all of them are one. */
static struct ipaddr key_of(const struct dev *dev, const struct ipaddr *a)
{
	return dev->flags & DEVF_LOOPBACK ? ip4(0) : *a;
}

/* neigh_add() without NUD state and address checks that IPv4 does not make. */
static void add(struct change *c, struct dev *dev)
{
	const struct op_neigh *o = &c->op->neigh;
	uint8_t state = o->nud_set ? (uint8_t)o->nud : NUD_PERMANENT_;
	struct ipaddr key = key_of(dev, &o->dst.addr);
	struct neigh *n = neigh_find(dev, &key);
	int err;

	if (!n && c->op->kind == OP_NEIGH_CHANGE) {
		change_fails(c, ENOENT, NULL);
		return;
	}
	if (n && c->op->kind == OP_NEIGH_ADD) {
		change_fails(c, EEXIST, NULL);
		return;
	}
	if (!n)
		n = neigh_create(c->s, dev, &key);
	n->managed_by_user = true;
	if (!o->mac_set && state & NUD_VALID_ && !(n->state & NUD_VALID_)) {
		/* the entry that was made for this stays, as in the kernel */
		change_fails(c, EINVAL, no_lladdr);
		return;
	}
	err = neigh_admin_update(c->s, n, o->mac_set ? &o->mac : NULL, state);
	if (err)
		change_fails(c, -err, NULL);
}

/* neigh_delete(): made invalid first, so that what waits for it is told; then it goes. */
static void del(struct change *c, struct dev *dev)
{
	struct ipaddr key = key_of(dev, &c->op->neigh.dst.addr);
	struct neigh *n = neigh_find(dev, &key);

	if (!n)
		change_fails(c, ENOENT, NULL);
	else
		neigh_delete(c->s, n);
}

static bool flush_wants(const struct op_neigh *o, const struct neigh *n)
{
	unsigned states = o->nud_set ? o->nud : ~(unsigned)(NUD_PERMANENT_ | NUD_NOARP_);

	return n->state & states && (!o->dst_set || prefix_contains(&o->dst, &n->addr));
}

static void flush_dev(struct change *c, struct dev *dev)
{
	list_for_each_safe (n, &dev->neighs, struct neigh, node)
		if (flush_wants(&c->op->neigh, n))
			neigh_delete(c->s, n);
}

void neigh_apply(struct change *c)
{
	struct dev *dev = NULL;

	if (*c->op->neigh.dev) {
		dev = change_dev(c, c->op->neigh.dev);
		if (!dev)
			return;
	}
	if (c->op->kind != OP_NEIGH_FLUSH) {
		if (!dev)
			change_fails(c, EINVAL, NULL);
		else if (c->op->kind == OP_NEIGH_DEL)
			del(c, dev);
		else
			add(c, dev);
	} else if (dev) {
		flush_dev(c, dev);
	} else {
		list_for_each (each, &c->ns->devs, struct dev, ns_node)
			flush_dev(c, each);
	}
}
