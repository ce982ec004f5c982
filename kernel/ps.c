/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ps` on both sides. The machine's own processes differ, and so do numbers of processes, memory and times. Compared
 * are the heading and the lab's own processes, by user and command line, in their order; and that a process which is
 * PID 1 (in a PID namespace of its own) is so on both sides. */
#include <stdlib.h>
#include <string.h>

#include "kernel/compare.h"

static bool is_lab_command(const struct run *run, const char *text)
{
	for (unsigned i = 0; i < run->n; i++) {
		const struct op *op = &run->cmd[i].op;
		struct buf b = { 0 };
		bool hit;

		if (op->kind != OP_RUN)
			continue;
		for (unsigned a = 0; a < op->run.argc; a++)
			buf_printf(&b, "%s%s", a ? " " : "", op->run.argv[a]);
		hit = !strcmp(buf_str(&b), text) || (b.size && strstr(text, buf_str(&b)));
		buf_release(&b);
		if (hit)
			return true;
	}
	return false;
}

/* Where the n-th word of the line starts; NULL when there are fewer. */
static const char *word(const char *line, unsigned n)
{
	line += strspn(line, " ");
	for (; n && *line; n--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return *line ? line : NULL;
}

/* Which column the command is, and the PID, by the heading. */
static void columns(const char *heading, unsigned *pid, unsigned *command)
{
	const char *w;

	*pid = *command = 0;
	for (unsigned i = 0; (w = word(heading, i)); i++) {
		if (!strncmp(w, "PID", 3) && !*pid)
			*pid = i;
		if (!strncmp(w, "COMMAND", 7) || !strncmp(w, "CMD", 3))
			*command = i;
	}
}

static char *lab_lines(const struct run *run, const struct buf *out)
{
	char *text = xstrdup(buf_str(out)), *line, *next;
	struct buf b = { 0 };
	unsigned pid = 0, command = 0;

	for (line = text; line && *line; line = next) {
		const char *cmd, *number;

		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (line == text) {
			columns(line, &pid, &command);
			for (unsigned i = 0; (cmd = word(line, i)); i++)
				buf_printf(&b, "%.*s ", (int)strcspn(cmd, " "), cmd);
			buf_putc(&b, '\n');
			continue;
		}
		cmd = word(line, command);
		number = word(line, pid);
		if (!cmd || !number || !is_lab_command(run, cmd))
			continue;
		buf_printf(&b, "%s %s\n", atoi(number) == 1 ? "PID 1" : "an ordinary PID", cmd);
	}
	free(text);
	return buf_steal(&b);
}

void ps_lab_lines(const struct replay *r, unsigned index, char **model, char **kernel)
{
	*model = lab_lines(r->run, &r->run->cmd[index].res.out);
	*kernel = lab_lines(r->run, &r->res[index].out);
}
