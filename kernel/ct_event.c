/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conntrack events as a source of observations (net/netfilter/nf_conntrack_ecache.c, nf_conntrack_netlink.c
 * ctnetlink_conntrack_event()).
 *
 * Theory of operation. A socket in each namespace is joined to the groups of new, updated and destroyed entries from
 * the namespace's first moment on: with net.netfilter.nf_conntrack_events at its default an entry that is born
 * without a listener in the namespace is never told of. Listening alone makes nothing be tracked: that needs a rule.
 * What happens to an entry is told once per packet, when that has passed its last hook, with all that the entry then
 * is; the TCP state is told only when it has changed. An entry whose time was over bears no timeout when it goes. */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>

#include "kernel/ct.h"
#include "kernel/notice.h"
#include "model/wire.h"

static const char *proto_name(uint8_t protocol, char buf[4])
{
	switch (protocol) {
	case IPPROTO_ICMP_:
		return "icmp";
	case IPPROTO_TCP_:
		return "tcp";
	case IPPROTO_UDP_:
		return "udp";
	default:
		snprintf(buf, 4, "%u", protocol);
		return buf;
	}
}

static void set_tuple(struct val *to, const struct ct_tuple *t)
{
	bool ports = t->protocol == IPPROTO_TCP_ || t->protocol == IPPROTO_UDP_;

	to[0] = VAL_ADDR(t->src);
	to[1] = ports ? VAL_U32(t->sport) : VAL_NONE;
	to[2] = VAL_ADDR(t->dst);
	to[3] = ports ? VAL_U32(t->dport) : VAL_NONE;
	to[4] = t->protocol == IPPROTO_ICMP_ ? VAL_U32(t->sport) : VAL_NONE;
}

struct ct_tuple ct_event_tuple(const struct event *e)
{
	const struct val *v = e->val;
	struct ct_tuple t = {
		.src = v[2].addr, .dst = v[4].addr, .sport = (uint16_t)v[3].u32, .dport = (uint16_t)v[5].u32
	};

	for (unsigned p = 0; p <= UINT8_MAX; p++) {
		char buf[4];

		if (!strcmp(proto_name((uint8_t)p, buf), v[1].str))
			t.protocol = (uint8_t)p;
	}
	if (t.protocol == IPPROTO_ICMP_) {
		t.sport = (uint16_t)v[6].u32;
		t.dport = ICMP_ECHO_ << 8; /* what else is tracked no program of a lab sends */
	}
	return t;
}

/* new, update; of what goes: destroy, or expire when its time was over */
static const char *what_of(const struct nlmsghdr *h, const struct ct *ct)
{
	if (NFNL_MSG_TYPE(h->nlmsg_type) == IPCTNL_MSG_CT_DELETE)
		return ct->expires ? "destroy" : "expire";
	return h->nlmsg_flags & NLM_F_CREATE ? "new" : "update";
}

void ct_event_message(void *ctx, struct listener *l, const struct nlmsghdr *h)
{
	struct ct ct;
	struct buf status = { 0 };
	struct obs obs = { .source = OBS_CT, .e = { .kind = EV_CT_EVENT, .ns = l->ns } };
	struct val *v = obs.e.val;
	char buf[4];
	uint8_t protocol;

	if (NFNL_SUBSYS_ID(h->nlmsg_type) != NFNL_SUBSYS_CTNETLINK || !ct_parse(h, &ct))
		return;
	protocol = ct.tuple[CT_ORIGINAL].protocol;
	ct_status_format(&status, ct.status);
	v[0] = VAL_STR(what_of(h, &ct));
	v[1] = VAL_STR(proto_name(protocol, buf));
	set_tuple(v + 2, &ct.tuple[CT_ORIGINAL]);
	set_tuple(v + 7, &ct.tuple[CT_REPLY]);
	v[12] = VAL_STR(buf_str(&status));
	v[13] = ct.tcp_state ? VAL_STR(ct_tcp_name(ct.tcp_state)) : VAL_NONE;
	v[14] = ct.mark ? VAL_U32(ct.mark) : VAL_NONE;
	v[15] = ct.status & CTS_DYING ? VAL_NONE : VAL_U32((uint32_t)(ct.expires / NSEC_PER_SEC));
	obs.by = NFNL_MSG_TYPE(h->nlmsg_type) == IPCTNL_MSG_CT_DELETE ? "IPCTNL_MSG_CT_DELETE" : "IPCTNL_MSG_CT_NEW";
	if (protocol == IPPROTO_IGMP_) {
		obs.flow_known = true;
		obs.flow = (struct flow){ .ethertype = ETH_P_IP_, .protocol = protocol };
	}
	obs_add(ctx, &obs);
	buf_release(&status);
}

/* ---- the source ---- */

static void *ct_event_new(struct observe *o, struct buf *why)
{
	static const unsigned groups[] = { NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY };

	(void)why;
	return listen_new(NETLINK_NETFILTER, groups, ARRAY_SIZE(groups), ct_event_message, o);
}

const struct observer_ops ct_event_ops = { .source = OBS_CT,
	.new = ct_event_new,
	.open = listen_open,
	.rename = listen_rename,
	.forget = listen_forget,
	.drain = listen_drain,
	.poll = listen_poll,
	.lost = listen_lost,
	.free = listen_free };
