/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types as BTF has them, and programs made from paths through them: a hand-made BTF of few types. */
#include <stdlib.h>

#include "kernel/tp_prog.h"
#include "tests/unit/check.h"

/* ---- a BTF ---- */

static uint32_t words[512];
static char strings[512] = "";
static uint32_t n_words, n_strings = 1, n_types;

static uint32_t name(const char *s)
{
	uint32_t at = n_strings;

	if (!*s)
		return 0;
	memcpy(strings + at, s, strlen(s) + 1);
	n_strings += (uint32_t)strlen(s) + 1;
	return at;
}

/* kind, members, flag, and size or type; what follows is put behind it. Returns its number. */
static uint32_t type(const char *s, enum btf_kind kind, uint32_t members, bool flag, uint32_t size_or_type)
{
	words[n_words++] = name(s);
	words[n_words++] = (uint32_t)kind << 24 | members | (flag ? 1u << 31 : 0);
	words[n_words++] = size_or_type;
	return ++n_types;
}

static void more(uint32_t a, uint32_t b, uint32_t c, unsigned n)
{
	const uint32_t v[] = { a, b, c };

	for (unsigned i = 0; i < n; i++)
		words[n_words++] = v[i];
}

static size_t make(uint8_t *to)
{
	const uint32_t header[] = { 1u << 16 | 0xeb9f, 24, 0, 4 * n_words, 4 * n_words, n_strings };

	memcpy(to, header, sizeof(header));
	memcpy(to + 24, words, 4 * (size_t)n_words);
	memcpy(to + 24 + 4 * (size_t)n_words, strings, n_strings);
	return 24 + 4 * (size_t)n_words + n_strings;
}

/* struct dev { u32 (anonymous union: index); char name[16]; }; struct pkt { u64 pad; struct dev *dev; u32 three:3; };
 * enum why { WHY_A = 3 }; void (*btf_trace_seen)(void *, struct pkt *, u32); */
static size_t types(uint8_t *to)
{
	uint32_t u32 = type("u32", BTF_INT, 0, false, 4), u64, chars, text, anon, dev, pdev, pkt, ppkt, proto, ptr;

	more(32, 0, 0, 1);
	u64 = type("u64", BTF_INT, 0, false, 8);
	more(64, 0, 0, 1);
	chars = type("char", BTF_INT, 0, false, 1);
	more(8, 0, 0, 1);
	text = type("", BTF_ARRAY, 0, false, 0);
	more(chars, u32, 16, 3);
	anon = type("", BTF_UNION, 1, false, 4);
	more(name("index"), u32, 0, 3);
	dev = type("dev", BTF_STRUCT, 2, false, 20);
	more(0, anon, 0, 3);
	more(name("name"), text, 32, 3);
	pdev = type("", BTF_PTR, 0, false, dev);
	pkt = type("pkt", BTF_STRUCT, 3, true, 24);
	more(name("pad"), u64, 0, 3);
	more(name("dev"), pdev, 64, 3);
	more(name("three"), u32, 3u << 24 | 130, 3);
	ppkt = type("", BTF_PTR, 0, false, pkt);
	proto = type("", BTF_FUNC_PROTO, 3, false, 0);
	more(0, 0, 0, 2);
	more(0, ppkt, 0, 2);
	more(0, u32, 0, 2);
	ptr = type("", BTF_PTR, 0, false, proto);
	type("btf_trace_seen", BTF_TYPEDEF, 0, false, ptr);
	type("why", BTF_ENUM, 1, false, 4);
	more(name("WHY_A"), 3, 0, 2);
	return make(to);
}

static void test_types(const struct btf *b)
{
	uint32_t pkt = btf_find(b, BTF_STRUCT, "pkt"), dev = btf_find(b, BTF_STRUCT, "dev");
	struct btf_member m;

	CHECK(pkt && dev && !btf_find(b, BTF_STRUCT, "none") && !btf_find(b, BTF_ENUM, "pkt"));
	CHECK(btf_member(b, pkt, "dev", 3, &m) && m.bit == 64 && !m.bits && btf_pointee(b, m.type) == dev);
	CHECK(btf_member(b, pkt, "three", 5, &m) && m.bit == 130 && m.bits == 3);
	CHECK(btf_member(b, dev, "index", 5, &m) && m.bit == 0 && btf_size(b, m.type) == 4);
	CHECK(btf_member(b, dev, "name", 4, &m) && m.bit == 32 && btf_size(b, m.type) == 16);
	CHECK(!btf_member(b, dev, "nam", 3, &m) && !btf_member(b, dev, "names", 5, &m));
	CHECK_STR(btf_enum_name(b, btf_find(b, BTF_ENUM, "why"), 3), "WHY_A");
	CHECK(!btf_enum_name(b, btf_find(b, BTF_ENUM, "why"), 4));
}

/* ---- programs ---- */

static unsigned calls(const struct tp_prog *p, int32_t helper)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->n; i++)
		n += p->insn[i].code == (BPF_JMP | BPF_CALL) && p->insn[i].imm == helper;
	return n;
}

static bool adds(const struct tp_prog *p, int32_t offset)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->insn[i].code == (BPF_ALU64 | BPF_ADD | BPF_K) && p->insn[i].dst_reg == 3 &&
			p->insn[i].imm == offset)
			return true;
	return false;
}

static unsigned changes(const struct tp_prog *p, uint8_t op, int32_t by)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->n; i++)
		n += p->insn[i].code == (BPF_ALU64 | op | BPF_K) && p->insn[i].dst_reg == 1 && p->insn[i].imm == by;
	return n;
}

/* A number that is a pointer with flags, and a pointer to a member of what is meant. */
static void test_casts(const struct btf *b)
{
	static const struct tp_desc seen = { "test:seen", "pkt number", { "((dev)pkt->pad)->index" },
		{ { TF_DEV, "((dev)pkt->pad)->name" }, { TF_CODE, "((pkt.dev)number)->dev->index" } } };
	static const struct tp_desc nowhere = { "test:seen", "pkt", { "((dev)pkt->pad)" }, { { TF_NONE, NULL } } };
	static const struct tp_desc no_type = { "test:seen", "pkt", { "((devs)pkt->pad)->index" },
		{ { TF_NONE, NULL } } };
	static const struct tp_desc no_member = { "test:seen", "pkt", { "((pkt.devs)pkt)->dev" },
		{ { TF_NONE, NULL } } };
	const struct tp_maps maps = { 1, 2, 3, 4, 5 };
	struct tp_prog *p = xcalloc(1, sizeof(*p));

	CHECK(!tp_compile_desc(b, &seen, 100, &maps, p));
	CHECK(p->layout.at[TF_DEV] == 16 && p->layout.size[TF_DEV] == 16 && p->layout.at[TF_CODE] == 32);
	CHECK(calls(p, 113) == 6); /* pad, index; pad, name; dev, index */
	CHECK(changes(p, BPF_AND, ~7) == 2 && changes(p, BPF_SUB, 8) == 1);
	CHECK(tp_compile_desc(b, &nowhere, 100, &maps, p) == -1);
	CHECK_STR(p->why, "a cast leads nowhere: ");
	CHECK(tp_compile_desc(b, &no_type, 100, &maps, p) == -1);
	CHECK_STR(p->why, "this kernel's types have no structure devs");
	CHECK(tp_compile_desc(b, &no_member, 100, &maps, p) == -1);
	CHECK_STR(p->why, "this kernel's types have no member devs");
	free(p);
}

static void test_program(const struct btf *b)
{
	static const struct tp_desc seen = { "test:seen", "pkt number", { "pkt->dev->index" },
		{ { TF_DEV, "pkt->dev->name" }, { TF_TYPE, "pkt->three" }, { TF_CODE, "number" } } };
	static const struct tp_desc bad = { "test:seen", "pkt", { "pkt->dev->number" }, { { TF_NONE, NULL } } };
	static const struct tp_desc none = { "test:unseen", "pkt", { "pkt->dev->index" }, { { TF_NONE, NULL } } };
	const struct tp_maps maps = { 1, 2, 3, 4, 5 };
	struct tp_prog *p = xcalloc(1, sizeof(*p));

	CHECK(!tp_compile_desc(b, &seen, 100, &maps, p));
	CHECK(p->layout.at[TF_DEV] == 16 && p->layout.size[TF_DEV] == 16 && p->layout.at[TF_TYPE] == 32);
	CHECK(p->layout.at[TF_CODE] == 40 && p->layout.total == 48);
	CHECK(calls(p, 113) == 5); /* dev, index; dev, name; three */
	CHECK(adds(p, 8) && adds(p, 4) && adds(p, 16));
	CHECK(calls(p, 131) == 1 && calls(p, 132) == 1);
	for (unsigned i = 0; i < p->n; i++) /* no jump was left open */
		if ((p->insn[i].code & 7) == BPF_JMP && p->insn[i].code != (BPF_JMP | BPF_CALL) &&
			p->insn[i].code != (BPF_JMP | BPF_EXIT))
			CHECK(p->insn[i].off > 0 && i + 1 + (unsigned)p->insn[i].off <= p->n);
	CHECK(tp_compile_desc(b, &bad, 100, &maps, p) == -1);
	CHECK_STR(p->why, "this kernel's types have no member number");
	CHECK(tp_compile_desc(b, &none, 100, &maps, p) == -1);
	CHECK_STR(p->why, "this kernel has no tracepoint test:unseen");
	free(p);
}

int main(void)
{
	static union {
		uint32_t align;
		uint8_t byte[4096];
	} data;
	size_t size = types(data.byte);
	const char *why;
	struct btf *b = btf_parse(data.byte, size, &why);

	if (CHECK(b != NULL)) {
		test_types(b);
		test_program(b);
		test_casts(b);
	}
	btf_free(b);
	for (size_t cut = 0; cut < size; cut++) /* cut short anywhere: refused */
		CHECK(!btf_parse(data.byte, cut, &why) && why);
	return check_end();
}
