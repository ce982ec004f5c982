/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arp(8) and route(8) of net-tools 2.10, which print what /proc/net/arp and /proc/net/route hold. Names are those of
 * /etc/networks; hosts have none. */
#include "model/neigh.h"
#include "model/show.h"

/* ---- arp ---- */

static bool in_proc_arp(const struct neigh *n)
{
	return n->state & (unsigned)~NUD_NOARP_;
}

static void print_arp(struct show *s, const struct neigh *n)
{
	bool complete = n->state & NUD_VALID_, permanent = n->state == NUD_PERMANENT_;
	struct buf *b = &s->res->out;
	char ip[IPADDR_STRLEN], mac[MAC_STRLEN] = "(incomplete)";

	ip_format(ip, &n->addr);
	if (complete)
		mac_format(mac, &n->mac);
	if (s->op->neigh.all) {
		buf_printf(b, "? (%s) at %s%s%son %s\n", ip, complete ? mac : "<incomplete>",
			!complete                ? " "
			: n->dev->kind == DEV_LO ? " [loop] "
						 : " [ether] ",
			permanent ? "PERM " : "", n->dev->name);
		return;
	}
	buf_printf(b, "%-23.23s  %-8s%-20s%-6s%-15s %s\n", ip,
		!complete                ? ""
		: n->dev->kind == DEV_LO ? "loop"
					 : "ether",
		mac,
		!complete   ? ""
		: permanent ? "CM"
			    : "C",
		"", n->dev->name);
}

void show_arp(struct show *s)
{
	const struct op_neigh *o = &s->op->neigh;
	unsigned entries = 0, shown = 0;
	char ip[IPADDR_STRLEN];

	list_for_each (dev, &s->ns->devs, struct dev, ns_node) {
		list_for_each (n, &dev->neighs, struct neigh, node) {
			if (!in_proc_arp(n))
				continue;
			entries++;
			if ((*o->dev && strcmp(o->dev, dev->name)) || (o->dst_set && !ip_eq(&o->dst.addr, &n->addr)))
				continue;
			if (!shown++ && !o->all)
				buf_puts(&s->res->out, "Address                  HWtype  HWaddress           Flags "
						       "Mask            Iface\n");
			print_arp(s, n);
		}
	}
	if (shown || (!o->dst_set && !*o->dev))
		return;
	if (o->dst_set && !o->all)
		buf_printf(&s->res->out, "%s (%s) -- no entry\n", ip_format(ip, &o->dst.addr), ip);
	else
		buf_printf(&s->res->out, "arp: in %u entries no match found.\n", entries);
}

/* ---- route ---- */

/* getnetbyaddr() over Debian's /etc/networks. */
static const char *network_name(const struct prefix *dst)
{
	if (!dst->addr.v4)
		return dst->len ? NULL : "default";
	if (dst->len == 32)
		return NULL;
	if (dst->addr.v4 == 0x7f000000)
		return "loopback";
	return dst->addr.v4 == 0xa9fe0000 ? "link-local" : NULL;
}

static void print_row(struct show *s, const struct route *r)
{
	const struct ipaddr mask = ip4(ip4_mask(r->dst.len)), none = ip4(0);
	bool reject = r->type == RTN_UNREACHABLE_ || r->type == RTN_PROHIBIT_;
	const char *name = s->op->view.numeric ? NULL : network_name(&r->dst);
	struct buf *b = &s->res->out;
	char dst[IPADDR_STRLEN], via[IPADDR_STRLEN], net[IPADDR_STRLEN], flags[8];
	size_t n = 0;

	ip_format(dst, &r->dst.addr);
	ip_format(via, r->gateway.family ? &r->gateway : &none);
	if (!reject)
		flags[n++] = 'U';
	if (r->gateway.family)
		flags[n++] = 'G';
	if (r->dst.len == 32)
		flags[n++] = 'H';
	if (reject) {
		str_copy(via, sizeof(via), "-");
		flags[n++] = '!';
	}
	flags[n] = 0;
	buf_printf(b, "%-15.15s %-15.15s %-15.15s %-6s", name ? name : dst, via, ip_format(net, &mask), flags);
	if (s->op->view.extended)
		buf_puts(b, reject ? "    - -          - " : "    0 0          0 ");
	else if (reject)
		buf_printf(b, "%-6u -        0 ", r->metric);
	else
		buf_printf(b, "%-6u 0        0 ", r->metric);
	buf_printf(b, "%s\n", r->dev ? r->dev->name : reject ? "-" : "*");
}

void show_route_table(struct show *s)
{
	buf_puts(&s->res->out, "Kernel IP routing table\n");
	buf_printf(&s->res->out, "Destination     Gateway         Genmask         %s Iface\n",
		s->op->view.extended ? "Flags   MSS Window  irtt" : "Flags Metric Ref    Use");
	if (!fib_table_exists(s->ns->fib, RT_TABLE_MAIN_)) {
		s->res->status = 1; /* /proc/net/route has not even its headline */
		return;
	}
	for (const struct route *r = fib_next(s->ns->fib, RT_TABLE_MAIN_, NULL); r;
		r = fib_next(s->ns->fib, RT_TABLE_MAIN_, r))
		if (r->type != RTN_BROADCAST_ && r->type != RTN_MULTICAST_)
			print_row(s, r);
}
