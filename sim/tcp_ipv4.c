/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a received segment to its socket: tcp_v4_rcv() of net/ipv4/tcp_ipv4.c, and the look-up of a listener in
 * inet_hashtables.c. */
#include "sim/tcp.h"

/* inet_lhash2_lookup(): the listener that fits best. */
static struct sock *listener(const struct packet *p, uint32_t laddr, uint16_t lport)
{
	struct sock *best = NULL;
	int most = -1;

	for (struct sock *sk = sock_by_port(p->dev->ns, &proto_tcp, lport); sk; sk = sock_next_port(sk)) {
		int score = (sk->rcv_saddr ? 2 : 0) + (sk->bound_if ? 1 : 0);

		if (!tcp_is_listening(sk) || (sk->rcv_saddr && sk->rcv_saddr != laddr) || !sock_dev_ok(sk, p))
			continue;
		if (score > most) {
			best = sk;
			most = score;
		}
	}
	return best;
}

static void to_backlog(struct tcp *t, struct packet *p)
{
	p->next = NULL;
	if (t->backlog)
		t->backlog_tail->next = p;
	else
		t->backlog = p;
	t->backlog_tail = p;
}

static void no_socket(struct sim *s, struct packet *p)
{
	tcp_send_reset(s, p, NULL);
	sim_drop(s, p, DROP_NO_SOCKET, ST_TCP_RCV, NULL, 0);
}

static void to_socket(struct sim *s, struct sock *sk, struct packet *p, const struct tcp_seg *g)
{
	struct tcp *t = sk->tcp;

	if (t->state == TCPS_LISTEN)
		tcp_listen_input(t, p, g);
	else if (t->state == TCPS_TIME_WAIT)
		tcp_timewait_input(t, p, g);
	else if (t->owned)
		to_backlog(t, p);
	else if (t->state != TCPS_SYN_RECV || tcp_check_req(t, p, g))
		tcp_input(t, p);
	tcp_reap(s, sk);
}

/* tcp_v4_rcv() */
void tcp_rcv(struct sim *s, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct tcp_hdr *h = packet_tcp(p);
	struct tcp_seg g;
	struct sock *sk;

	if (p->pkt_type != PACKET_HOST) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_RCV, "a broadcast or multicast frame", 0);
		return;
	}
	if (!ip || !h || !tcp_read(p, &g)) {
		sim_drop(s, p, DROP_PKT_TOO_SMALL, ST_TCP_RCV, NULL, 0);
		return;
	}
	if (csum_pseudo4(ip, h, p->len)) {
		sim_drop(s, p, DROP_TCP_CSUM, ST_TCP_RCV, NULL, 0);
		return;
	}
	sk = tcp_lookup(p->dev->ns, get32(ip->saddr), get16(h->sport), get32(ip->daddr), get16(h->dport));
	if (sk && !sock_dev_ok(sk, p))
		sk = NULL;
	if (!sk)
		sk = listener(p, get32(ip->daddr), get16(h->dport));
	if (sk && sk->tcp->state == TCPS_TIME_WAIT && (g.flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_SYN &&
		seq_after(g.seq, sk->tcp->rcv_nxt)) {
		struct sock *l = listener(p, get32(ip->daddr), get16(h->dport));

		if (l) { /* TCP_TW_SYN: a new connection of the same pair */
			tcp_unhash_pair(sk->tcp);
			sk = l;
		}
	}
	if (sk)
		to_socket(s, sk, p, &g);
	else
		no_socket(s, p);
}
