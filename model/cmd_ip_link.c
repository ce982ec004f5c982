/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip link` (ip/iplink.c, ip/link_veth.c of iproute2 6.1). One parser,
 * parse_device(), reads what describes a device; for a veth it runs a second time, for the peer. */
#include <ctype.h>
#include <string.h>

#include "model/cmd_ip.h"

struct device { /* one pass of parse_device() */
	bool create;
	const char *name, *dev, *type; /* as given; type ends the pass */
	const char *netns, *peer_ns;   /* as given, of it and of its peer; borrowed */
	struct loc type_loc;
	struct op_link l; /* target_ns_set, up, arp, mtu, mac, txqlen, master of it */
};

/* ---- what describes a device ---- */

/* A name for a new device, or a new name: check_ifname(). */
static bool name_fits(const char *w, bool any_length)
{
	if (!*w || (!any_length && strlen(w) >= IFNAMSIZ_))
		return false;
	for (; *w; w++)
		if (*w == '/' || isspace((unsigned char)*w))
			return false;
	return true;
}

static int take_name(struct ipc *x, struct device *d)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (d->name)
		return ipc_dup(x, "name", w);
	if (!name_fits(w, false))
		return ipc_wrong(x, w, "\"name\" not a valid ifname");
	d->name = w;
	if (!d->dev)
		d->dev = w;
	return IPC_GO;
}

static int take_number(struct ipc *x, bool *set, uint32_t *out, const char *key, const char *wrong)
{
	const char *w;
	uint64_t v;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (*set)
		return ipc_dup(x, key, w);
	if (*w == '-' && ipc_number(w + 1, INT32_MAX, &v))
		return ipc_refuse(x, "ip link: a negative %s", key);
	if (!ipc_number(w, INT32_MAX, &v))
		return ipc_wrong(x, w, wrong);
	*set = true;
	*out = (uint32_t)v;
	return IPC_GO;
}

static int take_netns(struct ipc *x, struct device *d)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (d->l.target_ns_set)
		return ipc_dup(x, "netns", w);
	if (strchr(w, '/') || !*w || ipc_eq(w, ".") || ipc_eq(w, ".."))
		return ipc_refuse(x, "a namespace by a path ('%s')", w);
	if (ipc_eq(w, "1")) /* no name of a namespace, most likely */
		return ipc_refuse(x, "the namespace of a process (netns 1)");
	if (strlen(w) >= NSNAME_SIZE)
		return ipc_wrong(x, w, "Invalid \"netns\" value\n");
	d->l.target_ns_set = true;
	d->netns = w;
	return IPC_GO;
}

static int take_master(struct ipc *x, struct device *d)
{
	static const char before[] = "Error: argument \"", after[] = "\" is wrong: Device does not exist\n\n";
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	d->l.nomaster = false;
	return ipc_dev(x, w, d->l.master, IPC_USAGE, before, after);
}

static int take_arp(struct ipc *x, struct device *d)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (!ipc_eq(w, "on") && !ipc_eq(w, "off"))
		return ipc_fail(x, 1, "Error: argument of \"arp\" must be \"on\" or \"off\", not \"%s\"\n", w);
	d->l.arp_set = true;
	d->l.arp = ipc_eq(w, "on");
	return IPC_GO;
}

static int take_dev(struct ipc *x, struct device *d, const char *w)
{
	int rc;

	if (ipc_is(w, "help"))
		return ipc_refuse(x, "ip link help");
	if (ipc_eq(w, "dev")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if (d->dev != d->name)
		return ipc_dup2(x, "dev", w);
	if (!name_fits(w, true))
		return ipc_wrong(x, w, "\"dev\" not a valid ifname");
	d->dev = w;
	return IPC_GO;
}

/* The keywords in the tool's order, each with whether it must be whole; W_REFUSED are those that are not modelled. */
enum device_word {
	W_UP,
	W_DOWN,
	W_NAME,
	W_ADDRESS,
	W_QLEN,
	W_MTU,
	W_NETNS,
	W_ARP,
	W_MASTER,
	W_NOMASTER,
	W_TYPE,
	W_REFUSED,
	W_DEV
};
static const struct {
	const char *name;
	bool whole;
	enum device_word word;
} device_words[] = {
	{ "up", true, W_UP },
	{ "down", true, W_DOWN },
	{ "name", true, W_NAME },
	{ "index", true, W_REFUSED },
	{ "link", false, W_REFUSED },
	{ "address", false, W_ADDRESS },
	{ "broadcast", false, W_REFUSED },
	{ "brd", true, W_REFUSED },
	{ "txqueuelen", false, W_QLEN },
	{ "qlen", true, W_QLEN },
	{ "txqlen", false, W_QLEN },
	{ "mtu", true, W_MTU },
	{ "xdpgeneric", true, W_REFUSED },
	{ "xdpdrv", true, W_REFUSED },
	{ "xdpoffload", true, W_REFUSED },
	{ "xdp", true, W_REFUSED },
	{ "netns", true, W_NETNS },
	{ "multicast", true, W_REFUSED },
	{ "allmulticast", true, W_REFUSED },
	{ "promisc", true, W_REFUSED },
	{ "trailers", true, W_REFUSED },
	{ "arp", true, W_ARP },
	{ "carrier", true, W_REFUSED },
	{ "vf", true, W_REFUSED },
	{ "master", false, W_MASTER },
	{ "vrf", true, W_REFUSED },
	{ "nomaster", false, W_NOMASTER },
	{ "dynamic", false, W_REFUSED },
	{ "type", false, W_TYPE },
	{ "alias", false, W_REFUSED },
	{ "group", true, W_REFUSED },
	{ "mode", true, W_REFUSED },
	{ "state", true, W_REFUSED },
	{ "numtxqueues", false, W_REFUSED },
	{ "numrxqueues", false, W_REFUSED },
	{ "addrgenmode", false, W_REFUSED },
	{ "link-netns", false, W_REFUSED },
	{ "link-netnsid", false, W_REFUSED },
	{ "protodown", true, W_REFUSED },
	{ "protodown_reason", true, W_REFUSED },
	{ "gso_max_size", true, W_REFUSED },
	{ "gso_max_segs", true, W_REFUSED },
	{ "gro_max_size", true, W_REFUSED },
	{ "parentdev", true, W_REFUSED },
};

static int refuse_word(struct ipc *x, const char *name)
{
	const char *w = cmd_peek(x->c);

	/* they look like MAC addresses to the tool: an easy mistake with a short device name */
	if (ipc_eq(name, "broadcast") && w) {
		struct mac m;
		int rc = ipc_mac(x, w, &m);

		if (rc)
			return rc;
	}
	/* `link DEV` is only of use with kinds that are not modelled: those are what to name */
	if (ipc_eq(name, "link"))
		return ipc_refuse(x, "ip link: link (of vlan, macvlan and the like)");
	return ipc_refuse(x, "ip link: %s", name);
}

static int take_type(struct ipc *x, struct device *d)
{
	int rc = ipc_arg(x, &d->type);

	d->type_loc = x->loc;
	return rc;
}

static int device_word(struct ipc *x, struct device *d, const char *w)
{
	size_t i = 0;
	int rc;

	while (i < ARRAY_SIZE(device_words) &&
		!(device_words[i].whole ? ipc_eq(w, device_words[i].name) : ipc_is(w, device_words[i].name)))
		i++;
	switch (i < ARRAY_SIZE(device_words) ? device_words[i].word : W_DEV) {
	case W_UP:
	case W_DOWN:
		d->l.up_set = true;
		d->l.up = ipc_eq(w, "up");
		return IPC_GO;
	case W_NAME:
		return take_name(x, d);
	case W_ADDRESS:
		rc = ipc_arg(x, &w);
		d->l.mac_set = true;
		return rc ? rc : ipc_mac(x, w, &d->l.mac);
	case W_QLEN:
		return take_number(x, &d->l.txqlen_set, &d->l.txqlen, "txqueuelen", "Invalid \"txqueuelen\" value\n");
	case W_MTU:
		return take_number(x, &d->l.mtu_set, &d->l.mtu, "mtu", "Invalid \"mtu\" value\n");
	case W_NETNS:
		return take_netns(x, d);
	case W_ARP:
		return take_arp(x, d);
	case W_MASTER:
		return take_master(x, d);
	case W_NOMASTER:
		d->l.nomaster = true;
		d->l.master[0] = 0;
		return IPC_GO;
	case W_TYPE:
		return take_type(x, d);
	case W_REFUSED:
		return refuse_word(x, device_words[i].name);
	case W_DEV:
		break;
	}
	return take_dev(x, d, w);
}

/* iplink_parse(): up to the end or the word behind `type`. */
static int parse_device(struct ipc *x, struct device *d)
{
	const char *w;

	while (!d->type && (w = ipc_next(x))) {
		int rc = device_word(x, d, w);

		if (rc)
			return rc;
	}
	if (!d->name)
		d->name = d->dev;
	else if (d->dev && ipc_eq(d->name, d->dev))
		d->name = d->dev;
	if (!d->create && !d->dev)
		return ipc_fail(x, IPC_USAGE, "Not enough information: \"dev\" argument is required.\n");
	if (d->create && d->name != d->dev)
		return ipc_fail(x, IPC_USAGE, "both \"name\" and \"dev\" cannot be used when creating devices.\n");
	return IPC_GO;
}

/* ---- add, set, delete ---- */

/* The kernel's answer to a name that no device can have (IFLA_IFNAME is up to 15 bytes). */
static int name_too_long(struct ipc *x)
{
	return ipc_fail(x, 2, "Error: Attribute failed policy validation.\n");
}

static int veth_peer(struct ipc *x, struct op_link *l, const char **peer_ns)
{
	struct device p = { .create = true };
	const char *w = ipc_next(x);
	int rc;

	if (!w)
		return IPC_GO;
	if (!ipc_eq(w, "peer")) {
		rc = ipc_fail(x, 1, "%s", "");
		buf_puts(&x->op->canned.res.out, "Usage: ip link <options> type veth [peer <options>]\n"
						 "To get <options> type 'ip link add help'\n");
		return rc;
	}
	rc = parse_device(x, &p);
	if (rc)
		return rc;
	if (p.type) /* the tool shows the word behind, which may be none */
		return ipc_refuse(x, "ip link: type for a veth's peer");
	if (p.l.up_set || p.l.arp_set || p.l.master[0] || p.l.nomaster || p.l.txqlen_set)
		return ipc_refuse(x, "ip link: a veth's peer with other than name, address, mtu, netns");
	if (p.dev && !str_copy(l->peer, sizeof(l->peer), p.dev))
		return name_too_long(x);
	l->peer_ns_set = p.l.target_ns_set;
	*peer_ns = p.netns;
	l->peer_mac_set = p.l.mac_set;
	l->peer_mac = p.l.mac;
	l->peer_mtu_set = p.l.mtu_set;
	l->peer_mtu = p.l.mtu;
	return IPC_GO;
}

/* What follows `type KIND`. */
static int kind_options(struct ipc *x, struct device *d, struct op_link *l, enum op_kind kind)
{
	bool veth = ipc_eq(d->type, "veth"), bridge = ipc_eq(d->type, "bridge"), port = ipc_eq(d->type, "bridge_slave");

	x->loc = d->type_loc;
	if (!veth && !bridge && !(port && kind != OP_LINK_ADD))
		return ipc_refuse(x, "ip link: type %s", d->type);
	str_copy(l->kind, sizeof(l->kind), d->type);
	if (kind == OP_LINK_DEL && cmd_peek(x->c))
		return ipc_refuse(x, "ip link delete: options of a type");
	if (veth && kind == OP_LINK_SET)
		return ipc_refuse(x, "ip link set: type veth");
	if (veth)
		return kind == OP_LINK_DEL ? IPC_GO : veth_peer(x, l, &d->peer_ns);
	l->bridge_set = bridge;
	l->port_set = port;
	return bridge ? ipc_bridge_opts(x, &l->bridge) : ipc_port_opts(x, &l->port);
}

static int link_modify(struct ipc *x, enum op_kind kind)
{
	struct device d = { .create = kind == OP_LINK_ADD };
	int rc = parse_device(x, &d);

	if (rc)
		return rc;
	if (d.type) {
		rc = kind_options(x, &d, &d.l, kind);
		if (rc)
			return rc;
	} else if (kind == OP_LINK_ADD) {
		return ipc_fail(x, 1, "Not enough information: \"type\" argument is required\n");
	}
	/* without a name the kernel gives the next free one: veth0, bridge0 */
	if (kind == OP_LINK_ADD && d.dev && !str_copy(d.l.dev, sizeof(d.l.dev), d.dev))
		return name_too_long(x);
	if (kind != OP_LINK_ADD) {
		rc = ipc_dev(x, d.dev, d.l.dev, 1, "Cannot find device \"", "\"\n");
		if (rc)
			return rc;
	}
	if (kind == OP_LINK_SET && d.name != d.dev)
		str_copy(d.l.new_name, sizeof(d.l.new_name), d.name);
	x->op->kind = kind;
	x->op->link = d.l;
	x->op->link.target_ns = d.netns ? xstrdup(d.netns) : NULL;
	x->op->link.peer_ns = d.peer_ns ? xstrdup(d.peer_ns) : NULL;
	return IPC_GO;
}

/* ---- show ---- */

static int show_dev(struct ipc *x, struct op_link *l, const char *w)
{
	int rc;

	if (ipc_eq(w, "dev")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	} else if (ipc_is(w, "help")) {
		return ipc_refuse(x, "ip link help");
	}
	if (l->dev[0])
		return ipc_dup2(x, "dev", w);
	return ipc_dev(x, w, l->dev, 1, "Device \"", "\" does not exist.\n");
}

static int show_word(struct ipc *x, struct op_link *l, const char *w)
{
	static const char before[] = "Error: argument \"", after[] = "\" is wrong: Device does not exist\n\n";
	static const char *const refused[] = { "to", "scope", "label", "group", "vrf", "nomaster", "dynamic", "primary",
		"secondary", "permanent", "temporary", "deprecated", "tentative" };
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (ipc_eq(w, refused[i]))
			return ipc_refuse(x, "ip link show: %s", w);
	if (ipc_eq(w, "up")) {
		l->show_up = true;
		return IPC_GO;
	}
	if (ipc_eq(w, "master")) {
		rc = ipc_arg(x, &w);
		return rc ? rc : ipc_dev(x, w, l->show_master, IPC_USAGE, before, after);
	}
	if (!ipc_eq(w, "type"))
		return show_dev(x, l, w);
	rc = ipc_arg(x, &w);
	if (rc)
		return rc;
	if (!str_copy(l->show_type, sizeof(l->show_type), w))
		return ipc_refuse(x, "ip link show: type %s", w);
	return IPC_GO;
}

static int link_show(struct ipc *x)
{
	struct op_link l = { 0 };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = show_word(x, &l, w);

		if (rc)
			return rc;
	}
	x->op->kind = OP_LINK_SHOW;
	x->op->link = l;
	return IPC_GO;
}

int ipc_link(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w)
		return link_show(x);
	if (ipc_is(w, "add"))
		return link_modify(x, OP_LINK_ADD);
	if (ipc_is(w, "set") || ipc_is(w, "change"))
		return link_modify(x, OP_LINK_SET);
	if (ipc_is(w, "replace"))
		return ipc_refuse(x, "ip link replace");
	if (ipc_is(w, "delete"))
		return link_modify(x, OP_LINK_DEL);
	if (ipc_is(w, "show") || ipc_is(w, "lst") || ipc_is(w, "list"))
		return link_show(x);
	if (ipc_is(w, "xstats") || ipc_is(w, "afstats") || ipc_is(w, "property") || ipc_is(w, "help"))
		return ipc_refuse(x, "ip link %s", w);
	return ipc_unknown(x, w, "ip link");
}
