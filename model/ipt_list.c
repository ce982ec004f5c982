/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of `iptables -L`: print_header(), nft_ipv4_print_rule() and the print functions of the extensions. */
#include <string.h>

#include "model/ipt_names.h"
#include "model/ipt_text.h"

enum { TCP = 6, UDP = 17 };

static void count(struct buf *b, uint64_t n, bool kilo)
{
	static const char units[] = "KMGT";
	unsigned unit = 0;

	if (!kilo) {
		buf_printf(b, "%8llu ", (unsigned long long)n);
		return;
	}
	if (n <= 99999) {
		buf_printf(b, "%5llu ", (unsigned long long)n);
		return;
	}
	n = (n + 500) / 1000;
	while (n > 9999 && units[unit + 1]) {
		n = (n + 500) / 1000;
		unit++;
	}
	buf_printf(b, "%4llu%c ", (unsigned long long)n, units[unit]);
}

/* Without padding, as in a chain's header. */
static void count_plain(struct buf *b, uint64_t n, bool kilo)
{
	struct buf one = { 0 };

	count(&one, n, kilo);
	buf_puts(b, buf_str(&one) + strspn(buf_str(&one), " "));
	buf_release(&one);
}

void ipt_list_header(struct buf *b, const struct nf_chain *c, const struct ipt_look *look)
{
	buf_printf(b, "Chain %s", c->name);
	if (c->base) {
		buf_printf(b, " (policy %s", c->policy == NFV_DROP ? "DROP" : "ACCEPT");
		if (look->counts) {
			buf_putc(b, ' ');
			count_plain(b, c->counted ? c->packets : 0, look->kilo);
			buf_puts(b, "packets, ");
			count_plain(b, c->counted ? c->bytes : 0, look->kilo);
			buf_puts(b, "bytes");
		}
		buf_puts(b, ")\n");
	} else {
		buf_printf(b, " (%u references)\n", c->uses);
	}
	if (look->numbers)
		buf_printf(b, "%-4s ", "num");
	if (look->counts && look->kilo)
		buf_printf(b, "%5s %5s ", "pkts", "bytes");
	else if (look->counts)
		buf_printf(b, "%8s %10s ", "pkts", "bytes");
	buf_printf(b, "%-9s  prot opt", "target");
	if (look->via)
		buf_printf(b, " %-6s %-6s ", "in", "out");
	buf_printf(b, " %-19s  %-19s \n", "source", "destination");
}

/* ---- matches ---- */

static void port(struct buf *b, uint16_t n, uint8_t protocol, bool numeric)
{
	const char *name = numeric ? NULL : ipt_service_name(n, protocol);

	if (name)
		buf_puts(b, name);
	else
		buf_printf(b, "%u", n);
}

static void ports(struct buf *b, const char *name, const struct ipt_ports *p, uint8_t protocol, bool numeric)
{
	if (!p->set)
		return;
	buf_printf(b, " %s%s:%s", name, p->from == p->to ? "" : "s", p->invert ? "!" : "");
	port(b, p->from, protocol, numeric);
	if (p->from == p->to)
		return;
	buf_putc(b, ':');
	port(b, p->to, protocol, numeric);
}

static void port_match(struct buf *b, const struct ipt_match *m, bool numeric)
{
	uint8_t protocol = m->kind == IPT_TCP ? TCP : UDP;

	buf_puts(b, m->kind == IPT_TCP ? " tcp" : " udp");
	ports(b, "spt", &m->port.src, protocol, numeric);
	ports(b, "dpt", &m->port.dst, protocol, numeric);
	if (!m->port.flags_set)
		return;
	buf_puts(b, m->port.flags_invert ? " flags:!" : " flags:");
	if (numeric) {
		buf_printf(b, "0x%02X/0x%02X", m->port.flags_mask, m->port.flags_cmp);
		return;
	}
	ipt_tcp_flags_format(b, m->port.flags_mask);
	buf_putc(b, '/');
	ipt_tcp_flags_format(b, m->port.flags_cmp);
}

static void icmp_match(struct buf *b, const struct ipt_match *m, bool numeric)
{
	unsigned n;
	const struct ipt_icmp_name *names = ipt_icmp_names(&n);

	buf_puts(b, " icmp");
	for (unsigned i = 0; i < n && !numeric; i++) {
		if (names[i].type != m->icmp.type || names[i].code_min != m->icmp.code_min ||
			names[i].code_max != m->icmp.code_max)
			continue;
		buf_printf(b, " %s%s", m->icmp.invert ? "!" : "", names[i].name);
		return;
	}
	buf_printf(b, "%stype %u", m->icmp.invert ? " !" : "", m->icmp.type);
	if (m->icmp.code_min == m->icmp.code_max)
		buf_printf(b, " code %u", m->icmp.code_min);
}

static void multiport_match(struct buf *b, const struct ipt_match *m, uint8_t protocol, bool numeric)
{
	buf_printf(b, " multiport %s ", m->multiport.src ? "sports" : "dports");
	if (m->multiport.invert)
		buf_puts(b, " !");
	for (unsigned i = 0; i < m->multiport.n; i++) {
		buf_puts(b, !i ? "" : m->multiport.range[i - 1] ? ":" : ",");
		port(b, m->multiport.port[i], protocol, numeric);
	}
}

static void addrtype_match(struct buf *b, const struct ipt_match *m)
{
	buf_puts(b, " ADDRTYPE match");
	if (m->addrtype.src_set)
		buf_printf(b, " src-type %s%s", m->addrtype.src_invert ? "!" : "", ipt_addrtypes[m->addrtype.src]);
	if (m->addrtype.dst_set)
		buf_printf(b, " dst-type %s%s", m->addrtype.dst_invert ? "!" : "", ipt_addrtypes[m->addrtype.dst]);
}

static void match(struct buf *b, const struct ipt_spec *s, const struct ipt_match *m, bool numeric)
{
	switch (m->kind) {
	case IPT_TCP:
	case IPT_UDP:
		port_match(b, m, numeric);
		break;
	case IPT_ICMP:
		icmp_match(b, m, numeric);
		break;
	case IPT_COMMENT_M:
		buf_printf(b, " /* %s */", m->comment.text);
		break;
	case IPT_CONNTRACK:
	case IPT_STATE:
		buf_printf(b, "%s %s ", m->ct.invert ? " !" : "", m->kind == IPT_STATE ? "state" : "ctstate");
		ipt_states_put(b, m->ct.states);
		break;
	case IPT_MULTIPORT:
		multiport_match(b, m, s->protocol, numeric);
		break;
	case IPT_ADDRTYPE:
		addrtype_match(b, m);
		break;
	case IPT_MARK:
		buf_puts(b, m->mark.invert ? " mark match !" : " mark match");
		ipt_mark_put(b, m->mark.mark, m->mark.mask);
		break;
	default:
		buf_puts(b, " limit: avg");
		ipt_rate_put(b, m);
		buf_printf(b, " burst %u", m->limit.burst);
	}
}

/* ---- targets ---- */

static void nat_target(struct buf *b, const struct ipt_target *t)
{
	static const char *const before[IPT_TARGET_NUM] = { [IPT_DNAT] = "to:",
		[IPT_SNAT] = "to:",
		[IPT_MASQUERADE] = "masq ports: ",
		[IPT_REDIRECT] = "redir ports " };
	const struct ipt_nat_range *r = &t->range;

	if (r->flags & (NF_NAT_MAP_IPS | NF_NAT_PROTO_SPECIFIED)) {
		struct buf range = { 0 };

		ipt_range_put(&range, r);
		buf_printf(b, " %s%s", before[t->kind],
			buf_str(&range) + (t->kind == IPT_MASQUERADE || t->kind == IPT_REDIRECT));
		buf_release(&range);
	}
	if (r->flags & NF_NAT_PROTO_RANDOM)
		buf_puts(b, " random");
	if (r->flags & NF_NAT_PROTO_RANDOM_FULLY)
		buf_puts(b, " random-fully");
	if (r->flags & NF_NAT_PERSISTENT)
		buf_puts(b, " persistent");
}

static void mark_target(struct buf *b, const struct ipt_target *t)
{
	if (!t->mark)
		buf_printf(b, " MARK and 0x%x", ~t->mask);
	else if (t->mark == t->mask)
		buf_printf(b, " MARK or 0x%x", t->mark);
	else if (!t->mask)
		buf_printf(b, " MARK xor 0x%x", t->mark);
	else if (t->mask == UINT32_MAX)
		buf_printf(b, " MARK set 0x%x", t->mark);
	else
		buf_printf(b, " MARK xset 0x%x/0x%x", t->mark, t->mask);
}

static void target(struct buf *b, const struct ipt_target *t)
{
	switch (t->kind) {
	case IPT_REJECT:
		buf_printf(b, " reject-with %s", ipt_reject_name(t->reject));
		break;
	case IPT_DNAT:
	case IPT_SNAT:
	case IPT_MASQUERADE:
	case IPT_REDIRECT:
		nat_target(b, t);
		break;
	case IPT_MARK_T:
		mark_target(b, t);
		break;
	case IPT_NOTRACK:
		buf_puts(b, t->as_ct ? " CT notrack" : " NOTRACK");
		break;
	default:
		break;
	}
}

/* ---- a rule ---- */

static void address(struct buf *b, uint32_t addr, uint32_t mask, bool invert, const struct ipt_look *look, bool first)
{
	struct buf text = { 0 };
	int bits = ipt_mask_bits(mask);

	if (!mask && !look->numeric) {
		buf_puts(&text, "anywhere");
	} else {
		if (addr == 0x7f000001 && !look->numeric)
			buf_puts(&text, "localhost");
		else
			ipt_addr_put(&text, addr);
		if (bits < 0) {
			buf_putc(&text, '/');
			ipt_addr_put(&text, mask);
		} else if (bits < 32) {
			buf_printf(&text, "/%d", bits);
		}
	}
	buf_putc(b, invert ? '!' : ' ');
	if (!look->line)
		buf_printf(b, "%-19s ", buf_str(&text));
	else
		buf_printf(b, first ? "%s " : "-> %s", buf_str(&text));
	buf_release(&text);
}

static void interfaces(struct buf *b, const struct ipt_spec *s, const struct ipt_look *look)
{
	const char *any = look->numeric ? "*" : "any";
	char in[IFNAMSIZ_ + 3] = "", out[IFNAMSIZ_ + 3] = "";

	if (!look->via)
		return;
	/* a lone plus is gone when the rule is read back */
	str_copy(in + s->in_invert, sizeof(in) - 1, *s->in && (s->in_invert || strcmp(s->in, "+")) ? s->in : any);
	str_copy(
		out + s->out_invert, sizeof(out) - 1, *s->out && (s->out_invert || strcmp(s->out, "+")) ? s->out : any);
	if (s->in_invert)
		in[0] = '!';
	if (s->out_invert)
		out[0] = '!';
	buf_printf(b, look->line ? "in %s out %s " : " %-6s %-6s ", in, out);
}

static void protocol(struct buf *b, const struct ipt_spec *s, const struct ipt_look *look)
{
	const char *name = ipt_protocol_name(s->protocol);

	buf_putc(b, s->proto_invert ? '!' : ' ');
	if ((look->numeric && !look->line) || !name)
		buf_printf(b, look->line ? "%u " : "%-4u ", s->protocol);
	else
		buf_printf(b, look->line ? "%s " : "%-4s ", name);
}

void ipt_list_spec(struct buf *b, const struct ipt_spec *s, const struct nf_expr *counter, unsigned number,
	const struct ipt_look *look)
{
	if (look->numbers)
		buf_printf(b, "%-4u ", number);
	if (look->counts) {
		count(b, counter ? counter->counter.packets : 0, look->kilo);
		count(b, counter ? counter->counter.bytes : 0, look->kilo);
	}
	buf_printf(b, look->line ? "%s " : "%-9s ", s->target.kind == IPT_NOTRACK ? "CT" : ipt_target_name(&s->target));
	protocol(b, s, look);
	buf_puts(b, look->line ? "opt -- " : "-- ");
	interfaces(b, s, look);
	address(b, s->src, s->src_mask, s->src_invert, look, true);
	address(b, s->dst, s->dst_mask, s->dst_invert, look, false);
	if (look->line)
		buf_puts(b, "  ");
	if (s->target.go)
		buf_puts(b, "[goto] ");
	for (unsigned i = 0; i < s->matches; i++)
		match(b, s, &s->match[i], look->numeric);
	target(b, &s->target);
	buf_putc(b, '\n');
}

void ipt_list_rule(struct buf *b, const struct nf_rule *r, unsigned number, const struct ipt_look *look)
{
	ipt_list_spec(b, r->spec, ipt_rule_counter(r), number, look);
}
