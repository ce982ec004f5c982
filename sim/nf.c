/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of netfilter, and the chains that run at them.
 *
 * Theory of operation. nf_commit() (model/nf.c) has put what runs at each hook in order; nf_hook_slow() here runs it,
 * as its namesake in net/netfilter/core.c does, until something does not accept. A chain is run by nft_do_chain()
 * (net/netfilter/nf_tables_core.c): rule by rule, expression by expression; the first expression that does not
 * continue ends its rule. Jumps push the place to return to on a stack of 16. A base chain that comes to its end has
 * its policy. Every rule that matched, and every policy that was met, is an event. Defragmentation
 * (net/ipv4/netfilter/nf_defrag_ipv4.c) is part of connection tracking, and runs ahead of all else. A namespace without
 * netfilter, and a hook where nothing runs, cost one comparison. */
#include <errno.h>
#include <stdio.h>

#include "sim/ip_state.h"
#include "sim/netfilter.h"
#include "sim/sock.h"

#define NFT_JUMP_STACK_SIZE 16
enum { HOOK_STOLEN = 2 }; /* NF_STOLEN */

int nf_state_drop(struct nf_state *st, enum stage stage, const char *detail, int err)
{
	st->stage = stage;
	st->detail = detail;
	st->err = err;
	return NFV_DROP;
}

/* ---- chains ---- */

static void trace_rule(struct sim *s, const struct nft_pktinfo *pkt, const struct nf_rule *r, int verdict,
	const struct nf_chain *target)
{
	const struct nf_table *t = r->chain->table;
	char words[64];

	snprintf(words, sizeof(words), target ? "%s %s" : "%s", nf_verdict_name(verdict), target ? target->name : "");
	sim_event_at(s, pkt->p, pkt->st->ns, nf_event_dev(pkt->st, pkt->p), EV_RULE, ST_NFT_DO_CHAIN,
		VAL_STR(nf_family_name(t->family)), VAL_STR(t->name), VAL_STR(r->chain->name),
		VAL_U32((uint32_t)r->handle), VAL_STR(words), VAL_STR(r->text), VAL_STR(nf_hook_name(pkt->st->hook)));
}

/* One rule: NFV_BREAK when it does not match; NFV_CONTINUE when it does, and says nothing; else its verdict. */
static int rule_eval(struct sim *s, struct nft_pktinfo *pkt, struct nf_rule *r, struct nf_chain **target)
{
	int verdict = NFV_CONTINUE;
	bool told = false;

	*target = NULL;
	for (unsigned i = 0; i < r->n; i++) {
		if (s->tracing && r->expr[i].kind == NFX_REJECT) { /* ahead of what it sends */
			trace_rule(s, pkt, r, NFV_DROP, NULL);
			told = true;
		}
		verdict = nft_expr_eval(s, pkt, &r->expr[i]);
		if (verdict == NFV_CONTINUE)
			continue;
		if (verdict == NFV_JUMP || verdict == NFV_GOTO)
			*target = r->jump[i];
		break;
	}
	if (s->tracing && !told && verdict != NFV_BREAK)
		trace_rule(s, pkt, r, verdict, *target);
	return verdict;
}

static int policy(struct sim *s, struct nf_state *st, struct nf_chain *base, const struct packet *p)
{
	base->packets++;
	base->bytes += nf_len(p);
	sim_event_at(s, p, st->ns, nf_event_dev(st, p), EV_POLICY, ST_NFT_DO_CHAIN,
		VAL_STR(nf_family_name(base->table->family)), VAL_STR(base->table->name), VAL_STR(base->name),
		VAL_STR(nf_verdict_name(base->policy)), VAL_STR(nf_hook_name(st->hook)));
	return base->policy == NFV_DROP ? nf_state_drop(st, ST_NFT_DO_CHAIN, NULL, 0) : NFV_ACCEPT;
}

int nft_do_chain(struct sim *s, struct nf_state *st, struct nf_chain *base, struct packet *p)
{
	struct {
		struct nf_chain *chain;
		struct list *at;
	} stack[NFT_JUMP_STACK_SIZE];
	unsigned depth = 0;
	struct nf_chain *chain = base, *target;
	struct list *at = &base->rules;
	struct nft_pktinfo pkt;

	nft_set_pktinfo(&pkt, st, p);
	for (;;) {
		int verdict = NFV_RETURN; /* the end of a chain */

		for (at = at->next; at != &chain->rules; at = at->next) {
			verdict = rule_eval(s, &pkt, list_entry(at, struct nf_rule, node), &target);
			if (verdict != NFV_BREAK && verdict != NFV_CONTINUE)
				break;
			verdict = NFV_RETURN;
		}
		if (verdict == NFV_ACCEPT)
			return NFV_ACCEPT;
		if (verdict == NFV_DROP)
			return nf_state_drop(st, ST_NFT_DO_CHAIN, st->detail, st->err);
		if (verdict == NFV_JUMP) {
			if (depth >= NFT_JUMP_STACK_SIZE)
				return nf_state_drop(st, ST_NFT_DO_CHAIN, "chains jump too deeply", 0);
			stack[depth].chain = chain;
			stack[depth++].at = at;
		}
		if (verdict == NFV_JUMP || verdict == NFV_GOTO) {
			chain = target;
			at = &chain->rules;
			continue;
		}
		if (!depth)
			return policy(s, st, base, p);
		chain = stack[--depth].chain;
		at = stack[depth].at;
	}
}

/* ip_route_me_harder(), net/ipv4/netfilter.c. As the socket's own look-up was, this one is tied to the device that the
 * socket is bound to. */
int ip_route_me_harder(struct sim *s, struct ns *ns, uint32_t sock, struct packet *p)
{
	const struct ip4_hdr *h = packet_ip4(p);
	const struct sock *sk = sock ? sock_find(s, sock) : NULL;
	struct ipaddr saddr;
	struct ip_flow f;
	struct route *r = NULL;
	struct dst d;
	uint8_t type;
	int err = 0;

	if (!h)
		return -EINVAL;
	saddr = ip4(get32(h->saddr));
	type = fib_addr_type(ns, &saddr);
	f = (struct ip_flow){ .dst = get32(h->daddr), .tos = h->tos, .mark = p->mark };
	if (type == RTN_LOCAL_ || type == RTN_UNICAST_) {
		f.anysrc = true;
		f.src = saddr.v4;
	}
	if (sk)
		f.oif = sock_device(sk, &err);
	if (!err)
		err = ip_route_output_key(s, ns, &f, &d, &r);
	ip_route_event(s, p, ns, ST_IP_ME_HARDER, get32(h->daddr), f.anysrc ? saddr.v4 : 0, err ? NULL : &d, r, err);
	if (!err)
		p->dst = d;
	return err;
}

/* nf_route_table_hook4(), net/netfilter/nft_chain_route.c: an output chain that may change the way. */
static int route_chain(struct sim *s, struct nf_state *st, struct nf_chain *chain, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	uint32_t mark = p->mark, saddr, daddr;
	uint8_t tos;
	int err;

	if (!ip)
		return nft_do_chain(s, st, chain, p);
	saddr = get32(ip->saddr);
	daddr = get32(ip->daddr);
	tos = ip->tos;
	if (nft_do_chain(s, st, chain, p) != NFV_ACCEPT)
		return NFV_DROP;
	ip = packet_ip4(p);
	if (get32(ip->saddr) == saddr && get32(ip->daddr) == daddr && p->mark == mark && ip->tos == tos)
		return NFV_ACCEPT;
	err = ip_route_me_harder(s, st->ns, p->sock, p);
	return err < 0 ? nf_state_drop(st, ST_IP_ME_HARDER, NULL, err) : NFV_ACCEPT;
}

/* ---- hooks ---- */

static int run_step(
	struct sim *s, struct nf_state *st, struct nf_hook_steps *h, const struct nf_step *step, struct packet *p)
{
	switch (step->kind) {
	case NF_STEP_CHAIN:
		if (step->chain->type == NF_CHAIN_ROUTE && st->hook == NF_LOCAL_OUT)
			return route_chain(s, st, step->chain, p);
		return nft_do_chain(s, st, step->chain, p);
	case NF_STEP_CONNTRACK:
		return nf_conntrack_in(s, st, p);
	case NF_STEP_NAT:
		return nf_nat_fn(s, st, h, p);
	case NF_STEP_CONFIRM:
		return nf_confirm(s, st, p);
	}
	bug("netfilter step %d", (int)step->kind);
}

/* Runs all. NFV_ACCEPT, or HOOK_STOLEN, or NFV_DROP with *err: then the packet is gone. */
static int nf_hook_slow(struct sim *s, struct nf_state *st, struct nf_hook_steps *h, struct packet *p, int *err)
{
	*err = 0;
	for (unsigned i = 0; i < h->n; i++) {
		if (run_step(s, st, h, &h->step[i], p) == NFV_ACCEPT)
			continue;
		*err = st->err ? st->err : -EPERM;
		p->dev = nf_event_dev(st, p);
		sim_drop(s, p, DROP_NETFILTER_DROP, st->stage ? st->stage : ST_NF_HOOK_SLOW, st->detail, 0);
		return NFV_DROP;
	}
	return NFV_ACCEPT;
}

/* ip_sabotage_in(), net/bridge/br_netfilter_hooks.c: a packet that the bridge took through PRE_ROUTING does not go
 * there a second time when it is passed up. */
static bool sabotaged(struct packet *p)
{
	if (!p->nfb.active || !p->nfb.sabotage || p->nfb.in_prerouting)
		return false;
	p->nfb.sabotage = false;
	return true;
}

static void trace_hook(struct sim *s, const struct nf_state *st, const struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);

	if (s->tracing && ip)
		sim_event_at(s, p, st->ns, nf_event_dev(st, p), EV_HOOK, ST_NF_HOOK, VAL_STR("ip"),
			VAL_STR(nf_hook_name(st->hook)), VAL_STR(st->in ? st->in->name : ""),
			VAL_STR(st->out ? st->out->name : ""), VAL_U32(ip->ttl), VAL_U32(get16(ip->tot_len)),
			VAL_U32(p->mark));
}

static int run_hook(
	struct sim *s, struct ns *ns, enum nf_hook hook, struct packet *p, struct dev *in, struct dev *out, int *err)
{
	struct nf_state st = { .ns = ns, .hook = hook, .in = in, .out = out };
	struct nf *nf = ns->nf;

	*err = 0;
	if (hook == NF_PRE_ROUTING && sabotaged(p))
		return NFV_ACCEPT;
	trace_hook(s, &st, p);
	if (!nf || !nf->hook[hook].n)
		return NFV_ACCEPT;
	if (nf->conntrack && (hook == NF_PRE_ROUTING || hook == NF_LOCAL_OUT) && !p->ct && !p->untracked &&
		nf_defrag(s, &st, p))
		return HOOK_STOLEN;
	return nf_hook_slow(s, &st, &nf->hook[hook], p, err);
}

int nf_hook(struct sim *s, struct ns *ns, enum nf_hook hook, struct packet *p, struct dev *in, struct dev *out,
	int (*okfn)(struct sim *s, struct packet *p))
{
	int err;

	if (run_hook(s, ns, hook, p, in, out, &err) != NFV_ACCEPT)
		return err;
	return okfn ? okfn(s, p) : 0;
}

bool nf_hook_accept(struct sim *s, struct ns *ns, enum nf_hook hook, struct packet *p, struct dev *in, struct dev *out)
{
	int err;

	return run_hook(s, ns, hook, p, in, out, &err) == NFV_ACCEPT;
}
