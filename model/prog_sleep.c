/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sleep as a program (coreutils 9.1): for `unshare ... sleep 100` and for `sleep 100 &`, where it is a process that ps
 * shows. The words are checked as those of the command sleep. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/prog_args.h"

#define SLEEP_MAX (366.0 * 86400)

struct sleep {
	struct prog p;
};

static bool interval(const char *w, double *seconds)
{
	static const char suffix[] = "smhd";
	static const double unit[] = { 1, 60, 3600, 86400 };
	const char *s;
	char *end;
	double v = strtod(w, &end);

	if (end == w || !(v >= 0))
		return false;
	if (*end) {
		s = strchr(suffix, *end);
		if (!s || end[1])
			return false;
		v *= unit[s - suffix];
	}
	*seconds += v;
	return true;
}

static enum parsed parse(unsigned argc, char **argv, double *seconds, struct parse *x)
{
	static const char help[] = "Try 'sleep --help' for more information.\n";

	if (argc < 2)
		return parse_end(x, 1, "sleep: missing operand\n%s", help);
	*seconds = 0;
	for (unsigned i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1] == '-')
			return parse_unmodelled(x, "sleep: option %s", argv[i]);
		if (argv[i][0] == '-' && argv[i][1])
			return parse_end(x, 1, "sleep: invalid option -- '%c'\n%s", argv[i][1], help);
		if (!interval(argv[i], seconds))
			return parse_end(x, 1, "sleep: invalid time interval '%s'\n%s", argv[i], help);
	}
	if (isinf(*seconds) || *seconds > SLEEP_MAX)
		*seconds = SLEEP_MAX;
	return PARSED_RUN;
}

static bool modelled(unsigned argc, char **argv, struct buf *why)
{
	struct parse x = { 0 };
	double seconds;

	return parse_modelled(parse(argc, argv, &seconds, &x), &x, why);
}

static void event(struct prog *p, enum prog_event ev, int fd)
{
	struct parse x = { 0 };
	double seconds = 0;
	enum parsed r;

	(void)fd;
	if (ev == PROG_TIMER) {
		prog_exit(p, 0);
		return;
	}
	if (ev == PROG_SIGNAL) {
		prog_exit(p, 130);
		return;
	}
	if (ev != PROG_START)
		return;
	r = parse(p->argc, p->argv, &seconds, &x);
	if (r != PARSED_RUN)
		parse_exit(p, r, &x);
	else
		p->sys->ops->alarm(p->sys, p->sys->ops->now(p->sys) + (uint64_t)(seconds * 1e9 + 0.5));
}

const struct prog_ops prog_sleep = {
	.name = "sleep",
	.takes = "NUMBER[smhd]...",
	.size = sizeof(struct sleep),
	.event = event,
	.modelled = modelled,
};
