/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a driver of many labs sets up once for all of them. */
#include "kernel/share.h"

#include <stdio.h>
#include <stdlib.h>

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

/* The number that a file begins with, or its second line; -1 = there is none. */
static long number_in(const char *path, bool skip_line, int base)
{
	FILE *f = fopen(path, "re");
	char line[256];
	long n = -1;

	if (!f)
		return -1;
	if (fgets(line, sizeof(line), f) && (!skip_line || fgets(line, sizeof(line), f)))
		n = strtol(line, NULL, base);
	fclose(f);
	return n;
}

bool kernel_crowded(void)
{
	long entries = number_in("/proc/net/stat/arp_cache", true, 16);
	long most = number_in("/proc/sys/net/ipv4/neigh/default/gc_thresh1", false, 10);

	return entries >= 0 && most >= 0 && entries >= most / 4;
}

struct observe_shared kernel_shared_for(const struct kernel_shared *s)
{
	return (struct observe_shared){ .tp = s->tp, .why_no_tp = s->why_no_tp };
}
