/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trace: what goes in comes out; absent fields; phrases; the check of ends. */
#include "model/trace.h"

#include "model/buf.h"
#include "tests/unit/check.h"

static void t_values_round_trip(void)
{
	struct trace *t = trace_new();
	uint32_t ns = trace_intern(t, "red"), dev = trace_intern(t, "veth-red");
	uint32_t p = trace_packet_new(t, 0, 0, 3, false);
	struct ipaddr dst = ip4(0xc0a80f02), six = { .family = IP_V6, .v6 = { 0xfe, 0x80, [15] = 1 } };
	struct prefix prefix = { ip4(0xc0a80f00), 24 };
	struct event e;
	struct buf b = { 0 };
	const struct val route[] = { VAL_ADDR(dst), VAL_ADDR(six), VAL_STR("unicast"), VAL_PREFIX(prefix), VAL_NONE,
		VAL_STR("veth-red") };

	trace_add(t, 5000, p, ns, dev, 3, EV_ROUTE, ST_IP_ROUTE_OUTPUT, route, ARRAY_SIZE(route));
	CHECK(trace_check(t) == p);
	trace_add(t, 6000, p, ns, dev, 3, EV_DROP, ST_IP_RCV,
		(struct val[]){ VAL_STR("OTHERHOST"), VAL_STR("not ours") }, 2);
	CHECK(trace_check(t) == 0);
	trace_get(t, 1, &e);
	CHECK(e.time == 5000 && e.packet == p && e.command == 3 && e.kind == EV_ROUTE && e.stage == ST_IP_ROUTE_OUTPUT);
	CHECK_STR(e.ns, "red");
	CHECK_STR(e.dev, "veth-red");
	CHECK(ip_eq(&e.val[0].addr, &dst) && ip_eq(&e.val[1].addr, &six) && e.val[4].type == VT_NONE);
	event_phrase(&b, &e);
	CHECK_STR(buf_str(&b), "from fe80::1 to 192.168.15.2: unicast 192.168.15.0/24 dev veth-red");
	buf_clear(&b);
	trace_get(t, 2, &e);
	event_phrase(&b, &e);
	CHECK_STR(buf_str(&b), "OTHERHOST: not ours");
	CHECK(trace_packet_get(t, p)->first == 1 && trace_packet_get(t, p)->last == 2);
	buf_release(&b);
	trace_free(t);
}

static void t_bytes_survive_growth(void)
{
	struct trace *t = trace_new();
	uint32_t ns = trace_intern(t, "host"), p = trace_packet_new(t, 0, 0, 0, false);
	struct event e;

	for (unsigned i = 0; i < 1000; i++) {
		uint8_t frame[100] = { (uint8_t)i, (uint8_t)(i >> 8) };

		trace_add(t, i, p, ns, 0, 0, EV_FRAME, ST_VETH_XMIT,
			(struct val[]){ VAL_STR("out"), VAL_STR("x"), VAL_BYTES(frame, i % 100) }, 3);
	}
	trace_get(t, 778, &e);
	CHECK(e.val[2].bytes.len == 77 && e.val[2].bytes.p[0] == (777 & 255) && e.val[2].bytes.p[1] == 777 >> 8);
	trace_clear(t);
	CHECK(trace_events(t) == 0 && trace_packets(t) == 0);
	trace_free(t);
}

static void t_tables_are_whole(void)
{
	for (unsigned i = 0; i < EV_NUM; i++)
		CHECK(event_descs[i].name && event_descs[i].n > 0 && event_descs[i].n <= EVENT_FIELDS);
	for (unsigned i = 0; i < ST_NUM; i++)
		CHECK(stage_descs[i].name && stage_descs[i].file);
	for (unsigned i = 0; i < DROP_NUM; i++)
		CHECK(drop_descs[i].sentence && *drop_descs[i].sentence);
}

int main(void)
{
	t_values_round_trip();
	t_bytes_survive_growth();
	t_tables_are_whole();
	return check_end();
}
