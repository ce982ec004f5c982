/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an operation to the function that applies it; namespaces themselves; what all of them use. */
#include "kernel/apply.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/sysctl.h"

int answer_no_ns(struct answer *a, const char *name, int err)
{
	*a = (struct answer){ .kind = ANS_NO_NS, .err = err };
	str_copy(a->name, sizeof(a->name), name);
	return -1;
}

struct index_name {
	int index;
};

static int on_link(const struct nlmsghdr *h, void *ctx)
{
	struct index_name *found = ctx;

	if (h->nlmsg_type == RTM_NEWLINK)
		found->index = ((const struct ifinfomsg *)nl_extra(h))->ifi_index;
	return MNL_CB_OK;
}

int apply_dev(struct apply *x, const char *name)
{
	uint8_t buf[NL_BUF];
	struct nlmsghdr *h = nl_begin(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	struct index_name found = { 0 };

	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put_u32(h, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (!nl_ask(x->nl, h, on_link, &found))
		return found.index;
	if (errno_of_machine(x->nl->errnum)) {
		nl_answer(x->nl, x->a);
		return 0;
	}
	*x->a = (struct answer){ .kind = ANS_NO_DEV };
	str_copy(x->a->name, sizeof(x->a->name), name);
	return 0;
}

int apply_ask(struct apply *x, struct nlmsghdr *h)
{
	nl_ask(x->nl, h, NULL, NULL);
	return nl_answer(x->nl, x->a);
}

void put_addr(struct nlmsghdr *h, uint16_t type, const struct ipaddr *addr)
{
	if (addr->family == IP_V4)
		mnl_attr_put_u32(h, type, htonl(addr->v4));
}

struct ipaddr get_addr(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != 4)
		return (struct ipaddr){ .family = IP_NONE };
	return ip4(ntohl(nl_u32(attr)));
}

static int kernel_netns(struct sandbox *s, const struct op *op, struct answer *a, struct err *err)
{
	const char *name = op->netns.name;
	struct kns *ns = *name ? sandbox_find(s, name) : NULL;

	*a = (struct answer){ 0 };
	if (op->kind == OP_NETNS_ADD) {
		if (ns) {
			answer_no_ns(a, name, EEXIST);
			return 0;
		}
		ns = sandbox_add(s, name, err);
		return ns ? sandbox_go(s, s->first, err) : -1;
	}
	if (!ns)
		answer_no_ns(a, name, ENOENT);
	else
		sandbox_del(s, ns);
	return 0;
}

static int (*function_of(enum op_kind kind))(struct apply *x)
{
	if ((kind >= OP_LINK_ADD && kind <= OP_LINK_SET) || kind == OP_BRIDGE_LINK_SET)
		return kernel_link;
	if (kind >= OP_ADDR_ADD && kind <= OP_ADDR_FLUSH)
		return kernel_addr;
	if (kind >= OP_ROUTE_ADD && kind <= OP_ROUTE_FLUSH)
		return kernel_route;
	if (kind >= OP_NEIGH_ADD && kind <= OP_NEIGH_FLUSH)
		return kernel_neigh;
	if (kind >= OP_FDB_ADD && kind <= OP_FDB_FLUSH)
		return kernel_fdb;
	bug("operation %s is none of rtnetlink's", op_kind_name(kind));
}

/* Where a bridge is about to be made, it must find br_netfilter as the lab has it. */
static int before_link_add(struct apply *x, struct err *err)
{
	const struct op_link *o = &x->op->link;
	struct kns *ns = o->target_ns_set ? sandbox_find(x->s, o->target_ns) : x->ns;

	return ns && !strcmp(o->kind, "bridge") ? sysctl_before_bridge(x->s, ns, err) : 0;
}

int kernel_apply(struct sandbox *s, const struct op *op, struct answer *a, struct err *err)
{
	struct apply x = { .s = s, .ns = sandbox_find(s, op_ns(op)), .op = op, .a = a };

	*a = (struct answer){ 0 };
	if (!x.ns) {
		answer_no_ns(a, op_ns(op), ENOENT);
		return 0;
	}
	if (op->kind == OP_NETNS_ADD || op->kind == OP_NETNS_DEL)
		return kernel_netns(s, op, a, err);
	if ((op->kind == OP_LINK_ADD && before_link_add(&x, err)) || sandbox_go(s, x.ns, err))
		return -1;
	x.nl = sandbox_route(s, x.ns, err);
	if (!x.nl)
		return -1;
	x.nl->unasked = false;
	function_of(op->kind)(&x);
	return x.nl->unasked ? err_set(err, (struct loc){ 0 }, "netlink: %s", strerror(x.nl->errnum)) : 0;
}

bool errno_of_machine(int e)
{
	static const int list[] = { ENOMEM, ENOBUFS, EMFILE, ENFILE, ENOSPC, EPERM, ENOSYS };

	for (unsigned i = 0; i < ARRAY_SIZE(list); i++)
		if (list[i] == e)
			return true;
	return false;
}

int kernel_refusal(const struct answer *a, struct err *err)
{
	/* rtnl_newlink() (net/core/rtnetlink.c) says so of a kind that the kernel does not have and can not load */
	bool no_such_kind = a->err == EOPNOTSUPP && !strcmp(a->ext, "Unknown device type");

	if (!errno_of_machine(a->err) && !no_such_kind)
		return 0;
	return err_set(
		err, (struct loc){ 0 }, "this kernel refuses: %s%s%s", strerror(a->err), *a->ext ? ": " : "", a->ext);
}
