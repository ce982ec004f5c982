/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets by their flow. */
#include "model/flow.h"

#include "model/addr.h"
#include "model/buf.h"
#include "model/ipt_names.h"
#include "model/wire.h"

static void parse_arp(struct flow *f, const uint8_t *l3, uint32_t size)
{
	const struct arp_hdr *a = (const void *)l3;

	if (size < sizeof(*a))
		return;
	f->sport = get16(a->op);
	f->src = get32(a->sip);
	f->dst = get32(a->tip);
}

static bool icmp_has_id(uint8_t type)
{
	return type == ICMP_ECHO_ || type == ICMP_ECHOREPLY_ || (type >= 13 && type <= 18);
}

static void parse_transport(struct flow *f, const uint8_t *l4, uint32_t size)
{
	const struct icmp_hdr *icmp = (const void *)l4;
	const struct udp_hdr *ports = (const void *)l4; /* TCP has them in the same place */

	if (f->protocol == IPPROTO_ICMP_ && size >= sizeof(*icmp)) {
		f->has_id = icmp_has_id(icmp->type);
		f->sport = f->has_id ? get16(icmp->id) : 0;
		f->dport = (uint16_t)(icmp->type << 8 | icmp->code);
	} else if ((f->protocol == IPPROTO_TCP_ || f->protocol == IPPROTO_UDP_) && size >= 4) {
		f->sport = get16(ports->sport);
		f->dport = get16(ports->dport);
	} else {
		f->cut = f->protocol == IPPROTO_ICMP_ || f->protocol == IPPROTO_TCP_ || f->protocol == IPPROTO_UDP_;
	}
}

static void parse_ip4(struct flow *f, const uint8_t *l3, uint32_t size)
{
	const struct ip4_hdr *ip = (const void *)l3;

	if (size < sizeof(*ip))
		return;
	f->protocol = ip->protocol;
	f->src = get32(ip->saddr);
	f->dst = get32(ip->daddr);
	f->fragment = get16(ip->frag) & IP4_OFFSET;
	if (!f->fragment && ip4_hlen(ip) >= sizeof(*ip) && ip4_hlen(ip) <= size)
		parse_transport(f, l3 + ip4_hlen(ip), size - ip4_hlen(ip));
}

void flow_parse(struct flow *f, uint16_t ethertype, const uint8_t *l3, uint32_t size)
{
	*f = (struct flow){ .ethertype = ethertype };
	if (ethertype == ETH_P_ARP_)
		parse_arp(f, l3, size);
	else if (ethertype == ETH_P_IP_)
		parse_ip4(f, l3, size);
}

static void format_ip4(struct buf *b, const struct flow *f)
{
	char src[IPADDR_STRLEN], dst[IPADDR_STRLEN];
	struct ipaddr from = ip4(f->src), to = ip4(f->dst);
	const char *name = ipt_protocol_name(f->protocol);

	if (name)
		buf_puts(b, name);
	else
		buf_printf(b, "protocol %u", f->protocol);
	ip_format(src, &from);
	ip_format(dst, &to);
	if (f->cut)
		buf_printf(b, " %s > %s, the rest not at hand", src, dst);
	else if (f->fragment)
		buf_printf(b, " fragment %s > %s", src, dst);
	else if (f->protocol == IPPROTO_TCP_ || f->protocol == IPPROTO_UDP_)
		buf_printf(b, " %s:%u > %s:%u", src, f->sport, dst, f->dport);
	else
		buf_printf(b, " %s > %s", src, dst);
	if (f->protocol == IPPROTO_ICMP_ && !f->fragment && !f->cut)
		buf_printf(b, " type %u/%u", f->dport >> 8, f->dport & 255);
	if (f->has_id)
		buf_printf(b, " id %u", f->sport);
}

void flow_format(struct buf *b, const struct flow *f)
{
	char src[IPADDR_STRLEN], dst[IPADDR_STRLEN];
	struct ipaddr from = ip4(f->src), to = ip4(f->dst);

	if (f->ethertype == ETH_P_IP_)
		format_ip4(b, f);
	else if (f->ethertype == ETH_P_ARP_)
		buf_printf(b, "arp %s %s > %s",
			f->sport == ARP_REQUEST ? "request"
			: f->sport == ARP_REPLY ? "reply"
						: "message",
			ip_format(src, &from), ip_format(dst, &to));
	else if (f->ethertype)
		buf_printf(b, "ethertype 0x%04x", f->ethertype);
}
