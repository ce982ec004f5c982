/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Route look-ups as fib:fib_table_lookup tells them: which of them are for a packet that has come in, and for the
 * way back to its source. */
#ifndef KERNEL_TP_ROUTE_H
#define KERNEL_TP_ROUTE_H

#include "kernel/tp.h"

/* The look-ups that ask for the way back to where a packet came from, in the same words. */
static inline bool route_is_back(enum stage st)
{
	return st == ST_FIB_VALIDATE_SOURCE || st == ST_ARP_FILTER;
}

/* Places of EV_ROUTE's fields. */
enum { ROUTE_DST, ROUTE_SRC, ROUTE_TYPE, ROUTE_PREFIX, ROUTE_VIA, ROUTE_OUT, ROUTE_PREFSRC, ROUTE_TABLE, ROUTE_ERROR };
#define TP_LOOKUP_LEFT_OUT "fib_lookup" /* as the function of an observation: it is not to be compared */

struct tp_lookups;
struct tp_lookups *tp_lookups_new(const struct tp_set *set, struct observe *o); /* both borrowed */
void tp_lookups_free(struct tp_lookups *t);
/* A record of TP_FIB_TABLE_LOOKUP: `obs` has what is common to all. */
void tp_lookups_read(struct tp_lookups *t, const struct tp_record *r, struct obs *obs);
void tp_lookups_other(struct tp_lookups *t, const struct tp_record *r); /* a record of anything else */
/* It was that of a packet that came in. */
void tp_lookups_received(struct tp_lookups *t, const struct tp_record *r, const struct flow *f);
void tp_lookups_end(struct tp_lookups *t); /* there is no more to come at all */

#endif
