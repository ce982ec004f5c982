/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cpu.h"

#include <sched.h>

unsigned cpu_count(void)
{
	cpu_set_t may;
	int n = sched_getaffinity(0, sizeof(may), &may) ? 1 : CPU_COUNT(&may);

	return n > 0 ? (unsigned)n : 1;
}

void cpu_keep_to(int n)
{
	cpu_set_t may, one;
	int cpu = sched_getcpu();

	if (sched_getaffinity(0, sizeof(may), &may) || !CPU_COUNT(&may))
		return;
	if (n >= 0) {
		n %= CPU_COUNT(&may);
		for (cpu = 0; !CPU_ISSET(cpu, &may) || n--; cpu++)
			;
	}
	if (cpu < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}
