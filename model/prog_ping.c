/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ping of iputils 20221126, for IPv4 over a raw socket (what root gets in a network namespace whose ping_group_range is
 * the kernel's default).
 *
 * Theory of operation. The original is a loop: look whether to end, send what is due (pinger), wait, read what came,
 * and again. Here the waiting is the event: loop() is the head of that loop, drain() its tail, and the alarm stands for
 * both the poll's timeout and the interval timer. What decides when a packet is sent (tokens in milliseconds), how
 * long it lingers after the last one (schedule_exit) and what counts as an error is as in ping_common.c and ping.c. */
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/prog_ping.h"
#include "model/wire.h"

#define MININTERVAL 10     /* ms */
#define PAYLOAD_MAX 70000u /* more than any datagram holds: the kernel refuses it whatever it is */
#define OFF UINT64_MAX

/* ---- counting (ping.h) ---- */

static bool got_test(const struct ping *g, uint16_t seq)
{
	return g->got[seq / 8] >> seq % 8 & 1;
}

static int in_flight(const struct ping *g)
{
	uint16_t diff = (uint16_t)(g->transmitted - g->acked);

	return diff <= 0x7fff ? diff : (int)(g->transmitted - g->received - g->errors);
}

static void acknowledge(struct ping *g, uint16_t seq)
{
	uint16_t diff = (uint16_t)(g->transmitted - seq);

	if (diff > 0x7fff)
		return;
	if ((int)diff + 1 > g->pipe)
		g->pipe = (int)diff + 1;
	if ((int16_t)(seq - g->acked) > 0 || (int)(uint16_t)g->transmitted - (int)g->acked > 0x7fff)
		g->acked = seq;
}

static void advance(struct ping *g)
{
	g->transmitted++;
	if ((int)(uint16_t)g->transmitted - (int)g->acked > 0x7fff)
		g->acked = (uint16_t)(g->transmitted + 1);
}

static uint64_t now_of(struct ping *g)
{
	return g->p.sys->ops->now(g->p.sys);
}

/* ---- words ---- */

static void timestamp(struct ping *g)
{
	uint64_t us = now_of(g) / NSEC_PER_USEC;

	if (g->o.timestamps)
		prog_printf(&g->p, 1, "[%llu.%06llu] ", (unsigned long long)(us / 1000000),
			(unsigned long long)(us % 1000000));
}

/* An address, with its name when names are asked for: the hosts file knows one. */
static const char *name_of(const struct ping *g, char out[64], const struct ipaddr *a)
{
	char text[IPADDR_STRLEN];

	if (g->o.numeric || a->family != IP_V4 || a->v4 != 0x7f000001)
		return ip_format(out, a);
	str_copy(out, 64, "localhost (");
	str_copy(out + 11, 53, ip_format(text, a));
	str_copy(out + strlen(out), 64 - strlen(out), ")");
	return out;
}

static void say_unreach(struct ping *g, uint8_t code, uint32_t info)
{
	static const char *const text[] = {
		"Destination Net Unreachable",
		"Destination Host Unreachable",
		"Destination Protocol Unreachable",
		"Destination Port Unreachable",
		NULL,
		"Source Route Failed",
		"Destination Net Unknown",
		"Destination Host Unknown",
		"Source Host Isolated",
		"Destination Net Prohibited",
		"Destination Host Prohibited",
		"Destination Net Unreachable for Type of Service",
		"Destination Host Unreachable for Type of Service",
		"Packet filtered",
		"Precedence Violation",
		"Precedence Cutoff",
	};

	if (code == 4)
		prog_printf(&g->p, 1, "Frag needed and DF set (mtu = %u)\n", info);
	else if (code < ARRAY_SIZE(text))
		prog_printf(&g->p, 1, "%s\n", text[code]);
	else
		prog_printf(&g->p, 1, "Dest Unreachable, Bad Code: %d\n", code);
}

static void say_redirect(struct ping *g, uint8_t code, uint32_t gateway)
{
	static const char *const text[] = { "Redirect Network", "Redirect Host", "Redirect Type of Service and Network",
		"Redirect Type of Service and Host" };
	struct ipaddr a = ip4(gateway);
	char name[64];

	if (code < ARRAY_SIZE(text))
		prog_printf(&g->p, 1, "%s", text[code]);
	else
		prog_printf(&g->p, 1, "Redirect, Bad Code: %d", code);
	prog_printf(&g->p, 1, "(New nexthop: %s)\n", name_of(g, name, &a));
}

/* info: MTU, pointer or gateway */
static void say_icmp(struct ping *g, uint8_t type, uint8_t code, uint32_t info)
{
	if (type == ICMP_UNREACH)
		say_unreach(g, code, info);
	else if (type == ICMP_QUENCH)
		prog_printf(&g->p, 1, "Source Quench\n");
	else if (type == ICMP_REDIRECT_)
		say_redirect(g, code, info);
	else if (type == ICMP_TIMXCEED_ && code < 2)
		prog_printf(&g->p, 1, "%s exceeded\n", code ? "Frag reassembly time" : "Time to live");
	else if (type == ICMP_TIMXCEED_)
		prog_printf(&g->p, 1, "Time exceeded, Bad Code: %d\n", code);
	else if (type == ICMP_PARAM)
		prog_printf(&g->p, 1, "Parameter problem: pointer = %u\n", info);
	else
		prog_printf(&g->p, 1, "Bad ICMP type: %d\n", type);
}

static uint64_t isqrt(uint64_t a)
{
	uint64_t x = a, prev = UINT64_MAX;

	while (x && x < prev) {
		prev = x;
		x = (x + a / x) / 2;
	}
	return x;
}

static void say_times(struct ping *g)
{
	long long n = g->received + g->repeats, avg = g->sum / n, mean = avg * avg, var, dev;

	if (g->sum < INT_MAX) {
		mean = g->sum * g->sum / n;
		var = (long long)((g->sum2 - (double)mean) / (double)n);
	} else {
		var = (long long)(g->sum2 / (double)n - (double)mean);
	}
	dev = (long long)isqrt(var > 0 ? (uint64_t)var : 0);

	prog_printf(&g->p, 1, "rtt min/avg/max/mdev = %lld.%03lld/%lld.%03lld/%lld.%03lld/%lld.%03lld ms",
		g->min / 1000, g->min % 1000, avg / 1000, avg % 1000, g->max / 1000, g->max % 1000, dev / 1000,
		dev % 1000);
}

static void finish(struct ping *g)
{
	uint64_t took = g->sent_at - g->started;
	const char *comma = "";

	prog_printf(&g->p, 1, "\n--- %s ping statistics ---\n%lld packets transmitted, %lld received", g->o.host,
		g->transmitted, g->received);
	if (g->repeats)
		prog_printf(&g->p, 1, ", +%lld duplicates", g->repeats);
	if (g->errors)
		prog_printf(&g->p, 1, ", +%lld errors", g->errors);
	if (g->transmitted)
		prog_printf(&g->p, 1, ", %g%% packet loss, time %llums",
			(double)(float)((double)(g->transmitted - g->received) * 100.0 / (double)g->transmitted),
			(unsigned long long)((took + 500000) / NSEC_PER_MSEC));
	prog_printf(&g->p, 1, "\n");
	if (g->received && g->timing) {
		say_times(g);
		comma = ", ";
	}
	if (g->pipe > 1) {
		prog_printf(&g->p, 1, "%spipe %d", comma, g->pipe);
		comma = ", ";
	}
	if (g->received && (!g->interval || g->o.flood || g->o.adaptive) && g->transmitted > 1) {
		int ipg = (int)((long long)(took / NSEC_PER_USEC) / (g->transmitted - 1));

		prog_printf(&g->p, 1, "%sipg/ewma %d.%03d/%d.%03d ms", comma, ipg / 1000, ipg % 1000, g->rtt / 8000,
			g->rtt / 8 % 1000);
	}
	prog_printf(&g->p, 1, "\n");
	g->done = true;
	prog_exit(&g->p, !g->received || (g->o.deadline && g->received < g->count));
}

/* ---- errors ---- */

static void narrow_filter(struct ping *g)
{
	uint32_t pass = 1u << ICMP_QUENCH | 1u << ICMP_REDIRECT_ | 1u << ICMP_ECHOREPLY_;

	g->p.sys->ops->setopt(g->p.sys, g->fd, SYS_ICMP_FILTER, (int)~pass);
}

static void local_error(struct ping *g, const struct sys_msg *m)
{
	if (g->o.quiet)
		return;
	if (g->o.flood)
		prog_write(&g->p, 1, "E", 1);
	else if (m->ee_errno != EMSGSIZE)
		prog_printf(&g->p, 2, "ping: local error: %s\n", strerror(m->ee_errno));
	else
		prog_printf(&g->p, 2, "ping: local error: message too long, mtu=%u\n", m->ee_info);
	g->errors++;
}

/* Takes one entry of the error queue. > 0: an ICMP error of ours; < 0: one of our own stack, or none there (then
 * *none); 0: of somebody else. */
static int take_error(struct ping *g, bool *none)
{
	struct icmp_hdr h;
	struct sys_msg m = { .data = (uint8_t *)&h, .cap = sizeof(h) };
	long n = g->p.sys->ops->recverr(g->p.sys, g->fd, &m);
	char name[64];

	*none = n < 0;
	if (n < 0)
		return -1;
	if (m.ee_origin == 1) {
		local_error(g, &m);
		return -1;
	}
	if (n < (long)sizeof(h) || !ip_eq(&m.from.ip, &g->to) || h.type != ICMP_ECHO_ || get16(h.id) != g->ident)
		return 0;
	acknowledge(g, get16(h.seq));
	narrow_filter(g);
	g->errors++;
	if (g->o.quiet)
		return 1;
	if (g->o.flood) {
		prog_write(&g->p, 1, "\bE", 2);
		return 1;
	}
	timestamp(g);
	prog_printf(&g->p, 1, "From %s icmp_seq=%u ", name_of(g, name, &m.offender), get16(h.seq));
	say_icmp(g, m.ee_type, m.ee_code, m.ee_info);
	return 1;
}

/* ---- sending ---- */

static void update_interval(struct ping *g)
{
	g->interval = ((g->rtt ? g->rtt / 8 : g->interval * 1000) + g->rtt_addend + 500) / 1000;
}

static int at_least(int ms)
{
	return ms <= MININTERVAL ? MININTERVAL : ms;
}

static long send_probe(struct ping *g)
{
	struct icmp_hdr *h = (struct icmp_hdr *)g->packet;
	struct sys_addr to = { g->to, 0 };
	uint16_t seq = (uint16_t)(g->transmitted + 1);
	uint32_t size = g->size + (uint32_t)sizeof(*h);

	*h = (struct icmp_hdr){ .type = ICMP_ECHO_, .id = put16(g->ident), .seq = put16(seq) };
	g->got[seq / 8] &= (uint8_t) ~(1u << seq % 8);
	if (g->timing) {
		uint64_t us = now_of(g) / NSEC_PER_USEC, sec = us / 1000000, usec = us % 1000000;

		memcpy(h + 1, &sec, 8);
		memcpy(g->packet + sizeof(*h) + 8, &usec, 8);
	}
	h->check = put16(csum_fold(csum_add(0, g->packet, size)));
	return g->p.sys->ops->send(g->p.sys, g->fd, g->packet, size, &to, false);
}

static void hard_error(struct ping *g, int err, bool say)
{
	advance(g);
	if (say && !g->o.quiet) {
		if (g->o.flood)
			prog_write(&g->p, 1, "E", 1);
		else
			prog_printf(&g->p, 2, "ping: sendmsg: %s\n", strerror(err));
	}
	g->tokens = 0;
}

/* The device's queue is full: in how many ms to try again; -1: that is enough of it. */
static int send_full(struct ping *g)
{
	int wait = at_least(g->interval / 2);

	g->tokens = 0;
	g->rtt_addend += g->rtt < 8 * 50000 ? g->rtt / 8 : 50000;
	if (g->o.adaptive)
		update_interval(g);
	if (wait > 500)
		wait = 500;
	return ++g->full * wait < g->linger ? wait : -1;
}

/* Sends the packet that is due; returns in how many ms the next one is. */
static int send_now(struct ping *g)
{
	for (;;) {
		long n = send_probe(g);
		bool none;
		int i;

		if (n >= 0) {
			g->full = 0;
			advance(g);
			if (!g->o.quiet && g->o.flood)
				prog_write(&g->p, 1, ".", 1);
			return g->interval - g->tokens;
		}
		if (n == -ENOBUFS || n == -ENOMEM) {
			i = send_full(g);
			if (i >= 0)
				return i;
			hard_error(g, (int)-n, true);
			return at_least(g->interval);
		}
		if (n == -EAGAIN) {
			g->tokens += g->interval;
			return MININTERVAL;
		}
		i = take_error(g, &none);
		if (i) { /* an error of nobody's is said by no one: the loss shows it */
			hard_error(g, (int)-n, i > 0);
			return at_least(g->interval);
		}
	}
}

/* How many ms until there is something to send; sends what is due. */
static int pinger(struct ping *g)
{
	uint64_t now = now_of(g);
	long long tokens, most;

	if (g->count && g->transmitted >= g->count && !g->o.deadline)
		return 1000;
	if (!g->sent_at_set) {
		g->sent_at_set = true;
		g->sent_at = now;
		g->tokens = g->interval * (g->o.preload - 1);
	} else {
		tokens = (long long)((now - g->sent_at) / NSEC_PER_MSEC);
		if (!g->interval && tokens < MININTERVAL && in_flight(g) >= g->o.preload)
			return MININTERVAL - (int)tokens;
		tokens += g->tokens;
		most = (long long)g->interval * g->o.preload;
		if (most < tokens)
			tokens = most;
		if (tokens < g->interval)
			return g->interval - (int)tokens;
		g->sent_at = now;
		g->tokens = (int)tokens - g->interval;
	}
	if (g->o.outstanding && g->transmitted > 0 && !got_test(g, (uint16_t)g->transmitted)) {
		timestamp(g);
		prog_printf(&g->p, 1, "no answer yet for icmp_seq=%lld\n", g->transmitted % 0x10000);
	}
	return send_now(g);
}

/* ---- the loop ---- */

/* After the last packet: how long to wait for answers, decided once. */
static int schedule_exit(struct ping *g, int next)
{
	uint64_t wait; /* us */

	if (!g->count || g->transmitted < g->count || g->o.deadline || g->exit_at != OFF)
		return next;
	if (g->received) {
		wait = 2 * (uint64_t)g->max;
		if (wait < 1000 * (uint64_t)g->interval)
			wait = 1000 * (uint64_t)g->interval;
	} else {
		wait = (uint64_t)g->linger * 1000;
	}
	if (wait)
		g->exit_at = now_of(g) + wait * NSEC_PER_USEC;
	return next < 0 || (uint64_t)next < wait / 1000 ? (int)(wait / 1000) : next;
}

static void wait_for(struct ping *g, int next)
{
	uint64_t until;

	if (next < at_least(g->interval) && next <= MININTERVAL && in_flight(g))
		next = MININTERVAL;
	until = now_of(g) + (uint64_t)next * NSEC_PER_MSEC;
	if (g->exit_at != OFF && (until > g->exit_at || !g->o.deadline))
		until = g->exit_at;
	g->p.sys->ops->alarm(g->p.sys, until);
}

static void loop(struct ping *g)
{
	int next;

	if (g->exiting || (g->count && g->received + g->errors >= g->count) || (g->o.deadline && g->errors)) {
		finish(g);
		return;
	}
	do {
		next = schedule_exit(g, pinger(g));
	} while (next <= 0);
	wait_for(g, next);
}

/* ---- answers ---- */

static void say_triptime(struct ping *g, long long t)
{
	if (t >= 100000 - 50)
		prog_printf(&g->p, 1, " time=%lld ms", (t + 500) / 1000);
	else if (t >= 10000 - 5)
		prog_printf(&g->p, 1, " time=%lld.%lld ms", (t + 50) / 1000, (t + 50) % 1000 / 100);
	else if (t >= 1000)
		prog_printf(&g->p, 1, " time=%lld.%02lld ms", (t + 5) / 1000, (t + 5) % 1000 / 10);
	else
		prog_printf(&g->p, 1, " time=%lld.%03lld ms", t / 1000, t % 1000);
}

static void check_data(struct ping *g, const uint8_t *data)
{
	const uint8_t *want = g->packet + sizeof(struct icmp_hdr);

	for (uint32_t i = 16; i < g->size; i++) {
		if (data[i] == want[i])
			continue;
		prog_printf(&g->p, 1, "\nwrong data byte #%u should be 0x%x but was 0x%x", i, want[i], data[i]);
		for (i = 16; i < g->size; i++) {
			if (i % 32 == 16)
				prog_printf(&g->p, 1, "\n#%u\t", i);
			prog_printf(&g->p, 1, "%x ", data[i]);
		}
	}
}

static long long measure(struct ping *g, const uint8_t *data)
{
	uint64_t us = now_of(g) / NSEC_PER_USEC, sec, usec;
	long long t;

	memcpy(&sec, data, 8);
	memcpy(&usec, data + 8, 8);
	t = (long long)(us - (sec * 1000000 + usec));
	if (t < 0)
		t = 0;
	g->sum += t;
	g->sum2 += (double)t * (double)t;
	if (t < g->min)
		g->min = t;
	if (t > g->max)
		g->max = t;
	if (!g->rtt)
		g->rtt = (int)t * 8;
	else
		g->rtt += (int)t - g->rtt / 8;
	if (g->o.adaptive)
		update_interval(g);
	return t;
}

static void echo_reply(struct ping *g, const struct sys_msg *m, uint32_t size)
{
	const struct icmp_hdr *h = (const struct icmp_hdr *)m->data;
	uint16_t seq = get16(h->seq);
	const uint8_t *data = m->data + sizeof(*h);
	long long t = 0;
	bool dup;
	char name[64];

	acknowledge(g, seq);
	if (g->timing && size >= sizeof(*h) + 16)
		t = measure(g, data);
	dup = got_test(g, seq);
	g->got[seq / 8] |= (uint8_t)(1u << seq % 8);
	if (dup)
		g->repeats++;
	else
		g->received++;
	if (g->o.quiet)
		return;
	if (g->o.audible && g->o.flood)
		prog_write(&g->p, 1, "\b \b\a", 4);
	else if (g->o.flood)
		prog_write(&g->p, 1, "\b \b", 3);
	if (g->o.flood)
		return;
	timestamp(g);
	prog_printf(&g->p, 1, "%u bytes from %s: icmp_seq=%u ttl=%u", size, name_of(g, name, &m->from.ip), seq, m->ttl);
	if (size < g->size + sizeof(*h)) {
		prog_printf(&g->p, 1, " (truncated)\n");
		return;
	}
	if (g->timing)
		say_triptime(g, t);
	if (dup && !g->multicast)
		prog_printf(&g->p, 1, " (DUP!)");
	if (!g->o.broadcast && !g->multicast && !ip_eq(&m->from.ip, &g->to))
		prog_printf(&g->p, 1, " (DIFFERENT ADDRESS!)");
	check_data(g, data);
	prog_printf(&g->p, 1, g->o.audible ? "\a\n" : "\n");
}

/* An ICMP error as a packet: the error queue tells of the hard ones; here they only count as an answer. */
static void error_packet(struct ping *g, const struct sys_msg *m, uint32_t size)
{
	const struct icmp_hdr *h = (const struct icmp_hdr *)m->data, *quoted;
	const struct ip4_hdr *ip = (const struct ip4_hdr *)(m->data + sizeof(*h));
	char name[64];

	if (size < sizeof(*h) + sizeof(*ip) + 8 || size < sizeof(*h) + ip4_hlen(ip) + 8)
		return;
	quoted = (const struct icmp_hdr *)((const uint8_t *)ip + ip4_hlen(ip));
	if (quoted->type != ICMP_ECHO_ || get32(ip->daddr) != g->to.v4 || get16(quoted->id) != g->ident)
		return;
	if (h->type != ICMP_REDIRECT_ && h->type != ICMP_QUENCH) {
		acknowledge(g, get16(quoted->seq));
		return;
	}
	if (g->o.quiet || g->o.flood)
		return;
	timestamp(g);
	prog_printf(&g->p, 1, "From %s: icmp_seq=%u ", name_of(g, name, &m->from.ip), get16(quoted->seq));
	say_icmp(g, h->type, h->code, (uint32_t)get16(h->id) << 16 | get16(h->seq));
}

/* Takes one packet from the socket. False: there is none. */
static bool take_packet(struct ping *g)
{
	struct sys_msg m = { .data = g->reply, .cap = g->reply_size };
	long n = g->p.sys->ops->recv(g->p.sys, g->fd, &m);
	uint32_t size = n < 0 ? 0 : (uint32_t)n < g->reply_size ? (uint32_t)n : g->reply_size;
	const struct icmp_hdr *h = (const struct icmp_hdr *)g->reply;

	if (n == -EAGAIN)
		return false;
	if (size < sizeof(*h)) /* an error without an entry in the queue: cleared by having been told */
		return n >= 0 || !g->recv_failed++;
	g->recv_failed = 0;
	if (h->type == ICMP_ECHOREPLY_ && get16(h->id) == g->ident)
		echo_reply(g, &m, size);
	else if (h->type == ICMP_QUENCH || h->type == ICMP_REDIRECT_ || h->type == ICMP_UNREACH ||
		 h->type == ICMP_TIMXCEED_ || h->type == ICMP_PARAM)
		error_packet(g, &m, size);
	return true;
}

static void drain(struct ping *g)
{
	bool none;

	g->recv_failed = 0;
	while (!g->done) {
		take_error(g, &none);
		if (none && !take_packet(g))
			break;
		if (!in_flight(g))
			loop(g);
	}
	if (!g->done)
		loop(g);
}

static void event(struct prog *p, enum prog_event ev, int fd)
{
	struct ping *g = container_of(p, struct ping, p);

	if (g->done)
		return;
	if (ev == PROG_START) {
		if (ping_start(g)) {
			g->started = now_of(g);
			g->exit_at = g->o.deadline ? g->started + (uint64_t)g->o.deadline * NSEC_PER_SEC : OFF;
			loop(g);
		} else {
			g->done = true;
		}
		return;
	}
	if (ev == PROG_SIGNAL || (ev == PROG_TIMER && g->exit_at != OFF && now_of(g) >= g->exit_at))
		g->exiting = true;
	if ((ev == PROG_READABLE || ev == PROG_ERROR) && fd == g->fd)
		drain(g);
	else
		loop(g);
}

static void release(struct prog *p)
{
	struct ping *g = container_of(p, struct ping, p);

	free(g->packet);
	free(g->reply);
}

const struct prog_ops prog_ping = {
	.name = "ping",
	.takes = "-c -i -W -w -s -t -I -M -Q -m -p -e -l -n -q -b -B -f -A -D -O -U -a -d -4",
	.size = sizeof(struct ping),
	.event = event,
	.release = release,
	.modelled = ping_modelled,
};
