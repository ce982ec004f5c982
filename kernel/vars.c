/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A binding says that in one space (a class of field, and a key of the model's side) the kernel's
 * value k stands for the model's m: one-to-one, so two values of one side never become one of the other. Keys that are
 * made of addresses are the same on both sides, since addresses are compared exactly; those made of variables are
 * the model's. Sequence numbers are bound by their difference, so that they stay ordered and lengths show. */
#include "kernel/vars.h"

#include <stdlib.h>
#include <string.h>

#define NEW_MAX 16 /* variables that are new in one frame */

struct binding {
	struct hnode by_model, by_kernel;
	enum field_class class;
	uint64_t key, m, k;
};
struct fixed {
	struct hnode node;
	uint64_t value; /* a MAC address, or a segment's numbers */
};

static uint32_t var_hash(enum field_class class, uint64_t key, uint64_t v)
{
	uint32_t h = hash_mix(class, (uint32_t)key);

	return hash_mix(hash_mix(hash_mix(h, (uint32_t)(key >> 32)), (uint32_t)v), (uint32_t)(v >> 32));
}

static struct binding *find(const struct vars *v, bool model, enum field_class class, uint64_t key, uint64_t value)
{
	const struct htab *t = model ? &v->by_model : &v->by_kernel;

	for (struct hnode *n = htab_first(t, var_hash(class, key, value)); n; n = htab_next(n)) {
		struct binding *b =
			model ? container_of(n, struct binding, by_model) : container_of(n, struct binding, by_kernel);

		if (b->class == class && b->key == key && (model ? b->m : b->k) == value)
			return b;
	}
	return NULL;
}

static void bind(struct vars *v, const struct binding *from)
{
	struct binding *b = xmalloc(sizeof(*b));

	*b = *from;
	htab_add(&v->by_model, &b->by_model, var_hash(b->class, b->key, b->m));
	htab_add(&v->by_kernel, &b->by_kernel, var_hash(b->class, b->key, b->k));
}

/* ---- values that are no variables, and segments that are left out ---- */

static void fixed_release(struct htab *t)
{
	for (uint32_t i = 0; t->bucket && i <= t->mask; i++) {
		struct hnode *n = t->bucket[i];

		while (n) {
			struct hnode *next = n->next;

			free(container_of(n, struct fixed, node));
			n = next;
		}
	}
	htab_release(t);
}

static bool fixed_has(const struct htab *t, uint64_t value)
{
	for (struct hnode *n = htab_first(t, var_hash(FC_MAC, 0, value)); n; n = htab_next(n))
		if (container_of(n, struct fixed, node)->value == value)
			return true;
	return false;
}

static void fixed_add(struct htab *t, uint64_t value)
{
	struct fixed *f;

	if (fixed_has(t, value))
		return;
	f = xcalloc(1, sizeof(*f));
	f->value = value;
	htab_add(t, &f->node, var_hash(FC_MAC, 0, value));
}

static uint64_t segment_value(const struct tcp_hdr *tcp)
{
	return (uint64_t)get32(tcp->seq) << 32 | get32(tcp->ack);
}

void vars_leave_out(struct vars *v, const struct tcp_hdr *ack)
{
	fixed_add(&v->left_out, segment_value(ack));
}

bool vars_left_out(const struct vars *v, const struct tcp_hdr *tcp)
{
	return tcp->flags == TCP_ACK && fixed_has(&v->left_out, segment_value(tcp));
}

bool vars_fin_of_left_out(const struct vars *v, const struct tcp_hdr *tcp)
{
	return tcp->flags == (TCP_FIN | TCP_ACK) && fixed_has(&v->left_out, segment_value(tcp));
}

void vars_release(struct vars *v)
{
	for (uint32_t i = 0; v->by_model.bucket && i <= v->by_model.mask; i++) {
		struct hnode *n = v->by_model.bucket[i];

		while (n) {
			struct hnode *next = n->next;

			free(container_of(n, struct binding, by_model));
			n = next;
		}
	}
	fixed_release(&v->fixed);
	fixed_release(&v->left_out);
	fixed_release(&v->ports);
	htab_release(&v->by_model);
	htab_release(&v->by_kernel);
	*v = (struct vars){ 0 };
}

static uint64_t mac_value(const struct mac *m)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 6; i++)
		v = v << 8 | m->b[i];
	return v;
}

static bool is_fixed(const struct vars *v, uint64_t mac)
{
	if (fixed_has(&v->fixed, mac))
		return true;
	return (mac >> 40 & 1) || !mac;
}

void vars_fix_mac(struct vars *v, const struct mac *m)
{
	fixed_add(&v->fixed, mac_value(m));
}

struct trial { /* of one frame */
	struct vars *v;
	struct binding fresh[NEW_MAX];
	unsigned n;
};

static uint64_t bytes_hash(const struct field *f)
{
	return (uint64_t)hash_bytes(f->bytes, f->size, 1) << 32 | hash_bytes(f->bytes, f->size, 7);
}

/* ---- ports that address translation drew at random (nf_nat_l4proto_unique_tuple()) ---- */

static uint64_t port_value(uint64_t protocol, uint64_t port)
{
	return protocol << 16 | port;
}

static void note_ports(struct vars *v, const struct flow *f)
{
	if (f->ethertype != ETH_P_IP_ || f->fragment || (f->protocol != IPPROTO_TCP_ && f->protocol != IPPROTO_UDP_))
		return;
	fixed_add(&v->ports, port_value(f->protocol, f->sport));
	fixed_add(&v->ports, port_value(f->protocol, f->dport));
}

void vars_take_drawn(struct vars *v, const struct run *run)
{
	v->drawn = run->net->drawn;
	v->n_drawn = run->net->n_drawn;
	for (uint64_t seq = 1; v->n_drawn && trace_keeps_flows(run->trace) && seq <= trace_events(run->trace); seq++)
		note_ports(v, trace_flow(run->trace, seq));
}

/* Did the model draw this port, and may the kernel have drawn that one for it? */
static bool drawn(const struct vars *v, uint64_t protocol, uint64_t mv, uint64_t kv)
{
	for (uint32_t i = 0; i < v->n_drawn; i++) {
		const struct drawn_port *d = &v->drawn[i];

		if (d->protocol == protocol && d->port == mv && d->min <= kv && kv <= d->max)
			return true;
	}
	return false;
}

/* Of a port that no frame has bound. The kernel's is one that it drew when it may be, and the model has none that is
 * it. */
static bool drawn_unseen(const struct vars *v, bool model, uint8_t protocol, uint16_t port)
{
	if (!model && fixed_has(&v->ports, port_value(protocol, port)))
		return false;
	for (uint32_t i = 0; i < v->n_drawn; i++) {
		const struct drawn_port *d = &v->drawn[i];

		if (d->protocol == protocol && (model ? d->port == port : d->min <= port && port <= d->max))
			return true;
	}
	return false;
}

/* May a pair that is not bound become a variable? */
static bool may_bind(const struct vars *v, const struct field *m, const struct field *k, uint64_t mv, uint64_t kv)
{
	switch (m->class) {
	case FC_MAC:
		return mv == kv || (!is_fixed(v, mv) && !is_fixed(v, kv));
	case FC_PORT:
		return mv == kv || (mv >= PORT_EPHEMERAL && kv >= PORT_EPHEMERAL) || drawn(v, m->key >> 32, mv, kv);
	default:
		(void)k;
		return true;
	}
}

static bool variable(struct trial *t, const struct field *m, const struct field *k, uint64_t mv, uint64_t kv)
{
	const struct binding *bm = find(t->v, true, m->class, m->key, mv),
			     *bk = find(t->v, false, m->class, m->key, kv);

	if (bm || bk)
		return bm == bk;
	for (unsigned i = 0; i < t->n; i++) {
		const struct binding *b = &t->fresh[i];

		if (b->class == m->class && b->key == m->key && (b->m == mv || b->k == kv))
			return b->m == mv && b->k == kv;
	}
	if (!may_bind(t->v, m, k, mv, kv) || t->n == NEW_MAX)
		return false;
	t->fresh[t->n++] = (struct binding){ .class = m->class, .key = m->key, .m = mv, .k = kv };
	return true;
}

/* The id of fragments: one-to-one among those of the same addresses and protocol. Where addresses are translated the id
 * stays, so the model's stands for one everywhere; the kernel may draw the same for others, by chance. */
static bool fragments_id(struct trial *t, const struct field *m, const struct field *k)
{
	const struct binding *b = find(t->v, true, FC_IP_ID, 0, m->v);

	if (!variable(t, m, k, m->v, k->v))
		return false;
	if (b)
		return b->k == k->v;
	for (unsigned i = 0; i < t->n; i++)
		if (t->fresh[i].class == FC_IP_ID && !t->fresh[i].key && t->fresh[i].m == m->v)
			return t->fresh[i].k == k->v;
	if (t->n == NEW_MAX)
		return false;
	t->fresh[t->n++] = (struct binding){ .class = FC_IP_ID, .key = 0, .m = m->v, .k = k->v };
	return true;
}

/* Sequence numbers: one difference per flow. */
static bool sequence(struct trial *t, const struct field *m, const struct field *k)
{
	uint32_t delta = (uint32_t)k->v - (uint32_t)m->v;
	const struct binding *b = find(t->v, true, FC_SEQ, m->key, 0);

	if (b)
		return b->k == delta;
	for (unsigned i = 0; i < t->n; i++)
		if (t->fresh[i].class == FC_SEQ && t->fresh[i].key == m->key)
			return t->fresh[i].k == delta;
	if (t->n == NEW_MAX)
		return false;
	t->fresh[t->n++] = (struct binding){ .class = FC_SEQ, .key = m->key, .m = 0, .k = delta };
	return true;
}

/* The kernel leaves a transport checksum to the device; the model writes it. */
static bool checksum(const struct field *m, const struct field *k)
{
	if (m->v == CSUM_UNKNOWN || k->v == CSUM_UNKNOWN)
		return true;
	return m->v == k->v || (m->v == CSUM_RIGHT && k->v == CSUM_PARTIAL);
}

/* An HTTP answer says when it was given: "Date: " and 29 bytes, of which the value is free. */
static bool same_text(const struct field *m, const struct field *k)
{
	static const char date[] = "Date: ";
	const uint8_t *at;
	size_t head;

	if (m->size != k->size)
		return false;
	if (!memcmp(m->bytes, k->bytes, m->size))
		return true;
	at = memmem(m->bytes, m->size, date, sizeof(date) - 1);
	if (!at)
		return false;
	head = (size_t)(at - m->bytes) + sizeof(date) - 1;
	if (head + 29 > m->size)
		return false;
	return !memcmp(m->bytes, k->bytes, head) &&
	       !memcmp(m->bytes + head + 29, k->bytes + head + 29, m->size - head - 29);
}

static bool field_match(struct trial *t, const struct field *m, const struct field *k)
{
	if (strcmp(m->name, k->name) || m->class != k->class)
		return false;
	switch (m->class) {
	case FC_EXACT:
		return m->v == k->v;
	case FC_BYTES:
		return same_text(m, k);
	case FC_MAC:
	case FC_PORT:
	case FC_ICMP_ID:
		return variable(t, m, k, m->v, k->v);
	case FC_IP_ID:
		return !m->key || fragments_id(t, m, k);
	case FC_STAMP:
		return m->size == k->size && variable(t, m, k, bytes_hash(m), bytes_hash(k));
	case FC_SEQ:
		return sequence(t, m, k);
	case FC_FREE:
		return !m->v == !k->v;
	case FC_CSUM:
		return checksum(m, k);
	}
	return false;
}

bool vars_match(struct vars *v, const struct fields *model, const struct fields *kernel, bool commit,
	const struct field **model_field, const struct field **kernel_field)
{
	struct trial t = { .v = v };

	for (unsigned i = 0; i < model->n || i < kernel->n; i++) {
		const struct field *m = i < model->n ? &model->f[i] : NULL, *k = i < kernel->n ? &kernel->f[i] : NULL;

		if (m && k && field_match(&t, m, k))
			continue;
		*model_field = m;
		*kernel_field = k;
		return false;
	}
	for (unsigned i = 0; i < t.n && commit; i++)
		bind(v, &t.fresh[i]);
	*model_field = *kernel_field = NULL;
	return true;
}

bool vars_mac_fixed(const struct vars *v, const struct mac *m)
{
	return is_fixed(v, mac_value(m));
}

bool vars_bound(const struct vars *v, bool model, enum field_class class, uint64_t key, uint64_t value)
{
	return find(v, model, class, key, value) != NULL;
}

uint16_t vars_port(const struct vars *v, bool model, uint8_t protocol, uint32_t addr, uint16_t port)
{
	const struct binding *b = find(v, model, FC_PORT, (uint64_t)protocol << 32 | addr, port);

	if (b)
		return (uint16_t)b->m;
	return port >= PORT_EPHEMERAL || drawn_unseen(v, model, protocol, port) ? 0 : port;
}

bool vars_icmp_id(const struct vars *v, bool model, uint16_t *id)
{
	const struct binding *b = find(v, model, FC_ICMP_ID, 0, *id);

	*id = b ? (uint16_t)b->m : 0;
	return b;
}

uint64_t vars_to_model(const struct vars *v, enum field_class class, uint64_t key, uint64_t kernel)
{
	const struct binding *b = find(v, false, class, key, kernel);

	return b ? b->m : kernel;
}
