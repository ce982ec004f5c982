/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON Lines: docs/trace-format.md describes them, docs/trace.schema.json is what they are tested against. The
 * members of a step come out of the table of events, so that a new kind of event needs nothing here. */
#include <stdlib.h>

#include "model/json.h"
#include "sim/render.h"

struct counts {
	uint32_t commands, failed;
	uint32_t end[TERM_DROPPED + 1];
	uint32_t agree;
};

static const char *const terminal_names[] = { [TERM_NO] = NULL,
	[TERM_DELIVERED] = "delivered",
	[TERM_ABSORBED] = "absorbed",
	[TERM_MERGED] = "merged",
	[TERM_LEFT] = "left",
	[TERM_DROPPED] = "dropped" };

static void json_open(struct render *r)
{
	r->state = xcalloc(1, sizeof(struct counts));
}

/* What a redirection leaves of the two streams. */
static void put_output(struct buf *b, const struct command *c)
{
	struct buf none = { 0 }, both = { 0 };
	bool joined = c->err_to_out && !c->err_null;

	buf_put(&both, buf_str(&c->res.out), c->res.out.size);
	if (joined)
		buf_put(&both, buf_str(&c->res.err), c->res.err.size);
	json_text(b, "stdout", c->out_null ? &none : &both);
	json_text(b, "stderr", c->err_null || joined ? &none : &c->res.err);
	buf_release(&both);
}

static void json_command(struct render *r, const struct command *c, unsigned index)
{
	struct counts *n = r->state;
	struct buf *b = r->out;

	n->commands++;
	n->failed += !c->expect_met;
	json_begin(b);
	json_str(b, "event", "command");
	json_uint(b, "line", c->loc.line);
	json_str(b, "command", c->text ? c->text : "");
	json_int(b, "status", c->res.status);
	put_output(b, c);
	json_uint(b, "number", index + 1);
	json_str(b, "file", c->loc.file);
	json_str(b, "operation", op_kind_name(c->op.kind));
	json_time(b, "time", c->start);
	json_time(b, "end", c->end);
	json_bool(b, "background", c->background);
	if (c->pids)
		json_int(b, "pid", c->pid[0]);
	json_bool(b, "as_expected", c->expect_met);
	if (c->storm)
		json_bool(b, "storm", true);
	if (c->why)
		json_str(b, "why", c->why);
	if (c->hint)
		json_str(b, "hint", c->hint);
	json_end(b);
}

static void put_val(struct buf *b, const char *name, const struct val *v)
{
	struct buf text = { 0 };

	switch (v->type) {
	case VT_NONE:
		return;
	case VT_U32:
		json_uint(b, name, v->u32);
		return;
	case VT_BYTES:
		json_hex(b, name, v->bytes.p, v->bytes.len);
		return;
	default:
		val_format(&text, v);
		json_text(b, name, &text);
		buf_release(&text);
	}
}

static void put_origin(struct render *r, const struct event *e)
{
	const struct trace_packet *p = e->packet ? trace_packet_get(r->run->trace, e->packet) : NULL;

	if (p) {
		json_uint(r->out, "packet", e->packet);
		json_uint(r->out, "parent", p->parent);
	}
	if (p && p->clone_of)
		json_uint(r->out, "clone_of", p->clone_of);
	json_uint(r->out, "number", e->command);
	if (e->command && e->command <= r->run->n)
		json_uint(r->out, "line", r->run->cmd[e->command - 1].loc.line);
	json_time(r->out, "time", e->time);
	json_str(r->out, "ns", e->ns);
	json_str(r->out, "dev", e->dev);
	json_str(r->out, "stage", stage_descs[e->stage].name);
}

static void json_event(struct render *r, const struct event *e)
{
	const struct event_desc *d = &event_descs[e->kind];
	struct counts *n = r->state;
	struct buf phrase = { 0 };

	n->end[d->terminal]++;
	json_begin(r->out);
	json_str(r->out, "event", "step");
	json_uint(r->out, "seq", e->seq);
	put_origin(r, e);
	json_str(r->out, "kind", d->name);
	json_str(r->out, "terminal", terminal_names[d->terminal]);
	for (unsigned i = 0; i < d->n; i++)
		put_val(r->out, e->kind == EV_DROP && i == 0 ? "drop" : d->field[i].name, &e->val[i]);
	event_phrase(&phrase, e);
	json_text(r->out, "text", &phrase);
	buf_release(&phrase);
	json_end(r->out);
}

static void json_compare(struct render *r, const struct compare *c)
{
	struct counts *n = r->state;
	struct buf *b = r->out;

	n->agree += c->agree;
	json_begin(b);
	json_str(b, "event", "compare");
	json_str(b, "what", compare_what_name(c->what));
	json_bool(b, "agree", c->agree);
	json_str(b, "name", c->name ? c->name : "");
	json_uint(b, "number", c->command);
	json_uint(b, "line", c->loc.line);
	if (c->packet)
		json_uint(b, "packet", c->packet);
	if (c->seq)
		json_uint(b, "seq", c->seq);
	json_str(b, "by", c->by);
	json_str(b, "ns", c->ns);
	json_str(b, "dev", c->dev);
	json_str(b, "field", c->field);
	json_str(b, "expected", c->expected);
	json_str(b, "got", c->got);
	json_end(b);
}

/* Of how many steps anything told, and of which kinds nothing did. */
static void put_coverage(struct buf *b, const struct coverage *c)
{
	if (!c->steps)
		return;
	json_uint(b, "steps", c->steps);
	json_uint(b, "observed", c->seen);
	json_object(b, "unobserved");
	for (unsigned k = 0; k < EV_NUM; k++)
		if (c->unseen[k])
			json_uint(b, event_descs[k].name, c->unseen[k]);
	json_object_end(b);
}

static void put_report(struct buf *b, const struct report *report, uint32_t agree)
{
	json_uint(b, "compared", report->n);
	json_uint(b, "agree", agree);
	json_uint(b, "disagree", report->disagree);
	json_str(b, "verdict", verdict_name(report_verdict(report)));
	if (report->again)
		json_uint(b, "behind", report->behind_ns);
	put_coverage(b, &report->coverage);
	json_strings(b, "skipped", report->skipped, report->n_skipped);
	json_strings(b, "uncertain", report->uncertain, report->n_uncertain);
	json_str(b, "kernel", report->kernel);
	json_str(b, "user", report->user);
}

static void json_close(struct render *r)
{
	struct counts *n = r->state;
	const struct trace *t = r->run->trace;
	struct buf *b = r->out;

	json_begin(b);
	json_str(b, "event", "summary");
	json_str(b, "file", r->run->path);
	json_uint(b, "commands", n->commands);
	json_uint(b, "failed", n->failed);
	json_uint(b, "packets", t ? trace_packets(t) : 0);
	json_uint(b, "events", t ? trace_events(t) : 0);
	for (unsigned i = TERM_DELIVERED; i <= TERM_DROPPED; i++)
		json_uint(b, terminal_names[i], n->end[i]);
	json_time(b, "time", r->run->now);
	if (r->report)
		put_report(b, r->report, n->agree);
	json_end(b);
	free(n);
}

const struct renderer render_json = { .name = "json",
	.begin = json_open,
	.command = json_command,
	.event = json_event,
	.compare = json_compare,
	.end = json_close };
