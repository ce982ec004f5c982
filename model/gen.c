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

/* One of the choices between the brackets, or with "30?" in front the text with that chance in percent. */
static void choose(struct gen *g, struct buf *out, const char *s, size_t size)
{
	size_t digits = strspn(s, "0123456789");
	unsigned n = 1, at;

	if (s[digits] == '?') {
		if (gen_chance(g, (unsigned)strtoul(s, NULL, 10)))
			buf_put(out, s + digits + 1, size - digits - 1);
		return;
	}
	for (size_t i = 0; i < size; i++)
		n += s[i] == '|';
	for (at = gen_below(g, n); at; s++, size--)
		at -= *s == '|';
	for (; size && *s != '|'; size--)
		buf_putc(out, *s++);
}

static void expand(struct gen *g, struct buf *out, const char *s)
{
	while (*s) {
		size_t plain = strcspn(s, "["), size;

		buf_put(out, s, plain);
		s += plain;
		if (!*s)
			break;
		size = strcspn(++s, "]");
		choose(g, out, s, size);
		s += size + (s[size] == ']');
	}
}

static void put(struct gen *g, struct buf *out, const char *fmt, va_list ap)
{
	struct buf text = { 0 };

	buf_vprintf(&text, fmt, ap);
	expand(g, out, buf_str(&text));
	buf_release(&text);
}

void gen_put(struct gen *g, struct buf *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(g, out, fmt, ap);
	va_end(ap);
}

/* ---- commands ---- */

void gen_cmd(struct gen *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(g, g->out, fmt, ap);
	va_end(ap);
	buf_putc(g->out, '\n');
	g->commands++;
}

void gen_ip(struct gen *g, unsigned ns, const char *fmt, ...)
{
	va_list ap;

	buf_puts(g->out, "ip ");
	if (ns)
		buf_printf(g->out, "-n %s ", g->ns[ns].name);
	va_start(ap, fmt);
	put(g, g->out, fmt, ap);
	va_end(ap);
	buf_putc(g->out, '\n');
	g->commands++;
}

void gen_run(struct gen *g, unsigned ns, const char *fmt, ...)
{
	va_list ap;

	if (ns)
		buf_printf(g->out, "ip netns exec %s ", g->ns[ns].name);
	va_start(ap, fmt);
	put(g, g->out, fmt, ap);
	va_end(ap);
	buf_putc(g->out, '\n');
	g->commands++;
}

void gen_sleep(struct gen *g)
{
	gen_cmd(g, "sleep 0.4");
	gen_time(g, 400);
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

enum kind { SHAPES, CHANGES, PROBES, SHOWS };

static enum kind kind_of(unsigned recipe)
{
	enum gen_theme t = recipes[recipe].theme;

	return t == GEN_SHAPE ? SHAPES : t == GEN_SHOW ? SHOWS : t >= GEN_PING ? PROBES : CHANGES;
}

/* How likely a recipe is to be the next of its kind: the lab's own themes more often. */
static uint32_t weight(const struct gen *g, unsigned recipe, enum kind k)
{
	return kind_of(recipe) != k ? 0 : recipes[recipe].weight * (g->theme[recipes[recipe].theme] ? 6 : 1);
}

static unsigned draw(struct gen *g, enum kind k)
{
	uint32_t sum = 0, at;
	unsigned i = 0;

	for (unsigned r = 0; r < ARRAY_SIZE(recipes); r++)
		sum += weight(g, r, k);
	for (at = gen_below(g, sum); at >= weight(g, i, k); i++)
		at -= weight(g, i, k);
	return i;
}

static bool try(struct gen *g, unsigned recipe, uint32_t *drawn)
{
	if (!recipes[recipe].fn(g))
		return false;
	if (drawn)
		drawn[recipe]++;
	return true;
}

/* One more step of a kind; which is not to be had when nothing of it has a place. */
static void step(struct gen *g, enum kind k, uint32_t *drawn)
{
	for (unsigned tries = 0; tries < 20; tries++)
		if (try(g, draw(g, k), drawn))
			return;
}

static void settle(struct gen *g)
{
	static const struct {
		unsigned retrans_ms, solicits;
	} timers[] = { { 40, 3 }, { 50, 3 }, { 60, 2 }, { 100, 1 } };
	unsigned i = gen_below(g, ARRAY_SIZE(timers));

	g->retrans_ms = timers[i].retrans_ms;
	g->solicits = timers[i].solicits;
	g->time_limit = 5000;
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
	if (recipe < ARRAY_SIZE(recipes) && kind_of(recipe) == SHAPES)
		try(&g, recipe, drawn);
	else
		step(&g, SHAPES, drawn);
	gen_focus(&g);
	built = g.commands;
	steps = gen_chance(&g, 85) ? 8 + gen_below(&g, 14) : 20 + gen_below(&g, 40);
	for (unsigned i = 0; i < steps && g.commands < built + 3 * steps && gen_has_time(&g, 500); i++) {
		if (recipe < ARRAY_SIZE(recipes) && kind_of(recipe) != SHAPES && i % 5 == 1)
			try(&g, recipe, drawn);
		step(&g, gen_chance(&g, i ? 45 : 90) ? PROBES : CHANGES, drawn);
		if (gen_chance(&g, 15))
			step(&g, SHOWS, drawn);
	}
	gen_sleep(&g); /* at the end nothing is under way */
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
