/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pcapng writer and the readers of captures: round trip, both byte orders, files that lie. */
#include "model/pcapfile.h"

#include <stdlib.h>

#include "tests/unit/check.h"

static const struct loc here = { "test.pcap", 0, 0 };

static void put(struct buf *b, uint32_t v, unsigned size, bool big)
{
	for (unsigned i = 0; i < size; i++)
		buf_putc(b, (char)(v >> 8 * (big ? size - 1 - i : i)));
}

static void write_two(struct buf *b)
{
	struct pcapng p = { .out = b };

	pcapng_begin(&p, "test");
	pcapng_packet(&p, pcapng_interface(&p, "red", "veth-red"), 1234567890123456789ULL, "0123456789abcdef0", 17,
		DIR_IN, "two\nlines and a bad byte \xff");
	CHECK(pcapng_interface(&p, "host", "v-net-0") == 1);
	CHECK(pcapng_interface(&p, "red", "veth-red") == 0);
	pcapng_packet(&p, 1, 5, "wxyz", 4, DIR_OUT, NULL);
	pcapng_packet(&p, 1, 6, NULL, 0, DIR_UNKNOWN, NULL);
	pcapng_release(&p);
}

/* Interface statistics: what the capturing program counts as dropped. */
static void statistics(void)
{
	for (int big = 0; big < 2; big++) {
		struct pcapfile f;
		struct buf b = { 0 };
		struct err err = { 0 };

		put(&b, 0x0a0d0d0a, 4, big);
		put(&b, 28, 4, big);
		put(&b, 0x1a2b3c4d, 4, big);
		put(&b, 1, 2, big);
		put(&b, 0, 2, big);
		put(&b, 0xffffffff, 4, big);
		put(&b, 0xffffffff, 4, big);
		put(&b, 28, 4, big);
		put(&b, 5, 4, big);
		put(&b, 40, 4, big);
		put(&b, 0, 4, big);
		put(&b, 0, 4, big);
		put(&b, 0, 4, big);
		put(&b, 5, 2, big); /* isb_ifdrop */
		put(&b, 8, 2, big);
		put(&b, big ? 0 : 3, 4, big);
		put(&b, big ? 3 : 0, 4, big);
		put(&b, 0, 4, big);
		put(&b, 40, 4, big);
		CHECK(!pcapfile_parse(&f, buf_str(&b), b.size, here, &err));
		CHECK(f.lost == 3 && !f.n);
		pcapfile_release(&f);
		buf_release(&b);
	}
}

static void round_trip(void)
{
	struct pcapfile f;
	struct buf b = { 0 };
	struct err err = { 0 };

	write_two(&b);
	CHECK(b.size % 4 == 0);
	if (!CHECK(!pcapfile_parse(&f, b.data, b.size, here, &err)))
		fprintf(stderr, "%s\n", err.msg);
	CHECK(f.n == 3 && f.interfaces == 2);
	CHECK_STR(f.interface[0].name, "red/veth-red");
	CHECK_STR(f.interface[1].name, "host/v-net-0");
	CHECK(f.frame[0].time == 1234567890123456789ULL && f.frame[0].dir == DIR_IN && f.frame[0].size == 17);
	CHECK(!memcmp(f.frame[0].data, "0123456789abcdef0", 17));
	CHECK(f.frame[1].interface == 1 && f.frame[1].dir == DIR_OUT && f.frame[1].time == 5);
	CHECK(f.frame[2].dir == DIR_UNKNOWN && f.frame[2].size == 0);
	CHECK(memmem(b.data, b.size, "\xef\xbf\xbd", 3) != NULL);
	pcapfile_release(&f);
	/* cut anywhere but between blocks: an error, and never a read past the end */
	for (size_t n = 0; n < b.size; n++) {
		char *cut = xmalloc(n + !n);

		memcpy(cut, b.data, n);
		if (!pcapfile_parse(&f, cut, n, here, NULL))
			CHECK(n && f.n < 3);
		pcapfile_release(&f);
		free(cut);
	}
	buf_release(&b);
}

static void make_pcap(struct buf *b, bool big, bool nano, uint32_t linktype)
{
	put(b, nano ? 0xa1b23c4d : 0xa1b2c3d4, 4, big);
	put(b, 2, 2, big);
	put(b, 4, 2, big);
	put(b, 0, 4, big);
	put(b, 0, 4, big);
	put(b, 65535, 4, big);
	put(b, linktype, 4, big);
	put(b, 7, 4, big);
	put(b, 250, 4, big);
	put(b, 3, 4, big);
	put(b, 60, 4, big);
	buf_puts(b, "abc");
}

static void pcap(void)
{
	struct pcapfile f;
	struct err err;

	for (unsigned i = 0; i < 4; i++) {
		struct buf b = { 0 };

		make_pcap(&b, i & 1, i & 2, 1);
		CHECK(!pcapfile_parse(&f, b.data, b.size, here, &err));
		CHECK(f.n == 1 && f.frame[0].time == 7 * NSEC_PER_SEC + (i & 2 ? 250 : 250000));
		CHECK(f.frame[0].size == 3 && f.frame[0].wire_size == 60 && !memcmp(f.frame[0].data, "abc", 3));
		pcapfile_release(&f);
		CHECK(pcapfile_parse(&f, b.data, b.size - 1, here, &err) == -1);
		CHECK_STR(err.msg, "cut short in packet 1");
		CHECK(pcapfile_parse(&f, b.data, 30, here, &err) == -1);
		CHECK_STR(err.msg, "cut short in the header of packet 1");
		CHECK(pcapfile_parse(&f, b.data, 20, here, &err) == -1);
		buf_release(&b);
	}
}

static void refused(void)
{
	struct pcapfile f;
	struct err err;
	struct buf b = { 0 };

	make_pcap(&b, false, false, 276);
	CHECK(pcapfile_parse(&f, b.data, b.size, here, &err) == -1);
	CHECK(strstr(err.msg, "LINUX_SLL2") != NULL);
	buf_clear(&b);
	make_pcap(&b, false, false, 113);
	CHECK(pcapfile_parse(&f, b.data, b.size, here, &err) == -1);
	CHECK(strstr(err.msg, "LINUX_SLL,") != NULL);
	CHECK(pcapfile_parse(&f, "hello, world", 12, here, &err) == -1);
	CHECK_STR(err.msg, "not a capture file (neither pcap nor pcapng)");
	CHECK(pcapfile_parse(&f, "", 0, here, &err) == -1);
	CHECK_STR(err.msg, "not a capture file (0 bytes)");
	/* a length beyond the file, a caplen beyond the length */
	buf_clear(&b);
	make_pcap(&b, false, false, 1);
	b.data[32] = 127;
	CHECK(pcapfile_parse(&f, b.data, b.size, here, &err) == -1);
	CHECK_STR(err.msg, "packet 1 has 127 bytes of 60");
	buf_release(&b);
}

int main(void)
{
	round_trip();
	statistics();
	pcap();
	refused();
	return check_end();
}
