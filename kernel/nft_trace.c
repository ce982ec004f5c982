/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nftables trace as a source of observations (net/netfilter/nf_tables_trace.c, NFNLGRP_NFTRACE).
 *
 * Theory of operation. A table of our own stands in every namespace, with a chain at each of the five hooks, all with
 * one rule: it marks the packet as traced, and accepts. The chains come first at their hooks, but for one function:
 * ip_sabotage_in() of br_netfilter, at NF_IP_PRI_FIRST, which leaves out PRE_ROUTING for what the bridge took through
 * there. So the kernel sends one message at the beginning of each hook, with devices and headers, and then one for
 * each rule that matched and each policy that was met, of whatever tables the lab has. Family filter, verdict accept,
 * no expression that would ask for connection tracking: nothing of what the lab shows depends on the table. A device
 * crossing takes the mark off a packet (skb_scrub_packet()), the next hook puts it on again.
 *
 * The kernel's id of a packet is a hash of its buffer's address, its flow and its device: the same within one run
 * through a hook, and used again soon after. So a run begins with our own message, and what bears its id until the
 * next one is part of it. The headers come with the first message of each base chain only. Two processors may tell of
 * two packets in turns: each observation has its run's number, by which the comparison puts them together again.
 *
 * Messages wait in the socket, which has room for a few thousand; what it has no room for the kernel counts for us as
 * lost, once for any number of them. */
#include "kernel/nft_trace.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "kernel/nft.h"
#include "kernel/nl.h"
#include "model/wire.h"

#define MESSAGE_SIZE 8192        /* a message has less than 1 KiB */
#define SOCKET_ROOM (8u << 20)   /* bytes as the kernel counts them, about 1 KiB for a message */
#define PRIORITY (INT32_MIN + 1) /* right behind NF_IP_PRI_FIRST */

/* ---- our table ---- */

static void add_chain(struct nf_table *t, uint8_t hook)
{
	struct nf_rule *r =
		nf_rule_add(nf_base_chain_add(t, nf_hook_name(hook), NF_CHAIN_FILTER, hook, PRIORITY), NULL);
	struct nf_expr *e = nf_rule_expr(r, NFX_IMMEDIATE);

	e->immediate.dreg = NF_REG_1;
	e->immediate.len = 1;
	e->immediate.data.b[0] = 1;
	e = nf_rule_expr(r, NFX_META);
	e->meta.set = true;
	e->meta.key = NFT_META_NFTRACE;
	e->meta.sreg = NF_REG_1;
	e = nf_rule_expr(r, NFX_IMMEDIATE);
	e->immediate.dreg = NF_REG_VERDICT;
	e->immediate.verdict = NFV_ACCEPT;
}

struct nf *nft_trace_rules(void)
{
	struct nf *nf = nf_new(NULL);
	struct nf_table *t = nf_table_add(nf, NF_FAMILY_IP, NFT_TRACE_TABLE);

	for (uint8_t hook = 0; hook < NF_HOOK_NUM; hook++)
		add_chain(t, hook);
	return nf;
}

/* ---- messages ---- */

static const void *data_of(const struct nftnl_trace *t, uint16_t attr, uint32_t *size)
{
	*size = 0;
	return nftnl_trace_is_set(t, attr) ? nftnl_trace_get_data(t, attr, size) : NULL;
}

struct headers { /* as far as the kernel tells: 40 bytes of IPv4's, 20 behind it */
	uint8_t b[60 + 20];
	uint32_t size;
};

/* False: the message bears none. */
static bool headers_of(const struct nftnl_trace *t, struct headers *h)
{
	uint32_t network, transport, at;
	const uint8_t *n = data_of(t, NFTNL_TRACE_NETWORK_HEADER, &network),
		      *tr = data_of(t, NFTNL_TRACE_TRANSPORT_HEADER, &transport);

	if (!n || network < sizeof(struct ip4_hdr) || network > 40)
		return false;
	*h = (struct headers){ .size = network };
	memcpy(h->b, n, network);
	at = ip4_hlen((const struct ip4_hdr *)(const void *)n);
	if (!tr || at < network || at + transport > sizeof(h->b))
		return true;
	memcpy(h->b + at, tr, transport);
	h->size = at + transport;
	return true;
}

static struct nft_run *run_find(struct nft_runs *runs, uint32_t id)
{
	for (unsigned i = 1; i <= NFT_TRACE_RUNS; i++) {
		struct nft_run *r = &runs->v[(runs->at + NFT_TRACE_RUNS - i) % NFT_TRACE_RUNS];

		if (!r->number)
			return NULL;
		if (r->id == id)
			return r;
	}
	return NULL;
}

static struct nft_run *run_new(struct nft_runs *runs, uint32_t id, const char *hook)
{
	struct nft_run *r = &runs->v[runs->at];

	runs->at = (runs->at + 1) % NFT_TRACE_RUNS;
	*r = (struct nft_run){ .id = id, .number = ++runs->number, .hook = hook };
	return r;
}

static void take_headers(struct nft_run *r, const struct headers *h)
{
	uint32_t at = ip4_hlen((const struct ip4_hdr *)(const void *)h->b);

	flow_parse(&r->flow, ETH_P_IP_, h->b, h->size);
	r->tcp = (struct tcp_hdr){ 0 };
	if (r->flow.protocol == IPPROTO_TCP_ && !r->flow.fragment && at + sizeof(r->tcp) <= h->size)
		memcpy(&r->tcp, h->b + at, sizeof(r->tcp));
}

/* The hook whose chain of ours this is; NULL: it is none of ours. */
static const char *our_hook(const char *table, const char *chain)
{
	if (strcmp(table, NFT_TRACE_TABLE) != 0)
		return NULL;
	for (uint8_t h = 0; h < NF_HOOK_NUM; h++)
		if (!strcmp(chain, nf_hook_name(h)))
			return nf_hook_name(h);
	return NULL;
}

static void device(const struct nftnl_trace *t, uint16_t attr, const struct nft_names *names, char name[IFNAMSIZ_])
{
	*name = 0;
	if (nftnl_trace_is_set(t, attr))
		names->device(names->ctx, nftnl_trace_get_u32(t, attr), name);
}

#define SET_VALUES(obs, ...) set_values(obs, (const struct val[]){ __VA_ARGS__ }, sizeof((struct val[]){ __VA_ARGS__ }))
static void set_values(struct obs *o, const struct val *v, size_t size)
{
	memcpy(o->e.val, v, size);
}

/* Our own chain: the packet has come to a hook. */
static bool see_hook(const struct nftnl_trace *t, const struct nft_run *r, const struct headers *h,
	const struct nft_names *names, struct nft_words *w, struct obs *o)
{
	const struct ip4_hdr *ip = (const void *)h->b;
	uint32_t mark = nftnl_trace_is_set(t, NFTNL_TRACE_MARK) ? nftnl_trace_get_u32(t, NFTNL_TRACE_MARK) : 0;

	device(t, NFTNL_TRACE_IIF, names, w->in);
	device(t, NFTNL_TRACE_OIF, names, w->out);
	o->e.kind = EV_HOOK;
	SET_VALUES(o, VAL_STR("ip"), VAL_STR(r->hook), VAL_STR(w->in), VAL_STR(w->out), VAL_U32(ip->ttl),
		VAL_U32(get16(ip->tot_len)), VAL_U32(mark));
	return true;
}

static void rule_verdict(const struct nftnl_trace *t, struct nft_words *w)
{
	const char *target =
		nftnl_trace_is_set(t, NFTNL_TRACE_JUMP_TARGET) ? nftnl_trace_get_str(t, NFTNL_TRACE_JUMP_TARGET) : NULL;
	int verdict = (int)nftnl_trace_get_u32(t, NFTNL_TRACE_VERDICT);

	snprintf(w->verdict, sizeof(w->verdict), target ? "%s %s" : "%s", nf_verdict_name(verdict),
		target ? target : "");
}

/* A chain of the lab's: a rule that matched, or a policy. The end of a chain is told too, as a rule without a handle:
 * what follows says as much. */
static bool see_chain(const struct nftnl_trace *t, const struct nft_run *r, const char *table, const char *chain,
	const struct nft_names *names, struct nft_words *w, struct obs *o)
{
	uint8_t nfproto = (uint8_t)nftnl_trace_get_u32(t, NFTNL_TRACE_FAMILY);
	struct val family = VAL_STR(nf_family_name(nfproto)), hook = r && r->hook ? VAL_STR(r->hook) : VAL_NONE;
	uint64_t handle;

	if (nftnl_trace_get_u32(t, NFTNL_TRACE_TYPE) == NFT_TRACETYPE_POLICY) {
		o->e.kind = EV_POLICY;
		SET_VALUES(o, family, VAL_STR(table), VAL_STR(chain),
			VAL_STR(nf_verdict_name((int)nftnl_trace_get_u32(t, NFTNL_TRACE_POLICY))), hook);
		return true;
	}
	if (!nftnl_trace_is_set(t, NFTNL_TRACE_RULE_HANDLE) || !nftnl_trace_is_set(t, NFTNL_TRACE_VERDICT))
		return false;
	handle = names->handle(names->ctx, nfproto, table, nftnl_trace_get_u64(t, NFTNL_TRACE_RULE_HANDLE));
	rule_verdict(t, w);
	o->e.kind = EV_RULE;
	SET_VALUES(o, family, VAL_STR(table), VAL_STR(chain), VAL_U32((uint32_t)handle), VAL_STR(w->verdict), VAL_NONE,
		hook);
	return true;
}

bool nft_trace_observe(struct nft_runs *runs, const struct nftnl_trace *t, const struct nft_names *names,
	struct nft_words *words, struct obs *obs)
{
	const char *table = nftnl_trace_get_str(t, NFTNL_TRACE_TABLE),
		   *chain = nftnl_trace_get_str(t, NFTNL_TRACE_CHAIN);
	uint32_t id = nftnl_trace_get_u32(t, NFTNL_TRACE_ID);
	const char *hook = table && chain ? our_hook(table, chain) : NULL;
	struct headers h;
	bool told;
	struct nft_run *r;

	if (!table || !chain)
		return false;
	told = headers_of(t, &h);
	r = hook ? run_new(runs, id, hook) : run_find(runs, id);
	if (!r && told)
		r = run_new(runs, id, NULL);
	if (r && told)
		take_headers(r, &h);
	*obs = (struct obs){ .source = OBS_NFT, .by = "nft trace", .flow_known = r && r->flow.ethertype };
	if (r) {
		obs->flow = r->flow;
		obs->tcp = r->tcp;
		obs->group = r->number;
	}
	if (!hook)
		return see_chain(t, r, table, chain, names, words, obs);
	return told && see_hook(t, r, &h, names, words, obs);
}

/* ---- the source ---- */

struct handle { /* of a rule that the lab has or had */
	uint8_t family;
	char table[sizeof(((struct nf_table *)0)->name)];
	uint64_t kernel, model;
};
struct tracer { /* of one namespace */
	char ns[NSLABEL_SIZE];
	struct mnl_socket *sock;
	struct nft_runs runs;
	struct handle *handle; /* in order of birth; the newest counts */
	unsigned handles;
	struct tracer *next;
};
struct nft_trace {
	struct observe *o;
	struct nf *rules; /* of ours */
	struct tracer *first;
	uint64_t lost;
};

static void *trace_new_source(struct observe *o, struct buf *why)
{
	struct nft_trace *x = xcalloc(1, sizeof(*x));

	(void)why;
	x->o = o;
	x->rules = nft_trace_rules();
	return x;
}

static void tracer_free(struct tracer *t)
{
	if (t->sock)
		mnl_socket_close(t->sock);
	free(t->handle);
	free(t);
}

/* Room for what comes while nobody reads: more than the default, by force when that is allowed. */
static struct mnl_socket *listen_here(void)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int room = SOCKET_ROOM, group = NFNLGRP_NFTRACE, fd;

	if (!sock)
		return NULL;
	fd = mnl_socket_get_fd(sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ||
		mnl_socket_setsockopt(sock, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0) {
		int errnum = errno;

		mnl_socket_close(sock);
		errno = errnum;
		return NULL;
	}
	return sock;
}

static int trace_open(void *self, const char *ns, struct buf *why)
{
	struct nft_trace *x = self;
	struct tracer *t = xcalloc(1, sizeof(*t));
	struct err err = { 0 };
	int refused;

	str_copy(t->ns, sizeof(t->ns), ns);
	t->sock = listen_here();
	if (!t->sock) {
		buf_printf(why, "netlink: %s", strerror(errno));
		tracer_free(t);
		return -1;
	}
	if (nft_update(NULL, x->rules, &refused, &err) || refused) {
		buf_puts(why, refused ? strerror(refused) : err.msg);
		tracer_free(t);
		return -1;
	}
	t->next = x->first;
	x->first = t;
	return 0;
}

static struct handle *handle_find(const struct tracer *t, uint8_t family, const char *table, uint64_t kernel)
{
	for (unsigned i = t->handles; i-- > 0;)
		if (t->handle[i].kernel == kernel && t->handle[i].family == family &&
			!strcmp(t->handle[i].table, table))
			return &t->handle[i];
	return NULL;
}

static uint64_t handle_of(void *ctx, uint8_t family, const char *table, uint64_t kernel)
{
	const struct handle *h = handle_find(ctx, family, table, kernel);

	return h ? h->model : kernel;
}

static void take_rule(struct tracer *t, const struct nf_rule *r)
{
	const struct nf_table *table = r->chain->table;
	struct handle *h = handle_find(t, table->family, table->name, r->loaded);

	if (h && h->model == r->handle)
		return;
	if (!(t->handles & (t->handles - 1)))
		t->handle = xrealloc(t->handle, (t->handles ? 2 * t->handles : 1) * sizeof(*t->handle));
	h = &t->handle[t->handles++];
	*h = (struct handle){ .family = table->family, .kernel = r->loaded, .model = r->handle };
	str_copy(h->table, sizeof(h->table), table->name);
}

static void trace_rules(void *self, const char *ns, const struct nf *rules)
{
	struct nft_trace *x = self;

	for (struct tracer *t = x->first; t; t = t->next) {
		if (strcmp(t->ns, ns) != 0)
			continue;
		list_for_each (table, &rules->tables, struct nf_table, node)
			list_for_each (c, &table->chains, struct nf_chain, node)
				list_for_each (r, &c->rules, struct nf_rule, node)
					take_rule(t, r);
	}
}

static void name_of(void *ctx, uint32_t ifindex, char name[IFNAMSIZ_])
{
	const struct tracer *t = ctx;
	struct ifreq ifr = { .ifr_ifindex = (int)ifindex };

	/* any socket of the namespace will do (dev_ioctl(), net/core/dev_ioctl.c) */
	if (!ioctl(mnl_socket_get_fd(t->sock), SIOCGIFNAME, &ifr))
		str_copy(name, IFNAMSIZ_, ifr.ifr_name);
}

static int on_message(const struct nlmsghdr *h, struct nft_trace *x, struct tracer *t)
{
	struct nftnl_trace *n = xcheck(nftnl_trace_alloc());
	const struct nft_names names = { name_of, handle_of, t };
	struct nft_words words;
	struct obs obs;

	if (n && !nftnl_trace_nlmsg_parse(h, n) && nft_trace_observe(&t->runs, n, &names, &words, &obs)) {
		obs.e.ns = t->ns;
		obs_add(x->o, &obs);
	}
	if (n)
		nftnl_trace_free(n);
	return MNL_CB_OK;
}

static void tracer_drain(struct nft_trace *x, struct tracer *t)
{
	uint8_t buf[MESSAGE_SIZE];

	for (;;) {
		ssize_t size = mnl_socket_recvfrom(t->sock, buf, sizeof(buf));
		const struct nlmsghdr *h = (const void *)buf;
		int left = (int)size;

		if (size < 0 && errno == ENOBUFS)
			x->lost++;
		else if (size <= 0)
			return;
		for (; size > 0 && nl_ok(h, left); h = mnl_nlmsg_next(h, &left))
			if (h->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE))
				on_message(h, x, t);
	}
}

static void trace_drain(void *self)
{
	struct nft_trace *x = self;

	for (struct tracer *t = x->first; t; t = t->next)
		tracer_drain(x, t);
}

static void trace_rename(void *self, const char *from, const char *to)
{
	struct nft_trace *x = self;

	for (struct tracer *t = x->first; t; t = t->next) {
		if (strcmp(t->ns, from) != 0)
			continue;
		tracer_drain(x, t);
		str_copy(t->ns, sizeof(t->ns), to);
	}
}

static void trace_forget(void *self, const char *ns)
{
	struct nft_trace *x = self;

	for (struct tracer **t = &x->first; *t; t = &(*t)->next) {
		struct tracer *gone = *t;

		if (strcmp(gone->ns, ns) != 0)
			continue;
		tracer_drain(x, gone);
		*t = gone->next;
		tracer_free(gone);
		return;
	}
}

static unsigned trace_poll(const void *self, struct pollfd *fds, unsigned max)
{
	const struct nft_trace *x = self;
	unsigned n = 0;

	for (const struct tracer *t = x->first; t; t = t->next, n++)
		if (fds && n < max)
			fds[n] = (struct pollfd){ .fd = mnl_socket_get_fd(t->sock), .events = POLLIN };
	return n;
}

static uint64_t trace_lost(void *self)
{
	return ((struct nft_trace *)self)->lost;
}

static void trace_free_source(void *self)
{
	struct nft_trace *x = self;

	while (x->first) {
		struct tracer *t = x->first;

		x->first = t->next;
		tracer_free(t);
	}
	nf_free(x->rules);
	free(x);
}

const struct observer_ops nft_trace_ops = { .source = OBS_NFT,
	.new = trace_new_source,
	.open = trace_open,
	.rules = trace_rules,
	.rename = trace_rename,
	.forget = trace_forget,
	.drain = trace_drain,
	.poll = trace_poll,
	.lost = trace_lost,
	.free = trace_free_source };
