/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the kernel may have collected neighbours of the lab since the whole machine had too many. */
#ifndef KERNEL_CROWD_H
#define KERNEL_CROWD_H

#include "model/base.h"

struct crowd {
	int fd;         /* the table's statistics; -1: they can not be seen from here */
	long limit;     /* gc_thresh1, or what crowd_open() was told to read */
	long entries;   /* the most that were seen */
	uint64_t runs;  /* of the collector, at first */
	bool ran;       /* since then */
	uint64_t taken; /* when they were looked at last, ns */
};
#define CROWD_STATISTICS "/proc/net/stat/arp_cache"
#define CROWD_LIMIT "/proc/sys/net/ipv4/neigh/default/gc_thresh1"
/* From here on each new entry may throw out old ones: neigh_alloc(), neigh_forced_gc(). */
#define CROWD_REFUSES "/proc/sys/net/ipv4/neigh/default/gc_thresh2"

/* How many entries there are, and how often the collector has run (may be NULL); -1 = fd has no such statistics. */
long crowd_entries(int fd, uint64_t *runs);
long crowd_limit(const char *path); /* -1: it is not there */
/* In the network namespace that the process was born in: the statistics are in the machine's first alone. */
void crowd_open(struct crowd *c, const char *statistics, const char *limit);
void crowd_close(struct crowd *c);
/* Looks again, if that was not a moment ago. */
void crowd_look(struct crowd *c, uint64_t now);
/* The collector ran, and about so many entries were seen that it throws some out. */
bool crowd_collects(const struct crowd *c);

#endif
