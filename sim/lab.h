/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab, run in the model: the shell executes the script, each simple command becomes an operation, and the
 * record of it all is a struct run. */
#ifndef SIM_LAB_H
#define SIM_LAB_H

#include "model/run.h"
#include "sim/sim.h"

/* Parses and runs the lab. run->path must be set; commands, trace (taken over from s), net and now are filled,
 * also when it fails midway. Returns 0, or -1 with *err: the lab can not be understood or is not modelled (the
 * whole script is parsed before anything runs). What fails as it would under bash is no error. */
int lab_run(struct sim *s, const char *path, const char *text, size_t size, struct run *run, struct err *err);
/* A run once more, at the pace of a machine on which the lab was carried out meanwhile. */
struct lab_again {
	uint64_t seed; /* of the first run; path, text, size: likewise, borrowed */
	const char *path, *text;
	size_t size;
	struct sim *s;
	struct run run;
	struct pace pace;
};
/* pace: copied. The run, which is *a's until the next; NULL when it can not be done. ctx: the struct lab_again. */
const struct run *lab_run_again(void *ctx, const struct pace *pace);
void lab_again_release(struct lab_again *a);
/* Checks the language only and appends the lab in canonical form, which parses to itself. 0, or -1 with *err. */
int lab_parse(const char *path, const char *text, size_t size, struct buf *canonical, struct err *err);

#endif
