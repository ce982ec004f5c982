/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A run has a seed, and each of its labs an index. For each index a few candidates are drawn
 * (their seeds come from the run's seed and the index alone), and run in the model, those of a few indices in one
 * child. Then, strictly in the order of the indices, the candidate is taken that reaches what has been reached least so
 * far: so which lab it is depends on the seed, the shard and the model, and neither on the kernel nor on what ends
 * when. The one that was taken runs in a child of its own, in the model again and then in the kernel.
 *
 * Most of a lab's life is waiting, so many run at once; how many follows how late they are: the share of their lives in
 * which children were ready to run and did not get a processor (jobs_adapt()). Too late is as bad as too slow, for a
 * lab whose commands come at other times than in the model may well differ.
 *
 * A finding is run again, to see whether it is steady, made smaller (sim/fuzz_shrink.c), and kept as a file; ordinary
 * labs go on meanwhile where there is room. A lab whose comparison was not certain is run again too. */
#include "sim/fuzz.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/gen.h"
#include "sim/fuzz_state.h"

#define CANDIDATES 4                     /* of an index */
#define BATCH (FUZZ_SEEDS / CANDIDATES)  /* indices whose candidates one child draws: a child costs more than a lab */
#define AHEAD 2                          /* indices under way, per job: their candidates are drawn before their turn */
#define LAB_LIMIT_NS (90 * NSEC_PER_SEC) /* of real time, beside three times the virtual one */
#define LONG_LAB_NS (20 * NSEC_PER_SEC)  /* labs that take longer are not taken if there is another */
#define AGAIN 3                          /* a finding is run so often again */
#define TRIES_UNCERTAIN 3                /* a lab that is not certain is run so often */
#define SHRINK_PER_KIND 5                /* findings of one kind that are made smaller */
#define JOBS_PER_CPU 36                  /* when it is not said: the most */
#define JOBS_MIN_PER_CPU 8               /* and to begin with */
#define LATE_TOO_MUCH 0.4                /* of the wall time of labs */
#define LATE_LITTLE 0.25
#define PROGRESS_NS (200 * NSEC_PER_MSEC)
/* Of the neighbours from which on the kernel makes room for new ones: what labs may have, all at their most, and what
 * there may be when one more begins. The rest is for labs that have ended, whose namespaces go some moments later, and
 * for other things on the machine. */
#define NEIGHBOURS_EXPECTED 0.7
#define NEIGHBOURS_NOW 0.5

/* One index. */
struct slot {
	uint64_t index;
	unsigned tries;
	enum { SLOT_NEW, SLOT_DRAWN, SLOT_CHOOSE, SLOT_READY, SLOT_RUNS, SLOT_FREE } state;
	unsigned n;
	uint64_t seed[CANDIDATES];
	struct fuzz_result res[CANDIDATES];
	unsigned chosen;
	struct buf text;
	struct buf all; /* of fuzz_lab_result() */
};
struct task { /* what a child is doing */
	enum { TASK_CANDIDATES, TASK_LAB, TASK_TRY } kind;
	struct slot *slot[BATCH]; /* the first alone, but for candidates */
	unsigned slots;
	struct fuzz_try *try;
	uint32_t neighbours; /* that it may have */
	struct task *next;
};
struct kind {
	char *name;
	unsigned found;
};
struct fuzz {
	const struct fuzz_options *o;
	const struct fuzz_host *h;
	struct err *err;
	bool stop, failed;
	/* slots in the order of their indices; a ring is not needed: they are few */
	struct slot **slot;
	unsigned slots, slots_cap;
	uint64_t next_index;
	struct cover_count chosen; /* of what was taken, in the model: what the next choice goes by */
	/* children */
	struct task *tasks;
	unsigned running, labs_running;
	long neighbours; /* that those may have together */
	double jobs, late;
	unsigned jobs_min, jobs_max;
	uint64_t cpu, children; /* ns that so many labs took of processors */
	/* what the shrinker wants to be run */
	struct fuzz_try *try;
	unsigned tries, try_next, try_done;
	uint64_t longest; /* ns of virtual time that one may take: without a word or two a lab waits for minutes */
	uint32_t try_neighbours; /* that one may have */
	/* findings that wait for their turn */
	struct fuzz_found *found;
	unsigned founds;
	uint64_t handled;
	struct kind *kind;
	unsigned kinds;
	struct fuzz_tally tally;
	uint64_t labs, labs_of_mine, began, shown;
	char kernel[64], user[48];
};

/* ---- seeds ---- */

/* splitmix64's finalizer (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static uint64_t lab_seed(uint64_t run, uint64_t index, unsigned candidate)
{
	return mix(mix(mix(run) ^ index) ^ candidate) & FUZZ_SEED_MAX;
}

void fuzz_print(uint64_t seed, struct buf *out)
{
	gen_lab(seed, out);
}

/* ---- children ---- */

static int start(struct fuzz *f, pool_fn *fn, const struct fuzz_work *w, struct task task, uint64_t limit)
{
	struct task *t = xmalloc(sizeof(*t));
	struct err err = { 0 };

	*t = task;
	if (!f->h->ops->start(f->h->pool, fn, w, t, limit, &err)) {
		t->next = f->tasks;
		f->tasks = t;
		f->running++;
		f->labs_running += t->kind != TASK_CANDIDATES;
		f->neighbours += t->neighbours;
		return 0;
	}
	free(t);
	if (!f->running) { /* not one more process to be had, though none of ours runs */
		*f->err = err;
		f->failed = f->stop = true;
	}
	f->jobs = f->jobs_min = f->running ? f->running : 1;
	return -1;
}

static uint64_t limit_of(uint64_t virtual)
{
	return LAB_LIMIT_NS + 3 * virtual;
}

static int start_lab(struct fuzz *f, struct slot *s)
{
	struct fuzz_work w = { .host = f->h };

	if (!s->text.size)
		gen_lab(s->seed[s->chosen], &s->text);
	w.text = buf_str(&s->text);
	w.size = s->text.size;
	if (start(f, fuzz_lab_child, &w,
		    (struct task){ .kind = TASK_LAB, .slot = { s }, .neighbours = s->res[s->chosen].neighbours },
		    limit_of(s->res[s->chosen].now)))
		return -1;
	s->state = SLOT_RUNS;
	s->tries++;
	return 0;
}

static void slot_add(struct fuzz *f)
{
	struct slot *s = xcalloc(1, sizeof(*s));

	s->index = f->next_index;
	for (unsigned i = 0; i < CANDIDATES; i++)
		s->seed[i] = lab_seed(f->o->seed, s->index, i);
	if (f->slots == f->slots_cap) {
		f->slots_cap = f->slots_cap ? f->slots_cap * 2 : 64;
		f->slot = xrealloc(f->slot, f->slots_cap * sizeof(struct slot *));
	}
	f->slot[f->slots++] = s;
	f->next_index += f->o->shards;
}

static struct slot *slot_in(struct fuzz *f, int state)
{
	for (unsigned i = 0; i < f->slots; i++)
		if ((int)f->slot[i]->state == state)
			return f->slot[i];
	return NULL;
}

/* Is there an index to draw for? */
static bool slots_new(struct fuzz *f)
{
	if (!slot_in(f, SLOT_NEW) && f->slots < AHEAD * f->jobs)
		for (unsigned i = 0; i < BATCH && f->next_index < f->o->labs; i++)
			slot_add(f);
	return slot_in(f, SLOT_NEW);
}

static int start_candidates(struct fuzz *f)
{
	struct fuzz_work w = { .host = f->h };
	struct task t = { .kind = TASK_CANDIDATES };

	for (unsigned i = 0; i < f->slots && t.slots < BATCH; i++) {
		struct slot *s = f->slot[i];

		if (s->state != SLOT_NEW)
			continue;
		t.slot[t.slots++] = s;
		for (unsigned k = 0; k < CANDIDATES; k++)
			w.seed[w.n++] = s->seed[k];
	}
	if (start(f, fuzz_candidates_child, &w, t, LAB_LIMIT_NS))
		return -1;
	for (unsigned i = 0; i < t.slots; i++)
		t.slot[i]->state = SLOT_DRAWN;
	return 0;
}

static int start_try(struct fuzz *f)
{
	struct fuzz_try *t = &f->try[f->try_next];
	struct fuzz_work w = { .host = f->h, .text = buf_str(t->text), .size = t->text->size, .longest = f->longest };

	if (start(f, fuzz_lab_child, &w, (struct task){ .kind = TASK_TRY, .try = t, .neighbours = f->try_neighbours },
		    limit_of(f->longest)))
		return -1;
	f->try_next++;
	return 0;
}

/* ---- what the machine has room for ---- */

/* How many neighbours one more lab may have. The kernel keeps those of all namespaces in one table, and a lab may not
 * see that it is full. A lab that is alone runs anyway. */
static long neighbours_left(const struct fuzz *f)
{
	long most, now, left, left_now;

	if (!f->labs_running || !f->h->verify || !f->h->neighbours)
		return LONG_MAX;
	now = f->h->neighbours(&most);
	if (now < 0)
		return LONG_MAX;
	left = (long)(NEIGHBOURS_EXPECTED * (double)most) - f->neighbours;
	left_now = (long)(NEIGHBOURS_NOW * (double)most) - now;
	return left < left_now ? left : left_now;
}

static struct slot *slot_ready(const struct fuzz *f, long neighbours)
{
	for (unsigned i = 0; i < f->slots; i++) {
		struct slot *s = f->slot[i];

		if (s->state == SLOT_READY && (long)s->res[s->chosen].neighbours <= neighbours)
			return s;
	}
	return NULL;
}

/* Starts what there is room for: the shrinker's first, in half of the room, then labs that were chosen, then
 * candidates. */
static void fill(struct fuzz *f)
{
	while (!f->stop && f->running < (unsigned)f->jobs) {
		long neighbours = neighbours_left(f);
		bool tries = f->try_next < f->tries && (long)f->try_neighbours <= neighbours;
		struct slot *s;
		int rc;

		if (tries && 2 * (f->try_next - f->try_done) < (unsigned)f->jobs)
			rc = start_try(f);
		else if ((s = slot_ready(f, neighbours)))
			rc = start_lab(f, s);
		else if (slots_new(f))
			rc = start_candidates(f);
		else if (tries)
			rc = start_try(f);
		else
			return;
		if (rc)
			return;
	}
}

/* ---- choosing ---- */

/* Refused ones, and those that take long, only when there is nothing else. */
static uint64_t worth(const struct fuzz *f, const struct fuzz_result *r)
{
	uint64_t w = cover_worth(&f->chosen, &r->cover) + 1;

	if (r->verdict == FV_REFUSED)
		return 0;
	return r->now > LONG_LAB_NS ? 1 : w;
}

static void found_add(struct fuzz *f, struct slot *s)
{
	struct fuzz_found *x;

	f->found = xrealloc(f->found, (f->founds + 1) * sizeof(*f->found));
	x = &f->found[f->founds++];
	*x = (struct fuzz_found){ .index = s->index,
		.seed = s->seed[s->chosen],
		.res = s->res[s->chosen],
		.commands = s->res[s->chosen].commands };
	if (!s->text.size)
		gen_lab(x->seed, &s->text);
	x->text = s->text;
	s->text = (struct buf){ 0 };
	x->all = s->all;
	s->all = (struct buf){ 0 };
}

static void progress(struct fuzz *f);

static void out(struct fuzz *f, struct buf *b)
{
	if (f->h->progress && b->size)
		f->h->progress("");
	f->h->out(b);
	buf_release(b);
	f->shown = 0;
}

/* The slot's lab has its result. */
static void slot_end(struct fuzz *f, struct slot *s)
{
	const struct fuzz_result *r = &s->res[s->chosen];
	struct buf b = { 0 };

	s->state = SLOT_FREE;
	f->labs++;
	if (!*f->kernel && *r->kernel) {
		str_copy(f->kernel, sizeof(f->kernel), r->kernel);
		str_copy(f->user, sizeof(f->user), r->user);
	}
	if (fuzz_verdict_finding(r->verdict)) {
		found_add(f, s);
		return;
	}
	fuzz_tally_add(&f->tally, r);
	if (f->o->json)
		fuzz_report_lab(&b, s->index, s->seed[s->chosen], r);
	out(f, &b);
}

/* In the order of indices, as far as their candidates are there. A model that crashed is a finding by itself, and a
 * lab that the model refuses needs no kernel. */
static void choose(struct fuzz *f)
{
	for (unsigned i = 0; i < f->slots && f->slot[i]->state != SLOT_DRAWN && f->slot[i]->state != SLOT_NEW; i++) {
		struct slot *s = f->slot[i];
		uint64_t best = 0;

		if (s->state != SLOT_CHOOSE)
			continue;
		s->chosen = 0;
		for (unsigned k = 0; k < s->n; k++) {
			uint64_t w = worth(f, &s->res[k]);

			if (fuzz_verdict_finding(s->res[k].verdict)) {
				s->chosen = k;
				break;
			}
			if (w > best) {
				best = w;
				s->chosen = k;
			}
		}
		cover_add(&f->chosen, &s->res[s->chosen].cover);
		s->state = SLOT_READY;
		if (!f->h->verify && s->res[s->chosen].verdict == FV_NONE)
			s->res[s->chosen].verdict = FV_PREDICTED;
		if (s->res[s->chosen].verdict != FV_NONE)
			slot_end(f, s);
	}
}

static void slots_sweep(struct fuzz *f)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->slots; i++) {
		if (f->slot[i]->state != SLOT_FREE) {
			f->slot[n++] = f->slot[i];
			continue;
		}
		buf_release(&f->slot[i]->text);
		buf_release(&f->slot[i]->all);
		free(f->slot[i]);
	}
	f->slots = n;
}

/* ---- ends of children ---- */

static void lab_ended(struct fuzz *f, struct slot *s, const struct pool_end *end)
{
	struct cover cover = s->res[s->chosen].cover;

	fuzz_lab_result(end, &s->res[s->chosen], &s->all);
	s->res[s->chosen].cover = cover; /* as the candidate's, also when the child crashed */
	if (s->res[s->chosen].verdict == FV_UNCERTAIN && s->tries < TRIES_UNCERTAIN)
		s->state = SLOT_READY;
	else
		slot_end(f, s);
}

/* A child that ended early has told nothing of some: they are drawn once more, without the one that it ended at. */
static void candidates_ended(struct fuzz *f, const struct task *t, const struct pool_end *end)
{
	struct fuzz_result *res = xcalloc(FUZZ_SEEDS, sizeof(*res));
	unsigned left = fuzz_candidates_result(end, res, t->slots * CANDIDATES);

	for (unsigned i = 0; i < t->slots; i++) {
		struct slot *s = t->slot[i];

		s->n = left < CANDIDATES ? left : CANDIDATES;
		left -= s->n;
		memcpy(s->res, res + i * CANDIDATES, s->n * sizeof(*res));
		s->state = s->n ? SLOT_CHOOSE : SLOT_NEW;
	}
	free(res);
	choose(f);
}

/* More when those that end were hardly late, fewer when they were: a quarter of one at a time up, an eighth down. Not
 * fewer than a few per processor: who is late then is so because of others. */
static void jobs_adapt(struct fuzz *f, const struct pool_end *end)
{
	double late = end->wall ? (double)end->late / (double)end->wall : 0;

	f->late += (late - f->late) / 8;
	f->cpu += end->cpu;
	f->children++;
	if (f->late > LATE_TOO_MUCH && f->jobs > f->jobs_min) {
		f->jobs -= f->jobs / 8 > 1 ? f->jobs / 8 : 1;
		f->late = (LATE_TOO_MUCH + LATE_LITTLE) / 2;
	} else if (f->late < LATE_LITTLE && f->jobs < f->jobs_max) {
		f->jobs += 0.25;
	}
}

static void ended(struct fuzz *f, struct pool_end *end)
{
	struct task *t = end->task, **at = &f->tasks;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	f->running--;
	f->labs_running -= t->kind != TASK_CANDIDATES;
	f->neighbours -= t->neighbours;
	switch (t->kind) {
	case TASK_CANDIDATES:
		candidates_ended(f, t, end);
		break;
	case TASK_LAB:
		jobs_adapt(f, end);
		lab_ended(f, t->slot[0], end);
		break;
	case TASK_TRY:
		jobs_adapt(f, end);
		fuzz_lab_result(end, &t->try->res, NULL);
		f->try_done++;
		break;
	}
	slots_sweep(f);
	free(t);
	buf_release(&end->told);
	buf_release(&end->said);
}

static void progress(struct fuzz *f)
{
	uint64_t now = f->h->ops->now();
	char line[160];
	unsigned reached = 0, all = 0;

	if (!f->h->progress || now - f->shown < PROGRESS_NS)
		return;
	f->shown = now;
	for (unsigned g = 0; g < COVER_GROUPS; g++)
		for (unsigned i = 0; i < cover_size((enum cover_group)g); i++, all++)
			reached += f->tally.cover.labs[cover_first((enum cover_group)g) + i] > 0;
	snprintf(line, sizeof(line),
		"%llu of %llu labs, %.1f a second, %llu differ, %llu uncertain, %u of %u reached, %u at once%s",
		(unsigned long long)f->labs, (unsigned long long)f->labs_of_mine,
		(double)f->labs * NSEC_PER_SEC / (double)(now - f->began + 1),
		(unsigned long long)f->tally.verdict[FV_DIFFERS] + f->founds,
		(unsigned long long)f->tally.verdict[FV_UNCERTAIN], reached, all, f->running,
		f->tries ? ", making one smaller" : "");
	f->h->progress(line);
}

/* Waits for something to end, and starts more. False: stop. */
static bool pump(struct fuzz *f)
{
	struct pool_end end;
	int rc;

	fill(f);
	progress(f);
	if (f->stop)
		return false;
	rc = f->h->ops->next(f->h->pool, PROGRESS_NS, &end);
	if (rc > 0)
		ended(f, &end);
	if (rc < 0)
		f->stop = true;
	return !f->stop;
}

int fuzz_try(struct fuzz *f, struct fuzz_try *tries, unsigned n)
{
	f->try = tries;
	f->tries = n;
	f->try_next = f->try_done = 0;
	while (f->try_done < n && pump(f))
		;
	f->tries = f->try_next = 0;
	return f->stop ? -1 : 0;
}

/* ---- findings ---- */

static struct kind *kind_of(struct fuzz *f, const char *name)
{
	for (unsigned i = 0; i < f->kinds; i++)
		if (!strcmp(f->kind[i].name, name))
			return &f->kind[i];
	f->kind = xrealloc(f->kind, (f->kinds + 1) * sizeof(*f->kind));
	f->kind[f->kinds] = (struct kind){ .name = xstrdup(name) };
	return &f->kind[f->kinds++];
}

/* How often a lab shows it in AGAIN runs; *res gets what it shows then. -1: interrupted. */
static int run_again(struct fuzz *f, const struct buf *text, struct fuzz_result *res)
{
	struct fuzz_try again[AGAIN] = { 0 };
	int n = 0;

	for (unsigned i = 0; i < AGAIN; i++)
		again[i].text = text;
	if (fuzz_try(f, again, AGAIN))
		return -1;
	for (unsigned i = 0; i < AGAIN; i++) {
		if (!fuzz_verdict_finding(again[i].res.verdict))
			continue;
		if (!n++)
			*res = again[i].res;
	}
	return n;
}

/* The smaller lab, if it still shows it. */
static void make_smaller(struct fuzz *f, struct fuzz_found *x)
{
	struct fuzz_result res = x->res;
	struct buf text = { 0 };
	int again;

	buf_puts(&text, buf_str(&x->text));
	fuzz_shrink(f, &text, &x->res);
	again = f->stop ? -1 : run_again(f, &text, &res);
	if (again > 0) {
		buf_release(&x->text);
		x->text = text;
		x->res = res;
		x->again = (unsigned)again;
		return;
	}
	buf_release(&text);
}

/* False: it could not be written, which ends the run. */
static bool keep_file(struct fuzz *f, const char *name, const struct buf *text)
{
	struct err err = { 0 };

	if (!f->h->write(f->o->keep, name, text, &err))
		return true;
	if (!f->failed)
		*f->err = err;
	f->failed = f->stop = true;
	return false;
}

static void keep(struct fuzz *f, struct fuzz_found *x)
{
	struct buf name = { 0 }, file = { 0 }, path = { 0 };

	buf_printf(&name, "%llu.sh", (unsigned long long)x->seed);
	fuzz_report_file(&file, f->o, x);
	buf_printf(&path, "%s/%s", f->o->keep, buf_str(&name));
	if (keep_file(f, buf_str(&name), &file))
		x->file = buf_steal(&path);
	if (x->all.size && x->file) {
		buf_puts(&name, ".json");
		keep_file(f, buf_str(&name), &x->all);
	}
	buf_release(&path);
	buf_release(&name);
	buf_release(&file);
}

/* Counted, kept, told of. */
static void found_end(struct fuzz *f, struct fuzz_found *x)
{
	struct buf b = { 0 };

	fuzz_tally_add(&f->tally, &x->res);
	f->tally.flaky += x->again < x->of;
	keep(f, x);
	fuzz_report_found(&b, x, f->o->json);
	out(f, &b);
	buf_release(&x->text);
	buf_release(&x->all);
	free(x->file);
}

static void found_handle(struct fuzz *f)
{
	struct fuzz_found x = f->found[0];
	struct fuzz_result res = x.res;
	struct kind *kind = kind_of(f, x.res.kind);
	int again;

	f->longest = res.now + NSEC_PER_SEC;
	f->try_neighbours = res.neighbours;
	again = run_again(f, &x.text, &res);
	memmove(f->found, f->found + 1, --f->founds * sizeof(*f->found));
	x.again = again > 0 ? (unsigned)again : 0;
	x.of = again < 0 ? 0 : AGAIN;
	if (again == AGAIN && kind->found++ < SHRINK_PER_KIND)
		make_smaller(f, &x);
	found_end(f, &x);
	f->handled++;
}

/* The end came before their turn: they are what they are, and not run again. */
static void founds_end(struct fuzz *f)
{
	for (unsigned i = 0; i < f->founds; i++)
		found_end(f, &f->found[i]);
	f->founds = 0;
}

/* ---- the whole ---- */

/* Whether anything can be verified here, told by a lab that does nothing. */
static int probe(struct fuzz *f)
{
	struct buf text = { 0 };
	struct fuzz_try try = { .text = &text };

	f->longest = NSEC_PER_SEC;
	buf_puts(&text, "ip netns add a\n");
	if (!fuzz_try(f, &try, 1) && try.res.verdict != FV_AGREES && try.res.verdict != FV_PREDICTED &&
		try.res.verdict != FV_UNCERTAIN) {
		err_set(f->err, (struct loc){ 0 }, "labs can not be verified here: %s", try.res.text);
		f->failed = f->stop = true;
	}
	buf_release(&text);
	return f->failed ? -1 : 0;
}

static void release(struct fuzz *f)
{
	struct task *t;

	while ((t = f->tasks)) { /* of children that the pool will kill */
		f->tasks = t->next;
		free(t);
	}
	for (unsigned i = 0; i < f->slots; i++)
		f->slot[i]->state = SLOT_FREE;
	slots_sweep(f);
	for (unsigned i = 0; i < f->kinds; i++)
		free(f->kind[i].name);
	for (unsigned i = 0; i < f->founds; i++) {
		buf_release(&f->found[i].text);
		buf_release(&f->found[i].all);
	}
	free(f->kind);
	free(f->found);
	free(f->slot);
	fuzz_tally_release(&f->tally);
}

static void report(struct fuzz *f)
{
	struct fuzz_summary s = { .tally = &f->tally,
		.labs = f->labs,
		.wall = f->h->ops->now() - f->began,
		.cpu = f->children ? f->cpu / f->children : 0,
		.kernel = f->kernel,
		.user = f->user,
		.stopped = f->labs < f->labs_of_mine };
	struct buf b = { 0 };

	fuzz_report_summary(&b, &s, f->o->json);
	out(f, &b);
}

static bool enough(const struct fuzz *f)
{
	return f->o->findings && f->handled >= f->o->findings;
}

unsigned fuzz_jobs_max(const struct fuzz_options *o, unsigned cpus)
{
	return o->jobs ? o->jobs : cpus * JOBS_PER_CPU;
}

int fuzz_run(const struct fuzz_options *o, const struct fuzz_host *h, struct err *err)
{
	struct fuzz f = { .o = o, .h = h, .err = err, .began = h->ops->now(), .next_index = o->shard - 1 };
	struct buf b = { 0 };
	int status = FUZZ_UNUSABLE;

	f.labs_of_mine = o->labs >= o->shard ? (o->labs - o->shard) / o->shards + 1 : 0;
	f.jobs_max = fuzz_jobs_max(o, h->cpus);
	f.jobs_min = h->cpus * JOBS_MIN_PER_CPU < f.jobs_max ? h->cpus * JOBS_MIN_PER_CPU : f.jobs_max;
	f.jobs = f.jobs_min;
	if (!probe(&f)) {
		if (o->json)
			fuzz_report_begin(&b, o);
		out(&f, &b);
		while (!f.stop && !enough(&f) && (f.founds || f.labs < f.labs_of_mine)) {
			if (f.founds)
				found_handle(&f);
			else
				pump(&f);
		}
		founds_end(&f);
		report(&f);
		if (!f.failed)
			status = f.labs < f.labs_of_mine && !enough(&f) ? FUZZ_UNUSABLE : fuzz_tally_exit(&f.tally);
	}
	release(&f);
	return status;
}
