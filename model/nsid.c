/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of namespaces as seen from one another (net/core/net_namespace.c): given when a message first has to name
 * a namespace, the least free one, and gone with either of the two. */
#include <stdlib.h>

#include "model/net.h"

static uint32_t pair_hash(const struct ns *ns, const struct ns *peer)
{
	return hash_mix(hash_mix(6, ns->id), peer->id);
}

static struct nsid *find(const struct ns *ns, const struct ns *peer)
{
	for (struct hnode *h = htab_first(&ns->net->nsid_hash, pair_hash(ns, peer)); h; h = htab_next(h)) {
		struct nsid *n = container_of(h, struct nsid, by_pair);

		if (n->ns == ns && n->peer == peer)
			return n;
	}
	return NULL;
}

int nsid_find(const struct ns *ns, const struct ns *peer)
{
	const struct nsid *n = find(ns, peer);

	return n ? (int)n->id : -1;
}

static void add(struct ns *ns, struct ns *peer, uint32_t id)
{
	struct nsid *n = xmalloc(sizeof(*n));

	if (id >= ns->nsid_cap) {
		uint32_t cap = id < 4 ? 4 : id * 2;

		ns->nsids = xrealloc(ns->nsids, cap * sizeof(*ns->nsids));
		memset(ns->nsids + ns->nsid_cap, 0, (cap - ns->nsid_cap) * sizeof(*ns->nsids));
		ns->nsid_cap = cap;
	}
	*n = (struct nsid){ .ns = ns, .peer = peer, .id = id };
	ns->nsids[id] = n;
	htab_add(&ns->net->nsid_hash, &n->by_pair, pair_hash(ns, peer));
	list_add_tail(&peer->nsid_of, &n->peer_node);
}

static void del(struct nsid *n)
{
	n->ns->nsids[n->id] = NULL;
	if (n->id < n->ns->nsid_low)
		n->ns->nsid_low = n->id;
	htab_del(&n->ns->net->nsid_hash, &n->by_pair);
	list_del(&n->peer_node);
	free(n);
}

int nsid_alloc(struct ns *ns, struct ns *peer)
{
	const struct nsid *n = find(ns, peer);

	if (n)
		return (int)n->id;
	while (ns->nsid_low < ns->nsid_cap && ns->nsids[ns->nsid_low])
		ns->nsid_low++;
	add(ns, peer, ns->nsid_low);
	return (int)ns->nsid_low++;
}

void nsid_set(struct ns *ns, struct ns *peer, uint32_t id)
{
	if (!find(ns, peer) && (id >= ns->nsid_cap || !ns->nsids[id]))
		add(ns, peer, id);
}

void nsid_forget(struct ns *ns)
{
	for (uint32_t i = 0; i < ns->nsid_cap; i++)
		if (ns->nsids[i])
			del(ns->nsids[i]);
	list_for_each_safe (n, &ns->nsid_of, struct nsid, peer_node)
		del(n);
	free(ns->nsids);
	ns->nsids = NULL;
	ns->nsid_cap = 0;
}
