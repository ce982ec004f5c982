/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `bridge fdb show` and `bridge link show` as iproute2 6.1 prints them (bridge/fdb.c print_fdb(), bridge/link.c
 * print_linkinfo()), in the order of the kernel's dump (net/core/rtnetlink.c rtnl_fdb_dump()): by device; of a port the
 * bridge's entries behind it, newest first, then the multicast addresses that the device itself listens to. */
#include <stdlib.h>

#include "model/bridge.h"
#include "model/show.h"

struct fdb_view {
	struct show *s;
	const struct dev *only, *bridge; /* NULL: all */
	unsigned states;                 /* 0: any */
};

enum { ST_PERMANENT = 0x80, ST_STATIC = 0x40, ST_REACHABLE = 0x02, ST_STALE = 0x04 };

static bool state_wanted(const struct fdb_view *v, unsigned state)
{
	if (v->s->op->fdb.dynamic && state == ST_PERMANENT)
		return false;
	return !v->states || v->states & state;
}

static void print_mac(const struct fdb_view *v, const struct mac *mac, const struct dev *dev)
{
	char text[MAC_STRLEN];

	buf_printf(&v->s->res->out, "%s ", mac_format(text, mac));
	if (!v->only)
		buf_printf(&v->s->res->out, "dev %s ", dev->name);
}

/* fdb_to_nud() */
static unsigned entry_state(const struct fdb_view *v, const struct fdb_entry *f)
{
	if (f->local)
		return ST_PERMANENT;
	if (f->is_static)
		return ST_STATIC;
	if (!f->extern_learn && f->updated + f->bridge->ageing_time <= v->s->now)
		return ST_STALE;
	return ST_REACHABLE;
}

static const char *state_word(unsigned state)
{
	switch (state) {
	case ST_PERMANENT:
		return "permanent";
	case ST_STATIC:
		return "static";
	case ST_STALE:
		return "stale";
	default:
		return "";
	}
}

static void print_entry(const struct fdb_view *v, const struct fdb_entry *f, const struct dev *dev)
{
	unsigned state = entry_state(v, f);
	struct buf *b = &v->s->res->out;

	if (!state_wanted(v, state))
		return;
	print_mac(v, &f->mac, dev);
	if (v->s->op->view.stats)
		buf_printf(b, "used %u/%u ", (unsigned)((v->s->now - f->used) / NSEC_PER_SEC),
			(unsigned)((v->s->now - f->updated) / NSEC_PER_SEC));
	if (f->extern_learn)
		buf_puts(b, "extern_learn ");
	if (f->sticky)
		buf_puts(b, "sticky ");
	buf_printf(b, "master %s %s\n", f->bridge->dev->name, state_word(state));
}

static void print_entries(const struct fdb_view *v, const struct bridge *br, const struct bridge_port *port)
{
	for (struct list *l = br->fdb.prev; l != &br->fdb; l = l->prev) {
		const struct fdb_entry *f = list_entry(l, struct fdb_entry, node);

		if (f->port == port)
			print_entry(v, f, port ? port->dev : br->dev);
	}
}

static void print_self(const struct fdb_view *v, const struct dev *dev, const char *mac)
{
	struct mac m;

	if (!mac_parse(&m, mac))
		bug("%s", mac);
	if (!state_wanted(v, ST_PERMANENT))
		return;
	print_mac(v, &m, dev);
	buf_puts(&v->s->res->out, "self permanent\n");
}

/* What a device listens to while IPv6 is there but switched off: all nodes, all IPv4 hosts while it is up; a bridge
 * that snoops joins the groups of snoopers too. */
static void print_multicast(const struct fdb_view *v, const struct dev *dev)
{
	print_self(v, dev, "33:33:00:00:00:01");
	if (!dev_is_up(dev))
		return;
	if (dev->bridge && dev->bridge->mcast_snooping) {
		print_self(v, dev, "01:00:5e:00:00:6a");
		print_self(v, dev, "33:33:00:00:00:6a");
	}
	print_self(v, dev, "01:00:5e:00:00:01");
}

static void print_dev(const struct fdb_view *v, const struct dev *dev)
{
	if (dev->kind == DEV_LO || (v->only && dev != v->only))
		return;
	if (v->bridge && dev != v->bridge && (!dev->port || dev->port->bridge->dev != v->bridge))
		return;
	if (dev->port)
		print_entries(v, dev->port->bridge, dev->port);
	print_multicast(v, dev);
	if (dev->bridge)
		print_entries(v, dev->bridge, NULL);
}

/* state_a2n(): any beginning of a word. */
static unsigned state_mask(const char *w)
{
	static const struct {
		const char *word;
		unsigned mask;
	} names[] = {
		{ "permanent", ST_PERMANENT },
		{ "static", ST_STATIC },
		{ "temp", ST_STATIC },
		{ "stale", ST_STALE },
		{ "reachable", ST_REACHABLE },
		{ "dynamic", ST_REACHABLE },
		{ "all", ~0u },
	};

	for (size_t i = 0; *w && i < ARRAY_SIZE(names); i++)
		if (!strncmp(names[i].word, w, strlen(w)))
			return names[i].mask;
	return 0;
}

/* False: the tool finds no such device, and says so. */
static bool find(struct show *s, const char *name, const char *what, const struct dev **out)
{
	*out = *name ? dev_find(s->ns, name) : NULL;
	if (!*name || *out)
		return true;
	buf_printf(&s->res->err, "Cannot find %s \"%s\"\n", what, name);
	s->res->status = 255;
	return false;
}

void show_fdb(struct show *s)
{
	const struct op_fdb *o = &s->op->fdb;
	struct fdb_view v = { .s = s, .states = state_mask(o->state) };
	const struct dev **devs;
	unsigned n;

	if (!find(s, *o->brport ? o->brport : o->dev, "device", &v.only) || !find(s, o->br, "bridge device", &v.bridge))
		return;
	if (v.bridge && v.bridge->kind != DEV_BRIDGE)
		return; /* nothing has it as its bridge */
	devs = show_devs(s->ns, &n);
	for (unsigned i = 0; i < n; i++)
		print_dev(&v, devs[i]);
	free(devs);
}

/* ---- bridge link ---- */

static const char *on_off(const struct bridge_port *p, enum br_flag flag)
{
	return p->flag[flag] ? "on" : "off";
}

static void print_details(struct show *s, const struct bridge_port *p)
{
	struct buf *b = &s->res->out;

	show_break(s);
	buf_printf(b,
		"    hairpin %s guard %s root_block %s fastleave %s learning %s flood %s mcast_flood %s bcast_flood %s "
		"mcast_router 1 mcast_to_unicast off neigh_suppress %s vlan_tunnel off isolated %s locked %s ",
		on_off(p, BRF_HAIRPIN), on_off(p, BRF_GUARD), on_off(p, BRF_ROOT_BLOCK), on_off(p, BRF_FASTLEAVE),
		on_off(p, BRF_LEARNING), on_off(p, BRF_FLOOD), on_off(p, BRF_MCAST_FLOOD), on_off(p, BRF_BCAST_FLOOD),
		on_off(p, BRF_NEIGH_SUPPRESS), on_off(p, BRF_ISOLATED), on_off(p, BRF_LOCKED));
}

/* br_fill_ifinfo() gives the other end's number without its namespace, and nothing when it is the port's own: the tool
 * takes it for a device of this namespace, or writes ifN when there is none. */
static const struct dev *port_name(struct buf *b, const struct dev *dev)
{
	const struct dev *other = NULL;

	buf_puts(b, dev->name);
	if (!dev->peer || dev->peer->ifindex == dev->ifindex)
		return NULL;
	other = dev_find_index(dev->ns, dev->peer->ifindex);
	if (other)
		buf_printf(b, "@%s", other->name);
	else
		buf_printf(b, "@if%d", dev->peer->ifindex);
	return other;
}

static void print_port(struct show *s, const struct bridge_port *p)
{
	struct buf *b = &s->res->out;
	const struct dev *other;

	buf_printf(b, "%d: ", p->dev->ifindex);
	other = port_name(b, p->dev);
	buf_puts(b, ": ");
	show_flags_beside(b, p->dev, other);
	buf_printf(b, " mtu %u master %s state %s priority %u cost %u ", p->dev->mtu, p->bridge->dev->name,
		br_state_name(p->state), p->priority, p->path_cost);
	if (s->op->view.details)
		print_details(s, p);
	buf_putc(b, '\n');
}

void show_bridge_link(struct show *s)
{
	const struct dev *only, **devs;
	unsigned n;

	if (!find(s, s->op->link.dev, "device", &only))
		return;
	devs = show_devs(s->ns, &n);
	for (unsigned i = 0; i < n; i++)
		if (devs[i]->port && (!only || devs[i] == only))
			print_port(s, devs[i]->port);
	free(devs);
}
