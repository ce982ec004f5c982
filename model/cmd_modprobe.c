/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe(8) of kmod 30. One module changes anything, br_netfilter; the others are of what the model has anyway. */
#include <string.h>

#include "model/cmd.h"

static const char *const known[] = {
	"br_netfilter",
	"bridge",
	"veth",
	"stp",
	"llc",
	"8021q",
	"dummy",
	"nf_conntrack",
	"nf_nat",
	"nf_tables",
	"nft_compat",
	"nft_chain_nat",
	"nf_reject_ipv4",
	"nf_defrag_ipv4",
	"ip_tables",
	"x_tables",
	"iptable_filter",
	"iptable_nat",
	"iptable_mangle",
	"iptable_raw",
	"xt_MASQUERADE",
	"ipt_MASQUERADE",
	"ipt_REJECT",
	"xt_nat",
	"xt_conntrack",
	"xt_state",
	"xt_tcpudp",
};

static bool is_known(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const char *a = known[i], *b = name;

		/* modprobe takes - and _ for the same */
		while (*a && (*a == *b || (*a == '_' && *b == '-')))
			a++, b++;
		if (!*a && !*b)
			return true;
	}
	return false;
}

static int not_found(struct op *op, const char *name, bool quiet)
{
	if (quiet)
		return cmd_fail(op, 1, "%s", "");
	return cmd_fail(op, 1, "modprobe: FATAL: Module %s not found in directory /lib/modules/6.1.0-37-amd64\n", name);
}

int cmd_modprobe(struct cmd *c, struct op *op, struct err *err)
{
	bool quiet = false, remove = false, all = false;
	struct op *o = op;
	const char *w;

	for (; (w = cmd_peek(c)) && *w == '-'; cmd_next(c)) {
		if (!strcmp(w, "-q") || !strcmp(w, "--quiet"))
			quiet = true;
		else if (!strcmp(w, "-r") || !strcmp(w, "--remove"))
			remove = true;
		else if (!strcmp(w, "-a") || !strcmp(w, "--all"))
			all = true;
		else if (strcmp(w, "-v") && strcmp(w, "--verbose"))
			return cmd_refuse(c, cmd_loc(c), err, "modprobe: option %s", w);
	}
	if (!w)
		return cmd_fail(op, 1, "modprobe: ERROR: missing parameters. See -h.\n");
	while ((w = cmd_peek(c))) {
		if (!is_known(w) && (all || remove))
			return cmd_refuse(c, cmd_loc(c), err, "modprobe: module %.60s", w);
		if (!is_known(w))
			return not_found(o, w, quiet);
		o->kind = OP_MODULE;
		str_copy(o->module.name, sizeof(o->module.name), w);
		for (char *s = o->module.name; *s; s++)
			*s = *s == '-' ? '_' : *s;
		o->module.remove = remove;
		cmd_next(c);
		if (!cmd_peek(c))
			break;
		if (!all && !remove)
			return cmd_refuse(c, cmd_loc(c), err, "modprobe: parameters of a module");
		o->next = xcalloc(1, sizeof(*o));
		o->next->loc = op->loc;
		o->next->tool = op->tool;
		o = o->next;
	}
	return 0;
}
