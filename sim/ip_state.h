/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the IP layer remembers of a namespace (struct netns_ipv4): what was learned about destinations, how many
 * errors each peer has been sent, fragments that wait for the rest. Shared by sim/route.c, icmp.c and frag.c. */
#ifndef SIM_IP_STATE_H
#define SIM_IP_STATE_H

#include "sim/sim.h"

#define IP_MAX_MTU 0xffffU
#define IP_MIN_PMTU 552U                         /* net.ipv4.route.min_pmtu */
#define IP_MTU_EXPIRES (600 * NSEC_PER_SEC)      /* net.ipv4.route.mtu_expires */
#define IP_REDIRECT_EXPIRES (300 * NSEC_PER_SEC) /* net.ipv4.route.gc_timeout */

struct ip_peer { /* struct inet_peer */
	struct hnode by_addr;
	struct list node;
	uint32_t addr;
	uint64_t rate_tokens, rate_last; /* ticks */
	uint32_t n_redirects;
};

struct ip_exception { /* struct fib_nh_exception */
	struct hnode by_daddr;
	struct list node;
	uint32_t daddr;
	uint64_t route;   /* route.id: gone with its route */
	uint32_t gateway; /* 0 = none */
	uint32_t pmtu;    /* 0 = none */
	uint32_t dev_mtu; /* of the route's device when pmtu was noted */
	bool locked;
	uint64_t expires; /* ns */
};

struct ip_state {
	struct list peers, exceptions, frags;
	struct htab peer_hash, exception_hash, frag_hash;
	int64_t icmp_credit; /* icmp_global_credit */
	uint64_t icmp_stamp; /* ticks */
};

/* find_exception(): what is known of daddr beyond route r; NULL = nothing. */
struct ip_exception *ip_exception_find(struct sim *s, struct ns *ns, const struct route *r, uint32_t daddr);
/* inet_addr_onlink(): are a and b (or b absent) in one subnet of the device? */
bool ip_addr_onlink(const struct dev *dev, uint32_t a, const struct ipaddr *b);
struct ip_state *ip_state(struct ns *ns);                                 /* made when there is none yet */
struct ip_peer *ip_peer_get(struct sim *s, struct ns *ns, uint32_t addr); /* inet_getpeer_v4() */
void ip_frags_free(struct sim *s, struct ip_state *ip);

/* A look-up of __ip_route_output_key(): src is in and out (0 = choose). */
struct ip_flow {
	uint32_t dst, src;
	struct dev *oif;
	uint32_t mark;
	uint8_t tos;
	bool anysrc;
};
/* Fills *d and flow->src, and *r with the route used (NULL = none). No event. 0 or a negative errno. */
int ip_route_output_key(struct sim *s, struct ns *ns, struct ip_flow *flow, struct dst *d, struct route **r);
/* The EV_ROUTE of a look-up; nothing when p is NULL. src 0 = not given; d NULL: failed with err. */
void ip_route_event(struct sim *s, const struct packet *p, struct ns *ns, enum stage st, uint32_t dst, uint32_t src,
	const struct dst *d, const struct route *r, int err);
/* ipv4_redirect(): `gateway` told us by ICMP redirect p to send to quoted->daddr through new_gw. */
void ip_redirect(struct sim *s, const struct packet *p, const struct ip4_hdr *quoted, uint32_t new_gw);
/* ip_rt_send_redirect() */
void ip_rt_send_redirect(struct sim *s, const struct packet *p);

#endif
