/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP's timers: net/ipv4/tcp_timer.c, the round trip estimator and the tail loss probe.
 *
 * Theory of operation. One timer serves what the kernel's icsk_retransmit_timer does (retransmission, loss probe, zero
 * window probe) and, in states where that has no use, the SYN-ACK's and TIME_WAIT's. What is lost is sent again
 * segment by segment from the first, one per timeout or per acknowledgement of new data (no SACK scoreboard).
 * Like the kernel's timer wheel, timers are never early, and late up to the granularity of their level (HZ = 250, as
 * Debian has it). */
#include <errno.h>

#include "sim/jiffies.h"
#include "sim/tcp.h"

#define SYN_LINEAR_TIMEOUTS 4u /* net.ipv4.tcp_syn_linear_timeouts */
#define SYN_DOUBLED 6u         /* log2 of TCP_RTO_MAX by TCP_TIMEOUT_INIT */
#define SYNACK_RETRIES 5u
#define RESOURCE_PROBE (500 * NSEC_PER_MSEC)   /* TCP_RESOURCE_PROBE_INTERVAL */
#define TIMEOUT_MIN (2 * TICK_NS)              /* TCP_TIMEOUT_MIN */
#define RETRIES2_TIME (924600 * NSEC_PER_MSEC) /* tcp_retries2 = 15 from TCP_RTO_MIN on */
#define ORPHAN_TIME (102200 * NSEC_PER_MSEC)   /* eight retries */

void tcp_arm(struct tcp *t, struct timer *timer, uint64_t after)
{
	jiffies_timer(t->s, timer, jiffies_now(t->s) + after);
}

void tcp_cancel(struct tcp *t, struct timer *timer)
{
	timer_cancel(&t->s->net->timers, timer);
}

/* tcp_rtt_estimator(), tcp_set_rto() */
void tcp_rtt_sample(struct tcp *t, uint64_t rtt)
{
	uint64_t var;

	if (!t->srtt) {
		t->srtt = rtt ? rtt : 1;
		t->mdev = rtt / 2;
	} else {
		uint64_t diff = rtt > t->srtt ? rtt - t->srtt : t->srtt - rtt;

		t->mdev = (3 * t->mdev + diff) / 4;
		t->srtt = (7 * t->srtt + rtt) / 8;
	}
	var = 4 * t->mdev > TCP_RTO_MIN ? 4 * t->mdev : TCP_RTO_MIN;
	t->rto = t->srtt + var < TCP_RTO_MAX ? t->srtt + var : TCP_RTO_MAX;
}

void tcp_rearm_rto(struct tcp *t)
{
	t->tlp = false;
	if (!t->packets_out)
		tcp_cancel(t, &t->retrans);
	else
		tcp_arm(t, &t->retrans, t->rto);
}

void tcp_schedule_loss_probe(struct tcp *t, bool advancing)
{
	uint64_t timeout = t->srtt ? 2 * t->srtt : TCP_TIMEOUT_INIT, left;

	if (!t->packets_out || !t->sack_ok || t->retransmits || t->tlp_sent || t->state == TCPS_SYN_SENT)
		return;
	if (t->srtt)
		timeout += t->packets_out == 1 ? TCP_RTO_MIN : TIMEOUT_MIN;
	left = advancing || !timer_is_set(&t->retrans) ? t->rto : t->retrans.when - t->s->now;
	if (left && left < timeout)
		timeout = left;
	t->tlp = true;
	tcp_arm(t, &t->retrans, timeout);
}

/* The last one sent, once more. */
static void loss_probe(struct tcp *t)
{
	struct segment *g = t->head;

	while (g && g->next && g->next->sent)
		g = g->next;
	t->tlp = false;
	t->tlp_sent = true;
	if (g && g->sent)
		tcp_retransmit(t, g);
	tcp_rearm_rto(t);
}

/* tcp_model_timeout(): how long so many retries would take, were they not linear at first. */
static uint64_t model_timeout(uint32_t retries)
{
	uint32_t doubled = retries < SYN_DOUBLED ? retries : SYN_DOUBLED;

	return ((2u << doubled) - 1) * TCP_TIMEOUT_INIT + (retries - doubled) * TCP_RTO_MAX;
}

/* tcp_write_timeout(): a SYN is given up by number or by time, whichever comes first. */
static bool timed_out(const struct tcp *t)
{
	uint32_t retries = (uint32_t)t->sk->ns->sysctl[NSC_TCP_SYN_RETRIES];

	if (t->state == TCPS_SYN_SENT)
		return t->retransmits >= retries + SYN_LINEAR_TIMEOUTS ||
		       (t->retransmits && t->s->now - t->retrans_stamp >= model_timeout(retries));
	return t->retransmits && t->s->now - t->retrans_stamp >= (t->orphan ? ORPHAN_TIME : RETRIES2_TIME);
}

/* tcp_retransmit_timer() */
static void rto_expired(struct tcp *t)
{
	if (timed_out(t)) {
		tcp_error(t, ETIMEDOUT);
		return;
	}
	if (!t->retransmits && t->state != TCPS_SYN_SENT)
		t->retrans_stamp = t->s->now;
	t->ssthresh = t->cwnd / 2 > 2 ? t->cwnd / 2 : 2;
	t->cwnd = 1;
	t->retransmits++;
	tcp_retransmit(t, t->head);
	if (t->state != TCPS_SYN_SENT || t->retransmits > SYN_LINEAR_TIMEOUTS) {
		t->backoff++;
		t->rto = t->rto << 1 < TCP_RTO_MAX ? t->rto << 1 : TCP_RTO_MAX;
	}
	tcp_rearm_rto(t);
}

/* tcp_probe_timer(), tcp_send_probe0(): nothing is under way, and something waits. */
static void zero_window_probe(struct tcp *t)
{
	uint64_t when;
	int err;

	if (t->orphan && t->probes > 8) {
		tcp_error(t, ETIMEDOUT);
		return;
	}
	t->probes++;
	err = tcp_write_wakeup(t);
	if (t->packets_out || !t->send_head) {
		t->probes = t->backoff = 0;
		return;
	}
	if (err != -ENOBUFS && t->backoff < 15)
		t->backoff++;
	/* a device of this host's has thrown it away: NET_XMIT_DROP there */
	when = err == -ENOBUFS ? RESOURCE_PROBE : t->rto << t->backoff;
	tcp_arm(t, &t->retrans, when < TCP_RTO_MAX ? when : TCP_RTO_MAX);
}

/* reqsk_timer_handler() */
static void synack_timer(struct tcp *t)
{
	if (t->retransmits >= SYNACK_RETRIES) {
		tcp_done(t);
		return;
	}
	t->retransmits++;
	tcp_send_synack(t);
	tcp_arm(t, &t->retrans, TCP_TIMEOUT_INIT << t->retransmits);
}

void tcp_retrans_timer(void *ctx, struct timer *timer)
{
	struct tcp *t = container_of(timer, struct tcp, retrans);
	struct sim *s = t->s;
	uint32_t command = s->command;
	bool in_timer = s->in_timer;

	(void)ctx;
	s->command = t->command;
	switch (t->state) {
	case TCPS_TIME_WAIT:
		tcp_done(t);
		break;
	case TCPS_SYN_RECV:
		synack_timer(t);
		break;
	case TCPS_CLOSE:
	case TCPS_LISTEN:
		break;
	default:
		/* a command waits for it, so it comes as surely as what the command sends at first */
		s->in_timer = s->in_timer && t->state != TCPS_SYN_SENT;
		if (t->tlp)
			loss_probe(t);
		else if (t->packets_out)
			rto_expired(t);
		else if (t->send_head)
			zero_window_probe(t);
	}
	s->command = command;
	s->in_timer = in_timer;
	tcp_reap(s, t->sk);
}
