/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells listeners (EV_*_NOTICE, EV_CT_EVENT) beside what the model says that it tells: for the table of
 * witnesses in kernel/steps.c. */
#ifndef KERNEL_NOTICE_H
#define KERNEL_NOTICE_H

#include "kernel/listen.h"
#include "kernel/observe.h"
#include "kernel/vars.h"
#include "model/run.h"

/* One message of ctnetlink, of rtnetlink: ctx is a struct observe, to which what it says is added. Any bytes are fine.
 */
void ct_event_message(void *ctx, struct listener *l, const struct nlmsghdr *h);
void monitor_message(void *ctx, struct listener *l, const struct nlmsghdr *h);

/* What the messages of one row have in common, behind the namespace: each such thing has its own order. */
void notice_key(struct buf *b, const struct event *e, const struct flow *f);
/* Values that the kernel picks freely become the model's; those that no frame has bound stand for any. */
void notice_map(const struct vars *v, bool model, struct event *e);
/* An entry that goes because its time is over: when is the kernel's choice. */
bool notice_own_time(const struct event *e);
bool notice_sees(const struct event *e); /* all others */
/* Seen, and not predicted: a timer of the kernel's that came before the end, where the model's is about to come. */
bool notice_early(const struct run *run, const struct event *kernel);
/* How much later than predicted a timer's message may come, ns. */
uint64_t notice_slack(const struct run *run, const struct event *model);
/* Was the first made by an acknowledgement that came right before the FIN which made the second? Whether it comes at
 * all is left out among the frames (kernel/compare.c), so it is here. */
bool notice_early_ack(const struct event *kernel, const struct event *next);
/* The first field that differs, NULL = none. A message tells all fields: what one side lacks the other must lack. */
const char *notice_differs(const struct event *model, const struct obs *kernel);

#endif
