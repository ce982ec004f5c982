/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matches of iptables that are modelled: their options, and the words of their mistakes, as the extensions of
 * iptables 1.8.9 have them. Those that exist and are not modelled are known by name, so that a rule with one is
 * refused and never taken for something else. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/ipt_names.h"
#include "model/ipt_parse.h"

enum { TCP = 6, UDP = 17, SCTP = 132, DCCP = 33, UDPLITE = 136 };

/* ---- tcp, udp ---- */

enum { PORT_SRC, PORT_DST, PORT_SYN, PORT_FLAGS, PORT_OPTION };
static const struct ipt_option tcp_options[] = {
	{ "source-port", true, PORT_SRC },
	{ "sport", true, PORT_SRC },
	{ "destination-port", true, PORT_DST },
	{ "dport", true, PORT_DST },
	{ "syn", false, PORT_SYN },
	{ "tcp-flags", true, PORT_FLAGS },
	{ "tcp-option", true, PORT_OPTION },
};

static int ports(struct ipt_parse *p, struct ipt_ports *ports, uint8_t protocol)
{
	char word[64], *colon;

	if (!str_copy(word, sizeof(word), p->optarg))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "invalid port/service `%s' specified", p->optarg);
	colon = strchr(word, ':');
	*ports = (struct ipt_ports){ .set = true, .invert = p->invert, .from = 0, .to = UINT16_MAX };
	if (!colon) {
		if (ipt_port(p, word, protocol, &ports->from))
			return 1;
		ports->to = ports->from;
		return 0;
	}
	*colon++ = 0;
	if ((*word && ipt_port(p, word, protocol, &ports->from)) ||
		(*colon && ipt_port(p, colon, protocol, &ports->to)))
		return 1;
	if (ports->from > ports->to)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "invalid portrange (min > max)");
	if (!ports->from && ports->to == UINT16_MAX && ports->invert)
		return ipt_refuse(p, "a rule for no port at all");
	/* a range of all ports is none: the tool drops it */
	ports->set = ports->from || ports->to != UINT16_MAX;
	return 0;
}

static int tcp_flag_list(struct ipt_parse *p, const char *list, uint8_t *flags)
{
	unsigned n;
	const struct ipt_flag_name *names = ipt_tcp_flags(&n);

	*flags = 0;
	while (*list) {
		size_t size = strcspn(list, ",");
		unsigned i = 0;

		while (size && i < n && (strncasecmp(names[i].name, list, size) || names[i].name[size]))
			i++;
		if (i == n)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Unknown TCP flag `%.*s'", (int)size, list);
		if (size)
			*flags |= names[i].flag;
		list += size + (list[size] == ',');
	}
	return 0;
}

static int tcp_flags(struct ipt_parse *p, struct ipt_match *m, uint32_t given, bool syn)
{
	if (given & (1 << PORT_SYN | 1 << PORT_FLAGS))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Only one of `--syn' or `--tcp-flags'  allowed");
	m->port.flags_invert = p->invert;
	if (syn) {
		m->port.flags_mask = 0x17; /* SYN,RST,ACK,FIN */
		m->port.flags_cmp = 0x02;
	} else {
		if (p->optind >= p->n || strchr("-!", p->w[p->optind].text[0]))
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "--tcp-flags requires two args.");
		if (tcp_flag_list(p, p->optarg, &m->port.flags_mask) ||
			tcp_flag_list(p, p->w[p->optind].text, &m->port.flags_cmp))
			return 1;
		p->optind++;
		if (!m->port.flags_mask && (p->invert || m->port.flags_cmp))
			return ipt_refuse(p, "--tcp-flags NONE with anything but NONE");
	}
	m->port.flags_set = m->port.flags_mask;
	return 0;
}

static int port_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	uint8_t protocol = m->kind == IPT_TCP ? TCP : UDP;
	uint32_t given = 0;

	for (unsigned i = 0; i < p->cmd.spec.matches; i++)
		if (&p->cmd.spec.match[i] == m)
			given = p->given[i];
	switch (o->id) {
	case PORT_SRC:
		if (given & 1 << PORT_SRC)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Only one `--source-port' allowed");
		return ports(p, &m->port.src, protocol);
	case PORT_DST:
		if (given & 1 << PORT_DST)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Only one `--destination-port' allowed");
		return ports(p, &m->port.dst, protocol);
	case PORT_SYN:
	case PORT_FLAGS:
		return tcp_flags(p, m, given, o->id == PORT_SYN);
	default:
		return ipt_refuse(p, "option --%s", o->name);
	}
}

/* ---- icmp ---- */

static const struct ipt_option icmp_options[] = { { "icmp-type", true, 0, IPTO_MANDATORY | IPTO_INVERT } };

static void icmp_init(struct ipt_match *m)
{
	m->icmp.type = 0xff;
	m->icmp.code_max = 0xff;
}

static int icmp_number(struct ipt_parse *p, struct ipt_match *m)
{
	const char *arg = p->optarg, *next;
	uint32_t n;

	if (!ipt_number(arg, &next, &n, 0, 255))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Unknown ICMP type `%s'", arg);
	if (*next == ':')
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "ICMP type range not supported");
	m->icmp.type = (uint8_t)n;
	m->icmp.code_min = 0;
	m->icmp.code_max = 0xff;
	if (!*next)
		return 0;
	if (*next != '/')
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "unknown character %c", *next);
	if (!ipt_number(next + 1, &next, &n, 0, 255))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Unknown ICMP code `%s'", arg);
	m->icmp.code_min = m->icmp.code_max = (uint8_t)n;
	if (*next == ':')
		return ipt_refuse(p, "a range of ICMP codes");
	return *next ? ipt_error(p, IPT_PARAMETER_PROBLEM, "unknown character %c", *next) : 0;
}

static int icmp_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	const struct ipt_icmp_name *found = NULL, *names;
	unsigned n;

	(void)o;
	names = ipt_icmp_names(&n);
	for (unsigned i = 0; i < n; i++) {
		if (strncasecmp(names[i].name, p->optarg, strlen(p->optarg)))
			continue;
		if (found)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Ambiguous ICMP type `%s': `%s' or `%s'?", p->optarg,
				found->name, names[i].name);
		found = &names[i];
	}
	if (found) {
		m->icmp.type = found->type;
		m->icmp.code_min = found->code_min;
		m->icmp.code_max = found->code_max;
	} else if (icmp_number(p, m)) {
		return 1;
	}
	m->icmp.set = true;
	m->icmp.invert = p->invert;
	if (m->icmp.invert && m->icmp.type == 0xff)
		return ipt_refuse(p, "a rule for no ICMP type at all");
	return 0;
}

/* ---- comment ---- */

static const struct ipt_option comment_options[] = { { "comment", true, 0, IPTO_MANDATORY } };

static int comment_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	(void)o;
	str_copy(m->comment.text, IPT_COMMENT - 1, p->optarg); /* cut off, as the tool does */
	return 0;
}

/* ---- conntrack, state ---- */

enum { CT_STATE_ = 0, CT_OTHER };
static const struct ipt_option conntrack_options[] = {
	{ "ctstate", true, CT_STATE_, IPTO_INVERT },
	{ "ctproto", true, CT_OTHER, IPTO_INVERT },
	{ "ctorigsrc", true, CT_OTHER, IPTO_INVERT },
	{ "ctorigdst", true, CT_OTHER, IPTO_INVERT },
	{ "ctreplsrc", true, CT_OTHER, IPTO_INVERT },
	{ "ctrepldst", true, CT_OTHER, IPTO_INVERT },
	{ "ctstatus", true, CT_OTHER, IPTO_INVERT },
	{ "ctexpire", true, CT_OTHER, IPTO_INVERT },
	{ "ctorigsrcport", true, CT_OTHER, IPTO_INVERT },
	{ "ctorigdstport", true, CT_OTHER, IPTO_INVERT },
	{ "ctreplsrcport", true, CT_OTHER, IPTO_INVERT },
	{ "ctrepldstport", true, CT_OTHER, IPTO_INVERT },
	{ "ctdir", true, CT_OTHER },
};
static const struct ipt_option state_options[] = { { "state", true, CT_STATE_, IPTO_MANDATORY | IPTO_INVERT } };

static const struct {
	const char *name;
	uint32_t bit;
} states[] = { { "INVALID", NF_CT_STATE_INVALID }, { "NEW", NF_CT_STATE_NEW },
	{ "ESTABLISHED", NF_CT_STATE_ESTABLISHED }, { "RELATED", NF_CT_STATE_RELATED },
	{ "UNTRACKED", NF_CT_STATE_UNTRACKED }, { "SNAT", IPT_CT_SNAT }, { "DNAT", IPT_CT_DNAT } };

static uint32_t state_bit(const char *s, size_t size, size_t n)
{
	for (size_t i = 0; size && i < n; i++)
		if (!strncasecmp(s, states[i].name, size))
			return states[i].bit;
	return 0;
}

static int ct_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	bool old = m->kind == IPT_STATE;
	size_t n = ARRAY_SIZE(states) - (old ? 2 : 0);

	if (o->id != CT_STATE_)
		return ipt_refuse(p, "option --%s", o->name);
	m->ct.states = 0;
	for (const char *s = p->optarg;; s++) {
		size_t size = strcspn(s, ",");
		uint32_t bit = state_bit(s, size, n);

		if (!*s && old)
			return ipt_error(p, IPT_PARAMETER_PROBLEM,
				"\"--state\" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED");
		if (!bit)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Bad %s \"%s\"", old ? "state" : "ctstate", s);
		m->ct.states |= bit;
		s += size;
		if (!*s)
			break;
	}
	m->ct.invert = p->invert;
	if (m->ct.states > UINT16_MAX && (m->ct.states & UINT16_MAX || m->ct.invert))
		return ipt_refuse(p, "SNAT or DNAT among other states, or inverted");
	return 0;
}

static int conntrack_check(struct ipt_parse *p, uint32_t given)
{
	return given ? 0 : ipt_error(p, IPT_PARAMETER_PROBLEM, "conntrack: At least one option is required");
}

/* ---- multiport ---- */

enum { MULTI_SRC, MULTI_DST, MULTI_BOTH };
static const struct ipt_option multiport_options[] = {
	{ "source-ports", true, MULTI_SRC, IPTO_INVERT, 7 },
	{ "sports", true, MULTI_SRC, IPTO_INVERT, 7 },
	{ "destination-ports", true, MULTI_DST, IPTO_INVERT, 7 },
	{ "dports", true, MULTI_DST, IPTO_INVERT, 7 },
	{ "ports", true, MULTI_BOTH, IPTO_INVERT, 7 },
};

static int multiport_protocol(struct ipt_parse *p)
{
	uint8_t n = p->cmd.spec.protocol;

	if (n == TCP || n == UDP || n == SCTP || n == DCCP || n == UDPLITE) {
		if (!p->cmd.spec.proto_invert)
			return 0;
	} else if (!n) {
		return ipt_error(p, IPT_PARAMETER_PROBLEM,
			"multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
	}
	return ipt_error(p, IPT_PARAMETER_PROBLEM, "multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP");
}

/* "PORT" or "PORT:PORT" as entry i and perhaps i + 1. */
static int multiport_item(struct ipt_parse *p, struct ipt_match *m, const char *s, size_t size)
{
	char word[64] = "", *colon;
	unsigned i = m->multiport.n;

	if (size >= sizeof(word))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "invalid port/service `%.*s' specified", (int)size, s);
	memcpy(word, s, size);
	colon = strchr(word, ':');
	if (i >= IPT_PORTS || (colon && i == IPT_PORTS - 1))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "too many ports specified");
	if (colon)
		*colon++ = 0;
	if (ipt_port(p, word, p->cmd.spec.protocol, &m->multiport.port[i]))
		return 1;
	m->multiport.n++;
	if (!colon)
		return 0;
	m->multiport.range[i] = true;
	m->multiport.n++;
	if (ipt_port(p, colon, p->cmd.spec.protocol, &m->multiport.port[i + 1]))
		return 1;
	if (m->multiport.port[i] >= m->multiport.port[i + 1])
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "invalid portrange specified");
	return 0;
}

/* A set has its values one by one, so that a range among other ports is as many values. */
static int multiport_size(struct ipt_parse *p, const struct ipt_match *m)
{
	unsigned values = 0;

	for (unsigned i = 0; i < m->multiport.n; i++) {
		values++;
		if (m->multiport.range[i]) {
			values += (unsigned)(m->multiport.port[i + 1] - m->multiport.port[i]);
			i++;
		}
	}
	if (values > 1024 && !(m->multiport.n == 2 && m->multiport.range[0]))
		return ipt_refuse(p, "multiport with ranges of more than 1024 ports");
	return 0;
}

static int multiport_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	if (multiport_protocol(p))
		return 1;
	for (const char *s = p->optarg;; s++) {
		size_t size = strcspn(s, ",");

		if (multiport_item(p, m, s, size))
			return 1;
		s += size;
		if (!*s)
			break;
	}
	if (o->id == MULTI_BOTH)
		return ipt_refuse(p, "option --ports");
	m->multiport.src = o->id == MULTI_SRC;
	m->multiport.invert = p->invert;
	return multiport_size(p, m);
}

static int multiport_check(struct ipt_parse *p, uint32_t given)
{
	return given ? 0 : ipt_error(p, IPT_PARAMETER_PROBLEM, "multiport expection an option");
}

/* ---- addrtype ---- */

enum { ADDRTYPE_SRC, ADDRTYPE_DST, ADDRTYPE_IN, ADDRTYPE_OUT };
static const struct ipt_option addrtype_options[] = {
	{ "src-type", true, ADDRTYPE_SRC, IPTO_INVERT },
	{ "dst-type", true, ADDRTYPE_DST, IPTO_INVERT },
	{ "limit-iface-in", false, ADDRTYPE_IN, 0, 1 << ADDRTYPE_OUT },
	{ "limit-iface-out", false, ADDRTYPE_OUT, 0, 1 << ADDRTYPE_IN },
};

static int addrtype_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	unsigned i = 0;

	if (o->id > ADDRTYPE_DST)
		return ipt_refuse(p, "option --%s", o->name);
	if (strchr(p->optarg, ','))
		return ipt_refuse(p, "a list of address types");
	while (ipt_addrtypes[i] && (!*p->optarg || strncasecmp(p->optarg, ipt_addrtypes[i], strlen(p->optarg))))
		i++;
	if (!ipt_addrtypes[i])
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "addrtype: bad type \"%s\"", p->optarg);
	if (o->id == ADDRTYPE_SRC) {
		m->addrtype.src_set = true;
		m->addrtype.src = (uint8_t)i;
		m->addrtype.src_invert = p->invert;
	} else {
		m->addrtype.dst_set = true;
		m->addrtype.dst = (uint8_t)i;
		m->addrtype.dst_invert = p->invert;
	}
	return 0;
}

static int addrtype_check(struct ipt_parse *p, uint32_t given)
{
	if (given & (1 << ADDRTYPE_SRC | 1 << ADDRTYPE_DST))
		return 0;
	return ipt_error(p, IPT_PARAMETER_PROBLEM, "addrtype: you must specify --src-type or --dst-type");
}

/* ---- mark ---- */

static const struct ipt_option mark_options[] = { { "mark", true, 0, IPTO_MANDATORY | IPTO_INVERT } };

static int mark_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	m->mark.invert = p->invert;
	return ipt_mark(p, o, "mark", &m->mark.mark, &m->mark.mask);
}

/* ---- limit ---- */

enum { LIMIT_RATE, LIMIT_BURST };
#define LIMIT_SCALE 10000u /* XT_LIMIT_SCALE: the tool keeps a period in units of 1/10000 s */
static const struct ipt_option limit_options[] = { { "limit", true, LIMIT_RATE },
	{ "limit-burst", true, LIMIT_BURST } };

/* From the period to packets per unit, as add_nft_limit() finds the unit that keeps it exact. */
static void limit_set(struct ipt_match *m, uint32_t period)
{
	static const uint32_t units[] = { 24 * 60 * 60, 60 * 60, 60, 1 };
	unsigned i = 1;

	while (i < ARRAY_SIZE(units) && period <= units[i] * LIMIT_SCALE &&
		units[i] * LIMIT_SCALE / period >= units[i] * LIMIT_SCALE % period)
		i++;
	m->limit.unit = units[i - 1];
	m->limit.rate = units[i - 1] * LIMIT_SCALE / period;
}

static void limit_init(struct ipt_match *m)
{
	limit_set(m, LIMIT_SCALE * 60 * 60 / 3);
	m->limit.burst = 5;
}

static int limit_rate(struct ipt_parse *p, struct ipt_match *m)
{
	static const struct {
		const char *name;
		uint32_t seconds;
	} units[] = { { "second", 1 }, { "minute", 60 }, { "hour", 60 * 60 }, { "day", 24 * 60 * 60 } };
	const char *slash = strchr(p->optarg, '/');
	uint32_t seconds = 1, rate = (uint32_t)strtol(p->optarg, NULL, 10);
	unsigned i = 0;

	if (slash) {
		while (i < ARRAY_SIZE(units) && (!slash[1] || strncasecmp(slash + 1, units[i].name, strlen(slash + 1))))
			i++;
		if (i == ARRAY_SIZE(units))
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "bad rate \"%s\"'", p->optarg);
		seconds = units[i].seconds;
	}
	if (!rate)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "bad rate \"%s\"'", p->optarg);
	if (LIMIT_SCALE * seconds / rate == 0)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Rate too fast \"%s\"", p->optarg);
	limit_set(m, LIMIT_SCALE * seconds / rate);
	return 0;
}

static int limit_parse(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o)
{
	if (o->id == LIMIT_RATE)
		return limit_rate(p, m);
	if (!ipt_number(p->optarg, NULL, &m->limit.burst, 0, 10000))
		return ipt_error(p, IPT_PARAMETER_PROBLEM,
			"limit: bad value for option \"--limit-burst\", or out of range (0-10000).\n");
	return 0;
}

/* ---- the table ---- */

#define OPTIONS(table) table, ARRAY_SIZE(table)
static const struct ipt_ext exts[] = {
	{ "tcp", IPT_TCP, OPTIONS(tcp_options), true, NULL, port_parse, NULL },
	{ "udp", IPT_UDP, tcp_options, 4, true, NULL, port_parse, NULL },
	{ "icmp", IPT_ICMP, OPTIONS(icmp_options), false, icmp_init, icmp_parse, NULL },
	{ "comment", IPT_COMMENT_M, OPTIONS(comment_options), false, NULL, comment_parse, NULL },
	{ "conntrack", IPT_CONNTRACK, OPTIONS(conntrack_options), false, NULL, ct_parse, conntrack_check },
	{ "state", IPT_STATE, OPTIONS(state_options), false, NULL, ct_parse, NULL },
	{ "multiport", IPT_MULTIPORT, OPTIONS(multiport_options), false, NULL, multiport_parse, multiport_check },
	{ "addrtype", IPT_ADDRTYPE, OPTIONS(addrtype_options), false, NULL, addrtype_parse, addrtype_check },
	{ "mark", IPT_MARK, OPTIONS(mark_options), false, NULL, mark_parse, NULL },
	{ "limit", IPT_LIMIT, OPTIONS(limit_options), false, limit_init, limit_parse, NULL },
};
static const char *const others[] = { "ah", "bpf", "cgroup", "cluster", "connbytes", "connlabel", "connlimit",
	"connmark", "cpu", "dccp", "devgroup", "dscp", "ecn", "esp", "hashlimit", "helper", "icmp6", "ipcomp",
	"iprange", "ipvs", "length", "mac", "nfacct", "osf", "owner", "physdev", "pkttype", "policy", "quota",
	"rateest", "realm", "recent", "rpfilter", "sctp", "set", "socket", "standard", "statistic", "string", "tcpmss",
	"time", "tos", "ttl", "u32" };

const struct ipt_ext *ipt_match_ext(unsigned i)
{
	return i < ARRAY_SIZE(exts) ? &exts[i] : NULL;
}

const struct ipt_ext *ipt_match_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(exts); i++)
		if (!strcmp(exts[i].name, name))
			return &exts[i];
	return NULL;
}

bool ipt_match_exists(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(others[i], name))
			return true;
	return ipt_match_find(name);
}
