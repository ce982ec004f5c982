/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of kernel mode where it is not built in (make KERNEL=0). */
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

const char *kernel_about(void)
{
	return "not built in";
}
