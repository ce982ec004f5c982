/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip link show` as iproute2 6.1 prints it to a file (ip/ipaddress.c print_linkinfo(), print_linkinfo_brief()).
 * Not modelled: details (-d), statistics (-s). */
#include <stdlib.h>

#include "model/show.h"

static bool oper_up(const struct dev *dev)
{
	return dev_is_up(dev) && (dev->operstate == OPER_UP || dev->operstate == OPER_UNKNOWN);
}

static bool peer_here(const struct dev *dev)
{
	return dev->peer && dev->peer->ns == dev->ns;
}

void show_dev_name(struct buf *b, const struct dev *dev)
{
	buf_puts(b, dev->name);
	if (peer_here(dev))
		buf_printf(b, "@%s", dev->peer->name);
	else if (dev->peer)
		buf_printf(b, "@if%d", dev->peer->ifindex);
}

/* print_link_flags(): NO-CARRIER and LOWER_UP are made from the carrier, M-DOWN from the other end. */
void show_flags(struct buf *b, const struct dev *dev)
{
	show_flags_beside(b, dev, peer_here(dev) ? dev->peer : NULL);
}

void show_flags_beside(struct buf *b, const struct dev *dev, const struct dev *other)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{ DEVF_LOOPBACK, "LOOPBACK" },
		{ DEVF_BROADCAST, "BROADCAST" },
		{ DEVF_MULTICAST, "MULTICAST" },
		{ DEVF_NOARP, "NOARP" },
		{ DEVF_ALLMULTI, "ALLMULTI" },
		{ DEVF_PROMISC, "PROMISC" },
		{ DEVF_UP, "UP" },
	};
	const char *comma = "";

	buf_putc(b, '<');
	if (dev_is_up(dev) && !oper_up(dev)) {
		buf_puts(b, "NO-CARRIER");
		comma = ",";
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(dev->flags & names[i].flag))
			continue;
		buf_printf(b, "%s%s", comma, names[i].name);
		comma = ",";
	}
	if (dev_runs(dev))
		buf_printf(b, "%sLOWER_UP", comma);
	if (other && !dev_is_up(other))
		buf_printf(b, "%sM-DOWN", comma);
	buf_putc(b, '>');
}

static const char *oper_name(const struct dev *dev)
{
	static const char *const names[] = { "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT",
		"UP" };

	if (dev->operstate >= ARRAY_SIZE(names))
		bug("operational state %u", dev->operstate);
	return names[dev->operstate];
}

static void link_netns(struct buf *b, const struct dev *dev)
{
	if (!dev->peer || peer_here(dev))
		return;
	if (*dev->peer->ns->name)
		buf_printf(b, " link-netns %s", dev->peer->ns->name);
	else
		buf_printf(b, " link-netnsid %d", nsid_find(dev->ns, dev->peer->ns));
}

void show_link_head(struct show *s, const struct dev *dev, bool mode, bool lladdr)
{
	struct buf *b = &s->res->out;
	char mac[MAC_STRLEN];

	buf_printf(b, "%d: ", dev->ifindex);
	show_dev_name(b, dev);
	buf_puts(b, ": ");
	show_flags(b, dev);
	buf_printf(b, " mtu %u qdisc %s ", dev->mtu, dev->qdisc ? "noqueue" : "noop");
	if (dev->port)
		buf_printf(b, "master %s ", dev->port->bridge->dev->name);
	buf_printf(b, "state %s ", oper_name(dev));
	if (mode)
		buf_puts(b, "mode DEFAULT ");
	buf_puts(b, "group default ");
	if (dev->txqlen)
		buf_printf(b, "qlen %u", dev->txqlen);
	if (!lladdr)
		return;
	show_break(s);
	buf_printf(b, "    link/%s %s brd %s", dev->kind == DEV_LO ? "loopback" : "ether", mac_format(mac, &dev->mac),
		dev->kind == DEV_LO ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff");
	link_netns(b, dev);
}

void show_link_brief(struct buf *b, const struct dev *dev)
{
	struct buf name = { 0 };

	show_dev_name(&name, dev);
	buf_printf(b, "%-16s %-14s ", buf_str(&name), oper_name(dev));
	buf_release(&name);
}

static bool wanted(const struct op_link *o, const struct dev *dev, const struct dev *master)
{
	if (o->show_up && !dev_is_up(dev))
		return false;
	if (master && (!dev->port || dev->port->bridge->dev != master))
		return false;
	if (!*o->show_type)
		return true;
	if (!strcmp(o->show_type, "bridge_slave"))
		return dev->port;
	return !strcmp(o->show_type, dev_kind_name(dev->kind));
}

static void show_one(struct show *s, const struct dev *dev)
{
	struct buf *b = &s->res->out;
	char mac[MAC_STRLEN];

	if (s->op->view.brief) {
		show_link_brief(b, dev);
		buf_printf(b, "%s ", mac_format(mac, &dev->mac));
		show_flags(b, dev);
		buf_puts(b, " \n");
		return;
	}
	show_link_head(s, dev, true, true);
	buf_putc(b, '\n');
}

void show_link(struct show *s)
{
	const struct op_link *o = &s->op->link;
	const struct dev *master = NULL, *only = NULL, **devs;
	unsigned n;

	if ((s->op->view.details && !s->op->view.brief) || s->op->view.stats) {
		show_not_modelled(s, s->op->view.stats ? "ip -s link" : "ip -d link");
		return;
	}
	if (*o->show_master) {
		master = dev_find(s->ns, o->show_master);
		if (!master) {
			buf_printf(&s->res->err, "Error: argument \"%s\" is wrong: Device does not exist\n\n",
				o->show_master);
			s->res->status = 255;
			return;
		}
	}
	if (*o->dev) {
		only = dev_find(s->ns, o->dev);
		if (!only) {
			buf_printf(&s->res->err, "Device \"%s\" does not exist.\n", o->dev);
			s->res->status = 1;
			return;
		}
	}
	devs = show_devs(s->ns, &n);
	for (unsigned i = 0; i < n; i++)
		if ((!only || devs[i] == only) && wanted(o, devs[i], master))
			show_one(s, devs[i]);
	free(devs);
}
