/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from a lab or a tool is bytes; what is written as JSON or pcapng must be UTF-8. */
#ifndef MODEL_UTF8_H
#define MODEL_UTF8_H

#include "model/buf.h"

/* The length (1 to 4) of the well-formed UTF-8 sequence that s begins with, of at most `size` bytes; 0 = none. */
unsigned utf8_length(const char *s, size_t size);
/* Appends the text with every byte that is not part of well-formed UTF-8 as U+FFFD. */
void utf8_clean(struct buf *out, const char *s, size_t size);
/* The greatest length <= max that cuts well-formed text between characters. */
size_t utf8_cut(const char *s, size_t max);

#endif
