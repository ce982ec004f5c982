/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbours and ARP: which requests are answered and what is learnt from them; the states of an entry and their
 * times. What is expected was seen on Linux 6.18. */
#include "sim/ops.h"
#include "tests/unit/check.h"

#define A 0x0a000001u /* 10.0.0.1, the host under test has 10.0.0.2 */
#define B 0x0a000002u
#define OTHER 0xc0a80501u /* 192.168.5.1, on another device of the host under test */

static const struct mac a_mac = { { 2, 0, 0, 0, 0, 1 } }, b_mac = { { 2, 0, 0, 0, 0, 2 } },
			c_mac = { { 2, 0, 0, 0, 0, 3 } };
static const struct mac broadcast = { { 255, 255, 255, 255, 255, 255 } };

struct net2 {
	struct sim *s;
	struct dev *a, *b, *b2; /* a and b are a cable; b2 is another device of b's namespace */
};

static struct dev *cable(struct ns *x, const char *xn, struct ns *y, const char *yn)
{
	struct dev *dx = dev_new(x, DEV_VETH, xn, 0), *dy = dev_new(y, DEV_VETH, yn, 0);

	dx->peer = dy;
	dy->peer = dx;
	return dx;
}

static void address(struct sim *s, struct dev *dev, uint32_t a)
{
	struct ifaddr_args args = { .local = ip4(a), .len = 24 };

	CHECK(ifaddr_insert(s, dev, &args) == 0);
}

static void setup(struct net2 *n)
{
	struct ns *a, *b, *c;

	n->s = sim_new(1, true);
	a = ns_new(n->s->net, "a");
	b = ns_new(n->s->net, "b");
	c = ns_new(n->s->net, "c");
	n->a = cable(a, "eth0", b, "eth0");
	n->b = n->a->peer;
	n->b2 = cable(b, "eth1", c, "eth0");
	n->a->mac = a_mac;
	n->b->mac = b_mac;
	dev_open(n->s, a->lo);
	dev_open(n->s, n->a);
	dev_open(n->s, n->b);
	dev_open(n->s, n->b2);
	dev_open(n->s, n->b2->peer);
	linkwatch_run(n->s);
	address(n->s, n->a, A);
	address(n->s, n->b, B);
	address(n->s, n->b2, OTHER);
}

static void send_arp(
	struct net2 *n, uint16_t op, uint32_t sip, uint32_t tip, const struct mac *dst, const struct mac *tha)
{
	struct packet *p = sim_packet(n->s, 64);
	struct eth_hdr *eth = (struct eth_hdr *)packet_append(p, sizeof(*eth));
	struct arp_hdr *h = (struct arp_hdr *)packet_append(p, sizeof(*h));

	*eth = (struct eth_hdr){ .dst = *dst, .src = c_mac, .proto = put16(ETH_P_ARP_) };
	*h = (struct arp_hdr){ .hrd = put16(1),
		.pro = put16(ETH_P_IP_),
		.hln = 6,
		.pln = 4,
		.op = put16(op),
		.sha = c_mac,
		.sip = put32(sip),
		.tip = put32(tip) };
	if (tha)
		h->tha = *tha;
	p->dev = n->a;
	p->protocol = ETH_P_ARP_;
	dev_queue_xmit(n->s, p);
}

static bool answered(const struct net2 *n, uint64_t from)
{
	for (uint64_t seq = from + 1; seq <= trace_events(n->s->trace); seq++) {
		struct event e;

		trace_get(n->s->trace, seq, &e);
		if (e.kind == EV_FRAME && !strcmp(e.ns, "b") && !strcmp(e.val[0].str, "out"))
			return true;
	}
	return false;
}

static const char *state_of(struct dev *dev, uint32_t a)
{
	struct ipaddr ip = ip4(a);
	struct neigh *n = neigh_find(dev, &ip);

	return n ? nud_state_name(n->state) : "";
}

/* ---- arp_process() ---- */
#define SUBNET_A5 0x0a000005u
static const struct {
	const char *name;
	uint16_t op;
	uint32_t sip, tip;
	const struct mac *dst;
	struct {
		int which, value;
	} conf[2]; /* of b's eth0; which = enum dev_sysctl + 1 */
	bool answered;
	const char *entry; /* for sip */
} messages[] = {
	{ "plain", ARP_REQUEST, SUBNET_A5, B, &broadcast, { { 0 } }, true, "STALE" },
	{ "weak host", ARP_REQUEST, SUBNET_A5, OTHER, &broadcast, { { 0 } }, true, "STALE" },
	{ "arp_ignore 1", ARP_REQUEST, SUBNET_A5, OTHER, &broadcast, { { 1 + DEVC_ARP_IGNORE, 1 } }, false, "" },
	{ "arp_ignore 1, own", ARP_REQUEST, SUBNET_A5, B, &broadcast, { { 1 + DEVC_ARP_IGNORE, 1 } }, true, "STALE" },
	{ "arp_ignore 2", ARP_REQUEST, 0xc0a80605u, B, &broadcast, { { 1 + DEVC_ARP_IGNORE, 2 } }, false, "" },
	{ "arp_ignore 2, same subnet", ARP_REQUEST, SUBNET_A5, B, &broadcast, { { 1 + DEVC_ARP_IGNORE, 2 } }, true,
		"STALE" },
	{ "arp_ignore 3", ARP_REQUEST, SUBNET_A5, B, &broadcast, { { 1 + DEVC_ARP_IGNORE, 3 } }, true, "STALE" },
	{ "arp_ignore 8", ARP_REQUEST, SUBNET_A5, B, &broadcast, { { 1 + DEVC_ARP_IGNORE, 8 } }, false, "" },
	{ "sender of no subnet", ARP_REQUEST, 0xc0a80605u, B, &broadcast, { { 0 } }, true, "STALE" },
	{ "the same with rp_filter", ARP_REQUEST, 0xc0a80605u, B, &broadcast, { { 1 + DEVC_RP_FILTER, 1 } }, false,
		"" },
	{ "sender of another device's subnet", ARP_REQUEST, 0xc0a80505u, B, &broadcast, { { 0 } }, true, "STALE" },
	{ "the same with arp_filter", ARP_REQUEST, 0xc0a80505u, B, &broadcast, { { 1 + DEVC_ARP_FILTER, 1 } }, false,
		"" },
	{ "sender has an address of ours", ARP_REQUEST, B, B, &broadcast, { { 0 } }, false, "" },
	{ "sender 127/8", ARP_REQUEST, 0x7f000009u, B, &broadcast, { { 0 } }, false, "" },
	{ "probe", ARP_REQUEST, 0, B, &broadcast, { { 0 } }, true, "" },
	{ "unknown host", ARP_REQUEST, SUBNET_A5, 0x0a000009u, &broadcast, { { 0 } }, false, "" },
	{ "multicast", ARP_REQUEST, SUBNET_A5, 0xe0000001u, &broadcast, { { 0 } }, false, "" },
	{ "127/8", ARP_REQUEST, SUBNET_A5, 0x7f000001u, &broadcast, { { 0 } }, false, "" },
	{ "another host's MAC", ARP_REQUEST, SUBNET_A5, B, &c_mac, { { 0 } }, false, "" },
	{ "unicast", ARP_REQUEST, SUBNET_A5, B, &b_mac, { { 0 } }, true, "STALE" },
	{ "reply that nobody waits for", ARP_REPLY, SUBNET_A5, B, &b_mac, { { 0 } }, false, "" },
	{ "reply, arp_accept", ARP_REPLY, SUBNET_A5, B, &b_mac, { { 1 + DEVC_ARP_ACCEPT, 1 } }, false, "REACHABLE" },
	{ "gratuitous", ARP_REQUEST, SUBNET_A5, SUBNET_A5, &broadcast, { { 0 } }, false, "" },
	{ "gratuitous, arp_accept", ARP_REQUEST, SUBNET_A5, SUBNET_A5, &broadcast, { { 1 + DEVC_ARP_ACCEPT, 1 } },
		false, "STALE" },
	{ "arp_accept 2, other subnet", ARP_REQUEST, 0xc0a80605u, 0xc0a80605u, &broadcast,
		{ { 1 + DEVC_ARP_ACCEPT, 2 } }, false, "" },
	{ "proxy_arp without forwarding", ARP_REQUEST, SUBNET_A5, 0xc0a80509u, &broadcast,
		{ { 1 + DEVC_PROXY_ARP, 1 } }, false, "" },
	{ "proxy_arp", ARP_REQUEST, SUBNET_A5, 0xc0a80509u, &b_mac,
		{ { 1 + DEVC_PROXY_ARP, 1 }, { 1 + DEVC_FORWARDING, 1 } }, true, "STALE" },
};

static void t_messages(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		struct net2 n;
		uint64_t from;

		setup(&n);
		for (unsigned k = 0; k < 2 && messages[i].conf[k].which; k++)
			n.b->conf[messages[i].conf[k].which - 1] = messages[i].conf[k].value;
		from = trace_events(n.s->trace);
		send_arp(&n, messages[i].op, messages[i].sip, messages[i].tip, messages[i].dst, NULL);
		if (!CHECK(answered(&n, from) == messages[i].answered))
			fprintf(stderr, "  %s\n", messages[i].name);
		if (!CHECK_STR(state_of(n.b, messages[i].sip), messages[i].entry))
			fprintf(stderr, "  %s\n", messages[i].name);
		CHECK(trace_check(n.s->trace) == 0);
		sim_free(n.s);
	}
}

static void t_proxy_takes_its_time(void)
{
	struct net2 n;
	uint64_t from;

	setup(&n);
	n.b->conf[DEVC_PROXY_ARP] = n.b->conf[DEVC_FORWARDING] = 1;
	from = trace_events(n.s->trace);
	send_arp(&n, ARP_REQUEST, SUBNET_A5, 0xc0a80509u, &broadcast, NULL);
	CHECK(!answered(&n, from));
	sim_run_until(n.s, n.s->now + NSEC_PER_SEC);
	CHECK(answered(&n, from));
	send_arp(&n, ARP_REQUEST, SUBNET_A5, 0xc0a80509u, &broadcast, NULL);
	dev_close(n.s, n.b); /* with a request that waits */
	CHECK(trace_check(n.s->trace) == 0);
	sim_free(n.s);
}

/* ---- updates of an entry that exists ---- */
static const struct {
	const char *name;
	uint64_t age; /* since the entry changed, in ms */
	uint16_t op;
	const struct mac *dst;
	bool garp;
	const char *state;
	bool taken; /* the new MAC */
} updates[] = {
	{ "another MAC within locktime", 500, ARP_REPLY, &b_mac, false, "REACHABLE", false },
	{ "another MAC after locktime", 1500, ARP_REPLY, &b_mac, false, "REACHABLE", true },
	{ "gratuitous, within locktime", 500, ARP_REQUEST, &broadcast, true, "STALE", true },
	{ "broadcast reply", 1500, ARP_REPLY, &broadcast, false, "STALE", true },
};

static void t_updates(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(updates); i++) {
		struct ipaddr ip = ip4(SUBNET_A5);
		struct neigh *e;
		struct net2 n;

		setup(&n);
		e = neigh_create(n.s, n.b, &ip);
		neigh_admin_update(n.s, e, &a_mac, NUD_REACHABLE_);
		sim_run_until(n.s, n.s->now + updates[i].age * NSEC_PER_MSEC);
		send_arp(&n, updates[i].op, SUBNET_A5, updates[i].garp ? SUBNET_A5 : B, updates[i].dst, &b_mac);
		if (!CHECK(mac_eq(&e->mac, updates[i].taken ? &c_mac : &a_mac)) ||
			!CHECK_STR(nud_state_name(e->state), updates[i].state))
			fprintf(stderr, "  %s\n", updates[i].name);
		sim_free(n.s);
	}
}

/* Without a lock another answer counts from the next tick on, and not before. */
static void t_lock_of_ticks(void)
{
	for (unsigned ms = 1; ms <= 5; ms += 4) {
		struct ipaddr ip = ip4(SUBNET_A5);
		struct neigh *e;
		struct net2 n;

		setup(&n);
		n.b->neigh_conf[NEIGHC_LOCKTIME] = 0;
		e = neigh_create(n.s, n.b, &ip);
		neigh_admin_update(n.s, e, &a_mac, NUD_REACHABLE_);
		sim_run_until(n.s, n.s->now + ms * NSEC_PER_MSEC);
		send_arp(&n, ARP_REPLY, SUBNET_A5, B, &b_mac, &b_mac);
		CHECK(mac_eq(&e->mac, ms > 4 ? &c_mac : &a_mac));
		sim_free(n.s);
	}
}

/* ---- the states and their times ---- */

/* An echo reply that nobody waits for: not answered. */
static void send_ip(struct net2 *n, struct dev *dev, uint32_t src, uint32_t dst, bool confirm)
{
	struct packet *p = sim_packet(n->s, 64);
	struct ipaddr to = ip4(dst), from = ip4(src);

	CHECK(ip_route_output(n->s, dev->ns, p, &to, &from, NULL, 0, 0, &p->dst) == 0);
	*(struct icmp_hdr *)packet_append(p, sizeof(struct icmp_hdr)) = (struct icmp_hdr){ .check = put16(0xffff) };
	ip_build_header(n->s, p, dev->ns, src, dst, IPPROTO_ICMP_, 0, 64, true);
	p->local = true;
	p->confirm_neigh = confirm;
	ip_local_out(n->s, p);
}

static unsigned count(const struct net2 *n, enum event_kind kind, const char *ns, const char *first)
{
	unsigned c = 0;

	for (uint64_t seq = 1; seq <= trace_events(n->s->trace); seq++) {
		struct event e;

		trace_get(n->s->trace, seq, &e);
		c += e.kind == kind && !strcmp(e.ns, ns) && (!first || !strcmp(e.val[0].str, first));
	}
	return c;
}

static void t_failure(void)
{
	struct net2 n;

	setup(&n);
	for (unsigned i = 0; i < 3; i++)
		send_ip(&n, n.a, A, 0x0a000009u, false);
	CHECK_STR(state_of(n.a, 0x0a000009u), "INCOMPLETE");
	sim_run_until(n.s, n.s->now + 2900 * NSEC_PER_MSEC);
	CHECK_STR(state_of(n.a, 0x0a000009u), "INCOMPLETE");
	CHECK(count(&n, EV_FRAME, "b", "in") == 3); /* one a second */
	sim_run_until(n.s, n.s->now + 200 * NSEC_PER_MSEC);
	CHECK_STR(state_of(n.a, 0x0a000009u), "FAILED");
	CHECK(count(&n, EV_ICMP_ERROR, "a", NULL) == 3); /* one to each that waited */
	CHECK(count(&n, EV_DROP, "a", "NEIGH_FAILED") == 3);
	send_ip(&n, n.a, A, 0x0a000009u, false); /* a new round at once */
	CHECK(count(&n, EV_FRAME, "b", "in") == 4);
	sim_run_until(n.s, n.s->now + 10 * NSEC_PER_SEC);
	CHECK(trace_check(n.s->trace) == 0);
	sim_free(n.s);
}

static void t_life(void)
{
	struct net2 n;

	setup(&n);
	send_ip(&n, n.a, A, B, false);
	CHECK_STR(state_of(n.a, B), "REACHABLE");
	CHECK_STR(state_of(n.b, A), "STALE"); /* it asked; no reply has used it */
	send_ip(&n, n.b, B, A, false);
	CHECK_STR(state_of(n.b, A), "DELAY");
	sim_run_until(n.s, n.s->now + 5300 * NSEC_PER_MSEC); /* by unicast, and there is an answer */
	CHECK_STR(state_of(n.b, A), "REACHABLE");
	sim_run_until(n.s, n.s->now + 34 * NSEC_PER_SEC);
	CHECK_STR(state_of(n.b, A), "STALE");
	send_ip(&n, n.b, B, A, false);
	sim_run_until(n.s, n.s->now + NSEC_PER_SEC);
	send_ip(&n, n.b, B, A, true); /* MSG_CONFIRM */
	sim_run_until(n.s, n.s->now + 4300 * NSEC_PER_MSEC);
	CHECK_STR(state_of(n.b, A), "REACHABLE");
	n.a->flags |= DEVF_NOARP; /* it is silent from now on */
	sim_run_until(n.s, n.s->now + 40 * NSEC_PER_SEC);
	send_ip(&n, n.b, B, A, false);
	sim_run_until(n.s, n.s->now + 5500 * NSEC_PER_MSEC);
	CHECK_STR(state_of(n.b, A), "PROBE");
	sim_run_until(n.s, n.s->now + 3 * NSEC_PER_SEC);
	CHECK_STR(state_of(n.b, A), "FAILED");
	sim_free(n.s);
}

static void t_queue_is_bounded(void)
{
	struct net2 n;

	setup(&n);
	n.a->neigh_conf[NEIGHC_UNRES_QLEN_BYTES] = 3 * 832;
	for (unsigned i = 0; i < 5; i++)
		send_ip(&n, n.a, A, 0x0a000009u, false);
	CHECK(count(&n, EV_DROP, "a", "NEIGH_QUEUEFULL") == 2);
	dev_close(n.s, n.b);
	linkwatch_run(n.s); /* carrier goes: the entry and what waits, silently */
	CHECK_STR(state_of(n.a, 0x0a000009u), "");
	CHECK(count(&n, EV_DROP, "a", "QUEUE_PURGE") == 3);
	CHECK(trace_check(n.s->trace) == 0);
	sim_free(n.s);
}

static void t_special_addresses(void)
{
	struct net2 n;

	setup(&n);
	send_ip(&n, n.a, A, 0x0a0000ffu, false);
	CHECK_STR(state_of(n.a, 0x0a0000ffu), "NOARP");
	CHECK(neigh_find(n.a, &(struct ipaddr){ .family = IP_V4, .v4 = 0x0a0000ffu })->mac.b[0] == 255);
	sim_free(n.s);
}

int main(void)
{
	t_messages();
	t_proxy_takes_its_time();
	t_updates();
	t_lock_of_ticks();
	t_failure();
	t_life();
	t_queue_is_bounded();
	t_special_addresses();
	return check_end();
}
