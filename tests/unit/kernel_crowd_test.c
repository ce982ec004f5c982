/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the kernel may have collected neighbours since the whole machine has too many, as its statistics tell, which
 * are a file of the test's own. */
#include "kernel/crowd.h"

#include "model/buf.h"
#include "tests/unit/check.h"

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

	put_statistics(&f, 0x5f, 2);
	crowd_open(&c, f.statistics, f.limit);
	put_statistics(&f, 0x5f, 3);
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

int main(void)
{
	test_statistics();
	return check_end();
}
