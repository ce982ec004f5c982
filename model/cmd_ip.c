/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ip(8) of iproute2 6.1: global options, objects, namespaces (ip/ip.c, ip/ipnetns.c). Words are looked at in the tool's
 * own order, since it takes any beginning of a keyword: the first that fits is meant, whatever the user had in mind
 * (`ip link add b type bridge` reads b as broadcast). */
#include "model/cmd_ip.h"

#include <string.h>

/* ---- namespaces ---- */

int ipc_netns(struct ipc *x, const char *name, int how)
{
	if (!*name || ipc_eq(name, ".") || ipc_eq(name, "..")) /* a directory opens, but is no namespace */
		return ipc_fail(x, IPC_USAGE, "setting the network namespace \"%s\" failed: Invalid argument\n", name);
	if (strchr(name, '/'))
		return ipc_refuse(x, "a namespace by a path (%s)", name);
	if (!str_copy(x->c->ns, sizeof(x->c->ns), name)) {
		x->c->ns[0] = 0;
		return ipc_fail(x, IPC_USAGE, "Cannot open network namespace \"%s\": File name too long\n", name);
	}
	x->c->ns_how = how;
	op_set_ns(x->op, x->c->ns);
	x->op->ns_how = how;
	return IPC_GO;
}

static int netns_exec(struct ipc *x)
{
	const char *name = ipc_next(x);
	int rc;

	if (!name)
		return ipc_fail(x, 1, "No netns name specified\n");
	if (!cmd_peek(x->c))
		return ipc_fail(x, 1, "No command specified\n");
	rc = ipc_netns(x, name, NS_EXEC);
	if (rc)
		return rc;
	x->op->view = (struct op_view){ 0 };
	return cmd_parse_inner(x->c, x->op, x->err);
}

static int netns_change(struct ipc *x, enum op_kind kind)
{
	const char *name = ipc_next(x);

	if (!name)
		return ipc_fail(x, 1, "No netns name specified\n");
	x->op->kind = kind;
	x->op->netns = (struct op_netns){ .name = xstrdup(name) };
	return IPC_GO;
}

static bool netns_name_invalid(const char *w)
{
	return !*w || strlen(w) > 255 || strchr(w, '/') || ipc_eq(w, ".") || ipc_eq(w, "..");
}

static int ipc_netns_object(struct ipc *x)
{
	const char *w = ipc_next(x), *name = cmd_peek(x->c);

	if (w && name && netns_name_invalid(name))
		return ipc_fail(x, IPC_USAGE, "Invalid netns name \"%s\"\n", name);
	if (!w || ipc_is(w, "list") || ipc_is(w, "show") || ipc_is(w, "lst")) {
		x->op->kind = OP_NETNS_SHOW;
		x->op->netns = (struct op_netns){ 0 };
		return IPC_GO;
	}
	if (ipc_is(w, "list-id") || ipc_is(w, "help"))
		return ipc_refuse(x, "ip netns %s", w);
	if (ipc_is(w, "add"))
		return netns_change(x, OP_NETNS_ADD);
	if (ipc_is(w, "set"))
		return ipc_refuse(x, "ip netns set");
	if (ipc_is(w, "delete"))
		return netns_change(x, OP_NETNS_DEL);
	if (ipc_is(w, "identify") || ipc_is(w, "pids"))
		return ipc_refuse(x, "ip netns %s", w);
	if (ipc_is(w, "exec"))
		return netns_exec(x);
	if (ipc_is(w, "monitor") || ipc_is(w, "attach"))
		return ipc_refuse(x, "ip netns %s", w);
	return ipc_unknown(x, w, "ip netns");
}

/* ---- global options ---- */

static int family_option(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w || ipc_eq(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_ip);
	if (ipc_eq(w, "inet"))
		x->op->view.family = x->family = IP_V4;
	else if (ipc_eq(w, "inet6") || ipc_eq(w, "link") || ipc_eq(w, "mpls") || ipc_eq(w, "bridge"))
		return ipc_refuse(x, "ip: the address family %s", w);
	else
		return ipc_wrong(x, w, "invalid protocol family");
	return IPC_GO;
}

/* What each option means; those without effect on what is modelled have OPT_NOTHING. In the tool's order. */
static const struct ip_option {
	const char *name;
	bool whole; /* no abbreviation */
	enum {
		OPT_NOTHING,
		OPT_VALUE,
		OPT_FAMILY,
		OPT_INET,
		OPT_STATS,
		OPT_DETAILS,
		OPT_ONELINE,
		OPT_BRIEF,
		OPT_NETNS,
		OPT_NUMERIC,
		OPT_HELP,
		OPT_REFUSED
	} what;
} ip_options[] = {
	{ "-loops", false, OPT_VALUE },
	{ "-family", false, OPT_FAMILY },
	{ "-4", true, OPT_INET },
	{ "-6", true, OPT_REFUSED },
	{ "-0", true, OPT_REFUSED },
	{ "-M", true, OPT_REFUSED },
	{ "-B", true, OPT_REFUSED },
	{ "-human-readable", false, OPT_NOTHING },
	{ "-iec", false, OPT_NOTHING },
	{ "-stats", false, OPT_STATS },
	{ "-statistics", false, OPT_STATS },
	{ "-details", false, OPT_DETAILS },
	{ "-resolve", false, OPT_REFUSED },
	{ "-oneline", false, OPT_ONELINE },
	{ "-timestamp", false, OPT_NOTHING },
	{ "-tshort", false, OPT_NOTHING },
	{ "-Version", false, OPT_REFUSED },
	{ "-force", false, OPT_NOTHING },
	{ "-batch", false, OPT_REFUSED },
	{ "-brief", false, OPT_BRIEF },
	{ "-json", false, OPT_REFUSED },
	{ "-pretty", false, OPT_NOTHING },
	{ "-rcvbuf", false, OPT_VALUE },
	{ "-color=never", true, OPT_NOTHING },
	{ "-color=auto", true, OPT_NOTHING },
	{ "-c=never", true, OPT_NOTHING },
	{ "-c=auto", true, OPT_NOTHING },
	{ "-color", false, OPT_REFUSED },
	{ "-color=always", true, OPT_REFUSED },
	{ "-c=always", true, OPT_REFUSED },
	{ "-help", false, OPT_HELP },
	{ "-netns", false, OPT_NETNS },
	{ "-Numeric", false, OPT_NUMERIC },
	{ "-all", false, OPT_REFUSED },
	{ "-echo", true, OPT_REFUSED },
};

static int ip_option(struct ipc *x, const struct ip_option *o, const char *w)
{
	struct op_view *v = &x->op->view;
	int rc;

	switch (o->what) {
	case OPT_NOTHING:
		break;
	case OPT_VALUE:
		if (!ipc_next(x))
			return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_ip);
		break;
	case OPT_FAMILY:
		return family_option(x);
	case OPT_INET:
		v->family = x->family = IP_V4;
		break;
	case OPT_STATS:
		v->stats = true;
		break;
	case OPT_DETAILS:
		v->details = true;
		break;
	case OPT_ONELINE:
		v->oneline = true;
		break;
	case OPT_BRIEF:
		v->brief = true;
		break;
	case OPT_NUMERIC:
		v->numeric = true;
		break;
	case OPT_HELP:
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_ip);
	case OPT_NETNS:
		/* without a word the tool looks for the namespace of no name */
		if (!cmd_peek(x->c))
			return ipc_fail(
				x, IPC_USAGE, "Cannot open network namespace \"(null)\": No such file or directory\n");
		rc = ipc_arg(x, &w);
		return rc ? rc : ipc_netns(x, w, NS_OPTION);
	case OPT_REFUSED:
		return ipc_refuse(x, "ip: option %s", w);
	}
	return IPC_GO;
}

static int ip_global(struct ipc *x)
{
	const char *w;

	while ((w = cmd_peek(x->c)) && *w == '-') {
		const struct ip_option *o = NULL;
		int rc;

		ipc_next(x);
		if (ipc_eq(w, "--"))
			break;
		w += w[1] == '-';
		for (size_t i = 0; i < ARRAY_SIZE(ip_options) && !o; i++)
			if (ip_options[i].whole ? ipc_eq(w, ip_options[i].name) : ipc_is(w, ip_options[i].name))
				o = &ip_options[i];
		if (!o)
			return ipc_fail(x, IPC_USAGE, "Option \"%s\" is unknown, try \"ip -help\".\n", w);
		rc = ip_option(x, o, w);
		if (rc)
			return rc;
	}
	return IPC_GO;
}

/* ---- objects ---- */

/* In the tool's order; NULL: not modelled. */
static const struct {
	const char *name;
	ipc_fn *fn;
} objects[] = {
	{ "address", ipc_address },
	{ "addrlabel", NULL },
	{ "maddress", NULL },
	{ "route", ipc_route },
	{ "rule", NULL },
	{ "neighbor", ipc_neigh },
	{ "neighbour", ipc_neigh },
	{ "ntable", NULL },
	{ "ntbl", NULL },
	{ "link", ipc_link },
	{ "l2tp", NULL },
	{ "fou", NULL },
	{ "ila", NULL },
	{ "macsec", NULL },
	{ "tunnel", NULL },
	{ "tunl", NULL },
	{ "tuntap", NULL },
	{ "tap", NULL },
	{ "token", NULL },
	{ "tcpmetrics", NULL },
	{ "tcp_metrics", NULL },
	{ "monitor", NULL },
	{ "xfrm", NULL },
	{ "mroute", NULL },
	{ "mrule", NULL },
	{ "netns", ipc_netns_object },
	{ "netconf", NULL },
	{ "vrf", NULL },
	{ "sr", NULL },
	{ "nexthop", NULL },
	{ "mptcp", NULL },
	{ "ioam", NULL },
	{ "help", NULL },
	{ "stats", NULL },
};

static int ip_command(struct ipc *x)
{
	const char *w;
	int rc = ip_global(x);

	if (rc)
		return rc;
	w = ipc_next(x);
	if (!w)
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_ip);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		if (!ipc_is(w, objects[i].name))
			continue;
		return objects[i].fn ? objects[i].fn(x) : ipc_refuse(x, "ip %s", objects[i].name);
	}
	return ipc_fail(x, 1, "Object \"%s\" is unknown, try \"ip help\".\n", w);
}

int cmd_ip(struct cmd *c, struct op *op, struct err *err)
{
	struct ipc x = { .c = c, .op = op, .err = err, .loc = cmd_loc(c) };

	return ip_command(&x) < 0 ? -1 : 0;
}
