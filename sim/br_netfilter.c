/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridged IPv4 goes through iptables: net/bridge/br_netfilter_hooks.c.
 *
 * Theory of operation. The bridge calls here at three of its own hooks. The packet then goes through the IP hooks of
 * the namespace as if it had come in by the bridge device and left by it; the ports are kept in packet->nfb. A frame to
 * another station's MAC counts as ours meanwhile (pkt_otherhost). What is passed up to the host has been through
 * PRE_ROUTING already: the IP layer skips it there (sim/nf.c). When PRE_ROUTING changed the destination, it is routed:
 * out of the bridge again, the frame gets the new station's MAC (which may have to be asked for) and is
 * bridged on with its old source; anywhere else, it is passed up to be routed.
 * While the hooks run a packet has the route of the bridge itself, of type RTN_UNSPEC_ (bridge_parent_rtable(), the
 * kernel's fake one), so that REJECT and MASQUERADE find what they ask for.
 * Not modelled: arptables, IPv6, VLAN and PPPoE headers. */
#include "sim/netfilter.h"

bool br_nf_active(const struct bridge *br, const struct packet *p)
{
	const struct ns *ns = br->dev->ns;

	if (!ns->net->br_netfilter || p->protocol != ETH_P_IP_)
		return false;
	return ns->sysctl[NSC_BRIDGE_NF_CALL_IPTABLES] || br->nf_call_iptables;
}

static bool has_fake_route(const struct packet *p)
{
	return p->dst.input == DST_FORWARD && p->dst.type == RTN_UNSPEC_;
}

static void set_fake_route(struct packet *p, struct dev *br)
{
	if (p->dst.input == DST_NONE)
		p->dst = (struct dst){ .input = DST_FORWARD, .type = RTN_UNSPEC_, .dev = br, .mtu = br->mtu };
}

static void drop_fake_route(struct packet *p)
{
	if (has_fake_route(p))
		p->dst = (struct dst){ 0 };
}

/* br_validate_ipv4(): cuts the packet to what its header says; false when that makes no sense. */
static bool validate_ipv4(struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	uint32_t len;

	if (!ip || ip->ver_ihl >> 4 != 4 || ip4_hlen(ip) < sizeof(*ip) || !packet_at(p, p->net_off, ip4_hlen(ip)))
		return false;
	if (!nf_csum_ok((const uint8_t *)ip, ip4_hlen(ip)))
		return false;
	len = get16(ip->tot_len);
	if (nf_len(p) < len || len < ip4_hlen(ip))
		return false;
	packet_trim(p, len);
	packet_set_transport(p, ip4_hlen(ip));
	return true;
}

/* Runs an IP hook of the bridge with pkt_type as of a packet for us; false: it is gone. */
static bool ip_hook(struct sim *s, struct packet *p, enum nf_hook hook, struct dev *br)
{
	struct dev *in = hook == NF_POST_ROUTING ? NULL : br, *out = hook == NF_PRE_ROUTING ? NULL : br;

	if (p->pkt_type == PACKET_OTHERHOST) {
		p->pkt_type = PACKET_HOST;
		p->nfb.pkt_otherhost = true;
	}
	if (hook != NF_PRE_ROUTING)
		set_fake_route(p, br);
	if (!nf_hook_accept(s, br->ns, hook, p, in, out))
		return false;
	drop_fake_route(p);
	if (p->nfb.pkt_otherhost) {
		p->pkt_type = PACKET_OTHERHOST;
		p->nfb.pkt_otherhost = false;
	}
	return true;
}

/* ---- PRE_ROUTING ---- */

/* br_nf_pre_routing_finish_bridge(): to another station of this bridge; the frame needs its MAC. */
static void finish_bridge(struct sim *s, struct packet *p, struct dev *br)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	struct ipaddr nexthop = p->dst.gateway.family == IP_V4 ? p->dst.gateway : ip4(get32(ip->daddr));
	struct neigh *n = neigh_find(br, &nexthop);
	struct eth_hdr *eth = packet_eth(p);

	if (!eth)
		bug("a bridged packet without its Ethernet header");
	if (n && (n->state & NUD_CONNECTED_)) {
		eth->dst = n->mac;
		p->dev = p->nfb.physin;
		br_handle_frame_finish(s, p);
		return;
	}
	p->nfb.neigh_smac = eth->src;
	p->nfb.mac_saved = true; /* br_dev_xmit() then calls br_nf_dev_xmit() */
	p->dev = br;
	neigh_output(s, p, br, &nexthop);
}

bool br_nf_dev_xmit(struct sim *s, struct packet *p)
{
	struct eth_hdr *eth;

	if (!p->nfb.active || !p->nfb.mac_saved)
		return false;
	eth = (void *)packet_data(p);
	packet_set_mac(p);
	eth->src = p->nfb.neigh_smac;
	if (!packet_pull(p, ETH_HLEN))
		bug("a frame without its Ethernet header");
	packet_set_network(p);
	p->nfb.mac_saved = false;
	p->nfb.physout = NULL;
	p->dev = p->nfb.physin;
	br_handle_frame_finish(s, p);
	return true;
}

/* br_nf_pre_routing_finish() where the destination was changed. True: the bridge goes on with the packet. */
static bool finish_changed(struct sim *s, struct packet *p, struct dev *br)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	enum drop why = DROP_NOT_SPECIFIED;
	struct eth_hdr *eth;

	if (ip_route_input(s, p, get32(ip->daddr), get32(ip->saddr), ip->tos, br, &why)) {
		sim_drop(s, p, why, ST_BR_NF_PRE_ROUTING_FINISH, "no way to the translated destination", 0);
		return false;
	}
	if (p->dst.dev == br && p->dst.input != DST_LOCAL && p->dst.input != DST_ERROR) {
		sim_event(
			s, p, EV_STEP, ST_BR_NF_PRE_ROUTING_FINISH, VAL_STR("translated to a station of this bridge"));
		finish_bridge(s, p, br);
		return false;
	}
	eth = packet_eth(p);
	if (!eth)
		bug("a bridged packet without its Ethernet header");
	eth->dst = br->mac;
	p->pkt_type = PACKET_HOST;
	p->dev = p->nfb.physin;
	sim_event(s, p, EV_STEP, ST_BR_NF_PRE_ROUTING_FINISH, VAL_STR("translated: passed up to be routed"));
	return true;
}

bool br_nf_pre_routing(struct sim *s, struct packet *p, struct bridge_port *in)
{
	struct dev *br = in->bridge->dev;
	const struct ip4_hdr *ip;

	if (!br_nf_active(in->bridge, p))
		return true;
	if (!validate_ipv4(p)) {
		sim_drop(s, p, DROP_IP_INHDR, ST_BR_NF_PRE_ROUTING, NULL, 0);
		return false;
	}
	ip = packet_ip4(p);
	p->frag_max_size = p->frag_list = 0;
	p->nfb = (struct nf_bridge){
		.active = true, .in_prerouting = true, .physin = p->dev, .orig_daddr = get32(ip->daddr)
	};
	p->dev = br;
	p->dst = (struct dst){ 0 };
	if (!ip_hook(s, p, NF_PRE_ROUTING, br))
		return false;
	p->nfb.in_prerouting = false;
	p->nfb.sabotage = true;
	if (get32(packet_ip4(p)->daddr) != p->nfb.orig_daddr)
		return finish_changed(s, p, br);
	p->dst = (struct dst){ 0 };
	p->dev = p->nfb.physin;
	return true;
}

/* ---- FORWARD ---- */

/* What is not for this host's MAC alone is passed up in copies that share one entry: it is confirmed before that. */
bool br_nf_local_in(struct sim *s, struct packet *p, struct bridge *br)
{
	struct nf_state st = { .ns = br->dev->ns, .hook = NF_LOCAL_IN, .in = br->dev };

	if (!p->ct || p->pkt_type == PACKET_HOST || p->ct->status & CTS_CONFIRMED)
		return true;
	if (nf_conntrack_confirm(s, &st, p) == NFV_ACCEPT)
		return true;
	sim_drop(s, p, DROP_NETFILTER_DROP, ST_BR_PASS_UP, NULL, 0);
	return false;
}

bool br_nf_forward(struct sim *s, struct packet *p, struct bridge_port *in, struct bridge_port *out)
{
	struct dev *br = out->bridge->dev;

	(void)in; /* nfb.physin */
	if (!p->nfb.active || p->protocol != ETH_P_IP_)
		return true;
	if (!validate_ipv4(p)) {
		sim_drop(s, p, DROP_IP_INHDR, ST_BR_NF_FORWARD, NULL, 0);
		return false;
	}
	p->nfb.physout = out->dev;
	return ip_hook(s, p, NF_FORWARD, br);
}

/* ---- POST_ROUTING ---- */

/* br_nf_push_frag_xmit(): a piece of a packet that was put together for the hooks, in a frame like the whole one's. */
static int push_frag(struct sim *s, struct packet *p)
{
	struct eth_hdr *eth = (void *)packet_push(p, ETH_HLEN);

	if (!eth)
		bug("no room for a frame's header");
	*eth = (struct eth_hdr){ .dst = p->nfb.piece_dmac, .src = p->nfb.neigh_smac, .proto = put16(ETH_P_IP_) };
	packet_set_mac(p);
	packet_pull(p, ETH_HLEN);
	p->nfb = (struct nf_bridge){ 0 };
	br_dev_queue_push_xmit(s, p);
	return 0;
}

/* br_nf_ip_fragment(), which is a part of br_nf_dev_queue_xmit() */
static void fragment(struct sim *s, struct packet *p, struct dev *br)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct eth_hdr *eth = packet_eth(p);

	if (!eth || ((get16(ip->frag) & IP4_DF) && !p->ignore_df) || p->frag_max_size > br->mtu) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_BR_NF_DEV_QUEUE_XMIT, "larger than the port's MTU", 0);
		return;
	}
	p->nfb.piece_dmac = eth->dst;
	p->nfb.neigh_smac = eth->src;
	ip_do_fragment(s, p, br->mtu, push_frag);
}

bool br_nf_post_routing(struct sim *s, struct packet *p, struct bridge_port *out)
{
	struct dev *br = out->bridge->dev;
	uint32_t mtu = out->dev->mtu;

	if (!p->nfb.active || !p->nfb.physout || p->protocol != ETH_P_IP_)
		return true;
	if (!ip_hook(s, p, NF_POST_ROUTING, br))
		return false;
	if (p->frag_max_size && p->frag_max_size < mtu)
		mtu = p->frag_max_size;
	if (p->len > mtu) {
		fragment(s, p, br);
		return false;
	}
	p->nfb = (struct nf_bridge){ 0 };
	return true;
}
