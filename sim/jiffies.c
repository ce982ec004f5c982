/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/jiffies.h"

#define LVL_SIZE 64 /* slots of a level */
#define LVL_CLK_SHIFT 3

uint64_t jiffies(const struct sim *s)
{
	return (s->now + s->tick_origin) / TICK_NS;
}

uint64_t jiffies_now(const struct sim *s)
{
	return jiffies(s) * TICK_NS - s->tick_origin;
}

/* calc_wheel_index(): the tick of the slot, and its level. */
static uint64_t slot_of(uint64_t clk, int64_t delta, unsigned *level)
{
	unsigned shift = 0;

	*level = 0;
	if (delta < 0)
		return clk + 1; /* the slot of now is gone through with the next tick */
	for (; delta >= (int64_t)(LVL_SIZE - 1) << shift && *level < TIMER_LEVELS - 1; shift += LVL_CLK_SHIFT)
		++*level;
	return (((clk + (uint64_t)delta) >> shift) + 1) << shift;
}

/* What is in that slot already keeps its place there. Slots are lists that grow at the head (enqueue_timer()), and are
 * gone through from the highest level down (__run_timers()). */
void jiffies_timer(struct sim *s, struct timer *t, uint64_t when)
{
	int64_t delta = (int64_t)(when - jiffies_now(s)) / (int64_t)TICK_NS;
	unsigned level;
	uint64_t at = slot_of(jiffies(s), delta, &level) * TICK_NS - s->tick_origin;

	if (!timer_is_set(t) || t->when != at)
		timer_set_in_slot(&s->net->timers, t, at, level);
}
