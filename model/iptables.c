/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command of iptables 1.8.9 (nf_tables) does to the ruleset, and what the tool says: nft_prepare() and the
 * functions of its iptables/nft.c, and what the kernel refuses when the batch is committed.
 *
 * Theory of operation. The tool knows five tables with built-in chains; none of them exists until something needs it.
 * A rule or a policy makes its table and the one chain that it concerns, a new chain its table alone; listing makes
 * nothing and shows the built-in chains as if they were there. A command is checked wholly before anything is changed:
 * the kernel applies a batch or nothing. The kernel's own refusals: extensions of xtables work in their table and at
 * their hooks only (which the kernel checks for every base chain that reaches the rule), jumps go to user chains and
 * not in circles or deeper than 16 from a base chain. */
#include "model/iptables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/ipt_text.h"

#define JUMP_DEPTH 16 /* NFT_JUMP_STACK_SIZE */
enum { ICMP = 1, TCP = 6 };

struct builtin {
	const char *table, *chain;
	uint8_t type, hook;
	int32_t priority;
};
/* In the order in which chains are shown. */
static const struct builtin builtins[] = {
	{ "filter", "INPUT", NF_CHAIN_FILTER, NF_LOCAL_IN, NF_PRI_FILTER },
	{ "filter", "FORWARD", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_FILTER },
	{ "filter", "OUTPUT", NF_CHAIN_FILTER, NF_LOCAL_OUT, NF_PRI_FILTER },
	{ "nat", "PREROUTING", NF_CHAIN_NAT, NF_PRE_ROUTING, NF_PRI_DSTNAT },
	{ "nat", "INPUT", NF_CHAIN_NAT, NF_LOCAL_IN, NF_PRI_SRCNAT },
	{ "nat", "OUTPUT", NF_CHAIN_NAT, NF_LOCAL_OUT, NF_PRI_DSTNAT },
	{ "nat", "POSTROUTING", NF_CHAIN_NAT, NF_POST_ROUTING, NF_PRI_SRCNAT },
	{ "mangle", "PREROUTING", NF_CHAIN_FILTER, NF_PRE_ROUTING, NF_PRI_MANGLE },
	{ "mangle", "INPUT", NF_CHAIN_FILTER, NF_LOCAL_IN, NF_PRI_MANGLE },
	{ "mangle", "FORWARD", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_MANGLE },
	{ "mangle", "OUTPUT", NF_CHAIN_ROUTE, NF_LOCAL_OUT, NF_PRI_MANGLE },
	{ "mangle", "POSTROUTING", NF_CHAIN_FILTER, NF_POST_ROUTING, NF_PRI_MANGLE },
	{ "raw", "PREROUTING", NF_CHAIN_FILTER, NF_PRE_ROUTING, NF_PRI_RAW },
	{ "raw", "OUTPUT", NF_CHAIN_FILTER, NF_LOCAL_OUT, NF_PRI_RAW },
	{ "security", "INPUT", NF_CHAIN_FILTER, NF_LOCAL_IN, NF_PRI_SECURITY },
	{ "security", "FORWARD", NF_CHAIN_FILTER, NF_FORWARD, NF_PRI_SECURITY },
	{ "security", "OUTPUT", NF_CHAIN_FILTER, NF_LOCAL_OUT, NF_PRI_SECURITY },
};

struct ipt_job {
	struct nf **nf;
	struct ns *ns;
	const struct ipt_cmd *c;
	struct result *res;
	bool changed;
};

static const struct builtin *builtin_find(const char *table, const char *chain)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (!strcmp(builtins[i].table, table) && !strcmp(builtins[i].chain, chain))
			return &builtins[i];
	return NULL;
}

static struct nf_table *table_find(const struct ipt_job *j)
{
	return nf_table_find(*j->nf, NF_FAMILY_IP, j->c->table);
}

static struct nf_chain *chain_find(const struct ipt_job *j, const char *name)
{
	return nf_chain_find(table_find(j), name);
}

static struct nf_table *table_need(struct ipt_job *j)
{
	struct nf_table *t = table_find(j);

	if (t)
		return t;
	if (!*j->nf)
		*j->nf = nf_new(j->ns);
	j->changed = true;
	return nf_table_add(*j->nf, NF_FAMILY_IP, j->c->table);
}

/* The chain, made when it is a built-in one; NULL: no such chain. */
static struct nf_chain *chain_need(struct ipt_job *j, const char *name)
{
	const struct builtin *b = builtin_find(j->c->table, name);
	struct nf_chain *c = chain_find(j, name);

	if (c || !b)
		return c;
	j->changed = true;
	return nf_base_chain_add(table_need(j), name, b->type, b->hook, b->priority);
}

static bool chain_exists(const struct ipt_job *j, const char *name)
{
	return builtin_find(j->c->table, name) || chain_find(j, name);
}

/* ---- the tool's words ---- */

static void fail(struct ipt_job *j, const char *words)
{
	buf_printf(&j->res->err, "iptables: %s.%s\n", words,
		!strcmp(words, "Bad policy name") ? " Run `dmesg' for more information." : "");
	j->res->status = 1;
}
#define NO_CHAIN "No chain/target/match by that name"
#define BAD_RULE "Bad rule (does a matching rule exist in that chain?)"

/* What the kernel answered to a part of the batch. */
static void kernel_failed(struct ipt_job *j, const char *what, int err, const char *where, const char *chain)
{
	buf_printf(&j->res->err, "iptables v1.8.9 (nf_tables):  %s failed (%s): %s%s\n", what, strerror(err), where,
		chain);
	j->res->status = 4;
}

/* ---- what the kernel refuses ---- */

/* Where a target of xtables may be used: the table, and a mask of hooks. */
static const char *target_table(enum ipt_target_kind k)
{
	switch (k) {
	case IPT_DNAT:
	case IPT_SNAT:
	case IPT_MASQUERADE:
	case IPT_REDIRECT:
		return "nat";
	case IPT_REJECT:
		return "filter";
	case IPT_NOTRACK:
		return "raw";
	default:
		return NULL;
	}
}

static unsigned target_hooks(enum ipt_target_kind k)
{
	switch (k) {
	case IPT_DNAT:
	case IPT_REDIRECT:
		return 1 << NF_PRE_ROUTING | 1 << NF_LOCAL_OUT;
	case IPT_SNAT:
		return 1 << NF_POST_ROUTING | 1 << NF_LOCAL_IN;
	case IPT_MASQUERADE:
		return 1 << NF_POST_ROUTING;
	case IPT_REJECT:
		return 1 << NF_LOCAL_IN | 1 << NF_FORWARD | 1 << NF_LOCAL_OUT;
	default:
		return (1 << NF_HOOK_NUM) - 1;
	}
}

/* A rule by itself: 0 or the errno of its NFT_MSG_NEWRULE. */
static int rule_refused(const struct ipt_job *j, const char *chain, const struct ipt_spec *s)
{
	const char *table = target_table(s->target.kind);

	if (table && strcmp(table, j->c->table))
		return EINVAL;
	if (s->target.kind == IPT_REJECT && s->target.reject < 0 && (s->protocol != TCP || s->proto_invert))
		return EINVAL;
	for (unsigned i = 0; i < s->matches; i++)
		if (s->match[i].kind == IPT_ICMP && (s->protocol != ICMP || s->proto_invert))
			return EINVAL;
	for (unsigned i = 0; i < s->matches; i++)
		if ((s->match[i].kind == IPT_TCP || s->match[i].kind == IPT_UDP) &&
			(s->protocol != (s->match[i].kind == IPT_TCP ? TCP : 17) || s->proto_invert))
			return EINVAL;
	if (s->target.kind != IPT_CHAIN)
		return 0;
	if (!chain_find(j, s->target.chain) && strcmp(s->target.chain, chain))
		return ENOENT; /* a built-in chain that was not made */
	return builtin_find(j->c->table, s->target.chain) ? EOPNOTSUPP : 0;
}

/* nft_chain_validate() from a base chain down, as if `extra` stood in `at`. */
static int walk(const struct nf_chain *c, uint8_t hook, const struct nf_chain *at, const struct ipt_spec *extra,
	unsigned depth);

static int walk_rule(const struct nf_chain *c, const struct ipt_spec *s, uint8_t hook, const struct nf_chain *at,
	const struct ipt_spec *extra, unsigned depth)
{
	const struct nf_chain *to;

	if (!(target_hooks(s->target.kind) & 1 << hook))
		return EINVAL;
	if (s->target.kind != IPT_CHAIN)
		return 0;
	to = nf_chain_find(c->table, s->target.chain);
	return to ? walk(to, hook, at, extra, depth + 1) : 0;
}

static int walk(
	const struct nf_chain *c, uint8_t hook, const struct nf_chain *at, const struct ipt_spec *extra, unsigned depth)
{
	int rc;

	if (depth == JUMP_DEPTH)
		return EMLINK;
	list_for_each (r, &c->rules, struct nf_rule, node) {
		rc = r->spec ? walk_rule(c, r->spec, hook, at, extra, depth) : 0;
		if (rc)
			return rc;
	}
	return c == at ? walk_rule(c, extra, hook, at, extra, depth) : 0;
}

/* Would the kernel take the rule into chain `at` of the table? 0 or an errno. */
static int refused(const struct ipt_job *j, const struct nf_chain *at, const char *name, const struct ipt_spec *s)
{
	const struct builtin *b = builtin_find(j->c->table, name);
	struct nf_table *t = table_find(j);
	int rc = rule_refused(j, name, s);

	if (rc)
		return rc;
	if (!at) { /* a base chain that is made by the same batch */
		if (!(target_hooks(s->target.kind) & 1 << b->hook))
			return EINVAL;
		at = s->target.kind == IPT_CHAIN ? nf_chain_find(t, s->target.chain) : NULL;
		return at ? walk(at, b->hook, NULL, NULL, 1) : 0;
	}
	list_for_each (c, &t->chains, struct nf_chain, node) {
		rc = c->base ? walk(c, c->hook, at, s, 0) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- rules ---- */

/* "Chain 'X' does not exist": the tool looks before it does anything. */
static bool jump_fine(struct ipt_job *j, const struct ipt_spec *s)
{
	if (s->target.kind != IPT_CHAIN || chain_exists(j, s->target.chain))
		return true;
	buf_printf(&j->res->err,
		"iptables v1.8.9 (nf_tables): Chain '%s' does not exist\n"
		"Try `iptables -h' or 'iptables --help' for more information.\n",
		s->target.chain);
	j->res->status = 2;
	return false;
}

static void show(struct ipt_job *j, const struct ipt_spec *s)
{
	const struct ipt_look look = { .numeric = true, .via = true, .line = true };

	if (j->c->verbose)
		ipt_list_spec(&j->res->out, s, NULL, 0, &look);
}

static const struct ipt_spec *spec_at(const struct ipt_cmd *c, unsigned i)
{
	return i ? &c->more[i - 1] : &c->spec;
}

static unsigned rule_count(const struct nf_chain *c)
{
	unsigned n = 0;

	if (c)
		list_for_each (r, &c->rules, struct nf_rule, node)
			n++;
	return n;
}

/* What the tool itself finds before it sends anything; it shows the rule as soon as it is in the batch. */
static bool add_checked(struct ipt_job *j, const struct ipt_spec *s, bool append)
{
	const char *name = j->c->chain;
	struct nf_chain *chain = chain_find(j, name);
	bool exists = chain || builtin_find(j->c->table, name);

	if (!jump_fine(j, s))
		return false;
	if (append)
		show(j, s);
	if (!exists) {
		fail(j, NO_CHAIN);
		return false;
	}
	if (j->c->verb == IPT_INSERT && j->c->number > rule_count(chain) + 1) {
		fail(j, "Index of insertion too big");
		return false;
	}
	if (!append)
		show(j, s);
	return true;
}

static void append(struct ipt_job *j)
{
	bool insert = j->c->verb == IPT_INSERT;
	struct nf_chain *chain = chain_find(j, j->c->chain);
	/* the tool appends when the place is just behind the last rule */
	bool at_end = !insert || (j->c->number > 1 && j->c->number == rule_count(chain) + 1);
	int rc;

	for (unsigned i = 0; i <= j->c->n_more; i++)
		if (!add_checked(j, spec_at(j->c, i), at_end))
			return;
	for (unsigned i = 0; i <= j->c->n_more; i++) {
		rc = refused(j, chain, j->c->chain, spec_at(j->c, i));
		if (!rc)
			continue;
		kernel_failed(j, at_end ? "RULE_APPEND" : "RULE_INSERT", rc, "rule in chain ", j->c->chain);
		return;
	}
	chain = chain_need(j, j->c->chain);
	for (unsigned i = 0; i <= j->c->n_more; i++) {
		struct nf_rule *before = insert ? nf_rule_at(chain, j->c->number) : NULL;

		ipt_compile(nf_rule_add(chain, before), spec_at(j->c, i));
	}
	j->changed = true;
}

static struct nf_rule *rule_find(const struct nf_chain *c, const struct ipt_spec *s)
{
	if (!c)
		return NULL;
	list_for_each (r, &c->rules, struct nf_rule, node) {
		if (r->spec && ipt_spec_eq(r->spec, s))
			return r;
	}
	return NULL;
}

static void delete_or_check(struct ipt_job *j)
{
	struct nf_chain *chain = chain_find(j, j->c->chain);
	struct nf_rule **found = xcalloc(j->c->n_more + 1, sizeof(*found));
	bool fine = true;

	for (unsigned i = 0; i <= j->c->n_more && fine; i++) {
		const struct ipt_spec *s = spec_at(j->c, i);

		found[i] = jump_fine(j, s) ? rule_find(chain, s) : NULL;
		if (!found[i] && !j->res->status)
			fail(j, BAD_RULE);
		fine = found[i];
	}
	for (unsigned i = 0; i <= j->c->n_more && fine; i++) {
		show(j, found[i]->spec);
		if (j->c->verb == IPT_DELETE)
			nf_rule_del(found[i]);
		j->changed |= j->c->verb == IPT_DELETE;
	}
	free(found);
}

static void delete_number(struct ipt_job *j)
{
	struct nf_chain *chain = chain_find(j, j->c->chain);
	struct nf_rule *r = chain ? nf_rule_at(chain, j->c->number) : NULL;

	if (!chain)
		fail(j, NO_CHAIN);
	else if (!r)
		fail(j, "Index of deletion too big");
	else
		nf_rule_del(r);
	j->changed |= r != NULL;
}

static void replace(struct ipt_job *j)
{
	struct nf_chain *chain = chain_find(j, j->c->chain);
	struct nf_rule *r = chain ? nf_rule_at(chain, j->c->number) : NULL;
	int rc;

	if (!jump_fine(j, &j->c->spec))
		return;
	if (!r) {
		fail(j, chain ? "Index of replacement too big" : NO_CHAIN);
		return;
	}
	show(j, &j->c->spec);
	rc = refused(j, chain, chain->name, &j->c->spec);
	if (rc) {
		kernel_failed(j, "RULE_REPLACE", rc, "rule in chain ", chain->name);
		return;
	}
	ipt_compile(nf_rule_replace(r), &j->c->spec);
	j->changed = true;
}

/* ---- chains ---- */

/* The next chain to show after `c`: base chains by hook, then the others, by name or as they were made. */
static struct nf_chain *next_user(struct nf_table *t, const struct nf_chain *c, bool sorted)
{
	struct nf_chain *best = NULL;
	bool seen = !c;

	if (!t)
		return NULL;
	list_for_each (n, &t->chains, struct nf_chain, node) {
		if (n->base)
			continue;
		if (!sorted && seen)
			return n;
		seen |= n == c;
		if (sorted && (!c || strcmp(n->name, c->name) > 0) && (!best || strcmp(n->name, best->name) < 0))
			best = n;
	}
	return best;
}

typedef void chain_fn(struct ipt_job *j, struct nf_chain *c);

/* fake: also the built-in chains that nobody made, as if they were there. */
static void each_chain(struct ipt_job *j, chain_fn *fn, bool fake, bool sorted)
{
	struct nf_table *t = table_find(j);

	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
		const struct builtin *b = &builtins[i];
		struct nf_chain none = { .base = true, .policy = NFV_ACCEPT }, *c;

		if (strcmp(b->table, j->c->table))
			continue;
		c = nf_chain_find(t, b->chain);
		list_init(&none.rules);
		str_copy(none.name, sizeof(none.name), b->chain);
		if (c || fake)
			fn(j, c ? c : &none);
	}
	for (struct nf_chain *c = next_user(t, NULL, sorted), *next; c; c = next) {
		next = next_user(t, c, sorted);
		fn(j, c);
	}
}

static void rules_free(struct ipt_job *j, struct nf_chain *c)
{
	list_for_each_safe (r, &c->rules, struct nf_rule, node)
		nf_rule_del(r);
	j->changed = true;
}

static void flush_verbose(struct ipt_job *j, struct nf_chain *c)
{
	buf_printf(&j->res->out, "Flushing chain `%s'\n", c->name);
	rules_free(j, c);
}

static void flush(struct ipt_job *j)
{
	struct nf_chain *c;

	if (*j->c->chain) {
		c = chain_need(j, j->c->chain);
		if (!c)
			fail(j, NO_CHAIN);
		else if (j->c->verbose)
			flush_verbose(j, c);
		else
			rules_free(j, c);
		return;
	}
	if (j->c->verbose)
		for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
			if (!strcmp(builtins[i].table, j->c->table))
				chain_need(j, builtins[i].chain);
	each_chain(j, j->c->verbose ? flush_verbose : rules_free, false, true);
}

/* The tool replaces a rule that has counted anything by one that has not: its limit begins anew, too. */
static void zero_rule(struct ipt_job *j, struct nf_rule *r)
{
	bool counted = false;

	for (unsigned i = 0; i < r->n; i++) {
		struct nf_expr *e = &r->expr[i];

		if (e->kind != NFX_COUNTER)
			continue;
		counted |= e->counter.packets || e->counter.bytes;
		e->counter.packets = e->counter.bytes = 0;
	}
	for (unsigned i = 0; i < r->n && counted; i++)
		if (r->expr[i].kind == NFX_LIMIT)
			r->expr[i].limit.started = false;
	j->changed = true;
}

static void zero_chain(struct ipt_job *j, struct nf_chain *c)
{
	if (j->c->verbose)
		buf_printf(&j->res->out, "Zeroing chain `%s'\n", c->name);
	c->packets = c->bytes = 0;
	c->counted |= c->base;
	list_for_each (r, &c->rules, struct nf_rule, node)
		zero_rule(j, r);
	j->changed = true;
}

static void zero(struct ipt_job *j)
{
	struct nf_chain *c = chain_find(j, j->c->chain);
	struct nf_rule *r;

	if (!*j->c->chain) {
		each_chain(j, zero_chain, false, j->c->verbose);
	} else if (!c) {
		fail(j, NO_CHAIN);
	} else if (j->c->number && !j->c->list_too) {
		r = nf_rule_at(c, j->c->number);
		if (r)
			zero_rule(j, r);
	} else {
		zero_chain(j, c);
	}
}

static void new_chain(struct ipt_job *j)
{
	if (chain_exists(j, j->c->chain)) {
		fail(j, "Chain already exists");
		return;
	}
	nf_chain_add(table_need(j), j->c->chain);
	j->changed = true;
}

static bool in_use(const struct nf_chain *c)
{
	return c->uses || !list_empty(&c->rules);
}

static void delete_chains(struct ipt_job *j)
{
	struct nf_table *t = table_find(j);
	bool verbose = j->c->verbose;

	if (!t)
		return;
	if (verbose)
		for (struct nf_chain *c = NULL; (c = next_user(t, c, true));)
			buf_printf(&j->res->out, "Deleting chain `%s'\n", c->name);
	/* the kernel takes one after the other, and all or none; a chain's rules still count */
	for (struct nf_chain *c = NULL; (c = next_user(t, c, verbose));) {
		if (!in_use(c))
			continue;
		kernel_failed(j, "CHAIN_DEL", EBUSY, "chain ", c->name);
		return;
	}
	list_for_each_safe (c, &t->chains, struct nf_chain, node) {
		if (c->base && (c->policy != NFV_ACCEPT || in_use(c)))
			continue;
		nf_chain_del(c);
		j->changed = true;
	}
}

static void delete_chain(struct ipt_job *j)
{
	struct nf_chain *c = chain_find(j, j->c->chain);

	if (!*j->c->chain) {
		delete_chains(j);
		return;
	}
	if (!c) {
		fail(j, NO_CHAIN);
		return;
	}
	if (c->base && c->policy != NFV_ACCEPT) {
		fail(j, "Directory not empty");
		return;
	}
	if (j->c->verbose && !c->base)
		buf_printf(&j->res->out, "Deleting chain `%s'\n", c->name);
	if (in_use(c)) {
		kernel_failed(j, "CHAIN_DEL", EBUSY, "chain ", c->name);
		return;
	}
	nf_chain_del(c);
	j->changed = true;
}

static void policy(struct ipt_job *j)
{
	const char *name = j->c->name;
	bool drop = !strcmp(name, "DROP");
	struct nf_chain *c;

	if (!drop && strcmp(name, "ACCEPT") && strcmp(name, "-")) {
		fail(j, "Bad policy name");
		return;
	}
	if (!builtin_find(j->c->table, j->c->chain)) {
		fail(j, "Bad built-in chain name");
		return;
	}
	c = chain_need(j, j->c->chain);
	if (*name != '-')
		c->policy = drop ? NFV_DROP : NFV_ACCEPT;
	c->packets = c->bytes = 0;
	c->counted = true;
	j->changed = true;
}

/* A rule that jumps to a chain follows its new name. */
static void follow(struct nf_rule *r, const char *old, const char *name)
{
	struct ipt_spec spec;

	if (!r->spec || r->spec->target.kind != IPT_CHAIN || strcmp(r->spec->target.chain, old))
		return;
	spec = *r->spec;
	str_copy(spec.target.chain, sizeof(spec.target.chain), name);
	for (unsigned i = 0; i < r->n; i++)
		if (r->expr[i].kind == NFX_IMMEDIATE && !strcmp(r->expr[i].immediate.chain, old))
			str_copy(r->expr[i].immediate.chain, sizeof(r->expr[i].immediate.chain), name);
	*r->spec = spec;
	free(r->text);
	{
		struct buf b = { 0 };

		ipt_spec_format(&b, &spec);
		r->text = buf_steal(&b);
	}
}

static void rename_chain(struct ipt_job *j)
{
	struct nf_table *t = table_find(j);
	struct nf_chain *c = chain_find(j, j->c->chain);

	if (chain_exists(j, j->c->name)) {
		fail(j, "File exists");
		return;
	}
	if (!c) {
		fail(j, NO_CHAIN);
		return;
	}
	list_for_each (n, &t->chains, struct nf_chain, node) {
		list_for_each (r, &n->rules, struct nf_rule, node)
			follow(r, c->name, j->c->name);
	}
	str_copy(c->name, sizeof(c->name), j->c->name);
	j->changed = true;
}

/* ---- lists ---- */

static struct ipt_look look_of(const struct ipt_cmd *c)
{
	return (struct ipt_look){ .counts = c->verbose,
		.via = c->verbose,
		.kilo = !c->exact,
		.numeric = c->numeric,
		.numbers = c->line_numbers };
}

static void list_rules_of(struct ipt_job *j, struct nf_chain *c)
{
	const struct ipt_look look = look_of(j->c);
	unsigned number = 0;

	list_for_each (r, &c->rules, struct nf_rule, node) {
		number++;
		if (!j->c->number || j->c->number == number)
			ipt_list_rule(&j->res->out, r, number, &look);
	}
}

static void list_chain(struct ipt_job *j, struct nf_chain *c)
{
	const struct ipt_look look = look_of(j->c);

	if (!j->c->number) {
		if (j->res->out.size)
			buf_putc(&j->res->out, '\n');
		ipt_list_header(&j->res->out, c, &look);
	}
	list_rules_of(j, c);
}

static void save_chain(struct ipt_job *j, struct nf_chain *c)
{
	struct buf *b = &j->res->out;

	if (!c->base) {
		buf_printf(b, "-N %s\n", c->name);
		return;
	}
	buf_printf(b, "-P %s %s", c->name, c->policy == NFV_DROP ? "DROP" : "ACCEPT");
	if (j->c->verbose)
		buf_printf(b, " -c %llu %llu", (unsigned long long)(c->counted ? c->packets : 0),
			(unsigned long long)(c->counted ? c->bytes : 0));
	buf_putc(b, '\n');
}

static void save_rules(struct ipt_job *j, struct nf_chain *c)
{
	unsigned number = 0;

	list_for_each (r, &c->rules, struct nf_rule, node) {
		number++;
		if (j->c->number && j->c->number != number)
			continue;
		buf_printf(&j->res->out, "-A %s", c->name);
		ipt_spec_put(&j->res->out, r->spec, j->c->verbose ? ipt_rule_counter(r) : NULL);
		buf_putc(&j->res->out, '\n');
	}
}

static void save_both(struct ipt_job *j, struct nf_chain *c)
{
	if (!j->c->number)
		save_chain(j, c);
	save_rules(j, c);
}

/* One chain, made up when it is a built-in one that nobody made. */
static void with_chain(struct ipt_job *j, chain_fn *fn)
{
	struct nf_chain none = { .base = true, .policy = NFV_ACCEPT }, *c = chain_find(j, j->c->chain);

	if (!c && !builtin_find(j->c->table, j->c->chain)) {
		buf_printf(&j->res->err,
			"iptables v1.8.9 (nf_tables): chain `%s' in table `%s' is incompatible, use 'nft' tool.\n",
			j->c->chain, j->c->table);
		j->res->status = 1;
		return;
	}
	list_init(&none.rules);
	str_copy(none.name, sizeof(none.name), j->c->chain);
	fn(j, c ? c : &none);
}

/* The built-in chains that the list made up are zeroed like the others, and come into being by that, in a table that
 * is there. */
static void zero_listed(struct ipt_job *j)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
		const struct builtin *b = &builtins[i];

		if (strcmp(b->table, j->c->table) || (*j->c->chain && strcmp(b->chain, j->c->chain)))
			continue;
		if (!table_find(j)) {
			kernel_failed(j, "CHAIN_ZERO", ENOENT, "chain ", b->chain);
			return;
		}
		chain_need(j, b->chain);
	}
	zero(j);
}

static void list(struct ipt_job *j)
{
	bool save = j->c->verb == IPT_LIST_RULES;

	if (*j->c->chain) {
		with_chain(j, save ? save_both : list_chain);
	} else if (save) {
		each_chain(j, save_chain, true, true);
		each_chain(j, save_rules, true, true);
	} else {
		each_chain(j, list_chain, true, true);
	}
	if (j->c->list_too && !j->res->status)
		zero_listed(j);
}

bool ipt_apply(struct nf **nf, struct ns *ns, const struct ipt_cmd *c, struct result *res)
{
	static void (*const verbs[IPT_VERB_NUM])(struct ipt_job * j) = { [IPT_APPEND] = append,
		[IPT_INSERT] = append,
		[IPT_DELETE] = delete_or_check,
		[IPT_CHECK] = delete_or_check,
		[IPT_DELETE_NUM] = delete_number,
		[IPT_REPLACE] = replace,
		[IPT_LIST] = list,
		[IPT_LIST_RULES] = list,
		[IPT_FLUSH] = flush,
		[IPT_ZERO] = zero,
		[IPT_NEW_CHAIN] = new_chain,
		[IPT_DELETE_CHAIN] = delete_chain,
		[IPT_POLICY] = policy,
		[IPT_RENAME] = rename_chain };
	struct ipt_job j = { .nf = nf, .ns = ns, .c = c, .res = res };

	verbs[c->verb](&j);
	if (j.changed)
		nf_commit(*nf);
	return j.changed;
}

/* ---- the command as a value ---- */

struct ipt_spec *ipt_spec_copy(const struct ipt_spec *s)
{
	struct ipt_spec *c = xmalloc(sizeof(*c));

	*c = *s;
	return c;
}

void ipt_cmd_free(struct ipt_cmd *c)
{
	if (!c)
		return;
	free(c->more);
	free(c);
}

struct ipt_cmd *ipt_cmd_copy(const struct ipt_cmd *c)
{
	struct ipt_cmd *n = xmalloc(sizeof(*n));

	*n = *c;
	if (c->n_more) {
		n->more = xcalloc(c->n_more, sizeof(*n->more));
		memcpy(n->more, c->more, c->n_more * sizeof(*n->more));
	}
	return n;
}
