/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that iptables reads and prints: protocols (/etc/protocols), services (/etc/services), ICMP types, TCP flags,
 * ways to reject, address types. As Debian 12 has them. */
#ifndef MODEL_IPT_NAMES_H
#define MODEL_IPT_NAMES_H

#include "model/buf.h"

int ipt_protocol(const char *name);                            /* 0 to 255; -1: no such name */
const char *ipt_protocol_name(uint8_t protocol);               /* NULL: none */
int ipt_service(const char *name, uint8_t protocol);           /* protocol 0: any. -1: no such service */
const char *ipt_service_name(uint16_t port, uint8_t protocol); /* NULL: none */

struct ipt_icmp_name {
	const char *name;
	uint8_t type, code_min, code_max;
};
const struct ipt_icmp_name *ipt_icmp_names(unsigned *n);

struct ipt_flag_name {
	const char *name;
	uint8_t flag;
};
const struct ipt_flag_name *ipt_tcp_flags(unsigned *n); /* ends with ALL and NONE */
void ipt_tcp_flags_format(struct buf *b, uint8_t flags);

/* Ways to reject, in the tool's order. code: of ICMP type 3; -1: tcp-reset. */
struct ipt_reject_name {
	const char *name, *alias;
	int code;
};
const struct ipt_reject_name *ipt_reject_names(unsigned *n);

extern const char *const ipt_addrtypes[]; /* by RTN_*, NULL at the end */

#endif
