/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A kernel may leave out programs while a certain task is current: those that virtual machines are
 * rented with have been seen to, for the provider's own agent. (There, bpf_trace_runN() compares current->tgid.) No
 * record comes and nothing counts that as missed, also of what a softirq does on top of that task, for whomever.
 * But it shows: a processor was switched to a task, which the task before it still told of, and then another one is
 * current there, though no switch to it was told. In between no program was run. That is a gap, which ends where the
 * other task is first met: when it is switched away from, is interrupted by a softirq, or is the idle task and waits.
 * Timers expire in the softirq behind a tick, so a gap in which jiffies stood still hides none.
 *
 * Registers: r6 this processor's struct tp_running, r7 now, r8 jiffies, r9 the arguments. The stack: -8 what is
 * current, -16 a key. */
#include "kernel/tp_gen.h"

#include <stdio.h>

enum { SP_CURRENT = -8, SP_KEY = -16 };

const char *const tp_gap_points[GAP_POINTS] = { "sched_switch", "softirq_entry", "cpu_idle" };

/* Where among the arguments of sched:sched_switch the two tasks are, which depends on the kernel; -1 = nowhere. */
static int first_task(const struct btf *b)
{
	uint32_t proto = btf_pointee(b, btf_find(b, BTF_TYPEDEF, "btf_trace_sched_switch"));
	uint32_t task = btf_find(b, BTF_STRUCT, "task_struct");

	for (unsigned i = 0; proto && task && i < 4; i++)
		if (btf_pointee(b, btf_param(b, proto, i + 1)) == task)
			return (int)i;
	return -1;
}

/* Keeps the gap from r6's time to r7, r8. */
static void keep(struct gen *g)
{
	unsigned none[2];

	gen_store_imm(g, 4, 10, SP_KEY, TP_GAPS);
	gen_look_up(g, g->maps->gaps, SP_KEY);
	none[0] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_mov_imm(g, 1, 1);
	gen_emit(g, BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD | BPF_FETCH);
	gen_alu_imm(g, BPF_AND, 1, TP_GAPS - 1);
	gen_store(g, 4, 10, SP_KEY, 1);
	gen_look_up(g, g->maps->gaps, SP_KEY);
	none[1] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_load(g, 8, 1, 6, offsetof(struct tp_running, since));
	gen_store(g, 8, 0, offsetof(struct tp_gap, from), 1);
	gen_store(g, 8, 0, offsetof(struct tp_gap, to), 7);
	gen_load(g, 8, 2, 6, offsetof(struct tp_running, jiffies));
	gen_mov(g, 1, 8);
	gen_emit(g, BPF_ALU64 | BPF_SUB | BPF_X, 1, 2, 0, 0);
	gen_store(g, 8, 0, offsetof(struct tp_gap, ticks), 1);
	gen_land(g, none[0]);
	gen_land(g, none[1]);
}

/* Is anything current but what this processor was switched to? Then there was a gap. */
static void look(struct gen *g)
{
	unsigned first, same;

	gen_load(g, 8, 1, 6, offsetof(struct tp_running, task));
	first = gen_jump(g, BPF_JEQ, 1, 0);
	gen_load(g, 8, 2, 10, SP_CURRENT);
	gen_emit(g, BPF_JMP | BPF_JEQ | BPF_X, 1, 2, 0, 0);
	same = g->p->n - 1;
	keep(g);
	gen_land(g, first);
	gen_land(g, same);
}

int tp_compile_gap(const struct btf *b, const struct tp_maps *maps, enum tp_gap_point point, struct tp_prog *p)
{
	int task = first_task(b);
	struct gen g = { .maps = maps, .p = p };
	unsigned none;

	p->n = 0;
	p->why[0] = 0;
	if (task < 0) {
		snprintf(p->why, sizeof(p->why), "sched:sched_switch tells of no tasks");
		return -1;
	}
	gen_mov(&g, 9, 1);
	gen_store_imm(&g, 4, 10, SP_KEY, 0);
	gen_look_up(&g, maps->running, SP_KEY);
	none = gen_jump(&g, BPF_JEQ, 0, 0);
	gen_mov(&g, 6, 0);
	gen_call(&g, FN_KTIME);
	gen_mov(&g, 7, 0);
	gen_call(&g, FN_JIFFIES);
	gen_mov(&g, 8, 0);
	if (point == GAP_SWITCH)
		gen_load(&g, 8, 0, 9, 8 * task);
	else
		gen_call(&g, FN_TASK);
	gen_store(&g, 8, 10, SP_CURRENT, 0);
	look(&g);
	if (point == GAP_SWITCH)
		gen_load(&g, 8, 1, 9, 8 * (task + 1));
	else
		gen_load(&g, 8, 1, 10, SP_CURRENT);
	gen_store(&g, 8, 6, offsetof(struct tp_running, task), 1);
	gen_store(&g, 8, 6, offsetof(struct tp_running, since), 7);
	gen_store(&g, 8, 6, offsetof(struct tp_running, jiffies), 8);
	gen_land(&g, none);
	gen_leave(&g);
	return g.failed ? -1 : 0;
}
