/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip addr` as rtnetlink requests (net/ipv4/devinet.c), built as iproute2's ipaddress.c builds them. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "kernel/apply.h"

/* default_scope() of iproute2: host for loopback addresses */
static uint8_t scope_of(const struct op_addr *o)
{
	if (o->scope_set)
		return o->scope;
	return ip4_is_loopback(o->local.addr.v4) ? SCOPE_HOST : SCOPE_UNIVERSE;
}

/* `brd +` and `brd -` are the tool's own arithmetic: on the peer's address where there is one, and not beyond a /30. */
static void put_broadcast(struct nlmsghdr *h, const struct op_addr *o, bool del)
{
	uint32_t hosts = ~ip4_mask(o->local.len);
	struct ipaddr a = o->peer.family ? o->peer : o->local.addr;

	if (o->brd == BRD_ADDR) {
		put_addr(h, IFA_BROADCAST, &o->broadcast);
		return;
	}
	if (o->brd == BRD_NONE || o->local.len > 30 || del)
		return;
	a.v4 = o->brd == BRD_PLUS ? a.v4 | hosts : a.v4 & ~hosts;
	put_addr(h, IFA_BROADCAST, &a);
}

static int addr_change(struct apply *x)
{
	static const struct {
		uint16_t type, flags;
	} request[] = {
		[OP_ADDR_ADD] = { RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL },
		[OP_ADDR_REPLACE] = { RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE },
		[OP_ADDR_CHANGE] = { RTM_NEWADDR, NLM_F_REPLACE },
		[OP_ADDR_DEL] = { RTM_DELADDR, 0 },
	};
	uint8_t buf[NL_BUF];
	const struct op_addr *o = &x->op->addr;
	struct nlmsghdr *h =
		nl_begin(buf, request[x->op->kind].type, request[x->op->kind].flags, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = nl_extra(h);
	int index = apply_dev(x, o->dev);

	if (!index)
		return -1;
	*ifa = (struct ifaddrmsg){ .ifa_family = AF_INET, .ifa_prefixlen = o->local.len, .ifa_index = (uint32_t)index };
	put_addr(h, IFA_LOCAL, &o->local.addr);
	put_addr(h, IFA_ADDRESS, o->peer.family ? &o->peer : &o->local.addr);
	if (x->op->kind != OP_ADDR_DEL)
		ifa->ifa_scope = scope_of(o);
	put_broadcast(h, o, x->op->kind == OP_ADDR_DEL);
	if (*o->label)
		mnl_attr_put_strz(h, IFA_LABEL, o->label);
	if (o->noprefixroute)
		mnl_attr_put_u32(h, IFA_FLAGS, IFA_F_NOPREFIXROUTE);
	if (o->metric_set)
		mnl_attr_put_u32(h, IFA_RT_PRIORITY, o->metric);
	return apply_ask(x, h);
}

/* ---- flush: what a dump shows and the selectors want is deleted, until nothing is left ---- */

struct flush {
	const struct op_addr *o;
	uint32_t index;
	struct {
		struct ifaddrmsg ifa;
		struct ipaddr local, peer;
		char label[IFNAMSIZ_];
	} * v;
	unsigned n;
};

static bool wanted(
	const struct flush *f, const struct ifaddrmsg *ifa, const struct ipaddr *local, const struct nlattr *label)
{
	const struct op_addr *o = f->o;
	bool secondary = ifa->ifa_flags & IFA_F_SECONDARY;

	if (f->index && ifa->ifa_index != f->index)
		return false;
	if ((o->scope_set && ifa->ifa_scope != o->scope) || (o->show_primary && secondary) ||
		(o->show_secondary && !secondary))
		return false;
	if (*o->label && (!label || strcmp(nl_str(label), o->label)))
		return false;
	return !o->to_set || (prefix_contains(&o->to, local) && ifa->ifa_prefixlen >= o->to.len);
}

static int on_addr(const struct nlmsghdr *h, void *ctx)
{
	struct flush *f = ctx;
	const struct ifaddrmsg *ifa = nl_extra(h);
	const struct nlattr *tb[IFA_MAX + 1];
	struct ipaddr local, peer;

	nl_attrs(h, sizeof(*ifa), tb, IFA_MAX);
	local = get_addr(tb[IFA_LOCAL]);
	peer = get_addr(tb[IFA_ADDRESS]);
	if (!wanted(f, ifa, &local, tb[IFA_LABEL]))
		return MNL_CB_OK;
	f->v = xrealloc(f->v, (f->n + 1) * sizeof(*f->v));
	f->v[f->n].ifa = *ifa;
	f->v[f->n].local = local;
	f->v[f->n++].peer = peer;
	return MNL_CB_OK;
}

static void forget(void *ctx)
{
	((struct flush *)ctx)->n = 0;
}

static int addr_flush(struct apply *x)
{
	struct flush f = { .o = &x->op->addr };
	uint8_t buf[NL_BUF];
	int rc;

	if (*f.o->dev) {
		f.index = (uint32_t)apply_dev(x, f.o->dev);
		if (!f.index)
			return -1;
	}
	do {
		struct nlmsghdr *h = nl_begin(buf, RTM_GETADDR, 0, sizeof(struct ifaddrmsg));

		((struct ifaddrmsg *)nl_extra(h))->ifa_family = AF_INET;
		f.n = 0;
		rc = nl_dump(x->nl, h, on_addr, forget, &f);
		for (unsigned i = 0; i < f.n && !rc; i++) {
			h = nl_begin(buf, RTM_DELADDR, 0, sizeof(struct ifaddrmsg));
			*(struct ifaddrmsg *)nl_extra(h) = f.v[i].ifa;
			put_addr(h, IFA_LOCAL, &f.v[i].local);
			put_addr(h, IFA_ADDRESS, &f.v[i].peer);
			rc = nl_ask(x->nl, h, NULL, NULL);
			if (rc == -EADDRNOTAVAIL)
				rc = 0; /* it went with its primary */
		}
	} while (f.n && !rc);
	free(f.v);
	x->nl->errnum = -rc;
	return nl_answer(x->nl, x->a);
}

int kernel_addr(struct apply *x)
{
	return x->op->kind == OP_ADDR_FLUSH ? addr_flush(x) : addr_change(x);
}
