/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between model/iptables.c, model/ipt_format.c (-S) and model/ipt_list.c (-L) only. */
#ifndef MODEL_IPT_TEXT_H
#define MODEL_IPT_TEXT_H

#include "model/iptables.h"

void ipt_addr_put(struct buf *b, uint32_t addr);
int ipt_mask_bits(uint32_t mask); /* -1: no prefix */
void ipt_states_put(struct buf *b, uint32_t states);
void ipt_mark_put(struct buf *b, uint32_t mark, uint32_t mask); /* " 0x1/0xff" */
void ipt_rate_put(struct buf *b, const struct ipt_match *m);    /* " 3/hour" */
void ipt_range_put(struct buf *b, const struct ipt_nat_range *r);
const char *ipt_reject_name(int code);
const char *ipt_target_name(const struct ipt_target *t);
/* " -s ... -j ..."; with counters (`-S -v`) before the target when counter is not NULL. */
void ipt_spec_put(struct buf *b, const struct ipt_spec *s, const struct nf_expr *counter);
const struct nf_expr *ipt_rule_counter(const struct nf_rule *r); /* the first; NULL: none */

/* How -L is to look: FMT_* of the tool. */
struct ipt_look {
	bool counts, kilo, numeric, via, numbers;
	bool line; /* a rule on a line of its own, as -v -A shows it */
};
void ipt_list_header(struct buf *b, const struct nf_chain *c, const struct ipt_look *look);
void ipt_list_rule(struct buf *b, const struct nf_rule *r, unsigned number, const struct ipt_look *look);
/* Of a rule that is not (or no longer) in a chain. */
void ipt_list_spec(struct buf *b, const struct ipt_spec *s, const struct nf_expr *counter, unsigned number,
	const struct ipt_look *look);

#endif
