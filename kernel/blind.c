/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A softirq runs on top of whatever task it interrupts, and there are virtual machines on which
 * programs at raw tracepoints do not run on top of a certain task, the provider's own agent: no record comes, and
 * nothing counts it as missed. Another source proves it: a capture has the frame that tracepoints did not tell of, or
 * rtnetlink told of the state that the neighbour came into. What is missing within such a softirq's time was not
 * observed, which is not the same as that it did not happen: it is no difference, and the comparison is not certain. A
 * step that tracepoints told of otherwise than the model is never taken for blindness. */
#include <string.h>

#include "kernel/steps_state.h"

#define SOFTIRQ_NS (2 * NSEC_PER_MSEC) /* how long one goes on: kernel/softirq.c, MAX_SOFTIRQ_TIME */

static bool captured(const struct report *r, uint64_t seq)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->cmp[i].what == CMP_FRAME && r->cmp[i].seq == seq)
			return r->cmp[i].agree;
	return false;
}

static bool agreed(const struct steps *t, uint64_t seq, enum obs_source source)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->step[i].seq == seq && t->step[i].source == source)
			return !t->step[i].field;
	return false;
}

/* Has rtnetlink told of the state that the neighbour came into at this step? Its next message is of that one. */
static bool told_by_rtnetlink(const struct steps *t, const struct event *state)
{
	const struct trace *trace = t->run->trace;

	for (uint64_t seq = state->seq + 1; seq <= trace_events(trace); seq++) {
		struct event e;

		trace_get(trace, seq, &e);
		if (e.kind != EV_NEIGH_NOTICE || strcmp(e.ns, state->ns) || strcmp(e.dev, state->dev) ||
			e.val[1].type != VT_ADDR || !ip_eq(&e.val[1].addr, &state->val[0].addr))
			continue;
		return e.val[3].type == VT_STR && !strcmp(e.val[3].str, state->val[2].str) &&
		       agreed(t, seq, OBS_NETLINK);
	}
	return false;
}

/* Predicted, and no tracepoint told of it. */
static bool missing(const struct steps *t, const struct step *s, struct event *e)
{
	if (s->source != OBS_TP || !s->seq || s->obs)
		return false;
	trace_get(t->run->trace, s->seq, e);
	return true;
}

/* Only in what a timer of the stack set off: all else is received behind what pktwalk or a program of the lab sends. */
static bool by_timer(const struct trace *trace, uint64_t seq)
{
	struct event e;

	trace_get(trace, seq, &e);
	while (!e.in_timer && e.packet) { /* what set the packet off, or the one that caused it */
		const struct trace_packet *p = trace_packet_get(trace, e.packet);

		if (p->first)
			trace_get(trace, p->first, &e);
		e.packet = p->parent;
	}
	return e.in_timer;
}

static unsigned mark_about(struct steps *t, uint64_t seq)
{
	struct event of, e;
	unsigned n = 0;

	trace_get(t->run->trace, seq, &of);
	for (unsigned i = 0; i < t->n; i++) {
		struct step *s = &t->step[i];

		if (s->blind || !missing(t, s, &e) || e.time + SOFTIRQ_NS < of.time || e.time > of.time + SOFTIRQ_NS)
			continue;
		s->blind = true;
		n++;
	}
	return n;
}

/* A frame is missing that a capture has. Frames of a row look the same, so it may be any of them: it is said of one
 * that a timer sent, if there is one, and marks about each of these. */
static unsigned mark_frame(struct steps *t, struct step *s)
{
	const struct trace *trace = t->run->trace;
	const struct side *row = &s->row->model;
	unsigned n = 0;
	bool timer = false;

	if (!captured(t->report, s->seq))
		return 0;
	for (unsigned i = 0; i < row->n; i++) {
		if (!by_timer(trace, row->v[i]) || !captured(t->report, row->v[i]))
			continue;
		timer = true;
		n += mark_about(t, row->v[i]);
	}
	if (timer && !s->blind) {
		s->blind = true;
		n++;
	}
	return n;
}

unsigned steps_mark_blind(struct steps *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->n; i++) {
		struct event e;

		if (!missing(t, &t->step[i], &e))
			continue;
		if (e.kind == EV_FRAME)
			n += mark_frame(t, &t->step[i]);
		else if (e.kind == EV_NEIGH_STATE && by_timer(t->run->trace, e.seq) && told_by_rtnetlink(t, &e))
			n += mark_about(t, e.seq);
	}
	return n;
}
