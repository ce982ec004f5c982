/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip neighbour` (ip/ipneigh.c of iproute2 6.1). */
#include <string.h>

#include "model/cmd_ip.h"
#include "model/neigh.h"

#define NUD_ANY 0xffu
#define NUD_NONE_SHOWN 0x100u /* how the tool writes "none" in a mask */

static const char no_device[] = "Cannot find device \"";

/* nud_state_a2n() */
static bool state(const char *w, uint16_t *out)
{
	static const struct {
		const char *name;
		bool whole;
		uint8_t state;
	} states[] = {
		{ "permanent", false, NUD_PERMANENT_ },
		{ "reachable", false, NUD_REACHABLE_ },
		{ "noarp", true, NUD_NOARP_ },
		{ "none", true, NUD_NONE_ },
		{ "stale", true, NUD_STALE_ },
		{ "incomplete", true, NUD_INCOMPLETE_ },
		{ "delay", true, NUD_DELAY_ },
		{ "probe", true, NUD_PROBE_ },
		{ "failed", false, NUD_FAILED_ },
	};
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (!(states[i].whole ? ipc_eq(w, states[i].name) : ipc_is(w, states[i].name)))
			continue;
		*out = states[i].state;
		return true;
	}
	if (!ipc_number(w, 0xff, &v) || (v & (v - 1)))
		return false;
	*out = (uint16_t)v;
	return true;
}

/* ---- add, change, replace, delete ---- */

struct neigh_words {
	struct op_neigh n;
	const char *lladdr;
	bool dev;
};

static int take_dst(struct ipc *x, struct neigh_words *m, const char *w, const char *key)
{
	struct ipaddr a;
	int rc;

	if (m->n.dst_set)
		return key ? ipc_dup(x, key, w) : ipc_dup2(x, "to", w);
	rc = ipc_addr(x, w, &a);
	if (rc)
		return rc;
	m->n.dst_set = true;
	m->n.dst = (struct prefix){ .addr = a, .len = 32 };
	return IPC_GO;
}

static int modify_other(struct ipc *x, struct neigh_words *m, const char *w)
{
	static const char *const refused[] = { "router", "use", "managed" };
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (ipc_eq(w, refused[i]))
			return ipc_refuse(x, "ip neighbour: %s", w);
	if (ipc_is(w, "extern_learn"))
		return ipc_refuse(x, "ip neighbour: extern_learn");
	if (ipc_eq(w, "dev")) {
		rc = ipc_arg(x, &w);
		m->dev = true;
		return rc ? rc : ipc_dev(x, w, m->n.dev, 1, no_device, "\"\n");
	}
	if (ipc_is(w, "protocol"))
		return ipc_refuse(x, "ip neighbour: protocol");
	if (ipc_eq(w, "to")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if (ipc_is(w, "help"))
		return ipc_refuse(x, "ip neighbour help");
	return take_dst(x, m, w, NULL);
}

static int modify_word(struct ipc *x, struct neigh_words *m, const char *w)
{
	int rc;

	if (ipc_is(w, "lladdr")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
		if (m->lladdr)
			return ipc_dup(x, "lladdr", w);
		m->lladdr = w;
		return IPC_GO;
	}
	if (ipc_eq(w, "nud")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
		m->n.nud_set = true;
		return state(w, &m->n.nud) ? IPC_GO : ipc_wrong(x, w, "nud state is bad");
	}
	if (!ipc_is(w, "proxy"))
		return modify_other(x, m, w);
	rc = ipc_arg(x, &w);
	if (rc)
		return rc;
	m->n.proxy = true;
	m->dev = true;
	return take_dst(x, m, w, "address");
}

static int neigh_modify(struct ipc *x, enum op_kind kind)
{
	struct neigh_words m = { .n.nud = NUD_PERMANENT_ };
	const char *w;
	int rc;

	while ((w = ipc_next(x))) {
		rc = modify_word(x, &m, w);
		if (rc)
			return rc;
	}
	if (!m.dev || !m.n.dst_set)
		return ipc_fail(x, IPC_USAGE, "Device and destination are required arguments.\n");
	if (m.n.proxy)
		return ipc_refuse(x, "ip neighbour: proxy");
	if (m.lladdr && !ipc_eq(m.lladdr, "null")) {
		m.n.mac_set = true;
		rc = ipc_mac(x, m.lladdr, &m.n.mac);
		if (rc)
			return rc;
	}
	x->op->kind = kind;
	x->op->neigh = m.n;
	return IPC_GO;
}

/* ---- show, flush ---- */

static int show_state(struct ipc *x, struct op_neigh *n, bool flush)
{
	const char *w;
	uint16_t one = 0;
	int rc = ipc_arg(x, &w);

	if (rc)
		return rc;
	if (!n->nud_set)
		n->nud = 0;
	n->nud_set = true;
	if (ipc_eq(w, "all")) {
		n->all = true;
		n->nud |= flush ? NUD_ANY & ~NUD_NOARP_ : NUD_ANY | NUD_NONE_SHOWN;
		return IPC_GO;
	}
	if (!state(w, &one))
		return ipc_wrong(x, w, "nud state is bad");
	n->nud |= one ? one : NUD_NONE_SHOWN;
	return IPC_GO;
}

static int show_word(struct ipc *x, struct op_neigh *n, const char *w, bool flush)
{
	static const char *const refused[] = { "master", "vrf", "nomaster", "unused", "proxy" };
	bool given;
	int rc;

	if (ipc_eq(w, "dev")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
		if (n->dev[0])
			return ipc_dup(x, "dev", w);
		return ipc_dev(x, w, n->dev, 1, no_device, "\"\n");
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (ipc_eq(w, refused[i]))
			return ipc_refuse(x, "ip neighbour show: %s", w);
	if (ipc_eq(w, "nud"))
		return show_state(x, n, flush);
	if (ipc_is(w, "protocol"))
		return ipc_refuse(x, "ip neighbour show: protocol");
	if (ipc_eq(w, "to")) {
		rc = ipc_arg(x, &w);
		if (rc)
			return rc;
	}
	if (ipc_is(w, "help"))
		return ipc_refuse(x, "ip neighbour help");
	if (ipc_eq(w, "all") || ipc_eq(w, "any") || ipc_eq(w, "default")) { /* of no family: no restriction */
		n->dst_set = false;
		return IPC_GO;
	}
	n->dst_set = true;
	return ipc_prefix(x, w, &n->dst, &given);
}

static int neigh_show(struct ipc *x, enum op_kind kind)
{
	bool flush = kind == OP_NEIGH_FLUSH;
	struct op_neigh n = { 0 };
	const char *w;

	if (flush && !cmd_peek(x->c))
		return ipc_fail(x, 1, "Flush requires arguments.\n");
	n.nud = flush ? NUD_ANY & ~(NUD_PERMANENT_ | NUD_NOARP_) : NUD_ANY & ~NUD_NOARP_;
	while ((w = ipc_next(x))) {
		int rc = show_word(x, &n, w, flush);

		if (rc)
			return rc;
	}
	x->op->kind = kind;
	x->op->neigh = n;
	return IPC_GO;
}

int ipc_neigh(struct ipc *x)
{
	const char *w = ipc_next(x);

	if (!w)
		return neigh_show(x, OP_NEIGH_SHOW);
	if (ipc_is(w, "add"))
		return neigh_modify(x, OP_NEIGH_ADD);
	if (ipc_is(w, "change") || ipc_eq(w, "chg"))
		return neigh_modify(x, OP_NEIGH_CHANGE);
	if (ipc_is(w, "replace"))
		return neigh_modify(x, OP_NEIGH_REPLACE);
	if (ipc_is(w, "delete"))
		return neigh_modify(x, OP_NEIGH_DEL);
	if (ipc_is(w, "get"))
		return ipc_refuse(x, "ip neighbour get");
	if (ipc_is(w, "show") || ipc_is(w, "lst") || ipc_is(w, "list"))
		return neigh_show(x, OP_NEIGH_SHOW);
	if (ipc_is(w, "flush"))
		return neigh_show(x, OP_NEIGH_FLUSH);
	if (ipc_is(w, "help"))
		return ipc_refuse(x, "ip neighbour help");
	return ipc_unknown(x, w, "ip neigh");
}
