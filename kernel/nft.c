/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rulesets into the kernel and counters out of it (net/netfilter/nf_tables_api.c, nfnetlink.c).
 *
 * Theory of operation. A change is one batch: begin, messages, end, sent in one piece, and committed by the kernel
 * wholly or not at all. Each message has a number of its own; the last one asks for an acknowledgement, which comes
 * behind the errors of those before it. An update tells the kernel the difference of two rulesets as the tools do, by
 * handle: a rule that stays keeps its state, one that is replaced keeps its handle, a chain keeps both when it gets
 * another name. The kernel numbers rules, chains and sets of a table from one counter. Sets that a tool does without
 * make its numbers others than the model's, so they are read back after each change, into the `loaded` of the model's
 * rules and chains. */
#include "kernel/nft.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdio.h> /* libnftnl uses FILE without it */

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/nft_expr.h"
#include "kernel/nl.h"
#include "model/buf.h"

#define MESSAGE_SIZE 65536 /* room for the largest: the values of a set */
#define ANSWER_TIMEOUT 10  /* seconds: the kernel answers at once, or has lost the batch */

struct batch {
	struct buf b;
	uint32_t seq, last; /* of the last message; where it starts is `at` */
	size_t at;
	uint32_t set_id;
	unsigned messages;
	uint8_t *scratch; /* one message */
};

/* ---- messages ---- */

static struct nlmsghdr *begin(struct batch *x, uint16_t type, uint16_t flags, uint8_t family)
{
	return nftnl_nlmsg_build_hdr((char *)x->scratch, type, family, flags, ++x->seq);
}

static void end(struct batch *x, const struct nlmsghdr *h)
{
	x->at = x->b.size;
	buf_put(&x->b, h, h->nlmsg_len);
	x->messages++;
}

static void batch_begin(struct batch *x)
{
	*x = (struct batch){ .scratch = xmalloc(MESSAGE_SIZE) };
	nftnl_batch_begin((char *)x->scratch, ++x->seq);
	buf_put(&x->b, x->scratch, ((struct nlmsghdr *)(void *)x->scratch)->nlmsg_len);
}

static void batch_release(struct batch *x)
{
	buf_release(&x->b);
	free(x->scratch);
}

static void table_message(struct batch *x, uint16_t type, uint16_t flags, const struct nf_table *t)
{
	struct nlmsghdr *h = begin(x, type, flags, t ? t->family : NFPROTO_UNSPEC);
	struct nftnl_table *n = xcheck(nftnl_table_alloc());

	if (t)
		nft_need(nftnl_table_set_str(n, NFTNL_TABLE_NAME, t->name));
	nftnl_table_nlmsg_build_payload(h, n);
	nftnl_table_free(n);
	end(x, h);
}

static void chain_message(struct batch *x, uint16_t type, uint16_t flags, const struct nf_chain *c)
{
	struct nlmsghdr *h = begin(x, type, flags, c->table->family);
	struct nftnl_chain *n = xcheck(nftnl_chain_alloc());

	nft_need(nftnl_chain_set_str(n, NFTNL_CHAIN_TABLE, c->table->name));
	nft_need(nftnl_chain_set_str(n, NFTNL_CHAIN_NAME, c->name));
	if (c->base && type == NFT_MSG_NEWCHAIN) {
		nftnl_chain_set_u32(n, NFTNL_CHAIN_HOOKNUM, c->hook);
		nftnl_chain_set_s32(n, NFTNL_CHAIN_PRIO, c->priority);
		nft_need(nftnl_chain_set_str(n, NFTNL_CHAIN_TYPE, nf_chain_type_name(c->type)));
		nftnl_chain_set_u32(n, NFTNL_CHAIN_POLICY, (uint32_t)c->policy);
		if (c->counted) {
			nftnl_chain_set_u64(n, NFTNL_CHAIN_PACKETS, c->packets);
			nftnl_chain_set_u64(n, NFTNL_CHAIN_BYTES, c->bytes);
		}
	}
	nftnl_chain_nlmsg_build_payload(h, n);
	nftnl_chain_free(n);
	end(x, h);
}

static void rename_message(struct batch *x, const struct nf_chain *c)
{
	struct nlmsghdr *h = begin(x, NFT_MSG_NEWCHAIN, 0, c->table->family);
	struct nftnl_chain *n = xcheck(nftnl_chain_alloc());

	nft_need(nftnl_chain_set_str(n, NFTNL_CHAIN_TABLE, c->table->name));
	nftnl_chain_set_u64(n, NFTNL_CHAIN_HANDLE, c->loaded);
	nft_need(nftnl_chain_set_str(n, NFTNL_CHAIN_NAME, c->name));
	nftnl_chain_nlmsg_build_payload(h, n);
	nftnl_chain_free(n);
	end(x, h);
}

/* Of one rule, or (handle 0) of all in the chain. */
static void delete_rule_message(struct batch *x, const struct nf_chain *c, uint64_t handle)
{
	struct nlmsghdr *h = begin(x, NFT_MSG_DELRULE, 0, c->table->family);
	struct nftnl_rule *n = xcheck(nftnl_rule_alloc());

	nft_need(nftnl_rule_set_str(n, NFTNL_RULE_TABLE, c->table->name));
	nft_need(nftnl_rule_set_str(n, NFTNL_RULE_CHAIN, c->name));
	if (handle)
		nftnl_rule_set_u64(n, NFTNL_RULE_HANDLE, handle);
	nftnl_rule_nlmsg_build_payload(h, n);
	nftnl_rule_free(n);
	end(x, h);
}

static void set_messages(struct batch *x, const struct nf_set *set, const struct nf_table *t)
{
	struct nftnl_set *s = nft_set(set, t->name, t->family, ++x->set_id);
	struct nlmsghdr *h = begin(x, NFT_MSG_NEWSET, NLM_F_CREATE, t->family);

	nftnl_set_nlmsg_build_payload(h, s);
	end(x, h);
	h = begin(x, NFT_MSG_NEWSETELEM, NLM_F_CREATE, t->family);
	nftnl_set_elems_nlmsg_build_payload(h, s);
	end(x, h);
	nftnl_set_free(s);
}

/* NLM_F_REPLACE: the rule with the handle `other`; 0: ahead of that one; NLM_F_APPEND: behind all. */
static void rule_message(struct batch *x, uint16_t flags, uint64_t other, const struct nf_rule *r)
{
	const struct nf_table *t = r->chain->table;
	struct nftnl_rule *n = xcheck(nftnl_rule_alloc());
	struct nlmsghdr *h;

	nftnl_rule_set_u32(n, NFTNL_RULE_FAMILY, t->family);
	nft_need(nftnl_rule_set_str(n, NFTNL_RULE_TABLE, t->name));
	nft_need(nftnl_rule_set_str(n, NFTNL_RULE_CHAIN, r->chain->name));
	if (other)
		nftnl_rule_set_u64(n, flags & NLM_F_REPLACE ? NFTNL_RULE_HANDLE : NFTNL_RULE_POSITION, other);
	for (unsigned i = 0; i < r->n; i++) {
		struct nftnl_expr *e;

		if (r->expr[i].kind == NFX_LOOKUP)
			set_messages(x, &r->expr[i].lookup.set, t);
		e = nft_expr(&r->expr[i], x->set_id);
		if (!e)
			bug("libnftnl knows no expression %s", nf_expr_name(r->expr[i].kind));
		nftnl_rule_add_expr(n, e);
	}
	h = begin(x, NFT_MSG_NEWRULE, NLM_F_CREATE | flags, t->family);
	nftnl_rule_nlmsg_build_payload(h, n);
	nftnl_rule_free(n);
	end(x, h);
}

/* ---- the difference of two rulesets ---- */

static const struct nf_expr *counter_of(const struct nf_rule *r)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->expr[i].kind == NFX_COUNTER)
			return &r->expr[i];
	return NULL;
}

static const struct nf_rule *rule_find(const struct nf_chain *c, uint64_t handle)
{
	if (!c)
		return NULL;
	list_for_each (r, &c->rules, struct nf_rule, node) {
		if (r->handle == handle)
			return r;
	}
	return NULL;
}

static const struct nf_chain *chain_find(const struct nf_table *t, uint64_t handle)
{
	if (!t)
		return NULL;
	list_for_each (c, &t->chains, struct nf_chain, node) {
		if (c->handle == handle)
			return c;
	}
	return NULL;
}

static bool counts_same(const struct nf_rule *a, const struct nf_rule *b)
{
	const struct nf_expr *x = counter_of(a), *y = counter_of(b);

	return !x || !y || (x->counter.packets == y->counter.packets && x->counter.bytes == y->counter.bytes);
}

static bool chain_itself_same(const struct nf_chain *old, const struct nf_chain *now)
{
	return old->policy == now->policy && old->counted == now->counted && old->packets == now->packets &&
	       old->bytes == now->bytes;
}

/* What goes: rules first, then the chains that nothing refers to any more. */
static void remove_old(struct batch *x, const struct nf_table *old, const struct nf_table *now)
{
	list_for_each (c, &old->chains, struct nf_chain, node) {
		const struct nf_chain *n = chain_find(now, c->handle);

		if (!list_empty(&c->rules) && (!n || list_empty(&n->rules)))
			delete_rule_message(x, c, 0);
		else if (n)
			list_for_each (r, &c->rules, struct nf_rule, node)
				if (!rule_find(n, r->handle))
					delete_rule_message(x, c, r->loaded);
	}
	list_for_each (c, &old->chains, struct nf_chain, node) {
		if (!chain_find(now, c->handle))
			chain_message(x, NFT_MSG_DELCHAIN, 0, c);
	}
}

/* The handle of the next rule that is there already; 0 = none. */
static uint64_t next_loaded(const struct nf_rule *r)
{
	for (const struct list *at = r->node.next; at != &r->chain->rules; at = at->next)
		if (list_entry(at, struct nf_rule, node)->loaded)
			return list_entry(at, struct nf_rule, node)->loaded;
	return 0;
}

static void add_rules(struct batch *x, const struct nf_chain *old, const struct nf_chain *now)
{
	list_for_each (r, &now->rules, struct nf_rule, node) {
		const struct nf_rule *was = rule_find(old, r->handle);
		uint64_t behind = was ? 0 : next_loaded(r);

		if (was && (!r->loaded || !counts_same(was, r)))
			rule_message(x, NLM_F_REPLACE, was->loaded, r);
		else if (!was)
			rule_message(x, behind ? 0 : NLM_F_APPEND, behind, r);
	}
}

static void update_table(struct batch *x, const struct nf_table *old, const struct nf_table *now)
{
	if (!old)
		table_message(x, NFT_MSG_NEWTABLE, NLM_F_CREATE, now);
	else
		remove_old(x, old, now);
	list_for_each (c, &now->chains, struct nf_chain, node) {
		const struct nf_chain *o = chain_find(old, c->handle);

		if (!o)
			chain_message(x, NFT_MSG_NEWCHAIN, NLM_F_CREATE, c);
		else if (strcmp(o->name, c->name) != 0)
			rename_message(x, c);
		else if (c->base && !chain_itself_same(o, c))
			chain_message(x, NFT_MSG_NEWCHAIN, 0, c);
	}
	list_for_each (c, &now->chains, struct nf_chain, node)
		add_rules(x, chain_find(old, c->handle), c);
}

static void update_all(struct batch *x, const struct nf *old, const struct nf *now)
{
	if (old) {
		list_for_each (t, &old->tables, struct nf_table, node) {
			if (!nf_table_find(now, t->family, t->name))
				table_message(x, NFT_MSG_DELTABLE, 0, t);
		}
	}
	if (!now)
		return;
	list_for_each (t, &now->tables, struct nf_table, node) {
		update_table(x, nf_table_find(old, t->family, t->name), t);
	}
}

/* ---- to the kernel ---- */

/* Sends what the batch holds, with an acknowledgement of its last message. 0, or -1 with errno. */
static int send_batch(struct batch *x, struct mnl_socket *sock)
{
	struct timeval limit = { .tv_sec = ANSWER_TIMEOUT };
	int fd = mnl_socket_get_fd(sock), size;

	((struct nlmsghdr *)(void *)(x->b.data + x->at))->nlmsg_flags |= NLM_F_ACK;
	x->last = x->seq;
	nftnl_batch_end((char *)x->scratch, ++x->seq);
	buf_put(&x->b, x->scratch, ((struct nlmsghdr *)(void *)x->scratch)->nlmsg_len);
	size = (int)x->b.size + MESSAGE_SIZE;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return mnl_socket_sendto(sock, x->b.data, x->b.size) < 0 ? -1 : 0;
}

/* Reads answers until that of the last message; the first error counts, as a positive errno in *refused. -1 with errno:
 * there is no answer. */
static int answers(const struct batch *x, struct mnl_socket *sock, int *refused)
{
	for (;;) {
		ssize_t size = mnl_socket_recvfrom(sock, x->scratch, MESSAGE_SIZE);
		const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)x->scratch;
		int left = (int)size;

		if (size < 0)
			return *refused ? 0 : -1;
		for (; nl_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

			if (h->nlmsg_type != NLMSG_ERROR || mnl_nlmsg_get_payload_len(h) < sizeof(*e))
				continue;
			if (!*refused && e->error)
				*refused = nl_errno(e->error);
			/* the first message is the batch's own beginning: an error there is of all of it */
			if (h->nlmsg_seq == x->last || h->nlmsg_seq == 1)
				return 0;
		}
	}
}

static int commit(struct batch *x, int *refused, struct err *err)
{
	struct mnl_socket *sock;
	int rc;

	*refused = 0;
	if (!x->messages)
		return 0;
	sock = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	rc = !sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 || send_batch(x, sock) ||
	     answers(x, sock, refused);
	if (rc)
		err_set(err, (struct loc){ 0 }, "loading nftables rules: %s", strerror(errno));
	if (sock)
		mnl_socket_close(sock);
	return rc ? -1 : 0;
}

int nft_update(const struct nf *old, const struct nf *now, int *refused, struct err *err)
{
	struct batch x;
	int rc;

	batch_begin(&x);
	update_all(&x, old, now);
	rc = commit(&x, refused, err);
	batch_release(&x);
	return rc;
}

/* ---- reading back ---- */

struct reader {
	struct nf_chain *chain;
	struct list *at; /* the rule that is next */
	struct nf *nf;
};

static void read_counter(const struct nftnl_rule *n, struct nf_rule *r)
{
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(n);
	struct nftnl_expr *e;
	struct nf_expr *c = (struct nf_expr *)(uintptr_t)counter_of(r);

	while (iter && c && (e = nftnl_expr_iter_next(iter))) {
		if (strcmp(nftnl_expr_get_str(e, NFTNL_EXPR_NAME), "counter"))
			continue;
		c->counter.packets = nftnl_expr_get_u64(e, NFTNL_EXPR_CTR_PACKETS);
		c->counter.bytes = nftnl_expr_get_u64(e, NFTNL_EXPR_CTR_BYTES);
		break;
	}
	nftnl_expr_iter_destroy(iter);
}

/* The rules of the chain, one by one: each must be the one that is there by our account. */
static int on_rule(const struct nlmsghdr *h, void *ctx)
{
	struct reader *x = ctx;
	struct nftnl_rule *n = xcheck(nftnl_rule_alloc());
	int rc = MNL_CB_ERROR;

	if (!nftnl_rule_nlmsg_parse(h, n) && x->at != &x->chain->rules) {
		struct nf_rule *r = list_entry(x->at, struct nf_rule, node);
		uint64_t handle = nftnl_rule_get_u64(n, NFTNL_RULE_HANDLE);

		if (!r->loaded || r->loaded == handle)
			rc = MNL_CB_OK;
		r->loaded = handle;
		read_counter(n, r);
		x->at = x->at->next;
	}
	nftnl_rule_free(n);
	return rc;
}

static void again(void *ctx)
{
	struct reader *x = ctx;

	x->at = x->chain->rules.next;
}

static int on_chain(const struct nlmsghdr *h, void *ctx)
{
	struct reader *x = ctx;
	struct nftnl_chain *n = xcheck(nftnl_chain_alloc());
	struct nf_chain *c = NULL;

	if (!nftnl_chain_nlmsg_parse(h, n))
		c = nf_chain_find(nf_table_find(x->nf, (uint8_t)nftnl_chain_get_u32(n, NFTNL_CHAIN_FAMILY),
					  nftnl_chain_get_str(n, NFTNL_CHAIN_TABLE)),
			nftnl_chain_get_str(n, NFTNL_CHAIN_NAME));
	if (c)
		c->loaded = nftnl_chain_get_u64(n, NFTNL_CHAIN_HANDLE);
	if (c && c->counted && nftnl_chain_is_set(n, NFTNL_CHAIN_PACKETS)) {
		c->packets = nftnl_chain_get_u64(n, NFTNL_CHAIN_PACKETS);
		c->bytes = nftnl_chain_get_u64(n, NFTNL_CHAIN_BYTES);
	}
	nftnl_chain_free(n);
	return MNL_CB_OK;
}

static struct nlmsghdr *dump(uint8_t *buf, uint16_t type, uint8_t family)
{
	struct nlmsghdr *h =
		nl_begin(buf, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_DUMP, sizeof(struct nfgenmsg));
	struct nfgenmsg *g = nl_extra(h);

	g->nfgen_family = family;
	return h;
}

static int read_rules(struct nl *nl, struct nf_table *t)
{
	uint8_t buf[NL_BUF];
	int rc = 0;

	list_for_each (c, &t->chains, struct nf_chain, node) {
		struct reader x = { .chain = c, .at = c->rules.next };
		struct nlmsghdr *h;

		if (list_empty(&c->rules) || rc)
			continue;
		h = dump(buf, NFT_MSG_GETRULE, t->family);
		mnl_attr_put_strz(h, NFTA_RULE_TABLE, t->name);
		mnl_attr_put_strz(h, NFTA_RULE_CHAIN, c->name);
		rc = nl_dump(nl, h, on_rule, again, &x);
		if (!rc && x.at != &c->rules)
			rc = -EPROTO;
	}
	return rc;
}

int nft_read_back(struct nf *nf, struct err *err)
{
	struct nl *nl = nl_open(NETLINK_NETFILTER, err);
	struct reader x = { .nf = nf };
	uint8_t buf[NL_BUF];
	int rc;

	if (!nl)
		return -1;
	rc = nl_dump(nl, dump(buf, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC), on_chain, NULL, &x);
	list_for_each (t, &nf->tables, struct nf_table, node) {
		if (!rc)
			rc = read_rules(nl, t);
	}
	nl_close(nl);
	if (rc)
		err_set(err, (struct loc){ 0 }, "reading nftables rules: %s", strerror(-rc));
	return rc;
}
