/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator of random labs: addresses, routes, neighbours. */
#include "model/gen_lab.h"

bool gen_do_addr_del(struct gen *g)
{
	int a = gen_addr_any(g);
	char text[GEN_ADDRLEN];

	if (a < 0)
		return false;
	gen_ip(g, g->dev[g->addr[a].dev].ns, "addr del %s/%u dev %s", gen_addr_text(text, g->addr[a].ip),
		g->addr[a].len, g->dev[g->addr[a].dev].name);
	g->addr[a].alive = false;
	return true;
}
