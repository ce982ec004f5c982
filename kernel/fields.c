/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames into fields: Ethernet, ARP, IPv4, ICMP with what it quotes, UDP, TCP with its options (RFC 791, 792, 768,
 * 826, 9293, 7323). A header that is cut short ends the parse: what is left is compared as bytes. */
#include "kernel/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/htab.h"
#include "model/wire.h"

#define STAMP_SIZE 16 /* struct timeval, as ping writes it in front of its pattern */

struct cursor {
	struct fields *out;
	const uint8_t *p;
	uint32_t left;
	const char *in;        /* prefix of names: "" or "quoted " */
	bool quoted;           /* inside of an ICMP error: may be cut short, checksums say little */
	bool cut;              /* by the capture: likewise */
	const uint8_t *joined; /* of a later fragment: what those before it have, and this one; or NULL */
	uint32_t joined_size;
};

static struct field *add(struct cursor *c, const char *name, enum field_class class, uint64_t v)
{
	struct field *f;

	if (c->out->n == FIELDS_MAX)
		return &c->out->f[FIELDS_MAX - 1];
	f = &c->out->f[c->out->n++];
	*f = (struct field){ .class = class, .v = v };
	snprintf(f->name, sizeof(f->name), "%s%s", c->in, name);
	return f;
}

static void add_bytes(struct cursor *c, const char *name, enum field_class class, uint64_t key, uint32_t size)
{
	struct field *f;

	if (!size)
		return;
	f = add(c, name, class, size);
	f->bytes = c->p;
	f->size = size;
	f->key = key;
	c->p += size;
	c->left -= size;
}

static void skip(struct cursor *c, uint32_t n)
{
	c->p += n;
	c->left -= n;
}

static uint64_t mac_number(const struct mac *m)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 6; i++)
		v = v << 8 | m->b[i];
	return v;
}

static void rest(struct cursor *c)
{
	add_bytes(c, "data", FC_BYTES, 0, c->left);
}

static void parse_arp(struct cursor *c)
{
	const struct arp_hdr *a = (const void *)c->p;

	if (c->left < sizeof(*a)) {
		rest(c);
		return;
	}
	add(c, "arp.hrd", FC_EXACT, get16(a->hrd));
	add(c, "arp.pro", FC_EXACT, get16(a->pro));
	add(c, "arp.op", FC_EXACT, get16(a->op));
	add(c, "arp.sha", FC_MAC, mac_number(&a->sha));
	add(c, "arp.sip", FC_EXACT, get32(a->sip));
	add(c, "arp.tha", FC_MAC, mac_number(&a->tha));
	add(c, "arp.tip", FC_EXACT, get32(a->tip));
	skip(c, sizeof(*a));
	rest(c);
}

static uint64_t port_key(const struct ip4_hdr *ip, bool source)
{
	return (uint64_t)ip->protocol << 32 | get32(source ? ip->saddr : ip->daddr);
}

/* Right; or only the pseudo-header's part, which the device (or nobody, on veth) would complete. */
static enum csum_state transport_csum(const struct ip4_hdr *ip, const uint8_t *p, uint32_t size, uint16_t check)
{
	uint32_t sum;
	uint8_t pseudo[4] = { 0, ip->protocol, (uint8_t)(size >> 8), (uint8_t)size };

	if (csum_pseudo4(ip, p, size) == 0)
		return CSUM_RIGHT;
	sum = csum_add(csum_add(0, &ip->saddr, 8), pseudo, sizeof(pseudo));
	sum = csum_fold(sum) ^ 0xffffu;
	return check == sum ? CSUM_PARTIAL : CSUM_WRONG;
}

static void add_csum(struct cursor *c, const char *name, enum csum_state state)
{
	add(c, name, FC_CSUM, c->quoted || c->cut ? CSUM_UNKNOWN : state);
}

static void parse_udp(struct cursor *c, const struct ip4_hdr *ip)
{
	const struct udp_hdr *u = (const void *)c->p;

	if (c->left < sizeof(*u)) {
		rest(c);
		return;
	}
	add(c, "udp.sport", FC_PORT, get16(u->sport))->key = port_key(ip, true);
	add(c, "udp.dport", FC_PORT, get16(u->dport))->key = port_key(ip, false);
	add(c, "udp.len", FC_EXACT, get16(u->len));
	add_csum(c, "udp.check", get16(u->check) ? transport_csum(ip, c->p, c->left, get16(u->check)) : CSUM_NONE);
	skip(c, sizeof(*u));
	rest(c);
}

static void parse_tcp_options(struct cursor *c, uint32_t size)
{
	const uint8_t *p = c->p, *end = c->p + size;

	while (p < end) {
		uint8_t kind = p[0], len = kind < 2 ? 1 : end - p > 1 ? p[1] : 0;

		if (!len || len > end - p || (kind > 1 && len < 2)) {
			add(c, "tcp.bad-option", FC_EXACT, kind);
			break;
		}
		add(c, "tcp.option", FC_EXACT, (uint64_t)kind << 8 | len);
		if (kind == 8 && len == 10) {
			add(c, "tcp.tsval", FC_FREE, get32(*(const be32 *)(p + 2)));
			add(c, "tcp.tsecr", FC_FREE, get32(*(const be32 *)(p + 6)));
		} else if (kind != 5) { /* blocks of SACK are sequence numbers: their number is in the length */
			for (unsigned i = 2; i < len; i++)
				add(c,
					kind == 2   ? "tcp.mss"
					: kind == 3 ? "tcp.wscale"
						    : "tcp.option-data",
					FC_EXACT, p[i]);
		}
		p += len;
	}
	skip(c, size);
}

static void parse_tcp(struct cursor *c, const struct ip4_hdr *ip)
{
	const struct tcp_hdr *t = (const void *)c->p;
	uint64_t forward = hash_mix(
		hash_mix(get32(ip->saddr), get32(ip->daddr)), (uint32_t)get16(t->sport) << 16 | get16(t->dport));
	uint32_t hlen;

	if (c->left < sizeof(*t)) {
		if (c->left >= 8) { /* what an ICMP error quotes at least */
			add(c, "tcp.sport", FC_PORT, get16(t->sport))->key = port_key(ip, true);
			add(c, "tcp.dport", FC_PORT, get16(t->dport))->key = port_key(ip, false);
			add(c, "tcp.seq", FC_SEQ, get32(t->seq))->key = forward;
			skip(c, 8);
		}
		rest(c);
		return;
	}
	hlen = (uint32_t)(t->doff >> 4) * 4;
	add(c, "tcp.sport", FC_PORT, get16(t->sport))->key = port_key(ip, true);
	add(c, "tcp.dport", FC_PORT, get16(t->dport))->key = port_key(ip, false);
	add(c, "tcp.flags", FC_EXACT, t->flags);
	if (t->flags & TCP_RST && !get32(t->seq))
		add(c, "tcp.seq", FC_EXACT, 0);
	else
		add(c, "tcp.seq", FC_SEQ, get32(t->seq))->key = forward;
	if (t->flags & TCP_ACK)
		add(c, "tcp.ack", FC_SEQ, get32(t->ack))->key = hash_mix(hash_mix(get32(ip->daddr), get32(ip->saddr)),
			(uint32_t)get16(t->dport) << 16 | get16(t->sport));
	else
		add(c, "tcp.ack", FC_EXACT, get32(t->ack));
	add(c, "tcp.hlen", FC_EXACT, hlen);
	add(c, "tcp.window", FC_EXACT, get16(t->window));
	add_csum(c, "tcp.check", transport_csum(ip, c->p, c->left, get16(t->check)));
	add(c, "tcp.urg", FC_EXACT, get16(t->urg));
	skip(c, sizeof(*t));
	if (hlen < sizeof(*t) || hlen - sizeof(*t) > c->left) {
		rest(c);
		return;
	}
	parse_tcp_options(c, hlen - (uint32_t)sizeof(*t));
	rest(c);
}

static void parse_ip(struct cursor *c);

static bool is_error(uint8_t type)
{
	return type == ICMP_UNREACH || type == ICMP_QUENCH || type == ICMP_REDIRECT_ || type == ICMP_TIMXCEED_ ||
	       type == ICMP_PARAM;
}

static void parse_icmp(struct cursor *c)
{
	const struct icmp_hdr *i = (const void *)c->p;

	if (c->left < sizeof(*i)) {
		rest(c);
		return;
	}
	add(c, "icmp.type", FC_EXACT, i->type);
	add(c, "icmp.code", FC_EXACT, i->code);
	add_csum(c, "icmp.check", csum_fold(csum_add(0, c->p, c->left)) ? CSUM_WRONG : CSUM_RIGHT);
	if (i->type == ICMP_ECHO_ || i->type == ICMP_ECHOREPLY_) {
		uint64_t key = (uint32_t)get16(i->id) << 16 | get16(i->seq);

		add(c, "icmp.id", FC_ICMP_ID, get16(i->id));
		add(c, "icmp.seq", FC_EXACT, get16(i->seq));
		skip(c, sizeof(*i));
		if (c->left >= STAMP_SIZE)
			add_bytes(c, "icmp.timestamp", FC_STAMP, key, STAMP_SIZE);
		else if (c->cut) /* a quotation that ends inside: as much as there is, a variable of its own */
			add_bytes(c, "icmp.timestamp", FC_STAMP, key | (uint64_t)c->left << 32, c->left);
		rest(c);
		return;
	}
	add(c, "icmp.unused", FC_EXACT, get16(i->id));
	add(c, i->type == ICMP_UNREACH ? "icmp.mtu" : "icmp.info", FC_EXACT, get16(i->seq));
	skip(c, sizeof(*i));
	if (is_error(i->type) && !c->quoted) {
		c->in = "quoted ";
		c->quoted = true;
		parse_ip(c);
	} else {
		rest(c);
	}
}

/* Within these an id is given once (ip_idents_reserve()), and ties fragments together; others may have it too. */
static uint64_t fragments_key(const struct ip4_hdr *ip)
{
	return ((uint64_t)get32(ip->saddr) << 32 | get32(ip->daddr)) + 257 * (uint64_t)ip->protocol + 1;
}

static void parse_ip(struct cursor *c)
{
	const struct ip4_hdr *ip = (const void *)c->p;
	uint32_t hlen, total;
	uint16_t frag;

	if (c->left < sizeof(*ip) || ip4_hlen(ip) < sizeof(*ip) || ip4_hlen(ip) > c->left) {
		rest(c);
		return;
	}
	hlen = ip4_hlen(ip);
	total = get16(ip->tot_len);
	frag = get16(ip->frag);
	add(c, "ip.version-ihl", FC_EXACT, ip->ver_ihl);
	add(c, "ip.tos", FC_EXACT, ip->tos);
	add(c, "ip.len", FC_EXACT, total);
	add(c, "ip.id", FC_IP_ID, get16(ip->id))->key = frag & (IP4_MF | IP4_OFFSET) ? fragments_key(ip) : 0;
	add(c, "ip.frag", FC_EXACT, frag);
	add(c, "ip.ttl", FC_EXACT, ip->ttl);
	add(c, "ip.protocol", FC_EXACT, ip->protocol);
	add(c, "ip.check", FC_CSUM, csum_fold(csum_add(0, ip, hlen)) ? CSUM_WRONG : CSUM_RIGHT);
	add(c, "ip.src", FC_EXACT, get32(ip->saddr));
	add(c, "ip.dst", FC_EXACT, get32(ip->daddr));
	skip(c, sizeof(*ip));
	add_bytes(c, "ip.options", FC_BYTES, 0, hlen - (uint32_t)sizeof(*ip));
	if (total >= hlen && total - hlen < c->left)
		c->left = total - hlen; /* what Ethernet padded */
	c->cut |= total >= hlen && total - hlen > c->left;
	if (frag & IP4_OFFSET && c->joined && !c->quoted) {
		c->p = c->joined;
		c->left = c->joined_size;
		c->cut = true;
	}
	if (frag & IP4_OFFSET && (!c->joined || c->quoted))
		rest(c);
	else if (ip->protocol == IPPROTO_ICMP_)
		parse_icmp(c);
	else if (ip->protocol == IPPROTO_UDP_)
		parse_udp(c, ip);
	else if (ip->protocol == IPPROTO_TCP_)
		parse_tcp(c, ip);
	else
		rest(c);
}

static void parse(struct cursor *start)
{
	struct cursor c = *start;
	const struct eth_hdr *e = (const void *)c.p;

	c.out->n = 0;
	if (c.left < sizeof(*e)) {
		rest(&c);
		return;
	}
	add(&c, "eth.dst", FC_MAC, mac_number(&e->dst));
	add(&c, "eth.src", FC_MAC, mac_number(&e->src));
	add(&c, "eth.type", FC_EXACT, get16(e->proto));
	skip(&c, sizeof(*e));
	if (get16(e->proto) == ETH_P_ARP_)
		parse_arp(&c);
	else if (get16(e->proto) == ETH_P_IP_)
		parse_ip(&c);
	else
		rest(&c);
}

void fields_parse(struct fields *out, const uint8_t *frame, uint32_t size)
{
	parse(&(struct cursor){ .out = out, .p = frame, .left = size, .in = "" });
}

void fields_parse_fragment(
	struct fields *out, const uint8_t *frame, uint32_t size, const uint8_t *joined, uint32_t joined_size)
{
	parse(&(struct cursor){
		.out = out, .p = frame, .left = size, .in = "", .joined = joined, .joined_size = joined_size });
}

static bool is_address(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && (!strcmp(name + n - 4, ".src") || !strcmp(name + n - 4, ".dst") ||
				!strcmp(name + n - 4, ".sip") || !strcmp(name + n - 4, ".tip"));
}

const char *field_format(char *buf, size_t size, const struct field *f)
{
	static const char *const csum[] = { "right", "only the pseudo-header's", "none", "wrong", "?" };
	char ip[IPADDR_STRLEN];

	if (f->class == FC_MAC) {
		snprintf(buf, size, "%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(f->v >> 40 & 255),
			(unsigned)(f->v >> 32 & 255), (unsigned)(f->v >> 24 & 255), (unsigned)(f->v >> 16 & 255),
			(unsigned)(f->v >> 8 & 255), (unsigned)(f->v & 255));
	} else if (f->class == FC_CSUM) {
		snprintf(buf, size, "%s", csum[f->v]);
	} else if (f->bytes) {
		size_t at = (size_t)snprintf(buf, size, "%u bytes:", f->size);

		for (uint32_t i = 0; i < f->size && i < 24 && at + 4 < size; i++)
			at += (size_t)snprintf(buf + at, size - at, " %02x", f->bytes[i]);
	} else if (is_address(f->name)) {
		struct ipaddr a = ip4((uint32_t)f->v);

		snprintf(buf, size, "%s", ip_format(ip, &a));
	} else if (strstr(f->name, "flags") || strstr(f->name, "frag") || strstr(f->name, "type") ||
		   strstr(f->name, "tos")) {
		snprintf(buf, size, "0x%" PRIx64, f->v);
	} else {
		snprintf(buf, size, "%" PRIu64, f->v);
	}
	return buf;
}
