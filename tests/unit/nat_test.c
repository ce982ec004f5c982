/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address translation: bindings, ports after a clash, ranges, checksums, ICMP errors, entries that go with a device. */
#include "tests/unit/nf_packets.h"

#define C1 A4(10, 0, 0, 1)
#define C2 A4(10, 0, 0, 2)
#define S A4(20, 0, 0, 2)
#define R A4(20, 0, 0, 1)
#define VIP A4(30, 0, 0, 1)

static void masquerade(struct bed *b)
{
	nf_rule_expr(bed_rule(b, "post", NF_CHAIN_NAT, NF_POST_ROUTING, NF_PRI_SRCNAT), NFX_MASQ);
	nf_commit(b->nf);
}

static struct nf_rule *nat_rule(struct bed *b, uint32_t type, uint32_t min, uint32_t max, uint16_t pmin, uint16_t pmax)
{
	bool src = type == NF_NAT_SNAT;
	struct nf_rule *r = src ? bed_rule(b, "post", NF_CHAIN_NAT, NF_POST_ROUTING, NF_PRI_SRCNAT)
				: bed_rule(b, "pre", NF_CHAIN_NAT, NF_PRE_ROUTING, NF_PRI_DSTNAT);
	be32 a = put32(min), z = put32(max);
	be16 p = put16(pmin), q = put16(pmax);
	struct nf_expr *e;

	rule_data(r, NF_REG_1, &a, sizeof(a));
	rule_data(r, NF_REG_2, &z, sizeof(z));
	rule_data(r, NF_REG_3, &p, sizeof(p));
	rule_data(r, NF_REG_4, &q, sizeof(q));
	e = nf_rule_expr(r, NFX_NAT);
	e->nat.type = type;
	e->nat.family = NF_FAMILY_IP;
	e->nat.reg_addr_min = NF_REG_1;
	e->nat.reg_addr_max = NF_REG_2;
	if (pmin) {
		e->nat.reg_proto_min = NF_REG_3;
		e->nat.reg_proto_max = NF_REG_4;
	}
	nf_commit(b->nf);
	return r;
}

/* What a packet looks like behind the last hook. */
static struct shot look(struct bed *b, const struct shot *f, bool *ok)
{
	struct packet *p = flow_pass(b, f);
	struct shot g = { 0 };
	struct ct_tuple t;

	*ok = p && packet_sums_ok(p) && nf_ct_get_tuple(p, p->net_off, &t);
	if (*ok)
		g = (struct shot){ t.src.v4, t.dst.v4, t.protocol, t.sport, t.dport, 0, 0, 0, 0 };
	flow_end(b, p);
	return g;
}

static bool seen(struct bed *b, struct shot f, uint32_t src, uint16_t sport, uint32_t dst, uint16_t dport)
{
	bool ok;
	struct shot g = look(b, &f, &ok);

	return ok && g.src == src && g.dst == dst && g.sport == sport && g.dport == dport;
}

static struct shot udp(uint32_t src, uint16_t sport, uint32_t dst, uint16_t dport)
{
	return (struct shot){ src, dst, IPPROTO_UDP_, sport, dport, 0, 0, 0, 5 };
}

static struct shot echo(uint32_t src, uint32_t dst, uint16_t id, uint8_t type)
{
	return (struct shot){ src, dst, IPPROTO_ICMP_, id, (uint16_t)(type << 8), 0, 0, 0, 8 };
}

static void t_masquerade(void)
{
	struct bed b = bed_new();
	struct shot f = udp(C2, 1000, S, 53), g;
	bool ok;

	masquerade(&b);
	CHECK(seen(&b, udp(C1, 1000, S, 53), R, 1000, S, 53));
	CHECK(seen(&b, udp(S, 53, R, 1000), S, 53, C1, 1000));
	CHECK(seen(&b, udp(C1, 1000, S, 53), R, 1000, S, 53));
	g = look(&b, &f, &ok); /* another host, the same port: it gets another one, of its class */
	CHECK(ok && g.src == R && g.sport != 1000 && g.sport >= 600 && g.sport < 1024);
	CHECK(seen(&b, udp(S, 53, R, g.sport), S, 53, C2, 1000));
	CHECK(seen(&b, udp(C2, 1000, S, 54), R, g.sport, S, 54)); /* a source that has a translation keeps it */
	CHECK(seen(&b, udp(C2, 1001, S, 53), R, 1001, S, 53));
	CHECK(seen(&b, udp(C1, 1001, S, 54), R, 1001, S, 54)); /* no clash: another destination */
	CHECK(seen(&b, echo(C1, S, 7, 8), R, 7, S, 8 << 8));
	CHECK(seen(&b, echo(S, R, 7, 0), S, 7, C1, 0));
	f = echo(C2, S, 7, 8);
	g = look(&b, &f, &ok);
	CHECK(ok && g.src == R && g.sport != 7);
	CHECK(seen(&b, echo(S, R, g.sport, 0), S, 7, C2, 0));
	bed_free(&b);
}

static void t_dnat(void)
{
	struct bed b = bed_new();

	nat_rule(&b, NF_NAT_DNAT, S, S, 8080, 8080);
	CHECK(seen(&b, udp(C1, 1000, VIP, 80), C1, 1000, S, 8080));
	CHECK(seen(&b, udp(S, 8080, C1, 1000), VIP, 80, C1, 1000));
	CHECK(b.nf->ct.n == 1);
	bed_free(&b);
}

/* One port for all: the second flow to the same place finds none, and is dropped when it is confirmed. */
static void t_exhausted(void)
{
	struct bed b = bed_new();
	struct shot f = udp(C2, 1000, S, 53);
	bool ok;

	nat_rule(&b, NF_NAT_SNAT, R, R, 5000, 5000);
	CHECK(seen(&b, udp(C1, 1000, S, 53), R, 5000, S, 53));
	look(&b, &f, &ok);
	CHECK(!ok && b.nf->ct.n == 1);
	CHECK(seen(&b, udp(C2, 1000, S, 54), R, 5000, S, 54));
	bed_free(&b);
}

/* A range of addresses: the choice depends on source and destination, and on nothing else. */
static void t_range(void)
{
	struct bed b = bed_new();
	uint32_t min = A4(20, 0, 0, 100), first = 0;
	unsigned others = 0;
	bool ok;

	nat_rule(&b, NF_NAT_SNAT, min, min + 15, 0, 0);
	for (unsigned i = 0; i < 32; i++) {
		struct shot f = udp(C1 + i / 2, (uint16_t)(2000 + i), S, 53), g = look(&b, &f, &ok);

		CHECK(ok && g.src >= min && g.src <= min + 15 && g.sport == 2000 + i);
		if (i % 2)
			CHECK(g.src == first);
		else
			others += g.src != first;
		first = g.src;
	}
	CHECK(others > 4);
	bed_free(&b);
}

/* With nat chains, and no rule that matches, a clash still gets another port: here both flows look alike in reply. */
static void t_null_binding(void)
{
	struct bed b = bed_new();

	bed_rule(&b, "pre", NF_CHAIN_NAT, NF_PRE_ROUTING, NF_PRI_DSTNAT);
	bed_track(&b);
	CHECK(seen(&b, udp(C1, 1000, S, 53), C1, 1000, S, 53));
	CHECK((ct_next(&b.nf->ct, NULL, 0)->status & CTS_NAT_DONE_MASK) == CTS_NAT_DONE_MASK);
	CHECK(!(ct_next(&b.nf->ct, NULL, 0)->status & CTS_NAT_MASK));
	bed_free(&b);
}

/* The server's error comes back to the client as if about what the client sent, from where it sent that to. */
static void t_error(void)
{
	struct bed b = bed_new();
	struct shot there = udp(C1, 1000, VIP, 80), e = { S, R, IPPROTO_ICMP_, 0, 3 << 8 | 3, 0, 0, 0, 33 };
	struct packet *q, *p;
	struct icmp_hdr *ih;
	struct ip4_hdr *ip;
	struct udp_hdr *uh;

	nat_rule(&b, NF_NAT_DNAT, S, S, 8080, 8080);
	masquerade(&b);
	q = flow_pass(&b, &there);
	CHECK(q && get32(packet_ip4(q)->saddr) == R && get32(packet_ip4(q)->daddr) == S);
	p = flow_packet(&b, &e);
	ih = packet_icmp(p);
	if (q)
		memcpy(ih + 1, packet_data(q), 33);
	flow_end(&b, q);
	ih->check = put16(0);
	ih->check = put16(csum_fold(csum_add(0, ih, 41)));
	p = flow_pass_packet(&b, p, b.out, b.in);
	CHECK(p && p->ct && packet_sums_ok(p));
	if (p) {
		ip = (void *)(packet_icmp(p) + 1);
		uh = (void *)(ip + 1);
		CHECK(get32(packet_ip4(p)->saddr) == VIP && get32(packet_ip4(p)->daddr) == C1);
		CHECK(get32(ip->saddr) == C1 && get32(ip->daddr) == VIP && get16(uh->sport) == 1000 &&
			get16(uh->dport) == 80);
		CHECK(!csum_fold(csum_add(0, ip, sizeof(*ip))) && !csum_pseudo4(ip, uh, 13));
	}
	flow_end(&b, p);
	bed_free(&b);
}

static void t_device_goes(void)
{
	struct bed b = bed_new();

	masquerade(&b);
	CHECK(seen(&b, udp(C1, 1000, S, 53), R, 1000, S, 53));
	nf_dev_down(b.s, b.in);
	CHECK(b.nf->ct.n == 1);
	nf_dev_down(b.s, b.out);
	CHECK(b.nf->ct.n == 0);
	bed_free(&b);
}

/* A connection that is over makes room for a new one at the only port there is. */
static void t_time_wait(void)
{
	struct bed b = bed_new();
	struct shot f[] = { { C1, S, IPPROTO_TCP_, 1000, 80, TCP_SYN, 100, 0, 0 },
		{ S, R, IPPROTO_TCP_, 80, 5000, TCP_SYN | TCP_ACK, 500, 101, 0 },
		{ C1, S, IPPROTO_TCP_, 1000, 80, TCP_ACK, 101, 501, 0 },
		{ C1, S, IPPROTO_TCP_, 1000, 80, TCP_FIN | TCP_ACK, 101, 501, 0 },
		{ S, R, IPPROTO_TCP_, 80, 5000, TCP_FIN | TCP_ACK, 501, 102, 0 },
		{ C1, S, IPPROTO_TCP_, 1000, 80, TCP_ACK, 102, 502, 0 } };
	struct shot next = { C2, S, IPPROTO_TCP_, 2000, 80, TCP_SYN, 50, 0, 0 };
	bool ok;

	nat_rule(&b, NF_NAT_SNAT, R, R, 5000, 5000);
	for (unsigned i = 0; i < ARRAY_SIZE(f); i++) {
		look(&b, &f[i], &ok);
		CHECK(ok);
	}
	look(&b, &next, &ok); /* its sequence number is not beyond the old one's */
	CHECK(!ok);
	next.seq = 100000;
	CHECK(seen(&b, next, R, 5000, S, 80));
	bed_free(&b);
}

int main(void)
{
	t_masquerade();
	t_dnat();
	t_exhausted();
	t_range();
	t_null_binding();
	t_error();
	t_device_goes();
	t_time_wait();
	return check_end();
}
