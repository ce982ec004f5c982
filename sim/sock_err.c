/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that come back to sockets: ICMP errors about what they sent, and errors of this host's own stack
 * (net/ipv4/icmp.c: icmp_err_convert[], ip_sockglue.c: ip_icmp_error(), ip_local_error()). */
#include <errno.h>

#include "sim/ip_state.h"
#include "sim/sock.h"

static const struct {
	int err;
	bool fatal;
} unreach[] = {
	{ ENETUNREACH, false },  /* net unreachable */
	{ EHOSTUNREACH, false }, /* host unreachable */
	{ ENOPROTOOPT, true },   /* protocol unreachable */
	{ ECONNREFUSED, true },  /* port unreachable */
	{ EMSGSIZE, false },     /* fragmentation needed */
	{ EOPNOTSUPP, false },   /* source route failed */
	{ ENETUNREACH, true },   /* network unknown */
	{ EHOSTDOWN, true },     /* host unknown */
	{ ENONET, true },        /* host isolated */
	{ ENETUNREACH, true },   /* network prohibited */
	{ EHOSTUNREACH, true },  /* host prohibited */
	{ ENETUNREACH, false },  /* network unreachable for this TOS */
	{ EHOSTUNREACH, false }, /* host unreachable for this TOS */
	{ EHOSTUNREACH, true },  /* filtered */
	{ EHOSTUNREACH, true },  /* precedence violation */
	{ EHOSTUNREACH, true },  /* precedence cut off */
};

void sock_icmp_queue(struct sim *s, struct sock *sk, const struct icmp_error *e, uint16_t port, const uint8_t *payload)
{
	struct sys_msg m = { .from = { ip4(get32(e->quoted->daddr)), port },
		.ee_errno = e->err,
		.ee_origin = 2,
		.ee_type = e->type,
		.ee_code = e->code,
		.ee_info = e->info,
		.offender = e->offender };

	sock_queue_error(s, sk, &m, payload, (uint32_t)(e->l4 + e->l4_size - payload));
}

void sock_icmp_hint(struct sim *s, const struct icmp_error *e)
{
	if (e->type == ICMP_REDIRECT_)
		ip_redirect(s, e->p, e->quoted, e->info);
	else if (e->type == ICMP_UNREACH && e->code == 4)
		ip_update_pmtu(s, e->p->dev->ns, get32(e->quoted->daddr), e->info);
}

/* icmp_err(): of answers to an echo request, which no socket has sent. */
static void own_reply(struct sim *s, const struct icmp_error *e)
{
	const struct icmp_hdr *icmp = (const void *)e->l4;

	if (e->quoted->protocol == IPPROTO_ICMP_ && icmp->type == ICMP_ECHOREPLY_)
		sock_icmp_hint(s, e);
}

void sock_icmp_error(struct sim *s, const struct packet *p, const struct ip4_hdr *quoted, uint32_t quoted_size,
	uint8_t type, uint8_t code, uint32_t info, const struct ipaddr *offender)
{
	const struct dev *dev = p->dev;
	struct ns *ns = dev->ns;
	uint32_t hlen = ip4_hlen(quoted);
	struct icmp_error e = { .p = p,
		.quoted = quoted,
		.type = type,
		.code = code,
		.info = info,
		.offender = *offender,
		.err = EHOSTUNREACH };

	if (hlen < sizeof(*quoted) || quoted_size < hlen + 8)
		return;
	e.l4 = (const uint8_t *)quoted + hlen;
	e.l4_size = quoted_size - hlen;
	e.iif = dev->ifindex;
	if (type == ICMP_QUENCH || type == ICMP_REDIRECT_) {
		e.err = 0;
	} else if (type == ICMP_PARAM) {
		e.err = EPROTO;
		e.hard = true;
	} else if (type == ICMP_UNREACH && code < ARRAY_SIZE(unreach)) {
		e.err = unreach[code].err;
		e.hard = unreach[code].fatal;
	}
	own_reply(s, &e);
	if (!ns->socks || type == ICMP_QUENCH)
		return;
	if (ns->socks->raw)
		raw_icmp_error(s, ns, &e);
	if (quoted->protocol == IPPROTO_UDP_)
		udp_icmp_error(s, ns, &e);
	else if (quoted->protocol == IPPROTO_TCP_)
		tcp_icmp_error(s, ns, &e);
}

void sock_local_error(struct sim *s, uint32_t sock, int err, uint32_t info)
{
	struct sock *sk = sock_find(s, sock);
	struct sys_msg m = { .ee_errno = err < 0 ? -err : err, .ee_origin = 1, .ee_info = info };

	if (!sk || !sk->recverr)
		return;
	m.from = (struct sys_addr){ ip4(sk->daddr), sk->dport };
	sock_queue_error(s, sk, &m, NULL, 0);
}
