/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Ports come, go and change state, and the bridge follows: its carrier, its MAC, its MTU, the
 * local entries of its forwarding database; after net/bridge/br_if.c, br_stp.c, br_stp_if.c, br_fdb.c and br.c.
 * Without STP a port goes from disabled by way of blocking to forwarding at once. The carrier is that of any
 * forwarding port, and is looked at only where the kernel does (br_port_state_selection()): a bridge that never had
 * a port keeps the carrier it was made with. The kernel walks all ports to count the forwarding ones and to find
 * the lowest MAC and the least MTU; here a count is kept, and a port that comes is compared with what holds so
 * far; only when the port goes that held the lowest are all walked. */
#include <errno.h>

#include "sim/ops.h"

#define BR_GC_FIRST_NS (100 * NSEC_PER_MSEC) /* after the bridge came up: HZ / 10 */
#define ETH_DATA_LEN_ 1500

/* ---- local entries of the forwarding database ---- */

/* fdb_add_local(): the first port with an address has it. */
static void fdb_add_local(struct sim *s, struct bridge *br, struct bridge_port *p, const struct mac *mac)
{
	struct fdb_entry *f = fdb_find(br, mac);

	if (mac_is_zero(mac) || mac_is_multicast(mac))
		return;
	if (f && f->local)
		return;
	if (f)
		br_fdb_delete(s, f);
	f = fdb_add(br, mac, p);
	f->local = f->is_static = true;
	br_fdb_notify(s, f, false);
}

/* fdb_delete_local(): another port may have the same address, or the bridge itself. p NULL: it was the bridge's. */
static void fdb_delete_local(struct sim *s, struct fdb_entry *f, const struct bridge_port *p)
{
	struct bridge *br = f->bridge;

	list_for_each (op, &br->ports, struct bridge_port, node) {
		if ((p && op == p) || !mac_eq(&op->dev->mac, &f->mac))
			continue;
		f->port = op;
		f->by_user = false;
		return;
	}
	if (p && mac_eq(&br->dev->mac, &f->mac)) {
		f->port = NULL;
		f->by_user = false;
		return;
	}
	br_fdb_delete(s, f);
}

void br_fdb_flush_port(struct sim *s, struct bridge_port *p, bool also_static)
{
	list_for_each_safe (f, &p->bridge->fdb, struct fdb_entry, node) {
		if (f->port != p || (!also_static && (f->is_static || f->extern_learn)))
			continue;
		if (f->local)
			fdb_delete_local(s, f, p);
		else
			br_fdb_delete(s, f);
	}
}

/* ---- state of ports, carrier of the bridge ---- */
static void set_state(struct bridge_port *p, uint8_t state)
{
	p->bridge->forwarding -= p->state == BR_FORWARDING;
	p->bridge->forwarding += state == BR_FORWARDING;
	p->state = state;
}

/* br_port_state_selection(). Of all ports only p can be blocking: the others have been through here. */
static void state_selection(struct sim *s, struct bridge *br, struct bridge_port *p)
{
	if (p && p->state == BR_BLOCKING)
		set_state(p, BR_FORWARDING); /* br_make_forwarding() */
	dev_carrier(s, br->dev, br->forwarding);
}

void br_set_state(struct sim *s, struct bridge_port *p, uint8_t state)
{
	set_state(p, state);
	state_selection(s, p->bridge, p);
}

/* br_stp_enable_port() */
static void enable_port(struct sim *s, struct bridge_port *p)
{
	br_set_state(s, p, BR_BLOCKING);
}

/* br_stp_disable_port() */
static void disable_port(struct sim *s, struct bridge_port *p)
{
	set_state(p, BR_DISABLED);
	br_fdb_flush_port(s, p, false);
	state_selection(s, p->bridge, p);
}

/* br_device_event(): NETDEV_UP, NETDEV_DOWN, NETDEV_CHANGE of the port's device. */
void br_port_changed(struct sim *s, struct bridge_port *p)
{
	if (!dev_is_up(p->bridge->dev))
		return;
	if (!dev_runs(p->dev)) {
		if (p->state != BR_DISABLED || !dev_is_up(p->dev))
			disable_port(s, p);
	} else if (p->state == BR_DISABLED) {
		enable_port(s, p);
	}
}

/* br_stp_enable_bridge(), br_stp_disable_bridge() */
void br_dev_changed(struct sim *s, struct dev *dev)
{
	struct bridge *br = dev->bridge;
	bool up = dev_is_up(dev);

	if (up)
		br_fdb_gc_at(s, br, s->now + BR_GC_FIRST_NS);
	list_for_each (p, &br->ports, struct bridge_port, node) {
		if (up && dev_runs(p->dev))
			enable_port(s, p);
		else if (!up && p->state != BR_DISABLED)
			disable_port(s, p);
	}
	if (!up)
		timer_cancel(&s->net->timers, &br->gc);
}

/* ---- MAC and MTU of the bridge ---- */
void br_stp_change_bridge_id(struct sim *s, struct bridge *br, const struct mac *mac)
{
	struct fdb_entry *f = fdb_find(br, &br->id); /* of its old address */

	br->dev->mac = *mac;
	if (!mac_eq(&br->id, mac) && f && f->local && !f->port && !f->by_user)
		fdb_delete_local(s, f, NULL);
	fdb_add_local(s, br, NULL, mac);
	br->id = *mac;
	state_selection(s, br, NULL);
}

/* The end of br_stp_recalculate_bridge_id(). True: it is another one, of which NETDEV_CHANGEADDR is to tell. */
static bool mac_follows(struct sim *s, struct bridge *br, const struct mac *mac)
{
	if (br->dev->addr_assign == ADDR_SET || mac_eq(&br->id, mac))
		return false;
	br_stp_change_bridge_id(s, br, mac);
	return true;
}

static void recalculate_mac(struct sim *s, struct bridge *br)
{
	struct mac lowest = { { 0 } };
	bool any = false;

	list_for_each (p, &br->ports, struct bridge_port, node) {
		if (!any || memcmp(p->dev->mac.b, lowest.b, sizeof(lowest.b)) < 0)
			lowest = p->dev->mac;
		any = true;
	}
	if (mac_follows(s, br, &lowest))
		dev_mac_changed(s, br->dev);
}

/* br_mtu_min() */
static uint32_t mtu_min(const struct bridge *br)
{
	uint32_t mtu = UINT32_MAX;

	list_for_each (p, &br->ports, struct bridge_port, node)
		if (p->dev->mtu < mtu)
			mtu = p->dev->mtu;
	return mtu == UINT32_MAX ? ETH_DATA_LEN_ : mtu;
}

static void mtu_follows(struct sim *s, struct bridge *br, uint32_t mtu)
{
	if (!br->mtu_set && br->dev->mtu != mtu)
		dev_mtu_set(s, br->dev, mtu);
}

/* ---- ports come and go ---- */
int br_add_if(struct sim *s, struct dev *br, struct dev *dev, struct answer *a)
{
	struct bridge *b = br->bridge;
	struct bridge_port *p;
	bool first = list_empty(&b->ports), changed = false;

	if (dev->kind == DEV_LO || mac_is_zero(&dev->mac) || mac_is_multicast(&dev->mac))
		return answer_errno(a, EINVAL, NULL);
	if (dev->bridge)
		return answer_errno(a, ELOOP, "Can not enslave a bridge to a bridge");
	if (dev->port)
		return answer_errno(a, EBUSY, NULL);
	p = bridge_port_new(b, dev);
	p->mac = dev->mac;
	fdb_add_local(s, b, p, &dev->mac);
	if (first || memcmp(dev->mac.b, b->id.b, sizeof(b->id.b)) < 0)
		changed = mac_follows(s, b, &dev->mac);
	if (dev_runs(dev) && dev_is_up(br))
		enable_port(s, p);
	if (changed) /* what it announces leaves by the new port too */
		dev_mac_changed(s, br);
	mtu_follows(s, b, first || dev->mtu < br->mtu ? dev->mtu : br->mtu);
	return 0;
}

static void del_nbp(struct sim *s, struct bridge_port *p)
{
	struct dev *dev = p->dev;

	disable_port(s, p);
	br_fdb_flush_port(s, p, true);
	bridge_port_free(p);
	dev_notify(s, dev); /* netdev_upper_dev_unlink() */
}

void br_del_if(struct sim *s, struct bridge_port *p)
{
	struct bridge *br = p->bridge;
	bool lowest = mac_eq(&p->dev->mac, &br->id), least = p->dev->mtu <= br->dev->mtu;

	del_nbp(s, p);
	if (least)
		mtu_follows(s, br, mtu_min(br));
	if (lowest)
		recalculate_mac(s, br);
}

void br_dev_delete(struct sim *s, struct bridge *br)
{
	while (!list_empty(&br->ports))
		del_nbp(s, list_entry(br->ports.next, struct bridge_port, node));
	list_for_each_safe (f, &br->fdb, struct fdb_entry, node)
		br_fdb_delete(s, f);
}

/* br_fdb_changeaddr() and NETDEV_CHANGEADDR of br_device_event() */
void br_port_mac_changed(struct sim *s, struct bridge_port *p)
{
	struct fdb_entry *f = fdb_find(p->bridge, &p->mac);

	if (f && f->port == p && f->local && !f->by_user)
		fdb_delete_local(s, f, p);
	p->mac = p->dev->mac;
	fdb_add_local(s, p->bridge, p, &p->mac);
	recalculate_mac(s, p->bridge);
}
