/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers that go by ticks: never early, with the precision of their level, and in the order of the wheel's slots. */
#include "sim/jiffies.h"
#include "tests/unit/check.h"

static unsigned fired[8], n_fired;
struct numbered {
	struct timer timer;
	unsigned number;
};

static void fire(void *ctx, struct timer *t)
{
	(void)ctx;
	fired[n_fired++] = ((struct numbered *)((char *)t - offsetof(struct numbered, timer)))->number;
}

/* How many ticks after the last one a timer for so many ticks comes. */
static uint64_t comes_after(struct sim *s, uint64_t ticks)
{
	struct timer t = { .fn = fire };
	uint64_t when;

	jiffies_timer(s, &t, jiffies_now(s) + ticks * TICK_NS);
	when = t.when;
	timer_cancel(&s->net->timers, &t);
	CHECK((when + s->tick_origin) % TICK_NS == 0);
	return (when - jiffies_now(s)) / TICK_NS;
}

static void levels(struct sim *s)
{
	s->tick_origin = 1000 * 64 * TICK_NS + TICK_NS / 4; /* a multiple of 64 ticks, and a quarter of one */
	s->now = 5 * TICK_NS + TICK_NS / 2;
	CHECK(jiffies(s) == 64005);
	CHECK(s->now - jiffies_now(s) == TICK_NS * 3 / 4);
	CHECK(comes_after(s, 0) == 1);
	CHECK(comes_after(s, 15) == 16);
	CHECK(comes_after(s, 62) == 63);
	CHECK(comes_after(s, 63) == 72 - 5);     /* 64068, in eights: 64072 */
	CHECK(comes_after(s, 250) == 256 - 5);   /* 64255: 64256 */
	CHECK(comes_after(s, 251) == 264 - 5);   /* 64256: the next */
	CHECK(comes_after(s, 1250) == 1280 - 5); /* in 64s */
	CHECK(comes_after(s, (uint64_t)-3) == 1);
}

static void order(struct sim *s)
{
	struct numbered t[4] = { 0 };
	uint64_t at;

	for (unsigned i = 0; i < 4; i++)
		t[i] = (struct numbered){ .timer.fn = fire, .number = i };
	s->tick_origin = 64 * 1000 * TICK_NS;
	s->now = 0;
	jiffies_timer(s, &t[0].timer, jiffies_now(s) + 63 * TICK_NS); /* the second level, by the 64th + 8 */
	at = t[0].timer.when;
	timer_set(&s->net->timers, &t[3].timer, at);
	s->now = 20 * TICK_NS;
	jiffies_timer(s, &t[1].timer, at - TICK_NS);
	jiffies_timer(s, &t[2].timer, at - TICK_NS);
	jiffies_timer(s, &t[1].timer, at - TICK_NS); /* where it is */
	CHECK(t[1].timer.when == at && t[2].timer.when == at);
	sim_run_until(s, at + 1);
	CHECK(n_fired == 4 && fired[0] == 3 && fired[1] == 0 && fired[2] == 2 && fired[3] == 1);
}

int main(void)
{
	struct sim *s = sim_new(1, false);

	levels(s);
	order(s);
	sim_free(s);
	return check_end();
}
