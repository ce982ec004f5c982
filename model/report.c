/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of comparisons. */
#include "model/report.h"

#include <stdlib.h>

#include "model/buf.h"

const char *compare_what_name(enum compare_what w)
{
	static const char *const name[] = {
		[CMP_RESULT] = "result", [CMP_FRAME] = "frame", [CMP_TABLE] = "table", [CMP_PROCESS] = "process",
		[CMP_STEP] = "step"
	};

	return name[w];
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void report_add(struct report *r, const struct compare *c)
{
	struct compare *to;

	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->cmp = xrealloc(r->cmp, r->cap * sizeof(*r->cmp));
	}
	to = &r->cmp[r->n++];
	*to = *c;
	to->ns = copy(c->ns);
	to->dev = copy(c->dev);
	to->name = copy(c->name);
	to->field = copy(c->field);
	to->expected = copy(c->expected);
	to->got = copy(c->got);
	r->disagree += !c->agree;
}

void report_skip(struct report *r, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	r->skipped = xrealloc(r->skipped, (r->n_skipped + 1) * sizeof(*r->skipped));
	r->skipped[r->n_skipped++] = buf_steal(&b);
}

void report_release(struct report *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct compare *c = &r->cmp[i];

		free(c->ns);
		free(c->dev);
		free(c->name);
		free(c->field);
		free(c->expected);
		free(c->got);
	}
	for (unsigned i = 0; i < r->n_skipped; i++)
		free(r->skipped[i]);
	free(r->cmp);
	free(r->skipped);
	free(r->kernel);
	free(r->user);
	*r = (struct report){ 0 };
}
