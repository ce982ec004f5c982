/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP as programs see it: connect, listen, accept, send, receive, shutdown, close (net/ipv4/tcp.c, tcp_ipv4.c,
 * inet_connection_sock.c, inet_hashtables.c). The way of a received segment to its socket is in tcp_ipv4.c.
 *
 * Theory of operation. A connection is a struct sock with a struct tcp from the SYN to the end of TIME_WAIT; there are
 * no minisocks, only states in which less of it is used. It is in the namespace's table of pairs all that time.
 * A socket whose program has closed it, an embryo of a listener that comes to nothing, are freed by tcp_reap(), which
 * every entry into TCP calls last.
 * Not modelled: SYN cookies, urgent data, fast open, keepalive, simultaneous open, out-of-order queues and SACK
 * (what arrives out of order is asked for again). */
#include "sim/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SNDBUF 131072u /* bytes that may wait to be acknowledged */
#define SEGMENT_SMALL 1500u
#define MIN_ADVMSS 256u /* net.ipv4.route.min_adv_mss */
#define SOMAXCONN 4096

/* ---- segments ---- */

struct segment *tcp_segment_new(struct tcp *t, uint32_t cap)
{
	struct sockets *ss = t->sk->ns->socks;
	struct segment *g = ss->free_segment;

	if (cap <= SEGMENT_SMALL && g) {
		ss->free_segment = g->next;
		cap = g->cap;
	} else {
		cap = cap < SEGMENT_SMALL ? SEGMENT_SMALL : cap;
		g = xmalloc(sizeof(*g) + cap);
	}
	*g = (struct segment){ .cap = cap };
	return g;
}

void tcp_segment_put(struct tcp *t, struct segment *g)
{
	struct sockets *ss = t->sk->ns->socks;

	if (g->cap != SEGMENT_SMALL) {
		free(g);
		return;
	}
	g->next = ss->free_segment;
	ss->free_segment = g;
}

void tcp_segments_free(struct sockets *ss)
{
	while (ss->free_segment) {
		struct segment *g = ss->free_segment;

		ss->free_segment = g->next;
		free(g);
	}
}

void tcp_purge_write_queue(struct tcp *t)
{
	while (t->head) {
		struct segment *g = t->head;

		t->head = g->next;
		tcp_segment_put(t, g);
	}
	t->tail = t->send_head = NULL;
	t->packets_out = 0;
}

/* ---- the table of pairs ---- */

static uint32_t pair_hash(uint32_t raddr, uint16_t rport, uint32_t laddr, uint16_t lport)
{
	return hash_mix(hash_mix(hash_mix(5, raddr), laddr), (uint32_t)rport << 16 | lport);
}

void tcp_hash_pair(struct tcp *t)
{
	struct sock *sk = t->sk;

	htab_add(&sk->ns->socks->by_pair, &sk->by_pair, pair_hash(sk->daddr, sk->dport, sk->rcv_saddr, sk->sport));
	sk->connected = true;
}

void tcp_unhash_pair(struct tcp *t)
{
	if (t->sk->connected)
		htab_del(&t->sk->ns->socks->by_pair, &t->sk->by_pair);
	t->sk->connected = false;
}

struct sock *tcp_lookup(const struct ns *ns, uint32_t raddr, uint16_t rport, uint32_t laddr, uint16_t lport)
{
	struct hnode *n = ns->socks ? htab_first(&ns->socks->by_pair, pair_hash(raddr, rport, laddr, lport)) : NULL;

	for (; n; n = htab_next(n)) {
		struct sock *sk = container_of(n, struct sock, by_pair);

		if (sk->daddr == raddr && sk->dport == rport && sk->rcv_saddr == laddr && sk->sport == lport)
			return sk;
	}
	return NULL;
}

/* ---- life ---- */

struct tcp *tcp_new(struct sim *s, struct sock *sk)
{
	struct tcp *t = xcalloc(1, sizeof(*t));
	const int32_t *sysctl = sk->ns->sysctl;

	t->s = s;
	t->sk = sk;
	t->command = s->command;
	t->rto = TCP_TIMEOUT_INIT;
	t->cwnd = TCP_INIT_CWND;
	t->ssthresh = UINT32_MAX;
	t->scaling_ratio = 128;
	t->peer_mss = UINT16_MAX;
	t->rcv_mss = TCP_MSS_DEFAULT;
	t->ts_ok = sysctl[NSC_TCP_TIMESTAMPS];
	t->sack_ok = sysctl[NSC_TCP_SACK];
	t->wscale_ok = sysctl[NSC_TCP_WINDOW_SCALING];
	t->iss = (uint32_t)net_random(s->net);
	t->ts_offset = (uint32_t)net_random(s->net);
	t->snd_una = t->iss;
	t->retrans.fn = tcp_retrans_timer;
	t->delack.fn = tcp_delack_timer;
	sk->tcp = t;
	return t;
}

static struct tcp *tcp_of(struct sim *s, struct sock *sk)
{
	return sk->tcp ? sk->tcp : tcp_new(s, sk);
}

bool tcp_is_listening(const struct sock *sk)
{
	return sk->tcp && sk->tcp->state == TCPS_LISTEN;
}

bool tcp_is_connected(const struct sock *sk)
{
	return sk->tcp && sk->tcp->state >= TCPS_ESTABLISHED;
}

uint32_t tcp_default_advmss(uint32_t mtu)
{
	uint32_t mss = mtu > MIN_ADVMSS + 40 ? mtu - 40 : MIN_ADVMSS;

	return mss < UINT16_MAX - 40 ? mss : UINT16_MAX - 40;
}

/* tcp_sync_mss(), tcp_bound_to_half_wnd() */
void tcp_sync_mss(struct tcp *t, uint32_t mtu)
{
	uint32_t mss = mtu < UINT16_MAX ? mtu - 40 : UINT16_MAX - 40;
	uint32_t cutoff = t->max_window > TCP_MSS_DEFAULT ? t->max_window >> 1 : t->max_window;

	mss = mss < t->peer_mss ? mss : t->peer_mss;
	if (cutoff && mss > cutoff)
		mss = cutoff > 48 ? cutoff : 48;
	if (mss < 48)
		mss = 48;
	t->mss = mss - (t->ts_ok ? TCP_TSTAMP_LEN : 0);
}

void tcp_done(struct tcp *t)
{
	t->state = TCPS_CLOSE;
	t->rcv_shutdown = t->snd_shutdown = true;
	tcp_cancel(t, &t->retrans);
	tcp_cancel(t, &t->delack);
	tcp_purge_write_queue(t);
	tcp_unhash_pair(t);
}

void tcp_error(struct tcp *t, int err)
{
	tcp_done(t);
	if (t->orphan)
		return;
	sock_report_error(t->s, t->sk, err);
	sock_wake(t->s, t->sk, PROG_WRITABLE);
}

void tcp_time_wait(struct tcp *t, enum tcp_state substate)
{
	t->state = TCPS_TIME_WAIT;
	t->substate = (uint8_t)substate;
	t->rcv_wnd = tcp_receive_window(t); /* tw_rcv_wnd, which does not change any more */
	t->rcv_wup = t->rcv_nxt;
	t->ack_pending = 0;
	tcp_purge_write_queue(t);
	tcp_cancel(t, &t->delack);
	tcp_arm(t, &t->retrans, TCP_TIMEWAIT_LEN);
}

void tcp_reap(struct sim *s, struct sock *sk)
{
	struct tcp *t = sk->tcp;

	if (t->state == TCPS_CLOSE && !t->owned && (t->orphan || (t->parent && !t->queued)))
		sock_free(s, sk);
}

static void unlink_from_parent(struct tcp *t)
{
	struct sock *parent = t->queued ? sock_find(t->s, t->parent) : NULL, **at;

	if (!parent)
		return;
	for (at = &parent->tcp->accept_head; *at && *at != t->sk; at = &(*at)->tcp->next_accept)
		;
	if (*at)
		*at = t->next_accept;
	if (parent->tcp->accept_tail == t->sk) {
		parent->tcp->accept_tail = parent->tcp->accept_head;
		for (struct sock *c = parent->tcp->accept_head; c; c = c->tcp->next_accept)
			parent->tcp->accept_tail = c;
	}
}

static void tcp_destroy(struct sim *s, struct sock *sk)
{
	struct tcp *t = sk->tcp;

	if (!t)
		return;
	for (struct sock *c = t->accept_head; c; c = c->tcp->next_accept)
		c->tcp->queued = false;
	unlink_from_parent(t);
	tcp_done(t);
	while (t->backlog) {
		struct packet *p = t->backlog;

		t->backlog = p->next;
		sim_drop(s, p, DROP_QUEUE_PURGE, ST_TCP_RCV, NULL, 0);
	}
	free(t->rx);
	free(t);
	sk->tcp = NULL;
}

/* ---- system calls ---- */

static void own(struct tcp *t)
{
	t->owned = true;
}

/* __release_sock(): what came meanwhile is handled now, while the call still owns the socket. */
static void handle_backlog(struct tcp *t)
{
	while (t->backlog) {
		struct packet *p = t->backlog;
		uint32_t cause = t->s->cause;

		t->backlog = p->next;
		p->next = NULL;
		t->s->cause = p->id;
		tcp_input(t, p);
		t->s->cause = cause;
	}
	t->backlog_tail = NULL;
}

/* The end of release_sock(), with bottom halves off: tcp_release_cb() does what had to wait for the socket. */
static void disown(struct tcp *t)
{
	uint32_t mtu = t->mtu_info;

	t->mtu_info = 0;
	if (mtu)
		tcp_mtu_reduced(t, mtu);
	t->owned = false;
}

/* release_sock() */
static void release(struct tcp *t)
{
	struct sim *s = t->s;

	handle_backlog(t);
	local_bh_disable(s);
	disown(t);
	local_bh_enable(s);
}

static int connect_check(const struct tcp *t)
{
	switch (t->state) {
	case TCPS_CLOSE:
		return 0;
	case TCPS_SYN_SENT:
		return -EALREADY;
	default:
		return -EISCONN;
	}
}

/* tcp_v4_connect() */
static int tcp_connect(struct sim *s, struct sock *sk, uint32_t daddr, uint16_t dport)
{
	struct tcp *t = tcp_of(s, sk);
	struct dst d;
	int err = connect_check(t);

	if (t->state == TCPS_CLOSE && t->snd_shutdown) { /* an earlier one failed */
		tcp_destroy(s, sk);
		t = tcp_new(s, sk);
	}
	if (!err)
		err = sock_route_connect(s, sk, &daddr, &d, ST_TCP_CONNECT);
	if (!err && (d.type == RTN_MULTICAST_ || d.type == RTN_BROADCAST_))
		err = -ENETUNREACH;
	if (err)
		return err;
	if (!sk->saddr)
		sk->saddr = sk->rcv_saddr = d.prefsrc.v4;
	err = sock_autobind(s, sk);
	if (err)
		return err;
	if (tcp_lookup(sk->ns, daddr, dport, sk->rcv_saddr, sk->sport))
		return -EADDRNOTAVAIL;
	sk->daddr = daddr;
	sk->dport = dport;
	tcp_hash_pair(t);
	t->state = TCPS_SYN_SENT;
	t->retrans_stamp = s->now;
	t->advmss = tcp_default_advmss(d.mtu);
	tcp_sync_mss(t, d.mtu);
	tcp_set_window_start(t, t->advmss);
	own(t);
	err = tcp_send_syn(t);
	release(t);
	return err ? err : -EINPROGRESS;
}

int tcp_listen(struct sim *s, struct sock *sk, int backlog)
{
	struct tcp *t;
	int err;

	if (sk->proto != &proto_tcp)
		return -EOPNOTSUPP;
	t = tcp_of(s, sk);
	if (t->state != TCPS_CLOSE && t->state != TCPS_LISTEN)
		return -EINVAL;
	err = sock_autobind(s, sk);
	if (err)
		return -EADDRINUSE;
	for (struct sock *o = sock_by_port(sk->ns, sk->proto, sk->sport); o; o = sock_next_port(o))
		if (o != sk && tcp_is_listening(o) &&
			(!o->rcv_saddr || !sk->rcv_saddr || o->rcv_saddr == sk->rcv_saddr) &&
			(!o->bound_if || !sk->bound_if || o->bound_if == sk->bound_if) &&
			!(o->reuseport && sk->reuseport))
			return -EADDRINUSE;
	t->state = TCPS_LISTEN;
	t->max_backlog = (uint32_t)(backlog < 0 || backlog > SOMAXCONN ? SOMAXCONN : backlog);
	return 0;
}

struct sock *tcp_accept(struct sim *s, struct sock *sk)
{
	struct tcp *t = sk->tcp;
	struct sock *child = t->accept_head;

	(void)s;
	if (!child)
		return NULL;
	t->accept_head = child->tcp->next_accept;
	if (!t->accept_head)
		t->accept_tail = NULL;
	t->backlog_len--;
	child->tcp->queued = false;
	child->tcp->parent = 0;
	child->tcp->next_accept = NULL;
	return child;
}

/* Appends to the last segment that is not yet sent, or starts one. Returns how much it took. */
static uint32_t append(struct tcp *t, const uint8_t *data, uint32_t size)
{
	struct segment *g = t->send_head ? t->tail : NULL;
	uint32_t n;

	if (!g || g->len >= t->mss || g->len >= g->cap) {
		g = tcp_segment_new(t, t->mss);
		g->seq = g->end_seq = t->write_seq;
		g->flags = TCP_ACK;
		if (t->tail)
			t->tail->next = g;
		else
			t->head = g;
		t->tail = g;
		if (!t->send_head)
			t->send_head = g;
	}
	n = (t->mss < g->cap ? t->mss : g->cap) - g->len;
	n = n < size ? n : size;
	memcpy(g->data + g->len, data, n);
	g->flags &= (uint8_t)~TCP_PSH; /* what waited there is not the end any more */
	g->len += n;
	g->end_seq += n;
	t->write_seq += n;
	return n;
}

/* tcp_sendmsg() */
static long tcp_send(
	struct sim *s, struct sock *sk, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	struct tcp *t = tcp_of(s, sk);
	uint32_t room = t->write_seq - t->snd_una < SNDBUF ? SNDBUF - (t->write_seq - t->snd_una) : 0, done = 0;

	(void)to;
	(void)confirm;
	if (sk->err)
		return -sock_take_error(sk);
	if (t->snd_shutdown || t->state == TCPS_CLOSE || t->state == TCPS_LISTEN)
		return -EPIPE;
	if (t->state == TCPS_SYN_SENT || !room) {
		t->want_write = true;
		return -EAGAIN;
	}
	size = size < room ? size : room;
	own(t);
	while (done < size) {
		done += append(t, (const uint8_t *)data + done, size - done);
		if (done < size && t->tail == t->send_head)
			tcp_push_one(t); /* the first one is full */
	}
	if (t->tail && size)
		t->tail->flags |= TCP_PSH;
	tcp_push(t, false);
	release(t);
	return (long)done;
}

void tcp_queue_rx(struct tcp *t, const uint8_t *data, uint32_t len)
{
	if (t->rx_off + t->rx_len + len > t->rx_cap) {
		if (t->rx_len)
			memmove(t->rx, t->rx + t->rx_off, t->rx_len);
		t->rx_off = 0;
		while (t->rx_len + len > t->rx_cap) {
			t->rx_cap = t->rx_cap ? t->rx_cap * 2 : 2048;
			t->rx = xrealloc(t->rx, t->rx_cap);
		}
	}
	memcpy(t->rx + t->rx_off + t->rx_len, data, len);
	t->rx_len += len;
}

/* What recv() says when no data is there. */
static long recv_nothing(struct sock *sk)
{
	struct tcp *t = sk->tcp;

	if (t && t->done) {
		t->rmem = 0; /* the FIN is read */
		return 0;
	}
	if (sk->err)
		return -sock_take_error(sk);
	if (t && t->rcv_shutdown)
		return 0;
	if (!t || t->state == TCPS_CLOSE || t->state == TCPS_LISTEN)
		return -ENOTCONN;
	return -EAGAIN;
}

/* tcp_recvmsg() */
static long tcp_recv(struct sim *s, struct sock *sk, struct sys_msg *m)
{
	struct tcp *t = sk->tcp;
	uint32_t n = t ? t->rx_len : 0;

	(void)s;
	if (!n)
		return recv_nothing(sk);
	n = n < m->cap ? n : m->cap;
	memcpy(m->data, t->rx + t->rx_off, n);
	m->size = n;
	m->from = (struct sys_addr){ ip4(sk->daddr), sk->dport };
	t->rx_off += n;
	t->rmem -= (uint32_t)((uint64_t)t->rmem * n / t->rx_len);
	t->rx_len -= n;
	if (!t->rx_len)
		t->rx_off = t->rmem = 0;
	t->copied_seq += n;
	if (t->state >= TCPS_ESTABLISHED && t->state != TCPS_TIME_WAIT) {
		own(t);
		tcp_cleanup_rbuf(t, n);
		release(t);
	}
	return n;
}

/* tcp_close_state(): true when a FIN is to go. */
static bool close_state(struct tcp *t)
{
	switch (t->state) {
	case TCPS_ESTABLISHED:
	case TCPS_SYN_RECV:
		t->state = TCPS_FIN_WAIT1;
		return true;
	case TCPS_CLOSE_WAIT:
		t->state = TCPS_LAST_ACK;
		return true;
	default:
		return false;
	}
}

int tcp_shutdown(struct sim *s, struct sock *sk)
{
	struct tcp *t = tcp_of(s, sk);

	if (t->state < TCPS_ESTABLISHED && t->state != TCPS_SYN_SENT)
		return -ENOTCONN;
	t->snd_shutdown = true;
	own(t);
	if (close_state(t))
		tcp_send_fin(t);
	release(t);
	return 0;
}

static struct sock *first_child(const struct tcp *t)
{
	list_for_each (sk, &t->sk->ns->socks->all, struct sock, node)
		if (sk->tcp && sk->tcp->parent == t->sk->id)
			return sk;
	return NULL;
}

/* inet_csk_listen_stop(): connections that nobody accepted are reset, those half open forgotten. A reset may also end
 * other sockets of the list before the next one leaves. */
static void listen_stop(struct sim *s, struct tcp *t)
{
	struct sock *sk;

	while ((sk = first_child(t))) {
		struct tcp *c = sk->tcp;

		local_bh_disable(s);
		if (c->queued && c->state >= TCPS_ESTABLISHED && c->state != TCPS_TIME_WAIT)
			tcp_send_active_reset(c);
		sock_free(s, sk);
		local_bh_enable(s);
	}
	tcp_done(t);
}

/* __tcp_close(). What came meanwhile is handled with bottom halves off: what that sends waits until the connection is
 * where it will be without a program. */
static void tcp_close(struct sim *s, struct sock *sk)
{
	struct tcp *t = tcp_of(s, sk);
	bool unread = t->rx_len;

	t->orphan = true;
	t->rcv_shutdown = t->snd_shutdown = true;
	t->rx_len = t->rx_off = t->rmem = 0;
	own(t);
	if (t->state == TCPS_LISTEN) {
		listen_stop(s, t);
	} else if (t->state == TCPS_SYN_SENT) {
		tcp_done(t);
	} else if (unread && t->state != TCPS_CLOSE && t->state != TCPS_TIME_WAIT) {
		tcp_send_active_reset(t);
		tcp_done(t);
	} else if (close_state(t)) {
		tcp_send_fin(t);
	}
	local_bh_disable(s);
	handle_backlog(t);
	if (t->state == TCPS_FIN_WAIT2)
		tcp_time_wait(t, TCPS_FIN_WAIT2);
	local_bh_enable(s);
	handle_backlog(t);
	local_bh_disable(s);
	disown(t);
	tcp_reap(s, sk);
	local_bh_enable(s);
}

const struct proto proto_tcp = {
	.name = "tcp",
	.protocol = IPPROTO_TCP_,
	.connect = tcp_connect,
	.send = tcp_send,
	.recv = tcp_recv,
	.close = tcp_close,
	.destroy = tcp_destroy,
};
