/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/late.h"

#include "model/flow.h"
#include "model/neigh.h"
#include "model/wire.h"

static bool holds(const struct ns *ns, uint32_t addr)
{
	struct ipaddr a = ip4(addr);

	return ifaddr_find_local(ns, &a) != NULL;
}

static bool about_to_probe(const struct net *net, uint32_t source, uint32_t target)
{
	list_for_each (ns, &net->namespaces, struct ns, node) {
		if (!holds(ns, source))
			continue;
		list_for_each (dev, &ns->devs, struct dev, ns_node)
			list_for_each (n, &dev->neighs, struct neigh, node)
				if (n->addr.v4 == target && n->state & (NUD_DELAY_ | NUD_PROBE_ | NUD_INCOMPLETE_))
					return true;
	}
	return false;
}

bool late_arp(const struct net *net, const struct flow *f)
{
	if (f->ethertype != ETH_P_ARP_)
		return false;
	return f->sport == ARP_REQUEST ? about_to_probe(net, f->src, f->dst) : about_to_probe(net, f->dst, f->src);
}
