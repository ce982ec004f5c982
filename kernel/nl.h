/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink, as much of it as kernel mode needs, over libmnl: a request with its answer, a dump, on a socket that
 * belongs to the network namespace in which it was opened, for good. */
#ifndef KERNEL_NL_H
#define KERNEL_NL_H

#include <libmnl/libmnl.h>

#include "model/err.h"
#include "model/op.h"

#define NL_BUF 8192       /* of a request: more than any that is made here */
#define NL_DUMP_BUF 65536 /* of one read of a dump: what the kernel packs together at most is 32 KiB */

struct nl {
	struct mnl_socket *sock;
	unsigned seq, port;
	int errnum;    /* of the last request: positive errno, 0 = done */
	char ext[256]; /* its extended ack, "" = none */
	bool unasked;  /* errnum is none of the kernel's answers: the request or the answer did not get through */
	_Alignas(8) uint8_t buf[NL_DUMP_BUF]; /* headers are read in place */
};
/* Opens a socket of this family (NETLINK_ROUTE, NETLINK_NETFILTER) in the calling thread's namespace; with extended
 * acks. NULL with *err. */
struct nl *nl_open(int family, struct err *err);
void nl_close(struct nl *nl); /* NULL is fine */

/* The errno in an answer's negative one; EPROTO for a number that is none. */
int nl_errno(int answered);
/* Begins a request in buf[NL_BUF]: the netlink header and `extra` zeroed bytes of the family's own header, which
 * nl_extra() returns. NLM_F_REQUEST is added. */
struct nlmsghdr *nl_begin(uint8_t *buf, uint16_t type, uint16_t flags, size_t extra);
void *nl_extra(const struct nlmsghdr *h);
/* Sends the request with NLM_F_ACK and waits for the answer. Returns 0 or a negative errno (also in nl->errnum and
 * nl->ext). fn, when not NULL, gets the messages that come before the ack. */
typedef int nl_fn(const struct nlmsghdr *h, void *ctx); /* MNL_CB_OK to go on */
int nl_ask(struct nl *nl, struct nlmsghdr *h, nl_fn *fn, void *ctx);
#define NL_DUMP_TRIES 16 /* of a dump that something else changes again and again */
/* Sends a dump request and hands over every message. 0 or a negative errno; -EINTR: it changed meanwhile, and what was
 * handed over is not of one moment. */
int nl_dump_once(struct nl *nl, struct nlmsghdr *h, nl_fn *fn, void *ctx);
/* Sends a dump request and hands over every message; once more from the start when the kernel says that it changed
 * meanwhile (then `again`, when not NULL, is called before). 0 or a negative errno. */
int nl_dump(struct nl *nl, struct nlmsghdr *h, nl_fn *fn, void (*again)(void *ctx), void *ctx);
/* The last request's outcome as an answer; returns -errno. */
int nl_answer(const struct nl *nl, struct answer *a);

/* Is there a whole message in the `left` bytes at h? mnl_nlmsg_ok() takes a length beyond 2 GiB for a negative one. */
bool nl_ok(const struct nlmsghdr *h, int left);
/* Parses attributes into tb[0..max] (absent: NULL); from: where they start behind the family's header. */
void nl_attrs(const struct nlmsghdr *h, size_t extra, const struct nlattr **tb, unsigned max);
void nl_nested(const struct nlattr *nest, const struct nlattr **tb, unsigned max);
/* An attribute's value, whatever its length: 0, or "", when there is none (NULL) or less than that. */
uint8_t nl_u8(const struct nlattr *a);
uint16_t nl_u16(const struct nlattr *a);
uint32_t nl_u32(const struct nlattr *a);
const char *nl_str(const struct nlattr *a);

#endif
