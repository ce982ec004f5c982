/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A lab is a row of units: the top level of its script, each printed by itself (a command, a chain
 * of
 * && and ||, a loop, one with its here-document). An edit replaces a few units in a row by other text, or by nothing.
 * In each round many edits are tried at once, each by itself, for they cost waiting more than work (delta debugging,
 * Zeller and Hildebrandt 2002, is the pattern; there one is tried after the other). Those that leave the same kind of
 * finding are then done together if that works, else as many of them as work together.
 * Rounds: loops unrolled; units left out, in blocks that get smaller; chains cut; words left out and numbers made
 * smaller inside of commands; until nothing helps any more or enough has been tried. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/script.h"
#include "sim/fuzz_state.h"

#define TRIES_MAX 800u /* for one finding */
#define EDITS_MAX 160u /* in one round */

struct edit {
	unsigned from, n; /* units that are replaced */
	struct buf text;  /* by what */
	bool works;
};
struct shrink {
	struct fuzz *f;
	const struct fuzz_result *want;
	char **unit;
	unsigned units;
	struct edit *edit;
	unsigned edits;
	unsigned tries;
	bool stop;
};

/* ---- units ---- */

static void units_release(struct shrink *s)
{
	for (unsigned i = 0; i < s->units; i++)
		free(s->unit[i]);
	free(s->unit);
	s->unit = NULL;
	s->units = 0;
}

static int units_split(struct shrink *s, const struct buf *text)
{
	struct script script;

	units_release(s);
	if (script_parse(&script, "lab", buf_str(text), text->size, NULL))
		return -1;
	s->unit = xcalloc(script.list.items + 1, sizeof(*s->unit));
	for (unsigned i = 0; i < script.list.items; i++) {
		const struct script one = { .list = { &script.list.item[i], 1 } };
		struct buf b = { 0 };

		script_print(&b, &one);
		s->unit[s->units++] = buf_steal(&b);
	}
	script_free(&script);
	return 0;
}

static struct edit *edit_add(struct shrink *s, unsigned from, unsigned n)
{
	if (s->edits == EDITS_MAX)
		return NULL;
	s->edit[s->edits] = (struct edit){ .from = from, .n = n };
	return &s->edit[s->edits++];
}

static void edits_clear(struct shrink *s)
{
	for (unsigned i = 0; i < s->edits; i++)
		buf_release(&s->edit[i].text);
	s->edits = 0;
}

/* The lab with the first `n` of those edits done that work and do not touch what one before has changed; or with
 * edit `only` alone. */
static void build(const struct shrink *s, struct buf *out, unsigned n, int only)
{
	unsigned at = 0, done = 0;

	for (unsigned i = 0; i < s->edits; i++) {
		const struct edit *e = &s->edit[i];

		if (only >= 0 ? i != (unsigned)only : !e->works || e->from < at || done == n)
			continue;
		while (at < e->from)
			buf_puts(out, s->unit[at++]);
		buf_puts(out, buf_str(&e->text));
		at = e->from + e->n;
		done++;
	}
	while (at < s->units)
		buf_puts(out, s->unit[at++]);
}

/* ---- rounds ---- */

static bool same(const struct shrink *s, const struct fuzz_result *r)
{
	return r->verdict == s->want->verdict && !strcmp(r->kind, s->want->kind);
}

/* Tries the texts at once; works[i] says which show it. */
static void try_texts(struct shrink *s, struct buf *text, unsigned n, bool *works)
{
	struct fuzz_try *t = xcalloc(n + 1, sizeof(*t));

	for (unsigned i = 0; i < n; i++)
		t[i].text = &text[i];
	s->stop = fuzz_try(s->f, t, n) < 0;
	s->tries += n;
	for (unsigned i = 0; i < n; i++)
		works[i] = !s->stop && same(s, &t[i].res);
	free(t);
}

/* Of the edits that work by themselves, how many of the first ones work together: tried for all, and for a half, ...
 * of them. At least 1. */
static void together(struct shrink *s, unsigned n, struct buf *best)
{
	struct buf text[16] = { 0 };
	bool works[16] = { false };
	unsigned k = 0;

	for (unsigned many = n; many > 1 && k<ARRAY_SIZE(text); many = many> 8 ? many * 3 / 4 : many - 1)
		build(s, &text[k++], many, -1);
	try_texts(s, text, k, works);
	for (unsigned i = 0; i < k; i++) {
		if (works[i] && !best->size) {
			*best = text[i];
			text[i] = (struct buf){ 0 };
		}
		buf_release(&text[i]);
	}
	if (!best->size)
		build(s, best, 1, -1);
}

/* Tries all edits; does what works. True when anything did. */
static bool go_round(struct shrink *s)
{
	struct buf *text = xcalloc(s->edits + 1, sizeof(*text)), best = { 0 };
	bool *works = xcalloc(s->edits + 1, sizeof(*works));
	unsigned n = 0;

	for (unsigned i = 0; i < s->edits; i++)
		build(s, &text[i], 0, (int)i);
	try_texts(s, text, s->edits, works);
	for (unsigned i = 0; i < s->edits; i++) {
		s->edit[i].works = works[i];
		n += works[i];
		buf_release(&text[i]);
	}
	if (n > 0 && !s->stop)
		together(s, n, &best);
	if (n > 0 && !s->stop)
		units_split(s, &best);
	if (s->tries >= TRIES_MAX)
		s->stop = true;
	buf_release(&best);
	edits_clear(s);
	free(works);
	free(text);
	return n > 0 && !s->stop;
}

/* ---- edits ---- */

/* Text with ${name} replaced, as the canonical form writes variables. */
static void put_replaced(struct buf *out, const char *text, const char *name, const char *value)
{
	struct buf quoted = { 0 }, plain = { 0 };

	buf_printf(&quoted, "\"${%s}\"", name);
	buf_printf(&plain, "${%s}", name);
	while (*text) {
		bool q = !strncmp(text, buf_str(&quoted), quoted.size), p = !strncmp(text, buf_str(&plain), plain.size);

		if (q || p)
			buf_puts(out, value);
		else
			buf_putc(out, *text);
		text += q ? quoted.size : p ? plain.size : 1;
	}
	buf_release(&quoted);
	buf_release(&plain);
}

/* The loop's body once for each word. */
static void unroll(struct buf *out, const struct script_for *loop)
{
	const struct script body = { .list = loop->body };
	struct buf text = { 0 };

	script_print(&text, &body);
	for (unsigned i = 0; i < loop->words; i++) {
		struct buf word = { 0 };

		script_print_word(&word, &loop->word[i]);
		put_replaced(out, buf_str(&text), loop->name, buf_str(&word));
		buf_release(&word);
	}
	buf_release(&text);
}

/* Loops unrolled; chains as single commands. */
static void edits_structure(struct shrink *s)
{
	for (unsigned i = 0; i < s->units; i++) {
		const struct script_andor *a;
		struct script script;
		struct edit *e;

		if (script_parse(&script, "lab", s->unit[i], strlen(s->unit[i]), NULL))
			continue;
		a = script.list.item;
		if (script.list.items == 1 && (a->items > 1 || a->item[0].loop) && (e = edit_add(s, i, 1))) {
			for (unsigned k = 0; k < a->items; k++) {
				struct script_item item = { .cmd = a->item[k].cmd, .loop = a->item[k].loop };
				struct script_andor one = { &item, 1, false };
				const struct script alone = { .list = { &one, 1 } };

				if (item.loop)
					unroll(&e->text, item.loop);
				else
					script_print(&e->text, &alone);
			}
		}
		script_free(&script);
	}
}

static void edits_blocks(struct shrink *s, unsigned size)
{
	for (unsigned i = 0; i < s->units; i += size)
		edit_add(s, i, i + size < s->units ? size : s->units - i);
}

/* The end of the word that starts here: blanks in quotes are part of it. */
static const char *word_end(const char *w)
{
	bool quoted = false;

	for (; *w && *w != '\n' && (quoted || *w != ' '); w++)
		if (*w == '\'' || *w == '"')
			quoted = !quoted;
	return w;
}

static void edit_words(struct shrink *s, unsigned unit, size_t from, size_t to, const char *instead)
{
	struct edit *e = edit_add(s, unit, 1);

	if (!e)
		return;
	buf_put(&e->text, s->unit[unit], from);
	buf_puts(&e->text, instead);
	buf_puts(&e->text, s->unit[unit] + to);
}

static void edits_number(struct shrink *s, unsigned unit, size_t from, size_t to)
{
	const char *w = s->unit[unit];
	unsigned long v = strtoul(w + from, NULL, 10);
	char half[24];

	for (size_t i = from; i < to; i++)
		if (!isdigit((unsigned char)w[i]))
			return;
	if (to == from || v < 2)
		return;
	edit_words(s, unit, from, to, "1");
	snprintf(half, sizeof(half), "%lu", v / 2);
	if (v > 3)
		edit_words(s, unit, from, to, half);
}

/* Two words less, one word less, a smaller number: for each word behind the first. */
static void edits_words(struct shrink *s)
{
	for (unsigned i = 0; i < s->units; i++) {
		const char *u = s->unit[i], *w = word_end(u);

		if (strchr(u, '\n') != u + strlen(u) - 1) /* several lines: a loop, a here-document */
			continue;
		while (*w == ' ') {
			const char *end = word_end(w + 1), *second = *end == ' ' ? word_end(end + 1) : end;

			if (second != end)
				edit_words(s, i, (size_t)(w - u), (size_t)(second - u), "");
			edit_words(s, i, (size_t)(w - u), (size_t)(end - u), "");
			edits_number(s, i, (size_t)(w + 1 - u), (size_t)(end - u));
			w = end;
		}
	}
}

static void leave_out(struct shrink *s)
{
	for (unsigned size = s->units / 2; size > 0 && !s->stop;) {
		edits_blocks(s, size);
		if (!go_round(s))
			size /= 2;
		else if (size > s->units / 2)
			size = s->units / 2 ? s->units / 2 : 1;
		if (!s->units)
			break;
	}
}

unsigned fuzz_shrink(struct fuzz *f, struct buf *text, const struct fuzz_result *res)
{
	struct shrink s = { .f = f, .want = res };
	bool smaller = true;

	if (units_split(&s, text))
		return 0;
	s.edit = xcalloc(EDITS_MAX, sizeof(*s.edit));
	edits_structure(&s);
	go_round(&s);
	leave_out(&s);
	while (smaller && !s.stop) {
		edits_structure(&s);
		edits_words(&s);
		smaller = go_round(&s);
	}
	leave_out(&s);
	buf_clear(text);
	for (unsigned i = 0; i < s.units; i++)
		buf_puts(text, s.unit[i]);
	units_release(&s);
	free(s.edit);
	return s.tries;
}
