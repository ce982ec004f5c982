/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live captures with libpcap: two handles on every device that is up, one per direction, in every namespace that
 * capture_sync() was called in. Whoever replays the lab calls it again after each command that may have changed
 * devices, reads by capture_drain() whenever a handle is readable, and says which command runs. */
#ifndef KERNEL_CAPTURE_H
#define KERNEL_CAPTURE_H

#include <poll.h>

#include "model/buf.h"
#include "model/err.h"
#include "model/pcapng.h"

/* One captured frame. Everything is owned by the list that it is in. */
struct frame {
	const char *ns, *dev; /* ns: its label; "host" for the initial one */
	enum frame_dir dir;
	uint64_t time;    /* ns since the epoch */
	uint32_t command; /* index + 1 of the command that ran when it was read; 0 = not known */
	uint64_t seq;     /* the model's event that it is; 0 = none. By compare_frames() */
	uint32_t size, wire_size;
	uint8_t *data;
};
struct frames { /* {0} is empty */
	struct frame *v;
	unsigned n, cap;
	char **name; /* of namespaces and devices, each once */
	unsigned names;
};
/* Appends a copy of the frame, names and bytes included. */
void frames_add(struct frames *f, const struct frame *frame);
void frames_release(struct frames *f);

struct capture;
struct capture *capture_new(void);
void capture_free(struct capture *c);
/* In the calling thread's network namespace, which is called `ns`: opens handles on devices that are up and have
 * none, reads the rest of and closes those of devices that are gone or down. -1 with *err: no permission, ... */
int capture_sync(struct capture *c, const char *ns, struct err *err);
/* The namespace goes (or has gone): reads the rest, closes its handles. */
void capture_forget(struct capture *c, const char *ns);
/* It has another label from now on: reads the rest first. */
void capture_rename(struct capture *c, const char *from, const char *to);
/* Frames read from now on belong to this command (index + 1). Drain before. */
void capture_mark(struct capture *c, uint32_t command);
/* Reads all there is, without waiting. How many frames came. */
unsigned capture_drain(struct capture *c);
/* The same, of those handles of which poll(2) said something in what capture_poll() filled in. */
unsigned capture_read(struct capture *c, const struct pollfd *fds);
/* The descriptors to wait for (POLLIN), up to max; returns how many there are. */
unsigned capture_poll(const struct capture *c, struct pollfd *fds, unsigned max);
/* Frames that the kernel had no room for: when not 0, what is missing proves nothing. */
uint64_t capture_lost(struct capture *c);
/* What was captured so far, in the order read; valid until the next drain. */
const struct frames *capture_frames(const struct capture *c);

#endif
