/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sim/neigh.c and sim/arp.c share; the rest of the engine sees only sim/sim.h. */
#ifndef SIM_NEIGH_H
#define SIM_NEIGH_H

#include "sim/sim.h"

enum { NEIGH_OVERRIDE = 1, NEIGH_ADMIN = 2 }; /* NEIGH_UPDATE_F_* */

/* neigh_update(): mac NULL = no news of it; why: for the trace, may be NULL. 0 or a negative errno. */
int neigh_update(struct sim *s, struct neigh *n, const struct mac *mac, uint8_t state, unsigned flags, const char *why);
/* arp_solicit(): asks for n; waiting is the packet on whose behalf, or NULL. */
void arp_solicit(struct sim *s, struct neigh *n, const struct packet *waiting);
/* Requests in this device's namespace that proxy_delay holds back are forgotten. */
void arp_proxy_purge(struct sim *s, struct dev *dev);

#endif
