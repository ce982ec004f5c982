/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of kernel mode where it is not built in (make KERNEL=0). */
#include <stdlib.h>

#include "kernel/kernel.h"

static int not_built(struct err *err)
{
	return err_set(err, (struct loc){ 0 }, "kernel mode is not built into this pktwalk (make KERNEL=0)");
}

int kernel_verify(const struct run *run, const struct kernel_options *o, struct report *report, struct err *err)
{
	(void)run;
	(void)o;
	(void)report;
	return not_built(err);
}

int kernel_compare(
	const struct run *run, const struct capture_file *files, unsigned n, struct report *report, struct err *err)
{
	(void)run;
	(void)files;
	(void)n;
	(void)report;
	return not_built(err);
}

void kernel_prepare(void)
{
}

struct kernel_shared *kernel_share(unsigned labs)
{
	(void)labs;
	return xcalloc(1, 1);
}

void kernel_unshare(struct kernel_shared *s)
{
	free(s);
}

long kernel_neighbours(long *most)
{
	*most = 0;
	return -1;
}

const char *kernel_about(void)
{
	return "not built in";
}
