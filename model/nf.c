/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, chains and rules of a namespace, and what runs at each hook.
 *
 * Theory of operation. Changes only link and unlink; nf_commit() then does what net/netfilter/nf_tables_api.c does at
 * the end of a transaction: jumps are resolved, and each hook's list is made anew. A hook runs its functions by
 * ascending priority; of equal ones the newest first, as nf_hook_entries_grow() (net/netfilter/core.c) puts them.
 * Chains of type nat are not hooked themselves: the first of them registers the four hooks of nf_nat
 * (nf_nat_register_fn()), which run the chains for the first packet of a connection. Connection tracking is there
 * as long as an expression asks for it (nf_ct_netns_get()): ct, nat, masq and redir do; a nat chain without rules
 * does not. Defragmentation comes with it, ahead of every chain. */
#include "model/nf.h"

#include <stdlib.h>
#include <string.h>

#include "model/iptables.h"

/* ---- names ---- */

const char *nf_family_name(uint8_t family)
{
	switch (family) {
	case NF_FAMILY_INET:
		return "inet";
	case NF_FAMILY_IP:
		return "ip";
	case NF_FAMILY_ARP:
		return "arp";
	case NF_FAMILY_NETDEV:
		return "netdev";
	case NF_FAMILY_BRIDGE:
		return "bridge";
	case NF_FAMILY_IP6:
		return "ip6";
	default:
		return "?";
	}
}

const char *nf_hook_name(uint8_t hook)
{
	static const char *const names[NF_HOOK_NUM] = { "prerouting", "input", "forward", "output", "postrouting" };

	return hook < NF_HOOK_NUM ? names[hook] : "?";
}

const char *nf_verdict_name(int verdict)
{
	switch (verdict) {
	case NFV_DROP:
		return "drop";
	case NFV_ACCEPT:
		return "accept";
	case NFV_CONTINUE:
		return "continue";
	case NFV_BREAK:
		return "break";
	case NFV_JUMP:
		return "jump";
	case NFV_GOTO:
		return "goto";
	case NFV_RETURN:
		return "return";
	default:
		return "?";
	}
}

const char *nf_chain_type_name(uint8_t type)
{
	static const char *const names[] = { "filter", "nat", "route" };

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

const char *nf_expr_name(enum nf_expr_kind k)
{
	static const char *const names[NFX_NUM] = {
#define NF_EXPR(id, name) [NFX_##id] = name,
#include "model/nf_expr.def"
	};

	return names[k];
}

/* ---- tables, chains, rules ---- */

struct nf *nf_new(struct ns *ns)
{
	struct nf *nf = xcalloc(1, sizeof(*nf));

	nf->ns = ns;
	list_init(&nf->tables);
	ct_table_init(&nf->ct);
	return nf;
}

static void table_free(struct nf_table *t)
{
	list_for_each_safe (c, &t->chains, struct nf_chain, node)
		nf_chain_del(c);
	list_del(&t->node);
	free(t);
}

void nf_free(struct nf *nf)
{
	if (!nf)
		return;
	list_for_each_safe (t, &nf->tables, struct nf_table, node)
		table_free(t);
	for (unsigned h = 0; h < NF_HOOK_NUM; h++) {
		free(nf->hook[h].step);
		free(nf->hook[h].nat);
	}
	ct_table_release(&nf->ct);
	free(nf);
}

struct nf_table *nf_table_find(const struct nf *nf, uint8_t family, const char *name)
{
	if (!nf)
		return NULL;
	list_for_each (t, &nf->tables, struct nf_table, node) {
		if (t->family == family && !strcmp(t->name, name))
			return t;
	}
	return NULL;
}

struct nf_table *nf_table_add(struct nf *nf, uint8_t family, const char *name)
{
	struct nf_table *t = xcalloc(1, sizeof(*t));

	t->nf = nf;
	t->family = family;
	str_copy(t->name, sizeof(t->name), name);
	list_init(&t->chains);
	list_add_tail(&nf->tables, &t->node);
	return t;
}

struct nf_chain *nf_chain_find(const struct nf_table *t, const char *name)
{
	if (!t)
		return NULL;
	list_for_each (c, &t->chains, struct nf_chain, node) {
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

struct nf_chain *nf_chain_add(struct nf_table *t, const char *name)
{
	struct nf_chain *c = xcalloc(1, sizeof(*c));

	c->table = t;
	c->handle = ++t->last_handle;
	c->policy = NFV_ACCEPT;
	str_copy(c->name, sizeof(c->name), name);
	list_init(&c->rules);
	list_add_tail(&t->chains, &c->node);
	return c;
}

struct nf_chain *nf_base_chain_add(struct nf_table *t, const char *name, uint8_t type, uint8_t hook, int32_t priority)
{
	struct nf_chain *c = nf_chain_add(t, name);

	c->base = true;
	c->type = type;
	c->hook = hook;
	c->priority = priority;
	c->order = ++t->nf->orders;
	return c;
}

void nf_chain_del(struct nf_chain *c)
{
	list_for_each_safe (r, &c->rules, struct nf_rule, node)
		nf_rule_del(r);
	list_del(&c->node);
	free(c);
}

struct nf_rule *nf_rule_add(struct nf_chain *c, struct nf_rule *before)
{
	struct nf_rule *r = xcalloc(1, sizeof(*r));

	r->chain = c;
	r->handle = ++c->table->last_handle;
	list_add_tail(before ? &before->node : &c->rules, &r->node);
	return r;
}

struct nf_expr *nf_rule_expr(struct nf_rule *r, enum nf_expr_kind kind)
{
	if (!(r->n & (r->n - 1))) /* full at each power of two */
		r->expr = xrealloc(r->expr, (r->n ? 2 * (size_t)r->n : 1) * sizeof(*r->expr));
	r->expr[r->n] = (struct nf_expr){ .kind = kind };
	return &r->expr[r->n++];
}

void nf_rule_del(struct nf_rule *r)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->expr[i].kind == NFX_LOOKUP)
			free(r->expr[i].lookup.set.elem);
	list_del(&r->node);
	free(r->expr);
	free(r->spec);
	free(r->text);
	free(r->jump);
	free(r);
}

/* nf_tables_newrule() with NLM_F_REPLACE */
struct nf_rule *nf_rule_replace(struct nf_rule *r)
{
	struct nf_rule *n = nf_rule_add(r->chain, r);

	n->handle = r->handle;
	n->chain->table->last_handle--;
	nf_rule_del(r);
	return n;
}

struct nf_rule *nf_rule_at(const struct nf_chain *c, unsigned number)
{
	list_for_each (r, &c->rules, struct nf_rule, node) {
		if (!--number)
			return r;
	}
	return NULL;
}

/* ---- commit ---- */

static bool is_jump(const struct nf_expr *e)
{
	return e->kind == NFX_IMMEDIATE && e->immediate.dreg == NF_REG_VERDICT &&
	       (e->immediate.verdict == NFV_JUMP || e->immediate.verdict == NFV_GOTO);
}

static bool wants_conntrack(const struct nf_expr *e)
{
	return e->kind == NFX_CT || e->kind == NFX_NAT || e->kind == NFX_MASQ || e->kind == NFX_REDIR;
}

static void resolve_rule(struct nf *nf, struct nf_rule *r)
{
	free(r->jump);
	r->jump = r->n ? xcalloc(r->n, sizeof(*r->jump)) : NULL;
	for (unsigned i = 0; i < r->n; i++) {
		nf->conntrack |= wants_conntrack(&r->expr[i]);
		if (!is_jump(&r->expr[i]))
			continue;
		r->jump[i] = nf_chain_find(r->chain->table, r->expr[i].immediate.chain);
		if (!r->jump[i])
			bug("a rule that jumps to no chain: %s", r->expr[i].immediate.chain);
		r->jump[i]->uses++;
	}
}

static void resolve(struct nf *nf, struct nf_table *t)
{
	list_for_each (c, &t->chains, struct nf_chain, node) {
		c->uses = 0;
		nf->nat |= c->base && c->type == NF_CHAIN_NAT && t->family == NF_FAMILY_IP;
	}
	list_for_each (c, &t->chains, struct nf_chain, node) {
		list_for_each (r, &c->rules, struct nf_rule, node)
			resolve_rule(nf, r);
	}
}

/* Puts a step where the kernel would: before all that have its priority and are older. */
static void step_add(struct nf_hook_steps *h, struct nf_step s)
{
	unsigned at = 0;

	while (at < h->n && (h->step[at].priority < s.priority ||
				    (h->step[at].priority == s.priority && h->step[at].order > s.order)))
		at++;
	h->step = xrealloc(h->step, (h->n + 1) * sizeof(*h->step));
	memmove(&h->step[at + 1], &h->step[at], (h->n - at) * sizeof(*h->step));
	h->step[at] = s;
	h->n++;
}

static void nat_add(struct nf_hook_steps *h, struct nf_chain *c)
{
	unsigned at = 0;

	while (at < h->n_nat && (h->nat[at]->priority < c->priority ||
					(h->nat[at]->priority == c->priority && h->nat[at]->order > c->order)))
		at++;
	h->nat = xrealloc(h->nat, (h->n_nat + 1) * sizeof(*h->nat));
	memmove(&h->nat[at + 1], &h->nat[at], (h->n_nat - at) * sizeof(*h->nat));
	h->nat[at] = c;
	h->n_nat++;
}

/* nf_conntrack's and nf_nat's own hooks. */
static void own_steps(struct nf *nf)
{
	static const int32_t nat_priority[NF_HOOK_NUM] = { [NF_PRE_ROUTING] = NF_PRI_DSTNAT,
		[NF_LOCAL_OUT] = NF_PRI_DSTNAT,
		[NF_LOCAL_IN] = NF_PRI_SRCNAT,
		[NF_POST_ROUTING] = NF_PRI_SRCNAT };

	for (unsigned h = 0; h < NF_HOOK_NUM; h++) {
		bool first = h == NF_PRE_ROUTING || h == NF_LOCAL_OUT;

		if (h == NF_FORWARD)
			continue;
		if (nf->conntrack)
			step_add(&nf->hook[h], (struct nf_step){ .kind = first ? NF_STEP_CONNTRACK : NF_STEP_CONFIRM,
						       .priority = first ? NF_PRI_CONNTRACK : NF_PRI_LAST });
		if (nf->nat)
			step_add(&nf->hook[h], (struct nf_step){ .kind = NF_STEP_NAT, .priority = nat_priority[h] });
	}
}

void nf_commit(struct nf *nf)
{
	nf->conntrack = nf->nat = false;
	list_for_each (t, &nf->tables, struct nf_table, node)
		resolve(nf, t);
	for (unsigned h = 0; h < NF_HOOK_NUM; h++)
		nf->hook[h].n = nf->hook[h].n_nat = 0;
	own_steps(nf);
	list_for_each (t, &nf->tables, struct nf_table, node) {
		list_for_each (c, &t->chains, struct nf_chain, node) {
			if (!c->base || t->family != NF_FAMILY_IP)
				continue;
			if (c->type == NF_CHAIN_NAT)
				nat_add(&nf->hook[c->hook], c);
			else
				step_add(&nf->hook[c->hook], (struct nf_step){ .kind = NF_STEP_CHAIN,
								     .priority = c->priority,
								     .order = c->order,
								     .chain = c });
		}
	}
}

/* ---- copies ---- */

static void rule_copy(struct nf_chain *to, const struct nf_rule *from)
{
	struct nf_rule *r = nf_rule_add(to, NULL);

	r->handle = from->handle;
	r->loaded = from->loaded;
	for (unsigned i = 0; i < from->n; i++) {
		struct nf_expr *e = nf_rule_expr(r, from->expr[i].kind);
		struct nf_set *set = &e->lookup.set;

		*e = from->expr[i];
		if (e->kind != NFX_LOOKUP)
			continue;
		set->elem = xcalloc(set->n, sizeof(*set->elem));
		memcpy(set->elem, from->expr[i].lookup.set.elem, set->n * sizeof(*set->elem));
	}
	r->text = from->text ? xstrdup(from->text) : NULL;
	if (from->spec)
		r->spec = ipt_spec_copy(from->spec);
}

static void chain_copy(struct nf_table *to, const struct nf_chain *from)
{
	struct nf_chain *c = nf_chain_add(to, from->name);

	c->handle = from->handle;
	c->loaded = from->loaded;
	c->base = from->base;
	c->type = from->type;
	c->hook = from->hook;
	c->priority = from->priority;
	c->policy = from->policy;
	c->packets = from->packets;
	c->bytes = from->bytes;
	c->counted = from->counted;
	c->order = from->order;
	list_for_each (r, &from->rules, struct nf_rule, node)
		rule_copy(c, r);
}

struct nf *nf_copy(const struct nf *nf)
{
	struct nf *n;

	if (!nf)
		return NULL;
	n = nf_new(nf->ns);
	n->orders = nf->orders;
	list_for_each (t, &nf->tables, struct nf_table, node) {
		struct nf_table *to = nf_table_add(n, t->family, t->name);

		list_for_each (c, &t->chains, struct nf_chain, node)
			chain_copy(to, c);
		to->last_handle = t->last_handle;
	}
	nf_commit(n);
	return n;
}
