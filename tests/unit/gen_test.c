/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random labs: the same seed gives the same bytes, every recipe is drawn, nothing that is refused comes out, and no lab
 * storms or takes long. */
#include <stdlib.h>

#include "model/buf.h"
#include "model/gen.h"
#include "sim/lab.h"
#include "sim/sim.h"
#include "tests/unit/check.h"

#define LABS 400
#define NONE UINT32_MAX

/* FNV-1a */
static uint64_t hash(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 0x100000001b3;
	return h;
}

static uint64_t hash_of(uint64_t seed, unsigned recipe)
{
	struct buf b = { 0 };
	uint64_t h;

	gen_lab_with(seed, recipe, &b, NULL);
	h = hash(0xcbf29ce484222325, buf_str(&b));
	buf_release(&b);
	return h;
}

/* The bytes of many labs are the same each time, and differ from seed to seed and with the recipe that is asked for. */
static void determined(void)
{
	struct buf b = { 0 }, c = { 0 };

	gen_lab(7, &b);
	gen_lab_with(7, NONE, &c, NULL);
	CHECK_STR(buf_str(&c), buf_str(&b));
	CHECK(b.size > 200);
	for (uint64_t seed = 1; seed < 50; seed++) {
		CHECK(hash_of(seed, NONE) == hash_of(seed, NONE));
		CHECK(hash_of(seed, NONE) != hash_of(seed + 1, NONE));
		CHECK(hash_of(seed, 3) != hash_of(seed, 4));
	}
	buf_release(&b);
	buf_release(&c);
}

static bool storms(const struct run *run)
{
	for (unsigned i = 0; i < run->n; i++)
		if (run->cmd[i].storm)
			return true;
	return false;
}

static bool says_not_modelled(const struct run *run)
{
	for (unsigned i = 0; i < run->n; i++)
		if (strstr(buf_str(&run->cmd[i].res.err), "not modelled"))
			return true;
	return false;
}

/* One lab in the model. False: it says what is wrong. */
static bool runs(uint64_t seed, unsigned recipe, uint32_t *drawn, uint32_t *ok, uint32_t *failed)
{
	struct run run = { .path = "lab" };
	struct err err = { 0 };
	struct buf b = { 0 };
	struct sim *s = sim_new(seed, true);
	const char *wrong = NULL;

	gen_lab_with(seed, recipe, &b, drawn);
	if (lab_run(s, "lab", buf_str(&b), b.size, &run, &err))
		wrong = err.msg;
	else if (trace_check(run.trace))
		wrong = "a packet does not end exactly once";
	else if (storms(&run))
		wrong = "a storm";
	else if (says_not_modelled(&run))
		wrong = "not modelled, said when it ran";
	else if (run.now > 20 * NSEC_PER_SEC)
		wrong = "it takes long";
	for (unsigned i = 0; i < run.n; i++)
		*(run.cmd[i].res.status ? failed : ok) += 1;
	if (wrong)
		fprintf(stderr, "seed %llu: %s\n%s", (unsigned long long)seed, wrong, buf_str(&b));
	run_release(&run);
	sim_free(s);
	buf_release(&b);
	return !wrong;
}

static void variety(void)
{
	uint32_t *drawn = xcalloc(gen_recipes(), sizeof(*drawn)), ok = 0, failed = 0;

	for (uint64_t seed = 1; seed <= LABS; seed++)
		if (!CHECK(runs(seed, NONE, drawn, &ok, &failed)))
			break;
	for (unsigned i = 0; i < gen_recipes(); i++)
		if (!CHECK(drawn[i] > 0))
			fprintf(stderr, "  %s was never drawn\n", gen_recipe_name(i));
	/* most of what is done works, some of it does not */
	CHECK(failed * 4 < ok && failed * 50 > ok);
	free(drawn);
}

/* A recipe that is asked for is there, in some lab of a few. */
static void steered(void)
{
	for (unsigned i = 0; i < gen_recipes(); i++) {
		uint32_t *drawn = xcalloc(gen_recipes(), sizeof(*drawn)), ok = 0, failed = 0;

		for (uint64_t seed = 0; seed < 12 && !drawn[i]; seed++)
			CHECK(runs(seed, i, drawn, &ok, &failed));
		if (!CHECK(drawn[i] > 0))
			fprintf(stderr, "  %s is not to be had\n", gen_recipe_name(i));
		free(drawn);
	}
	CHECK_STR(gen_recipe_name(gen_recipes()), "");
}

int main(void)
{
	determined();
	variety();
	steered();
	return check_end();
}
