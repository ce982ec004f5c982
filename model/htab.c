/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The intrusive hash table: chains, doubled when there are as many entries as buckets. */
#include "model/htab.h"

#include <stdlib.h>

static void grow(struct htab *t)
{
	uint32_t size = t->bucket ? (t->mask + 1) * 2 : 16;
	struct hnode **to = xcalloc(size, sizeof(*to));

	for (uint32_t i = 0; t->bucket && i <= t->mask; i++) {
		struct hnode *n = t->bucket[i];

		while (n) {
			struct hnode *next = n->next;

			n->next = to[n->hash & (size - 1)];
			to[n->hash & (size - 1)] = n;
			n = next;
		}
	}
	free(t->bucket);
	t->bucket = to;
	t->mask = size - 1;
}

void htab_add(struct htab *t, struct hnode *node, uint32_t hash)
{
	if (!t->bucket || t->n > t->mask)
		grow(t);
	node->hash = hash;
	node->next = t->bucket[hash & t->mask];
	t->bucket[hash & t->mask] = node;
	t->n++;
}

void htab_del(struct htab *t, struct hnode *node)
{
	struct hnode **at = &t->bucket[node->hash & t->mask];

	while (*at && *at != node)
		at = &(*at)->next;
	if (!*at)
		bug("deleted from a table that it is not in");
	*at = node->next;
	t->n--;
}

void htab_release(struct htab *t)
{
	free(t->bucket);
	*t = (struct htab){ 0 };
}

uint32_t hash_bytes(const void *p, size_t size, uint32_t h)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < size; i++)
		h = (h ^ b[i]) * 0x01000193U; /* FNV-1a */
	return hash_mix(h, (uint32_t)size);
}
