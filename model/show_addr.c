/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip address show` as iproute2 6.1 prints it (ip/ipaddress.c print_addrinfo(), ipaddr_filter()). A device is shown
 * when one of its addresses is wanted, or when it has none at all and nothing restricts the family.
 * Not modelled: details (-d), statistics (-s). */
#include <stdlib.h>

#include "model/show.h"

static bool family_given(const struct op *op)
{
	return op->view.family == IP_V4 || op->addr.to_set;
}

static bool addr_wanted(const struct op_addr *o, const struct ifaddr *a)
{
	if ((o->show_primary && a->secondary) || (o->show_secondary && !a->secondary))
		return false;
	if ((o->permanent && !a->permanent) || (o->dynamic && a->permanent))
		return false;
	if ((o->scope_set && a->scope != o->scope) || (*o->label && strcmp(o->label, a->label)))
		return false;
	return !o->to_set || (prefix_contains(&o->to, &a->local) && a->prefixlen >= o->to.len);
}

/* The address itself, with what -br shows of it. */
static void print_value(struct buf *b, const struct ifaddr *a)
{
	char text[IPADDR_STRLEN];

	buf_puts(b, ip_format(text, &a->local));
	if (!ip_eq(&a->local, &a->peer))
		buf_printf(b, " peer %s", ip_format(text, &a->peer));
	buf_printf(b, "/%u ", a->prefixlen);
	if (a->metric)
		buf_printf(b, "metric %u ", a->metric);
}

static void print_addr(struct show *s, const struct ifaddr *a)
{
	struct buf *b = &s->res->out;
	char text[IPADDR_STRLEN], scope[8];

	if (s->op->view.oneline)
		buf_printf(b, "%d: %s", a->dev->ifindex, a->dev->name);
	buf_puts(b, "    inet ");
	print_value(b, a);
	if (a->broadcast.family)
		buf_printf(b, "brd %s ", ip_format(text, &a->broadcast));
	buf_printf(b, "scope %s ", show_scope(scope, a->scope));
	if (a->secondary)
		buf_puts(b, "secondary ");
	if (!a->permanent)
		buf_puts(b, "dynamic ");
	if (a->noprefixroute)
		buf_puts(b, "noprefixroute ");
	buf_puts(b, a->label);
	show_break(s);
	buf_puts(b, "       valid_lft forever preferred_lft forever\n");
}

static bool dev_wanted(const struct op *op, const struct dev *dev)
{
	bool any = false;

	if (op->addr.show_up && !dev_is_up(dev))
		return false;
	list_for_each (a, &dev->addrs, struct ifaddr, node) {
		any = true;
		if (addr_wanted(&op->addr, a))
			return true;
	}
	return !any && !family_given(op);
}

static void show_one(struct show *s, const struct dev *dev)
{
	struct buf *b = &s->res->out;
	bool brief = s->op->view.brief, head = !brief && !s->op->view.oneline && !*s->op->addr.label;

	if (brief)
		show_link_brief(b, dev);
	if (head) {
		show_link_head(s, dev, false, !family_given(s->op));
		buf_putc(b, '\n');
	}
	list_for_each (a, &dev->addrs, struct ifaddr, node) {
		if (!addr_wanted(&s->op->addr, a))
			continue;
		if (brief)
			print_value(b, a);
		else
			print_addr(s, a);
	}
	if (brief)
		buf_putc(b, '\n');
}

void show_addr(struct show *s)
{
	const char *name = s->op->addr.dev;
	const struct dev *only = *name ? dev_find(s->ns, name) : NULL, **devs;
	unsigned n;

	if (s->op->view.stats || (s->op->view.details && !s->op->view.brief)) {
		show_not_modelled(s, s->op->view.stats ? "ip -s address" : "ip -d address");
		return;
	}
	if (*name && !only) {
		buf_printf(&s->res->err, "Device \"%s\" does not exist.\n", name);
		s->res->status = 1;
		return;
	}
	devs = show_devs(s->ns, &n);
	for (unsigned i = 0; i < n; i++)
		if ((!only || devs[i] == only) && dev_wanted(s->op, devs[i]))
			show_one(s, devs[i]);
	free(devs);
}
