/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between kernel/nft.c and kernel/nft_expr.c only: the model's expressions and sets as libnftnl's. */
#ifndef KERNEL_NFT_EXPR_H
#define KERNEL_NFT_EXPR_H

#include <stdio.h> /* libnftnl uses FILE without it */

#include <libnftnl/expr.h>
#include <libnftnl/set.h>

#include "model/nf.h"

#define NFT_SET_NAME_ "__set%d" /* the kernel puts a number */

/* set_id: of the lookup's set, within the batch. NULL: libnftnl has no such expression. The caller frees. */
struct nftnl_expr *nft_expr(const struct nf_expr *x, uint32_t set_id);
struct nftnl_set *nft_set(const struct nf_set *set, const char *table, uint32_t family, uint32_t id);
void nft_need(int rc); /* of a function of libnftnl that copies: it fails when there is no memory */

#endif
