/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One expression of the model as libnftnl's: same name, same numbers, same bytes. A set is a message of its own ahead
 * of its rule, known to the lookup by its number within the batch. */
#include "kernel/nft_expr.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>

void nft_need(int rc)
{
	if (rc < 0)
		out_of_memory();
}

static void set32(struct nftnl_expr *e, uint16_t attr, uint32_t v)
{
	nftnl_expr_set_u32(e, attr, v);
}

static void set_if(struct nftnl_expr *e, uint16_t attr, uint32_t v)
{
	if (v)
		nftnl_expr_set_u32(e, attr, v);
}

static void immediate(struct nftnl_expr *e, const struct nf_expr *x)
{
	set32(e, NFTNL_EXPR_IMM_DREG, x->immediate.dreg);
	if (x->immediate.dreg != NF_REG_VERDICT) {
		nft_need(nftnl_expr_set(e, NFTNL_EXPR_IMM_DATA, x->immediate.data.b, x->immediate.len));
		return;
	}
	set32(e, NFTNL_EXPR_IMM_VERDICT, (uint32_t)x->immediate.verdict);
	if (x->immediate.verdict == NFV_JUMP || x->immediate.verdict == NFV_GOTO)
		nft_need(nftnl_expr_set_str(e, NFTNL_EXPR_IMM_CHAIN, x->immediate.chain));
}

static void nat(struct nftnl_expr *e, const struct nf_expr *x)
{
	set32(e, NFTNL_EXPR_NAT_TYPE, x->nat.type);
	set32(e, NFTNL_EXPR_NAT_FAMILY, x->nat.family);
	set_if(e, NFTNL_EXPR_NAT_REG_ADDR_MIN, x->nat.reg_addr_min);
	set_if(e, NFTNL_EXPR_NAT_REG_ADDR_MAX, x->nat.reg_addr_max);
	set_if(e, NFTNL_EXPR_NAT_REG_PROTO_MIN, x->nat.reg_proto_min);
	set_if(e, NFTNL_EXPR_NAT_REG_PROTO_MAX, x->nat.reg_proto_max);
	set_if(e, NFTNL_EXPR_NAT_FLAGS, x->nat.flags);
}

static void limit(struct nftnl_expr *e, const struct nf_expr *x)
{
	nftnl_expr_set_u64(e, NFTNL_EXPR_LIMIT_RATE, x->limit.rate);
	nftnl_expr_set_u64(e, NFTNL_EXPR_LIMIT_UNIT, x->limit.unit);
	set32(e, NFTNL_EXPR_LIMIT_BURST, x->limit.burst);
	set32(e, NFTNL_EXPR_LIMIT_TYPE, x->limit.type);
	set32(e, NFTNL_EXPR_LIMIT_FLAGS, x->limit.flags);
}

/* The expressions that read something into a register, or write it. */
static void fill_load(struct nftnl_expr *e, const struct nf_expr *x)
{
	switch (x->kind) {
	case NFX_PAYLOAD:
		set32(e, NFTNL_EXPR_PAYLOAD_DREG, x->payload.dreg);
		set32(e, NFTNL_EXPR_PAYLOAD_BASE, x->payload.base);
		set32(e, NFTNL_EXPR_PAYLOAD_OFFSET, x->payload.offset);
		set32(e, NFTNL_EXPR_PAYLOAD_LEN, x->payload.len);
		break;
	case NFX_META:
		set32(e, NFTNL_EXPR_META_KEY, x->meta.key);
		set32(e, x->meta.set ? NFTNL_EXPR_META_SREG : NFTNL_EXPR_META_DREG,
			x->meta.set ? x->meta.sreg : x->meta.dreg);
		break;
	case NFX_CT:
		set32(e, NFTNL_EXPR_CT_KEY, x->ct.key);
		set32(e, NFTNL_EXPR_CT_DREG, x->ct.dreg);
		break;
	case NFX_FIB:
		set32(e, NFTNL_EXPR_FIB_DREG, x->fib.dreg);
		set32(e, NFTNL_EXPR_FIB_RESULT, x->fib.result);
		set32(e, NFTNL_EXPR_FIB_FLAGS, x->fib.flags);
		break;
	case NFX_BITWISE:
		set32(e, NFTNL_EXPR_BITWISE_SREG, x->bitwise.sreg);
		set32(e, NFTNL_EXPR_BITWISE_DREG, x->bitwise.dreg);
		set32(e, NFTNL_EXPR_BITWISE_LEN, x->bitwise.len);
		nft_need(nftnl_expr_set(e, NFTNL_EXPR_BITWISE_MASK, x->bitwise.mask.b, x->bitwise.len));
		nft_need(nftnl_expr_set(e, NFTNL_EXPR_BITWISE_XOR, x->bitwise.xor_.b, x->bitwise.len));
		break;
	default:
		immediate(e, x);
	}
}

static void fill(struct nftnl_expr *e, const struct nf_expr *x, uint32_t set_id)
{
	switch (x->kind) {
	case NFX_CMP:
		set32(e, NFTNL_EXPR_CMP_SREG, x->cmp.sreg);
		set32(e, NFTNL_EXPR_CMP_OP, x->cmp.op);
		nft_need(nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, x->cmp.data.b, x->cmp.len));
		break;
	case NFX_RANGE:
		set32(e, NFTNL_EXPR_RANGE_SREG, x->range.sreg);
		set32(e, NFTNL_EXPR_RANGE_OP, x->range.op);
		nft_need(nftnl_expr_set(e, NFTNL_EXPR_RANGE_FROM_DATA, x->range.from.b, x->range.len));
		nft_need(nftnl_expr_set(e, NFTNL_EXPR_RANGE_TO_DATA, x->range.to.b, x->range.len));
		break;
	case NFX_LOOKUP:
		set32(e, NFTNL_EXPR_LOOKUP_SREG, x->lookup.sreg);
		nft_need(nftnl_expr_set_str(e, NFTNL_EXPR_LOOKUP_SET, NFT_SET_NAME_));
		set32(e, NFTNL_EXPR_LOOKUP_SET_ID, set_id);
		set_if(e, NFTNL_EXPR_LOOKUP_FLAGS, x->lookup.flags);
		break;
	case NFX_COUNTER:
		nftnl_expr_set_u64(e, NFTNL_EXPR_CTR_PACKETS, x->counter.packets);
		nftnl_expr_set_u64(e, NFTNL_EXPR_CTR_BYTES, x->counter.bytes);
		break;
	case NFX_LIMIT:
		limit(e, x);
		break;
	case NFX_NAT:
		nat(e, x);
		break;
	case NFX_MASQ:
		set_if(e, NFTNL_EXPR_MASQ_FLAGS, x->masq.flags);
		set_if(e, NFTNL_EXPR_MASQ_REG_PROTO_MIN, x->masq.reg_proto_min);
		set_if(e, NFTNL_EXPR_MASQ_REG_PROTO_MAX, x->masq.reg_proto_max);
		break;
	case NFX_REDIR:
		set_if(e, NFTNL_EXPR_REDIR_FLAGS, x->redir.flags);
		set_if(e, NFTNL_EXPR_REDIR_REG_PROTO_MIN, x->redir.reg_proto_min);
		set_if(e, NFTNL_EXPR_REDIR_REG_PROTO_MAX, x->redir.reg_proto_max);
		break;
	case NFX_REJECT:
		set32(e, NFTNL_EXPR_REJECT_TYPE, x->reject.type);
		nftnl_expr_set_u8(e, NFTNL_EXPR_REJECT_CODE, x->reject.code);
		break;
	case NFX_NOTRACK:
		break;
	default:
		fill_load(e, x);
	}
}

struct nftnl_expr *nft_expr(const struct nf_expr *x, uint32_t set_id)
{
	struct nftnl_expr *e;

	errno = 0;
	e = nftnl_expr_alloc(nf_expr_name(x->kind));
	if (!e && errno == ENOMEM)
		out_of_memory();
	if (e)
		fill(e, x, set_id);
	return e;
}

struct nftnl_set *nft_set(const struct nf_set *set, const char *table, uint32_t family, uint32_t id)
{
	enum { INET_SERVICE = 13 }; /* nft's number of the type: how `nft list` prints the values */
	struct nftnl_set *s = xcheck(nftnl_set_alloc());

	nftnl_set_set_u32(s, NFTNL_SET_FAMILY, family);
	nft_need(nftnl_set_set_str(s, NFTNL_SET_TABLE, table));
	nft_need(nftnl_set_set_str(s, NFTNL_SET_NAME, NFT_SET_NAME_));
	nftnl_set_set_u32(s, NFTNL_SET_ID, id);
	nftnl_set_set_u32(s, NFTNL_SET_FLAGS, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_TYPE, set->key_len == 2 ? INET_SERVICE : 0);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_LEN, set->key_len);
	nftnl_set_set_u32(s, NFTNL_SET_DESC_SIZE, set->n);
	for (uint32_t i = 0; i < set->n; i++) {
		struct nftnl_set_elem *elem = xcheck(nftnl_set_elem_alloc());

		nft_need(nftnl_set_elem_set(elem, NFTNL_SET_ELEM_KEY, set->elem[i].b, set->key_len));
		nftnl_set_elem_add(s, elem);
	}
	return s;
}
