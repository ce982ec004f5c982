/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets over the loopback device: addresses and errnos, UDP and raw errors, TCP from SYN to TIME_WAIT. What is
 * expected was seen on Linux 6.18 with tcpdump. */
#include "sim/sock.h"

#include <errno.h>

#include "check.h"
#include "sim/tcp.h"

#define LO 0x7f000001U

static struct sys_addr at(uint32_t ip, uint16_t port)
{
	return (struct sys_addr){ ip4(ip), port };
}

static int bind_to(struct sim *s, struct sock *sk, uint32_t ip, uint16_t port)
{
	const struct sys_addr a = at(ip, port);

	return sock_bind(s, sk, &a);
}

static int connect_to(struct sim *s, struct sock *sk, uint32_t ip, uint16_t port)
{
	const struct sys_addr a = at(ip, port);
	int err = sock_connect(s, sk, &a);

	return err;
}

static long send_to(struct sim *s, struct sock *sk, const char *text, uint32_t ip, uint16_t port)
{
	const struct sys_addr a = at(ip, port);
	long n = sock_send(s, sk, text, (uint32_t)strlen(text), port ? &a : NULL, false);

	return n;
}

/* What recv() gives, as text; an errno as "-N". */
static const char *recv_text(struct sim *s, struct sock *sk, char buf[128])
{
	struct sys_msg m = { .data = (uint8_t *)buf, .cap = 100 };
	long n = sock_recv(s, sk, &m);

	if (n < 0)
		snprintf(buf, 128, "-%ld", -n);
	else
		buf[n] = 0;
	return buf;
}

/* The flags of every TCP frame that left since event `from`, as tcpdump writes them. */
static const char *frames(struct sim *s, uint64_t from, char *buf, size_t size)
{
	size_t n = 0;

	*buf = 0;
	for (uint64_t i = from + 1; i <= trace_events(s->trace); i++) {
		struct event e;
		const uint8_t *p;
		uint8_t flags;

		trace_get(s->trace, i, &e);
		if (e.kind != EV_FRAME || strcmp(e.val[0].str, "out") || e.val[2].bytes.len < 54)
			continue;
		p = e.val[2].bytes.p;
		if (p[23] != IPPROTO_TCP_)
			continue;
		flags = p[47];
		n += (size_t)snprintf(buf + n, size - n, "%s%s%s%s%s%s", n ? " " : "", flags & TCP_SYN ? "S" : "",
			flags & TCP_FIN ? "F" : "", flags & TCP_RST ? "R" : "", flags & TCP_PSH ? "P" : "",
			flags & TCP_ACK ? "." : "");
	}
	return buf;
}

static void test_addresses(struct sim *s)
{
	struct ns *ns = s->net->init;
	struct sock *a = sock_new(s, ns, SYS_UDP), *b = sock_new(s, ns, SYS_UDP), *c = sock_new(s, ns, SYS_TCP);

	CHECK(bind_to(s, a, 0x0a000001, 53) == -EADDRNOTAVAIL);
	CHECK(bind_to(s, a, 0, 53) == 0);
	CHECK(bind_to(s, a, 0, 54) == -EINVAL);
	CHECK(bind_to(s, b, LO, 53) == -EADDRINUSE);
	CHECK(bind_to(s, c, LO, 53) == 0);
	CHECK(connect_to(s, b, 0x0a000001, 53) == -ENETUNREACH);
	CHECK(connect_to(s, b, 0x7fffffff, 53) == -EACCES);
	CHECK(send_to(s, b, "x", 0, 0) == -EDESTADDRREQ);
	CHECK(sock_bind_device(b, "nothere") == -ENODEV);
	CHECK(connect_to(s, b, LO, 53) == 0 && b->saddr == LO && b->sport);
	sock_close(s, a);
	sock_close(s, b);
	sock_close(s, c);
}

static void test_udp(struct sim *s)
{
	struct ns *ns = s->net->init;
	struct sock *a = sock_new(s, ns, SYS_UDP), *b = sock_new(s, ns, SYS_UDP);
	char buf[128];

	CHECK(bind_to(s, a, 0, 5000) == 0);
	CHECK(send_to(s, b, "hello", LO, 5000) == 5);
	CHECK_STR(recv_text(s, a, buf), "hello");
	CHECK_STR(recv_text(s, a, buf), "-11");
	/* nobody there: told to a connected socket alone */
	CHECK(send_to(s, b, "x", LO, 5001) == 1 && b->err == 0);
	CHECK(connect_to(s, b, LO, 5001) == 0);
	CHECK(send_to(s, b, "x", 0, 0) == 1 && b->err == ECONNREFUSED);
	CHECK(send_to(s, b, "x", 0, 0) == -ECONNREFUSED);
	CHECK(b->err == 0);
	sock_close(s, a);
	sock_close(s, b);
}

static void test_errqueue(struct sim *s)
{
	struct sock *b = sock_new(s, s->net->init, SYS_UDP);
	uint8_t data[64];
	struct sys_msg m = { .data = data, .cap = sizeof(data) };

	sock_setopt(b, SYS_RECVERR, 1);
	CHECK(send_to(s, b, "quoted", LO, 5001) == 6);
	CHECK(b->err == ECONNREFUSED);
	CHECK(sock_recverr(s, b, &m) == 6 && !memcmp(data, "quoted", 6));
	CHECK(m.ee_errno == ECONNREFUSED && m.ee_origin == 2 && m.ee_type == 3 && m.ee_code == 3 &&
		m.from.port == 5001);
	CHECK(b->err == 0 && sock_recverr(s, b, &m) == -EAGAIN);
	sock_close(s, b);
}

static void test_tcp(struct sim *s)
{
	struct ns *ns = s->net->init;
	struct sock *l = sock_new(s, ns, SYS_TCP), *c = sock_new(s, ns, SYS_TCP), *d;
	uint64_t from = trace_events(s->trace);
	char buf[128], text[256];

	CHECK(bind_to(s, l, 0, 80) == 0 && tcp_listen(s, l, 5) == 0);
	CHECK(!tcp_accept(s, l));
	CHECK(connect_to(s, c, LO, 80) == -EINPROGRESS);
	d = tcp_accept(s, l);
	if (!CHECK(d && tcp_is_connected(c) && tcp_is_connected(d)))
		return;
	CHECK(send_to(s, c, "question", 0, 0) == 8);
	CHECK_STR(recv_text(s, d, buf), "question");
	CHECK(send_to(s, d, "answer", 0, 0) == 6);
	sock_close(s, d);
	CHECK_STR(recv_text(s, c, buf), "answer");
	CHECK_STR(recv_text(s, c, buf), "");
	sock_close(s, c);
	CHECK_STR(frames(s, from, text, sizeof(text)), "S S. . P. . P. . F. F. .");
	CHECK(sock_by_port(ns, &proto_tcp, 80) != NULL);
	sock_close(s, l);
	/* the one that ended first waits a minute */
	CHECK(ns->socks->by_pair.n == 1);
	sim_run_until(s, s->now + 70 * NSEC_PER_SEC);
	CHECK(ns->socks->by_pair.n == 0 && list_empty(&ns->socks->all));
}

static void test_refused(struct sim *s)
{
	struct sock *c = sock_new(s, s->net->init, SYS_TCP);
	uint64_t from = trace_events(s->trace);
	char text[256], buf[128];

	CHECK(connect_to(s, c, LO, 81) == -EINPROGRESS);
	CHECK(c->err == ECONNREFUSED);
	CHECK_STR(recv_text(s, c, buf), "-111");
	CHECK_STR(frames(s, from, text, sizeof(text)), "S R.");
	CHECK(send_to(s, c, "x", 0, 0) == -EPIPE);
	sock_close(s, c);
}

/* Data that nobody has read when the socket is closed: the peer is reset. */
static void test_unread(struct sim *s)
{
	struct ns *ns = s->net->init;
	struct sock *l = sock_new(s, ns, SYS_TCP), *c = sock_new(s, ns, SYS_TCP), *d;
	uint64_t from = trace_events(s->trace);
	char text[256], buf[128];

	CHECK(bind_to(s, l, 0, 82) == 0 && tcp_listen(s, l, 5) == 0);
	CHECK(connect_to(s, c, LO, 82) == -EINPROGRESS);
	d = tcp_accept(s, l);
	if (!CHECK(d != NULL))
		return;
	CHECK(send_to(s, c, "x", 0, 0) == 1);
	sock_close(s, d);
	CHECK_STR(recv_text(s, c, buf), "-104");
	CHECK_STR(frames(s, from, text, sizeof(text)), "S S. . P. . R.");
	sock_close(s, c);
	sock_close(s, l);
}

/* Nobody answers: the intervals of tcp_syn_linear_timeouts and after, and the end of it. */
static void test_timeout(struct sim *s)
{
	struct sock *c = sock_new(s, s->net->init, SYS_TCP);
	uint64_t start, from = trace_events(s->trace), last = 0;
	static const unsigned want[] = { 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 69 };
	unsigned n = 0;

	dev_close(s, s->net->init->lo);
	start = s->now;
	CHECK(connect_to(s, c, LO, 80) == -EINPROGRESS);
	sim_run_until(s, s->now + 200 * NSEC_PER_SEC);
	for (uint64_t i = from + 1; i <= trace_events(s->trace); i++) {
		struct event e;

		trace_get(s->trace, i, &e);
		if (e.kind != EV_SEND)
			continue;
		last = e.time - start;
		CHECK(n < ARRAY_SIZE(want) && last / NSEC_PER_SEC == want[n]);
		n++;
	}
	CHECK(n == ARRAY_SIZE(want));
	CHECK(c->err == ETIMEDOUT);
	sock_close(s, c);
	dev_open(s, s->net->init->lo);
}

int main(void)
{
	struct sim *s = sim_new(1, true);

	test_addresses(s);
	test_udp(s);
	test_errqueue(s);
	test_tcp(s);
	test_refused(s);
	test_unread(s);
	test_timeout(s);
	CHECK(list_empty(&s->net->init->socks->all));
	CHECK(trace_check(s->trace) == 0);
	CHECK(s->pool.live == 0);
	sim_free(s);
	return check_end();
}
