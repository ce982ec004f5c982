/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live captures.
 *
 * Theory of operation. A handle of libpcap is a packet socket in the namespace that the thread is in when it is
 * activated; it stays there. libpcap's Ethernet handles do not say which way a frame went, so each device has two,
 * one set to incoming frames and one to outgoing. A device that is down can not be opened, and a socket ends when its
 * device leaves the namespace: so capture_sync() is called after each command, before the next can send anything.
 * On lo libpcap hides the outgoing copy (it would show every frame twice): only "in" is captured there.
 * Immediate mode: a frame is readable as soon as the kernel has it, no time-out is waited for. */
#include "kernel/capture.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/libpcap.h"

#define SNAPLEN 9216 /* a jumbo frame; longer ones are compared as far as this and by their length */
#define RING_BYTES                                                                                                     \
	(512 * 1024) /* per handle: room for 300 frames of an Ethernet between two drains, for 50 jumbo ones */

struct handle {
	char *ns;
	char dev[IFNAMSIZ];
	unsigned ifindex;
	enum frame_dir dir;
	pcap_t *pcap;
	bool seen; /* by the sync that is running */
};
struct capture {
	struct libpcap lib;
	struct handle *handle;
	unsigned n;
	struct frames frames;
	uint32_t command;
	uint64_t lost; /* by handles that are closed */
};
struct drain { /* for the callback */
	struct capture *c;
	const struct handle *h;
};

/* ---- lists of frames ---- */
static const char *intern(struct frames *f, const char *s)
{
	for (unsigned i = 0; i < f->names; i++)
		if (!strcmp(f->name[i], s))
			return f->name[i];
	f->name = xrealloc(f->name, (f->names + 1) * sizeof(*f->name));
	return f->name[f->names++] = xstrdup(s);
}

void frames_add(struct frames *f, const struct frame *frame)
{
	struct frame *to;

	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 256;
		f->v = xrealloc(f->v, f->cap * sizeof(*f->v));
	}
	to = &f->v[f->n++];
	*to = *frame;
	to->ns = intern(f, frame->ns);
	to->dev = intern(f, frame->dev);
	to->data = xmalloc(frame->size + !frame->size);
	if (frame->size)
		memcpy(to->data, frame->data, frame->size);
}

void frames_release(struct frames *f)
{
	for (unsigned i = 0; i < f->n; i++)
		free(f->v[i].data);
	for (unsigned i = 0; i < f->names; i++)
		free(f->name[i]);
	free(f->v);
	free(f->name);
	*f = (struct frames){ 0 };
}

/* ---- handles ---- */
static int open_error(const struct libpcap *lib, pcap_t *p, const char *dev, int rc, struct err *err)
{
	const char *detail = p ? lib->geterr(p) : "";

	err_set(err, (struct loc){ 0 }, "capture on %s: %s%s%s", dev, lib->statustostr(rc), *detail ? ": " : "",
		detail);
	if (p)
		lib->close(p);
	return -1;
}

/* Opens the device. Returns 0, 1 when it went down or away meanwhile, -1 with *err. */
static int open_handle(const struct libpcap *lib, const char *dev, enum frame_dir dir, pcap_t **out, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = lib->create(dev, text);
	int rc;

	if (!p)
		return err_set(err, (struct loc){ 0 }, "capture on %s: %s", dev, text);
	lib->set_snaplen(p, SNAPLEN);
	lib->set_buffer_size(p, RING_BYTES);
	lib->set_immediate_mode(p, 1);
	lib->set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	rc = lib->activate(p);
	if (rc == PCAP_ERROR_IFACE_NOT_UP || rc == PCAP_ERROR_NO_SUCH_DEVICE) {
		lib->close(p);
		return 1;
	}
	if (rc < 0)
		return open_error(lib, p, dev, rc, err);
	if (lib->datalink(p) != DLT_EN10MB) {
		lib->close(p);
		return err_set(err, (struct loc){ 0 }, "capture on %s: its link type is not Ethernet", dev);
	}
	if (lib->setdirection(p, dir == DIR_IN ? PCAP_D_IN : PCAP_D_OUT) < 0 || lib->setnonblock(p, 1, text) < 0)
		return open_error(lib, p, dev, PCAP_ERROR, err);
	*out = p;
	return 0;
}

static int add_handle(
	struct capture *c, const char *ns, const char *dev, unsigned ifindex, enum frame_dir dir, struct err *err)
{
	struct handle h = { .ifindex = ifindex, .dir = dir, .seen = true };
	int rc = libpcap_load(&c->lib, err);

	if (!rc)
		rc = open_handle(&c->lib, dev, dir, &h.pcap, err);
	if (rc)
		return rc < 0 ? -1 : 0;
	h.ns = xstrdup(ns);
	str_copy(h.dev, sizeof(h.dev), dev);
	c->handle = xrealloc(c->handle, (c->n + 1) * sizeof(*c->handle));
	c->handle[c->n++] = h;
	return 0;
}

static void on_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct drain *d = (struct drain *)(void *)user;
	struct frame f = { .ns = d->h->ns,
		.dev = d->h->dev,
		.dir = d->h->dir,
		.command = d->c->command,
		.time = (uint64_t)h->ts.tv_sec * NSEC_PER_SEC + (uint64_t)h->ts.tv_usec, /* tv_usec: ns, as asked for */
		.size = h->caplen,
		.wire_size = h->len,
		.data = (uint8_t *)bytes };

	frames_add(&d->c->frames, &f);
}

static unsigned drain_handle(struct capture *c, const struct handle *h)
{
	struct drain d = { c, h };
	unsigned before = c->frames.n;

	/* an error here is a device that went down or away: what was in the ring has been read by then */
	while (c->lib.dispatch(h->pcap, -1, on_frame, (u_char *)&d) > 0)
		;
	return c->frames.n - before;
}

static uint64_t handle_lost(const struct capture *c, const struct handle *h)
{
	struct pcap_stat st;

	/* not known is as good as lost; ps_ifdrop is of the machine's own device of that name */
	return c->lib.stats(h->pcap, &st) < 0 ? 1 : st.ps_drop;
}

static void close_handle(struct capture *c, unsigned i)
{
	struct handle *h = &c->handle[i];

	drain_handle(c, h);
	c->lost += handle_lost(c, h);
	c->lib.close(h->pcap);
	free(h->ns);
	memmove(h, h + 1, (--c->n - i) * sizeof(*h));
}

struct capture *capture_new(void)
{
	return xcalloc(1, sizeof(struct capture));
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	while (c->n)
		close_handle(c, c->n - 1);
	free(c->handle);
	frames_release(&c->frames);
	free(c);
}

/* Marks the handles of an interface as still wanted; true when there were any. What they hold still bears the name that
 * the device had. */
static bool mark_seen(struct capture *c, const char *ns, const char *dev, unsigned ifindex)
{
	bool any = false;

	for (unsigned i = 0; i < c->n; i++) {
		struct handle *h = &c->handle[i];

		if (h->ifindex != ifindex || strcmp(h->ns, ns))
			continue;
		if (strcmp(h->dev, dev)) {
			drain_handle(c, h);
			str_copy(h->dev, sizeof(h->dev), dev);
		}
		any = h->seen = true;
	}
	return any;
}

/* Frames as the wire would have them: without this a veth carries segments of up to 64 KiB, cut by nobody, and joins
 * what it receives. A device that has no such switch stays as it is. */
static void offloads_off(int sock, const char *dev)
{
	static const uint32_t switches[] = { ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO };

	for (unsigned i = 0; i < ARRAY_SIZE(switches); i++) {
		struct ethtool_value off = { .cmd = switches[i] };
		struct ifreq ifr = { .ifr_data = (char *)&off };

		str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), dev);
		ioctl(sock, SIOCETHTOOL, &ifr);
	}
}

static int sync_device(struct capture *c, const char *ns, const struct if_nameindex *dev, int sock, struct err *err)
{
	struct ifreq ifr = { 0 };

	str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), dev->if_name);
	if (ioctl(sock, SIOCGIFFLAGS, &ifr) < 0)
		return errno == ENODEV
			       ? 0 /* it went meanwhile */
			       : err_set(err, (struct loc){ 0 }, "capture on %s: %s", dev->if_name, strerror(errno));
	if (!(ifr.ifr_flags & IFF_UP))
		return 0;
	if (mark_seen(c, ns, dev->if_name, dev->if_index))
		return 0;
	offloads_off(sock, dev->if_name);
	if (add_handle(c, ns, dev->if_name, dev->if_index, DIR_IN, err))
		return -1;
	return ifr.ifr_flags & IFF_LOOPBACK ? 0 : add_handle(c, ns, dev->if_name, dev->if_index, DIR_OUT, err);
}

int capture_sync(struct capture *c, const char *ns, struct err *err)
{
	struct if_nameindex *list = if_nameindex();
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (!list || sock < 0)
		rc = err_set(err, (struct loc){ 0 }, "capture in %s: %s", ns, strerror(errno));
	for (unsigned i = 0; i < c->n; i++)
		c->handle[i].seen = strcmp(c->handle[i].ns, ns) != 0;
	for (unsigned i = 0; list && !rc && list[i].if_index; i++)
		rc = sync_device(c, ns, &list[i], sock, err);
	for (unsigned i = c->n; i-- > 0 && !rc;)
		if (!c->handle[i].seen)
			close_handle(c, i);
	if (list)
		if_freenameindex(list);
	if (sock >= 0)
		close(sock);
	return rc;
}

void capture_forget(struct capture *c, const char *ns)
{
	for (unsigned i = c->n; i-- > 0;)
		if (!strcmp(c->handle[i].ns, ns))
			close_handle(c, i);
}

void capture_rename(struct capture *c, const char *from, const char *to)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct handle *h = &c->handle[i];

		if (strcmp(h->ns, from))
			continue;
		drain_handle(c, h);
		free(h->ns);
		h->ns = xstrdup(to);
	}
}

void capture_mark(struct capture *c, uint32_t command)
{
	c->command = command;
}

unsigned capture_read(struct capture *c, const struct pollfd *fds)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n; i++)
		if (fds[i].revents)
			n += drain_handle(c, &c->handle[i]);
	return n;
}

/* One system call says which handles have anything; libpcap would make several for each. */
unsigned capture_drain(struct capture *c)
{
	struct pollfd *fds = xcalloc(c->n + 1, sizeof(*fds));
	unsigned n = 0;

	capture_poll(c, fds, c->n);
	if (poll(fds, c->n, 0) > 0)
		n = capture_read(c, fds);
	free(fds);
	return n;
}

unsigned capture_poll(const struct capture *c, struct pollfd *fds, unsigned max)
{
	for (unsigned i = 0; i < c->n && i < max; i++)
		fds[i] = (struct pollfd){ .fd = c->lib.get_selectable_fd(c->handle[i].pcap), .events = POLLIN };
	return c->n;
}

uint64_t capture_lost(struct capture *c)
{
	uint64_t lost = c->lost;

	for (unsigned i = 0; i < c->n; i++)
		lost += handle_lost(c, &c->handle[i]);
	return lost;
}

const struct frames *capture_frames(const struct capture *c)
{
	return &c->frames;
}
