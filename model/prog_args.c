/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs share: see model/prog_args.h. Names are those of a machine with /etc/hosts and /etc/services as
 * Debian ships them and no name server that could be reached. */
#include "model/prog_args.h"

#include <stdlib.h>
#include <string.h>

/* ---- what parsing came to ---- */

void parse_release(struct parse *x)
{
	buf_release(&x->out);
	buf_release(&x->err);
}

enum parsed parse_end(struct parse *x, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&x->err, fmt, ap);
	va_end(ap);
	x->status = status;
	return PARSED_END;
}

enum parsed parse_unmodelled(struct parse *x, const char *fmt, ...)
{
	va_list ap;

	buf_clear(&x->err);
	va_start(ap, fmt);
	buf_vprintf(&x->err, fmt, ap);
	va_end(ap);
	return PARSED_UNMODELLED;
}

bool parse_modelled(enum parsed r, struct parse *x, struct buf *why)
{
	if (r == PARSED_UNMODELLED)
		buf_puts(why, buf_str(&x->err));
	parse_release(x);
	return r != PARSED_UNMODELLED;
}

void parse_exit(struct prog *p, enum parsed r, struct parse *x)
{
	int status = r == PARSED_UNMODELLED ? 2 : x->status;

	prog_write(p, 1, buf_str(&x->out), x->out.size);
	if (r == PARSED_UNMODELLED)
		prog_printf(p, 2, "pktwalk: not modelled: %s\n", buf_str(&x->err));
	else
		prog_write(p, 2, buf_str(&x->err), x->err.size);
	parse_release(x);
	prog_exit(p, status);
}

/* ---- options ---- */

void args_init(struct args *a, const char *tool, const char *spec, unsigned argc, char **argv, struct parse *x)
{
	*a = (struct args){ .spec = spec, .tool = tool, .argc = argc, .pos = 1, .argv = argv, .x = x };
	a->operand = xcalloc(argc + 1, sizeof(*a->operand));
}

void args_release(struct args *a)
{
	free(a->operand);
	a->operand = NULL;
}

/* Moves to the next word of letters. */
static bool args_word(struct args *a)
{
	while (a->pos < a->argc) {
		char *w = a->argv[a->pos++];

		if (w[0] != '-' || !w[1]) {
			a->operand[a->operands++] = w;
		} else if (!strcmp(w, "--")) {
			while (a->pos < a->argc)
				a->operand[a->operands++] = a->argv[a->pos++];
		} else {
			a->at = w + 1;
			return true;
		}
	}
	return false;
}

int args_next(struct args *a)
{
	const char *s;
	char c;

	if ((!a->at || !*a->at) && !args_word(a))
		return 0;
	c = *a->at++;
	s = c == ':' ? NULL : strchr(a->spec, c);
	if (!s) {
		buf_printf(&a->x->err, "%s: invalid option -- '%c'\n", a->tool, c);
		return '?';
	}
	if (s[1] != ':')
		return c;
	if (*a->at) {
		a->value = a->at;
		a->at = NULL;
	} else if (a->pos < a->argc) {
		a->value = a->argv[a->pos++];
	} else {
		buf_printf(&a->x->err, "%s: option requires an argument -- '%c'\n", a->tool, c);
		return '?';
	}
	return c;
}

int parse_number(const char *s, long long min, long long max, long long *out)
{
	bool minus = *s == '-', big = false;
	long long v = 0;

	if (*s == '-' || *s == '+')
		s++;
	if (!*s || s[strspn(s, "0123456789")])
		return -1;
	for (; *s; s++) {
		int d = *s - '0';

		if (v > (INT64_MAX - d) / 10)
			big = true;
		else
			v = v * 10 + d;
	}
	if (minus)
		v = -v;
	if (big || v < min || v > max)
		return -2;
	*out = v;
	return 0;
}

/* ---- names ---- */

bool prog_resolve(const char *name, struct ipaddr *a, bool *named)
{
	*named = false;
	if (ip_aton(a, name))
		return true;
	*named = !strcmp(name, "localhost");
	if (*named)
		*a = ip4(0x7f000001);
	return *named;
}

static const struct {
	const char *name;
	uint16_t port;
	bool tcp, udp;
} services[] = {
#define SERVICE(name, port, tcp, udp) { name, port, tcp, udp },
#define ALIAS(name, port, tcp, udp) { name, port, tcp, udp },
#include "model/service.def"
};

static bool speaks(size_t i, const char *proto)
{
	return proto[0] == 'u' ? services[i].udp : services[i].tcp;
}

const char *prog_service(const char *proto, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (services[i].port == port && speaks(i, proto))
			return services[i].name;
	return NULL;
}

int prog_service_port(const char *proto, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (!strcmp(services[i].name, name) && speaks(i, proto))
			return services[i].port;
	return -1;
}
