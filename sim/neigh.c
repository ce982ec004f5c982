/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. The neighbour unreachability detection of net/core/neighbour.c, for IPv4 with ARP as its way to
 * ask (arp_constructor(), arp_error_report() of net/ipv4/arp.c).
 * A packet for an unknown neighbour waits (INCOMPLETE) while requests go out, one every retrans_time; an answer sends
 * the queue on its way (REACHABLE), none sends every packet to dst_link_failure(), which is an ICMP error to its
 * sender. REACHABLE lasts as long as somebody confirms; then the entry is STALE, its first use makes it DELAY, and
 * without a confirmation it is asked for again, by unicast (PROBE).
 * Times are compared as differences, so that "two base times ago" may lie before the beginning.
 * Model values: reachable_time is base_reachable_time itself; the kernel draws one of 0.5 to 1.5 times that anew every
 * 300 s. Other timers are exact; the kernel's are up to 1/8 late. No entry is collected for its age: the kernel does so
 * only when there are more than gc_thresh1. */
#include "sim/ip_state.h"
#include "sim/neigh.h"

#include <errno.h>

#include "sim/jiffies.h"
#include "sim/sock.h"

#define PROBE_MIN_NS (HZ / 100 * TICK_NS)

/* proc_dointvec_ms_jiffies(): in ticks, the last one begun */
static uint64_t ms(const struct neigh *n, enum neigh_sysctl which)
{
	return ((uint64_t)n->dev->neigh_conf[which] * NSEC_PER_MSEC + TICK_NS - 1) / TICK_NS * TICK_NS;
}

/* May be negative, and then nothing is within() it. */
static uint64_t delay_probe_time(const struct neigh *n)
{
	return (uint64_t)n->dev->neigh_conf[NEIGHC_DELAY_FIRST_PROBE_TIME] * NSEC_PER_SEC;
}

static uint64_t reachable_time(const struct neigh *n)
{
	return ms(n, NEIGHC_BASE_REACHABLE_TIME_MS);
}

static uint64_t retrans_time(const struct neigh *n)
{
	uint64_t t = ms(n, NEIGHC_RETRANS_TIME_MS);

	return t < PROBE_MIN_NS ? PROBE_MIN_NS : t;
}

/* time_before_eq(now, t + span) */
static bool within(const struct sim *s, uint64_t t, uint64_t span)
{
	return (int64_t)(jiffies_now(s) - (t + span)) <= 0;
}

/* What nobody has confirmed for long. */
static void never_confirmed(const struct sim *s, struct neigh *n)
{
	n->confirmed = jiffies_now(s) - 2 * reachable_time(n);
}

/* The only writer of neigh.state. p: the packet on whose behalf, or NULL: the one that is being handled. */
static void set_state(struct sim *s, struct neigh *n, const struct packet *p, uint8_t state, const char *why)
{
	uint32_t cause = s->cause;

	if (p)
		s->cause = p->id;
	if (s->tracing && n->state != state)
		sim_notice(s, n->dev->ns, n->dev, EV_NEIGH_STATE, s->in_timer ? ST_NEIGH_TIMER : ST_NEIGH_UPDATE,
			VAL_ADDR(n->addr), VAL_STR(nud_state_name(n->state)), VAL_STR(nud_state_name(state)),
			(state & NUD_VALID_) ? VAL_MAC(n->mac) : VAL_NONE, VAL_STR(why));
	s->cause = cause;
	n->state = state;
}

/* __neigh_notify(): what listeners are told, as the entry is at this moment. Not all changes are told: that an entry
 * waits for its first answer, or is used when it is stale, is not. Of one that goes only that it goes: the state that
 * the message bears depends on who still refers to it. */
static void notify(struct sim *s, const struct neigh *n, bool gone)
{
	bool valid = !gone && (n->state & NUD_VALID_);

	sim_notice(s, n->dev->ns, n->dev, EV_NEIGH_NOTICE, ST_NEIGH_NOTIFY, VAL_STR(gone ? "delete" : "new"),
		VAL_ADDR(n->addr), valid ? VAL_MAC(n->mac) : VAL_NONE,
		gone ? VAL_NONE : VAL_STR(nud_state_name(n->state)));
}

void neigh_set_state(struct sim *s, struct neigh *n, uint8_t state, const char *why)
{
	set_state(s, n, NULL, state, why);
}

/* ---- birth ---- */
static void neigh_timer_handler(void *ctx, struct timer *t);

/* arp_mc_map() */
static struct mac multicast_mac(uint32_t a)
{
	return (struct mac){ { 0x01, 0x00, 0x5e, a >> 16 & 0x7f, a >> 8 & 0xff, a & 0xff } };
}

/* arp_constructor() and the rest of ___neigh_create() */
static void construct(struct sim *s, struct neigh *n)
{
	static const struct mac broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

	n->timer.fn = neigh_timer_handler;
	n->updated = n->used = jiffies_now(s);
	never_confirmed(s, n);
	n->type = fib_addr_type(n->dev->ns, &n->addr);
	if (n->type == RTN_MULTICAST_)
		n->mac = multicast_mac(n->addr.v4);
	else if (n->dev->flags & (DEVF_NOARP | DEVF_LOOPBACK))
		n->mac = n->dev->mac;
	else if (n->type == RTN_BROADCAST_)
		n->mac = broadcast;
	else
		return;
	n->state = NUD_NOARP_;
}

struct neigh *neigh_create(struct sim *s, struct dev *dev, const struct ipaddr *addr)
{
	struct ipaddr any = ip4(0);
	const struct ipaddr *key = dev->flags & DEVF_LOOPBACK ? &any : addr;
	struct neigh *n = neigh_find(dev, key);

	if (!n) {
		n = neigh_new(dev, key);
		construct(s, n);
	}
	return n;
}

/* ---- the queue ---- */

static struct packet *dequeue(struct sim *s, struct neigh *n)
{
	struct packet *p = n->queue_head;

	if (!p)
		return NULL;
	n->queue_head = p->next;
	if (!p->next)
		n->queue_tail = NULL;
	p->next = NULL;
	n->queue_bytes -= sim_truesize(p->len);
	sock_wmem_sub(s, p);
	return p;
}

static uint32_t queue_len(const struct neigh *n)
{
	uint32_t len = 0;

	for (const struct packet *p = n->queue_head; p; p = p->next)
		len++;
	return len;
}

static void enqueue(struct sim *s, struct neigh *n, struct packet *p)
{
	struct packet *old;

	while (n->queue_bytes + sim_truesize(p->len) > (uint32_t)n->dev->neigh_conf[NEIGHC_UNRES_QLEN_BYTES] &&
		(old = dequeue(s, n)))
		sim_drop(s, old, DROP_NEIGH_QUEUEFULL, ST_NEIGH_RESOLVE, NULL, 0);
	p->next = NULL;
	if (n->queue_tail)
		n->queue_tail->next = p;
	else
		n->queue_head = p;
	n->queue_tail = p;
	n->queue_bytes += sim_truesize(p->len);
	sock_wmem_add(s, p);
	if (s->tracing)
		sim_event(s, p, EV_NEIGH_QUEUE, ST_NEIGH_RESOLVE, VAL_ADDR(n->addr), VAL_U32(queue_len(n)));
}

static void purge(struct sim *s, struct neigh *n, enum stage stage)
{
	struct packet *p;

	while ((p = dequeue(s, n)))
		sim_drop(s, p, DROP_QUEUE_PURGE, stage, NULL, 0);
}

/* neigh_invalidate(), arp_error_report(). The ICMP error may come by here again and start a new round. */
static void invalidate(struct sim *s, struct neigh *n)
{
	uint32_t cause = s->cause;
	struct packet *p;

	n->updated = jiffies_now(s);
	while (n->state == NUD_FAILED_ && (p = dequeue(s, n))) {
		s->cause = p->id;
		icmp_send(s, p, ICMP_UNREACH, 1, 0); /* dst_link_failure(): host unreachable */
		sim_drop(s, p, DROP_NEIGH_FAILED, ST_ARP_ERROR, NULL, 0);
	}
	s->cause = cause;
	purge(s, n, ST_NEIGH_INVALIDATE);
}

/* ---- asking ---- */

/* neigh_probe(). A request that goes out for a packet that waits has that packet as its cause. */
static void probe(struct sim *s, struct neigh *n)
{
	uint32_t cause = s->cause;

	if (n->queue_tail)
		s->cause = n->queue_tail->id;
	arp_solicit(s, n, n->queue_tail);
	s->cause = cause;
	n->probes++;
}

/* __neigh_event_send(). True: the packet may be sent; false: it waits, or is gone (p NULL: there is none). */
static bool event_send(struct sim *s, struct neigh *n, struct packet *p)
{
	const int32_t *conf = n->dev->neigh_conf;
	bool immediate = false;

	n->used = jiffies_now(s);
	if (n->state & (NUD_CONNECTED_ | NUD_DELAY_ | NUD_PROBE_))
		return true;
	if (n->state & NUD_STALE_) {
		set_state(s, n, p, NUD_DELAY_, "used");
		n->updated = jiffies_now(s);
		jiffies_timer(s, &n->timer, jiffies_now(s) + delay_probe_time(n));
		return true;
	}
	if (n->state != NUD_INCOMPLETE_) {
		if (!conf[NEIGHC_MCAST_SOLICIT] && !conf[NEIGHC_APP_SOLICIT]) {
			set_state(s, n, p, NUD_FAILED_, NEIGH_NOT_ASKED);
			n->updated = jiffies_now(s);
			if (p)
				sim_drop(s, p, DROP_NEIGH_FAILED, ST_NEIGH_RESOLVE, NULL, 0);
			return false;
		}
		n->probes = (uint16_t)conf[NEIGHC_UCAST_SOLICIT];
		set_state(s, n, p, NUD_INCOMPLETE_, NULL);
		n->updated = jiffies_now(s);
		jiffies_timer(s, &n->timer, jiffies_now(s) + retrans_time(n));
		immediate = true;
	}
	local_bh_disable(s); /* as long as the entry is locked: the answer comes when its request has been counted */
	if (p)
		enqueue(s, n, p);
	if (immediate)
		probe(s, n);
	local_bh_enable(s);
	return false;
}

void neigh_event_send(struct sim *s, struct dev *dev, const struct ipaddr *addr)
{
	event_send(s, neigh_create(s, dev, addr), NULL);
}

/* dev_hard_header() and on. */
static int send_to(struct sim *s, struct packet *p, const struct neigh *n)
{
	struct eth_hdr *eth = (struct eth_hdr *)packet_push(p, ETH_HLEN);

	if (!eth)
		bug("no room for the Ethernet header");
	eth->dst = n->mac;
	eth->src = n->dev->mac;
	eth->proto = put16(p->protocol);
	p->dev = n->dev;
	return dev_queue_xmit(s, p);
}

int neigh_output(struct sim *s, struct packet *p, struct dev *dev, const struct ipaddr *nexthop)
{
	struct neigh *n = neigh_create(s, dev, nexthop);

	p->dev = dev;
	p->protocol = ETH_P_IP_;
	if (p->confirm_neigh)
		n->confirmed = jiffies_now(s); /* sock_confirm_neigh() */
	p->confirm_neigh = false;
	if (s->tracing && n->addr.v4)
		sim_event(s, p, EV_NEIGH, ST_IP_FINISH_OUTPUT, VAL_ADDR(n->addr),
			(n->state & NUD_VALID_) ? VAL_MAC(n->mac) : VAL_NONE, VAL_STR(nud_state_name(n->state)));
	if (!(n->state & NUD_CONNECTED_) && !event_send(s, n, p))
		return 0;
	return send_to(s, p, n);
}

/* ---- time ---- */
/* Each returns whether listeners are told. */
static bool timer_reachable(struct sim *s, struct neigh *n, uint64_t *next)
{
	if (within(s, n->confirmed, reachable_time(n))) {
		*next = n->confirmed + reachable_time(n);
		return false;
	}
	n->updated = jiffies_now(s);
	if (within(s, n->used, delay_probe_time(n))) {
		set_state(s, n, NULL, NUD_DELAY_, "not confirmed lately, and in use");
		*next = jiffies_now(s) + delay_probe_time(n);
		return false;
	}
	set_state(s, n, NULL, NUD_STALE_, "not confirmed lately");
	return true;
}

static bool timer_delay(struct sim *s, struct neigh *n, uint64_t *next)
{
	n->updated = jiffies_now(s);
	if (within(s, n->confirmed, delay_probe_time(n))) {
		set_state(s, n, NULL, NUD_REACHABLE_, "confirmed meanwhile");
		*next = n->confirmed + reachable_time(n);
	} else {
		set_state(s, n, NULL, NUD_PROBE_, "not confirmed");
		n->probes = 0;
		*next = jiffies_now(s) + retrans_time(n);
	}
	return true;
}

static int max_probes(const struct neigh *n)
{
	const int32_t *conf = n->dev->neigh_conf;

	return conf[NEIGHC_UCAST_SOLICIT] + conf[NEIGHC_APP_SOLICIT] +
	       conf[n->state & NUD_PROBE_ ? NEIGHC_MCAST_RESOLICIT : NEIGHC_MCAST_SOLICIT];
}

static void neigh_timer_handler(void *ctx, struct timer *t)
{
	struct neigh *n = container_of(t, struct neigh, timer);
	struct sim *s = ctx;
	uint64_t next = jiffies_now(s) + retrans_time(n), soonest = jiffies_now(s) + PROBE_MIN_NS;
	bool told = false;

	if (n->state & NUD_REACHABLE_)
		told = timer_reachable(s, n, &next);
	else if (n->state & NUD_DELAY_)
		told = timer_delay(s, n, &next);
	if ((n->state & (NUD_INCOMPLETE_ | NUD_PROBE_)) && n->probes >= max_probes(n)) {
		set_state(s, n, n->queue_head, NUD_FAILED_, "no answer");
		invalidate(s, n);
		notify(s, n, false);
		return;
	}
	if (n->state & NUD_IN_TIMER_)
		jiffies_timer(s, &n->timer, (int64_t)(next - soonest) < 0 ? soonest : next);
	if (n->state & (NUD_INCOMPLETE_ | NUD_PROBE_))
		probe(s, n);
	if (told)
		notify(s, n, false);
}

/* ---- news of an entry ---- */

/* What waited goes out: the end of __neigh_update(), which lets go of the entry's lock for each. So what a command
 * releases is received packet by packet, and listeners are told of the entry when all that is over. */
static void release_queue(struct sim *s, struct neigh *n)
{
	uint32_t cause = s->cause;
	struct packet *p;

	while ((n->state & NUD_VALID_) && (p = dequeue(s, n))) {
		if (event_send(s, n, p))
			send_to(s, p, n);
	}
	s->cause = cause;
	purge(s, n, ST_NEIGH_UPDATE);
}

static int update_invalid(struct sim *s, struct neigh *n, uint8_t state, const char *why)
{
	uint8_t old = n->state;

	bool failed = (old & (NUD_INCOMPLETE_ | NUD_PROBE_)) && (state & NUD_FAILED_);

	timer_cancel(&s->net->timers, &n->timer);
	set_state(s, n, NULL, state, why);
	local_bh_disable(s); /* neigh_invalidate() keeps bottom halves off while it reports errors */
	if (failed)
		invalidate(s, n);
	local_bh_enable(s);
	if ((old & NUD_VALID_) || failed)
		notify(s, n, false);
	return 0;
}

int neigh_update(struct sim *s, struct neigh *n, const struct mac *mac, uint8_t state, unsigned flags, const char *why)
{
	uint8_t old = n->state;
	bool changed;

	if (!(flags & NEIGH_ADMIN) && (old & (NUD_NOARP_ | NUD_PERMANENT_)))
		return -EPERM;
	if (!(state & NUD_VALID_))
		return update_invalid(s, n, state, why);
	if (!mac && !(old & NUD_VALID_))
		return -EINVAL;
	changed = mac && !((old & NUD_VALID_) && mac_eq(mac, &n->mac));
	if (state & NUD_CONNECTED_)
		n->confirmed = jiffies_now(s);
	if (old & NUD_VALID_) {
		if (changed && !(flags & NEIGH_OVERRIDE))
			return 0;
		if (!changed && state == NUD_STALE_ && !(flags & NEIGH_ADMIN))
			state = old;
	}
	if (state != old || changed)
		n->updated = jiffies_now(s);
	if (changed) {
		n->mac = *mac;
		if (!(state & NUD_CONNECTED_))
			never_confirmed(s, n);
	}
	if (state == old) {
		if (changed)
			notify(s, n, false);
		return 0;
	}
	timer_cancel(&s->net->timers, &n->timer);
	if (state & NUD_PROBE_)
		n->probes = 0;
	if (state & NUD_IN_TIMER_)
		jiffies_timer(s, &n->timer, jiffies_now(s) + (state & NUD_REACHABLE_ ? reachable_time(n) : 0));
	set_state(s, n, NULL, state, why);
	if (!(old & NUD_VALID_))
		release_queue(s, n);
	notify(s, n, false);
	return 0;
}

int neigh_admin_update(struct sim *s, struct neigh *n, const struct mac *mac, uint8_t state)
{
	return neigh_update(s, n, mac, state, NEIGH_ADMIN | NEIGH_OVERRIDE, "set by a command");
}

/* ---- death ---- */
static void destroy(struct sim *s, struct neigh *n)
{
	timer_cancel(&s->net->timers, &n->timer);
	notify(s, n, true);
	purge(s, n, ST_NEIGH_DESTROY);
	neigh_free(n);
}

void neigh_delete(struct sim *s, struct neigh *n)
{
	update_invalid(s, n, NUD_FAILED_, "deleted");
	destroy(s, n);
}

void arp_invalidate(struct sim *s, struct dev *dev, uint32_t addr)
{
	struct ipaddr ip = ip4(addr);
	struct neigh *n = neigh_find(dev, &ip);

	if (!n || (n->state & NUD_VALID_))
		return;
	if (n->state)
		update_invalid(s, n, NUD_FAILED_, "a broadcast address now");
	destroy(s, n);
}

static void flush_dev(struct sim *s, struct dev *dev, bool skip_permanent)
{
	list_for_each_safe (n, &dev->neighs, struct neigh, node)
		if (!skip_permanent || !(n->state & NUD_PERMANENT_))
			destroy(s, n);
}

void neigh_changeaddr(struct sim *s, struct dev *dev)
{
	flush_dev(s, dev, false);
}

void neigh_carrier_down(struct sim *s, struct dev *dev)
{
	flush_dev(s, dev, true);
	arp_proxy_purge(s, dev);
}

void neigh_ifdown(struct sim *s, struct dev *dev)
{
	flush_dev(s, dev, false);
	arp_proxy_purge(s, dev);
}
