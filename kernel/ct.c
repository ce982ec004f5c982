/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection tracking table (net/netfilter/nf_conntrack_netlink.c) read into the model's nouns. */
#include "kernel/ct.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "kernel/apply.h"
#include "model/nf.h"
#include "model/wire.h"

struct entries {
	struct ct *v;
	unsigned n;
};

static bool read_tuple(struct ct_tuple *t, const struct nlattr *nest)
{
	const struct nlattr *tb[CTA_TUPLE_MAX + 1], *ip[CTA_IP_MAX + 1], *proto[CTA_PROTO_MAX + 1];

	nl_nested(nest, tb, CTA_TUPLE_MAX);
	nl_nested(tb[CTA_TUPLE_IP], ip, CTA_IP_MAX);
	nl_nested(tb[CTA_TUPLE_PROTO], proto, CTA_PROTO_MAX);
	*t = (struct ct_tuple){ .src = get_addr(ip[CTA_IP_V4_SRC]), .dst = get_addr(ip[CTA_IP_V4_DST]) };
	if (!t->src.family || !proto[CTA_PROTO_NUM])
		return false;
	t->protocol = nl_u8(proto[CTA_PROTO_NUM]);
	if (proto[CTA_PROTO_ICMP_ID]) {
		t->sport = ntohs(nl_u16(proto[CTA_PROTO_ICMP_ID]));
		t->dport = (uint16_t)(nl_u8(proto[CTA_PROTO_ICMP_TYPE]) << 8 | nl_u8(proto[CTA_PROTO_ICMP_CODE]));
	}
	if (proto[CTA_PROTO_SRC_PORT])
		t->sport = ntohs(nl_u16(proto[CTA_PROTO_SRC_PORT]));
	if (proto[CTA_PROTO_DST_PORT])
		t->dport = ntohs(nl_u16(proto[CTA_PROTO_DST_PORT]));
	return true;
}

static uint8_t tcp_state(const struct nlattr *protoinfo)
{
	const struct nlattr *tb[CTA_PROTOINFO_MAX + 1], *tcp[CTA_PROTOINFO_TCP_MAX + 1];

	nl_nested(protoinfo, tb, CTA_PROTOINFO_MAX);
	nl_nested(tb[CTA_PROTOINFO_TCP], tcp, CTA_PROTOINFO_TCP_MAX);
	if (!tcp[CTA_PROTOINFO_TCP_STATE] || nl_u8(tcp[CTA_PROTOINFO_TCP_STATE]) >= CT_TCP_NUM)
		return CT_TCP_NONE;
	return nl_u8(tcp[CTA_PROTOINFO_TCP_STATE]);
}

static uint32_t be32_or_0(const struct nlattr *a)
{
	return a ? ntohl(nl_u32(a)) : 0;
}

bool ct_parse(const struct nlmsghdr *h, struct ct *ct)
{
	const struct nlattr *tb[CTA_MAX + 1];

	nl_attrs(h, sizeof(struct nfgenmsg), tb, CTA_MAX);
	*ct = (struct ct){ .status = be32_or_0(tb[CTA_STATUS]),
		.mark = be32_or_0(tb[CTA_MARK]),
		.expires = be32_or_0(tb[CTA_TIMEOUT]) * NSEC_PER_SEC,
		.tcp_state = tcp_state(tb[CTA_PROTOINFO]) };
	return read_tuple(&ct->tuple[CT_ORIGINAL], tb[CTA_TUPLE_ORIG]) &&
	       read_tuple(&ct->tuple[CT_REPLY], tb[CTA_TUPLE_REPLY]);
}

static int on_entry(const struct nlmsghdr *h, void *ctx)
{
	struct entries *l = ctx;
	struct ct ct;

	if (ct_parse(h, &ct)) {
		l->v = xrealloc(l->v, (l->n + 1) * sizeof(*l->v));
		l->v[l->n++] = ct;
	}
	return MNL_CB_OK;
}

static void insert(struct ns *to, const struct ct *said, uint64_t now)
{
	struct ct *ct;

	if (said->tuple[CT_ORIGINAL].protocol == IPPROTO_IGMP_)
		return; /* of frames that a bridge sends on its own, which are not compared */
	if (!to->nf)
		to->nf = nf_new(to);
	ct = ct_new(&to->nf->ct);
	ct->tuple[CT_ORIGINAL] = said->tuple[CT_ORIGINAL];
	ct->tuple[CT_REPLY] = said->tuple[CT_REPLY];
	ct->status = said->status & ~(uint32_t)CTS_DYING;
	ct->mark = said->mark;
	ct->expires = now + said->expires;
	ct->tcp_state = said->tcp_state;
	ct_insert(ct);
	ct_unref(ct);
}

static int on_stats(const struct nlmsghdr *h, void *ctx)
{
	const struct nlattr *tb[CTA_STATS_GLOBAL_MAX + 1];

	nl_attrs(h, sizeof(struct nfgenmsg), tb, CTA_STATS_GLOBAL_MAX);
	if (tb[CTA_STATS_GLOBAL_ENTRIES])
		*(int64_t *)ctx = ntohl(nl_u32(tb[CTA_STATS_GLOBAL_ENTRIES]));
	return MNL_CB_OK;
}

/* How many entries the namespace has (ctnetlink_stat_ct(), nf_conntrack_count()), those that a packet under way has not
 * confirmed yet among them; -1 = not told. */
static int64_t count(struct nl *nl)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h =
		nl_begin(buf, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS, 0, sizeof(struct nfgenmsg));
	int64_t n = -1;

	return nl_ask(nl, h, on_stats, &n) ? -1 : n;
}

static struct nlmsghdr *get(uint8_t *buf)
{
	struct nlmsghdr *h = nl_begin(buf, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, 0, sizeof(struct nfgenmsg));

	((struct nfgenmsg *)nl_extra(h))->nfgen_family = AF_INET;
	return h;
}

/* ctnetlink_get_conntrack(): one entry. One that is no more gives ENOENT. */
static void read_one(struct nl *nl, const struct ct_tuple *t, struct entries *l)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = get(buf);
	struct nlattr *tuple = mnl_attr_nest_start(h, CTA_TUPLE_ORIG), *part = mnl_attr_nest_start(h, CTA_TUPLE_IP);

	mnl_attr_put_u32(h, CTA_IP_V4_SRC, htonl(t->src.v4));
	mnl_attr_put_u32(h, CTA_IP_V4_DST, htonl(t->dst.v4));
	mnl_attr_nest_end(h, part);
	part = mnl_attr_nest_start(h, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(h, CTA_PROTO_NUM, t->protocol);
	if (t->protocol == IPPROTO_ICMP_) {
		mnl_attr_put_u16(h, CTA_PROTO_ICMP_ID, htons(t->sport));
		mnl_attr_put_u8(h, CTA_PROTO_ICMP_TYPE, (uint8_t)(t->dport >> 8));
		mnl_attr_put_u8(h, CTA_PROTO_ICMP_CODE, (uint8_t)t->dport);
	} else if (t->sport || t->dport) {
		mnl_attr_put_u16(h, CTA_PROTO_SRC_PORT, htons(t->sport));
		mnl_attr_put_u16(h, CTA_PROTO_DST_PORT, htons(t->dport));
	}
	mnl_attr_nest_end(h, part);
	mnl_attr_nest_end(h, tuple);
	nl_ask(nl, h, on_entry, l);
}

/* Those that were told of as new. */
static void read_seen(struct nl *nl, const struct observations *seen, const char *ns, struct entries *l)
{
	for (unsigned i = 0; i < seen->n; i++) {
		const struct event *e = &seen->v[i].e;

		if (e->kind == EV_CT_EVENT && !strcmp(e->val[0].str, "new") && !strcmp(e->ns, ns)) {
			struct ct_tuple t = ct_event_tuple(e);
			bool again = false;

			for (unsigned k = 0; k < l->n; k++)
				again |= ct_tuple_eq(&l->v[k].tuple[CT_ORIGINAL], &t);
			if (!again)
				read_one(nl, &t, l);
		}
	}
}

/* A dump goes through the whole machine's hash table, of all namespaces, with a lock at each step
 * (ctnetlink_dump_table()): milliseconds. */
static int read_all(struct nl *nl, const struct kns *from, const struct observations *seen, struct entries *l)
{
	int64_t n = count(nl);
	uint8_t buf[NL_BUF];

	if (n == 0)
		return 0;
	if (seen && n > 0)
		read_seen(nl, seen, *from->name ? from->name : "host", l);
	if (l->n == n)
		return 0;
	l->n = 0;
	return nl_dump(nl, get(buf), on_entry, NULL, l);
}

int ct_read(struct sandbox *s, struct kns *from, struct ns *to, const struct observations *seen, uint64_t now,
	struct err *err)
{
	struct entries l = { 0 };
	struct nl *nl;
	int rc;

	if (!from->nf) /* without a rule nothing is tracked */
		return 0;
	if (sandbox_go(s, from, err))
		return -1;
	nl = nl_open(NETLINK_NETFILTER, err);
	if (!nl)
		return -1;
	rc = read_all(nl, from, seen, &l);
	nl_close(nl);
	for (unsigned i = 0; i < l.n; i++)
		insert(to, &l.v[i], now);
	free(l.v);
	if (rc && rc != -EINVAL && rc != -EOPNOTSUPP)
		return err_set(err, (struct loc){ 0 }, "reading connection tracking entries: %s", strerror(-rc));
	return 0;
}
