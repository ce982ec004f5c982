/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's connection tracking entries, read by ctnetlink. */
#ifndef KERNEL_CT_H
#define KERNEL_CT_H

#include "kernel/observe.h"
#include "kernel/sandbox.h"
#include "model/ct.h"

/* What a message says of an entry: tuples, status, mark, TCP state, and `expires` as a length of time (0: it says
 * none). False: it has no IPv4 tuples. */
bool ct_parse(const struct nlmsghdr *h, struct ct *ct);

/* The tuple of the original direction in an event of kind EV_CT_EVENT. */
struct ct_tuple ct_event_tuple(const struct event *e);

/* Puts the entries of the namespace into to->nf->ct (made when there are any). seen: events among which there are those
 * of its entries, each of which is asked for by its tuple, if that gives as many as there are; NULL = none. 0, also
 * where the kernel has no ctnetlink; or -1 with *err. */
int ct_read(struct sandbox *s, struct kns *from, struct ns *to, const struct observations *seen, uint64_t now,
	struct err *err);

#endif
