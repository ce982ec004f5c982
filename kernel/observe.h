/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of its steps, while a lab is replayed: each observation is an event of the trace's own kinds,
 * of which those fields are set that were told. Sources of observations (nft_trace.c, ct_event.c, monitor.c, tp.c) are
 * behind one table of functions; observe.c keeps what they bring, kernel/steps.c compares it with the model's trace. */
#ifndef KERNEL_OBSERVE_H
#define KERNEL_OBSERVE_H

#include <poll.h>

#include "model/buf.h"
#include "model/err.h"
#include "model/nf.h"
#include "model/trace.h"
#include "model/wire.h"

enum obs_source { OBS_NFT, OBS_CT, OBS_NETLINK, OBS_TP, OBS_NUM };
const char *obs_source_name(enum obs_source s); /* "nft trace", "conntrack events", "rtnetlink", "tracepoints" */
const char *obs_source_mark(enum obs_source s); /* in a word: "nft", "ct", "rtnl", "tp" */

struct obs {
	enum obs_source source;
	const char *by;       /* what told it: "nft trace", "RTM_NEWNEIGH", "skb:kfree_skb"; static text */
	const char *function; /* the kernel function where it happened; NULL = not told */
	struct event e;   /* kind, ns, dev ("" = none), val; time (ns, monotonic clock; 0 = not told) and command (set
			   * by obs_add()); seq, packet and stage are 0 */
	struct flow flow; /* of the packet then; {0} = of no packet, or not told */
	bool flow_known;
	struct tcp_hdr tcp; /* its TCP header; zero where it has none, or was not told */
	uint32_t group; /* not 0: those of one number belong together, though others came in between; numbers ascend */
};
struct observations { /* {0} is empty */
	struct obs *v;
	unsigned n, cap;
	struct trace *words; /* owns the strings */
};

/* Where a source puts what it reads. */
struct observe;
/* Appends a copy: strings (ns, dev, function, values of VT_STR) are copied, VT_BYTES are not allowed. */
void obs_add(struct observe *o, const struct obs *obs);

/* A source. Each function gets what new() returned. The thread is in the namespace when open() is called. */
struct observer_ops {
	enum obs_source source;
	/* Begins; NULL with *why: this kernel, this user or this build can not. */
	void *(*new)(struct observe *o, struct buf *why);
	/* A new namespace of the lab, called `ns`. 0, or -1 with *why: it can not be observed, so the source is given
	 * up. */
	int (*open)(void *self, const char *ns, struct buf *why);
	/* The lab's rules in `ns` from now on, as read back; NULL: it does not matter. */
	void (*rules)(void *self, const char *ns, const struct nf *rules);
	/* It has another label from now on: reads the rest first. */
	void (*rename)(void *self, const char *from, const char *to);
	/* It is about to be taken apart, of which this source tells too, up to forget(). NULL: it does not. */
	void (*leave)(void *self, const char *ns);
	void (*forget)(void *self, const char *ns); /* it has gone: reads the rest first */
	void (*drain)(void *self);                  /* reads all there is, without waiting */
	void (*end)(void *self); /* reads the rest, and tells what it has kept back; NULL: nothing ever */
	unsigned (*poll)(const void *self, struct pollfd *fds, unsigned max); /* how many there are */
	uint64_t (*lost)(void *self); /* observations that the kernel had no room for */
	/* After the end: was there a moment in that time (ns, monotonic clock) when it saw nothing of what a softirq
	 * did? timer: of one in which timers may have expired. NULL: it sees all. */
	bool (*blind)(void *self, uint64_t from, uint64_t to, bool timer);
	/* jiffies where CLOCK_MONOTONIC begins, modulo 2^64; 0 = not known. NULL: it can't know. */
	uint64_t (*jiffies)(void *self);
	/* By how many of the kernel's ticks a timer of the lab came late, at most. NULL: it does not see that. */
	unsigned (*late)(void *self);
	void (*free)(void *self);
};
extern const struct observer_ops nft_trace_ops, ct_event_ops, monitor_ops, tp_ops;

extern const struct observer_ops *const observe_sources[OBS_NUM]; /* all there are; NULL: not built in */
/* What a driver of many labs has set up before it forks: kernel_share(). */
struct tp_set;
struct observe_shared {
	struct tp_set *tp; /* NULL: why_no_tp */
	const char *why_no_tp;
};
/* Those of the sources that this kernel and this user have. `shared`: NULL = the lab is alone; borrowed. Never NULL. */
struct observe *observe_new(const struct observer_ops *const sources[OBS_NUM], const struct observe_shared *shared);
const struct observe_shared *observe_shared(const struct observe *o);
void observe_free(struct observe *o);
/* The thread is in the new namespace. */
void observe_open(struct observe *o, const char *ns);
void observe_rules(struct observe *o, const char *ns, const struct nf *rules);
void observe_rename(struct observe *o, const char *from, const char *to);
void observe_leave(struct observe *o, const char *ns); /* before it is taken apart */
void observe_forget(struct observe *o, const char *ns);
void observe_mark(struct observe *o, uint32_t command); /* what comes now belongs to it (index + 1); drain before */
void observe_drain(struct observe *o);
void observe_end(struct observe *o); /* the lab is over */
unsigned observe_poll(const struct observe *o, struct pollfd *fds, unsigned max);
/* Reads those sources of which poll(2) said something in what observe_poll() filled in. */
void observe_read(struct observe *o, const struct pollfd *fds);
uint64_t observe_lost(struct observe *o, enum obs_source s);
bool observe_blind(struct observe *o, enum obs_source s, uint64_t from, uint64_t to, bool timer);
uint64_t observe_jiffies(struct observe *o); /* of the source that knows; 0 = none does */
unsigned observe_late(struct observe *o);    /* by how many ticks a timer came late, as far as it can be seen */
/* NULL: it observes; else why not. */
const char *observe_why_not(const struct observe *o, enum obs_source s);
const struct observations *observe_list(const struct observe *o);

#endif
