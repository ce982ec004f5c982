/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executes a lab's script as bash would: variables, loops, && || !, set, exit. What a simple command does is the
 * caller's: it gets the words after expansion and says the status. */
#ifndef SIM_SHELL_H
#define SIM_SHELL_H

#include "model/cmd.h"
#include "model/script.h"

#define SHELL_MAX_STEPS 1000000u        /* simple commands and rounds of loops; a lab that needs more is stopped */
#define SHELL_MAX_TEXT 65536u           /* bytes of one word, value or here-document */
#define SHELL_MAX_EXPANDED (256u << 20) /* bytes of all words together, each as often as it is executed */

/* A simple command ready to run. All of it is valid during the call only. */
struct shell_call {
	const struct script_cmd *source;
	struct word *w;
	unsigned n;
	const char *text;  /* in one line, as it is executed */
	const char *input; /* here-document; NULL = none */
	size_t input_size;
	bool out_null, err_null, err_to_out, out_to_err;
	const char *out_path; /* output goes to this file, not /dev/null; NULL = none */
	struct loc out_loc;
	bool background;
	bool tested; /* its status is looked at: left of && or ||, behind ! */
	int pid;     /* out, of a background command: what $! becomes */
};
struct shell_end {
	int status;
	bool stopped; /* by exit, or by set -e */
};
/* Runs one command; sets *status. 0, or -1 with *err, which ends the run. */
typedef int shell_fn(void *ctx, struct shell_call *call, int *status, struct err *err);
/* Runs the script; name is $0. Returns 0, or -1 with *err. */
int shell_run(
	const struct script *s, const char *name, shell_fn *fn, void *ctx, struct shell_end *end, struct err *err);
/* Looks at a command before anything runs, as far as it needs no variable: its redirections, the shell's own words,
 * and, when all its words are literal, fn with them. Returns 0, or -1 with *err. */
typedef int shell_check_fn(const struct shell_call *call, struct err *err);
int shell_check(const struct script_cmd *c, shell_check_fn *fn, struct err *err);

#endif
