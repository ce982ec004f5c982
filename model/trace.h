/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trace: every packet of a run as a tree of causes, every event typed, nothing formatted.
 *
 * Owns copies and ids, never pointers into the model, so that it outlives the run. Records are packed words
 * in one growing array (no allocation per event once it has grown); readers decode them one by one.
 * A packet is born with a parent (the packet that caused it; 0 = a socket or a timer) and has exactly one
 * terminal event; trace_check() asserts that. */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include "model/addr.h"
#include "model/flow.h"
#include "model/htab.h"

enum val_type { VT_NONE, VT_U32, VT_STR, VT_MAC, VT_ADDR, VT_PREFIX, VT_BYTES };
/* A value on its way into or out of the trace. An absent one: VAL_NONE (any field may be absent). */
struct val {
	enum val_type type;
	union {
		uint32_t u32;
		const char *str; /* in: copied (interned); out: owned by the trace */
		struct mac mac;
		struct ipaddr addr;
		struct prefix prefix;
		struct {
			const uint8_t *p;
			uint32_t len;
		} bytes;
	};
};
#define VAL_NONE ((struct val){ .type = VT_NONE })
#define VAL_U32(v) ((struct val){ .type = VT_U32, .u32 = (v) })
#define VAL_STR(v) ((struct val){ .type = VT_STR, .str = (v) }) /* NULL or "" = absent */
#define VAL_MAC(v) ((struct val){ .type = VT_MAC, .mac = (v) })
#define VAL_ADDR(v) ((struct val){ .type = VT_ADDR, .addr = (v) }) /* family IP_NONE = absent */
#define VAL_PREFIX(v) ((struct val){ .type = VT_PREFIX, .prefix = (v) })
#define VAL_BYTES(ptr, size) ((struct val){ .type = VT_BYTES, .bytes = { (ptr), (size) } })

enum event_kind {
#define EVENT(id, ...) EV_##id,
#include "model/event.def"
	EV_NUM
};
enum stage {
#define STAGE(id, ...) ST_##id,
#include "model/stage.def"
	ST_NUM
};
enum drop {
#define DROP(id, ...) DROP_##id,
#include "model/drop.def"
	DROP_NUM
};
enum terminal { TERM_NO, TERM_DELIVERED, TERM_ABSORBED, TERM_MERGED, TERM_LEFT, TERM_DROPPED };

#define EVENT_FIELDS 17
struct event_field {
	const char *name;
	enum val_type type;
};
struct event_desc {
	const char *name, *phrase;
	enum terminal terminal;
	unsigned n;
	struct event_field field[EVENT_FIELDS];
};
struct stage_desc {
	const char *name, *file;
};
struct drop_desc {
	const char *id, *kernel, *sentence; /* kernel: names separated by spaces; may be "" */
};
extern const struct event_desc event_descs[EV_NUM];
extern const struct stage_desc stage_descs[ST_NUM];
extern const struct drop_desc drop_descs[DROP_NUM];
/* The name shown for a drop: the first kernel name, else the id. Static text, or in buf. */
const char *drop_name(enum drop d, char *buf, size_t size);

struct event {                /* decoded */
	uint64_t seq;         /* from 1 */
	uint64_t time;        /* ns */
	uint32_t packet;      /* 0 = of none: what a command or a timer changed, and the kernel tells its listeners */
	const char *ns, *dev; /* labels; dev "" when it has none */
	uint32_t command;     /* index + 1 of the command during which it happened; 0 = none */
	enum event_kind kind;
	enum stage stage;
	bool timer;    /* of no packet: a timer of the stack did it, not a command */
	bool in_timer; /* a timer of the stack was running, whichever packet it is about */
	struct val val[EVENT_FIELDS];
};
/* A frame that a capture shows: one on lo is shown on its way in alone (dev_queue_xmit_nit() gives it to no tap that
 * has its own), and a device that is down has no taps (packet_notifier()). False for other events too. */
bool event_is_captured(const struct event *e);
struct trace_packet {
	uint32_t parent;   /* packet; 0 = root */
	uint32_t clone_of; /* the same bytes went on in several copies; 0 = not a clone */
	uint32_t command;
	uint32_t first, last; /* event seqs */
	uint8_t terminals;    /* must end as 1 */
	bool timer;           /* born of a timer of the stack (a neighbour probe), not of what a command did */
};

struct trace;
struct trace *trace_new(void);
void trace_free(struct trace *t);
/* The id of a string in the trace (same text, same id; never 0). */
uint32_t trace_intern(struct trace *t, const char *s);
const char *trace_string(const struct trace *t, uint32_t id); /* 0 = "" */
uint32_t trace_packet_new(struct trace *t, uint32_t parent, uint32_t clone_of, uint32_t command, bool timer);
/* packet 0: of no packet. Such an event can not be a terminal one. */
void trace_add(struct trace *t, uint64_t time, uint32_t packet, uint32_t ns, uint32_t dev, uint32_t command,
	enum event_kind kind, enum stage stage, const struct val *v, unsigned n);
uint64_t trace_events(const struct trace *t);  /* how many: seqs 1..n */
size_t trace_bytes(const struct trace *t);     /* memory that events, packets and frames take */
uint32_t trace_packets(const struct trace *t); /* how many: ids 1..n */
const struct trace_packet *trace_packet_get(const struct trace *t, uint32_t id);
bool trace_by_timer(
	const struct trace *t, uint32_t packet); /* was it, or what caused it, born of a timer of the stack? */
/* The event; a frame's summary is made from its bytes when none was recorded. */
void trace_get(const struct trace *t, uint64_t seq, struct event *out);
/* One that is not recorded: VAL_NONE, no text, an address or a prefix of no family. */
bool val_absent(const struct val *v);
/* Appends one value as text (absent: nothing). */
struct buf;
void val_format(struct buf *b, const struct val *v);
/* Appends the event's phrase. */
void event_phrase(struct buf *b, const struct event *e);
/* The event that was added last happened while a timer of the stack was running. */
void trace_set_timer(struct trace *t);
/* From now on each event bears the flow that its packet had there, by which it is found among what a kernel tells. */
void trace_keep_flows(struct trace *t);
bool trace_keeps_flows(const struct trace *t);
/* The flow of the event that was added last. */
void trace_set_flow(struct trace *t, const struct flow *f);
/* Of that event: {0} when not known or not kept. */
const struct flow *trace_flow(const struct trace *t, uint64_t seq);
/* Forgets all events and packets, keeps memory and strings. */
void trace_clear(struct trace *t);
/* 0 when every packet has exactly one terminal event; else the first packet that has not. */
uint32_t trace_check(const struct trace *t);

#endif
