/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of ping share. */
#ifndef MODEL_PROG_PING_H
#define MODEL_PROG_PING_H

#include "model/prog_args.h"

struct ping_options {
	const char *host;     /* as the user wrote it */
	long long count;      /* 0: not given */
	int interval, linger; /* ms */
	int deadline;         /* s; 0: none */
	int preload, ident;   /* ident -1: not given */
	uint32_t datalen;
	int ttl, tos, pmtudisc; /* -1: not given */
	uint32_t mark;
	struct ipaddr source;
	const char *device;
	const char *pattern;
	bool interval_set, mark_set, numeric, quiet, broadcast, strict, flood, adaptive, timestamps, outstanding,
		audible;
};

struct ping {
	struct prog p;
	struct ping_options o;
	int fd;
	struct ipaddr to, source;
	bool named; /* the target is a name */
	bool multicast, timing, done, exiting, sent_at_set;
	uint16_t ident, acked;
	long long count; /* to send; 0: no end */
	long long transmitted, received, repeats, errors;
	int interval, linger, tokens, full, pipe, rtt, rtt_addend;
	unsigned recv_failed;
	long long min, max, sum; /* us */
	double sum2;
	uint64_t started, sent_at, exit_at;
	uint32_t size, reply_size; /* of the payload; of the buffer for answers */
	uint8_t *packet, *reply;
	uint8_t got[8192]; /* a bit per sequence number: answered */
};

/* Reads the words, opens the socket, prints the first line. False: the program has ended. */
bool ping_start(struct ping *g);
bool ping_modelled(unsigned argc, char **argv, struct buf *why);

#endif
