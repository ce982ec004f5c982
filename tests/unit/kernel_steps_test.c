/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of steps: what agrees, what is missing, too many or altered, what stands for any, what is late. */
#include "kernel/steps.h"

#include <stdlib.h>

#include "kernel/tp_route.h"
#include "model/net.h"
#include "model/wire.h"
#include "tests/unit/check.h"

#define A 0x0a000001
#define B 0x0a000002
#define C 0x0a000003

/* ---- a source that tells what the test says ---- */

static void *fake_new(struct observe *o, struct buf *why)
{
	(void)why;
	return o;
}

static int fake_open(void *self, const char *ns, struct buf *why)
{
	(void)self;
	if (strcmp(ns, "closed"))
		return 0;
	buf_puts(why, "closed here");
	return -1;
}

static void fake_ns(void *self, const char *ns)
{
	(void)self;
	(void)ns;
}

static void fake_nothing(void *self)
{
	(void)self;
}

static unsigned fake_poll(const void *self, struct pollfd *fds, unsigned max)
{
	(void)self;
	(void)fds;
	(void)max;
	return 0;
}

static uint64_t fake_lost(void *self)
{
	(void)self;
	return 0;
}

static uint64_t fake_lost_three(void *self)
{
	(void)self;
	return 3;
}

#define BEGAN (100 * NSEC_PER_SEC)

/* For a millisecond, a little behind the lab's first second. */
static bool fake_saw_nothing(void *self, uint64_t from, uint64_t to, bool timer)
{
	(void)self;
	(void)timer;
	return from <= BEGAN + 1031 * NSEC_PER_MSEC && to >= BEGAN + 1030 * NSEC_PER_MSEC;
}

static const struct observer_ops fake = { .source = OBS_NFT,
	.new = fake_new,
	.open = fake_open,
	.forget = fake_ns,
	.drain = fake_nothing,
	.poll = fake_poll,
	.lost = fake_lost,
	.free = fake_nothing },
				 fake_losing = { .source = OBS_NFT,
					 .new = fake_new,
					 .open = fake_open,
					 .forget = fake_ns,
					 .drain = fake_nothing,
					 .poll = fake_poll,
					 .lost = fake_lost_three,
					 .free = fake_nothing },
				 fake_blind = { .source = OBS_TP,
					 .new = fake_new,
					 .open = fake_open,
					 .forget = fake_ns,
					 .drain = fake_nothing,
					 .poll = fake_poll,
					 .lost = fake_lost,
					 .blind = fake_saw_nothing,
					 .free = fake_nothing };
static const struct observer_ops *const sources[OBS_NUM] = { [OBS_NFT] = &fake };
static const struct observer_ops *const losing[OBS_NUM] = { [OBS_NFT] = &fake_losing };

/* ---- both sides ---- */

struct bed {
	struct run run;
	struct command cmd[2];
	struct observe *o;
	struct vars vars;
	struct report report;
};

static void bed_init(struct bed *b, const struct observer_ops *const from[OBS_NUM])
{
	*b = (struct bed){ 0 };
	b->cmd[0].loc.line = 7;
	b->cmd[1].loc.line = 9;
	b->run = (struct run){
		.cmd = b->cmd, .n = 2, .trace = trace_new(), .net = net_new(1), .now = 10 * NSEC_PER_SEC
	};
	trace_keep_flows(b->run.trace);
	b->o = observe_new(from, NULL);
}

static void bed_end(struct bed *b)
{
	trace_free(b->run.trace);
	net_free(b->run.net);
	observe_free(b->o);
	vars_release(&b->vars);
	report_release(&b->report);
}

static struct flow udp(uint32_t src, uint16_t sport, uint32_t dst, uint16_t dport)
{
	return (struct flow){
		.ethertype = ETH_P_IP_, .protocol = IPPROTO_UDP_, .src = src, .dst = dst, .sport = sport, .dport = dport
	};
}

static void predict_at(
	struct bed *b, uint64_t time, bool timer, uint32_t command, struct flow f, uint32_t handle, const char *verdict)
{
	struct trace *t = b->run.trace;
	uint32_t packet = trace_packet_new(t, 0, 0, command, timer);
	const struct val v[] = { VAL_STR("ip"), VAL_STR("filter"), VAL_STR("INPUT"), VAL_U32(handle), VAL_STR(verdict),
		VAL_STR("-j SOMETHING") };

	trace_add(t, time, packet, trace_intern(t, "red"), trace_intern(t, "eth0"), command, EV_RULE, ST_NFT_DO_CHAIN,
		v, ARRAY_SIZE(v));
	trace_set_flow(t, &f);
	for (uint32_t i = command; i && i <= b->run.n; i++)
		b->cmd[i - 1].events = trace_events(t);
}

static void predict(struct bed *b, uint32_t command, struct flow f, uint32_t handle, const char *verdict)
{
	predict_at(b, NSEC_PER_SEC, false, command, f, handle, verdict);
}

static void tell(struct bed *b, uint32_t command, struct flow f, uint32_t handle, const char *verdict)
{
	struct obs obs = { .source = OBS_NFT, .by = "nft trace", .flow = f, .flow_known = true };

	obs.e.kind = EV_RULE;
	obs.e.ns = "red";
	obs.e.dev = "eth0";
	obs.e.val[1] = VAL_STR("filter");
	obs.e.val[2] = VAL_STR("INPUT");
	obs.e.val[3] = VAL_U32(handle);
	obs.e.val[4] = VAL_STR(verdict);
	observe_mark(b->o, command);
	obs_add(b->o, &obs);
}

static const struct report *judge_at(struct bed *b, uint64_t began)
{
	compare_steps(&b->run, began, b->o, &b->vars, &b->report);
	return &b->report;
}

static const struct report *judge(struct bed *b)
{
	return judge_at(b, 0);
}

/* ---- the tests ---- */

static void test_agree(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, sources);
	predict(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	predict(&b, 1, udp(A, 1000, C, 53), 5, "drop");
	/* the kernel had the two flows the other way round: no order between rows */
	tell(&b, 1, udp(A, 1000, C, 53), 5, "drop");
	tell(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	r = judge(&b);
	CHECK(r->n == 2 && !r->disagree);
	for (unsigned i = 0; i < r->n; i++) {
		CHECK(r->cmp[i].what == CMP_STEP && r->cmp[i].agree && r->cmp[i].loc.line == 7);
		CHECK_STR(r->cmp[i].by, "nft");
		CHECK_STR(r->cmp[i].name, "nft trace");
	}
	CHECK(r->coverage.steps == 2 && r->coverage.seen == 2 && !r->coverage.unseen[EV_RULE]);
	CHECK(r->n_skipped == OBS_NUM - 1); /* the sources that are not there */
	bed_end(&b);
}

static void test_altered(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, sources);
	predict(&b, 2, udp(A, 1000, B, 53), 4, "accept");
	tell(&b, 2, udp(A, 1000, B, 53), 4, "drop");
	r = judge(&b);
	CHECK(r->n == 1 && r->disagree == 1 && r->cmp[0].seq == 1 && r->cmp[0].loc.line == 9);
	CHECK_STR(r->cmp[0].field, "verdict");
	CHECK_STR(r->cmp[0].expected,
		"ip filter INPUT handle 4: accept (-j SOMETHING)\nof udp 10.0.0.1:1000 > 10.0.0.2:53");
	CHECK_STR(r->cmp[0].got,
		"rule table filter chain INPUT handle 4 verdict drop\nof udp 10.0.0.1:1000 > 10.0.0.2:53");
	bed_end(&b);
}

static void test_missing_and_extra(void)
{
	struct bed b;
	const struct report *r;
	unsigned missing = 0, extra = 0;

	bed_init(&b, sources);
	predict(&b, 1, udp(A, 1000, B, 53), 4, "continue");
	predict(&b, 1, udp(A, 1000, B, 53), 5, "accept");
	predict(&b, 1, udp(B, 53, A, 1000), 6, "accept");
	tell(&b, 1, udp(A, 1000, B, 53), 5, "accept"); /* the first is missing, not both altered */
	tell(&b, 1, udp(B, 53, A, 1000), 7, "continue");
	tell(&b, 1, udp(B, 53, A, 1000), 6, "accept");
	r = judge(&b);
	CHECK(r->n == 4 && r->disagree == 2);
	for (unsigned i = 0; i < r->n; i++) {
		missing += !r->cmp[i].got && r->cmp[i].seq == 1;
		extra += !r->cmp[i].expected && !r->cmp[i].seq && r->cmp[i].command == 1;
	}
	CHECK(missing == 1 && extra == 1);
	CHECK(r->coverage.steps == 3 && r->coverage.seen == 2 && r->coverage.unseen[EV_RULE] == 1);
	bed_end(&b);
}

/* What is left is compared with what the kernel told of, not with what it did not. */
static void test_several_missing(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, sources);
	predict(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	predict(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	predict(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	predict(&b, 2, udp(A, 1000, B, 53), 5, "accept");
	tell(&b, 2, udp(A, 1000, B, 53), 5, "accept");
	r = judge(&b);
	CHECK(r->n == 4 && r->disagree == 3);
	for (unsigned i = 0; i < r->n; i++)
		CHECK(r->cmp[i].agree ? r->cmp[i].seq == 4 : !r->cmp[i].got);
	bed_end(&b);
}

/* A port that no frame ever bore may be any; one below the ephemeral range may not. */
static void test_free_port(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, sources);
	predict(&b, 1, udp(A, 40000, B, 53), 4, "drop");
	tell(&b, 1, udp(A, 51234, B, 53), 4, "drop");
	predict(&b, 1, udp(A, 1000, C, 53), 4, "drop");
	tell(&b, 1, udp(A, 1001, C, 53), 4, "drop");
	r = judge(&b);
	CHECK(r->n == 3 && r->disagree == 2);
	bed_end(&b);
}

static void test_late(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, sources);
	predict_at(&b, 9 * NSEC_PER_SEC, true, 1, udp(A, 1, B, 2), 4, "drop");  /* a timer's, a second before the end */
	predict_at(&b, 5 * NSEC_PER_SEC, true, 1, udp(A, 1, C, 2), 4, "drop");  /* long before */
	predict_at(&b, 9 * NSEC_PER_SEC, false, 1, udp(A, 3, B, 2), 4, "drop"); /* no timer's */
	r = judge(&b);
	CHECK(r->n == 2 && r->disagree == 2 && r->cmp[0].seq == 2 && r->cmp[1].seq == 3);
	bed_end(&b);
}

static void test_closed(void)
{
	struct bed b;
	const struct report *r;
	bool said = false;

	bed_init(&b, sources);
	observe_open(b.o, "red");
	predict(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	observe_open(b.o, "closed");
	r = judge(&b);
	CHECK(!r->n && !r->disagree && !r->coverage.seen);
	for (unsigned i = 0; i < r->n_skipped; i++)
		said |= !strcmp(r->skipped[i], "nft trace: closed here");
	CHECK(said);
	CHECK(report_verdict(r) == VERDICT_AGREES);
	bed_end(&b);
}

static void test_lost(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, losing);
	predict(&b, 1, udp(A, 1000, B, 53), 4, "accept");
	r = judge(&b);
	CHECK(r->disagree == 1 && report_verdict(r) == VERDICT_NOT_CERTAIN);
	bed_end(&b);
}

/* Noise of protocols that the model leaves out is counted, not compared. */
static void test_noise(void)
{
	struct bed b;
	const struct report *r;

	bed_init(&b, sources);
	tell(&b, 1, (struct flow){ .ethertype = ETH_P_IPV6_ }, 4, "accept");
	tell(&b, 1, (struct flow){ .ethertype = ETH_P_IP_, .protocol = IPPROTO_IGMP_ }, 4, "accept");
	r = judge(&b);
	CHECK(!r->n && r->n_skipped == OBS_NUM);
	bed_end(&b);
}

static void predict_frame(struct bed *b, uint64_t time, bool timer, struct flow f)
{
	struct trace *t = b->run.trace;
	const struct val v[] = { VAL_STR("out") };

	trace_add(t, time, trace_packet_new(t, 0, 0, 1, timer), trace_intern(t, "red"), trace_intern(t, "eth0"), 1,
		EV_FRAME, ST_DEV_QUEUE_XMIT, v, ARRAY_SIZE(v));
	if (timer)
		trace_set_timer(t);
	trace_set_flow(t, &f);
}

/* Frames that tracepoints do not tell of: of the first seconds, where no program was run for a moment; by no timer;
 * later. Where a frame may be any of those of its row, one that looks the same as the first is excused for it, once. */
static void blind(uint64_t began, bool timer, unsigned differ)
{
	static const struct observer_ops *const tp[OBS_NUM] = { [OBS_TP] = &fake_blind };
	struct bed b;

	bed_init(&b, tp);
	predict_frame(&b, NSEC_PER_SEC, timer, udp(A, 1000, B, 53));
	predict_frame(&b, NSEC_PER_SEC + NSEC_PER_MSEC, false, udp(A, 1000, C, 53));
	predict_frame(&b, 3 * NSEC_PER_SEC, true, udp(B, 1000, C, 53));
	CHECK(judge_at(&b, began)->disagree == differ);
	CHECK(b.report.cmp[b.report.n - 1].seq == 3 && !b.report.cmp[b.report.n - 1].agree);
	CHECK(!b.report.coverage.seen && b.report.n_uncertain == (differ < 3 ? 1u : 0u));
	CHECK(report_verdict(&b.report) == VERDICT_DIFFERS); /* the others do */
	bed_end(&b);
}

/* Nothing else differs: not certain. */
static void only_blind(unsigned frames, enum verdict verdict)
{
	static const struct observer_ops *const tp[OBS_NUM] = { [OBS_TP] = &fake_blind };
	struct bed b;

	bed_init(&b, tp);
	for (unsigned i = 0; i < frames; i++)
		predict_frame(&b, (i + 1) * NSEC_PER_SEC, true, udp(A, 1000, B, 53));
	CHECK(judge_at(&b, BEGAN)->disagree == frames - 1 && report_verdict(&b.report) == verdict);
	bed_end(&b);
}

static void test_blind(void)
{
	blind(BEGAN, true, 2);
	blind(BEGAN, false, 3);
	blind(0, true, 3); /* nobody knows when it was due */
	blind(BEGAN + NSEC_PER_SEC, true, 3);
	only_blind(1, VERDICT_NOT_CERTAIN);
	only_blind(2, VERDICT_DIFFERS);
}

/* The way back from A to B: a row of its own for each pair of addresses, apart from the ways there. */
static void set_way_back(struct val *v, uint32_t src, const char *out)
{
	v[ROUTE_DST] = VAL_ADDR(ip4(A));
	v[ROUTE_SRC] = src ? VAL_ADDR(ip4(src)) : VAL_NONE;
	v[ROUTE_OUT] = VAL_STR(out);
	v[ROUTE_TABLE] = VAL_STR("main");
}

static void predict_way_back(struct bed *b, struct flow f, uint32_t src, enum stage stage)
{
	struct trace *t = b->run.trace;
	struct val v[ROUTE_ERROR + 1] = { 0 };

	set_way_back(v, src, "eth0");
	v[ROUTE_TYPE] = VAL_STR("unicast");
	v[ROUTE_PREFIX] = VAL_PREFIX(((struct prefix){ ip4(A), 24 }));
	trace_add(t, NSEC_PER_SEC, trace_packet_new(t, 0, 0, 1, false), trace_intern(t, "red"), trace_intern(t, "eth0"),
		1, EV_ROUTE, stage, v, ARRAY_SIZE(v));
	trace_set_flow(t, &f);
}

static void tell_way_back(struct bed *b, struct flow f, uint32_t src, const char *out)
{
	struct obs obs = { .source = OBS_TP, .by = "fib:fib_table_lookup", .flow = f, .flow_known = true };

	obs.e.kind = EV_ROUTE;
	obs.e.stage = ST_FIB_VALIDATE_SOURCE;
	obs.e.ns = "red";
	set_way_back(obs.e.val, src, out);
	obs_add(b->o, &obs);
}

static void way_back(struct flow f, uint32_t src, const char *out, enum stage stage, unsigned n, unsigned disagree)
{
	static const struct observer_ops *const tp[OBS_NUM] = { [OBS_TP] = &fake };
	struct bed b;
	const struct report *r;

	bed_init(&b, tp);
	predict_way_back(&b, f, src, stage);
	if (out)
		tell_way_back(&b, f, B, out);
	r = judge(&b);
	CHECK(r->n == n && r->disagree == disagree);
	bed_end(&b);
}

static void test_way_back(void)
{
	struct flow ping = { .ethertype = ETH_P_IP_, .protocol = IPPROTO_ICMP_, .src = A, .dst = B };

	way_back(ping, B, "eth0", ST_FIB_VALIDATE_SOURCE, 1, 0);
	way_back(ping, B, "eth1", ST_FIB_VALIDATE_SOURCE, 1, 1);            /* another device */
	way_back(ping, B, NULL, ST_FIB_VALIDATE_SOURCE, 1, 1);              /* the kernel did not ask */
	way_back(ping, C, "eth0", ST_FIB_VALIDATE_SOURCE, 2, 2);            /* from another address */
	way_back(ping, B, "eth0", ST_IP_ROUTE_INPUT, 2, 2);                 /* no way there is a way back */
	way_back(ping, 0, NULL, ST_FIB_VALIDATE_SOURCE, 0, 0);              /* of a broadcast: not seen */
	way_back(udp(A, 1, B, 2), B, "eth1", ST_FIB_VALIDATE_SOURCE, 0, 0); /* UDP: left out */
}

/* Address translation tries ids from 0 on: 0 is an id, not one that nobody knows. */
static void echo_id(uint16_t model, uint16_t kernel, unsigned disagree)
{
	struct flow m = { .ethertype = ETH_P_IP_,
		.protocol = IPPROTO_ICMP_,
		.src = A,
		.dst = B,
		.dport = 8 << 8,
		.has_id = true,
		.sport = model };
	struct flow k = m;
	struct fields of = { .n = 1 };
	const struct field *mf, *kf;
	struct bed b;

	bed_init(&b, sources);
	k.sport = kernel;
	of.f[0] = (struct field){ .class = FC_ICMP_ID, .v = 0, .name = "icmp.id" };
	CHECK(vars_match(&b.vars, &of, &of, true, &mf, &kf)); /* a frame bore 0, and none anything else */
	predict(&b, 1, m, 4, "accept");
	tell(&b, 1, k, 4, "accept");
	CHECK(judge(&b)->disagree == disagree);
	bed_end(&b);
}

static void test_echo_id(void)
{
	echo_id(0, 0, 0);
	echo_id(7, 8, 0);
	echo_id(0, 7, 2);
	echo_id(7, 0, 2);
}

int main(void)
{
	test_agree();
	test_altered();
	test_missing_and_extra();
	test_several_missing();
	test_free_port();
	test_late();
	test_closed();
	test_lost();
	test_noise();
	test_blind();
	test_way_back();
	test_echo_id();
	return check_end();
}
