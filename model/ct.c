/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking entries: tuples, the table, life and death (net/netfilter/nf_conntrack_core.c).
 *
 * Theory of operation. A confirmed entry stands in the hash once per direction; the top bit of a node's hash says which
 * one, so that a look-up walks one bucket once. An entry that is not in the table (not confirmed yet, or removed
 * while packets still refer to it) stands in table->loose, so that the end of the table can tell it that it is an
 * orphan. Entries are pooled: those given up wait in table->free for the next connection. */
#include "model/ct.h"

#include <stdlib.h>

#include "model/buf.h"

#define CT_HASH_REPLY 0x80000000U

enum { PROTO_ICMP = 1 };

bool ct_tuple_invert(struct ct_tuple *out, const struct ct_tuple *in)
{
	/* type -> its answer's type plus one: echo, timestamp, information, address mask */
	static const uint8_t answer[] = { [8] = 0 + 1,
		[0] = 8 + 1,
		[13] = 14 + 1,
		[14] = 13 + 1,
		[15] = 16 + 1,
		[16] = 15 + 1,
		[17] = 18 + 1,
		[18] = 17 + 1 };
	struct ct_tuple t = {
		.src = in->dst, .dst = in->src, .sport = in->dport, .dport = in->sport, .protocol = in->protocol
	};

	if (in->protocol == PROTO_ICMP) {
		uint8_t type = (uint8_t)(in->dport >> 8);

		if (type >= sizeof(answer) || !answer[type])
			return false;
		t.sport = in->sport;
		t.dport = (uint16_t)((answer[type] - 1) << 8 | (in->dport & 0xff));
	}
	*out = t;
	return true;
}

const char *ct_tcp_name(uint8_t state)
{
	static const char *const names[CT_TCP_NUM] = { "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT",
		"CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2" };

	return state < CT_TCP_NUM ? names[state] : "?";
}

void ct_status_format(struct buf *b, uint32_t status)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = { { CTS_SEEN_REPLY, "SEEN_REPLY" }, { CTS_ASSURED, "ASSURED" }, { CTS_CONFIRMED, "CONFIRMED" },
		{ CTS_SRC_NAT, "SRC_NAT" }, { CTS_DST_NAT, "DST_NAT" }, { CTS_SRC_NAT_DONE, "SRC_NAT_DONE" },
		{ CTS_DST_NAT_DONE, "DST_NAT_DONE" }, { CTS_DYING, "DYING" } };
	const char *gap = "";

	for (unsigned i = 0; i < ARRAY_SIZE(bits); i++) {
		if (!(status & bits[i].bit))
			continue;
		buf_printf(b, "%s%s", gap, bits[i].name);
		status &= ~bits[i].bit;
		gap = " ";
	}
	if (status)
		buf_printf(b, "%s0x%x", gap, status);
}

void ct_table_init(struct ct_table *t)
{
	*t = (struct ct_table){ 0 };
	list_init(&t->all);
	list_init(&t->loose);
}

static void orphan(struct list *l)
{
	list_for_each_safe (ct, l, struct ct, all) {
		list_del(&ct->all);
		ct->table = NULL;
	}
}

void ct_table_release(struct ct_table *t)
{
	list_for_each_safe (ct, &t->all, struct ct, all)
		ct_remove(ct);
	orphan(&t->loose);
	while (t->free) {
		struct ct *ct = t->free;

		t->free = ct->next_free;
		free(ct);
	}
	htab_release(&t->by_tuple);
	htab_release(&t->by_source);
}

uint32_t ct_tuple_hash(const struct ct_tuple *t)
{
	uint32_t h = hash_mix(t->protocol, t->src.v4);

	h = hash_mix(h, t->dst.v4);
	h = hash_mix(h, (uint32_t)t->sport << 16 | t->dport);
	return h & ~CT_HASH_REPLY;
}

struct ct *ct_find(const struct ct_table *t, const struct ct_tuple *tuple, uint32_t hash, enum ct_dir *dir)
{
	struct hnode *n = t->by_tuple.bucket ? t->by_tuple.bucket[hash & t->by_tuple.mask] : NULL;

	for (; n; n = n->next) {
		struct ct *ct;

		if ((n->hash & ~CT_HASH_REPLY) != hash)
			continue;
		*dir = n->hash & CT_HASH_REPLY ? CT_REPLY : CT_ORIGINAL;
		ct = *dir == CT_REPLY ? container_of(n, struct ct, node[CT_REPLY])
				      : container_of(n, struct ct, node[CT_ORIGINAL]);
		if (ct_tuple_eq(&ct->tuple[*dir], tuple))
			return ct;
	}
	return NULL;
}

struct ct *ct_new(struct ct_table *t)
{
	struct ct *ct = t->free;

	if (ct) {
		t->free = ct->next_free;
		*ct = (struct ct){ 0 };
	} else {
		ct = xcalloc(1, sizeof(*ct));
	}
	ct->table = t;
	ct->refs = 1;
	ct->id = ++t->next_id;
	list_add_tail(&t->loose, &ct->all);
	return ct;
}

void ct_insert(struct ct *ct)
{
	struct ct_table *t = ct->table;

	if (!t) /* its namespace is gone, and nobody will look it up */
		return;
	list_del(&ct->all);
	list_add_tail(&t->all, &ct->all);
	htab_add(&t->by_tuple, &ct->node[CT_ORIGINAL], ct_tuple_hash(&ct->tuple[CT_ORIGINAL]));
	htab_add(&t->by_tuple, &ct->node[CT_REPLY], ct_tuple_hash(&ct->tuple[CT_REPLY]) | CT_HASH_REPLY);
	ct->status |= CTS_CONFIRMED;
	ct->refs++;
	t->n++;
}

void ct_remove(struct ct *ct)
{
	struct ct_table *t = ct->table;

	if (!t || !(ct->status & CTS_CONFIRMED) || ct->status & CTS_DYING)
		return;
	htab_del(&t->by_tuple, &ct->node[CT_ORIGINAL]);
	htab_del(&t->by_tuple, &ct->node[CT_REPLY]);
	if (ct->in_source)
		htab_del(&t->by_source, &ct->by_source);
	ct->in_source = false;
	list_del(&ct->all);
	list_add_tail(&t->loose, &ct->all);
	ct->status |= CTS_DYING;
	t->n--;
	ct_unref(ct);
}

void ct_unref(struct ct *ct)
{
	if (!ct->refs)
		bug("a connection tracking entry given up twice");
	if (--ct->refs)
		return;
	if (!ct->table) {
		free(ct);
		return;
	}
	list_del(&ct->all);
	ct->next_free = ct->table->free;
	ct->table->free = ct;
}

struct ct *ct_next(const struct ct_table *t, const struct ct *ct, uint64_t now)
{
	struct list *at = ct ? ct->all.next : t->all.next;

	for (; at != &t->all; at = at->next) {
		struct ct *c = list_entry(at, struct ct, all);

		if (c->expires > now)
			return c;
	}
	return NULL;
}
