/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A captured frame that is one of the model's: what the kernel told of the packet's steps between this frame and its
 * next one, in the same namespace. One that is not says so. */
#include "kernel/captured.h"

#include <stdlib.h>
#include <string.h>

struct by_time {
	uint64_t time;
	unsigned index;
};

static int compare_time(const void *a, const void *b)
{
	const struct by_time *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* What the kernel told of one step. */
static void add_step(struct buf *b, const struct report_index *x, uint64_t seq)
{
	for (const struct compare *c = NULL; (c = report_index_next(x, seq, c));)
		if (c->what == CMP_STEP && (c->got || !c->agree))
			buf_printf(b, "\n%s: %s%s%s", c->name, c->got ? c->got : "(nothing)",
				c->agree ? "" : "\nDIFFERS from the model: ",
				c->agree      ? ""
				: c->expected ? c->expected
					      : "(nothing)");
}

static void add_frame(struct buf *b, const struct report_index *x, uint64_t seq)
{
	for (const struct compare *c = NULL; (c = report_index_next(x, seq, c));)
		if (c->what == CMP_FRAME && c->agree)
			buf_puts(b, "\nas predicted");
		else if (c->what == CMP_FRAME)
			buf_printf(b, "\nDIFFERS from the model, %s: %s", c->field, c->expected);
}

static void comment(struct buf *b, const struct run *run, const struct report_index *x, const struct frame *f)
{
	struct event frame, e;

	if (f->command && f->command <= run->n)
		buf_printf(b, "line %u: %s", run->cmd[f->command - 1].loc.line, run->cmd[f->command - 1].text);
	if (!f->seq) {
		buf_puts(b, "\nnot one of the model's frames");
		return;
	}
	add_frame(b, x, f->seq);
	add_step(b, x, f->seq);
	trace_get(run->trace, f->seq, &frame);
	for (uint64_t seq = f->seq + 1; seq <= trace_events(run->trace); seq++) {
		trace_get(run->trace, seq, &e);
		if (e.packet != frame.packet)
			continue;
		if (e.kind == EV_FRAME)
			return;
		if (!strcmp(e.ns, frame.ns))
			add_step(b, x, seq);
		if (seq >= trace_packet_get(run->trace, frame.packet)->last)
			return;
	}
}

void captured_pcapng(const struct frames *frames, const struct run *run, const struct report *report, struct buf *out)
{
	struct by_time *order = xcalloc(frames->n + 1, sizeof(*order));
	struct pcapng p = { .out = out };
	struct report_index x;

	report_index_init(&x, report, trace_events(run->trace));
	for (unsigned i = 0; i < frames->n; i++)
		order[i] = (struct by_time){ frames->v[i].time, i };
	qsort(order, frames->n, sizeof(*order), compare_time);
	pcapng_begin(&p, "pktwalk");
	for (unsigned i = 0; i < frames->n; i++) {
		const struct frame *f = &frames->v[order[i].index];
		struct buf text = { 0 };

		comment(&text, run, &x, f);
		pcapng_packet(
			&p, pcapng_interface(&p, f->ns, f->dev), f->time, f->data, f->size, f->dir, buf_str(&text));
		buf_release(&text);
	}
	pcapng_release(&p);
	report_index_release(&x);
	free(order);
}
