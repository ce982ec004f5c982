/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as text for people, in 80 columns: each command with what it printed, under it what its packets did.
 *
 * Ordinary: one line per device crossing, and what decided something (address translation, waiting for a MAC
 * address, errors, ends). -v: every event that consulted or changed something. -vv: all, with time, kernel function
 * and source file. -q: only what was not as expected, and the counts. */
#include "model/summary.h"
#include "sim/render.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 80
#define INDENT 7 /* of what belongs to a command */

enum colour { PLAIN, BOLD, DIM, RED, GREEN, YELLOW };

struct text {
	unsigned ends[TERM_DROPPED + 1]; /* packets by how they ended */
	unsigned compared[CMP_NUM], agreed[CMP_NUM]; /* by enum compare_what */
	bool shown_difference;
	bool has_out;
	struct event out; /* a frame that left, held back to be joined with its arrival */
};

/* The verbosity from which on a kind of event is shown. */
static const signed char level[EV_NUM] = {
	[EV_SEND] = 0,
	[EV_STEP] = 2,
	[EV_FRAME] = 0,
	[EV_ROUTE] = 1,
	[EV_SOURCE] = 1,
	[EV_NEIGH] = 1,
	[EV_NEIGH_STATE] = 1,
	[EV_NEIGH_QUEUE] = 0,
	[EV_FDB_LEARN] = 1,
	[EV_FDB_HIT] = 1,
	[EV_FDB_MISS] = 1,
	[EV_FDB_FLOOD] = 1,
	[EV_RULE] = 1,
	[EV_POLICY] = 1,
	[EV_CT] = 1,
	[EV_NAT] = 0,
	[EV_CHANGE] = 1,
	[EV_ICMP_ERROR] = 0,
	[EV_SOCKET_ERROR] = 0,
	[EV_NOT_MODELLED] = 0,
	[EV_DELIVER] = 0,
	[EV_ABSORB] = 1,
	[EV_MERGE] = 1,
	[EV_LEAVE] = 0,
	[EV_DROP] = 0,
};

static void colour(struct render *r, enum colour c)
{
	static const char *const code[] = { [PLAIN] = "\033[0m",
		[BOLD] = "\033[1m",
		[DIM] = "\033[2m",
		[RED] = "\033[31m",
		[GREEN] = "\033[32m",
		[YELLOW] = "\033[33m" };

	if (r->opt.colour)
		buf_puts(r->out, code[c]);
}

/* Puts text that starts at column `at`, broken at spaces before WIDTH, further lines indented by `indent`. */
static void put_wrapped(struct buf *b, unsigned at, unsigned indent, const char *s)
{
	bool first = true;

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		if (at > indent && at + !first + len > WIDTH) {
			buf_printf(b, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			buf_putc(b, ' ');
			at++;
		}
		buf_put(b, s, len);
		at += (unsigned)len;
		s += len;
		first = false;
	}
	while (b->size && b->data[b->size - 1] == ' ')
		b->data[--b->size] = 0;
	buf_putc(b, '\n');
}

/* What a program printed: each line indented, controls but tab made visible. */
static void put_output(struct render *r, const struct buf *text, const char *mark)
{
	const char *s = buf_str(text), *end = s + text->size;

	while (s < end) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		const char *stop = nl ? nl : end;

		buf_printf(r->out, "%*s%s", INDENT, "", mark);
		for (; s < stop; s++) {
			if ((unsigned char)*s >= ' ' || *s == '\t')
				buf_putc(r->out, *s);
			else
				buf_printf(r->out, "\\x%02x", (unsigned char)*s);
		}
		buf_putc(r->out, '\n');
		s = stop + 1;
	}
}

static void put_status(struct render *r, const struct command *c)
{
	if (c->expect_met && (!c->res.status || c->tested) && !c->expect.given)
		return;
	buf_printf(r->out, "%*s", INDENT, "");
	colour(r, c->expect_met ? GREEN : RED);
	if (c->expect_met)
		buf_printf(r->out, "status %d, as expected", c->res.status);
	else
		put_wrapped(r->out, INDENT, INDENT, c->why ? c->why : "failed, which was not expected");
	colour(r, PLAIN);
	if (c->expect_met)
		buf_putc(r->out, '\n');
}

/* Of a `#: hint`, or of the tool's parser, which knows a command line that would work. */
static void put_hint(struct render *r, const struct command *c)
{
	struct buf b = { 0 };

	if (!c->hint)
		return;
	buf_printf(&b, "hint: %s", c->hint);
	buf_printf(r->out, "%*s", INDENT, "");
	colour(r, YELLOW);
	put_wrapped(r->out, INDENT, INDENT, buf_str(&b));
	colour(r, PLAIN);
	buf_release(&b);
}

static void put_storm(struct render *r, const struct command *c)
{
	if (!c->storm)
		return;
	buf_printf(r->out, "%*s", INDENT, "");
	colour(r, RED);
	put_wrapped(r->out, INDENT, INDENT,
		"a storm: packets went round without end, or multiplied, until pktwalk cut it "
		"off (SIM_LIMIT); a kernel goes on until the loop is broken");
	colour(r, PLAIN);
}

static void text_begin(struct render *r)
{
	r->state = xcalloc(1, sizeof(struct text));
	if (r->opt.verbosity >= 0)
		buf_printf(r->out, "%s\n\n", r->run->path);
}

/* A held-back frame must be told before anything else is. */
static void put_frame(struct render *r, const struct event *from, const struct event *to);
static void release_out(struct render *r)
{
	struct text *t = r->state;

	if (t->has_out)
		put_frame(r, &t->out, NULL);
	t->has_out = false;
}

static void text_command(struct render *r, const struct command *c, unsigned index)
{
	(void)index;
	release_out(r);
	if (r->opt.verbosity < 0 && c->expect_met && !c->storm)
		return;
	buf_printf(r->out, "%4u ", c->loc.line);
	colour(r, BOLD);
	buf_puts(r->out, "$ ");
	put_wrapped(r->out, INDENT, INDENT + 4, c->text);
	colour(r, PLAIN);
	if (!c->out_null)
		put_output(r, &c->res.out, "");
	if (!c->err_null)
		put_output(r, &c->res.err, "");
	put_status(r, c);
	put_storm(r, c);
	put_hint(r, c);
}

/* Packet number and place; returns the column it ends at. */
static unsigned put_place(struct render *r, const struct event *e, const char *to_ns, const char *to_dev)
{
	size_t from;
	int width;

	colour(r, DIM);
	buf_printf(r->out, "%*s#%-4u", INDENT, "", e->packet);
	colour(r, PLAIN);
	from = r->out->size;
	buf_puts(r->out, e->ns);
	if (*e->dev)
		buf_printf(r->out, "/%s", e->dev);
	if (to_ns)
		buf_printf(r->out, " > %s/%s", to_ns, to_dev);
	width = (int)(r->out->size - from);
	buf_printf(r->out, "%*s", width < 20 ? 22 - width : 2, "");
	return INDENT + 5 + (unsigned)(width < 20 ? 22 : width + 2);
}

static void put_phrase(struct render *r, const struct event *e, unsigned at, const char *text)
{
	enum terminal end = event_descs[e->kind].terminal;

	colour(r, end == TERM_DROPPED || e->kind == EV_NOT_MODELLED ? RED
		  : end == TERM_DELIVERED                           ? GREEN
		  : e->kind == EV_NAT                               ? YELLOW
								    : PLAIN);
	put_wrapped(r->out, at, INDENT + 9, text);
	colour(r, PLAIN);
}

static void put_detail(struct render *r, const struct event *e)
{
	const struct stage_desc *st = &stage_descs[e->stage];

	if (r->opt.verbosity < 2)
		return;
	colour(r, DIM);
	buf_printf(r->out, "%*s%.6f s", INDENT + 9, "", (double)e->time / 1e9);
	if (*st->name)
		buf_printf(r->out, "  %s()  %s", st->name, st->file);
	buf_putc(r->out, '\n');
	colour(r, PLAIN);
}

/* A frame that left one device; with its arrival at another, both in one line. */
static void put_frame(struct render *r, const struct event *from, const struct event *to)
{
	unsigned at = put_place(r, from, to ? to->ns : NULL, to ? to->dev : NULL);
	char brief[SUMMARY_SIZE];
	struct buf b = { 0 };

	if (!to)
		buf_printf(&b, "%s ", from->val[0].str);
	if (r->opt.verbosity < 1)
		buf_puts(&b, frame_brief(brief, from->val[2].bytes.p, from->val[2].bytes.len));
	else
		val_format(&b, &from->val[1]);
	put_phrase(r, from, at, buf_str(&b));
	put_detail(r, from);
	buf_release(&b);
}

static bool frame_goes(const struct event *e, const char *direction)
{
	return e->kind == EV_FRAME && e->val[0].type == VT_STR && !strcmp(e->val[0].str, direction);
}

static void text_event(struct render *r, const struct event *e)
{
	struct text *t = r->state;
	struct buf b = { 0 };
	enum terminal end = event_descs[e->kind].terminal;
	bool failed_route = e->kind == EV_ROUTE && e->val[8].type != VT_NONE;

	t->ends[end]++;
	if (r->opt.verbosity < (failed_route ? 0 : level[e->kind]))
		return;
	if (r->opt.verbosity < 2 && t->has_out && frame_goes(e, "in") && e->packet == t->out.packet) {
		put_frame(r, &t->out, e);
		t->has_out = false;
		return;
	}
	release_out(r);
	if (r->opt.verbosity < 2 && frame_goes(e, "out")) {
		t->out = *e;
		t->has_out = true;
		return;
	}
	if (e->kind == EV_FRAME) {
		put_frame(r, e, NULL);
		return;
	}
	event_phrase(&b, e);
	if (b.size)
		put_phrase(r, e, put_place(r, e, NULL, NULL), buf_str(&b));
	else if (r->opt.verbosity >= 2)
		put_phrase(r, e, put_place(r, e, NULL, NULL), stage_descs[e->stage].name);
	if (b.size || r->opt.verbosity >= 2)
		put_detail(r, e);
	buf_release(&b);
}

static void put_side(struct render *r, const char *name, const char *text)
{
	struct buf b = { 0 };

	buf_printf(r->out, "       %s:\n", name);
	buf_puts(&b, text ? text : "(nothing)");
	put_output(r, &b, "    ");
	buf_release(&b);
}

static void text_compare(struct render *r, const struct compare *c)
{
	struct text *t = r->state;

	release_out(r);
	t->compared[c->what]++;
	t->agreed[c->what] += c->agree;
	if (c->agree ? r->opt.verbosity < 2 : t->shown_difference && r->opt.verbosity < 1)
		return;
	colour(r, c->agree ? GREEN : RED);
	buf_printf(r->out, "%s  ", c->agree ? "agrees " : "DIFFERS");
	colour(r, PLAIN);
	if (c->loc.line)
		buf_printf(r->out, "line %u: ", c->loc.line);
	buf_puts(r->out, compare_what_name(c->what));
	if (c->ns && *c->ns)
		buf_printf(r->out, " %s%s%s", c->ns, c->dev && *c->dev ? "/" : "", c->dev ? c->dev : "");
	if (c->name && *c->name)
		buf_printf(r->out, " %s", c->name);
	if (!c->agree && c->field)
		buf_printf(r->out, ", %s", c->field);
	buf_putc(r->out, '\n');
	if (c->agree)
		return;
	t->shown_difference = true;
	put_side(r, "model", c->expected);
	put_side(r, "kernel", c->got);
}

static void put_verdict(struct render *r, const struct report *rep)
{
	static const enum colour of[] = {
		[VERDICT_AGREES] = GREEN, [VERDICT_DIFFERS] = RED, [VERDICT_NOT_CERTAIN] = YELLOW
	};
	enum verdict v = report_verdict(rep);

	colour(r, of[v]);
	if (v == VERDICT_AGREES)
		buf_puts(r->out, "The model and the kernel agree.\n");
	else if (rep->disagree)
		buf_printf(r->out, "The model and the kernel %s in %u place%s%s.\n",
			v == VERDICT_DIFFERS ? "DIFFER" : "differ", rep->disagree, rep->disagree == 1 ? "" : "s",
			rep->disagree > 1 && r->opt.verbosity < 1 ? "; the first is shown (-v: all)" : "");
	for (unsigned i = 0; v == VERDICT_NOT_CERTAIN && i < rep->n_uncertain; i++) {
		buf_puts(r->out, "Not certain: ");
		put_wrapped(r->out, 13, 2, rep->uncertain[i]);
	}
	colour(r, PLAIN);
}

static void put_comparison(struct render *r, const struct text *t)
{
	const struct report *rep = r->report;

	buf_printf(r->out, "\nCompared with %s, as %s:\n", rep->kernel ? rep->kernel : "the kernel",
		rep->user ? rep->user : "this user");
	for (unsigned w = 0; w < ARRAY_SIZE(t->compared); w++)
		if (t->compared[w])
			buf_printf(r->out, "  %-9s %5u of %u agree\n", compare_what_name((enum compare_what)w),
				t->agreed[w], t->compared[w]);
	for (unsigned i = 0; i < rep->n_skipped; i++) {
		buf_puts(r->out, "  not compared: ");
		put_wrapped(r->out, 16, 4, rep->skipped[i]);
	}
	for (unsigned i = 0; report_verdict(rep) == VERDICT_DIFFERS && i < rep->n_uncertain; i++) {
		buf_puts(r->out, "  not certain: ");
		put_wrapped(r->out, 15, 4, rep->uncertain[i]);
	}
	put_verdict(r, rep);
}

static void text_end(struct render *r)
{
	struct text *t = r->state;
	unsigned unmet = 0, expected = 0;

	release_out(r);
	for (unsigned i = 0; i < r->run->n; i++) {
		unmet += !r->run->cmd[i].expect_met;
		expected += r->run->cmd[i].expect_met && r->run->cmd[i].res.status && r->run->cmd[i].expect.given;
	}
	if (r->opt.verbosity >= 0)
		buf_putc(r->out, '\n');
	buf_printf(r->out, "%u command%s: ", r->run->n, r->run->n == 1 ? "" : "s");
	colour(r, unmet ? RED : GREEN);
	if (unmet)
		buf_printf(r->out, "%u not as expected", unmet);
	else
		buf_puts(r->out, "all as expected");
	colour(r, PLAIN);
	if (expected)
		buf_printf(r->out, " (%u fail%s, and should)", expected, expected == 1 ? "s" : "");
	buf_printf(r->out, ".\n%u packets: %u delivered, %u used up by the stack, %u dropped",
		trace_packets(r->run->trace), t->ends[TERM_DELIVERED], t->ends[TERM_ABSORBED] + t->ends[TERM_MERGED],
		t->ends[TERM_DROPPED]);
	if (t->ends[TERM_LEFT])
		buf_printf(r->out, ", %u under way at the end", t->ends[TERM_LEFT]);
	buf_puts(r->out, ".\n");
	if (r->report)
		put_comparison(r, t);
	free(t);
	r->state = NULL;
}

const struct renderer render_text = {
	.name = "text",
	.begin = text_begin,
	.command = text_command,
	.event = text_event,
	.compare = text_compare,
	.end = text_end,
};
