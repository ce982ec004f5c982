/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error channel for what the user wrote or the system answered: a message at a place. */
#ifndef MODEL_ERR_H
#define MODEL_ERR_H

#include "model/base.h"

struct loc {
	const char *file; /* borrowed: outlives every loc that names it (the lab's path) */
	unsigned line;    /* from 1; 0 = no place */
	unsigned col;     /* from 1, in bytes; 0 = the whole line */
};

struct err {
	struct loc loc;
	char msg[512];
};

/* Fills *e (which may be NULL) and returns -1, so that callers write "return err_set(...)". */
int err_set(struct err *e, struct loc loc, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same with the words "not modelled: " in front: what pktwalk knows of and does not do. */
int err_not_modelled(struct err *e, struct loc loc, const char *fmt, ...) PRINTF_LIKE(3, 4);
struct buf;
/* Appends "FILE:LINE:COL: message\n" (parts without a value left out). */
void err_format(struct buf *out, const struct err *e);

#endif
