/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The iptables command (1.8.9, nf_tables): what a command line says, and what it does to a struct nf.
 * Parsed by model/cmd_iptables.c. ipt_apply() is pure and the same for both back ends: the simulator applies it
 * to the namespace's own nf, the kernel back end to a shadow whose rules it then loads. */
#ifndef MODEL_IPTABLES_H
#define MODEL_IPTABLES_H

#include "model/nf.h"
#include "model/op.h"

#define IPT_NAME 32
#define IPT_PORTS 15 /* of one multiport */
#define IPT_MATCHES 8
#define IPT_COMMENT 257

enum ipt_match_kind {
	IPT_TCP,
	IPT_UDP,
	IPT_ICMP,
	IPT_COMMENT_M,
	IPT_CONNTRACK,
	IPT_STATE,
	IPT_MULTIPORT,
	IPT_ADDRTYPE,
	IPT_MARK,
	IPT_LIMIT,
	IPT_MATCH_NUM
};
struct ipt_ports {
	bool set, invert;
	uint16_t from, to;
};
enum { IPT_CT_SNAT = 1 << 16, IPT_CT_DNAT = 1 << 17 }; /* states of --ctstate that are bits of the status */
struct ipt_match {
	enum ipt_match_kind kind;
	bool implicit; /* loaded by -p: not to be loaded again */
	union {
		struct {
			struct ipt_ports src, dst;
			bool flags_set, flags_invert;
			uint8_t flags_mask, flags_cmp;
		} port; /* tcp, udp */
		struct {
			uint8_t type, code_min, code_max;
			bool set, invert;
		} icmp; /* type 255: any */
		struct {
			char text[IPT_COMMENT];
		} comment;
		struct {
			uint32_t states;
			bool invert;
		} ct; /* NF_CT_STATE_*, or IPT_CT_*NAT; conntrack, state */
		struct {
			bool src, invert;
			unsigned n;
			uint16_t port[IPT_PORTS];
			bool range[IPT_PORTS]; /* port[i] to port[i + 1], which has no entry of its own */
		} multiport;
		struct {
			bool src_set, dst_set, src_invert, dst_invert;
			uint8_t src, dst;
		} addrtype; /* RTN_* */
		struct {
			uint32_t mark, mask;
			bool invert;
		} mark;
		struct {
			uint32_t rate, unit, burst;
		} limit; /* rate per unit seconds */
	};
};
enum ipt_target_kind {
	IPT_NONE,
	IPT_ACCEPT,
	IPT_DROP,
	IPT_RETURN,
	IPT_CHAIN,
	IPT_REJECT,
	IPT_DNAT,
	IPT_SNAT,
	IPT_MASQUERADE,
	IPT_REDIRECT,
	IPT_NOTRACK,
	IPT_MARK_T,
	IPT_TARGET_NUM
};
struct ipt_nat_range {
	uint32_t flags; /* NF_NAT_* */
	uint32_t min_addr, max_addr;
	uint16_t min_port, max_port;
};
struct ipt_target {
	enum ipt_target_kind kind;
	bool go;              /* -g */
	char chain[IPT_NAME]; /* IPT_CHAIN */
	struct ipt_nat_range range;
	int reject; /* ICMP code of type 3, or -1: tcp-reset */
	uint32_t mark, mask;
	bool as_ct; /* IPT_NOTRACK written as CT --notrack */
};
struct ipt_spec {
	uint32_t src, src_mask, dst, dst_mask;
	bool src_invert, dst_invert, in_invert, out_invert, proto_invert;
	char in[IFNAMSIZ_ + 1], out[IFNAMSIZ_ + 1]; /* "eth+" is a prefix; "" = any */
	uint8_t protocol;                           /* 0 = any */
	unsigned matches;
	struct ipt_match match[IPT_MATCHES];
	struct ipt_target target;
};
enum ipt_verb {
	IPT_APPEND,
	IPT_INSERT,
	IPT_DELETE,
	IPT_DELETE_NUM,
	IPT_REPLACE,
	IPT_CHECK,
	IPT_LIST,
	IPT_LIST_RULES,
	IPT_FLUSH,
	IPT_ZERO,
	IPT_NEW_CHAIN,
	IPT_DELETE_CHAIN,
	IPT_POLICY,
	IPT_RENAME,
	IPT_VERB_NUM
};
struct ipt_cmd {
	enum ipt_verb verb;
	char table[IPT_NAME];
	char chain[IPT_NAME]; /* "" = all, where that may be */
	char name[IPT_NAME];  /* the new one of -E; the policy of -P */
	unsigned number;      /* rule; 0 = none */
	bool numeric, verbose, line_numbers, exact;
	bool list_too; /* -L -Z, -S -Z: the verb is that of the list, the counters are zeroed behind it */
	struct ipt_spec spec;
	struct ipt_spec *more; /* further rules of the same command (-s a,b), n_more of them; owned */
	unsigned n_more;
};

/* Does it to *nf (made for ns when it is needed and still NULL; nf_commit()ed), and says what the tool would:
 * words and status. True when something changed. */
bool ipt_apply(struct nf **nf, struct ns *ns, const struct ipt_cmd *c, struct result *res);
/* The rule as -S prints it, without "-A CHAIN ". */
void ipt_spec_format(struct buf *b, const struct ipt_spec *s);
/* Compiles the rule to expressions, sets r->spec and r->text. */
void ipt_compile(struct nf_rule *r, const struct ipt_spec *s);
bool ipt_spec_eq(const struct ipt_spec *a, const struct ipt_spec *b);
struct ipt_spec *ipt_spec_copy(const struct ipt_spec *s); /* the caller frees it, with free() */

#endif
