/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A set is the programs (kernel/tp_prog.c), their attachments, and the maps that they share, all
 * of it descriptors: the kernel takes it down with the last process that holds them. Tracepoints are machine-wide; a
 * program asks the map `labs` for the number of the event's namespace and leaves when it is not there, so all that a
 * lab costs the machine's other events is one look-up, however many labs there are.
 * Each lab has a slot, which stands for a ring buffer; that no two have the same is seen to by locks of a file, which
 * the kernel lets go when a lab's process ends, however that was. The number is that of the namespace's file (struct
 * net's ns.inum, what stat(2) says). A lab enters each namespace as it is made, and takes it out when its devices
 * have gone; records of numbers that are not the lab's own (any more) are left out. Numbers are used again by the
 * kernel, but not before the namespace is gone for good, which its packets keep up. */
#include "kernel/tp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/nf.h"

#define LABS_NAMESPACES 16384 /* of all labs that run at once */
#define SLOTS_MAX 256         /* each has a ring buffer: memory of the kernel's */
#define REASON_NAMES 1024
#define CLOCK_TRIES 5
#define REASON_PREFIX "SKB_DROP_REASON_"

struct point { /* a program, and its attachment */
	int prog, link;
};
enum { AUX_ENTRY, AUX_EXIT, AUX_TIMER, AUX_GAP, AUX_NUM = AUX_GAP + GAP_POINTS };

struct tp_set {
	struct tp_maps maps;
	int *rings;
	int claims; /* a file of a byte per slot: a lab's process has a lock on its own, until it ends */
	unsigned slots;
	struct point point[TP_NUM][TP_CONTEXTS], aux[AUX_NUM];
	struct tp_layout layout[TP_NUM];
	uint64_t jiffies;           /* where CLOCK_MONOTONIC begins; 0 = not known */
	char *reason[REASON_NAMES]; /* without the prefix; NULL = none */
};

static int no(struct buf *why, const char *what, int err)
{
	buf_printf(why, "%s: %s", what, strerror(-err));
	return -1;
}

/* ---- the set ---- */

static int make_rings(struct tp_set *s, unsigned slots, struct buf *why)
{
	s->rings = xcalloc(slots, sizeof(*s->rings));
	for (s->slots = 0; s->slots < slots; s->slots++) {
		int fd = bpf_map(BPF_MAP_TYPE_RINGBUF, 0, 0, TP_RING_SIZE, 0);

		if (fd == -EPERM || fd == -EACCES)
			buf_puts(why, "only root may attach programs to them");
		else if (fd < 0)
			no(why, "a ring buffer", fd);
		if (fd < 0)
			return -1;
		s->rings[s->slots] = fd;
	}
	return 0;
}

static int make_maps(struct tp_set *s, struct buf *why)
{
	static const char format[8] = "%ps";
	struct tp_maps *m = &s->maps;
	uint32_t zero = 0;
	int err;

	m->labs = bpf_map(BPF_MAP_TYPE_HASH, 4, 4, LABS_NAMESPACES, 0);
	m->rings = bpf_map_of_maps(BPF_MAP_TYPE_ARRAY_OF_MAPS, s->slots, s->rings[0]);
	m->lost = bpf_map(BPF_MAP_TYPE_ARRAY, 4, 8, s->slots, 0);
	m->late = bpf_map(BPF_MAP_TYPE_ARRAY, 4, 8, s->slots, 0);
	m->where = bpf_map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1, 0);
	m->names = bpf_map(BPF_MAP_TYPE_ARRAY, 4, sizeof(format), 1, BPF_F_RDONLY_PROG);
	m->running = bpf_map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, sizeof(struct tp_running), 1, 0);
	m->gaps = bpf_map(BPF_MAP_TYPE_ARRAY, 4, sizeof(struct tp_gap), TP_GAPS + 1, 0);
	if (m->labs < 0 || m->rings < 0 || m->lost < 0 || m->late < 0 || m->where < 0 || m->names < 0 ||
		m->running < 0 || m->gaps < 0)
		return no(why, "a map", m->labs < 0 ? m->labs : m->rings < 0 ? m->rings : -ENOMEM);
	err = bpf_map_set(m->names, &zero, format);
	if (!err)
		err = bpf_map_freeze(m->names);
	if (!err)
		err = bpf_map_set_all(m->rings, s->rings, s->slots);
	return err ? no(why, "a map", err) : 0;
}

static int load(struct point *p, const char *tracepoint, const struct tp_prog *prog, struct buf *why)
{
	char name[BPF_OBJ_NAME_LEN];

	snprintf(name, sizeof(name), "pktwalk_%.7s", tracepoint);
	p->prog = bpf_load(BPF_PROG_TYPE_RAW_TRACEPOINT, name, prog->insn, prog->n, NULL, 0);
	if (p->prog < 0)
		return no(why, tracepoint, p->prog);
	p->link = bpf_attach(tracepoint, p->prog);
	return p->link < 0 ? no(why, tracepoint, p->link) : 0;
}

/* Where the timers' functions are; all 0 where the kernel does not tell. */
static void find_timers(struct tp_prog *scratch, uint64_t address[TP_TIMERS])
{
	int prog;

	tp_compile_symbols(scratch);
	prog = bpf_load(BPF_PROG_TYPE_SYSCALL, "pktwalk_symbols", scratch->insn, scratch->n, NULL, 0);
	if (prog < 0)
		return;
	if (bpf_call(prog, address, TP_TIMERS * sizeof(*address)))
		memset(address, 0, TP_TIMERS * sizeof(*address));
	close(prog);
}

/* struct tp_set's jiffies. A tick that was due is counted some microseconds late: the largest of a few holds. */
static uint64_t find_jiffies(struct tp_prog *scratch)
{
	uint64_t word[2] = { 0 }, most = 0;
	int prog;

	tp_compile_clock(scratch);
	prog = bpf_load(BPF_PROG_TYPE_SYSCALL, "pktwalk_clock", scratch->insn, scratch->n, NULL, 0);
	if (prog < 0)
		return 0;
	for (unsigned i = 0; i < CLOCK_TRIES; i++) {
		if (bpf_call(prog, word, sizeof(word)))
			break;
		if (!most || word[0] - word[1] / TP_TICK_NS > most)
			most = word[0] - word[1] / TP_TICK_NS;
	}
	close(prog);
	return most;
}

/* Who a processor works for has to be known before anything is told. */
static int attach_aux(struct tp_set *s, const struct btf *b, struct tp_prog *p, struct buf *why)
{
	uint64_t address[TP_TIMERS] = { 0 };

	tp_compile_softirq(&s->maps, false, p);
	if (load(&s->aux[AUX_EXIT], "softirq_exit", p, why))
		return -1;
	tp_compile_softirq(&s->maps, true, p);
	if (load(&s->aux[AUX_ENTRY], "softirq_entry", p, why))
		return -1;
	find_timers(p, address);
	s->jiffies = find_jiffies(p);
	if (tp_compile_timer(b, &s->maps, address, p)) {
		buf_puts(why, p->why);
		return -1;
	}
	return load(&s->aux[AUX_TIMER], "timer_expire_entry", p, why);
}

/* When no program is run. */
static int attach_gaps(struct tp_set *s, const struct btf *b, struct tp_prog *p, struct buf *why)
{
	for (unsigned i = 0; i < GAP_POINTS; i++) {
		if (tp_compile_gap(b, &s->maps, (enum tp_gap_point)i, p)) {
			buf_puts(why, p->why);
			return -1;
		}
		if (load(&s->aux[AUX_GAP + i], tp_gap_points[i], p, why))
			return -1;
	}
	return 0;
}

static int attach_point(struct tp_set *s, const struct btf *b, enum tp_id id, struct tp_prog *p, struct buf *why)
{
	for (unsigned c = 0; c < TP_CONTEXTS; c++) {
		if (tp_compile(b, id, (enum tp_context)c, &s->maps, p)) {
			buf_printf(why, "%s: %s", tp_descs[id].name, p->why);
			return -1;
		}
		s->layout[id] = p->layout;
		if (load(&s->point[id][c], tp_short_name(id), p, why))
			return -1;
	}
	return 0;
}

static int attach(struct tp_set *s, const struct btf *b, struct buf *why)
{
	struct tp_prog *p = xcalloc(1, sizeof(*p));
	int rc = attach_gaps(s, b, p, why) || attach_aux(s, b, p, why) ? -1 : 0;

	for (unsigned i = 0; i < TP_NUM && !rc; i++)
		if (tp_reads((enum tp_id)i))
			rc = attach_point(s, b, (enum tp_id)i, p, why);
	free(p);
	return rc;
}

static void read_reasons(struct tp_set *s, const struct btf *b)
{
	uint32_t type = btf_find(b, BTF_ENUM, "skb_drop_reason");

	for (uint32_t i = 0; i < REASON_NAMES; i++) {
		const char *name = btf_enum_name(b, type, i);

		if (name && !strncmp(name, REASON_PREFIX, strlen(REASON_PREFIX)))
			s->reason[i] = xstrdup(name + strlen(REASON_PREFIX));
	}
}

static int set_up(struct tp_set *s, unsigned slots, struct buf *why)
{
	const char *no_types;
	struct btf *b;
	int rc;

	s->claims = memfd_create("pktwalk-labs", MFD_CLOEXEC);
	if (s->claims < 0)
		return no(why, "memfd_create", -errno);
	if (make_rings(s, slots < SLOTS_MAX ? slots : SLOTS_MAX, why) || make_maps(s, why))
		return -1;
	b = btf_kernel(&no_types);
	if (!b) {
		buf_puts(why, no_types);
		return -1;
	}
	rc = attach(s, b, why);
	if (!rc)
		read_reasons(s, b);
	btf_free(b);
	return rc;
}

struct tp_set *tp_set_new(unsigned slots, struct buf *why)
{
	struct tp_set *s = xcalloc(1, sizeof(*s));

	s->maps = (struct tp_maps){ -1, -1, -1, -1, -1, -1, -1 };
	s->claims = -1;
	for (unsigned i = 0; i < TP_NUM; i++)
		for (unsigned c = 0; c < TP_CONTEXTS; c++)
			s->point[i][c] = (struct point){ -1, -1 };
	for (unsigned i = 0; i < AUX_NUM; i++)
		s->aux[i] = (struct point){ -1, -1 };
	if (!set_up(s, slots, why))
		return s;
	tp_set_free(s);
	return NULL;
}

static void close_all(const int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

void tp_set_free(struct tp_set *s)
{
	const struct tp_maps *m;

	if (!s)
		return;
	m = &s->maps;
	for (unsigned i = 0; i < TP_NUM; i++)
		for (unsigned c = 0; c < TP_CONTEXTS; c++)
			close_all((const int[]){ s->point[i][c].link, s->point[i][c].prog }, 2);
	for (unsigned i = 0; i < AUX_NUM; i++)
		close_all((const int[]){ s->aux[i].link, s->aux[i].prog }, 2);
	close_all((const int[]){ m->labs, m->rings, m->lost, m->late, m->where, m->names, m->running, m->gaps }, 8);
	close_all(s->rings, s->slots);
	close_all(&s->claims, 1);
	for (unsigned i = 0; i < REASON_NAMES; i++)
		free(s->reason[i]);
	free(s->rings);
	free(s);
}

uint64_t tp_number(const struct tp_set *s, const struct tp_record *r, enum tp_field f)
{
	const uint8_t *at = tp_bytes(s, r, f);
	uint64_t v = 0;

	if (at)
		memcpy(&v, at, sizeof(v));
	return v;
}

const uint8_t *tp_bytes(const struct tp_set *s, const struct tp_record *r, enum tp_field f)
{
	uint16_t at = r->id < TP_NUM ? s->layout[r->id].at[f] : 0;

	return at ? (const uint8_t *)r + at : NULL;
}

const char *tp_reason(const struct tp_set *s, uint64_t reason)
{
	return reason < REASON_NAMES ? s->reason[reason] : NULL;
}

/* ---- slots ---- */

static int lock(int fd, unsigned slot, short type)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1 };

	return fcntl(fd, F_SETLK, &l);
}

/* One that no other process has; -1 = there is none. */
static int claim(const struct tp_set *s)
{
	for (unsigned i = 0; i < s->slots; i++)
		if (!lock(s->claims, i, F_WRLCK))
			return (int)i;
	return -1;
}

/* ---- the source ---- */

struct namespace
{
	struct namespace *next;
	uint32_t number;
	bool leaving; /* it is being taken apart */
	char name[NSLABEL_SIZE];
};
struct tp_lab {
	struct tp_set *set, *own; /* own: to be freed with the lab */
	int slot;
	struct bpf_ring ring;
	struct namespace *namespaces;
	struct tp_reader *reader;
	uint64_t lost, missed; /* when it began */
	struct tp_gap *gaps;   /* read when they are first asked for, owned */
	unsigned n_gaps;
};

static uint64_t counter(int map, uint32_t at)
{
	uint64_t v = 0;

	return bpf_map_get(map, &at, &v) ? 0 : v;
}

/* What comes on top of a program outside of softirqs is in one, and its other program's. */
static uint64_t missed(const struct tp_set *s)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < TP_NUM; i++)
		n += bpf_missed(s->point[i][TP_SOFTIRQ].prog);
	for (unsigned i = 0; i < AUX_NUM; i++)
		n += bpf_missed(s->aux[i].prog);
	return n;
}

static void tp_free(void *self)
{
	struct tp_lab *l = self;

	while (l->namespaces) {
		struct namespace *n = l->namespaces;

		l->namespaces = n->next;
		bpf_map_del(l->set->maps.labs, &n->number);
		free(n);
	}
	tp_reader_free(l->reader);
	bpf_ring_close(&l->ring);
	if (l->slot >= 0)
		lock(l->set->claims, (unsigned)l->slot, F_UNLCK);
	tp_set_free(l->own);
	free(l->gaps);
	free(l);
}

static const struct namespace *namespace_of(const struct tp_lab *l, uint32_t number)
{
	const struct namespace *n = l->namespaces;

	while (n && n->number != number)
		n = n->next;
	return n;
}

/* Stations are compared with the notices of a bridge, of which it sends none when nobody is there to listen. */
static bool goes_unsaid(const struct namespace *n, const struct tp_record *r)
{
	return n->leaving && r->id == TP_FDB_DELETE;
}

static void drain(void *self)
{
	struct tp_lab *l = self;
	const struct tp_record *r;
	uint32_t size;

	while ((r = bpf_ring_peek(&l->ring, &size))) {
		const struct namespace *n = namespace_of(l, r->ns);

		if (n && r->id < TP_NUM && size == l->set->layout[r->id].total && !goes_unsaid(n, r))
			tp_read(l->reader, r, n->name);
		bpf_ring_next(&l->ring);
	}
}

static void tp_end(void *self)
{
	struct tp_lab *l = self;

	drain(l);
	tp_read_end(l->reader);
}

static int begin(struct tp_lab *l, struct buf *why)
{
	int err;

	l->slot = claim(l->set);
	if (l->slot < 0) {
		buf_puts(why, "more labs at once than were foreseen");
		return -1;
	}
	err = bpf_ring_open(&l->ring, l->set->rings[l->slot], TP_RING_SIZE);
	return err ? no(why, "a ring buffer", err) : 0;
}

static void *tp_new(struct observe *o, struct buf *why)
{
	const struct observe_shared *shared = observe_shared(o);
	struct tp_lab *l = xcalloc(1, sizeof(*l));
	uint64_t in_time = 0;

	if (shared && !shared->tp)
		buf_puts(why, shared->why_no_tp);
	l->set = shared ? shared->tp : (l->own = tp_set_new(1, why));
	if (!l->set) {
		free(l);
		return NULL;
	}
	if (begin(l, why)) {
		tp_free(l);
		return NULL;
	}
	l->reader = tp_reader_new(l->set, o);
	drain(l); /* what a lab before it in this slot has left */
	l->lost = counter(l->set->maps.lost, (uint32_t)l->slot);
	l->missed = missed(l->set);
	bpf_map_set(l->set->maps.late, &l->slot, &in_time);
	return l;
}

static int tp_open(void *self, const char *ns, struct buf *why)
{
	struct tp_lab *l = self;
	struct namespace *n;
	struct stat st;
	int err;

	if (stat("/proc/thread-self/ns/net", &st))
		return no(why, "/proc/thread-self/ns/net", -errno);
	n = xcalloc(1, sizeof(*n));
	n->number = (uint32_t)st.st_ino;
	str_copy(n->name, sizeof(n->name), ns);
	n->next = l->namespaces;
	l->namespaces = n;
	err = bpf_map_set(l->set->maps.labs, &n->number, &l->slot);
	return err ? no(why, "a namespace", err) : 0;
}

static struct namespace *namespace_named(struct tp_lab *l, const char *ns)
{
	struct namespace *n = l->namespaces;

	while (n && strcmp(n->name, ns))
		n = n->next;
	return n;
}

static void tp_rename(void *self, const char *from, const char *to)
{
	struct tp_lab *l = self;
	struct namespace *n = namespace_named(l, from);

	drain(l);
	if (n)
		str_copy(n->name, sizeof(n->name), to);
}

static void tp_leave(void *self, const char *ns)
{
	struct tp_lab *l = self;
	struct namespace *n = namespace_named(l, ns);

	drain(l);
	if (n)
		n->leaving = true;
}

static void tp_forget(void *self, const char *ns)
{
	struct tp_lab *l = self;

	drain(l);
	for (struct namespace **at = &l->namespaces, *n; (n = *at); at = &n->next) {
		if (strcmp(n->name, ns))
			continue;
		*at = n->next;
		bpf_map_del(l->set->maps.labs, &n->number);
		free(n);
		return;
	}
}

static unsigned tp_poll(const void *self, struct pollfd *fds, unsigned max)
{
	const struct tp_lab *l = self;

	if (max)
		*fds = (struct pollfd){ .fd = l->ring.map, .events = POLLIN };
	return 1;
}

static uint64_t tp_lost(void *self)
{
	const struct tp_lab *l = self;

	return counter(l->set->maps.lost, (uint32_t)l->slot) - l->lost + missed(l->set) - l->missed;
}

static void read_gaps(struct tp_lab *l)
{
	int map = l->set->maps.gaps;
	uint32_t at = TP_GAPS;
	struct tp_gap count = { 0 };

	bpf_map_get(map, &at, &count);
	l->gaps = xcalloc(TP_GAPS, sizeof(*l->gaps));
	for (at = 0; at < TP_GAPS && at < count.from; at++)
		if (!bpf_map_get(map, &at, &l->gaps[l->n_gaps]))
			l->n_gaps++;
}

static uint64_t tp_jiffies(void *self)
{
	const struct tp_lab *l = self;

	return l->set->jiffies;
}

static unsigned tp_late(void *self)
{
	const struct tp_lab *l = self;

	return (unsigned)counter(l->set->maps.late, (uint32_t)l->slot);
}

static bool tp_blind(void *self, uint64_t from, uint64_t to, bool timer)
{
	struct tp_lab *l = self;

	if (!l->gaps)
		read_gaps(l);
	for (unsigned i = 0; i < l->n_gaps; i++) {
		const struct tp_gap *g = &l->gaps[i];

		if (g->from <= to && g->to >= from && (g->ticks || !timer))
			return true;
	}
	return false;
}

const struct observer_ops tp_ops = { .source = OBS_TP,
	.new = tp_new,
	.open = tp_open,
	.rename = tp_rename,
	.leave = tp_leave,
	.forget = tp_forget,
	.drain = drain,
	.end = tp_end,
	.poll = tp_poll,
	.lost = tp_lost,
	.blind = tp_blind,
	.jiffies = tp_jiffies,
	.late = tp_late,
	.free = tp_free };
