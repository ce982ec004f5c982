/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's tables as a struct net, the same nouns that the model has: so that what a tool shows is made from them
 * by the same code, and they are compared like with like. */
#ifndef KERNEL_SNAPSHOT_H
#define KERNEL_SNAPSHOT_H

#include "kernel/sandbox.h"
#include "model/op.h"

struct observations;
/* Reads devices, addresses, routes, neighbours, fdb and connection tracking entries of every namespace of the sandbox.
 * seen: what was observed so far, which makes it faster (ct_read()); NULL = nothing. Ages count back from `now` (ns).
 * Freed by snapshot_free(). NULL with *err. */
struct net *snapshot_take(struct sandbox *s, const struct observations *seen, uint64_t now, struct err *err);
void snapshot_free(struct net *net); /* NULL is fine */
/* No more of it than that operation shows: op_show(). */
struct net *snapshot_for(struct sandbox *s, const struct op *op, uint64_t now, struct err *err);
/* Links, addresses, routes and bridge ports of the namespaces marked `look`. */
struct net *snapshot_look(struct sandbox *s, struct err *err);
/* Waits until what the kernel does a little later than the command that caused it (linkwatch: operational states,
 * bridge port states, linkdown routes) is done in the namespaces whose links changed; at most a few seconds.
 * *unsettled: namespaces in which it was not done by then. 0, or -1 with *err. */
int snapshot_settle(struct sandbox *s, unsigned *unsettled, struct err *err);

#endif
