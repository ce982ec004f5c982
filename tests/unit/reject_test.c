/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What REJECT sends in FORWARD: resets and ICMP errors as they leave, and what is not answered. */
#include "tests/unit/nf_packets.h"

#define C A4(10, 0, 0, 1)
#define S A4(20, 0, 0, 2)

/* The device `in` gets a far end, a route and a neighbour, so that what is sent to C arrives on the backlog. */
static void connect(struct bed *b)
{
	struct dev *far = dev_new(ns_new(b->s->net, "c"), DEV_VETH, "far", 0);
	struct ipaddr c = ip4(C);
	struct route r = { .dst = { ip4(A4(10, 0, 0, 0)), 24 },
		.table = RT_TABLE_MAIN_,
		.type = RTN_UNICAST_,
		.scope = SCOPE_LINK,
		.protocol = RTPROT_KERNEL_,
		.dev = b->in };
	struct neigh *n;

	b->in->peer = far;
	far->peer = b->in;
	b->in->flags |= DEVF_UP;
	far->flags |= DEVF_UP;
	b->in->carrier = far->carrier = b->in->active = far->active = true;
	fib_insert(b->ns->fib, &r, true);
	n = neigh_new(b->in, &c);
	n->mac = far->mac;
	n->type = RTN_UNICAST_;
	neigh_set_state(b->s, n, NUD_PERMANENT_, "test");
}

static void reject(struct bed *b, uint32_t type, uint8_t code)
{
	struct nf_expr *e;

	bed_track(b);
	e = nf_rule_expr(bed_rule(b, "ct", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_FILTER), NFX_REJECT);
	e->reject.type = type;
	e->reject.code = code;
	nf_commit(b->nf);
}

/* The IP packet that came back, behind its Ethernet header; NULL: none. */
static const struct ip4_hdr *answer(struct bed *b, const struct shot *f)
{
	local_bh_disable(b->s); /* as where packets are forwarded: it stays on the backlog */
	CHECK(!flow_pass(b, f));
	return b->s->backlog_head ? (const void *)packet_data(b->s->backlog_head) : NULL;
}

static void t_reset(void)
{
	static const struct {
		uint8_t flags;
		uint32_t seq, ack, data;
		bool answered;
		uint8_t rflags;
		uint32_t rseq, rack;
	} row[] = { { TCP_SYN, 100, 0, 0, true, TCP_RST | TCP_ACK, 0, 101 },
		{ TCP_ACK, 100, 777, 5, true, TCP_RST, 777, 0 }, { TCP_RST, 100, 0, 0, false, 0, 0, 0 } };

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct shot f = { C, S, IPPROTO_TCP_, 1000, 80, row[i].flags, row[i].seq, row[i].ack, row[i].data };
		struct bed b = bed_new();
		const struct ip4_hdr *ip;
		const struct tcp_hdr *th;

		connect(&b);
		reject(&b, NF_REJECT_TCP_RST, 0);
		ip = answer(&b, &f);
		CHECK(!!ip == row[i].answered);
		if (ip) {
			th = (const void *)(ip + 1);
			CHECK(get32(ip->saddr) == S && get32(ip->daddr) == C && ip->ttl == 64 &&
				get16(ip->tot_len) == 40);
			CHECK(get16(ip->frag) == IP4_DF && get16(ip->id) == 0 && ip->tos == 0);
			CHECK(get16(th->sport) == 80 && get16(th->dport) == 1000 && th->flags == row[i].rflags);
			CHECK(get32(th->seq) == row[i].rseq && get32(th->ack) == row[i].rack);
			CHECK(!csum_fold(csum_add(0, ip, 20)) && !csum_pseudo4(ip, th, 20));
		}
		CHECK(b.nf->ct.n == 0); /* neither the packet nor its answer makes an entry */
		bed_free(&b);
	}
}

static void t_unreach(void)
{
	struct shot f = { C, S, IPPROTO_UDP_, 1000, 53, 0, 0, 0, 4 };
	struct bed b = bed_new();
	const struct ip4_hdr *ip;
	const struct icmp_hdr *ih;

	connect(&b);
	reject(&b, NF_REJECT_ICMP_UNREACH, 13);
	ip = answer(&b, &f);
	if (CHECK(ip != NULL)) {
		ih = (const void *)(ip + 1);
		CHECK(get32(ip->daddr) == C && ip->protocol == IPPROTO_ICMP_);
		CHECK(ih->type == ICMP_UNREACH && ih->code == 13);
	}
	CHECK(b.nf->ct.n == 0);
	bed_free(&b);
}

int main(void)
{
	t_reset();
	t_unreach();
	return check_end();
}
