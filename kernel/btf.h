/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF, the kernel's description of its own types (Documentation/bpf/btf.rst): as much of it as finding the members of
 * structures and the arguments of tracepoints takes. */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include "model/base.h"

enum btf_kind { /* include/uapi/linux/btf.h; headers of an older kernel lack the later ones */
	BTF_VOID,
	BTF_INT,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KINDS
};

struct btf;
/* Reads what is in memory, which must outlive it. NULL with *why (static text): it is not BTF as it should be. */
struct btf *btf_parse(const uint8_t *data, size_t size, const char **why);
/* Of the running kernel. NULL with *why. */
struct btf *btf_kernel(const char **why);
void btf_free(struct btf *b);

/* The structure, union, typedef or enumeration of that name; 0 = none. */
uint32_t btf_find(const struct btf *b, enum btf_kind kind, const char *name);
enum btf_kind btf_kind(const struct btf *b, uint32_t type);
/* The type below typedefs and qualifiers; 0 = void. */
uint32_t btf_plain(const struct btf *b, uint32_t type);
/* What a pointer points to, plain; 0 = void, or it is no pointer. */
uint32_t btf_pointee(const struct btf *b, uint32_t type);
/* The size of a value in bytes; 0 = not known. */
uint32_t btf_size(const struct btf *b, uint32_t type);
/* The type of the nth parameter of a function (its prototype); 0 = there is none, or void. */
uint32_t btf_param(const struct btf *b, uint32_t proto, unsigned n);

struct btf_member {
	uint32_t type;
	uint32_t bit;  /* where it begins, in bits from the beginning of the structure */
	uint32_t bits; /* of a bit field; 0 = it is none */
};
/* The member, also of an anonymous structure or union inside. False: none of that name. */
bool btf_member(const struct btf *b, uint32_t type, const char *name, size_t len, struct btf_member *m);
/* The name of a value of an enumeration; NULL = none. */
const char *btf_enum_name(const struct btf *b, uint32_t type, uint32_t value);

#endif
