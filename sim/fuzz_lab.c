/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A child runs a lab in the model and tells what came of it, before the kernel's turn: so the
 * parent knows, when the child crashes, which of the two it was in. What it tells is a struct fuzz_result as it lies in
 * memory: both ends are one program.
 * A difference has a name, its kind, made of what is compared and where, without numbers and names of the lab: labs
 * that show one mistake should have one name, also after they were made smaller. */
#include "sim/fuzz_lab.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "model/gen.h"
#include "sim/lab.h"
#include "sim/render.h"

const char *fuzz_verdict_name(enum fuzz_verdict v)
{
	static const char *const name[FV_NUM] = { "none", "predicted", "agrees", "differs", "uncertain", "refused",
		"failed", "crashed", "hung" };

	return name[v];
}

bool fuzz_verdict_finding(enum fuzz_verdict v)
{
	return v == FV_DIFFERS || v == FV_CRASHED || v == FV_HUNG;
}

/* ---- words ---- */

/* Appends text without its digits and with single blanks. */
static void put_plain(struct buf *b, const char *text)
{
	for (; *text && *text != '\n'; text++)
		if (!isdigit((unsigned char)*text) && (*text != ' ' || (b->size && b->data[b->size - 1] != ' ')))
			buf_putc(b, *text);
	while (b->size && b->data[b->size - 1] == ' ')
		b->data[--b->size] = 0;
}

static void take(char *to, size_t size, struct buf *b)
{
	str_copy(to, size, buf_str(b));
	buf_release(b);
}

static void name_difference(struct fuzz_result *r, const struct run *run, const struct compare *c)
{
	const struct op *op = c->command && c->command <= run->n ? &run->cmd[c->command - 1].op : NULL;
	bool result = c->what == CMP_RESULT || c->what == CMP_PROCESS; /* whose field is the command */
	struct buf b = { 0 };

	buf_puts(&b, compare_what_name(c->what));
	if (result && op)
		buf_printf(&b, " of %s", op->kind == OP_RUN ? op->run.argv[0] : op_kind_name(op->kind));
	buf_puts(&b, ": ");
	put_plain(&b, c->name ? c->name : "");
	if (!result && c->field) {
		buf_puts(&b, ", ");
		put_plain(&b, c->field);
	}
	take(r->kind, sizeof(r->kind), &b);
}

static void put_side(struct buf *b, const char *who, const char *text)
{
	buf_printf(b, "  %s:\n", who);
	for (const char *line = text ? text : "(nothing)"; *line;) {
		size_t len = strcspn(line, "\n");

		buf_printf(b, "    %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void tell_difference(struct fuzz_result *r, const struct compare *c)
{
	struct buf b = { 0 };

	if (c->loc.line)
		buf_printf(&b, "line %u: ", c->loc.line);
	buf_puts(&b, compare_what_name(c->what));
	if (c->ns && *c->ns)
		buf_printf(&b, " %s%s%s", c->ns, c->dev && *c->dev ? "/" : "", c->dev ? c->dev : "");
	if (c->name && *c->name)
		buf_printf(&b, " %s", c->name);
	if (c->field)
		buf_printf(&b, ", %s", c->field);
	buf_putc(&b, '\n');
	put_side(&b, "model", c->expected);
	put_side(&b, "kernel", c->got);
	take(r->text, sizeof(r->text), &b);
}

/* ---- in the child ---- */

static void refuse(struct fuzz_result *r, enum fuzz_verdict v, const struct err *err)
{
	struct buf kind = { 0 }, text = { 0 };

	r->verdict = v;
	r->line = err->loc.line;
	put_plain(&kind, err->msg);
	take(r->kind, sizeof(r->kind), &kind);
	if (err->loc.line)
		buf_printf(&text, "line %u: ", err->loc.line);
	buf_puts(&text, err->msg);
	take(r->text, sizeof(r->text), &text);
}

/* What a command does not do, as its result says (show_not_modelled(), change_not_modelled()); NULL: it does it. */
static const char *refusal(const struct result *res)
{
	static const char begin[] = "not modelled: ";
	const char *text = buf_str(&res->err);

	return res->status == 255 && !strncmp(text, begin, strlen(begin)) ? text + strlen(begin) : NULL;
}

/* What the model met and does not do. */
static const char *not_modelled(const struct run *run)
{
	struct event e;

	for (uint64_t seq = 1; seq <= trace_events(run->trace); seq++) {
		trace_get(run->trace, seq, &e);
		if (e.kind == EV_NOT_MODELLED && e.val[0].type == VT_STR)
			return e.val[0].str;
	}
	return NULL;
}

/* Would go round in the kernel for ever, and take a processor with it. */
static bool storms(const struct run *run)
{
	for (unsigned i = 0; i < run->n; i++)
		if (run->cmd[i].storm)
			return true;
	return false;
}

static void run_model(struct sim *s, const char *text, size_t size, bool looks, struct run *run, struct fuzz_result *r)
{
	struct err err = { 0 };
	const char *what;
	int rc;

	*run = (struct run){ .path = "lab", .looks = looks ? looks_new() : NULL };
	*r = (struct fuzz_result){ 0 };
	rc = lab_run(s, run->path, text, size, run, &err);
	cover_run(&r->cover, run);
	r->commands = run->n;
	r->now = run->now;
	r->neighbours = s->net->neighs_most;
	if (!rc && (what = not_modelled(run)))
		rc = err_not_modelled(&err, (struct loc){ 0 }, "%s", what);
	for (unsigned i = 0; i < run->n && !rc; i++)
		if ((what = refusal(&run->cmd[i].res)))
			rc = err_not_modelled(&err, run->cmd[i].loc, "%.*s", (int)strcspn(what, "\n"), what);
	if (!rc && storms(run))
		rc = err_set(&err, (struct loc){ 0 }, "a storm, which pktwalk cuts off and the kernel does not");
	if (rc)
		refuse(r, FV_REFUSED, &err);
}

static void name_uncertain(struct fuzz_result *r, const struct report *report)
{
	struct buf kind = { 0 };

	put_plain(&kind, report->uncertain[0]);
	take(r->kind, sizeof(r->kind), &kind);
	str_copy(r->text, sizeof(r->text), report->uncertain[0]);
}

static void compared(struct fuzz_result *r, const struct run *run, const struct report *report)
{
	static const enum fuzz_verdict verdict[] = {
		[VERDICT_AGREES] = FV_AGREES, [VERDICT_DIFFERS] = FV_DIFFERS, [VERDICT_NOT_CERTAIN] = FV_UNCERTAIN
	};

	r->verdict = verdict[report_verdict(report)];
	str_copy(r->kernel, sizeof(r->kernel), report->kernel ? report->kernel : "");
	str_copy(r->user, sizeof(r->user), report->user ? report->user : "");
	if (r->verdict == FV_UNCERTAIN) {
		name_uncertain(r, report);
		return;
	}
	for (unsigned i = 0; i < report->n; i++) {
		const struct compare *c = &report->cmp[i];

		if (c->agree)
			continue;
		r->line = c->loc.line;
		name_difference(r, run, c);
		tell_difference(r, c);
		return;
	}
}

/* All that `verify --json` says, behind the results. */
static void tell_all(
	const struct fuzz_work *w, struct pool_pipe *pipe, const struct run *run, const struct report *report)
{
	struct buf out = { 0 };
	struct render r = { .ops = &render_json, .run = run, .report = report, .out = &out };

	render_run(&r);
	w->host->ops->tell(pipe, buf_str(&out), out.size);
	buf_release(&out);
}

void fuzz_lab_child(const void *work, struct pool_pipe *pipe)
{
	const struct fuzz_work *w = work;
	struct sim *s = sim_new(1, true);
	struct lab_again again = { .seed = 1, .path = "lab", .text = w->text, .size = w->size };
	struct report report = { 0 };
	struct fuzz_result r;
	struct err err = { 0 };
	struct run run;

	trace_keep_flows(s->trace);
	run_model(s, w->text, w->size, w->host->verify != NULL, &run, &r);
	if (r.verdict == FV_NONE && w->longest && r.now > w->longest) {
		err_set(&err, (struct loc){ 0 }, "it takes too long");
		refuse(&r, FV_REFUSED, &err);
	}
	w->host->ops->tell(pipe, &r, sizeof(r));
	if (r.verdict == FV_NONE) {
		if (!w->host->verify)
			r.verdict = FV_PREDICTED;
		else if (w->host->verify(w->host->ctx, &run, &again, &report, &err))
			refuse(&r, FV_FAILED, &err);
		else
			compared(&r, report.again ? &again.run : &run, &report);
		w->host->ops->tell(pipe, &r, sizeof(r));
		if (r.verdict == FV_DIFFERS)
			tell_all(w, pipe, report.again ? &again.run : &run, &report);
	}
	report_release(&report);
	lab_again_release(&again);
	run_release(&run);
	sim_free(s);
}

void fuzz_candidates_child(const void *work, struct pool_pipe *pipe)
{
	const struct fuzz_work *w = work;

	for (unsigned i = 0; i < w->n; i++) {
		struct sim *s = sim_new(1, true);
		struct buf text = { 0 };
		struct fuzz_result r;
		struct run run;

		gen_lab(w->seed[i], &text);
		run_model(s, buf_str(&text), text.size, false, &run, &r);
		w->host->ops->tell(pipe, &r, sizeof(r));
		run_release(&run);
		sim_free(s);
		buf_release(&text);
	}
}

/* ---- in the parent ---- */

static unsigned told(const struct pool_end *end, struct fuzz_result *r, unsigned n)
{
	unsigned got = (unsigned)(end->told.size / sizeof(*r));

	if (got > n)
		got = n;
	if (got)
		memcpy(r, end->told.data, got * sizeof(*r));
	return got;
}

static bool crashed(const struct pool_end *end)
{
	return end->overdue || end->signal || end->status;
}

/* A child that did not end by itself. */
static void set_crashed(struct fuzz_result *r, const struct pool_end *end, const char *where)
{
	struct buf kind = { 0 }, text = { 0 };

	r->verdict = end->overdue ? FV_HUNG : FV_CRASHED;
	buf_printf(&kind, "%s %s", fuzz_verdict_name(r->verdict), where);
	if (end->overdue)
		buf_printf(&text, "killed after %.1f s\n", (double)end->wall / NSEC_PER_SEC);
	else if (end->signal)
		buf_printf(&text, "%s\n", strsignal(end->signal));
	else
		buf_printf(&text, "ended with status %d\n", end->status);
	if (end->said.size && !end->overdue) {
		buf_puts(&kind, ": ");
		put_plain(&kind, buf_str(&end->said));
	}
	buf_puts(&text, buf_str(&end->said));
	take(r->kind, sizeof(r->kind), &kind);
	take(r->text, sizeof(r->text), &text);
}

void fuzz_lab_result(const struct pool_end *end, struct fuzz_result *r, struct buf *all)
{
	struct fuzz_result both[2] = { 0 };
	unsigned n = told(end, both, 2);

	if (all && end->told.size > sizeof(both))
		buf_put(all, (const char *)end->told.data + sizeof(both), end->told.size - sizeof(both));

	*r = both[n ? n - 1 : 0];
	if (r->verdict == FV_NONE || crashed(end))
		set_crashed(r, end, n ? "in kernel mode" : "in the model");
}

unsigned fuzz_candidates_result(const struct pool_end *end, struct fuzz_result *r, unsigned n)
{
	unsigned got = told(end, r, n);

	if (got == n)
		return n;
	r[got] = (struct fuzz_result){ 0 };
	set_crashed(&r[got], end, "in the model");
	return got + 1;
}
