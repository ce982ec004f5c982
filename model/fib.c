/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes by prefix (net/ipv4/fib_trie.c, fib_semantics.c).
 *
 * Theory of operation. One hash for the whole network finds the first route of a (namespace, table, prefix); the
 * others of that prefix follow it on the namespace's list, in the order in which they are tried: TOS descending,
 * metric ascending, then as inserted. A table knows which prefix lengths it has, so that a look-up probes only
 * those, longest first, and allocates nothing. The list is put into the order of the kernel's dump when somebody
 * asks for it and it has changed; a prefix's routes stay together meanwhile.
 * As in the kernel while there are no rules of one's own, local and main are one trie: the longer prefix wins
 * whichever of the two it is in, and local before main between equals.
 * Not modelled: rules, nexthop objects, multipath, more than 32 bits. */
#include "model/fib.h"

#include <errno.h>
#include <stdlib.h>

#define LEGACY_TOS_MASK 0x1c /* INET_DSCP_LEGACY_TOS_MASK: what of a packet's TOS a route's is compared with */

struct table {
	uint32_t id;
	bool made;          /* it is there, if only empty */
	uint64_t lengths;   /* bit n: there are routes of prefix length n */
	uint32_t count[33]; /* prefixes per length */
};

struct fib {
	struct ns *ns;
	struct list routes;
	uint32_t n;
	uint64_t ids;
	bool sorted, custom_local;
	unsigned n_tables;
	struct table *table; /* local, main, default, then others as they came */
};

enum { T_LOCAL, T_MAIN, T_DEFAULT, T_FIXED };

static const struct {
	const char *name;
	int error;
} types[RTN_NUM_] = {
	[RTN_UNSPEC_] = { "none", -EINVAL },
	[RTN_UNICAST_] = { "unicast", 0 },
	[RTN_LOCAL_] = { "local", 0 },
	[RTN_BROADCAST_] = { "broadcast", 0 },
	[RTN_ANYCAST_] = { "anycast", 0 },
	[RTN_MULTICAST_] = { "multicast", 0 },
	[RTN_BLACKHOLE_] = { "blackhole", -EINVAL },
	[RTN_UNREACHABLE_] = { "unreachable", -EHOSTUNREACH },
	[RTN_PROHIBIT_] = { "prohibit", -EACCES },
	[RTN_THROW_] = { "throw", -EAGAIN },
};

const char *route_type_name(uint8_t type)
{
	if (type >= RTN_NUM_)
		bug("route type %u", type);
	return types[type].name;
}

const char *route_scope_name(uint8_t scope)
{
	switch (scope) {
	case SCOPE_UNIVERSE:
		return "global";
	case SCOPE_SITE:
		return "site";
	case SCOPE_LINK:
		return "link";
	case SCOPE_HOST:
		return "host";
	case SCOPE_NOWHERE:
		return "nowhere";
	default:
		return NULL;
	}
}

struct fib *fib_new(struct ns *ns)
{
	static const uint32_t ids[T_FIXED] = { RT_TABLE_LOCAL_, RT_TABLE_MAIN_, RT_TABLE_DEFAULT_ };
	struct fib *fib = xcalloc(1, sizeof(*fib));

	fib->ns = ns;
	fib->sorted = true;
	list_init(&fib->routes);
	fib->n_tables = T_FIXED;
	fib->table = xcalloc(T_FIXED, sizeof(*fib->table));
	for (unsigned i = 0; i < T_FIXED; i++)
		fib->table[i].id = ids[i];
	return fib;
}

void fib_free(struct fib *fib)
{
	list_for_each_safe (r, &fib->routes, struct route, node)
		fib_remove(fib, r);
	free(fib->table);
	free(fib);
}

uint32_t fib_count(const struct fib *fib)
{
	return fib->n;
}

bool fib_has_custom_local(const struct fib *fib)
{
	return fib->custom_local;
}

uint8_t fib_nh_scope(const struct route *r)
{
	if (r->gateway.family != IP_NONE)
		return r->nh_scope;
	return r->scope == SCOPE_HOST ? SCOPE_NOWHERE : SCOPE_HOST;
}

/* ---- tables and prefixes ---- */
static struct table *table_find(const struct fib *fib, uint32_t id)
{
	for (unsigned i = 0; i < fib->n_tables; i++)
		if (fib->table[i].id == id)
			return &fib->table[i];
	return NULL;
}

static struct table *table_get(struct fib *fib, uint32_t id)
{
	struct table *t = table_find(fib, id);

	if (t)
		return t;
	fib->table = xrealloc(fib->table, (fib->n_tables + 1) * sizeof(*fib->table));
	t = &fib->table[fib->n_tables++];
	*t = (struct table){ .id = id };
	return t;
}

static uint32_t prefix_hash(const struct fib *fib, uint32_t table, uint32_t addr, unsigned len)
{
	return hash_mix(hash_mix(hash_mix(fib->ns->id, table), addr), len);
}

/* The first route of a prefix, which alone is in the hash. */
static struct route *prefix_first(const struct fib *fib, uint32_t table, uint32_t addr, unsigned len)
{
	uint32_t hash = prefix_hash(fib, table, addr, len);

	for (struct hnode *h = htab_first(&fib->ns->net->fib_hash, hash); h; h = htab_next(h)) {
		struct route *r = container_of(h, struct route, by_prefix);

		if (r->dst.addr.v4 == addr && r->dst.len == len && r->table == table && r->fib == fib)
			return r;
	}
	return NULL;
}

static bool same_prefix(const struct route *a, const struct route *b)
{
	return a->table == b->table && a->dst.len == b->dst.len && a->dst.addr.v4 == b->dst.addr.v4;
}

/* The next route of the same prefix, or NULL. */
static struct route *prefix_next(const struct fib *fib, const struct route *r)
{
	struct route *next = list_entry(r->node.next, struct route, node);

	return r->node.next != &fib->routes && same_prefix(r, next) ? next : NULL;
}

static void hash_add(struct fib *fib, struct route *r)
{
	htab_add(&fib->ns->net->fib_hash, &r->by_prefix, prefix_hash(fib, r->table, r->dst.addr.v4, r->dst.len));
}

/* ---- the order of the dump ---- */
/* Tables as fib_table_hash[] has them: by the low eight bits, and the newest first among equals. */
static int table_cmp(const struct fib *fib, uint32_t a, uint32_t b)
{
	if (a == b)
		return 0;
	if ((a & 255) != (b & 255))
		return (a & 255) < (b & 255) ? -1 : 1;
	return table_find(fib, a) > table_find(fib, b) ? -1 : 1;
}

/* leaf_walk_rcu(): addresses ascending; of one address, longer prefixes first. */
static int prefix_cmp(const struct fib *fib, const struct route *a, const struct route *b)
{
	int c = table_cmp(fib, a->table, b->table);

	if (c)
		return c;
	if (a->dst.addr.v4 != b->dst.addr.v4)
		return a->dst.addr.v4 < b->dst.addr.v4 ? -1 : 1;
	return (int)b->dst.len - (int)a->dst.len;
}

/* Merges two chains linked by node.next that end in NULL; stable. */
static struct list *merge(const struct fib *fib, struct list *a, struct list *b)
{
	struct list *head = NULL, **end = &head;

	while (a && b) {
		struct list **least =
			prefix_cmp(fib, list_entry(a, struct route, node), list_entry(b, struct route, node)) <= 0 ? &a
														   : &b;

		*end = *least;
		end = &(*least)->next;
		*least = (*least)->next;
	}
	*end = a ? a : b;
	return head;
}

static void sort(struct fib *fib)
{
	struct list *run[32] = { NULL }, *at = fib->routes.next, *all = NULL;

	while (at != &fib->routes) {
		struct list *one = at;
		unsigned i = 0;

		at = at->next;
		one->next = NULL;
		for (; run[i]; run[i++] = NULL)
			one = merge(fib, run[i], one);
		run[i] = one;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(run); i++)
		all = run[i] ? merge(fib, run[i], all) : all;
	list_init(&fib->routes);
	while (all) {
		struct list *one = all;

		all = all->next;
		list_add_tail(&fib->routes, one);
	}
	fib->sorted = true;
}

struct route *fib_next(const struct fib *fib, uint32_t table, const struct route *r)
{
	if (!r && !fib->sorted)
		sort((struct fib *)fib); /* the order is not part of the value */
	for (struct list *l = r ? r->node.next : fib->routes.next; l != &fib->routes; l = l->next) {
		struct route *next = list_entry(l, struct route, node);

		if (!table || next->table == table)
			return next;
	}
	return NULL;
}

/* ---- changes ---- */
/* Behind its elders of the same prefix, TOS and metric, or before them; *end is where a new prefix goes. */
static struct list *place(struct fib *fib, struct route *first, const struct route *new, bool append)
{
	for (struct route *r = first; r; r = prefix_next(fib, r)) {
		if (r->tos < new->tos)
			return &r->node;
		if (r->tos == new->tos && (r->metric > new->metric || (!append && r->metric == new->metric)))
			return &r->node;
		if (!prefix_next(fib, r))
			return r->node.next;
	}
	return &fib->routes;
}

static void prefix_begins(struct fib *fib, struct route *r)
{
	struct table *t = table_get(fib, r->table);

	if (fib->sorted && !list_empty(&fib->routes))
		fib->sorted = prefix_cmp(fib, list_entry(fib->routes.prev, struct route, node), r) <= 0;
	fib_table_make(fib, r->table);
	t->count[r->dst.len]++;
	t->lengths |= 1ULL << r->dst.len;
}

void fib_table_make(struct fib *fib, uint32_t table)
{
	table_get(fib, table)->made = true;
	if (table == RT_TABLE_LOCAL_)
		fib->table[T_MAIN].made = true;
}

bool fib_table_exists(const struct fib *fib, uint32_t table)
{
	const struct table *t = table_find(fib, table);

	return t && t->made;
}

static void prefix_ends(struct fib *fib, const struct route *r)
{
	struct table *t = table_get(fib, r->table);

	if (!--t->count[r->dst.len])
		t->lengths &= ~(1ULL << r->dst.len);
}

struct route *fib_insert(struct fib *fib, const struct route *r, bool append)
{
	struct route *first = prefix_first(fib, r->table, r->dst.addr.v4, r->dst.len);
	struct route *new = xmalloc(sizeof(*new));
	struct list *before;

	if (r->dst.addr.family != IP_V4 || r->dst.len > 32)
		bug("route of family %u, length %u", r->dst.addr.family, r->dst.len);
	*new = *r;
	new->fib = fib;
	fib_info_get(fib->ns, new);
	new->id = ++fib->ids;
	new->fa_default = -1;
	fib->custom_local |= r->type == RTN_LOCAL_ && r->protocol != RTPROT_KERNEL_;
	if (!first)
		prefix_begins(fib, new);
	before = place(fib, first, new, append);
	list_insert_(&new->node, before->prev, before);
	if (first && before == &first->node)
		htab_del(&fib->ns->net->fib_hash, &first->by_prefix);
	if (!first || before == &first->node)
		hash_add(fib, new);
	list_init(&new->dev_node);
	if (new->dev)
		list_add_tail(&new->dev->routes, &new->dev_node);
	fib->n++;
	return new;
}

void fib_remove(struct fib *fib, struct route *r)
{
	struct route *next = prefix_next(fib, r);

	if (prefix_first(fib, r->table, r->dst.addr.v4, r->dst.len) == r) {
		htab_del(&fib->ns->net->fib_hash, &r->by_prefix);
		if (next)
			hash_add(fib, next);
		else
			prefix_ends(fib, r);
	}
	list_del(&r->node);
	list_del(&r->dev_node);
	fib_info_put(fib->ns, r);
	fib->n--;
	free(r);
}

struct route *fib_find(const struct fib *fib, uint32_t table, const struct prefix *dst, uint8_t tos, uint32_t metric)
{
	for (struct route *r = prefix_first(fib, table, dst->addr.v4, dst->len); r; r = prefix_next(fib, r))
		if (r->tos == tos && r->metric == metric)
			return r;
	return NULL;
}

struct route *fib_next_same(const struct fib *fib, const struct route *r)
{
	struct route *next = prefix_next(fib, r);

	return next && next->tos == r->tos && next->metric == r->metric ? next : NULL;
}

struct route *fib_first(const struct fib *fib, uint32_t table, const struct prefix *dst)
{
	return prefix_first(fib, table, dst->addr.v4, dst->len);
}

struct route *fib_next_prefix(const struct fib *fib, const struct route *r)
{
	return prefix_next(fib, r);
}

/* ---- look-up ---- */
/* fib_lookup_good_nhc() */
static bool next_hop_good(const struct route *r, const struct fib_query *q)
{
	if (r->dead || (q->oif && r->dev != q->oif))
		return false;
	if (!r->linkdown || q->any_linkstate)
		return true;
	return !q->ignore_linkdown && !(r->dev && dev_conf(r->dev, DEVC_IGNORE_ROUTES_WITH_LINKDOWN));
}

/* The routes of one prefix: 0, an error that a route stands for, or 1: none will do, try shorter prefixes. */
static int prefix_match(const struct fib *fib, struct route *r, const struct fib_query *q, struct route **out)
{
	for (; r; r = prefix_next(fib, r)) {
		if ((r->tos && r->tos != (q->tos & LEGACY_TOS_MASK)) || r->scope < q->scope)
			continue;
		if (types[r->type].error || next_hop_good(r, q)) {
			*out = r;
			return types[r->type].error;
		}
	}
	return 1;
}

/* Over one table, or two that are one trie; -EAGAIN: not there. */
static int tables_lookup(const struct fib *fib, const struct table *a, const struct table *b, const struct fib_query *q,
	struct route **out)
{
	uint64_t lengths = a->lengths | b->lengths;

	*out = NULL;
	while (lengths) {
		unsigned len = 63 - (unsigned)__builtin_clzll(lengths);
		uint32_t addr = q->dst.v4 & ip4_mask(len);
		int err;

		lengths &= ~(1ULL << len);
		if (a->lengths & (1ULL << len)) {
			err = prefix_match(fib, prefix_first(fib, a->id, addr, len), q, out);
			if (err <= 0)
				return err;
		}
		if (a != b && (b->lengths & (1ULL << len))) {
			err = prefix_match(fib, prefix_first(fib, b->id, addr, len), q, out);
			if (err <= 0)
				return err;
		}
	}
	return -EAGAIN;
}

int fib_table_lookup(const struct ns *ns, uint32_t table, const struct fib_query *q, struct route **out)
{
	const struct fib *fib = ns->fib;
	const struct table *t = table_find(fib, table);
	int err;

	*out = NULL;
	if (!t)
		return -ENETUNREACH;
	if (table == RT_TABLE_LOCAL_ || table == RT_TABLE_MAIN_)
		err = tables_lookup(fib, &fib->table[T_LOCAL], &fib->table[T_MAIN], q, out);
	else
		err = tables_lookup(fib, t, t, q, out);
	return err == -EAGAIN ? -ENETUNREACH : err;
}

int fib_lookup(const struct ns *ns, const struct fib_query *q, struct route **out)
{
	const struct fib *fib = ns->fib;
	const struct table *def = &fib->table[T_DEFAULT];
	int err = tables_lookup(fib, &fib->table[T_LOCAL], &fib->table[T_MAIN], q, out);

	if (err && def->lengths)
		err = tables_lookup(fib, def, def, q, out);
	return err == -EAGAIN ? -ENETUNREACH : err;
}

/* ---- addresses that routes choose ---- */
/* inet_ifa_match() */
static bool in_subnet(const struct ifaddr *a, const struct ipaddr *addr)
{
	return a->local.family == IP_V4 && !((a->peer.v4 ^ addr->v4) & ip4_mask(a->prefixlen));
}

/* in_dev_select_addr() */
static const struct ifaddr *dev_any_addr(const struct dev *dev, uint8_t scope)
{
	list_for_each (a, &dev->addrs, struct ifaddr, node)
		if (!a->secondary && a->local.family == IP_V4 && a->scope != SCOPE_LINK && a->scope <= scope)
			return a;
	return NULL;
}

struct ipaddr fib_select_addr(const struct ns *ns, const struct dev *dev, const struct ipaddr *dst, uint8_t scope)
{
	const struct ifaddr *found = NULL;
	bool any = !dst || dst->family != IP_V4 || !dst->v4;
	uint8_t localnet = dev && dev_conf(dev, DEVC_ROUTE_LOCALNET) ? SCOPE_LINK : SCOPE_HOST;

	for (struct list *l = dev ? dev->addrs.next : NULL; l && l != &dev->addrs; l = l->next) {
		const struct ifaddr *a = list_entry(l, struct ifaddr, node);

		if (a->secondary || a->local.family != IP_V4 || (a->scope < localnet ? a->scope : localnet) > scope)
			continue;
		if (any || in_subnet(a, dst))
			return a->local;
		if (!found)
			found = a;
	}
	if (found)
		return found->local;
	list_for_each (other, &ns->devs, struct dev, ns_node) {
		found = dev_any_addr(other, scope);
		if (found)
			return found->local;
	}
	return (struct ipaddr){ .family = IP_NONE };
}

uint8_t fib_addr_type(const struct ns *ns, const struct ipaddr *a)
{
	struct fib_query q = { .dst = *a };
	struct route *r;

	if (ip4_is_zeronet(a->v4) || a->v4 == UINT32_MAX)
		return RTN_BROADCAST_;
	if (ip4_is_multicast(a->v4))
		return RTN_MULTICAST_;
	if (!fib_table_exists(ns->fib, RT_TABLE_LOCAL_))
		return RTN_BROADCAST_; /* where __inet_dev_addr_type() begins, and no route says otherwise */
	return fib_table_lookup(ns, RT_TABLE_LOCAL_, &q, &r) ? RTN_UNICAST_ : r->type;
}
