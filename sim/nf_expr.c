/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions of nftables: each kind as its file net/netfilter/nft_NAME.c evaluates it.
 *
 * Theory of operation. An expression reads and writes registers of 16 bytes. What came from the packet stands in
 * them in network order, numbers of the host in the host's own, as the compilers of rules (model/iptables.c) put
 * their data. An expression that can not do its work (a payload beyond the packet's end, connection tracking of a
 * packet that has none) breaks its rule: the rule does not match. */
#include <string.h>

#include "sim/netfilter.h"

void nft_set_pktinfo(struct nft_pktinfo *pkt, struct nf_state *st, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);

	pkt->p = p;
	pkt->st = st;
	pkt->ip = ip;
	pkt->l4 = ip != NULL;
	pkt->thoff = ip ? p->net_off + (int32_t)ip4_hlen(ip) : -1;
	pkt->fragoff = ip ? (uint16_t)(get16(ip->frag) & IP4_OFFSET) : 0;
}

/* ---- registers ---- */

/* Bytes of a register that an expression may reach: it may go on into the next ones, as concatenations do. */
static uint8_t *reg_bytes(struct nft_pktinfo *pkt, uint32_t reg, uint32_t len)
{
	if (reg < NF_REG_1 || reg > NF_REG_4 || len > (NF_REGS - reg) * NF_REG_SIZE)
		bug("a rule uses register %u for %u bytes", reg, len);
	return pkt->reg[reg].b;
}

static void reg_set(struct nft_pktinfo *pkt, uint32_t reg, const void *data, uint32_t len)
{
	uint8_t *to = reg_bytes(pkt, reg, len);

	if (len < NF_REG_SIZE)
		memset(to, 0, NF_REG_SIZE);
	memcpy(to, data, len);
}

static void reg_set_u32(struct nft_pktinfo *pkt, uint32_t reg, uint32_t v)
{
	reg_set(pkt, reg, &v, sizeof(v));
}

static uint32_t reg_u32(struct nft_pktinfo *pkt, uint32_t reg)
{
	uint32_t v;

	memcpy(&v, reg_bytes(pkt, reg, sizeof(v)), sizeof(v));
	return v;
}

/* ---- what the packet is ---- */

/* nft_payload_fast_eval(), of what lies aligned in 1, 2 or 4 bytes, does not ask whether the packet is a later
 * fragment, which has no such header: it takes what is there. */
static bool is_fast(const struct nf_expr *e)
{
	uint32_t len = e->payload.len;

	return (len == 1 || len == 2 || len == 4) && e->payload.offset % len == 0;
}

static int eval_payload(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	struct packet *p = pkt->p;
	int32_t base;
	const void *at;

	switch (e->payload.base) {
	case NF_PAYLOAD_LL:
		base = p->mac_off;
		break;
	case NF_PAYLOAD_NETWORK:
		base = p->net_off;
		break;
	default:
		base = pkt->l4 && (!pkt->fragoff || is_fast(e)) ? pkt->thoff : -1;
		break;
	}
	at = base < 0 ? NULL : packet_at(p, base + (int32_t)e->payload.offset, e->payload.len);
	if (!at)
		return NFV_BREAK;
	reg_set(pkt, e->payload.dreg, at, e->payload.len);
	return NFV_CONTINUE;
}

static void meta_name(struct nft_pktinfo *pkt, uint32_t reg, const struct dev *dev)
{
	char name[IFNAMSIZ_] = "";

	if (dev)
		memcpy(name, dev->name, strlen(dev->name));
	reg_set(pkt, reg, name, sizeof(name));
}

static int eval_meta_set(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	if (e->meta.key != NF_META_MARK)
		bug("meta set of key %u", e->meta.key);
	pkt->p->mark = reg_u32(pkt, e->meta.sreg);
	return NFV_CONTINUE;
}

static int eval_meta(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	const struct nf_state *st = pkt->st;
	uint32_t reg = e->meta.dreg;
	be16 protocol;

	if (e->meta.set)
		return eval_meta_set(pkt, e);
	switch (e->meta.key) {
	case NF_META_LEN:
		reg_set_u32(pkt, reg, nf_len(pkt->p));
		return NFV_CONTINUE;
	case NF_META_PROTOCOL:
		protocol = put16(pkt->p->protocol);
		reg_set(pkt, reg, &protocol, sizeof(protocol));
		return NFV_CONTINUE;
	case NF_META_MARK:
		reg_set_u32(pkt, reg, pkt->p->mark);
		return NFV_CONTINUE;
	case NF_META_IIF:
		reg_set_u32(pkt, reg, st->in ? (uint32_t)st->in->ifindex : 0);
		return NFV_CONTINUE;
	case NF_META_OIF:
		reg_set_u32(pkt, reg, st->out ? (uint32_t)st->out->ifindex : 0);
		return NFV_CONTINUE;
	case NF_META_IIFNAME:
		meta_name(pkt, reg, st->in);
		return NFV_CONTINUE;
	case NF_META_OIFNAME:
		meta_name(pkt, reg, st->out);
		return NFV_CONTINUE;
	case NF_META_NFPROTO:
		reg_set(pkt, reg, &(uint8_t){ NF_FAMILY_IP }, 1);
		return NFV_CONTINUE;
	case NF_META_L4PROTO:
		if (!pkt->l4)
			return NFV_BREAK;
		reg_set(pkt, reg, &pkt->ip->protocol, 1);
		return NFV_CONTINUE;
	default:
		bug("meta key %u", e->meta.key);
	}
}

static uint32_t ct_state_bit(const struct packet *p)
{
	static const uint32_t bit[] = { [CT_ESTABLISHED] = NF_CT_STATE_ESTABLISHED,
		[CT_RELATED] = NF_CT_STATE_RELATED,
		[CT_NEW] = NF_CT_STATE_NEW,
		[CT_ESTABLISHED_REPLY] = NF_CT_STATE_ESTABLISHED,
		[CT_RELATED_REPLY] = NF_CT_STATE_RELATED };

	if (p->ct)
		return bit[p->ct_info];
	return p->untracked ? NF_CT_STATE_UNTRACKED : NF_CT_STATE_INVALID;
}

static int eval_ct(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	if (e->ct.key == NF_CT_STATE) {
		reg_set_u32(pkt, e->ct.dreg, ct_state_bit(pkt->p));
		return NFV_CONTINUE;
	}
	if (e->ct.key != NF_CT_STATUS)
		bug("ct key %u", e->ct.key);
	if (!pkt->p->ct)
		return NFV_BREAK;
	reg_set_u32(pkt, e->ct.dreg, pkt->p->ct->status);
	return NFV_CONTINUE;
}

static int eval_fib(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	struct ipaddr a;

	if (!pkt->ip)
		return NFV_BREAK;
	if (e->fib.result != NF_FIB_RESULT_ADDRTYPE)
		bug("fib result %u", e->fib.result);
	a = ip4(get32(e->fib.flags & NF_FIB_F_DADDR ? pkt->ip->daddr : pkt->ip->saddr));
	reg_set_u32(pkt, e->fib.dreg, fib_addr_type(pkt->st->ns, &a));
	return NFV_CONTINUE;
}

/* ---- comparing and computing ---- */

static int eval_cmp(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	int d = memcmp(reg_bytes(pkt, e->cmp.sreg, e->cmp.len), e->cmp.data.b, e->cmp.len);
	bool holds = false;

	switch (e->cmp.op) {
	case NF_CMP_EQ:
		holds = d == 0;
		break;
	case NF_CMP_NEQ:
		holds = d != 0;
		break;
	case NF_CMP_LT:
		holds = d < 0;
		break;
	case NF_CMP_LTE:
		holds = d <= 0;
		break;
	case NF_CMP_GT:
		holds = d > 0;
		break;
	case NF_CMP_GTE:
		holds = d >= 0;
		break;
	}
	return holds ? NFV_CONTINUE : NFV_BREAK;
}

static int eval_range(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	const uint8_t *b = reg_bytes(pkt, e->range.sreg, e->range.len);
	bool in = memcmp(b, e->range.from.b, e->range.len) >= 0 && memcmp(b, e->range.to.b, e->range.len) <= 0;

	return in == (e->range.op == NF_RANGE_EQ) ? NFV_CONTINUE : NFV_BREAK;
}

static int eval_bitwise(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	const uint8_t *from = reg_bytes(pkt, e->bitwise.sreg, e->bitwise.len);
	uint8_t *to = reg_bytes(pkt, e->bitwise.dreg, e->bitwise.len);

	for (uint32_t i = 0; i < e->bitwise.len; i++)
		to[i] = (uint8_t)((from[i] & e->bitwise.mask.b[i]) ^ e->bitwise.xor_.b[i]);
	return NFV_CONTINUE;
}

static int eval_lookup(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	const struct nf_set *set = &e->lookup.set;
	const uint8_t *key = reg_bytes(pkt, e->lookup.sreg, set->key_len);
	bool found = false;

	for (uint32_t i = 0; i < set->n && !found; i++)
		found = !memcmp(set->elem[i].b, key, set->key_len);
	return found != !!(e->lookup.flags & NF_LOOKUP_INV) ? NFV_CONTINUE : NFV_BREAK;
}

static int eval_immediate(struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	if (e->immediate.dreg == NF_REG_VERDICT)
		return e->immediate.verdict;
	reg_set(pkt, e->immediate.dreg, e->immediate.data.b, e->immediate.len);
	return NFV_CONTINUE;
}

static int eval_counter(struct nft_pktinfo *pkt, struct nf_expr *e)
{
	e->counter.packets++;
	e->counter.bytes += nf_len(pkt->p);
	return NFV_CONTINUE;
}

/* A token bucket in nanoseconds, full when the rule is made; without a burst 5 packets, as nft_limit_init() has it. */
static int eval_limit(struct sim *s, struct nf_expr *e)
{
	uint64_t cost = e->limit.unit * NSEC_PER_SEC / e->limit.rate;
	uint64_t most = cost * (e->limit.burst ? e->limit.burst : 5), tokens;
	bool over, invert = e->limit.flags & NF_LIMIT_F_INV;

	if (!e->limit.started) {
		e->limit.started = true;
		e->limit.tokens = most;
		e->limit.last = s->now;
	}
	tokens = e->limit.tokens + (s->now - e->limit.last);
	if (tokens > most)
		tokens = most;
	e->limit.last = s->now;
	over = tokens < cost;
	e->limit.tokens = over ? tokens : tokens - cost;
	return over != invert ? NFV_BREAK : NFV_CONTINUE;
}

/* ---- what is done to the packet ---- */

static uint16_t reg_port(struct nft_pktinfo *pkt, uint32_t reg)
{
	be16 v;

	memcpy(&v, reg_bytes(pkt, reg, sizeof(v)), sizeof(v));
	return get16(v);
}

static uint32_t reg_addr(struct nft_pktinfo *pkt, uint32_t reg)
{
	be32 v;

	memcpy(&v, reg_bytes(pkt, reg, sizeof(v)), sizeof(v));
	return get32(v);
}

static void range_proto(struct nft_pktinfo *pkt, struct nat_range *r, uint32_t min, uint32_t max)
{
	if (!min)
		return;
	r->flags |= NF_NAT_PROTO_SPECIFIED;
	r->min_proto = reg_port(pkt, min);
	r->max_proto = reg_port(pkt, max ? max : min);
}

static int eval_nat(struct sim *s, struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	struct nat_range r = { .flags = e->nat.flags };
	int verdict;

	if (e->nat.reg_addr_min) {
		r.flags |= NF_NAT_MAP_IPS;
		r.min_addr = reg_addr(pkt, e->nat.reg_addr_min);
		r.max_addr = reg_addr(pkt, e->nat.reg_addr_max ? e->nat.reg_addr_max : e->nat.reg_addr_min);
	}
	range_proto(pkt, &r, e->nat.reg_proto_min, e->nat.reg_proto_max);
	if (!pkt->p->ct)
		return NFV_BREAK;
	verdict = nf_nat_setup_info(s, pkt->p->ct, &r, e->nat.type == NF_NAT_SNAT ? NAT_MANIP_SRC : NAT_MANIP_DST);
	return verdict == NFV_ACCEPT ? verdict : nf_state_drop(pkt->st, ST_NF_NAT, "already translated", 0);
}

static int eval_masq(struct sim *s, struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	struct nat_range r = { .flags = e->masq.flags };

	range_proto(pkt, &r, e->masq.reg_proto_min, e->masq.reg_proto_max);
	return pkt->p->ct ? nf_nat_masquerade(s, pkt->st, pkt->p, &r) : NFV_BREAK;
}

static int eval_redir(struct sim *s, struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	struct nat_range r = { .flags = e->redir.flags };

	range_proto(pkt, &r, e->redir.reg_proto_min, e->redir.reg_proto_max);
	return pkt->p->ct ? nf_nat_redirect(s, pkt->st, pkt->p, &r) : NFV_BREAK;
}

static int eval_reject(struct sim *s, struct nft_pktinfo *pkt, const struct nf_expr *e)
{
	if (e->reject.type == NF_REJECT_TCP_RST)
		nf_send_reset(s, pkt->st, pkt->p);
	else
		nf_send_unreach(s, pkt->st, pkt->p, e->reject.code);
	return nf_state_drop(pkt->st, ST_NFT_DO_CHAIN, "rejected", 0);
}

static int eval_notrack(struct nft_pktinfo *pkt)
{
	if (!pkt->p->ct)
		pkt->p->untracked = true;
	return NFV_CONTINUE;
}

int nft_expr_eval(struct sim *s, struct nft_pktinfo *pkt, struct nf_expr *e)
{
	switch (e->kind) {
	case NFX_PAYLOAD:
		return eval_payload(pkt, e);
	case NFX_META:
		return eval_meta(pkt, e);
	case NFX_CT:
		return eval_ct(pkt, e);
	case NFX_FIB:
		return eval_fib(pkt, e);
	case NFX_CMP:
		return eval_cmp(pkt, e);
	case NFX_RANGE:
		return eval_range(pkt, e);
	case NFX_BITWISE:
		return eval_bitwise(pkt, e);
	case NFX_LOOKUP:
		return eval_lookup(pkt, e);
	case NFX_IMMEDIATE:
		return eval_immediate(pkt, e);
	case NFX_COUNTER:
		return eval_counter(pkt, e);
	case NFX_LIMIT:
		return eval_limit(s, e);
	case NFX_NAT:
		return eval_nat(s, pkt, e);
	case NFX_MASQ:
		return eval_masq(s, pkt, e);
	case NFX_REDIR:
		return eval_redir(s, pkt, e);
	case NFX_REJECT:
		return eval_reject(s, pkt, e);
	case NFX_NOTRACK:
		return eval_notrack(pkt);
	case NFX_NUM:
		break;
	}
	bug("expression kind %d", (int)e->kind);
}
