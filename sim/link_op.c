/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip link` and `bridge link set` (net/core/rtnetlink.c rtnl_newlink(), do_setlink(), drivers/net/veth.c
 * veth_newlink(), net/bridge/br_netlink.c br_changelink(), br_setport()): the parts of a request in the kernel's order;
 * what was done before the part that fails stays done, as there. */
#include <errno.h>
#include <stdio.h>

#include "sim/jiffies.h"
#include "sim/ops.h"

#define MIN_MTU 68
#define MAX_MTU 65535

/* ---- what a request may ask ---- */

static bool mac_valid(const struct mac *m)
{
	return !mac_is_multicast(m) && !mac_is_zero(m);
}

/* dev_validate_mtu(): NULL = fine, else the extended ack. */
static const char *mtu_wrong(enum dev_kind kind, uint32_t mtu)
{
	if (mtu > INT32_MAX || (kind != DEV_LO && mtu < MIN_MTU))
		return "mtu less than device minimum";
	return kind != DEV_LO && mtu > MAX_MTU ? "mtu greater than device maximum" : NULL;
}

/* dev_alloc_name(): PREFIX and the least number that gives a free name. */
static void name_alloc(const struct ns *ns, const char *prefix, char out[IFNAMSIZ_])
{
	unsigned i = 0;

	do
		snprintf(out, IFNAMSIZ_, "%.5s%u", prefix, i++);
	while (dev_find(ns, out));
}

/* ---- master ---- */
/* do_set_master(); br NULL: none. */
static bool set_master(struct change *c, struct dev *dev, struct dev *br)
{
	if (dev->port && dev->port->bridge->dev == br)
		return true;
	if (dev->port)
		br_del_if(c->s, dev->port);
	if (!br) {
		dev_notify(c->s, dev);
		return true;
	}
	if (br->kind != DEV_BRIDGE) {
		change_fails(c, EOPNOTSUPP, NULL);
		return false;
	}
	if (br_add_if(c->s, br, dev, c->a))
		return false;
	dev_notify(c->s, dev);
	return true;
}

/* ---- bridge and port options ---- */

#define MIN_FORWARD_DELAY (2 * NSEC_PER_SEC)
#define MAX_FORWARD_DELAY (30 * NSEC_PER_SEC)

/* br_changelink() */
static bool set_bridge(struct change *c, struct dev *dev, const struct op_bridge_opts *o)
{
	struct bridge *br = dev->bridge;

	if (o->forward_delay_set) {
		if (br->stp && (o->forward_delay < MIN_FORWARD_DELAY || o->forward_delay > MAX_FORWARD_DELAY)) {
			change_fails(c, ERANGE, NULL);
			return false;
		}
		br->forward_delay = o->forward_delay;
	}
	if (o->ageing_set) {
		br->ageing_time = o->ageing_time;
		br_fdb_gc_kick(c->s, br);
	}
	if (o->stp_set && o->stp != br->stp) {
		br->stp = o->stp;
		list_for_each (p, &br->ports, struct bridge_port, node)
			br_port_changed(c->s, p);
	}
	if (o->vlan_filtering_set && o->vlan_filtering) {
		change_fails(c, EOPNOTSUPP, NULL); /* as of a kernel without VLANs */
		return false;
	}
	if (o->mcast_snooping_set)
		br->mcast_snooping = o->mcast_snooping;
	if (o->nf_call_iptables_set)
		br->nf_call_iptables = o->nf_call_iptables;
	return true;
}

/* br_set_port_state() */
static int port_state(struct sim *s, struct bridge_port *p, uint8_t state)
{
	bool oper_up = p->dev->operstate == OPER_UP || p->dev->operstate == OPER_UNKNOWN;

	if (state > BR_BLOCKING)
		return EINVAL;
	if (p->bridge->stp)
		return EBUSY;
	if (!dev_is_up(p->dev) || (!oper_up && state != BR_DISABLED))
		return ENETDOWN;
	br_set_state(s, p, state);
	return 0;
}

/* br_setport() */
static bool set_port(struct change *c, struct bridge_port *p, const struct op_port_opts *o)
{
	int err = 0;

	for (unsigned i = 0; i < BRF_NUM; i++)
		if (o->flag_set[i])
			p->flag[i] = o->flag[i];
	if (o->cost_set) {
		if (!o->cost || o->cost > UINT16_MAX)
			err = ERANGE;
		else
			p->path_cost = o->cost;
	}
	if (!err && o->priority_set) {
		if (o->priority > 63)
			err = ERANGE;
		else
			p->priority = o->priority;
	}
	if (!err && o->state_set)
		err = port_state(c->s, p, o->state);
	if (err)
		change_fails(c, err, NULL);
	return !err;
}

/* ---- add ---- */

struct end { /* of a pair that is being made, or a bridge */
	struct ns *ns;
	char name[IFNAMSIZ_];
	const struct mac *mac; /* NULL: random */
	uint32_t mtu;          /* 0: default */
};

static bool end_free(struct change *c, struct end *e, const char *prefix)
{
	if (!*e->name)
		name_alloc(e->ns, prefix, e->name);
	if (!dev_name_valid(e->name)) {
		change_fails(c, EINVAL, NULL);
		return false;
	}
	if (!dev_find(e->ns, e->name))
		return true;
	change_fails(c, EEXIST, NULL);
	return false;
}

static struct dev *end_new(const struct end *e, enum dev_kind kind)
{
	struct dev *dev = dev_new(e->ns, kind, e->name, 0);

	if (e->mac) {
		dev->mac = *e->mac;
		dev->addr_assign = ADDR_SET;
	}
	if (e->mtu)
		dev->mtu = e->mtu;
	return dev;
}

/* veth_validate(), of either end */
static bool veth_valid(struct change *c, const struct end *e)
{
	if (e->mac && !mac_valid(e->mac))
		change_fails(c, EADDRNOTAVAIL, NULL);
	else if (e->mtu && (e->mtu < MIN_MTU || e->mtu > MAX_MTU))
		change_fails(c, EINVAL, NULL);
	else
		return true;
	return false;
}

/* veth_newlink(): the peer comes first, and so has the lower index. */
static struct dev *add_veth(struct change *c, struct end *self)
{
	const struct op_link *o = &c->op->link;
	struct end other = {
		.ns = c->ns, .mac = o->peer_mac_set ? &o->peer_mac : NULL, .mtu = o->peer_mtu_set ? o->peer_mtu : 0
	};
	struct dev *dev, *peer;

	if (o->peer_ns_set) {
		other.ns = change_ns(c, o->peer_ns);
		if (!other.ns)
			return NULL;
	}
	memcpy(other.name, o->peer, sizeof(other.name));
	if (*self->name && !end_free(c, self, "veth"))
		return NULL; /* the kernel looks for this one before it makes anything */
	if (!veth_valid(c, self) || !veth_valid(c, &other) || !end_free(c, &other, "veth"))
		return NULL;
	peer = end_new(&other, DEV_VETH);
	dev_notify(c->s, peer);
	if (!end_free(c, self, "veth")) {
		dev_gone(c->s, peer);
		dev_free(peer);
		return NULL;
	}
	dev = end_new(self, DEV_VETH);
	dev->peer = peer;
	peer->peer = dev;
	dev_oper_update(peer);
	dev_oper_update(dev);
	return dev;
}

/* The forwarding entry of a bridge's own address, made when it is registered. */
static struct fdb_entry *own_entry(struct sim *s, struct dev *dev)
{
	struct fdb_entry *f = fdb_add(dev->bridge, &dev->mac, NULL);

	f->local = f->is_static = true;
	f->used = f->updated = jiffies_now(s);
	dev->bridge->id = dev->mac;
	br_fdb_notify(s, f, false);
	return f;
}

static struct dev *add_bridge(struct change *c, struct end *self)
{
	const struct op_link *o = &c->op->link;
	const char *wrong = self->mtu ? mtu_wrong(DEV_BRIDGE, self->mtu) : NULL;
	struct fdb_entry *own;
	struct dev *dev;

	if (self->mac && !mac_valid(self->mac)) {
		change_fails(c, EADDRNOTAVAIL, NULL);
		return NULL;
	}
	if (wrong) {
		change_fails(c, EINVAL, wrong);
		return NULL;
	}
	if (!end_free(c, self, "bridge"))
		return NULL;
	dev = end_new(self, DEV_BRIDGE);
	own = own_entry(c->s, dev);
	if (self->mac) { /* br_dev_newlink() sets the address that it has been registered with */
		br_fdb_delete(c->s, own);
		br_stp_change_bridge_id(c->s, dev->bridge, self->mac);
	}
	if (o->bridge_set && !set_bridge(c, dev, &o->bridge)) {
		dev_delete(c->s, dev);
		return NULL;
	}
	return dev;
}

static void link_add(struct change *c)
{
	const struct op_link *o = &c->op->link;
	struct dev *dev, *master = NULL;
	struct end self = { .ns = c->ns, .mac = o->mac_set ? &o->mac : NULL, .mtu = o->mtu_set ? o->mtu : 0 };

	if (o->target_ns_set) {
		self.ns = change_ns(c, o->target_ns);
		if (!self.ns)
			return;
	}
	if (*o->master) {
		master = change_dev(c, o->master);
		if (!master)
			return;
	}
	memcpy(self.name, o->dev, sizeof(self.name));
	if (!strcmp(o->kind, dev_kind_name(DEV_VETH))) {
		dev = add_veth(c, &self);
	} else if (!strcmp(o->kind, dev_kind_name(DEV_BRIDGE))) {
		dev = add_bridge(c, &self);
	} else {
		change_fails(c, EOPNOTSUPP, "Unknown device type");
		return;
	}
	if (!dev)
		return;
	if (o->txqlen_set)
		dev->txqlen = o->txqlen;
	if (o->arp_set && !o->arp)
		dev->flags |= DEVF_NOARP;
	if (o->up_set && o->up)
		dev_open(c->s, dev);
	dev_notify(c->s, dev);
	if (master && !set_master(c, dev, master))
		dev_delete(c->s, dev);
}

/* ---- set ---- */
/* dev_change_net_namespace() */
static bool set_ns(struct change *c, struct dev *dev, struct ns *to)
{
	const char *pattern = *c->op->link.new_name ? c->op->link.new_name : NULL;
	const char *name = NULL;

	if (to == dev->ns)
		return true;
	if (dev->kind != DEV_VETH) {
		change_fails(c, EINVAL, "The interface netns is immutable");
		return false;
	}
	if (dev_find(to, dev->name)) {
		if (!pattern || dev_find(to, pattern)) {
			change_fails(c, EEXIST,
				pattern ? NULL : "An interface with the same name exists in the target netns");
			return false;
		}
		name = pattern;
	}
	dev_change_ns(c->s, dev, to, name);
	return true;
}

static bool set_mac(struct change *c, struct dev *dev)
{
	const struct mac *m = &c->op->link.mac;

	if (!mac_eq(m, &dev->mac) && !mac_valid(m)) {
		change_fails(c, EADDRNOTAVAIL, NULL);
		return false;
	}
	dev_mac_set(c->s, dev, m);
	return true;
}

static bool set_mtu(struct change *c, struct dev *dev)
{
	uint32_t mtu = c->op->link.mtu;
	const char *wrong = mtu_wrong(dev->kind, mtu);

	if (mtu == dev->mtu)
		return true;
	if (wrong) {
		change_fails(c, EINVAL, wrong);
		return false;
	}
	if (dev->bridge)
		dev->bridge->mtu_set = true;
	dev_mtu_set(c->s, dev, mtu);
	return true;
}

/* inetdev_changename(): the first address takes the device's name as its label, others keep what follows the colon. */
static void label_rename(struct ifaddr *a, unsigned n)
{
	char old[IFNAMSIZ_];
	const char *dot;
	size_t at = strlen(a->dev->name);

	memcpy(old, a->label, sizeof(old));
	memcpy(a->label, a->dev->name, sizeof(a->label));
	if (n == 1)
		return;
	dot = strchr(old, ':');
	if (!dot) {
		snprintf(old, sizeof(old), ":%u", n);
		dot = old;
	}
	if (strlen(dot) + at >= sizeof(a->label))
		at = sizeof(a->label) - strlen(dot) - 1;
	str_copy(a->label + at, sizeof(a->label) - at, dot);
}

static void labels_rename(struct sim *s, struct dev *dev)
{
	unsigned n = 0;

	list_for_each (a, &dev->addrs, struct ifaddr, node) {
		label_rename(a, ++n);
		ifaddr_notify(s, a, false);
	}
}

/* dev_change_name() */
static bool set_name(struct change *c, struct dev *dev)
{
	const char *name = c->op->link.new_name;

	if (!strcmp(name, dev->name))
		return true;
	if (!dev_name_valid(name) || dev_find(dev->ns, name)) {
		change_fails(c, dev_name_valid(name) ? EEXIST : EINVAL, NULL);
		return false;
	}
	dev_rename(dev, name);
	dev_notify(c->s, dev);
	labels_rename(c->s, dev);
	return true;
}

static void set_arp(struct change *c, struct dev *dev, bool on)
{
	uint32_t flags = on ? dev->flags & ~(uint32_t)DEVF_NOARP : dev->flags | DEVF_NOARP;
	bool changed = flags != dev->flags;

	dev->flags = flags;
	if (changed && dev_is_up(dev)) {
		neigh_changeaddr(c->s, dev);
		dev_state_change(c->s, dev); /* __dev_notify_flags() */
	}
}

/* rtnl_changelink(): `type KIND ...` */
static bool set_info(struct change *c, struct dev *dev)
{
	const struct op_link *o = &c->op->link;

	if (o->port_set) {
		if (dev->port)
			return set_port(c, dev->port, &o->port);
		change_fails(c, EOPNOTSUPP, NULL);
		return false;
	}
	if (o->bridge_set) {
		if (dev->bridge)
			return set_bridge(c, dev, &o->bridge);
		change_fails(c, EOPNOTSUPP, NULL);
		return false;
	}
	return true;
}

/* do_setlink() */
static void set_all(struct change *c, struct dev *dev, struct ns *to, struct dev *master)
{
	const struct op_link *o = &c->op->link;

	if (!set_info(c, dev) || (to && !set_ns(c, dev, to)))
		return;
	if ((o->mac_set && !set_mac(c, dev)) || (o->mtu_set && !set_mtu(c, dev)))
		return;
	if (*o->new_name && !set_name(c, dev))
		return;
	if (o->arp_set)
		set_arp(c, dev, o->arp);
	if (o->up_set && o->up)
		dev_open(c->s, dev);
	else if (o->up_set)
		dev_close(c->s, dev);
	if (o->arp_set || o->up_set)
		dev_notify(c->s, dev); /* __dev_notify_flags() */
	if ((master || o->nomaster) && !set_master(c, dev, master))
		return;
	if (o->txqlen_set)
		dev->txqlen = o->txqlen;
	if (o->port_set || o->bridge_set) /* DO_SETLINK_NOTIFY */
		dev_state_change(c->s, dev);
	dev_notify(c->s, dev);
}

static void link_set(struct change *c)
{
	const struct op_link *o = &c->op->link;
	struct dev *dev, *master = NULL;
	struct ns *to = NULL;

	if (o->target_ns_set) {
		to = change_ns(c, o->target_ns);
		if (!to)
			return;
	}
	if (*o->master) {
		master = change_dev(c, o->master);
		if (!master)
			return;
	}
	dev = change_dev(c, o->dev);
	if (dev)
		set_all(c, dev, to, master);
}

static void link_del(struct change *c)
{
	struct dev *dev = change_dev(c, c->op->link.dev);

	if (!dev)
		return;
	if (dev->kind == DEV_LO)
		change_fails(c, EOPNOTSUPP, NULL);
	else
		dev_delete(c->s, dev);
}

static void bridge_link_set(struct change *c)
{
	struct dev *dev = change_dev(c, c->op->link.dev);

	if (!dev)
		return;
	if (dev->port)
		set_port(c, dev->port, &c->op->link.port);
	else
		change_fails(c, EOPNOTSUPP, NULL);
}

void link_apply(struct change *c)
{
	switch (c->op->kind) {
	case OP_LINK_ADD:
		link_add(c);
		break;
	case OP_LINK_DEL:
		link_del(c);
		break;
	case OP_BRIDGE_LINK_SET:
		bridge_link_set(c);
		break;
	default:
		link_set(c);
		break;
	}
}
