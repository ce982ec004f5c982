/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that forks in place of another, whose children they become all the same. fork(2) costs by the memory of
 * the one that calls it: its page tables are copied, and whatever it writes to afterwards is copied page by page. A
 * starter's memory is what it was when it began, and it writes to hardly any of it. */
#ifndef KERNEL_STARTER_H
#define KERNEL_STARTER_H

#include <sys/types.h>

#include "model/err.h"

#define STARTER_FDS 4

struct starter;
/* Runs in the new process, and does not return. fd[]: as they were handed over, under other numbers; what else is open
 * there is the starter's. */
typedef void starter_fn(void *ctx, const void *arg, const int fd[STARTER_FDS]);

/* Forks it; it ends with the caller. It stays in the namespaces that its children are to begin in, and may not be PID 1
 * of one. NULL with *err. */
struct starter *starter_new(starter_fn *fn, void *ctx, struct err *err);
/* A new child of the calling process: its PID; -1 with errno. arg and ctx point to memory as it was when the starter
 * began. */
pid_t starter_start(struct starter *s, const void *arg, const int fd[STARTER_FDS]);
void starter_free(struct starter *s); /* NULL is fine; what it started goes on */

#endif
