/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A message is about one thing: a neighbour, a station behind a bridge, an address, a route's
 * prefix, a connection. What is told of one thing has an order, by the lock under which it is changed; between things
 * there is none. All of a message is compared; of a timeout whether it is the one that was just set, since it is
 * counted in ticks and told in whole seconds.
 *
 * Timers of the kernel's come late (kernel/compare.c), and its clock may be ahead of the model's at the end of the
 * lab, for what a command really takes: a message that a timer causes may be missing there, or come before it is
 * predicted. How long a neighbour is REACHABLE the kernel draws, between half and one and a half of what is set; the
 * model takes the middle. */
#include "kernel/notice.h"

#include <string.h>

#include "kernel/late.h"
#include "model/bridge.h"
#include "model/ct.h"
#include "model/neigh.h"
#include "model/wire.h"

#define TIMEOUT_SLACK 2u /* seconds: a moment may pass between setting and telling */

/* The fields that say what a message is about. */
static const struct {
	enum event_kind kind;
	const char *field[6];
} keys[] = {
	{ EV_NEIGH_NOTICE, { "ip" } },
	{ EV_FDB_NOTICE, { "mac" } },
	{ EV_ADDR_NOTICE, { "local", "peer" } },
	{ EV_ROUTE_NOTICE, { "table", "prefix" } },
	{ EV_CT_EVENT, { "proto", "src", "sport", "dst", "dport", "icmp_id" } },
};

static unsigned field_index(enum event_kind kind, const char *name)
{
	const struct event_desc *d = &event_descs[kind];

	for (unsigned i = 0; i < d->n; i++)
		if (!strcmp(d->field[i].name, name))
			return i;
	bug("%s has no field %s", d->name, name);
}

void notice_key(struct buf *b, const struct event *e, const struct flow *f)
{
	(void)f;
	buf_puts(b, e->dev);
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].kind != e->kind)
			continue;
		for (unsigned j = 0; j < ARRAY_SIZE(keys[i].field) && keys[i].field[j]; j++) {
			buf_putc(b, ' ');
			val_format(b, &e->val[field_index(e->kind, keys[i].field[j])]);
		}
	}
}

/* ---- variables ---- */

static void map_mac(const struct vars *v, bool model, struct val *val)
{
	uint64_t mac = 0;

	if (val->type != VT_MAC || vars_mac_fixed(v, &val->mac))
		return;
	for (unsigned i = 0; i < sizeof(val->mac.b); i++)
		mac = mac << 8 | val->mac.b[i];
	if (!vars_bound(v, model, FC_MAC, 0, mac)) {
		*val = VAL_NONE;
		return;
	}
	if (!model)
		mac = vars_to_model(v, FC_MAC, 0, mac);
	for (unsigned i = sizeof(val->mac.b); i-- > 0; mac >>= 8)
		val->mac.b[i] = (uint8_t)mac;
}

static void map_port(const struct vars *v, bool model, uint8_t protocol, const struct val *addr, struct val *port)
{
	if (port->type != VT_U32 || addr->type != VT_ADDR)
		return;
	port->u32 = vars_port(v, model, protocol, addr->addr.v4, (uint16_t)port->u32);
	if (!port->u32)
		*port = VAL_NONE;
}

static void map_id(const struct vars *v, bool model, struct val *id)
{
	uint16_t n = (uint16_t)id->u32;

	if (id->type == VT_U32)
		*id = vars_icmp_id(v, model, &n) ? VAL_U32(n) : VAL_NONE;
}

static void map_tuple(const struct vars *v, bool model, uint8_t protocol, struct val *tuple)
{
	map_port(v, model, protocol, &tuple[0], &tuple[1]);
	map_port(v, model, protocol, &tuple[2], &tuple[3]);
	map_id(v, model, &tuple[4]);
}

void notice_map(const struct vars *v, bool model, struct event *e)
{
	const char *proto = e->val[1].type == VT_STR ? e->val[1].str : "";
	uint8_t protocol = !strcmp(proto, "tcp") ? IPPROTO_TCP_ : IPPROTO_UDP_;

	for (unsigned i = 0; i < event_descs[e->kind].n; i++)
		map_mac(v, model, &e->val[i]);
	if (e->kind != EV_CT_EVENT)
		return;
	map_tuple(v, model, protocol, &e->val[field_index(EV_CT_EVENT, "src")]);
	map_tuple(v, model, protocol, &e->val[field_index(EV_CT_EVENT, "rsrc")]);
}

/* ---- about the end ---- */

static const struct dev *dev_of(const struct run *run, const struct event *e)
{
	list_for_each (ns, &run->net->namespaces, struct ns, node)
		if (!strcmp(ns->label, e->ns))
			return dev_find(ns, e->dev);
	return NULL;
}

/* Half of the time that a neighbour is REACHABLE. */
static uint64_t half_reachable(const struct dev *dev)
{
	return (uint64_t)dev->neigh_conf[NEIGHC_BASE_REACHABLE_TIME_MS] * NSEC_PER_MSEC / 2;
}

static bool neigh_early(const struct run *run, const struct dev *dev, const struct val *addr)
{
	const struct neigh *n = addr->type == VT_ADDR ? neigh_find((struct dev *)dev, &addr->addr) : NULL;

	if (!n)
		return false;
	if (n->state & NUD_REACHABLE_)
		return n->confirmed + half_reachable(dev) < run->now + TIMER_LATE_NS;
	return n->state & NUD_IN_TIMER_;
}

/* Is it a change out of a state in which a timer runs? */
static bool leaves_timer_state(const struct event *k)
{
	for (unsigned state = 1; state <= NUD_IN_TIMER_; state <<= 1)
		if (state & NUD_IN_TIMER_ && k->val[1].type == VT_STR &&
			!strcmp(k->val[1].str, nud_state_name((uint8_t)state)))
			return true;
	return false;
}

static bool fdb_early(const struct run *run, const struct dev *dev, const struct event *k)
{
	const struct fdb_entry *f =
		dev->bridge && k->val[1].type == VT_MAC ? fdb_find(dev->bridge, &k->val[1].mac) : NULL;

	return f && !f->local && !f->is_static && f->updated + dev->bridge->ageing_time < run->now + TIMER_LATE_NS;
}

bool notice_early(const struct run *run, const struct event *k)
{
	bool fdb = k->kind == EV_FDB_NOTICE && !strcmp(k->val[0].str, "delete"),
	     state = k->kind == EV_NEIGH_STATE && leaves_timer_state(k);
	const struct dev *dev = fdb || state || k->kind == EV_NEIGH_NOTICE ? dev_of(run, k) : NULL;

	if (!dev)
		return false;
	return fdb ? fdb_early(run, dev, k) : neigh_early(run, dev, &k->val[state ? 0 : 1]);
}

uint64_t notice_slack(const struct run *run, const struct event *m)
{
	const struct dev *dev = m->kind == EV_NEIGH_NOTICE && m->timer ? dev_of(run, m) : NULL;
	bool drawn = dev && m->val[3].type == VT_STR && !strcmp(m->val[3].str, "STALE");

	return TIMER_LATE_NS + (drawn ? half_reachable(dev) : 0);
}

static bool tcp_becomes(const struct event *e, uint8_t state)
{
	const struct val *tcp = &e->val[field_index(EV_CT_EVENT, "tcp")];

	return !strcmp(e->val[0].str, "update") && tcp->type == VT_STR && !strcmp(tcp->str, ct_tcp_name(state));
}

bool notice_early_ack(const struct event *k, const struct event *next)
{
	return k->kind == EV_CT_EVENT && tcp_becomes(k, CT_TCP_CLOSE_WAIT) && tcp_becomes(next, CT_TCP_LAST_ACK);
}

/* ---- comparison ---- */

bool notice_own_time(const struct event *e)
{
	return e->kind == EV_CT_EVENT && !strcmp(e->val[0].str, "expire");
}

bool notice_sees(const struct event *e)
{
	return !notice_own_time(e);
}

static bool same(const struct val *a, const struct val *b)
{
	struct buf x = { 0 }, y = { 0 };
	bool eq;

	val_format(&x, a);
	val_format(&y, b);
	eq = !strcmp(buf_str(&x), buf_str(&y));
	buf_release(&x);
	buf_release(&y);
	return eq;
}

static bool same_timeout(const struct val *m, const struct val *k)
{
	if (m->type != VT_U32 || k->type != VT_U32)
		return m->type == k->type;
	return k->u32 <= m->u32 + TIMEOUT_SLACK && m->u32 <= k->u32 + TIMEOUT_SLACK;
}

const char *notice_differs(const struct event *m, const struct obs *k)
{
	const struct event_desc *d = &event_descs[m->kind];

	if (strcmp(m->dev, k->e.dev))
		return "dev";
	for (unsigned i = 0; i < d->n; i++) {
		bool timeout = m->kind == EV_CT_EVENT && !strcmp(d->field[i].name, "timeout");

		if (timeout ? !same_timeout(&m->val[i], &k->e.val[i]) : !same(&m->val[i], &k->e.val[i]))
			return d->field[i].name;
	}
	return NULL;
}
