/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. The kernel has one table of IPv4 neighbours for all network namespaces. Every half
 * base_reachable_time of the machine's own namespace a collector comes by (net/core/neighbour.c neigh_periodic_work()),
 * and when there are gc_thresh1 entries or more it throws out those that failed: a lab then sees an entry go because of
 * what others have. /proc/net/stat/arp_cache has both numbers, of the table and of the collector's rounds. The file is
 * in the first namespace alone, so that it is opened before the lab's are made; in a container it is not there, and
 * nothing is said of the crowd then. Only when there was such a round while the lab ran, and such a crowd when it was
 * looked at, is an entry of the lab taken for collected. What follows from its being gone is not followed. */
#include "kernel/crowd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/steps_state.h"
#include "model/neigh.h"

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
	crowd_forget(c);
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
	return c->fd >= 0 && c->ran && c->entries >= c->limit;
}

/* ---- the lab's entries that it took ---- */

void crowd_forget(struct crowd *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		free(c->v[i].ns);
		free(c->v[i].dev);
	}
	free(c->v);
	c->v = NULL;
	c->n = 0;
}

void crowd_add(struct crowd *c, const char *ns, const char *dev, const struct ipaddr *addr)
{
	c->v = xrealloc(c->v, (c->n + 1) * sizeof(*c->v));
	c->v[c->n++] = (struct collected){ .ns = xstrdup(ns), .dev = xstrdup(dev), .addr = *addr };
}

/* The line of the text that begins like this; NULL = there is none. */
static const char *line_of(const char *text, const char *begins)
{
	size_t len = strlen(begins);

	while (*text && strncmp(text, begins, len) != 0) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return *text ? text : NULL;
}

/* Out of the text. */
static void take_line(struct buf *b, const char *line, size_t len)
{
	struct buf rest = { 0 };
	const char *text = buf_str(b);

	buf_put(&rest, text, (size_t)(line - text));
	buf_puts(&rest, line + len);
	buf_release(b);
	*b = rest;
}

void crowd_take_out(const struct crowd *c, const char *ns, struct buf *model, const char *kernel)
{
	for (unsigned i = 0; i < c->n; i++) {
		char addr[IPADDR_STRLEN];
		struct buf begins = { 0 };
		const char *line, *failed;
		size_t len;

		buf_printf(&begins, "%s dev %s ", ip_format(addr, &c->v[i].addr), c->v[i].dev);
		line = strcmp(ns, c->v[i].ns) ? NULL : line_of(buf_str(model), buf_str(&begins));
		if (line && !line_of(kernel, buf_str(&begins))) {
			len = strcspn(line, "\n");
			len += line[len] == '\n';
			failed = strstr(line, "FAILED");
			if (failed && failed < line + len)
				take_line(model, line, len);
		}
		buf_release(&begins);
	}
}

/* ---- among the steps ---- */

/* The last that the kernel told of the neighbour before this was that it had failed. */
static bool had_failed(const struct steps *t, const struct step *s)
{
	const struct side *row = &s->row->kernel;
	const struct obs *before = NULL;

	for (unsigned i = 0; i < row->n; i++) {
		const struct obs *o = &observe_list(t->o)->v[row->v[i]];

		if (o == s->obs)
			break;
		before = o;
	}
	return before && before->e.val[3].type == VT_STR && !strcmp(before->e.val[3].str, nud_state_name(NUD_FAILED_));
}

unsigned steps_mark_collected(struct steps *t)
{
	unsigned n = 0;

	if (!t->crowd)
		return 0;
	crowd_forget(t->crowd);
	if (!crowd_collects(t->crowd))
		return 0;
	for (unsigned i = 0; i < t->n; i++) {
		struct step *s = &t->step[i];
		const struct event *e = s->obs ? &s->obs->e : NULL;

		if (s->seq || !e || e->kind != EV_NEIGH_NOTICE || strcmp(e->val[0].str, "delete") || !had_failed(t, s))
			continue;
		crowd_add(t->crowd, e->ns, e->dev, &e->val[1].addr);
		s->collected = true;
		n++;
	}
	return n;
}
