/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule as `iptables -S` prints it, which is also how rules are compared: two that print alike are the same. */
#include <string.h>

#include "model/iptables.h"
#include "model/ipt_names.h"
#include "model/ipt_text.h"

/* ---- parts that -L has in common ---- */

void ipt_addr_put(struct buf *b, uint32_t addr)
{
	char text[IPADDR_STRLEN];
	struct ipaddr a = ip4(addr);

	buf_puts(b, ip_format(text, &a));
}

int ipt_mask_bits(uint32_t mask)
{
	for (int bits = 0; bits <= 32; bits++)
		if (mask == ip4_mask((unsigned)bits))
			return bits;
	return -1;
}

void ipt_states_put(struct buf *b, uint32_t states)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = { { NF_CT_STATE_INVALID, "INVALID" }, { NF_CT_STATE_NEW, "NEW" },
		{ NF_CT_STATE_RELATED, "RELATED" }, { NF_CT_STATE_ESTABLISHED, "ESTABLISHED" },
		{ NF_CT_STATE_UNTRACKED, "UNTRACKED" }, { IPT_CT_SNAT, "SNAT" }, { IPT_CT_DNAT, "DNAT" } };
	const char *sep = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(states & names[i].bit))
			continue;
		buf_printf(b, "%s%s", sep, names[i].name);
		sep = ",";
	}
}

void ipt_mark_put(struct buf *b, uint32_t mark, uint32_t mask)
{
	if (mask == UINT32_MAX)
		buf_printf(b, " 0x%x", mark);
	else
		buf_printf(b, " 0x%x/0x%x", mark, mask);
}

/* print_rate(): by the largest unit that keeps the rate, from the tool's period in 1/10000 s. */
void ipt_rate_put(struct buf *b, const struct ipt_match *m)
{
	static const struct {
		const char *name;
		uint32_t units;
	} rates[] = { { "day", 864000000 }, { "hour", 36000000 }, { "min", 600000 }, { "sec", 10000 } };
	uint32_t period = 10000 * m->limit.unit / m->limit.rate;
	unsigned i = 1;

	if (!period) {
		buf_puts(b, " inf");
		return;
	}
	while (i < ARRAY_SIZE(rates) && period <= rates[i].units && rates[i].units / period >= rates[i].units % period)
		i++;
	buf_printf(b, " %u/%s", rates[i - 1].units / period, rates[i - 1].name);
}

void ipt_range_put(struct buf *b, const struct ipt_nat_range *r)
{
	if (r->flags & NF_NAT_MAP_IPS) {
		ipt_addr_put(b, r->min_addr);
		if (r->max_addr != r->min_addr) {
			buf_putc(b, '-');
			ipt_addr_put(b, r->max_addr);
		}
	}
	if (r->flags & NF_NAT_PROTO_SPECIFIED) {
		buf_printf(b, ":%u", r->min_port);
		if (r->max_port != r->min_port)
			buf_printf(b, "-%u", r->max_port);
	}
}

const char *ipt_reject_name(int code)
{
	unsigned n;
	const struct ipt_reject_name *names = ipt_reject_names(&n);

	for (unsigned i = 0; i < n; i++)
		if (names[i].code == code)
			return names[i].name;
	return "?";
}

const char *ipt_target_name(const struct ipt_target *t)
{
	static const char *const names[IPT_TARGET_NUM] = { [IPT_NONE] = "",
		[IPT_ACCEPT] = "ACCEPT",
		[IPT_DROP] = "DROP",
		[IPT_RETURN] = "RETURN",
		[IPT_REJECT] = "REJECT",
		[IPT_DNAT] = "DNAT",
		[IPT_SNAT] = "SNAT",
		[IPT_MASQUERADE] = "MASQUERADE",
		[IPT_REDIRECT] = "REDIRECT",
		[IPT_NOTRACK] = "NOTRACK",
		[IPT_MARK_T] = "MARK" };

	if (t->kind == IPT_CHAIN)
		return t->chain;
	return t->as_ct ? "CT" : names[t->kind];
}

/* ---- -S ---- */

static void address(struct buf *b, char letter, uint32_t addr, uint32_t mask, bool invert)
{
	int bits = ipt_mask_bits(mask);

	if (!mask && !invert && !addr)
		return;
	buf_printf(b, "%s -%c ", invert ? " !" : "", letter);
	ipt_addr_put(b, addr);
	buf_putc(b, '/');
	if (bits >= 0)
		buf_printf(b, "%d", bits);
	else
		ipt_addr_put(b, mask);
}

static void interface(struct buf *b, char letter, const char *name, bool invert)
{
	/* a lone plus matches all, and is gone when the rule is read back */
	if (*name && (invert || strcmp(name, "+")))
		buf_printf(b, "%s -%c %s", invert ? " !" : "", letter, name);
}

static void one_port(struct buf *b, const char *option, const struct ipt_ports *p)
{
	if (!p->set)
		return;
	buf_printf(b, "%s --%s %u", p->invert ? " !" : "", option, p->from);
	if (p->from != p->to)
		buf_printf(b, ":%u", p->to);
}

static void port_match(struct buf *b, const struct ipt_match *m)
{
	one_port(b, "sport", &m->port.src);
	one_port(b, "dport", &m->port.dst);
	if (!m->port.flags_set)
		return;
	buf_puts(b, m->port.flags_invert ? " ! --tcp-flags " : " --tcp-flags ");
	ipt_tcp_flags_format(b, m->port.flags_mask);
	buf_putc(b, ' ');
	ipt_tcp_flags_format(b, m->port.flags_cmp);
}

static void icmp_match(struct buf *b, const struct ipt_match *m)
{
	buf_puts(b, m->icmp.invert ? " ! --icmp-type " : " --icmp-type ");
	if (m->icmp.type == 0xff) {
		buf_puts(b, "any");
		return;
	}
	buf_printf(b, "%u", m->icmp.type);
	if (m->icmp.code_min || m->icmp.code_max != 0xff)
		buf_printf(b, "/%u", m->icmp.code_min);
}

static void comment(struct buf *b, const char *text)
{
	size_t plain = strspn(text, "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	buf_puts(b, " --comment ");
	if (plain && !text[plain]) {
		buf_puts(b, text);
		return;
	}
	buf_putc(b, '"');
	for (; *text; text++) {
		if (strchr("\"\\'", *text))
			buf_putc(b, '\\');
		buf_putc(b, *text);
	}
	buf_putc(b, '"');
}

static void addrtype_match(struct buf *b, const struct ipt_match *m)
{
	if (m->addrtype.src_set)
		buf_printf(b, "%s --src-type %s", m->addrtype.src_invert ? " !" : "", ipt_addrtypes[m->addrtype.src]);
	if (m->addrtype.dst_set)
		buf_printf(b, "%s --dst-type %s", m->addrtype.dst_invert ? " !" : "", ipt_addrtypes[m->addrtype.dst]);
}

static void match(struct buf *b, const struct ipt_match *m)
{
	static const char *const names[IPT_MATCH_NUM] = { "tcp", "udp", "icmp", "comment", "conntrack", "state",
		"multiport", "addrtype", "mark", "limit" };

	buf_printf(b, " -m %s", names[m->kind]);
	switch (m->kind) {
	case IPT_TCP:
	case IPT_UDP:
		port_match(b, m);
		break;
	case IPT_ICMP:
		icmp_match(b, m);
		break;
	case IPT_COMMENT_M:
		comment(b, m->comment.text);
		break;
	case IPT_CONNTRACK:
	case IPT_STATE:
		buf_printf(b, "%s --%s ", m->ct.invert ? " !" : "", m->kind == IPT_STATE ? "state" : "ctstate");
		ipt_states_put(b, m->ct.states);
		break;
	case IPT_MULTIPORT:
		buf_printf(b, "%s --%s ", m->multiport.invert ? " !" : "", m->multiport.src ? "sports" : "dports");
		for (unsigned i = 0; i < m->multiport.n; i++)
			buf_printf(b, "%s%u", !i ? "" : m->multiport.range[i - 1] ? ":" : ",", m->multiport.port[i]);
		break;
	case IPT_ADDRTYPE:
		addrtype_match(b, m);
		break;
	case IPT_MARK:
		buf_puts(b, m->mark.invert ? " ! --mark" : " --mark");
		ipt_mark_put(b, m->mark.mark, m->mark.mask);
		break;
	default:
		buf_puts(b, " --limit");
		ipt_rate_put(b, m);
		if (m->limit.burst != 5)
			buf_printf(b, " --limit-burst %u", m->limit.burst);
	}
}

static void nat_target(struct buf *b, const struct ipt_target *t)
{
	bool ports_only = t->kind == IPT_MASQUERADE || t->kind == IPT_REDIRECT;
	const struct ipt_nat_range *r = &t->range;

	if (r->flags & (NF_NAT_MAP_IPS | NF_NAT_PROTO_SPECIFIED)) {
		struct buf range = { 0 };

		ipt_range_put(&range, r);
		buf_printf(b, " --%s %s",
			ports_only            ? "to-ports"
			: t->kind == IPT_DNAT ? "to-destination"
					      : "to-source",
			buf_str(&range) + ports_only);
		buf_release(&range);
	}
	if (r->flags & NF_NAT_PROTO_RANDOM)
		buf_puts(b, " --random");
	if (r->flags & NF_NAT_PROTO_RANDOM_FULLY)
		buf_puts(b, " --random-fully");
	if (r->flags & NF_NAT_PERSISTENT)
		buf_puts(b, " --persistent");
}

static void target(struct buf *b, const struct ipt_target *t)
{
	if (t->kind == IPT_NONE)
		return;
	buf_printf(b, " -%c %s", t->go ? 'g' : 'j', ipt_target_name(t));
	switch (t->kind) {
	case IPT_REJECT:
		buf_printf(b, " --reject-with %s", ipt_reject_name(t->reject));
		break;
	case IPT_DNAT:
	case IPT_SNAT:
	case IPT_MASQUERADE:
	case IPT_REDIRECT:
		nat_target(b, t);
		break;
	case IPT_MARK_T:
		buf_printf(b, " --set-xmark 0x%x/0x%x", t->mark, t->mask);
		break;
	case IPT_NOTRACK:
		buf_puts(b, t->as_ct ? " --notrack" : "");
		break;
	default:
		break;
	}
}

void ipt_spec_put(struct buf *b, const struct ipt_spec *s, const struct nf_expr *counter)
{
	const char *name = ipt_protocol_name(s->protocol);

	address(b, 's', s->src, s->src_mask, s->src_invert);
	address(b, 'd', s->dst, s->dst_mask, s->dst_invert);
	interface(b, 'i', s->in, s->in_invert);
	interface(b, 'o', s->out, s->out_invert);
	if (s->protocol && name)
		buf_printf(b, "%s -p %s", s->proto_invert ? " !" : "", name);
	else if (s->protocol)
		buf_printf(b, "%s -p %u", s->proto_invert ? " !" : "", s->protocol);
	for (unsigned i = 0; i < s->matches; i++)
		match(b, &s->match[i]);
	if (counter)
		buf_printf(b, " -c %llu %llu", (unsigned long long)counter->counter.packets,
			(unsigned long long)counter->counter.bytes);
	target(b, &s->target);
}

void ipt_spec_format(struct buf *b, const struct ipt_spec *s)
{
	struct buf text = { 0 };

	ipt_spec_put(&text, s, NULL);
	if (text.size)
		buf_puts(b, buf_str(&text) + 1); /* behind the first blank */
	buf_release(&text);
}

bool ipt_spec_eq(const struct ipt_spec *a, const struct ipt_spec *b)
{
	struct buf x = { 0 }, y = { 0 };
	bool same;

	ipt_spec_put(&x, a, NULL);
	ipt_spec_put(&y, b, NULL);
	same = !strcmp(buf_str(&x), buf_str(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}
