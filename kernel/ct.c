/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump of the connection tracking table (net/netfilter/nf_conntrack_netlink.c) into the model's nouns. */
#include "kernel/ct.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

#include "kernel/apply.h"
#include "model/nf.h"
#include "model/wire.h"

struct read {
	struct ns *to;
	uint64_t now;
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
	const struct read *r = ctx;
	struct ct said, *ct;

	if (!ct_parse(h, &said))
		return MNL_CB_OK;
	if (said.tuple[CT_ORIGINAL].protocol == IPPROTO_IGMP_)
		return MNL_CB_OK; /* of frames that a bridge sends on its own, which are not compared */
	if (!r->to->nf)
		r->to->nf = nf_new(r->to);
	ct = ct_new(&r->to->nf->ct);
	ct->tuple[CT_ORIGINAL] = said.tuple[CT_ORIGINAL];
	ct->tuple[CT_REPLY] = said.tuple[CT_REPLY];
	ct->status = said.status & ~(uint32_t)CTS_DYING;
	ct->mark = said.mark;
	ct->expires = r->now + said.expires;
	ct->tcp_state = said.tcp_state;
	ct_insert(ct);
	ct_unref(ct);
	return MNL_CB_OK;
}

static int on_stats(const struct nlmsghdr *h, void *ctx)
{
	const struct nlattr *tb[CTA_STATS_GLOBAL_MAX + 1];

	nl_attrs(h, sizeof(struct nfgenmsg), tb, CTA_STATS_GLOBAL_MAX);
	if (tb[CTA_STATS_GLOBAL_ENTRIES])
		*(bool *)ctx = nl_u32(tb[CTA_STATS_GLOBAL_ENTRIES]) == 0;
	return MNL_CB_OK;
}

/* A dump goes through the whole machine's hash table, of all namespaces, with a lock at each step
 * (ctnetlink_dump_table()); the namespace's own counter says whether there is anything to be found
 * (ctnetlink_stat_ct(), nf_conntrack_count()). */
static bool is_empty(struct nl *nl)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h =
		nl_begin(buf, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS, 0, sizeof(struct nfgenmsg));
	bool empty = false;

	return !nl_ask(nl, h, on_stats, &empty) && empty;
}

int ct_read(struct sandbox *s, struct kns *from, struct ns *to, uint64_t now, struct err *err)
{
	struct read r = { to, now };
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, 0, sizeof(struct nfgenmsg));
	struct nl *nl;
	int rc;

	if (!from->nf) /* without a rule nothing is tracked */
		return 0;
	if (sandbox_go(s, from, err))
		return -1;
	nl = nl_open(NETLINK_NETFILTER, err);
	if (!nl)
		return -1;
	((struct nfgenmsg *)nl_extra(h))->nfgen_family = AF_INET;
	rc = is_empty(nl) ? 0 : nl_dump(nl, h, on_entry, NULL, &r);
	nl_close(nl);
	if (rc && rc != -EINVAL && rc != -EOPNOTSUPP)
		return err_set(err, (struct loc){ 0 }, "reading connection tracking entries: %s", strerror(-rc));
	return 0;
}
