/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip link` and `bridge link set` as rtnetlink requests (net/core/rtnetlink.c, drivers/net/veth.c,
 * net/bridge/br_netlink.c), built as iproute2's iplink.c and bridge/link.c build them. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

#include "kernel/apply.h"
#include "model/buf.h"

#define NS_PER_CLOCK_T (NSEC_PER_SEC / 100) /* the kernel's clock_t towards user space */

static uint32_t clock_t_of(uint64_t ns)
{
	return (uint32_t)(ns / NS_PER_CLOCK_T);
}

/* br_netfilter: the lab has loaded it. Before, the switch does nothing: here it may be loaded all the same. */
static void put_bridge(struct nlmsghdr *h, const struct op_bridge_opts *o, bool br_netfilter)
{
	if (o->stp_set)
		mnl_attr_put_u32(h, IFLA_BR_STP_STATE, o->stp);
	if (o->ageing_set)
		mnl_attr_put_u32(h, IFLA_BR_AGEING_TIME, clock_t_of(o->ageing_time));
	if (o->forward_delay_set)
		mnl_attr_put_u32(h, IFLA_BR_FORWARD_DELAY, clock_t_of(o->forward_delay));
	if (o->mcast_snooping_set)
		mnl_attr_put_u8(h, IFLA_BR_MCAST_SNOOPING, o->mcast_snooping);
	if (o->vlan_filtering_set)
		mnl_attr_put_u8(h, IFLA_BR_VLAN_FILTERING, o->vlan_filtering);
	if (o->nf_call_iptables_set && br_netfilter)
		mnl_attr_put_u8(h, IFLA_BR_NF_CALL_IPTABLES, o->nf_call_iptables);
}

const uint16_t link_port_flag_attr[BRF_NUM] = {
	[BRF_LEARNING] = IFLA_BRPORT_LEARNING,
	[BRF_FLOOD] = IFLA_BRPORT_UNICAST_FLOOD,
	[BRF_MCAST_FLOOD] = IFLA_BRPORT_MCAST_FLOOD,
	[BRF_BCAST_FLOOD] = IFLA_BRPORT_BCAST_FLOOD,
	[BRF_HAIRPIN] = IFLA_BRPORT_MODE,
	[BRF_ISOLATED] = IFLA_BRPORT_ISOLATED,
	[BRF_GUARD] = IFLA_BRPORT_GUARD,
	[BRF_ROOT_BLOCK] = IFLA_BRPORT_PROTECT,
	[BRF_FASTLEAVE] = IFLA_BRPORT_FAST_LEAVE,
	[BRF_NEIGH_SUPPRESS] = IFLA_BRPORT_NEIGH_SUPPRESS,
	[BRF_LOCKED] = IFLA_BRPORT_LOCKED,
};

static void put_port(struct nlmsghdr *h, const struct op_port_opts *o)
{
	for (unsigned i = 0; i < BRF_NUM; i++)
		if (o->flag_set[i])
			mnl_attr_put_u8(h, link_port_flag_attr[i], o->flag[i]);
	if (o->state_set)
		mnl_attr_put_u8(h, IFLA_BRPORT_STATE, o->state);
	if (o->priority_set)
		mnl_attr_put_u16(h, IFLA_BRPORT_PRIORITY, o->priority);
	if (o->cost_set)
		mnl_attr_put_u32(h, IFLA_BRPORT_COST, o->cost);
}

/* The other end of a veth pair: a link message inside the attribute. */
static int put_peer(struct apply *x, struct nlmsghdr *h, const struct op_link *o)
{
	struct nlattr *peer = mnl_attr_nest_start(h, VETH_INFO_PEER);

	mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
	if (*o->peer)
		mnl_attr_put_strz(h, IFLA_IFNAME, o->peer);
	if (o->peer_mac_set || o->chosen)
		mnl_attr_put(h, IFLA_ADDRESS, 6, o->peer_mac_set ? &o->peer_mac : &o->chosen_peer_mac);
	if (o->peer_mtu_set)
		mnl_attr_put_u32(h, IFLA_MTU, o->peer_mtu);
	if (o->peer_ns_set) {
		const struct kns *ns = sandbox_find(x->s, o->peer_ns);

		if (!ns)
			return answer_no_ns(x->a, o->peer_ns, 0);
		mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)ns->fd);
	}
	mnl_attr_nest_end(h, peer);
	return 0;
}

static int put_info(struct apply *x, struct nlmsghdr *h, const struct op_link *o)
{
	bool slave = !strcmp(o->kind, "bridge_slave");
	struct nlattr *info, *data;
	int rc = 0;

	if (!*o->kind)
		return 0;
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_str(h, slave ? IFLA_INFO_SLAVE_KIND : IFLA_INFO_KIND, slave ? "bridge" : o->kind);
	data = mnl_attr_nest_start(h, slave ? IFLA_INFO_SLAVE_DATA : IFLA_INFO_DATA);
	if (slave)
		put_port(h, &o->port);
	else if (o->bridge_set)
		put_bridge(h, &o->bridge, x->s->br_netfilter);
	else if (x->op->kind == OP_LINK_ADD && !strcmp(o->kind, "veth"))
		rc = put_peer(x, h, o);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	return rc;
}

/* What add and set have in common. -1: *a says why not. */
static int put_link(struct apply *x, struct nlmsghdr *h, const struct op_link *o)
{
	struct ifinfomsg *ifi = nl_extra(h);

	if (o->up_set) {
		ifi->ifi_change |= IFF_UP;
		ifi->ifi_flags |= o->up ? IFF_UP : 0;
		/* TCP hands IP several segments as one packet, whatever the device can do (sk_setup_caps(),
		 * net/core/sock.c), and they are cut behind the last hook. With this, hooks see what the wire does. */
		if (o->up)
			mnl_attr_put_u32(h, IFLA_GSO_MAX_SEGS, 1);
	}
	if (o->arp_set) {
		ifi->ifi_change |= IFF_NOARP;
		ifi->ifi_flags |= o->arp ? 0 : IFF_NOARP;
	}
	if (o->mtu_set)
		mnl_attr_put_u32(h, IFLA_MTU, o->mtu);
	if (o->txqlen_set)
		mnl_attr_put_u32(h, IFLA_TXQLEN, o->txqlen);
	if (o->mac_set)
		mnl_attr_put(h, IFLA_ADDRESS, 6, &o->mac);
	else if (x->op->kind == OP_LINK_ADD && o->chosen)
		mnl_attr_put(h, IFLA_ADDRESS, 6, &o->chosen_mac);
	if (*o->master || o->nomaster) {
		int index = *o->master ? apply_dev(x, o->master) : 0;

		if (*o->master && !index)
			return -1;
		mnl_attr_put_u32(h, IFLA_MASTER, (uint32_t)index);
	}
	if (o->target_ns_set) {
		const struct kns *ns = sandbox_find(x->s, o->target_ns);

		if (!ns)
			return answer_no_ns(x->a, o->target_ns, 0);
		mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)ns->fd);
	}
	return put_info(x, h, o);
}

static void mark_changed(struct apply *x, const char *ns)
{
	struct kns *k = sandbox_find(x->s, ns);

	if (k)
		k->links_changed = true;
}

static int link_add(struct apply *x)
{
	uint8_t buf[NL_BUF];
	const struct op_link *o = &x->op->link;
	struct nlmsghdr *h = nl_begin(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));

	if (*o->dev)
		mnl_attr_put_strz(h, IFLA_IFNAME, o->dev);
	if (put_link(x, h, o))
		return -1;
	if (o->target_ns_set)
		mark_changed(x, o->target_ns);
	if (o->peer_ns_set)
		mark_changed(x, o->peer_ns);
	return apply_ask(x, h);
}

static int link_set(struct apply *x)
{
	uint8_t buf[NL_BUF];
	const struct op_link *o = &x->op->link;
	struct nlmsghdr *h = nl_begin(buf, RTM_NEWLINK, 0, sizeof(struct ifinfomsg));
	int index;

	if (put_link(x, h, o))
		return -1;
	index = apply_dev(x, o->dev);
	if (!index)
		return -1;
	((struct ifinfomsg *)nl_extra(h))->ifi_index = index;
	if (*o->new_name)
		mnl_attr_put_strz(h, IFLA_IFNAME, o->new_name);
	if (o->target_ns_set)
		mark_changed(x, o->target_ns);
	return apply_ask(x, h);
}

static int link_del(struct apply *x)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_DELLINK, 0, sizeof(struct ifinfomsg));
	int index = apply_dev(x, x->op->link.dev);

	if (!index)
		return -1;
	((struct ifinfomsg *)nl_extra(h))->ifi_index = index;
	return apply_ask(x, h);
}

static int take_index(const struct nlmsghdr *h, void *ctx)
{
	const struct ifinfomsg *i = nl_extra(h);
	struct buf *indexes = ctx;

	if (h->nlmsg_type == RTM_NEWLINK && !(i->ifi_flags & IFF_LOOPBACK))
		buf_put(indexes, &i->ifi_index, sizeof(i->ifi_index));
	return MNL_CB_OK;
}

static void start_again(void *ctx)
{
	buf_clear(ctx);
}

int link_del_all(struct sandbox *s, struct kns *ns, struct err *err)
{
	uint8_t buf[NL_BUF];
	struct nl *nl = sandbox_route(s, ns, err);
	struct buf indexes = { 0 };
	int rc;

	if (!nl)
		return -1;
	rc = nl_dump(nl, nl_begin(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg)), take_index, start_again, &indexes);
	for (size_t at = indexes.size; at && !rc;) {
		struct nlmsghdr *h = nl_begin(buf, RTM_DELLINK, 0, sizeof(struct ifinfomsg));

		at -= sizeof(int);
		memcpy(&((struct ifinfomsg *)nl_extra(h))->ifi_index, indexes.data + at, sizeof(int));
		rc = nl_ask(nl, h, NULL, NULL);
		rc = rc == -ENODEV ? 0 : rc; /* went with its peer */
	}
	buf_release(&indexes);
	for (struct kns *k = s->first; k; k = k->next)
		k->links_changed = true;
	return rc ? err_set(err, (struct loc){ 0 }, "the devices of %s: %s", ns->name, strerror(-rc)) : 0;
}

/* bridge/link.c brlink_modify() */
static int bridge_link_set(struct apply *x)
{
	uint8_t buf[NL_BUF];
	const struct op_link *o = &x->op->link;
	struct nlmsghdr *h = nl_begin(buf, RTM_SETLINK, 0, sizeof(struct ifinfomsg));
	struct nlattr *info;
	int index = apply_dev(x, o->dev);

	if (!index)
		return -1;
	((struct ifinfomsg *)nl_extra(h))->ifi_family = PF_BRIDGE;
	((struct ifinfomsg *)nl_extra(h))->ifi_index = index;
	info = mnl_attr_nest_start(h, IFLA_PROTINFO);
	put_port(h, &o->port);
	mnl_attr_nest_end(h, info);
	return apply_ask(x, h);
}

int kernel_link(struct apply *x)
{
	/* a veth pair has an end anywhere: all namespaces may see a change of carrier */
	for (struct kns *k = x->s->first; k; k = k->next)
		k->links_changed |= x->op->kind != OP_LINK_ADD || k == x->ns;
	switch (x->op->kind) {
	case OP_LINK_ADD:
		return link_add(x);
	case OP_LINK_DEL:
		return link_del(x);
	case OP_BRIDGE_LINK_SET:
		return bridge_link_set(x);
	default:
		return link_set(x);
	}
}
