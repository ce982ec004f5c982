/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Web servers: nginx 1.22.1 with Debian's configuration (its welcome page), and `python3 -m http.server` (3.11.2) in an
 * empty directory.
 *
 * Theory of operation. A connection is read until a whole request is there, answered, and then kept (nginx, HTTP/1.1)
 * or ended with a FIN (python). How an answer is cut into writes is the original's: nginx gathers head and page into
 * one segment (tcp_nopush), python writes the head and then the page. The date is no part of a lab's world: the
 * servers' clock stands still at 1970, so that both back ends send the same bytes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/prog_args.h"

#define REQUEST_MAX 8192u
#define DATE "Thu, 01 Jan 1970 00:00:00 GMT"

struct http_conn {
	int fd; /* -1: free */
	struct sys_addr peer;
	struct buf in, out; /* out: what the socket did not take yet */
	bool last;          /* close once out is empty */
};

struct http {
	struct prog p;
	bool python, done;
	int lfd;
	struct sys_addr at;
	struct http_conn *conn;
	unsigned conns;
};

static const char nginx_page[] =
	"<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n<style>\n    body {\n        width: 35em;\n"
	"        margin: 0 auto;\n        font-family: Tahoma, Verdana, Arial, sans-serif;\n    }\n</style>\n</head>\n"
	"<body>\n<h1>Welcome to nginx!</h1>\n<p>If you see this page, the nginx web server is successfully installed "
	"and\n"
	"working. Further configuration is required.</p>\n\n<p>For online documentation and support please refer to\n"
	"<a href=\"http://nginx.org/\">nginx.org</a>.<br/>\nCommercial support is available at\n"
	"<a href=\"http://nginx.com/\">nginx.com</a>.</p>\n\n<p><em>Thank you for using "
	"nginx.</em></p>\n</body>\n</html>\n";

static const char listing[] =
	"<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Directory listing for "
	"/</title>\n"
	"</head>\n<body>\n<h1>Directory listing for /</h1>\n<hr>\n<ul>\n</ul>\n<hr>\n</body>\n</html>\n";

/* ---- words ---- */

static enum parsed parse_nginx(struct parse *x, unsigned argc, char **argv)
{
	bool foreground = false;
	const char *w;

	for (unsigned i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-g") || i + 1 >= argc)
			return parse_unmodelled(x, "nginx: option %s", argv[i]);
		for (w = argv[++i]; *w;) {
			size_t len = strcspn(w, ";");

			if (!strncmp(w, "daemon off", len) && len == strlen("daemon off"))
				foreground = true;
			else if (strncmp(w, "master_process off", len) || len != strlen("master_process off"))
				return parse_unmodelled(x, "nginx: the directive '%.*s'", (int)len, w);
			w += len;
			w += strspn(w, "; ");
		}
	}
	if (!foreground)
		return parse_unmodelled(x, "nginx without -g 'daemon off;' (it would leave for the background)");
	return PARSED_RUN;
}

static enum parsed parse_python(struct sys_addr *at, struct parse *x, unsigned argc, char **argv)
{
	bool named, port = false;
	long long n;

	if (argc < 3 || strcmp(argv[1], "-m") || strcmp(argv[2], "http.server"))
		return parse_unmodelled(x, "python3 but for python3 -m http.server");
	*at = (struct sys_addr){ ip4(0), 8000 };
	for (unsigned i = 3; i < argc; i++) {
		if ((!strcmp(argv[i], "--bind") || !strcmp(argv[i], "-b")) && i + 1 < argc) {
			if (!prog_resolve(argv[++i], &at->ip, &named))
				return parse_unmodelled(x, "python3 -m http.server: the address %s", argv[i]);
		} else if (!port && !parse_number(argv[i], 0, 65535, &n)) {
			at->port = (uint16_t)n;
			port = true;
		} else {
			return parse_unmodelled(x, "python3 -m http.server: %s", argv[i]);
		}
	}
	return PARSED_RUN;
}

static bool nginx_modelled(unsigned argc, char **argv, struct buf *why)
{
	struct parse x = { 0 };

	return parse_modelled(parse_nginx(&x, argc, argv), &x, why);
}

static bool python_modelled(unsigned argc, char **argv, struct buf *why)
{
	struct parse x = { 0 };
	struct sys_addr at;

	return parse_modelled(parse_python(&at, &x, argc, argv), &x, why);
}

/* ---- answers ---- */

static void conn_close(struct http *h, struct http_conn *c)
{
	h->p.sys->ops->close(h->p.sys, c->fd);
	c->fd = -1;
	buf_release(&c->in);
	buf_release(&c->out);
	c->last = false;
}

/* Ends the connection when all has been sent. */
static void conn_settle(struct http *h, struct http_conn *c)
{
	if (!c->last || c->out.size)
		return;
	h->p.sys->ops->shutdown_write(h->p.sys, c->fd);
	conn_close(h, c);
}

static void conn_send(struct http *h, struct http_conn *c, const char *data, size_t size)
{
	long n = 0;

	if (!c->out.size)
		n = h->p.sys->ops->send(h->p.sys, c->fd, data, (uint32_t)size, NULL, false);
	if (n < 0 && n != -EAGAIN) {
		c->last = true; /* the other side is gone */
		return;
	}
	if (n < 0)
		n = 0;
	if ((size_t)n < size)
		buf_put(&c->out, data + n, size - (size_t)n);
}

static void conn_flush(struct http *h, struct http_conn *c)
{
	struct buf rest = c->out;

	c->out = (struct buf){ 0 };
	if (rest.size)
		conn_send(h, c, rest.data, rest.size);
	buf_release(&rest);
	conn_settle(h, c);
}

struct request {
	char method[16], path[512], version[16];
	bool keep;
};

/* Cuts the request line and looks for "Connection: close". */
static bool request_parse(const char *text, struct request *r)
{
	*r = (struct request){ 0 };
	if (sscanf(text, "%15s %511s %15[^\r\n]", r->method, r->path, r->version) != 3)
		return false;
	r->keep = !strcmp(r->version, "HTTP/1.1") && !strstr(text, "Connection: close");
	return !strncmp(r->version, "HTTP/", 5);
}

static void nginx_answer(struct http *h, struct http_conn *c, const struct request *r)
{
	static const char error[] =
		"<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"
		"<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";
	bool known = !strcmp(r->method, "GET") || !strcmp(r->method, "HEAD");
	const char *status = !known ? "405 Not Allowed" : !strcmp(r->path, "/") ? "200 OK" : "404 Not Found";
	struct buf head = { 0 }, body = { 0 };
	bool fine = status[0] == '2';

	if (fine)
		buf_puts(&body, nginx_page);
	else
		buf_printf(&body, error, status, status);
	buf_printf(&head,
		"HTTP/1.1 %s\r\nServer: nginx/1.22.1\r\nDate: " DATE "\r\nContent-Type: text/html\r\n"
		"Content-Length: %zu\r\n",
		status, body.size);
	if (fine)
		buf_puts(&head, "Last-Modified: " DATE "\r\n");
	buf_printf(&head, "Connection: %s\r\n", r->keep ? "keep-alive" : "close");
	if (fine)
		buf_printf(&head, "ETag: \"0-%zx\"\r\nAccept-Ranges: bytes\r\n", body.size);
	buf_puts(&head, "\r\n");
	if (strcmp(r->method, "HEAD"))
		buf_put(&head, body.data, body.size);
	c->last = !r->keep;
	conn_send(h, c, head.data, head.size);
	buf_release(&head);
	buf_release(&body);
}

static void python_log(struct http *h, const struct http_conn *c, const char *fmt, const char *a, const char *b)
{
	char ip[IPADDR_STRLEN];
	struct buf line = { 0 };

	buf_printf(&line, "%s - - [01/Jan/1970 00:00:00] ", ip_format(ip, &c->peer.ip));
	if (fmt[0] == 'c')
		buf_printf(&line, "code %s, message %s\n", a, b);
	else
		buf_printf(&line, "\"%s\" %s -\n", a, b);
	prog_write(&h->p, 2, line.data, line.size);
	buf_release(&line);
}

static void python_error(struct http *h, struct http_conn *c, const struct request *r, const char *code,
	const char *message, const char *explain)
{
	struct buf head = { 0 }, body = { 0 };
	char line[560];

	snprintf(line, sizeof(line), "%s %s %s", r->method, r->path, r->version);
	python_log(h, c, "code", code, message);
	python_log(h, c, "line", line, code);
	buf_printf(&body,
		"<!DOCTYPE HTML>\n<html lang=\"en\">\n    <head>\n        <meta charset=\"utf-8\">\n"
		"        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n"
		"        <p>Error code: %s</p>\n        <p>Message: %s.</p>\n"
		"        <p>Error code explanation: %s - %s.</p>\n    </body>\n</html>\n",
		code, message, code, explain);
	buf_printf(&head,
		"HTTP/1.0 %s %s\r\nServer: SimpleHTTP/0.6 Python/3.11.2\r\nDate: " DATE "\r\nConnection: close\r\n"
		"Content-Type: text/html;charset=utf-8\r\nContent-Length: %zu\r\n\r\n",
		code, message, body.size);
	conn_send(h, c, head.data, head.size);
	if (strcmp(r->method, "HEAD"))
		conn_send(h, c, body.data, body.size);
	buf_release(&head);
	buf_release(&body);
}

static void python_answer(struct http *h, struct http_conn *c, const struct request *r)
{
	struct buf head = { 0 };
	char line[560];
	bool body = !strcmp(r->method, "GET");

	c->last = true;
	if (!body && strcmp(r->method, "HEAD")) {
		snprintf(line, sizeof(line), "Unsupported method ('%s')", r->method);
		python_error(h, c, r, "501", line, "Server does not support this operation");
		return;
	}
	if (strcmp(r->path, "/")) {
		python_error(h, c, r, "404", "File not found", "Nothing matches the given URI");
		return;
	}
	snprintf(line, sizeof(line), "%s %s %s", r->method, r->path, r->version);
	python_log(h, c, "line", line, "200");
	buf_printf(&head,
		"HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.2\r\nDate: " DATE "\r\n"
		"Content-type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n\r\n",
		strlen(listing));
	conn_send(h, c, head.data, head.size);
	if (body)
		conn_send(h, c, listing, strlen(listing));
	buf_release(&head);
}

static void answer(struct http *h, struct http_conn *c)
{
	struct request r;
	char *end;

	while (!c->last && c->in.size && (end = strstr(c->in.data, "\r\n\r\n"))) {
		size_t used = (size_t)(end - c->in.data) + 4;
		struct buf rest = { 0 };

		if (!request_parse(c->in.data, &r))
			c->last = true;
		else if (h->python)
			python_answer(h, c, &r);
		else
			nginx_answer(h, c, &r);
		buf_put(&rest, c->in.data + used, c->in.size - used);
		buf_release(&c->in);
		c->in = rest;
	}
}

/* ---- events ---- */

static void conn_read(struct http *h, struct http_conn *c)
{
	uint8_t data[2048];

	while (c->fd >= 0) {
		struct sys_msg m = { .data = data, .cap = sizeof(data) };
		long n = h->p.sys->ops->recv(h->p.sys, c->fd, &m);

		if (n == -EAGAIN)
			break;
		if (n <= 0 || c->in.size + (size_t)n > REQUEST_MAX) {
			conn_close(h, c);
			return;
		}
		buf_put(&c->in, data, (size_t)n);
		answer(h, c);
		conn_settle(h, c);
	}
}

static void accept_all(struct http *h)
{
	struct sys_addr peer = { 0 };
	int fd;

	while ((fd = h->p.sys->ops->accept(h->p.sys, h->lfd, &peer)) >= 0) {
		unsigned i = 0;

		while (i < h->conns && h->conn[i].fd >= 0)
			i++;
		if (i == h->conns)
			h->conn = xrealloc(h->conn, ++h->conns * sizeof(*h->conn));
		h->conn[i] = (struct http_conn){ .fd = fd, .peer = peer };
		conn_read(h, &h->conn[i]);
	}
}

static void die(struct http *h, int err)
{
	char ip[IPADDR_STRLEN];

	h->done = true;
	if (h->python)
		prog_die(&h->p, 1, "OSError: [Errno %d] %s\n", err, strerror(err));
	else
		prog_die(&h->p, 1, "nginx: [emerg] bind() to %s:%u failed (%d: %s)\n", ip_format(ip, &h->at.ip),
			h->at.port, err, strerror(err));
}

static void start(struct http *h)
{
	const struct sys_ops *sys = h->p.sys->ops;
	struct parse x = { 0 };
	char ip[IPADDR_STRLEN];
	enum parsed r;
	int err;

	h->python = h->p.ops == &prog_python;
	h->at = (struct sys_addr){ ip4(0), 80 };
	r = h->python ? parse_python(&h->at, &x, h->p.argc, h->p.argv) : parse_nginx(&x, h->p.argc, h->p.argv);
	if (r != PARSED_RUN) {
		h->done = true;
		parse_exit(&h->p, r, &x);
		return;
	}
	h->lfd = err = sys->socket(h->p.sys, SYS_TCP);
	if (err >= 0)
		err = sys->setopt(h->p.sys, h->lfd, SYS_REUSEADDR, 1);
	if (err >= 0)
		err = sys->bind(h->p.sys, h->lfd, &h->at);
	if (err >= 0)
		err = sys->listen(h->p.sys, h->lfd, h->python ? 5 : 511);
	if (err < 0) {
		die(h, -err);
		return;
	}
	sys->sockname(h->p.sys, h->lfd, &h->at);
	if (h->python)
		prog_printf(&h->p, 1, "Serving HTTP on %s port %u (http://%s:%u/) ...\n", ip_format(ip, &h->at.ip),
			h->at.port, ip, h->at.port);
}

static void event(struct prog *p, enum prog_event ev, int fd)
{
	struct http *h = container_of(p, struct http, p);

	if (ev == PROG_START) {
		start(h);
		return;
	}
	if (h->done)
		return;
	if (ev == PROG_SIGNAL) {
		h->done = true;
		if (h->python)
			prog_printf(p, 1, "\nKeyboard interrupt received, exiting.\n");
		prog_exit(p, 0);
		return;
	}
	if (fd == h->lfd) {
		accept_all(h);
		return;
	}
	for (unsigned i = 0; fd >= 0 && i < h->conns; i++) {
		if (h->conn[i].fd != fd)
			continue;
		if (ev == PROG_WRITABLE)
			conn_flush(h, &h->conn[i]);
		else
			conn_read(h, &h->conn[i]);
		return;
	}
}

static void release(struct prog *p)
{
	struct http *h = container_of(p, struct http, p);

	for (unsigned i = 0; i < h->conns; i++) {
		buf_release(&h->conn[i].in);
		buf_release(&h->conn[i].out);
	}
	free(h->conn);
}

const struct prog_ops prog_nginx = {
	.name = "nginx",
	.takes = "-g 'daemon off; [master_process off;]'",
	.size = sizeof(struct http),
	.event = event,
	.release = release,
	.modelled = nginx_modelled,
};

const struct prog_ops prog_python = {
	.name = "python3",
	.takes = "-m http.server [PORT] [--bind ADDRESS]",
	.size = sizeof(struct http),
	.event = event,
	.release = release,
	.modelled = python_modelled,
};
