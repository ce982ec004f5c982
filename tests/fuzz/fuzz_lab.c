/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: any bytes as a lab. They are parsed, printed in canonical form (which has to parse to itself), and
 * run; every packet has to end exactly once, and no buffer may be left. */
#include <stdlib.h>

#include "sim/lab.h"
#include "sim/sim.h"

#define LAB_MAX 2048          /* bytes: longer ones only run longer */
#define TRACE_MAX (16u << 20) /* bytes: likewise */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_canonical(const char *text, size_t size)
{
	struct buf once = { 0 }, twice = { 0 };
	struct err err = { 0 };

	if (!lab_parse("lab", text, size, &once, &err)) {
		if (lab_parse("canonical", buf_str(&once), once.size, &twice, &err))
			bug("the canonical form does not parse: %s", err.msg);
		if (once.size != twice.size || memcmp(buf_str(&once), buf_str(&twice), once.size))
			bug("the canonical form is not its own");
	}
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = { .path = "lab" };
	struct err err = { 0 };
	struct sim *s;
	uint32_t packet;
	char *text;

	if (size > LAB_MAX)
		return 0;
	text = xstrndup((const char *)data, size);
	check_canonical(text, size);
	s = sim_new(1, true);
	s->trace_limit = TRACE_MAX;
	lab_run(s, "lab", text, size, &run, &err);
	packet = run.trace ? trace_check(run.trace) : 0;
	if (packet)
		bug("packet %u does not end exactly once", packet);
	run_release(&run);
	sim_free(s);
	free(text);
	return 0;
}
