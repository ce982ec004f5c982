/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip route` (ip/iproute.c of iproute2 6.1). What the tool itself fills in where the user said nothing (type,
 * table, scope, protocol) is in the op's fields although their *_set is false, so that both back ends ask the
 * kernel's question. */
#include <string.h>

#include "model/cmd_ip.h"

static const char no_device[] = "Cannot find device \"";

/* rtnl_rtntype_a2n() */
static bool route_type(const char *w, uint8_t *out)
{
	static const struct {
		const char *name;
		uint8_t type;
	} types[] = {
		{ "local", RTN_LOCAL_ },
		{ "broadcast", RTN_BROADCAST_ },
		{ "brd", RTN_BROADCAST_ },
		{ "anycast", RTN_ANYCAST_ },
		{ "multicast", RTN_MULTICAST_ },
		{ "prohibit", RTN_PROHIBIT_ },
		{ "unreachable", RTN_UNREACHABLE_ },
		{ "blackhole", RTN_BLACKHOLE_ },
		{ "unicast", RTN_UNICAST_ },
		{ "throw", RTN_THROW_ },
	};
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!ipc_eq(w, types[i].name))
			continue;
		*out = types[i].type;
		return true;
	}
	if (!ipc_number(w, 255, &v))
		return false;
	*out = (uint8_t)v;
	return true;
}

/* ---- words that several commands take ---- */

static int take_dev(struct ipc *x, char out[IFNAMSIZ_])
{
	const char *w;
	int rc = ipc_arg(x, &w);

	return rc ? rc : ipc_dev(x, w, out, 1, no_device, "\"\n");
}

static int take_u32(struct ipc *x, bool *set, uint32_t *out, const char *wrong)
{
	const char *w;
	uint64_t v;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (!ipc_number(w, UINT32_MAX, &v))
		return ipc_wrong(x, w, wrong);
	*set = true;
	*out = (uint32_t)v;
	return IPC_GO;
}

static int take_tos(struct ipc *x, struct op_route *r, const char *wrong)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	r->tos_set = true;
	return ipc_tos(w, &r->tos) ? IPC_GO : ipc_wrong(x, w, wrong);
}

/* `via inet ADDRESS` is the same as `via ADDRESS`. */
static int skip_family(struct ipc *x, const char **w)
{
	static const char *const others[] = { "inet6", "link", "mpls", "bridge" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (ipc_eq(*w, others[i]))
			return ipc_refuse(x, "ip route: via %s", *w);
	return ipc_eq(*w, "inet") ? ipc_arg(x, w) : IPC_GO;
}

static bool is_metric(const char *w)
{
	return ipc_is(w, "metric") || ipc_is(w, "priority") || ipc_eq(w, "preference");
}

static bool is_tos(const char *w)
{
	return ipc_eq(w, "tos") || ipc_is(w, "dsfield");
}

/* ---- add, append, change, replace, delete ---- */

static int modify_addr(struct ipc *x, struct ipaddr *out, bool via)
{
	const char *w;
	int rc;

	if (via && out->family)
		return ipc_wrong(x, "via", "use nexthop syntax to specify multiple via\n");
	rc = ipc_arg(x, &w);
	if (!rc && via)
		rc = skip_family(x, &w);
	return rc ? rc : ipc_addr(x, w, out);
}

static int modify_scope(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	r->scope_set = true;
	return ipc_scope(w, &r->scope) ? IPC_GO : ipc_wrong(x, w, "invalid \"scope\" value\n");
}

static int modify_protocol(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	r->proto_set = true;
	return ipc_protocol(w, &r->protocol) ? IPC_GO : ipc_wrong(x, w, "\"protocol\" value is invalid\n");
}

static int modify_table(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	r->table_set = true;
	return ipc_table(w, &r->table) ? IPC_GO : ipc_wrong(x, w, "\"table\" value is invalid\n");
}

static int modify_mtu(struct ipc *x, struct op_route *r)
{
	const char *w;
	uint64_t v;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (ipc_eq(w, "lock"))
		return ipc_refuse(x, "ip route: mtu lock");
	if (!ipc_number(w, UINT32_MAX, &v))
		return ipc_wrong(x, w, "\"mtu\" value is invalid\n");
	r->mtu = (uint32_t)v;
	return IPC_GO;
}

static int modify_dst(struct ipc *x, struct op_route *r, const char *w)
{
	bool given;
	int rc;

	if (ipc_eq(w, "to")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if ((*w < '0' || *w > '9') && route_type(w, &r->type)) {
		r->type_set = true;
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	} else if (ipc_eq(w, "nat") || ipc_eq(w, "xresolve")) {
		return ipc_refuse(x, "ip route: type %s", w);
	}
	if (ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_route);
	if (r->dst_set)
		return ipc_dup2(x, "to", w);
	r->dst_set = true;
	return ipc_prefix(x, w, &r->dst, &given);
}

/* Those that the tool takes and the model does not; "=" in front: no abbreviation. Order does not matter, as none
 * begins like one that is modelled and comes after it. */
static const char *const modify_refused[] = { "=as", "=from", "=expires", "=hoplimit", "=advmss", "reordering", "=rtt",
	"=rto_min", "window", "cwnd", "initcwnd", "initrwnd", "features", "quickack", "congctl", "rttvar", "ssthresh",
	"realms", "=nexthop", "=nhid", "vrf", "pref", "=encap", "=ttl-propagate", "fastopen_no_cookie" };

static const char *refused_word(const char *w, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool whole = list[i][0] == '=';

		if (whole ? ipc_eq(w, list[i] + 1) : ipc_is(w, list[i]))
			return list[i] + whole;
	}
	return NULL;
}

static int modify_word(struct ipc *x, struct op_route *r, const char *w)
{
	const char *refused;

	if (ipc_eq(w, "src"))
		return modify_addr(x, &r->src, false);
	if (ipc_eq(w, "via"))
		return modify_addr(x, &r->via, true);
	if (is_tos(w))
		return take_tos(x, r, "\"tos\" value is invalid\n");
	if (is_metric(w))
		return take_u32(x, &r->metric_set, &r->metric, "\"metric\" value is invalid\n");
	if (ipc_eq(w, "scope"))
		return modify_scope(x, r);
	if (ipc_eq(w, "mtu"))
		return modify_mtu(x, r);
	if (ipc_eq(w, "onlink")) {
		r->onlink = true;
		return IPC_GO;
	}
	/* what begins like these and comes before them in the tool is spelt otherwise: p is priority, t is table */
	if (ipc_is(w, "protocol"))
		return modify_protocol(x, r);
	if (ipc_is(w, "table"))
		return modify_table(x, r);
	if (ipc_eq(w, "dev") || ipc_eq(w, "oif"))
		return take_dev(x, r->dev);
	refused = refused_word(w, modify_refused, ARRAY_SIZE(modify_refused));
	if (refused)
		return ipc_refuse(x, "ip route: %s", refused);
	return modify_dst(x, r, w);
}

/* What iproute_modify() sends where the user said nothing. */
static void defaults(struct op_route *r, bool del)
{
	if (!r->proto_set && !del)
		r->protocol = RTPROT_BOOT_;
	if (!r->type_set)
		r->type = del ? RTN_UNSPEC_ : RTN_UNICAST_;
	if (!r->table_set) {
		bool local = r->type == RTN_LOCAL_ || r->type == RTN_BROADCAST_ || r->type == RTN_ANYCAST_;

		r->table = local ? RT_TABLE_LOCAL_ : RT_TABLE_MAIN_;
	}
	if (r->scope_set)
		return;
	r->scope = del ? SCOPE_NOWHERE : SCOPE_UNIVERSE;
	if (r->type == RTN_LOCAL_)
		r->scope = SCOPE_HOST;
	else if (r->type == RTN_BROADCAST_ || r->type == RTN_MULTICAST_ || r->type == RTN_ANYCAST_)
		r->scope = SCOPE_LINK;
	else if ((r->type == RTN_UNICAST_ || r->type == RTN_UNSPEC_) && !del && !r->via.family)
		r->scope = SCOPE_LINK;
}

static int route_modify(struct ipc *x, enum op_kind kind)
{
	struct op_route r = { 0 };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = modify_word(x, &r, w);

		if (rc)
			return rc;
	}
	if (!r.dst_set)
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_route);
	defaults(&r, kind == OP_ROUTE_DEL);
	x->op->kind = kind;
	x->op->route = r;
	return IPC_GO;
}

/* ---- show, flush ---- */

static int show_table(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (ipc_table(w, &r->table)) {
		r->table_set = true;
	} else if (ipc_eq(w, "all")) {
		r->table_set = true;
		r->table = 0;
	} else if (ipc_eq(w, "cache")) {
		r->cache = true;
	} else if (ipc_eq(w, "help")) {
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_route);
	} else {
		return ipc_wrong(x, w, "table id value is invalid\n");
	}
	return IPC_GO;
}

static int show_protocol(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc || ipc_eq(w, "all"))
		return rc;
	r->proto_set = true;
	return ipc_protocol(w, &r->protocol) ? IPC_GO : ipc_wrong(x, w, "invalid \"protocol\"\n");
}

static int show_scope(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc || ipc_eq(w, "all"))
		return rc;
	r->scope_set = true;
	return ipc_scope(w, &r->scope) ? IPC_GO : ipc_wrong(x, w, "invalid \"scope\"\n");
}

static int show_type(struct ipc *x, struct op_route *r)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	r->type_set = true;
	return route_type(w, &r->type) ? IPC_GO : ipc_wrong(x, w, "node type value is invalid\n");
}

/* A gateway or preferred source: the tool takes a prefix, the model a whole address. */
static int show_addr(struct ipc *x, struct ipaddr *out, bool via)
{
	struct ipc ask = { .c = x->c, .op = x->op, .err = x->err, .family = x->family };
	struct prefix p;
	const char *w;
	bool given;
	int rc = ipc_arg(x, &w);

	if (!rc && via)
		rc = skip_family(x, &w);
	ask.loc = x->loc;
	if (!rc)
		rc = ipc_prefix(&ask, w, &p, &given);
	if (rc)
		return rc;
	if (p.len != 32)
		return ipc_refuse(x, "ip route show: %s with a prefix", via ? "via" : "src");
	*out = p.addr;
	return IPC_GO;
}

static int show_dst(struct ipc *x, struct op_route *r, const char *w)
{
	bool root, match, given;
	int rc;

	if (ipc_is(w, "to")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	root = ipc_is(w, "root");
	match = !root && ipc_is(w, "match");
	if (root || match || ipc_is(w, "exact")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if (r->dst_set)
		return ipc_refuse(x, "ip route show: a second prefix");
	r->dst_set = true;
	r->root = root;
	r->match = match;
	r->exact = !root && !match;
	return ipc_prefix(x, w, &r->dst, &given);
}

static int show_word(struct ipc *x, struct op_route *r, const char *w)
{
	if (ipc_is(w, "table"))
		return show_table(x, r);
	if (ipc_is(w, "vrf"))
		return ipc_refuse(x, "ip route show: vrf");
	if (ipc_is(w, "cached") || ipc_is(w, "cloned")) {
		r->cache = true;
		return IPC_GO;
	}
	if (is_tos(w))
		return take_tos(x, r, "TOS value is invalid\n");
	if (ipc_is(w, "protocol"))
		return show_protocol(x, r);
	if (ipc_is(w, "scope"))
		return show_scope(x, r);
	if (ipc_is(w, "type"))
		return show_type(x, r);
	if (ipc_eq(w, "dev") || ipc_eq(w, "oif"))
		return take_dev(x, r->dev);
	if (ipc_eq(w, "iif") || ipc_eq(w, "mark"))
		return ipc_refuse(x, "ip route show: %s", w);
	if (is_metric(w))
		return take_u32(x, &r->metric_set, &r->metric, "\"metric\" value is invalid\n");
	if (ipc_eq(w, "via"))
		return show_addr(x, &r->via, true);
	if (ipc_eq(w, "src"))
		return show_addr(x, &r->src, false);
	if (ipc_is(w, "realms") || ipc_is(w, "from"))
		return ipc_refuse(x, "ip route show: %s", w);
	return show_dst(x, r, w);
}

static int route_show(struct ipc *x, enum op_kind kind)
{
	struct op_route r = { .table = RT_TABLE_MAIN_ };
	const char *w;

	if (kind == OP_ROUTE_FLUSH && !cmd_peek(x->c))
		return ipc_fail(x, 1, "\"ip route flush\" requires arguments.\n");
	while ((w = ipc_next(x))) {
		int rc = show_word(x, &r, w);

		if (rc)
			return rc;
	}
	x->op->kind = kind;
	x->op->route = r;
	return IPC_GO;
}

/* ---- get ---- */

static int get_prefix(struct ipc *x, const char *w, struct ipaddr *out, const char *what)
{
	struct prefix p;
	bool given;
	int rc = ipc_prefix(x, w, &p, &given);

	if (rc)
		return rc;
	if (p.len != 32)
		return ipc_refuse(x, "ip route get: %s with a prefix", what);
	*out = p.addr;
	return IPC_GO;
}

static int get_dst(struct ipc *x, struct op_route *r, const char *w)
{
	int rc;

	if (ipc_eq(w, "to")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if (ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_route);
	r->dst_set = true;
	r->dst.len = 32;
	return get_prefix(x, w, &r->dst.addr, "a destination");
}

static int get_word(struct ipc *x, struct op_route *r, const char *w)
{
	static const char *const refused[] = { "notify", "connected", "vrf", "uid", "fibmatch", "=as", "sport", "dport",
		"ipproto" };
	const char *no;
	bool set;
	int rc;

	if (is_tos(w))
		return take_tos(x, r, "TOS value is invalid\n");
	if (ipc_is(w, "from")) {
		rc = ipc_arg(x, &w);
		return rc ? rc : get_prefix(x, w, &r->src, "from");
	}
	if (ipc_is(w, "iif"))
		return take_dev(x, r->iif);
	if (ipc_is(w, "mark"))
		return take_u32(x, &set, &r->mark, "invalid mark value");
	if (ipc_is(w, "oif") || ipc_eq(w, "dev"))
		return take_dev(x, r->dev);
	no = refused_word(w, refused, ARRAY_SIZE(refused));
	return no ? ipc_refuse(x, "ip route get: %s", no) : get_dst(x, r, w);
}

static int route_get(struct ipc *x)
{
	struct op_route r = { 0 };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = get_word(x, &r, w);

		if (rc)
			return rc;
	}
	if (!r.dst_set)
		return ipc_fail(x, 1, "need at least a destination address\n");
	x->op->kind = OP_ROUTE_GET;
	x->op->route = r;
	return IPC_GO;
}

int ipc_route(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w)
		return route_show(x, OP_ROUTE_SHOW);
	if (ipc_is(w, "add"))
		return route_modify(x, OP_ROUTE_ADD);
	if (ipc_is(w, "change") || ipc_eq(w, "chg"))
		return route_modify(x, OP_ROUTE_CHANGE);
	if (ipc_is(w, "replace"))
		return route_modify(x, OP_ROUTE_REPLACE);
	if (ipc_is(w, "prepend"))
		return ipc_refuse(x, "ip route prepend");
	if (ipc_is(w, "append"))
		return route_modify(x, OP_ROUTE_APPEND);
	if (ipc_is(w, "test"))
		return ipc_refuse(x, "ip route test");
	if (ipc_is(w, "delete"))
		return route_modify(x, OP_ROUTE_DEL);
	if (ipc_is(w, "list") || ipc_is(w, "show") || ipc_is(w, "lst"))
		return route_show(x, OP_ROUTE_SHOW);
	if (ipc_is(w, "get"))
		return route_get(x);
	if (ipc_is(w, "flush"))
		return route_show(x, OP_ROUTE_FLUSH);
	if (ipc_is(w, "save") || ipc_is(w, "restore") || ipc_is(w, "showdump"))
		return ipc_refuse(x, "ip route %s", w);
	if (ipc_is(w, "help"))
		return ipc_fail(x, IPC_USAGE, "%s", ipc_usage_route);
	return ipc_unknown(x, w, "ip route");
}
