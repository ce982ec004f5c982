/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `bridge fdb`: entries by the user (net/core/rtnetlink.c rtnl_fdb_add(), net/bridge/br_fdb.c fdb_add_entry(),
 * __br_fdb_delete(), br_fdb_delete_bulk()).
 * Not modelled: the address lists of devices themselves (`self` of a device that is no bridge), VLANs. */
#include <errno.h>

#include "sim/jiffies.h"
#include "sim/ops.h"

enum { MSG_CREATE = 1, MSG_EXCL = 2, MSG_REPLACE = 4, MSG_APPEND = 8 };

/* The state that the tool asks for, as flags. */
struct wanted {
	bool permanent, noarp;
};

static struct wanted wanted_state(const struct op_fdb *o)
{
	struct wanted w = { .permanent = o->local || o->permanent, .noarp = !o->dynamic };

	if (!w.permanent && !o->is_static && !o->dynamic)
		w.permanent = true; /* neither was said */
	return w;
}

/* fdb_add_entry() */
static int add_entry(struct sim *s, struct bridge *br, struct bridge_port *port, const struct op_fdb *o, unsigned flags)
{
	struct wanted w = wanted_state(o);
	bool is_static = w.permanent || w.noarp, modified;
	struct fdb_entry *f;

	if (port && !w.permanent && !w.noarp && port->state != BR_LEARNING && port->state != BR_FORWARDING)
		return EPERM; /* a port that can't learn takes no such entries by hand either */
	if (o->sticky && w.permanent)
		return EINVAL;
	if (o->sticky && !w.noarp)
		return EPERM;
	f = fdb_find(br, &o->mac);
	if (!f) {
		if (!(flags & MSG_CREATE))
			return ENOENT;
		f = fdb_add(br, &o->mac, port);
		modified = true;
	} else if (flags & MSG_EXCL) {
		return EEXIST;
	} else {
		/* what `bridge` asks for is NUD_NOARP and one more bit, unless it is dynamic, and fdb_to_nud() knows
		 * one bit alone: a static or permanent entry is always another one */
		modified = f->port != port || is_static || f->is_static || f->sticky != o->sticky;
		f->port = port;
	}
	f->local = w.permanent;
	f->is_static = is_static;
	f->sticky = o->sticky;
	f->by_user = true;
	f->used = jiffies_now(s);
	if (modified) {
		f->updated = jiffies_now(s);
		br_fdb_notify(s, f, false);
	}
	return 0;
}

/* br_fdb_external_learn_add() */
static int add_extern(struct sim *s, struct bridge *br, struct bridge_port *port, const struct op_fdb *o)
{
	struct fdb_entry *f = fdb_find(br, &o->mac);
	bool modified = !f || f->port != port || f->extern_learn;

	if (!f) {
		f = fdb_add(br, &o->mac, port);
		f->local = f->is_static = !port;
	}
	f->port = port;
	f->extern_learn = f->by_user = true;
	f->used = f->updated = jiffies_now(s);
	if (modified)
		br_fdb_notify(s, f, false);
	return 0;
}

/* The bridge and port (NULL: the bridge itself) that a request about dev is for: `master`, the default of those that
 * name no side being `self`. NULL: none takes it. */
static struct bridge *bridge_of(const struct op_fdb *o, struct dev *dev, struct bridge_port **port)
{
	*port = NULL;
	if (o->master && dev->port) {
		*port = dev->port;
		return dev->port->bridge;
	}
	return (o->self || !o->master) && dev->bridge ? dev->bridge : NULL;
}

/* br_fdb_add() */
static void add(struct change *c, struct dev *dev, unsigned flags)
{
	const struct op_fdb *o = &c->op->fdb;
	struct bridge_port *port;
	struct bridge *br = bridge_of(o, dev, &port);
	int err;

	if (dev->kind == DEV_LO) {
		change_fails(c, EINVAL, "FDB add only supported for Ethernet devices");
		return;
	}
	if (!br && !o->master) {
		change_not_modelled(c, "bridge fdb: the address list of a device that is no bridge");
		return;
	}
	if (!br || mac_is_zero(&o->mac)) {
		change_fails(c, br ? EINVAL : EOPNOTSUPP, NULL);
		return;
	}
	err = o->extern_learn ? add_extern(c->s, br, port, o) : add_entry(c->s, br, port, o, flags);
	if (err)
		change_fails(c, err, NULL);
}

static void del(struct change *c, struct dev *dev)
{
	struct bridge_port *port;
	struct bridge *br = bridge_of(&c->op->fdb, dev, &port);
	struct fdb_entry *f = br ? fdb_find(br, &c->op->fdb.mac) : NULL;

	if (!br)
		change_fails(c, c->op->fdb.master ? EOPNOTSUPP : ENOENT, NULL);
	else if (!f || f->port != port)
		change_fails(c, ENOENT, NULL);
	else
		br_fdb_delete(c->s, f);
}

/* The masks that the tool's words make: `static` and `dynamic` also say that it is not a permanent one. */
static bool flush_wants(const struct op_fdb *o, const struct fdb_entry *f)
{
	bool both = o->is_static || o->dynamic;

	return (!(both || o->permanent) || f->local == o->permanent) && (!both || f->is_static == o->is_static) &&
	       (!o->extern_learn || f->extern_learn) && (!o->sticky || f->sticky);
}

/* br_fdb_delete_bulk(): all entries, those of a port, those of some states and flags. */
static void flush(struct change *c, struct dev *dev)
{
	const struct op_fdb *o = &c->op->fdb;
	struct bridge_port *port;
	struct bridge *br = bridge_of(o, dev, &port);

	if (!br) {
		change_fails(c, dev->kind == DEV_LO ? EINVAL : EOPNOTSUPP,
			dev->kind == DEV_LO ? "FDB delete only supported for Ethernet devices" : NULL);
		return;
	}
	if (*o->brport) {
		struct dev *d = change_dev(c, o->brport);

		if (!d)
			return;
		if (d->port && d->port->bridge != br) {
			change_fails(c, EINVAL, NULL);
			return;
		}
		port = d->port;
	}
	list_for_each_safe (f, &br->fdb, struct fdb_entry, node)
		if ((!port || f->port == port) && flush_wants(o, f))
			br_fdb_delete(c->s, f);
}

void fdb_apply(struct change *c)
{
	struct dev *dev = change_dev(c, c->op->fdb.dev);

	if (!dev)
		return;
	switch (c->op->kind) {
	case OP_FDB_ADD:
		add(c, dev, MSG_CREATE | MSG_EXCL);
		break;
	case OP_FDB_APPEND:
		add(c, dev, MSG_CREATE | MSG_APPEND);
		break;
	case OP_FDB_REPLACE:
		add(c, dev, MSG_CREATE | MSG_REPLACE);
		break;
	case OP_FDB_DEL:
		del(c, dev);
		break;
	default:
		flush(c, dev);
		break;
	}
}
