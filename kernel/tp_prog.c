/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A program is: find the namespace's number, by the first path that leads to one; which lab has
 * it; leave at once when none; reserve a record in that lab's ring buffer, fill it in, submit it. Every step of a path
 * through a pointer is a bpf_probe_read_kernel(), which turns a pointer to nowhere into zeros; so the verifier need
 * know no types, and a program loads in a fraction of a millisecond. Types are checked here, by BTF, for arguments as
 * for members.
 *
 * fib:fib_table_lookup bears neither packet nor device when no route is found, and a TCP segment that is thrown away
 * has lost its device, its route and its socket by then. A processor works in a softirq (from
 * irq:softirq_entry to irq:softirq_exit) for the namespace of the device that has received last
 * (net:netif_receive_skb), or of what the timer is in that has expired last (timer:timer_expire_entry); outside of
 * softirqs for that of the process. That is what `where` keeps, per processor.
 *
 * Registers: r6 the record, r7 the ring buffer, r8 the namespace, r9 the arguments; r1 the pointer that is being
 * followed. The stack: -8 what was read last, -16 a key, -12 the lab's slot, -24 a base or what is to be formatted. */
#include "kernel/tp_gen.h"

#include <stdio.h>
#include <string.h>

#define IN_SOFTIRQ (1ULL << 32)
enum { SP_READ = -8, SP_SLOT = -12, SP_KEY = -16, SP_BASE = -24, SP_NAME = -96 };

#define NS(...)                                                                                                        \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}
#define F(field_, path_) { TF_##field_, path_ },
#define TP(id_, name_, args_, ns_, ...) [TP_##id_] = { name_, args_, ns_, { __VA_ARGS__ } },
const struct tp_desc tp_descs[TP_NUM] = {
#include "kernel/tp.def"
};

const struct tp_timer tp_timers[TP_TIMERS] = {
	{ "neigh_timer_handler", "neighbour", "timer", "dev->nd_net.net->ns.inum" },
	{ "ip_expire", "inet_frag_queue", "timer", "fqdir->net->ns.inum" },
	{ "tcp_write_timer", "inet_connection_sock", "icsk_retransmit_timer",
		"icsk_inet.sk.__sk_common.skc_net.net->ns.inum" },
	{ "tcp_delack_timer", "inet_connection_sock", "icsk_delack_timer",
		"icsk_inet.sk.__sk_common.skc_net.net->ns.inum" },
	{ "tcp_keepalive_timer", "sock", "sk_timer", "__sk_common.skc_net.net->ns.inum" },
	{ "reqsk_timer_handler", "request_sock", "rsk_timer", "__req_common.skc_net.net->ns.inum" },
};

const char *tp_short_name(enum tp_id id)
{
	return strchr(tp_descs[id].name, ':') + 1;
}

/* ---- paths ---- */

static int fail(struct gen *g, const char *what, const char *name, size_t len)
{
	if (!g->failed)
		snprintf(g->p->why, sizeof(g->p->why), "%s %.*s", what, (int)len, name);
	g->failed = true;
	return -1;
}

static size_t ident(const char *s)
{
	size_t n = 0;

	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') || (s[n] >= '0' && s[n] <= '9') ||
		s[n] == '_')
		n++;
	return n;
}

struct place { /* r1 + off, or r1 itself */
	uint32_t type, off;
	uint32_t bit, bits; /* of a bit field, from off */
	uint32_t size;      /* where the path says so: [N] */
	bool is_r1;
};

/* The nth word of the arguments; -1 = none of that name. */
static int argument(const char *args, const char *name, size_t len)
{
	for (int i = 0;; i++) {
		size_t n = ident(args);

		if (n == len && !memcmp(args, name, len))
			return i;
		if (!args[n])
			return -1;
		args += n + 1;
	}
}

static void follow(struct gen *g, struct place *at)
{
	if (!at->is_r1) {
		gen_probe_read(g, 10, SP_READ, 8, at->off);
		gen_load(g, 8, 1, 10, SP_READ);
	}
	at->type = btf_pointee(g->b, at->type);
	at->off = 0;
	at->is_r1 = false;
}

static int member(struct gen *g, struct place *at, const char *name, size_t len)
{
	struct btf_member m;

	if (!btf_member(g->b, at->type, name, len, &m))
		return fail(g, "this kernel's types have no member", name, len);
	at->type = m.type;
	at->off += m.bit / 8;
	at->bit = m.bit % 8;
	at->bits = m.bits;
	return 0;
}

/* Members up to the end of the path, or to what may stand there. */
static const char *walk(struct gen *g, struct place *at, const char *s)
{
	while (!g->failed && (*s == '.' || *s == '-')) {
		size_t len;

		if (*s == '-')
			follow(g, at);
		s += *s == '-' ? 2 : 1;
		len = ident(s);
		if (member(g, at, s, len))
			break;
		s += len;
	}
	if (*s == '[') {
		at->size = 0;
		follow(g, at);
		for (s++; *s >= '0' && *s <= '9'; s++)
			at->size = at->size * 10 + (uint32_t)(*s - '0');
		s++;
	}
	return s;
}

static const char *root(struct gen *g, struct place *at, const char *s)
{
	size_t len = ident(s);
	int arg = argument(g->d->args, s, len);

	*at = (struct place){ .is_r1 = true };
	if (arg < 0) {
		fail(g, "no argument", s, len);
		return s;
	}
	at->type = btf_param(g->b, g->proto, (unsigned)arg + 1);
	gen_load(g, 8, 1, 9, 8 * arg);
	return s + len;
}

static uint32_t struct_named(struct gen *g, const char *s, size_t len)
{
	char name[64];
	uint32_t type;

	snprintf(name, sizeof(name), "%.*s", (int)len, s);
	type = btf_find(g->b, BTF_STRUCT, name);
	if (!type)
		fail(g, "this kernel's types have no structure", s, len);
	return type;
}

/* "((type)PATH)": the number that PATH leads to, of which the lowest bits are flags, points to that structure.
 * "((type.member)PATH)": to that member of it, as container_of() has it. r1 = where the structure is. */
static const char *cast(struct gen *g, struct place *at, const char *s)
{
	const char *name = s + 2, *end = name + ident(name);
	struct btf_member m = { 0 };
	uint32_t type = struct_named(g, name, (size_t)(end - name));
	bool inside = *end == '.';

	if (inside) {
		size_t len = ident(++end);

		if (!btf_member(g->b, type, end, len, &m))
			fail(g, "this kernel's types have no member", end, len);
		end += len;
	}
	s = walk(g, at, root(g, at, end + 1));
	if (g->failed)
		return s;
	if (!at->is_r1) {
		gen_probe_read(g, 10, SP_READ, 8, at->off);
		gen_load(g, 8, 1, 10, SP_READ);
	}
	if (inside)
		gen_alu_imm(g, BPF_SUB, 1, (int32_t)(m.bit / 8));
	else
		gen_alu_imm(g, BPF_AND, 1, ~7);
	*at = (struct place){ .type = type };
	return s + 1;
}

/* Goes where a path leads: r1, *at. Returns what follows it. */
static const char *path(struct gen *g, struct place *at, const char *s)
{
	size_t len;

	if (*s != '(')
		return walk(g, at, root(g, at, s));
	s = cast(g, at, s);
	if (!g->failed && *s != '-')
		fail(g, "a cast leads nowhere:", s, strlen(s));
	if (g->failed)
		return s;
	s += 2;
	len = ident(s);
	return member(g, at, s, len) ? s : walk(g, at, s + len);
}

/* r0 = the number at *at */
static void value(struct gen *g, const struct place *at)
{
	uint32_t size = at->is_r1 ? 8 : btf_size(g->b, at->type);

	if (at->is_r1) {
		gen_mov(g, 0, 1);
		return;
	}
	if (at->bits)
		size = 8;
	if (!size || size > 8 || (size & (size - 1))) {
		fail(g, "not a number:", g->d->name, strlen(g->d->name));
		return;
	}
	gen_probe_read(g, 10, SP_READ, size, at->off);
	gen_load(g, size, 0, 10, SP_READ);
	if (at->bits) {
		bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

		gen_alu_imm(g, BPF_LSH, 0, (int32_t)(big ? at->bit : 64 - at->bit - at->bits));
		gen_alu_imm(g, BPF_RSH, 0, (int32_t)(64 - at->bits));
	}
}

/* ---- what begins with @ ---- */

static void task_namespace(struct gen *g)
{
	struct place at = { .is_r1 = true };

	gen_call(g, FN_TASK);
	gen_mov(g, 1, 0);
	at.type = btf_find(g->b, BTF_STRUCT, "task_struct");
	at = (struct place){ .type = at.type };
	if (member(g, &at, "nsproxy", 7))
		return;
	walk(g, &at, "->net_ns->ns.inum");
	value(g, &at);
}

/* r0 = this processor's state; 0 when it is in no softirq. */
static void softirq_state(struct gen *g)
{
	unsigned none;

	gen_store_imm(g, 4, 10, SP_KEY, 0);
	gen_look_up(g, g->maps->where, SP_KEY);
	none = gen_jump(g, BPF_JEQ, 0, 0);
	gen_load(g, 8, 0, 0, 0);
	gen_land(g, none);
}

static void where(struct gen *g)
{
	unsigned process, done;

	softirq_state(g);
	process = gen_jump(g, BPF_JEQ, 0, 0);
	gen_alu_imm(g, BPF_LSH, 0, 32);
	gen_alu_imm(g, BPF_RSH, 0, 32);
	done = gen_jump(g, BPF_JA, 0, 0);
	gen_land(g, process);
	task_namespace(g);
	gen_land(g, done);
}

static void process_number(struct gen *g)
{
	gen_call(g, FN_PID_TGID);
	gen_alu_imm(g, BPF_RSH, 0, 32);
}

static const struct {
	const char *name;
	void (*emit)(struct gen *g); /* r0 */
} specials[] = { { "@where", where }, { "@softirq", softirq_state }, { "@process", process_number } };

/* r0 = the number that a path leads to */
static void number(struct gen *g, const char *s)
{
	struct place at;

	for (unsigned i = 0; i < ARRAY_SIZE(specials); i++)
		if (!strcmp(specials[i].name, s)) {
			specials[i].emit(g);
			return;
		}
	path(g, &at, s);
	if (!g->failed)
		value(g, &at);
}

/* "@function PATH": the kernel formats its own symbol. */
static void function_name(struct gen *g, const char *s, uint16_t to)
{
	number(g, s);
	gen_store(g, 8, 10, SP_BASE, 0);
	gen_mov(g, 1, 6);
	gen_alu_imm(g, BPF_ADD, 1, to);
	gen_mov_imm(g, 2, TP_FUNCTION_SIZE);
	gen_imm64(g, 3, BPF_PSEUDO_MAP_VALUE, (uint32_t)g->maps->names);
	gen_stack_address(g, 4, SP_BASE);
	gen_mov_imm(g, 5, 8);
	gen_call(g, FN_SNPRINTF);
}

/* "@packet BASE [OFFSET]" */
static void packet_bytes(struct gen *g, const char *s, uint16_t to)
{
	struct place at;

	s = path(g, &at, s);
	if (g->failed)
		return;
	value(g, &at);
	gen_store(g, 8, 10, SP_BASE, 0);
	if (*s == ' ') {
		number(g, s + 1);
		gen_load(g, 8, 1, 10, SP_BASE);
		gen_emit(g, BPF_ALU64 | BPF_ADD | BPF_X, 1, 0, 0, 0);
	} else {
		gen_mov(g, 1, 0);
	}
	gen_probe_read(g, 6, to, TP_PACKET_SIZE, 0);
}

/* ---- the program of a tracepoint ---- */

static const char *after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) ? NULL : s + n;
}

/* What a field takes in the record: emitted once for its size alone, then for good. */
static uint16_t field_size(struct gen *g, const char *s)
{
	struct tp_prog *p = g->p;
	unsigned n = p->n;
	struct place at;
	uint32_t size;

	if (after(s, "@function "))
		return TP_FUNCTION_SIZE;
	if (after(s, "@packet "))
		return TP_PACKET_SIZE;
	if (*s == '@')
		return 8;
	path(g, &at, s);
	p->n = n;
	size = at.size ? at.size : at.is_r1 || at.bits ? 8 : btf_size(g->b, at.type);
	if (!size)
		size = 4; /* an array without an end: the first four bytes, which are an IPv4 address */
	return (uint16_t)(size < 8 ? 8 : size);
}

static void field(struct gen *g, const char *s, uint16_t to)
{
	const char *rest;
	struct place at;
	uint32_t size;

	if ((rest = after(s, "@function "))) {
		function_name(g, rest, to);
		return;
	}
	if ((rest = after(s, "@packet "))) {
		packet_bytes(g, rest, to);
		return;
	}
	if (*s == '@') {
		number(g, s);
		gen_store(g, 8, 6, to, 0);
		return;
	}
	path(g, &at, s);
	if (g->failed)
		return;
	size = at.size ? at.size : btf_size(g->b, at.type);
	if (at.is_r1 || at.bits || (!at.size && (size == 1 || size == 2 || size == 4 || size == 8))) {
		value(g, &at);
		gen_store(g, 8, 6, to, 0);
		return;
	}
	gen_store_imm(g, 8, 6, to, 0);
	gen_probe_read(g, 6, to, size ? size : 4, at.off);
}

static int lay_out(struct gen *g)
{
	struct tp_layout *l = &g->p->layout;

	l->total = sizeof(struct tp_record);
	for (unsigned i = 0; i < TP_FIELD_MAX && g->d->field[i].field; i++) {
		enum tp_field f = g->d->field[i].field;

		l->at[f] = l->total;
		l->size[f] = field_size(g, g->d->field[i].path);
		l->total = (uint16_t)(l->total + ((l->size[f] + 7) & ~7));
	}
	return g->failed ? -1 : 0;
}

/* r8 = the namespace; leaves when there is none. */
static void bind_namespace(struct gen *g)
{
	unsigned found[TP_NS_MAX], n = 0;

	for (unsigned i = 0; i < TP_NS_MAX && g->d->ns[i]; i++) {
		number(g, g->d->ns[i]);
		found[n++] = gen_jump(g, BPF_JNE, 0, 0);
	}
	gen_leave(g);
	for (unsigned i = 0; i < n; i++)
		gen_land(g, found[i]);
	gen_mov(g, 8, 0);
}

/* This processor works for r8's namespace from now on, when it is in a softirq. */
static void note_where(struct gen *g)
{
	unsigned none, process;

	gen_store_imm(g, 4, 10, SP_KEY, 0);
	gen_look_up(g, g->maps->where, SP_KEY);
	none = gen_jump(g, BPF_JEQ, 0, 0);
	gen_load(g, 8, 1, 0, 0);
	process = gen_jump(g, BPF_JEQ, 1, 0);
	gen_imm64(g, 1, 0, IN_SOFTIRQ);
	gen_emit(g, BPF_ALU64 | BPF_OR | BPF_X, 1, 8, 0, 0);
	gen_store(g, 8, 0, 0, 1);
	gen_land(g, none);
	gen_land(g, process);
}

/* Keeps for r8's lab how many ticks ago the timer should have expired, by the second word of the arguments (r9). */
static void note_late(struct gen *g)
{
	unsigned none[3], in_time, less;

	gen_call(g, FN_JIFFIES);
	gen_load(g, 8, 1, 9, 8);
	gen_mov(g, 7, 0);
	gen_emit(g, BPF_ALU64 | BPF_SUB | BPF_X, 7, 1, 0, 0);
	none[0] = gen_jump(g, BPF_JEQ, 8, 0);
	in_time = gen_jump(g, BPF_JSLT, 7, TP_TICKS_LATE);
	gen_store(g, 4, 10, SP_KEY, 8);
	gen_look_up(g, g->maps->labs, SP_KEY);
	none[1] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_load(g, 4, 1, 0, 0);
	gen_store(g, 4, 10, SP_SLOT, 1);
	gen_look_up(g, g->maps->late, SP_SLOT);
	none[2] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_load(g, 8, 1, 0, 0);
	gen_emit(g, BPF_JMP | BPF_JGE | BPF_X, 1, 7, 0, 0);
	less = g->p->n - 1;
	gen_store(g, 8, 0, 0, 7);
	gen_land(g, less);
	gen_land(g, in_time);
	for (unsigned i = 0; i < 3; i++)
		gen_land(g, none[i]);
}

/* r7 = the ring buffer of r8's lab, r6 = a record in it; leaves when there is none. */
static void reserve(struct gen *g)
{
	unsigned none[3], got;

	gen_store(g, 4, 10, SP_KEY, 8);
	gen_look_up(g, g->maps->labs, SP_KEY);
	none[0] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_load(g, 4, 1, 0, 0);
	gen_store(g, 4, 10, SP_SLOT, 1);
	gen_look_up(g, g->maps->rings, SP_SLOT);
	none[1] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_mov(g, 7, 0);
	gen_mov(g, 1, 7);
	gen_mov_imm(g, 2, g->p->layout.total);
	gen_mov_imm(g, 3, 0);
	gen_call(g, FN_RESERVE);
	got = gen_jump(g, BPF_JNE, 0, 0);
	gen_look_up(g, g->maps->lost, SP_SLOT);
	none[2] = gen_jump(g, BPF_JEQ, 0, 0);
	gen_mov_imm(g, 1, 1);
	gen_emit(g, BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD);
	for (unsigned i = 0; i < 3; i++)
		gen_land(g, none[i]);
	gen_leave(g);
	gen_land(g, got);
	gen_mov(g, 6, 0);
}

/* A reader is woken when a quarter of the buffer is full; it looks by itself otherwise. */
static void submit(struct gen *g)
{
	unsigned wake;

	gen_mov(g, 1, 7);
	gen_mov_imm(g, 2, BPF_RB_AVAIL_DATA);
	gen_call(g, FN_QUERY);
	gen_mov_imm(g, 2, BPF_RB_FORCE_WAKEUP);
	wake = gen_jump(g, BPF_JGT, 0, TP_RING_SIZE / 4);
	gen_mov_imm(g, 2, BPF_RB_NO_WAKEUP);
	gen_land(g, wake);
	gen_mov(g, 1, 6);
	gen_call(g, FN_SUBMIT);
	gen_leave(g);
}

/* Leaves what is of the other context. */
static void only_in(struct gen *g, enum tp_context c)
{
	unsigned own;

	softirq_state(g);
	own = gen_jump(g, c == TP_SOFTIRQ ? BPF_JNE : BPF_JEQ, 0, 0);
	gen_leave(g);
	gen_land(g, own);
}

static void program(struct gen *g, uint16_t id, enum tp_context c)
{
	gen_mov(g, 9, 1);
	if (c != TP_CONTEXTS)
		only_in(g, c);
	bind_namespace(g);
	if (id == TP_NETIF_RECEIVE_SKB)
		note_where(g);
	reserve(g);
	gen_call(g, FN_KTIME);
	gen_store(g, 8, 6, offsetof(struct tp_record, time), 0);
	gen_store(g, 4, 6, offsetof(struct tp_record, ns), 8);
	gen_mov_imm(g, 1, id);
	gen_store(g, 2, 6, offsetof(struct tp_record, id), 1);
	gen_call(g, FN_CPU);
	gen_store(g, 2, 6, offsetof(struct tp_record, cpu), 0);
	for (unsigned i = 0; i < TP_FIELD_MAX && g->d->field[i].field; i++)
		field(g, g->d->field[i].path, g->p->layout.at[g->d->field[i].field]);
	submit(g);
}

static int compile(const struct btf *b, const struct tp_desc *d, uint16_t id, enum tp_context c,
	const struct tp_maps *maps, struct tp_prog *p)
{
	struct gen g = { .b = b, .d = d, .maps = maps, .p = p };
	char name[64];

	p->n = 0;
	p->why[0] = 0;
	p->layout = (struct tp_layout){ 0 };
	snprintf(name, sizeof(name), "btf_trace_%s", strchr(d->name, ':') + 1);
	g.proto = btf_pointee(b, btf_find(b, BTF_TYPEDEF, name));
	if (!g.proto)
		return fail(&g, "this kernel has no tracepoint", d->name, strlen(d->name));
	if (lay_out(&g))
		return -1;
	program(&g, id, c);
	return g.failed ? -1 : 0;
}

int tp_compile_desc(
	const struct btf *b, const struct tp_desc *d, uint16_t id, const struct tp_maps *maps, struct tp_prog *p)
{
	return compile(b, d, id, TP_CONTEXTS, maps, p);
}

int tp_compile(const struct btf *b, enum tp_id id, enum tp_context c, const struct tp_maps *maps, struct tp_prog *p)
{
	return compile(b, &tp_descs[id], (uint16_t)id, c, maps, p);
}

/* ---- who a processor works for ---- */

void tp_compile_softirq(const struct tp_maps *maps, bool entry, struct tp_prog *p)
{
	struct gen g = { .maps = maps, .p = p };
	unsigned none;

	p->n = 0;
	gen_store_imm(&g, 4, 10, SP_KEY, 0);
	gen_look_up(&g, maps->where, SP_KEY);
	none = gen_jump(&g, BPF_JEQ, 0, 0);
	gen_imm64(&g, 1, 0, entry ? IN_SOFTIRQ : 0);
	gen_store(&g, 8, 0, 0, 1);
	gen_land(&g, none);
	gen_leave(&g);
}

/* r0 = the namespace of what the timer at r6 is in */
static void timer_namespace(struct gen *g, const struct tp_timer *t)
{
	struct place at = { .type = btf_find(g->b, BTF_STRUCT, t->container) };
	size_t first = ident(t->ns);
	struct btf_member m;

	if (!btf_member(g->b, at.type, t->member, strlen(t->member), &m)) {
		fail(g, "this kernel's types have no member", t->member, strlen(t->member));
		return;
	}
	gen_mov(g, 1, 6);
	gen_alu_imm(g, BPF_SUB, 1, (int32_t)(m.bit / 8));
	if (!member(g, &at, t->ns, first))
		walk(g, &at, t->ns + first);
	if (!g->failed)
		value(g, &at);
}

/* Is the function at r7 that one? */
static void timer_row(struct gen *g, const struct tp_timer *t, uint64_t address, unsigned *done)
{
	unsigned start = g->p->n, other;

	gen_imm64(g, 1, 0, address);
	gen_emit(g, BPF_JMP | BPF_JNE | BPF_X, 7, 1, 0, 0);
	other = g->p->n - 1;
	timer_namespace(g, t);
	*done = gen_jump(g, BPF_JA, 0, 0);
	gen_land(g, other);
	if (g->failed) { /* a kernel with other structures: whoever asks is not known then */
		g->failed = false;
		g->p->n = start;
		*done = 0;
	}
}

int tp_compile_timer(
	const struct btf *b, const struct tp_maps *maps, const uint64_t address[TP_TIMERS], struct tp_prog *p)
{
	static const struct tp_desc d = { "timer:timer_expire_entry", "timer", { NULL }, { { TF_NONE, NULL } } };
	struct gen g = { .b = b, .d = &d, .maps = maps, .p = p };
	unsigned done[TP_TIMERS] = { 0 };
	struct place at;

	p->n = 0;
	p->why[0] = 0;
	g.proto = btf_pointee(b, btf_find(b, BTF_TYPEDEF, "btf_trace_timer_expire_entry"));
	if (!g.proto)
		return fail(&g, "this kernel has no tracepoint", d.name, strlen(d.name));
	gen_mov(&g, 9, 1);
	path(&g, &at, "timer->function");
	if (g.failed)
		return -1;
	gen_load(&g, 8, 6, 9, 0);
	value(&g, &at);
	gen_mov(&g, 7, 0);
	for (unsigned i = 0; i < TP_TIMERS; i++)
		if (address[i])
			timer_row(&g, &tp_timers[i], address[i], &done[i]);
	gen_mov_imm(&g, 0, 0);
	for (unsigned i = 0; i < TP_TIMERS; i++)
		if (done[i])
			gen_land(&g, done[i]);
	gen_mov(&g, 8, 0);
	note_where(&g);
	note_late(&g);
	gen_leave(&g);
	return g.failed ? -1 : 0;
}

void tp_compile_clock(struct tp_prog *p)
{
	struct gen g = { .p = p };

	p->n = 0;
	gen_mov(&g, 9, 1);
	gen_call(&g, FN_JIFFIES);
	gen_store(&g, 8, 9, 0, 0);
	gen_call(&g, FN_KTIME);
	gen_store(&g, 8, 9, 8, 0);
	gen_leave(&g);
}

void tp_compile_symbols(struct tp_prog *p)
{
	struct gen g = { .p = p };

	p->n = 0;
	gen_mov(&g, 9, 1);
	for (unsigned i = 0; i < TP_TIMERS; i++) {
		const char *name = tp_timers[i].function;
		uint32_t size = (uint32_t)strlen(name) + 1;

		for (uint32_t at = 0; at < size; at += 4) {
			uint32_t word = 0;

			memcpy(&word, name + at, size - at < 4 ? size - at : 4);
			gen_store_imm(&g, 4, 10, SP_NAME + (int)at, (int32_t)word);
		}
		gen_store_imm(&g, 8, 10, SP_READ, 0);
		gen_stack_address(&g, 1, SP_NAME);
		gen_mov_imm(&g, 2, (int32_t)size);
		gen_mov_imm(&g, 3, 0);
		gen_stack_address(&g, 4, SP_READ);
		gen_call(&g, FN_KALLSYMS);
		gen_load(&g, 8, 1, 10, SP_READ);
		gen_store(&g, 8, 9, 8 * (int)i, 1);
	}
	gen_leave(&g);
}
