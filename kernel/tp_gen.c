/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BPF's instructions; one that there is no room for makes the program fail. */
#include "kernel/tp_gen.h"

void gen_emit(struct gen *g, uint8_t code, unsigned dst, unsigned src, int off, int32_t imm)
{
	struct tp_prog *p = g->p;

	if (p->n == TP_INSNS) {
		g->failed = true;
		return;
	}
	p->insn[p->n++] = (struct bpf_insn){
		.code = code, .dst_reg = dst & 15, .src_reg = src & 15, .off = (int16_t)off, .imm = imm
	};
}

void gen_mov(struct gen *g, unsigned dst, unsigned src)
{
	gen_emit(g, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

void gen_mov_imm(struct gen *g, unsigned dst, int32_t v)
{
	gen_emit(g, BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, v);
}

void gen_alu_imm(struct gen *g, uint8_t op, unsigned dst, int32_t v)
{
	gen_emit(g, BPF_ALU64 | op | BPF_K, dst, 0, 0, v);
}

void gen_imm64(struct gen *g, unsigned dst, unsigned pseudo, uint64_t v)
{
	gen_emit(g, BPF_LD | BPF_DW | BPF_IMM, dst, pseudo, 0, (int32_t)v);
	gen_emit(g, 0, 0, 0, 0, (int32_t)(v >> 32));
}

static uint8_t width(unsigned size)
{
	return size == 8 ? BPF_DW : size == 4 ? BPF_W : size == 2 ? BPF_H : BPF_B;
}

void gen_load(struct gen *g, unsigned size, unsigned dst, unsigned src, int off)
{
	gen_emit(g, BPF_LDX | BPF_MEM | width(size), dst, src, off, 0);
}

void gen_store(struct gen *g, unsigned size, unsigned dst, int off, unsigned src)
{
	gen_emit(g, BPF_STX | BPF_MEM | width(size), dst, src, off, 0);
}

void gen_store_imm(struct gen *g, unsigned size, unsigned dst, int off, int32_t v)
{
	gen_emit(g, BPF_ST | BPF_MEM | width(size), dst, 0, off, v);
}

void gen_stack_address(struct gen *g, unsigned dst, int at)
{
	gen_mov(g, dst, 10);
	gen_alu_imm(g, BPF_ADD, dst, at);
}

void gen_call(struct gen *g, int32_t helper)
{
	gen_emit(g, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void gen_leave(struct gen *g)
{
	gen_mov_imm(g, 0, 0);
	gen_emit(g, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

unsigned gen_jump(struct gen *g, uint8_t op, unsigned reg, int32_t v)
{
	gen_emit(g, BPF_JMP | op | BPF_K, reg, 0, 0, v);
	return g->p->n - 1;
}

void gen_land(struct gen *g, unsigned from)
{
	g->p->insn[from].off = (int16_t)(g->p->n - from - 1);
}

void gen_look_up(struct gen *g, int map, int key)
{
	gen_imm64(g, 1, BPF_PSEUDO_MAP_FD, (uint32_t)map);
	gen_stack_address(g, 2, key);
	gen_call(g, FN_MAP_LOOKUP);
}

void gen_probe_read(struct gen *g, unsigned dst, int at, uint32_t size, uint32_t off)
{
	gen_mov(g, 3, 1);
	if (off)
		gen_alu_imm(g, BPF_ADD, 3, (int32_t)off);
	gen_mov(g, 1, dst);
	if (at)
		gen_alu_imm(g, BPF_ADD, 1, at);
	gen_mov_imm(g, 2, (int32_t)size);
	gen_call(g, FN_PROBE_READ);
}
