/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations applied to the real kernel through rtnetlink, as the tools do it: first the look-ups of names that the
 * tool itself does, then the request. One function per noun, each in the file of that name; kernel_apply() finds the
 * namespace and the function. */
#ifndef KERNEL_APPLY_H
#define KERNEL_APPLY_H

#include "kernel/sandbox.h"

struct apply { /* what the functions get */
	struct sandbox *s;
	struct kns *ns; /* where the op acts; the thread is in it */
	struct nl *nl;  /* its rtnetlink socket */
	const struct op *op;
	struct answer *a; /* out */
};
/* Applies an op that changes devices, addresses, routes, neighbours, fdb entries or namespaces. 0 with *a filled, or
 * -1 with *err: something failed that is no answer to the command. */
int kernel_apply(struct sandbox *s, const struct op *op, struct answer *a, struct err *err);

extern const uint16_t link_port_flag_attr[BRF_NUM];       /* IFLA_BRPORT_* of each flag of a bridge port */
int kernel_link(struct apply *x);                         /* kernel/link.c: ip link, bridge link */
int kernel_addr(struct apply *x);                         /* kernel/addr.c */
int kernel_route(struct apply *x);                        /* kernel/route.c */
void route_put_table(struct nlmsghdr *h, uint32_t table); /* of a struct rtmsg that was begun */
int kernel_neigh(struct apply *x);                        /* kernel/neigh.c */
int kernel_fdb(struct apply *x);                          /* kernel/fdb.c */

/* Takes all devices but lo out of a namespace that is about to go, newest first, and with a veth its peer elsewhere:
 * what cleanup_net() does some moments after the last reference is gone (net/core/dev.c default_device_exit_batch()).
 * 0, or -1 with *err. */
int link_del_all(struct sandbox *s, struct kns *ns, struct err *err);

/* `ip route get`: asks the kernel; the answer is printed as the tool does. net: a snapshot,
 * for the devices' names. 0, or -1 with *err. */
int kernel_route_get(
	struct sandbox *sandbox, const struct op *op, const struct net *net, struct result *res, struct err *err);

/* Errors that are a machine's (no memory, no permission, a limit), where a lab's commands ought to work. */
bool errno_of_machine(int e);
/* Of an answer to what works in the model: 0, or -1 with *err when it is such an error, or a feature that this kernel
 * does not have. */
int kernel_refusal(const struct answer *a, struct err *err);

/* The index of a device by its name; 0 after *a was filled, with ANS_NO_DEV mostly. */
int apply_dev(struct apply *x, const char *name);
/* Sends; fills *a; returns -errno. */
int apply_ask(struct apply *x, struct nlmsghdr *h);
int answer_no_ns(struct answer *a, const char *name, int err); /* returns -1 */
/* An address as an attribute, in network order. */
void put_addr(struct nlmsghdr *h, uint16_t type, const struct ipaddr *addr);
/* Reads a 4-byte address attribute; IP_NONE when absent. */
struct ipaddr get_addr(const struct nlattr *attr);

#endif
