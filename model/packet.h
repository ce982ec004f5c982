/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet: bytes in a window with headroom, offsets of its headers, and what the kernel's sk_buff carries
 * beside them. Every access to the bytes goes through the checked functions below.
 *
 * Owned by exactly one place at a time (a queue, a function working on it); functions that take a packet to
 * its next stage take the ownership too. Born by packet_new/packet_clone, ended by sim_* terminal functions. */
#ifndef MODEL_PACKET_H
#define MODEL_PACKET_H

#include "model/addr.h"
#include "model/wire.h"

#define PACKET_HEADROOM 64 /* LL_MAX_HEADER and some: room for what is pushed in front */
#define PACKET_SMALL 2048  /* buffer of the common size class; larger ones are allocated to measure */

/* linux/if_packet.h: who a received frame is for. */
enum pkt_type {
	PACKET_HOST = 0,
	PACKET_BROADCAST = 1,
	PACKET_MULTICAST = 2,
	PACKET_OTHERHOST = 3,
	PACKET_OUTGOING = 4,
	PACKET_LOOPBACK = 5
};

/* enum ip_conntrack_info, linux/netfilter/nf_conntrack_common.h */
enum ct_info {
	CT_ESTABLISHED = 0,
	CT_RELATED = 1,
	CT_NEW = 2,
	CT_ESTABLISHED_REPLY = 3,
	CT_RELATED_REPLY = 4,
	CT_UNTRACKED = 7
};

struct ct;
struct dev;
struct route;

/* The route decision a packet carries: the kernel's struct rtable behind skb_dst(). */
enum dst_input { DST_NONE = 0, DST_LOCAL, DST_FORWARD, DST_OUTPUT, DST_BROADCAST, DST_MULTICAST, DST_ERROR };
struct dst {
	uint8_t input;         /* enum dst_input: what dst_input() would call; DST_NONE = no decision yet */
	uint8_t type;          /* RTN_* of the route */
	int16_t error;         /* DST_ERROR: a positive errno; which drop reason and ICMP error ip_error() gives */
	struct dev *dev;       /* out; for local delivery the loopback device or the receiving one, as in Linux */
	struct ipaddr gateway; /* family IP_NONE: the destination itself is the next hop */
	struct ipaddr prefsrc; /* source that the lookup chose, for output */
	uint32_t mtu;          /* path MTU in bytes, from the route, a cached exception or the device */
	int iif;               /* rt_iif: where a looped packet counts as received, for sockets; 0 = where it was */
	bool redirect;         /* IPSKB_DOREDIRECT */
	bool mtu_locked;       /* the path's MTU is less than min_pmtu: fragment rather than look for it */
};

/* What br_netfilter keeps of a bridged packet: struct nf_bridge_info. */
struct nf_bridge {
	struct dev *physin, *physout; /* the bridge ports */
	bool active;                  /* the packet is in the hands of br_netfilter */
	bool pkt_otherhost;           /* pkt_type was OTHERHOST before the IP hooks were called */
	bool in_prerouting;
	bool sabotage;       /* PRE_ROUTING has been run by the bridge: the IP layer skips it */
	uint32_t orig_daddr; /* to notice DNAT */
	bool mac_saved;
	struct mac
		neigh_smac; /* source MAC to put back after bridged DNAT, or into the pieces of a frame that is cut */
	struct mac piece_dmac; /* likewise the destination of those pieces */
};

struct packet {
	struct packet *next; /* in whatever queue holds it */
	uint32_t id;         /* its number in the trace; 0 while tracing is off */
	uint32_t off, len;   /* the window: data = buf + off, len bytes */
	uint32_t cap;        /* bytes in buf */
	int32_t mac_off;     /* offsets into buf; -1 = no such header (yet) */
	int32_t net_off;
	int32_t trans_off;
	uint16_t protocol; /* ethertype, host order; set by the receiving device or the sender */
	uint8_t pkt_type;  /* enum pkt_type */
	uint8_t ct_info;   /* enum ct_info, with ct */
	bool untracked;
	bool local; /* made by a socket or the stack of this namespace, not received */
	bool ignore_df;
	bool confirm_neigh;     /* MSG_CONFIRM: the neighbour used is confirmed reachable */
	bool raw_taken;         /* a raw socket has had its copy */
	bool forwarded;         /* IPSKB_FORWARDED */
	bool frag_df;           /* IPSKB_FRAG_PMTU: put together from fragments with DF; to be cut with DF again */
	uint16_t frag_max_size; /* put together from fragments: the size of the largest; 0 = was whole */
	uint16_t frag_list; /* in pieces of this size, headers included, already (skb_has_frag_list()); 0 = in one */
	uint16_t hops;      /* device crossings so far, copies counted on: to notice loops */
	bool br_from_host;  /* entered the bridge by br_dev_xmit */
	bool nf_nat_src_done, nf_nat_dst_done; /* unused bits for the nat owner */
	struct dev *dev;                       /* where it is: receiving device, then the sending one */
	struct dev *iif;                       /* skb_iif: the device it was received on; NULL when made here */
	uint32_t mark;
	uint32_t priority;
	struct ct *ct; /* a counted reference (ct_get/ct_put), or NULL */
	struct dst dst;
	struct nf_bridge nfb;
	uint32_t sock; /* id of the socket that sent it; 0 = none */
	uint8_t *buf;
	uint8_t *grown;   /* buf after packet_reserve(), owned; else NULL */
	uint32_t own_cap; /* while grown: cap of the buffer that was born with it */
};

/* ---- the window ---- */
static inline uint8_t *packet_data(const struct packet *p)
{
	return p->buf + p->off;
}
/* Extends the window by n bytes at the front and returns its start; NULL when the headroom is used up. */
uint8_t *packet_push(struct packet *p, uint32_t n);
/* Takes n bytes off the front and returns the new start; NULL when there are fewer. */
uint8_t *packet_pull(struct packet *p, uint32_t n);
/* Extends at the end; NULL when the buffer is full. */
uint8_t *packet_append(struct packet *p, uint32_t n);
/* Makes room for n bytes behind the end of the window; buf may move. */
void packet_reserve(struct packet *p, uint32_t n);
/* Cuts the window to len bytes, when it is longer. */
void packet_trim(struct packet *p, uint32_t len);
static inline void packet_set_network(struct packet *p)
{
	p->net_off = (int32_t)p->off;
}
static inline void packet_set_mac(struct packet *p)
{
	p->mac_off = (int32_t)p->off;
}
static inline void packet_set_transport(struct packet *p, uint32_t offset_in_window)
{
	p->trans_off = (int32_t)(p->off + offset_in_window);
}

/* ---- checked views: NULL when the header is not wholly inside the packet ---- */
static inline void *packet_at(const struct packet *p, int32_t buf_off, uint32_t size)
{
	if (buf_off < 0 || (uint32_t)buf_off > p->off + p->len || size > p->off + p->len - (uint32_t)buf_off)
		return NULL;
	return p->buf + buf_off;
}
static inline struct eth_hdr *packet_eth(const struct packet *p)
{
	return packet_at(p, p->mac_off, sizeof(struct eth_hdr));
}
static inline struct ip4_hdr *packet_ip4(const struct packet *p)
{
	return packet_at(p, p->net_off, sizeof(struct ip4_hdr));
}
static inline struct arp_hdr *packet_arp(const struct packet *p)
{
	return packet_at(p, p->net_off, sizeof(struct arp_hdr));
}
static inline struct icmp_hdr *packet_icmp(const struct packet *p)
{
	return packet_at(p, p->trans_off, sizeof(struct icmp_hdr));
}
static inline struct udp_hdr *packet_udp(const struct packet *p)
{
	return packet_at(p, p->trans_off, sizeof(struct udp_hdr));
}
static inline struct tcp_hdr *packet_tcp(const struct packet *p)
{
	return packet_at(p, p->trans_off, sizeof(struct tcp_hdr));
}

/* ---- life ---- */
struct packet_pool { /* {0} is empty; reuses buffers of PACKET_SMALL */
	struct packet *free;
	uint32_t live; /* packets out of the pool: must be 0 at the end of a run */
};
/* A packet with an empty window after `headroom` bytes and room for `size` bytes behind it. */
struct packet *packet_new(struct packet_pool *pool, uint32_t headroom, uint32_t size);
/* Bytes and metadata copied, id 0; the ct reference is NOT taken (the caller does). */
struct packet *packet_clone(struct packet_pool *pool, const struct packet *p);
void packet_free(struct packet_pool *pool, struct packet *p);
void packet_pool_release(struct packet_pool *pool);

#endif
