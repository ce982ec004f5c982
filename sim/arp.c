/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. The address resolution protocol, after net/ipv4/arp.c: what is asked (arp_solicit()), and what
 * is made of a message that came (arp_rcv(), arp_process()). A request is answered when the routing table says that
 * its target is local (whatever device has it: the weak host model), within what arp_ignore and arp_filter allow, or
 * by proxy. An answered request makes an entry for its sender; any other message only changes an entry that
 * exists, unless arp_accept lets it make one.
 * Linux drops only what is no message to act on, or can not wait for a proxy; all else it consumes. Here a request for
 * this host that it does not answer ends as a drop with a reason of pktwalk's own.
 * Model value: a proxy answers a broadcast request after half of proxy_delay; the kernel draws 0 to 1 times that.
 * Not modelled: arptables, single addresses to proxy for (`ip neigh add proxy`), proxy_arp_pvlan, medium_id. */
#include <stdlib.h>

#include "sim/ip_state.h"
#include "sim/jiffies.h"
#include "sim/neigh.h"

/* A request that waits for its proxy's answer (pneigh_enqueue()). */
struct arp_delayed {
	struct list node; /* s->arp_delayed */
	struct timer timer;
	struct packet *p;
};

/* A message, taken out of its packet. */
struct arp {
	uint16_t op;
	struct mac sha, tha;
	struct ipaddr sip, tip;
};

static bool ifa_match(const struct ifaddr *a, uint32_t addr) /* inet_ifa_match() */
{
	return !((a->peer.v4 ^ addr) & ip4_mask(a->prefixlen));
}

/* inet_addr_onlink(): both are in one subnet of the device; b 0 = any. */
static bool addr_onlink(const struct dev *dev, uint32_t a, uint32_t b)
{
	list_for_each (ifa, &dev->addrs, struct ifaddr, node)
		if (ifa_match(ifa, a) && (!b || ifa_match(ifa, b)))
			return true;
	return false;
}

/* ---- sending ---- */

/* arp_create() and arp_xmit(). to NULL = broadcast; tha NULL = zero. */
static void arp_send(struct sim *s, struct dev *dev, uint16_t op, uint32_t sip, uint32_t tip, const struct mac *to,
	const struct mac *tha)
{
	static const struct mac broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct packet *p;
	struct arp_hdr *h;
	struct eth_hdr *eth;

	if (dev->flags & DEVF_NOARP)
		return;
	p = sim_packet(s, sizeof(*h));
	h = (struct arp_hdr *)packet_append(p, sizeof(*h));
	packet_set_network(p);
	*h = (struct arp_hdr){ .hrd = put16(1),
		.pro = put16(ETH_P_IP_),
		.hln = 6,
		.pln = 4,
		.op = put16(op),
		.sha = dev->mac,
		.sip = put32(sip),
		.tip = put32(tip) };
	if (tha)
		h->tha = *tha;
	eth = (struct eth_hdr *)packet_push(p, ETH_HLEN);
	*eth = (struct eth_hdr){ .dst = to ? *to : broadcast, .src = dev->mac, .proto = put16(ETH_P_ARP_) };
	p->protocol = ETH_P_ARP_;
	p->dev = dev;
	p->local = true;
	sim_event(s, p, EV_STEP, op == ARP_REQUEST ? ST_ARP_SOLICIT : ST_ARP_PROCESS,
		VAL_STR(op == ARP_REQUEST ? "ARP request" : "ARP reply"));
	dev_queue_xmit(s, p);
}

/* The address that a request comes from. */
static uint32_t solicit_source(const struct neigh *n, const struct packet *waiting)
{
	const struct ns *ns = n->dev->ns;
	int32_t announce = dev_conf(n->dev, DEVC_ARP_ANNOUNCE);
	const struct ip4_hdr *ip = waiting ? packet_ip4(waiting) : NULL;
	struct ipaddr src = ip4(ip ? get32(ip->saddr) : 0);

	if (announce != 2 && ip && fib_addr_type(ns, &src) == RTN_LOCAL_ &&
		(announce != 1 || addr_onlink(n->dev, n->addr.v4, src.v4)) && src.v4)
		return src.v4;
	src = fib_select_addr(ns, n->dev, &n->addr, SCOPE_LINK);
	return src.family == IP_V4 ? src.v4 : 0;
}

void arp_solicit(struct sim *s, struct neigh *n, const struct packet *waiting)
{
	const int32_t *conf = n->dev->neigh_conf;
	uint32_t source = solicit_source(n, waiting);

	if (n->probes < conf[NEIGHC_UCAST_SOLICIT]) {
		arp_send(s, n->dev, ARP_REQUEST, source, n->addr.v4, &n->mac, NULL);
		return;
	}
	if (n->probes - conf[NEIGHC_UCAST_SOLICIT] < conf[NEIGHC_APP_SOLICIT])
		return; /* neigh_app_ns(): nobody listens */
	arp_send(s, n->dev, ARP_REQUEST, source, n->addr.v4, NULL, NULL);
}

void arp_send_gratuitous(struct sim *s, struct dev *dev, const struct ifaddr *a)
{
	arp_send(s, dev, ARP_REQUEST, a->local.v4, a->local.v4, NULL, NULL);
}

static void reply(struct sim *s, struct dev *dev, const struct arp *m)
{
	arp_send(s, dev, ARP_REPLY, m->tip.v4, m->sip.v4, &m->sha, &m->sha);
}

/* ---- who is to answer ---- */

/* confirm_addr_indev(): an address of the device equal to local, in the subnet of dst (0 = any), of that scope. */
static bool confirm_addr(const struct dev *dev, uint32_t dst, uint32_t local, uint8_t scope)
{
	uint8_t localnet = dev_conf(dev, DEVC_ROUTE_LOCALNET) ? SCOPE_LINK : SCOPE_HOST;
	bool have = false, same = false;

	list_for_each (ifa, &dev->addrs, struct ifaddr, node) {
		uint8_t least = ifa->scope < localnet ? ifa->scope : localnet;

		if (!have && local == ifa->local.v4 && least <= scope) {
			have = true;
			if (same)
				break;
		}
		if (!same) {
			same = ifa_match(ifa, local) && (!dst || ifa_match(ifa, dst));
			if (same && have)
				break; /* local is not 0 */
		}
	}
	return same && have;
}

/* arp_ignore() */
static const char *ignored(const struct dev *dev, const struct arp *m)
{
	switch (dev_conf(dev, DEVC_ARP_IGNORE)) {
	case 1:
		return confirm_addr(dev, 0, m->tip.v4, SCOPE_HOST) ? NULL
								   : "arp_ignore 1: the address is not on this device";
	case 2:
		return confirm_addr(dev, m->sip.v4, m->tip.v4, SCOPE_HOST)
			       ? NULL
			       : "arp_ignore 2: the sender is not in the address's subnet on this device";
	case 3:
		list_for_each (d, &dev->ns->devs, struct dev, ns_node)
			if (confirm_addr(d, 0, m->tip.v4, SCOPE_LINK))
				return NULL;
		return "arp_ignore 3: the address has scope host";
	case 8:
		return "arp_ignore 8";
	default:
		return NULL;
	}
}

/* arp_filter(): the way back to the sender is not through this device. */
static bool filtered(struct sim *s, struct dev *dev, const struct packet *p, const struct arp *m)
{
	struct ip_flow f = { .dst = m->sip.v4, .src = m->tip.v4 };
	struct route *r;
	struct dst d;
	int err;

	if (!dev_conf(dev, DEVC_ARP_FILTER))
		return false;
	err = ip_route_output_key(s, dev->ns, &f, &d, &r);
	ip_route_event(s, p, dev->ns, ST_ARP_FILTER, m->sip.v4, m->tip.v4, err ? NULL : &d, r, err);
	return err || d.dev != dev;
}

/* neigh_event_ns() */
static void learn_sender(struct sim *s, struct dev *dev, const struct arp *m)
{
	neigh_update(s, neigh_create(s, dev, &m->sip), &m->sha, NUD_STALE_, NEIGH_OVERRIDE, "it asked");
}

/* A request for a local address. */
static void process_local(struct sim *s, struct packet *p, const struct arp *m)
{
	const char *why = ignored(p->dev, m);

	if (!why && filtered(s, p->dev, p, m))
		why = "arp_filter: the way back to the sender is another device";
	if (why) {
		sim_drop(s, p, DROP_ARP_IGNORED, ST_ARP_PROCESS, why, 0);
		return;
	}
	learn_sender(s, p->dev, m);
	reply(s, p->dev, m);
	sim_absorb(s, p, ST_ARP_PROCESS, "ARP request, answered");
}

/* ---- proxy ---- */
static void arp_process(struct sim *s, struct packet *p, bool delayed);

static void delayed_free(struct sim *s, struct arp_delayed *d)
{
	timer_cancel(&s->net->timers, &d->timer);
	list_del(&d->node);
	s->arp_delays--;
	free(d);
}

static void delayed_fire(void *ctx, struct timer *t)
{
	struct arp_delayed *d = container_of(t, struct arp_delayed, timer);
	struct sim *s = ctx;
	struct packet *p = d->p;

	delayed_free(s, d);
	s->cause = p->id;
	arp_process(s, p, true);
	s->cause = 0;
}

static void delay(struct sim *s, struct packet *p)
{
	struct arp_delayed *d;
	uint64_t wait = (uint64_t)(uint32_t)p->dev->neigh_conf[NEIGHC_PROXY_DELAY] * TICK_NS / 2;

	if (s->arp_delays > 64) { /* proxy_qlen */
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_ARP_PROCESS, "too many requests wait for the proxy", 0);
		return;
	}
	d = xcalloc(1, sizeof(*d));
	d->p = p;
	d->timer.fn = delayed_fire;
	if (!s->arp_delayed.next)
		list_init(&s->arp_delayed);
	list_add_tail(&s->arp_delayed, &d->node);
	s->arp_delays++;
	timer_set(&s->net->timers, &d->timer, s->now + wait);
	sim_event(s, p, EV_STEP, ST_ARP_PROCESS, VAL_STR("the proxy's answer is delayed"));
}

/* pneigh_queue_purge(): all of the namespace's. */
void arp_proxy_purge(struct sim *s, struct dev *dev)
{
	if (!s->arp_delays)
		return;
	list_for_each_safe (d, &s->arp_delayed, struct arp_delayed, node) {
		struct packet *p = d->p;

		if (p->dev->ns != dev->ns)
			continue;
		delayed_free(s, d);
		sim_drop(
			s, p, DROP_NOT_SPECIFIED, ST_ARP_PROCESS, "it waited for the proxy, and a device went down", 0);
	}
}

/* A request for an address behind another device; true: this host answers for it, and the packet is gone. */
static bool process_proxy(struct sim *s, struct packet *p, const struct arp *m, bool delayed)
{
	struct dev *dev = p->dev;

	if (!dev->conf[DEVC_FORWARDING] || p->dst.type != RTN_UNICAST_ || p->dst.dev == dev ||
		!dev_conf(dev, DEVC_PROXY_ARP))
		return false;
	learn_sender(s, dev, m);
	if (delayed || p->pkt_type == PACKET_HOST || !dev->neigh_conf[NEIGHC_PROXY_DELAY]) {
		reply(s, dev, m);
		sim_absorb(s, p, ST_ARP_PROCESS, "ARP request, answered by proxy");
	} else {
		delay(s, p);
	}
	return true;
}

/* ---- what came ---- */

/* arp_is_garp() */
static bool is_garp(const struct dev *dev, const struct arp *m)
{
	return m->sip.v4 == m->tip.v4 && (m->op != ARP_REPLY || mac_eq(&m->tha, &m->sha)) &&
	       fib_addr_type(dev->ns, &m->sip) == RTN_UNICAST_;
}

/* arp_accept() and what it is asked for: may the message make an entry? */
static bool makes_entry(const struct dev *dev, const struct arp *m, bool garp)
{
	int32_t accept = dev_conf(dev, DEVC_ARP_ACCEPT);

	if (!accept || (accept == 2 && !addr_onlink(dev, m->sip.v4, 0)))
		return false;
	return garp || (m->op == ARP_REPLY && fib_addr_type(dev->ns, &m->sip) == RTN_UNICAST_);
}

/* A message that nothing was done for. That it asks for another host is no news, that it asks for this one is. */
static void not_processed(struct sim *s, struct packet *p, const struct arp *m, const char *why)
{
	if (m->op == ARP_REQUEST && fib_addr_type(p->dev->ns, &m->tip) == RTN_LOCAL_)
		sim_drop(s, p, DROP_ARP_IGNORED, ST_ARP_PROCESS, why, 0);
	else
		sim_absorb(s, p, ST_ARP_PROCESS,
			m->op == ARP_REQUEST ? "ARP request for another host" : "ARP reply that nobody waits for");
}

/* time_after(jiffies, n->updated + locktime): in whole ticks, so that of two answers at once the first one counts, with
 * locktime 0 too. */
static bool locktime_over(const struct sim *s, const struct neigh *n)
{
	int64_t since = (int64_t)(jiffies_now(s) - n->updated) / (int64_t)TICK_NS;

	return since > n->dev->neigh_conf[NEIGHC_LOCKTIME];
}

/* The message updates the entry of its sender, if there is or may be one. */
static void process_update(struct sim *s, struct packet *p, const struct arp *m, const char *why_not)
{
	bool garp = is_garp(p->dev, m), override;
	struct neigh *n = neigh_find(p->dev, &m->sip);
	uint8_t state = m->op == ARP_REPLY && p->pkt_type == PACKET_HOST ? NUD_REACHABLE_ : NUD_STALE_;

	if (!n && makes_entry(p->dev, m, garp))
		n = neigh_create(s, p->dev, &m->sip);
	if (!n) {
		not_processed(s, p, m, why_not);
		return;
	}
	override = garp || locktime_over(s, n);
	neigh_update(s, n, &m->sha, state, override ? NEIGH_OVERRIDE : 0,
		m->op == ARP_REPLY ? "ARP reply" : "ARP request seen");
	if (m->op == ARP_REQUEST)
		not_processed(s, p, m, why_not);
	else
		sim_absorb(s, p, ST_ARP_PROCESS, "ARP reply");
}

/* A probe for a duplicate address (RFC 5227) comes from nobody: answered, nothing learnt. */
static void process_probe(struct sim *s, struct packet *p, const struct arp *m)
{
	const char *why = ignored(p->dev, m);

	if (m->op != ARP_REQUEST || fib_addr_type(p->dev->ns, &m->tip) != RTN_LOCAL_ || why) {
		sim_drop(s, p, DROP_ARP_IGNORED, ST_ARP_PROCESS, why, 0);
		return;
	}
	reply(s, p->dev, m);
	sim_absorb(s, p, ST_ARP_PROCESS, "ARP probe, answered");
}

static bool message_get(struct arp *m, const struct packet *p)
{
	const struct arp_hdr *h = packet_arp(p);
	uint16_t hrd = get16(h->hrd);

	*m = (struct arp){
		.op = get16(h->op), .sha = h->sha, .tha = h->tha, .sip = ip4(get32(h->sip)), .tip = ip4(get32(h->tip))
	};
	return (hrd == 1 || hrd == 6) && get16(h->pro) == ETH_P_IP_ && (m->op == ARP_REQUEST || m->op == ARP_REPLY);
}

static void arp_process(struct sim *s, struct packet *p, bool delayed)
{
	struct dev *dev = p->dev;
	enum drop why = DROP_NOT_SPECIFIED;
	const char *ignored_why = NULL;
	struct arp m;

	if (!message_get(&m, p) || ip4_is_multicast(m.tip.v4) ||
		(ip4_is_loopback(m.tip.v4) && !dev_conf(dev, DEVC_ROUTE_LOCALNET))) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_ARP_PROCESS, "not a message to act on", 0);
		return;
	}
	if (!m.sip.v4) {
		process_probe(s, p, &m);
		return;
	}
	if (m.op == ARP_REQUEST) {
		if (ip_route_input(s, p, m.tip.v4, m.sip.v4, 0, dev, &why)) {
			ignored_why = drop_descs[why].sentence;
		} else if (p->dst.type == RTN_LOCAL_) {
			process_local(s, p, &m);
			return;
		} else if (process_proxy(s, p, &m, delayed)) {
			return;
		}
	}
	process_update(s, p, &m, ignored_why);
}

void arp_rcv(struct sim *s, struct packet *p)
{
	const struct arp_hdr *h = packet_arp(p);

	if ((p->dev->flags & DEVF_NOARP) || p->pkt_type == PACKET_OTHERHOST || p->pkt_type == PACKET_LOOPBACK)
		sim_drop(s, p, DROP_ARP_IGNORED, ST_ARP_RCV,
			p->dev->flags & DEVF_NOARP ? "ARP is off on this device"
						   : "the frame is addressed to another host's MAC",
			0);
	else if (!h)
		sim_drop(s, p, DROP_PKT_TOO_SMALL, ST_ARP_RCV, NULL, 0);
	else if (h->hln != 6 || h->pln != 4)
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_ARP_RCV, NULL, 0);
	else
		arp_process(s, p, false);
}
