/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP: net/ipv4/udp.c and ip4_datagram_connect(). Checksums are always complete, where the kernel leaves them to the
 * device. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/sock.h"

static int udp_connect(struct sim *s, struct sock *sk, uint32_t daddr, uint16_t dport)
{
	struct dst d;
	int err = sock_autobind(s, sk);

	if (!err)
		err = sock_route_connect(s, sk, &daddr, &d, ST_UDP_CONNECT);
	if (err)
		return err;
	if (d.type == RTN_BROADCAST_ && !sk->broadcast)
		return -EACCES;
	if (!sk->saddr)
		sk->saddr = d.prefsrc.v4;
	if (!sk->rcv_saddr)
		sk->rcv_saddr = d.prefsrc.v4;
	sk->daddr = daddr;
	sk->dport = dport;
	sk->connected = true;
	return 0;
}

static void send_event(struct sim *s, struct sock *sk, const struct packet *p, uint32_t daddr, uint16_t dport)
{
	struct send_info i = { .program = sk->program,
		.saddr = sk->saddr,
		.daddr = daddr,
		.sport = sk->sport,
		.dport = dport,
		.size = p->len + (uint32_t)sizeof(struct ip4_hdr) };
	struct dst d;

	if (!s->tracing)
		return;
	if (!i.saddr && !sock_route(s, sk, NULL, daddr, 0, &d))
		i.saddr = d.prefsrc.v4;
	sock_send_event(s, p, sk->ns, ST_UDP_SENDMSG, sk->proto, &i);
}

/* udp_send_skb(); takes p over, whose window begins with the UDP header. */
static int udp_push(struct sim *s, struct sock *sk, struct packet *p, uint32_t daddr, uint16_t dport)
{
	uint32_t size = p->len + (uint32_t)sizeof(struct ip4_hdr);
	int err = sock_route(s, sk, p, daddr, sk->saddr, &p->dst);
	struct udp_hdr *uh;
	uint16_t check;

	if (err)
		return sim_drop(s, p, DROP_IP_OUTNOROUTES, ST_UDP_SENDMSG, NULL, err);
	if (p->dst.type == RTN_BROADCAST_ && !sk->broadcast)
		return sim_drop(
			s, p, DROP_NOT_SPECIFIED, ST_UDP_SENDMSG, "broadcast is not permitted to this socket", -EACCES);
	err = sock_check_size(s, sk, &p->dst, daddr, dport, size);
	if (err)
		return sock_drop_size(s, p, ST_UDP_SENDMSG, err);
	p->ignore_df = sk->pmtudisc < PMTUDISC_DO;
	if (size > sock_mtu(sk, &p->dst))
		p->frag_list = (uint16_t)sock_mtu(sk, &p->dst); /* __ip_append_data() cuts it */
	ip_build_header(s, p, sk->ns, sk->saddr ? sk->saddr : p->dst.prefsrc.v4, daddr, IPPROTO_UDP_, sk->tos, sk->ttl,
		sock_df(sk, &p->dst, size));
	uh = packet_udp(p);
	check = csum_pseudo4(packet_ip4(p), uh, size - sizeof(struct ip4_hdr));
	uh->check = put16(check ? check : 0xffff);
	return ip_local_out(s, p);
}

static long udp_send(
	struct sim *s, struct sock *sk, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	uint32_t daddr = to ? to->ip.v4 : sk->daddr;
	uint16_t dport = to ? to->port : sk->dport;
	struct packet *p;
	int err = sock_autobind(s, sk);

	if (err)
		return err;
	if (size > 0xffff)
		return -EMSGSIZE;
	if (to && !to->port)
		return -EINVAL;
	if (!to && !sk->connected)
		return -EDESTADDRREQ;
	if (sk->err)
		return -sock_take_error(sk);
	if (!daddr)
		daddr = sk->saddr ? sk->saddr : 0x7f000001U;
	p = sim_packet(s, size + (uint32_t)sizeof(struct udp_hdr));
	*(struct udp_hdr *)packet_append(p, sizeof(struct udp_hdr)) = (struct udp_hdr){
		.sport = put16(sk->sport), .dport = put16(dport), .len = put16(size + (uint32_t)sizeof(struct udp_hdr))
	};
	if (size)
		memcpy(packet_append(p, size), data, size);
	p->sock = sk->id;
	p->local = true;
	p->mark = sk->mark;
	p->protocol = ETH_P_IP_;
	p->confirm_neigh = confirm;
	packet_set_transport(p, 0);
	send_event(s, sk, p, daddr, dport);
	err = udp_push(s, sk, p, daddr, dport);
	if (err == -ENOBUFS && !sk->recverr)
		err = 0;
	return err ? err : (long)size;
}

/* compute_score(); -1: not this one. */
static int udp_score(
	const struct sock *sk, uint32_t saddr, uint16_t sport, uint32_t daddr, const struct packet *p, bool multicast)
{
	int score = sk->reuseaddr ? 1 : 0;

	if (sk->rcv_saddr && sk->rcv_saddr != daddr)
		return -1;
	score += (sk->rcv_saddr ? 4 : 0);
	if (sk->daddr && sk->daddr != saddr)
		return -1;
	score += sk->daddr ? 4 : 0;
	if (sk->dport && sk->dport != sport)
		return -1;
	score += sk->dport ? 4 : 0;
	if (p && !sock_dev_ok(sk, p))
		return -1;
	return score + (sk->bound_if ? 4 : 0) + multicast;
}

static struct sock *udp_lookup(
	struct ns *ns, uint32_t saddr, uint16_t sport, uint32_t daddr, uint16_t dport, const struct packet *p)
{
	struct sock *best = NULL;
	int most = -1;

	for (struct sock *sk = sock_by_port(ns, &proto_udp, dport); sk; sk = sock_next_port(sk)) {
		int score = udp_score(sk, saddr, sport, daddr, p, false);

		if (score > most) {
			best = sk;
			most = score;
		}
	}
	return best;
}

static bool udp_queue(struct sim *s, struct sock *sk, const struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct udp_hdr *uh = packet_udp(p);

	return sock_queue(s, sk, packet_data(p) + sizeof(*uh), p->len - (uint32_t)sizeof(*uh), get32(ip->saddr),
		get16(uh->sport), ip->ttl);
}

/* __udp4_lib_mcast_deliver(): a copy to each, the packet itself to the last. */
static void udp_flood(struct sim *s, struct packet *p, const struct ip4_hdr *ip, const struct udp_hdr *uh)
{
	struct sock *last = NULL;
	uint16_t port = get16(uh->dport);

	for (struct sock *sk = sock_by_port(p->dev->ns, &proto_udp, port); sk; sk = sock_next_port(sk)) {
		if (udp_score(sk, get32(ip->saddr), get16(uh->sport), get32(ip->daddr), p, true) < 0 ||
			!udp_queue(s, sk, p))
			continue;
		if (last && s->tracing)
			sim_deliver(s, sim_clone(s, p), ST_UDP_RCV, last->program, port);
		last = sk;
	}
	if (last)
		sim_deliver(s, p, ST_UDP_RCV, last->program, port);
	else
		sim_absorb(s, p, ST_UDP_RCV, "a broadcast or multicast that no socket here listens to");
}

static void udp_no_socket(struct sim *s, struct packet *p)
{
	icmp_send(s, p, ICMP_UNREACH, 3, 0);
	sim_drop(s, p, DROP_NO_SOCKET, ST_UDP_RCV, NULL, 0);
}

void udp_rcv(struct sim *s, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct udp_hdr *uh = packet_udp(p);
	uint32_t ulen = uh ? get16(uh->len) : 0;
	struct sock *sk;

	if (!ip || !uh || ulen > p->len || ulen < sizeof(*uh)) {
		sim_drop(s, p, DROP_PKT_TOO_SMALL, ST_UDP_RCV, NULL, 0);
		return;
	}
	packet_trim(p, ulen);
	if (get16(uh->check) && csum_pseudo4(ip, uh, ulen)) {
		sim_drop(s, p, DROP_UDP_CSUM, ST_UDP_RCV, NULL, 0);
		return;
	}
	if (p->dst.type == RTN_BROADCAST_ || p->dst.type == RTN_MULTICAST_) {
		udp_flood(s, p, ip, uh);
		return;
	}
	sk = udp_lookup(p->dev->ns, get32(ip->saddr), get16(uh->sport), get32(ip->daddr), get16(uh->dport), p);
	if (!sk)
		udp_no_socket(s, p);
	else if (udp_queue(s, sk, p))
		sim_deliver(s, p, ST_UDP_RCV, sk->program, get16(uh->dport));
	else
		sim_drop(s, p, DROP_SOCKET_RCVBUFF, ST_UDP_RCV, NULL, 0);
}

/* __udp4_lib_err() */
void udp_icmp_error(struct sim *s, struct ns *ns, const struct icmp_error *e)
{
	const struct udp_hdr *uh = (const struct udp_hdr *)e->l4;
	struct sock *sk = udp_lookup(
		ns, get32(e->quoted->daddr), get16(uh->dport), get32(e->quoted->saddr), get16(uh->sport), NULL);
	bool frag = e->type == ICMP_UNREACH && e->code == 4;

	if (!sk)
		return;
	sock_icmp_hint(s, e);
	if (!e->err || (frag && sk->pmtudisc == PMTUDISC_DONT))
		return;
	if (sk->recverr)
		sock_icmp_queue(s, sk, e, get16(uh->dport), e->l4 + sizeof(*uh));
	else if (!(frag || e->hard) || !sk->connected)
		return;
	sock_report_error(s, sk, e->err);
}

const struct proto proto_udp = {
	.name = "udp",
	.protocol = IPPROTO_UDP_,
	.connect = udp_connect,
	.send = udp_send,
	.recv = sock_recv_dgram,
	.close = sock_close_dgram,
};
