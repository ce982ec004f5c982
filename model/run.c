/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a run. */
#include "model/run.h"

#include <stdlib.h>

static void free_texts(char **text, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		free(text[i]);
	free(text);
}

static char **copy_texts(char *const *text, unsigned n)
{
	char **to = n ? xcalloc(n, sizeof(*to)) : NULL;

	for (unsigned i = 0; i < n; i++)
		to[i] = xstrdup(text[i]);
	return to;
}

void expect_copy(struct expect *to, const struct expect *from)
{
	*to = *from;
	to->text = copy_texts(from->text, from->texts);
	to->no_text = copy_texts(from->no_text, from->no_texts);
}

void expect_release(struct expect *e)
{
	free_texts(e->text, e->texts);
	free_texts(e->no_text, e->no_texts);
	*e = (struct expect){ 0 };
}

void run_release(struct run *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct command *c = &r->cmd[i];

		free(c->text);
		op_release(&c->op);
		result_release(&c->res);
		expect_release(&c->expect);
		free(c->hint);
		free(c->why);
	}
	free(r->cmd);
	trace_free(r->trace);
	looks_free(r->looks);
	*r = (struct run){ 0 };
}

struct command *run_add(struct run *r)
{
	if (r->n == r->cap) {
		r->cap += r->cap / 8 + 64;
		r->cmd = xrealloc(r->cmd, r->cap * sizeof(*r->cmd));
	}
	r->cmd[r->n] = (struct command){ .expect_met = true };
	return &r->cmd[r->n++];
}
