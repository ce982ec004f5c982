/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of tools, the cursor over a command's words, and the commands that run commands. Adding a tool is a row
 * here and a file cmd_TOOL.c. */
#include "model/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "model/prog.h"

#define CMD_MAX_DEPTH 32

const char *cmd_peek(const struct cmd *c)
{
	return c->pos < c->n ? c->w[c->pos].text : NULL;
}

const char *cmd_next(struct cmd *c)
{
	return c->pos < c->n ? c->w[c->pos++].text : NULL;
}

struct loc cmd_loc(const struct cmd *c)
{
	struct loc loc = c->loc;

	if (c->pos < c->n)
		return c->w[c->pos].loc;
	if (c->n) {
		loc = c->w[c->n - 1].loc;
		if (loc.col)
			loc.col += (unsigned)strlen(c->w[c->n - 1].text);
	}
	return loc;
}

int cmd_fail(struct op *op, int status, const char *fmt, ...)
{
	va_list ap;

	op_reset(op);
	op->canned.res.status = status;
	va_start(ap, fmt);
	buf_vprintf(&op->canned.res.err, fmt, ap);
	va_end(ap);
	return 0;
}

int cmd_refuse(const struct cmd *c, struct loc loc, struct err *err, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	(void)c;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	err_not_modelled(err, loc, "%s", buf_str(&b));
	buf_release(&b);
	return -1;
}

/* ---- commands that run commands ---- */

static int cmd_sudo(struct cmd *c, struct op *op, struct err *err)
{
	const char *w;

	while ((w = cmd_peek(c)) && *w == '-') {
		if (strcmp(w, "-n") && strcmp(w, "-E") && strcmp(w, "-H") && strcmp(w, "--"))
			return cmd_refuse(c, cmd_loc(c), err, "sudo: option %s", w);
		cmd_next(c);
	}
	if (!w)
		return cmd_refuse(c, cmd_loc(c), err, "sudo without a command");
	if (strchr(w, '=') && w[0] != '=')
		return cmd_refuse(c, cmd_loc(c), err, "sudo: NAME=VALUE");
	return cmd_parse_inner(c, op, err);
}

static const struct unshare_option {
	char letter;
	const char *name;
	bool value; /* "=..." may follow the long form */
	enum { UNSHARE_PID, UNSHARE_FORK, UNSHARE_PROC, UNSHARE_NOTHING, UNSHARE_REFUSED } what;
} unshare_options[] = {
	{ 'p', "--pid", false, UNSHARE_PID },
	{ 'f', "--fork", false, UNSHARE_FORK },
	{ 0, "--mount-proc", true, UNSHARE_PROC },
	/* nothing that is modelled depends on these namespaces: */
	{ 'm', "--mount", false, UNSHARE_NOTHING },
	{ 'u', "--uts", false, UNSHARE_NOTHING },
	{ 'i', "--ipc", false, UNSHARE_NOTHING },
	{ 0, "--kill-child", true, UNSHARE_NOTHING },
	{ 'n', "--net", true, UNSHARE_REFUSED },
	{ 'U', "--user", true, UNSHARE_REFUSED },
	{ 'r', "--map-root-user", false, UNSHARE_REFUSED },
};

static const struct unshare_option *unshare_find(const char *w, char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(unshare_options); i++) {
		const struct unshare_option *o = &unshare_options[i];
		size_t len = strlen(o->name);

		if (letter ? o->letter == letter
			   : !strncmp(w, o->name, len) && (!w[len] || (o->value && w[len] == '=')))
			return o;
	}
	return NULL;
}

static bool unshare_apply(struct cmd *c, const struct unshare_option *o)
{
	if (!o || o->what == UNSHARE_REFUSED)
		return false;
	c->new_pid_ns |= o->what == UNSHARE_PID;
	c->forked |= o->what == UNSHARE_FORK;
	c->mount_proc |= o->what == UNSHARE_PROC;
	return true;
}

int cmd_unshare(struct cmd *c, struct op *op, struct err *err)
{
	struct loc loc = c->loc;
	const char *w;

	for (; (w = cmd_peek(c)) && *w == '-'; cmd_next(c)) {
		bool fine = true;

		if (!strcmp(w, "--")) {
			cmd_next(c);
			break;
		}
		if (w[1] == '-')
			fine = unshare_apply(c, unshare_find(w, 0));
		else
			for (const char *l = w + 1; *l && fine; l++)
				fine = unshare_apply(c, unshare_find(w, *l));
		if (!fine)
			return cmd_refuse(c, cmd_loc(c), err, "unshare: option %s", w);
	}
	if (!cmd_peek(c))
		return cmd_refuse(c, cmd_loc(c), err, "unshare without a command");
	if (c->new_pid_ns && !c->forked)
		return cmd_refuse(c, loc, err, "unshare --pid without --fork");
	loc = cmd_loc(c);
	if (cmd_parse_inner(c, op, err))
		return -1;
	if (op->kind != OP_RUN)
		return cmd_refuse(c, loc, err, "unshare: commands other than programs");
	return 0;
}

/* ---- programs ---- */

int cmd_run(struct cmd *c, struct op *op, struct err *err)
{
	unsigned first = c->pos - 1;
	struct buf why = { 0 };

	op->kind = OP_RUN;
	op->run = (struct op_run){ .new_pid_ns = c->new_pid_ns, .mount_proc = c->mount_proc, .forked = c->forked };
	op->run.argc = c->n - first;
	op->run.argv = xcalloc(op->run.argc + 1, sizeof(*op->run.argv));
	for (unsigned i = 0; i < op->run.argc; i++)
		op->run.argv[i] = xstrdup(c->w[first + i].text);
	if (!prog_modelled(prog_find(op->run.argv[0]), op->run.argc, op->run.argv, &why)) {
		cmd_refuse(c, c->w[first].loc, err, "%s", buf_str(&why));
		buf_release(&why);
		return -1;
	}
	if (c->input) {
		op->run.input = xstrndup(c->input, c->input_size);
		op->run.input_size = c->input_size;
	}
	c->pos = c->n;
	return 0;
}

/* ---- dispatch ---- */

static const struct {
	const char *name;
	cmd_fn *fn;
	bool builtin; /* of the shell only: sudo and `ip netns exec` find no such program */
} tools[] = {
	{ "ip", cmd_ip },
	{ "bridge", cmd_bridge },
	{ "arp", cmd_arp },
	{ "route", cmd_route },
	{ "iptables", cmd_iptables },
	{ "sysctl", cmd_sysctl },
	{ "modprobe", cmd_modprobe },
	{ "sleep", cmd_sleep },
	{ "cat", cmd_cat },
	{ "echo", cmd_echo },
	{ "true", cmd_true },
	{ "false", cmd_false },
	{ ":", cmd_true, true },
	{ "sudo", cmd_sudo },
	{ "unshare", cmd_unshare },
};

int cmd_parse_inner(struct cmd *c, struct op *op, struct err *err)
{
	struct loc loc = cmd_loc(c);
	bool outermost = c->depth == 0;
	const struct prog_ops *prog;
	const char *name;

	if (++c->depth > CMD_MAX_DEPTH)
		return err_set(err, loc, "commands that run commands, nested deeper than %d", CMD_MAX_DEPTH);
	name = cmd_next(c);
	if (!name)
		return err_set(err, loc, "a command is missing");
	op_set_ns(op, c->ns);
	op->ns_how = c->ns_how;
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		if (strcmp(name, tools[i].name) || (tools[i].builtin && !outermost))
			continue;
		op->tool = tools[i].name;
		return tools[i].fn(c, op, err);
	}
	prog = prog_find(name);
	if (!prog)
		return cmd_refuse(c, loc, err, "the command '%.100s'", name);
	op->tool = prog->name;
	return cmd_run(c, op, err);
}

int cmd_parse(struct cmd *c, struct op *op, struct err *err)
{
	*op = (struct op){ .kind = OP_CANNED, .loc = c->loc };
	if (!cmd_parse_inner(c, op, err))
		return 0;
	op_release(op);
	return -1;
}
