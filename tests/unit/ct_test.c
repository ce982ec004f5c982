/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking entries: inversion of tuples, the table, references that outlive it. */
#include "model/ct.h"
#include "tests/unit/check.h"

static struct ct_tuple tuple(uint32_t src, uint32_t dst, uint16_t sport, uint16_t dport, uint8_t protocol)
{
	return (struct ct_tuple){
		.src = ip4(src), .dst = ip4(dst), .sport = sport, .dport = dport, .protocol = protocol
	};
}

static void check_invert(void)
{
	static const int answers[][2] = { { 8, 0 }, { 0, 8 }, { 13, 14 }, { 14, 13 }, { 15, 16 }, { 17, 18 },
		{ 18, 17 }, { 3, -1 }, { 11, -1 }, { 255, -1 } };
	struct ct_tuple t = tuple(1, 2, 1000, 80, 6), r;

	CHECK(ct_tuple_invert(&r, &t));
	CHECK(r.src.v4 == 2 && r.dst.v4 == 1 && r.sport == 80 && r.dport == 1000 && r.protocol == 6);
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		t = tuple(1, 2, 77, (uint16_t)(answers[i][0] << 8 | 5), 1);
		CHECK(ct_tuple_invert(&r, &t) == (answers[i][1] >= 0));
		if (answers[i][1] >= 0)
			CHECK(r.sport == 77 && r.dport == (answers[i][1] << 8 | 5) && r.src.v4 == 2);
	}
}

static struct ct *add(struct ct_table *t, uint16_t port, uint64_t expires)
{
	struct ct *ct = ct_new(t);

	ct->tuple[CT_ORIGINAL] = tuple(1, 2, port, 80, 6);
	ct_tuple_invert(&ct->tuple[CT_REPLY], &ct->tuple[CT_ORIGINAL]);
	ct->expires = expires;
	ct_insert(ct);
	ct_unref(ct);
	return ct;
}

static struct ct *find(const struct ct_table *t, struct ct_tuple k, enum ct_dir *dir)
{
	return ct_find(t, &k, ct_tuple_hash(&k), dir);
}

int main(void)
{
	struct ct_table t;
	struct ct *ct, *held, *fresh;
	enum ct_dir dir;

	check_invert();
	ct_table_init(&t);
	for (uint16_t p = 0; p < 1000; p++)
		add(&t, p, p < 500 ? 10 : 20);
	CHECK(t.n == 1000);
	ct = find(&t, tuple(1, 2, 7, 80, 6), &dir);
	CHECK(ct && dir == CT_ORIGINAL && ct->status & CTS_CONFIRMED);
	CHECK(find(&t, tuple(2, 1, 80, 7, 6), &dir) == ct && dir == CT_REPLY);
	CHECK(!find(&t, tuple(1, 2, 7, 80, 17), &dir));
	CHECK(!find(&t, tuple(1, 2, 7, 81, 6), &dir));
	/* in the order in which they were confirmed, without the expired ones */
	ct = ct_next(&t, NULL, 10);
	CHECK(ct && ct->tuple[CT_ORIGINAL].sport == 500);
	ct = ct_next(&t, ct, 10);
	CHECK(ct && ct->tuple[CT_ORIGINAL].sport == 501);
	CHECK(!ct_next(&t, NULL, 20));
	/* removed while it is still referred to, then given up: its memory serves the next one */
	held = find(&t, tuple(1, 2, 9, 80, 6), &dir);
	held->refs++;
	ct_remove(held);
	CHECK(t.n == 999 && held->status & CTS_DYING && !find(&t, tuple(1, 2, 9, 80, 6), &dir));
	ct_unref(held);
	fresh = ct_new(&t);
	CHECK(fresh == held && fresh->refs == 1 && !fresh->status && fresh->id == 1001);
	/* the namespace goes: what packets hold is theirs to give up */
	held = find(&t, tuple(1, 2, 11, 80, 6), &dir);
	held->refs++;
	ct_table_release(&t);
	CHECK(!held->table && !fresh->table && held->refs == 1);
	ct_unref(held);
	ct_unref(fresh);
	CHECK_STR(ct_tcp_name(CT_TCP_TIME_WAIT), "TIME_WAIT");
	return check_end();
}
