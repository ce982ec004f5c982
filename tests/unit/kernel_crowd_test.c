/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbours that the kernel collects since the whole machine has too many: seen in its statistics, and then alone, an
 * entry that had failed and went is no difference. The statistics are a file of the test's own. */
#include "kernel/crowd.h"

#include "kernel/steps.h"
#include "tests/unit/check.h"

static void *fake_new(struct observe *o, struct buf *why)
{
	(void)why;
	return o;
}

static int fake_open(void *self, const char *ns, struct buf *why)
{
	(void)self;
	(void)ns;
	(void)why;
	return 0;
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

/* ---- the statistics ---- */

struct files { /* without names, by their descriptors */
	FILE *f[2];
	char statistics[32], limit[32];
};

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (CHECK(f != NULL)) {
		fputs(text, f);
		fclose(f);
	}
}

/* Of two processors; runs: of the second one's. */
static void put_statistics(const struct files *f, unsigned entries, unsigned runs)
{
	struct buf b = { 0 };

	buf_puts(&b, "entries  allocs   destroys hash_grows lookups  hits     res_failed rcv_probes_mcast "
		     "rcv_probes_ucast periodic_gc_runs forced_gc_runs unresolved_discards table_fulls\n");
	for (unsigned cpu = 0; cpu < 2; cpu++)
		buf_printf(&b,
			"%08x 00000001 00000002 00000003   00000004 00000005 00000006   00000007         00000008      "
			"   %08x         00000009       0000000a            0000000b\n",
			entries, cpu ? runs : 0x10);
	put(f->statistics, buf_str(&b));
	buf_release(&b);
}

static void files_make(struct files *f)
{
	for (unsigned i = 0; i < 2; i++) {
		f->f[i] = tmpfile();
		if (CHECK(f->f[i] != NULL))
			snprintf(i ? f->limit : f->statistics, sizeof(f->limit), "/proc/self/fd/%d", fileno(f->f[i]));
	}
	put(f->limit, "128\n");
}

static void files_end(const struct files *f)
{
	for (unsigned i = 0; i < 2; i++)
		fclose(f->f[i]);
}

static void test_statistics(void)
{
	struct files f;
	struct crowd c;

	files_make(&f);
	put_statistics(&f, 0x20, 2);
	crowd_open(&c, f.statistics, f.limit);
	CHECK(c.entries == 0x20 && c.limit == 128 && c.runs == 0x12);
	CHECK(!crowd_collects(&c));
	put_statistics(&f, 0x80, 2);
	crowd_look(&c, NSEC_PER_SEC);
	CHECK(!crowd_collects(&c)); /* nobody came by */
	put_statistics(&f, 0x7f, 3);
	crowd_look(&c, NSEC_PER_SEC + NSEC_PER_MSEC); /* too soon */
	CHECK(!crowd_collects(&c));
	crowd_look(&c, 2 * NSEC_PER_SEC);
	CHECK(crowd_collects(&c) && c.entries == 0x80);
	crowd_close(&c);

	put_statistics(&f, 0x7f, 2);
	crowd_open(&c, f.statistics, f.limit);
	put_statistics(&f, 0x7f, 3);
	crowd_look(&c, NSEC_PER_SEC);
	CHECK(!crowd_collects(&c)); /* not enough */
	crowd_close(&c);

	put(f.statistics, "something else");
	crowd_open(&c, f.statistics, f.limit);
	CHECK(c.entries == -1 && !crowd_collects(&c));
	crowd_close(&c);
	crowd_open(&c, "/proc/self/fd/-1", f.limit);
	CHECK(c.entries == -1);
	crowd_look(&c, NSEC_PER_SEC);
	CHECK(!crowd_collects(&c));
	crowd_close(&c);
	files_end(&f);
}

/* ---- what it explains ---- */

static void tell(struct observe *o, const char *what, const char *state)
{
	struct obs obs = { .source = OBS_NETLINK, .by = "RTM" };

	obs.e.kind = EV_NEIGH_NOTICE;
	obs.e.ns = "red";
	obs.e.dev = "eth0";
	obs.e.val[0] = VAL_STR(what);
	obs.e.val[1] = VAL_ADDR(ip4(0x0a000002));
	if (state)
		obs.e.val[3] = VAL_STR(state);
	obs_add(o, &obs);
}

/* The kernel tells of a state, which the model has too, and that the entry goes, which it has not. */
static void judge(const char *state, bool crowd, unsigned disagree, enum verdict verdict)
{
	static const struct observer_ops fake = { .source = OBS_NETLINK,
		.new = fake_new,
		.open = fake_open,
		.forget = fake_ns,
		.drain = fake_nothing,
		.poll = fake_poll,
		.lost = fake_lost,
		.free = fake_nothing };
	static const struct observer_ops *const sources[OBS_NUM] = { [OBS_NETLINK] = &fake };
	struct command cmd = { .loc.line = 7 };
	struct run run = { .cmd = &cmd, .n = 1, .trace = trace_new(), .net = net_new(1), .now = 10 * NSEC_PER_SEC };
	struct crowd c = { .fd = 0, .limit = 128, .entries = 130, .ran = crowd };
	const struct val v[] = { VAL_STR("new"), VAL_ADDR(ip4(0x0a000002)), VAL_NONE, VAL_STR(state) };
	struct vars vars = { 0 };
	struct report report = { 0 };
	struct observe *o;
	struct buf table = { 0 };

	trace_keep_flows(run.trace);
	trace_add(run.trace, NSEC_PER_SEC, 0, trace_intern(run.trace, "red"), trace_intern(run.trace, "eth0"), 1,
		EV_NEIGH_NOTICE, ST_NEIGH_NOTIFY, v, ARRAY_SIZE(v));
	trace_set_flow(run.trace, &(struct flow){ 0 });
	cmd.events = trace_events(run.trace);
	o = observe_new(sources, NULL);
	observe_mark(o, 1);
	tell(o, "new", state);
	tell(o, "delete", NULL);
	compare_steps(&run, 0, o, &vars, &c, &report);
	CHECK(report.disagree == disagree);
	CHECK(report_verdict(&report) == verdict);

	buf_puts(&table, "10.0.0.20 dev eth0  FAILED \n10.0.0.2 dev eth0  FAILED \n10.0.0.2 dev eth1  FAILED \n");
	crowd_take_out(&c, "red", &table, "10.0.0.2 dev eth0 lladdr 02:00:00:00:00:01 STALE \n"); /* it came again */
	crowd_take_out(&c, "blue", &table, "");
	CHECK(table.size == 3 * strlen("10.0.0.2 dev eth0  FAILED \n") + 1);
	crowd_take_out(&c, "red", &table, "");
	CHECK_STR(buf_str(&table), verdict == VERDICT_NOT_CERTAIN
					   ? "10.0.0.20 dev eth0  FAILED \n10.0.0.2 dev eth1  FAILED \n"
					   : "10.0.0.20 dev eth0  FAILED \n10.0.0.2 dev eth0  FAILED \n"
					     "10.0.0.2 dev eth1  FAILED \n");
	crowd_forget(&c);
	buf_release(&table);
	trace_free(run.trace);
	net_free(run.net);
	observe_free(o);
	report_release(&report);
}

int main(void)
{
	test_statistics();
	judge("FAILED", true, 0, VERDICT_NOT_CERTAIN);
	judge("FAILED", false, 1, VERDICT_DIFFERS);
	judge("STALE", true, 1, VERDICT_DIFFERS); /* that is not collected so soon */
	return check_end();
}
