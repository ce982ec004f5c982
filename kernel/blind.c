/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. There are kernels that run no programs at tracepoints while a certain task is current, and so
 * none in the softirqs on top of it: no record comes, and nothing counts it as missed. When that was is known
 * (kernel/tp_gap.c). What tracepoints did not tell of, and would have told of at such a time, was not observed, which
 * is not the same as that it did not happen: it is no difference, and the comparison is not certain. A step that
 * tracepoints told of otherwise than the model is never taken for blindness.
 *
 * There are two ways to get there. A timer of the stack expires on top of that task; when that was due the model can
 * say only at the machine's pace. Or a softirq comes to its end with work left, since another task is to run; it is
 * that one, and the next interrupt on top of it does the work: then tracepoints told of what the packet did up to
 * there. */
#include <stdlib.h>

#include "kernel/steps_state.h"

/* A command took effect some milliseconds before or behind where the pace has it, and timers are late: a chain of them
 * (5 s, and three times one) by up to 0.35 s on a kernel with 250 ticks a second. */
#define DUE_BEFORE_NS (20 * NSEC_PER_MSEC)
#define DUE_AFTER_NS (350 * NSEC_PER_MSEC)
#define SOFTIRQ_NS (2 * NSEC_PER_MSEC)    /* how long one goes on: kernel/softirq.c, MAX_SOFTIRQ_TIME */
#define BROKEN_OFF_NS (5 * NSEC_PER_MSEC) /* from what was told last to when the task is running */

/* What caused it; a copy has what its original has. */
static uint32_t origin(const struct trace_packet *p)
{
	return p->clone_of ? p->clone_of : p->parent;
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
		e.packet = origin(p);
	}
	return e.in_timer;
}

/* When tracepoints told of each of the model's steps; 0 = they did not. */
static uint64_t *told_when(const struct steps *t)
{
	uint64_t *told = xcalloc(trace_events(t->run->trace) + 1, sizeof(*told));

	for (unsigned i = 0; i < t->n; i++)
		if (t->step[i].source == OBS_TP && t->step[i].seq && t->step[i].obs)
			told[t->step[i].seq] = t->step[i].obs->e.time;
	return told;
}

/* When they told of the last thing that the packet, or one that caused it, did before that step in one go; 0 = never.
 */
static uint64_t told_before(const struct trace *trace, const uint64_t *told, uint64_t seq)
{
	struct event of, e;
	uint32_t packet;

	trace_get(trace, seq, &of);
	packet = of.packet;
	while (packet && --seq) {
		trace_get(trace, seq, &e);
		if (e.time + SOFTIRQ_NS < of.time)
			return 0;
		if (e.packet == packet && told[seq])
			return told[seq];
		if (trace_packet_get(trace, packet)->first >= seq)
			packet = origin(trace_packet_get(trace, packet));
	}
	return 0;
}

static bool may_be_unseen(const struct steps *t, const uint64_t *told, uint64_t seq)
{
	uint64_t before = told_before(t->run->trace, told, seq), due;
	struct event e;

	if (before && observe_blind(t->o, OBS_TP, before, before + BROKEN_OFF_NS, false))
		return true;
	if (!by_timer(t->run->trace, seq))
		return false;
	trace_get(t->run->trace, seq, &e);
	due = t->began + e.time;
	return observe_blind(t->o, OBS_TP, due - DUE_BEFORE_NS, due + DUE_AFTER_NS, true);
}

/* Steps of a row may look the same: what is missing may be any of them. */
static unsigned unseen_of_row(const struct steps *t, const uint64_t *told, const struct row *row)
{
	unsigned n = 0;

	for (unsigned i = 0; i < row->model.n; i++)
		n += may_be_unseen(t, told, row->model.v[i]);
	return n;
}

/* A neighbour's change of state is told of by the state that was told of before: nothing tells of the way back into
 * that one behind a change which was not seen. */
static bool behind_unseen(const struct steps *t, unsigned i)
{
	struct event e;

	if (!i || t->step[i - 1].row != t->step[i].row || !t->step[i - 1].blind)
		return false;
	trace_get(t->run->trace, t->step[i].seq, &e);
	return e.kind == EV_NEIGH_STATE;
}

unsigned steps_mark_blind(struct steps *t)
{
	const struct row *row = NULL;
	unsigned n = 0, of_row = 0;
	uint64_t *told;

	if (!t->began)
		return 0;
	told = told_when(t);
	for (unsigned i = 0; i < t->n; i++) {
		struct step *s = &t->step[i];

		if (s->source != OBS_TP || !s->seq || s->obs)
			continue;
		if (s->row != row) /* the steps of a row follow one another */
			of_row = unseen_of_row(t, told, s->row);
		row = s->row;
		if (!of_row && !behind_unseen(t, i))
			continue;
		of_row -= of_row > 0;
		s->blind = true;
		n++;
	}
	free(told);
	return n;
}
