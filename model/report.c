/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of comparisons. */
#include "model/report.h"

#include <stdlib.h>

#include "model/buf.h"

const char *compare_what_name(enum compare_what w)
{
	static const char *const name[] = { [CMP_RESULT] = "result",
		[CMP_FRAME] = "frame",
		[CMP_TABLE] = "table",
		[CMP_PROCESS] = "process",
		[CMP_STEP] = "step" };

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

const char *verdict_name(enum verdict v)
{
	static const char *const name[] = {
		[VERDICT_AGREES] = "agrees", [VERDICT_DIFFERS] = "differs", [VERDICT_NOT_CERTAIN] = "not certain"
	};

	return name[v];
}

struct place {
	uint64_t order;
	unsigned index;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void report_sort(struct report *r, const uint64_t *events, unsigned n)
{
	struct place *place = xcalloc(r->n + 1, sizeof(*place));
	struct compare *sorted = xcalloc(r->cap + 1, sizeof(*sorted));

	for (unsigned i = 0; i < r->n; i++) {
		const struct compare *c = &r->cmp[i];

		place[i].index = i;
		place[i].order = c->seq                          ? 2 * c->seq
				 : c->command && c->command <= n ? 2 * events[c->command - 1] + 1
								 : UINT64_MAX;
	}
	if (r->n)
		qsort(place, r->n, sizeof(*place), by_place);
	for (unsigned i = 0; i < r->n; i++)
		sorted[i] = r->cmp[place[i].index];
	free(place);
	free(r->cmp);
	r->cmp = sorted;
}

void report_index_init(struct report_index *x, const struct report *r, uint64_t steps)
{
	*x = (struct report_index){ .report = r, .steps = steps };
	x->first = xcalloc(steps + 1, sizeof(*x->first));
	x->next = xcalloc(r->n + 1, sizeof(*x->next));
	for (unsigned i = r->n; i-- > 0;) {
		uint64_t seq = r->cmp[i].seq;

		if (!seq || seq > steps)
			continue;
		x->next[i] = x->first[seq];
		x->first[seq] = i + 1;
	}
}

void report_index_release(struct report_index *x)
{
	free(x->first);
	free(x->next);
	*x = (struct report_index){ 0 };
}

const struct compare *report_index_next(const struct report_index *x, uint64_t seq, const struct compare *prev)
{
	unsigned i = 0;

	if (prev)
		i = x->next[prev - x->report->cmp];
	else if (seq && seq <= x->steps)
		i = x->first[seq];
	return i ? &x->report->cmp[i - 1] : NULL;
}

static void append(char ***list, unsigned *n, const char *fmt, va_list ap)
{
	struct buf b = { 0 };

	buf_vprintf(&b, fmt, ap);
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = buf_steal(&b);
}

void report_skip(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(&r->skipped, &r->n_skipped, fmt, ap);
	va_end(ap);
}

void report_uncertain(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(&r->uncertain, &r->n_uncertain, fmt, ap);
	va_end(ap);
	r->explains = ~0u;
}

void report_uncertain_of(struct report *r, enum compare_what what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(&r->uncertain, &r->n_uncertain, fmt, ap);
	va_end(ap);
	r->explains |= 1u << what;
}

void report_incomplete(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(&r->uncertain, &r->n_uncertain, fmt, ap);
	va_end(ap);
}

static char **copy_list(char **list, unsigned n)
{
	char **to = n ? xcalloc(n, sizeof(*to)) : NULL;

	for (unsigned i = 0; i < n; i++)
		to[i] = xstrdup(list[i]);
	return to;
}

void report_begin(struct report *to, const struct report *from)
{
	*to = (struct report){ .explains = from->explains,
		.skipped = copy_list(from->skipped, from->n_skipped),
		.n_skipped = from->n_skipped,
		.uncertain = copy_list(from->uncertain, from->n_uncertain),
		.n_uncertain = from->n_uncertain };
}

enum verdict report_verdict(const struct report *r)
{
	if (!r->n_uncertain)
		return r->disagree ? VERDICT_DIFFERS : VERDICT_AGREES;
	for (unsigned i = 0; i < r->n; i++)
		if (!r->cmp[i].agree && !(r->explains & 1u << r->cmp[i].what))
			return VERDICT_DIFFERS;
	return VERDICT_NOT_CERTAIN;
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
	for (unsigned i = 0; i < r->n_uncertain; i++)
		free(r->uncertain[i]);
	free(r->cmp);
	free(r->skipped);
	free(r->uncertain);
	free(r->kernel);
	free(r->user);
	*r = (struct report){ 0 };
}
