/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small commands: echo, true, false, sleep (coreutils 9.1; echo as bash's builtin). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/cmd.h"

#define SLEEP_MAX_NS (366ULL * 86400 * NSEC_PER_SEC)

int cmd_true(struct cmd *c, struct op *op, struct err *err)
{
	(void)err;
	c->pos = c->n;
	op->kind = OP_CANNED;
	op->canned = (struct op_canned){ 0 };
	return 0;
}

int cmd_false(struct cmd *c, struct op *op, struct err *err)
{
	cmd_true(c, op, err);
	op->canned.res.status = 1;
	return 0;
}

/* ---- echo ---- */

static int digits(const char **s, unsigned base, unsigned most)
{
	int v = 0;

	for (; most--; (*s)++) {
		unsigned d = **s >= '0' && **s <= '9'   ? (unsigned)(**s - '0')
			     : **s >= 'a' && **s <= 'f' ? (unsigned)(**s - 'a' + 10)
			     : **s >= 'A' && **s <= 'F' ? (unsigned)(**s - 'A' + 10)
							: 99;

		if (d >= base)
			break;
		v = v * (int)base + (int)d;
	}
	return v;
}

/* Appends s with its escapes. Returns false after \c: nothing more is printed. */
static bool escaped(struct buf *out, const char *s)
{
	static const char from[] = "abefnrtvE\\", to[] = "\a\b\033\f\n\r\t\v\033\\";
	const char *p;

	while (*s) {
		if (*s != '\\' || !s[1]) {
			buf_putc(out, *s++);
		} else if (s[1] == 'c') {
			return false;
		} else if ((p = strchr(from, s[1]))) {
			buf_putc(out, to[p - from]);
			s += 2;
		} else if (s[1] == '0') {
			s += 2;
			buf_putc(out, (char)digits(&s, 8, 3));
		} else if (s[1] == 'x' && s[2] && strchr("0123456789abcdefABCDEF", s[2])) {
			s += 2;
			buf_putc(out, (char)digits(&s, 16, 2));
		} else {
			buf_putc(out, *s++);
		}
	}
	return true;
}

int cmd_echo(struct cmd *c, struct op *op, struct err *err)
{
	bool newline = true, escapes = false, first = true;
	const char *w;

	(void)err;
	op->kind = OP_CANNED;
	op->canned = (struct op_canned){ 0 };
	for (; (w = cmd_peek(c)) && w[0] == '-' && w[1] && !w[1 + strspn(w + 1, "neE")]; cmd_next(c)) {
		for (w++; *w; w++) {
			newline &= *w != 'n';
			escapes = *w == 'n' ? escapes : *w == 'e';
		}
	}
	while ((w = cmd_next(c))) {
		if (!first)
			buf_putc(&op->canned.res.out, ' ');
		first = false;
		if (!escapes)
			buf_puts(&op->canned.res.out, w);
		else if (!escaped(&op->canned.res.out, w))
			return 0;
	}
	if (newline)
		buf_putc(&op->canned.res.out, '\n');
	return 0;
}

/* ---- sleep ---- */

static bool interval(const char *w, double *seconds)
{
	static const char suffix[] = "smhd";
	static const double unit[] = { 1, 60, 3600, 86400 };
	const char *p;
	char *end;
	double v = strtod(w, &end);

	if (end == w || !(v >= 0))
		return false;
	if (*end) {
		p = strchr(suffix, *end);
		if (!p || end[1])
			return false;
		v *= unit[p - suffix];
	}
	*seconds += v;
	return true;
}

int cmd_sleep(struct cmd *c, struct op *op, struct err *err)
{
	static const char try_help[] = "Try 'sleep --help' for more information.\n";
	struct loc loc = cmd_loc(c);
	double seconds = 0;
	const char *w = cmd_peek(c);

	if (c->background || c->forked) /* others may see the process, and it keeps its namespace: model/prog_sleep.c */
		return cmd_run(c, op, err);
	if (!w)
		return cmd_fail(op, 1, "sleep: missing operand\n%s", try_help);
	if (w[0] == '-' && w[1] && w[1] != '-')
		return cmd_fail(op, 1, "sleep: invalid option -- '%c'\n%s", w[1], try_help);
	if (w[0] == '-' && w[1] == '-')
		return cmd_refuse(c, loc, err, "sleep: option %s", w);
	while ((w = cmd_next(c)))
		if (!interval(w, &seconds))
			return cmd_fail(op, 1, "sleep: invalid time interval '%s'\n%s", w, try_help);
	op->kind = OP_SLEEP;
	op->sleep.ns =
		isinf(seconds) || seconds * 1e9 > (double)SLEEP_MAX_NS ? SLEEP_MAX_NS : (uint64_t)(seconds * 1e9 + 0.5);
	return 0;
}
