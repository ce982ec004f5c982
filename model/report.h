/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a comparison found: one record per compared thing, in order. Made by kernel/, shown by sim/render*. */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include "model/base.h"
#include "model/err.h"
#include "model/trace.h"

enum compare_what { CMP_RESULT, CMP_FRAME, CMP_TABLE, CMP_PROCESS, CMP_STEP, CMP_NUM };
struct compare {
	enum compare_what what;
	bool agree;
	struct loc loc;       /* the lab line it belongs to; line 0 = none */
	unsigned command;     /* index + 1; 0 = none */
	uint32_t packet;      /* of the model's trace; 0 = none */
	uint64_t seq;         /* CMP_FRAME, CMP_STEP: the event of the model's trace; 0 = the kernel alone has it */
	const char *by;       /* then: which kind of observation says so, in a word ("frame", "nft"); static text */
	char *ns, *dev;       /* may be NULL */
	char *name;           /* "status", "stdout", "in 3", "neigh", ...; CMP_STEP: what told it, "nft trace", ... */
	char *field;          /* the first field that differs; NULL when they agree */
	char *expected, *got; /* model's and kernel's, one line or several; NULL when they agree, but for CMP_STEP, and
			       * of what one side does not have */
};
struct coverage {                /* of the model's steps */
	uint64_t steps, seen;    /* all; those that something here observed */
	uint64_t unseen[EV_NUM]; /* the others, by kind of event */
};
struct report {
	struct compare *cmp;
	unsigned n, cap;
	unsigned disagree;
	char **skipped; /* what could not be compared here, and why */
	unsigned n_skipped;
	char **uncertain; /* why agreement proves nothing, or a difference may not be one */
	unsigned n_uncertain;
	unsigned explains; /* differences of which kinds these may be: bits 1 << enum compare_what */
	struct coverage coverage;
	bool again;         /* of a run at the machine's pace, which differs from the model's own by */
	uint64_t behind_ns; /* this at the end */
	char *kernel;       /* "Linux 6.18.44", or where the captures came from */
	char *user;         /* "root" or "plain user (user namespace)" */
};
/* Appends; all strings are copied. */
void report_add(struct report *r, const struct compare *c);
void report_skip(struct report *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A reason for which agreement proves nothing, and a difference, of whatever kind, may not be one. */
void report_uncertain(struct report *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same of one kind alone, frames for example when captures lost some: a table that differs does differ. */
void report_uncertain_of(struct report *r, enum compare_what what, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Something that should have been observed was not: agreement proves nothing, and what differs does differ. */
void report_incomplete(struct report *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* *to ({0}) begins with what was said so far: skipped, uncertain. */
void report_begin(struct report *to, const struct report *from);
/* Not certain: there is a reason, and it explains every difference that there is, if any. */
enum verdict { VERDICT_AGREES, VERDICT_DIFFERS, VERDICT_NOT_CERTAIN };
enum verdict report_verdict(const struct report *r);
const char *verdict_name(enum verdict v); /* "agrees", "differs", "not certain" */
/* Brings the records into the order of the model's steps; what belongs to a command but to no step comes behind its
 * steps, the rest at the end. events[command index]: the trace's length when the command was over; n of them. */
void report_sort(struct report *r, const uint64_t *events, unsigned n);
/* Which records belong to which step of the model, in their order. */
struct report_index {
	const struct report *report;
	unsigned *first, *next; /* of a step its first record, of a record the next of the step; index + 1, 0 = none */
	uint64_t steps;
};
/* Of the report as it stands, for steps 1..`steps`. */
void report_index_init(struct report_index *x, const struct report *r, uint64_t steps);
void report_index_release(struct report_index *x);
/* The step's first record (prev NULL), or the one behind prev; NULL: there is none. {0} is an empty index. */
const struct compare *report_index_next(const struct report_index *x, uint64_t seq, const struct compare *prev);
void report_release(struct report *r);
const char *compare_what_name(enum compare_what w); /* "result", "frame", "table", "process", "step" */

#endif
