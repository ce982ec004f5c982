/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports, and ids of echoes and fragments, as variables: which of the kernel's may stand for which of the model's. */
#include "kernel/vars.h"

#include "tests/unit/check.h"

enum { KEY = IPPROTO_UDP_ };
#define ADDR 0x0a000001u

static struct fields port_field(uint16_t port)
{
	struct fields f = { .n = 1 };

	f.f[0] = (struct field){ .class = FC_PORT, .v = port, .key = (uint64_t)KEY << 32 | ADDR, .name = "udp.sport" };
	return f;
}

static bool match(struct vars *v, uint16_t model, uint16_t kernel)
{
	struct fields m = port_field(model), k = port_field(kernel);
	const struct field *mf, *kf;

	return vars_match(v, &m, &k, true, &mf, &kf);
}

static void test_ephemeral(void)
{
	struct vars v = { 0 };

	CHECK(match(&v, 40000, 50000));
	CHECK(!match(&v, 40000, 50001));
	CHECK(!match(&v, 40001, 50000));
	CHECK(!match(&v, 2000, 2001));
	CHECK(!match(&v, 40002, 2001));
	CHECK(match(&v, 2000, 2000));
	CHECK(vars_port(&v, false, KEY, ADDR, 50000) == 40000);
	CHECK(vars_port(&v, false, KEY, ADDR, 50001) == 0);
	CHECK(vars_port(&v, false, KEY, ADDR, 2001) == 2001);
	vars_release(&v);
}

/* One that was drawn from 2000 to 2999. */
static void test_drawn(void)
{
	const struct drawn_port drawn = { .protocol = IPPROTO_UDP_, .port = 2345, .min = 2000, .max = 2999 };
	struct vars v = { .drawn = &drawn, .n_drawn = 1 };

	CHECK(vars_port(&v, true, KEY, ADDR, 2345) == 0); /* no frame has it yet */
	CHECK(vars_port(&v, false, KEY, ADDR, 2001) == 0);
	CHECK(vars_port(&v, false, KEY, ADDR, 3000) == 3000);
	CHECK(vars_port(&v, false, IPPROTO_TCP_, ADDR, 2001) == 2001);
	CHECK(!match(&v, 2345, 3000)); /* it can not have been drawn */
	CHECK(!match(&v, 2346, 2001)); /* that one the model did not draw */
	CHECK(match(&v, 2345, 2001));
	CHECK(!match(&v, 2345, 2002));
	CHECK(vars_port(&v, true, KEY, ADDR, 2345) == 2345);
	CHECK(vars_port(&v, false, KEY, ADDR, 2001) == 2345);
	vars_release(&v);
}

static bool match_id(struct vars *v, uint64_t flow, uint16_t model, uint16_t kernel)
{
	struct fields m = { .n = 1 }, k = { .n = 1 };
	const struct field *mf, *kf;

	m.f[0] = (struct field){ .class = FC_IP_ID, .v = model, .key = flow, .name = "ip.id" };
	k.f[0] = (struct field){ .class = FC_IP_ID, .v = kernel, .key = flow, .name = "ip.id" };
	return vars_match(v, &m, &k, true, &mf, &kf);
}

static void test_fragments(void)
{
	struct vars v = { 0 };

	CHECK(match_id(&v, 0, 1, 2) && match_id(&v, 0, 1, 3)); /* of no fragment */
	CHECK(match_id(&v, 10, 100, 200));
	CHECK(match_id(&v, 10, 100, 200));
	CHECK(!match_id(&v, 10, 100, 201) && !match_id(&v, 10, 101, 200)); /* not the same datagram */
	CHECK(match_id(&v, 11, 100, 200));                                 /* translated */
	CHECK(!match_id(&v, 12, 100, 201));
	CHECK(match_id(&v, 12, 102, 200)); /* other hosts' may have that number too */
	CHECK(!match_id(&v, 12, 103, 200));
	vars_release(&v);
}

static void check_id(const struct vars *v, bool model, uint16_t id, bool known, uint16_t is)
{
	CHECK(vars_icmp_id(v, model, &id) == known);
	CHECK(id == is);
}

static void test_icmp_id(void)
{
	struct vars v = { 0 };
	struct fields m = { .n = 1 }, k = { .n = 1 };
	const struct field *mf, *kf;

	m.f[0] = (struct field){ .class = FC_ICMP_ID, .v = 0, .name = "icmp.id" };
	k.f[0] = (struct field){ .class = FC_ICMP_ID, .v = 5, .name = "icmp.id" };
	check_id(&v, true, 0, false, 0);
	CHECK(vars_match(&v, &m, &k, true, &mf, &kf));
	check_id(&v, true, 0, true, 0);
	check_id(&v, false, 5, true, 0);
	check_id(&v, false, 0, false, 0);
	vars_release(&v);
}

int main(void)
{
	test_icmp_id();
	test_fragments();
	test_ephemeral();
	test_drawn();
	return check_end();
}
