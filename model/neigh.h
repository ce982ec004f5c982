/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbour entries (net/core/neighbour.c): which MAC a next hop has on a device, and how sure of it we are. */
#ifndef MODEL_NEIGH_H
#define MODEL_NEIGH_H

#include "model/net.h"

struct packet;

/* linux/neighbour.h, the same bits. sim/neigh.c's neigh_set_state() is the only writer of neigh.state. */
enum nud_state {
	NUD_NONE_ = 0,
	NUD_INCOMPLETE_ = 0x01,
	NUD_REACHABLE_ = 0x02,
	NUD_STALE_ = 0x04,
	NUD_DELAY_ = 0x08,
	NUD_PROBE_ = 0x10,
	NUD_FAILED_ = 0x20,
	NUD_NOARP_ = 0x40,
	NUD_PERMANENT_ = 0x80
};
#define NUD_CONNECTED_ (NUD_PERMANENT_ | NUD_NOARP_ | NUD_REACHABLE_)
#define NUD_VALID_ (NUD_PERMANENT_ | NUD_NOARP_ | NUD_REACHABLE_ | NUD_PROBE_ | NUD_STALE_ | NUD_DELAY_)
#define NUD_IN_TIMER_ (NUD_INCOMPLETE_ | NUD_REACHABLE_ | NUD_DELAY_ | NUD_PROBE_)
bool nud_state_known(unsigned state);             /* one of those that have a name */
const char *nud_state_name(uint8_t state);        /* "REACHABLE", as `ip neigh` prints it */
#define NEIGH_NOT_ASKED "it may not be asked for" /* why one FAILED; of EV_NEIGH_STATE */

struct neigh {
	struct dev *dev;
	struct ipaddr addr;
	struct mac mac;
	uint8_t state; /* one of enum nud_state */
	uint8_t type;  /* RTN_* of addr: unicast, broadcast, multicast, local */
	uint16_t probes;
	bool managed_by_user;              /* added by `ip neigh` */
	uint64_t confirmed, updated, used; /* ns */
	struct timer timer;
	struct packet *queue_head, *queue_tail; /* waiting for the address (arp_queue) */
	uint32_t queue_bytes;                   /* in truesize, as unres_qlen_bytes counts */
	struct hnode by_key;                    /* net->neigh_hash */
	struct list node;                       /* dev->neighs */
};

/* neigh_find: NULL = none. neigh_new: must not exist yet; state NONE, no timer. neigh_free: out of the tables;
 * queue must be empty and the timer cancelled. */
struct neigh *neigh_find(const struct dev *dev, const struct ipaddr *addr);
struct neigh *neigh_new(struct dev *dev, const struct ipaddr *addr);
void neigh_free(struct neigh *n);

#endif
