/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of a sysctl that was read or written (procps-ng 4.0.2 sysctl.c ReadSetting(), WriteSetting()). */
#include "model/sysctl_show.h"

void sysctl_show(const struct op_sysctl *o, const char *value, struct result *res)
{
	if (o->by_file) {
		if (!o->write)
			buf_printf(&res->out, "%s\n", value);
		return;
	}
	if (o->write && o->quiet)
		return;
	if (!o->value_only)
		buf_printf(&res->out, "%s = ", o->shown);
	buf_printf(&res->out, "%s\n", o->write ? o->value : value);
}
