/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices come up, go down, lose carrier, move, vanish (net/core/dev.c, link_watch.c, drivers/net/veth.c).
 *
 * Theory of operation. dev_open() and dev_close() do what the notifier chains of NETDEV_UP and NETDEV_DOWN do, in
 * their order: bridge, addresses, routes and neighbours, netfilter. A veth pair has carrier while both ends are up.
 * What the kernel's linkwatch does some moments after a change of carrier (the operational state, the queue, by
 * NETDEV_CHANGE what hangs on it) is done here when the command's own work is done, which holds the RTNL that linkwatch
 * needs: what a command sends goes to the queue that there was before. The operational state follows carrier changes
 * only: it is kept while a device is down, and a namespace that was left does not change it. */
#include <stdio.h>

#include "sim/ops.h"

void dev_peer_id(struct dev *dev)
{
	if (dev->kind == DEV_VETH && dev->peer && dev->peer->ns != dev->ns)
		nsid_alloc(dev->ns, dev->peer->ns);
}

/* The carrier and what follows from it is not in here: it is told when linkwatch comes by. */
static const char *flag_words(const struct dev *dev)
{
	if (dev_is_up(dev))
		return dev->flags & DEVF_NOARP ? "UP NOARP" : "UP";
	return dev->flags & DEVF_NOARP ? "NOARP" : NULL;
}

/* Many messages say nothing new: only those that do are steps of the trace. */
static uint32_t words_hash(const struct dev *dev)
{
	uint32_t h = hash_mix(dev->flags & (DEVF_UP | DEVF_NOARP), dev->mtu);

	h = hash_mix(h, dev->port ? dev->port->bridge->dev->id : 0);
	h = hash_bytes(dev->mac.b, sizeof(dev->mac.b), h);
	return hash_bytes(dev->name, strlen(dev->name), h) | 1;
}

void dev_known(struct dev *dev)
{
	dev->told = words_hash(dev);
}

static void tell(struct sim *s, struct dev *dev)
{
	const struct dev *master = dev->port ? dev->port->bridge->dev : NULL;
	uint32_t h = words_hash(dev);

	if (h == dev->told)
		return;
	dev->told = h;
	sim_notice(s, dev->ns, dev, EV_LINK_NOTICE, ST_RTMSG_IFINFO, VAL_STR("new"), VAL_STR(flag_words(dev)),
		VAL_U32(dev->mtu), VAL_MAC(dev->mac), VAL_STR(master ? master->name : NULL));
}

void dev_notify(struct sim *s, struct dev *dev)
{
	if (dev->unregistering)
		return;
	dev_peer_id(dev);
	tell(s, dev);
}

void dev_gone(struct sim *s, struct dev *dev)
{
	sim_notice(s, dev->ns, dev, EV_LINK_NOTICE, ST_RTMSG_IFINFO, VAL_STR("delete"));
	dev->told = 0;
}

/* default_operstate(): a veth whose peer, looked for by its index in the namespace of this end, is without carrier
 * too, says that the layer below is down. */
static uint8_t oper_policy(const struct dev *dev)
{
	const struct dev *peer;

	if (dev->carrier)
		return OPER_UP;
	if (!dev->peer || dev->peer->ifindex == dev->ifindex)
		return OPER_DOWN;
	peer = dev_find_index(dev->ns, dev->peer->ifindex);
	return peer && !peer->carrier ? OPER_LOWERLAYERDOWN : OPER_DOWN;
}

static void oper_show(struct dev *dev)
{
	dev->operstate = dev_is_up(dev) ? dev->oper_kept : OPER_DOWN;
}

void dev_oper_update(struct dev *dev)
{
	dev->oper_kept = oper_policy(dev);
	oper_show(dev);
}

/* NETDEV_CHANGE */
static void state_change(struct sim *s, struct dev *dev)
{
	if (dev->port)
		br_port_changed(s, dev->port);
	fib_linkstate(dev);
	route_cache_flush(s, dev->ns);
	if (!dev->carrier && dev_conf(dev, DEVC_ARP_EVICT_NOCARRIER))
		neigh_carrier_down(s, dev);
	dev_notify(s, dev);
}

void dev_state_change(struct sim *s, struct dev *dev)
{
	if (dev_is_up(dev))
		state_change(s, dev);
}

/* linkwatch_do_dev(): the queue, NETDEV_CHANGE. */
static void linkwatch_do_dev(struct sim *s, struct dev *dev)
{
	dev_oper_update(dev);
	dev->active = dev_runs(dev); /* dev_activate(), dev_deactivate() */
	dev_state_change(s, dev);
}

/* linkwatch_fire_event() */
static void linkwatch_fire(struct sim *s, struct dev *dev)
{
	list_del(&dev->watch_node);
	list_add_tail(&s->linkwatch, &dev->watch_node);
}

void linkwatch_run(struct sim *s)
{
	while (!list_empty(&s->linkwatch)) {
		struct dev *dev = list_entry(s->linkwatch.next, struct dev, watch_node);

		list_del(&dev->watch_node);
		linkwatch_do_dev(s, dev);
	}
}

static bool carrier_set(struct dev *dev, bool on)
{
	bool changed = dev->carrier != on;

	dev->carrier = on;
	return changed;
}

void dev_carrier(struct sim *s, struct dev *dev, bool on)
{
	if (carrier_set(dev, on))
		linkwatch_fire(s, dev);
}

/* Both ends of a pair; *self, *peer: which of them changed. */
static void pair_carrier(struct dev *dev, bool on, bool *self, bool *peer)
{
	*self = carrier_set(dev, on);
	*peer = dev->peer && carrier_set(dev->peer, on);
}

static void notify_up(struct sim *s, struct dev *dev)
{
	inetdev_up(s, dev);
	list_for_each (a, &dev->addrs, struct ifaddr, node)
		fib_add_ifaddr(s, a);
	dev->ns->addr_genid++;
	route_cache_flush(s, dev->ns);
	if (dev->port)
		br_port_changed(s, dev->port);
}

void dev_open(struct sim *s, struct dev *dev)
{
	bool self = false, peer = false;

	if (dev_is_up(dev))
		return;
	if (dev->kind == DEV_VETH && dev->peer && dev_is_up(dev->peer))
		pair_carrier(dev, true, &self, &peer);
	dev->flags |= DEVF_UP;
	dev->qdisc = true;
	oper_show(dev);
	if (dev->bridge)
		br_dev_changed(s, dev); /* br_dev_open() */
	dev->active = dev->carrier;
	notify_up(s, dev);
	dev_notify(s, dev);
	if (self)
		linkwatch_fire(s, dev);
	if (peer)
		linkwatch_fire(s, dev->peer);
}

static void notify_down(struct sim *s, struct dev *dev)
{
	if (dev->bridge)
		br_dev_changed(s, dev);
	if (dev->port)
		br_port_changed(s, dev->port);
	fib_disable_ip(s, dev, false);
	nf_dev_down(s, dev);
}

void dev_close(struct sim *s, struct dev *dev)
{
	bool self = false, peer = false;

	if (!dev_is_up(dev))
		return;
	if (dev->kind == DEV_VETH)
		pair_carrier(dev, false, &self, &peer);
	dev->flags &= ~(uint32_t)DEVF_UP;
	dev->active = false;
	oper_show(dev);
	notify_down(s, dev);
	dev_notify(s, dev);
	if (self)
		linkwatch_fire(s, dev);
	if (peer)
		linkwatch_fire(s, dev->peer);
}

/* What NETDEV_UNREGISTER undoes: membership of a bridge, addresses, routes, neighbours. */
static void strip(struct sim *s, struct dev *dev)
{
	if (dev->port)
		br_del_if(s, dev->port);
	if (dev->bridge)
		br_dev_delete(s, dev->bridge);
	ifaddr_delete_all(s, dev);
	fib_disable_ip(s, dev, true);
}

/* Packets on their way through a device that goes are the engine's to drop before: the backlog is empty between
 * commands. */
void dev_delete(struct sim *s, struct dev *dev)
{
	struct dev *peer = dev->peer;

	dev_close(s, dev);
	if (peer)
		dev_close(s, peer);
	dev->unregistering = true;
	if (peer)
		peer->unregistering = true;
	strip(s, dev);
	if (peer)
		strip(s, peer);
	dev_gone(s, dev);
	if (peer)
		dev_gone(s, peer);
	dev_free(dev);
	if (peer)
		dev_free(peer);
}

void dev_change_ns(struct sim *s, struct dev *dev, struct ns *to, const char *name)
{
	struct ns *from = dev->ns;

	dev_close(s, dev);
	strip(s, dev);
	dev_gone(s, dev);
	nsid_alloc(from, to);
	if (!name && dev_find(to, dev->name))
		bug("%s exists in %s", dev->name, to->label);
	dev_move(dev, to);
	if (name && strcmp(name, dev->name))
		dev_rename(dev, name);
	dev_notify(s, dev);
}

/* br_mtu_auto_adjust(): the least of its ports', unless the user has set one. */
static void bridge_mtu_adjust(struct sim *s, struct bridge *br)
{
	uint32_t mtu = 0;

	if (br->mtu_set)
		return;
	list_for_each (p, &br->ports, struct bridge_port, node)
		mtu = !mtu || p->dev->mtu < mtu ? p->dev->mtu : mtu;
	mtu = mtu ? mtu : 1500;
	if (mtu != br->dev->mtu)
		dev_mtu_set(s, br->dev, mtu);
}

void dev_mtu_set(struct sim *s, struct dev *dev, uint32_t mtu)
{
	dev->mtu = mtu;
	if (dev->port)
		bridge_mtu_adjust(s, dev->port->bridge);
	if (mtu < IP4_MIN_MTU) {
		ifaddr_delete_all(s, dev);
		fib_disable_ip(s, dev, true);
	}
	route_cache_flush(s, dev->ns);
	dev_notify(s, dev);
}

/* NETDEV_CHANGEADDR: arp_netdev_event(), inetdev_event(), br_device_event(), in the order of their registration. */
void dev_mac_changed(struct sim *s, struct dev *dev)
{
	neigh_changeaddr(s, dev);
	route_cache_flush(s, dev->ns);
	if (dev_conf(dev, DEVC_ARP_NOTIFY))
		list_for_each (a, &dev->addrs, struct ifaddr, node)
			arp_send_gratuitous(s, dev, a);
	if (dev->port)
		br_port_mac_changed(s, dev->port);
	dev_notify(s, dev);
}

void dev_mac_set(struct sim *s, struct dev *dev, const struct mac *mac)
{
	dev->mac = *mac;
	dev->addr_assign = ADDR_SET;
	if (dev->bridge)
		br_stp_change_bridge_id(s, dev->bridge, mac);
	dev_mac_changed(s, dev);
}
