/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rtnetlink tells its listeners, as a source of observations: links (net/core/rtnetlink.c
 * rtmsg_ifinfo()), neighbours (net/core/neighbour.c __neigh_notify()),
 * forwarding entries of bridges (net/bridge/br_fdb.c fdb_notify()), addresses (net/ipv4/devinet.c rtmsg_ifa()),
 * routes (net/ipv4/fib_semantics.c rtmsg_fib()).
 *
 * Theory of operation. One socket in each namespace is joined to all the groups, so that their order is the kernel's.
 * Messages name devices by index; which name that is, messages about links have told before. Left out is what the
 * model does not have: IPv6, the address lists of devices themselves (an fdb message without a master). */
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "kernel/apply.h"
#include "kernel/notice.h"
#include "model/fib.h"
#include "model/htab.h"
#include "model/neigh.h"
#include "model/wire.h"

#define IGMP_REPORTS 0xe0000016 /* 224.0.0.22 */

static struct val u32_val(const struct nlattr *a) /* absent, or 0: none */
{
	uint32_t v = a ? nl_u32(a) : 0;

	return v ? VAL_U32(v) : VAL_NONE;
}

static struct val mac_val(const struct nlattr *a)
{
	struct val v = { .type = VT_MAC };

	if (!a || mnl_attr_get_payload_len(a) != sizeof(v.mac))
		return VAL_NONE;
	memcpy(&v.mac, mnl_attr_get_payload(a), sizeof(v.mac));
	return v;
}

static const char *scope_word(uint8_t scope, char buf[8])
{
	const char *name = route_scope_name(scope);

	snprintf(buf, 8, "%u", scope);
	return name ? name : buf;
}

/* ---- neighbours ---- */

static const char *state_name(const struct ndmsg *ndm)
{
	return nud_state_known(ndm->ndm_state) ? nud_state_name((uint8_t)ndm->ndm_state) : "?";
}

static void on_neigh(
	struct observe *o, struct obs *obs, const struct ndmsg *ndm, const struct nlattr *const *tb, bool gone)
{
	struct ipaddr dst = get_addr(tb[NDA_DST]);
	struct val *v = obs->e.val;

	obs->e.kind = EV_NEIGH_NOTICE;
	obs->by = gone ? "RTM_DELNEIGH" : "RTM_NEWNEIGH";
	v[0] = VAL_STR(gone ? "delete" : "new");
	v[1] = VAL_ADDR(dst);
	if (!gone) {
		v[2] = mac_val(tb[NDA_LLADDR]);
		v[3] = VAL_STR(state_name(ndm));
	}
	if (dst.family == IP_V4 && dst.v4 == IGMP_REPORTS) {
		obs->flow_known = true;
		obs->flow = (struct flow){ .ethertype = ETH_P_IP_, .protocol = IPPROTO_IGMP_ };
	}
	obs_add(o, obs);
}

static void on_fdb(struct observe *o, struct listener *l, struct obs *obs, const struct ndmsg *ndm,
	const struct nlattr *const *tb, bool gone)
{
	bool sticky = ndm->ndm_flags & NTF_STICKY, learned = ndm->ndm_flags & NTF_EXT_LEARNED;
	struct val *v = obs->e.val;

	if (!tb[NDA_MASTER] || tb[NDA_VLAN])
		return;
	obs->e.kind = EV_FDB_NOTICE;
	obs->by = gone ? "RTM_DELNEIGH" : "RTM_NEWNEIGH";
	obs->e.dev = listen_dev(l, (int)nl_u32(tb[NDA_MASTER]));
	v[0] = VAL_STR(gone ? "delete" : "new");
	v[1] = mac_val(tb[NDA_LLADDR]);
	v[2] = VAL_STR(listen_dev(l, ndm->ndm_ifindex));
	v[3] = VAL_STR(state_name(ndm));
	v[4] = VAL_STR(learned && sticky ? "extern_learn sticky" : learned ? "extern_learn" : sticky ? "sticky" : NULL);
	obs_add(o, obs);
}

static void on_ndmsg(struct observe *o, struct listener *l, struct obs *obs, const struct nlmsghdr *h)
{
	const struct ndmsg *ndm = nl_extra(h);
	const struct nlattr *tb[NDA_MAX + 1];
	bool gone = h->nlmsg_type == RTM_DELNEIGH;

	nl_attrs(h, sizeof(*ndm), tb, NDA_MAX);
	obs->e.dev = listen_dev(l, ndm->ndm_ifindex);
	if (ndm->ndm_family == AF_BRIDGE)
		on_fdb(o, l, obs, ndm, tb, gone);
	else if (ndm->ndm_family == AF_INET && !(ndm->ndm_flags & NTF_PROXY))
		on_neigh(o, obs, ndm, tb, gone);
}

/* ---- addresses ---- */

static void on_addr(struct observe *o, struct listener *l, struct obs *obs, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *ifa = nl_extra(h);
	const struct nlattr *tb[IFA_MAX + 1];
	struct ipaddr local, peer;
	struct val *v = obs->e.val;
	uint32_t flags;
	char scope[8];

	nl_attrs(h, sizeof(*ifa), tb, IFA_MAX);
	local = get_addr(tb[IFA_LOCAL]);
	peer = get_addr(tb[IFA_ADDRESS]);
	flags = tb[IFA_FLAGS] ? nl_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	obs->e.kind = EV_ADDR_NOTICE;
	obs->by = h->nlmsg_type == RTM_DELADDR ? "RTM_DELADDR" : "RTM_NEWADDR";
	obs->e.dev = listen_dev(l, (int)ifa->ifa_index);
	v[0] = VAL_STR(h->nlmsg_type == RTM_DELADDR ? "delete" : "new");
	v[1] = VAL_PREFIX(((struct prefix){ local, ifa->ifa_prefixlen }));
	v[2] = ip_eq(&local, &peer) ? VAL_NONE : VAL_ADDR(peer);
	v[3] = VAL_ADDR(get_addr(tb[IFA_BROADCAST]));
	v[4] = VAL_STR(scope_word(ifa->ifa_scope, scope));
	v[5] = VAL_STR(flags & IFA_F_SECONDARY ? "secondary" : NULL);
	v[6] = tb[IFA_LABEL] ? VAL_STR(nl_str(tb[IFA_LABEL])) : VAL_NONE;
	v[7] = u32_val(tb[IFA_RT_PRIORITY]);
	obs_add(o, obs);
}

/* ---- routes ---- */

static const char *route_what(const struct nlmsghdr *h)
{
	if (h->nlmsg_type == RTM_DELROUTE)
		return "delete";
	return h->nlmsg_flags & NLM_F_REPLACE ? "replace" : h->nlmsg_flags & NLM_F_APPEND ? "append" : "new";
}

static struct val route_mtu(const struct nlattr *metrics)
{
	const struct nlattr *tb[RTAX_MAX + 1];

	nl_nested(metrics, tb, RTAX_MAX);
	return u32_val(tb[RTAX_MTU]);
}

static void on_route(struct observe *o, struct listener *l, struct obs *obs, const struct nlmsghdr *h)
{
	const struct rtmsg *rtm = nl_extra(h);
	const struct nlattr *tb[RTA_MAX + 1];
	bool linkdown = rtm->rtm_flags & RTNH_F_LINKDOWN, onlink = rtm->rtm_flags & RTNH_F_ONLINK;
	struct val *v = obs->e.val;
	struct ipaddr dst;
	char scope[8];

	nl_attrs(h, sizeof(*rtm), tb, RTA_MAX);
	if (rtm->rtm_type >= RTN_NUM_)
		return;
	dst = get_addr(tb[RTA_DST]);
	obs->e.kind = EV_ROUTE_NOTICE;
	obs->by = h->nlmsg_type == RTM_DELROUTE ? "RTM_DELROUTE" : "RTM_NEWROUTE";
	v[0] = VAL_STR(route_what(h));
	v[1] = VAL_STR(route_type_name(rtm->rtm_type));
	v[2] = VAL_PREFIX(((struct prefix){ dst.family ? dst : ip4(0), rtm->rtm_dst_len }));
	v[3] = VAL_ADDR(get_addr(tb[RTA_GATEWAY]));
	v[4] = VAL_STR(tb[RTA_OIF] ? listen_dev(l, (int)nl_u32(tb[RTA_OIF])) : NULL);
	v[5] = VAL_U32(tb[RTA_TABLE] ? nl_u32(tb[RTA_TABLE]) : rtm->rtm_table);
	v[6] = VAL_U32(rtm->rtm_protocol);
	v[7] = VAL_STR(scope_word(rtm->rtm_scope, scope));
	v[8] = VAL_ADDR(get_addr(tb[RTA_PREFSRC]));
	v[9] = u32_val(tb[RTA_PRIORITY]);
	v[10] = rtm->rtm_tos ? VAL_U32(rtm->rtm_tos) : VAL_NONE;
	v[11] = route_mtu(tb[RTA_METRICS]);
	v[12] = VAL_STR(linkdown && onlink ? "linkdown onlink" : linkdown ? "linkdown" : onlink ? "onlink" : NULL);
	obs_add(o, obs);
}

/* ---- links ---- */

static const char *flag_words(unsigned flags)
{
	if (flags & IFF_UP)
		return flags & IFF_NOARP ? "UP NOARP" : "UP";
	return flags & IFF_NOARP ? "NOARP" : NULL;
}

/* Many messages say nothing new, or only what linkwatch found some time later: those are no observations. That the
 * master has another name is news of the master. */
static bool says_more(struct listener *l, const struct ifinfomsg *ifi, const struct val *v, uint32_t master)
{
	const char *name = listen_dev(l, ifi->ifi_index);
	uint32_t h = hash_mix(ifi->ifi_flags & (IFF_UP | IFF_NOARP), v[2].type == VT_U32 ? v[2].u32 : 0);

	h = hash_mix(hash_bytes(v[3].mac.b, sizeof(v[3].mac.b), h), master);
	return listen_new_word(l, ifi->ifi_index, hash_bytes(name, strlen(name), h) | 1);
}

static void on_link(struct observe *o, struct listener *l, struct obs *obs, const struct nlmsghdr *h)
{
	const struct ifinfomsg *ifi = nl_extra(h);
	const struct nlattr *tb[IFLA_MAX + 1];
	bool gone = h->nlmsg_type == RTM_DELLINK;
	struct val *v = obs->e.val;
	uint32_t master = 0;

	if (ifi->ifi_family != AF_UNSPEC)
		return; /* what a bridge says of its port */
	nl_attrs(h, sizeof(*ifi), tb, IFLA_MAX);
	if (!gone && tb[IFLA_IFNAME])
		listen_name(l, ifi->ifi_index, nl_str(tb[IFLA_IFNAME]));
	obs->e.kind = EV_LINK_NOTICE;
	obs->e.dev = listen_dev(l, ifi->ifi_index);
	obs->by = gone ? "RTM_DELLINK" : "RTM_NEWLINK";
	v[0] = VAL_STR(gone ? "delete" : "new");
	if (!gone) {
		v[1] = VAL_STR(flag_words(ifi->ifi_flags));
		v[2] = u32_val(tb[IFLA_MTU]);
		v[3] = mac_val(tb[IFLA_ADDRESS]);
		master = nl_u32(tb[IFLA_MASTER]);
		v[4] = VAL_STR(master ? listen_dev(l, (int)master) : NULL);
	}
	if (gone || says_more(l, ifi, v, master))
		obs_add(o, obs);
	if (gone)
		listen_name(l, ifi->ifi_index, NULL);
}

/* ---- the source ---- */

void monitor_message(void *ctx, struct listener *l, const struct nlmsghdr *h)
{
	size_t size = mnl_nlmsg_get_payload_len(h);
	struct obs obs = { .source = OBS_NETLINK, .e = { .ns = l->ns } };

	switch (h->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (size >= sizeof(struct ifinfomsg))
			on_link(ctx, l, &obs, h);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (size >= sizeof(struct ifaddrmsg))
			on_addr(ctx, l, &obs, h);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (size >= sizeof(struct rtmsg))
			on_route(ctx, l, &obs, h);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		if (size >= sizeof(struct ndmsg))
			on_ndmsg(ctx, l, &obs, h);
		break;
	default:
		break;
	}
}

static void *monitor_new(struct observe *o, struct buf *why)
{
	static const unsigned groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEIGH };

	(void)why;
	return listen_new(NETLINK_ROUTE, groups, ARRAY_SIZE(groups), monitor_message, o);
}

/* What lo is when listening begins needs not be told. */
static int monitor_open(void *self, const char *ns, struct buf *why)
{
	struct listener *l;
	struct ifreq lo = { .ifr_name = "lo" };
	struct ifinfomsg ifi = { .ifi_index = 1 };
	struct val v[5] = { [3] = { .type = VT_MAC } };
	int fd;

	if (listen_open(self, ns, why))
		return -1;
	l = ((struct listeners *)self)->first;
	fd = mnl_socket_get_fd(l->sock);
	if (ioctl(fd, SIOCGIFFLAGS, &lo))
		return 0;
	ifi.ifi_flags = (unsigned short)lo.ifr_flags;
	if (ioctl(fd, SIOCGIFMTU, &lo))
		return 0;
	v[2] = VAL_U32((uint32_t)lo.ifr_mtu);
	says_more(l, &ifi, v, 0);
	return 0;
}

const struct observer_ops monitor_ops = { .source = OBS_NETLINK,
	.new = monitor_new,
	.open = monitor_open,
	.rename = listen_rename,
	.forget = listen_forget,
	.drain = listen_drain,
	.poll = listen_poll,
	.lost = listen_lost,
	.free = listen_free };
