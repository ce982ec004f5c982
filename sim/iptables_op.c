/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `iptables` in the model: the tool's own work on the namespace's ruleset. Connections that are tracked stay: neither
 * the tool nor the kernel touches them when rules change. */
#include "model/iptables.h"
#include "sim/sim.h"

int iptables_apply(struct sim *s, struct ns *ns, const struct op *op, struct result *res)
{
	(void)s;
	ipt_apply(&ns->nf, ns, op->ipt, res);
	return 0;
}
