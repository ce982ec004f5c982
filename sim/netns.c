/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip netns`: namespaces with names. One that goes takes its devices along, and with a veth its peer in another
 * (net/core/net_namespace.c cleanup_net(), net/core/dev.c default_device_exit_batch()); here at once, in the kernel
 * some moments later. One that processes are in loses only its name, and goes when the last of them has ended: that
 * is looked at when the next command comes. */
#include <errno.h>

#include "sim/proc.h"
#include "sim/ops.h"

static void netns_add(struct change *c)
{
	const char *name = c->op->netns.name;

	if (ns_find(c->s->net, name)) {
		*c->a = (struct answer){ .kind = ANS_NO_NS, .err = EEXIST };
		str_copy(c->a->name, sizeof(c->a->name), name);
		return;
	}
	dev_known(ns_new(c->s->net, name)->lo);
}

static void cleanup(struct sim *s, struct ns *ns)
{
	ns->leaving = true;
	sockets_free(s, ns);
	/* a device that goes may take its peer, next on the list, along */
	for (struct list *l = ns->devs.prev; l != &ns->devs; l = ns->devs.prev) {
		struct dev *dev = list_entry(l, struct dev, ns_node);

		if (dev == ns->lo)
			break;
		dev_delete(s, dev);
	}
	dev_close(s, ns->lo);
	ifaddr_delete_all(s, ns->lo);
	fib_disable_ip(s, ns->lo, true);
	nf_ns_free(s, ns);
	ip_ns_free(s, ns);
	ns_free(ns);
}

static void netns_del(struct change *c)
{
	struct ns *ns = change_ns(c, c->op->netns.name);

	if (ns && procs_in_ns(c->s, ns))
		ns_unname(ns);
	else if (ns)
		cleanup(c->s, ns);
}

void netns_reap(struct sim *s)
{
	if (!s->net->unnamed)
		return;
	list_for_each_safe (ns, &s->net->namespaces, struct ns, node)
		if (ns->unnamed && !procs_in_ns(s, ns))
			cleanup(s, ns);
	linkwatch_run(s);
}

void netns_apply(struct change *c)
{
	if (c->op->kind == OP_NETNS_ADD)
		netns_add(c);
	else
		netns_del(c);
}
