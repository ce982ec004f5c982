/* SPDX-License-Identifier: GPL-2.0-or-later */
/* About the end of the lab the clocks of model and kernel differ: timers. */
#ifndef KERNEL_LATE_H
#define KERNEL_LATE_H

#include "model/net.h"

struct flow;
#define TIMER_LATE_NS (1250 * NSEC_PER_MSEC) /* an eighth of the longest that matters, and some for slow machines */

/* Is it an ARP request that a neighbour entry of the model, at its end, waits to send, or the reply to that one? */
bool late_arp(const struct net *net, const struct flow *f);

#endif
