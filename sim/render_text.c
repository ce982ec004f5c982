/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as text for people, in 80 columns: each command with what it printed, under it what its packets did.
 *
 * Ordinary: one line per device crossing, and what decided something (address translation, waiting for a MAC
 * address, errors, ends). -v: every event that consulted or changed something. -vv: all, with time, kernel function
 * and source file. -q: only what was not as expected, and the counts. */
#include "model/summary.h"
#include "sim/render_text.h"

#include <stdlib.h>
#include <string.h>

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
	[EV_HOOK] = 2,
	[EV_RULE] = 1,
	[EV_POLICY] = 1,
	[EV_CT] = 1,
	[EV_CT_EVENT] = 2,
	[EV_NEIGH_NOTICE] = 2,
	[EV_FDB_NOTICE] = 2,
	[EV_ADDR_NOTICE] = 2,
	[EV_ROUTE_NOTICE] = 2,
	[EV_LINK_NOTICE] = 2,
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

void text_colour(struct render *r, enum colour c)
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

void text_wrapped(struct buf *b, unsigned width, unsigned at, unsigned indent, const char *s)
{
	bool first = true;

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		if (at > indent && at + !first + len > width) {
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

void text_output(struct render *r, const struct buf *text, const char *mark)
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
	text_colour(r, c->expect_met ? GREEN : RED);
	if (c->expect_met)
		buf_printf(r->out, "status %d, as expected", c->res.status);
	else
		text_wrapped(r->out, WIDTH, INDENT, INDENT, c->why ? c->why : "failed, which was not expected");
	text_colour(r, PLAIN);
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
	text_colour(r, YELLOW);
	text_wrapped(r->out, WIDTH, INDENT, INDENT, buf_str(&b));
	text_colour(r, PLAIN);
	buf_release(&b);
}

static void put_storm(struct render *r, const struct command *c)
{
	if (!c->storm)
		return;
	buf_printf(r->out, "%*s", INDENT, "");
	text_colour(r, RED);
	text_wrapped(r->out, WIDTH, INDENT, INDENT,
		"a storm: packets went round without end, or multiplied, until pktwalk cut it "
		"off (SIM_LIMIT); a kernel goes on until the loop is broken");
	text_colour(r, PLAIN);
}

static void text_begin(struct render *r)
{
	struct text *t = xcalloc(1, sizeof(*t));

	r->state = t;
	if (r->report)
		text_marks_init(r);
	if (r->opt.verbosity >= 0)
		buf_printf(r->out, "%s\n\n", r->run->path);
	if (r->opt.verbosity >= 0 && r->report)
		buf_printf(r->out, "%*smodel%*skernel\n", INDENT, "", MARK_COLUMN - INDENT - 5, "");
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
	struct text *t = r->state;

	release_out(r);
	if (r->opt.verbosity == 0 && t->end_command && index >= t->end_command)
		t->stopped = true;
	if (t->stopped)
		return;
	if (r->opt.verbosity < 0 && c->expect_met && !c->storm)
		return;
	buf_printf(r->out, "%4u ", c->loc.line);
	text_colour(r, BOLD);
	buf_puts(r->out, "$ ");
	text_wrapped(r->out, WIDTH, INDENT, INDENT + 4, c->text);
	text_colour(r, PLAIN);
	if (!c->out_null)
		text_output(r, &c->res.out, "");
	if (!c->err_null)
		text_output(r, &c->res.err, "");
	put_status(r, c);
	put_storm(r, c);
	put_hint(r, c);
}

/* Packet number and place; returns the column it ends at. */
static unsigned put_place(struct render *r, const struct event *e, const char *to_ns, const char *to_dev)
{
	struct text *t = r->state;
	size_t from;
	int width;

	t->line = r->out->size;
	text_colour(r, DIM);
	if (e->packet)
		buf_printf(r->out, "%*s#%-4u", INDENT, "", e->packet);
	else
		buf_printf(r->out, "%*s", INDENT + 5, "");
	text_colour(r, PLAIN);
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

static void put_phrase(struct render *r, const struct event *e, uint64_t other, unsigned at, const char *text)
{
	struct text *t = r->state;
	enum terminal end = event_descs[e->kind].terminal;

	text_colour(r, end == TERM_DROPPED || e->kind == EV_NOT_MODELLED ? RED
		       : end == TERM_DELIVERED                           ? GREEN
		       : e->kind == EV_NAT                               ? YELLOW
									 : PLAIN);
	text_wrapped(r->out, r->report ? MARK_COLUMN - 1 : WIDTH, at, INDENT + 9, text);
	text_colour(r, PLAIN);
	if (r->report)
		text_mark(r, t->line, e->seq, other);
}

static void put_detail(struct render *r, const struct event *e)
{
	const struct stage_desc *st = &stage_descs[e->stage];

	if (r->opt.verbosity < 2)
		return;
	text_colour(r, DIM);
	buf_printf(r->out, "%*s%.6f s", INDENT + 9, "", (double)e->time / 1e9);
	if (*st->name)
		buf_printf(r->out, "  %s()  %s", st->name, st->file);
	buf_putc(r->out, '\n');
	text_colour(r, PLAIN);
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
	if (from->val[3].type == VT_STR)
		buf_printf(&b, " (%s)", from->val[3].str);
	put_phrase(r, from, to ? to->seq : 0, at, buf_str(&b));
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
	if (t->stopped || r->opt.verbosity < (failed_route || text_differs(r, e->seq) ? 0 : level[e->kind]))
		return;
	if (r->opt.verbosity < 2 && t->has_out && frame_goes(e, "in") && e->packet == t->out.packet) {
		put_frame(r, &t->out, e);
		t->has_out = false;
		return;
	}
	release_out(r);
	if (t->stopped)
		return;
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
		put_phrase(r, e, 0, put_place(r, e, NULL, NULL), buf_str(&b));
	else if (r->opt.verbosity >= 2)
		put_phrase(r, e, 0, put_place(r, e, NULL, NULL), stage_descs[e->stage].name);
	if (b.size || r->opt.verbosity >= 2)
		put_detail(r, e);
	buf_release(&b);
}

static void compare(struct render *r, const struct compare *c)
{
	release_out(r);
	text_compare(r, c);
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
	text_colour(r, unmet ? RED : GREEN);
	if (unmet)
		buf_printf(r->out, "%u not as expected", unmet);
	else
		buf_puts(r->out, "all as expected");
	text_colour(r, PLAIN);
	if (expected)
		buf_printf(r->out, " (%u fail%s, and should)", expected, expected == 1 ? "s" : "");
	buf_printf(r->out, ".\n%u packets: %u delivered, %u used up by the stack, %u dropped",
		trace_packets(r->run->trace), t->ends[TERM_DELIVERED], t->ends[TERM_ABSORBED] + t->ends[TERM_MERGED],
		t->ends[TERM_DROPPED]);
	if (t->ends[TERM_LEFT])
		buf_printf(r->out, ", %u under way at the end", t->ends[TERM_LEFT]);
	buf_puts(r->out, ".\n");
	if (r->report)
		text_comparison(r);
	report_index_release(&t->index);
	free(t);
	r->state = NULL;
}

const struct renderer render_text = {
	.name = "text",
	.begin = text_begin,
	.command = text_command,
	.event = text_event,
	.compare = compare,
	.end = text_end,
};
