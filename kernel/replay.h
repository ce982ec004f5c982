/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of the model, done again for real: each command's operation applied in the sandbox, programs as real processes,
 * everything captured. */
#ifndef KERNEL_REPLAY_H
#define KERNEL_REPLAY_H

#include "kernel/await.h"
#include "kernel/capture.h"
#include "kernel/crowd.h"
#include "kernel/kernel.h"
#include "kernel/observe.h"
#include "kernel/proc.h"
#include "kernel/sandbox.h"

struct job {                /* a process of the lab */
	uint32_t command;   /* index */
	struct kproc *proc; /* NULL: a sleep in the background */
	uint64_t until;     /* of the sleep: ns of the monotonic clock */
	bool done;
	int pids[8]; /* NSpid, outermost first, while it ran */
	unsigned n_pids;
	const struct kns *nameless; /* its namespace has lost its name: one of replay->nameless */
	struct job *next;           /* newest first */
};
struct replay {
	const struct run *run;
	struct sandbox sandbox;
	struct capture *capture;
	struct observe_shared shared; /* where the driver has set it up */
	struct observe *observe;
	struct result *res;  /* of each command: run->n of them, owned */
	struct await *await; /* frames that the model predicts */
	struct pace pace;    /* since `began`, when each command took effect, and the end; its array is owned */
	uint64_t began;
	struct kprocs *procs;
	struct job *jobs;
	struct kns *nameless; /* namespaces that only processes are in still, by next, owned */
	bool went_down;       /* a device, since links were last seen to rest, */
	bool carrier_moved;   /* or may have another carrier */
	bool announces;       /* arp_notify was set: another MAC address may be announced */
	bool refused;         /* a process ended for the machine's reasons: it can not go on */
	struct err refusal;
	uint64_t late;         /* ns that pktwalk or a program had to wait too long, at most: the machine was busy */
	struct crowd crowd;    /* neighbours of the whole machine, meanwhile */
	struct looks *looks;   /* where the model's run made one, owned */
	unsigned looked;       /* at how many of the model's */
	struct net *end;       /* the tables after the last command, owned */
	struct report *report; /* borrowed: for what is skipped, and what makes it uncertain */
};
/* Runs it all. 0, or -1 with *err. Whatever happened, replay_release() ends it. */
int replay_run(struct replay *r, const struct kernel_options *o, struct err *err);
void replay_release(struct replay *r);

#endif
