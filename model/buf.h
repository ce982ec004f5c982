/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growable string of bytes, always NUL-terminated after the last byte. {0} is a valid empty one. */
#ifndef MODEL_BUF_H
#define MODEL_BUF_H

#include <stdarg.h>

#include "model/base.h"

struct buf {
	char *data; /* NULL while nothing was ever put; else data[size] == 0 */
	size_t size;
	size_t cap;
};

void buf_put(struct buf *b, const void *p, size_t size);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* The text; "" when empty. Valid until the next put. */
const char *buf_str(const struct buf *b);
/* Hands the bytes to the caller (who frees them; never NULL) and empties b. */
char *buf_steal(struct buf *b);
void buf_clear(struct buf *b);   /* keeps the memory */
void buf_release(struct buf *b); /* frees it; b is then {0} */

#endif
