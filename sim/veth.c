/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A virtual cable (drivers/net/veth.c veth_xmit(), net/core/dev.c __dev_forward_skb2()): what one end sends the other
 * receives, unless that is down or the frame is too large for it. What the sender's namespace knew of the packet
 * stays behind (skb_scrub_packet()). */
#include "sim/sim.h"

#include <errno.h>

static void scrub(struct sim *s, struct packet *p, bool other_ns)
{
	if (p->ct)
		ct_put(s, p->ct);
	p->ct = NULL;
	p->untracked = false;
	p->dst = (struct dst){ 0 };
	p->nfb = (struct nf_bridge){ 0 };
	p->local = p->ignore_df = p->confirm_neigh = p->raw_taken = p->br_from_host = false;
	p->priority = 0;
	p->sock = 0;
	if (other_ns)
		p->mark = 0;
}

int veth_xmit(struct sim *s, struct packet *p)
{
	struct dev *rcv = p->dev->peer;

	if (!rcv || !is_skb_forwardable(rcv, p->len))
		return sim_drop(s, p, DROP_VETH_PEER, ST_VETH_XMIT, NULL, -ENOBUFS);
	scrub(s, p, rcv->ns != p->dev->ns);
	p->dev = rcv;
	eth_type_trans(p, rcv);
	netif_rx(s, p);
	return 0;
}
