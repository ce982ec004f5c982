/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking entries of a namespace and their table, hashed by both directions
 * (net/netfilter/nf_conntrack_core.c). Plain data; what packets do to them is sim/conntrack.c's and sim/nat.c's. */
#ifndef MODEL_CT_H
#define MODEL_CT_H

#include "model/addr.h"
#include "model/htab.h"
#include "model/list.h"

struct dev;
struct ns;
struct ct;

enum ct_dir { CT_ORIGINAL, CT_REPLY };

struct ct_tuple { /* IPv4 for now; host byte order */
	struct ipaddr src, dst;
	uint16_t sport, dport; /* icmp: sport is the id, dport is type << 8 | code, as in nf_conntrack_tuple */
	uint8_t protocol;
};
static inline bool ct_tuple_eq(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return a->src.v4 == b->src.v4 && a->dst.v4 == b->dst.v4 && a->sport == b->sport && a->dport == b->dport &&
	       a->protocol == b->protocol && a->src.family == b->src.family;
}
/* nf_ct_invert_tuple(): the reply's tuple. False when there is none (an ICMP type without an answer). */
bool ct_tuple_invert(struct ct_tuple *out, const struct ct_tuple *in);

/* IPS_*, linux/netfilter/nf_conntrack_common.h */
enum {
	CTS_SEEN_REPLY = 2,
	CTS_ASSURED = 4,
	CTS_CONFIRMED = 8,
	CTS_SRC_NAT = 16,
	CTS_DST_NAT = 32,
	CTS_SRC_NAT_DONE = 128,
	CTS_DST_NAT_DONE = 256,
	CTS_DYING = 512
};
#define CTS_NAT_MASK (CTS_SRC_NAT | CTS_DST_NAT)
#define CTS_NAT_DONE_MASK (CTS_SRC_NAT_DONE | CTS_DST_NAT_DONE)

/* "SEEN_REPLY CONFIRMED SRC_NAT_DONE"; bits that are not named above as a number. */
struct buf;
void ct_status_format(struct buf *b, uint32_t status);

/* enum ip_conntrack_events, as bits: what happened to an entry since listeners were told last. */
enum { CTE_NEW = 1, CTE_REPLY = 2, CTE_ASSURED = 4, CTE_PROTOINFO = 8 };

/* enum tcp_conntrack */
enum ct_tcp {
	CT_TCP_NONE,
	CT_TCP_SYN_SENT,
	CT_TCP_SYN_RECV,
	CT_TCP_ESTABLISHED,
	CT_TCP_FIN_WAIT,
	CT_TCP_CLOSE_WAIT,
	CT_TCP_LAST_ACK,
	CT_TCP_TIME_WAIT,
	CT_TCP_CLOSE,
	CT_TCP_SYN_SENT2,
	CT_TCP_NUM
};
const char *ct_tcp_name(uint8_t state); /* "ESTABLISHED", as conntrack -L prints it */

/* Of one direction: struct ip_ct_tcp_state, what tcp_in_window() knows of its sequence numbers and window. */
struct ct_tcp_seen {
	uint32_t end, maxend, maxwin, maxack;
	uint8_t scale, flags;
};

struct ct_table {
	struct htab by_tuple; /* confirmed entries, both directions */
	struct list all;      /* confirmed entries, creation order */
	struct list loose;    /* the others that are alive: not confirmed yet, or removed and still referred to */
	struct ct *free;
	uint32_t n, next_id;
	uint64_t next_gc;      /* ns */
	struct htab by_source; /* confirmed entries by the source of their first packet: sim/nat.c's nat_bysource */
};

struct ct {
	struct ct_tuple tuple[2]; /* by enum ct_dir */
	struct hnode node[2];     /* table->by_tuple, while confirmed */
	struct list all;          /* in table->all or table->loose */
	struct ct_table *table;   /* NULL: the namespace is gone */
	uint32_t refs;
	uint32_t id;
	uint32_t status;  /* CTS_* */
	uint32_t events;  /* CTE_*: to be told with the next packet that passes the last hook */
	uint64_t expires; /* ns, once confirmed; a length of time before */
	uint32_t mark;
	struct dev *masq_dev; /* masquerade's: goes when the device goes; NULL = none */
	uint8_t tcp_state;    /* enum ct_tcp */
	uint8_t tcp_last_dir;
	uint8_t tcp_last_index;
	bool tcp_close_reset; /* closed by a reset of the peer */
	uint64_t packets[2], bytes[2];
	struct hnode by_source; /* table->by_source, while in_source */
	bool in_source;
	uint64_t udp_stream; /* ns: a UDP flow that still talks then is a stream */
	struct ct_tcp_seen seen[2];
	uint32_t tcp_last_seq, tcp_last_ack, tcp_last_end, tcp_retrans; /* of the last packet, struct ip_ct_tcp */
	uint16_t tcp_last_win;
	uint8_t tcp_last_wscale, tcp_last_flags;
	struct ct *next_free;
};

void ct_table_init(struct ct_table *t);
void ct_table_release(struct ct_table *t); /* entries still referred to are orphaned: they go with the last ct_unref */
uint32_t ct_tuple_hash(const struct ct_tuple *t);
/* The entry with this tuple in either direction, *dir says which; expired ones are the caller's to skip. NULL = none.
 */
struct ct *ct_find(const struct ct_table *t, const struct ct_tuple *tuple, uint32_t hash, enum ct_dir *dir);
struct ct *ct_new(struct ct_table *t); /* zeroed, one reference, not in the table */
void ct_insert(struct ct *ct);         /* confirmed: the table holds a reference of its own */
void ct_remove(struct ct *ct);         /* out of the table, which gives up its reference */
void ct_unref(struct ct *ct);
/* The first, next entry that has not expired at `now`, in creation order; NULL = end. */
struct ct *ct_next(const struct ct_table *t, const struct ct *ct, uint64_t now);

#endif
