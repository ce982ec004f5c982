/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab once more at the pace of a machine: time passes between commands, and with it the stack's timers. */
#include "model/neigh.h"
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

/* Of the entry that answered without having asked: STALE, then in use, DELAY for five seconds, and then asked for. */
static uint8_t state_at_end(const struct run *run)
{
	const struct ns *a = ns_find(run->net, "a");
	struct ipaddr host = ip4(0x0a000001);
	const struct neigh *n = neigh_find(dev_find(a, "eth0"), &host);

	return n ? n->state : NUD_NONE_;
}

static void run_at(uint64_t at[COMMANDS + 1], uint8_t state, uint64_t at_least)
{
	struct lab_again a = { .seed = 1, .path = "lab", .text = lab, .size = sizeof(lab) - 1 };
	const struct pace pace = { .at = at, .n = COMMANDS + 1 };
	const struct run *run = lab_run_again(&a, &pace);

	if (CHECK(run && run->n == COMMANDS)) {
		CHECK(state_at_end(run) == state);
		CHECK(run->now >= at_least);
		for (unsigned i = 0; i < COMMANDS; i++)
			CHECK(run->cmd[i].start >= at[i]);
	}
	lab_again_release(&a);
}

int main(void)
{
	uint64_t none[COMMANDS + 1] = { 0 };
	uint64_t slow[COMMANDS + 1] = { 0, 0, 0, 0, 0, 0, 2 * NSEC_PER_SEC, 4 * NSEC_PER_SEC };
	uint64_t late[COMMANDS + 1] = { 0, 0, 0, 0, 0, 0, 2 * NSEC_PER_SEC, 9 * NSEC_PER_SEC };

	run_at(none, NUD_DELAY_, 0);
	run_at(slow, NUD_DELAY_, 4 * NSEC_PER_SEC);
	run_at(late, NUD_REACHABLE_, 9 * NSEC_PER_SEC);
	return check_end();
}
