/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a run is shown: a renderer is a table of functions that put text into a buffer; render_run() walks the run
 * and calls them in order: begin, then for each command the command and the events that happened during it, then
 * events that belong to no command, then what was compared, then end. */
#ifndef SIM_RENDER_H
#define SIM_RENDER_H

#include "model/buf.h"
#include "model/report.h"
#include "model/run.h"

struct render_options {
	int verbosity; /* -1 quiet, 0 ordinary, 1 and 2 more */
	bool colour;
};

/* One rendering. Zero it, fill the first part, call render_run(). */
struct render {
	const struct renderer *ops;
	const struct run *run;
	const struct report *report; /* NULL: nothing was compared */
	struct render_options opt;
	struct buf *out;                 /* borrowed */
	void (*flush)(struct render *r); /* may be NULL: called after every record, may empty out */
	void *ctx;                       /* of flush */
	void *state;                     /* the renderer's own, from begin to end */
};

struct renderer {
	const char *name;
	/* Any may be NULL. */
	void (*begin)(struct render *r);
	void (*command)(struct render *r, const struct command *cmd, unsigned index);
	void (*event)(struct render *r, const struct event *e);
	void (*compare)(struct render *r, const struct compare *c);
	void (*end)(struct render *r);
};

extern const struct renderer render_text, render_json, render_pcapng;

void render_run(struct render *r);

#endif
