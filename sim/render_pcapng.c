/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The predicted frames as a pcapng file: every device an interface, every frame with its direction, and as its
 * comment the lab line it comes from and what happened to the packet there; where a kernel was asked, what it said.
 *
 * What happened "there": to a frame coming in, the events of the packet in that namespace from this frame to its
 * next one; to a frame going out, those that led to it on that device, since the packet's frame before. */
#include <stdlib.h>
#include <string.h>

#include "model/list.h"
#include "model/pcapng.h"
#include "sim/render.h"

struct state {
	struct pcapng file;
	struct report_index index; /* {0} when nothing was compared */
};

static void pcapng_open(struct render *r)
{
	struct state *st = xcalloc(1, sizeof(*st));

	st->file.out = r->out;
	r->state = st;
	if (r->report)
		report_index_init(&st->index, r->report, trace_events(r->run->trace));
	pcapng_begin(&st->file, "pktwalk " PKTWALK_VERSION);
}

/* Every device has its interface block, whether a frame passed it or not. */
static void pcapng_devices(struct render *r)
{
	struct state *st = r->state;

	if (!r->run->net)
		return;
	list_for_each (ns, &r->run->net->namespaces, struct ns, node)
		list_for_each (dev, &ns->devs, struct dev, ns_node)
			pcapng_interface(&st->file, ns->label, dev->name);
}

/* " = nft trace", or what the kernel has instead. */
static void add_kernel(struct buf *b, const struct report_index *x, uint64_t seq)
{
	for (const struct compare *c = NULL; (c = report_index_next(x, seq, c));) {
		if (c->agree)
			buf_printf(b, " = %s", c->what == CMP_STEP ? c->name : c->by);
		else
			buf_printf(b, "\nDIFFERS, %s, %s: %s", c->name, c->field, c->got ? c->got : "(nothing)");
	}
}

static void add_line(struct buf *b, const struct state *st, const struct event *e)
{
	const char *stage = stage_descs[e->stage].name;

	if (b->size)
		buf_putc(b, '\n');
	if (*stage)
		buf_printf(b, "%s: ", stage);
	event_phrase(b, e);
	if (b->data[b->size - 1] == ' ') { /* a step without a note: its stage says it all */
		b->size -= 2;
		b->data[b->size] = 0;
	}
	add_kernel(b, &st->index, e->seq);
}

/* The event at seq, when it is of the frame's packet. */
static bool of_packet(const struct trace *t, uint64_t seq, const struct event *frame, struct event *e)
{
	trace_get(t, seq, e);
	return e->packet == frame->packet;
}

static void what_led_here(struct buf *b, const struct state *st, const struct trace *t, const struct event *frame)
{
	uint64_t from = trace_packet_get(t, frame->packet)->first, seq;
	struct event e;

	for (seq = frame->seq - 1; seq >= from && seq; seq--)
		if (of_packet(t, seq, frame, &e) && e.kind == EV_FRAME)
			break;
	for (seq++; seq < frame->seq; seq++)
		if (of_packet(t, seq, frame, &e) && !strcmp(e.ns, frame->ns) && (!*e.dev || !strcmp(e.dev, frame->dev)))
			add_line(b, st, &e);
}

static void what_followed(
	struct buf *b, const struct state *st, const struct trace *t, const struct event *frame, bool out)
{
	uint64_t last = trace_packet_get(t, frame->packet)->last;
	struct event e;

	for (uint64_t seq = frame->seq + 1; seq <= last; seq++) {
		if (!of_packet(t, seq, frame, &e))
			continue;
		if (e.kind == EV_FRAME)
			return;
		if (!strcmp(e.ns, frame->ns) && (!out || !strcmp(e.dev, frame->dev)))
			add_line(b, st, &e);
	}
}

static void pcapng_event(struct render *r, const struct event *e)
{
	struct state *st = r->state;
	struct buf comment = { 0 };
	bool out;
	uint32_t interface;

	if (e->kind != EV_FRAME || e->val[3].type != VT_NONE) /* what no capture would show */
		return;
	out = e->val[0].type == VT_STR && !strcmp(e->val[0].str, "out");
	if (e->command && e->command <= r->run->n)
		buf_printf(&comment, "line %u: %s", r->run->cmd[e->command - 1].loc.line,
			r->run->cmd[e->command - 1].text);
	add_kernel(&comment, &st->index, e->seq);
	if (out)
		what_led_here(&comment, st, r->run->trace, e);
	what_followed(&comment, st, r->run->trace, e, out);
	interface = pcapng_interface(&st->file, e->ns, e->dev);
	pcapng_packet(&st->file, interface, e->time, e->val[2].bytes.p,
		e->val[2].type == VT_BYTES ? e->val[2].bytes.len : 0, out ? DIR_OUT : DIR_IN,
		comment.size ? buf_str(&comment) : NULL);
	buf_release(&comment);
}

static void pcapng_close(struct render *r)
{
	struct state *st = r->state;

	pcapng_devices(r);
	pcapng_release(&st->file);
	report_index_release(&st->index);
	free(st);
}

const struct renderer render_pcapng = {
	.name = "pcapng", .begin = pcapng_open, .event = pcapng_event, .end = pcapng_close
};
