/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is waited for: each look of a frame on its own, so that one too many of another is not taken for it. */
#include "kernel/await.h"

#include "sim/lab.h"
#include "tests/unit/check.h"

static const char lab[] = "ip netns add a\n"
			  "ip link add va type veth peer name eth0 netns a\n"
			  "ip addr add 10.0.0.1/24 dev va\n"
			  "ip link set va up\n"
			  "ip -n a addr add 10.0.0.2/24 dev eth0\n"
			  "ip -n a link set eth0 up\n"
			  "ping -n -c 1 10.0.0.2\n";
enum { COMMANDS = 7 };

/* The model's frames as captures bring them. */
static void capture(const struct run *run, struct frames *to)
{
	for (uint64_t seq = 1; seq <= trace_events(run->trace); seq++) {
		struct event e;

		trace_get(run->trace, seq, &e);
		if (e.kind == EV_FRAME)
			frames_add(to, &(struct frame){ .ns = e.ns,
					       .dev = e.dev,
					       .dir = strcmp(e.val[0].str, "in") ? DIR_OUT : DIR_IN,
					       .size = e.val[2].bytes.len,
					       .data = (uint8_t *)e.val[2].bytes.p });
	}
}

static void test_one_missing(const struct run *run, const struct frames *all, unsigned missing)
{
	struct await *a = await_new(run);
	struct frames got = { 0 };

	for (unsigned i = 0; i < all->n; i++) {
		if (i == missing)
			continue;
		frames_add(&got, &all->v[i]);
		frames_add(&got, &all->v[i]); /* one too many of each of the others */
	}
	for (unsigned i = 0; i < COMMANDS; i++)
		await_command(a, i);
	CHECK(!await_done(a));
	await_take(a, &got);
	CHECK(!await_done(a));
	frames_add(&got, &all->v[missing]);
	await_take(a, &got);
	CHECK(await_done(a));
	frames_release(&got);
	await_free(a);
}

static void test_give_up(const struct run *run)
{
	struct await *a = await_new(run);

	for (unsigned i = 0; i + 1 < COMMANDS; i++)
		await_command(a, i);
	CHECK(await_done(a)); /* no frame until then */
	await_command(a, COMMANDS - 1);
	CHECK(!await_done(a));
	await_give_up(a);
	CHECK(await_done(a));
	await_free(a);
}

int main(void)
{
	uint64_t at[COMMANDS + 1] = { 0 };
	const struct pace pace = { .at = at, .n = COMMANDS + 1 };
	struct lab_again again = { .seed = 1, .path = "lab", .text = lab, .size = sizeof(lab) - 1 };
	const struct run *run = lab_run_again(&again, &pace);
	struct frames all = { 0 };

	if (CHECK(run && run->n == COMMANDS)) {
		capture(run, &all);
		CHECK(all.n == 8); /* a request for the address, the answer, echo request and reply, at both ends */
		for (unsigned i = 0; i < all.n; i++)
			test_one_missing(run, &all, i);
		test_give_up(run);
	}
	frames_release(&all);
	lab_again_release(&again);
	return check_end();
}
