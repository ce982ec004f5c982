/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random labs: complete texts, wholly determined by a seed, that are meaningful enough to be compared in model and
 * kernel. They cover what docs/coverage.md says is modelled.
 *
 * How a new piece of the model joins: write a function `static bool NAME(struct gen *g)` in one of the model/gen_*.c
 * (the picture of the lab so far and the helpers are in model/gen_lab.h) that appends a command or a few with
 * gen_ip(), gen_run() and the like, and returns false when the lab so far has no place for it; then one line in
 * model/gen.def with its name, theme and weight. A sysctl needs no function: a line in model/sysctl.def is enough, and
 * in gen_sysctl.c the values worth trying, when 0 and 1 are not.
 *
 * What a lab must never do is to let a deadline of a command come near a timer of the kernel: the rules for times are
 * in model/gen_lab.h. */
#ifndef MODEL_GEN_H
#define MODEL_GEN_H

#include "model/base.h"

struct buf;
/* Appends a random lab, complete text that `pktwalk run` accepts, wholly determined by the seed. */
void gen_lab(uint64_t seed, struct buf *out);

/* The pieces that labs are made of, in a fixed order: how many there are, and their names. */
unsigned gen_recipes(void);
const char *gen_recipe_name(unsigned recipe);
/* As gen_lab(), but the lab has `recipe` in it for sure, if what the seed makes has a place for it, and several times
 * when it has; UINT_MAX = none in particular. drawn (gen_recipes() counters) is increased for each that took part; may
 * be NULL. Determined by seed and recipe. */
void gen_lab_with(uint64_t seed, unsigned recipe, struct buf *out, uint32_t *drawn);

#endif
