/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables as the tools show them, to be compared: after the last command, and whenever the lab is about to look or to
 * send, of the namespaces that were touched since. Both back ends make their looks here, over their struct net: the
 * model's run says when and where, kernel mode does the same. */
#ifndef MODEL_LOOK_H
#define MODEL_LOOK_H

#include "model/net.h"
#include "model/op.h"

enum look_table {
	LOOK_LINKS,
	LOOK_ADDRS,
	LOOK_ROUTES,
	LOOK_PORTS,
	LOOK_BETWEEN, /* those that a look has */
	LOOK_NEIGHS = LOOK_BETWEEN,
	LOOK_FDB,
	LOOK_NUM
};
const char *look_table_name(enum look_table t); /* "links", "addresses", ... */
/* Appends the namespace's table, a record a line, with those that are indented under it. */
void look_text(const struct net *net, const struct ns *ns, enum look_table t, uint64_t now, struct buf *out);

struct look_mac { /* of a bridge: an address that nobody may have chosen */
	char dev[IFNAMSIZ_];
	struct mac mac;
};
struct table_look {
	uint32_t before; /* index of the command that was about to begin */
	uint32_t after;  /* and of the last one that touched the namespace */
	char *ns;        /* its name, "" = the initial one */
	char *text[LOOK_BETWEEN];
	bool shared[LOOK_BETWEEN]; /* with an earlier look, which owns it */
	struct look_mac *mac;
	unsigned macs;
};
struct looks {
	struct table_look *v; /* in the order of commands */
	unsigned n;
	size_t size;   /* bytes of text */
	bool full;     /* no more are taken */
	uint32_t from; /* then: index of the first command before which none was */
};
struct looks *looks_new(void);
void looks_free(struct looks *l); /* NULL is fine */
/* Notes which namespaces the command may change, or their devices' other ends: before it, while what it takes away is
 * there, and after it. */
void looks_touch(struct net *net, const struct op *op, uint32_t command);
/* Before a command that looks or sends: a look at every namespace that was touched since the last. */
void looks_take(struct looks *l, struct net *net, const struct op *op, uint32_t command, uint64_t now);
/* One look at that namespace. */
void looks_add(
	struct looks *l, const struct net *net, const struct ns *ns, uint32_t before, uint32_t after, uint64_t now);
/* That of this namespace before this command; NULL: there is none. */
const struct table_look *looks_find(const struct looks *l, const char *ns, uint32_t before);

#endif
