/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing pcapng (draft-ietf-opsawg-pcapng): one section, one interface block per device, named NS/DEV, times in
 * nanoseconds, each packet with its direction and a comment. Little-endian, into a buffer. */
#ifndef MODEL_PCAPNG_H
#define MODEL_PCAPNG_H

#include "model/buf.h"

#define LINKTYPE_ETHERNET_ 1
#define PCAPNG_SNAPLEN 262144

enum frame_dir { DIR_UNKNOWN, DIR_IN, DIR_OUT };
const char *frame_dir_name(enum frame_dir d); /* "?", "in", "out" */

struct pcapng {          /* {.out = &b}: nothing written yet */
	struct buf *out; /* borrowed */
	char **name;     /* of the interfaces written so far */
	unsigned n;
};
/* Begins the section. Text is made valid UTF-8 on the way in, here and below. */
void pcapng_begin(struct pcapng *p, const char *application);
/* The number of the interface NS/DEV; writes its block when it is new. */
uint32_t pcapng_interface(struct pcapng *p, const char *ns, const char *dev);
/* comment may be NULL. */
void pcapng_packet(struct pcapng *p, uint32_t interface, uint64_t time_ns, const void *data, uint32_t size,
	enum frame_dir dir, const char *comment);
void pcapng_release(struct pcapng *p); /* what it keeps; not the buffer */

#endif
