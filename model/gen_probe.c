/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: programs that send packets. */
#include "model/gen_lab.h"

bool gen_do_ping(struct gen *g)
{
	int ns = gen_ns_any(g);
	char to[GEN_ADDRLEN];

	if (ns < 0 || !gen_has_time(g, 500))
		return false;
	gen_addr_text(to, gen_target(g, (unsigned)ns));
	gen_run(g, (unsigned)ns, "ping -n -c %u -i " GEN_AT_ONCE " -W " GEN_WAIT " %s", 1 + gen_below(g, 3), to);
	gen_time(g, 500);
	return true;
}
