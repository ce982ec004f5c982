/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flow that a packet belongs to at some step of its path: addresses, protocol, ports. What the kernel tells of a
 * step bears the packet's headers as they were there, so this is by which the model's step is found. */
#ifndef MODEL_FLOW_H
#define MODEL_FLOW_H

#include "model/base.h"

struct buf;
struct flow {
	uint16_t ethertype; /* 0 = not known: all else is 0 */
	uint8_t protocol;   /* of IPv4 */
	bool fragment;      /* not the first one: no ports */
	bool has_id;        /* ICMP: sport is the id of an echo, and known */
	bool cut;           /* the headers behind that of IPv4 were not at hand: no ports, no type */
	uint32_t src, dst;  /* of IPv4; of ARP the sender's and the target's */
	uint16_t sport;     /* TCP, UDP; ICMP: the id, with has_id; ARP: the operation */
	uint16_t dport;     /* TCP, UDP; ICMP: type << 8 | code */
};
/* Of the packet whose network header begins at l3; {0} but for the ethertype when that is cut short. */
void flow_parse(struct flow *f, uint16_t ethertype, const uint8_t *l3, uint32_t size);
/* "tcp 10.0.0.1:4000 > 10.0.0.2:80", "icmp 10.0.0.1 > 10.0.0.2 type 8/0 id 7", "arp request 10.0.0.1 > 10.0.0.2". */
void flow_format(struct buf *b, const struct flow *f);

#endif
