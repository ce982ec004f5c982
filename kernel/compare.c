/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Frames are compared per device and direction, each a row in its order; rows of different devices
 * are not ordered among each other, since the kernel may stamp them so. Two frames are equal when each of their fields
 * is, variables included (kernel/vars.c). What does not fit is one of: altered (both go on), missing (the next
 * predicted one fits), one too many (the next captured one fits).
 *
 * Frames that a timer of the stack sent (neighbour probes, retransmissions, and what answers them) are a row of their
 * own: the kernel's timers fire up to an eighth later than asked, while a lab's commands take some real time. So their
 * place among the others is not compared, and at the end of the lab one that the model has just sent may be missing, or
 * one that the model would send next may be there already. */
#include "kernel/compare.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/late.h"
#include "model/flow.h"
#include "model/net.h"
#include "model/summary.h"
#include "model/wire.h"

#define HEX_BYTES 96 /* of a frame that is shown */

struct row_frame {
	const uint8_t *data;
	uint32_t size;
	uint64_t time; /* of the model */
	uint32_t command, packet;
	uint64_t seq;        /* of the model */
	struct frame *frame; /* of the kernel */
	bool timer, matched;
	enum frame_dir dir;
};
enum way { WAY_ANY, WAY_THERE, WAY_BACK };
struct row { /* frames of a device, and of one direction */
	const char *ns, *dev;
	enum frame_dir dir; /* DIR_UNKNOWN: both */
	enum way way;
	struct row_frame *model, *kernel;
	unsigned n_model, n_kernel;
};
struct rows {
	struct row *v;
	unsigned n;
	bool both; /* captures do not tell directions apart */
	const struct compare_device *only;
	unsigned n_only;
	unsigned igmp, ip6, late, early_acks, unheard;
};
struct walk { /* of one row */
	const struct run *run;
	struct rows *rows;
	struct row *row;
	struct vars *vars;
	struct report *report;
	unsigned m, k; /* next of each side */
	unsigned number;
	struct buf joined[2]; /* data of a fragment and of what is before it: of the model, of the kernel */
};

static bool wanted(const struct rows *rows, const char *ns, const char *dev)
{
	if (!rows->only)
		return true;
	for (unsigned i = 0; i < rows->n_only; i++)
		if (!strcmp(rows->only[i].ns, ns) && !strcmp(rows->only[i].dev, dev))
			return true;
	return false;
}

struct tcp_seen {
	const struct ip4_hdr *ip;
	const struct tcp_hdr *tcp;
	uint32_t data; /* bytes */
};

static bool tcp_of(const struct row_frame *f, struct tcp_seen *t)
{
	const struct eth_hdr *e = (const void *)f->data;
	uint32_t ihl, thl, len;

	t->ip = (const void *)(e + 1);
	if (f->size < sizeof(*e) + sizeof(*t->ip) || get16(e->proto) != ETH_P_IP_ || t->ip->protocol != IPPROTO_TCP_)
		return false;
	ihl = (t->ip->ver_ihl & 15) * 4u;
	len = get16(t->ip->tot_len);
	t->tcp = (const void *)((const uint8_t *)t->ip + ihl);
	if (len < ihl + sizeof(*t->tcp) || f->size < sizeof(*e) + len || get16(t->ip->frag) & 0x3fff)
		return false;
	thl = (t->tcp->doff >> 4) * 4u;
	t->data = len > ihl + thl ? len - ihl - thl : 0;
	return true;
}

static bool ephemeral(uint16_t port)
{
	return port >= PORT_EPHEMERAL;
}

/* Both ends of a TCP connection through lo send on the one device, and may do so on two processors: as on a cable, what
 * each of them sends has an order. */
static enum way way_of(const struct row_frame *f)
{
	struct tcp_seen t;

	if (!tcp_of(f, &t) || ephemeral(get16(t.tcp->sport)) == ephemeral(get16(t.tcp->dport)))
		return WAY_ANY;
	return ephemeral(get16(t.tcp->sport)) ? WAY_THERE : WAY_BACK;
}

static struct row *row_get(struct rows *rows, const char *ns, const char *dev, const struct row_frame *f)
{
	enum frame_dir dir = rows->both ? DIR_UNKNOWN : f->dir;
	enum way way = !rows->both && !strcmp(dev, "lo") ? way_of(f) : WAY_ANY;
	struct row *row;

	for (unsigned i = 0; i < rows->n; i++) {
		row = &rows->v[i];
		if (row->dir == dir && row->way == way && !strcmp(row->dev, dev) && !strcmp(row->ns, ns))
			return row;
	}
	rows->v = xrealloc(rows->v, (rows->n + 1) * sizeof(*rows->v));
	row = &rows->v[rows->n++];
	*row = (struct row){ .ns = ns, .dev = dev, .dir = dir, .way = way };
	return row;
}

static void row_add(struct row_frame **v, unsigned *n, const struct row_frame *f)
{
	if (!(*n & (*n - 1)))
		*v = xrealloc(*v, (*n ? 2 * *n : 1) * sizeof(**v));
	(*v)[(*n)++] = *f;
}

/* A device that comes up announces its addresses (arp_notify, inetdev_event()), before a capture can be open on it. */
static bool unheard(struct rows *rows, const struct run *run, const struct event *e, const struct row_frame *f)
{
	const struct eth_hdr *eth = (const void *)f->data;
	const struct arp_hdr *arp = (const void *)(f->data + sizeof(*eth));

	if (f->dir != DIR_OUT || !e->command || f->size < sizeof(*eth) + sizeof(*arp) ||
		get16(eth->proto) != ETH_P_ARP_ || get32(arp->sip) != get32(arp->tip))
		return false;
	for (const struct op *op = &run->cmd[e->command - 1].op; op; op = op->next) {
		const char *ns = *op_ns(op) ? op_ns(op) : "host";

		if (op->kind != OP_LINK_SET || !op->link.up_set || !op->link.up || strcmp(op->link.dev, e->dev) ||
			strcmp(ns, e->ns))
			continue;
		rows->unheard++;
		return true;
	}
	return false;
}

static void collect_model(struct rows *rows, const struct run *run)
{
	for (uint64_t seq = 1; seq <= trace_events(run->trace); seq++) {
		struct row_frame f = { 0 };
		struct row *row;
		struct event e;

		trace_get(run->trace, seq, &e);
		if (!event_is_captured(&e) || !wanted(rows, e.ns, e.dev))
			continue;
		f.dir = !strcmp(e.val[0].str, "in") ? DIR_IN : DIR_OUT;
		f.data = e.val[2].bytes.p;
		f.size = e.val[2].bytes.len;
		f.time = e.time;
		f.command = e.command;
		f.packet = e.packet;
		f.seq = seq;
		f.timer = trace_by_timer(run->trace, e.packet);
		if (unheard(rows, run, &e, &f))
			continue;
		row = row_get(rows, e.ns, e.dev, &f);
		row_add(&row->model, &row->n_model, &f);
	}
}

static bool is_noise(struct rows *rows, const uint8_t *data, uint32_t size)
{
	const struct eth_hdr *e = (const void *)data;
	const struct ip4_hdr *ip = (const void *)(data + sizeof(*e));

	if (size < sizeof(*e))
		return false;
	if (get16(e->proto) == ETH_P_IPV6_) {
		rows->ip6++;
		return true;
	}
	if (get16(e->proto) != ETH_P_IP_ || size < sizeof(*e) + sizeof(*ip) || ip->protocol != IPPROTO_IGMP_)
		return false;
	rows->igmp++;
	return true;
}

static void collect_kernel(struct rows *rows, struct frames *captured)
{
	for (unsigned i = 0; i < captured->n; i++) {
		struct frame *c = &captured->v[i];
		struct row_frame f = {
			.data = c->data, .size = c->size, .command = c->command, .dir = c->dir, .frame = c
		};
		struct row *row;

		c->seq = 0;
		if (!wanted(rows, c->ns, c->dev) || is_noise(rows, c->data, c->size))
			continue;
		row = row_get(rows, c->ns, c->dev, &f);
		row_add(&row->kernel, &row->n_kernel, &f);
	}
}

/* ---- one pair ---- */

/* NULL: it has no such header, or ends before it does. */
static const struct ip4_hdr *whole_ip(const struct row_frame *f)
{
	const struct eth_hdr *e = (const void *)f->data;
	const struct ip4_hdr *ip = (const void *)(e + 1);
	uint32_t room = f->size > sizeof(*e) ? f->size - (uint32_t)sizeof(*e) : 0;

	if (room < sizeof(*ip) || get16(e->proto) != ETH_P_IP_ || ip4_hlen(ip) < sizeof(*ip) ||
		get16(ip->tot_len) < ip4_hlen(ip) || get16(ip->tot_len) > room)
		return NULL;
	return ip;
}

static uint32_t data_offset(const struct ip4_hdr *ip)
{
	return (get16(ip->frag) & IP4_OFFSET) * 8u;
}

static bool one_packet(const struct ip4_hdr *a, const struct ip4_hdr *b)
{
	return get16(a->id) == get16(b->id) && a->protocol == b->protocol && get32(a->saddr) == get32(b->saddr) &&
	       get32(a->daddr) == get32(b->daddr);
}

/* What came in the row (from `first` on) of the packet that f is a later fragment of, and its own. */
static bool join(struct buf *joined, const struct row_frame *first, const struct row_frame *f)
{
	const struct ip4_hdr *ip = whole_ip(f), *begin = NULL;

	joined->size = 0;
	if (!ip || !data_offset(ip))
		return false;
	for (const struct row_frame *at = f; at > first && !begin;) {
		const struct ip4_hdr *other = whole_ip(--at);

		if (other && one_packet(ip, other) && get16(other->frag) & IP4_MF && !data_offset(other)) {
			begin = other;
			first = at;
		}
	}
	for (const struct row_frame *at = first; begin && at <= f; at++) {
		const struct ip4_hdr *part = whole_ip(at);

		if (part && one_packet(ip, part) && data_offset(part) == joined->size)
			buf_put(joined, (const char *)part + ip4_hlen(part), get16(part->tot_len) - ip4_hlen(part));
	}
	return begin && joined->size == data_offset(ip) + get16(ip->tot_len) - ip4_hlen(ip);
}

static bool same(struct walk *w, const struct row_frame *m, const struct row_frame *k, bool commit,
	const struct field **mf, const struct field **kf, struct fields *model, struct fields *kernel)
{
	/* a capture may have the beginning of a frame only: as far as that, and by the length */
	bool cut = k->size < k->frame->wire_size && m->size == k->frame->wire_size;

	if (!cut && join(&w->joined[0], w->row->model, m) && join(&w->joined[1], w->row->kernel, k)) {
		fields_parse_fragment(
			model, m->data, m->size, (const uint8_t *)w->joined[0].data, (uint32_t)w->joined[0].size);
		fields_parse_fragment(
			kernel, k->data, k->size, (const uint8_t *)w->joined[1].data, (uint32_t)w->joined[1].size);
	} else {
		fields_parse(model, m->data, cut ? k->size : m->size);
		fields_parse(kernel, k->data, k->size);
	}
	return vars_match(w->vars, model, kernel, commit, mf, kf);
}

static bool fits(struct walk *w, const struct row_frame *m, const struct row_frame *k, bool commit)
{
	struct fields model, kernel;
	const struct field *mf, *kf;

	return same(w, m, k, commit, &mf, &kf, &model, &kernel);
}

static void describe(struct buf *b, const struct row_frame *f, const struct field *field)
{
	char line[SUMMARY_SIZE], value[128];

	if (!f) {
		buf_puts(b, "(no frame)");
		return;
	}
	if (field)
		buf_printf(b, "%s: %s\n", field->name, field_format(value, sizeof(value), field));
	buf_printf(b, "%s\n", frame_summary(line, f->data, f->size));
	for (uint32_t i = 0; i < f->size && i < HEX_BYTES; i++)
		buf_printf(b, "%02x%s", f->data[i], i % 16 == 15 ? "\n" : i % 2 ? " " : "");
	if (f->size > HEX_BYTES)
		buf_printf(b, "... (%u bytes)", f->size);
}

static void record(struct walk *w, const struct row_frame *m, const struct row_frame *k, const char *field,
	const struct field *mf, const struct field *kf)
{
	static const char *const way[] = { [WAY_ANY] = "", [WAY_THERE] = " there", [WAY_BACK] = " back" };
	struct buf model = { 0 }, kernel = { 0 }, name = { 0 };
	uint32_t command = m && m->command ? m->command : k ? k->command : 0;
	struct compare c = { .what = CMP_FRAME,
		.agree = !field,
		.command = command,
		.packet = m ? m->packet : 0,
		.seq = m ? m->seq : 0,
		.by = "frame",
		.ns = (char *)w->row->ns,
		.dev = (char *)w->row->dev };

	if (m && k)
		k->frame->seq = m->seq;
	if (command && command <= w->run->n)
		c.loc = w->run->cmd[command - 1].loc;
	buf_printf(&name, "%s%s %u", frame_dir_name(w->row->dir), way[w->row->way], ++w->number);
	c.name = (char *)buf_str(&name);
	if (field) {
		describe(&model, m, mf);
		describe(&kernel, k, kf);
		c.field = (char *)field;
		c.expected = (char *)buf_str(&model);
		c.got = (char *)buf_str(&kernel);
	}
	report_add(w->report, &c);
	buf_release(&model);
	buf_release(&kernel);
	buf_release(&name);
}

static void altered(struct walk *w, const struct row_frame *m, const struct row_frame *k)
{
	struct fields model, kernel;
	const struct field *mf, *kf;

	same(w, m, k, false, &mf, &kf, &model, &kernel);
	record(w, m, k, mf ? mf->name : kf ? kf->name : "?", mf, kf);
}

/* ---- frames of timers ---- */

static bool timer_fits(struct walk *w, const struct row_frame *k)
{
	for (unsigned i = 0; i < w->row->n_model; i++) {
		struct row_frame *m = &w->row->model[i];

		if (!m->timer || m->matched || !fits(w, m, k, true))
			continue;
		m->matched = true;
		record(w, m, k, NULL, NULL, NULL);
		return true;
	}
	return false;
}

static bool next_probe(const struct walk *w, const struct row_frame *k)
{
	const struct eth_hdr *e = (const void *)k->data;
	struct flow f;

	if (k->size < sizeof(*e) + sizeof(struct arp_hdr))
		return false;
	flow_parse(&f, get16(e->proto), k->data + sizeof(*e), k->size - (uint32_t)sizeof(*e));
	return late_arp(w->run->net, &f);
}

/* ---- acknowledgements ahead of time ---- */

static bool one_flow(const struct tcp_seen *a, const struct tcp_seen *b)
{
	return get32(a->ip->saddr) == get32(b->ip->saddr) && get32(a->ip->daddr) == get32(b->ip->daddr) &&
	       get16(a->tcp->sport) == get16(b->tcp->sport) && get16(a->tcp->dport) == get16(b->tcp->dport);
}

static bool is_fin_of(const struct row_frame *f, const struct tcp_seen *ack)
{
	struct tcp_seen fin;

	return tcp_of(f, &fin) && one_flow(ack, &fin) && fin.tcp->flags == (TCP_FIN | TCP_ACK) && !fin.data &&
	       get32(fin.tcp->seq) == get32(ack->tcp->seq) && get32(fin.tcp->ack) == get32(ack->tcp->ack);
}

/* A connection that was accepted, and has received no data yet, delays its first acknowledgement to the next tick only
 * (icsk_ack.ato is 0). When that is one of the other side's FIN, a program that ends it at once may be before the tick
 * or behind it: then there is an acknowledgement before its own FIN, which says nothing that the FIN does not say. Sent
 * by two processors, the two may overtake each other on the way. */
static bool ack_before_fin(struct walk *w, const struct row_frame *k)
{
	struct tcp_seen ack;
	bool is = false;

	if (!tcp_of(k, &ack) || ack.data || ack.tcp->flags != TCP_ACK)
		return false;
	for (unsigned i = 0; i < w->row->n_kernel && !is; i++)
		is = is_fin_of(&w->row->kernel[i], &ack);
	if (is)
		vars_leave_out(w->vars, ack.tcp);
	return is;
}

/* ---- a row ---- */

static struct row_frame *next_model(struct walk *w, unsigned *at)
{
	while (*at < w->row->n_model && w->row->model[*at].timer)
		(*at)++;
	return *at < w->row->n_model ? &w->row->model[*at] : NULL;
}

static void mismatch(struct walk *w, const struct row_frame *m, const struct row_frame *k)
{
	unsigned behind = w->m + 1;
	const struct row_frame *m2 = next_model(w, &behind);
	const struct row_frame *k2 = w->k + 1 < w->row->n_kernel ? &w->row->kernel[w->k + 1] : NULL;

	if (m2 && fits(w, m2, k, false)) {
		record(w, m, NULL, "predicted, and not captured", NULL, NULL);
		w->m++;
	} else if (k2 && fits(w, m, k2, false)) {
		record(w, NULL, k, "captured, and not predicted", NULL, NULL);
		w->k++;
	} else {
		altered(w, m, k);
		w->m++;
		w->k++;
	}
}

static void rest_of_row(struct walk *w)
{
	const struct row_frame *m;

	for (; (m = next_model(w, &w->m)); w->m++)
		record(w, m, NULL, "predicted, and not captured", NULL, NULL);
	for (unsigned i = 0; i < w->row->n_model; i++) {
		m = &w->row->model[i];
		if (!m->timer || m->matched)
			continue;
		if (m->time + TIMER_LATE_NS > w->run->now)
			w->rows->late++;
		else
			record(w, m, NULL, "predicted, and not captured", NULL, NULL);
	}
}

static void compare_row(struct walk *w)
{
	while (w->k < w->row->n_kernel) {
		const struct row_frame *k = &w->row->kernel[w->k], *m = next_model(w, &w->m);

		if (m && fits(w, m, k, true)) {
			record(w, m, k, NULL, NULL, NULL);
			w->m++;
			w->k++;
		} else if (timer_fits(w, k)) {
			w->k++;
		} else if (next_probe(w, k)) {
			w->rows->late++;
			w->k++;
		} else if (ack_before_fin(w, k)) {
			w->rows->early_acks++;
			w->k++;
		} else if (m) {
			mismatch(w, m, k);
		} else {
			record(w, NULL, k, "captured, and not predicted", NULL, NULL);
			w->k++;
		}
	}
	rest_of_row(w);
}

void compare_frames(const struct run *run, struct frames *captured, struct vars *vars,
	const struct compare_device *only, unsigned n, struct report *report)
{
	struct rows rows = { .only = only, .n_only = n };

	for (unsigned i = 0; i < captured->n; i++)
		rows.both |= captured->v[i].dir == DIR_UNKNOWN;
	collect_model(&rows, run);
	collect_kernel(&rows, captured);
	for (unsigned i = 0; i < rows.n; i++) {
		struct walk w = { .run = run, .rows = &rows, .row = &rows.v[i], .vars = vars, .report = report };

		compare_row(&w);
		buf_release(&w.joined[0]);
		buf_release(&w.joined[1]);
		free(rows.v[i].model);
		free(rows.v[i].kernel);
	}
	free(rows.v);
	if (rows.igmp)
		report_skip(report, "%u IGMP frames that the kernel sent on its own: not modelled", rows.igmp);
	if (rows.ip6)
		report_skip(report, "%u IPv6 frames: not modelled", rows.ip6);
	if (rows.late)
		report_skip(report,
			"%u frames of the stack's timers about the end of the lab, where the two clocks differ",
			rows.late);
	if (rows.unheard)
		report_skip(report,
			"%u ARP requests by which a device that comes up announces its addresses: no capture is open "
			"yet",
			rows.unheard);
	if (rows.early_acks)
		report_skip(report,
			"%u acknowledgements that the kernel's next tick sent, ahead of the FIN that bears them too",
			rows.early_acks);
}
