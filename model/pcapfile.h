/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading captures (pcap and pcapng, both byte orders) out of memory. Every length is checked against what is
 * there; what can not be compared (a link type other than Ethernet) is refused by its name. */
#ifndef MODEL_PCAPFILE_H
#define MODEL_PCAPFILE_H

#include "model/err.h"
#include "model/pcapng.h"

struct pcapfile_frame {
	uint64_t time;            /* ns since the epoch of the file */
	uint32_t interface;       /* index into pcapfile.interface */
	uint32_t size, wire_size; /* captured; on the wire */
	const uint8_t *data;      /* into the memory given to pcapfile_parse */
	enum frame_dir dir;
};
struct pcapfile_interface {
	char *name; /* "" when the file does not say */
	uint16_t linktype;
	uint64_t units;  /* of a time stamp, per second */
	uint64_t offset; /* seconds */
};
struct pcapfile {
	struct pcapfile_frame *frame;
	unsigned n, cap;
	struct pcapfile_interface *interface;
	unsigned interfaces;
	uint64_t lost; /* frames that the file says it does not have */
};
/* Fills *f (any content is forgotten). -1 with *err: no capture file, cut short, inconsistent, or of another
 * link type; *f is then empty. The memory must outlive *f. */
int pcapfile_parse(struct pcapfile *f, const void *data, size_t size, struct loc loc, struct err *err);
void pcapfile_release(struct pcapfile *f);

#endif
