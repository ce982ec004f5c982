/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to no single option of iptables: words of errors, numbers, marks, getopt_long(3) as the tool uses it.
 * The tool reads options in order (its option string begins with a dash, a word without one is an argument of its own)
 * and learns more long options as extensions are loaded; a long option may be cut short as long as it is unique. */
#include "model/ipt_options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/ipt_names.h"

#define TRY_HELP "Try `iptables -h' or 'iptables --help' for more information.\n"

int ipt_error(struct ipt_parse *p, int status, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	p->rc = cmd_fail(p->op, status, "iptables v1.8.9 (nf_tables): %s\n%s", buf_str(&b),
		status == IPT_PARAMETER_PROBLEM ? TRY_HELP
		: status == IPT_VERSION_PROBLEM ? "Perhaps iptables or your kernel needs to be upgraded.\n"
						: "");
	buf_release(&b);
	return 1;
}

int ipt_bad_argument(struct ipt_parse *p, const char *word)
{
	p->rc = word ? cmd_fail(p->op, 2, "Bad argument `%s'\n%s", word, TRY_HELP) : cmd_fail(p->op, 2, "%s", TRY_HELP);
	return 1;
}

int ipt_refuse(struct ipt_parse *p, const char *fmt, ...)
{
	unsigned at = p->optind ? p->optind - 1 : 0;
	struct loc loc = at < p->n ? p->w[at].loc : p->c->loc;
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	p->rc = cmd_refuse(p->c, loc, p->err, "iptables: %s", buf_str(&b));
	buf_release(&b);
	return 1;
}

/* ---- numbers ---- */

bool ipt_number(const char *s, const char **end, uint32_t *value, uint32_t min, uint32_t max)
{
	const char *start = s + strspn(s, " \t\n\v\f\r");
	uintmax_t v;
	char *stop;

	if (*start == '-')
		return false;
	errno = 0;
	v = strtoumax(s, &stop, 0);
	if (stop == s)
		return false;
	if (end)
		*end = stop;
	else if (*stop)
		return false;
	if (errno == ERANGE || v < min || (max && v > max))
		return false;
	*value = (uint32_t)v;
	return true;
}

int ipt_port(struct ipt_parse *p, const char *s, uint8_t protocol, uint16_t *port)
{
	uint32_t n;
	int service;

	if (ipt_number(s, NULL, &n, 0, UINT16_MAX)) {
		*port = (uint16_t)n;
		return 0;
	}
	service = ipt_service(s, protocol);
	if (service < 0)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "invalid port/service `%s' specified", s);
	*port = (uint16_t)service;
	return 0;
}

int ipt_mark(struct ipt_parse *p, const struct ipt_option *o, const char *ext, uint32_t *value, uint32_t *mask)
{
	const char *end;

	*mask = UINT32_MAX;
	if (!ipt_number(p->optarg, &end, value, 0, UINT32_MAX))
		return ipt_error(p, IPT_PARAMETER_PROBLEM,
			"%s: bad integer value for option \"--%s\", or out of range.\n", ext, o->name);
	if (*end == '/' && !ipt_number(end + 1, &end, mask, 0, UINT32_MAX))
		return ipt_error(p, IPT_PARAMETER_PROBLEM,
			"%s: bad integer value for option \"--%s\", or out of range.\n", ext, o->name);
	if (*end)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "%s: trailing garbage after value for option \"--%s\".\n",
			ext, o->name);
	return 0;
}

/* ---- getopt_long ---- */

static const struct base_option {
	const char *name;
	char arg; /* 0 none, 1 wanted, 2 behind an equals sign only */
	char letter;
} base[] = {
	{ "append", 1, 'A' },
	{ "delete", 1, 'D' },
	{ "check", 1, 'C' },
	{ "insert", 1, 'I' },
	{ "replace", 1, 'R' },
	{ "list", 2, 'L' },
	{ "list-rules", 2, 'S' },
	{ "flush", 2, 'F' },
	{ "zero", 2, 'Z' },
	{ "new-chain", 1, 'N' },
	{ "delete-chain", 2, 'X' },
	{ "rename-chain", 1, 'E' },
	{ "policy", 1, 'P' },
	{ "source", 1, 's' },
	{ "destination", 1, 'd' },
	{ "src", 1, 's' },
	{ "dst", 1, 'd' },
	{ "protocol", 1, 'p' },
	{ "in-interface", 1, 'i' },
	{ "jump", 1, 'j' },
	{ "table", 1, 't' },
	{ "match", 1, 'm' },
	{ "numeric", 0, 'n' },
	{ "out-interface", 1, 'o' },
	{ "verbose", 0, 'v' },
	{ "wait", 2, 'w' },
	{ "wait-interval", 2, 'W' },
	{ "exact", 0, 'x' },
	{ "fragments", 0, 'f' },
	{ "version", 0, 'V' },
	{ "help", 2, 'h' },
	{ "line-numbers", 0, '0' },
	{ "modprobe", 1, 'M' },
	{ "set-counters", 1, 'c' },
	{ "goto", 1, 'g' },
	{ "ipv4", 0, '4' },
	{ "ipv6", 0, '6' },
};
static const char letters[] = "A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x";

struct found {
	int code;
	char arg;
	unsigned hits; /* different options that the word may be cut short from */
};

static void consider(struct found *f, const char *name, const char *word, size_t size, char arg, int code, bool *exact)
{
	if (*exact || strncmp(name, word, size))
		return;
	if (!name[size]) {
		*f = (struct found){ code, arg, 1 };
		*exact = true;
	} else if (!f->hits) {
		*f = (struct found){ code, arg, 1 };
	} else if (f->code != code || f->arg != arg) {
		f->hits++;
	}
}

static int long_option(struct ipt_parse *p, const char *word)
{
	size_t size = strcspn(word, "=");
	struct found f = { 0 };
	bool exact = false;

	p->optind++;
	for (size_t i = 0; i < ARRAY_SIZE(base); i++)
		consider(&f, base[i].name, word, size, base[i].arg, base[i].letter, &exact);
	for (unsigned i = p->sets; i-- > 0;)
		for (unsigned j = 0; j < p->set[i]->options; j++)
			consider(&f, p->set[i]->option[j].name, word, size, p->set[i]->option[j].arg,
				IPT_OPT_SET + (int)(i << 8) + p->set[i]->option[j].id, &exact);
	if (f.hits != 1)
		return '?';
	if (word[size]) {
		if (!f.arg)
			return '?';
		p->optarg = word + size + 1;
	} else if (f.arg == 1) {
		if (p->optind >= p->n)
			return ':';
		p->optarg = p->w[p->optind++].text;
	}
	return f.code;
}

static int letter_option(struct ipt_parse *p)
{
	char c = *p->next++;
	const char *known = c == ':' || c == '0' ? NULL : strchr(letters, c);

	if (!*p->next) {
		p->next = NULL;
		p->optind++;
	}
	if (!known)
		return '?';
	if (known[1] != ':')
		return c;
	if (p->next) {
		p->optarg = p->next;
		p->next = NULL;
		p->optind++;
	} else if (known[2] != ':') {
		if (p->optind >= p->n)
			return ':';
		p->optarg = p->w[p->optind++].text;
	}
	return c;
}

int ipt_getopt(struct ipt_parse *p)
{
	const char *w;

	p->optarg = NULL;
	if (p->next)
		return letter_option(p);
	if (p->optind >= p->n)
		return IPT_OPT_END;
	w = p->w[p->optind].text;
	if (w[0] != '-' || !w[1]) {
		p->optarg = w;
		p->optind++;
		return IPT_OPT_WORD;
	}
	if (!strcmp(w, "--")) {
		p->optind++;
		return IPT_OPT_END;
	}
	if (w[1] == '-')
		return long_option(p, w + 2);
	p->next = w + 1;
	return letter_option(p);
}

bool ipt_has_arg(const struct ipt_parse *p)
{
	return p->optind < p->n && p->w[p->optind].text[0] != '-' && p->w[p->optind].text[0] != '!';
}

void ipt_add_set(struct ipt_parse *p, const struct ipt_ext *ext)
{
	for (unsigned i = 0; i < p->sets; i++)
		if (p->set[i] == ext)
			return;
	if (p->sets < IPT_SETS)
		p->set[p->sets++] = ext;
}
