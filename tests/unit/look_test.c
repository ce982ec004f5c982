/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at the tables between commands: where they are made, after which command, and what texts they share. */
#include "model/look.h"

#include <stdlib.h>
#include <string.h>

#include "sim/lab.h"
#include "tests/unit/check.h"

static const char lab[] = "ip netns add a\n"                                  /* 0 */
			  "ip link add va type veth peer name eth0 netns a\n" /* 1 */
			  "sleep 1\n"                                         /* 2: a has no number for the host */
			  "ip -n a addr add 10.0.0.2/24 dev eth0\n"           /* 3 */
			  "ip -n a link set eth0 up\n"                        /* 4 */
			  "ip addr add 10.0.0.1/24 dev va\n"                  /* 5 */
			  "ip link set va up\n"                               /* 6 */
			  "ping -n -c 1 10.0.0.2\n"                           /* 7 */
			  "ping -n -c 1 10.0.0.2\n"                           /* 8: nothing was touched */
			  "ip -n a route add 10.9.0.0/16 via 10.0.0.1\n"      /* 9 */
			  "ip route\n"                                        /* 10 */
			  "ip -n a route del 10.9.0.0/16\n";                  /* 11: nobody looks any more */

static void check_places(const struct looks *l)
{
	static const struct {
		uint32_t before, after;
		const char *ns;
	} want[] = { { 2, 1, "" }, { 7, 6, "" }, { 7, 6, "a" }, { 10, 9, "a" }, { 10, 9, "" } };

	CHECK(l->n == ARRAY_SIZE(want));
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		const struct table_look *k = looks_find(l, want[i].ns, want[i].before);

		CHECK(k && k->after == want[i].after);
	}
	CHECK(!looks_find(l, "a", 2));
	CHECK(!looks_find(l, "a", 8));
	CHECK(!looks_find(l, "b", 7));
}

static void check_texts(const struct looks *l)
{
	const struct table_look *before = looks_find(l, "a", 7), *after = looks_find(l, "a", 10);

	CHECK(before && after);
	if (!before || !after)
		return;
	CHECK(after->shared[LOOK_LINKS] && after->text[LOOK_LINKS] == before->text[LOOK_LINKS]);
	CHECK(after->shared[LOOK_ADDRS] && after->shared[LOOK_PORTS]);
	CHECK(!after->shared[LOOK_ROUTES]);
	CHECK(strstr(after->text[LOOK_ROUTES], "10.9.0.0/16 via 10.0.0.1 dev eth0") != NULL);
	CHECK(!strstr(before->text[LOOK_ROUTES], "10.9.0.0/16"));
	CHECK(strstr(before->text[LOOK_ADDRS], "inet 10.0.0.2/24") != NULL);
	CHECK(strstr(before->text[LOOK_LINKS], "state UP") != NULL);
}

int main(void)
{
	struct sim *s = sim_new(1, true);
	struct run run = { .path = "lab", .looks = looks_new() };
	struct err err = { 0 };

	CHECK(!lab_run(s, "lab", lab, sizeof(lab) - 1, &run, &err));
	check_places(run.looks);
	check_texts(run.looks);
	CHECK(!run.looks->full);
	run_release(&run);
	CHECK(!run.looks);
	sim_free(s);
	return check_end();
}
