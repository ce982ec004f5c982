/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink sockets that listen to what the kernel tells groups of listeners, one per network namespace. */
#ifndef KERNEL_LISTEN_H
#define KERNEL_LISTEN_H

#include <poll.h>

#include "kernel/nl.h"
#include "model/buf.h"

struct listener { /* in one namespace */
	char *ns;
	struct mnl_socket *sock;
	struct listen_name { /* devices by their index, as far as messages have named them */
		int index;
		char name[IFNAMSIZ_];
		uint32_t told; /* of what was said of it last, a hash; 0 = nothing */
	} * name;
	unsigned names;
	struct listener *next;
};
struct listeners {
	int family;            /* NETLINK_ROUTE, NETLINK_NETFILTER */
	const unsigned *group; /* RTNLGRP_*, NFNLGRP_* */
	unsigned groups;
	/* Each message, in the kernel's order. */
	void (*message)(void *ctx, struct listener *l, const struct nlmsghdr *h);
	void *ctx;
	struct listener *first;
	uint64_t lost; /* how often the kernel had no room for a message */
	uint8_t buf[NL_BUF];
};
/* A source of observations (kernel/observe.h) whose self is its struct listeners. group: static. */
struct listeners *listen_new(int family, const unsigned *group, unsigned groups,
	void (*message)(void *ctx, struct listener *l, const struct nlmsghdr *h), void *ctx);
int listen_open(void *self, const char *ns, struct buf *why);
void listen_rename(void *self, const char *from, const char *to);
void listen_forget(void *self, const char *ns);
void listen_drain(void *self);
unsigned listen_poll(const void *self, struct pollfd *fds, unsigned max);
uint64_t listen_lost(void *self);
void listen_free(void *self);

/* The name of a device by its index, as messages have said it; of one that was not announced yet (a bridge's own
 * forwarding entry comes before the bridge) as the kernel says now; "" when it is not there. */
const char *listen_dev(struct listener *l, int index);
/* Is this (a hash) something else than what was said of the device last? */
bool listen_new_word(struct listener *l, int index, uint32_t told);
/* It is called so from now on; NULL: it is gone. */
void listen_name(struct listener *l, int index, const char *name);

#endif
