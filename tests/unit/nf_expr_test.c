/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions of nftables, each against packets that it matches and does not; chains: jumps, returns, policies. */
#include "tests/unit/nf_packets.h"

#define C A4(10, 0, 0, 1)
#define S A4(20, 0, 0, 2)

static const struct shot tcp = { C, S, IPPROTO_TCP_, 1000, 80, TCP_SYN, 1, 0, 0 };

/* Does the rule (that the caller has made, and which ends in a drop) drop the packet in FORWARD? */
static bool drops(struct bed *b, const struct shot *f)
{
	struct packet *p = flow_pass(b, f);

	flow_end(b, p);
	return !p;
}

static struct nf_rule *rule(struct bed *b)
{
	return bed_rule(b, "fwd", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_FILTER);
}

static struct nf_expr *load(struct nf_rule *r, uint32_t base, uint32_t offset, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_PAYLOAD);

	e->payload.dreg = NF_REG_1;
	e->payload.base = base;
	e->payload.offset = offset;
	e->payload.len = len;
	return e;
}

static void cmp(struct nf_rule *r, uint32_t op, const void *data, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_CMP);

	e->cmp.sreg = NF_REG_1;
	e->cmp.op = op;
	e->cmp.len = len;
	memcpy(e->cmp.data.b, data, len);
}

static bool end(struct bed *b, struct nf_rule *r, const struct shot *f)
{
	bool d;

	rule_verdict(r, NFV_DROP);
	nf_commit(b->nf);
	d = drops(b, f);
	nf_rule_del(r);
	nf_commit(b->nf);
	return d;
}

static void t_payload(struct bed *b)
{
	static const struct {
		uint32_t base, offset, len;
		uint8_t data[4];
		bool match;
	} row[] = { { NF_PAYLOAD_NETWORK, 12, 4, { 10, 0, 0, 1 }, true },
		{ NF_PAYLOAD_NETWORK, 12, 4, { 10, 0, 0, 2 }, false }, { NF_PAYLOAD_NETWORK, 9, 1, { 6 }, true },
		{ NF_PAYLOAD_TRANSPORT, 2, 2, { 0, 80 }, true }, { NF_PAYLOAD_TRANSPORT, 2, 2, { 0, 81 }, false },
		{ NF_PAYLOAD_TRANSPORT, 13, 1, { TCP_SYN }, true }, { NF_PAYLOAD_TRANSPORT, 18, 2, { 0, 0 }, true },
		{ NF_PAYLOAD_TRANSPORT, 19, 2, { 0, 0 }, false }, { NF_PAYLOAD_TRANSPORT, 200, 4, { 0 }, false },
		{ NF_PAYLOAD_LL, 0, 4, { 0 }, false } };

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct nf_rule *r = rule(b);

		load(r, row[i].base, row[i].offset, row[i].len);
		cmp(r, NF_CMP_EQ, row[i].data, row[i].len);
		if (!CHECK(end(b, r, &tcp) == row[i].match))
			fprintf(stderr, "  row %u\n", i);
	}
}

/* A later fragment has no transport header; what lies aligned is taken from there all the same. */
static void t_fragment(struct bed *b, uint32_t offset, uint32_t len, bool match)
{
	struct nf_rule *r = rule(b);
	struct packet *p = flow_packet(b, &tcp);
	struct ip4_hdr *ip = packet_ip4(p);

	ip->frag = put16(100);
	ip->check = put16(csum_ip4(ip));
	load(r, NF_PAYLOAD_TRANSPORT, offset, len);
	rule_verdict(r, NFV_DROP);
	nf_commit(b->nf);
	p = flow_pass_packet(b, p, b->in, b->out);
	CHECK(!p == match);
	if (p)
		flow_end(b, p);
	nf_rule_del(r);
	nf_commit(b->nf);
}

static void t_compare(struct bed *b)
{
	static const struct {
		uint32_t op;
		bool less, equal, more; /* when the packet's port is less than, ... the rule's */
	} row[] = { { NF_CMP_EQ, false, true, false }, { NF_CMP_NEQ, true, false, true },
		{ NF_CMP_LT, true, false, false }, { NF_CMP_LTE, true, true, false }, { NF_CMP_GT, false, false, true },
		{ NF_CMP_GTE, false, true, true } };

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++)
		for (int d = -1; d <= 1; d++) {
			struct nf_rule *r = rule(b);
			be16 port = put16((unsigned)(80 - d));

			load(r, NF_PAYLOAD_TRANSPORT, 2, 2);
			cmp(r, row[i].op, &port, 2);
			CHECK(end(b, r, &tcp) == (d < 0 ? row[i].less : d ? row[i].more : row[i].equal));
		}
	for (unsigned from = 78; from < 83; from++)
		for (uint32_t op = NF_RANGE_EQ; op <= NF_RANGE_NEQ; op++) {
			struct nf_rule *r = rule(b);
			be16 lo = put16(from), hi = put16(from + 1);
			struct nf_expr *e;

			load(r, NF_PAYLOAD_TRANSPORT, 2, 2);
			e = nf_rule_expr(r, NFX_RANGE);
			e->range.sreg = NF_REG_1;
			e->range.op = op;
			e->range.len = 2;
			memcpy(e->range.from.b, &lo, 2);
			memcpy(e->range.to.b, &hi, 2);
			CHECK(end(b, r, &tcp) == ((from == 79 || from == 80) == (op == NF_RANGE_EQ)));
		}
}

static void t_bits_and_sets(struct bed *b)
{
	struct nf_rule *r = rule(b);
	struct nf_expr *e;

	load(r, NF_PAYLOAD_NETWORK, 16, 4);
	e = nf_rule_expr(r, NFX_BITWISE);
	e->bitwise.sreg = e->bitwise.dreg = NF_REG_1;
	e->bitwise.len = 4;
	memcpy(e->bitwise.mask.b, (uint8_t[]){ 255, 255, 255, 0 }, 4);
	cmp(r, NF_CMP_EQ, (uint8_t[]){ 20, 0, 0, 0 }, 4);
	CHECK(end(b, r, &tcp));
	for (uint32_t flags = 0; flags <= NF_LOOKUP_INV; flags++)
		for (unsigned first = 78; first <= 79; first++) {
			r = rule(b);
			load(r, NF_PAYLOAD_TRANSPORT, 2, 2);
			e = nf_rule_expr(r, NFX_LOOKUP);
			e->lookup.sreg = NF_REG_1;
			e->lookup.flags = flags;
			e->lookup.set =
				(struct nf_set){ .key_len = 2, .n = 2, .elem = xcalloc(2, sizeof(struct nf_data)) };
			e->lookup.set.elem[0].b[1] = (uint8_t)first;
			e->lookup.set.elem[1].b[1] = (uint8_t)(first + 1);
			CHECK(end(b, r, &tcp) == ((first == 79) != (flags == NF_LOOKUP_INV)));
		}
}

static void t_meta(struct bed *b)
{
	static const struct {
		uint32_t key;
		const char *data;
		uint32_t len;
	} row[] = { { NF_META_IIFNAME, "in\0\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
		{ NF_META_OIFNAME, "out\0\0\0\0\0\0\0\0\0\0\0\0", 16 }, { NF_META_OIFNAME, "o", 1 },
		{ NF_META_L4PROTO, "\6", 1 }, { NF_META_NFPROTO, "\2", 1 }, { NF_META_PROTOCOL, "\10\0", 2 },
		{ NF_META_LEN, "\50\0\0", 4 }, { NF_META_MARK, "\0\0\0", 4 } };

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct nf_rule *r = rule(b);
		struct nf_expr *e = nf_rule_expr(r, NFX_META);

		e->meta.key = row[i].key;
		e->meta.dreg = NF_REG_1;
		cmp(r, NF_CMP_EQ, row[i].data, row[i].len);
		if (!CHECK(end(b, r, &tcp)))
			fprintf(stderr, "  row %u\n", i);
	}
}

static void t_mark(struct bed *b)
{
	struct nf_rule *r = bed_rule(b, "pre", NF_CHAIN_FILTER, NF_PRE_ROUTING, NF_PRI_MANGLE), *r2 = rule(b);
	struct nf_expr *e;
	uint32_t mark = 0x77;

	rule_data(r, NF_REG_2, &mark, 4);
	e = nf_rule_expr(r, NFX_META);
	e->meta.set = true;
	e->meta.key = NF_META_MARK;
	e->meta.sreg = NF_REG_2;
	e = nf_rule_expr(r2, NFX_META);
	e->meta.key = NF_META_MARK;
	e->meta.dreg = NF_REG_1;
	cmp(r2, NF_CMP_EQ, &mark, 4);
	CHECK(end(b, r2, &tcp));
	nf_rule_del(r);
	nf_commit(b->nf);
}

static void t_limit(struct bed *b)
{
	struct nf_rule *r = rule(b);
	struct nf_expr *e = nf_rule_expr(r, NFX_LIMIT);
	unsigned n = 0;

	e->limit.rate = 2;
	e->limit.unit = 1;
	e->limit.burst = 3;
	rule_verdict(r, NFV_DROP);
	nf_commit(b->nf);
	for (unsigned i = 0; i < 10; i++)
		n += drops(b, &tcp);
	CHECK(n == 3);
	b->s->now += NSEC_PER_SEC / 2 - 1;
	CHECK(!drops(b, &tcp));
	b->s->now += 1;
	CHECK(drops(b, &tcp) && !drops(b, &tcp));
	b->s->now += 100 * NSEC_PER_SEC;
	for (n = 0; drops(b, &tcp);)
		n++;
	CHECK(n == 3);
	nf_rule_del(r);
	nf_commit(b->nf);
}

static void t_fib(struct bed *b)
{
	struct nf_rule *r = rule(b);
	struct nf_expr *e = nf_rule_expr(r, NFX_FIB);
	uint32_t type = RTN_MULTICAST_;
	struct shot f = tcp;

	e->fib.dreg = NF_REG_1;
	e->fib.result = NF_FIB_RESULT_ADDRTYPE;
	e->fib.flags = NF_FIB_F_DADDR;
	cmp(r, NF_CMP_EQ, &type, 4);
	rule_verdict(r, NFV_DROP);
	nf_commit(b->nf);
	CHECK(!drops(b, &f));
	f.dst = A4(224, 0, 0, 5);
	CHECK(drops(b, &f));
	nf_rule_del(r);
	nf_commit(b->nf);
}

static void jump(struct nf_rule *r, int verdict, const char *chain)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_IMMEDIATE);

	e->immediate.verdict = verdict;
	str_copy(e->immediate.chain, sizeof(e->immediate.chain), chain);
}

static struct nf_expr *counter(struct nf_rule *r)
{
	return nf_rule_expr(r, NFX_COUNTER);
}

/* fwd: jump a, count, drop; a: goto b, count; b: count, return. What a goto leaves is not come back to. */
static void t_chains(struct bed *b)
{
	struct nf_rule *base = rule(b), *after = rule(b), *ra, *ra2, *rb, *last = rule(b);
	struct nf_table *t = base->chain->table;
	struct nf_chain *a = nf_chain_add(t, "a"), *c = nf_chain_add(t, "b");

	jump(base, NFV_JUMP, "a");
	counter(after);
	rule_verdict(last, NFV_RETURN);
	ra = nf_rule_add(a, NULL);
	jump(ra, NFV_GOTO, "b");
	ra2 = nf_rule_add(a, NULL);
	counter(ra2);
	rb = nf_rule_add(c, NULL);
	counter(rb);
	rule_verdict(rb, NFV_RETURN);
	nf_commit(b->nf);
	base->chain->packets = base->chain->bytes = 0;
	CHECK(!drops(b, &tcp));
	CHECK(after->expr[0].counter.packets == 1 && after->expr[0].counter.bytes == 40);
	CHECK(ra2->expr[0].counter.packets == 0 && rb->expr[0].counter.packets == 1);
	CHECK(base->chain->packets == 1 && base->chain->bytes == 40);
	base->chain->policy = NFV_DROP;
	CHECK(drops(b, &tcp));
	CHECK(base->chain->packets == 2);
	base->chain->policy = NFV_ACCEPT;
}

/* A chain of jumps as deep as the stack, and one deeper. */
static void t_deep(void)
{
	for (unsigned depth = 16; depth <= 17; depth++) {
		struct bed b = bed_new();
		struct nf_rule *r = rule(&b);
		struct nf_table *t = r->chain->table;

		for (unsigned i = 0; i < depth; i++) {
			char name[16];

			snprintf(name, sizeof(name), "c%u", i);
			jump(r, NFV_JUMP, name);
			r = nf_rule_add(nf_chain_add(t, name), NULL);
		}
		counter(r);
		nf_commit(b.nf);
		CHECK(drops(&b, &tcp) == (depth > 16));
		bed_free(&b);
	}
}

static void t_notrack(void)
{
	struct bed b = bed_new();
	struct packet *p;

	bed_track(&b);
	nf_rule_expr(bed_rule(&b, "raw", NF_CHAIN_FILTER, NF_PRE_ROUTING, NF_PRI_RAW), NFX_NOTRACK);
	nf_commit(b.nf);
	p = flow_pass(&b, &tcp);
	CHECK(p && !p->ct && p->untracked && b.nf->ct.n == 0);
	flow_end(&b, p);
	bed_free(&b);
}

int main(void)
{
	struct bed b = bed_new();

	t_payload(&b);
	t_fragment(&b, 2, 2, true);
	t_fragment(&b, 13, 1, true);
	t_fragment(&b, 3, 2, false);
	t_fragment(&b, 0, 8, false);
	t_compare(&b);
	t_bits_and_sets(&b);
	t_meta(&b);
	t_mark(&b);
	t_limit(&b);
	t_fib(&b);
	t_chains(&b);
	bed_free(&b);
	t_deep();
	t_notrack();
	return check_end();
}
