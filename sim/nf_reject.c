/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What REJECT sends: net/ipv4/netfilter/nf_reject_ipv4.c.
 *
 * Theory of operation. An ICMP error goes the way of all ICMP errors (sim/icmp.c); a TCP reset is built here, routed as
 * if the rejected packet's destination had sent it, and belongs to the same flow, from the other end. A packet that a
 * bridge carries is answered by a frame in the name of the other station, out of the port it came from. */
#include "sim/netfilter.h"

/* nf_reject_fill_skb_dst(): in PRE_ROUTING nothing is routed yet. False: there is no way back. */
static bool fill_dst(struct sim *s, struct nf_state *st, struct packet *p, const struct ip4_hdr *ip)
{
	struct ipaddr to = ip4(get32(ip->saddr)), any = { .family = IP_NONE };

	if (p->dst.input != DST_NONE)
		return true;
	return ip_route_output(s, st->ns, p, &to, &any, NULL, 0, 0, &p->dst) == 0;
}

void nf_send_unreach(struct sim *s, struct nf_state *st, struct packet *p, uint8_t code)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	uint32_t size;

	if (!ip || (get16(ip->frag) & IP4_OFFSET) || !fill_dst(s, st, p, ip))
		return;
	size = nf_len(p) - ip4_hlen(ip);
	if (ip->protocol == IPPROTO_ICMP_ && !nf_csum_ok((const uint8_t *)ip + ip4_hlen(ip), size))
		return;
	if (!p->dev)
		p->dev = nf_event_dev(st, p);
	icmp_send(s, p, ICMP_UNREACH, code, 0);
}

/* nf_reject_ip_tcphdr_get(): NULL when the packet is not to be answered by a reset. */
static const struct tcp_hdr *reset_wanted(const struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct tcp_hdr *th;

	if (!ip || (get16(ip->frag) & IP4_OFFSET) || ip->protocol != IPPROTO_TCP_)
		return NULL;
	th = packet_at(p, p->net_off + (int32_t)ip4_hlen(ip), sizeof(*th));
	return th && !(th->flags & TCP_RST) ? th : NULL;
}

static struct packet *reset_build(
	struct sim *s, const struct nf_state *st, const struct packet *old, const struct tcp_hdr *oth)
{
	const struct ip4_hdr *oip = packet_ip4(old);
	struct packet *n = sim_packet(s, sizeof(struct ip4_hdr) + sizeof(struct tcp_hdr));
	struct ip4_hdr *ip = (void *)packet_append(n, sizeof(*ip));
	struct tcp_hdr *th = (void *)packet_append(n, sizeof(*th));
	uint32_t data = nf_len(old) - ip4_hlen(oip) - (uint32_t)(oth->doff >> 4) * 4;

	packet_set_network(n);
	packet_set_transport(n, sizeof(*ip));
	n->protocol = ETH_P_IP_;
	n->local = true;
	n->dst = old->dst;
	*ip = (struct ip4_hdr){ .ver_ihl = 0x45,
		.tot_len = put16(sizeof(*ip) + sizeof(*th)),
		.frag = put16(IP4_DF),
		.ttl = (uint8_t)st->ns->sysctl[NSC_DEFAULT_TTL],
		.protocol = IPPROTO_TCP_,
		.saddr = oip->daddr,
		.daddr = oip->saddr };
	*th = (struct tcp_hdr){ .sport = oth->dport, .dport = oth->sport, .doff = 5 << 4, .flags = TCP_RST };
	if (oth->flags & TCP_ACK) {
		th->seq = oth->ack;
	} else {
		th->ack = put32(get32(oth->seq) + !!(oth->flags & TCP_SYN) + !!(oth->flags & TCP_FIN) + data);
		th->flags |= TCP_ACK;
	}
	ip->check = put16(csum_ip4(ip));
	th->check = put16(csum_pseudo4(ip, th, sizeof(*th)));
	return n;
}

/* The reset of a bridged packet: a frame from the station that it was for, to the one that sent it. */
static void reset_bridged(struct sim *s, struct packet *n, const struct packet *old)
{
	const struct eth_hdr *oeth = packet_eth(old);
	struct eth_hdr *eth;

	n->dev = old->nfb.physin;
	eth = oeth && n->dev ? (void *)packet_push(n, sizeof(*eth)) : NULL;
	if (!eth) {
		sim_drop(s, n, DROP_NOT_SPECIFIED, ST_NF_SEND_RESET, NULL, 0);
		return;
	}
	*eth = (struct eth_hdr){ .dst = oeth->src, .src = oeth->dst, .proto = put16(ETH_P_IP_) };
	packet_set_mac(n);
	dev_queue_xmit(s, n);
}

void nf_send_reset(struct sim *s, struct nf_state *st, struct packet *p)
{
	const struct tcp_hdr *oth = reset_wanted(p);
	struct packet *n;

	if (!oth || !fill_dst(s, st, p, packet_ip4(p)))
		return;
	if (p->dst.input == DST_BROADCAST || p->dst.input == DST_MULTICAST)
		return;
	n = reset_build(s, st, p, oth);
	sim_event_at(s, n, st->ns, nf_event_dev(st, p), EV_SEND, ST_NF_SEND_RESET, VAL_STR("netfilter"), VAL_STR("tcp"),
		VAL_ADDR(ip4(get32(packet_ip4(n)->saddr))), VAL_U32(get16(oth->dport)),
		VAL_ADDR(ip4(get32(packet_ip4(n)->daddr))), VAL_U32(get16(oth->sport)), VAL_STR("RST"),
		VAL_U32(nf_len(n)));
	if (ip_route_me_harder(s, st->ns, p->sock, n)) {
		n->dev = nf_event_dev(st, p);
		sim_drop(s, n, DROP_NOT_SPECIFIED, ST_NF_SEND_RESET, "no route", 0);
		return;
	}
	nf_attach_ct(n, p);
	if (p->ct && p->ct->tuple[CT_ORIGINAL].protocol == IPPROTO_TCP_)
		ct_tcp_set_closing(p->ct, s->now);
	if (p->nfb.active)
		reset_bridged(s, n, p);
	else
		ip_local_out(s, n);
}
