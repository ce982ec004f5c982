/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP inside: a connection's state (struct tcp_sock), and what the files sim/tcp*.c call of each other. */
#ifndef SIM_TCP_H
#define SIM_TCP_H

#include "sim/sock.h"

enum tcp_state {
	TCPS_CLOSE,
	TCPS_LISTEN,
	TCPS_SYN_SENT,
	TCPS_SYN_RECV,
	TCPS_ESTABLISHED,
	TCPS_FIN_WAIT1,
	TCPS_FIN_WAIT2,
	TCPS_CLOSE_WAIT,
	TCPS_CLOSING,
	TCPS_LAST_ACK,
	TCPS_TIME_WAIT
};

/* linux: include/net/tcp.h */
#define TCP_ATO_MIN (40 * NSEC_PER_MSEC) /* also TCP_DELACK_MIN */
#define TCP_DELACK_MAX (200 * NSEC_PER_MSEC)
#define TCP_RTO_MIN (200 * NSEC_PER_MSEC)
#define TCP_RTO_MAX (120 * NSEC_PER_SEC)
#define TCP_TIMEOUT_INIT (1 * NSEC_PER_SEC)
#define TCP_TIMEWAIT_LEN (60 * NSEC_PER_SEC) /* also tcp_fin_timeout */
#define TCP_MAX_QUICKACKS 16u
#define TCP_INIT_CWND 10u
#define TCP_MSS_DEFAULT 536u
#define TCP_MIN_MSS 88u
#define TCP_TSTAMP_LEN 12u /* aligned */
enum {
	TCP_ACK_SCHED = 1,
	TCP_ACK_TIMER = 2,
	TCP_ACK_PUSHED = 4,
	TCP_ACK_PUSHED2 = 8,
	TCP_ACK_NOW = 16
}; /* ICSK_ACK_* */

struct segment { /* of the write queue: at most one MSS */
	struct segment *next;
	uint32_t seq, end_seq; /* with SYN and FIN */
	uint32_t len, cap;
	uint8_t flags;
	bool sent, retransmitted;
	bool lost; /* within simple_retransmit() */
	uint64_t sent_at;
	uint8_t data[];
};

/* What the options of a received segment say. */
struct tcp_options {
	bool mss_ok, wscale_ok, sack_ok, ts_ok;
	uint8_t wscale;
	uint16_t mss;
	uint32_t tsval, tsecr;
};

/* A received segment, read. */
struct tcp_seg {
	uint32_t seq, end_seq, ack;
	uint8_t flags;
	uint16_t window;
	const uint8_t *data;
	uint32_t len;
	struct tcp_options opt;
};

struct tcp {
	struct sim *s;
	struct sock *sk;
	uint8_t state;                         /* enum tcp_state */
	uint8_t substate;                      /* of TIME_WAIT: FIN_WAIT2 or TIME_WAIT */
	bool rcv_shutdown, snd_shutdown, done; /* done: SOCK_DONE */
	bool orphan;                           /* no program holds it */
	bool owned;                            /* a system call works on it: what arrives waits in backlog */
	uint32_t mtu_info;                     /* a path MTU that came meanwhile; 0 = none */
	struct packet *backlog, *backlog_tail;
	uint32_t command; /* the lab's command that made it */

	/* sending */
	uint32_t iss, snd_una, snd_nxt, write_seq, snd_wnd, snd_wl1, max_window, snd_sml;
	uint32_t mss, advmss, peer_mss, cwnd, ssthresh, packets_out;
	uint8_t snd_wscale;
	struct segment *head, *tail, *send_head;
	uint64_t srtt, mdev, rto, retrans_stamp, synack_at, lsndtime;
	uint32_t retransmits, backoff, probes;
	bool tlp; /* the timer is that of a tail loss probe */
	bool tlp_sent;
	bool want_write;      /* a send() was told to wait */
	bool confirm;         /* sk_dst_pending_confirm: the next packet says that the neighbour is alive */
	struct timer retrans; /* RTO, loss probe, zero window probe; SYN-ACK; end of TIME_WAIT */

	/* receiving */
	uint32_t irs, rcv_nxt, rcv_wup, rcv_wnd, copied_seq, window_clamp, rcv_ssthresh, rmem;
	uint16_t scaling_ratio; /* of 256 */
	uint8_t rcv_wscale;
	uint8_t *rx;
	uint32_t rx_off, rx_len, rx_cap;

	/* options agreed upon */
	bool wscale_ok, sack_ok, ts_ok;
	uint32_t ts_recent, ts_offset;
	bool dsack;
	uint32_t dsack_from, dsack_to;

	/* when to acknowledge: icsk_ack */
	uint8_t ack_pending; /* TCP_ACK_* */
	uint32_t ack_quick, rcv_mss, last_seg_size;
	bool pingpong;
	uint64_t ato, lrcvtime, delack_at;
	struct timer delack;

	/* listening, and being listened for */
	uint32_t max_backlog, backlog_len;
	struct sock *accept_head, *accept_tail;
	struct sock *next_accept; /* in the parent's queue */
	uint32_t parent;          /* id of the listener, until accepted; 0 = none */
	bool queued;              /* in that queue */
	uint64_t answered_at;     /* when an out-of-window segment was last answered; 0 = never */
};

static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}
static inline bool seq_after(uint32_t a, uint32_t b)
{
	return seq_before(b, a);
}

/* tcp.c */
struct tcp *tcp_new(struct sim *s, struct sock *sk);
void tcp_set_window_start(struct tcp *t, uint32_t mss); /* tcp_select_initial_window() */
void tcp_init_transfer(struct tcp *t);
void tcp_hash_pair(struct tcp *t);
void tcp_unhash_pair(struct tcp *t);
void tcp_sync_mss(struct tcp *t, uint32_t mtu); /* after mtu, peer_mss or max_window changed */
uint32_t tcp_default_advmss(uint32_t mtu);
void tcp_queue_rx(struct tcp *t, const uint8_t *data, uint32_t len);
struct sock *tcp_lookup(const struct ns *ns, uint32_t raddr, uint16_t rport, uint32_t laddr, uint16_t lport);
void tcp_done(struct tcp *t);           /* CLOSE, no timers, out of the tables */
void tcp_error(struct tcp *t, int err); /* the same, and the program is told */
void tcp_time_wait(struct tcp *t, enum tcp_state substate);
void tcp_reap(struct sim *s, struct sock *sk); /* frees it when nobody has use for it any more */
void tcp_purge_write_queue(struct tcp *t);
struct segment *tcp_segment_new(struct tcp *t, uint32_t cap);
void tcp_segment_put(struct tcp *t, struct segment *g);

/* tcp_output.c */
uint32_t tcp_mtu_to_mss(const struct tcp *t, uint32_t mtu);
int tcp_send_syn(struct tcp *t);
uint32_t tcp_timestamp(const struct tcp *t); /* tcp_time_stamp_ts() */
void tcp_send_synack(struct tcp *t);
void tcp_send_ack(struct tcp *t);
void tcp_send_fin(struct tcp *t);
void tcp_send_active_reset(struct tcp *t);
void tcp_fragment(struct tcp *t, struct segment *g, uint32_t len);
int tcp_write_wakeup(struct tcp *t);
void tcp_push_one(struct tcp *t);
void tcp_push(struct tcp *t, bool nagle_off); /* __tcp_push_pending_frames() */
int tcp_retransmit(struct tcp *t, struct segment *g);
/* An answer that no connection gives: tcp_v4_send_reset(). p: what came. */
void tcp_send_reset(struct sim *s, const struct packet *p, const struct sock *sk);

/* tcp_window.c */
uint32_t tcp_space(const struct tcp *t);
uint32_t tcp_win_from_space(const struct tcp *t, uint32_t space);
uint32_t tcp_receive_window(const struct tcp *t);
uint32_t tcp_select_window_(struct tcp *t); /* __tcp_select_window() */
uint16_t tcp_select_window(struct tcp *t);
void tcp_charge(struct tcp *t, const struct tcp_seg *g); /* to the receive buffer; after tcp_queue_rx() */
void tcp_event_data_recv(struct tcp *t, const struct tcp_seg *g);
void tcp_schedule_ack(struct tcp *t);
void tcp_enter_quickack(struct tcp *t, uint32_t max);
void tcp_ack_snd_check(struct tcp *t);
void tcp_event_ack_sent(struct tcp *t);
void tcp_event_data_sent(struct tcp *t);
void tcp_cleanup_rbuf(struct tcp *t, uint32_t copied);
void tcp_delack_timer(void *ctx, struct timer *timer);

/* tcp_timer.c */
void tcp_retrans_timer(void *ctx, struct timer *timer);
void tcp_rearm_rto(struct tcp *t);
void tcp_schedule_loss_probe(struct tcp *t, bool advancing);
void tcp_rtt_sample(struct tcp *t, uint64_t rtt);
void tcp_cancel(struct tcp *t, struct timer *timer);
void tcp_arm(struct tcp *t, struct timer *timer, uint64_t after);

/* tcp_input.c */
void tcp_input(struct tcp *t, struct packet *p);          /* of a connection; takes p over */
bool tcp_read(const struct packet *p, struct tcp_seg *g); /* false: malformed */
void tcp_mtu_reduced(struct tcp *t, uint32_t mtu);        /* a smaller path MTU was told */
int tcp_ack(struct tcp *t, const struct tcp_seg *g);      /* 1, 0: an old one, -1: of what was never sent */
/* __tcp_oow_rate_limited(): whether an answer is due only later. */
bool tcp_oow_limited(struct tcp *t);

/* tcp_minisocks.c */
/* The listener's part of a segment for a connection that there is not; takes p over. */
void tcp_listen_input(struct tcp *t, struct packet *p, const struct tcp_seg *g);
void tcp_timewait_input(struct tcp *t, struct packet *p, const struct tcp_seg *g);
/* A segment for a connection that is not yet established. True: it is now, and the segment goes on; else p is gone. */
bool tcp_check_req(struct tcp *t, struct packet *p, const struct tcp_seg *g);

#endif
