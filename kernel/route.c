/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip route` as rtnetlink requests (net/ipv4/fib_frontend.c), built as iproute2's iproute.c builds them. */
#include <errno.h>
#include <linux/in_route.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "kernel/apply.h"
#include "kernel/sysctl.h"
#include "model/show.h"

void route_put_table(struct nlmsghdr *h, uint32_t table)
{
	if (table < 256)
		((struct rtmsg *)nl_extra(h))->rtm_table = (uint8_t)table;
	else
		mnl_attr_put_u32(h, RTA_TABLE, table);
}

static int put_route(struct apply *x, struct nlmsghdr *h, const struct op_route *o)
{
	struct rtmsg *rtm = nl_extra(h);

	/* type, table, scope and protocol are what the tool sends, said by the user or not */
	rtm->rtm_family = AF_INET;
	rtm->rtm_type = o->type;
	rtm->rtm_scope = o->scope;
	rtm->rtm_protocol = o->protocol;
	rtm->rtm_dst_len = o->dst.len;
	rtm->rtm_tos = o->tos_set ? o->tos : 0;
	route_put_table(h, o->table);
	if (o->dst.len)
		put_addr(h, RTA_DST, &o->dst.addr);
	put_addr(h, RTA_GATEWAY, &o->via);
	put_addr(h, RTA_PREFSRC, &o->src);
	if (o->metric_set)
		mnl_attr_put_u32(h, RTA_PRIORITY, o->metric);
	if (o->onlink)
		rtm->rtm_flags |= RTNH_F_ONLINK;
	if (o->mtu) {
		struct nlattr *m = mnl_attr_nest_start(h, RTA_METRICS);

		mnl_attr_put_u32(h, RTAX_MTU, o->mtu);
		mnl_attr_nest_end(h, m);
	}
	if (*o->dev) {
		int index = apply_dev(x, o->dev);

		if (!index)
			return -1;
		mnl_attr_put_u32(h, RTA_OIF, (uint32_t)index);
	}
	return 0;
}

static int route_change(struct apply *x)
{
	static const struct {
		uint16_t type, flags;
	} request[] = {
		[OP_ROUTE_ADD] = { RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL },
		[OP_ROUTE_APPEND] = { RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND },
		[OP_ROUTE_REPLACE] = { RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE },
		[OP_ROUTE_CHANGE] = { RTM_NEWROUTE, NLM_F_REPLACE },
		[OP_ROUTE_DEL] = { RTM_DELROUTE, 0 },
	};
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, request[x->op->kind].type, request[x->op->kind].flags, sizeof(struct rtmsg));

	if (put_route(x, h, &x->op->route))
		return -1;
	return apply_ask(x, h);
}

/* ---- flush ---- */

struct flush {
	const struct op_route *o;
	uint32_t oif;
	struct buf messages; /* RTM_DELROUTE requests, one behind the other */
};

static bool wanted(const struct flush *f, const struct rtmsg *rtm, const struct nlattr *const *tb)
{
	const struct op_route *o = f->o;
	struct ipaddr dst = get_addr(tb[RTA_DST]), via = get_addr(tb[RTA_GATEWAY]), src = get_addr(tb[RTA_PREFSRC]);
	struct prefix p = { dst.family ? dst : ip4(0), rtm->rtm_dst_len };
	uint32_t table = tb[RTA_TABLE] ? nl_u32(tb[RTA_TABLE]) : rtm->rtm_table;

	if (rtm->rtm_flags & RTM_F_CLONED || (o->table && o->table != table))
		return false;
	if (f->oif && (!tb[RTA_OIF] || nl_u32(tb[RTA_OIF]) != f->oif))
		return false;
	if ((o->type_set && rtm->rtm_type != o->type) || (o->proto_set && rtm->rtm_protocol != o->protocol) ||
		(o->scope_set && rtm->rtm_scope != o->scope))
		return false;
	if ((o->via.family && !ip_eq(&o->via, &via)) || (o->src.family && !ip_eq(&o->src, &src)))
		return false;
	if (!o->dst_set)
		return true;
	if (o->match)
		return prefix_contains(&p, &o->dst.addr) && p.len <= o->dst.len;
	if (o->root)
		return prefix_contains(&o->dst, &p.addr) && p.len >= o->dst.len;
	return p.len == o->dst.len && ip_eq(&p.addr, &o->dst.addr);
}

static int on_route(const struct nlmsghdr *h, void *ctx)
{
	struct flush *f = ctx;
	const struct rtmsg *rtm = nl_extra(h);
	const struct nlattr *tb[RTA_MAX + 1];
	struct nlmsghdr *del;
	size_t at = f->messages.size;

	nl_attrs(h, sizeof(*rtm), tb, RTA_MAX);
	if (!wanted(f, rtm, tb))
		return MNL_CB_OK;
	buf_put(&f->messages, h, MNL_ALIGN(h->nlmsg_len));
	del = (struct nlmsghdr *)(void *)(f->messages.data + at);
	del->nlmsg_type = RTM_DELROUTE;
	del->nlmsg_flags = NLM_F_REQUEST;
	return MNL_CB_OK;
}

static void forget(void *ctx)
{
	buf_clear(&((struct flush *)ctx)->messages);
}

static int flush_cache(struct apply *x)
{
	/* the one thing that `ip route flush cache` does: it writes this file */
	*x->a = (struct answer){ .kind = ANS_KERNEL, .err = -sysctl_write("net/ipv4/route/flush", "-1") };
	return -x->a->err;
}

static int route_flush(struct apply *x)
{
	struct flush f = { .o = &x->op->route };
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h;
	int rc;

	if (f.o->cache)
		return flush_cache(x);
	if (*f.o->dev) {
		f.oif = (uint32_t)apply_dev(x, f.o->dev);
		if (!f.oif)
			return -1;
	}
	h = nl_begin(buf, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	((struct rtmsg *)nl_extra(h))->rtm_family = AF_INET;
	route_put_table(h, f.o->table);
	rc = nl_dump(x->nl, h, on_route, forget, &f);
	for (size_t at = 0; at < f.messages.size && !rc;) {
		h = (struct nlmsghdr *)(void *)(f.messages.data + at);
		at += MNL_ALIGN(h->nlmsg_len);
		rc = nl_ask(x->nl, h, NULL, NULL);
		if (rc == -ESRCH)
			rc = 0; /* it went with another */
	}
	buf_release(&f.messages);
	x->nl->errnum = -rc;
	return nl_answer(x->nl, x->a);
}

int kernel_route(struct apply *x)
{
	return x->op->kind == OP_ROUTE_FLUSH ? route_flush(x) : route_change(x);
}

/* ---- get ---- */

struct got {
	const struct ns *ns;
	struct route_got g;
};

static int on_got(const struct nlmsghdr *h, void *ctx)
{
	static const struct {
		uint32_t rtcf;
		uint8_t flag;
	} flags[] = { { RTCF_LOCAL, GET_LOCAL }, { RTCF_BROADCAST, GET_BROADCAST }, { RTCF_MULTICAST, GET_MULTICAST },
		{ RTCF_DOREDIRECT, GET_REDIRECT }, { RTCF_REDIRECTED, GET_REDIRECTED } };
	struct got *got = ctx;
	const struct rtmsg *rtm = nl_extra(h);
	const struct nlattr *tb[RTA_MAX + 1], *metrics[RTAX_MAX + 1];

	nl_attrs(h, sizeof(*rtm), tb, RTA_MAX);
	nl_nested(tb[RTA_METRICS], metrics, RTAX_MAX);
	got->g.type = rtm->rtm_type;
	got->g.gateway = get_addr(tb[RTA_GATEWAY]);
	got->g.src = get_addr(tb[RTA_PREFSRC]).v4;
	got->g.dev = tb[RTA_OIF] ? dev_find_index(got->ns, (int)nl_u32(tb[RTA_OIF])) : NULL;
	got->g.mtu = metrics[RTAX_MTU] ? nl_u32(metrics[RTAX_MTU]) : 0;
	got->g.mtu_locked = metrics[RTAX_LOCK] && nl_u32(metrics[RTAX_LOCK]) & 1U << RTAX_MTU;
	if (tb[RTA_CACHEINFO])
		got->g.expires =
			(uint32_t)((const struct rta_cacheinfo *)mnl_attr_get_payload(tb[RTA_CACHEINFO]))->rta_expires;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (rtm->rtm_flags & flags[i].rtcf)
			got->g.flags |= flags[i].flag;
	return MNL_CB_OK;
}

int kernel_route_get(
	struct sandbox *sandbox, const struct op *op, const struct net *net, struct result *res, struct err *err)
{
	struct answer a;
	struct apply in = { .s = sandbox, .ns = sandbox_find(sandbox, op_ns(op)), .op = op, .a = &a }, *x = &in;
	uint8_t buf[NL_BUF];
	const struct op_route *o = &x->op->route;
	struct nlmsghdr *h = nl_begin(buf, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = nl_extra(h);
	struct show s = { .net = net, .ns = ns_find(net, op_ns(x->op)), .op = x->op, .res = res };
	struct got got = { .ns = s.ns };
	int oif, iif;

	x->nl = sandbox_route(sandbox, x->ns, err);
	if (!x->nl)
		return -1;
	oif = *o->dev ? apply_dev(x, o->dev) : 0;
	iif = *o->iif ? apply_dev(x, o->iif) : 0;
	if ((*o->dev && !oif) || (*o->iif && !iif)) {
		op_outcome(x->op, x->a, res);
		return 0;
	}
	*rtm = (struct rtmsg){ .rtm_family = AF_INET,
		.rtm_dst_len = 32,
		.rtm_src_len = o->src.family ? 32 : 0,
		.rtm_tos = o->tos_set ? o->tos : 0,
		.rtm_flags = RTM_F_LOOKUP_TABLE };
	put_addr(h, RTA_DST, &o->dst.addr);
	put_addr(h, RTA_SRC, &o->src);
	if (oif)
		mnl_attr_put_u32(h, RTA_OIF, (uint32_t)oif);
	if (iif)
		mnl_attr_put_u32(h, RTA_IIF, (uint32_t)iif);
	if (o->mark)
		mnl_attr_put_u32(h, RTA_MARK, o->mark);
	if (nl_ask(x->nl, h, on_got, &got) && !show_route_get_failed(&s, x->nl->errnum))
		return err_set(err, op->loc, "asking the kernel for a route: %s", strerror(x->nl->errnum));
	if (!x->nl->errnum && got.g.dev)
		show_route_got(&s, &got.g);
	return 0;
}
