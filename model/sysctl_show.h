/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sysctl(8), cat and a redirection print when all went well: the same words for both back ends. */
#ifndef MODEL_SYSCTL_SHOW_H
#define MODEL_SYSCTL_SHOW_H

#include "model/op.h"

/* A value was read (given without its newline), or o->value was written (value is then not looked at). */
void sysctl_show(const struct op_sysctl *o, const char *value, struct result *res);

#endif
