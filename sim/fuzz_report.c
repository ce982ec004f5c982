/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `pktwalk fuzz` says: of each lab, of each finding, of the whole; in words or as JSON Lines
 * (docs/trace-format.md), whose objects are flat, so that sim/fuzz_merge.c reads them back with little. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "sim/fuzz_state.h"

/* ---- the tally ---- */

void fuzz_tally_reason(struct fuzz_tally *t, enum fuzz_verdict v, const char *kind, uint64_t labs)
{
	struct fuzz_reason *r;

	for (unsigned i = 0; i < t->reasons; i++) {
		if (t->reason[i].verdict == v && !strcmp(t->reason[i].kind, kind)) {
			t->reason[i].labs += labs;
			return;
		}
	}
	t->reason = xrealloc(t->reason, (t->reasons + 1) * sizeof(*t->reason));
	r = &t->reason[t->reasons++];
	*r = (struct fuzz_reason){ .verdict = v, .labs = labs };
	str_copy(r->kind, sizeof(r->kind), kind);
}

void fuzz_tally_add(struct fuzz_tally *t, const struct fuzz_result *r)
{
	t->verdict[r->verdict]++;
	cover_add(&t->cover, &r->cover);
	if (r->verdict > FV_AGREES)
		fuzz_tally_reason(t, r->verdict, r->kind, 1);
}

void fuzz_tally_release(struct fuzz_tally *t)
{
	free(t->reason);
}

enum fuzz_exit fuzz_tally_exit(const struct fuzz_tally *t)
{
	for (unsigned v = 0; v < FV_NUM; v++)
		if (fuzz_verdict_finding((enum fuzz_verdict)v) && t->verdict[v])
			return FUZZ_DIFFERS;
	return t->verdict[FV_UNCERTAIN] || t->verdict[FV_FAILED] ? FUZZ_UNCERTAIN : FUZZ_AGREES;
}

/* ---- labs ---- */

void fuzz_report_begin(struct buf *b, const struct fuzz_options *o)
{
	json_begin(b);
	json_str(b, "type", "fuzz");
	json_str(b, "version", PKTWALK_VERSION);
	json_uint(b, "seed", o->seed);
	json_uint(b, "labs", o->labs);
	json_uint(b, "shard", o->shard);
	json_uint(b, "shards", o->shards);
	json_end(b);
}

static void lab_fields(struct buf *b, uint64_t index, uint64_t seed, const struct fuzz_result *r)
{
	json_begin(b);
	json_str(b, "type", "lab");
	json_uint(b, "index", index);
	json_uint(b, "seed", seed);
	json_str(b, "verdict", fuzz_verdict_name(r->verdict));
	json_uint(b, "commands", r->commands);
	json_time(b, "time", r->now);
	if (r->verdict <= FV_AGREES)
		return;
	json_str(b, "kind", r->kind);
	json_str(b, "text", r->text);
}

void fuzz_report_lab(struct buf *b, uint64_t index, uint64_t seed, const struct fuzz_result *r)
{
	lab_fields(b, index, seed, r);
	json_end(b);
}

void fuzz_report_found(struct buf *b, const struct fuzz_found *x, bool json)
{
	if (json) {
		lab_fields(b, x->index, x->seed, &x->res);
		json_uint(b, "of_commands", x->commands);
		json_uint(b, "again", x->again);
		json_uint(b, "again_of", x->of);
		json_str(b, "file", x->file);
		json_end(b);
		return;
	}
	buf_printf(
		b, "lab %llu: %s: %s\n", (unsigned long long)x->index, fuzz_verdict_name(x->res.verdict), x->res.kind);
	buf_puts(b, x->res.text);
	if (x->of)
		buf_printf(b, "  %s: seen in %u of %u further runs\n", x->again == x->of ? "steady" : "unsteady",
			x->again, x->of);
	else
		buf_puts(b, "  not run again\n");
	buf_printf(b, "  pktwalk verify %s   (%u of %u commands; seed %llu)\n\n", x->file ? x->file : "(not kept)",
		x->res.commands, x->commands, (unsigned long long)x->seed);
}

/* Text as the lines of a comment. */
static void put_comment(struct buf *b, const char *text)
{
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		buf_printf(b, "# %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

/* A lab that starts with its own comments and #! loses nothing by a few more. */
void fuzz_report_file(struct buf *b, const struct fuzz_options *o, const struct fuzz_found *x)
{
	buf_puts(b, "#!/bin/bash\n");
	buf_printf(b, "# Found by pktwalk %s fuzz --seed %llu: lab %llu, whose own seed is %llu.\n", PKTWALK_VERSION,
		(unsigned long long)o->seed, (unsigned long long)x->index, (unsigned long long)x->seed);
	if (*x->res.kernel)
		buf_printf(b, "# Compared with %s, as %s.\n", x->res.kernel, x->res.user);
	buf_printf(b, "# %s: %s. ", fuzz_verdict_name(x->res.verdict), x->res.kind);
	if (x->of)
		buf_printf(b, "Seen in %u of %u further runs.\n", x->again, x->of);
	else
		buf_puts(b, "Not run again.\n");
	put_comment(b, x->res.text);
	buf_putc(b, '\n');
	buf_puts(b, buf_str(&x->text));
}

/* ---- the whole ---- */

static void json_coverage(struct buf *b, const struct cover_count *n)
{
	for (unsigned g = 0; g < COVER_GROUPS; g++) {
		for (unsigned i = 0; i < cover_size((enum cover_group)g); i++) {
			json_begin(b);
			json_str(b, "type", "coverage");
			json_str(b, "group", cover_group_name((enum cover_group)g));
			json_str(b, "name", cover_name((enum cover_group)g, i));
			json_uint(b, "labs", n->labs[cover_first((enum cover_group)g) + i]);
			json_end(b);
		}
	}
}

static void json_summary(struct buf *b, const struct fuzz_summary *s)
{
	const struct fuzz_tally *t = s->tally;

	for (unsigned i = 0; i < t->reasons; i++) {
		json_begin(b);
		json_str(b, "type", "reason");
		json_str(b, "verdict", fuzz_verdict_name(t->reason[i].verdict));
		json_str(b, "kind", t->reason[i].kind);
		json_uint(b, "labs", t->reason[i].labs);
		json_end(b);
	}
	json_coverage(b, &t->cover);
	json_begin(b);
	json_str(b, "type", "summary");
	json_str(b, "kernel", s->kernel);
	json_str(b, "user", s->user);
	json_uint(b, "labs", s->labs);
	for (unsigned v = FV_PREDICTED; v < FV_NUM; v++)
		json_uint(b, fuzz_verdict_name((enum fuzz_verdict)v), t->verdict[v]);
	json_uint(b, "unsteady", t->flaky);
	json_time(b, "seconds", s->wall);
	json_time(b, "processor", s->cpu);
	json_bool(b, "whole", !s->stopped);
	json_end(b);
}

/* A list of words, wrapped. */
static void put_words(struct buf *b, const char *const *word, unsigned n)
{
	size_t at = 4;

	buf_puts(b, "   ");
	for (unsigned i = 0; i < n; i++) {
		size_t len = strlen(word[i]) + 2;

		if (at + len > 100) {
			buf_puts(b, "\n   ");
			at = 4;
		}
		buf_printf(b, " %s%s", word[i], i + 1 < n ? "," : "\n");
		at += len;
	}
}

static void text_coverage(struct buf *b, const struct cover_count *n)
{
	for (unsigned g = 0; g < COVER_GROUPS; g++) {
		const char *missing[COVER_MAX];
		unsigned size = cover_size((enum cover_group)g), none = 0;

		for (unsigned i = 0; i < size; i++)
			if (!n->labs[cover_first((enum cover_group)g) + i] && *cover_name((enum cover_group)g, i))
				missing[none++] = cover_name((enum cover_group)g, i);
		buf_printf(b, "  %-21s %3u of %3u reached%s\n", cover_group_name((enum cover_group)g), size - none,
			size, none ? "; not these:" : "");
		if (none)
			put_words(b, missing, none);
	}
}

static void text_reasons(struct buf *b, const struct fuzz_tally *t)
{
	for (unsigned v = FV_DIFFERS; v < FV_NUM; v++)
		for (unsigned i = 0; i < t->reasons; i++)
			if (t->reason[i].verdict == v)
				buf_printf(b, "  %s, %llu: %s\n", fuzz_verdict_name((enum fuzz_verdict)v),
					(unsigned long long)t->reason[i].labs, t->reason[i].kind);
}

void fuzz_report_summary(struct buf *b, const struct fuzz_summary *s, bool json)
{
	const struct fuzz_tally *t = s->tally;
	double seconds = (double)s->wall / NSEC_PER_SEC;

	if (json) {
		json_summary(b, s);
		return;
	}
	text_coverage(b, &t->cover);
	text_reasons(b, t);
	buf_printf(b, "%llu labs", (unsigned long long)s->labs);
	if (s->wall)
		buf_printf(b, " in %.1f s (%.1f a second, %.0f ms of a processor each)", seconds,
			(double)s->labs / (seconds + 1e-9), (double)s->cpu / NSEC_PER_MSEC);
	if (*s->kernel)
		buf_printf(b, ", with %s, as %s", s->kernel, s->user);
	buf_puts(b, s->stopped ? "; stopped before the end:\n" : ":\n");
	for (unsigned v = FV_PREDICTED; v < FV_NUM; v++)
		buf_printf(b, "%s%llu %s", v == FV_PREDICTED ? "" : ", ", (unsigned long long)t->verdict[v],
			fuzz_verdict_name((enum fuzz_verdict)v));
	if (t->flaky)
		buf_printf(b, "; %llu of them unsteady", (unsigned long long)t->flaky);
	buf_puts(b, ".\n");
}
