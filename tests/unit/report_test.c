/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict: what agrees, what differs, and what neither proves. */
#include "model/report.h"

#include "tests/unit/check.h"

static void add(struct report *r, enum compare_what what, bool agree)
{
	report_add(r, &(struct compare){ .what = what, .agree = agree, .name = "x" });
}

static void test_certain(void)
{
	struct report r = { 0 };

	add(&r, CMP_FRAME, true);
	report_skip(&r, "what was skipped changes nothing");
	CHECK(report_verdict(&r) == VERDICT_AGREES);
	add(&r, CMP_FRAME, false);
	CHECK(report_verdict(&r) == VERDICT_DIFFERS);
	report_release(&r);
}

static void test_any(void)
{
	struct report r = { 0 };

	add(&r, CMP_TABLE, true);
	report_uncertain(&r, "%u links", 2);
	CHECK(report_verdict(&r) == VERDICT_NOT_CERTAIN);
	CHECK(r.n_uncertain == 1 && !strcmp(r.uncertain[0], "2 links"));
	add(&r, CMP_TABLE, false);
	CHECK(report_verdict(&r) == VERDICT_NOT_CERTAIN);
	report_release(&r);
	CHECK(!r.uncertain && !r.n_uncertain);
}

static void test_one_kind(void)
{
	struct report r = { 0 };

	report_uncertain_of(&r, CMP_FRAME, "lost");
	CHECK(report_verdict(&r) == VERDICT_NOT_CERTAIN);
	add(&r, CMP_FRAME, false);
	CHECK(report_verdict(&r) == VERDICT_NOT_CERTAIN);
	add(&r, CMP_RESULT, false);
	CHECK(report_verdict(&r) == VERDICT_DIFFERS);
	report_uncertain(&r, "links");
	CHECK(report_verdict(&r) == VERDICT_NOT_CERTAIN);
	report_uncertain_of(&r, CMP_FRAME, "lost more");
	CHECK(report_verdict(&r) == VERDICT_NOT_CERTAIN);
	CHECK(r.n_uncertain == 3);
	report_release(&r);
}

int main(void)
{
	test_certain();
	test_any();
	test_one_kind();
	CHECK(!strcmp(verdict_name(VERDICT_NOT_CERTAIN), "not certain"));
	return check_end();
}
