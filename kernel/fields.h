/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A frame as a row of named fields, each with what may vary in it: so that a captured frame and a predicted one are
 * compared field by field, and a difference has a name. */
#ifndef KERNEL_FIELDS_H
#define KERNEL_FIELDS_H

#include "model/addr.h"

/* What a field's value may be on the two sides. What the kernel picks freely is a variable: bound when it is first
 * seen, it must hold from then on. Each space of variables is a one-to-one map, per key. */
enum field_class {
	FC_EXACT,   /* the same number */
	FC_BYTES,   /* the same bytes */
	FC_MAC,     /* a variable where nobody set the address (a bridge that never had a port) */
	FC_PORT,    /* a variable among ephemeral ports; key: protocol and address */
	FC_ICMP_ID, /* a variable */
	FC_IP_ID,   /* a variable where it ties fragments together (key: addresses and protocol), else not compared */
	FC_STAMP,   /* bytes: a time that a program wrote; variable, key: ICMP id and sequence number */
	FC_SEQ,     /* a TCP sequence number: the difference to the model's is a variable; key: the flow */
	FC_FREE,    /* not compared but for being zero or not (TCP time stamps) */
	FC_CSUM,    /* v: enum csum_state */
};
enum csum_state { CSUM_RIGHT, CSUM_PARTIAL, CSUM_NONE, CSUM_WRONG, CSUM_UNKNOWN };

#define FIELDS_MAX 96
struct field {
	char name[24];
	enum field_class class;
	uint64_t v;
	uint64_t key;         /* of the variable */
	const uint8_t *bytes; /* into the frame; FC_BYTES, FC_STAMP */
	uint32_t size;
};
struct fields {
	struct field f[FIELDS_MAX];
	unsigned n;
};
/* Takes the frame apart, as far as it goes; the rest is one field "data". */
void fields_parse(struct fields *out, const uint8_t *frame, uint32_t size);
/* The same of a fragment that is not the first, as a part of its packet: `joined` is the packet's data from its
 * beginning to the end of this fragment. What is a variable there (a time stamp, say) is one in whichever fragment it
 * comes. */
void fields_parse_fragment(
	struct fields *out, const uint8_t *frame, uint32_t size, const uint8_t *joined, uint32_t joined_size);
/* The value as text. */
const char *field_format(char *buf, size_t size, const struct field *f);

#endif
