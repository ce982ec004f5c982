/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls of model/prog.h, really made: runs one program to its end in the calling process, which is one of
 * the lab's (kernel/proc.c) and already in its namespaces. */
#ifndef KERNEL_SYS_H
#define KERNEL_SYS_H

#include "model/op.h"

/* A program that this machine refuses what it needs, descriptors or memory for example, ends with a line that begins
 * so, or with OUT_OF_MEMORY, and with status 2: that is no outcome of the lab. */
#define KSYS_REFUSED "pktwalk: this machine refuses "

struct ksys;
/* What a program needs of memory: made before the process that runs it is forked, for a page that is only read costs a
 * process nothing, and one that it writes to much. */
struct ksys *ksys_new(void);
void ksys_free(struct ksys *k); /* NULL is fine */
/* Runs the program of the op, once; what it writes goes to descriptors 1 and 2. verifier: the PID, in the /proc that is
 * mounted here, of the process whose descendants belong to the lab; 0: all processes do. pid: what it gets for its own.
 * ready: a descriptor that is closed when the program has done all that it does without waiting for anything (a server
 * listens then). Returns its exit status. */
int ksys_run(struct ksys *k, const struct op_run *run, int verifier, int pid, int ready);

#endif
