/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables after the last command, and some between commands (model/look.h), namespace by namespace: each is shown by
 * the tool that shows it (op_show(), the same code for both sides) and compared record by record, without regard to
 * order where the kernel has none (hash tables). A record is a line with those that are indented under it. */
#include <stdlib.h>
#include <string.h>

#include "kernel/compare.h"
#include "model/fib.h"
#include "model/neigh.h"
#include "model/nf.h"

struct records {
	char **v;
	unsigned n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void records_add(struct records *r, const char *text, size_t len)
{
	r->v = xrealloc(r->v, (r->n + 1) * sizeof(*r->v));
	r->v[r->n++] = xstrndup(text, len);
}

static void records_split(struct records *r, const char *text)
{
	while (*text) {
		const char *end = text;

		do {
			end += strcspn(end, "\n");
			end += *end == '\n';
		} while (*end == ' ' || *end == '\t');
		records_add(r, text, (size_t)(end - text));
		text = end;
	}
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_text);
}

static void records_release(struct records *r)
{
	for (unsigned i = 0; i < r->n; i++)
		free(r->v[i]);
	free(r->v);
}

/* ---- connection tracking, which has no tool here ---- */

static void show_tuple(struct buf *b, const struct ct_tuple *t, bool model, const struct vars *vars)
{
	char src[IPADDR_STRLEN], dst[IPADDR_STRLEN];
	uint16_t id = t->sport;

	buf_printf(b, " src=%s dst=%s", ip_format(src, &t->src), ip_format(dst, &t->dst));
	if (t->protocol != IPPROTO_ICMP_)
		buf_printf(b, " sport=%u dport=%u", vars_port(vars, model, t->protocol, t->src.v4, t->sport),
			vars_port(vars, model, t->protocol, t->dst.v4, t->dport));
	else if (vars_icmp_id(vars, model, &id))
		buf_printf(b, " id=%u type-code=%u", id, t->dport);
	else
		buf_printf(b, " id=any type-code=%u", t->dport);
}

static void show_conntrack(struct buf *b, const struct ns *ns, uint64_t now, bool model, const struct vars *vars)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} status[] = { { CTS_SEEN_REPLY, "SEEN_REPLY" }, { CTS_ASSURED, "ASSURED" }, { CTS_SRC_NAT, "SRC_NAT" },
		{ CTS_DST_NAT, "DST_NAT" } };

	if (!ns->nf)
		return;
	for (struct ct *ct = ct_next(&ns->nf->ct, NULL, now); ct; ct = ct_next(&ns->nf->ct, ct, now)) {
		buf_printf(b, "proto %u%s%s", ct->tuple[CT_ORIGINAL].protocol, ct->tcp_state ? " " : "",
			ct->tcp_state ? ct_tcp_name(ct->tcp_state) : "");
		show_tuple(b, &ct->tuple[CT_ORIGINAL], model, vars);
		show_tuple(b, &ct->tuple[CT_REPLY], model, vars);
		for (unsigned i = 0; i < ARRAY_SIZE(status); i++)
			if (ct->status & status[i].bit)
				buf_printf(b, " %s", status[i].name);
		buf_printf(b, " mark=%u\n", ct->mark);
	}
}

/* Addresses that are variables get the model's value. */
static void mac_to_model(char *text, const struct vars *vars)
{
	const char *end = text + strlen(text);

	for (char *p = text; end - p >= MAC_STRLEN - 1; p++) {
		struct mac m;
		char word[MAC_STRLEN];
		uint64_t v = 0;

		if (p[2] != ':')
			continue;
		memcpy(word, p, MAC_STRLEN - 1);
		word[MAC_STRLEN - 1] = 0;
		if (!mac_parse(&m, word))
			continue;
		for (unsigned i = 0; i < 6; i++)
			v = v << 8 | m.b[i];
		v = vars_to_model(vars, FC_MAC, 0, v);
		for (unsigned i = 6; i-- > 0; v >>= 8)
			m.b[i] = (uint8_t)v;
		mac_format(word, &m);
		memcpy(p, word, MAC_STRLEN - 1);
		p += MAC_STRLEN - 2;
	}
}

/* ---- comparison ---- */

static void join(struct buf *b, const struct records *r, unsigned i)
{
	if (i < r->n)
		buf_puts(b, r->v[i]);
	else
		buf_puts(b, "(not there)\n");
}

/* Both sides are sorted: the records of one that the other lacks. */
static unsigned differences(const struct records *a, const struct records *b, struct buf *only_a, struct buf *only_b)
{
	unsigned i = 0, j = 0, n = 0;

	while (i < a->n || j < b->n) {
		int order = i == a->n ? 1 : j == b->n ? -1 : strcmp(a->v[i], b->v[j]);

		if (!order) {
			i++;
			j++;
			continue;
		}
		n++;
		if (order < 0)
			join(only_a, a, i++);
		else
			join(only_b, b, j++);
	}
	return n;
}

/* The texts of both sides; what c says of the table it is goes into the report. The kernel's gets the model's
 * addresses. */
static void compare_texts(
	struct compare *c, const char *model, char *kernel, const struct vars *vars, struct report *report)
{
	struct records m = { 0 }, k = { 0 };
	struct buf only_model = { 0 }, only_kernel = { 0 };
	char *field = c->field;

	mac_to_model(kernel, vars);
	records_split(&m, model);
	records_split(&k, kernel);
	c->agree = !differences(&m, &k, &only_model, &only_kernel);
	c->field = c->agree ? NULL : field;
	if (!c->agree) {
		c->expected = (char *)buf_str(&only_model);
		c->got = (char *)buf_str(&only_kernel);
	}
	report_add(report, c);
	records_release(&m);
	records_release(&k);
	buf_release(&only_model);
	buf_release(&only_kernel);
}

#define ONE_SIDE "records that only one side has"

static void compare_table(const struct run *run, unsigned t, const struct ns *ms, const struct net *kernel,
	const struct ns *ks, const struct vars *vars, struct report *report)
{
	struct buf model = { 0 }, real = { 0 };
	struct compare c = { .what = CMP_TABLE, .ns = ms->label, .field = ONE_SIDE };
	char *text;

	if (t == LOOK_NUM) {
		c.name = "conntrack";
		show_conntrack(&model, ms, run->now, true, vars);
		show_conntrack(&real, ks, run->now, false, vars);
	} else {
		c.name = (char *)look_table_name(t);
		look_text(run->net, ms, t, run->now, &model);
		look_text(kernel, ks, t, run->now, &real);
	}
	text = buf_steal(&real);
	compare_texts(&c, buf_str(&model), text, vars, report);
	buf_release(&model);
	free(text);
}

/* A bridge's address that nobody chose is whatever the kernel drew. */
static void bind_mac(const struct mac *model, const struct mac *kernel, struct vars *vars)
{
	struct fields m = { .n = 1 }, k = { .n = 1 };
	const struct field *mf, *kf;

	m.f[0] = (struct field){ .name = "mac", .class = FC_MAC };
	k.f[0] = m.f[0];
	for (unsigned i = 0; i < 6; i++) {
		m.f[0].v = m.f[0].v << 8 | model->b[i];
		k.f[0].v = k.f[0].v << 8 | kernel->b[i];
	}
	vars_match(vars, &m, &k, true, &mf, &kf);
}

/* The dump that was compared with gave numbers to the namespaces of the other ends that had none. */
static void give_numbers(struct ns *ms)
{
	list_for_each (dev, &ms->devs, struct dev, ns_node)
		if (dev->peer && dev->peer->ns != ms)
			nsid_alloc(ms, dev->peer->ns);
}

static void bind_macs(const struct ns *ms, const struct ns *ks, struct vars *vars)
{
	list_for_each (dev, &ms->devs, struct dev, ns_node) {
		const struct dev *real = dev_find(ks, dev->name);

		if (real)
			bind_mac(&dev->mac, &real->mac, vars);
	}
}

/* ---- between commands ---- */

static void bind_look(const struct table_look *model, const struct table_look *kernel, struct vars *vars)
{
	for (unsigned i = 0; i < model->macs; i++)
		for (unsigned j = 0; j < kernel->macs; j++)
			if (!strcmp(model->mac[i].dev, kernel->mac[j].dev))
				bind_mac(&model->mac[i].mac, &kernel->mac[j].mac, vars);
}

static void compare_look(const struct run *run, const struct table_look *model, const struct table_look *kernel,
	struct vars *vars, struct report *report)
{
	const struct command *cmd = &run->cmd[model->after];
	struct buf field = { 0 };
	struct compare c = {
		.what = CMP_TABLE, .loc = cmd->loc, .command = model->after + 1, .ns = *model->ns ? model->ns : "host"
	};

	if (!kernel) {
		c.name = "namespace";
		c.field = "existence";
		c.expected = "there";
		c.got = "not there";
		report_add(report, &c);
		return;
	}
	bind_look(model, kernel, vars);
	buf_printf(&field, ONE_SIDE ", before line %u", run->cmd[model->before].loc.line);
	for (unsigned t = 0; t < LOOK_BETWEEN; t++) {
		char *copy = xstrdup(kernel->text[t]);

		c.name = (char *)look_table_name(t);
		c.field = (char *)buf_str(&field);
		c.expected = c.got = NULL;
		compare_texts(&c, model->text[t], copy, vars, report);
		free(copy);
	}
	buf_release(&field);
}

void compare_looks(const struct run *run, const struct looks *kernel, struct vars *vars, struct report *report)
{
	const struct looks *model = run->looks;

	for (unsigned i = 0; i < model->n; i++)
		compare_look(run, &model->v[i], looks_find(kernel, model->v[i].ns, model->v[i].before), vars, report);
	if (model->full)
		report_skip(report, "the tables before line %u and later commands: there is too much of them",
			run->cmd[model->from].loc.line);
}

/* ---- after the last command ---- */

void compare_tables(const struct run *run, const struct net *kernel, struct vars *vars, struct report *report)
{
	list_for_each (ms, &run->net->namespaces, struct ns, node) {
		const struct ns *ks = ns_find(kernel, ms->name);

		if (ms->unnamed) {
			report_skip(report, "the tables of a namespace that has lost its name: nobody can enter it");
			continue;
		}
		if (!ks) {
			report_add(report, &(struct compare){ .what = CMP_TABLE,
						   .ns = ms->label,
						   .name = "namespace",
						   .field = "existence",
						   .expected = "there",
						   .got = "not there" });
			continue;
		}
		give_numbers(ms);
		bind_macs(ms, ks, vars);
		for (unsigned t = 0; t <= LOOK_NUM; t++)
			compare_table(run, t, ms, kernel, ks, vars, report);
	}
	list_for_each (ks, &kernel->namespaces, struct ns, node)
		if (!ks->unnamed && !ns_find(run->net, ks->name))
			report_add(report, &(struct compare){ .what = CMP_TABLE,
						   .ns = ks->label,
						   .name = "namespace",
						   .field = "existence",
						   .expected = "not there",
						   .got = "there" });
}
