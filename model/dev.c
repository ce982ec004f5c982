/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and their addresses: tables, names, interface indices (net/core/dev.c, net/ipv4/devinet.c). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "model/bridge.h"
#include "model/net.h"

static const struct {
	const char *name;
	uint32_t flags, mtu;
	bool carrier;
} kinds[DEV_KIND_NUM] = {
	[DEV_LO] = { "", DEVF_LOOPBACK, 65536, true },
	[DEV_VETH] = { "veth", DEVF_BROADCAST | DEVF_MULTICAST, 1500, false },
	[DEV_BRIDGE] = { "bridge", DEVF_BROADCAST | DEVF_MULTICAST, 1500, true },
};

const char *dev_kind_name(enum dev_kind kind)
{
	return kinds[kind].name;
}

static uint32_t name_hash(const struct ns *ns, const char *name)
{
	return hash_bytes(name, strlen(name), ns->id);
}

static uint32_t index_hash(const struct ns *ns, int ifindex)
{
	return hash_mix(hash_mix(2, ns->id), (uint32_t)ifindex);
}

struct dev *dev_find(const struct ns *ns, const char *name)
{
	uint32_t hash = name_hash(ns, name);

	for (struct hnode *n = htab_first(&ns->net->dev_by_name, hash); n; n = htab_next(n)) {
		struct dev *dev = container_of(n, struct dev, by_name);

		if (dev->ns == ns && !strcmp(dev->name, name))
			return dev;
	}
	return NULL;
}

struct dev *dev_find_index(const struct ns *ns, int ifindex)
{
	uint32_t hash = index_hash(ns, ifindex);

	for (struct hnode *n = htab_first(&ns->net->dev_by_index, hash); n; n = htab_next(n)) {
		struct dev *dev = container_of(n, struct dev, by_index);

		if (dev->ns == ns && dev->ifindex == ifindex)
			return dev;
	}
	return NULL;
}

/* dev_index_reserve(): the wanted one when free; else the next free one, going round. */
static int index_take(struct ns *ns, int wanted)
{
	int i;

	if (wanted > 0 && !dev_find_index(ns, wanted))
		return wanted;
	for (i = ns->next_ifindex; dev_find_index(ns, i); i = i == INT32_MAX ? 1 : i + 1)
		;
	ns->next_ifindex = i == INT32_MAX ? 1 : i + 1;
	return i;
}

bool dev_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= IFNAMSIZ_ || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	return true;
}

static struct mac random_mac(struct net *net)
{
	uint64_t r = net_random(net);
	struct mac m;

	memcpy(m.b, &r, sizeof(m.b));
	m.b[0] = (uint8_t)((m.b[0] & 0xfe) | 2); /* eth_random_addr() */
	return m;
}

/* Into the tables of dev->ns, under dev->name and dev->ifindex. */
static void tables_add(struct dev *dev)
{
	struct net *net = dev->ns->net;

	htab_add(&net->dev_by_name, &dev->by_name, name_hash(dev->ns, dev->name));
	htab_add(&net->dev_by_index, &dev->by_index, index_hash(dev->ns, dev->ifindex));
	list_add_tail(&dev->ns->devs, &dev->ns_node);
}

static void tables_del(struct dev *dev)
{
	struct net *net = dev->ns->net;

	htab_del(&net->dev_by_name, &dev->by_name);
	htab_del(&net->dev_by_index, &dev->by_index);
	list_del(&dev->ns_node);
}

static void conf_default(struct dev *dev)
{
	const struct ns *init = dev->ns->net->init ? dev->ns->net->init : dev->ns;

	dev->conf_own = dev->ns->conf_default_own;
	dev->neigh_conf_own = 0;
	memcpy(dev->conf, dev->ns->conf_default, sizeof(dev->conf));
	memcpy(dev->neigh_conf, init->neigh_default, sizeof(dev->neigh_conf));
}

struct dev *dev_new(struct ns *ns, enum dev_kind kind, const char *name, int ifindex)
{
	struct dev *dev = xcalloc(1, sizeof(*dev));

	if (dev_find(ns, name))
		bug("device %s exists in %s", name, ns->label);
	dev->id = ns->net->next_dev_id++;
	dev->ns = ns;
	dev->kind = kind;
	dev->flags = kinds[kind].flags;
	dev->mtu = kinds[kind].mtu;
	dev->carrier = kinds[kind].carrier;
	dev->txqlen = 1000;
	dev->operstate = OPER_DOWN;
	if (kind != DEV_LO) {
		dev->mac = random_mac(ns->net);
		dev->addr_assign = ADDR_RANDOM;
	}
	list_init(&dev->addrs);
	list_init(&dev->neighs);
	list_init(&dev->routes);
	list_init(&dev->watch_node);
	str_copy(dev->name, sizeof(dev->name), name);
	dev->ifindex = index_take(ns, ifindex);
	tables_add(dev);
	conf_default(dev);
	if (kind == DEV_BRIDGE)
		dev->bridge = bridge_new(dev);
	return dev;
}

void dev_free(struct dev *dev)
{
	if (!list_empty(&dev->addrs) || !list_empty(&dev->neighs) || !list_empty(&dev->routes))
		bug("device %s freed with addresses, neighbours or routes", dev->name);
	if (dev->port)
		bridge_port_free(dev->port);
	if (dev->bridge)
		bridge_free(dev->bridge);
	if (dev->peer)
		dev->peer->peer = NULL;
	list_del(&dev->watch_node);
	tables_del(dev);
	free(dev);
}

void dev_rename(struct dev *dev, const char *name)
{
	htab_del(&dev->ns->net->dev_by_name, &dev->by_name);
	str_copy(dev->name, sizeof(dev->name), name);
	htab_add(&dev->ns->net->dev_by_name, &dev->by_name, name_hash(dev->ns, name));
	dev->trace_name = 0;
}

void dev_move(struct dev *dev, struct ns *to)
{
	if (!list_empty(&dev->addrs) || !list_empty(&dev->neighs) || !list_empty(&dev->routes))
		bug("device %s moved with addresses, neighbours or routes", dev->name);
	tables_del(dev);
	dev->ns = to;
	dev->qdisc = false;
	dev->ifindex = index_take(to, dev->ifindex);
	tables_add(dev);
	conf_default(dev);
	dev->trace_name = 0;
}

/* ---- addresses ---- */
static uint32_t addr_hash(const struct ns *ns, const struct ipaddr *a)
{
	if (a->family == IP_V6)
		return hash_bytes(a->v6, 16, ns->id);
	return hash_mix(hash_mix(3, ns->id), a->v4);
}

struct ifaddr *ifaddr_new(struct dev *dev, const struct ipaddr *local, uint8_t prefixlen)
{
	struct ifaddr *a = xcalloc(1, sizeof(*a));

	a->dev = dev;
	a->local = a->peer = *local;
	a->prefixlen = prefixlen;
	a->permanent = true;
	str_copy(a->label, sizeof(a->label), dev->name);
	list_add_tail(&dev->addrs, &a->node);
	htab_add(&dev->ns->net->addr_hash, &a->by_local, addr_hash(dev->ns, local));
	return a;
}

void ifaddr_free(struct ifaddr *a)
{
	list_del(&a->node);
	htab_del(&a->dev->ns->net->addr_hash, &a->by_local);
	free(a);
}

struct ifaddr *ifaddr_find_local(const struct ns *ns, const struct ipaddr *a)
{
	for (struct hnode *n = htab_first(&ns->net->addr_hash, addr_hash(ns, a)); n; n = htab_next(n)) {
		struct ifaddr *ifa = container_of(n, struct ifaddr, by_local);

		if (ifa->dev->ns == ns && ip_eq(&ifa->local, a))
			return ifa;
	}
	return NULL;
}
