/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum, RFC 1071, and its incremental update, RFC 1624. */
#include "model/wire.h"

/* Eight bytes at a time in the machine's own order; the sum of swapped words is the swapped sum (RFC 1071, 2B). */
uint32_t csum_add(uint32_t sum, const void *p, size_t size)
{
	const uint8_t *b = p;
	uint64_t s = 0, v;
	uint8_t word[2];
	uint32_t half;

	for (; size >= sizeof(v); size -= sizeof(v), b += sizeof(v)) {
		memcpy(&v, b, sizeof(v));
		s += (v & UINT32_MAX) + (v >> 32);
	}
	if (size >= sizeof(half)) {
		memcpy(&half, b, sizeof(half));
		s += half;
		b += sizeof(half);
		size -= sizeof(half);
	}
	half = 0;
	for (uint8_t *to = (uint8_t *)&half; size; size--)
		*to++ = *b++;
	s += half;
	s = (s & UINT32_MAX) + (s >> 32);
	s = (s & 0xffff) + (s >> 16 & 0xffff) + (s >> 32);
	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	memcpy(word, &(uint16_t){ (uint16_t)s }, sizeof(word));
	s = (uint64_t)sum + (uint32_t)(word[0] << 8 | word[1]);
	return (uint32_t)((s & UINT32_MAX) + (s >> 32));
}

uint16_t csum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t csum_ip4(const struct ip4_hdr *h)
{
	uint32_t sum = csum_add(0, h, ip4_hlen(h));
	uint32_t old = get16(h->check);

	/* take the check field out of the sum again (one's complement subtraction) */
	sum = csum_add(sum, (const uint8_t[]){ (uint8_t)(~old >> 8), (uint8_t)~old }, 2);
	return csum_fold(sum);
}

uint16_t csum_pseudo4(const struct ip4_hdr *h, const void *segment, size_t size)
{
	uint32_t sum = csum_add(0, &h->saddr, 8);

	sum = csum_add(sum, (const uint8_t[]){ 0, h->protocol, (uint8_t)(size >> 8), (uint8_t)size }, 4);
	return csum_fold(csum_add(sum, segment, size));
}

uint16_t csum_replace2(uint16_t check, uint16_t from, uint16_t to)
{
	uint32_t sum = (uint16_t)~check + (uint32_t)(uint16_t)~from + to;

	return csum_fold(sum);
}

uint16_t csum_replace4(uint16_t check, uint32_t from, uint32_t to)
{
	return csum_replace2(
		csum_replace2(check, (uint16_t)(from >> 16), (uint16_t)(to >> 16)), (uint16_t)from, (uint16_t)to);
}
