/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. The kernel has one table of IPv4 neighbours for all network namespaces. Every half
 * base_reachable_time of the machine's own namespace a collector comes by (net/core/neighbour.c neigh_periodic_work()),
 * and when there are gc_thresh1 entries or more it throws out those that failed: a lab then sees an entry go because of
 * what others have. /proc/net/stat/arp_cache has both numbers, of the table and of the collector's rounds. The file is
 * in the first namespace alone, so that it is opened before the lab's are made; in a container it is not there, and
 * nothing is said of the crowd then. When there was such a round while the lab ran, and about such a crowd when it was
 * looked at, entries of the lab may have gone, and what follows from that is not followed. */
#include "kernel/crowd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/base.h"

#define LOOK_NS (50 * NSEC_PER_MSEC)
#define COLUMN_RUNS 9 /* periodic_gc_runs, behind entries (net/core/neighbour.c neigh_stat_seq_show()) */

static bool read_at(int fd, char *to, size_t size)
{
	ssize_t n = pread(fd, to, size - 1, 0);

	to[n > 0 ? n : 0] = 0;
	return n > 0;
}

/* A heading, and a line for each processor; the number of entries is the same in all. */
long crowd_entries(int fd, uint64_t *runs)
{
	char text[16384], *line, *save = NULL;
	long entries = -1;

	if (fd < 0 || !read_at(fd, text, sizeof(text)) || !strtok_r(text, "\n", &save))
		return -1;
	if (runs)
		*runs = 0;
	while ((line = strtok_r(NULL, "\n", &save))) {
		uint64_t column = 0;
		char *at = line;

		for (unsigned i = 0; i <= COLUMN_RUNS; i++) {
			column = strtoul(at, &at, 16);
			if (!i)
				entries = (long)column;
		}
		if (runs)
			*runs += column;
	}
	return entries;
}

long crowd_limit(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32];
	long n = fd >= 0 && read_at(fd, text, sizeof(text)) ? strtol(text, NULL, 10) : -1;

	if (fd >= 0)
		close(fd);
	return n;
}

void crowd_open(struct crowd *c, const char *statistics, const char *limit)
{
	*c = (struct crowd){ .fd = open(statistics, O_RDONLY | O_CLOEXEC), .limit = crowd_limit(limit) };
	c->entries = crowd_entries(c->fd, &c->runs);
	if (c->fd >= 0 && (c->entries < 0 || c->limit < 0)) {
		close(c->fd);
		c->fd = -1;
		c->entries = -1;
	}
}

void crowd_close(struct crowd *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void crowd_look(struct crowd *c, uint64_t now)
{
	uint64_t runs;
	long entries;

	if (c->fd < 0 || now < c->taken + LOOK_NS)
		return;
	c->taken = now;
	entries = crowd_entries(c->fd, &runs);
	if (entries > c->entries)
		c->entries = entries;
	c->ran |= entries >= 0 && runs != c->runs;
}

bool crowd_collects(const struct crowd *c)
{
	return c->fd >= 0 && c->ran && c->entries >= c->limit - c->limit / 4; /* there may have been more in between */
}
