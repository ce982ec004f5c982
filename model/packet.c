/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets: the window over the bytes, checked views, and the pool they come from. */
#include "model/packet.h"

#include <stdlib.h>

uint8_t *packet_push(struct packet *p, uint32_t n)
{
	if (n > p->off)
		return NULL;
	p->off -= n;
	p->len += n;
	return packet_data(p);
}

uint8_t *packet_pull(struct packet *p, uint32_t n)
{
	if (n > p->len)
		return NULL;
	p->off += n;
	p->len -= n;
	return packet_data(p);
}

uint8_t *packet_append(struct packet *p, uint32_t n)
{
	uint8_t *end = packet_data(p) + p->len;

	if (n > p->cap - p->off - p->len)
		return NULL;
	p->len += n;
	return end;
}

void packet_reserve(struct packet *p, uint32_t n)
{
	uint32_t end = p->off + p->len;

	if (n <= p->cap - end)
		return;
	if (p->grown) {
		p->grown = xrealloc(p->grown, end + n);
	} else {
		p->grown = xmalloc(end + n);
		memcpy(p->grown, p->buf, end);
		p->own_cap = p->cap;
	}
	p->buf = p->grown;
	p->cap = end + n;
}

void packet_trim(struct packet *p, uint32_t len)
{
	if (len < p->len)
		p->len = len;
}

static struct packet *take(struct packet_pool *pool, uint32_t cap)
{
	struct packet *p = pool->free;

	pool->live++;
	if (cap <= PACKET_SMALL && p) {
		pool->free = p->next;
		return p;
	}
	if (cap < PACKET_SMALL)
		cap = PACKET_SMALL;
	p = xmalloc(sizeof(*p) + cap);
	p->buf = (uint8_t *)(p + 1);
	p->cap = cap;
	return p;
}

struct packet *packet_new(struct packet_pool *pool, uint32_t headroom, uint32_t size)
{
	struct packet *p = take(pool, headroom + size);

	*p = (struct packet){
		.buf = p->buf, .cap = p->cap, .off = headroom, .mac_off = -1, .net_off = -1, .trans_off = -1
	};
	return p;
}

struct packet *packet_clone(struct packet_pool *pool, const struct packet *p)
{
	struct packet *c = take(pool, p->off + p->len);
	uint8_t *buf = c->buf;
	uint32_t cap = c->cap;
	uint32_t from = p->mac_off >= 0 && (uint32_t)p->mac_off < p->off ? (uint32_t)p->mac_off : p->off;

	*c = *p;
	c->buf = buf;
	c->grown = NULL;
	c->cap = cap;
	c->next = NULL;
	c->id = 0;
	if (p->net_off >= 0 && (uint32_t)p->net_off < from)
		from = (uint32_t)p->net_off;
	memcpy(c->buf + from, p->buf + from, p->off + p->len - from);
	return c;
}

void packet_free(struct packet_pool *pool, struct packet *p)
{
	if (!pool->live)
		bug("packet freed that is not out");
	pool->live--;
	if (p->grown) {
		free(p->grown);
		p->grown = NULL;
		p->buf = (uint8_t *)(p + 1);
		p->cap = p->own_cap;
	}
	if (p->cap != PACKET_SMALL) {
		free(p);
		return;
	}
	p->next = pool->free;
	pool->free = p;
}

void packet_pool_release(struct packet_pool *pool)
{
	while (pool->free) {
		struct packet *p = pool->free;

		pool->free = p->next;
		free(p);
	}
}
