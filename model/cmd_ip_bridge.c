/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of `ip link ... type bridge` and `type bridge_slave` (ip/iplink_bridge.c, ip/iplink_bridge_slave.c of
 * iproute2 6.1). */
#include "model/cmd_ip.h"

#define CENTISECOND (10 * NSEC_PER_MSEC) /* USER_HZ */

/* ---- type bridge ---- */

/* Bits of an option's value, or what else follows the word. */
enum { OPT_NOTHING = 0, OPT_MAC = 1, OPT_PROTOCOL = 2 };
enum bridge_opt { B_REFUSED, B_FORWARD_DELAY, B_AGEING, B_STP, B_VLAN_FILTERING, B_SNOOPING, B_NF_CALL };
static const struct {
	const char *name;
	bool whole;
	uint8_t bits;
	enum bridge_opt opt;
} bridge_opts[] = {
	{ "forward_delay", false, 32, B_FORWARD_DELAY },
	{ "hello_time", false, 32 },
	{ "max_age", false, 32 },
	{ "ageing_time", false, 32, B_AGEING },
	{ "stp_state", false, 32, B_STP },
	{ "priority", false, 16 },
	{ "vlan_filtering", false, 8, B_VLAN_FILTERING },
	{ "vlan_protocol", false, OPT_PROTOCOL },
	{ "group_fwd_mask", false, 16 },
	{ "group_address", false, OPT_MAC },
	{ "no_linklocal_learn", true, 8 },
	{ "fdb_flush", false, OPT_NOTHING },
	{ "vlan_default_pvid", false, 16 },
	{ "vlan_stats_enabled", false, 8 },
	{ "vlan_stats_per_port", false, 8 },
	{ "mcast_router", false, 8 },
	{ "mcast_snooping", false, 8, B_SNOOPING },
	{ "mcast_vlan_snooping", true, 8 },
	{ "mcast_query_use_ifaddr", false, 8 },
	{ "mcast_querier", false, 8 },
	{ "mcast_hash_elasticity", false, 32 },
	{ "mcast_hash_max", false, 32 },
	{ "mcast_last_member_count", false, 32 },
	{ "mcast_startup_query_count", false, 32 },
	{ "mcast_last_member_interval", false, 64 },
	{ "mcast_membership_interval", false, 64 },
	{ "mcast_querier_interval", false, 64 },
	{ "mcast_query_interval", false, 64 },
	{ "mcast_query_response_interval", false, 64 },
	{ "mcast_startup_query_interval", false, 64 },
	{ "mcast_stats_enabled", false, 8 },
	{ "mcast_igmp_version", false, 8 },
	{ "mcast_mld_version", false, 8 },
	{ "nf_call_iptables", false, 8, B_NF_CALL },
	{ "nf_call_ip6tables", false, 8 },
	{ "nf_call_arptables", false, 8 },
};

static uint64_t most(unsigned bits)
{
	return bits >= 64 ? UINT64_MAX : (1ULL << bits) - 1;
}

static void bridge_set(struct op_bridge_opts *b, enum bridge_opt opt, uint64_t v)
{
	switch (opt) {
	case B_REFUSED:
		break;
	case B_FORWARD_DELAY:
		b->forward_delay_set = true;
		b->forward_delay = v * CENTISECOND;
		break;
	case B_AGEING:
		b->ageing_set = true;
		b->ageing_time = v * CENTISECOND;
		break;
	case B_STP:
		b->stp_set = true;
		b->stp = v;
		break;
	case B_VLAN_FILTERING:
		b->vlan_filtering_set = true;
		b->vlan_filtering = v;
		break;
	case B_SNOOPING:
		b->mcast_snooping_set = true;
		b->mcast_snooping = v;
		break;
	case B_NF_CALL:
		b->nf_call_iptables_set = true;
		b->nf_call_iptables = v;
		break;
	}
}

static int bridge_opt(struct ipc *x, struct op_bridge_opts *b, const char *w)
{
	struct buf wrong = { 0 };
	uint64_t v;
	size_t i = 0;
	int rc;

	while (i < ARRAY_SIZE(bridge_opts) &&
		!(bridge_opts[i].whole ? ipc_eq(w, bridge_opts[i].name) : ipc_is(w, bridge_opts[i].name)))
		i++;
	if (i == ARRAY_SIZE(bridge_opts) && ipc_is(w, "help"))
		return ipc_fail(x, 1, "%s", ipc_usage_bridge_opts);
	if (i == ARRAY_SIZE(bridge_opts))
		return ipc_fail(x, 1, "bridge: unknown command \"%s\"?\n%s", w, ipc_usage_bridge_opts);
	if (bridge_opts[i].bits < 8)
		return ipc_refuse(x, "ip link: bridge option %s", bridge_opts[i].name);
	rc = ipc_arg(x, &w);
	if (rc)
		return rc;
	if (ipc_number(w, most(bridge_opts[i].bits), &v)) {
		if (bridge_opts[i].opt == B_REFUSED)
			return ipc_refuse(x, "ip link: bridge option %s", bridge_opts[i].name);
		if (bridge_opts[i].opt == B_STP && v)
			return ipc_refuse(
				x, "ip link: bridge option %s %s (the spanning tree protocol)", bridge_opts[i].name, w);
		bridge_set(b, bridge_opts[i].opt, v);
		return IPC_GO;
	}
	buf_printf(&wrong, "invalid %s", bridge_opts[i].name);
	rc = ipc_wrong(x, w, buf_str(&wrong));
	buf_release(&wrong);
	return rc;
}

int ipc_bridge_opts(struct ipc *x, struct op_bridge_opts *b)
{
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = bridge_opt(x, b, w);

		if (rc)
			return rc;
	}
	return IPC_GO;
}

/* ---- type bridge_slave ---- */

/* The port options in the tool's order. flag: an enum br_flag of which on or off follows; else PORT_*. */
enum { PORT_REFUSED = -1, PORT_STATE = -2, PORT_PRIORITY = -3, PORT_COST = -4, PORT_ON_OFF = -5 };
static const struct {
	const char *name;
	int flag;
} port_opts[] = {
	{ "fdb_flush", PORT_REFUSED },
	{ "state", PORT_STATE },
	{ "priority", PORT_PRIORITY },
	{ "cost", PORT_COST },
	{ "hairpin", BRF_HAIRPIN },
	{ "guard", BRF_GUARD },
	{ "root_block", BRF_ROOT_BLOCK },
	{ "fastleave", BRF_FASTLEAVE },
	{ "learning", BRF_LEARNING },
	{ "flood", BRF_FLOOD },
	{ "mcast_flood", BRF_MCAST_FLOOD },
	{ "bcast_flood", BRF_BCAST_FLOOD },
	{ "mcast_to_unicast", PORT_ON_OFF },
	{ "proxy_arp", PORT_ON_OFF },
	{ "proxy_arp_wifi", PORT_ON_OFF },
	{ "mcast_router", PORT_REFUSED },
	{ "mcast_fast_leave", BRF_FASTLEAVE },
	{ "neigh_suppress", BRF_NEIGH_SUPPRESS },
	{ "group_fwd_mask", PORT_REFUSED },
	{ "vlan_tunnel", PORT_ON_OFF },
	{ "isolated", BRF_ISOLATED },
	{ "locked", BRF_LOCKED },
	{ "backup_port", PORT_REFUSED },
	{ "nobackup_port", PORT_REFUSED },
};

static int port_number(struct ipc *x, struct op_port_opts *p, int what, const char *w)
{
	static const char *const wrong[] = { "state is invalid", "priority is invalid", "cost is invalid" };
	uint64_t max = what == PORT_STATE ? UINT8_MAX : what == PORT_PRIORITY ? UINT16_MAX : UINT32_MAX, v;

	if (!ipc_number(w, max, &v))
		return ipc_wrong(x, w, wrong[PORT_STATE - what]);
	if (what == PORT_STATE) {
		p->state_set = true;
		p->state = (uint8_t)v;
	} else if (what == PORT_PRIORITY) {
		p->priority_set = true;
		p->priority = (uint16_t)v;
	} else {
		p->cost_set = true;
		p->cost = (uint32_t)v;
	}
	return IPC_GO;
}

static int port_opt(struct ipc *x, struct op_port_opts *p, const char *w)
{
	size_t i = 0;
	bool on = false;
	int rc, flag;

	while (i < ARRAY_SIZE(port_opts) && !ipc_is(w, port_opts[i].name))
		i++;
	if (i == ARRAY_SIZE(port_opts) && ipc_is(w, "help"))
		return ipc_fail(x, 1, "%s", ipc_usage_port_opts);
	if (i == ARRAY_SIZE(port_opts))
		return ipc_fail(x, 1, "bridge_slave: unknown option \"%s\"?\n%s", w, ipc_usage_port_opts);
	flag = port_opts[i].flag;
	if (flag == PORT_REFUSED)
		return ipc_refuse(x, "ip link: bridge port option %s", port_opts[i].name);
	rc = ipc_arg(x, &w);
	if (rc)
		return rc;
	if (flag == PORT_STATE || flag == PORT_PRIORITY || flag == PORT_COST)
		return port_number(x, p, flag, w);
	rc = ipc_on_off(x, port_opts[i].name, w, &on, 1);
	if (rc)
		return rc;
	if (flag == PORT_ON_OFF || (flag == BRF_NEIGH_SUPPRESS && on))
		return ipc_refuse(x, "ip link: bridge port option %s", port_opts[i].name);
	p->flag_set[flag] = true;
	p->flag[flag] = on;
	return IPC_GO;
}

int ipc_port_opts(struct ipc *x, struct op_port_opts *p)
{
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = port_opt(x, p, w);

		if (rc)
			return rc;
	}
	return IPC_GO;
}
