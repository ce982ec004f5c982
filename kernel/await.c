/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Frames are counted by what they look like: device, direction, and those parts of the headers
 * that the kernel does not choose. Of each look the model has had so many at a command, and so many were captured. The
 * replay waits while any look is behind: a frame too many of one kind (an acknowledgement that came early, a neighbour
 * probe, IGMP) is never taken for one of another kind that is still under way. What never comes is given up once. */
#include "kernel/await.h"

#include <stdlib.h>
#include <string.h>

#include "model/htab.h"
#include "model/wire.h"

struct look {
	struct hnode by_hash;
	uint64_t hash;
	uint32_t want, got, missing; /* missing: given up */
	struct look *next;           /* all of them */
};
struct await {
	struct htab looks;
	struct look *first;
	struct look **expected; /* of the model's frames, in their order */
	uint32_t *end;          /* of each command: how many of them until then */
	uint32_t commands, asked, taken;
	uint32_t behind; /* how many frames are waited for */
};

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

static uint64_t mix_string(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = mix(h, (uint8_t)*s);
	return mix(h, 256);
}

static uint64_t mix_ip(uint64_t h, const uint8_t *data, uint32_t size)
{
	const struct ip4_hdr *ip = (const void *)data;
	uint32_t head;

	if (size < sizeof(*ip))
		return mix(h, size);
	head = ip4_hlen(ip);
	h = mix(h, (uint64_t)get32(ip->saddr) << 32 | get32(ip->daddr));
	h = mix(h, (uint64_t)ip->protocol << 32 | (uint32_t)get16(ip->tot_len) << 16 | get16(ip->frag));
	if (get16(ip->frag) & IP4_OFFSET)
		return h;
	if (ip->protocol == IPPROTO_TCP_ && size >= head + sizeof(struct tcp_hdr))
		h = mix(h, ((const struct tcp_hdr *)(const void *)(data + head))->flags);
	if (ip->protocol == IPPROTO_ICMP_ && size >= head + 2)
		h = mix(h, (uint64_t)data[head] << 8 | data[head + 1]);
	return h;
}

static uint64_t look_of(const char *ns, const char *dev, bool out, const uint8_t *data, uint32_t size)
{
	const struct eth_hdr *eth = (const void *)data;
	const struct arp_hdr *arp = (const void *)(data + sizeof(*eth));
	uint64_t h = mix(mix_string(mix_string(1, ns), dev), out);

	if (size < sizeof(*eth))
		return mix(h, size);
	h = mix(h, get16(eth->proto));
	if (get16(eth->proto) == ETH_P_IP_)
		return mix_ip(h, data + sizeof(*eth), size - (uint32_t)sizeof(*eth));
	if (get16(eth->proto) == ETH_P_ARP_ && size >= sizeof(*eth) + sizeof(*arp))
		return mix(mix(h, get16(arp->op)), (uint64_t)get32(arp->sip) << 32 | get32(arp->tip));
	return mix(h, size);
}

static struct look *look_get(struct await *a, uint64_t hash)
{
	struct look *l;

	for (struct hnode *n = htab_first(&a->looks, (uint32_t)hash); n; n = htab_next(n)) {
		l = container_of(n, struct look, by_hash);
		if (l->hash == hash)
			return l;
	}
	l = xcalloc(1, sizeof(*l));
	l->hash = hash;
	l->next = a->first;
	a->first = l;
	htab_add(&a->looks, &l->by_hash, (uint32_t)hash);
	return l;
}

static bool captured(const struct event *e)
{
	return e->command && event_is_captured(e);
}

struct await *await_new(const struct run *run)
{
	struct await *a = xcalloc(1, sizeof(*a));
	uint32_t at = 0,
		 n = 0; /* at: the command that the shell was at: one in the background sends during others too */

	a->commands = run->n;
	a->end = xcalloc(run->n + 1, sizeof(*a->end));
	for (uint64_t seq = 1; seq <= trace_events(run->trace); seq++) {
		struct event e;

		for (; at < run->n && run->cmd[at].events < seq; at++)
			a->end[at] = n;
		trace_get(run->trace, seq, &e);
		if (!captured(&e) || at == run->n)
			continue;
		if (!(n & (n - 1)))
			a->expected = xrealloc(a->expected, (n ? 2 * n : 1) * sizeof(struct look *));
		a->expected[n++] = look_get(
			a, look_of(e.ns, e.dev, !strcmp(e.val[0].str, "out"), e.val[2].bytes.p, e.val[2].bytes.len));
	}
	for (; at < run->n; at++)
		a->end[at] = n;
	return a;
}

void await_free(struct await *a)
{
	if (!a)
		return;
	while (a->first) {
		struct look *l = a->first;

		a->first = l->next;
		free(l);
	}
	htab_release(&a->looks);
	free(a->expected);
	free(a->end);
	free(a);
}

static bool lacks(const struct look *l)
{
	return l->got + l->missing < l->want;
}

void await_command(struct await *a, uint32_t command)
{
	if (command >= a->commands)
		return;
	for (; a->asked < a->end[command]; a->asked++) {
		struct look *l = a->expected[a->asked];

		l->want++;
		a->behind += lacks(l);
	}
}

void await_take(struct await *a, const struct frames *captured_frames)
{
	for (; a->taken < captured_frames->n; a->taken++) {
		const struct frame *f = &captured_frames->v[a->taken];
		struct look *l = look_get(a, look_of(f->ns, f->dev, f->dir == DIR_OUT, f->data, f->size));

		a->behind -= lacks(l);
		l->got++;
	}
}

bool await_done(const struct await *a)
{
	return !a->behind;
}

void await_give_up(struct await *a)
{
	for (struct look *l = a->first; l && a->behind; l = l->next)
		if (lacks(l)) {
			a->behind -= l->want - l->got - l->missing;
			l->missing = l->want - l->got;
		}
}
