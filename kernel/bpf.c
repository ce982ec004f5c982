/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf(2), and the memory that a ring buffer is read through (kernel/bpf/ringbuf.c): a page with the reader's position,
 * one with the writer's, then the data, mapped twice in a row so that no record is ever cut. A record begins with a
 * word of its length, in which two bits say that it is still being written, or was thrown away. */
#include "kernel/bpf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RECORD_HEAD 8 /* BPF_RINGBUF_HDR_SZ */
#define RECORD_BUSY (1u << 31)
#define RECORD_DISCARDED (1u << 30)

static int call(int cmd, union bpf_attr *attr)
{
	long rc = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return rc < 0 ? -errno : (int)rc;
}

static uint64_t address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

int bpf_map(enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t entries, uint32_t flags)
{
	union bpf_attr a = { 0 };

	a.map_type = type;
	a.key_size = key_size;
	a.value_size = value_size;
	a.max_entries = entries;
	a.map_flags = flags;
	return call(BPF_MAP_CREATE, &a);
}

int bpf_map_of_maps(enum bpf_map_type type, uint32_t entries, int inner)
{
	union bpf_attr a = { 0 };

	a.map_type = type;
	a.key_size = a.value_size = 4;
	a.max_entries = entries;
	a.inner_map_fd = (uint32_t)inner;
	return call(BPF_MAP_CREATE, &a);
}

static int element(int cmd, int map, const void *key, const void *value)
{
	union bpf_attr a = { 0 };

	a.map_fd = (uint32_t)map;
	a.key = address(key);
	a.value = address(value);
	return call(cmd, &a);
}

int bpf_map_set(int map, const void *key, const void *value)
{
	return element(BPF_MAP_UPDATE_ELEM, map, key, value);
}

static int set_each(int map, const uint32_t *keys, const int *values, uint32_t n)
{
	int err = 0;

	for (uint32_t i = 0; i < n && !err; i++)
		err = bpf_map_set(map, &keys[i], &values[i]);
	return err;
}

/* Each change of a map of maps waits until no program uses what was there: all of them in one call wait once. */
int bpf_map_set_all(int map, const int *values, uint32_t n)
{
	uint32_t *keys = xcalloc(n, sizeof(*keys));
	union bpf_attr a = { 0 };
	int err;

	for (uint32_t i = 0; i < n; i++)
		keys[i] = i;
	a.batch.keys = address(keys);
	a.batch.values = address(values);
	a.batch.count = n;
	a.batch.map_fd = (uint32_t)map;
	err = call(BPF_MAP_UPDATE_BATCH, &a);
	if (err)
		err = set_each(map, keys, values, n);
	free(keys);
	return err;
}

int bpf_map_get(int map, const void *key, void *value)
{
	return element(BPF_MAP_LOOKUP_ELEM, map, key, value);
}

int bpf_map_del(int map, const void *key)
{
	return element(BPF_MAP_DELETE_ELEM, map, key, NULL);
}

int bpf_map_freeze(int map)
{
	union bpf_attr a = { 0 };

	a.map_fd = (uint32_t)map;
	return call(BPF_MAP_FREEZE, &a);
}

int bpf_load(enum bpf_prog_type type, const char *name, const struct bpf_insn *insn, unsigned n, char *log,
	uint32_t log_size)
{
	union bpf_attr a = { 0 };

	a.prog_type = type;
	a.insns = address(insn);
	a.insn_cnt = n;
	a.license = address("GPL");
	strncpy(a.prog_name, name, sizeof(a.prog_name) - 1);
	if (type == BPF_PROG_TYPE_SYSCALL)
		a.prog_flags = BPF_F_SLEEPABLE;
	if (log && log_size) {
		a.log_buf = address(log);
		a.log_size = log_size;
		a.log_level = 1;
	}
	return call(BPF_PROG_LOAD, &a);
}

int bpf_attach(const char *tracepoint, int prog)
{
	union bpf_attr a = { 0 };

	a.raw_tracepoint.name = address(tracepoint);
	a.raw_tracepoint.prog_fd = (uint32_t)prog;
	return call(BPF_RAW_TRACEPOINT_OPEN, &a);
}

int bpf_call(int prog, void *data, uint32_t size)
{
	union bpf_attr a = { 0 };

	a.test.prog_fd = (uint32_t)prog;
	a.test.ctx_in = address(data);
	a.test.ctx_size_in = size;
	return call(BPF_PROG_TEST_RUN, &a);
}

uint64_t bpf_missed(int prog)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr a = { 0 };

	a.info.bpf_fd = (uint32_t)prog;
	a.info.info_len = sizeof(info);
	a.info.info = address(&info);
	return call(BPF_OBJ_GET_INFO_BY_FD, &a) ? 0 : info.recursion_misses;
}

/* ---- ring buffers ---- */

int bpf_ring_open(struct bpf_ring *r, int map, uint32_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0), *producer;
	int err = errno;

	if (consumer == MAP_FAILED)
		return -err;
	producer = mmap(NULL, page + 2 * (size_t)size, PROT_READ, MAP_SHARED, map, (off_t)page);
	if (producer == MAP_FAILED) {
		err = errno;
		munmap(consumer, page);
		return -err;
	}
	*r = (struct bpf_ring){ .map = map, .size = size, .consumer = consumer, .producer = producer, .page = page };
	return 0;
}

void bpf_ring_close(struct bpf_ring *r)
{
	if (!r->consumer)
		return;
	munmap(r->consumer, r->page);
	munmap((void *)r->producer, r->page + 2 * (size_t)r->size);
	*r = (struct bpf_ring){ .map = -1 };
}

static uint32_t record_size(uint32_t head)
{
	return ((head & ~(RECORD_BUSY | RECORD_DISCARDED)) + RECORD_HEAD + 7) & ~7u;
}

const void *bpf_ring_peek(struct bpf_ring *r, uint32_t *size)
{
	unsigned long at = *r->consumer,
		      end = __atomic_load_n((const unsigned long *)(const void *)r->producer, __ATOMIC_ACQUIRE);

	while (at < end) {
		const uint8_t *record = r->producer + r->page + (at & (r->size - 1));
		uint32_t head = __atomic_load_n((const uint32_t *)(const void *)record, __ATOMIC_ACQUIRE);

		if (head & RECORD_BUSY)
			return NULL;
		if (!(head & RECORD_DISCARDED)) {
			*size = head;
			return record + RECORD_HEAD;
		}
		at += record_size(head);
		__atomic_store_n(r->consumer, at, __ATOMIC_RELEASE);
	}
	return NULL;
}

void bpf_ring_next(struct bpf_ring *r)
{
	unsigned long at = *r->consumer;
	uint32_t head = *(const uint32_t *)(const void *)(r->producer + r->page + (at & (r->size - 1)));

	__atomic_store_n(r->consumer, at + record_size(head), __ATOMIC_RELEASE);
}
