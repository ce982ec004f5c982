/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge(8) of iproute2 6.1: bridge/bridge.c, link.c, fdb.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/cmd_ip.h"

enum { BRIDGE_FAILS = 255, BRIDGE_EINVAL = 234 };

static const char no_bridge[] = "Cannot find bridge device \"", no_device[] = "Cannot find device \"", after[] = "\"\n";

/* ---- bridge link ---- */

/* In the tool's order; all whole words. */
enum { LINK_REFUSED = -1, LINK_ON_OFF = -2 };
static const struct {
	const char *name;
	int flag;
} link_flags[] = {
	{ "guard", BRF_GUARD },
	{ "hairpin", BRF_HAIRPIN },
	{ "fastleave", BRF_FASTLEAVE },
	{ "root_block", BRF_ROOT_BLOCK },
	{ "learning", BRF_LEARNING },
	{ "learning_sync", LINK_ON_OFF },
	{ "flood", BRF_FLOOD },
	{ "mcast_router", LINK_REFUSED },
	{ "mcast_flood", BRF_MCAST_FLOOD },
	{ "bcast_flood", BRF_BCAST_FLOOD },
	{ "mcast_to_unicast", LINK_ON_OFF },
	{ "hwmode", LINK_REFUSED },
	{ "self", LINK_REFUSED },
	{ "neigh_suppress", BRF_NEIGH_SUPPRESS },
	{ "vlan_tunnel", LINK_ON_OFF },
	{ "isolated", BRF_ISOLATED },
	{ "locked", BRF_LOCKED },
	{ "backup_port", LINK_REFUSED },
	{ "nobackup_port", LINK_REFUSED },
};

static int set_state(struct ipc *x, struct op_port_opts *p, const char *w)
{
	char *end;
	long v = strtol(w, &end, 10);

	if (!*w || *end)
		for (v = BR_DISABLED; v <= BR_BLOCKING && !ipc_eq(w, br_state_name((uint8_t)v)); v++)
			;
	if (v > BR_BLOCKING && (!*w || *end))
		return ipc_fail(x, BRIDGE_FAILS, "Error: invalid STP port state\n");
	p->state_set = v >= 0;
	p->state = (uint8_t)v;
	return IPC_GO;
}

static int set_flag(struct ipc *x, struct op_port_opts *p, const char *w)
{
	size_t i = 0;
	bool on = false;
	int rc;

	while (i < ARRAY_SIZE(link_flags) && !ipc_eq(w, link_flags[i].name))
		i++;
	if (i == ARRAY_SIZE(link_flags))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_bridge_link);
	if (link_flags[i].flag == LINK_REFUSED)
		return ipc_refuse(x, "bridge link set: %s", w);
	rc = ipc_arg(x, &w);
	if (!rc)
		rc = ipc_on_off(x, link_flags[i].name, w, &on, BRIDGE_EINVAL);
	if (rc)
		return rc;
	if (link_flags[i].flag == LINK_ON_OFF || (link_flags[i].flag == BRF_NEIGH_SUPPRESS && on))
		return ipc_refuse(x, "bridge link set: %s", link_flags[i].name);
	p->flag_set[link_flags[i].flag] = true;
	p->flag[link_flags[i].flag] = on;
	return IPC_GO;
}

static int set_word(struct ipc *x, struct op_link *l, const char *w)
{
	bool cost = ipc_eq(w, "cost"), priority = ipc_eq(w, "priority"), dev = ipc_eq(w, "dev");
	int rc;

	if (ipc_eq(w, "master")) /* what is meant anyway */
		return IPC_GO;
	if (!cost && !priority && !dev && !ipc_eq(w, "state"))
		return set_flag(x, &l->port, w);
	rc = ipc_arg(x, &w);
	if (rc)
		return rc;
	if (dev)
		return ipc_dev(x, w, l->dev, BRIDGE_FAILS, no_bridge, after);
	if (cost) {
		l->port.cost = (uint32_t)atoi(w);
		l->port.cost_set = l->port.cost;
		return IPC_GO;
	}
	if (!priority)
		return set_state(x, &l->port, w);
	l->port.priority_set = (int16_t)atoi(w) >= 0;
	l->port.priority = (uint16_t)atoi(w);
	return IPC_GO;
}

static int link_set(struct ipc *x)
{
	struct op_link l = { .port_set = true };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = set_word(x, &l, w);

		if (rc)
			return rc;
	}
	if (!l.dev[0])
		return ipc_fail(x, BRIDGE_FAILS, "Device is a required argument.\n");
	x->op->kind = OP_BRIDGE_LINK_SET;
	x->op->link = l;
	return IPC_GO;
}

static int link_show(struct ipc *x)
{
	struct op_link l = { 0 };
	const char *w;
	int rc;

	while ((w = ipc_next(x))) {
		if (!ipc_eq(w, "dev")) /* the tool passes over anything else */
			continue;
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
		if (l.dev[0])
			return ipc_dup(x, "dev", w);
		rc = ipc_dev(x, w, l.dev, BRIDGE_FAILS, no_device, after);
		if (rc)
			return rc;
	}
	x->op->kind = OP_BRIDGE_LINK_SHOW;
	x->op->link = l;
	return IPC_GO;
}

static int bridge_link(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w)
		return link_show(x);
	if (ipc_is(w, "set") || ipc_is(w, "change"))
		return link_set(x);
	if (ipc_is(w, "show") || ipc_is(w, "lst") || ipc_is(w, "list"))
		return link_show(x);
	if (ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_bridge_link);
	return ipc_unknown(x, w, "bridge link");
}

/* ---- bridge fdb ---- */

/* In the tool's order; "=": whole words. Those that are not modelled take part too, since the first that fits counts.
 */
enum fdb_word { F_DEV, F_SELF, F_MASTER, F_PERMANENT, F_STATIC, F_DYNAMIC, F_STICKY, F_EXTERN, F_REFUSED, F_ADDRESS };
static const struct {
	const char *name;
	enum fdb_word word;
} fdb_words[] = {
	{ "=dev", F_DEV },
	{ "=dst", F_REFUSED },
	{ "=nhid", F_REFUSED },
	{ "=port", F_REFUSED },
	{ "=vni", F_REFUSED },
	{ "=src_vni", F_REFUSED },
	{ "=via", F_REFUSED },
	{ "=self", F_SELF },
	{ "master", F_MASTER },
	{ "router", F_REFUSED },
	{ "local", F_PERMANENT },
	{ "permanent", F_PERMANENT },
	{ "temp", F_STATIC },
	{ "static", F_STATIC },
	{ "dynamic", F_DYNAMIC },
	{ "vlan", F_REFUSED },
	{ "use", F_REFUSED },
	{ "extern_learn", F_EXTERN },
	{ "sticky", F_STICKY },
};

static int fdb_address(struct ipc *x, const char **addr, const char *w)
{
	if (ipc_eq(w, "to")) {
		int rc = ipc_arg(x, &w);

		if (rc)
			return rc;
	}
	if (ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_fdb);
	if (*addr)
		return ipc_dup2(x, "to", w);
	*addr = w;
	return IPC_GO;
}

static int fdb_word(struct ipc *x, struct op_fdb *f, const char **addr, const char *w)
{
	size_t i = 0;
	int rc;

	while (i < ARRAY_SIZE(fdb_words) &&
		!(fdb_words[i].name[0] == '=' ? ipc_eq(w, fdb_words[i].name + 1) : ipc_is(w, fdb_words[i].name)))
		i++;
	switch (i < ARRAY_SIZE(fdb_words) ? fdb_words[i].word : F_ADDRESS) {
	case F_DEV:
		rc = ipc_arg(x, &w);
		return rc ? rc : ipc_dev(x, w, f->dev, BRIDGE_FAILS, no_device, after);
	case F_SELF:
		f->self = true;
		break;
	case F_MASTER:
		f->master = true;
		break;
	case F_PERMANENT:
		f->permanent = f->local = true;
		break;
	case F_STATIC:
		f->is_static = true;
		break;
	case F_DYNAMIC:
		f->dynamic = true;
		break;
	case F_STICKY:
		f->sticky = true;
		break;
	case F_EXTERN:
		f->extern_learn = true;
		break;
	case F_REFUSED:
		return ipc_refuse(x, "bridge fdb: %s", w);
	case F_ADDRESS:
		return fdb_address(x, addr, w);
	}
	return IPC_GO;
}

/* The tool reads it with sscanf(); what is behind the sixth number does not matter. */
static bool fdb_mac(const char *s, struct mac *out)
{
	unsigned b[6];

	if (sscanf(s, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6)
		return false;
	for (int i = 0; i < 6; i++)
		out->b[i] = (uint8_t)b[i];
	return true;
}

static int fdb_modify(struct ipc *x, enum op_kind kind)
{
	struct op_fdb f = { 0 };
	const char *w, *addr = NULL;

	while ((w = ipc_next(x))) {
		int rc = fdb_word(x, &f, &addr, w);

		if (rc)
			return rc;
	}
	if (!f.dev[0] || !addr)
		return ipc_fail(x, BRIDGE_FAILS, "Device and address are required arguments.\n");
	f.self |= !f.self && !f.master;
	if (!f.permanent && !f.is_static && !f.dynamic)
		f.permanent = f.local = true;
	f.mac_set = true;
	if (!fdb_mac(addr, &f.mac))
		return ipc_fail(x, BRIDGE_FAILS, "Invalid mac address %s\n", addr);
	x->op->kind = kind;
	x->op->fdb = f;
	return IPC_GO;
}

static int fdb_show_word(struct ipc *x, struct op_fdb *f, const char *w)
{
	bool br = ipc_eq(w, "br"), state = ipc_eq(w, "state");
	int rc;

	if (ipc_eq(w, "dynamic")) {
		f->dynamic = true;
		return IPC_GO;
	}
	if (ipc_eq(w, "vlan"))
		return ipc_refuse(x, "bridge fdb show: vlan");
	if (!br && !state && !ipc_eq(w, "brport") && !ipc_eq(w, "dev")) {
		if (ipc_is(w, "help"))
			return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_fdb);
		return IPC_GO; /* the tool passes over it */
	}
	rc = ipc_arg(x, &w);
	if (rc)
		return rc;
	if (state) {
		/* state_a2n(): permanent, static = temp, stale, reachable = dynamic, all or a number */
		if (f->state[0])
			return ipc_refuse(x, "bridge fdb show: a second state");
		if (!ipc_is(w, "permanent") && !ipc_is(w, "static") && !ipc_is(w, "temp") && !ipc_is(w, "stale") &&
			!ipc_is(w, "reachable") && !ipc_is(w, "dynamic") && !ipc_eq(w, "all"))
			return ipc_wrong(x, w, "invalid state");
		str_copy(f->state, sizeof(f->state), w);
		return IPC_GO;
	}
	return br ? ipc_dev(x, w, f->br, BRIDGE_FAILS, no_bridge, after)
		  : ipc_dev(x, w, f->dev, BRIDGE_FAILS, no_device, after);
}

static int fdb_show(struct ipc *x)
{
	struct op_fdb f = { 0 };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = fdb_show_word(x, &f, w);

		if (rc)
			return rc;
	}
	x->op->kind = OP_FDB_SHOW;
	x->op->fdb = f;
	return IPC_GO;
}

static int fdb_flush_word(struct ipc *x, struct op_fdb *f, const char *w)
{
	static const char *const refused[] = { "nopermanent", "nostatic", "nodynamic", "added_by_user",
		"noadded_by_user", "noextern_learn", "nosticky", "offloaded", "nooffloaded", "vlan" };
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (ipc_eq(w, refused[i]))
			return ipc_refuse(x, "bridge fdb flush: %s", w);
	f->master |= ipc_eq(w, "master");
	f->self |= ipc_eq(w, "self");
	f->permanent |= ipc_eq(w, "permanent");
	f->is_static |= ipc_eq(w, "static");
	f->dynamic |= ipc_eq(w, "dynamic");
	f->extern_learn |= ipc_eq(w, "extern_learn");
	f->sticky |= ipc_eq(w, "sticky");
	if (ipc_eq(w, "dev")) {
		rc = ipc_arg(x, &w);
		return rc ? rc : ipc_dev(x, w, f->dev, BRIDGE_FAILS, no_bridge, after);
	}
	if (!ipc_eq(w, "brport"))
		return IPC_GO; /* the tool passes over what it does not know */
	if (f->brport[0])
		return ipc_dup2(x, "brport", w);
	rc = ipc_arg(x, &w);
	return rc ? rc : ipc_dev(x, w, f->brport, BRIDGE_FAILS, "Cannot find bridge port device \"", after);
}

static int fdb_flush(struct ipc *x)
{
	struct op_fdb f = { 0 };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = fdb_flush_word(x, &f, w);

		if (rc)
			return rc;
	}
	if (!f.dev[0])
		return ipc_fail(x, BRIDGE_FAILS, "Device is a required argument.\n");
	if (f.is_static && f.dynamic)
		return ipc_refuse(x, "bridge fdb flush: static and dynamic in one");
	f.self |= !f.self && !f.master;
	x->op->kind = OP_FDB_FLUSH;
	x->op->fdb = f;
	return IPC_GO;
}

static int bridge_fdb(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w)
		return fdb_show(x);
	if (ipc_is(w, "add"))
		return fdb_modify(x, OP_FDB_ADD);
	if (ipc_is(w, "append"))
		return fdb_modify(x, OP_FDB_APPEND);
	if (ipc_is(w, "replace"))
		return fdb_modify(x, OP_FDB_REPLACE);
	if (ipc_is(w, "delete"))
		return fdb_modify(x, OP_FDB_DEL);
	if (ipc_is(w, "get"))
		return ipc_refuse(x, "bridge fdb get");
	if (ipc_is(w, "show") || ipc_is(w, "lst") || ipc_is(w, "list"))
		return fdb_show(x);
	if (ipc_eq(w, "flush"))
		return fdb_flush(x);
	if (ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_fdb);
	return ipc_unknown(x, w, "bridge fdb");
}

/* ---- the command ---- */

static const struct bridge_option {
	const char *name;
	bool whole;
	enum { OPT_NOTHING, OPT_STATS, OPT_DETAILS, OPT_ONELINE, OPT_NETNS, OPT_HELP, OPT_REFUSED } what;
} options[] = {
	{ "-help", false, OPT_HELP },
	{ "-Version", false, OPT_REFUSED },
	{ "-stats", false, OPT_STATS },
	{ "-statistics", false, OPT_STATS },
	{ "-details", false, OPT_DETAILS },
	{ "-oneline", false, OPT_ONELINE },
	{ "-timestamp", false, OPT_NOTHING },
	{ "-family", false, OPT_REFUSED },
	{ "-4", true, OPT_NOTHING },
	{ "-6", true, OPT_NOTHING },
	{ "-netns", false, OPT_NETNS },
	{ "-color", false, OPT_REFUSED },
	{ "-compressvlans", false, OPT_NOTHING },
	{ "-force", false, OPT_NOTHING },
	{ "-json", false, OPT_REFUSED },
	{ "-pretty", false, OPT_NOTHING },
	{ "-batch", false, OPT_REFUSED },
};

static int option(struct ipc *x, const char *w)
{
	size_t i = 0;
	int rc;

	while (i < ARRAY_SIZE(options) && !(options[i].whole ? ipc_eq(w, options[i].name) : ipc_is(w, options[i].name)))
		i++;
	if (i == ARRAY_SIZE(options))
		return ipc_fail(x, IPC_USAGE, "Option \"%s\" is unknown, try \"bridge help\".\n", w);
	switch (options[i].what) {
	case OPT_NOTHING:
		break;
	case OPT_STATS:
		x->op->view.stats = true;
		break;
	case OPT_DETAILS:
		x->op->view.details = true;
		break;
	case OPT_ONELINE:
		x->op->view.oneline = true;
		break;
	case OPT_HELP:
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_bridge);
	case OPT_REFUSED:
		return ipc_refuse(x, "bridge: option %s", w);
	case OPT_NETNS:
		rc = ipc_arg(x, &w);
		return rc ? rc : ipc_netns(x, w, NS_OPTION);
	}
	return IPC_GO;
}

static int bridge_command(struct ipc *x)
{
	static const struct {
		const char *name;
		ipc_fn *fn;
	} objects[] = { { "link", bridge_link }, { "fdb", bridge_fdb }, { "mdb", NULL }, { "vlan", NULL },
		{ "vni", NULL }, { "monitor", NULL } };
	const char *w;

	while ((w = cmd_peek(x->c)) && *w == '-') {
		int rc;

		ipc_next(x);
		if (ipc_eq(w, "--"))
			break;
		rc = option(x, w + (w[1] == '-'));
		if (rc)
			return rc;
	}
	w = ipc_next(x);
	if (!w || ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_bridge);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (ipc_is(w, objects[i].name))
			return objects[i].fn ? objects[i].fn(x) : ipc_refuse(x, "bridge %s", objects[i].name);
	return ipc_fail(x, BRIDGE_FAILS, "Object \"%s\" is unknown, try \"bridge help\".\n", w);
}

int cmd_bridge(struct cmd *c, struct op *op, struct err *err)
{
	struct ipc x = { .c = c, .op = op, .err = err, .loc = cmd_loc(c) };

	return bridge_command(&x) < 0 ? -1 : 0;
}
