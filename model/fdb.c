/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forwarding database as a table: look-up and life; learning and ageing are sim/bridge.c. */
#include <stdlib.h>

#include "model/bridge.h"

static uint32_t key_hash(const struct bridge *br, const struct mac *mac)
{
	uint32_t h = hash_mix(5, br->dev->id);

	h = hash_mix(h, (uint32_t)mac->b[0] << 24 | mac->b[1] << 16 | mac->b[2] << 8 | mac->b[3]);
	return hash_mix(h, (uint32_t)mac->b[4] << 8 | mac->b[5]);
}

struct fdb_entry *fdb_find(const struct bridge *br, const struct mac *mac)
{
	const struct htab *t = &br->dev->ns->net->fdb_hash;

	for (struct hnode *h = htab_first(t, key_hash(br, mac)); h; h = htab_next(h)) {
		struct fdb_entry *f = container_of(h, struct fdb_entry, by_key);

		if (f->bridge == br && mac_eq(&f->mac, mac))
			return f;
	}
	return NULL;
}

struct fdb_entry *fdb_add(struct bridge *br, const struct mac *mac, struct bridge_port *port)
{
	struct fdb_entry *f = xcalloc(1, sizeof(*f));

	f->bridge = br;
	f->mac = *mac;
	f->port = port;
	list_add_tail(&br->fdb, &f->node);
	htab_add(&br->dev->ns->net->fdb_hash, &f->by_key, key_hash(br, mac));
	return f;
}

void fdb_del(struct fdb_entry *f)
{
	list_del(&f->node);
	htab_del(&f->bridge->dev->ns->net->fdb_hash, &f->by_key);
	free(f);
}
