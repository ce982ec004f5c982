/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of capture files.
 *
 * Theory of operation. A cursor over the memory is the only way to the bytes: it refuses to go past its end.
 * pcap (draft-ietf-opsawg-pcap): a header whose magic tells byte order and resolution, then records. pcapng
 * (draft-ietf-opsawg-pcapng): blocks; a section header may change the byte order and forgets the interfaces. A
 * simple packet block has no time and is refused, obsolete packet blocks are too; unknown blocks are skipped, as
 * the draft says. A file cut in the middle of a record is an error, not an end. */
#include "model/pcapfile.h"

#include <stdlib.h>
#include <string.h>

struct cursor {
	const uint8_t *p;
	size_t left;
	bool big;
};

struct reader {
	struct pcapfile *f;
	struct loc loc;
	struct err *err;
	unsigned first; /* interface of the current section */
};

static const struct {
	uint16_t type;
	const char *name;
} linktypes[] = {
	{ 0, "BSD loopback (NULL)" },
	{ 101, "raw IP (RAW)" },
	{ 105, "IEEE 802.11" },
	{ 113, "Linux cooked capture (LINUX_SLL, from 'tcpdump -i any')" },
	{ 127, "IEEE 802.11 radiotap" },
	{ 228, "raw IPv4 (IPV4)" },
	{ 229, "raw IPv6 (IPV6)" },
	{ 253, "netlink" },
	{ 276, "Linux cooked capture v2 (LINUX_SLL2, from 'tcpdump -i any')" },
};

static bool take(struct cursor *c, size_t n, const uint8_t **at)
{
	if (c->left < n)
		return false;
	*at = c->p;
	c->p += n;
	c->left -= n;
	return true;
}

static uint16_t u16(const struct cursor *c, const uint8_t *p)
{
	return (uint16_t)(c->big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static uint32_t u32(const struct cursor *c, const uint8_t *p)
{
	uint32_t a = u16(c, p), b = u16(c, p + 2);

	return c->big ? a << 16 | b : b << 16 | a;
}

static uint64_t u64(const struct cursor *c, const uint8_t *p)
{
	uint64_t a = u32(c, p), b = u32(c, p + 4);

	return c->big ? a << 32 | b : b << 32 | a;
}

static int check_linktype(struct reader *r, uint32_t type)
{
	if (type == LINKTYPE_ETHERNET_)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(linktypes); i++)
		if (linktypes[i].type == type)
			return err_set(r->err, r->loc,
				"link type %u, %s: only Ethernet can be compared; capture on the device itself", type,
				linktypes[i].name);
	return err_set(r->err, r->loc, "link type %u: only Ethernet can be compared", type);
}

static void add_interface(struct reader *r, char *name, uint16_t linktype, uint64_t units, uint64_t offset)
{
	struct pcapfile *f = r->f;

	f->interface = xrealloc(f->interface, (f->interfaces + 1) * sizeof(*f->interface));
	f->interface[f->interfaces++] =
		(struct pcapfile_interface){ .name = name, .linktype = linktype, .units = units, .offset = offset };
}

static void add_frame(struct reader *r, const struct pcapfile_frame *frame)
{
	struct pcapfile *f = r->f;

	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 64;
		f->frame = xrealloc(f->frame, f->cap * sizeof(*f->frame));
	}
	f->frame[f->n++] = *frame;
}

/* ---- pcap ---- */
static int parse_pcap(struct reader *r, struct cursor *c, bool nano)
{
	const uint8_t *h;

	if (!take(c, 24, &h))
		return err_set(r->err, r->loc, "cut short in the file header");
	if (u16(c, h + 4) != 2)
		return err_set(r->err, r->loc, "pcap version %u.%u is not known", u16(c, h + 4), u16(c, h + 6));
	if (check_linktype(r, u32(c, h + 20) & 0xffff))
		return -1;
	add_interface(r, xstrdup(""), (uint16_t)u32(c, h + 20), nano ? NSEC_PER_SEC : 1000000, 0);
	while (c->left) {
		struct pcapfile_frame f = { 0 };

		if (!take(c, 16, &h))
			return err_set(r->err, r->loc, "cut short in the header of packet %u", r->f->n + 1);
		f.time = u32(c, h) * NSEC_PER_SEC + (uint64_t)u32(c, h + 4) * (nano ? 1 : NSEC_PER_USEC);
		f.size = u32(c, h + 8);
		f.wire_size = u32(c, h + 12);
		if (f.size > f.wire_size || f.size > PCAPNG_SNAPLEN)
			return err_set(
				r->err, r->loc, "packet %u has %u bytes of %u", r->f->n + 1, f.size, f.wire_size);
		if (!take(c, f.size, &f.data))
			return err_set(r->err, r->loc, "cut short in packet %u", r->f->n + 1);
		add_frame(r, &f);
	}
	return 0;
}

/* ---- pcapng ---- */
/* The next option; false at the end (of options, or of what is sound). */
static bool next_option(struct cursor *c, uint16_t *code, uint16_t *size, const uint8_t **value)
{
	const uint8_t *h, *padding;

	if (!take(c, 4, &h) || !u16(c, h))
		return false;
	*code = u16(c, h);
	*size = u16(c, h + 2);
	return take(c, *size, value) && take(c, (4 - *size % 4u) % 4, &padding);
}

/* if_tsresol: a power of ten, or with the top bit of two. 0 = more than 64 bits can hold. */
static uint64_t resolution(uint8_t v)
{
	uint64_t units = 1;

	if (v & 0x80)
		return (v & 0x7f) < 64 ? 1ULL << (v & 0x7f) : 0;
	if (v > 19)
		return 0;
	while (v--)
		units *= 10;
	return units;
}

static int parse_interface(struct reader *r, struct cursor c)
{
	uint64_t units = 1000000, offset = 0;
	char *name = NULL;
	const uint8_t *h, *value;
	uint16_t code, size, linktype;

	if (!take(&c, 8, &h))
		return err_set(r->err, r->loc, "an interface block is too short");
	linktype = u16(&c, h);
	while (next_option(&c, &code, &size, &value)) {
		if (code == 2 && !name)
			name = xstrndup((const char *)value, size);
		else if (code == 9 && size == 1)
			units = resolution(value[0]);
		else if (code == 14 && size == 8)
			offset = u64(&c, value);
	}
	if (!units) {
		free(name);
		return err_set(r->err, r->loc, "the resolution of an interface's times is not usable");
	}
	add_interface(r, name ? name : xstrdup(""), linktype, units, offset);
	return 0;
}

static uint64_t to_ns(uint64_t stamp, const struct pcapfile_interface *i)
{
	return (stamp / i->units + i->offset) * NSEC_PER_SEC +
	       (uint64_t)((double)(stamp % i->units) * ((double)NSEC_PER_SEC / (double)i->units) + 0.5);
}

/* What a capturing program counts at its end: isb_ifdrop and isb_osdrop. */
static int parse_statistics(struct reader *r, struct cursor c)
{
	const uint8_t *h, *value;
	uint16_t code, size;

	if (!take(&c, 12, &h))
		return err_set(r->err, r->loc, "a block of statistics is too short");
	while (next_option(&c, &code, &size, &value))
		if ((code == 5 || code == 7) && size == 8)
			r->f->lost += u64(&c, value);
	return 0;
}

static int parse_packet(struct reader *r, struct cursor c)
{
	struct pcapfile_frame f = { 0 };
	const uint8_t *h, *value, *padding;
	uint16_t code, size;

	if (!take(&c, 20, &h))
		return err_set(r->err, r->loc, "the block of packet %u is too short", r->f->n + 1);
	f.interface = u32(&c, h);
	if (f.interface >= r->f->interfaces - r->first)
		return err_set(r->err, r->loc, "packet %u names an interface that is not there", r->f->n + 1);
	f.interface += r->first;
	if (check_linktype(r, r->f->interface[f.interface].linktype))
		return -1;
	f.time = to_ns((uint64_t)u32(&c, h + 4) << 32 | u32(&c, h + 8), &r->f->interface[f.interface]);
	f.size = u32(&c, h + 12);
	f.wire_size = u32(&c, h + 16);
	if (f.size > f.wire_size || !take(&c, f.size, &f.data) || !take(&c, (4 - f.size % 4) % 4, &padding))
		return err_set(r->err, r->loc, "packet %u has %u bytes of %u, more than its block", r->f->n + 1, f.size,
			f.wire_size);
	while (next_option(&c, &code, &size, &value))
		if (code == 2 && size == 4)
			f.dir = (u32(&c, value) & 3) == 1 ? DIR_IN : (u32(&c, value) & 3) == 2 ? DIR_OUT : DIR_UNKNOWN;
	add_frame(r, &f);
	return 0;
}

static int parse_section(struct reader *r, struct cursor *c)
{
	if (c->left < 16)
		return err_set(r->err, r->loc, "cut short in a section header");
	c->big = c->p[8] == 0x1a;
	if (u32(c, c->p + 8) != 0x1a2b3c4d)
		return err_set(r->err, r->loc, "a section header has no byte order");
	if (u16(c, c->p + 12) != 1)
		return err_set(
			r->err, r->loc, "pcapng version %u.%u is not known", u16(c, c->p + 12), u16(c, c->p + 14));
	r->first = r->f->interfaces;
	return 0;
}

static int parse_block(struct reader *r, struct cursor *c)
{
	const uint8_t *p;
	struct cursor body;
	uint32_t type, total;

	if (c->left < 12)
		return err_set(r->err, r->loc, "cut short after packet %u", r->f->n);
	if (!memcmp(c->p, "\x0a\x0d\x0d\x0a", 4) && parse_section(r, c))
		return -1;
	type = u32(c, c->p);
	total = u32(c, c->p + 4);
	if (total < 12 || total % 4 || !take(c, total, &p))
		return err_set(r->err, r->loc, "cut short after packet %u, or a block of a wrong length", r->f->n);
	if (u32(c, p + total - 4) != total)
		return err_set(r->err, r->loc, "after packet %u: the two lengths of a block differ", r->f->n);
	body = (struct cursor){ .p = p + 8, .left = total - 12, .big = c->big };
	switch (type) {
	case 1:
		return parse_interface(r, body);
	case 2:
	case 3:
		return err_not_modelled(
			r->err, r->loc, "pcapng blocks of type %u (packets without what is needed of them)", type);
	case 5:
		return parse_statistics(r, body);
	case 6:
		return parse_packet(r, body);
	default:
		return 0;
	}
}

static int parse(struct reader *r, struct cursor *c)
{
	static const struct {
		uint8_t magic[4];
		bool big, nano;
	} pcap[] = {
		{ { 0xa1, 0xb2, 0xc3, 0xd4 }, true, false },
		{ { 0xd4, 0xc3, 0xb2, 0xa1 }, false, false },
		{ { 0xa1, 0xb2, 0x3c, 0x4d }, true, true },
		{ { 0x4d, 0x3c, 0xb2, 0xa1 }, false, true },
	};

	if (c->left < 4)
		return err_set(r->err, r->loc, "not a capture file (%zu bytes)", c->left);
	for (size_t i = 0; i < ARRAY_SIZE(pcap); i++) {
		if (!memcmp(c->p, pcap[i].magic, 4)) {
			c->big = pcap[i].big;
			return parse_pcap(r, c, pcap[i].nano);
		}
	}
	if (memcmp(c->p, "\x0a\x0d\x0d\x0a", 4))
		return err_set(r->err, r->loc, "not a capture file (neither pcap nor pcapng)");
	while (c->left)
		if (parse_block(r, c))
			return -1;
	return 0;
}

int pcapfile_parse(struct pcapfile *f, const void *data, size_t size, struct loc loc, struct err *err)
{
	struct reader r = { .f = f, .loc = loc, .err = err };
	struct cursor c = { .p = data, .left = size };

	*f = (struct pcapfile){ 0 };
	if (!parse(&r, &c))
		return 0;
	pcapfile_release(f);
	return -1;
}

void pcapfile_release(struct pcapfile *f)
{
	for (unsigned i = 0; i < f->interfaces; i++)
		free(f->interface[i].name);
	free(f->interface);
	free(f->frame);
	*f = (struct pcapfile){ 0 };
}
