/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the text renderer share: render_text.c shows the run, render_report.c what a comparison
 * found of it. */
#ifndef SIM_RENDER_TEXT_H
#define SIM_RENDER_TEXT_H

#include "sim/render.h"

#define WIDTH 80
#define MARK_COLUMN 68 /* of the kernel, beside the steps of the model */
#define OBSERVERS_MAX 8
#define INDENT 7 /* of what belongs to a command */

enum colour { PLAIN, BOLD, DIM, RED, GREEN, YELLOW };

struct text {
	unsigned ends[TERM_DROPPED + 1];             /* packets by how they ended */
	unsigned compared[CMP_NUM], agreed[CMP_NUM]; /* by enum compare_what */
	bool has_out;
	struct event out;          /* a frame that left, held back to be joined with its arrival */
	struct report_index index; /* of what was compared */
	uint64_t end_seq;          /* the first difference is at this step; 0: none is */
	uint32_t end_command;      /* or belongs to this command (index + 1) as a whole; 0 = neither */
	bool shown_difference;
	bool stopped; /* behind the first difference: no more steps are shown */
	size_t line;  /* where in the output the step's line began */
};

void text_colour(struct render *r, enum colour c);
/* Puts text that starts at column `at`, broken at spaces before `width`, further lines indented by `indent`. */
void text_wrapped(struct buf *b, unsigned width, unsigned at, unsigned indent, const char *s);
/* What a program printed: each line indented, controls but tab made visible. */
void text_output(struct render *r, const struct buf *text, const char *mark);

void text_marks_init(struct render *r);
/* Is this a step in which model and kernel differ? */
bool text_differs(const struct render *r, uint64_t seq);
/* Puts the kernel's column behind the line of the step (and of the other, when not 0) that begins at `from` in the
 * output: what has seen it likewise, or that it differs. */
void text_mark(struct render *r, size_t from, uint64_t seq, uint64_t other);
void text_compare(struct render *r, const struct compare *c);
/* The whole of it: counts, what was left out, the verdict. */
void text_comparison(struct render *r);

#endif
