/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What main calls: a lab verified on this kernel, or compared with captures taken elsewhere. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "kernel/captured.h"
#include "kernel/compare.h"
#include "kernel/cpu.h"
#include "kernel/kernel.h"
#include "kernel/libpcap.h"
#include "kernel/steps.h"
#include "model/pcapfile.h"

#define CAPTURE_MAX (1u << 30) /* bytes of a file to compare with */
/* As late as this, programs and timers may have been too, and a difference may come of it. What agrees nevertheless
 * agrees. */
#define LATE_NS (60 * NSEC_PER_MSEC)

const char *kernel_about(void)
{
	return "built with libmnl, libnftnl and libpcap";
}

void kernel_prepare(void)
{
	struct libpcap lib = { 0 };
	struct err err;

	libpcap_load(&lib, &err); /* what is wrong with it, the captures will say */
}

/* ---- faults for the tests: they prove that a difference is noticed ---- */

static void copy_with_fault(struct frames *to, const struct frames *from, int fault)
{
	unsigned at = from->n / 2;

	for (unsigned i = 0; i < from->n; i++) {
		if ((fault == FAULT_LOSE || fault == FAULT_LOST || fault == FAULT_LOST_AND_RESULT) && i == at)
			continue;
		frames_add(to, &from->v[i]);
		if (fault == FAULT_ADD && i == at)
			frames_add(to, &from->v[i]);
		if (fault == FAULT_ALTER && i == at && to->v[to->n - 1].size > 22)
			to->v[to->n - 1].data[22] ^= 1; /* TTL, or a byte of ARP's sender */
	}
}

/* ---- verify ---- */

static int write_captured(
	const char *dir, struct frames *frames, const struct run *run, const struct report *report, struct err *err)
{
	struct buf path = { 0 }, out = { 0 };
	FILE *f;
	int rc = 0;

	buf_printf(&path, "%s/captured.pcapng", dir);
	captured_pcapng(frames, run, report, &out);
	f = fopen(buf_str(&path), "wb");
	if (!f || fwrite(buf_str(&out), 1, out.size, f) != out.size || fflush(f)) {
		rc = err_set(err, (struct loc){ 0 }, "%s: %s", buf_str(&path), strerror(errno));
		if (f)
			remove(buf_str(&path)); /* half a capture is none */
	}
	if (f)
		fclose(f);
	buf_release(&path);
	buf_release(&out);
	return rc;
}

static bool is_neigh(enum op_kind k)
{
	return k == OP_NEIGH_ADD || k == OP_NEIGH_REPLACE || k == OP_NEIGH_CHANGE;
}

static bool is_fdb(enum op_kind k)
{
	return k == OP_FDB_ADD || k == OP_FDB_APPEND || k == OP_FDB_REPLACE || k == OP_FDB_DEL;
}

/* Addresses of veth ends were set in both worlds: they are no variables. */
static void fix_macs(const struct run *run, struct vars *vars)
{
	for (unsigned i = 0; i < run->n; i++) {
		const struct op *op = &run->cmd[i].op;

		if (is_neigh(op->kind) && op->neigh.mac_set)
			vars_fix_mac(vars, &op->neigh.mac);
		if (is_fdb(op->kind))
			vars_fix_mac(vars, &op->fdb.mac);
		if (op->kind != OP_LINK_ADD && op->kind != OP_LINK_SET)
			continue;
		if (op->link.mac_set)
			vars_fix_mac(vars, &op->link.mac);
		if (op->link.peer_mac_set)
			vars_fix_mac(vars, &op->link.peer_mac);
		if (op->link.chosen) {
			vars_fix_mac(vars, &op->link.chosen_mac);
			vars_fix_mac(vars, &op->link.chosen_peer_mac);
		}
	}
}

static void about(struct report *report, bool as_root)
{
	struct utsname u;
	struct buf b = { 0 };

	if (!uname(&u))
		buf_printf(&b, "%s %s", u.sysname, u.release);
	report->kernel = buf_steal(&b);
	report->user = xstrdup(as_root ? "root" : "plain user (user namespace)");
}

/* Into the order of the lab. */
static void sort_report(struct report *report, const struct run *run)
{
	uint64_t *events = xcalloc(run->n + 1, sizeof(*events));

	for (unsigned i = 0; i < run->n; i++)
		events[i] = run->cmd[i].events;
	report_sort(report, events, run->n);
	free(events);
}

/* began: 0 = the run is at its own pace, not at the machine's. */
static void compare_all(
	struct replay *r, const struct run *run, uint64_t began, struct frames *frames, struct report *report)
{
	struct vars vars = { 0 };

	r->run = run;
	fix_macs(run, &vars);
	vars_take_drawn(&vars, run);
	compare_results(r, report);
	compare_frames(run, frames, &vars, NULL, 0, report);
	compare_steps(run, began, r->observe, &vars, report);
	if (run->looks)
		compare_looks(run, r->looks, &vars, report);
	compare_tables(run, r->end, &vars, report);
	vars_release(&vars);
}

static bool same_mac(const struct mac *a, const struct mac *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The shell did the same in both runs, and the model chose the same. */
static bool same_commands(const struct run *a, const struct run *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++) {
		const struct command *x = &a->cmd[i], *y = &b->cmd[i];

		if (x->op.kind != y->op.kind || strcmp(x->text, y->text))
			return false;
		if (x->op.kind == OP_LINK_ADD && x->op.link.chosen &&
			(!y->op.link.chosen || !same_mac(&x->op.link.chosen_mac, &y->op.link.chosen_mac) ||
				!same_mac(&x->op.link.chosen_peer_mac, &y->op.link.chosen_peer_mac)))
			return false;
	}
	return true;
}

static bool same_expectations(const struct run *a, const struct run *b)
{
	for (unsigned i = 0; i < a->n; i++)
		if (a->cmd[i].expect_met != b->cmd[i].expect_met)
			return false;
	return true;
}

/* What differs at the model's own pace, compared at this machine's. */
static const struct run *compare_again(struct replay *r, const struct kernel_options *o, struct frames *frames,
	const struct report *base, struct report *report)
{
	const struct run *run = r->run, *again;
	struct report second;

	again = o->again(o->again_ctx, &r->pace);
	if (!again || !same_commands(run, again)) {
		report_uncertain(report,
			"at the pace of this machine, %u ms behind in the end, the lab takes another way",
			(unsigned)(r->pace.at[run->n] > run->now ? (r->pace.at[run->n] - run->now) / NSEC_PER_MSEC
								 : 0));
		return run;
	}
	report_begin(&second, base);
	compare_all(r, again, r->began, frames, &second);
	second.again = true;
	second.behind_ns = again->now > run->now ? again->now - run->now : 0;
	if (!same_expectations(run, again))
		report_uncertain(&second, "at the pace of this machine the lab does not do what is expected of it");
	report_release(report);
	*report = second;
	return again;
}

/* Compares what the replay brought; the run that *report is of. */
static const struct run *judge(
	struct replay *r, const struct kernel_options *o, struct frames *frames, struct report *report)
{
	const struct run *run = r->run;
	struct report base = *report;

	if (o->fault == FAULT_LOST_AND_RESULT)
		r->res[0].status ^= 1;
	report_begin(report, &base);
	compare_all(r, run, 0, frames, report);
	if (report->disagree && o->again)
		run = compare_again(r, o, frames, &base, report);
	report_release(&base);
	if (report->disagree && r->late >= LATE_NS)
		report_uncertain(report, "this machine was busy: pktwalk or a program of the lab had to wait for %u ms",
			(unsigned)(r->late / NSEC_PER_MSEC));
	if (report->disagree && observe_late(r->observe))
		report_uncertain(report, "this machine was busy: a timer of the kernel's came %u ticks late",
			observe_late(r->observe));
	if (report->disagree && crowd_collects(&r->crowd))
		report_uncertain(report,
			"the machine had %ld neighbours, and from %ld on the kernel throws out those that failed, as "
			"it may "
			"have done here",
			r->crowd.entries, r->crowd.limit);
	about(report, r->sandbox.as_root);
	sort_report(report, run);
	return run;
}

int kernel_verify(const struct run *run, const struct kernel_options *o, struct report *report, struct err *err)
{
	struct replay r = { .run = run, .report = report };
	struct frames frames = { 0 };
	int rc;
	uint64_t lost;

	cpu_keep_to(-1);
	rc = replay_run(&r, o, err);
	if (!rc) {
		lost = capture_lost(r.capture) + (o->fault >= FAULT_LOST && o->fault <= FAULT_LOST_AND_RESULT);
		if (lost)
			report_uncertain_of(report, CMP_FRAME, "the captures had no room for %llu frame(s)",
				(unsigned long long)lost);
		copy_with_fault(&frames, capture_frames(r.capture), o->fault);
		run = judge(&r, o, &frames, report);
		if (o->save_dir)
			rc = write_captured(o->save_dir, &frames, run, report, err);
	}
	frames_release(&frames);
	replay_release(&r);
	return rc;
}

/* ---- compare ---- */

static int read_file(const char *path, struct buf *out, struct err *err)
{
	struct loc loc = { .file = path };
	FILE *f = fopen(path, "rb");
	struct stat st;
	char chunk[65536];
	size_t n;
	int rc = 0;

	if (!f)
		return err_set(err, loc, "%s", strerror(errno));
	if (!fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
		fclose(f);
		return err_set(err, loc, "%s", strerror(EISDIR));
	}
	while (!rc && (n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
		buf_put(out, chunk, n);
		if (out->size > CAPTURE_MAX)
			rc = err_set(err, loc, "larger than %u MiB", CAPTURE_MAX >> 20);
	}
	if (!rc && ferror(f))
		rc = err_set(err, loc, "%s", strerror(errno));
	fclose(f);
	return rc;
}

static int add_file(struct frames *frames, const struct capture_file *file, struct report *report, struct err *err)
{
	struct buf data = { 0 };
	struct pcapfile p;
	int rc = read_file(file->path, &data, err);

	if (!rc)
		rc = pcapfile_parse(&p, buf_str(&data), data.size, (struct loc){ .file = file->path }, err);
	for (unsigned i = 0; !rc && i < p.n; i++) {
		const struct pcapfile_frame *f = &p.frame[i];

		frames_add(frames, &(struct frame){ .ns = file->ns,
					   .dev = file->dev,
					   .dir = f->dir,
					   .time = f->time,
					   .size = f->size,
					   .wire_size = f->wire_size,
					   .data = (uint8_t *)f->data });
	}
	if (!rc && p.lost)
		report_uncertain_of(report, CMP_FRAME, "%s says that its capture dropped frames", file->path);
	if (!rc)
		pcapfile_release(&p);
	buf_release(&data);
	return rc;
}

static bool device_seen(const struct run *run, const struct capture_file *f)
{
	for (uint64_t seq = 1; seq <= trace_events(run->trace); seq++) {
		struct event e;

		trace_get(run->trace, seq, &e);
		if (!strcmp(e.ns, f->ns) && !strcmp(e.dev, f->dev))
			return true;
	}
	list_for_each (ns, &run->net->namespaces, struct ns, node)
		if (!strcmp(ns->label, f->ns) && dev_find(ns, f->dev))
			return true;
	return false;
}

int kernel_compare(
	const struct run *run, const struct capture_file *files, unsigned n, struct report *report, struct err *err)
{
	struct compare_device *only = xcalloc(n + 1, sizeof(*only));
	struct frames frames = { 0 };
	struct vars vars = { 0 };
	struct buf from = { 0 };
	int rc = 0;

	for (unsigned i = 0; i < n && !rc; i++) {
		only[i] = (struct compare_device){ files[i].ns, files[i].dev };
		if (!device_seen(run, &files[i]))
			rc = err_set(err, (struct loc){ .file = files[i].path },
				"the lab has no device %s in namespace %s", files[i].dev, files[i].ns);
		else
			rc = add_file(&frames, &files[i], report, err);
		buf_printf(&from, "%s%s", i ? ", " : "", files[i].path);
	}
	if (!rc) {
		vars_take_drawn(&vars, run);
		compare_frames(run, &frames, &vars, only, n, report);
		report->kernel = buf_steal(&from);
		report->user = xstrdup("captured elsewhere");
	}
	buf_release(&from);
	frames_release(&frames);
	vars_release(&vars);
	free(only);
	return rc;
}
