/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as values: MAC, IP (with its family, so that IPv6 is a value and not a rebuild), prefix. */
#ifndef MODEL_ADDR_H
#define MODEL_ADDR_H

#include <string.h>

#include "model/base.h"

#define MAC_STRLEN 18    /* "xx:xx:xx:xx:xx:xx" and NUL */
#define IPADDR_STRLEN 46 /* the longest IPv6 text and NUL */
#define PREFIX_STRLEN (IPADDR_STRLEN + 4)

struct mac {
	uint8_t b[6];
};

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

struct ipaddr {
	uint8_t family; /* enum ip_family; IP_NONE = absent */
	union {
		uint32_t v4; /* host byte order */
		uint8_t v6[16];
	};
};

struct prefix {
	struct ipaddr addr;
	uint8_t len; /* bits */
};

static inline struct ipaddr ip4(uint32_t host_order)
{
	struct ipaddr a = { .family = IP_V4, .v6 = { 0 } };

	a.v4 = host_order;
	return a;
}
static inline bool ip_eq(const struct ipaddr *a, const struct ipaddr *b)
{
	if (a->family != b->family)
		return false;
	return a->family == IP_V6 ? !memcmp(a->v6, b->v6, 16) : a->family == IP_NONE || a->v4 == b->v4;
}
static inline bool mac_eq(const struct mac *a, const struct mac *b)
{
	return !memcmp(a->b, b->b, 6);
}
static inline bool mac_is_multicast(const struct mac *m)
{
	return m->b[0] & 1;
}
static inline bool mac_is_zero(const struct mac *m)
{
	return !(m->b[0] | m->b[1] | m->b[2] | m->b[3] | m->b[4] | m->b[5]);
}
static inline bool mac_is_broadcast(const struct mac *m)
{
	return (m->b[0] & m->b[1] & m->b[2] & m->b[3] & m->b[4] & m->b[5]) == 0xff;
}
/* The netmask of a prefix length 0..32, host byte order. */
static inline uint32_t ip4_mask(unsigned len)
{
	return len ? UINT32_MAX << (32 - len) : 0;
}
static inline bool ip4_is_multicast(uint32_t a)
{
	return (a >> 28) == 0xe;
}
static inline bool ip4_is_loopback(uint32_t a)
{
	return (a >> 24) == 127;
}
static inline bool ip4_is_zeronet(uint32_t a)
{
	return (a >> 24) == 0;
}

/* True when addr lies inside the prefix (same family). */
bool prefix_contains(const struct prefix *p, const struct ipaddr *addr);

/* Text to value and back. The parsers take the whole string: true, or false with *out untouched.
 * ip4_parse wants four decimal parts; ip_aton takes what inet_aton(3) takes (1 to 4 parts, octal, hex). */
bool mac_parse(struct mac *out, const char *s);
bool ip4_parse(struct ipaddr *out, const char *s);
bool ip_aton(struct ipaddr *out, const char *s);
/* The formatters return buf, which must hold at least the *_STRLEN above. */
const char *mac_format(char buf[MAC_STRLEN], const struct mac *m);
const char *ip_format(char buf[IPADDR_STRLEN], const struct ipaddr *a);
const char *prefix_format(char buf[PREFIX_STRLEN], const struct prefix *p); /* always with "/len" */

#endif
