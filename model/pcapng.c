/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pcapng writer. */
#include "model/pcapng.h"

#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"

enum { BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_EPB = 6 };
enum { OPT_COMMENT = 1, OPT_SHB_USERAPPL = 4, OPT_IF_NAME = 2, OPT_IF_TSRESOL = 9, OPT_EPB_FLAGS = 2 };
#define OPT_MAX 65535u

const char *frame_dir_name(enum frame_dir d)
{
	return d == DIR_IN ? "in" : d == DIR_OUT ? "out" : "?";
}

static void put_u16(struct buf *b, uint32_t v)
{
	buf_putc(b, (char)v);
	buf_putc(b, (char)(v >> 8));
}

static void put_u32(struct buf *b, uint32_t v)
{
	put_u16(b, v);
	put_u16(b, v >> 16);
}

static void pad(struct buf *b, size_t size)
{
	for (; size % 4; size++)
		buf_putc(b, 0);
}

static void option(struct buf *b, uint32_t code, const void *p, size_t size)
{
	put_u16(b, code);
	put_u16(b, (uint32_t)size);
	buf_put(b, p, size);
	pad(b, size);
}

static void text_option(struct buf *b, uint32_t code, const char *text)
{
	struct buf t = { 0 };

	utf8_clean(&t, text, strlen(text));
	if (t.size > OPT_MAX)
		t.size = utf8_cut(t.data, OPT_MAX);
	if (t.size)
		option(b, code, t.data, t.size);
	buf_release(&t);
}

/* Wraps a block's body: type, total length, body, total length again. */
static void put_block(struct buf *out, uint32_t type, struct buf *body)
{
	uint32_t total = (uint32_t)body->size + 12;

	put_u32(out, type);
	put_u32(out, total);
	buf_put(out, body->data, body->size);
	put_u32(out, total);
	buf_release(body);
}

void pcapng_begin(struct pcapng *p, const char *application)
{
	struct buf b = { 0 };

	put_u32(&b, 0x1a2b3c4d);
	put_u16(&b, 1);
	put_u16(&b, 0);
	put_u32(&b, 0xffffffff); /* section length: not given */
	put_u32(&b, 0xffffffff);
	text_option(&b, OPT_SHB_USERAPPL, application);
	put_u32(&b, 0);
	put_block(p->out, BLOCK_SHB, &b);
}

uint32_t pcapng_interface(struct pcapng *p, const char *ns, const char *dev)
{
	struct buf name = { 0 }, b = { 0 };
	char *text;

	buf_printf(&name, "%s/%s", ns, dev);
	text = buf_steal(&name);
	for (unsigned i = 0; i < p->n; i++) {
		if (!strcmp(p->name[i], text)) {
			free(text);
			return i;
		}
	}
	put_u16(&b, LINKTYPE_ETHERNET_);
	put_u16(&b, 0);
	put_u32(&b, PCAPNG_SNAPLEN);
	text_option(&b, OPT_IF_NAME, text);
	option(&b, OPT_IF_TSRESOL, "\x09", 1);
	put_u32(&b, 0);
	put_block(p->out, BLOCK_IDB, &b);
	p->name = xrealloc(p->name, (p->n + 1) * sizeof(*p->name));
	p->name[p->n] = text;
	return p->n++;
}

void pcapng_packet(struct pcapng *p, uint32_t interface, uint64_t time_ns, const void *data, uint32_t size,
	enum frame_dir dir, const char *comment)
{
	struct buf b = { 0 };

	if (interface >= p->n)
		bug("pcapng interface %u of %u", interface, p->n);
	put_u32(&b, interface);
	put_u32(&b, (uint32_t)(time_ns >> 32));
	put_u32(&b, (uint32_t)time_ns);
	put_u32(&b, size < PCAPNG_SNAPLEN ? size : PCAPNG_SNAPLEN);
	put_u32(&b, size);
	if (size > PCAPNG_SNAPLEN)
		size = PCAPNG_SNAPLEN;
	buf_put(&b, data, size);
	pad(&b, size);
	if (comment)
		text_option(&b, OPT_COMMENT, comment);
	if (dir != DIR_UNKNOWN) {
		uint8_t flags[4] = { dir == DIR_IN ? 1 : 2, 0, 0, 0 };

		option(&b, OPT_EPB_FLAGS, flags, sizeof(flags));
	}
	if (comment || dir != DIR_UNKNOWN)
		put_u32(&b, 0);
	put_block(p->out, BLOCK_EPB, &b);
}

void pcapng_release(struct pcapng *p)
{
	for (unsigned i = 0; i < p->n; i++)
		free(p->name[i]);
	free(p->name);
	*p = (struct pcapng){ .out = p->out };
}
