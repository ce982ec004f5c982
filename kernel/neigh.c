/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ip neigh` as rtnetlink requests (net/core/neighbour.c), built as iproute2's ipneigh.c builds them. */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "kernel/apply.h"
#include "model/neigh.h"

static int neigh_change(struct apply *x)
{
	static const struct {
		uint16_t type, flags;
	} request[] = {
		[OP_NEIGH_ADD] = { RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL },
		[OP_NEIGH_REPLACE] = { RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE },
		[OP_NEIGH_CHANGE] = { RTM_NEWNEIGH, NLM_F_REPLACE },
		[OP_NEIGH_DEL] = { RTM_DELNEIGH, 0 },
	};
	uint8_t buf[NL_BUF];
	const struct op_neigh *o = &x->op->neigh;
	struct nlmsghdr *h = nl_begin(buf, request[x->op->kind].type, request[x->op->kind].flags, sizeof(struct ndmsg));
	struct ndmsg *ndm = nl_extra(h);
	int index = apply_dev(x, o->dev);

	if (!index)
		return -1;
	*ndm = (struct ndmsg){
		.ndm_family = AF_INET, .ndm_ifindex = index, .ndm_state = o->nud, .ndm_flags = o->proxy ? NTF_PROXY : 0
	};
	put_addr(h, NDA_DST, &o->dst.addr);
	if (o->mac_set)
		mnl_attr_put(h, NDA_LLADDR, 6, &o->mac);
	return apply_ask(x, h);
}

/* ---- flush: as ipneigh.c, each entry is deleted; those without a valid state and permanent ones stay unless the
 * user names their state ---- */

struct flush {
	const struct op_neigh *o;
	int index;
	struct {
		int index;
		struct ipaddr dst;
	} * v;
	unsigned n;
};

static int on_neigh(const struct nlmsghdr *h, void *ctx)
{
	struct flush *f = ctx;
	const struct ndmsg *ndm = nl_extra(h);
	const struct nlattr *tb[NDA_MAX + 1];
	uint16_t state = ndm->ndm_state ? ndm->ndm_state : 0x100; /* iproute2's own bit for `none` */
	struct ipaddr dst;

	nl_attrs(h, sizeof(*ndm), tb, NDA_MAX);
	dst = get_addr(tb[NDA_DST]);
	if (!dst.family || (f->index && ndm->ndm_ifindex != f->index) || !(state & f->o->nud))
		return MNL_CB_OK;
	if (f->o->dst_set && !prefix_contains(&f->o->dst, &dst))
		return MNL_CB_OK;
	f->v = xrealloc(f->v, (f->n + 1) * sizeof(*f->v));
	f->v[f->n].index = ndm->ndm_ifindex;
	f->v[f->n++].dst = dst;
	return MNL_CB_OK;
}

static void forget(void *ctx)
{
	((struct flush *)ctx)->n = 0;
}

static int neigh_flush(struct apply *x)
{
	struct flush f = { .o = &x->op->neigh };
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h;
	int rc;

	if (*f.o->dev) {
		f.index = apply_dev(x, f.o->dev);
		if (!f.index)
			return -1;
	}
	h = nl_begin(buf, RTM_GETNEIGH, 0, sizeof(struct ndmsg));
	((struct ndmsg *)nl_extra(h))->ndm_family = AF_INET;
	rc = nl_dump(x->nl, h, on_neigh, forget, &f);
	for (unsigned i = 0; i < f.n && !rc; i++) {
		h = nl_begin(buf, RTM_DELNEIGH, 0, sizeof(struct ndmsg));
		*(struct ndmsg *)nl_extra(h) = (struct ndmsg){ .ndm_family = AF_INET, .ndm_ifindex = f.v[i].index };
		put_addr(h, NDA_DST, &f.v[i].dst);
		rc = nl_ask(x->nl, h, NULL, NULL);
		if (rc == -ENOENT)
			rc = 0; /* it went by itself */
	}
	free(f.v);
	x->nl->errnum = -rc;
	return nl_answer(x->nl, x->a);
}

int kernel_neigh(struct apply *x)
{
	return x->op->kind == OP_NEIGH_FLUSH ? neigh_flush(x) : neigh_change(x);
}
