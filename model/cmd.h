/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the words of one simple command to an operation. The tools known are rows of the table in model/cmd.c;
 * each tool has a parser of its own in model/cmd_TOOL.c. */
#ifndef MODEL_CMD_H
#define MODEL_CMD_H

#include "model/op.h"

struct word {
	char *text; /* after expansion and quote removal */
	struct loc loc;
};

/* One simple command as the shell hands it over, and a cursor over it. Words are borrowed. */
struct cmd {
	const struct word *w;
	unsigned n, pos;   /* w[pos] is the next word to read */
	struct loc loc;    /* of the command */
	const char *input; /* its standard input by here-document; NULL = none */
	size_t input_size;
	char ns[NSNAME_SIZE]; /* grows by `ip netns exec` and `-n` */
	int ns_how;
	bool new_pid_ns, mount_proc, forked;
	bool background;
	unsigned depth; /* of commands that run commands */
};

/* The next word, or NULL at the end; cmd_next moves on. cmd_loc: place of the next word (or of the end). */
const char *cmd_peek(const struct cmd *c);
const char *cmd_next(struct cmd *c);
struct loc cmd_loc(const struct cmd *c);

/* Parses the whole command. What the real tool itself would refuse (usage, a bad address) is no error here but
 * an OP_CANNED with the tool's words and status. Returns 0, or -1 with *err: unknown command, not modelled. */
int cmd_parse(struct cmd *c, struct op *op, struct err *err);

/* For tools that run a command (`ip netns exec NS`, sudo, unshare): the rest of the words is a command of its own. */
int cmd_parse_inner(struct cmd *c, struct op *op, struct err *err);

/* `> PATH` behind a command that only writes text (echo) to /proc/sys: turns op into that OP_SYSCTL. 0, or -1: refused.
 */
int cmd_to_file(const struct cmd *c, struct op *op, const char *path, struct loc loc, struct err *err);

/* For the tools' parsers: */
typedef int cmd_fn(struct cmd *c, struct op *op, struct err *err);
/* Turns op into OP_CANNED with this status and text on stderr; returns 0. */
int cmd_fail(struct op *op, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* "not modelled: TOOL: what WORD" at the word's place; returns -1. */
int cmd_refuse(const struct cmd *c, struct loc loc, struct err *err, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The tools (model/cmd_*.c). Each gets the cursor behind the tool's name; op->tool, ns, loc are set. */
cmd_fn cmd_ip, cmd_bridge, cmd_arp, cmd_route, cmd_sysctl, cmd_iptables, cmd_modprobe, cmd_sleep, cmd_cat, cmd_echo,
	cmd_true, cmd_false, cmd_unshare, cmd_run;

#endif
