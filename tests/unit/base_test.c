/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, checksums, tables, timers: against known values and against the slow way. */
#include <stdlib.h>

#include "model/addr.h"
#include "model/htab.h"
#include "model/timer.h"
#include "model/wire.h"
#include "tests/unit/check.h"

static void t_addresses(void)
{
	static const struct {
		const char *text;
		bool strict, aton;
		uint32_t v;
	} row[] = {
		{ "192.168.15.1", true, true, 0xc0a80f01 },
		{ "255.255.255.255", true, true, 0xffffffff },
		{ "10.1", false, true, 0x0a000001 },
		{ "0x7f.1", false, true, 0x7f000001 },
		{ "010.0.0.1", true, true, 0 },
		{ "1.2.3.256", false, false, 0 },
		{ "1.2.3.4.5", false, false, 0 },
		{ "", false, false, 0 },
		{ "1.2.3.", false, false, 0 },
		{ "1..2.3", false, false, 0 },
		{ "a.b.c.d", false, false, 0 },
		{ "4294967295", false, true, 0xffffffff },
		{ "4294967296", false, false, 0 },
		{ "1.2.65536", false, false, 0 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct ipaddr a;
		bool ok = ip4_parse(&a, row[i].text);

		if (!CHECK(ok == row[i].strict))
			fprintf(stderr, "  %s\n", row[i].text);
		ok = ip_aton(&a, row[i].text);
		if (!CHECK(ok == row[i].aton) || (ok && row[i].v && !CHECK(a.v4 == row[i].v)))
			fprintf(stderr, "  %s\n", row[i].text);
	}
}

static void t_ipv6_text(void)
{
	static const struct {
		uint8_t b[16];
		const char *text;
	} row[] = {
		{ { 0 }, "::" },
		{ { [15] = 1 }, "::1" },
		{ { 0x20, 1, 0xd, 0xb8 }, "2001:db8::" },
		{ { 0xfe, 0x80, [8] = 2, [11] = 0xff, [12] = 0xfe, [15] = 1 }, "fe80::200:ff:fe00:1" },
		{ { 0, 1, [4] = 0, 2, [15] = 3 }, "1:0:2::3" },
	};
	char buf[IPADDR_STRLEN];

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct ipaddr a = { .family = IP_V6 };

		memcpy(a.v6, row[i].b, 16);
		CHECK_STR(ip_format(buf, &a), row[i].text);
	}
}

static void t_mac(void)
{
	struct mac m;
	char buf[MAC_STRLEN];

	CHECK(mac_parse(&m, "02:0a:B:c:dd:ee"));
	CHECK_STR(mac_format(buf, &m), "02:0a:0b:0c:dd:ee");
	CHECK(!mac_parse(&m, "02:0a:0b:0c:dd"));
	CHECK(!mac_parse(&m, "02:0a:0b:0c:dd:ee:ff"));
	CHECK(!mac_parse(&m, "02:0a:0b:0c:dd:eg"));
}

/* RFC 1624: the incremental update equals the sum made anew. */
static void t_checksum(void)
{
	srand(1);
	for (int i = 0; i < 2000; i++) {
		struct ip4_hdr h = { .ver_ihl = 0x45, .ttl = (uint8_t)rand(), .protocol = 1 };
		uint16_t before, ttl_before, ttl_after;
		uint32_t from = (uint32_t)rand(), to = (uint32_t)rand() * 3u;

		h.saddr = put32(from);
		h.daddr = put32((uint32_t)rand());
		before = csum_ip4(&h);
		h.check = put16(before);
		CHECK(csum_ip4(&h) == before);
		CHECK(csum_fold(csum_add(0, &h, sizeof(h))) == 0);
		h.saddr = put32(to);
		CHECK(csum_replace4(before, from, to) == csum_ip4(&h));
		before = csum_ip4(&h);
		ttl_before = (uint16_t)(h.ttl << 8 | 1);
		h.ttl--;
		ttl_after = (uint16_t)(h.ttl << 8 | 1);
		CHECK(csum_replace2(before, ttl_before, ttl_after) == csum_ip4(&h));
	}
}

struct entry {
	struct hnode node;
	uint32_t key;
};

static void t_htab(void)
{
	static struct entry e[5000];
	struct htab t = { 0 };
	unsigned found = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(e); i++) {
		e[i].key = i;
		htab_add(&t, &e[i].node, hash_mix(7, i / 2)); /* pairs share a hash */
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(e); i += 3)
		htab_del(&t, &e[i].node);
	for (uint32_t i = 0; i < ARRAY_SIZE(e); i++)
		for (struct hnode *n = htab_first(&t, hash_mix(7, i / 2)); n; n = htab_next(n))
			found += container_of(n, struct entry, node)->key == i;
	CHECK(found == ARRAY_SIZE(e) - (ARRAY_SIZE(e) + 2) / 3);
	CHECK(t.n == found);
	htab_release(&t);
}

static void nothing(void *ctx, struct timer *t)
{
	(void)ctx;
	(void)t;
}

static void t_timers(void)
{
	static struct timer t[500];
	struct timers ts = { 0 };
	uint64_t last = 0;
	unsigned n = 0;

	srand(2);
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		t[i].fn = nothing;
		timer_set(&ts, &t[i], (uint64_t)(rand() % 100));
	}
	for (unsigned i = 0; i < ARRAY_SIZE(t); i += 2)
		timer_set(&ts, &t[i], (uint64_t)(rand() % 100)); /* moved */
	for (unsigned i = 0; i < ARRAY_SIZE(t); i += 5)
		timer_cancel(&ts, &t[i]);
	for (struct timer *x; (x = timers_pop(&ts)); n++) {
		CHECK(x->when >= last && !timer_is_set(x));
		last = x->when;
	}
	CHECK(n == 400 && timers_next(&ts) == UINT64_MAX);
	timers_release(&ts);
}

int main(void)
{
	t_addresses();
	t_ipv6_text();
	t_mac();
	t_checksum();
	t_htab();
	t_timers();
	return check_end();
}
