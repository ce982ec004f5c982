/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the comparison of steps found, as records of the report. */
#include <stdlib.h>
#include <string.h>

#include "kernel/steps_state.h"

/* As people read it; where not enough was told for that, the fields there are. */
static void phrase(struct buf *b, const struct event *e)
{
	const struct event_desc *d = &event_descs[e->kind];
	size_t before = b->size;

	event_phrase(b, e);
	if (b->size > before)
		return;
	buf_puts(b, d->name);
	for (unsigned i = 0; i < d->n; i++) {
		if (e->val[i].type == VT_NONE)
			continue;
		buf_printf(b, " %s ", d->field[i].name);
		val_format(b, &e->val[i]);
	}
}

/* What happened, where in the kernel, and to which packet. */
static void describe(struct buf *b, const struct event *e, const char *function, const struct flow *f)
{
	phrase(b, e);
	if (function && *function)
		buf_printf(b, " in %s()", function);
	if (!f->ethertype)
		return;
	buf_puts(b, "\nof ");
	flow_format(b, f);
}

static void report_step(struct steps *t, const struct step *s)
{
	struct buf model = { 0 }, kernel = { 0 };
	struct event e = s->obs ? s->obs->e : (struct event){ 0 };
	struct compare c = { .what = CMP_STEP,
		.agree = !s->field,
		.field = (char *)s->field,
		.seq = s->seq,
		.by = obs_source_mark(s->source) };

	if (s->obs)
		describe(&kernel, &e, s->obs->function, &s->obs->flow);
	if (s->seq) {
		trace_get(t->run->trace, s->seq, &e);
		describe(&model, &e, s->obs && s->obs->function ? stage_descs[e.stage].name : NULL,
			trace_flow(t->run->trace, s->seq));
	}
	c.command = e.command;
	if (e.command && e.command <= t->run->n)
		c.loc = t->run->cmd[e.command - 1].loc;
	c.packet = s->seq ? e.packet : 0;
	c.ns = (char *)e.ns;
	c.dev = (char *)e.dev;
	c.name = (char *)(s->obs ? s->obs->by : obs_source_name(s->source));
	c.expected = s->seq ? (char *)buf_str(&model) : NULL;
	c.got = s->obs ? (char *)buf_str(&kernel) : NULL;
	report_add(t->report, &c);
	buf_release(&model);
	buf_release(&kernel);
}

/* Which of the model's steps anything here has seen, frames included. */
static void count_seen(const struct steps *t)
{
	struct coverage *c = &t->report->coverage;
	uint64_t n = trace_events(t->run->trace);
	bool *seen = xcalloc(n + 1, sizeof(*seen));

	for (unsigned i = 0; i < t->report->n; i++)
		if (t->report->cmp[i].agree || t->report->cmp[i].what == CMP_STEP)
			seen[t->report->cmp[i].seq] |= t->report->cmp[i].agree || t->report->cmp[i].got;
	for (uint64_t seq = 1; seq <= n; seq++) {
		struct event e;

		trace_get(t->run->trace, seq, &e);
		c->steps++;
		c->seen += seen[seq];
		c->unseen[e.kind] += !seen[seq];
	}
	free(seen);
}

static void report_coverage(struct steps *t, unsigned blind)
{
	count_seen(t);
	for (unsigned i = 0; i < OBS_NUM; i++) {
		const char *why = observe_why_not(t->o, (enum obs_source)i);

		uint64_t lost = observe_lost(t->o, (enum obs_source)i);

		if (lost)
			report_uncertain_of(t->report, CMP_STEP, "%s: the kernel had no room for %llu message(s)",
				obs_source_name((enum obs_source)i), (unsigned long long)lost);
		if (why)
			report_skip(t->report, "%s: %s", obs_source_name((enum obs_source)i), why);
	}
	if (blind)
		report_incomplete(t->report,
			"tracepoints did not tell of %u step(s) about a time when this kernel ran no programs at them",
			blind);
	if (t->noise)
		report_skip(t->report, "%u steps of IGMP and IPv6 packets: not modelled", t->noise);
	for (unsigned i = 0; i < TP_LEFT_OUT; i++)
		if (t->left_out[i])
			report_skip(t->report, "%u %s", t->left_out[i], tp_left_out_why(i + 1));
	if (t->acks)
		report_skip(t->report,
			"%u steps of acknowledgements that were left out among the frames, or of the FIN behind them",
			t->acks);
	if (t->own_time)
		report_skip(t->report,
			"%u connections whose time was over: when they are collected is the kernel's choice",
			t->own_time);
	if (t->untold)
		report_skip(t->report,
			"%u neighbours that may not be asked for and so FAILED, of which no tracepoint told later",
			t->untold);
	if (t->late)
		report_skip(t->report, "%u steps of the stack's timers about the end of the lab", t->late);
}

void steps_report(struct steps *t)
{
	unsigned blind = steps_mark_blind(t);

	for (unsigned i = 0; i < t->n; i++)
		if (!t->step[i].blind)
			report_step(t, &t->step[i]);
	report_coverage(t, blind);
}
