/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a driver of many labs sets up once for all of them. */
#include "kernel/share.h"

#include <stdlib.h>

#include "kernel/crowd.h"
#include "kernel/kernel.h"
#include "kernel/tp.h"
#include "model/buf.h"

struct kernel_shared {
	struct tp_set *tp;
	char *why_no_tp;
};

struct kernel_shared *kernel_share(unsigned labs)
{
	struct kernel_shared *s = xcalloc(1, sizeof(*s));
	struct buf why = { 0 };

	s->tp = tp_set_new(labs, &why);
	s->why_no_tp = buf_steal(&why);
	return s;
}

void kernel_unshare(struct kernel_shared *s)
{
	if (!s)
		return;
	tp_set_free(s->tp);
	free(s->why_no_tp);
	free(s);
}

long kernel_neighbours(long *most)
{
	struct crowd c;

	crowd_open(&c, CROWD_STATISTICS, CROWD_REFUSES);
	*most = c.limit;
	crowd_close(&c);
	return c.entries;
}

struct observe_shared kernel_shared_for(const struct kernel_shared *s)
{
	return (struct observe_shared){ .tp = s->tp, .why_no_tp = s->why_no_tp };
}
