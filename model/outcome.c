/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tool says of the answer to an operation that changes something, and its exit status: iproute2 6.1
 * (rtnl_talk_error(), nodev(), netns_switch(), ...), bash and procps 4.0.2 for sysctls, net-tools 2.10. Both back
 * ends hand their answers here. That nothing is said of a success is true of all but deletions without a prefix
 * length and of sysctls, whose new value is printed by whoever wrote it. */
#include <errno.h>
#include <string.h>

#include "model/op.h"

static void say(struct result *res, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void say(struct result *res, int status, const char *fmt, ...)
{
	va_list ap;

	res->status = status;
	va_start(ap, fmt);
	buf_vprintf(&res->err, fmt, ap);
	va_end(ap);
}

/* ---- a namespace that is not there ---- */

static bool same(const char *a, const char *b)
{
	return *b && !strcmp(a, b);
}

static void no_ns(const struct op *op, const struct answer *a, struct result *res)
{
	const char *why = strerror(a->err ? a->err : ENOENT);

	if (a->err != EEXIST && same(a->name, op_ns(op))) {
		say(res, 255, "Cannot open network namespace \"%s\": %s\n", a->name, why);
	} else if (op->kind == OP_NETNS_ADD) {
		say(res, 1, "Cannot create namespace file \"/run/netns/%s\": %s\n", a->name, why);
	} else if (op->kind == OP_NETNS_DEL) {
		say(res, 1, "Cannot remove namespace file \"/run/netns/%s\": %s\n", a->name, why);
	} else if (op->kind == OP_LINK_ADD || op->kind == OP_LINK_SET) {
		/* a number that names no namespace is the PID of a process that is not there */
		if (!a->name[strspn(a->name, "0123456789")])
			say(res, 2, "RTNETLINK answers: No such process\n");
		else
			say(res, 255, "Error: argument \"%s\" is wrong: Invalid \"netns\" value\n\n", a->name);
	} else {
		say(res, 255, "Cannot open network namespace \"%s\": %s\n", a->name, why);
	}
}

/* ---- a device that is not there ---- */

static void no_dev_arp(const struct op *op, struct result *res)
{
	say(res, 255, "%s: No such device\n", op->kind == OP_NEIGH_DEL ? "SIOCDARP(dontpub)" : "SIOCSARP");
}

static void no_dev(const struct op *op, const char *name, struct result *res)
{
	switch (op->kind) {
	case OP_LINK_ADD:
	case OP_LINK_SET:
		if (same(name, op->link.master))
			say(res, 255, "Error: argument \"%s\" is wrong: Device does not exist\n\n", name);
		else
			say(res, 1, "Cannot find device \"%s\"\n", name);
		break;
	case OP_ADDR_FLUSH:
		say(res, 1, "Device \"%s\" does not exist.\n", name);
		break;
	case OP_BRIDGE_LINK_SET:
		say(res, 255, "Cannot find bridge device \"%s\"\n", name);
		break;
	case OP_FDB_FLUSH:
		if (same(name, op->fdb.brport) && !same(name, op->fdb.dev))
			say(res, 255, "Cannot find bridge port device \"%s\"\n", name);
		else
			say(res, 255, "Cannot find bridge device \"%s\"\n", name);
		break;
	case OP_FDB_ADD:
	case OP_FDB_APPEND:
	case OP_FDB_REPLACE:
	case OP_FDB_DEL:
		say(res, 255, "Cannot find device \"%s\"\n", name);
		break;
	default:
		if (op->tool && !strcmp(op->tool, "arp"))
			no_dev_arp(op, res);
		else
			say(res, 1, "Cannot find device \"%s\"\n", name);
		break;
	}
}

/* ---- sysctls ---- */

static void sysctl_failed(const struct op *op, const struct answer *a, struct result *res)
{
	const struct op_sysctl *s = &op->sysctl;
	bool no_file = a->kind == ANS_NO_FILE;

	if (s->by_file && s->write) /* bash, which would say its own name and the line first */
		say(res, 1, "%s: %s\n", no_file ? s->shown : "echo: write error", strerror(no_file ? ENOENT : a->err));
	else if (s->by_file)
		say(res, 1, "cat: %s: %s\n", s->shown, strerror(no_file ? ENOENT : a->err));
	else if (no_file && !s->ignore)
		say(res, 1, "sysctl: cannot stat /proc/sys/%s: No such file or directory\n", s->path);
	else if (!no_file && s->write)
		say(res, 1, "sysctl: setting key \"%s\": %s\n", s->shown, strerror(a->err));
	else if (!no_file)
		say(res, 1, "sysctl: reading key \"%s\"\n", s->shown);
}

/* ---- the kernel's answer ---- */

/* The tool warns before it asks the kernel. */
static void wildcard_warning(const struct op_addr *a, struct result *res)
{
	char text[IPADDR_STRLEN];

	say(res, 0,
		"Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
		"         Explicitly specify the prefix length (%s/32) to avoid this warning.\n"
		"         This special behaviour is likely to disappear in further releases,\n"
		"         fix your scripts!\n",
		ip_format(text, &a->local.addr));
}

/* rtnl_talk_error(): the extended ack when there is one. */
static void rtnetlink(const struct answer *a, int status, struct result *res)
{
	size_t len = strlen(a->ext);

	if (len)
		say(res, a->err ? status : 0, "%s: %s%s\n", a->err ? "Error" : "Warning", a->ext,
			a->ext[len - 1] == '.' ? "" : ".");
	else if (a->err)
		say(res, status, "RTNETLINK answers: %s\n", strerror(a->err));
}

static void arp_failed(const struct op *op, const struct answer *a, struct result *res)
{
	char text[IPADDR_STRLEN];

	res->status = 255;
	if (op->kind != OP_NEIGH_DEL)
		buf_printf(&res->err, "SIOCSARP: %s\n", strerror(a->err));
	else if (a->err == ENOENT || a->err == ENXIO) /* the one that it prints on standard output */
		buf_printf(&res->out, "No ARP entry for %s\n", ip_format(text, &op->neigh.dst.addr));
	else
		buf_printf(&res->err, "SIOCDARP(dontpub): %s\n", strerror(a->err));
}

static void kernel_answer(const struct op *op, const struct answer *a, struct result *res)
{
	switch (op->kind) {
	case OP_NETNS_ADD:
		if (a->err)
			say(res, 1, "Cannot create namespace file \"/run/netns/%s\": %s\n", op->netns.name,
				strerror(a->err));
		break;
	case OP_NETNS_DEL:
		if (a->err)
			say(res, 1, "Cannot remove namespace file \"/run/netns/%s\": %s\n", op->netns.name,
				strerror(a->err));
		break;
	case OP_SYSCTL:
		if (a->err)
			sysctl_failed(op, a, res);
		break;
	case OP_MODULE:
		if (a->err)
			say(res, 1, "modprobe: ERROR: could not %s '%s': %s\n", op->module.remove ? "remove" : "insert",
				op->module.name, strerror(a->err));
		break;
	case OP_BRIDGE_LINK_SET:
	case OP_FDB_ADD:
	case OP_FDB_APPEND:
	case OP_FDB_REPLACE:
	case OP_FDB_DEL:
	case OP_FDB_FLUSH:
		rtnetlink(a, 255, res);
		break;
	case OP_ADDR_FLUSH:
	case OP_NEIGH_FLUSH:
	case OP_ROUTE_FLUSH:
		rtnetlink(a, op->kind == OP_ROUTE_FLUSH ? 2 : 1, res);
		if (a->err)
			buf_puts(&res->err, "Flush terminated\n");
		break;
	default:
		if (a->err && op->tool && !strcmp(op->tool, "arp"))
			arp_failed(op, a, res);
		else
			rtnetlink(a, 2, res);
		break;
	}
}

void op_outcome(const struct op *op, const struct answer *a, struct result *res)
{
	if (a->kind != ANS_NO_NS && op->kind == OP_ADDR_DEL && op->addr.local.addr.family && !op->addr.len_given &&
		!op->addr.peer.family)
		wildcard_warning(&op->addr, res);
	switch (a->kind) {
	case ANS_KERNEL:
		kernel_answer(op, a, res);
		break;
	case ANS_NO_NS:
		no_ns(op, a, res);
		break;
	case ANS_NO_DEV:
		no_dev(op, a->name, res);
		break;
	case ANS_NO_FILE:
		sysctl_failed(op, a, res);
		break;
	}
}
