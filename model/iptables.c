/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/iptables.h"
#include <stdlib.h>
struct ipt_spec *ipt_spec_copy(const struct ipt_spec *s)
{
	struct ipt_spec *c = xmalloc(sizeof(*c));

	*c = *s;
	return c;
}
