/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of the model against what tracepoints tell: which of them a tracepoint sees, and what makes the two differ. */
#ifndef KERNEL_TP_STEPS_H
#define KERNEL_TP_STEPS_H

#include "kernel/observe.h"

/* skb:kfree_skb sees every drop but those for which the kernel has no reason, since it uses the packet up, and those
 * that are an error of a socket's call before there is a packet. */
bool tp_sees_drop(const struct event *e);
/* And some that are none in the model. */
bool tp_sees_absorb(const struct event *e);
/* By the reason's name and the function. NULL: they agree; else the name of what differs. */
const char *tp_drop_differs(const struct event *model, const struct obs *kernel);

/* net:net_dev_queue is told before the queue: also of what the queue then throws away. */
bool tp_sees_queue_drop(const struct event *e);
const char *tp_frame_differs(const struct event *model, const struct obs *kernel);
/* fib:fib_table_lookup, of packets that came in, and for the way back to their source; what the route was that it
 * found. */
bool tp_sees_route(const struct event *e);
const char *tp_route_differs(const struct event *model, const struct obs *kernel);
/* Whether there is a look-up is not certain: of TCP there may be an acknowledgement more, and a UDP socket may keep the
 * route (udp_v4_early_demux()): there and back. */
bool tp_leaves_route(const struct event *e, const struct flow *f);
bool tp_sees_fdb_notice(const struct event *e); /* bridge:fdb_delete, of stations */

/* No tracepoint is where this happens; the next one about the same thing tells of it, if there is one. */
bool tp_tells_later(const struct event *e);

#define TP_LEFT_OUT 8 /* kinds of them */
/* What is no step of a packet on its way: which kind of it, from 1; 0 = it is one. */
unsigned tp_left_out(const struct obs *obs);
const char *tp_left_out_why(unsigned which); /* NULL: there are no more */

#endif
