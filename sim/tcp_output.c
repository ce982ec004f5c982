/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What TCP sends: net/ipv4/tcp_output.c, tcp_v4_send_reset(), tcp_v4_send_synack().
 *
 * Theory of operation. The write queue is a list of segments of at most one MSS; those before send_head are under
 * way. IP gets them one by one, as with a device whose gso_max_segs is 1. While a system call sends, it owns the
 * socket, so that the acknowledgements that the segments provoke wait for its end. Frames are what a device without TSO
 * carries. Not modelled: pacing, corking. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/tcp.h"

#define MAX_OPTIONS 40u

/* ---- options, in the order of tcp_options_write() ---- */

static unsigned put_ts(uint8_t *o, uint32_t val, uint32_t ecr)
{
	be32 v = put32(val), e = put32(ecr);

	o[0] = 8;
	o[1] = 10;
	memcpy(o + 2, &v, 4);
	memcpy(o + 6, &e, 4);
	return 10;
}

uint32_t tcp_timestamp(const struct tcp *t)
{
	return (uint32_t)(t->s->now / NSEC_PER_MSEC) + t->ts_offset;
}

static unsigned syn_options(const struct tcp *t, uint8_t *o, uint32_t tsecr)
{
	unsigned n = 0;

	o[n++] = 2;
	o[n++] = 4;
	o[n++] = (uint8_t)(t->advmss >> 8);
	o[n++] = (uint8_t)t->advmss;
	if (t->ts_ok || t->sack_ok) {
		o[n++] = t->sack_ok && t->ts_ok ? 4 : 1;
		o[n++] = t->sack_ok && t->ts_ok ? 2 : 1;
	}
	if (t->ts_ok) {
		n += put_ts(o + n, tcp_timestamp(t), tsecr);
	} else if (t->sack_ok) {
		o[n++] = 4;
		o[n++] = 2;
	}
	if (t->wscale_ok) {
		o[n++] = 1;
		o[n++] = 3;
		o[n++] = 3;
		o[n++] = t->rcv_wscale;
	}
	return n;
}

static unsigned established_options(struct tcp *t, uint8_t *o)
{
	unsigned n = 0;

	if (t->ts_ok) {
		o[n++] = 1;
		o[n++] = 1;
		n += put_ts(o + n, tcp_timestamp(t), t->ts_recent);
	}
	if (t->dsack) {
		be32 from = put32(t->dsack_from), to = put32(t->dsack_to);

		memcpy(o + n, (const uint8_t[]){ 1, 1, 5, 10 }, 4);
		memcpy(o + n + 4, &from, 4);
		memcpy(o + n + 8, &to, 4);
		n += 12;
		t->dsack = false;
	}
	return n;
}

/* ---- building and sending one ---- */

struct out {
	struct sim *s;
	struct ns *ns;
	const struct sock *sk; /* whose route and options it takes; NULL = nobody's */
	const char *program;
	uint32_t saddr, daddr, seq, ack;
	uint16_t sport, dport, window;
	uint8_t flags, tos, ttl, options; /* ttl: 0 = the default */
	bool confirm, df;
	const uint8_t *option, *data;
	uint32_t len, mark;
	struct dev *oif;
	enum stage stage;
};

static const char *flags_text(char *buf, size_t size, const struct out *o)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = { { TCP_SYN, "SYN" }, { TCP_FIN, "FIN" }, { TCP_RST, "RST" }, { TCP_PSH, "PSH" },
		{ TCP_ACK, "ACK" } };
	size_t n = 0;

	*buf = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (o->flags & names[i].flag)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "", names[i].name);
	if (o->len)
		snprintf(buf + n, size - n, " %u bytes", o->len);
	return buf;
}

static void out_event(const struct out *o, const struct packet *p)
{
	char info[64];
	struct send_info i = { .program = o->program,
		.saddr = o->saddr,
		.daddr = o->daddr,
		.sport = o->sport,
		.dport = o->dport,
		.size = p->len + (uint32_t)sizeof(struct ip4_hdr) };

	if (!o->s->tracing)
		return;
	i.info = flags_text(info, sizeof(info), o);
	sock_send_event(o->s, p, o->ns, o->stage, &proto_tcp, &i);
}

static int transmit(const struct out *o)
{
	uint32_t hlen = (uint32_t)sizeof(struct tcp_hdr) + o->options;
	struct packet *p = sim_packet(o->s, hlen + o->len);
	struct tcp_hdr *h = (struct tcp_hdr *)packet_append(p, hlen + o->len);
	struct ipaddr dst = ip4(o->daddr), src = ip4(o->saddr);
	int err;

	*h = (struct tcp_hdr){ .sport = put16(o->sport),
		.dport = put16(o->dport),
		.seq = put32(o->seq),
		.ack = put32(o->ack),
		.doff = (uint8_t)(hlen / 4 << 4),
		.flags = o->flags,
		.window = put16(o->window) };
	if (o->options)
		memcpy(h + 1, o->option, o->options);
	if (o->len)
		memcpy((uint8_t *)h + hlen, o->data, o->len);
	p->sock = o->sk ? o->sk->id : 0;
	p->local = true;
	p->mark = o->mark;
	p->confirm_neigh = o->confirm;
	p->protocol = ETH_P_IP_;
	packet_set_transport(p, 0);
	out_event(o, p);
	err = ip_route_output(o->s, o->ns, p, &dst, &src, o->oif, o->tos, o->mark, &p->dst);
	if (err)
		return sim_drop(o->s, p, DROP_IP_OUTNOROUTES, o->stage, NULL, -EHOSTUNREACH);
	ip_build_header(o->s, p, o->ns, o->saddr, o->daddr, IPPROTO_TCP_, o->tos, o->ttl,
		!o->sk || o->df || sock_df(o->sk, &p->dst, 0));
	h = packet_tcp(p);
	h->check = put16(csum_pseudo4(packet_ip4(p), h, hlen + o->len));
	return ip_local_out(o->s, p);
}

/* The route's MTU when the SYN is sent, again too: tcp_advertise_mss() of a socket, which takes no larger one any more,
 * tcp_make_synack() of a request, which does. */
static void advertise_mss(struct tcp *t)
{
	uint32_t mss;
	struct dst d;

	if (sock_route(t->s, t->sk, NULL, t->sk->daddr, t->sk->saddr, &d))
		return;
	mss = tcp_default_advmss(d.mtu);
	if (t->state == TCPS_SYN_RECV || mss < t->advmss)
		t->advmss = mss;
	tcp_sync_mss(t, d.mtu);
}

/* __tcp_transmit_skb() of a connection's segment. */
static int tcp_transmit(struct tcp *t, uint8_t flags, uint32_t seq, const uint8_t *data, uint32_t len)
{
	struct sock *sk = t->sk;
	uint8_t option[MAX_OPTIONS];
	struct out o = { .s = t->s,
		.ns = sk->ns,
		.sk = sk,
		.program = sk->program,
		.saddr = sk->saddr,
		.daddr = sk->daddr,
		.sport = sk->sport,
		.dport = sk->dport,
		.seq = seq,
		.ack = flags & TCP_ACK ? t->rcv_nxt : 0,
		.flags = flags,
		.tos = sk->tos,
		.option = option,
		.data = data,
		.len = len,
		.mark = sk->mark,
		.stage = ST_TCP_TRANSMIT };
	int err;

	o.oif = sock_device(sk, &err);
	if (err)
		return err;
	/* tcp_v4_timewait_ack(), tcp_v4_reqsk_send_ack(): the control socket sends for what is no full socket, with DF;
	 * ip_build_and_send_pkt(): a SYN ACK has it too, being shorter than any path's MTU */
	if (t->state != TCPS_TIME_WAIT && (t->state != TCPS_SYN_RECV || (flags & TCP_SYN)))
		o.ttl = sk->ttl;
	o.df = t->state == TCPS_TIME_WAIT || t->state == TCPS_SYN_RECV;
	if (flags & TCP_SYN) {
		advertise_mss(t);
		o.options = (uint8_t)syn_options(t, option, flags & TCP_ACK ? t->ts_recent : 0);
		o.window = (uint16_t)(t->rcv_wnd < UINT16_MAX ? t->rcv_wnd : UINT16_MAX);
	} else {
		o.options = (uint8_t)established_options(t, option);
		o.window = t->state == TCPS_TIME_WAIT ? (uint16_t)(t->rcv_wnd >> t->rcv_wscale) : tcp_select_window(t);
	}
	o.confirm = t->confirm;
	t->confirm = false;
	if ((flags & (TCP_ACK | TCP_SYN)) == TCP_ACK)
		tcp_event_ack_sent(t);
	if (len)
		tcp_event_data_sent(t);
	return transmit(&o);
}

uint32_t tcp_mtu_to_mss(const struct tcp *t, uint32_t mtu)
{
	uint32_t mss = (mtu < UINT16_MAX ? mtu : UINT16_MAX) - 40;

	return mss - (t->ts_ok && t->state != TCPS_SYN_SENT ? TCP_TSTAMP_LEN : 0);
}

/* ---- segments that are not data ---- */

/* tcp_connect(): the SYN is the first of the write queue. */
int tcp_send_syn(struct tcp *t)
{
	struct segment *g = tcp_segment_new(t, 0);
	int err;

	g->seq = t->iss;
	g->end_seq = t->iss + 1;
	g->flags = TCP_SYN;
	g->sent = true;
	g->sent_at = t->s->now;
	t->head = t->tail = g;
	t->snd_nxt = t->write_seq = t->iss + 1;
	t->packets_out = 1;
	tcp_arm(t, &t->retrans, t->rto);
	err = tcp_transmit(t, TCP_SYN, t->iss, NULL, 0);
	return err == -ECONNREFUSED ? err : 0;
}

void tcp_send_synack(struct tcp *t)
{
	tcp_transmit(t, TCP_SYN | TCP_ACK, t->iss, NULL, 0);
}

/* tcp_acceptable_seq() */
static uint32_t acceptable_seq(const struct tcp *t)
{
	return seq_before(t->snd_una + t->snd_wnd, t->snd_nxt) ? t->snd_una + t->snd_wnd : t->snd_nxt;
}

void tcp_send_ack(struct tcp *t)
{
	if (t->state == TCPS_CLOSE)
		return;
	if (t->state == TCPS_TIME_WAIT || t->state == TCPS_SYN_RECV)
		t->dsack = false;
	tcp_transmit(t, TCP_ACK, acceptable_seq(t), NULL, 0);
}

void tcp_send_active_reset(struct tcp *t)
{
	tcp_transmit(t, TCP_RST | TCP_ACK, acceptable_seq(t), NULL, 0);
}

void tcp_send_fin(struct tcp *t)
{
	struct segment *g = t->send_head ? t->tail : NULL;

	if (g) {
		g->flags |= TCP_FIN;
		g->end_seq++;
		t->write_seq++;
	} else {
		g = tcp_segment_new(t, 0);
		g->seq = t->write_seq;
		g->end_seq = ++t->write_seq;
		g->flags = TCP_ACK | TCP_FIN;
		if (t->tail)
			t->tail->next = g;
		else
			t->head = g;
		t->tail = t->send_head = g;
	}
	tcp_push(t, true);
}

/* ---- data ---- */

static bool nagle_test(const struct tcp *t, const struct segment *g, bool nagle_off)
{
	if (nagle_off || g->len >= t->mss || (g->flags & TCP_FIN) || g->next)
		return true;
	/* tcp_minshall_check() */
	return !(t->packets_out && seq_after(t->snd_sml, t->snd_una) && !seq_after(t->snd_sml, t->snd_nxt));
}

/* tcp_snd_wnd_test(): up to the first MSS of it. */
static bool window_test(const struct tcp *t, const struct segment *g)
{
	return !seq_after(g->end_seq, t->snd_una + t->snd_wnd) ||
	       (!g->len && !seq_after(g->seq, t->snd_una + t->snd_wnd));
}

/* One that this host itself throws away (a rule in OUTPUT, a full queue) counts as not sent. */
static int send_segment(struct tcp *t, struct segment *g)
{
	int err = tcp_transmit(t, g->flags, g->seq, g->data, g->len);

	if (err)
		return err;
	g->sent = true;
	g->sent_at = t->s->now;
	t->send_head = g->next;
	t->snd_nxt = g->end_seq;
	t->packets_out++;
	if (g->len && g->len < t->mss)
		t->snd_sml = g->end_seq;
	return 0;
}

/* What is behind the first len bytes of it becomes a segment of its own. */
void tcp_fragment(struct tcp *t, struct segment *g, uint32_t len)
{
	struct segment *rest = tcp_segment_new(t, g->len - len);

	rest->seq = g->seq + len;
	rest->end_seq = g->end_seq;
	rest->flags = g->flags;
	rest->sent = g->sent;
	rest->len = g->len - len;
	memcpy(rest->data, g->data + len, rest->len);
	g->len = len;
	g->end_seq = rest->seq;
	g->flags &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	rest->next = g->next;
	g->next = rest;
	if (t->tail == g)
		t->tail = rest;
	t->packets_out += rest->sent;
}

/* tcp_write_wakeup(): one segment, as far as the window goes, or a probe when it is closed. */
int tcp_write_wakeup(struct tcp *t)
{
	struct segment *g = t->send_head;
	uint32_t end = t->snd_una + t->snd_wnd, before = t->packets_out;
	int err;

	if (!g || !seq_before(g->seq, end))
		return tcp_transmit(t, TCP_ACK, t->snd_una - 1, NULL, 0);
	if (end - g->seq < g->len)
		tcp_fragment(t, g, end - g->seq);
	g->flags |= TCP_PSH;
	err = send_segment(t, g);
	if (!err && (!before || t->tlp))
		tcp_rearm_rto(t);
	return err;
}

/* tcp_small_queue_check(): beyond two segments, those that have not been received yet hold back the rest as far as the
 * measured round trip says, which is chance; it is less than ten segments where they are so small that what the kernel
 * keeps with each is most of it. */
#define TSQ_SMALL_MSS 128
#define TSQ_SEGMENTS 3
static void small_queue_check(struct tcp *t, uint32_t before)
{
	if (t->mss < TSQ_SMALL_MSS && t->packets_out > before + TSQ_SEGMENTS)
		sim_event_at(t->s, NULL, t->sk->ns, NULL, EV_NOT_MODELLED, ST_TCP_TRANSMIT,
			VAL_STR("TCP small queues (how many such small segments leave at once)"));
}

/* tcp_write_xmit() */
static void write_xmit(struct tcp *t, bool nagle_off, bool one)
{
	uint32_t before = t->packets_out;
	struct segment *g;

	while ((g = t->send_head) && t->packets_out < t->cwnd && window_test(t, g) && nagle_test(t, g, nagle_off))
		if (send_segment(t, g) || one)
			break;
	if (t->packets_out == before)
		return;
	small_queue_check(t, before);
	if (!before || t->tlp || !timer_is_set(&t->retrans))
		tcp_rearm_rto(t);
	tcp_schedule_loss_probe(t, false);
}

void tcp_push_one(struct tcp *t)
{
	write_xmit(t, true, true);
}

void tcp_push(struct tcp *t, bool nagle_off)
{
	uint32_t before = t->packets_out;

	write_xmit(t, nagle_off, false);
	if (t->send_head && !before && !t->packets_out && !timer_is_set(&t->retrans))
		tcp_arm(t, &t->retrans, t->rto); /* tcp_check_probe_timer() */
}

/* skb_still_in_host_queue(): an earlier copy waits for the neighbour's address, so another would be of no use. */
static bool still_in_host_queue(const struct tcp *t)
{
	struct ipaddr daddr = ip4(t->sk->daddr);
	struct dst d;
	struct neigh *n;

	if (sock_route(t->s, t->sk, NULL, t->sk->daddr, t->sk->saddr, &d))
		return false;
	n = neigh_find(d.dev, d.gateway.family == IP_NONE ? &daddr : &d.gateway);
	for (const struct packet *p = n ? n->queue_head : NULL; p; p = p->next)
		if (p->sock == t->sk->id)
			return true;
	return false;
}

/* tcp_retrans_try_collapse(): what follows travels along when it fits. */
static void collapse(struct tcp *t, struct segment *g)
{
	struct segment *next;

	while ((next = g->next) && next->sent && !(g->flags & TCP_SYN) && g->len + next->len <= t->mss &&
		g->len + next->len <= g->cap && !seq_after(next->end_seq, t->snd_una + t->snd_wnd)) {
		memcpy(g->data + g->len, next->data, next->len);
		g->len += next->len;
		g->end_seq = next->end_seq;
		g->flags |= next->flags;
		g->next = next->next;
		if (t->tail == next)
			t->tail = g;
		t->packets_out--;
		tcp_segment_put(t, next);
	}
}

int tcp_retransmit(struct tcp *t, struct segment *g)
{
	if (still_in_host_queue(t))
		return -EBUSY;
	collapse(t, g);
	g->retransmitted = true;
	g->sent_at = t->s->now;
	if (g->flags & TCP_SYN)
		return tcp_transmit(t, TCP_SYN, g->seq, NULL, 0);
	return tcp_transmit(t, g->flags, g->seq, g->data, g->len);
}

/* ---- resets to those that nobody knows ---- */

void tcp_send_reset(struct sim *s, const struct packet *p, const struct sock *sk)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	struct tcp_seg g;
	uint32_t cause = s->cause;
	struct out o = { .s = s,
		.ns = p->dev->ns,
		.program = sk && *sk->program ? sk->program : "the kernel",
		.saddr = get32(ip->daddr),
		.daddr = get32(ip->saddr),
		.flags = TCP_RST,
		.tos = ip->tos,
		.stage = ST_TCP_SEND_RESET };

	if (!tcp_read(p, &g) || (g.flags & TCP_RST) || (!sk && p->dst.type != RTN_LOCAL_))
		return;
	o.sport = get16(packet_tcp(p)->dport);
	o.dport = get16(packet_tcp(p)->sport);
	if (g.flags & TCP_ACK) {
		o.seq = g.ack;
	} else {
		o.flags |= TCP_ACK;
		o.ack = g.end_seq;
	}
	s->cause = p->id ? p->id : cause;
	transmit(&o);
	s->cause = cause;
}
