/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ends of a connection's life in which the kernel keeps less than a socket: requests on their way to being
 * accepted, and TIME_WAIT (net/ipv4/tcp_minisocks.c; tcp_conn_request() of tcp_input.c). */
#include <errno.h>

#include "sim/tcp.h"

/* ---- requests ---- */

/* The embryo of a connection; SYN_RECV, not yet in the accept queue. NULL: no way back to the peer. */
static struct sock *embryo(struct tcp *l, const struct packet *p, const struct tcp_seg *g)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const struct tcp_hdr *h = packet_tcp(p);
	struct sim *s = l->s;
	struct sock *sk = sock_new(s, l->sk->ns, SYS_TCP);
	struct tcp *t = tcp_new(s, sk);
	struct dst d;

	sk->saddr = sk->rcv_saddr = get32(ip->daddr);
	sk->daddr = get32(ip->saddr);
	sk->sport = l->sk->sport;
	sk->dport = get16(h->sport);
	sk->bound_if = l->sk->bound_if;
	sk->reuseaddr = l->sk->reuseaddr;
	sk->reuseport = l->sk->reuseport;
	sk->mark = l->sk->mark;
	sk->ttl = l->sk->ttl;
	sk->tos = l->sk->tos;
	sk->pmtudisc = l->sk->pmtudisc;
	str_copy(sk->program, sizeof(sk->program), l->sk->program);
	t->parent = l->sk->id;
	t->command = l->command;
	if (sock_route(s, sk, NULL, sk->daddr, sk->saddr, &d)) {
		sock_free(s, sk);
		return NULL;
	}
	t->ts_ok = t->ts_ok && g->opt.ts_ok;
	t->sack_ok = t->sack_ok && g->opt.sack_ok;
	t->wscale_ok = t->wscale_ok && g->opt.wscale_ok;
	t->snd_wscale = g->opt.wscale;
	t->ts_recent = g->opt.tsval;
	t->peer_mss = g->opt.mss_ok ? g->opt.mss : TCP_MSS_DEFAULT;
	t->advmss = tcp_default_advmss(d.mtu);
	tcp_set_window_start(t, t->advmss - (t->ts_ok ? TCP_TSTAMP_LEN : 0));
	t->snd_wnd = t->max_window = g->window;
	tcp_sync_mss(t, d.mtu);
	t->irs = g->seq;
	t->rcv_nxt = t->rcv_wup = t->copied_seq = g->seq + 1;
	t->snd_nxt = t->write_seq = t->iss + 1;
	t->state = TCPS_SYN_RECV;
	sock_hash_port(sk);
	tcp_hash_pair(t);
	return sk;
}

void tcp_listen_input(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	struct sim *s = t->s;
	struct sock *sk;

	if (g->flags & TCP_RST) {
		sim_drop(s, p, DROP_TCP_RESET, ST_TCP_RCV, NULL, 0);
		return;
	}
	if (g->flags & TCP_ACK) {
		tcp_send_reset(s, p, t->sk);
		sim_drop(s, p, DROP_TCP_FLAGS, ST_TCP_RCV, NULL, 0);
		return;
	}
	if (!(g->flags & TCP_SYN) || (g->flags & TCP_FIN)) {
		sim_drop(s, p, DROP_TCP_FLAGS, ST_TCP_RCV, NULL, 0);
		return;
	}
	if (t->backlog_len > t->max_backlog) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_RCV, "the queue of connections to accept is full", 0);
		return;
	}
	sk = embryo(t, p, g);
	if (!sk) {
		sim_drop(s, p, DROP_NO_REPLY_ROUTE, ST_TCP_RCV, NULL, 0);
		return;
	}
	tcp_arm(sk->tcp, &sk->tcp->retrans, TCP_TIMEOUT_INIT);
	sk->tcp->synack_at = s->now;
	tcp_send_synack(sk->tcp);
	sim_absorb(s, p, ST_TCP_RCV, "a connection is asked for");
}

/* tcp_synack_rtt_meas(), tcp_ack_update_rtt(): of one that was sent again only a time stamp tells which it answers. */
static void synack_rtt(struct tcp *t, const struct tcp_seg *g)
{
	if (!t->retransmits)
		tcp_rtt_sample(t, t->s->now - t->synack_at);
	else if (t->ts_ok && g->opt.ts_ok)
		tcp_rtt_sample(t, (tcp_timestamp(t) - g->opt.tsecr) * NSEC_PER_MSEC);
}

/* tcp_v4_syn_recv_sock(), inet_csk_complete_hashdance() */
static bool establish(struct tcp *t, const struct tcp_seg *g)
{
	struct sock *parent = sock_find(t->s, t->parent);
	struct tcp *l = parent ? parent->tcp : NULL;
	struct dst d;

	if (!l || l->backlog_len > l->max_backlog ||
		sock_route(t->s, t->sk, NULL, t->sk->daddr, t->sk->saddr, &d)) /* inet_csk_route_child_sock() */
		return false;
	tcp_cancel(t, &t->retrans);
	synack_rtt(t, g);
	t->retransmits = 0;
	t->state = TCPS_ESTABLISHED;
	t->snd_una = g->ack;
	t->snd_wnd = (uint32_t)g->window << t->snd_wscale;
	t->max_window = t->snd_wnd;
	t->snd_wl1 = g->seq;
	t->advmss = tcp_default_advmss(d.mtu) - (t->ts_ok ? TCP_TSTAMP_LEN : 0);
	tcp_sync_mss(t, d.mtu);
	tcp_init_transfer(t);
	t->lrcvtime = t->s->now;
	t->queued = true;
	if (l->accept_tail)
		l->accept_tail->tcp->next_accept = t->sk;
	else
		l->accept_head = t->sk;
	l->accept_tail = t->sk;
	l->backlog_len++;
	sock_wake(t->s, parent, PROG_READABLE);
	return true;
}

bool tcp_check_req(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	struct sim *s = t->s;

	if ((g->flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_SYN && g->seq == t->irs) {
		if (!tcp_oow_limited(t))
			tcp_send_synack(t);
		sim_absorb(s, p, ST_TCP_CHECK_REQ, "a connection is asked for again");
		return false;
	}
	if ((g->flags & TCP_ACK) && !(g->flags & TCP_RST) && g->ack != t->iss + 1) {
		tcp_send_reset(s, p, t->sk);
		sim_drop(s, p, DROP_TCP_FLAGS, ST_TCP_RCV, NULL, 0);
		return false;
	}
	if (g->flags & (TCP_RST | TCP_SYN)) {
		if (g->seq == t->rcv_nxt || (g->flags & TCP_SYN)) {
			if (g->flags & TCP_SYN)
				tcp_send_reset(s, p, t->sk);
			tcp_done(t);
		}
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_CHECK_REQ, "the connection was reset", 0);
		return false;
	}
	if (!(g->flags & TCP_ACK)) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_CHECK_REQ, "flags that make no sense in this state", 0);
		return false;
	}
	if (!establish(t, g)) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_CHECK_REQ, "the queue of connections to accept is full", 0);
		return false;
	}
	return true;
}

/* ---- TIME_WAIT ----
 * Whatever is done with a segment here, tcp_v4_rcv() throws it away at last, and gives no reason. */

static bool in_window(const struct tcp *t, const struct tcp_seg *g)
{
	uint32_t from = t->rcv_nxt, to = t->rcv_nxt + t->rcv_wnd;

	if (g->seq == from || (seq_after(g->end_seq, from) && seq_before(g->seq, to)))
		return true;
	return g->seq == to && g->seq == g->end_seq;
}

static void timewait_ack(struct tcp *t)
{
	if (!tcp_oow_limited(t))
		tcp_send_ack(t);
}

/* The peer has not ended yet, and nobody is there to hear it: true when p is gone. */
static void fin_wait2(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	struct sim *s = t->s;

	if (!in_window(t, g)) {
		timewait_ack(t);
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_TIMEWAIT, "outside the TCP window", 0);
	} else if (g->flags & TCP_RST) {
		tcp_done(t);
		sim_absorb(s, p, ST_TCP_TIMEWAIT, "the connection is reset");
	} else if (!(g->flags & TCP_ACK) || !seq_after(g->end_seq, t->rcv_nxt) || g->end_seq == g->seq) {
		sim_absorb(s, p, ST_TCP_TIMEWAIT, "an acknowledgement");
	} else if (!(g->flags & TCP_FIN) || g->end_seq != t->rcv_nxt + 1) {
		tcp_send_reset(s, p, t->sk);
		tcp_done(t);
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_TIMEWAIT, "data after close()", 0);
	} else {
		t->substate = TCPS_TIME_WAIT;
		t->rcv_nxt = g->end_seq;
		if (g->opt.ts_ok)
			t->ts_recent = g->opt.tsval;
		tcp_arm(t, &t->retrans, TCP_TIMEWAIT_LEN);
		tcp_send_ack(t);
		sim_absorb(s, p, ST_TCP_TIMEWAIT, "end of the peer's stream");
	}
}

/* tcp_timewait_state_process() */
void tcp_timewait_input(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	struct sim *s = t->s;

	if (t->substate == TCPS_FIN_WAIT2) {
		fin_wait2(t, p, g);
		return;
	}
	if (g->seq == t->rcv_nxt && (g->seq == g->end_seq || (g->flags & TCP_RST))) {
		if (g->flags & TCP_RST)
			tcp_done(t);
		else
			tcp_arm(t, &t->retrans, TCP_TIMEWAIT_LEN);
		sim_absorb(s, p, ST_TCP_TIMEWAIT, "an acknowledgement in TIME_WAIT");
		return;
	}
	if (!(g->flags & TCP_RST)) {
		if (g->flags & TCP_ACK)
			tcp_arm(t, &t->retrans, TCP_TIMEWAIT_LEN);
		timewait_ack(t);
	}
	sim_drop(s, p, DROP_NOT_SPECIFIED, ST_TCP_TIMEWAIT, "TCP data in TIME_WAIT", 0);
}
