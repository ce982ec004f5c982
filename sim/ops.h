/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that apply operations share (sim/apply.c, netns.c, link.c, link_op.c, addr.c, route_op.c, neigh_op.c,
 * fdb_op.c, sysctl.c): a change under way, and the notifier chains' work that one of them asks of another. */
#ifndef SIM_OPS_H
#define SIM_OPS_H

#include "sim/sim.h"

/* One operation on its way into the model. */
struct change {
	struct sim *s;
	struct ns *ns; /* where it acts */
	const struct op *op;
	struct answer *a;         /* {0} = done */
	const char *not_modelled; /* what of it is not; NULL = all is */
};
/* The kernel refuses: err is a positive errno, ext its extended ack or NULL. */
void change_fails(struct change *c, int err, const char *ext);
void change_not_modelled(struct change *c, const char *what);
/* What the tool looks up first. The device by name, NULL after an ANS_NO_DEV; as the kernel's answer to that look-up
 * names the namespace of a veth's peer, a number for it is given. */
struct dev *change_dev(struct change *c, const char *name);
struct ns *change_ns(struct change *c, const char *name);

/* By kind of operation. */
void netns_apply(struct change *c);
void link_apply(struct change *c); /* add, del, set, bridge link set */
void addr_apply(struct change *c);
void route_apply(struct change *c);
void neigh_apply(struct change *c);
void fdb_apply(struct change *c);
void sysctl_apply(struct sim *s, struct ns *ns, const struct op_sysctl *o, struct answer *a, struct result *res);
void module_apply(struct sim *s, const struct op_module *o);

/* sim/link.c: the life of devices. */
void dev_peer_id(struct dev *dev); /* a message about a veth names the namespace of its peer, which gets a number */
void dev_notify(struct sim *s, struct dev *dev);       /* rtmsg_ifinfo() */
void dev_known(struct dev *dev);                       /* what it is now needs not be told */
void dev_gone(struct sim *s, struct dev *dev);         /* RTM_DELLINK */
void dev_oper_update(struct dev *dev);                 /* rfc2863_policy() */
void linkwatch_run(struct sim *s);                     /* after each change: linkwatch_event() */
void dev_state_change(struct sim *s, struct dev *dev); /* netdev_state_change() */
void dev_delete(struct sim *s, struct dev *dev);       /* unregister_netdevice(); of a veth both ends */
void dev_change_ns(struct sim *s, struct dev *dev, struct ns *to, const char *name); /* name NULL: keeps its own */
void dev_mtu_set(struct sim *s, struct dev *dev, uint32_t mtu);
void dev_mac_set(struct sim *s, struct dev *dev, const struct mac *mac);
void dev_mac_changed(struct sim *s, struct dev *dev); /* NETDEV_CHANGEADDR */

/* sim/addr.c */
struct ifaddr_args {
	struct ipaddr local, peer, broadcast; /* peer, broadcast: IP_NONE = none */
	uint8_t len, scope;
	bool noprefixroute;
	uint32_t metric;
	const char *label; /* NULL: the device's name */
};
/* __inet_insert_ifa(): 0, -EEXIST, -EINVAL. */
int ifaddr_insert(struct sim *s, struct dev *dev, const struct ifaddr_args *args);
void ifaddr_notify(struct sim *s, const struct ifaddr *a, bool gone);
void ifaddr_delete(struct sim *s, struct ifaddr *a);    /* __inet_del_ifa() */
void ifaddr_delete_all(struct sim *s, struct dev *dev); /* inetdev_destroy(): the device goes, nothing is promoted */
void inetdev_up(struct sim *s, struct dev *dev);        /* NETDEV_UP: 127.0.0.1/8 on lo, gratuitous ARP */

/* sim/fib_op.c: routes that the kernel adds and removes by itself (net/ipv4/fib_frontend.c). */
void fib_add_ifaddr(struct sim *s, struct ifaddr *a);
void fib_del_ifaddr(struct sim *s, struct ifaddr *a, const struct ifaddr *iprim, bool dead);
void fib_modify_prefix_metric(struct sim *s, struct ifaddr *a, uint32_t metric);
/* fib_disable_ip(): routes through the device that is going down go; force: those of local addresses as well. */
void fib_disable_ip(struct sim *s, struct dev *dev, bool force);
void fib_linkstate(struct dev *dev); /* marks or unmarks linkdown by the device's carrier */
struct ifaddr *ifaddr_byprefix(const struct dev *dev, uint32_t addr, uint8_t len); /* inet_ifa_byprefix() */
static inline bool ifaddr_match(const struct ifaddr *a, uint32_t addr)             /* inet_ifa_match() */
{
	return !((a->peer.v4 ^ addr) & ip4_mask(a->prefixlen));
}

/* sim/route_op.c: fib_table_insert() and fib_table_delete(). flags of the request; ext: where the extended ack goes,
 * or NULL. 0 or a negative errno. */
enum { ROUTE_CREATE = 1, ROUTE_EXCL = 2, ROUTE_REPLACE = 4, ROUTE_APPEND = 8 };
struct route_cfg { /* struct fib_config */
	struct prefix dst;
	uint32_t table, metric, mtu;
	uint8_t type, scope, protocol, tos;
	struct ipaddr gateway, prefsrc;
	struct dev *dev;
	bool onlink;
};
int route_insert(struct sim *s, struct ns *ns, const struct route_cfg *cfg, unsigned flags, const char **ext);
int route_delete(struct sim *s, struct ns *ns, const struct route_cfg *cfg);
void route_remove(struct sim *s, struct ns *ns, struct route *r); /* and tells of it */

#endif
