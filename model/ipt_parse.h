/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between model/cmd_iptables.c (the command line), model/ipt_match.c and model/ipt_target.c (extensions) and
 * model/ipt_hint.c only. Functions that return int return 0 to go on; anything else stops the parser: the tool
 * would fail (p->rc is 0 and p->op has its words) or pktwalk does not model it (p->rc is -1, *p->err says what). */
#ifndef MODEL_IPT_PARSE_H
#define MODEL_IPT_PARSE_H

#include "model/cmd.h"
#include "model/iptables.h"

struct ipt_parse;

enum { IPTO_MANDATORY = 1, IPTO_INVERT = 2 };
struct ipt_option {
	const char *name;
	bool arg;
	uint8_t id;    /* below 32; several names may have one id */
	uint8_t flags; /* IPTO_* */
	uint32_t excl; /* bits of ids that it can't be used with */
};
struct ipt_ext {
	const char *name;
	int kind; /* enum ipt_match_kind or ipt_target_kind */
	const struct ipt_option *option;
	unsigned options;
	bool old;                          /* tcp and udp check repetition themselves */
	void (*init)(struct ipt_match *m); /* may be NULL */
	int (*parse)(struct ipt_parse *p, struct ipt_match *m, const struct ipt_option *o); /* m NULL: a target */
	int (*check)(struct ipt_parse *p, uint32_t given);                                  /* may be NULL */
};

#define IPT_SETS 16 /* option tables in use: at most one per extension */
struct ipt_parse {
	struct cmd *c;
	struct op *op;
	struct err *err;
	int rc;
	/* getopt_long(3), in order, with a colon for a missing argument */
	const struct word *w; /* the words behind the tool's name */
	unsigned n, optind;
	const char *next; /* in a cluster of letters */
	const char *optarg;
	const struct ipt_ext *set[IPT_SETS]; /* whose options are known, oldest first */
	unsigned sets;
	/* what the command line said so far */
	bool invert;
	unsigned command, options; /* bits */
	unsigned verbose;
	struct ipt_cmd cmd;
	char protocol[64]; /* as -p said; "" = not yet */
	bool proto_used;
	const struct ipt_ext *match[IPT_MATCHES]; /* of cmd.spec.match[] */
	uint32_t given[IPT_MATCHES];              /* bits of option ids */
	bool completed[IPT_MATCHES];
	const struct ipt_ext *target;
	uint32_t target_given;
	const char *jumpto; /* NULL: no -j, -g */
	const char *table;
	const char *long_chain; /* a chain's name that is too long; NULL = none is */
	const char *src, *dst;  /* -s, -d; NULL = not given */
	const char *unknown;    /* the option that was unknown, for the hint */
};

/* Ends the parser as the tool ends: "iptables v1.8.9 (nf_tables): ..." and the status. */
int ipt_error(struct ipt_parse *p, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum { IPT_OTHER_PROBLEM = 1, IPT_PARAMETER_PROBLEM = 2, IPT_VERSION_PROBLEM = 3, IPT_RESOURCE_PROBLEM = 4 };
int ipt_refuse(struct ipt_parse *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* xtables_strtoui(): base as in C; *end is set when end is not NULL, else the whole string must be a number. */
bool ipt_number(const char *s, const char **end, uint32_t *value, uint32_t min, uint32_t max);
int ipt_port(struct ipt_parse *p, const char *s, uint8_t protocol, uint16_t *port);
/* VALUE[/MASK] of marks. */
int ipt_mark(struct ipt_parse *p, const struct ipt_option *o, const char *ext, uint32_t *value, uint32_t *mask);

const struct ipt_ext *ipt_match_find(const char *name);
const struct ipt_ext *ipt_target_find(const char *name);
bool ipt_match_exists(const char *name); /* as a real extension, modelled or not */
bool ipt_target_exists(const char *name);
const struct ipt_ext *ipt_match_ext(unsigned i); /* NULL at the end */
const struct ipt_ext *ipt_target_ext(unsigned i);

/* Parses; fills p->cmd, or ends as above. */
int ipt_parse_words(struct ipt_parse *p);
/* The command line that would work instead, by the option that was unknown; "" when none is known. Owned by the caller.
 */
char *ipt_hint(const struct ipt_parse *p);

#endif
