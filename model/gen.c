/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random labs. Theory of operation: a lab begins with a shape (namespaces, cables, bridges, addresses, routes), and
 * goes on with recipes drawn from the table by weight: those that change something, and probes and shows in between.
 * A lab keeps to a few themes, whose recipes are drawn more often, so that things meet that have to do with each other.
 * Each recipe looks at the picture of the lab so far (struct gen), appends commands that fit it, most of the time, and
 * keeps the picture up. The picture need not be exact: what does not work out in the end is a lab too. */
#include "model/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/gen_lab.h"

static const struct gen_recipe recipes[] = {
#define RECIPE(name, theme, weight) { #name, GEN_##theme, weight, gen_do_##name },
#include "model/gen.def"
};

/* ---- chance ---- */

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014) */
static uint64_t next(struct gen *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint32_t gen_below(struct gen *g, uint32_t n)
{
	return (uint32_t)((next(g) >> 32) * n >> 32);
}

bool gen_chance(struct gen *g, unsigned percent)
{
	return gen_below(g, 100) < percent;
}

const char *gen_word(struct gen *g, const char *words)
{
	unsigned n = 1, at;

	for (const char *s = words; *s; s++)
		n += *s == ' ';
	at = gen_below(g, n);
	while (at--)
		words = strchr(words, ' ') + 1;
	str_copy(g->word, sizeof(g->word), words);
	g->word[strcspn(g->word, " ")] = 0;
	return g->word;
}

/* ---- commands ---- */

void gen_cmd(struct gen *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(g->out, fmt, ap);
	va_end(ap);
	buf_putc(g->out, '\n');
	g->commands++;
}

static void in_ns(struct gen *g, unsigned ns, const char *host, const char *other, const char *fmt, va_list ap)
{
	if (ns)
		buf_printf(g->out, other, g->ns[ns].name);
	else
		buf_puts(g->out, host);
	buf_vprintf(g->out, fmt, ap);
	buf_putc(g->out, '\n');
	g->commands++;
}

void gen_ip(struct gen *g, unsigned ns, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	in_ns(g, ns, "ip ", "ip -n %s ", fmt, ap);
	va_end(ap);
}

void gen_run(struct gen *g, unsigned ns, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	in_ns(g, ns, "", "ip netns exec %s ", fmt, ap);
	va_end(ap);
}

void gen_time(struct gen *g, unsigned ms)
{
	g->ms += ms;
}

bool gen_has_time(const struct gen *g, unsigned ms)
{
	return g->ms + ms <= g->time_limit;
}

/* ---- the lab ---- */

/* How likely a recipe is to be the next: the lab's own themes more often. */
static unsigned weight(const struct gen *g, unsigned recipe)
{
	const struct gen_recipe *r = &recipes[recipe];

	if (r->theme == GEN_SHAPE)
		return 0;
	return r->weight * (g->theme[r->theme] ? 6 : 1);
}

static bool try(struct gen *g, unsigned recipe, uint32_t *drawn)
{
	if (!recipes[recipe].fn(g))
		return false;
	if (drawn)
		drawn[recipe]++;
	return true;
}

/* One more step; which of them: changes, or probes and shows. */
static void step(struct gen *g, bool probe, uint32_t *drawn)
{
	for (unsigned tries = 0; tries < 20; tries++) {
		uint32_t sum = 0, at;
		unsigned i = 0;

		for (unsigned r = 0; r < ARRAY_SIZE(recipes); r++)
			sum += (recipes[r].theme >= GEN_PING) == probe ? weight(g, r) : 0;
		at = gen_below(g, sum);
		for (;; i++) {
			uint32_t w = (recipes[i].theme >= GEN_PING) == probe ? weight(g, i) : 0;

			if (at < w)
				break;
			at -= w;
		}
		if (try(g, i, drawn))
			return;
	}
}

static void shape(struct gen *g, unsigned wanted, uint32_t *drawn)
{
	uint32_t sum = 0, at;
	unsigned i = 0;

	if (wanted < ARRAY_SIZE(recipes) && recipes[wanted].theme == GEN_SHAPE) {
		try(g, wanted, drawn);
		return;
	}
	for (unsigned r = 0; r < ARRAY_SIZE(recipes); r++)
		sum += recipes[r].theme == GEN_SHAPE ? recipes[r].weight : 0;
	at = gen_below(g, sum);
	for (;; i++) {
		uint32_t w = recipes[i].theme == GEN_SHAPE ? recipes[i].weight : 0;

		if (at < w)
			break;
		at -= w;
	}
	try(g, i, drawn);
}

static void settle(struct gen *g)
{
	static const struct {
		unsigned retrans_ms, solicits;
	} timers[] = { { 40, 3 }, { 50, 3 }, { 60, 2 }, { 100, 1 } };
	unsigned i = gen_below(g, ARRAY_SIZE(timers));

	g->retrans_ms = timers[i].retrans_ms;
	g->solicits = timers[i].solicits;
	g->time_limit = 3000;
	g->redirects = gen_chance(g, 10);
	for (unsigned n = 2 + gen_below(g, 3); n; n--)
		g->theme[GEN_SHAPE + 1 + gen_below(g, GEN_THEMES - 1)] = true;
}

static void release(struct gen *g)
{
	for (unsigned i = 0; i < g->rules; i++)
		free(g->rule[i].spec);
}

void gen_lab_with(uint64_t seed, unsigned recipe, struct buf *out, uint32_t *drawn)
{
	struct gen g = { .state = seed, .out = out, .nses = 1, .ns[0].alive = true };
	unsigned steps, built;

	/* labs of neighbouring seeds have nothing in common */
	g.state = next(&g) ^ recipe;
	buf_printf(out, "#!/bin/bash\n# A random lab: seed %llu.\n", (unsigned long long)seed);
	settle(&g);
	shape(&g, recipe, drawn);
	built = g.commands;
	steps = gen_chance(&g, 80) ? 8 + gen_below(&g, 14) : 20 + gen_below(&g, 40);
	for (unsigned i = 0; i < steps && g.commands < built + 2 * steps; i++) {
		if (recipe < ARRAY_SIZE(recipes) && recipes[recipe].theme != GEN_SHAPE && i % 5 == 1)
			try(&g, recipe, drawn);
		step(&g, gen_chance(&g, i ? 50 : 90), drawn);
	}
	release(&g);
}

void gen_lab(uint64_t seed, struct buf *out)
{
	gen_lab_with(seed, UINT32_MAX, out, NULL);
}

unsigned gen_recipes(void)
{
	return ARRAY_SIZE(recipes);
}

const char *gen_recipe_name(unsigned recipe)
{
	return recipe < ARRAY_SIZE(recipes) ? recipes[recipe].name : "";
}
