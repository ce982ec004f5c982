/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A witness says which kind of event a source of observations sees. The model's events of that
 * kind, and what the source told, are put into rows, one per witness, namespace and key: the flow that the packet had
 * at that step, a neighbour's address, a station's MAC. Within a row both sides are in order and compared one by
 * one; between rows the kernel has no order that could be relied on (two processors, two queues). Only those fields are
 * compared which the source tells. Values that the kernel picks freely are the model's by now (kernel/vars.c): frames
 * have been compared before.
 *
 * A step that a timer of the stack made, and that is about the end of the lab, may be missing on one side, as with
 * frames (kernel/compare.c). */
#include "kernel/steps.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/late.h"
#include "kernel/notice.h"
#include "kernel/steps_state.h"
#include "kernel/tp_route.h"
#include "model/wire.h"

/* ---- who sees what ---- */

typedef void key_fn(struct buf *b, const struct event *e, const struct flow *f);

static void key_flow(struct buf *b, const struct event *e, const struct flow *f)
{
	(void)e;
	flow_format(b, f);
}

/* What a hook runs, for one flow: a chain may be run at several. */
static void key_hook(struct buf *b, const struct event *e, const struct flow *f)
{
	const struct event_desc *d = &event_descs[e->kind];

	for (unsigned i = 0; i < d->n; i++)
		if (!strcmp(d->field[i].name, "hook")) {
			val_format(b, &e->val[i]);
			buf_putc(b, ' ');
		}
	key_flow(b, e, f);
}

/* The value of a field. */
static void key_field(struct buf *b, const struct event *e, const char *name)
{
	const struct event_desc *d = &event_descs[e->kind];

	buf_putc(b, ' ');
	for (unsigned i = 0; i < d->n; i++)
		if (!strcmp(d->field[i].name, name))
			val_format(b, &e->val[i]);
}

/* At the device, for each direction, by protocol and addresses: of a large packet the kernel may have but the IP header
 * at hand. What is lost on its way out was on its way out. */
static void key_frame(struct buf *b, const struct event *e, const struct flow *f)
{
	buf_puts(b, e->dev);
	if (e->kind == EV_FRAME)
		key_field(b, e, "direction");
	else
		buf_puts(b, " out");
	buf_printf(b, " %x %u %x %x", f->ethertype, f->protocol, f->src, f->dst);
	if (f->ethertype == ETH_P_ARP_)
		buf_printf(b, " %u", f->sport);
}

/* The way there, or, with both addresses, the way back. */
static void key_route(struct buf *b, const struct event *e, const struct flow *f)
{
	(void)f;
	key_field(b, e, "dst");
	if (!route_is_back(e->stage))
		return;
	buf_puts(b, " back from");
	key_field(b, e, "src");
}

static void key_station(struct buf *b, const struct event *e, const struct flow *f)
{
	(void)f;
	key_field(b, e, "mac");
}

static void key_neighbour(struct buf *b, const struct event *e, const struct flow *f)
{
	(void)f;
	buf_puts(b, e->dev);
	key_field(b, e, "ip");
}

/* ---- one pair ---- */

/* The first field that the kernel told and that differs; NULL: none. */
static const char *differing(const struct event *m, const struct obs *k)
{
	const struct event_desc *d = &event_descs[m->kind];
	const char *field = NULL;
	struct buf a = { 0 }, b = { 0 };

	if (*k->e.dev && strcmp(m->dev, k->e.dev))
		return "dev";
	for (unsigned i = 0; i < d->n && !field; i++) {
		if (k->e.val[i].type == VT_NONE)
			continue;
		buf_clear(&a);
		buf_clear(&b);
		val_format(&a, &m->val[i]);
		val_format(&b, &k->e.val[i]);
		if (strcmp(buf_str(&a), buf_str(&b)))
			field = d->field[i].name;
	}
	buf_release(&a);
	buf_release(&b);
	return field;
}

/* What the neighbour was before is what it came into the time before, which is compared there. */
static const char *state_differs(const struct event *m, const struct obs *k)
{
	struct obs to = *k;

	to.e.val[1] = (struct val){ 0 };
	return differing(m, &to);
}

/* ---- the witnesses ---- */

struct witness {
	enum obs_source source;
	enum event_kind kind;
	key_fn *key;
	bool (*sees)(const struct event *e); /* NULL: all of the kind */
	/* The first field that differs, NULL = none; NULL: differing(). */
	const char *(*differs)(const struct event *model, const struct obs *kernel);
	void (*map)(const struct vars *v, bool model, struct event *e); /* fields to the model's values; NULL: none */
	enum event_kind told; /* as which kind the source tells it, where that is another one; else 0, which is none
			       * that a source tells */
};
static const struct witness witnesses[] = {
	{ OBS_NFT, EV_HOOK, key_hook, NULL, NULL, NULL },
	{ OBS_NFT, EV_RULE, key_hook, NULL, NULL, NULL },
	{ OBS_NFT, EV_POLICY, key_hook, NULL, NULL, NULL },
	{ OBS_CT, EV_CT_EVENT, notice_key, notice_sees, notice_differs, notice_map },
	{ OBS_NETLINK, EV_LINK_NOTICE, notice_key, NULL, notice_differs, notice_map },
	{ OBS_NETLINK, EV_NEIGH_NOTICE, notice_key, NULL, notice_differs, notice_map },
	{ OBS_NETLINK, EV_FDB_NOTICE, notice_key, NULL, notice_differs, notice_map },
	{ OBS_NETLINK, EV_ADDR_NOTICE, notice_key, NULL, notice_differs, notice_map },
	{ OBS_NETLINK, EV_ROUTE_NOTICE, notice_key, NULL, notice_differs, notice_map },
	{ OBS_TP, EV_DROP, key_flow, tp_sees_drop, tp_drop_differs, NULL },
	{ OBS_TP, EV_ABSORB, key_flow, tp_sees_absorb, NULL, NULL, EV_DROP },
	{ OBS_TP, EV_FRAME, key_frame, NULL, tp_frame_differs, NULL },
	{ OBS_TP, EV_DROP, key_frame, tp_sees_queue_drop, NULL, NULL, EV_FRAME },
	{ OBS_TP, EV_ICMP_ERROR, key_flow, NULL, NULL, NULL },
	{ OBS_TP, EV_ROUTE, key_route, tp_sees_route, tp_route_differs, NULL },
	{ OBS_TP, EV_FDB_LEARN, key_station, NULL, NULL, notice_map },
	{ OBS_TP, EV_FDB_NOTICE, key_station, tp_sees_fdb_notice, NULL, notice_map },
	{ OBS_TP, EV_NEIGH_STATE, key_neighbour, NULL, state_differs, NULL },
};
static const struct witness *witness_of(enum obs_source source, enum event_kind kind)
{
	for (unsigned i = 0; i < ARRAY_SIZE(witnesses); i++)
		if (witnesses[i].source == source && witnesses[i].kind == kind)
			return &witnesses[i];
	return NULL;
}

/* In whose rows the model's events of this one are. */
static const struct witness *told_by(const struct witness *w)
{
	return w->told ? witness_of(w->source, w->told) : w;
}

/* ---- rows ---- */

static void side_add(struct side *s, uint64_t v)
{
	if (!(s->n & (s->n - 1)))
		s->v = xrealloc(s->v, (s->n ? 2 * s->n : 1) * sizeof(*s->v));
	s->v[s->n++] = v;
}

static struct row *row_get(struct steps *t, const struct witness *w, const char *key)
{
	uint32_t hash = hash_bytes(key, strlen(key), (uint32_t)(w - witnesses));
	struct row *row;

	for (struct hnode *n = htab_first(&t->by_key, hash); n; n = htab_next(n)) {
		row = container_of(n, struct row, node);
		if (row->w == w && !strcmp(row->key, key))
			return row;
	}
	row = xcalloc(1, sizeof(*row));
	row->w = w;
	row->key = xstrdup(key);
	htab_add(&t->by_key, &row->node, hash);
	*t->last = row;
	t->last = &row->next;
	return row;
}

static struct row *row_of(
	struct steps *t, const struct witness *w, bool model, const struct event *e, const struct flow *f)
{
	struct buf b = { 0 };
	struct event mapped;
	struct row *row;

	buf_printf(&b, "%s ", e->ns);
	if (w->map) {
		mapped = *e;
		w->map(t->vars, model, &mapped);
		e = &mapped;
	}
	w->key(&b, e, f);
	row = row_get(t, w, buf_str(&b));
	buf_release(&b);
	return row;
}

/* ---- variables ---- */

static bool has_ports(const struct flow *f)
{
	return f->ethertype == ETH_P_IP_ && !f->fragment &&
	       (f->protocol == IPPROTO_TCP_ || f->protocol == IPPROTO_UDP_);
}

/* The flow with the model's values, and without those that no frame has bound. */
static struct flow flow_to_model(const struct vars *v, bool model, const struct flow *of)
{
	struct flow f = *of;

	if (has_ports(&f)) {
		f.sport = vars_port(v, model, f.protocol, f.src, f.sport);
		f.dport = vars_port(v, model, f.protocol, f.dst, f.dport);
	} else if (f.has_id) {
		f.has_id = vars_icmp_id(v, model, &f.sport);
	}
	return f;
}

/* ---- filling the rows ---- */

/* tp_left_out() has the same for what the kernel tells. */
static bool left_to_captures(const struct witness *w, const struct flow *f)
{
	return w->source == OBS_TP && (w->kind == EV_FRAME || w->told == EV_FRAME) && f->protocol == IPPROTO_TCP_;
}

static void collect_model(struct steps *t)
{
	const struct trace *trace = t->run->trace;

	for (uint64_t seq = 1; seq <= trace_events(trace); seq++) {
		struct event e;
		struct flow f;

		trace_get(trace, seq, &e);
		f = flow_to_model(t->vars, true, trace_flow(trace, seq));
		for (unsigned i = 0; i < ARRAY_SIZE(witnesses); i++) {
			const struct witness *w = &witnesses[i];

			if (w->kind == e.kind && !observe_why_not(t->o, w->source) && (!w->sees || w->sees(&e)) &&
				!left_to_captures(w, &f) && !(w->kind == EV_ROUTE && tp_leaves_route(&e, &f)))
				side_add(&row_of(t, told_by(w), true, &e, &f)->model, seq);
		}
	}
}

/* What the model leaves out, and says so: IPv6 and IGMP. */
static bool is_noise(const struct obs *obs)
{
	const struct flow *f = &obs->flow;

	return obs->flow_known &&
	       (f->ethertype == ETH_P_IPV6_ || (f->ethertype == ETH_P_IP_ && f->protocol == IPPROTO_IGMP_));
}

/* Where an acknowledgement came ahead of the FIN, the socket that is closed is in FIN_WAIT2 by then, kept by a
 * timewait_sock: tcp_v4_rcv() itself takes the FIN there and throws the buffer away (discard_it), with no reason. */
static bool is_fin_to_timewait(const struct steps *t, const struct obs *obs)
{
	return obs->e.kind == EV_DROP && obs->function && !strcmp(obs->function, "tcp_v4_rcv") && obs->e.val[0].str &&
	       !strcmp(obs->e.val[0].str, "NOT_SPECIFIED") && vars_fin_of_left_out(t->vars, &obs->tcp);
}

/* Of a datagram that was not copied into one piece (alloclen of __ip_append_data(), on a device with a large MTU) a
 * tracepoint has the IP header at hand and no more: of that host's packets between those addresses it is told of the
 * one that comes first of those that the model has more of. */
static struct row *row_of_cut(struct steps *t, const struct witness *w, const struct obs *obs)
{
	struct row *first = NULL;

	for (struct row *row = t->first; row; row = row->next) {
		struct event e;
		const struct flow *f;

		if (row->w != w || row->model.n <= row->kernel.n ||
			(first && first->model.v[first->kernel.n] < row->model.v[row->kernel.n]))
			continue;
		trace_get(t->run->trace, row->model.v[row->kernel.n], &e);
		f = trace_flow(t->run->trace, e.seq);
		if (!strcmp(e.ns, obs->e.ns) && f->ethertype == obs->flow.ethertype &&
			f->protocol == obs->flow.protocol && f->src == obs->flow.src && f->dst == obs->flow.dst)
			first = row;
	}
	return first;
}

static struct row *row_of_kernel(struct steps *t, const struct witness *w, const struct obs *obs)
{
	struct flow f = flow_to_model(t->vars, false, &obs->flow);
	struct row *row = f.cut && w->key == key_flow ? row_of_cut(t, w, obs) : NULL;

	return row ? row : row_of(t, w, false, &obs->e, &f);
}

static void collect_kernel(struct steps *t)
{
	const struct observations *l = observe_list(t->o);

	for (unsigned i = 0; i < l->n; i++) {
		const struct obs *obs = &l->v[i];
		const struct witness *w = witness_of(obs->source, obs->e.kind);

		if (!w || observe_why_not(t->o, obs->source))
			continue;
		if (is_noise(obs))
			t->noise++;
		else if (tp_left_out(obs))
			t->left_out[tp_left_out(obs) - 1]++;
		else if (vars_left_out(t->vars, &obs->tcp) || is_fin_to_timewait(t, obs))
			t->acks++;
		else if (notice_own_time(&obs->e))
			t->own_time++;
		else
			side_add(&row_of_kernel(t, w, obs)->kernel, i);
	}
}

static const struct obs *obs_at(const struct steps *t, uint64_t i)
{
	return &observe_list(t->o)->v[i];
}

static const char *pair(const struct steps *t, const struct witness *w, uint64_t seq, uint64_t obs)
{
	struct obs k = *obs_at(t, obs);
	struct event e;

	trace_get(t->run->trace, seq, &e);
	if (w->map) {
		w->map(t->vars, true, &e);
		w->map(t->vars, false, &k.e);
	}
	return w->differs ? w->differs(&e, &k) : differing(&e, &k);
}

/* Was the model's step made by a timer so near the end that the kernel's may not have been due? */
static bool may_be_late(const struct steps *t, uint64_t seq)
{
	struct event e;

	trace_get(t->run->trace, seq, &e);
	return e.time + notice_slack(t->run, &e) > t->run->now && (e.timer || trace_by_timer(t->run->trace, e.packet));
}

/* Did one of the kernel's timers make it, that came before the end, where the model's is about to come? Or was it made
 * by what that timer has sent, or by the answer? */
static bool is_early(const struct steps *t, const struct obs *obs)
{
	return notice_early(t->run, &obs->e) || late_arp(t->run->net, &obs->flow);
}

static bool is_untold(const struct steps *t, const struct row *r, uint64_t seq)
{
	struct event e;

	trace_get(t->run->trace, seq, &e);
	return r->w->source == OBS_TP && tp_tells_later(&e);
}

static void step_add(struct steps *t, const struct row *r, uint64_t seq, const struct obs *obs, const char *field)
{
	if (!obs && is_untold(t, r, seq)) {
		t->untold++;
		return;
	}
	if (obs ? !seq && is_early(t, obs) : may_be_late(t, seq)) {
		t->late++;
		return;
	}
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 256;
		t->step = xrealloc(t->step, t->cap * sizeof(*t->step));
	}
	t->step[t->n++] = (struct step){ .row = r, .seq = seq, .obs = obs, .field = field, .source = r->w->source };
}

/* ---- a row ---- */

/* What belongs together in one piece. It nearly always is. */
static void in_groups(const struct steps *t, struct side *s)
{
	for (unsigned i = 1; i < s->n; i++) {
		uint64_t v = s->v[i];
		uint32_t group = obs_at(t, v)->group;
		unsigned at = i;

		for (; at && obs_at(t, s->v[at - 1])->group > group; at--)
			s->v[at] = s->v[at - 1];
		s->v[at] = v;
	}
}

/* Some of what a tracepoint tells is understood only by what comes later, and so is late in the list. */
static void sort_by_time(const struct steps *t, const struct side *s)
{
	for (unsigned i = 1; i < s->n; i++)
		for (unsigned k = i; k && obs_at(t, s->v[k])->e.time < obs_at(t, s->v[k - 1])->e.time; k--) {
			uint64_t other = s->v[k];

			s->v[k] = s->v[k - 1];
			s->v[k - 1] = other;
		}
}

/* The first of the model's that the kernel told of, when it is the next one or the others are as many as the kernel has
 * not told of at most; else m. */
static unsigned resumes(const struct steps *t, const struct row *r, unsigned m, unsigned k)
{
	unsigned left = r->model.n - m, told = r->kernel.n - k, most = left > told ? left - told : 0;

	for (unsigned i = 1; i < left && (i == 1 || i <= most); i++)
		if (!pair(t, r->w, r->model.v[m + i], r->kernel.v[k]))
			return m + i;
	return m;
}

static const char not_seen[] = "predicted, and not seen", not_predicted[] = "seen, and not predicted";

static void compare_row(struct steps *t, const struct row *r)
{
	const struct side *ms = &r->model, *ks = &r->kernel;
	unsigned m = 0, k = 0;

	if (r->w->source == OBS_TP)
		sort_by_time(t, &r->kernel);
	while (m < ms->n && k < ks->n) {
		const char *field = pair(t, r->w, ms->v[m], ks->v[k]);
		unsigned next = field ? resumes(t, r, m, k) : m;

		if (next > m) {
			while (m < next)
				step_add(t, r, ms->v[m++], NULL, not_seen);
		} else if (field && k + 1 < ks->n &&
			   notice_early_ack(&obs_at(t, ks->v[k])->e, &obs_at(t, ks->v[k + 1])->e)) {
			t->acks++;
			k++;
		} else if (field && k + 1 < ks->n && !pair(t, r->w, ms->v[m], ks->v[k + 1])) {
			step_add(t, r, 0, obs_at(t, ks->v[k++]), not_predicted);
		} else {
			step_add(t, r, ms->v[m], obs_at(t, ks->v[k]), field);
			m++;
			k++;
		}
	}
	for (; m < ms->n; m++)
		step_add(t, r, ms->v[m], NULL, not_seen);
	for (; k < ks->n; k++)
		step_add(t, r, 0, obs_at(t, ks->v[k]), not_predicted);
}

void compare_steps(const struct run *run, uint64_t began, struct observe *o, struct vars *vars, struct report *report)
{
	struct steps t = { .run = run, .began = began, .vars = vars, .o = o, .report = report };

	t.last = &t.first;
	collect_model(&t);
	collect_kernel(&t);
	for (struct row *r = t.first; r; r = r->next) {
		in_groups(&t, &r->kernel);
		compare_row(&t, r);
	}
	steps_report(&t);
	while (t.first) {
		struct row *r = t.first;

		t.first = r->next;
		free(r->model.v);
		free(r->kernel.v);
		free(r->key);
		free(r);
	}
	htab_release(&t.by_key);
	free(t.step);
}
