/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a showing operation to the function that prints it; namespaces; what the printing functions share. */
#include "model/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int by_index(const void *a, const void *b)
{
	const struct dev *const *x = a, *const *y = b;

	return (*x)->ifindex < (*y)->ifindex ? -1 : (*x)->ifindex > (*y)->ifindex;
}

const struct dev **show_devs(const struct ns *ns, unsigned *n)
{
	const struct dev **v;
	unsigned i = 0;

	list_for_each (dev, &ns->devs, struct dev, ns_node)
		i++;
	v = xcalloc(i + 1, sizeof(*v));
	*n = i;
	i = 0;
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		v[i++] = dev;
	qsort(v, i, sizeof(*v), by_index);
	return v;
}

const char *show_scope(char buf[8], uint8_t scope)
{
	const char *name = route_scope_name(scope);

	if (name)
		return name;
	snprintf(buf, 8, "%u", scope);
	return buf;
}

/* /etc/iproute2/rt_protos */
const char *show_protocol(char buf[8], uint8_t protocol)
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = {
		{ 0, "unspec" },
		{ 1, "redirect" },
		{ 2, "kernel" },
		{ 3, "boot" },
		{ 4, "static" },
		{ 8, "gated" },
		{ 9, "ra" },
		{ 10, "mrt" },
		{ 11, "zebra" },
		{ 12, "bird" },
		{ 13, "dnrouted" },
		{ 14, "xorp" },
		{ 15, "ntk" },
		{ 16, "dhcp" },
		{ 18, "keepalived" },
		{ 42, "babel" },
		{ 99, "openr" },
		{ 186, "bgp" },
		{ 187, "isis" },
		{ 188, "ospf" },
		{ 189, "rip" },
		{ 192, "eigrp" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].number == protocol)
			return names[i].name;
	snprintf(buf, 8, "%u", protocol);
	return buf;
}

void show_break(struct show *s)
{
	buf_putc(&s->res->out, s->op->view.oneline ? '\\' : '\n');
}

void show_not_modelled(struct show *s, const char *what)
{
	buf_printf(&s->res->err, "not modelled: %s\n", what);
	s->res->status = 255;
}

/* As readdir() of a tmpfs gives them: the newest first. */
void show_netns(struct show *s)
{
	for (struct list *l = s->net->namespaces.prev; l != &s->net->namespaces; l = l->prev) {
		const struct ns *ns = list_entry(l, struct ns, node);
		int id = nsid_find(s->ns, ns);

		if (!*ns->name)
			continue;
		buf_puts(&s->res->out, ns->name);
		if (id >= 0)
			buf_printf(&s->res->out, " (id: %d)", id);
		buf_putc(&s->res->out, '\n');
	}
}

static void canned(struct show *s)
{
	const struct result *from = &s->op->canned.res;

	buf_put(&s->res->out, buf_str(&from->out), from->out.size);
	buf_put(&s->res->err, buf_str(&from->err), from->err.size);
	s->res->status = from->status;
}

void op_show(const struct net *net, const struct op *op, uint64_t now, struct result *res)
{
	static void (*const functions[OP_NUM])(struct show * s) = {
		[OP_CANNED] = canned,
		[OP_NETNS_SHOW] = show_netns,
		[OP_LINK_SHOW] = show_link,
		[OP_ADDR_SHOW] = show_addr,
		[OP_ROUTE_SHOW] = show_route,
		[OP_ROUTE_GET] = show_route_get,
		[OP_NEIGH_SHOW] = show_neigh,
		[OP_FDB_SHOW] = show_fdb,
		[OP_BRIDGE_LINK_SHOW] = show_bridge_link,
		[OP_ARP_SHOW] = show_arp,
		[OP_ROUTE_TABLE_SHOW] = show_route_table,
	};
	struct show s = { .net = net, .ns = ns_find(net, op_ns(op)), .op = op, .now = now, .res = res };

	if (!functions[op->kind])
		bug("operation %s shows nothing", op_kind_name(op->kind));
	if (!s.ns && op->kind != OP_CANNED) {
		struct answer a = { .kind = ANS_NO_NS, .err = ENOENT };

		str_copy(a.name, sizeof(a.name), op_ns(op));
		op_outcome(op, &a, res);
		return;
	}
	functions[op->kind](&s);
}
