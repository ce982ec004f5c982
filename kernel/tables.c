/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables after the last command, namespace by namespace: each is shown by the tool that shows it (op_show(), the
 * same code for both sides) and compared record by record, without regard to order where the kernel has none (hash
 * tables). A record is a line with those that are indented under it. */
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

/* ---- one table of one namespace, as text ---- */

static const struct table {
	const char *name;
	enum op_kind show; /* OP_NUM: connection tracking, which has no tool here */
} tables[] = {
	{ "links", OP_LINK_SHOW },
	{ "addresses", OP_ADDR_SHOW },
	{ "routes", OP_ROUTE_SHOW },
	{ "neighbours", OP_NEIGH_SHOW },
	{ "bridge ports", OP_BRIDGE_LINK_SHOW },
	{ "fdb", OP_FDB_SHOW },
	{ "conntrack", OP_NUM },
};

static void show_tuple(struct buf *b, const struct ct_tuple *t, bool model, const struct vars *vars)
{
	char src[IPADDR_STRLEN], dst[IPADDR_STRLEN];
	bool icmp = t->protocol == 1;
	uint16_t sport =
		icmp ? vars_icmp_id(vars, model, t->sport) : vars_port(vars, model, t->protocol, t->src.v4, t->sport);
	uint16_t dport = icmp ? t->dport : vars_port(vars, model, t->protocol, t->dst.v4, t->dport);

	buf_printf(b, " src=%s dst=%s %s=%u %s=%u", ip_format(src, &t->src), ip_format(dst, &t->dst),
		icmp ? "id" : "sport", sport, icmp ? "type-code" : "dport", dport);
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

static void table_read(struct records *r, const struct table *t, const struct net *net, const struct ns *ns,
	uint64_t now, bool model, const struct vars *vars)
{
	struct op op = {
		.kind = t->show, .tool = t->show >= OP_BRIDGE_LINK_SHOW ? "bridge" : "ip", .view = { .family = IP_V4 }
	};
	struct result res = { 0 };

	op.where = ns->name; /* only while it is shown */
	if (t->show == OP_ROUTE_SHOW) {
		op.route.table_set = true; /* table 0: all of them */
		op.view.family = IP_NONE;
	}
	if (t->show == OP_LINK_SHOW)
		op.view.family = IP_NONE;
	if (t->show == OP_NUM)
		show_conntrack(&res.out, ns, now, model, vars);
	else
		op_show(net, &op, now, &res);
	if (!model && res.out.size)
		mac_to_model(res.out.data, vars);
	records_split(r, buf_str(&res.out));
	result_release(&res);
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

static void compare_table(const struct run *run, const struct table *t, const struct ns *ms, const struct net *kernel,
	const struct ns *ks, const struct vars *vars, struct report *report)
{
	struct records model = { 0 }, real = { 0 };
	struct buf only_model = { 0 }, only_kernel = { 0 };
	struct compare c = { .what = CMP_TABLE, .ns = (char *)ms->label, .name = (char *)t->name };
	unsigned n;

	table_read(&model, t, run->net, ms, run->now, true, vars);
	table_read(&real, t, kernel, ks, run->now, false, vars);
	n = differences(&model, &real, &only_model, &only_kernel);
	c.agree = !n;
	if (n) {
		c.field = "records that only one side has";
		c.expected = (char *)buf_str(&only_model);
		c.got = (char *)buf_str(&only_kernel);
	}
	report_add(report, &c);
	records_release(&model);
	records_release(&real);
	buf_release(&only_model);
	buf_release(&only_kernel);
}

/* A bridge's address that nobody chose is whatever the kernel drew. */
static void bind_macs(const struct ns *ms, const struct ns *ks, struct vars *vars)
{
	list_for_each (dev, &ms->devs, struct dev, ns_node) {
		const struct dev *real = dev_find(ks, dev->name);
		struct fields m = { .n = 1 }, k = { .n = 1 };
		const struct field *mf, *kf;

		if (!real)
			continue;
		m.f[0] = (struct field){ .name = "mac", .class = FC_MAC };
		k.f[0] = m.f[0];
		for (unsigned i = 0; i < 6; i++) {
			m.f[0].v = m.f[0].v << 8 | dev->mac.b[i];
			k.f[0].v = k.f[0].v << 8 | real->mac.b[i];
		}
		vars_match(vars, &m, &k, true, &mf, &kf);
	}
}

void compare_tables(const struct run *run, const struct net *kernel, struct vars *vars, struct report *report)
{
	list_for_each (ms, &run->net->namespaces, struct ns, node) {
		const struct ns *ks = ns_find(kernel, ms->name);

		if (!ks) {
			report_add(report, &(struct compare){ .what = CMP_TABLE,
						   .ns = ms->label,
						   .name = "namespace",
						   .field = "existence",
						   .expected = "there",
						   .got = "not there" });
			continue;
		}
		bind_macs(ms, ks, vars);
		for (unsigned i = 0; i < ARRAY_SIZE(tables); i++)
			compare_table(run, &tables[i], ms, kernel, ks, vars, report);
	}
	list_for_each (ks, &kernel->namespaces, struct ns, node)
		if (!ns_find(run->net, ks->name))
			report_add(report, &(struct compare){ .what = CMP_TABLE,
						   .ns = ks->label,
						   .name = "namespace",
						   .field = "existence",
						   .expected = "not there",
						   .got = "there" });
}
