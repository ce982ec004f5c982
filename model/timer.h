/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A heap of deadlines, embedded in their owners. Only a container: whoever holds the clock fires them.
 * Equal deadlines fire in the order in which they were set, so that a run is repeatable. */
#ifndef MODEL_TIMER_H
#define MODEL_TIMER_H

#include "model/base.h"

struct timer {
	uint64_t when;                          /* ns; meaningful while set */
	uint64_t order;                         /* tie break */
	uint32_t slot;                          /* 1 + index in the heap; 0 = not set, so {0} is valid */
	void (*fn)(void *ctx, struct timer *t); /* ctx is what the heap's owner passes to timers_fire */
};

struct timers {
	struct timer **heap;
	uint32_t n, cap;
	uint64_t orders;
};

/* Sets (or moves) t to fire at `when`; fn must be set. */
void timer_set(struct timers *ts, struct timer *t, uint64_t when);
/* The same, for a wheel's slots: equal deadlines fire behind those of timer_set(), those of a higher level first, and
 * of one level the one that was set last. */
#define TIMER_LEVELS 9
void timer_set_in_slot(struct timers *ts, struct timer *t, uint64_t when, unsigned level);
void timer_cancel(struct timers *ts, struct timer *t); /* fine when not set */
static inline bool timer_is_set(const struct timer *t)
{
	return t->slot != 0;
}
/* The next deadline, or UINT64_MAX. */
uint64_t timers_next(const struct timers *ts);
/* Takes the earliest timer out (unset) and returns it; NULL when there is none. */
struct timer *timers_pop(struct timers *ts);
void timers_release(struct timers *ts);

#endif
