/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 between two hosts and a router: forwarding, the errors and how many of them, fragments, echo. Packets are made
 * by hand and put on the wire; what became of them is read from the trace. */
#include <stdlib.h>

#include "sim/sim.h"
#include "sim/sock.h"
#include "tests/unit/check.h"

#define A 0x0a000102U /* 10.0.1.2, host a */
#define A_ROUTER 0x0a000101U
#define B 0x0a000202U /* 10.0.2.2, host b */
#define B_ROUTER 0x0a000201U

struct world {
	struct sim *s;
	struct ns *a, *r, *b;
	struct dev *a0, *ra, *rb, *b0;
};

static void add_route(struct ns *ns, uint32_t dst, uint8_t len, uint8_t type, struct dev *dev, uint32_t via)
{
	struct route r = { .dst = { ip4(dst), len },
		.type = type,
		.dev = dev,
		.table = type == RTN_UNICAST_ || type == RTN_UNREACHABLE_ || type == RTN_PROHIBIT_ ||
					 type == RTN_BLACKHOLE_
				 ? RT_TABLE_MAIN_
				 : RT_TABLE_LOCAL_,
		.scope = type == RTN_LOCAL_ ? SCOPE_HOST
			 : via              ? SCOPE_UNIVERSE
					    : SCOPE_LINK,
		.protocol = RTPROT_KERNEL_,
		.nh_scope = via ? SCOPE_LINK : SCOPE_HOST };

	if (via)
		r.gateway = ip4(via);
	fib_insert(ns->fib, &r, true);
}

static void address(struct dev *dev, uint32_t addr)
{
	struct ipaddr a = ip4(addr);

	ifaddr_new(dev, &a, 24);
	add_route(dev->ns, addr, 32, RTN_LOCAL_, dev, 0);
	add_route(dev->ns, addr & 0xffffff00, 24, RTN_UNICAST_, dev, 0);
	add_route(dev->ns, addr | 255, 32, RTN_BROADCAST_, dev, 0);
}

static void cable(struct dev *x, struct dev *y)
{
	x->peer = y;
	y->peer = x;
	x->flags |= DEVF_UP;
	y->flags |= DEVF_UP;
	x->carrier = y->carrier = x->active = y->active = true;
}

static void knows(struct dev *dev, uint32_t addr, const struct dev *who)
{
	struct ipaddr a = ip4(addr);
	struct neigh *n = neigh_new(dev, &a);

	n->mac = who->mac;
	n->state = NUD_PERMANENT_;
	n->type = RTN_UNICAST_;
}

static struct world begin(void)
{
	struct world w = { .s = sim_new(1, true) };

	w.a = ns_new(w.s->net, "a");
	w.r = ns_new(w.s->net, "r");
	w.b = ns_new(w.s->net, "b");
	w.a->lo->flags |= DEVF_UP;
	w.a->lo->active = true;
	w.r->lo->flags |= DEVF_UP;
	w.r->lo->active = true;
	w.b->lo->flags |= DEVF_UP;
	w.b->lo->active = true;
	w.a0 = dev_new(w.a, DEV_VETH, "a0", 0);
	w.ra = dev_new(w.r, DEV_VETH, "ra", 0);
	w.rb = dev_new(w.r, DEV_VETH, "rb", 0);
	w.b0 = dev_new(w.b, DEV_VETH, "b0", 0);
	cable(w.a0, w.ra);
	cable(w.rb, w.b0);
	address(w.a0, A);
	address(w.ra, A_ROUTER);
	address(w.rb, B_ROUTER);
	address(w.b0, B);
	add_route(w.a, 0, 0, RTN_UNICAST_, w.a0, A_ROUTER);
	add_route(w.b, 0, 0, RTN_UNICAST_, w.b0, B_ROUTER);
	knows(w.a0, A_ROUTER, w.ra);
	knows(w.ra, A, w.a0);
	knows(w.rb, B, w.b0);
	knows(w.b0, B_ROUTER, w.rb);
	w.ra->conf[DEVC_FORWARDING] = w.rb->conf[DEVC_FORWARDING] = 1;
	trace_clear(w.s->trace);
	return w;
}

static void end(struct world *w)
{
	CHECK(!trace_check(w->s->trace));
	list_for_each (ns, &w->s->net->namespaces, struct ns, node)
		list_for_each (dev, &ns->devs, struct dev, ns_node)
			list_for_each_safe (a, &dev->addrs, struct ifaddr, node)
				ifaddr_free(a);
	sim_free(w->s);
}

/* An echo request of `size` bytes of data, sent by host a. */
static void ping(struct world *w, uint32_t src, uint32_t dst, uint8_t ttl, bool df, uint32_t size)
{
	struct packet *p = sim_packet(w->s, size + 8);
	struct icmp_hdr *icmp = (void *)packet_append(p, size + 8);
	struct ipaddr to = ip4(dst), from = ip4(src);

	memset(icmp, 0x55, size + 8);
	*icmp = (struct icmp_hdr){ .type = ICMP_ECHO_, .id = put16(7), .seq = put16(1) };
	icmp->check = put16(csum_fold(csum_add(0, icmp, size + 8)));
	ip_build_header(w->s, p, w->a, src, dst, IPPROTO_ICMP_, 0, ttl, df);
	p->ignore_df = !df;
	CHECK(!ip_route_output_anysrc(w->s, w->a, p, &to, &from, NULL, 0, 0, &p->dst));
	ip_local_out(w->s, p);
}

/* How many events of this kind in this namespace have the first string, or the numbers type and code. */
static unsigned count(
	struct world *w, enum event_kind k, const char *ns, const char *first, uint32_t type, uint32_t code)
{
	unsigned n = 0;
	struct event e;

	for (uint64_t i = 1; i <= trace_events(w->s->trace); i++) {
		trace_get(w->s->trace, i, &e);
		if (e.kind != k || (ns && strcmp(e.ns, ns)))
			continue;
		if (first ? e.val[0].type == VT_STR && !strcmp(e.val[0].str, first)
			  : e.val[0].u32 == type && e.val[1].u32 == code)
			n++;
	}
	return n;
}

static unsigned dropped(struct world *w, const char *ns, const char *reason)
{
	return count(w, EV_DROP, ns, reason, 0, 0);
}

static unsigned errors(struct world *w, const char *ns, uint32_t type, uint32_t code)
{
	return count(w, EV_ICMP_ERROR, ns, NULL, type, code);
}

/* The reply came to host a, where no socket wants it. */
static unsigned replies(struct world *w)
{
	return dropped(w, "a", "NO_SOCKET");
}

static void t_forward(void)
{
	struct world w = begin();

	ping(&w, A, B, 64, true, 56);
	CHECK(replies(&w) == 1);
	CHECK(count(&w, EV_CHANGE, "r", "ttl", 0, 0) == 2);
	ping(&w, A, A_ROUTER, 1, true, 56); /* for the router itself: TTL 1 is enough */
	ping(&w, A, B_ROUTER, 1, true, 56);
	CHECK(replies(&w) == 3);
	ping(&w, A, B, 1, true, 56);
	CHECK(errors(&w, "r", 11, 0) == 1);
	w.rb->mtu = 1000;
	ping(&w, A, B, 64, true, 1400);
	CHECK(errors(&w, "r", 3, 4) == 1);
	CHECK(dropped(&w, "r", "PKT_TOO_BIG") == 1);
	end(&w);
}

static void t_no_way(void)
{
	struct world w = begin();

	ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 3, 0) == 1 && dropped(&w, "r", "IP_INNOROUTES") == 1);
	add_route(w.r, 0x08080000, 16, RTN_UNREACHABLE_, NULL, 0);
	ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 3, 1) == 1);
	sim_run_until(w.s, w.s->now + 10 * NSEC_PER_SEC);
	add_route(w.r, 0x08080800, 24, RTN_PROHIBIT_, NULL, 0);
	ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 3, 13) == 1);
	add_route(w.r, 0x08080808, 32, RTN_BLACKHOLE_, NULL, 0);
	ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(count(&w, EV_ICMP_ERROR, "r", NULL, 3, 1) == 1); /* none more */
	w.ra->conf[DEVC_FORWARDING] = 0;
	ping(&w, A, B, 64, true, 56);
	CHECK(dropped(&w, "r", "IP_INADDRERRORS") == 1 && !replies(&w));
	end(&w);
}

static void t_sources(void)
{
	struct world w = begin();

	ping(&w, A_ROUTER, B, 64, true, 56); /* with an address of the router's */
	CHECK(dropped(&w, "r", "IP_LOCAL_SOURCE") == 1);
	ping(&w, 0xac100001, B_ROUTER, 64, true, 56); /* nobody knows the way back */
	CHECK(count(&w, EV_DROP, "r", "NO_REPLY_ROUTE", 0, 0) == 1);
	w.ra->conf[DEVC_RP_FILTER] = 1;
	ping(&w, 0xac100001, B, 64, true, 56);
	CHECK(dropped(&w, "r", "IP_RPFILTER") == 1);
	ping(&w, A, B, 64, true, 56);
	CHECK(replies(&w) == 1);
	end(&w);
}

static void t_how_many(void)
{
	struct world w = begin();

	for (int i = 0; i < 20; i++)
		ping(&w, A, B, 1, true, 56);
	CHECK(errors(&w, "r", 11, 0) == 6);
	sim_run_until(w.s, w.s->now + 60 * NSEC_PER_SEC);
	for (int i = 0; i < 20; i++)
		ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 3, 0) == 2);
	w.r->sysctl[NSC_ICMP_RATEMASK] = 0;
	sim_run_until(w.s, w.s->now + 60 * NSEC_PER_SEC);
	for (int i = 0; i < 20; i++)
		ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 3, 0) == 7);
	end(&w);
}

static void t_rate_of_one_per_second(void)
{
	struct world w = begin();

	for (int i = 0; i < 10; i++) {
		ping(&w, A, 0x08080808, 64, true, 56);
		sim_run_until(w.s, (uint64_t)(i + 1) * NSEC_PER_SEC);
	}
	CHECK(errors(&w, "r", 3, 0) == 4);
	end(&w);
}

static void t_broadcast(void)
{
	struct world w = begin();

	ping(&w, A, A | 255, 64, true, 56);
	CHECK(dropped(&w, "r", "INVALID_PROTO") == 1 && dropped(&w, "a", "INVALID_PROTO") == 1);
	w.r->sysctl[NSC_ICMP_ECHO_IGNORE_BROADCASTS] = 0;
	ping(&w, A, A | 255, 64, true, 56);
	CHECK(replies(&w) == 1);
	end(&w);
}

static void t_fragments(void)
{
	struct world w = begin();

	ping(&w, A, B, 64, false, 4000);
	CHECK(replies(&w) == 1);
	w.rb->mtu = w.b0->mtu = 600; /* the router cuts on */
	ping(&w, A, B, 64, false, 4000);
	CHECK(replies(&w) == 2);
	ping(&w, A, B, 64, false, 65000);
	CHECK(replies(&w) == 3);
	CHECK(!errors(&w, NULL, 11, 1));
	end(&w);
}

static void t_lost_fragment(void)
{
	struct world w = begin();

	w.ra->mtu = 1500;
	w.a0->mtu = 1500;
	w.b0->mtu = 1500;
	ping(&w, A, B, 64, false, 1000);
	CHECK(replies(&w) == 1);
	w.b0->mtu = 900; /* the first piece is too large for b's end of the cable, the second is not */
	ping(&w, A, B, 64, false, 1600);
	sim_run_until(w.s, w.s->now + 34 * NSEC_PER_SEC);
	CHECK(dropped(&w, "b", "FRAG_REASM_TIMEOUT") == 1);
	CHECK(!errors(&w, "b", 11, 1)); /* the first fragment never came */
	CHECK(replies(&w) == 1);
	end(&w);
}

static struct dst route_to(struct world *w, uint32_t dst)
{
	struct ipaddr to = ip4(dst);
	struct dst d = { 0 };

	ip_route_output(w->s, w->a, NULL, &to, NULL, NULL, 0, 0, &d);
	return d;
}

static void t_path_mtu(void)
{
	struct world w = begin();

	CHECK(route_to(&w, B).mtu == 1500);
	ip_update_pmtu(w.s, w.a, B, 1300);
	CHECK(route_to(&w, B).mtu == 1300 && route_to(&w, B + 1).mtu == 1500);
	ip_update_pmtu(w.s, w.a, B, 1400); /* larger ones are not believed */
	CHECK(route_to(&w, B).mtu == 1300);
	sim_run_until(w.s, w.s->now + 601 * NSEC_PER_SEC);
	CHECK(route_to(&w, B).mtu == 1500);
	ip_update_pmtu(w.s, w.a, B, 100); /* min_pmtu */
	CHECK(route_to(&w, B).mtu == 552);
	route_exceptions_flush(w.s, w.a);
	CHECK(route_to(&w, B).mtu == 1500);
	ip_update_pmtu(w.s, w.a, B, 1300);
	w.a0->mtu = 1200; /* fib_nhc_update_mtu() */
	CHECK(route_to(&w, B).mtu == 1200);
	fib_remove(w.a->fib, fib_find(w.a->fib, RT_TABLE_MAIN_, &(struct prefix){ ip4(0), 0 }, 0, 0));
	add_route(w.a, 0, 0, RTN_UNICAST_, w.a0, A_ROUTER);
	w.a0->mtu = 1500;
	CHECK(route_to(&w, B).mtu == 1500); /* another route */
	end(&w);
}

/* The router knows a better one on the same cable. */
static void t_redirect(void)
{
	struct world w = begin();

	add_route(w.r, 0x08080000, 16, RTN_UNICAST_, w.ra, A_ROUTER + 8);
	knows(w.ra, A_ROUTER + 8, w.a0);
	ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 5, 1) == 1);
	CHECK(route_to(&w, 0x08080808).gateway.v4 == A_ROUTER); /* the first only asks for its MAC address */
	knows(w.a0, A_ROUTER + 9, w.ra);
	add_route(w.r, 0x08090000, 16, RTN_UNICAST_, w.ra, A_ROUTER + 9);
	knows(w.ra, A_ROUTER + 9, w.a0);
	sim_run_until(w.s, w.s->now + 30 * NSEC_PER_SEC);
	ping(&w, A, 0x08090909, 64, true, 56);
	CHECK(route_to(&w, 0x08090909).gateway.v4 == A_ROUTER); /* no socket, nobody to tell */
	sock_new(w.s, w.a, SYS_RAW_ICMP);
	sim_run_until(w.s, w.s->now + 30 * NSEC_PER_SEC);
	ping(&w, A, 0x08090909, 64, true, 56);
	CHECK(route_to(&w, 0x08090909).gateway.v4 == A_ROUTER + 9);
	for (int i = 0; i < 5; i++)
		ping(&w, A, 0x08080808, 64, true, 56);
	CHECK(errors(&w, "r", 5, 1) == 3); /* not before 40 ms */
	sim_run_until(w.s, w.s->now + 301 * NSEC_PER_SEC);
	CHECK(route_to(&w, 0x08090909).gateway.v4 == A_ROUTER);
	end(&w);
}

static void t_default_routes(void)
{
	struct world w = begin();
	struct ipaddr gw = ip4(A_ROUTER);

	add_route(w.a, 0, 0, RTN_UNICAST_, w.a0, A_ROUTER + 9);
	CHECK(route_to(&w, B).gateway.v4 == A_ROUTER);
	neigh_find(w.a0, &gw)->state = NUD_FAILED_;
	knows(w.a0, A_ROUTER + 9, w.ra);
	CHECK(route_to(&w, B).gateway.v4 == A_ROUTER + 9);
	end(&w);
}

/* The frames that cross the first cable, in order: '>' leaves a, '<' comes to r. */
static void crossings(struct world *w, char *to, size_t size)
{
	struct event e;
	size_t n = 0;

	for (uint64_t i = 1; i <= trace_events(w->s->trace) && n + 1 < size; i++) {
		trace_get(w->s->trace, i, &e);
		if (e.kind == EV_FRAME && !strcmp(e.dev, "a0") && !strcmp(e.val[0].str, "out"))
			to[n++] = '>';
		else if (e.kind == EV_FRAME && !strcmp(e.dev, "ra") && !strcmp(e.val[0].str, "in"))
			to[n++] = '<';
	}
	to[n] = 0;
}

/* Three fragments: from a program, and with bottom halves off, as what a softirq sends. */
static void t_context(void)
{
	char order[32];

	for (int off = 0; off < 2; off++) {
		struct world w = begin();

		for (int i = 0; i < 2 * off; i++) /* they nest */
			local_bh_disable(w.s);
		ping(&w, A, A_ROUTER, 64, false, 3000);
		CHECK(!w.s->backlog_head == !off);
		for (int i = 0; i < 2 * off; i++)
			local_bh_enable(w.s);
		crossings(&w, order, sizeof(order));
		CHECK(!strcmp(order, off ? ">>><<<" : "><><><"));
		CHECK(!w.s->backlog_head && !w.s->bh_off && replies(&w) == 1);
		end(&w);
	}
}

/* A device without carrier takes none of them: the first one ends it, of a datagram in one piece or in many. */
static void t_unsent(void)
{
	struct world w = begin();

	w.a0->carrier = w.a0->active = false;
	ping(&w, A, A_ROUTER, 64, false, 3000);
	CHECK(dropped(&w, "a", "QDISC_DROP") == 1 && dropped(&w, "a", "NOT_SPECIFIED") == 1);
	end(&w);
}

int main(void)
{
	t_context();
	t_unsent();
	t_path_mtu();
	t_redirect();
	t_default_routes();
	t_forward();
	t_no_way();
	t_sources();
	t_how_many();
	t_rate_of_one_per_second();
	t_broadcast();
	t_fragments();
	t_lost_fragment();
	return check_end();
}
