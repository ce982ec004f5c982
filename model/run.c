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

void run_release(struct run *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct command *c = &r->cmd[i];

		free(c->text);
		op_release(&c->op);
		result_release(&c->res);
		free_texts(c->expect.text, c->expect.texts);
		free_texts(c->expect.no_text, c->expect.no_texts);
	}
	free(r->cmd);
	trace_free(r->trace);
	*r = (struct run){ 0 };
}

struct command *run_add(struct run *r)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->cmd = xrealloc(r->cmd, r->cap * sizeof(*r->cmd));
	}
	r->cmd[r->n] = (struct command){ .expect_met = true };
	return &r->cmd[r->n++];
}
