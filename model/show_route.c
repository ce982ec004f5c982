/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip route show` as iproute2 6.1 prints it (ip/iproute.c filter_nlmsg(), print_route()): what a selector says of every
 * line is left out of the lines. */
#include <stdlib.h>

#include "model/show.h"

static bool dst_wanted(const struct op_route *o, const struct route *r)
{
	if (!o->dst_set)
		return true;
	if (o->match)
		return prefix_contains(&r->dst, &o->dst.addr) && r->dst.len <= o->dst.len;
	if (o->root)
		return prefix_contains(&o->dst, &r->dst.addr) && r->dst.len >= o->dst.len;
	return r->dst.len == o->dst.len && ip_eq(&r->dst.addr, &o->dst.addr);
}

static bool wanted(const struct op_route *o, const struct route *r, const struct dev *dev)
{
	if ((o->type_set && r->type != o->type) || (o->proto_set && r->protocol != o->protocol) ||
		(o->scope_set && r->scope != o->scope) || (o->tos_set && r->tos != o->tos) ||
		(o->metric_set && r->metric != o->metric) || (dev && r->dev != dev))
		return false;
	if ((o->via.family && !ip_eq(&o->via, &r->gateway)) || (o->src.family && !ip_eq(&o->src, &r->prefsrc)))
		return false;
	return dst_wanted(o, r);
}

static void print_dst(struct buf *b, const struct route *r)
{
	char text[PREFIX_STRLEN];

	if (!r->dst.len && !r->dst.addr.v4)
		buf_puts(b, "default ");
	else if (r->dst.len == 32)
		buf_printf(b, "%s ", ip_format(text, &r->dst.addr));
	else
		buf_printf(b, "%s ", prefix_format(text, &r->dst));
}

static void print_table(struct buf *b, uint32_t table)
{
	if (table == RT_TABLE_LOCAL_ || table == RT_TABLE_MAIN_ || table == RT_TABLE_DEFAULT_)
		buf_printf(b, "table %s ",
			table == RT_TABLE_LOCAL_  ? "local"
			: table == RT_TABLE_MAIN_ ? "main"
						  : "default");
	else
		buf_printf(b, "table %u ", table);
}

static void print_flags(struct buf *b, const struct route *r)
{
	/* a next hop without carrier counts as dead where such are to be passed over */
	if (r->dead || (r->linkdown && r->dev && dev_conf(r->dev, DEVC_IGNORE_ROUTES_WITH_LINKDOWN)))
		buf_puts(b, "dead ");
	if (r->onlink)
		buf_puts(b, "onlink ");
	if (r->linkdown)
		buf_puts(b, "linkdown ");
}

static void print_route(struct show *s, const struct route *r)
{
	const struct op_route *o = &s->op->route;
	bool details = s->op->view.details;
	struct buf *b = &s->res->out;
	char text[IPADDR_STRLEN], name[8];

	if (r->type != RTN_UNICAST_ || details)
		buf_printf(b, "%s ", route_type_name(r->type));
	print_dst(b, r);
	if (r->tos && !o->tos_set)
		buf_printf(b, "tos 0x%02x ", r->tos);
	if (r->gateway.family && !o->via.family)
		buf_printf(b, "via %s ", ip_format(text, &r->gateway));
	if (r->dev && !*o->dev)
		buf_printf(b, "dev %s ", r->dev->name);
	if (o->table_set && !o->table && (r->table != RT_TABLE_MAIN_ || details))
		print_table(b, r->table);
	if ((r->protocol != RTPROT_BOOT_ || details) && !o->proto_set)
		buf_printf(b, "proto %s ", show_protocol(name, r->protocol));
	if ((r->scope != SCOPE_UNIVERSE || details) && !o->scope_set)
		buf_printf(b, "scope %s ", show_scope(name, r->scope));
	if (r->prefsrc.family && !o->src.family)
		buf_printf(b, "src %s ", ip_format(text, &r->prefsrc));
	if (r->metric && !o->metric_set)
		buf_printf(b, "metric %u ", r->metric);
	print_flags(b, r);
	if (r->mtu)
		buf_printf(b, "mtu %u ", r->mtu);
	buf_putc(b, '\n');
}

void show_route(struct show *s)
{
	const struct op_route *o = &s->op->route;
	const struct dev *dev = *o->dev ? dev_find(s->ns, o->dev) : NULL;
	uint32_t table = o->table_set ? o->table : RT_TABLE_MAIN_;

	if (*o->dev && !dev) {
		buf_printf(&s->res->err, "Cannot find device \"%s\"\n", o->dev);
		s->res->status = 1;
		return;
	}
	if (o->cache)
		return; /* the kernel has no cache of routes to dump; exceptions are not shown */
	/* of the table main alone the tool does not say that it is not there (save_route_errhndlr()) */
	if (table && table != RT_TABLE_MAIN_ && !fib_table_exists(s->ns->fib, table)) {
		buf_puts(&s->res->err, "Error: ipv4: FIB table does not exist.\nDump terminated\n");
		s->res->status = 2;
		return;
	}
	for (const struct route *r = fib_next(s->ns->fib, table, NULL); r; r = fib_next(s->ns->fib, table, r))
		if (wanted(o, r, dev))
			print_route(s, r);
}
