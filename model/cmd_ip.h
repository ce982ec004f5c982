/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parsers of iproute2's tools (model/cmd_ip*.c, model/cmd_bridge.c) only: how these tools read their
 * words, and what they say when one is wrong.
 *
 * A parser fills a struct of its own and puts it into the op at its very end, so that until then the op can be
 * turned into the tool's error. Each step returns IPC_GO, IPC_STOP (the op is finished: it is what the tool
 * says), or -1 with the error (not modelled). */
#ifndef MODEL_CMD_IP_H
#define MODEL_CMD_IP_H

#include "model/cmd.h"

enum { IPC_GO = 0, IPC_STOP = 1 };
enum { IPC_USAGE = 255, IPC_BAD_ADDRESS = 1 }; /* statuses: exit(-1), and exit(1) of get_addr() */

struct ipc {
	struct cmd *c;
	struct op *op;
	struct err *err;
	struct loc loc; /* of the word read last */
	uint8_t family; /* enum ip_family: of -4, or of the first address read; decides the words of an error */
};

/* The next word of the command, or NULL at its end. */
const char *ipc_next(struct ipc *x);
/* NEXT_ARG(): the word must be there. */
int ipc_arg(struct ipc *x, const char **w);
/* matches(): w is not empty and full begins with it. */
bool ipc_is(const char *w, const char *full);
/* strcmp() == 0. */
bool ipc_eq(const char *w, const char *full);

/* The tools' common errors; all return IPC_STOP. */
int ipc_fail(struct ipc *x, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
int ipc_wrong(struct ipc *x, const char *arg, const char *what); /* invarg() */
int ipc_dup(struct ipc *x, const char *key, const char *arg);    /* duparg() */
int ipc_dup2(struct ipc *x, const char *key, const char *arg);   /* duparg2() */
int ipc_unknown(struct ipc *x, const char *w, const char *tool); /* a subcommand */
/* At the word read last: -1. */
int ipc_refuse(struct ipc *x, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Numbers as strtoul() with base 0 reads them; false when w is none up to max. */
bool ipc_number(const char *w, uint64_t max, uint64_t *out);
/* get_addr(), get_prefix(): IPv4; IPv6 is refused. `any` and `all` are refused, `default` is 0/0. given: has a
 * length. family is what the tool would have inferred so far; updated. */
int ipc_addr(struct ipc *x, const char *w, struct ipaddr *out);
int ipc_prefix(struct ipc *x, const char *w, struct prefix *out, bool *given);
/* ll_addr_a2n(). */
int ipc_mac(struct ipc *x, const char *w, struct mac *out);
/* A name for the tool to look up: one that is too long exists nowhere, and the tool then says before, w, after. */
int ipc_dev(struct ipc *x, const char *w, char out[IFNAMSIZ_], int status, const char *before, const char *after);
/* read by parse_on_off(): status is what the tool ends with when w is neither. */
int ipc_on_off(struct ipc *x, const char *key, const char *w, bool *out, int status);
/* The names of /etc/iproute2 of Debian 12, or a number. False: none. */
bool ipc_table(const char *w, uint32_t *out);
bool ipc_scope(const char *w, uint8_t *out);
bool ipc_protocol(const char *w, uint8_t *out);
bool ipc_tos(const char *w, uint8_t *out);
/* netns_switch(): the namespace of -n or exec becomes that of the command. */
int ipc_netns(struct ipc *x, const char *name, int how);

/* The objects: model/cmd_ip_*.c; the cursor is behind the object's name. */
typedef int ipc_fn(struct ipc *x);
ipc_fn ipc_link, ipc_address, ipc_route, ipc_neigh;
/* `type bridge_slave ...` and `type bridge ...` up to the end. */
int ipc_port_opts(struct ipc *x, struct op_port_opts *p);
int ipc_bridge_opts(struct ipc *x, struct op_bridge_opts *b);
/* usage() texts: model/cmd_ip_usage.c */
extern const char ipc_usage_ip[], ipc_usage_route[], ipc_usage_bridge[], ipc_usage_bridge_link[], ipc_usage_fdb[],
	ipc_usage_bridge_opts[], ipc_usage_port_opts[];

#endif
