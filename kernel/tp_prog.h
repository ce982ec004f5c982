/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BPF programs for tracepoints, made at run time from paths (kernel/tp.def) and the kernel's description of its types;
 * no compiler is needed. Each writes a record into the ring buffer of the lab whose namespace the event belongs to. */
#ifndef KERNEL_TP_PROG_H
#define KERNEL_TP_PROG_H

#include "kernel/bpf.h"
#include "kernel/btf.h"

enum tp_id {
#define TP(id, ...) TP_##id,
#include "kernel/tp.def"
	TP_NUM
};
enum tp_field {
	TF_NONE,
	TF_DEV,
	TF_IFINDEX,
	TF_REASON,
	TF_FUNCTION,
	TF_PROTOCOL,
	TF_HEAD,
	TF_NETWORK,
	TF_DATA,
	TF_TAIL,
	TF_LENGTH,
	TF_PACKET_TYPE,
	TF_PACKET,
	TF_TABLE,
	TF_ERROR,
	TF_WHERE,
	TF_SOFTIRQ,
	TF_PROCESS,
	TF_NEXTHOP,
	TF_GATEWAY_FAMILY,
	TF_GATEWAY,
	TF_SCOPE,
	TF_OIF,
	TF_IIF,
	TF_FLOW_SCOPE,
	TF_FLOW_PROTOCOL,
	TF_FLOW_FLAGS,
	TF_SRC,
	TF_DST,
	TF_TYPE,
	TF_CODE,
	TF_FAMILY,
	TF_UPDATED,
	TF_ADDRESS,
	TF_STATE,
	TF_NEW_STATE,
	TF_NEW_MAC_AT,
	TF_NEW_MAC,
	TF_MAC,
	TF_VLAN,
	TF_FLAGS,
	TF_NUM
};
#define TP_NS_MAX 4
#define TP_FIELD_MAX 20
struct tp_desc {
	const char *name;          /* "skb:kfree_skb" */
	const char *args;          /* names, separated by spaces */
	const char *ns[TP_NS_MAX]; /* paths to the number of the namespace: the first that leads to one holds */
	struct {
		enum tp_field field;
		const char *path;
	} field[TP_FIELD_MAX]; /* up to TF_NONE */
};
extern const struct tp_desc tp_descs[TP_NUM];
const char *tp_short_name(enum tp_id id); /* "kfree_skb" */

#define TP_PACKET_SIZE 72   /* of a packet's bytes: the longest IP header, and the beginning of what follows */
#define TP_FUNCTION_SIZE 64 /* of a function's name */
#define TP_RING_SIZE (1u << 20)
struct tp_record {     /* its beginning; fields follow, each from a multiple of 8 */
	uint64_t time; /* CLOCK_MONOTONIC */
	uint32_t ns;   /* number of the namespace */
	uint16_t id, cpu;
};
struct tp_layout {
	uint16_t at[TF_NUM], size[TF_NUM]; /* 0: this tracepoint does not tell */
	uint16_t total;
};

struct tp_maps {     /* descriptors */
	int labs;    /* hash: number of a namespace -> slot of the lab */
	int rings;   /* array: slot -> ring buffer */
	int lost;    /* array: slot -> records that there was no room for */
	int late;    /* array: slot -> ticks that a timer of the lab came late, at most */
	int where;   /* per CPU: 0, or softirq << 32 | number of the namespace that it works for */
	int names;   /* read only: the format for a function's name */
	int running; /* per CPU: struct tp_running */
	int gaps;    /* array of struct tp_gap: the newest TP_GAPS, and at TP_GAPS how many there have been (from) */
};
#define TP_INSNS 1024
struct tp_prog {
	struct bpf_insn insn[TP_INSNS];
	unsigned n;
	struct tp_layout layout;
	char why[128]; /* it can not be made: "struct sk_buff has no member dev" */
};
/* The kernel does not run a program on top of itself. So a tracepoint has two: a softirq may come on top of that of the
 * other context, and each leaves at once what is not its own. */
enum tp_context { TP_OUTSIDE, TP_SOFTIRQ, TP_CONTEXTS };
/* The program of a tracepoint. 0, or -1 with p->why. */
int tp_compile(const struct btf *b, enum tp_id id, enum tp_context c, const struct tp_maps *maps, struct tp_prog *p);
/* The same for any description, with the number `id` in its records; for the tests. */
int tp_compile_desc(
	const struct btf *b, const struct tp_desc *d, uint16_t id, const struct tp_maps *maps, struct tp_prog *p);

/* When programs are not run: those of sched:sched_switch, irq:softirq_entry and power:cpu_idle (kernel/tp_gap.c). */
#define TP_GAPS 4096
struct tp_gap { /* no program was run on some processor; ns, CLOCK_MONOTONIC */
	uint64_t from, to;
	uint64_t ticks; /* by how much jiffies went on meanwhile */
};
struct tp_running {
	uint64_t task; /* what this processor was switched to; 0 = not known yet */
	uint64_t since, jiffies;
};
enum tp_gap_point { GAP_SWITCH, GAP_SOFTIRQ, GAP_IDLE, GAP_POINTS };
extern const char *const tp_gap_points[GAP_POINTS]; /* "sched_switch" */
/* 0, or -1 with p->why. */
int tp_compile_gap(const struct btf *b, const struct tp_maps *maps, enum tp_gap_point point, struct tp_prog *p);

/* Who this processor works for: programs of irq:softirq_entry and irq:softirq_exit. */
void tp_compile_softirq(const struct tp_maps *maps, bool entry, struct tp_prog *p);
/* The same of timer:timer_expire_entry: timers whose functions are known work for the namespace of what they are in.
 * When they should have expired is told there too, and kept when it is some ticks ago: a softirq waits on a busy
 * machine. */
#define TP_TIMERS 6
#define TP_TICKS_LATE 2
struct tp_timer {
	const char *function;
	const char *container, *member; /* the structure that the timer is in, as which member */
	const char *ns;                 /* path from the structure to the number of its namespace */
};
extern const struct tp_timer tp_timers[TP_TIMERS];
/* `address`: of each function, 0 = this kernel has none such. 0, or -1 with p->why. */
int tp_compile_timer(
	const struct btf *b, const struct tp_maps *maps, const uint64_t address[TP_TIMERS], struct tp_prog *p);
/* A program to be called with two numbers of 64 bits: it makes them jiffies and CLOCK_MONOTONIC. */
#define TP_TICK_NS (4 * NSEC_PER_MSEC) /* of a kernel with 250 ticks a second, as the model has it */
void tp_compile_clock(struct tp_prog *p);
/* A program to be called (bpf_call()) with TP_TIMERS numbers of 64 bits, into which it puts the timers' functions'
 * addresses; 0 = this kernel has none such. */
void tp_compile_symbols(struct tp_prog *p);

#endif
