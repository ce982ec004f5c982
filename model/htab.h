/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An intrusive hash table that grows: entries embed a struct hnode, nothing is allocated per entry.
 * Iteration order is not stable: whoever prints keeps a list of its own in id order. */
#ifndef MODEL_HTAB_H
#define MODEL_HTAB_H

#include "model/base.h"

struct hnode {
	struct hnode *next;
	uint32_t hash;
};

struct htab { /* {0} is empty */
	struct hnode **bucket;
	uint32_t mask; /* buckets - 1, while bucket is set */
	uint32_t n;
};

void htab_add(struct htab *t, struct hnode *node, uint32_t hash);
void htab_del(struct htab *t, struct hnode *node);
void htab_release(struct htab *t); /* the buckets, not the entries */

static inline struct hnode *htab_first(const struct htab *t, uint32_t hash)
{
	struct hnode *n = t->bucket ? t->bucket[hash & t->mask] : NULL;

	while (n && n->hash != hash)
		n = n->next;
	return n;
}
static inline struct hnode *htab_next(const struct hnode *node)
{
	struct hnode *n = node->next;

	while (n && n->hash != node->hash)
		n = n->next;
	return n;
}

/* Mixing for keys made of a few words; deterministic, no seed. */
static inline uint32_t hash_mix(uint32_t h, uint32_t v)
{
	h = (h ^ v) * 0x9e3779b1U;
	return h ^ (h >> 15);
}
uint32_t hash_bytes(const void *p, size_t size, uint32_t h);

#endif
