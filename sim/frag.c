/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments: cutting (net/ipv4/ip_output.c) and putting together (net/ipv4/ip_fragment.c, inet_fragment.c).
 *
 * Theory of operation. A datagram that is too large ends here and its pieces are packets caused by it. In the kernel
 * one that is made here (__ip_append_data()), or was put together for conntrack, is in pieces all the way (frag_list):
 * these are then sent as they are, and when one can't be, those behind it are what is dropped, not the whole. Fragments
 * that arrive wait in a queue by source, destination, id, protocol and who asks (local delivery and conntrack have
 * queues of their own), sorted by offset. The one that makes the datagram whole becomes it; the others are merged.
 * What overlaps kills the queue, an exact repetition is dropped, and after 30 s all is dropped, with ICMP 11/1
 * when the first fragment had come. The limits on memory (ipfrag_high_thresh) and disorder (ipfrag_max_dist) are
 * not modelled, nor are IP options. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/ip_state.h"
#include "sim/jiffies.h"

#define FRAG_TIME (30 * NSEC_PER_SEC) /* net.ipv4.ipfrag_time */

/* ---- cutting ---- */
/* ip_copy_metadata() */
static void copy_metadata(struct packet *to, const struct packet *from)
{
	to->pkt_type = from->pkt_type;
	to->priority = from->priority;
	to->protocol = from->protocol;
	to->iif = from->iif;
	to->dst = from->dst;
	to->dev = from->dev;
	to->mark = from->mark;
	to->local = from->local;
	to->forwarded = from->forwarded;
	to->confirm_neigh = from->confirm_neigh;
	to->hops = from->hops;
	to->sock = from->sock;
	to->nfb = from->nfb;
	to->untracked = from->untracked;
	to->ct_info = from->ct_info;
	to->ct = from->ct;
	if (to->ct)
		ct_get(to->ct);
}

/* ip_frag_next(): the piece of len bytes of data from `from` on. */
static struct packet *piece(struct sim *s, const struct packet *p, uint32_t hlen, uint32_t from, uint32_t len)
{
	const struct ip4_hdr *h = packet_ip4(p);
	uint32_t at = (get16(h->frag) & IP4_OFFSET) * 8 + from;
	bool more = hlen + from + len < p->len || (get16(h->frag) & IP4_MF);
	struct packet *q = sim_packet(s, hlen + len);
	uint8_t *b = packet_append(q, hlen + len);
	struct ip4_hdr *qh;

	memcpy(b, packet_data(p), hlen);
	memcpy(b + hlen, packet_data(p) + hlen + from, len);
	packet_set_network(q);
	packet_set_transport(q, hlen);
	copy_metadata(q, p);
	qh = packet_ip4(q);
	qh->frag = put16(at / 8 | (p->frag_df ? IP4_DF : 0) | (more ? IP4_MF : 0));
	qh->tot_len = put16(hlen + len);
	qh->check = put16(csum_ip4(qh));
	return q;
}

/* What ip_do_fragment() asks of the pieces before it takes them as they are: that they fit. */
static bool in_pieces(const struct packet *p, uint32_t hlen, uint32_t mtu)
{
	return p->frag_list >= hlen + 8 && ((p->frag_list - hlen) & ~7U) <= mtu - hlen;
}

/* A piece behind one that could not be sent (kfree_skb_list()). Of those made here only the next one has got its header
 * already; those that came as fragments have still the one that they came with. */
static void drop_piece(struct sim *s, struct packet *q, bool header)
{
	if (!header)
		q->net_off = -1;
	sim_drop(s, q, DROP_NOT_SPECIFIED, ST_IP_DO_FRAGMENT, "the fragment before it could not be sent", 0);
}

int ip_do_fragment(struct sim *s, struct packet *p, uint32_t mtu, int (*output)(struct sim *s, struct packet *p))
{
	uint32_t hlen = ip4_hlen(packet_ip4(p)), len, cause = s->cause;
	unsigned unsent = 0;
	bool pieces;
	int err = 0;

	if (p->frag_max_size && p->frag_max_size < mtu)
		mtu = p->frag_max_size;
	if (mtu < hlen + 8)
		return sim_drop(s, p, DROP_PKT_TOO_BIG, ST_IP_DO_FRAGMENT, "the MTU leaves no room for data", -EINVAL);
	pieces = in_pieces(p, hlen, mtu);
	if (pieces)
		mtu = p->frag_list;
	s->cause = p->id;
	for (uint32_t from = 0; (pieces || !err) && hlen + from < p->len; from += len) {
		len = p->len - hlen - from;
		if (len > mtu - hlen)
			len = (mtu - hlen) & ~7U;
		if (!err)
			err = output(s, piece(s, p, hlen, from, len));
		else
			drop_piece(s, piece(s, p, hlen, from, len), !unsent++ || !p->local);
	}
	s->cause = cause;
	if (err && !pieces)
		return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_DO_FRAGMENT, "a fragment could not be sent", err);
	sim_absorb(s, p, ST_IP_DO_FRAGMENT, "cut into fragments");
	return err;
}

/* ---- putting together ---- */
struct ip_frag_queue { /* struct ipq */
	struct hnode by_key;
	struct list node; /* state->frags */
	struct timer timer;
	struct ns *ns;
	uint32_t saddr, daddr;
	uint16_t id;
	uint8_t protocol, user;
	struct packet *first; /* by offset; the window is the fragment with its header */
	uint32_t len, meat;   /* of the datagram as far as known; received of it */
	bool first_in, last_in;
	uint16_t max_size, max_df_size;
	int ifindex; /* of the device of the last one */
};

static uint32_t frag_offset(const struct packet *p)
{
	return (get16(packet_ip4(p)->frag) & IP4_OFFSET) * 8U;
}

static uint32_t frag_size(const struct packet *p)
{
	return p->len - ip4_hlen(packet_ip4(p));
}

static uint32_t key_hash(uint32_t saddr, uint32_t daddr, uint16_t id, uint8_t protocol, uint8_t user)
{
	return hash_mix(hash_mix(hash_mix(saddr, daddr), id), (uint32_t)protocol << 8 | user);
}

/* inet_frag_kill() and the end of the queue; its fragments must be gone. */
static void queue_free(struct ip_frag_queue *q)
{
	timer_cancel(&q->ns->net->timers, &q->timer);
	htab_del(&q->ns->ip->frag_hash, &q->by_key);
	list_del(&q->node);
	free(q);
}

static void queue_drop(struct sim *s, struct ip_frag_queue *q, enum drop why)
{
	struct dev *dev = dev_find_index(q->ns, q->ifindex); /* that of the fragments may be gone */

	while (q->first) {
		struct packet *p = q->first;

		q->first = p->next;
		p->next = NULL;
		p->dev = dev ? dev : q->ns->lo;
		sim_drop(s, p, why, ST_IP_DEFRAG, NULL, 0);
	}
	queue_free(q);
}

void ip_frags_free(struct sim *s, struct ip_state *ip)
{
	list_for_each_safe (q, &ip->frags, struct ip_frag_queue, node)
		queue_drop(s, q, DROP_QUEUE_PURGE);
}

/* ip_expire() */
static void frag_expire(void *ctx, struct timer *t)
{
	struct ip_frag_queue *q = container_of(t, struct ip_frag_queue, timer);
	struct sim *s = ctx;
	struct packet *head = q->first_in ? q->first : NULL;
	struct dev *dev = dev_find_index(q->ns, q->ifindex);
	enum drop why = DROP_FRAG_REASM;

	if (head && dev) {
		const struct ip4_hdr *h = packet_ip4(head);

		head->dev = dev;
		if (!ip_route_input(s, head, get32(h->daddr), get32(h->saddr), h->tos, dev, &why) &&
			(q->user == IP_DEFRAG_LOCAL_DELIVER || q->user == IP_DEFRAG_CONNTRACK_OUT ||
				head->dst.type == RTN_LOCAL_))
			icmp_send(s, head, ICMP_TIMXCEED_, 1, 0);
	}
	queue_drop(s, q, DROP_FRAG_REASM);
}

/* ip_find() */
static struct ip_frag_queue *queue_get(struct sim *s, struct ns *ns, const struct ip4_hdr *h, uint8_t user)
{
	uint32_t saddr = get32(h->saddr), daddr = get32(h->daddr);
	uint32_t hash = key_hash(saddr, daddr, get16(h->id), h->protocol, user);
	struct ip_state *ip = ip_state(ns);
	struct ip_frag_queue *q;

	for (struct hnode *n = htab_first(&ip->frag_hash, hash); n; n = htab_next(n)) {
		q = container_of(n, struct ip_frag_queue, by_key);
		if (q->saddr == saddr && q->daddr == daddr && q->id == get16(h->id) && q->protocol == h->protocol &&
			q->user == user)
			return q;
	}
	q = xcalloc(1, sizeof(*q));
	*q = (struct ip_frag_queue){ .ns = ns,
		.saddr = saddr,
		.daddr = daddr,
		.id = get16(h->id),
		.protocol = h->protocol,
		.user = user,
		.timer = { .fn = frag_expire } };
	htab_add(&ip->frag_hash, &q->by_key, hash);
	list_add_tail(&ip->frags, &q->node);
	jiffies_timer(s, &q->timer, jiffies_now(s) + FRAG_TIME);
	return q;
}

/* inet_frag_queue_insert(): 0, or IPFRAG_DUP (1), IPFRAG_OVERLAP (2). */
static int queue_insert(struct ip_frag_queue *q, struct packet *p)
{
	uint32_t from = frag_offset(p), end = from + frag_size(p);
	struct packet **at = &q->first;

	while (*at && frag_offset(*at) + frag_size(*at) <= from)
		at = &(*at)->next;
	if (*at && frag_offset(*at) < end)
		return from >= frag_offset(*at) && end <= frag_offset(*at) + frag_size(*at) ? 1 : 2;
	p->next = *at;
	*at = p;
	return 0;
}

/* skb_morph(): but for its device, route and socket the whole is what the first fragment was. */
static void morph(struct sim *s, struct packet *p, const struct packet *first)
{
	if (packet_eth(p) && packet_eth(first))
		*packet_eth(p) = *packet_eth(first);
	p->pkt_type = first->pkt_type;
	p->priority = first->priority;
	p->protocol = first->protocol;
	p->iif = first->iif;
	p->mark = first->mark;
	p->forwarded = first->forwarded;
	p->confirm_neigh = first->confirm_neigh;
	p->nfb = first->nfb;
	p->untracked = first->untracked;
	p->ct_info = first->ct_info;
	if (first->ct)
		ct_get(first->ct);
	if (p->ct)
		ct_put(s, p->ct);
	p->ct = first->ct;
}

/* ip_frag_reasm(): p, the last to come, becomes the whole. */
static int reassemble(struct sim *s, struct ip_frag_queue *q, struct packet *p)
{
	uint32_t hlen = ip4_hlen(packet_ip4(q->first)), len = hlen + q->len, own = ip4_hlen(packet_ip4(p));
	uint32_t at = frag_offset(p), size = frag_size(p), first_len = q->first->len;
	struct ip4_hdr *h;
	uint8_t *b;

	if (len > 65535) {
		queue_drop(s, q, DROP_NOT_SPECIFIED);
		return -E2BIG;
	}
	if (len > p->len)
		packet_reserve(p, len - p->len);
	b = packet_data(p);
	memmove(b + hlen + at, b + own, size);
	p->len = len;
	for (struct packet *f = q->first; f; f = f->next) {
		if (f == p)
			continue;
		memcpy(b + hlen + frag_offset(f), packet_data(f) + ip4_hlen(packet_ip4(f)), frag_size(f));
		if (f == q->first) {
			memcpy(b, packet_data(f), hlen);
			morph(s, p, f);
		}
	}
	while (q->first) {
		struct packet *f = q->first;

		q->first = f->next;
		f->next = NULL;
		if (f == p)
			continue;
		f->dev = p->dev;
		sim_merge(s, f, ST_IP_DEFRAG, "put together with the other fragments");
	}
	h = packet_ip4(p);
	p->frag_max_size = q->max_df_size > q->max_size ? q->max_df_size : q->max_size;
	p->frag_df = q->max_df_size == q->max_size;
	/* ip_frag_coalesce_ok() */
	p->frag_list = q->user != IP_DEFRAG_LOCAL_DELIVER && first_len == q->max_size ? q->max_size : 0;
	h->tot_len = put16(len);
	h->frag = put16(p->frag_df ? IP4_DF : 0);
	h->check = put16(csum_ip4(h));
	packet_set_transport(p, hlen);
	sim_event(s, p, EV_STEP, ST_IP_DEFRAG, VAL_STR("the last fragment: the datagram is whole"));
	queue_free(q);
	return 0;
}

/* The length of the datagram by what this fragment says; false: it contradicts the others. */
static bool learn_length(struct ip_frag_queue *q, struct packet *p)
{
	const struct ip4_hdr *h = packet_ip4(p);
	uint32_t end = frag_offset(p) + frag_size(p);

	if (get16(h->frag) & IP4_MF) {
		packet_trim(p, p->len - (end & 7));
		end &= ~7U;
		if (end > q->len) {
			if (q->last_in)
				return false;
			q->len = end;
		}
	} else {
		if (end < q->len || (q->last_in && end != q->len))
			return false;
		q->last_in = true;
		q->len = end;
	}
	return end != frag_offset(p);
}

static void queue_account(struct ip_frag_queue *q, const struct packet *p)
{
	const struct ip4_hdr *h = packet_ip4(p);

	q->ifindex = p->dev ? p->dev->ifindex : 0;
	q->meat += frag_size(p);
	if (!frag_offset(p))
		q->first_in = true;
	if (p->len > q->max_size)
		q->max_size = (uint16_t)p->len;
	if ((get16(h->frag) & IP4_DF) && p->len > q->max_df_size)
		q->max_df_size = (uint16_t)p->len;
}

int ip_defrag(struct sim *s, struct ns *ns, struct packet *p, enum ip_defrag_user user)
{
	struct ip_frag_queue *q = queue_get(s, ns, packet_ip4(p), (uint8_t)user);
	int bad;

	p->next = NULL;
	if (!learn_length(q, p)) {
		queue_drop(s, q, DROP_NOT_SPECIFIED);
		return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_DEFRAG, "contradicts the other fragments", -EINVAL);
	}
	bad = queue_insert(q, p);
	if (bad == 1)
		return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_DEFRAG, "this fragment was there already", -EINVAL);
	if (bad) {
		queue_drop(s, q, DROP_NOT_SPECIFIED);
		return sim_drop(s, p, DROP_NOT_SPECIFIED, ST_IP_DEFRAG, "overlaps another fragment", -EINVAL);
	}
	queue_account(q, p);
	if (q->first_in && q->last_in && q->meat == q->len)
		return reassemble(s, q, p);
	sim_event(s, p, EV_STEP, ST_IP_DEFRAG, VAL_STR("waits for the other fragments"));
	p->dst = (struct dst){ 0 };
	return -EINPROGRESS;
}
