/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. How frames leave and enter devices, after net/core/dev.c. Sending: a device that is down or
 * has no carrier has the noop queue, which throws frames away before a capture sees them and tells the sender's
 * socket nothing (NET_XMIT_CN). All others have no queue at all, so the driver is called at once. Receiving: a
 * capture sees the frame first, unless the device is down, as a bridge may be when a port of its hands a frame up; then
 * a bridge takes it when the device is a port; then the ethertype decides.
 * Each packet is sent with bottom halves off, and so received, when it leaves in process context, before the next. */
#include "sim/sim.h"

#define ETH_P_802_2_ 4
#define ETH_P_802_3_MIN_ 0x600
#define VLAN_HLEN_ 4

bool is_skb_forwardable(const struct dev *dev, uint32_t len)
{
	return dev_is_up(dev) && len <= dev->mtu + ETH_HLEN + VLAN_HLEN_;
}

void eth_type_trans(struct packet *p, const struct dev *dev)
{
	const struct eth_hdr *eth;

	packet_set_mac(p);
	eth = packet_eth(p);
	if (!eth)
		bug("a frame shorter than its header at %s", dev->name);
	packet_pull(p, ETH_HLEN);
	p->pkt_type = PACKET_HOST;
	if (!mac_eq(&eth->dst, &dev->mac)) {
		if (mac_is_broadcast(&eth->dst))
			p->pkt_type = PACKET_BROADCAST;
		else
			p->pkt_type = mac_is_multicast(&eth->dst) ? PACKET_MULTICAST : PACKET_OTHERHOST;
	}
	p->protocol = get16(eth->proto);
	if (p->protocol < ETH_P_802_3_MIN_)
		p->protocol = ETH_P_802_2_;
}

void netif_rx(struct sim *s, struct packet *p)
{
	p->next = NULL;
	local_bh_disable(s);
	if (s->backlog_tail)
		s->backlog_tail->next = p;
	else
		s->backlog_head = p;
	s->backlog_tail = p;
	s->backlog_len++;
	local_bh_enable(s);
}

void netif_receive(struct sim *s, struct packet *p)
{
	struct dev *dev = p->dev;

	p->iif = dev;
	packet_set_network(p);
	p->trans_off = -1;
	dev->rx_packets++;
	if (p->pkt_type == PACKET_LOOPBACK) { /* this host's own copy of its broadcast: no capture, no bridge */
		netif_deliver(s, p);
		return;
	}
	sim_frame(s, p, dev, false);
	if (dev->port)
		br_handle_frame(s, p);
	else
		netif_deliver(s, p);
}

void netif_deliver(struct sim *s, struct packet *p)
{
	switch (p->protocol) {
	case ETH_P_IP_:
		ip_rcv(s, p);
		break;
	case ETH_P_ARP_:
		arp_rcv(s, p);
		break;
	default:
		sim_drop(s, p, DROP_UNHANDLED_PROTO, ST_NETIF_RECEIVE, NULL, 0);
		break;
	}
}

static int xmit(struct sim *s, struct packet *p)
{
	struct dev *dev = p->dev;

	packet_set_mac(p);
	if (!dev->active)
		return sim_drop(s, p, DROP_QDISC_DROP, ST_DEV_QUEUE_XMIT, NULL, NET_XMIT_CN);
	dev->tx_packets++;
	sim_frame(s, p, dev, true);
	switch (dev->kind) {
	case DEV_VETH:
		return veth_xmit(s, p);
	case DEV_LO:
		return loopback_xmit(s, p);
	case DEV_BRIDGE:
		return br_dev_xmit(s, p);
	case DEV_KIND_NUM:
		break;
	}
	bug("device %s of kind %d", dev->name, (int)dev->kind);
}

int dev_queue_xmit(struct sim *s, struct packet *p)
{
	int rc;

	local_bh_disable(s);
	rc = xmit(s, p);
	local_bh_enable(s);
	return rc;
}
