/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How iproute2's tools read their words, and what they say of wrong ones (lib/utils.c, lib/ll_addr.c, lib/rt_names.c
 * of iproute2 6.1, with the names that Debian 12 has in /etc/iproute2). */
#include "model/cmd_ip.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

const char *ipc_next(struct ipc *x)
{
	x->loc = cmd_loc(x->c);
	return cmd_next(x->c);
}

int ipc_arg(struct ipc *x, const char **w)
{
	*w = ipc_next(x);
	return *w ? IPC_GO : ipc_fail(x, IPC_USAGE, "Command line is not complete. Try option \"help\"\n");
}

bool ipc_is(const char *w, const char *full)
{
	return *w && !strncmp(w, full, strlen(w));
}

bool ipc_eq(const char *w, const char *full)
{
	return !strcmp(w, full);
}

int ipc_fail(struct ipc *x, int status, const char *fmt, ...)
{
	va_list ap;

	op_reset(x->op);
	x->op->canned.res.status = status;
	va_start(ap, fmt);
	buf_vprintf(&x->op->canned.res.err, fmt, ap);
	va_end(ap);
	return IPC_STOP;
}

int ipc_wrong(struct ipc *x, const char *arg, const char *what)
{
	return ipc_fail(x, IPC_USAGE, "Error: argument \"%s\" is wrong: %s\n", arg, what);
}

int ipc_dup(struct ipc *x, const char *key, const char *arg)
{
	return ipc_fail(x, IPC_USAGE, "Error: duplicate \"%s\": \"%s\" is the second value.\n", key, arg);
}

int ipc_dup2(struct ipc *x, const char *key, const char *arg)
{
	return ipc_fail(x, IPC_USAGE, "Error: either \"%s\" is duplicate, or \"%s\" is a garbage.\n", key, arg);
}

int ipc_unknown(struct ipc *x, const char *w, const char *tool)
{
	return ipc_fail(x, IPC_USAGE, "Command \"%s\" is unknown, try \"%s help\".\n", w, tool);
}

int ipc_refuse(struct ipc *x, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	err_not_modelled(x->err, x->loc, "%s", buf_str(&b));
	buf_release(&b);
	return -1;
}

/* ---- values ---- */

bool ipc_number(const char *w, uint64_t max, uint64_t *out)
{
	char *end;
	unsigned long long v;

	if (!*w)
		return false;
	v = strtoull(w, &end, 0);
	if (end == w || *end || v > max)
		return false;
	*out = v;
	return true;
}

/* get_addr_ipv4(): up to four numbers in any base; what is missing is 0. */
static bool addr4(const char *s, uint32_t *out)
{
	uint32_t a = 0;

	for (int i = 0; i < 4; i++) {
		char *end;
		unsigned long n = strtoul(s, &end, 0);

		if (n > 255 || end == s)
			return false;
		a |= (uint32_t)n << (24 - 8 * i);
		if (!*end) {
			*out = a;
			return true;
		}
		if (i == 3 || *end != '.')
			return false;
		s = end + 1;
	}
	return false;
}

/* inet_pton(AF_INET6): groups of up to four hex digits, one "::", perhaps IPv4 at the end. Only whether it is one. */
static bool addr6(const char *s)
{
	unsigned groups = 0;
	bool gap = false;
	struct ipaddr v4;

	if (s[0] == ':' && s[1] != ':')
		return false;
	while (*s) {
		size_t n = strspn(s, "0123456789abcdefABCDEF");

		if (!n && s[0] == ':' && s[1] == ':' && !gap) {
			gap = true;
			s += 2;
			continue;
		}
		if (s[n] == '.')
			return ip4_parse(&v4, s) && (gap ? groups < 6 : groups == 6);
		if (!n || n > 4 || ++groups > 8)
			return false;
		s += n;
		if (s[0] == ':' && s[1] != ':' && !*++s)
			return false;
		if (*s && *s != ':' && s[-1] != ':')
			return false;
	}
	return gap ? groups < 8 : groups == 8;
}

static const char *family_name(const struct ipc *x)
{
	return x->family == IP_V4 ? "inet" : "any valid";
}

int ipc_addr(struct ipc *x, const char *w, struct ipaddr *out)
{
	uint32_t a;

	if (ipc_eq(w, "default") || ipc_eq(w, "any") || ipc_eq(w, "all"))
		return ipc_refuse(x, "%s: the address '%s'", x->op->tool, w);
	if (strchr(w, ':') && x->family != IP_V4 && addr6(w))
		return ipc_refuse(x, "IPv6 addresses (%s)", w);
	if (strchr(w, ':') || !addr4(w, &a))
		return ipc_fail(
			x, IPC_BAD_ADDRESS, "Error: %s address is expected rather than \"%s\".\n", family_name(x), w);
	*out = ip4(a);
	x->family = IP_V4;
	return IPC_GO;
}

/* get_netmask(): a length, or a dotted mask. */
static bool netmask(const char *s, uint8_t *len)
{
	uint64_t v;
	uint32_t mask;

	if (!ipc_number(s, UINT32_MAX, &v)) {
		if (!addr4(s, &mask) || (~mask & (~mask + 1)))
			return false;
		for (v = 0; v < 32 && mask & 0x80000000u >> v; v++)
			;
	}
	if (v > 32)
		return false;
	*len = (uint8_t)v;
	return true;
}

int ipc_prefix(struct ipc *x, const char *w, struct prefix *out, bool *given)
{
	const char *slash = strchr(w, '/');
	struct buf b = { 0 };
	uint32_t a = 0;
	uint8_t len = 32;
	bool ok, v6;

	if (ipc_eq(w, "default")) {
		*out = (struct prefix){ .addr = ip4(0) };
		*given = true;
		return IPC_GO;
	}
	if (ipc_eq(w, "any") || ipc_eq(w, "all"))
		return ipc_refuse(x, "%s: the prefix '%s'", x->op->tool, w);
	buf_put(&b, w, slash ? (size_t)(slash - w) : strlen(w));
	v6 = strchr(buf_str(&b), ':') && x->family != IP_V4 && addr6(buf_str(&b));
	ok = !strchr(buf_str(&b), ':') && addr4(buf_str(&b), &a) && (!slash || netmask(slash + 1, &len));
	buf_release(&b);
	if (v6)
		return ipc_refuse(x, "IPv6 addresses (%s)", w);
	if (!ok)
		return ipc_fail(
			x, IPC_BAD_ADDRESS, "Error: %s prefix is expected rather than \"%s\".\n", family_name(x), w);
	*out = (struct prefix){ .addr = ip4(a), .len = len };
	*given = slash;
	x->family = IP_V4;
	return IPC_GO;
}

int ipc_mac(struct ipc *x, const char *w, struct mac *out)
{
	unsigned n = 0;
	uint32_t a;

	if (strchr(w, '.')) {
		if (!addr4(w, &a))
			return ipc_fail(x, 1, "\"%s\" is invalid lladdr.\n", w);
		return ipc_refuse(x, "a link-layer address that is an IP address");
	}
	for (const char *s = w; n < 32; n++) {
		size_t size = strcspn(s, ":");
		char *end;
		long v = strtol(s, &end, 16);

		/* as sscanf("%x"): what follows the digits does not matter */
		if (end == s || end > s + size || v < 0 || v > 255)
			return ipc_fail(x, 1, "\"%.*s\" is invalid lladdr.\n", (int)size, s);
		if (n < 6)
			out->b[n] = (uint8_t)v;
		if (!s[size])
			break;
		s += size + 1;
	}
	if (n + 1 != 6)
		return ipc_refuse(x, "a link-layer address of other than 6 bytes (%s)", w);
	return IPC_GO;
}

int ipc_dev(struct ipc *x, const char *w, char out[IFNAMSIZ_], int status, const char *before, const char *after)
{
	if (*w && str_copy(out, IFNAMSIZ_, w))
		return IPC_GO;
	return ipc_fail(x, status, "%s%s%s", before, w, after);
}

int ipc_on_off(struct ipc *x, const char *key, const char *w, bool *out, int status)
{
	if (!ipc_is(w, "off") && !ipc_is(w, "on"))
		return ipc_fail(
			x, status, "Error: argument of \"%s\" must be one of \"off\", \"on\", not \"%s\"\n", key, w);
	*out = !ipc_is(w, "off");
	return IPC_GO;
}

struct named {
	const char *name;
	uint8_t value;
};

static bool by_name(const struct named *list, size_t n, const char *w, uint8_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!ipc_eq(w, list[i].name))
			continue;
		*out = list[i].value;
		return true;
	}
	return false;
}

bool ipc_table(const char *w, uint32_t *out)
{
	static const struct named names[] = { { "local", 255 }, { "main", 254 }, { "default", 253 }, { "unspec", 0 } };
	uint8_t v;
	uint64_t n;

	if (by_name(names, ARRAY_SIZE(names), w, &v))
		n = v;
	else if (!ipc_number(w, UINT32_MAX, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

bool ipc_scope(const char *w, uint8_t *out)
{
	static const struct named names[] = { { "global", SCOPE_UNIVERSE }, { "nowhere", SCOPE_NOWHERE },
		{ "host", SCOPE_HOST }, { "link", SCOPE_LINK }, { "site", SCOPE_SITE } };
	uint64_t n;

	if (by_name(names, ARRAY_SIZE(names), w, out))
		return true;
	if (!ipc_number(w, 255, &n))
		return false;
	*out = (uint8_t)n;
	return true;
}

bool ipc_protocol(const char *w, uint8_t *out)
{
	static const struct named names[] = { { "unspec", 0 }, { "redirect", 1 }, { "kernel", 2 }, { "boot", 3 },
		{ "static", 4 }, { "gated", 8 }, { "ra", 9 }, { "mrt", 10 }, { "zebra", 11 }, { "bird", 12 },
		{ "dnrouted", 13 }, { "xorp", 14 }, { "ntk", 15 }, { "dhcp", 16 }, { "keepalived", 18 },
		{ "babel", 42 }, { "openr", 99 }, { "bgp", 186 }, { "isis", 187 }, { "ospf", 188 }, { "rip", 189 },
		{ "eigrp", 192 } };
	uint64_t n;

	if (by_name(names, ARRAY_SIZE(names), w, out))
		return true;
	if (!ipc_number(w, 255, &n))
		return false;
	*out = (uint8_t)n;
	return true;
}

bool ipc_tos(const char *w, uint8_t *out)
{
	static const struct named names[] = { { "default", 0 }, { "AF11", 0x28 }, { "AF12", 0x30 }, { "AF13", 0x38 },
		{ "AF21", 0x48 }, { "AF22", 0x50 }, { "AF23", 0x58 }, { "AF31", 0x68 }, { "AF32", 0x70 },
		{ "AF33", 0x78 }, { "AF41", 0x88 }, { "AF42", 0x90 }, { "AF43", 0x98 }, { "CS1", 0x20 },
		{ "CS2", 0x40 }, { "CS3", 0x60 }, { "CS4", 0x80 }, { "CS5", 0xa0 }, { "CS6", 0xc0 }, { "CS7", 0xe0 },
		{ "EF", 0xb8 } };
	unsigned long n;
	char *end;

	if (by_name(names, ARRAY_SIZE(names), w, out))
		return true;
	n = strtoul(w, &end, 16);
	if (end == w || *end || n > 255)
		return false;
	*out = (uint8_t)n;
	return true;
}
