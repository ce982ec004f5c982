/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing JSON (RFC 8259), one object per line. The text is always valid UTF-8, whatever the bytes were. */
#ifndef MODEL_JSON_H
#define MODEL_JSON_H

#include "model/buf.h"

/* Appends the text in quotes, escaped; bytes that are not UTF-8 become U+FFFD. */
void json_string(struct buf *b, const char *s, size_t size);
/* Members of an object. Each puts the comma that it needs. name: plain ASCII. */
void json_begin(struct buf *b);                                    /* { */
void json_str(struct buf *b, const char *name, const char *value); /* NULL: left out */
void json_text(struct buf *b, const char *name, const struct buf *value);
void json_uint(struct buf *b, const char *name, uint64_t value);
void json_int(struct buf *b, const char *name, int64_t value);
void json_bool(struct buf *b, const char *name, bool value);
void json_time(struct buf *b, const char *name, uint64_t ns); /* seconds, nine places */
void json_hex(struct buf *b, const char *name, const uint8_t *p, size_t size);
void json_strings(struct buf *b, const char *name, char *const *value, unsigned n);
void json_object(struct buf *b, const char *name); /* a member that is an object: its members follow */
void json_object_end(struct buf *b);
void json_end(struct buf *b); /* } and a newline */

#endif
