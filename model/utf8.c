/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Well-formed UTF-8 as table 3-7 of the Unicode standard has it (no overlong forms, no surrogates). */
#include "model/utf8.h"

static const struct {
	uint8_t from, to;          /* first byte */
	uint8_t second, second_to; /* what the second may be; the rest are 80..bf */
	uint8_t length;
} forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

unsigned utf8_length(const char *s, size_t size)
{
	const uint8_t *u = (const uint8_t *)s;

	if (!size)
		return 0;
	if (u[0] < 0x80)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (u[0] < forms[i].from || u[0] > forms[i].to)
			continue;
		if (size < forms[i].length || u[1] < forms[i].second || u[1] > forms[i].second_to)
			return 0;
		for (unsigned k = 2; k < forms[i].length; k++)
			if ((u[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

void utf8_clean(struct buf *out, const char *s, size_t size)
{
	while (size) {
		unsigned n = utf8_length(s, size);

		if (n)
			buf_put(out, s, n);
		else
			buf_puts(out, "\xef\xbf\xbd");
		n += !n;
		s += n;
		size -= n;
	}
}

size_t utf8_cut(const char *s, size_t max)
{
	while (max && ((uint8_t)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}
