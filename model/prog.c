/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of programs, and what they share. Adding a program is a row here and a file prog_NAME.c. */
#include "model/prog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/prog_args.h"

static const struct prog_ops *const table[] = {
	&prog_ping,
	&prog_nc,
	&prog_curl,
	&prog_nginx,
	&prog_python,
	&prog_ps,
	&prog_sleep,
	NULL,
};

const struct prog_ops *const *prog_table(void)
{
	return table;
}

const struct prog_ops *prog_find(const char *name)
{
	for (size_t i = 0; table[i]; i++)
		if (!strcmp(table[i]->name, name))
			return table[i];
	return NULL;
}

struct prog *prog_new(
	const struct prog_ops *ops, struct sys *sys, unsigned argc, char **argv, const char *input, size_t input_size)
{
	struct prog *p = xcalloc(1, ops->size);

	*p = (struct prog){ ops, sys, argc, argv, input, input_size };
	return p;
}

void prog_free(struct prog *p)
{
	if (p && p->ops->release)
		p->ops->release(p);
	free(p);
}

bool prog_modelled(const struct prog_ops *ops, unsigned argc, char **argv, struct buf *why)
{
	return !ops->modelled || ops->modelled(argc, argv, why);
}

void prog_write(struct prog *p, int fd, const void *data, size_t size)
{
	if (size)
		p->sys->ops->write(p->sys, fd, data, size);
}

static void print(struct prog *p, int fd, const char *fmt, va_list ap)
{
	char line[512];
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(line)) {
		prog_write(p, fd, line, (size_t)n);
	} else {
		struct buf b = { 0 };

		buf_vprintf(&b, fmt, again);
		prog_write(p, fd, buf_str(&b), b.size);
		buf_release(&b);
	}
	va_end(again);
}

void prog_printf(struct prog *p, int fd, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(p, fd, fmt, ap);
	va_end(ap);
}

void prog_exit(struct prog *p, int status)
{
	p->sys->ops->exit(p->sys, status);
}

void prog_die(struct prog *p, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(p, 2, fmt, ap);
	va_end(ap);
	prog_exit(p, status);
}
