/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the unit tests of netfilter: a namespace with two devices and rules, and packets that pass its hooks. */
#ifndef TESTS_UNIT_NF_PACKETS_H
#define TESTS_UNIT_NF_PACKETS_H

#include "sim/netfilter.h"
#include "tests/unit/check.h"

#define A4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

struct bed {
	struct sim *s;
	struct ns *ns;
	struct dev *in, *out;
	struct nf *nf;
};

static inline struct bed bed_new(void)
{
	struct bed b = { .s = sim_new(1, false) };
	struct ifaddr *a;
	struct ipaddr outer = ip4(A4(20, 0, 0, 1)), inner = ip4(A4(10, 0, 0, 254));

	b.ns = ns_new(b.s->net, "r");
	b.in = dev_new(b.ns, DEV_VETH, "in", 0);
	b.out = dev_new(b.ns, DEV_VETH, "out", 0);
	a = ifaddr_new(b.in, &inner, 24);
	a->permanent = true;
	a = ifaddr_new(b.out, &outer, 24);
	a->permanent = true;
	b.nf = b.ns->nf = nf_new(b.ns);
	return b;
}

static inline void bed_free(struct bed *b)
{
	sim_free(b->s);
}

/* A rule with the expressions that the caller adds, in a base chain that is made when it is not there. */
static inline struct nf_rule *bed_rule(struct bed *b, const char *chain, uint8_t type, uint8_t hook, int32_t priority)
{
	struct nf_table *t = nf_table_find(b->nf, NF_FAMILY_IP, "t");
	struct nf_chain *c;

	if (!t)
		t = nf_table_add(b->nf, NF_FAMILY_IP, "t");
	c = nf_chain_find(t, chain);
	if (!c) {
		c = nf_base_chain_add(t, chain, type, hook, priority);
		c->policy = NFV_ACCEPT;
	}
	return nf_rule_add(c, NULL);
}

static inline void rule_data(struct nf_rule *r, uint32_t reg, const void *data, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_IMMEDIATE);

	e->immediate.dreg = reg;
	e->immediate.len = len;
	memcpy(e->immediate.data.b, data, len);
}

static inline void rule_verdict(struct nf_rule *r, int verdict)
{
	nf_rule_expr(r, NFX_IMMEDIATE)->immediate.verdict = verdict;
}

/* Connection tracking on, and nothing else. */
static inline void bed_track(struct bed *b)
{
	struct nf_expr *e = nf_rule_expr(bed_rule(b, "ct", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_FILTER), NFX_CT);

	e->ct.key = NF_CT_STATE;
	e->ct.dreg = NF_REG_1;
	nf_commit(b->nf);
}

struct shot { /* one packet */
	uint32_t src, dst;
	uint8_t protocol;
	uint16_t sport, dport; /* icmp: id, type << 8 | code */
	uint8_t flags;         /* tcp */
	uint32_t seq, ack, data;
};

static inline struct packet *flow_packet(struct bed *b, const struct shot *f)
{
	uint32_t l4 = f->protocol == IPPROTO_TCP_ ? sizeof(struct tcp_hdr) : sizeof(struct udp_hdr);
	struct packet *p = sim_packet(b->s, sizeof(struct ip4_hdr) + l4 + f->data);
	struct ip4_hdr *ip = (void *)packet_append(p, sizeof(*ip));
	uint8_t *seg = packet_append(p, l4 + f->data);

	*ip = (struct ip4_hdr){ .ver_ihl = 0x45,
		.tot_len = put16((unsigned)sizeof(*ip) + l4 + f->data),
		.ttl = 64,
		.protocol = f->protocol,
		.saddr = put32(f->src),
		.daddr = put32(f->dst) };
	ip->check = put16(csum_ip4(ip));
	memset(seg, 0, l4 + f->data);
	packet_set_network(p);
	packet_set_transport(p, sizeof(*ip));
	p->protocol = ETH_P_IP_;
	p->dev = b->in;
	if (f->protocol == IPPROTO_TCP_) {
		struct tcp_hdr *th = (void *)seg;

		*th = (struct tcp_hdr){ .sport = put16(f->sport),
			.dport = put16(f->dport),
			.seq = put32(f->seq),
			.ack = put32(f->ack),
			.doff = 5 << 4,
			.flags = f->flags,
			.window = put16(65535) };
		th->check = put16(csum_pseudo4(ip, seg, l4 + f->data));
	} else if (f->protocol == IPPROTO_UDP_) {
		struct udp_hdr *uh = (void *)seg;

		*uh = (struct udp_hdr){
			.sport = put16(f->sport), .dport = put16(f->dport), .len = put16(l4 + f->data)
		};
		uh->check = put16(csum_pseudo4(ip, seg, l4 + f->data));
	} else {
		struct icmp_hdr *ih = (void *)seg;

		*ih = (struct icmp_hdr){
			.type = (uint8_t)(f->dport >> 8), .code = (uint8_t)f->dport, .id = put16(f->sport)
		};
		ih->check = put16(csum_fold(csum_add(0, seg, l4 + f->data)));
	}
	return p;
}

/* Are all checksums of the packet right? */
static inline bool packet_sums_ok(const struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const uint8_t *seg = (const uint8_t *)ip + ip4_hlen(ip);
	uint32_t size = nf_len(p) - ip4_hlen(ip);

	if (csum_fold(csum_add(0, ip, ip4_hlen(ip))))
		return false;
	if (ip->protocol == IPPROTO_ICMP_)
		return csum_fold(csum_add(0, seg, size)) == 0;
	return csum_pseudo4(ip, seg, size) == 0;
}

/* Through PRE_ROUTING, FORWARD, POST_ROUTING from dev to dev; NULL when it was dropped. The caller ends it. */
static inline struct packet *flow_pass_packet(struct bed *b, struct packet *p, struct dev *in, struct dev *out)
{
	p->dev = in;
	if (!nf_hook_accept(b->s, b->ns, NF_PRE_ROUTING, p, in, NULL))
		return NULL;
	p->dst = (struct dst){ .input = DST_FORWARD, .type = RTN_UNICAST_, .dev = out, .mtu = 1500 };
	if (!nf_hook_accept(b->s, b->ns, NF_FORWARD, p, in, out))
		return NULL;
	return nf_hook_accept(b->s, b->ns, NF_POST_ROUTING, p, in, out) ? p : NULL;
}

static inline struct packet *flow_pass(struct bed *b, const struct shot *f)
{
	bool back = f->src >> 24 == 20;

	return flow_pass_packet(b, flow_packet(b, f), back ? b->out : b->in, back ? b->in : b->out);
}

static inline void flow_end(struct bed *b, struct packet *p)
{
	if (p)
		sim_absorb(b->s, p, ST_NONE, "end of the test");
}

#endif
