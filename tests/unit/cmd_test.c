/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of ip, bridge, arp and route: each command line against the operation that it becomes, or against what
 * the real tool says (as iproute2 6.1 and net-tools 2.10 did on Linux 6.18), or against what is refused. Then
 * op_outcome(): answers against words and status of the same tools. */
#include <errno.h>
#include <stdlib.h>

#include "model/cmd.h"
#include "model/neigh.h"
#include "tests/unit/check.h"

/* ---- an operation as text: only what was set ---- */

static void put_mac(struct buf *b, const char *name, bool set, const struct mac *m)
{
	char text[MAC_STRLEN];

	if (set)
		buf_printf(b, " %s=%s", name, mac_format(text, m));
}
static void put_ip(struct buf *b, const char *name, const struct ipaddr *a)
{
	char text[IPADDR_STRLEN];

	if (a->family)
		buf_printf(b, " %s=%s", name, ip_format(text, a));
}
static void put_prefix(struct buf *b, const char *name, bool set, const struct prefix *p)
{
	char text[PREFIX_STRLEN];

	if (set)
		buf_printf(b, " %s=%s", name, prefix_format(text, p));
}
static void put_str(struct buf *b, const char *name, const char *s)
{
	if (s && *s)
		buf_printf(b, " %s=%s", name, s);
}
static void put_num(struct buf *b, const char *name, bool set, uint64_t v)
{
	if (set)
		buf_printf(b, " %s=%llu", name, (unsigned long long)v);
}
static void put_bool(struct buf *b, const char *name, bool set)
{
	if (set)
		buf_printf(b, " %s", name);
}

static void dump_link(struct buf *b, const struct op_link *l)
{
	static const char *const flags[] = {
#define BR_FLAG(id, word, on) word,
#include "model/br_flag.def"
	};

	put_str(b, "dev", l->dev);
	put_str(b, "kind", l->kind);
	put_str(b, "peer", l->peer);
	put_str(b, "peer_ns", l->peer_ns);
	put_str(b, "netns", l->target_ns);
	put_num(b, "up", l->up_set, l->up);
	put_num(b, "arp", l->arp_set, l->arp);
	put_num(b, "mtu", l->mtu_set, l->mtu);
	put_num(b, "peer_mtu", l->peer_mtu_set, l->peer_mtu);
	put_num(b, "txqlen", l->txqlen_set, l->txqlen);
	put_mac(b, "mac", l->mac_set, &l->mac);
	put_mac(b, "peer_mac", l->peer_mac_set, &l->peer_mac);
	put_str(b, "master", l->master);
	put_bool(b, "nomaster", l->nomaster);
	put_str(b, "name", l->new_name);
	put_num(b, "stp", l->bridge.stp_set, l->bridge.stp);
	put_num(b, "snooping", l->bridge.mcast_snooping_set, l->bridge.mcast_snooping);
	put_num(b, "ageing", l->bridge.ageing_set, l->bridge.ageing_time);
	put_num(b, "delay", l->bridge.forward_delay_set, l->bridge.forward_delay);
	put_num(b, "vlan", l->bridge.vlan_filtering_set, l->bridge.vlan_filtering);
	put_num(b, "nf", l->bridge.nf_call_iptables_set, l->bridge.nf_call_iptables);
	for (unsigned i = 0; i < BRF_NUM; i++)
		put_num(b, flags[i], l->port.flag_set[i], l->port.flag[i]);
	put_num(b, "state", l->port.state_set, l->port.state);
	put_num(b, "priority", l->port.priority_set, l->port.priority);
	put_num(b, "cost", l->port.cost_set, l->port.cost);
	put_bool(b, "up", l->show_up);
	put_str(b, "show_master", l->show_master);
	put_str(b, "show_type", l->show_type);
}

static void dump_addr(struct buf *b, const struct op_addr *a)
{
	static const char *const brd[] = { "", "=addr", "+", "-" };

	put_str(b, "dev", a->dev);
	put_prefix(b, "local", a->local.addr.family, &a->local);
	put_bool(b, "no-length", a->local.addr.family && !a->len_given);
	put_ip(b, "peer", &a->peer);
	if (a->brd)
		buf_printf(b, " brd%s", brd[a->brd]);
	put_ip(b, "broadcast", &a->broadcast);
	put_num(b, "scope", a->scope_set, a->scope);
	put_str(b, "label", a->label);
	put_bool(b, "noprefixroute", a->noprefixroute);
	put_num(b, "metric", a->metric_set, a->metric);
	put_bool(b, "up", a->show_up);
	put_bool(b, "primary", a->show_primary);
	put_bool(b, "secondary", a->show_secondary);
	put_bool(b, "permanent", a->permanent);
	put_bool(b, "dynamic", a->dynamic);
	put_prefix(b, "to", a->to_set, &a->to);
}

static void dump_route(struct buf *b, const struct op_route *r)
{
	put_prefix(b, "dst", r->dst_set, &r->dst);
	put_ip(b, "via", &r->via);
	put_str(b, "dev", r->dev);
	put_ip(b, "src", &r->src);
	put_num(b, "type", r->type, r->type);
	put_num(b, "table", true, r->table);
	put_num(b, "scope", true, r->scope);
	put_num(b, "proto", r->protocol || r->proto_set, r->protocol);
	put_num(b, "tos", r->tos_set, r->tos);
	put_num(b, "metric", r->metric_set, r->metric);
	put_num(b, "mtu", r->mtu, r->mtu);
	put_bool(b, "onlink", r->onlink);
	put_bool(b, "root", r->root);
	put_bool(b, "match", r->match);
	put_bool(b, "exact", r->exact);
	put_bool(b, "cache", r->cache);
	put_str(b, "iif", r->iif);
	put_num(b, "mark", r->mark, r->mark);
}

static void dump_neigh(struct buf *b, const struct op_neigh *n)
{
	put_prefix(b, "dst", n->dst_set, &n->dst);
	put_str(b, "dev", n->dev);
	put_mac(b, "mac", n->mac_set, &n->mac);
	if (n->nud)
		buf_printf(b, " nud=%x", n->nud);
	put_bool(b, "all", n->all);
}

static void dump_fdb(struct buf *b, const struct op_fdb *f)
{
	put_mac(b, "mac", f->mac_set, &f->mac);
	put_str(b, "dev", f->dev);
	put_str(b, "br", f->br);
	put_str(b, "brport", f->brport);
	put_bool(b, "self", f->self);
	put_bool(b, "master", f->master);
	put_bool(b, "permanent", f->permanent);
	put_bool(b, "static", f->is_static);
	put_bool(b, "dynamic", f->dynamic);
	put_bool(b, "sticky", f->sticky);
	put_bool(b, "extern_learn", f->extern_learn);
	put_str(b, "state", f->state);
}

static void dump_params(struct buf *b, const struct op *op)
{
	switch (op->kind) {
	case OP_NETNS_ADD:
	case OP_NETNS_DEL:
		put_str(b, "name", op->netns.name);
		break;
	case OP_LINK_ADD:
	case OP_LINK_DEL:
	case OP_LINK_SET:
	case OP_LINK_SHOW:
	case OP_BRIDGE_LINK_SET:
	case OP_BRIDGE_LINK_SHOW:
		dump_link(b, &op->link);
		break;
	case OP_ADDR_ADD:
	case OP_ADDR_REPLACE:
	case OP_ADDR_CHANGE:
	case OP_ADDR_DEL:
	case OP_ADDR_FLUSH:
	case OP_ADDR_SHOW:
		dump_addr(b, &op->addr);
		break;
	case OP_ROUTE_ADD:
	case OP_ROUTE_APPEND:
	case OP_ROUTE_REPLACE:
	case OP_ROUTE_CHANGE:
	case OP_ROUTE_DEL:
	case OP_ROUTE_FLUSH:
	case OP_ROUTE_SHOW:
	case OP_ROUTE_GET:
		dump_route(b, &op->route);
		break;
	case OP_NEIGH_ADD:
	case OP_NEIGH_REPLACE:
	case OP_NEIGH_CHANGE:
	case OP_NEIGH_DEL:
	case OP_NEIGH_FLUSH:
	case OP_NEIGH_SHOW:
	case OP_ARP_SHOW:
		dump_neigh(b, &op->neigh);
		break;
	case OP_FDB_ADD:
	case OP_FDB_APPEND:
	case OP_FDB_REPLACE:
	case OP_FDB_DEL:
	case OP_FDB_FLUSH:
	case OP_FDB_SHOW:
		dump_fdb(b, &op->fdb);
		break;
	case OP_CANNED:
		buf_printf(b, " status=%d", op->canned.res.status);
		/* the first line is enough of a usage text */
		buf_printf(b, " %.*s", (int)strcspn(buf_str(&op->canned.res.err), "\n"), buf_str(&op->canned.res.err));
		break;
	default:
		break;
	}
}

static void dump(struct buf *b, const struct op *op)
{
	if (op->where)
		buf_printf(b, "%s%s: ", op->where, op->ns_how == NS_EXEC ? " (exec)" : "");
	buf_puts(b, op_kind_name(op->kind));
	put_bool(b, "-br", op->view.brief);
	put_bool(b, "-n", op->view.numeric);
	put_bool(b, "-d", op->view.details);
	put_bool(b, "-s", op->view.stats);
	put_bool(b, "-o", op->view.oneline);
	put_bool(b, "-e", op->view.extended);
	put_bool(b, "-4", op->view.family == IP_V4);
	dump_params(b, op);
}

/* ---- parsing ---- */

/* Splits at blanks; '' is an empty word. Returns how many. */
static unsigned split(char *text, struct word *w, unsigned most)
{
	unsigned n = 0;
	char *save = NULL;

	for (char *s = strtok_r(text, " ", &save); s && n < most; s = strtok_r(NULL, " ", &save)) {
		if (!strcmp(s, "''"))
			s[0] = 0;
		w[n] = (struct word){ .text = s, .loc = { .file = "lab", .line = 1, .col = n + 1 } };
		n++;
	}
	return n;
}

/* What the command line is: its operation, or "COL: error". */
static void parse(struct buf *b, const char *line)
{
	char *text = xstrdup(line);
	struct word w[64];
	struct cmd c = { .w = w, .n = split(text, w, 64), .loc = { .file = "lab", .line = 1, .col = 1 } };
	struct err err = { 0 };
	struct op op;

	if (cmd_parse(&c, &op, &err)) {
		buf_printf(b, "%u: %s", err.loc.col, err.msg);
	} else {
		dump(b, &op);
		op_release(&op);
	}
	free(text);
}

static const struct row {
	const char *line, *want;
} rows[] = {
#define ROW(line, want) { line, want },
#include "tests/unit/cmd_rows.def"
};

static void t_parse(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf b = { 0 };

		parse(&b, rows[i].line);
		if (!CHECK_STR(buf_str(&b), rows[i].want))
			fprintf(stderr, "  of: %s\n", rows[i].line);
		buf_release(&b);
	}
}

/* ---- outcomes ---- */

static const struct outcome {
	const char *line;
	struct answer a;
	int status;
	const char *err;
} outcomes[] = {
	{ "ip link set v0 up", { .err = 0 }, 0, "" },
	{ "ip link set v0 mtu 10", { .err = EINVAL, .ext = "mtu less than device minimum" }, 2,
		"Error: mtu less than device minimum.\n" },
	{ "ip link add v0 type bridge", { .err = EEXIST }, 2, "RTNETLINK answers: File exists\n" },
	{ "ip link set nosuch up", { .kind = ANS_NO_DEV, .name = "nosuch" }, 1, "Cannot find device \"nosuch\"\n" },
	{ "ip link set v0 master nosuch", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"Error: argument \"nosuch\" is wrong: Device does not exist\n\n" },
	{ "ip link set v0 netns nosuch", { .kind = ANS_NO_NS, .name = "nosuch" }, 255,
		"Error: argument \"nosuch\" is wrong: Invalid \"netns\" value\n\n" },
	{ "ip link set v0 netns 99999", { .kind = ANS_NO_NS, .name = "99999" }, 2,
		"RTNETLINK answers: No such process\n" },
	{ "ip -n x link set v0 netns nosuch", { .kind = ANS_NO_NS, .name = "x" }, 255,
		"Cannot open network namespace \"x\": No such file or directory\n" },
	{ "ip netns exec x sleep 1", { .kind = ANS_NO_NS, .name = "x" }, 255,
		"Cannot open network namespace \"x\": No such file or directory\n" },
	{ "ip netns add a", { .kind = ANS_NO_NS, .err = EEXIST, .name = "a" }, 1,
		"Cannot create namespace file \"/run/netns/a\": File exists\n" },
	{ "ip netns del a", { .kind = ANS_NO_NS, .name = "a" }, 1,
		"Cannot remove namespace file \"/run/netns/a\": No such file or directory\n" },
	{ "ip addr add 10.0.0.1/24 dev v0", { .err = EEXIST, .ext = "ipv4: Address already assigned" }, 2,
		"Error: ipv4: Address already assigned.\n" },
	{ "ip addr del 10.0.0.1 dev v0", { .err = 0 }, 0,
		"Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
		"         Explicitly specify the prefix length (10.0.0.1/32) to avoid this warning.\n"
		"         This special behaviour is likely to disappear in further releases,\n"
		"         fix your scripts!\n" },
	{ "ip addr del 10.0.0.1/24 dev v0", { .err = EADDRNOTAVAIL, .ext = "ipv4: Address not found." }, 2,
		"Error: ipv4: Address not found.\n" },
	{ "ip addr flush dev nosuch", { .kind = ANS_NO_DEV, .name = "nosuch" }, 1,
		"Device \"nosuch\" does not exist.\n" },
	{ "ip route add default via 10.0.0.1", { .err = ENETUNREACH, .ext = "Nexthop has invalid gateway" }, 2,
		"Error: Nexthop has invalid gateway.\n" },
	{ "ip route del default", { .err = ESRCH }, 2, "RTNETLINK answers: No such process\n" },
	{ "ip route add 1.2.3.4 dev nosuch", { .kind = ANS_NO_DEV, .name = "nosuch" }, 1,
		"Cannot find device \"nosuch\"\n" },
	{ "ip route flush table 77", { .err = ENOENT, .ext = "ipv4: FIB table does not exist" }, 2,
		"Error: ipv4: FIB table does not exist.\nFlush terminated\n" },
	{ "ip neigh del 10.0.0.5 dev v0", { .err = ENOENT }, 2, "RTNETLINK answers: No such file or directory\n" },
	{ "bridge link set dev nosuch learning off", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"Cannot find bridge device \"nosuch\"\n" },
	{ "bridge link set dev v0 learning off", { .err = EOPNOTSUPP }, 255,
		"RTNETLINK answers: Operation not supported\n" },
	{ "bridge fdb add 0:1:2:3:4:5 dev v0 master", { .err = EEXIST }, 255, "RTNETLINK answers: File exists\n" },
	{ "bridge fdb add 0:1:2:3:4:5 dev nosuch", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"Cannot find device \"nosuch\"\n" },
	{ "bridge fdb flush dev br0 brport nosuch", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"Cannot find bridge port device \"nosuch\"\n" },
	{ "bridge fdb flush dev nosuch", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"Cannot find bridge device \"nosuch\"\n" },
	{ "arp -i v0 -d 10.0.0.5", { .err = EPERM }, 255, "SIOCDARP(dontpub): Operation not permitted\n" },
	{ "arp -i nosuch -d 10.0.0.5", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"SIOCDARP(dontpub): No such device\n" },
	{ "arp -i nosuch -s 10.0.0.5 0:1:2:3:4:5", { .kind = ANS_NO_DEV, .name = "nosuch" }, 255,
		"SIOCSARP: No such device\n" },
	{ "sysctl net.ipv4.conf.nosuch.rp_filter", { .kind = ANS_NO_FILE }, 1,
		"sysctl: cannot stat /proc/sys/net/ipv4/conf/nosuch/rp_filter: No such file or directory\n" },
	{ "sysctl -e net.ipv4.conf.nosuch.rp_filter", { .kind = ANS_NO_FILE }, 0, "" },
	{ "sysctl -w net.ipv4.ip_forward=foo", { .err = EINVAL }, 1,
		"sysctl: setting key \"net.ipv4.ip_forward\": Invalid argument\n" },
	{ "cat /proc/sys/net/ipv4/conf/nosuch/rp_filter", { .kind = ANS_NO_FILE }, 1,
		"cat: /proc/sys/net/ipv4/conf/nosuch/rp_filter: No such file or directory\n" },
};

static void t_outcomes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++) {
		char *text = xstrdup(outcomes[i].line);
		struct word w[64];
		struct cmd c = { .w = w, .n = split(text, w, 64) };
		struct result res = { 0 };
		struct op op;

		if (CHECK(!cmd_parse(&c, &op, NULL))) {
			op_outcome(&op, &outcomes[i].a, &res);
			if (!CHECK_STR(buf_str(&res.err), outcomes[i].err) || !CHECK(res.status == outcomes[i].status))
				fprintf(stderr, "  of: %s, status %d\n", outcomes[i].line, res.status);
			CHECK(!res.out.size);
			op_release(&op);
		}
		result_release(&res);
		free(text);
	}
}

int main(void)
{
	t_parse();
	t_outcomes();
	return check_end();
}
