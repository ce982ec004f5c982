/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking: tuples and their inverses, the states of TCP, UDP and ICMP, when entries are made and expire. */
#include "tests/unit/nf_packets.h"

#define C A4(10, 0, 0, 1)
#define S A4(20, 0, 0, 2)

static void t_invert(void)
{
	static const struct {
		uint8_t type;
		int answer; /* -1: none */
	} icmp[] = { { 8, 0 }, { 0, 8 }, { 13, 14 }, { 14, 13 }, { 15, 16 }, { 16, 15 }, { 17, 18 }, { 18, 17 },
		{ 3, -1 }, { 5, -1 }, { 11, -1 }, { 200, -1 } };
	struct ct_tuple t = { .src = ip4(C), .dst = ip4(S), .sport = 1000, .dport = 80, .protocol = IPPROTO_TCP_ }, r,
			back;

	CHECK(ct_tuple_invert(&r, &t));
	CHECK(r.src.v4 == S && r.dst.v4 == C && r.sport == 80 && r.dport == 1000 && r.protocol == IPPROTO_TCP_);
	CHECK(ct_tuple_invert(&back, &r) && ct_tuple_eq(&back, &t));
	for (unsigned i = 0; i < ARRAY_SIZE(icmp); i++) {
		t = (struct ct_tuple){ .src = ip4(C),
			.dst = ip4(S),
			.sport = 77,
			.dport = (uint16_t)(icmp[i].type << 8),
			.protocol = IPPROTO_ICMP_ };
		if (!CHECK(ct_tuple_invert(&r, &t) == (icmp[i].answer >= 0)) || icmp[i].answer < 0)
			continue;
		CHECK(r.sport == 77 && r.dport >> 8 == icmp[i].answer && r.src.v4 == S && r.dst.v4 == C);
	}
}

/* A step of a connection: who sends what, and what it is then. */
struct step {
	bool reply;
	uint8_t flags;
	uint32_t seq, ack, data;
	int info;  /* enum ct_info; -1: INVALID */
	int state; /* enum ct_tcp; -1: the entry is gone */
};

static void run(const char *name, const struct step *step, unsigned n)
{
	struct bed b = bed_new();
	struct ct *ct = NULL;

	bed_track(&b);
	for (unsigned i = 0; i < n; i++) {
		const struct step *st = &step[i];
		struct shot f = { .src = st->reply ? S : C,
			.dst = st->reply ? C : S,
			.protocol = IPPROTO_TCP_,
			.sport = st->reply ? 80 : 1000,
			.dport = st->reply ? 1000 : 80,
			.flags = st->flags,
			.seq = st->seq,
			.ack = st->ack,
			.data = st->data };
		struct packet *p = flow_pass(&b, &f);
		struct ct *now = ct_next(&b.nf->ct, NULL, b.s->now);
		bool ok = p && (p->ct ? p->ct_info : -1) == st->info;

		if (now)
			ct = now;
		ok = ok && (st->state < 0 ? !now : now && ct->tcp_state == st->state);
		if (!CHECK(ok))
			fprintf(stderr, "  %s, step %u: info %d, state %s\n", name, i, p && p->ct ? p->ct_info : -1,
				now ? ct_tcp_name(now->tcp_state) : "none");
		flow_end(&b, p);
	}
	bed_free(&b);
}
#define RUN(name, ...)                                                                                                 \
	do {                                                                                                           \
		static const struct step steps_[] = { __VA_ARGS__ };                                                   \
		run(name, steps_, ARRAY_SIZE(steps_));                                                                 \
	} while (0)

#define FA (TCP_FIN | TCP_ACK)
#define SA (TCP_SYN | TCP_ACK)
#define RA (TCP_RST | TCP_ACK)
#define EST CT_ESTABLISHED
#define ESTR CT_ESTABLISHED_REPLY

static void t_tcp(void)
{
	RUN("open, talk, close", { false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT },
		{ true, SA, 500, 101, 0, ESTR, CT_TCP_SYN_RECV },
		{ false, TCP_ACK, 101, 501, 0, EST, CT_TCP_ESTABLISHED },
		{ false, TCP_ACK | TCP_PSH, 101, 501, 10, EST, CT_TCP_ESTABLISHED },
		{ true, TCP_ACK, 501, 111, 0, ESTR, CT_TCP_ESTABLISHED },
		{ false, FA, 111, 501, 0, EST, CT_TCP_FIN_WAIT },
		{ true, TCP_ACK, 501, 112, 0, ESTR, CT_TCP_CLOSE_WAIT },
		{ true, FA, 501, 112, 0, ESTR, CT_TCP_LAST_ACK },
		{ false, TCP_ACK, 112, 502, 0, EST, CT_TCP_TIME_WAIT });
	RUN("refused", { false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT }, { true, RA, 0, 101, 0, ESTR, -1 });
	RUN("reset", { false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT },
		{ true, SA, 500, 101, 0, ESTR, CT_TCP_SYN_RECV },
		{ false, TCP_ACK, 101, 501, 0, EST, CT_TCP_ESTABLISHED },
		{ false, RA, 101, 501, 0, EST, CT_TCP_CLOSE });
	RUN("picked up in its middle", { false, TCP_ACK, 100, 500, 5, CT_NEW, CT_TCP_ESTABLISHED },
		{ true, TCP_ACK, 500, 105, 0, ESTR, CT_TCP_ESTABLISHED });
	RUN("begins with what begins nothing", { false, SA, 100, 1, 0, -1, -1 }, { false, FA, 100, 1, 0, -1, -1 },
		{ false, TCP_RST, 100, 0, 0, -1, -1 }, { false, TCP_SYN | TCP_FIN, 100, 0, 0, -1, -1 },
		{ false, 0, 100, 0, 0, -1, -1 });
	RUN("out of window", { false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT },
		{ true, SA, 500, 101, 0, ESTR, CT_TCP_SYN_RECV },
		{ false, TCP_ACK, 101, 501, 0, EST, CT_TCP_ESTABLISHED },
		{ false, TCP_ACK, 900000, 501, 10, -1, CT_TCP_ESTABLISHED },
		{ false, TCP_ACK, 101, 90501, 0, -1, CT_TCP_ESTABLISHED },
		{ true, TCP_RST, 1, 0, 0, -1, CT_TCP_ESTABLISHED });
	RUN("SYN again", { false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT },
		{ false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT },
		{ true, SA, 500, 101, 0, ESTR, CT_TCP_SYN_RECV }, { false, TCP_SYN, 100, 0, 0, EST, CT_TCP_SYN_RECV });
	RUN("reopened", { false, TCP_SYN, 100, 0, 0, CT_NEW, CT_TCP_SYN_SENT },
		{ true, SA, 500, 101, 0, ESTR, CT_TCP_SYN_RECV },
		{ false, TCP_ACK, 101, 501, 0, EST, CT_TCP_ESTABLISHED },
		{ false, FA, 101, 501, 0, EST, CT_TCP_FIN_WAIT }, { true, FA, 501, 102, 0, ESTR, CT_TCP_LAST_ACK },
		{ false, TCP_ACK, 102, 502, 0, EST, CT_TCP_TIME_WAIT },
		{ false, TCP_SYN, 9000, 0, 0, CT_NEW, CT_TCP_SYN_SENT });
}

static int send_one(struct bed *b, const struct shot *f)
{
	struct packet *p = flow_pass(b, f);
	int info = !p ? -2 : p->ct ? p->ct_info : -1;

	flow_end(b, p);
	return info;
}

static void t_udp(void)
{
	struct bed b = bed_new();
	struct shot there = { C, S, IPPROTO_UDP_, 1000, 53, .data = 4 },
		    back = { S, C, IPPROTO_UDP_, 53, 1000, .data = 4 };
	struct ct *ct;

	bed_track(&b);
	CHECK(send_one(&b, &there) == CT_NEW);
	CHECK(send_one(&b, &there) == CT_NEW);
	ct = ct_next(&b.nf->ct, NULL, b.s->now);
	CHECK(ct && ct->expires == b.s->now + 30 * NSEC_PER_SEC && !(ct->status & CTS_SEEN_REPLY));
	CHECK(send_one(&b, &back) == ESTR);
	CHECK(send_one(&b, &there) == EST);
	CHECK(ct->expires == b.s->now + 30 * NSEC_PER_SEC && !(ct->status & CTS_ASSURED));
	b.s->now += 3 * NSEC_PER_SEC;
	CHECK(send_one(&b, &there) == EST);
	CHECK(ct->expires == b.s->now + 120 * NSEC_PER_SEC && (ct->status & CTS_ASSURED));
	b.s->now += 121 * NSEC_PER_SEC;
	CHECK(!ct_next(&b.nf->ct, NULL, b.s->now));
	CHECK(send_one(&b, &back) == CT_NEW); /* what was the server now begins */
	CHECK(b.nf->ct.n == 1);
	bed_free(&b);
}

static void t_icmp(void)
{
	struct bed b = bed_new();
	struct shot echo = { C, S, IPPROTO_ICMP_, 7, 8 << 8, .data = 8 },
		    reply = { S, C, IPPROTO_ICMP_, 7, 0, .data = 8 };
	struct shot other = { S, C, IPPROTO_ICMP_, 9, 0, .data = 8 },
		    strange = { S, C, IPPROTO_ICMP_, 9, 42 << 8, .data = 8 };

	bed_track(&b);
	CHECK(send_one(&b, &other) == -1); /* an answer that nobody asked for */
	CHECK(send_one(&b, &strange) == -1);
	CHECK(b.nf->ct.n == 0);
	CHECK(send_one(&b, &echo) == CT_NEW);
	CHECK(send_one(&b, &echo) == CT_NEW);
	CHECK(send_one(&b, &reply) == ESTR);
	CHECK(send_one(&b, &echo) == EST);
	CHECK(b.nf->ct.n == 1);
	b.s->now += 30 * NSEC_PER_SEC;
	CHECK(send_one(&b, &echo) == CT_NEW);
	bed_free(&b);
}

/* An ICMP error about a packet of ours: whose it is, and when it is nobody's. */
static void t_error(void)
{
	struct bed b = bed_new();
	struct shot there = { C, S, IPPROTO_UDP_, 1000, 53, .data = 4 };
	uint32_t to[] = { C, A4(10, 0, 0, 9) };

	bed_track(&b);
	for (unsigned i = 0; i < 3; i++) { /* before the flow is known, then to its end, then to another */
		struct shot f = { S, i == 2 ? to[1] : to[0], IPPROTO_ICMP_, 0, 3 << 8 | 3, .data = 28 };
		struct packet *p = flow_packet(&b, &f), *q = flow_packet(&b, &there);
		uint8_t *l4 = packet_at(p, p->trans_off, sizeof(struct icmp_hdr) + 28);
		struct icmp_hdr *ih = (void *)l4;

		if (!CHECK(l4 != NULL))
			return;
		memcpy(l4 + sizeof(*ih), packet_data(q), 28);
		flow_end(&b, q);
		ih->check = put16(0);
		ih->check = put16(csum_fold(csum_add(0, ih, 36)));
		p = flow_pass_packet(&b, p, b.out, b.in);
		CHECK(p && (i == 1 ? p->ct && p->ct_info == CT_RELATED_REPLY : !p->ct));
		flow_end(&b, p);
		if (!i)
			CHECK(send_one(&b, &there) == CT_NEW);
	}
	bed_free(&b);
}

/* What is dropped before the last hook leaves no entry. */
static void t_dropped(void)
{
	struct bed b = bed_new();
	struct shot there = { C, S, IPPROTO_UDP_, 1000, 53, .data = 4 };

	bed_track(&b);
	rule_verdict(bed_rule(&b, "ct", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_FILTER), NFV_DROP);
	nf_commit(b.nf);
	CHECK(send_one(&b, &there) == -2);
	CHECK(b.nf->ct.n == 0);
	bed_free(&b);
}

int main(void)
{
	t_invert();
	t_tcp();
	t_udp();
	t_icmp();
	t_error();
	t_dropped();
	return check_end();
}
