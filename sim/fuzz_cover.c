/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coverage by the model's own lists: a row that is added to one of them is an item to be reached from then on. */
#include "sim/fuzz_cover.h"

#include <string.h>

#include "model/iptables.h"
#include "model/prog.h"

#define WORTH_NEW (1u << 20) /* of an item that no lab has reached */

static const char *const sysctls[] = {
#define NS_SYSCTL(id, path, how, def, min, max) path,
#define DEV_SYSCTL(id, name, def, min, max) "net/ipv4/conf/*/" name,
#define NEIGH_SYSCTL(id, name, how, def, min, max) "net/ipv4/neigh/*/" name,
#include "model/sysctl.def"
};
static const char *const matches[IPT_MATCH_NUM] = {
	[IPT_TCP] = "tcp",
	[IPT_UDP] = "udp",
	[IPT_ICMP] = "icmp",
	[IPT_COMMENT_M] = "comment",
	[IPT_CONNTRACK] = "conntrack",
	[IPT_STATE] = "state",
	[IPT_MULTIPORT] = "multiport",
	[IPT_ADDRTYPE] = "addrtype",
	[IPT_MARK] = "mark",
	[IPT_LIMIT] = "limit",
};
static const char *const targets[IPT_TARGET_NUM] = {
	[IPT_NONE] = "(none)",
	[IPT_ACCEPT] = "ACCEPT",
	[IPT_DROP] = "DROP",
	[IPT_RETURN] = "RETURN",
	[IPT_CHAIN] = "(chain)",
	[IPT_REJECT] = "REJECT",
	[IPT_DNAT] = "DNAT",
	[IPT_SNAT] = "SNAT",
	[IPT_MASQUERADE] = "MASQUERADE",
	[IPT_REDIRECT] = "REDIRECT",
	[IPT_NOTRACK] = "NOTRACK",
	[IPT_MARK_T] = "MARK",
};

const char *cover_group_name(enum cover_group g)
{
	static const char *const name[COVER_GROUPS] = {
		[COVER_OP] = "operation",
		[COVER_REFUSED] = "operation that fails",
		[COVER_PROGRAM] = "program",
		[COVER_EVENT] = "event",
		[COVER_STAGE] = "stage",
		[COVER_DROP] = "drop reason",
		[COVER_SYSCTL] = "sysctl",
		[COVER_MATCH] = "iptables match",
		[COVER_TARGET] = "iptables target",
	};

	return name[g];
}

static unsigned programs(void)
{
	unsigned n = 0;

	while (prog_table()[n])
		n++;
	return n;
}

unsigned cover_size(enum cover_group g)
{
	switch (g) {
	case COVER_OP:
	case COVER_REFUSED:
		return OP_NUM;
	case COVER_PROGRAM:
		return programs();
	case COVER_EVENT:
		return EV_NUM;
	case COVER_STAGE:
		return ST_NUM;
	case COVER_DROP:
		return DROP_NUM;
	case COVER_SYSCTL:
		return ARRAY_SIZE(sysctls);
	case COVER_MATCH:
		return ARRAY_SIZE(matches);
	case COVER_TARGET:
		return ARRAY_SIZE(targets);
	case COVER_GROUPS:
		break;
	}
	bug("coverage group %d", (int)g);
}

unsigned cover_first(enum cover_group g)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g; i++)
		n += cover_size((enum cover_group)i);
	if (n + cover_size(g) > COVER_MAX)
		bug("more than %d items of coverage", COVER_MAX);
	return n;
}

const char *cover_name(enum cover_group g, unsigned i)
{
	switch (g) {
	case COVER_OP:
	case COVER_REFUSED:
		return op_kind_name((enum op_kind)i);
	case COVER_PROGRAM:
		return prog_table()[i]->name;
	case COVER_EVENT:
		return event_descs[i].name;
	case COVER_STAGE:
		return stage_descs[i].name;
	case COVER_DROP:
		return drop_descs[i].id;
	case COVER_SYSCTL:
		return sysctls[i];
	case COVER_MATCH:
		return matches[i];
	case COVER_TARGET:
		return targets[i];
	case COVER_GROUPS:
		break;
	}
	bug("coverage group %d", (int)g);
}

int cover_find(const char *group, const char *name)
{
	for (unsigned g = 0; g < COVER_GROUPS; g++) {
		if (strcmp(cover_group_name((enum cover_group)g), group) != 0)
			continue;
		for (unsigned i = 0; i < cover_size((enum cover_group)g); i++)
			if (!strcmp(cover_name((enum cover_group)g, i), name))
				return (int)(cover_first((enum cover_group)g) + i);
	}
	return -1;
}

/* ---- a run ---- */

static void mark(struct cover *c, enum cover_group g, unsigned i)
{
	unsigned item = cover_first(g) + i;

	c->bit[item / 8] |= (uint8_t)(1u << item % 8);
}

bool cover_has(const struct cover *c, unsigned item)
{
	return c->bit[item / 8] >> item % 8 & 1;
}

/* "net/ipv4/conf/eth0/rp_filter" is the row "net/ipv4/conf/" "*" "/rp_filter". */
static bool is_sysctl(const char *row, const char *path)
{
	const char *star = strchr(row, '*'), *last = strrchr(path, '/');

	if (!star)
		return !strcmp(row, path);
	return last && !strncmp(row, path, (size_t)(star - row)) && !strcmp(star + 1, last);
}

static void mark_sysctl(struct cover *c, const char *path)
{
	for (unsigned i = 0; i < ARRAY_SIZE(sysctls); i++)
		if (is_sysctl(sysctls[i], path))
			mark(c, COVER_SYSCTL, i);
}

static void mark_rule(struct cover *c, const struct ipt_cmd *cmd)
{
	if (cmd->verb != IPT_APPEND && cmd->verb != IPT_INSERT && cmd->verb != IPT_REPLACE)
		return;
	mark(c, COVER_TARGET, cmd->spec.target.kind);
	for (unsigned i = 0; i < cmd->spec.matches; i++)
		mark(c, COVER_MATCH, cmd->spec.match[i].kind);
}

static void mark_program(struct cover *c, const struct op *op)
{
	for (unsigned i = 0; op->run.argc && prog_table()[i]; i++)
		if (prog_table()[i] == prog_find(op->run.argv[0]))
			mark(c, COVER_PROGRAM, i);
}

static void mark_op(struct cover *c, const struct op *op, bool failed)
{
	mark(c, COVER_OP, op->kind);
	if (failed)
		mark(c, COVER_REFUSED, op->kind);
	if (op->kind == OP_SYSCTL && op->sysctl.write)
		mark_sysctl(c, op->sysctl.path);
	if (op->kind == OP_IPTABLES && op->ipt && !failed)
		mark_rule(c, op->ipt);
	if (op->kind == OP_RUN)
		mark_program(c, op);
}

/* An event has a reason by its name, which several share, and its sentence, which is its own. */
static void mark_drop(struct cover *c, const struct event *e)
{
	for (unsigned i = 0; i < DROP_NUM; i++)
		if (e->val[1].type == VT_STR && !strcmp(drop_descs[i].sentence, e->val[1].str))
			mark(c, COVER_DROP, i);
}

void cover_run(struct cover *c, const struct run *run)
{
	*c = (struct cover){ 0 };
	for (unsigned i = 0; i < run->n; i++)
		for (const struct op *op = &run->cmd[i].op; op; op = op->next)
			mark_op(c, op, run->cmd[i].res.status != 0);
	for (uint64_t seq = 1; run->trace && seq <= trace_events(run->trace); seq++) {
		struct event e;

		trace_get(run->trace, seq, &e);
		mark(c, COVER_EVENT, e.kind);
		mark(c, COVER_STAGE, e.stage);
		if (e.kind == EV_DROP)
			mark_drop(c, &e);
	}
}

/* ---- counts ---- */

void cover_add(struct cover_count *n, const struct cover *c)
{
	for (unsigned i = 0; i < COVER_MAX; i++)
		n->labs[i] += cover_has(c, i);
}

uint64_t cover_worth(const struct cover_count *n, const struct cover *c)
{
	uint64_t worth = 0;

	for (unsigned i = 0; i < COVER_MAX; i++)
		if (cover_has(c, i))
			worth += WORTH_NEW / (1 + n->labs[i]);
	return worth;
}
