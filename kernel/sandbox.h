/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces of kernel mode's own. The calling process moves into a new user namespace (when it is not root), and new
 * network, mount and PID namespaces; what a lab calls the host is that network namespace, and each `ip netns add`
 * makes another, which is known by a descriptor only. Nothing has a name outside: when the process ends, however it
 * ends, all of it goes. */
#ifndef KERNEL_SANDBOX_H
#define KERNEL_SANDBOX_H

#include <sys/types.h>

#include "kernel/nl.h"
#include "model/htab.h"

struct kns {                     /* one network namespace of the lab */
	char name[NSLABEL_SIZE]; /* "" = the initial one */
	int fd;                  /* of /proc/self/ns/net */
	struct nl *route;        /* rtnetlink socket inside; NULL until asked for */
	struct nf *nf;           /* shadow of its rules, owned; NULL = none */
	struct ns *ns;           /* of the shadow net, which the rules hang on; owned by shadow */
	struct net *shadow;      /* made with nf */
	bool links_changed;      /* since the last capture_sync(), and not known to have settled */
	bool look;               /* its tables are wanted: snapshot_look() */
	bool bridge_nf_set;      /* its bridge-nf-call-* are what the lab means them to be: sysctl_before_bridge() */
	struct kns *next;        /* in order of creation */
	struct hnode by_name;    /* sandbox->by_name */
};
#define SANDBOX_FRESH 128 /* sysctls of a fresh host, at most: kernel/sysctl.c */
struct sandbox {
	struct kns *first, *last; /* first: the initial one */
	struct htab by_name;
	const struct kns *current; /* that the thread is in */
	pid_t init;                /* PID 1 of the PID namespace: reaps, and dies with us */
	int alive;                 /* a pipe to it, which says by its end that we are gone */
	bool as_root;
	bool fresh_differs[SANDBOX_FRESH]; /* which of them this machine's new namespaces have otherwise */
	bool conf_changed;                 /* the lab has changed what new namespaces inherit of the first one */
	bool br_netfilter;                 /* the lab has loaded it: new namespaces begin with bridge-nf-call-* = 1 */
};
/* Enters it, once in the life of a process. 0, or -1 with *err. */
int sandbox_enter(struct sandbox *s, struct err *err);
void sandbox_leave(struct sandbox *s); /* ends what runs inside, closes descriptors; the process stays inside */

/* In a new mount namespace: mounts made from now on are seen in it alone. 0, or -1 with errno. */
int sandbox_private_mounts(void);
struct kns *sandbox_find(const struct sandbox *s, const char *name); /* NULL = none */
/* A new network namespace with a fresh host's defaults. NULL with *err. The name must be free. */
struct kns *sandbox_add(struct sandbox *s, const char *name, struct err *err);
void sandbox_del(struct sandbox *s, struct kns *ns);
/* One that loses its name only, since somebody is in it: a hold on it that is on no list, the caller's, for
 * sandbox_let_go(). NULL with *err. */
struct kns *sandbox_hold(const struct kns *ns, struct err *err);
void sandbox_let_go(struct sandbox *s, struct kns *held);
/* Moves the thread into it. 0, or -1 with *err. */
int sandbox_go(struct sandbox *s, const struct kns *ns, struct err *err);
/* Its rtnetlink socket; NULL with *err. */
struct nl *sandbox_route(struct sandbox *s, struct kns *ns, struct err *err);

#endif
