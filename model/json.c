/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON writer. */
#include "model/json.h"

#include <string.h>

#include "model/utf8.h"

static void put_char(struct buf *b, unsigned char c)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *n = names; *n; n += 2) {
		if ((unsigned char)*n == c) {
			buf_putc(b, '\\');
			buf_putc(b, n[1]);
			return;
		}
	}
	if (c < 0x20 || c == 0x7f)
		buf_printf(b, "\\u%04x", c);
	else
		buf_putc(b, (char)c);
}

void json_string(struct buf *b, const char *s, size_t size)
{
	buf_putc(b, '"');
	while (size) {
		unsigned n = utf8_length(s, size);

		if (n == 1)
			put_char(b, (unsigned char)*s);
		else if (n)
			buf_put(b, s, n);
		else
			buf_puts(b, "\\ufffd");
		n += !n;
		s += n;
		size -= n;
	}
	buf_putc(b, '"');
}

static void member(struct buf *b, const char *name)
{
	if (b->data[b->size - 1] != '{')
		buf_putc(b, ',');
	buf_printf(b, "\"%s\":", name);
}

void json_begin(struct buf *b)
{
	buf_putc(b, '{');
}

void json_str(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	member(b, name);
	json_string(b, value, strlen(value));
}

void json_text(struct buf *b, const char *name, const struct buf *value)
{
	member(b, name);
	json_string(b, buf_str(value), value->size);
}

void json_uint(struct buf *b, const char *name, uint64_t value)
{
	member(b, name);
	buf_printf(b, "%llu", (unsigned long long)value);
}

void json_int(struct buf *b, const char *name, int64_t value)
{
	member(b, name);
	buf_printf(b, "%lld", (long long)value);
}

void json_bool(struct buf *b, const char *name, bool value)
{
	member(b, name);
	buf_puts(b, value ? "true" : "false");
}

void json_time(struct buf *b, const char *name, uint64_t ns)
{
	member(b, name);
	buf_printf(b, "%llu.%09llu", (unsigned long long)(ns / NSEC_PER_SEC), (unsigned long long)(ns % NSEC_PER_SEC));
}

void json_hex(struct buf *b, const char *name, const uint8_t *p, size_t size)
{
	member(b, name);
	buf_putc(b, '"');
	for (size_t i = 0; i < size; i++) {
		buf_putc(b, "0123456789abcdef"[p[i] >> 4]);
		buf_putc(b, "0123456789abcdef"[p[i] & 15]);
	}
	buf_putc(b, '"');
}

void json_strings(struct buf *b, const char *name, char *const *value, unsigned n)
{
	member(b, name);
	buf_putc(b, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_putc(b, ',');
		json_string(b, value[i], strlen(value[i]));
	}
	buf_putc(b, ']');
}

void json_object(struct buf *b, const char *name)
{
	member(b, name);
	buf_putc(b, '{');
}

void json_object_end(struct buf *b)
{
	buf_putc(b, '}');
}

void json_end(struct buf *b)
{
	buf_puts(b, "}\n");
}
