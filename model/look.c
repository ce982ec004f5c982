/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A command that changes links, addresses, routes or ports marks the namespaces that it may
 * change (struct ns, touched). Before the next command that looks or sends, when links have come to rest in both
 * worlds, the tables of the marked ones are written down. What timers and packets change at moments of their own
 * (neighbours, forwarding entries, connections) is no part of it: messages tell each such change, one by one.
 * Most tables are as they were at the last look at that namespace: those have one text. */
#include "model/look.h"

#include <stdlib.h>
#include <string.h>

#include "model/bridge.h"

#define LOOKS_MAX (16u << 20) /* bytes of text, of all looks together */
#define EARLIER 64            /* looks among which the last one at a namespace is sought, to share its texts */

static const struct {
	const char *name;
	enum op_kind show;
	const char *tool;
	uint8_t family;
} tables[LOOK_NUM] = {
	[LOOK_LINKS] = { "links", OP_LINK_SHOW, "ip", IP_NONE },
	[LOOK_ADDRS] = { "addresses", OP_ADDR_SHOW, "ip", IP_V4 },
	[LOOK_ROUTES] = { "routes", OP_ROUTE_SHOW, "ip", IP_NONE },
	[LOOK_PORTS] = { "bridge ports", OP_BRIDGE_LINK_SHOW, "bridge", IP_V4 },
	[LOOK_NEIGHS] = { "neighbours", OP_NEIGH_SHOW, "ip", IP_V4 },
	[LOOK_FDB] = { "fdb", OP_FDB_SHOW, "bridge", IP_V4 },
};

const char *look_table_name(enum look_table t)
{
	return tables[t].name;
}

void look_text(const struct net *net, const struct ns *ns, enum look_table t, uint64_t now, struct buf *out)
{
	struct op op = { .kind = tables[t].show,
		.tool = tables[t].tool,
		.where = (char *)ns->name, /* only while it is shown */
		.view = { .family = tables[t].family, .details = t == LOOK_PORTS } };
	struct result res = { 0 };

	op.route.table_set = t == LOOK_ROUTES; /* table 0: all of them */
	op_show(net, &op, now, &res);
	buf_put(out, buf_str(&res.out), res.out.size);
	result_release(&res);
}

/* ---- which namespaces ---- */

static bool touches(enum op_kind k)
{
	return op_kind_changes(k) && (k <= OP_ROUTE_FLUSH || k == OP_BRIDGE_LINK_SET);
}

static void touch(struct ns *ns, uint32_t mark)
{
	if (!ns)
		return;
	ns->touched = mark;
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		if (dev->peer)
			dev->peer->ns->touched = mark;
}

void looks_touch(struct net *net, const struct op *op, uint32_t command)
{
	for (; op; op = op->next) {
		if (!touches(op->kind))
			continue;
		touch(ns_find(net, op_ns(op)), command + 1);
		if ((op->kind == OP_LINK_ADD || op->kind == OP_LINK_SET) && op->link.target_ns_set)
			touch(ns_find(net, op->link.target_ns), command + 1);
		if (op->kind == OP_NETNS_DEL)
			touch(ns_find(net, op->netns.name), command + 1);
	}
}

/* ---- looks ---- */

struct looks *looks_new(void)
{
	return xcalloc(1, sizeof(struct looks));
}

void looks_free(struct looks *l)
{
	if (!l)
		return;
	for (unsigned i = 0; i < l->n; i++) {
		struct table_look *k = &l->v[i];

		for (unsigned t = 0; t < LOOK_BETWEEN; t++)
			if (!k->shared[t])
				free(k->text[t]);
		free(k->ns);
		free(k->mac);
	}
	free(l->v);
	free(l);
}

static const struct table_look *earlier(const struct looks *l, const char *ns)
{
	for (unsigned i = l->n; i > 0 && l->n - i < EARLIER; i--)
		if (!strcmp(l->v[i - 1].ns, ns))
			return &l->v[i - 1];
	return NULL;
}

static void add_macs(struct table_look *k, const struct ns *ns)
{
	list_for_each (dev, &ns->devs, struct dev, ns_node) {
		if (dev->kind != DEV_BRIDGE)
			continue;
		k->mac = xrealloc(k->mac, (k->macs + 1) * sizeof(*k->mac));
		k->mac[k->macs] = (struct look_mac){ .mac = dev->mac };
		str_copy(k->mac[k->macs++].dev, IFNAMSIZ_, dev->name);
	}
}

void looks_add(
	struct looks *l, const struct net *net, const struct ns *ns, uint32_t before, uint32_t after, uint64_t now)
{
	const struct table_look *last = earlier(l, ns->name);
	struct table_look k = { .before = before, .after = after, .ns = xstrdup(ns->name) };

	for (unsigned t = 0; t < LOOK_BETWEEN; t++) {
		struct buf b = { 0 };

		look_text(net, ns, t, now, &b);
		k.shared[t] = last && !strcmp(last->text[t], buf_str(&b));
		if (k.shared[t]) {
			k.text[t] = last->text[t];
			buf_release(&b);
		} else {
			l->size += b.size;
			k.text[t] = buf_steal(&b);
		}
	}
	add_macs(&k, ns);
	l->v = xrealloc(l->v, (l->n + 1) * sizeof(*l->v));
	l->v[l->n++] = k;
}

/* Is what follows worth a look? What only changes something more is not. */
static bool looks_or_sends(enum op_kind k)
{
	return k == OP_RUN || k == OP_SLEEP || k == OP_WAIT || (!op_kind_changes(k) && k != OP_CANNED);
}

/* A dump of links gives numbers to the namespaces of the other ends that have none (rtnl_fill_link_netnsid() in
 * net/core/rtnetlink.c calls peernet2id_alloc()): the look would change what the lab sees. It has to wait. */
static bool would_change(const struct ns *ns)
{
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		if (dev->peer && dev->peer->ns != ns && nsid_find(ns, dev->peer->ns) < 0)
			return true;
	return false;
}

void looks_take(struct looks *l, struct net *net, const struct op *op, uint32_t command, uint64_t now)
{
	if (l->full || !looks_or_sends(op->kind))
		return;
	if (l->size > LOOKS_MAX) {
		l->full = true;
		l->from = command;
		return;
	}
	list_for_each (ns, &net->namespaces, struct ns, node) {
		if (!ns->touched || ns->unnamed || would_change(ns))
			continue;
		looks_add(l, net, ns, command, ns->touched - 1, now);
		ns->touched = 0;
	}
}

const struct table_look *looks_find(const struct looks *l, const char *ns, uint32_t before)
{
	unsigned low = 0, high = l->n;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;

		if (l->v[mid].before < before)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < l->n && l->v[low].before == before; low++)
		if (!strcmp(l->v[low].ns, ns))
			return &l->v[low];
	return NULL;
}
