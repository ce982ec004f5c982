/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip address` (ip/ipaddress.c of iproute2 6.1). */
#include <string.h>

#include "model/cmd_ip.h"

struct addr_words { /* what ipaddr_modify() keeps while it reads */
	struct op_addr a;
	bool peer, local, brd, dev;
};

/* ---- add, change, replace, delete ---- */

static int take_peer(struct ipc *x, struct addr_words *m)
{
	struct prefix p;
	const char *w;
	bool given;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (m->peer)
		return ipc_dup(x, "peer", w);
	rc = ipc_prefix(x, w, &p, &given);
	if (rc)
		return rc;
	/* the peer's length is the one that counts */
	m->a.peer = p.addr;
	m->a.local.len = p.len;
	m->a.len_given = true;
	m->peer = true;
	return IPC_GO;
}

static int take_local(struct ipc *x, struct addr_words *m, const char *w)
{
	struct prefix p;
	bool given;
	int rc;

	if (ipc_eq(w, "local")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if (ipc_is(w, "help"))
		return ipc_refuse(x, "ip address help");
	if (m->local)
		return ipc_dup2(x, "local", w);
	rc = ipc_prefix(x, w, &p, &given);
	if (rc)
		return rc;
	m->local = true;
	m->a.local.addr = p.addr;
	if (!m->peer) {
		m->a.local.len = p.len;
		m->a.len_given = given;
	}
	return IPC_GO;
}

static int take_broadcast(struct ipc *x, struct addr_words *m)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (m->brd)
		return ipc_dup(x, "broadcast", w);
	m->brd = true;
	if (ipc_eq(w, "+") || ipc_eq(w, "-")) {
		m->a.brd = *w == '+' ? BRD_PLUS : BRD_MINUS;
		return IPC_GO;
	}
	m->a.brd = BRD_ADDR;
	return ipc_addr(x, w, &m->a.broadcast);
}

static int take_scope(struct ipc *x, struct addr_words *m)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (!ipc_scope(w, &m->a.scope))
		return ipc_wrong(x, w, "invalid scope value.");
	m->a.scope_set = true;
	return IPC_GO;
}

static int take_metric(struct ipc *x, struct addr_words *m)
{
	const char *w;
	uint64_t v;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (!ipc_number(w, UINT32_MAX, &v))
		return ipc_wrong(x, w, "\"metric\" value is invalid\n");
	m->a.metric_set = true;
	m->a.metric = (uint32_t)v;
	return IPC_GO;
}

static int take_label(struct ipc *x, struct addr_words *m)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (!str_copy(m->a.label, sizeof(m->a.label), w))
		return ipc_refuse(x, "ip address: so long a label");
	return IPC_GO;
}

/* lookup_flag_data_by_name() and what else is not modelled. */
static bool not_modelled(const char *w)
{
	static const char *const words[] = { "anycast", "secondary", "temporary", "nodad", "optimistic", "dadfailed",
		"home", "deprecated", "tentative", "permanent", "mngtmpaddr", "autojoin", "stable-privacy" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (ipc_eq(w, words[i]))
			return true;
	return ipc_is(w, "valid_lft") || ipc_is(w, "preferred_lft");
}

static int modify_word(struct ipc *x, struct addr_words *m, const char *w)
{
	if (ipc_eq(w, "peer") || ipc_eq(w, "remote"))
		return take_peer(x, m);
	if (ipc_is(w, "broadcast") || ipc_eq(w, "brd"))
		return take_broadcast(x, m);
	if (ipc_eq(w, "scope"))
		return take_scope(x, m);
	if (ipc_eq(w, "dev")) {
		int rc = ipc_arg(x, &w);

		m->dev = true;
		return rc ? rc : ipc_dev(x, w, m->a.dev, 1, "Cannot find device \"", "\"\n");
	}
	if (ipc_eq(w, "label"))
		return take_label(x, m);
	if (ipc_is(w, "metric") || ipc_is(w, "priority") || ipc_is(w, "preference"))
		return take_metric(x, m);
	if (ipc_eq(w, "noprefixroute")) {
		m->a.noprefixroute = true;
		return IPC_GO;
	}
	if (not_modelled(w))
		return ipc_refuse(x, "ip address: %s", w);
	return take_local(x, m, w);
}

static int addr_modify(struct ipc *x, enum op_kind kind)
{
	struct addr_words m = { .a.local.len = 32 };
	const char *w;

	while ((w = ipc_next(x))) {
		int rc = modify_word(x, &m, w);

		if (rc)
			return rc;
	}
	if (!m.dev)
		return ipc_fail(x, 1, "Not enough information: \"dev\" argument is required.\n");
	if (!m.local)
		return ipc_refuse(x, "ip address: no address");
	/* default_scope() */
	if (!m.a.scope_set && kind != OP_ADDR_DEL && ip4_is_loopback(m.a.local.addr.v4)) {
		m.a.scope_set = true;
		m.a.scope = SCOPE_HOST;
	}
	x->op->kind = kind;
	x->op->addr = m.a;
	return IPC_GO;
}

/* ---- show, flush ---- */

/* get_filter(): true when w is one of the flags that are modelled. "-flag" is the opposite. */
static bool filter_flag(struct op_addr *a, const char *w)
{
	bool inverse = *w == '-';

	w += inverse;
	if (ipc_eq(w, "permanent") || ipc_eq(w, "dynamic")) {
		if (ipc_eq(w, "permanent") != inverse)
			a->permanent = true;
		else
			a->dynamic = true;
		return true;
	}
	if (ipc_eq(w, "primary") || ipc_eq(w, "secondary") || ipc_eq(w, "temporary")) {
		if (ipc_eq(w, "primary") != inverse)
			a->show_primary = true;
		else
			a->show_secondary = true;
		return true;
	}
	return false;
}

static int show_scope(struct ipc *x, struct op_addr *a)
{
	const char *w;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (ipc_eq(w, "all"))
		return IPC_GO;
	if (!ipc_scope(w, &a->scope))
		return ipc_wrong(x, w, "invalid \"scope\"\n");
	a->scope_set = true;
	return IPC_GO;
}

static int show_dev(struct ipc *x, struct op_addr *a, const char *w)
{
	int rc;

	if (ipc_eq(w, "dev")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	} else if (ipc_is(w, "help")) {
		return ipc_refuse(x, "ip address help");
	}
	if (a->dev[0])
		return ipc_dup2(x, "dev", w);
	return ipc_dev(x, w, a->dev, 1, "Device \"", "\" does not exist.\n");
}

static int show_word(struct ipc *x, struct op_addr *a, const char *w)
{
	static const char *const refused[] = { "group", "master", "vrf", "nomaster", "type", "deprecated", "tentative",
		"dadfailed", "nodad", "home", "mngtmpaddr", "noprefixroute", "autojoin", "optimistic",
		"stable-privacy" };
	bool given;
	int rc;

	if (ipc_eq(w, "to")) {
		rc = ipc_arg(x, &w);
		a->to_set = true;
		return rc ? rc : ipc_prefix(x, w, &a->to, &given);
	}
	if (ipc_eq(w, "scope"))
		return show_scope(x, a);
	if (ipc_eq(w, "up")) {
		a->show_up = true;
		return IPC_GO;
	}
	if (filter_flag(a, w))
		return IPC_GO;
	if (ipc_eq(w, "label")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
		/* a pattern of fnmatch() */
		if (w[strcspn(w, "*?[\\")] || !str_copy(a->label, sizeof(a->label), w))
			return ipc_refuse(x, "ip address show: label %s", w);
		return IPC_GO;
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (ipc_eq(w + (*w == '-'), refused[i]))
			return ipc_refuse(x, "ip address show: %s", w);
	return show_dev(x, a, w);
}

static int addr_show(struct ipc *x, enum op_kind kind)
{
	struct op_addr a = { 0 };
	const char *w;

	if (kind == OP_ADDR_FLUSH && !cmd_peek(x->c))
		return ipc_fail(x, 1, "Flush requires arguments.\n");
	while ((w = ipc_next(x))) {
		int rc = show_word(x, &a, w);

		if (rc)
			return rc;
	}
	x->op->kind = kind;
	x->op->addr = a;
	return IPC_GO;
}

int ipc_address(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w)
		return addr_show(x, OP_ADDR_SHOW);
	if (ipc_is(w, "add"))
		return addr_modify(x, OP_ADDR_ADD);
	if (ipc_is(w, "change") || ipc_eq(w, "chg"))
		return addr_modify(x, OP_ADDR_CHANGE);
	if (ipc_is(w, "replace"))
		return addr_modify(x, OP_ADDR_REPLACE);
	if (ipc_is(w, "delete"))
		return addr_modify(x, OP_ADDR_DEL);
	if (ipc_is(w, "list") || ipc_is(w, "show") || ipc_is(w, "lst"))
		return addr_show(x, OP_ADDR_SHOW);
	if (ipc_is(w, "flush"))
		return addr_show(x, OP_ADDR_FLUSH);
	if (ipc_is(w, "save") || ipc_is(w, "showdump") || ipc_is(w, "restore") || ipc_is(w, "help"))
		return ipc_refuse(x, "ip address %s", w);
	return ipc_unknown(x, w, "ip address");
}
