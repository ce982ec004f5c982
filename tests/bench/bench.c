/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark's inner loops: what is measured inside one process. Prints "NAME VALUE" lines, one per repetition;
 * tests/bench.sh pairs them with what the kernel and other tools need, in the same run.
 *   bench path LAB N REPS   round trips over a prepared lab: ns each, without trace and with every event
 *   bench kernel ADDR N     round trips of the kernel: ns each, as ping measures them, and with both system calls
 *   bench trace LAB REPS    one traced ping in a loaded lab: ns
 *   bench load N REPS       N namespaces, each with a veth on one bridge: seconds of CPU time, bytes each */
#include <arpa/inet.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sim/lab.h"
#include "sim/sim.h"

#define SPELL 64

static double clock_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static char *read_file(const char *path, size_t *size)
{
	struct buf b = { 0 };
	char chunk[65536];
	size_t n;
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		exit(2);
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)))
		buf_put(&b, chunk, n);
	fclose(f);
	*size = b.size;
	return buf_steal(&b);
}

static struct sim *load(const char *path, const char *text, size_t size, bool tracing, struct run *run)
{
	struct sim *s = sim_new(1, tracing);
	struct err err = { 0 };

	*run = (struct run){ .path = path };
	if (lab_run(s, path, text, size, run, &err)) {
		fprintf(stderr, "%s:%u: %s\n", path, err.loc.line, err.msg);
		exit(2);
	}
	return s;
}

/* One echo request from namespace ns; the reply comes back before this returns. */
static void echo(struct sim *s, struct ns *ns, uint32_t dst, uint16_t seq)
{
	struct ipaddr to = ip4(dst), from = { 0 };
	struct packet *p = sim_packet(s, 64);
	struct icmp_hdr *h;

	if (ip_route_output(s, ns, p, &to, &from, NULL, 0, 0, &p->dst)) {
		fprintf(stderr, "bench: no route\n");
		exit(2);
	}
	h = (struct icmp_hdr *)packet_append(p, 64);
	memset(h, 0, 64);
	h->type = ICMP_ECHO_;
	h->id = put16(77);
	h->seq = put16(seq);
	h->check = put16(csum_fold(csum_add(0, h, 64)));
	ip_build_header(s, p, ns, p->dst.prefsrc.v4, dst, IPPROTO_ICMP_, 0, 64, true);
	p->local = true;
	ip_local_out(s, p);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Of many short spells the middle one: what else the machine did in between does not count. */
static double median(double *list, unsigned n)
{
	qsort(list, n, sizeof(*list), ascending);
	return list[n / 2];
}

/* n round trips, in spells of SPELL: ns each. */
static double path_ns(struct sim *s, struct ns *from, unsigned n)
{
	unsigned spells = n / SPELL + 1;
	double *list = xcalloc(spells, sizeof(*list)), ns;
	uint64_t hops = s->hops;

	for (unsigned i = 0; i < spells; i++) {
		double t = now_ns();

		for (unsigned j = 0; j < SPELL; j++)
			echo(s, from, 0x0a000202, (uint16_t)(i * SPELL + j));
		trace_clear(s->trace);
		list[i] = (now_ns() - t) / SPELL;
	}
	/* host > bridge > router > bridge > host and back: eight device crossings, or it is not the path */
	if (s->hops - hops != 8ULL * spells * SPELL) {
		fprintf(stderr, "bench: %llu crossings\n", (unsigned long long)(s->hops - hops));
		exit(1);
	}
	ns = median(list, spells);
	free(list);
	return ns;
}

static int bench_path(const char *lab, unsigned n, unsigned reps)
{
	size_t size;
	char *text = read_file(lab, &size);
	struct run run;
	struct sim *s = load(lab, text, size, false, &run);
	struct ns *a = ns_find(s->net, "a");

	if (!a)
		return 2;
	s->trace = s->trace ? s->trace : trace_new();
	for (unsigned r = 0; r < reps; r++) {
		s->tracing = false;
		printf("path_ns %.1f\n", path_ns(s, a, n));
		s->tracing = true;
		printf("path_traced_ns %.1f\n", path_ns(s, a, n));
	}
	run_release(&run);
	sim_free(s);
	free(text);
	return 0;
}

/* One echo by the kernel: ns from before send() until the kernel took the reply in, as ping measures it; 0 = failed. */
static double kernel_echo(int fd, uint16_t seq)
{
	uint8_t request[64] = { 0 }, reply[256], control[64];
	struct icmp_hdr *h = (struct icmp_hdr *)request;
	struct iovec to = { reply, sizeof(reply) };
	struct msghdr m = {
		.msg_iov = &to, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	struct timespec sent, got;

	h->type = ICMP_ECHO_;
	h->id = put16(77);
	h->seq = put16(seq);
	h->check = put16(csum_fold(csum_add(0, h, sizeof(request))));
	clock_gettime(CLOCK_REALTIME, &sent);
	if (send(fd, request, sizeof(request), 0) < 0 || recvmsg(fd, &m, 0) < 0 || !CMSG_FIRSTHDR(&m))
		return 0;
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(got));
	return (double)(got.tv_sec - sent.tv_sec) * 1e9 + (double)(got.tv_nsec - sent.tv_nsec);
}

static int bench_kernel(const char *addr, unsigned n)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timeval limit = { .tv_sec = 2 };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP_), on = 1;
	double t = now_ns(), *list = xcalloc(n, sizeof(*list));

	if (fd < 0 || inet_pton(AF_INET, addr, &to.sin_addr) != 1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on))) {
		perror("bench: raw socket");
		return 1;
	}
	for (unsigned i = 0; i < n; i++) {
		list[i] = kernel_echo(fd, (uint16_t)i);
		if (list[i] <= 0) {
			perror("bench: echo");
			return 1;
		}
	}
	t = (now_ns() - t) / n;
	printf("kernel_ns %.1f\nkernel_calls_ns %.1f\n", median(list, n), t);
	free(list);
	close(fd);
	return 0;
}

static int bench_trace(const char *lab, unsigned reps)
{
	size_t size;
	char *text = read_file(lab, &size);
	struct run run;
	struct sim *s = load(lab, text, size, false, &run);
	struct ns *a = ns_find(s->net, "a");

	s->trace = s->trace ? s->trace : trace_new();
	s->tracing = true;
	for (unsigned r = 0; r < reps; r++) {
		double t = now_ns();

		trace_clear(s->trace);
		echo(s, a, 0x0a000202, (uint16_t)r);
		printf("trace_one_ns %.1f\n", now_ns() - t);
	}
	run_release(&run);
	sim_free(s);
	free(text);
	return 0;
}

/* What has been allocated since, by each of n. */
static double bytes_each(const struct mallinfo2 *before, unsigned n)
{
	struct mallinfo2 m = mallinfo2();

	return (double)(m.uordblks + m.hblkhd - before->uordblks - before->hblkhd) / n;
}

static int bench_load(unsigned n, unsigned reps)
{
	struct buf lab = { 0 };

	buf_puts(&lab, "ip link add br0 type bridge\nip link set br0 up\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&lab,
			"ip netns add n%u\nip link add v%u type veth peer name eth0 netns n%u\nip link set v%u master "
			"br0\n"
			"ip link set v%u up\nip -n n%u addr add 10.%u.%u.%u/8 dev eth0\nip -n n%u link set eth0 up\n",
			i, i, i, i, i, i, i >> 16, i >> 8 & 255, i & 255, i);
	for (unsigned r = 0; r < reps; r++) {
		struct mallinfo2 before = mallinfo2();
		double t = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
		struct run run;
		struct sim *s = load("bench", buf_str(&lab), lab.size, false, &run);
		double sec = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - t) / 1e9, all = bytes_each(&before, n);

		run_release(&run);
		printf("load_%u_s %.4f\nload_%u_bytes %.0f\nload_%u_model_bytes %.0f\n", n, sec, n, all, n,
			bytes_each(&before, n));
		sim_free(s);
	}
	buf_release(&lab);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "path"))
		return bench_path(argv[2], (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
	if (argc == 4 && !strcmp(argv[1], "kernel"))
		return bench_kernel(argv[2], (unsigned)atoi(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "trace"))
		return bench_trace(argv[2], (unsigned)atoi(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "load"))
		return bench_load((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]));
	fprintf(stderr, "usage: bench path LAB N REPS | kernel ADDR N | trace LAB REPS | load N REPS\n");
	return 2;
}
