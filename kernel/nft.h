/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a struct nf, handed to the kernel as nftables through libnftnl: the same tables, chains and
 * expressions, one netlink batch. */
#ifndef KERNEL_NFT_H
#define KERNEL_NFT_H

#include "model/err.h"
#include "model/nf.h"

/* Makes the ruleset of the calling thread's network namespace what `nf` says (everything that was there goes, in
 * one transaction). 0, or a negative errno with *err. Interface indices in `nf` are the model's and are not used:
 * rules match names. */
int nft_load(const struct nf *nf, struct err *err);
/* Changes only: from the ruleset `old` (as loaded before, NULL = empty) to `now`: tables and chains that are new are
 * added, of a chain that differs in its rules the rules are loaded anew, what is gone is deleted. Leaves conntrack
 * in place, as the tool's own batch would. 0, or a negative errno with *err. */
int nft_update(const struct nf *old, const struct nf *now, struct err *err);

/* Reads the packets and bytes of every rule's counter and every base chain's policy back from the kernel into `nf`
 * (as loaded before; rules in order). 0, or a negative errno with *err. */
int nft_read_counters(struct nf *nf, struct err *err);

#endif
