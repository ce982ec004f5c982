/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs in a scripted world: what the world answers -> what is printed, with which status. */
#include <errno.h>
#include <stdlib.h>

#include "model/prog.h"
#include "model/wire.h"
#include "tests/unit/check.h"

/* What the world does, one rule each; rules that are left out mean that all goes well. */
struct world {
	struct sys sys; /* first */
	struct prog *prog;
	uint64_t now, alarm;
	struct buf out, err, sent;
	int status, connect_err, bind_err, device_err, send_err, sock_err;
	bool exited, silent;          /* silent: nobody answers */
	struct ipaddr reply_from;     /* of an echo; family 0: the target */
	uint32_t copies;              /* of each echo reply; 0 = 1 */
	uint8_t icmp_type, icmp_code; /* not 0: an error instead of a reply */
	uint32_t info;
	const char *stream; /* what a TCP peer sends after the request; then it ends the stream */
	size_t stream_at;
	uint32_t fds, sends, readable; /* readable: echo replies that wait */
	uint32_t errors;               /* entries of the error queue that wait */
	uint8_t last[256];
	uint32_t last_size;
	struct sys_addr to;
	bool connecting;
	int fd; /* that connects */
};

static struct world *of(struct sys *s)
{
	return container_of(s, struct world, sys);
}
static int w_socket(struct sys *s, enum sys_sock kind)
{
	(void)kind;
	return 3 + (int)of(s)->fds++;
}
static int w_bind(struct sys *s, int fd, const struct sys_addr *a)
{
	(void)fd, (void)a;
	return of(s)->bind_err;
}
static int w_bind_device(struct sys *s, int fd, const char *dev)
{
	(void)fd, (void)dev;
	return of(s)->device_err;
}
static int w_connect(struct sys *s, int fd, const struct sys_addr *a)
{
	of(s)->to = *a;
	if (of(s)->connect_err == -EINPROGRESS) {
		of(s)->connecting = true;
		of(s)->fd = fd;
	}
	return of(s)->connect_err;
}
static int w_listen(struct sys *s, int fd, int backlog)
{
	(void)s, (void)fd, (void)backlog;
	return 0;
}
static int w_accept(struct sys *s, int fd, struct sys_addr *peer)
{
	(void)s, (void)fd, (void)peer;
	return -EAGAIN;
}
static int w_name(struct sys *s, int fd, struct sys_addr *a)
{
	(void)s, (void)fd;
	*a = (struct sys_addr){ ip4(0x0a000001), 40000 };
	return 0;
}
static long w_send(struct sys *s, int fd, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	struct world *w = of(s);

	(void)fd, (void)confirm;
	if (w->send_err)
		return w->send_err;
	w->sends++;
	buf_put(&w->sent, data, size);
	w->last_size = size < sizeof(w->last) ? size : sizeof(w->last);
	memcpy(w->last, data, w->last_size);
	if (to)
		w->to = *to;
	if (to && !w->silent && !w->icmp_type)
		w->readable += w->copies ? w->copies : 1;
	if (to && w->icmp_type)
		w->errors++;
	return size;
}
static long w_recv(struct sys *s, int fd, struct sys_msg *m)
{
	struct world *w = of(s);
	size_t n;

	(void)fd;
	if (w->stream) {
		n = strlen(w->stream + w->stream_at);
		if (n > m->cap)
			n = m->cap;
		memcpy(m->data, w->stream + w->stream_at, n);
		w->stream_at += n;
		return (long)n;
	}
	if (!w->readable)
		return -EAGAIN;
	w->readable--;
	memcpy(m->data, w->last, w->last_size);
	m->data[0] = ICMP_ECHOREPLY_;
	m->size = w->last_size;
	m->ttl = 63;
	m->from = (struct sys_addr){ w->reply_from.family ? w->reply_from : w->to.ip, 0 };
	return w->last_size;
}
static long w_recverr(struct sys *s, int fd, struct sys_msg *m)
{
	struct world *w = of(s);

	(void)fd;
	if (!w->errors)
		return -EAGAIN;
	w->errors--;
	memcpy(m->data, w->last, 8);
	m->size = 8;
	m->from = w->to;
	m->ee_origin = 2;
	m->ee_errno = EHOSTUNREACH;
	m->ee_type = w->icmp_type;
	m->ee_code = w->icmp_code;
	m->ee_info = w->info;
	m->offender = ip4(0x0a0000fe);
	return 8;
}
static int w_sockerr(struct sys *s, int fd)
{
	(void)fd;
	return of(s)->sock_err;
}
static int w_setopt(struct sys *s, int fd, enum sys_opt opt, int value)
{
	(void)s, (void)fd;
	return opt == SYS_TTL && !value ? -EINVAL : 0;
}
static int w_shutdown(struct sys *s, int fd)
{
	(void)s, (void)fd;
	return 0;
}
static void w_close(struct sys *s, int fd)
{
	(void)s, (void)fd;
}
static uint64_t w_now(struct sys *s)
{
	return of(s)->now;
}
static void w_alarm(struct sys *s, uint64_t when)
{
	of(s)->alarm = when;
}
static void w_write(struct sys *s, int fd, const void *data, size_t size)
{
	buf_put(fd == 1 ? &of(s)->out : &of(s)->err, data, size);
}
static unsigned w_processes(struct sys *s, struct sys_proc **list)
{
	(void)s;
	*list = calloc(2, sizeof(**list));
	(*list)[0] =
		(struct sys_proc){ .pid = 12, .user = "root", .stat = "S", .comm = "nginx -g daemon off;", .ppid = 1 };
	(*list)[1] = (struct sys_proc){ .pid = 1, .user = "root", .stat = "Ss", .comm = "/sbin/init" };
	return 2;
}
static int w_getpid(struct sys *s)
{
	(void)s;
	return 42;
}
static void w_exit(struct sys *s, int status)
{
	of(s)->exited = true;
	of(s)->status = status;
}
static const struct sys_ops world_ops = { w_socket, w_bind, w_bind_device, w_connect, w_listen, w_accept, w_name,
	w_name, w_send, w_recv, w_recverr, w_sockerr, w_setopt, w_shutdown, w_close, w_now, w_alarm, w_write,
	w_processes, w_getpid, NULL, w_exit };

/* Cuts the line into words and runs it until it ends (or 1000 events have come). */
static void run(struct world *w, const char *line, const char *input)
{
	char text[256], *argv[16], *save = NULL;
	unsigned argc = 0;

	str_copy(text, sizeof(text), line);
	for (char *t = strtok_r(text, " ", &save); t && argc < 15; t = strtok_r(NULL, " ", &save))
		argv[argc++] = t;
	argv[argc] = NULL;
	w->sys.ops = &world_ops;
	w->alarm = UINT64_MAX;
	w->prog = prog_new(prog_find(argv[0]), &w->sys, argc, argv, input, input ? strlen(input) : 0);
	w->prog->ops->event(w->prog, PROG_START, -1);
	for (unsigned i = 0; i < 1000 && !w->exited; i++) {
		w->now += 20 * NSEC_PER_USEC;
		if (w->connecting) {
			w->connecting = false;
			w->prog->ops->event(w->prog, PROG_WRITABLE, w->fd);
		} else if (w->errors) {
			w->prog->ops->event(w->prog, PROG_ERROR, 3);
		} else if (w->readable || w->stream) {
			w->prog->ops->event(w->prog, PROG_READABLE, 3);
		} else if (w->alarm != UINT64_MAX) {
			w->now = w->alarm > w->now ? w->alarm : w->now;
			w->alarm = UINT64_MAX;
			w->prog->ops->event(w->prog, PROG_TIMER, -1);
		}
	}
	CHECK(w->exited);
	prog_free(w->prog);
}

static void expect(struct world w, const char *line, const char *input, const char *out, const char *err, int status)
{
	run(&w, line, input);
	if (!CHECK(w.status == status))
		fprintf(stderr, "  %s: status %d\n", line, w.status);
	if (out)
		CHECK_STR(buf_str(&w.out), out);
	if (err)
		CHECK_STR(buf_str(&w.err), err);
	buf_release(&w.out);
	buf_release(&w.err);
	buf_release(&w.sent);
}

#define HEAD "PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.\n"
#define TAIL "\n--- 10.0.0.2 ping statistics ---\n"

static void t_ping(void)
{
	expect((struct world){ 0 }, "ping -c 1 10.0.0.2", NULL,
		HEAD "64 bytes from 10.0.0.2: icmp_seq=1 ttl=63 time=0.020 ms\n" TAIL
		     "1 packets transmitted, 1 received, 0% packet loss, time 0ms\n"
		     "rtt min/avg/max/mdev = 0.020/0.020/0.020/0.000 ms\n",
		"", 0);
	expect((struct world){ .silent = true }, "ping 10.0.0.2 -c2 -W 1", NULL,
		HEAD TAIL "2 packets transmitted, 0 received, 100% packet loss, time 1000ms\n\n", "", 1);
	expect((struct world){ .connect_err = -ENETUNREACH }, "ping -c 1 10.0.0.2", NULL, "",
		"ping: connect: Network is unreachable\n", 2);
	expect((struct world){ .connect_err = -EACCES }, "ping -c 1 10.0.0.2", NULL, "",
		"ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n", 2);
	expect((struct world){ .bind_err = -EADDRNOTAVAIL }, "ping -I 9.9.9.9 10.0.0.2", NULL, "",
		"ping: bind: Cannot assign requested address\n", 2);
	expect((struct world){ .device_err = -ENODEV }, "ping -I nope 10.0.0.2", NULL, "",
		"ping: SO_BINDTODEVICE nope: No such device\n", 2);
	expect((struct world){ .send_err = -EPERM }, "ping -c 1 -W 1 10.0.0.2", NULL,
		HEAD TAIL "1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n", "", 1);
	expect((struct world){ .copies = 2 }, "ping -c 2 -q 10.0.0.2", NULL,
		HEAD TAIL "2 packets transmitted, 2 received, +1 duplicates, 0% packet loss, time 1000ms\n"
			  "rtt min/avg/max/mdev = 0.020/0.020/0.020/0.000 ms\n",
		"", 0);
	expect((struct world){ .reply_from = ip4(0x0a000009) }, "ping -c 1 -s 8 10.0.0.2", NULL,
		"PING 10.0.0.2 (10.0.0.2) 8(36) bytes of data.\n16 bytes from 10.0.0.9: icmp_seq=1 ttl=63 (DIFFERENT "
		"ADDRESS!)\n" TAIL "1 packets transmitted, 1 received, 0% packet loss, time 0ms\n\n",
		"", 0);
}

static void t_ping_words(void)
{
	static const struct {
		const char *line, *err;
		int status;
	} row[] = {
		{ "ping", "ping: usage error: Destination address required\n", 1 },
		{ "ping -c x 10.0.0.2", "ping: invalid argument: 'x'\n", 1 },
		{ "ping -t 256 10.0.0.2", "ping: invalid argument: '256': out of range: 0 <= value <= 255\n", 1 },
		{ "ping -t 0 10.0.0.2", "ping: cannot set unicast time-to-live: Invalid argument\n", 2 },
		{ "ping -M foo 10.0.0.2", "ping: invalid -M argument: foo\n", 2 },
		{ "ping -c 1 foo", "ping: foo: Temporary failure in name resolution\n", 2 },
		{ "ping -R 10.0.0.2", "pktwalk: not modelled: ping: option -R\n", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		expect((struct world){ 0 }, row[i].line, NULL, NULL, row[i].err, row[i].status);
	expect((struct world){ 0 }, "ping -q 10.0.0.2", NULL, NULL,
		"pktwalk: ping without -c would go on for ever; it sends 3\n", 0);
}

static void t_ping_errors(void)
{
	static const struct {
		uint8_t type, code;
		uint32_t info;
		const char *text;
	} row[] = {
		{ 3, 0, 0, "Destination Net Unreachable" },
		{ 3, 1, 0, "Destination Host Unreachable" },
		{ 3, 4, 1400, "Frag needed and DF set (mtu = 1400)" },
		{ 3, 13, 0, "Packet filtered" },
		{ 11, 0, 0, "Time to live exceeded" },
		{ 12, 0, 5, "Parameter problem: pointer = 5" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf b = { 0 };

		buf_printf(&b,
			HEAD "From 10.0.0.254 icmp_seq=1 %s\n" TAIL
			     "1 packets transmitted, 0 received, +1 errors, 100%% packet loss, time 0ms\n\n",
			row[i].text);
		expect((struct world){ .icmp_type = row[i].type, .icmp_code = row[i].code, .info = row[i].info },
			"ping -c 1 10.0.0.2", NULL, buf_str(&b), "", 1);
		buf_release(&b);
	}
}

static void t_nc(void)
{
	expect((struct world){ .connect_err = -EINPROGRESS }, "nc -vz 10.0.0.2 80", NULL, "",
		"Connection to 10.0.0.2 80 port [tcp/http] succeeded!\n", 0);
	expect((struct world){ .connect_err = -EINPROGRESS, .sock_err = ECONNREFUSED }, "nc -vnz 10.0.0.2 80-81", NULL,
		"",
		"nc: connect to 10.0.0.2 port 80 (tcp) failed: Connection refused\n"
		"nc: connect to 10.0.0.2 port 81 (tcp) failed: Connection refused\n",
		1);
	expect((struct world){ .connect_err = -EINPROGRESS, .stream = "bye\n" }, "nc -N 10.0.0.2 80", "hello\n",
		"bye\n", "", 0);
	expect((struct world){ 0 }, "nc -l", NULL, "", "nc: missing port number\n", 1);
	expect((struct world){ .bind_err = -EADDRINUSE }, "nc -l 80", NULL, "", "nc: Address already in use\n", 1);
}

static void t_curl(void)
{
	struct world w = { .connect_err = -EINPROGRESS, .stream = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n" };

	expect(w, "curl -s http://10.0.0.2/", NULL, "hi\n", "", 0);
	expect(w, "curl -si http://10.0.0.2/", NULL, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n", "", 0);
	expect(w, "curl -s -o /dev/null -w %{http_code}/%{size_download} http://10.0.0.2/", NULL, "200/3", "", 0);
	w.stream = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	expect(w, "curl -sSf http://10.0.0.2/", NULL, "", "curl: (22) The requested URL returned error: 404\n", 22);
	w.stream = "hello\n";
	expect(w, "curl http://10.0.0.2/", NULL, "", "curl: (1) Received HTTP/0.9 when not allowed\n", 1);
	w.stream = "";
	expect(w, "curl http://10.0.0.2/", NULL, "", "curl: (52) Empty reply from server\n", 52);
	w.sock_err = ECONNREFUSED;
	expect(w, "curl http://10.0.0.2:81/", NULL, "",
		"curl: (7) Failed to connect to 10.0.0.2 port 81 after 0 ms: Couldn't connect to server\n", 7);
	expect(w, "curl -s http://10.0.0.2:81/", NULL, "", "", 7);
	expect((struct world){ 0 }, "curl http://foo/", NULL, "", "curl: (6) Could not resolve host: foo\n", 6);
}

static void t_ps(void)
{
	expect((struct world){ 0 }, "ps aux", NULL,
		"USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
		"root           1  0.0  0.0      0     0 ?        Ss   00:00   0:00 /sbin/init\n"
		"root          12  0.0  0.0      0     0 ?        S    00:00   0:00 nginx -g daemon off;\n",
		"", 0);
	expect((struct world){ 0 }, "ps -ef", NULL,
		"UID          PID    PPID  C STIME TTY          TIME CMD\n"
		"root           1       0  0 00:00 ?        00:00:00 /sbin/init\n"
		"root          12       1  0 00:00 ?        00:00:00 nginx -g daemon off;\n",
		"", 0);
	expect((struct world){ 0 }, "ps", NULL,
		"    PID TTY          TIME CMD\n      1 ?        00:00:00 init\n     12 ?        00:00:00 nginx\n", "",
		0);
}

/* What a program does not model is found without running it. */
static void t_modelled(void)
{
	static const struct {
		const char *w[5];
		const char *why; /* NULL: modelled */
	} row[] = {
		{ { "ping", "-c", "1", "10.0.0.2" }, NULL },
		{ { "ping", "-z" }, NULL },
		{ { "ping", "::1" }, "ping: the IPv6 address ::1" },
		{ { "nc", "-U", "x" }, "nc: option -U" },
		{ { "curl", "-v", "http://a/" }, "curl: option -v" },
		{ { "nginx" }, "nginx without -g 'daemon off;' (it would leave for the background)" },
		{ { "nginx", "-g", "daemon off;" }, NULL },
		{ { "python3", "x.py" }, "python3 but for python3 -m http.server" },
		{ { "ps", "-o" }, "ps: option -o" },
		{ { "sleep", "1h" }, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf why = { 0 };
		unsigned argc = 0;
		char *argv[6] = { 0 };

		for (; argc < 5 && row[i].w[argc]; argc++)
			argv[argc] = xstrdup(row[i].w[argc]);
		CHECK(prog_modelled(prog_find(argv[0]), argc, argv, &why) == !row[i].why);
		CHECK_STR(buf_str(&why), row[i].why ? row[i].why : "");
		buf_release(&why);
		while (argc)
			free(argv[--argc]);
	}
}

int main(void)
{
	t_ping();
	t_ping_words();
	t_ping_errors();
	t_nc();
	t_curl();
	t_ps();
	t_modelled();
	return check_end();
}
