/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as text: the kernel's column beside the steps of the model, the first difference with both sides, and at
 * the end what was compared, what was not, and the verdict. */
#include <stdlib.h>
#include <string.h>

#include "sim/render_text.h"

#define MARKS_MAX 64

/* ---- the kernel's column ---- */

/* Where the steps that are shown end, when model and kernel part. */
static void find_end(struct render *r)
{
	struct text *t = r->state;

	for (unsigned i = 0; i < r->report->n; i++) {
		const struct compare *c = &r->report->cmp[i];

		if (c->agree)
			continue;
		t->end_seq = c->seq;
		t->end_command = c->seq ? 0 : c->command;
		return;
	}
}

void text_marks_init(struct render *r)
{
	struct text *t = r->state;

	report_index_init(&t->index, r->report, trace_events(r->run->trace));
	find_end(r);
}

bool text_differs(const struct render *r, uint64_t seq)
{
	const struct text *t = r->state;

	for (const struct compare *c = NULL; (c = report_index_next(&t->index, seq, c));)
		if (!c->agree)
			return true;
	return false;
}

static void add_words(const struct render *r, uint64_t seq, bool agree, char words[MARKS_MAX])
{
	const struct text *t = r->state;

	for (const struct compare *c = NULL; (c = report_index_next(&t->index, seq, c));) {
		size_t len = strlen(words);

		if (c->agree != agree || !c->by || strstr(words, c->by) || len + strlen(c->by) + 2 > MARKS_MAX)
			continue;
		words[len] = ' ';
		str_copy(words + len + 1, MARKS_MAX - len - 1, c->by);
	}
}

/* Columns that the text takes, without what only sets a colour. */
static unsigned columns(const char *s, const char *end)
{
	unsigned n = 0;

	while (s < end) {
		if (*s == '\033')
			while (s < end && *s != 'm')
				s++;
		else
			n += ((unsigned char)*s & 0xc0) != 0x80;
		s++;
	}
	return n;
}

void text_mark(struct render *r, size_t from, uint64_t seq, uint64_t other)
{
	struct text *t = r->state;
	bool differs = text_differs(r, seq) || text_differs(r, other);
	char words[MARKS_MAX] = "";
	struct buf rest = { 0 };
	size_t eol = from;
	unsigned at;

	add_words(r, seq, !differs, words);
	add_words(r, other, !differs, words);
	if (!*words)
		return;
	while (eol < r->out->size && r->out->data[eol] != '\n')
		eol++;
	at = columns(r->out->data + from, r->out->data + eol);
	buf_put(&rest, r->out->data + eol, r->out->size - eol);
	r->out->size = eol;
	buf_printf(r->out, "%*s", at + 1 < MARK_COLUMN ? (int)(MARK_COLUMN - at) : 1, "");
	text_colour(r, differs ? RED : DIM);
	buf_printf(r->out, "%s%s", differs ? "!!" : "=", words);
	text_colour(r, PLAIN);
	buf_put(r->out, buf_str(&rest), rest.size);
	buf_release(&rest);
	t->stopped |= differs && r->opt.verbosity == 0 && (seq == t->end_seq || other == t->end_seq);
}

/* ---- a difference ---- */

static void put_side(struct render *r, const char *name, const char *text)
{
	struct buf b = { 0 };

	buf_printf(r->out, "       %s:\n", name);
	buf_puts(&b, text ? text : "(nothing)");
	text_output(r, &b, "    ");
	buf_release(&b);
}

void text_compare(struct render *r, const struct compare *c)
{
	struct text *t = r->state;

	t->compared[c->what]++;
	t->agreed[c->what] += c->agree;
	if (c->agree ? r->opt.verbosity < 2 : t->shown_difference && r->opt.verbosity < 1)
		return;
	text_colour(r, c->agree ? GREEN : RED);
	buf_printf(r->out, "%s  ", c->agree ? "agrees " : "DIFFERS");
	text_colour(r, PLAIN);
	if (c->loc.line)
		buf_printf(r->out, "line %u: ", c->loc.line);
	buf_puts(r->out, compare_what_name(c->what));
	if (c->ns && *c->ns)
		buf_printf(r->out, " %s%s%s", c->ns, c->dev && *c->dev ? "/" : "", c->dev ? c->dev : "");
	if (c->packet)
		buf_printf(r->out, " #%u", c->packet);
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

/* ---- the whole ---- */

/* "agree" by what observed them: "frame 12, nft 3". */
static void put_observers(struct render *r)
{
	const struct report *rep = r->report;
	const char *seen[OBSERVERS_MAX];
	unsigned n[OBSERVERS_MAX] = { 0 }, count = 0, at;

	for (unsigned i = 0; i < rep->n; i++) {
		const struct compare *c = &rep->cmp[i];

		if (c->what != CMP_STEP)
			continue;
		for (at = 0; at < count && strcmp(seen[at], c->by); at++)
			;
		if (at == OBSERVERS_MAX)
			continue;
		if (at == count)
			seen[count++] = c->by;
		n[at]++;
	}
	for (at = 0; at < count; at++)
		buf_printf(r->out, "%s %s %u", at ? "," : " (by", seen[at], n[at]);
	buf_puts(r->out, count ? ")" : "");
}

/* What was seen at all of the model's steps: so that "agree" says no more than that. */
static void put_coverage(struct render *r)
{
	const struct coverage *c = &r->report->coverage;
	struct buf b = { 0 };
	const char *sep = "; not observed: ";

	if (!c->steps)
		return;
	buf_printf(&b, "%llu of the model's %llu steps were observed", (unsigned long long)c->seen,
		(unsigned long long)c->steps);
	for (unsigned k = 0; k < EV_NUM; k++) {
		if (!c->unseen[k])
			continue;
		buf_printf(&b, "%s%s %llu", sep, event_descs[k].name, (unsigned long long)c->unseen[k]);
		sep = ", ";
	}
	buf_puts(r->out, "  coverage: ");
	text_wrapped(r->out, WIDTH, 12, 4, buf_str(&b));
	buf_release(&b);
}

static void put_verdict(struct render *r)
{
	static const enum colour of[] = {
		[VERDICT_AGREES] = GREEN, [VERDICT_DIFFERS] = RED, [VERDICT_NOT_CERTAIN] = YELLOW
	};
	const struct report *rep = r->report;
	enum verdict v = report_verdict(rep);

	text_colour(r, of[v]);
	if (v == VERDICT_AGREES)
		buf_puts(r->out, "The model and the kernel agree.\n");
	else if (rep->disagree)
		buf_printf(r->out, "The model and the kernel %s in %u place%s%s.\n",
			v == VERDICT_DIFFERS ? "DIFFER" : "differ", rep->disagree, rep->disagree == 1 ? "" : "s",
			rep->disagree > 1 && r->opt.verbosity < 1 ? "; the first is shown (-v: all)" : "");
	for (unsigned i = 0; v == VERDICT_NOT_CERTAIN && i < rep->n_uncertain; i++) {
		buf_puts(r->out, "Not certain: ");
		text_wrapped(r->out, WIDTH, 13, 2, rep->uncertain[i]);
	}
	text_colour(r, PLAIN);
}

static void put_reasons(struct render *r, const char *what, char *const *reason, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		buf_printf(r->out, "  %s: ", what);
		text_wrapped(r->out, WIDTH, (unsigned)strlen(what) + 4, 4, reason[i]);
	}
}

void text_comparison(struct render *r)
{
	const struct text *t = r->state;
	const struct report *rep = r->report;

	buf_printf(r->out, "\nCompared with %s, as %s:\n", rep->kernel ? rep->kernel : "the kernel",
		rep->user ? rep->user : "this user");
	for (unsigned w = 0; w < CMP_NUM; w++) {
		if (!t->compared[w])
			continue;
		buf_printf(r->out, "  %-9s %5u of %u agree", compare_what_name((enum compare_what)w), t->agreed[w],
			t->compared[w]);
		if (w == CMP_STEP)
			put_observers(r);
		buf_putc(r->out, '\n');
	}
	put_coverage(r);
	if (rep->again)
		buf_printf(r->out, "  at the pace of this machine, %llu ms behind the model's own\n",
			(unsigned long long)(rep->behind_ns / NSEC_PER_MSEC));
	put_reasons(r, "not compared", rep->skipped, rep->n_skipped);
	if (report_verdict(rep) == VERDICT_DIFFERS)
		put_reasons(r, "not certain", rep->uncertain, rep->n_uncertain);
	put_verdict(r);
}
