/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges and their ports as nouns: defaults and membership (net/bridge/br_if.c new_nbp(), br_device.c br_dev_setup()).
 */
#include "model/bridge.h"

#include <stdlib.h>
#include <string.h>

static const bool flag_defaults[] = {
#define BR_FLAG(id, word, on) [BRF_##id] = on,
#include "model/br_flag.def"
};

const char *br_state_name(uint8_t state)
{
	static const char *const names[] = { "disabled", "listening", "learning", "forwarding", "blocking" };

	if (state >= ARRAY_SIZE(names))
		bug("bridge port state %u", state);
	return names[state];
}

struct bridge *bridge_new(struct dev *dev)
{
	struct bridge *br = xcalloc(1, sizeof(*br));

	br->dev = dev;
	list_init(&br->ports);
	list_init(&br->fdb);
	br->ageing_time = 300 * NSEC_PER_SEC;
	br->forward_delay = 15 * NSEC_PER_SEC;
	br->mcast_snooping = true;
	return br;
}

void bridge_free(struct bridge *br)
{
	if (!list_empty(&br->ports))
		bug("bridge %s freed with ports", br->dev->name);
	list_for_each_safe (f, &br->fdb, struct fdb_entry, node)
		fdb_del(f);
	timer_cancel(&br->dev->ns->net->timers, &br->gc);
	free(br->port_numbers);
	free(br);
}

/* find_portno(): the least number from 1 that no port has. */
static uint16_t number_take(struct bridge *br)
{
	uint32_t i = 0;

	while (i < br->port_words && br->port_numbers[i] == UINT64_MAX)
		i++;
	if (i == br->port_words) {
		br->port_numbers = xrealloc(br->port_numbers, (i + 1) * sizeof(*br->port_numbers));
		br->port_numbers[i] = i ? 0 : 1; /* 0 is no port number */
		br->port_words++;
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		if (br->port_numbers[i] & (1ULL << bit))
			continue;
		br->port_numbers[i] |= 1ULL << bit;
		return (uint16_t)(i * 64 + bit);
	}
	bug("no port number in a word that has one");
}

struct bridge_port *bridge_port_new(struct bridge *br, struct dev *dev)
{
	struct bridge_port *p = xcalloc(1, sizeof(*p));

	if (dev->port)
		bug("%s is a port already", dev->name);
	p->dev = dev;
	p->bridge = br;
	p->state = BR_DISABLED;
	p->number = number_take(br);
	p->priority = 32;
	p->path_cost = 2;
	memcpy(p->flag, flag_defaults, sizeof(p->flag));
	list_add(&br->ports, &p->node);
	dev->port = p;
	return p;
}

void bridge_port_free(struct bridge_port *p)
{
	if (p->number / 64u < p->bridge->port_words) /* of a snapshot it is the kernel's, not taken here */
		p->bridge->port_numbers[p->number / 64] &= ~(1ULL << (p->number % 64));
	p->dev->port = NULL;
	list_del(&p->node);
	free(p);
}
