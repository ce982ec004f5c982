/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/cmd.h"
#include "model/iptables.h"

int cmd_iptables(struct cmd *c, struct op *op, struct err *err)
{
	(void)op;
	return cmd_refuse(c, c->loc, err, "iptables");
}
