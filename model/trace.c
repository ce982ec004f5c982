/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trace container.
 *
 * Theory of operation. An event is a record in one array of 64-bit words: a header of HEAD words, then one
 * entry per field of its kind, in order. A field's entry is one word (two more for an IPv6 address); whether it
 * is present is a bit of the header. index[seq] is where the record begins. Strings are interned once; bytes of
 * frames are in an arena of their own. Nothing is freed but all at once, and trace_clear keeps the memory. */
#include "model/trace.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/buf.h"
#include "model/summary.h"

#define HEAD 4
#define RECENT 512

#define F(name_, type_) { #name_, VT_##type_ },
#define EVENT(id_, name_, term_, phrase_, ...)                                                                         \
	[EV_##id_] = { .name = name_,                                                                                  \
		.phrase = phrase_,                                                                                     \
		.terminal = term_,                                                                                     \
		.n = sizeof((struct event_field[]){ __VA_ARGS__ }) / sizeof(struct event_field),                       \
		.field = { __VA_ARGS__ } },
const struct event_desc event_descs[EV_NUM] = {
#include "model/event.def"
};
#undef F

#define STAGE(id, name_, file_) [ST_##id] = { name_, file_ },
const struct stage_desc stage_descs[ST_NUM] = {
#include "model/stage.def"
};

#define DROP(id_, kernel_, sentence_) [DROP_##id_] = { #id_, kernel_, sentence_ },
const struct drop_desc drop_descs[DROP_NUM] = {
#include "model/drop.def"
};

const char *drop_name(enum drop d, char *buf, size_t size)
{
	const char *names = drop_descs[d].kernel;
	size_t len = strcspn(names, " ");

	if (!len)
		return drop_descs[d].id;
	snprintf(buf, size, "%.*s", (int)len, names);
	return buf;
}

struct interned {
	struct hnode node;
	uint32_t id;
};

struct strings {
	char **string; /* id - 1 */
	struct interned **entry;
	uint32_t n, cap;
	struct htab by_text;
	uint32_t recent[RECENT]; /* ids, by where the text was: most texts are constants that come again and again */
};

struct trace {
	uint64_t *word;
	size_t words, word_cap;
	size_t *index; /* of event seq - 1 */
	size_t events, event_cap;
	struct flow *flow; /* of event seq - 1; NULL: not kept */
	size_t flow_cap;
	bool flows;
	struct trace_packet *packet;
	uint32_t packets, packet_cap;
	uint8_t *bytes;
	size_t byte_size, byte_cap;
	struct strings *text; /* of its own, so that reading a trace may add to it */
};

struct trace *trace_new(void)
{
	struct trace *t = xcalloc(1, sizeof(*t));

	t->text = xcalloc(1, sizeof(*t->text));
	return t;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->text->n; i++) {
		free(t->text->string[i]);
		free(t->text->entry[i]);
	}
	htab_release(&t->text->by_text);
	free(t->text->string);
	free(t->text->entry);
	free(t->text);
	free(t->word);
	free(t->index);
	free(t->flow);
	free(t->packet);
	free(t->bytes);
	free(t);
}

void trace_clear(struct trace *t)
{
	t->words = t->events = t->byte_size = 0;
	t->packets = 0;
}

/* Makes room for n more elements of the given size. */
static void *room(void *p, size_t used, size_t n, size_t *cap, size_t size)
{
	if (p && used + n <= *cap)
		return p;
	*cap = *cap ? *cap : 256;
	while (*cap < used + n)
		*cap *= 2;
	return xrealloc(p, *cap * size);
}

static uint32_t intern_text(struct strings *st, const char *s)
{
	size_t len = strlen(s);
	uint32_t hash = hash_bytes(s, len, 0);
	struct interned *e;

	for (struct hnode *n = htab_first(&st->by_text, hash); n; n = htab_next(n)) {
		e = container_of(n, struct interned, node);
		if (!strcmp(st->string[e->id - 1], s))
			return e->id;
	}
	if (st->n == st->cap) {
		st->cap = st->cap ? st->cap * 2 : 64;
		st->string = xrealloc(st->string, st->cap * sizeof(*st->string));
		st->entry = xrealloc(st->entry, st->cap * sizeof(*st->entry));
	}
	e = xcalloc(1, sizeof(*e));
	st->entry[st->n] = e;
	st->string[st->n] = xstrndup(s, len);
	e->id = ++st->n;
	htab_add(&st->by_text, &e->node, hash);
	return e->id;
}

static uint32_t intern(struct strings *st, const char *s)
{
	uintptr_t at = (uintptr_t)s;
	uint32_t *id = &st->recent[(at ^ at >> 9) % RECENT];

	if (!*id || strcmp(st->string[*id - 1], s))
		*id = intern_text(st, s);
	return *id;
}

uint32_t trace_intern(struct trace *t, const char *s)
{
	return intern(t->text, s);
}

const char *trace_string(const struct trace *t, uint32_t id)
{
	if (id > t->text->n)
		bug("string %u of %u", id, t->text->n);
	return id ? t->text->string[id - 1] : "";
}

uint32_t trace_packet_new(struct trace *t, uint32_t parent, uint32_t clone_of, uint32_t command, bool timer)
{
	size_t cap = t->packet_cap;

	if (parent > t->packets || clone_of > t->packets)
		bug("packet born of one that is not there");
	t->packet = room(t->packet, t->packets, 1, &cap, sizeof(*t->packet));
	t->packet_cap = (uint32_t)cap;
	t->packet[t->packets++] =
		(struct trace_packet){ .parent = parent, .clone_of = clone_of, .command = command, .timer = timer };
	return t->packets;
}

bool val_absent(const struct val *v)
{
	switch (v->type) {
	case VT_NONE:
		return true;
	case VT_STR:
		return !v->str || !*v->str;
	case VT_ADDR:
		return v->addr.family == IP_NONE;
	case VT_PREFIX:
		return v->prefix.addr.family == IP_NONE;
	default:
		return false;
	}
}

/* An address: family in the top byte, prefix length in the next, an IPv4 address in the lower half; an IPv6
 * address in two words behind. Returns how many words it wrote. */
static unsigned put_addr(uint64_t *w, const struct ipaddr *a, uint8_t len)
{
	w[0] = (uint64_t)a->family << 56 | (uint64_t)len << 48;
	if (a->family == IP_V4) {
		w[0] |= a->v4;
		return 1;
	}
	memcpy(w + 1, a->v6, 16);
	return 3;
}

static unsigned get_addr(const uint64_t *w, struct ipaddr *a, uint8_t *len)
{
	*a = (struct ipaddr){ .family = (uint8_t)(w[0] >> 56) };
	*len = (uint8_t)(w[0] >> 48);
	if (a->family == IP_V4) {
		a->v4 = (uint32_t)w[0];
		return 1;
	}
	memcpy(a->v6, w + 1, 16);
	return 3;
}

static unsigned put_val(struct trace *t, uint64_t *w, const struct val *v)
{
	switch (v->type) {
	case VT_U32:
		w[0] = v->u32;
		return 1;
	case VT_STR:
		w[0] = trace_intern(t, v->str);
		return 1;
	case VT_MAC:
		w[0] = 0;
		memcpy(w, v->mac.b, 6);
		return 1;
	case VT_ADDR:
		return put_addr(w, &v->addr, 0);
	case VT_PREFIX:
		return put_addr(w, &v->prefix.addr, v->prefix.len);
	case VT_BYTES:
		t->bytes = room(t->bytes, t->byte_size, v->bytes.len, &t->byte_cap, 1);
		if (v->bytes.len)
			memcpy(t->bytes + t->byte_size, v->bytes.p, v->bytes.len);
		w[0] = (uint64_t)t->byte_size << 24 | v->bytes.len;
		t->byte_size += v->bytes.len;
		return 1;
	case VT_NONE:
		break;
	}
	bug("value of no type");
}

static unsigned get_val(const struct trace *t, const uint64_t *w, struct val *v)
{
	uint8_t len;

	switch (v->type) {
	case VT_U32:
		v->u32 = (uint32_t)w[0];
		return 1;
	case VT_STR:
		v->str = trace_string(t, (uint32_t)w[0]);
		return 1;
	case VT_MAC:
		memcpy(v->mac.b, w, 6);
		return 1;
	case VT_ADDR:
		return get_addr(w, &v->addr, &len);
	case VT_PREFIX:
		return get_addr(w, &v->prefix.addr, &v->prefix.len);
	case VT_BYTES:
		v->bytes.p = t->bytes + (w[0] >> 24);
		v->bytes.len = (uint32_t)(w[0] & 0xffffff);
		return 1;
	case VT_NONE:
		break;
	}
	bug("value of no type");
}

#define TIMER (1ULL << 63) /* beside the kind */
#define IN_TIMER (1ULL << 62)

/* Header: [0] time; [1] packet, command; [2] ns, dev; [3] kind, stage, bits of the fields present. */
void trace_add(struct trace *t, uint64_t time, uint32_t packet, uint32_t ns, uint32_t dev, uint32_t command,
	enum event_kind kind, enum stage stage, const struct val *v, unsigned n)
{
	const struct event_desc *d = &event_descs[kind];
	uint64_t *w, present = 0;
	size_t at = t->words, used = HEAD;

	if (n > d->n || packet > t->packets || (!packet && d->terminal != TERM_NO))
		bug("event %s: %u values, packet %u of %u", d->name, n, packet, t->packets);
	t->word = room(t->word, t->words, HEAD + 3 * EVENT_FIELDS, &t->word_cap, sizeof(*t->word));
	t->index = room(t->index, t->events, 1, &t->event_cap, sizeof(*t->index));
	w = t->word + at;
	for (unsigned i = 0; i < n; i++) {
		if (val_absent(&v[i]))
			continue;
		if (v[i].type != d->field[i].type)
			bug("event %s: field %s of another type", d->name, d->field[i].name);
		present |= 1ULL << i;
		used += put_val(t, w + used, &v[i]);
	}
	w[0] = time;
	w[1] = (uint64_t)packet << 32 | command;
	w[2] = (uint64_t)ns << 32 | dev;
	w[3] = (uint64_t)kind << 48 | (uint64_t)stage << 32 | present;
	t->words += used;
	if (t->flows) {
		t->flow = room(t->flow, t->events, 1, &t->flow_cap, sizeof(*t->flow));
		t->flow[t->events] = (struct flow){ 0 };
	}
	t->index[t->events++] = at;
	if (!packet)
		return;
	if (!t->packet[packet - 1].first)
		t->packet[packet - 1].first = (uint32_t)t->events;
	t->packet[packet - 1].last = (uint32_t)t->events;
	if (d->terminal != TERM_NO)
		t->packet[packet - 1].terminals++;
}

void trace_set_timer(struct trace *t)
{
	uint64_t *w = t->word + t->index[t->events - 1];

	w[3] |= w[1] >> 32 ? IN_TIMER : IN_TIMER | TIMER;
}

void trace_keep_flows(struct trace *t)
{
	if (t->events)
		bug("flows are kept from the first event on, or not at all");
	t->flows = true;
}

bool trace_keeps_flows(const struct trace *t)
{
	return t->flows;
}

void trace_set_flow(struct trace *t, const struct flow *f)
{
	if (t->flows && t->events)
		t->flow[t->events - 1] = *f;
}

const struct flow *trace_flow(const struct trace *t, uint64_t seq)
{
	static const struct flow unknown;

	return t->flows ? &t->flow[seq - 1] : &unknown;
}

uint64_t trace_events(const struct trace *t)
{
	return t->events;
}

size_t trace_bytes(const struct trace *t)
{
	return t->words * sizeof(*t->word) + t->events * sizeof(*t->index) + t->packets * sizeof(*t->packet) +
	       t->byte_size;
}

uint32_t trace_packets(const struct trace *t)
{
	return t->packets;
}

const struct trace_packet *trace_packet_get(const struct trace *t, uint32_t id)
{
	if (!id || id > t->packets)
		bug("packet %u of %u", id, t->packets);
	return &t->packet[id - 1];
}

bool trace_by_timer(const struct trace *t, uint32_t packet)
{
	while (packet) {
		const struct trace_packet *p = trace_packet_get(t, packet);

		if (p->timer)
			return true;
		packet = p->parent;
	}
	return false;
}

/* A frame is recorded as its bytes alone: what people read of it is made here. */
static void summarize(const struct trace *t, struct event *e)
{
	char text[SUMMARY_SIZE];

	if (e->val[1].type != VT_NONE || e->val[2].type != VT_BYTES)
		return;
	frame_summary(text, e->val[2].bytes.p, e->val[2].bytes.len);
	e->val[1] = VAL_STR(trace_string(t, intern(t->text, text)));
}

void trace_get(const struct trace *t, uint64_t seq, struct event *out)
{
	const struct event_desc *d;
	const uint64_t *w;

	if (!seq || seq > t->events)
		bug("event %llu of %zu", (unsigned long long)seq, t->events);
	w = t->word + t->index[seq - 1];
	out->seq = seq;
	out->time = w[0];
	out->packet = (uint32_t)(w[1] >> 32);
	out->command = (uint32_t)w[1];
	out->ns = trace_string(t, (uint32_t)(w[2] >> 32));
	out->dev = trace_string(t, (uint32_t)w[2]);
	out->kind = (enum event_kind)((w[3] & ~(TIMER | IN_TIMER)) >> 48);
	out->timer = w[3] & TIMER;
	out->in_timer = w[3] & IN_TIMER;
	out->stage = (enum stage)(w[3] >> 32 & 0xffff);
	d = &event_descs[out->kind];
	for (unsigned i = 0, at = HEAD; i < d->n; i++) {
		out->val[i] = VAL_NONE;
		if (!(w[3] >> i & 1))
			continue;
		out->val[i].type = d->field[i].type;
		at += get_val(t, w + at, &out->val[i]);
	}
	if (out->kind == EV_FRAME)
		summarize(t, out);
}

bool event_is_captured(const struct event *e)
{
	return e->kind == EV_FRAME && e->val[3].type == VT_NONE &&
	       (strcmp(e->dev, "lo") || strcmp(e->val[0].str, "out"));
}

void val_format(struct buf *b, const struct val *v)
{
	char text[PREFIX_STRLEN];

	switch (v->type) {
	case VT_U32:
		buf_printf(b, "%u", v->u32);
		break;
	case VT_STR:
		buf_puts(b, v->str);
		break;
	case VT_MAC:
		buf_puts(b, mac_format(text, &v->mac));
		break;
	case VT_ADDR:
		buf_puts(b, ip_format(text, &v->addr));
		break;
	case VT_PREFIX:
		buf_puts(b, v->prefix.len ? prefix_format(text, &v->prefix) : "default");
		break;
	case VT_BYTES:
		buf_printf(b, "%u bytes", v->bytes.len);
		break;
	case VT_NONE:
		break;
	}
}

/* The value of the field named by the text up to '}'; NULL when that is no field of the event. */
static const struct val *phrase_val(const struct event *e, const char *name, size_t len)
{
	const struct event_desc *d = &event_descs[e->kind];

	for (unsigned i = 0; i < d->n; i++)
		if (strlen(d->field[i].name) == len && !memcmp(d->field[i].name, name, len))
			return &e->val[i];
	bug("phrase of %s names no field: %.*s", d->name, (int)len, name);
}

/* Renders [from, end); false when a field in it is absent (b then has what came before it). */
static bool phrase_part(struct buf *b, const struct event *e, const char *s, const char *end)
{
	while (s < end) {
		const char *close;

		if (*s == '{') {
			const struct val *v;

			close = strchr(s, '}');
			v = phrase_val(e, s + 1, (size_t)(close - s - 1));
			if (v->type == VT_NONE || (v->type == VT_STR && !*v->str))
				return false;
			val_format(b, v);
			s = close + 1;
		} else if (*s == '[') {
			size_t before = b->size;

			close = strchr(s, ']');
			if (!phrase_part(b, e, s + 1, close)) {
				b->size = before;
				if (b->data)
					b->data[before] = 0;
			}
			s = close + 1;
		} else {
			buf_putc(b, *s++);
		}
	}
	return true;
}

void event_phrase(struct buf *b, const struct event *e)
{
	const char *s = event_descs[e->kind].phrase;

	phrase_part(b, e, s, s + strlen(s));
}

uint32_t trace_check(const struct trace *t)
{
	for (uint32_t i = 0; i < t->packets; i++)
		if (t->packet[i].terminals != 1)
			return i + 1;
	return 0;
}
