/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs share: options as getopt(3) takes them, with its words; names; exit with a message. */
#ifndef MODEL_PROG_ARGS_H
#define MODEL_PROG_ARGS_H

#include "model/prog.h"

/* What reading a program's words came to. */
enum parsed {
	PARSED_RUN,        /* go on */
	PARSED_END,        /* the tool ends here: with status, out and err of struct parse */
	PARSED_UNMODELLED, /* the tool would go on, pktwalk doesn't: err says what */
};
struct parse {
	struct buf out, err;
	int status;
};
void parse_release(struct parse *x);
/* Both append "fmt" to err: the first with PARSED_END and this status, the second with PARSED_UNMODELLED. */
enum parsed parse_end(struct parse *x, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum parsed parse_unmodelled(struct parse *x, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* For prog_ops.modelled: what of it is `why`. Releases x. */
bool parse_modelled(enum parsed r, struct parse *x, struct buf *why);
/* Ends the program as the parse says. Releases x. */
void parse_exit(struct prog *p, enum parsed r, struct parse *x);

/* A cursor over the words; operands may stand between options, as getopt(3) permits. */
struct args {
	const char *spec; /* letters; one with ':' behind it takes a value */
	const char *tool;
	unsigned argc, pos, operands;
	char **argv;
	char **operand; /* found so far; args_release() frees the array */
	const char *at; /* inside a word of letters */
	const char *value;
	struct parse *x; /* gets getopt's complaints */
};
void args_init(struct args *a, const char *tool, const char *spec, unsigned argc, char **argv, struct parse *x);
int args_next(struct args *a); /* the letter; 0 at the end; '?' after a complaint */
void args_release(struct args *a);

/* A number, the whole of s: 0; or -1: no number, -2: out of [min, max]. As strtonum(3), decimal. */
int parse_number(const char *s, long long min, long long max, long long *out);

/* An address by its number, or localhost (then *named); false: a name that nobody could resolve here. */
bool prog_resolve(const char *name, struct ipaddr *a, bool *named);
/* The name in /etc/services ("http"), or NULL. */
const char *prog_service(const char *proto, uint16_t port);
/* The port of a name in /etc/services, or -1. */
int prog_service_port(const char *proto, const char *name);

/* Prints to standard error and ends the program. */
void prog_die(struct prog *p, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
void prog_write(struct prog *p, int fd, const void *data, size_t size);
void prog_exit(struct prog *p, int status);

extern const struct prog_ops prog_ping, prog_nc, prog_curl, prog_nginx, prog_python, prog_ps, prog_sleep;

#endif
