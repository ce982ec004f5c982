/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From records of tracepoints to observations.
 *
 * Theory of operation. Most records are an observation each. Of a neighbour, tracepoints tell the state at many
 * moments; a change is what differs from the moment before. Numbers are in the processor's byte order but for what the
 * kernel keeps in that of the network (addresses, skb->protocol). */
#include "kernel/tp.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/tp_route.h"
#include "model/neigh.h"
#include "model/wire.h"

struct neighbour {
	struct neighbour *next;
	uint32_t ns, addr;
	uint32_t ifindex;
	uint8_t state;
	uint64_t asked; /* jiffies: when the round of questions began */
	uint8_t coming; /* neigh_update() is about to make it that; 0 = it is not running */
	bool made;      /* and what arp_constructor(), which runs behind the tracepoint, made of it has not been seen */
};
struct tp_reader {
	const struct tp_set *set;
	struct observe *o;
	struct tp_lookups *lookups;
	struct neighbour *neighbours;
};

struct tp_reader *tp_reader_new(const struct tp_set *s, struct observe *o)
{
	struct tp_reader *r = xcalloc(1, sizeof(*r));

	r->set = s;
	r->o = o;
	r->lookups = tp_lookups_new(s, o);
	return r;
}

void tp_reader_free(struct tp_reader *r)
{
	if (!r)
		return;
	while (r->neighbours) {
		struct neighbour *n = r->neighbours;

		r->neighbours = n->next;
		free(n);
	}
	tp_lookups_free(r->lookups);
	free(r);
}

static uint64_t number(const struct tp_reader *r, const struct tp_record *rec, enum tp_field f)
{
	return tp_number(r->set, rec, f);
}

static const char *text(const struct tp_reader *r, const struct tp_record *rec, enum tp_field f)
{
	return (const char *)tp_bytes(r->set, rec, f);
}

/* How many of the bytes in the record are the packet's: up to the end of the skb's linear part. */
static uint32_t packet_size(const struct tp_reader *r, const struct tp_record *rec)
{
	uint64_t data = number(r, rec, TF_DATA), head = number(r, rec, TF_HEAD), tail = number(r, rec, TF_TAIL);
	uint64_t from = data ? data - head : number(r, rec, TF_NETWORK);

	if (from >= tail)
		return 0;
	return tail - from < TP_PACKET_SIZE ? (uint32_t)(tail - from) : TP_PACKET_SIZE;
}

static void set_flow(const struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	uint16_t protocol = (uint16_t)number(r, rec, TF_PROTOCOL);

	flow_parse(&obs->flow, ntohs(protocol), tp_bytes(r->set, rec, TF_PACKET), packet_size(r, rec));
	obs->flow_known = obs->flow.ethertype;
}

/* A TCP segment without data that acknowledges, and may end the stream. What was not sent to this host's MAC, or is its
 * own copy of what it sent, is for no connection (tcp_v4_rcv()). */
static bool is_bare_ack(const struct tp_reader *r, const struct tp_record *rec, const struct obs *obs)
{
	const uint8_t *l3 = tp_bytes(r->set, rec, TF_PACKET);
	const struct ip4_hdr *ip = (const void *)l3;
	const struct tcp_hdr *tcp = (const void *)(l3 + ip4_hlen(ip));

	return obs->flow.ethertype == ETH_P_IP_ && obs->flow.protocol == IPPROTO_TCP_ && !obs->flow.fragment &&
	       number(r, rec, TF_PACKET_TYPE) == PACKET_HOST && packet_size(r, rec) >= ip4_hlen(ip) + sizeof(*tcp) &&
	       (tcp->flags & ~TCP_FIN) == TCP_ACK &&
	       get16(ip->tot_len) == ip4_hlen(ip) + (unsigned)(l3[ip4_hlen(ip) + 12] >> 4) * 4;
}

static void read_drop(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	uint64_t reason = number(r, rec, TF_REASON);
	const char *name = tp_reason(r->set, reason);
	char unknown[32];

	snprintf(unknown, sizeof(unknown), "reason %llu", (unsigned long long)reason);
	obs->e.kind = EV_DROP;
	obs->e.val[0] = VAL_STR(name ? name : unknown);
	obs->function = text(r, rec, TF_FUNCTION);
	set_flow(r, rec, obs);
	if (is_bare_ack(r, rec, obs))
		obs->e.val[2] = VAL_STR(TP_BARE_ACK);
	obs_add(r->o, obs);
}

static void read_icmp_send(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	obs->e.kind = EV_ICMP_ERROR;
	obs->e.val[0] = VAL_U32((uint32_t)number(r, rec, TF_TYPE));
	obs->e.val[1] = VAL_U32((uint32_t)number(r, rec, TF_CODE));
	set_flow(r, rec, obs);
	obs_add(r->o, obs);
}

/* ---- frames ---- */

static void read_frame(
	struct tp_reader *r, const struct tp_record *rec, struct obs *obs, const char *dir, uint32_t more)
{
	obs->e.kind = EV_FRAME;
	obs->e.val[0] = VAL_STR(dir);
	obs->e.val[2] = VAL_BYTES(NULL, (uint32_t)number(r, rec, TF_LENGTH) + more);
	set_flow(r, rec, obs);
	obs_add(r->o, obs);
}

/* The Ethernet header was taken off by then. */
static void read_receive(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	if (number(r, rec, TF_PACKET_TYPE) == PACKET_LOOPBACK) /* a broadcast of this host's own: no device bore it */
		return;
	read_frame(r, rec, obs, "in", sizeof(struct eth_hdr));
	tp_lookups_received(r->lookups, rec, &obs->flow);
}

static void read_queue(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	read_frame(r, rec, obs, "out", 0);
}

/* ---- stations and neighbours ---- */

static uint32_t address(const struct tp_reader *r, const struct tp_record *rec, enum tp_field f)
{
	return ntohl((uint32_t)number(r, rec, f));
}

static struct val mac_of(const struct tp_reader *r, const struct tp_record *rec)
{
	struct mac m;

	memcpy(m.b, tp_bytes(r->set, rec, TF_MAC), sizeof(m.b));
	return VAL_MAC(m);
}

static void read_learn(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	obs->e.kind = EV_FDB_LEARN;
	obs->e.val[0] = mac_of(r, rec);
	obs->e.val[1] = VAL_STR(text(r, rec, TF_DEV));
	obs_add(r->o, obs);
}

static void read_fdb_delete(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	if (number(r, rec, TF_FLAGS) & 1) /* BR_FDB_LOCAL: not of a station, but the bridge's and its ports' own */
		return;
	obs->e.kind = EV_FDB_NOTICE;
	obs->e.val[0] = VAL_STR("delete");
	obs->e.val[1] = mac_of(r, rec);
	obs->e.val[2] = VAL_STR(text(r, rec, TF_DEV));
	obs->e.dev = NULL;
	obs_add(r->o, obs);
}

static struct neighbour *neighbour_of(struct tp_reader *r, const struct tp_record *rec)
{
	uint32_t addr = address(r, rec, TF_ADDRESS);
	uint32_t ifindex = (uint32_t)number(r, rec, TF_IFINDEX);
	struct neighbour *n;

	for (n = r->neighbours; n; n = n->next)
		if (n->ns == rec->ns && n->addr == addr && n->ifindex == ifindex)
			return n;
	n = xcalloc(1, sizeof(*n));
	n->ns = rec->ns;
	n->addr = addr;
	n->ifindex = ifindex;
	n->next = r->neighbours;
	return r->neighbours = n;
}

static void neighbour_is(struct tp_reader *r, struct obs *obs, struct neighbour *n, uint8_t state)
{
	if (state == n->state)
		return;
	obs->e.kind = EV_NEIGH_STATE;
	obs->e.val[0] = VAL_ADDR(ip4(n->addr));
	obs->e.val[1] = VAL_STR(nud_state_name(n->state));
	obs->e.val[2] = VAL_STR(nud_state_name(state));
	obs_add(r->o, obs);
	n->state = state;
}

/* What neigh_timer_handler() sends about its failure may begin a new round, before it tells of either: when the entry
 * was last changed says so. One that a command has made INCOMPLETE has the time of the change before
 * (__neigh_update()). */
static void read_asked(struct tp_reader *r, const struct tp_record *rec, struct obs *obs, struct neighbour *n)
{
	uint64_t asked;

	if (rec->id != TP_NEIGH_EVENT_SEND_DONE && rec->id != TP_NEIGH_UPDATE_DONE)
		return;
	asked = number(r, rec, TF_UPDATED);
	if (rec->id == TP_NEIGH_EVENT_SEND_DONE && n->state == NUD_INCOMPLETE_ && asked != n->asked)
		neighbour_is(r, obs, n, NUD_FAILED_);
	n->asked = asked;
}

static void read_neighbour(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	uint8_t state = (uint8_t)number(r, rec, TF_STATE); /* 0 of one that is made: none */
	struct neighbour *n;

	if (number(r, rec, TF_FAMILY) != AF_INET)
		return;
	n = neighbour_of(r, rec);
	if (rec->id == TP_NEIGH_CREATE) {
		n->state = n->coming = 0;
		n->made = true;
		return;
	}
	if (n->made && state == NUD_NOARP_ && rec->id != TP_NEIGH_UPDATE_DONE)
		n->state = state; /* of a broadcast or multicast address: it is born like that */
	n->made = false;
	if (state == NUD_INCOMPLETE_)
		read_asked(r, rec, obs, n);
	/* it sends what waited before it is done, which may be a change again */
	if (n->coming && n->coming != n->state && state != n->state && state != n->coming)
		neighbour_is(r, obs, n, n->coming);
	neighbour_is(r, obs, n, state);
	n->coming = rec->id == TP_NEIGH_UPDATE ? (uint8_t)number(r, rec, TF_NEW_STATE) : 0;
}

static void read_lookup(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	tp_lookups_read(r->lookups, rec, obs);
}

static void (*const readers[TP_NUM])(struct tp_reader *, const struct tp_record *, struct obs *) = {
	[TP_KFREE_SKB] = read_drop,
	[TP_ICMP_SEND] = read_icmp_send,
	[TP_FIB_TABLE_LOOKUP] = read_lookup,
	[TP_NETIF_RECEIVE_SKB] = read_receive,
	[TP_NET_DEV_QUEUE] = read_queue,
	[TP_BR_FDB_UPDATE] = read_learn,
	[TP_FDB_DELETE] = read_fdb_delete,
	[TP_NEIGH_UPDATE] = read_neighbour,
	[TP_NEIGH_UPDATE_DONE] = read_neighbour,
	[TP_NEIGH_TIMER_HANDLER] = read_neighbour,
	[TP_NEIGH_EVENT_SEND_DONE] = read_neighbour,
	[TP_NEIGH_EVENT_SEND_DEAD] = read_neighbour,
	[TP_NEIGH_CREATE] = read_neighbour,
};

bool tp_reads(enum tp_id id)
{
	return readers[id] != NULL;
}

void tp_read(struct tp_reader *r, const struct tp_record *rec, const char *ns)
{
	struct obs obs = { .source = OBS_TP, .by = tp_descs[rec->id].name };

	obs.e.ns = ns;
	obs.e.time = rec->time;
	obs.e.dev = text(r, rec, TF_DEV);
	if (rec->id != TP_FIB_TABLE_LOOKUP)
		tp_lookups_other(r->lookups, rec);
	if (tp_reads((enum tp_id)rec->id))
		readers[rec->id](r, rec, &obs);
}

void tp_read_end(struct tp_reader *r)
{
	tp_lookups_end(r->lookups);
}
