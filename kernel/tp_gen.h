/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions of BPF, one after the other into a program: what kernel/tp_prog.c and kernel/tp_gap.c are written in. */
#ifndef KERNEL_TP_GEN_H
#define KERNEL_TP_GEN_H

#include "kernel/tp_prog.h"

/* bpf helpers by number, as include/uapi/linux/bpf.h has them: headers of an older kernel lack the later ones */
enum {
	FN_MAP_LOOKUP = 1,
	FN_KTIME = 5,
	FN_CPU = 8,
	FN_PID_TGID = 14,
	FN_TASK = 35,
	FN_PROBE_READ = 113,
	FN_JIFFIES = 118,
	FN_RESERVE = 131,
	FN_SUBMIT = 132,
	FN_QUERY = 134,
	FN_SNPRINTF = 165,
	FN_KALLSYMS = 179
};
struct gen {
	const struct btf *b;
	const struct tp_desc *d;
	const struct tp_maps *maps;
	uint32_t proto; /* of the tracepoint's arguments; number 0 is not one of them */
	struct tp_prog *p;
	bool failed;
};

void gen_emit(struct gen *g, uint8_t code, unsigned dst, unsigned src, int off, int32_t imm);
void gen_mov(struct gen *g, unsigned dst, unsigned src);
void gen_mov_imm(struct gen *g, unsigned dst, int32_t v);
void gen_alu_imm(struct gen *g, uint8_t op, unsigned dst, int32_t v);
void gen_imm64(struct gen *g, unsigned dst, unsigned pseudo, uint64_t v);
/* size: 1, 2, 4 or 8 */
void gen_load(struct gen *g, unsigned size, unsigned dst, unsigned src, int off);
void gen_store(struct gen *g, unsigned size, unsigned dst, int off, unsigned src);
void gen_store_imm(struct gen *g, unsigned size, unsigned dst, int off, int32_t v);
void gen_stack_address(struct gen *g, unsigned dst, int at);
void gen_call(struct gen *g, int32_t helper);
void gen_leave(struct gen *g); /* the program ends */
/* A jump to a place not known yet: gen_land() makes it here. */
unsigned gen_jump(struct gen *g, uint8_t op, unsigned reg, int32_t v);
void gen_land(struct gen *g, unsigned from);
/* r0 = what the map has for the key on the stack. */
void gen_look_up(struct gen *g, int map, int key);
/* Reads size bytes from r1 + off to where r3 points at the end of it: register dst + at. */
void gen_probe_read(struct gen *g, unsigned dst, int at, uint32_t size, uint32_t off);

#endif
