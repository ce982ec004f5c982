/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address translation of a packet's bytes: net/netfilter/nf_nat_proto.c.
 *
 * Theory of operation. A packet is given the addresses and ports of a target tuple, its checksums are adjusted by the
 * difference (RFC 1624). An ICMP error is translated twice: the packet that it quotes, back to what the receiver of
 * the error once sent, and its own addresses, which then look like the reply of whom that was sent to. */
#include "sim/netfilter.h"

/* ---- one header ---- */

struct where { /* what a manipulation changes in the packet: an IP header at net, and what is behind it */
	struct packet *p;
	int32_t net;
	const struct ct_tuple *to;
	enum nat_manip manip;
};

static uint16_t fix_addr(const struct where *w, uint16_t check)
{
	const struct ip4_hdr *ip = packet_at(w->p, w->net, sizeof(*ip));

	if (w->manip == NAT_MANIP_SRC)
		return csum_replace4(check, get32(ip->saddr), w->to->src.v4);
	return csum_replace4(check, get32(ip->daddr), w->to->dst.v4);
}

/* Sets the port; *from is what it was, the new one is returned. */
static uint16_t set_port(const struct where *w, be16 *sport, be16 *dport, uint16_t *from)
{
	be16 *port = w->manip == NAT_MANIP_SRC ? sport : dport;
	uint16_t to = w->manip == NAT_MANIP_SRC ? w->to->sport : w->to->dport;

	*from = get16(*port);
	*port = put16(to);
	return to;
}

static bool manip_tcp(const struct where *w, int32_t l4)
{
	struct tcp_hdr *h = packet_at(w->p, l4, 8);
	uint16_t from, to;

	if (!h)
		return false;
	to = set_port(w, &h->sport, &h->dport, &from);
	if (packet_at(w->p, l4, sizeof(*h))) /* else quoted, and cut short before the checksum */
		h->check = put16(csum_replace2(fix_addr(w, get16(h->check)), from, to));
	return true;
}

static bool manip_udp(const struct where *w, int32_t l4)
{
	struct udp_hdr *h = packet_at(w->p, l4, sizeof(*h));
	uint16_t from, to, check;

	if (!h)
		return false;
	check = get16(h->check);
	to = set_port(w, &h->sport, &h->dport, &from);
	if (!check) /* it has none */
		return true;
	check = csum_replace2(fix_addr(w, check), from, to);
	h->check = put16(check ? check : 0xffff);
	return true;
}

static bool manip_icmp(const struct where *w, int32_t l4)
{
	struct icmp_hdr *h = packet_at(w->p, l4, sizeof(*h));

	if (!h)
		return false;
	switch (h->type) {
	case 0:
	case 8:
	case 13:
	case 14:
	case 15:
	case 16:
	case 17:
	case 18:
		h->check = put16(csum_replace2(get16(h->check), get16(h->id), w->to->sport));
		h->id = put16(w->to->sport);
		return true;
	default:
		return true;
	}
}

/* nf_nat_ipv4_manip_pkt() */
static bool manip_ipv4(const struct where *w)
{
	struct ip4_hdr *ip = packet_at(w->p, w->net, sizeof(*ip));
	int32_t l4;
	bool ok = true;

	if (!ip)
		return false;
	l4 = w->net + (int32_t)ip4_hlen(ip);
	if (!(get16(ip->frag) & IP4_OFFSET)) {
		if (ip->protocol == IPPROTO_TCP_)
			ok = manip_tcp(w, l4);
		else if (ip->protocol == IPPROTO_UDP_)
			ok = manip_udp(w, l4);
		else if (ip->protocol == IPPROTO_ICMP_)
			ok = manip_icmp(w, l4);
	}
	if (!ok)
		return false;
	ip->check = put16(fix_addr(w, get16(ip->check)));
	if (w->manip == NAT_MANIP_SRC)
		ip->saddr = put32(w->to->src.v4);
	else
		ip->daddr = put32(w->to->dst.v4);
	return true;
}

/* ---- events ---- */

struct ends { /* the end of a packet that is manipulated */
	uint32_t addr;
	struct val port;
};

static struct ends ends_of(const struct packet *p, enum nat_manip manip)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	struct ends e = { .addr = get32(manip == NAT_MANIP_SRC ? ip->saddr : ip->daddr), .port = VAL_NONE };
	struct ct_tuple t;

	if (nf_ct_get_tuple(p, p->net_off, &t) && (t.protocol == IPPROTO_TCP_ || t.protocol == IPPROTO_UDP_))
		e.port = VAL_U32(manip == NAT_MANIP_SRC ? t.sport : t.dport);
	return e;
}

/* What this change is to the flow: replies are translated back. */
static const char *manip_name(enum nat_manip manip, enum ct_dir dir)
{
	if (dir == CT_REPLY)
		return manip == NAT_MANIP_SRC ? "un-DNAT" : "un-SNAT";
	return manip == NAT_MANIP_SRC ? "SNAT" : "DNAT";
}

static void trace_nat(struct sim *s, const struct nf_state *st, const struct packet *p, enum nat_manip manip,
	const struct ends *from, enum stage stage)
{
	struct ends to;

	if (!s->tracing)
		return;
	to = ends_of(p, manip);
	sim_event_at(s, p, st->ns, nf_event_dev(st, p), EV_NAT, stage,
		VAL_STR(manip_name(manip, ct_info_dir(p->ct_info))), VAL_ADDR(ip4(from->addr)), from->port,
		VAL_ADDR(ip4(to.addr)), to.port);
}

/* ---- packets ---- */

enum nat_manip nf_hook_manip(enum nf_hook hook) /* HOOK2MANIP() */
{
	return hook == NF_POST_ROUTING || hook == NF_LOCAL_IN ? NAT_MANIP_SRC : NAT_MANIP_DST;
}

/* Is this end of packets in the direction translated? */
static bool translated(const struct ct *ct, enum nat_manip manip, enum ct_dir dir)
{
	uint32_t bit = manip == NAT_MANIP_SRC ? CTS_SRC_NAT : CTS_DST_NAT;

	return ct->status & (dir == CT_REPLY ? bit ^ CTS_NAT_MASK : bit);
}

int nf_nat_packet(struct sim *s, struct nf_state *st, struct packet *p)
{
	enum nat_manip manip = nf_hook_manip(st->hook);
	enum ct_dir dir = ct_info_dir(p->ct_info);
	struct ct_tuple target;
	struct where w = { .p = p, .net = p->net_off, .to = &target, .manip = manip };
	struct ends from = { .addr = 0 };

	if (!translated(p->ct, manip, dir))
		return NFV_ACCEPT;
	if (s->tracing)
		from = ends_of(p, manip);
	if (!ct_tuple_invert(&target, &p->ct->tuple[!dir]) || !manip_ipv4(&w))
		return nf_state_drop(st, ST_NF_NAT_PACKET, "can not be translated", 0);
	trace_nat(s, st, p, manip, &from, ST_NF_NAT_PACKET);
	return NFV_ACCEPT;
}

/* nf_nat_icmp_reply_translation() */
int nf_nat_icmp_reply(struct sim *s, struct nf_state *st, struct packet *p)
{
	enum nat_manip manip = nf_hook_manip(st->hook);
	enum ct_dir dir = ct_info_dir(p->ct_info);
	int32_t l4 = p->net_off + (int32_t)ip4_hlen(packet_ip4(p));
	struct icmp_hdr *icmp = packet_at(p, l4, sizeof(*icmp) + sizeof(struct ip4_hdr));
	uint32_t size = p->off + p->len - (uint32_t)l4;
	struct ct *ct = p->ct;
	struct ct_tuple target;
	struct where inner = { p, l4 + (int32_t)sizeof(*icmp), &ct->tuple[!dir], !manip };
	struct where outer = { p, p->net_off, &target, manip };
	struct ends from;

	if (!icmp || !nf_csum_ok((const uint8_t *)icmp, size))
		return nf_state_drop(st, ST_NF_NAT_ICMP, "a bad ICMP error", 0);
	if (icmp->type == ICMP_REDIRECT_ &&
		((ct->status & CTS_NAT_DONE_MASK) != CTS_NAT_DONE_MASK || (ct->status & CTS_NAT_MASK)))
		return nf_state_drop(st, ST_NF_NAT_ICMP, "a redirect of a flow that is translated", 0);
	if (!translated(ct, manip, dir))
		return NFV_ACCEPT;
	from = ends_of(p, manip);
	if (!ct_tuple_invert(&target, &ct->tuple[!dir]) || !manip_ipv4(&inner))
		return nf_state_drop(st, ST_NF_NAT_ICMP, "can not be translated", 0);
	icmp->check = put16(0);
	icmp->check = put16(csum_fold(csum_add(0, icmp, size)));
	if (!manip_ipv4(&outer))
		return nf_state_drop(st, ST_NF_NAT_ICMP, "can not be translated", 0);
	trace_nat(s, st, p, manip, &from, ST_NF_NAT_ICMP);
	return NFV_ACCEPT;
}
