/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sources of observations, side by side, and the list of what they told, in the order in which it was read: the
 * order of one source in one namespace is the kernel's; that between sources is not. */
#include "kernel/observe.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

const struct observer_ops *const observe_sources[OBS_NUM] = {
	[OBS_NFT] = &nft_trace_ops, [OBS_CT] = &ct_event_ops, [OBS_NETLINK] = &monitor_ops, [OBS_TP] = &tp_ops
};

struct observe {
	const struct observer_ops *const *ops;
	const struct observe_shared *shared;
	struct {
		void *self; /* NULL: not there */
		char *why;  /* then; owned */
	} source[OBS_NUM];
	struct observations list;
	uint32_t command;
};

const char *obs_source_name(enum obs_source s)
{
	static const char *const name[OBS_NUM] = { [OBS_NFT] = "nft trace",
		[OBS_CT] = "conntrack events",
		[OBS_NETLINK] = "rtnetlink",
		[OBS_TP] = "tracepoints" };

	return name[s];
}

const char *obs_source_mark(enum obs_source s)
{
	static const char *const mark[OBS_NUM] = {
		[OBS_NFT] = "nft", [OBS_CT] = "ct", [OBS_NETLINK] = "rtnl", [OBS_TP] = "tp"
	};

	return mark[s];
}

static const char *word(struct observations *l, const char *s)
{
	return s ? trace_string(l->words, trace_intern(l->words, s)) : NULL;
}

void obs_add(struct observe *o, const struct obs *obs)
{
	struct observations *l = &o->list;
	struct obs *to;

	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 256;
		l->v = xrealloc(l->v, l->cap * sizeof(*l->v));
	}
	to = &l->v[l->n++];
	*to = *obs;
	to->function = word(l, obs->function);
	to->e.ns = word(l, obs->e.ns ? obs->e.ns : "");
	to->e.dev = word(l, obs->e.dev ? obs->e.dev : "");
	to->e.command = o->command;
	for (unsigned i = 0; i < event_descs[to->e.kind].n; i++) {
		struct val *v = &to->e.val[i];

		if (val_absent(v))
			*v = VAL_NONE;
		else if (v->type == VT_STR)
			v->str = word(l, v->str);
	}
}

/* ---- all sources ---- */

static void give_up(struct observe *o, unsigned i, struct buf *why)
{
	if (o->source[i].self)
		o->ops[i]->free(o->source[i].self);
	o->source[i].self = NULL;
	free(o->source[i].why);
	o->source[i].why = buf_steal(why);
}

struct observe *observe_new(const struct observer_ops *const sources[OBS_NUM], const struct observe_shared *shared)
{
	struct observe *o = xcalloc(1, sizeof(*o));

	o->ops = sources;
	o->shared = shared;
	o->list.words = trace_new();
	for (unsigned i = 0; i < OBS_NUM; i++) {
		struct buf why = { 0 };

		if (o->ops[i])
			o->source[i].self = o->ops[i]->new (o, &why);
		else
			buf_puts(&why, "not built in");
		if (!o->source[i].self)
			give_up(o, i, &why);
		buf_release(&why);
	}
	return o;
}

const struct observe_shared *observe_shared(const struct observe *o)
{
	return o->shared;
}

void observe_free(struct observe *o)
{
	if (!o)
		return;
	for (unsigned i = 0; i < OBS_NUM; i++) {
		if (o->source[i].self)
			o->ops[i]->free(o->source[i].self);
		free(o->source[i].why);
	}
	free(o->list.v);
	trace_free(o->list.words);
	free(o);
}

void observe_open(struct observe *o, const char *ns)
{
	for (unsigned i = 0; i < OBS_NUM; i++) {
		struct buf why = { 0 };

		if (o->source[i].self && o->ops[i]->open(o->source[i].self, ns, &why))
			give_up(o, i, &why);
		buf_release(&why);
	}
}

void observe_rules(struct observe *o, const char *ns, const struct nf *rules)
{
	for (unsigned i = 0; i < OBS_NUM; i++)
		if (o->source[i].self && o->ops[i]->rules)
			o->ops[i]->rules(o->source[i].self, ns, rules);
}

void observe_rename(struct observe *o, const char *from, const char *to)
{
	for (unsigned i = 0; i < OBS_NUM; i++)
		if (o->source[i].self)
			o->ops[i]->rename(o->source[i].self, from, to);
}

void observe_leave(struct observe *o, const char *ns)
{
	for (unsigned i = 0; i < OBS_NUM; i++)
		if (o->source[i].self && o->ops[i]->leave)
			o->ops[i]->leave(o->source[i].self, ns);
		else if (o->source[i].self)
			o->ops[i]->forget(o->source[i].self, ns);
}

void observe_forget(struct observe *o, const char *ns)
{
	for (unsigned i = 0; i < OBS_NUM; i++)
		if (o->source[i].self)
			o->ops[i]->forget(o->source[i].self, ns);
}

void observe_mark(struct observe *o, uint32_t command)
{
	o->command = command;
}

void observe_read(struct observe *o, const struct pollfd *fds)
{
	for (unsigned i = 0; i < OBS_NUM; i++) {
		unsigned n = o->source[i].self ? o->ops[i]->poll(o->source[i].self, NULL, 0) : 0;
		bool any = false;

		for (; n; n--)
			any |= fds++->revents != 0;
		if (any)
			o->ops[i]->drain(o->source[i].self);
	}
}

/* One system call says which sources have anything to read, or an error to tell of; each would make some per
 * namespace. */
void observe_drain(struct observe *o)
{
	unsigned n = observe_poll(o, NULL, 0);
	struct pollfd *fds = xcalloc(n + 1, sizeof(*fds));

	observe_poll(o, fds, n);
	if (poll(fds, n, 0) > 0)
		observe_read(o, fds);
	free(fds);
}

void observe_end(struct observe *o)
{
	observe_drain(o);
	for (unsigned i = 0; i < OBS_NUM; i++)
		if (o->source[i].self && o->ops[i]->end)
			o->ops[i]->end(o->source[i].self);
}

unsigned observe_poll(const struct observe *o, struct pollfd *fds, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < OBS_NUM; i++)
		if (o->source[i].self)
			n += o->ops[i]->poll(o->source[i].self, n < max ? fds + n : NULL, n < max ? max - n : 0);
	return n;
}

uint64_t observe_lost(struct observe *o, enum obs_source s)
{
	return o->source[s].self ? o->ops[s]->lost(o->source[s].self) : 0;
}

uint64_t observe_jiffies(struct observe *o)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < OBS_NUM && !n; i++)
		n = o->source[i].self && o->ops[i]->jiffies ? o->ops[i]->jiffies(o->source[i].self) : 0;
	return n;
}

unsigned observe_late(struct observe *o)
{
	unsigned most = 0;

	for (unsigned i = 0; i < OBS_NUM; i++) {
		unsigned late = o->source[i].self && o->ops[i]->late ? o->ops[i]->late(o->source[i].self) : 0;

		most = late > most ? late : most;
	}
	return most;
}

bool observe_blind(struct observe *o, enum obs_source s, uint64_t from, uint64_t to, bool timer)
{
	return o->source[s].self && o->ops[s]->blind && o->ops[s]->blind(o->source[s].self, from, to, timer);
}

const char *observe_why_not(const struct observe *o, enum obs_source s)
{
	return o->source[s].self ? NULL : o->source[s].why;
}

const struct observations *observe_list(const struct observe *o)
{
	return &o->list;
}
