/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What TCP makes of a segment: net/ipv4/tcp_input.c (tcp_rcv_state_process(), tcp_rcv_established() and below), and of
 * an ICMP error (tcp_v4_err()). Order and side effects are the kernel's; the checks on timestamps (PAWS) are left
 * out, and what arrives out of order is not kept. */
#include <errno.h>
#include <string.h>

#include "sim/tcp.h"

#define OOW_INTERVAL (500 * NSEC_PER_MSEC) /* net.ipv4.tcp_invalid_ratelimit */

/* ---- reading ---- */

static void read_option(struct tcp_options *o, const uint8_t *p, uint8_t kind, uint8_t len)
{
	be32 v;

	switch (kind) {
	case 2:
		if (len == 4) {
			o->mss = (uint16_t)(p[2] << 8 | p[3]);
			o->mss_ok = o->mss;
		}
		break;
	case 3:
		if (len == 3) {
			o->wscale_ok = true;
			o->wscale = p[2] < 14 ? p[2] : 14;
		}
		break;
	case 4:
		o->sack_ok = len == 2;
		break;
	case 8:
		if (len == 10) {
			o->ts_ok = true;
			memcpy(&v, p + 2, 4);
			o->tsval = get32(v);
			memcpy(&v, p + 6, 4);
			o->tsecr = get32(v);
		}
		break;
	}
}

static void read_options(struct tcp_options *o, const uint8_t *p, uint32_t n)
{
	while (n && *p) {
		uint8_t len = *p == 1 ? 1 : n > 1 ? p[1] : 0;

		if (!len || len > n || (*p != 1 && len < 2))
			return;
		read_option(o, p, *p, len);
		p += len;
		n -= len;
	}
}

bool tcp_read(const struct packet *p, struct tcp_seg *g)
{
	const struct tcp_hdr *h = packet_at(p, (int32_t)p->off, sizeof(*h));
	uint32_t hlen = h ? (uint32_t)(h->doff >> 4) * 4 : 0;

	if (!h || hlen < sizeof(*h) || hlen > p->len)
		return false;
	*g = (struct tcp_seg){ .seq = get32(h->seq),
		.ack = get32(h->ack),
		.flags = h->flags,
		.window = get16(h->window),
		.data = packet_data(p) + hlen,
		.len = p->len - hlen };
	g->end_seq = g->seq + g->len + !!(g->flags & TCP_SYN) + !!(g->flags & TCP_FIN);
	read_options(&g->opt, packet_data(p) + sizeof(*h), hlen - (uint32_t)sizeof(*h));
	return true;
}

/* ---- acknowledgements ---- */

/* tcp_clean_rtx_queue(): true when something new was acknowledged. */
static bool clean_queue(struct tcp *t, uint32_t ack)
{
	bool any = false;

	while (t->head && t->head->sent && !seq_after(t->head->end_seq, ack)) {
		struct segment *g = t->head;

		if (!g->retransmitted)
			tcp_rtt_sample(t, t->s->now - g->sent_at);
		t->head = g->next;
		if (!t->head)
			t->tail = NULL;
		t->packets_out--;
		if (t->cwnd < t->ssthresh)
			t->cwnd++;
		tcp_segment_put(t, g);
		any = true;
	}
	return any;
}

/* True: the window is another now. */
static bool update_window(struct tcp *t, const struct tcp_seg *g)
{
	uint32_t win = g->window;

	if (!(g->flags & TCP_SYN))
		win <<= t->snd_wscale;
	if (!seq_after(g->ack, t->snd_una) && !seq_after(g->seq, t->snd_wl1) &&
		(g->seq != t->snd_wl1 || win <= t->snd_wnd))
		return false;
	t->snd_wl1 = g->seq;
	t->snd_wnd = win;
	if (win > t->max_window)
		t->max_window = win;
	return true;
}

int tcp_ack(struct tcp *t, const struct tcp_seg *g)
{
	bool lost = t->retransmits, waiting = t->packets_out, updated, acked;

	if (seq_after(g->ack, t->snd_nxt))
		return -1;
	if (seq_before(g->ack, t->snd_una))
		return 0;
	if (g->opt.ts_ok && t->ts_ok && !seq_after(g->seq, t->rcv_wup))
		t->ts_recent = g->opt.tsval;
	updated = update_window(t, g);
	t->snd_una = g->ack;
	t->probes = 0;
	acked = clean_queue(t, g->ack);
	if (waiting && (acked || (g->seq == g->end_seq && !updated)))
		t->confirm = true;
	if (acked) {
		t->retransmits = 0;
		t->backoff = 0;
		t->tlp_sent = false;
		tcp_rearm_rto(t);
		if (lost && t->packets_out)
			tcp_retransmit(t, t->head);
		else
			tcp_schedule_loss_probe(t, true);
		if (t->want_write) {
			t->want_write = false;
			sock_wake(t->s, t->sk, PROG_WRITABLE);
		}
	} else if (!t->packets_out && t->snd_wnd) {
		tcp_cancel(t, &t->retrans);
		t->backoff = 0;
	}
	return 1;
}

bool tcp_oow_limited(struct tcp *t)
{
	if (t->answered_at && t->s->now - t->answered_at < OOW_INTERVAL)
		return true;
	t->answered_at = t->s->now ? t->s->now : 1;
	return false;
}

static void challenge_ack(struct tcp *t)
{
	if (!tcp_oow_limited(t))
		tcp_send_ack(t);
}

/* ---- the checks before ---- */

/* tcp_send_dupack(), tcp_dsack_set() */
static void send_dupack(struct tcp *t, const struct tcp_seg *g)
{
	if (g->seq != g->end_seq && seq_before(g->seq, t->rcv_nxt)) {
		tcp_enter_quickack(t, TCP_MAX_QUICKACKS);
		t->dsack = t->sack_ok;
		t->dsack_from = g->seq;
		t->dsack_to = seq_after(g->end_seq, t->rcv_nxt) ? t->rcv_nxt : g->end_seq;
	}
	tcp_send_ack(t);
}

static void tcp_reset(struct tcp *t)
{
	int err = t->state == TCPS_SYN_SENT ? ECONNREFUSED : t->state == TCPS_CLOSE_WAIT ? EPIPE : ECONNRESET;

	if (t->state != TCPS_CLOSE)
		tcp_error(t, err);
}

/* tcp_validate_incoming(): true when it goes on; else p is gone. */
static bool validate(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	bool old = seq_before(g->end_seq, t->rcv_wup);

	if (old || seq_after(g->seq, t->rcv_nxt + tcp_receive_window(t))) {
		if (!(g->flags & TCP_RST)) {
			if (g->flags & TCP_SYN)
				challenge_ack(t);
			else if (g->len || !tcp_oow_limited(t))
				send_dupack(t, g);
		}
		sim_drop(t->s, p, old ? DROP_TCP_OLD_SEQUENCE : DROP_TCP_INVALID_SEQUENCE, ST_TCP_RCV, NULL, 0);
		return false;
	}
	if (g->flags & TCP_RST) {
		if (g->seq == t->rcv_nxt) {
			tcp_reset(t);
			sim_absorb(t->s, p, ST_TCP_RCV, "the connection is reset");
		} else {
			challenge_ack(t);
			sim_drop(t->s, p, DROP_TCP_RESET, ST_TCP_RCV, "not the next sequence number", 0);
		}
		return false;
	}
	if (g->flags & TCP_SYN) {
		challenge_ack(t);
		sim_drop(t->s, p, DROP_TCP_INVALID_SYN, ST_TCP_RCV, NULL, 0);
		return false;
	}
	return true;
}

/* ---- data ---- */

static void tcp_fin(struct tcp *t)
{
	tcp_schedule_ack(t);
	t->rcv_shutdown = true;
	t->done = true;
	switch (t->state) {
	case TCPS_ESTABLISHED:
		t->state = TCPS_CLOSE_WAIT;
		t->pingpong = true;
		break;
	case TCPS_FIN_WAIT1:
		tcp_send_ack(t);
		t->state = TCPS_CLOSING;
		break;
	case TCPS_FIN_WAIT2:
		tcp_send_ack(t);
		tcp_time_wait(t, TCPS_TIME_WAIT);
		break;
	default:
		return;
	}
	if (!t->orphan)
		sock_wake(t->s, t->sk, PROG_READABLE);
}

/* tcp_data_queue(); what it does with the packet itself is said in *end. */
static void data_queue(struct tcp *t, struct tcp_seg *g, enum drop *why, bool *taken)
{
	*taken = true;
	if (g->seq == g->end_seq)
		return;
	if (seq_after(g->seq, t->rcv_nxt) || !seq_after(g->end_seq, t->rcv_nxt)) {
		*taken = false;
		*why = seq_after(g->seq, t->rcv_nxt) ? DROP_TCP_INVALID_SEQUENCE : DROP_TCP_OLD_DATA;
		if (!seq_after(g->seq, t->rcv_nxt)) {
			tcp_enter_quickack(t, TCP_MAX_QUICKACKS);
			t->dsack = t->sack_ok;
			t->dsack_from = g->seq;
			t->dsack_to = g->end_seq;
		}
		tcp_schedule_ack(t);
		t->ack_pending |= TCP_ACK_NOW;
		return;
	}
	if (seq_before(g->seq, t->rcv_nxt)) { /* a part of it was here before */
		uint32_t known = t->rcv_nxt - g->seq;

		known = known < g->len ? known : g->len;
		g->data += known;
		g->len -= known;
		g->seq = t->rcv_nxt;
	}
	t->rcv_nxt = g->end_seq;
	if (g->len)
		tcp_queue_rx(t, g->data, g->len);
	tcp_charge(t, g);
	if (g->len)
		tcp_event_data_recv(t, g);
	if (g->flags & TCP_FIN)
		tcp_fin(t);
	else if (!t->orphan)
		sock_wake(t->s, t->sk, PROG_READABLE);
}

static void end_packet(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	if (g->len && !t->orphan)
		sim_deliver(t->s, p, ST_TCP_RCV, *t->sk->program ? t->sk->program : "a socket not yet accepted",
			t->sk->sport);
	else
		sim_absorb(t->s, p, ST_TCP_RCV, g->flags & TCP_FIN ? "end of the peer's stream" : "an acknowledgement");
}

/* ---- states ---- */

static void connected(struct tcp *t, const struct tcp_seg *g)
{
	const struct tcp_options *o = &g->opt;

	t->ts_ok = t->ts_ok && o->ts_ok;
	t->sack_ok = t->sack_ok && o->sack_ok;
	t->wscale_ok = t->wscale_ok && o->wscale_ok;
	t->snd_wscale = t->wscale_ok ? o->wscale : 0;
	if (!t->wscale_ok) {
		t->rcv_wscale = 0;
		if (t->window_clamp > UINT16_MAX)
			t->window_clamp = UINT16_MAX;
	}
	if (t->ts_ok) {
		t->advmss -= TCP_TSTAMP_LEN;
		t->ts_recent = o->tsval;
	}
	t->peer_mss = o->mss_ok ? o->mss : TCP_MSS_DEFAULT;
	t->irs = g->seq;
	t->rcv_nxt = t->rcv_wup = t->copied_seq = g->seq + 1;
	t->snd_wnd = t->max_window = g->window;
	t->snd_wl1 = g->seq;
	t->state = TCPS_ESTABLISHED;
	t->lrcvtime = t->s->now;
}

/* tcp_rcv_synsent_state_process() */
static void synsent(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	struct sim *s = t->s;

	if ((g->flags & TCP_ACK) && (!seq_after(g->ack, t->snd_una) || seq_after(g->ack, t->snd_nxt))) {
		tcp_send_reset(s, p, t->sk);
		sim_drop(s, p, DROP_TCP_INVALID_ACK, ST_TCP_RCV, NULL, 0);
	} else if (!(g->flags & TCP_ACK)) {
		if (g->flags & TCP_SYN)
			sim_event(
				s, p, EV_NOT_MODELLED, ST_TCP_RCV, VAL_STR("both ends connect to each other at once"));
		sim_drop(s, p, g->flags & TCP_RST ? DROP_TCP_RESET : DROP_NOT_SPECIFIED, ST_TCP_RCV, NULL, 0);
	} else if (g->flags & TCP_RST) {
		tcp_reset(t);
		sim_absorb(s, p, ST_TCP_RCV, "the connection is refused");
	} else if (!(g->flags & TCP_SYN)) {
		sim_drop(s, p, DROP_TCP_FLAGS, ST_TCP_RCV, NULL, 0);
	} else {
		uint32_t mtu = t->mss + 40 + (t->ts_ok ? TCP_TSTAMP_LEN : 0);

		connected(t, g);
		tcp_ack(t, g);
		tcp_sync_mss(t, mtu);
		tcp_init_transfer(t);
		sock_wake(s, t->sk, PROG_WRITABLE);
		tcp_send_ack(t);
		sim_absorb(s, p, ST_TCP_RCV, "the connection is established");
	}
}

/* What an acknowledgement of everything does to a connection that is being closed. True: p is gone. */
static bool closing(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	if (t->snd_una != t->write_seq)
		return false;
	switch (t->state) {
	case TCPS_FIN_WAIT1:
		t->state = TCPS_FIN_WAIT2;
		t->confirm = true;
		if (!t->orphan)
			return false;
		if (g->len && seq_after(g->end_seq - !!(g->flags & TCP_FIN), t->rcv_nxt)) {
			/* data for a program that has gone away: tcp_done(), and a reset */
			tcp_send_reset(t->s, p, t->sk);
			tcp_done(t);
			sim_drop(t->s, p, DROP_TCP_ABORT_ON_DATA, ST_TCP_RCV, NULL, 0);
			return true;
		}
		if (g->flags & TCP_FIN)
			return false;
		tcp_time_wait(t, TCPS_FIN_WAIT2);
		break;
	case TCPS_CLOSING:
		tcp_time_wait(t, TCPS_TIME_WAIT);
		break;
	case TCPS_LAST_ACK:
		tcp_done(t);
		break;
	default:
		return false;
	}
	sim_absorb(t->s, p, ST_TCP_RCV, "an acknowledgement");
	return true;
}

/* Data in a state in which there may be some. False: it is refused with a reset, and p is gone. */
static bool data_allowed(struct tcp *t, struct packet *p, const struct tcp_seg *g)
{
	if ((t->state != TCPS_FIN_WAIT1 && t->state != TCPS_FIN_WAIT2) || !t->orphan)
		return true;
	if (g->seq == g->end_seq || !seq_after(g->end_seq - !!(g->flags & TCP_FIN), t->rcv_nxt))
		return true;
	tcp_send_reset(t->s, p, t->sk);
	tcp_error(t, ECONNRESET);
	sim_drop(t->s, p, DROP_TCP_ABORT_ON_DATA, ST_TCP_RCV, NULL, 0);
	return false;
}

void tcp_input(struct tcp *t, struct packet *p)
{
	enum drop why = DROP_NOT_SPECIFIED;
	struct tcp_seg g;
	bool taken = true;
	int ack;

	if (!tcp_read(p, &g) || t->state == TCPS_CLOSE || t->state == TCPS_TIME_WAIT) {
		if (t->state == TCPS_TIME_WAIT) {
			tcp_timewait_input(t, p, &g);
			return;
		}
		tcp_send_reset(t->s, p, NULL);
		sim_drop(t->s, p, DROP_NO_SOCKET, ST_TCP_RCV, NULL, 0);
		return;
	}
	if (t->state == TCPS_SYN_SENT) {
		synsent(t, p, &g);
		return;
	}
	if (!validate(t, p, &g))
		return;
	if (!(g.flags & TCP_ACK)) {
		sim_drop(t->s, p, DROP_TCP_FLAGS, ST_TCP_RCV, NULL, 0);
		return;
	}
	ack = tcp_ack(t, &g);
	if (ack < 0) {
		if (t->state != TCPS_ESTABLISHED)
			challenge_ack(t);
		sim_drop(t->s, p, DROP_TCP_ACK_UNSENT, ST_TCP_RCV, NULL, 0);
		return;
	}
	if (closing(t, p, &g) || !data_allowed(t, p, &g))
		return;
	if (t->state <= TCPS_FIN_WAIT2 || seq_before(g.seq, t->rcv_nxt))
		data_queue(t, &g, &why, &taken);
	if (!taken) { /* in tcp_data_queue() still: ahead of the acknowledgement */
		if (why == DROP_TCP_INVALID_SEQUENCE)
			sim_event(t->s, p, EV_NOT_MODELLED, ST_TCP_RCV,
				VAL_STR("data out of order (kept, and told by SACK)"));
		sim_drop(t->s, p, why, ST_TCP_RCV, NULL, 0);
	}
	if (t->state != TCPS_CLOSE && t->state != TCPS_TIME_WAIT) {
		tcp_push(t, false);
		tcp_ack_snd_check(t);
	}
	if (taken)
		end_packet(t, p, &g);
}

/* ---- ICMP errors ---- */

/* tcp_simple_retransmit(): what was sent and is larger than a segment may be now is lost, cut anew, and goes again; the
 * rest may well have arrived. */
static void simple_retransmit(struct tcp *t)
{
	bool lost = false;

	for (struct segment *g = t->head, *rest; g; g = rest) {
		rest = g->next;
		if (g->len <= t->mss)
			continue;
		while (g->len > t->mss) {
			tcp_fragment(t, g, t->mss);
			g->lost |= g->sent;
			g = g->next;
		}
		g->lost |= g->sent;
	}
	for (struct segment *g = t->head; g && g->sent; g = g->next)
		if (g->lost) {
			g->lost = false;
			lost = true;
			tcp_retransmit(t, g);
		}
	if (lost)
		tcp_rearm_rto(t);
}

/* tcp_v4_mtu_reduced() */
void tcp_mtu_reduced(struct tcp *t, uint32_t mtu)
{
	uint32_t old = t->mss;
	struct sock *sk = t->sk;
	struct dst d;

	if (t->state == TCPS_CLOSE || t->state == TCPS_LISTEN)
		return;
	ip_update_pmtu(t->s, sk->ns, sk->daddr, mtu); /* which may make of it the least that there is (min_pmtu) */
	if ((t->state != TCPS_ESTABLISHED && t->state != TCPS_CLOSE_WAIT && t->state != TCPS_FIN_WAIT1 &&
		    t->state != TCPS_CLOSING && t->state != TCPS_LAST_ACK) ||
		sock_route(t->s, sk, NULL, sk->daddr, sk->saddr, &d))
		return;
	tcp_sync_mss(t, d.mtu);
	if (t->mss < old)
		simple_retransmit(t);
}

/* tcp_req_err(): a request has no route to change, and only some errors end it. */
static void request_error(struct tcp *t, const struct icmp_error *e, uint32_t seq)
{
	bool abort = e->type == ICMP_PARAM || e->type == ICMP_TIMXCEED_ || (e->type == ICMP_UNREACH && e->code <= 1);

	if (abort && seq == t->iss)
		tcp_done(t);
}

/* tcp_v4_err() */
void tcp_icmp_error(struct sim *s, struct ns *ns, const struct icmp_error *e)
{
	const struct tcp_hdr *h = (const struct tcp_hdr *)e->l4; /* the first eight bytes of it */
	struct sock *sk =
		tcp_lookup(ns, get32(e->quoted->daddr), get16(h->dport), get32(e->quoted->saddr), get16(h->sport));
	struct tcp *t = sk ? sk->tcp : NULL;
	uint32_t seq = get32(h->seq);

	if (!t || t->state == TCPS_TIME_WAIT || t->state == TCPS_CLOSE)
		return;
	if (t->state == TCPS_SYN_RECV) {
		request_error(t, e, seq);
		tcp_reap(s, sk);
		return;
	}
	if (seq_before(seq, t->snd_una) || seq_after(seq, t->snd_nxt))
		return;
	if (!e->err) { /* while a system call has the socket it is as if nothing had come */
		if (!t->owned)
			sock_icmp_hint(s, e);
		return;
	}
	if (e->type == ICMP_UNREACH && e->code == 4) {
		if (t->owned)
			t->mtu_info = e->info; /* TCP_MTU_REDUCED_DEFERRED */
		else
			tcp_mtu_reduced(t, e->info);
	} else if (t->state == TCPS_SYN_SENT) {
		if (sk->recverr)
			sock_icmp_queue(s, sk, e, get16(h->dport), e->l4);
		tcp_error(t, e->err);
	} else if (sk->recverr) {
		sock_icmp_queue(s, sk, e, get16(h->dport), e->l4);
		sock_report_error(s, sk, e->err);
	}
	tcp_reap(s, sk);
}
