/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables of a comparison: what the kernel picks freely. Bound to the model's value when first seen; from then on
 * each stands for the other, in every later frame. */
#ifndef KERNEL_VARS_H
#define KERNEL_VARS_H

#include "kernel/fields.h"
#include "model/htab.h"
#include "model/net.h"
#include "model/run.h"
#include "model/wire.h"

#define PORT_EPHEMERAL 32768 /* net.ipv4.ip_local_port_range */

struct vars {
	struct htab by_model, by_kernel; /* struct binding */
	struct htab fixed;               /* MAC addresses that the lab or the model set: no variables */
	struct htab left_out;            /* acknowledgements that the comparison of frames left out */
	struct htab ports;               /* of TCP and UDP, that the model's packets bear: where it drew some */
	const struct drawn_port *drawn;  /* those that it drew */
	uint32_t n_drawn;
};
void vars_release(struct vars *v);
/* This address is no variable. */
void vars_fix_mac(struct vars *v, const struct mac *m);
/* What the model's address translation drew at random, and the ports of its packets, are known from now on; the run
 * must stay. */
void vars_take_drawn(struct vars *v, const struct run *run);
/* An acknowledgement without data that the kernel may send or not, as it likes: what else is told of it is left out
 * too. Its two numbers are as good as a name. */
void vars_leave_out(struct vars *v, const struct tcp_hdr *ack);
bool vars_left_out(const struct vars *v, const struct tcp_hdr *tcp);
/* The FIN behind such an acknowledgement. */
bool vars_fin_of_left_out(const struct vars *v, const struct tcp_hdr *tcp);
/* Do the two frames say the same? Binds what is new when they do and `commit` says so. When not: *model_field and
 * *kernel_field are the first pair that differs (one may be NULL: the other frame ends before it). */
bool vars_match(struct vars *v, const struct fields *model, const struct fields *kernel, bool commit,
	const struct field **model_field, const struct field **kernel_field);
/* An address that is no variable: vars_fix_mac(), or one of a group. */
bool vars_mac_fixed(const struct vars *v, const struct mac *m);
/* Is this value of the model's side (or the kernel's) bound? */
bool vars_bound(const struct vars *v, bool model, enum field_class class, uint64_t key, uint64_t value);
/* The port of one side (the model's, or the kernel's) as the model has it; 0 for one of the ephemeral range, or one
 * that was drawn at random, that no frame ever bore: any stands for any. */
uint16_t vars_port(const struct vars *v, bool model, uint8_t protocol, uint32_t addr, uint16_t port);
/* Likewise, in place. False: no frame ever bore it, any stands for any (and it is 0, which may be an id). */
bool vars_icmp_id(const struct vars *v, bool model, uint16_t *id);
/* The model's value for a kernel's, where one is bound (else the value itself). */
uint64_t vars_to_model(const struct vars *v, enum field_class class, uint64_t key, uint64_t kernel);

#endif
