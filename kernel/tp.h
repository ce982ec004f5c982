/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracepoints of the kernel, as a source of observations (kernel/tp.def). One set of programs serves any number of labs
 * at once, each with a slot: a ring buffer of its own. */
#ifndef KERNEL_TP_H
#define KERNEL_TP_H

#include "kernel/observe.h"
#include "kernel/tp_prog.h"

struct tp_set;
/* Loads and attaches the programs, for so many labs at once (256 at most). NULL with *why: this kernel or this user can
 * not. Processes that are forked off inherit it; it is gone when the last of them has ended, or let go of it. */
struct tp_set *tp_set_new(unsigned slots, struct buf *why);
void tp_set_free(struct tp_set *s);

/* ---- for kernel/tp_read.c ---- */

struct tp_lab; /* what observe.c calls `self` */
/* A field of a record, as a number; 0 when this tracepoint does not tell it. */
uint64_t tp_number(const struct tp_set *s, const struct tp_record *r, enum tp_field f);
/* The same as bytes; NULL. */
const uint8_t *tp_bytes(const struct tp_set *s, const struct tp_record *r, enum tp_field f);
/* "NO_SOCKET"; NULL: no such number. */
const char *tp_reason(const struct tp_set *s, uint64_t reason);

#define TP_BARE_ACK "a bare acknowledgement" /* detail of EV_DROP */
/* Makes observations of records, one by one. */
struct tp_reader;
struct tp_reader *tp_reader_new(const struct tp_set *s, struct observe *o);
void tp_reader_free(struct tp_reader *r);
void tp_read(struct tp_reader *r, const struct tp_record *record, const char *ns);
void tp_read_end(struct tp_reader *r); /* there is no more to come at all */
/* Is that tracepoint read at all? Others need not be listened to. */
bool tp_reads(enum tp_id id);

#endif
