/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Routes that say the same but for their prefix share one description (net/ipv4/fib_semantics.c
 * struct fib_info, fib_find_info()). It keeps the source address that was selected for its next hop when it was made,
 * or when somebody first asked after an address of the namespace had changed: what else the selection hangs on
 * (route_localnet) may change meanwhile, and nobody asks again. Only routes with a device and without a source of
 * their own have one here, since nothing else of it is needed. */
#include "model/fib.h"

#include <stdlib.h>

struct fib_info {
	struct list routes; /* struct route (info_node); the first says what all of them do */
	struct ipaddr saddr;
	uint32_t genid; /* ns->addr_genid when saddr was selected */
	struct hnode by_value;
};

static uint32_t info_hash(const struct route *r)
{
	uint32_t h = hash_mix(hash_mix(7, r->dev->id), r->gateway.family ? r->gateway.v4 : 0);

	h = hash_mix(hash_mix(h, r->table), r->metric);
	return hash_mix(hash_mix(h, r->mtu), (uint32_t)(r->type << 16 | r->scope << 8 | r->protocol));
}

static bool same_info(const struct route *a, const struct route *b)
{
	return a->dev == b->dev && ip_eq(&a->gateway, &b->gateway) && a->table == b->table && a->metric == b->metric &&
	       a->mtu == b->mtu && a->type == b->type && a->scope == b->scope && a->protocol == b->protocol &&
	       a->nh_scope == b->nh_scope && a->onlink == b->onlink;
}

/* fib_info_update_nhc_saddr() */
static void update(const struct ns *ns, struct fib_info *fi)
{
	const struct route *r = list_entry(fi->routes.next, struct route, info_node);

	fi->saddr = fib_select_addr(ns, r->dev, &r->gateway, r->scope);
	fi->genid = ns->addr_genid;
}

/* fib_create_info() */
void fib_info_get(struct ns *ns, struct route *r)
{
	uint32_t hash;

	list_init(&r->info_node);
	r->info = NULL;
	if (!r->dev || r->prefsrc.family)
		return;
	hash = info_hash(r);
	for (struct hnode *h = htab_first(&ns->net->info_hash, hash); h && !r->info; h = htab_next(h)) {
		struct fib_info *fi = container_of(h, struct fib_info, by_value);

		if (same_info(list_entry(fi->routes.next, struct route, info_node), r))
			r->info = fi;
	}
	if (r->info) {
		list_add_tail(&r->info->routes, &r->info_node);
		return;
	}
	r->info = xcalloc(1, sizeof(*r->info));
	list_init(&r->info->routes);
	list_add_tail(&r->info->routes, &r->info_node);
	htab_add(&ns->net->info_hash, &r->info->by_value, hash);
	update(ns, r->info);
}

void fib_info_put(struct ns *ns, struct route *r)
{
	list_del(&r->info_node);
	if (!r->info || !list_empty(&r->info->routes))
		return;
	htab_del(&ns->net->info_hash, &r->info->by_value);
	free(r->info);
}

struct ipaddr fib_route_prefsrc(const struct ns *ns, const struct route *r)
{
	if (!r->info)
		return r->prefsrc;
	if (r->info->genid != ns->addr_genid)
		update(ns, r->info);
	return r->info->saddr;
}
