/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 in, through and out (net/ipv4/ip_input.c, ip_forward.c, ip_output.c).
 *
 * Theory of operation. The stages and their order are the kernel's: ip_rcv, PRE_ROUTING, the route, then local
 * delivery, forwarding or an error; and for packets out POST_ROUTING, fragmentation, the neighbour. Not modelled: IP
 * options, early demultiplexing (which would only spare a socket's packets the look-up). */
#include <errno.h>
#include <stdio.h>

#include "sim/ip_state.h"

/* ---- out ---- */

/* __ip_make_skb(), ip_select_ttl(): inet->mc_ttl is 1 unless the program says otherwise */
static uint8_t default_ttl(const struct packet *p, const struct ns *ns)
{
	return p->dst.type == RTN_MULTICAST_ ? 1 : (uint8_t)ns->sysctl[NSC_DEFAULT_TTL];
}

void ip_build_header(struct sim *s, struct packet *p, struct ns *ns, uint32_t saddr, uint32_t daddr, uint8_t protocol,
	uint8_t tos, uint8_t ttl, bool df)
{
	struct ip4_hdr *h;

	(void)s;
	packet_set_transport(p, 0);
	h = (void *)packet_push(p, sizeof(*h));
	if (!h)
		bug("no room for an IP header");
	packet_set_network(p);
	*h = (struct ip4_hdr){ .ver_ihl = 0x45,
		.tos = tos,
		.tot_len = put16(p->len),
		.frag = put16(df ? IP4_DF : 0),
		.ttl = ttl ? ttl : default_ttl(p, ns),
		.protocol = protocol,
		.saddr = put32(saddr),
		.daddr = put32(daddr) };
	if (!df)
		h->id = put16(ns->ip_id++);
	h->check = put16(csum_ip4(h));
	p->protocol = ETH_P_IP_;
}

/* ip_finish_output2() */
static int ip_finish_output2(struct sim *s, struct packet *p)
{
	struct ipaddr nexthop = p->dst.gateway;

	if (nexthop.family == IP_NONE)
		nexthop = ip4(get32(packet_ip4(p)->daddr));
	return neigh_output(s, p, p->dst.dev, &nexthop);
}

/* __ip_finish_output(), ip_fragment() */
static int ip_finish_output(struct sim *s, struct packet *p)
{
	uint32_t mtu = p->dst.mtu;

	if (p->len <= mtu && !p->frag_max_size)
		return ip_finish_output2(s, p);
	if ((get16(packet_ip4(p)->frag) & IP4_DF) && (!p->ignore_df || (p->frag_max_size && p->frag_max_size > mtu))) {
		icmp_send(s, p, ICMP_UNREACH, 4, mtu);
		return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_FRAGMENT, "larger than the MTU", -EMSGSIZE);
	}
	return ip_do_fragment(s, p, mtu, ip_finish_output2);
}

/* ip_mc_finish_output(), dev_loopback_xmit(): this host's own copy of a broadcast or multicast. */
static int ip_mc_loop(struct sim *s, struct packet *p)
{
	p->iif = NULL;
	p->sock = 0;
	p->mac_off = -1;
	p->pkt_type = PACKET_LOOPBACK;
	netif_rx(s, p);
	return 0;
}

int ip_output(struct sim *s, struct packet *p)
{
	struct dev *out = p->dst.dev, *in = p->local ? NULL : p->dev;

	p->dev = out;
	p->protocol = ETH_P_IP_;
	return nf_hook(s, out->ns, NF_POST_ROUTING, p, in, out, ip_finish_output);
}

/* ip_mc_output() */
static int ip_mc_output(struct sim *s, struct packet *p)
{
	struct dev *out = p->dst.dev;
	struct packet *copy;

	p->dev = out;
	p->protocol = ETH_P_IP_;
	copy = sim_clone(s, p);
	nf_hook(s, out->ns, NF_POST_ROUTING, copy, NULL, out, ip_mc_loop);
	if (p->dst.type == RTN_MULTICAST_ && !packet_ip4(p)->ttl) {
		sim_absorb(s, p, ST_IP_MC_OUTPUT, "TTL 0: stays on this host");
		return 0;
	}
	return nf_hook(s, out->ns, NF_POST_ROUTING, p, NULL, out, ip_finish_output);
}

/* dst_output() */
static int dst_output(struct sim *s, struct packet *p)
{
	const struct dst *d = &p->dst;

	if ((d->input == DST_BROADCAST || d->input == DST_MULTICAST) && !(d->dev->flags & DEVF_LOOPBACK))
		return ip_mc_output(s, p);
	return ip_output(s, p);
}

int ip_local_out(struct sim *s, struct packet *p)
{
	struct ip4_hdr *h = packet_ip4(p);
	struct dev *out = p->dst.dev;
	int err;

	if (!h || !out)
		bug("ip_local_out without a header or a route");
	if (s->over)
		return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_LOCAL_OUT, NULL, 0);
	p->local = true;
	p->iif = NULL;
	p->dev = out;
	p->protocol = ETH_P_IP_;
	h->tot_len = put16(p->len);
	h->check = put16(csum_ip4(h));
	err = nf_hook(s, out->ns, NF_LOCAL_OUT, p, NULL, out, dst_output);
	return err == NET_XMIT_CN ? 0 : err;
}

/* ---- through ---- */
/* ip_exceeds_mtu() */
static bool exceeds_mtu(const struct packet *p, uint32_t mtu)
{
	if (p->len <= mtu || !(get16(packet_ip4(p)->frag) & IP4_DF))
		return false;
	return p->frag_max_size > mtu || !p->ignore_df;
}

/* ip_decrease_ttl() */
static void decrease_ttl(struct sim *s, struct packet *p)
{
	struct ip4_hdr *h = packet_ip4(p);
	uint16_t before = (uint16_t)(h->ttl << 8 | h->protocol);
	char from[8], to[8];

	h->ttl--;
	h->check = put16(csum_replace2(get16(h->check), before, (uint16_t)(before - 0x100)));
	if (!s->tracing)
		return;
	snprintf(from, sizeof(from), "%u", h->ttl + 1U);
	snprintf(to, sizeof(to), "%u", h->ttl);
	sim_event(s, p, EV_CHANGE, ST_IP_FORWARD, VAL_STR("ttl"), VAL_STR(from), VAL_STR(to));
}

int ip_forward(struct sim *s, struct packet *p)
{
	struct ns *ns = p->dev->ns;

	if (p->pkt_type != PACKET_HOST)
		return sim_drop(
			s, p, DROP_NOT_SPECIFIED, ST_IP_FORWARD, "the frame was not for this host alone", -EINVAL);
	if (packet_ip4(p)->ttl <= 1) {
		icmp_send(s, p, ICMP_TIMXCEED_, 0, 0);
		return sim_drop(s, p, DROP_IP_TTL, ST_IP_FORWARD, NULL, -EINVAL);
	}
	p->forwarded = true;
	if (exceeds_mtu(p, p->dst.mtu)) {
		icmp_send(s, p, ICMP_UNREACH, 4, p->dst.mtu);
		return sim_drop(s, p, DROP_PKT_TOO_BIG, ST_IP_FORWARD, NULL, -EINVAL);
	}
	decrease_ttl(s, p);
	if (p->dst.redirect)
		ip_rt_send_redirect(s, p);
	return nf_hook(s, ns, NF_FORWARD, p, p->dev, p->dst.dev, dst_output);
}

/* ---- in ---- */
/* ip_protocol_deliver_rcu() */
static int protocol_deliver(struct sim *s, struct packet *p, uint8_t protocol)
{
	p->raw_taken = raw_rcv(s, p);
	switch (protocol) {
	case IPPROTO_ICMP_:
		icmp_rcv(s, p);
		return 0;
	case IPPROTO_UDP_:
		udp_rcv(s, p);
		return 0;
	case IPPROTO_TCP_:
		tcp_rcv(s, p);
		return 0;
	case IPPROTO_IGMP_:
		sim_absorb(s, p, ST_IP_LOCAL_DELIVER, "IGMP");
		return 0;
	}
	if (p->raw_taken) {
		sim_absorb(s, p, ST_RAW_RCV, "a raw socket has it");
		return 0;
	}
	icmp_send(s, p, ICMP_UNREACH, 2, 0);
	return sim_drop(s, p, DROP_IP_NOPROTO, ST_IP_LOCAL_DELIVER, NULL, 0);
}

static int ip_local_deliver_finish(struct sim *s, struct packet *p)
{
	const struct ip4_hdr *h = packet_ip4(p);
	uint32_t hlen = ip4_hlen(h);

	packet_pull(p, hlen);
	packet_set_transport(p, 0);
	return protocol_deliver(s, p, h->protocol);
}

static bool is_fragment(const struct ip4_hdr *h)
{
	return get16(h->frag) & (IP4_MF | IP4_OFFSET);
}

int ip_local_deliver(struct sim *s, struct packet *p)
{
	struct ns *ns = p->dev->ns;
	struct dst d = p->dst;

	if (is_fragment(packet_ip4(p))) {
		if (ip_defrag(s, ns, p, IP_DEFRAG_LOCAL_DELIVER))
			return 0;
		p->dst = d;
	}
	return nf_hook(s, ns, NF_LOCAL_IN, p, p->dev, NULL, ip_local_deliver_finish);
}

/* dst_input() */
static int dst_input(struct sim *s, struct packet *p)
{
	switch (p->dst.input) {
	case DST_LOCAL:
	case DST_BROADCAST:
	case DST_MULTICAST:
		return ip_local_deliver(s, p);
	case DST_FORWARD:
		return ip_forward(s, p);
	case DST_ERROR:
		return ip_error(s, p);
	}
	return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_RCV_FINISH, "a route that leads nowhere", -EINVAL);
}

int ip_rcv_finish(struct sim *s, struct packet *p)
{
	const struct ip4_hdr *h = packet_ip4(p);

	if (p->dst.input == DST_NONE) {
		enum drop why;
		int err = ip_route_input(s, p, get32(h->daddr), get32(h->saddr), h->tos, p->dev, &why);

		if (err)
			return sim_drop(s, p, why, ST_IP_ROUTE_INPUT, NULL, err);
	}
	if (ip4_hlen(h) > sizeof(*h))
		sim_event(s, p, EV_NOT_MODELLED, ST_IP_RCV_FINISH, VAL_STR("IP options"));
	return dst_input(s, p);
}

/* ip_rcv_core(): the reason to drop it, or DROP_NUM. */
static enum drop rcv_core(struct packet *p)
{
	const struct ip4_hdr *h;
	uint32_t hlen, len;

	if (p->pkt_type == PACKET_OTHERHOST)
		return DROP_OTHERHOST;
	if (p->len < sizeof(*h))
		return DROP_IP_INHDR;
	packet_set_network(p);
	h = packet_ip4(p);
	hlen = ip4_hlen(h);
	if (hlen < sizeof(*h) || h->ver_ihl >> 4 != 4 || hlen > p->len)
		return DROP_IP_INHDR;
	if (csum_fold(csum_add(0, h, hlen)))
		return DROP_IP_CSUM;
	len = get16(h->tot_len);
	if (p->len < len)
		return DROP_PKT_TOO_SMALL;
	if (len < hlen)
		return DROP_IP_INHDR;
	packet_trim(p, len);
	packet_set_transport(p, hlen);
	return DROP_NUM;
}

void ip_rcv(struct sim *s, struct packet *p)
{
	enum drop why = rcv_core(p);

	if (why != DROP_NUM) {
		sim_drop(s, p, why, ST_IP_RCV, NULL, 0);
		return;
	}
	p->iif = p->dev;
	p->local = p->forwarded = p->frag_df = p->raw_taken = false;
	p->frag_max_size = p->frag_list = 0;
	p->sock = 0;
	nf_hook(s, p->dev->ns, NF_PRE_ROUTING, p, p->dev, NULL, ip_rcv_finish);
}
