/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses: text to value and back. */
#include "model/addr.h"

#include <stdio.h>
#include <stdlib.h>

bool prefix_contains(const struct prefix *p, const struct ipaddr *addr)
{
	unsigned bytes = p->len / 8, bits = p->len % 8;

	if (p->addr.family != addr->family || addr->family == IP_NONE)
		return false;
	if (addr->family == IP_V4)
		return !((p->addr.v4 ^ addr->v4) & ip4_mask(p->len));
	if (memcmp(p->addr.v6, addr->v6, bytes))
		return false;
	return !bits || !((p->addr.v6[bytes] ^ addr->v6[bytes]) & (0xff00 >> bits & 0xff));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Six parts of one or two hex digits, as iproute2's ll_addr_a2n() reads them. */
bool mac_parse(struct mac *out, const char *s)
{
	struct mac m;

	for (int i = 0; i < 6; i++) {
		int hi = hex_digit(*s), lo;

		if (hi < 0)
			return false;
		lo = hex_digit(s[1]);
		m.b[i] = (uint8_t)(lo < 0 ? hi : hi << 4 | lo);
		s += lo < 0 ? 1 : 2;
		if (*s != (i < 5 ? ':' : '\0'))
			return false;
		s++;
	}
	*out = m;
	return true;
}

bool ip4_parse(struct ipaddr *out, const char *s)
{
	uint32_t a = 0;

	for (int i = 0; i < 4; i++) {
		unsigned v = 0, digits = 0;

		while (*s >= '0' && *s <= '9' && digits < 4) {
			v = v * 10 + (unsigned)(*s++ - '0');
			digits++;
		}
		if (!digits || digits > 3 || v > 255 || *s != (i < 3 ? '.' : '\0'))
			return false;
		s++;
		a = a << 8 | v;
	}
	*out = ip4(a);
	return true;
}

bool ip_aton(struct ipaddr *out, const char *s)
{
	uint32_t part[4];
	unsigned n = 0;

	for (;;) {
		char *end;
		unsigned long long v;

		if (*s < '0' || *s > '9' || n == 4)
			return false;
		v = strtoull(s, &end, 0);
		if (v > UINT32_MAX)
			return false;
		part[n++] = (uint32_t)v;
		if (!*end)
			break;
		if (*end != '.')
			return false;
		s = end + 1;
	}
	for (unsigned i = 0; i + 1 < n; i++)
		if (part[i] > 255)
			return false;
	if (n > 1 && part[n - 1] >> (8 * (5 - n)))
		return false;
	*out = ip4(part[n - 1]);
	for (unsigned i = 0; i + 1 < n; i++)
		out->v4 |= part[i] << (24 - 8 * i);
	return true;
}

const char *mac_format(char buf[MAC_STRLEN], const struct mac *m)
{
	snprintf(
		buf, MAC_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x", m->b[0], m->b[1], m->b[2], m->b[3], m->b[4], m->b[5]);
	return buf;
}

/* RFC 5952: the longest run of two or more zero groups becomes "::". */
static void ip6_format(char *buf, const uint8_t *b)
{
	int best = -1, best_len = 1, at = 0;

	for (int i = 0; i < 8; i++) {
		int len = 0;

		while (i + len < 8 && !b[2 * (i + len)] && !b[2 * (i + len) + 1])
			len++;
		if (len > best_len) {
			best = i;
			best_len = len;
		}
	}
	buf[0] = 0;
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			at += snprintf(buf + at, (size_t)(IPADDR_STRLEN - at), "::");
			i += best_len - 1;
			continue;
		}
		at += snprintf(buf + at, (size_t)(IPADDR_STRLEN - at), "%s%x", i && i != best + best_len ? ":" : "",
			b[2 * i] << 8 | b[2 * i + 1]);
	}
}

const char *ip_format(char buf[IPADDR_STRLEN], const struct ipaddr *a)
{
	buf[0] = 0;
	if (a->family == IP_V4)
		snprintf(buf, IPADDR_STRLEN, "%u.%u.%u.%u", a->v4 >> 24, a->v4 >> 16 & 255, a->v4 >> 8 & 255,
			a->v4 & 255);
	else if (a->family == IP_V6)
		ip6_format(buf, a->v6);
	return buf;
}

const char *prefix_format(char buf[PREFIX_STRLEN], const struct prefix *p)
{
	ip_format(buf, &p->addr);
	snprintf(buf + strlen(buf), 5, "/%u", p->len);
	return buf;
}
