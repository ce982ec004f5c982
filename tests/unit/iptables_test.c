/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iptables: command lines against the rule as -S prints it and against the expressions that it becomes (those that
 * iptables-nft 1.8.9 loads, as `nft --debug=netlink` showed them, but for xtables matches and targets, which are
 * native here); what stands at the hooks; the hint for options that stand in the wrong place. */
#include <stdlib.h>

#include "model/cmd.h"
#include "model/iptables.h"
#include "tests/unit/check.h"

#define MAX_WORDS 64

/* ---- expressions as text ---- */

static void hex(struct buf *b, const struct nf_data *d, uint32_t len)
{
	buf_putc(b, ' ');
	for (uint32_t i = 0; i < len; i++)
		buf_printf(b, "%02x", d->b[i]);
}

static void put_expr(struct buf *b, const struct nf_expr *e)
{
	buf_printf(b, "%s%s", b->size ? "; " : "", nf_expr_name(e->kind));
	switch (e->kind) {
	case NFX_PAYLOAD:
		buf_printf(b, " %u+%u,%u", e->payload.base, e->payload.offset, e->payload.len);
		break;
	case NFX_META:
		buf_printf(b, "%s %u", e->meta.set ? " set" : "", e->meta.key);
		break;
	case NFX_CT:
		buf_printf(b, " %u", e->ct.key);
		break;
	case NFX_FIB:
		buf_printf(b, " %u %u", e->fib.result, e->fib.flags);
		break;
	case NFX_CMP:
		buf_printf(b, " %u", e->cmp.op);
		hex(b, &e->cmp.data, e->cmp.len);
		break;
	case NFX_RANGE:
		buf_printf(b, " %u", e->range.op);
		hex(b, &e->range.from, e->range.len);
		hex(b, &e->range.to, e->range.len);
		break;
	case NFX_BITWISE:
		hex(b, &e->bitwise.mask, e->bitwise.len);
		hex(b, &e->bitwise.xor_, e->bitwise.len);
		break;
	case NFX_LOOKUP:
		buf_printf(b, " %u", e->lookup.flags);
		for (uint32_t i = 0; i < e->lookup.set.n; i++)
			hex(b, &e->lookup.set.elem[i], e->lookup.set.key_len);
		break;
	case NFX_IMMEDIATE:
		if (e->immediate.dreg)
			buf_printf(b, " r%u", e->immediate.dreg), hex(b, &e->immediate.data, e->immediate.len);
		else
			buf_printf(b, " %s%s%s", nf_verdict_name(e->immediate.verdict), *e->immediate.chain ? " " : "",
				e->immediate.chain);
		break;
	case NFX_LIMIT:
		buf_printf(b, " %llu/%llu %u", (unsigned long long)e->limit.rate, (unsigned long long)e->limit.unit,
			e->limit.burst);
		break;
	case NFX_NAT:
		buf_printf(b, " %u r%u-%u r%u-%u %u", e->nat.type, e->nat.reg_addr_min, e->nat.reg_addr_max,
			e->nat.reg_proto_min, e->nat.reg_proto_max, e->nat.flags);
		break;
	case NFX_MASQ:
	case NFX_REDIR:
		buf_printf(b, " r%u-%u %u", e->masq.reg_proto_min, e->masq.reg_proto_max, e->masq.flags);
		break;
	case NFX_REJECT:
		buf_printf(b, " %u %u", e->reject.type, e->reject.code);
		break;
	default:
		break;
	}
}

/* ---- running a command line ---- */

struct line {
	char text[512];
	struct word w[MAX_WORDS];
	unsigned n;
};

static void split(struct line *l, const char *text)
{
	l->n = 0;
	str_copy(l->text, sizeof(l->text), text);
	for (char *s = strtok(l->text, " "); s; s = strtok(NULL, " "))
		l->w[l->n++] = (struct word){ .text = s, .loc = { "t", 1, l->n + 1 } };
}

static int parse(struct op *op, const char *text, struct err *err)
{
	static struct line l;
	struct cmd c = { .w = l.w, .pos = 1, .loc = { "t", 1, 1 } };

	split(&l, text);
	c.n = l.n;
	*op = (struct op){ .kind = OP_CANNED };
	return cmd_iptables(&c, op, err);
}

static struct net *net;

static int run(struct nf **nf, const char *text, struct buf *out)
{
	struct result res = { 0 };
	struct err err = { 0 };
	struct op op;
	int status;

	if (!CHECK(!parse(&op, text, &err)))
		return -1;
	if (op.kind == OP_IPTABLES) {
		ipt_apply(nf, net->init, op.ipt, &res);
	} else {
		buf_puts(&res.err, buf_str(&op.canned.res.err));
		res.status = op.canned.res.status;
	}
	if (out)
		buf_printf(out, "%s%s", buf_str(&res.out), buf_str(&res.err));
	status = res.status;
	result_release(&res);
	op_release(&op);
	return status;
}

/* ---- rules ---- */

#define CTR "counter; "
#define FIRST "payload 1+6,2; bitwise 1fff 0000; cmp 0 0000; "
#define TCP_ "meta 16; cmp 0 06; "
static const struct {
	const char *table, *chain, *rule, *text, *expr;
} rules[] = {
	{ "filter", "FORWARD", "-i eth0 -o br+ -j ACCEPT", "-i eth0 -o br+ -j ACCEPT",
		"meta 6; cmp 0 6574683000; meta 7; cmp 0 6272; " CTR "immediate accept" },
	{ "filter", "FORWARD", "-s 10.1.2.3/24 ! -d 192.168.1.1 -j DROP", "-s 10.1.2.0/24 ! -d 192.168.1.1/32 -j DROP",
		"payload 1+12,3; cmp 0 0a0102; payload 1+16,4; cmp 1 c0a80101; " CTR "immediate drop" },
	{ "filter", "FORWARD", "-s 10.1.2.3/20 -j RETURN", "-s 10.1.0.0/20 -j RETURN",
		"payload 1+12,4; bitwise fffff000 00000000; cmp 0 0a010000; " CTR "immediate return" },
	{ "filter", "INPUT", "-p tcp --dport 80", "-p tcp -m tcp --dport 80",
		TCP_ "payload 2+2,2; cmp 0 0050; counter" },
	{ "filter", "INPUT", "-p tcp --sport 0:1023 ! --dport 22:ssh -j ACCEPT",
		"-p tcp -m tcp --sport 0:1023 ! --dport 22 -j ACCEPT",
		TCP_ "payload 2+0,2; cmp 3 03ff; payload 2+2,2; cmp 1 0016; " CTR "immediate accept" },
	{ "filter", "INPUT", "-p tcp --dport 1000:2000 --syn",
		"-p tcp -m tcp --dport 1000:2000 --tcp-flags FIN,SYN,RST,ACK SYN",
		TCP_ "payload 2+13,1; bitwise 17 00; cmp 0 02; payload 2+2,2; range 0 03e8 07d0; counter" },
	{ "filter", "INPUT", "-p icmp --icmp-type ping -j ACCEPT", "-p icmp -m icmp --icmp-type 8 -j ACCEPT",
		"meta 16; cmp 0 01; " FIRST "payload 2+0,1; cmp 0 08; " CTR "immediate accept" },
	{ "filter", "INPUT", "-p icmp --icmp-type 3/4 -j ACCEPT", "-p icmp -m icmp --icmp-type 3/4 -j ACCEPT",
		"meta 16; cmp 0 01; " FIRST "payload 2+0,2; cmp 0 0304; " CTR "immediate accept" },
	{ "filter", "INPUT", "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		"-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		"ct 0; bitwise 06000000 00000000; cmp 1 00000000; " CTR "immediate accept" },
	{ "filter", "INPUT", "-m state ! --state NEW -j ACCEPT", "-m state ! --state NEW -j ACCEPT",
		"ct 0; bitwise 08000000 00000000; cmp 0 00000000; " CTR "immediate accept" },
	{ "filter", "INPUT", "-m conntrack --ctstate DNAT -j ACCEPT", "-m conntrack --ctstate DNAT -j ACCEPT",
		"ct 2; bitwise 20000000 00000000; cmp 1 00000000; " CTR "immediate accept" },
	{ "filter", "INPUT", "-p udp -m multiport --dports 53,67:69 -j ACCEPT",
		"-p udp -m multiport --dports 53,67:69 -j ACCEPT",
		"meta 16; cmp 0 11; " FIRST "payload 2+2,2; lookup 0 0035 0043 0044 0045; " CTR "immediate accept" },
	{ "filter", "INPUT", "-m addrtype --dst-type LOCAL -j ACCEPT", "-m addrtype --dst-type LOCAL -j ACCEPT",
		"fib 3 2; cmp 0 02000000; " CTR "immediate accept" },
	{ "filter", "INPUT", "-m mark --mark 1/0xff -m limit --limit 5/min -j ACCEPT",
		"-m mark --mark 0x1/0xff -m limit --limit 5/min -j ACCEPT",
		"meta 3; bitwise ff000000 00000000; cmp 0 01000000; limit 5/60 5; " CTR "immediate accept" },
	{ "filter", "INPUT", "-m comment --comment it's -j REJECT",
		"-m comment --comment \"it\\'s\" -j REJECT --reject-with icmp-port-unreachable", CTR "reject 0 3" },
	{ "filter", "INPUT", "-p tcp -j REJECT --reject-with tcp-reset", "-p tcp -j REJECT --reject-with tcp-reset",
		TCP_ CTR "reject 1 0" },
	{ "nat", "PREROUTING", "-p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:8080",
		"-p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.15.2:8080",
		TCP_ "payload 2+2,2; cmp 0 0050; " CTR "immediate r1 c0a80f02; immediate r3 1f90; nat 1 r1-1 r3-3 3" },
	{ "nat", "POSTROUTING", "-j SNAT --to-source 1.0.0.1-1.0.0.9 --random",
		"-j SNAT --to-source 1.0.0.1-1.0.0.9 --random",
		CTR "immediate r1 01000001; immediate r2 01000009; nat 0 r1-2 r0-0 5" },
	{ "nat", "POSTROUTING", "-s 10.0.0.0/8 -o eth0 -j MASQUERADE", "-s 10.0.0.0/8 -o eth0 -j MASQUERADE",
		"meta 7; cmp 0 6574683000; payload 1+12,1; cmp 0 0a; " CTR "masq r0-0 0" },
	{ "nat", "OUTPUT", "-p tcp -j REDIRECT --to-ports 80-90", "-p tcp -j REDIRECT --to-ports 80-90",
		TCP_ CTR "immediate r1 0050; immediate r2 005a; redir r1-2 2" },
	{ "mangle", "OUTPUT", "-j MARK --set-mark 7", "-j MARK --set-xmark 0x7/0xffffffff",
		CTR "immediate r1 07000000; meta set 3" },
	{ "mangle", "OUTPUT", "-j MARK --or-mark 4", "-j MARK --set-xmark 0x4/0x4",
		CTR "meta 3; bitwise fbffffff 04000000; meta set 3" },
	{ "raw", "PREROUTING", "-j CT --notrack", "-j CT --notrack", CTR "notrack" },
};

static void check_rules(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct nf *nf = NULL;
		struct nf_rule *r;
		struct buf b = { 0 };
		char text[512];

		snprintf(text, sizeof(text), "iptables -t %s -A %s %s", rules[i].table, rules[i].chain, rules[i].rule);
		CHECK(run(&nf, text, &b) == 0);
		r = nf_rule_at(nf_chain_find(nf_table_find(nf, NF_FAMILY_IP, rules[i].table), rules[i].chain), 1);
		CHECK_STR(r->text, rules[i].text);
		for (unsigned e = 0; e < r->n; e++)
			put_expr(&b, &r->expr[e]);
		CHECK_STR(buf_str(&b), rules[i].expr);
		buf_release(&b);
		nf_free(nf);
	}
}

/* ---- words ---- */

#define TRY "Try `iptables -h' or 'iptables --help' for more information.\n"
#define VERSION "iptables v1.8.9 (nf_tables): "
static const struct {
	const char *line;
	int status;
	const char *words;
} words[] = {
	/* one after the other, on one ruleset */
	{ "iptables -A INPUT -j FOO", 2, VERSION "Chain 'FOO' does not exist\n" TRY },
	{ "iptables -A FOO", 1, "iptables: No chain/target/match by that name.\n" },
	{ "iptables -N A", 0, "" },
	{ "iptables -N A", 1, "iptables: Chain already exists.\n" },
	{ "iptables -P A DROP", 1, "iptables: Bad built-in chain name.\n" },
	{ "iptables -A A -j DROP", 0, "" },
	{ "iptables -X A", 4, VERSION " CHAIN_DEL failed (Device or resource busy): chain A\n" },
	{ "iptables -D A -j ACCEPT", 1, "iptables: Bad rule (does a matching rule exist in that chain?).\n" },
	{ "iptables -A INPUT -j MASQUERADE", 4,
		VERSION " RULE_APPEND failed (Invalid argument): rule in chain INPUT\n" },
	{ "iptables -A A -j A", 0, "" },
	{ "iptables -A INPUT -j A", 4, VERSION " RULE_APPEND failed (Too many links): rule in chain INPUT\n" },
	{ "iptables -D A 2", 0, "" },
	{ "iptables -A INPUT -j A", 0, "" },
	{ "iptables -E A B", 0, "" },
	{ "iptables -S", 0,
		"-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N B\n-A INPUT -j B\n-A B -j DROP\n" },
	{ "iptables -L B -n", 0,
		"Chain B (1 references)\ntarget     prot opt source               destination         \n"
		"DROP       0    --  0.0.0.0/0            0.0.0.0/0           \n" },
	{ "iptables -t nat -N N", 0, "" },
	{ "iptables -t nat -A N -j DNAT --to-destination 1.2.3.4", 0, "" },
	{ "iptables -t nat -A POSTROUTING -j N", 4,
		VERSION " RULE_APPEND failed (Invalid argument): rule in chain POSTROUTING\n" },
	{ "iptables -t nat -A PREROUTING -j N", 0, "" },
	{ "iptables -I INPUT 5", 1, "iptables: Index of insertion too big.\n" },
	{ "iptables -R INPUT 5 -j ACCEPT", 1, "iptables: Index of replacement too big.\n" },
	{ "iptables -t bad -L", 3,
		VERSION "table 'bad' does not exist\nPerhaps iptables or your kernel needs to be upgraded.\n" },
};

static void check_words(void)
{
	struct nf *nf = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct buf b = { 0 };

		CHECK(run(&nf, words[i].line, &b) == words[i].status);
		CHECK_STR(buf_str(&b), words[i].words);
		buf_release(&b);
	}
	nf_free(nf);
}

static void check_hints(void)
{
	static const char *const rows[][2] = {
		{ "iptables -t nat -A PREROUTING --dport 80 --to-destination 192.168.15.2:80 -j DNAT",
			"this works: iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination "
			"192.168.15.2:80" },
		{ "iptables -A INPUT ! --ctstate NEW", "this works: iptables -A INPUT -m conntrack ! --ctstate NEW" },
		{ "iptables -A INPUT --no-such-thing", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = { 0 };
		struct op op;

		CHECK(!parse(&op, rows[i][0], &err) && op.kind == OP_CANNED && op.canned.res.status == 2);
		CHECK_STR(op.hint ? op.hint : "", rows[i][1]);
		op_release(&op);
	}
}

static void check_refused(void)
{
	static const char *const rows[][2] = {
		{ "iptables -A INPUT -j LOG", "not modelled: iptables: the target LOG" },
		{ "iptables -A FORWARD -m physdev --physdev-in eth0", "not modelled: iptables: the match physdev" },
		{ "iptables -A FORWARD -f -j DROP", "not modelled: iptables: option -f" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = { 0 };
		struct op op;

		CHECK(parse(&op, rows[i][0], &err));
		CHECK_STR(err.msg, rows[i][1]);
		op_release(&op);
	}
}

/* ---- hooks ---- */

static void put_steps(struct buf *b, const struct nf *nf, enum nf_hook hook)
{
	static const char *const names[] = { "chain", "conntrack", "nat", "confirm" };

	for (unsigned i = 0; i < nf->hook[hook].n; i++) {
		const struct nf_step *s = &nf->hook[hook].step[i];

		buf_printf(b, "%s%s@%d", i ? " " : "", s->chain ? s->chain->table->name : names[s->kind], s->priority);
	}
}

static void check_hooks(void)
{
	struct nf *nf = NULL, *copy;
	struct nf_table *t;
	struct buf b = { 0 };

	run(&nf, "iptables -t nat -P PREROUTING ACCEPT", NULL);
	CHECK(nf->nat && !nf->conntrack);
	put_steps(&b, nf, NF_PRE_ROUTING);
	CHECK_STR(buf_str(&b), "nat@-100");
	buf_clear(&b);
	run(&nf, "iptables -t nat -A POSTROUTING -j MASQUERADE", NULL);
	run(&nf, "iptables -t raw -A PREROUTING -j ACCEPT", NULL);
	run(&nf, "iptables -t mangle -A PREROUTING -j ACCEPT", NULL);
	CHECK(nf->nat && nf->conntrack);
	put_steps(&b, nf, NF_PRE_ROUTING);
	CHECK_STR(buf_str(&b), "raw@-300 conntrack@-200 mangle@-150 nat@-100");
	buf_clear(&b);
	put_steps(&b, nf, NF_POST_ROUTING);
	CHECK_STR(buf_str(&b), "nat@100 confirm@2147483647");
	CHECK(nf->hook[NF_POST_ROUTING].n_nat == 1 && nf->hook[NF_PRE_ROUTING].n_nat == 1);
	/* of equal priorities the newest comes first */
	t = nf_table_add(nf, NF_FAMILY_IP, "t");
	nf_base_chain_add(t, "a", NF_CHAIN_FILTER, NF_FORWARD, 0);
	nf_base_chain_add(t, "b", NF_CHAIN_FILTER, NF_FORWARD, 0);
	nf_commit(nf);
	CHECK_STR(nf->hook[NF_FORWARD].step[0].chain->name, "b");
	copy = nf_copy(nf);
	CHECK_STR(copy->hook[NF_FORWARD].step[1].chain->name, "a");
	CHECK(copy->nat && copy->conntrack);
	run(&nf, "iptables -t nat -F", NULL);
	CHECK(nf->nat && !nf->conntrack);
	nf_free(copy);
	nf_free(nf);
	buf_release(&b);
}

int main(void)
{
	net = net_new(1);
	check_rules();
	check_words();
	check_hints();
	check_refused();
	check_hooks();
	net_free(net);
	return check_end();
}
