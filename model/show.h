/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What showing operations print (op_show()): one function per kind, over a struct net of either back end. All write
 * to res->out and res->err and set res->status; none of them changes anything. */
#ifndef MODEL_SHOW_H
#define MODEL_SHOW_H

#include "model/op.h"

struct show {
	const struct net *net;
	const struct ns *ns;
	const struct op *op;
	uint64_t now; /* ns */
	struct result *res;
};

void show_netns(struct show *s);
void show_link(struct show *s);
void show_addr(struct show *s);
void show_route(struct show *s);
void show_route_get(struct show *s);
void show_neigh(struct show *s);
void show_fdb(struct show *s);
void show_bridge_link(struct show *s);
void show_arp(struct show *s);
void show_route_table(struct show *s);

/* What the kernel answers to `ip route get`, and how iproute2 prints it; or its errno (positive). */
enum { GET_LOCAL = 1, GET_BROADCAST = 2, GET_MULTICAST = 4, GET_REDIRECT = 8, GET_REDIRECTED = 16 };
struct route_got {
	uint32_t dst, src;   /* src 0: none was found */
	uint8_t type, flags; /* RTN_*, GET_* */
	struct ipaddr gateway;
	const struct dev *dev;
	const struct route *route; /* by which, or NULL */
	uint32_t mtu, expires;     /* expires: in hundredths of a second, 0 = never */
	bool mtu_locked;
};
/* Over the tables alone, without what was learned. False: the result is there already, a failure. */
bool route_get(struct show *s, struct route_got *g);
void show_route_got(struct show *s, const struct route_got *g);
bool show_route_get_failed(struct show *s, int err); /* false: no lab can bring this error about */

/* Parts that several of them need. */
/* The devices of the namespace by interface index; *n of them; the caller frees the array. */
const struct dev **show_devs(const struct ns *ns, unsigned *n);
/* "v0@v1" or "v0@if7", as a link is named. */
void show_dev_name(struct buf *b, const struct dev *dev);
/* "<BROADCAST,MULTICAST,UP,LOWER_UP>" */
void show_flags(struct buf *b, const struct dev *dev);
/* other: what the tool takes for the other end (M-DOWN), NULL for none. */
void show_flags_beside(struct buf *b, const struct dev *dev, const struct dev *other);
/* print_linkinfo(): the head of a link, with or without the line of its MAC. mode: `ip link` has one. */
void show_link_head(struct show *s, const struct dev *dev, bool mode, bool lladdr);
void show_link_brief(struct buf *b, const struct dev *dev); /* name and state, of -br */
const char *show_scope(char buf[8], uint8_t scope);
const char *show_protocol(char buf[8], uint8_t protocol);
/* Ends a line that goes on: "\n", or "\\" with -o. */
void show_break(struct show *s);
/* The tool would show this, pktwalk does not: says so, status 255. */
void show_not_modelled(struct show *s, const char *what);

#endif
