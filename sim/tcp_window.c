/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP's receive window, and when it acknowledges at once, later or with data: the receive halves of
 * net/ipv4/tcp_input.c and tcp_output.c.
 *
 * Theory of operation. Buffer space counts in truesize; scaling_ratio (of 256) says what part of it is payload, first
 * assumed a half, then measured on full segments. The window offered follows rcv_ssthresh, which grows while
 * segments of 128 bytes and more come. A fresh connection acknowledges each of its first segments at once
 * (quick acks) until it has answered within 40 ms of having received (pingpong): from then on acknowledgements wait
 * for data to travel with, 40 ms at most.
 * Not modelled: the growth of the buffer itself (tcp_rcv_space_adjust), which begins beyond ten segments. */
#include "sim/tcp.h"

#define TCP_RCVBUF 131072u     /* net.ipv4.tcp_rmem, default */
#define TCP_RMEM_MAX 33554432u /* and maximum, of a machine with 4 GB and more */
#define SKB_HEAD_TRUESIZE 896u /* SKB_TRUESIZE() of the head that tcp_stream_alloc_skb() takes */
#define TCP_MIN_CLAMP 1152u    /* SOCK_MIN_RCVBUF / 2 */

uint32_t tcp_win_from_space(const struct tcp *t, uint32_t space)
{
	return (uint32_t)((uint64_t)space * t->scaling_ratio >> 8);
}

uint32_t tcp_space(const struct tcp *t)
{
	return t->rmem < TCP_RCVBUF ? tcp_win_from_space(t, TCP_RCVBUF - t->rmem) : 0;
}

uint32_t tcp_receive_window(const struct tcp *t)
{
	int32_t win = (int32_t)(t->rcv_wup + t->rcv_wnd - t->rcv_nxt);

	return win < 0 ? 0 : (uint32_t)win;
}

static unsigned ilog2(uint32_t v)
{
	unsigned n = 0;

	while (v >>= 1)
		n++;
	return n;
}

void tcp_set_window_start(struct tcp *t, uint32_t mss)
{
	uint32_t space = tcp_win_from_space(t, TCP_RCVBUF);

	if (space > mss)
		space -= space % mss;
	t->rcv_wnd = space;
	t->rcv_wscale = t->wscale_ok ? (uint8_t)(ilog2(TCP_RMEM_MAX) - 15) : 0;
	if (!t->wscale_ok && t->rcv_wnd > UINT16_MAX)
		t->rcv_wnd = UINT16_MAX;
	t->window_clamp = (uint32_t)UINT16_MAX << t->rcv_wscale;
	t->rcv_ssthresh = t->rcv_wnd;
}

/* tcp_init_buffer_space(), tcp_initialize_rcv_mss() */
void tcp_init_transfer(struct tcp *t)
{
	uint32_t maxwin = tcp_win_from_space(t, TCP_RCVBUF), hint = t->advmss < t->mss ? t->advmss : t->mss;

	if (t->window_clamp >= maxwin)
		t->window_clamp = maxwin;
	if (t->window_clamp > 2 * t->advmss && t->window_clamp + t->advmss > maxwin)
		t->window_clamp = 2 * t->advmss > maxwin - t->advmss ? 2 * t->advmss : maxwin - t->advmss;
	if (t->rcv_ssthresh > t->window_clamp)
		t->rcv_ssthresh = t->window_clamp;
	hint = hint < t->rcv_wnd / 2 ? hint : t->rcv_wnd / 2;
	hint = hint < TCP_MSS_DEFAULT ? hint : TCP_MSS_DEFAULT;
	t->rcv_mss = hint > TCP_MIN_MSS ? hint : TCP_MIN_MSS;
}

/* __tcp_select_window() */
uint32_t tcp_select_window_(struct tcp *t)
{
	uint32_t full = tcp_win_from_space(t, TCP_RCVBUF), free_space = tcp_space(t), mss = t->rcv_mss, window;

	if (full > t->window_clamp)
		full = t->window_clamp;
	if (mss > full)
		mss = full;
	if (!mss)
		return 0;
	if (free_space < full >> 1) {
		t->ack_quick = 0;
		if (free_space < tcp_win_from_space(t, TCP_RCVBUF) >> 4 || free_space < mss)
			return 0;
	}
	if (free_space > t->rcv_ssthresh)
		free_space = t->rcv_ssthresh;
	if (t->rcv_wscale) {
		uint32_t unit = 1u << t->rcv_wscale;

		return (free_space + unit - 1) & ~(unit - 1);
	}
	window = t->rcv_wnd;
	if (window + mss <= free_space || window > free_space)
		window = free_space - free_space % mss;
	else if (mss == full && free_space > window + (full >> 1))
		window = free_space;
	return window;
}

/* Never takes back what was offered. */
uint16_t tcp_select_window(struct tcp *t)
{
	uint32_t cur = tcp_receive_window(t), win = tcp_select_window_(t), unit = 1u << t->rcv_wscale;

	if (win < cur)
		win = (cur + unit - 1) & ~(unit - 1);
	t->rcv_wnd = win;
	t->rcv_wup = t->rcv_nxt;
	if (win > (uint32_t)UINT16_MAX << t->rcv_wscale)
		win = (uint32_t)UINT16_MAX << t->rcv_wscale;
	return (uint16_t)(win >> t->rcv_wscale);
}

/* ---- what a received segment changes ---- */

static void set_window_clamp(struct tcp *t, uint32_t val)
{
	uint32_t old = t->window_clamp, ssthresh;

	t->window_clamp = val < TCP_MIN_CLAMP ? TCP_MIN_CLAMP : val;
	if (t->window_clamp < old) {
		if (t->rcv_ssthresh > t->window_clamp)
			t->rcv_ssthresh = t->window_clamp;
	} else if (t->window_clamp > old) {
		ssthresh = t->rcv_wnd < t->window_clamp ? t->rcv_wnd : t->window_clamp;
		if (t->rcv_ssthresh < ssthresh)
			t->rcv_ssthresh = ssthresh;
	}
}

/* tcp_measure_rcv_mss() */
static void measure_rcv_mss(struct tcp *t, const struct tcp_seg *g)
{
	uint32_t header = t->ts_ok ? 32 : 20, last = t->last_seg_size;

	t->last_seg_size = 0;
	if (g->len >= t->rcv_mss) {
		if (g->len != t->rcv_mss) {
			uint32_t ratio = (g->len << 8) / (g->len + SKB_HEAD_TRUESIZE);

			if (ratio != t->scaling_ratio) {
				t->scaling_ratio = (uint16_t)ratio;
				set_window_clamp(t, tcp_win_from_space(t, TCP_RCVBUF));
			}
		}
		t->rcv_mss = g->len < t->advmss ? g->len : t->advmss;
		if (g->flags & TCP_PSH)
			t->ack_pending |= TCP_ACK_PUSHED;
		return;
	}
	if (g->len + header >= TCP_MSS_DEFAULT + 20 ||
		(g->len + header >= TCP_MIN_MSS + 20 && !(g->flags & (TCP_FIN | TCP_PSH | TCP_URG | TCP_SYN)))) {
		t->last_seg_size = g->len;
		if (g->len == last) {
			t->rcv_mss = g->len;
			return;
		}
	}
	if (t->ack_pending & TCP_ACK_PUSHED)
		t->ack_pending |= TCP_ACK_PUSHED2;
	t->ack_pending |= TCP_ACK_PUSHED;
}

/* tcp_grow_window(); the payload is in a fragment of its own, so its truesize is its length. */
static void grow_window(struct tcp *t, const struct tcp_seg *g)
{
	uint32_t limit = tcp_space(t), incr = 2 * t->advmss, room;

	if (limit > t->window_clamp)
		limit = t->window_clamp;
	if (limit <= t->rcv_ssthresh)
		return;
	room = limit - t->rcv_ssthresh;
	if (incr < 2 * g->len)
		incr = 2 * g->len;
	t->rcv_ssthresh += room < incr ? room : incr;
	t->ack_quick |= 1;
}

/* tcp_incr_quickack() */
static void incr_quickack(struct tcp *t, uint32_t max)
{
	uint32_t quick = t->rcv_wnd / (2 * t->rcv_mss);

	quick = quick ? quick : 2;
	quick = quick < max ? quick : max;
	if (quick > t->ack_quick)
		t->ack_quick = quick;
}

void tcp_enter_quickack(struct tcp *t, uint32_t max)
{
	incr_quickack(t, max);
	t->pingpong = false;
	t->ato = TCP_ATO_MIN;
}

void tcp_schedule_ack(struct tcp *t)
{
	t->ack_pending |= TCP_ACK_SCHED;
}

/* tcp_queue_rcv(): it takes room until it is read, a FIN alone too. tcp_try_coalesce(): what finds data waiting leaves
 * its head behind. */
void tcp_charge(struct tcp *t, const struct tcp_seg *g)
{
	t->rmem += g->len + (t->rx_len > g->len ? 0 : SKB_HEAD_TRUESIZE);
}

void tcp_event_data_recv(struct tcp *t, const struct tcp_seg *g)
{
	uint64_t now = t->s->now, gap = now - t->lrcvtime;

	tcp_schedule_ack(t);
	measure_rcv_mss(t, g);
	if (!t->ato) {
		incr_quickack(t, TCP_MAX_QUICKACKS);
		t->ato = TCP_ATO_MIN;
	} else if (gap <= TCP_ATO_MIN / 2) {
		t->ato = (t->ato >> 1) + TCP_ATO_MIN / 2;
	} else if (gap < t->ato) {
		t->ato = (t->ato >> 1) + gap;
		if (t->ato > t->rto)
			t->ato = t->rto;
	} else if (gap > t->rto) {
		incr_quickack(t, TCP_MAX_QUICKACKS);
	}
	t->lrcvtime = now;
	if (g->len >= 128)
		grow_window(t, g);
}

/* ---- acknowledging ---- */

static void send_delayed_ack(struct tcp *t)
{
	uint64_t ato = t->ato, max = 500 * NSEC_PER_MSEC, when;

	if (ato > TCP_ATO_MIN) {
		if (t->pingpong || (t->ack_pending & TCP_ACK_PUSHED))
			max = TCP_DELACK_MAX;
		if (t->srtt && t->srtt < max)
			max = t->srtt > TCP_ATO_MIN ? t->srtt : TCP_ATO_MIN;
		ato = ato < max ? ato : max;
	}
	if (ato > TCP_DELACK_MAX)
		ato = TCP_DELACK_MAX;
	when = t->s->now + ato;
	if (t->ack_pending & TCP_ACK_TIMER) {
		if (t->delack_at <= t->s->now + (ato >> 2)) {
			tcp_send_ack(t);
			return;
		}
		if (when > t->delack_at)
			when = t->delack_at;
	}
	t->ack_pending |= TCP_ACK_SCHED | TCP_ACK_TIMER;
	t->delack_at = when;
	tcp_arm(t, &t->delack, when - t->s->now);
}

/* tcp_ack_snd_check() */
void tcp_ack_snd_check(struct tcp *t)
{
	if (!(t->ack_pending & TCP_ACK_SCHED))
		return;
	if ((t->rcv_nxt - t->rcv_wup > t->rcv_mss &&
		    (t->rcv_nxt == t->copied_seq || tcp_select_window_(t) >= t->rcv_wnd)) ||
		(t->ack_quick && !t->pingpong) || (t->ack_pending & TCP_ACK_NOW))
		tcp_send_ack(t);
	else
		send_delayed_ack(t);
}

void tcp_event_ack_sent(struct tcp *t)
{
	if (t->ack_quick && (t->ack_pending & TCP_ACK_SCHED) && !--t->ack_quick)
		t->ato = TCP_ATO_MIN;
	t->ack_pending = 0;
	tcp_cancel(t, &t->delack);
}

void tcp_event_data_sent(struct tcp *t)
{
	t->lsndtime = t->s->now;
	if (t->s->now - t->lrcvtime < t->ato)
		t->pingpong = true;
}

/* tcp_cleanup_rbuf(): the program has read. */
void tcp_cleanup_rbuf(struct tcp *t, uint32_t copied)
{
	bool now = false;

	if (t->ack_pending & TCP_ACK_SCHED)
		now = t->rcv_nxt - t->rcv_wup > t->rcv_mss ||
		      (copied && !t->rmem &&
			      ((t->ack_pending & TCP_ACK_PUSHED2) ||
				      ((t->ack_pending & TCP_ACK_PUSHED) && !t->pingpong)));
	if (copied && !now && !t->rcv_shutdown) {
		uint32_t cur = tcp_receive_window(t), win;

		if (2 * cur <= t->window_clamp) {
			win = tcp_select_window_(t);
			now = win && win >= 2 * cur;
		}
	}
	if (now)
		tcp_send_ack(t);
}

void tcp_delack_timer(void *ctx, struct timer *timer)
{
	struct tcp *t = container_of(timer, struct tcp, delack);

	(void)ctx;
	t->ack_pending &= (uint8_t)~TCP_ACK_TIMER;
	if (!(t->ack_pending & TCP_ACK_SCHED))
		return;
	if (!t->pingpong) {
		t->ato = t->ato << 1 < t->rto ? t->ato << 1 : t->rto;
	} else {
		t->pingpong = false;
		t->ato = TCP_ATO_MIN;
	}
	tcp_send_ack(t);
}
