/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf(2): maps, programs, raw tracepoints, ring buffers. Descriptors are closed on exec; what they stand for goes with
 * the last of them. Functions return a descriptor or 0, or a negative errno. */
#ifndef KERNEL_BPF_H
#define KERNEL_BPF_H

#include <linux/bpf.h>

#include "model/base.h"

int bpf_map(enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t entries, uint32_t flags);
/* A map whose values are maps like `inner`. */
int bpf_map_of_maps(enum bpf_map_type type, uint32_t entries, int inner);
int bpf_map_set(int map, const void *key, const void *value);
/* The first n of an array whose values are of 4 bytes, at once where the kernel can. */
int bpf_map_set_all(int map, const int *values, uint32_t n);
int bpf_map_get(int map, const void *key, void *value); /* of a per-CPU map: value has room for all CPUs */
int bpf_map_del(int map, const void *key);
int bpf_map_freeze(int map); /* no more writing from here */
/* A program of a raw tracepoint (BPF_PROG_TYPE_RAW_TRACEPOINT) or one that is called (BPF_PROG_TYPE_SYSCALL). log:
 * what the verifier says, of log_size bytes; NULL = not wanted. */
int bpf_load(enum bpf_prog_type type, const char *name, const struct bpf_insn *insn, unsigned n, char *log,
	uint32_t log_size);
int bpf_attach(const char *tracepoint, int prog);
/* Calls a BPF_PROG_TYPE_SYSCALL program with size bytes, which it may change. */
int bpf_call(int prog, void *data, uint32_t size);
/* How often the program was not run since it was running already on that CPU; 0 where the kernel does not tell. */
uint64_t bpf_missed(int prog);

/* ---- the reading end of a BPF_MAP_TYPE_RINGBUF: one reader at a time ---- */
struct bpf_ring {
	int map;
	uint32_t size;           /* of its data, a power of two */
	unsigned long *consumer; /* positions, in pages of their own; data follows the producer's */
	const uint8_t *producer;
	size_t page;
};
int bpf_ring_open(struct bpf_ring *r, int map, uint32_t size);
void bpf_ring_close(struct bpf_ring *r); /* the map stays open */
/* The next record, and its size; NULL: none by now. It stays until bpf_ring_next(). */
const void *bpf_ring_peek(struct bpf_ring *r, uint32_t *size);
void bpf_ring_next(struct bpf_ring *r);

#endif
