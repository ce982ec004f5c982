/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. BTF is a header, a row of types, and their names; a type's number is its place in the row, from
 * 1. One pass finds where each type begins and checks that it lies within; named structures, typedefs and enumerations
 * go into a table by name. Nothing is copied: the kernel's own is mapped, or read where an old kernel can not map it.
 * The layout is that of include/uapi/linux/btf.h. libbpf has a reader of its own; it would bring two libraries into
 * the build and every start for these few functions. */
#include "kernel/btf.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/htab.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define MAGIC 0xeb9f
#define DEPTH 32 /* of typedefs, and of structures within one another */

struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_size, type_at, type_size, string_at, string_size;
};
struct type {
	uint32_t name;
	uint32_t info;         /* members, kind, flag */
	uint32_t size_or_type; /* by kind */
};
struct member { /* struct, union */
	uint32_t name, type, offset;
};
struct pair { /* a parameter: name, type; a value of an enumeration: name, value */
	uint32_t name, v;
};
struct array {
	uint32_t type, index, n;
};

struct btf {
	const uint8_t *types;
	uint32_t *at; /* of type n: where in types */
	uint32_t n;   /* types, with number 0, which is void */
	const char *strings;
	uint32_t string_size;
	uint32_t *slot; /* named types: their numbers, by hash; 0 = free */
	uint32_t mask;
	void *own; /* what btf_kernel() mapped or read; NULL = the caller's */
	size_t own_size;
	bool mapped;
};

static unsigned members(const struct type *t)
{
	return t->info & 0xffff;
}

static enum btf_kind kind_of(const struct type *t)
{
	return (enum btf_kind)(t->info >> 24 & 0x1f);
}

static const struct type *type_at(const struct btf *b, uint32_t id)
{
	static const struct type none;

	return id && id < b->n ? (const void *)(b->types + b->at[id]) : &none;
}

static const char *name_at(const struct btf *b, uint32_t at)
{
	return at < b->string_size ? b->strings + at : "";
}

/* ---- reading ---- */

/* Bytes that follow a type of each kind, and that follow for each of its members. */
static const struct {
	uint8_t once, each;
} tail[BTF_KINDS] = { [BTF_INT] = { 4, 0 },
	[BTF_ARRAY] = { sizeof(struct array), 0 },
	[BTF_STRUCT] = { 0, sizeof(struct member) },
	[BTF_UNION] = { 0, sizeof(struct member) },
	[BTF_ENUM] = { 0, sizeof(struct pair) },
	[BTF_FUNC_PROTO] = { 0, sizeof(struct pair) },
	[BTF_VAR] = { 4, 0 },
	[BTF_DATASEC] = { 0, 12 },
	[BTF_DECL_TAG] = { 4, 0 },
	[BTF_ENUM64] = { 0, 12 } };

static bool by_name(const struct type *t)
{
	enum btf_kind k = kind_of(t);

	return t->name && (k == BTF_STRUCT || k == BTF_UNION || k == BTF_TYPEDEF || k == BTF_ENUM);
}

static uint32_t name_hash(const char *name)
{
	return hash_bytes(name, strlen(name), 0);
}

static const char *index_types(struct btf *b, uint32_t size)
{
	uint32_t cap = 0, named = 0;

	b->n = 1;
	for (uint32_t at = 0; at < size;) {
		const struct type *t = (const void *)(b->types + at);
		uint32_t room = size - at;

		if (room < sizeof(*t) || kind_of(t) >= BTF_KINDS || !kind_of(t) ||
			room - sizeof(*t) < tail[kind_of(t)].once + members(t) * tail[kind_of(t)].each)
			return "a type of a kind or size that is not known";
		if (b->n >= cap) {
			cap = cap ? 2 * cap : 1 << 17;
			b->at = xrealloc(b->at, cap * sizeof(*b->at));
		}
		b->at[b->n++] = at;
		named += by_name(t);
		at += (uint32_t)sizeof(*t) + tail[kind_of(t)].once + members(t) * tail[kind_of(t)].each;
	}
	for (b->mask = 16; b->mask < 2 * named; b->mask *= 2)
		;
	b->slot = xcalloc(b->mask--, sizeof(*b->slot));
	for (uint32_t id = 1; id < b->n; id++) {
		const struct type *t = type_at(b, id);
		uint32_t i;

		if (!by_name(t))
			continue;
		for (i = name_hash(name_at(b, t->name)) & b->mask; b->slot[i]; i = (i + 1) & b->mask)
			;
		b->slot[i] = id;
	}
	return NULL;
}

static const char *parse(struct btf *b, const uint8_t *data, size_t size)
{
	struct header h;

	if (size < sizeof(h))
		return "no BTF";
	memcpy(&h, data, sizeof(h));
	if (h.magic != MAGIC || h.header_size < sizeof(h) || h.header_size > size || h.header_size % 4 || h.type_at % 4)
		return "no BTF";
	size -= h.header_size;
	if (h.type_at > size || h.type_size > size - h.type_at || h.string_at > size || !h.string_size ||
		h.string_size > size - h.string_at || data[h.header_size + h.string_at + h.string_size - 1])
		return "BTF that is cut short";
	b->types = data + h.header_size + h.type_at;
	b->strings = (const char *)data + h.header_size + h.string_at;
	b->string_size = h.string_size;
	return index_types(b, h.type_size);
}

struct btf *btf_parse(const uint8_t *data, size_t size, const char **why)
{
	struct btf *b = xcalloc(1, sizeof(*b));

	*why = parse(b, data, size);
	if (!*why)
		return b;
	btf_free(b);
	return NULL;
}

static void *read_whole(int fd, size_t size)
{
	uint8_t *p = xmalloc(size);
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, p + n, size - n);

		if (got <= 0) {
			free(p);
			return NULL;
		}
		n += (size_t)got;
	}
	return p;
}

struct btf *btf_kernel(const char **why)
{
	int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC);
	struct btf *b;
	struct stat st;
	void *p = MAP_FAILED;
	bool mapped;

	*why = "this kernel does not tell its types (" KERNEL_BTF ")";
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	mapped = p != MAP_FAILED;
	if (!mapped)
		p = st.st_size > 0 ? read_whole(fd, (size_t)st.st_size) : NULL;
	close(fd);
	if (!p)
		return NULL;
	b = btf_parse(p, (size_t)st.st_size, why);
	if (b) {
		b->own = p;
		b->own_size = (size_t)st.st_size;
		b->mapped = mapped;
	} else if (mapped) {
		munmap(p, (size_t)st.st_size);
	} else {
		free(p);
	}
	return b;
}

void btf_free(struct btf *b)
{
	if (!b)
		return;
	if (b->own && b->mapped)
		munmap(b->own, b->own_size);
	else
		free(b->own);
	free(b->at);
	free(b->slot);
	free(b);
}

/* ---- asking ---- */

uint32_t btf_find(const struct btf *b, enum btf_kind kind, const char *name)
{
	for (uint32_t i = name_hash(name) & b->mask; b->slot[i]; i = (i + 1) & b->mask) {
		const struct type *t = type_at(b, b->slot[i]);

		if (kind_of(t) == kind && !strcmp(name_at(b, t->name), name))
			return b->slot[i];
	}
	return 0;
}

enum btf_kind btf_kind(const struct btf *b, uint32_t type)
{
	return kind_of(type_at(b, type));
}

uint32_t btf_plain(const struct btf *b, uint32_t type)
{
	for (unsigned i = 0; i < DEPTH; i++)
		switch (btf_kind(b, type)) {
		case BTF_TYPEDEF:
		case BTF_VOLATILE:
		case BTF_CONST:
		case BTF_RESTRICT:
		case BTF_TYPE_TAG:
			type = type_at(b, type)->size_or_type;
			break;
		default:
			return type;
		}
	return 0;
}

uint32_t btf_pointee(const struct btf *b, uint32_t type)
{
	type = btf_plain(b, type);
	return btf_kind(b, type) == BTF_PTR ? btf_plain(b, type_at(b, type)->size_or_type) : 0;
}

static uint32_t size_within(const struct btf *b, uint32_t type, unsigned depth)
{
	const struct array *a;
	const struct type *t;

	type = btf_plain(b, type);
	t = type_at(b, type);
	switch (kind_of(t)) {
	case BTF_PTR:
		return sizeof(void *);
	case BTF_INT:
	case BTF_STRUCT:
	case BTF_UNION:
	case BTF_ENUM:
	case BTF_ENUM64:
		return t->size_or_type;
	case BTF_ARRAY:
		a = (const void *)(t + 1);
		return depth ? a->n * size_within(b, a->type, depth - 1) : 0;
	default:
		return 0;
	}
}

uint32_t btf_size(const struct btf *b, uint32_t type)
{
	return size_within(b, type, DEPTH);
}

uint32_t btf_param(const struct btf *b, uint32_t proto, unsigned n)
{
	const struct type *t = type_at(b, proto);

	return kind_of(t) == BTF_FUNC_PROTO && n < members(t) ? ((const struct pair *)(const void *)(t + 1))[n].v : 0;
}

static bool is_aggregate(enum btf_kind k)
{
	return k == BTF_STRUCT || k == BTF_UNION;
}

static bool member_within(
	const struct btf *b, uint32_t type, const char *name, size_t len, unsigned depth, struct btf_member *to)
{
	const struct type *t = type_at(b, type);
	const struct member *m = (const void *)(t + 1);
	bool flag = t->info >> 31; /* offsets bear the sizes of bit fields */

	if (!is_aggregate(kind_of(t)) || !depth)
		return false;
	for (unsigned i = 0; i < members(t); i++) {
		const char *is = name_at(b, m[i].name);
		uint32_t bit = flag ? m[i].offset & 0xffffff : m[i].offset, plain = btf_plain(b, m[i].type);

		if (*is && !strncmp(is, name, len) && !is[len]) {
			*to = (struct btf_member){ plain, bit, flag ? m[i].offset >> 24 : 0 };
			return true;
		}
		if (!*is && member_within(b, plain, name, len, depth - 1, to)) {
			to->bit += bit;
			return true;
		}
	}
	return false;
}

bool btf_member(const struct btf *b, uint32_t type, const char *name, size_t len, struct btf_member *m)
{
	return member_within(b, btf_plain(b, type), name, len, DEPTH, m);
}

const char *btf_enum_name(const struct btf *b, uint32_t type, uint32_t value)
{
	const struct type *t = type_at(b, btf_plain(b, type));
	const struct pair *v = (const void *)(t + 1);

	for (unsigned i = 0; kind_of(t) == BTF_ENUM && i < members(t); i++)
		if (v[i].v == value)
			return name_at(b, v[i].name);
	return NULL;
}
