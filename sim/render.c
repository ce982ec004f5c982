/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over a run that all renderers share. */
#include "sim/render.h"

static void flush(struct render *r)
{
	if (r->flush)
		r->flush(r);
}

/* Shows the events from *seq on that belong to commands up to `command`; *seq is the first that does not. */
static void events(struct render *r, uint64_t *seq, uint32_t command)
{
	uint64_t n = r->run->trace ? trace_events(r->run->trace) : 0;
	struct event e;

	for (; *seq <= n; ++*seq) {
		trace_get(r->run->trace, *seq, &e);
		if (e.command > command)
			return;
		if (r->ops->event)
			r->ops->event(r, &e);
		flush(r);
	}
}

void render_run(struct render *r)
{
	uint64_t seq = 1;

	if (r->ops->begin)
		r->ops->begin(r);
	for (unsigned i = 0; i < r->run->n; i++) {
		if (r->ops->command)
			r->ops->command(r, &r->run->cmd[i], i);
		flush(r);
		events(r, &seq, i + 1);
	}
	events(r, &seq, UINT32_MAX);
	for (unsigned i = 0; r->report && i < r->report->n; i++) {
		if (r->ops->compare)
			r->ops->compare(r, &r->report->cmp[i]);
		flush(r);
	}
	if (r->ops->end)
		r->ops->end(r);
	flush(r);
}
