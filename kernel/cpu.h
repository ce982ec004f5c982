/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On which processor a lab runs: on one. Then a softirq is over before a program that it wakes goes on, as in the
 * model; on two, what a packet causes and what the program does would be in an order that is chance. What the kernel's
 * own threads do, and timers that another processor takes over from an idle one, may still be elsewhere
 * (kernel/time/timer_migration.c). */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

/* The calling thread, and all that it starts from now on, keeps to the nth of those processors that it may run on (n
 * from 0, modulo their number), or with n < 0 to the one that it is on. When that can't be done nothing changes. */
void cpu_keep_to(int n);
/* How many processors the calling thread may run on; at least 1. */
unsigned cpu_count(void);

#endif
