/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For unit tests: CHECK counts and reports; end main with "return check_end();". */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <stdio.h>
#include <string.h>

static unsigned check_passed, check_failed;

#define CHECK(cond) check_((cond), __FILE__, __LINE__, #cond)
#define CHECK_STR(got, want) check_str_((got), (want), __FILE__, __LINE__)

static inline int check_(int ok, const char *file, int line, const char *what)
{
	if (ok) {
		check_passed++;
	} else {
		check_failed++;
		fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
	}
	return ok;
}
static inline int check_str_(const char *got, const char *want, const char *file, int line)
{
	if (got && !strcmp(got, want)) {
		check_passed++;
		return 1;
	}
	check_failed++;
	fprintf(stderr, "%s:%d: got:  %s\n%s:%d: want: %s\n", file, line, got ? got : "(null)", file, line, want);
	return 0;
}
/* Prints the counts as one line that the test driver adds up; returns the exit status. */
static inline int check_end(void)
{
	printf("unit %u passed, %u failed\n", check_passed, check_failed);
	return check_failed != 0;
}

#endif
