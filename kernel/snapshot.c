/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Each namespace is read by dumps in an order such that what is referred to is there: links, then
 * the other ends of veth pairs and the masters of ports, then addresses, routes, neighbours, fdb, conntrack. The
 * net that is built is only data: none of the model's verbs runs on it.
 * A peer in another namespace is named by an id that only means something in the namespace that was asked
 * (net/core/net_namespace.c, peernet2id()): RTM_GETNSID translates a descriptor into it. */
#include "kernel/snapshot.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/apply.h"
#include "kernel/ct.h"
#include "model/bridge.h"
#include "model/fib.h"
#include "model/neigh.h"
#include "model/nf.h"

#define NSID_MAX 65535 /* the kernel gives the least that is free */
#define NS_PER_CLOCK_T (NSEC_PER_SEC / 100)

/* What is wanted: tables of `only` that namespace (NULL: of all), or of those that are marked; and whether its links'
 * other ends, which are in others. */
struct want {
	const struct kns *only;
	bool marked, peers, addr, route, neigh, fdb, ct;
	const struct observations *seen; /* of connections; NULL = none */
	bool ids;                        /* the numbers that the namespaces with names have there */
	uint32_t table; /* of routes, of which it matters whether it is there, if only empty; 0 = of none */
};

struct link_ref { /* what a link message refers to, resolved when all links are known */
	struct dev *dev;
	int link, nsid;          /* of a veth: its peer; nsid -1: in the same namespace */
	int master;              /* 0 = none */
	uint8_t port_info[1024]; /* IFLA_INFO_SLAVE_DATA: a copy of the attribute */
};
struct reader {
	struct sandbox *s;
	struct net *net;
	struct kns *kns;
	struct ns *ns;
	struct nl *nl;
	uint64_t now;
	struct link_ref *ref;
	unsigned refs, nameless;
	bool changed; /* while it was read: all of it has to be read anew */
};

/* ---- links ---- */

static uint32_t u32_or(const struct nlattr *a, uint32_t otherwise)
{
	return a ? nl_u32(a) : otherwise;
}

static uint8_t u8_or(const struct nlattr *a, uint8_t otherwise)
{
	return a ? nl_u8(a) : otherwise;
}

static enum dev_kind kind_of(const struct nlattr *const *info, unsigned flags)
{
	const char *kind = info[IFLA_INFO_KIND] ? nl_str(info[IFLA_INFO_KIND]) : "";

	if (!strcmp(kind, "veth"))
		return DEV_VETH;
	if (!strcmp(kind, "bridge"))
		return DEV_BRIDGE;
	return flags & IFF_LOOPBACK ? DEV_LO : DEV_KIND_NUM;
}

static void read_bridge(struct bridge *br, const struct nlattr *data)
{
	const struct nlattr *tb[IFLA_BR_MAX + 1];

	nl_nested(data, tb, IFLA_BR_MAX);
	br->ageing_time = u32_or(tb[IFLA_BR_AGEING_TIME], 30000) * NS_PER_CLOCK_T;
	br->forward_delay = u32_or(tb[IFLA_BR_FORWARD_DELAY], 1500) * NS_PER_CLOCK_T;
	br->stp = u32_or(tb[IFLA_BR_STP_STATE], 0);
	br->mcast_snooping = u8_or(tb[IFLA_BR_MCAST_SNOOPING], 1);
	br->vlan_filtering = u8_or(tb[IFLA_BR_VLAN_FILTERING], 0);
	br->nf_call_iptables = u8_or(tb[IFLA_BR_NF_CALL_IPTABLES], 0);
}

static void read_dev(struct dev *dev, const struct ifinfomsg *ifi, const struct nlattr *const *tb)
{
	dev->flags = ifi->ifi_flags & (DEVF_UP | DEVF_BROADCAST | DEVF_LOOPBACK | DEVF_NOARP | DEVF_PROMISC |
					      DEVF_ALLMULTI | DEVF_MULTICAST);
	dev->carrier = u8_or(tb[IFLA_CARRIER], 1);
	dev->operstate = dev->oper_kept = u8_or(tb[IFLA_OPERSTATE], OPER_UNKNOWN);
	if (dev->operstate > OPER_UP)
		dev->operstate = dev->oper_kept = OPER_UNKNOWN;
	dev->mtu = u32_or(tb[IFLA_MTU], 0);
	dev->txqlen = u32_or(tb[IFLA_TXQLEN], 0);
	dev->qdisc = tb[IFLA_QDISC] && strcmp(nl_str(tb[IFLA_QDISC]), "noop") != 0;
	if (tb[IFLA_ADDRESS] && mnl_attr_get_payload_len(tb[IFLA_ADDRESS]) == sizeof(dev->mac))
		memcpy(&dev->mac, mnl_attr_get_payload(tb[IFLA_ADDRESS]), sizeof(dev->mac));
}

static void keep_ref(
	struct reader *r, struct dev *dev, const struct nlattr *const *tb, const struct nlattr *const *info)
{
	struct link_ref *ref;

	r->ref = xrealloc(r->ref, (r->refs + 1) * sizeof(*r->ref));
	ref = &r->ref[r->refs++];
	*ref = (struct link_ref){ .dev = dev,
		.link = (int)u32_or(tb[IFLA_LINK], 0),
		.nsid = tb[IFLA_LINK_NETNSID] ? (int)nl_u32(tb[IFLA_LINK_NETNSID]) : -1,
		.master = (int)u32_or(tb[IFLA_MASTER], 0) };
	if (info[IFLA_INFO_SLAVE_DATA] && mnl_attr_get_len(info[IFLA_INFO_SLAVE_DATA]) <= sizeof(ref->port_info))
		memcpy(ref->port_info, info[IFLA_INFO_SLAVE_DATA], mnl_attr_get_len(info[IFLA_INFO_SLAVE_DATA]));
}

/* NULL: there is one of this name or number, or no device can have it. */
static struct dev *new_dev(struct ns *ns, enum dev_kind kind, const char *name, int ifindex)
{
	if (!*name || strlen(name) >= IFNAMSIZ_ || ifindex <= 0 || dev_find(ns, name) || dev_find_index(ns, ifindex))
		return NULL;
	return dev_new(ns, kind, name, ifindex);
}

static int on_link(const struct nlmsghdr *h, void *ctx)
{
	struct reader *r = ctx;
	const struct ifinfomsg *ifi = nl_extra(h);
	const struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	enum dev_kind kind;
	struct dev *dev;

	nl_attrs(h, sizeof(*ifi), tb, IFLA_MAX);
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	kind = kind_of(info, ifi->ifi_flags);
	if (kind == DEV_KIND_NUM || !tb[IFLA_IFNAME])
		return MNL_CB_OK; /* tunl0 and the like, which some kernels put into every namespace */
	dev = kind == DEV_LO ? r->ns->lo : new_dev(r->ns, kind, nl_str(tb[IFLA_IFNAME]), ifi->ifi_index);
	if (!dev)
		return MNL_CB_ERROR;
	if (kind == DEV_BRIDGE)
		read_bridge(dev->bridge, info[IFLA_INFO_DATA]);
	read_dev(dev, ifi, tb);
	keep_ref(r, dev, tb, info);
	return MNL_CB_OK;
}

/* ---- what links refer to ---- */

static int on_nsid(const struct nlmsghdr *h, void *ctx)
{
	const struct nlattr *tb[NETNSA_MAX + 1];

	nl_attrs(h, sizeof(struct rtgenmsg), tb, NETNSA_MAX);
	if (tb[NETNSA_NSID])
		*(int *)ctx = (int)nl_u32(tb[NETNSA_NSID]);
	return MNL_CB_OK;
}

static struct ns *ns_for(struct reader *r, const struct kns *k)
{
	struct ns *ns = ns_find(r->net, k->name);

	return ns ? ns : ns_new(r->net, k->name);
}

/* The number that the namespace has in that of the socket; -1 = none. */
static int id_of_ns(struct nl *nl, const struct kns *k)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_GETNSID, 0, sizeof(struct rtgenmsg));
	int id = -1;

	mnl_attr_put_u32(h, NETNSA_FD, (uint32_t)k->fd);
	return nl_ask(nl, h, on_nsid, &id) ? -1 : id;
}

/* The namespace that `nsid` means in that of the socket. */
static struct ns *ns_of_id(struct reader *r, struct nl *nl, int nsid)
{
	for (const struct kns *k = r->s->first; k; k = k->next)
		if (id_of_ns(nl, k) == nsid)
			return ns_for(r, k);
	return NULL;
}

static void read_ids(struct reader *r)
{
	for (const struct kns *k = r->s->first; k; k = k->next) {
		struct ns *other = ns_for(r, k);
		int id = id_of_ns(r->nl, k);

		if (id >= 0)
			nsid_set(r->ns, other, (uint32_t)id);
	}
}

static void read_port(struct bridge_port *p, const uint8_t *info)
{
	const struct nlattr *tb[IFLA_BRPORT_MAX + 1];
	const struct nlattr *nest = (const struct nlattr *)(const void *)info;

	nl_nested(nest->nla_len ? nest : NULL, tb, IFLA_BRPORT_MAX);
	p->state = u8_or(tb[IFLA_BRPORT_STATE], BR_DISABLED);
	p->path_cost = u32_or(tb[IFLA_BRPORT_COST], p->path_cost);
	if (tb[IFLA_BRPORT_PRIORITY])
		p->priority = nl_u16(tb[IFLA_BRPORT_PRIORITY]);
	if (tb[IFLA_BRPORT_NO])
		p->number = nl_u16(tb[IFLA_BRPORT_NO]);
	for (unsigned i = 0; i < BRF_NUM; i++)
		p->flag[i] = u8_or(tb[link_port_flag_attr[i]], p->flag[i]);
}

/* A device of a namespace that is not read: there is one, with that number. */
static struct dev *other_end(struct ns *ns, struct dev *dev, int ifindex)
{
	char name[IFNAMSIZ_];
	struct dev *other;

	snprintf(name, sizeof(name), "%d", ifindex);
	other = new_dev(ns, DEV_VETH, name, ifindex);
	if (other)
		other->peer = dev;
	return other;
}

/* One that has lost its name, or that no command can enter for another reason: all that is known is the number. */
static struct ns *nameless(struct reader *r, struct ns *ns, int nsid)
{
	char name[NSNAME_SIZE];
	struct ns *other;

	if (nsid > NSID_MAX)
		return NULL;
	if (nsid < (int)ns->nsid_cap && ns->nsids[nsid])
		return ns->nsids[nsid]->peer;
	snprintf(name, sizeof(name), "/%u", r->nameless++); /* no namespace can have such a name */
	other = ns_new(r->net, name);
	ns_unname(other);
	return other;
}

static void resolve(struct reader *r, const struct link_ref *ref, const struct want *w)
{
	struct dev *dev = ref->dev;
	struct kns *k = sandbox_find(r->s, dev->ns->name);
	struct dev *master = ref->master ? dev_find_index(dev->ns, ref->master) : NULL;

	if (master && master->bridge && dev->kind == DEV_VETH && !dev->port) /* no bridge in a bridge: br_add_if() */
		read_port(bridge_port_new(master->bridge, dev), ref->port_info);
	if (w->peers && dev->kind == DEV_VETH && ref->link) {
		struct ns *ns = ref->nsid < 0 ? dev->ns : ns_of_id(r, k->route, ref->nsid);

		if (!ns)
			ns = nameless(r, dev->ns, ref->nsid);
		if (!ns)
			return;
		dev->peer = dev_find_index(ns, ref->link);
		if (!dev->peer && (ns->unnamed || (w->marked && !sandbox_find(r->s, ns->name)->look)))
			dev->peer = other_end(ns, dev, ref->link);
		if (ref->nsid >= 0)
			nsid_set(dev->ns, ns, (uint32_t)ref->nsid);
	}
}

/* ---- addresses ---- */

static int on_addr(const struct nlmsghdr *h, void *ctx)
{
	struct reader *r = ctx;
	const struct ifaddrmsg *ifa = nl_extra(h);
	const struct nlattr *tb[IFA_MAX + 1];
	struct dev *dev = dev_find_index(r->ns, (int)ifa->ifa_index);
	struct ipaddr local;
	struct ifaddr *a;
	uint32_t flags;

	nl_attrs(h, sizeof(*ifa), tb, IFA_MAX);
	local = get_addr(tb[IFA_LOCAL]);
	if (!dev || !local.family || ifa->ifa_prefixlen > 32)
		return MNL_CB_OK;
	flags = u32_or(tb[IFA_FLAGS], ifa->ifa_flags);
	a = ifaddr_new(dev, &local, ifa->ifa_prefixlen);
	if (tb[IFA_ADDRESS])
		a->peer = get_addr(tb[IFA_ADDRESS]);
	a->broadcast = get_addr(tb[IFA_BROADCAST]);
	a->scope = ifa->ifa_scope;
	a->secondary = flags & IFA_F_SECONDARY;
	a->permanent = flags & IFA_F_PERMANENT;
	a->noprefixroute = flags & IFA_F_NOPREFIXROUTE;
	a->metric = u32_or(tb[IFA_RT_PRIORITY], 0);
	if (tb[IFA_LABEL])
		str_copy(a->label, sizeof(a->label), nl_str(tb[IFA_LABEL]));
	return MNL_CB_OK;
}

/* ---- routes ---- */

static uint32_t route_mtu(const struct nlattr *metrics)
{
	const struct nlattr *tb[RTAX_MAX + 1];

	nl_nested(metrics, tb, RTAX_MAX);
	return u32_or(tb[RTAX_MTU], 0);
}

static int on_route(const struct nlmsghdr *h, void *ctx)
{
	struct reader *r = ctx;
	const struct rtmsg *rtm = nl_extra(h);
	const struct nlattr *tb[RTA_MAX + 1];
	struct ipaddr dst;
	struct route route;

	nl_attrs(h, sizeof(*rtm), tb, RTA_MAX);
	if (rtm->rtm_flags & RTM_F_CLONED || rtm->rtm_dst_len > 32)
		return MNL_CB_OK;
	dst = get_addr(tb[RTA_DST]);
	route = (struct route){ .dst = { dst.family ? dst : ip4(0), rtm->rtm_dst_len },
		.tos = rtm->rtm_tos,
		.table = u32_or(tb[RTA_TABLE], rtm->rtm_table),
		.type = rtm->rtm_type,
		.scope = rtm->rtm_scope,
		.protocol = rtm->rtm_protocol,
		.metric = u32_or(tb[RTA_PRIORITY], 0),
		.gateway = get_addr(tb[RTA_GATEWAY]),
		.dev = tb[RTA_OIF] ? dev_find_index(r->ns, (int)nl_u32(tb[RTA_OIF])) : NULL,
		.prefsrc = get_addr(tb[RTA_PREFSRC]),
		.onlink = rtm->rtm_flags & RTNH_F_ONLINK,
		.linkdown = rtm->rtm_flags & RTNH_F_LINKDOWN,
		.dead = rtm->rtm_flags & RTNH_F_DEAD,
		.mtu = route_mtu(tb[RTA_METRICS]) };
	fib_insert(r->ns->fib, &route, true);
	return MNL_CB_OK;
}

/* A dump of one table alone says when there is none (inet_dump_fib()). */
static int read_table(struct reader *r, uint32_t table, struct err *err)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	int rc;

	((struct rtmsg *)nl_extra(h))->rtm_family = AF_INET;
	route_put_table(h, table);
	rc = nl_dump_once(r->nl, h, NULL, NULL);
	if (rc == -ENOENT)
		return 0;
	if (rc && rc != -EINTR)
		return err_set(err, (struct loc){ 0 }, "asking the kernel for a table: %s", strerror(-rc));
	fib_table_make(r->ns->fib, table);
	return 0;
}

/* ---- neighbours and fdb ---- */

static void read_fdb(struct reader *r, const struct ndmsg *ndm, const struct nlattr *const *tb)
{
	struct dev *dev = dev_find_index(r->ns, ndm->ndm_ifindex);
	const struct nda_cacheinfo *age = NULL;
	struct bridge *br;
	struct fdb_entry *f;
	struct mac mac;

	if (tb[NDA_CACHEINFO] && mnl_attr_get_payload_len(tb[NDA_CACHEINFO]) >= sizeof(*age))
		age = mnl_attr_get_payload(tb[NDA_CACHEINFO]);
	if (!dev || !tb[NDA_LLADDR] || mnl_attr_get_payload_len(tb[NDA_LLADDR]) != sizeof(mac) || !tb[NDA_MASTER] ||
		tb[NDA_VLAN])
		return; /* a device's own list of addresses (NTF_SELF), which is not the bridge's */
	br = dev->bridge ? dev->bridge : dev->port ? dev->port->bridge : NULL;
	memcpy(&mac, mnl_attr_get_payload(tb[NDA_LLADDR]), sizeof(mac));
	if (!br || fdb_find(br, &mac))
		return;
	f = fdb_add(br, &mac, dev->bridge ? NULL : dev->port);
	list_del(&f->node); /* a dump begins with the newest, the list with the oldest */
	list_add(&br->fdb, &f->node);
	f->local = ndm->ndm_state & NUD_PERMANENT;
	f->is_static = ndm->ndm_state & (NUD_PERMANENT | NUD_NOARP);
	f->sticky = ndm->ndm_flags & NTF_STICKY;
	f->extern_learn = ndm->ndm_flags & NTF_EXT_LEARNED;
	f->updated = f->used = r->now;
	if (age) {
		f->updated -= age->ndm_updated * NS_PER_CLOCK_T;
		f->used -= age->ndm_used * NS_PER_CLOCK_T;
	}
}

static int on_neigh(const struct nlmsghdr *h, void *ctx)
{
	struct reader *r = ctx;
	const struct ndmsg *ndm = nl_extra(h);
	const struct nlattr *tb[NDA_MAX + 1];
	struct dev *dev = dev_find_index(r->ns, ndm->ndm_ifindex);
	struct ipaddr dst;
	struct neigh *n;

	nl_attrs(h, sizeof(*ndm), tb, NDA_MAX);
	if (ndm->ndm_family == PF_BRIDGE) {
		read_fdb(r, ndm, tb);
		return MNL_CB_OK;
	}
	dst = get_addr(tb[NDA_DST]);
	if (!dev || !dst.family || neigh_find(dev, &dst) || !nud_state_known(ndm->ndm_state))
		return MNL_CB_OK;
	n = neigh_new(dev, &dst);
	n->state = (uint8_t)ndm->ndm_state;
	n->type = ndm->ndm_type;
	if (tb[NDA_LLADDR] && mnl_attr_get_payload_len(tb[NDA_LLADDR]) == sizeof(n->mac))
		memcpy(&n->mac, mnl_attr_get_payload(tb[NDA_LLADDR]), sizeof(n->mac));
	return MNL_CB_OK;
}

/* ---- all of it ---- */

static int dump(struct reader *r, uint16_t type, uint8_t family, size_t extra, nl_fn *fn, struct err *err)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, type, 0, extra);
	int rc;

	*(uint8_t *)nl_extra(h) = family; /* the first byte of every family header of rtnetlink */
	rc = nl_dump_once(r->nl, h, fn, r);
	r->changed = rc == -EINTR;
	return rc ? err_set(err, (struct loc){ 0 }, "reading the kernel's tables: %s", strerror(-rc)) : 0;
}

static int enter(struct reader *r, struct kns *k, struct err *err)
{
	r->kns = k;
	r->ns = ns_for(r, k);
	r->nl = sandbox_route(r->s, k, err);
	return r->nl ? 0 : -1;
}

static bool wanted(const struct want *w, const struct kns *k)
{
	return (!w->only || w->only == k) && (!w->marked || k->look);
}

static int read_links(struct reader *r, const struct want *w, struct err *err)
{
	for (struct kns *k = r->s->first; k; k = k->next) {
		if (!wanted(w, k) && (w->marked || !w->peers))
			continue;
		if (enter(r, k, err) || dump(r, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg), on_link, err))
			return -1;
	}
	for (unsigned i = 0; i < r->refs; i++)
		resolve(r, &r->ref[i], w);
	for (unsigned i = 0; i < r->refs; i++) {
		struct dev *dev = r->ref[i].dev;

		if (dev->peer && dev->peer->peer != dev)
			dev->peer = NULL; /* it went, or its number is another's, while this was read */
	}
	return 0;
}

static int read_tables(struct reader *r, const struct want *w, struct err *err)
{
	for (struct kns *k = r->s->first; k; k = k->next) {
		if (!wanted(w, k))
			continue;
		if (enter(r, k, err) ||
			(w->addr && dump(r, RTM_GETADDR, AF_INET, sizeof(struct ifaddrmsg), on_addr, err)) ||
			(w->route && dump(r, RTM_GETROUTE, AF_INET, sizeof(struct rtmsg), on_route, err)) ||
			(w->table && read_table(r, w->table, err)) ||
			(w->neigh && dump(r, RTM_GETNEIGH, AF_INET, sizeof(struct ndmsg), on_neigh, err)) ||
			(w->fdb && dump(r, RTM_GETNEIGH, PF_BRIDGE, sizeof(struct ndmsg), on_neigh, err)) ||
			(w->ct && ct_read(r->s, k, r->ns, w->seen, r->now, err)))
			return -1;
		if (w->ids)
			read_ids(r);
	}
	return 0;
}

void snapshot_free(struct net *net)
{
	if (!net)
		return;
	list_for_each (ns, &net->namespaces, struct ns, node) {
		nf_free(ns->nf); /* the connections that were read: kernel/ct.c */
		ns->nf = NULL;
	}
	net_free(net);
}

static struct net *take_once(struct sandbox *s, const struct want *w, uint64_t now, bool *changed, struct err *err)
{
	struct reader r = { .s = s, .now = now, .net = net_new(1) };

	if (read_links(&r, w, err) || read_tables(&r, w, err)) {
		snapshot_free(r.net);
		r.net = NULL;
	}
	free(r.ref);
	*changed = r.changed;
	return r.net;
}

static struct net *take(struct sandbox *s, const struct want *w, uint64_t now, struct err *err)
{
	bool changed = true;
	struct net *net = NULL;

	for (unsigned i = 0; changed && i < NL_DUMP_TRIES; i++)
		net = take_once(s, w, now, &changed, err);
	return net;
}

static const struct want everything = {
	.peers = true, .addr = true, .route = true, .neigh = true, .fdb = true, .ct = true
};

struct net *snapshot_take(struct sandbox *s, const struct observations *seen, uint64_t now, struct err *err)
{
	struct want w = everything;

	w.seen = seen;
	return take(s, &w, now, err);
}

struct net *snapshot_look(struct sandbox *s, struct err *err)
{
	static const struct want w = { .marked = true, .peers = true, .addr = true, .route = true };

	return take(s, &w, 0, err);
}

struct net *snapshot_for(struct sandbox *s, const struct op *op, uint64_t now, struct err *err)
{
	struct want w = everything;

	w.ct = false; /* no tool that is modelled shows it */
	switch (op->kind) {
	case OP_NEIGH_SHOW:
	case OP_ARP_SHOW:
		w = (struct want){ .neigh = true };
		break;
	case OP_ROUTE_SHOW:
	case OP_ROUTE_TABLE_SHOW:
		w = (struct want){ .addr = true, .route = true, .table = op->route.table };
		break;
	case OP_LINK_SHOW:
	case OP_BRIDGE_LINK_SHOW:
		w = (struct want){ .peers = true };
		break;
	case OP_ADDR_SHOW:
		w = (struct want){ .peers = true, .addr = true };
		break;
	case OP_NETNS_SHOW:
		w = (struct want){ .ids = true };
		return take(s, &w, now, err);
	case OP_FDB_SHOW:
		w = (struct want){ .peers = true, .fdb = true };
		break;
	default: /* of all namespaces, or of all tables */
		return take(s, &w, now, err);
	}
	w.only = sandbox_find(s, op_ns(op));
	return take(s, &w, now, err);
}
