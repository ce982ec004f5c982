/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of iptables 1.8.9 (nf_tables), read as do_parse() of its iptables/xshared.c reads it: in order, one
 * option after the other, each mistake with the tool's words at the point where the tool finds it. What depends on the
 * ruleset (chains that do not exist, the kernel's refusals) is model/iptables.c's. A command line that fails because an
 * option is unknown gets a hint of the one that works, when there is one (model/ipt_hint.c). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "model/ipt_names.h"
#include "model/ipt_options.h"

#define NAME_MAX_ 29 /* XT_EXTENSION_MAXNAMELEN */
enum { TCP = 6, UDP = 17 };

/* ---- commands ---- */

enum {
	C_INSERT,
	C_DELETE,
	C_DELETE_NUM,
	C_REPLACE,
	C_APPEND,
	C_LIST,
	C_FLUSH,
	C_ZERO,
	C_NEW,
	C_DELETE_CHAIN,
	C_POLICY,
	C_RENAME,
	C_LIST_RULES,
	C_ZERO_NUM,
	C_CHECK,
	C_NUM
};
#define BIT(n) (1u << (n))
static const char command_letters[] = "IDDRALFZNXPESZC";

/* Which options a command takes, in the order of enum option; x: not. */
enum option {
	O_NUMERIC,
	O_SOURCE,
	O_DESTINATION,
	O_PROTOCOL,
	O_JUMP,
	O_VERBOSE,
	O_EXACT,
	O_IN,
	O_OUT,
	O_LINES,
	O_COUNTERS,
	O_FRAGMENT,
	O_NUM
};
static const char option_letters[] = "nsdpjvxio0cf";
static const char *const legal[C_NUM] = {
	[C_INSERT] = "x-----x--x--",
	[C_DELETE] = "x-----x--xx-",
	[C_DELETE_NUM] = "xxxxx-xxxxxx",
	[C_REPLACE] = "x-----x--x--",
	[C_APPEND] = "x-----x--x--",
	[C_LIST] = "-xxxx--xx-xx",
	[C_FLUSH] = "xxxxx-xxxxxx",
	[C_ZERO] = "xxxxx-xxxxxx",
	[C_NEW] = "xxxxx-xxxxxx",
	[C_DELETE_CHAIN] = "xxxxx-xxxxxx",
	[C_POLICY] = "xxxxx-xxxx-x",
	[C_RENAME] = "xxxxx-xxxxxx",
	[C_LIST_RULES] = "xxxxx-xxxxxx",
	[C_ZERO_NUM] = "xxxxx-xxxxxx",
	[C_CHECK] = "x-----x--xx-",
};

static unsigned highest(unsigned bits)
{
	unsigned n = 0;

	while (bits >>= 1)
		n++;
	return n;
}

static int add_command(struct ipt_parse *p, unsigned command, unsigned with)
{
	if (p->invert)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "unexpected '!' flag");
	if (p->command & ~with)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Cannot use -%c with -%c", command_letters[command],
			command_letters[highest(p->command & ~with)]);
	p->command |= BIT(command);
	return 0;
}

static int set_option(struct ipt_parse *p, enum option o, bool *invert)
{
	if (p->options & BIT(o))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "multiple -%c flags not allowed", option_letters[o]);
	p->options |= BIT(o);
	if (!p->invert)
		return 0;
	if (!invert)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "cannot have ! before -%c", option_letters[o]);
	*invert = true;
	return 0;
}

static int rule_number(struct ipt_parse *p)
{
	const char *w = p->w[p->optind++].text;
	uint32_t n;

	if (!ipt_number(w, NULL, &n, 1, INT32_MAX))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Invalid rule number `%s'", w);
	p->cmd.number = n;
	return 0;
}

static int set_chain(struct ipt_parse *p, const char *name)
{
	/* the length is looked at when all is read */
	if (!str_copy(p->cmd.chain, sizeof(p->cmd.chain), name) && strlen(name) > 500)
		return ipt_refuse(p, "a chain's name of more than 500 bytes");
	p->long_chain = strlen(name) >= NAME_MAX_ ? name : NULL;
	return 0;
}

/* -L, -S, -F, -Z, -X: the chain may follow, or a number behind it. */
static int optional_chain(struct ipt_parse *p, bool number, unsigned then)
{
	if (p->optarg ? set_chain(p, p->optarg) : ipt_has_arg(p) && set_chain(p, p->w[p->optind++].text))
		return 1;
	if (!number || !ipt_has_arg(p))
		return 0;
	if (then)
		p->command = BIT(then);
	return rule_number(p);
}

static int new_chain(struct ipt_parse *p)
{
	const char *name = p->optarg;

	if (strlen(name) >= NAME_MAX_)
		return ipt_error(
			p, IPT_PARAMETER_PROBLEM, "chain name `%s' too long (must be under %u chars)", name, NAME_MAX_);
	if (*name == '-' || *name == '!')
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "chain name not allowed to start with `%c'", *name);
	if (ipt_target_exists(name))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "chain name may not clash with target name");
	if (strpbrk(name, " \t\n\v\f\r"))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Invalid chain name `%s'", name);
	return add_command(p, C_NEW, 0) || set_chain(p, name);
}

/* -E and -P: a second name must follow. */
static int second_name(struct ipt_parse *p, unsigned command, const char *missing)
{
	if (add_command(p, command, 0) || set_chain(p, p->optarg))
		return 1;
	if (!ipt_has_arg(p))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "%s", missing);
	if (!str_copy(p->cmd.name, sizeof(p->cmd.name), p->w[p->optind++].text))
		return ipt_refuse(p, "so long a name");
	return 0;
}

static int command_option(struct ipt_parse *p, int c)
{
	unsigned list_with = BIT(C_ZERO) | BIT(C_ZERO_NUM);

	switch (c) {
	case 'A':
		return add_command(p, C_APPEND, 0) || set_chain(p, p->optarg);
	case 'C':
		return add_command(p, C_CHECK, 0) || set_chain(p, p->optarg);
	case 'D':
		if (add_command(p, C_DELETE, 0) || set_chain(p, p->optarg))
			return 1;
		if (!ipt_has_arg(p))
			return 0;
		p->command = BIT(C_DELETE_NUM);
		return rule_number(p);
	case 'R':
		if (add_command(p, C_REPLACE, 0) || set_chain(p, p->optarg))
			return 1;
		return ipt_has_arg(p) ? rule_number(p)
				      : ipt_error(p, IPT_PARAMETER_PROBLEM, "-R requires a rule number");
	case 'I':
		p->cmd.number = 1;
		return add_command(p, C_INSERT, 0) || set_chain(p, p->optarg) || (ipt_has_arg(p) && rule_number(p));
	case 'L':
		return add_command(p, C_LIST, list_with) || optional_chain(p, true, 0);
	case 'S':
		return add_command(p, C_LIST_RULES, list_with) || optional_chain(p, true, 0);
	case 'F':
		return add_command(p, C_FLUSH, 0) || optional_chain(p, false, 0);
	case 'Z':
		return add_command(p, C_ZERO, BIT(C_LIST) | BIT(C_LIST_RULES)) || optional_chain(p, true, C_ZERO_NUM);
	case 'N':
		return new_chain(p);
	case 'X':
		return add_command(p, C_DELETE_CHAIN, 0) || optional_chain(p, false, 0);
	case 'E':
		return second_name(p, C_RENAME, "-E requires old-chain-name and new-chain-name");
	default:
		return second_name(p, C_POLICY, "-P requires a chain and a policy");
	}
}

/* ---- what a rule matches by itself ---- */

static int protocol(struct ipt_parse *p)
{
	struct ipt_spec *s = &p->cmd.spec;
	uint32_t n;
	int known;

	if (set_option(p, O_PROTOCOL, &s->proto_invert))
		return 1;
	if (!str_copy(p->protocol, sizeof(p->protocol), p->optarg))
		return ipt_refuse(p, "so long a protocol");
	for (char *c = p->protocol; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (ipt_number(p->protocol, NULL, &n, 0, UINT8_MAX)) {
		s->protocol = (uint8_t)n;
	} else {
		known = ipt_protocol(p->protocol);
		if (known < 0)
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "unknown protocol \"%s\" specified", p->protocol);
		s->protocol = (uint8_t)known;
	}
	if (!s->protocol && s->proto_invert)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "rule would never match protocol");
	return 0;
}

static int interface(struct ipt_parse *p, enum option o, char *name, bool *invert)
{
	const char *w = p->optarg;
	size_t size = strlen(w);

	if (!size)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Empty interface is likely to be undesired");
	if (set_option(p, o, invert))
		return 1;
	if (size + 1 > IFNAMSIZ_)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "interface name `%s' must be shorter than IFNAMSIZ (%i)", w,
			IFNAMSIZ_ - 1);
	if (strpbrk(w, "/ "))
		return ipt_refuse(p, "an interface named '%s'", w);
	memcpy(name, w, size + 1);
	return 0;
}

/* ---- extensions ---- */

static int load_match(struct ipt_parse *p, const struct ipt_ext *ext, bool implicit)
{
	struct ipt_spec *s = &p->cmd.spec;
	struct ipt_match *m;

	if (s->matches == IPT_MATCHES)
		return ipt_refuse(p, "more than %d matches in a rule", IPT_MATCHES);
	for (unsigned i = 0; i < s->matches; i++)
		if (p->match[i] == ext)
			p->completed[i] = true;
	m = &s->match[s->matches];
	*m = (struct ipt_match){ .kind = ext->kind, .implicit = implicit };
	p->match[s->matches] = ext;
	p->given[s->matches] = 0;
	p->completed[s->matches++] = false;
	if (ext->init)
		ext->init(m);
	ipt_add_set(p, ext);
	return 0;
}

static int match(struct ipt_parse *p)
{
	const struct ipt_ext *ext = ipt_match_find(p->optarg);

	if (p->invert)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "unexpected ! flag before --match");
	if (strlen(p->optarg) >= NAME_MAX_)
		return ipt_error(
			p, IPT_PARAMETER_PROBLEM, "Invalid match name \"%s\" (%u chars max)", p->optarg, NAME_MAX_ - 1);
	if (ext)
		return load_match(p, ext, false);
	if (ipt_match_exists(p->optarg))
		return ipt_refuse(p, "the match %s", p->optarg);
	return ipt_error(p, IPT_PARAMETER_PROBLEM, "Couldn't load match `%s':No such file or directory\n", p->optarg);
}

static int target_name(struct ipt_parse *p, const char *name)
{
	if (!*name)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Invalid target name (too short)");
	if (strlen(name) >= NAME_MAX_)
		return ipt_error(
			p, IPT_PARAMETER_PROBLEM, "Invalid target name `%s' (%u chars max)", name, NAME_MAX_ - 1);
	if (strpbrk(name, " \t\n\v\f\r"))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Invalid target name `%s'", name);
	p->jumpto = name;
	p->cmd.spec.target.kind = IPT_CHAIN;
	str_copy(p->cmd.spec.target.chain, IPT_NAME, name);
	return 0;
}

static int jump(struct ipt_parse *p)
{
	struct ipt_target *t = &p->cmd.spec.target;

	if (set_option(p, O_JUMP, NULL) || target_name(p, p->optarg))
		return 1;
	p->target = ipt_target_find(p->optarg);
	if (!p->target && ipt_target_exists(p->optarg))
		return ipt_refuse(p, "the target %s", p->optarg);
	if (!p->target)
		return 0;
	*t = (struct ipt_target){ .kind = p->target->kind };
	if (t->kind == IPT_REJECT)
		t->reject = 3; /* port unreachable */
	ipt_add_set(p, p->target);
	return 0;
}

/* An option of an extension: once, inverted only where that is known, then to the extension. */
static int ext_option(struct ipt_parse *p, const struct ipt_ext *ext, unsigned id, struct ipt_match *m, uint32_t *given)
{
	const struct ipt_option *o = ext->option;

	while (o->id != id)
		o++;
	if (!ext->old) {
		if (*given & BIT(id))
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "%s: option \"--%s\" can only be used once.\n",
				ext->name, o->name);
		if (p->invert && !(o->flags & IPTO_INVERT))
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "%s: option \"--%s\" cannot be inverted.\n",
				ext->name, o->name);
	}
	if (ext->parse(p, m, o))
		return 1;
	*given |= BIT(id);
	return 0;
}

/* The match that -p implies is loaded when an option turns up that nobody knows: should_load_proto(). */
static int implied_match(struct ipt_parse *p, bool *loaded)
{
	const struct ipt_ext *ext;
	const char *name = p->protocol;
	uint32_t n;

	*loaded = false;
	if (!*name || p->proto_used)
		return 0;
	if (ipt_number(name, NULL, &n, 0, UINT8_MAX))
		name = ipt_protocol_name((uint8_t)n);
	ext = name ? ipt_match_find(name) : NULL;
	if (!ext && name && ipt_match_exists(name) && strcmp(name, "all"))
		return ipt_refuse(p, "the match %s", name);
	if (!ext)
		return 0;
	p->proto_used = true;
	*loaded = true;
	return load_match(p, ext, true);
}

/* command_default(): an option that is not iptables' own. *again: an extension was loaded, read the word anew. */
static int other_option(struct ipt_parse *p, int c, bool *again)
{
	const char *word = p->optind ? p->w[p->optind - 1].text : "iptables";
	unsigned id = c & 0xff;

	*again = false;
	if (c >= IPT_OPT_SET) {
		const struct ipt_ext *ext = p->set[(c - IPT_OPT_SET) >> 8];

		if (ext == p->target)
			return ext_option(p, ext, id, NULL, &p->target_given);
		for (unsigned i = 0; i < p->cmd.spec.matches; i++)
			if (p->match[i] == ext && !p->completed[i])
				return ext_option(p, ext, id, &p->cmd.spec.match[i], &p->given[i]);
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Unknown arg \"%s\"", p->optarg ? p->optarg : "(null)");
	}
	if (c != ':' && c != '?')
		return ipt_refuse(p, "option -%c", c);
	if (implied_match(p, again))
		return 1;
	if (*again) {
		p->optind--;
		return 0;
	}
	if (c == ':')
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "option \"%s\" requires an argument", word);
	p->unknown = word;
	return ipt_error(p, IPT_PARAMETER_PROBLEM, "unknown option \"%s\"", word);
}

/* ---- the loop over the options ---- */

static int table(struct ipt_parse *p)
{
	if (p->invert)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "unexpected ! flag before --table");
	p->table = p->optarg;
	return 0;
}

static int wait_option(struct ipt_parse *p)
{
	uint32_t n;

	if (!p->optarg && ipt_has_arg(p))
		p->optarg = p->w[p->optind++].text;
	if (p->optarg && !ipt_number(p->optarg, NULL, &n, 0, INT32_MAX))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "wait seconds not numeric");
	return 0; /* there is nobody to wait for */
}

static int version(struct ipt_parse *p)
{
	if (p->invert)
		return ipt_refuse(p, "! -V");
	p->op->kind = OP_CANNED;
	buf_puts(&p->op->canned.res.out, "iptables v1.8.9 (nf_tables)\n");
	p->rc = 0;
	return 1;
}

static int rule_option(struct ipt_parse *p, int c, bool *again)
{
	struct ipt_spec *s = &p->cmd.spec;

	switch (c) {
	case 'p':
		return protocol(p);
	case 's':
		p->src = p->optarg;
		return set_option(p, O_SOURCE, &s->src_invert);
	case 'd':
		p->dst = p->optarg;
		return set_option(p, O_DESTINATION, &s->dst_invert);
	case 'i':
		return interface(p, O_IN, s->in, &s->in_invert);
	case 'o':
		return interface(p, O_OUT, s->out, &s->out_invert);
	case 'g':
		if (set_option(p, O_JUMP, NULL) || target_name(p, p->optarg))
			return 1;
		s->target.go = true;
		return 0;
	case 'j':
		return jump(p);
	case 'm':
		return match(p);
	default:
		return other_option(p, c, again);
	}
}

static int one_option(struct ipt_parse *p, int c, bool *again)
{
	switch (c) {
	case 'v':
		return p->verbose++ ? 0 : set_option(p, O_VERBOSE, NULL);
	case 'n':
		return set_option(p, O_NUMERIC, NULL);
	case 'x':
		return set_option(p, O_EXACT, NULL);
	case '0':
		return set_option(p, O_LINES, NULL);
	case 't':
		return table(p);
	case 'w':
		return wait_option(p);
	case 'V':
		return version(p);
	case '4':
		return 0;
	case '6':
		return ipt_bad_argument(p, NULL);
	case 'h':
		return ipt_refuse(p, "the help text");
	case 'f':
	case 'c':
	case 'M':
	case 'W':
		return ipt_refuse(p, "option -%c", c);
	default:
		if (c <= UINT8_MAX && strchr("ACDRILSFZNXEP", c))
			return command_option(p, c);
		return rule_option(p, c, again);
	}
}

static int options(struct ipt_parse *p)
{
	for (int c; (c = ipt_getopt(p)) != IPT_OPT_END;) {
		bool again = false;

		if (c == IPT_OPT_WORD) {
			if (strcmp(p->optarg, "!"))
				return ipt_bad_argument(p, p->optarg);
			if (p->invert)
				return ipt_error(p, IPT_PARAMETER_PROBLEM, "multiple consecutive ! not allowed");
			p->invert = true;
			continue;
		}
		if (one_option(p, c, &again))
			return 1;
		if (!again)
			p->invert = false;
	}
	return 0;
}

/* ---- addresses ---- */

/* Up to four numbers; fewer are the first bytes of a network, unless it is a mask. */
static bool dotted(const char *s, bool mask, uint32_t *out)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 4; i++) {
		size_t size = i < 3 ? strcspn(s, ".") : strlen(s);
		char part[24];
		uint32_t byte;

		if (size >= sizeof(part))
			return false;
		memcpy(part, s, size);
		part[size] = 0;
		if (i < 3 && !s[size] && mask)
			return false;
		if (!ipt_number(part, NULL, &byte, 0, UINT8_MAX))
			return false;
		value |= byte << (24 - 8 * i);
		if (!s[size])
			break;
		s += size + 1;
	}
	*out = value;
	return true;
}

static int one_address(struct ipt_parse *p, char *word, uint32_t *addr, uint32_t *mask)
{
	char *slash = strrchr(word, '/');
	uint32_t bits;

	*mask = UINT32_MAX;
	if (slash) {
		*slash = 0;
		if (!dotted(slash + 1, true, mask)) {
			if (!ipt_number(slash + 1, NULL, &bits, 0, 32))
				return ipt_error(p, IPT_PARAMETER_PROBLEM, "invalid mask `%s' specified", slash + 1);
			*mask = ip4_mask(bits);
		}
	}
	if (!*mask)
		*addr = 0; /* whatever the name says */
	else if (!strcmp(word, "localhost"))
		*addr = 0x7f000001;
	else if (!dotted(word, false, addr))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "host/network `%s' not found", word);
	*addr &= *mask;
	return 0;
}

struct addresses {
	unsigned n;
	uint32_t addr[64], mask[64];
};

static int addresses(struct ipt_parse *p, const char *list, struct addresses *a)
{
	for (unsigned n = 0;;) {
		size_t size;
		char word[256];

		list += strspn(list, " \t\n\v\f\r");
		size = strcspn(list, ",");
		if (size >= sizeof(word))
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "Hostname too long");
		if (n == ARRAY_SIZE(a->addr))
			return ipt_refuse(p, "more than %zu addresses", ARRAY_SIZE(a->addr));
		memcpy(word, list, size);
		word[size] = 0;
		if (one_address(p, word, &a->addr[n], &a->mask[n]))
			return 1;
		a->n = ++n;
		if (!list[size])
			return 0;
		list += size + 1;
	}
}

/* One rule per pair of source and destination; the first is cmd.spec itself. */
static void spread(struct ipt_parse *p, const struct addresses *src, const struct addresses *dst)
{
	struct ipt_cmd *c = &p->cmd;

	if (src->n * dst->n > 1)
		c->more = xcalloc(src->n * dst->n - 1, sizeof(*c->more));
	for (unsigned i = 0; i < src->n; i++) {
		for (unsigned j = 0; j < dst->n; j++) {
			struct ipt_spec *s = &c->spec;

			if (i || j) {
				s = &c->more[c->n_more++];
				*s = c->spec;
			}
			s->src = src->addr[i];
			s->src_mask = src->mask[i];
			s->dst = dst->addr[j];
			s->dst_mask = dst->mask[j];
		}
	}
}

static int all_addresses(struct ipt_parse *p)
{
	struct addresses src = { 0 }, dst = { 0 };
	struct ipt_spec *s = &p->cmd.spec;

	if (addresses(p, p->src ? p->src : "0.0.0.0/0", &src) || addresses(p, p->dst ? p->dst : "0.0.0.0/0", &dst))
		return 1;
	if ((src.n > 1 || dst.n > 1) && (s->src_invert || s->dst_invert))
		return ipt_error(
			p, IPT_PARAMETER_PROBLEM, "! not allowed with multiple source or destination IP addresses");
	if (p->command == BIT(C_REPLACE) && (src.n != 1 || dst.n != 1))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Replacement rule does not specify a unique address");
	if ((s->src_invert && !src.mask[0]) || (s->dst_invert && !dst.mask[0]))
		return ipt_refuse(p, "a rule for no address at all");
	spread(p, &src, &dst);
	return 0;
}

/* ---- what is looked at when all is read ---- */

static int mandatory(struct ipt_parse *p, const struct ipt_ext *ext, uint32_t given)
{
	if (ext->check && ext->check(p, given))
		return 1;
	for (unsigned i = 0; i < ext->options; i++) {
		const struct ipt_option *o = &ext->option[i];

		if (o->flags & IPTO_MANDATORY && !(given & BIT(o->id)))
			return ipt_error(p, IPT_PARAMETER_PROBLEM, "%s: option \"--%s\" must be specified\n", ext->name,
				o->name);
		if (!(given & BIT(o->id)))
			continue;
		for (unsigned j = 0; j < ext->options; j++)
			if (ext->option[j].id != o->id && o->excl & given & BIT(ext->option[j].id))
				return ipt_error(p, IPT_PARAMETER_PROBLEM,
					"%s: option \"--%s\" cannot be used together with \"--%s\".\n", ext->name,
					o->name, ext->option[j].name);
	}
	return 0;
}

static int extensions(struct ipt_parse *p)
{
	for (unsigned i = 0; i < p->cmd.spec.matches; i++)
		if (mandatory(p, p->match[i], p->given[i]))
			return 1;
	return p->target ? mandatory(p, p->target, p->target_given) : 0;
}

static int legal_options(struct ipt_parse *p)
{
	for (unsigned o = 0; o < O_NUM; o++) {
		bool fine = false;

		if (!(p->options & BIT(o)))
			continue;
		for (unsigned c = 0; c < C_NUM; c++)
			fine |= p->command & BIT(c) && legal[c][o] != 'x';
		if (!fine)
			return ipt_error(
				p, IPT_PARAMETER_PROBLEM, "Illegal option `-%c' with this command", option_letters[o]);
	}
	return 0;
}

#define RULE_COMMANDS                                                                                                  \
	(BIT(C_APPEND) | BIT(C_DELETE) | BIT(C_DELETE_NUM) | BIT(C_CHECK) | BIT(C_INSERT) | BIT(C_REPLACE))

static int chain_and_interfaces(struct ipt_parse *p)
{
	const char *chain = p->cmd.chain;
	bool first = !strcmp(chain, "PREROUTING") || !strcmp(chain, "INPUT");
	bool last = !strcmp(chain, "POSTROUTING") || !strcmp(chain, "OUTPUT");

	if (p->long_chain)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "chain name `%s' too long (must be under %u chars)",
			p->long_chain, NAME_MAX_);
	if (!(p->command & RULE_COMMANDS))
		return 0;
	if (first && p->options & BIT(O_OUT))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Can't use -o with %s\n", chain);
	if (last && p->options & BIT(O_IN))
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "Can't use -i with %s\n", chain);
	return 0;
}

/* add_nft_tcp(): a match of ports without its protocol. */
static int port_matches(struct ipt_parse *p)
{
	const struct ipt_spec *s = &p->cmd.spec;

	for (unsigned i = 0; i < s->matches; i++) {
		const struct ipt_match *m = &s->match[i];
		bool tcp = m->kind == IPT_TCP;

		if ((!tcp && m->kind != IPT_UDP) || (!m->port.src.set && !m->port.dst.set && !m->port.flags_set))
			continue;
		if (s->protocol != (tcp ? TCP : UDP))
			return ipt_error(p, IPT_PARAMETER_PROBLEM,
				tcp ? "TCP match requires '-p tcp'" : "UDP match requires '-p udp'");
	}
	return 0;
}

static int check(struct ipt_parse *p)
{
	bool drop = (p->jumpto && !strcmp(p->jumpto, "DROP")) ||
		    (p->command & BIT(C_POLICY) && !strcmp(p->cmd.name, "DROP"));

	if (!strcmp(p->table, "nat") && drop)
		return ipt_error(p, IPT_PARAMETER_PROBLEM,
			"\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore "
			"inhibited.\n\n");
	if (extensions(p))
		return 1;
	if (p->optind < p->n)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "unknown arguments found on commandline");
	if (!p->command)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "no command specified");
	if (p->invert)
		return ipt_error(p, IPT_PARAMETER_PROBLEM, "nothing appropriate following !");
	return all_addresses(p) || legal_options(p) || chain_and_interfaces(p);
}

static int finish(struct ipt_parse *p)
{
	static const char *const tables[] = { "filter", "nat", "mangle", "raw", "security" };
	static const enum ipt_verb verbs[C_NUM] = { [C_INSERT] = IPT_INSERT,
		[C_DELETE] = IPT_DELETE,
		[C_DELETE_NUM] = IPT_DELETE_NUM,
		[C_REPLACE] = IPT_REPLACE,
		[C_APPEND] = IPT_APPEND,
		[C_LIST] = IPT_LIST,
		[C_FLUSH] = IPT_FLUSH,
		[C_ZERO] = IPT_ZERO,
		[C_NEW] = IPT_NEW_CHAIN,
		[C_DELETE_CHAIN] = IPT_DELETE_CHAIN,
		[C_POLICY] = IPT_POLICY,
		[C_RENAME] = IPT_RENAME,
		[C_LIST_RULES] = IPT_LIST_RULES,
		[C_ZERO_NUM] = IPT_ZERO,
		[C_CHECK] = IPT_CHECK };
	struct ipt_cmd *c = &p->cmd;
	unsigned zero = p->command & (BIT(C_ZERO) | BIT(C_ZERO_NUM)), main_command = p->command & ~zero;
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		known |= !strcmp(tables[i], p->table);
	if (!known)
		return ipt_error(p, IPT_VERSION_PROBLEM, "table '%s' does not exist", p->table);
	if (p->command & RULE_COMMANDS && port_matches(p))
		return 1;
	str_copy(c->table, sizeof(c->table), p->table);
	c->list_too = zero && main_command;
	c->verb = verbs[highest(main_command ? main_command : zero)];
	c->numeric = p->options & BIT(O_NUMERIC);
	c->verbose = p->options & BIT(O_VERBOSE);
	c->line_numbers = p->options & BIT(O_LINES);
	c->exact = p->options & BIT(O_EXACT);
	if (p->verbose > 1)
		return ipt_refuse(p, "-v twice, which shows netlink messages");
	return 0;
}

int ipt_parse_words(struct ipt_parse *p)
{
	p->table = "filter";
	if (!options(p) && !check(p) && !finish(p))
		return 0;
	free(p->cmd.more);
	p->cmd.more = NULL;
	p->cmd.n_more = 0;
	return 1;
}

int cmd_iptables(struct cmd *c, struct op *op, struct err *err)
{
	struct ipt_parse p = { .c = c, .op = op, .err = err, .w = c->w + c->pos, .n = c->n - c->pos };

	c->pos = c->n;
	if (ipt_parse_words(&p)) {
		if (!p.rc && p.unknown)
			op->hint = ipt_hint(&p);
		return p.rc;
	}
	op->kind = OP_IPTABLES;
	op->ipt = ipt_cmd_copy(&p.cmd);
	free(p.cmd.more);
	return 0;
}
