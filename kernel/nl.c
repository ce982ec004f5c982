/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink requests and dumps (RFC 3549, net/netlink/af_netlink.c). */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct nl *nl_open(int family, struct err *err)
{
	struct nl *nl = xmalloc(sizeof(*nl));
	int on = 1;

	memset(nl, 0, offsetof(struct nl, buf)); /* the rest is large, and written before it is read */
	nl->sock = mnl_socket_open2(family, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err_set(err, (struct loc){ 0 }, "netlink: %s", strerror(errno));
		nl_close(nl);
		return NULL;
	}
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	nl->port = mnl_socket_get_portid(nl->sock);
	return nl;
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

struct nlmsghdr *nl_begin(uint8_t *buf, uint16_t type, uint16_t flags, size_t extra)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	mnl_nlmsg_put_extra_header(h, extra);
	return h;
}

void *nl_extra(const struct nlmsghdr *h)
{
	return mnl_nlmsg_get_payload(h);
}

bool nl_ok(const struct nlmsghdr *h, int left)
{
	return mnl_nlmsg_ok(h, left) && h->nlmsg_len <= (uint32_t)left;
}

static int on_ext(const struct nlattr *attr, void *ctx)
{
	struct nl *nl = ctx;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		str_copy(nl->ext, sizeof(nl->ext), mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

int nl_errno(int answered)
{
	return answered <= 0 && answered > -4096 ? -answered : EPROTO;
}

/* Takes the errno and the text out of an acknowledgement. */
static void take_ack(struct nl *nl, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);
	size_t behind = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*e)) {
		nl->errnum = EBADMSG;
		return;
	}
	nl->errnum = nl_errno(e->error);
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > MNL_NLMSG_HDRLEN)
		behind += mnl_nlmsg_get_payload_len(&e->msg);
	if (behind > mnl_nlmsg_get_payload_len(h))
		return;
	mnl_attr_parse(h, (unsigned)behind, on_ext, nl);
}

/* The same of the end of a dump (netlink_dump_done()). */
static void take_done(struct nl *nl, const struct nlmsghdr *h)
{
	if (mnl_nlmsg_get_payload_len(h) < sizeof(int))
		return;
	nl->errnum = nl_errno(*(const int *)mnl_nlmsg_get_payload(h));
	if (nl->errnum && h->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(h, sizeof(int), on_ext, nl);
}

static int send_request(struct nl *nl, struct nlmsghdr *h)
{
	h->nlmsg_seq = ++nl->seq;
	nl->errnum = 0;
	nl->ext[0] = 0;
	nl->unasked = mnl_socket_sendto(nl->sock, h, h->nlmsg_len) < 0;
	if (nl->unasked)
		nl->errnum = errno;
	return -nl->errnum;
}

/* One read. Returns 1 when the answer is complete, 0 when more comes, negative errno. */
static int receive(struct nl *nl, nl_fn *fn, void *ctx, bool *interrupted)
{
	ssize_t got = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));
	const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)nl->buf;
	int left = (int)got;

	if (got < 0) {
		nl->unasked = true;
		return -(nl->errnum = errno);
	}
	for (; nl_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
		if (h->nlmsg_seq != nl->seq)
			continue; /* the rest of a dump that was given up */
		if (h->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (h->nlmsg_type == NLMSG_ERROR) {
			take_ack(nl, h);
			return 1;
		}
		if (h->nlmsg_type == NLMSG_DONE) {
			take_done(nl, h);
			return 1;
		}
		if (fn && fn(h, ctx) < 0) {
			nl->unasked = true;
			return -(nl->errnum = EPROTO);
		}
	}
	return 0;
}

int nl_ask(struct nl *nl, struct nlmsghdr *h, nl_fn *fn, void *ctx)
{
	bool interrupted = false;
	int rc;

	h->nlmsg_flags |= NLM_F_ACK;
	if (send_request(nl, h))
		return -nl->errnum;
	while (!(rc = receive(nl, fn, ctx, &interrupted)))
		;
	return rc < 0 ? rc : -nl->errnum;
}

int nl_dump_once(struct nl *nl, struct nlmsghdr *h, nl_fn *fn, void *ctx)
{
	bool interrupted = false;
	int rc;

	h->nlmsg_flags |= NLM_F_DUMP;
	if (send_request(nl, h))
		return -nl->errnum;
	while (!(rc = receive(nl, fn, ctx, &interrupted)))
		;
	if (rc > 0 && !nl->errnum && interrupted)
		nl->errnum = EINTR;
	return rc < 0 ? rc : -nl->errnum;
}

int nl_dump(struct nl *nl, struct nlmsghdr *h, nl_fn *fn, void (*again)(void *ctx), void *ctx)
{
	int rc = nl_dump_once(nl, h, fn, ctx);

	for (unsigned i = 1; rc == -EINTR && i < NL_DUMP_TRIES; i++) {
		if (again)
			again(ctx);
		rc = nl_dump_once(nl, h, fn, ctx);
	}
	return rc;
}

int nl_answer(const struct nl *nl, struct answer *a)
{
	return answer_errno(a, nl->errnum, nl->ext);
}

struct attrs {
	const struct nlattr **tb;
	unsigned max;
};

static int on_attr(const struct nlattr *attr, void *ctx)
{
	const struct attrs *a = ctx;
	unsigned type = mnl_attr_get_type(attr);

	if (type <= a->max)
		a->tb[type] = attr;
	return MNL_CB_OK;
}

void nl_attrs(const struct nlmsghdr *h, size_t extra, const struct nlattr **tb, unsigned max)
{
	struct attrs a = { tb, max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_parse(h, (unsigned)extra, on_attr, &a);
}

void nl_nested(const struct nlattr *nest, const struct nlattr **tb, unsigned max)
{
	struct attrs a = { tb, max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	if (nest)
		mnl_attr_parse_nested(nest, on_attr, &a);
}

uint8_t nl_u8(const struct nlattr *a)
{
	return !a || mnl_attr_get_payload_len(a) < sizeof(uint8_t) ? 0 : mnl_attr_get_u8(a);
}

uint16_t nl_u16(const struct nlattr *a)
{
	return !a || mnl_attr_get_payload_len(a) < sizeof(uint16_t) ? 0 : mnl_attr_get_u16(a);
}

uint32_t nl_u32(const struct nlattr *a)
{
	return !a || mnl_attr_get_payload_len(a) < sizeof(uint32_t) ? 0 : mnl_attr_get_u32(a);
}

const char *nl_str(const struct nlattr *a)
{
	const char *s = a ? mnl_attr_get_payload(a) : "";

	return !a || memchr(s, 0, mnl_attr_get_payload_len(a)) ? s : "";
}
