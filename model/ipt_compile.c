/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a rule of iptables to nftables expressions, in the order in which iptables-nft 1.8.9 emits them (nft_ipv4_add()
 * of its iptables/nft-ipv4.c): interfaces, protocol, addresses, matches, counter, target. Where the tool hands the
 * kernel an xtables match or target in a wrapper (icmp, conntrack, multiport, addrtype; REJECT and all of NAT), the
 * native expressions that mean the same stand here. A comment is no expression. */
#include <stdlib.h>
#include <string.h>

#include "model/ipt_text.h"

enum { IP_FRAG_OFF = 6, IP_OFFSET_MASK = 0x1fff, IP_SADDR = 12, IP_DADDR = 16, TCP_FLAGS_OFFSET = 13 };

/* ---- bytes ---- */

static struct nf_data be16(uint16_t v)
{
	return (struct nf_data){ .b = { (uint8_t)(v >> 8), (uint8_t)v } };
}

static struct nf_data be32(uint32_t v)
{
	return (struct nf_data){ .b = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v } };
}

static struct nf_data byte(uint8_t v)
{
	return (struct nf_data){ .b = { v } };
}

static struct nf_data host32(uint32_t v)
{
	struct nf_data d = { 0 };

	memcpy(d.b, &v, sizeof(v));
	return d;
}

/* ---- expressions ---- */

static void payload(struct nf_rule *r, uint32_t base, uint32_t offset, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_PAYLOAD);

	e->payload.dreg = NF_REG_1;
	e->payload.base = base;
	e->payload.offset = offset;
	e->payload.len = len;
}

static void meta(struct nf_rule *r, uint32_t key)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_META);

	e->meta.key = key;
	e->meta.dreg = NF_REG_1;
}

static void cmp(struct nf_rule *r, uint32_t op, struct nf_data data, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_CMP);

	e->cmp.sreg = NF_REG_1;
	e->cmp.op = op;
	e->cmp.len = len;
	e->cmp.data = data;
}

static void cmp_eq(struct nf_rule *r, bool invert, struct nf_data data, uint32_t len)
{
	cmp(r, invert ? NF_CMP_NEQ : NF_CMP_EQ, data, len);
}

static void range(struct nf_rule *r, bool invert, struct nf_data from, struct nf_data to, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_RANGE);

	e->range.sreg = NF_REG_1;
	e->range.op = invert ? NF_RANGE_NEQ : NF_RANGE_EQ;
	e->range.len = len;
	e->range.from = from;
	e->range.to = to;
}

static void bitwise(struct nf_rule *r, struct nf_data mask, struct nf_data xor_, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_BITWISE);

	e->bitwise.sreg = e->bitwise.dreg = NF_REG_1;
	e->bitwise.len = len;
	e->bitwise.mask = mask;
	e->bitwise.xor_ = xor_;
}

static void load(struct nf_rule *r, uint32_t dreg, struct nf_data data, uint32_t len)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_IMMEDIATE);

	e->immediate.dreg = dreg;
	e->immediate.data = data;
	e->immediate.len = len;
}

static void verdict(struct nf_rule *r, int32_t code, const char *chain)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_IMMEDIATE);

	e->immediate.dreg = NF_REG_VERDICT;
	e->immediate.verdict = code;
	str_copy(e->immediate.chain, sizeof(e->immediate.chain), chain);
}

/* ---- what every rule may match ---- */

static void interface(struct nf_rule *r, uint32_t key, const char *name, bool invert)
{
	struct nf_data data = { 0 };
	size_t size = strlen(name);

	if (!size)
		return;
	meta(r, key);
	if (!strcmp(name, "+")) {
		/* all of them; not all of them is a name that no interface can have */
		memcpy(data.b, "INVAL/D", 8);
		if (invert)
			cmp(r, NF_CMP_EQ, data, 8);
		return;
	}
	memcpy(data.b, name, size);
	if (name[size - 1] == '+') {
		data.b[size - 1] = 0;
		cmp_eq(r, invert, data, (uint32_t)size - 1);
	} else {
		cmp_eq(r, invert, data, (uint32_t)size + 1);
	}
}

/* Only as many bytes as the mask covers, when it ends at a byte. */
static void address(struct nf_rule *r, uint32_t offset, uint32_t addr, uint32_t mask, bool invert)
{
	int bits = ipt_mask_bits(mask);
	uint32_t len = bits > 0 && bits % 8 == 0 ? (uint32_t)bits / 8 : 4;

	if (!addr && !mask && !invert)
		return;
	payload(r, NF_PAYLOAD_NETWORK, offset, len);
	if (bits <= 0 || bits % 8)
		bitwise(r, be32(mask), (struct nf_data){ 0 }, 4);
	cmp_eq(r, invert, be32(addr), len);
}

/* ---- matches ---- */

static void one_port(struct nf_rule *r, uint32_t offset, const struct ipt_ports *p)
{
	if (!p->set)
		return;
	payload(r, NF_PAYLOAD_TRANSPORT, offset, 2);
	if (p->from == p->to)
		cmp_eq(r, p->invert, be16(p->from), 2);
	else if (!p->from)
		cmp(r, p->invert ? NF_CMP_GT : NF_CMP_LTE, be16(p->to), 2);
	else
		range(r, p->invert, be16(p->from), be16(p->to), 2);
}

static void port_match(struct nf_rule *r, const struct ipt_match *m)
{
	const struct ipt_ports *src = &m->port.src, *dst = &m->port.dst;

	if (m->port.flags_set) {
		payload(r, NF_PAYLOAD_TRANSPORT, TCP_FLAGS_OFFSET, 1);
		bitwise(r, byte(m->port.flags_mask), (struct nf_data){ 0 }, 1);
		cmp_eq(r, m->port.flags_invert, byte(m->port.flags_cmp), 1);
	}
	one_port(r, 0, src);
	one_port(r, 2, dst);
}

/* What iptables leaves to an xtables match never matches a later fragment, inverted or not (icmp_match() of
 * ip_tables.c, xt_multiport.c); what it writes as expressions itself (tcp, udp) does: nft_payload_fast_eval(). */
static void first_fragment(struct nf_rule *r)
{
	payload(r, NF_PAYLOAD_NETWORK, IP_FRAG_OFF, 2);
	bitwise(r, be16(IP_OFFSET_MASK), (struct nf_data){ 0 }, 2);
	cmp_eq(r, false, be16(0), 2);
}

static void icmp_match(struct nf_rule *r, const struct ipt_match *m)
{
	uint16_t type = (uint16_t)(m->icmp.type << 8);
	bool any_code = !m->icmp.code_min && m->icmp.code_max == 0xff;

	first_fragment(r);

	if (m->icmp.type == 0xff)
		return;
	payload(r, NF_PAYLOAD_TRANSPORT, 0, any_code ? 1 : 2);
	if (any_code)
		cmp_eq(r, m->icmp.invert, byte(m->icmp.type), 1);
	else if (m->icmp.code_min == m->icmp.code_max)
		cmp_eq(r, m->icmp.invert, be16(type | m->icmp.code_min), 2);
	else
		range(r, m->icmp.invert, be16(type | m->icmp.code_min), be16(type | m->icmp.code_max), 2);
}

/* One of several states: any of the bits, which is "and, then not 0". */
static void ct_match(struct nf_rule *r, const struct ipt_match *m)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_CT);
	uint32_t status =
		(m->ct.states & IPT_CT_SNAT ? CTS_SRC_NAT : 0) | (m->ct.states & IPT_CT_DNAT ? CTS_DST_NAT : 0);

	e->ct.key = status ? NF_CT_STATUS : NF_CT_STATE;
	e->ct.dreg = NF_REG_1;
	bitwise(r, host32(status ? status : m->ct.states), (struct nf_data){ 0 }, 4);
	cmp(r, m->ct.invert ? NF_CMP_EQ : NF_CMP_NEQ, host32(0), 4);
}

static void set_add(struct nf_set *set, struct nf_data d)
{
	for (uint32_t i = 0; i < set->n; i++)
		if (!memcmp(&set->elem[i], &d, sizeof(d)))
			return;
	if (!(set->n & (set->n - 1)))
		set->elem = xrealloc(set->elem, (set->n ? 2 * (size_t)set->n : 1) * sizeof(*set->elem));
	set->elem[set->n++] = d;
}

static void multiport_match(struct nf_rule *r, const struct ipt_match *m)
{
	const uint16_t *port = m->multiport.port;
	struct nf_expr *e;

	first_fragment(r);
	payload(r, NF_PAYLOAD_TRANSPORT, m->multiport.src ? 0 : 2, 2);
	if (m->multiport.n == 1) {
		cmp_eq(r, m->multiport.invert, be16(port[0]), 2);
		return;
	}
	if (m->multiport.n == 2 && m->multiport.range[0]) {
		range(r, m->multiport.invert, be16(port[0]), be16(port[1]), 2);
		return;
	}
	e = nf_rule_expr(r, NFX_LOOKUP);
	e->lookup.sreg = NF_REG_1;
	e->lookup.flags = m->multiport.invert ? NF_LOOKUP_INV : 0;
	e->lookup.set.key_len = 2;
	for (unsigned i = 0; i < m->multiport.n; i++) {
		uint16_t to = m->multiport.range[i] ? port[i + 1] : port[i];

		for (uint32_t p = port[i]; p <= to; p++)
			set_add(&e->lookup.set, be16((uint16_t)p));
		i += m->multiport.range[i];
	}
}

static void addrtype(struct nf_rule *r, uint32_t flag, uint8_t type, bool invert)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_FIB);

	e->fib.dreg = NF_REG_1;
	e->fib.result = NF_FIB_RESULT_ADDRTYPE;
	e->fib.flags = flag;
	cmp_eq(r, invert, host32(type), 4);
}

static void limit_match(struct nf_rule *r, const struct ipt_match *m)
{
	struct nf_expr *e = nf_rule_expr(r, NFX_LIMIT);

	e->limit.rate = m->limit.rate;
	e->limit.unit = m->limit.unit;
	e->limit.burst = m->limit.burst;
	e->limit.type = NF_LIMIT_PKTS;
}

static void match(struct nf_rule *r, const struct ipt_match *m)
{
	switch (m->kind) {
	case IPT_TCP:
	case IPT_UDP:
		port_match(r, m);
		break;
	case IPT_ICMP:
		icmp_match(r, m);
		break;
	case IPT_CONNTRACK:
	case IPT_STATE:
		ct_match(r, m);
		break;
	case IPT_MULTIPORT:
		multiport_match(r, m);
		break;
	case IPT_ADDRTYPE:
		if (m->addrtype.src_set)
			addrtype(r, NF_FIB_F_SADDR, m->addrtype.src, m->addrtype.src_invert);
		if (m->addrtype.dst_set)
			addrtype(r, NF_FIB_F_DADDR, m->addrtype.dst, m->addrtype.dst_invert);
		break;
	case IPT_MARK:
		meta(r, NF_META_MARK);
		if (m->mark.mask != UINT32_MAX)
			bitwise(r, host32(m->mark.mask), (struct nf_data){ 0 }, 4);
		cmp_eq(r, m->mark.invert, host32(m->mark.mark), 4);
		break;
	case IPT_LIMIT:
		limit_match(r, m);
		break;
	default:
		break;
	}
}

/* ---- targets ---- */

/* Registers: 1 and 2 addresses, 3 and 4 ports. */
static void nat_target(struct nf_rule *r, const struct ipt_target *t)
{
	const struct ipt_nat_range *range_ = &t->range;
	bool addr = range_->flags & NF_NAT_MAP_IPS, proto = range_->flags & NF_NAT_PROTO_SPECIFIED;
	struct nf_expr *e;

	if (addr) {
		load(r, NF_REG_1, be32(range_->min_addr), 4);
		if (range_->max_addr != range_->min_addr)
			load(r, NF_REG_2, be32(range_->max_addr), 4);
	}
	if (proto) {
		load(r, NF_REG_3, be16(range_->min_port), 2);
		if (range_->max_port != range_->min_port)
			load(r, NF_REG_4, be16(range_->max_port), 2);
	}
	e = nf_rule_expr(r, NFX_NAT);
	e->nat.type = t->kind == IPT_DNAT ? NF_NAT_DNAT : NF_NAT_SNAT;
	e->nat.family = NF_FAMILY_IP;
	e->nat.flags = range_->flags;
	if (addr) {
		e->nat.reg_addr_min = NF_REG_1;
		e->nat.reg_addr_max = range_->max_addr != range_->min_addr ? NF_REG_2 : NF_REG_1;
	}
	if (proto) {
		e->nat.reg_proto_min = NF_REG_3;
		e->nat.reg_proto_max = range_->max_port != range_->min_port ? NF_REG_4 : NF_REG_3;
	}
}

static void masq_target(struct nf_rule *r, const struct ipt_target *t)
{
	const struct ipt_nat_range *range_ = &t->range;
	bool proto = range_->flags & NF_NAT_PROTO_SPECIFIED, two = range_->max_port != range_->min_port;
	struct nf_expr *e;

	if (proto) {
		load(r, NF_REG_1, be16(range_->min_port), 2);
		if (two)
			load(r, NF_REG_2, be16(range_->max_port), 2);
	}
	e = nf_rule_expr(r, t->kind == IPT_MASQUERADE ? NFX_MASQ : NFX_REDIR);
	e->masq.flags = range_->flags;
	e->masq.reg_proto_min = proto ? NF_REG_1 : 0;
	e->masq.reg_proto_max = proto ? (two ? NF_REG_2 : NF_REG_1) : 0;
}

static void mark_target(struct nf_rule *r, const struct ipt_target *t)
{
	struct nf_expr *e;

	if (t->mask == UINT32_MAX) {
		load(r, NF_REG_1, host32(t->mark), 4);
	} else {
		meta(r, NF_META_MARK);
		bitwise(r, host32(~t->mask), host32(t->mark), 4);
	}
	e = nf_rule_expr(r, NFX_META);
	e->meta.key = NF_META_MARK;
	e->meta.sreg = NF_REG_1;
	e->meta.set = true;
}

static void target(struct nf_rule *r, const struct ipt_target *t)
{
	struct nf_expr *e;

	switch (t->kind) {
	case IPT_ACCEPT:
		verdict(r, NFV_ACCEPT, "");
		break;
	case IPT_DROP:
		verdict(r, NFV_DROP, "");
		break;
	case IPT_RETURN:
		verdict(r, NFV_RETURN, "");
		break;
	case IPT_CHAIN:
		verdict(r, t->go ? NFV_GOTO : NFV_JUMP, t->chain);
		break;
	case IPT_REJECT:
		e = nf_rule_expr(r, NFX_REJECT);
		e->reject.type = t->reject < 0 ? NF_REJECT_TCP_RST : NF_REJECT_ICMP_UNREACH;
		e->reject.code = t->reject < 0 ? 0 : (uint8_t)t->reject;
		break;
	case IPT_DNAT:
	case IPT_SNAT:
		nat_target(r, t);
		break;
	case IPT_MASQUERADE:
	case IPT_REDIRECT:
		masq_target(r, t);
		break;
	case IPT_NOTRACK:
		nf_rule_expr(r, NFX_NOTRACK);
		break;
	case IPT_MARK_T:
		mark_target(r, t);
		break;
	default:
		break;
	}
}

void ipt_compile(struct nf_rule *r, const struct ipt_spec *s)
{
	struct buf text = { 0 };

	interface(r, NF_META_IIFNAME, s->in, s->in_invert);
	interface(r, NF_META_OIFNAME, s->out, s->out_invert);
	if (s->protocol) {
		meta(r, NF_META_L4PROTO);
		cmp_eq(r, s->proto_invert, byte(s->protocol), 1);
	}
	address(r, IP_SADDR, s->src, s->src_mask, s->src_invert);
	address(r, IP_DADDR, s->dst, s->dst_mask, s->dst_invert);
	for (unsigned i = 0; i < s->matches; i++)
		match(r, &s->match[i]);
	nf_rule_expr(r, NFX_COUNTER);
	target(r, &s->target);
	r->spec = ipt_spec_copy(s);
	ipt_spec_format(&text, s);
	r->text = buf_steal(&text);
}

const struct nf_expr *ipt_rule_counter(const struct nf_rule *r)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->expr[i].kind == NFX_COUNTER)
			return &r->expr[i];
	return NULL;
}
