/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arp(8) and route(8) of net-tools 2.10: the tables that they show, and `arp -i DEV -s` and `-d`, which ask the kernel
 * for what `ip neighbour replace` and `del` do. Without -i the kernel looks for the device itself, by a route; that,
 * and `route add`, which would put a route beside an equal one, have no like among the operations. */
#include <string.h>

#include "model/cmd.h"
#include "model/neigh.h"

enum { ARP_FAILS = 255 };

/* ---- arp ---- */

struct arp_words {
	bool bsd, set, delete_;
	struct op_view view;
	const char *dev, *arg[4];
	unsigned args;
};

/* -H, -t, -A, -p: only what is there anyway. */
static bool plain_kind(char letter, const char *w)
{
	return !strcmp(w, letter == 'H' || letter == 't' ? "ether" : "inet");
}

/* One letter of an option's word; its value, when it takes one, is the rest of the word or the next. */
static int arp_letter(struct cmd *c, struct arp_words *a, const char **l, struct loc loc, struct err *err)
{
	char letter = **l;
	const char *value;

	switch (letter) {
	case 'a':
		a->bsd = true;
		return 0;
	case 'e':
		a->bsd = false;
		return 0;
	case 'n':
		a->view.numeric = true;
		return 0;
	case 's':
		a->set = true;
		return 0;
	case 'd':
		a->delete_ = true;
		return 0;
	case 'i':
	case 'H':
	case 't':
	case 'A':
	case 'p':
		break;
	default:
		return cmd_refuse(c, loc, err, "arp: option -%c", letter);
	}
	value = (*l)[1] ? *l + 1 : cmd_next(c);
	if (!value)
		return cmd_refuse(c, loc, err, "arp: option -%c without its argument", letter);
	*l = ""; /* the word is used up */
	if (letter == 'i')
		a->dev = value;
	else if (!plain_kind(letter, value))
		return cmd_refuse(c, loc, err, "arp: -%c %s", letter, value);
	return 0;
}

static int arp_long(struct cmd *c, struct arp_words *a, const char *w, struct loc loc, struct err *err)
{
	if (!strcmp(w, "--numeric"))
		a->view.numeric = true;
	else if (!strcmp(w, "--set"))
		a->set = true;
	else if (!strcmp(w, "--delete"))
		a->delete_ = true;
	else if (!strcmp(w, "--device") && cmd_peek(c))
		a->dev = cmd_next(c);
	else
		return cmd_refuse(c, loc, err, "arp: option %s", w);
	return 0;
}

/* getopt_long(): options may stand anywhere. */
static int arp_words(struct cmd *c, struct arp_words *a, struct err *err)
{
	const char *w;

	for (;;) {
		struct loc loc = cmd_loc(c);

		w = cmd_next(c);
		if (!w)
			return 0;
		if (*w != '-' || !w[1]) {
			if (a->args == ARRAY_SIZE(a->arg))
				return cmd_refuse(c, loc, err, "arp: so many arguments");
			a->arg[a->args++] = w;
			continue;
		}
		if (w[1] == '-') {
			if (arp_long(c, a, w, loc, err))
				return -1;
			continue;
		}
		for (w++; *w; w += *w != 0)
			if (arp_letter(c, a, &w, loc, err))
				return -1;
	}
}

static int arp_host(struct cmd *c, const char *w, struct loc loc, struct op_neigh *n, struct err *err)
{
	n->dst_set = true;
	n->dst.len = 32;
	if (ip4_parse(&n->dst.addr, w))
		return 0;
	return cmd_refuse(c, loc, err, "arp: the name %s (addresses only)", w);
}

static int arp_change(struct cmd *c, struct op *op, const struct arp_words *a, struct loc loc, struct err *err)
{
	struct op_neigh n = { .nud_set = true, .nud = NUD_PERMANENT_ };

	if (!a->args)
		return cmd_fail(op, ARP_FAILS, "arp: need host name\n");
	if (a->set && a->args < 2)
		return cmd_fail(op, ARP_FAILS, "arp: need hardware address\n");
	if (arp_host(c, a->arg[0], loc, &n, err))
		return -1;
	if (a->set && !mac_parse(&n.mac, a->arg[1]))
		return cmd_fail(op, ARP_FAILS, "arp: invalid hardware address\n");
	n.mac_set = a->set;
	if (a->args > (a->set ? 2u : 1u))
		return cmd_refuse(c, loc, err, "arp: %s", a->arg[a->set ? 2 : 1]);
	if (!a->dev || !*a->dev)
		return cmd_refuse(c, loc, err, "arp %s without -i", a->set ? "-s" : "-d");
	if (!str_copy(n.dev, sizeof(n.dev), a->dev))
		return cmd_refuse(c, loc, err, "arp: so long a device name");
	op->kind = a->set ? OP_NEIGH_REPLACE : OP_NEIGH_DEL;
	op->neigh = n;
	return 0;
}

int cmd_arp(struct cmd *c, struct op *op, struct err *err)
{
	struct arp_words a = { 0 };
	struct op_neigh n = { 0 };
	struct loc loc = c->pos < c->n ? c->w[c->pos].loc : c->loc;

	if (arp_words(c, &a, err))
		return -1;
	if (a.set && a.delete_)
		return cmd_refuse(c, loc, err, "arp -s and -d in one");
	if (a.set || a.delete_)
		return arp_change(c, op, &a, loc, err);
	if (a.args > 1)
		return cmd_refuse(c, loc, err, "arp of several hosts");
	if (a.args && arp_host(c, a.arg[0], loc, &n, err))
		return -1;
	if (a.dev && !str_copy(n.dev, sizeof(n.dev), a.dev))
		return cmd_refuse(c, loc, err, "arp: so long a device name");
	n.all = a.bsd;
	op->kind = OP_ARP_SHOW;
	op->neigh = n;
	op->view = a.view;
	return 0;
}

/* ---- route ---- */

static int route_letters(struct cmd *c, struct op_view *v, const char *w, struct loc loc, struct err *err)
{
	for (; *w; w++) {
		switch (*w) {
		case 'n':
			v->numeric = true;
			break;
		case 'e':
			if (v->extended)
				return cmd_refuse(c, loc, err, "route -ee");
			v->extended = true;
			break;
		case 'v':
		case 'F':
		case 'N':
		case '4':
			break;
		default:
			return cmd_refuse(c, loc, err, "route: option -%c", *w);
		}
	}
	return 0;
}

int cmd_route(struct cmd *c, struct op *op, struct err *err)
{
	struct op_view v = { 0 };
	const char *w;

	for (; (w = cmd_peek(c)); cmd_next(c)) {
		struct loc loc = cmd_loc(c);

		if (*w != '-')
			return cmd_refuse(c, loc, err, "route %s", w);
		if (!strcmp(w, "-A") && c->pos + 1 < c->n && !strcmp(c->w[c->pos + 1].text, "inet"))
			cmd_next(c);
		else if (!strcmp(w, "--numeric"))
			v.numeric = true;
		else if (w[1] == '-' && strcmp(w, "--inet") && strcmp(w, "--verbose") && strcmp(w, "--fib"))
			return cmd_refuse(c, loc, err, "route: option %s", w);
		else if (w[1] != '-' && route_letters(c, &v, w + 1, loc, err))
			return -1;
	}
	op->kind = OP_ROUTE_TABLE_SHOW;
	op->route = (struct op_route){ .table = RT_TABLE_MAIN_ };
	op->view = v;
	return 0;
}
