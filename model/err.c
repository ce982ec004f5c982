/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors with a place. */
#include "model/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "model/buf.h"

static int set(struct err *e, struct loc loc, const char *before, const char *fmt, va_list ap)
{
	int n;

	if (!e)
		return -1;
	e->loc = loc;
	n = snprintf(e->msg, sizeof(e->msg), "%s", before);
	vsnprintf(e->msg + n, sizeof(e->msg) - (size_t)n, fmt, ap);
	return -1;
}

int err_set(struct err *e, struct loc loc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(e, loc, "", fmt, ap);
	va_end(ap);
	return -1;
}

int err_not_modelled(struct err *e, struct loc loc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(e, loc, "not modelled: ", fmt, ap);
	va_end(ap);
	return -1;
}

void err_format(struct buf *out, const struct err *e)
{
	if (e->loc.file)
		buf_printf(out, "%s:", e->loc.file);
	if (e->loc.line)
		buf_printf(out, "%u:", e->loc.line);
	if (e->loc.line && e->loc.col)
		buf_printf(out, "%u:", e->loc.col);
	buf_printf(out, "%s%s\n", out->size && out->data[out->size - 1] == ':' ? " " : "", e->msg);
}
