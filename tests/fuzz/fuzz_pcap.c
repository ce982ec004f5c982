/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: any bytes as a capture file. What can be read is written as pcapng and read again: the same frames.
 */
#include <stdlib.h>
#include <string.h>

#include "model/pcapfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct loc here = { .file = "capture" };

/* The bytes lie in memory that ends with them: a read beyond is noticed. */
static uint8_t *exact(const void *data, size_t size)
{
	uint8_t *copy = xmalloc(size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

static void write_again(const struct pcapfile *f, struct buf *out)
{
	struct pcapng p = { .out = out };

	pcapng_begin(&p, "fuzz");
	for (unsigned i = 0; i < f->n; i++) {
		const struct pcapfile_frame *v = &f->frame[i];

		pcapng_packet(&p, pcapng_interface(&p, "ns", f->interface[v->interface].name), v->time, v->data,
			v->size, v->dir, i % 2 ? "a comment" : NULL);
	}
	pcapng_release(&p);
}

static void check_same(const struct pcapfile *a, const struct pcapfile *b)
{
	if (a->n != b->n)
		bug("%u frames written, %u read", a->n, b->n);
	for (unsigned i = 0; i < a->n; i++) {
		const struct pcapfile_frame *x = &a->frame[i], *y = &b->frame[i];

		if (x->time != y->time || x->size != y->size || x->dir != y->dir || memcmp(x->data, y->data, x->size))
			bug("frame %u is not the same", i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = exact(data, size);
	struct pcapfile f, again;
	struct buf out = { 0 };
	struct err err = { 0 };

	if (!pcapfile_parse(&f, bytes, size, here, &err)) {
		write_again(&f, &out);
		if (pcapfile_parse(&again, buf_str(&out), out.size, here, &err))
			bug("what was written can not be read: %s", err.msg);
		check_same(&f, &again);
		pcapfile_release(&again);
		pcapfile_release(&f);
	} else if (!*err.msg) {
		bug("refused without a word");
	}
	buf_release(&out);
	free(bytes);
	return 0;
}
