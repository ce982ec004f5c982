/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each command returned and printed, and how its process is seen. Masked on both sides is what depends on real
 * time or on what else a machine runs; nothing else. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/compare.h"

static const struct mask {
	const char *has; /* a part of all that matches: a text without it is left alone, and costs nothing */
	const char *pattern, *to;
} masks[] = {
	{ "time=", "time=[0-9.]+ ms", "time=T ms" },
	{ "time ", "time [0-9]+ms", "time Tms" },
	{ "rtt min/avg/max/mdev = ", "rtt min/avg/max/mdev = [0-9./]+ ms", "rtt T" },
	{ ", pipe ", ", pipe [0-9]+", "" },
	{ "\npipe ", "\npipe [0-9]+", "\n" }, /* of a ping without any answer */
	{ ", ipg/ewma ", ", ipg/ewma [0-9./]+ ms", "" },
	{ "after ", "after [0-9]+ ms", "after T ms" },
	{ "after ", "after [0-9]+ milliseconds", "after T milliseconds" },
	{ "in ", "in [0-9]+ ms", "in T ms" },
	{ "cache ", "expires [0-9]+sec", "expires Tsec" },
	{ "Date: ", "Date: [^\r\n]*", "Date: D" },
};

/* Replaces every match; the caller frees. */
static char *replace_all(char *text, const struct mask *m)
{
	struct buf out = { 0 };
	const char *at = text;
	regmatch_t match;
	regex_t re;
	int rc;

	rc = regcomp(&re, m->pattern, REG_EXTENDED);
	if (rc && rc != REG_ESPACE)
		bug("mask %s", m->pattern);
	while (!rc && !(rc = regexec(&re, at, 1, &match, at == text ? 0 : REG_NOTBOL))) {
		buf_put(&out, at, (size_t)match.rm_so);
		buf_puts(&out, m->to);
		at += match.rm_eo;
	}
	if (rc == REG_ESPACE)
		out_of_memory();
	buf_puts(&out, at);
	regfree(&re);
	free(text);
	return buf_steal(&out);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines in the order of their text: of tables that the kernel keeps by a hash with a key of its own. */
static char *sorted(char *text)
{
	char **line = NULL, *save = NULL;
	struct buf out = { 0 };
	unsigned n = 0;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		line = xrealloc(line, (n + 1) * sizeof(*line));
		line[n++] = l;
	}
	if (n)
		qsort(line, n, sizeof(*line), by_text);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&out, "%s\n", line[i]);
	free(line);
	free(text);
	return buf_steal(&out);
}

static char *masked(const struct op *op, const struct buf *b)
{
	char *text = xstrdup(buf_str(b));

	for (unsigned i = 0; i < ARRAY_SIZE(masks); i++)
		if (strstr(text, masks[i].has))
			text = replace_all(text, &masks[i]);
	return op->kind == OP_NEIGH_SHOW || op->kind == OP_ARP_SHOW ? sorted(text) : text;
}

static void add(const struct replay *r, unsigned i, enum compare_what what, const char *name, const char *expected,
	const char *got, struct report *report)
{
	const struct command *c = &r->run->cmd[i];
	bool agree = !strcmp(expected, got);

	report_add(report, &(struct compare){ .what = what,
				   .agree = agree,
				   .loc = c->loc,
				   .command = i + 1,
				   .ns = c->op.where ? c->op.where : "host",
				   .name = (char *)name,
				   .field = agree ? NULL : (char *)c->text,
				   .expected = agree ? NULL : (char *)expected,
				   .got = agree ? NULL : (char *)got });
}

static void add_text(const struct replay *r, unsigned i, const char *name, const struct buf *model,
	const struct buf *real, struct report *report)
{
	const struct op *op = &r->run->cmd[i].op;
	char *m = masked(op, model), *k = masked(op, real);

	if (*m || *k)
		add(r, i, CMP_RESULT, name, m, k, report);
	free(m);
	free(k);
}

static bool is_ps(const struct op *op)
{
	return op->kind == OP_RUN && !strcmp(op->run.argv[0], "ps");
}

static void compare_command(const struct replay *r, unsigned i, struct report *report)
{
	const struct command *c = &r->run->cmd[i];
	const struct result *real = &r->res[i];
	char expected[16], got[16];

	snprintf(expected, sizeof(expected), "%d", c->res.status);
	snprintf(got, sizeof(got), "%d", real->status);
	add(r, i, CMP_RESULT, "status", expected, got, report);
	if (is_ps(&c->op)) {
		char *model, *kernel;

		ps_lab_lines(r, i, &model, &kernel);
		add(r, i, CMP_PROCESS, "processes", model, kernel, report);
		free(model);
		free(kernel);
		return;
	}
	add_text(r, i, "stdout", &c->res.out, &real->out, report);
	add_text(r, i, "stderr", &c->res.err, &real->err, report);
}

/* The PIDs of a process: how many PID namespaces see it, and its number in its own when that is not the lab's. */
static void compare_process(const struct replay *r, const struct job *j, struct report *report)
{
	const struct command *c = &r->run->cmd[j->command];
	char expected[64], got[64];

	if (!j->proc || !j->n_pids)
		return;
	/* outermost is the machine's own, which the lab does not have */
	if (c->pids == 2)
		snprintf(expected, sizeof(expected), "an ordinary PID outside, %d inside", c->pid[1]);
	else
		snprintf(expected, sizeof(expected), "an ordinary PID");
	if (j->n_pids == 3)
		snprintf(got, sizeof(got), "an ordinary PID outside, %d inside", j->pids[2]);
	else if (j->n_pids == 2 && j->pids[1] > 1)
		snprintf(got, sizeof(got), "an ordinary PID");
	else
		snprintf(got, sizeof(got), "PID %d in %u namespaces", j->pids[j->n_pids - 1], j->n_pids);
	add(r, j->command, CMP_PROCESS, "NSpid", expected, got, report);
}

void compare_results(const struct replay *r, struct report *report)
{
	for (unsigned i = 0; i < r->run->n; i++)
		compare_command(r, i, report);
	for (const struct job *j = r->jobs; j; j = j->next)
		compare_process(r, j, report);
}
