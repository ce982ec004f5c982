/* SPDX-License-Identifier: GPL-2.0-or-later */
/* curl 7.88.1, HTTP over IPv4: one URL, one transfer.
 *
 * Theory of operation. A line of states: connecting, then the request in one write, then the answer's head, then its
 * body until Content-Length bytes are there or the server ends the connection. Standard output is taken for a terminal,
 * so there is no progress meter (whose speeds would depend on the clock); `-o` without -s, which shows one even there,
 * is not modelled. Times in messages are whole milliseconds since the start. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/prog_args.h"

#define HEAD_MAX 102400u
#define OFF UINT64_MAX

struct curl_options {
	const char *url, *output, *format, *interface;
	bool silent, show_error, head, include, fail;
	double max_time, connect_timeout; /* s; 0: none */
	const char *header[16];
	unsigned headers;
	/* from the URL */
	char host[256], path[1024];
	unsigned port;
};

enum phase { CURL_CONNECT, CURL_HEAD, CURL_BODY, CURL_ENDING, CURL_DONE };

struct curl {
	struct prog p;
	struct curl_options o;
	enum phase phase;
	int fd, code; /* code: of the answer */
	struct ipaddr to;
	uint64_t started, connect_by, end_by;
	struct buf request, head;
	long long length, got;       /* of the body; length -1: until the end */
	bool server_closes, refused; /* refused: by an answer of 400 and above, with -f */
};

/* ---- words ---- */

enum option_kind {
	CURL_SILENT,
	CURL_SHOW_ERROR,
	CURL_I,
	CURL_INCLUDE,
	CURL_FAIL,
	CURL_MAX_TIME,
	CURL_CONNECT_TIMEOUT,
	CURL_OUTPUT,
	CURL_FORMAT,
	CURL_HEADER,
	CURL_INTERFACE,
	CURL_NOTHING
};
static const struct {
	char letter;
	const char *name;
	enum option_kind kind;
	bool value;
} options[] = {
	{ 's', "silent", CURL_SILENT, false },
	{ 'S', "show-error", CURL_SHOW_ERROR, false },
	{ 'I', "head", CURL_I, false },
	{ 'i', "include", CURL_INCLUDE, false },
	{ 'f', "fail", CURL_FAIL, false },
	{ 'm', "max-time", CURL_MAX_TIME, true },
	{ 0, "connect-timeout", CURL_CONNECT_TIMEOUT, true },
	{ 'o', "output", CURL_OUTPUT, true },
	{ 'w', "write-out", CURL_FORMAT, true },
	{ 'H', "header", CURL_HEADER, true },
	{ 0, "interface", CURL_INTERFACE, true },
	{ '4', "ipv4", CURL_NOTHING, false },
};

static const char try_help[] = "curl: try 'curl --help' or 'curl --manual' for more information\n";

static enum parsed seconds(struct parse *x, const char *name, const char *v, double *out)
{
	char *end;

	*out = strtod(v, &end);
	if (end == v || *end)
		return parse_end(x, 2, "curl: option %s: expected a proper numerical parameter\n%s", name, try_help);
	if (*out < 0)
		return parse_end(x, 2, "curl: option %s: expected a positive numerical parameter\n%s", name, try_help);
	return PARSED_RUN;
}

static enum parsed apply(struct curl_options *o, struct parse *x, enum option_kind k, const char *name, const char *v)
{
	switch (k) {
	case CURL_SILENT:
		o->silent = true;
		break;
	case CURL_SHOW_ERROR:
		o->show_error = true;
		break;
	case CURL_I:
		o->head = true;
		break;
	case CURL_INCLUDE:
		o->include = true;
		break;
	case CURL_FAIL:
		o->fail = true;
		break;
	case CURL_MAX_TIME:
		return seconds(x, name, v, &o->max_time);
	case CURL_CONNECT_TIMEOUT:
		return seconds(x, name, v, &o->connect_timeout);
	case CURL_OUTPUT:
		o->output = v;
		if (strcmp(v, "/dev/null"))
			return parse_unmodelled(x, "curl: -o %s (only /dev/null)", v);
		break;
	case CURL_FORMAT:
		o->format = v;
		break;
	case CURL_HEADER:
		if (o->headers == ARRAY_SIZE(o->header) || !strchr(v, ':'))
			return parse_unmodelled(x, "curl: -H '%s'", v);
		o->header[o->headers++] = v;
		break;
	case CURL_INTERFACE:
		o->interface = v;
		break;
	case CURL_NOTHING:
		break;
	}
	return PARSED_RUN;
}

static enum parsed long_option(
	struct curl_options *o, struct parse *x, const char *w, unsigned argc, char **argv, unsigned *i)
{
	for (size_t k = 0; k < ARRAY_SIZE(options); k++) {
		const char *v = "";

		if (strcmp(options[k].name, w + 2))
			continue;
		if (options[k].value) {
			if (*i + 1 >= argc)
				return parse_end(x, 2, "curl: option %s: requires parameter\n%s", w, try_help);
			v = argv[++*i];
		}
		return apply(o, x, options[k].kind, w, v);
	}
	return parse_unmodelled(x, "curl: option %s", w);
}

static enum parsed short_options(
	struct curl_options *o, struct parse *x, const char *w, unsigned argc, char **argv, unsigned *i)
{
	for (const char *c = w + 1; *c; c++) {
		const char name[] = { '-', *c, 0 }, *v = "";
		enum parsed r;
		size_t k = 0;

		while (k < ARRAY_SIZE(options) && options[k].letter != *c)
			k++;
		if (k == ARRAY_SIZE(options))
			return parse_unmodelled(x, "curl: option -%c", *c);
		if (options[k].value) {
			if (!c[1] && *i + 1 >= argc)
				return parse_end(x, 2, "curl: option %s: requires parameter\n%s", w, try_help);
			v = c[1] ? c + 1 : argv[++*i];
		}
		r = apply(o, x, options[k].kind, name, v);
		if (r != PARSED_RUN || options[k].value)
			return r;
	}
	return PARSED_RUN;
}

/* [http://]HOST[:PORT][/PATH] */
static enum parsed url(struct curl_options *o, struct parse *x)
{
	const char *s = o->url, *scheme = strstr(s, "://"), *end;
	size_t len;
	long long port = 80;

	if (scheme && strncasecmp(s, "http://", 7)) {
		if (!strncasecmp(s, "https://", 8) || !strncasecmp(s, "ftp://", 6))
			return parse_unmodelled(x, "curl: the protocol of %s", s);
		return parse_end(x, 1, "curl: (1) Protocol \"%.*s\" not supported or disabled in libcurl\n",
			(int)(scheme - s), s);
	}
	if (scheme)
		s = scheme + 3;
	if (strpbrk(s, "@[]{}#"))
		return parse_unmodelled(x, "curl: the URL %s", o->url);
	end = s + strcspn(s, "/?");
	len = strcspn(s, ":/?");
	if (s[len] == ':' && s + len + 1 < end) {
		char digits[8] = "";
		size_t n = (size_t)(end - s) - len - 1;

		if (n < sizeof(digits))
			memcpy(digits, s + len + 1, n);
		if (parse_number(digits, 0, 65535, &port))
			port = -1;
	}
	if (!len || len >= sizeof(o->host) || port < 0)
		return parse_end(x, 3, "curl: (3) URL using bad/illegal format or missing URL\n");
	memcpy(o->host, s, len);
	o->host[len] = 0;
	o->port = (unsigned)port;
	if (!str_copy(o->path, sizeof(o->path), *end == '/' ? end : "/"))
		return parse_unmodelled(x, "curl: a URL that long");
	if (*end == '?')
		return parse_unmodelled(x, "curl: a query without a path");
	return PARSED_RUN;
}

static enum parsed check_format(const char *f, struct parse *x)
{
	static const char *const known[] = { "http_code", "response_code", "size_download", "exitcode", "remote_ip",
		"remote_port" };

	for (; f && (f = strstr(f, "%{")); f += 2) {
		size_t len = strcspn(f + 2, "}"), k = 0;

		while (k < ARRAY_SIZE(known) && (strlen(known[k]) != len || strncmp(known[k], f + 2, len)))
			k++;
		if (k == ARRAY_SIZE(known))
			return parse_unmodelled(x, "curl: -w '%%{%.*s}'", (int)len, f + 2);
	}
	return PARSED_RUN;
}

static enum parsed parse(struct curl_options *o, struct parse *x, unsigned argc, char **argv)
{
	enum parsed r = PARSED_RUN;

	*o = (struct curl_options){ 0 };
	for (unsigned i = 1; i < argc && r == PARSED_RUN; i++) {
		char *w = argv[i];

		if (w[0] == '-' && w[1] == '-' && w[2])
			r = long_option(o, x, w, argc, argv, &i);
		else if (w[0] == '-' && w[1])
			r = short_options(o, x, w, argc, argv, &i);
		else if (o->url)
			r = parse_unmodelled(x, "curl: several URLs");
		else
			o->url = w;
	}
	if (r != PARSED_RUN)
		return r;
	if (!o->url)
		return parse_end(x, 2, argc > 1 ? "curl: no URL specified!\n%s" : "%s", try_help);
	if (o->output && !o->silent)
		return parse_unmodelled(x, "curl: -o without -s (its progress meter shows speeds)");
	r = check_format(o->format, x);
	if (r != PARSED_RUN)
		return r;
	r = url(o, x);
	if (r == PARSED_END && o->silent && !o->show_error)
		buf_clear(&x->err);
	return r;
}

static bool modelled(unsigned argc, char **argv, struct buf *why)
{
	struct curl_options o;
	struct parse x = { 0 };

	return parse_modelled(parse(&o, &x, argc, argv), &x, why);
}

/* ---- the end ---- */

static void variable(struct curl *c, const char *name, size_t len, int status)
{
	char ip[IPADDR_STRLEN];
	bool answered = c->phase != CURL_CONNECT && c->fd >= 0;

	if (!strncmp(name, "http_code", len) || !strncmp(name, "response_code", len))
		prog_printf(&c->p, 1, "%03d", c->code);
	else if (!strncmp(name, "size_download", len))
		prog_printf(&c->p, 1, "%lld", c->got);
	else if (!strncmp(name, "exitcode", len))
		prog_printf(&c->p, 1, "%d", status);
	else if (!strncmp(name, "remote_ip", len))
		prog_printf(&c->p, 1, "%s", answered ? ip_format(ip, &c->to) : "");
	else
		prog_printf(&c->p, 1, "%u", answered ? c->o.port : 0);
}

static void write_out(struct curl *c, int status)
{
	for (const char *f = c->o.format; f && *f; f++) {
		if (f[0] == '%' && f[1] == '{') {
			size_t len = strcspn(f + 2, "}");

			variable(c, f + 2, len, status);
			f += len + 2;
		} else if (f[0] == '\\' && f[1] && strchr("nrt", f[1])) {
			prog_printf(&c->p, 1, "%s", f[1] == 'n' ? "\n" : f[1] == 'r' ? "\r" : "\t");
			f++;
		} else {
			prog_write(&c->p, 1, f, 1);
			f += f[0] == '%' && f[1] == '%';
		}
	}
}

static void finish(struct curl *c, int status)
{
	if (c->phase == CURL_DONE)
		return;
	write_out(c, status);
	if (c->fd >= 0)
		c->p.sys->ops->close(c->p.sys, c->fd);
	c->phase = CURL_DONE;
	prog_exit(&c->p, status);
}

static void fail(struct curl *c, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void fail(struct curl *c, int status, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	write_out(c, status);
	if (!c->o.silent || c->o.show_error)
		prog_printf(&c->p, 2, "curl: (%d) %s\n", status, buf_str(&b));
	buf_release(&b);
	if (c->fd >= 0)
		c->p.sys->ops->close(c->p.sys, c->fd);
	c->phase = CURL_DONE;
	prog_exit(&c->p, status);
}

static unsigned long long elapsed(struct curl *c)
{
	return (c->p.sys->ops->now(c->p.sys) - c->started) / NSEC_PER_MSEC;
}

static void cannot_connect(struct curl *c, int err)
{
	fail(c, err == ETIMEDOUT ? 28 : 7, "Failed to connect to %s port %u after %llu ms: Couldn't connect to server",
		c->o.host, c->o.port, elapsed(c));
}

static void refused(struct curl *c)
{
	fail(c, 22, "The requested URL returned error: %d", c->code);
}

static void timed_out(struct curl *c)
{
	uint64_t now = c->p.sys->ops->now(c->p.sys);

	if (c->refused)
		refused(c);
	else if (c->phase == CURL_CONNECT && now >= c->end_by)
		fail(c, 28, "Connection timed out after %llu milliseconds", elapsed(c));
	else if (c->phase == CURL_CONNECT && now >= c->connect_by)
		fail(c, 28, "Failed to connect to %s port %u after %llu ms: Timeout was reached", c->o.host, c->o.port,
			elapsed(c));
	else if (now >= c->end_by && c->phase == CURL_BODY && c->length >= 0)
		fail(c, 28, "Operation timed out after %llu milliseconds with %lld out of %lld bytes received",
			elapsed(c), c->got, c->length);
	else if (now >= c->end_by)
		fail(c, 28, "Operation timed out after %llu milliseconds with %lld bytes received", elapsed(c), c->got);
}

static void set_alarm(struct curl *c)
{
	bool connecting = c->phase == CURL_CONNECT;

	c->p.sys->ops->alarm(c->p.sys, connecting && c->connect_by < c->end_by ? c->connect_by : c->end_by);
}

/* ---- the transfer ---- */

static void send_request(struct curl *c)
{
	struct buf *b = &c->request;
	long n;

	buf_printf(b, "%s %s HTTP/1.1\r\nHost: %s", c->o.head ? "HEAD" : "GET", c->o.path, c->o.host);
	if (c->o.port != 80)
		buf_printf(b, ":%u", c->o.port);
	buf_puts(b, "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n");
	for (unsigned i = 0; i < c->o.headers; i++)
		buf_printf(b, "%s\r\n", c->o.header[i]);
	buf_puts(b, "\r\n");
	c->phase = CURL_HEAD;
	set_alarm(c);
	n = c->p.sys->ops->send(c->p.sys, c->fd, b->data, (uint32_t)b->size, NULL, false);
	if (n < 0 && n != -EAGAIN)
		fail(c, 55, "Send failure: %s", strerror((int)-n));
}

/* All is there that was wanted. A server that keeps the connection is hung up on. Of one that ends it, curl may or may
 * not see the end (and, with -f, the page that says what is wrong) before it hangs up itself: here it always does, so
 * that the order is the same in both worlds. */
static void whole(struct curl *c)
{
	if (c->server_closes)
		c->phase = CURL_ENDING;
	else if (c->refused)
		refused(c);
	else
		finish(c, 0);
}

static void body(struct curl *c, const char *data, size_t size)
{
	if (c->length >= 0 && (long long)size > c->length - c->got)
		size = (size_t)(c->length - c->got);
	c->got += (long long)size;
	if (!c->o.output)
		prog_write(&c->p, 1, data, size);
	if (c->length >= 0 && c->got >= c->length)
		whole(c);
}

static long long content_length(const char *head)
{
	const char *line = head;

	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (!strncasecmp(line, "Content-Length:", 15))
			return strtoll(line + 15, NULL, 10);
	}
	return -1;
}

/* The head may be whole now. */
static void head(struct curl *c)
{
	const char *text = buf_str(&c->head), *end = strstr(text, "\r\n\r\n");
	struct buf rest = { 0 };
	size_t len;

	if (strncmp(text, "HTTP/", c->head.size < 5 ? c->head.size : 5)) {
		fail(c, 1, "Received HTTP/0.9 when not allowed");
		return;
	}
	if (!end || c->head.size > HEAD_MAX)
		return;
	len = (size_t)(end - text) + 4;
	c->code = (int)strtol(text + strcspn(text, " "), NULL, 10);
	c->length = content_length(text);
	c->server_closes = !strncmp(text, "HTTP/1.0", 8) || strcasestr(text, "\r\nConnection: close");
	c->refused = c->o.fail && c->code >= 400;
	if (c->refused) {
		whole(c);
		return;
	}
	if ((c->o.head || c->o.include) && !c->o.output)
		prog_write(&c->p, 1, text, len);
	buf_put(&rest, text + len, c->head.size - len);
	c->phase = CURL_BODY;
	if (c->o.head || c->code == 204 || c->code == 304)
		whole(c);
	else
		body(c, buf_str(&rest), rest.size);
	buf_release(&rest);
}

static void ended(struct curl *c)
{
	if (c->refused)
		refused(c);
	else if (c->phase == CURL_ENDING)
		finish(c, 0);
	else if (c->phase == CURL_HEAD)
		fail(c, 52, "Empty reply from server");
	else if (c->length >= 0)
		fail(c, 18, "transfer closed with %lld bytes remaining to read", c->length - c->got);
	else
		finish(c, 0);
}

static void receive(struct curl *c)
{
	uint8_t data[4096];

	while (c->phase == CURL_HEAD || c->phase == CURL_BODY || c->phase == CURL_ENDING) {
		struct sys_msg m = { .data = data, .cap = sizeof(data) };
		long n = c->p.sys->ops->recv(c->p.sys, c->fd, &m);

		if (n == -EAGAIN)
			return;
		if (n < 0 && c->phase != CURL_ENDING) {
			fail(c, 56, "Recv failure: %s", strerror((int)-n));
		} else if (n <= 0) {
			ended(c);
		} else if (c->phase == CURL_BODY) {
			body(c, (const char *)data, (size_t)n);
		} else if (c->phase == CURL_HEAD) {
			buf_put(&c->head, data, (size_t)n);
			head(c);
		}
	}
}

/* --interface: a device or an address. */
static bool bind_interface(struct curl *c)
{
	const struct sys_ops *sys = c->p.sys->ops;
	struct sys_addr from = { 0 };
	int err;

	if (!c->o.interface)
		return true;
	if (ip4_parse(&from.ip, c->o.interface))
		err = sys->bind(c->p.sys, c->fd, &from);
	else
		err = sys->bind_device(c->p.sys, c->fd, c->o.interface);
	if (err >= 0)
		return true;
	if (from.ip.family)
		fail(c, 45, "bind failed with errno %d: %s", -err, strerror(-err));
	else
		fail(c, 45, "Couldn't bind to '%s'", c->o.interface);
	return false;
}

static uint64_t deadline(const struct curl *c, double s)
{
	return s > 0 ? c->started + (uint64_t)(s * 1000 + 1) * NSEC_PER_MSEC : OFF;
}

static void start(struct curl *c)
{
	const struct sys_ops *sys = c->p.sys->ops;
	struct parse x = { 0 };
	enum parsed r = parse(&c->o, &x, c->p.argc, c->p.argv);
	struct sys_addr to = { 0 };
	bool named;
	int err;

	c->fd = -1;
	c->length = -1;
	if (r != PARSED_RUN) {
		c->phase = CURL_DONE;
		parse_exit(&c->p, r, &x);
		return;
	}
	c->started = sys->now(c->p.sys);
	c->end_by = deadline(c, c->o.max_time);
	c->connect_by = deadline(c, c->o.connect_timeout > 0 ? c->o.connect_timeout : 300);
	if (!prog_resolve(c->o.host, &c->to, &named)) {
		fail(c, 6, "Could not resolve host: %s", c->o.host);
		return;
	}
	c->fd = sys->socket(c->p.sys, SYS_TCP);
	if (c->fd < 0) {
		cannot_connect(c, -c->fd);
		return;
	}
	if (!bind_interface(c))
		return;
	to = (struct sys_addr){ c->to, (uint16_t)c->o.port };
	set_alarm(c);
	err = sys->connect(c->p.sys, c->fd, &to);
	if (!err)
		send_request(c);
	else if (err != -EINPROGRESS)
		cannot_connect(c, -err);
}

static void event(struct prog *p, enum prog_event ev, int fd)
{
	struct curl *c = container_of(p, struct curl, p);
	int err;

	if (ev == PROG_START) {
		start(c);
	} else if (c->phase == CURL_DONE) {
		return;
	} else if (ev == PROG_SIGNAL) {
		c->phase = CURL_DONE;
		prog_exit(p, 130);
	} else if (ev == PROG_TIMER) {
		timed_out(c);
	} else if (c->phase == CURL_CONNECT && ev == PROG_WRITABLE && fd == c->fd) {
		err = p->sys->ops->sockerr(p->sys, fd);
		if (err)
			cannot_connect(c, err);
		else
			send_request(c);
	} else if (fd == c->fd) {
		receive(c);
	}
}

static void release(struct prog *p)
{
	struct curl *c = container_of(p, struct curl, p);

	buf_release(&c->request);
	buf_release(&c->head);
}

const struct prog_ops prog_curl = {
	.name = "curl",
	.takes = "-s -S -I -i -f -m -o /dev/null -w -H -4 --connect-timeout --interface, one http URL",
	.size = sizeof(struct curl),
	.event = event,
	.release = release,
	.modelled = modelled,
};
