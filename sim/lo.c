/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loopback device (drivers/net/loopback.c loopback_xmit()): what it sends it receives. The route that the packet
 * carries and its connection stay with it; the socket does not. */
#include "sim/sim.h"

int loopback_xmit(struct sim *s, struct packet *p)
{
	p->sock = 0;
	p->local = p->confirm_neigh = false;
	eth_type_trans(p, p->dev);
	netif_rx(s, p);
	return 0;
}
