/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netfilter of a namespace: tables, chains and rules, where a rule is a program of nftables expressions over
 * registers, as in net/netfilter/nf_tables_api.c. The iptables front end compiles to it (model/iptables.c),
 * sim/nf.c runs it, kernel/nft.c hands it to libnftnl: names, numbers and the bytes of data are the kernel's. */
#ifndef MODEL_NF_H
#define MODEL_NF_H

#include "model/ct.h"
#include "model/list.h"
#include "model/net.h"

/* NF_INET_*, linux/netfilter.h */
enum nf_hook { NF_PRE_ROUTING, NF_LOCAL_IN, NF_FORWARD, NF_LOCAL_OUT, NF_POST_ROUTING, NF_HOOK_NUM };
/* NFPROTO_*; only NF_FAMILY_IP is evaluated so far. */
enum nf_family {
	NF_FAMILY_INET = 1,
	NF_FAMILY_IP = 2,
	NF_FAMILY_ARP = 3,
	NF_FAMILY_NETDEV = 5,
	NF_FAMILY_BRIDGE = 7,
	NF_FAMILY_IP6 = 10
};
const char *nf_family_name(uint8_t family); /* "ip" */
const char *nf_hook_name(uint8_t hook);     /* "prerouting" */
/* NF_IP_PRI_*, linux/netfilter_ipv4.h */
enum {
	NF_PRI_DEFRAG = -400,
	NF_PRI_RAW = -300,
	NF_PRI_CONNTRACK = -200,
	NF_PRI_MANGLE = -150,
	NF_PRI_DSTNAT = -100,
	NF_PRI_FILTER = 0,
	NF_PRI_SECURITY = 50,
	NF_PRI_SRCNAT = 100,
	NF_PRI_LAST = INT32_MAX
};

/* NF_DROP, NF_ACCEPT and NFT_CONTINUE ... NFT_RETURN, linux/netfilter/nf_tables.h */
enum nf_verdict {
	NFV_DROP = 0,
	NFV_ACCEPT = 1,
	NFV_CONTINUE = -1,
	NFV_BREAK = -2,
	NFV_JUMP = -3,
	NFV_GOTO = -4,
	NFV_RETURN = -5
};
const char *nf_verdict_name(int verdict);

/* Registers by their kernel numbers: 0 the verdict, 1 to 4 of 16 bytes each. */
enum { NF_REG_VERDICT = 0, NF_REG_1 = 1, NF_REG_2, NF_REG_3, NF_REG_4, NF_REGS };
#define NF_REG_SIZE 16
/* Bytes in a register as the kernel has them: what came from a packet in network order, padded with zeros;
 * numbers of the host (mark, ct state, interface index, fib type) in the machine's own order. */
struct nf_data {
	uint8_t b[NF_REG_SIZE];
};

enum { NF_PAYLOAD_LL = 0, NF_PAYLOAD_NETWORK = 1, NF_PAYLOAD_TRANSPORT = 2 }; /* NFT_PAYLOAD_* */
enum {
	NF_META_LEN = 0,
	NF_META_PROTOCOL = 1,
	NF_META_MARK = 3,
	NF_META_IIF = 4,
	NF_META_OIF = 5,
	NF_META_IIFNAME = 6,
	NF_META_OIFNAME = 7,
	NF_META_NFPROTO = 15,
	NF_META_L4PROTO = 16
};                                          /* NFT_META_* */
enum { NF_CT_STATE = 0, NF_CT_STATUS = 2 }; /* NFT_CT_* */
enum {
	NF_CT_STATE_INVALID = 1,
	NF_CT_STATE_ESTABLISHED = 2,
	NF_CT_STATE_RELATED = 4,
	NF_CT_STATE_NEW = 8,
	NF_CT_STATE_UNTRACKED = 64
}; /* NF_CT_STATE_BIT() */
enum { NF_CMP_EQ = 0, NF_CMP_NEQ = 1, NF_CMP_LT = 2, NF_CMP_LTE = 3, NF_CMP_GT = 4, NF_CMP_GTE = 5 }; /* NFT_CMP_* */
enum { NF_RANGE_EQ = 0, NF_RANGE_NEQ = 1 };
enum { NF_LOOKUP_INV = 1 };
enum { NF_FIB_RESULT_ADDRTYPE = 3, NF_FIB_F_SADDR = 1, NF_FIB_F_DADDR = 2 };
enum { NF_NAT_SNAT = 0, NF_NAT_DNAT = 1 };
/* NF_NAT_RANGE_*, linux/netfilter/nf_nat.h */
enum {
	NF_NAT_MAP_IPS = 1,
	NF_NAT_PROTO_SPECIFIED = 2,
	NF_NAT_PROTO_RANDOM = 4,
	NF_NAT_PERSISTENT = 8,
	NF_NAT_PROTO_RANDOM_FULLY = 16
};
enum { NF_REJECT_ICMP_UNREACH = 0, NF_REJECT_TCP_RST = 1 };
enum { NF_LIMIT_PKTS = 0, NF_LIMIT_F_INV = 1 };

enum nf_expr_kind {
#define NF_EXPR(id, name) NFX_##id,
#include "model/nf_expr.def"
	NFX_NUM
};
const char *nf_expr_name(enum nf_expr_kind k);

struct nf_set { /* anonymous, of one rule: values of key_len bytes */
	uint32_t key_len, n;
	struct nf_data *elem; /* owned */
};

struct nf_expr {
	enum nf_expr_kind kind;
	union {
		struct {
			uint32_t dreg, base, offset, len;
		} payload;
		struct {
			uint32_t key, dreg, sreg;
			bool set;
		} meta; /* set: writes key from sreg */
		struct {
			uint32_t key, dreg;
		} ct;
		struct {
			uint32_t dreg, result, flags;
		} fib;
		struct {
			uint32_t sreg, op, len;
			struct nf_data data;
		} cmp;
		struct {
			uint32_t sreg, op, len;
			struct nf_data from, to;
		} range;
		struct {
			uint32_t sreg, dreg, len;
			struct nf_data mask, xor_;
		} bitwise;
		struct {
			uint32_t sreg, flags;
			struct nf_set set;
		} lookup;
		struct {
			uint32_t dreg;
			int32_t verdict; /* dreg 0 */
			char chain[32];  /* of jump and goto */
			uint32_t len;    /* else: data */
			struct nf_data data;
		} immediate;
		struct {
			uint64_t packets, bytes;
		} counter;
		struct {
			uint64_t rate, unit; /* packets per unit (seconds) */
			uint32_t burst, type, flags;
			bool started; /* the bucket, in ns as nft_limit.c keeps it */
			uint64_t tokens, last;
		} limit;
		struct {
			uint32_t type, family, reg_addr_min, reg_addr_max, reg_proto_min, reg_proto_max, flags;
		} nat;
		struct {
			uint32_t flags, reg_proto_min, reg_proto_max;
		} masq, redir; /* register 0 = not given */
		struct {
			uint32_t type;
			uint8_t code;
		} reject;
	};
};

struct ipt_spec;
struct nf_rule {
	struct list node; /* chain->rules */
	struct nf_chain *chain;
	uint64_t handle;
	uint64_t loaded;      /* its handle in a kernel: kernel/nft.c; 0 = it is in none */
	struct nf_expr *expr; /* n of them, owned */
	unsigned n;
	struct ipt_spec *spec;  /* as iptables reads it back; NULL: not made by it; owned */
	char *text;             /* "-s 10.0.0.0/24 -j DROP", for listings and the trace; owned */
	struct nf_chain **jump; /* n of them: where expr[i] jumps to; NULL where it does not. By nf_commit() */
};

enum nf_chain_type { NF_CHAIN_FILTER, NF_CHAIN_NAT, NF_CHAIN_ROUTE };
const char *nf_chain_type_name(uint8_t type);

struct nf_chain {
	struct list node; /* table->chains, creation order */
	struct nf_table *table;
	char name[32];
	uint64_t handle, loaded; /* as of a rule */
	bool base;
	uint8_t type, hook; /* enum nf_chain_type, enum nf_hook; of a base chain */
	int32_t priority;
	int policy;              /* NFV_ACCEPT or NFV_DROP */
	struct list rules;       /* struct nf_rule */
	uint64_t packets, bytes; /* that met the policy */
	bool counted;            /* the kernel counts those too: once a policy was set or counters zeroed */
	unsigned uses;           /* rules that jump here; by nf_commit() */
	uint64_t order;          /* of registration, among equal priorities */
};

struct nf_table {
	struct list node; /* nf->tables, creation order */
	struct nf *nf;
	uint8_t family;
	char name[32];
	uint64_t last_handle; /* chains and rules share one counter, as in the kernel */
	struct list chains;
};

/* What one hook runs, in order of priority. */
enum nf_step_kind { NF_STEP_CHAIN, NF_STEP_CONNTRACK, NF_STEP_NAT, NF_STEP_CONFIRM };
struct nf_step {
	enum nf_step_kind kind;
	int32_t priority;
	uint64_t order;
	struct nf_chain *chain; /* NF_STEP_CHAIN */
};
struct nf_hook_steps {
	struct nf_step *step; /* owned */
	unsigned n;
	struct nf_chain **nat; /* chains of type nat, run by NF_STEP_NAT for a first packet; owned */
	unsigned n_nat;
};

struct nf {
	struct ns *ns;
	struct list tables;
	uint64_t orders;
	bool conntrack; /* some rule needs it: nf_ct_netns_get() */
	bool nat;       /* a chain of type nat exists: the nat hooks are registered */
	struct nf_hook_steps hook[NF_HOOK_NUM];
	struct ct_table ct;
};

struct nf *nf_new(struct ns *ns);
void nf_free(struct nf *nf); /* NULL is fine. References to entries of ct may outlive it */
/* The ruleset alone (tables, chains, rules, handles, counters), without connections; NULL gives NULL. */
struct nf *nf_copy(const struct nf *nf);
struct nf_table *nf_table_find(const struct nf *nf, uint8_t family, const char *name); /* nf NULL is fine */
struct nf_table *nf_table_add(struct nf *nf, uint8_t family, const char *name);
struct nf_chain *nf_chain_find(const struct nf_table *t, const char *name); /* t NULL is fine */
struct nf_chain *nf_chain_add(struct nf_table *t, const char *name);        /* a user chain */
struct nf_chain *nf_base_chain_add(struct nf_table *t, const char *name, uint8_t type, uint8_t hook, int32_t priority);
void nf_chain_del(struct nf_chain *c); /* with its rules */
/* An empty rule (no expressions) before `before`, or last when that is NULL. */
struct nf_rule *nf_rule_add(struct nf_chain *c, struct nf_rule *before);
struct nf_rule *nf_rule_replace(struct nf_rule *r); /* an empty one in its place, with its handle; r is freed */
struct nf_expr *nf_rule_expr(struct nf_rule *r, enum nf_expr_kind kind); /* appends one, zeroed; valid until the next */
void nf_rule_del(struct nf_rule *r);
struct nf_rule *nf_rule_at(const struct nf_chain *c, unsigned number); /* from 1; NULL = fewer */
/* After any change: resolves jumps, says what runs at each hook, and whether conntrack is needed. */
void nf_commit(struct nf *nf);

#endif
