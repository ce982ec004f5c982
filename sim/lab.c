/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. lab_run() parses the script, then each command whose words are all literal, so that what is
 * not modelled shows before anything runs; then sim/shell.c executes it and calls command() here for each simple
 * command. That becomes a struct command of the run: an op that is applied at once (sim_apply), time that passes
 * (sleep), or a process. A process in the foreground gets steps of the engine until it ends; one in the
 * background stays as a job, and fills its command when it ends, or when the lab does. Commands are process context:
 * all consequences of what one sends have come when it ends. Not modelled: the time that a command itself takes (but
 * for a nominal one behind a program, and where a real machine has given its pace); what background jobs do after the
 * lab's end. */
#include "sim/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/cmd.h"
#include "model/script.h"
#include "sim/jiffies.h"
#include "sim/proc.h"
#include "sim/shell.h"

#define LAB_MAX_COMMANDS 200000u
#define LAB_MAX_OUTPUT (64u << 20)               /* bytes that all commands print together */
#define LAB_MAX_NS (366 * 86400 * NSEC_PER_SEC)  /* virtual time */
#define FOREGROUND_MAX_NS (86400 * NSEC_PER_SEC) /* a command that takes longer is taken to hang */
#define SLEEP_PID 100000                         /* first PID of those that only sleep */
#define COMMAND_NS NSEC_PER_MSEC                 /* what a shell takes from one program to the next, at least */
enum { SIG_TERM = 15, EXIT_BY_SIGNAL = 128 };

struct job {
	uint32_t command; /* index in run->cmd */
	uint32_t proc;    /* 0: it only sleeps, until `until` */
	uint64_t until;
	struct result res;
	int pid;
	bool background, done;
	struct job *next; /* newest first */
};
struct lab {
	struct sim *s;
	struct run *run;
	struct job *jobs;
	int next_pid;
	size_t output;       /* bytes that commands printed */
	unsigned background; /* how many were started: the next one's number for % */
};

/* ---- jobs ---- */

static struct job *job_new(struct lab *l, uint32_t command, bool background)
{
	struct job *j = xcalloc(1, sizeof(*j));

	*j = (struct job){ .command = command, .background = background, .next = l->jobs };
	l->jobs = j;
	return j;
}

/* Hands what the job did over to its command. */
static void job_end(struct lab *l, struct job *j, int status)
{
	struct command *c = &l->run->cmd[j->command];

	c->res = j->res;
	c->res.status = status;
	c->end = l->s->now;
	j->res = (struct result){ 0 };
	j->done = true;
	/* what bash does not look at: a job that was ended by a signal */
	if (j->background && status > EXIT_BY_SIGNAL)
		c->tested = true;
	expect_check(c);
}

static void jobs_reap(struct lab *l)
{
	for (struct job *j = l->jobs; j; j = j->next) {
		if (j->done)
			continue;
		if (j->proc ? !proc_running(l->s, j->proc) : j->until <= l->s->now)
			job_end(l, j, j->res.status);
	}
}

/* Before a shell has started the next command, others have seen the end of a program. */
static void next_command(struct lab *l)
{
	sim_run_until(l->s, l->s->now + COMMAND_NS);
}

/* Lets time pass until the job is done; false when nothing will ever end it. */
static bool job_wait(struct lab *l, struct job *j)
{
	uint64_t limit = l->s->now + FOREGROUND_MAX_NS;

	if (!j->proc && !j->done) {
		if (j->until > limit)
			return false;
		sim_run_until(l->s, j->until);
	}
	while (j->proc && proc_running(l->s, j->proc))
		if (l->s->now > limit || sim_trace_full(l->s) || !sim_step(l->s, limit))
			return false;
	if (j->proc)
		next_command(l);
	jobs_reap(l);
	return true;
}

static struct job *job_of(struct lab *l, uint32_t command)
{
	struct job *j = l->jobs;

	while (j && j->command != command)
		j = j->next;
	return j;
}

/* By PID, or %N. */
static struct job *job_find(struct lab *l, const char *word)
{
	char *end;
	long n = strtol(word + (*word == '%'), &end, 10);
	unsigned number = l->background;

	if (end == word + (*word == '%') || *end)
		return NULL;
	for (struct job *j = l->jobs; j; j = j->next) {
		if (!j->background)
			continue;
		if (*word == '%' ? (long)number == n : (long)j->pid == n)
			return j;
		number--;
	}
	return NULL;
}

/* ---- kill and wait ---- */

static const struct {
	const char *name;
	int number;
} signals[] = { { "HUP", 1 }, { "INT", 2 }, { "QUIT", 3 }, { "KILL", 9 }, { "TERM", SIG_TERM } };

static int signal_of(const char *w)
{
	char *end;
	long n = strtol(w, &end, 10);

	if (!strncmp(w, "SIG", 3))
		w += 3;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (!strcmp(w, signals[i].name) || (!*end && end != w && n == signals[i].number))
			return signals[i].number;
	return 0;
}

static int parse_kill(struct lab *l, const struct shell_call *call, struct op *op, struct err *err)
{
	unsigned i = 1;
	int sig = SIG_TERM;
	struct job *j;

	if (call->n > 1 && call->w[1].text[0] == '-') {
		bool apart = !strcmp(call->w[1].text, "-s");

		i = apart ? 3 : 2;
		sig = call->n > i ? signal_of(apart ? call->w[2].text : call->w[1].text + 1) : 0;
		if (!sig)
			return err_not_modelled(err, call->w[1].loc, "kill %.50s", call->w[1].text);
	}
	if (call->n != i + 1)
		return err_not_modelled(err, call->w[0].loc, "kill of anything but one job");
	j = job_find(l, call->w[i].text);
	if (!j && call->w[i].text[0] == '%')
		return cmd_fail(op, 1, "kill: %s: no such job\n", call->w[i].text);
	if (!j || j->done)
		return cmd_fail(op, 1, "kill: (%s) - No such process\n", call->w[i].text);
	op->kind = OP_KILL;
	op->job = (struct op_job){ .command = j->command, .signal = sig };
	return 0;
}

static int parse_wait(struct lab *l, const struct shell_call *call, struct op *op, struct err *err)
{
	struct job *j;

	op->kind = OP_WAIT;
	op->job = (struct op_job){ .command = UINT32_MAX };
	if (call->n == 1)
		return 0;
	if (call->n > 2)
		return err_not_modelled(err, call->w[2].loc, "wait for several jobs by name");
	j = job_find(l, call->w[1].text);
	if (!j && call->w[1].text[0] == '%')
		return cmd_fail(op, 127, "wait: %s: no such job\n", call->w[1].text);
	if (!j)
		return cmd_fail(op, 127, "wait: pid %s is not a child of this shell\n", call->w[1].text);
	op->job.command = j->command;
	return 0;
}

static void do_kill(struct lab *l, const struct op *op)
{
	struct job *j = job_of(l, op->job.command);

	if (!j || j->done)
		return;
	if (j->proc)
		proc_kill(l->s, j->proc, op->job.signal);
	job_end(l, j, EXIT_BY_SIGNAL + op->job.signal);
	if (j->proc)
		next_command(l);
}

static int do_wait(struct lab *l, const struct op *op, struct loc loc, struct result *res, struct err *err)
{
	for (struct job *j = l->jobs; j; j = j->next) {
		if (!j->background || (op->job.command != UINT32_MAX && op->job.command != j->command))
			continue;
		if (!j->done && !job_wait(l, j) && !sim_trace_full(l->s))
			return err_set(err, loc, "this never ends: a job in the background waits for ever (line %u)",
				l->run->cmd[j->command].loc.line);
		if (op->job.command != UINT32_MAX)
			res->status = l->run->cmd[j->command].res.status;
	}
	return 0;
}

/* ---- one command ---- */

static bool job_word(const char *w)
{
	return !strcmp(w, "kill") || !strcmp(w, "wait");
}

/* From the words to the operation. */
static int parse_words(const struct shell_call *call, struct op *op, struct err *err)
{
	struct cmd c = { .w = call->w,
		.n = call->n,
		.loc = call->source->loc,
		.input = call->input,
		.input_size = call->input_size,
		.background = call->background };

	if (cmd_parse(&c, op, err))
		return -1;
	if (!call->out_path || !cmd_to_file(&c, op, call->out_path, call->out_loc, err))
		return 0;
	op_release(op);
	return -1;
}

static int parse_call(struct lab *l, const struct shell_call *call, struct op *op, struct err *err)
{
	const char *name = call->w[0].text;

	if (!job_word(name))
		return parse_words(call, op, err);
	*op = (struct op){ .kind = OP_CANNED, .loc = call->source->loc, .tool = "bash" };
	if (call->background || call->out_path)
		return err_not_modelled(err, call->w[0].loc, "%s with '&' or a redirection", name);
	return !strcmp(name, "kill") ? parse_kill(l, call, op, err) : parse_wait(l, call, op, err);
}

static struct command *record(struct lab *l, const struct shell_call *call, const struct op *op)
{
	struct command *c = run_add(l->run);

	c->loc = call->source->loc;
	c->text = xstrdup(call->text);
	c->op = *op; /* takes over */
	c->out_null = call->out_null;
	c->err_null = call->err_null;
	c->err_to_out = call->err_to_out;
	c->out_to_err = call->out_to_err;
	c->background = call->background;
	c->tested = call->tested;
	expect_copy(&c->expect, &call->source->expect);
	if (call->source->hint || op->hint)
		c->hint = xstrdup(call->source->hint ? call->source->hint : op->hint);
	c->start = c->end = l->s->now;
	return c;
}

/* What needs no back end but must find its namespace: `ip netns exec NS sleep 1`. */
static bool no_such_ns(struct lab *l, const struct op *op, struct result *res)
{
	struct answer a = { .kind = ANS_NO_NS };

	if (ns_find(l->s->net, op_ns(op)))
		return false;
	str_copy(a.name, sizeof(a.name), op_ns(op));
	op_outcome(op, &a, res);
	return true;
}

static int start_job(struct lab *l, uint32_t index, struct shell_call *call)
{
	struct command *c = &l->run->cmd[index];
	struct job *j = job_new(l, index, call->background);

	if (c->op.kind == OP_SLEEP) {
		j->until = l->s->now + c->op.sleep.ns;
		j->pid = SLEEP_PID + l->next_pid++;
	} else {
		j->proc = proc_start(l->s, ns_find(l->s->net, op_ns(&c->op)), &c->op, &j->res);
		c->process = j->proc;
		j->pid = proc_pid(l->s, j->proc);
		c->pids = proc_pids(l->s, j->proc, c->pid);
	}
	call->pid = j->pid;
	l->background += call->background;
	return 0;
}

/* The addresses of a new veth pair are the model's choice: kernel mode has to make the same. */
static void note_macs(struct lab *l, struct op *op)
{
	struct op_link *o = &op->link;
	const struct ns *ns = ns_find(l->s->net, o->target_ns_set ? o->target_ns : op_ns(op));
	const struct dev *dev = ns ? dev_find(ns, o->dev) : NULL;

	if (!dev || !dev->peer)
		return;
	o->chosen = true;
	o->chosen_mac = dev->mac;
	o->chosen_peer_mac = dev->peer->mac;
}

static void apply_chain(struct lab *l, struct op *op, struct result *res)
{
	for (; op; op = op->next) {
		struct result one = { 0 };

		if (op->kind == OP_CANNED)
			op_show(l->s->net, op, l->s->now, &one);
		else
			sim_apply(l->s, op, &one);
		if (op->kind == OP_LINK_ADD && !one.status)
			note_macs(l, op);
		buf_put(&res->out, buf_str(&one.out), one.out.size);
		buf_put(&res->err, buf_str(&one.err), one.err.size);
		if (one.status)
			res->status = one.status;
		result_release(&one);
	}
}

/* Executes the recorded command; its result is in run->cmd[index] unless it is a job that goes on. */
static int execute(struct lab *l, uint32_t index, struct shell_call *call, struct err *err)
{
	struct op *op = &l->run->cmd[index].op; /* the array does not grow meanwhile */
	struct result *res = &l->run->cmd[index].res;

	if (op->kind == OP_KILL) {
		do_kill(l, op);
	} else if (op->kind == OP_WAIT) {
		return do_wait(l, op, op->loc, res, err);
	} else if ((op->kind == OP_RUN || op->kind == OP_SLEEP || op->kind == OP_CANNED) && no_such_ns(l, op, res)) {
		return 0;
	} else if (op->kind == OP_RUN || op->kind == OP_SLEEP) {
		start_job(l, index, call);
		if (!call->background && !job_wait(l, l->jobs) && !sim_trace_full(l->s))
			return err_set(
				err, op->loc, "this never ends (not within a day); under bash the lab would hang here");
	} else {
		apply_chain(l, op, res);
	}
	return 0;
}

/* What keeps any lab finite. */
static int check_bounds(struct lab *l, uint32_t index, const struct shell_call *call, struct err *err)
{
	const struct command *c = &l->run->cmd[index];

	l->output += c->res.out.size + c->res.err.size + strlen(c->text);
	if (l->output > LAB_MAX_OUTPUT)
		return err_set(err, call->source->loc, "the commands and what they print come to more than %u MiB",
			LAB_MAX_OUTPUT >> 20);
	if (l->s->now > LAB_MAX_NS)
		return err_set(err, call->source->loc, "the lab takes longer than a year");
	if (sim_trace_full(l->s))
		return err_set(err, call->source->loc, "so many packets that their trace is larger than %u MiB",
			(unsigned)(l->s->trace_limit >> 20));
	return 0;
}

/* What the machine took until it began the next command belongs to the one before. */
static void keep_pace(struct lab *l, uint32_t next)
{
	const struct pace *pace = l->run->pace;

	if (!pace || next >= pace->n || pace->at[next] <= l->s->now)
		return;
	sim_run_until(l->s, pace->at[next]);
	jobs_reap(l);
	if (next)
		l->run->cmd[next - 1].events = trace_events(l->s->trace);
}

/* At the tables, before the command; what it takes away is still there. */
static void look(struct lab *l, uint32_t index)
{
	const struct op *op = &l->run->cmd[index].op;

	if (!l->run->looks)
		return;
	looks_take(l->run->looks, l->s->net, op, index, l->s->now);
	looks_touch(l->s->net, op, index);
}

static int command(void *ctx, struct shell_call *call, int *status, struct err *err)
{
	struct lab *l = ctx;
	uint32_t index = l->run->n;
	struct command *c;
	struct op op;
	int rc;

	keep_pace(l, index);

	if (index >= LAB_MAX_COMMANDS)
		return err_set(err, call->source->loc, "the lab runs more than %u commands", LAB_MAX_COMMANDS);
	if (parse_call(l, call, &op, err))
		return -1;
	record(l, call, &op);
	l->s->command = index + 1;
	netns_reap(l->s);
	look(l, index);
	rc = execute(l, index, call, err);
	if (l->run->looks)
		looks_touch(l->s->net, &l->run->cmd[index].op, index);
	l->run->cmd[index].events = l->s->trace ? trace_events(l->s->trace) : 0;
	jobs_reap(l);
	if (!rc)
		rc = check_bounds(l, index, call, err);
	c = &l->run->cmd[index];
	c->storm = l->s->storming && !sim_trace_full(l->s);
	l->s->storming = false;
	if (!job_of(l, index)) {
		c->end = l->s->now;
		expect_check(c);
	}
	*status = c->res.status;
	return rc;
}

/* ---- before and after ---- */

static int check_call(const struct shell_call *call, struct err *err)
{
	struct op op;

	if (job_word(call->w[0].text)) /* what it says depends on the jobs that there are */
		return 0;
	if (parse_words(call, &op, err))
		return -1;
	op_release(&op);
	return 0;
}

static int precheck(void *ctx, const struct script_cmd *c)
{
	return shell_check(c, check_call, ctx);
}

static int parse(struct script *script, const char *path, const char *text, size_t size, struct err *err)
{
	if (script_parse(script, path, text, size, err))
		return -1;
	if (!script_each(&script->list, precheck, err))
		return 0;
	script_free(script);
	return -1;
}

/* The lab is over: what still runs has status 0 so far; then the processes go. */
static void end_jobs(struct lab *l)
{
	struct job *j, *next;

	jobs_reap(l);
	for (j = l->jobs; j; j = j->next)
		if (!j->done)
			job_end(l, j, 0);
	procs_free(l->s);
	for (j = l->jobs; j; j = next) {
		next = j->next;
		result_release(&j->res);
		free(j);
	}
	l->jobs = NULL;
}

int lab_run(struct sim *s, const char *path, const char *text, size_t size, struct run *run, struct err *err)
{
	struct lab l = { .s = s, .run = run };
	struct shell_end end = { 0 };
	struct script script;
	int rc;

	if (parse(&script, path, text, size, err))
		return -1;
	rc = shell_run(&script, path, command, &l, &end, err);
	script_free(&script);
	if (!rc)
		keep_pace(&l, run->n);
	s->command = 0;
	sim_end(s);
	s->tracing = false;
	s->over = true;
	end_jobs(&l);
	run->status = end.status;
	run->stopped = end.stopped;
	run->now = s->now;
	run->net = s->net;
	run->trace = s->trace;
	s->trace = NULL;
	return rc;
}

const struct run *lab_run_again(void *ctx, const struct pace *pace)
{
	struct lab_again *a = ctx;
	struct err err = { 0 };

	lab_again_release(a);
	a->pace = *pace;
	a->pace.at = xcalloc(pace->n, sizeof(*pace->at));
	memcpy(a->pace.at, pace->at, pace->n * sizeof(*pace->at));
	a->run = (struct run){ .path = a->path, .pace = &a->pace, .looks = looks_new() };
	a->s = sim_new(a->seed, true);
	if (pace->began)
		a->s->tick_origin = pace->began + pace->jiffies * TICK_NS;
	trace_keep_flows(a->s->trace);
	return lab_run(a->s, a->path, a->text, a->size, &a->run, &err) ? NULL : &a->run;
}

void lab_again_release(struct lab_again *a)
{
	run_release(&a->run);
	if (a->s)
		sim_free(a->s);
	free(a->pace.at);
	a->pace = (struct pace){ 0 };
	a->run = (struct run){ 0 };
	a->s = NULL;
}

int lab_parse(const char *path, const char *text, size_t size, struct buf *canonical, struct err *err)
{
	struct script script;

	if (parse(&script, path, text, size, err))
		return -1;
	script_print(canonical, &script);
	script_free(&script);
	return 0;
}
