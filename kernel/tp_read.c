/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From records of tracepoints to observations. Numbers are in the processor's byte order but for what the kernel keeps
 * in that of the network (addresses, skb->protocol). */
#include "kernel/tp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/wire.h"

struct tp_reader {
	const struct tp_set *set;
	struct observe *o;
};

struct tp_reader *tp_reader_new(const struct tp_set *s, struct observe *o)
{
	struct tp_reader *r = xcalloc(1, sizeof(*r));

	r->set = s;
	r->o = o;
	return r;
}

void tp_reader_free(struct tp_reader *r)
{
	free(r);
}

static uint64_t number(const struct tp_reader *r, const struct tp_record *rec, enum tp_field f)
{
	return tp_number(r->set, rec, f);
}

static const char *text(const struct tp_reader *r, const struct tp_record *rec, enum tp_field f)
{
	return (const char *)tp_bytes(r->set, rec, f);
}

/* How many of the bytes in the record are the packet's: up to the end of the skb's linear part. */
static uint32_t packet_size(const struct tp_reader *r, const struct tp_record *rec)
{
	uint64_t data = number(r, rec, TF_DATA), head = number(r, rec, TF_HEAD), tail = number(r, rec, TF_TAIL);
	uint64_t from = data ? data - head : number(r, rec, TF_NETWORK);

	if (from >= tail)
		return 0;
	return tail - from < TP_PACKET_SIZE ? (uint32_t)(tail - from) : TP_PACKET_SIZE;
}

static void set_flow(const struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	uint16_t protocol = (uint16_t)number(r, rec, TF_PROTOCOL);

	flow_parse(&obs->flow, ntohs(protocol), tp_bytes(r->set, rec, TF_PACKET), packet_size(r, rec));
	obs->flow_known = obs->flow.ethertype;
}

static void read_drop(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	uint64_t reason = number(r, rec, TF_REASON);
	const char *name = tp_reason(r->set, reason);
	char unknown[32];

	snprintf(unknown, sizeof(unknown), "reason %llu", (unsigned long long)reason);
	obs->e.kind = EV_DROP;
	obs->e.val[0] = VAL_STR(name ? name : unknown);
	obs->function = text(r, rec, TF_FUNCTION);
	set_flow(r, rec, obs);
	obs_add(r->o, obs);
}

static void read_icmp_send(struct tp_reader *r, const struct tp_record *rec, struct obs *obs)
{
	obs->e.kind = EV_ICMP_ERROR;
	obs->e.val[0] = VAL_U32((uint32_t)number(r, rec, TF_TYPE));
	obs->e.val[1] = VAL_U32((uint32_t)number(r, rec, TF_CODE));
	set_flow(r, rec, obs);
	obs_add(r->o, obs);
}

void tp_read(struct tp_reader *r, const struct tp_record *rec, const char *ns)
{
	static void (*const readers[TP_NUM])(struct tp_reader *, const struct tp_record *, struct obs *) = {
		[TP_KFREE_SKB] = read_drop,
		[TP_ICMP_SEND] = read_icmp_send,
	};
	struct obs obs = { .source = OBS_TP, .by = tp_descs[rec->id].name };

	obs.e.ns = ns;
	obs.e.time = rec->time;
	obs.e.dev = text(r, rec, TF_DEV);
	if (readers[rec->id])
		readers[rec->id](r, rec, &obs);
}

void tp_read_end(struct tp_reader *r)
{
	(void)r;
}
