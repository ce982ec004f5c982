/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nouns that everything else hangs on: the network as a whole, its namespaces, their devices and
 * addresses, their sysctls. Plain data with look-ups and life cycle; what happens when one changes is sim/'s.
 *
 * Ownership: struct net owns all; a namespace owns its devices, a device its addresses, a bridge its ports'
 * membership and its fdb. Cross references are pointers inside the model, and names or ids in the trace. */
#ifndef MODEL_NET_H
#define MODEL_NET_H

#include "model/addr.h"
#include "model/htab.h"
#include "model/list.h"
#include "model/timer.h"

#define IFNAMSIZ_ 16
#define NSNAME_SIZE 256
#define NSLABEL_SIZE (NSNAME_SIZE + 16)

struct bridge;
struct bridge_port;
struct fib;
struct ip_state;
struct nf;
struct ns;
struct sockets;

/* ---- sysctls: every one that is modelled is a row of model/sysctl.def ---- */
enum ns_sysctl {
#define NS_SYSCTL(id, path, how, def, min, max) NSC_##id,
#include "model/sysctl.def"
	NSC_NUM
};
enum dev_sysctl { /* net.ipv4.conf.{all,default,DEV}.* */
#define DEV_SYSCTL(id, name, def, min, max) DEVC_##id,
#include "model/sysctl.def"
	DEVC_NUM
};
enum neigh_sysctl { /* net.ipv4.neigh.{default,DEV}.* */
#define NEIGH_SYSCTL(id, name, how, def, min, max) NEIGHC_##id,
#include "model/sysctl.def"
	NEIGHC_NUM
};

/* ---- devices ---- */
enum dev_kind { DEV_LO, DEV_VETH, DEV_BRIDGE, DEV_KIND_NUM };
const char *dev_kind_name(enum dev_kind kind); /* "" for lo, else iproute2's word */

/* linux/if.h flags that are modelled; carrier and operstate are kept apart. */
enum {
	DEVF_UP = 1,
	DEVF_BROADCAST = 2,
	DEVF_LOOPBACK = 8,
	DEVF_NOARP = 0x80,
	DEVF_PROMISC = 0x100,
	DEVF_ALLMULTI = 0x200,
	DEVF_MULTICAST = 0x1000
};
enum operstate {
	OPER_UNKNOWN = 0,
	OPER_NOTPRESENT = 1,
	OPER_DOWN = 2,
	OPER_LOWERLAYERDOWN = 3,
	OPER_TESTING = 4,
	OPER_DORMANT = 5,
	OPER_UP = 6
};
/* net/core: addr_assign_type. A MAC that the lab did not set is a variable of the comparison. */
enum addr_assign { ADDR_PERM = 0, ADDR_RANDOM = 1, ADDR_STOLEN = 2, ADDR_SET = 3 };

struct ifaddr {           /* struct in_ifaddr */
	struct list node; /* in dev->addrs, in the kernel's order: primaries before secondaries */
	struct dev *dev;
	struct ipaddr local, peer; /* peer == local without a peer */
	struct ipaddr broadcast;   /* family IP_NONE = none */
	uint8_t prefixlen;
	uint8_t scope;  /* RT_SCOPE_* */
	bool secondary; /* IFA_F_SECONDARY */
	bool noprefixroute;
	bool permanent;
	uint32_t metric;
	char label[IFNAMSIZ_];
	struct hnode by_local; /* net->addr_hash */
};

struct dev {
	uint32_t id; /* unique in the net, never reused, creation order */
	struct ns *ns;
	int ifindex;
	char name[IFNAMSIZ_];
	enum dev_kind kind;
	uint32_t flags;
	bool unregistering; /* NETREG_UNREGISTERING: rtnetlink tells nothing of it but that it goes */
	bool carrier;       /* netif_carrier_ok */
	uint8_t operstate;  /* enum operstate, as shown: DOWN while not up */
	uint8_t oper_kept;  /* enum operstate of the link itself, shown while up */
	bool qdisc;         /* it has been up here: its queueing discipline is `noqueue`, no longer `noop` */
	bool active;        /* dev_activate(): its queue takes packets */
	uint8_t addr_assign;
	struct mac mac;
	uint32_t mtu;
	uint32_t txqlen;
	struct dev *peer;         /* DEV_VETH; NULL only while being deleted */
	struct bridge *bridge;    /* DEV_BRIDGE */
	struct bridge_port *port; /* not NULL while enslaved */
	struct list addrs;        /* struct ifaddr */
	struct list neighs;       /* struct neigh, newest last */
	struct list routes;       /* struct route (dev_node) through this device, in no particular order */
	struct list watch_node;   /* the simulator's linkwatch, or a list of its own */
	struct list ns_node;      /* in ns->devs, by creation or arrival */
	struct hnode by_name, by_index;
	int32_t conf[DEVC_NUM]; /* net.ipv4.conf.DEV.* as set; combine with dev_conf_*() */
	int32_t neigh_conf[NEIGHC_NUM];
	uint32_t conf_own, neigh_conf_own; /* bit per sysctl: set here, or kept since the device got an address: a write
					    * to conf/default no longer changes it (struct ipv4_devconf.state) */
	uint32_t told;                     /* of what listeners were told of it last, a hash; 0 = nothing */
	uint32_t trace_name;               /* the trace's id of `name`; 0 = ask; reset on rename */
	uint64_t rx_packets, tx_packets;
};

struct ns {
	uint32_t id; /* unique, creation order; the initial one is 0 */
	char *name;  /* of `ip netns`; "" for the initial one; owned */
	char *label; /* owned; what people and the trace see: "host" for the initial one */
	struct net *net;
	struct list devs;
	struct dev *lo;
	int next_ifindex;
	struct list node; /* net->namespaces */
	struct hnode by_name;
	bool leaving; /* it is being taken apart: nobody in it listens any more */
	bool unnamed; /* deleted, but processes are in it still: it lives on, and nobody finds it by name */
	int32_t sysctl[NSC_NUM];
	int32_t conf_all[DEVC_NUM], conf_default[DEVC_NUM];
	uint32_t conf_default_own; /* those of conf_default that were set: what new devices begin with as their conf_own
				    */
	int32_t neigh_default[NEIGHC_NUM];
	struct fib *fib;       /* routes; made with the namespace, owned */
	uint32_t addr_genid;   /* net->ipv4.dev_addr_genid: counts changes of addresses, and devices that come up */
	struct nf *nf;         /* netfilter; NULL until a rule or a chain is made; owned */
	struct sockets *socks; /* NULL until a socket is made; owned by sim/sock.c */
	uint32_t touched;      /* by which command last since a look was made: index + 1, 0 = none (model/look.h) */
	uint32_t trace_name;
	struct ip_state *ip; /* path MTUs, ICMP rates, fragments; NULL until needed; owned by sim/ (ip_ns_free) */
	uint16_t ip_id;      /* next IP identification the model gives out in this namespace */
	struct nsid **nsids; /* numbers given here to other namespaces: by number, NULL = free; owned */
	uint32_t nsid_cap, nsid_low; /* nsid_low: no number below it is free */
	struct list nsid_of;         /* struct nsid (peer_node): the numbers that others gave this one */
};

/* net/core/net_namespace.c: each namespace numbers the others in the order in which messages first had to name them. */
struct nsid {
	struct ns *ns, *peer;
	uint32_t id;
	struct hnode by_pair; /* net->nsid_hash */
	struct list peer_node;
};
int nsid_find(const struct ns *ns, const struct ns *peer);  /* -1 = it has none */
int nsid_alloc(struct ns *ns, struct ns *peer);             /* peernet2id_alloc(): the one it has, or the least free */
void nsid_set(struct ns *ns, struct ns *peer, uint32_t id); /* as found in a kernel; nothing when it has one */
void nsid_forget(struct ns *ns);                            /* the namespace goes: what it gave and was given */

/* A port that address translation drew at random, and what from: a kernel may draw any other of these. */
struct drawn_port {
	uint8_t protocol;
	uint16_t port, min, max;
};

struct net {
	struct list namespaces; /* creation order; the first is the initial one */
	struct ns *init;
	struct htab ns_by_name, dev_by_name, dev_by_index, addr_hash;
	struct htab neigh_hash, fdb_hash, fib_hash; /* see neigh.h, bridge.h, fib.h */
	struct htab info_hash;                      /* model/fib_info.c */
	uint32_t neighs, neighs_most; /* entries in all namespaces (arp_tbl.entries), and the most that there were */
	struct htab nsid_hash;
	uint32_t next_dev_id, next_ns_id;
	uint32_t unnamed;  /* how many namespaces are */
	bool br_netfilter; /* the module is loaded */
	uint64_t random;   /* state of the model's own generator: MACs and the like */
	struct drawn_port *drawn;
	uint32_t n_drawn;
	struct timers timers; /* of whoever holds the clock */
};

/* The initial namespace as a freshly booted Debian without containers: lo up with 127.0.0.1/8 is NOT done
 * here but by sim_new() (it is a verb); lo exists, down. */
struct net *net_new(uint64_t seed);
void net_free(struct net *net);       /* NULL is fine */
uint64_t net_random(struct net *net); /* splitmix64: same seed, same sequence */

struct ns *ns_new(struct net *net, const char *name); /* with lo, down; sysctls at their defaults */
void ns_free(struct ns *ns);                          /* frees its devices too: bring them down by the verbs first */
void ns_nameless_label(char *to, const char *name, unsigned n); /* of NSLABEL_SIZE; the nth of that name */
void ns_unname(struct ns *ns);                                  /* its name is free from now on */
struct ns *ns_find(const struct net *net, const char *name);    /* "" = the initial one; NULL = none */

/* A device of the given kind with a fresh ifindex (or the wanted one, when > 0 and free), down, a veth without
 * carrier, random MAC for veth and bridge. The name must be free. */
struct dev *dev_new(struct ns *ns, enum dev_kind kind, const char *name, int ifindex);
void dev_free(struct dev *dev); /* out of all tables; addresses and neighbours must be gone */
struct dev *dev_find(const struct ns *ns, const char *name); /* NULL = none */
struct dev *dev_find_index(const struct ns *ns, int ifindex);
bool dev_name_valid(const char *name); /* dev_valid_name(), net/core/dev.c */
void dev_rename(struct dev *dev, const char *name);
/* To another namespace, under the same name; keeps its ifindex when that is free there, else a new one. */
void dev_move(struct dev *dev, struct ns *to);

static inline bool dev_is_up(const struct dev *dev)
{
	return dev->flags & DEVF_UP;
}
/* Ready to send: IFF_UP and carrier. */
static inline bool dev_runs(const struct dev *dev)
{
	return (dev->flags & DEVF_UP) && dev->carrier;
}

/* How include/linux/inetdevice.h combines net.ipv4.conf.all and .DEV: per sysctl one of device only, or, and, max. */
int32_t dev_conf(const struct dev *dev, enum dev_sysctl which);

/* Addresses. ifaddr_new: last on the device, peer = local, scope global, the device's name as its label; the caller
 * sets the rest. Routes are the verbs'. ifaddr_free: out of all tables. ifaddr_find_local: any device of the namespace
 * that has it (net->addr_hash). */
struct ifaddr *ifaddr_new(struct dev *dev, const struct ipaddr *local, uint8_t prefixlen);
void ifaddr_free(struct ifaddr *a);
struct ifaddr *ifaddr_find_local(const struct ns *ns, const struct ipaddr *a);

/* Reads and writes by path ("net.ipv4.ip_forward", dots or slashes as sysctl(8) takes them).
 * sysctl_find: which one; false when there is no such file. */
enum sysctl_how {       /* what makes a value of what is written, and back (kernel/sysctl.c) */
	SYSCTL_INT,     /* proc_dointvec(), proc_dointvec_minmax() */
	SYSCTL_U8,      /* proc_dou8vec_minmax() */
	SYSCTL_SECONDS, /* proc_dointvec_jiffies() */
	SYSCTL_USERHZ,  /* proc_dointvec_userhz_jiffies(); the value is in ticks */
	SYSCTL_MS       /* proc_dointvec_ms_jiffies() */
};
struct sysctl_ref {
	int32_t *value;
	enum sysctl_how how;
	int32_t min, max;
	enum { SYSCTL_NS, SYSCTL_CONF, SYSCTL_NEIGH } kind;
	int index;       /* enum of that kind */
	struct dev *dev; /* of a device; else NULL */
	enum { CONF_DEV, CONF_ALL, CONF_DEFAULT } which;
};
bool sysctl_find(struct ns *ns, const char *path, struct sysctl_ref *out);

#endif
