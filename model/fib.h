/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of a namespace: tables of prefixes, longest match first (net/ipv4/fib_trie.c, fib_semantics.c). */
#ifndef MODEL_FIB_H
#define MODEL_FIB_H

#include "model/net.h"

enum { RT_TABLE_DEFAULT_ = 253, RT_TABLE_MAIN_ = 254, RT_TABLE_LOCAL_ = 255 };
/* linux/rtnetlink.h, the same numbers: */
enum route_type {
	RTN_UNSPEC_,
	RTN_UNICAST_,
	RTN_LOCAL_,
	RTN_BROADCAST_,
	RTN_ANYCAST_,
	RTN_MULTICAST_,
	RTN_BLACKHOLE_,
	RTN_UNREACHABLE_,
	RTN_PROHIBIT_,
	RTN_THROW_,
	RTN_NUM_
};
enum route_scope { SCOPE_UNIVERSE = 0, SCOPE_SITE = 200, SCOPE_LINK = 253, SCOPE_HOST = 254, SCOPE_NOWHERE = 255 };
enum route_protocol {
	RTPROT_UNSPEC_ = 0,
	RTPROT_REDIRECT_ = 1,
	RTPROT_KERNEL_ = 2,
	RTPROT_BOOT_ = 3,
	RTPROT_STATIC_ = 4
};
const char *route_type_name(uint8_t type);   /* "unicast", "local", ... */
const char *route_scope_name(uint8_t scope); /* "global", "link", "host", ... or NULL: print the number */

struct route {
	struct prefix dst;
	uint32_t table;
	uint8_t tos, type, scope, protocol;
	uint32_t metric;        /* RTA_PRIORITY */
	struct ipaddr gateway;  /* family IP_NONE = on-link */
	struct dev *dev;        /* NULL for unreachable, prohibit, blackhole, throw */
	struct ipaddr prefsrc;  /* as set; family IP_NONE = none */
	uint8_t nh_scope;       /* scope of the next hop: HOST when the gateway is an own address */
	bool onlink;            /* RTNH_F_ONLINK */
	bool linkdown, dead;    /* RTNH_F_LINKDOWN, RTNH_F_DEAD */
	uint32_t mtu;           /* RTAX_MTU; 0 = none */
	struct hnode by_prefix; /* net->fib_hash: the first of those with this prefix, which follow it on the list */
	struct list node;       /* of the namespace, in the order in which the kernel dumps a table */
	struct list dev_node;   /* of dev->routes, or of itself */
	struct fib *fib;
	struct fib_info *info; /* NULL where prefsrc is set, or no device (model/fib_info.c) */
	struct list info_node; /* of info->routes, or of itself */
	int fa_default;        /* of several default routes of one metric: which one answered last; sim/route.c's */
	uint64_t id;           /* never given twice in a namespace: what is cached about a route names it by this */
};

struct fib *fib_new(struct ns *ns);
void fib_free(struct fib *fib);
/* Inserts a copy of *r (links ignored): after (append) or before those of equal prefix, tos and metric.
 * Semantic checks are the verbs'. Returns the route, owned by the fib. */
struct route *fib_insert(struct fib *fib, const struct route *r, bool append);
void fib_remove(struct fib *fib, struct route *r); /* and frees it */
/* The first route of exactly this prefix in the table, tos and metric; NULL = none. fib_next_same: the next. */
struct route *fib_find(const struct fib *fib, uint32_t table, const struct prefix *dst, uint8_t tos, uint32_t metric);
struct route *fib_next_same(const struct fib *fib, const struct route *r);
/* The routes of exactly this prefix, whatever their tos and metric, in the order in which they are tried. */
struct route *fib_first(const struct fib *fib, uint32_t table, const struct prefix *dst);
struct route *fib_next_prefix(const struct fib *fib, const struct route *r);
/* Every route of the table (0 = all tables) in dump order: prefixes ascending as fib_trie walks them, then by
 * tos descending, metric ascending, insertion. *r NULL starts; returns NULL at the end. */
struct route *fib_next(const struct fib *fib, uint32_t table, const struct route *r);
uint32_t fib_count(const struct fib *fib);
/* The kernel makes a table when a route is first added to it, main together with local. */
bool fib_table_exists(const struct fib *fib, uint32_t table);
void fib_table_make(struct fib *fib, uint32_t table); /* fib_new_table(): also when the route is then refused */
/* A `local` route that the kernel did not make itself has been added: net->ipv4.fib_has_custom_local_routes. */
bool fib_has_custom_local(const struct fib *fib);
/* The scope of a route's next hop as fib_check_nh() finds it: nh_scope with a gateway, else by the route. */
uint8_t fib_nh_scope(const struct route *r);

/* fib_table_lookup() over the rules of the namespace: local and main as one trie, then default.
 * scope: the least scope of next hop that will do (SCOPE_UNIVERSE for ordinary use).
 * oif: only next hops through this device (NULL = any). ignore_linkdown: skip those without carrier.
 * Returns 0 with *out the route of type unicast, local, broadcast, multicast; or a negative errno:
 * -ENETUNREACH no route, -EHOSTUNREACH unreachable, -EACCES prohibit, -EINVAL blackhole; *out then is the
 * route that said so or NULL. */
struct fib_query {
	struct ipaddr dst, src;
	struct dev *oif, *iif;
	uint8_t tos, scope;
	uint32_t mark;
	bool ignore_linkdown;
	bool any_linkstate; /* not even where ignore_routes_with_linkdown is set (FIB_LOOKUP_IGNORE_LINKSTATE) */
};
int fib_lookup(const struct ns *ns, const struct fib_query *q, struct route **out);
int fib_table_lookup(const struct ns *ns, uint32_t table, const struct fib_query *q, struct route **out);

/* inet_select_addr(): the source address for a destination out of dev; IP_NONE when there is none. dev may be NULL. */
struct ipaddr fib_select_addr(const struct ns *ns, const struct dev *dev, const struct ipaddr *dst, uint8_t scope);
/* fib_result_prefsrc(): the route's prefsrc, else selected by its device and next hop: when the route was made, or now
 * when an address of the namespace has changed since. */
struct ipaddr fib_route_prefsrc(const struct ns *ns, const struct route *r);
void fib_info_get(struct ns *ns, struct route *r); /* fib_insert() and fib_remove() do this */
void fib_info_put(struct ns *ns, struct route *r);
/* inet_addr_type(): RTN_* of an address by the local table (unicast when not there; broadcast when there
 * is no table; broadcast, multicast by value). */
uint8_t fib_addr_type(const struct ns *ns, const struct ipaddr *a);

#endif
