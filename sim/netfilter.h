/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of netfilter share among themselves; the rest of the engine sees only sim/sim.h. */
#ifndef SIM_NETFILTER_H
#define SIM_NETFILTER_H

#include "sim/sim.h"

/* struct nf_hook_state: where a packet is, and, when it is dropped, why. */
struct nf_state {
	struct ns *ns;
	enum nf_hook hook;
	struct dev *in, *out;
	int err;            /* of a drop: what the sender's call returns; 0 = -EPERM */
	enum stage stage;   /* of a drop: where */
	const char *detail; /* of a drop, for people; NULL = none */
};
/* Where events of packet p at this hook belong: p->dev, else a device of the hook. */
static inline struct dev *nf_event_dev(const struct nf_state *st, const struct packet *p)
{
	return p->dev ? p->dev : st->out ? st->out : st->in;
}
/* The length of the packet from its network header: skb->len as netfilter sees it. */
static inline uint32_t nf_len(const struct packet *p)
{
	return p->off + p->len - (uint32_t)p->net_off;
}
/* A drop at this hook: returns NFV_DROP. detail may be NULL. */
int nf_state_drop(struct nf_state *st, enum stage stage, const char *detail, int err);

/* ---- sim/nf.c ---- */
/* Runs a base chain; returns NFV_ACCEPT or NFV_DROP (then *st says where). */
int nft_do_chain(struct sim *s, struct nf_state *st, struct nf_chain *base, struct packet *p);

/* ---- sim/nf_expr.c ---- */
struct nft_pktinfo { /* and struct nft_regs */
	struct packet *p;
	struct nf_state *st;
	const struct ip4_hdr *ip;
	int32_t thoff;    /* of the transport header in buf; meaningful when l4 */
	uint16_t fragoff; /* IP4_OFFSET bits of the header */
	bool l4;          /* the IP header is whole: protocol and thoff are known */
	struct nf_data reg[NF_REGS];
};
void nft_set_pktinfo(struct nft_pktinfo *pkt, struct nf_state *st, struct packet *p);
/* Evaluates one expression: NFV_CONTINUE, NFV_BREAK, or a verdict (NFV_JUMP, NFV_GOTO: the rule knows where to). */
int nft_expr_eval(struct sim *s, struct nft_pktinfo *pkt, struct nf_expr *e);

/* ---- sim/nf_reject.c: about a packet that the caller keeps ---- */
void nf_send_unreach(struct sim *s, struct nf_state *st, struct packet *p, uint8_t code);
void nf_send_reset(struct sim *s, struct nf_state *st, struct packet *p);

/* ---- sim/conntrack.c ---- */
static inline enum ct_dir ct_info_dir(uint8_t info) /* CTINFO2DIR() */
{
	return info >= CT_ESTABLISHED_REPLY ? CT_REPLY : CT_ORIGINAL;
}
/* ipv4_conntrack_defrag(): true when the packet waits for its other fragments (it is taken over), else it is whole. */
bool nf_defrag(struct sim *s, struct nf_state *st, struct packet *p);
int nf_conntrack_in(struct sim *s, struct nf_state *st, struct packet *p); /* NFV_ACCEPT or NFV_DROP */
/* An entry that is in no table yet is put there; listeners are told by the next nf_confirm(). NFV_ACCEPT or NFV_DROP.
 */
int nf_conntrack_confirm(struct sim *s, struct nf_state *st, struct packet *p);
int nf_confirm(struct sim *s, struct nf_state *st, struct packet *p); /* likewise */
void nf_ct_kill(struct sim *s, struct ct *ct);                        /* out of the table, as nf_ct_delete() */
/* nf_conntrack_event_cache(): CTE_* bits that listeners are told when a packet of the flow next passes nf_confirm(). */
static inline void nf_ct_event(struct ct *ct, uint32_t events)
{
	ct->events |= events;
}
/* The live entry with this tuple; those that have expired go. NULL = none. */
struct ct *nf_ct_find(struct sim *s, struct ct_table *t, const struct ct_tuple *tuple, enum ct_dir *dir);
/* nf_conntrack_tuple_taken() */
bool nf_ct_tuple_taken(struct sim *s, struct ct_table *t, const struct ct_tuple *reply, const struct ct *ignored);
/* The tuple of a packet whose IP header is at net_off: false when there is none (a later fragment, cut short). */
bool nf_ct_get_tuple(const struct packet *p, int32_t net_off, struct ct_tuple *t);
/* nf_ct_refresh_acct(): the entry lives for `ns` from now on, and the packet counts. */
void nf_ct_refresh(struct ct *ct, uint64_t now, uint8_t info, const struct packet *p, uint64_t ns);
/* True when the Internet checksum over the bytes is right. */
bool nf_csum_ok(const uint8_t *b, uint32_t n);

/* ---- sim/ct_tcp.c ---- */
enum ct_action { CTA_DROP, CTA_ACCEPT, CTA_INVALID, CTA_REPEAT };
/* nf_conntrack_tcp_packet(): the segment starts at l4. *why: a reason, when it is invalid or ignored. */
enum ct_action ct_tcp_packet(
	struct sim *s, struct ct *ct, struct packet *p, int32_t l4, uint8_t info, const char **why);
void ct_tcp_set_closing(struct ct *ct, uint64_t now); /* nf_conntrack_tcp_set_closing() */

/* ---- sim/nat.c ---- */
enum nat_manip { NAT_MANIP_SRC, NAT_MANIP_DST }; /* the numbers of NF_NAT_SNAT, NF_NAT_DNAT */
struct nat_range {                               /* struct nf_nat_range2, host byte order */
	uint32_t flags;
	uint32_t min_addr, max_addr;
	uint16_t min_proto, max_proto;
};
/* nf_nat_setup_info(): NFV_ACCEPT or NFV_DROP. */
int nf_nat_setup_info(struct sim *s, struct ct *ct, const struct nat_range *range, enum nat_manip manip);
int nf_nat_masquerade(struct sim *s, struct nf_state *st, struct packet *p, const struct nat_range *range);
int nf_nat_redirect(struct sim *s, struct nf_state *st, struct packet *p, const struct nat_range *range);
/* The hook functions nf_nat_ipv4_pre_routing() ... nf_nat_ipv4_local_fn(). */
int nf_nat_fn(struct sim *s, struct nf_state *st, struct nf_hook_steps *steps, struct packet *p);
/* ---- sim/nat_proto.c ---- */
enum nat_manip nf_hook_manip(enum nf_hook hook); /* HOOK2MANIP(): which end of a packet a hook may change */
/* Changes the packet as its flow is translated: NFV_ACCEPT or NFV_DROP. nf_nat_icmp_reply: an ICMP error of a flow. */
int nf_nat_packet(struct sim *s, struct nf_state *st, struct packet *p);
int nf_nat_icmp_reply(struct sim *s, struct nf_state *st, struct packet *p);

/* ---- sim/nat.c, for sim/conntrack.c ---- */
void nf_nat_bysource_add(struct ct *ct); /* when confirmed; ct_remove() undoes it */

#endif
