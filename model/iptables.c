/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/iptables.h"

#include <stdlib.h>
#include <string.h>

struct ipt_spec *ipt_spec_copy(const struct ipt_spec *s)
{
	struct ipt_spec *c = xmalloc(sizeof(*c));

	*c = *s;
	return c;
}

void ipt_cmd_free(struct ipt_cmd *c)
{
	if (!c)
		return;
	free(c->more);
	free(c);
}

struct ipt_cmd *ipt_cmd_copy(const struct ipt_cmd *c)
{
	struct ipt_cmd *n = xmalloc(sizeof(*n));

	*n = *c;
	if (c->n_more) {
		n->more = xcalloc(c->n_more, sizeof(*n->more));
		memcpy(n->more, c->more, c->n_more * sizeof(*n->more));
	}
	return n;
}

bool ipt_apply(struct nf **nf, struct ns *ns, const struct ipt_cmd *c, struct result *res)
{
	(void)nf, (void)ns, (void)c, (void)res;
	return false;
}
