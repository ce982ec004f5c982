/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations as values: names, copies, their end. */
#include "model/op.h"

#include <stdlib.h>

static const struct {
	const char *name;
	bool changes;
} kinds[OP_NUM] = {
#define OP(id, name_, changes_) [OP_##id] = { name_, changes_ },
#include "model/op.def"
};

const char *op_kind_name(enum op_kind k)
{
	return kinds[k].name;
}

bool op_kind_changes(enum op_kind k)
{
	return kinds[k].changes;
}

void result_release(struct result *r)
{
	buf_release(&r->out);
	buf_release(&r->err);
	r->status = 0;
}

int answer_errno(struct answer *a, int err, const char *ext)
{
	*a = (struct answer){ .kind = ANS_KERNEL, .err = err };
	if (ext)
		str_copy(a->ext, sizeof(a->ext), ext);
	return -err;
}

void op_set_ns(struct op *op, const char *name)
{
	char *copy = *name ? xstrdup(name) : NULL;

	free(op->where);
	op->where = copy;
}

/* What the parameters own. */
static void release_params(struct op *op)
{
	switch (op->kind) {
	case OP_NETNS_ADD:
	case OP_NETNS_DEL:
		free(op->netns.name);
		break;
	case OP_LINK_ADD:
	case OP_LINK_DEL:
	case OP_LINK_SET:
		free(op->link.peer_ns);
		free(op->link.target_ns);
		break;
	case OP_SYSCTL:
		free(op->sysctl.path);
		free(op->sysctl.shown);
		break;
	case OP_RUN:
		for (unsigned i = 0; i < op->run.argc; i++)
			free(op->run.argv[i]);
		free(op->run.argv);
		free(op->run.input);
		break;
	case OP_CANNED:
		result_release(&op->canned.res);
		break;
	case OP_IPTABLES:
		ipt_cmd_free(op->ipt);
		break;
	default:
		break;
	}
}

void op_release(struct op *op)
{
	release_params(op);
	free(op->where);
	op->where = NULL;
	free(op->hint);
	op->hint = NULL;
	if (op->next) {
		op_release(op->next);
		free(op->next);
		op->next = NULL;
	}
	op->kind = OP_CANNED;
	op->canned = (struct op_canned){ 0 };
}

static char *copy_text(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void copy_run(struct op_run *to, const struct op_run *from)
{
	to->argv = xcalloc(from->argc + 1, sizeof(*to->argv));
	for (unsigned i = 0; i < from->argc; i++)
		to->argv[i] = xstrdup(from->argv[i]);
	to->input = from->input ? xstrndup(from->input, from->input_size) : NULL;
}

void op_reset(struct op *op)
{
	char *where = op->where;

	op->where = NULL;
	op_release(op);
	op->where = where;
}

void op_copy(struct op *to, const struct op *from)
{
	*to = *from;
	to->where = copy_text(from->where);
	switch (from->kind) {
	case OP_NETNS_ADD:
	case OP_NETNS_DEL:
		to->netns.name = copy_text(from->netns.name);
		break;
	case OP_LINK_ADD:
	case OP_LINK_DEL:
	case OP_LINK_SET:
		to->link.peer_ns = copy_text(from->link.peer_ns);
		to->link.target_ns = copy_text(from->link.target_ns);
		break;
	case OP_SYSCTL:
		to->sysctl.path = copy_text(from->sysctl.path);
		to->sysctl.shown = copy_text(from->sysctl.shown);
		break;
	case OP_RUN:
		copy_run(&to->run, &from->run);
		break;
	case OP_CANNED:
		to->canned.res.out = to->canned.res.err = (struct buf){ 0 };
		buf_put(&to->canned.res.out, buf_str(&from->canned.res.out), from->canned.res.out.size);
		buf_put(&to->canned.res.err, buf_str(&from->canned.res.err), from->canned.res.err.size);
		break;
	case OP_IPTABLES:
		to->ipt = ipt_cmd_copy(from->ipt);
		break;
	default:
		break;
	}
	to->hint = copy_text(from->hint);
	if (from->next) {
		to->next = xmalloc(sizeof(*to->next));
		op_copy(to->next, from->next);
	}
}
