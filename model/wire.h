/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers as they are on the wire: the only place with network byte order. Multi-byte fields are big-endian
 * integers of a type of their own (be16, be32), so that the compiler notices a forgotten conversion. */
#ifndef MODEL_WIRE_H
#define MODEL_WIRE_H

#include "model/addr.h"

typedef struct {
	uint8_t b[2];
} be16;
typedef struct {
	uint8_t b[4];
} be32;

static inline uint16_t get16(be16 v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}
static inline uint32_t get32(be32 v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 | (uint32_t)v.b[2] << 8 | v.b[3];
}
static inline be16 put16(unsigned v)
{
	return (be16){ { (uint8_t)(v >> 8), (uint8_t)v } };
}
static inline be32 put32(uint32_t v)
{
	return (be32){ { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v } };
}

#define ETH_HLEN 14
#define ETH_P_IP_ 0x0800
#define ETH_P_ARP_ 0x0806
#define ETH_P_8021Q_ 0x8100
#define ETH_P_IPV6_ 0x86dd

struct eth_hdr {
	struct mac dst, src;
	be16 proto;
};

struct arp_hdr { /* Ethernet and IPv4, RFC 826 */
	be16 hrd, pro;
	uint8_t hln, pln;
	be16 op;
	struct mac sha;
	be32 sip;
	struct mac tha;
	be32 tip;
};
enum { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct ip4_hdr { /* RFC 791 */
	uint8_t ver_ihl, tos;
	be16 tot_len, id, frag;
	uint8_t ttl, protocol;
	be16 check;
	be32 saddr, daddr;
};
#define IP4_MIN_MTU 68 /* the least that IP takes: inetdev_valid_mtu() */
#define IP4_DF 0x4000
#define IP4_MF 0x2000
#define IP4_OFFSET 0x1fff
static inline uint32_t ip4_hlen(const struct ip4_hdr *h)
{
	return (uint32_t)(h->ver_ihl & 15) * 4;
}
enum { IPPROTO_ICMP_ = 1, IPPROTO_IGMP_ = 2, IPPROTO_TCP_ = 6, IPPROTO_UDP_ = 17 };

struct icmp_hdr { /* RFC 792 */
	uint8_t type, code;
	be16 check;
	be16 id, seq; /* of an echo; of 3/4: id unused, seq = MTU (RFC 1191); of 5: both = the gateway */
};
enum {
	ICMP_ECHOREPLY_ = 0,
	ICMP_UNREACH = 3,
	ICMP_QUENCH = 4,
	ICMP_REDIRECT_ = 5,
	ICMP_ECHO_ = 8,
	ICMP_TIMXCEED_ = 11,
	ICMP_PARAM = 12
};

struct udp_hdr { /* RFC 768 */
	be16 sport, dport, len, check;
};

struct tcp_hdr { /* RFC 9293 */
	be16 sport, dport;
	be32 seq, ack;
	uint8_t doff; /* upper four bits, in words */
	uint8_t flags;
	be16 window, check, urg;
};
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_ECE = 64, TCP_CWR = 128 };

/* The Internet checksum (RFC 1071). csum_add sums into a running value; csum_fold ends it. The result is in
 * host order: store it with put16(). */
uint32_t csum_add(uint32_t sum, const void *p, size_t size);
uint16_t csum_fold(uint32_t sum);
uint16_t csum_ip4(const struct ip4_hdr *h); /* of the header, its check field taken as zero */
/* Of a transport segment of `size` bytes with the IPv4 pseudo-header. The check field is summed as it is. */
uint16_t csum_pseudo4(const struct ip4_hdr *h, const void *segment, size_t size);
/* RFC 1624: check after a 16-bit (32-bit) word changed from `from` to `to`. */
uint16_t csum_replace2(uint16_t check, uint16_t from, uint16_t to);
uint16_t csum_replace4(uint16_t check, uint32_t from, uint32_t to);

#endif
