/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. Commands are done in the order in which the model did them, whatever they return here: what
 * returns something else is a difference that the comparison shows. While anything is waited for (a program, a sleep,
 * frames that the model predicts), captures and the pipes of processes are read, so that no buffer fills.
 * After each command the frames that the model saw during it are waited for, with a deadline, so that the next one
 * finds the same world; what never comes is waited for once, not again after every command.
 * Sleeps take their real time. A program in the background is left alone when it waits for something: a server listens
 * then, as the model's does at once. */
#include "kernel/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/apply.h"
#include "kernel/nft.h"
#include "kernel/share.h"
#include "kernel/snapshot.h"
#include "kernel/sysctl.h"
#include "model/iptables.h"
#include "model/neigh.h"
#include "model/sysctl_show.h"

#define WAIT_FRAMES_NS (1500 * NSEC_PER_MSEC) /* for frames that the model predicts */
#define WAIT_PROGRAM_NS (600 * NSEC_PER_SEC)  /* a program that takes longer hangs */
#define WAIT_START_NS (5 * NSEC_PER_SEC)      /* for one in the background to get where the model's is at once */
#define DAWDLE_NS (60 * NSEC_PER_MSEC)        /* FAULT_SLOW: before each command */
#define TICKS_NS (20 * NSEC_PER_MSEC)         /* two ticks of the slowest kernel */
#define SNAPSHOT_NS (50 * NSEC_PER_MSEC)      /* what reading the tables may take */
#define SNAPSHOT_TRIES 4
#define POLL_MAX_MS 50 /* no descriptor tells of a process that only ends */

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NSEC_PER_SEC + (uint64_t)t.tv_nsec;
}

/* ---- reading what comes ---- */

static void drain(struct replay *r)
{
	capture_drain(r->capture);
	observe_drain(r->observe);
}

static void reap(struct replay *r)
{
	for (struct job *j = r->jobs; j; j = j->next) {
		struct result *res = &r->res[j->command];

		if (j->done)
			continue;
		j->done = j->proc ? !kproc_pump(j->proc, res) : clock_now() >= j->until;
		if (j->done && j->proc && !r->refused)
			r->refused = kproc_outcome(j->proc, res, r->run->cmd[j->command].loc, &r->refusal) < 0;
		if (j->done && j->proc && kproc_starved(j->proc) > r->late)
			r->late = kproc_starved(j->proc);
	}
}

/* Waits for anything to read, at most until `until`, and reads it. */
static void pump(struct replay *r, uint64_t until)
{
	uint64_t now = clock_now(), ms = until > now ? (until - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC : 0;
	unsigned captures = capture_poll(r->capture, NULL, 0), n = captures + observe_poll(r->observe, NULL, 0),
		 used = n;
	struct pollfd *fds;
	bool any;

	for (struct job *j = r->jobs; j; j = j->next)
		n += KPROC_FDS;
	fds = xcalloc(n + 1, sizeof(*fds));
	capture_poll(r->capture, fds, captures);
	observe_poll(r->observe, fds + captures, used - captures);
	for (struct job *j = r->jobs; j; j = j->next)
		if (!j->done && j->proc)
			used += kproc_poll(j->proc, fds + used);
	ms = ms < POLL_MAX_MS ? ms : POLL_MAX_MS;
	any = poll(fds, used, (int)ms) > 0;
	now = clock_now() - now; /* reading takes its time too, and is no waiting */
	if (any) {
		capture_read(r->capture, fds);
		observe_read(r->observe, fds + captures);
	}
	free(fds);
	if (now > r->late + ms * NSEC_PER_MSEC)
		r->late = now - ms * NSEC_PER_MSEC;
	crowd_look(&r->crowd, clock_now());
	reap(r);
}

/* Opens captures on what is up in the namespace. */
static int capture_in(struct replay *r, const struct kns *k, struct err *err)
{
	if (sandbox_go(&r->sandbox, k, err))
		return -1;
	return capture_sync(r->capture, *k->name ? k->name : "host", err);
}

static int settle_links(struct replay *r, struct err *err)
{
	const struct kns *before = r->sandbox.current;
	unsigned unsettled;
	int rc = snapshot_settle(&r->sandbox, &unsettled, err);

	r->went_down = r->carrier_moved = false;
	if (!rc && unsettled)
		report_uncertain(
			r->report, "the links of %u namespace(s) had not come to rest after seconds", unsettled);
	for (struct kns *k = r->sandbox.first; k && !rc; k = k->next) {
		if (!k->links_changed)
			continue;
		rc = capture_in(r, k, err);
		k->links_changed = false;
	}
	return rc ? rc : sandbox_go(&r->sandbox, before, err);
}

static void wait_frames(struct replay *r, uint32_t command)
{
	uint64_t until = clock_now() + WAIT_FRAMES_NS;

	drain(r);
	reap(r);
	await_command(r->await, command);
	for (;;) {
		await_take(r->await, capture_frames(r->capture));
		if (await_done(r->await))
			return;
		if (clock_now() >= until) {
			await_give_up(r->await);
			return;
		}
		pump(r, until);
	}
}

/* The command takes effect now. */
static void at_pace(struct replay *r, uint32_t index)
{
	r->pace.at[index] = clock_now() - r->began;
}

/* ---- programs ---- */

static struct job *job_start(struct replay *r, uint32_t index, const struct op *op, struct err *err)
{
	struct job *j = xcalloc(1, sizeof(*j));
	struct kns *ns = sandbox_find(&r->sandbox, op_ns(op));
	const struct command *c = &r->run->cmd[index];

	j->command = index;
	j->next = r->jobs;
	if (op->kind == OP_SLEEP) {
		j->until = clock_now() + op->sleep.ns;
	} else {
		j->proc = kproc_start(r->procs, ns->fd, op, c->pid[c->pids - 1], err);
		if (!j->proc) {
			free(j);
			return NULL;
		}
		j->n_pids = kproc_nspid(j->proc, j->pids, ARRAY_SIZE(j->pids));
	}
	at_pace(r, index);
	return r->jobs = j;
}

static int job_wait(struct replay *r, struct job *j, struct err *err)
{
	uint64_t limit = clock_now() + WAIT_PROGRAM_NS;

	while (!j->done) {
		if (clock_now() > limit)
			return err_set(err, r->run->cmd[j->command].loc,
				"this does not end on the real kernel (after 10 minutes)");
		pump(r, j->proc || j->until > limit ? limit : j->until);
	}
	return 0;
}

static int run_program(struct replay *r, uint32_t index, const struct op *op, struct err *err)
{
	struct job *j = job_start(r, index, op, err);

	if (!j)
		return -1;
	if (!r->run->cmd[index].background)
		return job_wait(r, j, err);
	for (uint64_t until = clock_now() + WAIT_START_NS; j->proc && !kproc_waits(j->proc) && clock_now() < until;)
		pump(r, until);
	return 0;
}

static void do_kill(struct replay *r, const struct op *op)
{
	for (struct job *j = r->jobs; j; j = j->next) {
		if (j->command != op->job.command || j->done)
			continue;
		if (j->proc)
			kproc_kill(j->proc, op->job.signal);
		else
			j->until = 0;
		while (!j->done)
			pump(r, clock_now() + WAIT_FRAMES_NS);
		if (!j->proc)
			r->res[j->command].status = 128 + op->job.signal;
	}
}

static int do_wait(struct replay *r, const struct op *op, struct result *res, struct err *err)
{
	for (struct job *j = r->jobs; j; j = j->next) {
		if (!r->run->cmd[j->command].background ||
			(op->job.command != UINT32_MAX && op->job.command != j->command))
			continue;
		if (job_wait(r, j, err))
			return -1;
		if (op->job.command != UINT32_MAX)
			res->status = r->res[j->command].status;
	}
	return 0;
}

/* ---- what is no program ---- */

/* A namespace goes, its devices and their peers at once, where cleanup_net() comes some moments later. */
static int end_ns(struct replay *r, struct kns *ns, struct err *err)
{
	int rc;

	observe_leave(r->observe, ns->name);
	rc = link_del_all(&r->sandbox, ns, err);
	drain(r);
	capture_forget(r->capture, ns->name);
	observe_forget(r->observe, ns->name);
	return rc;
}

/* As ns_unname() does: what frames and observations call it from now on. */
static void name_nameless(struct replay *r, struct kns *held)
{
	char label[NSLABEL_SIZE];
	const struct kns *other;
	unsigned n = 1;

	do {
		ns_nameless_label(label, held->name, n++);
		for (other = r->nameless; other && strcmp(other->name, label);)
			other = other->next;
	} while (other);
	capture_rename(r->capture, held->name, label);
	observe_rename(r->observe, held->name, label);
	str_copy(held->name, sizeof(held->name), label);
}

/* It loses its name. While a process is in it it stays. */
static int leave_ns(struct replay *r, const char *name, struct err *err)
{
	struct kns *ns = sandbox_find(&r->sandbox, name), *held = NULL;

	reap(r);
	if (!ns)
		return 0;
	for (struct job *j = r->jobs; j; j = j->next) {
		if (j->done || !j->proc || j->nameless || strcmp(op_ns(&r->run->cmd[j->command].op), name))
			continue;
		if (!held)
			held = sandbox_hold(ns, err);
		if (!held)
			return -1;
		j->nameless = held;
	}
	if (!held)
		return end_ns(r, ns, err);
	name_nameless(r, held);
	held->next = r->nameless;
	r->nameless = held;
	return 0;
}

static bool anybody_in(const struct replay *r, const struct kns *nameless)
{
	for (const struct job *j = r->jobs; j; j = j->next)
		if (j->nameless == nameless && !j->done)
			return true;
	return false;
}

/* The last process has left a namespace that has no name. */
static int leave_nameless(struct replay *r, struct err *err)
{
	for (struct kns **at = &r->nameless; *at;) {
		struct kns *ns = *at;
		int rc;

		if (anybody_in(r, ns)) {
			at = &ns->next;
			continue;
		}
		*at = ns->next;
		rc = end_ns(r, ns, err);
		sandbox_let_go(&r->sandbox, ns);
		if (rc)
			return -1;
	}
	return 0;
}

/* Does the command, as far as the model goes? */
static bool works(const struct replay *r, uint32_t index)
{
	return !r->run->cmd[index].res.status;
}

/* A file that is not there, or may not be written: of a kernel without the feature, or a /proc/sys that is read-only.
 */
static int sysctl_refusal(const char *path, int e, struct err *err)
{
	if (!errno_of_machine(e) && e != EACCES && e != EROFS && e != ENOENT)
		return 0;
	return err_set(err, (struct loc){ 0 }, "this machine refuses /proc/sys/%s: %s", path, strerror(e));
}

static int do_sysctl(struct replay *r, uint32_t index, const struct op *op, struct result *res, struct err *err)
{
	const struct kns *ns = sandbox_find(&r->sandbox, op_ns(op));
	char value[256];
	struct answer a = { 0 };
	int rc;

	if (sandbox_go(&r->sandbox, ns, err))
		return -1;
	rc = op->sysctl.write ? sysctl_write(op->sysctl.path, op->sysctl.value) : 0;
	r->sandbox.conf_changed |= op->sysctl.write && ns == r->sandbox.first;
	if (!rc)
		rc = sysctl_read(op->sysctl.path, value, sizeof(value));
	if (rc && works(r, index) && sysctl_refusal(op->sysctl.path, -rc, err))
		return -1;
	if (rc == -ENOENT) {
		a.kind = ANS_NO_FILE;
		str_copy(a.name, sizeof(a.name), op->sysctl.path);
	} else {
		a.err = -rc;
	}
	if (rc)
		op_outcome(op, &a, res);
	else
		sysctl_show(&op->sysctl, value, res);
	return 0;
}

/* Switches of bridges that were set before the module was loaded, and left alone then: kernel/link.c. */
static int set_bridges(struct replay *r, uint32_t before, struct err *err)
{
	for (uint32_t i = 0; i < before; i++)
		for (const struct op *op = &r->run->cmd[i].op; op; op = op->next) {
			struct op set = { .kind = OP_LINK_SET, .tool = "ip", .where = op->where };
			struct answer a;

			if ((op->kind != OP_LINK_ADD && op->kind != OP_LINK_SET) ||
				!op->link.bridge.nf_call_iptables_set)
				continue;
			str_copy(set.link.dev, sizeof(set.link.dev), op->link.dev);
			str_copy(set.link.kind, sizeof(set.link.kind), "bridge");
			set.link.bridge_set = set.link.bridge.nf_call_iptables_set = true;
			set.link.bridge.nf_call_iptables = op->link.bridge.nf_call_iptables;
			if (kernel_apply(&r->sandbox, &set, &a, err)) /* what it answers: the bridge may be gone */
				return -1;
		}
	return 0;
}

static int do_module(struct replay *r, uint32_t index, const struct op *op, struct result *res, struct err *err)
{
	struct answer a = { 0 };

	if (strcmp(op->module.name, "br_netfilter") == 0 && !op->module.remove && !r->sandbox.br_netfilter &&
		(sysctl_load_br_netfilter(&r->sandbox, err) || set_bridges(r, index, err)))
		return -1;
	op_outcome(op, &a, res);
	return 0;
}

/* The shadow of the namespace's rules says the words; the kernel gets the difference. */
static int do_iptables(struct replay *r, const struct op *op, struct result *res, struct err *err)
{
	struct kns *k = sandbox_find(&r->sandbox, op_ns(op));
	struct nf *before;
	int rc, refused;

	if (sandbox_go(&r->sandbox, k, err))
		return -1;
	if (!k->shadow) {
		k->shadow = net_new(1);
		k->ns = k->shadow->init;
	}
	if (k->nf && nft_read_back(k->nf, err) < 0)
		return -1;
	before = nf_copy(k->nf);
	if (!ipt_apply(&k->nf, k->ns, op->ipt, res)) {
		nf_free(before);
		return 0;
	}
	rc = nft_update(before, k->nf, &refused, err);
	if (rc || !refused) {
		nf_free(before);
		if (!rc)
			rc = nft_read_back(k->nf, err);
		observe_rules(r->observe, *k->name ? k->name : "host", k->nf);
		return rc;
	}
	nf_free(k->nf);
	k->nf = before;
	/* ENOENT: an expression or a type of chain that this kernel does not have; the names in it are all the shadow's
	 */
	if (errno_of_machine(refused) || refused == ENOENT)
		return err_set(err, op->loc, "this kernel refuses the nftables rules: %s", strerror(refused));
	/* the model took it and the kernel does not: that is what the command said there */
	buf_printf(&res->err, "nf_tables: loading nftables rules: %s\n", strerror(refused));
	res->status = 4;
	return 0;
}

/* The tables (those that op shows; NULL: all) at one moment: taken anew when it took so long that they may have changed
 * meanwhile. */
static struct net *snapshot(struct replay *r, uint32_t index, const struct op *op, uint64_t model_now, struct err *err)
{
	struct net *net = NULL;
	uint64_t took = UINT64_MAX;

	for (unsigned i = 0; i < SNAPSHOT_TRIES && took > SNAPSHOT_NS; i++) {
		uint64_t began = clock_now();

		snapshot_free(net);
		net = op ? snapshot_for(&r->sandbox, op, model_now, err)
			 : snapshot_take(&r->sandbox, observe_list(r->observe), model_now, err);
		if (!net)
			return NULL;
		took = clock_now() - began;
		r->pace.at[index] = began + took / 2 - r->began;
	}
	if (took > r->late)
		r->late = took;
	return net;
}

static int do_show(struct replay *r, uint32_t index, const struct op *op, struct result *res, struct err *err)
{
	struct net *net = snapshot(r, index, op, r->run->cmd[index].end, err);
	int rc = 0;

	if (!net)
		return -1;
	if (op->kind == OP_ROUTE_GET)
		rc = kernel_route_get(&r->sandbox, op, net, res, err);
	else
		op_show(net, op, r->run->cmd[index].end, res);
	snapshot_free(net);
	return rc;
}

/* A new namespace is observed from its first moment on. */
static int observe_in(struct replay *r, const char *name, struct err *err)
{
	const struct kns *ns = sandbox_find(&r->sandbox, name);

	if (ns && sandbox_go(&r->sandbox, ns, err))
		return -1;
	if (ns)
		observe_open(r->observe, name);
	return 0;
}

static int do_op(struct replay *r, uint32_t index, const struct op *op, struct result *res, struct err *err)
{
	struct answer a = { 0 };

	if (op->kind == OP_KILL) {
		do_kill(r, op);
		return 0;
	}
	if (op->kind == OP_WAIT)
		return do_wait(r, op, res, err);
	if (!sandbox_find(&r->sandbox, op_ns(op))) {
		answer_no_ns(&a, op_ns(op), ENOENT);
		op_outcome(op, &a, res);
		return 0;
	}
	switch (op->kind) {
	case OP_CANNED: /* nothing was asked of a kernel */
		buf_puts(&res->out, buf_str(&op->canned.res.out));
		buf_puts(&res->err, buf_str(&op->canned.res.err));
		res->status = op->canned.res.status;
		return 0;
	case OP_RUN:
	case OP_SLEEP:
		return run_program(r, index, op, err);
	case OP_SYSCTL:
		return do_sysctl(r, index, op, res, err);
	case OP_MODULE:
		return do_module(r, index, op, res, err);
	case OP_IPTABLES:
		return do_iptables(r, op, res, err);
	default:
		break;
	}
	if (!op_kind_changes(op->kind))
		return do_show(r, index, op, res, err);
	if (op->kind == OP_NETNS_DEL && *op->netns.name && leave_ns(r, op->netns.name, err))
		return -1;
	if (kernel_apply(&r->sandbox, op, &a, err) || (works(r, index) && kernel_refusal(&a, err)))
		return -1;
	if (op->kind == OP_NETNS_ADD && !a.err && observe_in(r, op->netns.name, err))
		return -1;
	op_outcome(op, &a, res);
	return 0;
}

/* The first op of a command that can send or show something needs captures open and links settled. */
static bool needs_settled(enum op_kind kind)
{
	return kind == OP_RUN || kind == OP_SLEEP || kind == OP_WAIT || (!op_kind_changes(kind) && kind != OP_CANNED);
}

static bool takes_time(enum op_kind kind)
{
	return kind == OP_RUN || kind == OP_SLEEP || kind == OP_WAIT || kind == OP_KILL;
}

/* When such a command is over tells when it took effect; but devices that are taken away are closed at once, what is
 * waited for then is that nobody holds them any more (unregister_netdevice_many(), netdev_run_todo()). */
static bool done_at_end(enum op_kind kind)
{
	return op_kind_changes(kind) && !takes_time(kind) && kind != OP_LINK_DEL && kind != OP_NETNS_DEL;
}

static bool brings_up(const struct op *op)
{
	return (op->kind == OP_LINK_SET || op->kind == OP_LINK_ADD) && op->link.up_set && op->link.up;
}

/* One that moves to another namespace is closed there (__dev_change_net_namespace()). */
static bool takes_down(const struct op *op)
{
	return op->kind == OP_LINK_SET && ((op->link.up_set && !op->link.up) || op->link.target_ns_set);
}

/* After these a device may have gained or lost its carrier. */
static bool moves_carrier(const struct op *op)
{
	if (op->kind == OP_LINK_DEL || op->kind == OP_BRIDGE_LINK_SET || op->kind == OP_NETNS_DEL)
		return true;
	return brings_up(op) || takes_down(op) ||
	       (op->kind == OP_LINK_SET && (*op->link.master || op->link.nomaster || op->link.port_set));
}

/* These find or make what a change of carrier marks, or takes away; or it can't be told of any more behind them. */
static bool follows_carrier(enum op_kind kind)
{
	return kind == OP_NETNS_DEL || (kind >= OP_ADDR_ADD && kind <= OP_ADDR_FLUSH) ||
	       (kind >= OP_ROUTE_ADD && kind <= OP_ROUTE_FLUSH) || (kind >= OP_NEIGH_ADD && kind <= OP_NEIGH_FLUSH) ||
	       (kind >= OP_FDB_ADD && kind <= OP_FDB_FLUSH);
}

/* With arp_notify another MAC address is announced, by a queue that linkwatch turns on and off. */
static bool changes_link(enum op_kind kind)
{
	return kind == OP_LINK_SET || kind == OP_LINK_DEL;
}

static bool turns_on_announcing(const struct op *op)
{
	const char *key = op->kind == OP_SYSCTL && op->sysctl.write ? strrchr(op->sysctl.path, '/') : NULL;

	return key && !strcmp(key + 1, "arp_notify");
}

/* A device that went down and comes up again before anybody has taken notice has never been down for the others: the
 * kernel tells them of the carrier some moments later (net/core/link_watch.c). In a lab a command is over when all that
 * follows from it is. */
static bool must_settle(const struct replay *r, const struct op *op)
{
	return needs_settled(op->kind) || (r->went_down && brings_up(op)) ||
	       (r->carrier_moved && (follows_carrier(op->kind) || (r->announces && changes_link(op->kind))));
}

/* A neighbour that is made like that is for its timer at the next tick (__neigh_update()), which may come before the
 * next command or behind it; so may the collector of a bridge whose ageing time was set (br_set_ageing_time()). */
static bool starts_timer(const struct op *op)
{
	if (op->kind == OP_LINK_ADD || op->kind == OP_LINK_SET)
		return op->link.bridge_set && op->link.bridge.ageing_set;
	return op->kind >= OP_NEIGH_ADD && op->kind <= OP_NEIGH_CHANGE && op->neigh.nud_set &&
	       op->neigh.nud & (NUD_INCOMPLETE_ | NUD_DELAY_ | NUD_PROBE_);
}

/* A device that has just come up may send at once, a neighbour's retry for example; one that has just got its name may,
 * too, when the next command is not one that captures are opened for. */
static bool captures_change(const struct op *op)
{
	return brings_up(op) || (op->kind == OP_LINK_SET && *op->link.new_name);
}

static int capture_there(struct replay *r, const struct op *op, struct err *err)
{
	const struct kns *ns = sandbox_find(&r->sandbox, op_ns(op));

	return ns ? capture_in(r, ns, err) : 0;
}

/* At the tables of those namespaces at which the model's run looked before this command. */
static int look(struct replay *r, uint32_t index, struct err *err)
{
	const struct looks *model = r->run->looks;
	unsigned first = r->looked;
	struct net *net;

	while (r->looked < model->n && model->v[r->looked].before == index)
		r->looked++;
	if (r->looked == first)
		return 0;
	if (settle_links(r, err))
		return -1;
	for (struct kns *k = r->sandbox.first; k; k = k->next)
		k->look = looks_find(model, k->name, index);
	net = snapshot_look(&r->sandbox, err);
	if (!net)
		return -1;
	for (unsigned i = first; i < r->looked; i++) {
		const struct ns *ns = ns_find(net, model->v[i].ns);

		if (ns)
			looks_add(r->looks, net, ns, index, model->v[i].after, 0);
	}
	snapshot_free(net);
	return 0;
}

static void pass_time(struct replay *r, uint64_t ns)
{
	uint64_t until = clock_now() + ns;

	while (clock_now() < until)
		pump(r, until);
}

static int do_command(struct replay *r, uint32_t index, struct err *err)
{
	const struct command *c = &r->run->cmd[index];
	bool timer = false;

	drain(r);
	crowd_look(&r->crowd, clock_now());
	capture_mark(r->capture, index + 1);
	observe_mark(r->observe, index + 1);
	reap(r);
	if (leave_nameless(r, err))
		return -1;
	if (r->looks && look(r, index, err))
		return -1;
	for (const struct op *op = &c->op; op; op = op->next) {
		struct result one = { 0 };

		if (must_settle(r, op) && settle_links(r, err))
			return -1;
		timer |= starts_timer(op);
		r->went_down |= takes_down(op);
		r->carrier_moved |= moves_carrier(op);
		r->announces |= turns_on_announcing(op);
		at_pace(r, index);
		if (do_op(r, index, op, &one, err)) {
			result_release(&one);
			return -1;
		}
		if (done_at_end(op->kind))
			at_pace(r, index);
		if (captures_change(op) && capture_there(r, op, err)) {
			result_release(&one);
			return -1;
		}
		buf_put(&r->res[index].out, buf_str(&one.out), one.out.size);
		buf_put(&r->res[index].err, buf_str(&one.err), one.err.size);
		if (one.status)
			r->res[index].status = one.status;
		result_release(&one);
	}
	if (timer)
		pass_time(r, TICKS_NS);
	wait_frames(r, index);
	if (r->refused)
		*err = r->refusal;
	return r->refused ? -1 : 0;
}

/* ---- the whole ---- */

/* What still runs belongs to the lab's end: its status is not asked for. */
static int end_jobs(struct replay *r, struct err *err)
{
	drain(r);
	reap(r);
	for (struct job *j = r->jobs; j; j = j->next)
		if (!j->done && j->proc)
			r->res[j->command].status = 0;
	if (r->refused)
		*err = r->refusal;
	return r->refused ? -1 : 0;
}

/* A lab's host begins with lo up. */
static int loopback_up(struct replay *r, struct err *err)
{
	const struct op up = { .kind = OP_LINK_SET, .tool = "ip", .link = { .dev = "lo", .up_set = true, .up = true } };
	struct answer a;

	if (kernel_apply(&r->sandbox, &up, &a, err))
		return -1;
	return a.err ? err_set(err, (struct loc){ 0 }, "lo up: %s", strerror(a.err)) : 0;
}

int replay_run(struct replay *r, const struct kernel_options *o, struct err *err)
{
	const struct run *run = r->run;

	r->res = xcalloc(run->n + 1, sizeof(*r->res));
	r->await = await_new(run);
	r->looks = run->looks ? looks_new() : NULL;
	r->pace = (struct pace){ .at = xcalloc(run->n + 1, sizeof(*r->pace.at)), .n = run->n + 1 };
	crowd_open(&r->crowd, CROWD_STATISTICS, CROWD_LIMIT);
	if (sandbox_enter(&r->sandbox, err))
		return -1;
	r->procs = kprocs_new(err);
	if (!r->procs)
		return -1;
	r->sandbox.first->links_changed = true;
	if (loopback_up(r, err))
		return -1;
	r->capture = capture_new();
	if (o->shared)
		r->shared = kernel_shared_for(o->shared);
	r->observe = observe_new(observe_sources, o->shared ? &r->shared : NULL);
	observe_open(r->observe, "host");
	r->began = clock_now();
	r->pace.began = r->began;
	r->pace.jiffies = observe_jiffies(r->observe);
	for (unsigned i = 0; i < run->n; i++) {
		if (o->fault == FAULT_SLOW)
			pass_time(r, DAWDLE_NS); /* as a busy machine does; for the tests */
		if (o->progress)
			o->progress(o->ctx, &run->cmd[i], i, run->n);
		if (do_command(r, i, err)) {
			if (!err->loc.line)
				err->loc = run->cmd[i].loc;
			return -1;
		}
	}
	if (settle_links(r, err))
		return -1;
	r->end = snapshot(r, run->n, NULL, run->now, err);
	if (!r->end || end_jobs(r, err))
		return -1;
	observe_end(r->observe);
	r->crowd.taken = 0; /* however short a time ago */
	crowd_look(&r->crowd, clock_now());
	return 0;
}

void replay_release(struct replay *r)
{
	while (r->jobs) {
		struct job *j = r->jobs;

		r->jobs = j->next;
		kproc_free(j->proc);
		free(j);
	}
	kprocs_free(r->procs);
	capture_free(r->capture);
	observe_free(r->observe);
	snapshot_free(r->end);
	for (unsigned i = 0; r->res && i < r->run->n; i++)
		result_release(&r->res[i]);
	free(r->res);
	await_free(r->await);
	looks_free(r->looks);
	free(r->pace.at);
	crowd_close(&r->crowd);
	while (r->nameless) {
		struct kns *ns = r->nameless;

		r->nameless = ns->next;
		sandbox_let_go(&r->sandbox, ns);
	}
	sandbox_leave(&r->sandbox);
}
