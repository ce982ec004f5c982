/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network as a whole: its tables, its generator of random numbers, and the end of all it owns. */
#include "model/net.h"

#include <stdlib.h>

#include "model/bridge.h"
#include "model/fib.h"
#include "model/neigh.h"

struct net *net_new(uint64_t seed)
{
	struct net *net = xcalloc(1, sizeof(*net));

	list_init(&net->namespaces);
	net->random = seed;
	net->next_dev_id = 1;
	net->init = ns_new(net, "");
	return net;
}

uint64_t net_random(struct net *net)
{
	uint64_t z = net->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* What still refers to a device that goes with the whole network: nothing has to be told of it. */
static void dev_strip(struct dev *dev)
{
	if (dev->bridge) {
		list_for_each_safe (p, &dev->bridge->ports, struct bridge_port, node)
			bridge_port_free(p);
		list_for_each_safe (f, &dev->bridge->fdb, struct fdb_entry, node)
			fdb_del(f);
		timer_cancel(&dev->ns->net->timers, &dev->bridge->gc);
	}
	list_for_each_safe (n, &dev->neighs, struct neigh, node) {
		timer_cancel(&dev->ns->net->timers, &n->timer);
		n->queue_head = n->queue_tail = NULL; /* packets are the engine's */
		neigh_free(n);
	}
}

void net_free(struct net *net)
{
	if (!net)
		return;
	list_for_each (ns, &net->namespaces, struct ns, node)
		list_for_each (dev, &ns->devs, struct dev, ns_node)
			dev_strip(dev);
	list_for_each_safe (ns, &net->namespaces, struct ns, node)
		ns_free(ns);
	htab_release(&net->ns_by_name);
	htab_release(&net->dev_by_name);
	htab_release(&net->dev_by_index);
	htab_release(&net->addr_hash);
	htab_release(&net->neigh_hash);
	htab_release(&net->fdb_hash);
	htab_release(&net->fib_hash);
	htab_release(&net->info_hash);
	htab_release(&net->nsid_hash);
	timers_release(&net->timers);
	free(net->drawn);
	free(net);
}
