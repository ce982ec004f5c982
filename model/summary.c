/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A frame in one line, as tcpdump -e -n -S has it but for the options of TCP: what does not fit is cut off, and a
 * header that is not wholly there says so in tcpdump's way, [|ip]. */
#include "model/summary.h"

#include <stdarg.h>
#include <stdio.h>

#include "model/wire.h"

struct line {
	char *out;
	size_t at;
};

static void put(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->out + l->at, SUMMARY_SIZE - l->at, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->at = l->at + (size_t)n < SUMMARY_SIZE ? l->at + (size_t)n : SUMMARY_SIZE - 1;
}

static void put_ip(struct line *l, be32 addr)
{
	put(l, "%u.%u.%u.%u", addr.b[0], addr.b[1], addr.b[2], addr.b[3]);
}

/* "A.port > B.port: "; port < 0: none */
static void put_ends(struct line *l, const struct ip4_hdr *ip, int sport, int dport)
{
	put_ip(l, ip->saddr);
	if (sport >= 0)
		put(l, ".%d", sport);
	put(l, " > ");
	put_ip(l, ip->daddr);
	if (dport >= 0)
		put(l, ".%d", dport);
	put(l, ": ");
}

/* ---- ARP ---- */

static void arp(struct line *l, const uint8_t *p, uint32_t size)
{
	const struct arp_hdr *a = (const void *)p;
	char mac[MAC_STRLEN];
	unsigned op;

	if (size < sizeof(*a)) {
		put(l, "[|arp]");
		return;
	}
	op = get16(a->op);
	if (op == ARP_REQUEST) {
		put(l, "Request who-has ");
		put_ip(l, a->tip);
		if (!mac_is_zero(&a->tha))
			put(l, " (%s)", mac_format(mac, &a->tha));
		put(l, " tell ");
		put_ip(l, a->sip);
	} else if (op == ARP_REPLY) {
		put(l, "Reply ");
		put_ip(l, a->sip);
		put(l, " is-at %s", mac_format(mac, &a->sha));
	} else {
		put(l, "ARP operation %u", op);
	}
	put(l, ", length %u", size);
}

/* ---- ICMP ---- */

/* What an error says of the packet that it quotes. */
static void unreachable(struct line *l, const struct icmp_hdr *h, const uint8_t *p, uint32_t size)
{
	static const char *const names[16] = { "net %s unreachable", "host %s unreachable", NULL, NULL, NULL,
		"%s unreachable - source route failed", "net %s unreachable - unknown", "host %s unreachable - unknown",
		"%s unreachable - source host isolated", "net %s unreachable - admin prohibited",
		"host %s unreachable - admin prohibited", "net %s unreachable - tos prohibited",
		"host %s unreachable - tos prohibited", "host %s unreachable - admin prohibited filter",
		"host %s unreachable - host precedence violation", "host %s unreachable - precedence cutoff" };
	const struct ip4_hdr *ip = (const void *)p;
	const struct udp_hdr *udp;
	char dst[IPADDR_STRLEN];
	struct ipaddr a;
	uint32_t hlen;

	if (size < sizeof(*ip)) {
		put(l, "unreachable %u [|icmp]", h->code);
		return;
	}
	a = ip4(get32(ip->daddr));
	ip_format(dst, &a);
	hlen = ip4_hlen(ip);
	udp = size >= hlen + sizeof(*udp) ? (const void *)(p + hlen) : NULL;
	if (h->code == 2)
		put(l, "%s protocol %u unreachable", dst, ip->protocol);
	else if (h->code == 3 && udp && (ip->protocol == IPPROTO_UDP_ || ip->protocol == IPPROTO_TCP_))
		put(l, "%s %s port %u unreachable", dst, ip->protocol == IPPROTO_UDP_ ? "udp" : "tcp",
			get16(udp->dport));
	else if (h->code == 3)
		put(l, "%s protocol %u port unreachable", dst, ip->protocol);
	else if (h->code == 4 && get16(h->seq))
		put(l, "%s unreachable - need to frag (mtu %u)", dst, get16(h->seq));
	else if (h->code == 4)
		put(l, "%s unreachable - need to frag", dst);
	else if (h->code < ARRAY_SIZE(names))
		put(l, names[h->code], dst);
	else
		put(l, "%s unreachable - #%u", dst, h->code);
}

static void redirect(struct line *l, const struct icmp_hdr *h, const uint8_t *p, uint32_t size)
{
	static const char *const what[] = { "net", "host", "tos-net", "tos-host" };
	const struct ip4_hdr *ip = (const void *)p;

	put(l, "redirect ");
	if (size >= sizeof(*ip))
		put_ip(l, ip->daddr);
	put(l, " to %s %u.%u.%u.%u", h->code < ARRAY_SIZE(what) ? what[h->code] : "?", h->id.b[0], h->id.b[1],
		h->seq.b[0], h->seq.b[1]);
}

static void icmp(struct line *l, const struct ip4_hdr *ip, const uint8_t *p, uint32_t size)
{
	const struct icmp_hdr *h = (const void *)p;

	put_ends(l, ip, -1, -1);
	if (size < sizeof(*h)) {
		put(l, "[|icmp]");
		return;
	}
	put(l, "ICMP ");
	if (h->type == ICMP_ECHO_ || h->type == ICMP_ECHOREPLY_)
		put(l, "echo %s, id %u, seq %u", h->type == ICMP_ECHO_ ? "request" : "reply", get16(h->id),
			get16(h->seq));
	else if (h->type == ICMP_UNREACH)
		unreachable(l, h, p + sizeof(*h), size - sizeof(*h));
	else if (h->type == ICMP_TIMXCEED_ && h->code < 2)
		put(l, "%s", h->code ? "ip reassembly time exceeded" : "time exceeded in-transit");
	else if (h->type == ICMP_REDIRECT_)
		redirect(l, h, p + sizeof(*h), size - sizeof(*h));
	else if (h->type == ICMP_QUENCH)
		put(l, "source quench");
	else if (h->type == ICMP_PARAM)
		put(l, "parameter problem - octet %u", h->id.b[0]);
	else
		put(l, "type-#%u", h->type);
	put(l, ", length %u", size);
}

/* ---- UDP, TCP ---- */

static void udp(struct line *l, const struct ip4_hdr *ip, const uint8_t *p, uint32_t size)
{
	const struct udp_hdr *h = (const void *)p;

	if (size < sizeof(*h)) {
		put_ends(l, ip, -1, -1);
		put(l, "[|udp]");
		return;
	}
	put_ends(l, ip, get16(h->sport), get16(h->dport));
	put(l, "UDP, length %u", size - (uint32_t)sizeof(*h));
}

static void tcp(struct line *l, const struct ip4_hdr *ip, const uint8_t *p, uint32_t size)
{
	static const struct {
		uint8_t flag;
		char letter;
	} letters[] = { { TCP_FIN, 'F' }, { TCP_SYN, 'S' }, { TCP_RST, 'R' }, { TCP_PSH, 'P' }, { TCP_ACK, '.' },
		{ TCP_URG, 'U' }, { TCP_ECE, 'E' }, { TCP_CWR, 'W' } };
	const struct tcp_hdr *h = (const void *)p;
	uint32_t hlen, seq, length;

	if (size < sizeof(*h)) {
		put_ends(l, ip, -1, -1);
		put(l, "[|tcp]");
		return;
	}
	put_ends(l, ip, get16(h->sport), get16(h->dport));
	hlen = (uint32_t)(h->doff >> 4) * 4;
	length = hlen <= size ? size - hlen : 0;
	seq = get32(h->seq);
	put(l, "Flags [");
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (h->flags & letters[i].flag)
			put(l, "%c", letters[i].letter);
	if (!h->flags)
		put(l, "none");
	put(l, "]");
	if (length)
		put(l, ", seq %u:%u", seq, seq + length);
	else if (h->flags & (TCP_SYN | TCP_FIN | TCP_RST))
		put(l, ", seq %u", seq);
	if (h->flags & TCP_ACK)
		put(l, ", ack %u", get32(h->ack));
	put(l, ", win %u, length %u", get16(h->window), length);
}

/* ---- IP ---- */

static void ipv4(struct line *l, const uint8_t *p, uint32_t size)
{
	const struct ip4_hdr *ip = (const void *)p;
	uint32_t hlen, total;

	if (size < sizeof(*ip) || ip4_hlen(ip) < sizeof(*ip) || ip4_hlen(ip) > size) {
		put(l, "[|ip]");
		return;
	}
	hlen = ip4_hlen(ip);
	total = get16(ip->tot_len);
	size = total >= hlen && total < size ? total : size;
	p += hlen;
	size -= hlen;
	if (get16(ip->frag) & IP4_OFFSET) {
		put_ends(l, ip, -1, -1);
		if (ip->protocol == IPPROTO_UDP_ || ip->protocol == IPPROTO_TCP_)
			put(l, ip->protocol == IPPROTO_UDP_ ? "udp" : "tcp");
		else
			put(l, "ip-proto-%u", ip->protocol);
		return;
	}
	if (ip->protocol == IPPROTO_ICMP_) {
		icmp(l, ip, p, size);
	} else if (ip->protocol == IPPROTO_UDP_) {
		udp(l, ip, p, size);
	} else if (ip->protocol == IPPROTO_TCP_) {
		tcp(l, ip, p, size);
	} else {
		put_ends(l, ip, -1, -1);
		if (ip->protocol == IPPROTO_IGMP_)
			put(l, "igmp, length %u", size);
		else
			put(l, "ip-proto-%u %u", ip->protocol, size);
	}
}

static const char *type_name(unsigned type)
{
	switch (type) {
	case ETH_P_IP_:
		return "IPv4";
	case ETH_P_ARP_:
		return "ARP";
	case ETH_P_IPV6_:
		return "IPv6";
	case ETH_P_8021Q_:
		return "802.1Q";
	default:
		return "Unknown";
	}
}

static void network(struct line *l, unsigned type, const uint8_t *p, uint32_t size)
{
	if (type == ETH_P_ARP_)
		arp(l, p, size);
	else if (type == ETH_P_IP_)
		ipv4(l, p, size);
	else
		put(l, "%u bytes", size);
}

const char *frame_summary(char out[SUMMARY_SIZE], const uint8_t *frame, uint32_t size)
{
	const struct eth_hdr *eth = (const void *)frame;
	struct line l = { .out = out };
	char src[MAC_STRLEN], dst[MAC_STRLEN];
	unsigned type;

	out[0] = 0;
	if (size < sizeof(*eth)) {
		put(&l, "[|ether]");
		return out;
	}
	type = get16(eth->proto);
	put(&l, "%s > %s, ", mac_format(src, &eth->src), mac_format(dst, &eth->dst));
	if (type < 0x0600)
		put(&l, "802.3, length %u: ", type);
	else
		put(&l, "ethertype %s (0x%04x), length %u: ", type_name(type), type, size);
	network(&l, type, frame + sizeof(*eth), size - (uint32_t)sizeof(*eth));
	return out;
}

const char *frame_brief(char out[SUMMARY_SIZE], const uint8_t *frame, uint32_t size)
{
	const struct eth_hdr *eth = (const void *)frame;
	struct line l = { .out = out };
	unsigned type = size < sizeof(*eth) ? 0 : get16(eth->proto);

	if (type != ETH_P_ARP_ && type != ETH_P_IP_)
		return frame_summary(out, frame, size);
	out[0] = 0;
	put(&l, type == ETH_P_ARP_ ? "ARP, " : "");
	network(&l, type, frame + sizeof(*eth), size - (uint32_t)sizeof(*eth));
	return out;
}
