/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: commands that show. */
#include "model/gen_lab.h"

bool gen_do_show_neigh(struct gen *g)
{
	int ns = gen_ns_any(g);

	if (ns < 0)
		return false;
	gen_ip(g, (unsigned)ns, "neigh");
	return true;
}
