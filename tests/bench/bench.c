/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark's inner loops: what is measured inside one process. Prints "NAME VALUE" lines, one per repetition;
 * tests/bench.sh pairs them with what the kernel and other tools need, in the same run.
 *   bench path LAB N REPS      round trips over a prepared lab: ns each, without trace and with every event
 *   bench trace LAB PROBE REPS one traced ping in a loaded lab: ns
 *   bench load N REPS          N namespaces, each with a veth on one bridge: seconds, bytes each */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/lab.h"
#include "sim/sim.h"

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
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
	sim_idle(s);
}

static int bench_path(const char *lab, unsigned n, unsigned reps)
{
	size_t size;
	char *text = read_file(lab, &size);
	struct run run;
	struct sim *s = load(lab, text, size, false, &run);
	struct ns *a = ns_find(s->net, "a"), *b = ns_find(s->net, "b");
	uint64_t hops;

	if (!a || !b)
		return 2;
	for (unsigned r = 0; r < reps; r++) {
		for (int traced = 0; traced < 2; traced++) {
			double t;

			s->trace = s->trace ? s->trace : trace_new();
			s->tracing = traced;
			hops = s->hops;
			t = now_ns();
			for (unsigned i = 0; i < n; i++) {
				echo(s, a, 0x0a000202, (uint16_t)i);
				if (traced && i % 256 == 255)
					trace_clear(s->trace);
			}
			t = now_ns() - t;
			/* host > bridge > router > bridge > host and back: eight device crossings, or it is not the path */
			if (s->hops - hops != 8ULL * n) {
				fprintf(stderr, "bench: %llu crossings, not %u\n", (unsigned long long)(s->hops - hops), 8 * n);
				return 1;
			}
			printf("%s %.1f\n", traced ? "path_traced_ns" : "path_ns", t / n);
			trace_clear(s->trace);
		}
	}
	run_release(&run);
	sim_free(s);
	free(text);
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

static int bench_load(unsigned n, unsigned reps)
{
	struct buf lab = { 0 };

	buf_puts(&lab, "ip link add br0 type bridge\nip link set br0 up\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&lab,
			"ip netns add n%u\nip link add v%u type veth peer name eth0 netns n%u\nip link set v%u master br0\n"
			"ip link set v%u up\nip -n n%u addr add 10.%u.%u.%u/8 dev eth0\nip -n n%u link set eth0 up\n",
			i, i, i, i, i, i, i >> 16, i >> 8 & 255, i & 255, i);
	for (unsigned r = 0; r < reps; r++) {
		struct mallinfo2 before = mallinfo2();
		double t = now_ns();
		struct run run;
		struct sim *s = load("bench", buf_str(&lab), lab.size, false, &run);
		struct mallinfo2 loaded;
		double sec = (now_ns() - t) / 1e9;

		run_release(&run); /* the record of the commands is not the model */
		loaded = mallinfo2();
		printf("load_%u_s %.4f\nload_%u_bytes_each %.0f\n", n, sec, n,
			(double)(loaded.uordblks + loaded.hblkhd - before.uordblks - before.hblkhd) / n);
		sim_free(s);
	}
	buf_release(&lab);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "path"))
		return bench_path(argv[2], (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
	if (argc == 4 && !strcmp(argv[1], "trace"))
		return bench_trace(argv[2], (unsigned)atoi(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "load"))
		return bench_load((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]));
	fprintf(stderr, "usage: bench path LAB N REPS | trace LAB REPS | load N REPS\n");
	return 2;
}
