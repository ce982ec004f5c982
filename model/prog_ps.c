/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ps of procps 4.0.2: `ps`, `ps aux` and its kin, `ps -ef` and its kin. Which processes there are is the back end's to
 * say. Their memory and processor time are not modelled: those columns say 0. No process of a lab has a terminal. */
#include <stdlib.h>
#include <string.h>

#include "model/prog_args.h"

enum form { PS_PLAIN, PS_BSD, PS_USER, PS_FULL };

struct ps_options {
	enum form form;
	bool with_tty_only; /* BSD options without x */
};

struct ps {
	struct prog p;
};

/* BSD letters: a, u, x, w. */
static enum parsed bsd(struct ps_options *o, struct parse *x, const char *s)
{
	bool user = false, no_tty = false;

	for (const char *c = s; *c; c++) {
		user |= *c == 'u';
		no_tty |= *c == 'x';
		if (!strchr("auxw", *c))
			return parse_unmodelled(x, "ps: option %c", *c);
	}
	o->form = user ? PS_USER : PS_BSD;
	o->with_tty_only = !no_tty;
	return PARSED_RUN;
}

static enum parsed sysv(struct ps_options *o, struct parse *x, const char *s, bool *everything)
{
	for (; *s; s++) {
		*everything |= *s == 'e' || *s == 'A';
		if (*s == 'f')
			o->form = PS_FULL;
		else if (!strchr("eAw", *s))
			return parse_unmodelled(x, "ps: option -%c", *s);
	}
	return PARSED_RUN;
}

static enum parsed parse(struct ps_options *o, struct parse *x, unsigned argc, char **argv)
{
	enum parsed r = PARSED_RUN;
	bool everything = false;

	*o = (struct ps_options){ 0 };
	if (argc > 2)
		return parse_unmodelled(x, "ps: several words of options");
	if (argc == 2 && !strcmp(argv[1], "-aux"))
		r = bsd(o, x, "aux");
	else if (argc == 2 && argv[1][0] == '-')
		r = sysv(o, x, argv[1] + 1, &everything);
	else if (argc == 2)
		r = bsd(o, x, argv[1]);
	return r;
}

static bool modelled(unsigned argc, char **argv, struct buf *why)
{
	struct ps_options o;
	struct parse x = { 0 };

	return parse_modelled(parse(&o, &x, argc, argv), &x, why);
}

static int by_pid(const void *a, const void *b)
{
	const struct sys_proc *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* The name as /proc/PID/comm has it: the first word's last part, 15 bytes. */
static void short_name(char out[16], const char *line)
{
	const char *end = line + strcspn(line, " "), *from = end;

	while (from > line && from[-1] != '/')
		from--;
	str_copy(out, (size_t)(end - from) < 15 ? (size_t)(end - from) + 1 : 16, from);
}

static void row(struct prog *p, const struct ps_options *o, const struct sys_proc *s)
{
	unsigned minutes = (unsigned)(s->started / NSEC_PER_SEC / 60);
	char name[16], start[8] = "00:00";
	struct buf b = { 0 };

	buf_printf(&b, "%02u:%02u", minutes / 60 % 24, minutes % 60);
	str_copy(start, sizeof(start), buf_str(&b));
	buf_release(&b);
	short_name(name, s->comm);
	switch (o->form) {
	case PS_PLAIN:
		prog_printf(p, 1, "%7d %-8s %8s %s\n", s->pid, "?", "00:00:00", name);
		break;
	case PS_BSD:
		prog_printf(p, 1, "%7d %-8s %-4s %6s %s\n", s->pid, "?", s->stat, "0:00", s->comm);
		break;
	case PS_USER:
		prog_printf(p, 1, "%-8s %7d %4s %4s %6u %5u %-8s %-4s %5s %6s %s\n", s->user, s->pid, "0.0", "0.0", 0,
			0, "?", s->stat, start, "0:00", s->comm);
		break;
	case PS_FULL:
		prog_printf(p, 1, "%-8s %7d %7d %2d %5s %-8s %8s %s\n", s->user, s->pid, s->ppid, 0, start, "?",
			"00:00:00", s->comm);
		break;
	}
}

static void run(struct prog *p, const struct ps_options *o)
{
	static const char *const head[] = { "    PID TTY          TIME CMD\n", "    PID TTY      STAT   TIME COMMAND\n",
		"USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
		"UID          PID    PPID  C STIME TTY          TIME CMD\n" };
	struct sys_proc *list = NULL;
	unsigned n = p->sys->ops->processes(p->sys, &list);

	if (n)
		qsort(list, n, sizeof(*list), by_pid);
	prog_printf(p, 1, "%s", head[o->form]);
	for (unsigned i = 0; i < n && !o->with_tty_only; i++)
		row(p, o, &list[i]);
	free(list);
	prog_exit(p, !n || o->with_tty_only);
}

static void event(struct prog *p, enum prog_event ev, int fd)
{
	struct ps_options o;
	struct parse x = { 0 };
	enum parsed r;

	(void)fd;
	if (ev != PROG_START)
		return;
	r = parse(&o, &x, p->argc, p->argv);
	if (r == PARSED_RUN)
		run(p, &o);
	else
		parse_exit(p, r, &x);
}

const struct prog_ops prog_ps = {
	.name = "ps",
	.takes = "aux, ax, u, x, -e, -A, -f, -ef",
	.size = sizeof(struct ps),
	.event = event,
	.modelled = modelled,
};
