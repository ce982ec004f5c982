/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The targets of iptables that are modelled: their options, and the words of their mistakes, as the extensions of
 * iptables 1.8.9 have them. Those that exist and are not modelled are known by name: a rule with one is refused and
 * never taken for a jump to a chain. */
#include <string.h>
#include <strings.h>

#include "model/ipt_names.h"
#include "model/ipt_parse.h"

enum { ICMP = 1, TCP = 6, UDP = 17, SCTP = 132, DCCP = 33 };

/* ---- DNAT, SNAT, MASQUERADE, REDIRECT ---- */

enum { NAT_TO, NAT_PORTS, NAT_RANDOM, NAT_FULLY, NAT_PERSISTENT_ };
static const struct ipt_option dnat_options[] = { { "to-destination", true, NAT_TO, IPTO_MANDATORY },
	{ "random", false, NAT_RANDOM }, { "persistent", false, NAT_PERSISTENT_ } };
static const struct ipt_option snat_options[] = { { "to-source", true, NAT_TO, IPTO_MANDATORY },
	{ "random", false, NAT_RANDOM }, { "random-fully", false, NAT_FULLY },
	{ "persistent", false, NAT_PERSISTENT_ } };
static const struct ipt_option masq_options[] = { { "to-ports", true, NAT_PORTS }, { "random", false, NAT_RANDOM },
	{ "random-fully", false, NAT_FULLY } };
static const struct ipt_option redirect_options[] = { { "to-ports", true, NAT_PORTS },
	{ "random", false, NAT_RANDOM } };

static int nat_second_port(struct ipt_parse *p, const char *arg, struct ipt_nat_range *r)
{
	const char *end;
	uint32_t n;

	if (!ipt_number(arg, &end, &n, 0, UINT16_MAX))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Port `%s' not valid", arg);
	if (n < r->min_port)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Port range `%s' funky", arg);
	r->max_port = (uint16_t)n;
	if (*end == '/')
		return ipt_refuse(p, "a shifted range of ports");
	return *end ? ipt_error(p, IPT_PARAMETER_PROBLEM, "Garbage after port range: `%s'", end) : 0;
}

/* PORT[-PORT]; only the first may be a service's name. */
static int nat_ports(struct ipt_parse *p, const char *arg, struct ipt_nat_range *r)
{
	uint8_t protocol = p->cmd.spec.protocol;
	const char *end = "";
	uint32_t n;

	if (protocol != TCP && protocol != UDP && protocol != SCTP && protocol != DCCP && protocol != ICMP)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Need TCP, UDP, SCTP or DCCP with port specification");
	r->flags |= NF_NAT_PROTO_SPECIFIED;
	if (!ipt_number(arg, &end, &n, 0, UINT16_MAX)) {
		int service = ipt_service(arg, 0);

		if (service < 0)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Port `%s' not valid", arg);
		n = (uint32_t)service;
		end = "";
	}
	r->min_port = r->max_port = (uint16_t)n;
	switch (*end) {
	case 0:
		return 0;
	case '-':
		return nat_second_port(p, end + 1, r);
	case ':':
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Invalid port:port syntax - use dash");
	default:
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Garbage after port value: `%s'", end);
	}
}

static int nat_address(struct ipt_parse *p, const char *s, uint32_t *addr)
{
	struct ipaddr a;

	if (!ip4_parse(&a, s))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Bad IP address \"%s\"", s);
	*addr = a.v4;
	return 0;
}

/* [ADDR[-ADDR]][:PORT[-PORT]] */
static int nat_to(struct ipt_parse *p, struct ipt_nat_range *r)
{
	char word[128], *colon, *dash;

	if (strchr(p->optarg, '['))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Invalid address format");
	if (!str_copy(word, sizeof(word), p->optarg))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Bad IP address \"%s\"", p->optarg);
	colon = strchr(word, ':');
	if (colon && strchr(colon + 1, ':'))
		colon = NULL;
	if (colon) {
		if (nat_ports(p, colon + 1, r))
			return 1;
		if (colon == word)
			return 0;
		*colon = 0;
	}
	r->flags |= NF_NAT_MAP_IPS;
	dash = strchr(word, '-');
	if (dash)
		*dash = 0;
	if (nat_address(p, word, &r->min_addr))
		return 1;
	r->max_addr = r->min_addr;
	return dash ? nat_address(p, dash + 1, &r->max_addr) : 0;
}

static int nat_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	struct ipt_nat_range *r = &p->cmd.spec.target.range;

	(void)m;
	switch (o->id) {
	case NAT_TO:
		return nat_to(p, r);
	case NAT_PORTS:
		return nat_ports(p, p->optarg, r);
	case NAT_RANDOM:
		r->flags |= NF_NAT_PROTO_RANDOM;
		return 0;
	case NAT_FULLY:
		r->flags |= NF_NAT_PROTO_RANDOM_FULLY;
		return 0;
	default:
		r->flags |= NF_NAT_PERSISTENT;
		return 0;
	}
}

/* ---- REJECT ---- */

static const struct ipt_option reject_options[] = { { "reject-with", true, 0 } };

static int reject_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	size_t size = strlen(p->optarg);
	unsigned n;
	const struct ipt_reject_name *names = ipt_reject_names(&n);

	(void)m, (void)o;
	for (unsigned i = 0; i < n; i++) {
		if (strncasecmp(names[i].name, p->optarg, size) && strncasecmp(names[i].alias, p->optarg, size))
			continue;
		p->cmd.spec.target.reject = names[i].code;
		return 0;
	}
	return ipt_error(p, IPT_PARAMETER_PROBLEM, "unknown reject type \"%s\"", p->optarg);
}

/* ---- MARK ---- */

enum { MARK_XSET, MARK_SET, MARK_AND, MARK_OR, MARK_XOR };
#define MARK_ANY 0x1f
static const struct ipt_option mark_options[] = { { "set-xmark", true, MARK_XSET, 0, MARK_ANY },
	{ "set-mark", true, MARK_SET, 0, MARK_ANY }, { "and-mark", true, MARK_AND, 0, MARK_ANY },
	{ "or-mark", true, MARK_OR, 0, MARK_ANY }, { "xor-mark", true, MARK_XOR, 0, MARK_ANY } };

static int mark_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	struct ipt_target *t = &p->cmd.spec.target;
	uint32_t value, mask;

	(void)m;
	if (o->id == MARK_XSET || o->id == MARK_SET) {
		if (ipt_mark(p, o, "MARK", &value, &mask))
			return 1;
		t->mark = value;
		t->mask = o->id == MARK_SET ? value | mask : mask;
		return 0;
	}
	if (!ipt_number(p->optarg, NULL, &value, 0, UINT32_MAX))
		return ipt_error(p, IPT_PARAMETER_PROBLEM,
			"MARK: bad value for option \"--%s\", or out of range (0-%u).\n", o->name, UINT32_MAX);
	t->mark = o->id == MARK_AND ? 0 : value;
	t->mask = o->id == MARK_AND ? ~value : o->id == MARK_OR ? value : 0;
	return 0;
}

static int mark_check(struct ipt_parse *p, uint32_t given)
{
	if (given)
		return 0;
	return ipt_error(
		p, IPT_PARAMETER_PROBLEM, "MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
}

/* ---- CT ---- */

enum { CT_NOTRACK, CT_OTHER };
static const struct ipt_option ct_options[] = { { "notrack", false, CT_NOTRACK }, { "helper", true, CT_OTHER },
	{ "timeout", true, CT_OTHER }, { "ctevents", true, CT_OTHER }, { "expevents", true, CT_OTHER },
	{ "zone-orig", true, CT_OTHER }, { "zone-reply", true, CT_OTHER }, { "zone", true, CT_OTHER } };

static int ct_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	(void)m;
	if (o->id != CT_NOTRACK)
		return ipt_refuse(p, "option --%s", o->name);
	p->cmd.spec.target.as_ct = true;
	return 0;
}

static int ct_check(struct ipt_parse *p, uint32_t given)
{
	return given ? 0 : ipt_refuse(p, "the target CT without --notrack");
}

/* ---- the table ---- */

#define OPTIONS(table) table, ARRAY_SIZE(table), false, NULL
static const struct ipt_ext exts[] = {
	{ "ACCEPT", IPT_ACCEPT, NULL, 0, false, NULL, NULL, NULL },
	{ "DROP", IPT_DROP, NULL, 0, false, NULL, NULL, NULL },
	{ "RETURN", IPT_RETURN, NULL, 0, false, NULL, NULL, NULL },
	{ "REJECT", IPT_REJECT, OPTIONS(reject_options), reject_parse, NULL },
	{ "DNAT", IPT_DNAT, OPTIONS(dnat_options), nat_parse, NULL },
	{ "SNAT", IPT_SNAT, OPTIONS(snat_options), nat_parse, NULL },
	{ "MASQUERADE", IPT_MASQUERADE, OPTIONS(masq_options), nat_parse, NULL },
	{ "REDIRECT", IPT_REDIRECT, OPTIONS(redirect_options), nat_parse, NULL },
	{ "NOTRACK", IPT_NOTRACK, NULL, 0, false, NULL, NULL, NULL },
	{ "CT", IPT_NOTRACK, OPTIONS(ct_options), ct_parse, ct_check },
	{ "MARK", IPT_MARK_T, OPTIONS(mark_options), mark_parse, mark_check },
};
static const char *const others[] = { "AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNMARK", "CONNSECMARK", "DSCP",
	"ECN", "HMARK", "IDLETIMER", "LED", "LOG", "NETMAP", "NFLOG", "NFQUEUE", "QUEUE", "RATEEST", "SECMARK", "SET",
	"SYNPROXY", "TCPMSS", "TCPOPTSTRIP", "TEE", "TOS", "TPROXY", "TRACE", "TTL", "ULOG", "standard" };

const struct ipt_ext *ipt_target_ext(unsigned i)
{
	return i < ARRAY_SIZE(exts) ? &exts[i] : NULL;
}

const struct ipt_ext *ipt_target_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(exts); i++)
		if (!strcmp(exts[i].name, name))
			return &exts[i];
	return NULL;
}

bool ipt_target_exists(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(others[i], name))
			return true;
	return ipt_target_find(name);
}
