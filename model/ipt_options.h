/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between model/cmd_iptables.c and model/ipt_options.c only: the tool's getopt_long(3). */
#ifndef MODEL_IPT_OPTIONS_H
#define MODEL_IPT_OPTIONS_H

#include "model/ipt_parse.h"

/* What ipt_getopt() returns beside the letter of an option of iptables itself, ':' and '?': */
enum { IPT_OPT_END = -1, IPT_OPT_WORD = 1, IPT_OPT_SET = 0x1000 /* + set << 8 + the option's id */ };
int ipt_getopt(struct ipt_parse *p); /* sets p->optarg (NULL: none) and p->optind */
/* xs_has_arg(): the next word is no option and no "!". */
bool ipt_has_arg(const struct ipt_parse *p);
void ipt_add_set(struct ipt_parse *p, const struct ipt_ext *ext);
/* "Bad argument `WORD'"; with NULL only where to find help. */
int ipt_bad_argument(struct ipt_parse *p, const char *word);

#endif
