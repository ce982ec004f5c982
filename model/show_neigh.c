/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip neighbour show` as iproute2 6.1 prints it (ip/ipneigh.c print_neigh()). The kernel's order is that of a hash with
 * a random key; here it is by device, then as the entries were made.
 * Not modelled: statistics (-s). */
#include "model/neigh.h"

#include "model/show.h"

#define SHOW_NONE 0x100u /* the tool's own bit for entries without a state */

static bool wanted(const struct op_neigh *o, const struct neigh *n)
{
	unsigned states = o->nud ? o->nud : 0xffu & ~(unsigned)NUD_NOARP_;

	if (!(n->state ? n->state & states : states & SHOW_NONE))
		return false;
	return !o->dst_set || prefix_contains(&o->dst, &n->addr);
}

static void print_brief(struct show *s, const struct neigh *n)
{
	char ip[IPADDR_STRLEN], mac[MAC_STRLEN];

	buf_printf(&s->res->out, "%-40s", ip_format(ip, &n->addr));
	if (!*s->op->neigh.dev)
		buf_printf(&s->res->out, "%-17s", n->dev->name);
	if (n->state & NUD_VALID_)
		buf_puts(&s->res->out, mac_format(mac, &n->mac));
	buf_putc(&s->res->out, '\n');
}

static void print_neigh(struct show *s, const struct neigh *n)
{
	struct buf *b = &s->res->out;
	char ip[IPADDR_STRLEN], mac[MAC_STRLEN];

	if (s->op->view.brief) {
		print_brief(s, n);
		return;
	}
	buf_printf(b, "%s ", ip_format(ip, &n->addr));
	if (!*s->op->neigh.dev)
		buf_printf(b, "dev %s ", n->dev->name);
	if (n->state & NUD_VALID_)
		buf_printf(b, "lladdr %s ", mac_format(mac, &n->mac));
	if (n->state)
		buf_printf(b, "%s ", nud_state_name(n->state));
	buf_putc(b, '\n');
}

void show_neigh(struct show *s)
{
	const struct op_neigh *o = &s->op->neigh;
	const struct dev *only = *o->dev ? dev_find(s->ns, o->dev) : NULL;

	if (s->op->view.stats) {
		show_not_modelled(s, "ip -s neighbour");
		return;
	}
	if (*o->dev && !only) {
		buf_printf(&s->res->err, "Cannot find device \"%s\"\n", o->dev);
		s->res->status = 1;
		return;
	}
	list_for_each (dev, &s->ns->devs, struct dev, ns_node) {
		if (only && dev != only)
			continue;
		list_for_each (n, &dev->neighs, struct neigh, node)
			if (wanted(o, n))
				print_neigh(s, n);
	}
}
