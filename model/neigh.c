/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of neighbours: look-up and life; what an entry does is sim/neigh.c. */
#include "model/neigh.h"

#include <stdlib.h>

const char *nud_state_name(uint8_t state)
{
	static const struct {
		uint8_t state;
		const char *name;
	} names[] = {
		{ NUD_NONE_, "NONE" },
		{ NUD_INCOMPLETE_, "INCOMPLETE" },
		{ NUD_REACHABLE_, "REACHABLE" },
		{ NUD_STALE_, "STALE" },
		{ NUD_DELAY_, "DELAY" },
		{ NUD_PROBE_, "PROBE" },
		{ NUD_FAILED_, "FAILED" },
		{ NUD_NOARP_, "NOARP" },
		{ NUD_PERMANENT_, "PERMANENT" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].state == state)
			return names[i].name;
	bug("neighbour state %#x", state);
}

bool nud_state_known(unsigned state)
{
	return state <= NUD_PERMANENT_ && !(state & (state - 1));
}

static uint32_t key_hash(const struct dev *dev, const struct ipaddr *a)
{
	if (a->family == IP_V6)
		return hash_bytes(a->v6, 16, dev->id);
	return hash_mix(hash_mix(4, dev->id), a->v4);
}

struct neigh *neigh_find(const struct dev *dev, const struct ipaddr *addr)
{
	const struct htab *t = &dev->ns->net->neigh_hash;

	for (struct hnode *h = htab_first(t, key_hash(dev, addr)); h; h = htab_next(h)) {
		struct neigh *n = container_of(h, struct neigh, by_key);

		if (n->dev == dev && ip_eq(&n->addr, addr))
			return n;
	}
	return NULL;
}

struct neigh *neigh_new(struct dev *dev, const struct ipaddr *addr)
{
	struct neigh *n = xcalloc(1, sizeof(*n));

	n->dev = dev;
	n->addr = *addr;
	list_add_tail(&dev->neighs, &n->node);
	htab_add(&dev->ns->net->neigh_hash, &n->by_key, key_hash(dev, addr));
	if (++dev->ns->net->neighs > dev->ns->net->neighs_most)
		dev->ns->net->neighs_most = dev->ns->net->neighs;
	return n;
}

void neigh_free(struct neigh *n)
{
	if (n->queue_head || timer_is_set(&n->timer))
		bug("neighbour freed with packets or a timer");
	list_del(&n->node);
	htab_del(&n->dev->ns->net->neigh_hash, &n->by_key);
	n->dev->ns->net->neighs--;
	free(n);
}
