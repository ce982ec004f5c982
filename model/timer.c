/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A binary heap of timers that know their own slot. */
#include "model/timer.h"

#include <stdlib.h>

#define SLOT_ORDERS (1ULL << 56) /* more than are ever set */

static bool before(const struct timer *a, const struct timer *b)
{
	return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void place(struct timers *ts, struct timer *t, uint32_t i)
{
	ts->heap[i] = t;
	t->slot = i + 1;
}

static void sift(struct timers *ts, struct timer *t, uint32_t i)
{
	while (i && before(t, ts->heap[(i - 1) / 2])) {
		place(ts, ts->heap[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	for (;;) {
		uint32_t c = 2 * i + 1;

		if (c + 1 < ts->n && before(ts->heap[c + 1], ts->heap[c]))
			c++;
		if (c >= ts->n || !before(ts->heap[c], t))
			break;
		place(ts, ts->heap[c], i);
		i = c;
	}
	place(ts, t, i);
}

static void set(struct timers *ts, struct timer *t, uint64_t when, uint64_t order)
{
	if (!t->fn)
		bug("timer without a function");
	t->when = when;
	t->order = order;
	if (!t->slot) {
		if (ts->n == ts->cap) {
			ts->cap = ts->cap ? ts->cap * 2 : 64;
			ts->heap = xrealloc(ts->heap, ts->cap * sizeof(*ts->heap));
		}
		place(ts, t, ts->n++);
	}
	sift(ts, t, t->slot - 1);
}

void timer_set(struct timers *ts, struct timer *t, uint64_t when)
{
	set(ts, t, when, ts->orders++);
}

void timer_set_in_slot(struct timers *ts, struct timer *t, uint64_t when, unsigned level)
{
	set(ts, t, when, (TIMER_LEVELS - level) * SLOT_ORDERS - ++ts->orders);
}

void timer_cancel(struct timers *ts, struct timer *t)
{
	uint32_t i = t->slot - 1;
	struct timer *last;

	if (!t->slot)
		return;
	t->slot = 0;
	last = ts->heap[--ts->n];
	if (last != t)
		sift(ts, last, i);
}

uint64_t timers_next(const struct timers *ts)
{
	return ts->n ? ts->heap[0]->when : UINT64_MAX;
}

struct timer *timers_pop(struct timers *ts)
{
	struct timer *t = ts->n ? ts->heap[0] : NULL;

	if (t)
		timer_cancel(ts, t);
	return t;
}

void timers_release(struct timers *ts)
{
	free(ts->heap);
	*ts = (struct timers){ 0 };
}
