/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridge: which frame goes where, by the state and flags of ports and by the forwarding database; what the
 * bridge's own MAC, MTU and carrier follow. What is expected was seen on Linux 6.18. */
#include "sim/ops.h"
#include "tests/unit/check.h"

#define PORTS 4

struct bench {
	struct sim *s;
	struct dev *br, *port[PORTS], *host[PORTS]; /* host[i] is the other end of port[i], in a namespace of its own */
};

static const struct mac host_mac[PORTS] = { { { 2, 0, 0, 0, 1, 0 } }, { { 2, 0, 0, 0, 1, 1 } },
	{ { 2, 0, 0, 0, 1, 2 } }, { { 2, 0, 0, 0, 1, 3 } } };
static const struct mac port_mac[PORTS] = { { { 2, 0, 0, 0, 0, 9 } }, { { 2, 0, 0, 0, 0, 5 } },
	{ { 2, 0, 0, 0, 0, 7 } }, { { 2, 0, 0, 0, 0, 6 } } };
static const struct mac broadcast = { { 255, 255, 255, 255, 255, 255 } };

static void cable(struct bench *b, unsigned i)
{
	char name[8];
	struct ns *ns;

	snprintf(name, sizeof(name), "n%u", i);
	ns = ns_new(b->s->net, name);
	b->host[i] = dev_new(ns, DEV_VETH, "eth0", 0);
	snprintf(name, sizeof(name), "p%u", i);
	b->port[i] = dev_new(b->s->net->init, DEV_VETH, name, 0);
	b->port[i]->peer = b->host[i];
	b->host[i]->peer = b->port[i];
	b->host[i]->mac = host_mac[i];
	b->port[i]->mac = port_mac[i];
}

static void setup(struct bench *b)
{
	struct answer a = { 0 };

	b->s = sim_new(1, true);
	b->br = dev_new(b->s->net->init, DEV_BRIDGE, "br0", 0);
	dev_open(b->s, b->br);
	for (unsigned i = 0; i < PORTS; i++) {
		cable(b, i);
		CHECK(br_add_if(b->s, b->br, b->port[i], &a) == 0);
		dev_open(b->s, b->port[i]);
		dev_open(b->s, b->host[i]);
	}
	linkwatch_run(b->s);
}

/* Sends an IPv6 frame, which nobody answers, out of a device. */
static void send_from(struct bench *b, struct dev *dev, const struct mac *src, const struct mac *dst)
{
	struct packet *p = sim_packet(b->s, 64);
	struct eth_hdr *eth = (struct eth_hdr *)packet_append(p, 60);

	memset(eth, 0, 60);
	*eth = (struct eth_hdr){ .dst = *dst, .src = *src, .proto = put16(ETH_P_IPV6_) };
	p->dev = dev;
	p->protocol = ETH_P_IPV6_;
	dev_queue_xmit(b->s, p);
}

/* What the trace says since event `from`: which hosts got it, in order, 'U' = the bridge itself, "!REASON" = dropped.
 */
static const char *seen(struct bench *b, uint64_t from, char out[128])
{
	struct trace *t = b->s->trace;
	size_t n = 0;

	for (uint64_t seq = from + 1; seq <= trace_events(t); seq++) {
		struct event e;

		trace_get(t, seq, &e);
		if (e.kind == EV_FRAME && !strcmp(e.val[0].str, "in") && e.ns[0] == 'n')
			n += (size_t)snprintf(out + n, 128 - n, "%c", e.ns[1]);
		else if (e.kind == EV_FRAME && !strcmp(e.val[0].str, "in") && !strcmp(e.dev, "br0"))
			n += (size_t)snprintf(out + n, 128 - n, "U");
		else if (e.kind == EV_DROP && strcmp(e.val[0].str, "UNHANDLED_PROTO"))
			n += (size_t)snprintf(out + n, 128 - n, "!%s", e.val[0].str);
	}
	out[n] = 0;
	return out;
}

enum { FROM_HOST = -1 };
struct flag_set {
	int port;
	int flag; /* 1 + enum br_flag, negative: off */
};
static const struct {
	const char *name;
	struct flag_set set[3];
	int from; /* port, or FROM_HOST: the bridge's own device */
	const struct mac *dst;
	int known[2]; /* 1 + port behind which the destination was seen */
	const char *want;
} frames[] = {
	{ "unknown unicast is flooded, latest port first, and not passed up", { { 0 } }, 0, &host_mac[2], { 0 },
		"321" },
	{ "broadcast is flooded and passed up", { { 0 } }, 1, &broadcast, { 0 }, "U320" },
	{ "known unicast goes to its port alone", { { 0 } }, 0, &host_mac[2], { 3 }, "2" },
	{ "known unicast on the port it came by", { { 0 } }, 2, &host_mac[2], { 3 }, "!NOT_SPECIFIED" },
	{ "hairpin reflects it", { { 2, 1 + BRF_HAIRPIN } }, 2, &host_mac[2], { 3 }, "2" },
	{ "isolated ports: not between two of them", { { 0, 1 + BRF_ISOLATED }, { 2, 1 + BRF_ISOLATED } }, 0,
		&host_mac[2], { 3 }, "!NOT_SPECIFIED" },
	{ "isolated ports: flood", { { 0, 1 + BRF_ISOLATED }, { 2, 1 + BRF_ISOLATED } }, 0, &broadcast, { 0 }, "U31" },
	{ "flood off", { { 1, -(1 + BRF_FLOOD) } }, 0, &host_mac[2], { 0 }, "32" },
	{ "flood off does not stop broadcasts", { { 1, -(1 + BRF_FLOOD) } }, 0, &broadcast, { 0 }, "U321" },
	{ "bcast_flood off", { { 1, -(1 + BRF_BCAST_FLOOD) } }, 0, &broadcast, { 0 }, "U32" },
	{ "bcast_flood off does not apply to the host", { { 1, -(1 + BRF_BCAST_FLOOD) } }, FROM_HOST, &broadcast, { 0 },
		"3210" },
	{ "flood off everywhere", { { 1, -(1 + BRF_FLOOD) }, { 2, -(1 + BRF_FLOOD) }, { 3, -(1 + BRF_FLOOD) } }, 0,
		&host_mac[2], { 0 }, "!NO_TX_TARGET" },
	{ "a frame to a port's MAC is for the bridge", { { 0 } }, 0, &port_mac[2], { 0 }, "U" },
	{ "locked: the source is not known", { { 0, 1 + BRF_LOCKED } }, 0, &host_mac[2], { 0 }, "!NOT_SPECIFIED" },
	{ "locked: the source is known", { { 0, 1 + BRF_LOCKED } }, 0, &host_mac[2], { 3, 1 }, "2" },
	{ "from the host, unknown", { { 0 } }, FROM_HOST, &host_mac[2], { 0 }, "3210" },
	{ "from the host, known", { { 0 } }, FROM_HOST, &host_mac[2], { 3 }, "2" },
};

static void t_frames(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		struct bench b;
		char got[128];
		uint64_t from;

		setup(&b);
		for (unsigned k = 0; k < 2 && frames[i].known[k]; k++)
			send_from(&b, b.host[frames[i].known[k] - 1], &host_mac[frames[i].known[k] - 1], &port_mac[0]);
		for (unsigned k = 0; k < 3 && frames[i].set[k].flag; k++) {
			int f = frames[i].set[k].flag;

			b.port[frames[i].set[k].port]->port->flag[(f < 0 ? -f : f) - 1] = f > 0;
		}
		from = trace_events(b.s->trace);
		if (frames[i].from == FROM_HOST)
			send_from(&b, b.br, &b.br->mac, frames[i].dst);
		else
			send_from(&b, b.host[frames[i].from], &host_mac[frames[i].from], frames[i].dst);
		if (!CHECK_STR(seen(&b, from, got), frames[i].want))
			fprintf(stderr, "  %s\n", frames[i].name);
		sim_free(b.s);
	}
}

static void t_control_frames(void)
{
	static const struct {
		uint8_t last;
		const char *want;
	} rows[] = { { 0, "U321" }, { 1, "!MAC_IEEE_MAC_CONTROL" }, { 2, "" }, { 0xe, "" }, { 0x10, "U321" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mac dst = { { 0x01, 0x80, 0xc2, 0, 0, rows[i].last } };
		struct bench b;
		char got[128];
		uint64_t from;

		setup(&b);
		from = trace_events(b.s->trace);
		send_from(&b, b.host[0], &host_mac[0], &dst);
		CHECK_STR(seen(&b, from, got), rows[i].want);
		sim_free(b.s);
	}
}

static void t_learning_and_ageing(void)
{
	static const struct mac multicast = { { 3, 0, 0, 0, 0, 1 } };
	struct bench b;
	struct fdb_entry *f;

	setup(&b);
	send_from(&b, b.host[0], &host_mac[0], &broadcast);
	f = fdb_find(b.br->bridge, &host_mac[0]);
	CHECK(f && f->port == b.port[0]->port && !f->local);
	send_from(&b, b.host[1], &host_mac[0], &broadcast);
	CHECK(f && f->port == b.port[1]->port);
	send_from(&b, b.host[1], &multicast, &broadcast);
	CHECK(!fdb_find(b.br->bridge, &multicast));
	send_from(&b, b.host[0], &port_mac[2], &broadcast);
	f = fdb_find(b.br->bridge, &port_mac[2]);
	CHECK(f && f->local && f->port == b.port[2]->port);
	sim_run_until(b.s, b.s->now + 299 * NSEC_PER_SEC);
	CHECK(fdb_find(b.br->bridge, &host_mac[0]) != NULL);
	sim_run_until(b.s, b.s->now + 18 * NSEC_PER_SEC); /* so long a timer comes up to 16.4 s late */
	CHECK(!fdb_find(b.br->bridge, &host_mac[0]));
	send_from(&b, b.host[0], &host_mac[0], &broadcast);
	dev_close(b.s, b.host[0]);
	linkwatch_run(b.s); /* the port loses its carrier: what was learnt there goes */
	CHECK(!fdb_find(b.br->bridge, &host_mac[0]));
	CHECK(b.port[0]->port->state == BR_DISABLED);
	sim_free(b.s);
}

static void t_bridge_follows_its_ports(void)
{
	struct bench b;

	setup(&b);
	CHECK(mac_eq(&b.br->mac, &port_mac[1])); /* the lowest */
	br_del_if(b.s, b.port[1]->port);
	CHECK(mac_eq(&b.br->mac, &port_mac[3]));
	CHECK(!fdb_find(b.br->bridge, &port_mac[1]) && fdb_find(b.br->bridge, &port_mac[3]));
	dev_mtu_set(b.s, b.port[0], 1400);
	CHECK(b.br->mtu == 1400);
	br_del_if(b.s, b.port[0]->port);
	CHECK(b.br->mtu == 1500);
	CHECK(b.br->carrier);
	dev_close(b.s, b.port[2]);
	CHECK(b.br->carrier);
	dev_close(b.s, b.host[3]);
	linkwatch_run(b.s);
	CHECK(!b.br->carrier);
	br_del_if(b.s, b.port[2]->port);
	br_del_if(b.s, b.port[3]->port);
	CHECK(mac_is_zero(&b.br->mac) && list_empty(&b.br->bridge->fdb));
	sim_free(b.s);
}

static void t_refusals(void)
{
	struct bench b;
	struct answer a = { 0 };
	struct dev *other;

	setup(&b);
	CHECK(br_add_if(b.s, b.br, b.s->net->init->lo, &a) == -22);
	CHECK(br_add_if(b.s, b.br, b.port[0], &a) == -16);
	other = dev_new(b.s->net->init, DEV_BRIDGE, "br1", 0);
	CHECK(br_add_if(b.s, b.br, other, &a) == -40);
	CHECK_STR(a.ext, "Can not enslave a bridge to a bridge");
	sim_free(b.s);
}

/* Two cables between the same two bridges: what circles is cut off, and each packet still ends once. */
static void t_loop_is_cut(void)
{
	struct bench b;
	struct answer a = { 0 };
	struct dev *br2;

	setup(&b);
	br2 = dev_new(b.host[0]->ns, DEV_BRIDGE, "br2", 0);
	dev_open(b.s, br2);
	dev_close(b.s, b.host[1]);
	dev_move(b.host[1], b.host[0]->ns);
	dev_rename(b.host[1], "eth1");
	dev_open(b.s, b.host[1]);
	CHECK(!br_add_if(b.s, br2, b.host[0], &a) && !br_add_if(b.s, br2, b.host[1], &a));
	linkwatch_run(b.s);
	send_from(&b, b.host[2], &host_mac[2], &broadcast);
	CHECK(b.s->storming);
	CHECK(!b.s->backlog_head);
	CHECK(trace_check(b.s->trace) == 0);
	sim_free(b.s);
}

int main(void)
{
	t_frames();
	t_control_frames();
	t_learning_and_ageing();
	t_bridge_follows_its_ports();
	t_refusals();
	t_loop_is_cut();
	return check_end();
}
