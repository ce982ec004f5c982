/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between kernel/nft_trace.c and its test: messages of the nftables trace as observations. */
#ifndef KERNEL_NFT_TRACE_H
#define KERNEL_NFT_TRACE_H

#include <libmnl/libmnl.h>
#include <stdio.h> /* libnftnl uses FILE without it */

#include <libnftnl/trace.h>

#include "kernel/observe.h"
#include "model/net.h"
#include "model/nf.h"

#define NFT_TRACE_TABLE "pktwalk" /* ours, of family ip, in each namespace */
#define NFT_TRACE_RUNS 256        /* more packets than are inside of hooks at a time, on all processors together */

/* A packet's way through one hook. It begins with the message of our own chain there. */
struct nft_run {
	uint32_t id;        /* the kernel's, of the packet */
	uint32_t number;    /* of the run, from 1; 0 = this place is unused */
	const char *hook;   /* static text; NULL: it began before our chain was there */
	struct flow flow;   /* as it came into the base chain that it is in */
	struct tcp_hdr tcp; /* likewise; zero when it has none */
};
struct nft_runs { /* {0} is empty */
	struct nft_run v[NFT_TRACE_RUNS];
	unsigned at; /* where the next one goes */
	uint32_t number;
};
/* What numbers mean in the namespace that the messages are of. */
struct nft_names {
	/* Writes a device's name; "" when it is gone. */
	void (*device)(void *ctx, uint32_t ifindex, char name[IFNAMSIZ_]);
	/* The model's handle for the kernel's; the kernel's when there is none. */
	uint64_t (*handle)(void *ctx, uint8_t family, const char *table, uint64_t handle);
	void *ctx;
};
struct nft_words { /* of an observation, that are not the message's own */
	char verdict[300], in[IFNAMSIZ_], out[IFNAMSIZ_];
};
/* True: the message is an observation, and *obs is set but for the namespace; its strings live as long as t and
 * *words. False: the model's trace has no event for it (a chain's end), or it lacks what it should have. */
bool nft_trace_observe(struct nft_runs *runs, const struct nftnl_trace *t, const struct nft_names *names,
	struct nft_words *words, struct obs *obs);
/* The ruleset that makes the kernel tell of every packet at every hook. The caller frees it with nf_free(). */
struct nf *nft_trace_rules(void);

#endif
