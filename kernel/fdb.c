/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `bridge fdb` as rtnetlink requests (net/core/rtnetlink.c rtnl_fdb_add(), net/bridge/br_fdb.c), built as iproute2's
 * bridge/fdb.c builds them. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "kernel/apply.h"

/* The op has what the tool takes where the user said nothing: self, permanent. */
static void put_entry(struct ndmsg *ndm, const struct op_fdb *o)
{
	ndm->ndm_family = PF_BRIDGE;
	ndm->ndm_state = NUD_NOARP;
	if (o->self)
		ndm->ndm_flags |= NTF_SELF;
	if (o->master)
		ndm->ndm_flags |= NTF_MASTER;
	if (o->sticky)
		ndm->ndm_flags |= NTF_STICKY;
	if (o->extern_learn)
		ndm->ndm_flags |= NTF_EXT_LEARNED;
	if (o->local || o->permanent)
		ndm->ndm_state |= NUD_PERMANENT;
	if (o->is_static || o->dynamic)
		ndm->ndm_state |= NUD_REACHABLE;
	if (o->dynamic)
		ndm->ndm_state &= (uint16_t)~NUD_NOARP;
}

static int fdb_change(struct apply *x)
{
	static const struct {
		uint16_t type, flags;
	} request[] = {
		[OP_FDB_ADD] = { RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL },
		[OP_FDB_APPEND] = { RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_APPEND },
		[OP_FDB_REPLACE] = { RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE },
		[OP_FDB_DEL] = { RTM_DELNEIGH, 0 },
	};
	uint8_t buf[NL_BUF];
	const struct op_fdb *o = &x->op->fdb;
	struct nlmsghdr *h = nl_begin(buf, request[x->op->kind].type, request[x->op->kind].flags, sizeof(struct ndmsg));
	struct ndmsg *ndm = nl_extra(h);
	int index = apply_dev(x, o->dev);

	if (!index)
		return -1;
	ndm->ndm_ifindex = index;
	put_entry(ndm, o);
	mnl_attr_put(h, NDA_LLADDR, 6, &o->mac);
	return apply_ask(x, h);
}

/* The states and flags that an entry must have, or must not: the words that were said. */
static void put_filter(struct nlmsghdr *h, struct ndmsg *ndm, const struct op_fdb *o)
{
	uint16_t state_mask = 0;
	uint8_t flag_mask = 0;

	if (o->permanent || o->is_static || o->dynamic)
		state_mask |= NUD_PERMANENT;
	if (o->is_static || o->dynamic)
		state_mask |= NUD_NOARP;
	if (o->permanent)
		ndm->ndm_state |= NUD_PERMANENT;
	if (o->is_static)
		ndm->ndm_state |= NUD_NOARP;
	if (o->extern_learn)
		flag_mask |= NTF_EXT_LEARNED;
	if (o->sticky)
		flag_mask |= NTF_STICKY;
	ndm->ndm_flags |= flag_mask;
	if (state_mask)
		mnl_attr_put_u16(h, NDA_NDM_STATE_MASK, state_mask);
	if (flag_mask)
		mnl_attr_put_u8(h, NDA_NDM_FLAGS_MASK, flag_mask);
}

/* RTM_DELNEIGH with NLM_F_BULK, as `bridge fdb flush` */
static int fdb_flush(struct apply *x)
{
	uint8_t buf[NL_BUF];
	const struct op_fdb *o = &x->op->fdb;
	struct nlmsghdr *h = nl_begin(buf, RTM_DELNEIGH, NLM_F_BULK, sizeof(struct ndmsg));
	struct ndmsg *ndm = nl_extra(h);
	int index = apply_dev(x, o->dev), port;

	if (!index)
		return -1;
	*ndm = (struct ndmsg){ .ndm_family = PF_BRIDGE, .ndm_ifindex = index };
	if (o->self)
		ndm->ndm_flags |= NTF_SELF;
	if (o->master)
		ndm->ndm_flags |= NTF_MASTER;
	if (!ndm->ndm_flags)
		ndm->ndm_flags = NTF_SELF;
	if (*o->brport) {
		port = apply_dev(x, o->brport);
		if (!port)
			return -1;
		mnl_attr_put_u32(h, NDA_IFINDEX, (uint32_t)port);
	}
	put_filter(h, ndm, o);
	return apply_ask(x, h);
}

int kernel_fdb(struct apply *x)
{
	return x->op->kind == OP_FDB_FLUSH ? fdb_flush(x) : fdb_change(x);
}
