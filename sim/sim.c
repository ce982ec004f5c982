/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. The backlog is a FIFO as the kernel's per-CPU one (net/core/dev.c enqueue_to_backlog(),
 * process_backlog()): a device crossing appends, the softirq takes from the front until it is empty, and each
 * packet is processed to its end before the next. The clock moves by SIM_HOP_NS per packet taken, and jumps to the
 * next timer when the backlog is empty. While a packet is handled, s->cause is its number: all that is born
 * meanwhile has it as its parent. Nothing here looks into a packet.
 * The softirq runs inside local_bh_enable(), in the midst of whatever sent a packet in process context
 * (__local_bh_enable_ip() of kernel/softirq.c), and never inside itself; so the backlog is empty wherever bottom halves
 * are on. A storm is cut off there: a drop SIM_LIMIT is in the trace. */
#include "sim/sim.h"

#include <stdlib.h>

#include "sim/jiffies.h"
#include "sim/proc.h"

struct sim *sim_new(uint64_t seed, bool tracing)
{
	struct sim *s = xcalloc(1, sizeof(*s));

	s->net = net_new(seed);
	list_init(&s->linkwatch);
	s->trace = trace_new();
	s->trace_limit = SIM_TRACE_BYTES;
	s->tick_origin = TICK_ORIGIN_NS;
	dev_open(s, s->net->init->lo); /* before anybody listens */
	s->tracing = tracing;
	return s;
}

static void packet_end(struct sim *s, struct packet *p)
{
	if (p->ct)
		ct_put(s, p->ct);
	packet_free(&s->pool, p);
}

static struct packet *backlog_pop(struct sim *s)
{
	struct packet *p = s->backlog_head;

	s->backlog_head = p->next;
	if (!p->next)
		s->backlog_tail = NULL;
	s->backlog_len--;
	p->next = NULL;
	return p;
}

void sim_free(struct sim *s)
{
	if (!s)
		return;
	s->tracing = false;
	procs_free(s);
	while (s->backlog_head)
		packet_end(s, backlog_pop(s));
	list_for_each (ns, &s->net->namespaces, struct ns, node) {
		sockets_free(s, ns);
		ip_ns_free(s, ns);
		list_for_each (dev, &ns->devs, struct dev, ns_node)
			neigh_ifdown(s, dev);
		nf_ns_free(s, ns);
	}
	net_free(s->net);
	if (s->pool.live)
		bug("%u packets are out of the pool at the end", s->pool.live);
	packet_pool_release(&s->pool);
	trace_free(s->trace);
	free(s);
}

/* ---- time ---- */
static bool backlog_one(struct sim *s)
{
	struct packet *p = backlog_pop(s);

	s->now += SIM_HOP_NS;
	s->hops++;
	s->cause = p->id;
	if (p->hops < SIM_STORM_HOPS) {
		p->hops++;
		netif_receive(s, p);
		return true;
	}
	sim_drop(s, p, DROP_SIM_LIMIT, ST_NETIF_RECEIVE, "it crossed too many devices", 0);
	return false;
}

static void storm(struct sim *s, const char *why)
{
	while (s->backlog_head)
		sim_drop(s, backlog_pop(s), DROP_SIM_LIMIT, ST_NETIF_RECEIVE, why, 0);
	s->storming = true;
}

bool sim_trace_full(const struct sim *s)
{
	return s->tracing && trace_bytes(s->trace) > s->trace_limit;
}

/* net_rx_action() */
static void net_rx(struct sim *s)
{
	const char *why = NULL;

	for (uint32_t n = 0; s->backlog_head && !why; n++) {
		if (s->backlog_len > SIM_STORM_PACKETS)
			why = "too many packets at once";
		else if (n >= SIM_SOFTIRQ_PACKETS || (n % 64 == 63 && sim_trace_full(s)))
			why = "packets without end";
		else if (!backlog_one(s))
			why = "a packet before it crossed too many devices";
	}
	if (why)
		storm(s, why);
}

void local_bh_disable(struct sim *s)
{
	s->bh_off++;
}

void local_bh_enable(struct sim *s)
{
	if (s->bh_off == 1 && s->backlog_head) { /* do_softirq(): what runs there finds bottom halves off */
		uint32_t cause = s->cause;

		net_rx(s);
		s->cause = cause;
	}
	s->bh_off--;
}

static void timer_fire(struct sim *s)
{
	struct timer *t = timers_pop(&s->net->timers);

	if (s->now < t->when)
		s->now = t->when;
	s->cause = 0;
	s->in_timer = true;
	local_bh_disable(s);
	t->fn(s, t);
	s->in_timer = false;
	local_bh_enable(s);
}

bool sim_step(struct sim *s, uint64_t limit)
{
	if (timers_next(&s->net->timers) >= limit)
		return false;
	timer_fire(s);
	return true;
}

void sim_run_until(struct sim *s, uint64_t until)
{
	while (!sim_trace_full(s) && sim_step(s, until < UINT64_MAX ? until + 1 : until))
		;
	if (s->now < until)
		s->now = until;
}

void sim_end(struct sim *s)
{
	static const struct val v[] = { { .type = VT_STR, .str = "still under way at the end" } };

	for (uint32_t id = 1; s->tracing && id <= trace_packets(s->trace); id++)
		if (!trace_packet_get(s->trace, id)->terminals)
			trace_add(s->trace, s->now, id, 0, 0, 0, EV_LEAVE, ST_NONE, v, 1);
}

/* ---- events ---- */
static uint32_t ns_id(struct sim *s, const struct ns *ns)
{
	struct ns *n = (struct ns *)ns; /* what is kept there is the trace's, not the model's */

	if (!n)
		return 0;
	if (!n->trace_name)
		n->trace_name = trace_intern(s->trace, n->label);
	return n->trace_name;
}

static uint32_t dev_id(struct sim *s, const struct dev *dev)
{
	struct dev *d = (struct dev *)dev;

	if (!d)
		return 0;
	if (!d->trace_name)
		d->trace_name = trace_intern(s->trace, d->name);
	return d->trace_name;
}

/* The flow of the packet, where it has a network header by now. */
static void add_flow(struct sim *s, const struct packet *p)
{
	const uint8_t *l3 = p ? packet_at(p, p->net_off, 0) : NULL;
	struct flow f;

	if (!l3)
		return;
	flow_parse(&f, p->protocol, l3, (uint32_t)(packet_data(p) + p->len - l3));
	trace_set_flow(s->trace, &f);
}

void sim_event_(struct sim *s, const struct packet *p, const struct ns *ns, const struct dev *dev, enum event_kind k,
	enum stage st, const struct val *v, unsigned n)
{
	uint32_t packet = p ? p->id : s->cause;

	if (!packet)
		return; /* of no packet, or of one that is older than the trace */
	if (!ns && dev)
		ns = dev->ns;
	trace_add(s->trace, s->now, packet, ns_id(s, ns), dev_id(s, dev), s->command, k, st, v, n);
	if (s->in_timer)
		trace_set_timer(s->trace);
	if (trace_keeps_flows(s->trace))
		add_flow(s, p);
}

void sim_notice_(struct sim *s, const struct ns *ns, const struct dev *dev, enum event_kind k, enum stage st,
	const struct val *v, unsigned n)
{
	uint32_t packet = s->cause <= trace_packets(s->trace) ? s->cause : 0;

	if (ns->leaving)
		return;
	trace_add(s->trace, s->now, packet, ns_id(s, ns), dev_id(s, dev), s->command, k, st, v, n);
	if (s->in_timer)
		trace_set_timer(s->trace);
}

void sim_frame(struct sim *s, const struct packet *p, struct dev *dev, bool out)
{
	uint32_t from = p->mac_off < 0 ? p->off : (uint32_t)p->mac_off;

	if (!s->tracing)
		return;
	/* the summary is made from the bytes when somebody reads it: trace_get() */
	sim_event_(s, p, dev->ns, dev, EV_FRAME, out ? ST_DEV_QUEUE_XMIT : ST_NETIF_RECEIVE,
		(const struct val[]){ VAL_STR(out ? "out" : "in"), VAL_NONE,
			VAL_BYTES(p->buf + from, p->off + p->len - from),
			dev_is_up(dev) ? VAL_NONE : VAL_STR("the device is down: no capture sees it") },
		4);
}

/* ---- packets ---- */
struct packet *sim_packet(struct sim *s, uint32_t size)
{
	struct packet *p = packet_new(&s->pool, PACKET_HEADROOM, size);

	if (s->tracing)
		p->id = trace_packet_new(s->trace, s->cause, 0, s->command, s->in_timer && !s->cause);
	return p;
}

/* The size class of the buffer (__alloc_skb(), alloc_extra of __ip_append_data()), and the sk_buff itself. Seen with
 * ping -s 65507 over devices of an MTU of 150 to 300. */
uint32_t sim_truesize(uint32_t size)
{
	const uint32_t ll_reserved = 16;  /* LL_RESERVED_SPACE() of an Ethernet */
	const uint32_t shared_info = 320; /* SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) */
	const uint32_t small_head = 576;  /* SKB_SMALL_HEAD_SIZE */
	const uint32_t sk_buff = 256;     /* SKB_DATA_ALIGN(sizeof(struct sk_buff)) */
	uint32_t head = ((size + ll_reserved + 15 + 63) & ~63u) + shared_info, slab = 1024;

	if (head <= small_head)
		return small_head + sk_buff;
	while (slab < head)
		slab *= 2;
	return slab + sk_buff;
}

struct packet *sim_clone(struct sim *s, const struct packet *p)
{
	struct packet *c = packet_clone(&s->pool, p);

	if (c->ct)
		ct_get(c->ct);
	if (s->tracing) {
		const struct trace_packet *t = p->id ? trace_packet_get(s->trace, p->id) : NULL;

		c->id = trace_packet_new(s->trace, t ? t->parent : s->cause, p->id, s->command, t ? t->timer : false);
	}
	return c;
}

int sim_drop(struct sim *s, struct packet *p, enum drop why, enum stage st, const char *detail, int ret)
{
	if (s->tracing) {
		char name[64];

		sim_event(s, p, EV_DROP, st, VAL_STR(drop_name(why, name, sizeof(name))),
			VAL_STR(drop_descs[why].sentence), VAL_STR(detail));
	}
	packet_end(s, p);
	return ret;
}

void sim_deliver(struct sim *s, struct packet *p, enum stage st, const char *what, uint32_t port)
{
	sim_event(s, p, EV_DELIVER, st, VAL_STR(what), port ? VAL_U32(port) : VAL_NONE);
	packet_end(s, p);
}

void sim_absorb(struct sim *s, struct packet *p, enum stage st, const char *what)
{
	sim_event(s, p, EV_ABSORB, st, VAL_STR(what));
	packet_end(s, p);
}

void sim_merge(struct sim *s, struct packet *p, enum stage st, const char *what)
{
	sim_event(s, p, EV_MERGE, st, VAL_STR(what));
	packet_end(s, p);
}
