/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's clock of ticks, and the timers that go by it (kernel/time/timer.c). What the stack times is set in whole
 * ticks and comes with one: never early, and the later the longer it is, for each level of the wheel has an eighth of
 * the precision of the one below. So when a timer fires depends on where between two ticks it was set, and for the long
 * ones on the count of ticks itself: s->tick_origin, which a run at the pace of a machine has from there. */
#ifndef SIM_JIFFIES_H
#define SIM_JIFFIES_H

#include "sim/sim.h"

#define HZ 250ULL /* CONFIG_HZ of the kernels that are compared with */
#define TICK_NS (NSEC_PER_SEC / HZ)
#define TICK_ORIGIN_NS (3600 * NSEC_PER_SEC) /* unless it is said: a machine that was booted a while ago */

uint64_t jiffies(const struct sim *s);
/* When the last tick was (ns of the run): what the kernel takes for now where it counts in ticks. Before the first one
 * it is less than 0, modulo 2^64. */
uint64_t jiffies_now(const struct sim *s);
/* mod_timer(): t is to expire at `when`, which is jiffies_now() and some ticks; it comes by the tick after that. */
void jiffies_timer(struct sim *s, struct timer *t, uint64_t when);

#endif
