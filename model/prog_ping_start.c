/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ping: its words, and what it asks of the kernel before the first packet: a UDP socket connected to the target tells
 * which source address there is (that is where "connect: Network is unreachable" comes from), then the raw socket's
 * options, in the order of ping4_run(). */
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/prog_ping.h"
#include "model/wire.h"

static const char usage[] = "\nUsage\n"
			    "  ping [options] <destination>\n"
			    "\nOptions:\n"
			    "  <destination>      dns name or ip address\n"
			    "  -a                 use audible ping\n"
			    "  -A                 use adaptive ping\n"
			    "  -B                 sticky source address\n"
			    "  -c <count>         stop after <count> replies\n"
			    "  -C                 call connect() syscall on socket creation\n"
			    "  -D                 print timestamps\n"
			    "  -d                 use SO_DEBUG socket option\n"
			    "  -e <identifier>    define identifier for ping session, default is random for\n"
			    "                     SOCK_RAW and kernel defined for SOCK_DGRAM\n"
			    "                     Imply using SOCK_RAW (for IPv4 only for identifier 0)\n"
			    "  -f                 flood ping\n"
			    "  -h                 print help and exit\n"
			    "  -I <interface>     either interface name or address\n"
			    "  -i <interval>      seconds between sending each packet\n"
			    "  -L                 suppress loopback of multicast packets\n"
			    "  -l <preload>       send <preload> number of packages while waiting replies\n"
			    "  -m <mark>          tag the packets going out\n"
			    "  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>\n"
			    "  -n                 no dns name resolution\n"
			    "  -O                 report outstanding replies\n"
			    "  -p <pattern>       contents of padding byte\n"
			    "  -q                 quiet output\n"
			    "  -Q <tclass>        use quality of service <tclass> bits\n"
			    "  -s <size>          use <size> as number of data bytes to be sent\n"
			    "  -S <size>          use <size> as SO_SNDBUF socket option value\n"
			    "  -t <ttl>           define time to live\n"
			    "  -U                 print user-to-user latency\n"
			    "  -v                 verbose output\n"
			    "  -V                 print version and exit\n"
			    "  -w <deadline>      reply wait <deadline> in seconds\n"
			    "  -W <timeout>       time to wait for response\n"
			    "\nIPv4 options:\n"
			    "  -4                 use IPv4\n"
			    "  -b                 allow pinging broadcast\n"
			    "  -R                 record route\n"
			    "  -T <timestamp>     define timestamp, can be one of <tsonly|tsandaddr|tsprespec>\n"
			    "\nIPv6 options:\n"
			    "  -6                 use IPv6\n"
			    "  -F <flowlabel>     define flow label, default is random\n"
			    "  -N <nodeinfo opt>  use icmp6 node info query, try <help> as argument\n"
			    "\nFor more details see ping(8).\n";

static const char version[] = "ping from iputils 20221126\n"
			      "libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n";

/* ---- words ---- */

static enum parsed number(struct parse *x, const char *s, long long min, long long max, long long *out)
{
	switch (parse_number(s, min, max, out)) {
	case 0:
		return PARSED_RUN;
	case -1:
		return parse_end(x, 1, "ping: invalid argument: '%s'\n", s);
	default:
		if (!parse_number(s, INT64_MIN, INT64_MAX, out))
			return parse_end(x, 1, "ping: invalid argument: '%s': out of range: %lld <= value <= %lld\n", s,
				min, max);
		return parse_end(x, 1, "ping: invalid argument: '%s': Numerical result out of range\n", s);
	}
}

/* Seconds with a fraction, to ms. */
static enum parsed seconds(struct parse *x, const char *s, const char *what, double least, int *out)
{
	char *end;
	double v;

	if (!*s)
		return parse_end(x, 2, "ping: %s: %s\n", what, s);
	errno = 0;
	v = strtod(s, &end);
	if (errno || end == s || *end)
		buf_printf(&x->err,
			"ping: option argument contains garbage: %s\nping: this will become fatal error in the "
			"future\n",
			end);
	if (isnan(v) || isinf(v) || (v != 0 && fabs(v) < DBL_MIN))
		return parse_end(x, 2, "ping: %s: %s: Numerical result out of range\n", what, s);
	if (v < least || v > (double)INT_MAX / 1000)
		return parse_end(x, 2, "ping: %s: %s\n", what, s);
	*out = (int)(v * 1000);
	return PARSED_RUN;
}

static enum parsed tos(struct parse *x, const char *s, int *out)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	char *end;
	long v = strtol(hex ? s + 2 : s, &end, hex ? 16 : 10);

	if (*end)
		return parse_end(x, 2, "ping: bad TOS value: %s\n", s);
	if ((int)v > 255)
		return parse_end(x, 2, "ping: the decimal value of TOS bits must be in range 0-255: %d\n", (int)v);
	*out = (int)v;
	return PARSED_RUN;
}

static enum parsed pmtud(struct parse *x, const char *s, int *out)
{
	static const char *const word[] = { "dont", "want", "do" }; /* as the kernel numbers them */

	for (int i = 0; i < 3; i++) {
		if (strcmp(s, word[i]))
			continue;
		*out = i;
		return PARSED_RUN;
	}
	return parse_end(x, 2, "ping: invalid -M argument: %s\n", s);
}

static enum parsed interface(struct ping_options *o, struct parse *x, const char *s)
{
	if (strchr(s, ':'))
		return parse_unmodelled(x, "ping: IPv6 source address %s", s);
	if (ip4_parse(&o->source, s))
		o->strict = true;
	else
		o->device = s;
	return PARSED_RUN;
}

/* Options that are a switch and nothing else. */
static bool *flag(struct ping_options *o, int c)
{
	switch (c) {
	case 'a':
		return &o->audible;
	case 'A':
		return &o->adaptive;
	case 'b':
		return &o->broadcast;
	case 'B':
		return &o->strict;
	case 'D':
		return &o->timestamps;
	case 'f':
		return &o->flood;
	case 'n':
		return &o->numeric;
	case 'O':
		return &o->outstanding;
	case 'q':
		return &o->quiet;
	default:
		return NULL;
	}
}

static enum parsed option_number(struct ping_options *o, struct parse *x, int c, const char *v)
{
	long long n = 0;
	enum parsed r;

	switch (c) {
	case 'c':
		return number(x, v, 1, INT64_MAX, &o->count);
	case 'e':
		r = number(x, v, 0, 0xffff, &n);
		o->ident = (int)n;
		return r;
	case 'l':
		r = number(x, v, 1, 0x10000, &n);
		o->preload = (int)n;
		return r;
	case 'm':
		r = number(x, v, 0, UINT_MAX, &n);
		o->mark = (uint32_t)n;
		o->mark_set = true;
		return r;
	case 's':
		r = number(x, v, 0, INT_MAX, &n);
		o->datalen = (uint32_t)n;
		return r;
	case 't':
		r = number(x, v, 0, 255, &n);
		o->ttl = (int)n;
		return r;
	default: /* 'w' */
		r = number(x, v, 0, INT_MAX, &n);
		o->deadline = (int)n;
		return r;
	}
}

static enum parsed option_interval(struct ping_options *o, struct parse *x, const char *v)
{
	enum parsed r = seconds(x, v, "bad timing interval", -DBL_MAX, &o->interval);

	if (r == PARSED_RUN && o->interval < 0)
		return parse_unmodelled(x, "ping: a negative interval");
	o->interval_set = true;
	return r;
}

static enum parsed option_linger(struct ping_options *o, struct parse *x, const char *v)
{
	enum parsed r = seconds(x, v, "bad linger time", 0, &o->linger);

	if (r == PARSED_RUN && !o->linger)
		return parse_unmodelled(x, "ping -W 0, which waits for ever");
	return r;
}

static enum parsed option(struct ping_options *o, struct parse *x, int c, const char *v)
{
	if (flag(o, c)) {
		*flag(o, c) = true;
		o->numeric |= o->flood;
		return PARSED_RUN;
	}
	switch (c) {
	case '4':
	case 'd': /* SO_DEBUG changes nothing that could be seen */
	case 'U':
		return PARSED_RUN;
	case 'i':
		return option_interval(o, x, v);
	case 'W':
		return option_linger(o, x, v);
	case 'I':
		return interface(o, x, v);
	case 'M':
		return pmtud(x, v, &o->pmtudisc);
	case 'Q':
		return tos(x, v, &o->tos);
	case 'p':
		o->pattern = v;
		return PARSED_RUN;
	case 'V':
		buf_puts(&x->out, version);
		return parse_end(x, 0, "%s", "");
	case 'h':
	case '?':
		return parse_end(x, 2, "%s", usage);
	case 'c':
	case 'e':
	case 'l':
	case 'm':
	case 's':
	case 't':
	case 'w':
		return option_number(o, x, c, v);
	default:
		return parse_unmodelled(x, "ping: option -%c", c);
	}
}

static enum parsed check_pattern(const struct ping_options *o, struct parse *x)
{
	const char *s = o->pattern;

	if (!s)
		return PARSED_RUN;
	s += strspn(s, "0123456789abcdefABCDEF");
	if (*s)
		return parse_end(x, 2, "ping: patterns must be specified as hex digits: %s\n", s);
	return o->pattern[0] ? PARSED_RUN : parse_unmodelled(x, "ping: an empty pattern");
}

static enum parsed parse(struct ping_options *o, struct parse *x, unsigned argc, char **argv)
{
	struct args a;
	enum parsed r = PARSED_RUN;
	int c;

	*o = (struct ping_options){ .interval = 1000,
		.linger = 10000,
		.preload = 1,
		.ident = -1,
		.datalen = 56,
		.ttl = -1,
		.tos = -1,
		.pmtudisc = -1 };
	args_init(&a, "ping", "h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:", argc, argv, x);
	while (r == PARSED_RUN && (c = args_next(&a)))
		r = option(o, x, c, a.value);
	if (r == PARSED_RUN && !a.operands)
		r = parse_end(x, 1, "ping: usage error: Destination address required\n");
	if (r == PARSED_RUN && a.operands > 1)
		r = parse_unmodelled(x, "ping: source routing (several destinations)");
	if (r == PARSED_RUN)
		r = check_pattern(o, x);
	if (r == PARSED_RUN) {
		o->host = a.operand[0];
		if (strchr(o->host, ':'))
			r = parse_unmodelled(x, "ping: the IPv6 address %s", o->host);
		else if (o->interval >= INT_MAX / o->preload)
			r = parse_end(x, 2, "ping: illegal preload and/or interval: %d\n", o->interval);
	}
	args_release(&a);
	return r;
}

bool ping_modelled(unsigned argc, char **argv, struct buf *why)
{
	struct ping_options o;
	struct parse x = { 0 };

	return parse_modelled(parse(&o, &x, argc, argv), &x, why);
}

/* ---- the sockets ---- */

static bool fails(struct ping *g, int err, const char *what)
{
	if (err >= 0)
		return false;
	prog_die(&g->p, 2, "ping: %s: %s\n", what, strerror(-err));
	return true;
}

static bool bind_device(struct ping *g, int fd)
{
	int err = g->p.sys->ops->bind_device(g->p.sys, fd, g->o.device);

	if (err >= 0)
		return true;
	if (ip4_is_multicast(g->to.v4))
		prog_die(&g->p, 2, "ping: unknown iface: %s\n", g->o.device);
	else
		prog_die(&g->p, 2, "ping: SO_BINDTODEVICE %s: %s\n", g->o.device, strerror(-err));
	return false;
}

/* Connects the probe; a broadcast address is said by EACCES. */
static bool probe_connect(struct ping *g, int fd)
{
	const struct sys_ops *sys = g->p.sys->ops;
	struct sys_addr to = { g->to, 1025 };
	int err = sys->connect(g->p.sys, fd, &to);

	if (err != -EACCES)
		return !fails(g, err, "connect");
	if (!g->o.broadcast) {
		prog_die(&g->p, 2,
			"ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n");
		return false;
	}
	prog_printf(&g->p, 2, "WARNING: pinging broadcast address\n");
	return !fails(g, sys->setopt(g->p.sys, fd, SYS_BROADCAST, 1), "cannot set broadcasting") &&
	       !fails(g, sys->connect(g->p.sys, fd, &to), "connect");
}

static bool probe(struct ping *g)
{
	const struct sys_ops *sys = g->p.sys->ops;
	int fd = sys->socket(g->p.sys, SYS_UDP);
	struct sys_addr me = { 0 };

	if (fails(g, fd, "socket"))
		return false;
	if (g->o.device && (!bind_device(g, fd) || !bind_device(g, g->fd)))
		return false;
	if (g->o.tos > 0)
		sys->setopt(g->p.sys, fd, SYS_TOS, g->o.tos);
	if (g->o.mark_set)
		sys->setopt(g->p.sys, fd, SYS_MARK, (int)g->o.mark);
	if (!probe_connect(g, fd) || fails(g, sys->sockname(g->p.sys, fd, &me), "getsockname"))
		return false;
	g->source = me.ip;
	if (g->o.device && sys->dev_has_addr && !sys->dev_has_addr(g->p.sys, g->o.device, &g->source))
		prog_printf(&g->p, 2, "ping: Warning: source address might be selected on device other than: %s\n",
			g->o.device);
	sys->close(g->p.sys, fd);
	return true;
}

/* What ping estimates that a packet takes of memory: iputils, ping4_run() */
static uint32_t send_buffer(uint32_t payload)
{
	uint32_t size = payload + 8;

	return size + (size + 511) / 512 * (20 + 16 + 64 + 160);
}

static bool set_options(struct ping *g)
{
	const struct sys_ops *sys = g->p.sys->ops;
	struct sys_addr me = { g->source, 0 };
	uint32_t pass = 1u << ICMP_QUENCH | 1u << ICMP_UNREACH | 1u << ICMP_TIMXCEED_ | 1u << ICMP_PARAM |
			1u << ICMP_REDIRECT_ | 1u << ICMP_ECHOREPLY_;

	g->multicast = g->o.broadcast || ip4_is_multicast(g->to.v4);
	if (g->multicast && g->o.pmtudisc < 0)
		g->o.pmtudisc = 2;
	if (g->o.pmtudisc >= 0 &&
		fails(g, sys->setopt(g->p.sys, g->fd, SYS_PMTUDISC, g->o.pmtudisc), "IP_MTU_DISCOVER"))
		return false;
	if (g->o.strict && fails(g, sys->bind(g->p.sys, g->fd, &me), "bind"))
		return false;
	sys->setopt(g->p.sys, g->fd, SYS_ICMP_FILTER, (int)~pass);
	sys->setopt(g->p.sys, g->fd, SYS_RECVERR, 1);
	sys->setopt(g->p.sys, g->fd, SYS_SNDBUF, (int)send_buffer(g->o.datalen));
	if (g->o.broadcast && fails(g, sys->setopt(g->p.sys, g->fd, SYS_BROADCAST, 1), "cannot set broadcasting"))
		return false;
	if (g->o.ttl >= 0 &&
		fails(g, sys->setopt(g->p.sys, g->fd, SYS_TTL, g->o.ttl), "cannot set unicast time-to-live"))
		return false;
	if (g->o.mark_set)
		sys->setopt(g->p.sys, g->fd, SYS_MARK, (int)g->o.mark);
	return true;
}

/* The payload: bytes that count up, or the pattern over and over; the time of sending goes over its beginning. */
static void fill(struct ping *g)
{
	uint8_t pattern[16] = { 0 };
	unsigned n = 0;

	g->size = g->o.datalen < 70000 ? g->o.datalen : 70000;
	g->timing = g->size >= 16;
	g->packet = xcalloc(1, sizeof(struct icmp_hdr) + g->size);
	g->reply_size = (uint32_t)sizeof(struct icmp_hdr) + g->size + 116; /* an error's quotation fits as well */
	g->reply = xcalloc(1, g->reply_size);
	for (const char *s = g->o.pattern; s && *s && n < 16; s += s[1] ? 2 : 1) {
		char digits[3] = { s[0], s[1], 0 };

		pattern[n++] = (uint8_t)strtoul(digits, NULL, 16);
	}
	for (uint32_t i = 0; i < g->size; i++)
		g->packet[sizeof(struct icmp_hdr) + i] = n ? pattern[i % n] : (uint8_t)i;
	if (!n || g->o.quiet)
		return;
	prog_printf(&g->p, 1, "PATTERN: 0x");
	for (unsigned i = 0; i < n; i++)
		prog_printf(&g->p, 1, "%02x", pattern[i]);
	prog_printf(&g->p, 1, "\n");
}

static bool resolve(struct ping *g)
{
	if (prog_resolve(g->o.host, &g->to, &g->named)) {
		g->o.numeric |= !g->named;
		return true;
	}
	prog_die(&g->p, 2, "ping: %s: Temporary failure in name resolution\n", g->o.host);
	return false;
}

static void say_first(struct ping *g)
{
	char to[IPADDR_STRLEN], from[IPADDR_STRLEN];

	prog_printf(&g->p, 1, "PING %s (%s) ", g->o.host, ip_format(to, &g->to));
	if (g->o.device || g->o.strict)
		prog_printf(&g->p, 1, "from %s %s: ", ip_format(from, &g->source), g->o.device ? g->o.device : "");
	prog_printf(&g->p, 1, "%zu(%zu) bytes of data.\n", (size_t)g->o.datalen, (size_t)g->o.datalen + 28);
}

static void prepare(struct ping *g)
{
	g->interval = g->o.flood && !g->o.interval_set ? 0 : g->o.interval;
	g->linger = g->o.linger;
	g->min = INT64_MAX;
	g->pipe = -1;
	g->ident = (uint16_t)(g->o.ident >= 0 ? g->o.ident : g->p.sys->ops->getpid(g->p.sys));
	g->count = g->o.count;
	if (g->count || g->o.deadline)
		return;
	g->count = 3;
	prog_printf(&g->p, 2, "pktwalk: ping without -c would go on for ever; it sends 3\n");
}

bool ping_start(struct ping *g)
{
	const struct sys_ops *sys = g->p.sys->ops;
	struct parse x = { 0 };
	enum parsed r = parse(&g->o, &x, g->p.argc, g->p.argv);

	if (r != PARSED_RUN) {
		parse_exit(&g->p, r, &x);
		return false;
	}
	prog_write(&g->p, 2, buf_str(&x.err), x.err.size);
	parse_release(&x);
	fill(g);
	g->fd = sys->socket(g->p.sys, SYS_RAW_ICMP);
	if (fails(g, g->fd, "socket"))
		return false;
	if (g->o.tos > 0 && fails(g, sys->setopt(g->p.sys, g->fd, SYS_TOS, g->o.tos), "setsockopt"))
		return false;
	if (!resolve(g))
		return false;
	g->source = g->o.source;
	if (!g->source.v4) {
		if (!probe(g))
			return false;
	} else if (g->o.device && !bind_device(g, g->fd)) {
		return false;
	}
	if (!g->to.v4)
		g->to = g->source;
	if (!set_options(g))
		return false;
	prepare(g);
	say_first(g);
	return true;
}
