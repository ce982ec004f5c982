/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bridge, its ports and its forwarding database (net/bridge/br_private.h). */
#ifndef MODEL_BRIDGE_H
#define MODEL_BRIDGE_H

#include "model/net.h"

/* BR_STATE_*, linux/if_bridge.h, the same numbers; names as `bridge link` prints them. */
enum br_state { BR_DISABLED = 0, BR_LISTENING = 1, BR_LEARNING = 2, BR_FORWARDING = 3, BR_BLOCKING = 4 };
const char *br_state_name(uint8_t state);

/* Port flags: each is an option word of `ip link ... type bridge_slave` / `bridge link set`. */
enum br_flag {
#define BR_FLAG(id, word, on_by_default) BRF_##id,
#include "model/br_flag.def"
	BRF_NUM
};

struct bridge_port {
	struct dev *dev;
	struct bridge *bridge;
	struct list node;   /* bridge->ports: latest added first, the order of flooding */
	uint8_t state;      /* enum br_state; sim/bridge.c's br_set_state() is the only writer */
	uint16_t number;    /* port_no from 1 */
	uint16_t priority;  /* 32 */
	uint32_t path_cost; /* 2 for veth (10 Gbit/s) */
	bool flag[BRF_NUM];
	struct mac mac; /* of the local fdb entry that it has brought: its device's */
};

struct bridge {
	struct dev *dev;
	struct list ports;      /* struct bridge_port */
	struct list fdb;        /* struct fdb_entry, creation order */
	uint64_t ageing_time;   /* ns, 300 s */
	uint64_t forward_delay; /* ns, 15 s */
	bool stp, mcast_snooping, vlan_filtering;
	bool nf_call_iptables; /* the per-bridge switch */
	bool mtu_set;          /* by the user: no longer follows the ports */
	uint16_t group_fwd_mask;
	struct timer gc;
	uint64_t *port_numbers; /* bitmap of those in use, owned */
	uint32_t port_words;
	struct mac id;       /* bridge_id.addr: zero until a port or the user has given a MAC */
	uint32_t forwarding; /* ports in that state */
};

struct fdb_entry {
	struct bridge *bridge;
	struct mac mac;
	struct bridge_port *port;                             /* NULL: the bridge device itself */
	bool local, is_static, sticky, by_user, extern_learn; /* local = permanent, to be passed up */
	uint64_t updated, used;                               /* ns */
	struct hnode by_key;                                  /* net->fdb_hash */
	struct list node;
};

/* fdb_find: NULL = none. fdb_add: must not exist yet. */
struct fdb_entry *fdb_find(const struct bridge *br, const struct mac *mac);
struct fdb_entry *fdb_add(struct bridge *br, const struct mac *mac, struct bridge_port *port);
void fdb_del(struct fdb_entry *f);

/* Nouns only: membership of a device and its flags at their defaults. The verbs (state, MAC, MTU, local fdb
 * entries) are in sim/bridge_if.c. */
struct bridge *bridge_new(struct dev *dev);
void bridge_free(struct bridge *br); /* no ports left */
struct bridge_port *bridge_port_new(struct bridge *br, struct dev *dev);
void bridge_port_free(struct bridge_port *p);

#endif
