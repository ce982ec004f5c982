/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw ICMP sockets, as ping uses them: net/ipv4/raw.c without IP_HDRINCL. The IP header of what is received is kept
 * back (programs get the ICMP message and the TTL).
 * Not modelled: the socket error that a full transmit queue leaves. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/sock.h"

/* raw_v4_match() without the device */
static bool raw_match(const struct sock *sk, uint32_t raddr, uint32_t laddr)
{
	return sk->proto == &proto_raw && (!sk->daddr || sk->daddr == raddr) &&
	       (!sk->rcv_saddr || sk->rcv_saddr == laddr);
}

static int raw_connect(struct sim *s, struct sock *sk, uint32_t daddr, uint16_t dport)
{
	struct dst d;
	int err = sock_route_connect(s, sk, &daddr, &d, ST_UDP_CONNECT);

	(void)dport;
	if (err)
		return err;
	if (d.type == RTN_BROADCAST_ && !sk->broadcast)
		return -EACCES;
	if (!sk->saddr)
		sk->saddr = d.prefsrc.v4;
	if (!sk->rcv_saddr)
		sk->rcv_saddr = d.prefsrc.v4;
	sk->daddr = daddr;
	sk->connected = true;
	return 0;
}

static const char *icmp_info(char *buf, size_t size, const uint8_t *data, uint32_t n)
{
	struct icmp_hdr h;

	*buf = 0;
	if (n < sizeof(h))
		return buf;
	memcpy(&h, data, sizeof(h));
	if (h.type == ICMP_ECHO_ || h.type == ICMP_ECHOREPLY_)
		snprintf(buf, size, "echo %s id %u seq %u", h.type == ICMP_ECHO_ ? "request" : "reply", get16(h.id),
			get16(h.seq));
	else
		snprintf(buf, size, "type %u code %u", h.type, h.code);
	return buf;
}

static void send_event(struct sim *s, struct sock *sk, const struct packet *p, uint32_t daddr)
{
	struct send_info i = { .program = sk->program,
		.saddr = sk->saddr,
		.daddr = daddr,
		.size = p->len + (uint32_t)sizeof(struct ip4_hdr) };
	char info[64];
	struct dst d;

	if (!s->tracing)
		return;
	if (!i.saddr && !sock_route(s, sk, NULL, daddr, 0, &d))
		i.saddr = d.prefsrc.v4;
	i.info = icmp_info(info, sizeof(info), packet_data(p), p->len);
	sock_send_event(s, p, sk->ns, ST_RAW_SENDMSG, sk->proto, &i);
}

/* From the route to the device; takes p over. */
static int raw_push(struct sim *s, struct sock *sk, struct packet *p, uint32_t daddr)
{
	uint32_t size = p->len + (uint32_t)sizeof(struct ip4_hdr);
	int err = sock_route(s, sk, p, daddr, sk->saddr, &p->dst);

	if (err)
		return sim_drop(s, p, DROP_IP_OUTNOROUTES, ST_RAW_SENDMSG, NULL, err);
	if (p->dst.type == RTN_BROADCAST_ && !sk->broadcast)
		return sim_drop(
			s, p, DROP_NOT_SPECIFIED, ST_RAW_SENDMSG, "broadcast is not permitted to this socket", -EACCES);
	err = sock_check_size(s, sk, &p->dst, daddr, 0, size);
	if (err)
		return sock_drop_size(s, p, ST_RAW_SENDMSG, err);
	p->ignore_df = sk->pmtudisc < PMTUDISC_DO;
	if (size > sock_mtu(sk, &p->dst))
		p->frag_list = (uint16_t)sock_mtu(sk, &p->dst); /* __ip_append_data() cuts it */
	ip_build_header(s, p, sk->ns, sk->saddr ? sk->saddr : p->dst.prefsrc.v4, daddr, IPPROTO_ICMP_, sk->tos, sk->ttl,
		sock_df(sk, &p->dst, size));
	return ip_local_out(s, p);
}

static long raw_send(
	struct sim *s, struct sock *sk, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	uint32_t daddr = to ? to->ip.v4 : sk->daddr;
	struct packet *p;
	int err;

	if (size > 0xffff)
		return -EMSGSIZE;
	if (!to && !sk->connected)
		return -EDESTADDRREQ;
	p = sim_packet(s, size);
	if (size)
		memcpy(packet_append(p, size), data, size);
	p->sock = sk->id;
	p->local = true;
	p->mark = sk->mark;
	p->protocol = ETH_P_IP_;
	p->confirm_neigh = confirm;
	packet_set_transport(p, 0);
	send_event(s, sk, p, daddr);
	err = raw_push(s, sk, p, daddr);
	if (err == -ENOBUFS && !sk->recverr)
		err = 0;
	return err ? err : (long)size;
}

/* raw_local_deliver(), icmp_filter() */
bool raw_rcv(struct sim *s, const struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct dev *dev = p->dev;
	bool taken = false;
	uint8_t type;

	if (!dev || !dev->ns->socks || !dev->ns->socks->raw || !ip || ip->protocol != IPPROTO_ICMP_)
		return false;
	type = p->len ? *packet_data(p) : 0;
	list_for_each (sk, &dev->ns->socks->all, struct sock, node) {
		if (!raw_match(sk, get32(ip->saddr), get32(ip->daddr)) || !sock_dev_ok(sk, p))
			continue;
		if (p->len >= sizeof(struct icmp_hdr) && type < 32 && (sk->icmp_filter & 1u << type))
			continue;
		if (!sock_queue(s, sk, packet_data(p), p->len, get32(ip->saddr), 0, ip->ttl))
			continue;
		taken = true;
		if (s->tracing)
			sim_deliver(s, sim_clone(s, p), ST_RAW_RCV, sk->program, 0);
	}
	return taken;
}

/* raw_err() */
void raw_icmp_error(struct sim *s, struct ns *ns, const struct icmp_error *e)
{
	bool frag = e->type == ICMP_UNREACH && e->code == 4;

	if (e->quoted->protocol != IPPROTO_ICMP_)
		return;
	list_for_each (sk, &ns->socks->all, struct sock, node) {
		bool hard = frag ? sk->pmtudisc != PMTUDISC_DONT : e->hard;

		if (!raw_match(sk, get32(e->quoted->daddr), get32(e->quoted->saddr)))
			continue;
		if (sk->bound_if && sk->bound_if != e->iif)
			continue;
		sock_icmp_hint(s, e);
		if (!e->err || (!sk->recverr && !sk->connected))
			continue;
		if (sk->recverr)
			sock_icmp_queue(s, sk, e, 0, e->l4);
		if (sk->recverr || hard)
			sock_report_error(s, sk, e->err);
	}
}

const struct proto proto_raw = {
	.name = "icmp",
	.protocol = IPPROTO_ICMP_,
	.connect = raw_connect,
	.send = raw_send,
	.recv = sock_recv_dgram,
	.close = sock_close_dgram,
};
