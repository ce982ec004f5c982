/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nc of netcat-openbsd 1.219 (Debian 12), TCP and UDP over IPv4.
 *
 * Theory of operation. The original's heart is readwrite(): a poll() over standard input, the socket for output, the
 * socket for input and standard output, each of which is taken out as it ends. turn() is one round of that loop, with
 * the same order and the same buffers, so what goes into one segment is what goes into one write() there. Standard
 * input is all there from the start (a here-document, or nothing) and standard output always takes what it is given; so
 * only the socket is ever waited for. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "model/prog_args.h"

#define BUFFER 16384u
#define PORTS_MAX 65536u
#define UDP_SCAN_TIMEOUT 3

struct nc_options {
	const char *host, *port, *source, *source_port;
	bool listen, keep, verbose, numeric, zero, udp, shut, detached, broadcast;
	long long wait, quit; /* ms; s; -1: not given */
	int ttl, tos;         /* -1 */
	struct ipaddr addr, from;
	uint16_t from_port, first, last; /* ports to try */
};

enum phase { NC_IDLE, NC_ACCEPT, NC_CONNECT, NC_UDP_TEST, NC_TALK, NC_QUIT, NC_DONE };

struct nc {
	struct prog p;
	struct nc_options o;
	enum phase phase;
	int lfd, fd;   /* listening, talking; -1 */
	uint32_t port; /* being tried */
	int status;
	unsigned udp_tests;
	/* readwrite() */
	size_t in_pos; /* of standard input: read so far */
	bool stdin_open, netout, netin, stdout_open, stdin_poll, out_poll, in_poll, print_poll, readable, writable;
	uint8_t *sbuf, *nbuf; /* from standard input; from the network */
	uint32_t sfill, nfill;
	struct sys_addr peer;
};

static const char usage[] = "usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n"
			    "\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n"
			    "\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n"
			    "\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n"
			    "\t  [destination] [port]\n";

/* ---- words ---- */

static enum parsed number(
	struct parse *x, const char *what, const char *s, long long min, long long max, long long *out)
{
	int r = parse_number(s, min, max, out);

	if (!r)
		return PARSED_RUN;
	return parse_end(x, 1, "nc: %s%s: %s\n", what, r == -1 ? "invalid" : *s == '-' ? "too small" : "too large", s);
}

static bool *flag(struct nc_options *o, int c)
{
	switch (c) {
	case 'l':
		return &o->listen;
	case 'k':
		return &o->keep;
	case 'v':
		return &o->verbose;
	case 'n':
		return &o->numeric;
	case 'z':
		return &o->zero;
	case 'u':
		return &o->udp;
	case 'N':
		return &o->shut;
	case 'd':
		return &o->detached;
	case 'b':
		return &o->broadcast;
	default:
		return NULL;
	}
}

static enum parsed option(struct nc_options *o, struct parse *x, int c, const char *v)
{
	long long n = 0;
	enum parsed r;

	if (flag(o, c)) {
		*flag(o, c) = true;
		return PARSED_RUN;
	}
	switch (c) {
	case '4':
	case 'D': /* SO_DEBUG changes nothing that could be seen */
		return PARSED_RUN;
	case 'p':
		o->source_port = v;
		return PARSED_RUN;
	case 's':
		o->source = v;
		return PARSED_RUN;
	case 'w':
		r = number(x, "timeout ", v, 0, INT_MAX / 1000, &n);
		o->wait = n * 1000;
		return r;
	case 'q':
		r = number(x, "quit timer ", v, INT_MIN, INT_MAX, &o->quit);
		o->shut |= o->quit >= 0;
		return r;
	case 'M':
		r = number(x, "ttl is ", v, 0, 255, &n);
		o->ttl = (int)n;
		return r;
	case '?':
		return parse_end(x, 1, "%s", usage);
	default:
		return parse_unmodelled(x, "nc: option -%c", c);
	}
}

static enum parsed one_port(struct parse *x, bool udp, const char *s, uint16_t *out)
{
	long long n = 0;
	int r = parse_number(s, 1, 65535, &n), port;

	if (r == -2)
		return parse_end(x, 1, "nc: port number %s: %s\n",
			*s == '-' || !s[strspn(s, "0")] ? "too small" : "too large", s);
	if (!r) {
		*out = (uint16_t)n;
		return PARSED_RUN;
	}
	port = prog_service_port(udp ? "udp" : "tcp", s);
	if (port < 0)
		return parse_end(x, 1, "nc: port number invalid: %s\n", s);
	*out = (uint16_t)port;
	return PARSED_RUN;
}

static enum parsed ports(struct nc_options *o, struct parse *x)
{
	const char *dash = strchr(o->port, '-');
	char low[32];
	enum parsed r;
	uint16_t swap;

	if (!dash || dash == o->port || o->listen || o->port[0] < '0' || o->port[0] > '9') {
		r = one_port(x, o->udp, o->port, &o->first);
		o->last = o->first;
		return r;
	}
	if ((size_t)(dash - o->port) >= sizeof(low))
		return parse_end(x, 1, "nc: port number too large: %s\n", o->port);
	memcpy(low, o->port, (size_t)(dash - o->port));
	low[dash - o->port] = 0;
	r = one_port(x, o->udp, dash + 1, &o->last);
	if (r == PARSED_RUN)
		r = one_port(x, o->udp, low, &o->first);
	if (o->first > o->last) {
		swap = o->first;
		o->first = o->last;
		o->last = swap;
	}
	return r;
}

/* Addresses by number: a name nobody can resolve. */
static enum parsed addresses(struct nc_options *o, struct parse *x)
{
	bool named;

	if ((o->host && strchr(o->host, ':')) || (o->source && strchr(o->source, ':')))
		return parse_unmodelled(x, "nc: IPv6 addresses");
	o->addr = ip4(0);
	o->from = ip4(0);
	if (o->host && (!prog_resolve(o->host, &o->addr, &named) || (named && o->numeric)))
		return parse_end(x, 1,
			o->listen ? "nc: getaddrinfo: %s\n" : "nc: getaddrinfo for host \"%3$s\" port %2$s: %1$s\n",
			o->numeric ? "Name or service not known" : "Temporary failure in name resolution", o->port,
			o->host);
	if (o->source && !o->listen && (!prog_resolve(o->source, &o->from, &named) || (named && o->numeric)))
		return parse_end(x, 1, "nc: getaddrinfo: %s\n",
			o->numeric ? "Name or service not known" : "Temporary failure in name resolution");
	return o->source_port && !o->listen ? one_port(x, o->udp, o->source_port, &o->from_port) : PARSED_RUN;
}

/* Which words are host and port; the original's own tangle. */
static enum parsed operands(struct nc_options *o, struct parse *x, const struct args *a)
{
	if (!a->operands && o->listen) {
		o->port = o->source_port;
		o->host = o->source;
	} else if (a->operands == 1 && !o->source_port && !o->source) {
		if (o->listen)
			o->port = a->operand[0];
	} else if (a->operands >= 2) {
		if (o->listen && (o->source_port || o->source || a->operands > 2))
			return parse_end(x, 1, "%s", usage);
		if (a->operands > 2)
			return parse_unmodelled(x, "nc: several port words");
		o->host = a->operand[0];
		o->port = a->operand[1];
	} else {
		return parse_end(x, 1, "%s", usage);
	}
	if (!o->port)
		return parse_end(x, 1, "nc: missing port number\n");
	if (o->listen && o->zero)
		return parse_end(x, 1, "nc: cannot use -z and -l\n");
	if (!o->listen && o->keep)
		return parse_end(x, 1, "nc: must use -l with -k\n");
	return PARSED_RUN;
}

static enum parsed parse(struct nc_options *o, struct parse *x, unsigned argc, char **argv)
{
	struct args a;
	enum parsed r = PARSED_RUN;
	int c;

	*o = (struct nc_options){ .wait = -1, .quit = -1, .ttl = -1, .tos = -1 };
	args_init(&a, "nc", "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz", argc, argv, x);
	while (r == PARSED_RUN && (c = args_next(&a)))
		r = option(o, x, c, a.value);
	if (r == PARSED_RUN)
		r = operands(o, x, &a);
	args_release(&a);
	if (r == PARSED_RUN && o->port)
		r = ports(o, x);
	return r == PARSED_RUN ? addresses(o, x) : r;
}

static bool modelled(unsigned argc, char **argv, struct buf *why)
{
	struct nc_options o;
	struct parse x = { 0 };

	return parse_modelled(parse(&o, &x, argc, argv), &x, why);
}

/* ---- small things ---- */

static void end(struct nc *n, int status)
{
	n->phase = NC_DONE;
	prog_exit(&n->p, status);
}

static void die(struct nc *n, const char *what, int err)
{
	n->phase = NC_DONE;
	if (what)
		prog_die(&n->p, 1, "nc: %s: %s\n", what, strerror(err));
	else
		prog_die(&n->p, 1, "nc: %s\n", strerror(err));
}

static void set_alarm(struct nc *n, long long ms)
{
	const struct sys_ops *sys = n->p.sys->ops;

	sys->alarm(n->p.sys, ms < 0 ? UINT64_MAX : sys->now(n->p.sys) + (uint64_t)ms * NSEC_PER_MSEC);
}

/* As getnameinfo() finds it without a name server. */
static void report(struct nc *n, const char *what, const struct sys_addr *a)
{
	char text[IPADDR_STRLEN];

	if (n->o.numeric)
		prog_printf(&n->p, 2, "%s %s %u\n", what, ip_format(text, &a->ip), a->port);
	else if (a->ip.v4 == 0x7f000001)
		prog_printf(&n->p, 2, "%s localhost %u\n", what, a->port);
	else
		prog_printf(&n->p, 2, "nc: getnameinfo: Temporary failure in name resolution\n");
}

static bool common_options(struct nc *n, int fd)
{
	const struct sys_ops *sys = n->p.sys->ops;
	int err;

	if (n->o.broadcast)
		sys->setopt(n->p.sys, fd, SYS_BROADCAST, 1);
	if (n->o.ttl < 0)
		return true;
	err = sys->setopt(n->p.sys, fd, SYS_TTL, n->o.ttl);
	if (err < 0)
		die(n, "set IP TTL", -err);
	return err >= 0;
}

/* ---- readwrite() ---- */

static void next_port(struct nc *n);
static void talk_end(struct nc *n);

static void talk(struct nc *n)
{
	n->phase = NC_TALK;
	n->stdin_open = !n->o.detached;
	n->netout = n->netin = n->stdout_open = true;
	n->stdin_poll = n->in_poll = true;
	n->out_poll = n->print_poll = false;
	n->readable = n->writable = true;
	n->sfill = 0;
}

static void from_stdin(struct nc *n)
{
	size_t left = n->p.input ? n->p.input_size - n->in_pos : 0;
	uint32_t room = BUFFER - n->sfill, take = left < room ? (uint32_t)left : room;

	if (take) {
		memcpy(n->sbuf + n->sfill, n->p.input + n->in_pos, take);
		n->in_pos += take;
		n->sfill += take;
	} else {
		n->stdin_open = false;
	}
	if (n->sfill)
		n->out_poll = true;
	if (n->sfill == BUFFER)
		n->stdin_poll = false;
}

static void to_net(struct nc *n)
{
	long r = n->p.sys->ops->send(n->p.sys, n->fd, n->sbuf, n->sfill, NULL, false);

	if (r == -EAGAIN) {
		n->writable = false;
	} else if (r < 0) {
		n->netout = false;
	} else {
		memmove(n->sbuf, n->sbuf + r, n->sfill - (uint32_t)r);
		n->sfill -= (uint32_t)r;
	}
	if (!n->sfill)
		n->out_poll = false;
	if (n->sfill < BUFFER)
		n->stdin_poll = true;
}

/* False: nothing there. */
static bool from_net(struct nc *n)
{
	struct sys_msg m = { .data = n->nbuf + n->nfill, .cap = BUFFER - n->nfill };
	long r = n->p.sys->ops->recv(n->p.sys, n->fd, &m);

	if (r == -EAGAIN) {
		n->readable = false;
		return false;
	}
	if (r < 0) {
		n->netin = n->netout = false; /* the poll has said POLLERR, which takes both out */
	} else if (!r && !n->o.udp) {
		n->netin = false;
	} else {
		n->nfill += (uint32_t)r < m.cap ? (uint32_t)r : m.cap;
	}
	if (n->nfill)
		n->print_poll = true;
	if (n->nfill == BUFFER)
		n->in_poll = false;
	return true;
}

/* The checks before the poll. False: the conversation is over, or waits for its end (-q). */
static bool goes_on(struct nc *n)
{
	bool empty = !n->sfill && !n->nfill;
	bool over = (!n->stdin_open && !n->netin && empty) || (!n->netout && !n->stdout_open) ||
		    (n->o.listen && !n->netin && empty);

	if (!over)
		return true;
	if (n->o.quit <= 0) {
		talk_end(n);
		return false;
	}
	/* delay_exit: the socket is closed at once, the program stays for a while */
	n->p.sys->ops->close(n->p.sys, n->fd);
	n->fd = -1;
	n->phase = NC_QUIT;
	set_alarm(n, n->o.quit * 1000);
	return false;
}

/* One round: what the poll would find ready, then the original's order. False: nothing was ready. */
static bool turn(struct nc *n)
{
	bool in = n->stdin_open && n->stdin_poll, out = n->netout && n->out_poll && n->writable;
	bool net = n->netin && n->in_poll && n->readable, print = n->stdout_open && n->print_poll, any;

	any = in || out || print;
	if (in && n->sfill < BUFFER)
		from_stdin(n);
	if (out && n->sfill)
		to_net(n);
	if (net && n->nfill < BUFFER)
		any |= from_net(n);
	if (print && n->nfill) {
		prog_write(&n->p, 1, n->nbuf, n->nfill);
		n->nfill = 0;
		n->print_poll = false;
		n->in_poll = true;
	}
	if (!n->stdin_open && !n->sfill && n->netout) {
		if (n->o.shut)
			n->p.sys->ops->shutdown_write(n->p.sys, n->fd);
		n->netout = false;
	}
	if (n->o.listen && n->o.quit >= 0 && !n->stdin_open && !n->sfill && !n->nfill)
		n->netin = false; /* a server with -q does not wait for the other side */
	if (!n->netin && !n->nfill)
		n->stdout_open = false;
	return any;
}

static void readwrite(struct nc *n)
{
	while (n->phase == NC_TALK) {
		if (!goes_on(n))
			return;
		if (!turn(n)) {
			set_alarm(n, n->o.wait);
			return;
		}
	}
}

/* ---- the server ---- */

static bool open_server(struct nc *n)
{
	const struct sys_ops *sys = n->p.sys->ops;
	struct sys_addr a = { n->o.addr, n->o.first }, me = { 0 };
	int err;

	n->lfd = sys->socket(n->p.sys, n->o.udp ? SYS_UDP : SYS_TCP);
	if (n->lfd < 0) {
		die(n, NULL, -n->lfd);
		return false;
	}
	sys->setopt(n->p.sys, n->lfd, SYS_REUSEADDR, 1);
	sys->setopt(n->p.sys, n->lfd, SYS_REUSEPORT, 1);
	if (!common_options(n, n->lfd))
		return false;
	err = sys->bind(n->p.sys, n->lfd, &a);
	if (err < 0) {
		die(n, NULL, -err);
		return false;
	}
	err = n->o.udp ? 0 : sys->listen(n->p.sys, n->lfd, 1);
	if (err < 0) {
		die(n, "listen", -err);
		return false;
	}
	if (n->o.verbose && sys->sockname(n->p.sys, n->lfd, &me) >= 0)
		report(n, n->o.udp ? "Bound on" : "Listening on", &me);
	return true;
}

static void serve_tcp(struct nc *n)
{
	int fd = n->p.sys->ops->accept(n->p.sys, n->lfd, &n->peer);

	if (fd == -EAGAIN)
		return;
	if (fd < 0) {
		die(n, "accept", -fd);
		return;
	}
	n->fd = fd;
	if (n->o.verbose)
		report(n, "Connection received on", &n->peer);
	talk(n);
	readwrite(n);
}

/* The first datagram says who is talking. It is read by the conversation, as the original only peeks at it. With -k the
 * socket stays unconnected: it hears everybody and can answer nobody. */
static void serve_udp(struct nc *n)
{
	const struct sys_ops *sys = n->p.sys->ops;
	struct sys_msg m = { .data = n->nbuf, .cap = BUFFER };
	long r = n->o.keep ? 0 : sys->recv(n->p.sys, n->lfd, &m);
	int err;

	if (r == -EAGAIN)
		return;
	if (r < 0) {
		die(n, "recvfrom", (int)-r);
		return;
	}
	if (!n->o.keep) {
		n->peer = m.from;
		err = sys->connect(n->p.sys, n->lfd, &n->peer);
		if (err < 0) {
			die(n, "connect", -err);
			return;
		}
		if (n->o.verbose)
			report(n, "Connection received on", &n->peer);
	}
	n->fd = n->lfd;
	n->lfd = -1;
	talk(n);
	n->nfill = (uint32_t)r;
	n->print_poll = n->nfill > 0;
	readwrite(n);
}

static void serve(struct nc *n)
{
	n->phase = NC_ACCEPT;
	set_alarm(n, -1);
	if (n->o.udp)
		serve_udp(n);
	else
		serve_tcp(n);
}

static void talk_end(struct nc *n)
{
	if (!n->o.listen) {
		next_port(n);
		return;
	}
	if (n->o.udp) {
		n->lfd = n->fd;
	} else {
		n->p.sys->ops->close(n->p.sys, n->fd);
	}
	n->fd = -1;
	n->nfill = 0;
	if (!n->o.keep) {
		n->p.sys->ops->close(n->p.sys, n->lfd);
		end(n, 0);
		return;
	}
	serve(n);
}

/* ---- the client ---- */

static void connected(struct nc *n)
{
	const char *service = n->o.numeric ? NULL : prog_service(n->o.udp ? "udp" : "tcp", (uint16_t)n->port);
	char text[IPADDR_STRLEN];

	if (n->o.verbose) {
		ip_format(text, &n->o.addr);
		prog_printf(&n->p, 2, "Connection to %s", n->o.host);
		if (!n->o.numeric && strcmp(n->o.host, text))
			prog_printf(&n->p, 2, " (%s)", text);
		prog_printf(&n->p, 2, " %u port [%s/%s] succeeded!\n", n->port, n->o.udp ? "udp" : "tcp",
			service ? service : "*");
	}
}

static void go(struct nc *n)
{
	n->status = 0;
	if (n->o.zero) {
		next_port(n);
		return;
	}
	talk(n);
	readwrite(n);
}

static void refused(struct nc *n, int err, bool timed_out)
{
	char text[IPADDR_STRLEN];

	if (n->o.verbose) {
		prog_printf(&n->p, 2, "nc: connect to %s ", n->o.host);
		if (!n->o.numeric && strcmp(n->o.host, ip_format(text, &n->o.addr)))
			prog_printf(&n->p, 2, "(%s) ", text);
		prog_printf(&n->p, 2, "port %u (%s) %s: %s\n", n->port, n->o.udp ? "udp" : "tcp",
			timed_out ? "timed out" : "failed", strerror(err));
	}
	next_port(n);
}

/* -u -v: is anybody there? Writes, and looks whether an ICMP error has come since. */
static void udp_test(struct nc *n)
{
	const struct sys_ops *sys = n->p.sys->ops;
	long long rounds = n->o.wait < 0 ? UDP_SCAN_TIMEOUT : n->o.wait / 1000;
	unsigned writes = n->udp_tests ? 1 : 2;

	while (writes--) {
		long r = sys->send(n->p.sys, n->fd, "X", 1, NULL, false);

		if (r == 1)
			continue;
		if (r == -ECONNREFUSED || (!n->udp_tests && writes == 1)) {
			n->status = 1;
			next_port(n);
			return;
		}
	}
	if (n->udp_tests++ < rounds) {
		n->phase = NC_UDP_TEST;
		set_alarm(n, 1000);
		return;
	}
	connected(n);
	go(n);
}

static void connect_done(struct nc *n)
{
	set_alarm(n, -1);
	n->status = 0;
	if (!n->o.udp) {
		connected(n);
		go(n);
	} else if (n->o.verbose && n->o.zero) {
		n->udp_tests = 0;
		udp_test(n);
	} else {
		go(n);
	}
}

/* False: the program has ended. */
static bool open_client(struct nc *n)
{
	const struct sys_ops *sys = n->p.sys->ops;
	struct sys_addr from = { n->o.from, n->o.from_port };
	int err;

	n->fd = sys->socket(n->p.sys, n->o.udp ? SYS_UDP : SYS_TCP);
	if (n->fd < 0) {
		die(n, NULL, -n->fd);
		return false;
	}
	if (n->o.source || n->o.source_port) {
		sys->setopt(n->p.sys, n->fd, SYS_REUSEADDR, 1);
		sys->setopt(n->p.sys, n->fd, SYS_REUSEPORT, 1);
		err = sys->bind(n->p.sys, n->fd, &from);
		if (err < 0) {
			die(n, "bind failed", -err);
			return false;
		}
	}
	return common_options(n, n->fd);
}

static void try_port(struct nc *n)
{
	struct sys_addr to = { n->o.addr, (uint16_t)n->port };
	int err;

	if (!open_client(n))
		return;
	n->phase = NC_CONNECT;
	err = n->p.sys->ops->connect(n->p.sys, n->fd, &to);
	if (err == -EINPROGRESS)
		set_alarm(n, n->o.wait > 0 ? n->o.wait : -1);
	else if (err < 0)
		refused(n, -err, false);
	else
		connect_done(n);
}

/* Tries the ports that are left, one after the other. */
static void next_port(struct nc *n)
{
	if (n->fd >= 0)
		n->p.sys->ops->close(n->p.sys, n->fd);
	n->fd = -1;
	if (++n->port > n->o.last)
		end(n, n->status);
	else
		try_port(n);
}

/* ---- events ---- */

static void start(struct nc *n)
{
	struct parse x = { 0 };
	enum parsed r = parse(&n->o, &x, n->p.argc, n->p.argv);

	n->fd = n->lfd = -1;
	n->status = 1;
	if (r != PARSED_RUN) {
		n->phase = NC_DONE;
		parse_exit(&n->p, r, &x);
		return;
	}
	parse_release(&x);
	n->sbuf = xmalloc(BUFFER);
	n->nbuf = xmalloc(BUFFER);
	n->port = n->o.first;
	if (!n->o.listen)
		try_port(n);
	else if (open_server(n))
		serve(n);
}

static void timer(struct nc *n)
{
	if (n->phase == NC_CONNECT)
		refused(n, EINPROGRESS, true);
	else if (n->phase == NC_UDP_TEST)
		udp_test(n);
	else if (n->phase == NC_TALK)
		talk_end(n);
	else if (n->phase == NC_QUIT)
		end(n, 0);
}

static void event(struct prog *p, enum prog_event ev, int fd)
{
	struct nc *n = container_of(p, struct nc, p);
	int err;

	if (ev == PROG_START) {
		start(n);
	} else if (n->phase == NC_DONE) {
		return;
	} else if (ev == PROG_SIGNAL) {
		end(n, 0); /* its handler of SIGINT exits with 0 */
	} else if (ev == PROG_TIMER) {
		timer(n);
	} else if (n->phase == NC_ACCEPT && fd == n->lfd) {
		serve(n);
	} else if (n->phase == NC_CONNECT && fd == n->fd && ev == PROG_WRITABLE) {
		err = p->sys->ops->sockerr(p->sys, fd);
		if (err)
			refused(n, err, false);
		else
			connect_done(n);
	} else if (n->phase == NC_TALK && fd == n->fd) {
		n->readable |= ev != PROG_WRITABLE;
		n->writable |= ev == PROG_WRITABLE;
		readwrite(n);
	}
}

static void release(struct prog *p)
{
	struct nc *n = container_of(p, struct nc, p);

	free(n->sbuf);
	free(n->nbuf);
}

const struct prog_ops prog_nc = {
	.name = "nc",
	.takes = "-l -p -k -v -n -z -u -w -q -N -s -d -b -M -4",
	.size = sizeof(struct nc),
	.event = event,
	.release = release,
	.modelled = modelled,
};
