/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a struct nf, handed to the kernel as nftables through libnftnl: the same tables, chains and
 * expressions, one netlink batch. */
#ifndef KERNEL_NFT_H
#define KERNEL_NFT_H

#include "model/err.h"
#include "model/nf.h"

/* From the ruleset `old` (as read back, NULL = empty) to `now`, in the calling thread's network namespace. What of
 * `now` has the handle of something in `old` is the same, and keeps its state; a rule that is not loaded takes the
 * place of its namesake. 0: the kernel was asked; *refused is its errno (positive; 0 = done), then nothing has changed.
 * -1 with *err: it could not be asked. Interface indices in `nf` are the model's and are not used: rules match names.
 */
int nft_update(const struct nf *old, const struct nf *now, int *refused, struct err *err);

/* Reads back what the kernel keeps: the handles of chains and rules (`loaded`), the packets and bytes of every rule's
 * counter and every base chain's policy. 0, or a negative errno with *err (EPROTO: other rules are there than these).
 */
int nft_read_back(struct nf *nf, struct err *err);

#endif
