/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. What a bridge does with a frame, after net/bridge/br_input.c, br_forward.c, br_fdb.c and
 * br_device.c. A frame that a port receives: is it one to bridge at all, may the port take it; br_netfilter; then
 * br_handle_frame_finish() learns its source and decides by its destination: up to the bridge's own device, to one
 * port, or to all. A frame that the bridge's own device sends takes the second half only. Copies are made for all
 * receivers but the last, which gets the frame itself; the bridge's own device comes last.
 * The forwarding database is looked up regardless of age: it is the timer br_fdb_cleanup() that removes what is too
 * old, at the moment when the oldest entry is due.
 * Not modelled: IGMP snooping (a bridge without a querier floods all multicast, as here), VLAN filtering, STP. */
#include "sim/jiffies.h"

#define BR_GC_MIN_NS (3 * TICK_NS) /* msecs_to_jiffies(10) */

enum br_pkt_type { BR_PKT_UNICAST, BR_PKT_MULTICAST, BR_PKT_BROADCAST };

/* ---- the forwarding database ---- */
/* fdb_to_nud(): an entry's state in the words of neighbours. */
static const char *fdb_state(const struct sim *s, const struct fdb_entry *f)
{
	if (f->local)
		return "PERMANENT";
	if (f->is_static)
		return "NOARP";
	return !f->extern_learn && f->updated + f->bridge->ageing_time <= jiffies_now(s) ? "STALE" : "REACHABLE";
}

void br_fdb_notify(struct sim *s, const struct fdb_entry *f, bool del)
{
	const char *flags = f->sticky         ? f->extern_learn ? "extern_learn sticky" : "sticky"
			    : f->extern_learn ? "extern_learn"
					      : NULL;
	struct dev *br = f->bridge->dev;

	sim_notice(s, br->ns, br, EV_FDB_NOTICE, ST_FDB_NOTIFY, VAL_STR(del ? "delete" : "new"), VAL_MAC(f->mac),
		VAL_STR(f->port ? f->port->dev->name : br->name), VAL_STR(fdb_state(s, f)), VAL_STR(flags));
}

void br_fdb_delete(struct sim *s, struct fdb_entry *f)
{
	br_fdb_notify(s, f, true);
	fdb_del(f);
}

static bool should_learn(const struct bridge_port *p)
{
	return p->flag[BRF_LEARNING] && (p->state == BR_LEARNING || p->state == BR_FORWARDING);
}

static void br_fdb_update(struct sim *s, struct bridge_port *source, const struct packet *p, const struct mac *mac)
{
	struct bridge *br = source->bridge;
	struct fdb_entry *f;

	if (!br->ageing_time)
		return; /* some want to flood always */
	f = fdb_find(br, mac);
	if (!f) {
		f = fdb_add(br, mac, source);
		f->updated = f->used = jiffies_now(s);
		sim_event(s, p, EV_FDB_LEARN, ST_BR_FDB_UPDATE, VAL_MAC(*mac), VAL_STR(source->dev->name));
		br_fdb_notify(s, f, false);
		return;
	}
	if (f->local) {
		sim_event(s, p, EV_STEP, ST_BR_FDB_UPDATE,
			VAL_STR("received a packet with an own address as source address"));
		return;
	}
	f->updated = jiffies_now(s);
	if (f->port == source || f->sticky)
		return;
	sim_event(s, p, EV_FDB_LEARN, ST_BR_FDB_UPDATE, VAL_MAC(*mac), VAL_STR(source->dev->name),
		VAL_STR(f->port ? f->port->dev->name : NULL));
	f->port = source;
	f->extern_learn = false;
	br_fdb_notify(s, f, false);
}

/* br_fdb_cleanup() */
static void fdb_cleanup(void *ctx, struct timer *t)
{
	struct sim *s = ctx;
	struct bridge *br = container_of(t, struct bridge, gc);
	uint64_t next = br->ageing_time, now = jiffies_now(s);

	list_for_each_safe (f, &br->fdb, struct fdb_entry, node) {
		if (f->local || f->is_static || f->extern_learn)
			continue;
		if ((int64_t)(f->updated + br->ageing_time - now) > 0) {
			if (f->updated + br->ageing_time - now < next)
				next = f->updated + br->ageing_time - now;
		} else {
			br_fdb_delete(s, f);
		}
	}
	jiffies_timer(s, &br->gc, now + (next < BR_GC_MIN_NS ? BR_GC_MIN_NS : next));
}

/* mod_delayed_work(gc_work, 0): another thread does it before the next command can send anything. */
void br_fdb_gc_kick(struct sim *s, struct bridge *br)
{
	br_fdb_gc_at(s, br, s->now);
	fdb_cleanup(s, &br->gc);
}

void br_fdb_gc_at(struct sim *s, struct bridge *br, uint64_t when)
{
	br->gc.fn = fdb_cleanup;
	jiffies_timer(s, &br->gc, when);
}

/* ---- towards ports ---- */
static bool should_deliver(const struct bridge_port *to, const struct packet *p)
{
	const struct bridge_port *from = p->br_from_host ? NULL : p->dev->port;

	return (to->flag[BRF_HAIRPIN] || from != to) && to->state == BR_FORWARDING &&
	       !(from && from->flag[BRF_ISOLATED] && to->flag[BRF_ISOLATED]);
}

void br_dev_queue_push_xmit(struct sim *s, struct packet *p)
{
	if (!packet_push(p, ETH_HLEN))
		bug("no room for the Ethernet header");
	if (!is_skb_forwardable(p->dev, p->len)) {
		sim_drop(s, p, DROP_BR_NO_WAY, ST_BR_FORWARD_FINISH, "larger than the port's MTU", 0);
		return;
	}
	dev_queue_xmit(s, p);
}

void br_forward_finish(struct sim *s, struct packet *p)
{
	struct bridge_port *to = p->dev->port;

	if (p->nfb.active && !br_nf_post_routing(s, p, to))
		return;
	br_dev_queue_push_xmit(s, p);
}

/* __br_forward() */
static void forward_to(struct sim *s, struct bridge_port *to, struct packet *p)
{
	struct bridge_port *from = p->br_from_host ? NULL : p->dev->port;

	p->dev = to->dev;
	if (from && p->nfb.active && !br_nf_forward(s, p, from, to))
		return;
	br_forward_finish(s, p);
}

/* Keeps p when local_rcv says that the bridge itself gets it as well. */
static void br_forward(struct sim *s, struct bridge_port *to, struct packet *p, bool local_rcv)
{
	if (to && should_deliver(to, p))
		forward_to(s, to, local_rcv ? sim_clone(s, p) : p);
	else if (!local_rcv)
		sim_drop(s, p, DROP_BR_NO_WAY, ST_BR_FORWARD, NULL, 0);
}

static bool flood_wants(const struct bridge_port *to, const struct packet *p, enum br_pkt_type type)
{
	switch (type) {
	case BR_PKT_UNICAST:
		return to->flag[BRF_FLOOD];
	case BR_PKT_MULTICAST:
		return to->flag[BRF_MCAST_FLOOD] || p->br_from_host;
	case BR_PKT_BROADCAST:
		return to->flag[BRF_BCAST_FLOOD] || p->br_from_host;
	}
	return false;
}

static void flood_tell(struct sim *s, const struct bridge *br, const struct packet *p, enum br_pkt_type type)
{
	uint32_t n = 0;

	list_for_each (to, &br->ports, struct bridge_port, node)
		n += flood_wants(to, p, type) && should_deliver(to, p);
	if (type == BR_PKT_UNICAST)
		sim_event(s, p, EV_FDB_MISS, ST_BR_FLOOD, VAL_MAC(packet_eth(p)->dst), VAL_U32(n));
	else
		sim_event(s, p, EV_FDB_FLOOD, ST_BR_FLOOD,
			VAL_STR(type == BR_PKT_BROADCAST ? "broadcast" : "multicast"), VAL_U32(n));
}

static void br_flood(struct sim *s, struct bridge *br, struct packet *p, enum br_pkt_type type, bool local_rcv)
{
	struct bridge_port *prev = NULL;

	if (s->tracing)
		flood_tell(s, br, p, type);
	list_for_each (to, &br->ports, struct bridge_port, node) {
		if (!flood_wants(to, p, type) || !should_deliver(to, p))
			continue;
		if (prev)
			forward_to(s, prev, sim_clone(s, p));
		prev = to;
	}
	if (prev)
		forward_to(s, prev, local_rcv ? sim_clone(s, p) : p);
	else if (!local_rcv)
		sim_drop(s, p, DROP_NO_TX_TARGET, ST_BR_FLOOD, NULL, 0);
}

/* ---- frames that a port received ---- */
static void br_pass_frame_up(struct sim *s, struct packet *p, struct bridge *br)
{
	if (!br_nf_local_in(s, p, br))
		return;
	sim_event(s, p, EV_STEP, ST_BR_PASS_UP);
	p->dev = br->dev;
	netif_receive(s, p);
}

/* A locked port takes only what is known to be behind it. */
static bool locked_out(const struct bridge_port *port, const struct mac *src)
{
	const struct fdb_entry *f = fdb_find(port->bridge, src);

	return !f || f->port != port || f->local;
}

static void fdb_tell(struct sim *s, const struct packet *p, const struct fdb_entry *f)
{
	const char *flags = f->local ? "local" : f->is_static ? "static" : NULL;

	sim_event(s, p, EV_FDB_HIT, ST_BR_HANDLE_FRAME_FINISH, VAL_MAC(f->mac),
		VAL_STR(f->port ? f->port->dev->name : f->bridge->dev->name), VAL_STR(flags));
}

static void decide(struct sim *s, struct bridge *br, struct packet *p, const struct eth_hdr *eth)
{
	enum br_pkt_type type = BR_PKT_UNICAST;
	bool up = false;

	if (mac_is_multicast(&eth->dst)) {
		type = mac_is_broadcast(&eth->dst) ? BR_PKT_BROADCAST : BR_PKT_MULTICAST;
		up = true;
	} else {
		struct fdb_entry *f = fdb_find(br, &eth->dst);

		if (f) {
			fdb_tell(s, p, f);
			if (f->local) {
				br_pass_frame_up(s, p, br);
				return;
			}
			f->used = jiffies_now(s);
			br_forward(s, f->port, p, false);
			return;
		}
	}
	br_flood(s, br, p, type, up);
	if (up)
		br_pass_frame_up(s, p, br);
}

void br_handle_frame_finish(struct sim *s, struct packet *p)
{
	struct bridge_port *port = p->dev->port;
	const struct eth_hdr *eth = packet_eth(p);

	if (!port || port->state == BR_DISABLED) {
		sim_drop(s, p, DROP_BRIDGE_INGRESS_STP_STATE, ST_BR_HANDLE_FRAME_FINISH, NULL, 0);
		return;
	}
	if (port->flag[BRF_LOCKED] && locked_out(port, &eth->src)) {
		sim_drop(s, p, DROP_BR_LOCKED, ST_BR_HANDLE_FRAME_FINISH, NULL, 0);
		return;
	}
	if (port->flag[BRF_LEARNING])
		br_fdb_update(s, port, p, &eth->src);
	if (port->state == BR_LEARNING) {
		sim_drop(s, p, DROP_BRIDGE_INGRESS_STP_STATE, ST_BR_HANDLE_FRAME_FINISH, "learning", 0);
		return;
	}
	p->br_from_host = false;
	decide(s, port->bridge, p, eth);
}

/* Frames to 01:80:c2:00:00:0x; true: go on with it as with any other. */
static bool link_local(struct sim *s, struct packet *p, struct bridge_port *port, const struct eth_hdr *eth)
{
	uint8_t last = eth->dst.b[5];

	if (last == 1) { /* pause frames stay on the link */
		sim_drop(s, p, DROP_BR_CONTROL, ST_BR_HANDLE_FRAME, NULL, 0);
		return false;
	}
	if (last == 0 ? !port->bridge->stp : port->bridge->group_fwd_mask >> last & 1)
		return true;
	if (should_learn(port))
		br_fdb_update(s, port, p, &eth->src);
	netif_deliver(s, p); /* RX_HANDLER_PASS: to the port's own device */
	return false;
}

void br_handle_frame(struct sim *s, struct packet *p)
{
	static const uint8_t control[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };
	struct bridge_port *port = p->dev->port;
	const struct eth_hdr *eth = packet_eth(p);

	if (mac_is_multicast(&eth->src) || mac_is_zero(&eth->src)) {
		sim_drop(s, p, DROP_MAC_INVALID_SOURCE, ST_BR_HANDLE_FRAME, NULL, 0);
		return;
	}
	if (!memcmp(eth->dst.b, control, sizeof(control)) && eth->dst.b[5] < 16 && !link_local(s, p, port, eth))
		return;
	if (port->state != BR_FORWARDING && port->state != BR_LEARNING) {
		sim_drop(s, p, DROP_BRIDGE_INGRESS_STP_STATE, ST_BR_HANDLE_FRAME, br_state_name(port->state), 0);
		return;
	}
	if (mac_eq(&port->bridge->dev->mac, &eth->dst))
		p->pkt_type = PACKET_HOST;
	if (br_nf_active(port->bridge, p) && !br_nf_pre_routing(s, p, port))
		return;
	br_handle_frame_finish(s, p);
}

/* ---- frames that the bridge's own device sends ---- */
int br_dev_xmit(struct sim *s, struct packet *p)
{
	struct bridge *br = p->dev->bridge;
	const struct eth_hdr *eth = packet_eth(p);
	struct fdb_entry *f;

	if (p->nfb.active && br_nf_dev_xmit(s, p))
		return 0;
	packet_pull(p, ETH_HLEN);
	p->br_from_host = true;
	if (mac_is_multicast(&eth->dst)) {
		br_flood(s, br, p, mac_is_broadcast(&eth->dst) ? BR_PKT_BROADCAST : BR_PKT_MULTICAST, false);
		return 0;
	}
	f = fdb_find(br, &eth->dst);
	if (!f) {
		br_flood(s, br, p, BR_PKT_UNICAST, false);
		return 0;
	}
	if (s->tracing)
		sim_event(s, p, EV_FDB_HIT, ST_BR_DEV_XMIT, VAL_MAC(f->mac),
			VAL_STR(f->port ? f->port->dev->name : br->dev->name), VAL_STR(f->local ? "local" : NULL));
	br_forward(s, f->port, p, false);
	return 0;
}
